//! One push from its parsed form to its answer: decided once, recorded once, and the same for every repeat.

use super::Chat;
use super::answers::Outcome;
use super::claims::Ended;
use super::decide::{Reason, decide};
use super::record::{contact, content, jobs};
use super::snapshot::Snapshot;
use super::writer::{Recording, Refused};
use crate::clock::Timestamp;
use crate::messages::Message;
use crate::wechat::{Inbound, reply};

/// WeChat's clock may be ahead of ours by this much. A push from farther ahead must not hold up the followers'
/// states, which follow the latest time.
const AHEAD_MILLIS: i64 = 600_000;

impl Chat {
    /// The body that answers a push, before encryption: XML, or `success`. It has been recorded.
    ///
    /// The writer has it before this first waits, save for what other nodes say, so that what was begun is finished
    /// even if the sender hangs up.
    ///
    /// # Errors
    /// When there is no room for it now, or when it could not be recorded; then WeChat must be told so, and repeats
    /// it.
    pub(super) async fn receive(&self, snapshot: &Snapshot, push: &Inbound) -> Result<Outcome, Refused> {
        let (account, identity) = (snapshot.account.id, push.identity());
        let (pending, first) = self.answers.claim(account, &identity, || self.writer.has_room())?;
        let Some(tell) = first else { return Ok(pending.outcome().await) };
        if let Some(answer) = self.claims.answer_elsewhere(account, &identity).await {
            tell.send(Ok(answer)).ok();
            return Ok(pending.outcome().await);
        }
        let recording = self.decided(snapshot, push, identity.clone());
        if let Err(refused) = self.writer.take(recording, tell, snapshot.recorded.clone()) {
            self.claims.end(vec![Ended { account, identity, answer: None }]);
            return Err(refused);
        }
        Ok(pending.outcome().await)
    }

    /// A push with its answer and everything that it changes.
    fn decided(&self, snapshot: &Snapshot, push: &Inbound, identity: String) -> Recording {
        let now = self.app.clock.now();
        let decision = decide(snapshot, push, now);
        if let Reason::Rule { rule, .. } = decision.reason {
            rule.count.answered();
        }
        let answer = match decision.reply {
            Some(reply) => reply.to_xml(&push.from, &push.to, now.seconds()),
            None => reply::SUCCESS.to_owned(),
        };
        Recording {
            account: snapshot.account.id,
            slug: snapshot.account.slug.clone(),
            contact: contact(push),
            jobs: jobs(&snapshot.account, push, now),
            message: Message {
                identity,
                openid: push.from.as_str().to_owned(),
                kind: push.name().into(),
                content: content(push),
                sent_at: Timestamp::from_seconds(push.sent_at).min(now.plus_millis(AHEAD_MILLIS)),
                received_at: now,
                answer: answer.into(),
            },
        }
    }
}

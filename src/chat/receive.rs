//! One push from its parsed form to its answer: decided once, recorded once, and the same for every repeat.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use moka::policy::EvictionPolicy;

use super::Chat;
use super::decide::decide;
use super::record::{contact, content, jobs};
use super::snapshot::Snapshot;
use super::writer::{NotRecorded, Recorded, Recording};
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::messages::Message;
use crate::wechat::{Inbound, reply};

/// WeChat repeats within about 15 s (§4); later repeats find their answer in the database.
const REMEMBERED: Duration = Duration::from_secs(60);
const REMEMBERED_BYTES: u64 = 16 << 20;
/// WeChat's clock may be ahead of ours by this much. A push from farther ahead must not hold up the followers'
/// states, which follow the latest time.
const AHEAD_MILLIS: i64 = 600_000;

/// The answers of the last minute. Asking for one that is being worked on waits for it, so that of several
/// deliveries of one push only one does the work.
pub(super) struct Answers(Cache<(AccountId, String), Arc<str>>);

impl Default for Answers {
    fn default() -> Self {
        let weigh = |(_, identity): &(AccountId, String), answer: &Arc<str>| {
            u32::try_from(identity.len() + answer.len() + 128).unwrap_or(u32::MAX)
        };
        // The newest are the ones that WeChat may still repeat.
        let cache = Cache::builder()
            .time_to_live(REMEMBERED)
            .max_capacity(REMEMBERED_BYTES)
            .weigher(weigh)
            .eviction_policy(EvictionPolicy::lru());
        Self(cache.build())
    }
}

impl Chat {
    /// The body that answers a push, before encryption: XML, or `success`. It has been recorded.
    ///
    /// # Errors
    /// When it could not be recorded; then WeChat must be told so, and repeats it.
    pub(super) async fn receive(
        &self,
        snapshot: Arc<Snapshot>,
        push: Inbound,
    ) -> Result<Arc<str>, NotRecorded> {
        let key = (snapshot.account.id, push.identity());
        let identity = key.1.clone();
        let work = self.decide_and_record(snapshot, push, identity);
        self.answers.0.try_get_with(key, work).await.map_err(|error| (*error).clone())
    }

    async fn decide_and_record(
        &self,
        snapshot: Arc<Snapshot>,
        push: Inbound,
        identity: String,
    ) -> Result<Arc<str>, NotRecorded> {
        let now = self.app.clock.now();
        let answer = match decide(&snapshot, &push, now) {
            Some(reply) => reply.to_xml(&push.from, &push.to, now.seconds()),
            None => reply::SUCCESS.to_owned(),
        };
        let recording = Recording {
            account: snapshot.account.id,
            contact: contact(&push),
            jobs: jobs(&snapshot.account, &push, now),
            message: Message {
                identity,
                openid: push.from.as_str().to_owned(),
                kind: push.name().to_owned(),
                content: content(&push),
                sent_at: Timestamp::from_seconds(push.sent_at).min(now.plus_millis(AHEAD_MILLIS)),
                received_at: now,
                answer: answer.clone(),
            },
        };
        Ok(match self.writer.record(recording).await? {
            Recorded::New => {
                self.app.metrics.recorded(&snapshot.account.slug);
                answer.into()
            }
            Recorded::Repeat(first) => first.into(),
        })
    }
}

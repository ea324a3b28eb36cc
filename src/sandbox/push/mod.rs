//! Delivers pushes as the platform does (§4): five seconds for an answer, three attempts with the same query and
//! body, one push after the other for each resident. The faults of [`super::faults`] happen here.

mod attempt;
mod record;
mod sign;

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::task::JoinSet;

use self::record::Outcome;
pub(super) use self::record::Record;
use self::sign::Letter;
use super::Sandbox;
use super::chat::Content;
use super::compose::Shown;
use super::faults::{Forgery, PushFaults};
use super::texts;
use super::understand::bubble;
use crate::wechat::envelope::Envelope;
use crate::wechat::{AppId, Mode, OpenId, Reply, Token};

/// The first attempt and two repeats: the narrower reading of the platform's words (§4).
pub(super) const ATTEMPTS: usize = 3;

/// The account as it was when the push was made. No `Debug`: it holds secrets.
pub(super) struct Identity {
    pub(super) app_id: AppId,
    pub(super) token: Token,
    pub(super) envelope: Envelope,
    pub(super) mode: Mode,
    pub(super) original_id: String,
    pub(super) push_url: String,
}

/// A push that is ready to go.
pub(super) struct Push {
    pub(super) id: u64,
    pub(super) identity: Arc<Identity>,
    pub(super) resident: &'static str,
    pub(super) from: OpenId,
    pub(super) inner: String,
    pub(super) shown: Shown,
    /// What goes wrong with it.
    pub(super) faults: PushFaults,
    /// Whether it never arrives.
    pub(super) is_lost: bool,
    /// Done when the resident's push before this one is.
    pub(super) after: Option<oneshot::Receiver<()>>,
    /// Dropped when this one is done.
    pub(super) done: oneshot::Sender<()>,
    /// Its place among the pushes in hand.
    pub(super) permit: Option<OwnedSemaphorePermit>,
}

/// How a push ended.
struct Conclusion {
    outcome: Outcome,
    status: Option<u16>,
    reply: Option<Reply>,
}

/// Where a push waits for the one that shall overtake it.
#[derive(Default)]
pub(super) struct Swap {
    waiting: Mutex<Option<oneshot::Sender<()>>>,
}

/// The client that delivers: it follows no redirects and uses no proxy, as the platform calls back directly.
pub(super) fn client() -> Result<reqwest::Client, reqwest::Error> {
    // A second call keeps the first provider of cryptography; the product installs the same one.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("Mozilla/4.0")
        .build()
}

impl Sandbox {
    /// Delivers a push, in the background and to its end, unless the sandbox is shut down before.
    pub(super) fn dispatch(&self, push: Push) -> tokio::task::JoinHandle<()> {
        let sandbox = self.clone();
        self.inner.deliveries.spawn(async move {
            let stop = sandbox.inner.stop.clone();
            tokio::select! {
                () = stop.cancelled() => {}
                () = sandbox.deliver(push) => {}
            }
        })
    }

    async fn deliver(&self, mut push: Push) {
        if push.identity.push_url.is_empty() {
            // Without a server the account has nobody to push to, and the resident sees nothing.
            return;
        }
        let overtaken = if push.faults.reorder {
            self.inner.swap.take_turns(self.inner.options.reorder_wait).await
        } else {
            if let Some(before) = push.after.take() {
                // An error says that the sender is gone, which is how a push says that it is done.
                before.await.ok();
            }
            None
        };
        let now = self.inner.options.clock.now().seconds();
        let letter = sign::letter(&push.identity, &push.from, &push.inner, now, push.faults.forge);
        self.with_record(&push, |record| record.sign(letter.clone()));
        if push.faults.delay_ms > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(push.faults.delay_ms)).await;
        }
        let conclusion = self.try_until_answered(&push, &letter).await;
        self.conclude(&push, &conclusion);
        drop((push.done, push.permit, overtaken));
    }

    /// Notes something about a push, unless the sandbox was reset meanwhile.
    fn with_record(&self, push: &Push, note: impl FnOnce(&mut Record)) {
        let mut world = self.world();
        let account = world.account_mut(push.identity.app_id.as_str());
        if let Some(record) = account.and_then(|account| account.record_mut(push.id)) {
            note(record);
        }
    }

    /// Makes the attempts and says how the last one ended. A forger does not try again.
    async fn try_until_answered(&self, push: &Push, letter: &Letter) -> Conclusion {
        let rounds = if push.faults.forge.is_some() { 1 } else { ATTEMPTS };
        let mut round = 1;
        loop {
            let copies = if round == 1 { push.faults.repeat + 1 } else { 1 };
            let conclusion = self.send_copies(push, letter, copies).await;
            if round == rounds || !conclusion.outcome.is_tried_again() {
                return conclusion;
            }
            if conclusion.outcome != Outcome::Timeout && !push.is_lost {
                tokio::time::sleep(self.inner.options.retry_pause).await;
            }
            round += 1;
        }
    }

    /// Sends so many copies at once. The first that ends well counts; all are recorded.
    async fn send_copies(&self, push: &Push, letter: &Letter, copies: u32) -> Conclusion {
        let mut sending = JoinSet::new();
        for _ in 0..copies {
            let call = attempt::Call {
                http: self.inner.http.clone(),
                clock: self.inner.options.clock.clone(),
                limit: self.inner.options.attempt_limit,
                letter: letter.clone(),
                identity: Arc::clone(&push.identity),
                from: push.from.clone(),
                shown: push.shown,
            };
            let is_lost = push.is_lost;
            sending.spawn(async move { if is_lost { call.lose() } else { call.send().await } });
        }
        let mut best: Option<Conclusion> = None;
        while let Some(ended) = sending.join_next().await {
            let Ok((attempt, reply)) = ended else { continue };
            let conclusion = Conclusion { outcome: attempt.outcome, status: attempt.status, reply };
            self.with_record(push, |record| record.add(attempt));
            if best.as_ref().is_none_or(|best| best.outcome.is_tried_again()) {
                best = Some(conclusion);
            }
        }
        best.unwrap_or(Conclusion { outcome: Outcome::Failed, status: None, reply: None })
    }

    /// Puts into the chat what the resident sees of the end.
    fn conclude(&self, push: &Push, conclusion: &Conclusion) {
        let Some(content) = visible(push, conclusion) else { return };
        let now = self.inner.options.clock.now();
        let mut world = self.world();
        let id = world.next_id();
        let Some(account) = world.account_mut(push.identity.app_id.as_str()) else { return };
        // Without a record the sandbox was reset after the push was made, and the chat is another one.
        if account.record_mut(push.id).is_some() {
            account.chat_mut(push.resident).add(id, now, content, Some(push.id));
        }
    }
}

/// What the resident sees when a push has ended, if anything.
fn visible(push: &Push, conclusion: &Conclusion) -> Option<Content> {
    let is_forged = match push.faults.forge {
        None => false,
        // In the plain mode there is no encryption to leave out: the push is as good as any.
        Some(Forgery::Plain) => push.identity.mode != Mode::Plain,
        Some(Forgery::Signature | Forgery::AppId | Forgery::Tampered | Forgery::Stale) => true,
    };
    if is_forged {
        return Some(Content::notice(match (conclusion.outcome, conclusion.status) {
            (Outcome::Answered | Outcome::Acknowledged | Outcome::NotUnderstood, _) => {
                texts::forgery_accepted()
            }
            (_, Some(status)) => texts::forgery_refused(status),
            (_, None) => texts::forgery_lost(),
        }));
    }
    match (push.shown, &conclusion.reply) {
        (Shown::Nothing, _) => None,
        (Shown::AnswerToMessage | Shown::AnswerToEvent, Some(reply)) => Some(bubble(reply)),
        (Shown::AnswerToMessage | Shown::AnswerToEvent, None) => match conclusion.outcome {
            Outcome::Answered | Outcome::Acknowledged => None,
            Outcome::Timeout | Outcome::Refused | Outcome::Failed | Outcome::NotUnderstood => {
                Some(Content::fault())
            }
        },
    }
}

impl Swap {
    /// Of two pushes the first waits here until what it gives to the second is dropped; but not for ever.
    async fn take_turns(&self, patience: std::time::Duration) -> Option<oneshot::Sender<()>> {
        let receiver = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match waiting.take() {
                // One whose patience has ended has gone on without us.
                Some(sender) if !sender.is_closed() => return Some(sender),
                _ => {
                    let (sender, receiver) = oneshot::channel();
                    *waiting = Some(sender);
                    receiver
                }
            }
        };
        // All three ends mean the same: it is our turn.
        tokio::time::timeout(patience, receiver).await.ok();
        None
    }
}

//! The answers of the last half minute, and of what is being worked on: of several deliveries of one push only the
//! first does the work, and the others wait for its answer.

use std::collections::HashMap;
use std::convert::Infallible;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::Shared;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::writer::NotRecorded;
use crate::accounts::AccountId;

/// WeChat repeats within about 15 s (§4); later repeats find their answer in the database.
const GENERATION_AGE: Duration = Duration::from_secs(30);
/// More than may be in hand at once, so that nothing is forgotten that is being worked on. Two generations of answers
/// of up to 4 KB are at most 64 MB, and a tenth of it as a rule.
const GENERATION: usize = 8_192;

/// The answer, or that the push could not be recorded.
pub(super) type Outcome = Result<Arc<str>, NotRecorded>;
type Key = (AccountId, String);
type Slot = Shared<oneshot::Receiver<Outcome>>;

/// What becomes of a push, for everybody who delivers it. Nobody answers when the work was given up.
pub(super) struct Pending(Slot);

impl Pending {
    pub(super) async fn outcome(self) -> Outcome {
        self.0.await.unwrap_or_else(|_| Err(NotRecorded::because("the work on it was given up")))
    }
}

#[derive(Default)]
pub(super) struct Answers(Mutex<Generations>);

/// A hash map a generation: the elder one is thrown away as a whole, which costs nothing for each push.
struct Generations {
    young: HashMap<Key, Slot>,
    old: HashMap<Key, Slot>,
    since: Instant,
}

impl Default for Generations {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), since: Instant::now() }
    }
}

impl Answers {
    /// What becomes of a push, and if this is its first delivery, where to tell it. Then it must be told, or the
    /// sender dropped: the next delivery begins anew after a failure. What is new is let in by `has_room` first, so that
    /// what is turned away pushes nothing out of the memory.
    pub(super) fn claim<E>(
        &self,
        account: AccountId,
        identity: &str,
        has_room: impl FnOnce() -> Result<(), E>,
    ) -> Result<(Pending, Option<oneshot::Sender<Outcome>>), E> {
        let key = (account, identity.to_owned());
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = generations.find(&key) {
            return Ok((Pending(slot), None));
        }
        has_room()?;
        let (tell, told) = oneshot::channel();
        let slot = told.shared();
        generations.put(key, slot.clone());
        Ok((Pending(slot), Some(tell)))
    }

    /// Takes in an answer that was given before this process began.
    pub(super) fn remember(&self, account: AccountId, identity: &str, answer: Arc<str>) {
        let Ok(claimed) = self.claim(account, identity, || Ok::<(), Infallible>(()));
        if let (_, Some(tell)) = claimed {
            tell.send(Ok(answer)).ok();
        }
    }
}

impl Generations {
    /// What is being worked on, or was answered well.
    fn find(&self, key: &Key) -> Option<Slot> {
        let slot = self.young.get(key).or_else(|| self.old.get(key))?;
        // Looked at, not peeked at: nobody may have waited for it.
        let has_failed = matches!(slot.clone().now_or_never(), Some(Err(_) | Ok(Err(_))));
        (!has_failed).then(|| slot.clone())
    }

    fn put(&mut self, key: Key, slot: Slot) {
        if self.young.len() >= GENERATION || self.since.elapsed() > GENERATION_AGE {
            self.old = mem::take(&mut self.young);
            self.since = Instant::now();
        }
        self.young.insert(key, slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountId = AccountId(1);

    fn claim(
        answers: &Answers,
        account: AccountId,
        identity: &str,
    ) -> (Pending, Option<oneshot::Sender<Outcome>>) {
        let Ok(claimed) = answers.claim(account, identity, || Ok::<(), Infallible>(()));
        claimed
    }

    #[tokio::test]
    async fn all_deliveries_get_the_answer_of_the_first() {
        let answers = Answers::default();
        let (first, tell) = claim(&answers, ACCOUNT, "a");
        let (second, none) = claim(&answers, ACCOUNT, "a");
        assert!(none.is_none());
        assert!(claim(&answers, AccountId(2), "a").1.is_some(), "another account's");
        tell.unwrap().send(Ok("answer".into())).unwrap();
        let (third, none) = claim(&answers, ACCOUNT, "a");
        assert!(none.is_none());
        for pending in [first, second, third] {
            assert_eq!(&*pending.outcome().await.unwrap(), "answer");
        }
    }

    #[tokio::test]
    async fn after_a_failure_the_next_delivery_begins_anew() {
        let answers = Answers::default();
        let (first, tell) = claim(&answers, ACCOUNT, "a");
        tell.unwrap().send(Err(NotRecorded::because("no disk"))).unwrap();
        assert!(first.outcome().await.is_err());
        let (second, tell) = claim(&answers, ACCOUNT, "a");
        // Whoever began it has gone away.
        drop(tell.unwrap());
        assert!(second.outcome().await.is_err());
        // There was no room for it, and nobody waited.
        let (third, tell) = claim(&answers, ACCOUNT, "a");
        drop((third, tell.unwrap()));
        assert!(claim(&answers, ACCOUNT, "a").1.is_some());
        assert!(answers.claim(ACCOUNT, "b", || Err("full")).is_err());
        assert!(claim(&answers, ACCOUNT, "b").1.is_some());
    }

    #[tokio::test]
    async fn the_memory_is_bounded_and_the_newest_stay() {
        let answers = Answers::default();
        for number in 0..3 * GENERATION {
            answers.remember(ACCOUNT, &number.to_string(), "answer".into());
        }
        let known = |number: usize| claim(&answers, ACCOUNT, &number.to_string()).1.is_none();
        assert!(known(3 * GENERATION - 1) && known(2 * GENERATION) && !known(0));
        let generations = answers.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
    }
}

//! Values kept in this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Past this many values the dead ones are swept out, and if none is dead the store is emptied: it is a cache.
const CAPACITY: usize = 10_000;

#[derive(Clone, Default)]
pub struct Memory {
    values: Arc<Mutex<HashMap<String, (String, Instant)>>>,
    changes: watch::Sender<()>,
}

impl Memory {
    pub(super) fn get(&self, key: &str) -> Option<String> {
        let values = self.lock();
        let (value, until) = values.get(key)?;
        (*until > Instant::now()).then(|| value.clone())
    }

    pub(super) fn set(&self, key: &str, value: &str, lifetime: Duration) {
        put(&mut self.lock(), key, value, lifetime);
    }

    /// Puts a value under a key unless there is another; gives that one.
    pub(super) fn claim(&self, key: &str, value: &str, lifetime: Duration) -> Option<String> {
        let mut values = self.lock();
        let found = values.get(key).filter(|(found, until)| *until > Instant::now() && found != value);
        let found = found.map(|(found, _)| found.clone());
        if found.is_none() {
            put(&mut values, key, value, lifetime);
        }
        found
    }

    pub(super) fn count(&self, key: &str, window: Duration) -> u64 {
        let mut values = self.lock();
        let now = Instant::now();
        if let Some((value, until)) = values.get_mut(key)
            && *until > now
        {
            let count = value.parse().unwrap_or(0_u64).saturating_add(1);
            *value = count.to_string();
            return count;
        }
        put(&mut values, key, "1", window);
        1
    }

    pub(super) fn remove_if(&self, key: &str, value: &str) {
        let mut values = self.lock();
        if values.get(key).is_some_and(|(found, _)| found == value) {
            values.remove(key);
        }
    }

    pub(super) fn tell_changed(&self) {
        self.changes.send_replace(());
    }

    pub(super) async fn listen(&self, on_change: impl Fn()) {
        let mut changes = self.changes.subscribe();
        // The sender is this store's own, so that it does not end before.
        while changes.changed().await.is_ok() {
            on_change();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (String, Instant)>> {
        // A panic while the lock was held cannot have left a value half written.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put(values: &mut HashMap<String, (String, Instant)>, key: &str, value: &str, lifetime: Duration) {
    if values.len() >= CAPACITY {
        let now = Instant::now();
        values.retain(|_, (_, until)| *until > now);
        if values.len() >= CAPACITY {
            values.clear();
        }
    }
    values.insert(key.into(), (value.into(), Instant::now() + lifetime));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_value_dies_with_its_lifetime() {
        let memory = Memory::default();
        memory.set("token", "one", Duration::from_secs(10));
        assert_eq!(memory.get("token").as_deref(), Some("one"));
        memory.set("token", "one", Duration::ZERO);
        assert_eq!(memory.get("token"), None);
    }

    #[tokio::test]
    async fn a_count_begins_anew_when_its_window_has_passed() {
        let memory = Memory::default();
        let minute = Duration::from_secs(60);
        assert_eq!(
            [memory.count("a", minute), memory.count("a", minute), memory.count("b", minute)],
            [1, 2, 1]
        );
        assert_eq!([memory.count("c", Duration::ZERO), memory.count("c", Duration::ZERO)], [1, 1]);
    }

    #[tokio::test]
    async fn strangers_do_not_make_it_grow_without_bound() {
        let memory = Memory::default();
        for number in 0..=2 * CAPACITY {
            memory.count(&number.to_string(), Duration::from_secs(60));
        }
        assert!(memory.lock().len() <= CAPACITY);
    }

    #[tokio::test]
    async fn a_renewed_value_is_not_removed_by_who_knew_the_old_one() {
        let memory = Memory::default();
        memory.set("token", "new", Duration::from_secs(10));
        memory.remove_if("token", "old");
        assert_eq!(memory.get("token").as_deref(), Some("new"));
        memory.remove_if("token", "new");
        assert_eq!(memory.get("token"), None);
    }
}

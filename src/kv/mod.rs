//! Small values with a lifetime, shared by all nodes when there is a Redis, else kept in this process.
//! Nothing is kept only here: whoever reads must be able to do without, and is never held up for long.

mod memory;
mod redis;

use std::sync::Arc;
use std::time::Duration;

pub use self::memory::Memory;
pub use self::redis::Redis;

/// How often a node looks whether Redis answers.
const WATCH_PAUSE: Duration = Duration::from_secs(1);

/// Where the values are kept.
#[derive(Clone)]
pub enum Kv {
    Memory(Memory),
    Redis(Redis),
}

/// The store of values did not answer; the text says why, without the address.
#[derive(Debug, thiserror::Error)]
#[error("the key-value store did not answer: {0}")]
pub struct Unavailable(String);

/// Who claims something: one of the several that want to do it.
#[derive(Clone)]
pub struct Holder(Arc<str>);

/// No value of ours begins so.
const HELD_BY: char = '\u{1}';

impl Holder {
    /// One that is like no other, on this node or another.
    pub fn new() -> Self {
        Self(format!("{HELD_BY}{:032x}", rand::random::<u128>()).into())
    }
}

impl Default for Holder {
    fn default() -> Self {
        Self::new()
    }
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is the claimer's, perhaps since before.
    Ours,
    /// Another one holds it.
    Theirs,
    /// It has been done, and this was put in the claim's place.
    Done(String),
}

impl Kv {
    /// Connects to the Redis behind `url`, or keeps values in this process when there is none.
    ///
    /// # Errors
    /// When the URL cannot be read. A Redis that is not there yet is no error.
    pub fn open(url: Option<&str>) -> Result<Self, Unavailable> {
        Ok(match url {
            Some(url) => Self::Redis(Redis::open(url)?),
            None => Self::Memory(Memory::default()),
        })
    }

    /// Whether other nodes see the values.
    pub fn is_shared(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Redis(_) => true,
        }
    }

    /// The value under a key, if there is one and it still lives.
    pub async fn get(&self, key: &str) -> Result<Option<String>, Unavailable> {
        match self {
            Self::Memory(memory) => Ok(memory.get(key)),
            Self::Redis(redis) => redis.get(key).await,
        }
    }

    /// Puts a value under a key for as long as `lifetime`, in place of any other.
    pub async fn set(&self, key: &str, value: &str, lifetime: Duration) -> Result<(), Unavailable> {
        match self {
            Self::Memory(memory) => {
                memory.set(key, value, lifetime);
                Ok(())
            }
            Self::Redis(redis) => redis.set(key, value, lifetime).await,
        }
    }

    /// Puts a value under a key unless there is one; says whether it was put.
    pub async fn set_new(&self, key: &str, value: &str, lifetime: Duration) -> Result<bool, Unavailable> {
        match self {
            Self::Memory(memory) => Ok(memory.claim(key, value, lifetime).is_none()),
            Self::Redis(redis) => Ok(redis.claim(key, value, lifetime).await?.is_none()),
        }
    }

    /// Counts one more under a key; gives how many there have been since the first, which is forgotten after `window`.
    pub async fn count(&self, key: &str, window: Duration) -> Result<u64, Unavailable> {
        match self {
            Self::Memory(memory) => Ok(memory.count(key, window)),
            Self::Redis(redis) => redis.count(key, window).await,
        }
    }

    /// Puts many values at once, each in place of any other.
    pub async fn set_all(
        &self,
        values: &[(String, Arc<str>)],
        lifetime: Duration,
    ) -> Result<(), Unavailable> {
        match self {
            Self::Memory(memory) => {
                values.iter().for_each(|(key, value)| memory.set(key, value, lifetime));
                Ok(())
            }
            Self::Redis(redis) => redis.set_all(values, lifetime).await,
        }
    }

    /// Removes a key if its value is still this one: a value that somebody renewed meanwhile stays.
    pub async fn remove_if(&self, key: &str, value: &str) -> Result<(), Unavailable> {
        match self {
            Self::Memory(memory) => {
                memory.remove_if(key, value);
                Ok(())
            }
            Self::Redis(redis) => redis.remove_if(key, value).await,
        }
    }

    /// Claims a key for a while, unless another holder has it. Whoever has done what it is about puts a value in the
    /// claim's place with [`Kv::set`], or gives it back with [`Kv::release`].
    pub async fn claim(&self, key: &str, holder: &Holder, lifetime: Duration) -> Result<Claim, Unavailable> {
        let found = match self {
            Self::Memory(memory) => memory.claim(key, &holder.0, lifetime),
            Self::Redis(redis) => redis.claim(key, &holder.0, lifetime).await?,
        };
        Ok(match found {
            None => Claim::Ours,
            Some(value) if value.starts_with(HELD_BY) => Claim::Theirs,
            Some(value) => Claim::Done(value),
        })
    }

    /// Gives a claim back, if it is still the holder's.
    pub async fn release(&self, key: &str, holder: &Holder) -> Result<(), Unavailable> {
        self.remove_if(key, &holder.0).await
    }

    /// Tells all nodes that something in the database has changed. They look for changes anyhow, only not at once, so
    /// that it does not matter if this fails.
    pub async fn tell_changed(&self) {
        let told = match self {
            Self::Memory(memory) => {
                memory.tell_changed();
                Ok(())
            }
            Self::Redis(redis) => redis.tell_changed().await,
        };
        if let Err(error) = told {
            tracing::debug!(%error, "the other nodes were not told of a change and will find it themselves");
        }
    }

    /// Does something whenever somebody has told of a change, here or on another node. It never ends.
    pub async fn listen(&self, on_change: impl Fn()) {
        match self {
            Self::Memory(memory) => memory.listen(on_change).await,
            Self::Redis(redis) => redis.listen(on_change).await,
        }
    }

    /// Whether the last call was answered.
    pub fn is_up(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Redis(redis) => redis.is_up(),
        }
    }

    /// Whether the store takes values. Without it a store that has failed once is not used again.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Redis(redis) => redis.ping().await,
        }
    }

    /// Finds out soon when the store is gone, and when it is back. It never ends.
    pub async fn watch(&self) {
        loop {
            tokio::time::sleep(WATCH_PAUSE).await;
            // It has told the log by itself.
            self.ping().await.ok();
        }
    }
}

//! Small values with a lifetime, shared by all nodes when there is a Redis, else kept in this process.
//! Nothing is kept only here: whoever reads must be able to do without.

mod memory;
mod redis;

use std::time::Duration;

pub use self::memory::Memory;
pub use self::redis::Redis;

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

impl Kv {
    /// Connects to the Redis behind `url`, or keeps values in this process when there is none.
    ///
    /// # Errors
    /// When the URL cannot be read. A Redis that is not there yet is no error: it is tried again at each use.
    pub fn open(url: Option<&str>) -> Result<Self, Unavailable> {
        Ok(match url {
            Some(url) => Self::Redis(Redis::open(url)?),
            None => Self::Memory(Memory::default()),
        })
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

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), Unavailable> {
        self.get("ping").await.map(drop)
    }
}

//! Values kept in Redis, where all nodes see them.

use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, RedisError, Script};

use super::Unavailable;

const TIMEOUT: Duration = Duration::from_millis(500);
const RETRIES: usize = 2;
/// All keys begin so, in case the Redis serves others as well.
const PREFIX: &str = "hopetree:";

#[derive(Clone)]
pub struct Redis {
    manager: ConnectionManager,
}

impl Redis {
    pub(super) fn open(url: &str) -> Result<Self, Unavailable> {
        let client = redis::Client::open(url)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(TIMEOUT))
            .set_response_timeout(Some(TIMEOUT))
            .set_number_of_retries(RETRIES);
        let manager = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self { manager })
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<String>, Unavailable> {
        Ok(self.manager.clone().get(named(key)).await?)
    }

    pub(super) async fn set(&self, key: &str, value: &str, lifetime: Duration) -> Result<(), Unavailable> {
        Ok(self.manager.clone().set_ex(named(key), value, lifetime.as_secs().max(1)).await?)
    }

    pub(super) async fn remove_if(&self, key: &str, value: &str) -> Result<(), Unavailable> {
        let script = Script::new(
            "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0",
        );
        let mut connection = self.manager.clone();
        script.key(named(key)).arg(value).invoke_async::<()>(&mut connection).await?;
        Ok(())
    }
}

fn named(key: &str) -> String {
    format!("{PREFIX}{key}")
}

impl From<RedisError> for Unavailable {
    fn from(error: RedisError) -> Self {
        // The kind only: the whole text may hold the address and password.
        Self(error.category().into())
    }
}

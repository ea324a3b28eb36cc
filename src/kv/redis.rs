//! Values kept in Redis, where all nodes see them, over one connection that everybody shares.
//!
//! A call that fails gives the connection up for everybody: from then on calls fail at once, and nobody waits for a
//! Redis that hangs. Only [`Redis::ping`] connects anew; a node asks it every second.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures_util::StreamExt;
use redis::aio::MultiplexedConnection;
use redis::{AsyncCommands, AsyncConnectionConfig, Client, RedisError, RedisResult, Script};
use tokio::time::timeout;

use super::Unavailable;

/// Where a resident waits for it.
const CLAIM_LIMIT: Duration = Duration::from_millis(100);
const LIMIT: Duration = Duration::from_millis(500);
/// All keys begin so, in case the Redis serves others as well.
const PREFIX: &str = "hopetree:";
/// Where nodes tell each other that something has changed.
const CHANNEL: &str = "hopetree:changed";
/// How long between two tries to hear of changes, and between two looks whether the other side is still there.
const LISTEN_PAUSE: Duration = Duration::from_secs(1);
const LISTEN_CHECK: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub struct Redis {
    client: Client,
    link: Arc<ArcSwap<Link>>,
    scripts: Arc<Scripts>,
}

enum Link {
    Untried,
    Up(MultiplexedConnection),
    Down,
}

struct Scripts {
    claim: Script,
    remove_if: Script,
    count: Script,
}

impl Redis {
    pub(super) fn open(url: &str) -> Result<Self, Unavailable> {
        // Both are understood by every Redis and Valkey; `SET … NX GET` is not before 7.0.
        let scripts = Scripts {
            claim: Script::new(
                "local found = redis.call('get', KEYS[1]) \
                 if found and found ~= ARGV[1] then return found end \
                 redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2]) return false",
            ),
            remove_if: Script::new(
                "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0",
            ),
            // In one go, so that no count is left without an end.
            count: Script::new(
                "local count = redis.call('incr', KEYS[1]) \
                 if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end return count",
            ),
        };
        let link = Arc::new(ArcSwap::from_pointee(Link::Untried));
        Ok(Self { client: Client::open(url)?, link, scripts: Arc::new(scripts) })
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<String>, Unavailable> {
        self.call(LIMIT, async |mut connection| connection.get(named(key)).await).await
    }

    pub(super) async fn set(&self, key: &str, value: &str, lifetime: Duration) -> Result<(), Unavailable> {
        let millis = millis(lifetime);
        self.call(LIMIT, async |mut connection| connection.pset_ex(named(key), value, millis).await).await
    }

    pub(super) async fn set_all(
        &self,
        values: &[(String, Arc<str>)],
        lifetime: Duration,
    ) -> Result<(), Unavailable> {
        let mut pipe = redis::pipe();
        for (key, value) in values {
            pipe.pset_ex(named(key), value.as_ref(), millis(lifetime)).ignore();
        }
        self.call(LIMIT, async |mut connection| pipe.query_async(&mut connection).await).await
    }

    pub(super) async fn remove_if(&self, key: &str, value: &str) -> Result<(), Unavailable> {
        let script = &self.scripts.remove_if;
        self.call(LIMIT, async |mut connection| {
            script.key(named(key)).arg(value).invoke_async(&mut connection).await
        })
        .await
    }

    /// Puts a value under a key unless there is another; gives that one. One round trip.
    pub(super) async fn claim(
        &self,
        key: &str,
        value: &str,
        lifetime: Duration,
    ) -> Result<Option<String>, Unavailable> {
        let (script, lifetime) = (&self.scripts.claim, millis(lifetime));
        self.call(CLAIM_LIMIT, async |mut connection| {
            script.key(named(key)).arg(value).arg(lifetime).invoke_async(&mut connection).await
        })
        .await
    }

    pub(super) async fn count(&self, key: &str, window: Duration) -> Result<u64, Unavailable> {
        let (script, window) = (&self.scripts.count, millis(window));
        self.call(LIMIT, async |mut connection| {
            script.key(named(key)).arg(window).invoke_async(&mut connection).await
        })
        .await
    }

    pub(super) async fn tell_changed(&self) -> Result<(), Unavailable> {
        self.call(LIMIT, async |mut connection| connection.publish(CHANNEL, "").await).await
    }

    pub(super) async fn listen(&self, on_change: impl Fn()) {
        loop {
            if let Err(error) = self.hear(&on_change).await {
                tracing::debug!(error = error.category(), "changes are not heard of through Redis");
            }
            tokio::time::sleep(LISTEN_PAUSE).await;
        }
    }

    async fn hear(&self, on_change: &impl Fn()) -> RedisResult<()> {
        let mut subscription = within_limit(self.client.get_async_pubsub()).await?;
        within_limit(subscription.subscribe(CHANNEL)).await?;
        // What was told before now was not heard.
        on_change();
        let (mut asker, mut changes) = subscription.split();
        loop {
            tokio::select! {
                change = changes.next() => match change {
                    Some(_) => on_change(),
                    None => return Ok(()),
                },
                () = tokio::time::sleep(LISTEN_CHECK) => within_limit(asker.ping::<()>()).await?,
            }
        }
    }

    pub(super) fn is_up(&self) -> bool {
        !matches!(**self.link.load(), Link::Down)
    }

    /// Whether it takes values; connects anew when the last call failed.
    pub(super) async fn ping(&self) -> Result<(), Unavailable> {
        let link = self.link.load_full();
        let work = async {
            let mut connection = match &*link {
                Link::Up(connection) => connection.clone(),
                Link::Untried | Link::Down => self.connect().await?,
            };
            // A Redis that is full or read-only answers, but is of no use.
            connection.set_ex::<_, _, ()>(named("ping"), "", 60).await?;
            RedisResult::Ok(connection)
        };
        let connection = within_limit(work).await.map_err(|error| self.give_up(&link, &error))?;
        if !matches!(*link, Link::Up(_)) {
            let before = self.link.compare_and_swap(&link, Arc::new(Link::Up(connection)));
            if Arc::ptr_eq(&before, &link) && matches!(*link, Link::Down) {
                tracing::info!("Redis is back");
            }
        }
        Ok(())
    }

    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(LIMIT))
            // Longer than any call waits here: who waits decides.
            .set_response_timeout(Some(2 * LIMIT));
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }

    async fn call<T>(
        &self,
        limit: Duration,
        work: impl AsyncFnOnce(MultiplexedConnection) -> RedisResult<T>,
    ) -> Result<T, Unavailable> {
        if matches!(**self.link.load(), Link::Untried) {
            self.ping().await?;
        }
        let link = self.link.load_full();
        let Link::Up(connection) = &*link else {
            return Err(Unavailable("it did not a moment ago".into()));
        };
        within(limit, work(connection.clone())).await.map_err(|error| match is_broken(&error) {
            true => self.give_up(&link, &error),
            // It answers, if only with a complaint. When it takes no values any more, the next ping finds out.
            false => error.into(),
        })
    }

    /// Gives up a connection, unless there is a newer one. It is told once, however many calls fail.
    fn give_up(&self, link: &Arc<Link>, error: &RedisError) -> Unavailable {
        // The kind only: the whole text may hold the address and password.
        let reason = if error.is_timeout() { "too slow" } else { error.category() };
        let before = self.link.compare_and_swap(link, Arc::new(Link::Down));
        if Arc::ptr_eq(&before, link) && !matches!(**link, Link::Down) {
            tracing::warn!(
                reason,
                "Redis does not answer: serving without it until it is back; everything works, only slower"
            );
        }
        Unavailable(reason.into())
    }
}

async fn within_limit<T>(work: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    within(LIMIT, work).await
}

async fn within<T>(limit: Duration, work: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

fn is_broken(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error()
}

fn named(key: &str) -> String {
    format!("{PREFIX}{key}")
}

fn millis(lifetime: Duration) -> u64 {
    u64::try_from(lifetime.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl From<RedisError> for Unavailable {
    fn from(error: RedisError) -> Self {
        Self(error.category().into())
    }
}

//! What every feature gets: handles to the outside world. It knows no feature.

use std::sync::Arc;

use anyhow::Context;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::kv::Kv;
use crate::platform::Platform;
use crate::telemetry::Metrics;

/// Handles, cheap to clone.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub db: Db,
    pub kv: Kv,
    pub platform: Platform,
    pub clock: Clock,
    pub metrics: Metrics,
    /// Everything that runs on its own; shutdown waits for it.
    pub tasks: TaskTracker,
    /// Told when the process is to end.
    pub shutdown: CancellationToken,
}

impl App {
    /// Opens everything that the configuration names, and brings the schema up to date.
    pub async fn start(config: Config, clock: Clock) -> anyhow::Result<Self> {
        crate::config::make_private_folder(&config.data_dir)
            .with_context(|| format!("cannot make the data folder {}", config.data_dir.display()))?;
        let shown = crate::config::without_password(&config.database_url);
        let db = Db::connect(&config.database_url)
            .await
            .with_context(|| format!("cannot open the database {shown}"))?;
        db.migrate().await.with_context(|| format!("cannot bring the schema of {shown} up to date"))?;
        let kv = Kv::open(config.redis_url.as_deref()).context("cannot use the Redis URL")?;
        let metrics = Metrics::default();
        let platform = Platform::new(kv.clone(), metrics.clone(), clock.clone());
        let platform = platform.context("cannot make an HTTP client")?;
        Ok(Self {
            config: Arc::new(config),
            db,
            kv,
            platform,
            clock,
            metrics,
            tasks: TaskTracker::new(),
            shutdown: CancellationToken::new(),
        })
    }
}

//! `hopetree serve`: from the opened app to the end of the process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sea_orm::DbErr;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;

use crate::accounts::{Directory, MasterKey};
use crate::admin::Office;
use crate::app::App;
use crate::chat::Chat;
use crate::clock::Clock;
use crate::config::Config;
use crate::conversations::Desk;
use crate::sandbox::Sandbox;
use crate::{db, http, notices, router, worker};

/// What runs on its own (jobs, the writer) gets this long after the last connection.
const TASKS_TIMEOUT: Duration = Duration::from_secs(15);
/// So many may knock at the same moment; the system's own bound may be lower. Whoever finds the queue full waits a second.
const BACKLOG: u32 = 4_096;
/// How long between two looks for a database that is not there at the start.
const DATABASE_PAUSE: Duration = Duration::from_secs(1);

pub(super) async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    let socket = || {
        let socket = if listen.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // As the standard library's listener: a server that is started anew finds its port free.
        socket.set_reuseaddr(true)?;
        socket.bind(listen)?;
        socket.listen(BACKLOG)
    };
    socket().with_context(|| {
        format!("cannot listen on {listen}: choose another address with HOPETREE_LISTEN (demo: --listen)")
    })
}

/// Opens everything. A database server that is not there is waited for: without it nobody knows the accounts, and a
/// node that comes up before its database, or in an outage, must not need a hand.
pub(super) async fn open(config: Config) -> anyhow::Result<App> {
    loop {
        let error = match App::start(config.clone(), Clock::System).await {
            Ok(app) => return Ok(app),
            Err(error) => error,
        };
        let is_away = error.downcast_ref::<DbErr>().is_some_and(db::is_away);
        if !is_away || config.database_url.starts_with("sqlite:") {
            return Err(error);
        }
        tracing::warn!(error = format!("{error:#}"), "waiting for the database before listening");
        tokio::time::sleep(DATABASE_PAUSE).await;
    }
}

/// Serves until SIGTERM or SIGINT, then finishes what is in hand. With a sandbox, it is served beside.
pub(super) async fn run(app: App, listener: TcpListener, sandbox: Option<Sandbox>) -> anyhow::Result<()> {
    let (router, chat, directory) = prepare(&app, sandbox).await?;
    worker::start(&app, directory.clone(), chat);
    cancel_on_signal(app.shutdown.clone())?;
    if let Some(address) = app.config.metrics_listen {
        let listener = bind(address).await?;
        tracing::info!(address = %listener.local_addr()?, "measurements are at /metrics");
        let measurements = router::metrics(app.clone(), directory);
        app.tasks.spawn(http::serve(listener, measurements, app.shutdown.clone()));
    }
    tracing::info!(
        listen = %listener.local_addr()?,
        public_url = app.config.public_url,
        database = app.db.kind(),
        "serving"
    );
    http::serve(listener, router, app.shutdown.clone()).await;
    finish(app).await
}

/// Everything that answers requests, ready to.
pub(super) async fn prepare(
    app: &App,
    sandbox: Option<Sandbox>,
) -> anyhow::Result<(axum::Router, Arc<Chat>, Directory)> {
    let key = Arc::new(MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?);
    // Whether it answers is told to the log by itself, and nothing depends on it.
    app.kv.ping().await.ok();
    let directory = Directory::load(&app.db, Arc::clone(&key)).await?;
    adopt(app, &directory).await;
    let chat = Chat::start(app.clone(), directory.clone()).await?;
    let office = Office::new(app.clone(), directory.clone(), key);
    let router = router::build(&office, &chat, Desk::start(app), sandbox)?;
    Ok((router, chat, directory))
}

/// Articles from before there was a console get a notice. Residents are served whether it works or not, and another node
/// may be at it.
async fn adopt(app: &App, directory: &Directory) {
    for account in directory.all() {
        match notices::adopting::adopt_new(app, &account).await {
            Ok(adopted) if adopted.new > 0 => {
                tracing::info!(
                    account = account.slug,
                    articles = adopted.new,
                    "articles are in the console now"
                );
            }
            Ok(_) => (),
            Err(error) => {
                tracing::info!(account = account.slug, %error, "articles are not in the console yet")
            }
        }
    }
}

/// Cancels a token on SIGTERM or SIGINT.
#[expect(clippy::disallowed_methods, reason = "it ends with the process; nothing waits for it")]
pub(super) fn cancel_on_signal(shutdown: CancellationToken) -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("stopping: SIGTERM"),
            _ = interrupt.recv() => tracing::info!("stopping: SIGINT"),
        }
        shutdown.cancel();
        // Who asks again does not want to wait.
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
        std::process::exit(1);
    });
    Ok(())
}

/// Waits for what runs on its own, then closes the database. Nobody holds a `Chat` any more, so the writer
/// ends when everything is written.
pub(super) async fn finish(app: App) -> anyhow::Result<()> {
    app.shutdown.cancel();
    app.tasks.close();
    if tokio::time::timeout(TASKS_TIMEOUT, app.tasks.wait()).await.is_err() {
        tracing::warn!("some background work was still busy at the end; its jobs will be taken over");
    }
    app.db.close().await.context("cannot close the database")?;
    tracing::info!("stopped");
    Ok(())
}

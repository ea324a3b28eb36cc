//! A pretend WeChat platform over HTTP, with a phone to try it: tokens, menus, followers and customer-service messages
//! with the real error codes and quotas, and signed (and encrypted) pushes with the real repeats. It stands apart from
//! the product, which reaches it as it reaches WeChat; what went wrong at the platform can be switched on (`faults`).
//!
//! [`router`] serves `/cgi-bin/…` for clients and `/control/…` for the phone and for tests. What a resident does becomes
//! XML in `compose`; `push` signs, seals and delivers it, and `understand` turns the answer into chat entries.

mod accounts;
mod api;
mod chat;
mod compose;
mod control;
mod deeds;
mod faults;
mod followers;
mod push;
mod residents;
mod settings;
mod state;
mod taps;
mod texts;
mod tokens;
mod understand;
mod usage;
mod windows;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::settings::{AccountSettings, Error, demo_accounts, original_id_for};
use self::state::World;
use crate::clock::Clock;

/// The longest request body that is read, at the platform's API and at the control.
const MAX_BODY_BYTES: usize = 1 << 20;
/// How many pushes may be on their way or waiting at once; what a resident does beyond that is refused.
const MAX_IN_HAND: usize = 256;

/// How the platform behaves in time. The defaults are WeChat's.
#[derive(Clone)]
pub struct Options {
    /// What the time is: for tokens, windows and quotas.
    pub clock: Clock,
    /// How long one attempt to deliver a push may take, connecting included (§4).
    pub attempt_limit: Duration,
    /// How long to wait before the next attempt after one that failed at once. After one that was too slow there is
    /// no further wait.
    pub retry_pause: Duration,
    /// How long a push waits for another to change places with, while the fault `reorder` is on.
    pub reorder_wait: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clock: Clock::System,
            attempt_limit: Duration::from_secs(5),
            retry_pause: Duration::from_millis(200),
            reorder_wait: Duration::from_secs(2),
        }
    }
}

/// The pretend platform. Cheap to clone; all clones are the same platform.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    world: Mutex<World>,
    options: Options,
    http: reqwest::Client,
    deliveries: TaskTracker,
    stop: CancellationToken,
    in_hand: Arc<Semaphore>,
    swap: push::Swap,
}

impl Sandbox {
    /// A platform with these accounts, a few followers each, and nothing else.
    ///
    /// # Errors
    /// [`Error`] when an account's settings cannot be, or two accounts have the same AppID or slug.
    pub fn new(accounts: Vec<AccountSettings>) -> Result<Self, Error> {
        Self::with_options(accounts, Options::default())
    }

    /// As [`Sandbox::new`], with a clock and time limits of the caller's choice.
    ///
    /// # Errors
    /// As [`Sandbox::new`].
    pub fn with_options(accounts: Vec<AccountSettings>, options: Options) -> Result<Self, Error> {
        let world = World::new(accounts, options.clock.now())?;
        Ok(Self {
            inner: Arc::new(Inner {
                world: Mutex::new(world),
                http: push::client().map_err(Error::Client)?,
                options,
                deliveries: TaskTracker::new(),
                stop: CancellationToken::new(),
                in_hand: Arc::new(Semaphore::new(MAX_IN_HAND)),
                swap: push::Swap::default(),
            }),
        })
    }

    /// Stops the pushes in hand and waits for their tasks; later actions of residents are refused.
    pub async fn shutdown(&self) {
        self.inner.in_hand.close();
        self.inner.stop.cancel();
        self.inner.deliveries.close();
        self.inner.deliveries.wait().await;
    }

    /// The state, for a short time and never across an `await`. A panic elsewhere does not take the sandbox down.
    fn world(&self) -> MutexGuard<'_, World> {
        self.inner.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The platform's API under `/cgi-bin`, and the control under `/control`. The caller nests it (under `/sandbox`),
/// serves the phone's files, and provides `ConnectInfo<SocketAddr>`, by which the control knows who is on loopback.
pub fn router(sandbox: Sandbox) -> Router {
    api::router().merge(control::router()).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(sandbox)
}

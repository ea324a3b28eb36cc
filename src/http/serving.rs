//! The loop that accepts connections, with limits on slow senders and an orderly end.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// The head of a request must have come in this time, counted also while a connection idles between two.
/// A proxy in front should keep idle connections for a shorter time.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// What is in hand when the process is told to end gets this long.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// When there are more, the one that has been idle for longest is closed; when all are busy, the others wait.
const CONNECTIONS: usize = 10_000;
/// A pause when the system has no file descriptors left, in which others are given back.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// One open connection, as the others see it.
struct Guest {
    /// When it last asked for something, in milliseconds since the first one came.
    last: AtomicU64,
    /// How many of its requests are being answered.
    busy: AtomicUsize,
    /// Asks it to finish what is in hand and go.
    close: CancellationToken,
}

/// Everybody who is connected.
#[derive(Default)]
struct Guests(Mutex<HashMap<u64, Arc<Guest>>>);

impl Guests {
    fn all(&self) -> MutexGuard<'_, HashMap<u64, Arc<Guest>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks whoever has been idle for longest to go.
    fn make_room(&self) {
        let all = self.all();
        let idle = all
            .values()
            .filter(|guest| guest.busy.load(Ordering::Relaxed) == 0 && !guest.close.is_cancelled());
        if let Some(longest) = idle.min_by_key(|guest| guest.last.load(Ordering::Relaxed)) {
            longest.close.cancel();
        }
    }
}

/// Serves until `shutdown`, then finishes what is in hand. The caller binds, so that it knows the port.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let (guests, tasks) = (Arc::new(Guests::default()), TaskTracker::new());
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let beginning = Instant::now();
    let mut number = 0;
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // Perhaps there are no file descriptors left.
                guests.make_room();
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if room.available_permits() == 0 {
            guests.make_room();
        }
        let place = tokio::select! {
            () = shutdown.cancelled() => break,
            place = Arc::clone(&room).acquire_owned() => place.expect("the semaphore is never closed"),
        };
        stream.set_nodelay(true).ok();
        number += 1;
        let now = move || beginning.elapsed().as_millis() as u64;
        let guest = Arc::new(Guest { last: now().into(), busy: 0.into(), close: shutdown.child_token() });
        guests.all().insert(number, Arc::clone(&guest));
        let (router, close) = (router.clone(), guest.close.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let (router, guest) = (router.clone(), Arc::clone(&guest));
            async move {
                guest.busy.fetch_add(1, Ordering::Relaxed);
                let answer = answer(router, peer, request).await;
                guest.last.store(now(), Ordering::Relaxed);
                guest.busy.fetch_sub(1, Ordering::Relaxed);
                answer
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(stream), service);
        let guests = Arc::clone(&guests);
        tasks.spawn(async move {
            let mut connection = pin!(connection);
            // A client that breaks off is its own business.
            tokio::select! {
                ended = connection.as_mut() => ended.ok(),
                () = close.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    let drained = tokio::time::timeout(DRAIN_TIMEOUT, connection).await;
                    drained.inspect_err(|_| tracing::warn!("a busy connection was cut")).ok().and_then(Result::ok)
                }
            };
            guests.all().remove(&number);
            drop(place);
        });
    }
    drop(listener);
    tasks.close();
    tasks.wait().await;
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request.map(Body::new)).await
}

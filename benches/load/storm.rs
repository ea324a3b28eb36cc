//! The hour of the burst pipe: 2,000 and 5,000 connections at once, each of which pushes again as soon as it has heard,
//! many times what the server can take on its core. What is answered must be answered soon, and be stored; the rest is
//! turned away at once, and its sender pauses for a moment before the next one. `BENCH=storm make bench`.
//!
//! `BENCH_SECONDS` changes how long each storm is, `HOPETREE_BIN` names the server.

use std::time::{Duration, Instant};

use crate::support::{self, Connection, Installation, Mode, Outcome, Pushes};
use hopetree::accounts::AccountId;
use hopetree::db::Db;
use hopetree::messages;

const STORMS: [usize; 2] = [2_000, 5_000];
/// Of connections that are opened at the same time; more than the kernel's queue takes wait a second each.
const AT_ONCE: usize = 100;
/// Who was turned away comes again after this; WeChat waits for longer.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) async fn measure() -> bool {
    let mut are_kept = true;
    for connections in STORMS {
        are_kept &= storm(connections).await;
    }
    are_kept
}

/// Whether everything that was acknowledged is stored.
async fn storm(connections: usize) -> bool {
    let length = support::length(10);
    let installation = Installation::new(Mode::Secure, None);
    let (server, _) = installation.serve();
    let mut open = Vec::with_capacity(connections);
    while open.len() < connections {
        let some =
            futures_util::future::join_all((0..AT_ONCE).map(|_| Connection::open(&server.address))).await;
        open.extend(some);
    }
    let until = Instant::now() + length;
    let clients: Vec<_> = open
        .into_iter()
        .map(|connection| {
            #[expect(clippy::disallowed_methods, reason = "only this function waits for it")]
            tokio::spawn(client(connection, until))
        })
        .collect();
    let (mut times, mut turned_away) = (Vec::new(), Vec::new());
    for client in clients {
        let (answered, refused) = client.await.expect("a client ends well");
        times.extend(answered);
        turned_away.extend(refused);
    }
    let acknowledged = times.len() as u64;
    let (answered, refused) = (Outcome::new(times, length), Outcome::new(turned_away, length));
    println!(
        "storm: {connections} connections: {:.0} answered a second, p50 {:?}, p99 {:?}, max {:?}; \
         {:.0} turned away a second, p50 {:?}, p99 {:?}; {:.0} MB resident",
        answered.rate,
        answered.at(0.5),
        answered.at(0.99),
        answered.at(1.0),
        refused.rate,
        refused.at(0.5),
        refused.at(0.99),
        server.resident_megabytes()
    );
    drop(server);
    let path = installation.folder.path().join("hopetree.db");
    let db = Db::connect(&format!("sqlite://{}", path.display())).await.expect("the database opens");
    let stored = messages::store::count(db.reader(), AccountId(1)).await.expect("messages can be counted");
    println!("storm: {acknowledged} acknowledged, {stored} stored");
    acknowledged == stored
}

/// Pushes until the time is over; gives the times of what was answered and of what was turned away.
async fn client(mut connection: Connection, until: Instant) -> (Vec<Duration>, Vec<Duration>) {
    let pushes = Pushes::new(Mode::Secure);
    let (mut answered, mut refused) = (Vec::new(), Vec::new());
    while Instant::now() < until {
        let request = pushes.next();
        let started = Instant::now();
        match connection.exchange(request.as_bytes()).await {
            200 => answered.push(started.elapsed()),
            500 | 503 => {
                refused.push(started.elapsed());
                tokio::time::sleep(PAUSE).await;
            }
            other => panic!("status {other}"),
        }
    }
    (answered, refused)
}

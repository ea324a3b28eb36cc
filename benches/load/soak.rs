//! A long evening: 5,000 pushes a second offered for ten minutes, from this process on one core to the server on
//! another. The load does not wait for the server: every push has its moment, and its latency counts from that moment,
//! also when it could only be sent later. In the end everything offered must be acknowledged and stored.
//!
//! `BENCH=soak make bench`. `BENCH_SECONDS` and `BENCH_RATE` change length and load, `HOPETREE_BIN` names the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::support::{self, Connection, Installation, Mode, Outcome, Pushes, Server};
use hopetree::accounts::AccountId;
use hopetree::db::Db;
use hopetree::messages;
use tokio::time::{Instant, sleep_until};

const RATE: u64 = 5_000;
const SECONDS: u64 = 600;
/// Many more than are busy at any moment, so that the load never waits for one.
const CONNECTIONS: usize = 256;
const MINUTE: Duration = Duration::from_secs(60);

pub(crate) async fn measure() -> bool {
    let rate = support::variable("BENCH_RATE").and_then(|text| text.parse().ok()).unwrap_or(RATE);
    let length = support::length(SECONDS);
    let installation = Installation::new(Mode::Secure, None);
    let (server, _) = installation.serve();
    println!("soak: {rate} pushes/s for {length:?}, {:.0} MB resident before", server.resident_megabytes());

    let schedule = Arc::new(Schedule { begin: Instant::now(), rate, length, next: AtomicU64::new(0) });
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (address, schedule) = (server.address.clone(), Arc::clone(&schedule));
            #[expect(clippy::disallowed_methods, reason = "only this function waits for it")]
            tokio::spawn(async move { client(&address, &schedule).await })
        })
        .collect();
    let memory = watch_memory(&server, &schedule).await;
    let (mut minutes, mut acknowledged) = (Vec::new(), 0);
    for client in clients {
        let done = client.await.expect("a client ends well");
        acknowledged += done.acknowledged;
        minutes.resize_with(done.minutes.len().max(minutes.len()), Vec::new);
        for (minute, times) in done.minutes.into_iter().enumerate() {
            minutes[minute].extend(times);
        }
    }
    for (minute, times) in minutes.into_iter().enumerate() {
        let outcome = Outcome::new(times, MINUTE);
        println!(
            "soak: minute {:2}: p50 {:?}, p99 {:?}, max {:?}, {:.0} MB resident",
            minute + 1,
            outcome.at(0.5),
            outcome.at(0.99),
            outcome.at(1.0),
            memory.get(minute).copied().unwrap_or_default()
        );
    }
    drop(server);
    let path = installation.folder.path().join("hopetree.db");
    let db = Db::connect(&format!("sqlite://{}", path.display())).await.expect("the database opens");
    let stored = messages::store::count(db.reader(), AccountId(1)).await.expect("messages can be counted");
    let offered = schedule.total();
    println!("soak: {offered} offered, {acknowledged} acknowledged, {stored} stored");
    offered == acknowledged && acknowledged == stored
}

/// Which push is due when.
struct Schedule {
    begin: Instant,
    rate: u64,
    length: Duration,
    next: AtomicU64,
}

impl Schedule {
    fn total(&self) -> u64 {
        self.rate * self.length.as_secs()
    }

    /// The moment of the next push, after the beginning; none when all have been taken.
    fn take(&self) -> Option<Duration> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        (number < self.total()).then(|| Duration::from_nanos(number * 1_000_000_000 / self.rate))
    }
}

#[derive(Default)]
struct Done {
    acknowledged: u64,
    /// The latencies of each minute.
    minutes: Vec<Vec<Duration>>,
}

async fn client(address: &str, schedule: &Schedule) -> Done {
    let mut connection = Connection::open(address).await;
    let pushes = Pushes::new(Mode::Secure);
    let mut done = Done::default();
    while let Some(due) = schedule.take() {
        let moment = schedule.begin + due;
        sleep_until(moment).await;
        let request = pushes.next();
        if connection.exchange(request.as_bytes()).await == 200 {
            done.acknowledged += 1;
        }
        let minute = (due.as_secs() / MINUTE.as_secs()) as usize;
        if done.minutes.len() <= minute {
            done.minutes.resize_with(minute + 1, Vec::new);
        }
        done.minutes[minute].push(moment.elapsed());
    }
    done
}

/// The server's memory at the end of each minute, in megabytes.
async fn watch_memory(server: &Server, schedule: &Schedule) -> Vec<f64> {
    let mut memory = Vec::new();
    let end = schedule.begin + schedule.length;
    let mut at = schedule.begin;
    while at < end {
        at = (at + MINUTE).min(end);
        sleep_until(at).await;
        memory.push(server.resident_megabytes());
    }
    memory
}

//! Twenty times what the server can take, offered at a rate: the load does not wait for answers. First it is found out
//! what the server can take at most, then twenty times of that is offered. A push whose moment has come takes a free
//! connection; when none is free it is one that the network turned away. What is accepted must be answered within a
//! second (99 of 100), also on a slow disk, and be stored. `BENCH=overload make bench`.
//!
//! Three times: on SQLite; on SQLite with a disk that stands still for most of the time (as root, with fsfreeze and a
//! file system in a file); and on Postgres (`HOPETREE_TEST_POSTGRES`) behind a slow way. `BENCH_SECONDS` changes how
//! long each overload is, `BENCH_TIMES` how many times of what it takes is offered, `HOPETREE_BIN` names the server.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::proxy::Proxy;
use crate::support::{self, Connection, Installation, Mode, Outcome, Pushes};
use hopetree::accounts::AccountId;
use hopetree::db::Db;
use hopetree::messages;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

const TIMES: f64 = 20.0;
/// So many connections; a push is on one of them until it is answered.
const CONNECTIONS: usize = 4_096;
/// Of connections that are opened at the same time; more than the kernel's queue takes wait a second each.
const AT_ONCE: usize = 100;
/// So many push one after the other while it is found out what the server takes.
const EAGER: usize = 768;
const EAGER_LENGTH: Duration = Duration::from_secs(3);
const TICK: Duration = Duration::from_millis(1);
/// How much later everything arrives between the server and its Postgres, in each direction.
const SLOW_WAY: Duration = Duration::from_millis(5);
/// So long the slow disk stands still, and so long it moves.
const STILL: f64 = 0.06;
const MOVING: f64 = 0.02;
const SETTLING: Duration = Duration::from_secs(1);
/// So long nothing may happen before it counts as lost.
const HEALING: Duration = Duration::from_secs(20);

pub(crate) async fn measure() -> bool {
    let mut is_well = overload("SQLite", Installation::new(Mode::Plain, None), || ()).await;
    match SlowDisk::mount() {
        Some(disk) => {
            let installation = Installation::in_folder(disk.folder(), Mode::Plain, None);
            is_well &= overload("SQLite on a slow disk", installation, || disk.slow_down()).await;
        }
        None => println!("overload: no slow disk: run as root, with e2fsprogs and util-linux"),
    }
    match support::variable("HOPETREE_TEST_POSTGRES") {
        Some(server) => {
            let url = support::fresh_postgres(&server).await;
            let (way, through) = Proxy::before_url(&url);
            let installation = Installation::new(Mode::Plain, Some(through)).whose_database_is_at(&url);
            is_well &= overload("Postgres behind a slow way", installation, || SlowWay::of(&way)).await;
        }
        None => println!("overload: no Postgres: name one with HOPETREE_TEST_POSTGRES"),
    }
    is_well
}

/// What became of the pushes that were offered.
#[derive(Default)]
struct Heard {
    accepted: Vec<Duration>,
    turned_away: u64,
    /// The server does not know whether they are stored.
    unsure: u64,
    /// No connection was free.
    without_connection: u64,
}

/// Whether all was as promised. Something is slow for as long as what `slow_down` gives is held.
async fn overload<S>(name: &str, installation: Installation, slow_down: impl FnOnce() -> S) -> bool {
    let length = support::length(10);
    let times = support::variable("BENCH_TIMES").and_then(|text| text.parse().ok()).unwrap_or(TIMES);
    let (server, _) = installation.serve();
    let mut connections = Vec::with_capacity(CONNECTIONS);
    while connections.len() < CONNECTIONS {
        let some =
            futures_util::future::join_all((0..AT_ONCE).map(|_| Connection::open(&server.address))).await;
        connections.extend(some);
    }
    let slow = slow_down();
    let (mut heard, connections) = find_capacity(connections).await;
    let before = heard.accepted.len() as u64;
    let capacity = before as f64 / EAGER_LENGTH.as_secs_f64();
    let rate = capacity * times;
    let memory = Arc::new(AtomicBool::new(false));
    let (overloaded, most_memory) =
        tokio::join!(offer(connections, rate, length, &memory), most_memory(&server, &memory));
    drop(slow);
    let offered = (rate * length.as_secs_f64()) as u64;
    let outcome = Outcome::new(overloaded.accepted, length);
    heard.unsure += overloaded.unsure;
    println!(
        "overload: {name}: takes {capacity:.0}/s; {times:.0} times that offered, {rate:.0}/s for {length:?}: {offered} offered, \
         {} accepted ({:.0}/s), {} turned away, {} not known, {} without a free connection; accepted p50 {:?}, p99 {:?}, max {:?}; \
         {most_memory:.0} MB resident at most",
        outcome.count(),
        outcome.rate,
        overloaded.turned_away,
        overloaded.unsure,
        overloaded.without_connection,
        outcome.at(0.5),
        outcome.at(0.99),
        outcome.at(1.0),
    );
    let acknowledged = before + outcome.count();
    let stored = stored(&installation.database(), acknowledged).await;
    println!("overload: {name}: {acknowledged} acknowledged, {stored} stored, {} not known", heard.unsure);
    drop(server);
    let is_quick = outcome.at(0.99) < Duration::from_secs(1);
    let is_kept = (acknowledged..=acknowledged + heard.unsure).contains(&stored);
    if !is_quick || !is_kept {
        println!("overload: {name}: NOT as promised");
    }
    is_quick && is_kept
}

/// How many messages are stored, when nothing more comes in.
async fn stored(database: &str, acknowledged: u64) -> u64 {
    let db = Db::connect(database).await.expect("the database opens");
    let (mut before, mut since) = (0, Instant::now());
    loop {
        let count = messages::store::count(db.reader(), AccountId(1)).await.expect("messages can be counted");
        if count != before {
            (before, since) = (count, Instant::now());
        }
        // All, and no more for a while: what was given up may still be on its way.
        let enough = if count >= acknowledged { SETTLING } else { HEALING };
        if since.elapsed() > enough {
            return count;
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Some connections push one after the other, as fast as they are answered. Gives all connections back.
async fn find_capacity(mut connections: Vec<Connection>) -> (Heard, Vec<Connection>) {
    let until = Instant::now() + EAGER_LENGTH;
    let mut eager = JoinSet::new();
    for mut connection in connections.drain(..EAGER) {
        eager.spawn(async move {
            let (pushes, mut heard) = (Pushes::new(Mode::Plain), Heard::default());
            while Instant::now() < until {
                let started = Instant::now();
                let status = connection.exchange(pushes.next().as_bytes()).await;
                heard.note(status, started.elapsed());
                if status != 200 {
                    sleep(Duration::from_millis(20)).await;
                }
            }
            (heard, connection)
        });
    }
    let mut all = Heard::default();
    while let Some(ended) = eager.join_next().await {
        let (heard, connection) = ended.expect("a client ends well");
        all.accepted.extend(heard.accepted);
        all.unsure += heard.unsure;
        connections.push(connection);
    }
    (all, connections)
}

/// Offers so many pushes a second, whatever becomes of them.
async fn offer(connections: Vec<Connection>, rate: f64, length: Duration, is_over: &AtomicBool) -> Heard {
    let free = Arc::new(Mutex::new(connections));
    let heard = Arc::new(Mutex::new(Heard::default()));
    let (pushes, mut busy) = (Pushes::new(Mode::Plain), JoinSet::new());
    let begin = Instant::now();
    let all = (rate * length.as_secs_f64()) as u64;
    let mut offered = 0;
    while offered < all {
        let due = ((begin.elapsed().as_secs_f64() * rate) as u64).min(all);
        while offered < due {
            // Its latency counts from the moment at which it was to be sent.
            let moment = begin + Duration::from_secs_f64(offered as f64 / rate);
            let connection = free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(mut connection) = connection else {
                heard.lock().unwrap_or_else(PoisonError::into_inner).without_connection += due - offered;
                offered = due;
                break;
            };
            offered += 1;
            let (request, free, heard) = (pushes.next(), Arc::clone(&free), Arc::clone(&heard));
            busy.spawn(async move {
                let status = connection.exchange(request.as_bytes()).await;
                heard.lock().unwrap_or_else(PoisonError::into_inner).note(status, moment.elapsed());
                free.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            });
        }
        while busy.try_join_next().is_some() {}
        sleep_until(Instant::now() + TICK).await;
    }
    let answers = async { while busy.join_next().await.is_some() {} };
    timeout(HEALING, answers).await.expect("everything that was sent is answered");
    is_over.store(true, Ordering::Relaxed);
    std::mem::take(&mut heard.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn most_memory(server: &support::Server, is_over: &AtomicBool) -> f64 {
    let mut most: f64 = 0.0;
    while !is_over.load(Ordering::Relaxed) {
        most = most.max(server.resident_megabytes());
        sleep(Duration::from_millis(200)).await;
    }
    most
}

impl Heard {
    fn note(&mut self, status: u16, took: Duration) {
        match status {
            200 => self.accepted.push(took),
            503 => self.turned_away += 1,
            500 => self.unsure += 1,
            other => panic!("status {other}"),
        }
    }
}

/// The way to the database is slow until this is dropped.
struct SlowWay<'a>(&'a Proxy);

impl<'a> SlowWay<'a> {
    fn of(way: &'a Proxy) -> Self {
        way.slow_down(SLOW_WAY);
        Self(way)
    }
}

impl Drop for SlowWay<'_> {
    fn drop(&mut self) {
        self.0.mend();
    }
}

/// A file system in a file, which can be made to stand still.
struct SlowDisk {
    mount: TempDir,
    _image: TempDir,
}

/// The disk is slow until this is dropped.
struct Slow {
    is_over: Arc<AtomicBool>,
    pulse: Option<JoinHandle<()>>,
}

impl SlowDisk {
    /// None where this process may not mount one.
    fn mount() -> Option<Self> {
        let (mount, image) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let file = image.path().join("disk");
        std::fs::File::create(&file).and_then(|file| file.set_len(2 << 30)).expect("a large file");
        let can = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        let is_mounted = can(Command::new("mkfs.ext4").arg("-q").arg(&file))
            && can(Command::new("mount").args(["-o", "loop"]).arg(&file).arg(mount.path()));
        is_mounted.then_some(Self { mount, _image: image })
    }

    fn folder(&self) -> TempDir {
        tempfile::tempdir_in(self.mount.path()).expect("a folder on the disk")
    }

    fn slow_down(&self) -> Slow {
        let is_over = Arc::new(AtomicBool::new(false));
        let (mount, over) = (self.mount.path().display().to_string(), Arc::clone(&is_over));
        // One command for both, so that the disk moves again whatever becomes of this process.
        let pulse = format!("fsfreeze -f '{mount}'; sleep {STILL}; fsfreeze -u '{mount}'; sleep {MOVING}");
        let pulse = std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                Command::new("sh").args(["-c", &pulse]).output().ok();
            }
        });
        Slow { is_over, pulse: Some(pulse) }
    }
}

impl Drop for Slow {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.pulse.take().map(JoinHandle::join);
    }
}

impl Drop for SlowDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.mount.path()).output().ok();
    }
}

//! The server is killed at random instants under load, again and again, on the same data. `scripts/kill-storm` runs
//! more of it; `HOPETREE_KILLS` says how often, `HOPETREE_SEED` which instants.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tempfile::TempDir;

use super::Ledger;
use super::databases::{is_ready_again, open};
use super::ledger::{Exchange, deliver, something};
use crate::databases::{fresh, server};
use crate::support::{Hopetree, Mode, Proxy, variable};

const CONNECTIONS: usize = 32;
const KILLS: usize = 10;
/// After the server was ready.
const ALIVE_MILLIS: std::ops::Range<u64> = 1..400;
/// Of so many pushes one is a repeat of an earlier one.
const REPEATS: u32 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_again_and_again_keeps_what_it_acknowledged_once() {
    let app = Hopetree::start();
    let database = format!("sqlite://{}", app.folder.path().join("hopetree.db").display());
    let mut storm = Storm::new(kills());
    storm.rage(app.stop(), &database, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_and_cut_off_from_postgres_keeps_what_it_acknowledged_once() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let folder = Hopetree::start_on(&url).stop();
    let mut storm = Storm::new(kills().div_ceil(4));
    storm.rage(folder, &url, Some(Proxy::before_url(&url))).await;
}

fn kills() -> usize {
    variable("HOPETREE_KILLS").map_or(KILLS, |count| count.parse().expect("HOPETREE_KILLS is a number"))
}

struct Storm {
    kills: usize,
    random: StdRng,
    ledger: Ledger,
    /// What each connection was left with when the server died: WeChat repeats what was not answered.
    unanswered: Vec<Option<(String, String)>>,
}

impl Storm {
    fn new(kills: usize) -> Self {
        let seed = variable("HOPETREE_SEED")
            .map_or_else(rand::random, |seed| seed.parse().expect("HOPETREE_SEED is a number"));
        println!("{kills} kills; the same again: HOPETREE_SEED={seed}");
        Self {
            kills,
            random: StdRng::seed_from_u64(seed),
            ledger: Ledger::default(),
            unanswered: vec![None; CONNECTIONS],
        }
    }

    /// Kills `serve` so often, and then compares what was heard with what the database holds. Where there is a cable
    /// to the database, it is pulled and mended at random as well.
    async fn rage(&mut self, mut folder: TempDir, database: &str, cable: Option<(Proxy, String)>) {
        let through = cable.as_ref().map_or(database, |(_, through)| through);
        let variables = [("HOPETREE_DATABASE_URL", through)];
        for _ in 0..self.kills {
            let app = Hopetree::serve_with(folder, Mode::Secure, &variables);
            let alive = Duration::from_millis(self.random.random_range(ALIVE_MILLIS));
            let is_dead = AtomicBool::new(false);
            let seeds: Vec<u64> = (0..CONNECTIONS).map(|_| self.random.random()).collect();
            let tricks = self.random.random();
            let load = seeds
                .into_iter()
                .zip(&self.unanswered)
                .map(|(seed, left)| self.push_until(&app, &is_dead, seed, left.clone()));
            let kill = async {
                let end = tokio::time::sleep(alive);
                match &cable {
                    Some((cable, _)) => tokio::select! {
                        () = play(cable, tricks) => (),
                        () = end => (),
                    },
                    None => end.await,
                }
                app.signal("-KILL");
                is_dead.store(true, Ordering::Relaxed);
            };
            let (done, ()) = tokio::join!(join_all(load), kill);
            folder = app.kill();
            if let Some((cable, _)) = &cable {
                cable.mend();
            }
            for (place, (exchanges, left)) in done.into_iter().enumerate() {
                self.ledger.note(exchanges);
                self.unanswered[place] = left;
            }
        }
        let app = Hopetree::serve_with(folder, Mode::Secure, &variables);
        is_ready_again(&app).await;
        // The last ones that nobody answered stay as they are: stored or not, but never twice.
        let left = self.unanswered.iter_mut().filter_map(Option::take);
        let dead = |(resident, xml)| Exchange { resident, xml, heard: super::ledger::silence() };
        self.ledger.note(left.map(dead).collect::<Vec<_>>());
        let acknowledged = self.ledger.acknowledged().count();
        println!("{} kills: {acknowledged} pushes were acknowledged", self.kills);
        assert!(acknowledged > self.kills, "the server was hardly alive between the kills");
        self.ledger.is_kept(&app, &open(database).await).await;
    }

    /// One connection of WeChat's: first what was not answered before, then new pushes and repeats, until the server
    /// is dead. Gives what was answered, and what was not.
    async fn push_until(
        &self,
        app: &Hopetree,
        is_dead: &AtomicBool,
        seed: u64,
        mut left: Option<(String, String)>,
    ) -> (Vec<Exchange>, Option<(String, String)>) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut answered: Vec<Exchange> = Vec::new();
        while !is_dead.load(Ordering::Relaxed) {
            if random.random_ratio(1, REPEATS)
                && let Some(first) = answered.last().or_else(|| self.ledger.acknowledged().next_back())
            {
                let again = deliver(app, &first.resident, &first.xml).await;
                assert!(
                    again.status != 200 || again == first.heard,
                    "a repeat got another answer than the first"
                );
                continue;
            }
            let (resident, xml) = left.take().unwrap_or_else(|| something(app));
            let heard = deliver(app, &resident, &xml).await;
            if heard.status == 200 {
                answered.push(Exchange { resident, xml, heard });
            } else {
                left = Some((resident, xml));
            }
        }
        (answered, left)
    }
}

/// Pulls, jams and mends a cable for as long as it is let.
async fn play(cable: &Proxy, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    loop {
        tokio::time::sleep(Duration::from_millis(random.random_range(5..150))).await;
        if random.random() {
            cable.cut()
        } else {
            cable.stall()
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(5..150))).await;
        cable.mend();
    }
}

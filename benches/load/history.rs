//! A long life: what a push costs with 10 million stored messages against 10 thousand. Two servers, which take turns
//! on one core; the median round of each counts. `BENCH=history make bench`; it takes minutes and about 10 GB of disk.
//!
//! `BENCH_ROWS` changes how many messages there are, `BENCH_SECONDS` how long a round is, `HOPETREE_BIN` names the server.

use std::time::{Duration, Instant};

use crate::support::{self, Installation, Mode, Server};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

const YOUNG: u64 = 10_000;
const OLD: u64 = 10_000_000;
const ROUNDS: usize = 9;
/// So many real messages are what all others are copied from.
const MODELS: u64 = 1_000;
const AT_ONCE: u64 = 100_000;

pub(crate) async fn measure() {
    let old = support::variable("BENCH_ROWS").and_then(|text| text.parse().ok()).unwrap_or(OLD);
    let installations = [grown(YOUNG).await, grown(old).await];
    let servers: Vec<Server> = installations.iter().map(|installation| installation.serve().0).collect();
    let length = support::length(3);
    let mut costs = [const { Vec::new() }; 2];
    for round in 0..=ROUNDS {
        // Who comes first is in turn, too, lest the machine favor one.
        for place in [round % 2, (round + 1) % 2] {
            let outcome = support::closed_loop(&servers[place].address, Mode::Secure, length).await;
            // The first round warms the caches.
            if round > 0 {
                costs[place].push(Duration::from_secs_f64(1.0 / outcome.rate));
            }
        }
    }
    let [young_cost, old_cost] = costs.map(|mut costs| {
        costs.sort_unstable();
        costs[costs.len() / 2]
    });
    println!(
        "history: a push costs {young_cost:?} with {YOUNG} stored messages and {old_cost:?} with {old}: ratio {:.2}",
        old_cost.as_secs_f64() / young_cost.as_secs_f64()
    );
}

/// An installation that holds so many messages: some that were really pushed, and copies of them with identities and
/// senders of their own.
async fn grown(rows: u64) -> Installation {
    let started = Instant::now();
    let installation = Installation::new(Mode::Secure, None);
    let (server, _) = installation.serve();
    support::closed_loop(&server.address, Mode::Secure, Duration::from_secs(1)).await;
    drop(server);
    let path = installation.folder.path().join("hopetree.db");
    let db = Database::connect(format!("sqlite://{}", path.display())).await.expect("the database opens");
    let run = async |sql: &str| {
        db.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    };
    run("pragma synchronous = off").await;
    run("pragma cache_size = -1000000").await;
    run(&format!("delete from message where id not in (select id from message order by id limit {MODELS})"))
        .await;
    let models = count(&db).await;
    let (names, values) = columns(&db).await;
    let mut missing = rows - models;
    while missing > 0 {
        let some = missing.min(AT_ONCE);
        run(&format!(
            "with recursive number (n) as (select 1 union all select n + 1 from number where n < {some}), \
             model as materialized (select row_number() over () - 1 as place, * from message order by id limit {models}) \
             insert into message ({names}) select {values} from number join model on model.place = n % {models}"
        ))
        .await;
        missing -= some;
    }
    run("pragma wal_checkpoint(truncate)").await;
    let stored = count(&db).await;
    assert_eq!(stored, rows);
    db.close().await.expect("the database closes");
    println!("history: {stored} messages after {:?}", started.elapsed());
    installation
}

async fn count(db: &DatabaseConnection) -> u64 {
    let statement = Statement::from_string(DbBackend::Sqlite, "select count(*) as count from message");
    let row = db.query_one_raw(statement).await.expect("messages can be counted").expect("a count");
    row.try_get::<i64>("", "count").expect("a number") as u64
}

/// The columns of a message save its own number, and how a copy fills them: as the model, but with another identity,
/// spread as a hash is, and another sender.
async fn columns(db: &DatabaseConnection) -> (String, String) {
    let statement =
        Statement::from_string(DbBackend::Sqlite, "select name from pragma_table_info('message')");
    let rows = db.query_all_raw(statement).await.expect("the columns can be asked");
    let names: Vec<String> = rows.iter().map(|row| row.try_get("", "name").expect("a name")).collect();
    let names: Vec<String> = names.into_iter().filter(|name| name != "id").collect();
    let values = names.iter().map(|name| match name.as_str() {
        // Of the same kind and length as the model's.
        "identity" => "case typeof(identity) when 'blob' then randomblob(length(identity)) \
                       else substr('m' || hex(randomblob(32)), 1, length(identity)) end"
            .to_owned(),
        "openid" => format!("printf('o%027d', abs(random()) % {})", support::SENDERS),
        other => other.to_owned(),
    });
    (names.join(", "), values.collect::<Vec<_>>().join(", "))
}

//! The schema: brought up to date once, and by whom; programs of two versions on one schema.

use hopetree::db::Db;
use sea_orm::ConnectionTrait;

use super::databases::{fresh, server};
use crate::support::{Hopetree, Mode, run};

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let told = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let before = told(&["migrate", "--dry-run"]);
    assert!(before.contains("m0001_accounts: would be taken"), "{before}");
    assert!(!folder.path().join("hopetree.db").exists());
    assert!(told(&["migrate"]).contains("m0001_accounts: taken"));
    assert!(told(&["migrate"]).contains("nothing to do"));
    assert!(told(&["migrate", "--dry-run"]).contains("nothing to do"));
}

#[tokio::test]
async fn five_nodes_that_start_at_once_on_an_empty_database_all_come_up() {
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        let Some(server) = server(variable) else { continue };
        let url = fresh(&server, maintenance).await;
        let nodes: Vec<Hopetree> = std::thread::scope(|scope| {
            let start = || {
                let folder = tempfile::tempdir().unwrap();
                Hopetree::serve_with(folder, Mode::Secure, &[("HOPETREE_DATABASE_URL", &url)])
            };
            let starts: Vec<_> = (0..5).map(|_| scope.spawn(start)).collect();
            starts.into_iter().map(|start| start.join().unwrap()).collect()
        });
        for node in &nodes {
            assert_eq!(node.get("/readyz").await.0, 200, "{variable}");
        }
    }
}

#[tokio::test]
async fn many_who_migrate_at_once_take_every_step_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut urls = vec![format!("sqlite://{}/hopetree.db", folder.path().display())];
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        if let Some(server) = server(variable) {
            urls.push(fresh(&server, maintenance).await);
        }
    }
    for url in urls {
        let many = futures_util::future::join_all((0..5).map(|_| Db::connect(&url))).await;
        let many: Vec<Db> = many.into_iter().map(Result::unwrap).collect();
        let outcomes = futures_util::future::join_all(many.iter().map(Db::migrate)).await;
        assert!(outcomes.iter().all(Result::is_ok), "{url}: {outcomes:?}");
        assert!(many[0].steps().await.unwrap().pending.is_empty());
    }
}

/// What the next version may do while this one still serves: a column that may be missing, a table, and a step of
/// which this program knows nothing.
async fn expand(db: &Db) {
    for statement in [
        "alter table message add column mood varchar(16)",
        "alter table subscriber add column visits bigint not null default 0",
        "create table visit (id bigint primary key, account_id bigint not null)",
        "insert into seaql_migrations (version, applied_at) values ('m9999_future', 0)",
    ] {
        db.reader().execute_unprepared(statement).await.unwrap();
    }
}

#[tokio::test]
async fn the_schema_of_the_next_version_serves_this_one_as_well() {
    let mut running = vec![Hopetree::start()];
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        let Some(server) = server(variable) else { continue };
        running.push(Hopetree::start_on(&fresh(&server, maintenance).await));
    }
    for app in running {
        let url = app.database_url.clone();
        let db = Db::connect(&url).await.unwrap();
        assert!(app.resident("A").follows().await.text().contains("欢迎"));
        expand(&db).await;
        assert!(app.resident("B").follows().await.text().contains("欢迎"), "a node that runs goes on: {url}");
        let app = Hopetree::serve_with(app.stop(), Mode::Secure, &[("HOPETREE_DATABASE_URL", &url)]);
        assert!(
            app.resident("A").says("菜单").await.text().contains("社区概况"),
            "and one starts anew: {url}"
        );
        assert!(app.resident("C").follows().await.text().contains("欢迎"));
        let steps = db.steps().await.unwrap();
        assert_eq!(steps.unknown, ["m9999_future"]);

        db.reader()
            .execute_unprepared("delete from seaql_migrations where version = 'm0006_jobs'")
            .await
            .unwrap();
        let parted = db.migrate().await.unwrap_err().to_string();
        assert!(parted.contains("m9999_future") && parted.contains("m0006_jobs"), "{parted}");
    }
}

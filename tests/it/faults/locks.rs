//! Others hold locks: nodes that deadlock with each other, and sessions whose client is gone.

use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::subscribers::{self, Contact};
use sea_orm::ConnectionTrait;

use super::Ledger;
use super::databases::{is_ready_again, open, waits_for_its_database};
use super::ledger::{Exchange, deliver};
use crate::databases::{fresh, server};
use crate::support::{Hopetree, Proxy};

#[tokio::test]
async fn deadlocks_in_a_row_on_postgres_are_not_taken_for_an_absence() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    // A sequence counts on also when the transaction is rolled back.
    let trouble = [
        "create sequence tries",
        "create function trip() returns trigger language plpgsql as $$ begin
         if nextval('tries') % 5 <> 0 then raise exception 'deadlock detected' using errcode = '40P01'; end if;
         return null; end $$",
        "create trigger trip before insert on message for each statement execute function trip()",
    ];
    deadlocks_in_a_row(&url, &trouble).await;
}

#[tokio::test]
async fn deadlocks_in_a_row_on_mariadb_are_not_taken_for_an_absence() {
    let Some(server) = server("HOPETREE_TEST_MYSQL") else { return };
    let url = fresh(&server, "mysql").await;
    let trouble = [
        "create sequence tries",
        "create trigger trip before insert on message for each row begin
         if nextval(tries) % 5 <> 0 then
         signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found'; end if; end",
    ];
    deadlocks_in_a_row(&url, &trouble).await;
}

async fn deadlocks_in_a_row(url: &str, trouble: &[&str]) {
    let app = Hopetree::start_on(url);
    let db = open(url).await;
    for statement in trouble {
        db.reader().execute_unprepared(statement).await.expect("the trigger is made");
    }
    let mut ledger = Ledger::default();
    for _ in 0..6 {
        // One by one: each push is tried five times.
        ledger.answered(&app, 1).await;
    }
    assert!(!app.log().contains("the database is away"), "{}", app.log());
    assert!(app.get("/readyz").await.1.contains(r#""journal":"empty""#));
    ledger.is_kept(&app, &db).await;
}

#[tokio::test]
async fn a_session_of_postgres_whose_client_hangs_ends_and_pushes_go_on() {
    an_orphaned_session("HOPETREE_TEST_POSTGRES", "postgres").await;
}

#[tokio::test]
async fn a_session_of_mariadb_whose_client_hangs_ends_and_pushes_go_on() {
    an_orphaned_session("HOPETREE_TEST_MYSQL", "mysql").await;
}

/// A node whose host hangs in the middle of writing followers leaves their rows locked behind.
async fn an_orphaned_session(variable: &str, maintenance: &str) {
    let Some(server) = server(variable) else { return };
    let url = fresh(&server, maintenance).await;
    let app = Hopetree::start_on(&url);
    let mut ledger = Ledger::default();
    ledger.answered(&app, 40).await;
    let (cable, through) = Proxy::before_url(&url);
    // The connection of a node, with the limits that a node sets.
    let hanging = open(&through).await;
    let transaction = hanging.begin_write().await.expect("the database answers");
    for number in 0..40 {
        let openid = app.resident(&format!("R{number}")).openid().to_owned();
        let contact = [(openid.as_str(), &Contact::Present, Timestamp::from_millis(0))];
        subscribers::store::note(&transaction, AccountId(1), &contact).await.expect("a row is locked");
    }
    cable.stall();
    let xml = app.resident("R1").xml("text", 1_767_225_600, "<Content>停电</Content><MsgId>77</MsgId>");
    let heard = deliver(&app, "R1", &xml).await;
    assert_eq!(heard.status, 200, "{}", app.log());
    ledger.note([Exchange { resident: "R1".into(), xml, heard }]);
    waits_for_its_database(&app).await;
    ledger.answered(&app, 20).await;
    // Nobody gives the locks back: the server itself ends the session.
    is_ready_again(&app).await;
    ledger.answered(&app, 20).await;
    ledger.is_kept(&app, &open(&url).await).await;
    // What hung all the time can do nothing any more.
    cable.mend();
    transaction.commit().await.expect_err("its session has ended");
}

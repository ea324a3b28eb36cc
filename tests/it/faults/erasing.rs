//! A person is erased while pushes of theirs wait on the disks of nodes.

use hopetree::accounts::AccountId;
use hopetree::{messages, subscribers};
use sea_orm::ConnectionTrait;

use super::databases::{is_ready_again, open, waits_for_its_database};
use crate::databases::{fresh, server};
use crate::support::{Hopetree, Mode, Proxy, run};

const ACCOUNT: AccountId = AccountId(1);

#[tokio::test]
async fn who_was_erased_does_not_come_back_from_the_journal_of_another_node() {
    let Some(server) = server("HOPETREE_TEST_POSTGRES") else { return };
    let url = fresh(&server, "postgres").await;
    let app = Hopetree::start_on(&url);
    let erased = app.resident("Erased").openid().to_owned();
    // A node that is cut off from the database, while commands and the other node are not.
    let (cable, through) = Proxy::before_url(&url);
    let folder = tempfile::tempdir().expect("a folder");
    let key = "master.key";
    std::fs::copy(app.folder.path().join(key), folder.path().join(key)).expect("a copy");
    let variables = [("HOPETREE_DATABASE_URL", through.as_str())];
    let other = Hopetree::serve_with(folder, Mode::Secure, &variables);
    app.resident("Erased").says("停电").await;
    cable.cut();
    for person in ["Erased", "Stays"] {
        other.resident(person).follows().await;
        other.resident(person).says("停电").await;
    }
    waits_for_its_database(&other).await;

    let told = app.command(&["erase", &erased, "--account", "hope", "--yes"]);
    assert!(told.contains("messages with their answers     1 removed"), "{told}");
    assert!(told.contains("journal"), "the operator is told of what waits elsewhere: {told}");
    // Killed: what was left waits on the disk of the node until it is started again.
    let folder = other.kill();
    cable.mend();
    let other = Hopetree::serve_with(folder, Mode::Secure, &variables);
    is_ready_again(&other).await;
    let db = open(&url).await;
    let messages_of = async |openid: &str| {
        messages::store::of_person(db.reader(), ACCOUNT, openid, 0, 9).await.unwrap().len()
    };
    assert_eq!(messages_of(&erased).await, 0, "what waited came in all the same\n{}", other.log());
    assert!(subscribers::store::find(db.reader(), ACCOUNT, &erased).await.unwrap().is_none());
    let lines = subscribers::store::ledger_of_person(db.reader(), ACCOUNT, &erased, 0, 9).await.unwrap();
    assert!(lines.is_empty());
    assert_eq!(messages_of(other.resident("Stays").openid()).await, 2);
    let journal = std::fs::read(other.folder.path().join("journal/pushes.journal")).unwrap();
    let is_named = journal.windows(erased.len()).any(|window| window == erased.as_bytes());
    assert!(!is_named, "the journal itself still names the person");

    // Who writes again is known again.
    other.resident("Erased").says("停电").await;
    assert_eq!(messages_of(&erased).await, 1);
}

#[tokio::test]
async fn what_waits_for_a_removed_account_comes_to_no_other_account() {
    let app = Hopetree::start();
    let resident = app.resident("Neighbor").openid().to_owned();
    let held = app.db().await.begin_write().await.expect("the lock is free");
    app.resident("Neighbor").says("我家在三号楼").await;
    waits_for_its_database(&app).await;
    let folder = app.kill();
    held.rollback().await.expect("the lock is given back");
    assert!(run(folder.path(), &["account", "remove", "hope", "--yes"]).status.success());
    // As in a database that was restored from a backup: the number is given once more.
    let url = format!("sqlite://{}", folder.path().join("hopetree.db").display());
    let db = open(&url).await;
    db.reader().execute_unprepared("delete from sqlite_sequence where name = 'account'").await.expect("done");
    let add = ["account", "add", "other", "--name", "别处", "--app-id", "wx00000000000000aa", "--app-secret"];
    let rest = ["0123456789abcdef0123456789abcdef", "--token", "shequ2026Token", "--aes-key"];
    let last = ["EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8", "--mode", "secure", "--kind", "service"];
    let added = run(folder.path(), &[&add[..], &rest, &last].concat());
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let app = Hopetree::serve(folder, Mode::Secure);
    is_ready_again(&app).await;
    assert!(messages::store::of_person(db.reader(), ACCOUNT, &resident, 0, 9).await.unwrap().is_empty());
    assert!(subscribers::store::find(db.reader(), ACCOUNT, &resident).await.unwrap().is_none());
    assert!(app.log().contains("accounts that were removed"), "{}", app.log());
}

#[tokio::test]
async fn no_number_of_an_account_is_given_twice() {
    let app = Hopetree::start();
    let folder = app.stop();
    assert!(run(folder.path(), &["account", "remove", "hope", "--yes"]).status.success());
    let app = Hopetree::start_in(folder, Mode::Secure, crate::support::VERIFIED);
    let accounts = hopetree::accounts::store::slugs(app.db().await.reader()).await.unwrap();
    assert!(!accounts.contains_key(&ACCOUNT), "{accounts:?}");
}

#[tokio::test]
async fn what_the_database_refused_of_an_erased_person_is_removed_where_it_is_kept() {
    let app = Hopetree::start();
    let trigger = "create trigger no_poison before insert on message when new.openid like '%POISON' \
                   begin select raise(abort, 'poison'); end";
    let db = app.db().await;
    db.reader().execute_unprepared(trigger).await.expect("the trigger is made");
    drop(db);
    let (erased, stays) =
        (app.resident("A_POISON").openid().to_owned(), app.resident("B_POISON").openid().to_owned());
    app.resident("A_POISON").says("停电").await;
    app.resident("B_POISON").says("停电").await;
    let rejected = app.folder.path().join("journal/rejected.jsonl");
    let kept = || std::fs::read_to_string(&rejected).unwrap_or_default();
    assert!(kept().contains(&erased) && kept().contains(&stays), "{}", app.log());
    // Nothing of the person is in the database, which the command says; yet what is elsewhere is removed.
    let output = run(app.folder.path(), &["erase", &erased, "--account", "hope", "--yes"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("keeps nothing of this openid") && told.contains("journal"), "{told}");
    // Every node looks for it twice a minute, and at its start.
    let app = Hopetree::serve(app.stop(), Mode::Secure);
    let is_gone = |text: &String| !text.contains(&erased);
    let text = app.eventually(async || kept(), is_gone).await;
    assert!(is_gone(&text) && text.contains(&stays), "{text}\n{}", app.log());
}

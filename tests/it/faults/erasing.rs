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

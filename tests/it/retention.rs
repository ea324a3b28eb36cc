//! How long data is kept, and what is left of a person who asks to be erased: nothing.

use std::borrow::Cow;

use hopetree::accounts::AccountId;
use hopetree::app::App;
use hopetree::clock::{Clock, Timestamp};
use hopetree::config::Config;
use hopetree::db::Db;
use hopetree::db::backup::{self, Existing};
use hopetree::jobs::{self, Job, NewJob};
use hopetree::messages::{self, Message};
use hopetree::retention::{self, Doing};
use hopetree::subscribers::{self, Contact};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use super::databases::{fresh, server};
use crate::support::{Hopetree, run};

/// An account of which nothing else is told.
const ACCOUNT: AccountId = AccountId(77);
const OTHER: AccountId = AccountId(78);
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY: i64 = 86_400_000;

fn days_ago(days: i64) -> Timestamp {
    NOW.plus_millis(-days * DAY)
}

fn message(identity: &str, openid: &str, kind: &'static str, at: Timestamp) -> Message {
    Message {
        identity: identity.into(),
        openid: openid.into(),
        kind: Cow::Borrowed(kind),
        content: "{}".into(),
        sent_at: at,
        received_at: at,
        answer: "success".into(),
    }
}

#[derive(Serialize, Deserialize)]
struct Visit {
    openid: String,
}

impl Job for Visit {
    const KIND: &'static str = "tests.visit";
    type Context = ();

    async fn run(self, (): &()) -> anyhow::Result<()> {
        Ok(())
    }
}

fn visit(openid: &str) -> NewJob {
    NewJob::new(&Visit { openid: openid.into() }, ACCOUNT.0, days_ago(200))
}

async fn record(db: &Db, account: AccountId, messages: &[Message]) {
    let write = db.begin_write().await.unwrap();
    let rows: Vec<_> = messages.iter().map(|message| (account, message)).collect();
    messages::store::insert(&write, &rows).await.unwrap();
    write.commit().await.unwrap();
}

async fn note(db: &Db, account: AccountId, openid: &str, contact: &Contact, at: Timestamp) {
    let write = db.begin_write().await.unwrap();
    subscribers::store::note(&write, account, &[(openid, contact, at)]).await.unwrap();
    write.commit().await.unwrap();
}

/// A chapter of the story that is told on every database.
pub async fn data_is_found_by_its_age_and_person(db: &Db) {
    let messages = [
        message("m1", "oP", "text", days_ago(9)),
        message("m2", "op", "location", days_ago(8)),
        message("m3", "oP", "event.location", days_ago(7)),
    ];
    record(db, ACCOUNT, &messages).await;
    record(db, OTHER, &[message("m1", "oP", "text", days_ago(9))]).await;
    let (reader, everything) = (db.reader(), 10_000);
    {
        use messages::store;
        let mine = store::of_person(reader, ACCOUNT, "oP", 0, everything).await.unwrap();
        assert_eq!(mine.len(), 2);
        assert_eq!(store::of_person(reader, ACCOUNT, "oP", mine[0], everything).await.unwrap(), mine[1..]);
        assert_eq!(store::of_person(reader, ACCOUNT, "oP", 0, 1).await.unwrap(), mine[..1]);
        let ages = store::ages(reader, mine[0] - 1, 3).await.unwrap();
        let told: Vec<_> = ages.iter().map(|age| (age.kind.as_str(), age.received_at)).collect();
        let at = |days| days_ago(days).millis();
        assert_eq!(told, [("text", at(9)), ("location", at(8)), ("event.location", at(7))]);
        let write = db.begin_write().await.unwrap();
        store::remove(&write, &mine).await.unwrap();
        store::remove(&write, &[]).await.unwrap();
        write.commit().await.unwrap();
        assert!(store::of_person(reader, ACCOUNT, "oP", 0, everything).await.unwrap().is_empty());
        assert_eq!(store::of_person(reader, ACCOUNT, "op", 0, everything).await.unwrap().len(), 1);
        assert_eq!(store::of_person(reader, OTHER, "oP", 0, everything).await.unwrap().len(), 1);
    }
    {
        use subscribers::store;
        let followed = Contact::Followed { scene: None };
        for openid in ["oP", "op", "oQ"] {
            note(db, ACCOUNT, openid, &followed, days_ago(9)).await;
        }
        note(db, ACCOUNT, "oP", &Contact::Left, days_ago(8)).await;
        note(db, ACCOUNT, "oQ", &Contact::Left, days_ago(3)).await;
        let gone = store::left_before(reader, days_ago(5), 0, everything).await.unwrap();
        assert_eq!(gone.len(), 1);
        assert!(store::left_before(reader, days_ago(5), gone[0], everything).await.unwrap().is_empty());
        let days = store::by_day(reader, ACCOUNT, days_ago(30)).await.unwrap();
        let lines = store::ledger_of_person(reader, ACCOUNT, "oP", 0, everything).await.unwrap();
        assert_eq!(lines.len(), 2);
        let ages = store::ledger_ages(reader, lines[0] - 1, 1).await.unwrap();
        assert_eq!((ages[0].openid.as_str(), ages[0].at), ("oP", days_ago(9).millis()));
        let write = db.begin_write().await.unwrap();
        store::remove_left(&write, days_ago(9), &gone).await.unwrap();
        write.commit().await.unwrap();
        assert!(store::find(reader, ACCOUNT, "oP").await.unwrap().is_some(), "left later than that");
        let write = db.begin_write().await.unwrap();
        store::remove_left(&write, days_ago(5), &gone).await.unwrap();
        store::forget_names(&write, &lines).await.unwrap();
        assert!(store::remove_person(&write, ACCOUNT, "op").await.unwrap());
        assert!(!store::remove_person(&write, ACCOUNT, "OQ").await.unwrap());
        write.commit().await.unwrap();
        for (openid, is_known) in [("oP", false), ("op", false), ("oQ", true)] {
            assert_eq!(store::find(reader, ACCOUNT, openid).await.unwrap().is_some(), is_known, "{openid}");
        }
        assert!(store::ledger_of_person(reader, ACCOUNT, "oP", 0, everything).await.unwrap().is_empty());
        assert_eq!(store::by_day(reader, ACCOUNT, days_ago(30)).await.unwrap(), days, "counted as before");
    }
    {
        use jobs::store;
        let write = db.begin_write().await.unwrap();
        store::enqueue(&write, &[visit("oP"), visit("oQ")], NOW).await.unwrap();
        write.commit().await.unwrap();
        let waiting = store::of_account(reader, ACCOUNT.0, 0, everything).await.unwrap();
        assert_eq!(waiting.len(), 2);
        assert_eq!(store::of_account(reader, ACCOUNT.0, waiting[0].id, everything).await.unwrap().len(), 1);
        let write = db.begin_write().await.unwrap();
        assert!(store::claim(&write, &waiting[0], NOW).await.unwrap());
        store::give_back(&write, &waiting[0], "no", None).await.unwrap();
        write.commit().await.unwrap();
        let buried = store::buried_before(reader, days_ago(100), 0, everything).await.unwrap();
        assert!(buried.contains(&waiting[0].id) && !buried.contains(&waiting[1].id));
        let earlier = store::buried_before(reader, days_ago(300), 0, everything).await.unwrap();
        assert!(!earlier.contains(&waiting[0].id));
        let write = db.begin_write().await.unwrap();
        store::remove(&write, &[waiting[0].id, waiting[1].id]).await.unwrap();
        write.commit().await.unwrap();
        assert!(store::of_account(reader, ACCOUNT.0, 0, everything).await.unwrap().is_empty());
    }
    {
        use retention::store;
        assert_eq!(store::reached(reader, "tests").await.unwrap(), 0);
        for id in [5, 9] {
            let write = db.begin_write().await.unwrap();
            store::note_reached(&write, "tests", id).await.unwrap();
            store::note_reached(&write, "others", 1).await.unwrap();
            write.commit().await.unwrap();
            assert_eq!(store::reached(reader, "tests").await.unwrap(), id);
        }
    }
    erasures_are_found_by_person(db).await;
}

async fn erasures_are_found_by_person(db: &Db) {
    use hopetree::messages::erasures::store;
    let reader = db.reader();
    assert_eq!(store::newest(reader).await.unwrap(), None);
    for (openid, at) in [("oP", 9), ("oQ", 8), ("oP", 7)] {
        let write = db.begin_write().await.unwrap();
        store::hold(&write, days_ago(1)).await.unwrap();
        store::note(&write, ACCOUNT, openid, days_ago(at)).await.unwrap();
        write.commit().await.unwrap();
    }
    let found = store::among(reader, ACCOUNT, &["oP", "op", "oQ", "oR"]).await.unwrap();
    assert_eq!(found, [("oP", days_ago(7)), ("oQ", days_ago(8))].into());
    assert!(store::among(reader, OTHER, &["oP"]).await.unwrap().is_empty());
    assert_eq!(store::newest(reader).await.unwrap(), Some(days_ago(7)));
    let write = db.begin_write().await.unwrap();
    store::forget_before(&write, days_ago(7)).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::among(reader, ACCOUNT, &["oP", "oQ"]).await.unwrap(), [("oP", days_ago(7))].into());
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, ACCOUNT).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::newest(reader).await.unwrap(), None);
}

/// An app of its own on each kind of database, at a time that stands still.
async fn apps(folder: &std::path::Path) -> Vec<App> {
    let mut urls = vec![format!("sqlite://{}", folder.join("retention.db").display())];
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        if let Some(server) = server(variable) {
            urls.push(fresh(&server, maintenance).await);
        }
    }
    let mut apps = Vec::new();
    for url in urls {
        let data_dir = folder.display().to_string();
        let variables = [("HOPETREE_DATABASE_URL", url.as_str()), ("HOPETREE_DATA_DIR", &data_dir)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::parse(None, variables).ok().unwrap();
        apps.push(App::start(config, Clock::fixed(NOW)).await.unwrap());
    }
    apps
}

/// As the daily work does it: on its own.
async fn prune(app: &App, doing: Doing) -> Vec<u64> {
    let pruned = app.clone();
    let work = app.tasks.spawn(async move { retention::prune(&pruned, doing).await });
    work.await.unwrap().unwrap().iter().map(|kind| kind.count).collect()
}

#[tokio::test]
async fn what_is_too_old_is_removed_and_the_counts_by_day_stay() {
    let folder = tempfile::tempdir().unwrap();
    for app in apps(folder.path()).await {
        let db = &app.db;
        let mut rows: Vec<Message> = (0..1_250)
            .map(|number| message(&format!("old{number}"), "oOld", "text", days_ago(2_000)))
            .collect();
        // A clock that was wrong for a while.
        rows.push(message("future", "oA", "location", NOW.plus_millis(DAY)));
        for number in 0..1_300 {
            let kind = if number % 2 == 0 { "location" } else { "text" };
            rows.push(message(&format!("aging{number}"), "oA", kind, days_ago(100)));
        }
        // What waited in a journal comes in later than it was heard.
        rows.push(message("new", "oA", "location", days_ago(10)));
        rows.push(message("late", "oA", "text", days_ago(2_000)));
        record(db, ACCOUNT, &rows).await;
        let followed = Contact::Followed { scene: None };
        for openid in ["oGone", "oBack", "oStays"] {
            note(db, ACCOUNT, openid, &followed, days_ago(3_000)).await;
        }
        for openid in ["oGone", "oBack"] {
            note(db, ACCOUNT, openid, &Contact::Left, days_ago(2_000)).await;
        }
        note(db, ACCOUNT, "oBack", &followed, days_ago(5)).await;
        let days = subscribers::store::by_day(db.reader(), ACCOUNT, days_ago(4_000)).await.unwrap();

        let would = prune(&app, Doing::Count).await;
        assert_eq!(would, [1_250, 650, 1, 5, 0, 0], "{}: only counted", db.kind());
        assert_eq!(messages::store::count(db.reader(), ACCOUNT).await.unwrap(), rows.len() as u64);
        assert_eq!(prune(&app, Doing::Remove).await, would);
        assert_eq!(prune(&app, Doing::Remove).await, [0; 6], "{}: a second time", db.kind());
        assert_eq!(messages::store::count(db.reader(), ACCOUNT).await.unwrap(), 650 + 3);
        for (openid, is_known) in [("oGone", false), ("oBack", true), ("oStays", true)] {
            let person = subscribers::store::find(db.reader(), ACCOUNT, openid).await.unwrap();
            assert_eq!(person.is_some(), is_known, "{openid}");
        }
        let after = subscribers::store::by_day(db.reader(), ACCOUNT, days_ago(4_000)).await.unwrap();
        assert_eq!(after, days, "a ledger without names counts as before");
        let named =
            subscribers::store::ledger_of_person(db.reader(), ACCOUNT, "oBack", 0, 100).await.unwrap();
        assert_eq!(named.len(), 1, "what is new keeps its name");

        // Three weeks later, the other one that tells where somebody is has become too old, too.
        let Clock::Fixed(time) = &app.clock else { panic!("the clock stands still") };
        time.fetch_add(21 * DAY, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(prune(&app, Doing::Remove).await, [0, 1, 0, 0, 0, 0], "{}", db.kind());
    }
}

#[tokio::test]
async fn nothing_is_removed_that_is_to_be_kept_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let keep = ["MESSAGES", "LOCATIONS", "GONE", "FAILED_JOBS", "AUDIT"]
        .map(|name| format!("HOPETREE_KEEP_{name}_DAYS"));
    let mut variables: Vec<_> = keep.into_iter().map(|name| (name, "forever".to_owned())).collect();
    variables.push(("HOPETREE_DATA_DIR".into(), data_dir));
    let app = App::start(Config::parse(None, variables).ok().unwrap(), Clock::fixed(NOW)).await.unwrap();
    record(&app.db, ACCOUNT, &[message("old", "oA", "location", days_ago(9_000))]).await;
    assert_eq!(prune(&app, Doing::Remove).await, [0; 6]);
    assert_eq!(messages::store::count(app.db.reader(), ACCOUNT).await.unwrap(), 1);
}

#[tokio::test]
async fn the_command_says_what_it_would_remove_and_residents_are_served_meanwhile() {
    let app = Hopetree::start();
    app.resident("A").says("停电").await;
    app.resident("B").says("停电").await;
    let db = app.db().await;
    let aged = "update message set received_at = received_at - 200000000000 where id = 1";
    db.reader().execute_unprepared(aged).await.unwrap();
    let told = app.command(&["prune", "--dry-run"]);
    assert!(told.contains("1 would be removed") && told.contains("kept  1095 days"), "{told}");
    assert_eq!(messages::store::count(db.reader(), AccountId(1)).await.unwrap(), 2);
    let told = app.command(&["prune"]);
    assert!(told.contains("1 removed"), "{told}");
    assert_eq!(messages::store::count(db.reader(), AccountId(1)).await.unwrap(), 1);
    assert!(app.resident("A").says("菜单").await.text().contains("社区概况"));
}

#[tokio::test]
async fn whoever_asks_for_it_is_erased_from_every_table() {
    // A follower of an account that may ask how they came: work for later names them as well.
    let app = Hopetree::start();
    let (resident, other) = (app.resident("Erase"), app.resident("erase"));
    for person in [&resident, &other] {
        person.follows().await;
        person.says("停电").await;
        person.leaves().await;
    }
    let db = app.db().await;
    let account = AccountId(1);
    let openid = resident.openid().to_owned();
    let days = subscribers::store::by_day(db.reader(), account, Timestamp::from_millis(0)).await.unwrap();
    let everything = async || {
        let file = app.folder.path().join("everything.backup");
        backup::take(&db, &file, Existing::Replace, NOW).await.unwrap();
        super::backup::lines(&file).join("\n")
    };
    assert!(everything().await.contains(&openid));

    let arguments = ["erase", openid.as_str(), "--account", "hope"];
    let asked = run(app.folder.path(), &arguments);
    assert!(!asked.status.success() && everything().await.contains(&openid), "nobody said yes: {asked:?}");
    let told = app.command(&[&arguments[..], &["--yes"]].concat());
    assert!(told.contains("3 removed") && told.contains("2 stay without the name"), "{told}");
    assert!(told.contains("work                 1 removed"), "the question how they came: {told}");
    let left = everything().await;
    assert!(!left.contains(&openid), "a table still names the person");
    assert!(left.contains(other.openid()), "another person");
    let after = subscribers::store::by_day(db.reader(), account, Timestamp::from_millis(0)).await.unwrap();
    assert_eq!(after, days, "the counts by day stay");

    let again = run(app.folder.path(), &[&arguments[..], &["--yes"]].concat());
    let error = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!again.status.success() && error.contains("keeps nothing of this openid"), "{error}");
    // Whoever comes back is welcome, as somebody new.
    assert!(resident.says("菜单").await.text().contains("社区概况"));
    let person = subscribers::store::find(db.reader(), account, &openid).await.unwrap().unwrap();
    assert_eq!((person.messages, person.follows), (1, 0));
}

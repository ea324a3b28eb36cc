//! The chapter of the databases' story about people, their sessions and the trail.

use futures_util::future::join_all;
use hopetree::accounts::AccountId;
use hopetree::admin::audit::{self, Entry, Who};
use hopetree::admin::store::{self, Trail};
use hopetree::admin::{Ability, PersonId, Role};
use hopetree::clock::Timestamp;
use hopetree::db::Db;
use sea_orm::SqlErr;
use serde_json::json;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";

pub async fn people_sign_in_and_leave_a_trail(db: &Db) {
    let (here, there) = (AccountId(101), AccountId(102));
    let write = db.begin_write().await.unwrap();
    let id = store::add(&write, "wang.min", FAMILY, "$argon2id$…", true, NOW).await.unwrap();
    store::grant(&write, id, Role::Editor, Some(here), NOW).await.unwrap();
    store::grant(&write, id, Role::Town, None, NOW).await.unwrap();
    write.commit().await.unwrap();
    let write = db.begin_write().await.unwrap();
    let twice = store::add(&write, "wang.min", "x", "x", false, NOW).await.unwrap_err();
    assert!(matches!(twice.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))));
    write.rollback().await.unwrap();

    let person = store::find(db.reader(), id).await.unwrap().unwrap();
    assert_eq!((person.display_name.as_str(), person.must_change_password), (FAMILY, true));
    assert!(store::find_by_name(db.reader(), "WANG.min").await.unwrap().is_none(), "one spelling");
    assert!(store::find_by_name(db.reader(), "wang.min").await.unwrap() == Some(person));
    assert_eq!(store::all(db.reader(), 0, 10).await.unwrap().len(), 1);
    let names = store::display_names(db.reader(), [id, PersonId(-1)]).await.unwrap();
    assert_eq!((names.len(), names[&id].as_str()), (1, FAMILY));
    assert!(store::display_names(db.reader(), []).await.unwrap().is_empty());
    let grants = store::grants(db.reader(), id).await.unwrap();
    assert!(grants.allow(Ability::Write, here) && !grants.allow(Ability::Write, there));
    assert!(grants.allow(Ability::Read, there));

    let write = db.begin_write().await.unwrap();
    store::note_failure(&write, id, None).await.unwrap();
    store::note_failure(&write, id, Some(NOW)).await.unwrap();
    let failed = store::find(&write, id).await.unwrap().unwrap();
    assert_eq!((failed.failures, failed.locked_until), (2, Some(NOW.millis())));
    store::note_success(&write, id, NOW).await.unwrap();
    store::set_password(&write, id, "$argon2id$other", false).await.unwrap();
    store::revoke(&write, id, Role::Editor, Some(here)).await.unwrap();
    write.commit().await.unwrap();
    let person = store::find(db.reader(), id).await.unwrap().unwrap();
    assert_eq!((person.failures, person.locked_until, person.version), (0, None, 1));
    assert!(!store::grants(db.reader(), id).await.unwrap().allow(Ability::Write, here));

    let write = db.begin_write().await.unwrap();
    for number in 0..25 {
        store::open(&write, id, &format!("hash{number}"), "::1", FAMILY, NOW).await.unwrap();
    }
    write.commit().await.unwrap();
    assert!(store::find_session(db.reader(), "hash0").await.unwrap().is_none(), "the oldest make room");
    let session = store::find_session(db.reader(), "hash24").await.unwrap().unwrap();
    let write = db.begin_write().await.unwrap();
    store::see(&write, session.id, NOW.plus_millis(5)).await.unwrap();
    let left = store::close_all(&write, id, Some(session.id)).await.unwrap();
    assert_eq!(left.len(), 19);
    assert_eq!(store::close(&write, id, session.id).await.unwrap().as_deref(), Some("hash24"));
    assert_eq!(store::close(&write, id, session.id).await.unwrap(), None);
    write.commit().await.unwrap();

    let writers = (0..8).map(|number| async move {
        let write = db.begin_write().await.unwrap();
        let entry = Entry {
            account: (number % 2 == 0).then_some(here),
            action: "notice.publish",
            subject: Some(("notice", number)),
            title: FAMILY,
            after: Some(json!({ "text": FAMILY })),
            ..Entry::default()
        };
        audit::record(&write, &Who::command_line(), entry, NOW).await.unwrap();
        write.commit().await.unwrap();
    });
    join_all(writers).await;
    let mut lines = store::lines(db.reader(), Trail::Whole, None, 100).await.unwrap();
    lines.reverse();
    assert_eq!(lines.iter().map(|line| line.sequence).collect::<Vec<_>>(), (1..=8).collect::<Vec<_>>());
    let mut previous = String::new();
    for line in lines {
        assert_eq!(line.hash, audit::hash(&line, &previous));
        previous = line.hash;
    }
    assert_eq!(store::lines(db.reader(), Trail::Of(here), Some(8), 100).await.unwrap().len(), 4);
    assert!(store::lines(db.reader(), Trail::Of(there), None, 100).await.unwrap().is_empty());
}

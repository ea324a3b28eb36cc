//! The chapter of the databases' story about people, their sessions and the trail.

use futures_util::future::join_all;
use hopetree::accounts::AccountId;
use hopetree::admin::audit::{self, Entry, Who};
use hopetree::admin::store::{self, Link, Listing, Search};
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
    let names = store::display_names(db.reader(), [id, PersonId(-1)]).await.unwrap();
    assert_eq!((names.len(), names[&id].as_str()), (1, FAMILY));
    assert!(store::display_names(db.reader(), []).await.unwrap().is_empty());
    let listed = async |listing: Listing<'_>| {
        let rows = store::list(db.reader(), Listing { limit: 10, ..listing }).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(Listing::default()).await, [id]);
    assert_eq!(
        listed(Listing { account: Some(here), words: Some("g.mi"), ..Listing::default() }).await,
        [id]
    );
    assert_eq!(listed(Listing { words: Some("𠀀"), ..Listing::default() }).await, [id]);
    for nobody in [
        Listing { account: Some(there), ..Listing::default() },
        Listing { words: Some("x"), ..Listing::default() },
        Listing { after: id.0, ..Listing::default() },
    ] {
        assert_eq!(listed(nobody).await, []);
    }
    let all = store::grants_of(db.reader(), &[id, PersonId(0)]).await.unwrap();
    assert_eq!(all, [(id, Role::Editor, Some(here)), (id, Role::Town, None)]);
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
    assert_eq!((person.failures, person.locked_until), (0, None));
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
    let own = store::of_person(&write, id).await.unwrap();
    assert_eq!((own.len(), own[0].id, own[0].agent.as_str()), (20, session.id, FAMILY));
    store::end(&write, "hash23").await.unwrap();
    let left = store::close_all(&write, id, Some(session.id)).await.unwrap();
    assert_eq!(left, 18);
    assert!(!store::close(&write, PersonId(id.0 + 1), session.id).await.unwrap());
    assert!(store::close(&write, id, session.id).await.unwrap());
    assert!(!store::close(&write, id, session.id).await.unwrap());
    write.commit().await.unwrap();

    factors_and_changes(db, id).await;
    lines_are_chained(db, here, there).await;
    store::remove_account(db.reader(), here).await.unwrap();
}

async fn factors_and_changes(db: &Db, id: PersonId) {
    let write = db.begin_write().await.unwrap();
    let version = store::find(&write, id).await.unwrap().unwrap().version;
    assert!(store::count_change(&write, id, version).await.unwrap());
    assert!(!store::count_change(&write, id, version).await.unwrap(), "somebody was faster");
    store::rename(&write, id, "王敏").await.unwrap();
    store::set_disabled(&write, id, true).await.unwrap();
    store::set_factor(&write, id, Some("sealed")).await.unwrap();
    store::confirm_factor(&write, id).await.unwrap();
    store::set_recovery_codes(&write, id, "[1,2]").await.unwrap();
    assert!(store::use_step(&write, id, 7).await.unwrap());
    assert!(!store::use_step(&write, id, 7).await.unwrap() && !store::use_step(&write, id, 6).await.unwrap());
    assert!(store::use_recovery_code(&write, id, "[1,2]", "[1]").await.unwrap());
    assert!(!store::use_recovery_code(&write, id, "[1,2]", "[2]").await.unwrap());
    assert_eq!(store::sealed_factors(&write).await.unwrap(), [(id, "sealed".to_owned())]);
    store::reseal_factor(&write, id, "anew").await.unwrap();
    let person = store::find(&write, id).await.unwrap().unwrap();
    assert_eq!((person.display_name.as_str(), person.disabled, person.totp_confirmed), ("王敏", true, true));
    assert_eq!(person.totp_secret.as_deref(), Some("anew"));
    store::set_factor(&write, id, None).await.unwrap();
    let person = store::find(&write, id).await.unwrap().unwrap();
    assert_eq!((person.totp_confirmed, person.recovery_codes, person.totp_secret), (false, None, None));
    assert_eq!(store::other_owners(&write, PersonId(0)).await.unwrap(), 0);
    store::grant(&write, id, Role::Owner, None, NOW).await.unwrap();
    assert_eq!(
        store::other_owners(&write, PersonId(0)).await.unwrap(),
        0,
        "who is locked out does not count"
    );
    store::set_disabled(&write, id, false).await.unwrap();
    assert_eq!(store::other_owners(&write, PersonId(0)).await.unwrap(), 1);
    assert_eq!(store::other_owners(&write, id).await.unwrap(), 0);
    write.commit().await.unwrap();
    let elsewhere = AccountId(103);
    let write = db.begin_write().await.unwrap();
    store::grant(&write, id, Role::Editor, Some(elsewhere), NOW).await.unwrap();
    store::grant(&write, id, Role::Agent, Some(elsewhere), NOW).await.unwrap();
    store::remove_account(&write, elsewhere).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::grants(db.reader(), id).await.unwrap().0, [(Role::Town, None), (Role::Owner, None)]);
}

async fn lines_are_chained(db: &Db, here: AccountId, there: AccountId) {
    assert_eq!(store::last_link(db.reader()).await.unwrap(), Link::default());
    let write = db.begin_write().await.unwrap();
    audit::record(&write, &Who::schedule(), Entry { action: "person.add", ..Entry::default() }, NOW)
        .await
        .unwrap();
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
    let lines = store::lines_after(db.reader(), 0, 100).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.sequence).collect::<Vec<_>>(), (1..=9).collect::<Vec<_>>());
    let mut previous = String::new();
    for line in &lines {
        assert_eq!(line.hash, audit::hash(line, &previous));
        previous.clone_from(&line.hash);
    }
    let last = store::last_link(db.reader()).await.unwrap();
    assert_eq!((last.sequence, last.hash), (9, previous));
    let found = async |search: Search<'_>| {
        let lines = store::lines(db.reader(), Search { limit: 100, ..search }).await.unwrap();
        lines.len()
    };
    assert_eq!(found(Search::default()).await, 9);
    assert_eq!(found(Search { account: Some(here), ..Search::default() }).await, 4);
    assert_eq!(found(Search { account: Some(there), ..Search::default() }).await, 0);
    assert_eq!(found(Search { person: Some(PersonId(1)), ..Search::default() }).await, 0);
    assert_eq!(
        found(Search { action: Some("notice.publish"), before: Some(4), ..Search::default() }).await,
        2
    );
    assert_eq!(found(Search { from: Some(NOW.millis()), ..Search::default() }).await, 9);
    assert_eq!(found(Search { until: Some(NOW.millis()), ..Search::default() }).await, 0);
    assert_eq!(store::actions(db.reader(), None).await.unwrap(), ["notice.publish", "person.add"]);
    assert_eq!(store::actions(db.reader(), Some(here)).await.unwrap(), ["notice.publish"]);

    assert_eq!(store::first_link(db.reader()).await.unwrap(), Link::default());
    for line in [&lines[1], &lines[4]] {
        let link = Link { sequence: line.sequence, hash: line.hash.clone() };
        let write = db.begin_write().await.unwrap();
        store::remove_until(&write, &link).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(store::first_link(db.reader()).await.unwrap(), link);
    }
    assert_eq!(store::lines_after(db.reader(), 0, 100).await.unwrap()[0].sequence, 6);
}

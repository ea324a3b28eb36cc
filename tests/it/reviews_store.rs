//! The chapter of the databases' story about reviews: what the database itself refuses, and what a change takes away.

use std::collections::BTreeMap;

use hopetree::accounts::AccountId;
use hopetree::admin::Ability;
use hopetree::checks::Findings;
use hopetree::clock::Timestamp;
use hopetree::db::Db;
use hopetree::notices::desk::{self, Deed, Refusal, Saving};
use hopetree::notices::reviews::{self, Comment, Denied, LATE_MILLIS, Seat, Step, store};
use hopetree::notices::{Content, Notice, RevisionKind, State};
use sea_orm::SqlErr;

const START: Timestamp = Timestamp::from_seconds(1_767_225_600);
const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";
const AUTHOR: i64 = 7;
const FIRST: i64 = 8;
const SECOND: i64 = 9;
const THIRD: i64 = 10;
const SAVE: Saving = Saving { kind: RevisionKind::Save, drops: true };

fn deed(notice: &Notice, person: i64) -> Deed {
    Deed { account: notice.account_id, id: notice.id, version: notice.version, person, now: START }
}

fn text(body: &str) -> Content {
    let sections = vec!["tips".into()];
    Content { title: FAMILY.into(), body_html: format!("<p>{body}</p>"), sections, ..Content::default() }
}

fn nothing() -> (Findings, BTreeMap<String, String>) {
    (Findings { findings: Vec::new(), left_out: 0 }, BTreeMap::new())
}

async fn sign(db: &Db, notice: &Notice, person: i64) -> Result<Notice, Denied> {
    let (found, reasons) = nothing();
    let write = db.begin_write().await.unwrap();
    let deed = deed(notice, person);
    let done =
        reviews::sign(&write, &deed, &notice.content_hash, (&found, &reasons), Some(FAMILY), |_| true).await;
    match done {
        Ok(_) => write.commit().await.unwrap(),
        Err(_) => write.rollback().await.unwrap(),
    }
    done
}

async fn submit(db: &Db, notice: &Notice, urgent: Option<&str>) -> Notice {
    let (found, reasons) = nothing();
    let write = db.begin_write().await.unwrap();
    let notice = reviews::hand_in(&write, &deed(notice, AUTHOR), &found, &reasons, urgent).await.unwrap();
    write.commit().await.unwrap();
    notice
}

async fn draft(db: &Db, account: AccountId) -> Notice {
    let write = db.begin_write().await.unwrap();
    let notice = desk::create(&write, account, text(FAMILY), AUTHOR, START).await.unwrap();
    write.commit().await.unwrap();
    notice
}

/// Needs the starter content in the first account.
pub async fn reviews_are_by_different_people(db: &Db, first: AccountId, second: AccountId) {
    three_sign_and_a_change_takes_it_away(db, first, second).await;
    the_database_refuses_two_parts_of_one_person(db, first).await;
    in_a_hurry_the_third_is_owed(db, first, second).await;
    comments_are_kept(db, first, second).await;
    accounts_decide_how_many(db, first, second).await;
}

async fn three_sign_and_a_change_takes_it_away(db: &Db, account: AccountId, other: AccountId) {
    let notice = draft(db, account).await;
    let notice = submit(db, &notice, None).await;
    assert_eq!(notice.state, State::First);
    assert!(matches!(sign(db, &notice, AUTHOR).await, Err(Denied::SamePerson)), "who wrote it");
    let notice = sign(db, &notice, FIRST).await.unwrap();
    assert!(matches!(sign(db, &notice, FIRST).await, Err(Denied::SamePerson)), "who signed it");
    let notice = sign(db, &notice, SECOND).await.unwrap();
    let round = store::round(db.reader(), account, notice.id).await.unwrap().unwrap();
    assert!(store::round(db.reader(), other, notice.id).await.unwrap().is_none(), "another account's");
    assert_eq!(store::seats(db.reader(), account, round.id).await.unwrap().len(), 3);
    assert!(store::seats(db.reader(), other, round.id).await.unwrap().is_empty());

    // The second reviewer mends a word and is an author from then on.
    let write = db.begin_write().await.unwrap();
    let changed = desk::save(&write, &deed(&notice, SECOND), text("改了"), SAVE).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(changed.state, State::Draft);
    let seats = store::seats(db.reader(), account, round.id).await.unwrap();
    let told: Vec<&str> = seats.iter().map(|seat| seat.seat.as_str()).collect();
    assert_eq!(told, ["author-7", "author-9"]);
    assert_eq!(store::authors(db.reader(), account, notice.id).await.unwrap(), [7, 9]);
    assert!(store::authors(db.reader(), other, notice.id).await.unwrap().is_empty());
    let steps = store::steps(db.reader(), account, notice.id, None, 10).await.unwrap();
    let kinds: Vec<Step> = steps.iter().map(|step| step.kind).collect();
    assert_eq!(kinds, [Step::Drop, Step::Sign, Step::Sign, Step::Submit]);
    assert!(steps[0].text.as_deref().unwrap().contains("一审、二审"));
    let earlier = store::steps(db.reader(), account, notice.id, Some(steps[1].id), 1).await.unwrap();
    assert_eq!(earlier[0].id, steps[2].id);
    assert!(store::steps(db.reader(), other, notice.id, None, 10).await.unwrap().is_empty());

    let notice = submit(db, &changed, None).await;
    assert!(matches!(sign(db, &notice, SECOND).await, Err(Denied::SamePerson)));
    let notice = sign(db, &notice, FIRST).await.unwrap();
    let notice = sign(db, &notice, 11).await.unwrap();
    let notice = sign(db, &notice, THIRD).await.unwrap();
    assert_eq!(notice.state, State::Approved);

    let write = db.begin_write().await.unwrap();
    let given = reviews::give_back(&write, &deed(&notice, THIRD), None, |_| true).await;
    assert!(matches!(given, Err(Denied::Refused(Refusal::Invalid(_)))), "without a word");
    let notice = reviews::give_back(&write, &deed(&notice, AUTHOR), None, |_| false).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(notice.state, State::Draft, "an author takes it back");
}

async fn the_database_refuses_two_parts_of_one_person(db: &Db, account: AccountId) {
    let notice = draft(db, account).await;
    let round = store::round(db.reader(), account, notice.id).await.unwrap().unwrap();
    let seat = |person_id: i64, seat: &str| Seat {
        id: 0,
        account_id: account,
        notice_id: notice.id,
        round_id: round.id,
        person_id,
        seat: seat.into(),
        revision: 1,
        hash: notice.content_hash.clone(),
        opinion: None,
        taken_at: 0,
    };
    for (person, taken) in [(AUTHOR, "third"), (THIRD, "author-7")] {
        let write = db.begin_write().await.unwrap();
        let refused = store::take_seat(&write, seat(person, taken)).await.unwrap_err();
        assert!(matches!(refused.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{person} {taken}");
        write.rollback().await.unwrap();
    }
    let write = db.begin_write().await.unwrap();
    let twice = store::begin_round(&write, account, notice.id, 1, START).await.unwrap_err();
    assert!(matches!(twice.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))));
    write.rollback().await.unwrap();
    let write = db.begin_write().await.unwrap();
    store::take_seat(&write, seat(FIRST, "first")).await.unwrap();
    assert_eq!(store::clear_reviews(&write, AccountId(999), round.id).await.unwrap(), 0);
    assert_eq!(store::clear_reviews(&write, account, round.id).await.unwrap(), 1);
    write.commit().await.unwrap();
}

async fn in_a_hurry_the_third_is_owed(db: &Db, account: AccountId, other: AccountId) {
    let notice = draft(db, account).await;
    let notice = submit(db, &notice, Some("停水抢修")).await;
    let (found, reasons) = nothing();
    let write = db.begin_write().await.unwrap();
    let may = |ability| ability != Ability::Publish;
    let hash = notice.content_hash.clone();
    let weak = reviews::sign(&write, &deed(&notice, FIRST), &hash, (&found, &reasons), None, may).await;
    assert!(matches!(weak, Err(Denied::NotAllowed)));
    let wrong = reviews::sign(&write, &deed(&notice, FIRST), "0", (&found, &reasons), None, |_| true).await;
    assert!(matches!(wrong, Err(Denied::OtherContent)));
    write.rollback().await.unwrap();
    let notice = sign(db, &notice, FIRST).await.unwrap();
    assert_eq!(notice.state, State::Approved);
    let write = db.begin_write().await.unwrap();
    let notice = desk::publish(&write, &deed(&notice, FIRST), START).await.unwrap();
    write.commit().await.unwrap();
    let owed = store::owed(db.reader(), account).await.unwrap();
    assert_eq!(owed.len(), 1);
    assert_eq!(owed[0].late_due_at, Some(START.plus_millis(LATE_MILLIS).millis()));
    assert!(store::owed(db.reader(), other).await.unwrap().is_empty());

    // What is changed afterwards goes its own way, and the review of what residents saw is owed all the same.
    let write = db.begin_write().await.unwrap();
    let notice = desk::save(&write, &deed(&notice, SECOND), text("再改"), SAVE).await.unwrap();
    write.commit().await.unwrap();
    let round = store::round(db.reader(), account, notice.id).await.unwrap().unwrap();
    let seats = store::seats(db.reader(), account, round.id).await.unwrap();
    assert_eq!((round.number, seats.len(), seats[0].person_id), (2, 1, SECOND));
    for (person, refused) in [(AUTHOR, true), (FIRST, true), (SECOND, false), (SECOND, true)] {
        let write = db.begin_write().await.unwrap();
        let late = reviews::sign_late(&write, &deed(&notice, person), 1, &hash, None, |_| true).await;
        assert_eq!(late.is_err(), refused, "{person}: {late:?}");
        match late {
            Ok(()) => write.commit().await.unwrap(),
            Err(_) => write.rollback().await.unwrap(),
        }
    }
    assert!(store::owed(db.reader(), account).await.unwrap().is_empty());
    let first = store::round_numbered(db.reader(), account, notice.id, 1).await.unwrap().unwrap();
    assert_eq!(first.late_done_at, Some(START.millis()));
    assert!(store::round_numbered(db.reader(), other, notice.id, 1).await.unwrap().is_none());
    let write = db.begin_write().await.unwrap();
    store::put_round(&write, &first).await.unwrap();
    reviews::authored(&write, &notice, START).await.unwrap();
    reviews::note(&write, &notice, AUTHOR, Step::Expire, None, START).await.unwrap();
    write.rollback().await.unwrap();
}

async fn comments_are_kept(db: &Db, account: AccountId, other: AccountId) {
    let notice = draft(db, account).await;
    let comment = Comment {
        id: 0,
        account_id: account,
        notice_id: notice.id,
        parent_id: None,
        person_id: FIRST,
        at: START.millis(),
        revision: 1,
        text: FAMILY.into(),
        quote: Some("停水".into()),
        start_at: Some(0),
        end_at: Some(2),
        resolved_at: None,
        resolved_by: None,
    };
    let write = db.begin_write().await.unwrap();
    let added = store::add_comment(&write, comment.clone()).await.unwrap();
    let answer = Comment { parent_id: Some(added.id), quote: None, start_at: None, end_at: None, ..comment };
    store::add_comment(&write, answer).await.unwrap();
    store::resolve_comment(&write, other, added.id, Some((THIRD, START))).await.unwrap();
    write.commit().await.unwrap();
    let kept = store::comment(db.reader(), account, notice.id, added.id).await.unwrap().unwrap();
    assert_eq!((kept.text.as_str(), kept.resolved_by), (FAMILY, None));
    assert!(store::comment(db.reader(), other, notice.id, added.id).await.unwrap().is_none());
    assert!(store::comment(db.reader(), account, notice.id + 1, added.id).await.unwrap().is_none());
    let write = db.begin_write().await.unwrap();
    store::resolve_comment(&write, account, added.id, Some((THIRD, START))).await.unwrap();
    write.commit().await.unwrap();
    let all = store::comments(db.reader(), account, notice.id).await.unwrap();
    assert_eq!((all.len(), all[0].resolved_by, all[1].resolved_by), (2, Some(THIRD), None));
    assert!(store::comments(db.reader(), other, notice.id).await.unwrap().is_empty());
}

async fn accounts_decide_how_many(db: &Db, account: AccountId, other: AccountId) {
    assert_eq!(store::setting(db.reader(), account).await.unwrap(), (3, String::new()));
    for (reviews, reason) in [(1, "只有三个人"), (2, FAMILY)] {
        let write = db.begin_write().await.unwrap();
        store::set_setting(&write, account, reviews, reason, AUTHOR, START).await.unwrap();
        write.commit().await.unwrap();
    }
    assert_eq!(store::setting(db.reader(), account).await.unwrap(), (2, FAMILY.into()));
    assert_eq!(store::setting(db.reader(), other).await.unwrap(), (3, String::new()));
    let notice = draft(db, account).await;
    let notice = submit(db, &notice, None).await;
    let notice = sign(db, &notice, FIRST).await.unwrap();
    assert_eq!(sign(db, &notice, SECOND).await.unwrap().state, State::Approved, "two are enough");
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, account).await.unwrap();
    let gone = store::setting(&write, account).await.unwrap().0 == 3
        && store::round(&write, account, notice.id).await.unwrap().is_none()
        && store::owed(&write, account).await.unwrap().is_empty();
    assert!(gone);
    write.rollback().await.unwrap();
}

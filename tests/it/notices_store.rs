//! The chapter of the story that visits every query on notices; see `databases.rs`.

use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::content;
use hopetree::db::Db;
use hopetree::notices::desk::{self, Deed, Refusal, Saving};
use hopetree::notices::store::{self, Filter};
use hopetree::notices::{Action, Content, Notice, Revision, RevisionKind, State, schedule};

const START: Timestamp = Timestamp::from_seconds(1_767_225_600);
const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";
const AUTHOR: i64 = 7;
const OTHER: i64 = 8;

fn at(minutes: i64) -> Timestamp {
    START.plus_millis(minutes * 60_000)
}

fn deed(notice: &Notice, person: i64, minutes: i64) -> Deed {
    Deed { account: notice.account_id, id: notice.id, version: notice.version, person, now: at(minutes) }
}

fn text(title: &str, body: &str) -> Content {
    let sections = vec!["tips".into(), "policies".into()];
    Content { title: title.into(), body_html: format!("<p>{body}</p>"), sections, ..Content::default() }
}

const AUTOSAVE: Saving = Saving { kind: RevisionKind::Autosave, drops: false };
const SAVE: Saving = Saving { kind: RevisionKind::Save, drops: false };

/// Needs the starter content in the first account.
pub async fn notices_go_from_desk_to_residents(db: &Db, first: AccountId, second: AccountId) {
    let notice = is_written(db, first, second).await;
    let notice = is_published_and_taken_back(db, first, notice).await;
    lists_find_it(db, first, second, &notice).await;
    happens_by_the_clock(db, first).await;
    who_is_there(db, first, &notice).await;
}

async fn is_written(db: &Db, first: AccountId, second: AccountId) -> Notice {
    let write = db.begin_write().await.unwrap();
    let notice = desk::create(&write, first, text("停水 100% 通知", FAMILY), AUTHOR, START).await.unwrap();
    write.commit().await.unwrap();
    let reader = db.reader();
    assert!(store::find(reader, second, notice.id).await.unwrap().is_none(), "another account's notice");
    let named = store::mentions(reader, first, FAMILY).await.unwrap();
    assert_eq!(named, [(notice.id, notice.title.clone())]);
    assert!(store::mentions(reader, second, FAMILY).await.unwrap().is_empty(), "another account's");
    assert_eq!(store::find_by_slug(reader, first, &notice.slug).await.unwrap().unwrap(), notice);
    assert!(store::slugs(reader, first).await.unwrap().contains(&notice.slug));

    // Two autosaves within minutes are one version; one later is another; a save on purpose keeps the last.
    let write = db.begin_write().await.unwrap();
    let saved = desk::save(&write, &deed(&notice, AUTHOR, 1), text("停水", "一"), AUTOSAVE).await.unwrap();
    let saved = desk::save(&write, &deed(&saved, AUTHOR, 2), text("停水", "二"), AUTOSAVE).await.unwrap();
    assert_eq!((saved.revision, saved.version), (2, 3));
    let saved = desk::save(&write, &deed(&saved, AUTHOR, 30), text("停水", "三"), AUTOSAVE).await.unwrap();
    let saved = desk::save(&write, &deed(&saved, AUTHOR, 31), text("停水", "三"), SAVE).await.unwrap();
    let again = desk::save(&write, &deed(&saved, AUTHOR, 32), text("停水", "三"), SAVE).await.unwrap();
    assert_eq!((again.revision, again.version), (3, 5), "nothing was changed");
    write.commit().await.unwrap();
    let versions = store::revisions(reader, first, notice.id, None, 10).await.unwrap();
    let kinds: Vec<_> = versions.iter().map(|version| (version.number, version.kind)).collect();
    assert_eq!(kinds, [(3, RevisionKind::Save), (2, RevisionKind::Autosave), (1, RevisionKind::Save)]);
    assert_eq!(store::revisions(reader, first, notice.id, Some(3), 1).await.unwrap()[0].number, 2);
    let second_version = store::revision(reader, first, notice.id, 2).await.unwrap().unwrap();
    assert!(desk::read(&second_version).unwrap().body_html.contains('二'));
    assert!(store::revision(reader, second, notice.id, 2).await.unwrap().is_none());
    assert_eq!(store::last_revision(reader, first, notice.id).await.unwrap().unwrap().number, 3);

    // Who comes second with an old version is told who was first.
    let write = db.begin_write().await.unwrap();
    let late = desk::save(&write, &deed(&notice, OTHER, 40), text("停水", "四"), SAVE).await;
    assert!(matches!(late, Err(Refusal::Stale { person: AUTHOR, .. })), "{late:?}");
    assert!(!store::put(&write, &notice).await.unwrap());
    let copy = desk::duplicate(&write, first, notice.id, OTHER, at(40)).await.unwrap();
    assert_eq!(copy.title, "停水（副本）");
    let copy = desk::trash(&write, &deed(&copy, OTHER, 41)).await.unwrap();
    let copy = desk::untrash(&write, &deed(&copy, OTHER, 42)).await.unwrap();
    let copy = desk::trash(&write, &deed(&copy, OTHER, 43)).await.unwrap();
    assert!(matches!(
        desk::save(&write, &deed(&copy, OTHER, 44), text("a", "b"), SAVE).await,
        Err(Refusal::NotNow)
    ));
    assert_eq!(store::purge_trash(&write, at(43), 10).await.unwrap(), 0);
    assert_eq!(store::purge_trash(&write, at(44), 10).await.unwrap(), 1);
    write.commit().await.unwrap();
    saved
}

async fn is_published_and_taken_back(db: &Db, first: AccountId, notice: Notice) -> Notice {
    let write = db.begin_write().await.unwrap();
    assert!(matches!(desk::approve(&write, &deed(&notice, OTHER, 50)).await, Err(Refusal::NotNow)));
    let notice = desk::step(&write, &deed(&notice, AUTHOR, 50), Action::Submit).await.unwrap();
    let notice = desk::approve(&write, &deed(&notice, OTHER, 51)).await.unwrap();
    let unasked = desk::save(&write, &deed(&notice, AUTHOR, 52), text("停水", "五"), AUTOSAVE).await;
    assert!(matches!(unasked, Err(Refusal::Drops)), "{unasked:?}");
    let notice = desk::publish(&write, &deed(&notice, OTHER, 53), at(53)).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(
        (notice.state, notice.live_revision, notice.published_at),
        (State::Published, Some(3), Some(at(53).millis()))
    );
    let reader = db.reader();
    assert!(store::revision(reader, first, notice.id, 3).await.unwrap().unwrap().kept);
    let article = content::store::article(reader, first, &notice.slug).await.unwrap().unwrap();
    assert_eq!((article.section.as_str(), article.digest.as_str()), ("tips", "三"));
    let read = store::last_revision(reader, first, notice.id).await.unwrap().unwrap();
    let write = db.begin_write().await.unwrap();
    store::replace_revision(&write, read.clone()).await.unwrap();
    store::add_revision(&write, Revision { number: 99, kept: false, ..read }).await.unwrap();
    store::keep_revision(&write, first, notice.id, 99).await.unwrap();
    assert!(store::revision(&write, first, notice.id, 99).await.unwrap().unwrap().kept);
    let added = store::add(&write, Notice { slug: "of-files".into(), ..notice.clone() }).await.unwrap();
    assert_ne!(added.id, notice.id);
    content::store::put_article(&write, first, desk::article_of(&added, &text("文件", "a"))).await.unwrap();
    content::store::put_article(&write, first, desk::article_of(&added, &text("文件", "b"))).await.unwrap();
    assert!(content::store::remove_article(&write, first, "of-files").await.unwrap());
    assert!(!content::store::remove_article(&write, first, "of-files").await.unwrap());
    write.rollback().await.unwrap();
    let listing = content::store::Listing::Others(None);
    let under = content::store::list(reader, first, Some("policies"), listing, at(60), 100).await.unwrap();
    assert!(under.iter().any(|headline| headline.slug == notice.slug), "it stands under its further section");
    assert!(content::store::article_slugs(reader, first).await.unwrap().contains(&notice.slug));
    assert!(content::store::articles(reader, first).await.unwrap().contains(&article));

    // A new version is written while the former one stays with residents.
    let write = db.begin_write().await.unwrap();
    let edited = desk::save(&write, &deed(&notice, AUTHOR, 60), text("停水改期", "六"), SAVE).await.unwrap();
    assert_eq!((edited.state, edited.live_revision), (State::Draft, Some(3)));
    let pinned = desk::pin(&write, &deed(&edited, OTHER, 61), true).await.unwrap();
    let article = content::store::article(&write, first, &notice.slug).await.unwrap().unwrap();
    assert_eq!((article.title.as_str(), article.pinned), ("停水", true));
    let notice = desk::step(&write, &deed(&pinned, AUTHOR, 62), Action::Submit).await.unwrap();
    let notice = desk::approve(&write, &deed(&notice, OTHER, 63)).await.unwrap();
    let notice = desk::publish(&write, &deed(&notice, OTHER, 64), at(64)).await.unwrap();
    let article = content::store::article(&write, first, &notice.slug).await.unwrap().unwrap();
    assert_eq!(
        (article.title.as_str(), article.published_at),
        ("停水改期", at(53).millis()),
        "it keeps its date"
    );
    assert!(store::live(&write, first).await.unwrap().iter().any(|(id, ..)| *id == notice.id));
    assert!(matches!(desk::withdraw(&write, &deed(&notice, OTHER, 65), " ").await, Err(Refusal::Invalid(_))));
    let notice = desk::withdraw(&write, &deed(&notice, OTHER, 65), "写错了").await.unwrap();
    assert!(content::store::article(&write, first, &notice.slug).await.unwrap().is_none());
    let notice = desk::restore(&write, &deed(&notice, AUTHOR, 66), 3, false).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!((notice.title.as_str(), notice.state, notice.revision), ("停水", State::Draft, 5));
    let write = db.begin_write().await.unwrap();
    content::store::list_anew(&write, first).await.unwrap();
    write.commit().await.unwrap();
    notice
}

async fn lists_find_it(db: &Db, first: AccountId, second: AccountId, notice: &Notice) {
    let reader = db.reader();
    let find = async |filter: Filter| -> Vec<i64> {
        let rows = store::list(reader, first, &filter, None, 100).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    };
    let all = Filter::default();
    assert!(find(all.clone()).await.contains(&notice.id));
    assert_eq!(find(Filter { text: "停水，三".into(), ..all.clone() }).await, [notice.id]);
    assert!(
        find(Filter { text: "停水 100%".into(), ..all.clone() }).await.is_empty(),
        "a sign stands for itself"
    );
    assert_eq!(
        find(Filter { section: Some("policies".into()), person: Some(AUTHOR), ..all.clone() }).await,
        [notice.id]
    );
    assert!(find(Filter { section: Some("policie".into()), ..all.clone() }).await.is_empty());
    assert!(find(Filter { person: Some(99), ..all.clone() }).await.is_empty());
    assert_eq!(find(Filter { state: Some(State::Draft), ..all.clone() }).await, [notice.id]);
    assert!(find(Filter { live: true, ..all.clone() }).await.is_empty());
    assert!(find(Filter { missed: true, ..all.clone() }).await.is_empty());
    assert!(find(Filter { trash: true, ..all.clone() }).await.is_empty());
    assert_eq!(
        find(Filter { from: Some(at(66).millis()), until: Some(at(67).millis()), ..all.clone() }).await,
        [notice.id]
    );
    assert!(find(Filter { from: Some(at(67).millis()), ..all.clone() }).await.is_empty());
    let [row] = &store::list(reader, first, &all, None, 1).await.unwrap()[..] else { panic!("one row") };
    let rest = store::list(reader, first, &all, Some([row.changed_at, row.id]), 100).await.unwrap();
    assert!(!rest.contains(row));
    assert!(store::list(reader, second, &all, None, 100).await.unwrap().is_empty());
    assert_eq!(store::counts(reader, first).await.unwrap(), [(State::Draft, 1)]);
}

/// An approved notice with a time.
async fn scheduled(db: &Db, account: AccountId, publish_at: i64, withdraw_at: Option<i64>) -> Notice {
    let write = db.begin_write().await.unwrap();
    let content = Content { valid_until: Some(at(300).millis()), ..text("到点发布", "正文") };
    let notice = desk::create(&write, account, content, AUTHOR, at(100)).await.unwrap();
    let notice = desk::step(&write, &deed(&notice, AUTHOR, 100), Action::Submit).await.unwrap();
    let notice = desk::approve(&write, &deed(&notice, OTHER, 100)).await.unwrap();
    let past = desk::schedule(&write, &deed(&notice, OTHER, 100), at(99).millis(), None).await;
    assert!(matches!(past, Err(Refusal::Invalid(_))), "{past:?}");
    let notice = desk::schedule(&write, &deed(&notice, OTHER, 100), publish_at, withdraw_at).await.unwrap();
    write.commit().await.unwrap();
    notice
}

async fn happens_by_the_clock(db: &Db, account: AccountId) {
    assert_eq!(store::late_limit(db.reader(), account).await.unwrap(), None);
    for minutes in [30, 60] {
        let write = db.begin_write().await.unwrap();
        store::set_late_limit(&write, account, minutes).await.unwrap();
        write.commit().await.unwrap();
    }
    assert_eq!(store::late_limit(db.reader(), account).await.unwrap(), Some(60));
    let look = async |minutes: i64| -> Vec<(i64, schedule::Done)> {
        let mut done = Vec::new();
        for due in store::due(db.reader(), at(minutes), 100).await.unwrap() {
            let write = db.begin_write().await.unwrap();
            done.extend(schedule::one(&write, due, at(minutes)).await.unwrap().map(|what| (due.id, what)));
            write.commit().await.unwrap();
        }
        done
    };
    let notice = scheduled(db, account, at(110).millis(), Some(at(200).millis())).await;
    assert!(look(109).await.is_empty());
    assert_eq!(look(112).await, [(notice.id, schedule::Done::Published)]);
    assert!(look(112).await.is_empty(), "once");
    let shown = store::find(db.reader(), account, notice.id).await.unwrap().unwrap();
    assert_eq!(shown.published_at, Some(at(110).millis()), "the date is the one that was set");
    assert_eq!(look(201).await, [(notice.id, schedule::Done::Withdrawn)]);

    let late = scheduled(db, account, at(110).millis(), None).await;
    assert_eq!(look(171).await, [(late.id, schedule::Done::Missed)]);
    assert!(look(172).await.is_empty(), "it waits for a person");
    let missed = store::find(db.reader(), account, late.id).await.unwrap().unwrap();
    let write = db.begin_write().await.unwrap();
    let approved = desk::unschedule(&write, &deed(&missed, OTHER, 172)).await.unwrap();
    let shown = desk::publish(&write, &deed(&approved, OTHER, 173), at(173)).await.unwrap();
    let shown =
        desk::set_withdrawal(&write, &deed(&shown, OTHER, 174), Some(at(400).millis())).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(look(301).await, [(shown.id, schedule::Done::Expired)]);
    assert_eq!(look(400).await, [(shown.id, schedule::Done::Withdrawn)]);
}

async fn who_is_there(db: &Db, account: AccountId, notice: &Notice) {
    let look = async |person: i64, minutes: i64| {
        let write = db.begin_write().await.unwrap();
        store::look(&write, account, notice.id, person, at(minutes), 45_000).await.unwrap();
        write.commit().await.unwrap();
    };
    look(AUTHOR, 0).await;
    look(AUTHOR, 0).await;
    look(OTHER, 1).await;
    let present = store::present(db.reader(), account, notice.id, at(0)).await.unwrap();
    assert_eq!(present.iter().map(|guest| guest.person).collect::<Vec<_>>(), [AUTHOR, OTHER]);
    look(AUTHOR, 5).await;
    let present = store::present(db.reader(), account, notice.id, at(1)).await.unwrap();
    let since: Vec<_> = present.iter().map(|guest| (guest.person, guest.since)).collect();
    assert_eq!(since, [(OTHER, at(1).millis()), (AUTHOR, at(5).millis())], "who was away comes anew");
    let write = db.begin_write().await.unwrap();
    store::leave(&write, account, notice.id, OTHER).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::present(db.reader(), account, notice.id, at(1)).await.unwrap().len(), 1);
}

/// What is left of an account's notices when it is removed.
pub async fn nothing_is_left(db: &Db, account: AccountId) {
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, account).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::counts(db.reader(), account).await.unwrap().is_empty());
}

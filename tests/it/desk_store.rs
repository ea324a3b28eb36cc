//! Chapters of the story that is told on every database: conversations gathered behind the pushes' backs, what is noted
//! of followers, their figures by day, and what the console edits.

use std::borrow::Cow;

use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::content::editing::{self, Refused};
use hopetree::content::{self, ContactDraft, ContactPoint, Event, EventDraft, Place, PlaceDraft};
use hopetree::db::Db;
use hopetree::jobs::following::{self, Mark};
use hopetree::messages::{self, Message};
use hopetree::subscribers::{self, Contact};

const ACCOUNT: AccountId = AccountId(87);
const OTHER: AccountId = AccountId(88);
const PERSON: i64 = 5;
const START: Timestamp = Timestamp::from_seconds(1_790_000_000);
const DAY: i64 = 86_400_000;
const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";

pub async fn conversations_are_gathered(db: &Db) {
    use messages::store;
    let (reader, everything) = (db.reader(), 10_000);
    let before = store::bounds(reader).await.unwrap().map_or(0, |(_, last)| last);
    let said = [
        (
            ACCOUNT,
            "oA",
            "text",
            format!(r#"{{"text":{{"content":"停电了 100%_{FAMILY} \"Now\"","menu_id":null}}}}"#),
        ),
        (ACCOUNT, "oa", "text", r#"{"text":{"content":"NOW","menu_id":null}}"#.into()),
        (OTHER, "oA", "text", r#"{"text":{"content":"now","menu_id":null}}"#.into()),
        (ACCOUNT, "oA", "event.click", r#"{"click":{"key":"map"}}"#.into()),
        (ACCOUNT, "oB", "event.view", "{}".into()),
        (ACCOUNT, "oB", "event.location", "{}".into()),
    ];
    for (number, (account, openid, kind, content)) in said.iter().enumerate() {
        let at = START.plus_millis(number as i64 * 1000);
        let message = Message {
            identity: format!("desk{number}"),
            openid: (*openid).into(),
            kind: Cow::Borrowed(kind),
            content: content.clone(),
            sent_at: at,
            received_at: at,
            answer: "success".into(),
        };
        let write = db.begin_write().await.unwrap();
        store::insert(&write, &[(*account, &message)]).await.unwrap();
        write.commit().await.unwrap();
    }
    let found = store::newcomers(reader, before, everything).await.unwrap();
    assert_eq!(found.len(), 6);
    assert_eq!(store::newcomers(reader, before, 2).await.unwrap(), found[..2]);
    let last = found[5].id;
    // The third is late: a transaction that began before the others ended after them.
    let (first, late) = (
        vec![found[0].clone(), found[1].clone(), found[3].clone(), found[4].clone(), found[5].clone()],
        &found[2],
    );
    let write = db.begin_write().await.unwrap();
    store::gather(&write, &first, 1).await.unwrap();
    write.commit().await.unwrap();
    let latecomers = store::latecomers(reader, before, last, everything).await.unwrap();
    assert_eq!(latecomers, std::slice::from_ref(late), "where somebody is stands in no conversation");
    let write = db.begin_write().await.unwrap();
    store::gather(&write, &latecomers, 2).await.unwrap();
    store::gather(&write, &first, 2).await.unwrap();
    store::gather(&write, &[], 2).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::latecomers(reader, before, last, everything).await.unwrap().is_empty());
    let changed = store::changed(reader, 1, everything).await.unwrap();
    assert_eq!(changed.len(), 4);
    assert!(store::changed(reader, 2, everything).await.unwrap().is_empty());

    let listed = store::conversations(reader, ACCOUNT, None, everything).await.unwrap();
    let people: Vec<&str> = listed.iter().map(|conversation| conversation.openid.as_str()).collect();
    assert_eq!(people, ["oa", "oA"], "the latest first, and nobody who only tapped");
    let after =
        store::conversations(reader, ACCOUNT, Some(listed[0].last_written_id), everything).await.unwrap();
    assert_eq!(after, listed[1..]);
    let own = &listed[1];
    assert_eq!((own.last_id, own.last_written_id), (found[3].id, found[0].id));
    assert!(store::conversation(reader, OTHER, own.id).await.unwrap().is_none(), "another account's");
    assert_eq!(store::conversation(reader, ACCOUNT, own.id).await.unwrap().as_ref(), Some(own));
    let with = store::conversations_with(reader, ACCOUNT, &["oA", "oNobody"]).await.unwrap();
    assert_eq!(with, std::slice::from_ref(own));
    let chat = store::entries(reader, ACCOUNT, own.id, None, everything).await.unwrap();
    assert_eq!(chat.iter().map(|said| said.kind.as_str()).collect::<Vec<_>>(), ["event.click", "text"]);
    assert_eq!(store::entries(reader, ACCOUNT, own.id, Some(chat[0].id), 1).await.unwrap(), chat[1..]);
    assert!(store::entries(reader, OTHER, own.id, None, everything).await.unwrap().is_empty());
    assert_eq!(store::by_ids(reader, ACCOUNT, &[chat[1].id, late.id]).await.unwrap(), chat[1..]);
    let whose = store::conversations_of(reader, ACCOUNT, &[chat[0].id, late.id]).await.unwrap();
    assert_eq!((whose.len(), whose[&chat[0].id].id), (1, own.id));

    let unread = store::unread(reader, ACCOUNT, PERSON, &listed).await.unwrap();
    assert_eq!((unread[&listed[0].id], unread[&own.id]), (1, 1));
    let write = db.begin_write().await.unwrap();
    store::note_read(&write, ACCOUNT, PERSON, own.id, chat[1].id).await.unwrap();
    store::note_read(&write, ACCOUNT, PERSON, own.id, 1).await.unwrap();
    write.commit().await.unwrap();
    let unread = store::unread(reader, ACCOUNT, PERSON, &listed).await.unwrap();
    assert!(unread.contains_key(&listed[0].id) && !unread.contains_key(&own.id));
    assert_eq!(store::unread(reader, ACCOUNT, PERSON + 1, &listed).await.unwrap().len(), 2, "somebody else");
    let write = db.begin_write().await.unwrap();
    store::note_all_read(&write, ACCOUNT, PERSON).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::unread(reader, ACCOUNT, PERSON, &listed).await.unwrap().is_empty());

    let search = async |words: &str| {
        let sought = store::Sought {
            words,
            since: START,
            until: START.plus_millis(DAY),
            from_id: before + 1,
            before_id: last + 1,
        };
        let found = store::search(reader, ACCOUNT, &sought, everything).await.unwrap();
        found.into_iter().map(|said| said.id).collect::<Vec<_>>()
    };
    assert_eq!(search("now").await, [found[1].id, found[0].id], "in any letter case");
    for words in ["停电", "0%_", FAMILY, "\"now\""] {
        assert_eq!(search(words).await, [found[0].id], "{words}");
    }
    assert!(search("%").await.len() == 1 && search("a!b").await.is_empty());
    let (low, high) = store::bounds(reader).await.unwrap().unwrap();
    assert_eq!(high, last);
    assert_eq!(store::id_at(reader, Timestamp::from_millis(0)).await.unwrap(), low);
    assert_eq!(store::id_at(reader, START.plus_millis(DAY * 9_000)).await.unwrap(), last + 1);

    // What is removed of messages is removed of conversations.
    let write = db.begin_write().await.unwrap();
    store::remove(&write, &[chat[0].id, chat[1].id]).await.unwrap();
    store::remove_conversation(&write, ACCOUNT, "oa").await.unwrap();
    write.commit().await.unwrap();
    assert!(store::conversations(reader, ACCOUNT, None, everything).await.unwrap().is_empty());
    assert_eq!(store::conversations(reader, OTHER, None, everything).await.unwrap().len(), 1);
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, ACCOUNT).await.unwrap();
    store::remove_account(&write, OTHER).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::conversations(reader, OTHER, None, everything).await.unwrap().is_empty());
}

pub async fn a_table_is_followed(db: &Db) {
    use following::store;
    assert_eq!(store::mark(db.reader(), "story").await.unwrap(), Mark::default());
    let write = db.begin_write().await.unwrap();
    assert!(store::advance(&write, "story", Mark::default(), 10, 5).await.unwrap());
    write.commit().await.unwrap();
    let mark = store::mark(db.reader(), "story").await.unwrap();
    assert_eq!(mark, Mark { reached: 10, settled: 5, turn: 1 });
    let write = db.begin_write().await.unwrap();
    assert!(!store::advance(&write, "story", Mark::default(), 11, 5).await.unwrap(), "somebody was faster");
    assert!(store::advance(&write, "story", mark, 11, 10).await.unwrap());
    write.commit().await.unwrap();
}

pub async fn followers_are_noted_and_counted(db: &Db) {
    use subscribers::store;
    let (reader, everything) = (db.reader(), 10_000);
    let followed = Contact::Followed { scene: Some("gate".into()) };
    let first_line = store::last_line(reader).await.unwrap();
    for (number, openid) in ["oP", "op", "oQ", "oR"].iter().enumerate() {
        let write = db.begin_write().await.unwrap();
        let at = START.plus_millis(number as i64 / 2 * DAY);
        store::note(&write, ACCOUNT, &[(openid, &followed, at)]).await.unwrap();
        store::note(&write, OTHER, &[(openid, &followed, at)]).await.unwrap();
        write.commit().await.unwrap();
    }
    let write = db.begin_write().await.unwrap();
    store::note(&write, ACCOUNT, &[("oQ", &Contact::Left, START.plus_millis(DAY + 5))]).await.unwrap();
    write.commit().await.unwrap();

    let filter = store::Filter::default();
    let all = store::list(reader, ACCOUNT, &filter, None, everything).await.unwrap();
    let people: Vec<&str> = all.rows.iter().map(|person| person.openid.as_str()).collect();
    assert_eq!((people, all.next), (vec!["oR", "oQ", "op", "oP"], None));
    let page = store::list(reader, ACCOUNT, &filter, None, 3).await.unwrap();
    assert_eq!((page.rows.len(), page.next), (3, Some(all.rows[2].id)));
    let page = store::list(reader, ACCOUNT, &filter, page.next, 3).await.unwrap();
    assert_eq!((page.rows.as_slice(), page.next), (&all.rows[3..], None));
    let [r, q, p2, p1] = all.rows.iter().map(|person| person.id).collect::<Vec<_>>()[..] else {
        panic!("four")
    };
    assert_eq!(store::find_by_id(reader, ACCOUNT, q).await.unwrap().unwrap().openid, "oQ");
    assert!(store::find_by_id(reader, OTHER, q).await.unwrap().is_none());
    assert_eq!(store::find_many(reader, ACCOUNT, &["oP", "oQ", "oX"]).await.unwrap().len(), 2);
    assert_eq!(
        store::after(reader, ACCOUNT, p1, 2).await.unwrap().iter().map(|row| row.id).collect::<Vec<_>>(),
        [p2, q]
    );
    let history = store::history(reader, ACCOUNT, "oQ", everything).await.unwrap();
    let told: Vec<_> = history.iter().map(|line| (line.change, line.scene.as_deref())).collect();
    assert_eq!(told, [(subscribers::Change::Unfollow, None), (subscribers::Change::Follow, Some("gate"))]);
    let standing = store::standing(reader, ACCOUNT).await.unwrap();
    assert_eq!((standing.following, standing.left, standing.sources), (3, 1, vec![("scene".to_owned(), 3)]));

    let write = db.begin_write().await.unwrap();
    assert!(store::set_remark(&write, ACCOUNT, p1, FAMILY, 0).await.unwrap());
    assert!(!store::set_remark(&write, ACCOUNT, p1, "x", 0).await.unwrap(), "somebody was faster");
    assert!(store::set_remark(&write, ACCOUNT, p1, &format!("李{FAMILY}A_"), 1).await.unwrap());
    assert!(store::set_remark(&write, ACCOUNT, q, "李a", 0).await.unwrap());
    let old = store::add_tag(&write, ACCOUNT, "老人").await.unwrap();
    let key = store::add_tag(&write, ACCOUNT, "楼长").await.unwrap();
    assert!(store::rename_tag(&write, ACCOUNT, key, FAMILY).await.unwrap());
    assert!(!store::rename_tag(&write, OTHER, key, "x").await.unwrap(), "another account's");
    assert_eq!(store::tag_followers(&write, ACCOUNT, old, &[p1, p2, q, i64::MAX]).await.unwrap(), 3);
    assert_eq!(store::tag_followers(&write, ACCOUNT, old, &[p1]).await.unwrap(), 1, "again");
    assert_eq!(store::tag_followers(&write, OTHER, old, &[p1]).await.unwrap(), 0);
    assert_eq!(store::tag_followers(&write, ACCOUNT, key, &[r]).await.unwrap(), 1);
    assert_eq!(store::untag_followers(&write, ACCOUNT, old, &[p2, r]).await.unwrap(), 1);
    write.commit().await.unwrap();
    let write = db.begin_write().await.unwrap();
    let twice = store::add_tag(&write, ACCOUNT, "老人").await.unwrap_err();
    assert!(matches!(twice.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))), "{twice}");
    write.rollback().await.unwrap();
    let tags = store::tags(reader, ACCOUNT).await.unwrap();
    assert_eq!(tags.len(), 2);
    let labels = store::labels(reader, ACCOUNT, &[p1, p2, q, r]).await.unwrap();
    assert_eq!((labels[&p1].version, labels[&p1].tags.as_slice()), (2, [old].as_slice()));
    assert!(!labels.contains_key(&p2) && labels[&r].remark.is_empty());
    let listed = async |tag: Option<i64>, remark: Option<&str>, state| {
        let filter =
            store::Filter { state, source: Some("scene".into()), tag, remark: remark.map(str::to_owned) };
        let listed = store::list(reader, ACCOUNT, &filter, None, everything).await.unwrap();
        listed.rows.into_iter().map(|person| person.id).collect::<Vec<_>>()
    };
    assert_eq!(listed(Some(old), None, None).await, [q, p1]);
    assert_eq!(listed(Some(old), None, Some(subscribers::State::Left)).await, [q]);
    assert_eq!(listed(None, Some("李"), None).await, [q, p1]);
    assert_eq!(listed(Some(old), Some("a_"), None).await, [p1]);
    assert_eq!(listed(Some(key), Some("李"), None).await, [0_i64; 0]);

    // By day: closed days are those of the ledger.
    let last = store::last_line(reader).await.unwrap();
    assert_eq!(last, first_line + 9);
    let day = (START.millis() + 8 * 3_600_000) / DAY;
    let late = store::late_days(reader, first_line, last, day + 2, everything).await.unwrap();
    assert_eq!((late[&ACCOUNT].len(), late[&OTHER].len()), (2, 2));
    assert_eq!(
        store::late_days(reader, first_line, last, day + 1, everything).await.unwrap()[&ACCOUNT],
        [day]
    );
    let counted = store::count_days(reader, ACCOUNT, day, day + 2).await.unwrap();
    assert_eq!(counted, store::by_day(reader, ACCOUNT, START.plus_millis(-DAY)).await.unwrap());
    assert_eq!(store::count_days(reader, ACCOUNT, day + 1, day + 2).await.unwrap(), counted[1..]);
    let write = db.begin_write().await.unwrap();
    store::write_days(&write, ACCOUNT, &counted).await.unwrap();
    store::write_days(&write, ACCOUNT, &counted).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::closed_days(reader, ACCOUNT, day + 2).await.unwrap(), counted);
    assert_eq!(store::closed_days(reader, ACCOUNT, day + 1).await.unwrap(), counted[..1]);
    let told: Vec<_> = counted.iter().map(|day| (day.followed, day.left)).collect();
    assert_eq!(told, [(2, 0), (2, 1)]);

    // Of whom is forgotten, the notes go, too.
    let write = db.begin_write().await.unwrap();
    assert!(store::remove_person(&write, ACCOUNT, "oP").await.unwrap());
    store::remove_left(&write, START.plus_millis(2 * DAY), &[q, r]).await.unwrap();
    assert!(store::remove_tag(&write, ACCOUNT, key).await.unwrap());
    assert!(!store::remove_tag(&write, ACCOUNT, key).await.unwrap());
    write.commit().await.unwrap();
    assert!(store::labels(reader, ACCOUNT, &[p1, p2, q, r]).await.unwrap().is_empty());
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, ACCOUNT).await.unwrap();
    store::remove_account(&write, OTHER).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::tags(reader, ACCOUNT).await.unwrap().is_empty());
}

fn place(name: &str) -> PlaceDraft {
    PlaceDraft {
        name: name.into(),
        category: "卫生站".into(),
        address: format!("示例路{FAMILY}"),
        latitude: 31.25,
        longitude: 121.5,
        ..PlaceDraft::default()
    }
}

pub async fn lists_are_edited(db: &Db) {
    use content::store;
    let reader = db.reader();
    let write = db.begin_write().await.unwrap();
    let first = editing::create::<Place>(&write, ACCOUNT, place("一"), None).await.unwrap();
    let second = editing::create::<Place>(&write, ACCOUNT, place("二"), None).await.unwrap();
    let contact = ContactDraft {
        name: "物业".into(),
        group: "物业".into(),
        phone: "021".into(),
        ..ContactDraft::default()
    };
    let contact = editing::create::<ContactPoint>(&write, ACCOUNT, contact, None).await.unwrap();
    let event = EventDraft {
        title: "义诊".into(),
        starts_at: START.millis(),
        ends_at: START.millis(),
        venue: "中心".into(),
        place: Some(first.slug.clone()),
        body: "**来**<script>".into(),
        ..EventDraft::default()
    };
    let event = editing::create::<Event>(&write, ACCOUNT, event, None).await.unwrap();
    write.commit().await.unwrap();
    assert!(event.body_html.contains("<strong>来</strong>") && !event.body_html.contains("<script"));
    assert_eq!((first.position, second.position, contact.position), (0, 1, 0));

    let names = async |words: Option<&str>, after: store::After| {
        let rows = store::page_of_places(reader, ACCOUNT, words, after, 10).await.unwrap();
        rows.into_iter().map(|place| place.name).collect::<Vec<_>>()
    };
    assert_eq!(names(None, None).await, ["一", "二"]);
    assert_eq!(names(Some("二"), None).await, ["二"]);
    assert_eq!(names(Some("%"), None).await, [""; 0]);
    assert_eq!(names(None, Some((0, first.id))).await, ["二"]);
    assert_eq!(store::page_of_contacts(reader, ACCOUNT, Some("物"), None, 10).await.unwrap(), [contact]);
    assert_eq!(
        store::page_of_events(reader, ACCOUNT, None, None, 10).await.unwrap(),
        std::slice::from_ref(&event)
    );
    let after = Some((event.starts_at, event.id));
    assert!(store::page_of_events(reader, ACCOUNT, Some("义"), after, 10).await.unwrap().is_empty());

    let version = editing::version(&first);
    let write = db.begin_write().await.unwrap();
    assert!(editing::order::<Place>(&write, ACCOUNT, &[second.id]).await.unwrap());
    assert!(!editing::order::<Place>(&write, ACCOUNT, &[second.id, first.id]).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(names(None, None).await, ["二", "一"]);
    let write = db.begin_write().await.unwrap();
    let (before, after) =
        editing::change::<Place>(&write, ACCOUNT, first.id, &version, place("三")).await.unwrap();
    assert_eq!((before.name.as_str(), after.name.as_str(), after.position), ("一", "三", 1));
    assert_eq!((after.slug.as_str(), after.id), (first.slug.as_str(), first.id));
    let stale = editing::change::<Place>(&write, ACCOUNT, first.id, &version, place("四")).await;
    assert!(matches!(stale, Err(Refused::Stale)), "{stale:?}");
    let version = editing::version(&after);
    let foreign = editing::change::<Place>(&write, OTHER, first.id, &version, place("四")).await;
    assert!(matches!(foreign, Err(Refused::NotFound)), "{foreign:?}");
    assert!(matches!(editing::find::<Place>(&write, OTHER, first.id).await, Err(Refused::NotFound)));
    let invalid = editing::change::<Place>(&write, ACCOUNT, first.id, &version, place(" ")).await;
    assert!(matches!(&invalid, Err(Refused::Invalid(problems)) if problems[0].0 == "name"), "{invalid:?}");
    write.commit().await.unwrap();
    let write = db.begin_write().await.unwrap();
    let in_use = editing::remove_place(&write, ACCOUNT, first.id, &version).await;
    assert!(matches!(&in_use, Err(Refused::InUse(titles)) if *titles == ["义诊"]), "{in_use:?}");
    write.rollback().await.unwrap();
    let write = db.begin_write().await.unwrap();
    editing::remove::<Event>(&write, ACCOUNT, event.id, &editing::version(&event)).await.unwrap();
    editing::remove_place(&write, ACCOUNT, first.id, &version).await.unwrap();
    write.commit().await.unwrap();

    // A sheet comes whole or not at all.
    let sheet = vec![PlaceDraft { slug: second.slug.clone(), ..place("二") }, place("五"), place("")];
    let write = db.begin_write().await.unwrap();
    let faults = editing::bring::<Place>(&write, ACCOUNT, sheet.clone()).await.unwrap().unwrap_err();
    write.rollback().await.unwrap();
    assert_eq!(faults.iter().map(|(row, field, _)| (*row, *field)).collect::<Vec<_>>(), [(2, "name")]);
    let write = db.begin_write().await.unwrap();
    let brought = editing::bring::<Place>(&write, ACCOUNT, sheet[..2].to_vec()).await.unwrap().unwrap();
    write.commit().await.unwrap();
    assert_eq!((brought.added, brought.changed, brought.unchanged), (1, 0, 1));
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, ACCOUNT).await.unwrap();
    write.commit().await.unwrap();
}

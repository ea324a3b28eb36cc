//! One story that visits every query of every feature, told on SQLite and on each database server that the test
//! script started (`scripts/databases`).

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::future::join_all;
use hopetree::accounts::{self, AccountId, MasterKey, Settings};
use hopetree::clock::Timestamp;
use hopetree::config::MasterKeySource;
use hopetree::content::store::{Cursor, Direction, Listing};
use hopetree::content::{self, Others, read_folder};
use hopetree::db::Db;
use hopetree::jobs::{self, Job, NewJob};
use hopetree::menus;
use hopetree::messages::{self, Message};
use hopetree::subscribers::{self, Contact, State, source};
use hopetree::wechat::{AccountKind, AesKey, AppId, Mode, Token};
use sea_orm::{ConnectionTrait, Database, SqlErr};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::support::{Hopetree, project};

const START: Timestamp = Timestamp::from_seconds(1_767_225_600);
const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";
/// As the hash of a file stands in a text that shows it.
const NAMED: &str = "5f4dcc3b5aa765d61d8327deb882cf99";

#[tokio::test]
async fn the_story_is_the_same_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    tell(&format!("sqlite://{}/story.db", folder.path().display())).await;
}

#[tokio::test]
async fn the_story_is_the_same_on_postgres() {
    if let Some(server) = server("HOPETREE_TEST_POSTGRES") {
        tell(&fresh(&server, "postgres").await).await;
    }
}

#[tokio::test]
async fn the_story_is_the_same_on_mariadb() {
    if let Some(server) = server("HOPETREE_TEST_MYSQL") {
        tell(&fresh(&server, "mysql").await).await;
    }
}

/// Where the test script started a server; where it could not, it has said so.
pub fn server(variable: &str) -> Option<String> {
    let server = std::env::vars().find(|(name, _)| name == variable).map(|(_, value)| value);
    if server.is_none() {
        assert!(
            !std::env::vars().any(|(name, value)| name == "CI" && value == "true"),
            "{variable} is not set"
        );
        eprintln!("{variable} is not set: the story is not told there (scripts/test starts the servers)");
    }
    server
}

/// A new database on a server.
pub async fn fresh(server: &str, maintenance: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("story_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let admin = Database::connect(format!("{server}/{maintenance}")).await.unwrap();
    admin.execute_unprepared(&format!("create database {name}")).await.unwrap();
    format!("{server}/{name}")
}

#[tokio::test]
async fn a_server_runs_on_another_database_by_the_url_alone() {
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        let Some(server) = server(variable) else { continue };
        let app = Hopetree::start_on(&fresh(&server, maintenance).await);
        let resident = app.resident("A");
        let xml = resident.xml("text", 1_767_225_600, "<Content>菜单</Content><MsgId>7</MsgId>");
        let answers = join_all((0..10).map(|_| resident.pushes(&xml))).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert!(answers[0].text().contains("社区概况"));
        assert!(resident.says(FAMILY).await.text().contains("没有找到"));
        let crowd: Vec<_> = (0..40).map(|number| app.resident(&format!("R{number}"))).collect();
        let heard = join_all(crowd.iter().map(|resident| resident.follows())).await;
        assert!(heard.iter().all(|heard| heard.text().contains("欢迎")));
        assert_eq!(app.get("/h/hope/s/map").await.0, 200);
    }
}

async fn tell(url: &str) {
    let db = Db::connect(url).await.unwrap();
    db.migrate().await.unwrap();
    db.migrate().await.unwrap();
    db.ping().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = MasterKey::obtain(&MasterKeySource::DataDir, folder.path()).unwrap();
    let (first, second) = accounts_are_kept_apart(&db, &key).await;
    content_comes_and_goes(&db, first, second, folder.path()).await;
    menus_are_replaced(&db, first).await;
    pushes_are_recorded_once(&db, first, second).await;
    followers_are_counted(&db, first, second).await;
    jobs_are_claimed_once(&db).await;
    super::work::jobs_are_held_and_the_schedule_is_kept(&db).await;
    super::admin_store::people_sign_in_and_leave_a_trail(&db).await;
    super::words_store::word_lists_are_kept_apart(&db).await;
    super::retention::data_is_found_by_its_age_and_person(&db).await;
    super::notices_store::notices_go_from_desk_to_residents(&db, first, second).await;
    super::reviews_store::reviews_are_by_different_people(&db, first, second).await;
    super::answers_store::answers_and_sections_are_changed_by_version(&db).await;
    super::answers_store::menus_are_kept_in_versions(&db).await;
    super::media_store::media_are_kept_found_and_thrown_away(&db).await;
    super::desk_store::conversations_are_gathered(&db).await;
    super::desk_store::a_table_is_followed(&db).await;
    super::desk_store::followers_are_noted_and_counted(&db).await;
    super::desk_store::lists_are_edited(&db).await;
    super::notices_store::nothing_is_left(&db, first).await;
    an_account_is_removed_whole(&db, first, second).await;
    db.close().await.unwrap();
}

fn settings(name: &str, app_id: &str) -> Settings {
    Settings {
        name: name.into(),
        app_id: AppId::parse(app_id).unwrap(),
        app_secret: "secret".into(),
        token: Token::parse("shequ2026Token").unwrap(),
        aes_key: AesKey::parse("EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8").unwrap(),
        mode: Mode::Secure,
        kind: AccountKind::Service,
        verified: true,
        original_id: Some("gh_0123456789ab".into()),
        api_base: "http://127.0.0.1:9".into(),
    }
}

async fn accounts_are_kept_apart(db: &Db, key: &MasterKey) -> (AccountId, AccountId) {
    use accounts::store;
    let write = db.begin_write().await.unwrap();
    let first =
        store::add(&write, key, "hope", &settings(FAMILY, "wx00000000000000aa"), START).await.unwrap();
    let second = store::add(&write, key, "other", &settings("x", "wx00000000000000AA"), START).await.unwrap();
    write.commit().await.unwrap();

    let write = db.begin_write().await.unwrap();
    let clash =
        store::add(&write, key, "hope", &settings("x", "wx00000000000000bb"), START).await.unwrap_err();
    assert!(matches!(clash.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{clash}");
    write.rollback().await.unwrap();

    let account = store::find(db.reader(), key, "hope").await.unwrap().unwrap();
    assert_eq!((account.id, account.name.as_str(), account.app_secret.as_str()), (first, FAMILY, "secret"));
    assert!(store::find(db.reader(), key, "HOPE").await.unwrap().is_none(), "names differ in case");

    let slugs = store::slugs(db.reader()).await.unwrap();
    assert_eq!(slugs, [(first, "hope".to_owned()), (second, "other".to_owned())].into());

    let before = store::revisions(db.reader()).await.unwrap();
    let mut changed = settings("新名字", "wx00000000000000aa");
    changed.aes_key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
    let write = db.begin_write().await.unwrap();
    store::update(&write, key, &account, &changed).await.unwrap();
    store::touch(&write, second).await.unwrap();
    write.commit().await.unwrap();
    let after = store::revisions(db.reader()).await.unwrap();
    assert!(before.iter().zip(&after).all(|(before, after)| before.0 == after.0 && before.1 < after.1));
    let (all, unreadable) = store::all(db.reader(), key).await.unwrap();
    assert!(unreadable.is_empty());
    assert_eq!(all.iter().map(|account| account.name.as_str()).collect::<Vec<_>>(), ["新名字", "x"]);
    let sealed_before = account.envelope.seal("x", [1; 16]);
    assert_eq!(all[0].envelope.open(&sealed_before).unwrap(), "x", "the previous key still opens");
    let write = db.begin_write().await.unwrap();
    assert_eq!(store::reseal(&write, key, key).await.unwrap(), 2);
    store::forget_previous_key(&write, first).await.unwrap();
    write.commit().await.unwrap();
    let account = store::find(db.reader(), key, "hope").await.unwrap().unwrap();
    assert!(account.envelope.open(&sealed_before).is_err(), "the rotation is over");
    let unopened = store::find_unopened(db.reader(), "hope").await.unwrap().unwrap();
    assert_eq!((unopened.id, unopened.name.as_str(), unopened.verified), (first, "新名字", true));
    assert!(store::find_unopened(db.reader(), "HOPE").await.unwrap().is_none());
    let write = db.begin_write().await.unwrap();
    store::renew(&write, key, &unopened, &settings("再新", "wx00000000000000aa")).await.unwrap();
    write.commit().await.unwrap();
    let renewed = store::find(db.reader(), key, "hope").await.unwrap().unwrap();
    assert_eq!((renewed.id, renewed.name.as_str()), (first, "再新"));
    assert!(renewed.revision > account.revision, "nodes hear of it");
    (first, second)
}

async fn content_comes_and_goes(db: &Db, first: AccountId, second: AccountId, folder: &Path) {
    use content::store;
    let mut bundle = read_folder(&project().join("content")).unwrap();
    let long = format!("{}{FAMILY}{NAMED}", "长文".repeat(50_000));
    bundle.articles[0].body_source.clone_from(&long);
    bundle.articles[0].body_html.clone_from(&long);
    let slug = bundle.articles[0].slug.clone();
    let write = db.begin_write().await.unwrap();
    let report = content::import(&write, first, bundle.clone(), Others::Keep).await.unwrap();
    write.commit().await.unwrap();
    assert!(report.changed_anything());
    let write = db.begin_write().await.unwrap();
    assert!(!content::import(&write, first, bundle.clone(), Others::Keep).await.unwrap().changed_anything());
    bundle.sections[0].summary = FAMILY.into();
    let report = content::import(&write, first, bundle, Others::Keep).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(report.kinds[0].1.changed, 1);

    let reader = db.reader();
    assert_eq!(store::article(reader, first, &slug).await.unwrap().unwrap().body_html, long);
    assert!(store::article(reader, second, &slug).await.unwrap().is_none(), "another account's article");
    let named = store::mentions(reader, first, NAMED).await.unwrap();
    assert!(named.iter().any(|(kind, key, _)| (*kind, key) == ("article", &slug)), "{named:?}");
    assert!(store::mentions(reader, second, NAMED).await.unwrap().is_empty(), "another account's");
    let sections = store::sections(reader, first).await.unwrap();
    assert_eq!(
        sections.iter().map(|section| section.number).collect::<Vec<_>>(),
        (1..=10).collect::<Vec<_>>()
    );
    assert_eq!(store::section(reader, first, "tips").await.unwrap().unwrap().title, "生活小贴士");

    let headlines = store::headlines(reader, first, START, 1000).await.unwrap();
    assert!(
        headlines.len() > 30 && headlines.is_sorted_by(|left, right| left.published_at >= right.published_at)
    );
    let late = Timestamp::from_seconds(1_799_000_000);
    let pinned = store::list(reader, first, None, Listing::Pinned, late, 100).await.unwrap();
    assert!(!pinned.is_empty() && pinned.iter().all(|article| article.pinned && article.is_current(late)));
    let whole = store::list(reader, first, None, Listing::Others(None), late, 1000).await.unwrap();
    let (mut paged, mut cursor) = (Vec::new(), None);
    loop {
        let page = store::list(reader, first, None, Listing::Others(cursor), late, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        cursor = Some(Cursor { published_at: last.published_at, id: last.id });
        paged.extend(page);
    }
    assert_eq!(paged, whole);
    let of_section = store::list(reader, first, Some("tips"), Listing::Others(None), late, 2).await.unwrap();
    let newest = store::article(reader, first, &of_section[0].slug).await.unwrap().unwrap();
    let older = store::neighbor(reader, &newest, Direction::Older, late).await.unwrap().unwrap();
    let older = store::article(reader, first, &older.slug).await.unwrap().unwrap();
    let back = store::neighbor(reader, &older, Direction::Newer, late).await.unwrap().unwrap();
    assert_eq!(back.slug, newest.slug);

    let places = store::places(reader, first).await.unwrap();
    let place = store::place(reader, first, &places[3].slug).await.unwrap().unwrap();
    assert_eq!((place.latitude, place.longitude), (places[3].latitude, places[3].longitude));
    assert!(!store::contacts(reader, first).await.unwrap().is_empty());
    let upcoming = store::upcoming_events(reader, first, START, 100).await.unwrap();
    let past = store::past_events(reader, first, START, 100).await.unwrap();
    assert!(upcoming.is_sorted_by_key(|event| event.starts_at) && upcoming.len() + past.len() >= 3);
    let event = upcoming.first().or(past.first()).unwrap();
    assert!(store::event(reader, first, &event.slug).await.unwrap().is_some());
    let rules = store::rules(reader, first).await.unwrap();
    assert!(rules.is_sorted_by(|left, right| left.priority >= right.priority));
    assert!(store::rule(reader, first, &rules[0].slug).await.unwrap().is_some());
    let picture = store::picture(reader, first, "overview.png").await.unwrap().unwrap();
    assert_eq!(picture.bytes, std::fs::read(project().join("content/pictures/overview.png")).unwrap());

    let exported = folder.join("exported");
    content::export(reader, first, &exported).await.unwrap();
    let write = db.begin_write().await.unwrap();
    let again = content::import(&write, first, read_folder(&exported).unwrap_or_default(), Others::Remove)
        .await
        .unwrap();
    write.commit().await.unwrap();
    // Only the row whose HTML this story put there by hand may differ from what its source gives.
    let changed: usize = again.kinds.iter().map(|(_, counts)| counts.changed + counts.added).sum();
    assert!(changed <= 1, "{again}");
}

async fn menus_are_replaced(db: &Db, account: AccountId) {
    use menus::store;
    assert!(store::find(db.reader(), account).await.unwrap().is_none());
    for name in ["一", "二"] {
        let menu = json!({ "button": [{ "name": name, "type": "click", "key": "k" }] });
        let menu: menus::Definition = serde_json::from_value(menu).unwrap();
        let write = db.begin_write().await.unwrap();
        store::replace(&write, account, &menu, START).await.unwrap();
        assert!(store::is_unpushed(&write, account).await.unwrap());
        store::mark_pushed(&write, account, START).await.unwrap();
        write.commit().await.unwrap();
        assert!(!store::is_unpushed(db.reader(), account).await.unwrap());
        assert_eq!(store::find(db.reader(), account).await.unwrap().unwrap().definition, menu);
    }
}

fn message(identity: &str) -> Message {
    Message {
        identity: identity.into(),
        openid: "oA".into(),
        kind: "text".into(),
        content: json!({ "text": FAMILY }).to_string(),
        sent_at: START,
        received_at: START,
        answer: format!("<xml>{FAMILY}</xml>").into(),
    }
}

fn of(account: AccountId, messages: &[Message]) -> Vec<(AccountId, &Message)> {
    messages.iter().map(|message| (account, message)).collect()
}

async fn pushes_are_recorded_once(db: &Db, first: AccountId, second: AccountId) {
    use messages::store;
    let write = db.begin_write().await.unwrap();
    let group = [message("a"), message("A"), message("b")];
    store::insert(&write, &of(first, &group)).await.unwrap();
    store::insert(&write, &of(second, &group)).await.unwrap();
    write.commit().await.unwrap();
    let write = db.begin_write().await.unwrap();
    let repeat = [message("c"), message("b")];
    let clash = store::insert(&write, &of(first, &repeat)).await.unwrap_err();
    assert!(matches!(clash.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{clash}");
    write.rollback().await.unwrap();
    assert_eq!(store::count(db.reader(), first).await.unwrap(), 3);
    let answers = store::answers(db.reader(), first, &["b", "c", "B"]).await.unwrap();
    assert_eq!(answers.into_iter().collect::<Vec<_>>(), [("b".into(), format!("<xml>{FAMILY}</xml>"))]);
    let write = db.begin_write().await.unwrap();
    store::replace_answer(&write, second, "b", FAMILY).await.unwrap();
    write.commit().await.unwrap();
    let latest = store::latest(db.reader(), 4).await.unwrap();
    let latest: Vec<_> = latest
        .iter()
        .map(|(account, identity, answer, _)| (*account, identity.as_str(), answer == FAMILY))
        .collect();
    assert_eq!(
        latest,
        [(second, "b", true), (second, "A", false), (second, "a", false), (first, "b", false)]
    );
}

async fn followers_are_counted(db: &Db, first: AccountId, second: AccountId) {
    use subscribers::store;
    let followed = Contact::Followed { scene: Some(FAMILY.into()) };
    let unknown = Contact::Followed { scene: None };
    let at = |seconds: i64| START.plus_millis(seconds * 1000);
    let write = db.begin_write().await.unwrap();
    let group = [
        ("oA", &followed, at(0)),
        ("oa", &unknown, at(1)),
        ("oA", &Contact::Wrote, at(2)),
        ("oB", &Contact::Tapped, at(3)),
        ("oA", &Contact::Left, at(4)),
    ];
    store::note(&write, first, &group).await.unwrap();
    store::note(&write, first, &[("oA", &unknown, at(86_400))]).await.unwrap();
    store::note(&write, second, &[("oA", &Contact::Wrote, at(5))]).await.unwrap();
    store::learn_source(&write, first, "oa", source::SEARCH).await.unwrap();
    store::learn_source(&write, first, "oB", source::SEARCH).await.unwrap();
    write.commit().await.unwrap();

    let person = store::find(db.reader(), first, "oA").await.unwrap().unwrap();
    assert_eq!(
        (person.state, person.follows, person.unfollows, person.messages),
        (State::Following, 2, 1, 1)
    );
    assert_eq!(
        (person.last_left_at, person.last_followed_at),
        (Some(at(4).millis()), Some(at(86_400).millis()))
    );
    assert_eq!(store::following(db.reader(), first).await.unwrap(), 3, "oA and oa are two people");
    let sources = store::sources(db.reader(), first).await.unwrap();
    let expected = [(source::SEARCH, 1), (source::SEEN, 1), (source::UNKNOWN, 1)];
    assert_eq!(sources, expected.map(|(name, count)| (name.to_owned(), count)));
    let days = store::by_day(db.reader(), first, START).await.unwrap();
    let counts: Vec<_> =
        days.iter().map(|day| (day.date.to_string(), day.followed, day.left, day.net())).collect();
    assert_eq!(counts, [("2026-01-01".into(), 2, 1, 1), ("2026-01-02".into(), 1, 0, 1)]);
    come_and_go(db, first).await;
    let crowd: Vec<String> = (0..1_200).map(|number| format!("oCrowd{number}")).collect();
    let contacts: Vec<_> = crowd.iter().map(|openid| (openid.as_str(), &unknown, at(9))).collect();
    let write = db.begin_write().await.unwrap();
    store::note(&write, first, &contacts).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::following(db.reader(), first).await.unwrap(), 1_205);
}

/// Those who only write are added up without being read; who wrote after leaving follows again.
async fn come_and_go(db: &Db, account: AccountId) {
    use subscribers::store;
    let at = |seconds: i64| START.plus_millis(seconds * 1000);
    let (followed, wrote) = (Contact::Followed { scene: None }, Contact::Wrote);
    let groups: [&[(&str, &Contact, Timestamp)]; 5] = [
        &[
            ("oC", &followed, at(10)),
            ("oC", &Contact::Left, at(20)),
            ("oD", &wrote, at(9)),
            ("oD", &wrote, at(8)),
        ],
        &[("oC", &wrote, at(20)), ("oC", &Contact::Tapped, at(19)), ("oD", &Contact::Present, at(5))],
        &[("oD", &Contact::Tapped, at(7))],
        &[("oC", &wrote, at(21)), ("oC", &wrote, at(30))],
        &[("oC", &wrote, at(25)), ("oD", &Contact::Left, at(31)), ("oD", &wrote, at(32))],
    ];
    let mut states = Vec::new();
    for group in groups {
        let write = db.begin_write().await.unwrap();
        store::note(&write, account, group).await.unwrap();
        write.commit().await.unwrap();
        states.push(store::find(db.reader(), account, "oC").await.unwrap().unwrap().state);
    }
    assert_eq!(
        states,
        [State::Left, State::Left, State::Left, State::Following, State::Following],
        "who writes in the second of leaving has left"
    );
    let person = store::find(db.reader(), account, "oC").await.unwrap().unwrap();
    assert_eq!((person.messages, person.taps, person.follows, person.unfollows), (4, 1, 1, 1));
    assert_eq!((person.first_seen_at, person.last_interaction_at), (at(10).millis(), at(30).millis()));
    assert_eq!(person.state_changed_at, at(30).millis());
    let person = store::find(db.reader(), account, "oD").await.unwrap().unwrap();
    assert_eq!((person.messages, person.taps, person.source.as_str()), (3, 1, source::SEEN));
    assert_eq!((person.first_seen_at, person.last_interaction_at), (at(5).millis(), at(32).millis()));
    assert_eq!(person.state, State::Following);
}

/// Two nodes hear at the same moment from somebody whom neither knows.
#[tokio::test]
async fn two_nodes_lose_nothing_of_a_new_follower() {
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        let Some(server) = server(variable) else { continue };
        let url = fresh(&server, maintenance).await;
        let (first, second) = (Db::connect(&url).await.unwrap(), Db::connect(&url).await.unwrap());
        first.migrate().await.unwrap();
        let account = AccountId(1);
        let followed = Contact::Followed { scene: Some("gate".into()) };
        for number in 0..20 {
            let openid = format!("o{number}");
            let note = async |db: &Db, contact: &Contact| {
                let write = db.begin_write().await.unwrap();
                subscribers::store::note(&write, account, &[(&openid, contact, START)]).await.unwrap();
                write.commit().await.unwrap();
            };
            tokio::join!(note(&first, &followed), note(&second, &Contact::Wrote));
            let person = subscribers::store::find(first.reader(), account, &openid).await.unwrap().unwrap();
            assert_eq!(
                (person.follows, person.messages, person.scene.as_deref()),
                (1, 1, Some("gate")),
                "{variable}"
            );
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Errand {
    text: String,
}

impl Job for Errand {
    const KIND: &'static str = "tests.errand";
    type Context = ();

    async fn run(self, (): &()) -> anyhow::Result<()> {
        Ok(())
    }
}

async fn jobs_are_claimed_once(db: &Db) {
    use jobs::store;
    let errands: Vec<_> = (0..3).map(|_| NewJob::new(&Errand { text: FAMILY.into() }, 1, START)).collect();
    let write = db.begin_write().await.unwrap();
    store::enqueue(&write, &errands, START).await.unwrap();
    store::enqueue(&write, &[], START).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::due(db.reader(), START.plus_millis(-1), 10).await.unwrap().is_empty());
    let due = store::due(db.reader(), START, 10).await.unwrap();
    assert_eq!(due.len(), 3);
    let lease = START.plus_millis(1000);
    let write = db.begin_write().await.unwrap();
    assert!(store::claim(&write, &due[0], lease).await.unwrap());
    assert!(!store::claim(&write, &due[0], lease).await.unwrap(), "a second claimer");
    assert!(store::claim(&write, &due[1], lease).await.unwrap());
    assert!(store::claim(&write, &due[2], lease).await.unwrap());
    store::finish(&write, &due[0]).await.unwrap();
    store::give_back(&write, &due[1], FAMILY, Some(START.plus_millis(500))).await.unwrap();
    store::give_back(&write, &due[2], FAMILY, None).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::counts(db.reader()).await.unwrap(), (1, 1));
    assert!(store::due(db.reader(), START, 10).await.unwrap().is_empty());
    let again = store::due(db.reader(), START.plus_millis(500), 10).await.unwrap();
    let write = db.begin_write().await.unwrap();
    assert!(store::claim(&write, &again[0], lease).await.unwrap());
    write.commit().await.unwrap();
    // Whoever held it died: after the lease it is due again, and the dead one's outcome no longer counts.
    let abandoned = store::due(db.reader(), START.plus_millis(1001), 10).await.unwrap();
    let write = db.begin_write().await.unwrap();
    assert!(store::claim(&write, &abandoned[0], lease).await.unwrap());
    store::finish(&write, &again[0]).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::counts(db.reader()).await.unwrap(), (1, 1));
}

async fn an_account_is_removed_whole(db: &Db, first: AccountId, second: AccountId) {
    let write = db.begin_write().await.unwrap();
    messages::store::remove_account(&write, first).await.unwrap();
    subscribers::store::remove_account(&write, first).await.unwrap();
    content::store::remove_account(&write, first).await.unwrap();
    menus::store::remove_account(&write, first).await.unwrap();
    jobs::store::remove_account(&write, 1).await.unwrap();
    accounts::store::remove(&write, first).await.unwrap();
    write.commit().await.unwrap();
    let reader = db.reader();
    assert_eq!(messages::store::count(reader, first).await.unwrap(), 0);
    assert_eq!(jobs::store::counts(reader).await.unwrap(), (0, 0));
    assert_eq!(subscribers::store::following(reader, first).await.unwrap(), 0);
    assert!(content::store::sections(reader, first).await.unwrap().is_empty());
    assert!(menus::store::find(reader, first).await.unwrap().is_none());
    assert_eq!(messages::store::count(reader, second).await.unwrap(), 3, "the other account keeps its own");
}

#[test]
fn every_query_of_every_feature_is_part_of_the_story() {
    let is_chapter = |name: &str| {
        ["databases.rs", "retention.rs", "work.rs"].contains(&name) || name.ends_with("_store.rs")
    };
    let files = std::fs::read_dir(project().join("tests/it")).unwrap().map(|file| file.unwrap());
    let chapters = files.filter(|file| is_chapter(&file.file_name().to_string_lossy()));
    let story: String = chapters.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    let mut missing = Vec::new();
    for file in super::architecture::stores() {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
            let name = line.split(['(', '<']).next().unwrap();
            if !story.contains(&format!("store::{name}(")) {
                missing.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(missing.is_empty(), "not in the story:\n{}", missing.join("\n"));
}

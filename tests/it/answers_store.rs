//! What is kept of answers, sections and menus, told on every database.

use hopetree::accounts::AccountId;
use hopetree::clock::Timestamp;
use hopetree::content::answering::{Answer, Card, Choice, Window};
use hopetree::content::{self, DEFAULT, Greeting, Matching, Rule, Section, SectionKind, WELCOME};
use hopetree::db::Db;
use hopetree::menus::store::{PlanState, PushState};
use hopetree::menus::{self, Client, Definition, Entry, Variant};
use sea_orm::SqlErr;

/// Accounts of which nothing else is told.
const ACCOUNT: AccountId = AccountId(88);
const OTHER: AccountId = AccountId(89);
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const FAMILY: &str = "👨‍👩‍👧‍👦𠀀🌳";

fn rule(slug: &str) -> Rule {
    let mut rule = Rule {
        id: 0,
        account_id: ACCOUNT,
        slug: slug.into(),
        position: 1,
        keywords: String::new(),
        matching: content::Comparison::Contains,
        priority: 7,
        answer_kind: content::AnswerKind::Text,
        answer: String::new(),
        disabled: false,
        patterns: None,
        hours: None,
        answers: None,
        choice: None,
        note: Some(FAMILY.into()),
        version: 0,
    };
    rule.set_words(Matching::Pattern, &["停.*电".into()]);
    let answers = [
        Answer::Image { media_id: "m".into() },
        Answer::Text { text: FAMILY.into() },
        Answer::Cards {
            cards: vec![Card {
                title: "停电".into(),
                description: String::new(),
                picture: String::new(),
                url: "https://example.cn/".into(),
            }],
        },
    ];
    rule.set_answers(&answers, Choice::Random);
    rule.set_windows(&[Window { days: vec![6, 7], from: "22:00".into(), until: "06:00".into() }]);
    rule
}

fn section(slug: &str) -> Section {
    Section {
        id: 0,
        account_id: ACCOUNT,
        slug: slug.into(),
        number: 3,
        title: FAMILY.into(),
        board: "社区".into(),
        kind: SectionKind::Page,
        aliases: "[]".into(),
        summary: "x".into(),
        picture: None,
        body_source: "a".into(),
        body_html: "<p>a</p>".into(),
        version: 0,
    }
}

pub async fn answers_and_sections_are_changed_by_version(db: &Db) {
    use content::store;
    let write = db.begin_write().await.unwrap();
    store::add_rule(&write, rule("power")).await.unwrap();
    store::add_section(&write, section("map")).await.unwrap();
    write.commit().await.unwrap();
    let write = db.begin_write().await.unwrap();
    let clash = store::add_rule(&write, rule("power")).await.unwrap_err();
    assert!(matches!(clash.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))), "{clash}");
    write.rollback().await.unwrap();

    let reader = db.reader();
    let kept = store::rule(reader, ACCOUNT, "power").await.unwrap().unwrap();
    assert_eq!(Rule { id: 0, ..kept.clone() }, rule("power"), "nothing is lost on its way");
    assert_eq!((kept.matching(), kept.words()), (Matching::Pattern, vec!["停.*电".to_owned()]));
    assert_eq!((kept.answers().len(), kept.choice(), kept.windows().len()), (3, Choice::Random, 1));
    assert_eq!(kept.answer, FAMILY, "a former program gives the first that it can");
    assert_eq!(kept.keywords, "[]", "a former program passes a pattern over");

    let mut changed = kept.clone();
    changed.set_words(Matching::Exact, &["停电".into()]);
    changed.set_answers(&[Answer::Section { section: "map".into() }], Choice::Turns);
    changed.set_windows(&[]);
    changed.disabled = true;
    let write = db.begin_write().await.unwrap();
    assert!(store::change_rule(&write, changed.clone()).await.unwrap());
    assert!(!store::change_rule(&write, changed.clone()).await.unwrap(), "a stale version");
    assert!(!store::change_rule(&write, Rule { account_id: OTHER, ..changed }).await.unwrap());
    write.commit().await.unwrap();
    let kept = store::rule(reader, ACCOUNT, "power").await.unwrap().unwrap();
    assert_eq!(
        (kept.version, kept.disabled, kept.answers.is_none(), kept.patterns.is_none()),
        (1, true, true, true)
    );
    assert_eq!(store::rules_of_section(reader, ACCOUNT, "map").await.unwrap(), ["power"]);
    assert_eq!(store::rules(reader, OTHER).await.unwrap().len(), 0);

    let now = NOW.plus_millis(5);
    let write = db.begin_write().await.unwrap();
    store::add_hits(&write, ACCOUNT, kept.id, 2, NOW).await.unwrap();
    store::add_hits(&write, ACCOUNT, kept.id, 3, now).await.unwrap();
    write.commit().await.unwrap();
    let hits = store::hits(reader, ACCOUNT).await.unwrap()[&kept.id];
    assert_eq!((hits.hits, hits.last_hit_at), (5, Some(now.millis())));

    let greeting = |slug: &str, version: i64, text: &str| {
        let mut greeting = Greeting {
            id: 0,
            account_id: ACCOUNT,
            slug: slug.into(),
            disabled: false,
            answers: String::new(),
            choice: None,
            version,
        };
        greeting.set_answers(&[Answer::Text { text: text.into() }], Choice::Turns);
        greeting
    };
    let write = db.begin_write().await.unwrap();
    assert!(store::change_greeting(&write, greeting(WELCOME, 0, "a")).await.unwrap());
    assert!(!store::change_greeting(&write, greeting(WELCOME, 0, "b")).await.unwrap(), "a stale version");
    assert!(store::change_greeting(&write, greeting(WELCOME, 1, FAMILY)).await.unwrap());
    assert!(store::change_greeting(&write, greeting(DEFAULT, 0, "c")).await.unwrap());
    write.commit().await.unwrap();
    let welcome = store::greeting(reader, ACCOUNT, WELCOME).await.unwrap().unwrap();
    assert_eq!((welcome.version, welcome.answers()), (2, vec![Answer::Text { text: FAMILY.into() }]));
    assert_eq!(store::greetings(reader, ACCOUNT).await.unwrap().len(), 2);

    let kept = store::section(reader, ACCOUNT, "map").await.unwrap().unwrap();
    let changed = Section { title: "地图".into(), ..kept };
    let write = db.begin_write().await.unwrap();
    assert!(store::change_section(&write, changed.clone()).await.unwrap());
    assert!(!store::change_section(&write, changed).await.unwrap());
    assert_eq!(store::articles_in(&write, ACCOUNT, "map").await.unwrap(), 0);
    assert!(!store::has_article(&write, ACCOUNT, "map").await.unwrap());
    assert!(!store::remove_section(&write, ACCOUNT, "map", 0).await.unwrap());
    assert!(!store::remove_section(&write, OTHER, "map", 1).await.unwrap());
    assert!(store::remove_section(&write, ACCOUNT, "map", 1).await.unwrap());
    assert!(!store::remove_rule(&write, ACCOUNT, "power", 0).await.unwrap());
    assert!(store::remove_rule(&write, ACCOUNT, "power", 1).await.unwrap());
    store::remove_greeting(&write, ACCOUNT, DEFAULT).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::greetings(reader, ACCOUNT).await.unwrap().len(), 1);
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, ACCOUNT).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::hits(reader, ACCOUNT).await.unwrap().is_empty());
}

pub async fn menus_are_kept_in_versions(db: &Db) {
    use menus::store;
    let click =
        Entry { name: FAMILY.into(), kind: Some("click".into()), key: Some("k".into()), ..Entry::default() };
    let variant = Variant {
        name: FAMILY.into(),
        tag: Some(101),
        client: Some(Client::Android),
        button: vec![click.clone()],
    };
    let menu = Definition { button: vec![click], variants: vec![variant] };
    let unfinished = Definition { button: vec![Entry::default()], variants: Vec::new() };
    let reader = db.reader();

    assert!(store::draft(reader, ACCOUNT).await.unwrap().is_none());
    let write = db.begin_write().await.unwrap();
    assert_eq!(store::save_draft(&write, ACCOUNT, &unfinished, 0, FAMILY, NOW).await.unwrap(), Some(1));
    assert_eq!(store::save_draft(&write, ACCOUNT, &menu, 0, FAMILY, NOW).await.unwrap(), None, "stale");
    assert_eq!(store::save_draft(&write, ACCOUNT, &menu, 1, FAMILY, NOW).await.unwrap(), Some(2));
    write.commit().await.unwrap();
    let draft = store::draft(reader, ACCOUNT).await.unwrap().unwrap();
    assert_eq!((draft.definition, draft.version, draft.changed_by.as_str()), (menu.clone(), 2, FAMILY));
    assert!(store::draft(reader, OTHER).await.unwrap().is_none());
    assert!(store::names(reader, ACCOUNT, FAMILY).await.unwrap(), "the draft does");
    assert!(!store::names(reader, OTHER, FAMILY).await.unwrap(), "another account's");

    let mut version = store::Version {
        number: 1,
        definition: menu.clone(),
        note: FAMILY.into(),
        saved_by: FAMILY.into(),
        saved_at: NOW,
        published_at: None,
    };
    let write = db.begin_write().await.unwrap();
    assert_eq!(store::latest_version(&write, ACCOUNT).await.unwrap(), 0);
    store::save_version(&write, ACCOUNT, &version).await.unwrap();
    let second = store::Version { number: 2, ..version.clone() };
    store::save_version(&write, ACCOUNT, &second).await.unwrap();
    version.published_at = Some(NOW);
    store::save_version(&write, ACCOUNT, &version).await.unwrap();
    store::replace(&write, ACCOUNT, &menu, NOW).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::latest_version(reader, ACCOUNT).await.unwrap(), 2);
    assert_eq!(store::version_in_force(reader, ACCOUNT).await.unwrap(), Some(1));
    assert_eq!(store::version(reader, ACCOUNT, 1).await.unwrap(), Some(version.clone()));
    assert_eq!(store::version(reader, OTHER, 1).await.unwrap(), None);
    assert_eq!(store::versions(reader, ACCOUNT, None, 10).await.unwrap(), [second, version.clone()]);
    assert_eq!(store::versions(reader, ACCOUNT, Some(2), 10).await.unwrap(), [version]);
    assert_eq!(store::find(reader, ACCOUNT).await.unwrap().unwrap().definition, menu);

    let write = db.begin_write().await.unwrap();
    store::plan(&write, ACCOUNT, 2, NOW.plus_millis(1000), FAMILY, NOW).await.unwrap();
    store::plan(&write, ACCOUNT, 1, NOW, FAMILY, NOW).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(store::waiting_plans(reader, ACCOUNT).await.unwrap(), 2);
    let due = store::due_plans(reader, NOW, 10).await.unwrap();
    assert_eq!(due.iter().map(|plan| plan.number).collect::<Vec<_>>(), [1]);
    let planned = store::planned(reader, ACCOUNT, due[0].id).await.unwrap().unwrap();
    assert_eq!((planned.number, planned.publish_at), (1, NOW));
    assert!(store::planned(reader, OTHER, due[0].id).await.unwrap().is_none());
    let write = db.begin_write().await.unwrap();
    let (waiting, done) = (PlanState::Waiting, PlanState::Done);
    assert!(!store::decide_plan(&write, OTHER, due[0].id, waiting, done).await.unwrap());
    assert!(store::decide_plan(&write, ACCOUNT, due[0].id, waiting, done).await.unwrap());
    assert!(!store::decide_plan(&write, ACCOUNT, due[0].id, waiting, done).await.unwrap(), "another node");
    write.commit().await.unwrap();
    let plans = store::plans(reader, ACCOUNT, 10).await.unwrap();
    assert_eq!(
        plans.iter().map(|plan| (plan.number, plan.state)).collect::<Vec<_>>(),
        [(2, waiting), (1, done)]
    );

    let write = db.begin_write().await.unwrap();
    store::ask_push(&write, ACCOUNT, 1, NOW).await.unwrap();
    let failure = Some((Some("40018".into()), FAMILY.to_owned()));
    store::end_push(&write, ACCOUNT, 1, PushState::Waiting, failure, NOW).await.unwrap();
    let push = store::push(&write, ACCOUNT).await.unwrap().unwrap();
    assert_eq!(
        (push.attempts, push.code.as_deref(), push.advice.as_deref()),
        (1, Some("40018"), Some(FAMILY))
    );
    store::end_push(&write, ACCOUNT, 9, PushState::Failed, None, NOW).await.unwrap();
    store::ask_push(&write, ACCOUNT, 2, NOW).await.unwrap();
    store::end_push(&write, ACCOUNT, 2, PushState::Taken, None, NOW).await.unwrap();
    write.commit().await.unwrap();
    let push = store::push(reader, ACCOUNT).await.unwrap().unwrap();
    assert_eq!((push.number, push.state, push.attempts, push.advice), (2, PushState::Taken, 1, None));

    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, ACCOUNT).await.unwrap();
    write.commit().await.unwrap();
    assert!(store::push(reader, ACCOUNT).await.unwrap().is_none());
    assert_eq!(store::latest_version(reader, ACCOUNT).await.unwrap(), 0);
}

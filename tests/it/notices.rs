//! Notices over the real program: content files and the console side by side, and what the clock does.

use hopetree::accounts::AccountId;
use hopetree::clock::{Clock, Timestamp};
use hopetree::content;
use hopetree::db::Db;
use hopetree::notices::desk::{self, Deed, Saving};
use hopetree::notices::store::{self, Filter};
use hopetree::notices::{Action, Content, Notice, RevisionKind, State};

use super::databases::{fresh, server};
use crate::support::{Hopetree, Mode, VERIFIED};

const HOPE: AccountId = AccountId(1);
const AUTHOR: i64 = 7;
const PUBLISHER: i64 = 8;

/// What has been tried in the fields of other systems.
const ATTACKS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><b onmouseover=alert(1)>",
    "'\"><svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "<a href=\"javascript:alert(1)\">点</a>",
    "<p style=\"position:fixed;background:url(//evil)\">x</p>",
];

fn now() -> Timestamp {
    Clock::System.now()
}

fn deed(notice: &Notice) -> Deed {
    Deed { account: HOPE, id: notice.id, version: notice.version, person: PUBLISHER, now: now() }
}

fn text(title: &str, body: &str) -> Content {
    let sections = vec!["tips".into()];
    Content { title: title.into(), body_html: body.into(), sections, ..Content::default() }
}

/// A notice that every reviewer has signed.
async fn approved(db: &Db, content: Content) -> Notice {
    let write = db.begin_write().await.unwrap();
    let notice = desk::create(&write, HOPE, content, AUTHOR, now()).await.unwrap();
    let notice = desk::step(&write, &deed(&notice), Action::Submit).await.unwrap();
    let notice = desk::approve(&write, &deed(&notice)).await.unwrap();
    write.commit().await.unwrap();
    notice
}

async fn published(db: &Db, content: Content) -> Notice {
    let notice = approved(db, content).await;
    let write = db.begin_write().await.unwrap();
    let notice = desk::publish(&write, &deed(&notice), now()).await.unwrap();
    write.commit().await.unwrap();
    notice
}

async fn by_slug(db: &Db, slug: &str) -> Notice {
    store::find_by_slug(db.reader(), HOPE, slug).await.unwrap().expect("there is such a notice")
}

#[tokio::test]
async fn what_is_published_stands_on_the_page_and_in_the_chats_answer() {
    let app = Hopetree::start();
    let db = app.db().await;
    let body = "<h2>时间</h2><p style=\"color: rgb(192, 0, 0)\">周六九点</p>";
    let content = Content { keywords: vec!["晨跑队".into()], ..text("社区晨跑队招募", body) };
    let notice = published(&db, content).await;
    let path = format!("/h/hope/a/{}", notice.slug);
    let (status, page) = app.get(&path).await;
    assert_eq!(status, 200);
    assert!(page.contains("社区晨跑队招募") && page.contains("color: rgb(192, 0, 0)"), "{page}");
    assert!(app.get("/h/hope/s/tips").await.1.contains("社区晨跑队招募"));
    let resident = app.resident("A");
    let ask = || async { format!("{:?}", resident.says("晨跑队").await) };
    let answer = app.eventually(ask, |answer| answer.contains(&notice.slug)).await;
    assert!(answer.contains("社区晨跑队招募"), "{answer}");

    let write = db.begin_write().await.unwrap();
    desk::withdraw(&write, &deed(&notice), "招满了").await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(app.get(&path).await.0, 404);
    let gone = app.eventually(ask, |answer| !answer.contains(&notice.slug)).await;
    assert!(!gone.contains("社区晨跑队招募"), "{gone}");
}

#[tokio::test]
async fn every_article_of_the_files_has_a_notice_once() {
    let folder = tempfile::tempdir().unwrap();
    let app = Hopetree::start_on(&format!("sqlite://{}/shared.db", folder.path().display()));
    let db = app.db().await;
    let articles = content::store::article_slugs(db.reader(), HOPE).await.unwrap().len();
    let count = async || store::list(db.reader(), HOPE, &Filter::default(), None, 1000).await.unwrap().len();
    assert_eq!(count().await, articles);
    app.command(&["content", "import", "content", "--account", "hope"]);
    assert_eq!(count().await, articles);
    let slug = &content::store::article_slugs(db.reader(), HOPE).await.unwrap()[0];
    let notice = by_slug(&db, slug).await;
    assert_eq!((notice.state, notice.live_revision, notice.version), (State::Published, Some(1), 1));

    // An installation from before there was a console: its articles get their notices at the start.
    let write = db.begin_write().await.unwrap();
    store::remove_account(&write, HOPE).await.unwrap();
    write.commit().await.unwrap();
    let another = app.another_node();
    assert_eq!(count().await, articles);
    drop(another);
}

#[tokio::test]
async fn what_the_console_wrote_is_exported_and_taken_back_unchanged() {
    let app = Hopetree::start();
    let db = app.db().await;
    let medium = format!("{}.jpg", "a1".repeat(32));
    let body = format!(
        "<h2>一</h2><p>正文 &amp; <b>粗</b></p><p>+++</p><pre>\n\n空行  两格</pre><img src=\"/h/hope/media/{medium}\" alt=\"图\">"
    );
    let content = Content {
        sections: vec!["tips".into(), "policies".into()],
        digest: "摘\"要\\".into(),
        author: Some("小王".into()),
        source: Some("居委会".into()),
        document_number: Some("〔2026〕1号".into()),
        cover: Some(medium.clone()),
        attachments: vec![content::Attachment {
            hash: format!("{}.pdf", "b2".repeat(32)),
            name: "表 \"一\".pdf".into(),
        }],
        audience_note: Some("60岁以上".into()),
        superseded_by: Some("other".into()),
        keywords: vec!["甲".into()],
        valid_from: Some(1_767_225_600_000),
        valid_until: Some(1_898_765_460_000),
        ..text("导出再导入", &body)
    };
    let notice = published(&db, content).await;
    let before = content::store::article(db.reader(), HOPE, &notice.slug).await.unwrap().unwrap();
    let folder = app.folder.path().join("out");
    let out = folder.to_str().unwrap();
    app.command(&["content", "export", out, "--account", "hope"]);
    let report = app.command(&["content", "import", out, "--account", "hope"]);
    assert!(report.contains("nothing was changed"), "{report}");
    assert_eq!(content::store::article(db.reader(), HOPE, &notice.slug).await.unwrap().unwrap(), before);
    assert_eq!(by_slug(&db, &notice.slug).await, notice, "the notice is as it was");
    assert!(app.get("/h/hope/s/policies").await.1.contains("导出再导入"), "under its further section");

    // A file that was changed by hand goes before what the console wrote; a draft in progress stays.
    let write = db.begin_write().await.unwrap();
    let saving = Saving { kind: RevisionKind::Save, drops: false };
    let draft = desk::save(&write, &deed(&notice), text("草稿里的标题", "<p>新</p>"), saving).await.unwrap();
    write.commit().await.unwrap();
    let file = folder.join(format!("tips/{}.md", notice.slug));
    let changed =
        std::fs::read_to_string(&file).unwrap().replace("title = \"导出再导入\"", "title = \"文件里的标题\"");
    std::fs::write(&file, changed).unwrap();
    app.command(&["content", "import", out, "--account", "hope"]);
    let followed = by_slug(&db, &notice.slug).await;
    assert_eq!((followed.title.as_str(), followed.state), ("草稿里的标题", State::Draft));
    assert_eq!((followed.revision, followed.live_revision), (draft.revision, Some(draft.revision + 1)));
    let live = store::revision(db.reader(), HOPE, notice.id, draft.revision + 1).await.unwrap().unwrap();
    assert_eq!(
        (live.kind, desk::read(&live).unwrap().title.as_str()),
        (RevisionKind::Import, "文件里的标题")
    );

    // What the files no longer have is taken back.
    std::fs::remove_file(&file).unwrap();
    app.command(&["content", "import", out, "--account", "hope", "--prune"]);
    assert_eq!(by_slug(&db, &notice.slug).await.live_revision, None);
    assert_eq!(app.get(&format!("/h/hope/a/{}", notice.slug)).await.0, 404);
}

#[tokio::test]
async fn no_field_of_a_notice_brings_anything_onto_the_page_that_runs() {
    let app = Hopetree::start();
    let db = app.db().await;
    for attack in ATTACKS {
        let short: String = attack.chars().take(30).collect();
        let content = Content {
            digest: attack.into(),
            author: Some(short.clone()),
            source: Some(short.clone()),
            document_number: Some(attack.into()),
            audience_note: Some(attack.into()),
            keywords: vec![short],
            attachments: vec![content::Attachment {
                hash: format!("{}.pdf", "b2".repeat(32)),
                name: attack.into(),
            }],
            ..text(attack, &format!("<p>{attack}</p>{attack}<b title='{attack}'>a</b>"))
        };
        let notice = published(&db, content).await;
        for path in [format!("/h/hope/a/{}", notice.slug), "/h/hope/s/tips".into(), "/h/hope/".into()] {
            let (status, page) = app.get(&path).await;
            assert_eq!(status, 200, "{attack} at {path}");
            let lower = page.to_lowercase();
            for word in [
                "<script",
                "<svg/onload",
                " onmouseover=\"",
                "href=\"javascript",
                "style=\"position",
                "style=\"background:",
            ] {
                assert!(!lower.contains(word), "`{word}` is on {path} after {attack}");
            }
            assert!(!page.contains("49"), "a template ran: {attack}");
        }
    }
}

async fn happens_once_on_two_nodes(first: &Hopetree, second: &Hopetree) {
    let db = first.db().await;
    let mut slugs = Vec::new();
    for number in 0..5 {
        let notice = approved(&db, text(&format!("到点发布{number}"), "<p>正文</p>")).await;
        // A time that has just passed: as after a short outage.
        let write = db.begin_write().await.unwrap();
        let row = Notice {
            state: State::Scheduled,
            publish_at: Some(now().plus_millis(-60_000).millis()),
            ..notice
        };
        assert!(store::put(&write, &row).await.unwrap());
        write.commit().await.unwrap();
        slugs.push(row.slug);
    }
    let missed = approved(&db, text("错过了", "<p>正文</p>")).await;
    let write = db.begin_write().await.unwrap();
    let long_ago = Some(now().plus_millis(-13 * 3_600_000).millis());
    assert!(
        store::put(&write, &Notice { state: State::Scheduled, publish_at: long_ago, ..missed.clone() })
            .await
            .unwrap()
    );
    write.commit().await.unwrap();
    for slug in &slugs {
        let path = format!("/h/hope/a/{slug}");
        for node in [first, second] {
            let status = node.eventually(|| async { node.get(&path).await.0 }, |status| *status == 200).await;
            assert_eq!(status, 200, "{}\n{}", first.log(), second.log());
        }
        let notice = by_slug(&db, slug).await;
        assert_eq!((notice.state, notice.version), (State::Published, 5), "it was done once");
    }
    let state = || async { by_slug(&db, &missed.slug).await };
    let waits = first.eventually(state, |notice| notice.missed).await;
    assert!(waits.missed && waits.state == State::Scheduled, "{waits:?}");
    assert_eq!(first.get(&format!("/h/hope/a/{}", missed.slug)).await.0, 404);
}

#[tokio::test]
async fn what_is_due_happens_once_on_two_nodes_and_what_is_long_past_waits() {
    let folder = tempfile::tempdir().unwrap();
    let app = Hopetree::start_on(&format!("sqlite://{}/shared.db", folder.path().display()));
    let another = app.another_node();
    happens_once_on_two_nodes(&app, &another).await;
}

#[tokio::test]
async fn what_is_due_happens_once_on_two_nodes_of_a_server_database() {
    for (variable, maintenance) in [("HOPETREE_TEST_POSTGRES", "postgres"), ("HOPETREE_TEST_MYSQL", "mysql")]
    {
        let Some(server) = server(variable) else { continue };
        let app = Hopetree::start_on(&fresh(&server, maintenance).await);
        let another = app.another_node();
        happens_once_on_two_nodes(&app, &another).await;
    }
}

/// The figure that the console's list is held to; it is told, and the time is not asserted.
#[tokio::test]
async fn a_list_of_ten_thousand_notices_is_quick() {
    let app = Hopetree::start_with(Mode::Plain, VERIFIED);
    let db = app.db().await;
    let template = by_slug(&db, &content::store::article_slugs(db.reader(), HOPE).await.unwrap()[0]).await;
    let filler = "社区居民办事指南，请携带身份证到服务中心办理。".repeat(40);
    let write = db.begin_write().await.unwrap();
    for number in 0..10_000_i64 {
        let row = Notice {
            slug: format!("n-{number}"),
            state: State::ALL[(number % 9) as usize],
            changed_at: 1_767_225_600_000 + number * 60_000,
            search_text: format!("第{number}号停水通知\n{filler}"),
            live_revision: None,
            ..template.clone()
        };
        store::add(&write, row).await.unwrap();
    }
    write.commit().await.unwrap();
    let ask = async |name: &str, filter: Filter| {
        let begun = std::time::Instant::now();
        let found = store::list(db.reader(), HOPE, &filter, None, 51).await.unwrap().len();
        eprintln!("list of 10,000 notices, {name}: {found} rows in {:?}", begun.elapsed());
        found
    };
    assert_eq!(ask("all", Filter::default()).await, 51);
    assert_eq!(ask("one state", Filter { state: Some(State::Draft), ..Filter::default() }).await, 51);
    assert_eq!(ask("a section", Filter { section: template.section.clone(), ..Filter::default() }).await, 51);
    assert_eq!(
        ask("two words found once", Filter { text: "第77号 停水".into(), ..Filter::default() }).await,
        1
    );
    assert_eq!(ask("words found nowhere", Filter { text: "没有的词".into(), ..Filter::default() }).await, 0);
    let begun = std::time::Instant::now();
    assert_eq!(store::counts(db.reader(), HOPE).await.unwrap().len(), 9);
    eprintln!("counts of 10,000 notices: {:?}", begun.elapsed());
}

//! The editors' desk over the console's API.

use hopetree::accounts::AccountId;
use hopetree::admin::store::Search;
use hopetree::clock::Clock;
use hopetree::notices::desk::{self, Deed};
use hopetree::notices::{Action, store};
use serde_json::{Value, json};

use crate::support::{Console, Hopetree};

const HOPE: AccountId = AccountId(1);

fn text(title: &str, body: &str) -> Value {
    json!({ "title": title, "body_html": format!("<p>{body}</p>"), "sections": ["tips"] })
}

async fn begun(console: &Console<'_>, title: &str) -> Value {
    console.post("/notices", text(title, "正文")).await.done()
}

/// What the reviews do.
async fn approve(app: &Hopetree, id: i64) -> i64 {
    let db = app.db().await;
    let write = db.begin_write().await.unwrap();
    let notice = store::find(&write, HOPE, id).await.unwrap().unwrap();
    let deed = |version| Deed { account: HOPE, id, version, person: 99, now: Clock::System.now() };
    let notice = desk::step(&write, &deed(notice.version), Action::Submit).await.unwrap();
    let notice = desk::approve(&write, &deed(notice.version)).await.unwrap();
    write.commit().await.unwrap();
    notice.version
}

#[tokio::test]
async fn two_who_write_the_same_notice_see_each_other_and_overwrite_nothing() {
    let app = Hopetree::start();
    let (wang, li) = (app.signs_in_as("editor").await, app.signs_in_as("reviewer").await);
    let notice = begun(&wang, "停水通知").await;
    let path = format!("/notices/{}", notice["id"]);
    assert_eq!(wang.post(&format!("{path}/presence"), json!({})).await.done()["others"], json!([]));
    let met = li.post(&format!("{path}/presence"), json!({})).await.done();
    assert_eq!(met["others"][0]["person"]["name"], "editor");

    let version = notice["version"].as_i64().unwrap();
    let save = |version: i64, body: &str, autosave: bool| json!({ "version": version, "content": text("停水通知", body), "autosave": autosave });
    let saved = wang.put(&path, save(version, "王写的", true)).await.done();
    assert_eq!((saved["revision"].as_i64(), saved["state"].as_str()), (Some(2), Some("draft")));
    let again = wang.put(&path, save(version + 1, "王又写", true)).await.done();
    assert_eq!(again["revision"], 2, "what saves itself within minutes is one version");
    let late = li.put(&path, save(version, "李写的", false)).await;
    assert_eq!(late.refused(), (409, "stale"));
    assert!(late.body["message"].as_str().unwrap().starts_with("editor在"), "{late:?}");
    let kept = li.get(&path).await.done();
    assert_eq!(kept["content"]["body_html"], "<p>王又写</p>");
    assert_eq!(kept["changed_by"]["name"], "editor");

    // Knowing that, the second one saves over it; the first one's version is still there and comes back.
    let over = li.put(&path, save(version + 2, "李写的", false)).await.done();
    assert_eq!(over["revision"], 3);
    let versions = li.get(&format!("{path}/revisions")).await.done();
    assert_eq!(versions["items"].as_array().unwrap().len(), 3);
    let former = li.get(&format!("{path}/revisions/2")).await.done();
    assert_eq!((former["plain_text"].as_str(), former["kind"].as_str()), (Some("王又写"), Some("autosave")));
    let restored =
        li.post(&format!("{path}/restore"), json!({ "version": version + 3, "number": 2 })).await.done();
    assert_eq!(restored["content"]["body_html"], "<p>王又写</p>");
    assert_eq!(li.delete(&format!("{path}/presence")).await.status.as_u16(), 204);
}

#[tokio::test]
async fn who_may_do_what_and_where() {
    let app = Hopetree::start();
    let (editor, publisher, town) =
        (app.signs_in_as("editor").await, app.signs_in_as("publisher").await, app.signs_in_as("town").await);
    let notice = begun(&editor, "谁能做什么").await;
    let (id, path) = (notice["id"].as_i64().unwrap(), format!("/notices/{}", notice["id"]));
    assert_eq!(town.get(&path).await.done()["title"], Value::Null, "fields are where they belong");
    assert_eq!(town.post("/notices", text("a", "b")).await.refused(), (403, "forbidden"));
    let seen = |version: i64| json!({ "version": version });
    assert_eq!(editor.post(&format!("{path}/publish"), seen(1)).await.refused(), (403, "forbidden"));
    assert_eq!(publisher.post(&format!("{path}/publish"), seen(1)).await.refused(), (409, "not_now"));
    let version = approve(&app, id).await;
    let dropped = editor.put(&path, json!({ "version": version, "content": text("改了", "改") })).await;
    assert_eq!(dropped.refused(), (409, "drops_signatures"));
    let shown = publisher.post(&format!("{path}/publish"), seen(version)).await.done();
    assert_eq!(shown["state"], "published");
    let url = shown["url"].as_str().unwrap().strip_prefix("https://wx.example.cn").unwrap();
    assert_eq!(app.get(url).await.0, 200);
    assert_eq!(editor.delete(&format!("{path}?version={}", version + 1)).await.refused(), (409, "not_now"));
    let no_reason =
        publisher.post(&format!("{path}/withdraw"), json!({ "version": version + 1, "reason": " " })).await;
    assert_eq!(no_reason.refused(), (422, "invalid"));
    let reason = json!({ "version": version + 1, "reason": "写错了" });
    let gone = publisher.post(&format!("{path}/withdraw"), reason).await.done();
    assert_eq!((gone["state"].as_str(), gone["reason"].as_str()), (Some("withdrawn"), Some("写错了")));
    assert_eq!(app.get(url).await.0, 404);

    // Nothing of it is found through another account.
    app.command(&[
        "account",
        "add",
        "other",
        "--name",
        "别处",
        "--app-id",
        "wx00000000000000bb",
        "--app-secret",
        "0123456789abcdef0123456789abcdef",
        "--token",
        "shequ2026Token",
        "--aes-key",
        "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8",
        "--mode",
        "plain",
        "--kind",
        "service",
    ]);
    let owner = app.signs_in_as("owner").await;
    let there = "/api/v1/accounts/other";
    let known = || async { owner.get(&format!("{there}/notice-counts")).await.status.as_u16() };
    assert_eq!(app.eventually(known, |status| *status == 200).await, 200);
    for end in ["", "/revisions", "/revisions/1"] {
        assert_eq!(owner.get(&format!("{there}{path}{end}")).await.refused(), (404, "not_found"), "{end}");
    }
    for (end, body) in [
        ("/publish", seen(1)),
        ("/duplicate", json!({})),
        ("/presence", json!({})),
        ("/preview", json!({})),
        ("/restore", json!({ "version": 1, "number": 1 })),
        ("/withdraw", json!({ "version": 1, "reason": "x" })),
    ] {
        assert_eq!(
            owner.post(&format!("{there}{path}{end}"), body).await.refused(),
            (404, "not_found"),
            "{end}"
        );
    }
    let saved =
        owner.put(&format!("{there}{path}"), json!({ "version": 1, "content": text("a", "b") })).await;
    assert_eq!(saved.refused(), (404, "not_found"));
}

#[tokio::test]
async fn notices_are_found_by_state_words_and_person() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    for number in 0..3 {
        begun(&editor, &format!("第{number}次停水 100%")).await;
    }
    let titles = async |query: &str| -> Vec<String> {
        let page = editor.get(&format!("/notices?{query}")).await.done();
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles("state=draft&limit=2").await.len(), 2);
    assert_eq!(titles("text=第1次 停水").await, ["第1次停水 100%"]);
    assert!(titles("text=1%25停").await.is_empty(), "a sign stands for itself");
    assert_eq!(titles("state=draft&section=tips").await.len(), 3);
    let person = editor.get("/api/v1/session").await.done()["person"]["id"].clone();
    assert_eq!(titles(&format!("person={person}")).await.len(), 3);
    let first = editor.get("/notices?state=draft&limit=2").await.done();
    let next = first["next"].as_str().unwrap();
    assert_eq!(titles(&format!("state=draft&limit=2&cursor={next}")).await, ["第0次停水 100%"]);
    let counts = editor.get("/notice-counts").await.done();
    assert_eq!(counts["states"]["draft"], 3);
    assert!(counts["states"]["published"].as_i64().unwrap() > 30, "the articles of the files");
    assert_eq!(editor.get("/notices?state=nonsense").await.refused(), (400, "malformed"));

    let id = editor.get("/notices?text=第2次").await.done()["items"][0]["id"].clone();
    assert_eq!(editor.delete(&format!("/notices/{id}?version=1")).await.done()["state"], "draft");
    assert_eq!(titles("state=draft").await.len(), 2);
    assert_eq!(titles("trash=true").await, ["第2次停水 100%"]);
    editor.post(&format!("/notices/{id}/untrash"), json!({ "version": 2 })).await.done();
    assert_eq!(titles("state=draft").await.len(), 3);
    let copy = editor.post(&format!("/notices/{id}/duplicate"), json!({})).await.done();
    assert_eq!(copy["content"]["title"], "第2次停水 100%（副本）");
    let wrong = editor.post("/notices", json!({ "title": "长".repeat(65), "sections": ["不是"] })).await;
    assert_eq!(wrong.refused(), (422, "invalid"));
    assert!(
        wrong.body["fields"]["title"].is_string() && wrong.body["fields"]["sections"].is_string(),
        "{wrong:?}"
    );
}

#[tokio::test]
async fn a_preview_opens_on_any_phone_and_says_that_it_is_one() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let notice = begun(&editor, "还没有发布").await;
    let preview = editor.post(&format!("/notices/{}/preview", notice["id"]), json!({})).await.done();
    assert_eq!(
        (preview["card"]["title"].as_str(), preview["card"]["description"].as_str()),
        (Some("还没有发布"), Some("正文"))
    );
    assert!(preview["qr_svg"].as_str().unwrap().contains("<svg"));
    let path = preview["path"].as_str().unwrap();
    let response = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["x-robots-tag"], "noindex, nofollow");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = response.text().await.unwrap();
    assert!(page.contains("还没有发布") && page.contains("ht-preview") && page.contains("noindex"), "{page}");
    assert!(!page.contains("canonical"), "{page}");
    let (start, end) = path.split_at(path.len() - 4);
    assert_eq!(app.get(&format!("{start}AAAA")).await.0, 404, "not {end}");
    assert_eq!(app.get(&path.replace("/hope/", "/nobody/")).await.0, 404);
    assert_eq!(app.get(&format!("/h/hope/a/{}", notice["slug"].as_str().unwrap())).await.0, 404);
}

#[tokio::test]
async fn times_are_set_over_the_api_and_kept_in_the_trail() {
    let app = Hopetree::start();
    let (editor, publisher, admin) =
        (app.signs_in_as("editor").await, app.signs_in_as("publisher").await, app.signs_in_as("admin").await);
    let notice = begun(&editor, "到点发布").await;
    let (id, path) = (notice["id"].as_i64().unwrap(), format!("/notices/{}", notice["id"]));
    let version = approve(&app, id).await;
    let now = Clock::System.now().millis();
    let past = json!({ "version": version, "publish_at": now - 1 });
    assert_eq!(publisher.put(&format!("{path}/schedule"), past).await.refused(), (422, "invalid"));
    let (publish_at, withdraw_at) = (now + 7_200_000, now + 10_800_000);
    let times = json!({ "version": version, "publish_at": publish_at, "withdraw_at": withdraw_at });
    let set = publisher.put(&format!("{path}/schedule"), times).await.done();
    assert_eq!(
        (set["state"].as_str(), set["publish_at"].as_i64()),
        (Some("scheduled"), Some(publish_at / 60_000 * 60_000))
    );
    let off = publisher.delete(&format!("{path}/schedule?version={}", version + 1)).await.done();
    assert_eq!(
        (off["state"].as_str(), &off["publish_at"], &off["withdraw_at"]),
        (Some("approved"), &Value::Null, &Value::Null)
    );
    let shown = publisher.post(&format!("{path}/publish"), json!({ "version": version + 2 })).await.done();
    let pinned = publisher
        .put(&format!("{path}/pin"), json!({ "version": shown["version"], "pinned": true }))
        .await
        .done();
    assert_eq!((pinned["pinned"].as_bool(), pinned["state"].as_str()), (Some(true), Some("published")));
    let end = json!({ "version": pinned["version"], "withdraw_at": withdraw_at });
    assert!(publisher.put(&format!("{path}/withdrawal"), end).await.done()["withdraw_at"].is_i64());

    assert_eq!(admin.get("/notice-settings").await.done()["late_minutes"], 720);
    assert_eq!(
        publisher.put("/notice-settings", json!({ "late_minutes": 60 })).await.refused(),
        (403, "forbidden")
    );
    assert_eq!(admin.put("/notice-settings", json!({ "late_minutes": 1 })).await.refused(), (422, "invalid"));
    assert_eq!(admin.put("/notice-settings", json!({ "late_minutes": 60 })).await.done()["late_minutes"], 60);

    let db = app.db().await;
    let trail = hopetree::admin::store::lines(
        db.reader(),
        Search { account: Some(HOPE), limit: 100, ..Search::default() },
    )
    .await;
    let actions: Vec<String> = trail
        .unwrap()
        .into_iter()
        .map(|line| line.action)
        .filter(|action| action.starts_with("notice."))
        .collect();
    for action in ["create", "schedule", "unschedule", "publish", "pin", "set_withdrawal", "settings"] {
        assert!(actions.contains(&format!("notice.{action}")), "{action} is not in {actions:?}");
    }
}

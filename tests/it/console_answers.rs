//! Rules, greetings and the bench, as the console's API has them.

use hopetree::clock::Clock;
use serde_json::{Value, json};

use crate::support::{Console, Hopetree, Mode};

fn rule(keywords: &str, matching: &str, text: &str) -> Value {
    json!({ "keywords": [keywords], "match": matching, "answers": [{ "kind": "text", "text": text }] })
}

async fn with(console: &Console<'_>, mut rule: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        rule[key] = value.clone();
    }
    console.post("/answers/rules", rule).await.done()
}

/// Asks until residents hear something with this in it.
async fn hears(app: &Hopetree, sentence: &str, part: &str) -> String {
    let resident = app.resident("A");
    let heard = app.eventually(async || resident.says(sentence).await.body, |body| body.contains(part)).await;
    assert!(heard.contains(part), "{sentence}: {heard}");
    heard
}

#[tokio::test]
async fn an_editors_rule_is_answered_within_a_second() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let added =
        with(&editor, rule("充电桩，充电 车位", "contains", "充电桩在东门。"), json!({ "priority": 80 }))
            .await;
    assert_eq!(added["keywords"], json!(["充电桩", "充电", "车位"]));
    hears(&app, "请问哪里有充电桩呀？", "充电桩在东门").await;
    let slug = added["slug"].as_str().unwrap();
    let mut changed = rule("充电桩", "contains", "改到西门了。");
    changed["version"] = added["version"].clone();
    changed["priority"] = json!(80);
    let path = format!("/answers/rules/{slug}");
    let second = editor.put(&path, changed.clone()).await.done();
    assert_eq!(second["version"], 1);
    hears(&app, "充电桩", "改到西门了").await;
    assert_eq!(editor.put(&path, changed).await.refused(), (409, "stale"));
    assert_eq!(editor.delete(&format!("{path}?version=0")).await.refused(), (409, "stale"));
    editor.delete(&format!("{path}?version=1")).await.done();
    assert_eq!(editor.get(&path).await.refused(), (404, "not_found"));
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_told_field_by_field() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let check = async |body: Value, field: &str| {
        let reply = editor.post("/answers/rules", body.clone()).await;
        assert_eq!(reply.refused(), (422, "invalid"), "{body}");
        assert!(reply.body["fields"][field].as_str().is_some_and(|text| !text.is_empty()), "{reply:?}");
    };
    check(rule("，，", "contains", "x"), "keywords").await;
    check(rule("(停电", "pattern", "x"), "keywords").await;
    check(rule(".*", "pattern", "x"), "keywords").await;
    check(rule("停电", "contains", " "), "answers.0").await;
    check(rule("停电", "contains", "<a href=\"javascript:alert(1)\">x</a>"), "answers.0").await;
    let mut body = rule("停电", "contains", "x");
    body["answers"] = json!([{ "kind": "section", "section": "nowhere" }]);
    check(body.clone(), "answers.0").await;
    body["answers"] = json!([]);
    check(body.clone(), "answers.0").await;
    let mut body = rule("停电", "contains", "x");
    body["windows"] = json!([{ "days": [1], "from": "09:00", "until": "09:00" }]);
    check(body, "windows").await;
    let mut body = rule("停电", "contains", "x");
    body["priority"] = json!(5000);
    check(body, "priority").await;
    let mut body = rule("停电", "contains", "x");
    body["slug"] = json!("../etc");
    check(body, "slug").await;
    let malformed = editor.post("/answers/rules", json!({ "keywords": "停电" })).await;
    assert_eq!(malformed.refused(), (400, "malformed"));
    let reviewer = app.signs_in_as("reviewer").await;
    assert_eq!(reviewer.get("/answers/rules").await.done()["items"].as_array().unwrap().len(), 20);
    let stranger =
        app.http.get(format!("{}/api/v1/accounts/hope/answers/rules", app.url)).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
}

#[tokio::test]
async fn answers_take_turns_and_patterns_and_hours_are_kept() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let turns = json!([{ "kind": "text", "text": "第一句" }, { "kind": "text", "text": "第二句" },
        { "kind": "image", "media_id": "MEDIA" }]);
    with(&editor, rule("轮流", "exact", ""), json!({ "answers": turns, "priority": 90 })).await;
    let resident = app.resident("A");
    app.eventually(async || resident.says("轮流").await.body, |body| body.contains("第二句")).await;
    let three = [
        resident.says("轮流").await.body,
        resident.says("轮流").await.body,
        resident.says("轮流").await.body,
    ];
    assert!(three[0].contains("<MediaId><![CDATA[MEDIA]]></MediaId>"), "{three:?}");
    assert!(three[1].contains("第一句") && three[2].contains("第二句"), "{three:?}");
    with(&editor, rule("(啥|什么)时候.*来电", "pattern", "来电看公告"), json!({ "priority": 90 })).await;
    hears(&app, "请问 啥时候 能来电？", "来电看公告").await;
    // A window on the day before yesterday, whichever that is, is over.
    let now = Clock::System.now().in_shanghai();
    let weekday =
        |days: i64| (now + chrono::TimeDelta::days(days)).format("%u").to_string().parse::<u8>().unwrap();
    let window = |days: Vec<u8>| json!([{ "days": days, "from": "00:00", "until": "24:00" }]);
    with(
        &editor,
        rule("值班", "contains", "今天值班"),
        json!({ "priority": 90, "windows": window(vec![weekday(0), weekday(1)]) }),
    )
    .await;
    with(
        &editor,
        rule("值班", "contains", "前天值班"),
        json!({ "priority": 95, "windows": window(vec![weekday(-2)]) }),
    )
    .await;
    let heard = hears(&app, "谁值班", "今天值班").await;
    assert!(!heard.contains("前天"), "{heard}");
    let list = editor.get("/answers/rules?q=天值班").await.done();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(list["items"][0]["priority"], 95, "in the order in which they are asked");
}

#[tokio::test]
async fn how_often_a_rule_answered_outlives_the_program() {
    let app = Hopetree::start_with(Mode::Plain, crate::support::VERIFIED);
    let resident = app.resident("A");
    resident.says("家里停电了").await;
    resident.says("停电").await;
    let app = Hopetree::serve(app.stop(), Mode::Plain);
    let editor = app.signs_in_as("editor").await;
    let rule = editor.get("/answers/rules/power-cut").await.done();
    assert_eq!(rule["hits"], 2);
    assert!(rule["last_hit_at"].is_number());
}

#[tokio::test]
async fn an_admin_changes_the_welcome_and_what_is_said_when_nothing_is_found() {
    let app = Hopetree::start();
    let admin = app.signs_in_as("admin").await;
    let view = admin.get("/answers/greetings/welcome").await.done();
    assert_eq!((&view["version"], &view["enabled"]), (&json!(0), &json!(false)));
    let input = |text: &str, version: i64| json!({ "enabled": true, "version": version, "answers": [{ "kind": "text", "text": text }] });
    admin.put("/answers/greetings/welcome", input("欢迎来到{公众号}！\n{栏目}", 0)).await.done();
    admin.put("/answers/greetings/default", input("没听懂“{问题}”。", 0)).await.done();
    let resident = app.resident("B");
    let welcome =
        app.eventually(async || resident.follows().await.text(), |text| text.contains("欢迎来到")).await;
    assert!(welcome.starts_with("欢迎来到希望社区！\n<a href=\"weixin://bizmsgmenu"), "{welcome}");
    let said = async || resident.says("<b>zzzz</b>").await.text();
    assert_eq!(app.eventually(said, |text| text.contains("没听懂")).await, "没听懂“zzzz”。");
    assert_eq!(admin.put("/answers/greetings/welcome", input("x", 0)).await.refused(), (409, "stale"));
    let long = admin.put("/answers/greetings/welcome", input(&"长".repeat(700), 1)).await;
    assert_eq!(long.refused(), (422, "invalid"));
    assert_eq!(admin.get("/answers/greetings/bye").await.refused(), (404, "not_found"));
    let off = json!({ "enabled": false, "version": 1, "answers": [{ "kind": "text", "text": "x" }] });
    admin.put("/answers/greetings/welcome", off).await.done();
    app.eventually(async || resident.follows().await.text(), |text| text.contains("欢迎关注")).await;
    let editor = app.signs_in_as("editor").await;
    assert_eq!(editor.put("/answers/greetings/welcome", input("x", 2)).await.refused(), (403, "forbidden"));
}

#[tokio::test]
async fn the_bench_says_what_would_be_answered_and_why() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let tries = async |body: Value| editor.post("/answers/trial", body).await.done();
    let tried = tries(json!({ "sentence": "　家里停电了，怎么办？" })).await;
    assert_eq!((&tried["reason"], &tried["rule"]), (&json!("rule"), &json!("power-cut")));
    assert!(tried["reply"]["text"].as_str().unwrap().contains("停电"), "{tried}");
    let winner =
        tried["candidates"].as_array().unwrap().iter().find(|one| one["verdict"] == "answers").unwrap();
    assert!(winner["explanation"].as_str().unwrap().contains("停电"), "{winner}");
    assert_eq!(tries(json!({ "sentence": "社区地图" })).await["reason"], "section");
    assert_eq!(tries(json!({ "sentence": "菜单" })).await["reason"], "menu");
    assert_eq!(tries(json!({ "sentence": "qwerty" })).await["reason"], "not_found");
    assert_eq!(tries(json!({ "follows": true })).await["reason"], "welcome");
    assert_eq!(editor.post("/answers/trial", json!({ "sentence": "" })).await.refused(), (422, "invalid"));
    // What stands in the editor is tried without being saved; Monday, 3 November 2026 is no Monday: it is a Tuesday.
    let mut draft = rule("停电", "exact", "草稿里的话");
    draft["priority"] = json!(900);
    draft["windows"] = json!([{ "days": [1], "from": "22:00", "until": "06:00" }]);
    let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
    let night = json!({ "sentence": "停电", "rule": draft, "at": at("2026-11-03T05:59:00+08:00") });
    assert_eq!(tries(night).await["reply"]["text"], "草稿里的话");
    let morning =
        tries(json!({ "sentence": "停电", "rule": draft, "at": at("2026-11-03T06:00:00+08:00") })).await;
    assert_eq!(morning["rule"], "power-cut");
    assert_eq!(morning["candidates"][0]["verdict"], "out_of_hours");
    assert_eq!(tries(json!({ "sentence": "停电" })).await["rule"], "power-cut", "nothing was kept");
}

#[tokio::test]
async fn rules_whose_turn_never_comes_are_found() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let add = async |slug: &str, keywords: &str, matching: &str, priority: i64| {
        with(&editor, rule(keywords, matching, "x"), json!({ "slug": slug, "priority": priority })).await
    };
    add("wide", "物业", "contains", 40).await;
    add("narrow", "物业费，物业电话", "contains", 30).await;
    add("double", "物业", "contains", 20).await;
    add("named", "社区地图", "exact", 20).await;
    let nights = json!({ "windows": [{ "days": [1], "from": "22:00", "until": "23:00" }], "slug": "nights", "priority": 60 });
    with(&editor, rule("暖气片", "contains", "x"), nights).await;
    add("days", "暖气片漏水", "contains", 50).await;
    let found = editor.get("/answers/check").await.done();
    let of = |slug: &str| -> Vec<(String, String)> {
        let all = found["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == slug);
        all.map(|finding| {
            (
                finding["level"].as_str().unwrap().to_owned(),
                finding["other"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
    };
    assert!(of("narrow").contains(&("error".into(), "wide".into())), "{found}");
    assert!(of("double").contains(&("warning".into(), "wide".into())), "{found}");
    assert!(of("named").iter().any(|(level, _)| level == "error"), "{found}");
    assert!(
        of("days").iter().all(|(level, _)| level == "hint"),
        "its rival answers for an hour a week only: {found}"
    );
    assert!(of("wide").is_empty(), "{found}");
}

#[tokio::test]
async fn rules_and_greetings_come_back_from_files_as_they_were() {
    let app = Hopetree::start();
    let admin = app.signs_in_as("admin").await;
    let answers = json!([
        { "kind": "cards", "cards": [{ "title": "停水", "url": "https://example.cn/", "description": "两行\"引号\"" }] },
        { "kind": "video", "media_id": "m", "title": "t" },
        { "kind": "text", "text": "第一行\n第二行" },
        { "kind": "agent" },
    ]);
    let more = json!({ "answers": answers, "choice": "random", "priority": -3, "enabled": false, "note": "备注",
        "slug": "rich", "windows": [{ "days": [6, 7], "from": "22:00", "until": "06:00" }] });
    with(&admin, rule("停.{0,3}水\n来水", "pattern", ""), more).await;
    let greeting = json!({ "enabled": true, "version": 0, "answers": [{ "kind": "text", "text": "您好" },
        { "kind": "section", "section": "map" }] });
    admin.put("/answers/greetings/default", greeting).await.done();
    let before = admin.get("/answers/rules/rich").await.done();
    let folder = app.folder.path().join("exported");
    app.command(&["content", "export", folder.to_str().unwrap(), "--account", "hope"]);
    let again = app.command(&["content", "import", folder.to_str().unwrap(), "--account", "hope", "--prune"]);
    assert!(again.contains("nothing was changed"), "{again}");
    let text = std::fs::read_to_string(folder.join("rules.toml")).unwrap();
    std::fs::write(folder.join("rules.toml"), text.replace("备注", "新的备注")).unwrap();
    app.command(&["content", "import", folder.to_str().unwrap(), "--account", "hope"]);
    let after = admin.get("/answers/rules/rich").await.done();
    assert_eq!((&after["note"], &after["version"]), (&json!("新的备注"), &json!(1)), "an import is a change");
    for field in ["answers", "choice", "priority", "enabled", "windows", "keywords", "match"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    let bad = text.replace("hours = [\"6,7 22:00-06:00\"]", "hours = [\"weekend\"]");
    assert_ne!(bad, text);
    std::fs::write(folder.join("rules.toml"), bad).unwrap();
    let output = crate::support::run(
        app.folder.path(),
        &["content", "import", folder.to_str().unwrap(), "--account", "hope"],
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains("weekend"));
}

#[tokio::test]
async fn an_account_without_agents_cannot_hand_over() {
    let app = Hopetree::start_with(Mode::Plain, &["--kind", "subscription"]);
    let editor = app.signs_in_as("editor").await;
    let mut body = rule("人工", "contains", "");
    body["answers"] = json!([{ "kind": "agent" }]);
    assert_eq!(editor.post("/answers/rules", body).await.refused(), (422, "invalid"));
}

//! An account's word list in the console.

use serde_json::{Value, json};

use crate::support::Hopetree;

fn entry(word: &str) -> Value {
    json!({ "word": word, "level": "error", "reason": "绝对化用语", "suggestion": "优秀", "allowed": [] })
}

#[tokio::test]
async fn a_manager_keeps_the_list_and_everybody_else_reads_it() {
    let app = Hopetree::start();
    let manager = app.signs_in_as("admin").await;
    let added = manager.post("/words", entry(" 最佳 ")).await;
    assert_eq!(added.status, 201);
    let added = added.done();
    assert_eq!((added["word"].as_str(), added["version"].as_i64()), (Some("最佳"), Some(0)));
    assert_eq!(manager.post("/words", entry("最佳")).await.refused(), (422, "invalid"));
    let path = format!("/words/{}", added["id"]);

    let mut change = entry("最好");
    change["version"] = json!(0);
    change["allowed"] = json!(["最好不要"]);
    assert_eq!(manager.put(&path, change.clone()).await.done()["version"], 1);
    assert_eq!(manager.put(&path, change.clone()).await.refused(), (409, "stale"));

    let editor = app.signs_in_as("editor").await;
    let list = editor.get("/words").await.done();
    assert_eq!((list["items"][0]["word"].as_str(), list["next"].is_null()), (Some("最好"), true));
    assert_eq!(editor.get("/words?search=佳").await.done()["items"], json!([]));
    assert_eq!(editor.get("/words?level=error").await.done()["items"].as_array().unwrap().len(), 1);
    assert_eq!(editor.get("/words?level=bad").await.refused(), (400, "malformed"));
    assert_eq!(editor.post("/words", entry("第一")).await.refused(), (403, "forbidden"));
    assert_eq!(editor.put(&path, change).await.refused(), (403, "forbidden"));
    assert_eq!(editor.delete(&format!("{path}?version=1")).await.refused(), (403, "forbidden"));

    assert_eq!(manager.delete(&format!("{path}?version=0")).await.refused(), (409, "stale"));
    assert_eq!(manager.delete(&format!("{path}?version=1")).await.status, 204);
    assert_eq!(manager.delete(&format!("{path}?version=1")).await.refused(), (404, "not_found"));
    assert_eq!(manager.get("/api/v1/accounts/nowhere/words").await.refused(), (404, "not_found"));
}

#[tokio::test]
async fn what_is_wrong_with_an_entry_is_said_by_field() {
    let app = Hopetree::start();
    let manager = app.signs_in_as("admin").await;
    let wrong = json!({
        "word": "，", "level": "error", "reason": " ", "suggestion": "长".repeat(33), "allowed": ["别的"],
    });
    let reply = manager.post("/words", wrong).await;
    assert_eq!(reply.refused(), (422, "invalid"));
    let fields: Vec<&String> = reply.body["fields"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["allowed", "reason", "suggestion", "word"]);
    let unknown = json!({ "word": "最佳", "level": "fatal", "reason": "a" });
    assert_eq!(manager.post("/words", unknown).await.refused(), (400, "malformed"));
}

#[tokio::test]
async fn a_list_is_pasted_and_copied_as_lines() {
    let app = Hopetree::start();
    let manager = app.signs_in_as("admin").await;
    manager.post("/words", entry("最佳")).await.done();
    let text = "词\t级别\t理由\n最佳\t警告\t绝对化用语\n积分\t提示\t少用\t\t积分榜\n";
    let trial = manager.post("/words/lines", json!({ "text": text, "dry_run": true })).await.done();
    assert_eq!(trial, json!({ "added": 1, "changed": 1, "unchanged": 0, "faults": [] }));
    assert_eq!(
        manager.get("/words").await.done()["items"].as_array().unwrap().len(),
        1,
        "a trial keeps nothing"
    );

    let broken = manager.post("/words/lines", json!({ "text": format!("{text}坏\t什么\n") })).await.done();
    assert_eq!(broken["faults"][0]["line"], 4);
    assert_eq!(manager.get("/words").await.done()["items"].as_array().unwrap().len(), 1, "all or nothing");

    manager.post("/words/lines", json!({ "text": text })).await.done();
    let lines = manager.get("/words/lines").await.done();
    assert_eq!(
        lines["text"],
        "词\t级别\t理由\t建议\t允许的说法\n最佳\t警告\t绝对化用语\t\t\n积分\t提示\t少用\t\t积分榜\n"
    );
    let again = manager.post("/words/lines", json!({ "text": lines["text"] })).await.done();
    assert_eq!(again, json!({ "added": 0, "changed": 0, "unchanged": 2, "faults": [] }));
}

#[tokio::test]
async fn a_text_is_tried_against_the_list() {
    let app = Hopetree::start();
    let manager = app.signs_in_as("admin").await;
    manager.post("/words", entry("积分")).await.done();
    let editor = app.signs_in_as("editor").await;
    let found = editor.post("/words/try", json!({ "text": "样本的累积分布，用积分兑换" })).await.done();
    let findings = found["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["place"]["passage"], json!({ "start": 9, "end": 11, "quote": "积分" }));
    assert_eq!(findings[0]["message"], "用到了「积分」：绝对化用语。");
    assert_eq!(findings[0]["fix"], "优秀");
    let long = json!({ "text": "长".repeat(5_001) });
    assert_eq!(editor.post("/words/try", long).await.refused(), (422, "invalid"));
}

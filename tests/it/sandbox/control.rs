//! The control: who may use it, what it tells, and the reset.

use serde_json::{Value, json};

use super::stage::{Stage, said};

#[tokio::test]
async fn the_state_names_everything_that_the_phone_needs_and_no_secret() {
    let stage = Stage::open().await;
    stage.token("hope").await;
    let (_, state) = stage.control("state", None).await;
    let kinds: Vec<_> =
        state["accounts"].as_array().unwrap().iter().map(|account| &account["title"]).collect();
    assert_eq!(kinds, ["认证服务号", "认证订阅号", "未认证订阅号", "未认证服务号"]);
    assert_eq!(state["accounts"][0]["calls"], json!({"/cgi-bin/stable_token": 1}));
    assert_eq!(state["accounts"][0]["followers"], 3);
    assert_eq!(state["accounts"][0]["menu"], Value::Null);
    assert_eq!(state["residents"].as_array().unwrap().len(), 8);
    assert!(state["places"][0]["latitude"].is_f64());
    let text = state.to_string();
    for account in &stage.accounts {
        assert!(!text.contains(&account.app_secret) && !text.contains(&account.aes_key));
        assert!(!text.contains(&account.token));
    }
}

#[tokio::test]
async fn a_request_through_a_proxy_or_from_another_site_is_refused() {
    let stage = Stage::open().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/control/reset", stage.base);
    let status = async |name: &'static str, value: &str| {
        let request = http.post(&url).header(name, value).json(&json!({}));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("x-forwarded-for", "127.0.0.1").await, 403);
    assert_eq!(status("forwarded", "for=127.0.0.1").await, 403);
    assert_eq!(status("origin", "https://evil.example").await, 403);
    assert_eq!(status("sec-fetch-site", "cross-site").await, 403);
    assert_eq!(status("x-requested-with", "phone").await, 200);
    let bare = http.post(&url).send().await.unwrap();
    assert_eq!(bare.status(), 200, "curl -X POST");
}

#[tokio::test]
async fn a_reset_puts_everything_back_but_numbers_go_on() {
    let stage = Stage::open().await;
    let app_id = stage.account("hope").app_id.clone();
    stage.does("hope", "zhang", "follow", json!({})).await;
    let before = stage.writes("hope", "在吗").await["push"].as_u64().unwrap();
    stage.switch(json!({"push": {"repeat": 1}})).await;
    stage.control(&format!("accounts/{app_id}"), Some(json!({"mode": "plain", "verified": false}))).await;
    let token = stage.token("hope").await;
    stage.control("reset", Some(json!({}))).await;
    let (_, state) = stage.control("state", None).await;
    let hope = &state["accounts"][0];
    assert_eq!(
        (&hope["followers"], &hope["mode"], &hope["verified"]),
        (&json!(3), &json!("secure"), &json!(true))
    );
    assert_eq!(state["faults"]["push"]["repeat"], 0);
    assert_eq!(stage.chat("hope", "zhang").await, json!({"following": false, "entries": []}));
    assert_eq!(stage.errcode(&format!("/cgi-bin/menu/get?access_token={token}"), None).await, 40_001);
    assert!(stage.writes("hope", "在吗").await["push"].as_u64().unwrap() > before);
}

#[tokio::test]
async fn a_chat_tells_what_is_new() {
    let stage = Stage::open().await;
    let location = json!({"type": "location", "latitude": 31.3, "longitude": 121.2, "label": "12号楼"});
    let first = stage.does("hope", "sun", "send", location).await;
    let shown = &first["entries"][0];
    assert_eq!(
        (&shown["kind"], &shown["latitude"], &shown["label"]),
        (&json!("location"), &json!(31.3), &json!("12号楼"))
    );
    for (what, kind) in [("image", "image"), ("voice", "voice"), ("video", "video"), ("shortvideo", "video")]
    {
        let answer = stage.does("hope", "sun", "send", json!({ "type": what })).await;
        assert_eq!(answer["entries"][0]["kind"], kind);
    }
    let link =
        json!({"type": "link", "title": "停水", "description": "", "url": "https://shequ.example.cn/n/42"});
    stage.does("hope", "sun", "send", link).await;
    let app_id = &stage.account("hope").app_id;
    let after = shown["id"].as_u64().unwrap();
    let (_, chat) = stage.control(&format!("accounts/{app_id}/residents/sun/chat?after={after}"), None).await;
    assert_eq!(chat["following"], true);
    assert_eq!(said(&chat["entries"]).len(), 5);
    assert_eq!(chat["entries"][4]["articles"][0]["url"], "https://shequ.example.cn/n/42");
}

#[tokio::test]
async fn a_chat_keeps_its_last_five_hundred_entries_and_an_account_its_last_two_hundred_pushes() {
    let stage = Stage::open().await;
    for number in 0..501 {
        stage.writes("hope", &number.to_string()).await;
    }
    let entries = said(&stage.chat("hope", "sun").await["entries"]);
    assert_eq!((entries.len(), entries[0].2.as_str()), (500, "1"));
    let app_id = &stage.account("hope").app_id;
    let (_, pushes) = stage.control(&format!("accounts/{app_id}/pushes"), None).await;
    assert_eq!(pushes["pushes"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_what_makes_no_sense_is_refused() {
    let stage = Stage::open().await;
    let app_id = &stage.account("hope").app_id;
    let send = |account: &str, resident: &str| format!("accounts/{account}/residents/{resident}/send");
    let hello = || json!({"type": "text", "content": "你好"});
    assert_eq!(stage.control(&send("wx0", "sun"), Some(hello())).await.0, 404);
    assert_eq!(stage.control(&send(app_id, "nobody"), Some(hello())).await.0, 404);
    assert_eq!(stage.control("nothing", Some(json!({}))).await.0, 404);
    for body in [
        json!({"type": "text", "content": " "}),
        json!({"type": "text", "content": "字".repeat(1366)}),
        json!({"type": "poem"}),
        json!({"type": "location", "latitude": 91.0, "longitude": 0.0}),
    ] {
        let (status, answer) = stage.control(&send(app_id, "sun"), Some(body)).await;
        assert_eq!(status, 400, "{answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
}

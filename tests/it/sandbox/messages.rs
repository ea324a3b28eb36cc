//! Customer-service messages and their windows.

use std::time::Duration;

use serde_json::{Value, json};

use super::stage::{Stage, last_said};

fn text(to: &str, content: &str) -> Value {
    json!({"touser": to, "msgtype": "text", "text": {"content": content}})
}

async fn send(stage: &Stage, slug: &str, message: Value) -> i64 {
    let token = stage.token(slug).await;
    stage.errcode(&format!("/cgi-bin/message/custom/send?access_token={token}"), Some(message)).await
}

#[tokio::test]
async fn a_resident_who_wrote_can_be_answered_five_times_in_two_days() {
    let stage = Stage::open().await;
    let zhang = stage.open_id("hope", "zhang").await;
    stage.let_pass(Duration::from_secs(60));
    assert_eq!(send(&stage, "hope", text(&zhang, "您好")).await, 45_015);
    let message = json!({"type": "text", "content": "在吗"});
    stage.does("hope", "zhang", "send", message.clone()).await;
    for _ in 0..5 {
        assert_eq!(send(&stage, "hope", text(&zhang, "您好")).await, 0);
    }
    assert_eq!(send(&stage, "hope", text(&zhang, "您好")).await, 45_047);
    stage.does("hope", "zhang", "send", message).await;
    stage.let_pass(Duration::from_secs(48 * 3600));
    assert_eq!(send(&stage, "hope", text(&zhang, "您好")).await, 45_015);
    let chat = stage.chat("hope", "zhang").await;
    assert_eq!(super::stage::said(&chat["entries"]).iter().filter(|(_, _, text)| text == "您好").count(), 5);
}

#[tokio::test]
async fn a_new_follower_can_be_written_to_three_times_within_a_minute() {
    let stage = Stage::open().await;
    let zhang = stage.open_id("hope", "zhang").await;
    for _ in 0..3 {
        assert_eq!(send(&stage, "hope", text(&zhang, "欢迎")).await, 0);
    }
    assert_eq!(send(&stage, "hope", text(&zhang, "欢迎")).await, 45_047);
    stage.does("hope", "zhang", "leave", json!({})).await;
    assert_eq!(send(&stage, "hope", text(&zhang, "欢迎")).await, 45_015);
    assert_eq!(send(&stage, "hope", text("oNobody", "欢迎")).await, 40_003);
}

#[tokio::test]
async fn a_menu_message_is_shown_as_links_and_a_tap_sends_its_id() {
    let stage = Stage::open().await;
    let zhang = stage.open_id("hope", "zhang").await;
    let menu = json!({"touser": zhang, "msgtype": "msgmenu", "msgmenu": {
        "head_content": "满意吗？", "tail_content": "谢谢",
        "list": [{"id": "sat-1", "content": "满意"}, {"id": "sat-2", "content": "不满意"}],
    }});
    assert_eq!(send(&stage, "hope", menu).await, 0);
    let (from, kind, text) = last_said(&stage.chat("hope", "zhang").await);
    assert_eq!((from.as_str(), kind.as_str()), ("account", "text"));
    let link = "<a href=\"weixin://bizmsgmenu?msgmenucontent=满意&msgmenuid=sat-1\">满意</a>";
    assert!(text.contains(link), "{text}");
    stage.does("hope", "zhang", "menu-link", json!({"content": "满意", "id": "sat-1"})).await;
    let inner = stage.attempts("hope").await[0]["inner"].as_str().unwrap().to_owned();
    assert!(inner.contains("<bizmsgmenuid><![CDATA[sat-1]]></bizmsgmenuid>"), "{inner}");
}

#[tokio::test]
async fn a_card_is_shown_and_two_are_refused() {
    let stage = Stage::open().await;
    let zhang = stage.open_id("hope", "zhang").await;
    let card = json!({"title": "停水通知", "description": "1月2日", "url": "https://shequ.example.cn/n/42", "picurl": ""});
    let news = |cards: Value| json!({"touser": zhang, "msgtype": "news", "news": {"articles": cards}});
    assert_eq!(send(&stage, "hope", news(json!([card.clone()]))).await, 0);
    let chat = stage.chat("hope", "zhang").await;
    let shown = chat["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(shown["articles"][0]["title"], "停水通知");
    assert_eq!(send(&stage, "hope", news(json!([card.clone(), card]))).await, 45_008);
    assert_eq!(send(&stage, "hope", text(&zhang, &"字".repeat(683))).await, 45_002);
    assert_eq!(send(&stage, "hope", text(&zhang, " ")).await, 44_004);
    let odd = json!({"touser": zhang, "msgtype": "poem", "poem": {}});
    assert_eq!(send(&stage, "hope", odd).await, 40_008);
}

#[tokio::test]
async fn accounts_without_verification_cannot_write_first() {
    let stage = Stage::open().await;
    assert_eq!(send(&stage, "yulan", text("oNobody", "您好")).await, 48_001);
    assert_eq!(send(&stage, "malu", text("oNobody", "您好")).await, 48_001);
}

//! Which answers of a webhook the platform understands, and what residents see of the others.

use hopetree::wechat::envelope::sealed_reply;
use serde_json::{Value, json};

use super::stage::{Answer, START, Stage, fault, last_said, news, reply, secrets, text};

/// What the phone shows when the webhook of 育兰, whose mode is plain, answers so to a text.
async fn shown(stage: &Stage, answer: Answer) -> (String, String, String) {
    stage.will_answer([answer]);
    last_said(&stage.writes("yulan", "在吗").await)
}

async fn problem(stage: &Stage, slug: &str) -> String {
    let attempts = stage.attempts(slug).await;
    assert_eq!(attempts.len(), 1, "an answer with status 200 is not asked for again");
    assert_eq!(attempts[0]["outcome"], "not_understood");
    attempts[0]["problem"].as_str().expect("a problem").to_owned()
}

#[tokio::test]
async fn what_is_no_reply_makes_the_platform_show_its_fault_sentence() {
    let stage = Stage::open().await;
    let html = || Answer::With(200, "<html><body>Internal error</body></html>".into());
    for answer in [
        Answer::With(200, r#"{"errcode":0}"#.into()),
        html(),
        Answer::With(200, "ok".into()),
        Answer::With(200, "<xml>".into()),
        Answer::Reply(text("")),
        Answer::Reply(text(&"字".repeat(683))),
        Answer::Reply("<MsgType><![CDATA[poem]]></MsgType>".into()),
        Answer::Reply(news(0)),
        Answer::Reply(news(2)),
    ] {
        assert_eq!(shown(&stage, answer).await, fault());
        problem(&stage, "yulan").await;
    }
    assert_eq!(shown(&stage, Answer::Reply(text(&"字".repeat(682)))).await.1, "text");
    assert_eq!(shown(&stage, Answer::Reply(news(1))).await.1, "news");
}

#[tokio::test]
async fn a_reply_to_somebody_else_is_none() {
    let stage = Stage::open().await;
    let account = stage.account("yulan");
    let to_other = reply("oSomebodyElse", &account.original_id, &text("您好"));
    assert_eq!(shown(&stage, Answer::With(200, to_other)).await, fault());
    assert!(problem(&stage, "yulan").await.contains("ToUserName"));
}

#[tokio::test]
async fn an_event_may_be_answered_with_eight_cards_but_not_with_nine() {
    let stage = Stage::open().await;
    let click = || json!({"resident": "sun", "kind": "event.CLICK", "fields": {"EventKey": "news"}});
    let path = format!("accounts/{}/push", stage.account("yulan").app_id);
    stage.will_answer([Answer::Reply(news(8)), Answer::Reply(news(9))]);
    let (_, answer) = stage.control(&path, Some(click())).await;
    let entries = answer["entries"].as_array().unwrap();
    assert_eq!(entries.last().unwrap()["articles"].as_array().unwrap().len(), 8);
    assert_eq!(entries.last().unwrap()["articles"][7]["picture_url"], "https://shequ.example.cn/p.jpg");
    let (_, answer) = stage.control(&path, Some(click())).await;
    assert_eq!(last_said(&answer), fault());
}

#[tokio::test]
async fn in_the_secure_mode_a_reply_must_be_sealed_and_signed() {
    let stage = Stage::open().await;
    let account = stage.account("hope").clone();
    let (token, envelope) = secrets(&account);
    let open_id = stage.open_id("hope", "zhang").await;
    let plain = reply(&open_id, &account.original_id, &text("在的"));
    let encrypt = envelope.seal(&plain, *b"ZYXWVUTSRQ987654");
    let sealed = sealed_reply(&token, &encrypt, START, "88442211");
    let writes = async |answer: &str| -> Value {
        stage.will_answer([Answer::With(200, answer.to_owned())]);
        stage.does("hope", "zhang", "send", json!({"type": "text", "content": "在吗"})).await
    };
    assert_eq!(last_said(&writes(&sealed).await), ("account".into(), "text".into(), "在的".into()));
    assert_eq!(stage.attempts("hope").await[0]["inner_answer"], plain);
    assert_eq!(last_said(&writes(&plain).await), fault());
    assert!(problem(&stage, "hope").await.contains("not encrypted"));
    assert_eq!(last_said(&writes(&sealed.replace("88442211", "88442212")).await), fault());
    assert!(problem(&stage, "hope").await.contains("MsgSignature"));
    // Sealed with the key of another account.
    let (_, foreign) = secrets(stage.account("malu"));
    let foreign = sealed_reply(&token, &foreign.seal(&plain, [7; 16]), START, "1");
    assert_eq!(last_said(&writes(&foreign).await), fault());
    // The acknowledgement is never sealed.
    let before = stage.chat("hope", "zhang").await["entries"].as_array().unwrap().len();
    writes("success").await;
    assert_eq!(stage.chat("hope", "zhang").await["entries"].as_array().unwrap().len(), before + 1);
}

#[tokio::test]
async fn the_compatible_mode_takes_both_forms() {
    let stage = Stage::open().await;
    let account = stage.account("baiyin").clone();
    let (token, envelope) = secrets(&account);
    let open_id = stage.open_id("baiyin", "zhang").await;
    let plain = reply(&open_id, &account.original_id, &text("在的"));
    let sealed = sealed_reply(&token, &envelope.seal(&plain, [1; 16]), START, "1");
    for answer in [plain, sealed] {
        stage.will_answer([Answer::With(200, answer)]);
        let done = stage.does("baiyin", "zhang", "send", json!({"type": "voice"})).await;
        assert_eq!(last_said(&done).2, "在的");
    }
}

#[tokio::test]
async fn replies_of_every_kind_are_shown() {
    let stage = Stage::open().await;
    for (content, kind) in [
        ("<MsgType>image</MsgType><Image><MediaId>m</MediaId></Image>", "image"),
        ("<MsgType>voice</MsgType><Voice><MediaId>m</MediaId></Voice>", "voice"),
        ("<MsgType>video</MsgType><Video><MediaId>m</MediaId><Title>片子</Title></Video>", "video"),
        ("<MsgType>transfer_customer_service</MsgType>", "notice"),
    ] {
        assert_eq!(shown(&stage, Answer::Reply(content.to_owned())).await.1, kind);
    }
}

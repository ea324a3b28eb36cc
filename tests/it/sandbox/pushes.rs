//! How pushes arrive: signed, sealed, repeated, one after the other.

use serde_json::{Value, json};

use super::stage::{Answer, START, Stage, element, fault, last_said, secrets, text};

#[tokio::test]
async fn every_kind_arrives_signed_and_sealed_as_the_mode_says() {
    let stage = Stage::open().await;
    let (_, kinds) = stage.control("kinds", None).await;
    for slug in ["hope", "baiyin", "yulan"] {
        let account = stage.account(slug);
        let (token, envelope) = secrets(account);
        for kind in kinds.as_array().unwrap() {
            let body = json!({"resident": "sun", "kind": kind["kind"]});
            let (status, answer) =
                stage.control(&format!("accounts/{}/push", account.app_id), Some(body)).await;
            assert_eq!(status, 200, "{answer}");
            let [push] = &stage.arrived()[..] else { panic!("one push of {kind}") };
            let given = |name: &str| push.query.get(name).map_or("", String::as_str);
            let (timestamp, nonce) = (given("timestamp"), given("nonce"));
            assert!(token.verify(given("signature"), timestamp, nonce), "{push:?}");
            assert_eq!(timestamp, START.to_string());
            let inner = match slug {
                "yulan" => {
                    assert_eq!(
                        push.query.keys().collect::<Vec<_>>(),
                        ["nonce", "openid", "signature", "timestamp"]
                    );
                    push.body.clone()
                }
                _ => {
                    let encrypt = element(&push.body, "Encrypt");
                    assert_eq!(given("encrypt_type"), "aes");
                    assert!(
                        token.verify_sealed(given("msg_signature"), timestamp, nonce, encrypt),
                        "{push:?}"
                    );
                    // Only the compatible mode has the clear fields beside.
                    assert_eq!(push.body.contains("<FromUserName>"), slug == "baiyin", "{}", push.body);
                    envelope.open(encrypt).unwrap()
                }
            };
            assert_eq!(element(&inner, "ToUserName"), account.original_id);
            assert_eq!(element(&inner, "FromUserName"), given("openid"));
        }
    }
}

#[tokio::test]
async fn a_webhook_that_is_silent_is_tried_three_times_with_the_same_push() {
    let stage = Stage::open_impatient().await;
    stage.will_answer([Answer::Silence, Answer::Silence, Answer::Silence]);
    let answer = stage.writes("hope", "在吗").await;
    assert_eq!(last_said(&answer), fault());
    let arrived = stage.arrived();
    assert_eq!(arrived.len(), 3);
    assert!(arrived.iter().all(|push| *push == arrived[0]));
    assert_eq!(outcomes(&stage.attempts("hope").await), ["timeout", "timeout", "timeout"]);
}

#[tokio::test]
async fn an_answer_to_a_repeat_is_shown_as_if_it_had_come_at_once() {
    let stage = Stage::open_impatient().await;
    stage.will_answer([Answer::Silence, Answer::With(500, String::new()), Answer::Reply(text("在的"))]);
    let answer = stage.writes("yulan", "在吗").await;
    assert_eq!(last_said(&answer), ("account".into(), "text".into(), "在的".into()));
    assert_eq!(outcomes(&stage.attempts("yulan").await), ["timeout", "refused", "answered"]);
}

#[tokio::test]
async fn only_status_200_ends_the_repeats() {
    let stage = Stage::open().await;
    stage.will_answer([201, 204, 302].map(|status| Answer::With(status, "success".into())));
    let answer = stage.writes("hope", "在吗").await;
    assert_eq!(last_said(&answer), fault());
    assert_eq!(outcomes(&stage.attempts("hope").await), ["refused", "refused", "refused"]);
    stage.will_answer([Answer::With(200, String::new())]);
    let answer = stage.writes("hope", "在吗").await;
    assert_eq!(answer["entries"].as_array().unwrap().len(), 1);
    assert_eq!(outcomes(&stage.attempts("hope").await), ["acknowledged"]);
}

#[tokio::test]
async fn a_webhook_that_is_not_there_is_a_failure() {
    let stage = Stage::open().await;
    let app_id = &stage.account("hope").app_id;
    let change = json!({"push_url": "http://127.0.0.1:1/wx/hope"});
    stage.control(&format!("accounts/{app_id}"), Some(change)).await;
    assert_eq!(last_said(&stage.writes("hope", "在吗").await), fault());
    assert_eq!(outcomes(&stage.attempts("hope").await), ["failed", "failed", "failed"]);
    let (status, _) =
        stage.control(&format!("accounts/{app_id}"), Some(json!({"push_url": "file:///etc"}))).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn an_account_without_a_server_pushes_nothing_and_shows_no_fault() {
    let stage = Stage::open().await;
    let app_id = &stage.account("hope").app_id;
    stage.control(&format!("accounts/{app_id}"), Some(json!({"push_url": ""}))).await;
    let answer = stage.writes("hope", "在吗").await;
    assert_eq!(answer["entries"].as_array().unwrap().len(), 1);
    assert!(stage.attempts("hope").await.is_empty());
    let check = format!("/cgi-bin/callback/check?access_token={}", stage.token("hope").await);
    let all = json!({"action": "all", "check_operator": "DEFAULT"});
    assert_eq!(stage.errcode(&check, Some(all)).await, 40_201);
}

#[tokio::test]
async fn what_was_sent_can_be_read_beside_what_came_back() {
    let stage = Stage::open().await;
    stage.will_answer([Answer::With(200, "<html>".into())]);
    stage.writes("hope", "在吗").await;
    let attempts = stage.attempts("hope").await;
    let [push] = &stage.arrived()[..] else { panic!("one push") };
    assert_eq!(attempts[0]["body"], push.body);
    assert!(attempts[0]["url"].as_str().unwrap().contains(&push.query["msg_signature"]));
    assert_eq!(element(attempts[0]["inner"].as_str().unwrap(), "Content"), "在吗");
    assert_eq!((&attempts[0]["status"], &attempts[0]["answer"]), (&json!(200), &json!("<html>")));
    assert!(attempts[0]["problem"].is_string());
}

#[tokio::test]
async fn what_fails_silently_shows_no_fault() {
    let stage = Stage::open().await;
    let app_id = &stage.account("hope").app_id;
    for (kind, is_shown) in [
        ("event.VIEW", false),
        ("event.unsubscribe", false),
        ("event.TEMPLATESENDJOBFINISH", false),
        ("event.CLICK", true),
        ("event.SCAN", true),
        ("image", true),
    ] {
        stage.will_answer((0..3).map(|_| Answer::With(500, String::new())));
        let body = json!({"resident": "zhang", "kind": kind});
        let (_, answer) = stage.control(&format!("accounts/{app_id}/push"), Some(body)).await;
        assert_eq!(last_said(&answer) == fault(), is_shown, "{kind}: {answer}");
    }
}

#[tokio::test]
async fn pushes_of_one_resident_arrive_in_their_order() {
    let stage = Stage::open_impatient().await;
    stage.will_answer([Answer::Silence]);
    let (first, second) = tokio::join!(stage.writes("yulan", "一"), async {
        // Once the first has arrived, the second stands behind it.
        stage.until_written("yulan").await;
        stage.writes("yulan", "二").await
    });
    assert!(first["push"].as_u64() < second["push"].as_u64());
    let contents: Vec<String> =
        stage.arrived().iter().map(|push| element(&push.body, "Content").to_owned()).collect();
    assert_eq!(contents, ["一", "一", "二"]);
}

#[tokio::test]
async fn a_sandbox_that_is_shut_down_stops_its_pushes_and_takes_no_more() {
    let stage = Stage::open().await;
    stage.will_answer([Answer::Silence]);
    let (answer, ()) = tokio::join!(stage.writes("hope", "在吗"), async {
        stage.until_written("hope").await;
        stage.sandbox.shutdown().await;
    });
    assert_eq!(answer["entries"].as_array().unwrap().len(), 1);
    let app_id = &stage.account("hope").app_id;
    let path = format!("accounts/{app_id}/residents/sun/send");
    let (status, _) = stage.control(&path, Some(json!({"type": "text", "content": "在吗"}))).await;
    assert_eq!(status, 429);
}

fn outcomes(attempts: &[Value]) -> Vec<String> {
    attempts.iter().map(|attempt| attempt["outcome"].as_str().expect("an outcome").to_owned()).collect()
}

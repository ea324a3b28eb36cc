//! Faults that can be switched on.

use serde_json::{Value, json};

use super::stage::{Answer, Stage, element, fault, last_said, secrets, text};

#[tokio::test]
async fn a_busy_platform_says_so_as_often_as_it_was_told() {
    let stage = Stage::open().await;
    let path = format!("/cgi-bin/getcallbackip?access_token={}", stage.token("hope").await);
    stage.switch(json!({"api": {"busy": 2}})).await;
    assert_eq!(stage.errcode(&path, None).await, -1);
    assert_eq!(stage.errcode(&path, None).await, -1);
    assert_eq!(stage.errcode(&path, None).await, 0);
}

#[tokio::test]
async fn calls_can_be_made_to_fail_by_path() {
    let stage = Stage::open().await;
    let token = stage.token("hope").await;
    let users = format!("/cgi-bin/user/get?access_token={token}");
    let menu = format!("/cgi-bin/menu/get?access_token={token}");
    stage.switch(json!({"api": {"errcodes": {"/cgi-bin/menu/get": 50_002}}})).await;
    assert_eq!(stage.errcode(&menu, None).await, 50_002);
    stage.switch(json!({"api": {"errcodes": {}, "quota_exhausted": ["/cgi-bin/user/get"]}})).await;
    assert_eq!(stage.errcode(&menu, None).await, 46_003);
    assert_eq!(stage.errcode(&users, None).await, 45_009);
    let clear = format!("/cgi-bin/clear_quota?access_token={token}");
    assert_eq!(stage.errcode(&clear, Some(json!({"appid": stage.account("hope").app_id}))).await, 0);
    assert_eq!(stage.errcode(&users, None).await, 0);
}

#[tokio::test]
async fn an_address_that_is_not_on_the_list_is_named() {
    let stage = Stage::open().await;
    stage.switch(json!({"api": {"ip_not_allowed": true}})).await;
    let account = stage.account("hope");
    let body =
        json!({"grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret});
    let answer = stage.api("/cgi-bin/stable_token", Some(body)).await;
    assert_eq!(answer["errcode"], 40_164);
    assert!(answer["errmsg"].as_str().unwrap().starts_with("invalid ip 127.0.0.1 "), "{answer}");
}

#[tokio::test]
async fn a_lost_push_never_arrives_and_the_next_one_does() {
    let stage = Stage::open().await;
    stage.switch(json!({"push": {"drop": 1}})).await;
    assert_eq!(last_said(&stage.writes("hope", "一").await), fault());
    assert_eq!(stage.arrived(), []);
    stage.writes("hope", "二").await;
    assert_eq!(stage.arrived().len(), 1);
}

#[tokio::test]
async fn a_repeated_push_arrives_several_times_and_one_answer_is_shown() {
    let stage = Stage::open().await;
    stage.switch(json!({"push": {"repeat": 2}})).await;
    stage.will_answer((0..3).map(|_| Answer::Reply(text("在的"))));
    let answer = stage.writes("yulan", "在吗").await;
    assert_eq!(answer["entries"].as_array().unwrap().len(), 2);
    let arrived = stage.arrived();
    assert_eq!(arrived.len(), 3);
    assert!(arrived.iter().all(|push| *push == arrived[0]));
    assert_eq!(stage.attempts("yulan").await.len(), 3);
}

#[tokio::test]
async fn of_two_pushes_in_hand_the_later_one_arrives_first() {
    let stage = Stage::open().await;
    stage.switch(json!({"push": {"reorder": true}})).await;
    tokio::join!(stage.writes("yulan", "一"), async {
        stage.until_written("yulan").await;
        stage.writes("yulan", "二").await
    });
    let contents: Vec<String> =
        stage.arrived().iter().map(|push| element(&push.body, "Content").to_owned()).collect();
    assert_eq!(contents, ["二", "一"]);
}

#[tokio::test]
async fn a_forged_push_is_wrong_in_the_way_that_was_chosen() {
    let stage = Stage::open().await;
    let (token, envelope) = secrets(stage.account("hope"));
    for forgery in ["signature", "tampered", "app_id", "plain", "stale"] {
        stage.switch(json!({"push": {"forge": forgery}})).await;
        stage.will_answer([Answer::With(403, String::new())]);
        let answer = stage.writes("hope", "在吗").await;
        let (from, kind, text) = last_said(&answer);
        assert_eq!((from.as_str(), kind.as_str()), ("system", "notice"));
        assert!(text.contains("403"), "{text}");
        let [push] = &stage.arrived()[..] else { panic!("a forger tries once") };
        let given = |name: &str| push.query.get(name).map_or("", String::as_str);
        let (timestamp, nonce) = (given("timestamp"), given("nonce"));
        let is_signed = token.verify(given("signature"), timestamp, nonce);
        assert_eq!(is_signed, forgery != "signature");
        if forgery == "plain" {
            assert!(!push.query.contains_key("encrypt_type") && push.body.contains("在吗"), "{push:?}");
            continue;
        }
        let encrypt = element(&push.body, "Encrypt");
        let is_whole = token.verify_sealed(given("msg_signature"), timestamp, nonce, encrypt);
        assert_eq!(is_whole, !matches!(forgery, "signature" | "tampered"), "{forgery}");
        if is_whole {
            assert_eq!(envelope.open(encrypt).is_ok(), forgery == "stale", "{forgery}");
        }
        let age = super::stage::START - timestamp.parse::<i64>().unwrap();
        assert_eq!(age, if forgery == "stale" { 3600 } else { 0 });
    }
}

#[tokio::test]
async fn a_forged_push_that_is_accepted_is_told() {
    let stage = Stage::open().await;
    stage.switch(json!({"push": {"forge": "stale"}})).await;
    let (_, kind, text) = last_said(&stage.writes("hope", "在吗").await);
    assert_eq!((kind.as_str(), text.as_str()), ("notice", "这次推送是伪造的，服务器却接受了它"));
}

#[tokio::test]
async fn faults_that_do_not_exist_are_refused_and_change_nothing() {
    let stage = Stage::open().await;
    let (status, answer) = stage.control("faults", Some(json!({"push": {"drop": 1, "lag": 5}}))).await;
    assert_eq!((status.as_u16(), &answer["code"]), (400, &json!("invalid")));
    let (_, state) = stage.control("state", None).await;
    assert_eq!(state["faults"]["push"]["drop"], 0);
    assert_eq!(state["faults"]["push"]["forge"], Value::Null);
}

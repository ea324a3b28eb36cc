//! Access tokens, and what stands before every call.

use std::time::Duration;

use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn a_token_opens_the_api_until_it_expires() {
    let stage = Stage::open().await;
    let token = stage.token("hope").await;
    let path = format!("/cgi-bin/getcallbackip?access_token={token}");
    assert!(stage.api(&path, None).await["ip_list"].is_array());
    stage.let_pass(Duration::from_secs(7199));
    assert_eq!(stage.errcode(&path, None).await, 0);
    stage.let_pass(Duration::from_secs(1));
    assert_eq!(stage.errcode(&path, None).await, 42_001);
}

#[tokio::test]
async fn all_tokens_can_be_made_to_expire_and_new_ones_work() {
    let stage = Stage::open().await;
    let old = stage.token("hope").await;
    stage.control("expire-tokens", Some(json!({}))).await;
    assert_eq!(stage.errcode(&format!("/cgi-bin/menu/get?access_token={old}"), None).await, 42_001);
    let new = stage.token("hope").await;
    assert_eq!(stage.errcode(&format!("/cgi-bin/menu/get?access_token={new}"), None).await, 46_003);
}

#[tokio::test]
async fn wrong_credentials_are_told_apart() {
    let stage = Stage::open().await;
    let account = stage.account("hope");
    let (id, secret) = (account.app_id.clone(), account.app_secret.clone());
    for (query, code) in [
        (format!("grant_type=client_credential&appid={id}&secret={secret}"), 0),
        (format!("grant_type=client_credential&secret={secret}"), 41_002),
        (format!("grant_type=client_credential&appid={id}"), 41_004),
        (format!("grant_type=client_credential&appid=wx0000000000000000&secret={secret}"), 40_013),
        (format!("grant_type=client_credential&appid={id}&secret=x"), 40_125),
        (format!("grant_type=other&appid={id}&secret={secret}"), 40_002),
    ] {
        assert_eq!(stage.errcode(&format!("/cgi-bin/token?{query}"), None).await, code, "{query}");
    }
    assert_eq!(stage.errcode("/cgi-bin/stable_token", None).await, 43_002);
    assert_eq!(stage.errcode("/cgi-bin/token", Some(json!({}))).await, 43_001);
    assert_eq!(stage.api_raw("/cgi-bin/stable_token", "").await["errcode"], 44_002);
    assert_eq!(stage.api_raw("/cgi-bin/stable_token", "{").await["errcode"], 47_001);
}

#[tokio::test]
async fn calls_without_a_good_token_are_refused_with_a_rid() {
    let stage = Stage::open().await;
    assert_eq!(stage.errcode("/cgi-bin/menu/get", None).await, 41_001);
    assert_eq!(stage.errcode("/cgi-bin/menu/get?access_token=short", None).await, 40_014);
    let mut token = stage.token("hope").await;
    token.truncate(token.len() - 8);
    let answer = stage.api(&format!("/cgi-bin/menu/get?access_token={token}AAAAAAAA"), None).await;
    assert_eq!(answer["errcode"], 40_001);
    let message = answer["errmsg"].as_str().unwrap();
    assert!(message.contains(" rid: 6955b900-"), "{message}");
}

#[tokio::test]
async fn a_stable_token_is_forced_at_most_once_in_thirty_seconds() {
    let stage = Stage::open().await;
    let account = stage.account("hope");
    let body = json!({
        "grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret, "force_refresh": true,
    });
    let before = stage.token("hope").await;
    let forced = stage.api("/cgi-bin/stable_token", Some(body.clone())).await;
    assert_ne!(forced["access_token"], before.as_str());
    assert_eq!(stage.errcode(&format!("/cgi-bin/menu/get?access_token={before}"), None).await, 40_001);
    assert_eq!(stage.token("hope").await, forced["access_token"].as_str().unwrap());
    assert_eq!(stage.errcode("/cgi-bin/stable_token", Some(body.clone())).await, 45_011);
    stage.let_pass(Duration::from_secs(30));
    assert_eq!(stage.errcode("/cgi-bin/stable_token", Some(body)).await, 0);
}

#[tokio::test]
async fn a_quota_ends_and_can_be_cleared() {
    let stage = Stage::open().await;
    let account = stage.account("hope");
    let path = format!(
        "/cgi-bin/token?grant_type=client_credential&appid={}&secret={}",
        account.app_id, account.app_secret
    );
    for _ in 0..2000 {
        assert_eq!(stage.errcode(&path, None).await, 0);
    }
    assert_eq!(stage.errcode(&path, None).await, 45_009);
    let token = stage.token("hope").await;
    let quota = format!("/cgi-bin/openapi/quota/get?access_token={token}");
    let answer = stage.api(&quota, Some(json!({"cgi_path": "/cgi-bin/token"}))).await;
    assert_eq!(answer["quota"], json!({"daily_limit": 2000, "used": 2000, "remain": 0}));
    assert_eq!(stage.errcode(&quota, Some(json!({"cgi_path": "cgi-bin/token"}))).await, 76_003);
    assert_eq!(stage.errcode(&quota, Some(json!({"cgi_path": "/cgi-bin/nothing"}))).await, 76_021);
    let clear = format!("/cgi-bin/clear_quota?access_token={token}");
    assert_eq!(stage.errcode(&clear, Some(json!({"appid": "wx0000000000000000"}))).await, 40_013);
    assert_eq!(stage.errcode(&clear, Some(json!({"appid": account.app_id}))).await, 0);
    assert_eq!(stage.errcode(&path, None).await, 0);
}

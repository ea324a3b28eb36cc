//! Signing in to the console, and who may ask for what.

use reqwest::Method;
use serde_json::json;

use crate::support::{Hopetree, PASSWORD, project, reply};

#[test]
fn the_description_of_the_api_is_the_one_that_the_console_is_made_from() {
    let kept = std::fs::read_to_string(project().join("web/openapi.json")).unwrap_or_default();
    assert!(
        kept == hopetree::router::document(),
        "the API has changed: `cargo run -- openapi > web/openapi.json`, and see what it does to the console"
    );
}

#[tokio::test]
async fn somebody_who_was_added_signs_in_and_out() {
    let app = Hopetree::start();
    let console = app.signs_in_as("editor").await;
    let session = console.get("/api/v1/session").await.done();
    assert_eq!(session["person"]["name"], "editor");
    assert_eq!(session["is_owner"], false);
    assert_eq!(
        session["accounts"],
        json!([{ "slug": "hope", "name": "希望社区", "roles": ["editor"], "abilities": ["read", "write"] }])
    );
    assert_eq!(console.delete("/api/v1/session").await.status, 204);
    assert_eq!(console.get("/api/v1/session").await.refused(), (401, "session_ended"));
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_alike_and_lock_the_name() {
    let app = Hopetree::start();
    app.add_person("editor", "editor");
    let (nobody, cookie) = app.tries_to_sign_in("nobody", PASSWORD).await;
    assert_eq!((nobody.refused(), cookie), ((401, "wrong_credentials"), None));
    for _ in 0..5 {
        let (wrong, cookie) = app.tries_to_sign_in("editor", "wrong-lantern-43").await;
        assert_eq!((wrong, cookie), (nobody.clone(), None));
    }
    let (locked, _) = app.tries_to_sign_in("editor", PASSWORD).await;
    assert_eq!(locked.refused(), (429, "too_many"));
    assert!(locked.body["message"].as_str().unwrap().contains("1 分钟"), "{locked:?}");
}

#[tokio::test]
async fn a_change_needs_the_token_of_the_page_and_no_other_site_gets_through() {
    let app = Hopetree::start();
    let console = app.signs_in_as("editor").await;
    let path = format!("{}/api/v1/session", app.url);
    let without = app.http.delete(&path).header("cookie", &console.cookie);
    assert_eq!(reply(without.send().await.unwrap()).await.refused(), (403, "forbidden"));
    let wrong = app.http.delete(&path).header("cookie", &console.cookie).header("x-csrf-token", "guess");
    assert_eq!(reply(wrong.send().await.unwrap()).await.refused(), (403, "forbidden"));
    let foreign = console.request(Method::GET, "/api/v1/session").header("sec-fetch-site", "cross-site");
    assert_eq!(reply(foreign.send().await.unwrap()).await.refused(), (403, "forbidden"));
    console.get("/api/v1/session").await.done();
}

#[tokio::test]
async fn what_the_api_does_not_know_is_told_in_its_own_form() {
    let app = Hopetree::start();
    let console = app.signs_in_as("owner").await;
    assert_eq!(console.get("/api/v1/nothing").await.refused(), (404, "not_found"));
    assert_eq!(console.put("/api/v1/session", json!({})).await.refused(), (405, "wrong_method"));
    let request = app
        .http
        .post(format!("{}/api/v1/session", app.url))
        .body("{")
        .header("content-type", "application/json");
    assert_eq!(reply(request.send().await.unwrap()).await.refused(), (400, "malformed"));
    let (status, document) = app.get("/api/openapi.json").await;
    assert!(status == 200 && document.contains("/api/v1/session"));
}

#[tokio::test]
async fn nobody_signs_in_without_a_password_where_residents_are_served() {
    let app = Hopetree::start();
    app.add_person("owner", "owner");
    let path = format!("{}/api/v1/demo/sign-in", app.url);
    let response = app.http.post(path).json(&json!({ "role": "owner" })).send().await.unwrap();
    assert!(!response.headers().contains_key("set-cookie"));
    assert_eq!(reply(response).await.refused(), (404, "not_found"));
}

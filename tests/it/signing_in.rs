//! Signing in to the console, and who may ask for what.

use reqwest::Method;
use serde_json::json;

use super::faults::clocks::{faketime, set};
use crate::support::{Hopetree, Mode, PASSWORD, missing, project, reply, run};

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
async fn a_name_is_locked_after_five_wrong_passwords_whether_it_exists_or_not() {
    let app = Hopetree::start();
    app.add_person("editor", "editor");
    let mut told = Vec::new();
    for name in ["editor", "nobody", "王敏\u{1}", "x"] {
        let mut replies = Vec::new();
        for _ in 0..6 {
            let (reply, cookie) = app.tries_to_sign_in(name, "wrong-lantern-43").await;
            assert_eq!(cookie, None);
            replies.push(reply);
        }
        assert_eq!(replies[4].refused(), (401, "wrong_credentials"));
        assert_eq!(replies[5].refused(), (429, "too_many"));
        assert!(replies[5].body["message"].as_str().unwrap().contains("1 分钟"), "{replies:?}");
        told.push(replies);
    }
    assert!(told.iter().all(|replies| *replies == told[0]), "nobody learns which names there are");
    let (locked, _) = app.tries_to_sign_in("editor", PASSWORD).await;
    assert_eq!(locked.refused(), (429, "too_many"));
    // Whoever forgot it asks the operator.
    app.command_with(&["user", "passwd", "editor"], PASSWORD);
    app.signs_in("editor").await;
}

#[tokio::test]
async fn an_address_may_try_so_often_and_what_it_tried_does_not_fill_the_trail() {
    let app = Hopetree::start();
    app.add_person("owner", "owner");
    let tries = |number: usize, from: &'static str| {
        let body = json!({ "name": format!("name{number}"), "password": "wrong-lantern-43" });
        let request = app.http.post(format!("{}/api/v1/session", app.url)).json(&body);
        async move { reply(request.header("x-forwarded-for", from).send().await.unwrap()).await }
    };
    let mut refused = Vec::new();
    for number in 0..101 {
        refused.push(tries(number, "203.0.113.9").await.status.as_u16());
    }
    assert!(refused[..100].iter().all(|status| *status == 401), "{refused:?}");
    assert_eq!(refused[100], 429);
    assert_eq!(tries(0, "203.0.113.10").await.status, 401, "another address is another matter");
    let owner = app.signs_in("owner").await;
    let lines = owner.get("/api/v1/audit?limit=100").await.done();
    let actions = lines["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap());
    let count = actions.filter(|action| *action == "session.refuse").count();
    assert!((30..=60).contains(&count), "{count} lines, in one minute or two");
    assert!(!lines.to_string().contains("name7"), "what a stranger typed may be a password");
}

#[tokio::test]
async fn a_change_needs_the_token_of_the_page_and_no_other_site_gets_through() {
    let app = Hopetree::start();
    let console = app.signs_in_as("editor").await;
    let path = format!("{}/api/v1/session", app.url);
    let without = app.http.delete(&path).header("cookie", &console.cookie);
    let refused = without.send().await.unwrap();
    assert_eq!(refused.headers()["cache-control"], "no-store");
    assert_eq!(reply(refused).await.refused(), (403, "forbidden"));
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

#[tokio::test]
async fn the_cookie_is_for_our_pages_over_tls_only_and_new_with_each_sign_in() {
    let app = Hopetree::start();
    app.add_person("editor", "editor");
    let sign_in = |cookie: String| {
        let body = json!({ "name": "editor", "password": PASSWORD });
        app.http.post(format!("{}/api/v1/session", app.url)).header("cookie", cookie).json(&body).send()
    };
    let planted = "hopetree_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let response = sign_in(planted.into()).await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let first = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(first.contains(part), "{first}");
    }
    assert!(!first.contains("AAAAAAAA"), "a token that somebody planted is worth nothing");
    let pair = |cookie: &str| cookie.split(';').next().unwrap().to_owned();
    let response = sign_in(pair(&first)).await.unwrap();
    let second = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    let asks =
        |cookie: String| app.http.get(format!("{}/api/v1/session", app.url)).header("cookie", cookie).send();
    assert_eq!(asks(pair(&first)).await.unwrap().status(), 401, "the browser's former session is over");
    let response = asks(pair(&second)).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
}

#[tokio::test]
async fn a_session_ends_when_it_idles_and_at_the_end_of_a_day() {
    let Some(library) = faketime() else {
        return missing("libfaketime", "install it (Debian: apt-get install faketime)");
    };
    let folder = Hopetree::start().stop();
    let clock = folder.path().join("clock");
    set(&clock, 0);
    let variables = [
        ("LD_PRELOAD", library.to_str().unwrap()),
        ("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let app = Hopetree::serve_with(folder, Mode::Secure, &variables);
    let console = app.signs_in_as("editor").await;
    let minute = 60;
    for minutes in [119, 2 * 119, 3 * 119, 4 * 119, 5 * 119, 6 * 119] {
        set(&clock, minutes * minute);
        console.get("/api/v1/session").await.done();
    }
    set(&clock, 12 * 60 * minute + 1);
    assert_eq!(console.get("/api/v1/session").await.refused(), (401, "session_ended"), "a day is over");
    let console = app.signs_in("editor").await;
    // A page that was left open asks by itself who else has a notice open.
    set(&clock, 13 * 60 * minute + 2);
    let unattended = console.request(Method::GET, "/api/v1/session").header("x-unattended", "1").send().await;
    assert_eq!(unattended.unwrap().status(), 200);
    set(&clock, 14 * 60 * minute + 2);
    assert_eq!(console.get("/api/v1/session").await.refused(), (401, "session_ended"), "nobody was there");
}

#[tokio::test]
async fn doctor_says_when_nobody_can_sign_in() {
    let app = Hopetree::start();
    let told = || String::from_utf8_lossy(&run(app.folder.path(), &["doctor"]).stdout).into_owned();
    assert!(told().contains("nobody can sign in to the console"));
    app.add_person("owner", "owner");
    assert!(told().contains("1 owners can sign in"));
    app.command_with(&["user", "disable", "owner"], "");
    assert!(told().contains("nobody can sign in to the console"));
}

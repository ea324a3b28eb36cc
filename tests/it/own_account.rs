//! What people do about their own password, sessions and second factor.

use reqwest::Method;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::support::{Console, Hopetree, PASSWORD, Reply, now, reply, run};

const OTHER: &str = "lantern-marmot-43";

/// The code that an app shows so many half minutes from now.
fn code(secret: &str, steps: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate((now() + 30 * steps).try_into().unwrap()).to_string()
}

async fn signs_in_with(app: &Hopetree, password: &str, code: Option<&str>) -> Reply {
    let body = json!({ "name": "editor", "password": password, "code": code });
    let request = app.http.post(format!("{}/api/v1/session", app.url)).json(&body);
    reply(request.send().await.unwrap()).await
}

async fn with_factor<'a>(console: &Console<'a>) -> (String, Vec<String>) {
    let new = console.post("/api/v1/me/factor", json!({ "password": PASSWORD })).await.done();
    assert!(new["picture"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    let secret = new["secret"].as_str().unwrap().to_owned();
    assert!(new["url"].as_str().unwrap().contains(&secret));
    let wrong = console.post("/api/v1/me/factor/confirm", json!({ "code": "000000" })).await;
    assert_eq!(wrong.refused(), (422, "invalid"));
    let codes = console.post("/api/v1/me/factor/confirm", json!({ "code": code(&secret, -1) })).await.done();
    let codes = codes["recovery_codes"].as_array().unwrap().iter();
    (secret, codes.map(|code| code.as_str().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_all_other_sessions() {
    let app = Hopetree::start();
    let here = app.signs_in_as("editor").await;
    let elsewhere = app.signs_in("editor").await;
    let change = async |current: &str, next: &str| {
        here.post("/api/v1/me/password", json!({ "current": current, "next": next })).await
    };
    let refusals = [
        ("wrong-lantern-1", OTHER, "current"),
        (PASSWORD, PASSWORD, "next"),
        (PASSWORD, "short", "next"),
        (PASSWORD, "password123", "next"),
        (PASSWORD, "editor-2026-x", "next"),
    ];
    for (current, next, field) in refusals {
        let refused = change(current, next).await;
        assert_eq!(refused.refused(), (422, "invalid"));
        assert!(refused.body["fields"][field].is_string(), "{refused:?}");
    }
    change(PASSWORD, OTHER).await.done();
    here.get("/api/v1/session").await.done();
    assert_eq!(elsewhere.get("/api/v1/session").await.refused(), (401, "session_ended"));
    assert_eq!(signs_in_with(&app, PASSWORD, None).await.refused(), (401, "wrong_credentials"));
    signs_in_with(&app, OTHER, None).await.done();
    for _ in 0..5 {
        change("wrong-lantern-1", OTHER).await;
    }
    assert_eq!(
        change("wrong-lantern-1", OTHER).await.refused(),
        (429, "too_many"),
        "a thief of the session guesses"
    );
}

#[tokio::test]
async fn people_see_where_they_are_signed_in_and_sign_out_there() {
    let app = Hopetree::start();
    let here = app.signs_in_as("editor").await;
    let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
    let body = json!({ "name": "editor", "password": PASSWORD });
    let sign_in = app.http.post(format!("{}/api/v1/session", app.url)).json(&body).header("user-agent", edge);
    sign_in.header("x-forwarded-for", "203.0.113.9").send().await.unwrap();
    let third = app.signs_in("editor").await;
    let other = app.signs_in_as("reviewer").await;
    let sessions = here.get("/api/v1/me/sessions").await.done();
    let items = sessions["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    let there = items.iter().find(|session| session["address"] == "203.0.113.9").unwrap();
    assert_eq!((&there["browser"], &there["is_current"]), (&json!("Windows 上的 Edge"), &json!(false)));
    assert_eq!(items.iter().filter(|session| session["is_current"] == true).count(), 1);
    let path = format!("/api/v1/me/sessions/{}", there["id"]);
    assert_eq!(other.delete(&path).await.refused(), (404, "not_found"), "it is somebody else's");
    assert_eq!(here.delete(&path).await.status, 204);
    assert_eq!(here.delete(&path).await.refused(), (404, "not_found"));
    assert_eq!(here.delete("/api/v1/me/sessions").await.status, 204);
    assert_eq!(third.get("/api/v1/session").await.refused(), (401, "session_ended"));
    here.get("/api/v1/session").await.done();
    other.get("/api/v1/session").await.done();
}

#[tokio::test]
async fn with_a_second_factor_signing_in_asks_for_a_code_that_works_once() {
    let app = Hopetree::start();
    let console = app.signs_in_as("editor").await;
    let wrong = console.post("/api/v1/me/factor", json!({ "password": "wrong-lantern-1" })).await;
    assert_eq!(wrong.refused(), (422, "invalid"));
    let early = console.post("/api/v1/me/factor/confirm", json!({ "code": "123456" })).await;
    assert_eq!(early.refused(), (409, "factor_off"));
    let (secret, codes) = with_factor(&console).await;
    let view = console.get("/api/v1/me/factor").await.done();
    assert_eq!(view, json!({ "is_on": true, "recovery_codes_left": 10 }));
    let again = console.post("/api/v1/me/factor", json!({ "password": PASSWORD })).await;
    assert_eq!(again.refused(), (409, "factor_on"));

    assert_eq!(signs_in_with(&app, PASSWORD, None).await.refused(), (401, "code_needed"));
    assert_eq!(signs_in_with(&app, OTHER, None).await.refused(), (401, "wrong_credentials"));
    let used = code(&secret, -1);
    assert_eq!(
        signs_in_with(&app, PASSWORD, Some(&used)).await.refused(),
        (401, "wrong_code"),
        "it turned it on"
    );
    let next = code(&secret, 0);
    let session = signs_in_with(&app, PASSWORD, Some(&next)).await.done();
    assert_eq!(session["has_totp"], true);
    assert_eq!(signs_in_with(&app, PASSWORD, Some(&next)).await.refused(), (401, "wrong_code"));

    let recovery = codes[4].to_uppercase();
    signs_in_with(&app, PASSWORD, Some(&recovery)).await.done();
    assert_eq!(signs_in_with(&app, PASSWORD, Some(&recovery)).await.refused(), (401, "wrong_code"));
    assert_eq!(console.get("/api/v1/me/factor").await.done()["recovery_codes_left"], 9);
    let dump = std::fs::read(app.folder.path().join("hopetree.db")).unwrap();
    let wal = std::fs::read(app.folder.path().join("hopetree.db-wal")).unwrap_or_default();
    let holds = |text: &str| {
        [&dump, &wal].iter().any(|file| file.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    assert!(!holds(&secret) && !holds(&codes[5]), "neither is kept as it is");

    let both = |code: &str| json!({ "password": PASSWORD, "code": code });
    let renewed = console.post("/api/v1/me/factor/recovery-codes", both(&codes[0])).await.done();
    assert_eq!(signs_in_with(&app, PASSWORD, Some(&codes[1])).await.refused(), (401, "wrong_code"));
    let fresh = renewed["recovery_codes"][0].as_str().unwrap();
    let off = console.post("/api/v1/me/factor/off", both("000000")).await;
    assert_eq!(off.refused(), (422, "invalid"));
    console.post("/api/v1/me/factor/off", both(fresh)).await.done();
    signs_in_with(&app, PASSWORD, None).await.done();
}

#[tokio::test]
async fn wrong_codes_lock_the_name_as_wrong_passwords_do() {
    let app = Hopetree::start();
    let console = app.signs_in_as("editor").await;
    let (secret, _) = with_factor(&console).await;
    for _ in 0..5 {
        assert_eq!(signs_in_with(&app, PASSWORD, Some("000000")).await.refused(), (401, "wrong_code"));
    }
    let right = code(&secret, 0);
    assert_eq!(signs_in_with(&app, PASSWORD, Some(&right)).await.refused(), (429, "too_many"));
}

#[tokio::test]
async fn a_password_that_somebody_else_set_is_changed_before_anything_else() {
    let app = Hopetree::start();
    app.add_person("editor", "editor");
    app.command_with(&["user", "passwd", "editor", "--must-change"], PASSWORD);
    let console = app.signs_in("editor").await;
    assert_eq!(console.get("/api/v1/session").await.done()["must_change_password"], true);
    for (method, path) in
        [(Method::GET, "/api/v1/me/sessions"), (Method::GET, "/audit"), (Method::GET, "/api/v1/people")]
    {
        assert_eq!(console.send(method, path, None).await.refused(), (403, "must_change_password"));
    }
    let body = json!({ "current": PASSWORD, "next": OTHER });
    console.post("/api/v1/me/password", body).await.done();
    let session: Value = console.get("/api/v1/session").await.done();
    assert_eq!(session["must_change_password"], false);
    console.get("/api/v1/me/sessions").await.done();
}

#[tokio::test]
async fn another_master_key_opens_the_second_factors_too() {
    let app = Hopetree::start();
    let console = app.signs_in_as("editor").await;
    let (secret, _) = with_factor(&console).await;
    let mode = app.mode;
    let folder = app.stop();
    let (key, former) = (folder.path().join("master.key"), folder.path().join("former.key"));
    std::fs::rename(key, &former).unwrap();
    let arguments = ["account", "reseal", "--former-key-file", former.to_str().unwrap()];
    for _ in 0..2 {
        let output = run(folder.path(), &arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 second factor"));
    }
    let app = Hopetree::serve(folder, mode);
    let right = code(&secret, 0);
    signs_in_with(&app, PASSWORD, Some(&right)).await.done();
}

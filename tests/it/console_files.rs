//! The console as files: where it is served, and what its pages may do.

use crate::support::Hopetree;

#[tokio::test]
async fn the_console_is_served_at_every_address_of_its_own() {
    let app = Hopetree::start();
    for path in ["/console/", "/console/a/hope", "/console/a/hope/notices/1", "/console/sign-in?back=/a/x"] {
        let (status, body) = app.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(body.contains("<html lang=\"zh-CN\">"), "{path}: {body}");
    }
    assert_eq!(app.get("/assets/console/../../Cargo.toml").await.0, 404);
}

#[tokio::test]
async fn the_consoles_policy_lets_no_foreign_script_or_frame_in() {
    let app = Hopetree::start();
    let response = app.http.get(format!("{}/console/a/hope", app.url)).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    for rule in ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule), "{rule} is missing in {policy}");
    }
    assert_eq!(response.headers()["cache-control"], "no-cache");
}

//! Every operation that the API's document describes, asked by those who must not: strangers, people of another account,
//! and pages of another site.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Hopetree, PASSWORD, project, reply, run};

/// Whoever is not signed in yet may ask for these.
const OPEN: [&str; 1] = ["POST /api/v1/session"];

/// Method and path of each operation, with something in the place of each parameter.
fn operations(slug: &str) -> Vec<(Method, String, String)> {
    let document = std::fs::read_to_string(project().join("web/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let filled: Vec<String> = path
            .split('/')
            .map(|part| match part {
                "{account}" => slug.to_owned(),
                part if part.contains('{') => "1".into(),
                part => part.into(),
            })
            .collect();
        for method in ["get", "post", "put", "patch", "delete"] {
            if item.get(method).is_some() {
                let name = format!("{} {path}", method.to_uppercase());
                operations.push((name[..name.find(' ').unwrap()].parse().unwrap(), filled.join("/"), name));
            }
        }
    }
    assert!(operations.len() > 30);
    operations
}

#[tokio::test]
async fn what_belongs_to_another_account_is_not_there_and_nobody_gets_in_without_session_and_token() {
    let app = Hopetree::start();
    let add = ["account", "add", "other", "--name", "别处", "--app-id", "wx00000000000000aa", "--app-secret"];
    let rest = ["0123456789abcdef0123456789abcdef", "--token", "shequ2026Token", "--aes-key"];
    let last = ["EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8", "--mode", "secure", "--kind", "service"];
    assert!(run(app.folder.path(), &[&add[..], &rest, &last].concat()).status.success());
    app.command_with(&["user", "add", "stranger", "--role", "admin", "--account", "other"], PASSWORD);
    let stranger = app.signs_in("stranger").await;
    let mut wrong = Vec::new();
    for (method, path, name) in operations("hope") {
        let changes = method != Method::GET;
        let with_body = |request: reqwest::RequestBuilder| {
            if changes { request.json(&json!({})) } else { request }
        };
        let url = format!("{}{path}", app.url);
        if !OPEN.contains(&name.as_str()) {
            let status =
                reply(with_body(app.http.request(method.clone(), &url)).send().await.unwrap()).await.status;
            if status != 401 {
                wrong.push(format!("{name}: {status} for who is not signed in"));
            }
            if changes {
                let request = app.http.request(method.clone(), &url).header("cookie", &stranger.cookie);
                let status = reply(with_body(request).send().await.unwrap()).await.status;
                if status != 403 {
                    wrong.push(format!("{name}: {status} without the page's token"));
                }
            }
        }
        if name.contains("/accounts/{account}") {
            let request = with_body(stranger.request(method.clone(), &path));
            let status = reply(request.send().await.unwrap()).await.status;
            if status != 404 {
                wrong.push(format!("{name}: {status} for an admin of another account"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

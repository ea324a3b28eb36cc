//! Somebody at work in the console: signed in, over the API.

use std::io::Write;
use std::process::Stdio;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::Hopetree;

pub const PASSWORD: &str = "marmot-lantern-42";

/// What the API said.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub status: StatusCode,
    pub body: Value,
}

impl Reply {
    /// The body, of a request that must have been done.
    #[track_caller]
    pub fn done(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        self.body
    }

    /// The status and code of a request that must have been refused.
    #[track_caller]
    pub fn refused(&self) -> (u16, &str) {
        assert!(self.status.is_client_error(), "{self:?}");
        (self.status.as_u16(), self.body["code"].as_str().unwrap())
    }
}

/// A signed-in person.
pub struct Console<'a> {
    pub app: &'a Hopetree,
    pub cookie: String,
    pub csrf: String,
}

impl Hopetree {
    /// Adds a person at the command line; the role holds in the account `hope` unless it holds everywhere.
    #[track_caller]
    pub fn add_person(&self, name: &str, role: &str) {
        let mut arguments = vec!["user", "add", name, "--role", role];
        if !["town", "owner"].contains(&role) {
            arguments.extend(["--account", "hope"]);
        }
        self.command_with(&arguments, PASSWORD);
    }

    /// Runs a command with something on its standard input; it must succeed.
    #[track_caller]
    pub fn command_with(&self, arguments: &[&str], input: &str) -> String {
        let mut child = self
            .prepared(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program can be started");
        let mut pipe = child.stdin.take().expect("standard input is piped");
        // A command that ends without reading it is no fault.
        pipe.write_all(input.as_bytes()).and_then(|()| pipe.write_all(b"\n")).ok();
        drop(pipe);
        let output = child.wait_with_output().expect("the program ends");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A new person with a role, signed in. The name is the role's.
    pub async fn signs_in_as(&self, role: &str) -> Console<'_> {
        self.add_person(role, role);
        self.signs_in(role).await
    }

    /// Somebody who was added before, signed in.
    pub async fn signs_in(&self, name: &str) -> Console<'_> {
        let (reply, cookie) = self.tries_to_sign_in(name, PASSWORD).await;
        let body = reply.done();
        let csrf = body["csrf"].as_str().expect("a token").to_owned();
        Console { app: self, cookie: cookie.expect("a cookie"), csrf }
    }

    /// An attempt, and the cookie that it gave.
    pub async fn tries_to_sign_in(&self, name: &str, password: &str) -> (Reply, Option<String>) {
        let body = json!({ "name": name, "password": password });
        let request = self.http.post(format!("{}/api/v1/session", self.url)).json(&body);
        let response = request.send().await.expect("the server answers");
        let cookie = response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        (reply(response).await, cookie.map(|cookie| cookie.split(';').next().unwrap().to_owned()))
    }
}

impl Console<'_> {
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// A request as the console's page makes it. A path without `/api` is below the account `hope`.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        reply(request.send().await.expect("the server answers")).await
    }

    /// A request with everything but a body.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let path =
            if path.starts_with("/api") { path.into() } else { format!("/api/v1/accounts/hope{path}") };
        let request = self.app.http.request(method, format!("{}{path}", self.app.url));
        request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf)
    }
}

/// What came back, as JSON where it is JSON.
pub async fn reply(response: reqwest::Response) -> Reply {
    let status = response.status();
    let text = response.text().await.expect("the answer is text");
    Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}

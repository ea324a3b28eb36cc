//! A running demo, and its residents as the sandbox plays them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use hopetree::db::Db;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::project;

const START_LIMIT: Duration = Duration::from_secs(30);

/// `hopetree demo` on a free port; it is killed when dropped.
pub struct Demo {
    pub url: String,
    pub http: reqwest::Client,
    pub folder: TempDir,
    child: Child,
}

impl Demo {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_hopetree"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .current_dir(project())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the demo can be started");
        let lines = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
        let (found, address) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(address) = line.split_whitespace().find(|word| word.starts_with("http://")) {
                    found.send(address.trim_end_matches('/').to_owned()).ok();
                }
            }
        });
        let url = address.recv_timeout(START_LIMIT).expect("the demo says where it is");
        rustls::crypto::ring::default_provider().install_default().ok();
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        Self { url, http, folder, child }
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.http.get(format!("{}{path}", self.url)).send().await.expect("the demo answers");
        response.json().await.expect("the answer is JSON")
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.url)).json(&body);
        let response = request.send().await.expect("the demo answers");
        let status = response.status();
        let text = response.text().await.expect("the answer is text");
        assert!(status.is_success(), "POST {path} {body}: {status} {text}");
        serde_json::from_str(&text).expect("the answer is JSON")
    }

    /// The AppID of one of the demo's accounts.
    pub async fn app_id(&self, slug: &str) -> String {
        let state = self.get("/sandbox/control/state").await;
        let accounts = state["accounts"].as_array().expect("there are accounts");
        let account = accounts.iter().find(|account| account["slug"] == slug).expect("the account is there");
        account["app_id"].as_str().expect("an AppID").to_owned()
    }

    /// What a resident does on the phone; gives the new entries of the chat.
    pub async fn does(&self, slug: &str, resident: &str, deed: &str, body: Value) -> Vec<Value> {
        let path =
            format!("/sandbox/control/accounts/{}/residents/{resident}/{deed}", self.app_id(slug).await);
        self.post(&path, body).await["entries"].as_array().expect("entries").clone()
    }

    pub async fn says(&self, slug: &str, resident: &str, text: &str) -> Vec<Value> {
        self.does(slug, resident, "send", json!({ "type": "text", "content": text })).await
    }

    /// The first resident of the sandbox who does not follow an account yet.
    pub async fn stranger(&self, slug: &str) -> String {
        let app_id = self.app_id(slug).await;
        let state = self.get("/sandbox/control/state").await;
        for resident in state["residents"].as_array().expect("there are residents") {
            let id = resident["id"].as_str().expect("an id");
            let chat = self.get(&format!("/sandbox/control/accounts/{app_id}/residents/{id}/chat")).await;
            if chat["following"] == false {
                return id.to_owned();
            }
        }
        panic!("everybody follows {slug} already");
    }

    pub async fn db(&self) -> Db {
        let path = self.folder.path().join("hopetree.db");
        Db::connect(&format!("sqlite://{}", path.display())).await.expect("the database opens")
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What the account said in entries of a chat.
pub fn said(entries: &[Value]) -> Vec<&Value> {
    entries.iter().filter(|entry| entry["from"] == "account").collect()
}

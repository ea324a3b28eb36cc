//! A sandbox and a scripted webhook, both on ports of their own, and short words for what tests do with them.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::post;
use hopetree::clock::Clock;
use hopetree::sandbox::{AccountSettings, Options, Sandbox, demo_accounts, router};
use hopetree::wechat::envelope::Envelope;
use hopetree::wechat::{AesKey, AppId, Token};
use serde_json::{Value, json};

/// 2026-01-01 08:00 in Shanghai.
pub(super) const START: i64 = 1_767_225_600;

/// What the webhook answers to one push.
#[derive(Clone)]
pub(super) enum Answer {
    /// Not at all.
    Silence,
    With(u16, String),
    /// A passive reply of this type and content, addressed back.
    Reply(String),
}

/// A push as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub(super) slug: String,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: String,
}

#[derive(Clone, Default)]
struct Webhook {
    script: Arc<Mutex<VecDeque<Answer>>>,
    received: Arc<Mutex<Vec<Received>>>,
}

pub(super) struct Stage {
    pub(super) base: String,
    pub(super) sandbox: Sandbox,
    pub(super) accounts: Vec<AccountSettings>,
    http: reqwest::Client,
    webhook: Webhook,
    now: Arc<AtomicI64>,
}

impl Stage {
    /// A platform that is as patient as WeChat.
    pub(super) async fn open() -> Self {
        Self::open_with(Options::default().attempt_limit).await
    }

    /// A platform that soon gives an attempt up, so that a webhook can keep silent.
    pub(super) async fn open_impatient() -> Self {
        Self::open_with(Duration::from_millis(400)).await
    }

    async fn open_with(attempt_limit: Duration) -> Self {
        let webhook = Webhook::default();
        let routes = Router::new().route("/wx/{slug}", post(receive)).with_state(webhook.clone());
        let accounts = demo_accounts(&format!("http://{}", serve(routes).await));
        let now = Arc::new(AtomicI64::new(START * 1000));
        let options = Options {
            clock: Clock::Fixed(Arc::clone(&now)),
            attempt_limit,
            retry_pause: Duration::ZERO,
            reorder_wait: Duration::from_secs(10),
        };
        let sandbox =
            Sandbox::with_options(accounts.clone(), options).expect("the demo's accounts are accepted");
        let address = serve(Router::new().nest("/sandbox", router(sandbox.clone()))).await;
        let http = reqwest::Client::builder().no_proxy().build().expect("a plain client can be made");
        Self { base: format!("http://{address}/sandbox"), sandbox, accounts, http, webhook, now }
    }

    pub(super) fn let_pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).expect("tests do not wait for ages");
        self.now.fetch_add(millis, Ordering::Relaxed);
    }

    /// What the webhook answers next, one after the other; afterwards it says `success`.
    pub(super) fn will_answer(&self, answers: impl IntoIterator<Item = Answer>) {
        lock(&self.webhook.script).extend(answers);
    }

    /// All pushes that arrived since the last time.
    pub(super) fn arrived(&self) -> Vec<Received> {
        std::mem::take(&mut lock(&self.webhook.received))
    }

    pub(super) fn account(&self, slug: &str) -> &AccountSettings {
        self.accounts.iter().find(|account| account.slug == slug).expect("an account of the demo")
    }

    /// An access token of the account.
    pub(super) async fn token(&self, slug: &str) -> String {
        let account = self.account(slug);
        let body = json!({
            "grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret,
        });
        let answer = self.api("/cgi-bin/stable_token", Some(body)).await;
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// Calls the platform's API at a path with its query: POST when there is a body.
    pub(super) async fn api(&self, path: &str, body: Option<Value>) -> Value {
        match body {
            None => self.answer_of(self.http.get(format!("{}{path}", self.base))).await,
            Some(body) => self.api_raw(path, &body.to_string()).await,
        }
    }

    pub(super) async fn api_raw(&self, path: &str, body: &str) -> Value {
        self.answer_of(self.http.post(format!("{}{path}", self.base)).body(body.to_owned())).await
    }

    /// The errcode of an answer; 0 when there is none.
    pub(super) async fn errcode(&self, path: &str, body: Option<Value>) -> i64 {
        self.api(path, body).await["errcode"].as_i64().unwrap_or_default()
    }

    async fn answer_of(&self, request: reqwest::RequestBuilder) -> Value {
        let response = request.send().await.expect("the sandbox answers");
        assert_eq!(response.status(), 200, "the platform's API always answers with 200");
        let kind = response.headers()["content-type"].to_str().unwrap_or_default().to_owned();
        assert!(kind.starts_with("application/json"), "{kind}");
        response.json().await.expect("the platform's API answers with JSON")
    }

    /// Uses the control. POST when there is a body.
    pub(super) async fn control(&self, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let url = format!("{}/control/{path}", self.base);
        let request = match body {
            None => self.http.get(url),
            Some(body) => self.http.post(url).json(&body),
        };
        let response = request.send().await.expect("the control answers");
        (response.status(), response.json().await.expect("the control answers with JSON"))
    }

    /// Lets a resident do something that works, and gives the answer.
    pub(super) async fn does(&self, slug: &str, resident: &str, what: &str, body: Value) -> Value {
        let app_id = &self.account(slug).app_id;
        let path = format!("accounts/{app_id}/residents/{resident}/{what}");
        let (status, answer) = self.control(&path, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// 孙老师, who follows every account from the start, writes a text.
    pub(super) async fn writes(&self, slug: &str, text: &str) -> Value {
        self.does(slug, "sun", "send", json!({"type": "text", "content": text})).await
    }

    /// Waits until something that 孙老师 wrote stands in the chat, while its push is under way.
    pub(super) async fn until_written(&self, slug: &str) {
        for _ in 0..10_000 {
            if self.chat(slug, "sun").await["entries"].as_array().is_some_and(|entries| !entries.is_empty()) {
                return;
            }
        }
        panic!("nothing was written");
    }

    pub(super) async fn chat(&self, slug: &str, resident: &str) -> Value {
        let app_id = &self.account(slug).app_id;
        self.control(&format!("accounts/{app_id}/residents/{resident}/chat"), None).await.1
    }

    /// The attempts of the newest push.
    pub(super) async fn attempts(&self, slug: &str) -> Vec<Value> {
        let app_id = &self.account(slug).app_id;
        let (_, answer) = self.control(&format!("accounts/{app_id}/pushes"), None).await;
        let newest = answer["pushes"].as_array().and_then(|pushes| pushes.last()).expect("a push");
        newest["attempts"].as_array().expect("attempts").clone()
    }

    pub(super) async fn switch(&self, faults: Value) {
        let (status, answer) = self.control("faults", Some(faults)).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// The OpenID by which the account knows the resident.
    pub(super) async fn open_id(&self, slug: &str, resident: &str) -> String {
        let token = self.token(slug).await;
        let before = self.api(&format!("/cgi-bin/user/get?access_token={token}"), None).await;
        let before: Vec<Value> = before["data"]["openid"].as_array().cloned().unwrap_or_default();
        self.does(slug, resident, "follow", json!({})).await;
        let after = self.api(&format!("/cgi-bin/user/get?access_token={token}"), None).await;
        let after = after["data"]["openid"].as_array().cloned().unwrap_or_default();
        let new = after.iter().find(|open_id| !before.contains(open_id)).expect("a new follower");
        new.as_str().expect("an OpenID").to_owned()
    }
}

/// The token and the envelope of an account, to check and open what arrived.
pub(super) fn secrets(account: &AccountSettings) -> (Token, Envelope) {
    let app_id = AppId::parse(&account.app_id).expect("an AppID");
    let key = AesKey::parse(&account.aes_key).expect("an AES key");
    (Token::parse(&account.token).expect("a token"), Envelope::new(app_id, key, None))
}

/// The text of an element of XML as the platform writes it.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}"));
    let (text, _) = rest.split_once(&format!("</{name}>")).expect("the element is closed");
    text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(text)
}

/// What the entries of a chat say: who, what kind, and the text.
pub(super) fn said(entries: &Value) -> Vec<(String, String, String)> {
    let field = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let entries = entries.as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| (field(entry, "from"), field(entry, "kind"), field(entry, "text"))).collect()
}

/// The last bubble's sender, kind and text.
pub(super) fn last_said(answer: &Value) -> (String, String, String) {
    said(&answer["entries"]).pop().expect("an entry")
}

/// As WeChat calls it on the phone when an account fails.
pub(super) fn fault() -> (String, String, String) {
    let text = "该公众号提供的服务出现故障，请稍后再试";
    ("system".to_owned(), "fault".to_owned(), text.to_owned())
}

async fn serve(routes: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    tokio_util::task::TaskTracker::new().spawn(async move { axum::serve(listener, service).await });
    address
}

async fn receive(
    State(webhook): State<Webhook>,
    Path(slug): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    body: String,
) -> (StatusCode, String) {
    lock(&webhook.received).push(Received { slug, query, body: body.clone() });
    let answer = lock(&webhook.script).pop_front();
    match answer {
        None => (StatusCode::OK, "success".to_owned()),
        Some(Answer::With(status, body)) => (StatusCode::from_u16(status).expect("a status"), body),
        Some(Answer::Silence) => std::future::pending().await,
        Some(Answer::Reply(content)) => {
            let (to, from) = (element(&body, "FromUserName"), element(&body, "ToUserName"));
            (StatusCode::OK, reply(to, from, &content))
        }
    }
}

/// A passive reply: `content` is everything from `MsgType` on.
pub(super) fn reply(to: &str, from: &str, content: &str) -> String {
    format!(
        "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName>\
         <CreateTime>{START}</CreateTime>{content}</xml>"
    )
}

/// The rest of a text reply.
pub(super) fn text(content: &str) -> String {
    format!("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{content}]]></Content>")
}

/// The rest of a reply with so many cards.
pub(super) fn news(count: usize) -> String {
    let card = "<item><Title><![CDATA[停水通知]]></Title><Description><![CDATA[1月2日]]></Description>\
                <PicUrl><![CDATA[https://shequ.example.cn/p.jpg]]></PicUrl>\
                <Url><![CDATA[https://shequ.example.cn/n/42]]></Url></item>";
    let cards = card.repeat(count);
    format!(
        "<MsgType><![CDATA[news]]></MsgType><ArticleCount>{count}</ArticleCount><Articles>{cards}</Articles>"
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics with the lock")
}

//! A resident, and the platform's part in what they do: XML, signature, envelope.

use std::sync::atomic::{AtomicU64, Ordering};

use hopetree::wechat::Reply;
use hopetree::wechat::envelope::read_encrypt;
use hopetree::wechat::reply::Article;
use hopetree::wechat::xml::Element;

use super::running::ORIGINAL_ID;
use super::{Hopetree, Mode};

static NEXT_ID: AtomicU64 = AtomicU64::new(24_681_357_902_468_136);

pub struct Resident<'a> {
    app: &'a Hopetree,
    openid: String,
    mode: Mode,
}

/// What came back for a push.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub status: u16,
    /// The body, opened.
    pub body: String,
}

impl Heard {
    /// The text of the bubble.
    #[track_caller]
    pub fn text(&self) -> String {
        match self.reply() {
            Reply::Text(text) => text.as_str().to_owned(),
            other => panic!("expected a text, got {other:?}"),
        }
    }

    /// The cards.
    #[track_caller]
    pub fn cards(&self) -> Vec<Article> {
        match self.reply() {
            Reply::News(news) => news.articles().to_vec(),
            other => panic!("expected cards, got {other:?}"),
        }
    }

    #[track_caller]
    pub fn is_silence(&self) -> bool {
        assert_eq!(self.status, 200, "{self:?}");
        self.body == "success"
    }

    #[track_caller]
    fn reply(&self) -> Reply {
        assert_eq!(self.status, 200, "{self:?}");
        Reply::parse(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}")).reply
    }
}

impl<'a> Resident<'a> {
    pub(super) fn new(app: &'a Hopetree, openid: &str) -> Self {
        // Openids have 28 characters and begin with o.
        Self { app, openid: format!("o{openid:0>27}"), mode: app.mode }
    }

    pub fn openid(&self) -> &str {
        &self.openid
    }

    pub async fn says(&self, text: &str) -> Heard {
        self.sends("text", &format!("<Content><![CDATA[{text}]]></Content>")).await
    }

    /// Taps a line of the numbered menu.
    pub async fn taps_line(&self, text: &str, id: &str) -> Heard {
        let body = format!("<Content><![CDATA[{text}]]></Content><bizmsgmenuid>{id}</bizmsgmenuid>");
        self.sends("text", &body).await
    }

    pub async fn follows(&self) -> Heard {
        self.does("subscribe", "<EventKey><![CDATA[]]></EventKey>").await
    }

    pub async fn follows_by(&self, scene: &str) -> Heard {
        let body = format!("<EventKey><![CDATA[qrscene_{scene}]]></EventKey><Ticket><![CDATA[gQ]]></Ticket>");
        self.does("subscribe", &body).await
    }

    pub async fn leaves(&self) -> Heard {
        self.does("unsubscribe", "<EventKey><![CDATA[]]></EventKey>").await
    }

    pub async fn taps(&self, key: &str) -> Heard {
        self.does("CLICK", &format!("<EventKey><![CDATA[{key}]]></EventKey>")).await
    }

    pub async fn is_at(&self, latitude: f64, longitude: f64) -> Heard {
        let place = format!("<Location_X>{latitude}</Location_X><Location_Y>{longitude}</Location_Y>");
        self.sends("location", &format!("{place}<Scale>16</Scale><Label><![CDATA[]]></Label>")).await
    }

    /// A message of a type, with the elements that are its own.
    pub async fn sends(&self, kind: &str, body: &str) -> Heard {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        self.pushes(&self.xml(kind, now(), &format!("{body}<MsgId>{id}</MsgId>"))).await
    }

    /// An event, with the elements that are its own. No two of this function are the same push.
    pub async fn does(&self, event: &str, body: &str) -> Heard {
        let unique = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let body = format!("<Event><![CDATA[{event}]]></Event>{body}<MsgID>{unique}</MsgID>");
        self.pushes(&self.xml("event", now(), &body)).await
    }

    /// The whole XML of a push.
    pub fn xml(&self, kind: &str, at: i64, body: &str) -> String {
        format!(
            "<xml><ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
             <CreateTime>{at}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{body}</xml>",
            self.openid
        )
    }

    /// Signs and seals as the account's mode wants it, posts, and opens the answer.
    pub async fn pushes(&self, xml: &str) -> Heard {
        let (query, body) = self.delivery(xml);
        let (status, body) = self.posts(&query, body).await;
        Heard { status, body: self.opened(body) }
    }

    /// The body of an answer, out of its envelope if it came in one.
    pub fn opened(&self, body: String) -> String {
        if body.contains("<Encrypt>") { self.open(&body) } else { body }
    }

    /// The query and body of a delivery.
    pub fn delivery(&self, xml: &str) -> (String, String) {
        let (timestamp, nonce) = (now().to_string(), "1320562132");
        let signature = self.app.token().sign(&timestamp, nonce);
        let query =
            format!("signature={signature}&timestamp={timestamp}&nonce={nonce}&openid={}", self.openid);
        if self.mode == Mode::Plain {
            return (query, xml.to_owned());
        }
        let encrypt = self.app.envelope().seal(xml, *b"abcdefghij012345");
        let msg_signature = self.app.token().sign_sealed(&timestamp, nonce, &encrypt);
        let clear = match self.mode {
            Mode::Compatible => xml.trim_start_matches("<xml>").trim_end_matches("</xml>").to_owned(),
            _ => format!("<ToUserName><![CDATA[{ORIGINAL_ID}]]></ToUserName>"),
        };
        let body = format!("<xml>{clear}<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>");
        (format!("{query}&encrypt_type=aes&msg_signature={msg_signature}"), body)
    }

    /// The status and body of the answer; status 0 when there is none.
    pub async fn posts(&self, query: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
        let url = format!("{}/wx/hope?{query}", self.app.url);
        let request = self.app.http.post(url).header("content-type", "text/xml").body(body);
        match request.send().await {
            Ok(response) => (response.status().as_u16(), response.text().await.unwrap_or_default()),
            Err(error) => (0, error.to_string()),
        }
    }

    /// A signed post to another path; gives the status.
    pub async fn app_post(&self, path: &str) -> u16 {
        let (query, body) = self.delivery(&self.xml("text", 1, "<Content>1</Content><MsgId>1</MsgId>"));
        let url = format!("{}{path}?{query}", self.app.url);
        self.app.http.post(url).body(body).send().await.expect("the server answers").status().as_u16()
    }

    fn open(&self, body: &str) -> String {
        let sealed = read_encrypt(body).expect("the answer is an envelope");
        let outer = Element::parse(body).expect("the answer is XML");
        let field = |name| outer.child(name).expect("the envelope has its fields").text().to_owned();
        let (timestamp, nonce, signature) = (field("TimeStamp"), field("Nonce"), field("MsgSignature"));
        assert!(
            self.app.token().verify_sealed(&signature, &timestamp, &nonce, &sealed.encrypt),
            "the answer's signature is wrong"
        );
        self.app.envelope().open(&sealed.encrypt).expect("the answer opens")
    }
}

/// Unix seconds.
#[expect(clippy::disallowed_methods, reason = "the tests' own clock")]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

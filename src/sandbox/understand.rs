//! Reads the answer to a push as the platform does (§1.5, §5), and makes of it what the phone shows.

use super::chat::{Content, From, Kind};
use super::compose::Shown;
use super::push::Identity;
use super::texts;
use crate::wechat::reply::{MAX_ARTICLES_TO_A_MESSAGE, SUCCESS};
use crate::wechat::xml::Element;
use crate::wechat::{Mode, OpenId, Reply};

/// What an answer with HTTP status 200 means to the platform.
#[derive(Debug)]
pub(super) enum Understood {
    /// `success` or nothing.
    Acknowledged,
    Answered {
        reply: Reply,
        /// The reply as XML, decrypted.
        xml: String,
    },
    /// Anything else: the resident sees the fault notice.
    Nonsense {
        reason: String,
        /// What was inside, if it could be decrypted.
        xml: Option<String>,
    },
}

/// Reads the body of an answer to a push of the resident `from`.
pub(super) fn understand(body: &[u8], identity: &Identity, from: &OpenId, shown: Shown) -> Understood {
    if body.is_empty() || body == SUCCESS.as_bytes() {
        return Understood::Acknowledged;
    }
    let Ok(body) = str::from_utf8(body) else { return nonsense("the answer is not UTF-8", None) };
    let xml = match unsealed(body, identity) {
        Ok(xml) => xml,
        Err(reason) => return nonsense(&reason, None),
    };
    let addressed = match Reply::parse(&xml) {
        Ok(addressed) => addressed,
        Err(error) => return nonsense(&error.to_string(), Some(xml)),
    };
    if addressed.to != *from {
        return nonsense("`ToUserName` is not the resident's OpenID", Some(xml));
    }
    if addressed.from != identity.original_id {
        return nonsense("`FromUserName` is not the account's original id", Some(xml));
    }
    match (&addressed.reply, shown) {
        (Reply::News(news), Shown::AnswerToMessage) if news.articles().len() > MAX_ARTICLES_TO_A_MESSAGE => {
            nonsense("only one article is allowed in answer to a message", Some(xml))
        }
        _ => Understood::Answered { reply: addressed.reply, xml },
    }
}

/// What the phone shows of a reply.
pub(super) fn bubble(reply: &Reply) -> Content {
    let account = |kind: Kind, text: &str| Content::text(From::Account, kind, text);
    match reply {
        Reply::Text(text) => account(Kind::Text, text.as_str()),
        Reply::Image { .. } => account(Kind::Image, texts::PICTURE),
        Reply::Voice { .. } => account(Kind::Voice, texts::VOICE),
        Reply::Video { title, .. } => account(Kind::Video, or(title, texts::VIDEO)),
        Reply::Music(music) => account(Kind::Voice, or(&music.title, texts::MUSIC)),
        Reply::News(news) => Content::news(news.articles()),
        Reply::TransferCustomerService { .. } => Content::notice(texts::HANDED_TO_AGENTS),
        Reply::TransferAi => Content::notice(texts::HANDED_TO_AI),
    }
}

/// The reply's XML out of its envelope, if the account's mode has envelopes.
fn unsealed(body: &str, identity: &Identity) -> Result<String, String> {
    let root = Element::parse(body).map_err(|error| error.to_string())?;
    let encrypt = root.optional("Encrypt");
    let encrypt = match (identity.mode, encrypt) {
        (Mode::Plain, Some(_)) => {
            return Err("the answer is encrypted, and the account's mode is plain".into());
        }
        // The platform accepts a plain answer in the compatible mode (§1.5).
        (Mode::Plain | Mode::Compatible, None) => return Ok(body.to_owned()),
        (Mode::Secure, None) => {
            return Err("the answer is not encrypted, and the account's mode is secure".into());
        }
        (Mode::Compatible | Mode::Secure, Some(encrypt)) => encrypt,
    };
    let required = |name: &'static str| root.required(name).map_err(|error| error.to_string());
    let (signature, timestamp, nonce) =
        (required("MsgSignature")?, required("TimeStamp")?, required("Nonce")?);
    if !identity.token.verify_sealed(signature, timestamp, nonce, encrypt) {
        return Err("`MsgSignature` is wrong".into());
    }
    identity.envelope.open(encrypt).map_err(|error| error.to_string())
}

fn nonsense(reason: &str, xml: Option<String>) -> Understood {
    Understood::Nonsense { reason: reason.to_owned(), xml }
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

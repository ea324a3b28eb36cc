//! A push as it goes over the wire (§1.3): the signed query, and the body in the account's mode.

use super::Identity;
use crate::sandbox::faults::Forgery;
use crate::wechat::envelope::Envelope;
use crate::wechat::xml::Writer;
use crate::wechat::{AesKey, AppId, Mode, OpenId};

/// How old a replayed push is.
const STALE_SECONDS: i64 = 3600;

/// What is sent, byte for byte, at every attempt.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) url: String,
    pub(super) body: String,
}

/// Signs and seals a push of `from` at the time `now` (unix seconds).
pub(super) fn letter(
    identity: &Identity,
    from: &OpenId,
    inner: &str,
    now: i64,
    forgery: Option<Forgery>,
) -> Letter {
    let timestamp = match forgery {
        Some(Forgery::Stale) => now - STALE_SECONDS,
        _ => now,
    };
    let timestamp = timestamp.to_string();
    let nonce = (rand::random::<u32>() % 2_000_000_000).to_string();
    let mut query = vec![
        ("signature", identity.token.sign(&timestamp, &nonce)),
        ("timestamp", timestamp.clone()),
        ("nonce", nonce.clone()),
        ("openid", from.as_str().to_owned()),
    ];
    let is_plain = identity.mode == Mode::Plain || forgery == Some(Forgery::Plain);
    let body = if is_plain {
        plain_body(identity, inner, forgery)
    } else {
        let encrypt = sealer(identity, forgery).seal(inner, rand::random());
        query.push(("encrypt_type", "aes".to_owned()));
        query.push(("msg_signature", identity.token.sign_sealed(&timestamp, &nonce, &encrypt)));
        let encrypt = if forgery == Some(Forgery::Tampered) { altered(&encrypt) } else { encrypt };
        sealed_body(identity, inner, &encrypt)
    };
    if forgery == Some(Forgery::Signature) {
        for (name, value) in &mut query {
            if name.ends_with("signature") {
                *value = altered(value);
            }
        }
    }
    let separator = if identity.push_url.contains('?') { '&' } else { '?' };
    // All values are of characters that a query takes as they are.
    let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Letter { url: format!("{}{separator}{}", identity.push_url, query.join("&")), body }
}

/// In the plain mode nothing covers the body, so a forger can only be found out by what it says.
fn plain_body(identity: &Identity, inner: &str, forgery: Option<Forgery>) -> String {
    match forgery {
        Some(Forgery::AppId) => inner.replacen(&identity.original_id, "gh_000000000000", 1),
        Some(Forgery::Tampered) => inner.trim_end_matches("</xml>").to_owned(),
        _ => inner.to_owned(),
    }
}

/// Secure: the ciphertext only. Compatible: beside it the clear fields.
fn sealed_body(identity: &Identity, inner: &str, encrypt: &str) -> String {
    let mut writer = Writer::with_capacity(encrypt.len() + 128);
    match identity.mode {
        Mode::Compatible => {
            writer.text("Encrypt", encrypt);
            let clear = inner.trim_end_matches("</xml>");
            format!("{clear}{}</xml>", writer.finish())
        }
        Mode::Secure | Mode::Plain => {
            writer.open("xml");
            writer.text("ToUserName", &identity.original_id);
            writer.text("Encrypt", encrypt);
            writer.close("xml");
            writer.finish()
        }
    }
}

fn sealer(identity: &Identity, forgery: Option<Forgery>) -> Envelope {
    if forgery != Some(Forgery::AppId) {
        return identity.envelope.clone();
    }
    let foreign = AppId::parse("wx0000000000000000").expect("it has the form of an AppID");
    let key = AesKey::parse(identity.envelope.key().expose()).expect("it was a key before");
    Envelope::new(foreign, key, None)
}

/// The text with another first character: still hexadecimal, still Base64.
fn altered(text: &str) -> String {
    let first = if text.starts_with('0') { '1' } else { '0' };
    format!("{first}{}", &text[1..])
}

//! `/wx/{account}`: WeChat's proof of ownership (GET) and its pushes (POST), §1 of the protocol.
//!
//! Authentic pushes are answered 200, always: anything else makes WeChat show the resident its own fault
//! sentence. Only what is forged (403), malformed (400, 413, 408), not taken in for want of room (503) or not recorded
//! (500) gets another status, and no answer ever tells what the right signature would have been.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, field};

use super::Chat;
use super::snapshot::Snapshot;
use super::writer::{NotRecorded, Refused};
use crate::telemetry::metrics::Outcome;
use crate::wechat::envelope::{read_encrypt, sealed_reply};
use crate::wechat::xml::ParseError;
use crate::wechat::{Inbound, Mode, reply};

const MAX_BODY_BYTES: usize = 512 << 10;
const MAX_ECHO_BYTES: usize = 1 << 10;
/// WeChat gives up 5 s after it began to connect (§4).
const DEADLINE: Duration = Duration::from_millis(4_500);

/// Why a request is not a push of ours. The reason is for the log; the sender is told a status only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("not authentic: {0}")]
    Forged(&'static str),
    #[error("malformed: {0}")]
    Malformed(ParseError),
    #[error("not UTF-8, or broken off")]
    Unreadable,
    #[error("larger than 512 KiB")]
    TooLarge,
    #[error("too slow")]
    TooSlow,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Forged(_) => StatusCode::FORBIDDEN,
            Self::Malformed(_) | Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        };
        // The rest of the body is not read, so that nothing more can come over this connection.
        ([(header::CONNECTION, "close")], plain(status, String::new())).into_response()
    }
}

/// The signed part of a query. A parameter that stands twice counts as forged: which one was signed?
struct Proof<'a> {
    signature: Cow<'a, str>,
    timestamp: Cow<'a, str>,
    nonce: Cow<'a, str>,
    msg_signature: Option<Cow<'a, str>>,
    is_sealed: bool,
    echo: Option<Cow<'a, str>>,
}

impl<'a> Proof<'a> {
    fn read(query: Option<&'a str>) -> Option<Self> {
        let (mut signature, mut timestamp, mut nonce) = (None, None, None);
        let (mut msg_signature, mut encrypt_type, mut echo) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query?.as_bytes()) {
            let slot = match name.as_ref() {
                "signature" => &mut signature,
                "timestamp" => &mut timestamp,
                "nonce" => &mut nonce,
                "msg_signature" => &mut msg_signature,
                "encrypt_type" => &mut encrypt_type,
                "echostr" => &mut echo,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return None;
            }
        }
        Some(Self {
            signature: signature?,
            timestamp: timestamp?,
            nonce: nonce?,
            msg_signature,
            is_sealed: encrypt_type.is_some_and(|kind| kind == "aes"),
            echo,
        })
    }
}

/// GET: shows WeChat that this address is the account's, by returning `echostr` (§1.2).
pub async fn prove(
    State(chat): State<Arc<Chat>>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(snapshot) = chat.snapshots.find(&slug) else { return unknown_account() };
    let echo = Proof::read(query.as_deref()).and_then(|proof| {
        let is_authentic = snapshot.account.token.verify(&proof.signature, &proof.timestamp, &proof.nonce);
        proof.echo.filter(|echo| is_authentic && echo.len() <= MAX_ECHO_BYTES)
    });
    match echo {
        Some(echo) => {
            tracing::info!(account = slug, "WeChat verified the server address");
            plain(StatusCode::OK, echo.into_owned())
        }
        None => {
            chat.refusals
                .tell(&slug, "no proof of the server address: is the Token the same as in WeChat's console?");
            plain(StatusCode::FORBIDDEN, String::new())
        }
    }
}

/// POST: a push (§1.3). Verified, opened, parsed, decided, recorded, answered.
pub async fn push(
    State(chat): State<Arc<Chat>>,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let started = Instant::now();
    let deadline = started + DEADLINE;
    let Some(snapshot) = chat.snapshots.find(&slug) else { return unknown_account() };
    let metrics = &chat.app.metrics;
    let (push, is_sealed) = match admit(&snapshot, query.as_deref(), &headers, body, deadline).await {
        Ok(admitted) => admitted,
        Err(refusal) => {
            chat.refusals.tell(&slug, refusal);
            metrics.push_ended(&slug, "unknown", Outcome::Refused, started.elapsed());
            return refusal.into_response();
        }
    };
    let kind = push.name();
    let span = tracing::debug_span!("push", account = slug, kind, outcome = field::Empty);
    let work = chat.receive(&snapshot, &push).instrument(span.clone());
    let (outcome, response) = match timeout_at(deadline, work).await {
        Ok(Ok(Ok(answer))) => (Outcome::Answered, answered(&chat, &snapshot, &answer, is_sealed)),
        // No line in the log for each: there may be thousands a second.
        Ok(Err(Refused) | Ok(Err(NotRecorded::TurnedAway))) => {
            (Outcome::Shed, plain(StatusCode::SERVICE_UNAVAILABLE, String::new()))
        }
        Ok(Ok(Err(error))) => {
            // The writer tells the log why, once for many.
            tracing::debug!(account = slug, kind, %error, "WeChat will repeat a push");
            (Outcome::NotRecorded, plain(StatusCode::INTERNAL_SERVER_ERROR, String::new()))
        }
        Err(_) => {
            tracing::error!(account = slug, kind, "a push took too long, so WeChat will repeat it");
            (Outcome::NotRecorded, plain(StatusCode::INTERNAL_SERVER_ERROR, String::new()))
        }
    };
    span.record("outcome", outcome.as_str());
    metrics.push_ended(&slug, kind, outcome, started.elapsed());
    response
}

/// Methods that WeChat never uses.
pub async fn not_allowed() -> Response {
    ([(header::ALLOW, "GET,POST")], plain(StatusCode::METHOD_NOT_ALLOWED, String::new())).into_response()
}

/// Lets an authentic push in. The signature comes first, so that strangers do not make us keep a body.
async fn admit(
    snapshot: &Snapshot,
    query: Option<&str>,
    headers: &HeaderMap,
    body: Body,
    deadline: Instant,
) -> Result<(Inbound, bool), Refusal> {
    let proof = Proof::read(query)
        .ok_or(Refusal::Forged("signature, timestamp or nonce is missing or stands twice"))?;
    if !snapshot.account.token.verify(&proof.signature, &proof.timestamp, &proof.nonce) {
        return Err(Refusal::Forged("the signature is wrong: is the Token the same as in WeChat's console?"));
    }
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        return Err(Refusal::TooLarge);
    }
    let body = timeout_at(deadline, read(body)).await.unwrap_or(Err(Refusal::TooSlow))?;
    Ok((open(snapshot, &proof, &body)?, proof.is_sealed))
}

async fn read(body: Body) -> Result<String, Refusal> {
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let bytes = collected.map_err(|error| {
        if error.is::<LengthLimitError>() { Refusal::TooLarge } else { Refusal::Unreadable }
    })?;
    String::from_utf8(bytes.to_bytes().into()).ok().ok_or(Refusal::Unreadable)
}

/// The push inside a body, if the account's mode lets it in and the envelope is right.
fn open(snapshot: &Snapshot, proof: &Proof<'_>, body: &str) -> Result<Inbound, Refusal> {
    let account = &snapshot.account;
    let push = if proof.is_sealed {
        // What stands in clear beside the envelope (mode 兼容) is not signed and is not read.
        let sealed = read_encrypt(body).map_err(|error| match error {
            ParseError::Missing(_) => Refusal::Forged("an envelope was announced, and there is none"),
            _ => Refusal::Malformed(error),
        })?;
        let signature = proof.msg_signature.as_deref().ok_or(Refusal::Forged("msg_signature is missing"))?;
        if !account.token.verify_sealed(signature, &proof.timestamp, &proof.nonce, &sealed.encrypt) {
            return Err(Refusal::Forged(
                "msg_signature is wrong: the envelope is not the one that was signed",
            ));
        }
        let message = account.envelope.open(&sealed.encrypt).map_err(|error| {
            tracing::debug!(account = account.slug, ?error, "an envelope does not open");
            Refusal::Forged(
                "the envelope does not open: are EncodingAESKey and AppID the same as in WeChat's console?",
            )
        })?;
        Inbound::parse(&message)
    } else if account.mode == Mode::Secure {
        return Err(Refusal::Forged("a body in clear, and the account's mode is secure (安全模式)"));
    } else {
        Inbound::parse(body)
    };
    let push = push.map_err(Refusal::Malformed)?;
    match &account.original_id {
        Some(expected) if *expected != push.to => {
            Err(Refusal::Forged("addressed to another original id (原始ID) than the account's"))
        }
        _ => Ok(push),
    }
}

fn answered(chat: &Chat, snapshot: &Snapshot, answer: &str, is_sealed: bool) -> Response {
    // `success` goes out in clear in every mode (§1.5).
    if answer == reply::SUCCESS {
        return plain(StatusCode::OK, answer.to_owned());
    }
    let body = if is_sealed {
        let encrypt = snapshot.account.envelope.seal(answer, rand::random());
        let nonce = rand::random::<u32>().to_string();
        sealed_reply(&snapshot.account.token, &encrypt, chat.app.clock.now().seconds(), &nonce)
    } else {
        answer.to_owned()
    };
    ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], body).into_response()
}

fn unknown_account() -> Response {
    plain(StatusCode::NOT_FOUND, String::new())
}

fn plain(status: StatusCode, body: String) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, body).into_response()
}

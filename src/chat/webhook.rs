//! `/wx/{account}`: WeChat's proof of ownership (GET) and its pushes (POST), §1 of the protocol.
//!
//! Authentic pushes are answered 200, always: anything else makes WeChat show the resident its own fault
//! sentence. Only what is forged (403), malformed (400, 413, 408) or not recorded (500) gets another status,
//! and no answer ever tells what the right signature would have been.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::Chat;
use super::snapshot::Snapshot;
use crate::telemetry;
use crate::wechat::envelope::{read_encrypt, sealed_reply};
use crate::wechat::{Inbound, Mode, reply};

const MAX_BODY_BYTES: usize = 512 << 10;
const MAX_ECHO_BYTES: usize = 1 << 10;
/// WeChat gives up 5 s after it began to connect (§4).
const DEADLINE: Duration = Duration::from_millis(4_500);

/// Why a request is not a push of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("not authentic")]
    Forged,
    #[error("malformed")]
    Malformed,
    #[error("too large")]
    TooLarge,
    #[error("too slow")]
    TooSlow,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Forged => StatusCode::FORBIDDEN,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        };
        plain(status, String::new())
    }
}

type Parameters = Query<Vec<(String, String)>>;

/// The signed part of a query. A parameter that stands twice counts as forged: which one was signed?
struct Proof {
    signature: String,
    timestamp: String,
    nonce: String,
    msg_signature: Option<String>,
    is_sealed: bool,
    echo: Option<String>,
}

impl Proof {
    fn read(parameters: Vec<(String, String)>) -> Option<Self> {
        let (mut signature, mut timestamp, mut nonce) = (None, None, None);
        let (mut msg_signature, mut encrypt_type, mut echo) = (None, None, None);
        for (name, value) in parameters {
            let slot = match name.as_str() {
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
    State(chat): State<Chat>,
    Path(slug): Path<String>,
    parameters: Result<Parameters, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Some(snapshot) = chat.snapshots.find(&slug) else { return unknown_account() };
    let proof = parameters.ok().and_then(|Query(parameters)| Proof::read(parameters));
    let echo = proof.and_then(|proof| {
        let is_authentic = snapshot.account.token.verify(&proof.signature, &proof.timestamp, &proof.nonce);
        proof.echo.filter(|echo| is_authentic && echo.len() <= MAX_ECHO_BYTES)
    });
    match echo {
        Some(echo) => {
            tracing::info!(account = slug, "WeChat verified the server address");
            plain(StatusCode::OK, echo)
        }
        None => {
            tracing::warn!(account = slug, "a verification of the server address was refused");
            Refusal::Forged.into_response()
        }
    }
}

/// POST: a push (§1.3). Verified, opened, parsed, decided, recorded, answered.
pub async fn push(
    State(chat): State<Chat>,
    Path(slug): Path<String>,
    parameters: Result<Parameters, axum::extract::rejection::QueryRejection>,
    body: Body,
) -> Response {
    let deadline = tokio::time::Instant::now() + DEADLINE;
    let Some(snapshot) = chat.snapshots.find(&slug) else { return unknown_account() };
    let proof = parameters.ok().and_then(|Query(parameters)| Proof::read(parameters));
    let opened = match proof {
        Some(proof) => match tokio::time::timeout_at(deadline, read(body)).await {
            Ok(Ok(body)) => open(&snapshot, &proof, &body).map(|push| (push, proof.is_sealed)),
            Ok(Err(refusal)) => Err(refusal),
            Err(_) => Err(Refusal::TooSlow),
        },
        None => Err(Refusal::Forged),
    };
    let (push, is_sealed) = match opened {
        Ok(opened) => opened,
        Err(refusal) => {
            tracing::warn!(account = slug, reason = %refusal, "a push was refused");
            return refusal.into_response();
        }
    };
    let (kind, resident) = (push.name().to_owned(), telemetry::mark(push.from.as_str()));
    let account = Arc::clone(&snapshot);
    // On its own task, so that what was begun is finished even if the sender hangs up.
    let work = chat.app.tasks.spawn({
        let chat = chat.clone();
        async move { chat.receive(snapshot, push).await }
    });
    match tokio::time::timeout_at(deadline, work).await {
        Ok(Ok(Ok(answer))) => {
            tracing::debug!(account = slug, kind, resident, "a push was answered");
            answered(&chat, &account, &answer, is_sealed)
        }
        Ok(Ok(Err(_))) => not_recorded(),
        Ok(Err(error)) => {
            tracing::error!(account = slug, kind, %error, "handling a push panicked");
            not_recorded()
        }
        Err(_) => {
            tracing::error!(account = slug, kind, "a push was not recorded in time");
            not_recorded()
        }
    }
}

async fn read(body: Body) -> Result<String, Refusal> {
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let bytes = collected.map_err(|error| {
        if error.is::<LengthLimitError>() { Refusal::TooLarge } else { Refusal::Malformed }
    })?;
    String::from_utf8(bytes.to_bytes().into()).ok().ok_or(Refusal::Malformed)
}

/// The push inside a body, if the account's mode lets it in and both signatures are right.
fn open(snapshot: &Snapshot, proof: &Proof, body: &str) -> Result<Inbound, Refusal> {
    let account = &snapshot.account;
    if !account.token.verify(&proof.signature, &proof.timestamp, &proof.nonce) {
        return Err(Refusal::Forged);
    }
    let push = if proof.is_sealed {
        // What stands in clear beside the envelope (mode 兼容) is not signed and is not read.
        let sealed = read_encrypt(body).map_err(|error| unsealed(&error))?;
        let signature = proof.msg_signature.as_deref().ok_or(Refusal::Forged)?;
        if !account.token.verify_sealed(signature, &proof.timestamp, &proof.nonce, &sealed.encrypt) {
            return Err(Refusal::Forged);
        }
        let message = account.envelope.open(&sealed.encrypt).ok().ok_or(Refusal::Forged)?;
        Inbound::parse(&message)
    } else if account.mode == Mode::Secure {
        return Err(Refusal::Forged);
    } else {
        Inbound::parse(body)
    };
    let push = push.map_err(|error| {
        tracing::info!(account = account.slug, %error, "a push could not be parsed");
        Refusal::Malformed
    })?;
    match &account.original_id {
        Some(expected) if *expected != push.to => {
            tracing::warn!(
                account = account.slug,
                "a push is addressed to another original id (原始ID) than the account's"
            );
            Err(Refusal::Forged)
        }
        _ => Ok(push),
    }
}

/// A body without an envelope where one was announced is a plain body; anything else is malformed.
fn unsealed(error: &crate::wechat::xml::ParseError) -> Refusal {
    match error {
        crate::wechat::xml::ParseError::Missing(_) => Refusal::Forged,
        _ => Refusal::Malformed,
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

fn not_recorded() -> Response {
    plain(StatusCode::INTERNAL_SERVER_ERROR, String::new())
}

fn plain(status: StatusCode, body: String) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (status, headers, body).into_response()
}

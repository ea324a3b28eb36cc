//! What no backend can beat: a bare axum server that checks the signature, opens and parses the push, and answers a
//! constant. It decides nothing, stores nothing and knows no repeats.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hopetree::wechat::envelope::{Envelope, read_encrypt, sealed_reply};
use hopetree::wechat::{AesKey, AppId, Inbound, Token};
use serde::Deserialize;

use crate::support::{AES_KEY, APP_ID, Mode, TOKEN};

const ANSWER: &str = "<xml><ToUserName><![CDATA[o000000000000000000000000001]]></ToUserName>\
    <FromUserName><![CDATA[gh_0123456789ab]]></FromUserName><CreateTime>1767225600</CreateTime>\
    <MsgType><![CDATA[text]]></MsgType><Content><![CDATA[收到]]></Content></xml>";

struct Account {
    mode: Mode,
    token: Token,
    envelope: Envelope,
}

#[derive(Deserialize)]
struct Proof {
    signature: String,
    timestamp: String,
    nonce: String,
    msg_signature: Option<String>,
}

/// Serves until it is killed; prints where, as the real one does.
pub(crate) async fn serve(mode: Mode) {
    let token = Token::parse(TOKEN).expect("the token is one");
    let key = AesKey::parse(AES_KEY).expect("the key is one");
    let envelope = Envelope::new(AppId::parse(APP_ID).expect("the AppID is one"), key, None);
    let router = Router::new().route("/wx/{account}", post(push)).with_state(Arc::new(Account {
        mode,
        token,
        envelope,
    }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    eprintln!("{{\"listen\":\"{}\"}}", listener.local_addr().expect("an address"));
    axum::serve(listener, router).await.expect("it serves");
}

async fn push(State(account): State<Arc<Account>>, Query(proof): Query<Proof>, body: String) -> Response {
    match answer(&account, &proof, &body) {
        Some(answer) => ([(header::CONTENT_TYPE, "text/xml; charset=utf-8")], answer).into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

fn answer(account: &Account, proof: &Proof, body: &str) -> Option<String> {
    if !account.token.verify(&proof.signature, &proof.timestamp, &proof.nonce) {
        return None;
    }
    if account.mode == Mode::Plain {
        Inbound::parse(body).ok()?;
        return Some(ANSWER.into());
    }
    let sealed = read_encrypt(body).ok()?;
    let signature = proof.msg_signature.as_deref()?;
    if !account.token.verify_sealed(signature, &proof.timestamp, &proof.nonce, &sealed.encrypt) {
        return None;
    }
    Inbound::parse(&account.envelope.open(&sealed.encrypt).ok()?).ok()?;
    let encrypt = account.envelope.seal(ANSWER, rand::random());
    Some(sealed_reply(&account.token, &encrypt, 1_767_225_600, &rand::random::<u32>().to_string()))
}

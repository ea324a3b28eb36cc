//! A notice as residents would see it, before they do: a link that opens on any phone, for a day.

use axum::extract::State as FromState;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::refused;
use crate::accounts::{Account, MasterKey};
use crate::admin::{Office, Reader};
use crate::app::App;
use crate::clock::Timestamp;
use crate::content::{self, Article};
use crate::http::{Error, Json, Path, Problem, Result};
use crate::notices::{Notice, desk, store, texts};

const LIFETIME_MILLIS: i64 = 24 * 3_600_000;
const QR_PIXELS: u32 = 220;

/// What a link stands for. It is sealed, so that nobody makes one for another notice.
#[derive(Serialize, Deserialize)]
struct Ticket {
    notice: i64,
    /// One version; without it the present one.
    number: Option<i64>,
    expires_at: i64,
}

/// Which version is to be shown.
#[derive(Deserialize, ToSchema)]
#[schema(as = NoticePreviewRequest)]
pub struct PreviewRequest {
    /// One version; without it the link shows whichever is the present one when it is opened.
    number: Option<i64>,
}

/// A link to a preview, and how the notice would look as a card in WeChat.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticePreview)]
pub struct Preview {
    pub url: String,
    /// The link's path on this server, for a frame.
    pub path: String,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// The link as a QR code: an SVG picture.
    pub qr_svg: String,
    pub card: PreviewCard,
}

/// What a resident sees of a notice in the chat.
#[derive(Serialize, ToSchema)]
#[schema(as = NoticePreviewCard)]
pub struct PreviewCard {
    pub title: String,
    pub description: String,
    /// The path of its picture on this server.
    pub picture: Option<String>,
}

/// Makes a link that shows a notice as residents would see it. It works without signing in, for a day.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/notices/{id}/preview", tag = "notices",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = PreviewRequest, responses(
    (status = 200, body = Preview), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
))]
pub async fn make(
    FromState(office): FromState<Office>,
    reader: Reader,
    Path((_account, id)): Path<(String, i64)>,
    Json(request): Json<PreviewRequest>,
) -> Result<Json<Preview>> {
    let account = &reader.account;
    let notice = store::find(office.app.db.reader(), account.id, id).await?;
    let notice = notice.ok_or(Error::NotFound(texts::NOTICE))?;
    let article = match shown(&office.app, &notice, request.number).await {
        Ok(article) => article,
        Err(refusal) => return Err(refused(&office, refusal).await),
    };
    let expires_at = office.app.clock.now().plus_millis(LIFETIME_MILLIS).millis();
    let ticket = Ticket { notice: id, number: request.number, expires_at };
    let path = format!("/h/{}/preview/{}", account.slug, sealed(office.key(), account, &ticket));
    let url = format!("{}{path}", office.app.config.public_url);
    let code = QrCode::new(url.as_bytes()).map_err(anyhow::Error::from)?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS, QR_PIXELS).build();
    let own = content::store::picture_path(article.cover.as_deref(), article.picture.as_deref());
    let picture = match own {
        Some(picture) => Some(picture),
        None => {
            let section =
                content::store::section(office.app.db.reader(), account.id, &article.section).await?;
            section.and_then(|section| content::store::picture_path(None, section.picture.as_deref()))
        }
    };
    let card = PreviewCard {
        title: article.title,
        description: article.digest,
        picture: picture.map(|picture| format!("/h/{}/{picture}", account.slug)),
    };
    Ok(Json(Preview { url, path, expires_at, qr_svg, card }))
}

/// The article that a link shows; none when it is no link of ours, or its day is over.
///
/// # Errors
/// When the database does not answer.
pub async fn open(office: &Office, account: &Account, token: &str) -> anyhow::Result<Option<Article>> {
    let now = office.app.clock.now();
    let ticket = opened(office.key(), account, token).filter(|ticket| ticket.expires_at > now.millis());
    let Some(ticket) = ticket else { return Ok(None) };
    let notice = store::find(office.app.db.reader(), account.id, ticket.notice).await?;
    let Some(notice) = notice.filter(|notice| notice.deleted_at.is_none()) else { return Ok(None) };
    match shown(&office.app, &notice, ticket.number).await {
        Ok(article) => Ok(Some(article)),
        Err(desk::Refusal::Database(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

async fn shown(
    app: &App,
    notice: &Notice,
    number: Option<i64>,
) -> std::result::Result<Article, desk::Refusal> {
    let number = number.unwrap_or(notice.revision);
    let content = desk::content_of(app.db.reader(), notice.account_id, notice.id, number).await?;
    let dated = notice.published_at.filter(|_| notice.live_revision.is_some()).or(notice.publish_at);
    let now: Timestamp = app.clock.now();
    let notice = Notice { published_at: Some(dated.unwrap_or_else(|| now.millis())), ..notice.clone() };
    Ok(desk::article_of(&notice, &content))
}

fn sealed(key: &MasterKey, account: &Account, ticket: &Ticket) -> String {
    let text = serde_json::to_string(ticket).expect("numbers have a JSON form");
    key.seal(&text, &purpose(account)).replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()
}

fn opened(key: &MasterKey, account: &Account, token: &str) -> Option<Ticket> {
    if token.len() > 400 {
        return None;
    }
    let mut text = token.replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    serde_json::from_str(&key.open(&text, &purpose(account)).ok()?).ok()
}

fn purpose(account: &Account) -> String {
    format!("{} preview", account.slug)
}

//! Sections: what the menu and the pages offer. Removing one is the menu's business, which may lead to it.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::rules::is_slug;
use super::{publish, words as texts};
use crate::admin::audit::{self, Entry};
use crate::admin::{Manager, Member, Office, Reader};
use crate::content::models::section::{Kind, Model};
use crate::content::models::{words, words_column};
use crate::content::{markdown, store};
use crate::http::{Error, Json, OrConflict, Page, Path, Problem, Result};

const MAX_BODY_CHARS: usize = 50_000;
const MAX_SECTIONS: usize = 99;

/// A section in a list.
#[derive(Serialize, ToSchema)]
pub struct SectionRow {
    pub slug: String,
    pub number: i64,
    pub title: String,
    pub board: String,
    pub kind: Kind,
    pub summary: String,
    /// How many articles stand in it.
    pub articles: u64,
    pub version: i64,
}

/// A section as it is.
#[derive(Serialize, ToSchema)]
pub struct SectionView {
    #[serde(flatten)]
    pub row: SectionRow,
    pub aliases: Vec<String>,
    /// The name of a picture of the account.
    pub picture: Option<String>,
    /// Markdown.
    pub body: String,
}

/// A section as it is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionInput {
    /// Its name in URLs and menu keys, for a new one. It stays.
    #[serde(default)]
    pub slug: String,
    #[schema(minimum = 1, maximum = 99)]
    pub number: i64,
    pub title: String,
    pub board: String,
    pub kind: Kind,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub summary: String,
    #[serde(default)]
    pub picture: Option<String>,
    #[serde(default)]
    pub body: String,
    /// The version that was read; missing for a new one.
    #[serde(default)]
    pub version: i64,
}

async fn row(db: &impl ConnectionTrait, section: &Model) -> Result<SectionRow> {
    Ok(SectionRow {
        articles: store::articles_in(db, section.account_id, &section.slug).await?,
        slug: section.slug.clone(),
        number: section.number,
        title: section.title.clone(),
        board: section.board.clone(),
        kind: section.kind,
        summary: section.summary.clone(),
        version: section.version,
    })
}

async fn view(db: &impl ConnectionTrait, section: Model) -> Result<SectionView> {
    Ok(SectionView {
        row: row(db, &section).await?,
        aliases: words(&section.aliases),
        picture: section.picture,
        body: section.body_source,
    })
}

/// All sections, by number.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/sections", tag = "sections",
    params(("account" = String, Path)),
    responses((status = 200, body = Page<SectionRow>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn list(State(office): State<Office>, reader: Reader) -> Result<Json<Page<SectionRow>>> {
    let db = office.app.db.reader();
    let mut items = Vec::new();
    for section in store::sections(db, reader.account.id).await?.iter().take(MAX_SECTIONS) {
        items.push(row(db, section).await?);
    }
    Ok(Json(Page { items, next: None }))
}

/// One section with its text.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/sections/{section}", tag = "sections",
    params(("account" = String, Path), ("section" = String, Path)),
    responses((status = 200, body = SectionView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    reader: Reader,
    Path(path): Path<(String, String)>,
) -> Result<Json<SectionView>> {
    let (_, slug) = path;
    let db = office.app.db.reader();
    let section = store::section(db, reader.account.id, &slug).await?;
    Ok(Json(view(db, section.ok_or(Error::NotFound(texts::SECTION))?).await?))
}

/// Adds a section.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/sections", tag = "sections", request_body = SectionInput,
    params(("account" = String, Path)),
    responses((status = 201, body = SectionView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem)))]
pub async fn add(
    State(office): State<Office>,
    manager: Manager,
    Json(input): Json<SectionInput>,
) -> Result<(StatusCode, Json<SectionView>)> {
    let db = office.app.db.begin_write().await?;
    let slug = input.slug.trim().to_owned();
    if !is_slug(&slug) {
        return Err(Error::field("slug", texts::BAD_SLUG));
    }
    let mut section = checked(&db, &manager, input, slug.clone()).await?;
    section.version = 0;
    store::add_section(&db, section).await.or_taken("slug", texts::SLUG_TAKEN)?;
    let account = manager.account.id;
    let section = store::section(&db, account, &slug).await?.ok_or(Error::NotFound(texts::SECTION))?;
    note(&office, &db, &manager, "section.add", &section, None, Some(told(&section))).await?;
    let view = view(&db, section).await?;
    publish(&office, &manager, db).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// Changes a section.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/sections/{section}", tag = "sections",
    request_body = SectionInput, params(("account" = String, Path), ("section" = String, Path)),
    responses((status = 200, body = SectionView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(office): State<Office>,
    manager: Manager,
    Path(path): Path<(String, String)>,
    Json(input): Json<SectionInput>,
) -> Result<Json<SectionView>> {
    let (_, slug) = path;
    let account = manager.account.id;
    let db = office.app.db.begin_write().await?;
    let before = store::section(&db, account, &slug).await?.ok_or(Error::NotFound(texts::SECTION))?;
    let section = checked(&db, &manager, input, slug.clone()).await?;
    if !store::change_section(&db, section).await? {
        return Err(Error::stale());
    }
    let section = store::section(&db, account, &slug).await?.ok_or(Error::NotFound(texts::SECTION))?;
    note(&office, &db, &manager, "section.change", &section, Some(told(&before)), Some(told(&section)))
        .await?;
    let view = view(&db, section).await?;
    publish(&office, &manager, db).await?;
    Ok(Json(view))
}

async fn checked(
    db: &impl ConnectionTrait,
    manager: &Manager,
    input: SectionInput,
    slug: String,
) -> Result<Model> {
    let account = manager.account.id;
    let mut fields = BTreeMap::new();
    let mut line = |name: &str, label: &str, text: &str, most: usize| {
        let text = text.trim().to_owned();
        if text.is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
            fields.insert(name.to_owned(), texts::length(label, most));
        }
        text
    };
    let title = line("title", "标题", &input.title, 20);
    let board = line("board", "所属板块", &input.board, 20);
    let summary = line("summary", "简介", &input.summary, 60);
    let split = |character: char| matches!(character, ',' | '，' | '、') || character.is_whitespace();
    let mut aliases: Vec<String> = Vec::new();
    for alias in input.aliases.iter().flat_map(|typed| typed.split(split)).filter(|alias| !alias.is_empty()) {
        if alias.chars().count() > 32 || alias.chars().any(char::is_control) || aliases.len() >= 50 {
            fields.insert("aliases".into(), texts::bad_keyword(&alias.chars().take(32).collect::<String>()));
            break;
        }
        if !aliases.iter().any(|known| known == alias) {
            aliases.push(alias.to_owned());
        }
    }
    if !(1..=99).contains(&input.number) {
        fields.insert("number".into(), texts::NUMBER.into());
    }
    if input.body.chars().count() > MAX_BODY_CHARS {
        fields.insert("body".into(), texts::BODY_TOO_LONG.into());
    }
    let present = store::sections(db, account).await?;
    let is_taken = |other: &&Model| other.number == input.number && other.slug != slug;
    if let Some(other) = present.iter().find(is_taken) {
        fields.insert("number".into(), texts::number_taken(input.number, &other.title));
    }
    if present.len() >= MAX_SECTIONS && present.iter().all(|other| other.slug != slug) {
        fields.insert(String::new(), texts::TOO_MANY_SECTIONS.into());
    }
    let picture = input.picture.filter(|picture| !picture.is_empty());
    if let Some(picture) = &picture
        && store::picture(db, account, picture).await?.is_none()
    {
        fields.insert("picture".into(), texts::BAD_PICTURE.into());
    }
    if !fields.is_empty() {
        return Err(Error::Invalid(fields));
    }
    Ok(Model {
        id: 0,
        account_id: account,
        slug,
        number: input.number,
        title,
        board,
        kind: input.kind,
        aliases: words_column(&aliases),
        summary,
        picture,
        body_html: markdown::to_html(&input.body),
        body_source: input.body,
        version: input.version,
    })
}

/// What the trail keeps of a section.
fn told(section: &Model) -> Value {
    json!({
        "number": section.number,
        "title": section.title,
        "board": section.board,
        "kind": section.kind,
        "aliases": words(&section.aliases),
        "summary": section.summary,
        "picture": section.picture,
        "body": section.body_source,
    })
}

async fn note(
    office: &Office,
    db: &DatabaseTransaction,
    member: &Member,
    action: &str,
    section: &Model,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<()> {
    let entry = Entry {
        account: Some(member.account.id),
        action,
        subject: Some(("section", section.id)),
        title: &section.title,
        before,
        after,
    };
    Ok(audit::record(db, &member.who(), entry, office.app.clock.now()).await?)
}

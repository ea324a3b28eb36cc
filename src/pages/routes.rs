//! The handlers of `/h/{account}/…`. Whatever goes wrong, a resident gets a page in plain Chinese.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Query};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::render::last_resort;
use super::views::{AccountName, AnswerPage, ErrorPage, Frame, Landing, LandingAccount, LandingWorker};
use super::{Pages, links, reading, texts};
use crate::accounts::Account;
use crate::admin::Role;
use crate::content::answering::Answer;
use crate::content::{Article, Section, store};
use crate::http::headers::PAGES_POLICY;
use crate::wechat::{AccountKind, reply};

const CARE_COOKIE: &str = "care";
const YEAR_SECONDS: u32 = 31_536_000;

/// Why a page is not shown.
enum Failure {
    NotFound,
    Internal(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Internal(error.into())
    }
}

type Shown = Result<String, Failure>;

/// Who asks for which page.
pub struct Visit {
    pages: Pages,
    /// None when there is no such account.
    account: Option<Arc<Account>>,
    path: String,
    is_care: bool,
    is_preview: bool,
}

impl axum::extract::FromRequestParts<Pages> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        pages: &Pages,
    ) -> Result<Self, Self::Rejection> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let slug = uri.path().strip_prefix("/h/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let account = pages.directory.find(slug);
        let is_care = cookie(&parts.headers, CARE_COOKIE) == Some("1");
        Ok(Self { pages: pages.clone(), account, path, is_care, is_preview: false })
    }
}

impl Visit {
    fn account(&self) -> Result<&Account, Failure> {
        self.account.as_deref().ok_or(Failure::NotFound)
    }

    fn db(&self) -> &sea_orm::DatabaseConnection {
        self.pages.app.db.reader()
    }

    /// What stands around a page. `picture` stands below the address of the account's pages.
    async fn frame(&self, title: &str, description: &str, picture: Option<&str>) -> Result<Frame, Failure> {
        let public_url = &self.pages.app.config.public_url;
        let account = self.account.as_deref();
        let hotline = match account {
            Some(account) => reading::hotline(self.db(), account.id).await?,
            None => None,
        };
        let pages = account.map(|account| format!("{public_url}/h/{}", account.slug));
        let path = self.path.split('?').next().unwrap_or("/");
        Ok(Frame {
            title: title.into(),
            description: description.into(),
            picture_url: picture.zip(pages).map(|(path, pages)| format!("{pages}/{path}")),
            canonical_url: (!self.is_preview).then(|| format!("{public_url}{path}")),
            is_care: self.is_care,
            care_toggle_url: account
                .map(|account| links::care_toggle(&account.slug, &self.path, self.is_care)),
            css_url: self.pages.css_url.to_string(),
            hotline,
            is_preview: self.is_preview,
            now: self.pages.app.clock.now(),
            account: account
                .map(|account| AccountName { slug: account.slug.clone(), name: account.name.clone() }),
        })
    }

    /// The page, or the page that says why there is none.
    async fn answer(self, shown: Shown) -> Response {
        let (status, error) = match shown {
            Ok(html) => return document(StatusCode::OK, html),
            Err(Failure::NotFound) => (StatusCode::NOT_FOUND, ErrorPage::NotFound),
            Err(Failure::Internal(error)) => {
                tracing::error!(
                    path = self.path,
                    error = crate::db::told_whole(&error),
                    "a page could not be shown"
                );
                (StatusCode::INTERNAL_SERVER_ERROR, ErrorPage::Internal)
            }
        };
        let title = match error {
            ErrorPage::NotFound => texts::NOT_FOUND_TITLE,
            ErrorPage::Internal => texts::INTERNAL_TITLE,
        };
        let rendered = match self.frame(title, title, None).await {
            Ok(mut frame) => {
                frame.canonical_url = None;
                self.pages.renderer.error(&frame, error).ok()
            }
            Err(_) => None,
        };
        match rendered {
            Some(html) => document(status, html),
            // The database or a template is what failed: a few words always work.
            None => (status, last_resort(error)).into_response(),
        }
    }
}

pub async fn add_slash(Path(account): Path<String>) -> Redirect {
    Redirect::permanent(&format!("/h/{}/", links::percent_encoded(&account)))
}

pub async fn home(visit: Visit) -> Response {
    let shown = async {
        let account = visit.account()?;
        let home = reading::home(visit.db(), account.id, visit.pages.app.clock.now()).await?;
        let sections = store::sections(visit.db(), account.id).await?;
        let picture = sections.first().and_then(pictured);
        let description = texts::home_description(&account.name);
        let frame = visit.frame(&account.name, &description, picture.as_deref()).await?;
        Ok(visit.pages.renderer.home(&frame, &home)?)
    }
    .await;
    visit.answer(shown).await
}

#[derive(Deserialize)]
pub struct ListQuery {
    before: Option<String>,
}

pub async fn section(
    visit: Visit,
    Path((_, slug)): Path<(String, String)>,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let shown = async {
        let account = visit.account()?;
        let section = store::section(visit.db(), account.id, &slug).await?.ok_or(Failure::NotFound)?;
        let before = query.ok().and_then(|Query(query)| reading::cursor(&query.before?));
        let frame = visit.frame(&section.title, &section.summary, pictured(&section).as_deref()).await?;
        let page = reading::section(visit.db(), section, before, visit.pages.app.clock.now()).await?;
        Ok(visit.pages.renderer.section(&frame, &page)?)
    }
    .await;
    visit.answer(shown).await
}

pub async fn article(visit: Visit, Path((_, slug)): Path<(String, String)>) -> Response {
    let shown = async {
        let account = visit.account()?;
        let article = store::article(visit.db(), account.id, &slug).await?;
        let is_out = |article: &Article| article.published_at <= visit.pages.app.clock.now().millis();
        let article = article.filter(is_out).ok_or(Failure::NotFound)?;
        article_page(&visit, article).await
    }
    .await;
    visit.answer(shown).await
}

/// An article as it would be shown, though nobody sees it yet: it says so, and it is kept by no search engine and in no
/// cache.
pub async fn preview(mut visit: Visit, article: Option<Article>) -> Response {
    visit.is_preview = true;
    let shown = async { article_page(&visit, article.ok_or(Failure::NotFound)?).await }.await;
    let mut response = visit.answer(shown).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn article_page(visit: &Visit, article: Article) -> Shown {
    let own = store::picture_path(article.cover.as_deref(), article.picture.as_deref());
    let picture = match own {
        Some(picture) => Some(picture),
        None => {
            let section = store::section(visit.db(), article.account_id, &article.section).await?;
            section.as_ref().and_then(pictured)
        }
    };
    let frame = visit.frame(&article.title, &article.digest, picture.as_deref()).await?;
    let page = reading::article(visit.db(), article, visit.pages.app.clock.now()).await?;
    Ok(visit.pages.renderer.article(&frame, &page)?)
}

/// Where a section's picture is, below the address of the account's pages.
fn pictured(section: &Section) -> Option<String> {
    store::picture_path(None, section.picture.as_deref())
}

pub async fn place(visit: Visit, Path((_, slug)): Path<(String, String)>) -> Response {
    let shown = async {
        let account = visit.account()?;
        let place = store::place(visit.db(), account.id, &slug).await?.ok_or(Failure::NotFound)?;
        let frame = visit.frame(&place.name, &place.address, None).await?;
        let page = reading::place(visit.db(), place).await?;
        Ok(visit.pages.renderer.place(&frame, &page)?)
    }
    .await;
    visit.answer(shown).await
}

pub async fn event(visit: Visit, Path((_, slug)): Path<(String, String)>) -> Response {
    let shown = async {
        let account = visit.account()?;
        let event = store::event(visit.db(), account.id, &slug).await?.ok_or(Failure::NotFound)?;
        let frame = visit.frame(&event.title, &event.venue, None).await?;
        let page = reading::event(visit.db(), event).await?;
        Ok(visit.pages.renderer.event(&frame, &page)?)
    }
    .await;
    visit.answer(shown).await
}

#[derive(Default, Deserialize)]
pub struct WhichAnswer {
    /// Which of several answers, from 1.
    n: Option<usize>,
}

/// The whole of an answer that was too long for the chat.
pub async fn whole_answer(
    visit: Visit,
    Path((_, slug)): Path<(String, String)>,
    which: Result<Query<WhichAnswer>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let shown = async {
        let account = visit.account()?;
        let rule = store::rule(visit.db(), account.id, &slug).await?;
        let rule = rule.filter(|rule| !rule.disabled).ok_or(Failure::NotFound)?;
        let place = which.ok().and_then(|Query(which)| which.n).unwrap_or(1).saturating_sub(1);
        let Some(Answer::Text { text }) = rule.answers().into_iter().nth(place) else {
            return Err(Failure::NotFound);
        };
        let frame = visit.frame(texts::ANSWER_TITLE, texts::ANSWER_TITLE, None).await?;
        // Links that the chat shows as such would stand here as mark-up.
        let text = text.lines().map(reply::strip_markup).collect::<Vec<_>>().join("\n");
        let page = AnswerPage { title: texts::ANSWER_TITLE.into(), text };
        Ok(visit.pages.renderer.answer(&frame, &page)?)
    }
    .await;
    visit.answer(shown).await
}

pub async fn picture(visit: Visit, Path((_, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let found = async {
        let account = visit.account()?;
        store::picture(visit.db(), account.id, &name).await?.ok_or(Failure::NotFound)
    }
    .await;
    let picture = match found {
        Ok(picture) => picture,
        Err(failure) => return visit.answer(Err(failure)).await,
    };
    let etag = format!("\"{}\"", picture.digest);
    let caching = [(header::ETAG, etag.clone()), (header::CACHE_CONTROL, "public, max-age=86400".into())];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(etag.as_str()) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, [(header::CONTENT_TYPE, picture.content_type)], picture.bytes).into_response()
}

#[derive(Default, Deserialize)]
pub struct CareQuery {
    on: Option<String>,
    back: Option<String>,
}

/// Chooses the large type (关怀版) or the standard one; the choice stays for a year.
pub async fn care(
    visit: Visit,
    query: Result<Query<CareQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let account = match visit.account() {
        Ok(account) => account,
        Err(failure) => return visit.answer(Err(failure)).await,
    };
    let home = format!("/h/{}/", account.slug);
    // Only ever back to a page of the same account, so that nobody is sent elsewhere.
    let is_own = |back: &String| back.starts_with(&home) && back.bytes().all(|byte| byte.is_ascii_graphic());
    let back = query.back.filter(is_own).unwrap_or(home);
    let on = if query.on.as_deref() == Some("1") { 1 } else { 0 };
    let secure = if visit.pages.app.config.public_url.starts_with("https://") { "; Secure" } else { "" };
    let cookie =
        format!("{CARE_COOKIE}={on}; Path=/h/; Max-Age={YEAR_SECONDS}; HttpOnly; SameSite=Lax{secure}");
    let caching = (header::CACHE_CONTROL, "no-store".to_owned());
    ([(header::SET_COOKIE, cookie), caching], Redirect::to(&back)).into_response()
}

pub async fn not_found(visit: Visit) -> Response {
    visit.answer(Err(Failure::NotFound)).await
}

/// `/` of a demo: leads to the phone, the pages and the console.
pub async fn landing(visit: Visit) -> Response {
    let accounts = visit.pages.directory.all().into_iter().map(|account| LandingAccount {
        slug: account.slug.clone(),
        name: account.name.clone(),
        is_service: account.kind == AccountKind::Service,
        is_verified: account.verified,
    });
    let workers = Role::ALL.map(|role| {
        let (title, duty) = texts::worker(role);
        LandingWorker { role: role.as_str(), title, duty }
    });
    let landing =
        Landing { accounts: accounts.collect(), phone_url: "/sandbox/".into(), workers: workers.into() };
    let shown = async {
        let frame = visit.frame(texts::LANDING_TITLE, texts::LANDING_DESCRIPTION, None).await?;
        Ok(visit.pages.renderer.landing(&frame, &landing)?)
    }
    .await;
    visit.answer(shown).await
}

fn document(status: StatusCode, html: String) -> Response {
    // The page depends on the cookie of the large type and on what editors change.
    let headers = [
        (header::CONTENT_SECURITY_POLICY, PAGES_POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "cookie"),
    ];
    (status, headers, Html(html)).into_response()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

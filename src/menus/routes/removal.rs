//! Removing a section, to which the menu may lead.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::accounts;
use crate::admin::audit::{self, Entry};
use crate::admin::{Manager, Office};
use crate::content;
use crate::content::routes::rules::ReadVersion;
use crate::http::{Error, Path, Problem, Query, Result};
use crate::menus::{Definition, leads_to_key, store, texts};

/// Removes a section to which nothing leads any more.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/sections/{section}", tag = "sections",
    params(("account" = String, Path), ("section" = String, Path), ReadVersion),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn remove_section(
    State(office): State<Office>,
    manager: Manager,
    Path(path): Path<(String, String)>,
    Query(read): Query<ReadVersion>,
) -> Result<StatusCode> {
    let (_, slug) = path;
    let account = manager.account.id;
    let db = office.app.db.begin_write().await?;
    let section = content::store::section(&db, account, &slug).await?;
    let section = section.ok_or(Error::NotFound(texts::SECTION))?;
    let articles = content::store::articles_in(&db, account, &slug).await?;
    let rules = content::store::rules_of_section(&db, account, &slug).await?;
    let menu =
        store::find(&db, account).await?.map(|menu| menu.definition).unwrap_or_else(Definition::default);
    let in_menu = leads_to_key(&menu, &slug);
    if articles > 0 || !rules.is_empty() || in_menu {
        return Err(Error::Conflict("in_use", texts::section_in_use(articles, rules.len(), in_menu)));
    }
    if !content::store::remove_section(&db, account, &slug, read.version).await? {
        return Err(Error::stale());
    }
    let entry = Entry {
        account: Some(account),
        action: "section.remove",
        subject: Some(("section", section.id)),
        title: &section.title,
        before: Some(json!({ "slug": slug, "number": section.number, "body": section.body_source })),
        after: None,
    };
    audit::record(&db, &manager.who(), entry, office.app.clock.now()).await?;
    accounts::store::touch(&db, account).await?;
    db.commit().await?;
    office.app.kv.tell_changed().await;
    Ok(StatusCode::NO_CONTENT)
}

//! `/h/{account}/preview/{token}`: a notice on the residents' page before they see it. The desk knows the link, the
//! pages know how a page looks.

use axum::extract::Path;
use axum::response::Response;

use crate::admin::Office;
use crate::notices;
use crate::pages::routes::{self, Visit};

pub(super) async fn show(
    office: Office,
    visit: Visit,
    Path((account, token)): Path<(String, String)>,
) -> Response {
    let account = office.directory.find(&account);
    let article = match account {
        Some(account) => notices::routes::preview::open(&office, &account, &token).await,
        None => Ok(None),
    };
    let article = article.unwrap_or_else(|error| {
        tracing::error!(error = crate::db::told_whole(&error), "a preview could not be read");
        None
    });
    routes::preview(visit, article).await
}

//! Followers in the console: figures for all who work there, people for those who talk with residents, and notes by those
//! who look after the account.

pub mod people;
pub mod tags;

use std::sync::Arc;

use axum::extract::State;
use serde::Serialize;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::counting::Counts;
use super::{days, texts};
use crate::admin::Office;
use crate::admin::permissions::Reader;
use crate::http::{Json, Problem, Result};

/// What these handlers share on one node.
#[derive(Clone)]
pub struct Followers {
    counts: Counts,
    /// A large export takes a while: one at a time.
    exports: Arc<Semaphore>,
}

impl Default for Followers {
    fn default() -> Self {
        Self { counts: Counts::default(), exports: Arc::new(Semaphore::new(1)) }
    }
}

/// How many came in one way.
#[derive(Serialize, ToSchema)]
pub struct SourceCount {
    source: String,
    /// In Chinese.
    name: String,
    count: i64,
}

/// One Shanghai day.
#[derive(Serialize, ToSchema)]
pub struct DayView {
    #[schema(example = "2026-11-25")]
    date: String,
    followed: i64,
    lost: i64,
    net: i64,
}

/// Who follows, since the beginning.
#[derive(Serialize, ToSchema)]
pub struct Figures {
    /// Who follows now.
    following: i64,
    /// Who is known to have left.
    left: i64,
    /// How those who follow now came, the most frequent way first.
    sources: Vec<SourceCount>,
    /// The days on which somebody came or went, oldest first; on the others nobody did.
    days: Vec<DayView>,
    /// The day in Shanghai.
    today: String,
}

/// Who follows: now, by source, and by day since the beginning.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/followers/figures", tag = "followers", params(("account" = String, Path)),
    responses((status = 200, body = Figures), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn figures(
    State(office): State<Office>,
    State(followers): State<Followers>,
    reader: Reader,
) -> Result<Json<Figures>> {
    let (db, account) = (office.app.db.reader(), reader.account_id());
    let standing = followers.counts.of(&office.app, account).await?;
    let days = days::figures(db, account).await?;
    let sources = standing.sources.iter().map(|(source, count)| SourceCount {
        name: texts::source_name(source),
        source: source.clone(),
        count: *count,
    });
    let days = days.iter().map(|day| DayView {
        date: day.date.to_string(),
        followed: day.followed,
        lost: day.left,
        net: day.net(),
    });
    Ok(Json(Figures {
        following: standing.following,
        left: standing.left,
        sources: sources.collect(),
        days: days.collect(),
        today: office.app.clock.now().shanghai_date().to_string(),
    }))
}

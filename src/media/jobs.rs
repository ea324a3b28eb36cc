//! Background work on what nobody needs any more.

use std::pin::pin;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use super::{MediaId, Storage, TRASH_DAYS, store, thumb_place};
use crate::accounts;
use crate::app::App;
use crate::clock::Timestamp;
use crate::jobs::Job;

const DAY_MILLIS: i64 = 86_400_000;
const PAGE: u64 = 200;
/// Bytes are older than this only when the upload that they belong to has ended, one way or the other.
const UNFINISHED_MILLIS: i64 = DAY_MILLIS;
/// Fewer than this may be removed even when they are most of what there is.
const FEW: usize = 20;

/// Empties the trash of what has been in it for 30 days, and removes bytes that belong to no item. Safe to repeat: what
/// is gone is not found again.
#[derive(Serialize, Deserialize)]
pub struct Sweep {}

impl Job for Sweep {
    const KIND: &'static str = "media.sweep";
    const TIME_LIMIT: Duration = Duration::from_secs(3_600);
    type Context = accounts::Context;

    async fn run(self, context: &accounts::Context) -> anyhow::Result<()> {
        let storage = Storage::open(&context.app.config)?;
        let emptied = empty_trash(&context.app, &storage).await.context("empty the trash")?;
        let orphans =
            remove_orphans(&context.app, &storage).await.context("remove what belongs to no item")?;
        if emptied + orphans > 0 {
            tracing::info!(emptied, orphans, "removed files that nobody needs any more");
        }
        Ok(())
    }
}

/// The row goes first: bytes without a row are found again, a row without bytes is a broken page.
async fn empty_trash(app: &App, storage: &Storage) -> anyhow::Result<usize> {
    let before = app.clock.now().plus_millis(-TRASH_DAYS * DAY_MILLIS);
    let mut count = 0;
    while !app.shutdown.is_cancelled() {
        let items = store::thrown_away_before(app.db.reader(), before, PAGE).await?;
        if items.is_empty() {
            break;
        }
        let ids: Vec<MediaId> = items.iter().map(|item| item.id).collect();
        let transaction = app.db.begin_write().await?;
        store::remove_thrown_away(&transaction, before, &ids).await?;
        transaction.commit().await?;
        let places: Vec<&str> = items.iter().filter_map(|item| item.place.as_deref()).collect();
        // What was taken back in between still has its row.
        let kept = store::known_places(app.db.reader(), &places).await?;
        for place in places.into_iter().filter(|place| !kept.contains(*place)) {
            storage.delete(place).await?;
            storage.delete(&thumb_place(place)).await?;
            count += 1;
        }
    }
    Ok(count)
}

async fn remove_orphans(app: &App, storage: &Storage) -> anyhow::Result<usize> {
    let before = app.clock.now().plus_millis(-UNFINISHED_MILLIS);
    let (mut total, mut orphans) = (0, Vec::new());
    let mut pages = pin!(storage.list().await?.chunks(PAGE as usize));
    while let Some(page) = pages.next().await {
        let page: Vec<String> = page.into_iter().collect::<Result<_, _>>()?;
        total += page.len();
        orphans.extend(without_row(app, &page).await?);
        if app.shutdown.is_cancelled() {
            return Ok(0);
        }
    }
    // A database that knows nothing of the files (a new one, or one that is yet to be restored) is no reason to remove
    // them all.
    if orphans.len() > FEW && orphans.len() * 2 > total {
        tracing::warn!(
            files = total,
            unknown = orphans.len(),
            "most files of the media library are in no row of the database, so none was removed: is it the right \
             database, or does it wait to be restored?"
        );
        return Ok(0);
    }
    let mut count = 0;
    for place in orphans {
        if is_old(storage, &place, before).await? {
            storage.delete(&place).await?;
            count += 1;
        }
    }
    Ok(count)
}

async fn without_row(app: &App, page: &[String]) -> anyhow::Result<Vec<String>> {
    let row_of = |place: &str| place.strip_suffix("-thumb").unwrap_or(place).to_owned();
    let rows: Vec<String> = page.iter().map(|place| row_of(place)).collect();
    let places: Vec<&str> = rows.iter().map(String::as_str).collect();
    let known = store::known_places(app.db.reader(), &places).await?;
    Ok(page.iter().filter(|place| !known.contains(&row_of(place))).cloned().collect())
}

async fn is_old(storage: &Storage, place: &str, before: Timestamp) -> anyhow::Result<bool> {
    Ok(storage.since(place).await?.is_some_and(|since| since < before))
}

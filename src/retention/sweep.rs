//! Looking through a table in small parts, and removing what is found.

use std::time::Duration;

use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr};

use super::{Doing, store};
use crate::accounts::AccountId;
use crate::app::App;
use crate::clock::Timestamp;
use crate::messages::store::Age;
use crate::subscribers::store::LineAge;
use crate::{admin, jobs, messages, subscribers};

/// So many rows are looked at, and at most removed, at once.
const PAGE: u64 = 500;
/// Between two removals others write.
const PAUSE: Duration = Duration::from_millis(10);
const LOCATIONS: [&str; 3] = ["location", "event.location", "event.location_select"];

/// What is looked for, and removed when it is found.
pub(super) enum Sweep<'a> {
    /// Messages older than that.
    Messages(Timestamp),
    /// Those that tell where somebody is.
    Locations(Period),
    /// People who left before that.
    People(Timestamp),
    /// Names in the ledger; the lines stay.
    Names(Period),
    /// Jobs that were given up before that.
    FailedJobs(Timestamp),
    /// Lines of the audit trail older than that, by their numbers. Those behind one that is younger stay: the chain has no
    /// gaps.
    Trail(Timestamp),
    MessagesOf(AccountId, &'a str),
    NamesOf(AccountId, &'a str),
    JobsOf(AccountId, &'a str),
}

/// What is older than a moment, seen from now.
#[derive(Clone, Copy)]
pub(super) struct Period {
    pub(super) before: Timestamp,
    pub(super) now: Timestamp,
}

impl Period {
    /// How many rows at the beginning need not be looked at again. One from the future, of a clock that went wrong,
    /// must not stand in the way of those behind it.
    fn passed(&self, times: impl Iterator<Item = i64>) -> usize {
        times.take_while(|at| *at < self.before.millis() || *at > self.now.millis()).count()
    }
}

/// Some rows of a table, in the order of their ids.
struct Page {
    /// Those to be removed.
    found: Vec<i64>,
    /// The last that was looked at.
    reached: i64,
    is_last: bool,
}

impl Page {
    /// Of rows that are all to be removed.
    fn of(found: Vec<i64>) -> Self {
        let reached = found.last().copied().unwrap_or_default();
        let is_last = (found.len() as u64) < PAGE;
        Self { found, reached, is_last }
    }
}

impl Sweep<'_> {
    /// Goes through the table, page by page; gives the number of rows found. It ends early when the process is to end.
    pub(super) async fn run(&self, app: &App, doing: Doing) -> Result<u64, DbErr> {
        let mut count = 0;
        let mut reached = match self.mark() {
            Some(mark) => store::reached(app.db.reader(), mark).await?,
            None => 0,
        };
        while !app.shutdown.is_cancelled() {
            // Looked for outside of the transaction that removes: on SQLite, pushes would wait for the search.
            let page = self.find(app.db.reader(), reached).await?;
            count += page.found.len() as u64;
            let has_mark = self.mark().is_some() && page.is_last && page.reached > reached;
            if doing == Doing::Remove && (!page.found.is_empty() || has_mark) {
                let transaction = app.db.begin_write().await?;
                self.remove(&transaction, &page).await?;
                transaction.commit().await?;
                tokio::time::sleep(PAUSE).await;
            }
            if page.is_last {
                break;
            }
            reached = page.reached;
        }
        Ok(count)
    }

    /// Where old rows stay, or only some are looked for: under which name it is noted how far it has been looked.
    fn mark(&self) -> Option<&'static str> {
        match self {
            Self::Locations(_) => Some("locations"),
            Self::Names(_) => Some("ledger"),
            Self::Messages(_) | Self::People(_) | Self::FailedJobs(_) | Self::Trail(_) => None,
            Self::MessagesOf(..) | Self::NamesOf(..) | Self::JobsOf(..) => None,
        }
    }

    async fn find(&self, db: &DatabaseConnection, after: i64) -> Result<Page, DbErr> {
        Ok(match self {
            Self::Messages(before) => {
                let rows = messages::store::ages(db, after, PAGE).await?;
                let is_old = |row: &&Age| row.received_at < before.millis();
                let found: Vec<i64> = rows.iter().filter(is_old).map(|row| row.id).collect();
                // Behind a page without an old one there are none.
                let is_last = found.is_empty() || (rows.len() as u64) < PAGE;
                Page { found, reached: rows.last().map_or(after, |row| row.id), is_last }
            }
            Self::Locations(period) => {
                let rows = messages::store::ages(db, after, PAGE).await?;
                let passed = &rows[..period.passed(rows.iter().map(|row| row.received_at))];
                let tells = |row: &&Age| {
                    LOCATIONS.contains(&row.kind.as_str()) && row.received_at < period.before.millis()
                };
                let found = passed.iter().filter(tells).map(|row| row.id).collect();
                let is_last = (passed.len() as u64) < PAGE;
                Page { found, reached: passed.last().map_or(after, |row| row.id), is_last }
            }
            Self::Names(period) => {
                let lines = subscribers::store::ledger_ages(db, after, PAGE).await?;
                let passed = &lines[..period.passed(lines.iter().map(|line| line.at))];
                let names = |line: &&LineAge| !line.openid.is_empty() && line.at < period.before.millis();
                let found = passed.iter().filter(names).map(|line| line.id).collect();
                let is_last = (passed.len() as u64) < PAGE;
                Page { found, reached: passed.last().map_or(after, |line| line.id), is_last }
            }
            Self::People(before) => {
                Page::of(subscribers::store::left_before(db, *before, after, PAGE).await?)
            }
            Self::FailedJobs(before) => Page::of(jobs::store::buried_before(db, *before, after, PAGE).await?),
            Self::Trail(before) => {
                let lines = admin::store::lines_after(db, after, PAGE).await?;
                let old = lines.iter().take_while(|line| line.at < before.millis());
                Page::of(old.map(|line| line.sequence).collect())
            }
            Self::MessagesOf(account, openid) => {
                Page::of(messages::store::of_person(db, *account, openid, after, PAGE).await?)
            }
            Self::NamesOf(account, openid) => {
                Page::of(subscribers::store::ledger_of_person(db, *account, openid, after, PAGE).await?)
            }
            Self::JobsOf(account, openid) => {
                let waiting = jobs::store::of_account(db, account.0, after, PAGE).await?;
                let quoted = format!("\"{openid}\"");
                let found = waiting.iter().filter(|job| job.payload.contains(&quoted));
                let found = found.map(|job| job.id).collect();
                let is_last = (waiting.len() as u64) < PAGE;
                Page { found, reached: waiting.last().map_or(after, |job| job.id), is_last }
            }
        })
    }

    async fn remove(&self, db: &DatabaseTransaction, page: &Page) -> Result<(), DbErr> {
        let ids = &page.found;
        match self {
            Self::Messages(_) | Self::Locations(_) | Self::MessagesOf(..) => {
                messages::store::remove(db, ids).await?;
            }
            Self::People(before) => subscribers::store::remove_left(db, *before, ids).await?,
            Self::Names(_) | Self::NamesOf(..) => subscribers::store::forget_names(db, ids).await?,
            Self::FailedJobs(_) | Self::JobsOf(..) => jobs::store::remove(db, ids).await?,
            Self::Trail(_) => {
                if let Some(last) = admin::store::lines_after(db, page.reached - 1, 1).await?.pop() {
                    let last = admin::store::Link { sequence: last.sequence, hash: last.hash };
                    admin::store::remove_until(db, &last).await?;
                }
            }
        }
        match self.mark() {
            Some(mark) => store::note_reached(db, mark, page.reached).await,
            None => Ok(()),
        }
    }
}

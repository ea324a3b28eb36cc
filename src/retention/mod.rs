//! How long data is kept, and erasing what a person asks to be erased.
//!
//! | what | setting | days | at least | after that |
//! | --- | --- | --- | --- | --- |
//! | messages with their answers | `keep_messages_days` | 1095 | 180 | removed |
//! | messages that tell where somebody is | `keep_locations_days` | 30 | 1 | removed |
//! | those who no longer follow | `keep_gone_days` | 1095 | 180 | removed, counted from when they left |
//! | who followed or left, in the ledger | `keep_gone_days` | 1095 | 180 | the line stays without the name, so that counts by day stay right |
//! | marks of who was erased, without a name | | 400 | | removed |
//! | background work that was given up | `keep_failed_jobs_days` | 90 | 7 | removed |
//! | who did what in the console | `keep_audit_days` | 1095 | 183 | removed from the oldest on; the hash of the last that went is remembered, so that the chain still proves the rest |
//! | accounts, content, menus | | | | kept until somebody removes them |
//! | those who follow | | | | kept |
//!
//! What is removed is removed in small parts, each in a transaction of its own, so that no push waits for it. The rows
//! of a table have ids in the order in which they came, so that what is old stands at the beginning and no index on
//! times is needed, which every push would have to pay for. Where old rows stay (the ledger) or only some are looked
//! for (locations), a mark says how far it has been looked, and nothing is looked at twice.

pub mod jobs;
pub mod store;
mod sweep;

use sea_orm::DbErr;

use self::sweep::{Period, Sweep};
use crate::accounts::AccountId;
use crate::admin::audit::{self, Entry, Who};
use crate::app::App;
use crate::messages::{self, erasures};
use crate::subscribers;
use crate::wechat::OpenId;

const DAY_MILLIS: i64 = 86_400_000;
/// So long a journal may wait on a disk that nobody serves, and what an erased person had sent does not come back with
/// it.
const ERASURES_DAYS: u32 = 400;
const TRAIL: &str = "the trail of who did what";

/// Whether what is too old is only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Count,
    Remove,
}

/// What became of one kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    pub what: &'static str,
    /// None is for ever.
    pub days: Option<u32>,
    pub count: u64,
}

/// Removes what is older than it is to be kept. Safe to repeat, also on two nodes at once; it ends early when the
/// process is to end, and the next one goes on.
///
/// # Errors
/// When the database does not answer; what was removed until then stays removed.
pub async fn prune(app: &App, doing: Doing) -> Result<Vec<Pruned>, DbErr> {
    let now = app.clock.now();
    let keeping = app.config.keeping;
    let before = |days: u32| now.plus_millis(-i64::from(days) * DAY_MILLIS);
    let period = |days: u32| Period { before: before(days), now };
    let kinds = [
        ("messages with their answers", keeping.messages, keeping.messages.map(before).map(Sweep::Messages)),
        (
            "messages that tell where somebody is",
            keeping.locations,
            keeping.locations.map(period).map(Sweep::Locations),
        ),
        ("people who no longer follow", keeping.gone, keeping.gone.map(before).map(Sweep::People)),
        ("names in the ledger of follows", keeping.gone, keeping.gone.map(period).map(Sweep::Names)),
        (
            "background work that was given up",
            keeping.failed_jobs,
            keeping.failed_jobs.map(before).map(Sweep::FailedJobs),
        ),
        (TRAIL, keeping.audit, keeping.audit.map(before).map(Sweep::Trail)),
    ];
    let mut pruned = Vec::new();
    for (what, days, sweep) in kinds {
        let count = match sweep {
            Some(sweep) => sweep.run(app, doing).await?,
            None => 0,
        };
        if doing == Doing::Remove && count > 0 {
            if what == TRAIL {
                note(app, count).await?;
            }
            tracing::info!(what, count, "removed what was too old to be kept");
        }
        pruned.push(Pruned { what, days, count });
    }
    if doing == Doing::Remove {
        let transaction = app.db.begin_write().await?;
        erasures::store::forget_before(&transaction, before(ERASURES_DAYS)).await?;
        transaction.commit().await?;
    }
    Ok(pruned)
}

/// The trail tells of itself that its oldest lines went.
async fn note(app: &App, count: u64) -> Result<(), DbErr> {
    let write = app.db.begin_write().await?;
    let after = Some(serde_json::json!({ "lines": count }));
    let entry = Entry { action: "audit.prune", after, ..Entry::default() };
    audit::record(&write, &Who::schedule(), entry, app.clock.now()).await?;
    write.commit().await
}

/// What was kept of a person, and is no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    pub messages: u64,
    /// Lines of the ledger, which stay without the name, so that counts by day stay right.
    pub lines: u64,
    pub jobs: u64,
    pub was_known: bool,
}

impl Erased {
    pub fn anything(&self) -> bool {
        *self != Self::default()
    }
}

/// Removes everything that an account keeps of a person, and sees to it that what they had sent and waits in the
/// journal of a node does not come in any more. When it breaks off, it can be repeated.
///
/// # Errors
/// When the database does not answer; what was removed until then stays removed.
pub async fn erase(app: &App, account: AccountId, openid: &OpenId) -> Result<Erased, DbErr> {
    let openid = openid.as_str();
    // First: what comes in from a journal after this sees it, and what came in before is found below.
    let (transaction, now) = (app.db.begin_write().await?, app.clock.now());
    erasures::store::hold(&transaction, now).await?;
    erasures::store::note(&transaction, account, openid, now).await?;
    transaction.commit().await?;
    let messages = Sweep::MessagesOf(account, openid).run(app, Doing::Remove).await?;
    let lines = Sweep::NamesOf(account, openid).run(app, Doing::Remove).await?;
    let jobs = Sweep::JobsOf(account, openid).run(app, Doing::Remove).await?;
    let transaction = app.db.begin_write().await?;
    messages::store::remove_conversation(&transaction, account, openid).await?;
    let was_known = subscribers::store::remove_person(&transaction, account, openid).await?;
    transaction.commit().await?;
    Ok(Erased { messages, lines, jobs, was_known })
}

//! Putting messages to conversations: a second's worth at a time, behind the backs of the pushes, which must not pay
//! for it. One node does it at a time; all nodes hear of it.

use std::time::Duration;

use sea_orm::DbErr;
use tokio::sync::broadcast;
use tokio::time::Instant;

use super::store::{self, Conversation};
use crate::app::App;
use crate::db;
use crate::jobs::following::{self, Settling};

/// The name of the mark; it must stay.
const MARK: &str = "conversations";
/// So many messages are gathered in one transaction: pushes wait for it where there is one writer.
const PART: u64 = 250;
const PAUSE: Duration = Duration::from_millis(900);
/// Between two transactions pushes are written.
const BREATH: Duration = Duration::from_millis(20);
/// So many times as long as a part took is rested after it. When half a town writes, writing its messages down is worth
/// more than showing them at the desk within a second.
const REST: u32 = 20;
/// A connection that is half dead answers never.
const LIMIT: Duration = Duration::from_secs(10);
/// Who listens and falls behind by more than this is told that it has.
const BACKLOG: usize = 1_024;

/// Tells those who listen which conversations have changed.
#[derive(Clone)]
pub struct News(broadcast::Sender<Conversation>);

impl Default for News {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl News {
    pub fn listen(&self) -> broadcast::Receiver<Conversation> {
        self.0.subscribe()
    }
}

/// Gathers until shutdown, on every node. A database that is away is waited for.
pub async fn keep(app: App, news: News) {
    let mut gatherer = Gatherer::new(&app);
    let mut told = None;
    let mut failing = false;
    loop {
        let work = async {
            let has_more = gatherer.gather().await?;
            told = Some(tell(&app, &news, told).await?);
            Ok::<_, DbErr>(has_more)
        };
        let started = Instant::now();
        let result = tokio::time::timeout(LIMIT, work).await;
        let took = started.elapsed();
        let result = result.unwrap_or_else(|elapsed| Err(DbErr::Custom(elapsed.to_string())));
        if let (Err(error), false) = (&result, failing) {
            tracing::warn!(
                error = db::told(error),
                "conversations cannot be gathered; it is tried again every second"
            );
        }
        failing = result.is_err();
        let pause = if matches!(result, Ok(true)) { (took * REST).clamp(BREATH, PAUSE) } else { PAUSE };
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => (),
        }
    }
}

/// One look for all who listen on this node; gives the turn up to which they have been told.
async fn tell(app: &App, news: &News, told: Option<i64>) -> Result<i64, DbErr> {
    let turn = following::store::mark(app.db.reader(), MARK).await?.turn;
    let Some(told) = told else { return Ok(turn) };
    if turn == told || news.0.receiver_count() == 0 {
        return Ok(turn);
    }
    let changed = store::changed(app.db.reader(), told, BACKLOG as u64).await?;
    // A turn changes fewer than that, so that at least one of them is whole.
    let is_cut = changed.len() == BACKLOG;
    let reached = changed.last().filter(|_| is_cut).map_or(turn, |last| last.turn - 1);
    for conversation in changed {
        // Nobody listens any more: that is no fault.
        news.0.send(conversation).ok();
    }
    Ok(reached)
}

/// What gathers on one node.
pub struct Gatherer {
    app: App,
    settling: Settling,
}

impl Gatherer {
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), settling: Settling::default() }
    }

    /// Gathers a part; says whether there is more.
    ///
    /// # Errors
    /// When the database does not answer; then nothing of the part was gathered.
    pub async fn gather(&mut self) -> Result<bool, DbErr> {
        let (db, now) = (self.app.db.reader(), Instant::now());
        let mark = following::store::mark(db, MARK).await?;
        let mut found = store::newcomers(db, mark.reached, PART).await?;
        let reached = found.last().map_or(mark.reached, |last| last.id);
        let has_more = found.len() as u64 == PART;
        let mut settled = reached;
        if !db::has_one_writer(db) {
            settled = self.settling.settled(mark, now);
            if mark.settled < mark.reached && self.settling.is_time_to_look(now) {
                found.extend(store::latecomers(db, mark.settled, mark.reached, PART).await?);
            }
        }
        // When nothing comes any more, what is settled is written down once it is all of it.
        let is_newly_settled = settled > mark.settled && settled == mark.reached;
        if found.is_empty() && !is_newly_settled {
            return Ok(false);
        }
        let transaction = self.app.db.begin_write().await?;
        if !following::store::advance(&transaction, MARK, mark, reached, settled).await? {
            // Another node was faster.
            transaction.rollback().await?;
            return Ok(true);
        }
        store::gather(&transaction, &found, mark.turn + 1).await?;
        transaction.commit().await?;
        Ok(has_more)
    }
}

//! How many follow now, and how they came. Nothing that a push writes keeps these counts, so they are counted; and what
//! was counted is told on for fifty times as long as it took: at once where there are few, and never more than a
//! fiftieth of the time spent on it where there are a million. Nobody waits for that but the first who asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::Instant;

use super::store::{self, Standing};
use crate::accounts::AccountId;
use crate::app::App;

const TIMES: u32 = 50;
const LONGEST: Duration = Duration::from_secs(60);
/// What takes less than this is waited for.
const SLOW: Duration = Duration::from_millis(100);
/// What is older is told to nobody.
const TOO_OLD: Duration = Duration::from_secs(120);

#[derive(Clone)]
struct Counted {
    at: Instant,
    told_for: Duration,
    standing: Arc<Standing>,
}

/// What was counted of an account, and whose turn it is to count.
#[derive(Default)]
struct Place {
    counted: Mutex<Option<Counted>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// What was counted last, by account.
#[derive(Clone, Default)]
pub struct Counts(Arc<Mutex<HashMap<AccountId, Arc<Place>>>>);

impl Counts {
    /// Who follows an account now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(&self, app: &App, account: AccountId) -> Result<Arc<Standing>, DbErr> {
        let place = {
            let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(places.entry(account).or_default())
        };
        let is_slow = |known: &Counted| known.told_for >= SLOW * TIMES;
        if let Some(known) = place.known().filter(|known| is_slow(known) && known.at.elapsed() < TOO_OLD) {
            if known.at.elapsed() >= known.told_for
                && let Ok(turn) = Arc::clone(&place.turn).try_lock_owned()
            {
                let (app, place) = (app.clone(), Arc::clone(&place));
                let tasks = app.tasks.clone();
                tasks.spawn(async move {
                    if let Err(error) = place.count(&app, account).await {
                        tracing::warn!(error = crate::db::told(&error), "followers could not be counted");
                    }
                    drop(turn);
                });
            }
            return Ok(known.standing);
        }
        let _turn = place.turn.lock().await;
        match place.known().filter(|known| known.at.elapsed() < known.told_for) {
            Some(known) => Ok(known.standing),
            None => place.count(app, account).await,
        }
    }
}

impl Place {
    fn known(&self) -> Option<Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn count(&self, app: &App, account: AccountId) -> Result<Arc<Standing>, DbErr> {
        let started = Instant::now();
        let standing = Arc::new(store::standing(app.db.reader(), account).await?);
        let at = Instant::now();
        let told_for = (at.duration_since(started) * TIMES).min(LONGEST);
        let counted = Counted { at, told_for, standing: Arc::clone(&standing) };
        *self.counted.lock().unwrap_or_else(PoisonError::into_inner) = Some(counted);
        Ok(standing)
    }
}

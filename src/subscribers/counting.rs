//! How many follow now, and how they came. Nothing that a push writes keeps these counts, so they are counted; and what
//! was counted is told on for fifty times as long as it took: at once where there are few, and never more than a
//! fiftieth of the time spent on it where there are a million.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr};
use tokio::time::Instant;

use super::store::{self, Standing};
use crate::accounts::AccountId;

const TIMES: u32 = 50;
const LONGEST: Duration = Duration::from_secs(60);

struct Counted {
    at: Instant,
    told_for: Duration,
    standing: Arc<Standing>,
}

type Place = Arc<tokio::sync::Mutex<Option<Counted>>>;

/// What was counted last, by account.
#[derive(Clone, Default)]
pub struct Counts(Arc<Mutex<HashMap<AccountId, Place>>>);

impl Counts {
    /// Who follows an account now. Whoever asks while it is being counted waits for that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of(&self, db: &impl ConnectionTrait, account: AccountId) -> Result<Arc<Standing>, DbErr> {
        let place = {
            let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(places.entry(account).or_default())
        };
        let mut counted = place.lock().await;
        let now = Instant::now();
        if let Some(last) = counted.as_ref().filter(|last| now.duration_since(last.at) < last.told_for) {
            return Ok(Arc::clone(&last.standing));
        }
        let standing = Arc::new(store::standing(db, account).await?);
        let at = Instant::now();
        let told_for = (at.duration_since(now) * TIMES).min(LONGEST);
        *counted = Some(Counted { at, told_for, standing: Arc::clone(&standing) });
        Ok(standing)
    }
}

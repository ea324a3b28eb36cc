//! Bringing the schema up to date: which steps a database has had, and one process at a time that takes more.

use std::collections::HashSet;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr, Statement};
use sea_orm_migration::MigratorTrait;
use tokio::time::Instant;

use super::migration::{self, Migrator};
use super::{Db, was_in_the_way};

/// How long a process waits while another one changes the schema.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(200);
/// The name of the lock on Postgres, which only takes numbers: "hopetree" in ASCII.
const POSTGRES_LOCK: i64 = 0x686f_7065_7472_6565;
/// On MySQL, locks belong to the whole server, so the database is in the name.
const MYSQL_LOCK: &str = "concat('hopetree.schema.', md5(database()))";

/// The steps of the schema, each list in the order in which they are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    /// What the database has had.
    pub applied: Vec<String>,
    /// What this program has beyond that.
    pub pending: Vec<String>,
    /// What the database has had and this program does not know: a newer program was there.
    pub unknown: Vec<String>,
}

impl Steps {
    pub fn of_an_empty_database() -> Self {
        Self { applied: Vec::new(), pending: migration::names(), unknown: Vec::new() }
    }

    /// How many of this program's steps the database has had.
    pub fn known(&self) -> usize {
        self.applied.len() - self.unknown.len()
    }
}

/// Why the schema is not as this program needs it.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error(transparent)]
    Database(#[from] DbErr),
    #[error(
        "another process has held the database for {} s (a migration, a restore or an import): wait until it has \
         ended, then start again", PATIENCE.as_secs()
    )]
    Busy,
    #[error(
        "the schema has steps that this program does not know ({}) and lacks steps of its own ({}): it belongs to \
         another line of the program; use the program that made it, or restore a backup into an empty database",
        .0.unknown.join(", "), .0.pending.join(", ")
    )]
    Parted(Steps),
}

impl Db {
    /// Which steps the database has had, and which it lacks. Changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn steps(&self) -> Result<Steps, DbErr> {
        steps(self.reader()).await
    }

    /// Brings the schema up to this program's version. One that a newer program has brought further is left as it
    /// is: it serves this one as well (see [`migration`]).
    ///
    /// # Errors
    /// [`MigrateError`]; then the schema is as it was, save on MySQL, where the steps before the failed one stay.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        let steps = self.steps().await?;
        if !steps.unknown.is_empty() && steps.pending.is_empty() {
            let unknown = steps.unknown.join(", ");
            tracing::warn!(unknown, "a newer program has brought the schema further; working on it as it is");
        }
        // Looked at before anything is locked: a program that only starts anew waits for nobody.
        if steps.pending.is_empty() {
            return Ok(());
        }
        let lock = SchemaLock::take(self).await?;
        let outcome = take_pending(&lock.transaction).await;
        lock.release(outcome).await
    }
}

/// Takes all steps that are pending.
pub(super) async fn take_pending(db: &DatabaseTransaction) -> Result<(), MigrateError> {
    // Asked again: whoever had the lock before may have taken them.
    let steps = steps(db).await?;
    match (steps.pending.is_empty(), steps.unknown.is_empty()) {
        (true, _) => Ok(()),
        (false, false) => Err(MigrateError::Parted(steps)),
        (false, true) => {
            tracing::info!(steps = steps.pending.join(", "), "the schema is brought up to date");
            Ok(Box::pin(Migrator::up(db, None)).await?)
        }
    }
}

/// Takes so many steps from the beginning, of which the database may have had some.
pub(super) async fn take_first(db: &DatabaseTransaction, count: usize) -> Result<(), DbErr> {
    let missing = count.saturating_sub(steps(db).await?.applied.len());
    let missing = u32::try_from(missing).map_err(|error| DbErr::Custom(error.to_string()))?;
    Box::pin(Migrator::up(db, Some(missing))).await
}

pub(super) async fn steps(db: &impl ConnectionTrait) -> Result<Steps, DbErr> {
    let applied = applied(db).await?;
    let known = migration::names();
    let had: HashSet<&String> = applied.iter().collect();
    let pending = known.iter().filter(|name| !had.contains(name)).cloned().collect();
    let unknown = applied.iter().filter(|name| !known.contains(name)).cloned().collect();
    Ok(Steps { applied, pending, unknown })
}

async fn applied(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let probe = match backend {
        DatabaseBackend::Postgres => {
            "select 1 from information_schema.tables where table_schema = current_schema() and table_name = 'seaql_migrations'"
        }
        DatabaseBackend::MySql => {
            "select 1 from information_schema.tables where table_schema = database() and table_name = 'seaql_migrations'"
        }
        _ => "select 1 from sqlite_master where type = 'table' and name = 'seaql_migrations'",
    };
    if db.query_one_raw(Statement::from_string(backend, probe)).await?.is_none() {
        return Ok(Vec::new());
    }
    let query = Statement::from_string(backend, "select version from seaql_migrations order by version");
    db.query_all_raw(query).await?.iter().map(|row| row.try_get_by(0)).collect()
}

/// While it is held, no other process changes the schema; its transaction is the one to change it in. On SQLite
/// and Postgres everything done in it comes about whole or not at all; MySQL commits each change of a table.
pub(super) struct SchemaLock {
    pub(super) transaction: DatabaseTransaction,
}

impl SchemaLock {
    pub(super) async fn take(db: &Db) -> Result<Self, MigrateError> {
        let until = Instant::now() + PATIENCE;
        loop {
            match Self::try_take(db).await? {
                Some(lock) => return Ok(lock),
                None if Instant::now() > until => return Err(MigrateError::Busy),
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    async fn try_take(db: &Db) -> Result<Option<Self>, DbErr> {
        let transaction = match db.begin_write().await {
            Ok(transaction) => transaction,
            // On SQLite, the one who writes has the lock.
            Err(error) if was_in_the_way(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let backend = transaction.get_database_backend();
        let taken = match backend {
            DatabaseBackend::Postgres => {
                let query = format!("select pg_try_advisory_xact_lock({POSTGRES_LOCK})");
                answer::<bool>(&transaction, query).await?
            }
            DatabaseBackend::MySql => {
                answer::<Option<i64>>(&transaction, format!("select get_lock({MYSQL_LOCK}, 0)")).await?
                    == Some(1)
            }
            _ => true,
        };
        if taken {
            return Ok(Some(Self { transaction }));
        }
        transaction.rollback().await?;
        Ok(None)
    }

    /// Commits when the outcome is good, takes everything back when it is not, and lets others in.
    pub(super) async fn release<T, E: From<DbErr>>(self, outcome: Result<T, E>) -> Result<T, E> {
        let is_good = outcome.is_ok();
        match (outcome, self.end(is_good).await) {
            (Ok(_), Err(error)) => Err(error.into()),
            // What went wrong first is what the reader needs; a connection that is gone rolls back by itself.
            (outcome, _) => outcome,
        }
    }

    async fn end(self, is_good: bool) -> Result<(), DbErr> {
        if self.transaction.get_database_backend() == DatabaseBackend::MySql {
            self.transaction.execute_unprepared(if is_good { "commit" } else { "rollback" }).await?;
            // The connection goes back into the pool, and its lock would stay with it.
            self.transaction.execute_unprepared(&format!("do release_lock({MYSQL_LOCK})")).await?;
        }
        match is_good {
            true => self.transaction.commit().await,
            false => self.transaction.rollback().await,
        }
    }
}

async fn answer<T: sea_orm::TryGetable>(db: &DatabaseTransaction, query: String) -> Result<T, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), query)).await?;
    row.ok_or_else(|| DbErr::Custom("the database did not say whether it gives the lock".into()))?
        .try_get_by(0)
}

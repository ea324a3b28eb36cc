//! The database: connections, write transactions and the schema. Queries stand in each feature's `store.rs`.

pub mod backup;
pub mod columns;
mod fault;
mod migration;
mod schema;
mod steps;

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use sea_orm::sqlx::Connection;
use sea_orm::sqlx::Executor;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

pub use self::fault::{is_about_values, is_away, told, told_whole, was_in_the_way};
pub use self::steps::{MigrateError, Steps};

/// How long a caller waits for a connection before the database counts as unreachable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long SQLite waits for another process (a command line beside the server) to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
const SERVER_CONNECTIONS: u32 = 12;
/// A connection that was used this recently is not asked whether it is still there: that would be a round trip more
/// for each transaction.
const FRESH: Duration = Duration::from_secs(10);
/// A node whose host or network is gone leaves sessions behind on the server, with the locks of whatever it was writing,
/// for minutes or hours. The server ends such sessions soon, and nobody waits long for a lock.
const ORPHANS_OF_POSTGRES: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "10s"),
    ("lock_timeout", "3s"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];
/// MariaDB has a limit of its own for sessions within a transaction; MySQL takes that for a comment.
const ORPHANS_OF_MYSQL: &str = "SET SESSION wait_timeout = 60, innodb_lock_wait_timeout = 3 \
     /*M!100300 , idle_transaction_timeout = 10 */";
/// Groups of pushes come in many sizes, and each size is a statement of its own.
const STATEMENTS: usize = 256;
/// So many pages of the write-ahead log are gathered before they go into the file: followers who write often are
/// then written there once instead of many times. 16 MB.
const CHECKPOINT_PAGES: &str = "4000";
/// What the writing connection remembers of the file, in KiB, negative as SQLite wants it. The default, 2 MB, holds
/// less than the followers of one community.
const CACHE: &str = "-16000";

/// A pool to read from and a pool to write through. On SQLite the second has one connection, because the
/// file has one writer at a time anyway and a queue in the pool is fairer than its busy-wait.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// Opens the database behind `url` (`sqlite:`, `postgres:` or `mysql:`). A SQLite file is made if missing.
    pub async fn connect(url: &str) -> Result<Self, DbErr> {
        if url.starts_with("sqlite:") {
            let writer = Database::connect(sqlite(url, 1, &[("cache_size", CACHE)])).await?;
            let reader = Database::connect(sqlite(url, READERS, &[])).await?;
            return Ok(Self { reader, writer });
        }
        let mut options = ConnectOptions::new(url);
        options.max_connections(SERVER_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
        options.test_before_acquire_if_idle_for(FRESH);
        options.map_sqlx_postgres_opts(|postgres| {
            postgres.statement_cache_capacity(STATEMENTS).options(ORPHANS_OF_POSTGRES)
        });
        options.map_sqlx_mysql_opts(|mysql| mysql.statement_cache_capacity(STATEMENTS));
        options.map_sqlx_mysql_pool_opts(|pool| {
            pool.after_connect(|connection, _| {
                Box::pin(async move { connection.execute(ORPHANS_OF_MYSQL).await.map(drop) })
            })
        });
        let pool = Database::connect(options).await?;
        Ok(Self { reader: pool.clone(), writer: pool })
    }

    /// Where queries that change nothing go.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// A transaction that will write. Immediate on SQLite: one that reads first and writes later would
    /// otherwise fail at once when another writer came between.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await
    }

    /// A transaction that sees the database as it is at its first question, whatever is written meanwhile, and
    /// holds up nobody who writes.
    pub(crate) async fn begin_snapshot(&self) -> Result<DatabaseTransaction, DbErr> {
        if has_one_writer(&self.reader) {
            // In WAL mode every read transaction of SQLite is one.
            return self.reader.begin().await;
        }
        self.reader.begin_with_config(Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly)).await
    }

    /// Whether the database answers and would take a write.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await?;
        self.begin_write().await?.rollback().await
    }

    /// `SQLite`, `Postgres` or `MySQL`, for people.
    pub fn kind(&self) -> &'static str {
        match self.writer.get_database_backend() {
            DatabaseBackend::Postgres => "Postgres",
            DatabaseBackend::MySql => "MySQL",
            _ => "SQLite",
        }
    }

    /// Writes out what is pending and closes the connections.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
    }
}

/// The list of rows that an insert takes, each of the same pattern, such as `(?,?,0)`; with numbered placeholders on
/// Postgres. For statements so hot that building them from their parts would cost more than running them.
pub fn rows(backend: DatabaseBackend, count: usize, pattern: &str) -> String {
    let mut text = String::with_capacity(count * (pattern.len() + 16));
    let mut number = 0;
    for row in 0..count {
        if row > 0 {
            text.push(',');
        }
        if backend != DatabaseBackend::Postgres {
            text.push_str(pattern);
            continue;
        }
        for part in pattern.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(before) => {
                    number += 1;
                    // Writing to a string does not fail.
                    write!(text, "{before}${number}").ok();
                }
                None => text.push_str(part),
            }
        }
    }
    text
}

/// The file of a SQLite database; none for a server.
pub fn sqlite_file(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(Path::new(path.split('?').next().unwrap_or(path)))
}

/// Whether this connection's database has one writer at a time, so that nobody else can come between.
pub fn has_one_writer(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DatabaseBackend::Sqlite
}

fn sqlite(url: &str, connections: u32, pragmas: &'static [(&str, &str)]) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    // The file does not go away as a server does.
    options.test_before_acquire(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        let sqlite = sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was acknowledged to WeChat must survive a power cut, so every commit reaches the disk.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENTS)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
        pragmas.iter().fold(sqlite, |sqlite, (name, value)| sqlite.pragma(*name, *value))
    });
    // After an error such as a full disk SQLite has ended the transaction by itself. The driver fails to roll it back
    // and counts on as if it were open: the next one would be a savepoint within nothing, whose commit commits
    // nothing. Such a connection is closed.
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.before_acquire(|connection, _| {
            Box::pin(async move {
                if !connection.is_in_transaction() {
                    return Ok(true);
                }
                // A rollback that is still on its way is done when this is answered.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
    });
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_placeholders_of_their_database() {
        assert_eq!(rows(DatabaseBackend::Sqlite, 2, "(?,'a',?)"), "(?,'a',?),(?,'a',?)");
        assert_eq!(rows(DatabaseBackend::Postgres, 2, "(?,'a',?)"), "($1,'a',$2),($3,'a',$4)");
        assert_eq!(rows(DatabaseBackend::Postgres, 1, "(0)"), "(0)");
    }
}

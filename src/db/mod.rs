//! The database: connections, write transactions and the schema. Queries stand in each feature's `store.rs`.

pub mod columns;
mod migration;

use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction,
    DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

/// How long a caller waits for a connection before the database counts as unreachable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long SQLite waits for another process (a command line beside the server) to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
const SERVER_CONNECTIONS: u32 = 12;

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
            let writer = Database::connect(sqlite(url, 1)).await?;
            let reader = Database::connect(sqlite(url, READERS)).await?;
            return Ok(Self { reader, writer });
        }
        let mut options = ConnectOptions::new(url);
        options.max_connections(SERVER_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
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

    /// Brings the schema up to this program's version.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        migration::Migrator::up(&self.writer, None).await
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

/// Whether this connection's database has one writer at a time, so that nobody else can come between.
pub fn has_one_writer(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DatabaseBackend::Sqlite
}

fn sqlite(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What was acknowledged to WeChat must survive a power cut, so every commit reaches the disk.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
    });
    options
}

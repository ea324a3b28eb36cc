//! What an error of the database means for whoever wanted to write.

use std::borrow::Cow;

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::{DbErr, RuntimeErr, SqlxError, sqlx};

/// MySQL has no codes of the standard for these: a value that the column's character set lacks, a value of another
/// type, and two kinds of constraint.
const MYSQL_VALUES: [u16; 5] = [1366, 1292, 3819, 4025, 1364];
/// Somebody else held a lock for too long.
const MYSQL_LOCK_TIMEOUT: u16 = 1205;

/// Whether a value is at fault: it is too long, not of the column's kind, or breaks a constraint. Trying again will
/// not help, and other values may be written.
pub fn is_about_values(error: &DbErr) -> bool {
    // A value that the driver could not put into its form.
    if matches!(sqlx_error(error), Some(SqlxError::Encode(_))) {
        return true;
    }
    let Some(error) = of_the_server(error) else { return false };
    if let Some(mysql) = error.try_downcast_ref::<MySqlDatabaseError>()
        && MYSQL_VALUES.contains(&mysql.number())
    {
        return true;
    }
    match code(error).as_ref() {
        code if is_sqlite(error) => {
            // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH; the kind is in the lower byte.
            matches!(code.parse::<u32>().unwrap_or(0) & 0xFF, 18..=20)
        }
        // Of the standard: data exceptions and integrity constraints.
        code => code.len() == 5 && (code.starts_with("22") || code.starts_with("23")),
    }
}

/// Whether the server cannot be reached or does not take connections now.
pub fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        // Postgres that starts or stops, or has no place left.
        DbErr::Conn(_) => match of_the_server(error) {
            Some(error) => matches!(code(error).as_ref(), "57P01" | "57P02" | "57P03" | "53300" | "08004"),
            None => matches!(
                sqlx_error(error),
                Some(
                    SqlxError::Io(_)
                        | SqlxError::PoolTimedOut
                        | SqlxError::PoolClosed
                        | SqlxError::Protocol(_)
                )
            ),
        },
        _ => false,
    }
}

/// Whether another writer was in the way, so that the same will work when it is tried again at once.
pub fn was_in_the_way(error: &DbErr) -> bool {
    let Some(error) = of_the_server(error) else { return false };
    if error
        .try_downcast_ref::<MySqlDatabaseError>()
        .is_some_and(|mysql| mysql.number() == MYSQL_LOCK_TIMEOUT)
    {
        return true;
    }
    match code(error).as_ref() {
        // SQLITE_BUSY, SQLITE_LOCKED
        code if is_sqlite(error) => matches!(code.parse::<u32>().unwrap_or(0) & 0xFF, 5 | 6),
        // Serialization failures and deadlocks; Postgres has codes of its own for deadlocks and locks.
        code => matches!(code, "40001" | "40P01" | "55P03"),
    }
}

fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn of_the_server(error: &DbErr) -> Option<&dyn DatabaseError> {
    match sqlx_error(error)? {
        SqlxError::Database(error) => Some(error.as_ref()),
        _ => None,
    }
}

fn is_sqlite(error: &dyn DatabaseError) -> bool {
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
}

fn code(error: &dyn DatabaseError) -> Cow<'_, str> {
    error.code().unwrap_or_default()
}

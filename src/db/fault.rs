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

/// An error with everything that led to it, for a log; what a database says in it, as [`told`].
pub fn told_whole(error: &anyhow::Error) -> String {
    let mut parts = Vec::new();
    for cause in error.chain() {
        if let Some(error) = cause.downcast_ref::<DbErr>() {
            parts.push(told(error));
            break;
        }
        parts.push(cause.to_string());
    }
    parts.join(": ")
}

/// The error for a log, or for a file that people see. What a server says quotes the value that it does not like, which
/// may be what a resident wrote: of its text only what names no value is told.
pub fn told(error: &DbErr) -> String {
    let Some(server) = of_the_server(error) else {
        return match sqlx_error(error) {
            // It may tell of the value that did not fit.
            Some(SqlxError::Encode(_)) => "a value cannot be put into the form of the database".into(),
            Some(SqlxError::Decode(_) | SqlxError::ColumnDecode { .. }) => {
                "a value of the database is not of the kind that was expected".into()
            }
            _ => error.to_string(),
        };
    };
    if is_sqlite(server) {
        // It names tables and columns only.
        return error.to_string();
    }
    let code = code(server);
    if let Some(mysql) = server.try_downcast_ref::<MySqlDatabaseError>() {
        return format!("{} ({code}, {})", without_values(mysql.message()), mysql.number());
    }
    let names: Vec<&str> = [server.table(), server.constraint()].into_iter().flatten().collect();
    format!("{} ({})", without_values(server.message()), [&[&*code][..], &names].concat().join(", "))
}

/// Up to the first thing that is quoted; of what MySQL says, the column or the key at its end as well.
fn without_values(message: &str) -> String {
    let Some(first) = message.find(['\'', '"', '`', ':']) else { return message.into() };
    let (before, quoted) = message.split_at(first);
    let names = [" for column ", " for key "];
    if names.iter().any(|name| before.ends_with(name)) {
        // Nothing but a name is quoted, up to the same mark again.
        let end = quoted.char_indices().skip(1).find(|(_, mark)| quoted.starts_with(*mark));
        return format!("{before}{}", end.map_or("…", |(end, _)| &quoted[..=end]));
    }
    let last = names.iter().filter_map(|name| quoted.rfind(name)).max();
    format!("{}…{}", before.trim_end(), last.map_or("", |at| &quoted[at..]))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_told_without_values() {
        for (said, told) in [
            ("deadlock detected", "deadlock detected"),
            ("invalid byte sequence for encoding \"UTF8\": 0xe5 0x81", "invalid byte sequence for encoding…"),
            (
                "value too long for type character varying(64)",
                "value too long for type character varying(64)",
            ),
            ("invalid input syntax for type bigint: \"停电\"", "invalid input syntax for type bigint…"),
            (
                "Duplicate entry '1-o\'x' for key 'message_identity'",
                "Duplicate entry… for key 'message_identity'",
            ),
            (
                "Incorrect string value: '\\xF0\\x9F for column x' for column `hopetree`.`message`.`content` at row 1",
                "Incorrect string value… for column `hopetree`.`message`.`content` at row 1",
            ),
            ("Data too long for column 'kind' at row 1", "Data too long for column 'kind'"),
        ] {
            assert_eq!(without_values(said), told);
        }
    }

    #[test]
    fn what_led_to_an_error_is_told_once() {
        let error =
            anyhow::Error::from(DbErr::Custom("away".into())).context("read the menu").context("start");
        assert_eq!(told_whole(&error), "start: read the menu: Custom Error: away");
        assert_eq!(told_whole(&anyhow::anyhow!("no room").context("write")), "write: no room");
    }
}

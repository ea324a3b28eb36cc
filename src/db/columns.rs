//! Column kinds that mean the same on SQLite, Postgres and MySQL, for the migrations.

use sea_orm_migration::prelude::ColumnDef;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// The table's own key: a counting BIGINT.
pub fn id() -> ColumnDef {
    ColumnDef::new("id").big_integer().not_null().auto_increment().primary_key().take()
}

/// A BIGINT that is always there: a reference, a count, or a moment in unix milliseconds.
pub fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

/// A BIGINT that may be missing.
pub fn optional_number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().null().take()
}

/// A count that starts at nought.
pub fn count(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().default(0).take()
}

pub fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().default(false).take()
}

pub fn decimal_degrees(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).double().not_null().take()
}

/// ASCII text that is compared exactly. MySQL's default collation holds `oA` and `oa` to be the same, and
/// openids differ only in case, so there the column names its collation.
pub fn identifier(backend: DatabaseBackend, name: &'static str, length: u32) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DatabaseBackend::MySql => {
            column.custom(format!("varchar({length}) CHARACTER SET ascii COLLATE ascii_bin"))
        }
        _ => column.string_len(length),
    };
    column.not_null().take()
}

/// An identifier that may be missing.
pub fn optional_identifier(backend: DatabaseBackend, name: &'static str, length: u32) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DatabaseBackend::MySql => {
            column.custom(format!("varchar({length}) CHARACTER SET ascii COLLATE ascii_bin"))
        }
        _ => column.string_len(length),
    };
    column.null().take()
}

/// Text for people, of at most `length` characters.
pub fn line(name: &'static str, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).not_null().take()
}

/// Text for people that may be missing.
pub fn optional_line(name: &'static str, length: u32) -> ColumnDef {
    ColumnDef::new(name).string_len(length).null().take()
}

/// Text of any length. MySQL's TEXT ends at 64 KB, which a long notice exceeds.
pub fn long_text(backend: DatabaseBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DatabaseBackend::MySql => column.custom("longtext"),
        _ => column.text(),
    };
    column.not_null().take()
}

/// Text of any length that may be missing.
pub fn optional_long_text(backend: DatabaseBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DatabaseBackend::MySql => column.custom("longtext"),
        _ => column.text(),
    };
    column.null().take()
}

/// Bytes of any length. MySQL's BLOB ends at 64 KB.
pub fn long_bytes(backend: DatabaseBackend, name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(name);
    match backend {
        DatabaseBackend::MySql => column.custom("longblob"),
        _ => column.blob(),
    };
    column.not_null().take()
}

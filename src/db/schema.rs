//! The tables of a database as they are, asked of the database itself.

use anyhow::bail;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};
use serde::{Deserialize, Serialize};

/// What a column holds, alike on every database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Integer,
    Bool,
    Double,
    Text,
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Its place in the primary key, from 1 on; 0 when it is not part of it.
    pub(super) key: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

impl Table {
    /// Which of the columns are the primary key, in its order.
    pub(super) fn key(&self) -> Vec<usize> {
        let mut key: Vec<usize> = (0..self.columns.len()).filter(|at| self.columns[*at].key > 0).collect();
        key.sort_by_key(|at| self.columns[*at].key);
        key
    }
}

/// sea-orm's own table, which says which steps the schema has had.
const STEPS_TABLE: &str = "seaql_migrations";

const SQLITE: &str = "select m.name as table_name, c.name as column_name, lower(c.type) as kind, c.pk as key_position \
    from sqlite_master m join pragma_table_info(m.name) c \
    where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' order by m.name, c.cid";
const POSTGRES: &str = "select c.table_name::text, c.column_name::text, c.data_type::text as kind, \
    coalesce((select k.ordinal_position::bigint from information_schema.table_constraints p \
      join information_schema.key_column_usage k on k.constraint_schema = p.constraint_schema \
        and k.constraint_name = p.constraint_name and k.table_name = p.table_name \
      where p.constraint_type = 'PRIMARY KEY' and p.table_schema = c.table_schema \
        and p.table_name = c.table_name and k.column_name = c.column_name), 0) as key_position \
    from information_schema.columns c join information_schema.tables t \
      on t.table_schema = c.table_schema and t.table_name = c.table_name \
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' \
    order by c.table_name, c.ordinal_position";
const MYSQL: &str = "select cast(c.table_name as char) as table_name, cast(c.column_name as char) as column_name, \
    cast(c.column_type as char) as kind, \
    cast(coalesce((select k.ordinal_position from information_schema.key_column_usage k \
      where k.table_schema = c.table_schema and k.table_name = c.table_name \
        and k.constraint_name = 'PRIMARY' and k.column_name = c.column_name), 0) as signed) as key_position \
    from information_schema.columns c join information_schema.tables t \
      on t.table_schema = c.table_schema and t.table_name = c.table_name \
    where c.table_schema = database() and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position";

/// Every table with its columns, save sea-orm's own. No list of names in this program: a table that a later step
/// adds is among them.
pub(super) async fn tables(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Table>> {
    let backend = db.get_database_backend();
    let query = match backend {
        DatabaseBackend::Postgres => POSTGRES,
        DatabaseBackend::MySql => MYSQL,
        _ => SQLITE,
    };
    let mut tables: Vec<Table> = Vec::new();
    for row in db.query_all_raw(Statement::from_string(backend, query)).await? {
        let (table, column): (String, String) = (row.try_get_by(0)?, row.try_get_by(1)?);
        let (kind, key): (String, i64) = (row.try_get_by(2)?, row.try_get_by(3)?);
        if table == STEPS_TABLE {
            continue;
        }
        let Some(kind) = kind_of(backend, &kind) else {
            bail!(
                "the column `{column}` of the table `{table}` is of a kind that is not known here ({kind}): is it a \
                 table of Hope Tree? It needs a database (on Postgres: a schema) of its own"
            );
        };
        let column = Column { name: column, kind, key };
        match tables.last_mut() {
            Some(last) if last.name == table => last.columns.push(column),
            _ => tables.push(Table { name: table, columns: vec![column] }),
        }
    }
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    if let Some(table) = tables.iter().find(|table| table.key().is_empty()) {
        bail!("the table `{}` has no primary key, so it cannot be read in parts", table.name);
    }
    Ok(tables)
}

/// The kinds that `columns.rs` makes, by the names under which each database tells them.
fn kind_of(backend: DatabaseBackend, name: &str) -> Option<Kind> {
    let base = name.split(['(', ' ']).next().unwrap_or_default();
    Some(match (backend, base) {
        (DatabaseBackend::MySql, "tinyint") if name.starts_with("tinyint(1)") => Kind::Bool,
        (DatabaseBackend::Sqlite, "integer") | (_, "bigint") if !name.contains("unsigned") => Kind::Integer,
        (DatabaseBackend::Sqlite | DatabaseBackend::Postgres, "boolean") => Kind::Bool,
        (_, "double") | (DatabaseBackend::Sqlite, "real") => Kind::Double,
        (_, "varchar" | "char" | "character" | "text" | "mediumtext" | "longtext") => Kind::Text,
        (_, "blob" | "longblob" | "mediumblob" | "bytea" | "varbinary") => Kind::Bytes,
        _ => return None,
    })
}

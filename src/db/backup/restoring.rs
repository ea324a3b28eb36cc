//! Taking a backup back into an empty database.

use std::path::Path;

use anyhow::{Context, bail};
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseTransaction, Statement, Value};
use serde_json::Value as Json;

use super::Summary;
use super::format::{Header, Sum, Tail, value};
use super::progress::Progress;
use super::reading::{Backup, Entry};
use super::rows::each_row;
use crate::db::schema::{self, Kind, Table};
use crate::db::steps::{self, SchemaLock};
use crate::db::{Db, migration};

/// What goes to the database at once: so many rows, values (SQLite binds no more than 32,766) and bytes (MySQL takes
/// 16 MB in its default settings).
const BATCH_ROWS: usize = 500;
const BATCH_VALUES: usize = 30_000;
const BATCH_BYTES: usize = 2 << 20;

/// Fills an empty database with a backup, compares what the database then holds with what the file says, and brings
/// the schema up to this program's version. It comes about whole or not at all.
///
/// # Errors
/// When the database is not empty or does not take it, or the file is damaged or from a newer program.
pub async fn restore(db: &Db, file: &Path) -> anyhow::Result<Summary> {
    let mut backup = Backup::open(file)?;
    check_steps(backup.header())?;
    let lock = SchemaLock::take(db).await?;
    let outcome = Box::pin(fill(&lock.transaction, &mut backup)).await;
    lock.release(outcome).await
}

/// Restores a backup into a SQLite database of its own in a folder that is not there yet, and removes it again.
///
/// # Errors
/// As [`restore`].
pub async fn check(file: &Path, folder: &Path) -> anyhow::Result<Summary> {
    crate::config::make_private_folder(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let outcome = check_in(file, folder).await;
    let removed = std::fs::remove_dir_all(folder);
    let summary = outcome?;
    removed.with_context(|| format!("cannot remove the folder {}", folder.display()))?;
    Ok(summary)
}

async fn check_in(file: &Path, folder: &Path) -> anyhow::Result<Summary> {
    let db = Db::connect(&format!("sqlite://{}", folder.join("check.db").display())).await?;
    let outcome = restore(&db, file).await;
    db.close().await?;
    outcome
}

/// A backup of a newer schema cannot be taken back by this program.
fn check_steps(header: &Header) -> anyhow::Result<()> {
    let known = migration::names();
    if known.starts_with(&header.steps) {
        return Ok(());
    }
    let unknown: Vec<&str> =
        header.steps.iter().filter(|step| !known.contains(step)).map(String::as_str).collect();
    bail!(
        "this backup was taken by Hope Tree {} and has steps of the schema that this program ({}) does not know ({}): \
         restore it with that version or a newer one",
        header.program,
        env!("CARGO_PKG_VERSION"),
        unknown.join(", ")
    )
}

async fn fill(db: &DatabaseTransaction, backup: &mut Backup) -> anyhow::Result<Summary> {
    refuse_what_is_not_empty(db, backup.header()).await?;
    // The rows go into the schema that they were taken from; what later steps do to rows, they do to these as well.
    steps::take_first(db, backup.header().steps.len()).await?;
    if db.get_database_backend() == DatabaseBackend::MySql {
        // The steps have ended the transaction there. An id of 0 is one like any other.
        db.execute_unprepared("set session sql_mode = concat(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')").await?;
        db.execute_unprepared("start transaction").await?;
    }
    let tables = schema::tables(db).await?;
    for table in &tables {
        // What the steps themselves put there is in the backup.
        let mut delete = Query::delete();
        db.execute(delete.from_table(Alias::new(table.name.as_str()))).await?;
    }
    let filled = insert_all(db, backup, &tables).await?;
    if let Some(table) = tables.iter().find(|table| filled.iter().all(|(other, _)| other.name != table.name))
    {
        bail!("the backup lacks the table `{}`, which its schema has: it cannot be used", table.name);
    }
    let mut progress = Progress::new("comparing");
    for (table, expected) in &filled {
        let mut sum = Sum::default();
        each_row(db, table, |line| {
            sum.add(line);
            progress.count(&table.name);
            Ok(())
        })
        .await?;
        let found = sum.tail();
        if found != *expected {
            bail!(
                "the database does not hold what the backup says: `{}` has {} rows instead of {}, or other ones; \
                 nothing was kept",
                table.name,
                found.rows,
                expected.rows
            );
        }
    }
    go_on_counting(db, &tables).await?;
    steps::take_pending(db)
        .await
        .context("the backup is in the database, but its schema is not up to date")?;
    Ok(backup.summary())
}

async fn refuse_what_is_not_empty(db: &DatabaseTransaction, header: &Header) -> anyhow::Result<()> {
    let mut full = Vec::new();
    for table in schema::tables(db).await? {
        let mut any = Query::select();
        any.expr(Expr::val(1)).from(Alias::new(table.name.as_str())).limit(1);
        if db.query_one(&any).await?.is_some() {
            full.push(table.name);
        }
    }
    let remedy = "a backup goes into an empty database: name one with HOPETREE_DATABASE_URL (SQLite: an empty \
                  HOPETREE_DATA_DIR)";
    if !full.is_empty() {
        bail!("this database holds data already (in {}); {remedy}", full.join(", "));
    }
    let applied = steps::steps(db).await?.applied;
    if !header.steps.starts_with(&applied) {
        bail!(
            "this database has no data, but its schema is newer than the backup's ({} steps against {}); {remedy}, \
             without tables",
            applied.len(),
            header.steps.len()
        );
    }
    Ok(())
}

/// Inserts every row of the backup; gives each table with what the file says about it.
async fn insert_all(
    db: &DatabaseTransaction,
    backup: &mut Backup,
    known: &[Table],
) -> anyhow::Result<Vec<(Table, Tail)>> {
    let mut progress = Progress::new("restore");
    let mut filled = Vec::new();
    let mut current: Option<Batch> = None;
    loop {
        match (backup.next()?, &mut current) {
            (Entry::Table(table), None) => current = Some(Batch::new(table, known)?),
            (Entry::Row(line), Some(batch)) => {
                progress.count(&batch.table.name);
                if !batch.add(&line) {
                    return Err(backup.damaged(&format!("a row of `{}` does not fit it", batch.table.name)));
                }
                if batch.is_full() {
                    batch.insert(db).await?;
                }
            }
            (Entry::TableEnd(tail), Some(batch)) => {
                batch.insert(db).await?;
                filled.extend(current.take().map(|batch| (batch.table, tail)));
            }
            (Entry::End, None) => return Ok(filled),
            _ => return Err(backup.damaged("its parts are not in order")),
        }
    }
}

/// Rows that wait to be inserted together.
struct Batch {
    table: Table,
    rows: Vec<Vec<Value>>,
    bytes: usize,
}

impl Batch {
    /// For a table of the file, which must be one of the schema's. A column added later stands at another place in a
    /// new table than in a grown one, so the places may differ.
    fn new(table: Table, known: &[Table]) -> anyhow::Result<Self> {
        let sorted = |table: &Table| {
            let mut columns = table.columns.clone();
            columns.sort_by(|left, right| left.name.cmp(&right.name));
            columns
        };
        match known.iter().find(|other| other.name == table.name) {
            None => bail!(
                "the backup holds a table `{}` that is none of Hope Tree's: take it from a database (on Postgres: a \
                 schema) of its own",
                table.name
            ),
            Some(other) if sorted(other) != sorted(&table) => bail!(
                "the table `{}` has other columns in the backup than in the schema of its steps: it cannot be used",
                table.name
            ),
            Some(_) => Ok(Self { table, rows: Vec::new(), bytes: 0 }),
        }
    }

    /// Whether the row fits the table.
    fn add(&mut self, line: &[u8]) -> bool {
        let Ok(cells) = serde_json::from_slice::<Vec<Json>>(line) else { return false };
        let columns = &self.table.columns;
        if cells.len() != columns.len() {
            return false;
        }
        let row = cells.into_iter().zip(columns).map(|(cell, column)| value(cell, column.kind));
        let Some(row) = row.collect::<Option<Vec<Value>>>() else { return false };
        self.rows.push(row);
        self.bytes += line.len();
        true
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= BATCH_ROWS
            || (self.rows.len() + 1) * self.table.columns.len() > BATCH_VALUES
            || self.bytes >= BATCH_BYTES
    }

    async fn insert(&mut self, db: &DatabaseTransaction) -> anyhow::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut insert = Query::insert();
        insert.into_table(Alias::new(self.table.name.as_str()));
        insert.columns(self.table.columns.iter().map(|column| Alias::new(column.name.as_str())));
        let (first, last) = (self.key_of(self.rows.first()), self.key_of(self.rows.last()));
        for row in self.rows.drain(..) {
            insert.values(row.into_iter().map(Expr::from))?;
        }
        self.bytes = 0;
        let inserted = db.execute(&insert).await;
        inserted.with_context(|| {
            format!(
                "the database refused rows of `{}` (one of those from {first} to {last}); nothing was kept",
                self.table.name
            )
        })?;
        Ok(())
    }

    fn key_of(&self, row: Option<&Vec<Value>>) -> String {
        let values =
            row.into_iter().flat_map(|row| self.table.key().into_iter().map(|at| row[at].to_string()));
        values.collect::<Vec<_>>().join(", ")
    }
}

/// The next row that the program adds gets an id of its own. SQLite and MySQL see to it themselves.
async fn go_on_counting(db: &DatabaseTransaction, tables: &[Table]) -> anyhow::Result<()> {
    let backend = db.get_database_backend();
    if backend != DatabaseBackend::Postgres {
        return Ok(());
    }
    for table in tables {
        let counting = table.columns.iter().filter(|column| column.kind == Kind::Integer && column.key > 0);
        for column in counting {
            let (name, highest) = (quoted(&table.name), quoted(&column.name));
            // Without a sequence, the column does not count by itself.
            let query = format!(
                "select setval(sequence::regclass, greatest(highest, 1), highest is not null) from (select \
                 pg_get_serial_sequence($1, $2) as sequence, (select max({highest}) from {name}) as highest) as \
                 counting where sequence is not null"
            );
            let values = [Value::from(name), Value::from(column.name.clone())];
            db.query_all_raw(Statement::from_sql_and_values(backend, query, values)).await?;
        }
    }
    Ok(())
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

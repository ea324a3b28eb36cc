//! The schema, one file a step. Forward only; one set for SQLite, Postgres and MySQL.
//!
//! Expand, then contract. While an installation is upgraded, nodes of the former program work on the schema of the new
//! one. So a step may add a table, an index, or a column that may be missing or has a default; it never renames,
//! narrows or removes what the former program uses. What nobody uses any more is removed by a step of a later
//! version. A table has a primary key and only columns of the kinds in [`super::columns`]: then it is backed up
//! without anybody thinking of it. A step that is in use is never changed.

mod m0001_accounts;
mod m0002_content;
mod m0003_menus;
mod m0004_subscribers;
mod m0005_messages;
mod m0006_jobs;
mod m0007_retention;
mod m0008_schedule;
mod m0009_erasures;
mod m0010_admin;
mod m0011_media;
mod m0012_words;
mod m0013_reviews;
mod m0014_notices;
mod m0015_menus;
mod m0016_answers;
mod m0017_desk;
mod m0018_people;

use sea_orm_migration::prelude::{ColumnDef, Index, IndexCreateStatement, Table, TableCreateStatement};
use sea_orm_migration::sea_orm::DatabaseBackend;
use sea_orm_migration::{MigrationTrait, MigratorTrait, SchemaManager, async_trait};

pub(super) struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_content::Migration),
            Box::new(m0003_menus::Migration),
            Box::new(m0004_subscribers::Migration),
            Box::new(m0005_messages::Migration),
            Box::new(m0006_jobs::Migration),
            Box::new(m0007_retention::Migration),
            Box::new(m0008_schedule::Migration),
            Box::new(m0009_erasures::Migration),
            Box::new(m0010_admin::Migration),
            Box::new(m0011_media::Migration),
            Box::new(m0012_words::Migration),
            Box::new(m0013_reviews::Migration),
            Box::new(m0014_notices::Migration),
            Box::new(m0015_menus::Migration),
            Box::new(m0016_answers::Migration),
            Box::new(m0017_desk::Migration),
            Box::new(m0018_people::Migration),
        ]
    }
}

/// The names of all steps, in order.
pub(super) fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|step| step.name().to_owned()).collect()
}

/// A table that holds 4-byte characters on every database.
fn table(backend: DatabaseBackend, name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name).if_not_exists();
    if backend == DatabaseBackend::MySql {
        table.character_set("utf8mb4").collate("utf8mb4_bin");
    }
    table
}

type NamedIndex = (&'static str, &'static str, IndexCreateStatement);

fn unique(name: &'static str, table: &'static str, columns: &[&'static str]) -> NamedIndex {
    let (table, name, mut index) = index(name, table, columns);
    (table, name, index.unique().take())
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> NamedIndex {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    (table, name, index.take())
}

/// Runs the statements that make the tables and their indexes, in order.
async fn create(
    manager: &SchemaManager<'_>,
    tables: Vec<TableCreateStatement>,
    indexes: Vec<NamedIndex>,
) -> Result<(), sea_orm_migration::DbErr> {
    for table in tables {
        manager.create_table(table).await?;
    }
    // MySQL keeps what a broken-off step has made, so that a step must be safe to repeat.
    for (table, name, index) in indexes {
        if !manager.has_index(table, name).await? {
            manager.create_index(index).await?;
        }
    }
    Ok(())
}

/// Adds columns that may be missing or have a default, one statement each, as SQLite wants it.
async fn add_columns(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: impl IntoIterator<Item = (&'static str, ColumnDef)>,
) -> Result<(), sea_orm_migration::DbErr> {
    for (name, column) in columns {
        // As in `create`: a step that broke off is repeated.
        if !manager.has_column(table, name).await? {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
    }
    Ok(())
}

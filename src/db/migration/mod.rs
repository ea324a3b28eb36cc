//! The schema, one file a step. Forward only; one set for SQLite, Postgres and MySQL.

mod m0001_accounts;
mod m0002_content;
mod m0003_menus;
mod m0004_subscribers;
mod m0005_messages;
mod m0006_jobs;

use sea_orm_migration::prelude::{Index, IndexCreateStatement, Table, TableCreateStatement};
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
        ]
    }
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

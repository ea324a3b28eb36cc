//! `hopetree migrate`: the schema, without serving.

use anyhow::{Context, bail};

use crate::config::{Config, without_password};
use crate::db::{Db, Steps, sqlite_file};

#[derive(clap::Args)]
pub(super) struct Options {
    /// Only say which steps would be taken.
    #[arg(long)]
    dry_run: bool,
}

/// A database that is there already; one that is not is not made.
pub(super) async fn open_existing(config: &Config) -> anyhow::Result<Db> {
    if let Some(file) = sqlite_file(&config.database_url).filter(|file| !file.exists()) {
        bail!(
            "there is no database at {}: is HOPETREE_DATA_DIR or HOPETREE_DATABASE_URL right?",
            file.display()
        );
    }
    connect(config).await
}

pub(super) async fn run(config: &Config, options: &Options) -> anyhow::Result<()> {
    if options.dry_run {
        return look(config).await;
    }
    let db = connect(config).await?;
    let steps = db.steps().await?;
    db.migrate().await.context("cannot bring the schema up to date")?;
    db.close().await?;
    tell(&steps, "taken");
    Ok(())
}

/// What would be done. A database that is not there is not made for that.
async fn look(config: &Config) -> anyhow::Result<()> {
    let steps = if sqlite_file(&config.database_url).is_some_and(|file| !file.exists()) {
        Steps::of_an_empty_database()
    } else {
        let db = connect(config).await?;
        let steps = db.steps().await?;
        db.close().await?;
        steps
    };
    tell(&steps, "would be taken");
    Ok(())
}

fn tell(steps: &Steps, pending: &str) {
    for name in &steps.unknown {
        println!("{name}: taken by a newer program; it stays");
    }
    for name in &steps.pending {
        println!("{name}: {pending}");
    }
    if steps.pending.is_empty() {
        println!("nothing to do: the schema has all {} steps of this program", steps.known());
    }
}

pub(super) async fn connect(config: &Config) -> anyhow::Result<Db> {
    let shown = without_password(&config.database_url);
    Db::connect(&config.database_url).await.with_context(|| format!("cannot open the database {shown}"))
}

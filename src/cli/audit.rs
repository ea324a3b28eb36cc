//! `hopetree audit …`: the trail of who did what.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::json;

use super::accounts;
use crate::accounts::{MasterKey, store as account_store};
use crate::admin::audit::{self, Checked, Entry, Flaw, Who};
use crate::admin::store::{self, Search};
use crate::app::App;

/// Excel takes a million rows; the memory for so many is not small.
const MOST: u64 = 500_000;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Go through the whole trail: whether every line is there and as it was written.
    Verify,
    /// Write the trail into an Excel file.
    Export {
        /// The file to write, which must not be there yet.
        file: PathBuf,
        /// Only what concerns this account.
        #[arg(long, value_name = "SLUG")]
        account: Option<String>,
    },
}

pub(super) async fn run(app: &App, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Verify => verify(app).await,
        Command::Export { file, account } => export(app, file, account).await,
    }
}

async fn verify(app: &App) -> anyhow::Result<()> {
    let Checked { first, last, flaw } = audit::check(&app.db).await.context("cannot read the trail")?;
    let Some(flaw) = flaw else {
        println!("lines {first} to {} are all there and as they were written", last.sequence);
        println!("the last has the hash {}: note it elsewhere, to compare it some day", last.hash);
        return Ok(());
    };
    if last.sequence >= first {
        println!("lines {first} to {} are there and as they were written", last.sequence);
    }
    match flaw {
        Flaw::Changed(line) => bail!("line {line} was changed, or the hash of the line before it"),
        Flaw::Missing(from, next) if from + 1 == next => bail!("line {from} is missing"),
        Flaw::Missing(from, next) => bail!("lines {from} to {} are missing", next - 1),
        Flaw::CutShort(from) => {
            bail!("the trail was cut at the end: line {from} and those after it are missing")
        }
        Flaw::LastReplaced(line) => bail!("line {line}, the last, was replaced by another"),
        Flaw::Added(from) => bail!("line {from} and those after it were added past the program"),
    }
}

async fn export(app: &App, file: PathBuf, slug: Option<String>) -> anyhow::Result<()> {
    if file.exists() {
        bail!("{} is there already", file.display());
    }
    let key = MasterKey::obtain(&app.config.master_key, &app.config.data_dir)?;
    let account = match &slug {
        Some(slug) => Some(accounts::find(app, &key, slug).await?.id),
        None => None,
    };
    let lines = store::lines(app.db.reader(), Search { account, limit: MOST, ..Search::default() }).await?;
    let (all, _) = account_store::all(app.db.reader(), &key).await?;
    let name = |id: i64| {
        all.iter().find(|account| account.id.0 == id).map(|account| account.name.clone()).unwrap_or_default()
    };
    let workbook = audit::workbook(&lines, name)?;
    std::fs::write(&file, workbook).with_context(|| format!("cannot write {}", file.display()))?;
    let write = app.db.begin_write().await?;
    let after = Some(json!({ "lines": lines.len() }));
    let entry = Entry { account, action: "audit.export", after, ..Entry::default() };
    audit::record(&write, &Who::command_line(), entry, app.clock.now()).await?;
    write.commit().await?;
    println!("wrote {} lines to {}", lines.len(), file.display());
    Ok(())
}

//! `hopetree backup` and `hopetree restore`.

use std::path::PathBuf;

use anyhow::Context;

use super::migrate::{connect, open_existing};
use crate::accounts::{MasterKey, store};
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, MasterKeySource};
use crate::db::backup::{self, Existing, Summary};

#[derive(clap::Args)]
pub(super) struct BackupOptions {
    /// The file to write, such as hopetree-2026-11-24.backup.
    file: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    force: bool,
}

#[derive(clap::Args)]
pub(super) struct RestoreOptions {
    /// A file that `hopetree backup` wrote.
    file: PathBuf,
    /// Only see whether the file can be restored: into a database made for it and removed again.
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(config: &Config, options: &BackupOptions) -> anyhow::Result<()> {
    let db = open_existing(config).await?;
    let existing = if options.force { Existing::Replace } else { Existing::Keep };
    let taken = backup::take(&db, &options.file, existing, Clock::System.now()).await;
    db.close().await?;
    let taken = taken.context("no backup was taken")?;
    let bytes = std::fs::metadata(&options.file)?.len();
    println!("{}: {}, {} KB, read back", options.file.display(), told(&taken), bytes.div_ceil(1024));
    println!(
        "The master key is not in it. Keep a copy of {} in another place: without it the accounts' secrets in the \
         backup cannot be read.",
        key_place(config)
    );
    Ok(())
}

pub(super) async fn run_restore(config: &Config, options: &RestoreOptions) -> anyhow::Result<()> {
    let file = &options.file;
    if options.check {
        let folder = config.data_dir.join(format!("restore-check-{}", std::process::id()));
        let checked = backup::check(file, &folder).await.context("this backup cannot be restored")?;
        println!("{} can be restored: {}", file.display(), told(&checked));
        return Ok(());
    }
    let db = connect(config).await?;
    let restored = backup::restore(&db, file).await.context("nothing was restored")?;
    println!("restored and compared: {}", told(&restored));
    // Looked at only where there is one: a new key would open nothing.
    let has_key = match &config.master_key {
        MasterKeySource::DataDir => config.data_dir.join(MasterKey::FILE_NAME).exists(),
        MasterKeySource::Given(_) | MasterKeySource::File(_) => true,
    };
    let mut unreadable = 0;
    if has_key {
        let key = MasterKey::obtain(&config.master_key, &config.data_dir)?;
        unreadable = store::all(db.reader(), &key).await?.1.len();
    }
    db.close().await?;
    if !has_key || unreadable > 0 {
        println!(
            "The accounts' secrets do not open yet: put the master key of the installation that the backup is from \
             into {}.",
            key_place(config)
        );
    }
    Ok(())
}

fn told(summary: &Summary) -> String {
    format!(
        "{} rows in {} tables of a {} database, as it was on {} (Asia/Shanghai), Hope Tree {}",
        summary.rows,
        summary.tables,
        summary.header.database,
        Timestamp::from_millis(summary.header.taken_at).in_shanghai().format("%Y-%m-%d %H:%M:%S"),
        summary.header.program
    )
}

fn key_place(config: &Config) -> String {
    match &config.master_key {
        MasterKeySource::Given(_) => "the setting master_key (HOPETREE_MASTER_KEY)".into(),
        MasterKeySource::File(path) => path.display().to_string(),
        MasterKeySource::DataDir => config.data_dir.join(MasterKey::FILE_NAME).display().to_string(),
    }
}

//! Taking a backup.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use sea_orm::ConnectionTrait;

use super::Summary;
use super::format::{FORMAT, Header, Mark, Sum};
use super::progress::Progress;
use super::reading;
use super::rows::each_row;
use crate::clock::Timestamp;
use crate::db::{Db, schema, steps};

/// What becomes of a file that has the backup's name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Keep,
    Replace,
}

/// Writes everything in the database, as it is at this moment, into a file; residents are served meanwhile. The file
/// has its name only when it is whole, on disk, and has been read back.
///
/// # Errors
/// When there is such a file already, it cannot be written, or the database cannot be read. Then nothing is left.
pub async fn take(db: &Db, file: &Path, existing: Existing, now: Timestamp) -> anyhow::Result<Summary> {
    if existing == Existing::Keep && file.exists() {
        bail!("{} is there already: name a new file, or replace it with --force", file.display());
    }
    let name = file.file_name().with_context(|| format!("{} names no file", file.display()))?;
    let partial = file.with_file_name(format!("{}.partial", name.to_string_lossy()));
    let outcome = write_and_verify(db, &partial, now).await;
    match outcome {
        Ok(summary) => {
            std::fs::rename(&partial, file).with_context(|| format!("cannot name {}", file.display()))?;
            sync_folder(file)?;
            Ok(summary)
        }
        Err(error) => {
            // What is not whole is no backup; the error that led here is what matters.
            std::fs::remove_file(&partial).ok();
            Err(error)
        }
    }
}

async fn write_and_verify(db: &Db, partial: &Path, now: Timestamp) -> anyhow::Result<Summary> {
    let written = write(db, partial, now).await?;
    let found = reading::verify(partial).context("the backup that was just written cannot be read back")?;
    if (found.tables, found.rows) != (written.tables, written.rows) {
        bail!("the backup that was just written has {} rows instead of {}", found.rows, written.rows);
    }
    Ok(written)
}

async fn write(db: &Db, partial: &Path, now: Timestamp) -> anyhow::Result<Summary> {
    let transaction = db.begin_snapshot().await.context("cannot open the database for reading")?;
    let steps = steps::steps(&transaction).await?.applied;
    if steps.is_empty() {
        bail!("there is nothing in this database yet: is HOPETREE_DATABASE_URL right?");
    }
    let program = env!("CARGO_PKG_VERSION").to_owned();
    let header =
        Header { format: FORMAT, program, database: db.kind().into(), taken_at: now.millis(), steps };
    let mut out = Out::create(partial)?;
    out.mark(&Mark::Backup(header.clone()))?;
    let (tables, rows) = write_tables(&transaction, &mut out).await?;
    out.mark(&Mark::End { tables, rows })?;
    out.finish()?;
    transaction.rollback().await?;
    Ok(Summary { header, tables, rows })
}

async fn write_tables(db: &impl ConnectionTrait, out: &mut Out) -> anyhow::Result<(u64, u64)> {
    let mut progress = Progress::new("backup");
    let (mut tables, mut rows) = (0, 0);
    for table in schema::tables(db).await? {
        out.mark(&Mark::Table(table.clone()))?;
        let mut sum = Sum::default();
        // Compressing blocks this thread; in the process of a command nobody else wants it.
        each_row(db, &table, |line| {
            sum.add(line);
            progress.count(&table.name);
            out.line(line)
        })
        .await?;
        let tail = sum.tail();
        tables += 1;
        rows += tail.rows;
        out.mark(&Mark::TableEnd(tail))?;
    }
    Ok((tables, rows))
}

/// The file while it is written.
struct Out {
    path: PathBuf,
    gzip: GzEncoder<BufWriter<File>>,
}

impl Out {
    fn create(path: &Path) -> anyhow::Result<Self> {
        // One that an earlier attempt left may be readable by others.
        std::fs::remove_file(path).ok();
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
        // The fast level: the disk is the bottleneck of a restore, the processor that of a backup beside a server.
        let gzip = GzEncoder::new(BufWriter::new(file), Compression::fast());
        Ok(Self { path: path.into(), gzip })
    }

    fn mark(&mut self, mark: &Mark) -> anyhow::Result<()> {
        self.line(&serde_json::to_vec(mark)?)
    }

    fn line(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let written = self.gzip.write_all(line).and_then(|()| self.gzip.write_all(b"\n"));
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn finish(self) -> anyhow::Result<()> {
        let Self { path, gzip } = self;
        let finish = || {
            let file = gzip.finish()?.into_inner()?;
            file.sync_all()
        };
        finish().with_context(|| format!("cannot write {}", path.display()))
    }
}

/// A new name is on disk only when its folder is.
fn sync_folder(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("cannot write {}", folder.display()))
}

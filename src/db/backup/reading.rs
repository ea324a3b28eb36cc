//! Reading a backup file, and knowing a damaged one.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use flate2::bufread::GzDecoder;

use super::Summary;
use super::format::{FORMAT, Header, Mark, Sum, Tail};
use crate::db::schema::Table;

/// No row that a database takes is longer; a damaged file may claim to be.
const LONGEST_LINE: u64 = 256 << 20;

/// What comes next in a backup.
pub(super) enum Entry {
    Table(Table),
    /// The line of a row of that table.
    Row(Vec<u8>),
    /// The table is complete, and its rows are those that were written.
    TableEnd(Tail),
    /// The backup is complete.
    End,
}

/// A backup file, open at some place. Its numbers and digests are checked while it is read.
pub(super) struct Backup {
    path: PathBuf,
    header: Header,
    lines: BufReader<GzDecoder<BufReader<File>>>,
    sum: Sum,
    tables: u64,
    rows: u64,
}

impl Backup {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let mut lines = BufReader::new(GzDecoder::new(BufReader::new(file)));
        let first = read_line(&mut lines).ok().and_then(|line| serde_json::from_slice(&line).ok());
        let Some(Mark::Backup(header)) = first else {
            bail!("{} is no backup of Hope Tree, or its beginning is damaged", path.display());
        };
        if header.format != FORMAT {
            bail!(
                "{} has a form (number {}) that this program does not know: it was taken by Hope Tree {}; use that \
                 version or a newer one",
                path.display(),
                header.format,
                header.program
            );
        }
        Ok(Self { path: path.into(), header, lines, sum: Sum::default(), tables: 0, rows: 0 })
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    pub(super) fn summary(&self) -> Summary {
        Summary { header: self.header.clone(), tables: self.tables, rows: self.rows }
    }

    /// # Errors
    /// When the file is damaged or broke off.
    pub(super) fn next(&mut self) -> anyhow::Result<Entry> {
        let line = read_line(&mut self.lines).map_err(|error| self.damaged(&error.to_string()))?;
        if line.first() == Some(&b'[') {
            self.sum.add(&line);
            return Ok(Entry::Row(line));
        }
        let mark = serde_json::from_slice(&line).map_err(|error| self.damaged(&error.to_string()))?;
        match mark {
            Mark::Table(table) => Ok(Entry::Table(table)),
            Mark::TableEnd(tail) => {
                if std::mem::take(&mut self.sum).tail() != tail {
                    return Err(self.damaged("rows of a table are not those that were written"));
                }
                self.tables += 1;
                self.rows += tail.rows;
                Ok(Entry::TableEnd(tail))
            }
            Mark::End { tables, rows } => {
                if (tables, rows) != (self.tables, self.rows) {
                    return Err(self.damaged("tables are missing"));
                }
                self.reads_to_its_end()?;
                Ok(Entry::End)
            }
            Mark::Backup(_) => Err(self.damaged("it begins twice")),
        }
    }

    /// Only there does gzip compare its own sum of everything.
    fn reads_to_its_end(&mut self) -> anyhow::Result<()> {
        let mut rest = [0; 1];
        match self.lines.read(&mut rest) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.damaged("it goes on after its end")),
            Err(error) => Err(self.damaged(&error.to_string())),
        }
    }

    pub(super) fn damaged(&self, what: &str) -> anyhow::Error {
        anyhow!(
            "{} is damaged or broke off ({what}): nothing of it was used; take another backup",
            self.path.display()
        )
    }
}

/// Reads a whole file and checks everything in it that can be checked without a database.
pub(super) fn verify(path: &Path) -> anyhow::Result<Summary> {
    let mut backup = Backup::open(path)?;
    loop {
        if let Entry::End = backup.next()? {
            return Ok(backup.summary());
        }
    }
}

fn read_line(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    lines.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    match line.pop() {
        Some(b'\n') => Ok(line),
        _ => Err(std::io::Error::other("a line does not end")),
    }
}

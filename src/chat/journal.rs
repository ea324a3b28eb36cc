//! A file to which pushes are appended while the database is away, and from which they are read in the same order when
//! it is back. What was appended is on the disk.
//!
//! The file begins with a head: 4 letters, and the number of its generation in 8 bytes. Records follow: the length in
//! 4 bytes, a CRC-32 of the generation and the record in 4 bytes, the record. All numbers are little-endian. The first
//! record that is not whole, or of another generation, is the end: clearing the journal only counts the generation up.
//! The file is filled with noughts beforehand, so that there is room in it when the disk is full.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufReader, ErrorKind, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use crc32fast::Hasher;

const MAGIC: &[u8; 4] = b"HTJ1";
const HEAD: u64 = 12;
const RECORD_HEAD: usize = 8;
/// Reserved beforehand, some 15,000 pushes. The file is made this small again when it is cleared.
const RESERVED: u64 = 16 << 20;
/// Larger than any push; a larger length is no length.
const MAX_RECORD: usize = 8 << 20;
/// Read in large pieces, so that a journal of hundreds of megabytes is opened in a second or so.
const BUFFER: usize = 1 << 18;

/// A process that ends has 25 s to finish what is in hand.
const LOCK_TRIES: u32 = 300;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Journal {
    file: File,
    generation: u64,
    /// Where the next record goes.
    end: u64,
    records: u64,
    limit: u64,
    /// Whether the head that is on the disk is that of this generation.
    has_head: bool,
}

impl Journal {
    /// Opens the journal in a folder, which is made when it is missing. It never holds more than `limit` bytes. Gives
    /// the newest records that are in it, too, so many at most.
    pub(super) fn open(folder: &Path, limit: u64, newest: usize) -> io::Result<(Self, VecDeque<Vec<u8>>)> {
        crate::config::make_private_folder(folder)?;
        let path = folder.join("pushes.journal");
        let file = private(OpenOptions::new().read(true).write(true).create(true).truncate(false), &path)?;
        take(&file)?;
        let mut head = [0; HEAD as usize];
        let generation = match file.read_exact_at(&mut head, 0) {
            Ok(()) if head.starts_with(MAGIC) => number(&head[4..]),
            Ok(()) if head != [0; HEAD as usize] => {
                let reason = format!("{} is no journal of Hope Tree: move it away", path.display());
                return Err(io::Error::new(ErrorKind::InvalidData, reason));
            }
            Ok(()) => 0,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(error),
        };
        let mut journal = Self { file, generation, end: HEAD, records: 0, limit, has_head: true };
        if generation == 0 {
            journal.clear()?;
            sync_folder(folder)?;
        }
        let mut kept = VecDeque::new();
        let (mut reader, mut at, mut records) = (journal.reader(HEAD), HEAD, 0);
        while let Some(record) = journal.record(&mut reader)? {
            at += (RECORD_HEAD + record.len()) as u64;
            records += 1;
            kept.push_back(record);
            if kept.len() > newest {
                kept.pop_front();
            }
        }
        drop(reader);
        (journal.end, journal.records) = (at, records);
        Ok((journal, kept))
    }

    /// Fills the file up to its usual size, so that its room on the disk is its own. Takes a moment, once.
    pub(super) fn reserve(&self) -> io::Result<()> {
        let noughts = vec![0; 1 << 20];
        let mut at = self.file.metadata()?.len();
        while at < RESERVED.min(self.limit) {
            self.file.write_all_at(&noughts, at)?;
            at += noughts.len() as u64;
        }
        self.file.sync_all()
    }

    /// Appends records, all or none; when this returns they are on the disk.
    ///
    /// # Errors
    /// Also when there would be more than the limit.
    pub(super) fn append(&mut self, records: &[Vec<u8>]) -> io::Result<()> {
        let size: usize = records.iter().map(|record| RECORD_HEAD + record.len()).sum();
        if self.end + size as u64 > self.limit {
            return Err(io::Error::new(ErrorKind::StorageFull, "the journal is as large as it may be"));
        }
        let mut bytes = Vec::with_capacity(size);
        for record in records {
            if record.len() > MAX_RECORD {
                return Err(io::Error::new(ErrorKind::InvalidInput, "a push is too large for the journal"));
            }
            bytes.extend((record.len() as u32).to_le_bytes());
            bytes.extend(self.checksum(record).to_le_bytes());
            bytes.extend(record);
        }
        if !self.has_head {
            self.write_head()?;
        }
        self.file.write_all_at(&bytes, self.end)?;
        self.file.sync_data()?;
        self.end += bytes.len() as u64;
        self.records += records.len() as u64;
        Ok(())
    }

    /// The next records from a place on, at most so many, and the place after them.
    pub(super) fn read(&self, from: u64, at_most: usize) -> io::Result<(Vec<Vec<u8>>, u64)> {
        let (mut records, mut at, mut reader) = (Vec::new(), from, self.reader(from));
        while records.len() < at_most && at < self.end {
            let Some(record) = self.record(&mut reader)? else { break };
            at += (RECORD_HEAD + record.len()) as u64;
            records.push(record);
        }
        Ok((records, at))
    }

    /// Forgets all records, wipes them, and gives back what room they took beyond the usual.
    ///
    /// # Errors
    /// When the head could not be written. Then nothing is appended until it could be: what stands in the file may be
    /// of this generation or of the one before.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        let used = self.end;
        self.generation += 1;
        (self.end, self.records, self.has_head) = (HEAD, 0, false);
        self.write_head()?;
        // What follows is tidying: the records are forgotten already.
        if self.wipe(used).is_err() {
            tracing::debug!("what was in the journal could not be wiped");
        }
        Ok(())
    }

    fn write_head(&mut self) -> io::Result<()> {
        let mut head = MAGIC.to_vec();
        head.extend(self.generation.to_le_bytes());
        self.file.write_all_at(&head, 0)?;
        self.file.sync_data()?;
        self.has_head = true;
        Ok(())
    }

    fn wipe(&self, used: u64) -> io::Result<()> {
        if self.file.metadata()?.len() > RESERVED {
            self.file.set_len(RESERVED)?;
        }
        let noughts = vec![0; 1 << 16];
        let mut at = HEAD;
        while at < used.min(RESERVED) {
            let length = (used.min(RESERVED) - at).min(noughts.len() as u64);
            self.file.write_all_at(&noughts[..length as usize], at)?;
            at += length;
        }
        self.file.sync_data()
    }

    /// Where the first record stands.
    pub(super) const fn beginning() -> u64 {
        HEAD
    }

    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// How many records there are.
    pub(super) fn len(&self) -> u64 {
        self.records
    }

    /// How many bytes they take.
    pub(super) fn bytes(&self) -> u64 {
        self.end - HEAD
    }

    fn reader(&self, from: u64) -> BufReader<Reader<'_>> {
        BufReader::with_capacity(BUFFER, Reader { file: &self.file, at: from })
    }

    /// The next record, if there is a whole one.
    fn record(&self, reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
        let mut head = [0; RECORD_HEAD];
        if !fill(reader, &mut head)? {
            return Ok(None);
        }
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if length == 0 || length > MAX_RECORD {
            return Ok(None);
        }
        let mut record = vec![0; length];
        let is_whole = fill(reader, &mut record)? && self.checksum(&record).to_le_bytes() == head[4..];
        Ok(is_whole.then_some(record))
    }

    fn checksum(&self, record: &[u8]) -> u32 {
        let mut hasher = Hasher::new();
        hasher.update(&self.generation.to_le_bytes());
        hasher.update(record);
        hasher.finalize()
    }
}

/// Reads a file from a place on, without moving the place that others of its users have.
struct Reader<'a> {
    file: &'a File,
    at: u64,
}

impl Read for Reader<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(bytes, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// False when the file ends before.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file that only its owner may read: it holds what residents wrote.
pub(super) fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.mode(0o600).open(path)
}

/// Two processes on one journal would write over each other. The one before may still be ending.
fn take(file: &File) -> io::Result<()> {
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    let reason =
        "another hopetree serves from this data folder: stop it, or give this one a folder of its own";
    Err(io::Error::new(ErrorKind::WouldBlock, reason))
}

/// A new file is in its folder for good only when the folder is on the disk, too.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const LIMIT: u64 = 1 << 20;

    fn open(folder: &Path) -> Journal {
        Journal::open(folder, LIMIT, 0).unwrap().0
    }

    fn records(numbers: std::ops::Range<usize>) -> Vec<Vec<u8>> {
        numbers.map(|number| format!("{{\"push\":{number}}}").into_bytes()).collect()
    }

    fn all(journal: &Journal) -> Vec<Vec<u8>> {
        journal.read(Journal::beginning(), usize::MAX).unwrap().0
    }

    #[test]
    fn what_was_appended_is_read_in_order_also_by_the_next_process() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(folder.path());
        journal.reserve().unwrap();
        journal.append(&records(0..3)).unwrap();
        journal.append(&records(3..5)).unwrap();
        let (first, next) = journal.read(Journal::beginning(), 2).unwrap();
        assert_eq!(first, records(0..2));
        assert_eq!(journal.read(next, 9).unwrap(), (records(2..5), journal.end()));
        drop(journal);
        let mut journal = open(folder.path());
        assert_eq!((all(&journal), journal.len()), (records(0..5), 5));
        journal.append(&records(5..6)).unwrap();
        assert_eq!(all(&journal), records(0..6));
    }

    #[test]
    fn the_newest_are_given_when_it_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(folder.path());
        let mut long = records(0..9);
        long[4] = vec![b' '; BUFFER + 7];
        journal.append(&long).unwrap();
        drop(journal);
        let (journal, newest) = Journal::open(folder.path(), LIMIT, 3).unwrap();
        assert_eq!((journal.len(), Vec::from(newest)), (9, records(6..9)));
        assert_eq!(all(&journal), long);
    }

    #[test]
    fn a_record_that_broke_off_is_no_record() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(folder.path());
        journal.append(&records(0..3)).unwrap();
        drop(journal);
        let path = folder.path().join("pushes.journal");
        let whole = fs::read(&path).unwrap();
        for cut in 1..=18 {
            fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            assert_eq!(all(&open(folder.path())), records(0..2), "cut by {cut}");
            let mut torn = whole.clone();
            let last = torn.len() - cut;
            torn[last..].fill(0);
            fs::write(&path, &torn).unwrap();
            assert_eq!(all(&open(folder.path())), records(0..2), "torn by {cut}");
        }
    }

    #[test]
    fn what_was_cleared_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(folder.path());
        journal.append(&records(0..9)).unwrap();
        journal.clear().unwrap();
        assert_eq!((all(&journal), journal.bytes()), (vec![], 0));
        let left = fs::read(folder.path().join("pushes.journal")).unwrap();
        assert!(left[HEAD as usize..].iter().all(|byte| *byte == 0), "it can still be read");
        journal.append(&records(5..6)).unwrap();
        assert_eq!(all(&journal), records(5..6));
        drop(journal);
        assert_eq!(all(&open(folder.path())), records(5..6));
    }

    #[test]
    fn records_of_a_generation_before_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(folder.path());
        journal.append(&records(0..9)).unwrap();
        let path = folder.path().join("pushes.journal");
        let former = fs::read(&path).unwrap();
        journal.clear().unwrap();
        journal.append(&records(5..6)).unwrap();
        drop(journal);
        // As if they had not been wiped: behind the new one stand whole ones of the same length.
        let mut file = fs::read(&path).unwrap();
        let after = HEAD as usize + RECORD_HEAD + records(5..6)[0].len();
        file.truncate(after);
        file.extend(&former[after..]);
        fs::write(&path, file).unwrap();
        assert_eq!(all(&open(folder.path())), records(5..6));
    }

    #[test]
    fn it_never_grows_beyond_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path(), 100, 0).unwrap().0;
        assert!(journal.append(&records(0..100)).is_err());
        assert_eq!(journal.len(), 0);
        journal.append(&records(0..2)).unwrap();
        assert_eq!(all(&journal), records(0..2));
    }

    #[test]
    fn another_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pushes.journal"), "somebody's letters").unwrap();
        assert!(Journal::open(folder.path(), LIMIT, 0).is_err());
    }
}

//! What the database will never take: kept in a file beside the journal, one push a line with the reason, for people
//! to see.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::journal::private;
use crate::accounts::AccountId;
use crate::clock::Timestamp;

/// So much is kept.
const MAX_BYTES: u64 = 64 << 20;

pub(super) struct Rejected {
    path: PathBuf,
}

/// What a line tells of its push, as far as it matters for whose it is.
#[derive(Deserialize)]
struct Line {
    push: Push,
}

#[derive(Deserialize)]
struct Push {
    account: AccountId,
    message: Sent,
}

#[derive(Deserialize)]
struct Sent {
    openid: String,
    received_at: Timestamp,
}

/// A person as one account knows them.
pub(super) type Person = (AccountId, String);

impl Rejected {
    pub(super) fn beside_journal(folder: &Path) -> Self {
        Self { path: folder.join("rejected.jsonl") }
    }

    /// Keeps a push, as it would stand in the journal.
    pub(super) fn keep(&self, record: &[u8], reason: &str) -> io::Result<()> {
        let mut file = private(OpenOptions::new().append(true).create(true), &self.path)?;
        if file.metadata()?.len() > MAX_BYTES {
            return Err(io::Error::new(ErrorKind::StorageFull, "rejected.jsonl is as large as it may be"));
        }
        let push: serde_json::Value = serde_json::from_slice(record)?;
        let mut line = serde_json::json!({ "reason": reason, "push": push }).to_string();
        line.push('\n');
        file.write_all(line.as_bytes())?;
        file.sync_data()
    }

    /// Whose pushes it holds; each person once.
    pub(super) fn people(&self) -> io::Result<Vec<Person>> {
        let mut people = Vec::new();
        let Some(file) = self.open()? else { return Ok(people) };
        for line in BufReader::new(file).lines() {
            if let Ok(Line { push }) = serde_json::from_str(&line?) {
                people.push((push.account, push.message.openid));
            }
        }
        people.sort();
        people.dedup();
        Ok(people)
    }

    /// Removes the pushes that came from people before they were erased; says how many there were.
    pub(super) fn forget(&self, erased: &HashMap<Person, Timestamp>) -> io::Result<u64> {
        let Some(file) = self.open()? else { return Ok(0) };
        let draft = self.path.with_extension("new");
        let mut kept =
            BufWriter::new(private(OpenOptions::new().write(true).create(true).truncate(true), &draft)?);
        let mut count = 0;
        for line in BufReader::new(file).lines() {
            let line = line?;
            let is_erased = serde_json::from_str(&line).is_ok_and(|Line { push }| {
                let at = erased.get(&(push.account, push.message.openid));
                at.is_some_and(|at| push.message.received_at <= *at)
            });
            if is_erased {
                count += 1;
            } else {
                writeln!(kept, "{line}")?;
            }
        }
        kept.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&draft, &self.path)?;
        Ok(count)
    }

    /// None when there is nothing in it, as is the rule.
    fn open(&self) -> io::Result<Option<File>> {
        match File::open(&self.path) {
            Ok(file) => Ok((file.metadata()?.len() > 0).then_some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(openid: &str, received_at: i64) -> Vec<u8> {
        let message = serde_json::json!({ "openid": openid, "received_at": received_at, "content": "长" });
        serde_json::json!({ "account": 1, "message": message }).to_string().into_bytes()
    }

    #[test]
    fn what_an_erased_person_had_sent_before_is_forgotten_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let rejected = Rejected::beside_journal(folder.path());
        assert!(rejected.people().unwrap().is_empty());
        assert_eq!(rejected.forget(&HashMap::new()).unwrap(), 0);
        for (openid, at) in [("oA", 5), ("oB", 6), ("oA", 7), ("oA", 99)] {
            rejected.keep(&push(openid, at), "no").unwrap();
        }
        let a = (AccountId(1), "oA".to_owned());
        assert_eq!(rejected.people().unwrap(), [a.clone(), (AccountId(1), "oB".into())]);
        let erased = HashMap::from([
            (a, Timestamp::from_millis(7)),
            ((AccountId(2), "oB".into()), Timestamp::from_millis(9)),
        ]);
        assert_eq!(rejected.forget(&erased).unwrap(), 2);
        assert_eq!(rejected.forget(&erased).unwrap(), 0);
        let text = std::fs::read_to_string(folder.path().join("rejected.jsonl")).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.contains("oB") && text.contains("99") && text.ends_with('\n'), "{text}");
        rejected.keep(&push("oC", 1), "no").unwrap();
        assert_eq!(rejected.people().unwrap().len(), 3);
    }
}

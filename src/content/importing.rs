//! A checked bundle brought into the database: what is new is added, what differs is changed, what is the
//! same stays, and what only the database knows (an editor wrote it) is kept.

use std::collections::HashMap;
use std::fmt;

use sea_orm::{ConnectionTrait, DbErr};

use super::files::Bundle;
use super::store;
use crate::accounts::AccountId;

/// What an import changed, by kind of content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub kinds: Vec<(&'static str, Counts)>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    /// In the database, but not in the files.
    pub kept: usize,
    pub removed: usize,
}

impl Report {
    /// Whether anything is now different from before.
    pub fn changed_anything(&self) -> bool {
        self.kinds.iter().any(|(_, counts)| counts.added + counts.changed + counts.removed > 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, counts) in &self.kinds {
            let Counts { added, changed, unchanged, kept, removed } = counts;
            write!(f, "{kind:<9} {added} added, {changed} changed, {unchanged} unchanged")?;
            match (kept, removed) {
                (0, 0) => writeln!(f)?,
                (kept, 0) => writeln!(f, ", {kept} not in the files and kept")?,
                (_, removed) => writeln!(f, ", {removed} not in the files and removed")?,
            }
        }
        Ok(())
    }
}

/// What becomes of rows that are not in the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    Keep,
    Remove,
}

/// Why a bundle was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(
        "the sections `{0}` and `{1}` would both have the number {2}: one of them is in the account and not in the \
         files; --prune removes those"
    )]
    SameNumber(String, String, i64),
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Brings a bundle into an account, within the transaction that is given.
///
/// # Errors
/// [`ImportError`]; then the transaction must be rolled back.
pub async fn import(
    db: &impl ConnectionTrait,
    account: AccountId,
    bundle: Bundle,
    others: Others,
) -> Result<Report, ImportError> {
    let kinds = vec![
        ("sections", sync(db, account, bundle.sections, others).await?),
        ("articles", sync(db, account, bundle.articles, others).await?),
        ("places", sync(db, account, bundle.places, others).await?),
        ("contacts", sync(db, account, bundle.contacts, others).await?),
        ("events", sync(db, account, bundle.events, others).await?),
        ("rules", sync(db, account, bundle.rules, others).await?),
        ("greetings", sync(db, account, bundle.greetings, others).await?),
        ("pictures", sync(db, account, bundle.pictures, others).await?),
    ];
    store::list_anew(db, account).await?;
    let sections = store::sections(db, account).await?;
    let clash = sections.windows(2).find(|pair| pair[0].number == pair[1].number);
    if let Some([first, second]) = clash {
        return Err(ImportError::SameNumber(first.slug.clone(), second.slug.clone(), first.number));
    }
    Ok(Report { kinds })
}

async fn sync<R: store::Row>(
    db: &impl ConnectionTrait,
    account: AccountId,
    wanted: Vec<R>,
    others: Others,
) -> Result<Counts, DbErr> {
    let present = R::all(db, account).await?;
    let mut present: HashMap<String, R> =
        present.into_iter().map(|row| (row.natural_key().to_owned(), row)).collect();
    let mut counts = Counts::default();
    let mut new = Vec::new();
    for mut row in wanted {
        let known = present.remove(row.natural_key());
        row.adopt(known.as_ref(), account);
        match known {
            None => {
                counts.added += 1;
                new.push(row);
            }
            Some(known) if known == row => counts.unchanged += 1,
            Some(_) => {
                counts.changed += 1;
                row.count_change();
                row.update(db).await?;
            }
        }
    }
    R::insert(db, new).await?;
    match others {
        Others::Keep => counts.kept = present.len(),
        Others::Remove => {
            counts.removed = present.len();
            for row in present.values() {
                R::delete(db, account, row.id()).await?;
            }
        }
    }
    Ok(counts)
}

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
}

impl Report {
    /// Whether anything is now different from before.
    pub fn changed_anything(&self) -> bool {
        self.kinds.iter().any(|(_, counts)| counts.added + counts.changed > 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, counts) in &self.kinds {
            let Counts { added, changed, unchanged, kept } = counts;
            writeln!(
                f,
                "{kind:<9} {added} added, {changed} changed, {unchanged} unchanged, {kept} not in the files and kept"
            )?;
        }
        Ok(())
    }
}

/// Brings a bundle into an account, within the transaction that is given.
pub async fn import(db: &impl ConnectionTrait, account: AccountId, bundle: Bundle) -> Result<Report, DbErr> {
    Ok(Report {
        kinds: vec![
            ("sections", sync(db, account, bundle.sections).await?),
            ("articles", sync(db, account, bundle.articles).await?),
            ("places", sync(db, account, bundle.places).await?),
            ("contacts", sync(db, account, bundle.contacts).await?),
            ("events", sync(db, account, bundle.events).await?),
            ("rules", sync(db, account, bundle.rules).await?),
            ("pictures", sync(db, account, bundle.pictures).await?),
        ],
    })
}

async fn sync<R: store::Row>(
    db: &impl ConnectionTrait,
    account: AccountId,
    wanted: Vec<R>,
) -> Result<Counts, DbErr> {
    let present = R::all(db, account).await?;
    let mut present: HashMap<String, R> =
        present.into_iter().map(|row| (row.natural_key().to_owned(), row)).collect();
    let mut counts = Counts::default();
    let mut new = Vec::new();
    for mut row in wanted {
        let known = present.remove(row.natural_key());
        row.adopt(known.as_ref().map(store::Row::id), account);
        match known {
            None => {
                counts.added += 1;
                new.push(row);
            }
            Some(known) if known == row => counts.unchanged += 1,
            Some(_) => {
                counts.changed += 1;
                row.update(db).await?;
            }
        }
    }
    R::insert(db, new).await?;
    counts.kept = present.len();
    Ok(counts)
}

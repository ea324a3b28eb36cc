//! All accounts in memory, so that a push finds its account without a query.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::{Account, AccountId, MasterKey, store};
use crate::db::Db;

/// The accounts as last read, by slug; cheap to clone.
#[derive(Clone)]
pub struct Directory {
    key: Arc<MasterKey>,
    accounts: Arc<ArcSwap<HashMap<String, Arc<Account>>>>,
    /// The revisions as of the last reading.
    seen: Arc<ArcSwap<Vec<(AccountId, i64)>>>,
}

impl Directory {
    /// Reads all accounts.
    ///
    /// # Errors
    /// As [`store::all`].
    pub async fn load(db: &Db, key: Arc<MasterKey>) -> anyhow::Result<Self> {
        let directory = Self { key, accounts: Arc::default(), seen: Arc::default() };
        directory.refresh(db).await?;
        Ok(directory)
    }

    pub fn find(&self, slug: &str) -> Option<Arc<Account>> {
        self.accounts.load().get(slug).cloned()
    }

    /// All accounts, by slug.
    pub fn all(&self) -> Vec<Arc<Account>> {
        let mut accounts: Vec<_> = self.accounts.load().values().cloned().collect();
        accounts.sort_by(|left, right| left.slug.cmp(&right.slug));
        accounts
    }

    /// Reads the accounts again if any of them was added, changed or removed, here or by another process.
    ///
    /// # Errors
    /// As [`store::all`]; the accounts stay as they were.
    pub async fn refresh(&self, db: &Db) -> anyhow::Result<()> {
        // What cannot be read is not known, and is tried again only when something else changes.
        let present = store::revisions(db.reader()).await?;
        if *self.seen.load_full() != present {
            self.reload(db).await?;
            self.seen.store(Arc::new(present));
        }
        Ok(())
    }

    async fn reload(&self, db: &Db) -> anyhow::Result<()> {
        let (accounts, unreadable) = store::all(db.reader(), &self.key).await?;
        for (slug, error) in &unreadable {
            tracing::error!(
                account = slug,
                error = crate::db::told_whole(error),
                "an account cannot be read and is not served"
            );
        }
        if let (true, Some((slug, error))) = (accounts.is_empty(), unreadable.into_iter().next()) {
            return Err(error.context(format!("no account can be read, `{slug}` among them")));
        }
        let by_slug = accounts.into_iter().map(|account| (account.slug.clone(), Arc::new(account)));
        self.accounts.store(Arc::new(by_slug.collect()));
        Ok(())
    }
}

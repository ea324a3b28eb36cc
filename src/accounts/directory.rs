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
}

impl Directory {
    /// Reads all accounts.
    ///
    /// # Errors
    /// As [`store::all`].
    pub async fn load(db: &Db, key: Arc<MasterKey>) -> anyhow::Result<Self> {
        let directory = Self { key, accounts: Arc::default() };
        directory.reload(db).await?;
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
        let mut known: Vec<(AccountId, i64)> =
            self.accounts.load().values().map(|account| (account.id, account.revision)).collect();
        known.sort_unstable();
        if store::revisions(db.reader()).await? != known {
            self.reload(db).await?;
        }
        Ok(())
    }

    async fn reload(&self, db: &Db) -> anyhow::Result<()> {
        let accounts = store::all(db.reader(), &self.key).await?;
        let by_slug = accounts.into_iter().map(|account| (account.slug.clone(), Arc::new(account)));
        self.accounts.store(Arc::new(by_slug.collect()));
        Ok(())
    }
}

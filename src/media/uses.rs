//! Where something of the library is shown. The library knows no feature that shows it; the router tells it which do.

use std::pin::Pin;
use std::sync::Arc;

use sea_orm::{DatabaseConnection, DbErr};
use serde::Serialize;
use utoipa::ToSchema;

use crate::accounts::AccountId;

/// Something that shows an item of the library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Use {
    /// What it is: `article`, `section`, `notice` and so on.
    #[schema(example = "article")]
    pub kind: String,
    /// The name under which the API and the addresses know it.
    pub key: String,
    /// What people call it.
    pub title: String,
}

type Looking<'a> = Pin<Box<dyn Future<Output = Result<Vec<Use>, DbErr>> + Send + 'a>>;

/// Asks one feature where it shows what has this hash.
pub type Lookup = for<'a> fn(&'a DatabaseConnection, AccountId, &'a str) -> Looking<'a>;

/// Every feature that may show something of the library.
#[derive(Clone)]
pub struct Uses(Arc<[Lookup]>);

impl Uses {
    pub fn new(lookups: &[Lookup]) -> Self {
        Self(lookups.into())
    }

    pub(super) async fn of(
        &self,
        db: &DatabaseConnection,
        account: AccountId,
        hash: &str,
    ) -> Result<Vec<Use>, DbErr> {
        let mut uses = Vec::new();
        for lookup in self.0.iter() {
            uses.extend(lookup(db, account, hash).await?);
        }
        Ok(uses)
    }
}

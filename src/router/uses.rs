//! Which features show pictures and files of the media library.

use crate::content;
use crate::media::{Lookup, Use};

/// Every feature that does.
pub(super) const ALL: [Lookup; 1] = [|db, account, hash| {
    Box::pin(async move {
        let found = content::store::mentions(db, account, hash).await?;
        let shown = |(kind, key, title): (&str, String, String)| Use { kind: kind.into(), key, title };
        Ok(found.into_iter().map(shown).collect())
    })
}];

//! Which features show pictures and files of the media library.

use crate::media::{Lookup, Use, texts};
use crate::{content, menus, notices};

/// Every feature that does.
pub(super) const ALL: [Lookup; 3] = [
    |db, account, hash| {
        Box::pin(async move {
            let found = content::store::mentions(db, account, hash).await?;
            let shown = |(kind, key, title): (&str, String, String)| Use { kind: kind.into(), key, title };
            Ok(found.into_iter().map(shown).collect())
        })
    },
    |db, account, hash| {
        Box::pin(async move {
            let found = notices::store::mentions(db, account, hash).await?;
            let shown =
                |(id, title): (i64, String)| Use { kind: "notice".into(), key: id.to_string(), title };
            Ok(found.into_iter().map(shown).collect())
        })
    },
    |db, account, hash| {
        Box::pin(async move {
            let menu = || Use { kind: "menu".into(), key: String::new(), title: texts::MENU.into() };
            Ok(menus::store::names(db, account, hash).await?.then(menu).into_iter().collect())
        })
    },
];

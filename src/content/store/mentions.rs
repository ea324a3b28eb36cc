//! Where a file of the media library is shown.

use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use super::super::models::{article, event, greeting, rule, section};
use crate::accounts::AccountId;

/// So many of each kind are told; who shows more than that is in use anyway.
const MOST: u64 = 20;

/// What is shown with a file in it: of which kind, under which key, and with which title.
pub type Mention = (&'static str, String, String);

/// Everything that names a file by its hash: articles, sections, events, answers and greetings.
pub async fn mentions(
    db: &impl ConnectionTrait,
    account: AccountId,
    hash: &str,
) -> Result<Vec<Mention>, DbErr> {
    macro_rules! named {
        ($kind:literal, $module:ident, $title:ident, [$($column:ident),+]) => {{
            use $module::{Column, Entity};
            let anywhere = Condition::any()$(.add(Column::$column.contains(hash)))+;
            let query = Entity::find().select_only().columns([Column::Slug, Column::$title]);
            let query = query.filter(Column::AccountId.eq(account)).filter(anywhere);
            let found: Vec<(String, String)> =
                query.order_by_asc(Column::Id).limit(MOST).into_tuple().all(db).await?;
            found.into_iter().map(|(key, title)| ($kind, key, title))
        }};
    }
    let mut mentions: Vec<Mention> = Vec::new();
    mentions.extend(named!("article", article, Title, [BodyHtml, BodySource, Cover, Attachments]));
    mentions.extend(named!("section", section, Title, [BodyHtml, BodySource]));
    mentions.extend(named!("event", event, Title, [BodyHtml, BodySource]));
    mentions.extend(named!("rule", rule, Slug, [Answer, Answers]));
    mentions.extend(named!("greeting", greeting, Slug, [Answers]));
    Ok(mentions)
}

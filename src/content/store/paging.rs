//! Places, contacts and events page by page, as the console lists them.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Func, LikeExpr};
use sea_orm::{Condition, ExprTrait, QueryOrder, QuerySelect};

use super::{contact, event, place};
use crate::accounts::AccountId;

const ESCAPE: char = '!';

/// Where in a list a page begins: after the row with that place and id.
pub type After = Option<(i64, i64)>;

macro_rules! page {
    ($(#[$doc:meta])* $name:ident, $module:ident, [$($column:ident),+]) => {
        $(#[$doc])*
        pub async fn $name(
            db: &impl ConnectionTrait,
            account: AccountId,
            words: Option<&str>,
            after: After,
            limit: u64,
        ) -> Result<Vec<$module::Model>, DbErr> {
            use $module::Column;
            let mut query = $module::Entity::find().filter(Column::AccountId.eq(account));
            if let Some(words) = words {
                let mut any = Condition::any();
                $(any = any.add(holds(Column::$column, words));)+
                query = query.filter(any);
            }
            if let Some((position, id)) = after {
                let same = Column::Position.eq(position).and(Column::Id.gt(id));
                query = query.filter(Column::Position.gt(position).or(same));
            }
            query.order_by_asc(Column::Position).order_by_asc(Column::Id).limit(limit).all(db).await
        }
    };
}

page!(
    /// The places in their order, those that have the words in a text if any are named.
    page_of_places, place, [Name, Category, Address, Note]
);
page!(
    /// The telephone numbers in their order, as [`page_of_places`].
    page_of_contacts, contact, [Name, Category, Phone, Note]
);

/// The events, those that begin last first, as [`page_of_places`].
pub async fn page_of_events(
    db: &impl ConnectionTrait,
    account: AccountId,
    words: Option<&str>,
    after: After,
    limit: u64,
) -> Result<Vec<event::Model>, DbErr> {
    use event::Column;
    let mut query = event::Entity::find().filter(Column::AccountId.eq(account));
    if let Some(words) = words {
        query =
            query.filter(Condition::any().add(holds(Column::Title, words)).add(holds(Column::Venue, words)));
    }
    if let Some((starts_at, id)) = after {
        let same = Column::StartsAt.eq(starts_at).and(Column::Id.lt(id));
        query = query.filter(Column::StartsAt.lt(starts_at).or(same));
    }
    query.order_by_desc(Column::StartsAt).order_by_desc(Column::Id).limit(limit).all(db).await
}

/// Whether a column has the words in it, in any letter case.
fn holds(column: impl ColumnTrait, words: &str) -> Expr {
    let mut pattern = String::from("%");
    for character in words.to_lowercase().chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(pattern).escape(ESCAPE))
}

//! The tables `subscriber` and `follow_ledger`, and those that stand beside them. Every query on them is in this folder.

mod days;
mod labels;
mod leaving;
mod listing;

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::NotSet, DatabaseBackend, IntoActiveModel, QueryOrder, QuerySelect, Set, Statement,
};

use super::{Change, Contact, State, Tally, source, stranger};
use crate::accounts::AccountId;
use crate::clock::Timestamp;
use crate::db::rows;

mod entity {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;
    use crate::subscribers::State;

    /// One person as one account knows them. All `…_at` are unix milliseconds.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "subscriber")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub openid: String,
        pub state: State,
        pub source: String,
        pub scene: Option<String>,
        pub first_seen_at: i64,
        pub first_followed_at: Option<i64>,
        pub last_followed_at: Option<i64>,
        pub last_left_at: Option<i64>,
        pub last_interaction_at: i64,
        pub state_changed_at: i64,
        pub follows: i64,
        pub unfollows: i64,
        pub messages: i64,
        pub taps: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod ledger {
    use sea_orm::entity::prelude::*;

    use crate::accounts::AccountId;
    use crate::subscribers::Change;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "follow_ledger")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub account_id: AccountId,
        pub openid: String,
        pub change: Change,
        /// Whether it changed who follows: a second follow in a row does not.
        pub counts: bool,
        pub scene: Option<String>,
        pub at: i64,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub use self::days::{DayCount, by_day, closed_days, count_days, last_line, late_days, write_days};
pub(super) use self::days::{day_of, start_of};
pub use self::labels::{
    Labels, Tag, add_tag, labels, remove_tag, rename_tag, set_remark, tag_followers, tags, untag_followers,
};
pub use self::leaving::{
    LineAge, forget_names, ledger_ages, ledger_of_person, left_before, remove_left, remove_person,
};
pub use self::listing::{Filter, Line, Listed, after, find_by_id, find_many, history, list};
pub use entity::Model;
use entity::{Column, Entity};

/// More openids than this in one question would exceed what SQLite binds.
const CHUNK: usize = 500;
/// More rows than this of tallies go into several statements, so that there are few different ones.
const ROWS: usize = 64;
const TALLY: &str = "INSERT INTO subscriber (account_id, openid, state, source, first_seen_at, \
     last_interaction_at, state_changed_at, follows, unfollows, messages, taps) VALUES ";
const TALLY_ROW: &str = "(?,?,'following','seen',?,?,0,0,0,?,?)";
/// What a tally does to a row that is there; `new.x` is the value that was to be inserted. Whoever writes after
/// leaving follows again. MySQL reads what the assignments before have written, so what they write is read by none
/// after it: hence `last_left_at`, which in that state is `state_changed_at`, and the order.
const TALLY_UPDATE: &str = "\
     state_changed_at = CASE WHEN subscriber.state = 'left' AND new.last_interaction_at > subscriber.last_left_at \
     THEN new.last_interaction_at ELSE subscriber.state_changed_at END, \
     state = CASE WHEN subscriber.state = 'left' AND new.last_interaction_at > subscriber.last_left_at \
     THEN 'following' ELSE subscriber.state END, \
     first_seen_at = CASE WHEN new.first_seen_at < subscriber.first_seen_at \
     THEN new.first_seen_at ELSE subscriber.first_seen_at END, \
     last_interaction_at = CASE WHEN new.last_interaction_at > subscriber.last_interaction_at \
     THEN new.last_interaction_at ELSE subscriber.last_interaction_at END, \
     messages = subscriber.messages + new.messages, taps = subscriber.taps + new.taps";

/// Takes in what a group of pushes tells of the followers of one account, in the order of arrival.
pub async fn note(
    db: &impl ConnectionTrait,
    account: AccountId,
    contacts: &[(&str, &Contact, Timestamp)],
) -> Result<(), DbErr> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut changing: Vec<(&str, &Contact, Timestamp)> = Vec::new();
    if contacts.iter().any(|(_, contact, _)| contact.change().is_some()) {
        let changed: HashSet<&str> = contacts
            .iter()
            .filter(|(_, contact, _)| contact.change().is_some())
            .map(|(openid, ..)| *openid)
            .collect();
        changing.extend(contacts.iter().filter(|(openid, ..)| changed.contains(openid)));
        let others = contacts.iter().filter(|(openid, ..)| !changed.contains(openid));
        others.for_each(|(openid, contact, at)| tallies.entry(openid).or_default().add(contact, *at));
    } else {
        contacts
            .iter()
            .for_each(|(openid, contact, at)| tallies.entry(openid).or_default().add(contact, *at));
    }
    for contacts in changing.chunks(CHUNK) {
        change(db, account, contacts).await?;
    }
    let tallies: Vec<(&str, Tally)> = tallies.into_iter().collect();
    for tallies in tallies.chunks(ROWS) {
        tally(db, account, tallies).await?;
    }
    Ok(())
}

/// Adds up without reading first: one statement for all, in the order of the openids, so that two nodes wait for
/// each other instead of blocking each other.
async fn tally(
    db: &impl ConnectionTrait,
    account: AccountId,
    tallies: &[(&str, Tally)],
) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let mut statement = String::from(TALLY);
    statement.push_str(&rows(backend, tallies.len(), TALLY_ROW));
    match backend {
        DatabaseBackend::MySql => statement.push_str(" ON DUPLICATE KEY UPDATE "),
        _ => statement.push_str(" ON CONFLICT (account_id, openid) DO UPDATE SET "),
    }
    for (index, part) in TALLY_UPDATE.split("new.").enumerate() {
        if index == 0 {
            statement.push_str(part);
            continue;
        }
        let end = part.find(|character: char| !character.is_ascii_lowercase() && character != '_');
        let (column, rest) = part.split_at(end.unwrap_or(part.len()));
        match backend {
            DatabaseBackend::MySql => statement.extend(["VALUES(", column, ")", rest]),
            _ => statement.extend(["excluded.", column, rest]),
        }
    }
    let values = tallies.iter().flat_map(|(openid, tally)| {
        let Tally { first_at, last_at, messages, taps } = *tally;
        [account.0.into(), (*openid).into(), first_at.into(), last_at.into(), messages.into(), taps.into()]
    });
    db.execute_raw(Statement::from_sql_and_values(backend, statement, values)).await?;
    Ok(())
}

/// Reads, changes and writes the rows of those who followed or left: their state and source follow the latest by
/// WeChat's clock, and the ledger tells whether it counts.
async fn change(
    db: &impl ConnectionTrait,
    account: AccountId,
    contacts: &[(&str, &Contact, Timestamp)],
) -> Result<(), DbErr> {
    let mut people: HashMap<String, Model> = HashMap::new();
    let openids: Vec<&str> = contacts.iter().map(|(openid, _, _)| *openid).collect();
    let known = locked(db, account, openids).await?;
    people.extend(known.into_iter().map(|person| (person.openid.clone(), person)));
    let mut lines = Vec::new();
    for (openid, contact, at) in contacts {
        let person = people.entry((*openid).to_owned()).or_insert_with(|| stranger(openid));
        let followed = person.follows_already();
        person.note(contact, *at);
        if let Some(change) = contact.change() {
            let counts = followed != person.follows_already();
            lines.push(line(account, openid, change, counts, contact, *at));
        }
    }
    ledger::Entity::insert_many(lines).exec_without_returning(db).await?;
    // In one order everywhere, so that two nodes wait for each other instead of blocking each other.
    let mut people: Vec<Model> = people.into_values().collect();
    people.sort_by(|left, right| left.openid.cmp(&right.openid));
    let rows = people.into_iter().map(|person| row(account, person));
    let everything = [
        Column::State,
        Column::Source,
        Column::Scene,
        Column::FirstSeenAt,
        Column::FirstFollowedAt,
        Column::LastFollowedAt,
        Column::LastLeftAt,
        Column::LastInteractionAt,
        Column::StateChangedAt,
        Column::Follows,
        Column::Unfollows,
        Column::Messages,
        Column::Taps,
    ];
    let conflict =
        OnConflict::columns([Column::AccountId, Column::Openid]).update_columns(everything).to_owned();
    Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// The rows of some people, locked until the transaction ends where there may be other nodes. A row that is
/// not there cannot be locked, so it is made first, as that of somebody of whom nothing is known.
async fn locked(
    db: &impl ConnectionTrait,
    account: AccountId,
    mut openids: Vec<&str>,
) -> Result<Vec<Model>, DbErr> {
    openids.sort_unstable();
    openids.dedup();
    let of_these = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Openid.is_in(openids.iter().copied()))
        .order_by_asc(Column::Openid);
    if crate::db::has_one_writer(db) {
        return of_these.all(db).await;
    }
    let strangers = openids.iter().map(|openid| row(account, stranger(openid)));
    let keep =
        OnConflict::columns([Column::AccountId, Column::Openid]).update_column(Column::Openid).to_owned();
    Entity::insert_many(strangers).on_conflict(keep).exec_without_returning(db).await?;
    of_these.lock_exclusive().all(db).await
}

fn row(account: AccountId, person: Model) -> entity::ActiveModel {
    entity::ActiveModel { id: NotSet, account_id: Set(account), ..person.into_active_model().reset_all() }
}

/// One person, if the account has ever heard of them.
pub async fn find(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::AccountId.eq(account)).filter(Column::Openid.eq(openid)).one(db).await
}

/// Writes down how a follower came, unless that is known already.
pub async fn learn_source(
    db: &impl ConnectionTrait,
    account: AccountId,
    openid: &str,
    learned: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Source, Expr::value(learned))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Openid.eq(openid))
        .filter(Column::Source.eq(source::UNKNOWN))
        .exec(db)
        .await?;
    Ok(())
}

/// How many follow now.
pub async fn following(db: &impl ConnectionTrait, account: AccountId) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(State::Following))
        .count(db)
        .await
}

/// How those who follow now came, the most frequent way first.
pub async fn sources(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<(String, i64)>, DbErr> {
    let mut sources: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Source)
        .column_as(Column::Id.count(), "count")
        .filter(Column::AccountId.eq(account))
        .filter(Column::State.eq(State::Following))
        .group_by(Column::Source)
        .into_tuple()
        .all(db)
        .await?;
    sources.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    Ok(sources)
}

/// Who follows now, who has left, and how they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub following: i64,
    pub left: i64,
    /// Of those who follow, the most frequent way first.
    pub sources: Vec<(String, i64)>,
}

/// Counts everybody of an account. It looks at every row: ask [`crate::subscribers::counting`].
pub async fn standing(db: &impl ConnectionTrait, account: AccountId) -> Result<Standing, DbErr> {
    let groups: Vec<(State, String, i64)> = Entity::find()
        .select_only()
        .columns([Column::State, Column::Source])
        .column_as(Column::Id.count(), "count")
        .filter(Column::AccountId.eq(account))
        .group_by(Column::State)
        .group_by(Column::Source)
        .into_tuple()
        .all(db)
        .await?;
    let mut standing = Standing::default();
    for (state, source, count) in groups {
        match state {
            State::Following => {
                standing.following += count;
                standing.sources.push((source, count));
            }
            State::Left => standing.left += count,
        }
    }
    standing.sources.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    Ok(standing)
}

/// Removes everybody of an account that is being removed.
pub async fn remove_account(db: &impl ConnectionTrait, account: AccountId) -> Result<(), DbErr> {
    labels::remove_account(db, account).await?;
    days::remove_account(db, account).await?;
    Entity::delete_many().filter(Column::AccountId.eq(account)).exec(db).await?;
    ledger::Entity::delete_many().filter(ledger::Column::AccountId.eq(account)).exec(db).await?;
    Ok(())
}

fn line(
    account: AccountId,
    openid: &str,
    change: Change,
    counts: bool,
    contact: &Contact,
    at: Timestamp,
) -> ledger::ActiveModel {
    let scene = match contact {
        Contact::Followed { scene } => scene.clone(),
        Contact::Left | Contact::Wrote | Contact::Tapped | Contact::Present => None,
    };
    ledger::ActiveModel {
        id: NotSet,
        account_id: Set(account),
        openid: Set(openid.into()),
        change: Set(change),
        counts: Set(counts),
        scene: Set(scene),
        at: Set(at.millis()),
    }
}

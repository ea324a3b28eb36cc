//! The list of conversations, a chat, how far it has been read, and the search.
#![expect(
    unused_qualifications,
    reason = "what the derive of parameters writes is held against the handlers"
)]

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bubbles::{self, Exchange, Reading};
use super::texts;
use crate::accounts::AccountId;
use crate::admin::Office;
use crate::admin::permissions::{Agent, Member};
use crate::content;
use crate::http::{Error, Json, Page, PageQuery, Path, Problem, Query, Result};
use crate::messages::store::{self, Conversation, MOST_UNREAD, Sought};
use crate::subscribers::{self, State as Standing, masked};

const DAY_MILLIS: i64 = 86_400_000;
/// So many messages are looked through for one page of a search, …
const LOOKED_THROUGH: i64 = 20_000;
/// … and messages that waited in a journal may stand so much later than they arrived.
const SLACK_MILLIS: i64 = DAY_MILLIS;
const LONGEST_WORDS: usize = 50;

/// One resident's conversation with the account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConversationView {
    id: i64,
    /// The resident's id among the followers; none when they have been forgotten.
    follower: Option<i64>,
    /// A part of the openid.
    openid: String,
    remark: String,
    is_following: bool,
    /// What was written last.
    preview: String,
    /// Unix milliseconds.
    last_at: i64,
    /// The last message that was written.
    last_written_id: i64,
    /// How many of the written ones you have not read; 100 stands for that many or more.
    unread: u64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OneOf {
    /// The account's slug.
    #[expect(dead_code, reason = "read by the permission")]
    account: String,
    pub(super) id: i64,
}

/// How far a conversation has been read.
#[derive(Deserialize, ToSchema)]
pub struct ReadUpTo {
    /// A message's id.
    message: i64,
}

/// What is looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words in what residents wrote.
    #[param(max_length = 50)]
    q: String,
    /// From this Shanghai day on; a year ago when it is missing.
    #[param(example = "2026-11-01")]
    from: Option<String>,
    /// Up to this Shanghai day; today when it is missing.
    to: Option<String>,
}

/// A message in which the words stand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Hit {
    conversation: ConversationView,
    exchange: Exchange,
}

/// A part of what was found. There may be more although it is short, when much had to be looked through: `next` says so.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Hits {
    items: Vec<Hit>,
    next: Option<String>,
}

/// The conversations of those who have written, the one with the latest message first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/conversations", tag = "conversations", params(("account" = String, Path), PageQuery),
    responses((status = 200, body = Page<ConversationView>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(
    State(office): State<Office>,
    agent: Agent,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ConversationView>>> {
    let (db, limit) = (office.app.db.reader(), page.limit());
    let before = page.after::<1>()?.map(|[id]| id);
    let rows = store::conversations(db, agent.account_id(), before, limit + 1).await?;
    let page = Page::from_rows(rows, limit, |row| [row.last_written_id]);
    let items = views(&office, &agent, &page.items).await?;
    Ok(Json(Page { items, next: page.next }))
}

/// One conversation.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/conversations/{id}", tag = "conversations", params(OneOf),
    responses((status = 200, body = ConversationView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    agent: Agent,
    Path(one): Path<OneOf>,
) -> Result<Json<ConversationView>> {
    let conversation = find(&office, agent.account_id(), one.id).await?;
    only(views(&office, &agent, &[conversation]).await?)
}

/// The conversation with one of the followers.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/followers/{id}/conversation", tag = "conversations", params(OneOf),
    responses((status = 200, body = ConversationView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn with_follower(
    State(office): State<Office>,
    agent: Agent,
    Path(one): Path<OneOf>,
) -> Result<Json<ConversationView>> {
    let (db, account) = (office.app.db.reader(), agent.account_id());
    let person = subscribers::store::find_by_id(db, account, one.id).await?;
    let person = person.ok_or(Error::NotFound(texts::FOLLOWER))?;
    let found = store::conversations_with(db, account, &[&person.openid]).await?;
    if found.is_empty() {
        return Err(Error::NotFound(texts::FOLLOWER));
    }
    only(views(&office, &agent, &found).await?)
}

/// What was written and answered in a conversation, the latest first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/conversations/{id}/messages", tag = "conversations", params(OneOf, PageQuery),
    responses((status = 200, body = Page<Exchange>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn messages(
    State(office): State<Office>,
    agent: Agent,
    Path(one): Path<OneOf>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Exchange>>> {
    let (db, account, limit) = (office.app.db.reader(), agent.account_id(), page.limit());
    let before = page.after::<1>()?.map(|[id]| id);
    let conversation = find(&office, account, one.id).await?;
    let rows = store::entries(db, account, conversation.id, before, limit + 1).await?;
    let sections = content::store::sections(db, account).await?;
    let sections = sections.into_iter().map(|section| (section.slug, section.title)).collect();
    let reading = Reading { sections, public_url: &office.app.config.public_url };
    Ok(Json(Page::from_rows(rows, limit, |row| [row.id]).map(|row| reading.exchange(&row))))
}

/// Notes how far you have read a conversation.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/conversations/{id}/read", tag = "conversations", params(OneOf), request_body = ReadUpTo,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem)))]
pub async fn read(
    State(office): State<Office>,
    agent: Agent,
    Path(one): Path<OneOf>,
    Json(read): Json<ReadUpTo>,
) -> Result<StatusCode> {
    let account = agent.account_id();
    let conversation = find(&office, account, one.id).await?;
    let up_to = read.message.clamp(0, conversation.last_id);
    let write = office.app.db.begin_write().await?;
    store::note_read(&write, account, agent.person.id.0, conversation.id, up_to).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that you have read everything that there is.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/conversations/read", tag = "conversations", params(("account" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn read_all(State(office): State<Office>, agent: Agent) -> Result<StatusCode> {
    let write = office.app.db.begin_write().await?;
    store::note_all_read(&write, agent.account_id(), agent.person.id.0).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finds words in what residents wrote, the latest first.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/conversations/search", tag = "conversations",
    params(("account" = String, Path), SearchQuery, PageQuery),
    responses((status = 200, body = Hits), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn search(
    State(office): State<Office>,
    agent: Agent,
    Query(query): Query<SearchQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Hits>> {
    let (db, account, limit) = (office.app.db.reader(), agent.account_id(), page.limit());
    let words: String = query.q.trim().chars().take(LONGEST_WORDS).collect();
    if words.is_empty() {
        return Err(Error::field("q", texts::NO_WORDS));
    }
    let now = office.app.clock.now();
    let since = day(query.from.as_deref()).unwrap_or(now.plus_millis(-366 * DAY_MILLIS));
    let until = day(query.to.as_deref()).unwrap_or(now).plus_millis(DAY_MILLIS);
    let first = store::id_at(db, since).await?;
    let before_id = match page.after::<1>()? {
        Some([before]) => before,
        None => store::id_at(db, until.plus_millis(SLACK_MILLIS)).await?,
    };
    let from_id = first.max(before_id.saturating_sub(LOOKED_THROUGH));
    let sought = Sought { words: &words, since, until, from_id, before_id };
    let found = store::search(db, account, &sought, limit).await?;
    let is_full = found.len() as u64 == limit;
    let reached = found.last().filter(|_| is_full).map_or(from_id, |last| last.id);
    let next = (reached > first).then(|| BASE64_URL_SAFE_NO_PAD.encode(reached.to_string()));
    let ids: Vec<i64> = found.iter().map(|message| message.id).collect();
    let whose = store::conversations_of(db, account, &ids).await?;
    let mut conversations: Vec<Conversation> = whose.values().cloned().collect();
    conversations.sort_by_key(|conversation| conversation.id);
    conversations.dedup_by_key(|conversation| conversation.id);
    let views: HashMap<i64, ConversationView> =
        views(&office, &agent, &conversations).await?.into_iter().map(|view| (view.id, view)).collect();
    let reading = reading(&office);
    let items = found.iter().filter_map(|message| {
        let conversation = views.get(&whose.get(&message.id)?.id)?.clone();
        Some(Hit { conversation, exchange: reading.exchange(message) })
    });
    Ok(Json(Hits { items: items.collect(), next }))
}

fn day(text: Option<&str>) -> Option<crate::clock::Timestamp> {
    let date = chrono::NaiveDate::parse_from_str(text?, "%Y-%m-%d").ok()?;
    use chrono::Datelike;
    (1970..=9999).contains(&date.year()).then(|| crate::clock::Timestamp::start_of_shanghai_day(date))
}

/// What is enough to read what was written.
fn reading(office: &Office) -> Reading<'_> {
    Reading { sections: HashMap::new(), public_url: &office.app.config.public_url }
}

fn only(views: Vec<ConversationView>) -> Result<Json<ConversationView>> {
    views.into_iter().next().map(Json).ok_or(Error::NotFound(texts::CONVERSATION))
}

async fn find(office: &Office, account: AccountId, id: i64) -> Result<Conversation> {
    let found = store::conversation(office.app.db.reader(), account, id).await?;
    found.ok_or(Error::NotFound(texts::CONVERSATION))
}

/// Conversations as a member sees them, in the order given.
pub(super) async fn views(
    office: &Office,
    member: &Member,
    conversations: &[Conversation],
) -> Result<Vec<ConversationView>> {
    let (db, account) = (office.app.db.reader(), member.account_id());
    let openids: Vec<&str> = conversations.iter().map(|conversation| conversation.openid.as_str()).collect();
    let people = subscribers::store::find_many(db, account, &openids).await?;
    let ids: Vec<i64> = people.iter().map(|person| person.id).collect();
    let labels = subscribers::store::labels(db, account, &ids).await?;
    let people: HashMap<&str, &subscribers::Subscriber> =
        people.iter().map(|person| (person.openid.as_str(), person)).collect();
    let last = |conversation: &Conversation| match conversation.last_written_id {
        0 => conversation.last_id,
        written => written,
    };
    let shown: Vec<i64> = conversations.iter().map(last).collect();
    let messages = store::by_ids(db, account, &shown).await?;
    let messages: HashMap<i64, &store::Stored> =
        messages.iter().map(|message| (message.id, message)).collect();
    let unread = store::unread(db, account, member.person.id.0, conversations).await?;
    let reading = reading(office);
    let view = |conversation: &Conversation| {
        let person = people.get(conversation.openid.as_str());
        let message = messages.get(&last(conversation));
        ConversationView {
            id: conversation.id,
            follower: person.map(|person| person.id),
            openid: masked(&conversation.openid),
            remark: person
                .and_then(|person| labels.get(&person.id))
                .map(|labels| labels.remark.clone())
                .unwrap_or_default(),
            is_following: person.is_some_and(|person| person.state == Standing::Following),
            preview: message.map_or_else(bubbles::gone, |message| reading.preview(message)),
            last_at: message.map_or(0, |message| message.sent_at),
            last_written_id: conversation.last_written_id,
            unread: unread.get(&conversation.id).copied().unwrap_or(0).min(MOST_UNREAD),
        }
    };
    Ok(conversations.iter().map(view).collect())
}

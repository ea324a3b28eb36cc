//! The word list in the console: seen by everybody who works for the account, changed by who looks after it.
#![expect(
    unused_qualifications,
    reason = "the description of a handler names the type of a query with its whole path"
)]

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::lines::{self, LineFault};
use super::store::{self, Filter, Listed};
use super::{Draft, Findings, Level, Segmenter, Surroundings, Word, WordList, check, texts};
use crate::admin::audit::{self, Entry};
use crate::admin::{Manager, Office, Reader};
use crate::http::{Error, Json, OrConflict, Page, PageQuery, Path, Problem, Query, Result};

/// An entry of the list.
#[derive(Serialize, ToSchema)]
pub struct WordView {
    pub id: i64,
    /// To be sent with a change.
    pub version: i64,
    #[serde(flatten)]
    pub word: Word,
    /// Unix milliseconds.
    pub changed_at: i64,
}

impl From<Listed> for WordView {
    fn from(listed: Listed) -> Self {
        let Listed { id, version, changed_at, word } = listed;
        Self { id, version, word, changed_at: changed_at.millis() }
    }
}

/// Which entries are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WordQuery {
    /// A part of the word.
    search: Option<String>,
    level: Option<Level>,
}

/// A change of an entry.
#[derive(Deserialize, ToSchema)]
pub struct WordChange {
    version: i64,
    #[serde(flatten)]
    word: Word,
}

/// Which entry, as it was seen.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Seen {
    version: i64,
}

/// A list as lines: word, level, reason, suggestion, allowed expressions, with tabs in between.
#[derive(Serialize, ToSchema)]
pub struct WordLines {
    pub text: String,
}

/// Lines to be brought into the list.
#[derive(Deserialize, ToSchema)]
pub struct WordImport {
    text: String,
    /// Only tell what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What an import did, or would do. With a fault in any line it does nothing.
#[derive(Serialize, ToSchema)]
pub struct WordImported {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub faults: Vec<LineFault>,
}

/// A text to be looked through.
#[derive(Deserialize, ToSchema)]
#[schema(as = WordSample)]
pub struct Sample {
    text: String,
}

const LONGEST_SAMPLE: usize = 5_000;

/// The entries, in the order in which they came.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/words", tag = "words",
    params(("account" = String, Path), PageQuery, WordQuery), responses(
    (status = 200, body = Page<WordView>), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn list(
    State(office): State<Office>,
    reader: Reader,
    Query(page): Query<PageQuery>,
    Query(query): Query<WordQuery>,
) -> Result<Json<Page<WordView>>> {
    let [after] = page.after::<1>()?.unwrap_or([0]);
    let search = query.search.as_deref().map(str::trim).filter(|search| !search.is_empty());
    let filter = Filter { search, level: query.level };
    let db = office.app.db.reader();
    let rows = store::list(db, reader.account_id(), filter, after, page.limit() + 1).await?;
    Ok(Json(Page::from_rows(rows, page.limit(), |row| [row.id]).map(WordView::from)))
}

/// Adds an entry.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/words", tag = "words", params(("account" = String, Path)),
    request_body = Word, responses(
    (status = 201, body = WordView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn add(
    State(office): State<Office>,
    manager: Manager,
    Json(word): Json<Word>,
) -> Result<(StatusCode, Json<WordView>)> {
    let word = word.clean().map_err(Error::Invalid)?;
    let now = office.app.clock.now();
    let account = manager.account_id();
    let write = office.app.db.begin_write().await?;
    if store::count(&write, account).await? >= store::MOST_WORDS {
        return Err(Error::Conflict("too_many_words", texts::too_many_words(store::MOST_WORDS)));
    }
    let added = store::add(&write, account, &word, manager.person.id, now).await;
    let added = added.or_taken("word", texts::WORD_TAKEN)?;
    let entry = Entry {
        account: Some(account),
        action: "word.add",
        subject: Some(("word", added.id)),
        title: &word.word,
        after: Some(json!(word)),
        ..Entry::default()
    };
    audit::record(&write, &manager.who(), entry, now).await?;
    write.commit().await?;
    Ok((StatusCode::CREATED, Json(added.into())))
}

/// Changes an entry.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/words/{id}", tag = "words",
    params(("account" = String, Path), ("id" = i64, Path)), request_body = WordChange, responses(
    (status = 200, body = WordView), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn change(
    State(office): State<Office>,
    manager: Manager,
    Path((_account, id)): Path<(String, i64)>,
    Json(WordChange { version, word }): Json<WordChange>,
) -> Result<Json<WordView>> {
    let word = word.clean().map_err(Error::Invalid)?;
    let now = office.app.clock.now();
    let account = manager.account_id();
    let write = office.app.db.begin_write().await?;
    let before = store::find(&write, account, id).await?.ok_or(Error::NotFound(texts::WORD))?;
    let changed = store::change(&write, account, (id, version), &word, manager.person.id, now).await;
    if !changed.or_taken("word", texts::WORD_TAKEN)? {
        return Err(Error::stale());
    }
    let entry = Entry {
        account: Some(account),
        action: "word.change",
        subject: Some(("word", id)),
        title: &word.word,
        before: Some(json!(before.word)),
        after: Some(json!(word)),
    };
    audit::record(&write, &manager.who(), entry, now).await?;
    write.commit().await?;
    Ok(Json(WordView { id, version: version + 1, word, changed_at: now.millis() }))
}

/// Removes an entry.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/words/{id}", tag = "words",
    params(("account" = String, Path), ("id" = i64, Path), Seen), responses(
    (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn remove(
    State(office): State<Office>,
    manager: Manager,
    Path((_account, id)): Path<(String, i64)>,
    Query(seen): Query<Seen>,
) -> Result<StatusCode> {
    let account = manager.account_id();
    let write = office.app.db.begin_write().await?;
    let before = store::find(&write, account, id).await?.ok_or(Error::NotFound(texts::WORD))?;
    if !store::remove(&write, account, (id, seen.version)).await? {
        return Err(Error::stale());
    }
    let entry = Entry {
        account: Some(account),
        action: "word.remove",
        subject: Some(("word", id)),
        title: &before.word.word,
        before: Some(json!(before.word)),
        after: None,
    };
    audit::record(&write, &manager.who(), entry, office.app.clock.now()).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The list as lines of text.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/words/lines", tag = "words",
    params(("account" = String, Path)), responses(
    (status = 200, body = WordLines), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem),
))]
pub async fn export(State(office): State<Office>, reader: Reader) -> Result<Json<WordLines>> {
    let all = store::all(office.app.db.reader(), reader.account_id()).await?;
    Ok(Json(WordLines { text: lines::write(all.into_iter().map(|listed| listed.word)) }))
}

/// Brings lines of text into the list: words that are not there are added, others get what their line says.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/words/lines", tag = "words",
    params(("account" = String, Path)), request_body = WordImport, responses(
    (status = 200, body = WordImported), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem),
))]
pub async fn import(
    State(office): State<Office>,
    manager: Manager,
    Json(import): Json<WordImport>,
) -> Result<Json<WordImported>> {
    let (words, faults) = lines::read(&import.text);
    let now = office.app.clock.now();
    let account = manager.account_id();
    let write = office.app.db.begin_write().await?;
    let present = store::all(&write, account).await?;
    let known = |word: &Word| present.iter().find(|listed| listed.word.word == word.word);
    let (old, new): (Vec<Word>, Vec<Word>) = words.into_iter().partition(|word| known(word).is_some());
    let changed: Vec<(&Listed, &Word)> = old
        .iter()
        .filter_map(|word| Some((known(word)?, word)))
        .filter(|(listed, word)| listed.word != **word)
        .collect();
    let done = WordImported {
        added: new.len(),
        changed: changed.len(),
        unchanged: old.len() - changed.len(),
        faults,
    };
    if import.dry_run || !done.faults.is_empty() {
        return Ok(Json(done));
    }
    if (present.len() + new.len()) as u64 > store::MOST_WORDS {
        return Err(Error::Conflict("too_many_words", texts::too_many_words(store::MOST_WORDS)));
    }
    store::add_all(&write, account, &new, manager.person.id, now).await?;
    for (listed, word) in &changed {
        if !store::change(&write, account, (listed.id, listed.version), word, manager.person.id, now).await? {
            return Err(Error::stale());
        }
    }
    let entry = Entry {
        account: Some(account),
        action: "word.import",
        after: Some(json!({ "added": done.added, "changed": done.changed })),
        ..Entry::default()
    };
    audit::record(&write, &manager.who(), entry, now).await?;
    write.commit().await?;
    Ok(Json(done))
}

/// Looks through a text with the account's list, without keeping it.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/words/try", tag = "words",
    params(("account" = String, Path)), request_body = Sample, responses(
    (status = 200, body = Findings), (status = 400, body = Problem), (status = 401, body = Problem),
    (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn try_out(
    State(office): State<Office>,
    State(segmenter): State<Segmenter>,
    reader: Reader,
    Json(sample): Json<Sample>,
) -> Result<Json<Findings>> {
    if sample.text.chars().count() > LONGEST_SAMPLE {
        return Err(Error::field("text", texts::longer_than(texts::SAMPLE, LONGEST_SAMPLE)));
    }
    let listed = store::all(office.app.db.reader(), reader.account_id()).await?;
    let now = office.app.clock.now();
    let look = move || {
        let words = WordList::new(listed.into_iter().map(|listed| listed.word).collect());
        let around =
            Surroundings { now, contacts: &[], is_own_picture: |_| true, lost_picture: "", words: &words };
        // Where it is the only field that says anything, what else is missing of a notice says nothing.
        let mut found = check(&Draft { title: &sample.text, ..Draft::default() }, &around, &segmenter);
        found.findings.retain(|finding| finding.rule == super::Rule::Word);
        found
    };
    let found = tokio::task::spawn_blocking(look).await.map_err(anyhow::Error::from)?;
    Ok(Json(found))
}

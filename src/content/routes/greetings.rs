//! The welcome, and the answer when nothing is found.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::input::agents;
use super::{check_targets, publish, words as texts};
use crate::admin::audit::{self, Entry};
use crate::admin::{Manager, Office, Reader};
use crate::content::answering::{Answer, Choice, check_answers};
use crate::content::models::greeting::{DEFAULT, Model, WELCOME};
use crate::content::store;
use crate::http::{Error, Json, OrConflict, Path, Problem, Result};
use crate::wechat::reply::MAX_TEXT_BYTES;

/// What an account says of its own accord.
#[derive(Serialize, ToSchema)]
pub struct GreetingView {
    /// `welcome` or `default`.
    pub slug: String,
    /// Otherwise the built-in text is said.
    pub enabled: bool,
    pub answers: Vec<Answer>,
    pub choice: Choice,
    /// 0 as long as there is only the built-in text.
    pub version: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GreetingInput {
    pub enabled: bool,
    #[schema(min_items = 1, max_items = 10)]
    pub answers: Vec<Answer>,
    #[serde(default)]
    pub choice: Choice,
    pub version: i64,
}

impl GreetingView {
    fn new(slug: &str, greeting: Option<&Model>) -> Self {
        Self {
            slug: slug.into(),
            enabled: greeting.is_some_and(|greeting| !greeting.disabled),
            answers: greeting.map(Model::answers).unwrap_or_default(),
            choice: greeting.map(Model::choice).unwrap_or_default(),
            version: greeting.map_or(0, |greeting| greeting.version),
        }
    }
}

fn known(slug: &str) -> Result<&'static str> {
    [WELCOME, DEFAULT].into_iter().find(|known| *known == slug).ok_or(Error::NotFound(texts::GREETING))
}

/// The welcome (`welcome`), or the answer when nothing is found (`default`).
#[utoipa::path(get, path = "/api/v1/accounts/{account}/answers/greetings/{greeting}", tag = "answers",
    params(("account" = String, Path), ("greeting" = String, Path)),
    responses((status = 200, body = GreetingView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn show(
    State(office): State<Office>,
    reader: Reader,
    Path(path): Path<(String, String)>,
) -> Result<Json<GreetingView>> {
    let (_, slug) = path;
    let slug = known(&slug)?;
    let greeting = store::greeting(office.app.db.reader(), reader.account.id, slug).await?;
    Ok(Json(GreetingView::new(slug, greeting.as_ref())))
}

/// Changes the welcome, or the answer when nothing is found.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/answers/greetings/{greeting}", tag = "answers",
    request_body = GreetingInput, params(("account" = String, Path), ("greeting" = String, Path)),
    responses((status = 200, body = GreetingView), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 422, body = Problem)))]
pub async fn change(
    State(office): State<Office>,
    manager: Manager,
    Path(path): Path<(String, String)>,
    Json(input): Json<GreetingInput>,
) -> Result<Json<GreetingView>> {
    let (_, slug) = path;
    let slug = known(&slug)?;
    let account = &manager.account;
    let mut fields = BTreeMap::new();
    if let Err((place, fault)) = check_answers(&input.answers) {
        fields.insert(format!("answers.{place}"), fault.advice());
    }
    fields.extend(agents(&input.answers, account));
    for (place, answer) in input.answers.iter().enumerate() {
        let problem = match answer {
            Answer::Text { text } if text.len() > MAX_TEXT_BYTES => texts::GREETING_TOO_LONG,
            Answer::Agent { .. } if slug == WELCOME => texts::AGENT_IN_WELCOME,
            _ => continue,
        };
        fields.insert(format!("answers.{place}"), problem.to_owned());
    }
    if !fields.is_empty() {
        return Err(Error::Invalid(fields));
    }
    let db = office.app.db.begin_write().await?;
    check_targets(&db, account.id, &input.answers).await?;
    let before = store::greeting(&db, account.id, slug).await?;
    let mut greeting = Model {
        id: 0,
        account_id: account.id,
        slug: slug.into(),
        disabled: !input.enabled,
        answers: String::new(),
        choice: None,
        version: input.version,
    };
    greeting.set_answers(&input.answers, input.choice);
    let changed = store::change_greeting(&db, greeting).await;
    if !changed.or_taken("version", texts::GREETING)? {
        return Err(Error::stale());
    }
    let after = store::greeting(&db, account.id, slug).await?;
    let told = |greeting: &Option<Model>| -> Option<Value> {
        let greeting = greeting.as_ref()?;
        Some(
            json!({ "answers": greeting.answers(), "choice": greeting.choice(), "enabled": !greeting.disabled }),
        )
    };
    let entry = Entry {
        account: Some(account.id),
        action: "greeting.change",
        subject: after.as_ref().map(|greeting| ("greeting", greeting.id)),
        title: slug,
        before: told(&before),
        after: told(&after),
    };
    audit::record(&db, &manager.who(), entry, office.app.clock.now()).await?;
    publish(&office, &manager, db).await?;
    Ok(Json(GreetingView::new(slug, after.as_ref())))
}

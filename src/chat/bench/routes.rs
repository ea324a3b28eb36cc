//! The bench, over the API.

use std::sync::Arc;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::check::{Level, check};
use super::{Candidate, Sent, candidates, texts, try_out};
use crate::accounts::Account;
use crate::admin::{Office, Reader};
use crate::chat::rules::{Counts, Ready};
use crate::chat::snapshot::Snapshot;
use crate::clock::Timestamp;
use crate::content::routes::RuleInput;
use crate::content::{self, Rule};
use crate::http::{Error, Json, Problem, Result};
use crate::wechat::Reply;

const MAX_SENTENCE_CHARS: usize = 600;
/// A rule that is tried before it has a name.
const UNNAMED: &str = "draft";

/// What is tried.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnswerTrial)]
pub struct Trial {
    /// What a resident writes.
    #[serde(default)]
    #[schema(max_length = 600)]
    pub sentence: String,
    /// Instead of writing, they begin to follow.
    #[serde(default)]
    pub follows: bool,
    /// When, in unix milliseconds; now when it is missing.
    #[serde(default)]
    pub at: Option<i64>,
    /// A rule as it stands in the editor, in place of the kept one of its name.
    #[serde(default)]
    pub rule: Option<RuleInput>,
}

/// What would be answered, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = AnswerOutcome)]
pub struct Outcome {
    /// Missing for silence.
    pub reply: Option<ShownReply>,
    /// Stable, for programs: `rule`, `section`, `menu`, `article`, `section_named`, `welcome`, `not_found`, …
    pub reason: String,
    pub explanation: String,
    /// The rule that answers.
    pub rule: Option<String>,
    /// The sentence as it is compared: half-width, in small letters, without spaces and outer punctuation.
    pub compared: String,
    pub candidates: Vec<CandidateView>,
    /// How many more rules do not know the sentence.
    pub others: usize,
}

/// A reply as the phone shows it.
#[derive(Serialize, ToSchema)]
pub struct ShownReply {
    /// `text`, `news`, `image`, `voice`, `video`, `music`, `agent`.
    pub kind: String,
    pub text: Option<String>,
    pub cards: Vec<ShownCard>,
    pub media_id: Option<String>,
    /// Of the whole answer on the wire, in bytes of its text.
    pub bytes: usize,
}

#[derive(Serialize, ToSchema)]
pub struct ShownCard {
    pub title: String,
    pub description: String,
    pub picture: String,
    pub url: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RuleCandidate)]
pub struct CandidateView {
    pub slug: String,
    /// `answers`, `too_late`, `out_of_hours`, `disabled`, `leads_nowhere`, `broken`, `no_word`.
    pub verdict: String,
    pub explanation: String,
}

/// What is wrong with the rules as a whole.
#[derive(Serialize, ToSchema)]
pub struct RulesCheck {
    pub findings: Vec<RuleFinding>,
}

#[derive(Serialize, ToSchema)]
pub struct RuleFinding {
    /// `error`, `warning` or `hint`.
    pub level: String,
    pub rule: String,
    /// The rule that is in its way.
    pub other: Option<String>,
    pub message: String,
}

impl ShownReply {
    fn new(reply: &Reply) -> Self {
        let plain =
            |kind: &str| Self { kind: kind.into(), text: None, cards: Vec::new(), media_id: None, bytes: 0 };
        match reply {
            Reply::Text(text) => {
                Self { text: Some(text.as_str().to_owned()), bytes: text.as_str().len(), ..plain("text") }
            }
            Reply::News(news) => {
                let card = |article: &crate::wechat::reply::Article| ShownCard {
                    title: article.title.clone(),
                    description: article.description.clone(),
                    picture: article.picture_url.clone(),
                    url: article.url.clone(),
                };
                Self { cards: news.articles().iter().map(card).collect(), ..plain("news") }
            }
            Reply::Image { media_id } => Self { media_id: Some(media_id.clone()), ..plain("image") },
            Reply::Voice { media_id } => Self { media_id: Some(media_id.clone()), ..plain("voice") },
            Reply::Video { media_id, title, .. } => {
                Self { media_id: Some(media_id.clone()), text: Some(title.clone()), ..plain("video") }
            }
            Reply::Music(music) => Self { text: Some(music.title.clone()), ..plain("music") },
            Reply::TransferCustomerService { kf_account } => {
                Self { text: kf_account.clone(), ..plain("agent") }
            }
            Reply::TransferAi => plain("ai"),
        }
    }
}

/// Tries a sentence.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/answers/trial", tag = "answers", request_body = Trial,
    params(("account" = String, Path)),
    responses((status = 200, body = Outcome), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem)))]
pub async fn trial(
    State(office): State<Office>,
    reader: Reader,
    Json(trial): Json<Trial>,
) -> Result<Json<Outcome>> {
    let length = trial.sentence.chars().count();
    if !trial.follows && !(1..=MAX_SENTENCE_CHARS).contains(&length) {
        return Err(Error::field("sentence", texts::EMPTY_SENTENCE));
    }
    let now = trial.at.map_or_else(|| office.app.clock.now(), Timestamp::from_millis);
    let account = Arc::clone(&reader.account);
    let mut rules = content::store::rules(office.app.db.reader(), account.id).await?;
    if let Some(input) = &trial.rule {
        put(&mut rules, &account, input)?;
    }
    let mut snapshot = snapshot(&office, account).await?;
    let enabled = rules.iter().filter(|rule| !rule.disabled).cloned();
    snapshot.rules = enabled.map(|rule| Ready::new(rule, |_| Arc::default())).collect();
    let sent = if trial.follows { Sent::Follows } else { Sent::Text(&trial.sentence) };
    let tried = try_out(&snapshot, &sent, now)?;
    let (candidates, others) = if trial.follows { (Vec::new(), 0) } else { candidates(rules, &tried, now) };
    let view = |candidate: Candidate| CandidateView {
        slug: candidate.slug,
        verdict: candidate.verdict.into(),
        explanation: candidate.explanation,
    };
    Ok(Json(Outcome {
        reply: tried.reply.as_ref().map(ShownReply::new),
        reason: tried.reason.into(),
        explanation: tried.explanation,
        rule: tried.rule,
        compared: tried.compared,
        candidates: candidates.into_iter().map(view).collect(),
        others,
    }))
}

/// Looks through all rules for doubles, overlaps, dead ends, and those whose turn never comes.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/answers/check", tag = "answers",
    params(("account" = String, Path)),
    responses((status = 200, body = RulesCheck), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn check_rules(State(office): State<Office>, reader: Reader) -> Result<Json<RulesCheck>> {
    let account = Arc::clone(&reader.account);
    let rules = content::store::rules(office.app.db.reader(), account.id).await?;
    let rules: Vec<Rule> = rules.into_iter().filter(|rule| !rule.disabled).collect();
    let snapshot = snapshot(&office, account).await?;
    // A thousand rules with hours are some hundred milliseconds.
    let found = tokio::task::spawn_blocking(move || check(&snapshot, rules)).await;
    let findings = found.map_err(anyhow::Error::from)?.into_iter().map(|finding| RuleFinding {
        level: match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Hint => "hint",
        }
        .into(),
        rule: finding.rule,
        other: finding.other,
        message: finding.message,
    });
    Ok(Json(RulesCheck { findings: findings.collect() }))
}

async fn snapshot(office: &Office, account: Arc<Account>) -> Result<Snapshot> {
    let counts = Counts::default();
    Ok(Snapshot::read(&office.app, account, &office.app.config.public_url, &counts).await?)
}

/// Puts a rule where it would stand if it were saved.
fn put(rules: &mut Vec<Rule>, account: &Account, input: &RuleInput) -> Result<()> {
    let slug = input.slug.clone().unwrap_or_else(|| UNNAMED.into());
    let known = rules.iter().position(|rule| rule.slug == slug).map(|place| rules.remove(place));
    let last = rules.iter().map(|rule| rule.position).max().unwrap_or_default() + 1;
    let position = known.as_ref().map_or(last, |rule| rule.position);
    rules.push(input.to_rule(account, slug, position)?);
    rules.sort_by_key(|rule| (-rule.priority, rule.position));
    Ok(())
}

//! The bench: what a sentence would be answered, and why; and which rules can never answer.

mod check;
pub mod routes;
mod texts;

use super::decide::{Reason, decide};
use super::rules::{Matcher, Ready, Verdict};
use super::snapshot::Snapshot;
use super::words;
use crate::clock::Timestamp;
use crate::content::Rule;
use crate::content::answering::Moment;
use crate::wechat::{Event, Inbound, Kind, Message, OpenId, Reply};

/// Rules that do not know the sentence are shown up to this number.
const OTHERS: usize = 20;

/// A resident who is none.
const NOBODY: &str = "o000000000000000000000000000";

/// What somebody sends.
pub(super) enum Sent<'a> {
    Text(&'a str),
    Follows,
}

/// What is answered, and why.
pub(super) struct Tried {
    pub(super) reply: Option<Reply>,
    pub(super) reason: &'static str,
    pub(super) explanation: String,
    /// The rule that answers.
    pub(super) rule: Option<String>,
    /// The sentence as it is compared.
    pub(super) compared: String,
}

/// How one rule stands to a sentence.
pub(super) struct Candidate {
    pub(super) slug: String,
    pub(super) verdict: &'static str,
    pub(super) explanation: String,
}

pub(super) fn try_out(snapshot: &Snapshot, sent: &Sent<'_>, now: Timestamp) -> anyhow::Result<Tried> {
    let kind = match sent {
        Sent::Text(content) => Kind::Message {
            id: 1,
            message: Message::Text { content: (*content).to_owned(), menu_id: None },
            article: None,
        },
        Sent::Follows => Kind::Event(Event::Subscribe { scene: None, ticket: None }),
    };
    let push = Inbound { to: String::new(), from: OpenId::parse(NOBODY)?, sent_at: now.seconds(), kind };
    let decision = decide(snapshot, &push, now);
    let title = |slug: &str| snapshot.section(slug).map_or(slug, |section| section.title.as_str()).to_owned();
    let mut rule = None;
    let (reason, explanation) = match decision.reason {
        Reason::Nothing => ("nothing", texts::NOTHING.to_owned()),
        Reason::Other => ("other", texts::OTHER.into()),
        Reason::Menu => ("menu", texts::MENU.into()),
        Reason::Section(slug) => ("section", texts::section(&title(slug))),
        Reason::Rule { rule: found, answer } => {
            rule = Some(found.slug.clone());
            ("rule", texts::by_rule(answer, found.answers.list.len(), found.answers.choice))
        }
        Reason::Article(slug) => {
            let headline = snapshot.headlines.iter().find(|headline| headline.slug == slug);
            ("article", texts::article(headline.map_or(slug, |headline| &headline.title)))
        }
        Reason::SectionNamed(slug) => ("section_named", texts::section_named(&title(slug))),
        Reason::Welcome { is_own } => ("welcome", texts::welcome(is_own)),
        Reason::NotFound { is_own } => ("not_found", texts::not_found(is_own)),
        Reason::DeadKey => ("dead_key", texts::OTHER.into()),
        Reason::Trouble => ("trouble", texts::TROUBLE.into()),
    };
    let compared = match sent {
        Sent::Text(content) => words::normalize(content),
        Sent::Follows => String::new(),
    };
    Ok(Tried { reply: decision.reply, reason, explanation, rule, compared })
}

/// How every rule stands to a sentence, in the order in which they are asked; how many more do not know it.
pub(super) fn candidates(rules: Vec<Rule>, tried: &Tried, now: Timestamp) -> (Vec<Candidate>, usize) {
    let (mut shown, mut others, mut left_out) = (Vec::new(), 0, 0);
    let mut is_after = false;
    for rule in rules {
        let disabled = rule.disabled;
        let ready = Ready::new(rule, |_| std::sync::Arc::default());
        let is_winner = tried.rule.as_deref() == Some(ready.slug.as_str());
        let (verdict, explanation) = match ready.verdict(&tried.compared, || Moment::of(now)) {
            Verdict::Broken(problem) => ("broken", problem.to_owned()),
            Verdict::NoWord if others >= OTHERS => {
                left_out += 1;
                continue;
            }
            Verdict::NoWord => {
                others += 1;
                ("no_word", texts::NO_WORD.into())
            }
            Verdict::Fires(word) | Verdict::OutOfHours(word) if disabled => {
                ("disabled", texts::disabled(&named(&ready, word, &tried.compared)))
            }
            Verdict::OutOfHours(word) => {
                ("out_of_hours", texts::out_of_hours(&named(&ready, word, &tried.compared)))
            }
            Verdict::Fires(word) => {
                let word = named(&ready, word, &tried.compared);
                if is_winner {
                    ("answers", texts::answers(&word))
                } else if tried.rule.is_none() && tried.reason != "not_found" {
                    ("too_late", texts::before_rules(&word))
                } else if is_after {
                    ("too_late", texts::too_late(&word))
                } else {
                    ("leads_nowhere", texts::leads_nowhere(&word))
                }
            }
        };
        is_after |= is_winner;
        shown.push(Candidate { slug: ready.slug, verdict, explanation });
    }
    (shown, left_out)
}

/// The word for which a rule fires; of patterns the first that matches.
fn named(rule: &Ready, word: &str, question: &str) -> String {
    match &rule.matcher {
        Matcher::Pattern(patterns) => patterns.first_match(question).unwrap_or(word).to_owned(),
        Matcher::Exact(_) | Matcher::Contains(_) | Matcher::Broken(_) => word.to_owned(),
    }
}

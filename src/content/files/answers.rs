//! The entries of `rules.toml` and `greetings.toml`.

use serde::Deserialize;

use super::Bundle;
use super::entries::{NO_ACCOUNT, unused};
use crate::content::answering::{
    Answer, Card, Choice, Hours, MAX_TEXT_CHARS, Patterns, Window, check_answers,
};
use crate::content::front_matter::Source;
use crate::content::models::rule::Matching;
use crate::content::models::{greeting, rule, words_column};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    slug: String,
    note: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    patterns: Vec<String>,
    #[serde(rename = "match")]
    matching: Option<Matching>,
    #[serde(default)]
    priority: i64,
    #[serde(default)]
    disabled: bool,
    /// Such as `1-5 09:00-17:30`.
    #[serde(default)]
    hours: Vec<String>,
    reply: Option<String>,
    section: Option<String>,
    article: Option<String>,
    #[serde(default)]
    answers: Vec<AnswerEntry>,
    choice: Option<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GreetingEntry {
    slug: String,
    #[serde(default)]
    disabled: bool,
    answers: Vec<AnswerEntry>,
    choice: Option<Choice>,
}

/// One answer as an inline table: `{ text = "…" }`, `{ section = "map" }`, `{ cards = [{ title = "…", url = "…" }] }`.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum AnswerEntry {
    Text(String),
    Section(String),
    Article(String),
    Cards(Vec<Card>),
    Image(String),
    Voice(String),
    Video {
        media_id: String,
        #[serde(default)]
        title: String,
        #[serde(default)]
        description: String,
    },
    /// Empty for any agent.
    Agent(String),
}

impl From<AnswerEntry> for Answer {
    fn from(entry: AnswerEntry) -> Self {
        match entry {
            AnswerEntry::Text(text) => Self::Text { text },
            AnswerEntry::Section(section) => Self::Section { section },
            AnswerEntry::Article(article) => Self::Article { article },
            AnswerEntry::Cards(cards) => Self::Cards { cards },
            AnswerEntry::Image(media_id) => Self::Image { media_id },
            AnswerEntry::Voice(media_id) => Self::Voice { media_id },
            AnswerEntry::Video { media_id, title, description } => {
                Self::Video { media_id, title, description }
            }
            AnswerEntry::Agent(agent) => Self::Agent { agent: Some(agent).filter(|agent| !agent.is_empty()) },
        }
    }
}

pub(super) fn rule(mut source: Source<'_>, position: i64, bundle: &mut Bundle) {
    let Some(entry) = source.read::<RuleEntry>() else { return };
    let several: Vec<Answer> = entry.answers.into_iter().map(Answer::from).collect();
    let (key, answers) = match (entry.reply, entry.section, entry.article, several.is_empty()) {
        (Some(text), None, None, true) => {
            let text = source.required("reply", &text, MAX_TEXT_CHARS);
            ("reply", vec![Answer::Text { text }])
        }
        (None, Some(section), None, true) => ("section", vec![Answer::Section { section }]),
        (None, None, Some(article), true) => ("article", vec![Answer::Article { article }]),
        (None, None, None, false) => ("answers", several),
        _ => {
            let problem = "a rule needs exactly one of `reply`, `section`, `article` and `answers`";
            source.fault("slug", problem.into());
            return;
        }
    };
    check(&mut source, key, &answers);
    let windows = windows(&mut source, &entry.hours);
    let slug = unused(&mut source, &entry.slug, bundle.rules.iter().map(|rule| &rule.slug));
    let mut rule = rule::Model {
        id: 0,
        account_id: NO_ACCOUNT,
        slug,
        position,
        keywords: words_column(&[]),
        matching: rule::Comparison::Contains,
        priority: entry.priority,
        answer_kind: rule::AnswerKind::Text,
        answer: String::new(),
        disabled: entry.disabled,
        patterns: None,
        hours: None,
        answers: None,
        choice: None,
        note: source.optional("note", entry.note.as_deref(), 100),
        version: 0,
    };
    match (entry.keywords.is_empty(), entry.patterns.is_empty(), entry.matching) {
        (false, true, Some(matching @ (Matching::Exact | Matching::Contains))) => {
            let column = source.words("keywords", &entry.keywords);
            rule.set_words(matching, &super::super::models::words(&column));
        }
        (true, false, None | Some(Matching::Pattern)) => {
            if let Err(fault) = Patterns::compile(&entry.patterns) {
                source.fault("patterns", fault.to_string());
            }
            rule.set_words(Matching::Pattern, &entry.patterns);
        }
        (true, true, _) => source.fault("keywords", "a rule needs at least one keyword".into()),
        (false, true, _) => source.fault("match", "keywords need `match`: `exact` or `contains`".into()),
        _ => source.fault("patterns", "a rule has either `keywords` with `match`, or `patterns`".into()),
    }
    rule.set_answers(&answers, entry.choice.unwrap_or_default());
    rule.set_windows(&windows);
    bundle.rules.push(rule);
}

pub(super) fn greeting(mut source: Source<'_>, _position: i64, bundle: &mut Bundle) {
    let Some(entry) = source.read::<GreetingEntry>() else { return };
    if ![greeting::WELCOME, greeting::DEFAULT].contains(&entry.slug.as_str()) {
        source.fault("slug", "a greeting is `welcome` or `default`".into());
    }
    let answers: Vec<Answer> = entry.answers.into_iter().map(Answer::from).collect();
    check(&mut source, "answers", &answers);
    let slug = unused(&mut source, &entry.slug, bundle.greetings.iter().map(|greeting| &greeting.slug));
    let mut greeting = greeting::Model {
        id: 0,
        account_id: NO_ACCOUNT,
        slug,
        disabled: entry.disabled,
        answers: String::new(),
        choice: None,
        version: 0,
    };
    greeting.set_answers(&answers, entry.choice.unwrap_or_default());
    bundle.greetings.push(greeting);
}

fn check(source: &mut Source<'_>, key: &str, answers: &[Answer]) {
    if let Err((_, fault)) = check_answers(answers) {
        source.fault(key, format!("`{key}`: {fault}"));
    }
}

fn windows(source: &mut Source<'_>, lines: &[String]) -> Vec<Window> {
    let mut windows = Vec::new();
    for line in lines {
        match Window::from_line(line) {
            Some(window) if Hours::parse(std::slice::from_ref(&window)).is_ok() => windows.push(window),
            _ => {
                let problem = format!("`{line}` is no window: write `1-5 09:00-17:30`, where 1 is Monday");
                source.fault("hours", problem);
            }
        }
    }
    windows
}

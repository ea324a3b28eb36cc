//! What is wrong with an account's rules as a whole: doubles, overlaps, rules whose turn never comes, dead ends.

use aho_corasick::AhoCorasick;

use super::texts;
use crate::chat::rules::{Matcher, Ready};
use crate::chat::snapshot::Snapshot;
use crate::chat::texts::HELP;
use crate::content::Rule;
use crate::content::answering::Answer;

/// More is not told at once.
const MOST: usize = 300;

/// Something about a rule that its editor should know.
pub(super) struct Finding {
    pub(super) level: Level,
    pub(super) rule: String,
    /// The rule that is in its way.
    pub(super) other: Option<String>,
    pub(super) message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// It cannot do what it is for.
    Error,
    Warning,
    Hint,
}

/// Looks through the rules that are enabled, which stand in the order in which they are asked.
pub(super) fn check(snapshot: &Snapshot, rules: Vec<Rule>) -> Vec<Finding> {
    let names: Vec<String> =
        rules.iter().map(|rule| rule.words().first().cloned().unwrap_or_else(|| rule.slug.clone())).collect();
    let ready: Vec<Ready> =
        rules.into_iter().map(|rule| Ready::new(rule, |_| std::sync::Arc::default())).collect();
    let mut findings = Vec::new();
    for rule in &ready {
        alone(snapshot, rule, &mut findings);
    }
    in_the_way(snapshot, &ready, &names, &mut findings);
    findings.truncate(MOST);
    findings
}

/// What is wrong with a rule whatever the others are.
fn alone(snapshot: &Snapshot, rule: &Ready, findings: &mut Vec<Finding>) {
    let mut say = |level: Level, message: String| {
        findings.push(Finding { level, rule: rule.slug.clone(), other: None, message });
    };
    match &rule.matcher {
        Matcher::Broken(problem) => say(Level::Error, texts::broken(problem)),
        Matcher::Exact(words) | Matcher::Contains(words) if words.is_empty() => {
            say(Level::Error, texts::NEVER_A_WORD.into());
        }
        Matcher::Exact(_) | Matcher::Contains(_) | Matcher::Pattern(_) => (),
    }
    for answer in &rule.answers.list {
        match answer {
            Answer::Section { section } if snapshot.section(section).is_none() => {
                say(Level::Error, texts::gone("栏目", section));
            }
            Answer::Article { article }
                if !snapshot.headlines.iter().any(|headline| headline.slug == *article) =>
            {
                say(Level::Error, texts::gone("文章", article));
            }
            _ => (),
        }
    }
}

/// What earlier rules, sections and the words for the menu take away from each rule.
fn in_the_way(snapshot: &Snapshot, rules: &[Ready], names: &[String], findings: &mut Vec<Finding>) {
    // Every word that is looked for inside a question, and whose each is, so that a thousand rules take one pass.
    let (mut contained, mut owners) = (Vec::new(), Vec::new());
    for (owner, rule) in rules.iter().enumerate() {
        if let Matcher::Contains(words) = &rule.matcher {
            contained.extend(words.iter().map(String::as_str));
            owners.resize(contained.len(), owner);
        }
    }
    let Ok(automaton) = AhoCorasick::new(&contained) else { return };
    let mut exact = std::collections::HashMap::new();
    for (owner, rule) in rules.iter().enumerate() {
        if let Matcher::Exact(words) = &rule.matcher {
            for word in words {
                exact.entry(word.as_str()).or_insert(owner);
            }
        }
    }
    let patterns: Vec<usize> =
        (0..rules.len()).filter(|place| matches!(rules[*place].matcher, Matcher::Pattern(_))).collect();
    for (place, rule) in rules.iter().enumerate() {
        let (Matcher::Exact(words) | Matcher::Contains(words)) = &rule.matcher else { continue };
        let is_exact = matches!(rule.matcher, Matcher::Exact(_));
        let (mut always_taken, mut by_sections, mut first) = (0, 0, None);
        for word in words {
            let mut say = |level: Level, other: Option<usize>, message: String| {
                let other = other.map(|other| rules[other].slug.clone());
                findings.push(Finding { level, rule: rule.slug.clone(), other, message });
            };
            if let Some(message) = of_section(snapshot, word) {
                say(Level::Hint, None, message);
                by_sections += usize::from(is_exact);
                continue;
            }
            let in_word = automaton
                .find_overlapping_iter(word)
                .map(|found| (owners[found.pattern().as_usize()], contained[found.pattern().as_usize()]));
            let as_whole = exact.get(word.as_str()).map(|owner| (*owner, word.as_str()));
            let by_pattern = patterns.iter().filter_map(|owner| match &rules[*owner].matcher {
                Matcher::Pattern(patterns) if *owner < place => Some((*owner, patterns.first_match(word)?)),
                _ => None,
            });
            let earlier = in_word.chain(as_whole).chain(by_pattern).filter(|(owner, _)| *owner < place);
            let earlier: Vec<(usize, &str)> = earlier.collect();
            // What stands inside the word stands in every question that holds it; an exact word and a pattern are sure to
            // take only a question that is the word and nothing else.
            let takes_always = |owner: usize| {
                let other = &rules[owner];
                (is_exact || matches!(other.matcher, Matcher::Contains(_)))
                    && rule.hours.is_within(&other.hours)
            };
            let always = earlier.iter().filter(|(owner, _)| takes_always(*owner)).min();
            always_taken += usize::from(always.is_some());
            first = first.or(always.map(|(owner, _)| *owner));
            let Some((owner, by)) = always.or_else(|| earlier.iter().min()).copied() else { continue };
            let message = if by == word.as_str() {
                texts::duplicate(word, &names[owner])
            } else {
                texts::overlap(word, by, &names[owner])
            };
            say(if by == word.as_str() { Level::Warning } else { Level::Hint }, Some(owner), message);
        }
        let is_never = !words.is_empty() && always_taken + by_sections == words.len();
        if is_never {
            let message =
                first.map_or_else(texts::never_before_sections, |owner| texts::never(&names[owner]));
            let other = first.map(|owner| rules[owner].slug.clone());
            findings.push(Finding { level: Level::Error, rule: rule.slug.clone(), other, message });
        }
    }
}

/// Why a section, or the menu, answers a question that is this word.
fn of_section(snapshot: &Snapshot, word: &str) -> Option<String> {
    if HELP.contains(&word) {
        return Some(texts::always_help(word));
    }
    let section = snapshot.sections.iter().find(|section| section.names.iter().any(|name| name == word))?;
    Some(texts::always_a_section(word, &section.item.title))
}

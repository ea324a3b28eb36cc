//! Rules and greetings made ready: patterns compiled, words normalized, windows counted in minutes, so that deciding
//! allocates nothing for those that do not answer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::words;
use crate::accounts::AccountId;
use crate::content::answering::{Answer, Choice, Hours, Moment, Patterns};
use crate::content::{self, Matching, Rule};

/// A rule, ready to be asked.
pub(super) struct Ready {
    pub(super) slug: String,
    pub(super) matcher: Matcher,
    pub(super) hours: Hours,
    pub(super) answers: Answers,
    pub(super) count: Arc<Count>,
}

/// What a question must have.
pub(super) enum Matcher {
    Exact(Vec<String>),
    Contains(Vec<String>),
    Pattern(Patterns),
    /// Patterns that cannot be used; the reason is shown in the console.
    Broken(String),
}

/// What a rule says to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    /// It answers, for this word; for a pattern it is empty, since finding out which one allocates.
    Fires(&'a str),
    /// It would, but not at this time.
    OutOfHours(&'a str),
    NoWord,
    Broken(&'a str),
}

/// Answers of which one is given.
pub(super) struct Answers {
    pub(super) list: Vec<Answer>,
    pub(super) choice: Choice,
}

/// How often a rule answered.
#[derive(Default)]
pub(super) struct Count {
    /// Since the process began: whose turn it is.
    turns: AtomicU32,
    /// Since it was last written down.
    fresh: AtomicI64,
}

/// A welcome, or the answer when nothing is found.
pub(super) struct Greeting {
    pub(super) answers: Answers,
    turns: AtomicU32,
}

impl Ready {
    pub(super) fn new(rule: Rule, count: impl FnOnce(&Rule) -> Arc<Count>) -> Self {
        let count = count(&rule);
        let words = rule.words();
        let normal = || {
            words
                .iter()
                .map(|word| words::normalize(word))
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
        };
        let matcher = match rule.matching() {
            Matching::Exact => Matcher::Exact(normal()),
            Matching::Contains => Matcher::Contains(normal()),
            Matching::Pattern => match Patterns::compile(&words) {
                Ok(patterns) => Matcher::Pattern(patterns),
                Err(fault) => Matcher::Broken(fault.advice()),
            },
        };
        // What was checked when it was saved and is broken now would answer always instead of never.
        let (hours, matcher) = match Hours::parse(&rule.windows()) {
            Ok(hours) => (hours, matcher),
            Err(problem) => (Hours::default(), Matcher::Broken(problem)),
        };
        let answers = Answers { list: rule.answers(), choice: rule.choice() };
        Self { slug: rule.slug, matcher, hours, answers, count }
    }

    /// What this rule says to a normalized question. `at` is asked for only when there are windows.
    pub(super) fn verdict(&self, question: &str, at: impl FnOnce() -> Moment) -> Verdict<'_> {
        let word = match &self.matcher {
            Matcher::Exact(words) => words.iter().find(|word| *word == question).map(String::as_str),
            Matcher::Contains(words) => {
                words.iter().find(|word| question.contains(word.as_str())).map(String::as_str)
            }
            Matcher::Pattern(patterns) => patterns.is_match(question).then_some(""),
            Matcher::Broken(problem) => return Verdict::Broken(problem),
        };
        match word {
            None => Verdict::NoWord,
            Some(word) if self.hours.is_always() || self.hours.is_open(at()) => Verdict::Fires(word),
            Some(word) => Verdict::OutOfHours(word),
        }
    }
}

impl Answers {
    /// The answer to be given first, and then the others in their order, should what it leads to be gone.
    fn from(&self, first: usize) -> impl Iterator<Item = (usize, &Answer)> {
        let count = self.list.len().max(1);
        let places = (0..self.list.len()).map(move |step| (first % count + step) % count);
        places.map(|place| (place, &self.list[place]))
    }

    /// `turn` counts the answers so far; `chance` is some number that is the same for a push and its repeats.
    pub(super) fn chosen(&self, turn: u32, chance: u64) -> impl Iterator<Item = (usize, &Answer)> {
        self.from(match self.choice {
            Choice::Turns => turn as usize,
            Choice::Random => (chance % 1_000_003) as usize,
        })
    }
}

impl Greeting {
    /// None when it has no answer that can be read.
    pub(super) fn new(greeting: &content::Greeting) -> Option<Self> {
        let list = greeting.answers();
        let answers = Answers { list, choice: greeting.choice() };
        (!answers.list.is_empty()).then_some(Self { answers, turns: AtomicU32::new(0) })
    }

    /// Its answers; asking moves the turn on.
    pub(super) fn next(&self, chance: u64) -> impl Iterator<Item = (usize, &Answer)> {
        self.answers.chosen(self.turns.fetch_add(1, Ordering::Relaxed), chance)
    }
}

impl Count {
    /// Whose turn it is.
    pub(super) fn turn(&self) -> u32 {
        self.turns.load(Ordering::Relaxed)
    }

    /// The rule has answered once more.
    pub(super) fn answered(&self) {
        self.turns.fetch_add(1, Ordering::Relaxed);
        self.fresh.fetch_add(1, Ordering::Relaxed);
    }
}

/// The counts of all rules. They outlive the snapshots.
#[derive(Default)]
pub(super) struct Counts(Mutex<HashMap<(AccountId, i64), Arc<Count>>>);

impl Counts {
    pub(super) fn of(&self, account: AccountId, rule: &Rule) -> Arc<Count> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(counts.entry((account, rule.id)).or_default())
    }

    /// What is to be written down, which then counts as written. Rules that are gone are forgotten.
    pub(super) fn take(&self) -> Vec<(AccountId, i64, i64)> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = counts
            .iter()
            .map(|((account, rule), count)| (*account, *rule, count.fresh.swap(0, Ordering::Relaxed)))
            .filter(|(_, _, hits)| *hits > 0)
            .collect();
        // One is held here; a snapshot holds another.
        counts.retain(|_, count| Arc::strong_count(count) > 1);
        fresh
    }

    /// Puts back what could not be written.
    pub(super) fn put_back(&self, fresh: &[(AccountId, i64, i64)]) {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (account, rule, hits) in fresh {
            if let Some(count) = counts.get(&(*account, *rule)) {
                count.fresh.fetch_add(*hits, Ordering::Relaxed);
            }
        }
    }
}

/// A number that is the same for a push and its repeats, and else as good as any.
pub(super) fn chance(parts: &[&[u8]]) -> u64 {
    // FNV-1a.
    parts.iter().flat_map(|part| part.iter()).fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

//! Regular expressions of rules. The engine takes time that is linear in the question, whatever is written; what
//! would take much memory is refused.

use regex::{RegexSet, RegexSetBuilder};

use super::texts;

pub const MAX_PATTERN_CHARS: usize = 200;
const MAX_PATTERNS: usize = 10;
/// What the patterns of one rule may take, in bytes.
const SIZE_LIMIT: usize = 256 << 10;
const NESTING: u32 = 20;

/// The patterns of one rule. A question is matched as it is compared: without spaces, half-width, in small letters.
#[derive(Clone, Debug)]
pub struct Patterns(RegexSet);

/// Why patterns cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternFault {
    #[error("the pattern is empty")]
    Empty,
    #[error("the pattern has {0} characters, more than {MAX_PATTERN_CHARS}")]
    TooLong(usize),
    #[error("{0} patterns, more than {MAX_PATTERNS}")]
    TooMany(usize),
    #[error("the pattern is not valid: {0}")]
    Invalid(String),
    #[error("the pattern takes too much memory")]
    TooLarge,
    #[error("the pattern matches everything")]
    MatchesEverything,
}

impl PatternFault {
    /// What an editor has to do, in Chinese.
    pub fn advice(&self) -> String {
        texts::pattern_advice(self)
    }
}

impl Patterns {
    /// # Errors
    /// [`PatternFault`] of the first pattern that cannot be used.
    pub fn compile<T: AsRef<str>>(patterns: &[T]) -> Result<Self, PatternFault> {
        if patterns.len() > MAX_PATTERNS {
            return Err(PatternFault::TooMany(patterns.len()));
        }
        for pattern in patterns {
            let pattern = pattern.as_ref();
            if pattern.trim().is_empty() {
                return Err(PatternFault::Empty);
            }
            let length = pattern.chars().count();
            if length > MAX_PATTERN_CHARS {
                return Err(PatternFault::TooLong(length));
            }
            if set(&[pattern])?.is_match("") {
                return Err(PatternFault::MatchesEverything);
            }
        }
        Ok(Self(set(patterns)?))
    }

    pub fn is_match(&self, question: &str) -> bool {
        self.0.is_match(question)
    }

    /// The first pattern that matches.
    pub fn first_match(&self, question: &str) -> Option<&str> {
        let place = self.0.matches(question).iter().next()?;
        self.0.patterns().get(place).map(String::as_str)
    }
}

fn set<T: AsRef<str>>(patterns: &[T]) -> Result<RegexSet, PatternFault> {
    RegexSetBuilder::new(patterns)
        .case_insensitive(true)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(SIZE_LIMIT)
        .nest_limit(NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternFault::TooLarge,
            // The engine's message draws the pattern over several lines; its last one says what is wrong.
            other => {
                let text = other.to_string();
                let last = text.lines().next_back().unwrap_or_default();
                PatternFault::Invalid(last.trim_start_matches("error: ").to_owned())
            }
        })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_pattern_is_found_anywhere_in_a_question() {
        let patterns = Patterns::compile(&["(什么|啥)时候.*(来电|恢复)", "^aed"]).unwrap();
        assert_eq!(patterns.first_match("请问啥时候能来电"), Some("(什么|啥)时候.*(来电|恢复)"));
        assert!(patterns.is_match("AED在哪") && !patterns.is_match("找aed"));
    }

    #[test]
    fn what_is_wrong_empty_or_endless_is_refused() {
        for (pattern, expected) in [
            ("", PatternFault::Empty),
            (".*", PatternFault::MatchesEverything),
            ("停?电?", PatternFault::MatchesEverything),
            ("(停{1000}){1000}", PatternFault::TooLarge),
        ] {
            assert_eq!(Patterns::compile(&[pattern]).unwrap_err(), expected, "{pattern}");
        }
        let deep = format!("{}停{}", "(".repeat(60), ")".repeat(60));
        assert!(matches!(Patterns::compile(&["(停电"]), Err(PatternFault::Invalid(_))));
        assert!(matches!(Patterns::compile(&[deep]), Err(PatternFault::Invalid(_))));
        assert!(matches!(Patterns::compile(&["a".repeat(201)]), Err(PatternFault::TooLong(201))));
        assert!(matches!(Patterns::compile(&["a"; 11]), Err(PatternFault::TooMany(11))));
    }

    #[test]
    fn a_pattern_that_hangs_other_engines_takes_no_time_here() {
        let patterns = Patterns::compile(&["(a+)+b", "(停|停停)*电"]).unwrap();
        let question = "a停".repeat(500);
        let began = Instant::now();
        assert!(!patterns.is_match(&question));
        assert!(began.elapsed().as_millis() < 500);
    }
}

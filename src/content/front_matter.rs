//! One TOML table of a content file (front matter, or an entry of a list), read with the line of every fault.

use serde::de::DeserializeOwned;

use super::files::Fault;
use super::rules::{self, Problem};

/// Where a table stands, and what is wrong with it so far.
pub(super) struct Source<'a> {
    /// The file, as people name it.
    pub(super) file: &'a str,
    /// The table's own lines.
    pub(super) text: &'a str,
    /// The line of the file on which the table begins, from 1.
    pub(super) first_line: usize,
    pub(super) faults: &'a mut Vec<Fault>,
}

impl Source<'_> {
    /// The table as a value; unknown keys, missing keys and wrong types are faults with their line.
    pub(super) fn read<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let before = error.span().map_or(0, |span| self.text[..span.start].matches('\n').count());
                self.faults.push(Fault {
                    file: self.file.into(),
                    line: self.first_line + before,
                    problem: error.message().into(),
                });
                None
            }
        }
    }

    /// Notes a fault at the line of a key, or at the table's first line when the key is not there.
    pub(super) fn fault(&mut self, key: &str, problem: String) {
        let starts_with_key = |line: &str| {
            let rest = line.trim_start().strip_prefix(key);
            rest.is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let before = self.text.lines().position(starts_with_key).unwrap_or(0);
        self.faults.push(Fault { file: self.file.into(), line: self.first_line + before, problem });
    }

    /// A text that must be there and not exceed so many characters.
    pub(super) fn required(&mut self, key: &str, value: &str, max_chars: usize) -> String {
        self.take(key, rules::required(value, max_chars))
    }

    /// A text that may be missing; an empty one counts as missing.
    pub(super) fn optional(&mut self, key: &str, value: Option<&str>, max_chars: usize) -> Option<String> {
        self.take(key, rules::optional(value, max_chars))
    }

    /// Notes what is wrong with a whole entry.
    pub(super) fn faults(&mut self, problems: rules::Problems) {
        for (key, problem) in problems {
            self.note(key, &problem);
        }
    }

    fn take<T: Default>(&mut self, key: &str, checked: Result<T, Problem>) -> T {
        checked.unwrap_or_else(|problem| {
            self.note(key, &problem);
            T::default()
        })
    }

    fn note(&mut self, key: &str, problem: &Problem) {
        match problem {
            // It names the value itself.
            Problem::NoUrlName(_) => self.fault(key, problem.to_string()),
            _ => self.fault(key, format!("`{key}` {problem}")),
        }
    }

    /// Words, each not empty and of at most 32 characters, at most 50 of them.
    pub(super) fn words(&mut self, key: &str, words: &[String]) -> String {
        if words.len() > 50 {
            self.fault(key, format!("`{key}` has {} words, more than 50", words.len()));
        }
        // Commas separate words, of either width, as people type them.
        let words: Vec<String> = words
            .iter()
            .flat_map(|word| word.split([',', '，', '、']))
            .map(|word| word.trim().to_owned())
            .collect();
        if words.iter().any(|word| word.is_empty() || word.chars().count() > 32) {
            self.fault(key, format!("each word of `{key}` must have 1 to 32 characters"));
        }
        // Punctuation is passed over in what residents write, so that such a word would never be found.
        if words.iter().any(|word| {
            !word.is_empty()
                && word.chars().all(|character| {
                    character.is_ascii_punctuation()
                        || "，。、；：？！“”‘’（）《》【】…—·".contains(character)
                })
        }) {
            self.fault(key, format!("a word of `{key}` is punctuation only and would never match"));
        }
        super::models::words_column(&words)
    }

    /// A name in URLs: `[a-z0-9-]`, 1 to 64 characters.
    pub(super) fn slug(&mut self, key: &str, slug: &str) -> String {
        self.take(key, rules::url_name(slug))
    }

    /// A name in the media library: `{hash}.{ending}`.
    pub(super) fn medium(&mut self, key: &str, name: &str) -> String {
        if !super::html::is_medium(name) {
            self.fault(key, format!("`{name}` is no name in the media library"));
        }
        name.into()
    }
}

/// Splits a file into front matter between `+++` lines and the body. The number is the line after the
/// first `+++`.
pub(super) fn split<'a>(file: &str, text: &'a str) -> Result<(&'a str, &'a str, usize), Fault> {
    let fault = |line, problem: &str| Fault { file: file.into(), line, problem: problem.into() };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rest = text
        .strip_prefix("+++\n")
        .or_else(|| text.strip_prefix("+++\r\n"))
        .ok_or_else(|| fault(1, "the file must begin with a line `+++` and its front matter"))?;
    let mut length = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Ok((&rest[..length], rest[length + line.len()..].trim_matches(['\r', '\n']), 2));
        }
        length += line.len();
    }
    Err(fault(1, "the front matter is not closed by a line `+++`"))
}

/// Splits a list file into its `[[name]]` entries, each with the line on which it begins (the line of its
/// header). Anything before the first entry but comments is a fault.
pub(super) fn entries<'a>(
    file: &str,
    text: &'a str,
    name: &str,
    faults: &mut Vec<Fault>,
) -> Vec<(usize, &'a str)> {
    let header = format!("[[{name}]]");
    let mut starts = Vec::new();
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let trimmed = line.trim();
        if trimmed == header {
            starts.push((number + 1, offset, offset + line.len()));
        } else if trimmed.starts_with('[')
            || (starts.is_empty() && !trimmed.is_empty() && !trimmed.starts_with('#'))
        {
            // A line of an entry may begin with `[` only inside a list that goes over several lines.
            if starts.is_empty() || trimmed.starts_with("[[") {
                let problem = format!("expected `{header}`");
                faults.push(Fault { file: file.into(), line: number + 1, problem });
            }
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).map(|(_, start, _)| *start).chain([text.len()]);
    starts.iter().zip(ends).map(|((line, _, body), end)| (line + 1, &text[*body..end])).collect()
}

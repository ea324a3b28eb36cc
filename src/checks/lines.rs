//! A word list as lines of text, as it is pasted from a table or a document: word, level, reason, suggestion, and the
//! expressions in which it is fine, with tabs or bars in between.

use super::{Level, Word, texts};

/// More lines than this are not read at once.
const MOST_LINES: usize = 2_000;

/// A line that cannot be read, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = WordLineFault)]
pub struct LineFault {
    pub line: usize,
    pub message: String,
}

/// Reads lines. Blank ones, and those that begin with `#` or are the heading of a table, are passed over.
pub(super) fn read(text: &str) -> (Vec<Word>, Vec<LineFault>) {
    let mut words: Vec<Word> = Vec::new();
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut fault = |message: String| faults.push(LineFault { line: index + 1, message });
        if index >= MOST_LINES {
            fault(texts::too_many_lines(MOST_LINES));
            break;
        }
        let cells: Vec<&str> = line.split(['\t', '|', '｜']).map(str::trim).collect();
        let first = cells.first().copied().unwrap_or_default();
        if line.trim().is_empty() || first.starts_with('#') || first == texts::WORD_HEADING {
            continue;
        }
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        let Some(level) = level(cell(1)) else {
            fault(texts::unknown_level(cell(1)));
            continue;
        };
        let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let word = Word {
            word: first.into(),
            level,
            reason: cell(2).into(),
            suggestion: optional(cell(3)),
            allowed: cell(4)
                .split(['、', '，', ',', '；', ';'])
                .filter_map(|part| optional(part.trim()))
                .collect(),
        };
        match word.clean() {
            Err(wrong) => fault(wrong.into_values().collect()),
            Ok(word) if words.iter().any(|other| other.word == word.word) => {
                fault(texts::word_twice(&word.word))
            }
            Ok(word) => words.push(word),
        }
    }
    (words, faults)
}

/// Writes lines that can be read again and pasted into a table.
pub(super) fn write(words: impl Iterator<Item = Word>) -> String {
    let mut text = texts::LINES_HEADING.to_owned();
    for word in words {
        let suggestion = word.suggestion.unwrap_or_default();
        let cells =
            [word.word, texts::level(word.level).into(), word.reason, suggestion, word.allowed.join("、")];
        text.push('\n');
        text.push_str(&cells.join("\t"));
    }
    text.push('\n');
    text
}

fn level(name: &str) -> Option<Level> {
    match name {
        "" => Some(Level::Warning),
        "error" => Some(Level::Error),
        "warning" => Some(Level::Warning),
        "hint" => Some(Level::Hint),
        other => [Level::Error, Level::Warning, Level::Hint]
            .into_iter()
            .find(|level| texts::level(*level) == other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again() {
        let text = "词\t级别\n#备注\n\n 第一 \t错误\t违反广告法\t前列\t第一季度、第一次\n积分|提示|换成大白话\n最佳｜｜绝对化用语｜｜\n";
        let (words, faults) = read(text);
        assert_eq!(faults, []);
        assert_eq!(words.len(), 3);
        assert_eq!(words[0].allowed, ["第一季度", "第一次"]);
        assert_eq!((words[1].level, words[2].level), (Level::Hint, Level::Warning));
        let written = write(words.clone().into_iter());
        assert_eq!(read(&written), (words, vec![]));
    }

    #[test]
    fn every_line_that_is_wrong_is_named() {
        let (words, faults) =
            read("最佳\t严重\t理由\n最佳\t错误\n\n最佳\t错误\t理由\n最佳\t错误\t理由\n，\t错误\t理由\n");
        assert_eq!(words.len(), 1);
        assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [1, 2, 5, 6]);
        let many = "a\t\tb\n".repeat(2_001);
        assert_eq!(read(&many).1.last().unwrap().line, 2_001);
    }
}

//! An account's own word list, looked for word by word: 积分 is not in 累积分布.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use jieba_rs::Jieba;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Found, Level, Place, Rule, texts};

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ListedWord)]
pub struct Word {
    pub word: String,
    pub level: Level,
    pub reason: String,
    pub suggestion: Option<String>,
    /// Longer expressions within which the word is fine.
    #[serde(default)]
    pub allowed: Vec<String>,
}

const LONGEST_WORD: usize = 32;
const LONGEST_REASON: usize = 200;
const MOST_ALLOWED: usize = 20;

impl Word {
    /// The entry without what says nothing.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub fn clean(mut self) -> Result<Self, BTreeMap<String, String>> {
        let mut faults = BTreeMap::new();
        let mut fault = |field: &str, message: String| {
            faults.entry(field.to_owned()).or_insert(message);
        };
        self.word = line(&self.word);
        self.reason = line(&self.reason);
        self.suggestion = self.suggestion.map(|text| line(&text)).filter(|text| !text.is_empty());
        self.allowed = self.allowed.iter().map(|text| line(text)).filter(|text| !text.is_empty()).collect();
        self.allowed.dedup();
        let length = |text: &str| text.chars().count();
        if !self.word.chars().any(char::is_alphanumeric) {
            fault("word", texts::WORD_MISSING.into());
        }
        if length(&self.word) > LONGEST_WORD {
            fault("word", texts::longer_than(texts::WORD_HEADING, LONGEST_WORD));
        }
        if self.reason.is_empty() {
            fault("reason", texts::REASON_MISSING.into());
        }
        if length(&self.reason) > LONGEST_REASON {
            fault("reason", texts::longer_than(texts::REASON, LONGEST_REASON));
        }
        if self.suggestion.as_deref().is_some_and(|text| length(text) > LONGEST_WORD) {
            fault("suggestion", texts::longer_than(texts::SUGGESTION, LONGEST_WORD));
        }
        if self.allowed.len() > MOST_ALLOWED {
            fault("allowed", texts::too_many_allowed(MOST_ALLOWED));
        }
        if self.allowed.iter().any(|text| length(text) > LONGEST_WORD) {
            fault("allowed", texts::longer_than(texts::ALLOWED, LONGEST_WORD));
        }
        // An expression without the word in it would never count.
        let folded = fold(&self.word);
        if let Some(text) = self.allowed.iter().find(|text| !fold(text).contains(&folded)) {
            fault("allowed", texts::allowed_without_word(text, &self.word));
        }
        if faults.is_empty() { Ok(self) } else { Err(faults) }
    }
}

/// One line, without what cannot be seen.
fn line(text: &str) -> String {
    let visible = |character: char| if character.is_control() { ' ' } else { character };
    text.chars().map(visible).collect::<String>().trim().to_owned()
}

/// A list ready to be looked for.
#[derive(Default)]
pub struct WordList {
    words: Vec<Word>,
    finder: Option<AhoCorasick>,
}

/// Cuts Chinese text into words. Its dictionary takes 30 MB and a tenth of a second to load, which the first text that
/// needs it pays for; clones of the value share it.
#[derive(Clone, Default)]
pub struct Segmenter(Arc<OnceLock<Jieba>>);

impl Segmenter {
    /// The dictionary with more words in it, so that they are cut whole.
    fn with<'a>(&self, words: impl Iterator<Item = &'a str>) -> Cow<'_, Jieba> {
        let mut jieba = Cow::Borrowed(self.0.get_or_init(Jieba::new));
        for word in words {
            if !jieba.has_word(word) {
                jieba.to_mut().add_word(word, None, None);
            }
        }
        jieba
    }
}

impl WordList {
    /// Words that are empty are passed over; a list that is too large for the automaton finds nothing.
    pub fn new(words: Vec<Word>) -> Self {
        let words: Vec<Word> = words.into_iter().filter(|word| !word.word.trim().is_empty()).collect();
        let patterns = words.iter().map(|word| fold(word.word.trim()));
        let finder = AhoCorasick::new(patterns).ok().filter(|_| !words.is_empty());
        Self { words, finder }
    }

    /// Where words stand in a folded text: the word, and its bytes.
    fn candidates(&self, text: &str) -> Vec<Candidate> {
        let Some(finder) = &self.finder else { return Vec::new() };
        finder
            .find_overlapping_iter(text)
            .take(MOST_CANDIDATES)
            .map(|found| Candidate {
                word: found.pattern().as_usize(),
                start: found.start(),
                end: found.end(),
            })
            .collect()
    }
}

/// So many are told of one text at most in the end; the rest bounds the work on a text of one word over and over.
const MOST_CANDIDATES: usize = 5_000;

#[derive(Clone, Copy)]
struct Candidate {
    word: usize,
    start: usize,
    end: usize,
}

pub(super) fn check(texts: &[(Place, Vec<char>)], list: &WordList, segmenter: &Segmenter, found: &mut Found) {
    for (place, characters) in texts {
        let text = fold_characters(characters);
        let candidates = list.candidates(&text);
        if candidates.is_empty() {
            continue;
        }
        let folded: HashSet<String> =
            candidates.iter().map(|candidate| fold(list.words[candidate.word].word.trim())).collect();
        // Copying the dictionary takes milliseconds, and happens for the sake of a word that it does not have only.
        let jieba = segmenter.with(folded.iter().map(String::as_str));
        let edges: HashSet<usize> =
            jieba.cut(&text, false).iter().map(|token| token.byte_start).chain([text.len()]).collect();
        let matches: Vec<Candidate> = candidates
            .into_iter()
            .filter(|candidate| [candidate.start, candidate.end].iter().all(|at| is_edge(&text, *at, &edges)))
            .filter(|candidate| !is_allowed(&text, *candidate, &list.words[candidate.word]))
            .collect();
        let positions = positions(&text);
        for candidate in outermost(matches) {
            let word = &list.words[candidate.word];
            let place = place.at(
                characters,
                position(&positions, candidate.start),
                position(&positions, candidate.end),
            );
            found.add_with_fix(Rule::Word, word.level, place, texts::word(word), word.suggestion.clone());
        }
    }
}

/// Whether a word can begin or end here: not between letters or digits, and not within what was cut as one word.
fn is_edge(text: &str, at: usize, edges: &HashSet<usize>) -> bool {
    let before = text[..at].chars().next_back().is_some_and(|character| character.is_ascii_alphanumeric());
    let after = text[at..].chars().next().is_some_and(|character| character.is_ascii_alphanumeric());
    if before || after { before != after } else { edges.contains(&at) }
}

/// Whether the match lies within one of the expressions in which the word is fine.
fn is_allowed(text: &str, candidate: Candidate, word: &Word) -> bool {
    word.allowed.iter().map(|context| fold(context.trim())).filter(|context| !context.is_empty()).any(
        |context| {
            let from = floor(text, candidate.end.saturating_sub(context.len()));
            let to = floor(text, (candidate.start + context.len()).min(text.len()));
            let near = text.get(from..to).unwrap_or_default();
            near.match_indices(&context).any(|(at, _)| {
                let at = from + at;
                at <= candidate.start && candidate.end <= at + context.len()
            })
        },
    )
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Of matches that lie within others, only the others: 「最佳」 and not 「最」 too.
fn outermost(mut matches: Vec<Candidate>) -> Vec<Candidate> {
    matches.sort_by_key(|candidate| (candidate.start, std::cmp::Reverse(candidate.end)));
    let mut furthest = 0;
    matches.retain(|candidate| {
        let is_outer = candidate.end > furthest;
        furthest = furthest.max(candidate.end);
        is_outer
    });
    matches
}

/// The byte at which each character begins, in order.
fn positions(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).collect()
}

fn position(positions: &[usize], byte: usize) -> usize {
    positions.partition_point(|at| *at < byte)
}

fn fold(text: &str) -> String {
    text.chars().map(fold_character).collect()
}

fn fold_characters(text: &[char]) -> String {
    text.iter().map(|character| fold_character(*character)).collect()
}

/// Widths and cases of letters do not tell words apart. One character becomes one, so that positions hold.
fn fold_character(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        other => super::numbers::plain(other).to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::checks::Field;

    static SEGMENTER: LazyLock<Segmenter> = LazyLock::new(Segmenter::default);

    fn found(word: &str, allowed: &[&str], text: &str) -> Vec<String> {
        let word = Word {
            word: word.into(),
            level: Level::Error,
            reason: "不要这样说。".into(),
            suggestion: Some("别的".into()),
            allowed: allowed.iter().map(|context| (*context).to_owned()).collect(),
        };
        let mut found = Found::default();
        let texts = [(Place::of(Field::Body), text.chars().collect())];
        check(&texts, &WordList::new(vec![word]), &SEGMENTER, &mut found);
        found.0.into_iter().map(|finding| finding.place.passage.unwrap().quote).collect()
    }

    #[test]
    fn words_are_found_where_they_are_words() {
        assert_eq!(found("积分", &[], "用积分兑换礼品，积分长期有效"), ["积分", "积分"]);
        assert!(found("积分", &[], "样本的累积分布函数").is_empty());
        assert!(found("分子", &[], "表彰积极分子").is_empty());
        assert!(found("女", &[], "我的女儿").is_empty());
        assert!(found("和平", &[], "小王和平常一样来了").is_empty());
        assert_eq!(found("最佳", &[], "评为最佳社区"), ["最佳"]);
    }

    #[test]
    fn a_word_that_no_dictionary_has_is_cut_whole() {
        assert_eq!(found("最牛楼组", &[], "评选最牛楼组活动"), ["最牛楼组"]);
        assert_eq!(found("希望币", &[], "凭希望币领取"), ["希望币"]);
    }

    #[test]
    fn within_an_allowed_expression_a_word_is_fine() {
        assert!(found("最好", &["最好不要"], "雨天最好不要出门").is_empty());
        assert_eq!(found("最好", &["最好不要"], "最好不要去，这里最好"), ["最好"]);
        assert_eq!(found("最好", &["", " "], "这里最好"), ["最好"]);
    }

    #[test]
    fn widths_and_cases_of_letters_do_not_matter() {
        assert_eq!(found("VIP", &[], "ｖｉｐ通道和vip卡"), ["ｖｉｐ", "vip"]);
        assert!(found("AI", &[], "AIDS").is_empty());
        assert_eq!(found("ai", &[], "用AI写作"), ["AI"]);
    }

    #[test]
    fn of_words_within_one_another_the_longest_is_told() {
        let word = |word: &str| Word {
            word: word.into(),
            level: Level::Hint,
            reason: String::new(),
            suggestion: None,
            allowed: Vec::new(),
        };
        let list = WordList::new(vec![word("第一"), word("全国第一"), word(" ")]);
        let mut found = Found::default();
        let texts = [(Place::of(Field::Title), "全国第一，上海第一".chars().collect())];
        check(&texts, &list, &SEGMENTER, &mut found);
        let quotes: Vec<_> =
            found.0.into_iter().map(|finding| finding.place.passage.unwrap().quote).collect();
        assert_eq!(quotes, ["全国第一", "第一"]);
    }
}

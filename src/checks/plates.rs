//! Number plates of vehicles, those of new-energy vehicles included.

use super::numbers::plain;
use super::{Found, Level, Place, Rule, texts};

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/// What may end a plate in place of a letter or digit: coaches, trucks, the police, Hong Kong and Macao.
const ENDINGS: &str = "挂学警港澳";

pub(super) fn check(text: &[char], place: &Place, found: &mut Found) {
    let mut at = 0;
    while at < text.len() {
        let Some(length) = PROVINCES.contains(text[at]).then(|| length(&text[at..])).flatten() else {
            at += 1;
            continue;
        };
        let passage = &text[at..at + length];
        let told = texts::plate();
        let place = place.at(text, at, at + length);
        found.add_with_fix(Rule::Plate, Level::Warning, place, told, Some(mask(passage)));
        at += length;
    }
}

/// How many characters a plate that begins here has.
fn length(text: &[char]) -> Option<usize> {
    let letter = plain(*text.get(1)?);
    if !letter.is_ascii_uppercase() || letter == 'I' {
        return None;
    }
    let mut start = 2;
    if matches!(text.get(2)?, '·' | '•' | '.' | '-' | '－' | ' ' | '\u{a0}' | '\u{3000}') {
        start = 3;
    }
    let serial: Vec<char> = text[start..].iter().take(7).map(|character| plain(*character)).collect();
    let count = serial.iter().take_while(|character| is_serial(**character)).count();
    let goes_on = |end: usize| serial.get(end).is_some_and(char::is_ascii_alphanumeric);
    // A new-energy plate has six, its first or last a letter; then five, or four and a word.
    if count >= 6 && !goes_on(6) && is_new_energy(&serial[..6]) {
        return Some(start + 6);
    }
    if count >= 5 && !goes_on(5) && is_plausible(&serial[..5]) {
        return Some(start + 5);
    }
    let has_ending = serial.get(4).is_some_and(|character| ENDINGS.contains(*character));
    (count == 4 && has_ending && is_plausible(&serial[..4])).then_some(start + 5)
}

/// Plates have no I and no O.
fn is_serial(character: char) -> bool {
    character.is_ascii_digit() || (character.is_ascii_uppercase() && !matches!(character, 'I' | 'O'))
}

/// A word in capitals is no plate: letters are few.
fn is_plausible(serial: &[char]) -> bool {
    serial.iter().filter(|character| character.is_ascii_digit()).count() >= serial.len() - 2
}

fn is_new_energy(serial: &[char]) -> bool {
    let digits = |part: &[char]| part.iter().all(char::is_ascii_digit);
    let small = serial[0].is_ascii_uppercase() && is_serial(serial[1]) && digits(&serial[2..]);
    let large = digits(&serial[..5]) && serial[5].is_ascii_uppercase();
    small || large
}

/// Province, office, and the last two remain.
fn mask(passage: &[char]) -> String {
    let last = passage.len() - 2;
    let is_kept = |index: usize, character: char| {
        index < 2 || index >= last || !plain(character).is_ascii_alphanumeric()
    };
    passage
        .iter()
        .enumerate()
        .map(|(index, character)| if is_kept(index, *character) { *character } else { '*' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Field;

    fn found(text: &str) -> Vec<(String, String)> {
        let characters: Vec<char> = text.chars().collect();
        let mut found = Found::default();
        check(&characters, &Place::of(Field::Body), &mut found);
        let told =
            |finding: crate::checks::Finding| (finding.place.passage.unwrap().quote, finding.fix.unwrap());
        found.0.into_iter().map(told).collect()
    }

    #[test]
    fn plates_are_found_however_they_are_written() {
        let cases = [
            ("请沪A12345的车主挪车", "沪A12345", "沪A***45"),
            ("沪A·12345", "沪A·12345", "沪A·***45"),
            ("浙B-8K6J2", "浙B-8K6J2", "浙B-***J2"),
            ("沪AD12345", "沪AD12345", "沪A****45"),
            ("沪A12345D", "沪A12345D", "沪A****5D"),
            ("粤B·F12345", "粤B·F12345", "粤B·****45"),
            ("沪Ａ１２３４５", "沪Ａ１２３４５", "沪Ａ***４５"),
            ("沪a12b45", "沪a12b45", "沪a***45"),
            ("皖C1234学", "皖C1234学", "皖C***4学"),
            ("车牌：京A88888。", "京A88888", "京A***88"),
        ];
        for (text, quote, fix) in cases {
            assert_eq!(found(text), [(quote.to_owned(), fix.to_owned())], "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_plate_is_not_one() {
        for text in [
            "川A股上市",
            "新APPLE店",
            "沪A1234567",
            "沪A123",
            "云A",
            "新B12",
            "桂I12345",
            "京AO1234O",
            "沪A***45",
            "青COVID19",
            "湘A12345678",
            "甘H",
            "新A12CDE",
            "吉12345",
            "云计算ABCDE",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}

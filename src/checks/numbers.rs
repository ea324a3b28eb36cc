//! Digits as people write them: full-width too, and with spaces, dashes, dots or brackets in between.

/// Digits without anything in between, perhaps with the `X` that ends an ID number.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) digits: String,
}

/// The most characters that may stand between two pieces of one number.
const WIDEST_GAP: usize = 2;

/// The pieces of a text, put together where they may be one number.
pub(super) fn groups(text: &[char]) -> Vec<Vec<Piece>> {
    let mut groups: Vec<Vec<Piece>> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        if digit(text[at]).is_none() {
            at += 1;
            continue;
        }
        let piece = piece(text, at);
        at = piece.end;
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(|last| is_gap(&text[last.end..piece.start])) => {
                group.push(piece)
            }
            _ => groups.push(vec![piece]),
        }
    }
    groups
}

/// The value of a digit of either width.
pub(super) fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_u32(character as u32 - '０' as u32 + '0' as u32),
        _ => None,
    }
}

/// The letter or digit of the basic set that a character stands for, in upper case.
pub(super) fn plain(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(character as u32 - '！' as u32 + '!' as u32)
            .unwrap_or(character)
            .to_ascii_uppercase(),
        other => other.to_ascii_uppercase(),
    }
}

/// What people put between the parts of a number; zero-width characters come along from the web.
pub(super) fn is_separator(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t' | '\u{a0}' | '\u{3000}' | '\u{2002}'..='\u{200d}' | '\u{feff}' | '-' | '\u{2010}'..='\u{2015}' | '−'
            | '－' | '.' | '·' | '•' | '(' | ')' | '（' | '）'
    )
}

fn is_gap(between: &[char]) -> bool {
    (1..=WIDEST_GAP).contains(&between.len()) && between.iter().all(|character| is_separator(*character))
}

fn piece(text: &[char], start: usize) -> Piece {
    let mut digits: String = text[start..].iter().map_while(|character| digit(*character)).collect();
    let mut end = start + digits.len();
    let is_x = text.get(end).is_some_and(|character| plain(*character) == 'X');
    let goes_on = text.get(end + 1).is_some_and(|character| plain(*character).is_ascii_alphanumeric());
    if is_x && !goes_on && digits.len() <= 17 {
        digits.push('X');
        end += 1;
    }
    Piece { start, end, digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<Vec<String>> {
        let text: Vec<char> = text.chars().collect();
        groups(&text).into_iter().map(|group| group.into_iter().map(|piece| piece.digits).collect()).collect()
    }

    #[test]
    fn what_may_be_one_number_is_together() {
        assert_eq!(told("１３８-1234 5678"), [["138", "1234", "5678"]]);
        assert_eq!(told("（021）5678"), [["021", "5678"]]);
        assert_eq!(told("一1二2"), [["1"], ["2"]]);
        assert_eq!(told("12x 34Xy"), [["12X", "34"]]);
        assert_eq!(told("1   2"), [["1"], ["2"]]);
        assert!(told("没有").is_empty());
    }
}

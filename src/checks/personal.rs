//! Personal data that has a form: ID numbers, telephone numbers, bank cards. Each with what can stand in its place.

use super::forms::{is_bank_card, is_day, is_identity, is_mobile, is_old_identity};
use super::numbers::{self, Piece, plain};
use super::{Found, Level, Place, Rule, texts};

/// Telephone numbers that an account gives out itself.
pub(super) struct Contacts(Vec<String>);

impl Contacts {
    pub(super) fn new(numbers: &[&str]) -> Self {
        let of = |number: &&str| -> Vec<String> {
            let characters: Vec<char> = number.chars().collect();
            numbers::groups(&characters)
                .iter()
                .flat_map(|group| {
                    let joined: String = group.iter().map(|piece| piece.digits.as_str()).collect();
                    group.iter().map(|piece| piece.digits.clone()).chain([joined]).collect::<Vec<_>>()
                })
                .filter(|digits| digits.len() >= LEAST_CONTACT)
                .collect()
        };
        Self(numbers.iter().flat_map(of).collect())
    }

    /// With or without the area code.
    fn include(&self, digits: &str) -> bool {
        self.0.iter().any(|own| own.ends_with(digits) || digits.ends_with(own.as_str()))
    }
}

const LEAST_CONTACT: usize = 7;
/// No number that we look for has more parts or digits than this.
const MOST_PIECES: usize = 19;
const MOST_DIGITS: usize = 19;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Identity,
    IdentityOld,
    BankCard,
    Mobile,
    Landline,
}

pub(super) fn check(text: &[char], place: &Place, contacts: &Contacts, found: &mut Found) {
    for group in numbers::groups(text) {
        let mut first = 0;
        while first < group.len() {
            let Some((kind, count)) = recognize(text, &group, first) else {
                first += 1;
                continue;
            };
            let pieces = &group[first..first + count];
            first += count;
            let digits: String = pieces.iter().map(|piece| piece.digits.as_str()).collect();
            let is_telephone = matches!(kind, Kind::Mobile | Kind::Landline);
            if is_telephone && contacts.include(&digits) {
                continue;
            }
            report(text, place, kind, pieces, found);
        }
    }
}

/// The longest number of a kind that begins with this piece.
fn recognize(text: &[char], group: &[Piece], first: usize) -> Option<(Kind, usize)> {
    let mut sums = Vec::with_capacity(MOST_PIECES);
    let mut digits = String::with_capacity(MOST_DIGITS);
    for piece in group[first..].iter().take(MOST_PIECES) {
        if digits.len() + piece.digits.len() > MOST_DIGITS {
            break;
        }
        digits.push_str(&piece.digits);
        sums.push(digits.len());
    }
    (1..=sums.len()).rev().find_map(|count| {
        let pieces = &group[first..first + count];
        if !is_free(text, pieces) {
            return None;
        }
        let shape: Vec<usize> = pieces.iter().map(|piece| piece.digits.len()).collect();
        let is_all = first == 0 && count == group.len();
        kind(text, &digits[..sums[count - 1]], &shape, is_all, pieces[0].start).map(|kind| (kind, count))
    })
}

/// Whether the number stands by itself: not within a code of letters and digits, and not a part of a decimal.
fn is_free(text: &[char], pieces: &[Piece]) -> bool {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return false };
    let before = &text[..first.start];
    let after = &text[last.end..];
    let is_word = |character: &char| plain(*character).is_ascii_alphabetic() || *character == '_';
    let letters: String =
        before.iter().rev().take(9).take_while(|character| is_word(character)).map(|c| plain(*c)).collect();
    // Backwards, as they were collected.
    let is_label = ["", "LET", "ENOHP", "ELIBOM", "BOM", "XAF", "DI"].contains(&letters.as_str());
    let is_decimal = |point: Option<&char>, digit: Option<&char>| {
        point == Some(&'.') && digit.is_some_and(|character| numbers::digit(*character).is_some())
    };
    is_label
        && !after
            .first()
            .is_some_and(|character| is_word(character) || matches!(character, '元' | '万' | '亿' | '%'))
        && !is_decimal(before.last(), before.len().checked_sub(2).map(|index| &before[index]))
        && !is_decimal(after.first(), after.get(1))
}

fn kind(text: &[char], digits: &str, shape: &[usize], is_all: bool, start: usize) -> Option<Kind> {
    // Grouped in a way that people use, or nothing else is there that it could be taken apart into.
    let looks =
        |shapes: &[&[usize]]| shape.len() == 1 || is_all || shapes.contains(&shape) || is_spread(shape);
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_identity(digits) {
        return Some(Kind::Identity);
    }
    if !numeric {
        return None;
    }
    if shape.len() == 1 && is_old_identity(digits) {
        return Some(Kind::IdentityOld);
    }
    if is_bank_card(digits)
        && looks(&[&[4, 4, 4, 4], &[4, 4, 4, 4, 1], &[4, 4, 4, 4, 2], &[4, 4, 4, 4, 3], &[6, 13]])
    {
        return Some(Kind::BankCard);
    }
    if is_mobile(digits)
        && looks(&[&[3, 4, 4], &[3, 8], &[4, 3, 4], &[4, 4, 3], &[5, 6], &[7, 4], &[3, 3, 5], &[2, 3, 3, 3]])
    {
        return Some(Kind::Mobile);
    }
    if shape.len() == 1 && is_prefixed_mobile(text, digits, start) {
        return Some(Kind::Mobile);
    }
    is_landline(text, digits, shape, start).then_some(Kind::Landline)
}

/// Digit by digit, as in a form.
fn is_spread(shape: &[usize]) -> bool {
    shape.iter().all(|length| *length == 1)
}

/// With a country code written to it, or the zero of long-distance calls.
fn is_prefixed_mobile(text: &[char], digits: &str, start: usize) -> bool {
    let after = |prefix: &str| digits.strip_prefix(prefix).is_some_and(is_mobile);
    let has_plus = start > 0 && matches!(text[start - 1], '+' | '＋');
    after("0086") || after("0") || (has_plus && after("86"))
}

/// Area code and number; without an area code only where a word before it says that it is a telephone number.
fn is_landline(text: &[char], digits: &str, shape: &[usize], start: usize) -> bool {
    let is_number = |number: &str, length: std::ops::RangeInclusive<usize>| {
        length.contains(&number.len()) && matches!(number.as_bytes()[0], b'2'..=b'8')
    };
    if digits.starts_with('0') {
        let area = if matches!(digits.as_bytes().get(1), Some(b'1' | b'2')) { 3 } else { 4 };
        let lengths = if area == 3 { 8..=8 } else { 7..=8 };
        let is_area = matches!(digits.as_bytes().get(1), Some(b'2'..=b'9')) || digits.starts_with("010");
        let is_shaped = shape.len() == 1 || (shape[0] == area && shape.len() <= 3);
        return is_area && is_shaped && digits.len() > area && is_number(&digits[area..], lengths);
    }
    let is_shaped = matches!(shape, [7 | 8] | [4, 4] | [3, 4]);
    is_shaped
        && is_number(digits, 7..=8)
        && !(digits.len() == 8 && is_day(digits))
        && is_announced(&text[..start])
}

fn is_announced(before: &[char]) -> bool {
    let near: String =
        before[before.len().saturating_sub(8)..].iter().map(|character| plain(*character)).collect();
    ["电话", "座机", "热线", "固话", "TEL", "致电", "拨打", "垂询", "传真"]
        .iter()
        .any(|word| near.contains(word))
}

fn report(text: &[char], place: &Place, kind: Kind, pieces: &[Piece], found: &mut Found) {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
    let digits: usize = pieces.iter().map(|piece| piece.digits.len()).sum();
    let (rule, level, kept, told) = match kind {
        Kind::Identity => (Rule::Identity, Level::Error, (3, 4), texts::identity()),
        Kind::IdentityOld => (Rule::IdentityOld, Level::Warning, (3, 3), texts::identity_old()),
        Kind::BankCard => (Rule::BankCard, Level::Error, (4, 4), texts::bank_card()),
        Kind::Mobile => (Rule::Mobile, Level::Error, (digits - 8, 4), texts::mobile()),
        Kind::Landline => (Rule::Landline, Level::Warning, (digits - 4, 0), texts::landline()),
    };
    let fix = mask(&text[first.start..last.end], digits, kept);
    let place = place.at(text, first.start, last.end);
    found.add_with_fix(rule, level, place, told, Some(fix));
}

/// The passage with its digits starred but for so many at both ends; what stands between them stays.
fn mask(passage: &[char], digits: usize, (front, back): (usize, usize)) -> String {
    let mut seen = 0;
    passage
        .iter()
        .map(|character| {
            let counts = numbers::digit(*character).is_some() || plain(*character) == 'X';
            if !counts {
                return *character;
            }
            seen += 1;
            if seen <= front || seen > digits - back { *character } else { '*' }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Field;

    fn found(text: &str) -> Vec<(Rule, String, String)> {
        let characters: Vec<char> = text.chars().collect();
        let mut found = Found::default();
        check(&characters, &Place::of(Field::Body), &Contacts::new(&[]), &mut found);
        let told = |finding: crate::checks::Finding| {
            (finding.rule, finding.place.passage.unwrap().quote, finding.fix.unwrap())
        };
        found.0.into_iter().map(told).collect()
    }

    #[test]
    fn personal_data_is_found_however_it_is_written() {
        let cases = [
            (Rule::Identity, "张三310101199003070019男", "310101199003070019", "310***********0019"),
            (Rule::Identity, "310101 19900307 0019", "310101 19900307 0019", "310*** ******** 0019"),
            (Rule::Identity, "11010519491231002X", "11010519491231002X", "110***********002X"),
            (Rule::Identity, "11010519491231002x，", "11010519491231002x", "110***********002x"),
            (
                Rule::Identity,
                "１１０１０５１９４９１２３１００２Ｘ",
                "１１０１０５１９４９１２３１００２Ｘ",
                "１１０***********００２Ｘ",
            ),
            (Rule::IdentityOld, "旧证310101900307001。", "310101900307001", "310*********001"),
            (Rule::Mobile, "电话13812345678", "13812345678", "138****5678"),
            (Rule::Mobile, "138 1234 5678", "138 1234 5678", "138 **** 5678"),
            (Rule::Mobile, "138-1234-5678", "138-1234-5678", "138-****-5678"),
            (Rule::Mobile, "138－1234－5678", "138－1234－5678", "138－****－5678"),
            (Rule::Mobile, "１３８１２３４５６７８", "１３８１２３４５６７８", "１３８****５６７８"),
            (Rule::Mobile, "1 3 8 1 2 3 4 5 6 7 8", "1 3 8 1 2 3 4 5 6 7 8", "1 3 8 * * * * 5 6 7 8"),
            (Rule::Mobile, "+86 13812345678", "13812345678", "138****5678"),
            (Rule::Mobile, "+8613812345678", "8613812345678", "86138****5678"),
            (Rule::Mobile, "013812345678", "013812345678", "0138****5678"),
            (Rule::Mobile, "Tel13812345678", "13812345678", "138****5678"),
            (
                Rule::Mobile,
                "138\u{200b}1234\u{200b}5678",
                "138\u{200b}1234\u{200b}5678",
                "138\u{200b}****\u{200b}5678",
            ),
            (Rule::Landline, "021-56781234", "021-56781234", "021-5678****"),
            (Rule::Landline, "（021）56781234", "021）56781234", "021）5678****"),
            (Rule::Landline, "0512-6512345", "0512-6512345", "0512-651****"),
            (Rule::Landline, "02156781234", "02156781234", "0215678****"),
            (Rule::Landline, "联系电话：56781234", "56781234", "5678****"),
            (Rule::Landline, "热线 5678 1234", "5678 1234", "5678 ****"),
            (Rule::BankCard, "卡号6222021234567894", "6222021234567894", "6222********7894"),
            (Rule::BankCard, "6222 0212 3456 7894", "6222 0212 3456 7894", "6222 **** **** 7894"),
            (Rule::BankCard, "4111111111111111", "4111111111111111", "4111********1111"),
        ];
        for (rule, text, quote, fix) in cases {
            assert_eq!(found(text), [(rule, quote.to_owned(), fix.to_owned())], "{text}");
        }
    }

    #[test]
    fn several_numbers_in_a_row_are_several_findings() {
        let quotes: Vec<String> =
            found("13812345678 13912345678/021-56781234-8001、2025-11-25 138 1234 5678")
                .into_iter()
                .map(|(_, quote, _)| quote)
                .collect();
        assert_eq!(quotes, ["13812345678", "13912345678", "021-56781234", "138 1234 5678"]);
    }

    #[test]
    fn what_only_looks_like_personal_data_is_not_found() {
        for text in [
            // A wrong check digit, an impossible day, no such province; one digit more or fewer.
            "310101199003070010",
            "310101199013070012",
            "990101199003070015",
            "3101011990030700192",
            "31010119900307001",
            "310***********0011",
            // Numbers of other things.
            "138123456789",
            "1381234567",
            "12812345678",
            "15412345678",
            "16012345678",
            "订单SH13812345678",
            "13812345678A",
            "0.13812345678",
            "13812345678.50",
            "1.13812345678",
            "13812345678元",
            "13812345678万",
            "138****5678",
            "1700000000123",
            "20251125123456789012",
            "91310000132212345X",
            "12310115MB2F30337X",
            "6222021234567895",
            "62220212345678",
            "9999999999999999",
            "6222****7894",
            // Short and service numbers.
            "110、119、120、12345",
            "400-820-8820",
            "4008208820",
            "95588",
            "800-820-8820",
            "021-12345",
            // Dates, times, years, money, document numbers, addresses.
            "2025年11月25日9:00—11:30",
            "2023-2024",
            "2025-11-25 09:00-11:30",
            "2025.11.25",
            "沪府发〔2025〕12号",
            "12-3-501室",
            "1,234,567.89元",
            "56781234",
            "共56781234元",
            "电话预约时间：20251125",
            "192.168.1.1",
            "121.4737,31.2304",
            "GB/T 22239-2019",
            "031-56781234",
            "0211-5678123",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn own_numbers_are_known_with_and_without_the_area_code() {
        let contacts = Contacts::new(&["（021）5678 1234", "13800138000", "110"]);
        for number in ["02156781234", "56781234", "13800138000"] {
            assert!(contacts.include(number), "{number}");
        }
        for number in ["02156781235", "13800138001", "13812345110"] {
            assert!(!contacts.include(number), "{number}");
        }
    }
}

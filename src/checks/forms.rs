//! Numbers that carry their own proof: which digits can be an ID number, a bank card, a mobile number, a day.

use chrono::NaiveDate;

/// GB 11643: region, day of birth, and a check digit by ISO 7064 MOD 11-2.
pub(super) fn is_identity(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    if bytes.len() != 18 || !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    bytes[17] == b"10X98765432"[(sum % 11) as usize] && is_region(digits) && is_day(&digits[6..14])
}

/// The form before 1999: a year of two digits and no check digit.
pub(super) fn is_old_identity(digits: &str) -> bool {
    digits.len() == 15 && is_region(digits) && is_day(&format!("19{}", &digits[6..12]))
}

fn is_region(digits: &str) -> bool {
    let province: u8 = digits[..2].parse().unwrap_or(0);
    matches!(province, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
}

pub(super) fn is_day(digits: &str) -> bool {
    let part = |range: std::ops::Range<usize>| digits[range].parse::<u32>().unwrap_or(0);
    let year = part(0..4);
    (1900..=2099).contains(&year) && NaiveDate::from_ymd_opt(year as i32, part(4..6), part(6..8)).is_some()
}

/// The beginnings under which cards are given out in China, and Luhn's check digit.
pub(super) fn is_bank_card(digits: &str) -> bool {
    let length = digits.len();
    let begins = |prefix: &str| digits.starts_with(prefix);
    let second = digits.as_bytes().get(1).copied().unwrap_or(0);
    let is_issued = match length {
        16 => {
            begins("62")
                || begins("4")
                || begins("35")
                || (begins("5") && (b'1'..=b'5').contains(&second))
                || begins("60")
        }
        17 | 18 => begins("62"),
        19 => begins("62") || begins("4") || begins("9558") || begins("9559") || begins("60"),
        _ => false,
    };
    is_issued && is_luhn(digits)
}

fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let value = u32::from(byte - b'0');
            match index % 2 {
                0 => value,
                _ if value > 4 => value * 2 - 9,
                _ => value * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

pub(super) fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11
        && bytes[0] == b'1'
        && match bytes[1] {
            b'3' | b'8' | b'9' => true,
            b'4' => (b'4'..=b'9').contains(&bytes[2]),
            b'5' => bytes[2] != b'4',
            b'6' => matches!(bytes[2], b'2' | b'5' | b'6' | b'7'),
            b'7' => bytes[2] != b'9',
            _ => false,
        }
}

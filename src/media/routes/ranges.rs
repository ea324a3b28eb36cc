//! A part of a file, as players of sound ask for it: phones of Apple play nothing that cannot be had in parts.

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// What of a file is to be sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// These bytes of it.
    Of(Range<u64>),
    /// A part that it does not have.
    Beyond,
}

/// Which part a request asks for. Of several parts at once, and of anything unclear, it gets the whole, which is
/// always right.
pub(super) fn asked_for(headers: &HeaderMap, etag: &str, size: u64) -> Part {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // Whoever has the beginning of something else must not get the end of this.
    let is_same = headers.get(header::IF_RANGE).is_none_or(|known| known == etag);
    match text(header::RANGE).filter(|_| is_same) {
        Some(range) => part_of(range, size),
        None => Part::Whole,
    }
}

fn part_of(range: &str, size: u64) -> Part {
    let asked = range.split_once('=').filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"));
    let asked = asked.and_then(|(_, asked)| asked.trim().split_once('-'));
    let number = |text: &str| {
        let is_one = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // One with more digits than fit lies behind every end.
        is_one.then(|| text.parse().unwrap_or(u64::MAX))
    };
    let (start, end) = match asked {
        Some((start, "")) => (number(start), Some(u64::MAX)),
        Some(("", last)) => match number(last) {
            Some(0) => return Part::Beyond,
            last => (last.map(|last| size.saturating_sub(last)), Some(u64::MAX)),
        },
        Some((start, end)) => (number(start), number(end)),
        None => (None, None),
    };
    match (start, end) {
        (Some(start), Some(end)) if start > end => Part::Whole,
        (Some(start), Some(_)) if start >= size => Part::Beyond,
        (Some(start), Some(end)) => Part::Of(start..end.saturating_add(1).min(size)),
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_given_as_it_was_asked_for() {
        let cases = [
            ("bytes=0-1", Part::Of(0..2)),
            ("bytes=0-", Part::Of(0..100)),
            ("Bytes = 10-19", Part::Of(10..20)),
            ("bytes=90-999", Part::Of(90..100)),
            ("bytes=0-99999999999999999999999", Part::Of(0..100)),
            ("bytes=-10", Part::Of(90..100)),
            ("bytes=-1000", Part::Of(0..100)),
            ("bytes=100-", Part::Beyond),
            ("bytes=99999999999999999999999-", Part::Beyond),
            ("bytes=-0", Part::Beyond),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("", Part::Whole),
        ];
        for (range, part) in cases {
            assert_eq!(part_of(range, 100), part, "{range}");
        }
    }
}

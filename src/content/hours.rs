//! Opening hours as one line that people read, such as `周一至周五9:00–11:30、13:30–17:00`. The console puts it together
//! from days and times; here it is checked that every span of times in it can be.

use std::fmt;

/// A span that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No time of day.
    NoTime(String),
    /// It ends when it begins, or before.
    Backwards(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTime(time) => write!(f, "names `{time}`, which is no time of day"),
            Self::Backwards(span) => write!(f, "has the span `{span}`, which ends before it begins"),
        }
    }
}

/// Looks at every `9:00–17:00` in a line, with dashes and colons of any width; other words are let pass. Over midnight
/// one writes `22:00–次日6:00`.
///
/// # Errors
/// The first span that cannot be.
pub fn check(line: &str) -> Result<(), Fault> {
    let characters: Vec<char> = line.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        let Some((from, after)) = time(&characters, at) else {
            at += 1;
            continue;
        };
        let from_minutes = minutes(&from).ok_or_else(|| Fault::NoTime(from.clone()))?;
        let dash = characters.get(after).is_some_and(|character| "–—-－~～至到".contains(*character));
        let Some((to, end)) = dash.then(|| time(&characters, after + 1)).flatten() else {
            at = after;
            continue;
        };
        let to_minutes = minutes(&to).ok_or_else(|| Fault::NoTime(to.clone()))?;
        if to_minutes <= from_minutes {
            return Err(Fault::Backwards(format!("{from}–{to}")));
        }
        at = end;
    }
    Ok(())
}

/// The digits, colon and digits that begin at a place, and where they end.
fn time(characters: &[char], at: usize) -> Option<(String, usize)> {
    let digits =
        |from: usize| characters[from..].iter().take_while(|character| character.is_ascii_digit()).count();
    if at >= characters.len() || (at > 0 && characters[at - 1].is_ascii_digit()) {
        return None;
    }
    let hours = digits(at);
    let colon = at + hours;
    if hours == 0 || !characters.get(colon).is_some_and(|character| ":：".contains(*character)) {
        return None;
    }
    let end = colon + 1 + digits(colon + 1);
    (end > colon + 1).then(|| (characters[at..end].iter().collect::<String>().replace('：', ":"), end))
}

fn minutes(time: &str) -> Option<u32> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_time = hours < 24 && minutes < 60 || (hours, minutes) == (24, 0);
    is_time.then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_people_write_are_let_pass() {
        for line in [
            "24小时",
            "每天9:00–17:00",
            "周一至周五9:00–11:30、13:30–17:00",
            "周二至周日9：00－20：30，周一整理",
            "午餐10:45–12:30，晚餐16:30–18:00",
            "以窗口公布的时间为准",
            "每天0:00–24:00",
            "22:00–次日6:00",
            "请打021-5555",
        ] {
            assert_eq!(check(line), Ok(()), "{line}");
        }
    }

    #[test]
    fn a_span_that_cannot_be_is_named() {
        assert_eq!(check("每天9:00–25:00"), Err(Fault::NoTime("25:00".into())));
        assert_eq!(check("9:61"), Err(Fault::NoTime("9:61".into())));
        assert_eq!(check("周一17：00-9：00"), Err(Fault::Backwards("17:00–9:00".into())));
        assert_eq!(check("123456789012:00"), Err(Fault::NoTime("123456789012:00".into())));
    }
}

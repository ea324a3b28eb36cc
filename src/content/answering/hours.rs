//! When a rule answers: windows of days and times in Shanghai, also over midnight.

use chrono::{Datelike, Timelike};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;

const MAX_WINDOWS: usize = 10;
const DAY_MINUTES: u16 = 24 * 60;

/// From a time until another, on some days. Who gives no window means always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AnswerWindow)]
pub struct Window {
    /// The days on which it begins: 1 is Monday and 7 is Sunday.
    pub days: Vec<u8>,
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`; not later than `from` means on the next day, and `24:00` is the end of the day.
    pub until: String,
}

/// Windows, ready to be asked without work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours(Vec<Ready>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ready {
    /// Bit 0 is Monday.
    days: u8,
    from: u16,
    /// More than a day's minutes when it lies on the next day.
    until: u16,
}

/// A minute of the week in Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// 0 is Monday.
    day: u8,
    minute: u16,
}

impl Moment {
    pub fn of(now: Timestamp) -> Self {
        let local = now.in_shanghai();
        Self {
            day: local.weekday().num_days_from_monday() as u8,
            minute: (local.hour() * 60 + local.minute()) as u16,
        }
    }
}

impl Hours {
    /// # Errors
    /// With what is wrong, in Chinese.
    pub fn parse(windows: &[Window]) -> Result<Self, String> {
        if windows.len() > MAX_WINDOWS {
            return Err(format!("最多 {MAX_WINDOWS} 个时段，现在有 {} 个。", windows.len()));
        }
        windows.iter().map(Window::ready).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the rule answers at a moment.
    pub fn is_open(&self, at: Moment) -> bool {
        self.0.is_empty() || self.0.iter().any(|window| window.holds(at))
    }

    /// Whether there is a window at all.
    pub fn is_always(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every moment of these is one of the others.
    pub fn is_within(&self, others: &Self) -> bool {
        every_minute().filter(|moment| self.is_open(*moment)).all(|moment| others.is_open(moment))
    }
}

impl Ready {
    fn holds(self, at: Moment) -> bool {
        let has = |day: u8| self.days & (1 << day) != 0;
        let yesterday = (at.day + 6) % 7;
        (has(at.day) && (self.from..self.until).contains(&at.minute))
            || (has(yesterday) && (self.from..self.until).contains(&(at.minute + DAY_MINUTES)))
    }
}

impl Window {
    fn ready(&self) -> Result<Ready, String> {
        if self.days.is_empty() {
            return Err("每个时段至少要选一天。".into());
        }
        if self.days.iter().any(|day| !(1..=7).contains(day)) {
            return Err("星期应为 1（周一）到 7（周日）。".into());
        }
        let (from, until) = (minutes(&self.from), minutes(&self.until));
        let (Some(from), Some(until)) = (from.filter(|from| *from < DAY_MINUTES), until) else {
            return Err("时间应写成 09:00 这样。".into());
        };
        if from == until {
            return Err("开始和结束是同一时间，这个时段是空的；全天请写 00:00 到 24:00。".into());
        }
        let until = if until < from { until + DAY_MINUTES } else { until };
        Ok(Ready { days: self.days.iter().fold(0, |days, day| days | (1 << (day - 1))), from, until })
    }

    /// As a content file writes it: `1-5 09:00-17:30` or `6,7 22:00-06:00`.
    pub(in crate::content) fn to_line(&self) -> String {
        let days: Vec<String> = self.days.iter().map(u8::to_string).collect();
        format!("{} {}-{}", days.join(","), self.from, self.until)
    }

    /// Reads what [`Window::to_line`] writes.
    pub(in crate::content) fn from_line(line: &str) -> Option<Self> {
        let (days, times) = line.trim().split_once(' ')?;
        let (from, until) = times.trim().split_once('-')?;
        let mut list = Vec::new();
        for part in days.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last): (u8, u8) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            if !(1..=7).contains(&first) || !(first..=7).contains(&last) {
                return None;
            }
            list.extend(first..=last);
        }
        Some(Self { days: list, from: from.trim().into(), until: until.trim().into() })
    }
}

fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let is_number = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= DAY_MINUTES).then_some(total)
}

fn every_minute() -> impl Iterator<Item = Moment> {
    (0..7).flat_map(|day| (0..DAY_MINUTES).map(move |minute| Moment { day, minute }))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn window(days: &[u8], from: &str, until: &str) -> Window {
        Window { days: days.to_vec(), from: from.into(), until: until.into() }
    }

    /// The second of November 2026 is a Monday.
    fn at(day: u32, hour: u32, minute: u32) -> Moment {
        let date = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        Moment::of(Timestamp::from_shanghai(date.and_hms_opt(hour, minute, 59).unwrap()))
    }

    #[test]
    fn a_window_holds_from_its_first_minute_to_before_its_last() {
        let hours = Hours::parse(&[window(&[1, 2, 3, 4, 5], "09:00", "17:30")]).unwrap();
        for (moment, expected) in [
            (at(2, 8, 59), false),
            (at(2, 9, 0), true),
            (at(6, 17, 29), true),
            (at(6, 17, 30), false),
            (at(7, 12, 0), false),
        ] {
            assert_eq!(hours.is_open(moment), expected, "{moment:?}");
        }
        assert!(Hours::default().is_open(at(8, 3, 0)), "no window means always");
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let hours = Hours::parse(&[window(&[7], "22:00", "06:00")]).unwrap();
        for (moment, expected) in [
            (at(8, 21, 59), false),
            (at(8, 22, 0), true),
            (at(9, 0, 0), true),
            (at(9, 5, 59), true),
            (at(9, 6, 0), false),
            (at(8, 3, 0), false),
            (at(9, 22, 0), false),
        ] {
            assert_eq!(hours.is_open(moment), expected, "{moment:?}");
        }
        let whole = Hours::parse(&[window(&[1, 2, 3, 4, 5, 6, 7], "00:00", "24:00")]).unwrap();
        assert!(every_minute().all(|moment| whole.is_open(moment)));
        assert!(Hours::default().is_within(&whole) && hours.is_within(&whole) && !whole.is_within(&hours));
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for bad in [
            window(&[], "09:00", "10:00"),
            window(&[0], "09:00", "10:00"),
            window(&[8], "09:00", "10:00"),
            window(&[1], "9:00", "10:00"),
            window(&[1], "09:00", "24:01"),
            window(&[1], "09:60", "10:00"),
            window(&[1], "24:00", "01:00"),
            window(&[1], "09:00", "09:00"),
            window(&[1], "+9:00", "10:00"),
        ] {
            assert!(Hours::parse(std::slice::from_ref(&bad)).is_err(), "{bad:?}");
        }
        assert!(Hours::parse(&vec![window(&[1], "09:00", "10:00"); 11]).is_err());
    }

    #[test]
    fn a_line_of_a_file_is_a_window() {
        assert_eq!(Window::from_line("1-3,6 22:00-06:00"), Some(window(&[1, 2, 3, 6], "22:00", "06:00")));
        let nights = window(&[6, 7], "22:00", "06:00");
        assert_eq!(Window::from_line(&nights.to_line()), Some(nights));
        for bad in ["", "mon 09:00-10:00", "0 09:00-10:00", "5-2 09:00-10:00", "1-200 09:00-10:00", "1 09:00"]
        {
            assert_eq!(Window::from_line(bad), None, "{bad}");
        }
    }
}

//! Events as a calendar: what comes under the day on which it starts, and what is over.

use serde::Serialize;

use super::texts;
use super::views::EventRow;
use crate::clock::Timestamp;

/// What starts on one day.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Day<'a> {
    pub(super) heading: String,
    pub(super) rows: Vec<Entry<'a>>,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Entry<'a> {
    pub(super) slug: &'a str,
    pub(super) title: &'a str,
    pub(super) venue: &'a str,
    pub(super) starts_at: i64,
    pub(super) time: String,
}

/// What is not over yet, the soonest first; what began on an earlier day stands first of all.
pub(super) fn upcoming(rows: &[EventRow], now: Timestamp) -> Vec<Day<'_>> {
    let mut coming: Vec<&EventRow> = rows.iter().filter(|row| row.ends_at >= now.millis()).collect();
    coming.sort_by_key(|row| row.starts_at);
    let today = now.shanghai_date();
    let mut days: Vec<Day<'_>> = Vec::new();
    for row in coming {
        let day = Timestamp::from_millis(row.starts_at).shanghai_date();
        let heading = if day < today { texts::UNDER_WAY.into() } else { texts::day_heading(day, today) };
        let entry = entry(row, hours(row));
        match days.last_mut().filter(|last| last.heading == heading) {
            Some(last) => last.rows.push(entry),
            None => days.push(Day { heading, rows: vec![entry] }),
        }
    }
    days
}

/// What is over, the latest first.
pub(super) fn past(rows: &[EventRow], now: Timestamp) -> Vec<Entry<'_>> {
    let mut over: Vec<&EventRow> = rows.iter().filter(|row| row.ends_at < now.millis()).collect();
    over.sort_by_key(|row| std::cmp::Reverse(row.starts_at));
    over.into_iter().map(|row| entry(row, span(row))).collect()
}

/// When it is, in full.
pub(super) fn span(event: &EventRow) -> String {
    texts::span(local(event.starts_at), local(event.ends_at))
}

/// Whether it is still to come, for its label.
pub(super) fn state(event: &EventRow, now: Timestamp) -> String {
    if event.ends_at < now.millis() {
        return texts::EVENT_OVER.into();
    }
    if event.starts_at <= now.millis() {
        return texts::UNDER_WAY.into();
    }
    let day = Timestamp::from_millis(event.starts_at).shanghai_date();
    texts::days_until((day - now.shanghai_date()).num_days())
}

fn entry(row: &EventRow, time: String) -> Entry<'_> {
    Entry { slug: &row.slug, title: &row.title, venue: &row.venue, starts_at: row.starts_at, time }
}

fn hours(row: &EventRow) -> String {
    texts::hours(local(row.starts_at), local(row.ends_at))
}

fn local(millis: i64) -> chrono::NaiveDateTime {
    Timestamp::from_millis(millis).in_shanghai().naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        Timestamp::from_shanghai(text.parse().unwrap())
    }

    fn event(slug: &str, starts: &str, ends: &str) -> EventRow {
        let (starts_at, ends_at) = (moment(starts).millis(), moment(ends).millis());
        EventRow { slug: slug.into(), title: slug.into(), starts_at, ends_at, venue: "广场".into() }
    }

    #[test]
    fn events_stand_under_their_days_and_those_that_are_over_apart() {
        let rows = [
            event("later", "2026-12-06T09:00:00", "2026-12-06T10:00:00"),
            event("over", "2026-12-04T09:00:00", "2026-12-04T10:00:00"),
            event("evening", "2026-12-05T19:00:00", "2026-12-05T20:30:00"),
            event("long", "2026-12-01T09:00:00", "2026-12-31T17:00:00"),
            event("morning", "2026-12-05T08:00:00", "2026-12-05T10:00:00"),
            event("long-over", "2025-12-05T08:00:00", "2025-12-05T10:00:00"),
        ];
        let now = moment("2026-12-05T09:00:00");
        let days: Vec<(String, Vec<&str>)> = upcoming(&rows, now)
            .into_iter()
            .map(|day| (day.heading, day.rows.iter().map(|entry| entry.slug).collect()))
            .collect();
        let expected = [
            ("正在进行".to_owned(), vec!["long"]),
            ("今天，12月5日，周六".to_owned(), vec!["morning", "evening"]),
            ("明天，12月6日，周日".to_owned(), vec!["later"]),
        ];
        assert_eq!(days, expected);
        assert_eq!(
            past(&rows, now).iter().map(|entry| entry.slug).collect::<Vec<_>>(),
            ["over", "long-over"]
        );
    }

    #[test]
    fn an_event_says_how_far_off_it_is() {
        let event = event("e", "2026-12-05T00:30:00", "2026-12-05T02:00:00");
        assert_eq!(state(&event, moment("2026-11-30T23:59:00")), "还有5天");
        assert_eq!(state(&event, moment("2026-12-04T23:59:00")), "明天");
        assert_eq!(state(&event, moment("2026-12-05T00:00:00")), "今天");
        assert_eq!(state(&event, moment("2026-12-05T01:00:00")), "正在进行");
        assert_eq!(state(&event, moment("2026-12-05T02:01:00")), "已经结束");
    }
}

//! What to answer: a pure function of what the account tells, what was pushed, and the time.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::snapshot::Snapshot;
use super::{cards, nearby, texts, words};
use crate::clock::Timestamp;
use crate::content::{AnswerKind, Rule, Section, SectionKind};
use crate::wechat::reply::{self, Article, MAX_TEXT_BYTES, Text};
use crate::wechat::{Capability, Event, Inbound, Kind, Message, Reply};

/// So many characters of what a resident wrote are said back.
const ECHO_CHARS: usize = 30;
const ECHO_BYTES: usize = 2_000;
const NEAREST: usize = 3;
/// Who is farther from every place than this is not in the community.
const FAR_METERS: f64 = 50_000.0;
/// What WeChat sends in place of a sticker or another message that it does not pass on (§2).
const NOT_SHOWN: &str = "【收到不支持的消息类型，暂无法显示】";
/// Longer questions are matched by their beginning: WeChat's clients send at most 600 characters.
const QUESTION_CHARS: usize = 1_000;

/// The answer to a push; none means silence. A bug in deciding becomes a plain sentence, never an error,
/// since WeChat would show the resident its own.
pub(super) fn decide(snapshot: &Snapshot, push: &Inbound, now: Timestamp) -> Option<Reply> {
    guarded(|| answer(snapshot, push, now))
}

fn guarded(decide: impl FnOnce() -> Option<Reply>) -> Option<Reply> {
    catch_unwind(AssertUnwindSafe(decide)).unwrap_or_else(|_| {
        tracing::error!("deciding on an answer panicked; the resident gets an apology");
        say(texts::TROUBLE)
    })
}

fn answer(snapshot: &Snapshot, push: &Inbound, now: Timestamp) -> Option<Reply> {
    match &push.kind {
        Kind::Message { message, .. } => to_message(snapshot, message, now),
        Kind::Event(event) => to_event(snapshot, event, now),
        Kind::Other { .. } => None,
    }
}

fn to_message(snapshot: &Snapshot, message: &Message, now: Timestamp) -> Option<Reply> {
    match message {
        Message::Text { content, menu_id } => to_text(snapshot, content, menu_id.as_deref(), now),
        Message::Location { latitude, longitude, .. } => say(&near(snapshot, *latitude, *longitude)),
        // What the platform recognized in a voice is asked like a text; it sends that seldom (§2.3).
        Message::Voice { recognition: Some(heard), .. } if !words::normalize(heard).is_empty() => {
            to_text(snapshot, heard, None, now)
        }
        Message::Voice { .. } => say(texts::VOICE),
        Message::Image { .. } => say(texts::PICTURE),
        Message::Video { .. } | Message::ShortVideo { .. } => say(texts::VIDEO),
        Message::Link { .. } => say(texts::LINK),
        Message::MiniProgramPage { .. } => say(texts::UNSUPPORTED),
        // A kind that the platform added: acknowledged, as it asks (§2.8).
        Message::Other { .. } => None,
    }
}

fn to_event(snapshot: &Snapshot, event: &Event, now: Timestamp) -> Option<Reply> {
    match event {
        Event::Subscribe { .. } => {
            let has_menu = snapshot.account.can(Capability::CustomMenu);
            say(&texts::welcome(&snapshot.account.name, &numbered_menu(snapshot), has_menu))
        }
        Event::Scan { .. } => say(&menu(snapshot)),
        Event::Click { key, .. } => match snapshot.section(key) {
            Some(section) => news(cards::section_with_items(snapshot, section, now)),
            None => say(&texts::dead_key(&numbered_menu(snapshot))),
        },
        Event::ScanCodeWait { result, .. } => say(&texts::scanned(&echo(result))),
        // All others are notices that want no answer; to leavers nothing can be said.
        _ => None,
    }
}

fn to_text(snapshot: &Snapshot, content: &str, menu_id: Option<&str>, now: Timestamp) -> Option<Reply> {
    if content.contains(NOT_SHOWN) {
        return say(texts::UNSUPPORTED);
    }
    if words::is_question_mark(content) {
        return say(&menu(snapshot));
    }
    let content: String = content.chars().take(QUESTION_CHARS).collect();
    let question = words::normalize(&content);
    let tapped = menu_id.and_then(|id| snapshot.section(id));
    if tapped.is_none() && (question.is_empty() || texts::HELP.contains(&question.as_str())) {
        return say(&menu(snapshot));
    }
    if let Some(section) = tapped.or_else(|| named(snapshot, &question)) {
        return news(vec![cards::section(snapshot, section)]);
    }
    let by_rule = snapshot.rules.iter().filter(|rule| rule.fires(&question));
    if let Some(reply) = by_rule.filter_map(|rule| by_rule_answer(snapshot, &rule.item, now)).next() {
        return Some(reply);
    }
    if let Some(headline) = snapshot.headline_named_in(&question, now) {
        return news(vec![cards::article(snapshot, headline)]);
    }
    if let Some(section) = longest(&snapshot.sections, &question) {
        return news(vec![cards::section(snapshot, section)]);
    }
    say(&not_found(snapshot, &content))
}

/// The section of that number, name or alias.
fn named<'a>(snapshot: &'a Snapshot, question: &str) -> Option<&'a Section> {
    let number = words::number(question);
    let sections = &snapshot.sections;
    let by_number = sections.iter().find(|section| Some(section.item.number) == number);
    let by_name = || sections.iter().find(|section| section.names.iter().any(|name| name == question));
    by_number.or_else(by_name).map(|section| &section.item)
}

/// Of what is named in a question, the one with the longest name; of equals the first.
fn longest<'a, T>(items: &'a [super::snapshot::Named<T>], question: &str) -> Option<&'a T> {
    let mut best: Option<(usize, &T)> = None;
    for named in items {
        if let Some(length) = named.longest_in(question)
            && best.is_none_or(|(longest, _)| length > longest)
        {
            best = Some((length, &named.item));
        }
    }
    best.map(|(_, item)| item)
}

/// None when what the rule leads to is gone or not current: then the next rule has its turn.
fn by_rule_answer(snapshot: &Snapshot, rule: &Rule, now: Timestamp) -> Option<Reply> {
    match rule.answer_kind {
        AnswerKind::Text => {
            let whole = format!("{}/answers/{}", snapshot.pages, rule.slug);
            say(&shortened(&rule.answer, &whole))
        }
        AnswerKind::Section => {
            snapshot.section(&rule.answer).and_then(|section| news(vec![cards::section(snapshot, section)]))
        }
        AnswerKind::Article => {
            let mut current = snapshot.headlines.iter().filter(|headline| headline.is_current(now));
            let headline = current.find(|headline| headline.slug == rule.answer)?;
            news(vec![cards::article(snapshot, headline)])
        }
    }
}

fn near(snapshot: &Snapshot, latitude: f64, longitude: f64) -> String {
    let found = nearby::nearest(&snapshot.places, latitude, longitude, NEAREST);
    let map = snapshot.sections.iter().find(|section| section.item.kind == SectionKind::Map);
    let url = map.map(|section| format!("{}/s/{}", snapshot.pages, section.item.slug));
    match found.first() {
        None => return texts::NO_PLACES.into(),
        Some((_, meters)) if *meters > FAR_METERS => return texts::far_away(url.as_deref()),
        Some(_) => (),
    }
    let mut parts = vec![texts::NEAREST.to_owned()];
    for (number, (place, meters)) in found.into_iter().enumerate() {
        let distance = texts::distance(meters);
        let (phone, hours) = (place.phone.as_deref(), place.hours.as_deref());
        parts.push(texts::place(number + 1, &place.name, &distance, &place.address, phone, hours));
    }
    let text = parts.join("\n\n");
    match url {
        Some(url) if text.len() + url.len() < MAX_TEXT_BYTES - 100 => {
            format!("{text}\n\n{}", texts::whole_map(&url))
        }
        Some(url) => shortened(&text, &url),
        None => text,
    }
}

fn not_found(snapshot: &Snapshot, content: &str) -> String {
    let contacts = snapshot.sections.iter().find(|section| section.item.kind == SectionKind::Contacts);
    let url = contacts.map(|section| format!("{}/s/{}", snapshot.pages, section.item.slug));
    texts::not_found(&echo(content), &texts::menu_hint(), url.as_deref())
}

fn menu(snapshot: &Snapshot) -> String {
    texts::menu(&snapshot.account.name, &numbered_menu(snapshot))
}

fn numbered_menu(snapshot: &Snapshot) -> String {
    let sections = snapshot.sections.iter().map(|section| &section.item);
    texts::numbered_menu(
        sections.map(|section| (section.number, section.title.as_str(), section.slug.as_str())),
    )
}

/// What a resident wrote, as it may be said back.
fn echo(content: &str) -> String {
    let clean = reply::strip_markup(reply::truncate_bytes(content, ECHO_BYTES));
    let mut shown: String = clean.chars().take(ECHO_CHARS).collect();
    if clean.chars().count() > ECHO_CHARS {
        shown.push('…');
    }
    shown
}

/// A text within WeChat's limit: a longer one ends on a whole character, outside of any link, with a link to
/// the rest.
fn shortened(text: &str, whole: &str) -> String {
    if text.len() <= MAX_TEXT_BYTES {
        return text.to_owned();
    }
    let more = texts::more(whole);
    let mut kept = reply::truncate_bytes(text, MAX_TEXT_BYTES.saturating_sub(more.len()));
    if let Some(opened) = kept.rfind("<a ")
        && !kept[opened..].contains("</a>")
    {
        kept = &kept[..opened];
    }
    format!("{}{more}", kept.trim_end())
}

fn say(text: &str) -> Option<Reply> {
    match Text::new(text) {
        Ok(text) => Some(Reply::Text(text)),
        Err(error) => {
            // A long name or many sections: what fits is better than nothing.
            tracing::error!(%error, "an answer exceeded WeChat's limit and was cut");
            let kept = reply::truncate_bytes(text, MAX_TEXT_BYTES);
            let kept = kept.rfind('\n').map_or(kept, |end| &kept[..end]);
            Text::new(kept).ok().map(Reply::Text)
        }
    }
}

fn news(cards: Vec<Article>) -> Option<Reply> {
    Reply::news(cards).map_err(|error| tracing::error!(%error, "cards could not be sent")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_while_deciding_becomes_a_plain_sentence() {
        let reply = guarded(|| panic!("a bug"));
        assert!(matches!(reply, Some(Reply::Text(text)) if text.as_str() == texts::TROUBLE));
    }

    #[test]
    fn a_long_answer_ends_on_a_character_with_a_link_to_the_rest() {
        for length in 2040..2060 {
            let text = format!("{}{}", "a".repeat(length % 3), "答".repeat(length / 3));
            let short = shortened(&text, "https://wx.example.cn/h/hope/answers/x");
            assert!(short.len() <= MAX_TEXT_BYTES, "{length} became {}", short.len());
            assert_eq!(short.ends_with("</a>"), text.len() > MAX_TEXT_BYTES, "{length}");
        }
    }

    #[test]
    fn a_long_answer_is_not_cut_inside_a_link() {
        let text = format!("{}<a href=\"https://example.cn/\">{}</a>", "答".repeat(600), "链".repeat(200));
        let short = shortened(&text, "https://wx.example.cn/x");
        assert_eq!(short.matches("<a ").count(), short.matches("</a>").count());
        assert_eq!(short.matches("<a ").count(), 1);
    }
}

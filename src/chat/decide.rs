//! What to answer: a pure function of what the account tells, what was pushed, and the time.

use std::cell::OnceCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::rules::{Ready, Verdict, chance};
use super::saying::{self, Asked, echo, say, shortened};
use super::snapshot::Snapshot;
use super::{cards, nearby, texts, words};
use crate::clock::Timestamp;
use crate::content::answering::Moment;
use crate::content::{Section, SectionKind};
use crate::wechat::reply::MAX_TEXT_BYTES;
use crate::wechat::{Capability, Event, Inbound, Kind, Message, Reply};

const NEAREST: usize = 3;
/// Who is farther from every place than this is not in the community.
const FAR_METERS: f64 = 50_000.0;
/// What WeChat sends in place of a sticker or another message that it does not pass on (§2).
const NOT_SHOWN: &str = "【收到不支持的消息类型，暂无法显示】";
/// Longer questions are matched by their beginning: WeChat's clients send at most 600 characters.
const QUESTION_CHARS: usize = 1_000;

/// An answer, and why it is this one.
pub(super) struct Decision<'a> {
    /// None means silence.
    pub(super) reply: Option<Reply>,
    pub(super) reason: Reason<'a>,
}

/// Why an answer is the one it is.
#[derive(Clone, Copy)]
pub(super) enum Reason<'a> {
    /// What was sent wants no answer.
    Nothing,
    /// It was no text: a picture, a place, a scanned code.
    Other,
    /// The list of sections was asked for.
    Menu,
    /// A section was asked for by its number, name or alias, or tapped.
    Section(&'a str),
    /// A rule, and which of its answers.
    Rule { rule: &'a Ready, answer: usize },
    /// A current article is named in the question.
    Article(&'a str),
    /// A section is named somewhere in the question.
    SectionNamed(&'a str),
    /// Somebody began to follow.
    Welcome { is_own: bool },
    /// Nothing was found.
    NotFound { is_own: bool },
    /// A button of the menu leads to nothing.
    DeadKey,
    /// A bug of ours.
    Trouble,
}

impl<'a> Decision<'a> {
    fn new(reply: Option<Reply>, reason: Reason<'a>) -> Self {
        Self { reply, reason }
    }
}

/// The answer to a push. A bug in deciding becomes a plain sentence, never an error, since WeChat would show the
/// resident its own.
pub(super) fn decide<'a>(snapshot: &'a Snapshot, push: &Inbound, now: Timestamp) -> Decision<'a> {
    guarded(|| answer(snapshot, push, now))
}

fn guarded<'a>(decide: impl FnOnce() -> Decision<'a>) -> Decision<'a> {
    catch_unwind(AssertUnwindSafe(decide)).unwrap_or_else(|_| {
        tracing::error!("deciding on an answer panicked; the resident gets an apology");
        Decision::new(say(texts::TROUBLE), Reason::Trouble)
    })
}

fn answer<'a>(snapshot: &'a Snapshot, push: &Inbound, now: Timestamp) -> Decision<'a> {
    let chance = chance(&[push.from.as_str().as_bytes(), &push.sent_at.to_le_bytes()]);
    match &push.kind {
        Kind::Message { message, .. } => to_message(snapshot, message, now, chance),
        Kind::Event(event) => to_event(snapshot, event, now, chance),
        Kind::Other { .. } => Decision::new(None, Reason::Nothing),
    }
}

fn to_message<'a>(snapshot: &'a Snapshot, message: &Message, now: Timestamp, chance: u64) -> Decision<'a> {
    let text = match message {
        Message::Text { content, menu_id } => {
            return to_text(snapshot, content, menu_id.as_deref(), now, chance);
        }
        // What the platform recognized in a voice is asked like a text; it sends that seldom (§2.3).
        Message::Voice { recognition: Some(heard), .. } if !words::normalize(heard).is_empty() => {
            return to_text(snapshot, heard, None, now, chance);
        }
        Message::Location { latitude, longitude, .. } => &near(snapshot, *latitude, *longitude),
        Message::Voice { .. } => texts::VOICE,
        Message::Image { .. } => texts::PICTURE,
        Message::Video { .. } | Message::ShortVideo { .. } => texts::VIDEO,
        Message::Link { .. } => texts::LINK,
        Message::MiniProgramPage { .. } => texts::UNSUPPORTED,
        // A kind that the platform added: acknowledged, as it asks (§2.8).
        Message::Other { .. } => return Decision::new(None, Reason::Nothing),
    };
    Decision::new(say(text), Reason::Other)
}

fn to_event<'a>(snapshot: &'a Snapshot, event: &Event, now: Timestamp, chance: u64) -> Decision<'a> {
    match event {
        Event::Subscribe { .. } => {
            let own = snapshot.welcome.as_ref();
            let own = own.and_then(|own| saying::greeting(snapshot, own, chance, Asked::ByEvent, None, now));
            let is_own = own.is_some();
            let reply = own.or_else(|| {
                let has_menu = snapshot.account.can(Capability::CustomMenu);
                say(&texts::welcome(&snapshot.account.name, &numbered_menu(snapshot), has_menu))
            });
            Decision::new(reply, Reason::Welcome { is_own })
        }
        Event::Scan { .. } => Decision::new(say(&menu(snapshot)), Reason::Menu),
        Event::Click { key, .. } => tapped(snapshot, key, now, chance),
        Event::ScanCodeWait { result, .. } => {
            Decision::new(say(&texts::scanned(&echo(result))), Reason::Other)
        }
        // All others are notices that want no answer; to leavers nothing can be said.
        _ => Decision::new(None, Reason::Nothing),
    }
}

/// A key of the menu names a section, or else a rule, which then answers at any time.
fn tapped<'a>(snapshot: &'a Snapshot, key: &str, now: Timestamp, chance: u64) -> Decision<'a> {
    if let Some(section) = snapshot.section(key) {
        return Decision::new(
            saying::news(cards::section_with_items(snapshot, section, now)),
            Reason::Section(&section.slug),
        );
    }
    let rule = snapshot.rules.iter().find(|rule| rule.slug == key);
    rule.and_then(|rule| saying::by_rule(snapshot, rule, chance, Asked::ByEvent, now))
        .unwrap_or_else(|| Decision::new(say(&texts::dead_key(&numbered_menu(snapshot))), Reason::DeadKey))
}

fn to_text<'a>(
    snapshot: &'a Snapshot,
    content: &str,
    menu_id: Option<&str>,
    now: Timestamp,
    chance: u64,
) -> Decision<'a> {
    if content.contains(NOT_SHOWN) {
        return Decision::new(say(texts::UNSUPPORTED), Reason::Other);
    }
    if words::is_question_mark(content) {
        return Decision::new(say(&menu(snapshot)), Reason::Menu);
    }
    let content: String = content.chars().take(QUESTION_CHARS).collect();
    let question = words::normalize(&content);
    let tapped = menu_id.and_then(|id| snapshot.section(id));
    if tapped.is_none() && (question.is_empty() || texts::HELP.contains(&question.as_str())) {
        return Decision::new(say(&menu(snapshot)), Reason::Menu);
    }
    if let Some(section) = tapped.or_else(|| named(snapshot, &question)) {
        let reply = saying::news(vec![cards::section(snapshot, section)]);
        return Decision::new(reply, Reason::Section(&section.slug));
    }
    // The time of day is worked out once, and only if a rule has hours.
    let moment = OnceCell::new();
    let at = || *moment.get_or_init(|| Moment::of(now));
    let firing =
        snapshot.rules.iter().filter(|rule| matches!(rule.verdict(&question, at), Verdict::Fires(_)));
    // When what a rule leads to is gone or not current, the next one has its turn.
    if let Some(decision) =
        firing.filter_map(|rule| saying::by_rule(snapshot, rule, chance, Asked::ByMessage, now)).next()
    {
        return decision;
    }
    if let Some(headline) = snapshot.headline_named_in(&question, now) {
        let reply = saying::news(vec![cards::article(snapshot, headline)]);
        return Decision::new(reply, Reason::Article(&headline.slug));
    }
    if let Some(section) = longest(&snapshot.sections, &question) {
        let reply = saying::news(vec![cards::section(snapshot, section)]);
        return Decision::new(reply, Reason::SectionNamed(&section.slug));
    }
    let own = snapshot.not_found.as_ref();
    let own =
        own.and_then(|own| saying::greeting(snapshot, own, chance, Asked::ByMessage, Some(&content), now));
    let is_own = own.is_some();
    Decision::new(own.or_else(|| say(&not_found(snapshot, &content))), Reason::NotFound { is_own })
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

pub(super) fn numbered_menu(snapshot: &Snapshot) -> String {
    let sections = snapshot.sections.iter().map(|section| &section.item);
    texts::numbered_menu(
        sections.map(|section| (section.number, section.title.as_str(), section.slug.as_str())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_while_deciding_becomes_a_plain_sentence() {
        let decision = guarded(|| panic!("a bug"));
        assert!(matches!(decision.reply, Some(Reply::Text(text)) if text.as_str() == texts::TROUBLE));
    }
}

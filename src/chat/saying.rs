//! Answers of rules and greetings as WeChat's replies, within its limits.

use std::borrow::Cow;

use super::decide::{Decision, Reason, numbered_menu};
use super::rules::{Greeting, Ready};
use super::snapshot::Snapshot;
use super::{cards, texts};
use crate::clock::Timestamp;
use crate::content::answering::{ACCOUNT_MARK, Answer, Card, MENU_MARK, QUESTION_MARK};
use crate::wechat::reply::{self, Article, MAX_ARTICLES, MAX_ARTICLES_TO_A_MESSAGE, MAX_TEXT_BYTES, Text};
use crate::wechat::{Capability, Reply};

/// So many characters of what a resident wrote are said back.
const ECHO_CHARS: usize = 30;
const ECHO_BYTES: usize = 2_000;

/// What is answered: WeChat shows more cards for an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    ByMessage,
    ByEvent,
}

/// The first of a rule's answers, by its choice, that can be given; none when all of them lead to what is gone.
pub(super) fn by_rule<'a>(
    snapshot: &'a Snapshot,
    rule: &'a Ready,
    chance: u64,
    asked: Asked,
    now: Timestamp,
) -> Option<Decision<'a>> {
    let mut chosen = rule.answers.chosen(rule.count.turn(), chance);
    chosen.find_map(|(place, answer)| {
        let whole = || match place {
            0 => format!("{}/answers/{}", snapshot.pages, rule.slug),
            later => format!("{}/answers/{}?n={}", snapshot.pages, rule.slug, later + 1),
        };
        let reply = one(snapshot, answer, asked, None, whole, now)?;
        Some(Decision { reply: Some(reply), reason: Reason::Rule { rule, answer: place } })
    })
}

/// `content` is what the resident wrote, if anything.
pub(super) fn greeting(
    snapshot: &Snapshot,
    greeting: &Greeting,
    chance: u64,
    asked: Asked,
    content: Option<&str>,
    now: Timestamp,
) -> Option<Reply> {
    let whole = || snapshot.pages.clone() + "/";
    greeting.next(chance).find_map(|(_, answer)| one(snapshot, answer, asked, content, whole, now))
}

fn one(
    snapshot: &Snapshot,
    answer: &Answer,
    asked: Asked,
    content: Option<&str>,
    whole: impl Fn() -> String,
    now: Timestamp,
) -> Option<Reply> {
    match answer {
        Answer::Text { text } => {
            let text = filled(snapshot, text, content);
            if text.len() <= MAX_TEXT_BYTES { say(&text) } else { say(&shortened(&text, &whole())) }
        }
        Answer::Section { section } => {
            snapshot.section(section).and_then(|section| news(vec![cards::section(snapshot, section)]))
        }
        Answer::Article { article } => {
            let mut current = snapshot.headlines.iter().filter(|headline| headline.is_current(now));
            let headline = current.find(|headline| headline.slug == *article)?;
            news(vec![cards::article(snapshot, headline)])
        }
        Answer::Cards { cards } => {
            let most = if asked == Asked::ByEvent { MAX_ARTICLES } else { MAX_ARTICLES_TO_A_MESSAGE };
            news(cards.iter().take(most).map(Card::to_article).collect())
        }
        Answer::Image { media_id } => Some(Reply::Image { media_id: media_id.clone() }),
        Answer::Voice { media_id } => Some(Reply::Voice { media_id: media_id.clone() }),
        Answer::Video { media_id, title, description } => Some(Reply::Video {
            media_id: media_id.clone(),
            title: title.clone(),
            description: description.clone(),
        }),
        // Only messages can be handed on, and only where there may be agents (§5).
        Answer::Agent { agent }
            if asked == Asked::ByMessage && snapshot.account.can(Capability::CustomerService) =>
        {
            Some(Reply::TransferCustomerService { kf_account: agent.clone() })
        }
        Answer::Agent { .. } => None,
    }
}

/// A text with what its marks stand for.
fn filled<'t>(snapshot: &Snapshot, text: &'t str, content: Option<&str>) -> Cow<'t, str> {
    if !text.contains('{') {
        return Cow::Borrowed(text);
    }
    let mut text = text.replace(ACCOUNT_MARK, &snapshot.account.name);
    if text.contains(MENU_MARK) {
        text = text.replace(MENU_MARK, numbered_menu(snapshot).trim_end());
    }
    if let Some(content) = content
        && text.contains(QUESTION_MARK)
    {
        text = text.replace(QUESTION_MARK, &echo(content));
    }
    Cow::Owned(text)
}

/// What a resident wrote, as it may be said back.
pub(super) fn echo(content: &str) -> String {
    let clean = reply::strip_markup(reply::truncate_bytes(content, ECHO_BYTES));
    let mut shown: String = clean.chars().take(ECHO_CHARS).collect();
    if clean.chars().count() > ECHO_CHARS {
        shown.push('…');
    }
    shown
}

/// A text within WeChat's limit: a longer one ends on a whole character, outside of any link, with a link to
/// the rest.
pub(super) fn shortened(text: &str, whole: &str) -> String {
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

pub(super) fn say(text: &str) -> Option<Reply> {
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

pub(super) fn news(cards: Vec<Article>) -> Option<Reply> {
    Reply::news(cards).map_err(|error| tracing::error!(%error, "cards could not be sent")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

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

//! What was said, read back from what was recorded: what a resident sent from its JSON, and the answer from its XML. It
//! becomes plain text, cards and names of media; nothing of it is ever mark-up.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::texts;
use crate::messages::store::Stored;
use crate::wechat::reply::SUCCESS;
use crate::wechat::xml::Element;

const MOST_SEGMENTS: usize = 200;
const MOST_CARDS: usize = 10;
const LONGEST_PREVIEW: usize = 60;

/// A piece of a text; with an address where the resident can tap it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Segment {
    text: String,
    /// `http:`, `https:` or `tel:`, nothing else.
    url: Option<String>,
}

/// A card that opens a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Card {
    title: String,
    description: String,
    /// A picture of our own, as a path on this server.
    picture: Option<String>,
    url: Option<String>,
}

/// One thing that was said, from either side.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Bubble {
    Text {
        segments: Vec<Segment>,
    },
    Cards {
        cards: Vec<Card>,
    },
    /// A picture, recording or film: WeChat keeps it, for three days.
    Media {
        name: String,
        media_id: String,
        url: Option<String>,
    },
    Location {
        latitude: f64,
        longitude: f64,
        label: String,
    },
    /// Something that was done and not said.
    Note {
        text: String,
    },
}

/// What was recorded of one push, and what was answered.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Exchange {
    /// The message's; higher is later.
    id: i64,
    /// By WeChat's clock, unix milliseconds.
    sent_at: i64,
    /// Whether the resident wrote it, and did not only tap.
    written: bool,
    said: Bubble,
    answer: Option<Bubble>,
}

/// What is needed to read: the titles of sections, whose names are the keys of menus' buttons, and which addresses are our
/// own.
pub(super) struct Reading<'a> {
    pub(super) sections: HashMap<String, String>,
    pub(super) public_url: &'a str,
}

impl Reading<'_> {
    pub(super) fn exchange(&self, stored: &Stored) -> Exchange {
        Exchange {
            id: stored.id,
            sent_at: stored.sent_at,
            written: crate::messages::is_written(&stored.kind),
            said: self.said(stored),
            answer: self.answer(&stored.answer),
        }
    }

    /// What a list shows of a message.
    pub(super) fn preview(&self, stored: &Stored) -> String {
        let text = match self.said(stored) {
            Bubble::Text { segments } => segments.into_iter().map(|segment| segment.text).collect(),
            Bubble::Cards { cards } => cards.into_iter().next().map(|card| card.title).unwrap_or_default(),
            Bubble::Media { name, .. } => name,
            Bubble::Location { label, .. } => format!("{}{label}", texts::LOCATION),
            Bubble::Note { text } => text,
        };
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut characters = line.chars();
        let start: String = characters.by_ref().take(LONGEST_PREVIEW).collect();
        if characters.next().is_some() { start + "…" } else { start }
    }

    fn said(&self, stored: &Stored) -> Bubble {
        let content: Value = serde_json::from_str(&stored.content).unwrap_or_default();
        // One key, the name of the kind; an event without fields is a string.
        let fields = content.as_object().and_then(|object| object.values().next()).unwrap_or(&Value::Null);
        let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
        let media = |name: &str| Bubble::Media {
            name: name.into(),
            media_id: text("media_id"),
            url: web(&text("pic_url")),
        };
        let note = |text: String| Bubble::Note { text };
        match stored.kind.as_str() {
            "text" => Bubble::Text { segments: vec![Segment { text: text("content"), url: None }] },
            "image" => media(texts::IMAGE),
            "voice" => media(texts::VOICE),
            "video" | "shortvideo" => media(texts::VIDEO),
            "location" => Bubble::Location {
                latitude: fields["latitude"].as_f64().unwrap_or_default(),
                longitude: fields["longitude"].as_f64().unwrap_or_default(),
                label: [text("poi_name"), text("label")].join(" ").trim().to_owned(),
            },
            "link" => {
                let title = Some(text("title")).filter(|title| !title.is_empty());
                let title = title.unwrap_or_else(|| texts::LINK.into());
                let card =
                    Card { title, description: text("description"), picture: None, url: web(&text("url")) };
                Bubble::Cards { cards: vec![card] }
            }
            "miniprogrampage" => note(format!("{}{}", texts::MINI_PROGRAM, text("title"))),
            "event.subscribe" => match fields["scene"].as_str() {
                Some(scene) => note(texts::followed_by(scene)),
                None => note(texts::FOLLOWED.into()),
            },
            "event.unsubscribe" => note(texts::LEFT.into()),
            "event.scan" => note(texts::scanned(&text("scene"))),
            "event.click" => note(texts::tapped(&self.button(&text("key")))),
            "event.view" => note(texts::opened(&text("url"))),
            "event.view_miniprogram" => note(texts::opened(&text("page_path"))),
            "event.scancode_push" | "event.scancode_waitmsg" => note(texts::scanned_code(&text("result"))),
            "event.pic_sysphoto" | "event.pic_photo_or_album" | "event.pic_weixin" => {
                note(texts::PHOTO.into())
            }
            "event.location_select" => note(texts::PLACE.into()),
            _ => note(texts::UNKNOWN.into()),
        }
    }

    fn answer(&self, xml: &str) -> Option<Bubble> {
        if xml.is_empty() || xml == SUCCESS {
            return None;
        }
        let note = |text: &str| Some(Bubble::Note { text: text.into() });
        let Ok(root) = Element::parse(xml) else { return note(texts::UNKNOWN) };
        let media = |element: &str, name: &str| {
            let media_id =
                root.child(element).and_then(|child| child.optional("MediaId")).unwrap_or_default();
            Some(Bubble::Media { name: name.into(), media_id: media_id.into(), url: None })
        };
        match root.optional("MsgType").unwrap_or_default() {
            "text" => Some(Bubble::Text { segments: segments(root.text_of("Content").unwrap_or_default()) }),
            "news" => {
                let articles = root.child("Articles").map(Element::children).unwrap_or_default();
                let cards = articles.iter().take(MOST_CARDS).map(|article| self.card(article)).collect();
                Some(Bubble::Cards { cards })
            }
            "image" => media("Image", texts::IMAGE),
            "voice" => media("Voice", texts::VOICE),
            "video" => media("Video", texts::VIDEO),
            "music" => note(texts::MUSIC),
            "transfer_customer_service" => note(texts::HANDED_OVER),
            "transfer_biz_ai_ivr" => note(texts::HANDED_TO_AI),
            _ => note(texts::UNKNOWN),
        }
    }

    fn card(&self, article: &Element<'_>) -> Card {
        let text = |name: &str| article.text_of(name).unwrap_or_default().trim().to_owned();
        let picture = text("PicUrl");
        let own = picture.strip_prefix(self.public_url).filter(|path| path.starts_with('/'));
        Card {
            title: text("Title"),
            description: text("Description"),
            picture: own.map(str::to_owned),
            url: web(&text("Url")),
        }
    }

    /// What stands on the button with a key, about; the key itself when no section has that name.
    fn button(&self, key: &str) -> String {
        self.sections.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }
}

/// What of a message is gone.
pub(super) fn gone() -> String {
    texts::GONE.into()
}

/// An address that may be opened.
fn web(address: &str) -> Option<String> {
    let lower = address.trim().to_ascii_lowercase();
    let is_web = ["http://", "https://"].iter().any(|scheme| lower.starts_with(scheme));
    is_web.then(|| address.trim().to_owned())
}

/// A text of ours, cut at the links in it. What is no link that a client would show as one stays text.
fn segments(text: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let plain = |text: &str| Segment { text: text.into(), url: None };
    let mut rest = text;
    while let Some(start) = rest.find("<a ") {
        let Some((link, after)) = link(&rest[start..]) else { break };
        if segments.len() >= MOST_SEGMENTS {
            break;
        }
        if start > 0 {
            segments.push(plain(&rest[..start]));
        }
        segments.push(link);
        rest = after;
    }
    if !rest.is_empty() {
        segments.push(plain(rest));
    }
    segments
}

/// The link at the beginning of a text, and what comes after it.
fn link(text: &str) -> Option<(Segment, &str)> {
    let (tag, inner) = text.split_once('>')?;
    let (label, after) = inner.split_once("</a>")?;
    let address = tag.split_once("href=")?.1;
    let quote = address.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let address = address[1..].split(quote).next()?.replace("&amp;", "&");
    let is_phone = address.starts_with("tel:");
    let url = if is_phone { Some(address) } else { web(&address) };
    Some((Segment { text: label.into(), url }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(kind: &str, content: &str, answer: &str) -> Stored {
        let (kind, content, answer) = (kind.into(), content.into(), answer.into());
        Stored { id: 7, kind, content, sent_at: 1, received_at: 2, answer }
    }

    fn reading() -> Reading<'static> {
        let sections = HashMap::from([("map".to_owned(), "社区地图".to_owned())]);
        Reading { sections, public_url: "https://wx.example.cn" }
    }

    #[test]
    fn a_tap_is_told_by_what_it_opens() {
        let said = |content| reading().exchange(&stored("event.click", content, "success")).said;
        let note = |text: &str| Bubble::Note { text: text.into() };
        assert_eq!(said(r#"{"click":{"key":"map","menu_id":null}}"#), note("点了菜单“社区地图”"));
        assert_eq!(said(r#"{"click":{"key":"old"}}"#), note("点了菜单“old”"));
    }

    #[test]
    fn a_text_stays_a_text_whatever_is_in_it() {
        let exchange = reading().exchange(&stored(
            "text",
            r#"{"text":{"content":"<script>alert(1)</script> <a href=\"javascript:x\">y</a>","menu_id":null}}"#,
            "success",
        ));
        let segments = vec![Segment {
            text: "<script>alert(1)</script> <a href=\"javascript:x\">y</a>".into(),
            url: None,
        }];
        assert_eq!(exchange.said, Bubble::Text { segments });
        assert_eq!((exchange.answer, exchange.written), (None, true));
    }

    #[test]
    fn links_in_an_answer_open_the_web_and_nothing_else() {
        let text = "看<a href=\"https://x.cn/?a=1&amp;b=2\">这里</a>，<a href='javascript:alert(1)'>坏</a>\
                    <a href=\"tel:110\">110</a><a href=\"weixin://bizmsgmenu?x\">选一</a><a 坏了";
        let told: Vec<_> = segments(text).into_iter().map(|segment| (segment.text, segment.url)).collect();
        let plain = |text: &str| (text.to_owned(), None);
        assert_eq!(
            told,
            [
                plain("看"),
                ("这里".into(), Some("https://x.cn/?a=1&b=2".into())),
                plain("，"),
                plain("坏"),
                ("110".into(), Some("tel:110".into())),
                plain("选一"),
                plain("<a 坏了"),
            ]
        );
    }

    #[test]
    fn cards_show_our_own_pictures_only() {
        let answer = "<xml><MsgType>news</MsgType><Articles><item><Title>停电</Title><Description>今晚</Description>\
            <PicUrl>https://wx.example.cn/h/hope/pictures/a.png</PicUrl><Url>https://wx.example.cn/h/hope/a/x</Url></item>\
            <item><Title>二</Title><PicUrl>https://wx.example.cn.evil.cn/a.png</PicUrl><Url>javascript:x</Url></item>\
            </Articles></xml>";
        let Some(Bubble::Cards { cards }) = reading().answer(answer) else { panic!("cards") };
        assert_eq!(cards[0].picture.as_deref(), Some("/h/hope/pictures/a.png"));
        assert_eq!(cards[0].url.as_deref(), Some("https://wx.example.cn/h/hope/a/x"));
        assert_eq!((cards[1].picture.as_deref(), cards[1].url.as_deref()), (None, None));
    }

    #[test]
    fn what_cannot_be_read_is_said_to_be_unknown() {
        for (kind, content, answer) in
            [("other", "{}", "<xml"), ("nonsense", "not json", "<xml><MsgType>x</MsgType></xml>")]
        {
            let exchange = reading().exchange(&stored(kind, content, answer));
            let note = Bubble::Note { text: texts::UNKNOWN.into() };
            assert_eq!((exchange.said, exchange.answer), (note.clone(), Some(note)));
        }
    }
}

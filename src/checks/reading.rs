//! A body of HTML, read once into what the rules look at: its text, pictures, links, headings, and colored runs.
//!
//! The tokenizer is that of the sanitizer's parser, which is in the program anyway. A tree is not built: what the
//! sanitizer wrote has its tags in pairs, so that a stack is enough.

use std::cell::RefCell;
use std::ops::Range;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::contrast::Style;

/// What a body holds. Positions count the characters of `text`.
#[derive(Default)]
pub(super) struct Document {
    pub(super) text: Vec<char>,
    pub(super) pictures: Vec<Picture>,
    pub(super) links: Vec<Link>,
    pub(super) headings: Vec<Heading>,
    /// Stretches whose color or background was set, in the order of the text.
    pub(super) runs: Vec<Run>,
}

pub(super) struct Picture {
    pub(super) source: Option<String>,
    pub(super) alt: Option<String>,
}

pub(super) struct Link {
    pub(super) address: Option<String>,
    pub(super) text: Range<usize>,
    pub(super) has_picture: bool,
}

pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) text: Range<usize>,
    pub(super) has_picture: bool,
}

pub(super) struct Run {
    pub(super) text: Range<usize>,
    pub(super) style: Style,
}

/// Reads a body of HTML.
pub(super) fn read(html: &str) -> Document {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    // Nothing here asks the tokenizer to pause, so that one call reads to the end.
    let _done = tokenizer.feed(&input);
    tokenizer.end();
    let mut state = tokenizer.sink.0.into_inner();
    while let Some(open) = state.open.pop() {
        state.close(&open);
    }
    state.document
}

#[derive(Default)]
struct Reader(RefCell<State>);

#[derive(Default)]
struct State {
    document: Document,
    open: Vec<Open>,
}

/// An element whose end tag is to come.
struct Open {
    name: String,
    style: Style,
    link: Option<usize>,
    heading: Option<usize>,
}

/// An end tag closes an element at most so far out; deeper nesting than this is nobody's text.
const DEEPEST: usize = 256;

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => state.start(&tag),
            Token::TagToken(tag) => state.end(&tag),
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str) {
        let start = self.document.text.len();
        self.document.text.extend(text.chars());
        let end = self.document.text.len();
        let style = self.style();
        if !style.is_colored() {
            return;
        }
        match self.document.runs.last_mut() {
            Some(last) if last.text.end == start && last.style == style => last.text.end = end,
            _ => self.document.runs.push(Run { text: start..end, style }),
        }
    }

    fn start(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        if is_block(name) {
            self.break_line();
        }
        let here = self.document.text.len();
        match name {
            "br" => self.document.text.push('\n'),
            "img" => {
                self.document
                    .pictures
                    .push(Picture { source: attribute(tag, "src"), alt: attribute(tag, "alt") });
                for open in &self.open {
                    if let Some(link) = open.link {
                        self.document.links[link].has_picture = true;
                    }
                    if let Some(heading) = open.heading {
                        self.document.headings[heading].has_picture = true;
                    }
                }
            }
            _ => {}
        }
        if is_void(name) {
            return;
        }
        let mut open =
            Open { name: name.into(), style: self.style().inside(name), link: None, heading: None };
        for (key, value) in attributes(tag) {
            open.style = open.style.with_attribute(key, value);
        }
        if name == "a" {
            open.link = Some(self.document.links.len());
            let address = attribute(tag, "href");
            self.document.links.push(Link { address, text: here..here, has_picture: false });
        }
        if let Some(level) = heading_level(name) {
            open.heading = Some(self.document.headings.len());
            self.document.headings.push(Heading { level, text: here..here, has_picture: false });
        }
        self.open.push(open);
    }

    fn end(&mut self, tag: &Tag) {
        let name: &str = &tag.name;
        let Some(from_top) = self.open.iter().rev().take(DEEPEST).position(|open| open.name == *name) else {
            return;
        };
        for _ in 0..=from_top {
            if let Some(open) = self.open.pop() {
                self.close(&open);
            }
        }
        if is_block(name) {
            self.break_line();
        }
    }

    fn close(&mut self, open: &Open) {
        let here = self.document.text.len();
        if let Some(link) = open.link {
            self.document.links[link].text.end = here;
        }
        if let Some(heading) = open.heading {
            self.document.headings[heading].text.end = here;
        }
    }

    fn style(&self) -> Style {
        self.open.last().map_or_else(Style::default, |open| open.style)
    }

    fn break_line(&mut self) {
        if self.document.text.last().is_some_and(|last| *last != '\n') {
            self.document.text.push('\n');
        }
    }
}

fn attributes(tag: &Tag) -> impl Iterator<Item = (&str, &str)> {
    tag.attrs.iter().map(|attribute| (&*attribute.name.local, &*attribute.value))
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    attributes(tag).find(|(key, _)| *key == name).map(|(_, value)| value.into())
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements that begin on a line of their own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "caption"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "tr"
            | "ul"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        read(html).text.into_iter().collect()
    }

    #[test]
    fn blocks_stand_on_lines_of_their_own_and_inline_elements_do_not_part_a_word() {
        assert_eq!(text("<p>停<b>电</b>通知</p><p>一<br>二</p>"), "停电通知\n一\n二\n");
        assert_eq!(text("<table><tr><td>甲</td><td>乙</td></tr></table>"), "甲\n乙\n");
        assert_eq!(text("<ul><li>一</li><li></li><li>二</li></ul>"), "一\n二\n");
        assert_eq!(text("a &lt;b&gt; &amp;amp; &#x1F600;"), "a <b> &amp; 😀");
    }

    #[test]
    fn what_is_not_closed_ends_with_the_body() {
        let document = read("<h2>一<a href=\"https://a.cn\">二");
        assert_eq!(document.headings[0].text, 0..2);
        assert_eq!(document.links[0].text, 1..2);
        assert_eq!(text("</p></b>一</i>"), "一");
    }

    #[test]
    fn a_picture_in_a_link_is_the_links_content() {
        let document = read("<a href=\"#\"><img src=\"a.png\" alt=\"图\"></a><h2><img></h2>");
        assert!(document.links[0].has_picture && document.headings[0].has_picture);
        assert_eq!(document.pictures[0].alt.as_deref(), Some("图"));
    }

    #[test]
    fn deep_nesting_and_stray_end_tags_take_bounded_time() {
        let html = "<span>".repeat(20_000) + &"</b>".repeat(20_000) + "完";
        assert_eq!(text(&html), "完");
    }
}

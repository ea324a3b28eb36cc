//! A sanitized body as the tags and texts that it is made of, in order.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// A tag or a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Start { name: String, attributes: Vec<(String, String)> },
    End { name: String },
    Text(String),
}

impl Piece {
    /// What an attribute of a start tag says.
    pub fn attribute(&self, wanted: &str) -> Option<&str> {
        match self {
            Self::Start { attributes, .. } => {
                attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
            }
            Self::End { .. } | Self::Text(_) => None,
        }
    }
}

#[derive(Default)]
struct Gathered(RefCell<Vec<Piece>>);

impl TokenSink for Gathered {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut pieces = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => match pieces.last_mut() {
                Some(Piece::Text(before)) => before.push_str(&text),
                _ => pieces.push(Piece::Text(text.to_string())),
            },
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                pieces.push(match tag.kind {
                    TagKind::StartTag => {
                        let attributes = tag.attrs.iter();
                        let attributes = attributes
                            .map(|attribute| (attribute.name.local.to_string(), attribute.value.to_string()));
                        Piece::Start { name, attributes: attributes.collect() }
                    }
                    TagKind::EndTag => Piece::End { name },
                });
            }
            _ => (),
        }
        TokenSinkResult::Continue
    }
}

/// Reads a sanitized body.
pub fn pieces(html: &str) -> Vec<Piece> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Gathered::default(), TokenizerOpts::default());
    // The sink never asks to stop.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// Writes pieces as HTML.
pub fn written(pieces: impl IntoIterator<Item = Piece>) -> String {
    let mut html = String::new();
    for piece in pieces {
        match piece {
            Piece::Start { name, attributes } => {
                html.push('<');
                html.push_str(&name);
                for (name, value) in attributes {
                    html.push(' ');
                    html.push_str(&name);
                    html.push_str("=\"");
                    push_escaped(&mut html, &value);
                    html.push('"');
                }
                html.push('>');
            }
            Piece::End { name } => {
                html.push_str("</");
                html.push_str(&name);
                html.push('>');
            }
            Piece::Text(text) => push_escaped(&mut html, &text),
        }
    }
    html
}

/// Safe between tags and between double quotes.
fn push_escaped(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            other => html.push(other),
        }
    }
}

//! A body as plain text: for the chat, for search, for comparing versions.

use super::pieces::{Piece, pieces};

/// The text of a sanitized body: a line for each paragraph, list entry and row of a table.
pub fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut lists: Vec<Option<u32>> = Vec::new();
    for piece in pieces(html) {
        match piece {
            Piece::Text(words) => push_words(&mut text, &words),
            Piece::Start { name, attributes } => match name.as_str() {
                "br" => end_line(&mut text),
                "ul" => lists.push(None),
                "ol" => {
                    let start = attributes.iter().find(|(name, _)| name == "start");
                    lists.push(Some(start.and_then(|(_, value)| value.parse().ok()).unwrap_or(1)));
                }
                "li" => {
                    end_line(&mut text);
                    match lists.last_mut() {
                        Some(Some(number)) => {
                            text.push_str(&format!("{number}. "));
                            *number += 1;
                        }
                        _ => text.push_str("· "),
                    }
                }
                _ if is_block(&name) => end_line(&mut text),
                _ => (),
            },
            Piece::End { name } => match name.as_str() {
                "ul" | "ol" => {
                    lists.pop();
                    end_line(&mut text);
                }
                "td" | "th" => text.push('\t'),
                _ if is_block(&name) => end_line(&mut text),
                _ => (),
            },
        }
    }
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The beginning of a body in one line, of at most so many characters.
pub fn excerpt(html: &str, most: usize) -> String {
    let text = plain_text(html).replace(['\n', '\t'], " ");
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

fn is_block(name: &str) -> bool {
    [
        "p",
        "div",
        "section",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "blockquote",
        "pre",
        "table",
        "tr",
        "caption",
        "figure",
        "figcaption",
        "hr",
        "dl",
        "dt",
        "dd",
    ]
    .contains(&name)
}

fn push_words(text: &mut String, words: &str) {
    for character in words.chars() {
        if character.is_whitespace() {
            if !text.ends_with([' ', '\n', '\t']) {
                text.push(' ');
            }
        } else {
            text.push(character);
        }
    }
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') && !text.ends_with("· ") {
        text.push('\n');
    }
}

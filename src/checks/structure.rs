//! Pictures and headings: what somebody who cannot see, or reads on a phone, needs of them.

use super::reading::{Document, Heading, Picture};
use super::{Element, Field, Found, Level, Place, Rule, Surroundings, texts};

pub(super) fn check(body: &Document, around: &Surroundings<'_>, found: &mut Found) {
    for (index, picture) in body.pictures.iter().enumerate() {
        check_source(picture, index, around.is_own_picture, found);
        check_alt(picture, index, found);
    }
    check_marks(body, around.lost_picture, found);
    check_headings(body, found);
}

/// The marks that stand where a picture could not be brought along.
fn check_marks(body: &Document, mark: &str, found: &mut Found) {
    let mark: Vec<char> = mark.chars().collect();
    let mut at = 0;
    while at < body.text.len() {
        if mark.is_empty() || !body.text[at..].starts_with(&mark) {
            at += 1;
            continue;
        }
        let rest = body.text[at..].iter().take(LONGEST_MARK).position(|character| *character == '】');
        let end = at + rest.map_or(mark.len(), |rest| rest + 1);
        let place = Place::of(Field::Body).at(&body.text, at, end);
        found.add(Rule::PictureLost, Level::Error, place, texts::picture_lost());
        at = end;
    }
}

const LONGEST_MARK: usize = 100;

fn check_source(picture: &Picture, index: usize, is_own: fn(&str) -> bool, found: &mut Found) {
    let place = || Place::element(Element::Picture, index);
    let source = picture.source.as_deref().unwrap_or_default().trim();
    let lower = source.to_ascii_lowercase();
    if source.is_empty() || lower.starts_with("blob:") || lower.starts_with("cid:") {
        found.add(Rule::PictureLost, Level::Error, place(), texts::picture_lost());
    } else if lower.starts_with("file:") || is_local_path(source) {
        found.add(Rule::PictureLocal, Level::Error, place(), texts::picture_local());
    } else if !is_own(source) {
        found.add(Rule::PictureForeign, Level::Error, place(), texts::picture_foreign());
    }
}

/// `C:\…`, or a share of the office's network.
fn is_local_path(source: &str) -> bool {
    let bytes = source.as_bytes();
    source.starts_with("\\\\")
        || (bytes.len() > 2
            && bytes[0].is_ascii_alphabetic()
            && bytes[1] == b':'
            && matches!(bytes[2], b'\\' | b'/'))
}

fn check_alt(picture: &Picture, index: usize, found: &mut Found) {
    let alt = picture.alt.as_deref().unwrap_or_default().trim();
    let told = if alt.is_empty() {
        texts::alt_missing()
    } else if is_file_name(alt) {
        texts::alt_is_file_name(alt)
    } else {
        return;
    };
    found.add(Rule::PictureAlt, Level::Warning, Place::element(Element::Picture, index), told);
}

/// What cameras, phones and programs call a picture, which tells nobody what is on it.
fn is_file_name(alt: &str) -> bool {
    let lower = alt.to_lowercase();
    let has_extension = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".heic"]
        .iter()
        .any(|extension| lower.ends_with(extension));
    let is_generic =
        ["微信图片", "图片", "图像", "照片", "截图", "image", "img", "picture", "photo", "未命名"]
            .iter()
            .any(|name| {
                lower.strip_prefix(name).is_some_and(|rest| {
                    rest.chars().all(|character| character.is_ascii_digit() || " _-().".contains(character))
                })
            });
    has_extension || is_generic
}

fn check_headings(body: &Document, found: &mut Found) {
    // The title of the page is its only heading of the first level.
    let mut before = 1;
    for (index, heading) in body.headings.iter().enumerate() {
        let text = &body.text[heading.text.clone()];
        if is_blank(text) && !heading.has_picture {
            let place = Place::element(Element::Heading, index);
            found.add(Rule::HeadingEmpty, Level::Error, place, texts::heading_empty());
            continue;
        }
        let level = heading.level;
        if level == 1 {
            let place = heading_place(body, heading, index);
            found.add(Rule::HeadingOrder, Level::Warning, place, texts::heading_first_level());
        } else if level > before + 1 {
            let place = heading_place(body, heading, index);
            found.add(Rule::HeadingOrder, Level::Warning, place, texts::heading_order(before, level));
        }
        before = level;
    }
}

fn heading_place(body: &Document, heading: &Heading, index: usize) -> Place {
    Place::element(Element::Heading, index).at(&body.text, heading.text.start, heading.text.end)
}

/// Whether there is nothing to read: spaces of every kind and what has no width.
pub(super) fn is_blank(text: &[char]) -> bool {
    text.iter().all(|character| {
        character.is_whitespace() || matches!(character, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2060}')
    })
}

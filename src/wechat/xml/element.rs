//! The reader: from text to a small tree.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, Event};

use super::{MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_NAME_BYTES, ParseError, clean};

/// An element: its name, its own text, and the elements in it. Attributes are not kept; the platform has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    name: &'a str,
    text: Cow<'a, str>,
    children: Vec<Element<'a>>,
}

impl<'a> Element<'a> {
    /// Reads a whole document and gives its root. A byte order mark before it is skipped.
    ///
    /// # Errors
    /// [`ParseError`] for what is not well-formed, is forbidden, or is beyond a limit of [the module](super). Hostile
    /// documents are refused as soon as the limit is passed, without recursion.
    pub fn parse(document: &'a str) -> Result<Self, ParseError> {
        if document.len() > MAX_BYTES {
            return Err(ParseError::TooLong);
        }
        let document = document.strip_prefix('\u{FEFF}').unwrap_or(document);
        let mut reader = Reader::from_str(document);
        let mut tree = Tree::default();
        loop {
            let at = position(&reader);
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(ParseError::NotXml { at, problem: describe(&error) }),
            };
            match event {
                Event::Start(tag) => tree.open(name_at(document, at, tag.name().as_ref())?, at)?,
                Event::Empty(tag) => {
                    tree.open(name_at(document, at, tag.name().as_ref())?, at)?;
                    tree.close();
                }
                Event::End(_) => tree.close(),
                Event::Text(text) => tree.add_text(text.into_inner(), at)?,
                Event::CData(_) if tree.open.is_empty() => {
                    return Err(ParseError::NotXml { at, problem: "text outside the root element" });
                }
                Event::CData(text) => tree.add_text(text.into_inner(), at)?,
                Event::GeneralRef(reference) => tree.add_character(resolve(&reference, at)?, at)?,
                Event::Comment(_) => {}
                Event::Decl(declaration) => tree.declare(&declaration, at)?,
                Event::PI(_) => return Err(ParseError::Forbidden("a processing instruction")),
                Event::DocType(_) => return Err(ParseError::Forbidden("a document type declaration")),
                Event::Eof => return tree.finish(at),
            }
        }
    }

    /// The name, with any namespace prefix.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The text that stands directly in the element, in one piece: CDATA sections and references resolved, control
    /// characters dropped, line ends `\n`. Spaces are kept.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The elements in it, in their order.
    pub fn children(&self) -> &[Element<'a>] {
        &self.children
    }

    /// The first element of that name in it. Of repeated elements the first always wins, so that two readers cannot
    /// be made to see two values.
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All elements of that name in it, in their order.
    pub fn children_named(&self, name: &str) -> impl Iterator<Item = &Element<'a>> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// A document while it is being read.
#[derive(Default)]
struct Tree<'a> {
    /// The elements that are not closed yet, outermost first.
    open: Vec<Element<'a>>,
    root: Option<Element<'a>>,
    elements: usize,
    declared: bool,
}

impl<'a> Tree<'a> {
    fn open(&mut self, name: &'a str, at: usize) -> Result<(), ParseError> {
        if self.root.is_some() {
            return Err(ParseError::NotXml { at, problem: "a second root element" });
        }
        if self.open.len() == MAX_DEPTH {
            return Err(ParseError::TooDeep);
        }
        if self.elements == MAX_ELEMENTS {
            return Err(ParseError::TooManyElements);
        }
        self.elements += 1;
        self.open.push(Element { name, text: Cow::Borrowed(""), children: Vec::new() });
        Ok(())
    }

    /// Closes the innermost element. The reader has compared the names.
    fn close(&mut self) {
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn add_text(&mut self, text: Cow<'a, str>, at: usize) -> Result<(), ParseError> {
        let Some(element) = self.open.last_mut() else {
            return match text.trim_ascii().is_empty() {
                true => Ok(()),
                false => Err(ParseError::NotXml { at, problem: "text outside the root element" }),
            };
        };
        let text = match text {
            Cow::Borrowed(text) => clean(text),
            Cow::Owned(text) => Cow::Owned(clean(&text).into_owned()),
        };
        if element.text.is_empty() {
            element.text = text;
        } else {
            element.text.to_mut().push_str(&text);
        }
        Ok(())
    }

    fn add_character(&mut self, character: char, at: usize) -> Result<(), ParseError> {
        let Some(element) = self.open.last_mut() else {
            return Err(ParseError::NotXml { at, problem: "text outside the root element" });
        };
        // A `\r` that somebody took the trouble to write as a reference stands before a `\n`.
        if character != '\r' {
            element.text.to_mut().push_str(&clean(character.encode_utf8(&mut [0; 4])));
        }
        Ok(())
    }

    fn declare(&mut self, declaration: &BytesDecl<'_>, at: usize) -> Result<(), ParseError> {
        if self.declared || self.elements > 0 {
            return Err(ParseError::NotXml {
                at,
                problem: "an XML declaration that is not at the beginning",
            });
        }
        self.declared = true;
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("utf8") => {
                Ok(())
            }
            Some(_) => Err(ParseError::Forbidden("an encoding other than UTF-8")),
        }
    }

    fn finish(self, at: usize) -> Result<Element<'a>, ParseError> {
        match self.root {
            Some(root) => Ok(root),
            None if self.open.is_empty() => Err(ParseError::NotXml { at, problem: "no element" }),
            None => Err(ParseError::NotXml { at, problem: "an element that is not closed" }),
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// The name of the tag that begins at `at`, borrowed from the document and not from the event.
fn name_at<'a>(document: &'a str, at: usize, name: &str) -> Result<&'a str, ParseError> {
    if name.len() > MAX_NAME_BYTES {
        return Err(ParseError::NotXml { at, problem: "a name that is too long" });
    }
    let is_name = |character: char| character.is_alphanumeric() || "_-.:".contains(character);
    let begins = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let start = at + 1;
    match document.get(start..start + name.len()) {
        Some(borrowed) if borrowed == name && begins && name.chars().all(is_name) => Ok(borrowed),
        _ => Err(ParseError::NotXml { at, problem: "a name that is none" }),
    }
}

/// What a reference stands for. Nothing can be declared, so there are five names and the numbers.
fn resolve(reference: &BytesRef<'_>, at: usize) -> Result<char, ParseError> {
    let character = match &**reference {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ if reference.is_char_ref() => match reference.resolve_char_ref() {
            Ok(Some(character)) if is_xml_character(character) => character,
            _ => {
                return Err(ParseError::NotXml {
                    at,
                    problem: "a reference to a character that does not exist",
                });
            }
        },
        _ => return Err(ParseError::Forbidden("an entity of its own")),
    };
    Ok(character)
}

/// The characters that XML 1.0 allows.
fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The library's own messages quote the document, which may be personal data.
fn describe(error: &quick_xml::Error) -> &'static str {
    match error {
        quick_xml::Error::Syntax(_) => "markup that is not closed or not known",
        quick_xml::Error::IllFormed(_) => "a tag or reference that does not fit",
        _ => "not understood",
    }
}

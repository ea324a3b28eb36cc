//! Just enough XML: a bounded reader that refuses everything dangerous, and a writer that cannot be broken out of.
//!
//! The reader ([`Element`]) takes what the platform sends (§2) and nothing cleverer: no DOCTYPE, no entities but the
//! five and character references, no processing instructions, no encoding but UTF-8, and limits on size, depth and
//! number of elements. The writer ([`Writer`]) puts texts into CDATA sections.

mod element;
mod fields;
mod writer;

use std::borrow::Cow;

pub use self::element::Element;
pub use self::writer::Writer;

/// The longest document that is read, in bytes (§1.6).
pub const MAX_BYTES: usize = 1024 * 1024;
/// How deep elements may be nested; the root is 1 deep, and the platform's own documents are at most 5 deep.
pub const MAX_DEPTH: usize = 16;
/// How many elements a document may have.
pub const MAX_ELEMENTS: usize = 500;
/// The longest name of an element, in bytes.
pub const MAX_NAME_BYTES: usize = 64;

/// Why a document was refused. No variant carries text of the document: it may be personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not well-formed.
    #[error("not well-formed XML at byte {at}: {problem}")]
    NotXml {
        /// Where the problem was noticed, in bytes from the beginning.
        at: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Well-formed, perhaps, but nothing that the platform sends.
    #[error("the document has {0}, which is refused")]
    Forbidden(&'static str),
    /// Deeper than [`MAX_DEPTH`].
    #[error("elements are nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// More elements than [`MAX_ELEMENTS`].
    #[error("more than {MAX_ELEMENTS} elements")]
    TooManyElements,
    /// Longer than [`MAX_BYTES`].
    #[error("longer than {MAX_BYTES} bytes")]
    TooLong,
    /// A field that must be there is absent or empty.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field has a value that it cannot have.
    #[error("`{field}` is not {expected}")]
    Invalid {
        /// The name of the element.
        field: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// The text without control characters, and with `\n` as its only line end. Borrowed when there was none.
///
/// Tabs stay. What XML forbids (U+0000–U+001F, U+FFFE, U+FFFF) could not be sent on, and DEL and U+0080–U+009F mean
/// nothing in a text but could steer a terminal that shows a log.
pub fn clean(text: &str) -> Cow<'_, str> {
    // Of UTF-8, what is dropped is a byte below 0x20, is 0x7F, or begins with 0xC2 or 0xEF.
    let is_plain =
        |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | 0x80..=0xC1 | 0xC3..=0xEE | 0xF0..);
    if text.bytes().all(is_plain) || text.chars().all(is_kept) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|kept| is_kept(*kept)).collect())
}

fn is_kept(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        other => !other.is_control(),
    }
}

#[cfg(test)]
mod tests;

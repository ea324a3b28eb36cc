//! The writer: elements with texts in CDATA sections, as the platform writes them itself.

use std::fmt::{Display, Write};

use super::clean;

/// Builds a document. Names are ours and are written as they are; texts cannot leave their CDATA section.
#[derive(Debug, Default)]
pub struct Writer {
    document: String,
}

impl Writer {
    /// An empty document with room for that many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { document: String::with_capacity(bytes) }
    }

    /// `<name>`
    pub fn open(&mut self, name: &str) {
        self.document.extend(["<", name, ">"]);
    }

    /// `</name>`
    pub fn close(&mut self, name: &str) {
        self.document.extend(["</", name, ">"]);
    }

    /// `<name><![CDATA[text]]></name>`. Control characters are dropped ([`clean`]), and a `]]>` in the text is split
    /// over two sections (§5).
    pub fn text(&mut self, name: &str, text: &str) {
        self.open(name);
        self.document.push_str("<![CDATA[");
        for (place, piece) in clean(text).split("]]>").enumerate() {
            if place > 0 {
                self.document.push_str("]]]]><![CDATA[>");
            }
            self.document.push_str(piece);
        }
        self.document.push_str("]]>");
        self.close(name);
    }

    /// `<name>number</name>`
    pub fn number(&mut self, name: &str, number: impl Display) {
        self.open(name);
        write!(self.document, "{number}").expect("writing to a String cannot fail");
        self.close(name);
    }

    /// The document.
    pub fn finish(self) -> String {
        self.document
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, proptest};

    use super::Writer;
    use crate::wechat::xml::{Element, clean};

    fn written(text: &str) -> String {
        let mut writer = Writer::default();
        writer.text("a", text);
        writer.finish()
    }

    #[test]
    fn a_text_cannot_leave_its_section() {
        assert_eq!(written("x]]><b>y"), "<a><![CDATA[x]]]]><![CDATA[><b>y]]></a>");
        assert_eq!(written("]]>]]>"), "<a><![CDATA[]]]]><![CDATA[>]]]]><![CDATA[>]]></a>");
    }

    #[test]
    fn a_control_character_cannot_hide_the_end_of_a_section() {
        assert_eq!(written("]\u{1}]>"), "<a><![CDATA[]]]]><![CDATA[>]]></a>");
    }

    #[test]
    fn line_ends_are_written_as_the_client_wants_them() {
        assert_eq!(written("一\r\n二\r三\n四"), "<a><![CDATA[一\n二\n三\n四]]></a>");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_was_written_is_read_back(text in "(]|>|<|&|\\PC|\\PC|\n|\r){0,40}") {
            let document = written(&text);
            let element = Element::parse(&document).unwrap();
            assert_eq!(element.text(), clean(&text));
        }
    }
}

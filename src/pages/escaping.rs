//! How values are written into templates: as the engine does, but with slashes left alone, so that an address in
//! a page reads as an address.

use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Error, Output, State, Value, escape_formatter};

/// Writes a value; text that is not marked as safe is escaped for HTML, in content and in quoted attributes.
pub(super) fn write_value(output: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let is_text = value.kind() == ValueKind::String && !value.is_safe();
    match value.as_str() {
        Some(text) if is_text && matches!(state.auto_escape(), AutoEscape::Html) => {
            write_text(output, text).map_err(Error::from)
        }
        _ => escape_formatter(output, state, value),
    }
}

fn write_text(output: &mut impl std::fmt::Write, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (before, special) = rest.split_at(at);
        output.write_str(before)?;
        output.write_str(match special.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        })?;
        rest = &special[1..];
    }
    output.write_str(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_begin_or_end_markup_is_escaped_and_addresses_stay_readable() {
        let mut written = String::new();
        write_text(&mut written, "/h/hope/?a=1&b=\"'<社区>'\"").unwrap();
        assert_eq!(written, "/h/hope/?a=1&amp;b=&quot;&#39;&lt;社区&gt;&#39;&quot;");
    }
}

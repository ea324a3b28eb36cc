//! What may be kept of the texts that come with an upload.

use super::texts;

const MAX_NAME: usize = 100;
/// A name may be cut, but not what says of which kind it is.
const MAX_EXTENSION: usize = 10;

/// The name of a file as it may be shown and given to whoever fetches it: no path, no control characters, none that
/// turn the direction of writing (which make `gnp.exe` look like `exe.png`), nothing that Windows has no names with.
pub(super) fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|character| !is_invisible(*character)).collect();
    let kept = kept.replace(['<', '>', ':', '"', '|', '?', '*'], "_");
    let kept = kept.trim_matches(|character: char| character.is_whitespace() || character == '.');
    if kept.is_empty() {
        return texts::UNNAMED.into();
    }
    if kept.chars().count() <= MAX_NAME {
        return kept.into();
    }
    let extension = extension_of(kept).map(|extension| format!(".{extension}")).unwrap_or_default();
    let stem = kept.strip_suffix(extension.as_str()).unwrap_or(kept);
    let room = MAX_NAME - extension.chars().count();
    stem.chars().take(room).collect::<String>() + &extension
}

/// What stands behind the last dot, as it is written.
pub(super) fn extension_of(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_one = (1..=MAX_EXTENSION).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_one && !stem.is_empty()).then_some(extension)
}

/// A file's name without its extension: the title until somebody writes a better one.
pub(super) fn stem_of(name: &str) -> &str {
    match extension_of(name) {
        Some(extension) => &name[..name.len() - extension.len() - 1],
        None => name,
    }
}

/// One line of text without what cannot be seen, or none when it is longer than it may be.
pub(super) fn one_line(given: &str, most: usize) -> Option<String> {
    let kept: String = given
        .chars()
        .map(|character| if character.is_whitespace() { ' ' } else { character })
        .filter(|character| !is_invisible(*character))
        .collect();
    let kept = kept.trim();
    (kept.chars().count() <= most).then(|| kept.to_owned())
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        // Marks of direction, and what joins nothing: emoji of several parts need U+200D, so that it stays.
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || matches!(character, '\u{200B}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(given: &str, kept: &str) {
        assert_eq!(file_name(given), kept, "for {given:?}");
    }

    #[test]
    fn a_name_is_a_name_and_no_path() {
        check("../../etc/passwd", "passwd");
        check("C:\\Users\\王\\图片.png", "图片.png");
        check("..", texts::UNNAMED);
        check("/", texts::UNNAMED);
        check("", texts::UNNAMED);
        check(".htaccess", "htaccess");
        check("a\u{0}b\r\nc.pdf", "abc.pdf");
        check("\u{202E}gnp.exe", "gnp.exe");
        check("<img src=x onerror=1>.png", "_img src=x onerror=1_.png");
        check("通知 👨‍👩‍👧.docx", "通知 👨‍👩‍👧.docx");
    }

    #[test]
    fn a_long_name_is_cut_before_its_extension() {
        let cut = file_name(&format!("{}.docx", "长".repeat(300)));
        assert_eq!(cut.chars().count(), MAX_NAME);
        assert!(cut.ends_with("长.docx"), "{cut}");
        assert_eq!(file_name(&"𠀀".repeat(300)).chars().count(), MAX_NAME);
    }

    #[test]
    fn the_extension_is_what_stands_behind_the_last_dot() {
        assert_eq!(extension_of("a.tar.GZ"), Some("GZ"));
        assert_eq!(extension_of("第1.5期通知"), None);
        assert_eq!(extension_of("nothing"), None);
        assert_eq!(stem_of("a.b.pdf"), "a.b");
        assert_eq!(stem_of("通知"), "通知");
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(one_line(" 一\n二\t\u{202E}三 ", 9).unwrap(), "一 二 三");
        assert_eq!(one_line("一二三", 2), None);
    }
}

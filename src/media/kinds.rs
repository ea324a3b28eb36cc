//! What a file is, as its bytes say: its name only has to agree.

use encoding_rs::GB18030;

use super::{Kind, Refusal, names, office};

/// Everything that may be kept, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    Jpeg,
    Png,
    Gif,
    Webp,
    Pdf,
    Docx,
    Xlsx,
    Pptx,
    Doc,
    Xls,
    Ppt,
    /// Text, also of tables; whether it is in GB 18030 instead of UTF-8.
    Text {
        is_gb: bool,
    },
    Csv {
        is_gb: bool,
    },
    Mp3,
    M4a,
    Amr,
}

/// So far into a file its kind must have become clear.
const HEAD: usize = 1024;

impl FileType {
    pub fn kind(self) -> Kind {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp => Kind::Picture,
            Self::Mp3 | Self::M4a | Self::Amr => Kind::Audio,
            Self::Pdf | Self::Docx | Self::Xlsx | Self::Pptx | Self::Doc | Self::Xls | Self::Ppt => {
                Kind::File
            }
            Self::Text { .. } | Self::Csv { .. } => Kind::File,
        }
    }

    /// The extension under which it is given out.
    pub fn extension(self) -> &'static str {
        self.extensions()[0]
    }

    /// The extensions that agree with it.
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg", "jfif"],
            Self::Png => &["png"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx", "ppsx"],
            // What WPS writes has the same form as what it stands for.
            Self::Doc => &["doc", "wps"],
            Self::Xls => &["xls", "et"],
            Self::Ppt => &["ppt", "pps", "dps"],
            Self::Text { .. } => &["txt"],
            Self::Csv { .. } => &["csv"],
            Self::Mp3 => &["mp3"],
            Self::M4a => &["m4a"],
            Self::Amr => &["amr"],
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Text { is_gb: false } => "text/plain; charset=utf-8",
            Self::Text { is_gb: true } => "text/plain; charset=gb18030",
            Self::Csv { is_gb: false } => "text/csv; charset=utf-8",
            Self::Csv { is_gb: true } => "text/csv; charset=gb18030",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Amr => "audio/amr",
        }
    }

    /// What people call it.
    fn called(self) -> String {
        match self {
            Self::Doc | Self::Xls | Self::Ppt => format!("旧版 Office 文档（.{}）", self.extension()),
            other => format!(" {}", other.extension().to_uppercase()),
        }
    }
}

/// Finds out what a file is. Reads all of it where it must: Office files and texts.
///
/// # Errors
/// With why it may not be kept: it is of another kind, harmful, broken, or its name says something else.
pub fn detect(name: &str, bytes: &[u8]) -> Result<FileType, Refusal> {
    let extension = names::extension_of(name).map(str::to_ascii_lowercase);
    let found = match by_magic(bytes)? {
        Some(found) => found,
        None => text(bytes, extension.as_deref())?,
    };
    match extension {
        Some(extension) if !found.extensions().contains(&extension.as_str()) => {
            Err(Refusal::WrongExtension { extension, found: found.called() })
        }
        _ => Ok(found),
    }
}

fn by_magic(bytes: &[u8]) -> Result<Option<FileType>, Refusal> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let brand = head.get(8..12).unwrap_or_default();
    Ok(Some(match head {
        [0xFF, 0xD8, 0xFF, ..] => FileType::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => FileType::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => FileType::Gif,
        [b'R', b'I', b'F', b'F', ..] if brand == b"WEBP" => FileType::Webp,
        // Readers take a few bytes before it.
        _ if head.windows(5).any(|window| window == b"%PDF-") => FileType::Pdf,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => office::packed(bytes)?,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => office::compound(bytes)?,
        [b'#', b'!', b'A', b'M', b'R', b'\n' | b'-', ..] => FileType::Amr,
        [b'I', b'D', b'3', 2..=4, ..] => FileType::Mp3,
        [0xFF, second, third, ..] if is_mp3_frame(*second, *third) => FileType::Mp3,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => container(bytes, brand)?,
        [b'R', b'a', b'r', b'!', ..] | [b'7', b'z', 0xBC, 0xAF, ..] | [0x1F, 0x8B, ..] => {
            return Err(Refusal::Archive);
        }
        [0x1A, 0x45, 0xDF, 0xA3, ..] | [b'F', b'L', b'V', 1, ..] => return Err(Refusal::Video),
        [b'R', b'I', b'F', b'F', ..] if brand == b"AVI " => return Err(Refusal::Video),
        _ => return Ok(None),
    }))
}

/// The first frame of MPEG audio, layer III, with a rate that exists.
fn is_mp3_frame(second: u8, third: u8) -> bool {
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    let (bit_rate, sample_rate) = (third >> 4, third >> 2 & 3);
    second & 0xE0 == 0xE0 && version != 1 && layer == 1 && !matches!(bit_rate, 0 | 15) && sample_rate != 3
}

/// What begins as MP4 does: pictures of phones, videos, and sound.
fn container(bytes: &[u8], brand: &[u8]) -> Result<FileType, Refusal> {
    if matches!(brand, b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1" | b"avif") {
        return Err(Refusal::Heic);
    }
    // Recorders name all kinds of brands; which tracks there are tells. A handler's box has its name, four bytes of
    // version and flags, four of nothing, and then what it handles.
    let handlers = bytes.windows(16).filter(|window| window.starts_with(b"hdlr"));
    let mut has_sound = false;
    for handler in handlers.map(|window| &window[12..]) {
        match handler {
            b"vide" => return Err(Refusal::Video),
            b"soun" => has_sound = true,
            _ => (),
        }
    }
    if has_sound { Ok(FileType::M4a) } else { Err(Refusal::Broken) }
}

fn text(bytes: &[u8], extension: Option<&str>) -> Result<FileType, Refusal> {
    let without_mark = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let start = without_mark.trim_ascii_start();
    let has_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C);
    if without_mark.iter().any(has_control) {
        return Err(Refusal::UnknownType);
    }
    // A page or a drawing under a harmless name.
    if start.starts_with(b"<") {
        return Err(Refusal::Script);
    }
    let is_gb = std::str::from_utf8(without_mark).is_err();
    if is_gb && GB18030.decode_without_bom_handling_and_without_replacement(without_mark).is_none() {
        return Err(Refusal::UnknownType);
    }
    match extension {
        Some("csv") => Ok(FileType::Csv { is_gb }),
        // Text has no marks of its own: only what is called one is one.
        Some("txt") => Ok(FileType::Text { is_gb }),
        Some("html" | "htm" | "svg" | "xhtml" | "js" | "mht") => Err(Refusal::Script),
        Some("jpg" | "jpeg" | "png" | "gif" | "webp" | "pdf" | "docx" | "xlsx" | "pptx" | "mp3" | "m4a") => {
            Err(Refusal::Broken)
        }
        _ => Err(Refusal::UnknownType),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, bytes: &[u8], expect: impl Into<Result<FileType, Refusal>>) {
        assert_eq!(detect(name, bytes), expect.into(), "for {name}");
    }

    fn boxes(handler: &[u8; 4]) -> Vec<u8> {
        [b"\0\0\0\x18ftypmp42\0\0\0\0isommp42....hdlr\0\0\0\0\0\0\0\0".as_slice(), handler, b"rest"].concat()
    }

    #[test]
    fn the_bytes_say_what_it_is() {
        check("a.jpeg", b"\xFF\xD8\xFF\xE0", Ok(FileType::Jpeg));
        check("no extension", b"\x89PNG\r\n\x1A\n", Ok(FileType::Png));
        check("a.PDF", b"%PDF-1.7 ...", Ok(FileType::Pdf));
        check("a.mp3", b"ID3\x04...", Ok(FileType::Mp3));
        check("a.mp3", b"\xFF\xFB\x90\x00", Ok(FileType::Mp3));
        check("a.amr", b"#!AMR\n....", Ok(FileType::Amr));
        check("a.m4a", &boxes(b"soun"), Ok(FileType::M4a));
        check("a.txt", "社区通知\r\n".as_bytes(), Ok(FileType::Text { is_gb: false }));
        check("a.csv", b"\xC9\xE7\xC7\xF8,1", Ok(FileType::Csv { is_gb: true }));
    }

    #[test]
    fn what_it_is_not_is_refused_with_the_reason() {
        let wrong = |extension: &str, found: &str| {
            Err(Refusal::WrongExtension { extension: extension.into(), found: found.into() })
        };
        check("a.png", b"\xFF\xD8\xFF\xE0", wrong("png", " JPG"));
        check("a.jpg", b"%PDF-1.7", wrong("jpg", " PDF"));
        check("a.exe", b"\x89PNG\r\n\x1A\n", wrong("exe", " PNG"));
        check("a.png", b"not a picture", Err(Refusal::Broken));
        check("a.exe", b"MZ\x90\x00", Err(Refusal::UnknownType));
        check("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", Err(Refusal::Script));
        check("a.txt", b"\xEF\xBB\xBF \n<!DOCTYPE html><script>", Err(Refusal::Script));
        check("a.png", b"<?xml version='1.0'?><svg/>", Err(Refusal::Script));
        check("a.html", b"alert(1)", Err(Refusal::Script));
        check("a.mp4", &boxes(b"vide"), Err(Refusal::Video));
        check("a.m4a", &boxes(b"vide"), Err(Refusal::Video));
        check("a.jpg", b"\0\0\0\x18ftypheic", Err(Refusal::Heic));
        check("a.rar", b"Rar!\x1A\x07", Err(Refusal::Archive));
        check("a.txt", b"a\0b", Err(Refusal::UnknownType));
    }
}

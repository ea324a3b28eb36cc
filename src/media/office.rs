//! Office files: which they are, and what may not be in them. Only their lists of contents are read; nothing is unpacked.

use std::io::Cursor;

use zip::ZipArchive;

use super::{FileType, Refusal};

/// A document of a thousand pictures has fewer parts.
const ENTRIES: usize = 5_000;
/// So large may all parts be together. What opens such a file later must keep to this as well: a list can lie.
const UNPACKED_BYTES: u64 = 300 << 20;
/// Text packs to a twentieth, and drawings to a hundredth.
const RATIO: u64 = 200;
/// Below this nothing is a bomb, however well it packs.
const HARMLESS_BYTES: u64 = 20 << 20;

/// Looks into a file of the kind that Office has written since 2007, an archive of parts.
///
/// # Errors
/// When it is another archive, has macros, or would unpack to too much.
pub(super) fn packed(bytes: &[u8]) -> Result<FileType, Refusal> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_error| Refusal::Broken)?;
    if archive.len() > ENTRIES {
        return Err(Refusal::Bomb);
    }
    let mut unpacked: u64 = 0;
    let (mut is_package, mut found) = (false, None);
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|_error| Refusal::Broken)?;
        unpacked = unpacked.saturating_add(entry.size());
        let name = entry.name().map_err(|_error| Refusal::Broken)?;
        let name = name.replace('\\', "/").to_ascii_lowercase();
        if name.starts_with('/') || name.split('/').any(|part| part == "..") {
            return Err(Refusal::Broken);
        }
        if entry.encrypted() {
            return Err(Refusal::Encrypted);
        }
        if name.ends_with("vbaproject.bin") || name.ends_with("vbadata.xml") || name.contains("/macrosheets/")
        {
            return Err(Refusal::Macro);
        }
        match name.as_str() {
            "[content_types].xml" => is_package = true,
            "word/document.xml" => found = Some(FileType::Docx),
            "xl/workbook.xml" => found = Some(FileType::Xlsx),
            "ppt/presentation.xml" => found = Some(FileType::Pptx),
            _ => (),
        }
    }
    let ratio = unpacked / (bytes.len() as u64).max(1);
    if unpacked > UNPACKED_BYTES || (unpacked > HARMLESS_BYTES && ratio > RATIO) {
        return Err(Refusal::Bomb);
    }
    found.filter(|_| is_package).ok_or(Refusal::Archive)
}

/// A line of the list of contents of a compound file stands at a multiple of its own length.
const LINE: usize = 128;
/// Its name takes the first half, in UTF-16, and its length in bytes follows, with the zero at its end.
const NAME: usize = 64;

/// Looks into a file of the kind that Office wrote before 2007, which is a file system of its own.
///
/// # Errors
/// When it is none of the three, or has macros or a password.
pub(super) fn compound(bytes: &[u8]) -> Result<FileType, Refusal> {
    let mut found = None;
    for line in bytes.chunks_exact(LINE) {
        let Some(name) = name_of(line) else { continue };
        match name.as_str() {
            "WordDocument" => found = Some(FileType::Doc),
            "Workbook" | "Book" => found = Some(FileType::Xls),
            "PowerPoint Document" => found = Some(FileType::Ppt),
            "_VBA_PROJECT" | "_VBA_PROJECT_CUR" | "VBA" => return Err(Refusal::Macro),
            "EncryptedPackage" | "EncryptionInfo" => return Err(Refusal::Encrypted),
            _ => (),
        }
    }
    found.ok_or(Refusal::UnknownType)
}

fn name_of(line: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes([line[NAME], line[NAME + 1]]));
    // A kind of 0 is a line that is not used.
    let is_used = matches!(line[NAME + 2], 1 | 2 | 5);
    if !is_used || !(4..=NAME).contains(&length) || length % 2 != 0 {
        return None;
    }
    let units = line[..length - 2].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAGIC: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    fn compound_of(names: &[&str]) -> Vec<u8> {
        let mut bytes = vec![0; 512];
        bytes[..8].copy_from_slice(&MAGIC);
        for name in names {
            let mut line = [0; LINE];
            for (place, unit) in name.encode_utf16().enumerate() {
                line[place * 2..place * 2 + 2].copy_from_slice(&unit.to_le_bytes());
            }
            line[NAME] = u8::try_from(name.len() * 2 + 2).unwrap();
            line[NAME + 2] = 2;
            bytes.extend(line);
        }
        bytes
    }

    #[test]
    fn old_files_are_known_by_their_list_of_contents() {
        assert_eq!(compound(&compound_of(&["Root Entry", "WordDocument"])), Ok(FileType::Doc));
        assert_eq!(compound(&compound_of(&["Workbook"])), Ok(FileType::Xls));
        assert_eq!(compound(&compound_of(&["PowerPoint Document"])), Ok(FileType::Ppt));
        assert_eq!(compound(&compound_of(&["WordDocument", "_VBA_PROJECT"])), Err(Refusal::Macro));
        assert_eq!(compound(&compound_of(&["EncryptedPackage"])), Err(Refusal::Encrypted));
        assert_eq!(compound(&compound_of(&["Property"])), Err(Refusal::UnknownType));
        assert_eq!(compound(&MAGIC), Err(Refusal::UnknownType));
    }

    /// An archive of empty parts, by hand: each part's head, the list, and the end. A list may tell any size.
    fn archive(parts: &[(&str, u32)]) -> Vec<u8> {
        let (mut bytes, mut list) = (Vec::new(), Vec::new());
        for (name, size) in parts {
            let (length, place) = (u16::try_from(name.len()).unwrap(), u32::try_from(bytes.len()).unwrap());
            let about = |bytes: &mut Vec<u8>| {
                // Version, flags, method (stored), time, date, checksum.
                bytes.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0]);
                bytes.extend(0_u32.to_le_bytes());
                bytes.extend(size.to_le_bytes());
                bytes.extend(length.to_le_bytes());
                bytes.extend(0_u16.to_le_bytes());
            };
            bytes.extend(b"PK\x03\x04");
            about(&mut bytes);
            bytes.extend(name.as_bytes());
            list.extend(b"PK\x01\x02\x14\x00");
            about(&mut list);
            list.extend([0; 10]);
            list.extend(place.to_le_bytes());
            list.extend(name.as_bytes());
        }
        let (count, place) = (u16::try_from(parts.len()).unwrap(), u32::try_from(bytes.len()).unwrap());
        let size = u32::try_from(list.len()).unwrap();
        bytes.extend(list);
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
        bytes.extend([size.to_le_bytes(), place.to_le_bytes()].concat());
        bytes.extend([0, 0]);
        bytes
    }

    const PACKAGE: (&str, u32) = ("[Content_Types].xml", 0);

    #[test]
    fn new_files_are_known_by_their_parts() {
        assert_eq!(packed(&archive(&[PACKAGE, ("word/document.xml", 9)])), Ok(FileType::Docx));
        assert_eq!(packed(&archive(&[PACKAGE, ("xl/workbook.xml", 9)])), Ok(FileType::Xlsx));
        assert_eq!(packed(&archive(&[PACKAGE, ("ppt/presentation.xml", 9)])), Ok(FileType::Pptx));
        assert_eq!(packed(&archive(&[("word/document.xml", 9)])), Err(Refusal::Archive));
        assert_eq!(packed(&archive(&[("photo.jpg", 9)])), Err(Refusal::Archive));
        assert_eq!(packed(b"PK\x03\x04"), Err(Refusal::Broken));
    }

    #[test]
    fn bombs_macros_and_paths_are_refused() {
        let with = |name: &'static str, size: u32| {
            packed(&archive(&[PACKAGE, ("word/document.xml", 9), (name, size)]))
        };
        assert_eq!(with("word/vbaProject.bin", 9), Err(Refusal::Macro));
        assert_eq!(with("../../etc/cron.d/x", 9), Err(Refusal::Broken));
        assert_eq!(with("word/media/image1.bin", 4_000_000_000), Err(Refusal::Bomb));
        assert_eq!(with("word/media/image1.bin", 25 << 20), Err(Refusal::Bomb), "a thousand times its size");
        let names: Vec<String> = (0..6_000).map(|number| format!("{number}")).collect();
        let many: Vec<(&str, u32)> = names.iter().map(|name| (name.as_str(), 0)).collect();
        assert_eq!(packed(&archive(&many)), Err(Refusal::Bomb));
    }
}

//! Uploads that are not what they say, or more than they look.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use hopetree::media::texts;
use image::ImageFormat;

use super::*;

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [length.as_slice(), &body, &crc32fast::hash(&body).to_be_bytes()].concat()
}

/// A picture of one color that packs to a thousandth: whole, and correct.
fn png_bomb(side: u32) -> Vec<u8> {
    let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    let line = vec![0; side as usize * 3 + 1];
    for _ in 0..side {
        packed.write_all(&line).unwrap();
    }
    let data = packed.finish().unwrap();
    [b"\x89PNG\r\n\x1A\n".as_slice(), &chunk(b"IHDR", &header), &chunk(b"IDAT", &data), &chunk(b"IEND", &[])]
        .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn disguises_bombs_and_nothing_at_all_are_refused_in_plain_chinese() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let png = picture(40, 40, ImageFormat::Png);
    let large = [picture(40, 40, ImageFormat::Jpeg), vec![0; 11 << 20]].concat();
    for (name, bytes, code) in [
        ("空.png", vec![], "media_empty"),
        ("大.pdf", [b"%PDF-1.7".to_vec(), vec![b' '; 50 << 20]].concat(), "media_too_large"),
        ("大.jpg", large, "media_too_large"),
        ("木马.exe", b"MZ\x90\0\x03".to_vec(), "media_unknown_type"),
        ("木马.png", b"MZ\x90\0\x03".to_vec(), "media_unknown_type"),
        ("图.jpg", png.clone(), "media_wrong_extension"),
        ("图.pdf", png.clone(), "media_wrong_extension"),
        ("图.png", png[..png.len() / 2].to_vec(), "media_broken"),
        ("图.svg", b"<svg onload='alert(1)'/>".to_vec(), "media_script"),
        ("图.png", b"<html><script>alert(1)</script>".to_vec(), "media_script"),
        ("炸弹.png", png_bomb(9_000), "media_too_many_pixels"),
        ("炸弹.png", png_bomb(12_001), "media_too_many_pixels"),
        ("包.zip", archive("photo.jpg", 9), "media_archive"),
        ("表.docx", archive("photo.jpg", 9), "media_archive"),
        ("表.xlsx", archive("xl/workbook.xml", 4_000_000_000), "media_bomb"),
        ("宏.docx", archive("word/vbaProject.bin", 9), "media_macro"),
        ("录像.mp4", b"\0\0\0\x18ftypisom\0\0\0\0....hdlr\0\0\0\0\0\0\0\0vide".to_vec(), "media_video"),
    ] {
        let refusal = refused(media.keep(HOPE, &by(), name, bytes).await);
        assert_eq!(refusal.code(), code, "for {name}");
        let text = texts::refusal(&refusal);
        assert!(text.ends_with('。') && text.chars().count() > 10, "{text}");
    }
    assert_eq!(files_in(&folder.path().join("media")), 0, "nothing stays of what was refused");
    // A good one of many pixels is taken, and becomes small.
    let item = keep(&media, "大.png", &png_bomb(5_000)).await;
    assert_eq!((item.width, item.height), (Some(1_600), Some(1_600)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_offices_and_phones_make_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write(0, 0, "姓名").unwrap();
    for (name, bytes, extension, kind) in [
        ("表.xlsx", book.save_to_buffer().unwrap(), "xlsx", Kind::File),
        ("文.docx", archive("word/document.xml", 900), "docx", Kind::File),
        ("录音.amr", b"#!AMR\nxxxx".to_vec(), "amr", Kind::Audio),
        ("录音.mp3", b"ID3\x03\0\0\0\0\0\0".to_vec(), "mp3", Kind::Audio),
        ("没有扩展名", picture(20, 20, ImageFormat::WebP), "jpg", Kind::Picture),
        ("图.webp", picture(30, 20, ImageFormat::WebP), "jpg", Kind::Picture),
        ("图.gif", picture(20, 20, ImageFormat::Gif), "png", Kind::Picture),
    ] {
        let item = keep(&media, name, &bytes).await;
        assert_eq!((item.extension.as_str(), item.kind), (extension, kind), "for {name}");
    }
}

/// An archive of two empty parts, by hand; its list may tell any size.
fn archive(name: &str, size: u32) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (name, size) in [("[Content_Types].xml", 0), (name, size)] {
        let place = u32::try_from(bytes.len()).unwrap();
        let mut about = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        about.extend(size.to_le_bytes());
        about.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        about.extend([0, 0]);
        bytes.extend([b"PK\x03\x04".as_slice(), &about, name.as_bytes()].concat());
        list.extend([b"PK\x01\x02\x14\0".as_slice(), &about, &[0; 10]].concat());
        list.extend(place.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let place = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let size = u32::try_from(list.len()).unwrap().to_le_bytes();
    [bytes, list, b"PK\x05\x06\0\0\0\0\x02\0\x02\0".to_vec(), size.to_vec(), place.to_vec(), vec![0, 0]]
        .concat()
}

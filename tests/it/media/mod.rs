//! The media library: what is kept of an upload, what is refused, and what residents get.

mod bucket;
mod fetching;
mod files;
mod library;

use std::io::Cursor;

use hopetree::accounts::AccountId;
use hopetree::app::App;
use hopetree::clock::{Clock, Timestamp};
use hopetree::config::Config;
use hopetree::jobs::Job;
use hopetree::media::store::{self, Filter};
use hopetree::media::{By, Fault, Item, Kept, Kind, Media, Refusal, jobs};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use crate::support::{Hopetree, Mode};

/// The first account that a new installation adds.
const HOPE: AccountId = AccountId(1);
const OTHER: AccountId = AccountId(99);
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY: i64 = 86_400_000;

fn by() -> By {
    By::command_line()
}

/// A picture of many colors, so that it does not pack to nothing.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([(x * 7) as u8, (y * 5) as u8, (x * y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A photo as a phone makes it: lying on its side, with the place where it was taken.
fn photo_with_position(width: u32, height: u32) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    let mut entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        exif.extend(tag.to_le_bytes());
        exif.extend(kind.to_le_bytes());
        exif.extend(count.to_le_bytes());
        exif.extend(value);
    };
    // Two entries: to be turned by a quarter, and where the entries of the position are.
    let orientation = [6, 0, 0, 0];
    let count = 2_u16.to_le_bytes();
    entry(0x0112, 3, 1, orientation);
    entry(0x8825, 4, 1, 38_u32.to_le_bytes());
    let mut exif = [&exif[..14], &count, &exif[14..]].concat();
    exif.extend([0; 4]);
    // One entry: north, and a text that would give the place away.
    exif.extend([1, 0]);
    exif.extend([1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0]);
    exif.extend([0; 4]);
    exif.extend(b"31.2304N 121.4737E");
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let plain = picture(width, height, ImageFormat::Jpeg);
    [&plain[..2], &[0xFF, 0xE1], &length, &exif, &plain[2..]].concat()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// An app on a folder's data, with some settings more.
async fn app_in(folder: &std::path::Path, variables: &[(&str, &str)], at: Timestamp) -> App {
    let data_dir = folder.display().to_string();
    let own = [("HOPETREE_DATA_DIR", data_dir.as_str())];
    let variables =
        own.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    rustls::crypto::ring::default_provider().install_default().ok();
    App::start(Config::parse(None, variables).unwrap(), Clock::fixed(at)).await.unwrap()
}

async fn keep(media: &Media, name: &str, bytes: &[u8]) -> Item {
    media.keep(HOPE, &by(), name, bytes.to_vec()).await.unwrap().into_item()
}

#[track_caller]
fn refused(kept: Result<Kept, Fault>) -> Refusal {
    match kept {
        Err(Fault::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// How many files a folder holds, in all its folders.
fn files_in(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_upright_smaller_and_tells_nobody_where_it_was_taken() {
    let server = Hopetree::start();
    let photo = photo_with_position(2_400, 1_200);
    assert!(holds(&photo, "Exif") && holds(&photo, "121.4737E"));
    let app = app_in(server.folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let item = keep(&media, "../../手机/IMG_0001.JPG", &photo).await;
    assert_eq!((item.name.as_str(), item.title.as_str()), ("IMG_0001.JPG", "IMG_0001"));
    assert_eq!((item.kind, item.width, item.height), (Kind::Picture, Some(800), Some(1_600)), "turned");

    let url = format!("{}{}", server.url, item.url("hope"));
    let response = server.http.get(&url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    assert_eq!(headers["content-type"], "image/jpeg");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert!(!headers.contains_key("content-disposition"));
    let served = response.bytes().await.unwrap();
    assert_eq!(served.len() as i64, item.size);
    assert!(!holds(&served, "Exif") && !holds(&served, "121.4737E"), "the place is in what is served");
    let decoded = image::load_from_memory(&served).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (800, 1_600));

    let thumb = format!("{}{}", server.url, item.thumb_url("hope").unwrap());
    let thumb = server.http.get(thumb).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(image::load_from_memory(&thumb).unwrap().height(), 400);
    let again = server.http.get(&url).header("if-none-match", &headers["etag"]).send().await.unwrap();
    assert_eq!(again.status(), 304);

    // Neither another account's, nor another name, nor what is no name at all.
    let hash = &item.hash;
    server.command(&SECOND);
    for path in [
        format!("/h/second/media/{hash}.jpg"),
        format!("/h/nobody/media/{hash}.jpg"),
        format!("/h/hope/media/{hash}.png"),
        format!("/h/hope/media/{hash}"),
        format!("/h/hope/media/{}.jpg", "0".repeat(64)),
        format!("/h/hope/media/..%2F{hash}.jpg"),
        "/h/hope/media/..%2F..%2Fmaster.key".to_owned(),
        "/h/hope/media/%2e%2e%2fhopetree.db".to_owned(),
    ] {
        assert_eq!(server.get(&path).await.0, 404, "{path}");
    }
    server.eventually(|| server.get("/h/second/"), |(status, _)| *status == 200).await;
    assert_eq!(server.get(&format!("/h/second/media/{hash}.jpg")).await.0, 404);

    // In the trash it is not given out; taken back it is, and so when it is uploaded again.
    let write = app.db.begin_write().await.unwrap();
    assert!(store::set_deleted(&write, HOPE, &item, Some(NOW)).await.unwrap());
    write.commit().await.unwrap();
    assert_eq!(server.http.get(&url).send().await.unwrap().status(), 404);
    let known = media.keep(HOPE, &by(), "other name.jpg", photo).await.unwrap();
    assert!(matches!(&known, Kept::Known(known) if known.id == item.id && known.deleted_at.is_none()));
    assert_eq!(server.http.get(&url).send().await.unwrap().status(), 200);
    assert_eq!(files_in(&server.folder.path().join("media")), 2, "the picture and its thumbnail, once");
}

const SECOND: [&str; 17] = [
    "account",
    "add",
    "second",
    "--name",
    "第二社区",
    "--app-id",
    "wx00000000000000bb",
    "--app-secret",
    "0123456789abcdef0123456789abcdef",
    "--token",
    "shequ2026Token",
    "--aes-key",
    "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8",
    "--mode",
    "plain",
    "--kind",
    "service",
];

#[tokio::test(flavor = "multi_thread")]
async fn files_come_with_their_names_and_do_nothing_in_a_browser() {
    let server = Hopetree::start();
    let app = app_in(server.folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let text = keep(&media, "停水通知\".txt", "明天停水\r\n".as_bytes()).await;
    let paper = keep(&media, "办事指南.pdf", b"%PDF-1.7\n%%EOF").await;
    let table = keep(&media, "<script>.csv", b"\xC9\xE7\xC7\xF8,1").await;
    let get = async |item: &Item| {
        server.http.get(format!("{}{}", server.url, item.url("hope"))).send().await.unwrap()
    };
    let response = get(&text).await;
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    let disposition = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    assert!(
        disposition.ends_with("filename*=UTF-8''%E5%81%9C%E6%B0%B4%E9%80%9A%E7%9F%A5_.txt"),
        "{disposition}"
    );
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(response.text().await.unwrap(), "明天停水\r\n");
    let response = get(&paper).await;
    assert_eq!(response.headers()["content-type"], "application/pdf");
    assert!(response.headers()["content-disposition"].to_str().unwrap().starts_with("inline;"));
    assert_eq!(get(&table).await.headers()["content-type"], "text/csv; charset=gb18030");
    assert_eq!(paper.thumb_url("hope"), None);
    assert_eq!(server.get(&format!("/h/hope/media/{}-thumb.png", paper.hash)).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_played_in_parts_as_phones_ask_for_them() {
    let server = Hopetree::start();
    let app = app_in(server.folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let sound: Vec<u8> =
        b"ID3\x04".iter().copied().chain((0..700_000_u32).map(|at| (at % 251) as u8)).collect();
    let item = keep(&media, "录音.mp3", &sound).await;
    let url = format!("{}{}", server.url, item.url("hope"));
    let whole = server.http.get(&url).send().await.unwrap();
    assert_eq!(
        (whole.status().as_u16(), &whole.headers()["accept-ranges"]),
        (200, &"bytes".parse().unwrap())
    );
    let etag = whole.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(whole.bytes().await.unwrap(), sound);

    let ask = async |headers: &[(&'static str, &str)]| {
        let mut request = server.http.get(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let range = response.headers().get("content-range").map(|range| range.to_str().unwrap().to_owned());
        let length = response.headers()["content-length"].to_str().unwrap().parse::<usize>().unwrap();
        let kind = response.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        assert_eq!(bytes.len(), length);
        if status < 300 {
            assert_eq!(kind.as_deref(), Some("audio/mpeg"));
        }
        (status, range.unwrap_or_default(), bytes)
    };
    for (range, start, end) in [
        ("bytes=0-1", 0, 2),
        ("bytes=0-", 0, 700_004),
        ("bytes=262143-262145", 262_143, 262_146),
        ("bytes=300000-", 300_000, 700_004),
        ("bytes=-4", 700_000, 700_004),
    ] {
        let (status, told, bytes) = ask(&[("range", range)]).await;
        assert_eq!((status, told), (206, format!("bytes {start}-{}/700004", end - 1)), "{range}");
        assert!(bytes == sound[start..end], "{range}: other bytes");
    }
    let (status, told, _) = ask(&[("range", "bytes=700004-")]).await;
    assert_eq!((status, told.as_str()), (416, "bytes */700004"));
    // Several parts at once may be answered with the whole, and so is who has the beginning of something else.
    assert_eq!(ask(&[("range", "bytes=0-1,5-6")]).await.0, 200);
    assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", &etag)]).await.0, 206);
    assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", "\"other\"")]).await.0, 200);
    assert_eq!(ask(&[("range", "bytes=0-1"), ("if-range", "Thu, 01 Jan 2026 00:00:00 GMT")]).await.0, 200);
    let head = server.http.head(&url).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), &head.headers()["content-length"]),
        (200, &"700004".parse().unwrap())
    );
    assert_eq!(head.headers()["accept-ranges"], "bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_upload_many_times_at_once_is_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let bytes = picture(300, 200, ImageFormat::Png);
    let by = by();
    let uploads = (0..6).map(|_| media.keep(HOPE, &by, "a.png", bytes.clone()));
    let kept = futures_util::future::join_all(uploads).await;
    let items: Vec<_> = kept.into_iter().map(|kept| kept.unwrap().into_item().id).collect();
    assert!(items.iter().all(|id| *id == items[0]), "{items:?}");
    assert_eq!(files_in(&folder.path().join("media")), 2);
    // Another account keeps its own.
    let other = media.keep(OTHER, &by, "a.png", bytes).await.unwrap();
    assert!(matches!(&other, Kept::New(item) if item.id != items[0]));
    assert_eq!(files_in(&folder.path().join("media")), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_full_is_told_so_and_others_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &[("HOPETREE_MEDIA_QUOTA_MB", "1")], NOW).await;
    let media = Media::open(&app).unwrap();
    let text = |number: u8| vec![b'a' + number; 400 << 10];
    for number in 0..2 {
        keep(&media, "a.txt", &text(number)).await;
    }
    let refusal = refused(media.keep(HOPE, &by(), "a.txt", text(2)).await);
    assert_eq!(refusal, Refusal::Quota { used_mb: 0, quota_mb: 1 });
    assert_eq!(files_in(&folder.path().join("media")), 2, "nothing stays of what was refused");
    assert!(matches!(media.keep(OTHER, &by(), "a.txt", text(2)).await, Ok(Kept::New(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trash_is_emptied_after_thirty_days_and_what_belongs_to_nothing_goes() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let (first, second) = (
        keep(&media, "a.txt", b"first").await,
        keep(&media, "b.png", &picture(9, 9, ImageFormat::Png)).await,
    );
    let kept = keep(&media, "c.txt", b"third").await;
    let write = app.db.begin_write().await.unwrap();
    store::set_deleted(&write, HOPE, &first, Some(NOW.plus_millis(-31 * DAY))).await.unwrap();
    store::set_deleted(&write, HOPE, &second, Some(NOW.plus_millis(-29 * DAY))).await.unwrap();
    write.commit().await.unwrap();
    let root = folder.path().join("media");
    std::fs::write(root.join("1/orphan"), b"left behind").unwrap();
    let sweep = async || {
        let key = hopetree::accounts::MasterKey::obtain(&app.config.master_key, folder.path()).unwrap();
        let directory = hopetree::accounts::Directory::load(&app.db, key.into()).await.unwrap();
        let context = hopetree::accounts::Context { app: app.clone(), directory };
        jobs::Sweep {}.run(&context).await.unwrap();
    };
    sweep().await;
    let trash = Filter { is_trash: true, ..Filter::default() };
    let left = store::page(app.db.reader(), HOPE, &trash, None, 9).await.unwrap();
    assert_eq!(left.iter().map(|item| item.id).collect::<Vec<_>>(), [second.id]);
    assert!(!root.join(first.place.unwrap()).exists());
    assert!(root.join(kept.place.unwrap()).exists() && root.join(second.place.unwrap()).exists());
    // The app's clock stands in 2027, so what was written now is old.
    assert!(!root.join("1/orphan").exists());
    // A database that knows none of them is the wrong one.
    for number in 0..30 {
        std::fs::write(root.join(format!("1/unknown-{number}")), b"x").unwrap();
    }
    sweep().await;
    assert_eq!(files_in(&root), 33);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_lead_to_videos_only() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &[], NOW).await;
    let media = Media::open(&app).unwrap();
    let link = "https://v.qq.com/x/page/a0123.html";
    let kept = media.keep_link(HOPE, &by(), " 消防\n演练 ", link).await.unwrap().into_item();
    assert_eq!(
        (kept.kind, kept.title.as_str(), kept.url("hope").as_str()),
        (Kind::VideoLink, "消防 演练", link)
    );
    assert!(matches!(media.keep_link(HOPE, &by(), "", link).await, Ok(Kept::Known(_))));
    assert_eq!(refused(media.keep_link(HOPE, &by(), "", "http://10.0.0.1/").await), Refusal::Link);
}

#[test]
fn the_files_of_a_removed_account_are_removed() {
    let server = Hopetree::start();
    let folder = server.stop();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let app = app_in(folder.path(), &[], NOW).await;
        let media = Media::open(&app).unwrap();
        keep(&media, "a.txt", b"text").await;
        media.keep(OTHER, &by(), "a.txt", b"text".to_vec()).await.unwrap();
        app.db.close().await.unwrap();
    });
    assert_eq!(files_in(&folder.path().join("media")), 2);
    let removed = crate::support::run(folder.path(), &["account", "remove", "hope", "--yes"]);
    assert!(removed.status.success(), "{}", String::from_utf8_lossy(&removed.stderr));
    assert_eq!(files_in(&folder.path().join("media")), 1);
    drop(Hopetree::serve(folder, Mode::Secure));
}

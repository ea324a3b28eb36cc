//! The media library in a bucket: a small server that speaks as much of S3 as is needed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hopetree::media::Storage;

use super::*;

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

fn range_of(header: &str) -> Option<(usize, usize)> {
    let (start, end) = header.strip_prefix("bytes=")?.split_once('-')?;
    Some((start.parse().ok()?, end.parse().ok()?))
}

/// What is in the bucket, by key. Whoever does not sign is sent away.
async fn bucket() -> (String, Objects) {
    async fn answer(
        State(objects): State<Objects>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let signed = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !signed.starts_with("AWS4-HMAC-SHA256 Credential=AKID/") || !signed.contains("Signature=") {
            return StatusCode::FORBIDDEN.into_response();
        }
        let Some(key) = uri.path().strip_prefix("/files") else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let key = key.trim_start_matches('/').to_owned();
        let mut objects = objects.lock().unwrap();
        if method == Method::PUT {
            objects.insert(key, body);
            return ([("etag", "\"1\"")], StatusCode::OK).into_response();
        }
        if method == Method::DELETE {
            objects.remove(&key);
            return StatusCode::NO_CONTENT.into_response();
        }
        if uri.query().is_some_and(|query| query.contains("list-type=2")) {
            let query = uri.query().unwrap_or_default();
            let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix=")).unwrap_or_default();
            let prefix = prefix.replace("%2F", "/");
            let found: String = objects
                .iter()
                .filter(|(key, _)| key.starts_with(&prefix))
                .map(|(key, bytes)| {
                    format!(
                        "<Contents><Key>{key}</Key><Size>{}</Size><ETag>1</ETag>\
                         <LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>",
                        bytes.len()
                    )
                })
                .collect();
            return format!("<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")
                .into_response();
        }
        match objects.get(&key) {
            Some(bytes) => {
                let about = [("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"), ("etag", "\"1\"")];
                match headers.get("range").and_then(|range| range.to_str().ok()).and_then(range_of) {
                    Some((start, end)) => {
                        let told = format!("bytes {start}-{end}/{}", bytes.len());
                        let part = bytes.slice(start..=end);
                        (StatusCode::PARTIAL_CONTENT, about, [("content-range", told)], part).into_response()
                    }
                    None => (about, bytes.clone()).into_response(),
                }
            }
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }
    let objects = Objects::default();
    let router = Router::new()
        .fallback(answer)
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(Arc::clone(&objects));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = tokio_util::sync::CancellationToken::new();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(hopetree::http::serve(listener, router, shutdown));
    (format!("http://{address}"), objects)
}

fn settings(endpoint: &str) -> [(&str, &str); 4] {
    [
        ("HOPETREE_MEDIA_S3_ENDPOINT", endpoint),
        ("HOPETREE_MEDIA_S3_BUCKET", "files"),
        ("HOPETREE_MEDIA_S3_ACCESS_KEY", "AKID"),
        ("HOPETREE_MEDIA_S3_SECRET_KEY", "hunter2"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_takes_and_gives_what_a_folder_does() {
    let (endpoint, objects) = bucket().await;
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &settings(&endpoint), NOW).await;
    let storage = Storage::open(&app.config).unwrap();
    assert!(!storage.exists("1/a").await.unwrap());
    assert!(storage.get("1/a", ..).await.unwrap().is_none());
    storage.put("1/a", vec![7; 600_000]).await.unwrap();
    storage.put("2/b", vec![8; 10]).await.unwrap();
    assert!(storage.exists("1/a").await.unwrap());
    let all = storage.get("1/a", ..).await.unwrap().unwrap();
    let pieces: Vec<_> = futures_util::StreamExt::collect(all).await;
    let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.unwrap()).collect();
    assert!(bytes.len() == 600_000 && bytes.iter().all(|byte| *byte == 7));
    let listed: Vec<_> = futures_util::StreamExt::collect(storage.list().await.unwrap()).await;
    let listed: Vec<String> = listed.into_iter().map(Result::unwrap).collect();
    assert_eq!(listed, ["1/a", "2/b"]);
    assert_eq!(storage.since("1/a").await.unwrap(), Some(Timestamp::from_seconds(1_767_225_600)));
    storage.delete("1/a").await.unwrap();
    storage.delete("1/a").await.unwrap();
    assert!(!storage.exists("1/a").await.unwrap());
    storage.delete_account(AccountId(2)).await.unwrap();
    assert!(objects.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn residents_get_from_a_bucket_what_was_uploaded_through_any_node() {
    let (endpoint, objects) = bucket().await;
    let settings = settings(&endpoint);
    let server = Hopetree::start_with_settings(Mode::Secure, "http://127.0.0.1:9", &settings);
    let app = app_in(server.folder.path(), &settings, NOW).await;
    let media = Media::open(&app).unwrap();
    let item = keep(&media, "图.png", &picture(500, 300, ImageFormat::Png)).await;
    assert_eq!(objects.lock().unwrap().len(), 2);
    assert!(!server.folder.path().join("media").exists(), "nothing is in the folder");
    let response = server.http.get(format!("{}{}", server.url, item.url("hope"))).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()),
        (200, "image/png")
    );
    let whole = response.bytes().await.unwrap();
    assert_eq!(whole.len() as i64, item.size);
    let part = server.http.get(format!("{}{}", server.url, item.url("hope"))).header("range", "bytes=10-29");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap(), whole[10..30]);
    assert!(!server.log().contains("hunter2"));
    // What is lost there is not found, and the log says so.
    objects.lock().unwrap().clear();
    assert_eq!(server.get(&item.url("hope")).await.0, 404);
    let log = server.eventually(async || server.log(), |log| log.contains("missing in the storage")).await;
    assert!(log.contains("missing in the storage"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_is_away_fails_the_upload_and_leaves_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_in(folder.path(), &settings("http://127.0.0.1:9"), NOW).await;
    let media = Media::open(&app).unwrap();
    let kept = media.keep(HOPE, &by(), "a.txt", b"text".to_vec()).await;
    assert!(matches!(kept, Err(Fault::Failed(_))), "{kept:?}");
    assert!(store::page(app.db.reader(), HOPE, &Filter::default(), None, 9).await.unwrap().is_empty());
}

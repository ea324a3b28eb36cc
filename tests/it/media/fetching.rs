//! Pictures of a pasted article: the server fetches them from WeChat's servers, here a small one, and keeps them.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use serde_json::json;

use super::*;
use crate::support::{Console, Reply};

/// A server of pictures, and of what is none.
async fn source() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let png = || async { ([("content-type", "image/png")], picture(300, 200, ImageFormat::Png)) };
    let endless = || async {
        let pieces = (0..64).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![0xFF; 1 << 20])));
        Body::from_stream(futures_util::stream::iter(pieces)).into_response()
    };
    let never = || async {
        let first = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"\x89PNG"))]);
        Body::from_stream(futures_util::StreamExt::chain(first, futures_util::stream::pending()))
            .into_response()
    };
    let own = url.clone();
    let router = Router::new()
        .route("/mmbiz_png/a/640", get(png))
        .route("/photo", get(|| async { photo_with_position(600, 400) }))
        .route("/text.png", get(|| async { ([("content-type", "image/png")], "no picture at all") }))
        .route("/page.png", get(|| async { ([("content-type", "image/png")], "<svg onload=alert(1)/>") }))
        .route("/paper.png", get(|| async { "%PDF-1.7\n%%EOF" }))
        .route("/large", get(|| async { vec![0xFF; 11 << 20] }))
        .route("/endless", get(endless))
        .route("/never", get(never))
        .route("/elsewhere", get(|| async { Redirect::temporary("http://127.0.0.1:9/healthz") }))
        .route("/itself", get(|| async move { Redirect::temporary(&format!("{own}/mmbiz_png/a/640")) }));
    let shutdown = tokio_util::sync::CancellationToken::new();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    tokio::spawn(hopetree::http::serve(listener, router, shutdown));
    url
}

async fn fetch(console: &Console<'_>, url: &str) -> Reply {
    console.post("/media/fetch", json!({ "url": url })).await
}

fn server_with(source: &str) -> Hopetree {
    let sources = [("HOPETREE_PICTURE_SOURCES", source)];
    Hopetree::start_with_settings(Mode::Secure, "http://127.0.0.1:9", &sources)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_a_pasted_article_are_kept_once_and_shown_from_here() {
    let source = source().await;
    let server = server_with(&source);
    let editor = server.signs_in_as("editor").await;
    let address = format!("{source}/mmbiz_png/a/640?wx_fmt=png&from=appmsg");
    let reply = fetch(&editor, &address).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let body = reply.done();
    let item = &body["item"];
    assert_eq!(
        (&item["kind"], &item["width"], &body["known"]),
        (&json!("picture"), &json!(300), &json!(false))
    );
    let url = item["url"].as_str().unwrap();
    assert!(url.starts_with("/h/hope/media/") && url.ends_with(".png"), "{url}");
    assert_eq!(server.http.get(format!("{}{url}", server.url)).send().await.unwrap().status(), 200);
    let again = fetch(&editor, &address).await;
    assert_eq!((again.status.as_u16(), &again.body["item"]["id"]), (200, &item["id"]));
    assert_eq!(again.body["known"], true);

    // A photo is made anew as one that was uploaded.
    let photo = fetch(&editor, &format!("{source}/photo")).await.done()["item"]["url"].clone();
    let served = server.http.get(format!("{}{}", server.url, photo.as_str().unwrap()));
    let served = served.send().await.unwrap().bytes().await.unwrap();
    assert!(!holds(&served, "121.4737E"), "the place is in what is served");
    assert_eq!(editor.get("/media").await.done()["items"].as_array().unwrap().len(), 2);

    let agent = server.signs_in_as("agent").await;
    assert_eq!(fetch(&agent, &address).await.refused().0, 403);
    server.command(&SECOND);
    let others = "/api/v1/accounts/second/media/fetch";
    assert_eq!(editor.post(others, json!({ "url": address })).await.refused().0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_or_stands_elsewhere_is_not_fetched() {
    let source = source().await;
    let server = server_with(&source);
    let editor = server.signs_in_as("editor").await;
    for (path, words) in [
        ("/text.png", "不是图片"),
        ("/page.png", "不是图片"),
        ("/paper.png", "不是图片"),
        ("/large", "10 MB"),
        ("/endless", "10 MB"),
        ("/nothing", "取不到"),
        ("/elsewhere", "取不到"),
        ("/itself", "取不到"),
    ] {
        let refused = fetch(&editor, &format!("{source}{path}")).await;
        assert_eq!(refused.refused(), (422, "invalid"), "{path}");
        let told = refused.body["fields"]["url"].as_str().unwrap();
        assert!(told.contains(words) && told.ends_with("再上传。"), "{path}: {told}");
    }
    let port = source.rsplit(':').next().unwrap();
    for address in [
        format!("http://localhost:{port}/photo"),
        format!("https://127.0.0.1:{port}/photo"),
        format!("http://me@127.0.0.1:{port}/photo"),
        format!("{}/h/hope/", server.url),
        "https://mmbiz.qpic.cn/a".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "nonsense".to_owned(),
    ] {
        let refused = fetch(&editor, &address).await;
        assert_eq!(refused.refused(), (422, "invalid"), "{address}");
        assert!(refused.body["fields"]["url"].as_str().unwrap().contains("微信公众号文章"), "{refused:?}");
    }
    assert!(editor.get("/media").await.done()["items"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_come_to_an_end_holds_nobody_up_for_long() {
    let source = source().await;
    let server = server_with(&source);
    let editor = server.signs_in_as("editor").await;
    let (address, begun) = (format!("{source}/never"), Instant::now());
    let (slow, page) = tokio::join!(fetch(&editor, &address), async {
        let (status, _) = server.get("/h/hope/").await;
        (status, begun.elapsed())
    });
    assert_eq!(slow.refused(), (422, "invalid"));
    assert!(begun.elapsed() < Duration::from_secs(25), "{:?}", begun.elapsed());
    assert!(page.0 == 200 && page.1 < Duration::from_secs(5), "{page:?}");
}

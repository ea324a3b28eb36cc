//! The library over the API, as the console uses it.

use reqwest::Method;
use serde_json::json;

use super::*;
use crate::support::{Console, Reply, reply};

/// Uploads as a browser's form does.
async fn upload(console: &Console<'_>, name: &str, bytes: &[u8]) -> Reply {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n",
        name.replace('"', "%22")
    );
    let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
    let request = console.request(Method::POST, "/media");
    let request = request.header("content-type", "multipart/form-data; boundary=edge").body(body);
    reply(request.send().await.expect("the server answers")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_uploads_describes_throws_away_and_takes_back() {
    let server = Hopetree::start();
    let editor = server.signs_in_as("editor").await;
    let reply =
        upload(&editor, "C:\\图片\\社区 \u{202E}活动.png", &picture(800, 600, ImageFormat::Png)).await;
    assert_eq!(reply.status, 201);
    let item = reply.done()["item"].clone();
    assert_eq!(
        (&item["name"], &item["kind"], &item["alt"]),
        (&json!("社区 活动.png"), &json!("picture"), &json!(""))
    );
    assert_eq!(server.get(item["url"].as_str().unwrap()).await.0, 200);
    let again = upload(&editor, "other.png", &picture(800, 600, ImageFormat::Png)).await;
    assert_eq!((again.status.as_u16(), &again.body["known"]), (200, &json!(true)));
    upload(&editor, "通知.txt", b"text").await.done();
    let link = json!({ "title": "消防演练", "link": "https://v.qq.com/x/page/a.html" });
    assert_eq!(editor.post("/media/links", link).await.status, 201);
    let refused = editor.post("/media/links", json!({ "link": "http://127.0.0.1/" })).await;
    assert_eq!(refused.refused(), (422, "invalid"));

    let list = async |query: &str| -> Vec<String> {
        let page = editor.get(&format!("/media?{query}")).await.done();
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(list("").await, ["消防演练", "通知.txt", "社区 活动.png"]);
    assert_eq!(list("kind=picture").await, ["社区 活动.png"]);
    assert_eq!(list("text=%E9%80%9A%E7%9F%A5").await, ["通知.txt"]);
    assert_eq!(list("lacks_alt=true").await, ["社区 活动.png"]);
    assert!(list("trash=true").await.is_empty());
    let first = editor.get("/media?limit=2").await.done();
    let next = first["next"].as_str().unwrap();
    assert_eq!(list(&format!("limit=2&cursor={next}")).await, ["社区 活动.png"]);
    assert_eq!(editor.get("/media?cursor=x").await.refused().0, 400);
    assert_eq!(editor.get("/media?kind=virus").await.refused().0, 400);

    let path = format!("/media/{}", item["id"]);
    let change = json!({ "version": 1, "title": "重阳节", "alt": "老人们在树下下棋" });
    let changed = editor.patch(&path, change.clone()).await.done();
    assert_eq!((&changed["alt"], &changed["version"]), (&json!("老人们在树下下棋"), &json!(2)));
    assert_eq!(editor.patch(&path, change).await.refused(), (409, "stale"));
    let long = json!({ "version": 2, "title": "", "alt": "长".repeat(201) });
    assert_eq!(editor.patch(&path, long).await.refused(), (422, "invalid"));
    assert!(list("lacks_alt=true").await.is_empty());

    // A section shows it: it is not thrown away by mistake.
    let db = server.db().await;
    let html = format!("<p><img src=\"{}\"></p>", item["url"].as_str().unwrap());
    sea_orm::ConnectionTrait::execute_unprepared(
        db.reader(),
        &format!("update section set body_html = '{html}' where slug = 'map'"),
    )
    .await
    .unwrap();
    let uses = editor.get(&path).await.done()["uses"].clone();
    assert_eq!((&uses[0]["kind"], &uses[0]["key"]), (&json!("section"), &json!("map")));
    let refused = editor.delete(&format!("{path}?version=2")).await;
    assert_eq!(refused.refused(), (409, "in_use"));
    assert!(refused.body["message"].as_str().unwrap().starts_with("栏目《"), "{refused:?}");
    editor.delete(&format!("{path}?version=2&anyway=true")).await.done();
    assert_eq!(server.get(item["url"].as_str().unwrap()).await.0, 404);
    assert_eq!(list("trash=true").await, ["社区 活动.png"]);
    let trash = editor.get("/media?trash=true").await.done();
    let thumb = trash["items"][0]["thumb_url"].as_str().unwrap().to_owned();
    let shown = editor.request(Method::GET, &thumb).send().await.unwrap();
    assert_eq!(
        (shown.status().as_u16(), shown.headers()["content-type"].to_str().unwrap()),
        (200, "image/png")
    );
    editor.post(&format!("{path}/restore"), json!({ "version": 3 })).await.done();
    assert_eq!(server.get(item["url"].as_str().unwrap()).await.0, 200);

    let room = editor.get("/media/room").await.done();
    assert!(room["used_bytes"].as_u64().unwrap() > 1_000 && room["quota_bytes"] == json!(2_u64 << 30));
    let actions = [("media.upload", 3), ("media.describe", 1), ("media.delete", 1), ("media.restore", 1)];
    for (action, count) in actions {
        let found = sea_orm::ConnectionTrait::query_all_raw(
            db.reader(),
            sea_orm::Statement::from_string(
                sea_orm::DatabaseBackend::Sqlite,
                format!("select 1 from audit where action = '{action}'"),
            ),
        )
        .await
        .unwrap();
        assert_eq!(found.len(), count, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_for_someone_is_refused_or_not_there() {
    let server = Hopetree::start();
    server.command(&SECOND);
    let owner = server.signs_in_as("owner").await;
    server.eventually(|| owner.get("/api/v1/accounts/second/media"), |reply| reply.status == 200).await;
    let item = upload(&owner, "a.txt", b"text").await.done()["item"].clone();
    let id = &item["id"];
    let others = format!("/api/v1/accounts/second/media/{id}");
    assert_eq!(owner.get(&others).await.refused().0, 404);
    assert_eq!(owner.get(&format!("{others}/thumb")).await.refused().0, 404);
    let change = json!({ "version": 1, "title": "x", "alt": "" });
    assert_eq!(owner.patch(&others, change).await.refused().0, 404);
    assert_eq!(owner.delete(&format!("{others}?version=1")).await.refused().0, 404);
    assert_eq!(owner.post(&format!("{others}/restore"), json!({ "version": 1 })).await.refused().0, 404);
    assert_eq!(owner.get(&format!("/media/{id}/thumb")).await.refused().0, 404, "a text has no picture");
    assert_eq!(owner.get("/media/nothing").await.refused().0, 404);

    // Who answers residents may look, and not upload; whoever works elsewhere sees nothing; without a token nobody changes.
    let agent = server.signs_in_as("agent").await;
    assert_eq!(agent.get("/media").await.status, 200);
    assert_eq!(upload(&agent, "a.txt", b"text").await.refused().0, 403);
    assert_eq!(agent.get("/api/v1/accounts/second/media").await.refused().0, 404);
    let stranger = Console { csrf: "forged".into(), cookie: owner.cookie.clone(), app: &server };
    assert_eq!(upload(&stranger, "a.txt", b"text").await.refused().0, 403);
    let nobody = Console { cookie: "hopetree_session=x".into(), ..stranger };
    assert_eq!(nobody.get("/media").await.refused().0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_uploads_are_refused_with_a_reason_and_the_server_lives_on() {
    let server = Hopetree::start();
    let editor = server.signs_in_as("editor").await;
    for (name, bytes, status) in [
        ("空.png", Vec::new(), 422),
        ("大.pdf", [b"%PDF-1.7".to_vec(), vec![b' '; 50 << 20]].concat(), 413),
        ("图.jpg", picture(9, 9, ImageFormat::Png), 422),
        ("网页.html", b"<script>alert(1)</script>".to_vec(), 422),
        ("../../../etc/passwd", b"root:x:0:0".to_vec(), 422),
    ] {
        let refused = upload(&editor, name, &bytes).await;
        assert_eq!(refused.refused().0, status, "for {name}");
        assert!(refused.body["message"].as_str().unwrap().ends_with('。'), "{refused:?}");
    }
    // Not even a form, or one that breaks off.
    for (content_type, body) in [
        ("application/json", "{}"),
        ("multipart/form-data", ""),
        (
            "multipart/form-data; boundary=edge",
            "--edge\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nxx",
        ),
        ("multipart/form-data; boundary=edge", "--edge--\r\n"),
    ] {
        let request = editor.request(Method::POST, "/media").header("content-type", content_type).body(body);
        let status = request.send().await.unwrap().status();
        assert!(status == 400 || status == 422, "{content_type}: {status}");
    }
    assert_eq!(upload(&editor, "a.txt", b"text").await.status, 201);
}

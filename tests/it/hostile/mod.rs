//! What people write to do harm: put into every field there is, and looked for on every page, in every answer of the API,
//! in the chat and in every sheet.

mod corpus;
mod surfaces;

use futures_util::StreamExt;
use hopetree::accounts::AccountId;
use hopetree::clock::{Clock, Timestamp};
use hopetree::content;
use hopetree::notices::desk::{self, Deed, Refusal};
use hopetree::notices::{Action, Content};
use hopetree::sheets;
use reqwest::Method;
use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};

use self::corpus::{ATTACKS, cut};
use self::surfaces::{check_answer, check_page, check_sheet};
use crate::support::{Console, Hopetree, Reply, reply};

const HOPE: AccountId = AccountId(1);
/// Pages of residents that are visited at most.
const MOST_PAGES: usize = 600;

fn now() -> Timestamp {
    Clock::System.now()
}

/// Puts something hostile in: it is taken, or refused with a reason, and nothing else. Gives it when it was taken.
#[track_caller]
fn taken(what: &str, attack: &str, reply: Reply, counts: &mut Counts) -> Option<Value> {
    let is_refused = [400, 409, 413, 422].contains(&reply.status.as_u16());
    assert!(reply.status.is_success() || is_refused, "{what} {attack:?}: {reply:?}");
    let count = counts.entry(what.to_owned()).or_default();
    *count += usize::from(!is_refused);
    (!is_refused).then_some(reply.body)
}

type Counts = std::collections::BTreeMap<String, usize>;

/// Everything that an office writes.
async fn fill(console: &Console<'_>, counts: &mut Counts) {
    let starts = crate::support::now() * 1000 + 86_400_000;
    for (number, attack) in ATTACKS.iter().enumerate() {
        let short = cut(attack, 30);
        let place = json!({
            "name": short, "category": cut(attack, 20), "address": cut(attack, 100), "phone": cut(attack, 40),
            "latitude": 31.3361, "longitude": 121.2813, "note": cut(attack, 200),
        });
        taken("place", attack, console.post("/places", place).await, counts);
        let contact = json!({
            "name": short, "group": cut(attack, 20), "phone": cut(attack, 40), "note": cut(attack, 200),
        });
        taken("contact", attack, console.post("/contacts", contact).await, counts);
        let event = json!({
            "title": short, "starts_at": starts, "ends_at": starts + 3_600_000, "venue": short, "organizer": short,
            "audience": short, "signup": cut(attack, 100), "body": attack,
        });
        taken("event", attack, console.post("/events", event).await, counts);
        let preview = console.post("/events/preview", json!({ "body": attack })).await;
        assert!(surfaces::dangers(preview.done()["html"].as_str().unwrap()).is_empty(), "{attack}");
        let rule = json!({
            "keywords": [format!("敌意{number}")], "match": "exact", "note": cut(attack, 50),
            "answers": [{ "kind": "text", "text": attack }],
        });
        taken("rule", attack, console.post("/answers/rules", rule).await, counts);
        let word = json!({ "word": cut(attack, 20), "level": "warning", "reason": cut(attack, 60),
            "suggestion": cut(attack, 20), "allowed": [] });
        taken("word", attack, console.post("/words", word).await, counts);
        taken(
            "tag",
            attack,
            console.post("/followers/tags", json!({ "name": cut(attack, 15) })).await,
            counts,
        );
        let link = json!({ "title": attack, "link": attack });
        assert_eq!(console.post("/media/links", link).await.refused().0, 422, "{attack}");
        let person = json!({ "name": format!("person{number}"), "display_name": short,
            "roles": [{ "role": "editor", "account": "hope" }] });
        taken("person", attack, console.post("/api/v1/people", person).await, counts);
        let picture = upload(console, &format!("{attack}.png"), &picture(number as u32 + 9)).await;
        if let Some(kept) = taken("picture", attack, picture, counts) {
            let change =
                json!({ "version": kept["item"]["version"], "title": cut(attack, 100), "alt": attack });
            let path = format!("/media/{}", kept["item"]["id"]);
            taken("alternative text", attack, console.patch(&path, change).await, counts);
        }
    }
    for (name, bytes) in [
        ("a.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.png", "<?xml version='1.0'?><svg onload='alert(1)'/>"),
        ("a.html", "<script>alert(1)</script>"),
        ("a.txt", "<html><script>alert(1)</script>"),
        ("a.xml", "<x xmlns:h='http://www.w3.org/1999/xhtml'><h:script>alert(1)</h:script></x>"),
    ] {
        assert_eq!(upload(console, name, bytes.as_bytes()).await.refused().0, 422, "{name}");
    }
    let all: String = ATTACKS.iter().map(|attack| format!("{attack}\n\n[链接]({attack})\n\n")).collect();
    let mut section = console.get("/sections/map").await.done();
    section.as_object_mut().unwrap().remove("articles");
    section["body"] = json!(all);
    section["summary"] = json!("\"><script>alert(1)</script>");
    section["aliases"] = json!(["<b>地图</b>", "\" onclick=alert(1)"]);
    console.put("/sections/map", section).await.done();
    let entries = |part: &[&str]| -> Vec<Value> {
        part.iter()
            .map(|attack| json!({ "name": attack, "type": "view", "url": attack, "key": attack }))
            .collect()
    };
    let columns: Vec<Value> =
        ATTACKS[..15].chunks(5).map(|part| json!({ "name": part[0], "sub_button": entries(part) })).collect();
    let menu = json!({ "definition": { "button": columns }, "version": 0 });
    let reply = console.put("/menu/draft", menu).await;
    assert!(taken("menu", "", reply, counts).is_some());
    let version = console.get("/menu").await.done()["draft"]["version"].clone();
    assert_eq!(
        console.post("/menu/publish", json!({ "version": version, "note": "" })).await.refused().0,
        422
    );
}

/// Notices that residents see, with something hostile in each field; gives their ids.
async fn publish(app: &Hopetree, console: &Console<'_>, counts: &mut Counts) -> Vec<i64> {
    let db = app.db().await;
    let mut ids = Vec::new();
    for attack in ATTACKS {
        let short = cut(attack, 30);
        let sheet = content::Attachment { hash: format!("{}.pdf", "b2".repeat(32)), name: cut(attack, 80) };
        let written = Content {
            title: cut(attack, 60),
            digest: cut(attack, 100),
            author: Some(short.clone()),
            source: Some(short.clone()),
            document_number: Some(short.clone()),
            audience_note: Some(cut(attack, 50)),
            keywords: vec![cut(attack, 10)],
            sections: vec!["tips".into()],
            attachments: vec![sheet],
            body_html: format!(
                "<p>{attack}</p>{attack}<a href=\"{attack}\">a</a><img src=\"{attack}\" alt='{attack}'>"
            ),
            ..Content::default()
        };
        // Pictures from elsewhere become gaps, with which nothing is published: then without.
        let plain = Content { body_html: format!("<a href=\"{attack}\">a</a>"), ..written.clone() };
        let bare = Content { body_html: "<p>正文</p>".into(), ..written.clone() };
        let mut done = None;
        for written in [written, plain, bare] {
            let write = db.begin_write().await.unwrap();
            match published(&write, written).await {
                Ok(id) => {
                    write.commit().await.unwrap();
                    done = Some(id);
                    break;
                }
                Err(_) => write.rollback().await.unwrap(),
            }
        }
        let Some(id) = done else { continue };
        let draft = json!({ "title": cut(attack, 60), "sections": ["tips"],
            "body_html": format!("<p>{attack}</p>{attack}<img src=\"{attack}\" alt='{attack}'>") });
        if let Some(draft) = taken("draft", attack, console.post("/notices", draft).await, counts) {
            ids.push(draft["id"].as_i64().unwrap());
        }
        let comment = json!({ "text": attack });
        let path = format!("/notices/{id}/comments");
        taken("comment", attack, console.post(&path, comment).await, counts);
        *counts.entry("notice".into()).or_default() += 1;
        ids.push(id);
    }
    ids
}

/// Brings a notice through all reviews to residents.
async fn published(db: &DatabaseTransaction, written: Content) -> Result<i64, Refusal> {
    let notice = desk::create(db, HOPE, written, 7, now()).await?;
    let deed = |version: i64| Deed { account: HOPE, id: notice.id, version, person: 8, now: now() };
    let handed_in = desk::step(db, &deed(notice.version), Action::Submit).await?;
    let approved = desk::approve(db, &deed(handed_in.version)).await?;
    desk::publish(db, &deed(approved.version), now()).await?;
    Ok(notice.id)
}

/// What residents write, and what the office notes of them.
async fn chat(app: &Hopetree, console: &Console<'_>, counts: &mut Counts) {
    let resident = app.resident("oHostile0000000000000000001");
    resident.follows_by("\"><script>alert(1)</script>").await;
    for (number, attack) in ATTACKS.iter().enumerate() {
        if !attack.contains("]]>") {
            assert_eq!(resident.says(attack).await.status, 200, "{attack}");
        }
        // What an editor wrote is said as it was written: it does not get out of its place in the answer.
        let heard = resident.says(&format!("敌意{number}")).await;
        assert_eq!(heard.status, 200);
        assert!(!heard.text().to_lowercase().contains("href=\"javascript"), "{attack}: {heard:?}");
    }
    let body = "<Location_X>31.3</Location_X><Location_Y>121.2</Location_Y><Scale>16</Scale>\
                <Label><![CDATA[<img src=x onerror=alert(1)>]]></Label>";
    resident.sends("location", body).await;
    let followers = console.get("/followers").await.done();
    let follower = &followers["items"][0];
    for attack in ATTACKS {
        let path = format!("/followers/{}", follower["id"]);
        let version = console.get(&path).await.done()["follower"]["remark_version"].clone();
        let remark = json!({ "remark": cut(attack, 30), "version": version });
        taken("remark", attack, console.put(&format!("{path}/remark"), remark).await, counts);
    }
}

async fn upload(console: &Console<'_>, name: &str, bytes: &[u8]) -> Reply {
    let head = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n",
        name.replace('"', "%22").replace(['\r', '\n'], " ")
    );
    let body = [head.as_bytes(), bytes, b"\r\n--edge--\r\n"].concat();
    let request = console.request(Method::POST, "/media");
    let request = request.header("content-type", "multipart/form-data; boundary=edge").body(body);
    reply(request.send().await.unwrap()).await
}

fn picture(side: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(side, side).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_anybody_writes_becomes_code_anywhere() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    let mut counts = Counts::new();
    fill(&owner, &mut counts).await;
    let notices = publish(&app, &owner, &mut counts).await;
    chat(&app, &owner, &mut counts).await;
    // A story in which everything is refused would prove nothing.
    for (what, count) in &counts {
        assert!(*count >= if what == "menu" { 1 } else { ATTACKS.len() / 2 }, "{what}: {counts:?}");
    }

    // Every page that residents reach by a link.
    app.eventually(|| app.get("/h/hope/s/tips"), |(_, page)| page.contains("alert(")).await;
    let (mut waiting, mut seen) = (vec!["/h/hope/".to_owned()], std::collections::BTreeSet::new());
    let mut hostile = 0;
    while let Some(path) = waiting.pop() {
        if seen.len() >= MOST_PAGES || !seen.insert(path.clone()) {
            continue;
        }
        let page = check_page(&app, &path).await;
        hostile += usize::from(page.contains("alert("));
        waiting.extend(surfaces::links(&page));
    }
    assert!(hostile > ATTACKS.len() / 2, "{hostile} of {} pages tell of what was written", seen.len());

    // Every answer of the API.
    let mut paths: Vec<String> = [
        "places?limit=100",
        "contacts?limit=100",
        "events?limit=100",
        "answers/rules?limit=100",
        "answers/check",
        "words?limit=100",
        "words/lines",
        "followers",
        "followers/tags",
        "media?limit=100",
        "sections",
        "sections/map",
        "menu",
        "menu/versions",
        "notices?limit=100",
        "notice-counts",
        "conversations",
        "conversations/search?q=alert",
        "people?limit=100",
        "audit?limit=100",
        "audit/actions",
        "late-reviews",
        "notices?text=%3Cscript%3E",
        "places?q=%22%3E%3Cimg%20src%3Dx%3E",
    ]
    .map(|path| format!("/api/v1/accounts/hope/{path}"))
    .to_vec();
    for id in &notices {
        let notice = format!("/api/v1/accounts/hope/notices/{id}");
        paths.extend(
            ["", "/review", "/comments", "/steps", "/revisions", "/revisions/1"]
                .map(|part| format!("{notice}{part}")),
        );
    }
    let conversation = owner.get("/conversations").await.done()["items"][0]["id"].clone();
    paths.push(format!("/api/v1/accounts/hope/conversations/{conversation}/messages?limit=100"));
    paths.extend(
        ["/api/v1/session", "/api/v1/people?limit=100", "/api/v1/audit?limit=100"].map(str::to_owned),
    );
    // What is asked for comes back in what is told of errors.
    let asked =
        ["places/%3Cscript%3E", "notices?state=%3Cscript%3E", "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"];
    paths.extend(asked.map(|path| format!("/api/v1/accounts/hope/{path}")));
    for path in &paths {
        check_answer(&owner, path).await;
    }
    let checked = owner.post("/checks", json!({ "title": ATTACKS[0], "body_html": ATTACKS.concat() })).await;
    surfaces::check_value("/checks", &checked.done());

    // The preview of what nobody has reviewed, on a phone without a session.
    for id in notices.iter().take(12) {
        let preview = owner.post(&format!("/notices/{id}/preview"), json!({})).await.done();
        let url = preview["url"].as_str().unwrap();
        check_page(&app, &url[url.find("/h/").unwrap()..]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sheet_holds_a_formula_whatever_was_written_or_brought() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    let titles = ["名称", "类别", "地址", "电话", "纬度", "经度", "备注"];
    let columns = titles.map(|title| sheets::Column { title, width: 10 });
    let mut writer = sheets::Writer::new("地点", &columns, app.folder.path()).unwrap();
    for attack in ATTACKS {
        let attack: String = attack.chars().filter(|character| !character.is_control()).take(30).collect();
        let short = cut(&attack, 20);
        writer.add([attack.as_str(), &short, &attack, &attack, "31.3", "121.3", &attack]).unwrap();
    }
    let request = owner.request(Method::POST, "/places/import").body(writer.finish().unwrap());
    let report = reply(request.send().await.unwrap()).await.done();
    assert_eq!((&report["done"], &report["added"]), (&json!(true), &json!(ATTACKS.len())), "{report}");
    let mut counts = Counts::new();
    fill(&owner, &mut counts).await;
    chat(&app, &owner, &mut counts).await;
    let account = "/api/v1/accounts/hope";
    for path in ["places/export", "contacts/export", "events/export", "followers/export", "audit/export"] {
        check_sheet(&owner, &format!("{account}/{path}"), path != "audit/export").await;
    }
    check_sheet(&owner, "/api/v1/audit/export", false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_news_that_the_console_hears_carry_nothing_that_residents_wrote() {
    let app = Hopetree::start();
    let agent = app.signs_in_as("agent").await;
    let response = agent.request(Method::GET, "/conversations/stream").send().await.unwrap();
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    let mut news = response.bytes_stream();
    let resident = app.resident("oHostile0000000000000000001");
    let mut heard = String::new();
    for attack in ATTACKS.iter().filter(|attack| !attack.contains("]]>")).take(10) {
        resident.says(attack).await;
    }
    while !heard.contains("event: changed") {
        let piece = tokio::time::timeout(std::time::Duration::from_secs(15), news.next()).await;
        heard.push_str(&String::from_utf8_lossy(&piece.expect("in time").expect("it goes on").unwrap()));
    }
    assert!(!heard.contains('<') && !heard.contains("alert"), "{heard}");
}

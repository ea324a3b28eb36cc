//! What the console does with places, contacts, events, conversations and followers.

use std::io::Cursor;
use std::time::Duration;

use calamine::{Reader, Xlsx};
use futures_util::StreamExt;
use hopetree::sheets;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Console, Hopetree, reply};

const SCRIPT: &str = "<img src=x onerror=alert(1)>";

fn place(name: &str) -> Value {
    json!({
        "name": name, "category": "卫生站", "address": "示例路26号", "phone": "021-5555-0103",
        "hours": "周一至周六8:00–16:30", "latitude": 31.3361, "longitude": 121.2813, "note": null,
    })
}

async fn download(console: &Console<'_>, path: &str) -> Vec<u8> {
    let response = console.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    assert_eq!(response.headers()["content-type"], sheets::CONTENT_TYPE);
    response.bytes().await.unwrap().to_vec()
}

async fn upload(console: &Console<'_>, path: &str, bytes: Vec<u8>) -> crate::support::Reply {
    let request = console.request(Method::POST, path).header("content-type", "application/octet-stream");
    reply(request.body(bytes).send().await.unwrap()).await
}

/// The first sheet's rows, as a program that opens it sees them, and whether there is any formula.
fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    assert!(book.worksheet_formula(&name).is_ok_and(|formulas| formulas.used_cells().next().is_none()));
    let range = book.worksheet_range(&name).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[tokio::test]
async fn a_place_that_an_editor_changes_is_changed_for_residents_at_once() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let made = editor.post("/places", place("希望驿站")).await.done();
    let (id, slug) = (&made["id"], made["slug"].as_str().unwrap());
    let page = format!("/h/hope/p/{slug}");
    app.eventually(
        || async {
            let (status, page) = app.get(&page).await;
            (status == 200 && page.contains("希望驿站")).then_some(())
        },
        Option::is_some,
    )
    .await
    .unwrap();
    let mut changed = place("希望驿站（新）");
    changed["note"] = json!(SCRIPT);
    let change = json!({ "version": made["version"], "place": changed });
    let after = editor.put(&format!("/places/{id}"), change.clone()).await.done();
    assert_eq!((after["slug"].as_str(), &after["position"]), (Some(slug), &made["position"]));
    app.eventually(
        || async {
            let (_, page) = app.get(&page).await;
            (page.contains("希望驿站（新）") && !page.contains(SCRIPT)).then_some(())
        },
        Option::is_some,
    )
    .await
    .unwrap();
    let stale = editor.put(&format!("/places/{id}"), change).await;
    assert_eq!(stale.refused(), (409, "stale"));

    // Removed, and put back where it stood, under its address.
    let removal = format!("/places/{id}?version={}", after["version"].as_str().unwrap());
    assert_eq!(editor.delete(&removal).await.status, 204);
    assert_eq!(editor.delete(&removal).await.refused(), (404, "not_found"));
    changed["slug"] = after["slug"].clone();
    changed["position"] = after["position"].clone();
    let back = editor.post("/places", changed).await.done();
    assert_eq!(
        (&back["slug"], &back["position"], back["version"] == after["version"]),
        (&after["slug"], &after["position"], false)
    );
    assert_eq!(app.get(&page).await.0, 200);
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_said_by_field() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let mut wrong = place(" ");
    wrong["latitude"] = json!(91);
    wrong["hours"] = json!("每天17:00–9:00");
    wrong["note"] = json!("长".repeat(201));
    let refused = editor.post("/places", wrong).await;
    assert_eq!(refused.refused(), (422, "invalid"));
    let fields = refused.body["fields"].as_object().unwrap();
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["hours", "latitude", "name", "note"]);
    assert_eq!(fields["name"], "不能为空。");
    assert_eq!(fields["note"], "有 201 个字，最多 200 个字。");
    let event = json!({ "title": "义诊", "starts_at": 2, "ends_at": 1, "venue": "中心", "place": "nowhere", "body": "" });
    let refused = editor.post("/events", event).await;
    assert_eq!(refused.body["fields"]["ends_at"], "不能早于开始时间。");
    assert_eq!(refused.body["fields"]["place"], "地图上没有这个地点。");
    for (text, origin) in [
        ("https://uri.amap.com/marker?position=121.28130,31.33610", "gaode"),
        ("http://api.map.baidu.com/marker?location=31.342,121.288", "baidu"),
        ("31.3361，121.2813", "typed"),
    ] {
        let located = editor.post("/places/locate", json!({ "text": text })).await.done();
        assert_eq!(located["origin"], origin);
        assert!((located["latitude"].as_f64().unwrap() - 31.3361).abs() < 0.001, "{located}");
    }
    let short = editor.post("/places/locate", json!({ "text": "https://surl.amap.com/x" })).await;
    assert!(short.body["message"].as_str().unwrap().contains("短链接"), "{short:?}");
}

#[tokio::test]
async fn an_event_that_was_typed_stands_on_the_residents_page() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let starts = crate::support::now() * 1000 + 86_400_000;
    let event = json!({
        "title": "冬至包饺子", "starts_at": starts, "ends_at": starts + 3_600_000, "venue": "党群服务中心",
        "place": "party-centre", "signup": "电话报名", "body": format!("**欢迎**一家人来\n\n{SCRIPT}"),
    });
    let made = editor.post("/events", event).await.done();
    let path = format!("/h/hope/e/{}", made["slug"].as_str().unwrap());
    let page = app
        .eventually(
            || async {
                let (status, page) = app.get(&path).await;
                (status == 200).then_some(page)
            },
            Option::is_some,
        )
        .await
        .unwrap();
    assert!(
        page.contains("冬至包饺子") && page.contains("<strong>欢迎</strong>") && !page.contains("<img src=x"),
        "{page}"
    );
    let preview = editor.post("/events/preview", json!({ "body": SCRIPT })).await.done();
    assert!(!preview["html"].as_str().unwrap().contains("<img"));
    let place = editor.get("/places?q=党群服务中心").await.done()["items"][0].clone();
    let removal = format!("/places/{}?version={}", place["id"], place["version"].as_str().unwrap());
    let refused = editor.delete(&removal).await;
    assert_eq!(refused.refused(), (409, "in_use"));
    assert!(refused.body["message"].as_str().unwrap().contains("在这里举办"));
}

#[tokio::test]
async fn the_order_of_a_list_is_the_residents_order() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let list = editor.get("/contacts?limit=100").await.done();
    let mut ids: Vec<i64> =
        list["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect();
    ids.reverse();
    assert_eq!(editor.put("/contacts/order", json!({ "ids": ids })).await.status, 204);
    let page = editor.get("/contacts?limit=3").await.done();
    let now: Vec<i64> =
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect();
    assert_eq!(now, ids[..3]);
    let next =
        editor.get(&format!("/contacts?limit=3&cursor={}", page["next"].as_str().unwrap())).await.done();
    assert_eq!(next["items"][0]["id"], ids[3]);
    assert_eq!(editor.put("/contacts/order", json!({ "ids": [1_000_000] })).await.refused().0, 404);
}

#[tokio::test]
async fn a_sheet_goes_out_and_comes_in_whole_or_not_at_all() {
    let app = Hopetree::start();
    let editor = app.signs_in_as("editor").await;
    let mut strange = place("=1+1");
    strange["note"] = json!(SCRIPT);
    editor.post("/places", strange).await.done();
    let bytes = download(&editor, "/places/export").await;
    let table = rows(&bytes);
    assert_eq!(table[0][..4], ["名称", "类别", "地址", "电话"]);
    let last = table.last().unwrap();
    assert_eq!((last[0].as_str(), last[7].as_str()), ("=1+1", SCRIPT));
    let report = upload(&editor, "/places/import", bytes.clone()).await.done();
    assert_eq!((&report["done"], &report["unchanged"]), (&json!(false), &json!(table.len() - 1)));

    let template = rows(&download(&editor, "/places/template").await);
    let columns: Vec<sheets::Column> = ["名称", "类别", "地址", "电话", "纬度", "经度", "编号（请勿改动）"]
        .map(|title| sheets::Column { title, width: 10 })
        .to_vec();
    assert!(columns.iter().all(|column| template[0].contains(&column.title.to_owned())));
    let sheet = |lines: &[[&str; 7]]| {
        let mut writer = sheets::Writer::new("地点", &columns, app.folder.path()).unwrap();
        lines.iter().for_each(|line| writer.add(*line).unwrap());
        writer.finish().unwrap()
    };
    let good = ["新驿站", "驿站", "示例路1号", "13800000000", "31.3", "121.3", ""];
    let bad = sheet(&[good, ["", "驿站", "示例路2号", &"1".repeat(41), "北", "121.3", "A b"]]);
    let report = upload(&editor, "/places/import", bad).await.done();
    let lines: Vec<&str> =
        report["faults"].as_array().unwrap().iter().map(|fault| fault["line"].as_str().unwrap()).collect();
    assert_eq!(lines, ["第 3 行「纬度」：应是数字，例如 31.23456。"]);
    let bad = sheet(&[good, ["", "驿站", "示例路2号", &"1".repeat(41), "31.3", "121.3", "A b"]]);
    let report = upload(&editor, "/places/import", bad).await.done();
    let lines: Vec<&str> =
        report["faults"].as_array().unwrap().iter().map(|fault| fault["line"].as_str().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "第 3 行「编号（请勿改动）」：只能由小写字母、数字和“-”组成，最多 64 个字符。",
            "第 3 行「名称」：不能为空。",
            "第 3 行「电话」：有 41 个字，最多 40 个字。",
        ]
    );
    assert_eq!(editor.get("/places?q=新驿站").await.done()["items"], json!([]));
    let dry = upload(&editor, "/places/import?dry_run=true", sheet(&[good])).await.done();
    assert_eq!((&dry["done"], &dry["added"]), (&json!(false), &json!(1)));
    assert_eq!(editor.get("/places?q=新驿站").await.done()["items"], json!([]));
    let report = upload(&editor, "/places/import", sheet(&[good])).await.done();
    assert_eq!((&report["done"], &report["added"]), (&json!(true), &json!(1)));
    assert_eq!(editor.get("/places?q=新驿站").await.done()["items"][0]["phone"], "13800000000");

    for (bytes, status) in [(Vec::new(), 422), (b"PK\x03\x04".to_vec(), 422), (vec![0; (5 << 20) + 1], 413)] {
        assert_eq!(upload(&editor, "/places/import", bytes).await.status, status);
    }
    let mut events = rows(&download(&editor, "/events/export").await);
    assert!(events.remove(0).contains(&"开始时间".to_owned()) && events[0][1].starts_with("20"));
}

#[tokio::test]
async fn what_residents_write_is_a_chat_that_is_told_of_as_it_happens() {
    let app = Hopetree::start();
    let agent = app.signs_in_as("agent").await;
    let response = agent.request(Method::GET, "/conversations/stream").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut news = response.bytes_stream();
    let mut heard = String::new();
    let mut wait_for = async |mark: &str| {
        while !heard.contains(mark) {
            let part = tokio::time::timeout(Duration::from_secs(15), news.next()).await;
            let part =
                part.unwrap_or_else(|_| panic!("{mark} in {heard}")).expect("the stream goes on").unwrap();
            heard.push_str(&String::from_utf8_lossy(&part));
        }
        std::mem::take(&mut heard)
    };
    wait_for("event: open").await;
    let resident = app.resident("oResident000000000000000001");
    resident.follows().await;
    assert!(agent.get("/conversations").await.done()["items"].as_array().unwrap().is_empty());
    resident.says(SCRIPT).await;
    resident.taps("map").await;
    let told = wait_for("event: changed").await;
    assert!(!told.contains("onerror"), "{told}");
    let list = app
        .eventually(
            || async {
                let list = agent.get("/conversations").await.done();
                let id = list["items"][0]["id"].as_i64()?;
                let chat = agent.get(&format!("/conversations/{id}/messages")).await.done();
                (chat["items"].as_array()?.len() == 3).then_some(list)
            },
            Option::is_some,
        )
        .await
        .unwrap();
    let conversation = &list["items"][0];
    assert_eq!((&conversation["preview"], &conversation["unread"]), (&json!(SCRIPT), &json!(1)));
    let masked = conversation["openid"].as_str().unwrap();
    assert!(masked.contains('…') && !list.to_string().contains(resident.openid()), "{masked}");
    let id = &conversation["id"];
    let chat = agent.get(&format!("/conversations/{id}/messages")).await.done();
    let [tap, text, follow] = chat["items"].as_array().unwrap().as_slice() else { panic!("three: {chat}") };
    assert_eq!((tap["written"].as_bool(), text["written"].as_bool()), (Some(false), Some(true)));
    assert_eq!(text["said"]["segments"][0]["text"], SCRIPT);
    assert_eq!(follow["said"]["text"], "关注了公众号");
    assert!(follow["answer"]["segments"].as_array().is_some_and(|segments| !segments.is_empty()), "{follow}");
    assert!(!chat.to_string().contains(resident.openid()));
    let earlier = agent.get(&format!("/conversations/{id}/messages?limit=1")).await.done();
    let earlier =
        format!("/conversations/{id}/messages?limit=1&cursor={}", earlier["next"].as_str().unwrap());
    assert_eq!(agent.get(&earlier).await.done()["items"][0], *text);

    let read = agent.put(&format!("/conversations/{id}/read"), json!({ "message": text["id"] })).await;
    assert_eq!(read.status, 204);
    assert_eq!(agent.get(&format!("/conversations/{id}")).await.done()["unread"], 0);
    let manager = app.signs_in_as("admin").await;
    assert_eq!(
        manager.get(&format!("/conversations/{id}")).await.done()["unread"],
        1,
        "somebody else has not"
    );
    assert_eq!(manager.put("/conversations/read", json!({})).await.status, 204);
    assert_eq!(manager.get("/conversations").await.done()["items"][0]["unread"], 0);

    let hits = agent.get("/conversations/search?q=ONERROR").await.done();
    assert_eq!(
        (hits["items"].as_array().unwrap().len(), &hits["items"][0]["exchange"]["id"]),
        (1, &text["id"])
    );
    assert_eq!(hits["next"], Value::Null);
    assert_eq!(agent.get("/conversations/search?q=onerror&to=2020-01-01").await.done()["items"], json!([]));
    assert_eq!(agent.get("/conversations/search?q=%20").await.refused().0, 422);

    // Whoever does not answer residents sees none of it, and the end of a session ends the stream.
    let editor = app.signs_in_as("editor").await;
    for path in ["/conversations", "/conversations/stream", "/conversations/search?q=x", "/followers"] {
        assert_eq!(editor.get(path).await.refused(), (403, "forbidden"), "{path}");
    }
    assert_eq!(agent.get("/conversations/987654").await.refused().0, 404);
    assert_eq!(agent.delete("/api/v1/session").await.status, 204);
    wait_for("event: ended").await;
}

#[tokio::test]
async fn followers_are_counted_noted_and_exported() {
    let app = Hopetree::start();
    let manager = app.signs_in_as("admin").await;
    let people: Vec<_> =
        (0..4).map(|number| app.resident(&format!("oFollower0000000000000000{number}"))).collect();
    for person in &people {
        person.follows_by("gate").await;
    }
    people[3].leaves().await;
    people[0].says("你好").await;
    let figures = manager.get("/followers/figures").await.done();
    assert_eq!((&figures["following"], &figures["left"]), (&json!(3), &json!(1)));
    assert_eq!(figures["sources"], json!([{ "source": "scene", "name": "扫描渠道二维码", "count": 3 }]));
    let day = &figures["days"][0];
    assert_eq!((&day["followed"], &day["lost"], &day["net"]), (&json!(4), &json!(1), &json!(3)));
    let list = manager.get("/followers?state=following").await.done();
    let ids: Vec<i64> =
        list["items"].as_array().unwrap().iter().map(|item| item["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(!list.to_string().contains(people[0].openid()));
    let tag = manager.post("/followers/tags", json!({ "name": " 楼组长 " })).await.done();
    assert_eq!(tag["name"], "楼组长");
    assert_eq!(manager.post("/followers/tags", json!({ "name": "楼组长" })).await.refused().0, 422);
    let given =
        manager.post(&format!("/followers/tags/{}/give", tag["id"]), json!({ "ids": ids[..2] })).await.done();
    assert_eq!(given["count"], 2);
    let tagged = manager.get(&format!("/followers?tag={}", tag["id"])).await.done();
    assert_eq!(tagged["items"].as_array().unwrap().len(), 2);
    let remark =
        json!({ "remark": format!("=李阿姨{SCRIPT}").chars().take(30).collect::<String>(), "version": 0 });
    let noted = manager.put(&format!("/followers/{}/remark", ids[0]), remark.clone()).await.done();
    assert_eq!(noted["remark_version"], 1);
    assert_eq!(manager.put(&format!("/followers/{}/remark", ids[0]), remark).await.refused(), (409, "stale"));
    assert_eq!(manager.get("/followers?q=李阿姨").await.done()["items"][0]["id"], ids[0]);
    let one = manager.get(&format!("/followers/{}", ids[0])).await.done();
    assert_eq!((&one["history"][0]["followed"], &one["history"][0]["scene"]), (&json!(true), &json!("gate")));
    let sheet = rows(&download(&manager, "/followers/export").await);
    assert_eq!(sheet.len(), 5);
    let noted = sheet.iter().find(|row| row[1].starts_with("=李阿姨")).expect("the remark, as text");
    assert_eq!(noted[2], "楼组长");
    let agent = app.signs_in_as("agent").await;
    assert_eq!(agent.get("/followers/export").await.refused(), (403, "forbidden"));
    assert_eq!(agent.get("/followers?limit=2").await.done()["items"].as_array().unwrap().len(), 2);
    assert_eq!(manager.get("/followers/987654").await.refused().0, 404);
}

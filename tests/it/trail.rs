//! The trail of who did what: looked through, taken along, and proved.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use hopetree::app::App;
use hopetree::clock::Clock;
use hopetree::config::Config;
use hopetree::db::Db;
use hopetree::retention::{self, Doing};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{Hopetree, PASSWORD, run};

#[tokio::test]
async fn who_did_what_is_found_by_person_action_and_time() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    let admin = app.signs_in_as("admin").await;
    let new = json!({ "name": "wang.min", "display_name": "王敏", "roles": [{ "role": "editor" }] });
    let added = admin.post("/people", new).await.done();
    let person = &added["person"];
    let roles = json!({ "roles": [{ "role": "agent" }], "version": person["version"] });
    assert_eq!(admin.put(&format!("/people/{}/roles", person["id"]), roles).await.status, 204);

    let own = admin.get("/audit").await.done();
    let newest = &own["items"][0];
    assert_eq!(newest["action"], "person.grant");
    assert_eq!(newest["action_name"], "修改角色");
    assert_eq!((&newest["person_name"], &newest["account"]), (&json!("admin"), &json!("hope")));
    assert_eq!(
        (&newest["before"], &newest["after"]),
        (&json!({ "roles": ["editor@hope"] }), &json!({ "roles": ["agent@hope"] }))
    );
    assert_eq!((&newest["subject"], &newest["address"]), (&json!("wang.min"), &json!("127.0.0.1")));
    let all = own["items"].as_array().unwrap();
    assert!(all.iter().all(|line| line["account"] == "hope"), "an admin sees what concerns the account");
    assert_eq!(admin.get("/api/v1/audit").await.refused(), (403, "forbidden"));

    let whole = owner.get("/api/v1/audit?limit=100").await.done();
    let whole = whole["items"].as_array().unwrap();
    assert!(whole.iter().any(|line| line["action"] == "session.open"));
    assert!(!whole.iter().any(|line| line.to_string().contains("王敏")), "names of people stay out of it");
    let me = admin.get("/api/v1/session").await.done()["person"]["id"].clone();
    let (at, sequence) = (newest["at"].as_i64().unwrap(), &newest["sequence"]);
    for (query, count) in [
        (format!("person={me}&action=person.grant"), 1),
        (format!("person={me}&action=person.add&account=hope"), 1),
        (format!("action=person.grant&from={at}&until={}", at + 1), 1),
        (format!("action=person.grant&until={at}"), 0),
        ("action=修改&account=hope".into(), 0),
    ] {
        let found = owner.get(&format!("/api/v1/audit?{query}")).await.done();
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{query}: {found}");
    }
    assert_eq!(owner.get("/api/v1/audit?account=none").await.refused(), (404, "not_found"));
    let first = owner.get("/api/v1/audit?limit=1").await.done();
    assert_eq!(&first["items"][0]["sequence"], sequence);
    let next =
        owner.get(&format!("/api/v1/audit?limit=1&cursor={}", first["next"].as_str().unwrap())).await.done();
    assert_eq!(next["items"][0]["sequence"].as_i64().unwrap(), sequence.as_i64().unwrap() - 1);
    let kinds = admin.get("/audit/actions").await.done();
    assert!(
        kinds["items"].as_array().unwrap().contains(&json!({ "action": "person.add", "name": "新建人员" }))
    );
}

#[tokio::test]
async fn the_trail_is_taken_along_as_a_table_and_that_is_noted() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    let new = json!({ "name": "wang.min", "display_name": "=1+1", "roles": [{ "role": "editor", "account": "hope" }] });
    owner.post("/api/v1/people", new).await.done();
    let response =
        owner.request(reqwest::Method::GET, "/api/v1/audit/export?action=person.add").send().await.unwrap();
    assert!(response.headers()["content-disposition"].to_str().unwrap().contains(".xlsx"));
    assert_eq!(response.headers()["cache-control"], "no-store");
    let bytes = response.bytes().await.unwrap().to_vec();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("审计日志").unwrap();
    assert_eq!(sheet.height(), 3, "a heading, the owner and 王敏");
    assert_eq!(sheet.get((1, 5)), Some(&Data::String("新建人员".into())));
    assert_eq!(sheet.get((2, 2)), Some(&Data::String("命令行".into())));
    let newest = owner.get("/api/v1/audit?limit=1").await.done();
    assert_eq!(
        (&newest["items"][0]["action"], &newest["items"][0]["after"]["lines"]),
        (&json!("audit.export"), &json!(2))
    );
    let file = app.folder.path().join("trail.xlsx");
    app.command_with(&["audit", "export", file.to_str().unwrap(), "--account", "hope"], "");
    assert!(file.exists());
    assert!(
        !run(app.folder.path(), &["audit", "export", file.to_str().unwrap()]).status.success(),
        "it is there"
    );
}

#[tokio::test]
async fn what_is_done_to_the_trail_is_found() {
    let app = Hopetree::start();
    for number in 0..6 {
        app.command_with(&["user", "add", &format!("person{number}"), "--role", "town"], PASSWORD);
    }
    let folder = app.stop();
    let url = format!("sqlite://{}", folder.path().join("hopetree.db").display());
    let verify = || {
        let output = run(folder.path(), &["audit", "verify"]);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout) + &text(&output.stderr))
    };
    let (is_whole, told) = verify();
    assert!(is_whole && told.contains("lines 1 to 6 are all there"), "{told}");
    for (deed, told) in [
        ("update audit set person_name = 'nobody' where sequence = 3", "line 3 was changed"),
        ("update audit set at = at + 1 where sequence = 6", "line 6 was changed"),
        ("delete from audit where sequence = 3", "line 3 is missing"),
        ("delete from audit where sequence in (2, 3)", "lines 2 to 3 are missing"),
        ("delete from audit where sequence = 1", "line 1 is missing"),
        ("delete from audit where sequence >= 5", "cut at the end: line 5"),
        ("delete from audit", "cut at the end: line 1"),
        ("update audit_head set hash = 'x'", "line 6, the last, was replaced"),
        ("update audit_head set sequence = 4", "line 5 and those after it were added"),
    ] {
        let db = Db::connect(&url).await.unwrap();
        let copy =
            "create table kept as select * from audit; create table kept_head as select * from audit_head";
        db.reader().execute_unprepared(copy).await.unwrap();
        db.reader().execute_unprepared(deed).await.unwrap();
        let (is_whole, found) = verify();
        assert!(!is_whole && found.contains(told), "{deed}: {found}");
        let back = "delete from audit; insert into audit select * from kept; drop table kept; \
                    delete from audit_head; insert into audit_head select * from kept_head; drop table kept_head";
        db.reader().execute_unprepared(back).await.unwrap();
        db.close().await.unwrap();
    }
    assert!(verify().0);
}

#[tokio::test]
async fn what_is_too_old_goes_and_the_rest_still_proves_itself() {
    let app = Hopetree::start();
    for number in 0..4 {
        app.command_with(&["user", "add", &format!("person{number}"), "--role", "town"], PASSWORD);
    }
    let folder = app.stop();
    let variables = [("HOPETREE_DATA_DIR".to_owned(), folder.path().display().to_string())];
    let config = Config::parse(None, variables).unwrap();
    let later = Clock::System.now().plus_millis(1_094 * 86_400_000);
    let app = App::start(config.clone(), Clock::fixed(later)).await.unwrap();
    let count = |pruned: Vec<retention::Pruned>| {
        pruned.into_iter().find(|pruned| pruned.what.contains("trail")).unwrap().count
    };
    assert_eq!(count(retention::prune(&app, Doing::Remove).await.unwrap()), 0);
    app.db.clone().close().await.unwrap();
    let app = App::start(config, Clock::fixed(later.plus_millis(2 * 86_400_000))).await.unwrap();
    assert_eq!(count(retention::prune(&app, Doing::Count).await.unwrap()), 4);
    assert_eq!(count(retention::prune(&app, Doing::Remove).await.unwrap()), 4);
    app.db.clone().close().await.unwrap();
    let verify = || String::from_utf8_lossy(&run(folder.path(), &["audit", "verify"]).stdout).into_owned();
    assert!(verify().contains("lines 5 to 5 are all there"), "{}", verify());
    let file = folder.path().join("trail.xlsx");
    run(folder.path(), &["audit", "export", file.to_str().unwrap()]);
    assert!(verify().contains("lines 5 to 6 are all there"), "{}", verify());
}

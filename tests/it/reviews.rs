//! The three reviews over the API: an author, three reviewers, and what stands in their way.

use hopetree::accounts::AccountId;
use hopetree::clock::Clock;
use hopetree::notices::desk::{self, Deed, Saving};
use hopetree::notices::{Content, RevisionKind, store};
use serde_json::{Value, json};

use crate::support::{Console, Hopetree};

const HOPE: AccountId = AccountId(1);

/// The people of a community's office.
struct Desk<'a> {
    app: &'a Hopetree,
    author: Console<'a>,
    editor: Console<'a>,
    reviewer: Console<'a>,
    publisher: Console<'a>,
}

async fn office(app: &Hopetree) -> Desk<'_> {
    let mut people = Vec::new();
    for (name, role) in [("author", "editor"), ("other", "editor"), ("re", "reviewer"), ("pub", "publisher")]
    {
        app.add_person(name, role);
        people.push(app.signs_in(name).await);
    }
    let [author, editor, reviewer, publisher] = <[Console<'_>; 4]>::try_from(people).ok().unwrap();
    Desk { app, author, editor, reviewer, publisher }
}

fn text(body: &str) -> Content {
    Content {
        title: "小区停水通知".into(),
        digest: "明天停水。".into(),
        source: Some("希望社区".into()),
        picture: Some("tips.png".into()),
        sections: vec!["tips".into()],
        body_html: format!("<h2>时间</h2><p>{body}</p>"),
        ..Content::default()
    }
}

impl Desk<'_> {
    /// The id of a notice that the author has begun.
    async fn writes(&self, body: &str) -> i64 {
        let person = person(&self.author).await;
        let db = self.app.db().await;
        let write = db.begin_write().await.unwrap();
        let notice = desk::create(&write, HOPE, text(body), person, Clock::System.now()).await.unwrap();
        write.commit().await.unwrap();
        notice.id
    }

    async fn changes(&self, who: &Console<'_>, id: i64, body: &str) {
        let person = person(who).await;
        let db = self.app.db().await;
        let write = db.begin_write().await.unwrap();
        let version = store::find(&write, HOPE, id).await.unwrap().unwrap().version;
        let deed = Deed { account: HOPE, id, version, person, now: Clock::System.now() };
        let saving = Saving { kind: RevisionKind::Save, drops: true };
        desk::save(&write, &deed, text(body), saving).await.unwrap();
        write.commit().await.unwrap();
    }
}

async fn person(console: &Console<'_>) -> i64 {
    console.get("/api/v1/session").await.done()["person"]["id"].as_i64().unwrap()
}

async fn review(console: &Console<'_>, id: i64) -> Value {
    console.get(&format!("/notices/{id}/review")).await.done()
}

async fn submit(console: &Console<'_>, id: i64, more: Value) -> crate::support::Reply {
    let mut form = more;
    form["version"] = review(console, id).await["version"].clone();
    console.post(&format!("/notices/{id}/submit"), form).await
}

async fn sign(console: &Console<'_>, id: i64) -> crate::support::Reply {
    let seen = review(console, id).await;
    let form = json!({ "version": seen["version"], "hash": seen["hash"], "opinion": "同意" });
    console.post(&format!("/notices/{id}/sign"), form).await
}

#[tokio::test]
async fn a_notice_goes_through_three_pairs_of_eyes() {
    let app = Hopetree::start();
    let desk = office(&app).await;
    let id = desk.writes("明天9点停水。").await;
    let seen = review(&desk.author, id).await;
    assert_eq!((&seen["may"]["submit"], &seen["findings"]["findings"]), (&json!(true), &json!([])));
    submit(&desk.author, id, json!({})).await.done();
    assert_eq!(sign(&desk.author, id).await.refused(), (409, "same_person"));
    assert_eq!(review(&desk.author, id).await["may"]["same_person"], true);
    assert_eq!(review(&desk.editor, id).await["may"]["sign"], "first");
    sign(&desk.editor, id).await.done();
    assert_eq!(sign(&desk.editor, id).await.refused(), (403, "forbidden"), "an editor is no second reviewer");
    sign(&desk.reviewer, id).await.done();
    let third = sign(&desk.publisher, id).await.done();
    assert_eq!(third["state"], "approved");
    let told: Vec<_> =
        third["signatures"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect();
    assert_eq!(told, ["other", "re", "pub"]);
    assert_eq!(third["authors"][0]["name"], "author");
    assert_eq!(third["signatures"][2]["hash"], third["hash"]);

    let steps = desk.author.get(&format!("/notices/{id}/steps?limit=3")).await.done();
    let kinds: Vec<_> = steps["items"].as_array().unwrap().iter().map(|step| step["kind"].clone()).collect();
    assert_eq!(kinds, ["sign", "sign", "sign"]);
    let next = steps["next"].as_str().unwrap();
    let steps = desk.author.get(&format!("/notices/{id}/steps?limit=3&cursor={next}")).await.done();
    assert_eq!((steps["items"][0]["kind"].as_str(), steps["next"].is_null()), (Some("submit"), true));
    assert_eq!(desk.author.get("/notices/999/steps").await.refused(), (404, "not_found"));
}

#[tokio::test]
async fn a_change_takes_the_signatures_away_and_a_signature_holds_for_what_was_read() {
    let app = Hopetree::start();
    let desk = office(&app).await;
    let id = desk.writes("明天9点停水。").await;
    submit(&desk.author, id, json!({})).await.done();
    let before = review(&desk.reviewer, id).await;
    sign(&desk.editor, id).await.done();
    desk.changes(&desk.reviewer, id, "明天10点停水。").await;
    let seen = review(&desk.author, id).await;
    assert_eq!((&seen["state"], &seen["signatures"]), (&json!("draft"), &json!([])));
    assert_eq!(seen["authors"].as_array().unwrap().len(), 2);
    submit(&desk.author, id, json!({})).await.done();
    assert_eq!(sign(&desk.reviewer, id).await.refused(), (409, "same_person"), "who changed it is an author");
    let now = review(&desk.editor, id).await;
    let old = json!({ "version": now["version"], "hash": before["hash"] });
    assert_eq!(desk.editor.post(&format!("/notices/{id}/sign"), old).await.refused(), (409, "other_content"));
    let stale = json!({ "version": before["version"], "hash": now["hash"] });
    assert_eq!(desk.editor.post(&format!("/notices/{id}/sign"), stale).await.refused(), (409, "stale"));

    let version = now["version"].clone();
    let path = format!("/notices/{id}/send-back");
    let silent = desk.editor.post(&path, json!({ "version": version })).await;
    assert_eq!((silent.refused(), silent.body["fields"]["text"].is_string()), ((422, "invalid"), true));
    let back =
        desk.editor.post(&path, json!({ "version": version, "text": "请写明停水到几点" })).await.done();
    assert_eq!(back["state"], "draft");
    let steps = desk.author.get(&format!("/notices/{id}/steps")).await.done();
    assert_eq!(steps["items"][0]["text"], "请写明停水到几点");
    submit(&desk.author, id, json!({})).await.done();
    let version = review(&desk.author, id).await["version"].clone();
    let recalled = desk.author.post(&path, json!({ "version": version })).await.done();
    assert_eq!(recalled["state"], "draft", "an author takes it back without a word");
}

#[tokio::test]
async fn errors_stand_in_the_way_and_warnings_need_a_reason() {
    let app = Hopetree::start();
    let desk = office(&app).await;
    let id = desk.writes("联系人手机13912345678。").await;
    assert_eq!(submit(&desk.author, id, json!({})).await.refused(), (409, "blocked"));
    desk.changes(&desk.author, id, "请沪A12345的车主挪车。").await;
    let seen = review(&desk.author, id).await;
    let finding = &seen["findings"]["findings"][0];
    assert_eq!((&finding["rule"], &finding["fix"]), (&json!("personal.plate"), &json!("沪A***45")));
    let key = finding["key"].as_str().unwrap().to_owned();
    let refused = submit(&desk.author, id, json!({})).await;
    assert_eq!(refused.refused(), (422, "invalid"));
    assert!(refused.body["fields"][format!("reasons.{key}")].is_string(), "{refused:?}");
    let reasons = json!({ "reasons": { key.clone(): "请车主挪车" } });
    submit(&desk.author, id, reasons).await.done();
    let signed = sign(&desk.editor, id).await.done();
    assert_eq!(signed["reasons"][&key], "请车主挪车", "reviewers read the reason and need give none");

    // A word that comes into the list meanwhile is found by whoever signs next.
    app.add_person("chief", "admin");
    let chief = app.signs_in("chief").await;
    let word = json!({ "word": "车主", "level": "error", "reason": "试" });
    chief.post("/words", word).await.done();
    assert_eq!(sign(&desk.reviewer, id).await.refused(), (409, "blocked"));

    // The numbers that the account gives out are no findings.
    let content = json!({ "title": "电话", "sections": ["tips"], "body_html": "<p>请打13912345678</p>" });
    let found = desk.author.post("/checks", content).await.done();
    assert!(found["findings"].to_string().contains("personal.mobile"), "{found}");
    let reader = app.signs_in_as("town").await;
    assert_eq!(reader.post("/checks", json!({})).await.refused(), (403, "forbidden"));
}

#[tokio::test]
async fn in_a_hurry_two_people_are_enough_and_the_third_is_owed() {
    let app = Hopetree::start();
    let desk = office(&app).await;
    let id = desk.writes("水管爆裂，现在停水。").await;
    assert_eq!(submit(&desk.author, id, json!({ "urgent": " " })).await.refused(), (422, "invalid"));
    let handed = submit(&desk.author, id, json!({ "urgent": "水管爆裂" })).await.done();
    assert_eq!(handed["hurry"], json!({ "reason": "水管爆裂", "name": "author" }));
    assert_eq!(
        sign(&desk.editor, id).await.refused(),
        (403, "forbidden"),
        "the one signature is a publisher's"
    );
    let signed = sign(&desk.publisher, id).await.done();
    assert_eq!((&signed["state"], &signed["late"]["is_overdue"]), (&json!("approved"), &json!(false)));
    let owed = desk.reviewer.get("/late-reviews").await.done();
    assert_eq!(owed[0]["notice"], id);
    let form = json!({ "round": 1, "hash": signed["hash"], "opinion": "补审同意" });
    let path = format!("/notices/{id}/sign-late");
    assert_eq!(desk.publisher.post(&path, form.clone()).await.refused(), (409, "same_person"));
    assert_eq!(desk.reviewer.post(&path, form.clone()).await.refused(), (403, "forbidden"));
    app.add_person("chief", "admin");
    let chief = app.signs_in("chief").await;
    let done = chief.post(&path, form.clone()).await.done();
    assert_eq!(done["late"], Value::Null);
    assert_eq!(done["signatures"][1]["stage"], "third");
    assert_eq!(chief.post(&path, form).await.refused(), (409, "not_now"));
    assert_eq!(chief.get("/late-reviews").await.done(), json!([]));
}

#[tokio::test]
async fn an_account_asks_for_fewer_reviews_only_with_a_reason_and_never_for_none() {
    let app = Hopetree::start();
    let desk = office(&app).await;
    app.add_person("chief", "admin");
    let chief = app.signs_in("chief").await;
    let path = "/review-setting";
    assert_eq!(chief.get(path).await.done(), json!({ "reviews": 3, "reason": "" }));
    for wrong in [json!({ "reviews": 0, "reason": "a" }), json!({ "reviews": 4 }), json!({ "reviews": 1 })] {
        assert_eq!(chief.put(path, wrong).await.refused(), (422, "invalid"));
    }
    let fewer = json!({ "reviews": 1, "reason": "办公室只有两个人" });
    assert_eq!(desk.publisher.put(path, fewer.clone()).await.refused(), (403, "forbidden"));
    assert_eq!(chief.put(path, fewer.clone()).await.done(), fewer);
    let id = desk.writes("明天停水。").await;
    assert_eq!(submit(&desk.author, id, json!({ "urgent": "急" })).await.refused(), (422, "invalid"));
    submit(&desk.author, id, json!({})).await.done();
    assert_eq!(sign(&desk.reviewer, id).await.refused(), (403, "forbidden"));
    assert_eq!(sign(&desk.publisher, id).await.done()["state"], "approved");
}

#[tokio::test]
async fn comments_are_pinned_answered_and_settled() {
    let app = Hopetree::start();
    let desk = office(&app).await;
    let id = desk.writes("明天停水。").await;
    let path = format!("/notices/{id}/comments");
    let passage = json!({ "start": 3, "end": 5, "quote": "明天" });
    let pinned = desk.reviewer.post(&path, json!({ "text": "<b>写日期</b>", "passage": passage })).await;
    assert_eq!(pinned.status, 201);
    let comment = pinned.done()["id"].clone();
    desk.author.post(&path, json!({ "text": "好的", "answers": comment })).await.done();
    assert_eq!(review(&desk.author, id).await["open_comments"], 1);
    let settled = format!("{path}/{comment}/resolved");
    assert_eq!(desk.author.put(&settled, json!({ "resolved": true })).await.status, 204);
    let all = desk.author.get(&path).await.done();
    assert_eq!(all[0]["passage"], passage);
    assert_eq!((&all[0]["text"], &all[0]["resolved_by"]), (&json!("<b>写日期</b>"), &json!("author")));
    assert_eq!(all[1]["answers"], comment);
    assert_eq!(review(&desk.author, id).await["open_comments"], 0);
    assert_eq!(desk.author.put(&settled, json!({ "resolved": false })).await.status, 204);
    assert_eq!(review(&desk.author, id).await["open_comments"], 1);
    let wrong = json!({ "text": "a", "answers": all[1]["id"] });
    assert_eq!(desk.author.post(&path, wrong).await.refused(), (422, "invalid"), "no answers to answers");
    let wrong = json!({ "text": "a", "passage": { "start": 5, "end": 5, "quote": "a" } });
    assert_eq!(desk.author.post(&path, wrong).await.refused(), (422, "invalid"));
    assert_eq!(desk.author.post(&path, json!({ "text": "" })).await.refused(), (422, "invalid"));
    assert_eq!(
        desk.author.put(&format!("{path}/999/resolved"), json!({ "resolved": true })).await.refused(),
        (404, "not_found")
    );
}

#[tokio::test]
async fn who_wrote_a_notice_does_not_review_its_copy() {
    let app = Hopetree::start();
    let desk = office(&app).await;
    // One wrote it, and one who reviews elsewhere changed a word; a third makes the copy.
    let id = desk.writes("八点到十点。").await;
    desk.changes(&desk.reviewer, id, "八点到十一点。").await;
    let copy = desk.editor.post(&format!("/notices/{id}/duplicate"), json!({})).await.done();
    let copy = copy["id"].as_i64().unwrap();
    let told = review(&desk.editor, copy).await["authors"].clone();
    let mut authors: Vec<i64> =
        told.as_array().unwrap().iter().map(|author| author["person"].as_i64().unwrap()).collect();
    authors.sort_unstable();
    let mut expected = [person(&desk.author).await, person(&desk.editor).await, person(&desk.reviewer).await];
    expected.sort_unstable();
    assert_eq!(authors, expected, "{told}");
    submit(&desk.editor, copy, json!({})).await.done();
    assert_eq!(sign(&desk.reviewer, copy).await.refused(), (409, "same_person"));
    // Whoever had no part in it does.
    app.add_person("another", "reviewer");
    let another = app.signs_in("another").await;
    sign(&another, copy).await.done();
    sign(&desk.publisher, copy).await.done();
}

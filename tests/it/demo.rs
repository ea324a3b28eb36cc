//! The whole demo: residents on the sandbox's phone, the product behind it, over HTTP both ways.

use std::time::{Duration, Instant};

use hopetree::accounts::AccountId;
use hopetree::{messages, subscribers};
use serde_json::{Value, json};

use crate::support::{Demo, said};

#[tokio::test]
async fn a_resident_follows_taps_all_ten_and_asks() {
    let demo = Demo::start();
    let resident = demo.stranger("hope").await;
    let welcome = demo.does("hope", &resident, "follow", json!({})).await;
    assert!(said(&welcome)[0]["text"].as_str().unwrap().contains("欢迎关注希望社区"), "{welcome:?}");
    let titles = [
        ["希望树", "社区概况", "社区地图", "联系我们"].as_slice(),
        &["政策告知", "生活小贴士", "共治共建", "综治联勤"],
        &["社区活动", "宣传公告"],
    ];
    for (board, items) in titles.iter().enumerate() {
        for (item, title) in items.iter().enumerate() {
            let entries = demo.does("hope", &resident, "tap", json!({ "button": [board, item] })).await;
            let cards = &said(&entries)[0]["articles"];
            assert_eq!(cards[0]["title"], *title, "{entries:?}");
            let page = demo.http.get(cards[0]["url"].as_str().unwrap()).send().await.unwrap();
            assert_eq!(page.status(), 200);
        }
    }
    let entries = demo.says("hope", &resident, "停电").await;
    assert!(
        !said(&entries).is_empty() && entries.iter().all(|entry| entry["kind"] != "fault"),
        "{entries:?}"
    );
}

#[tokio::test]
async fn every_kind_of_account_welcomes_and_answers() {
    let demo = Demo::start();
    for slug in ["hope", "baiyin", "yulan", "malu"] {
        let resident = demo.stranger(slug).await;
        let welcome = demo.does(slug, &resident, "follow", json!({})).await;
        assert!(said(&welcome)[0]["text"].as_str().unwrap().contains("1 希望树"), "{slug}: {welcome:?}");
        let entries = demo.says(slug, &resident, "3").await;
        assert_eq!(said(&entries)[0]["articles"][0]["title"], "社区地图", "{slug}: {entries:?}");
        let state = demo.get("/sandbox/control/state").await;
        let account =
            state["accounts"].as_array().unwrap().iter().find(|account| account["slug"] == slug).unwrap();
        assert_eq!(
            account["menu"].is_null(),
            account["verified"] == false,
            "only verified accounts have a menu"
        );
    }
}

#[tokio::test]
async fn repeated_reordered_and_forged_pushes_change_nothing_for_the_resident() {
    let demo = Demo::start();
    let resident = demo.stranger("hope").await;
    demo.post("/sandbox/control/faults", json!({ "push": { "repeat": 3 } })).await;
    demo.does("hope", &resident, "follow", json!({})).await;
    let entries = demo.says("hope", &resident, "菜单").await;
    assert!(said(&entries)[0]["text"].as_str().unwrap().contains("社区概况"), "{entries:?}");
    let db = demo.db().await;
    assert_eq!(messages::store::count(db.reader(), AccountId(1)).await.unwrap(), 2);

    demo.post("/sandbox/control/faults", json!({ "push": { "repeat": 0, "forge": "signature" } })).await;
    demo.says("hope", &resident, "伪造").await;
    assert_eq!(messages::store::count(db.reader(), AccountId(1)).await.unwrap(), 2);
}

#[tokio::test]
async fn how_a_follower_came_is_asked_of_the_platform_also_with_a_stale_token() {
    let demo = Demo::start();
    let resident = demo.stranger("hope").await;
    demo.post("/sandbox/control/expire-tokens", json!({})).await;
    demo.does("hope", &resident, "follow", json!({})).await;
    let db = demo.db().await;
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let (waiting, buried) = hopetree::jobs::store::counts(db.reader()).await.unwrap();
        assert_eq!(buried, 0);
        if waiting == 0 {
            break;
        }
        assert!(Instant::now() < until, "the job was not done");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let stats = subscribers::store::sources(db.reader(), AccountId(1)).await.unwrap();
    assert!(
        !stats.is_empty() && stats.iter().all(|(source, _)| source != subscribers::source::UNKNOWN),
        "{stats:?}"
    );
}

#[tokio::test]
async fn a_reset_of_the_sandbox_keeps_the_menu_that_the_product_put_there() {
    let demo = Demo::start();
    demo.post("/sandbox/control/reset", json!({})).await;
    let resident = demo.stranger("hope").await;
    demo.does("hope", &resident, "follow", json!({})).await;
    let entries = demo.does("hope", &resident, "tap", json!({ "button": [0, 1] })).await;
    assert_eq!(said(&entries)[0]["articles"][0]["title"], "社区概况", "{entries:?}");
}

#[tokio::test]
async fn the_landing_page_leads_to_the_phone_and_the_pages() {
    let demo = Demo::start();
    let page = demo.http.get(&demo.url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("/sandbox/") && page.contains("/h/hope/"), "{page}");
    let phone = demo.http.get(format!("{}/sandbox/", demo.url)).send().await.unwrap();
    assert_eq!(phone.status(), 200);
    assert!(phone.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'"));
}

#[tokio::test]
async fn a_visitor_signs_in_as_each_role_without_a_password() {
    let demo = Demo::start();
    let page = demo.http.get(&demo.url).send().await.unwrap().text().await.unwrap();
    for role in ["editor", "reviewer", "publisher", "agent", "admin", "town", "owner"] {
        assert!(page.contains(&format!("value=\"{role}\"")), "{page}");
        let path = format!("{}/api/v1/demo/sign-in", demo.url);
        let response = demo.http.post(path).json(&json!({ "role": role })).send().await.unwrap();
        assert_eq!(response.status(), 204);
        let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session = demo.http.get(format!("{}/api/v1/session", demo.url)).header("cookie", cookie);
        let session: Value = session.send().await.unwrap().json().await.unwrap();
        assert_eq!(session["person"]["name"], role);
        assert_eq!(session["accounts"][0]["roles"], json!([role]));
        let all = session["accounts"].as_array().unwrap().len() > 1;
        assert_eq!(all, ["town", "owner"].contains(&role), "{session}");
    }
}

#[tokio::test]
async fn the_form_of_the_landing_page_leads_to_the_console_and_takes_no_foreign_site() {
    let demo = Demo::start();
    let sends = |body: &'static str| {
        let form = "application/x-www-form-urlencoded";
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let path = format!("{}/api/v1/demo/sign-in", demo.url);
        http.build().unwrap().post(path).header("content-type", form).body(body)
    };
    let response = sends("role=editor").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (303, &"/console/".parse().unwrap())
    );
    assert!(response.headers().contains_key("set-cookie"));
    let response = sends("role=editor").header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(sends("role=king").send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn the_desk_of_a_demo_has_a_notice_in_every_state() {
    let demo = Demo::start();
    let db = demo.db().await;
    let counts = hopetree::notices::store::counts(db.reader(), AccountId(1)).await.unwrap();
    let states: Vec<&str> = counts.iter().map(|(state, _)| state.as_str()).collect();
    for state in hopetree::notices::State::ALL {
        assert!(states.contains(&state.as_str()), "{} is missing in {states:?}", state.as_str());
    }
}

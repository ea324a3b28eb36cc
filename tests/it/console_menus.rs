//! The menu, from the console's draft to the sandbox's phone.

use std::time::Duration;

use hopetree::clock::Clock;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Demo, Hopetree, Mode};

/// An admin of the demo.
struct Desk<'a> {
    demo: &'a Demo,
    cookie: String,
    csrf: String,
}

impl<'a> Desk<'a> {
    async fn of(demo: &'a Demo, role: &str) -> Self {
        let path = format!("{}/api/v1/demo/sign-in", demo.url);
        let response = demo.http.post(path).json(&json!({ "role": role })).send().await.unwrap();
        let cookie = response.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let request = demo.http.get(format!("{}/api/v1/session", demo.url)).header("cookie", &cookie);
        let session: Value = request.send().await.unwrap().json().await.unwrap();
        let csrf = session["csrf"].as_str().unwrap().to_owned();
        Self { demo, cookie, csrf }
    }

    async fn asks(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let url = format!("{}/api/v1/accounts/hope{path}", self.demo.url);
        let request = self.demo.http.request(method, url).header("cookie", &self.cookie);
        let mut request = request.header("x-csrf-token", &self.csrf);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap_or_default())
    }

    async fn does(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.asks(method.clone(), path, Some(body)).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    async fn desk(&self) -> Value {
        self.asks(Method::GET, "/menu", None).await.1
    }

    async fn draft(&self, definition: Value) -> Value {
        let version = self.desk().await["draft"]["version"].clone();
        let body = json!({ "definition": definition, "version": version });
        self.does(Method::PUT, "/menu/draft", body).await
    }

    async fn publishes(&self, note: &str) -> (StatusCode, Value) {
        let version = self.desk().await["draft"]["version"].clone();
        self.asks(Method::POST, "/menu/publish", Some(json!({ "version": version, "note": note }))).await
    }

    /// Waits until what the phone shows is as wanted.
    async fn phone(&self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..400 {
            let state = self.demo.get("/sandbox/control/state").await;
            let account =
                state["accounts"].as_array().unwrap().iter().find(|account| account["slug"] == "hope");
            let menu = account.unwrap()["menu"].clone();
            if is_wanted(&menu) {
                return menu;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the phone never showed it");
    }

    /// Waits until the desk is as wanted.
    async fn until(&self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..400 {
            let desk = self.desk().await;
            if is_wanted(&desk) {
                return desk;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the desk never was so: {}", self.desk().await);
    }
}

#[tokio::test]
async fn a_menu_goes_from_the_draft_to_the_phone_and_back() {
    let demo = Demo::start();
    let admin = Desk::of(&demo, "admin").await;
    let desk = admin.desk().await;
    assert_eq!(
        (&desk["can_push"], &desk["changes"], &desk["problems"]),
        (&json!(true), &json!([]), &json!([]))
    );
    let first = desk["published"]["number"].as_i64().expect("the demo's own menu is a version");
    let mut menu = desk["draft"]["definition"].clone();
    menu["button"][0]["name"] = json!("我们社区");
    menu["button"][2]["sub_button"][1] =
        json!({ "name": "官网", "type": "view", "url": format!("{}/h/hope/a/flu-vaccine", demo.url) });
    let desk = admin.draft(menu.clone()).await;
    let changes = desk["changes"].to_string();
    assert!(changes.contains("第1列：名称由“社区简介”改为“我们社区”"), "{changes}");
    assert!(changes.contains("第3列第2项"), "{changes}");
    let errors = desk["problems"].as_array().unwrap().iter().filter(|problem| problem["level"] == "error");
    assert_eq!(errors.count(), 0, "our own page is there: {desk}");
    assert!(
        admin.demo.get("/sandbox/control/state").await.to_string().contains("社区简介"),
        "a draft is no menu"
    );

    let (status, desk) = admin.publishes("换了名字").await;
    assert_eq!(status, 200, "{desk}");
    assert_eq!((&desk["push"]["state"], &desk["changes"]), (&json!("waiting"), &json!([])));
    let shown = admin.phone(|menu| menu["button"][0]["name"] == "我们社区").await;
    assert_eq!(shown["button"][2]["sub_button"][1]["type"], "view");
    let desk = admin.until(|desk| desk["push"]["state"] == "taken").await;
    assert_eq!(desk["published"]["number"], first + 1);
    assert!(desk["published"]["pushed_at"].is_number());
    assert_eq!(admin.publishes("").await.1["code"], "nothing_changed");

    let (_, versions) = admin.asks(Method::GET, "/menu/versions", None).await;
    assert_eq!(versions["items"][0]["note"], "换了名字");
    let (_, version) = admin.asks(Method::GET, &format!("/menu/versions/{first}"), None).await;
    assert!(version["changes"].to_string().contains("由“我们社区”改为“社区简介”"), "{version}");
    let desk = admin.does(Method::POST, &format!("/menu/versions/{first}/restore"), json!({})).await;
    assert_eq!(desk["draft"]["definition"]["button"][0]["name"], "社区简介");
    admin.phone(|menu| menu["button"][0]["name"] == "社区简介").await;
    assert_eq!(admin.asks(Method::GET, "/menu/versions/999", None).await.0, 404);
}

#[tokio::test]
async fn a_menu_with_faults_is_kept_as_a_draft_and_not_published() {
    let demo = Demo::start();
    let admin = Desk::of(&demo, "admin").await;
    let menu = json!({ "button": [
        { "name": "名字太长太长太长", "type": "click", "key": "map" },
        { "name": "死键", "type": "click", "key": "nowhere" },
        { "name": "死链", "type": "view", "url": format!("{}/h/hope/s/nowhere", demo.url) },
    ] });
    let desk = admin.draft(menu).await;
    let errors: Vec<String> = desk["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|problem| problem["level"] == "error")
        .map(|problem| format!("{}.{}", problem["column"], problem["field"].as_str().unwrap()))
        .collect();
    assert_eq!(errors, ["0.name", "1.key", "2.url"], "{desk}");
    let (status, refused) = admin.publishes("").await;
    assert_eq!((status.as_u16(), refused["code"].as_str()), (422, Some("invalid")));
    let (status, refused) =
        admin.asks(Method::PUT, "/menu/draft", Some(json!({ "definition": {}, "version": 0 }))).await;
    assert_eq!((status.as_u16(), refused["code"].as_str()), (409, Some("stale")));
    let four = json!({ "button": vec![json!({ "name": "x" }); 4] });
    let (status, _) =
        admin.asks(Method::PUT, "/menu/draft", Some(json!({ "definition": four, "version": 1 }))).await;
    assert_eq!(status, 422);
    let editor = Desk::of(&demo, "editor").await;
    let body = json!({ "definition": {}, "version": 1 });
    assert_eq!(editor.asks(Method::PUT, "/menu/draft", Some(body)).await.0, 403);
    assert_eq!(editor.asks(Method::GET, "/menu", None).await.0, 200);
}

#[tokio::test]
async fn variants_are_given_to_wechat_and_taken_back() {
    let demo = Demo::start();
    let admin = Desk::of(&demo, "admin").await;
    let mut menu = admin.desk().await["draft"]["definition"].clone();
    let click = |name: &str| json!({ "name": name, "type": "click", "key": "map" });
    menu["variants"] = json!([
        { "name": "志愿者", "tag": 101, "button": [click("志愿")] },
        { "name": "安卓", "client": "android", "button": [click("安卓")] },
    ]);
    let desk = admin.draft(menu.clone()).await;
    assert_eq!(desk["changes"], json!(["新增分众菜单“志愿者”", "新增分众菜单“安卓”"]));
    for _ in 0..2 {
        // Twice: what is there already is replaced and not added to.
        admin.publishes("").await;
        admin.until(|desk| desk["push"]["state"] == "taken").await;
        admin.does(Method::POST, "/menu/push", json!({})).await;
    }
    admin.until(|desk| desk["push"]["state"] == "taken").await;
    let got = conditionals(&demo).await;
    let rules: Vec<&Value> = got.iter().map(|menu| &menu["matchrule"]).collect();
    assert_eq!(
        rules,
        [&json!({ "tag_id": "101" }), &json!({ "client_platform_type": "2" })],
        "the first wins"
    );
    menu["variants"] = json!([]);
    admin.draft(menu).await;
    admin.publishes("").await;
    admin.until(|desk| desk["push"]["state"] == "taken").await;
    assert!(conditionals(&demo).await.is_empty());
}

/// The menus for some, as the platform has them.
async fn conditionals(demo: &Demo) -> Vec<Value> {
    let accounts = hopetree::sandbox::demo_accounts(&demo.url);
    let account = accounts.iter().find(|account| account.slug == "hope").unwrap();
    let body =
        json!({ "grant_type": "client_credential", "appid": account.app_id, "secret": account.app_secret });
    let token = demo.post("/sandbox/cgi-bin/stable_token", body).await["access_token"].clone();
    let path = format!("/sandbox/cgi-bin/menu/get?access_token={}", token.as_str().unwrap());
    demo.get(&path).await["conditionalmenu"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn what_wechat_refuses_is_told_in_chinese_and_pushed_again_on_demand() {
    let demo = Demo::start();
    let admin = Desk::of(&demo, "admin").await;
    let codes = |code: i64| json!({ "api": { "errcodes": { "/cgi-bin/menu/create": code } } });
    demo.post("/sandbox/control/faults", codes(40_018)).await;
    let mut menu = admin.desk().await["draft"]["definition"].clone();
    menu["button"][1]["name"] = json!("资讯");
    admin.draft(menu).await;
    admin.publishes("").await;
    let desk = admin.until(|desk| desk["push"]["state"] == "failed").await;
    assert_eq!(desk["push"]["code"], "40018");
    let advice = desk["push"]["advice"].as_str().unwrap();
    assert!(advice.contains("40018") && advice.contains("名称"), "{advice}");
    demo.post("/sandbox/control/faults", codes(0)).await;
    admin.does(Method::POST, "/menu/push", json!({})).await;
    admin.phone(|menu| menu["button"][1]["name"] == "资讯").await;
}

#[tokio::test]
async fn a_planned_menu_is_published_when_its_time_comes() {
    let demo = Demo::start();
    let admin = Desk::of(&demo, "admin").await;
    let mut menu = admin.desk().await["draft"]["definition"].clone();
    menu["button"][0]["name"] = json!("春节");
    let desk = admin.draft(menu).await;
    let version = desk["draft"]["version"].clone();
    let at = |seconds: i64| Clock::System.now().millis() + seconds * 1000;
    let plan = |at: i64| json!({ "version": version, "note": "过年", "publish_at": at });
    let (status, refused) = admin.asks(Method::POST, "/menu/plans", Some(plan(at(-5)))).await;
    assert_eq!((status.as_u16(), refused["fields"]["publish_at"].is_string()), (422, true));
    let desk = admin.does(Method::POST, "/menu/plans", plan(at(3600))).await;
    let id = desk["plans"][0]["id"].as_i64().unwrap();
    let desk = admin.asks(Method::DELETE, &format!("/menu/plans/{id}"), None).await.1;
    assert_eq!(desk["plans"][0]["state"], "cancelled");
    assert_eq!(admin.asks(Method::DELETE, &format!("/menu/plans/{id}"), None).await.1["code"], "plan_over");
    admin.does(Method::POST, "/menu/plans", plan(at(1))).await;
    admin.phone(|menu| menu["button"][0]["name"] == "春节").await;
    let desk = admin.until(|desk| desk["push"]["state"] == "taken").await;
    assert!(desk["plans"].as_array().unwrap().iter().any(|plan| plan["state"] == "done"), "{desk}");
    assert_eq!(admin.asks(Method::POST, "/menu/plans/99999/publish", None).await.0, 404);
}

#[tokio::test]
async fn what_is_late_waits_for_a_person() {
    let app = Hopetree::start();
    let admin = app.signs_in_as("admin").await;
    let menu = json!({ "button": [{ "name": "地图", "type": "click", "key": "map" }] });
    let saved = admin.put("/menu/draft", json!({ "definition": menu, "version": 0 })).await.done();
    let at = Clock::System.now().millis() + 3_600_000;
    let plan = json!({ "version": saved["draft"]["version"], "publish_at": at });
    let id = admin.post("/menu/plans", plan).await.done()["plans"][0]["id"].as_i64().unwrap();
    // As if the program had slept over it.
    let db = app.db().await;
    let write = db.begin_write().await.unwrap();
    let past = Clock::System.now().millis() - 7_200_000;
    sea_orm::ConnectionTrait::execute_unprepared(
        &write,
        &format!("update menu_plan set publish_at = {past}"),
    )
    .await
    .unwrap();
    write.commit().await.unwrap();
    let state = async || admin.get("/menu").await.done()["plans"][0]["state"].as_str().unwrap().to_owned();
    assert_eq!(app.eventually(&state, |state| state == "late").await, "late");
    assert!(admin.get("/menu").await.done()["published"].is_null(), "nothing was published");
    admin.post(&format!("/menu/plans/{id}/publish"), json!({})).await.done();
    assert_eq!(admin.get("/menu").await.done()["published"]["definition"]["button"][0]["name"], "地图");
}

#[tokio::test]
async fn a_planned_menu_that_leads_to_what_is_gone_by_then_waits_for_a_person() {
    let app = Hopetree::start();
    let admin = app.signs_in_as("admin").await;
    let section = |version: Value| {
        json!({ "slug": "lost", "number": 42, "title": "失物招领", "board": "社区信息", "kind": "page",
            "summary": "捡到和丢失的东西", "body": "请到服务台。", "version": version })
    };
    let new = admin.post("/sections", section(json!(0))).await.done();
    let menu = json!({ "button": [
        { "name": "失物", "type": "click", "key": "lost" },
        { "name": "失物页", "type": "view", "url": "https://wx.example.cn/h/hope/s/lost" },
    ] });
    let saved = admin.put("/menu/draft", json!({ "definition": menu, "version": 0 })).await.done();
    let at = Clock::System.now().millis() + 3_600_000;
    let plan = json!({ "version": saved["draft"]["version"], "publish_at": at });
    let id = admin.post("/menu/plans", plan).await.done()["plans"][0]["id"].as_i64().unwrap();
    admin.delete(&format!("/sections/lost?version={}", new["version"])).await.done();
    let db = app.db().await;
    let now = Clock::System.now().millis();
    let sooner = format!("update menu_plan set publish_at = {now}");
    sea_orm::ConnectionTrait::execute_unprepared(db.reader(), &sooner).await.unwrap();
    let state = async || admin.get("/menu").await.done()["plans"][0]["state"].as_str().unwrap().to_owned();
    assert_eq!(app.eventually(&state, |state| state == "faulty").await, "faulty", "{}", app.log());
    assert!(admin.get("/menu").await.done()["published"].is_null(), "nothing was published");

    // Nobody publishes it as it is; once what is gone is there again, somebody may.
    let publish = format!("/menu/plans/{id}/publish");
    assert_eq!(admin.post(&publish, json!({})).await.refused(), (422, "invalid"));
    assert_eq!(state().await, "faulty");
    admin.post("/sections", section(json!(0))).await.done();
    let desk = admin.post(&publish, json!({})).await.done();
    assert_eq!(desk["published"]["definition"]["button"][0]["name"], "失物");
    assert_eq!(desk["plans"][0]["state"], "done");
    assert_eq!(admin.delete(&format!("/menu/plans/{id}")).await.refused(), (409, "plan_over"));
}

#[tokio::test]
async fn an_account_without_the_permission_is_told_what_residents_get_instead() {
    let app = Hopetree::start_with(Mode::Plain, &["--kind", "subscription"]);
    let admin = app.signs_in_as("admin").await;
    let desk = admin.get("/menu").await.done();
    assert!(desk["notice"].as_str().unwrap().contains("数字"), "{desk}");
    let menu = json!({ "button": [{ "name": "地图", "type": "click", "key": "map" }] });
    let saved = admin.put("/menu/draft", json!({ "definition": menu, "version": 0 })).await.done();
    let body = json!({ "version": saved["draft"]["version"], "note": "" });
    let desk = admin.post("/menu/publish", body).await.done();
    assert!(desk["push"].is_null() && desk["published"].is_object(), "{desk}");
    assert_eq!(admin.post("/menu/push", json!({})).await.refused(), (409, "no_permission"));
}

#[tokio::test]
async fn sections_are_changed_and_none_is_removed_that_is_in_use() {
    let app = Hopetree::start();
    app.command(&["menu", "import", "menus/hope-tree.toml", "--account", "hope"]);
    let admin = app.signs_in_as("admin").await;
    let list = admin.get("/sections").await.done();
    assert_eq!(list["items"].as_array().unwrap().len(), 10);
    let mut section = admin.get("/sections/map").await.done();
    section.as_object_mut().unwrap().remove("articles");
    section["title"] = json!("咱们的地图");
    section["aliases"] = json!(["去哪儿，怎么走 在哪"]);
    section["body"] = json!("**粗** <script>alert(1)</script>");
    let changed = admin.put("/sections/map", section.clone()).await.done();
    assert_eq!(changed["aliases"], json!(["去哪儿", "怎么走", "在哪"]));
    let resident = app.resident("A");
    let heard =
        app.eventually(async || resident.says("怎么走").await.body, |body| body.contains("咱们的地图")).await;
    assert!(heard.contains("咱们的地图"), "{heard}");
    let page = app.get("/h/hope/s/map").await.1;
    assert!(!page.contains("<script>alert"), "{page}");
    assert_eq!(admin.put("/sections/map", section.clone()).await.refused(), (409, "stale"));
    section["number"] = json!(1);
    section["version"] = changed["version"].clone();
    let taken = admin.put("/sections/map", section).await;
    assert!(taken.body["fields"]["number"].as_str().unwrap().contains("希望树"), "{taken:?}");
    let used = admin.delete("/sections/map?version=1").await;
    assert_eq!(used.refused(), (409, "in_use"));
    assert!(used.body["message"].as_str().unwrap().contains("菜单"), "{used:?}");
    let new = json!({ "slug": "lost", "number": 42, "title": "失物招领", "board": "社区信息", "kind": "page",
        "summary": "捡到和丢失的东西", "body": "请到服务台。" });
    let new = admin.post("/sections", new).await.done();
    let heard =
        app.eventually(async || resident.says("42").await.body, |body| body.contains("失物招领")).await;
    assert!(heard.contains("失物招领"), "{heard}");
    let path = format!("/sections/lost?version={}", new["version"]);
    admin.delete(&path).await.done();
    assert_eq!(admin.delete(&path).await.refused(), (404, "not_found"));
    let editor = app.signs_in_as("editor").await;
    assert_eq!(editor.get("/sections").await.status, 200);
    assert_eq!(editor.delete("/sections/map?version=1").await.refused(), (403, "forbidden"));
}

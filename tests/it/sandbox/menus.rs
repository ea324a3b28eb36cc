//! The custom menu at the platform.

use serde_json::{Value, json};

use super::stage::Stage;

fn menu() -> Value {
    json!({"button": [
        {"name": "社区简介", "sub_button": [
            {"type": "click", "name": "社区概况", "key": "about"},
            {"type": "view", "name": "社区地图", "url": "https://shequ.example.cn/map?a=1&b=2"},
        ]},
        {"type": "location_select", "name": "报位置", "key": "place"},
    ]})
}

#[tokio::test]
async fn a_menu_is_made_read_in_both_forms_and_deleted() {
    let stage = Stage::open().await;
    let token = stage.token("hope").await;
    let path = |call: &str| format!("/cgi-bin/{call}?access_token={token}");
    assert_eq!(stage.errcode(&path("menu/get"), None).await, 46_003);
    let made = stage.api(&path("menu/create"), Some(menu())).await;
    assert_eq!(made, json!({"errcode": 0, "errmsg": "ok"}));
    let got = stage.api(&path("menu/get"), None).await;
    let children = &got["menu"]["button"][0]["sub_button"];
    assert_eq!(children[1]["url"], "https://shequ.example.cn/map?a=1&b=2");
    assert_eq!(got["menu"]["button"][1]["sub_button"], json!([]));
    assert!(got["menu"]["menuid"].is_number());
    let current = stage.api(&path("get_current_selfmenu_info"), None).await;
    assert_eq!(current["is_menu_open"], 1);
    assert_eq!(current["selfmenu_info"]["button"][0]["sub_button"]["list"][0]["key"], "about");
    assert_eq!(stage.errcode(&path("menu/delete"), None).await, 0);
    assert_eq!(stage.errcode(&path("menu/get"), None).await, 46_003);
    assert_eq!(stage.api(&path("get_current_selfmenu_info"), None).await["is_menu_open"], 0);
}

#[tokio::test]
async fn what_is_too_long_is_counted_in_bytes_and_told_apart_by_level() {
    let stage = Stage::open().await;
    let path = format!("/cgi-bin/menu/create?access_token={}", stage.token("hope").await);
    let click = |name: &str, key: &str| json!({"type": "click", "name": name, "key": key});
    let below = |button: Value| json!({"name": "一", "sub_button": [button]});
    let view = |url: &str| json!({"type": "view", "name": "一", "url": url});
    let long_url = format!("https://shequ.example.cn/{}", "x".repeat(1000));
    for (button, code) in [
        (click("五个汉字吗x", "k"), 0),
        (click("五个汉字吗xy", "k"), 40_018),
        (below(click(&"字".repeat(20), "k")), 0),
        (below(click(&format!("{}x", "字".repeat(20)), "k")), 40_025),
        (click("一", &"k".repeat(128)), 0),
        (click("一", &"k".repeat(129)), 40_019),
        (below(click("一", &"k".repeat(129))), 40_026),
        (view(&long_url[..1024]), 0),
        (view(&long_url), 40_020),
        (below(view(&long_url)), 40_027),
        (below(below(click("一", "k"))), 40_022),
        (json!({"type": "tap", "name": "一"}), 40_017),
    ] {
        let answer = stage.api(&path, Some(json!({ "button": [button] }))).await;
        assert_eq!(answer["errcode"], code, "{button}: {answer}");
    }
    let four = vec![click("一", "k"); 4];
    assert_eq!(stage.errcode(&path, Some(json!({ "button": four }))).await, 40_016);
    let six = vec![click("一", "k"); 6];
    let six = json!({"button": [{"name": "一", "sub_button": six}]});
    assert_eq!(stage.errcode(&path, Some(six)).await, 40_023);
}

#[tokio::test]
async fn escaped_chinese_is_refused() {
    let stage = Stage::open().await;
    let path = format!("/cgi-bin/menu/create?access_token={}", stage.token("hope").await);
    let escaped = r#"{"button":[{"type":"click","name":"\u5e0c\u671b","key":"k"}]}"#;
    assert_eq!(stage.api_raw(&path, escaped).await["errcode"], 40_033);
    assert_eq!(stage.api_raw(&path, "{\"button\":").await["errcode"], 47_001);
    assert_eq!(stage.api_raw(&path, "").await["errcode"], 44_002);
}

#[tokio::test]
async fn an_account_without_verification_has_no_menu_until_it_is_verified() {
    let stage = Stage::open().await;
    for slug in ["yulan", "malu"] {
        let token = stage.token(slug).await;
        let path = |call: &str| format!("/cgi-bin/{call}?access_token={token}");
        assert_eq!(stage.errcode(&path("menu/create"), Some(menu())).await, 48_001);
        assert_eq!(stage.errcode(&path("menu/get"), None).await, 48_001);
        assert_eq!(stage.errcode(&path("user/get"), None).await, 48_001);
        assert_eq!(stage.errcode(&path("get_current_selfmenu_info"), None).await, 0);
        let app_id = &stage.account(slug).app_id;
        let (_, changed) =
            stage.control(&format!("accounts/{app_id}"), Some(json!({"verified": true}))).await;
        assert_eq!(changed["verified"], true);
        assert_eq!(stage.errcode(&path("menu/create"), Some(menu())).await, 0);
    }
}

#[tokio::test]
async fn a_tap_does_what_the_button_says() {
    let stage = Stage::open().await;
    let path = format!("/cgi-bin/menu/create?access_token={}", stage.token("hope").await);
    assert_eq!(stage.errcode(&path, Some(menu())).await, 0);
    let event = async |place: Value| {
        let answer = stage.does("hope", "sun", "tap", json!({ "button": place })).await;
        let attempts = stage.attempts("hope").await;
        (answer, attempts[0]["inner"].as_str().unwrap().to_owned())
    };
    let (_, click) = event(json!([0, 0])).await;
    assert!(
        click.contains("<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[about]]></EventKey>"),
        "{click}"
    );
    let (answer, view) = event(json!([0, 1])).await;
    assert!(view.contains("<Event><![CDATA[VIEW]]></Event>"), "{view}");
    assert_eq!(answer["open"], "https://shequ.example.cn/map?a=1&b=2");
    stage.arrived();
    let (_, location) = event(json!([1])).await;
    // The place itself follows the event as a message.
    assert!(location.contains("<MsgType><![CDATA[location]]></MsgType>"), "{location}");
    assert_eq!(stage.arrived().len(), 2);

    let refused = async |place: Value| {
        let app_id = &stage.account("hope").app_id;
        let path = format!("accounts/{app_id}/residents/sun/tap");
        stage.control(&path, Some(json!({ "button": place }))).await.0.as_u16()
    };
    assert_eq!(refused(json!([0])).await, 409);
    assert_eq!(refused(json!([2])).await, 404);
    assert_eq!(refused(json!([1, 0])).await, 404);
    assert_eq!(refused(json!("first")).await, 400);
}

#[tokio::test]
async fn menus_for_some_need_one_for_all_and_an_audience() {
    let stage = Stage::open().await;
    let token = stage.token("hope").await;
    let path = |call: &str| format!("/cgi-bin/menu/{call}?access_token={token}");
    let with = |rule: Value| {
        let mut menu = menu();
        menu["matchrule"] = rule;
        Some(menu)
    };
    let android = json!({"client_platform_type": "2"});
    assert_eq!(stage.errcode(&path("addconditional"), with(android.clone())).await, 65_303);
    stage.api(&path("create"), Some(menu())).await;
    assert_eq!(stage.errcode(&path("addconditional"), with(json!({}))).await, 65_304);
    assert_eq!(stage.errcode(&path("addconditional"), with(json!({"sex": "1"}))).await, 65_320);
    let made = stage.api(&path("addconditional"), with(android)).await;
    stage.api(&path("addconditional"), with(json!({"tag_id": 101}))).await;
    let got = stage.api(&path("get"), None).await;
    assert_eq!(got["conditionalmenu"][0]["matchrule"]["tag_id"], 101, "the latest first");
    assert_eq!(got["conditionalmenu"][1]["matchrule"]["client_platform_type"], "2");
    stage.api(&path("create"), Some(menu())).await;
    let id = json!({"menuid": made["menuid"]});
    assert_eq!(stage.errcode(&path("delconditional"), Some(id.clone())).await, 0, "they outlive a new menu");
    assert_eq!(stage.errcode(&path("delconditional"), Some(id)).await, 65_301);
    stage.api(&path("delete"), None).await;
    assert_eq!(stage.errcode(&path("get"), None).await, 46_003);
}

//! Menus, their limits in bytes, and their JSON.

use serde_json::{Value, json};

use super::{Action, Button, Menu, Problem};

fn click(name: &str) -> Button {
    Button { name: name.to_owned(), action: Action::Click { key: "k".to_owned() } }
}

fn parent(name: &str, children: usize) -> Button {
    Button { name: name.to_owned(), action: Action::Children(vec![click("子"); children]) }
}

#[track_caller]
fn check_refused(menu: &Value, path: &str, problem: &Problem) {
    let error = Menu::from_json(menu).unwrap_err();
    assert_eq!((error.path.as_str(), &error.problem), (path, problem), "for {menu}");
}

/// A menu whose only button has a name and these fields.
fn one(mut fields: Value) -> Value {
    fields["name"] = json!("一");
    json!({ "button": [fields] })
}

#[test]
fn every_type_of_button_is_read_and_written_as_it_was() {
    let menu = json!({ "button": [
        { "name": "社区", "sub_button": [
            { "name": "简介", "type": "click", "key": "ABOUT" },
            { "name": "主页", "type": "view", "url": "https://shequ.example.cn/h5/?a=1&b=2" },
            { "name": "扫码", "type": "scancode_push", "key": "SCAN_OPEN" },
            { "name": "扫码等待", "type": "scancode_waitmsg", "key": "SCAN_WAIT" },
            { "name": "位置", "type": "location_select", "key": "PLACE" },
        ]},
        { "name": "随手拍", "sub_button": [
            { "name": "拍照", "type": "pic_sysphoto", "key": "CAMERA" },
            { "name": "拍照或相册", "type": "pic_photo_or_album", "key": "PHOTO" },
            { "name": "微信相册", "type": "pic_weixin", "key": "ALBUM" },
            { "name": "素材", "type": "media_id", "media_id": "MID" },
            { "name": "图文", "type": "view_limited", "media_id": "MID" },
        ]},
        { "name": "更多", "sub_button": [
            { "name": "文章卡片", "type": "article_id", "article_id": "ART" },
            { "name": "文章", "type": "article_view_limited", "article_id": "ART" },
            { "name": "小程序", "type": "miniprogram", "appid": "wx1a2b3c4d5e6f7a8b", "pagepath": "pages/index",
              "url": "http://shequ.example.cn" },
        ]},
    ]});
    let read = Menu::from_json(&menu).unwrap();
    assert_eq!(read.to_json(), menu);
    assert_eq!(read.buttons().len(), 3);
    let names: Vec<&str> = read.actions().map(|button| button.name.as_str()).collect();
    assert_eq!(names.len(), 13);
    assert_eq!(names[..2], ["简介", "主页"]);
    let keys: Vec<&str> = read.actions().filter_map(|button| button.action.key()).collect();
    assert_eq!(keys, ["ABOUT", "SCAN_OPEN", "SCAN_WAIT", "PLACE", "CAMERA", "PHOTO", "ALBUM"]);
}

#[test]
fn what_the_platform_adds_to_a_menu_is_left_aside() {
    let menu = json!({ "menuid": 208_396_938, "button": [
        { "name": "一", "type": "click", "key": "k", "sub_button": [] },
    ]});
    assert_eq!(Menu::from_json(&menu).unwrap().buttons(), [click("一")]);
}

#[test]
fn there_are_1_to_3_buttons_with_1_to_5_below() {
    assert!(Menu::new(vec![parent("一", 5); 3]).is_ok());
    let problem =
        |buttons: Vec<Button>| Menu::new(buttons).map_err(|error| (error.path, error.problem)).unwrap_err();
    assert_eq!(problem(vec![]), ("button".to_owned(), Problem::Count { count: 0, max: 3 }));
    assert_eq!(problem(vec![click("一"); 4]), ("button".to_owned(), Problem::Count { count: 4, max: 3 }));
    let path = || "button[1].sub_button".to_owned();
    assert_eq!(problem(vec![click("一"), parent("二", 0)]), (path(), Problem::Count { count: 0, max: 5 }));
    assert_eq!(problem(vec![click("一"), parent("二", 6)]), (path(), Problem::Count { count: 6, max: 5 }));
    let third = Button { name: "三".to_owned(), action: Action::Children(vec![parent("四", 1)]) };
    assert_eq!(problem(vec![third]), ("button[0].sub_button[0].sub_button".to_owned(), Problem::ThirdLevel));
}

#[test]
fn names_are_measured_in_bytes() {
    let top = |name: &str| Menu::new(vec![click(name)]).map_err(|error| (error.path, error.problem)).err();
    assert_eq!(top(&"x".repeat(16)), None);
    assert_eq!(top("一二三四五"), None);
    let refused = |bytes: usize| Some(("button[0].name".to_owned(), Problem::TooLong { bytes, limit: 16 }));
    assert_eq!(top(&"x".repeat(17)), refused(17));
    assert_eq!(top("一二三四五六"), refused(18));
    assert_eq!(top(" "), Some(("button[0].name".to_owned(), Problem::Empty)));
    assert_eq!(top("一\n二"), Some(("button[0].name".to_owned(), Problem::ControlCharacter)));

    let sub = |name: &str| {
        let child = Action::Children(vec![click("一"), click(name)]);
        let menu = Menu::new(vec![Button { name: "顶".to_owned(), action: child }]);
        menu.map_err(|error| (error.path, error.problem)).err()
    };
    assert_eq!(sub(&"水".repeat(20)), None);
    let refused = Problem::TooLong { bytes: 61, limit: 60 };
    assert_eq!(sub(&"x".repeat(61)), Some(("button[0].sub_button[1].name".to_owned(), refused)));
}

#[test]
fn keys_and_addresses_are_bounded() {
    let path = "button[0].key";
    assert!(Menu::from_json(&one(json!({ "type": "click", "key": "k".repeat(128) }))).is_ok());
    let too_long = Problem::TooLong { bytes: 129, limit: 128 };
    check_refused(&one(json!({ "type": "click", "key": "k".repeat(129) })), path, &too_long);
    check_refused(&one(json!({ "type": "pic_weixin", "key": "" })), path, &Problem::Empty);

    let address = |bytes: usize| format!("https://x/{}", "y".repeat(bytes - 10));
    assert!(Menu::from_json(&one(json!({ "type": "view", "url": address(1024) }))).is_ok());
    let too_long = Problem::TooLong { bytes: 1025, limit: 1024 };
    check_refused(&one(json!({ "type": "view", "url": address(1025) })), "button[0].url", &too_long);
    for url in ["shequ.example.cn", "ftp://x", "javascript:alert(1)", "https://", "http:///x", "https://a b"]
    {
        check_refused(&one(json!({ "type": "view", "url": url })), "button[0].url", &Problem::NotAUrl);
    }
}

#[test]
fn a_mini_program_needs_all_it_has() {
    let whole = json!({ "type": "miniprogram", "appid": "wx1a2b3c4d5e6f7a8b", "pagepath": "p", "url": "http://x.cn" });
    assert!(Menu::from_json(&one(whole.clone())).is_ok());
    for field in ["appid", "pagepath", "url"] {
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(field);
        check_refused(&one(without), &format!("button[0].{field}"), &Problem::Missing);
    }
    let mut wrong = whole;
    wrong["appid"] = json!("小程序");
    check_refused(&one(wrong), "button[0].appid", &Problem::NotAnAppId);
}

#[test]
fn what_is_no_menu_is_refused_with_its_place() {
    check_refused(&json!({}), "button", &Problem::Missing);
    check_refused(&json!([]), "button", &Problem::Missing);
    check_refused(&json!({ "button": {} }), "button", &Problem::NotAList);
    check_refused(&json!({ "button": [] }), "button", &Problem::Count { count: 0, max: 3 });
    check_refused(&json!({ "button": ["x"] }), "button[0]", &Problem::NotAnObject);
    check_refused(
        &json!({ "button": [{ "type": "click", "key": "k" }] }),
        "button[0].name",
        &Problem::Missing,
    );
    check_refused(&json!({ "button": [{ "name": 1 }] }), "button[0].name", &Problem::NotText);
    check_refused(&one(json!({})), "button[0].type", &Problem::Missing);
    check_refused(&one(json!({ "sub_button": [] })), "button[0].type", &Problem::Missing);
    check_refused(&one(json!({ "type": "teleport" })), "button[0].type", &Problem::UnknownType);
    check_refused(&one(json!({ "type": "click" })), "button[0].key", &Problem::Missing);
    check_refused(&one(json!({ "type": "media_id", "key": "k" })), "button[0].media_id", &Problem::Missing);
    check_refused(&one(json!({ "sub_button": {} })), "button[0].sub_button", &Problem::NotAList);
    let child = json!({ "name": "二", "type": "click", "key": "k" });
    let both = one(json!({ "type": "click", "key": "k", "sub_button": [child] }));
    check_refused(&both, "button[0].type", &Problem::ActionAndChildren);
    let third = one(json!({ "sub_button": [{ "name": "二", "sub_button": [child] }] }));
    check_refused(&third, "button[0].sub_button[0].sub_button", &Problem::ThirdLevel);
    let many = json!({ "button": vec![json!({}); 100_000] });
    check_refused(&many, "button", &Problem::Count { count: 100_000, max: 3 });
}

#[test]
fn an_error_is_told_to_the_log_to_the_editor_and_to_the_sandbox() {
    let child = |fields: Value| Menu::from_json(&one(json!({ "sub_button": [fields] }))).unwrap_err();
    let error = child(json!({ "name": "x".repeat(61), "type": "click", "key": "k" }));
    assert_eq!(error.to_string(), "`button[0].sub_button[0].name` has 61 bytes, and 60 are allowed");
    assert_eq!(
        error.advice(),
        "第 1 个菜单的第 1 个子菜单：名称太长：现在是 61 字节，最多 60 字节（一个汉字占 3 字节）。"
    );
    assert_eq!(error.errcode(), 40_025);
    assert_eq!(child(json!({ "name": "二", "type": "view", "url": "x" })).errcode(), 40_054);
    assert_eq!(child(json!({ "name": "二", "type": "x" })).errcode(), 40_024);
    assert_eq!(child(json!({ "name": "二", "sub_button": [1] })).errcode(), 40_022);

    let top = |menu: &Value| Menu::from_json(menu).unwrap_err();
    let four = top(&json!({ "button": vec![json!({ "name": "一", "type": "click", "key": "k" }); 4] }));
    assert_eq!(four.advice(), "一级菜单的数量不对：现在是 4 个，应为 1 到 3 个。");
    assert_eq!(four.errcode(), 40_016);
    assert_eq!(Menu::new(vec![parent("一", 6)]).unwrap_err().errcode(), 40_023);
    assert_eq!(top(&one(json!({ "type": "click", "key": "k".repeat(129) }))).errcode(), 40_019);
    assert_eq!(top(&one(json!({ "type": "view", "url": "y".repeat(1025) }))).errcode(), 40_020);
    assert_eq!(top(&one(json!({ "type": "view", "url": "y" }))).errcode(), 40_055);
    assert_eq!(top(&one(json!({ "type": "y" }))).errcode(), 40_017);
    assert_eq!(
        top(&json!({ "button": [{ "name": "一二三四五六", "type": "click", "key": "k" }] })).errcode(),
        40_018
    );
}

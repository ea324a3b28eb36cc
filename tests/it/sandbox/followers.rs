//! Followers at the platform: lists, portraits, and what following and leaving change.

use serde_json::{Value, json};

use super::stage::{Stage, last_said};

#[tokio::test]
async fn following_and_leaving_change_the_list_and_the_portrait() {
    let stage = Stage::open().await;
    let open_id = stage.open_id("hope", "zhang").await;
    assert_eq!((open_id.len(), &open_id[..1]), (28, "o"));
    let token = stage.token("hope").await;
    let info = format!("/cgi-bin/user/info?access_token={token}&openid={open_id}&lang=zh_CN");
    let portrait = stage.api(&info, None).await;
    assert_eq!(portrait["subscribe"], 1);
    assert_eq!(portrait["subscribe_time"], super::stage::START);
    assert_eq!(portrait["subscribe_scene"], "ADD_SCENE_SEARCH");
    assert_eq!(portrait.get("nickname"), None);
    stage.does("hope", "zhang", "leave", json!({})).await;
    assert_eq!(stage.api(&info, None).await, json!({"subscribe": 0, "openid": open_id}));
    let nobody = format!("/cgi-bin/user/info?access_token={token}&openid=oNobody");
    assert_eq!(stage.errcode(&nobody, None).await, 40_003);
    // The same person comes back with the same OpenID.
    stage.does("hope", "zhang", "follow", json!({})).await;
    assert_eq!(stage.api(&info, None).await["subscribe"], 1);
}

#[tokio::test]
async fn nobody_follows_twice_or_leaves_twice() {
    let stage = Stage::open().await;
    let app_id = &stage.account("hope").app_id;
    let path = |what: &str| format!("accounts/{app_id}/residents/zhang/{what}");
    let (status, answer) = stage.control(&path("leave"), Some(json!({}))).await;
    assert_eq!((status.as_u16(), &answer["code"]), (409, &json!("follows_not")));
    stage.does("hope", "zhang", "follow", json!({})).await;
    let (status, answer) = stage.control(&path("follow"), Some(json!({}))).await;
    assert_eq!((status.as_u16(), &answer["code"]), (409, &json!("follows_already")));
    stage.does("hope", "zhang", "leave", json!({})).await;
    let (status, _) = stage.control(&path("send"), Some(json!({"type": "text", "content": "在吗"}))).await;
    assert_eq!(status, 409);
}

#[tokio::test]
async fn following_again_within_a_second_is_another_event() {
    let stage = Stage::open().await;
    for what in ["follow", "leave", "follow"] {
        stage.does("hope", "zhang", what, json!({})).await;
    }
    let app_id = &stage.account("hope").app_id;
    let (_, answer) = stage.control(&format!("accounts/{app_id}/pushes"), None).await;
    let inner = |index: usize| answer["pushes"][index]["attempts"][0]["inner"].as_str().unwrap().to_owned();
    assert_ne!(inner(0), inner(2));
}

#[tokio::test]
async fn a_long_list_comes_in_pages_of_ten_thousand() {
    let stage = Stage::open().await;
    let app_id = &stage.account("baiyin").app_id;
    stage.control(&format!("accounts/{app_id}/crowd"), Some(json!({"followers": 12_345}))).await;
    let token = stage.token("baiyin").await;
    let page = async |after: &str| {
        stage.api(&format!("/cgi-bin/user/get?access_token={token}&next_openid={after}"), None).await
    };
    let first = page("").await;
    assert_eq!((&first["total"], &first["count"]), (&json!(12_348), &json!(10_000)));
    let second = page(first["next_openid"].as_str().unwrap()).await;
    assert_eq!(second["count"], 2348);
    let third = page(second["next_openid"].as_str().unwrap()).await;
    assert_eq!(third, json!({"total": 12_348, "count": 0, "next_openid": ""}));
    let (first, second) = (list(&first), list(&second));
    assert!(first.iter().all(|open_id| !second.contains(open_id)));
    assert_eq!(page("oNobody").await["errcode"], 40_003);
}

fn list(page: &Value) -> std::collections::BTreeSet<String> {
    let list = page["data"]["openid"].as_array().expect("a list");
    list.iter().map(|open_id| open_id.as_str().expect("an OpenID").to_owned()).collect()
}

#[tokio::test]
async fn portraits_come_a_hundred_at_a_time_and_remarks_are_kept() {
    let stage = Stage::open().await;
    let open_id = stage.open_id("hope", "li").await;
    let token = stage.token("hope").await;
    let batch = format!("/cgi-bin/user/info/batchget?access_token={token}");
    let remark = format!("/cgi-bin/user/info/updateremark?access_token={token}");
    assert_eq!(stage.errcode(&remark, Some(json!({"openid": open_id, "remark": "3号楼"}))).await, 0);
    let one = json!({"openid": open_id, "lang": "zh_CN"});
    let answer = stage.api(&batch, Some(json!({"user_list": [one.clone()]}))).await;
    assert_eq!(answer["user_info_list"][0]["remark"], "3号楼");
    let many = vec![one; 101];
    assert_eq!(stage.errcode(&batch, Some(json!({ "user_list": many }))).await, 40_032);
    assert_eq!(stage.errcode(&batch, Some(json!({"user_list": [{"openid": "oNobody"}]}))).await, 40_003);
    assert_eq!(
        stage.errcode(&remark, Some(json!({"openid": open_id, "remark": "字".repeat(30)}))).await,
        40_035
    );
}

#[tokio::test]
async fn a_code_with_a_scene_is_told_in_one_way_to_followers_and_in_another_to_others() {
    let stage = Stage::open().await;
    let scan = json!({"scene": "building_12"});
    stage.does("hope", "zhang", "scan", scan.clone()).await;
    let inner = stage.attempts("hope").await[0]["inner"].as_str().unwrap().to_owned();
    assert!(
        inner.contains("<Event><![CDATA[subscribe]]></Event><EventKey><![CDATA[qrscene_building_12]]>"),
        "{inner}"
    );
    let answer = stage.does("hope", "zhang", "scan", scan.clone()).await;
    assert_eq!(last_said(&answer).2, "扫了二维码「building_12」");
    let inner = stage.attempts("hope").await[0]["inner"].as_str().unwrap().to_owned();
    assert!(inner.contains("<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[building_12]]>"), "{inner}");
    let token = stage.token("hope").await;
    let all = stage.api(&format!("/cgi-bin/user/get?access_token={token}"), None).await;
    let newest = all["next_openid"].as_str().unwrap();
    let portrait = stage.api(&format!("/cgi-bin/user/info?access_token={token}&openid={newest}"), None).await;
    assert_eq!(portrait["qr_scene_str"], "building_12");
    // Other kinds of account have no such codes.
    let app_id = &stage.account("baiyin").app_id;
    let (status, answer) = stage.control(&format!("accounts/{app_id}/residents/sun/scan"), Some(scan)).await;
    assert_eq!((status.as_u16(), &answer["code"]), (409, &json!("no_scene_codes")));
}

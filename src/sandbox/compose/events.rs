//! What residents do, and what the platform reports (§3).

use serde_json::{Value, json};

use super::{Context, Fields, Shown, Template};
use crate::sandbox::windows::Trigger;

/// Every event, from what residents do most to what belongs to products that a community hardly has.
pub(super) fn templates() -> impl Iterator<Item = &'static Template> {
    GESTURES.iter().chain(&JOBS).chain(&ACCOUNT).chain(&OTHERS)
}

/// What a resident does to the account or its menu.
const GESTURES: [Template; 13] = [
    opening("subscribe", "关注", |_| vec![("EventKey", json!(""))]),
    silent("unsubscribe", "取消关注", |_| vec![("EventKey", json!(""))]),
    opening("SCAN", "扫描带参数的二维码", |_| {
        vec![("EventKey", json!("building_12")), ("Ticket", json!("gQ_sandbox_ticket"))]
    }),
    silent("LOCATION", "上报地理位置", |_| {
        vec![
            ("Latitude", json!("31.335800")),
            ("Longitude", json!("121.289600")),
            ("Precision", json!("65.000000")),
        ]
    }),
    opening("CLICK", "点击菜单", |_| vec![("EventKey", json!("OFFICE_HOURS"))]),
    silent("VIEW", "点击菜单中的网页", |_| vec![("EventKey", json!("https://shequ.example.cn/h5/"))]),
    opening("scancode_push", "菜单扫码", scan_code),
    opening("scancode_waitmsg", "菜单扫码（等待回复）", scan_code),
    shown("pic_sysphoto", "菜单拍照", pictures),
    shown("pic_photo_or_album", "菜单拍照或相册", pictures),
    shown("pic_weixin", "菜单微信相册", pictures),
    shown("location_select", "菜单选择位置", |_| {
        let info = json!({
            "Location_X": "31.3358", "Location_Y": "121.2896", "Scale": "16", "Label": "社区服务中心（示例）", "Poiname": "",
        });
        vec![("EventKey", json!("REPORT_LOCATION")), ("SendLocationInfo", info)]
    }),
    silent("view_miniprogram", "点击菜单中的小程序", |_| {
        vec![("EventKey", json!("pages/index/index")), ("MenuId", json!(430_123_456))]
    }),
];

/// What became of something that was sent or published.
const JOBS: [Template; 6] = [
    silent("TEMPLATESENDJOBFINISH", "模板消息发送完成", |_| {
        vec![("MsgID", json!(200_163_836)), ("Status", json!("success"))]
    }),
    silent("MASSSENDJOBFINISH", "群发完成", |_| {
        let original = json!({
            "ArticleIdx": 1, "UserDeclareState": 0, "AuditState": 11, "OriginalArticleUrl": "",
            "OriginalArticleType": 0, "CanReprint": 0, "NeedReplaceContent": 0, "NeedShowReprintSource": 0,
        });
        let address =
            json!({"ArticleIdx": 1, "ArticleUrl": "http://mp.weixin.qq.com/s?__biz=X&mid=1&idx=1&sn=Y"});
        vec![
            ("MsgID", json!(3_147_483_650_u64)),
            ("Status", json!("send success")),
            ("TotalCount", json!(1200)),
            ("FilterCount", json!(1180)),
            ("SentCount", json!(1178)),
            ("ErrorCount", json!(2)),
            (
                "CopyrightCheckResult",
                json!({"Count": 1, "ResultList": {"item": [original]}, "CheckState": 1}),
            ),
            ("ArticleUrlResult", json!({"Count": 1, "ResultList": {"item": [address]}})),
        ]
    }),
    silent("PUBLISHJOBFINISH", "发布完成", |_| {
        let article = json!({"idx": 1, "article_url": "http://mp.weixin.qq.com/s/sandbox"});
        let info = json!({
            "publish_id": 2_247_483_701_u64, "publish_status": 0, "article_id": "ART_sandbox-1",
            "article_detail": {"count": 1, "item": [article]},
        });
        vec![("PublishEventInfo", info)]
    }),
    silent("subscribe_msg_popup_event", "订阅通知：操作弹窗", |_| {
        let list = json!([
            {"TemplateId": "TPL_1", "SubscribeStatusString": "accept", "PopupScene": 2},
            {"TemplateId": "TPL_2", "SubscribeStatusString": "reject", "PopupScene": 2},
        ]);
        vec![("SubscribeMsgPopupEvent", json!({ "List": list }))]
    }),
    silent("subscribe_msg_change_event", "订阅通知：管理订阅", |_| {
        let list = json!([{"TemplateId": "TPL_1", "SubscribeStatusString": "reject"}]);
        vec![("SubscribeMsgChangeEvent", json!({ "List": list }))]
    }),
    silent("subscribe_msg_sent_event", "订阅通知：发送结果", |_| {
        let list = json!([{"TemplateId": "TPL_1", "MsgID": "1700827132819554304", "ErrorCode": 0, "ErrorStatus": "success"}]);
        vec![("SubscribeMsgSentEvent", json!({ "List": list }))]
    }),
];

/// What happened to the account, to a resident's permission, or in 网页客服.
const ACCOUNT: [Template; 12] = [
    silent("user_info_modified", "用户资料变更", revoked),
    silent("user_authorization_revoke", "用户撤回授权", revoked),
    silent("user_authorization_cancellation", "用户注销", revoked),
    silent("kf_create_session", "客服接入会话", |_| vec![("KfAccount", json!("agent1@gh_sandbox"))]),
    silent("kf_close_session", "客服关闭会话", |_| {
        vec![("KfAccount", json!("agent1@gh_sandbox")), ("CloseType", json!("KF"))]
    }),
    silent("kf_switch_session", "客服转接会话", |_| {
        vec![("FromKfAccount", json!("agent1@gh_sandbox")), ("ToKfAccount", json!("agent2@gh_sandbox"))]
    }),
    silent("qualification_verify_success", "资质认证成功", expiry),
    silent("qualification_verify_fail", "资质认证失败", failure),
    silent("naming_verify_success", "名称认证成功", expiry),
    silent("naming_verify_fail", "名称认证失败", failure),
    silent("annual_renew", "年审通知", expiry),
    silent("verify_expired", "认证过期", expiry),
];

/// What belongs to products that are not this one's: it has to be acknowledged all the same.
const OTHERS: [Template; 15] = [
    silent("guide_qrcode_scan_event", "扫描顾问二维码", |context| {
        let scan = json!({
            "qrcode_guide_account": "guide1", "qrcode_guide_openid": "oGuide", "openid": context.from.as_str(),
            "action": 1, "qrcode_info": "",
        });
        vec![("GuideScanEvent", scan)]
    }),
    silent("guide_invite_result_event", "顾问邀请结果", |_| {
        vec![("GuideInviteResultEvent", json!({"guide_account": "guide1", "invite_result": 1}))]
    }),
    silent("user_enter_tempsession", "进入客服会话", |_| vec![("SessionFrom", json!("sandbox"))]),
    silent("wxa_media_check", "内容安全检测结果", |_| {
        vec![("trace_id", json!("sandbox-trace")), ("version", json!(2))]
    }),
    silent("card_pass_check", "卡券通过审核", card),
    silent("card_not_pass_check", "卡券未通过审核", card),
    silent("user_get_card", "用户领取卡券", card),
    silent("poi_check_notify", "门店审核结果", |_| {
        vec![("UniqId", json!("123")), ("PoiId", json!("456")), ("Result", json!("succ")), ("Msg", json!(""))]
    }),
    silent("merchant_order", "微信小店订单付款", |_| {
        vec![
            ("OrderId", json!("sandbox-order")),
            ("OrderStatus", json!(2)),
            ("ProductId", json!("p1")),
            ("SkuInfo", json!("")),
        ]
    }),
    silent("WifiConnected", "连上 Wi-Fi", |context| {
        vec![
            ("ConnectTime", json!(context.at)),
            ("ExpireTime", json!(0)),
            ("ShopId", json!("1")),
            ("DeviceNo", json!("d1")),
        ]
    }),
    silent("ShakearoundUserShake", "摇一摇周边", |_| {
        vec![("ChosenBeacon", json!({"Uuid": "sandbox", "Major": 1, "Minor": 1, "Distance": 0.06}))]
    }),
    silent("submit_invoice_title", "提交发票抬头", |_| {
        vec![("title", json!("某某单位")), ("tax_no", json!("000000"))]
    }),
    silent("user_authorize_invoice", "授权开票", |_| {
        vec![("SuccOrderId", json!("sandbox-order")), ("FailOrderId", json!(""))]
    }),
    silent("enter", "进入会话（旧）", |_| Vec::new()),
    silent("debug_demo", "调试工具的测试推送", |_| vec![("debug_str", json!("sandbox"))]),
];

/// Opens a window for customer-service messages, and the phone shows the answer.
const fn opening(name: &'static str, title: &'static str, fields: fn(&Context<'_>) -> Fields) -> Template {
    Template { name, title, shown: Shown::AnswerToEvent, trigger: Some(Trigger::Gesture), fields }
}

/// The phone shows the answer, but no window opens.
const fn shown(name: &'static str, title: &'static str, fields: fn(&Context<'_>) -> Fields) -> Template {
    Template { name, title, shown: Shown::AnswerToEvent, trigger: None, fields }
}

/// The phone shows nothing, whatever is answered.
const fn silent(name: &'static str, title: &'static str, fields: fn(&Context<'_>) -> Fields) -> Template {
    Template { name, title, shown: Shown::Nothing, trigger: None, fields }
}

fn scan_code(_: &Context<'_>) -> Fields {
    let info = json!({"ScanType": "qrcode", "ScanResult": "EL-0042"});
    vec![("EventKey", json!("SCAN_DEVICE")), ("ScanCodeInfo", info)]
}

fn pictures(_: &Context<'_>) -> Fields {
    let pictures = json!([{"PicMd5Sum": "0cc175b9c0f1b6a831c399e269772661"}]);
    vec![
        ("EventKey", json!("REPORT_PICTURE")),
        ("SendPicsInfo", json!({"Count": 1, "PicList": {"item": pictures}})),
    ]
}

fn revoked(context: &Context<'_>) -> Fields {
    vec![
        ("OpenID", json!(context.from.as_str())),
        ("AppID", json!(context.app_id)),
        ("RevokeInfo", json!("205")),
    ]
}

fn expiry(context: &Context<'_>) -> Fields {
    vec![("ExpiredTime", json!(context.at + 365 * 86_400))]
}

fn failure(context: &Context<'_>) -> Fields {
    vec![("FailTime", json!(context.at)), ("FailReason", json!("资料不清晰（示例）"))]
}

fn card(_: &Context<'_>) -> Vec<(&'static str, Value)> {
    vec![("CardId", json!("pSandboxCard"))]
}

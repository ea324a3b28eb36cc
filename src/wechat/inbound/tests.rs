//! Every message, and what makes two pushes the same.

use proptest::prelude::{ProptestConfig, any, proptest};

use super::{Allowance, Inbound, Kind, Message, ParseError, SourceArticle};
use crate::wechat::event::Event;

/// Every fixture: its file's name without the ending, and its text.
macro_rules! fixtures {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../tests/fixtures/wechat/", $name, ".xml")))),*]
    };
}

pub(in crate::wechat) const FIXTURES: &[(&str, &str)] = fixtures![
    "text" "text.menu" "text.article" "text.unsupported" "image" "voice" "video" "shortvideo" "location" "link"
    "miniprogrampage" "other" "event.subscribe" "event.subscribe.scene" "event.unsubscribe" "event.scan"
    "event.location" "event.click" "event.view" "event.view_miniprogram" "event.scancode_push"
    "event.scancode_waitmsg" "event.pic_sysphoto" "event.pic_photo_or_album" "event.pic_weixin"
    "event.location_select" "event.templatesendjobfinish" "event.masssendjobfinish" "event.publishjobfinish"
    "event.publishjobfinish.failed" "event.subscribe_msg_popup_event" "event.subscribe_msg_change_event"
    "event.subscribe_msg_sent_event" "event.user_info_modified" "event.user_authorization_revoke"
    "event.user_authorization_cancellation" "event.kf_create_session" "event.kf_close_session"
    "event.kf_switch_session" "event.qualification_verify_success" "event.qualification_verify_fail"
    "event.naming_verify_success" "event.naming_verify_fail" "event.annual_renew" "event.verify_expired"
    "event.guide_qrcode_scan_event" "event.other"
];

pub(in crate::wechat) fn fixture(name: &str) -> Inbound {
    let (_, xml) = FIXTURES.iter().find(|(fixture, _)| *fixture == name).expect("a fixture of that name");
    Inbound::parse(xml).unwrap()
}

/// A push from `oA` at second 1767225600 with these elements besides.
pub(super) fn push(elements: &str) -> Result<Inbound, ParseError> {
    Inbound::parse(&format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName>\
         <CreateTime>1767225600</CreateTime>{elements}</xml>"
    ))
}

fn message(name: &str) -> Message {
    match fixture(name).kind {
        Kind::Message { message, .. } => message,
        kind => panic!("{name} is {kind:?}"),
    }
}

#[test]
fn every_kind_of_push_has_a_fixture_and_is_known_by_its_name() {
    for (file, xml) in FIXTURES {
        let push = Inbound::parse(xml).unwrap_or_else(|error| panic!("{error} in {file}"));
        let name = push.name();
        assert!(*file == name || file.starts_with(&format!("{name}.")), "{file} is {name}");
        assert_eq!(push.to, "gh_0123456789ab", "{file}");
        assert!(push.sent_at >= 1_767_225_600, "{file}");
    }
}

#[test]
fn a_text_says_who_wrote_what_when() {
    let push = fixture("text");
    assert_eq!(push.from.as_str(), "oUSER00000000000000000000001");
    assert_eq!(push.sent_at, 1_767_225_600);
    let message = Message::Text { content: "垃圾分类".to_owned(), menu_id: None };
    assert_eq!(push.kind, Kind::Message { id: 24_681_357_902_468_136, message, article: None });
}

#[test]
fn a_tap_on_a_menu_within_a_message_is_a_text_with_the_items_id() {
    let menu_id = Some("sat-1".to_owned());
    assert_eq!(message("text.menu"), Message::Text { content: "满意".to_owned(), menu_id });
}

#[test]
fn a_text_from_under_an_article_says_which_and_an_empty_menu_id_is_none() {
    let Kind::Message { message, article, .. } = fixture("text.article").kind else { panic!("no message") };
    assert_eq!(article, Some(SourceArticle { data_id: "2247483701".to_owned(), index: Some(2) }));
    assert_eq!(message, Message::Text { content: "这个活动怎么报名？".to_owned(), menu_id: None });
}

#[test]
fn a_sticker_that_the_platform_does_not_deliver_is_a_text() {
    let content = "【收到不支持的消息类型，暂无法显示】".to_owned();
    assert_eq!(message("text.unsupported"), Message::Text { content, menu_id: None });
}

#[test]
fn media_messages_name_their_media() {
    let (pic_url, media_id) = ("http://mmbiz.qpic.cn/mmbiz_jpg/abc/0".to_owned(), "MID_img_1".to_owned());
    assert_eq!(message("image"), Message::Image { pic_url, media_id });
    let voice = Message::Voice {
        media_id: "MID_v_8k".to_owned(),
        format: "amr".to_owned(),
        media_id_16k: Some("MID_v_16k".to_owned()),
        recognition: None,
    };
    assert_eq!(message("voice"), voice);
    let thumb_media_id = "MID_thumb".to_owned();
    let video = Message::Video { media_id: "MID_vid".to_owned(), thumb_media_id: thumb_media_id.clone() };
    assert_eq!(message("video"), video);
    assert_eq!(
        message("shortvideo"),
        Message::ShortVideo { media_id: "MID_short".to_owned(), thumb_media_id }
    );
}

#[test]
fn a_location_has_its_latitude_first() {
    let location = Message::Location {
        latitude: 30.2741,
        longitude: 120.1551,
        scale: Some(16),
        label: "某某社区服务中心".to_owned(),
        poi_name: None,
    };
    assert_eq!(message("location"), location);
}

#[test]
fn links_and_cards_are_read() {
    let link = Message::Link {
        title: "标题".to_owned(),
        description: "摘要".to_owned(),
        url: "https://mp.weixin.qq.com/s/xyz".to_owned(),
    };
    assert_eq!(message("link"), link);
    let card = Message::MiniProgramPage {
        title: "预约办事".to_owned(),
        app_id: "wx9f8e7d6c5b4a3928".to_owned(),
        page_path: "pages/index/index".to_owned(),
        thumb_url: "http://mmbiz.qpic.cn/card/0".to_owned(),
        thumb_media_id: "MID_card".to_owned(),
    };
    assert_eq!(message("miniprogrampage"), card);
}

#[test]
fn an_unknown_kind_is_kept_with_all_its_fields() {
    let Kind::Other { msg_type, fields } = fixture("other").kind else { panic!("known") };
    assert_eq!(msg_type, "hologram");
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("Shape", "cube"), ("Size/Height", "4"), ("Size/Width", "3")]);

    let with_id = push("<MsgType>hologram</MsgType><MsgId>7</MsgId>").unwrap();
    assert!(matches!(with_id.kind, Kind::Message { id: 7, message: Message::Other { .. }, .. }));
    assert_eq!(with_id.name(), "other");
}

#[test]
fn elements_may_stand_in_any_order_and_in_cdata_or_not() {
    let xml = "<xml><MsgID><![CDATA[18446744073709551615]]></MsgID><Later>?</Later><Content>a&amp;b\n&lt;😀</Content>\
               <MsgType> Text </MsgType><CreateTime><![CDATA[1]]></CreateTime>\
               <FromUserName>o-A_1</FromUserName><ToUserName><![CDATA[gh_1]]></ToUserName></xml>";
    let message = Message::Text { content: "a&b\n<😀".to_owned(), menu_id: None };
    let kind = Kind::Message { id: u64::MAX, message, article: None };
    assert_eq!(Inbound::parse(xml).unwrap().kind, kind);
    assert_eq!(Inbound::parse(&format!("\u{feff}{xml}")).unwrap().kind, kind);
}

#[test]
fn of_repeated_fields_the_first_counts() {
    let push = push("<FromUserName>oB</FromUserName><MsgType>text</MsgType><Content>1</Content><Content>2</Content><MsgId>1</MsgId><MsgId>2</MsgId>").unwrap();
    assert_eq!(push.from.as_str(), "oA");
    let message = Message::Text { content: "1".to_owned(), menu_id: None };
    assert_eq!(push.kind, Kind::Message { id: 1, message, article: None });
}

#[test]
fn a_field_that_must_be_there_is_missed_by_name() {
    let check = |elements: &str, field: &'static str| {
        assert_eq!(push(elements), Err(ParseError::Missing(field)), "for {elements}");
    };
    check("", "MsgType");
    check("<MsgType></MsgType>", "MsgType");
    check("<MsgType>text</MsgType><MsgId>1</MsgId>", "Content");
    check("<MsgType>text</MsgType><Content>x</Content>", "MsgId");
    check("<MsgType>text</MsgType><Content>x</Content><MsgId></MsgId>", "MsgId");
    check("<MsgType>image</MsgType><MsgId>1</MsgId>", "MediaId");
    check("<MsgType>voice</MsgType><MsgId>1</MsgId><MediaId> </MediaId>", "MediaId");
    check("<MsgType>location</MsgType><MsgId>1</MsgId><Location_X>1</Location_X>", "Location_Y");
    check("<MsgType>link</MsgType><MsgId>1</MsgId>", "Url");
    check("<MsgType>event</MsgType>", "Event");
    check("<MsgType>event</MsgType><Event>CLICK</Event>", "EventKey");
    check("<MsgType>event</MsgType><Event>CLICK</Event><EventKey></EventKey>", "EventKey");
    check("<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event>", "MsgID");
    check("<MsgType>event</MsgType><Event>scancode_push</Event><EventKey>k</EventKey>", "ScanCodeInfo");

    let check =
        |xml: &str, field: &'static str| assert_eq!(Inbound::parse(xml), Err(ParseError::Missing(field)));
    check("<xml/>", "ToUserName");
    check("<xml><ToUserName>gh_1</ToUserName></xml>", "FromUserName");
    check("<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName></xml>", "CreateTime");
    check("<html><body/></html>", "xml");
}

#[test]
fn a_value_that_cannot_be_is_refused_by_name() {
    let check = |elements: &str, refused: &str| match push(elements) {
        Err(ParseError::Invalid { field, .. }) => assert_eq!(field, refused, "for {elements}"),
        result => panic!("{result:?} for {elements}"),
    };
    let text = "<MsgType>text</MsgType><Content>x</Content>";
    for id in ["x", "-1", "1.0", "+1", "18446744073709551616", "0x1", "1 2", "１"] {
        check(&format!("{text}<MsgId>{id}</MsgId>"), "MsgId");
    }
    for (latitude, longitude, refused) in [
        ("91", "0", "Location_X"),
        ("-90.001", "0", "Location_X"),
        ("0", "180.5", "Location_Y"),
        ("NaN", "0", "Location_X"),
        ("inf", "0", "Location_X"),
        ("0", "-infinity", "Location_Y"),
        ("1e999", "0", "Location_X"),
        ("north", "0", "Location_X"),
        ("30,27", "0", "Location_X"),
    ] {
        let place = format!("<Location_X>{latitude}</Location_X><Location_Y>{longitude}</Location_Y>");
        check(&format!("<MsgType>location</MsgType><MsgId>1</MsgId>{place}"), refused);
    }

    let check = |to: &str, from: &str, time: &str, refused: &str| {
        let names = format!("<ToUserName>{to}</ToUserName><FromUserName>{from}</FromUserName>");
        let xml = format!("<xml>{names}<CreateTime>{time}</CreateTime>{text}<MsgId>1</MsgId></xml>");
        match Inbound::parse(&xml) {
            Err(ParseError::Invalid { field, .. }) => assert_eq!(field, refused, "for {xml}"),
            result => panic!("{result:?} for {xml}"),
        }
    };
    check("gh 1", "oA", "1", "ToUserName");
    check(&"g".repeat(65), "oA", "1", "ToUserName");
    check("gh_1", "o&lt;A", "1", "FromUserName");
    check("gh_1", "张阿姨", "1", "FromUserName");
    for time in ["-1", "now", "1.5", "253402300800", "99999999999999999999"] {
        check("gh_1", "oA", time, "CreateTime");
    }
}

#[test]
fn an_empty_text_is_still_a_text() {
    let push = push("<MsgType>text</MsgType><Content></Content><MsgId>1</MsgId>").unwrap();
    assert_eq!(push.name(), "text");
}

#[test]
fn what_only_describes_a_message_may_be_absent() {
    for elements in [
        "<MsgType>image</MsgType><MediaId>m</MediaId>",
        "<MsgType>voice</MsgType><MediaId>m</MediaId>",
        "<MsgType>video</MsgType><MediaId>m</MediaId>",
        "<MsgType>location</MsgType><Location_X>1</Location_X><Location_Y>2</Location_Y><Scale>far</Scale>",
        "<MsgType>link</MsgType><Url>https://x</Url>",
    ] {
        assert!(push(&format!("{elements}<MsgId>1</MsgId>")).is_ok(), "for {elements}");
    }
}

#[test]
fn residents_see_an_answer_to_messages_and_to_some_events() {
    let seen: Vec<&str> =
        FIXTURES.iter().map(|(file, _)| *file).filter(|file| fixture(file).opens_chat()).collect();
    let events: Vec<&str> = seen.iter().copied().filter(|file| file.starts_with("event.")).collect();
    assert_eq!(
        events,
        [
            "event.subscribe",
            "event.subscribe.scene",
            "event.scan",
            "event.click",
            "event.scancode_push",
            "event.scancode_waitmsg",
            "event.pic_sysphoto",
            "event.pic_photo_or_album",
            "event.pic_weixin",
            "event.location_select",
        ]
    );
    assert_eq!(seen.len() - events.len(), 12, "and all messages");
}

#[test]
fn only_what_a_resident_did_allows_customer_service_messages() {
    let after_message = Some(Allowance { messages: 5, seconds: 172_800 });
    let after_action = Some(Allowance { messages: 3, seconds: 60 });
    for name in ["text", "image", "voice", "location", "link"] {
        assert_eq!(fixture(name).allowance(), after_message, "{name}");
    }
    for name in [
        "text.menu",
        "event.subscribe",
        "event.scan",
        "event.click",
        "event.scancode_push",
        "event.scancode_waitmsg",
    ] {
        assert_eq!(fixture(name).allowance(), after_action, "{name}");
    }
    for name in
        ["event.view", "event.unsubscribe", "event.location", "event.pic_weixin", "event.other", "other"]
    {
        assert_eq!(fixture(name).allowance(), None, "{name}");
    }
}

#[test]
fn event_names_count_in_any_letter_case_and_a_location_event_is_no_location_message() {
    for name in ["SCAN", "scan", "Scan"] {
        let push =
            push(&format!("<MsgType>event</MsgType><Event>{name}</Event><EventKey>7</EventKey>")).unwrap();
        assert_eq!(push.kind, Kind::Event(Event::Scan { scene: "7".to_owned(), ticket: None }));
    }
    assert_eq!(fixture("event.location").name(), "event.location");
    assert_eq!(fixture("location").name(), "location");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_parses_or_is_refused_but_never_panics(xml in ".{0,200}") {
        let _ = Inbound::parse(&xml);
    }

    #[test]
    fn a_broken_push_parses_or_is_refused_but_never_panics(which in any::<proptest::sample::Index>(), start in any::<proptest::sample::Index>(), noise in ".{0,8}", length in 0_usize..40) {
        let (_, xml) = FIXTURES[which.index(FIXTURES.len())];
        let start = xml.floor_char_boundary(start.index(xml.len()));
        let end = xml.ceil_char_boundary((start + length).min(xml.len()));
        if let Ok(push) = Inbound::parse(&format!("{}{noise}{}", &xml[..start], &xml[end..])) {
            assert_eq!(push.identity().len(), 28);
        }
    }

    #[test]
    fn what_a_resident_writes_arrives_as_they_wrote_it(content in "(\\PC|\n|<|>|&|]){0,60}") {
        let mut writer = crate::wechat::xml::Writer::default();
        writer.text("Content", &content);
        let push = push(&format!("<MsgType>text</MsgType>{}<MsgId>1</MsgId>", writer.finish())).unwrap();
        let message = Message::Text { content, menu_id: None };
        assert_eq!(push.kind, Kind::Message { id: 1, message, article: None });
    }
}

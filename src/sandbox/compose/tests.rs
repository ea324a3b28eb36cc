//! Every kind of push, composed and read back.

use serde_json::{Map, Value, json};

use super::{ComposeError, Composed, Context, Shown, compose, kinds, title};
use crate::sandbox::windows::Trigger;
use crate::wechat::OpenId;
use crate::wechat::xml::Element;

fn composed(kind: &str, overrides: &Value) -> Result<Composed, ComposeError> {
    let from = OpenId::parse("oUSER00000000000000000000001").unwrap();
    let context = Context {
        to: "gh_0123456789ab",
        app_id: "wx1a2b3c4d5e6f7a8b",
        from: &from,
        at: 1_767_225_600,
        message_id: 24_681_357_902_468_136,
    };
    compose(kind, overrides.as_object().unwrap_or(&Map::new()), &context)
}

#[test]
fn a_text_is_written_as_the_platform_writes_it() {
    let text = composed("text", &json!({"Content": "垃圾分类"})).unwrap();
    assert_eq!(
        text.xml,
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\
         <FromUserName><![CDATA[oUSER00000000000000000000001]]></FromUserName>\
         <CreateTime>1767225600</CreateTime><MsgType><![CDATA[text]]></MsgType>\
         <Content><![CDATA[垃圾分类]]></Content><MsgId>24681357902468136</MsgId></xml>"
    );
    assert_eq!((text.shown, text.trigger), (Shown::AnswerToMessage, Some(Trigger::Message)));
}

#[test]
fn a_tap_on_a_menu_message_is_a_text_that_counts_as_a_gesture() {
    let tap = composed("text", &json!({"Content": "满意", "bizmsgmenuid": "sat-1"})).unwrap();
    assert!(tap.xml.contains("<bizmsgmenuid><![CDATA[sat-1]]></bizmsgmenuid>"));
    assert_eq!(tap.trigger, Some(Trigger::Gesture));
    assert_eq!(composed("text", &json!({"bizmsgmenuid": ""})).unwrap().trigger, Some(Trigger::Message));
}

#[test]
fn every_kind_of_the_reference_can_be_composed_and_read() {
    let kinds = kinds();
    assert_eq!(kinds.len(), 54);
    for kind in &kinds {
        let push = composed(&kind.kind, &json!({})).unwrap();
        let root = Element::parse(&push.xml).unwrap();
        assert_eq!(root.optional("CreateTime"), Some("1767225600"), "{}", kind.kind);
        // Events have no MsgId: it is how the product must not recognize them.
        assert_eq!(root.optional("MsgId").is_some(), !kind.kind.starts_with("event."), "{}", kind.kind);
        assert_eq!(title(&kind.kind), Some(kind.title));
    }
}

#[test]
fn groups_are_merged_and_lists_are_repeated_elements() {
    let scan = composed("event.scancode_waitmsg", &json!({"ScanCodeInfo": {"ScanResult": "HT-7"}})).unwrap();
    assert!(scan.xml.contains(
        "<ScanCodeInfo><ScanResult><![CDATA[HT-7]]></ScanResult><ScanType><![CDATA[qrcode]]></ScanType></ScanCodeInfo>"
    ));
    let popup = composed("event.subscribe_msg_popup_event", &json!({})).unwrap();
    assert_eq!(popup.xml.matches("<List>").count(), 2);
}

#[test]
fn fields_can_be_left_out_and_unknown_kinds_can_be_tried() {
    let click = composed("event.click", &json!({"EventKey": null, "CreateTime": 1})).unwrap();
    assert!(!click.xml.contains("EventKey") && click.xml.contains("<CreateTime>1</CreateTime>"));
    assert!(click.xml.contains("<Event><![CDATA[click]]></Event>"));
    assert_eq!(click.trigger, Some(Trigger::Gesture));
    let unheard = composed("event.brand_new", &json!({"Whatever": "1"})).unwrap();
    assert!(unheard.xml.contains("<Whatever><![CDATA[1]]></Whatever>"));
    assert_eq!(unheard.shown, Shown::Nothing);
}

#[test]
fn nothing_leaves_its_element() {
    let text = composed("text", &json!({"Content": "]]></Content><MsgId>1</MsgId>\u{1}"})).unwrap();
    let root = Element::parse(&text.xml).unwrap();
    assert_eq!(root.text_of("Content"), Some("]]></Content><MsgId>1</MsgId>"));
    assert!(matches!(composed("text", &json!({"a><b": "1"})), Err(ComposeError::Name(_))));
    assert!(matches!(composed("event.a>b", &json!({})), Err(ComposeError::Kind(_))));
    let long = "长".repeat(11_000);
    assert!(matches!(composed("text", &json!({ "Content": long })), Err(ComposeError::Bounds)));
    let many: Vec<u8> = vec![0; 500];
    assert!(matches!(composed("text", &json!({ "a": many })), Err(ComposeError::Bounds)));
    let deep = (0..20).fold(json!(1), |inner, _| json!({ "a": inner }));
    assert!(matches!(composed("text", &json!({ "a": deep })), Err(ComposeError::Bounds)));
}

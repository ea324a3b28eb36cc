//! Every event, from its fixture.

use super::{
    AuthorizationChange, Event, GuideScan, MassSendStatus, NoticeChoice, NoticeDelivery, Originality,
    PublishReport, PublishStatus, PublishedArticle, TemplateStatus,
};
use crate::wechat::id::OpenId;
use crate::wechat::inbound::tests::{FIXTURES, fixture};
use crate::wechat::inbound::{Inbound, Kind};

fn event(name: &str) -> Event {
    match fixture(name).kind {
        Kind::Event(event) => event,
        kind => panic!("{name} is {kind:?}"),
    }
}

/// An event of that name with these elements.
fn read(name: &str, elements: &str) -> Event {
    let xml = format!(
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1</CreateTime>\
         <MsgType>event</MsgType><Event>{name}</Event>{elements}</xml>"
    );
    match Inbound::parse(&xml).unwrap().kind {
        Kind::Event(event) => event,
        kind => panic!("{name} is {kind:?}"),
    }
}

fn owned(text: &str) -> String {
    text.to_owned()
}

fn resident() -> Option<OpenId> {
    Some(OpenId::parse("oUSER00000000000000000000001").unwrap())
}

#[test]
fn following_with_and_without_a_code_gives_the_scene_as_a_scan_would() {
    assert_eq!(event("event.subscribe"), Event::Subscribe { scene: None, ticket: None });
    let (scene, ticket) = (owned("building_12"), Some(owned("gQ_ticket")));
    assert_eq!(
        event("event.subscribe.scene"),
        Event::Subscribe { scene: Some(scene.clone()), ticket: ticket.clone() }
    );
    assert_eq!(event("event.scan"), Event::Scan { scene, ticket });
    assert_eq!(
        read("subscribe", "<EventKey>qrscene_</EventKey>"),
        Event::Subscribe { scene: None, ticket: None }
    );
    let scene = Some(owned("qrscene_1"));
    assert_eq!(
        read("subscribe", "<EventKey>qrscene_qrscene_1</EventKey>"),
        Event::Subscribe { scene, ticket: None }
    );
    assert_eq!(event("event.unsubscribe"), Event::Unsubscribe);
}

#[test]
fn a_reported_place_is_read() {
    let place = Event::Location { latitude: 30.2741, longitude: 120.1551, precision: Some(65.0) };
    assert_eq!(event("event.location"), place);
}

#[test]
fn menu_taps_carry_what_was_tapped() {
    assert_eq!(event("event.click"), Event::Click { key: owned("OFFICE_HOURS"), menu_id: None });
    let menu_id = Some(owned("430123456"));
    let url = owned("https://shequ.example.cn/h5/");
    assert_eq!(event("event.view"), Event::View { url, menu_id: menu_id.clone() });
    let page_path = owned("pages/index/index");
    assert_eq!(event("event.view_miniprogram"), Event::ViewMiniProgram { page_path, menu_id });
}

#[test]
fn scans_through_the_menu_carry_what_was_scanned() {
    let (key, scan_type, result) = (owned("SCAN_OPEN"), owned("barcode"), owned("CODE_128,123456"));
    assert_eq!(event("event.scancode_push"), Event::ScanCodePush { key, scan_type, result });
    let (key, scan_type, result) = (owned("SCAN_DEVICE"), owned("qrcode"), owned("EL-0042"));
    assert_eq!(event("event.scancode_waitmsg"), Event::ScanCodeWait { key, scan_type, result });
}

#[test]
fn pictures_through_the_menu_are_known_by_their_sums() {
    let md5_sums = vec![owned("0cc175b9c0f1b6a831c399e269772661"), owned("92eb5ffee6ae2fec3ad71c777531578f")];
    let key = owned("REPORT_CAMERA");
    assert_eq!(event("event.pic_sysphoto"), Event::PicSysPhoto { key, md5_sums: md5_sums.clone() });
    let key = owned("REPORT_PIC");
    assert_eq!(event("event.pic_photo_or_album"), Event::PicPhotoOrAlbum { key, md5_sums: md5_sums.clone() });
    assert_eq!(event("event.pic_weixin"), Event::PicWeixin { key: owned("REPORT_ALBUM"), md5_sums });
}

#[test]
fn a_place_chosen_through_the_menu_is_read() {
    let place = Event::LocationSelect {
        key: owned("REPORT_LOC"),
        latitude: 30.27,
        longitude: 120.15,
        scale: Some(16),
        label: owned("某某路1号"),
        poi_name: None,
    };
    assert_eq!(event("event.location_select"), place);
}

#[test]
fn the_spelling_of_a_template_messages_fate_varies() {
    let check = |status: &str, expected: TemplateStatus| {
        let elements = format!("<MsgID>7</MsgID><Status>{status}</Status>");
        let event = read("TEMPLATESENDJOBFINISH", &elements);
        assert_eq!(event, Event::TemplateSendJobFinish { message_id: 7, status: expected }, "for {status}");
    };
    check("success", TemplateStatus::Success);
    check(" Success ", TemplateStatus::Success);
    check("failed:user block", TemplateStatus::UserBlocked);
    check("failed: user block", TemplateStatus::UserBlocked);
    check("failed: system failed", TemplateStatus::SystemFailed);
    check("failed:system failed", TemplateStatus::SystemFailed);
    check("postponed", TemplateStatus::Other(owned("postponed")));
    let status = TemplateStatus::UserBlocked;
    let expected = Event::TemplateSendJobFinish { message_id: 200_163_836, status };
    assert_eq!(event("event.templatesendjobfinish"), expected);
}

#[test]
fn a_mass_sending_is_reported_with_counts_and_articles() {
    let Event::MassSendJobFinish(report) = event("event.masssendjobfinish") else { panic!("another event") };
    assert_eq!(report.message_id, 3_147_483_650);
    assert_eq!(report.status, MassSendStatus::Success);
    assert_eq!((report.total, report.filtered, report.sent, report.failed), (1200, 1180, 1178, 2));
    assert_eq!(report.check_state, Some(1));
    let originality = Originality {
        index: 1,
        declared: 0,
        audit: 11,
        original_url: None,
        original_kind: 0,
        can_reprint: false,
        must_replace: false,
        must_name_source: true,
    };
    assert_eq!(report.originality, [originality]);
    let article = |index: u32, url: &str| PublishedArticle { index, url: owned(url) };
    assert_eq!(
        report.articles,
        [
            article(1, "http://mp.weixin.qq.com/s?__biz=X&mid=1&idx=1&sn=Y"),
            article(2, "http://mp.weixin.qq.com/s?__biz=X&mid=1&idx=2&sn=Z"),
        ]
    );
}

#[test]
fn a_mass_sending_says_why_it_was_refused() {
    let check = |status: &str, expected: MassSendStatus| {
        let event = read("masssendjobfinish", &format!("<MsgId>7</MsgId><Status>{status}</Status>"));
        let Event::MassSendJobFinish(report) = event else { panic!("another event") };
        assert_eq!((report.status, report.message_id, report.sent), (expected, 7, 0), "for {status}");
    };
    check("sendsuccess", MassSendStatus::Success);
    check("send success", MassSendStatus::Success);
    check("send fail", MassSendStatus::Failed);
    check("err(10001)", MassSendStatus::Refused(10_001));
    check("err(x)", MassSendStatus::Other(owned("err(x)")));
}

#[test]
fn a_publication_is_reported() {
    let published = PublishReport {
        publish_id: owned("2247483701"),
        status: PublishStatus::Published,
        article_id: Some(owned("ART_abc-123")),
        articles: vec![PublishedArticle { index: 1, url: owned("http://mp.weixin.qq.com/s/abc") }],
        failed_indexes: vec![],
    };
    assert_eq!(event("event.publishjobfinish"), Event::PublishJobFinish(Box::new(published)));
    let failed = PublishReport {
        publish_id: owned("2247483702"),
        status: PublishStatus::NotOriginal,
        article_id: None,
        articles: vec![],
        failed_indexes: vec![1, 3],
    };
    assert_eq!(event("event.publishjobfinish.failed"), Event::PublishJobFinish(Box::new(failed)));
    let other_name = read(
        "FREEPUBLISHJOBFINISH",
        "<PublishEventInfo><publish_id>1</publish_id><publish_status>9</publish_status></PublishEventInfo>",
    );
    assert_eq!(other_name.name(), "publishjobfinish");
    let Event::PublishJobFinish(report) = other_name else { panic!("another event") };
    assert_eq!(report.status, PublishStatus::Other(9));
}

#[test]
fn the_numbers_of_a_publications_end_are_understood() {
    let expected = [
        PublishStatus::Published,
        PublishStatus::Publishing,
        PublishStatus::NotOriginal,
        PublishStatus::Failed,
        PublishStatus::Rejected,
        PublishStatus::Deleted,
        PublishStatus::Banned,
        PublishStatus::Other(7),
    ];
    assert_eq!(std::array::from_fn(|number| PublishStatus::from_number(number as i64)), expected);
}

#[test]
fn notices_are_accepted_refused_and_delivered_by_template() {
    let choice = |template_id: &str, accepted: bool, scene: Option<u32>| NoticeChoice {
        template_id: owned(template_id),
        accepted,
        scene,
    };
    assert_eq!(
        event("event.subscribe_msg_popup_event"),
        Event::SubscribeMsgPopup {
            choices: vec![choice("TPL_1", true, Some(2)), choice("TPL_2", false, Some(2))]
        }
    );
    assert_eq!(
        event("event.subscribe_msg_change_event"),
        Event::SubscribeMsgChange { choices: vec![choice("TPL_1", false, None)] }
    );
    let delivery = NoticeDelivery {
        template_id: owned("TPL_1"),
        message_id: owned("1700827132819554304"),
        error_code: 0,
        error_status: owned("success"),
    };
    assert_eq!(
        event("event.subscribe_msg_sent_event"),
        Event::SubscribeMsgSent { deliveries: vec![delivery] }
    );
}

#[test]
fn privacy_duties_name_the_person_and_the_data() {
    let change = |revoked: &[u32], union_id: Option<&str>| AuthorizationChange {
        open_id: resident(),
        app_id: Some(owned("wx1a2b3c4d5e6f7a8b")),
        union_id: union_id.map(str::to_owned),
        revoked: revoked.to_vec(),
    };
    assert_eq!(event("event.user_info_modified"), Event::UserInfoModified(change(&[], None)));
    assert_eq!(
        event("event.user_authorization_revoke"),
        Event::UserAuthorizationRevoke(change(&[205, 206], Some("oUNION0000000000000000000001")))
    );
    assert_eq!(
        event("event.user_authorization_cancellation"),
        Event::UserAuthorizationCancellation(change(&[], None))
    );
}

#[test]
fn agents_sessions_are_read() {
    let lin = || owned("lin@gh_shequ");
    assert_eq!(event("event.kf_create_session"), Event::KfCreateSession { account: lin() });
    let close_type = Some(owned("KF"));
    assert_eq!(event("event.kf_close_session"), Event::KfCloseSession { account: lin(), close_type });
    let switch = Event::KfSwitchSession { from: lin(), to: owned("chen@gh_shequ") };
    assert_eq!(event("event.kf_switch_session"), switch);
}

#[test]
fn the_state_of_the_accounts_verification_is_read() {
    let expires_at = 1_798_761_600;
    let verified = Event::QualificationVerifySuccess { expires_at };
    assert_eq!(event("event.qualification_verify_success"), verified);
    let (failed_at, reason) = (1_767_225_699, owned("by time"));
    assert_eq!(
        event("event.qualification_verify_fail"),
        Event::QualificationVerifyFail { failed_at, reason }
    );
    assert_eq!(event("event.naming_verify_success"), Event::NamingVerifySuccess { expires_at });
    let reason = owned("名称不符");
    assert_eq!(event("event.naming_verify_fail"), Event::NamingVerifyFail { failed_at, reason });
    assert_eq!(event("event.annual_renew"), Event::AnnualRenew { expires_at });
    assert_eq!(event("event.verify_expired"), Event::VerifyExpired { expires_at: 1_767_225_600 });
}

#[test]
fn a_guides_code_is_read() {
    let scan = GuideScan {
        guide_account: owned("guide_lin"),
        guide_open_id: owned("oGUIDE0000000000000000000001"),
        open_id: resident(),
        action: owned("1"),
        qrcode_info: owned("QR_1"),
    };
    assert_eq!(event("event.guide_qrcode_scan_event"), Event::GuideQrcodeScan(scan));
}

#[test]
fn an_unknown_event_is_kept_with_its_name_and_fields() {
    let Event::Other { event, fields } = event("event.other") else { panic!("known") };
    assert_eq!(event, "user_enter_tempsession");
    assert_eq!(fields.into_iter().collect::<Vec<_>>(), [(owned("SessionFrom"), owned("shop"))]);
    assert_eq!(read("card_pass_check", "<EventKey>7</EventKey>").key(), Some("7"));
}

#[test]
fn every_events_name_counts_in_any_letter_case() {
    for (file, xml) in FIXTURES.iter().filter(|(file, _)| file.starts_with("event.")) {
        let start = xml.find("<Event><![CDATA[").expect("an event has a name") + "<Event><![CDATA[".len();
        let end = start + xml[start..].find(']').expect("the section ends");
        for name in [xml[start..end].to_uppercase(), xml[start..end].to_lowercase()] {
            let changed = format!("{}{name}{}", &xml[..start], &xml[end..]);
            let (changed, original) = (Inbound::parse(&changed).unwrap(), Inbound::parse(xml).unwrap());
            assert_eq!(changed.name(), original.name(), "{file}");
            assert_eq!(changed.identity(), original.identity(), "{file}");
        }
    }
}

#[test]
fn a_key_is_what_was_tapped_or_scanned() {
    let check = |name: &str, key: Option<&str>| assert_eq!(event(name).key(), key, "for {name}");
    check("event.click", Some("OFFICE_HOURS"));
    check("event.view", Some("https://shequ.example.cn/h5/"));
    check("event.scan", Some("building_12"));
    check("event.subscribe.scene", Some("building_12"));
    check("event.subscribe", None);
    check("event.pic_weixin", Some("REPORT_ALBUM"));
    check("event.unsubscribe", None);
    check("event.masssendjobfinish", None);
}

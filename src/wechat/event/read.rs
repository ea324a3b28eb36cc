//! From XML to an [`Event`] (§3).

use super::notices::{choices, deliveries};
use super::{AuthorizationChange, Event, GuideScan, MassSendReport, PublishReport, TemplateStatus};
use crate::wechat::xml::{Element, ParseError};

/// What stands in front of the scene when somebody follows through a QR code.
const SCENE_PREFIX: &str = "qrscene_";
/// What every event has, and [`Event::Other`] therefore need not keep.
const COMMON: [&str; 5] = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event"];

impl Event {
    /// Reads the elements of an event push.
    pub(in crate::wechat) fn read(root: &Element<'_>) -> Result<Self, ParseError> {
        let name = root.required("Event")?;
        let key = || root.required("EventKey").map(str::to_owned);
        let menu_id = || owned(root, "MenuId");
        let ticket = || owned(root, "Ticket");
        Ok(match name.to_ascii_lowercase().as_str() {
            "subscribe" => {
                let scene =
                    root.optional("EventKey").map(|key| key.strip_prefix(SCENE_PREFIX).unwrap_or(key));
                let scene = scene.filter(|scene| !scene.is_empty()).map(str::to_owned);
                Self::Subscribe { scene, ticket: ticket() }
            }
            "unsubscribe" => Self::Unsubscribe,
            "scan" => Self::Scan { scene: key()?, ticket: ticket() },
            "location" => Self::Location {
                latitude: root.degrees("Latitude", 90.0)?,
                longitude: root.degrees("Longitude", 180.0)?,
                precision: root
                    .optional("Precision")
                    .and_then(|meters| meters.parse().ok())
                    .filter(|meters: &f64| meters.is_finite()),
            },
            "click" => Self::Click { key: key()?, menu_id: menu_id() },
            "view" => Self::View { url: key()?, menu_id: menu_id() },
            "view_miniprogram" => Self::ViewMiniProgram { page_path: key()?, menu_id: menu_id() },
            "scancode_push" => {
                let (scan_type, result) = scan(root)?;
                Self::ScanCodePush { key: key()?, scan_type, result }
            }
            "scancode_waitmsg" => {
                let (scan_type, result) = scan(root)?;
                Self::ScanCodeWait { key: key()?, scan_type, result }
            }
            "pic_sysphoto" => Self::PicSysPhoto { key: key()?, md5_sums: md5_sums(root) },
            "pic_photo_or_album" => Self::PicPhotoOrAlbum { key: key()?, md5_sums: md5_sums(root) },
            "pic_weixin" => Self::PicWeixin { key: key()?, md5_sums: md5_sums(root) },
            "location_select" => {
                let place = root.required_child("SendLocationInfo")?;
                Self::LocationSelect {
                    key: key()?,
                    latitude: place.degrees("Location_X", 90.0)?,
                    longitude: place.degrees("Location_Y", 180.0)?,
                    scale: place.optional("Scale").and_then(|scale| scale.parse().ok()),
                    label: text(place, "Label"),
                    poi_name: owned(place, "Poiname"),
                }
            }
            "templatesendjobfinish" => Self::TemplateSendJobFinish {
                message_id: job_id(root)?,
                status: TemplateStatus::read(root.required("Status")?),
            },
            "masssendjobfinish" => Self::MassSendJobFinish(Box::new(MassSendReport::read(root)?)),
            "publishjobfinish" | "freepublishjobfinish" => {
                Self::PublishJobFinish(Box::new(PublishReport::read(root)?))
            }
            "subscribe_msg_popup_event" => {
                Self::SubscribeMsgPopup { choices: choices(root, "SubscribeMsgPopupEvent")? }
            }
            "subscribe_msg_change_event" => {
                Self::SubscribeMsgChange { choices: choices(root, "SubscribeMsgChangeEvent")? }
            }
            "subscribe_msg_sent_event" => Self::SubscribeMsgSent { deliveries: deliveries(root)? },
            "user_info_modified" => Self::UserInfoModified(AuthorizationChange::read(root)?),
            "user_authorization_revoke" => Self::UserAuthorizationRevoke(AuthorizationChange::read(root)?),
            "user_authorization_cancellation" => {
                Self::UserAuthorizationCancellation(AuthorizationChange::read(root)?)
            }
            "kf_create_session" => Self::KfCreateSession { account: text(root, "KfAccount") },
            "kf_close_session" => Self::KfCloseSession {
                account: text(root, "KfAccount"),
                close_type: owned(root, "CloseType"),
            },
            "kf_switch_session" => {
                Self::KfSwitchSession { from: text(root, "FromKfAccount"), to: text(root, "ToKfAccount") }
            }
            "qualification_verify_success" => {
                Self::QualificationVerifySuccess { expires_at: root.number("ExpiredTime")? }
            }
            "qualification_verify_fail" => Self::QualificationVerifyFail {
                failed_at: root.number("FailTime")?,
                reason: text(root, "FailReason"),
            },
            "naming_verify_success" => Self::NamingVerifySuccess { expires_at: root.number("ExpiredTime")? },
            "naming_verify_fail" => Self::NamingVerifyFail {
                failed_at: root.number("FailTime")?,
                reason: text(root, "FailReason"),
            },
            "annual_renew" => Self::AnnualRenew { expires_at: root.number("ExpiredTime")? },
            "verify_expired" => Self::VerifyExpired { expires_at: root.number("ExpiredTime")? },
            "guide_qrcode_scan_event" => Self::GuideQrcodeScan(GuideScan::read(root)?),
            _ => Self::Other { event: name.to_owned(), fields: root.flatten(&COMMON) },
        })
    }
}

/// The id of a job; the platform spells the element in two ways.
pub(super) fn job_id(root: &Element<'_>) -> Result<u64, ParseError> {
    match root.optional_number("MsgID")? {
        Some(id) => Ok(id),
        None => root.optional_number("MsgId")?.ok_or(ParseError::Missing("MsgID")),
    }
}

/// A field that may be absent or empty.
pub(super) fn owned(element: &Element<'_>, name: &str) -> Option<String> {
    element.optional(name).map(str::to_owned)
}

/// A field for people to read, empty if it is absent.
pub(super) fn text(element: &Element<'_>, name: &str) -> String {
    element.text_of(name).unwrap_or("").trim().to_owned()
}

fn scan(root: &Element<'_>) -> Result<(String, String), ParseError> {
    let info = root.required_child("ScanCodeInfo")?;
    let result = info.text_of("ScanResult").ok_or(ParseError::Missing("ScanResult"))?;
    Ok((text(info, "ScanType"), result.to_owned()))
}

fn md5_sums(root: &Element<'_>) -> Vec<String> {
    let pictures = root.child("SendPicsInfo").and_then(|info| info.child("PicList"));
    pictures
        .into_iter()
        .flat_map(|list| list.children_named("item"))
        .filter_map(|item| owned(item, "PicMd5Sum"))
        .collect()
}

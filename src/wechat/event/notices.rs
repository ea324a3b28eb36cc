//! Subscription notices (§3.5), authorizations (§3.6), and guides.

use serde::Serialize;

use super::read::{owned, text};
use crate::wechat::id::OpenId;
use crate::wechat::xml::{Element, ParseError};

/// Whether a resident wants the notices of one template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct NoticeChoice {
    /// The template.
    pub template_id: String,
    /// `accept`; anything else counts as a refusal.
    pub accepted: bool,
    /// Where they were asked: 0 a mini program, 1 a page, 2 an article.
    pub scene: Option<u32>,
}

/// What became of one notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct NoticeDelivery {
    /// The template.
    pub template_id: String,
    /// The id that the sending call gave.
    pub message_id: String,
    /// 0 when it arrived.
    pub error_code: i64,
    /// Why it did not, in the platform's words.
    pub error_status: String,
}

/// Somebody's authorization, or the data it gave us, changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct AuthorizationChange {
    /// Who.
    pub open_id: Option<OpenId>,
    /// The account's AppID.
    pub app_id: Option<String>,
    /// The same person in all accounts of one owner.
    pub union_id: Option<String>,
    /// What was taken back: 201 address, 202 invoice, 203 card, 204 microphone, 205 nickname and portrait, 206
    /// location, 207 chosen photos and films.
    pub revoked: Vec<u32>,
}

/// Somebody scanned the code of a guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct GuideScan {
    /// The guide's account.
    pub guide_account: String,
    /// The guide's OpenID.
    pub guide_open_id: String,
    /// Who scanned.
    pub open_id: Option<OpenId>,
    /// What it did.
    pub action: String,
    /// What the code carries.
    pub qrcode_info: String,
}

impl AuthorizationChange {
    pub(super) fn read(root: &Element<'_>) -> Result<Self, ParseError> {
        let info = root.optional("RevokeInfo").unwrap_or("");
        Ok(Self {
            open_id: open_id(root, "OpenID")?,
            app_id: owned(root, "AppID"),
            union_id: owned(root, "UnionID"),
            revoked: info.split(|character: char| !character.is_ascii_digit()).flat_map(str::parse).collect(),
        })
    }
}

impl GuideScan {
    pub(super) fn read(root: &Element<'_>) -> Result<Self, ParseError> {
        let scan = root.required_child("GuideScanEvent")?;
        Ok(Self {
            guide_account: text(scan, "qrcode_guide_account"),
            guide_open_id: text(scan, "qrcode_guide_openid"),
            open_id: open_id(scan, "openid")?,
            action: text(scan, "action"),
            qrcode_info: text(scan, "qrcode_info"),
        })
    }
}

/// The choices in the wrapper of that name.
pub(super) fn choices(root: &Element<'_>, wrapper: &'static str) -> Result<Vec<NoticeChoice>, ParseError> {
    let read = |choice: &Element<'_>| {
        Ok(NoticeChoice {
            template_id: choice.required("TemplateId")?.to_owned(),
            accepted: choice.required("SubscribeStatusString")?.eq_ignore_ascii_case("accept"),
            scene: choice.optional_number("PopupScene")?,
        })
    };
    root.required_child(wrapper)?.children_named("List").map(read).collect()
}

pub(super) fn deliveries(root: &Element<'_>) -> Result<Vec<NoticeDelivery>, ParseError> {
    let read = |delivery: &Element<'_>| {
        Ok(NoticeDelivery {
            template_id: delivery.required("TemplateId")?.to_owned(),
            message_id: delivery.required("MsgID")?.to_owned(),
            error_code: delivery.number("ErrorCode")?,
            error_status: text(delivery, "ErrorStatus"),
        })
    };
    root.required_child("SubscribeMsgSentEvent")?.children_named("List").map(read).collect()
}

fn open_id(element: &Element<'_>, field: &'static str) -> Result<Option<OpenId>, ParseError> {
    match element.optional(field).map(OpenId::parse).transpose() {
        Ok(open_id) => Ok(open_id),
        Err(_) => Err(ParseError::Invalid { field, expected: "an OpenID" }),
    }
}

//! Events: what residents did in the chat besides writing, and what the platform has to report (§3).

mod notices;
mod read;
mod reports;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

pub use self::notices::{AuthorizationChange, GuideScan, NoticeChoice, NoticeDelivery};
pub use self::reports::{
    MassSendReport, MassSendStatus, Originality, PublishReport, PublishStatus, PublishedArticle,
    TemplateStatus,
};

/// One event. The names are matched in any letter case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// `subscribe`: a resident follows the account, perhaps through a QR code with a scene.
    Subscribe {
        /// The scene without the prefix `qrscene_`.
        scene: Option<String>,
        /// Fetches the picture of the QR code.
        ticket: Option<String>,
    },
    /// `unsubscribe`: a resident left. The platform demands that their personal data be deleted.
    Unsubscribe,
    /// `SCAN`: somebody who follows scanned a QR code with a scene.
    Scan {
        /// The scene, as number or text.
        scene: String,
        /// Fetches the picture of the QR code.
        ticket: Option<String>,
    },
    /// `LOCATION`: where a resident is who opened the chat; repeated every 5 seconds if the account so wishes.
    Location {
        /// Degrees, -90 to 90 (GCJ-02).
        latitude: f64,
        /// Degrees, -180 to 180 (GCJ-02).
        longitude: f64,
        /// Meters.
        precision: Option<f64>,
    },
    /// `CLICK`: a tap on a menu button that has a key.
    Click {
        /// The button's key.
        key: String,
        /// The menu, if it is a conditional one.
        menu_id: Option<String>,
    },
    /// `VIEW`: a tap on a menu button that opens a page. A reply is not shown.
    View {
        /// The page.
        url: String,
        /// The menu, if it is a conditional one.
        menu_id: Option<String>,
    },
    /// `view_miniprogram`: a tap on a menu button that opens a mini program.
    ViewMiniProgram {
        /// The page in it.
        page_path: String,
        /// The menu, if it is a conditional one.
        menu_id: Option<String>,
    },
    /// `scancode_push`: a code was scanned through the menu; the client shows what is in it.
    ScanCodePush {
        /// The button's key.
        key: String,
        /// `qrcode`, or a kind of bar code.
        scan_type: String,
        /// What is in the code.
        result: String,
    },
    /// `scancode_waitmsg`: a code was scanned through the menu; the client waits for our reply.
    ScanCodeWait {
        /// The button's key.
        key: String,
        /// `qrcode`, or a kind of bar code.
        scan_type: String,
        /// What is in the code.
        result: String,
    },
    /// `pic_sysphoto`: photos were taken through the menu. They follow as image messages.
    PicSysPhoto {
        /// The button's key.
        key: String,
        /// The MD5 sums of the original files.
        md5_sums: Vec<String>,
    },
    /// `pic_photo_or_album`: photos were taken or chosen through the menu. They follow as image messages.
    PicPhotoOrAlbum {
        /// The button's key.
        key: String,
        /// The MD5 sums of the original files.
        md5_sums: Vec<String>,
    },
    /// `pic_weixin`: pictures were chosen through the menu. They follow as image messages.
    PicWeixin {
        /// The button's key.
        key: String,
        /// The MD5 sums of the original files.
        md5_sums: Vec<String>,
    },
    /// `location_select`: a place was chosen through the menu. It follows as a location message.
    LocationSelect {
        /// The button's key.
        key: String,
        /// Degrees, -90 to 90 (GCJ-02).
        latitude: f64,
        /// Degrees, -180 to 180 (GCJ-02).
        longitude: f64,
        /// The map's zoom.
        scale: Option<u32>,
        /// The address; may be empty.
        label: String,
        /// The name of the place.
        poi_name: Option<String>,
    },
    /// `TEMPLATESENDJOBFINISH`: a template message arrived, or did not.
    TemplateSendJobFinish {
        /// The `msgid` of the sending call.
        message_id: u64,
        /// Whether it arrived.
        status: TemplateStatus,
    },
    /// `MASSSENDJOBFINISH`: a mass sending is about over (§3.3).
    MassSendJobFinish(Box<MassSendReport>),
    /// `PUBLISHJOBFINISH`: a publication is over (§3.4).
    PublishJobFinish(Box<PublishReport>),
    /// `subscribe_msg_popup_event`: a resident answered the question whether they want notices (§3.5).
    SubscribeMsgPopup {
        /// What they chose, by template.
        choices: Vec<NoticeChoice>,
    },
    /// `subscribe_msg_change_event`: a resident refused notices in the settings (§3.5).
    SubscribeMsgChange {
        /// What they chose, by template.
        choices: Vec<NoticeChoice>,
    },
    /// `subscribe_msg_sent_event`: notices arrived, or did not (§3.5).
    SubscribeMsgSent {
        /// What became of them.
        deliveries: Vec<NoticeDelivery>,
    },
    /// `user_info_modified`: the platform cleaned somebody's nickname or portrait; ours must be renewed (§3.6).
    UserInfoModified(AuthorizationChange),
    /// `user_authorization_revoke`: somebody took back an authorization; the data named must be deleted (§3.6).
    UserAuthorizationRevoke(AuthorizationChange),
    /// `user_authorization_cancellation`: somebody left WeChat; their data must be deleted (§3.6).
    UserAuthorizationCancellation(AuthorizationChange),
    /// `kf_create_session`: an agent took over.
    KfCreateSession {
        /// The agent.
        account: String,
    },
    /// `kf_close_session`: an agent is done.
    KfCloseSession {
        /// The agent.
        account: String,
        /// How it was closed.
        close_type: Option<String>,
    },
    /// `kf_switch_session`: an agent handed over to another.
    KfSwitchSession {
        /// The former agent.
        from: String,
        /// The new one.
        to: String,
    },
    /// `qualification_verify_success`: the account may use what only verified ones may.
    QualificationVerifySuccess {
        /// Until then, in unix seconds.
        expires_at: i64,
    },
    /// `qualification_verify_fail`
    QualificationVerifyFail {
        /// In unix seconds.
        failed_at: i64,
        /// Why, in the platform's words.
        reason: String,
    },
    /// `naming_verify_success`: the account has its tick.
    NamingVerifySuccess {
        /// Until then, in unix seconds.
        expires_at: i64,
    },
    /// `naming_verify_fail`: the account keeps its permissions.
    NamingVerifyFail {
        /// In unix seconds.
        failed_at: i64,
        /// Why, in the platform's words.
        reason: String,
    },
    /// `annual_renew`: the yearly verification is due.
    AnnualRenew {
        /// Until then, in unix seconds.
        expires_at: i64,
    },
    /// `verify_expired`: the account may no longer use what only verified ones may.
    VerifyExpired {
        /// Since then, in unix seconds.
        expires_at: i64,
    },
    /// `guide_qrcode_scan_event`: somebody scanned a guide's code (导购助手).
    GuideQrcodeScan(GuideScan),
    /// Anything else: other products, test pushes, and what the platform may add.
    Other {
        /// The name as it came.
        event: String,
        /// Everything that came with it, by path.
        fields: BTreeMap<String, String>,
    },
}

impl Event {
    /// The platform's name in small letters; `other` for [`Event::Other`]. For logs, counters and storage.
    pub fn name(&self) -> &'static str {
        self.full_name().strip_prefix("event.").unwrap_or("other")
    }

    /// Whether a resident sees our reply to it in the chat, and the platform's fault sentence if we fail (§4). The
    /// others are to be acknowledged without an answer.
    pub fn opens_chat(&self) -> bool {
        match self {
            Self::Subscribe { .. }
            | Self::Scan { .. }
            | Self::Click { .. }
            | Self::ScanCodePush { .. }
            | Self::ScanCodeWait { .. }
            | Self::PicSysPhoto { .. }
            | Self::PicPhotoOrAlbum { .. }
            | Self::PicWeixin { .. }
            | Self::LocationSelect { .. } => true,
            Self::Unsubscribe
            | Self::Location { .. }
            | Self::View { .. }
            | Self::ViewMiniProgram { .. }
            | Self::TemplateSendJobFinish { .. }
            | Self::MassSendJobFinish(_)
            | Self::PublishJobFinish(_)
            | Self::SubscribeMsgPopup { .. }
            | Self::SubscribeMsgChange { .. }
            | Self::SubscribeMsgSent { .. }
            | Self::UserInfoModified(_)
            | Self::UserAuthorizationRevoke(_)
            | Self::UserAuthorizationCancellation(_)
            | Self::KfCreateSession { .. }
            | Self::KfCloseSession { .. }
            | Self::KfSwitchSession { .. }
            | Self::QualificationVerifySuccess { .. }
            | Self::QualificationVerifyFail { .. }
            | Self::NamingVerifySuccess { .. }
            | Self::NamingVerifyFail { .. }
            | Self::AnnualRenew { .. }
            | Self::VerifyExpired { .. }
            | Self::GuideQrcodeScan(_)
            | Self::Other { .. } => false,
        }
    }

    /// The `EventKey`: a button's key, a scene without its prefix, a page. `None` where there is none.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Subscribe { scene, .. } => scene.as_deref(),
            Self::Scan { scene, .. } => Some(scene),
            Self::Click { key, .. }
            | Self::ScanCodePush { key, .. }
            | Self::ScanCodeWait { key, .. }
            | Self::PicSysPhoto { key, .. }
            | Self::PicPhotoOrAlbum { key, .. }
            | Self::PicWeixin { key, .. }
            | Self::LocationSelect { key, .. } => Some(key),
            Self::View { url, .. } => Some(url),
            Self::ViewMiniProgram { page_path, .. } => Some(page_path),
            Self::Other { fields, .. } => fields.get("EventKey").map(String::as_str),
            _ => None,
        }
    }

    /// The name with `event.` before it.
    pub(super) fn full_name(&self) -> &'static str {
        match self {
            Self::Subscribe { .. } => "event.subscribe",
            Self::Unsubscribe => "event.unsubscribe",
            Self::Scan { .. } => "event.scan",
            Self::Location { .. } => "event.location",
            Self::Click { .. } => "event.click",
            Self::View { .. } => "event.view",
            Self::ViewMiniProgram { .. } => "event.view_miniprogram",
            Self::ScanCodePush { .. } => "event.scancode_push",
            Self::ScanCodeWait { .. } => "event.scancode_waitmsg",
            Self::PicSysPhoto { .. } => "event.pic_sysphoto",
            Self::PicPhotoOrAlbum { .. } => "event.pic_photo_or_album",
            Self::PicWeixin { .. } => "event.pic_weixin",
            Self::LocationSelect { .. } => "event.location_select",
            Self::TemplateSendJobFinish { .. } => "event.templatesendjobfinish",
            Self::MassSendJobFinish(_) => "event.masssendjobfinish",
            Self::PublishJobFinish(_) => "event.publishjobfinish",
            Self::SubscribeMsgPopup { .. } => "event.subscribe_msg_popup_event",
            Self::SubscribeMsgChange { .. } => "event.subscribe_msg_change_event",
            Self::SubscribeMsgSent { .. } => "event.subscribe_msg_sent_event",
            Self::UserInfoModified(_) => "event.user_info_modified",
            Self::UserAuthorizationRevoke(_) => "event.user_authorization_revoke",
            Self::UserAuthorizationCancellation(_) => "event.user_authorization_cancellation",
            Self::KfCreateSession { .. } => "event.kf_create_session",
            Self::KfCloseSession { .. } => "event.kf_close_session",
            Self::KfSwitchSession { .. } => "event.kf_switch_session",
            Self::QualificationVerifySuccess { .. } => "event.qualification_verify_success",
            Self::QualificationVerifyFail { .. } => "event.qualification_verify_fail",
            Self::NamingVerifySuccess { .. } => "event.naming_verify_success",
            Self::NamingVerifyFail { .. } => "event.naming_verify_fail",
            Self::AnnualRenew { .. } => "event.annual_renew",
            Self::VerifyExpired { .. } => "event.verify_expired",
            Self::GuideQrcodeScan(_) => "event.guide_qrcode_scan_event",
            Self::Other { .. } => "event.other",
        }
    }

    /// What tells this event from another of the same sender, name and second (§4): its key, its job, or its agent.
    pub(super) fn mark(&self) -> Cow<'_, str> {
        match self {
            Self::TemplateSendJobFinish { message_id, .. } => message_id.to_string().into(),
            Self::MassSendJobFinish(report) => report.message_id.to_string().into(),
            Self::PublishJobFinish(report) => report.publish_id.as_str().into(),
            Self::SubscribeMsgSent { deliveries } => deliveries
                .iter()
                .map(|delivery| format!("{},", delivery.message_id))
                .collect::<String>()
                .into(),
            Self::UserInfoModified(change)
            | Self::UserAuthorizationRevoke(change)
            | Self::UserAuthorizationCancellation(change) => {
                change.open_id.as_ref().map_or("", |open_id| open_id.as_str()).into()
            }
            Self::KfCreateSession { account } | Self::KfCloseSession { account, .. } => {
                account.as_str().into()
            }
            Self::KfSwitchSession { from, to } => format!("{from} {to}").into(),
            Self::Other { event, fields } => {
                let id =
                    ["MsgID", "MsgId"].iter().find_map(|name| fields.get(*name)).map_or("", String::as_str);
                let key = fields.get("EventKey").map_or("", String::as_str);
                format!("{} {key} {id}", event.to_ascii_lowercase()).into()
            }
            _ => self.key().unwrap_or("").into(),
        }
    }
}

#[cfg(test)]
mod tests;

//! What kinds of account there are, and what the platform grants to each (§1.3, §8).

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How pushes are encrypted (消息加解密方式, §1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// 明文: the body is neither encrypted nor signed. Whoever saw one valid query can forge pushes.
    Plain,
    /// 兼容: clear and encrypted side by side. Only the encrypted part can be believed.
    Compatible,
    /// 安全: encrypted only. A clear push must be refused.
    Secure,
}

/// What the account is registered as (§0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// 订阅号, which the platform's newer pages call 公众号.
    Subscription,
    /// 服务号.
    Service,
}

/// A mode or a kind of account that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is none of {allowed}")]
pub struct UnknownName {
    given: String,
    allowed: &'static str,
}

impl Mode {
    /// The name in settings: `plain`, `compatible` or `secure`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Compatible => "compatible",
            Self::Secure => "secure",
        }
    }
}

impl FromStr for Mode {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "plain" => Ok(Self::Plain),
            "compatible" => Ok(Self::Compatible),
            "secure" => Ok(Self::Secure),
            _ => Err(UnknownName { given: text.to_owned(), allowed: "plain, compatible, secure" }),
        }
    }
}

impl AccountKind {
    /// The name in settings: `subscription` or `service`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subscription => "subscription",
            Self::Service => "service",
        }
    }
}

impl FromStr for AccountKind {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "subscription" => Ok(Self::Subscription),
            "service" => Ok(Self::Service),
            _ => Err(UnknownName { given: text.to_owned(), allowed: "subscription, service" }),
        }
    }
}

/// Something that the platform grants to some accounts only. Calls that need more than is granted answer 48001.
///
/// The table is §8; where the platform's old and new pages disagree, the new ones win. An account may still
/// lack what its kind is granted (comments, for example, need an ability of their own).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Access tokens, the platform's addresses, callback checks, quotas (`/cgi-bin/openapi/*`).
    ServerApi,
    /// Reading the menu and the automatic replies that are in force, however they were made.
    CurrentSettings,
    /// Temporary and permanent media.
    Media,
    /// The draft box (草稿箱).
    Drafts,
    /// The JS-SDK's basics, pictures, sound, location and scanner.
    JsSdk,
    /// The custom menu, with or without conditions (自定义菜单).
    CustomMenu,
    /// Customer-service messages, typing, agents, sessions, records (客服消息).
    CustomerService,
    /// Mass sending to all or to a tag (群发).
    MassSend,
    /// The list of followers, their data, remarks, tags, and the black list.
    Users,
    /// One-off subscription messages (一次性订阅消息).
    OneOffSubscription,
    /// Publishing drafts (发布).
    Publish,
    /// Comments on articles (留言).
    Comments,
    /// Statistics (数据统计).
    Statistics,
    /// The JS-SDK's sharing.
    JsSdkShare,
    /// Voice recordings in high definition.
    HighQualityVoice,
    /// Mass sending to a list of OpenIDs.
    MassSendByOpenId,
    /// Template messages (模板消息).
    TemplateMessages,
    /// Subscription notices (订阅通知).
    SubscriptionNotices,
    /// Web OAuth (网页授权): pages that know who opens them.
    WebOauth,
    /// QR codes with a scene, and the events they cause (带参数二维码).
    SceneQr,
    /// Short keys (短 key 托管).
    ShortKeys,
    /// `LOCATION` events: a resident's place when they open the chat.
    Location,
}

impl Capability {
    /// Every capability, from what all have to what few have.
    pub const ALL: [Self; 22] = [
        Self::ServerApi,
        Self::CurrentSettings,
        Self::Media,
        Self::Drafts,
        Self::JsSdk,
        Self::CustomMenu,
        Self::CustomerService,
        Self::MassSend,
        Self::Users,
        Self::OneOffSubscription,
        Self::Publish,
        Self::Comments,
        Self::Statistics,
        Self::JsSdkShare,
        Self::HighQualityVoice,
        Self::MassSendByOpenId,
        Self::TemplateMessages,
        Self::SubscriptionNotices,
        Self::WebOauth,
        Self::SceneQr,
        Self::ShortKeys,
        Self::Location,
    ];

    /// Whether the platform grants this to an account of that kind (§8). `verified` means that 微信认证 is in force.
    pub fn granted(self, kind: AccountKind, verified: bool) -> bool {
        match self {
            Self::ServerApi | Self::CurrentSettings | Self::Media | Self::Drafts | Self::JsSdk => true,
            Self::CustomMenu
            | Self::CustomerService
            | Self::MassSend
            | Self::Users
            | Self::OneOffSubscription
            | Self::Publish
            | Self::Comments
            | Self::Statistics
            | Self::JsSdkShare
            | Self::HighQualityVoice => verified,
            Self::MassSendByOpenId
            | Self::TemplateMessages
            | Self::SubscriptionNotices
            | Self::WebOauth
            | Self::SceneQr
            | Self::ShortKeys
            | Self::Location => verified && kind == AccountKind::Service,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AccountKind, Capability, Mode};

    #[test]
    fn modes_and_kinds_are_written_as_they_are_read() {
        for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
            assert_eq!(mode.as_str().parse(), Ok(mode));
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.as_str());
        }
        for kind in [AccountKind::Subscription, AccountKind::Service] {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(
            "Secure".parse::<Mode>().unwrap_err().to_string(),
            "`Secure` is none of plain, compatible, secure"
        );
        assert!("公众号".parse::<AccountKind>().is_err());
    }

    #[test]
    fn the_permission_matrix_is_the_platforms() {
        // Unverified subscription, verified subscription, unverified service, verified service: the columns of §8.
        let columns = [
            (AccountKind::Subscription, false),
            (AccountKind::Subscription, true),
            (AccountKind::Service, false),
            (AccountKind::Service, true),
        ];
        let check = |capability: Capability, expected: [bool; 4]| {
            let granted = columns.map(|(kind, verified)| capability.granted(kind, verified));
            assert_eq!(granted, expected, "for {capability:?}");
        };
        check(Capability::ServerApi, [true, true, true, true]);
        check(Capability::CurrentSettings, [true, true, true, true]);
        check(Capability::Media, [true, true, true, true]);
        check(Capability::Drafts, [true, true, true, true]);
        check(Capability::CustomMenu, [false, true, false, true]);
        check(Capability::CustomerService, [false, true, false, true]);
        check(Capability::MassSend, [false, true, false, true]);
        check(Capability::MassSendByOpenId, [false, false, false, true]);
        check(Capability::TemplateMessages, [false, false, false, true]);
        check(Capability::Users, [false, true, false, true]);
        check(Capability::WebOauth, [false, false, false, true]);
        check(Capability::SceneQr, [false, false, false, true]);
        check(Capability::Publish, [false, true, false, true]);
        check(Capability::Statistics, [false, true, false, true]);
        check(Capability::Location, [false, false, false, true]);
    }

    #[test]
    fn verification_never_takes_anything_away() {
        for capability in Capability::ALL {
            for kind in [AccountKind::Subscription, AccountKind::Service] {
                assert!(!capability.granted(kind, false) || capability.granted(kind, true), "{capability:?}");
            }
        }
    }
}

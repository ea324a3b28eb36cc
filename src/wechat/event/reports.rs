//! What the platform reports about sending and publishing (§3.3, §3.4).

use serde::Serialize;

use super::read::{job_id, owned};
use crate::wechat::xml::{Element, ParseError};

/// Whether a template message arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateStatus {
    /// It arrived.
    Success,
    /// The resident refuses messages of this account.
    UserBlocked,
    /// The platform failed.
    SystemFailed,
    /// Anything else, in the platform's words.
    Other(String),
}

/// The end of a mass sending. The counts are approximate: the push may come before the last message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct MassSendReport {
    /// The `msg_id` of the sending call. The push may be faster than our storing it.
    pub message_id: u64,
    /// How it ended.
    pub status: MassSendStatus,
    /// Followers in the group that was sent to.
    pub total: u64,
    /// Those of them that were tried: neither refusing nor over their monthly limit.
    pub filtered: u64,
    /// Arrived.
    pub sent: u64,
    /// Failed.
    pub failed: u64,
    /// The check for copied articles: 1 may be sent, 2 is a reprint and may be sent, 3 is one and may not.
    pub check_state: Option<u32>,
    /// The check, by article.
    pub originality: Vec<Originality>,
    /// Where the articles now stand for good.
    pub articles: Vec<PublishedArticle>,
}

/// How a mass sending ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MassSendStatus {
    /// `send success`
    Success,
    /// `send fail`
    Failed,
    /// `err(num)`: not let through; see [`crate::wechat::errcode::mass_send_refusal`].
    Refused(u32),
    /// Anything else, in the platform's words.
    Other(String),
}

/// What the platform found about one article's originality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct Originality {
    /// Which article, from 1.
    pub index: u32,
    /// What we declared: 0 nothing, 1 original, 2 reprint.
    pub declared: u32,
    /// The audit: 0 not yet, 1 running, 11 passed, others not passed.
    pub audit: u32,
    /// A similar article.
    pub original_url: Option<String>,
    /// The similar article's kind: 1 original, 2 old and not original, 3 news, 4 black-listed.
    pub original_kind: u32,
    /// Whether it may be reprinted.
    pub can_reprint: bool,
    /// Whether the text must be replaced by the original's.
    pub must_replace: bool,
    /// Whether the source must be named.
    pub must_name_source: bool,
}

/// Where an article stands for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct PublishedArticle {
    /// Which article, from 1.
    pub index: u32,
    /// Its permanent address.
    pub url: String,
}

/// The end of a publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct PublishReport {
    /// The id that the publishing call gave.
    pub publish_id: String,
    /// How it ended.
    pub status: PublishStatus,
    /// The id of what was published, when it succeeded.
    pub article_id: Option<String>,
    /// Where its articles stand, when it succeeded.
    pub articles: Vec<PublishedArticle>,
    /// Which articles failed, from 1.
    pub failed_indexes: Vec<u32>,
}

/// How a publication ended (`publish_status`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishStatus {
    /// 0: it is public.
    Published,
    /// 1: not yet.
    Publishing,
    /// 2: an article that we declared original is not.
    NotOriginal,
    /// 3: an ordinary failure.
    Failed,
    /// 4: the platform's review refused it.
    Rejected,
    /// 5: afterwards the account deleted all of it.
    Deleted,
    /// 6: afterwards the platform banned all of it.
    Banned,
    /// Anything else.
    Other(i64),
}

impl TemplateStatus {
    /// The spacing of `failed:user block` varies.
    pub(super) fn read(status: &str) -> Self {
        let compact: String = status.split_whitespace().collect::<String>().to_ascii_lowercase();
        match compact.as_str() {
            "success" => Self::Success,
            text if text.starts_with("failed:userblock") => Self::UserBlocked,
            text if text.starts_with("failed:system") => Self::SystemFailed,
            _ => Self::Other(status.to_owned()),
        }
    }
}

impl MassSendStatus {
    fn read(status: &str) -> Self {
        let compact: String = status.split_whitespace().collect::<String>().to_ascii_lowercase();
        let code = || compact.strip_prefix("err(")?.strip_suffix(')')?.parse().ok();
        match compact.as_str() {
            "sendsuccess" => Self::Success,
            "sendfail" => Self::Failed,
            _ => code().map_or_else(|| Self::Other(status.to_owned()), Self::Refused),
        }
    }
}

impl PublishStatus {
    /// Understands the number of `publish_status`, here and in the API's `freepublish/get`.
    pub fn from_number(number: i64) -> Self {
        match number {
            0 => Self::Published,
            1 => Self::Publishing,
            2 => Self::NotOriginal,
            3 => Self::Failed,
            4 => Self::Rejected,
            5 => Self::Deleted,
            6 => Self::Banned,
            other => Self::Other(other),
        }
    }
}

impl MassSendReport {
    pub(super) fn read(root: &Element<'_>) -> Result<Self, ParseError> {
        let copyright = root.child("CopyrightCheckResult");
        Ok(Self {
            message_id: job_id(root)?,
            status: MassSendStatus::read(root.required("Status")?),
            total: root.optional_number("TotalCount")?.unwrap_or(0),
            filtered: root.optional_number("FilterCount")?.unwrap_or(0),
            sent: root.optional_number("SentCount")?.unwrap_or(0),
            failed: root.optional_number("ErrorCount")?.unwrap_or(0),
            check_state: copyright.map(|check| check.optional_number("CheckState")).transpose()?.flatten(),
            originality: results(copyright).map(Originality::read).collect::<Result<_, _>>()?,
            articles: results(root.child("ArticleUrlResult"))
                .map(|item| PublishedArticle::read(item, "ArticleIdx", "ArticleUrl"))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Originality {
    fn read(item: &Element<'_>) -> Result<Self, ParseError> {
        let number = |field| item.optional_number::<u32>(field).map(|number| number.unwrap_or(0));
        Ok(Self {
            index: item.number("ArticleIdx")?,
            declared: number("UserDeclareState")?,
            audit: number("AuditState")?,
            original_url: owned(item, "OriginalArticleUrl"),
            original_kind: number("OriginalArticleType")?,
            can_reprint: number("CanReprint")? != 0,
            must_replace: number("NeedReplaceContent")? != 0,
            must_name_source: number("NeedShowReprintSource")? != 0,
        })
    }
}

impl PublishedArticle {
    fn read(item: &Element<'_>, index: &'static str, url: &'static str) -> Result<Self, ParseError> {
        Ok(Self { index: item.number(index)?, url: item.required(url)?.to_owned() })
    }
}

impl PublishReport {
    pub(super) fn read(root: &Element<'_>) -> Result<Self, ParseError> {
        let info = root.required_child("PublishEventInfo")?;
        let articles = info.child("article_detail");
        let indexes = info.children_named("fail_idx").filter_map(|index| index.text().trim().parse().ok());
        Ok(Self {
            publish_id: info.required("publish_id")?.to_owned(),
            status: PublishStatus::from_number(info.number("publish_status")?),
            article_id: owned(info, "article_id"),
            articles: articles
                .into_iter()
                .flat_map(|detail| detail.children_named("item"))
                .map(|item| PublishedArticle::read(item, "idx", "article_url"))
                .collect::<Result<_, _>>()?,
            failed_indexes: indexes.collect(),
        })
    }
}

/// The items of a list that may be absent.
fn results<'tree, 'text>(
    list: Option<&'tree Element<'text>>,
) -> impl Iterator<Item = &'tree Element<'text>> + use<'tree, 'text> {
    list.and_then(|list| list.child("ResultList")).into_iter().flat_map(|list| list.children_named("item"))
}

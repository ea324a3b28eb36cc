//! Replies as the platform reads them (§5), and back again.

use super::{Article, LimitError, MAX_ARTICLES, Music, Reply};
use crate::wechat::id::{OpenId, is_user_name};
use crate::wechat::xml::{Element, ParseError, Writer};

/// A reply with its addresses, as the platform gets it. The sandbox reads these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addressed {
    /// The resident.
    pub to: OpenId,
    /// The account's `gh_…` name.
    pub from: String,
    /// When it was made, in unix seconds.
    pub at: i64,
    /// The reply itself.
    pub reply: Reply,
}

impl Reply {
    /// The reply as XML on one line (§5): `to` the resident, `from` the account's `gh_…` name (the push's
    /// `ToUserName`), `at` in unix seconds. If the push was encrypted, it must be sealed
    /// ([`sealed_reply`](crate::wechat::envelope::sealed_reply)).
    pub fn to_xml(&self, to: &OpenId, from: &str, at: i64) -> String {
        let mut writer = Writer::with_capacity(320 + self.content_bytes());
        writer.open("xml");
        writer.text("ToUserName", to.as_str());
        writer.text("FromUserName", from);
        writer.number("CreateTime", at);
        writer.text("MsgType", self.name());
        self.write_content(&mut writer);
        writer.close("xml");
        writer.finish()
    }

    /// Its `MsgType`: `text`, `image`, `voice`, `video`, `music`, `news`, `transfer_customer_service` or
    /// `transfer_biz_ai_ivr`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image { .. } => "image",
            Self::Voice { .. } => "voice",
            Self::Video { .. } => "video",
            Self::Music(_) => "music",
            Self::News(_) => "news",
            Self::TransferCustomerService { .. } => "transfer_customer_service",
            Self::TransferAi => "transfer_biz_ai_ivr",
        }
    }

    /// Reads a passive reply as the platform would.
    ///
    /// # Errors
    /// [`ParseError`] when it is not XML, misses a field, is of an unknown kind, or is beyond a limit of §5: all
    /// that makes the platform show its fault notice.
    pub fn parse(xml: &str) -> Result<Addressed, ParseError> {
        let root = Element::parse(xml)?;
        if root.name() != "xml" {
            return Err(ParseError::Missing("xml"));
        }
        let Ok(to) = OpenId::parse(root.required("ToUserName")?) else {
            return Err(ParseError::Invalid { field: "ToUserName", expected: "an OpenID" });
        };
        let from = root.required("FromUserName")?;
        if !is_user_name(from) {
            return Err(ParseError::Invalid { field: "FromUserName", expected: "the name of an account" });
        }
        let at = root.number("CreateTime")?;
        Ok(Addressed { to, from: from.to_owned(), at, reply: Self::read_content(&root)? })
    }

    fn read_content(root: &Element<'_>) -> Result<Self, ParseError> {
        match root.required("MsgType")? {
            "text" => {
                let content = root.text_of("Content").ok_or(ParseError::Missing("Content"))?;
                Self::text(content).map_err(|error| refuse("Content", error))
            }
            "image" => media_of(root, "Image", Self::image),
            "voice" => media_of(root, "Voice", Self::voice),
            "video" => {
                let video = root.required_child("Video")?;
                let (title, description) = (value(video, "Title"), value(video, "Description"));
                Self::video(video.required("MediaId")?, &title, &description)
                    .map_err(|error| refuse("Video", error))
            }
            "music" => {
                let music = root.required_child("Music")?;
                Self::music(Music {
                    title: value(music, "Title"),
                    description: value(music, "Description"),
                    url: value(music, "MusicUrl"),
                    high_quality_url: value(music, "HQMusicUrl"),
                    thumb_media_id: music.required("ThumbMediaId")?.to_owned(),
                })
                .map_err(|error| refuse("Music", error))
            }
            "news" => read_news(root),
            "transfer_customer_service" => {
                let agent = root.child("TransInfo").and_then(|info| info.optional("KfAccount"));
                Ok(Self::TransferCustomerService { kf_account: agent.map(str::to_owned) })
            }
            "transfer_biz_ai_ivr" => Ok(Self::TransferAi),
            _ => Err(ParseError::Invalid { field: "MsgType", expected: "a kind of reply" }),
        }
    }

    fn write_content(&self, writer: &mut Writer) {
        match self {
            Self::Text(text) => writer.text("Content", text.as_str()),
            Self::Image { media_id } => write_group(writer, "Image", &[("MediaId", media_id)]),
            Self::Voice { media_id } => write_group(writer, "Voice", &[("MediaId", media_id)]),
            Self::Video { media_id, title, description } => write_group(
                writer,
                "Video",
                &[("MediaId", media_id), ("Title", title), ("Description", description)],
            ),
            Self::Music(music) => write_group(
                writer,
                "Music",
                &[
                    ("Title", &music.title),
                    ("Description", &music.description),
                    ("MusicUrl", &music.url),
                    ("HQMusicUrl", &music.high_quality_url),
                    ("ThumbMediaId", &music.thumb_media_id),
                ],
            ),
            Self::News(news) => {
                writer.number("ArticleCount", news.articles().len());
                writer.open("Articles");
                for article in news.articles() {
                    write_article(writer, article);
                }
                writer.close("Articles");
            }
            Self::TransferCustomerService { kf_account: Some(agent) } => {
                write_group(writer, "TransInfo", &[("KfAccount", agent)]);
            }
            Self::TransferCustomerService { kf_account: None } | Self::TransferAi => {}
        }
    }

    /// About how long the content is, so that the document is allocated once.
    fn content_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.as_str().len(),
            Self::News(news) => news.articles().iter().map(article_bytes).sum(),
            Self::Music(_) | Self::Video { .. } => 512,
            Self::Image { .. } | Self::Voice { .. } => 128,
            Self::TransferCustomerService { .. } | Self::TransferAi => 64,
        }
    }
}

/// Writes the fields that are not empty.
fn write_group(writer: &mut Writer, name: &str, fields: &[(&str, &String)]) {
    writer.open(name);
    for (field, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        writer.text(field, value);
    }
    writer.close(name);
}

fn write_article(writer: &mut Writer, article: &Article) {
    writer.open("item");
    writer.text("Title", &article.title);
    writer.text("Description", &article.description);
    writer.text("PicUrl", &article.picture_url);
    writer.text("Url", &article.url);
    writer.close("item");
}

fn article_bytes(article: &Article) -> usize {
    160 + article.title.len() + article.description.len() + article.picture_url.len() + article.url.len()
}

fn read_news(root: &Element<'_>) -> Result<Reply, ParseError> {
    let articles: Vec<Article> = root
        .required_child("Articles")?
        .children_named("item")
        .map(|item| Article {
            title: value(item, "Title"),
            description: value(item, "Description"),
            picture_url: value(item, "PicUrl"),
            url: value(item, "Url"),
        })
        .collect();
    if root.number::<usize>("ArticleCount")? != articles.len() {
        return Err(ParseError::Invalid { field: "ArticleCount", expected: "the number of articles" });
    }
    Reply::news(articles).map_err(|error| refuse("Articles", error))
}

fn media_of(
    root: &Element<'_>,
    group: &'static str,
    make: fn(&str) -> Result<Reply, LimitError>,
) -> Result<Reply, ParseError> {
    make(root.required_child(group)?.required("MediaId")?).map_err(|error| refuse(group, error))
}

fn value(element: &Element<'_>, name: &str) -> String {
    element.text_of(name).unwrap_or("").to_owned()
}

fn refuse(field: &'static str, error: LimitError) -> ParseError {
    let expected = match error {
        LimitError::Empty(_) => "filled in",
        LimitError::TooLong { .. } => "short enough",
        LimitError::Articles(_) => "1 to 8 articles",
    };
    ParseError::Invalid { field, expected }
}

const _: () = assert!(MAX_ARTICLES == 8, "the message above says so");

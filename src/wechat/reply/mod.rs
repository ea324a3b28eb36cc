//! Passive replies: what we answer to a push in the HTTP response (§5).

mod markup;
mod xml;

pub use self::markup::{link, menu_link, mini_program_link, strip_markup, truncate_bytes};
pub use self::xml::Addressed;
use super::xml::clean;

/// The acknowledgement without an answer. It is sent as it is, unencrypted in every mode (§1.5, §4).
pub const SUCCESS: &str = "success";
/// The longest text, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 2048;
/// The most articles in one answer to an event.
pub const MAX_ARTICLES: usize = 8;
/// The most articles that are shown in answer to a message (text, image, voice, video, location, link).
pub const MAX_ARTICLES_TO_A_MESSAGE: usize = 1;
/// The longest media id, agent's name, title or description of ours, in bytes. The platform names no limit here.
pub const MAX_FIELD_BYTES: usize = 1024;
/// The longest address of a page, picture or piece of music, in bytes. The platform names no limit here.
pub const MAX_URL_BYTES: usize = 2048;

/// One passive reply. The constructors check the platform's limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A text bubble.
    Text(Text),
    /// A picture: no animated GIF.
    Image {
        /// Temporary or permanent.
        media_id: String,
    },
    /// A recording.
    Voice {
        /// Temporary or permanent.
        media_id: String,
    },
    /// A film.
    Video {
        /// Temporary or permanent.
        media_id: String,
        /// May be empty.
        title: String,
        /// May be empty.
        description: String,
    },
    /// A piece of music.
    Music(Music),
    /// Cards that open pages.
    News(News),
    /// Hands the resident's message to the human agents of 网页客服.
    TransferCustomerService {
        /// The one who should have it, as `name@account`; `None` for anyone.
        kf_account: Option<String>,
    },
    /// Hands the resident's message to the platform's own 「AI 回复」. Only in answer to messages.
    TransferAi,
}

/// A text that can be sent: not blank, at most [`MAX_TEXT_BYTES`], without control characters, line ends `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

/// 1 to [`MAX_ARTICLES`] articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News(Vec<Article>);

/// A card that opens a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// What the card says.
    pub title: String,
    /// Smaller, below the title; shown when there is one article. May be empty.
    pub description: String,
    /// A JPG or PNG, 360×200 for the first and 200×200 for the others. May be empty.
    pub picture_url: String,
    /// What it opens.
    pub url: String,
}

/// A piece of music. Only the picture's media id is required.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Music {
    /// May be empty.
    pub title: String,
    /// May be empty.
    pub description: String,
    /// May be empty.
    pub url: String,
    /// What is played on Wi-Fi. May be empty.
    pub high_quality_url: String,
    /// The picture beside it.
    pub thumb_media_id: String,
}

/// Why a reply cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// The platform would show its fault notice.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// More than the platform takes.
    #[error("{what} has {bytes} bytes, and {limit} are allowed")]
    TooLong {
        /// Which part of the reply.
        what: &'static str,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// No article, or more than [`MAX_ARTICLES`].
    #[error("{0} articles, and 1 to {MAX_ARTICLES} are allowed")]
    Articles(usize),
}

impl Text {
    /// Takes a text with the client's own mark-up, if any ([`link`], [`menu_link`]). Line ends become `\n`, and
    /// control characters are dropped, before it is measured.
    ///
    /// # Errors
    /// [`LimitError`] when it is blank or longer than [`MAX_TEXT_BYTES`]; see [`truncate_bytes`].
    pub fn new(text: &str) -> Result<Self, LimitError> {
        let text = clean(text);
        if text.trim().is_empty() {
            return Err(LimitError::Empty("the text"));
        }
        within("the text", &text, MAX_TEXT_BYTES)?;
        Ok(Self(text.into_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl News {
    /// # Errors
    /// [`LimitError`] when there are none or too many, one has no title, or a part of one is too long.
    pub fn new(articles: Vec<Article>) -> Result<Self, LimitError> {
        if !(1..=MAX_ARTICLES).contains(&articles.len()) {
            return Err(LimitError::Articles(articles.len()));
        }
        for article in &articles {
            if article.title.trim().is_empty() {
                return Err(LimitError::Empty("an article's title"));
            }
            within("an article's title", &article.title, MAX_FIELD_BYTES)?;
            within("an article's description", &article.description, MAX_FIELD_BYTES)?;
            within("an article's picture address", &article.picture_url, MAX_URL_BYTES)?;
            within("an article's address", &article.url, MAX_URL_BYTES)?;
        }
        Ok(Self(articles))
    }

    /// The articles, the big one first.
    pub fn articles(&self) -> &[Article] {
        &self.0
    }
}

impl Reply {
    /// A text; see [`Text::new`].
    ///
    /// # Errors
    /// [`LimitError`] when it is blank or too long.
    pub fn text(text: &str) -> Result<Self, LimitError> {
        Text::new(text).map(Self::Text)
    }

    /// Cards; see [`News::new`]. In answer to a message only the first is shown.
    ///
    /// # Errors
    /// [`LimitError`] for a wrong number of articles, or a wrong one.
    pub fn news(articles: Vec<Article>) -> Result<Self, LimitError> {
        News::new(articles).map(Self::News)
    }

    /// A picture.
    ///
    /// # Errors
    /// [`LimitError`] when the media id is empty or too long.
    pub fn image(media_id: &str) -> Result<Self, LimitError> {
        Ok(Self::Image { media_id: media(media_id)? })
    }

    /// A recording.
    ///
    /// # Errors
    /// [`LimitError`] when the media id is empty or too long.
    pub fn voice(media_id: &str) -> Result<Self, LimitError> {
        Ok(Self::Voice { media_id: media(media_id)? })
    }

    /// A film; title and description may be empty.
    ///
    /// # Errors
    /// [`LimitError`] when the media id is empty, or anything is too long.
    pub fn video(media_id: &str, title: &str, description: &str) -> Result<Self, LimitError> {
        within("the title", title, MAX_FIELD_BYTES)?;
        within("the description", description, MAX_FIELD_BYTES)?;
        let (title, description) = (title.to_owned(), description.to_owned());
        Ok(Self::Video { media_id: media(media_id)?, title, description })
    }

    /// A piece of music.
    ///
    /// # Errors
    /// [`LimitError`] when the picture's media id is empty, or anything is too long.
    pub fn music(music: Music) -> Result<Self, LimitError> {
        media(&music.thumb_media_id)?;
        within("the title", &music.title, MAX_FIELD_BYTES)?;
        within("the description", &music.description, MAX_FIELD_BYTES)?;
        within("the address", &music.url, MAX_URL_BYTES)?;
        within("the address", &music.high_quality_url, MAX_URL_BYTES)?;
        Ok(Self::Music(music))
    }
}

fn media(media_id: &str) -> Result<String, LimitError> {
    if media_id.trim().is_empty() {
        return Err(LimitError::Empty("the media id"));
    }
    within("the media id", media_id, MAX_FIELD_BYTES)?;
    Ok(media_id.to_owned())
}

fn within(what: &'static str, text: &str, limit: usize) -> Result<(), LimitError> {
    match text.len() {
        bytes if bytes > limit => Err(LimitError::TooLong { what, bytes, limit }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

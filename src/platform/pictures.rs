//! Pictures that stand on WeChat's own servers, as those of an article.

use std::time::Duration;

use super::Platform;

/// The whole exchange: a picture of 10 MB comes within this at 5 Mbit/s.
const LIMIT: Duration = Duration::from_secs(20);

/// Why a picture did not come.
#[derive(Debug, thiserror::Error)]
pub enum PictureFault {
    #[error("it is larger than what is taken")]
    TooLarge,
    /// A redirect is one, too: nobody is followed to where he was not asked for.
    #[error("the server answered {0}")]
    Refused(u16),
    #[error("{0}")]
    Unreachable(String),
}

impl Platform {
    /// The bytes at an address, at most so many. Whether it may be asked for is the caller's to know. It is asked as by
    /// nobody: without a referrer, which WeChat answers with a picture that says so.
    ///
    /// # Errors
    /// [`PictureFault`]; never with the address.
    pub async fn picture(&self, url: &url::Url, most: usize) -> Result<Vec<u8>, PictureFault> {
        let unreachable = |error: reqwest::Error| PictureFault::Unreachable(super::call::reason(&error));
        let mut response = self.http.get(url.clone()).timeout(LIMIT).send().await.map_err(unreachable)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(PictureFault::Refused(response.status().as_u16()));
        }
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(PictureFault::TooLarge);
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(unreachable)? {
            if bytes.len() + piece.len() > most {
                return Err(PictureFault::TooLarge);
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

//! Pictures of an article of WeChat that was pasted: the server fetches them, so that none is shown from elsewhere.

use std::sync::Arc;

use tokio::time::timeout;

use super::keeping::WAIT;
use super::{By, Fault, Kept, Kind, Media, PICTURE_BYTES, Refusal, detect, links, texts};
use crate::accounts::AccountId;
use crate::platform::PictureFault;

/// So many are fetched at once: each is in memory.
pub(super) const FETCHES: usize = 4;

impl Media {
    /// Fetches a picture and keeps it as an upload.
    ///
    /// # Errors
    /// As [`Media::keep`]; also when the address is none of the configured sources', or gives no picture.
    pub async fn fetch(&self, account: AccountId, by: &By, address: &str) -> Result<Kept, Fault> {
        let url = links::picture(address, &self.app.config.media.picture_sources)?;
        let waited = timeout(WAIT, Arc::clone(&self.fetches).acquire_owned()).await;
        let _place = waited.map_err(|_elapsed| Refusal::Busy)?.map_err(anyhow::Error::from)?;
        let fetched = self.app.platform.picture(&url, PICTURE_BYTES).await;
        let bytes = fetched.map_err(|fault| {
            tracing::info!(host = url.host_str(), reason = %fault, "a picture did not come");
            match fault {
                PictureFault::TooLarge => Refusal::TooLarge,
                PictureFault::Refused(_) | PictureFault::Unreachable(_) => Refusal::Unfetched,
            }
        })?;
        // A file that is no picture may be uploaded, and is not what was asked for here.
        if detect(texts::PASTED, &bytes)?.kind() != Kind::Picture {
            return Err(Refusal::UnknownType.into());
        }
        self.keep(account, by, texts::PASTED, bytes).await
    }
}

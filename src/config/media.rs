//! Where pictures and files are kept, and how much an account may keep.

use super::{Values, one_of_schemes, public_url};

/// The folder `media` in the data folder, or a bucket.
#[derive(Clone)]
pub struct MediaStorage {
    /// So much may one account keep, what is in its trash included.
    pub quota_bytes: u64,
    /// None is the folder.
    pub s3: Option<S3>,
    /// From where pictures are fetched: scheme, host and port, without a trailing slash.
    pub picture_sources: Vec<String>,
}

/// A bucket of what speaks S3. No `Debug`: it holds a secret.
#[derive(Clone)]
pub struct S3 {
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub access_key: String,
    pub secret_key: String,
}

const DEFAULT_QUOTA_MB: u64 = 2_048;
/// Where the pictures of WeChat's articles stand.
const DEFAULT_SOURCES: [&str; 5] = [
    "https://mmbiz.qpic.cn",
    "https://mmbiz.qlogo.cn",
    "https://mmecoa.qpic.cn",
    "https://wx.qlogo.cn",
    "https://res.wx.qq.com",
];
/// A terabyte: more is a mistake.
const MOST_QUOTA_MB: u64 = 1_048_576;
/// What those answer to who have no regions.
const DEFAULT_REGION: &str = "us-east-1";
/// What a bucket cannot do without.
const NEEDED: [&str; 4] =
    ["media_s3_endpoint", "media_s3_bucket", "media_s3_access_key", "media_s3_secret_key"];

impl MediaStorage {
    pub(super) fn take(values: &mut Values) -> Self {
        let quota_mb = values.checked("media_quota_mb", DEFAULT_QUOTA_MB, |value| {
            let megabytes = value.parse().ok().filter(|megabytes| (1..=MOST_QUOTA_MB).contains(megabytes));
            megabytes.ok_or_else(|| format!("must be a number of megabytes from 1 to {MOST_QUOTA_MB}"))
        });
        let sources = DEFAULT_SOURCES.map(str::to_owned).to_vec();
        let picture_sources =
            values.checked("picture_sources", sources, |value| value.split(',').map(source).collect());
        Self { quota_bytes: quota_mb << 20, s3: S3::take(values), picture_sources }
    }
}

fn source(value: &str) -> Result<String, String> {
    public_url(value.trim()).map(|origin| origin.to_ascii_lowercase()).map_err(|_remedy| {
        "must be addresses without a path such as https://mmbiz.qpic.cn, with commas between them".into()
    })
}

impl S3 {
    fn take(values: &mut Values) -> Option<Self> {
        let region = values.checked("media_s3_region", DEFAULT_REGION.to_owned(), |value| Ok(value.into()));
        let missing: Vec<&str> = NEEDED.into_iter().filter(|name| values.get(name).is_none()).collect();
        if missing.len() == NEEDED.len() {
            return None;
        }
        if !missing.is_empty() {
            // Without this, files would be kept in a folder by a node that was to keep them in the bucket.
            let problem = format!("media are to be kept in S3, but {} is not set", missing.join(", "));
            values.problems.push(problem);
            return None;
        }
        let endpoint = values.checked("media_s3_endpoint", String::new(), |value| {
            one_of_schemes(value, &["http", "https"]).map(|value| value.trim_end_matches('/').to_owned())
        });
        let text = |name: &str| values.get(name).map(|(_, value)| value.to_owned()).unwrap_or_default();
        Some(Self {
            endpoint,
            bucket: text("media_s3_bucket"),
            region,
            access_key: text("media_s3_access_key"),
            secret_key: text("media_s3_secret_key"),
        })
    }
}

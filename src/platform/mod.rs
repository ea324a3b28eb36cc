//! The client of WeChat's server API: tokens, calls with one retry, errors by what the caller can do.
//! It reaches the sandbox and the real platform in the same way, by the account's `api_base`.

mod call;
mod clocks;
mod menus;
mod pictures;
mod texts;
mod token;
mod users;

use std::time::Duration;

use crate::clock::Clock;
use crate::kv::{Holder, Kv, Memory};
use crate::telemetry::Metrics;
use crate::wechat::AppId;
use crate::wechat::errcode;

pub use self::menus::ConditionalMenu;
pub use self::pictures::PictureFault;
use self::token::{Failing, Fetching};
pub use self::users::Follower;

/// Connect and answer limits of one call (§6.2).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// The address of the real platform.
pub const WECHAT_API: &str = "https://api.weixin.qq.com";

/// A client for all accounts; cheap to clone.
#[derive(Clone)]
pub struct Platform {
    http: reqwest::Client,
    kv: Kv,
    metrics: Metrics,
    clock: Clock,
    /// Tokens once more, for when Redis is away.
    spare: Kv,
    fetching: Fetching,
    failing: Failing,
    /// Under which this process claims the fetching of a token, so that nodes do not all fetch it at once.
    holder: Holder,
}

/// Who calls: one official account. No `Debug`: it holds the AppSecret.
#[derive(Clone)]
pub struct Caller {
    pub app_id: AppId,
    pub app_secret: String,
    /// Scheme, host and path prefix in front of `/cgi-bin/…`, without a trailing slash.
    pub api_base: String,
}

/// Why a call failed, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The platform said no; see [`errcode::explain`] for what the code means.
    #[error("the platform refused with {code}: {message}")]
    Refused { code: i64, message: String },
    /// The platform was busy, however often it was asked.
    #[error("the platform is busy ({code})")]
    Busy { code: i64 },
    /// No answer: no network, wrong address, or too slow.
    #[error("could not reach the platform: {0}")]
    Unreachable(String),
    /// An answer that is not the documented one.
    #[error("the platform's answer was not understood: {0}")]
    Garbled(String),
}

impl Error {
    /// What it means and what to do, in Chinese, for an office worker or operator.
    pub fn advice(&self) -> String {
        match self {
            // The message names the address that must be put on the list; in other cases it says nothing more.
            Self::Refused { code, message } if *code == errcode::IP_NOT_ALLOWED => {
                texts::refused(*code, Some(message))
            }
            Self::Refused { code, .. } => texts::refused(*code, None),
            Self::Busy { .. } => texts::BUSY.into(),
            Self::Unreachable(_) => texts::UNREACHABLE.into(),
            Self::Garbled(_) => texts::GARBLED.into(),
        }
    }
}

impl Platform {
    /// A client that keeps tokens in `kv`.
    ///
    /// # Errors
    /// When the machine's certificates cannot be loaded.
    pub fn new(kv: Kv, metrics: Metrics, clock: Clock) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("hopetree")
            .build()?;
        let spare = Kv::Memory(Memory::default());
        Ok(Self {
            http,
            kv,
            metrics,
            clock,
            spare,
            fetching: Fetching::default(),
            failing: Failing::default(),
            holder: Holder::new(),
        })
    }
}

//! The client of WeChat's server API: tokens, calls with one retry, errors by what the caller can do.
//! It reaches the sandbox and the real platform in the same way, by the account's `api_base`.

mod call;
mod clocks;
mod menus;
mod token;
mod users;

use std::time::Duration;

use crate::kv::Kv;
use crate::wechat::AppId;
use crate::wechat::errcode::{self, Remedy};

pub use self::users::{Follower, FollowerPage};

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
    /// One fetch of a token at a time in this process; the platform gives all nodes the same one.
    fetching: std::sync::Arc<tokio::sync::Mutex<()>>,
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
    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::Unreachable(_) => true,
            Self::Refused { code, .. } => matches!(errcode::explain(*code).remedy, Remedy::Retry),
            Self::Garbled(_) => false,
        }
    }

    /// What it means and what to do, in Chinese, for an office worker or operator.
    pub fn advice(&self) -> String {
        match self {
            Self::Refused { code, message } => {
                let explanation = errcode::explain(*code);
                let mut advice =
                    format!("微信返回 {code}：{}{}", explanation.meaning, explanation.what_to_do);
                // 40164 names the address that must be put on the list; nothing else in the message helps.
                if *code == errcode::IP_NOT_ALLOWED {
                    advice.push_str(&format!("（微信的原话：{message}）"));
                }
                advice
            }
            Self::Busy { .. } => "微信服务器繁忙，请过几分钟再试。".into(),
            Self::Unreachable(_) => {
                "连不上微信服务器，请检查这台服务器能否访问外网，以及接口地址是否正确。".into()
            }
            Self::Garbled(_) => "微信的回答看不懂，请检查接口地址（api_base）是否正确。".into(),
        }
    }
}

impl Platform {
    /// A client that keeps tokens in `kv`.
    ///
    /// # Errors
    /// When the machine's certificates cannot be loaded.
    pub fn new(kv: Kv) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("hopetree")
            .build()?;
        Ok(Self { http, kv, fetching: std::sync::Arc::default() })
    }
}

//! The two names the platform gives: an OpenID for a resident, an AppID for an account (§0).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest OpenID that is accepted; the platform's own have 28 characters.
const MAX_OPENID_BYTES: usize = 64;

/// A resident as one account knows them: the same person has another OpenID at every account.
///
/// 1 to 64 of `[A-Za-z0-9_@.-]`, case-sensitive (§0). It is personal data: `Debug` shows its first four
/// characters only, and there is no `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct OpenId(String);

/// An official account: `wx` and 16 hexadecimal digits, though 4 to 32 of `[A-Za-z0-9_-]` are accepted (§0).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct AppId(String);

/// Why a text is no OpenID or no AppID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 1 to 64 of `[A-Za-z0-9_@.-]`.
    #[error("an OpenID is 1 to 64 letters, digits or one of `_@.-`")]
    OpenId,
    /// Not 4 to 32 of `[A-Za-z0-9_-]`.
    #[error(
        "an AppID is 4 to 32 letters, digits or one of `_-`; the platform's are `wx` and 16 hexadecimal digits"
    )]
    AppId,
}

impl OpenId {
    /// Takes the text of `FromUserName`, of `openid` in the API, or of our own database.
    ///
    /// # Errors
    /// [`IdError::OpenId`] when it is empty, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if is_user_name(text) { Ok(Self(text.to_owned())) } else { Err(IdError::OpenId) }
    }

    /// The text itself, for storage and for calls to the platform; not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AppId {
    /// Takes the text of the platform's console.
    ///
    /// # Errors
    /// [`IdError::AppId`] when it is too short, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        match text.len() {
            4..=32 if text.bytes().all(allowed) => Ok(Self(text.to_owned())),
            _ => Err(IdError::AppId),
        }
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it has the platform's form: `wx` and 16 lower-case hexadecimal digits. One that has not is
    /// probably a typing error, or belongs to the sandbox.
    pub fn is_usual(&self) -> bool {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        self.0.strip_prefix("wx").is_some_and(|rest| rest.len() == 16 && rest.bytes().all(hex))
    }
}

impl fmt::Debug for OpenId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OpenId({}…)", self.0.get(..4).unwrap_or(""))
    }
}

impl fmt::Display for AppId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for OpenId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        if is_user_name(&text) { Ok(Self(text)) } else { Err(IdError::OpenId) }
    }
}

impl TryFrom<String> for AppId {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(&text)
    }
}

/// Whether a text may be the sender or the addressee of a push.
pub(super) fn is_user_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_@.-".contains(&byte);
    (1..=MAX_OPENID_BYTES).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::{AppId, IdError, OpenId};

    #[test]
    fn an_openid_has_1_to_64_harmless_characters() {
        for good in ["o", "oABCD1234567890abcdefghijklm", "gh_0123456789ab", "a@b.c-d", &"x".repeat(64)] {
            assert_eq!(OpenId::parse(good).map(|id| id.as_str().to_owned()), Ok(good.to_owned()));
        }
        for bad in ["", " o", "o\n", "o<b>", "o'--", "张阿姨", "o/../x", &"x".repeat(65)] {
            assert_eq!(OpenId::parse(bad), Err(IdError::OpenId), "for {bad:?}");
        }
    }

    #[test]
    fn openids_that_differ_in_case_are_two_people() {
        assert_ne!(OpenId::parse("oAbc").unwrap(), OpenId::parse("oABC").unwrap());
    }

    #[test]
    fn an_openid_in_a_log_does_not_tell_who_it_is() {
        let id = OpenId::parse("oABCD1234567890abcdefghijklm").unwrap();
        assert_eq!(format!("{id:?}"), "OpenId(oABC…)");
        assert_eq!(format!("{:?}", OpenId::parse("oAB").unwrap()), "OpenId(…)");
    }

    #[test]
    fn an_appid_of_the_platform_and_of_a_sandbox_are_accepted() {
        assert!(AppId::parse("wx1a2b3c4d5e6f7a8b").unwrap().is_usual());
        assert!(!AppId::parse("wxhopetree01").unwrap().is_usual());
        for bad in ["", "wx1", "wx 1a2b3c4d5e6f7a", "wx1a2b3c4d5e6f7a8b&x=1", &"a".repeat(33)] {
            assert_eq!(AppId::parse(bad), Err(IdError::AppId), "for {bad:?}");
        }
    }

    #[test]
    fn ids_are_plain_strings_in_json_and_are_checked_when_read() {
        assert_eq!(serde_json::to_string(&AppId::parse("wx1a2b").unwrap()).unwrap(), "\"wx1a2b\"");
        assert_eq!(serde_json::from_str::<OpenId>("\"oA\"").unwrap().as_str(), "oA");
        assert!(serde_json::from_str::<OpenId>("\"o A\"").is_err());
    }
}

//! The second factor: a secret that an authenticator app shares, whose codes change every half minute, and recovery codes
//! for the day when the phone is lost.

use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use qrcode::QrCode;
use qrcode::render::svg;
use ring::digest;
use subtle::ConstantTimeEq;
use totp_rs::{Builder, Secret, Totp};

use super::PersonId;
use crate::clock::Timestamp;

const ISSUER: &str = "希望树";
const SECRET_BYTES: usize = 20;
const CODES: usize = 10;
/// Without those that are mistaken for others. 16 of them are 79 bits, which nobody tries out against a hash.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
const GROUPS: usize = 4;
const GROUP: usize = 4;
const QR_PIXELS: u32 = 200;

/// A shared secret: six digits of SHA-1 each half minute, the one form that every app knows. No `Debug`.
pub(super) struct Factor(Totp);

impl Factor {
    pub(super) fn new() -> anyhow::Result<Self> {
        Self::of(Secret::from(rand::random::<[u8; SECRET_BYTES]>().to_vec()))
    }

    /// The one whose secret was kept as [`Factor::secret`] gave it.
    pub(super) fn read(secret: &str) -> anyhow::Result<Self> {
        Self::of(Secret::try_from_base32(secret).ok().context("a kept secret is not base32")?)
    }

    fn of(secret: Secret) -> anyhow::Result<Self> {
        // One step on either side: phones' clocks are not exact.
        let totp = Builder::new().with_secret(secret).with_skew(1).build();
        Ok(Self(totp.ok().context("a secret is too short")?))
    }

    /// In the letters that people type into an app.
    pub(super) fn secret(&self) -> String {
        self.0.secret().to_base32()
    }

    /// What an app reads.
    pub(super) fn url(&self, name: &str) -> String {
        let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let (issuer, name) = (encoded(ISSUER), encoded(name));
        format!("otpauth://totp/{issuer}:{name}?secret={}&issuer={issuer}", self.secret())
    }

    /// The same as a picture, to stand in a page.
    pub(super) fn picture(&self, name: &str) -> anyhow::Result<String> {
        let code = QrCode::new(self.url(name)).context("the address does not fit into a QR code")?;
        let picture = code.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS, QR_PIXELS).build();
        Ok(format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(picture)))
    }

    /// The step whose code this is, now or half a minute ago or ahead.
    pub(super) fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let step = self.0.check(code, u64::try_from(now.seconds()).ok()?)?;
        i64::try_from(step).ok()
    }
}

/// For what a secret is sealed.
pub(super) fn purpose(person: PersonId) -> String {
    format!("person {} second factor", person.0)
}

/// Whether it looks like one of an app; else it is taken for a recovery code.
pub(super) fn is_app_code(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}

/// New recovery codes, as people write them down.
pub(super) fn recovery_codes() -> Vec<String> {
    (0..CODES).map(|_| random_word()).collect()
}

/// A random word that can be read aloud: a recovery code, or a password for the first sign-in.
pub(super) fn random_word() -> String {
    let group = || (0..GROUP).map(|_| char::from(LETTERS[rand::random_range(0..LETTERS.len())])).collect();
    (0..GROUPS).map(|_| group()).collect::<Vec<String>>().join("-")
}

/// What is kept of recovery codes.
pub(super) fn hashes(codes: &[String]) -> String {
    let hashes: Vec<String> = codes.iter().map(|code| hash(code)).collect();
    serde_json::to_string(&hashes).unwrap_or_default()
}

/// What is left to be kept when this code has been used; nothing when it is none of them.
pub(super) fn without(kept: &str, code: &str) -> Option<String> {
    let mut hashes: Vec<String> = serde_json::from_str(kept).ok()?;
    let given = hash(code);
    let before = hashes.len();
    hashes.retain(|hash| !bool::from(hash.as_bytes().ct_eq(given.as_bytes())));
    if hashes.len() == before { None } else { serde_json::to_string(&hashes).ok() }
}

/// How many codes are left.
pub(super) fn count(kept: Option<&str>) -> usize {
    kept.and_then(|kept| serde_json::from_str::<Vec<String>>(kept).ok()).map_or(0, |hashes| hashes.len())
}

/// Hyphens, spaces and capitals do not count.
fn hash(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let digest = digest::digest(&digest::SHA256, letters.to_ascii_lowercase().as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        let factor = Factor::of(Secret::from(b"12345678901234567890".to_vec())).unwrap();
        assert_eq!(factor.secret(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let check = |code, seconds| factor.step_of(code, Timestamp::from_seconds(seconds));
        assert_eq!(check("287082", 59), Some(1));
        assert_eq!(check("081804", 1_111_111_109), Some(37_037_036));
        assert_eq!(check("081804", 1_111_111_109 + 30), Some(37_037_036), "half a minute late");
        assert_eq!(check("081804", 1_111_111_109 + 90), None);
        assert_eq!((check("081805", 1_111_111_109), check("", 59), check("2870820", 59)), (None, None, None));
        let again = Factor::read(&factor.secret()).unwrap();
        assert_eq!(again.url("wang.min"), factor.url("wang.min"));
        assert!(factor.url("wang.min").starts_with("otpauth://totp/%E5%B8%8C"));
        assert!(factor.picture("wang.min").unwrap().starts_with("data:image/svg+xml;base64,"));
    }

    #[test]
    fn a_recovery_code_is_good_once() {
        let codes = recovery_codes();
        let kept = hashes(&codes);
        assert_eq!((codes.len(), count(Some(&kept)), count(None)), (10, 10, 0));
        assert!(codes.iter().all(|code| code.len() == 19 && !kept.contains(code.as_str())));
        let left = without(&kept, &codes[3].replace('-', " ").to_uppercase()).unwrap();
        assert_eq!((count(Some(&left)), without(&left, &codes[3])), (9, None));
        assert!(without(&left, &codes[4]).is_some());
    }
}

//! The Token, and the signatures it makes (§1.2, §1.3).

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// A SHA-1 in lower-case hexadecimal digits.
type Hex = [u8; 40];

/// The Token that we share with the platform: 3 to 32 of `[A-Za-z0-9]`. It only signs; it is unrelated to
/// access tokens. It is a secret: neither `Debug` nor `Display`.
#[derive(Clone)]
pub struct Token(String);

/// A text that cannot be a Token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a Token is 3 to 32 letters and digits")]
pub struct TokenError;

impl Token {
    /// Takes the Token that stands in the platform's console.
    ///
    /// # Errors
    /// [`TokenError`] when it is not 3 to 32 of `[A-Za-z0-9]`.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        match text.len() {
            3..=32 if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Ok(Self(text.to_owned())),
            _ => Err(TokenError),
        }
    }

    /// The secret itself, to seal it for storage.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Signs a query: 40 lower-case hexadecimal digits (§1.2). The body is not covered.
    pub fn sign(&self, timestamp: &str, nonce: &str) -> String {
        text(hash_sorted([&self.0, timestamp, nonce]))
    }

    /// Whether `signature` is that of the query, in lower-case hexadecimal digits. Takes equally long whether the
    /// first or the last digit is wrong.
    pub fn verify(&self, signature: &str, timestamp: &str, nonce: &str) -> bool {
        same(hash_sorted([&self.0, timestamp, nonce]), signature)
    }

    /// Signs an encrypted body, of which `encrypt` is the Base64 text: the `msg_signature` of §1.4.
    pub fn sign_sealed(&self, timestamp: &str, nonce: &str, encrypt: &str) -> String {
        text(hash_sorted([&self.0, timestamp, nonce, encrypt]))
    }

    /// Whether `msg_signature` is that of the encrypted body; compares as [`Token::verify`] does. Verify before
    /// opening, so that nobody can learn about the key from how opening fails (§1.6).
    pub fn verify_sealed(&self, msg_signature: &str, timestamp: &str, nonce: &str, encrypt: &str) -> bool {
        same(hash_sorted([&self.0, timestamp, nonce, encrypt]), msg_signature)
    }
}

/// Hashes the parts in the order of their bytes, one after the other.
fn hash_sorted<const PARTS: usize>(mut parts: [&str; PARTS]) -> Hex {
    parts.sort_unstable();
    let mut hasher = Sha1::new();
    for part in parts {
        hasher.update(part.as_bytes());
    }
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = [0; 40];
    for (pair, byte) in hex.chunks_exact_mut(2).zip(hasher.finalize()) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    hex
}

fn text(hex: Hex) -> String {
    hex.into_iter().map(char::from).collect()
}

fn same(expected: Hex, given: &str) -> bool {
    expected.ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, proptest};

    use super::{Token, TokenError};

    fn token() -> Token {
        Token::parse("shequ2026Token").unwrap()
    }

    #[test]
    fn a_query_is_signed_as_in_vector_a1() {
        let signature = "4285b89ec421fe1ca8f75a71824c3ff36964671f";
        assert_eq!(token().sign("1767225600", "1320562132"), signature);
        assert!(token().verify(signature, "1767225600", "1320562132"));
    }

    #[test]
    fn a_query_is_signed_as_in_the_platforms_own_example_vector_c() {
        let token = Token::parse("AAAAA").unwrap();
        assert_eq!(token.sign("1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696");
    }

    #[test]
    fn the_parts_are_sorted_by_bytes_so_capitals_stand_before_small_letters() {
        let small = Token::parse("abc").unwrap();
        // `printf 1Babc | sha1sum`
        assert_eq!(small.sign("1", "B"), "e594f8612cbadc35be7e5fdb1f0f9e846e48b003");
    }

    #[test]
    fn a_body_is_signed_as_in_vector_b() {
        let encrypt =
            "Q3stYC6hdFzMh9T8HCvyDHVsKLESi7vqfbA5ph6XGcrX9zvnVMT0SilDkZ22wuhwaH1m+2jctqpm7AJhmKyejQ==";
        let signature = "c3e507d4cbfe008f728d010614b7d3b9466ae305";
        assert_eq!(token().sign_sealed("1767225600", "9", encrypt), signature);
        assert!(token().verify_sealed(signature, "1767225600", "9", encrypt));
        assert!(!token().verify_sealed(&"0".repeat(40), "1767225600", "9", encrypt));
    }

    #[test]
    fn a_signature_must_be_exact() {
        let right = "4285b89ec421fe1ca8f75a71824c3ff36964671f";
        let check = |signature: &str| token().verify(signature, "1767225600", "1320562132");
        assert!(check(right));
        assert!(!check(""));
        assert!(!check(&right[..39]));
        assert!(!check(&format!("{right}0")));
        assert!(!check(&format!(" {right}")));
        assert!(!check(&right.to_uppercase()));
        assert!(!check(&right.replace('4', "5")));
        assert!(!check(&"签".repeat(40)));
    }

    #[test]
    fn a_signature_holds_for_its_own_token_time_and_nonce_only() {
        let right = "4285b89ec421fe1ca8f75a71824c3ff36964671f";
        assert!(!Token::parse("another1").unwrap().verify(right, "1767225600", "1320562132"));
        assert!(!token().verify(right, "1767225601", "1320562132"));
        assert!(!token().verify(right, "1767225600", "1320562133"));
    }

    #[test]
    fn a_token_has_3_to_32_letters_and_digits() {
        for good in ["abc", "A1b", &"x".repeat(32)] {
            assert_eq!(Token::parse(good).map(|token| token.expose().to_owned()), Ok(good.to_owned()));
        }
        for bad in ["", "ab", "a b", "abc_", "社区服务", &"x".repeat(33)] {
            assert_eq!(Token::parse(bad).err(), Some(TokenError), "for {bad:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_changed_digit_is_never_accepted(timestamp in ".{0,20}", nonce in ".{0,20}", place in 0_usize..40, digit in any::<u8>()) {
            let mut signature = token().sign(&timestamp, &nonce).into_bytes();
            let digit = b"0123456789abcdef"[usize::from(digit % 16)];
            let changed = signature[place] != digit;
            signature[place] = digit;
            let signature = String::from_utf8(signature).unwrap();
            assert_eq!(token().verify(&signature, &timestamp, &nonce), !changed);
        }
    }
}

//! Passwords: what is accepted as one, and how it is kept.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// NIST's floor for a password that stands alone is 15; with lock-out and a second factor to be had, 10 is bearable for an
/// office and still out of reach of guessing.
const SHORTEST: usize = 10;
/// Argon2 takes any length, and an attacker could make it work on megabytes.
const LONGEST: usize = 128;
/// Whole passwords, and stems that only get digits or signs around them. Lower case.
const KNOWN: &str = include_str!("known_passwords.txt");

/// Why a text is not accepted as a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordFault {
    TooShort,
    TooLong,
    /// Among those that are tried first.
    Known,
    /// Made from the person's own name.
    Name,
    /// Too few different characters.
    Monotone,
}

/// Whether a password may be used by the person of this name.
///
/// # Errors
/// With the first thing that is wrong with it.
pub fn check_strength(password: &str, name: &str) -> Result<(), PasswordFault> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(PasswordFault::TooShort);
    }
    if length > LONGEST {
        return Err(PasswordFault::TooLong);
    }
    let lower = password.to_lowercase();
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return Err(PasswordFault::Monotone);
    }
    let name = name.to_lowercase();
    if name.len() >= 3 && lower.contains(&name) {
        return Err(PasswordFault::Name);
    }
    let stem = lower.trim_matches(|character: char| !character.is_alphabetic());
    let is_known =
        KNOWN.lines().any(|known| known == lower || (known == stem && stem.len() + 6 > lower.len()));
    if is_known { Err(PasswordFault::Known) } else { Ok(()) }
}

/// What is kept of a password: an Argon2id hash with its own salt and its parameters. It works for some tens of
/// milliseconds: call it where blocking is allowed.
///
/// # Errors
/// When the system has no randomness to give.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| anyhow::anyhow!("cannot hash a password: {error}"))?.to_string())
}

/// Whether this is the password of which that hash was kept. It works as long as [`hash`], also when there is no hash
/// since there is no such person: the time must not tell which names exist.
pub(super) fn matches(password: &str, kept: Option<&str>) -> bool {
    static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody has this password").ok());
    let Some(text) = kept.or(NOBODY.as_deref()) else { return false };
    let is_right = PasswordHash::new(text)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    is_right && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_for_a_reason() {
        let check = |password: &str| check_strength(password, "wangmin");
        assert_eq!(check("short1234"), Err(PasswordFault::TooShort));
        let long = "ab3".repeat(60);
        assert_eq!(check(&long), Err(PasswordFault::TooLong));
        assert_eq!(check("aaaaabbbbb11"), Err(PasswordFault::Monotone));
        assert_eq!(check("wangmin-2026"), Err(PasswordFault::Name));
        for known in ["password123", "Password2026", "1q2w3e4r5t", "qwertyuiop", "woaini1314", "admin12345"] {
            assert_eq!(check(known), Err(PasswordFault::Known), "{known}");
        }
        for good in ["希望树下有十个栏目呀", "marmot-lantern-42", "correct horse battery"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_password_matches_its_own_hash_only() {
        let kept = hash("marmot-lantern-42").unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(matches("marmot-lantern-42", Some(&kept)));
        assert!(!matches("marmot-lantern-43", Some(&kept)));
        assert!(!matches("nobody has this password", None));
    }
}

//! The master key, and secrets sealed with it (AES-256-GCM) before they reach the database.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::config::MasterKeySource;

const KEY_BYTES: usize = 32;

/// The key that seals the accounts' secrets. No `Debug`.
pub struct MasterKey(LessSafeKey);

/// Why there is no usable master key. Never holds the key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    #[error("cannot read the master key from {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("cannot write a new master key to {0}: {1}")]
    Unwritable(PathBuf, std::io::Error),
    #[error("the master key in {0} must be 64 hexadecimal digits, as `openssl rand -hex 32` prints")]
    Malformed(String),
}

/// A sealed secret that this master key does not open.
#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be opened with this master key: is it the key with which the account was added?")]
pub struct NotOpened(String);

impl MasterKey {
    /// Where the key is in the data folder.
    pub const FILE_NAME: &str = "master.key";

    /// The key from where the configuration says. In the data folder it is made on first run, readable by
    /// the owner only.
    ///
    /// # Errors
    /// [`MasterKeyError`].
    pub fn obtain(source: &MasterKeySource, data_dir: &Path) -> Result<Self, MasterKeyError> {
        match source {
            MasterKeySource::Given(hex) => Self::from_hex(hex, "the configuration"),
            MasterKeySource::File(path) => Self::read(path),
            MasterKeySource::DataDir => {
                let path = data_dir.join(Self::FILE_NAME);
                if path.exists() {
                    return Self::read(&path);
                }
                match write_new(&path) {
                    Ok(()) => tracing::info!(path = %path.display(), "made a master key: keep a copy of it"),
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => (),
                    Err(error) => return Err(MasterKeyError::Unwritable(path, error)),
                }
                Self::read(&path)
            }
        }
    }

    fn read(path: &Path) -> Result<Self, MasterKeyError> {
        let text =
            std::fs::read_to_string(path).map_err(|error| MasterKeyError::Unreadable(path.into(), error))?;
        Self::from_hex(text.trim(), &path.display().to_string())
    }

    fn from_hex(hex: &str, origin: &str) -> Result<Self, MasterKeyError> {
        let malformed = || MasterKeyError::Malformed(origin.into());
        if hex.len() != KEY_BYTES * 2 || !hex.is_ascii() {
            return Err(malformed());
        }
        let mut bytes = [0; KEY_BYTES];
        for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).ok().ok_or_else(malformed)?;
            *byte = u8::from_str_radix(digits, 16).ok().ok_or_else(malformed)?;
        }
        let key = UnboundKey::new(&AES_256_GCM, &bytes).ok().ok_or_else(malformed)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals a secret. `purpose` (which account, which secret) must be given again to open it, so that a
    /// sealed value moved to another row or column does not open.
    pub fn seal(&self, secret: &str, purpose: &str) -> String {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut bytes = secret.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut bytes,
            )
            .expect("a secret is far shorter than the longest message that AES-GCM seals");
        STANDARD.encode([nonce.as_slice(), &bytes].concat())
    }

    /// Opens what [`MasterKey::seal`] sealed for the same purpose.
    ///
    /// # Errors
    /// When the key, the purpose or the text is another.
    pub fn open(&self, sealed: &str, purpose: &str) -> Result<String, NotOpened> {
        self.try_open(sealed, purpose).ok_or_else(|| NotOpened(purpose.into()))
    }

    fn try_open(&self, sealed: &str, purpose: &str) -> Option<String> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut ciphertext = ciphertext.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let secret = self.0.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut ciphertext).ok()?;
        String::from_utf8(secret.to_vec()).ok()
    }
}

fn write_new(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let key: [u8; KEY_BYTES] = rand::random();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    // Under another name first, so that nobody ever sees half a key.
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let result = options.open(&draft).and_then(|mut file| {
        file.write_all(hex.as_bytes())?;
        file.sync_all()?;
        std::fs::hard_link(&draft, path)
    });
    std::fs::remove_file(&draft).ok();
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digit: &str) -> MasterKey {
        MasterKey::from_hex(&digit.repeat(64), "the test").ok().unwrap()
    }

    #[test]
    fn a_secret_opens_with_its_key_and_purpose_only() {
        let sealed = key("a").seal("密钥", "hope app_secret");
        assert!(!sealed.contains("密钥"));
        assert_eq!(key("a").open(&sealed, "hope app_secret").unwrap(), "密钥");
        assert!(key("b").open(&sealed, "hope app_secret").is_err());
        assert!(key("a").open(&sealed, "hope token").is_err());
        assert!(key("a").open("c2hvcnQ=", "hope app_secret").is_err());
        assert_ne!(sealed, key("a").seal("密钥", "hope app_secret"), "two seals of one secret must differ");
    }

    #[test]
    fn a_made_key_is_readable_by_its_owner_only_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let first = MasterKey::obtain(&MasterKeySource::DataDir, folder.path()).ok().unwrap();
        let second = MasterKey::obtain(&MasterKeySource::DataDir, folder.path()).ok().unwrap();
        assert_eq!(second.open(&first.seal("x", "p"), "p").unwrap(), "x");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode =
                std::fs::metadata(folder.path().join(MasterKey::FILE_NAME)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}

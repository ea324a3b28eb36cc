//! The encrypted envelope around pushes and passive replies (§1.4, §1.5).

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

use super::id::AppId;
use super::signature::Token;
use super::xml::{Element, ParseError, Writer};

/// The platform pads to 32 bytes, although the cipher's blocks have 16.
const PADDING_BLOCK: usize = 32;
/// 16 random bytes, and the message's length in 4.
const HEADER_BYTES: usize = 20;

/// 43 characters carry 258 bits, and nobody clears the last two.
const KEY_ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// An EncodingAESKey: 43 of `[A-Za-z0-9]`. It is a secret: neither `Debug` nor `Display`.
#[derive(Clone)]
pub struct AesKey {
    text: String,
    bytes: [u8; 32],
}

/// A text that cannot be an EncodingAESKey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an EncodingAESKey is 43 letters and digits")]
pub struct AesKeyError;

/// Seals and opens the messages of one account.
#[derive(Clone)]
pub struct Envelope {
    app_id: AppId,
    key: AesKey,
    previous: Option<AesKey>,
}

/// The encrypted part of a push (§1.3), not verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The account's `gh_…` name, when the body says it. It is not signed.
    pub to: Option<String>,
    /// The ciphertext in Base64, over which `msg_signature` goes.
    pub encrypt: String,
}

/// The envelope of a passive reply (§1.5), not verified yet. The sandbox reads these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedReply {
    /// The ciphertext in Base64.
    pub encrypt: String,
    /// The signature over it: for [`Token::verify_sealed`].
    pub signature: String,
    /// The time that was signed with it.
    pub timestamp: String,
    /// The nonce that was signed with it.
    pub nonce: String,
}

/// Why an envelope was not opened. The variants are for tests and metrics; their text is one and the same, so that
/// whoever sends forged envelopes learns nothing from it (§1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not standard Base64 with padding.
    #[error("the envelope cannot be opened")]
    NotBase64,
    /// The ciphertext is empty, or not whole blocks of 32 bytes.
    #[error("the envelope cannot be opened")]
    Length,
    /// The padding is none: usually the wrong key.
    #[error("the envelope cannot be opened")]
    Padding,
    /// The length of the message is said to be more than there is.
    #[error("the envelope cannot be opened")]
    LyingLength,
    /// The message is not UTF-8.
    #[error("the envelope cannot be opened")]
    NotUtf8,
    /// The message is for another account.
    #[error("the envelope cannot be opened")]
    ForeignAppId,
}

impl AesKey {
    /// Takes the EncodingAESKey that stands in the platform's console. The two bits that its last character has too
    /// many are ignored (§1.4).
    ///
    /// # Errors
    /// [`AesKeyError`] when it is not 43 of `[A-Za-z0-9]`.
    pub fn parse(text: &str) -> Result<Self, AesKeyError> {
        if text.len() != 43 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(AesKeyError);
        }
        let mut bytes = [0; 32];
        match KEY_ENGINE.decode_slice(text, &mut bytes) {
            Ok(32) => Ok(Self { text: text.to_owned(), bytes }),
            _ => Err(AesKeyError),
        }
    }

    /// The secret itself, to seal it for storage.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The initialization vector: always the first half of the key (§1.4).
    fn vector(&self) -> [u8; 16] {
        let mut vector = [0; 16];
        vector.copy_from_slice(&self.bytes[..16]);
        vector
    }
}

impl Envelope {
    /// For the account `app_id`. `previous` is the key before `key`; pushes on their way still use it (§1.4).
    pub fn new(app_id: AppId, key: AesKey, previous: Option<AesKey>) -> Self {
        Self { app_id, key, previous }
    }

    /// The key that seals.
    pub fn key(&self) -> &AesKey {
        &self.key
    }

    /// Encrypts a message, in standard Base64 without line breaks (§1.4). `random` must be fresh from a cryptographic
    /// generator each time: the initialization vector is constant, so it alone keeps equal messages from looking equal.
    pub fn seal(&self, message: &str, random: [u8; 16]) -> String {
        let app_id = self.app_id.as_str().as_bytes();
        let bare = HEADER_BYTES + message.len() + app_id.len();
        let padding = PADDING_BLOCK - bare % PADDING_BLOCK;
        let length = u32::try_from(message.len()).expect("a message has far less than 4 GiB");
        let mut bytes = Vec::with_capacity(bare + padding);
        bytes.extend_from_slice(&random);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(message.as_bytes());
        bytes.extend_from_slice(app_id);
        bytes.resize(bare + padding, u8::try_from(padding).expect("padding is at most 32"));
        let cipher = cbc::Encryptor::<Aes256>::new(&self.key.bytes.into(), &self.key.vector().into());
        let whole = bytes.len();
        let encrypted =
            cipher.encrypt_padded::<NoPadding>(&mut bytes, whole).expect("the padding makes whole blocks");
        STANDARD.encode(encrypted)
    }

    /// Decrypts a message from Base64, with the current key or else with the previous one, and checks that it is for
    /// this account. Verify the signature first ([`Token::verify_sealed`]): the cipher alone notices no tampering.
    ///
    /// # Errors
    /// [`OpenError`]; with two keys, why the current one did not fit.
    pub fn open(&self, encrypt: &str) -> Result<String, OpenError> {
        let Ok(encrypted) = STANDARD.decode(encrypt) else { return Err(OpenError::NotBase64) };
        if encrypted.is_empty() || encrypted.len() % PADDING_BLOCK != 0 {
            return Err(OpenError::Length);
        }
        match &self.previous {
            None => self.open_with(&self.key, encrypted),
            Some(previous) => self
                .open_with(&self.key, encrypted.clone())
                .or_else(|error| self.open_with(previous, encrypted).or(Err(error))),
        }
    }

    fn open_with(&self, key: &AesKey, mut bytes: Vec<u8>) -> Result<String, OpenError> {
        let cipher = cbc::Decryptor::<Aes256>::new(&key.bytes.into(), &key.vector().into());
        let Ok(decrypted) = cipher.decrypt_padded::<NoPadding>(&mut bytes) else {
            return Err(OpenError::Length);
        };
        let content = without_padding(decrypted).ok_or(OpenError::Padding)?;
        let (header, rest) = content.split_at_checked(HEADER_BYTES).ok_or(OpenError::LyingLength)?;
        let length = u32::from_be_bytes([header[16], header[17], header[18], header[19]]);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let (message, app_id) = rest.split_at_checked(length).ok_or(OpenError::LyingLength)?;
        let Ok(message) = str::from_utf8(message) else { return Err(OpenError::NotUtf8) };
        if app_id != self.app_id.as_str().as_bytes() {
            return Err(OpenError::ForeignAppId);
        }
        Ok(message.to_owned())
    }
}

/// The envelope of a passive reply: the ciphertext with its signature (§1.5). `timestamp` is in unix seconds; it and
/// `nonce` are ours to choose.
pub fn sealed_reply(token: &Token, encrypt: &str, timestamp: i64, nonce: &str) -> String {
    let timestamp = timestamp.to_string();
    let mut writer = Writer::with_capacity(encrypt.len() + 256);
    writer.open("xml");
    writer.text("Encrypt", encrypt);
    writer.text("MsgSignature", &token.sign_sealed(&timestamp, nonce, encrypt));
    writer.number("TimeStamp", &timestamp);
    writer.text("Nonce", nonce);
    writer.close("xml");
    writer.finish()
}

/// Reads the body of an encrypted push (§1.3). Whatever stands beside the ciphertext in the compatible mode is left
/// aside: it is not signed.
///
/// # Errors
/// [`ParseError`] when the body is not XML, is forbidden, or has no `Encrypt`.
pub fn read_encrypt(body: &str) -> Result<Sealed, ParseError> {
    let root = Element::parse(body)?;
    Ok(Sealed {
        to: root.optional("ToUserName").map(str::to_owned),
        encrypt: root.required("Encrypt")?.to_owned(),
    })
}

/// Reads the envelope of a passive reply, as the platform would.
///
/// # Errors
/// [`ParseError`] when it is not XML, is forbidden, or misses one of its four fields.
pub fn read_sealed_reply(xml: &str) -> Result<SealedReply, ParseError> {
    let root = Element::parse(xml)?;
    Ok(SealedReply {
        encrypt: root.required("Encrypt")?.to_owned(),
        signature: root.required("MsgSignature")?.to_owned(),
        timestamp: root.required("TimeStamp")?.to_owned(),
        nonce: root.required("Nonce")?.to_owned(),
    })
}

/// Strips 1 to 32 bytes that all say how many they are.
fn without_padding(bytes: &[u8]) -> Option<&[u8]> {
    let last = *bytes.last()?;
    let padding = usize::from(last);
    if !(1..=PADDING_BLOCK).contains(&padding) {
        return None;
    }
    let (content, filling) = bytes.split_at_checked(bytes.len().checked_sub(padding)?)?;
    filling.iter().all(|byte| *byte == last).then_some(content)
}

#[cfg(test)]
mod tests;

//! Known answers first, then every pad length, then forgeries.

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::{
    AesKey, Envelope, OpenError, Sealed, read_encrypt, read_sealed_reply, sealed_reply, without_padding,
};
use crate::wechat::id::AppId;
use crate::wechat::reply::Reply;
use crate::wechat::signature::Token;
use crate::wechat::xml::ParseError;
use crate::wechat::{Inbound, OpenId};
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const KEY_A: &str = "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8";
/// Its last character carries bits that do not belong to the key.
const KEY_B: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const OUR_APP_ID: &str = "wx1a2b3c4d5e6f7a8b";

const PUSH: &str = "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oABCD1234567890abcdefghijklm]]></FromUserName><CreateTime>1767225600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[停水通知]]></Content><MsgId>24681357902468135</MsgId></xml>";
const SEALED_PUSH: &str = "3EFk8iiUmHkJJnrO6PjFu1bH2YpcLtT5rCKDLXB5lsJZoudXuaxpBCHJORE/PCGJPbWVeoz8s2a0DKdF83qsDPRMyvkWLj9e+OrWd/ONUSD94hxqgwsptF1uwl44A6pC5LRPsW3M4LzQjN/tqeLte9MB9Dag9nfyfNJbROXkCBK7NAmY9AgNmVgxdgp2QG3KFxBuJdCvTFgCRpemKjH329iU3p2oEB8kCo9ZzQmaDS+hNmFVbA9G8Q/cdovtzliMX1iTdajlE3L7QF6Cfxf1zzzLNmFIX9WEWIY/kmg1BBZSpU+F5laleZq01aL4UvZdi48AXTTTW3wqNcc4phUHgfYOHxY+ii6AADuwsfTGxKhGtix4XwXyxt/ih6r4JgsrKSdhIuqrt3nsMBReHNamp3D5JRP9FXqCJnkMcl4Kykc=";
const SEALED_REPLY: &str = "tfvG0Exr2rljbVChs5K7JPfaUH9YZaY2UqFyK++I3FKC/OIAw5UOf7RTJHAgzRfOhHtzjN+ad2cm5Z15kga3kIQEE13mEeLTWuJJWZTqrdTbPIgnNUsO6COlfYWBZ2Gkx9WLNn0yirG8vGjYHip2PHtRpd2aaSt+VB4a+d+3KTiRNicr2lU6IWf1a5PQ0nWsZiV8kBcrI2RtMKxKuiiuABNmBy4p1b5F8Im7xmvQoxokGvFCAntLy5GRNEqA2HrOrHyxJ+Tn6wSVjo+IobF3DUHC0eVWy7rKXnID6cdS37b4Z1EVVil5mH2S8Sb29ELq8bSBaY+DH487xVKxif472QxvtC+xHPpmLnnbtSAo+sqCJyMrEmjb3SrGs4ttiaU/x8qViciPbm3XNKVqK6rs3tE4TavFTKjE/GzSVmgEM18=";

fn token() -> Token {
    Token::parse("shequ2026Token").unwrap()
}

fn envelope(key: &str) -> Envelope {
    Envelope::new(AppId::parse(OUR_APP_ID).unwrap(), AesKey::parse(key).unwrap(), None)
}

/// Encrypts bytes as they are, whatever is wrong with them.
fn encrypt_raw(bytes: &[u8]) -> String {
    let key = AesKey::parse(KEY_A).unwrap();
    let cipher = cbc::Encryptor::<aes::Aes256>::new(&key.bytes.into(), &key.vector().into());
    STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(bytes))
}

/// A content of the envelope that says its length to be `length`, correctly padded.
fn content(length: u32, rest: &[u8]) -> Vec<u8> {
    let mut bytes = [b"0123456789abcdef".as_slice(), &length.to_be_bytes(), rest].concat();
    let padding = 32 - bytes.len() % 32;
    bytes.resize(bytes.len() + padding, u8::try_from(padding).unwrap());
    bytes
}

#[test]
fn the_push_of_vector_a2_is_opened_and_its_signature_holds() {
    let body = format!(
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[{SEALED_PUSH}]]></Encrypt></xml>"
    );
    let sealed = read_encrypt(&body).unwrap();
    assert_eq!(sealed.to.as_deref(), Some("gh_0123456789ab"));
    let signature = "2f7f5920693d7cd184d1ef108d5f4b9ddc34029f";
    assert!(token().verify_sealed(signature, "1767225600", "1320562132", &sealed.encrypt));
    let opened = envelope(KEY_A).open(&sealed.encrypt).unwrap();
    assert_eq!(opened, PUSH);
    assert_eq!(opened.len(), 277);
    assert_eq!(Inbound::parse(&opened).unwrap().name(), "text");
}

#[test]
fn the_push_of_vector_a2_is_sealed_to_the_same_bytes() {
    assert_eq!(envelope(KEY_A).seal(PUSH, *b"abcdefghij012345"), SEALED_PUSH);
}

#[test]
fn the_reply_of_vector_a3_is_written_sealed_and_signed_to_the_same_bytes() {
    let resident = OpenId::parse("oABCD1234567890abcdefghijklm").unwrap();
    let reply = Reply::text("您好，停水时间为1月2日9:00-17:00。").unwrap();
    let xml = reply.to_xml(&resident, "gh_0123456789ab", 1_767_225_602);
    assert_eq!(xml.len(), 278);
    let encrypt = envelope(KEY_A).seal(&xml, *b"ZYXWVUTSRQ987654");
    assert_eq!(encrypt, SEALED_REPLY);
    assert_eq!(
        sealed_reply(&token(), &encrypt, 1_767_225_602, "88442211"),
        format!(
            "<xml><Encrypt><![CDATA[{SEALED_REPLY}]]></Encrypt>\
             <MsgSignature><![CDATA[2579cbdea30e82551817a740a153e2cc0cde41ae]]></MsgSignature>\
             <TimeStamp>1767225602</TimeStamp><Nonce><![CDATA[88442211]]></Nonce></xml>"
        )
    );
}

#[test]
fn a_sealed_reply_is_read_as_the_platform_reads_it() {
    let xml = sealed_reply(&token(), SEALED_REPLY, 1_767_225_602, "88442211");
    let sealed = read_sealed_reply(&xml).unwrap();
    assert_eq!((sealed.timestamp.as_str(), sealed.nonce.as_str()), ("1767225602", "88442211"));
    assert!(token().verify_sealed(&sealed.signature, &sealed.timestamp, &sealed.nonce, &sealed.encrypt));
    assert!(envelope(KEY_A).open(&sealed.encrypt).unwrap().contains("您好，停水时间为1月2日9:00-17:00。"));
    for field in ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"] {
        let without = xml.replace(field, "Other");
        assert_eq!(read_sealed_reply(&without), Err(ParseError::Missing(field)));
    }
}

#[test]
fn vector_b_with_a_key_that_carries_stray_bits_holds_in_both_directions() {
    let bytes = "69b71d79f8218a39259a7a29aabb2dbafc31cb3d35db7e39ebbf3d0010831051";
    let hex: String = AesKey::parse(KEY_B).unwrap().bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, bytes);
    let check = |message: &str, encrypt: &str, signature: &str| {
        assert_eq!(envelope(KEY_B).seal(message, *b"0123456789abcdef"), encrypt);
        assert_eq!(envelope(KEY_B).open(encrypt).as_deref(), Ok(message));
        assert!(token().verify_sealed(signature, "1767225600", "9", encrypt));
    };
    check(
        "success",
        "Q3stYC6hdFzMh9T8HCvyDHVsKLESi7vqfbA5ph6XGcrX9zvnVMT0SilDkZ22wuhwaH1m+2jctqpm7AJhmKyejQ==",
        "c3e507d4cbfe008f728d010614b7d3b9466ae305",
    );
    check(
        "xxxxxxxxxxxxxxxxxxxxxxxxxx",
        "Q3stYC6hdFzMh9T8HCvyDHDxbrF7f8TfmYxXSN1y2Vbjja9RgRLcXPjzJF67v90Vkj4pqdIuoMDNqkAOjN7KlFxt1zBQjhKYEqImrspRokNTPvAkyM8SPwdzv+rL7GIQ",
        "c282d160e9b06e8319640a1884d22c5602ea7948",
    );
    check(
        "",
        "Q3stYC6hdFzMh9T8HCvyDCQhVJPHygUaVgwQRfteX6GrSZDzlZTjqzqUGR2JiDDxQgJtwdFTLneY9Cyobrfo8g==",
        "65efea68ee8b1a1a5a3048ca62e67ddb2a21c8f0",
    );
}

#[test]
fn a_published_sample_of_the_same_scheme_is_understood() {
    // The sample of 企业微信, whose scheme is the same (C1); it catches what only agrees with itself.
    let token = Token::parse("QDG6eK").unwrap();
    let key = AesKey::parse("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C").unwrap();
    let envelope = Envelope::new(AppId::parse("wx5823bf96d3bd56c7").unwrap(), key, None);
    let encrypt = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==";
    let signature = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3";
    assert!(token.verify_sealed(signature, "1409659589", "263014780", encrypt));
    assert_eq!(envelope.open(encrypt).as_deref(), Ok("1616140317555161061"));
}

#[test]
fn texts_of_every_length_are_sealed_with_every_padding_and_opened_again() {
    let envelope = envelope(KEY_A);
    let mut paddings = [false; 33];
    for length in 0..=320 {
        let message = "x".repeat(length);
        let encrypt = envelope.seal(&message, [7; 16]);
        let bytes = STANDARD.decode(&encrypt).unwrap().len();
        assert_eq!(bytes % 32, 0, "for {length}");
        paddings[bytes - 20 - length - OUR_APP_ID.len()] = true;
        assert_eq!(envelope.open(&encrypt).as_deref(), Ok(message.as_str()), "for {length}");
    }
    assert!(paddings[1..].iter().all(|seen| *seen), "all 32 paddings");
}

#[test]
fn a_key_is_43_letters_and_digits() {
    for good in [KEY_A, KEY_B] {
        assert_eq!(AesKey::parse(good).map(|key| key.expose().to_owned()), Ok(good.to_owned()));
    }
    for bad in ["", &KEY_A[..42], &format!("{KEY_A}8"), &format!("{}=", &KEY_A[..42]), &"键".repeat(15)] {
        assert!(AesKey::parse(bad).is_err(), "for {bad:?}");
    }
    assert!(AesKey::parse(&KEY_A.replace('E', "+")).is_err());
}

#[test]
fn an_envelope_of_another_account_is_refused() {
    let foreign =
        Envelope::new(AppId::parse("wx0000000000000000").unwrap(), AesKey::parse(KEY_A).unwrap(), None);
    assert_eq!(foreign.open(SEALED_PUSH), Err(OpenError::ForeignAppId));
    let check = |rest: &[u8]| envelope(KEY_A).open(&encrypt_raw(&content(2, rest)));
    assert_eq!(check(b"hi"), Err(OpenError::ForeignAppId));
    assert_eq!(check(b"hiwx1a2b3c4d5e6f7a8"), Err(OpenError::ForeignAppId));
    assert_eq!(check(b"hiwx1a2b3c4d5e6f7a8bX"), Err(OpenError::ForeignAppId));
    assert_eq!(check(b"hiwx1a2b3c4d5e6f7a8b").as_deref(), Ok("hi"));
}

#[test]
fn a_lying_length_is_refused() {
    let rest = b"hiwx1a2b3c4d5e6f7a8b";
    let check = |length: u32| envelope(KEY_A).open(&encrypt_raw(&content(length, rest)));
    assert_eq!(check(0), Err(OpenError::ForeignAppId));
    assert_eq!(check(20), Err(OpenError::ForeignAppId));
    assert_eq!(check(21), Err(OpenError::LyingLength));
    assert_eq!(check(0x7fff_ffff), Err(OpenError::LyingLength));
    assert_eq!(check(0x8000_0000), Err(OpenError::LyingLength));
    assert_eq!(check(u32::MAX), Err(OpenError::LyingLength));
}

#[test]
fn a_content_too_short_for_a_length_is_refused() {
    let mut bytes = vec![b'x'; 19];
    bytes.resize(32, 13);
    assert_eq!(envelope(KEY_A).open(&encrypt_raw(&bytes)), Err(OpenError::LyingLength));
    assert_eq!(envelope(KEY_A).open(&encrypt_raw(&[32; 32])), Err(OpenError::LyingLength));
}

#[test]
fn a_padding_that_is_none_is_refused() {
    let padded = |padding: &[u8]| {
        let mut bytes = content(2, b"hiwx1a2b3c4d5e6f7a8b");
        let start = bytes.len() - padding.len();
        bytes[start..].copy_from_slice(padding);
        envelope(KEY_A).open(&encrypt_raw(&bytes))
    };
    assert_eq!(padded(&[0]), Err(OpenError::Padding));
    assert_eq!(padded(&[33]), Err(OpenError::Padding));
    assert_eq!(padded(&[255]), Err(OpenError::Padding));
    assert_eq!(padded(&[1, 2]), Err(OpenError::Padding));
    assert_eq!(without_padding(&[]), None);
    assert_eq!(without_padding(&[2]), None);
}

#[test]
fn a_message_that_is_not_utf8_is_refused() {
    let encrypt = encrypt_raw(&content(2, b"\xff\xfewx1a2b3c4d5e6f7a8b"));
    assert_eq!(envelope(KEY_A).open(&encrypt), Err(OpenError::NotUtf8));
}

#[test]
fn what_is_no_ciphertext_is_refused() {
    let check = |encrypt: &str| envelope(KEY_A).open(encrypt).unwrap_err();
    assert_eq!(check("not base64!"), OpenError::NotBase64);
    assert_eq!(check(SEALED_PUSH.trim_end_matches('=')), OpenError::NotBase64);
    assert_eq!(check(&SEALED_PUSH.replace('+', "-")), OpenError::NotBase64);
    assert_eq!(check(&format!("{SEALED_PUSH}\n")), OpenError::NotBase64);
    assert_eq!(check(""), OpenError::Length);
    assert_eq!(check(&STANDARD.encode([0; 15])), OpenError::Length);
    assert_eq!(check(&STANDARD.encode([0; 16])), OpenError::Length);
    assert_eq!(check(&STANDARD.encode([0; 48])), OpenError::Length);
}

#[test]
fn whoever_forges_envelopes_does_not_learn_what_was_wrong() {
    let all = [
        OpenError::NotBase64,
        OpenError::Length,
        OpenError::Padding,
        OpenError::LyingLength,
        OpenError::NotUtf8,
        OpenError::ForeignAppId,
    ];
    assert!(all.iter().all(|error| error.to_string() == "the envelope cannot be opened"));
}

#[test]
fn pushes_on_their_way_are_opened_with_the_key_before() {
    let (former, present) = (envelope(KEY_A), envelope(KEY_B));
    let app_id = AppId::parse(OUR_APP_ID).unwrap();
    let both = Envelope::new(app_id, AesKey::parse(KEY_B).unwrap(), Some(AesKey::parse(KEY_A).unwrap()));
    assert_eq!(both.open(&former.seal("旧", [1; 16])).as_deref(), Ok("旧"));
    assert_eq!(both.open(&present.seal("新", [2; 16])).as_deref(), Ok("新"));
    assert!(present.open(&former.seal("旧", [1; 16])).is_err());
    assert_eq!(both.seal("新", [2; 16]), present.seal("新", [2; 16]), "sealing takes the present key");
}

#[test]
fn only_the_encrypted_part_of_a_body_counts() {
    let body = "<xml><ToUserName>gh_1</ToUserName><FromUserName>oEVIL</FromUserName><Content>evil</Content>\
                <Encrypt>\n AAAA \n</Encrypt><Encrypt>BBBB</Encrypt></xml>";
    let expected = Sealed { to: Some("gh_1".to_owned()), encrypt: "AAAA".to_owned() };
    assert_eq!(read_encrypt(body), Ok(expected));
    assert_eq!(read_encrypt("<xml><ToUserName>gh_1</ToUserName></xml>"), Err(ParseError::Missing("Encrypt")));
    assert_eq!(read_encrypt("<xml><Encrypt></Encrypt></xml>"), Err(ParseError::Missing("Encrypt")));
    assert!(read_encrypt("{\"Encrypt\":\"AAAA\"}").is_err());
    assert!(read_encrypt("").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_was_sealed_is_opened(message in ".{0,200}", random in any::<[u8; 16]>()) {
        let envelope = envelope(KEY_B);
        prop_assert_eq!(envelope.open(&envelope.seal(&message, random)), Ok(message));
    }

    #[test]
    fn anything_is_opened_or_refused_but_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..10), blocks in 0_usize..6) {
        let mut whole = bytes.repeat(20);
        whole.resize(blocks * 32, 9);
        let _ = envelope(KEY_A).open(&STANDARD.encode(&whole));
        let _ = envelope(KEY_A).open(&encrypt_raw(&whole));
    }

    #[test]
    fn one_flipped_bit_is_refused_by_the_signature(message in ".{0,60}", bit in any::<usize>()) {
        let encrypt = envelope(KEY_A).seal(&message, [3; 16]);
        let signature = token().sign_sealed("1767225600", "9", &encrypt);
        let mut bytes = STANDARD.decode(&encrypt).unwrap();
        let place = bit % (bytes.len() * 8);
        bytes[place / 8] ^= 1 << (place % 8);
        let tampered = STANDARD.encode(&bytes);
        prop_assert!(token().verify_sealed(&signature, "1767225600", "9", &encrypt));
        prop_assert!(!token().verify_sealed(&signature, "1767225600", "9", &tampered));
        // The cipher alone lets some changes of the message through.
        let same = envelope(KEY_A).open(&tampered).is_ok_and(|opened| opened == message);
        prop_assert!(!same);
    }
}

//! What makes a push the same push (§4).

use base64::Engine;
use base64::alphabet::Alphabet;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use sha1::{Digest, Sha1};

use super::{Inbound, Kind};

/// In the order of ASCII, so that identities sort as the numbers do that they begin with.
const ORDERED: Alphabet =
    match Alphabet::new("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz") {
        Ok(alphabet) => alphabet,
        Err(_) => panic!("64 different characters"),
    };
const ENGINE: GeneralPurpose = GeneralPurpose::new(&ORDERED, NO_PAD);
/// Of the 20 bytes, the rest is a hash: 64 bits for messages, 128 for the others.
const BYTES: usize = 20;

/// A letter for the kind; then the time, and for messages the `MsgId`; then a hash of what tells one push from
/// another. See [`Inbound::identity`].
///
/// What was sent later sorts later, so that an index over millions of identities grows at one end, and a database need
/// not touch a page of it for each push.
pub(super) fn of(push: &Inbound) -> String {
    let mut parts = Parts(Sha1::new());
    parts.add(push.from.as_str());
    parts.add(&push.sent_at.to_string());
    // Whoever lives in 2106 has 136 years in which two pushes may look alike, if all else is alike, too.
    let mut bytes = Vec::with_capacity(BYTES + 20);
    bytes.extend((push.sent_at as u32).to_be_bytes());
    let letter = match &push.kind {
        Kind::Message { id, .. } => {
            bytes.extend(id.to_be_bytes());
            parts.add(&id.to_string());
            'm'
        }
        Kind::Event(event) => {
            parts.add(event.name());
            parts.add(&event.mark());
            'e'
        }
        Kind::Other { msg_type, fields } => {
            parts.add(msg_type);
            for (path, value) in fields {
                parts.add(path);
                parts.add(value);
            }
            'o'
        }
    };
    bytes.extend(parts.0.finalize());
    bytes.truncate(BYTES);
    let mut identity = String::with_capacity(28);
    identity.push(letter);
    ENGINE.encode_string(bytes, &mut identity);
    identity
}

/// Parts with their lengths, so that `ab` and `c` are not `a` and `bc`.
struct Parts(Sha1);

impl Parts {
    fn add(&mut self, part: &str) {
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use crate::wechat::inbound::Inbound;
    use crate::wechat::inbound::tests::{FIXTURES, fixture, push};

    #[test]
    fn a_repeat_has_the_same_identity_and_nothing_else_has() {
        let mut identities: Vec<String> =
            FIXTURES.iter().map(|(_, xml)| Inbound::parse(xml).unwrap().identity()).collect();
        let again: Vec<String> =
            FIXTURES.iter().map(|(_, xml)| Inbound::parse(xml).unwrap().identity()).collect();
        assert_eq!(identities, again);
        let printable = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(identities.iter().all(|identity| identity.len() == 28 && identity.bytes().all(printable)));
        identities.sort();
        identities.dedup();
        assert_eq!(identities.len(), FIXTURES.len());
    }

    #[test]
    fn identities_stay_the_same_in_later_versions() {
        // They are in databases: a push that arrived before an update may be repeated after it. Computed independently:
        // time in 4 bytes, for messages the MsgId in 8, SHA-1 over each part behind its length in 8 bytes, all big-endian.
        assert_eq!(fixture("text").identity(), "mPKLt--0Mft0mLSFc9t3ycjH8qpc");
        assert_eq!(fixture("event.click").identity(), "ePKLtOCggUqXFRrKGaX2cump8wP3");
    }

    #[test]
    fn an_identity_ignores_what_may_differ_between_repeats() {
        let identity = |elements: &str| push(elements).unwrap().identity();
        assert_eq!(
            identity("<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>"),
            identity("<MsgID>1</MsgID><Extra/><Content>x</Content><MsgType>TEXT</MsgType>")
        );
        assert_eq!(
            identity("<MsgType>event</MsgType><Event>CLICK</Event><EventKey>k</EventKey>"),
            identity("<MsgType>event</MsgType><EventKey>k</EventKey><Event>click</Event><MenuId>1</MenuId>")
        );
    }

    #[test]
    fn two_things_in_one_second_have_two_identities() {
        let event = |name: &str, more: &str| {
            push(&format!("<MsgType>event</MsgType><Event>{name}</Event>{more}")).unwrap().identity()
        };
        let all = [
            event("CLICK", "<EventKey>a</EventKey>"),
            event("CLICK", "<EventKey>b</EventKey>"),
            event("VIEW", "<EventKey>a</EventKey>"),
            event("SCAN", "<EventKey>a</EventKey>"),
            event("subscribe", ""),
            event("subscribe", "<EventKey>qrscene_a</EventKey>"),
            event("unsubscribe", ""),
            event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID><Status>success</Status>"),
            event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID><Status>success</Status>"),
            event("new_one", ""),
            event("new_two", ""),
            event("new_two", "<EventKey>a</EventKey>"),
            event("new_two", "<MsgID>a</MsgID>"),
            push("<MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId>").unwrap().identity(),
            push("<MsgType>text</MsgType><Content>x</Content><MsgId>2</MsgId>").unwrap().identity(),
        ];
        for (index, identity) in all.iter().enumerate() {
            assert!(!all[..index].contains(identity), "number {index} is there already");
        }
    }

    #[test]
    fn the_same_id_from_two_residents_is_two_messages() {
        let identity = |from: &str| {
            Inbound::parse(&format!(
                "<xml><ToUserName>gh_1</ToUserName><FromUserName>{from}</FromUserName><CreateTime>1</CreateTime>\
                 <MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>"
            ))
            .unwrap()
            .identity()
        };
        assert_ne!(identity("oA"), identity("oB"));
        assert_ne!(identity("oA"), identity("oa"));
    }

    #[test]
    fn what_is_sent_later_sorts_later() {
        let identity = |at: u32, id: u64| {
            Inbound::parse(&format!(
                "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>{at}</CreateTime>\
                 <MsgType>text</MsgType><Content>x</Content><MsgId>{id}</MsgId></xml>"
            ))
            .unwrap()
            .identity()
        };
        let ordered =
            [(0, 9), (1, 0), (1, 1), (1, 0xFFFF), (1, u64::MAX), (2, 0), (0xFFFF, 0), (u32::MAX, 0)];
        let identities: Vec<String> = ordered.map(|(at, id)| identity(at, id)).into();
        assert!(identities.is_sorted(), "{identities:?}");
    }

    #[test]
    fn an_identity_does_not_tell_who_it_was() {
        assert!(!fixture("text").identity().contains("USER"));
    }
}

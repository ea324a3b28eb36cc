//! Where links lead, judged by their address alone.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::reading::Document;
use super::structure::is_blank;
use super::{Element, Found, Level, Place, Rule, texts};

pub(super) fn check(body: &Document, found: &mut Found) {
    for (index, link) in body.links.iter().enumerate() {
        let text = &body.text[link.text.clone()];
        let mut place = Place::element(Element::Link, index);
        if !is_blank(text) {
            place = place.at(&body.text, link.text.start, link.text.end);
        } else if !link.has_picture {
            found.add(Rule::LinkText, Level::Warning, place.clone(), texts::link_without_text());
        }
        if is_vague(text) {
            found.add(Rule::LinkText, Level::Hint, place.clone(), texts::link_vague());
        }
        // The sanitizer takes an address away when it could run something or leads to a disk.
        check_address(link.address.as_deref().unwrap_or_default(), place, found);
    }
}

/// Read alone, as a screen reader lists links, these tell nothing.
fn is_vague(text: &[char]) -> bool {
    let text: String = text.iter().collect();
    matches!(
        text.trim().trim_matches(['【', '】', '[', ']', '>', '»', '→', '！', '!']),
        "点击"
            | "点击这里"
            | "点这里"
            | "点此"
            | "点击此处"
            | "这里"
            | "此处"
            | "链接"
            | "更多"
            | "点击链接"
            | "here"
    )
}

pub(super) fn check_address(address: &str, place: Place, found: &mut Found) {
    match judge(address) {
        Verdict::Fine => {}
        Verdict::Malformed(why) => {
            found.add(Rule::LinkMalformed, Level::Error, place, texts::link_malformed(why));
        }
        Verdict::Private => found.add(Rule::LinkPrivate, Level::Error, place, texts::link_private()),
        Verdict::Insecure => found.add(Rule::LinkInsecure, Level::Hint, place, texts::link_insecure()),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    Malformed(&'static str),
    Private,
    Insecure,
}

fn judge(address: &str) -> Verdict {
    let trimmed = address.trim();
    let lower = trimmed.to_ascii_lowercase();
    if trimmed.is_empty() {
        return Verdict::Malformed("没有填写地址");
    }
    if lower.starts_with("file:") || trimmed.starts_with("\\\\") || is_drive(trimmed) {
        return Verdict::Private;
    }
    if trimmed.contains(char::is_whitespace) {
        return Verdict::Malformed("地址中间有空格");
    }
    if let Some(number) = lower.strip_prefix("tel:") {
        let is_number = !number.is_empty()
            && number.chars().all(|character| character.is_ascii_digit() || "+-*#,;().".contains(character));
        return if is_number {
            Verdict::Fine
        } else {
            Verdict::Malformed("电话号码里有数字以外的字")
        };
    }
    if let Some(mailbox) = lower.strip_prefix("mailto:") {
        let is_mailbox =
            mailbox.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        return if is_mailbox { Verdict::Fine } else { Verdict::Malformed("邮箱地址不完整") };
    }
    // Addresses within our own pages.
    if trimmed.starts_with('#') || trimmed.starts_with("../") || trimmed.starts_with("./") {
        return Verdict::Fine;
    }
    if trimmed.starts_with('/') && !trimmed.starts_with("//") {
        return Verdict::Fine;
    }
    judge_web(trimmed, &lower)
}

fn judge_web(address: &str, lower: &str) -> Verdict {
    if !lower.starts_with("http://") && !lower.starts_with("https://") {
        return Verdict::Malformed("地址不是以 https:// 开头");
    }
    if address.ends_with(['。', '，', '、', '；', '：', '！', '？', '）', '】', '》', '”', '’'])
    {
        return Verdict::Malformed("地址末尾带上了中文标点");
    }
    if lower.matches("://").count() > 1 && lower[8..].starts_with("http") {
        return Verdict::Malformed("地址开头重复");
    }
    let Ok(url) = Url::parse(address) else { return Verdict::Malformed("网址写法不对") };
    if !url.username().is_empty() || url.password().is_some() {
        return Verdict::Malformed("地址里带有用户名或密码");
    }
    let is_private = match url.host() {
        None => return Verdict::Malformed("地址里没有网站名"),
        Some(Host::Ipv4(address)) => is_private_v4(address),
        Some(Host::Ipv6(address)) => is_private_v6(address),
        Some(Host::Domain(name)) => {
            if name.contains("..") || name.starts_with('.') {
                return Verdict::Malformed("网站名写法不对");
            }
            is_private_name(name)
        }
    };
    if is_private {
        Verdict::Private
    } else if lower.starts_with("http://") {
        Verdict::Insecure
    } else {
        Verdict::Fine
    }
}

fn is_drive(address: &str) -> bool {
    let bytes = address.as_bytes();
    bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/')
}

/// Addresses that only the office's own network knows.
fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let is_carrier = first == 100 && (64..128).contains(&second);
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || is_carrier
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.to_ipv4_mapped().is_some_and(is_private_v4)
}

fn is_private_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    !name.contains('.')
        || matches!(
            last,
            "local" | "localhost" | "lan" | "intranet" | "internal" | "corp" | "home" | "localdomain"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_judged() {
        let cases: &[(&str, &str)] = &[
            ("https://www.shanghai.gov.cn/a?b=1#c", "fine"),
            ("https://mp.weixin.qq.com/s/abc", "fine"),
            ("HTTPS://WWW.SH.GOV.CN/", "fine"),
            ("https://公益.中国/", "fine"),
            ("https://8.8.8.8/", "fine"),
            ("https://172.32.0.1/", "fine"),
            ("https://10.example.com/", "fine"),
            ("tel:021-56781234", "fine"),
            ("tel:+8613812345678", "fine"),
            ("mailto:a@b.cn", "fine"),
            ("#top", "fine"),
            ("/h/hope/", "fine"),
            ("../a/power", "fine"),
            ("http://www.sh.gov.cn/", "insecure"),
            ("file:///C:/a.docx", "private"),
            ("C:\\a.docx", "private"),
            ("\\\\server\\share", "private"),
            ("http://localhost/", "private"),
            ("http://localhost:8080/a", "private"),
            ("http://10.0.0.1/", "private"),
            ("https://172.16.0.9/", "private"),
            ("https://172.31.255.255/", "private"),
            ("https://192.168.1.1/", "private"),
            ("https://169.254.1.1/", "private"),
            ("https://100.64.0.1/", "private"),
            ("https://127.0.0.1/", "private"),
            ("https://0x7f.1/", "private"),
            ("https://[::1]/", "private"),
            ("https://[fc00::1]/", "private"),
            ("https://[::ffff:10.0.0.1]/", "private"),
            ("http://oaserver/login", "private"),
            ("https://oa.town.lan/", "private"),
            ("https://nas.local/", "private"),
            ("", "malformed"),
            ("www.sh.gov.cn", "malformed"),
            ("https:/www.sh.gov.cn", "malformed"),
            ("https://", "malformed"),
            ("https://www.sh.gov.cn/。", "malformed"),
            ("https://www.sh gov.cn/", "malformed"),
            ("https://http://www.sh.gov.cn/", "malformed"),
            ("https://www..cn/", "malformed"),
            ("https://a.cn:99999/", "malformed"),
            ("https://me:secret@a.cn/", "malformed"),
            ("javascript:alert(1)", "malformed"),
            ("tel:请打电话", "malformed"),
            ("mailto:somebody", "malformed"),
        ];
        for (address, expected) in cases {
            let verdict = match judge(address) {
                Verdict::Fine => "fine",
                Verdict::Malformed(_) => "malformed",
                Verdict::Private => "private",
                Verdict::Insecure => "insecure",
            };
            assert_eq!(verdict, *expected, "{address}");
        }
    }

    #[test]
    fn a_link_that_says_only_here_is_vague() {
        let is = |text: &str| is_vague(&text.chars().collect::<Vec<_>>());
        assert!(is("点击这里") && is(" 【点此】 "));
        assert!(!is("点击这里查看停水范围") && !is(""));
    }
}

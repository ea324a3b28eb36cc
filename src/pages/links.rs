//! Addresses that pages link to, with everything that is not ours encoded.

use std::fmt::Write as _;

use serde::Serialize;

/// A telephone number as it is written, and the link that dials it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Dial {
    pub(super) text: String,
    /// None when there is no digit in it.
    pub(super) url: Option<String>,
}

/// Where the other type size is chosen; leads back to `path_and_query`, a path of this site.
pub(super) fn care_toggle(account_slug: &str, path_and_query: &str, is_care: bool) -> String {
    let on = if is_care { 0 } else { 1 };
    format!("/h/{}/care?on={on}&back={}", percent_encoded(account_slug), percent_encoded(path_and_query))
}

/// A point in the map of Gaode (高德).
pub(super) fn gaode(latitude: f64, longitude: f64, name: &str) -> String {
    let name = percent_encoded(&map_label(name));
    format!(
        "https://uri.amap.com/marker?position={longitude:.6},{latitude:.6}&name={name}&coordinate=gaode&callnative=1"
    )
}

/// A point in the map of Tencent (腾讯).
pub(super) fn tencent(latitude: f64, longitude: f64, name: &str, address: &str) -> String {
    let name = percent_encoded(&map_label(name));
    let address = percent_encoded(&map_label(address));
    format!(
        "https://apis.map.qq.com/uri/v1/marker?marker=coord:{latitude:.6},{longitude:.6};title:{name};addr:{address}&referer=hopetree"
    )
}

/// The numbers in a telephone field, which may hold several.
pub(super) fn dials(phones: &str) -> Vec<Dial> {
    phones
        .split(['/', '／', '、', ',', '，', ';', '；'])
        .map(str::trim)
        .filter(|phone| !phone.is_empty())
        .map(|phone| Dial { text: phone.to_owned(), url: tel(phone) })
        .collect()
}

/// `text` with all but unreserved characters as `%XX`.
pub(super) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// The map sites decode the whole parameter first and split it then, so that their separators must go.
fn map_label(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            ';' => '；',
            ':' => '：',
            '|' => '｜',
            ',' => '，',
            other => other,
        })
        .collect()
}

/// Phones dial digits; an extension follows after a pause.
fn tel(phone: &str) -> Option<String> {
    let (number, extension) = phone.split_once('转').unwrap_or((phone, ""));
    let is_international = number.starts_with('+');
    let number = digits(number);
    if number.is_empty() {
        return None;
    }
    let extension = digits(extension);
    let plus = if is_international { "+" } else { "" };
    let pause = if extension.is_empty() { "" } else { "," };
    Some(format!("tel:{plus}{number}{pause}{extension}"))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_link_keeps_its_parts_apart_whatever_the_names_say() {
        let url = tencent(31.3352, 121.2806, "党&群;中心", "示例路18号: 2楼");
        assert_eq!(
            url,
            "https://apis.map.qq.com/uri/v1/marker?marker=coord:31.335200,121.280600;\
             title:%E5%85%9A%26%E7%BE%A4%EF%BC%9B%E4%B8%AD%E5%BF%83;\
             addr:%E7%A4%BA%E4%BE%8B%E8%B7%AF18%E5%8F%B7%EF%BC%9A%202%E6%A5%BC&referer=hopetree"
        );
        assert_eq!(
            gaode(31.3352, 121.2806, "A&position=0"),
            "https://uri.amap.com/marker?position=121.280600,31.335200&name=A%26position%3D0&coordinate=gaode&callnative=1"
        );
    }

    #[test]
    fn a_field_with_two_numbers_and_an_extension_dials_each() {
        let dials = dials("021-5555-0101转8001、+86 (21) 5555 0102");
        let urls: Vec<_> = dials.iter().filter_map(|dial| dial.url.as_deref()).collect();
        assert_eq!(urls, ["tel:02155550101,8001", "tel:+862155550102"]);
        assert_eq!(dials[0].text, "021-5555-0101转8001");
    }

    #[test]
    fn a_field_without_a_digit_dials_nothing() {
        assert_eq!(dials("请到现场咨询"), [Dial { text: "请到现场咨询".into(), url: None }]);
        assert!(dials(" / ").is_empty());
    }

    #[test]
    fn the_way_back_from_the_type_size_is_one_parameter() {
        assert_eq!(
            care_toggle("hope", "/h/hope/s/tips?before=1-2&x=1", false),
            "/h/hope/care?on=1&back=%2Fh%2Fhope%2Fs%2Ftips%3Fbefore%3D1-2%26x%3D1"
        );
        assert!(care_toggle("hope", "/h/hope/", true).starts_with("/h/hope/care?on=0&"));
    }
}

//! Links to videos: they are not uploaded, but stand with those who carry them.

use url::Url;

use super::Refusal;

const MAX: usize = 500;
/// Who is known to show videos to anybody in China, without an account, and takes them from a community.
const HOSTS: [&str; 13] = [
    "v.qq.com",
    "m.v.qq.com",
    "channels.weixin.qq.com",
    "weixin.qq.com",
    "mp.weixin.qq.com",
    "www.bilibili.com",
    "m.bilibili.com",
    "v.youku.com",
    "m.youku.com",
    "tv.cctv.com",
    "v.cctv.com",
    "www.douyin.com",
    "www.ixigua.com",
];

/// The link in its normal form, if it leads to one of the known hosts.
///
/// # Errors
/// [`Refusal::Link`] for everything else.
pub(super) fn video(given: &str) -> Result<String, Refusal> {
    let url = Url::parse(given.trim()).map_err(|_error| Refusal::Link)?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    let is_known = url.host_str().is_some_and(|host| HOSTS.contains(&host));
    let has_place = url.path().len() > 1 || url.query().is_some();
    let url = url.as_str();
    if url.starts_with("https://") && is_plain && is_known && has_place && url.len() <= MAX {
        return Ok(url.into());
    }
    Err(Refusal::Link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_stands_with_one_of_those_that_are_known() {
        let link = "https://v.qq.com/x/page/a0123.html";
        assert_eq!(video(&format!(" {link}\n")).unwrap(), link);
        for wrong in [
            "http://v.qq.com/x",
            "https://v.qq.com",
            "https://v.qq.com.evil.example/x",
            "https://evil.example/v.qq.com/",
            "https://v.qq.com@evil.example/x",
            "https://user:word@v.qq.com/x",
            "https://v.qq.com:8443/x",
            "javascript:alert(1)//v.qq.com/x",
            "//v.qq.com/x",
            "",
        ] {
            assert!(video(wrong).is_err(), "{wrong}");
        }
        assert!(video(&format!("https://v.qq.com/{}", "x".repeat(600))).is_err());
    }
}

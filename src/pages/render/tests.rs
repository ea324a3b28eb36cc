//! Every page, rendered and looked through.

use super::super::views::{
    AccountName, ArticleList, ArticleRow, Board, ContactRow, EventRow, Hotline, LandingAccount,
    LandingWorker, PageLink, PlaceRow, SectionLink, SectionTile,
};
use super::*;
use crate::content::Attachment;

const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7 * 7 }}𠮷";

fn frame(title: &str) -> Frame {
    Frame {
        account: Some(AccountName { slug: "hope".into(), name: "希望树".into() }),
        title: title.into(),
        description: title.into(),
        picture_url: Some("https://wx.example.cn/h/hope/pictures/a.png".into()),
        canonical_url: Some("https://wx.example.cn/h/hope/".into()),
        is_care: false,
        care_toggle_url: Some(links::care_toggle("hope", "/h/hope/", false)),
        css_url: "/assets/pages.css".into(),
        hotline: Some(Hotline { name: title.into(), phone: "021-5555-0101".into() }),
        is_preview: false,
        now: Timestamp::from_seconds(1_780_000_000),
    }
}

fn section_link(text: &str) -> SectionLink {
    SectionLink { key: "tips".into(), title: text.into(), board: text.into() }
}

fn article_row(text: &str) -> ArticleRow {
    let (slug, digest) = ("fuse".into(), text.into());
    let picture = Some("pictures/a.png".into());
    ArticleRow {
        slug,
        title: text.into(),
        digest,
        published_at: 0,
        valid_until: Some(1),
        is_pinned: true,
        picture,
    }
}

fn place_row(text: &str) -> PlaceRow {
    let (slug, name, category, address) = ("hall".into(), text.into(), text.into(), text.into());
    PlaceRow { slug, name, category, address, latitude: 31.33, longitude: 121.28 }
}

fn event_row(text: &str, starts_at: i64, ends_at: i64) -> EventRow {
    EventRow { slug: "fair".into(), title: text.into(), starts_at, ends_at, venue: text.into() }
}

fn article(text: &str, body_html: &str) -> ArticlePage {
    ArticlePage {
        title: text.into(),
        source: Some(text.into()),
        document_number: Some(text.into()),
        published_at: 0,
        valid_from: None,
        valid_until: None,
        body_html: body_html.into(),
        section: Some(section_link(text)),
        newer: Some(PageLink { slug: "n".into(), title: text.into() }),
        older: None,
        author: Some(text.into()),
        audience_note: Some(text.into()),
        superseded_by: Some(PageLink { slug: "s".into(), title: text.into() }),
        attachments: vec![Attachment { hash: "0".repeat(64) + ".pdf", name: text.into() }],
    }
}

fn section(text: &str, content: SectionContent) -> SectionPage {
    let rows = vec![article_row(text)];
    let articles = ArticleList { rows, older: Some(text.into()), is_continued: false };
    SectionPage {
        link: section_link(text),
        summary: text.into(),
        body_html: String::new(),
        content,
        articles,
    }
}

/// Every page there is, with `text` wherever somebody writes something.
fn every_page(text: &str) -> Vec<String> {
    let renderer = Renderer::new().unwrap();
    let frame = frame(text);
    let (some, key) = (|| Some(text.to_owned()), "tips".to_owned());
    let tile = SectionTile { key, number: 6, title: text.into(), summary: text.into(), kind: "articles" };
    let boards = vec![Board { title: text.into(), sections: vec![tile] }];
    let contact =
        ContactRow { name: text.into(), group: text.into(), phone: text.into(), hours: some(), note: some() };
    let place = PlacePage {
        place: place_row(text),
        phone: some(),
        hours: some(),
        note: some(),
        section: None,
        all_places: vec![place_row(text), PlaceRow { slug: "b".into(), ..place_row("乙") }],
    };
    let event = EventPage {
        event: event_row(text, 0, i64::MAX),
        place: Some(PageLink { slug: "hall".into(), title: text.into() }),
        organizer: some(),
        audience: some(),
        signup: some(),
        body_html: String::new(),
        section: Some(section_link(text)),
    };
    let account =
        LandingAccount { slug: text.into(), name: text.into(), is_service: true, is_verified: false };
    let workers = vec![LandingWorker { role: "editor", title: "编辑", duty: "撰写公告" }];
    let landing = Landing { accounts: vec![account], phone_url: "/sandbox/".into(), workers };
    let events = vec![event_row(text, 0, i64::MAX), event_row(text, 0, 1)];
    let mut pages = vec![
        renderer.home(&frame, &Home { boards, notices: vec![article_row(text)] }),
        renderer.article(&frame, &article(text, "")),
        renderer.place(&frame, &place),
        renderer.event(&frame, &event),
        renderer.answer(&frame, &AnswerPage { title: text.into(), text: text.into() }),
        renderer.error(&frame, ErrorPage::NotFound),
        renderer.error(&Frame { account: None, care_toggle_url: None, ..frame.clone() }, ErrorPage::Internal),
        renderer.landing(&frame, &landing),
    ];
    let contents = [
        SectionContent::Page,
        SectionContent::Articles,
        SectionContent::Map(vec![place_row(text)]),
        SectionContent::Contacts(vec![contact]),
        SectionContent::Events(events),
    ];
    pages.extend(contents.map(|content| renderer.section(&frame, &section(text, content))));
    pages.into_iter().map(|page| page.unwrap()).collect()
}

#[test]
fn markup_that_somebody_writes_is_shown_as_text_on_every_page() {
    for page in every_page(HOSTILE) {
        assert!(!page.contains("<script") && !page.contains("<img src=x"), "{page}");
        assert!(page.contains("&lt;script&gt;") && page.contains("{{ 7 * 7 }}𠮷"), "{page}");
    }
}

#[test]
fn no_page_needs_what_its_security_policy_forbids() {
    for page in every_page("社区") {
        assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains("<script"), "{page}");
    }
}

#[test]
fn every_page_has_one_title_one_main_part_and_a_way_past_the_header() {
    for page in every_page("社区") {
        assert_eq!(page.matches("<h1").count(), 1, "{page}");
        assert_eq!(page.matches("<main id=\"content\"").count(), 1, "{page}");
        assert!(page.contains("href=\"#content\"") && page.contains("<html lang=\"zh-CN\""), "{page}");
    }
}

#[test]
fn a_body_is_markup_and_everything_else_is_text() {
    let renderer = Renderer::new().unwrap();
    let page =
        renderer.article(&frame("停电"), &article("停电", "<p>先看<strong>电闸</strong></p>")).unwrap();
    assert!(page.contains("<p>先看<strong>电闸</strong></p>"), "{page}");
}

#[test]
fn an_article_says_that_it_is_over_or_not_yet_in_force() {
    let renderer = Renderer::new().unwrap();
    let frame = frame("通知");
    let day = |text: &str| Some(Timestamp::start_of_shanghai_day(text.parse().unwrap()).millis());
    let over = ArticlePage { valid_until: day("2026-04-01"), superseded_by: None, ..article("通知", "") };
    assert!(renderer.article(&frame, &over).unwrap().contains("已于2026年3月31日到期"));
    let early = ArticlePage { valid_from: day("2026-07-01"), superseded_by: None, ..article("通知", "") };
    assert!(renderer.article(&frame, &early).unwrap().contains("从2026年7月1日起生效，现在还没有生效。"));
    let current = ArticlePage {
        valid_from: day("2026-01-01"),
        valid_until: day("2027-01-01"),
        superseded_by: None,
        ..article("通知", "")
    };
    let page = renderer.article(&frame, &current).unwrap();
    assert!(page.contains("2026年1月1日至2026年12月31日") && !page.contains("ht-banner"), "{page}");
}

#[test]
fn large_type_is_offered_and_can_be_left_again() {
    let renderer = Renderer::new().unwrap();
    let standard = renderer.error(&frame("页面"), ErrorPage::NotFound).unwrap();
    assert!(standard.contains(">大字版</a>") && !standard.contains("ht-care"), "{standard}");
    let large = Frame { is_care: true, ..frame("页面") };
    let large = renderer.error(&large, ErrorPage::NotFound).unwrap();
    assert!(
        large.contains(">标准版</a>") && large.contains("<html lang=\"zh-CN\" class=\"ht-care\""),
        "{large}"
    );
}

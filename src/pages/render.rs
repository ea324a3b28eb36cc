//! Fills the templates: from views to whole HTML documents.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior, Value, context};
use serde::Serialize;

use super::texts::{self, TEXTS};
use super::views::{
    AnswerPage, ArticlePage, ErrorPage, EventPage, Frame, Home, Landing, PlacePage, SectionContent,
    SectionPage,
};
use super::{body, escaping, events, links, locations};
use crate::clock::Timestamp;

const TEMPLATES: [(&str, &str); 13] = [
    ("base.html", include_str!("templates/base.html")),
    ("icons.html", include_str!("templates/icons.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("crumbs.html", include_str!("templates/crumbs.html")),
    ("home.html", include_str!("templates/home.html")),
    ("section.html", include_str!("templates/section.html")),
    ("article.html", include_str!("templates/article.html")),
    ("place.html", include_str!("templates/place.html")),
    ("event.html", include_str!("templates/event.html")),
    ("answer.html", include_str!("templates/answer.html")),
    ("error.html", include_str!("templates/error.html")),
    ("landing.html", include_str!("templates/landing.html")),
    ("map.html", include_str!("templates/map.html")),
];

/// The compiled templates. Make one and keep it.
pub(super) struct Renderer {
    templates: Environment<'static>,
}

impl Renderer {
    /// # Errors
    /// When a template is broken, which a test rules out.
    pub(super) fn new() -> Result<Self, Error> {
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_formatter(escaping::write_value);
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        templates.add_global("t", Value::from(Serde(&TEXTS)));
        templates
            .add_filter("date", |millis: i64| texts::date(Timestamp::from_millis(millis).shanghai_date()));
        templates.add_filter("iso_date", iso_date);
        templates.add_filter("iso_time", iso_time);
        templates.add_filter("body", |html: &str| body::fitted(html));
        templates.add_filter("dials", |phones: &str| Value::from(Serde(links::dials(phones))));
        templates.add_filter("anchor", |title: &str| title.split_whitespace().collect::<Vec<_>>().join("-"));
        templates.add_filter("url_part", links::percent_encoded);
        for (name, source) in TEMPLATES {
            templates.add_template(name, source)?;
        }
        Ok(Self { templates })
    }

    /// # Errors
    /// This and the others fail only on a mistake in a template.
    pub(super) fn home(&self, frame: &Frame, home: &Home) -> Result<String, Error> {
        let rest = context! { is_home => true, ..Serde(home) };
        self.page("home.html", frame, rest)
    }

    pub(super) fn section(&self, frame: &Frame, section: &SectionPage) -> Result<String, Error> {
        let content = match &section.content {
            SectionContent::Page => context! { kind => "page" },
            SectionContent::Articles => context! { kind => "articles" },
            SectionContent::Map(places) => {
                context! { kind => "map", map => Serde(locations::overview(places)) }
            }
            SectionContent::Contacts(contacts) => {
                context! { kind => "contacts", groups => Serde(grouped(contacts, |contact| &contact.group)) }
            }
            SectionContent::Events(rows) => context! {
                kind => "events",
                upcoming => Serde(events::upcoming(rows, frame.now)),
                past => Serde(events::past(rows, frame.now)),
            },
        };
        let rest = context! {
            section => Serde(&section.link),
            summary => &section.summary,
            body_html => &section.body_html,
            articles => Serde(&section.articles),
            now_at => frame.now.millis(),
            ..content
        };
        self.page("section.html", frame, rest)
    }

    pub(super) fn article(&self, frame: &Frame, article: &ArticlePage) -> Result<String, Error> {
        let first_day = article.valid_from.map(|from| Timestamp::from_millis(from).shanghai_date());
        let last_day =
            article.valid_until.map(|until| Timestamp::from_millis(until).plus_millis(-1).shanghai_date());
        let not_yet = article.valid_from.is_some_and(|from| from > frame.now.millis());
        let is_over = article.valid_until.is_some_and(|until| until <= frame.now.millis());
        let rest = context! {
            article => Serde(article),
            section => Serde(&article.section),
            validity => texts::validity(first_day, last_day),
            not_yet => first_day.filter(|_| not_yet).map(texts::in_force_from),
            expired => last_day.filter(|_| is_over).map(texts::expired_on),
        };
        self.page("article.html", frame, rest)
    }

    pub(super) fn place(&self, frame: &Frame, page: &PlacePage) -> Result<String, Error> {
        let place = &page.place;
        let rest = context! {
            place => Serde(place),
            phone => &page.phone,
            hours => &page.hours,
            note => &page.note,
            section => Serde(&page.section),
            gaode_url => links::gaode(place.latitude, place.longitude, &place.name),
            tencent_url => links::tencent(place.latitude, place.longitude, &place.name, &place.address),
            map => Serde(locations::surroundings(place, &page.all_places)),
        };
        self.page("place.html", frame, rest)
    }

    pub(super) fn event(&self, frame: &Frame, page: &EventPage) -> Result<String, Error> {
        let event = &page.event;
        let rest = context! {
            event => Serde(event),
            page => Serde(page),
            section => Serde(&page.section),
            time => events::span(event),
            state => events::state(event, frame.now),
            is_over => event.ends_at < frame.now.millis(),
        };
        self.page("event.html", frame, rest)
    }

    pub(super) fn answer(&self, frame: &Frame, answer: &AnswerPage) -> Result<String, Error> {
        self.page("answer.html", frame, context! { answer => Serde(answer) })
    }

    pub(super) fn error(&self, frame: &Frame, error: ErrorPage) -> Result<String, Error> {
        let [heading, explanation, advice] = match error {
            ErrorPage::NotFound => texts::NOT_FOUND,
            ErrorPage::Internal => texts::INTERNAL,
        };
        self.page("error.html", frame, context! { heading, explanation, advice })
    }

    pub(super) fn landing(&self, frame: &Frame, landing: &Landing) -> Result<String, Error> {
        let kinds = landing
            .accounts
            .iter()
            .map(|account| texts::account_kind(account.is_service, account.is_verified));
        let rest = context! { landing => Serde(landing), kinds => kinds.collect::<Vec<_>>() };
        self.page("landing.html", frame, rest)
    }

    fn page(&self, template: &str, frame: &Frame, rest: Value) -> Result<String, Error> {
        // Pages of an account link from its root; the others have nothing of it to link to.
        let root =
            frame.account.as_ref().map(|account| format!("/h/{}", links::percent_encoded(&account.slug)));
        self.templates
            .get_template(template)?
            .render(context! { frame => Serde(frame), root, is_home => false, ..rest })
    }
}

/// The words a page that could not be rendered says, as plain text.
pub(super) fn last_resort(error: ErrorPage) -> String {
    let lines = match error {
        ErrorPage::NotFound => texts::NOT_FOUND,
        ErrorPage::Internal => texts::INTERNAL,
    };
    lines.join("\n")
}

/// Rows under the headings that they name, in the order in which they name them first.
#[derive(Debug, Serialize)]
pub(super) struct Group<'a, Row> {
    pub(super) title: &'a str,
    pub(super) rows: Vec<&'a Row>,
}

pub(super) fn grouped<'a, Row>(
    rows: &'a [Row],
    title_of: impl Fn(&'a Row) -> &'a str,
) -> Vec<Group<'a, Row>> {
    let mut groups: Vec<Group<'a, Row>> = Vec::new();
    for row in rows {
        let title = title_of(row);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { title, rows: vec![row] }),
        }
    }
    groups
}

fn iso_date(millis: i64) -> String {
    Timestamp::from_millis(millis).shanghai_date().to_string()
}

fn iso_time(millis: i64) -> String {
    Timestamp::from_millis(millis).in_shanghai().format("%Y-%m-%dT%H:%M+08:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::super::views::{
        AccountName, ArticleList, ArticleRow, Board, ContactRow, EventRow, Hotline, LandingAccount, PageLink,
        PlaceRow, SectionLink, SectionTile,
    };
    use super::*;

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
            now: Timestamp::from_seconds(1_780_000_000),
        }
    }

    fn section_link(text: &str) -> SectionLink {
        SectionLink { key: "tips".into(), title: text.into(), board: text.into() }
    }

    fn article_row(text: &str) -> ArticleRow {
        let (slug, digest) = ("fuse".into(), text.into());
        let picture = Some("a.png".into());
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
        let contact = ContactRow {
            name: text.into(),
            group: text.into(),
            phone: text.into(),
            hours: some(),
            note: some(),
        };
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
        let (phone_url, console_url) = ("/sandbox/".into(), Some("/console/".into()));
        let landing = Landing { accounts: vec![account], phone_url, console_url };
        let events = vec![event_row(text, 0, i64::MAX), event_row(text, 0, 1)];
        let mut pages = vec![
            renderer.home(&frame, &Home { boards, notices: vec![article_row(text)] }),
            renderer.article(&frame, &article(text, "")),
            renderer.place(&frame, &place),
            renderer.event(&frame, &event),
            renderer.answer(&frame, &AnswerPage { title: text.into(), text: text.into() }),
            renderer.error(&frame, ErrorPage::NotFound),
            renderer
                .error(&Frame { account: None, care_toggle_url: None, ..frame.clone() }, ErrorPage::Internal),
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
            assert!(
                !page.contains(" style=") && !page.contains("<style") && !page.contains("<script"),
                "{page}"
            );
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
        let over = ArticlePage { valid_until: day("2026-04-01"), ..article("通知", "") };
        assert!(renderer.article(&frame, &over).unwrap().contains("已于2026年3月31日到期"));
        let early = ArticlePage { valid_from: day("2026-07-01"), ..article("通知", "") };
        assert!(renderer.article(&frame, &early).unwrap().contains("从2026年7月1日起生效，现在还没有生效。"));
        let current = ArticlePage {
            valid_from: day("2026-01-01"),
            valid_until: day("2027-01-01"),
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
}

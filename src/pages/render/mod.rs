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
    ("base.html", include_str!("../templates/base.html")),
    ("icons.html", include_str!("../templates/icons.html")),
    ("parts.html", include_str!("../templates/parts.html")),
    ("crumbs.html", include_str!("../templates/crumbs.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("section.html", include_str!("../templates/section.html")),
    ("article.html", include_str!("../templates/article.html")),
    ("place.html", include_str!("../templates/place.html")),
    ("event.html", include_str!("../templates/event.html")),
    ("answer.html", include_str!("../templates/answer.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("landing.html", include_str!("../templates/landing.html")),
    ("map.html", include_str!("../templates/map.html")),
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
mod tests;

//! Names that must be there once, and names that must lead somewhere.

use std::collections::HashSet;
use std::path::Path;

use super::{Bundle, Fault, PICTURES, SECTION_FILE};
use crate::content::answering::Answer;

/// Where faults are noted, each with the line on which the name stands.
struct Notes<'a> {
    folder: &'a Path,
    faults: &'a mut Vec<Fault>,
}

impl Notes<'_> {
    /// Notes a fault at the first line of a file that holds all of `marks`, looked for one after the other.
    fn fault(&mut self, file: String, marks: &[&str], problem: String) {
        let text = std::fs::read_to_string(self.folder.join(&file)).unwrap_or_default();
        let mut offset = 0;
        for mark in marks {
            offset += text[offset..].find(mark).unwrap_or(0);
        }
        let line = text[..offset].matches('\n').count() + 1;
        self.faults.push(Fault { file, line, problem });
    }
}

pub(super) fn check(folder: &Path, bundle: &Bundle, faults: &mut Vec<Fault>) {
    let mut notes = Notes { folder, faults };
    let mut numbers = HashSet::new();
    for section in &bundle.sections {
        if !numbers.insert(section.number) {
            let problem = format!("number {} is another section's already", section.number);
            notes.fault(format!("{}/{SECTION_FILE}", section.slug), &["number"], problem);
        }
    }
    let mut slugs = HashSet::new();
    for article in &bundle.articles {
        if !slugs.insert(article.slug.as_str()) {
            let problem = "another section has an article of this name".into();
            notes.fault(format!("{}/{}.md", article.section, article.slug), &[], problem);
        }
    }
    let pictures: HashSet<&str> = bundle.pictures.iter().map(|picture| picture.name.as_str()).collect();
    let of_sections = bundle.sections.iter().map(|section| {
        (format!("{}/{SECTION_FILE}", section.slug), section.picture.as_deref(), section.body_source.as_str())
    });
    let of_articles = bundle.articles.iter().map(|article| {
        let file = format!("{}/{}.md", article.section, article.slug);
        (file, article.picture.as_deref(), article.body_source.as_str())
    });
    let of_events =
        bundle.events.iter().map(|event| ("events.toml".to_owned(), None, event.body_source.as_str()));
    for (file, picture, body) in of_sections.chain(of_articles).chain(of_events) {
        for name in picture.into_iter().chain(pictures_in(body)).filter(|name| !pictures.contains(name)) {
            notes.fault(file.clone(), &[name], format!("there is no picture `{PICTURES}/{name}`"));
        }
    }
    let places: HashSet<&str> = bundle.places.iter().map(|place| place.slug.as_str()).collect();
    for event in &bundle.events {
        if let Some(place) = event.place.as_deref().filter(|place| !places.contains(place)) {
            let marks = [format!("\"{}\"", event.slug), format!("\"{place}\"")];
            let problem = format!("event `{}`: there is no place `{place}`", event.slug);
            notes.fault("events.toml".into(), &[&marks[0], &marks[1]], problem);
        }
    }
    let sections: HashSet<&str> = bundle.sections.iter().map(|section| section.slug.as_str()).collect();
    let mut lead = |file: &str, slug: &str, answers: Vec<Answer>| {
        for answer in answers {
            let (target, is_known) = match &answer {
                Answer::Section { section } => (section, sections.contains(section.as_str())),
                Answer::Article { article } => (article, slugs.contains(article.as_str())),
                Answer::Text { .. }
                | Answer::Cards { .. }
                | Answer::Image { .. }
                | Answer::Voice { .. }
                | Answer::Video { .. }
                | Answer::Agent { .. } => continue,
            };
            if !is_known {
                let marks = [format!("\"{slug}\""), format!("\"{target}\"")];
                let kind = file.trim_end_matches("s.toml");
                let problem = format!("{kind} `{slug}` leads to `{target}`, which is not there");
                notes.fault(file.into(), &[&marks[0], &marks[1]], problem);
            }
        }
    };
    for rule in &bundle.rules {
        lead("rules.toml", &rule.slug, rule.answers());
    }
    for greeting in &bundle.greetings {
        lead("greetings.toml", &greeting.slug, greeting.answers());
    }
}

fn pictures_in(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split("](pictures/").skip(1).filter_map(|rest| rest.split([')', ' ']).next())
}

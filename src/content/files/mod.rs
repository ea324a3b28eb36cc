//! A content folder read as a whole: every file checked, every fault named with its line.

mod entries;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use super::front_matter::{Source, entries, split};
use super::models::{article, contact, event, picture, place, rule, section};

/// Everything in a content folder. The rows have no id and no account yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bundle {
    pub sections: Vec<section::Model>,
    pub articles: Vec<article::Model>,
    pub places: Vec<place::Model>,
    pub contacts: Vec<contact::Model>,
    pub events: Vec<event::Model>,
    pub rules: Vec<rule::Model>,
    pub pictures: Vec<picture::Model>,
}

/// Something wrong in a content file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Relative to the folder.
    pub file: String,
    /// From 1; 0 when the fault is the file itself.
    pub line: usize,
    pub problem: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.problem),
            line => write!(f, "{}:{line}: {}", self.file, self.problem),
        }
    }
}

pub(super) const SECTION_FILE: &str = "_section.md";
pub(super) const PICTURES: &str = "pictures";
const MAX_FILE_BYTES: u64 = 1 << 20;
const MAX_PICTURE_BYTES: usize = 300 << 10;
const MAX_FILES: usize = 20_000;

/// Reads a content folder.
///
/// # Errors
/// All faults of all files together; then nothing of the folder is to be used.
pub fn read_folder(folder: &Path) -> Result<Bundle, Vec<Fault>> {
    let mut reader = Reader { folder: folder.into(), bundle: Bundle::default(), faults: Vec::new() };
    reader.read();
    let Reader { bundle, mut faults, .. } = reader;
    check_references(&bundle, &mut faults);
    if faults.is_empty() { Ok(bundle) } else { Err(faults) }
}

struct Reader {
    folder: PathBuf,
    bundle: Bundle,
    faults: Vec<Fault>,
}

impl Reader {
    fn read(&mut self) {
        for (name, is_folder) in self.list("") {
            match (name.as_str(), is_folder) {
                (PICTURES, true) => self.read_pictures(),
                (_, true) => self.read_section(&name),
                ("places.toml", false) => self.read_list(&name, "place", entries::place),
                ("contacts.toml", false) => self.read_list(&name, "contact", entries::contact),
                ("events.toml", false) => self.read_list(&name, "event", entries::event),
                ("rules.toml", false) => self.read_list(&name, "rule", entries::rule),
                ("README.md", false) => (),
                _ => self.fault(&name, 0, "is not a content file"),
            }
        }
        if self.bundle == Bundle::default() && self.faults.is_empty() {
            self.fault(".", 0, "there is no content in this folder");
        }
    }

    fn read_section(&mut self, folder: &str) {
        let mut has_section_file = false;
        for (name, is_folder) in self.list(folder) {
            let file = format!("{folder}/{name}");
            if is_folder || !name.ends_with(".md") {
                self.fault(&file, 0, "is not a content file: articles end in .md");
                continue;
            }
            let Some(text) = self.text(&file) else { continue };
            let (matter, body, first_line) = match split(&file, &text) {
                Ok(parts) => parts,
                Err(fault) => {
                    self.faults.push(fault);
                    continue;
                }
            };
            let source = Source { file: &file, text: matter, first_line, faults: &mut self.faults };
            if name == SECTION_FILE {
                has_section_file = true;
                self.bundle.sections.extend(entries::section(source, folder, body));
            } else {
                let slug = name.trim_end_matches(".md");
                self.bundle.articles.extend(entries::article(source, folder, slug, body));
            }
        }
        if !has_section_file {
            self.fault(&format!("{folder}/{SECTION_FILE}"), 0, "is missing: it says what the section is");
        }
    }

    fn read_list(&mut self, file: &str, name: &str, read: fn(Source<'_>, i64, &mut Bundle)) {
        let Some(text) = self.text(file) else { return };
        let found = entries(file, &text, name, &mut self.faults);
        for (position, (first_line, entry)) in found.into_iter().enumerate() {
            let source = Source { file, text: entry, first_line, faults: &mut self.faults };
            read(source, position as i64, &mut self.bundle);
        }
    }

    fn read_pictures(&mut self) {
        for (name, is_folder) in self.list(PICTURES) {
            let file = format!("{PICTURES}/{name}");
            if is_folder {
                self.fault(&file, 0, "is not a picture");
                continue;
            }
            match std::fs::read(self.folder.join(&file)) {
                Ok(bytes) => match entries::picture(&name, bytes, MAX_PICTURE_BYTES) {
                    Ok(picture) => self.bundle.pictures.push(picture),
                    Err(problem) => self.fault(&file, 0, &problem),
                },
                Err(error) => self.fault(&file, 0, &format!("cannot be read: {error}")),
            }
        }
    }

    /// The files and folders in a folder, by name; hidden ones are passed over.
    fn list(&mut self, folder: &str) -> Vec<(String, bool)> {
        let found = std::fs::read_dir(self.folder.join(folder)).and_then(|entries| {
            let mut names = Vec::new();
            for entry in entries.take(MAX_FILES) {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if !name.starts_with('.') {
                    names.push((name, entry.file_type()?.is_dir()));
                }
            }
            names.sort();
            Ok(names)
        });
        found.unwrap_or_else(|error| {
            let shown = if folder.is_empty() { self.folder.display().to_string() } else { folder.into() };
            self.fault(&shown, 0, &format!("cannot be read: {error}"));
            Vec::new()
        })
    }

    fn text(&mut self, file: &str) -> Option<String> {
        let path = self.folder.join(file);
        let result = match std::fs::metadata(&path) {
            Ok(metadata) if metadata.len() > MAX_FILE_BYTES => {
                self.fault(file, 0, "is larger than 1 MB");
                return None;
            }
            Ok(_) => std::fs::read_to_string(&path),
            Err(error) => Err(error),
        };
        match result {
            Ok(text) => Some(text),
            Err(error) => {
                self.fault(file, 0, &format!("cannot be read: {error}"));
                None
            }
        }
    }

    fn fault(&mut self, file: &str, line: usize, problem: &str) {
        self.faults.push(Fault { file: file.into(), line, problem: problem.into() });
    }
}

/// Names that must be there once, and names that must lead somewhere.
fn check_references(bundle: &Bundle, faults: &mut Vec<Fault>) {
    let mut fault = |file: String, problem: String| faults.push(Fault { file, line: 0, problem });
    let mut numbers = HashSet::new();
    for section in &bundle.sections {
        if !numbers.insert(section.number) {
            let problem = format!("number {} is another section's already", section.number);
            fault(format!("{}/{SECTION_FILE}", section.slug), problem);
        }
    }
    let mut slugs = HashSet::new();
    for article in &bundle.articles {
        if !slugs.insert(article.slug.as_str()) {
            let problem = "another section has an article of this name".into();
            fault(format!("{}/{}.md", article.section, article.slug), problem);
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
    for (file, picture, body) in of_sections.chain(of_articles) {
        for name in picture.into_iter().chain(pictures_in(body)) {
            if !pictures.contains(name) {
                fault(file.clone(), format!("there is no picture `{PICTURES}/{name}`"));
            }
        }
    }
    let places: HashSet<&str> = bundle.places.iter().map(|place| place.slug.as_str()).collect();
    for event in &bundle.events {
        if let Some(place) = event.place.as_deref().filter(|place| !places.contains(place)) {
            fault("events.toml".into(), format!("event `{}`: there is no place `{place}`", event.slug));
        }
    }
    let sections: HashSet<&str> = bundle.sections.iter().map(|section| section.slug.as_str()).collect();
    for rule in &bundle.rules {
        let known = match rule.answer_kind {
            rule::AnswerKind::Text => true,
            rule::AnswerKind::Section => sections.contains(rule.answer.as_str()),
            rule::AnswerKind::Article => slugs.contains(rule.answer.as_str()),
        };
        if !known {
            let problem = format!("rule `{}` leads to `{}`, which is not there", rule.slug, rule.answer);
            fault("rules.toml".into(), problem);
        }
    }
}

fn pictures_in(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split("](pictures/").skip(1).filter_map(|rest| rest.split([')', ' ']).next())
}

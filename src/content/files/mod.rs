//! A content folder read as a whole: every file checked, every fault named with its line.

mod answers;
mod entries;
mod references;

use std::fmt;
use std::path::{Path, PathBuf};

use super::front_matter::{Source, entries, split};
use super::models::{article, contact, event, greeting, picture, place, rule, section};

/// Everything in a content folder. The rows have no id and no account yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bundle {
    pub sections: Vec<section::Model>,
    pub articles: Vec<article::Model>,
    pub places: Vec<place::Model>,
    pub contacts: Vec<contact::Model>,
    pub events: Vec<event::Model>,
    pub rules: Vec<rule::Model>,
    pub greetings: Vec<greeting::Model>,
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
    let Reader { folder, bundle, mut faults } = reader;
    // What refers to a faulty entry would seem to refer to nothing.
    if faults.is_empty() {
        references::check(&folder, &bundle, &mut faults);
    }
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
                ("rules.toml", false) => self.read_list(&name, "rule", answers::rule),
                ("greetings.toml", false) => self.read_list(&name, "greeting", answers::greeting),
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
                let slug = name.strip_suffix(".md").unwrap_or(&name);
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
            let path = self.folder.join(&file);
            let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
            if size > MAX_PICTURE_BYTES as u64 {
                self.fault(
                    &file,
                    0,
                    &format!("has {} KB, more than {}", size >> 10, MAX_PICTURE_BYTES >> 10),
                );
                continue;
            }
            match std::fs::read(path) {
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
            for (number, entry) in entries.enumerate() {
                if number >= MAX_FILES {
                    return Err(std::io::Error::other(format!("it has more than {MAX_FILES} files")));
                }
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
            let shown = if folder.is_empty() { "." } else { folder };
            self.fault(shown, 0, &format!("cannot be read as a folder: {error}"));
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
            Ok(_) => std::fs::read(&path),
            Err(error) => Err(error),
        };
        match result.map(String::from_utf8) {
            Ok(Ok(text)) => Some(text),
            Ok(Err(error)) => {
                let good = error.utf8_error().valid_up_to();
                let line = error.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
                self.fault(file, line, "is not UTF-8: save the file as UTF-8");
                None
            }
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

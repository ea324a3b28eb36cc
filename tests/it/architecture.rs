//! The rows of the house: a module uses the rows below its own, never its own row, never one above.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::project;

/// From the bottom up. `main`, `cli` and `lib` stand outside, and so does the sandbox.
const ROWS: [&[&str]; 10] = [
    &["wechat", "clock"],
    &["config"],
    &["db", "kv", "telemetry", "sheets"],
    &["platform", "jobs"],
    &["app", "http"],
    &["accounts"],
    &["admin"],
    &["subscribers", "messages", "content", "checks", "media"],
    &["chat", "pages", "retention", "menus", "conversations", "notices"],
    &["router", "worker"],
];
const OUTSIDE: [&str; 3] = ["main", "cli", "lib"];
const MAX_LINES: usize = 400;

#[test]
fn modules_use_only_the_rows_below_their_own() {
    let row: BTreeMap<&str, usize> =
        ROWS.iter().enumerate().flat_map(|(row, names)| names.iter().map(move |name| (*name, row))).collect();
    let mut breaches = Vec::new();
    for (file, module) in sources() {
        if OUTSIDE.contains(&module.as_str()) {
            continue;
        }
        for used in used_modules(&std::fs::read_to_string(&file).unwrap()) {
            let is_allowed = match (module.as_str(), row.get(module.as_str()), row.get(used.as_str())) {
                (own, _, _) if own == used => true,
                ("sandbox", _, Some(0)) => true,
                ("router", _, None) => used == "sandbox",
                (_, Some(own), Some(other)) => other < own,
                _ => false,
            };
            if !is_allowed {
                breaches.push(format!("{}: `{module}` may not use `{used}`", file.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn every_module_has_its_row() {
    for (file, module) in sources() {
        let is_known = ROWS.iter().any(|row| row.contains(&module.as_str()))
            || OUTSIDE.contains(&module.as_str())
            || module == "sandbox";
        assert!(is_known, "{}: `{module}` stands in no row", file.display());
    }
}

#[test]
fn files_say_what_they_are_for_and_stay_short() {
    for (file, _) in sources() {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not say what it is for", file.display());
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines, more than {MAX_LINES}", file.display());
    }
}

#[test]
fn the_protocol_is_values_only_and_each_outside_thing_has_its_place() {
    for (file, module) in sources() {
        let text = std::fs::read_to_string(&file).unwrap();
        let forbid = |word: &str, reason: &str| {
            assert!(!text.contains(word), "{}: `{word}`: {reason}", file.display());
        };
        if module == "wechat" {
            for word in ["async fn", "axum::", "sea_orm", "tokio::", "rand::", "SystemTime", "reqwest"] {
                forbid(word, "the protocol is values only");
            }
        }
        let is_exporter = file.ends_with("telemetry/otlp.rs");
        let is_storage = file.ends_with("media/storage.rs");
        if !["platform", "sandbox"].contains(&module.as_str()) && !is_exporter && !is_storage {
            forbid("reqwest::", "only `platform`, the exporter of traces and the storage call the outside");
        }
        let has_queries = stores().contains(&file) || module == "db" || text.contains("DeriveEntityModel");
        if !has_queries {
            forbid("EntityTrait", "queries stand in store.rs");
            forbid("QueryFilter", "queries stand in store.rs");
        }
    }
}

/// Every file that holds queries of a feature.
pub fn stores() -> Vec<PathBuf> {
    let in_store = |file: &PathBuf| {
        file.ends_with("store.rs") || file.parent().is_some_and(|folder| folder.ends_with("store"))
    };
    sources().into_iter().map(|(file, _)| file).filter(in_store).collect()
}

/// Every source file with the top-level module that it belongs to.
fn sources() -> Vec<(PathBuf, String)> {
    let root = project().join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .into_iter()
        .map(|file| {
            let first = file.strip_prefix(&root).unwrap().components().next().unwrap();
            let module = first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
            (file, module)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The modules named as `crate::a`, or inside `crate::{a, b::c}`, also over several lines.
fn used_modules(text: &str) -> Vec<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .collect()
    };
    let mut used = Vec::new();
    for after in code.split("crate::").skip(1) {
        let Some(list) = after.strip_prefix('{') else {
            used.push(word(after));
            continue;
        };
        let mut depth = 0;
        let mut item = String::new();
        for character in list.chars() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => used.push(word(&std::mem::take(&mut item))),
                other => item.push(other),
            }
        }
        used.push(word(&item));
    }
    used.retain(|name| !name.is_empty());
    used
}

#[test]
fn the_reader_of_imports_reads_lists_over_several_lines() {
    let text =
        "use crate::a::B;\nuse crate::{\n    c::{d, e},\n    f,\n};\n// crate::g\nlet x = crate::h::i();";
    assert_eq!(used_modules(text), ["a", "c", "f", "h"]);
}

//! What a new menu changes, in words.

use super::definition::{Definition, Entry};
use super::known::Known;
use super::texts;

/// A button without what stands below it, and its place.
struct Placed<'a> {
    place: String,
    column: usize,
    row: Option<usize>,
    entry: &'a Entry,
}

/// What is different, one sentence each, in the order of the columns.
pub fn changes(before: &Definition, after: &Definition, known: &Known) -> Vec<String> {
    let mut said = of_menu(&before.button, &after.button, known);
    for variant in &after.variants {
        match before.variants.iter().find(|other| other.name == variant.name) {
            None => said.push(texts::variant_added(&variant.name)),
            Some(other) => {
                if (other.tag, other.client) != (variant.tag, variant.client) {
                    said.push(texts::variant_audience(&variant.name));
                }
                let changes = of_menu(&other.button, &variant.button, known);
                said.extend(changes.iter().map(|change| texts::for_variant(&variant.name, change)));
            }
        }
    }
    let is_gone = |name: &str| after.variants.iter().all(|variant| variant.name != name);
    for variant in before.variants.iter().filter(|variant| is_gone(&variant.name)) {
        said.push(texts::variant_removed(&variant.name));
    }
    if said.is_empty() && before != after {
        said.push(texts::VARIANT_ORDER.into());
    }
    said
}

fn of_menu(before: &[Entry], after: &[Entry], known: &Known) -> Vec<String> {
    let (mut old, new) = (placed(before), placed(after));
    let mut said = Vec::new();
    // What stands where it stood, changed or not; then what moved as it was; the rest came or went.
    let mut rest = Vec::new();
    for button in new {
        let same_place = |other: &Placed| (other.column, other.row) == (button.column, button.row);
        let is_alike =
            |other: &Placed| other.entry.name == button.entry.name || same_action(other.entry, button.entry);
        match old.iter().position(|other| same_place(other) && is_alike(other)) {
            Some(place) => compare(&old.remove(place), &button, known, &mut said),
            None => rest.push(button),
        }
    }
    let mut new = Vec::new();
    for button in rest {
        let is_same =
            |other: &Placed| other.entry.name == button.entry.name && same_action(other.entry, button.entry);
        match old.iter().position(is_same) {
            Some(place) => {
                let other = old.remove(place);
                said.push(texts::moved(&other.place, &button.place, &button.entry.name));
            }
            None => new.push(button),
        }
    }
    for button in new {
        match old.iter().position(|other| (other.column, other.row) == (button.column, button.row)) {
            Some(place) => compare(&old.remove(place), &button, known, &mut said),
            None => {
                let what = describe(button.entry, known);
                said.push(texts::added(&button.place, &button.entry.name, &what));
            }
        }
    }
    said.extend(old.iter().map(|button| texts::removed(&button.place, &button.entry.name)));
    said
}

fn compare(before: &Placed, after: &Placed, known: &Known, said: &mut Vec<String>) {
    if before.entry.name != after.entry.name {
        said.push(texts::renamed(&after.place, &before.entry.name, &after.entry.name));
    }
    let (old, new) = (describe(before.entry, known), describe(after.entry, known));
    let both_open = !before.entry.sub_button.is_empty() && !after.entry.sub_button.is_empty();
    if !both_open && !same_action(before.entry, after.entry) {
        said.push(texts::acts_otherwise(&after.place, &after.entry.name, &old, &new));
    }
}

fn placed(buttons: &[Entry]) -> Vec<Placed<'_>> {
    let mut all = Vec::new();
    for (column, entry) in buttons.iter().enumerate() {
        all.push(Placed { place: texts::column(column), column, row: None, entry });
        for (row, entry) in entry.sub_button.iter().enumerate() {
            all.push(Placed { place: texts::row(column, row), column, row: Some(row), entry });
        }
    }
    all
}

/// Whether a tap does the same. Two columns that open lists do.
fn same_action(left: &Entry, right: &Entry) -> bool {
    let fields = |entry: &Entry| {
        (
            entry.sub_button.is_empty(),
            entry.kind.clone(),
            entry.key.clone(),
            entry.url.clone(),
            entry.media_id.clone(),
            entry.article_id.clone(),
            entry.appid.clone(),
            entry.pagepath.clone(),
        )
    };
    fields(left) == fields(right)
}

/// What a tap on a button does.
fn describe(entry: &Entry, known: &Known) -> String {
    if !entry.sub_button.is_empty() {
        return texts::with_children(entry.sub_button.len());
    }
    let kind = entry.kind.as_deref().unwrap_or_default();
    let target = match kind {
        "click" => {
            let key = entry.key.as_deref().unwrap_or_default();
            known.sections.get(key).map_or(key, String::as_str)
        }
        "view" => entry.url.as_deref().unwrap_or_default(),
        "miniprogram" => entry.appid.as_deref().unwrap_or_default(),
        _ => entry.media_id.as_deref().or(entry.article_id.as_deref()).unwrap_or_default(),
    };
    texts::action(kind, target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn click(name: &str, key: &str) -> Entry {
        Entry { name: name.into(), kind: Some("click".into()), key: Some(key.into()), ..Entry::default() }
    }

    fn column(name: &str, rows: &[Entry]) -> Entry {
        Entry { name: name.into(), sub_button: rows.to_vec(), ..Entry::default() }
    }

    #[track_caller]
    fn check(before: Vec<Entry>, after: Vec<Entry>, expected: &[&str]) {
        let known =
            Known { sections: [("map".to_owned(), "社区地图".to_owned())].into(), ..Known::default() };
        let of = |button| Definition { button, variants: Vec::new() };
        assert_eq!(changes(&of(before), &of(after), &known), expected);
    }

    #[test]
    fn changes_are_told_with_their_place() {
        let before =
            vec![column("简介", &[click("地图", "map"), click("概况", "overview")]), click("活动", "events")];
        let mut after = before.clone();
        check(before.clone(), after.clone(), &[]);
        after[0].sub_button[0].name = "社区地图".into();
        check(before.clone(), after.clone(), &["第1列第1项：名称由“地图”改为“社区地图”"]);
        after[0].sub_button.swap(0, 1);
        after[0].sub_button[1] = click("地图", "map");
        check(
            before.clone(),
            after.clone(),
            &["“概况”从第1列第2项移到第1列第1项", "“地图”从第1列第1项移到第1列第2项"],
        );
        let mut after = before.clone();
        after[0].sub_button.push(click("电话", "contacts"));
        after[1] = click("活动", "map");
        check(
            before.clone(),
            after,
            &[
                "第2列：“活动”原来回复“events”，改为回复“社区地图”",
                "第1列第3项：新增“电话”（回复“contacts”）",
            ],
        );
        check(before.clone(), before[..1].to_vec(), &["第2列：删去“活动”"]);
    }

    #[test]
    fn variants_are_told_by_their_names() {
        use super::super::definition::{Client, Variant};
        let variant = |name: &str, client| Variant {
            name: name.into(),
            client: Some(client),
            button: vec![click("地图", "map")],
            ..Variant::default()
        };
        let of = |variants| Definition { button: vec![click("活动", "events")], variants };
        let before = of(vec![variant("苹果", Client::Ios), variant("安卓", Client::Android)]);
        let mut after = of(vec![variant("苹果", Client::Other), variant("别的", Client::Other)]);
        after.variants[0].button[0].name = "图".into();
        assert_eq!(
            changes(&before, &after, &Known::default()),
            [
                "分众菜单“苹果”：给谁看有变化",
                "分众菜单“苹果”：第1列：名称由“地图”改为“图”",
                "新增分众菜单“别的”",
                "删去分众菜单“安卓”"
            ]
        );
        let swapped = of(vec![variant("安卓", Client::Android), variant("苹果", Client::Ios)]);
        assert_eq!(changes(&before, &swapped, &Known::default()), [texts::VARIANT_ORDER]);
    }
}

//! Which styles a body keeps: what an office uses in a letter. Nothing that moves, hides or covers.

/// Properties that say how something looks where it stands.
const PROPERTIES: [&str; 36] = [
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-right",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style-type",
    "margin-left",
    "max-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-decoration-line",
    "text-indent",
    "vertical-align",
    "width",
    "word-break",
    "background",
];
const MOST: usize = 30;
/// What is larger is a slip, or wants to cover the page.
const LARGEST_FONT_PX: f64 = 48.0;
const SMALLEST_FONT_PX: f64 = 12.0;
const LARGEST_LENGTH: f64 = 4000.0;

/// A `style` with only what is allowed; none when nothing is left.
pub(super) fn restrained(style: &str) -> Option<String> {
    let kept: Vec<String> = declarations(style)
        .filter_map(|(name, value)| {
            // Word and WeChat write a plain color as a background.
            let name = if name == "background" { "background-color" } else { name.as_str() };
            let is_allowed = PROPERTIES.contains(&name) && is_plain(&value) && is_moderate(name, &value);
            is_allowed.then(|| format!("{name}: {value}"))
        })
        .take(MOST)
        .collect();
    (!kept.is_empty()).then(|| kept.join("; "))
}

/// The value of one property in a `style`.
pub fn style_value(style: &str, property: &str) -> Option<String> {
    declarations(style).filter(|(name, _)| name == property).map(|(_, value)| value).last()
}

fn declarations(style: &str) -> impl Iterator<Item = (String, String)> {
    style.split(';').filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let value = value.trim_end_matches("!important").trim_end().to_owned();
        Some((name.trim().to_ascii_lowercase(), value))
    })
}

/// Words, numbers and colors; no addresses, no strings, no escapes, no functions but those of colors.
fn is_plain(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let without_colors =
        ["rgba(", "rgb(", "hsla(", "hsl("].iter().fold(lower, |text, function| text.replace(function, ""));
    !value.is_empty()
        && value.len() <= 80
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" #%.,()-".contains(&byte))
        && !without_colors.contains('(')
}

/// No size that hides or covers, and none below nothing.
fn is_moderate(name: &str, value: &str) -> bool {
    if value.split([' ', ',', '(']).any(|part| part.starts_with('-')) {
        return false;
    }
    let size = |value: &str| -> Option<(f64, String)> {
        let digits = value
            .find(|character: char| !character.is_ascii_digit() && character != '.')
            .unwrap_or(value.len());
        Some((value[..digits].parse().ok()?, value[digits..].to_ascii_lowercase()))
    };
    match name {
        "font-size" => match size(value) {
            Some((number, unit)) => {
                let pixels = match unit.as_str() {
                    "px" => number,
                    "pt" => number * 4.0 / 3.0,
                    "em" | "rem" => number * 16.0,
                    "%" => number * 0.16,
                    _ => return false,
                };
                (SMALLEST_FONT_PX..=LARGEST_FONT_PX).contains(&pixels)
            }
            None => ["small", "medium", "large", "x-large", "larger", "smaller"].contains(&value),
        },
        // A line that has no height is read by nobody.
        "line-height" => size(value).is_none_or(|(number, unit)| match unit.as_str() {
            "" | "em" => (1.0..=4.0).contains(&number),
            "%" => (100.0..=400.0).contains(&number),
            "px" | "pt" => (12.0..=100.0).contains(&number),
            _ => false,
        }),
        "height" | "max-width" | "width" | "text-indent" | "letter-spacing" | "margin-left" => size(value)
            .is_none_or(|(number, _)| number <= LARGEST_LENGTH && (name != "height" || number > 0.0)),
        _ => true,
    }
}

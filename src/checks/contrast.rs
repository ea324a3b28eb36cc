//! Contrast of colored text as WCAG 2.2 measures it: 4.5:1, and 3:1 for large text.

use cssparser::color::{parse_hash_color, parse_named_color};

use super::reading::Document;
use super::structure::is_blank;
use super::{Field, Found, Level, Place, Rule, texts};

/// A color without transparency.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Color([f32; 3]);

/// What of an element's look the contrast depends on.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Style {
    /// `None` when it was set to something that we do not understand.
    color: Option<Color>,
    background: Option<Color>,
    is_set: bool,
    pixels: f32,
    is_bold: bool,
}

/// The residents' pages and WeChat write in nearly black on white.
const WHITE: Color = Color([255.0, 255.0, 255.0]);
const INK: Color = Color([51.0, 51.0, 51.0]);
const PIXELS: f32 = 16.0;
/// 18 and, in bold, 14 points.
const LARGE: f32 = 24.0;
const LARGE_BOLD: f32 = 18.66;

impl Default for Style {
    fn default() -> Self {
        Self { color: Some(INK), background: Some(WHITE), is_set: false, pixels: PIXELS, is_bold: false }
    }
}

impl Style {
    /// Whether a color or a background was set around here.
    pub(super) fn is_colored(self) -> bool {
        self.is_set
    }

    /// What an element's name alone changes.
    pub(super) fn inside(mut self, name: &str) -> Self {
        match name {
            "h1" => self.pixels = PIXELS * 2.0,
            "h2" => self.pixels = PIXELS * 1.5,
            "h3" => self.pixels = PIXELS * 1.17,
            _ => {}
        }
        if matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "b" | "strong" | "th") {
            self.is_bold = true;
        }
        self
    }

    pub(super) fn with_attribute(self, name: &str, value: &str) -> Self {
        match name {
            "style" => value
                .split(';')
                .filter_map(|declaration| declaration.split_once(':'))
                .fold(self, |style, (property, value)| style.with(property, value)),
            "color" => self.with("color", value),
            "bgcolor" => self.with("background-color", value),
            _ => self,
        }
    }

    fn with(mut self, property: &str, value: &str) -> Self {
        let value = value.trim().to_ascii_lowercase();
        let value = value.trim_end_matches("!important").trim_end();
        match property.trim().to_ascii_lowercase().as_str() {
            "color" => {
                if value == "inherit" {
                    return self;
                }
                self.color = parse(value).and_then(|color| Some(color.over(self.background?)));
                self.is_set = true;
            }
            "background-color" | "background" => {
                if matches!(value, "none" | "initial" | "inherit" | "transparent" | "unset") {
                    return self;
                }
                let below = self.background.unwrap_or(WHITE);
                self.background = parse(value).map(|color| color.over(below));
                self.is_set = true;
            }
            "font-size" => self.pixels = size(value, self.pixels).unwrap_or(self.pixels),
            "font-weight" => {
                self.is_bold = matches!(value, "bold" | "bolder")
                    || value.parse::<u16>().is_ok_and(|weight| weight >= 700);
            }
            _ => {}
        }
        self
    }

    fn is_large(self) -> bool {
        self.pixels >= LARGE || (self.is_bold && self.pixels >= LARGE_BOLD)
    }
}

pub(super) fn check(body: &Document, found: &mut Found) {
    for run in &body.runs {
        let (Some(color), Some(background)) = (run.style.color, run.style.background) else { continue };
        let text = &body.text[run.text.clone()];
        if is_blank(text) {
            continue;
        }
        let least = if run.style.is_large() { 3.0 } else { 4.5 };
        let ratio = contrast(color, background);
        // As the tools that people compare with do, two decimals are looked at.
        if (ratio * 100.0).round() / 100.0 >= least {
            continue;
        }
        let before = text.iter().take_while(|character| character.is_whitespace()).count();
        let after = text.iter().rev().take_while(|character| character.is_whitespace()).count();
        let place = Place::of(Field::Body).at(&body.text, run.text.start + before, run.text.end - after);
        found.add(Rule::Contrast, Level::Warning, place, texts::contrast(ratio, least));
    }
}

/// A color and how much of it covers what is below.
struct Paint(Color, f32);

impl Paint {
    fn over(&self, below: Color) -> Color {
        let Paint(Color(above), alpha) = self;
        Color(std::array::from_fn(|index| above[index] * alpha + below.0[index] * (1.0 - alpha)))
    }
}

fn parse(value: &str) -> Option<Paint> {
    let solid = |(red, green, blue): (u8, u8, u8)| {
        Paint(Color([f32::from(red), f32::from(green), f32::from(blue)]), 1.0)
    };
    if let Some(digits) = value.strip_prefix('#') {
        let (red, green, blue, alpha) = parse_hash_color(digits.as_bytes()).ok()?;
        let Paint(color, _) = solid((red, green, blue));
        return Some(Paint(color, alpha));
    }
    if let Some(list) = value.strip_prefix("rgba(").or_else(|| value.strip_prefix("rgb(")) {
        return parse_parts(list.strip_suffix(')')?);
    }
    if value == "windowtext" {
        return Some(solid((0, 0, 0)));
    }
    parse_named_color(value).ok().map(solid)
}

/// `r, g, b, a` or `r g b / a`, each a number or a percentage.
fn parse_parts(list: &str) -> Option<Paint> {
    let mut parts = list.split([',', ' ', '/']).filter(|part| !part.is_empty());
    let mut channel = || number(parts.next()?, 255.0).map(|value| value.clamp(0.0, 255.0));
    let color = Color([channel()?, channel()?, channel()?]);
    let alpha = parts.next().map_or(Some(1.0), |part| number(part, 1.0))?;
    parts.next().is_none().then_some(Paint(color, alpha.clamp(0.0, 1.0)))
}

fn number(part: &str, whole: f32) -> Option<f32> {
    let value = match part.strip_suffix('%') {
        Some(percent) => percent.parse::<f32>().ok()? / 100.0 * whole,
        None => part.parse().ok()?,
    };
    value.is_finite().then_some(value)
}

fn size(value: &str, around: f32) -> Option<f32> {
    let units: [(&str, f32); 5] =
        [("px", 1.0), ("pt", 96.0 / 72.0), ("rem", PIXELS), ("em", around), ("%", around / 100.0)];
    let (number, unit) =
        units.iter().find_map(|(name, pixels)| value.strip_suffix(name).map(|number| (number, pixels)))?;
    let pixels = number.trim().parse::<f32>().ok()? * unit;
    (pixels.is_finite() && pixels > 0.0).then_some(pixels)
}

/// <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>
fn contrast(one: Color, other: Color) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(Color(channels): Color) -> f32 {
    let [red, green, blue] = channels.map(|channel| {
        let share = channel / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_pairs_have_their_known_contrast() {
        let ratio = |one: &str, other: &str| {
            let color = |value| parse(value).unwrap().over(WHITE);
            (contrast(color(one), color(other)) * 100.0).round() / 100.0
        };
        assert_eq!(ratio("black", "white"), 21.0);
        assert_eq!(ratio("#777", "#fff"), 4.48);
        assert_eq!(ratio("#767676", "rgb(255, 255, 255)"), 4.54);
        assert_eq!(ratio("red", "rgba(255 255 255 / 100%)"), 4.0);
        assert_eq!(ratio("rgba(0,0,0,.5)", "white"), 3.98);
    }

    #[test]
    fn what_is_no_color_is_not_judged() {
        for value in
            ["", "#12", "rgb(1,2)", "rgb(a,b,c)", "var(--x)", "linear-gradient(red, white)", "rgb(1,2,3,4,5)"]
        {
            assert!(parse(value).is_none(), "{value}");
        }
    }

    #[test]
    fn sizes_are_understood_in_the_units_that_word_writes() {
        assert_eq!(size("18pt", 16.0), Some(24.0));
        assert_eq!(size("1.5em", 16.0), Some(24.0));
        assert_eq!(size("150%", 16.0), Some(24.0));
        assert_eq!(size("large", 16.0), None);
        assert_eq!(size("-3px", 16.0), None);
    }
}

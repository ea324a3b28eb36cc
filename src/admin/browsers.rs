//! From which browser a session comes, in words that its owner recognizes.

use super::texts;

/// Told apart by the first sign that the browser's own description has: many also name others.
const BROWSERS: [(&str, &str); 8] = [
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ 浏览器"),
    ("Firefox", "火狐"),
    ("FxiOS", "火狐"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];
const SYSTEMS: [(&str, &str); 8] = [
    ("HarmonyOS", "鸿蒙"),
    ("OpenHarmony", "鸿蒙"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "安卓"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// As `Windows 上的 Edge`.
pub(super) fn in_words(agent: &str) -> String {
    let find = |signs: &[(&str, &'static str)]| {
        signs.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(&SYSTEMS), find(&BROWSERS)) {
        (Some(system), Some(browser)) => texts::browser_on(system, browser),
        (Some(name), None) | (None, Some(name)) => name.into(),
        (None, None) => texts::UNKNOWN_BROWSER.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_are_told_by_name() {
        let told = [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 Chrome/114.0 Mobile Safari/537.36 MicroMessenger/8.0.60",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
            "curl/8.5.0",
            "",
        ]
        .map(in_words);
        assert_eq!(
            told,
            ["Windows 上的 Edge", "鸿蒙 上的 微信", "macOS 上的 Safari", "其他程序", "其他程序"]
        );
    }
}

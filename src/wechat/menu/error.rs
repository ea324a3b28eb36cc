//! What is wrong with a menu, and where: for the log, for an editor, and for the sandbox.

use std::fmt;

/// A menu that the platform would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` {problem}")]
pub struct MenuError {
    /// Where, as in the JSON: `button[0].sub_button[2].name`.
    pub path: String,
    /// What is wrong there.
    pub problem: Problem,
    place: Place,
}

/// What can be wrong at one place in a menu.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The field is absent.
    #[error("is missing")]
    Missing,
    /// Text was expected.
    #[error("is not text")]
    NotText,
    /// A list was expected.
    #[error("is not a list")]
    NotAList,
    /// An object was expected.
    #[error("is not an object")]
    NotAnObject,
    /// The text is empty, or only spaces.
    #[error("is empty")]
    Empty,
    /// Too many bytes of UTF-8.
    #[error("has {bytes} bytes, and {limit} are allowed")]
    TooLong {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// No buttons, or too many.
    #[error("has {count} buttons, and 1 to {max} are allowed")]
    Count {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// A `type` that does not exist.
    #[error("is no type of button")]
    UnknownType,
    /// Buttons below a button that is below a button.
    #[error("would be a third level, and there are two")]
    ThirdLevel,
    /// A button has a `type` and buttons below it.
    #[error("stands on a button that has buttons below it")]
    ActionAndChildren,
    /// Not an address with http or https.
    #[error("is no http or https address")]
    NotAUrl,
    /// Not an AppID.
    #[error("is no AppID")]
    NotAnAppId,
    /// A line end or another control character.
    #[error("has a control character")]
    ControlCharacter,
}

impl MenuError {
    /// The error code with which the platform would answer (§6.5).
    pub fn errcode(&self) -> i64 {
        let (top, sub) = match (&self.problem, self.place.field) {
            (Problem::ThirdLevel, _) => (40_022, 40_022),
            (Problem::Count { .. }, _) => (40_016, 40_023),
            (Problem::NotAUrl, _) => (40_055, 40_054),
            (Problem::NotAnAppId, _) => (40_013, 40_013),
            (_, "name") => (40_018, 40_025),
            (_, "key") => (40_019, 40_026),
            (_, "url") => (40_020, 40_027),
            (_, "media_id" | "article_id") => (40_007, 40_007),
            (_, "sub_button") => (40_023, 40_023),
            (_, "button") => (40_016, 40_016),
            _ => (40_017, 40_024),
        };
        // The list of children belongs to them, though it stands on the button above.
        if self.place.is_child() || self.place.field == "sub_button" { sub } else { top }
    }

    /// What an editor has to do, in Chinese.
    pub fn advice(&self) -> String {
        format!(
            "{}{}{}",
            place_in_chinese(&self.place),
            field_in_chinese(self.place.field),
            self.problem.in_chinese()
        )
    }
}

impl Problem {
    fn in_chinese(&self) -> String {
        match self {
            Self::Missing => "没有填写。".to_owned(),
            Self::NotText => "应当是文字。".to_owned(),
            Self::NotAList => "应当是列表。".to_owned(),
            Self::NotAnObject => "应当是一个按钮。".to_owned(),
            Self::Empty => "不能为空。".to_owned(),
            Self::TooLong { bytes, limit } => {
                format!("太长：现在是 {bytes} 字节，最多 {limit} 字节（一个汉字占 3 字节）。")
            }
            Self::Count { count, max } => format!("的数量不对：现在是 {count} 个，应为 1 到 {max} 个。"),
            Self::UnknownType => "不是微信支持的类型。".to_owned(),
            Self::ThirdLevel => "不能再有下级：菜单最多两级。".to_owned(),
            Self::ActionAndChildren => "不能设置：有子菜单的按钮自己不能有动作。".to_owned(),
            Self::NotAUrl => "不是网址：应以 http:// 或 https:// 开头，中间没有空格。".to_owned(),
            Self::NotAnAppId => "不是小程序的 AppID。".to_owned(),
            Self::ControlCharacter => "含有换行或其他看不见的字符，请删去。".to_owned(),
        }
    }
}

/// Where in a menu: a field of the menu, of a button, or of a button below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    top: Option<usize>,
    sub: Option<usize>,
    field: &'static str,
}

impl Place {
    pub(super) fn root(field: &'static str) -> Self {
        Self { top: None, sub: None, field }
    }

    /// The button with that index in this list.
    pub(super) fn at(self, index: usize) -> Self {
        match self.top {
            None => Self { top: Some(index), sub: None, field: "" },
            Some(_) => Self { sub: Some(index), field: "", ..self },
        }
    }

    /// A field of this button.
    pub(super) fn field(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    /// Whether it is below another button.
    pub(super) fn is_child(self) -> bool {
        self.sub.is_some()
    }

    pub(super) fn error(self, problem: Problem) -> MenuError {
        MenuError { path: self.to_string(), problem, place: self }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(top) = self.top {
            write!(formatter, "button[{top}]")?;
        }
        if let Some(sub) = self.sub {
            write!(formatter, ".sub_button[{sub}]")?;
        }
        match (self.top, self.field) {
            (_, "") => Ok(()),
            (None, field) => formatter.write_str(field),
            (Some(_), field) => write!(formatter, ".{field}"),
        }
    }
}

fn place_in_chinese(place: &Place) -> String {
    match (place.top, place.sub) {
        (Some(top), Some(sub)) => format!("第 {} 个菜单的第 {} 个子菜单：", top + 1, sub + 1),
        (Some(top), None) => format!("第 {} 个菜单：", top + 1),
        (None, _) => String::new(),
    }
}

fn field_in_chinese(field: &str) -> &'static str {
    match field {
        "button" => "一级菜单",
        "sub_button" => "子菜单",
        "name" => "名称",
        "type" => "类型",
        "key" => "关键字",
        "url" => "网址",
        "media_id" => "素材",
        "article_id" => "文章",
        "appid" => "小程序的 AppID",
        "pagepath" => "小程序的页面",
        _ => "这个按钮",
    }
}

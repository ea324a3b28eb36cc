//! What the API says of places, contacts and events.

use super::hours;
use super::rules::Problem;
use crate::sheets::{MOST_BYTES, MOST_ROWS, Unreadable};

pub(super) const PLACE: &str = "这个地点";
pub(super) const CONTACT: &str = "这个电话";
pub(super) const EVENT: &str = "这项活动";
pub(super) const TAKEN: &str = "这个编号已被使用。";
pub(super) const FULL: &str = "数量已达上限（5000 条），请先删除不用的。";
pub(super) const NO_COLUMN: &str = "表格中缺少这一列，请使用模板。";
pub(super) const NO_FILE: &str = "请选择一个 Excel 文件（.xlsx）。";
pub(super) const SHORT_LINK: &str =
    "这是短链接，系统无法从中读出坐标。请在浏览器中打开它，再复制地址栏里的完整网址。";
pub(super) const NO_COORDINATES: &str =
    "没有找到坐标。请粘贴腾讯地图、高德地图或百度地图的完整网址，或直接输入“纬度,经度”。";
pub(super) const ABROAD: &str = "这个坐标不在中国境内，请检查后重新输入。";
pub(super) const NO_ROWS: &str = "表格里没有数据。请从第 2 行开始填写，每行一条。";

/// Why a value is not taken.
pub(super) fn problem(problem: &Problem) -> String {
    match problem {
        Problem::Empty => "不能为空。".into(),
        Problem::TooLong { length, most } => format!("有 {length} 个字，最多 {most} 个字。"),
        Problem::Control => "含有无法显示的控制字符，请删除后重新输入。".into(),
        Problem::OutOfRange { least, most } => format!("应在 {least} 到 {most} 之间。"),
        Problem::EndsBeforeStart => "不能早于开始时间。".into(),
        Problem::NoUrlName(_) => "只能由小写字母、数字和“-”组成，最多 64 个字符。".into(),
        Problem::NoSuchPlace(_) => "地图上没有这个地点。".into(),
        Problem::Hours(hours::Fault::NoTime(time)) => format!("“{time}”不是正确的时间。"),
        Problem::Hours(hours::Fault::Backwards(span)) => {
            format!("“{span}”的结束时间不晚于开始时间。跨夜请写“22:00–次日6:00”。")
        }
        Problem::Twice => "在表格中出现了两次。".into(),
        Problem::NoNumber => "应是数字，例如 31.23456。".into(),
        Problem::NoMoment => "应是时间，例如 2026-12-05 09:00。".into(),
    }
}

pub(super) fn in_use(titles: &[String]) -> String {
    let named: Vec<String> = titles.iter().take(3).map(|title| format!("《{title}》")).collect();
    let more = if titles.len() > 3 { format!("等 {} 项", titles.len()) } else { String::new() };
    format!("活动{}{more}在这里举办，请先修改这些活动的地点。", named.concat())
}

/// Why a file is not read.
pub(super) fn unreadable(reason: Unreadable) -> String {
    match reason {
        Unreadable::Empty => "文件是空的。".into(),
        Unreadable::TooLarge => format!("文件超过 {} MB。", MOST_BYTES >> 20),
        Unreadable::NoSheet => "不是有效的 Excel 文件。请另存为 .xlsx 格式后再上传。".into(),
        Unreadable::Bomb => "文件解压后过大，已拒绝打开。".into(),
        Unreadable::TooManyRows => format!("超过 {MOST_ROWS} 行，请分成几个文件。"),
        Unreadable::TooManyColumns => "列数过多，请使用模板。".into(),
        Unreadable::CellTooLong(row, column) => format!("第 {row} 行第 {column} 列的内容过长。"),
    }
}

/// A line of what is wrong with a sheet.
pub(super) fn sheet_fault(row: u32, column: &str, message: &str) -> String {
    format!("第 {row} 行「{column}」：{message}")
}

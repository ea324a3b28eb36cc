//! The trail as a table for Excel.

use anyhow::Context;
use rust_xlsxwriter::{Format, Workbook};

use super::super::store::Line;
use super::super::texts;
use crate::clock::Timestamp;

/// Excel takes no longer text in a cell.
const LONGEST: usize = 32_000;

/// A workbook of lines; `account` names an account by its row. All cells are text, so that none is taken for a formula.
///
/// # Errors
/// When the workbook cannot be made, which only memory prevents.
pub fn workbook(lines: &[Line], account: impl Fn(i64) -> String) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(texts::TRAIL)?;
    let bold = Format::new().set_bold();
    for (column, (title, width)) in (0_u16..).zip(texts::TRAIL_COLUMNS) {
        sheet.write_string_with_format(0, column, title, &bold)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (row, line) in (1_u32..).zip(lines) {
        let at = Timestamp::from_millis(line.at).in_shanghai().format("%Y-%m-%d %H:%M:%S").to_string();
        let cells = [
            line.sequence.to_string(),
            at,
            texts::actor(&line.person_name).to_owned(),
            line.address.clone(),
            line.account_id.map(&account).unwrap_or_default(),
            texts::action(&line.action),
            line.subject.clone().unwrap_or_default(),
            line.before.clone().unwrap_or_default(),
            line.after.clone().unwrap_or_default(),
            line.hash.clone(),
        ];
        for (column, cell) in (0_u16..).zip(cells) {
            let cell: String = cell.chars().take(LONGEST).collect();
            sheet.write_string(row, column, cell)?;
        }
    }
    workbook.save_to_buffer().context("cannot make the workbook")
}

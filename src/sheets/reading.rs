//! Reading a sheet that somebody hands in.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};
use chrono::{NaiveDate, TimeDelta};
use zip::ZipArchive;

use super::{MOST_BYTES, MOST_ROWS};

/// What all parts of a file may have when they are unpacked.
const MOST_UNPACKED: u64 = 48 << 20;
const MOST_PARTS: usize = 500;
const MOST_COLUMNS: usize = 40;
const MOST_CELL_CHARS: usize = 20_000;

/// The first sheet of a file. Cells are text without spaces around it; rows without any text are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The first row.
    pub titles: Vec<String>,
    /// The others, each with its number in the sheet.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Why a file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// No bytes.
    Empty,
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// No .xlsx: an old .xls, a renamed text, or broken.
    NoSheet,
    /// It unpacks to more than any list of such a length has.
    Bomb,
    /// More than [`MOST_ROWS`].
    TooManyRows,
    TooManyColumns,
    /// A cell, by row and column from 1.
    CellTooLong(u32, u32),
}

/// Reads a file. It works for as long as a large file takes: call it where blocking is allowed.
///
/// # Errors
/// [`Unreadable`].
pub fn read(bytes: &[u8]) -> Result<Table, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > MOST_BYTES {
        return Err(Unreadable::TooLarge);
    }
    measure(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).ok().ok_or(Unreadable::NoSheet)?;
    let name = book.sheet_names().first().cloned().ok_or(Unreadable::NoSheet)?;
    // Cell by cell: a sheet as a whole would take room for every cell up to the farthest.
    let mut cells = book.worksheet_cells_reader(&name).ok().ok_or(Unreadable::NoSheet)?;
    let mut table = Table::default();
    loop {
        let cell = match cells.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => break,
            Err(_) => return Err(Unreadable::NoSheet),
        };
        let (row, column) = cell.get_position();
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if column as usize >= MOST_COLUMNS {
            return Err(Unreadable::TooManyColumns);
        }
        if text.chars().count() > MOST_CELL_CHARS {
            return Err(Unreadable::CellTooLong(row + 1, column + 1));
        }
        let cells = if row == 0 {
            &mut table.titles
        } else {
            if table.rows.last().is_none_or(|(last, _)| *last != row + 1) {
                if table.rows.len() == MOST_ROWS {
                    return Err(Unreadable::TooManyRows);
                }
                table.rows.push((row + 1, Vec::new()));
            }
            let Some((_, cells)) = table.rows.last_mut() else { continue };
            cells
        };
        cells.resize(cells.len().max(column as usize + 1), String::new());
        cells[column as usize] = text;
    }
    Ok(table)
}

/// Unpacks every part without keeping any of it: what the directory says of sizes may be a lie.
fn measure(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok().ok_or(Unreadable::NoSheet)?;
    if archive.len() > MOST_PARTS {
        return Err(Unreadable::Bomb);
    }
    let mut left = MOST_UNPACKED;
    for number in 0..archive.len() {
        let part = archive.by_index(number).ok().ok_or(Unreadable::NoSheet)?;
        if part.size() > left {
            return Err(Unreadable::Bomb);
        }
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let unpacked = unpacked.ok().ok_or(Unreadable::NoSheet)?;
        left = left.checked_sub(unpacked).ok_or(Unreadable::Bomb)?;
    }
    Ok(())
}

/// What a cell shows, as text. Of a formula it is the value that was computed last.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().into(),
        DataRef::SharedString(text) => text.trim().into(),
        DataRef::Int(number) => number.to_string(),
        // A telephone number that was typed as a number.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(is_true) => if *is_true { "TRUE" } else { "FALSE" }.into(),
        DataRef::DateTime(moment) => moment_text(moment.as_f64()),
    }
}

/// Days since the last but one of 1899, as `2026-12-05 09:00`.
fn moment_text(days: f64) -> String {
    let start =
        NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default().and_hms_opt(0, 0, 0).unwrap_or_default();
    let minutes = (days.clamp(0.0, 2_958_465.0) * 1440.0).round() as i64;
    (start + TimeDelta::minutes(minutes)).format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn sheet(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut book = Workbook::new();
        fill(book.add_worksheet());
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn cells_are_read_as_what_they_show() {
        let bytes = sheet(|sheet| {
            let dated = Format::new().set_num_format("yyyy-mm-dd hh:mm");
            sheet.write(0, 0, "名称").unwrap();
            sheet.write(0, 2, " 电话 ").unwrap();
            sheet.write(2, 0, "=1+1").unwrap();
            sheet.write(2, 1, 13800000000_f64).unwrap();
            sheet.write(2, 2, 31.25).unwrap();
            sheet.write(3, 0, Formula::new("=1+1").set_result("二")).unwrap();
            let moment = ExcelDateTime::parse_from_str("2026-12-05T09:00:00").unwrap();
            sheet.write_datetime_with_format(3, 1, &moment, &dated).unwrap();
            sheet.write(3, 2, true).unwrap();
        });
        let table = read(&bytes).unwrap();
        assert_eq!(table.titles, ["名称", "", "电话"]);
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        assert_eq!(
            table.rows,
            [(3, row(["=1+1", "13800000000", "31.25"])), (4, row(["二", "2026-12-05 09:00", "TRUE"]))]
        );
    }

    #[test]
    fn what_is_no_sheet_is_refused() {
        assert_eq!(read(b""), Err(Unreadable::Empty));
        assert_eq!(read(b"name,phone\n"), Err(Unreadable::NoSheet));
        assert_eq!(read(&vec![0; MOST_BYTES + 1]), Err(Unreadable::TooLarge));
        let mut broken = sheet(|sheet| {
            sheet.write(0, 0, "x").unwrap();
        });
        broken.truncate(broken.len() / 2);
        assert_eq!(read(&broken), Err(Unreadable::NoSheet));
    }

    #[test]
    fn a_sheet_beyond_the_bounds_is_refused() {
        let far = sheet(|sheet| {
            sheet.write(1_048_575, 16_383, "x").unwrap();
        });
        assert_eq!(read(&far), Err(Unreadable::TooManyColumns));
        let long = sheet(|sheet| {
            for row in 0..=MOST_ROWS as u32 + 1 {
                sheet.write(row, 0, "x").unwrap();
            }
        });
        assert_eq!(read(&long), Err(Unreadable::TooManyRows));
        let wide = sheet(|sheet| {
            sheet.write(1, 0, "长".repeat(MOST_CELL_CHARS + 1)).unwrap();
        });
        assert_eq!(read(&wide), Err(Unreadable::CellTooLong(2, 1)));
    }

    #[test]
    fn a_bomb_is_found_before_it_goes_off() {
        let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
        let block = vec![b' '; 1 << 20];
        for _ in 0..=(MOST_UNPACKED >> 20) {
            bomb.write_all(&block).unwrap();
        }
        let mut bytes = bomb.finish().unwrap().into_inner();
        assert!(bytes.len() < 1 << 20);
        assert_eq!(read(&bytes), Err(Unreadable::Bomb));
        // Its directory lies about the size.
        let end = bytes.len();
        let directory = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
        assert!(directory < end);
        bytes[directory + 24..directory + 28].copy_from_slice(&100_u32.to_le_bytes());
        assert!(read(&bytes).is_err());
    }
}

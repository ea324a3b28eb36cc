//! Writing a sheet that somebody takes away.

use std::path::Path;

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

/// Excel takes no longer text in a cell.
const MOST_CELL_CHARS: usize = 32_767;

/// A column: its title, and about how many letters wide it is.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub title: &'static str,
    pub width: u8,
}

/// A sheet that is being written, row by row; rows that are written take no memory.
pub struct Writer {
    book: Workbook,
    row: u32,
}

impl Writer {
    /// With the titles in the first row, which stays in sight. What is written waits in a file of that folder.
    ///
    /// # Errors
    /// When there is no place for temporary files.
    pub fn new(name: &str, columns: &[Column], folder: &Path) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        book.set_tempdir(folder)?;
        let title = Format::new().set_bold().set_align(FormatAlign::Left);
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (number, column) in (0..).zip(columns) {
            sheet.set_column_width(number, f64::from(column.width))?;
            sheet.write_string_with_format(0, number, column.title, &title)?;
        }
        Ok(Self { book, row: 1 })
    }

    /// Adds a row. Whatever a text begins with, it stays text: a program that opens the sheet computes nothing.
    ///
    /// # Errors
    /// When the disk is full, or there are more rows than a sheet takes.
    pub fn add<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for (number, text) in (0..).zip(cells) {
            let text: String = text.chars().filter(|kept| is_kept(*kept)).take(MOST_CELL_CHARS).collect();
            if !text.is_empty() {
                sheet.write_string(self.row, number, text)?;
            }
        }
        self.row += 1;
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.book.save_to_buffer()
    }
}

/// What XML cannot hold would make the file unreadable.
fn is_kept(character: char) -> bool {
    matches!(character, '\t' | '\n')
        || !(character.is_control() || matches!(character, '\u{FFFE}' | '\u{FFFF}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheets::read;

    #[test]
    fn what_was_written_is_read_again_and_no_formula_is_born() {
        let columns = [Column { title: "名称", width: 20 }, Column { title: "备注", width: 40 }];
        let mut writer = Writer::new("地点", &columns, &std::env::temp_dir()).unwrap();
        let texts = ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "<script>", "👨‍👩‍👧‍👦𠀀", "a\u{1}b"];
        for text in texts {
            writer.add([text, "x"]).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let table = read(&bytes).unwrap();
        assert_eq!(table.titles, ["名称", "备注"]);
        let read: Vec<&str> = table.rows.iter().map(|(_, cells)| cells[0].as_str()).collect();
        assert_eq!(read[..6], texts[..6]);
        assert_eq!(read[6], "ab");
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
        let sheet = std::io::read_to_string(archive.by_name("xl/worksheets/sheet1.xml").unwrap()).unwrap();
        assert!(!sheet.contains("<f>"), "{sheet}");
    }
}

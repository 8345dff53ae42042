//! A workbook of one sheet, written row by row: what was written is on the disk and not in memory, until all of it is packed.
//!
//! Invariant: text is text, whatever it begins with; nothing in a sheet is computed.

use domain::time::Moment;
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

/// Rows that a sheet has, its heading among them.
const ROWS: u32 = 1_048_576;
/// Days from the day on which spreadsheets begin to count to 1970.
const TO_1970: i64 = 25_569;

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
pub(super) enum SheetError {
    /// There are more rows.
    #[error("more rows than a sheet has")]
    Full,
    /// Something that is not the asker's fault.
    #[error("{0}")]
    Failed(String),
}

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Number(u16),
    /// Written with one digit behind the point.
    Tenths(f64),
    Moment(Moment),
}

pub(super) struct Sheet {
    book: Workbook,
    moment: Format,
    rows: u32,
}

impl Sheet {
    /// A sheet with these headings.
    pub(super) fn new(heading: &[&str]) -> Result<Self, SheetError> {
        let mut book = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, title) in (0..).zip(heading) {
            sheet.set_column_width(column, 18)?;
            sheet.write_string_with_format(0, column, *title, &bold)?;
        }
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm").set_align(FormatAlign::Left);
        Ok(Self { book, moment, rows: 1 })
    }

    /// Writes the next row.
    pub(super) fn row<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>) -> Result<(), SheetError> {
        if self.rows == ROWS {
            return Err(SheetError::Full);
        }
        let sheet = self.book.worksheet_from_index(0)?;
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text("") => {}
                Cell::Text(text) => {
                    sheet.write_string(self.rows, column, text)?;
                }
                Cell::Number(number) => {
                    sheet.write_number(self.rows, column, number)?;
                }
                Cell::Tenths(number) => {
                    sheet.write_number(self.rows, column, number)?;
                }
                Cell::Moment(at) => {
                    sheet.write_number_with_format(self.rows, column, serial(at), &self.moment)?;
                }
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// The file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, SheetError> {
        Ok(self.book.save_to_buffer()?)
    }
}

/// An instant as spreadsheets count: days, by the clocks of the space.
fn serial(at: Moment) -> f64 {
    let wall = at.wall();
    let minutes = u32::from(wall.hour) * 60 + u32::from(wall.minute);
    let days = i32::try_from(wall.date.days() + TO_1970).unwrap_or(0);
    f64::from(days) + f64::from(minutes) / 1440.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Millis;

    #[test]
    fn an_instant_is_counted_by_the_clocks_of_the_space() {
        // 2027-01-15 08:00 in UTC is 46402 and a third; an hour and a half on, 9:30.
        let at = Moment { at: Millis(1_800_000_000_000), offset: 90 };
        assert!((serial(at) - (46_402.0 + 570.0 / 1440.0)).abs() < 1e-9, "{}", serial(at));
    }
}

//! Writes a workbook of one sheet row by row and serves it in pieces: all of it is on disk and none in memory.
//!
//! **Invariants.** Text is text, whatever it begins with; spreadsheets compute nothing in it. The file lies
//! unnamed in the data folder, so nothing of it remains, however this ends.

use super::ImportsError;
use crate::{Ctx, computing};
use domain::{
    actor::Actor,
    time::{Date, Moment},
};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};
use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
};

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
    /// Something that is not the caller's fault.
    #[error("{0}")]
    Failed(String),
}

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<io::Error> for SheetError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The folder of temporary workbooks.
pub(super) fn folder(ctx: &Ctx) -> PathBuf {
    ctx.store().path().parent().map(Path::to_owned).unwrap_or_default()
}

/// Writes a part of a workbook in a turn of `actor`, because compressing its rows takes long.
pub(super) async fn in_turn<T: Send + 'static>(
    (ctx, actor): (&Ctx, &Actor),
    work: impl FnOnce() -> Result<T, ImportsError> + Send + 'static,
) -> Result<T, ImportsError> {
    let turn = computing::turn(ctx, actor).await?;
    computing::run(turn, work).await?
}

/// Runs a short file access off the async threads.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportsError> + Send + 'static,
) -> Result<T, ImportsError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(ImportsError::Sheet(error.to_string())))
}

/// Bytes of a workbook that are in memory at once.
const PIECE: u64 = 64 * 1024;

/// A workbook that was made.
#[derive(Debug)]
pub struct Book(File);

impl Book {
    /// The next piece and the rest; `None` at the end.
    pub async fn piece(self) -> Result<Option<(Vec<u8>, Self)>, ImportsError> {
        aside(move || {
            let mut piece = Vec::new();
            (&self.0).take(PIECE).read_to_end(&mut piece).map_err(SheetError::from)?;
            Ok((!piece.is_empty()).then_some((piece, self)))
        })
        .await
    }
}

/// A cell of a workbook.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Number(u16),
    /// Written with one decimal.
    Tenths(f64),
    Day(Date),
    Moment(Moment),
}

pub(super) struct Sheet {
    book: Workbook,
    file: File,
    day: Format,
    moment: Format,
    rows: u32,
}

impl Sheet {
    /// A sheet with these headings, stored in `folder` meanwhile.
    pub(super) fn new(heading: &[&str], folder: &Path) -> Result<Self, SheetError> {
        let file = tempfile::tempfile_in(folder)?;
        let mut book = Workbook::new();
        book.set_tempdir(folder)?;
        let bold = Format::new().set_bold();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, title) in (0..).zip(heading) {
            sheet.set_column_width(column, 18)?;
            sheet.write_string_with_format(0, column, *title, &bold)?;
        }
        let day = Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left);
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm").set_align(FormatAlign::Left);
        Ok(Self { book, file, day, moment, rows: 1 })
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
                Cell::Day(day) => {
                    sheet.write_number_with_format(self.rows, column, serial_day(day), &self.day)?;
                }
                Cell::Moment(at) => {
                    sheet.write_number_with_format(self.rows, column, serial(at), &self.moment)?;
                }
            }
        }
        self.rows += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Book, SheetError> {
        let mut packed = BufWriter::new(&self.file);
        self.book.save_to_writer(&mut packed)?;
        packed.flush()?;
        drop(packed);
        self.file.rewind()?;
        Ok(Book(self.file))
    }
}

/// An instant as spreadsheets count: days, by the clocks of the space.
fn serial(at: Moment) -> f64 {
    let wall = at.wall();
    let minutes = u32::from(wall.hour) * 60 + u32::from(wall.minute);
    serial_day(wall.date) + f64::from(minutes) / 1440.0
}

fn serial_day(day: Date) -> f64 {
    f64::from(i32::try_from(day.days() + TO_1970).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Millis;

    #[test]
    fn instant_is_converted_in_space_offset() {
        // 2027-01-15 08:00 in UTC is 46402 and a third; an hour and a half on, 9:30.
        let at = Moment { at: Millis(1_800_000_000_000), offset: 90 };
        assert!((serial(at) - (46_402.0 + 570.0 / 1440.0)).abs() < 1e-9, "{}", serial(at));
    }
}

//! A comparison as an Excel workbook, one sheet per table; and the data behind a figure as CSV.

use super::sheets;
use crate::export::ExportError;
use crate::export::separated::inert;
use crate::outcome::comparison::Compared;
use crate::report::comparison::{Data, Datum};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// More rows than this are not written: a spreadsheet holds 1,048,576, and grows slow long before. `comparison.json` has all.
const MOST_ROWS: usize = 200_000;
/// Widest column, in characters.
const WIDEST: usize = 60;
/// Most characters that a cell of Excel holds.
const LONGEST: usize = 32_767;

struct Looks {
    header: Format,
    text: Format,
    number: Format,
    share: Format,
    p: Format,
    count: Format,
    note: Format,
}

impl Looks {
    fn new() -> Looks {
        let cell = || Format::new().set_align(FormatAlign::Top);
        Looks {
            header: cell()
                .set_bold()
                .set_text_wrap()
                .set_background_color("#E8F1F2")
                .set_border_bottom(FormatBorder::Thin),
            text: cell(),
            number: cell().set_num_format("#,##0.000"),
            share: cell().set_num_format("0.0%"),
            p: cell().set_num_format("0.0000"),
            count: cell().set_num_format("#,##0"),
            note: cell().set_italic(),
        }
    }
}

/// A workbook with a sheet for each table of the comparison. Numbers are numbers at full precision, with a format by their unit;
/// text never becomes a formula. It bears no date of its own, so that the same comparison gives the same bytes.
///
/// # Errors
/// When the workbook can't be put together.
pub fn comparison_xlsx(compared: &Compared) -> Result<Vec<u8>, ExportError> {
    write(compared).map_err(|cause| ExportError::of("comparison", "XLSX", cause))
}

fn write(compared: &Compared) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut book = Workbook::new();
    let fixed = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(&compared.title)
            .set_author("codev")
            .set_creation_datetime(&fixed),
    );
    for (name, data) in sheets(compared) {
        sheet(book.add_worksheet(), name, &data, &looks)?;
    }
    book.save_to_buffer()
}

fn sheet(sheet: &mut Worksheet, name: &str, data: &Data, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    let shown = data.rows.len().min(MOST_ROWS);
    for (column, title) in (0_u16..).zip(&data.columns) {
        let cells = data
            .rows
            .iter()
            .take(500)
            .filter_map(|r| r.get(usize::from(column)));
        let widest = cells.map(width).chain([title.chars().count() + 2]).max();
        sheet.set_column_width(column, widest.unwrap_or(8).clamp(8, WIDEST) as f64)?;
        sheet.write_string_with_format(0, column, title, &looks.header)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    let mut last = 0;
    for (row, cells) in (1_u32..).zip(data.rows.iter().take(shown)) {
        for (column, cell) in (0_u16..).zip(cells) {
            put(sheet, row, column, cell, looks)?;
        }
        last = row;
    }
    let columns = u16::try_from(data.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    if last > 0 {
        sheet.autofilter(0, 0, last, columns)?;
    }
    let left = data.rows.len() - shown;
    if left > 0 {
        let words = format!(
            "{left} further rows are in comparison.json; they are too many for a spreadsheet."
        );
        sheet.write_string_with_format(last + 2, 0, words, &looks.note)?;
    }
    Ok(())
}

/// Characters that a cell needs.
fn width(cell: &Datum) -> usize {
    match cell {
        Datum::None => 0,
        Datum::Text(text) => text.chars().count() + 1,
        Datum::Number(_) => 12,
        Datum::Share(_) | Datum::P(_) | Datum::Count(_) => 9,
    }
}

fn put(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Datum,
    looks: &Looks,
) -> Result<(), XlsxError> {
    match cell {
        Datum::None => {}
        Datum::Text(text) => {
            let cut: String = text.chars().take(LONGEST).collect();
            sheet.write_string_with_format(row, column, cut, &looks.text)?;
        }
        Datum::Number(value) => {
            sheet.write_number_with_format(row, column, *value, &looks.number)?;
        }
        Datum::Share(value) => {
            sheet.write_number_with_format(row, column, *value, &looks.share)?;
        }
        Datum::P(value) => {
            sheet.write_number_with_format(row, column, *value, &looks.p)?;
        }
        Datum::Count(value) => {
            sheet.write_number_with_format(row, column, *value as f64, &looks.count)?;
        }
    }
    Ok(())
}

/// A table of data as CSV: numbers at full precision, text that no spreadsheet takes for a formula.
///
/// # Errors
/// When the rows can't be written, which memory alone can cause.
pub fn data_csv(data: &Data) -> Result<Vec<u8>, ExportError> {
    let failed = |cause: csv::Error| ExportError::of("figure's data", "CSV", cause);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&data.columns).map_err(failed)?;
    for row in &data.rows {
        for cell in row {
            let text = match cell {
                Datum::None => String::new(),
                Datum::Text(text) => inert(text).into_owned(),
                // Adding zero turns -0 into 0, which a reader would stumble over.
                Datum::Number(v) | Datum::Share(v) | Datum::P(v) => (v + 0.0).to_string(),
                Datum::Count(n) => n.to_string(),
            };
            writer.write_field(text).map_err(failed)?;
        }
        writer.write_record(None::<&[u8]>).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|cause| ExportError::of("figure's data", "CSV", cause.error()))
}

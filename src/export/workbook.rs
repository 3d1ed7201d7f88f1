//! The indicator dictionary as an Excel workbook: indicators, their examples row by row, and the coverage of the domain.

use super::ExportError;
use super::dictionary::{COLUMNS, cells};
use crate::indicator::Expected;
use crate::report::dictionary::{Dictionary, Entry, Rows};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Most characters that a cell of Excel holds.
const LONGEST: usize = 32_767;

/// Looks of cells.
struct Looks {
    header: Format,
    text: Format,
    code: Format,
    strong: Format,
    columns: Format,
}

impl Looks {
    fn new() -> Looks {
        let cell = || Format::new().set_align(FormatAlign::Top).set_text_wrap();
        Looks {
            header: cell()
                .set_bold()
                .set_background_color("#E8F1F2")
                .set_border_bottom(FormatBorder::Thin),
            text: cell(),
            code: cell().set_font_name("Consolas"),
            strong: cell().set_bold(),
            columns: cell().set_italic().set_border_top(FormatBorder::Hair),
        }
    }
}

/// A workbook with the sheets Indicators, Examples and Coverage. Text is always text: nothing in it becomes a formula. It
/// bears no date of its own, so the same dictionary gives the same bytes.
///
/// # Errors
/// When there are more rows than a sheet holds.
pub fn dictionary_xlsx(dictionary: &Dictionary) -> Result<Vec<u8>, ExportError> {
    write(dictionary).map_err(|cause| ExportError::of("dictionary", "XLSX", cause))
}

fn write(dictionary: &Dictionary) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut book = Workbook::new();
    let fixed = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(
        &DocProperties::new()
            .set_title("Indicator dictionary")
            .set_author("codev")
            .set_creation_datetime(&fixed),
    );
    indicators(book.add_worksheet(), dictionary, &looks)?;
    examples(book.add_worksheet(), dictionary, &looks)?;
    coverage(book.add_worksheet(), dictionary, &looks)?;
    book.save_to_buffer()
}

/// A sheet with a header that stays in sight and filters.
fn begin(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[(&str, f64)],
    fixed: u16,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    for (at, (title, width)) in (0u16..).zip(columns) {
        sheet.set_column_width(at, *width)?;
        sheet.write_string_with_format(0, at, *title, &looks.header)?;
    }
    sheet.set_freeze_panes(1, fixed)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape();
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Filters over all rows written; a sheet without rows has none.
fn filters(sheet: &mut Worksheet, rows: u32, columns: usize) -> Result<(), XlsxError> {
    let last = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
    if rows > 0 {
        sheet.autofilter(0, 0, rows, last)?;
    }
    Ok(())
}

fn text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    look: &Format,
) -> Result<(), XlsxError> {
    if text.chars().count() <= LONGEST {
        sheet.write_string_with_format(row, column, text, look)?;
    } else {
        let cut: String = text.chars().take(LONGEST - 1).chain(['…']).collect();
        sheet.write_string_with_format(row, column, cut, look)?;
    }
    Ok(())
}

fn indicators(
    sheet: &mut Worksheet,
    dictionary: &Dictionary,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut columns = COLUMNS.to_vec();
    columns.push(("examples", 10.0));
    begin(sheet, "Indicators", &columns, 1, looks)?;
    let mut rows = 0;
    for (row, entry) in (1u32..).zip(dictionary.entries()) {
        for (column, (cell, (name, _))) in (0u16..).zip(cells(entry).iter().zip(COLUMNS)) {
            let look = match name {
                "formula" | "columns" => &looks.code,
                "name" => &looks.strong,
                _ => &looks.text,
            };
            text(sheet, row, column, cell, look)?;
        }
        let last = u16::try_from(COLUMNS.len()).unwrap_or(u16::MAX);
        sheet.write_number_with_format(row, last, entry.examples.len() as f64, &looks.text)?;
        rows = row;
    }
    filters(sheet, rows, columns.len())
}

fn examples(
    sheet: &mut Worksheet,
    dictionary: &Dictionary,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let widest = dictionary
        .entries()
        .flat_map(|e| &e.examples)
        .flat_map(|x| {
            let beside = x.tables.iter().map(|t| t.columns.len());
            beside.chain([x.columns.len()])
        })
        .max();
    let cells: Vec<String> = (1..=widest.unwrap_or(0).max(2))
        .map(|at| format!("cell {at}"))
        .collect();
    let mut columns = vec![
        ("indicator", 30.0),
        ("example", 9.0),
        ("shows", 44.0),
        ("line", 14.0),
    ];
    columns.extend(cells.iter().map(|name| (name.as_str(), 16.0)));
    begin(sheet, "Examples", &columns, 1, looks)?;
    let mut next = 1;
    for entry in dictionary.entries() {
        for (number, example) in (1u32..).zip(&entry.examples) {
            next = one(sheet, next, entry, (number, example), looks)?;
        }
    }
    filters(sheet, next - 1, columns.len())
}

/// Writes an example from a row on: names of columns, rows, and what comes out. Gives the next free row.
fn one(
    sheet: &mut Worksheet,
    mut row: u32,
    entry: &Entry,
    (number, example): (u32, &Rows),
    looks: &Looks,
) -> Result<u32, XlsxError> {
    let begin = |sheet: &mut Worksheet, row: u32, line: &str| -> Result<(), XlsxError> {
        text(sheet, row, 0, &entry.id, &looks.text)?;
        sheet.write_number_with_format(row, 1, f64::from(number), &looks.text)?;
        text(sheet, row, 2, &example.note, &looks.text)?;
        text(sheet, row, 3, line, &looks.text)
    };
    let own = (String::new(), &example.columns, &example.rows);
    let beside = example
        .tables
        .iter()
        .map(|t| (format!(" of {}", t.name), &t.columns, &t.rows));
    for (of, columns, rows) in [own].into_iter().chain(beside) {
        begin(sheet, row, &format!("columns{of}"))?;
        for (column, name) in (4u16..).zip(columns) {
            text(sheet, row, column, name, &looks.columns)?;
        }
        row += 1;
        for cells in rows {
            begin(sheet, row, &format!("row{of}"))?;
            for (column, cell) in (4u16..).zip(cells) {
                match number_in(cell) {
                    Some(number) => {
                        sheet.write_number_with_format(row, column, number, &looks.text)?;
                    }
                    None if cell.is_empty() => {}
                    None => text(sheet, row, column, cell, &looks.text)?,
                }
            }
            row += 1;
        }
    }
    for (place, expected) in &example.expect {
        begin(sheet, row, "result")?;
        text(sheet, row, 4, place, &looks.strong)?;
        match expected {
            Expected::Number(value) => {
                sheet.write_number_with_format(row, 5, *value, &looks.strong)?;
            }
            Expected::Status(word) => text(sheet, row, 5, word, &looks.strong)?,
        }
        row += 1;
    }
    Ok(row)
}

/// The number that a cell holds, where writing it gives the same text again: `007` and `1e3` stay text.
fn number_in(cell: &str) -> Option<f64> {
    let number: f64 = cell.parse().ok()?;
    (number.is_finite() && number.to_string() == cell).then_some(number)
}

fn coverage(
    sheet: &mut Worksheet,
    dictionary: &Dictionary,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let columns = [
        ("row", 7.0),
        ("observed or asked", 60.0),
        ("count", 8.0),
        ("indicators", 60.0),
        ("analysis", 60.0),
    ];
    begin(sheet, "Coverage", &columns, 1, looks)?;
    let mut rows = 0;
    for (row, covered) in (1u32..).zip(&dictionary.coverage) {
        let ids: Vec<&str> = covered.indicators.iter().map(|i| i.id.as_str()).collect();
        text(sheet, row, 0, covered.row.id, &looks.strong)?;
        text(sheet, row, 1, covered.row.text, &looks.text)?;
        sheet.write_number_with_format(row, 2, ids.len() as f64, &looks.text)?;
        text(sheet, row, 3, &ids.join(", "), &looks.text)?;
        text(sheet, row, 4, &covered.analysis(), &looks.text)?;
        rows = row;
    }
    filters(sheet, rows, columns.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_writes_back_the_same_is_a_number() {
        for (cell, number) in [
            ("12", Some(12.0)),
            ("-0.5", Some(-0.5)),
            ("007", None),
            ("1e3", None),
            ("2012-01-01", None),
            ("inf", None),
            ("NaN", None),
            ("", None),
        ] {
            assert_eq!(number_in(cell), number, "{cell}");
        }
    }
}

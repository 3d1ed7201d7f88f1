//! Tables in the terminal.

use super::terminal::Look;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, presets};

/// A table with a header; columns whose number is in `right` hold numbers and are aligned to the right.
pub fn table(header: &[&str], rows: Vec<Vec<String>>, right: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let width = Look::of_output().width;
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(header.to_vec());
    table.add_rows(rows);
    for at in right {
        if let Some(column) = table.column_mut(*at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

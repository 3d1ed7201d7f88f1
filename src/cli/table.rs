//! Tables in the terminal.

use super::clean;
use super::terminal::Look;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, presets};
use std::fmt::Write;

/// A table with a header; columns whose number is in `right` hold numbers and are aligned to the right.
pub fn table(header: &[&str], rows: Vec<Vec<String>>, right: &[usize]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let width = Look::of_output().width;
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(header.iter().map(|name| clean::line(name).into_owned()));
    for row in rows {
        table.add_row(row.iter().map(|cell| clean::line(cell).into_owned()));
    }
    for at in right {
        if let Some(column) = table.column_mut(*at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

/// Words in lines of at most `width` characters, as far as no word is longer. Names come from the data: none may steer
/// the terminal.
pub fn wrapped(text: &mut String, words: &str, first: &str, next: &str, width: usize) {
    let clean = clean::line(words);
    let mut line = first.to_owned();
    let mut empty = true;
    for word in clean.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > width {
            let _ = writeln!(text, "{line}");
            (line, empty) = (next.to_owned(), true);
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(text, "{line}");
}

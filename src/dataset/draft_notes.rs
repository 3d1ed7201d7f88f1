//! What is said of the layout of a file that a manifest is guessed for.

use super::declare::{Format, TableSpec};
use super::draft::Draft;
use super::files::DataFile;
use super::infer::Reshaped;
use super::layout::{Layout, Left};
use super::periods;
use super::profile::Profile;
use super::reshape::Made;
use crate::finding::shorten;
use serde_json::json;

impl Draft {
    /// What parts the cells, and where the header is.
    pub(super) fn take_layout(&mut self, layout: &Layout, spec: &mut TableSpec) {
        if let Some((mark, why)) = &layout.delimiter {
            spec.dialect.delimiter = Some(mark.to_string());
            self.dialect
                .insert("delimiter".to_owned(), json!(mark.to_string()));
            self.guess(
                format!("cells are separated by `{}`", mark.escape_default()),
                why.clone(),
            );
        }
        if let Some(mark) = layout.unlike {
            let what = format!(
                "the first line says `sep={}`, which is not what parts the cells",
                mark.escape_default()
            );
            self.doubt(what, "the other lines have one cell each then");
        }
        if !layout.like_data.is_empty() {
            let names: Vec<String> = layout
                .like_data
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            let what = format!(
                "the file may have no header: {} are numbers where the names of columns are looked for, as in the rows below",
                shorten(&names.join(", "), 80)
            );
            let why = "add a line with the names of the columns on top and describe the file again; else its first row is lost";
            self.doubt(what, why);
        }
        if layout.header != [1] && spec.dialect.header_rows.is_none() {
            spec.dialect.header_rows = Some(layout.header.clone());
            self.dialect
                .insert("headerRows".to_owned(), json!(layout.header));
            let lines: Vec<String> = layout.header.iter().map(u64::to_string).collect();
            let what = if lines.len() > 1 {
                format!("the header is lines {}, joined", lines.join(" and "))
            } else {
                format!("the header is line {}", lines.join(""))
            };
            let why = match layout.titles.first() {
                Some(title) => format!(
                    "the lines above hold no names of columns: `{}`",
                    shorten(title, 60)
                ),
                None if lines.len() > 1 => {
                    "the names of some columns stand in a line of their own".to_owned()
                }
                None => "it is the first that names the columns".to_owned(),
            };
            self.guess(what, why);
        }
    }

    /// A table that was written anew takes the place of the file.
    pub(super) fn take_made(&mut self, made: Made, file: &DataFile) -> String {
        let stem = file.shown.split('.').next().unwrap_or("table");
        let name = format!("{stem}{}.csv", made.suffix);
        for (what, why) in made.done {
            self.guess(what, why);
        }
        let what = format!("the table is described as written anew in {name}");
        self.doubt(
            what,
            format!(
                "{} has another shape; `codev init` has to write it again when that file changes",
                file.shown
            ),
        );
        self.dialect.clear();
        self.windows = false;
        self.format = Format::Csv;
        self.reshaped = Some(Reshaped {
            source: file.path.clone(),
            name,
            text: made.text.clone(),
        });
        made.text
    }

    /// Years that stand as columns of a table that is kept as it is.
    pub(super) fn yearly(&mut self, names: &[String]) {
        let yearly = periods::yearly(names);
        if yearly.len() > 1 {
            let what = format!(
                "years stand as columns ({})",
                shorten(&yearly.join(", "), 80)
            );
            self.doubt(
                what,
                "results over time need a row for each year, with the year in a column of its own",
            );
        }
    }

    /// Rows that are none of the table.
    pub(super) fn take_left(&mut self, left: &Left, names: &[String], told: bool) {
        if left.blank > 0 {
            let what = format!("{} rows have no value at all", left.blank);
            self.doubt(what, "delete them from the file");
        }
        if !told || self.reshaped.is_some() {
            return;
        }
        let mut lines = left.repeated.clone();
        lines.extend(left.totals.iter().map(|(line, _)| *line));
        lines.sort_unstable();
        // `the total in line 9 is`, `the totals in lines 5, 9 are`
        let words = |what: &str, lines: &[u64]| {
            let some: Vec<String> = lines.iter().take(5).map(u64::to_string).collect();
            let more = if lines.len() > 5 { " and others" } else { "" };
            let (plural, is) = if lines.len() > 1 {
                ("s", "are")
            } else {
                ("", "is")
            };
            format!(
                "the {what}{plural} in line{plural} {}{more} {is} left out",
                some.join(", ")
            )
        };
        if !left.repeated.is_empty() {
            let what = words("repeated header", &left.repeated);
            self.guess(what, "the cells are the names of the columns");
        }
        if let Some((_, word)) = left.totals.first() {
            let at: Vec<u64> = left.totals.iter().map(|(line, _)| *line).collect();
            let why = format!(
                "the first cell is `{word}`, and its figures would count twice; if it is a row of the table, take the line out of `commentRows`; if the file will change, delete the line from it"
            );
            self.doubt(words("total", &at), why);
        }
        for (line, at, said, sum) in left.differs.iter().take(5) {
            let column = names.get(*at).map_or("", String::as_str);
            let what = match self.is_private() {
                true => format!(
                    "the total in line {line} is not the sum of the rows above in `{column}`"
                ),
                false => format!(
                    "the total in line {line} does not add up: `{column}` is {said} where the rows above sum to {sum}"
                ),
            };
            self.doubt(
                what,
                "correct the total, or the row that is wrong: figures are worked out from the rows",
            );
        }
        if !lines.is_empty() {
            self.dialect.insert("commentRows".to_owned(), json!(lines));
        }
    }

    /// A first column that has each value once and is empty in between was perhaps merged over several rows.
    pub(super) fn merged(&mut self) {
        let once = |c: &Profile| {
            let values = c.values.len() as u64;
            let each_once = c.values.values().all(|rows| *rows == 1);
            c.kind == "string"
                && values > 1
                && each_once
                && c.missing > 0
                && c.missing >= values / 2
        };
        // Only columns that say what a row is about stand before it.
        let mut front = self.columns.iter().take(3).skip_while(|c| c.identifies());
        let found = front.next().filter(|c| once(c));
        if let Some(column) = found {
            let what = format!(
                "`{}` has a value in only {} of {} rows",
                column.name,
                column.values.len(),
                self.rows
            );
            self.doubt(what, "if its cells were merged over several rows, fill in the empty ones: a row without a value belongs to none");
        }
    }
}

//! Loading Parquet and Arrow files: columns from their footers, and what of their cells can't be read.

use super::arrays::{self, How, Unread};
use super::column_files::{self, ColumnFile, Described};
use super::declare::{FieldSpec, TableSpec};
use super::files;
use super::load::{Loaded, empty_table, quality};
use super::rows::Rows;
use super::tally::Tally;
use super::values::Parse;
use super::{ColumnFiles, Source, Table, cells, paths};
use crate::finding::{Finding, Findings, Stop, nearest};
use std::sync::Arc;

/// Reads the footers of a table's files, and those columns in which there may be cells that can't be read.
pub(super) fn read(mut spec: TableSpec, findings: &mut Findings) -> Result<Loaded, Stop> {
    let mut rows = Rows::default();
    let mut hashes = Vec::new();
    let mut source = ColumnFiles::default();
    for file in &spec.files {
        hashes.push(files::hash(&file.path, &file.shown)?);
        let opened = ColumnFile::open(file, spec.format)?;
        rows.start_file(&file.shown);
        rows.add(opened.rows());
        undeclared(&opened.columns(), &file.shown, &mut spec.fields, findings);
        for name in opened.repeated() {
            let message = format!(
                "The column name `{name}` occurs more than once; the first column is used."
            );
            findings.push(
                Finding::error("data-duplicate-column", message, "Rename one of them.")
                    .in_file(&file.shown)
                    .in_column(name),
            );
        }
        source.paths.push(file.path.clone());
        source.files.push(Arc::new(opened));
    }
    spec.add_partitions();
    for (file, opened) in spec.files.iter().zip(&source.files) {
        let columns = opened.columns();
        for field in &spec.fields {
            let name = &field.column.name;
            let given = opened.partition(name).is_some();
            let own = opened.column(name).is_some();
            if given && own {
                findings.push(paths::both(name, file));
            }
            if own || !given {
                fits(field, &columns, &file.shown, findings);
            }
        }
    }
    source.columns = spec.fields.iter().map(How::new).collect();
    let table = empty_table(&spec, rows.count, Source::Files(source.clone()));
    let mut counts = Vec::new();
    for (at, field) in spec.fields.iter().enumerate() {
        let count = match from_footers(field, &source) {
            Some(missing) => (missing, 0),
            None => looked_through(&table, &source, (at, field), &rows, findings)?,
        };
        counts.push(count);
    }
    let quality = quality(&table, &counts);
    Ok(Loaded {
        table,
        quality,
        spec,
        rows,
        hashes,
        findings: Findings::new(),
    })
}

/// Columns that nobody declared are of the type that the file says.
pub(super) fn undeclared(
    columns: &[Described<'_>],
    shown: &str,
    fields: &mut Vec<FieldSpec>,
    findings: &mut Findings,
) {
    for column in columns {
        let name = column.name;
        if fields.iter().any(|f| f.column.name == name) {
            continue;
        }
        match column.stored.declared() {
            Some(declared) => fields.push(FieldSpec::bare(name, declared)),
            None => {
                let message = format!(
                    "The column `{name}` has the type {}, which no column can have.",
                    column.stored.name()
                );
                let help = "It is left out; write it as text, numbers or dates if it is needed.";
                findings.push(
                    Finding::info("data-unusable-column", message, help)
                        .in_file(shown)
                        .in_column(name),
                );
            }
        }
    }
}

/// Whether a file or frame has a column, of a type that can be read as it is declared.
pub(super) fn fits(
    field: &FieldSpec,
    columns: &[Described<'_>],
    shown: &str,
    findings: &mut Findings,
) {
    let name = &field.column.name;
    let finding = match columns.iter().find(|c| c.name == name) {
        Some(column) if column.stored.fits(field.column.r#type) => return,
        Some(column) => {
            let message = format!(
                "The column `{name}` is declared as {} and has the type {} in the file; it is missing in every row.",
                field.column.declared,
                column.stored.name()
            );
            let help = "Correct its type in the schema, or write the column of that type.";
            Finding::error("data-wrong-type", message, help)
        }
        None => {
            let help = match nearest(name, columns.iter().map(|c| c.name)) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Correct the schema, or write the column into the file.".to_owned(),
            };
            let message = format!("The file has no column `{name}`; it is missing in every row.");
            Finding::error("data-missing-column", message, help)
        }
    };
    findings.push(finding.in_file(shown).in_column(name));
}

/// Rows without a value, where the footers of all files tell: `None` where cells must be looked at, since some of them
/// mean "no value" or may be none.
fn from_footers(field: &FieldSpec, source: &ColumnFiles) -> Option<u64> {
    let r#type = field.column.r#type;
    let codes = match r#type {
        super::Type::List => true,
        super::Type::Text => field.missing_said && !field.missing.is_empty(),
        _ => !field.missing_numbers.is_empty(),
    };
    if codes {
        return None;
    }
    let name = &field.column.name;
    let count = |file: &Arc<ColumnFile>| match file.column(name) {
        None if file.partition(name).is_some() => None,
        None => Some(file.rows()),
        Some(column) if column.stored.may_fail(r#type) => None,
        Some(column) if arrays::in_doubt(column.stored, &field.parse) => None,
        Some(column) if !column.exact && matches!(field.parse, Parse::Integer(_)) => None,
        Some(column) => column.nulls,
    };
    source.files.iter().map(count).sum()
}

/// Rows without a value and cells that can't be read, with findings on these.
fn looked_through(
    table: &Table,
    source: &ColumnFiles,
    (at, field): (usize, &FieldSpec),
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(u64, u64), Stop> {
    let seen = column_files::watch(table, source, &field.column.name)?;
    let invalid = note(&seen.unread, (at, field), rows, findings);
    Ok((seen.missing.saturating_sub(invalid), invalid))
}

/// Findings on cells that can't be read; gives their number.
pub(super) fn note(
    unread: &Unread,
    (at, field): (usize, &FieldSpec),
    rows: &Rows,
    findings: &mut Findings,
) -> u64 {
    let mut tally = Tally::default();
    let mut unlisted = unread.counts.clone();
    for (row, cell, fault) in &unread.first {
        tally.push(fault.0, at, || {
            rows.place(*row as u64)
                .on(cells::unreadable(field, cell, *fault))
        });
        if let Some(left) = unlisted.iter_mut().find(|(known, _)| known == fault) {
            left.1 -= 1;
        }
    }
    for (fault, times) in unlisted {
        tally.again(fault.0, at, times);
    }
    tally.close(findings);
    unread.counts.iter().map(|(_, count)| count).sum()
}

//! The header of a text table against the declared columns.

use super::cells::{self, Slot};
use super::declare::{FieldsMatch, TableSpec};
use super::files::DataFile;
use super::text::{Records, extra_is_error};
use super::{manifest, paths};
use crate::finding::{Finding, Findings, Stop, nearest};
use rustc_hash::{FxHashMap, FxHashSet};

/// Reads the header and tells every column its place in the records. Gives the number of cells of a record, or
/// `None` for a file without a header.
pub(super) fn bind(
    reader: &mut Records<'_>,
    spec: &TableSpec,
    file: &DataFile,
    slots: &mut [Slot<'_>],
    findings: &mut Findings,
) -> Result<Option<usize>, Stop> {
    if spec
        .dialect
        .comment_rows
        .as_ref()
        .is_some_and(|r| !r.is_empty())
    {
        let message = "`commentRows` is not supported.";
        let help =
            "Mark comments with a character and name it in `commentChar`, or delete those rows.";
        findings.push(Finding::error("data-bad-dialect", message, help).in_file(manifest::NAME));
    }
    if spec.dialect.header == Some(false) {
        let mut width = 0;
        for slot in slots.iter_mut() {
            slot.source = None;
            if !take_partition(slot, file, findings) {
                slot.source = Some(width);
                width += 1;
            }
        }
        return Ok(Some(width));
    }
    let rows = spec.dialect.header_rows.clone().unwrap_or_else(|| vec![1]);
    let header_row = match rows.as_slice() {
        [row] => *row,
        _ => {
            let message = "`headerRows` must name one row.";
            let help = "Join the header into one row; the first row is used now.";
            findings
                .push(Finding::error("data-bad-dialect", message, help).in_file(manifest::NAME));
            1
        }
    };
    for _ in 0..header_row.max(1) {
        if !reader.next()? {
            let message = "The file is empty: it has not even a header.";
            let help = "Put the column names in the first line, also when there are no rows.";
            findings.push(Finding::error("data-no-header", message, help).in_file(&file.shown));
            slots.iter_mut().for_each(|s| s.source = None);
            return Ok(None);
        }
    }
    let line = reader.line();
    let mut names: Vec<String> = reader.record.iter().map(|c| c.trim().to_owned()).collect();
    if spec.dialect.header_rows.is_none()
        && names
            .iter()
            .all(|n| n.is_empty() || n.parse::<f64>().is_ok())
    {
        let message = "The first line has numbers where column names are expected.";
        let help = "Add a header, or set `\"header\": false` in the dialect.";
        findings.push(
            Finding::warning("data-no-header", message, help)
                .in_file(&file.shown)
                .at_line(line),
        );
    }
    if let Some(first) = names.first_mut()
        && let Some(rest) = first.strip_prefix('\u{feff}')
    {
        *first = rest.to_owned();
    }
    duplicates(&names, file, line, findings);
    let declared: FxHashSet<&str> = slots.iter().map(|s| s.spec.column.name.as_str()).collect();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for (at, name) in names.iter().enumerate() {
        places.entry(name).or_insert(at);
    }
    let extra: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|n| !declared.contains(*n))
        .collect();
    let mut last = 0;
    let mut in_order = true;
    let mut bound = 0;
    for slot in slots.iter_mut() {
        let name = &slot.spec.column.name;
        slot.source = places.get(name.as_str()).copied();
        let given = take_partition(slot, file, findings);
        match slot.source {
            Some(at) => {
                if given {
                    findings.push(paths::both(name, file));
                }
                bound += 1;
                in_order &= at >= last;
                last = at;
            }
            None if given || may_lack(spec.fields_match) => {}
            None => {
                let help = match nearest(name, extra.iter().copied()) {
                    Some(near) => format!(
                        "Did you mean `{near}`, which the file has and the manifest does not declare?"
                    ),
                    None if extra.is_empty() => {
                        format!("The file's columns are {}.", some(&names))
                    }
                    None => format!(
                        "The file also has {}, which the manifest does not declare.",
                        some(&extra)
                    ),
                };
                let message =
                    format!("The file has no column `{name}`; it is missing in every row.");
                findings.push(
                    Finding::error("data-missing-column", message, help)
                        .in_file(&file.shown)
                        .at_line(line)
                        .in_column(name),
                );
            }
        }
    }
    if bound == 0 && spec.fields_match == FieldsMatch::Partial {
        let message = "The file has none of the declared columns.";
        let help = format!("Its columns are {}.", some(&names));
        findings.push(
            Finding::error("data-missing-column", message, help)
                .in_file(&file.shown)
                .at_line(line),
        );
    }
    if !in_order && spec.fields_match == FieldsMatch::Exact {
        let message =
            "The columns stand in another order than declared; they were matched by name.";
        let help = "Set `fieldsMatch` to `equal` if the order does not matter.";
        findings.push(
            Finding::warning("data-column-order", message, help)
                .in_file(&file.shown)
                .at_line(line),
        );
    }
    if let Some(finding) = undeclared(&extra, spec.fields_match) {
        findings.push(finding.in_file(&file.shown).at_line(line));
    }
    Ok(Some(names.len()))
}

/// Names in a sentence: the first fifty, and how many more there are.
fn some(names: &[impl AsRef<str>]) -> String {
    const MOST: usize = 50;
    let first: Vec<&str> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(MOST) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// Whether a file may be without declared columns.
pub(super) fn may_lack(rule: FieldsMatch) -> bool {
    matches!(rule, FieldsMatch::Superset | FieldsMatch::Partial)
}

/// What is to be said of columns of a file that the manifest does not declare.
pub(super) fn undeclared(extra: &[&str], rule: FieldsMatch) -> Option<Finding> {
    if extra.is_empty() || matches!(rule, FieldsMatch::Subset | FieldsMatch::Partial) {
        return None;
    }
    let shown: Vec<String> = extra.iter().map(|n| format!("`{n}`")).collect();
    let message = format!(
        "The manifest does not declare {}; nothing can use it.",
        some(&shown)
    );
    let help = "Add it to the schema's fields, or set `fieldsMatch` to `subset` to leave columns out knowingly.";
    Some(if extra_is_error(rule) {
        Finding::error("data-undeclared-column", message, help)
    } else {
        Finding::info("data-undeclared-column", message, help)
    })
}

/// Gives a column the value that the folders of a file say, which counts where the file has no such column. True where
/// they say one.
pub(super) fn take_partition(
    slot: &mut Slot<'_>,
    file: &DataFile,
    findings: &mut Findings,
) -> bool {
    let spec = slot.spec;
    let found = file
        .partitions
        .iter()
        .find(|(name, _)| *name == spec.column.name);
    slot.constant = found.and_then(|(_, value)| value.clone());
    if let (Some(value), None) = (&slot.constant, slot.source)
        && let Some(fault) = slot.beside().push(Some(value))
    {
        findings.push(cells::unreadable(spec, value, fault).in_file(&file.shown));
        slot.constant = None;
    }
    found.is_some()
}

fn duplicates(names: &[String], file: &DataFile, line: u64, findings: &mut Findings) {
    let mut met: FxHashMap<&str, u64> = FxHashMap::default();
    for name in names {
        let times = met.entry(name).or_insert(0);
        *times += 1;
        if *times == 2 {
            let message = format!(
                "The column name `{name}` occurs more than once; the first column is used."
            );
            findings.push(
                Finding::error("data-duplicate-column", message, "Rename one of them.")
                    .in_file(&file.shown)
                    .at_line(line)
                    .in_column(name),
            );
        }
    }
}

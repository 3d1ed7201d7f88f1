//! Loading a package: every table read and checked, then the tables against each other.

use super::declare::{self, FieldSpec, Format, TableSpec};
use super::manifest;
use super::persons::About;
use super::rows::Rows;
use super::typed::Cells;
use super::{
    Dataset, Source, Table, accumulation_words, constraints, currencies, far_off, files, infer,
    json_lines, key_forms, keys, links, lists, load_columns, names, numbers_as_text, odd_days,
    order, parts, paths, persons, programme_years, repeats, surplus, survey_signs, text, totals,
    typos,
};
use crate::finding::{Finding, Findings, Stop};
use crate::outcome::{ColumnQuality, FileHash, TableProtection, TableQuality};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// A table that is read, with what is needed to check it against others.
pub(super) struct Loaded {
    pub table: Table,
    pub quality: TableQuality,
    pub spec: TableSpec,
    pub rows: Rows,
    pub hashes: Vec<FileHash>,
    pub findings: Findings,
}

/// Loads the data package in `folder` (its `datapackage.json`).
///
/// Data faults are findings in the result; the table keeps the value as missing. `progress` is told the bytes read,
/// of [`size`] in all.
///
/// # Errors
/// A [`Stop`] when the manifest is missing, malformed, or names files that can't be read or lie outside the package.
pub fn load(folder: &Path, progress: &(dyn Fn(u64) + Sync)) -> Result<Dataset, Stop> {
    let (package, _) = manifest::read(folder)?;
    let mut findings = Findings::new();
    let mut specs: Vec<TableSpec> = Vec::new();
    for resource in &package.resources {
        let Some(spec) = declare::table(folder, resource, &mut findings)? else {
            continue;
        };
        if is_new(&spec, &specs, &mut findings) {
            specs.push(spec);
        }
    }
    if specs.is_empty() {
        let help =
            "Add a resource per table; `codev init --from FILES` makes the manifest from files.";
        findings.push(
            Finding::error("data-no-tables", "The package has no tables.", help)
                .in_file(manifest::NAME),
        );
    }
    names::check_roles(&specs, &mut findings);
    declared_persons(&mut specs);
    let loaded = read_all(specs, progress)?;
    let files = vec![files::hash(&folder.join(manifest::NAME), manifest::NAME)?];
    let title = package.title.or(package.name).unwrap_or_default();
    together(title, loaded, files, findings)
}

/// Whether no other table has the name of a table, with a finding where one has.
pub(super) fn is_new(spec: &TableSpec, specs: &[TableSpec], findings: &mut Findings) -> bool {
    if !specs.iter().any(|s| s.name == spec.name) {
        return true;
    }
    let message = format!(
        "Two resources are named `{}`; the first is used.",
        spec.name
    );
    findings.push(
        Finding::error(
            "data-duplicate-table",
            message,
            "Give each resource a name of its own.",
        )
        .in_file(manifest::NAME)
        .in_column("name")
        .with_value(&spec.name),
    );
    false
}

/// Decides which tables are about persons, as far as their declarations tell.
pub(super) fn declared_persons(specs: &mut [TableSpec]) {
    let abouts: Vec<About<'_>> = specs.iter().map(About::of).collect();
    let found = persons::decide(&abouts);
    for (spec, persons) in specs.iter_mut().zip(found) {
        spec.persons = persons;
    }
}

/// Decides it again once all columns are known, says what is in doubt, and takes the cells of persons out of what was found.
fn persons_of(loaded: &mut [Loaded], findings: &mut Findings) -> Result<(), Stop> {
    let abouts: Vec<About<'_>> = loaded.iter().map(|l| About::of(&l.spec)).collect();
    let found = persons::decide(&abouts);
    for (about, persons) in abouts.iter().zip(&found) {
        persons::check(about, persons, findings);
    }
    drop(abouts);
    for (one, persons) in loaded.iter_mut().zip(found) {
        one.quality.protection = Some(TableProtection {
            protected: persons.protected,
            reason: persons.reason.clone(),
            in_doubt: persons.doubt.is_some(),
        });
        one.spec.persons = persons.clone();
        one.table.persons = persons;
        persons::count(&mut one.table, findings)?;
        if one.table.of_persons() {
            persons::without_cells(&mut one.findings);
        }
    }
    Ok(())
}

/// Tables that are read become a package: they are checked against each other.
pub(super) fn together(
    title: String,
    mut loaded: Vec<Loaded>,
    mut files: Vec<FileHash>,
    mut findings: Findings,
) -> Result<Dataset, Stop> {
    persons_of(&mut loaded, &mut findings)?;
    for one in &mut loaded {
        files.append(&mut one.hashes);
        findings.extend(std::mem::take(&mut one.findings));
    }
    key_forms::mend(&mut loaded, &mut findings)?;
    let tables: Vec<Table> = loaded.iter().map(|l| l.table.clone()).collect();
    let references: Vec<Result<Findings, Stop>> = loaded
        .par_iter_mut()
        .enumerate()
        .map(|(at, one)| {
            let mut found = Findings::new();
            keys::check_references(&tables, at, &one.spec.references, &one.rows, &mut found)?;
            programme_years::check(&tables, &one.table, &one.rows, &mut found)?;
            let Loaded {
                table,
                spec,
                rows,
                quality,
                ..
            } = one;
            lists::resolve(&tables, table, spec, rows, quality, &mut found)?;
            if table.of_persons() {
                persons::without_cells(&mut found);
            }
            Ok(found)
        })
        .collect();
    for found in references {
        findings.extend(found?);
    }
    let (tables, quality) = loaded.into_iter().map(|l| (l.table, l.quality)).unzip();
    let mut dataset = Dataset {
        title,
        tables,
        quality,
        files,
        findings,
    };
    links::drop_unusable(&mut dataset.tables);
    links::fill_programme(&mut dataset);
    Ok(dataset)
}

/// The files of tables that [`load`] will read; none where the manifest can't be read.
pub fn data_files(folder: &Path) -> Vec<PathBuf> {
    let Ok((package, _)) = manifest::read(folder) else {
        return vec![];
    };
    let paths = package
        .resources
        .iter()
        .filter_map(|r| r.path.as_ref())
        .flat_map(|p| p.list());
    paths
        .filter_map(|shown| paths::expand(folder, &shown).ok())
        .flatten()
        .filter_map(|(shown, _)| files::resolve(folder, &shown, manifest::NAME).ok())
        .collect()
}

/// Bytes of the files that [`load`] will read; 0 where the manifest can't be read.
pub fn size(folder: &Path) -> u64 {
    let files = data_files(folder).into_iter();
    files
        .filter_map(|path| path.metadata().ok())
        .map(|data| data.len())
        .sum()
}

/// Tables are read in parallel; what comes out is in manifest order.
fn read_all(specs: Vec<TableSpec>, progress: &(dyn Fn(u64) + Sync)) -> Result<Vec<Loaded>, Stop> {
    let work = |spec: TableSpec| {
        let loaded = read_one(spec);
        if let Ok(loaded) = &loaded {
            progress(loaded.hashes.iter().map(|h| h.bytes).sum());
        }
        loaded
    };
    let results: Vec<Result<Loaded, Stop>> = specs.into_par_iter().map(work).collect();
    results.into_iter().collect()
}

fn read_one(mut spec: TableSpec) -> Result<Loaded, Stop> {
    let mut findings = Findings::new();
    let loaded = match spec.format {
        Format::Parquet | Format::Arrow => load_columns::read(spec, &mut findings)?,
        Format::Csv | Format::Tsv | Format::Json | Format::Frame => {
            if spec.infer {
                infer_fields(&mut spec, &mut findings)?;
            } else {
                add_replicates(&mut spec)?;
            }
            spec.add_partitions();
            read_text(spec, &mut findings)?
        }
    };
    alone(loaded, findings)
}

/// Checks a table by itself, after it was read with such findings.
pub(super) fn alone(mut loaded: Loaded, mut findings: Findings) -> Result<Loaded, Stop> {
    let Loaded {
        table,
        spec,
        rows,
        quality,
        ..
    } = &mut loaded;
    if !table.persons.protected {
        // Columns that no manifest declares are known by now.
        let own = persons::decide(&[About::of(spec)]);
        table.persons = own.into_iter().next().unwrap_or_default();
    }
    names::check_columns(spec, &mut findings);
    names::check_replicates(table, &mut findings);
    if rows.count == 0 {
        let message = format!("The table `{}` has no rows.", spec.name);
        let help = "Nothing can be computed from it; fill it, or take it out of the manifest.";
        let mut finding = Finding::info("data-no-rows", message, help);
        finding.place.file = spec.files.first().map(|f| f.shown.clone());
        findings.push(finding);
    }
    numbers_as_text::unread(spec, &mut findings);
    quality.refused = no_rows(table, spec, rows, quality, &mut findings)?;
    constraints::check(table, spec, rows, &mut findings)?;
    currencies::find(table, spec, &mut findings)?;
    looked_at(table, spec, rows, &mut findings)?;
    quality.refused += keys::check(table, spec, rows, &mut findings)?;
    quality.rows = table.rows;
    if quality.refused > 0 {
        recount(table, quality)?;
    }
    loaded.findings = findings;
    Ok(loaded)
}

/// Leaves out rows that are none of the table's: empty ones, headers, totals, a person once more; gives their number.
fn no_rows(
    table: &mut Table,
    spec: &TableSpec,
    rows: &mut Rows,
    quality: &TableQuality,
    findings: &mut Findings,
) -> Result<u64, Stop> {
    let mut gone = surplus::without_value(table, spec, rows, quality, findings)?;
    gone += surplus::repeated_header(table, spec, rows, findings)?;
    gone += totals::leave_out(table, spec, rows, findings)?;
    gone += repeats::persons(table, spec, rows, findings)?;
    Ok(gone)
}

/// What a person who looks at a table would see in its cells.
fn looked_at(
    table: &Table,
    spec: &TableSpec,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    order::check(table, rows, findings)?;
    accumulation_words::check(table, spec, findings)?;
    if spec.format.is_text() || spec.format == Format::Frame {
        typos::check(table, spec, rows, findings)?;
    }
    numbers_as_text::texts(table, spec, rows, findings)?;
    far_off::check(table, spec, rows, findings)?;
    odd_days::check(table, rows, findings)?;
    survey_signs::weights(table, rows, findings)?;
    survey_signs::census(table, spec, findings);
    parts::check(table, rows, findings)
}

/// Missing values once more, after rows were refused.
fn recount(table: &Table, quality: &mut TableQuality) -> Result<(), Stop> {
    let Source::Memory(frames) = &table.source else {
        return Ok(());
    };
    quality.with_target_and_actual = with_both(table, "target", "actual");
    for (at, column) in quality.columns.iter_mut().enumerate() {
        let nulls: usize = frames
            .iter()
            .filter_map(|f| f.columns().get(at))
            .map(|c| c.null_count())
            .sum();
        column.invalid = column.invalid.min(nulls as u64);
        column.missing = nulls as u64 - column.invalid;
    }
    Ok(())
}

fn infer_fields(spec: &mut TableSpec, findings: &mut Findings) -> Result<(), Stop> {
    let Some(file) = spec.files.first() else {
        return Ok(());
    };
    let message = format!(
        "The manifest has no schema for `{}`; its columns and types were guessed.",
        spec.name
    );
    let help = "Write the guess down with `codev init --from FILES` and correct it, so that it does not change with the data.";
    findings.push(Finding::info("data-guessed-schema", message, help).in_file(&file.shown));
    let found = infer::fields(spec, file)?;
    for doubt in found.doubts {
        let message = format!("The guess is in doubt: {}.", doubt.what);
        let help = format!("What it rests on: {}.", doubt.why);
        findings.push(Finding::warning("data-guess-in-doubt", message, help).in_file(&file.shown));
    }
    spec.fields = found.fields;
    spec.dialect = found.dialect;
    Ok(())
}

/// Replicate weights need no declaration each: those of the first file are numbers.
fn add_replicates(spec: &mut TableSpec) -> Result<(), Stop> {
    let (Some(said), Some(file)) = (&spec.meaning.replicate_weights, spec.files.first()) else {
        return Ok(());
    };
    let known = |name: &str| spec.fields.iter().any(|f| f.column.name == name);
    let more: Vec<FieldSpec> = infer::fields(spec, file)?
        .fields
        .into_iter()
        .map(|field| field.column.name)
        .filter(|name| said.columns.names(name) && !known(name))
        .map(|name| FieldSpec::bare(&name, "number"))
        .collect();
    spec.fields.extend(more);
    Ok(())
}

fn read_text(spec: TableSpec, findings: &mut Findings) -> Result<Loaded, Stop> {
    let read = match spec.format {
        Format::Json => json_lines::read(&spec)?,
        _ => text::read(&spec)?,
    };
    findings.extend(read.findings);
    let table = empty_table(&spec, read.rows.count, Source::Memory(read.frames));
    let quality = quality(&table, &read.counts);
    Ok(Loaded {
        table,
        quality,
        spec,
        rows: read.rows,
        hashes: read.hashes,
        findings: Findings::new(),
    })
}

pub(super) fn empty_table(spec: &TableSpec, rows: u64, source: Source) -> Table {
    Table {
        name: spec.name.clone(),
        meaning: spec.meaning.clone(),
        columns: spec.fields.iter().map(|f| f.column.clone()).collect(),
        primary_key: spec.primary_key.clone(),
        foreign_keys: spec.links(),
        persons: spec.persons.clone(),
        repeated_keys: 0,
        rows,
        source,
    }
}

pub(super) fn quality(table: &Table, counts: &[(u64, u64)]) -> TableQuality {
    let columns = table
        .columns
        .iter()
        .zip(counts)
        .map(|(column, (missing, invalid))| ColumnQuality {
            name: column.name.clone(),
            r#type: column.declared.clone(),
            missing: *missing,
            invalid: *invalid,
        });
    TableQuality {
        name: table.name.clone(),
        role: table.meaning.role.clone(),
        sampling: table.sampling(),
        rows: table.rows,
        refused: 0,
        overlapping: table.meaning.overlapping.clone(),
        with_target_and_actual: with_both(table, "target", "actual"),
        columns: columns.collect(),
        lists: Vec::new(),
        protection: None,
    }
}

/// Rows of a table in memory in which both columns have a value; `None` where it lacks one of them.
fn with_both(table: &Table, one: &str, other: &str) -> Option<u64> {
    let Source::Memory(frames) = &table.source else {
        return None;
    };
    let mut rows = 0;
    table.column(one).zip(table.column(other))?;
    for frame in frames {
        let cell = |name| Cells::of(frame.column(name).ok()?).ok();
        let (one, other) = (cell(one)?, cell(other)?);
        let both = |row: &usize| !one.is_missing(*row) && !other.is_missing(*row);
        rows += (0..frame.height()).filter(both).count() as u64;
    }
    Some(rows)
}

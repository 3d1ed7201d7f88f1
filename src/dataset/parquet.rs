//! Parquet tables: columns from the footer, and row groups read with the columns asked for only.

use super::files;
use super::list_names::Names;
use super::values::{self, Parse};
use super::{BATCH_ROWS, LIST_SEPARATOR, Table, Type};
use crate::finding::Stop;
use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, RecordBatch, RecordBatchOptions, new_null_array,
};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Parquet files of the same shape, and what the manifest says on reading them.
#[derive(Debug, Clone, Default)]
pub struct ParquetFiles {
    /// The files in order.
    pub paths: Vec<PathBuf>,
    /// Values that mean "no value", by column.
    pub missing: Vec<(String, Vec<String>)>,
    /// Delimiters of the columns with several codes in one cell.
    pub delimiters: Vec<(String, String)>,
    /// Names that the entries of list columns may be.
    pub(super) names: Vec<(String, Arc<Names>)>,
}

impl From<Vec<PathBuf>> for ParquetFiles {
    fn from(paths: Vec<PathBuf>) -> Self {
        ParquetFiles {
            paths,
            ..ParquetFiles::default()
        }
    }
}

/// A row group with the columns to read.
#[derive(Debug, Clone)]
pub(super) struct Group {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    index: usize,
    plan: Arc<Plan>,
}

/// How the columns asked for come out of a file.
#[derive(Debug)]
struct Plan {
    schema: SchemaRef,
    columns: Vec<Wanted>,
    mask: ProjectionMask,
}

#[derive(Debug)]
struct Wanted {
    /// Place in the batches read; `None` where the file lacks the column.
    at: Option<usize>,
    kind: Type,
    target: DataType,
    missing: Vec<String>,
    missing_numbers: Vec<f64>,
    delimiter: Option<String>,
    names: Vec<Arc<Names>>,
}

/// The footer of a file, set up so that text comes as dictionaries, which is how it is stored.
pub(super) fn open(path: &Path) -> Result<ArrowReaderMetadata, Stop> {
    let shown = || path.display().to_string();
    let file = File::open(path).map_err(|error| files::unreadable(&shown(), &error))?;
    let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
        .map_err(|error| files::unreadable(&shown(), &error))?;
    let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields: Vec<Field> = plain
        .schema()
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                Field::new(field.name(), text.clone(), field.is_nullable())
                    .with_metadata(field.metadata().clone())
            }
            DataType::Dictionary(_, value)
                if matches!(**value, DataType::Utf8 | DataType::LargeUtf8) =>
            {
                Field::new(field.name(), text.clone(), field.is_nullable())
                    .with_metadata(field.metadata().clone())
            }
            _ => field.as_ref().clone(),
        })
        .collect();
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
    // A file whose columns can't be read so is read plainly and cast.
    Ok(ArrowReaderMetadata::try_new(plain.metadata().clone(), options).unwrap_or(plain))
}

/// Type word of the Table Schema for an arrow type; `None` for what no column can hold.
pub(super) fn declared_type(data_type: &DataType) -> Option<&'static str> {
    Some(match data_type {
        t if t.is_integer() => "integer",
        t if t.is_floating() || t.is_decimal() => "number",
        DataType::Boolean => "boolean",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(_, _) => "datetime",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "string",
        DataType::Dictionary(_, value) => return declared_type(value),
        DataType::List(item) | DataType::LargeList(item) => {
            return declared_type(item.data_type())
                .filter(|t| *t == "string")
                .map(|_| "list");
        }
        _ => return None,
    })
}

/// Number of rows, and per top-level column the number of nulls where the footer has it.
pub(super) fn facts(metadata: &ArrowReaderMetadata) -> (u64, Vec<Option<u64>>) {
    let groups = metadata.metadata().row_groups();
    let rows = groups.iter().map(|g| g.num_rows().max(0) as u64).sum();
    let parquet = metadata.metadata().file_metadata().schema_descr();
    let mut nulls: Vec<Option<u64>> = vec![Some(0); metadata.schema().fields().len()];
    let mut leaves = vec![0; nulls.len()];
    for leaf in 0..parquet.num_columns() {
        let root = parquet.get_column_root_idx(leaf);
        let sum: Option<u64> = groups
            .iter()
            .map(|g| g.columns().get(leaf)?.statistics()?.null_count_opt())
            .sum();
        if let (Some(slot), Some(count)) = (nulls.get_mut(root), leaves.get_mut(root)) {
            *count += 1;
            *slot = if *count == 1 { sum } else { None };
        }
    }
    (rows, nulls)
}

/// The row groups of a table, in order.
pub(super) fn groups(
    table: &Table,
    source: &ParquetFiles,
    columns: &[String],
    schema: &SchemaRef,
) -> Result<Vec<Group>, Stop> {
    let mut groups = Vec::new();
    for path in &source.paths {
        let metadata = open(path)?;
        let plan = Arc::new(Plan::new(table, source, columns, schema, &metadata));
        for index in 0..metadata.metadata().num_row_groups() {
            groups.push(Group {
                path: path.clone(),
                metadata: metadata.clone(),
                index,
                plan: plan.clone(),
            });
        }
    }
    Ok(groups)
}

impl Plan {
    fn new(
        table: &Table,
        source: &ParquetFiles,
        columns: &[String],
        schema: &SchemaRef,
        file: &ArrowReaderMetadata,
    ) -> Self {
        let root = |name: &String| file.schema().fields().iter().position(|f| f.name() == name);
        let mut roots: Vec<usize> = columns.iter().filter_map(root).collect();
        roots.sort_unstable();
        roots.dedup();
        let of = |list: &[(String, Vec<String>)], name: &String| {
            list.iter()
                .find(|(column, _)| column == name)
                .map(|(_, values)| values.clone())
                .unwrap_or_default()
        };
        let wanted = columns.iter().zip(schema.fields()).map(|(name, field)| {
            let missing = of(&source.missing, name);
            Wanted {
                // Batches have the projected columns in file order.
                at: root(name).and_then(|r| roots.binary_search(&r).ok()),
                kind: table.column(name).map_or(Type::Text, |c| c.r#type),
                target: field.data_type().clone(),
                missing_numbers: missing
                    .iter()
                    .filter_map(|m| m.trim().parse().ok())
                    .collect(),
                missing,
                delimiter: source
                    .delimiters
                    .iter()
                    .find(|(c, _)| c == name)
                    .map(|(_, d)| d.clone()),
                names: {
                    let named = source.names.iter().filter(|(c, _)| c == name);
                    named.map(|(_, names)| names.clone()).collect()
                },
            }
        });
        let columns = wanted.collect();
        let mask = ProjectionMask::roots(file.metadata().file_metadata().schema_descr(), roots);
        Plan {
            schema: schema.clone(),
            columns,
            mask,
        }
    }
}

impl Group {
    /// Rows of the group.
    pub fn rows(&self) -> u64 {
        self.metadata
            .metadata()
            .row_groups()
            .get(self.index)
            .map_or(0, |g| g.num_rows().max(0) as u64)
    }

    /// Starts reading.
    pub fn read(&self) -> Result<GroupReader, Stop> {
        let shown = self.path.display().to_string();
        let file = File::open(&self.path).map_err(|error| files::unreadable(&shown, &error))?;
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_row_groups(vec![self.index])
                .with_projection(self.plan.mask.clone())
                .with_batch_size(BATCH_ROWS)
                .build()
                .map_err(|error| files::unreadable(&shown, &error))?;
        Ok(GroupReader {
            reader,
            plan: self.plan.clone(),
            shown,
        })
    }
}

/// The batches of a row group.
pub(super) struct GroupReader {
    reader: ParquetRecordBatchReader,
    plan: Arc<Plan>,
    shown: String,
}

impl GroupReader {
    /// The next batch.
    pub fn next(&mut self) -> Option<Result<RecordBatch, Stop>> {
        let batch = self.reader.next()?;
        let batch = batch.and_then(|batch| {
            let rows = batch.num_rows();
            let arrays: Result<Vec<ArrayRef>, _> = self
                .plan
                .columns
                .iter()
                .map(|wanted| match wanted.at.map(|at| batch.column(at)) {
                    Some(array) => wanted.shape(array),
                    None => Ok(new_null_array(&wanted.target, rows)),
                })
                .collect();
            let options = RecordBatchOptions::new().with_row_count(Some(rows));
            RecordBatch::try_new_with_options(self.plan.schema.clone(), arrays?, &options)
        });
        Some(batch.map_err(|error| files::unreadable(&self.shown, &error)))
    }
}

impl Wanted {
    fn shape(&self, array: &ArrayRef) -> Result<ArrayRef, arrow_schema::ArrowError> {
        let of_lists = matches!(
            array.data_type(),
            DataType::List(_) | DataType::LargeList(_)
        );
        let array = if array.data_type() == &self.target {
            array.clone()
        } else if of_lists {
            joined(array)?
        } else {
            let options = CastOptions {
                safe: true,
                ..CastOptions::default()
            };
            let year_of_date = self.kind == Type::Number && array.data_type().is_temporal();
            if year_of_date {
                new_null_array(&self.target, array.len())
            } else {
                cast_with_options(array, &self.target, &options)?
            }
        };
        // What is a list in the file has its entries, whatever stands in them.
        let of_lists = of_lists.then(|| LIST_SEPARATOR.to_string());
        let delimiter = of_lists.as_deref().or(self.delimiter.as_deref());
        let delimiter = delimiter.filter(|_| self.kind == Type::List);
        match self.kind {
            Type::List => {
                let entries = self.recode(&array, delimiter)?;
                let mut names = self.names.iter();
                names.try_fold(entries, |array, names| names.rewrite(&array))
            }
            Type::Text if !self.missing.is_empty() => self.recode(&array, None),
            Type::Number if !self.missing_numbers.is_empty() => Ok(self.without_codes(&array)),
            _ => Ok(array),
        }
    }

    /// Declared codes of missing numbers become missing.
    fn without_codes(&self, array: &ArrayRef) -> ArrayRef {
        let numbers = array.as_primitive::<Float64Type>();
        if !numbers
            .values()
            .iter()
            .any(|v| self.missing_numbers.contains(v))
        {
            return array.clone();
        }
        Arc::new(
            numbers
                .iter()
                .map(|v| v.filter(|v| !self.missing_numbers.contains(v)))
                .collect::<arrow_array::Float64Array>(),
        )
    }

    /// Missing codes and delimiters are dealt with once per distinct text, not per row.
    fn recode(
        &self,
        array: &ArrayRef,
        delimiter: Option<&str>,
    ) -> Result<ArrayRef, arrow_schema::ArrowError> {
        let dictionary = array.as_dictionary::<Int32Type>();
        let words = dictionary.values().as_string::<i32>();
        let mut gone: Vec<bool> = words
            .iter()
            .map(|w| w.is_none_or(|w| self.missing.iter().any(|m| m == w)))
            .collect();
        let words: Arc<dyn Array> = match delimiter {
            None => dictionary.values().clone(),
            Some(delimiter) => {
                let mut joined = String::new();
                let split = words.iter().zip(&mut gone).map(|(word, gone)| {
                    // Without any entry, as a cell with nothing but delimiters.
                    *gone |= !values::list(word.unwrap_or(""), delimiter, &mut joined);
                    Some(joined.clone())
                });
                Arc::new(split.collect::<arrow_array::StringArray>())
            }
        };
        let keys = if gone.contains(&true) {
            let keys = dictionary.keys().iter();
            keys.map(|k| k.filter(|k| gone.get(*k as usize) == Some(&false)))
                .collect()
        } else {
            dictionary.keys().clone()
        };
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(
            keys, words,
        )?))
    }
}

/// A column of lists of text as one text per row.
fn joined(array: &ArrayRef) -> Result<ArrayRef, arrow_schema::ArrowError> {
    let lists = arrow_cast::cast(array, &DataType::new_list(DataType::Utf8, true))?;
    let mut builder = StringDictionaryBuilder::<Int32Type>::new();
    for list in lists.as_list::<i32>().iter() {
        let codes = list.map(|list| {
            let codes: Vec<String> = list
                .as_string::<i32>()
                .iter()
                .flatten()
                .map(str::to_owned)
                .collect();
            codes.join(&LIST_SEPARATOR.to_string())
        });
        builder.append_option(codes.filter(|c| !c.is_empty()));
    }
    Ok(Arc::new(builder.finish()))
}

/// Delimiter of a list column.
pub(super) fn delimiter(parse: &Parse) -> Option<String> {
    match parse {
        Parse::List(delimiter) => Some(delimiter.clone()),
        _ => None,
    }
}

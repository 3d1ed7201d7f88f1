//! The footer of a Parquet file: its columns, and where their pieces lie.

use super::decode::guarded;
use crate::dataset::arrays::Stored;
use crate::dataset::files;
use crate::finding::{Finding, Stop};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, TimeUnit};
use polars_parquet::parquet::statistics::Statistics;
use polars_parquet::read::schema::{
    parquet_to_arrow_schema, read_custom_key_value_metadata, read_schema_from_metadata,
};
use polars_parquet::read::{
    ColumnChunkMetadata, FileMetadata, ParquetType, PhysicalType, PrimitiveLogicalType,
    read_metadata,
};
use std::fs::File;
use std::path::{Path, PathBuf};

/// What the end of a file says of it.
#[derive(Debug)]
pub(in crate::dataset) struct Footer {
    pub path: PathBuf,
    /// Name in findings.
    pub shown: String,
    pub metadata: FileMetadata,
    /// Columns in file order; of those with the same name, the first.
    pub columns: Vec<FileColumn>,
    /// Names that come again.
    pub repeated: Vec<String>,
}

/// A column of a file.
#[derive(Debug)]
pub(in crate::dataset) struct FileColumn {
    pub name: String,
    pub stored: Stored,
    /// As it is decoded.
    pub field: Field,
    /// Whether it is a categorical whose words are kept in an order that means something.
    pub ordered: bool,
    /// Rows without a value, where the footer tells.
    pub nulls: Option<u64>,
    /// Whether the footer tells that all its whole numbers are small enough to be exact.
    pub exact: bool,
    /// Its first leaf, and how many it has.
    pub leaf: usize,
    pub leaves: usize,
}

/// How both ends of a Parquet file read.
const MAGIC: &[u8; 4] = b"PAR1";
/// The same, where the footer is encrypted.
const SECRET: &[u8; 4] = b"PARE";

impl Footer {
    /// Reads the footer of a file.
    ///
    /// # Errors
    /// A [`Stop`] for a file that is empty, cut off, damaged, or no Parquet at all.
    pub fn open(path: &Path, shown: &str) -> Result<Footer, Stop> {
        let mut file = File::open(path).map_err(|error| files::unreadable(shown, &error))?;
        let size = check_ends(&mut file, shown)?;
        let metadata = guarded(shown, "its footer", || read_metadata(&mut file))?;
        check_places(&metadata, size, shown)?;
        let columns = guarded(shown, "its schema", || Ok(columns(&metadata)))?;
        let mut footer = Footer {
            path: path.to_owned(),
            shown: shown.to_owned(),
            metadata,
            columns: Vec::new(),
            repeated: Vec::new(),
        };
        for column in columns {
            if !footer.columns.iter().any(|c| c.name == column.name) {
                footer.columns.push(column);
            } else if !footer.repeated.contains(&column.name) {
                footer.repeated.push(column.name);
            }
        }
        Ok(footer)
    }

    /// Column by name.
    pub fn column(&self, name: &str) -> Option<&FileColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Rows of the file.
    pub fn rows(&self) -> u64 {
        let groups = self.metadata.row_groups.iter();
        groups.map(|g| g.num_rows() as u64).sum()
    }

    /// Rows of a row group.
    pub fn group_rows(&self, group: usize) -> usize {
        self.metadata
            .row_groups
            .get(group)
            .map_or(0, |g| g.num_rows())
    }

    /// The pieces of a column in a row group, one for each of its leaves.
    pub fn pieces(&self, group: usize, column: &FileColumn) -> &[ColumnChunkMetadata] {
        let group = self.metadata.row_groups.get(group);
        group
            .and_then(|g| {
                g.parquet_columns()
                    .get(column.leaf..column.leaf + column.leaves)
            })
            .unwrap_or_default()
    }
}

/// Looks at the first and last bytes, which tell what is wrong with most files that can't be read.
fn check_ends(file: &mut File, shown: &str) -> Result<u64, Stop> {
    let (size, ends) = files::ends(file, shown)?;
    let stop = |message: &str, help: &str| -> Stop {
        Finding::error("data-unreadable", message, help)
            .in_file(shown)
            .into()
    };
    if size == 0 {
        return Err(stop(
            "The file is empty, and a Parquet file was expected.",
            "Write it again; a table without rows is a Parquet file, too.",
        ));
    }
    match ends {
        [begin, end] if &begin == SECRET || &end == SECRET => Err(stop(
            "The Parquet file is encrypted, which is not supported.",
            "Write it without encryption.",
        )),
        [begin, _] if &begin != MAGIC => Err(stop(
            "The file is not Parquet: it does not begin with `PAR1`.",
            "Name a Parquet file, or set `format` to what the file is.",
        )),
        [_, end] if &end != MAGIC || size < 12 => Err(stop(
            "The Parquet file is cut off: it does not end with `PAR1`, before which its columns are described.",
            "Copy or write it again, to the end.",
        )),
        _ => Ok(size),
    }
}

/// Makes sure that what the footer says can be: pieces lie in the file, and columns have the rows of their group.
fn check_places(metadata: &FileMetadata, size: u64, shown: &str) -> Result<(), Stop> {
    /// Values that a byte of a file can stand for, generously.
    const VALUES: u64 = 1 << 20;
    for (at, group) in metadata.row_groups.iter().enumerate() {
        for piece in group.parquet_columns() {
            let range = guarded(shown, "its footer", || Ok(piece.byte_range()))?;
            let values = u64::try_from(piece.num_values());
            let flat = piece.descriptor().descriptor.max_rep_level == 0;
            let sound = range.start <= range.end
                && range.end <= size
                && values.is_ok_and(|values| match flat {
                    true => values == group.num_rows() as u64,
                    false => values <= size.saturating_mul(VALUES),
                });
            if !sound {
                let name = piece.descriptor().path_in_schema.first();
                let message = format!(
                    "The Parquet file is damaged: of the column `{}`, row group {} is said to lie where the file has ended, or to have other rows than its group.",
                    name.map_or("", |n| n.as_str()),
                    at + 1
                );
                let help = "Copy or write the file again.";
                return Err(Finding::error("data-unreadable", message, help)
                    .in_file(shown)
                    .into());
            }
        }
    }
    Ok(())
}

/// Leaves under a type.
fn leaves(r#type: &ParquetType) -> usize {
    match r#type {
        ParquetType::PrimitiveType(_) => 1,
        ParquetType::GroupType { fields, .. } => fields.iter().map(leaves).sum(),
    }
}

fn columns(metadata: &FileMetadata) -> Vec<FileColumn> {
    // What the writer said beyond Parquet: time zones, categoricals. It is not needed to read the rest.
    let mut said = read_custom_key_value_metadata(metadata.key_value_metadata());
    let hints = read_schema_from_metadata(&mut said).ok().flatten();
    let mut leaf = 0;
    let mut columns = Vec::new();
    for root in metadata.schema().fields() {
        let leaves = leaves(root);
        if let Some(column) = column(metadata, hints.as_ref(), root, leaf, leaves) {
            columns.push(column);
        }
        leaf += leaves;
    }
    columns
}

fn column(
    metadata: &FileMetadata,
    hints: Option<&ArrowSchema>,
    root: &ParquetType,
    leaf: usize,
    leaves: usize,
) -> Option<FileColumn> {
    let plain = parquet_to_arrow_schema(std::slice::from_ref(root));
    let plain = plain.iter_values().next()?;
    let hint = hints.and_then(|h| h.get(root.name()));
    let mut field = hint.unwrap_or(plain).clone();
    field.dtype = field.dtype.to_storage().clone();
    let ordered = matches!(field.dtype, ArrowDataType::Dictionary(_, _, true));
    let first = metadata.schema().columns().get(leaf)?;
    let descriptor = &first.descriptor;
    if descriptor.primitive_type.physical_type == PhysicalType::Int96
        && let ArrowDataType::Timestamp(_, zone) = &field.dtype
    {
        // Only days are asked for, and seconds reach further than nanoseconds.
        field.dtype = ArrowDataType::Timestamp(TimeUnit::Second, zone.clone());
    }
    let mut stored = Stored::of(&field.dtype);
    let text = [PrimitiveLogicalType::Json, PrimitiveLogicalType::Enum].map(Some);
    if matches!(stored, Stored::Bytes) && text.contains(&descriptor.primitive_type.logical_type) {
        stored = Stored::Texts;
    }
    if matches!(stored, Stored::Lists) {
        // Parquet itself says best which level may lack a value.
        field = plain.clone();
    }
    let nulls = match leaves {
        1 if descriptor.max_def_level == 0 => Some(0),
        1 => metadata
            .row_groups
            .iter()
            .map(|group| {
                let piece = group.parquet_columns().get(leaf)?;
                let statistics = piece.statistics(&metadata.footer_buf)?.ok()?;
                u64::try_from(statistics.null_count()?).ok()
            })
            .sum(),
        _ => None,
    };
    // Polars writes them too high where a column has a dictionary and several pages, in each of which it counts all.
    let by_polars = metadata
        .created_by
        .as_deref()
        .is_some_and(|by| by.starts_with("Polars"));
    let nulls = nulls.filter(|nulls| *nulls == 0 || !by_polars);
    let exact = match field.dtype {
        ArrowDataType::Int64 | ArrowDataType::UInt64 => {
            let unsigned = field.dtype == ArrowDataType::UInt64;
            metadata.row_groups.iter().all(|group| {
                let piece = group.parquet_columns().get(leaf);
                let statistics = piece.and_then(|p| p.statistics(&metadata.footer_buf));
                statistics.is_some_and(|s| s.is_ok_and(|s| is_exact(&s, unsigned)))
            })
        }
        _ => true,
    };
    Some(FileColumn {
        name: root.name().to_owned(),
        stored,
        field,
        ordered,
        nulls,
        exact,
        leaf,
        leaves,
    })
}

/// Whether the smallest and largest of whole numbers are below the first that a Float64 does not hold exactly.
fn is_exact(statistics: &Statistics, unsigned: bool) -> bool {
    const EXACT: u64 = 1 << 53;
    let Statistics::Int64(numbers) = statistics else {
        return false;
    };
    [numbers.min_value, numbers.max_value]
        .iter()
        .all(|value| match (value, unsigned) {
            (None, _) => false,
            (Some(value), true) => value.cast_unsigned() < EXACT,
            (Some(value), false) => value.unsigned_abs() < EXACT,
        })
}

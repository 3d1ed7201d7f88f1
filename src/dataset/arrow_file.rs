//! Arrow files (IPC, also called Feather): columns from the footer, and batches read with the columns asked for only.

use super::arrays::{self, Stored};
use super::files;
use crate::finding::{Finding, Stop};
use arrow_format::ipc::planus::{Builder, ReadAsRoot};
use arrow_format::ipc::{Block, Footer, FooterRef, MessageHeaderRef, MessageRef, RecordBatchRef};
use polars::prelude::{PolarsError, PolarsResult};
use polars_arrow::array::Array;
use polars_arrow::datatypes::{
    ArrowDataType, ArrowSchema, DTYPE_ENUM_VALUES_LEGACY, DTYPE_ENUM_VALUES_NEW, Field,
};
use polars_arrow::io::ipc::read::{
    Dictionaries, FileMetadata, deserialize_footer, read_batch, read_file_dictionaries,
};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the end of a file says of it, and its dictionaries.
#[derive(Debug)]
pub(super) struct ArrowFile {
    path: PathBuf,
    /// Name in findings.
    pub shown: String,
    /// Columns in file order; of those with the same name, the first.
    pub columns: Vec<ArrowColumn>,
    /// Names that come again.
    pub repeated: Vec<String>,
    metadata: FileMetadata,
    dictionaries: Dictionaries,
    /// Rows of each batch.
    batches: Vec<usize>,
}

/// A column of a file.
#[derive(Debug)]
pub(super) struct ArrowColumn {
    pub name: String,
    pub stored: Stored,
    /// Rows without a value, where the batches tell.
    pub nulls: Option<u64>,
    /// Whether no whole number of it can be too large to be exact.
    pub exact: bool,
    place: usize,
    ordered: bool,
}

/// How both ends of an Arrow file read.
const MAGIC: &[u8; 6] = b"ARROW1";
/// What comes after the footer: its length and the magic word.
const TAIL: u64 = 10;
/// Values that a byte of a file can stand for, generously.
const VALUES: u64 = 1 << 20;
/// Bytes that a compressed byte can stand for, generously.
const RATIO: u64 = 1 << 16;

impl ArrowFile {
    /// Reads the footer and the dictionaries of a file.
    ///
    /// # Errors
    /// A [`Stop`] for a file that is empty, cut off, damaged, of another kind, or no Arrow file at all.
    pub fn open(path: &Path, shown: &str) -> Result<ArrowFile, Stop> {
        let mut file = File::open(path).map_err(|error| files::unreadable(shown, &error))?;
        let size = check_ends(&mut file, shown)?;
        let (mut metadata, names) = guarded(shown, "its footer", || footer(&mut file, size))?;
        if !metadata.ipc_schema.is_little_endian {
            let message = "The Arrow file was written by a machine with another order of bytes, which is not supported.";
            let help = "Write it again with `endianness` little, or as Parquet.";
            return Err(Finding::error("data-unreadable", message, help)
                .in_file(shown)
                .into());
        }
        let plain = metadata.schema.iter_values().map(|field| {
            let mut field = field.clone();
            field.dtype = field.dtype.to_storage().clone();
            (field.name.clone(), field)
        });
        metadata.schema = Arc::new(plain.collect::<ArrowSchema>());
        let mut facts = Vec::with_capacity(metadata.blocks.len());
        for (at, block) in metadata.blocks.iter().enumerate() {
            facts.push(guarded(shown, &words(at), || look(&mut file, block, size))?);
        }
        let dictionaries = guarded(shown, "its dictionaries", || {
            for block in metadata.dictionaries.iter().flatten() {
                let facts = look(&mut file, block, size)?;
                check_buffers(&mut file, &facts)?;
            }
            read_file_dictionaries(&mut file, &metadata, &mut Vec::new(), Default::default())
        })?;
        let mut out = ArrowFile {
            path: path.to_owned(),
            shown: shown.to_owned(),
            columns: Vec::new(),
            repeated: Vec::new(),
            dictionaries,
            batches: facts.iter().map(|facts| facts.rows).collect(),
            metadata,
        };
        let mut node = Some(0);
        for (place, (field, name)) in out.metadata.schema.iter_values().zip(names).enumerate() {
            let first = node;
            node = first.and_then(|node| Some(node + nodes(&field.dtype)?));
            if out.columns.iter().any(|c| c.name == name) {
                if !out.repeated.contains(&name) {
                    out.repeated.push(name);
                }
                continue;
            }
            let nulls = facts.iter().map(|facts| facts.nulls.get(first?).copied());
            out.columns.push(ArrowColumn {
                name,
                stored: arrays::held(&field.dtype),
                nulls: nulls.sum(),
                exact: !matches!(
                    field.dtype.to_storage(),
                    ArrowDataType::Int64 | ArrowDataType::UInt64
                ),
                place,
                ordered: is_ordered(field),
            });
        }
        Ok(out)
    }

    /// Column by name.
    pub fn column(&self, name: &str) -> Option<&ArrowColumn> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// Rows of each batch.
    pub fn batches(&self) -> &[usize] {
        &self.batches
    }

    /// The arrays of a batch for columns of the file.
    pub fn read(
        &self,
        batch: usize,
        columns: &[&ArrowColumn],
    ) -> Result<Vec<Box<dyn Array>>, Stop> {
        let places: BTreeSet<usize> = columns.iter().map(|column| column.place).collect();
        let places: Vec<usize> = places.into_iter().collect();
        let (Some(block), false) = (self.metadata.blocks.get(batch), places.is_empty()) else {
            return Ok(Vec::new());
        };
        let mut file =
            File::open(&self.path).map_err(|error| files::unreadable(&self.shown, &error))?;
        let arrays = guarded(&self.shown, &words(batch), || {
            // The reader asks for as much memory as the file says, and there is no way back from asking for too much.
            let facts = look(&mut file, block, self.metadata.size)?;
            check_buffers(&mut file, &facts)?;
            let read = read_batch(
                &mut file,
                &self.dictionaries,
                &self.metadata,
                Some(&places),
                None,
                batch,
                false,
                &mut Vec::new(),
                &mut Vec::new(),
                Default::default(),
            )?;
            Ok(read.into_arrays())
        })?;
        let rows = self.batches.get(batch).copied();
        let of = |column: &&ArrowColumn| {
            let at = places.binary_search(&column.place).ok()?;
            arrays.get(at).filter(|a| Some(a.len()) == rows).cloned()
        };
        let found: Option<Vec<_>> = columns.iter().map(of).collect();
        found.ok_or_else(|| {
            let what = "a batch has other rows than it is said to have";
            files::unreadable(&self.shown, &what)
        })
    }

    /// The words of an ordered categorical in their order; `None` where the column is no such.
    pub fn ordered_words(&self, column: &ArrowColumn) -> Result<Option<Vec<String>>, Stop> {
        if !column.ordered || !matches!(column.stored, Stored::Texts) {
            return Ok(None);
        }
        let field = self.metadata.ipc_schema.fields.get(column.place);
        let id = field.and_then(|field| field.dictionary_id);
        let Some(words) = id.and_then(|id| self.dictionaries.get(&id)) else {
            return Ok(None);
        };
        arrays::words(words.as_ref(), &self.shown).map(Some)
    }
}

fn guarded<T>(shown: &str, what: &str, read: impl FnOnce() -> PolarsResult<T>) -> Result<T, Stop> {
    arrays::guarded("Arrow file", shown, what, read)
}

/// What is read, in words.
fn words(batch: usize) -> String {
    format!("batch {}", batch + 1)
}

fn fault<T>(what: &str) -> PolarsResult<T> {
    Err(PolarsError::ComputeError(what.to_owned().into()))
}

/// An error of the footer's encoding as one of polars.
fn broken(error: impl std::fmt::Display) -> PolarsError {
    PolarsError::ComputeError(error.to_string().into())
}

/// Whether the words of a column are kept in an order that means something.
fn is_ordered(field: &Field) -> bool {
    let said = field.metadata.as_ref().is_some_and(|said| {
        said.contains_key(DTYPE_ENUM_VALUES_NEW) || said.contains_key(DTYPE_ENUM_VALUES_LEGACY)
    });
    said || matches!(field.dtype, ArrowDataType::Dictionary(_, _, true))
}

/// Nodes that a column has in the description of a batch; `None` where that is not known.
fn nodes(r#type: &ArrowDataType) -> Option<usize> {
    use ArrowDataType as A;
    match r#type.to_storage() {
        A::List(item) | A::LargeList(item) | A::FixedSizeList(item, _) | A::Map(item, _) => {
            Some(1 + nodes(&item.dtype)?)
        }
        A::Struct(fields) => {
            let inner: Option<usize> = fields.iter().map(|field| nodes(&field.dtype)).sum();
            Some(1 + inner?)
        }
        A::Union(_) => None,
        _ => Some(1),
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
            "The file is empty, and an Arrow file was expected.",
            "Write it again; a table without rows is an Arrow file, too.",
        ));
    }
    match ends {
        [begin, _] if begin.starts_with(b"FEA1") => Err(stop(
            "The file is Feather of version 1, and an Arrow file (Feather of version 2) was expected.",
            "Write it again with a program of today (`pyarrow.feather.write_feather`, `DataFrame.write_ipc`), or as Parquet.",
        )),
        [begin, _] if begin.starts_with(&[0xff; 4]) => Err(stop(
            "The file is an Arrow stream, and an Arrow file was expected, which tells at its end where its batches lie.",
            "Write it again with a writer of files (`pyarrow.ipc.new_file`, `DataFrame.write_ipc`), or as Parquet.",
        )),
        [begin, _] if &begin != MAGIC => Err(stop(
            "The file is not Arrow: it does not begin with `ARROW1`.",
            "Name an Arrow file, or set `format` to what the file is.",
        )),
        [_, end] if &end != MAGIC || size < 8 + TAIL => Err(stop(
            "The Arrow file is cut off: it does not end with `ARROW1`, before which its columns are described.",
            "Copy or write it again, to the end.",
        )),
        _ => Ok(size),
    }
}

/// Reads the footer, and the names of the columns. Polars keeps columns by name, so that a name that comes again would
/// take the place of the first: it is read under another.
fn footer(file: &mut File, size: u64) -> PolarsResult<(FileMetadata, Vec<String>)> {
    let mut length = [0; 4];
    file.seek(SeekFrom::Start(size - TAIL))?;
    file.read_exact(&mut length)?;
    let length = u64::from(u32::from_le_bytes(length));
    let Some(from) = (size - TAIL).checked_sub(length) else {
        return fault("it is said to be longer than the file");
    };
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    let mut names: Vec<String> = Vec::new();
    let read = FooterRef::read_as_root(&bytes).map_err(broken)?;
    let schema = read.schema().map_err(broken)?;
    if let Some(schema) = schema
        && let Some(fields) = schema.fields().map_err(broken)?
    {
        for field in fields {
            let name = field.map_err(broken)?.name().map_err(broken)?;
            names.push(name.unwrap_or_default().to_owned());
        }
    }
    let different: BTreeSet<&String> = names.iter().collect();
    if different.len() < names.len() {
        let mut owned = Footer::try_from(read).map_err(broken)?;
        let fields = owned.schema.as_mut().and_then(|s| s.fields.as_mut());
        for (at, field) in fields.into_iter().flatten().enumerate() {
            let name = names.get(at).map_or("", String::as_str);
            let again = names.iter().take(at).any(|n| n == name);
            let taken = |new: &String| names.contains(new);
            if again {
                let mut new = format!("{name}\u{1f}{at}");
                while taken(&new) {
                    new.push('\u{1f}');
                }
                field.name = Some(new);
            }
        }
        let mut builder = Builder::new();
        bytes = builder.finish(&owned, None).to_vec();
    }
    let metadata = deserialize_footer(&bytes, size)?;
    let all = metadata.schema.len() == names.len();
    if !all || metadata.ipc_schema.fields.len() != names.len() {
        return fault("its columns are not as many as their names");
    }
    Ok((metadata, names))
}

/// What a message says of a batch.
struct Facts {
    rows: usize,
    /// Rows without a value, by node.
    nulls: Vec<u64>,
    /// Start and length of its buffers in the file.
    buffers: Vec<(u64, u64)>,
    compressed: bool,
}

/// Reads the message of a batch, and makes sure that its buffers lie in the file.
fn look(file: &mut File, block: &Block, size: u64) -> PolarsResult<Facts> {
    let number = |value: i64| u64::try_from(value).map_err(|_| broken("a length is below zero"));
    let offset = number(block.offset)?;
    let length = number(i64::from(block.meta_data_length))?;
    let body = offset.checked_add(length).filter(|end| *end <= size);
    let Some(body) = body else {
        return fault("it is said to lie where the file has ended");
    };
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    let skipped = if bytes.starts_with(&[0xff; 4]) { 8 } else { 4 };
    let message = bytes.get(skipped..).unwrap_or_default();
    let message = MessageRef::read_as_root(message).map_err(broken)?;
    let header = message.header().map_err(broken)?;
    let batch: RecordBatchRef<'_> = match header {
        Some(MessageHeaderRef::RecordBatch(batch)) => batch,
        Some(MessageHeaderRef::DictionaryBatch(batch)) => {
            let data = batch.data().map_err(broken)?;
            data.ok_or_else(|| broken("a dictionary has no data"))?
        }
        _ => return fault("a message is no batch"),
    };
    let rows = number(batch.length().map_err(broken)?)?;
    if rows > size.saturating_mul(VALUES) {
        return fault("it is said to have more rows than its bytes can stand for");
    }
    let mut facts = Facts {
        rows: usize::try_from(rows).map_err(broken)?,
        nulls: Vec::new(),
        buffers: Vec::new(),
        compressed: batch.compression().map_err(broken)?.is_some(),
    };
    for node in batch.nodes().map_err(broken)?.into_iter().flatten() {
        let length = number(node.length())?;
        if length > size.saturating_mul(VALUES) {
            return fault("a column is said to have more rows than its bytes can stand for");
        }
        facts.nulls.push(number(node.null_count())?);
    }
    for buffer in batch.buffers().map_err(broken)?.into_iter().flatten() {
        let (start, length) = (number(buffer.offset())?, number(buffer.length())?);
        let start = body.checked_add(start);
        let end = start.and_then(|start| start.checked_add(length));
        match (start, end) {
            (Some(start), Some(end)) if end <= size => facts.buffers.push((start, length)),
            // What is empty may be said to lie anywhere.
            (Some(start), Some(_)) if length == 0 => facts.buffers.push((start, 0)),
            _ => return fault("a column is said to lie where the file has ended"),
        }
    }
    Ok(facts)
}

/// Makes sure that what compressed buffers say of their size can be.
fn check_buffers(file: &mut File, facts: &Facts) -> PolarsResult<()> {
    for (start, length) in facts.buffers.iter().filter(|_| facts.compressed) {
        if *length < 8 {
            continue;
        }
        let mut said = [0; 8];
        file.seek(SeekFrom::Start(*start))?;
        file.read_exact(&mut said)?;
        let said = i64::from_le_bytes(said);
        if u64::try_from(said).is_ok_and(|said| said > length.saturating_mul(RATIO)) {
            return fault("a column is said to be larger than its compressed bytes can stand for");
        }
    }
    Ok(())
}

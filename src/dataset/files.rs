//! Files of a package: paths that stay inside it, hashes, compression and encodings.

use crate::finding::{Finding, Stop, nearest};
use crate::indicator::beside::stays_inside;
use crate::outcome::FileHash;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Longest record of a text table, in bytes.
pub const LONGEST_RECORD: usize = 16 << 20;

/// Longest cell of a text table, in bytes.
pub(super) const LONGEST_CELL: usize = 1 << 20;

/// Largest text table, in bytes after decompression.
const LARGEST_TEXT: usize = 4 << 30;

/// Largest manifest or schema, in bytes.
const LARGEST_MANIFEST: u64 = 64 << 20;

/// A file of a resource.
#[derive(Debug, Clone)]
pub(super) struct DataFile {
    /// Path as the manifest gives it.
    pub shown: String,
    /// Path to open.
    pub path: PathBuf,
    /// Columns that its folders give (`year=2019`), with their value.
    pub partitions: Vec<(String, Option<String>)>,
}

/// The real path of `relative` inside `folder`.
///
/// Absolute paths, URLs, `..` and symbolic links that leave the folder are refused: a package that somebody sends must
/// not be able to read the rest of the disk.
pub(super) fn resolve(folder: &Path, relative: &str, named_in: &str) -> Result<PathBuf, Stop> {
    check_inside(relative, named_in)?;
    check_links(folder, relative, named_in)?;
    let joined = folder.join(relative);
    let real = joined
        .canonicalize()
        .map_err(|error| cannot_read(folder, relative, named_in, &error))?;
    let home = folder
        .canonicalize()
        .map_err(|error| cannot_read(folder, relative, named_in, &error))?;
    if !real.starts_with(&home) {
        return Err(left(relative, named_in));
    }
    if !real.is_file() {
        return Err(Finding::error(
            "data-no-file",
            format!("`{relative}` is not a file."),
            "Name a file in `path`, a list of files, or a pattern such as `folder/*.csv`.",
        )
        .in_file(named_in)
        .with_value(relative)
        .into());
    }
    Ok(real)
}

/// Refuses a path that goes through a link out of the package folder, also where there is nothing at its end.
pub(super) fn check_links(folder: &Path, relative: &str, named_in: &str) -> Result<(), Stop> {
    let joined = folder.join(relative);
    let mut above = joined.ancestors().take_while(|path| *path != folder);
    match above.all(|path| stays_inside(folder, path)) {
        true => Ok(()),
        false => Err(left(relative, named_in)),
    }
}

/// The stop for a path that goes through a link out of the package folder.
fn left(relative: &str, named_in: &str) -> Stop {
    let message = format!(
        "The path `{relative}` goes through a symbolic link that leaves the package folder."
    );
    outside(message, relative, named_in)
}

/// The stop for a path that leaves the package folder.
fn outside(message: String, relative: &str, named_in: &str) -> Stop {
    Finding::error(
        "data-path-outside",
        message,
        "Copy the file into the package folder and name it by its path from there.",
    )
    .in_file(named_in)
    .with_value(relative)
    .into()
}

/// Refuses paths that say themselves that they leave the package folder.
pub(super) fn check_inside(relative: &str, named_in: &str) -> Result<(), Stop> {
    let refuse = |message: String| outside(message, relative, named_in);
    if relative.contains("://") {
        return Err(refuse(format!(
            "The path `{relative}` is a URL, and only files inside the package folder are read."
        )));
    }
    let drive = relative.as_bytes().get(1) == Some(&b':');
    if relative.starts_with(['/', '\\', '~']) || drive || Path::new(relative).is_absolute() {
        return Err(refuse(format!(
            "The path `{relative}` is absolute, and only files inside the package folder are read."
        )));
    }
    if relative.split(['/', '\\']).any(|part| part == "..") {
        return Err(refuse(format!(
            "The path `{relative}` leaves the package folder by `..`."
        )));
    }
    Ok(())
}

fn cannot_read(folder: &Path, relative: &str, named_in: &str, error: &std::io::Error) -> Stop {
    if error.kind() != std::io::ErrorKind::NotFound {
        return unreadable(relative, error);
    }
    let whole = folder.join(relative);
    let mut names: Vec<String> = whole
        .parent()
        .and_then(|parent| parent.read_dir().ok())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let wanted = whole
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let help = match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("Did you mean `{name}`? Paths are relative to the package folder."),
        None => "Put the file there or correct `path`; paths are relative to the package folder."
            .to_owned(),
    };
    Finding::error(
        "data-no-file",
        format!("The file `{relative}` does not exist."),
        help,
    )
    .in_file(named_in)
    .with_value(relative)
    .into()
}

/// The stop for a file that the system does not let us read.
pub(super) fn unreadable(shown: &str, error: &dyn std::fmt::Display) -> Stop {
    Finding::error(
        "data-unreadable",
        format!("The file can't be read: {error}."),
        "Check that the file is whole and that you may read it.",
    )
    .in_file(shown)
    .into()
}

/// Reads a small file of UTF-8 text, without its byte order mark.
pub(super) fn read_text(path: &Path, shown: &str) -> Result<String, Stop> {
    let size = path.metadata().map_or(0, |metadata| metadata.len());
    if size > LARGEST_MANIFEST {
        let message = format!("The file has {size} bytes; at most 64 MiB are read.");
        let help = "Look whether it is the file that is meant; data are tables of their own.";
        return Err(Finding::error("data-too-large", message, help)
            .in_file(shown)
            .into());
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(shown, &error))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            Err(Finding::error(
                "data-wrong-encoding",
                "The file is not UTF-8 text.",
                "Save it as UTF-8.",
            )
            .in_file(shown)
            .at_line(lines_in(before) + 1)
            .into())
        }
    }
}

/// Size of a file, and its first and last `N` bytes: zeros where it has fewer.
pub(super) fn ends<const N: usize>(
    file: &mut File,
    shown: &str,
) -> Result<(u64, [[u8; N]; 2]), Stop> {
    let io = |error: std::io::Error| unreadable(shown, &error);
    let size = file.metadata().map_err(io)?.len();
    let mut ends = [[0; N]; 2];
    let last = SeekFrom::End(-(N as i64));
    for (end, from) in ends.iter_mut().zip([SeekFrom::Start(0), last]) {
        if size >= N as u64 {
            file.seek(from).map_err(io)?;
            file.read_exact(end).map_err(io)?;
        }
    }
    file.rewind().map_err(io)?;
    Ok((size, ends))
}

/// Hash of a file, read in pieces.
pub(super) fn hash(path: &Path, shown: &str) -> Result<FileHash, Stop> {
    let mut file = Hashing::open(path, shown)?;
    let mut buffer = vec![0; 1 << 18];
    while file
        .read(&mut buffer)
        .map_err(|error| unreadable(shown, &error))?
        > 0
    {}
    Ok(file.finish(shown))
}

/// A file that is hashed while it is read.
struct Hashing {
    file: File,
    hash: Sha256,
    bytes: u64,
}

impl Hashing {
    fn open(path: &Path, shown: &str) -> Result<Self, Stop> {
        let file = File::open(path).map_err(|error| unreadable(shown, &error))?;
        Ok(Hashing {
            file,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    fn finish(self, shown: &str) -> FileHash {
        let digest = self.hash.finalize();
        FileHash {
            path: shown.to_owned(),
            bytes: self.bytes,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.hash.update(buffer.get(..n).unwrap_or_default());
        self.bytes += n as u64;
        Ok(n)
    }
}

/// The text of a table.
pub(super) struct Text {
    /// As UTF-8, without byte order mark.
    pub text: String,
    /// Hash of the file.
    pub hash: FileHash,
    /// What is to be said on the encoding.
    pub finding: Option<Finding>,
}

/// Reads a text table: decompressed, decoded, hashed.
///
/// Reading stops at a line longer than [`LONGEST_RECORD`], before it is all in memory.
pub(super) fn read_table(file: &DataFile, encoding: Option<&str>) -> Result<Text, Stop> {
    let mut raw = Hashing::open(&file.path, &file.shown)?;
    let shown = file.shown.to_lowercase();
    let bytes = if shown.ends_with(".zst") {
        let decoder = zstd::stream::read::Decoder::new(&mut raw);
        let mut decoder = decoder.map_err(|error| unreadable(&file.shown, &error))?;
        let bytes = read_lines(&mut decoder, &file.shown, 0)?;
        drop(decoder);
        bytes
    } else if shown.ends_with(".gz") {
        let mut decoder = MultiGzDecoder::new(&mut raw);
        let bytes = read_lines(&mut decoder, &file.shown, 0)?;
        drop(decoder);
        bytes
    } else {
        let size = raw.file.metadata().map_or(0, |m| m.len() as usize);
        read_lines(&mut raw, &file.shown, size)?
    };
    // What stands after the end of compressed data belongs to the file's hash, too.
    std::io::copy(&mut raw, &mut std::io::sink()).map_err(|e| unreadable(&file.shown, &e))?;
    let (text, finding) = decode(bytes, encoding, &file.shown)?;
    Ok(Text {
        text,
        hash: raw.finish(&file.shown),
        finding,
    })
}

fn read_lines(reader: &mut dyn Read, shown: &str, size: usize) -> Result<Vec<u8>, Stop> {
    const PIECE: usize = 1 << 18;
    let mut bytes = Vec::with_capacity(size.min(LONGEST_RECORD) + PIECE);
    let mut line_start = 0;
    loop {
        let from = bytes.len();
        let n = reader
            .take(PIECE as u64)
            .read_to_end(&mut bytes)
            .map_err(|error| unreadable(shown, &error))?;
        if n == 0 {
            return Ok(bytes);
        }
        let piece = bytes.get(from..).unwrap_or_default();
        if let Some(at) = piece.iter().rposition(|b| matches!(b, b'\n' | b'\r')) {
            line_start = from + at + 1;
        }
        if bytes.len() - line_start > LONGEST_RECORD {
            let before = bytes.get(..line_start).unwrap_or_default();
            return Err(too_long(shown, lines_in(before) + 1));
        }
        if bytes.len() > LARGEST_TEXT {
            return Err(Finding::error(
                "data-too-large",
                "The text table is larger than 4 GiB, unpacked where it is compressed.",
                "Convert it to Parquet, which is read in pieces; of a small compressed file, look at what it is.",
            )
            .in_file(shown)
            .into());
        }
    }
}

/// The stop for a record without end.
pub(super) fn too_long(shown: &str, line: u64) -> Stop {
    Finding::error(
        "data-record-too-long",
        format!("The record that starts in line {line} is longer than 16 MiB; perhaps a quote is not closed."),
        "Close the quote in that line or near it, or set `quoteChar` in the dialect if quotes are part of the text.",
    )
    .in_file(shown)
    .at_line(line)
    .into()
}

/// Lines ended in `bytes`, by `\n`, `\r\n` or `\r`.
pub(super) fn lines_in(bytes: &[u8]) -> u64 {
    let feeds = bytes.iter().filter(|b| **b == b'\n').count();
    let lone = |pair: &&[u8]| matches!(pair, [b'\r', next] if *next != b'\n');
    let mut returns = bytes.windows(2).filter(lone).count();
    returns += usize::from(bytes.last() == Some(&b'\r'));
    (feeds + returns) as u64
}

fn decode(
    mut bytes: Vec<u8>,
    named: Option<&str>,
    shown: &str,
) -> Result<(String, Option<Finding>), Stop> {
    let mut encoding = None;
    if let Some(name) = named {
        encoding = Some(Encoding::for_label(name.as_bytes()).ok_or_else(|| {
            let known = [
                "utf-8",
                "utf-16",
                "windows-1252",
                "iso-8859-1",
                "windows-1254",
                "windows-1256",
            ];
            let help = match nearest(name, known) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!(
                    "Known names are {} and the others of the WHATWG list.",
                    known.join(", ")
                ),
            };
            Finding::error(
                "data-unknown-encoding",
                format!("The encoding `{name}` is not known."),
                help,
            )
            .in_file(shown)
            .with_value(name)
        })?);
    }
    if let Some((found, length)) = Encoding::for_bom(&bytes) {
        bytes.drain(..length);
        encoding = Some(found);
    }
    if let Some(other) = encoding.filter(|e| *e != UTF_8) {
        let (text, had_errors) = other.decode_without_bom_handling(&bytes);
        let finding = had_errors.then(|| {
            Finding::error(
                "data-wrong-encoding",
                format!("Some bytes are not {} text.", other.name()),
                "Correct `encoding` in the manifest, or save the file as UTF-8.",
            )
            .in_file(shown)
        });
        return Ok((text.into_owned(), finding));
    }
    let bad = match String::from_utf8(bytes) {
        Ok(text) => return Ok((text, None)),
        Err(bad) => bad,
    };
    let before = bad.utf8_error().valid_up_to();
    let line = lines_in(bad.as_bytes().get(..before).unwrap_or_default()) + 1;
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bad.as_bytes());
    let finding = if encoding.is_some() {
        Finding::error(
            "data-wrong-encoding",
            "The manifest says UTF-8, but the file is not; it was read as Windows-1252.",
            "Save the file as UTF-8, or set `encoding` to `windows-1252` if the accents are right.",
        )
    } else {
        Finding::info(
            "data-read-as-windows-1252",
            "The file is not UTF-8 and was read as Windows-1252.",
            "Look whether accents are right; then set `encoding` to `windows-1252`, or save the file as UTF-8.",
        )
    };
    Ok((
        text.into_owned(),
        Some(finding.in_file(shown).at_line(line)),
    ))
}

//! The list of the files of a set, with their hashes.

use crate::indicator::hex;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Longest list that is read: a set of 10,000 files has one of 1 MB.
const LONGEST: u64 = 16 << 20;

/// Name of the list.
pub(super) fn name(command: &str) -> String {
    format!("codev-{command}.sha256")
}

/// How a list begins, by which it is known.
fn head(command: &str) -> String {
    format!("# codev {command}: the files of one run.")
}

/// Hash of a file.
pub(super) fn hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The list as `sha256sum` writes and checks it.
pub(super) fn text(command: &str, files: impl Iterator<Item = (String, String)>) -> String {
    let mut text = format!(
        "{} `sha256sum --check {}` says whether all are there and unchanged.\n",
        head(command),
        name(command)
    );
    for (path, hash) in files {
        text += &format!("{hash}  {path}\n");
    }
    text
}

/// Paths and hashes of a list; `None` where there is none that `codev` wrote.
pub(super) fn read(path: &Path, command: &str) -> Option<Vec<(String, String)>> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LONGEST {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines();
    lines.next().filter(|l| l.starts_with(&head(command)))?;
    let line = |line: &str| {
        let (hash, path) = line.split_once("  ")?;
        is_plain(path).then(|| (path.to_owned(), hash.to_owned()))
    };
    Some(lines.filter_map(line).collect())
}

/// Whether a path can be nothing but a file of the folder, whoever wrote it.
pub(super) fn is_plain(path: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .chars()
                .all(|c| !c.is_control() && !"\\:*?\"<>|".contains(c))
    };
    path.split('/').all(part)
}

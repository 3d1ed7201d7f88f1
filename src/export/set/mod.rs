//! The files of one run, which take the place of those of an earlier run all at once.
//!
//! What is guaranteed, whenever a run ends and by whatever (an error, a full disk, a signal, a power cut):
//!
//! - Files of two runs never stand beside each other. On Linux and macOS the folder is exchanged for a new one in one step
//!   ([`swap`]), so that it holds the earlier set or the new one at any moment. Where the file system has no such step (and on
//!   Windows), the folder is renamed away and the new one takes its name: for a moment there is none.
//! - A folder that can't be exchanged (the current one or one above it, an evaluation, a mount, one whose parent may not be
//!   written to, one with a thousand other files) is written in place ([`in_place`]): the files of the earlier set go
//!   first, then the new ones come. A run that is killed in between leaves a set that lacks files, never one of two runs.
//! - The set has a list of its files with their SHA-256, `codev-<command>.sha256`, which `sha256sum --check` reads. It is there
//!   only while the set is whole.
//! - Files of an earlier set that the new one doesn't have are taken away; all others in the folder stay as they are.
//! - What a killed run leaves under a temporary name, the next run into the same place takes away.

mod in_place;
mod list;
mod place;
mod swap;
#[cfg(test)]
mod tests;

use super::lock::Lock;
use crate::finding::Stop;
use place::Place;
use std::collections::BTreeSet;
use std::path::Path;

/// A file of a set: its path in the folder (parts with `/` between them), and what it holds.
pub type SetFile = (String, Vec<u8>);

/// What a command writes into a folder.
pub struct FileSet<'a> {
    /// The command, which the list is named after.
    pub command: &'static str,
    /// The files.
    pub files: &'a [SetFile],
    /// The files of a set in a folder that has no list: of a version of `codev` that wrote none.
    pub unlisted: &'a dyn Fn(&Path) -> Vec<String>,
}

/// What is changed in a folder.
struct Change<'a> {
    /// The files to write, the list among them.
    put: Vec<(&'a str, &'a [u8])>,
    /// The files of the earlier set that are not among those.
    stale: BTreeSet<String>,
}

/// Writes a set into a folder in place of an earlier one.
///
/// # Errors
/// A [`Stop`] that names the path and says what to do. The earlier set is then as it was.
pub fn write_set(folder: &Path, set: &FileSet<'_>) -> Result<(), Stop> {
    let list = list::text(
        set.command,
        set.files
            .iter()
            .map(|(path, bytes)| (path.clone(), list::hash(bytes))),
    );
    let name = list::name(set.command);
    let change = |folder: &Path| {
        let mut put: Vec<(&str, &[u8])> = Vec::with_capacity(set.files.len() + 1);
        // The list comes first: it says what the other files of a folder in the making are.
        put.push((&name, list.as_bytes()));
        put.extend(set.files.iter().map(|(p, b)| (p.as_str(), b.as_slice())));
        let earlier = match list::read(&folder.join(&name), set.command) {
            Some(listed) => listed.into_iter().map(|(path, _)| path).collect(),
            None => (set.unlisted)(folder),
        };
        let stale = earlier
            .into_iter()
            .filter(|path| list::is_plain(path) && put.iter().all(|(p, _)| p != path))
            .collect();
        Change { put, stale }
    };
    write(folder, &change)
}

/// Writes one file of a set anew, and its line in the list; the other files of the set stay. `false` where the folder has no set of
/// this command with such a file.
///
/// # Errors
/// As [`write_set`].
pub fn rewrite(
    folder: &Path,
    command: &'static str,
    file: &str,
    bytes: &[u8],
) -> Result<bool, Stop> {
    let name = list::name(command);
    let Some(mut listed) = list::read(&folder.join(&name), command) else {
        return Ok(false);
    };
    let Some(line) = listed.iter_mut().find(|(path, _)| path == file) else {
        return Ok(false);
    };
    line.1 = list::hash(bytes);
    let text = list::text(command, listed.into_iter());
    let change = |_: &Path| Change {
        put: vec![(&name, text.as_bytes()), (file, bytes)],
        stale: BTreeSet::new(),
    };
    write(folder, &change)?;
    Ok(true)
}

fn write<'a>(folder: &Path, change: &dyn Fn(&Path) -> Change<'a>) -> Result<(), Stop> {
    let place = Place::of(folder)?;
    let lock = Lock::on(&place.parent)?;
    if lock.is_held() {
        swap::tidy(&place)?;
    }
    let mut change = change(&place.folder);
    for (path, _) in &change.put {
        place.check(path)?;
    }
    // What is no file any more is not of the set any more.
    change.stale.retain(|path| place.check(path).is_ok());
    let done = swap::write(&place, &change).and_then(|done| match done {
        true => Ok(()),
        false => in_place::write(&place, &change),
    });
    if done.is_err() {
        // One that was made for the set only; any other is not empty, and stays.
        let _ = place.made && std::fs::remove_dir(&place.folder).is_ok();
    } else if lock.is_held() {
        in_place::tidy(&place.folder);
    }
    done
}

//! A set written into a folder that can't be exchanged: the earlier files go, then the new ones come.

use super::Change;
use super::place::Place;
use super::swap::{synced, written};
use crate::export::fault::failed;
use crate::finding::Stop;
use std::ffi::OsStr;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// How folders in the making are named, and those with what has gone.
pub(super) const NEW: &str = ".codev-new.";
pub(super) const OLD: &str = ".codev-old.";

/// Writes the set. The list is the first file to go and the last to come.
pub(super) fn write(place: &Place, change: &Change<'_>) -> Result<(), Stop> {
    let folder = |prefix: &str| -> Result<TempDir, Stop> {
        tempfile::Builder::new()
            .prefix(prefix)
            .tempdir_in(&place.folder)
            .map_err(|e| failed(&place.shown, "The folder can't be written to", &e))
    };
    let new = folder(NEW)?;
    for (at, (path, bytes)) in change.put.iter().enumerate() {
        written(
            &new.path().join(at.to_string()),
            bytes,
            &place.folder.join(path),
        )
        .map_err(|e| failed(&place.shown(path), "The file can't be written", &e))?;
    }
    let old = folder(OLD)?;
    let mut moves = Moves::default();
    let moved = moved(place, change, (new.path(), old.path()), &mut moves);
    if let Err((path, cause)) = moved {
        if !moves.undo() {
            // What can't go back to its place is not thrown away.
            let _ = old.keep();
        }
        return Err(failed(
            &place.shown(&path),
            "The file can't take its name",
            &cause,
        ));
    }
    for path in &change.stale {
        // Gone where nothing else is in it.
        for folder in Path::new(path).ancestors().skip(1) {
            if folder.as_os_str().is_empty()
                || std::fs::remove_dir(place.folder.join(folder)).is_err()
            {
                break;
            }
        }
    }
    synced(&place.folder);
    Ok(())
}

fn moved(
    place: &Place,
    change: &Change<'_>,
    (new, old): (&Path, &Path),
    moves: &mut Moves,
) -> Result<(), (String, Error)> {
    let put = change.put.iter().map(|(path, _)| *path);
    let stale = change.stale.iter().map(String::as_str);
    for (at, path) in put.chain(stale).enumerate() {
        let from = place.folder.join(path);
        match moves.rename(from, old.join(at.to_string())) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                return Err((path.to_owned(), cause));
            }
            _ => {}
        }
    }
    for (at, (path, _)) in change.put.iter().enumerate().rev() {
        let to = place.folder.join(path);
        let fault = |cause| ((*path).to_owned(), cause);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).map_err(fault)?;
        }
        moves
            .rename(new.join(at.to_string()), to)
            .map_err(|cause| ((*path).to_owned(), cause))?;
    }
    Ok(())
}

/// What was renamed, so that it can be named back.
#[derive(Default)]
struct Moves(Vec<(PathBuf, PathBuf)>);

impl Moves {
    fn rename(&mut self, from: PathBuf, to: PathBuf) -> Result<(), Error> {
        std::fs::rename(&from, &to)?;
        self.0.push((from, to));
        Ok(())
    }

    /// Names everything back; whether all could be.
    fn undo(&self) -> bool {
        let back = |(from, to): &(PathBuf, PathBuf)| std::fs::rename(to, from).is_ok();
        self.0.iter().rev().filter(|names| !back(names)).count() == 0
    }
}

/// Whether a name in the folder is that of something that a run left which was ended.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    // The last is that of single files in earlier versions.
    let rest = [NEW, OLD, ".codev-"]
        .iter()
        .find_map(|prefix| name.as_encoded_bytes().strip_prefix(prefix.as_bytes()));
    rest.is_some_and(|r| r.len() == 6 && r.iter().all(u8::is_ascii_alphanumeric))
}

/// Takes away what runs that were ended left in the folder. Only one run at a time may do so.
pub(super) fn tidy(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        if !is_temporary(&entry.file_name()) {
            continue;
        }
        let _ = match entry.file_type() {
            Ok(kind) if kind.is_dir() => std::fs::remove_dir_all(entry.path()),
            _ => std::fs::remove_file(entry.path()),
        };
    }
}

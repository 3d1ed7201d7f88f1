//! The folder of a set, and what in it must not be replaced.

use crate::export::fault::{failed, kind_of, taken};
use crate::export::write;
use crate::finding::Stop;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A folder to write to, there already or not.
pub(super) struct Place {
    /// Its real path: behind links, which stay.
    pub folder: PathBuf,
    /// The folder that it lies in.
    pub parent: PathBuf,
    /// How temporary names beside it begin.
    pub prefix: OsString,
    /// As the user wrote it, for messages.
    pub shown: PathBuf,
    /// Whether it has just been made.
    pub made: bool,
}

impl Place {
    /// Finds the real place of a folder, and makes the folders above it.
    pub fn of(shown: &Path) -> Result<Place, Stop> {
        let unmade = |e: &std::io::Error| failed(shown, "The folder can't be made", e);
        let link = std::fs::symlink_metadata(shown).is_ok_and(|m| m.is_symlink());
        let mut made = false;
        let folder = match std::fs::metadata(shown) {
            Ok(metadata) if metadata.is_dir() => {
                std::fs::canonicalize(shown).map_err(|e| unmade(&e))?
            }
            Ok(metadata) => return Err(taken(shown, kind_of(&metadata))),
            Err(_) if link => return Err(taken(shown, "a symbolic link that leads nowhere")),
            Err(cause) if cause.kind() == ErrorKind::NotFound => {
                // Made and found again, since a part of the path may be `..`.
                std::fs::create_dir_all(shown).map_err(|e| unmade(&e))?;
                made = true;
                std::fs::canonicalize(shown).map_err(|e| unmade(&e))?
            }
            Err(cause) => return Err(unmade(&cause)),
        };
        let parent = folder.parent().unwrap_or(&folder).to_owned();
        let prefix = write::prefix(folder.file_name().unwrap_or_default());
        Ok(Place {
            folder,
            parent,
            prefix,
            shown: shown.to_owned(),
            made,
        })
    }

    /// A file of the folder as the user would write it.
    pub fn shown(&self, path: &str) -> PathBuf {
        self.shown.join(path)
    }

    /// Refuses a file of a set whose name, or a folder in its path, is taken by something else.
    pub fn check(&self, path: &str) -> Result<(), Stop> {
        let mut at = self.folder.clone();
        let parts: Vec<&str> = path.split('/').collect();
        for (number, part) in parts.iter().enumerate() {
            at.push(part);
            let Ok(found) = std::fs::symlink_metadata(&at) else {
                return Ok(());
            };
            let last = number + 1 == parts.len();
            let fits = if last {
                found.is_file()
            } else {
                found.is_dir()
            };
            if !fits {
                let shown = parts.get(..=number).unwrap_or_default().join("/");
                return Err(taken(&self.shown(&shown), kind_of(&found)));
            }
        }
        Ok(())
    }
}

//! Single files that are written whole or not at all.

use super::fault::{failed, folder_of, kind_of, taken};
use super::lock::Lock;
use crate::finding::Stop;
use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Random characters at the end of a temporary name.
const RANDOM: usize = 6;

/// Writes a file so that an interruption leaves the earlier one whole: into a temporary file of the same folder, which
/// then takes the name. Missing folders are made.
///
/// A symbolic link stays, and the file that it leads to is replaced. Into a pipe or a device (`/dev/stdout`) is written; nothing but
/// a file is ever replaced.
///
/// # Errors
/// A [`Stop`] that names the path and says what to do.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let Some(path) = place(path, bytes)? else {
        return Ok(());
    };
    let (mut file, _lock) = temporary(&path)?;
    file.write_all(bytes)
        .map_err(|e| failed(&path, "The file can't be written", &e))?;
    if let Ok(before) = std::fs::metadata(&path) {
        // Who may read the earlier file may read the new one, and nobody else.
        let _ = file.as_file().set_permissions(before.permissions());
    }
    file.as_file()
        .sync_all()
        .map_err(|e| failed(&path, "The file can't be written to disk", &e))?;
    file.persist(&path)
        .map_err(|e| failed(&path, "The file can't take its name", &e.error))?;
    Ok(())
}

/// Copies a file so that it is there whole or not at all, open to those whom the original is open to, and never over another one.
///
/// # Errors
/// A [`Stop`] that names the target and says what to do.
pub fn copy_new(source: &Path, target: &Path) -> Result<(), Stop> {
    let fault = |e: std::io::Error| failed(target, "The file can't be copied", &e);
    let (mut file, _lock) = temporary(target)?;
    let mut original = std::fs::File::open(source).map_err(fault)?;
    std::io::copy(&mut original, file.as_file_mut()).map_err(fault)?;
    let permissions = original.metadata().map_err(fault)?.permissions();
    file.as_file().set_permissions(permissions).map_err(fault)?;
    file.as_file().sync_all().map_err(fault)?;
    file.persist_noclobber(target).map_err(|e| fault(e.error))?;
    Ok(())
}

/// A file in the folder of `path` that may take its name, while no other run writes there. What runs that were ended left in its
/// place goes.
fn temporary(path: &Path) -> Result<(NamedTempFile, Lock), Stop> {
    let folder = folder_of(path);
    std::fs::create_dir_all(folder).map_err(|e| failed(path, "The folder can't be made", &e))?;
    let lock = Lock::on(folder)?;
    let prefix = prefix(path.file_name().unwrap_or_default());
    if lock.is_held() {
        for left in left_over(folder, &prefix) {
            let _ = std::fs::remove_file(left);
        }
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).rand_bytes(RANDOM);
    #[cfg(unix)]
    {
        // As any program's files are: what the user's umask leaves, not closed to all others as temporary files are.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder
        .tempfile_in(folder)
        .map_err(|e| failed(path, "The folder can't be written to", &e))?;
    Ok((file, lock))
}

/// Where the file is to be written: behind a link. `None` where that is no file and the bytes were written into it.
fn place(path: &Path, bytes: &[u8]) -> Result<Option<PathBuf>, Stop> {
    let link = std::fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink());
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(cause) if link => {
            let what = "The name is taken by a symbolic link that leads nowhere";
            return Err(failed(path, what, &cause));
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Some(path.to_owned())),
        // A part of the path is a file: making the folder says so.
        Err(cause) if cause.kind() == ErrorKind::NotADirectory => return Ok(Some(path.to_owned())),
        Err(cause) => return Err(failed(path, "The file can't be written", &cause)),
    };
    if metadata.is_dir() {
        let cause = std::io::Error::new(ErrorKind::IsADirectory, "a folder has that name");
        return Err(failed(path, "The file can't be written", &cause));
    }
    if !metadata.is_file() {
        poured(path, bytes, &metadata)?;
        return Ok(None);
    }
    match link {
        false => Ok(Some(path.to_owned())),
        true => std::fs::canonicalize(path)
            .map(Some)
            .map_err(|e| failed(path, "The symbolic link can't be followed", &e)),
    }
}

/// Writes into a pipe or a device.
#[cfg(unix)]
fn poured(path: &Path, bytes: &[u8], metadata: &std::fs::Metadata) -> Result<(), Stop> {
    use rustix::fs::{OFlags, fcntl_setfl};
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    let kind = metadata.file_type();
    if !kind.is_fifo() && !kind.is_char_device() {
        return Err(taken(path, kind_of(metadata)));
    }
    let broken = |e: &std::io::Error| failed(path, "It can't be written into", e);
    // A pipe that nobody reads from would be waited for without end.
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .custom_flags(OFlags::NONBLOCK.bits() as i32)
        .open(path)
        .map_err(|e| broken(&e))?;
    fcntl_setfl(&file, OFlags::empty()).map_err(|e| broken(&e.into()))?;
    file.write_all(bytes).map_err(|e| broken(&e))
}

/// Pipes and devices have no names here.
#[cfg(not(unix))]
fn poured(path: &Path, _: &[u8], metadata: &std::fs::Metadata) -> Result<(), Stop> {
    Err(taken(path, kind_of(metadata)))
}

/// How temporary names begin for something of this name.
pub(super) fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".codev-");
    // Long names leave no room for more.
    let fits = name.len() <= 200;
    prefix.push(if fits { name } else { OsStr::new("long") });
    prefix.push(".");
    prefix
}

/// What runs that were ended left in a folder under temporary names.
pub(super) fn left_over(folder: &Path, prefix: &OsStr) -> Vec<PathBuf> {
    let start = prefix.as_encoded_bytes();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = |name: &OsStr| {
        let rest = name.as_encoded_bytes().strip_prefix(start);
        rest.is_some_and(|r| r.len() == RANDOM && r.iter().all(u8::is_ascii_alphanumeric))
    };
    entries
        .filter(|entry| ours(&entry.file_name()))
        .map(|entry| entry.path())
        .collect()
}

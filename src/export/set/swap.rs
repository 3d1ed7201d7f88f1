//! A folder exchanged for a new one that holds the new set, and everything else that was in it.

use super::place::Place;
use super::{Change, list};
use crate::export::fault::failed;
use crate::export::write::left_over;
use crate::finding::Stop;
use std::collections::BTreeSet;
use std::fs::{File, Metadata};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Most other files that are carried over into the new folder.
const MOST: usize = 1000;

/// Writes the set into a new folder beside, and exchanges the two. `false` where the folder can't be exchanged; nothing has
/// changed then.
pub(super) fn write(place: &Place, change: &Change<'_>) -> Result<bool, Stop> {
    let Ok(before) = std::fs::metadata(&place.folder) else {
        return Ok(false);
    };
    if !may_go(place, &before) {
        return Ok(false);
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(&place.prefix).rand_bytes(6);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o777));
    }
    let Ok(stage) = builder.tempdir_in(&place.parent) else {
        return Ok(false);
    };
    let new = std::fs::metadata(stage.path());
    if !new.is_ok_and(|new| alike(&before, &new)) || !same_labels(&place.folder, stage.path()) {
        return Ok(false);
    }
    fill(place, change, stage.path())?;
    let mut ours = change.stale.clone();
    ours.extend(change.put.iter().map(|(path, _)| (*path).to_owned()));
    let mut room = MOST;
    if !carry(&place.folder, stage.path(), "", &ours, &mut room).unwrap_or(false) {
        return Ok(false);
    }
    let kept = std::fs::set_permissions(stage.path(), before.permissions());
    if kept.is_err() {
        return Ok(false);
    }
    synced(stage.path());
    exchange(place, stage, &ours)
}

/// Whether the folder may be exchanged for another one.
fn may_go(place: &Place, before: &Metadata) -> bool {
    let inhabited = std::env::current_dir().is_ok_and(|dir| dir.starts_with(&place.folder));
    let evaluation = ["evaluation.toml", "datapackage.json"]
        .iter()
        .any(|name| place.folder.join(name).exists());
    if place.parent == place.folder || inhabited || evaluation {
        return false;
    }
    let parent = std::fs::metadata(&place.parent);
    parent.is_ok_and(|parent| same_disk(&parent, before)) && writable(&place.folder)
}

#[cfg(unix)]
fn same_disk(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev()
}

#[cfg(not(unix))]
fn same_disk(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// A folder that its owner has closed to writing is not to be replaced either.
#[cfg(unix)]
fn writable(folder: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn writable(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|m| !m.permissions().readonly())
}

/// Whether a new folder belongs to whom the earlier one belongs.
#[cfg(unix)]
fn alike(before: &Metadata, new: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (before.dev(), before.uid(), before.gid()) == (new.dev(), new.uid(), new.gid())
}

#[cfg(not(unix))]
fn alike(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Whether both folders have the same extended attributes, by which access lists are kept.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn same_labels(before: &Path, new: &Path) -> bool {
    let names = |folder: &Path| {
        let mut names = [0_u8; 4096];
        let length = rustix::fs::listxattr(folder, &mut names).unwrap_or(0);
        let names = names.get(..length).unwrap_or_default();
        let system = |name: &&[u8]| {
            !name.is_empty() && !name.starts_with(b"security.") && !name.starts_with(b"com.apple.")
        };
        let own: BTreeSet<Vec<u8>> = names
            .split(|b| *b == 0)
            .filter(system)
            .map(<[u8]>::to_vec)
            .collect();
        own
    };
    names(before) == names(new)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn same_labels(_: &Path, _: &Path) -> bool {
    true
}

/// Writes the files of the set.
fn fill(place: &Place, change: &Change<'_>, stage: &Path) -> Result<(), Stop> {
    let mut folders = BTreeSet::new();
    for (path, bytes) in &change.put {
        let fault = |what: &str, e: &std::io::Error| failed(&place.shown(path), what, e);
        let target = stage.join(path);
        if let Some(folder) = target.parent().filter(|f| *f != stage) {
            std::fs::create_dir_all(folder).map_err(|e| fault("The folder can't be made", &e))?;
            folders.insert(folder.to_owned());
        }
        written(&target, bytes, &place.folder.join(path))
            .map_err(|e| fault("The file can't be written", &e))?;
    }
    folders.iter().for_each(|folder| synced(folder));
    Ok(())
}

/// Writes a new file to the disk, open to those whom the earlier one was open to.
pub(super) fn written(target: &Path, bytes: &[u8], earlier: &Path) -> std::io::Result<()> {
    let mut file = File::create_new(target)?;
    file.write_all(bytes)?;
    if let Ok(before) = std::fs::symlink_metadata(earlier) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()
}

/// Has the names in a folder written to the disk, where the system knows how.
pub(super) fn synced(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Gives everything in `from` that is not of the set a second name in `to`: the same files, not copies. `false` where something
/// can't have one.
fn carry(
    from: &Path,
    to: &Path,
    inside: &str,
    ours: &BTreeSet<String>,
    room: &mut usize,
) -> std::io::Result<bool> {
    for entry in from.read_dir()? {
        let entry = entry?;
        let path = path_in(inside, &entry);
        if path.as_ref().is_some_and(|path| ours.contains(path)) {
            continue;
        }
        if is_temporary(&entry) {
            continue;
        }
        let Some(left) = room.checked_sub(1) else {
            return Ok(false);
        };
        *room = left;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let metadata = std::fs::symlink_metadata(&source)?;
        if !metadata.is_dir() {
            std::fs::hard_link(&source, &target)?;
            continue;
        }
        if !same_disk(&metadata, &std::fs::metadata(from)?) {
            return Ok(false);
        }
        let made = match std::fs::create_dir(&target) {
            Ok(()) => true,
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => false,
            Err(cause) => return Err(cause),
        };
        let mut within = BTreeSet::new();
        let inner = path.map_or(String::new(), |path| {
            let start = format!("{path}/");
            within = ours
                .iter()
                .filter(|o| o.starts_with(&start))
                .cloned()
                .collect();
            start
        });
        let new = std::fs::metadata(&target)?;
        if !alike(&metadata, &new) || !carry(&source, &target, &inner, &within, room)? {
            return Ok(false);
        }
        // A folder of nothing but stale files goes with them.
        if made && !within.is_empty() && target.read_dir()?.next().is_none() {
            std::fs::remove_dir(&target)?;
            continue;
        }
        std::fs::set_permissions(&target, metadata.permissions())?;
        if made && let (Ok(time), Ok(folder)) = (metadata.modified(), File::open(&target)) {
            let _ = folder.set_modified(time);
        }
    }
    Ok(true)
}

/// The path of an entry in the folder of a set; `None` where no file of a set can have it.
fn path_in(inside: &str, entry: &std::fs::DirEntry) -> Option<String> {
    let name = entry.file_name().into_string().ok()?;
    Some(format!("{inside}{name}"))
}

/// What a run that was ended left in a folder that it wrote in place.
fn is_temporary(entry: &std::fs::DirEntry) -> bool {
    super::in_place::is_temporary(&entry.file_name())
}

/// Puts the new folder in the place of the earlier one, which goes.
fn exchange(place: &Place, stage: TempDir, ours: &BTreeSet<String>) -> Result<bool, Stop> {
    if swapped(stage.path(), &place.folder) {
        synced(&place.parent);
        rescue(stage.path(), &place.folder, "", ours);
        return Ok(true);
    }
    // In two steps. The temporary name of the earlier folder says to `tidy` what it is.
    let away = place.parent.join({
        let mut name = place.prefix.clone();
        name.push(OLD);
        name
    });
    if std::fs::rename(&place.folder, &away).is_err() {
        return Ok(false);
    }
    if let Err(cause) = std::fs::rename(stage.path(), &place.folder) {
        let _ = std::fs::rename(&away, &place.folder);
        let what = "The new folder can't take the place of the earlier one";
        return Err(failed(&place.shown, what, &cause));
    }
    synced(&place.parent);
    rescue(&away, &place.folder, "", ours);
    let _ = std::fs::remove_dir_all(&away);
    Ok(true)
}

/// Random part of the temporary name of a folder that was renamed away, in place of six random characters.
const OLD: &str = "before";

/// Exchanges two folders in one step, where the file system can.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn swapped(one: &Path, other: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn swapped(_: &Path, _: &Path) -> bool {
    false
}

/// Moves what somebody put into the earlier folder while the new one was made.
fn rescue(old: &Path, new: &Path, inside: &str, ours: &BTreeSet<String>) {
    for entry in old.read_dir().into_iter().flatten().flatten() {
        let path = path_in(inside, &entry);
        if path.as_ref().is_some_and(|path| ours.contains(path)) || is_temporary(&entry) {
            continue;
        }
        let (source, target) = (entry.path(), new.join(entry.file_name()));
        let Ok(there) = std::fs::symlink_metadata(&source) else {
            continue;
        };
        match std::fs::symlink_metadata(&target) {
            Err(_) if !there.is_dir() || path.is_none() => {
                let _ = std::fs::rename(&source, &target);
            }
            Err(_) => {
                let start = path.map_or(String::new(), |path| format!("{path}/"));
                // A folder of stale files only is not wanted back.
                let foreign = |e: &std::fs::DirEntry| {
                    path_in(&start, e).is_none_or(|path| !ours.contains(&path))
                };
                let mut entries = source.read_dir().into_iter().flatten().flatten();
                let empty = source.read_dir().is_ok_and(|mut e| e.next().is_none());
                if empty || entries.any(|e| foreign(&e)) {
                    let _ = std::fs::create_dir(&target);
                    rescue(&source, &target, &start, ours);
                }
            }
            Ok(now) if there.is_dir() && now.is_dir() => {
                let start = path.map_or(String::new(), |path| format!("{path}/"));
                rescue(&source, &target, &start, ours);
            }
            Ok(now) => {
                let later = matches!((there.modified(), now.modified()), (Ok(a), Ok(b)) if a > b);
                if !there.is_dir() && !now.is_dir() && later {
                    let _ = std::fs::rename(&source, &target);
                }
            }
        }
    }
}

/// Takes away what a run that was ended left beside the folder. Only one run at a time may do so.
pub(super) fn tidy(place: &Place) -> Result<(), Stop> {
    let left = left_over(&place.parent, &place.prefix);
    let (old, rest): (Vec<PathBuf>, Vec<PathBuf>) = left.into_iter().partition(|path| {
        let name = path.file_name().unwrap_or_default();
        name.as_encoded_bytes().ends_with(OLD.as_bytes())
    });
    for old in old {
        // Ended between the two steps: the earlier folder comes back, in place of the empty one that has just been made.
        if std::fs::remove_dir(&place.folder).is_ok() {
            std::fs::rename(&old, &place.folder)
                .map_err(|e| failed(&place.shown, "The earlier folder can't be put back", &e))?;
        }
        let _ = std::fs::remove_dir_all(&old);
    }
    for left in rest {
        if std::fs::symlink_metadata(&left).is_ok_and(|m| m.is_dir()) {
            settle(&left, &place.folder);
            let _ = std::fs::remove_dir_all(&left);
        }
    }
    Ok(())
}

/// What was put into an earlier folder at the last moment is brought back, where the run that exchanged it was ended before it
/// could do so. A folder that never took its place holds nothing of the kind.
fn settle(left: &Path, folder: &Path) {
    let mut ours = BTreeSet::new();
    let mut exchanged = false;
    for entry in left.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let command = name.strip_prefix("codev-");
        let Some(command) = command.and_then(|name| name.strip_suffix(".sha256")) else {
            continue;
        };
        let time = |path: &Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
        exchanged |= time(&entry.path()) < time(&folder.join(&name));
        for path in [entry.path(), folder.join(&name)] {
            let listed = list::read(&path, command).unwrap_or_default();
            ours.extend(listed.into_iter().map(|(path, _)| path));
        }
        ours.insert(name);
    }
    if exchanged {
        rescue(left, folder, "", &ours);
    }
}

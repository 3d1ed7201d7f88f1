//! Files that are written whole or not at all.

use crate::finding::{Finding, Stop};
use std::io::Write;
use std::path::Path;

/// Writes a file so that an interruption leaves the earlier one whole: into a temporary file of the same folder, which
/// then takes the name. Missing folders are made.
///
/// # Errors
/// A [`Stop`] that names the path and says what to do.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let failed = |what: &str, cause: std::io::Error| -> Stop {
        let message = format!("{what}: {cause}.");
        let help = match cause.kind() {
            std::io::ErrorKind::StorageFull => {
                "Make room on that disk, or choose another folder with --out.".to_owned()
            }
            _ => format!(
                "Choose a folder that you may write to with --out, or ask for the right to write to {}.",
                folder.display()
            ),
        };
        Finding::error("export-not-written", message, help)
            .in_file(path.display().to_string())
            .into()
    };
    std::fs::create_dir_all(folder).map_err(|e| failed("The folder can't be made", e))?;
    if path.is_dir() {
        let cause = std::io::Error::new(std::io::ErrorKind::IsADirectory, "a folder has that name");
        return Err(failed("The file can't be written", cause));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".codev-");
    #[cfg(unix)]
    {
        // As any program's files are: what the user's umask leaves, not closed to all others as temporary files are.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder
        .tempfile_in(folder)
        .map_err(|e| failed("The folder can't be written to", e))?;
    file.write_all(bytes)
        .map_err(|e| failed("The file can't be written", e))?;
    file.as_file()
        .sync_all()
        .map_err(|e| failed("The file can't be written to disk", e))?;
    file.persist(path)
        .map_err(|e| failed("The file can't take its name", e.error))?;
    Ok(())
}

/// Takes a file away; one that is not there is no fault.
///
/// # Errors
/// A [`Stop`] that names the path and says what to do.
pub fn remove_file(path: &Path) -> Result<(), Stop> {
    match std::fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            let message = format!("The file of an earlier run can't be taken away: {cause}.");
            let help = "Delete it, or choose another folder with --out.";
            let finding = Finding::error("export-not-removed", message, help);
            Err(finding.in_file(path.display().to_string()).into())
        }
        _ => Ok(()),
    }
}

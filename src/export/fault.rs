//! What is said of a file that can't be written.

use crate::finding::{Finding, Stop};
use std::io::{Error, ErrorKind};
use std::path::Path;

/// The stop for a file or folder that the system does not let us write.
pub(super) fn failed(path: &Path, what: &str, cause: &Error) -> Stop {
    let help = match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "Make room on that disk, or choose another folder. What was there before is as it was."
                .to_owned()
        }
        _ => format!(
            "Choose a folder that you may write to, or ask for the right to write to {}.",
            folder_of(path).display()
        ),
    };
    Finding::error("export-not-written", format!("{what}: {cause}."), help)
        .in_file(path.display().to_string())
        .into()
}

/// The stop for a name that is taken by something that must not be replaced.
pub(super) fn taken(path: &Path, by: &str) -> Stop {
    let message = format!("The name is taken by {by}, which is never replaced.");
    let help = "Choose another name with --out, or take it away yourself.";
    Finding::error("export-not-written", message, help)
        .in_file(path.display().to_string())
        .into()
}

/// The folder of a file, `.` where its path names none.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// What something that is neither a file nor a folder is, in words.
pub(super) fn kind_of(metadata: &std::fs::Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_block_device() || kind.is_char_device() {
            return "a device";
        }
    }
    match metadata {
        m if m.is_symlink() => "a symbolic link",
        m if m.is_dir() => "a folder",
        m if m.is_file() => "a file",
        _ => "something that is no file",
    }
}

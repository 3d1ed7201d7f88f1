//! Files beside an evaluation that people write by hand: they lie in its folder, are text, and no larger than such files are.

use crate::finding::{Finding, Stop};
use std::path::Path;

/// Largest file that is written by hand, in bytes.
pub const LARGEST: u64 = 4 << 20;

/// Whether a path, with all links followed, still lies in `folder`. What is not there is no way out.
pub fn stays_inside(folder: &Path, path: &Path) -> bool {
    match (folder.canonicalize(), path.canonicalize()) {
        (Ok(home), Ok(real)) => real.starts_with(home),
        _ => true,
    }
}

/// Reads a file of a stage (`evaluation`), which names the codes of what may be wrong with it. With a `home`, it must lie in it.
///
/// # Errors
/// A [`Stop`] for a link that leads out of the folder, a file that is too large or no UTF-8 text, and what the system refuses.
pub fn read(
    path: &Path,
    home: Option<&Path>,
    (stage, shown): (&str, &str),
    help: &str,
) -> Result<String, Stop> {
    let stop = |what: &str, message: String, help: &str| -> Stop {
        Finding::error(&format!("{stage}-{what}"), message, help)
            .in_file(shown)
            .into()
    };
    let io = |e: std::io::Error| stop("unreadable", format!("The file can't be read: {e}."), help);
    if home.is_some_and(|home| !stays_inside(home, path)) {
        return Err(outside(stage, shown));
    }
    let metadata = std::fs::metadata(path).map_err(io)?;
    if metadata.is_dir() || !metadata.is_file() {
        // To read from a pipe might wait without end.
        let message = "Expected a file, found something else of that name.";
        return Err(stop("unreadable", message.to_owned(), help));
    }
    if metadata.len() > LARGEST {
        let message = format!(
            "The file has {} bytes; at most {LARGEST} (4 MiB) are read.",
            metadata.len()
        );
        let help = "Look whether it is the file that is meant; data belong into the data package.";
        return Err(stop("too-large", message, help));
    }
    let bytes = std::fs::read(path).map_err(io)?;
    String::from_utf8(bytes).map_err(|_| {
        let message = "The file is not UTF-8 text.".to_owned();
        stop("unreadable", message, "Save it as UTF-8 text.")
    })
}

/// The stop for a link that leads out of an evaluation folder.
pub fn outside(stage: &str, shown: &str) -> Stop {
    let message = "A symbolic link in its path leads out of the evaluation folder, and only what lies in it is read.";
    let help = "Copy into the folder what the link leads to.";
    Finding::error(&format!("{stage}-outside"), message, help)
        .in_file(shown)
        .into()
}

//! The evaluation folder that a command is given: clear words where it is not one.

use crate::finding::{Finding, Stop, nearest};
use std::path::{Path, PathBuf};

/// Name of the evaluation file.
pub const EVALUATION: &str = "evaluation.toml";
/// Name of the data package's manifest.
pub const MANIFEST: &str = "datapackage.json";

/// Refuses a path that is no evaluation folder, and says which one may be meant.
pub fn evaluation(path: &Path) -> Result<(), Stop> {
    let shown = path.display().to_string();
    let is_file = [EVALUATION, MANIFEST]
        .iter()
        .any(|name| path.ends_with(name));
    if let Some(folder) = path.parent().filter(|_| is_file && !path.exists()) {
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        return match evaluation(folder) {
            Err(why) => Err(why),
            // Both files are there now, and the other one is meant no more.
            Ok(()) => there(path, &format!("Give the folder: `{}`.", folder.display())),
        };
    }
    there(
        path,
        &format!("Check the path, or start an evaluation there with `codev init {shown}`."),
    )?;
    if !path.is_dir() {
        let folder = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        return Err(Finding::error(
            "cli-not-a-folder",
            format!(
                "Expected an evaluation folder (with {EVALUATION} and {MANIFEST}), found a file."
            ),
            format!("Give its folder: `{}`.", folder.display()),
        )
        .in_file(shown)
        .into());
    }
    let missing: Vec<&str> = [EVALUATION, MANIFEST]
        .into_iter()
        .filter(|f| !path.join(f).is_file())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let help = match inner(path) {
        Some(inner) => format!(
            "Did you mean `{}`? To start an evaluation here: `codev init {shown}`.",
            inner.display()
        ),
        None => format!(
            "Start one with `codev init {shown}`; with `--from FILES` the data are described too."
        ),
    };
    Err(Finding::error(
        "cli-not-an-evaluation",
        format!(
            "This folder is no evaluation: it has no {}.",
            missing.join(" and no ")
        ),
        help,
    )
    .in_file(shown)
    .into())
}

/// Refuses a file to write that the evaluation of a folder is read from: data, manifest, definitions.
pub fn not_read(folder: &Path, out: &Path) -> Result<(), Stop> {
    let (Ok(out_at), Ok(folder)) = (out.canonicalize(), folder.canonicalize()) else {
        return Ok(());
    };
    let definitions = folder.join("indicators");
    let own = out_at.starts_with(&definitions) && out_at.extension().is_some_and(|e| e == "toml");
    let named = [EVALUATION, MANIFEST].map(|name| folder.join(name));
    let data = crate::dataset::data_files(&folder);
    let mut read = named
        .iter()
        .chain(&data)
        .filter_map(|path| path.canonicalize().ok());
    if !own && !read.any(|path| path == out_at) {
        return Ok(());
    }
    let message = "The evaluation is read from this file, so nothing is written over it.";
    let help = format!(
        "Name another file, such as `--out {}`.",
        out.with_file_name(format!(
            "result.{}",
            out.extension().and_then(|e| e.to_str()).unwrap_or("txt")
        ))
        .display()
    );
    Err(Finding::error("cli-output-is-input", message, help)
        .in_file(out.display().to_string())
        .into())
}

/// Refuses a path where nothing is; `help` stands where no neighbour has a similar name.
pub fn there(path: &Path, help: &str) -> Result<(), Stop> {
    if path.exists() {
        return Ok(());
    }
    let help = match neighbour(path) {
        Some(near) => format!("Did you mean `{}`?", near.display()),
        None => help.to_owned(),
    };
    Err(
        Finding::error("cli-no-such-folder", "There is no such folder.", help)
            .in_file(path.display().to_string())
            .into(),
    )
}

/// The folder whose own definitions count: the one asked for, else the current one where it is an evaluation.
pub fn definitions(asked: Option<&Path>) -> Result<Option<PathBuf>, Stop> {
    match asked {
        Some(path) if path.is_dir() => Ok(Some(path.to_owned())),
        Some(path) => Err(Finding::error(
            "cli-no-such-folder",
            "There is no such folder.",
            "Give the folder that holds `indicators/`, as in `--dir my-evaluation`.",
        )
        .in_file(path.display().to_string())
        .into()),
        None => Ok(Path::new(EVALUATION).is_file().then(|| PathBuf::from("."))),
    }
}

/// Reads a file that the user named.
pub fn read(path: &Path, help: &str) -> Result<Vec<u8>, Stop> {
    std::fs::read(path).map_err(|cause| {
        let help = match neighbour(path) {
            Some(near) if !path.exists() => format!("Did you mean `{}`?", near.display()),
            _ => help.to_owned(),
        };
        Finding::error(
            "cli-unreadable",
            format!("The file can't be read: {cause}."),
            help,
        )
        .in_file(path.display().to_string())
        .into()
    })
}

/// What lies beside `path` under a similar name.
fn neighbour(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty());
    let names = names(parent.unwrap_or(Path::new(".")));
    nearest(name, names.iter().map(String::as_str))
        .map(|near| parent.map_or_else(|| PathBuf::from(near), |p| p.join(near)))
}

/// An evaluation folder directly inside `path`.
fn inner(path: &Path) -> Option<PathBuf> {
    names(path)
        .into_iter()
        .map(|name| path.join(name))
        .find(|p| p.join(EVALUATION).is_file())
}

/// Names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

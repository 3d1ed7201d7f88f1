//! The `path` of a resource: patterns become files, and folders such as `year=2019` give columns.

use super::files::{self, DataFile};
use super::manifest;
use crate::finding::{Finding, Findings, Stop, nearest};
use glob::{MatchOptions, Pattern};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Most files of a table.
const MOST: usize = 100_000;

/// What stands in the name of a folder for "no value".
const NOTHING: &str = "__HIVE_DEFAULT_PARTITION__";

/// Adds the file or files that a path means. Those of a pattern come in the order of their names, each once.
///
/// # Errors
/// A [`Stop`] when there is no such file, or it lies outside the package folder.
pub(super) fn add(folder: &Path, shown: &str, files: &mut Vec<DataFile>) -> Result<(), Stop> {
    let found = expand(folder, shown)?;
    let mut known: FxHashSet<PathBuf> = match found.first() {
        Some((_, true)) => files.iter().map(|file| file.path.clone()).collect(),
        _ => FxHashSet::default(),
    };
    for (name, pattern) in found {
        let path = files::resolve(folder, &name, manifest::NAME)?;
        if pattern && !known.insert(path.clone()) {
            continue;
        }
        if files.len() == MOST {
            return Err(Finding::error(
                "data-too-many-files",
                format!(
                    "`{shown}` means more than {MOST} files, which is more than a table can have."
                ),
                "Join small files into larger ones, or name fewer of them.",
            )
            .in_file(manifest::NAME)
            .with_value(shown)
            .into());
        }
        let partitions = partitions(&name);
        files.push(DataFile {
            shown: name,
            path,
            partitions,
        });
    }
    Ok(())
}

/// The paths that a path means, and whether it is a pattern.
pub(super) fn expand(folder: &Path, shown: &str) -> Result<Vec<(String, bool)>, Stop> {
    files::check_inside(shown, manifest::NAME)?;
    // A file may have such characters in its name.
    if !is_pattern(shown) || folder.join(shown).is_file() {
        return Ok(vec![(shown.to_owned(), false)]);
    }
    let parts: Vec<&str> = shown
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let mut steps = Vec::new();
    for part in &parts {
        steps.push(match *part {
            "**" => Step::Any,
            part if is_pattern(part) => Step::Like(compiled(part, shown)?),
            part => Step::Named(part.to_owned()),
        });
    }
    let mut found = BTreeSet::new();
    walk(folder, &mut Vec::new(), &steps, &mut found)?;
    if found.is_empty() {
        return Err(nothing(folder, shown, &parts));
    }
    let path = |parts: Vec<String>| (parts.join("/"), true);
    Ok(found.into_iter().map(path).collect())
}

fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// A part of a pattern.
enum Step {
    Named(String),
    Like(Pattern),
    /// `**`: any folders, or none.
    Any,
}

fn compiled(part: &str, shown: &str) -> Result<Pattern, Stop> {
    Pattern::new(part).map_err(|error| {
        let message = format!(
            "`{shown}` is no pattern: {} at character {} of `{part}`.",
            error.msg,
            error.pos + 1
        );
        let help = "Use `*` for any characters, `?` for one, `[ab]` for one of several, and `**` alone between slashes for any folders.";
        Finding::error("data-bad-pattern", message, help)
            .in_file(manifest::NAME)
            .with_value(shown)
            .into()
    })
}

/// Looks for files, folder by folder. Hidden ones are met only by a pattern that begins with a point, and `**` does not
/// follow symbolic links.
fn walk(
    folder: &Path,
    at: &mut Vec<String>,
    steps: &[Step],
    found: &mut BTreeSet<Vec<String>>,
) -> Result<(), Stop> {
    let Some((step, rest)) = steps.split_first() else {
        return Ok(());
    };
    let here = at
        .iter()
        .fold(folder.to_owned(), |path, part| path.join(part));
    if let Step::Named(name) = step {
        at.push(name.clone());
        let path = here.join(name);
        if rest.is_empty() && path.is_file() {
            found.insert(at.clone());
        } else if path.is_dir() {
            if path.is_symlink() {
                files::check_links(folder, &at.join("/"), manifest::NAME)?;
            }
            walk(folder, at, rest, found)?;
        }
        at.pop();
        return Ok(());
    }
    if matches!(step, Step::Any) && !rest.is_empty() {
        walk(folder, at, rest, found)?;
    }
    let io = |error: std::io::Error| {
        let shown = if at.is_empty() { "." } else { &at.join("/") };
        files::unreadable(shown, &error)
    };
    let mut entries = Vec::new();
    for entry in here.read_dir().map_err(io)? {
        let entry = entry.map_err(io)?;
        let link = entry.file_type().map_err(io)?.is_symlink();
        entries.push((entry.file_name().to_string_lossy().into_owned(), link));
    }
    let like = MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    for (name, link) in entries {
        let path = here.join(&name);
        let (fits, deeper) = match step {
            Step::Like(pattern) => (pattern.matches_with(&name, like), rest),
            _ => (!name.starts_with('.'), steps),
        };
        if !fits || found.len() > MOST {
            continue;
        }
        at.push(name);
        if path.is_dir() {
            if matches!(step, Step::Like(_)) || !link {
                if link {
                    files::check_links(folder, &at.join("/"), manifest::NAME)?;
                }
                walk(folder, at, deeper, found)?;
            }
        } else if rest.is_empty() {
            found.insert(at.clone());
        }
        at.pop();
    }
    Ok(())
}

/// The stop for a pattern that no file has, with what there is.
fn nothing(folder: &Path, shown: &str, parts: &[&str]) -> Stop {
    let mut here = folder.to_owned();
    let mut inside = String::new();
    let mut wanted = "";
    for part in parts {
        wanted = part;
        let next = here.join(part);
        if is_pattern(part) || !next.is_dir() {
            break;
        }
        here = next;
        inside = if inside.is_empty() {
            (*part).to_owned()
        } else {
            format!("{inside}/{part}")
        };
    }
    let entries = here.read_dir().into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != manifest::NAME)
        .collect();
    names.sort();
    let place = match inside.as_str() {
        "" => "the package folder".to_owned(),
        inside => format!("`{inside}`"),
    };
    let first: Vec<String> = names.iter().take(3).map(|n| format!("`{n}`")).collect();
    let there = match names.len() {
        0 => format!("There is nothing in {place}"),
        1..=3 => format!("In {place} there is {}", first.join(", ")),
        many => format!(
            "In {place} there are {} and {} more",
            first.join(", "),
            many - 3
        ),
    };
    let near = nearest(wanted, names.iter().map(String::as_str));
    let near = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
    let help = format!(
        "{there}.{near} Correct the pattern, or put the files there; paths are relative to the package folder."
    );
    Finding::error(
        "data-no-file",
        format!("No file is named as `{shown}`."),
        help,
    )
    .in_file(manifest::NAME)
    .with_value(shown)
    .into()
}

/// Columns that the folders of a file give, with their value: `year=2019/`.
fn partitions(shown: &str) -> Vec<(String, Option<String>)> {
    let mut out: Vec<(String, Option<String>)> = Vec::new();
    let folders = shown
        .rsplit_once(['/', '\\'])
        .map_or("", |(folders, _)| folders);
    for part in folders.split(['/', '\\']) {
        let Some((name, value)) = part.split_once('=') else {
            continue;
        };
        let name = decoded(name);
        if name.is_empty() {
            continue;
        }
        let value = Some(decoded(value)).filter(|v| !v.is_empty() && v != NOTHING);
        // Of two folders with one name the inner one counts.
        out.retain(|(known, _)| *known != name);
        out.push((name, value));
    }
    out
}

/// A text in which `%41` stands for a byte.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match (first, after) {
            (b'%', [high, low, ..]) => {
                let digit = |b: &u8| char::from(*b).to_digit(16).map(|d| d as u8);
                digit(high)
                    .zip(digit(low))
                    .map(|(high, low)| high * 16 + low)
            }
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = match code {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Findings on files whose folders give other columns than those of the first.
pub(super) fn check_partitions(files: &[DataFile], findings: &mut Findings) {
    let names = |file: &DataFile| -> BTreeSet<String> {
        file.partitions
            .iter()
            .map(|(name, _)| name.clone())
            .collect()
    };
    let Some(first) = files.first() else { return };
    let expected = names(first);
    let words = |names: &BTreeSet<String>| {
        let shown: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
        match shown.is_empty() {
            true => "no columns".to_owned(),
            false => format!("the columns {}", shown.join(", ")),
        }
    };
    let others = files.iter().filter(|file| names(file) != expected);
    for file in others.take(Findings::LISTED as usize) {
        let message = format!(
            "The folders of the file give {}, where those of `{}` give {}; a column that they don't give is missing in all rows of the file.",
            words(&names(file)),
            first.shown,
            words(&expected)
        );
        let help = "Move the file into folders named as the others (`name=value`), or make `path` leave it out.";
        findings.push(
            Finding::error("data-partition-names", message, help).in_file(file.shown.clone()),
        );
    }
}

/// What is said where a file itself has a column that its folders give, too.
pub(super) fn both(name: &str, file: &DataFile) -> Finding {
    let message = format!(
        "The file has a column `{name}`, which its folders give, too; that of the file counts."
    );
    let help = "Take the column out of the file, or rename the folders, if the folders are right.";
    Finding::warning("data-partition-column", message, help)
        .in_file(&file.shown)
        .in_column(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_columns() {
        let pair = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        assert_eq!(
            partitions("data/year=2019/region=Al%20Jazira%2f1/a=b.csv"),
            [
                pair("year", Some("2019")),
                pair("region", Some("Al Jazira/1"))
            ]
        );
        assert_eq!(
            partitions("k=__HIVE_DEFAULT_PARTITION__/l=/=x/m=100%/a.csv"),
            [pair("k", None), pair("l", None), pair("m", Some("100%"))]
        );
        assert_eq!(partitions("k=1/k=2/a.csv"), [pair("k", Some("2"))]);
        assert_eq!(partitions("a=1.csv"), []);
    }
}

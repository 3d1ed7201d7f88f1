//! What takes the place of what, and what stays as it is.

#![allow(clippy::unwrap_used)]

use super::*;
use std::path::PathBuf;

fn files(names: &[&str], what: &str) -> Vec<SetFile> {
    let each = |name: &&str| ((*name).to_owned(), format!("{name} {what}").into_bytes());
    names.iter().map(each).collect()
}

fn write_of(folder: &Path, files: &[SetFile]) -> Result<(), Stop> {
    let set = FileSet {
        command: "test",
        files,
        unlisted: &|_| Vec::new(),
    };
    write_set(folder, &set)
}

/// All files below a folder with what they hold.
fn all(folder: &Path) -> Vec<(String, String)> {
    fn walk(folder: &Path, inside: &str, found: &mut Vec<(String, String)>) {
        for entry in folder.read_dir().unwrap().map(Result::unwrap) {
            let name = format!("{inside}{}", entry.file_name().to_string_lossy());
            match entry.file_type().unwrap().is_dir() {
                true => walk(&entry.path(), &format!("{name}/"), found),
                false => {
                    let text = std::fs::read_to_string(entry.path());
                    found.push((name, text.unwrap_or_default()));
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

/// The same without the list, which is checked.
fn set(folder: &Path) -> Vec<(String, String)> {
    let listed = list::read(&folder.join("codev-test.sha256"), "test").unwrap();
    for (path, hash) in &listed {
        assert_eq!(
            *hash,
            list::hash(&std::fs::read(folder.join(path)).unwrap())
        );
    }
    let mut files = all(folder);
    files.retain(|(name, _)| name != "codev-test.sha256");
    files
}

fn pair(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn a_set_takes_the_place_of_an_earlier_one_and_other_files_stay_the_same_files() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("out");
    write_of(&folder, &files(&["a", "b", "charts/c"], "1")).unwrap();
    std::fs::create_dir(folder.join("mine")).unwrap();
    std::fs::write(folder.join("mine/notes"), "mine").unwrap();
    std::fs::write(folder.join("charts/own"), "mine").unwrap();
    std::fs::create_dir(folder.join("empty")).unwrap();
    let mut open = std::fs::OpenOptions::new()
        .append(true)
        .open(folder.join("mine/notes"))
        .unwrap();
    write_of(&folder, &files(&["a", "charts/d"], "2")).unwrap();
    // A program that has the file open writes into the file that is there.
    std::io::Write::write_all(&mut open, b", still").unwrap();
    assert_eq!(
        set(&folder),
        [
            pair("a", "a 2"),
            pair("charts/d", "charts/d 2"),
            pair("charts/own", "mine"),
            pair("mine/notes", "mine, still")
        ]
    );
    assert!(folder.join("empty").is_dir());
    assert_eq!(all(home.path()).len(), 5, "nothing is left beside");
    write_of(&folder, &files(&["a"], "3")).unwrap();
    std::fs::remove_file(folder.join("charts/own")).unwrap();
    write_of(&folder, &files(&["a"], "4")).unwrap();
    assert!(
        folder.join("charts").is_dir(),
        "an empty folder of the user's"
    );
}

#[test]
fn two_commands_share_a_folder() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("out");
    write_of(&folder, &files(&["a", "b"], "1")).unwrap();
    let other = files(&["x"], "1");
    let other = FileSet {
        command: "other",
        files: &other,
        unlisted: &|_| Vec::new(),
    };
    write_set(&folder, &other).unwrap();
    write_of(&folder, &files(&["a"], "2")).unwrap();
    let names: Vec<String> = all(&folder).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "codev-other.sha256", "codev-test.sha256", "x"]);
}

#[test]
fn one_file_of_a_set_is_written_anew_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("out");
    assert!(!rewrite(&folder, "test", "a", b"x").unwrap());
    write_of(&folder, &files(&["a", "b"], "1")).unwrap();
    assert!(rewrite(&folder, "test", "a", b"a 2").unwrap());
    assert!(!rewrite(&folder, "test", "c", b"x").unwrap());
    assert_eq!(set(&folder), [pair("a", "a 2"), pair("b", "b 1")]);
}

#[test]
fn a_set_that_no_list_tells_of_is_known_by_its_names() {
    let home = tempfile::tempdir().unwrap();
    for name in ["a", "old", "mine"] {
        std::fs::write(home.path().join(name), "0").unwrap();
    }
    let files = files(&["a"], "1");
    let set_of = FileSet {
        command: "test",
        files: &files,
        unlisted: &|_| vec!["a".to_owned(), "old".to_owned(), "../x".to_owned()],
    };
    write_set(home.path(), &set_of).unwrap();
    assert_eq!(set(home.path()), [pair("a", "a 1"), pair("mine", "0")]);
}

/// A folder that holds an evaluation is never exchanged for another.
#[test]
fn an_evaluation_folder_is_written_in_place() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("eval");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("evaluation.toml"), "").unwrap();
    let place = Place::of(&folder).unwrap();
    let change = Change {
        put: vec![("a", b"1")],
        stale: BTreeSet::new(),
    };
    assert!(!swap::write(&place, &change).unwrap());
    write_of(&folder, &files(&["a", "charts/b", "deep/er/c"], "1")).unwrap();
    write_of(&folder, &files(&["a", "charts/d"], "2")).unwrap();
    assert_eq!(
        set(&folder),
        [
            pair("a", "a 2"),
            pair("charts/d", "charts/d 2"),
            pair("evaluation.toml", "")
        ]
    );
    assert!(!folder.join("deep").exists());
    // A folder where a file is to come: refused before anything is changed.
    std::fs::create_dir(folder.join("e")).unwrap();
    let refusal = write_of(&folder, &files(&["a", "e"], "3")).unwrap_err();
    assert!(
        refusal.to_string().contains("taken by a folder"),
        "{refusal}"
    );
    assert!(set(&folder).contains(&pair("a", "a 2")));
}

#[test]
fn what_ended_runs_left_goes_and_what_was_rescued_stays() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("out");
    write_of(&folder, &files(&["a"], "1")).unwrap();
    // Ended before the exchange: a folder in the making, with a list that is newer.
    let making = home.path().join(".codev-out.Abc123");
    std::thread::sleep(std::time::Duration::from_millis(20));
    write_of(&making, &files(&["a", "b"], "2")).unwrap();
    std::fs::write(making.join("deleted since"), "x").unwrap();
    // Of others.
    std::fs::create_dir(home.path().join(".codev-out.longer12")).unwrap();
    std::fs::create_dir(home.path().join(".codev-else.Abc123")).unwrap();
    write_of(&folder, &files(&["a"], "3")).unwrap();
    assert_eq!(set(&folder), [pair("a", "a 3")]);
    assert!(!making.exists());
    assert!(home.path().join(".codev-out.longer12").is_dir());
    assert!(home.path().join(".codev-else.Abc123").is_dir());
    // Ended after the exchange: the earlier folder, into which somebody had put a file at the last moment.
    let earlier = home.path().join(".codev-out.Abc124");
    std::fs::rename(&folder, &earlier).unwrap();
    std::fs::write(earlier.join("late"), "mine").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    write_of(&home.path().join("new"), &files(&["b"], "4")).unwrap();
    std::fs::rename(home.path().join("new"), &folder).unwrap();
    write_of(&folder, &files(&["b"], "5")).unwrap();
    assert_eq!(set(&folder), [pair("b", "b 5"), pair("late", "mine")]);
    // Ended between the two steps of a file system that can't exchange: the earlier folder comes back.
    let away = home.path().join(".codev-out.before");
    std::fs::rename(&folder, &away).unwrap();
    let place = Place::of(&folder).unwrap();
    swap::tidy(&place).unwrap();
    assert_eq!(set(&folder), [pair("b", "b 5"), pair("late", "mine")]);
    assert!(!away.exists());
}

#[cfg(unix)]
#[test]
fn links_pipes_and_closed_folders_are_not_replaced() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("real");
    let link = home.path().join("link");
    std::fs::create_dir(&folder).unwrap();
    symlink(&folder, &link).unwrap();
    write_of(&link, &files(&["a"], "1")).unwrap();
    assert_eq!(set(&folder), [pair("a", "a 1")]);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let refused = |folder: &Path, names: &[&str]| -> String {
        let refusal = write_of(folder, &files(names, "2")).unwrap_err();
        refusal.to_string()
    };
    let lost: PathBuf = home.path().join("lost");
    symlink(home.path().join("nowhere"), &lost).unwrap();
    assert!(refused(&lost, &["a"]).contains("a symbolic link that leads nowhere"));
    std::fs::write(home.path().join("other"), "mine").unwrap();
    symlink(home.path().join("other"), folder.join("b")).unwrap();
    assert!(refused(&folder, &["a", "b"]).contains("b: The name is taken by a symbolic link"));
    symlink(home.path(), folder.join("charts")).unwrap();
    assert!(refused(&folder, &["a", "charts/x"]).contains("taken by a symbolic link"));
    // Links that are nothing to the set come along.
    write_of(&folder, &files(&["a"], "3")).unwrap();
    assert!(
        std::fs::symlink_metadata(folder.join("charts"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        std::fs::read_to_string(home.path().join("other")).unwrap(),
        "mine"
    );
    let taken = refused(&home.path().join("other"), &["a"]);
    assert!(taken.contains("taken by a file"), "{taken}");
}

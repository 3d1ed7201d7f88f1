//! What an evaluation reads lies in its folder and has a size: a package that somebody sends can't read the rest of the disk, nor fill
//! the memory.

use crate::kit::{Folder, definition, formula, table};
use codev::run::{Quiet, check};

fn said(folder: &Folder) -> String {
    match check(folder.path(), &Quiet) {
        Ok(checked) => {
            let listed = checked.findings.listed.iter();
            let lines: Vec<String> = listed
                .map(|f| format!("{} {:?}: {} {}", f.code, f.place.file, f.message, f.help))
                .collect();
            lines.join("\n")
        }
        Err(stop) => format!("stop {} {stop}", stop.0.code),
    }
}

fn small() -> Folder {
    let folder = table("programme,x\nP1,1\nP1,3\n", &["programme"], "");
    folder.define("mean", "points", &formula("t", "AVG(x)"));
    folder
}

#[cfg(unix)]
#[test]
fn links_in_the_folder_stay_in_it() {
    use std::os::unix::fs::symlink;
    let outside = small();
    outside.define("secret", "points", &formula("t", "SUM(x)"));
    // Within the folder a link is a way to a file like any other.
    let folder = small();
    folder.write(
        "shared/other.toml",
        definition("other", "points", &formula("t", "SUM(x)")),
    );
    symlink("../shared/other.toml", folder.file("indicators/other.toml")).unwrap();
    symlink("../shared", folder.file("indicators/more")).unwrap();
    std::fs::remove_file(folder.file("indicators/other.toml")).unwrap();
    symlink(folder.file("indicators"), folder.file("indicators/circle")).unwrap();
    let checked = check(folder.path(), &Quiet).unwrap();
    assert_eq!(checked.computable, ["mean", "other"], "{}", said(&folder));
    // A definition, a folder of them, the folder itself.
    symlink(
        outside.file("indicators/secret.toml"),
        folder.file("indicators/secret.toml"),
    )
    .unwrap();
    symlink(outside.file("indicators"), folder.file("indicators/theirs")).unwrap();
    let text = said(&folder);
    for name in ["indicators/secret.toml", "indicators/theirs"] {
        let line =
            format!("definition-outside Some(\"{name}\"): A symbolic link in its path leads out");
        assert!(text.contains(&line), "{text}");
    }
    assert!(
        !checked
            .catalogue
            .indicators
            .iter()
            .any(|i| i.id == "secret")
    );
    let folder = small();
    std::fs::remove_dir_all(folder.file("indicators")).unwrap();
    symlink(outside.file("indicators"), folder.file("indicators")).unwrap();
    assert!(
        said(&folder).contains("definition-outside Some(\"indicators\")"),
        "{}",
        said(&folder)
    );
    // The evaluation, the manifest, data by name and by pattern, also where there is nothing at the end of the link.
    for (name, code) in [
        ("evaluation.toml", "stop evaluation-outside"),
        ("datapackage.json", "stop data-path-outside"),
        ("t.csv", "stop data-path-outside"),
    ] {
        let folder = small();
        std::fs::remove_file(folder.file(name)).unwrap();
        symlink(outside.file(name), folder.file(name)).unwrap();
        assert!(said(&folder).starts_with(code), "{}", said(&folder));
    }
    outside.write("data/private-names.csv", "x\n1\n");
    for path in [
        "link/private-name.csv",
        "link/*.csv",
        "*/private-names.csv",
        "link/*.txt",
        "link/**/x.csv",
    ] {
        let folder = small();
        symlink(outside.file("data"), folder.file("link")).unwrap();
        let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
        folder.write("datapackage.json", manifest.replace("t.csv", path));
        let text = said(&folder);
        assert!(text.starts_with("stop data-path-outside"), "{path}: {text}");
        assert!(!text.contains("private-names"), "{path}: {text}");
    }
    // The whole evaluation by a link is the user's own choice.
    let folder = Folder::new();
    symlink(outside.path(), folder.file("by-link")).unwrap();
    assert!(check(&folder.file("by-link"), &Quiet).is_ok());
}

/// A pipe in place of a file would be waited for without end.
#[cfg(unix)]
#[test]
fn a_pipe_in_the_folder_is_refused_and_not_waited_for() {
    let folder = small();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.file("indicators/pipe.toml"))
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    let text = said(&folder);
    assert!(
        text.contains("definition-unreadable Some(\"indicators/pipe.toml\")"),
        "{text}"
    );
}

#[test]
fn files_written_by_hand_and_cells_have_a_largest_size() {
    let folder = small();
    let long = format!("# {}\n", "x".repeat(5 << 20));
    folder.write("indicators/long.toml", &long);
    let text = said(&folder);
    assert!(
        text.contains("definition-too-large Some(\"indicators/long.toml\"): The file has 5242883 bytes; at most 4194304 (4 MiB) are read."),
        "{text}"
    );
    folder.write("evaluation.toml", long + "title = \"x\"\n");
    assert!(said(&folder).starts_with("stop evaluation-too-large"));

    let text_of = |length: usize| format!("programme,x\n{},1\nP1,3\n", "p".repeat(length));
    for (length, whole) in [(1 << 20, true), ((1 << 20) + 1, false)] {
        let folder = table(&text_of(length), &["programme"], "");
        folder.define("mean", "points", &formula("t", "AVG(x)"));
        let text = said(&folder);
        assert_eq!(!text.contains("data-cell-too-long"), whole, "{text}");
        assert!(
            whole || text.contains("is not a text of at most 1 MiB; it is kept as missing."),
            "{text}"
        );
        // The quoted cell is read record by record.
        folder.write(
            "t.csv",
            format!("programme,x\n\"{}\",1\nP1,3\n", "p".repeat(length)),
        );
        assert_eq!(!said(&folder).contains("data-cell-too-long"), whole);
    }
}

/// A kilobyte of zeros that unpacks to one line of gigabytes is given up after 16 MiB of it.
#[test]
fn a_packed_line_without_end_is_given_up() {
    let folder = small();
    let zeros = vec![b'0'; 24 << 20];
    let packed = zstd::encode_all(zeros.as_slice(), 3).unwrap();
    assert!(packed.len() < 10_000);
    folder.write("t.csv.zst", packed);
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    folder.write("datapackage.json", manifest.replace("t.csv", "t.csv.zst"));
    assert!(
        said(&folder).contains("data-record-too-long"),
        "{}",
        said(&folder)
    );
}

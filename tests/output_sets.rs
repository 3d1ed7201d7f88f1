//! Outputs under load: killed in the middle of writing, two runs at once, full disks, links, left-overs.

use crate::kit::Folder;
use codev::export::{FileSet, SetFile, write_atomic, write_set};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Kills of the short run; CODEV_KILLS makes it longer.
const KILLS: u64 = 60;

/// The files of a run, which all say which run made them. Every other run has a file more, and other charts.
fn files(run: u64) -> Vec<SetFile> {
    let stamp = format!("run {run}\n");
    let mut files = vec![
        ("outcome.json".to_owned(), stamp.repeat(5_000).into_bytes()),
        ("estimates.csv".to_owned(), stamp.repeat(200).into_bytes()),
        ("report.html".to_owned(), stamp.repeat(20_000).into_bytes()),
    ];
    if run.is_multiple_of(2) {
        files.push(("effects.csv".to_owned(), stamp.clone().into_bytes()));
    }
    for chart in 0..6 {
        let name = format!("charts/{}-{chart}.svg", run % 3);
        files.push((name, stamp.clone().into_bytes()));
    }
    files
}

fn write(folder: &Path, run: u64) {
    let files = files(run);
    let set = FileSet {
        command: "report",
        files: &files,
        unlisted: &|_| Vec::new(),
    };
    write_set(folder, &set).unwrap_or_else(|stop| panic!("{stop}"));
}

/// Not a test of its own: writes sets until it is killed. CODEV_TEST_WRITER names the folder and the first run.
#[test]
#[ignore = "the other tests start it as a process of its own"]
fn writer() {
    let Some(asked) = std::env::var_os("CODEV_TEST_WRITER") else {
        return;
    };
    let first: u64 = std::env::var("CODEV_TEST_FIRST").unwrap().parse().unwrap();
    for run in (first..).step_by(2) {
        write(Path::new(&asked), run);
    }
}

fn start(folder: &Path, here: &Path, first: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "output_sets::writer"])
        .env("CODEV_TEST_WRITER", folder)
        .env("CODEV_TEST_FIRST", first.to_string())
        .current_dir(here)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// All files below a folder, by their path.
fn all(folder: &Path) -> BTreeMap<String, String> {
    fn walk(folder: &Path, inside: &str, found: &mut BTreeMap<String, String>) {
        for entry in folder.read_dir().unwrap().map(Result::unwrap) {
            let name = format!("{inside}{}", entry.file_name().to_string_lossy());
            match entry.file_type().unwrap().is_dir() {
                true => walk(&entry.path(), &format!("{name}/"), found),
                false => {
                    let text = std::fs::read_to_string(entry.path()).unwrap();
                    found.insert(name, text);
                }
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

/// The runs whose files are in a folder; ours are told from others by what they hold.
fn runs(found: &BTreeMap<String, String>) -> Vec<u64> {
    let mut runs: Vec<u64> = found
        .values()
        .filter_map(|text| text.lines().next()?.strip_prefix("run ")?.parse().ok())
        .collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

fn kills() -> u64 {
    let asked = std::env::var("CODEV_KILLS").ok();
    asked.map_or(KILLS, |text| text.parse().unwrap())
}

/// What the outcome in a folder says of its run.
fn stamp(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join("outcome.json")).ok()?;
    text.lines().next().map(str::to_owned)
}

/// Starts a writer and waits until a run has come through, and then a while that is different each time.
fn killed(folder: &Path, here: &Path, at: u64) {
    let before = stamp(folder);
    let mut child = start(folder, here, at + 2);
    for _ in 0..30_000 {
        std::thread::sleep(Duration::from_millis(1));
        let now = stamp(folder);
        if now.is_some() && now != before {
            break;
        }
    }
    std::thread::sleep(Duration::from_micros(at * 7_919 % 9_000));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_kill_leaves_the_earlier_set_or_the_new_one() {
    let home = Folder::new();
    let folder = home.file("out");
    write(&folder, 1);
    std::fs::write(folder.join("mine.txt"), "mine").unwrap();
    let mut amid = 0;
    for at in 0..kills() {
        killed(&folder, home.path(), at);
        amid += u64::from(std::fs::read_dir(home.path()).unwrap().count() > 1);
        let found = all(&folder);
        let runs = runs(&found);
        assert_eq!(runs.len(), 1, "kill {at}: files of the runs {runs:?}");
        let mut wanted: Vec<String> = files(runs[0]).into_iter().map(|(name, _)| name).collect();
        wanted.extend(["codev-report.sha256", "mine.txt"].map(str::to_owned));
        wanted.sort();
        let names: Vec<&String> = found.keys().collect();
        assert_eq!(names, wanted.iter().collect::<Vec<_>>(), "kill {at}");
        for (name, bytes) in files(runs[0]) {
            assert_eq!(found[&name].as_bytes(), bytes, "kill {at}, {name}");
        }
    }
    // Most kills were in the middle of writing: they left a folder in the making, or the earlier one.
    assert!(amid > kills() / 3, "{amid} of {}", kills());
    eprintln!(
        "{} kills, {amid} of them in the middle of writing, no set mixed",
        kills()
    );
    write(&folder, 7);
    assert_eq!(runs(&all(&folder)), [7]);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
}

/// A folder in which a program stands can't be exchanged: there a kill may leave files out, and never mixes two runs.
#[test]
fn a_kill_in_place_mixes_nothing_and_the_next_run_makes_it_whole() {
    let home = Folder::new();
    let folder = home.file("out");
    write(&folder, 1);
    std::fs::write(folder.join("mine.txt"), "mine").unwrap();
    for at in 0..kills() / 4 {
        killed(&folder, &folder, at);
        let mut found = all(&folder);
        found.retain(|name, _| !name.starts_with(".codev-"));
        assert!(runs(&found).len() <= 1, "kill {at}: {:?}", found.keys());
        assert_eq!(found["mine.txt"], "mine");
        if found.contains_key("codev-report.sha256") {
            let run = runs(&found)[0];
            for (name, bytes) in files(run) {
                assert_eq!(found[&name].as_bytes(), bytes, "kill {at}, {name}");
            }
        }
    }
    write(&folder, 7);
    let names: Vec<String> = all(&folder).into_keys().collect();
    assert_eq!(runs(&all(&folder)), [7]);
    assert!(names.iter().all(|n| !n.starts_with(".codev-")), "{names:?}");
}

#[test]
fn two_runs_at_once_do_not_mix_and_neither_fails() {
    let home = Folder::new();
    let folder = home.file("out");
    write(&folder, 0);
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let folder = &folder;
            scope.spawn(move || (0..15).for_each(|run| write(folder, thread * 100 + run)));
        }
    });
    let found = all(&folder);
    assert_eq!(runs(&found).len(), 1, "{:?}", runs(&found));
    assert_eq!(found.len(), files(runs(&found)[0]).len() + 1);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
}

/// A small evaluation with an effect, or without.
fn small(effect: bool) -> Folder {
    let folder = Folder::new();
    let mut csv = "unit,treated,wave,x\n".to_owned();
    for unit in 0..24_u32 {
        for wave in ["before", "after"] {
            let treated = u32::from(unit % 2 == 0);
            let rise = if wave == "after" { 3 + 2 * treated } else { 0 };
            csv += &format!("u{unit},{treated},{wave},{}\n", unit * 7 % 11 + rise);
        }
    }
    folder.write("t.csv", csv).write(
        "datapackage.json",
        r#"{ "name": "t", "resources": [ { "name": "t", "path": "t.csv",
           "schema": { "fields": [ { "name": "unit", "type": "string" }, { "name": "treated", "type": "integer" },
                                   { "name": "wave", "type": "string" }, { "name": "x", "type": "number" } ] },
           "codev": { "unit": "place" } } ] }"#,
    );
    evaluation(&folder, effect);
    folder.define("mean", "points", &crate::kit::formula("t", "AVG(x)"));
    folder
}

fn evaluation(folder: &Folder, effect: bool) {
    let effects = r#"
[[effect]]
id = "change"
design = "comparison"
indicators = ["mean"]
treated = "treated = 1"
"#;
    let text = format!(
        "title = \"Small\"\nindicators = [\"mean\"]\n{}",
        if effect { effects } else { "" }
    );
    folder.write("evaluation.toml", text);
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn effects_of_an_earlier_evaluation_do_not_stay_behind() {
    let folder = small(true);
    let names = || -> Vec<String> {
        let names = std::fs::read_dir(folder.file("report")).unwrap();
        let mut names: Vec<String> = names
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let output = folder.codev(&["report", "."]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let with = [
        "codev-report.sha256",
        "effects.csv",
        "estimates.csv",
        "outcome.json",
        "report.html",
    ];
    assert_eq!(names(), with);
    // As an earlier version left it: without a list.
    std::fs::remove_file(folder.file("report/codev-report.sha256")).unwrap();
    evaluation(&folder, false);
    folder.codev(&["report", "."]);
    let without: Vec<&str> = with.into_iter().filter(|n| *n != "effects.csv").collect();
    assert_eq!(names(), without);
    // The report made again is one of the set.
    let output = folder.codev(&["render", "report/outcome.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(names(), without);
    let list = std::fs::read_to_string(folder.file("report/codev-report.sha256")).unwrap();
    let html = std::fs::read(folder.file("report/report.html")).unwrap();
    let hash: String = <sha2::Sha256 as sha2::Digest>::digest(&html)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert!(list.contains(&format!("{hash}  report.html")), "{list}");
    assert!(list.starts_with("# codev report: the files of one run."));
}

#[cfg(unix)]
#[test]
fn a_single_output_never_replaces_a_link_a_pipe_or_a_device() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let folder = small(false);
    let compute = |out: &str| folder.codev(&["compute", ".", "--format", "csv", "--out", out]);
    folder.write("real.csv", "earlier");
    symlink("real.csv", folder.file("link.csv")).unwrap();
    assert_eq!(compute("link.csv").status.code(), Some(0));
    let kind = |name: &str| std::fs::symlink_metadata(folder.file(name)).unwrap();
    assert!(kind("link.csv").is_symlink());
    let written = std::fs::read_to_string(folder.file("real.csv")).unwrap();
    assert!(written.contains("mean"), "{written}");
    symlink("nowhere/x.csv", folder.file("lost.csv")).unwrap();
    let output = compute("lost.csv");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("leads nowhere"), "{}", said(&output));
    // A pipe without a reader: no wait without end.
    let made = Command::new("mkfifo").arg(folder.file("pipe")).status();
    if made.is_ok_and(|status| status.success()) {
        let output = compute("pipe");
        assert_eq!(output.status.code(), Some(2));
        assert!(kind("pipe").file_type().is_fifo());
        let reader = Command::new("cat")
            .arg(folder.file("pipe"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(compute("pipe").status.code(), Some(0));
        let read = reader.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(read.stdout).unwrap(), written);
        assert!(kind("pipe").file_type().is_fifo());
        let output = folder.codev(&["report", ".", "--out", "pipe"]);
        assert!(
            said(&output).contains("taken by a pipe"),
            "{}",
            said(&output)
        );
    }
    assert_eq!(compute("/dev/null").status.code(), Some(0));
    let null = std::fs::symlink_metadata("/dev/null").unwrap();
    assert!(null.file_type().is_char_device());
}

#[cfg(unix)]
#[test]
fn a_closed_folder_is_refused_in_words_and_stays() {
    use std::os::unix::fs::PermissionsExt;
    let folder = small(false);
    folder.codev(&["report", ".", "--out", "closed"]);
    let before = all(&folder.file("closed"));
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(folder.file("closed"), mode(0o555)).unwrap();
    let root = std::fs::File::create(folder.file("closed/x")).is_ok();
    if root {
        // Nothing is closed to the administrator.
        return;
    }
    let output = folder.codev(&["report", ".", "--out", "closed"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--out"), "{}", said(&output));
    assert_eq!(all(&folder.file("closed")), before);
    std::fs::set_permissions(folder.file("closed"), mode(0o755)).unwrap();
    // A folder in a closed one: written in place.
    std::fs::create_dir_all(folder.file("above/open")).unwrap();
    std::fs::set_permissions(folder.file("above"), mode(0o555)).unwrap();
    let output = folder.codev(&["report", ".", "--out", "above/open"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = folder.codev(&["report", ".", "--out", "above/new"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("above/new"), "{}", said(&output));
    std::fs::set_permissions(folder.file("above"), mode(0o755)).unwrap();
}

/// A disk with room for the first set only, where the system lets us mount one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_earlier_set() {
    let folder = small(false);
    let disk = folder.file("disk");
    std::fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
        .arg(&disk)
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        return;
    }
    let set = |size: usize, what: u8| {
        let files: Vec<SetFile> = ["a", "b", "c"]
            .map(|n| (n.to_owned(), vec![what; size]))
            .to_vec();
        let out = disk.join("out");
        let set = FileSet {
            command: "report",
            files: &files,
            unlisted: &|_| Vec::new(),
        };
        write_set(&out, &set)
    };
    let first = set(8_000, b'1');
    let second = set(16_000, b'2');
    let left: Vec<_> = std::fs::read_dir(&disk).unwrap().collect();
    let found = std::panic::catch_unwind(|| all(&disk.join("out")));
    let single = write_atomic(&disk.join("out/a"), &[b'3'; 60_000]);
    let after = std::fs::read(disk.join("out/a"));
    let _ = Command::new("umount").arg("-l").arg(&disk).status();
    first.unwrap();
    let refusal = second.unwrap_err().to_string();
    assert!(refusal.contains("Make room on that disk"), "{refusal}");
    assert_eq!(left.len(), 1, "{left:?}");
    let found = found.unwrap();
    for name in ["a", "b", "c"] {
        assert_eq!(found[name], "1".repeat(8_000));
    }
    assert!(single.is_err());
    assert_eq!(after.unwrap(), [b'1'; 8_000]);
}

//! A rendered report kept in the repository, so that a change of what a reader sees shows in a diff.

use assert_cmd::Command;
use std::fs;
use std::path::Path;

/// Renders the report on the chapter's cases and compares it with `reports/examples/chapter-cases.html`. With
/// `CODEV_UPDATE=1` the file is written anew.
#[test]
fn the_example_report_is_as_it_was() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    Command::cargo_bin("codev")
        .unwrap()
        .current_dir(root)
        .args(["report", "datasets/chapter-cases", "--out"])
        .arg(folder.path())
        .assert()
        .success();
    let now = fs::read_to_string(folder.path().join("report.html")).unwrap();
    let path = root.join("reports/examples/chapter-cases.html");
    if std::env::var_os("CODEV_UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
        return;
    }
    let kept = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert!(now.len() < 1 << 20, "an example is less than 1 MiB");
    let changed = kept.lines().zip(now.lines()).position(|(a, b)| a != b);
    let at = changed.unwrap_or_else(|| kept.lines().count().min(now.lines().count()));
    let line = |text: &str| -> String {
        let line = text.lines().nth(at).unwrap_or("(no line)");
        line.chars().take(200).collect()
    };
    assert!(
        kept == now,
        "the report changed in line {}:\n- {}\n+ {}\nLook at it; CODEV_UPDATE=1 cargo test golden keeps the new one.",
        at + 1,
        line(&kept),
        line(&now)
    );
}

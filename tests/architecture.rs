//! The rules of `src/ARCHITECTURE.md` that a machine can check.

use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Stages in order: a module imports only from those before its own.
const STAGES: [&str; 19] = [
    "stats",
    "finding",
    "outcome",
    "indicator",
    "evaluation",
    "dataset",
    "plan",
    "engine",
    "estimate",
    "protect",
    "effect",
    "planning",
    "compare",
    "chart",
    "report",
    "export",
    "examples",
    "run",
    "cli",
];

/// Lines of a source file at most.
const LINES: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files under `folder` with this extension, sorted.
fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, extension, found);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), extension, &mut found);
    found.sort();
    found
}

fn sources() -> Vec<(String, String)> {
    let read = |path: PathBuf| {
        let name = path
            .strip_prefix(root().join("src"))
            .unwrap()
            .to_str()
            .unwrap()
            .replace('\\', "/");
        (name, std::fs::read_to_string(&path).unwrap())
    };
    let found: Vec<_> = files("src", "rs").into_iter().map(read).collect();
    assert!(found.len() >= STAGES.len(), "found {} files", found.len());
    found
}

/// The stage of a file: `dataset/csv.rs` and `finding.rs` give `dataset` and `finding`.
fn stage(name: &str) -> &str {
    name.split('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".rs")
}

/// Whether a file under `src` holds nothing but tests.
fn is_tests(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("/tests/")
}

/// The modules of this crate that a source text names, comments left out.
fn imports(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .map(|l| format!("{l}\n"))
        .collect();
    let mut found = BTreeSet::new();
    for capture in Regex::new(r"\bcrate::(\w+)").unwrap().captures_iter(&code) {
        found.insert(capture[1].to_owned());
    }
    for group in Regex::new(r"\bcrate::\{([^;]*)\}")
        .unwrap()
        .captures_iter(&code)
    {
        // Names at the top level of the braces: `{finding::{A, B}, outcome}` names two modules.
        let mut depth = 0;
        let mut top = String::new();
        for c in group[1].chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                c if depth == 0 => top.push(c),
                _ => {}
            }
        }
        found.extend(
            top.split(',')
                .filter_map(|part| part.trim().split("::").next())
                .map(str::to_owned),
        );
    }
    found.retain(|name| STAGES.contains(&name.as_str()));
    found
}

#[test]
fn imports_are_read_from_source() {
    let text = "use crate::finding::Stop;\nuse crate::{outcome::{A, B}, run};\n// crate::cli\nlet x = crate::plan::Y;\n";
    let found: Vec<String> = imports(text).into_iter().collect();
    assert_eq!(found, ["finding", "outcome", "plan", "run"]);
}

#[test]
fn a_stage_imports_only_from_earlier_ones() {
    let place = |name: &str| STAGES.iter().position(|s| *s == name);
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let own = stage(&name);
        // Tests may look at what later stages make of a result.
        if matches!(own, "lib" | "main") || is_tests(&name) {
            continue;
        }
        let at = place(own).unwrap_or_else(|| {
            panic!("src/{name} belongs to no stage; add it to STAGES and ARCHITECTURE.md")
        });
        for import in imports(&text) {
            if place(&import).is_some_and(|other| other > at) {
                wrong.push(format!(
                    "src/{name} ({own}) imports from {import}, a later stage"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a file says of itself; of tests, their name says enough.
fn summary_of(name: &str, text: &str) -> String {
    match summary(text) {
        mute if mute.is_empty() && is_tests(name) => "Tests.".to_owned(),
        said => said,
    }
}

/// First paragraph of a file's `//!` text.
fn summary(text: &str) -> String {
    let lines = text
        .lines()
        .take_while(|l| l.starts_with("//!"))
        .map(|l| l.trim_start_matches("//!").trim());
    let whole: Vec<&str> = lines.take_while(|l| !l.is_empty()).collect();
    whole.join(" ")
}

#[test]
fn every_source_file_says_what_it_is() {
    let mute: Vec<String> = sources()
        .into_iter()
        .filter(|(n, t)| summary_of(n, t).is_empty())
        .map(|(n, _)| n)
        .collect();
    assert!(mute.is_empty(), "these open without `//!`: {mute:?}");
}

const BEGIN: &str = "<!-- map: from the first line of each file; `CODEV_UPDATE=1 cargo test architecture` renews it -->\n";
const END: &str = "<!-- end of map -->";

/// The map names every file of `src` and no other, each with the words that open it.
#[test]
fn the_map_is_true() {
    let mut map = String::new();
    let mut folder = String::new();
    for (name, text) in sources() {
        if let Some((own, _)) = name.split_once('/')
            && own != folder
        {
            map.push_str(&format!("\n`{own}/`\n"));
            folder = own.to_owned();
        }
        map.push_str(&format!("- `{name}`: {}\n", summary_of(&name, &text)));
    }
    let path = root().join("src/ARCHITECTURE.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the begin of the map");
    let (written, after) = rest.split_once(END).expect("the end of the map");
    if std::env::var_os("CODEV_UPDATE").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{map}{END}{after}")).unwrap();
    } else {
        assert!(
            written == map,
            "src/ARCHITECTURE.md: the map is not true any more; renew it with\n  CODEV_UPDATE=1 cargo test architecture\nIt should read:\n{map}"
        );
    }
}

#[test]
fn architecture_names_every_stage_and_no_test_that_is_not_there() {
    let text = std::fs::read_to_string(root().join("src/ARCHITECTURE.md")).unwrap();
    for name in STAGES {
        assert!(
            text.contains(&format!("`{name}`")),
            "src/ARCHITECTURE.md does not name `{name}`"
        );
    }
    let (_, rest) = text
        .split_once("\n## Invariants\n")
        .expect("the section of the invariants");
    let invariants = rest.split("\n## ").next().unwrap_or(rest);
    let code: String = files("tests", "rs")
        .iter()
        .chain(&files("src", "rs"))
        .map(|p| std::fs::read_to_string(p).unwrap())
        .collect();
    let mut absent = Vec::new();
    let mut named = 0;
    for capture in Regex::new(r"`([a-z]\w*_\w+)`")
        .unwrap()
        .captures_iter(invariants)
    {
        named += 1;
        if !code.contains(&format!("fn {}(", &capture[1])) {
            absent.push(capture[1].to_owned());
        }
    }
    assert!(named > 3, "each invariant names the test that holds it");
    assert!(
        absent.is_empty(),
        "src/ARCHITECTURE.md names tests that are not there: {absent:?}"
    );
}

#[test]
fn only_the_command_line_prints() {
    let print = Regex::new(r"\b(e?println|e?print|dbg)!").unwrap();
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        if stage(&name) == "cli" {
            continue;
        }
        for (at, line) in text.lines().enumerate() {
            if print.is_match(line) && !line.trim_start().starts_with("//") {
                wrong.push(format!("src/{name}:{}", at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn no_file_is_long() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES)
        .map(|(name, lines)| format!("src/{name}: {lines}"))
        .collect();
    assert!(long.is_empty(), "over {LINES} lines, split them: {long:?}");
}

#[test]
fn an_indicator_file_is_named_as_its_id_and_lies_in_its_class() {
    for path in files("indicators", "toml") {
        let text = std::fs::read_to_string(&path).unwrap();
        let table: toml::Table =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let value = |key: &str| {
            table
                .get(key)
                .and_then(toml::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let expected = root()
            .join("indicators")
            .join(value("kind"))
            .join(value("dimension"))
            .join(format!("{}.toml", value("id")));
        assert_eq!(
            path,
            expected,
            "kind, dimension and id of {}",
            path.display()
        );
    }
}

#[test]
fn the_documents_are_there() {
    for name in [
        "docs/formats.md",
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
    ] {
        assert!(root().join(name).is_file(), "{name} is missing");
    }
}

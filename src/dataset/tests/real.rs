//! Real files, where they are there.

use super::super::infer;
use super::*;
use std::path::PathBuf;

fn data() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let elsewhere = std::env::var_os("CODEV_SHARED_DATA").map(PathBuf::from);
    let found = elsewhere.or_else(|| Some(root.join("../shared/data")).filter(|p| p.is_dir()));
    if found.is_none() {
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), "skipped: no ../shared/data");
    }
    found
}

/// A package over copies of real files.
fn package(sources: &[&str], manifest: Value) -> Option<TempDir> {
    let data = data()?;
    let folder = folder(&manifest.to_string(), &[]);
    for source in sources {
        let from = data.join(source);
        std::fs::copy(&from, folder.path().join(from.file_name().unwrap())).unwrap();
    }
    Some(folder)
}

fn fields(list: &[(&str, &str)]) -> Value {
    Value::Array(
        list.iter()
            .map(|(name, kind)| json!({ "name": name, "type": kind }))
            .collect(),
    )
}

#[test]
fn eutf_projects_and_results() {
    let projects = fields(&[
        ("iati_id", "string"),
        ("title", "string"),
        ("date_start", "date"),
        ("date_end", "date"),
        ("budget", "number"),
    ]);
    let results = fields(&[
        ("iati_id", "string"),
        ("result_type", "string"),
        ("title", "string"),
        ("period_start", "date"),
        ("period_end", "date"),
        ("target", "number"),
        ("actual", "number"),
    ]);
    let manifest = json!({ "name": "eutf", "resources": [
        { "name": "projects", "path": "projects.csv",
          "schema": { "fields": projects, "primaryKey": "iati_id", "fieldsMatch": "subset" },
          "codev": { "role": "programmes", "label": "title", "duplicates": "first" } },
        { "name": "results", "path": "results.csv",
          "schema": { "fields": results, "fieldsMatch": "subset", "foreignKeys":
            [{ "fields": "iati_id", "reference": { "resource": "projects", "fields": "iati_id" } }] },
          "codev": { "role": "results", "overlapping": ["result_type"] } }
    ]});
    let Some(folder) = package(
        &["eutf-africa/projects.csv", "eutf-africa/results.csv"],
        manifest,
    ) else {
        return;
    };
    let data = read(folder.path()).unwrap();
    let (projects, results) = (&data.tables[0], &data.tables[1]);
    // Of the 644 rows one repeats an id, and two have none.
    assert_eq!(data.quality[0].refused, 1);
    assert_eq!(projects.rows, 643);
    assert_eq!(data.findings.count_of("data-key-missing"), 2);
    assert_eq!(results.rows, 15_278);
    assert_eq!(data.findings.count_of("data-duplicate-key"), 1);
    let orphans: std::collections::BTreeSet<_> = found(&data, "data-orphan-key")
        .iter()
        .filter_map(|f| f.value.clone())
        .collect();
    assert_eq!(orphans.len(), 1, "{orphans:?}");
    assert_eq!(results.meaning.programme.as_deref(), Some("iati_id"));
    let both = cells(results, "target")
        .iter()
        .zip(cells(results, "actual"))
        .filter(|(t, a)| *t != "-" && a != "-")
        .count();
    assert_eq!(both, 2_983);
}

fn names(path: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = path
        .read_dir()
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    files.retain(|p| {
        [".csv", ".csv.gz"]
            .iter()
            .any(|end| p.to_string_lossy().ends_with(end))
    });
    files
}

/// What is guessed from real files can be loaded without an error, and keeps every row.
#[test]
fn guessed_manifests_load() {
    let Some(data) = data() else { return };
    let cases: [(&str, &[u64]); 4] = [
        ("unhcr-iati", &[]),
        ("swiss-naturalisation", &[22_971]),
        ("twin-towns", &[8_182, 4_566]),
        ("eurostat-integration", &[380]),
    ];
    for (place, rows) in cases {
        let files = names(&data.join(place));
        let (manifest, guesses) = infer(&files).unwrap();
        let folder = folder(&manifest.to_string(), &[]);
        for file in &files {
            std::fs::copy(file, folder.path().join(file.file_name().unwrap())).unwrap();
        }
        let loaded = read(folder.path()).unwrap();
        assert!(!guesses.is_empty());
        let counted: Vec<u64> = loaded.tables.iter().map(|t| t.rows).collect();
        if !rows.is_empty() {
            assert_eq!(counted, rows, "{place}");
        }
        let invalid: u64 = loaded
            .quality
            .iter()
            .flat_map(|q| &q.columns)
            .map(|c| c.invalid)
            .sum();
        assert_eq!(invalid, 0, "{place}: {:#?}", loaded.findings.listed);
        if place == "unhcr-iati" {
            assert!(
                counted.contains(&39_026) && counted.contains(&5_659),
                "{counted:?}"
            );
        }
    }
}

//! Manifests: faults and what the standard allows.

use super::*;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

fn stop(manifest: &str) -> Finding {
    let folder = folder(manifest, &[("t.csv", b"a\n1\n")]);
    *read(folder.path())
        .map(|d| format!("{:?}", d.findings.listed))
        .unwrap_err()
        .0
}

fn with_path(path: &str) -> Finding {
    stop(&json!({ "resources": [{ "name": "t", "path": path }] }).to_string())
}

#[test]
fn missing_manifest_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let finding = read(folder.path()).unwrap_err().0;
    assert_eq!(finding.code, "data-no-manifest");
    assert!(finding.help.contains("codev init --from"));
    assert_eq!(
        read(&folder.path().join("nowhere")).unwrap_err().0.code,
        "data-no-manifest"
    );
}

#[test]
fn malformed_json_is_shown_at_its_place() {
    let finding = stop("{\n  \"resources\": [\n    { \"name\" \"t\" }\n  ]\n}");
    assert_eq!(
        (finding.code.as_str(), finding.place.line),
        ("data-bad-manifest", Some(3))
    );
    let excerpt = finding.excerpt.unwrap();
    assert_eq!(&excerpt.text[excerpt.start..excerpt.end], "\"");
}

#[test]
fn unknown_codev_key_names_the_nearest() {
    let text = "{ \"resources\": [ { \"name\": \"t\", \"path\": \"t.csv\",\n \"other\": 1, \"codev\": { \"rol\": \"ties\" } } ] }";
    let finding = stop(text);
    assert_eq!(finding.help, "Did you mean `role`?");
    let excerpt = finding.excerpt.unwrap();
    assert_eq!(&excerpt.text[excerpt.start..excerpt.end], "\"rol\"");
    assert_eq!(finding.place.line, Some(2));
}

#[test]
fn faults_deep_in_a_schema_have_their_line() {
    let text = "{ \"resources\": [ { \"name\": \"t\", \"path\": \"t.csv\", \"schema\": { \"fields\": [\n{ \"nam\": 1 } ] } } ] }";
    assert_eq!(stop(text).place.line, Some(2));
}

#[test]
fn paths_stay_inside() {
    for path in [
        "/etc/passwd",
        "../t.csv",
        "a/../../t.csv",
        "https://example.org/t.csv",
        "C:\\t.csv",
        "\\\\host\\t.csv",
    ] {
        assert_eq!(with_path(path).code, "data-path-outside", "{path}");
    }
    let missing = with_path("tt.csv");
    assert!(
        missing.code == "data-no-file" && missing.help.contains("`t.csv`"),
        "{missing:?}"
    );
}

#[cfg(unix)]
#[test]
fn links_that_leave_are_refused() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("t.csv"), "a\n1\n").unwrap();
    let folder = folder(
        &json!({ "resources": [{ "name": "t", "path": "l.csv" }] }).to_string(),
        &[],
    );
    std::os::unix::fs::symlink(outside.path().join("t.csv"), folder.path().join("l.csv")).unwrap();
    assert_eq!(read(folder.path()).unwrap_err().0.code, "data-path-outside");
}

#[test]
fn meaning_columns_roles_and_names() {
    let data = one(
        strings("id,weigt"),
        json!({ "codev": { "role": "tie", "weight": "weight" }, "primaryKey": "idd" }),
        "id,weigt\n1,2\n",
    );
    assert_eq!(
        only(&data, "data-unknown-role").help,
        "Did you mean `ties`?"
    );
    let helps: Vec<_> = found(&data, "data-unknown-column")
        .iter()
        .map(|f| f.help.clone())
        .collect();
    assert_eq!(helps, ["Did you mean `id`?", "Did you mean `weigt`?"]);
    let resource = json!({ "name": "t", "path": "t.csv", "schema": { "fields": strings("a") }, "codev": { "role": "ties" } });
    let mut other = resource.clone();
    other["name"] = json!("u");
    let manifest = json!({ "resources": [resource, resource, other] });
    let data = read(folder(&manifest.to_string(), &[("t.csv", b"a\n1\n")]).path()).unwrap();
    only(&data, "data-duplicate-table");
    only(&data, "data-duplicate-role");
    assert_eq!(data.tables.len(), 2);
}

#[test]
fn dialects_gzip_schema_files_and_hashes() {
    use std::io::Write;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(b"a;b\n'x;y';2\n").unwrap();
    let gz = gz.finish().unwrap();
    let manifest = json!({ "title": "T", "resources": [
        { "name": "z", "path": "z.csv.gz", "dialect": { "delimiter": ";", "quoteChar": "'" }, "schema": "s.json" },
        { "name": "t", "path": "t.tsv", "dialect": { "header": false }, "schema": "s.json" },
        { "name": "doc", "path": "doc.pdf" }
    ]});
    let schema = json!({ "fields": strings("a,b") }).to_string();
    let folder = folder(
        &manifest.to_string(),
        &[
            ("z.csv.gz", &gz),
            ("t.tsv", b"p\tq\n"),
            ("s.json", schema.as_bytes()),
            ("doc.pdf", b"abc"),
        ],
    );
    let told = AtomicU64::new(0);
    let add = |n| {
        told.fetch_add(n, Ordering::Relaxed);
    };
    let data = load(folder.path(), &add).unwrap();
    assert_eq!(cells(&data.tables[0], "a"), ["x;y"]);
    assert_eq!(cells(&data.tables[1], "b"), ["q"]);
    only(&data, "data-not-a-table");
    assert_eq!(
        data.files
            .iter()
            .map(|f| f.path.as_str())
            .collect::<Vec<_>>(),
        ["datapackage.json", "z.csv.gz", "t.tsv"]
    );
    assert_eq!(told.load(Ordering::Relaxed), gz.len() as u64 + 4);
    // The hash of "p\tq\n" by sha256sum.
    assert_eq!(data.files[2].bytes, 4);
    assert_eq!(
        data.files[2].sha256,
        "0353f95e702688fe6025d12b7332437b61bf9655c7f93a183659d4e3946011ca"
    );
}

#[test]
fn csv_without_schema_is_guessed_and_said() {
    let manifest = json!({ "resources": [{ "name": "t", "path": "t.csv" }] });
    let data = read(
        folder(
            &manifest.to_string(),
            &[("t.csv", b"id,n,d\n1,1.5,2019-01-01\n2,NA,\n")],
        )
        .path(),
    )
    .unwrap();
    only(&data, "data-guessed-schema");
    let types: Vec<&str> = data.tables[0]
        .columns
        .iter()
        .map(|c| c.declared.as_str())
        .collect();
    assert_eq!(types, ["integer", "number", "date"]);
    assert_eq!(cells(&data.tables[0], "n"), ["1.5", "-"]);
}

#[test]
fn guesses_make_a_package_that_loads() {
    let folder = tempfile::tempdir().unwrap();
    let survey: String = (0..40)
        .map(|i| {
            format!(
                "{i},P{};{};{};{}\n",
                i % 3,
                i % 2,
                if i == 7 { -99 } else { i % 5 },
                if i % 2 == 0 { "x|y" } else { "z" }
            )
        })
        .collect::<String>()
        .replace(',', ";")
        .replace('|', ",");
    let files = [
        ("projects.csv", "project_id,titel,start,budget\nP0,A,2010-01-01,\"1,5\"\nP1,B,2011-01-01,\"2,25\"\nP2,C,,3\n".to_owned()),
        ("survey.csv", format!("respondent_id;project_id;treated;trust;tags\n{survey}")),
    ];
    for (name, text) in &files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let paths: Vec<_> = files.iter().map(|(n, _)| folder.path().join(n)).collect();
    let (manifest, guesses) = crate::dataset::infer(&paths).unwrap();
    let (projects, survey) = (&manifest["resources"][0], &manifest["resources"][1]);
    assert_eq!(projects["codev"]["role"], "programmes");
    assert_eq!(projects["schema"]["primaryKey"], "project_id");
    assert_eq!(projects["schema"]["fields"][3]["decimalChar"], ",");
    assert_eq!(projects["codev"]["label"], "titel");
    assert_eq!(survey["dialect"]["delimiter"], ";");
    assert_eq!(survey["codev"]["sampling"], "sample");
    assert_eq!(survey["codev"]["person"], "respondent_id");
    assert_eq!(
        survey["schema"]["foreignKeys"][0]["reference"]["resource"],
        "projects"
    );
    assert_eq!(
        survey["schema"]["fields"][3]["missingValues"],
        json!(["", "-99"])
    );
    assert_eq!(
        survey["schema"]["fields"][4]["categories"],
        json!(["x,y", "z"])
    );
    assert!(guesses.iter().all(|g| !g.why.is_empty()) && guesses.len() >= 8);
    assert!(!survey["codev:guesses"].as_array().unwrap().is_empty());
    std::fs::write(folder.path().join("datapackage.json"), manifest.to_string()).unwrap();
    let data = read(folder.path()).unwrap();
    assert!(data.findings.is_empty(), "{:#?}", data.findings.listed);
    assert_eq!(cells(&data.tables[0], "budget"), ["1.5", "2.25", "3"]);
}

/// Every worker of the pool reads a package at once: none waits for a thread that needs a worker.
#[test]
fn packages_are_read_by_all_workers_at_once() {
    let manifest = json!({ "resources": [
        { "name": "t", "path": "t.csv", "schema": { "fields": strings("a,b"), "primaryKey": "a" } }
    ]});
    let folder = folder(&manifest.to_string(), &[("t.csv", b"a,b\n1,2\n2,3\n")]);
    let rows = |_| read(folder.path()).unwrap().tables[0].rows;
    let read: Vec<u64> = (0..200).into_par_iter().map(rows).collect();
    assert_eq!(read, [2; 200]);
}

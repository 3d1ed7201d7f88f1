//! The files of `codev compare`, and the report made again by `codev render`.

use crate::kit::{Folder, formula};
use std::path::Path;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Four programmes with a sample of forty rows each, and two indicators of them.
fn small() -> Folder {
    let folder = Folder::new();
    let mut csv = "programme,x\n".to_owned();
    for row in 0..160_u32 {
        csv += &format!("P{},{}\n", row % 4, row * 37 % 101 + row % 4 * 20);
    }
    folder.write("t.csv", csv).write(
        "datapackage.json",
        r#"{ "name": "t", "resources": [ { "name": "t", "path": "t.csv",
           "schema": { "fields": [ { "name": "programme", "type": "string" }, { "name": "x", "type": "number" } ] },
           "codev": { "sampling": "sample", "programme": "programme" } } ] }"#,
    );
    folder.write(
        "evaluation.toml",
        "title = \"Small\"\nindicators = [\"own/*\"]\n",
    );
    folder.define("mean", "points", &formula("t", "AVG(x)"));
    folder.define(
        "share",
        "%",
        &formula("t", "COUNT(*) FILTER (WHERE x > 60) / COUNT(*)"),
    );
    folder
}

#[test]
fn compare_writes_its_files_and_render_makes_the_same_report() {
    let folder = small();
    let compare = |extra: &[&str]| {
        let mut args = vec!["compare", ".", "--out", "out"];
        args.extend(extra);
        let output = folder.codev(&args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let said = compare(&["--indicator", "mean", "--indicator", "share"]);
    assert_eq!(said.trim(), "out/comparison.html");
    let out = folder.file("out");
    assert_eq!(
        names(&out),
        [
            "charts",
            "codev-compare.sha256",
            "comparison.html",
            "comparison.json",
            "comparison.xlsx"
        ]
    );
    let charts = names(&out.join("charts"));
    let svgs: Vec<&String> = charts.iter().filter(|n| n.ends_with(".svg")).collect();
    assert!(svgs.len() > 2, "{charts:?}");
    for svg in svgs {
        let stem = svg.strip_suffix(".svg").unwrap();
        for ending in ["csv", "png"] {
            assert!(
                charts.contains(&format!("{stem}.{ending}")),
                "{stem}.{ending}"
            );
        }
        let png = std::fs::read(out.join("charts").join(format!("{stem}.png"))).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
    }
    let html = std::fs::read(out.join("comparison.html")).unwrap();
    let again = folder.codev(&["render", "out/comparison.json", "--out", "again.html"]);
    assert!(again.status.success());
    assert!(
        std::fs::read(folder.file("again.html")).unwrap() == html,
        "render gives the same bytes"
    );
    // Another comparison in the same place: what it does not make is gone, what is not ours stays.
    std::fs::write(out.join("charts/mine.png"), "mine").unwrap();
    compare(&["--indicator", "share", "--charts", "svg"]);
    let after = names(&out.join("charts"));
    assert!(after.contains(&"mine.png".to_owned()));
    assert!(after.iter().all(|n| !n.contains("mean")), "{after:?}");
    assert!(
        after
            .iter()
            .filter(|n| n.ends_with(".png"))
            .eq(["mine.png"])
    );
    assert!(after.iter().any(|n| n.ends_with(".svg")));
}

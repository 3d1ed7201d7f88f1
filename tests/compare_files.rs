//! The files of `codev compare`, and the report made again by `codev render`.

use crate::kit::{Folder, root};
use std::path::Path;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn compare_writes_its_files_and_render_makes_the_same_report() {
    let folder = Folder::new();
    let tandem = root().join("datasets/tandem");
    let tandem = tandem.to_str().unwrap();
    let compare = |extra: &[&str]| {
        let mut args = vec!["compare", tandem, "--out", "out"];
        args.extend(extra);
        let output = folder.codev(&args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let said = compare(&[
        "--indicator",
        "trust-in-municipality",
        "--indicator",
        "claims-answered",
    ]);
    assert_eq!(said.trim(), "out/comparison.html");
    let out = folder.file("out");
    assert_eq!(
        names(&out),
        [
            "charts",
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
    compare(&["--indicator", "claims-answered", "--charts", "svg"]);
    let after = names(&out.join("charts"));
    assert!(after.contains(&"mine.png".to_owned()));
    assert!(
        after.iter().all(|n| !n.contains("trust-in-municipality")),
        "{after:?}"
    );
    assert!(
        after
            .iter()
            .filter(|n| n.ends_with(".png"))
            .eq(["mine.png"])
    );
    assert!(after.iter().any(|n| n.ends_with(".svg")));
}

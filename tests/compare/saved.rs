//! Comparisons that were saved: as this version saves them, as an earlier one did, and in shapes that it can't read.
//!
//! `saved/now.json` was written by `codev compare` over three programmes of six answers each. `saved/earlier.json` is the same without what was
//! added to the shape since (degrees of freedom of prediction intervals).

use crate::kit::Folder;
use codev::export::{comparison_json, read_comparison};
use codev::outcome::comparison::COMPARISON_FORMAT;
use serde_json::Value;

const NOW: &str = include_str!("saved/now.json");
const EARLIER: &str = include_str!("saved/earlier.json");

fn render(json: &str) -> (bool, String, String) {
    let folder = Folder::new();
    folder.write("comparison.json", json);
    let run = folder.codev(&["render", "comparison.json", "--out", "page.html"]);
    let page = std::fs::read_to_string(folder.file("page.html")).unwrap_or_default();
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    (run.status.success(), page, said)
}

/// Nothing of a saved comparison is lost on the way, and its report can be made.
#[test]
fn saved_comparisons_are_read_whole() {
    for saved in [NOW, EARLIER] {
        let read = read_comparison(saved.as_bytes()).unwrap();
        let again: Value = serde_json::from_slice(&comparison_json(&read).unwrap()).unwrap();
        assert_eq!(again, serde_json::from_str::<Value>(saved).unwrap());
        let (made, page, said) = render(saved);
        assert!(made, "{said}");
        assert!(page.contains("North") && page.contains("half a point is not noticed"));
    }
    let now = render(NOW).1;
    let earlier = render(EARLIER).1;
    assert_ne!(
        now, earlier,
        "the earlier one knows no degrees of freedom of the prediction"
    );
}

#[test]
fn other_formats_and_broken_files_are_refused_in_words() {
    let older = NOW.replace(COMPARISON_FORMAT, "codev-comparison/0");
    let (made, page, said) = render(&older);
    assert!(!made && page.is_empty());
    for words in [
        "comparison.json",
        "The file states the format `codev-comparison/0`, where `codev-comparison/1` was expected.",
        "Render it with the version of codev that wrote it, or make it again with `codev compare`.",
    ] {
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{said}");
    }
    let (made, _, said) = render(&NOW.replace("\"cases\":", "\"casus\":"));
    assert!(!made && said.contains("missing field `cases`"), "{said}");
    let (made, _, said) = render(&NOW[..NOW.len() / 2]);
    assert!(!made && said.contains("comparison.json"), "{said}");
}

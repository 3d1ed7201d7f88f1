//! Years are calendar years: from a day to its anniversary, whatever February has (dateutil 2.9, `relativedelta`).

use crate::kit::{Folder, close, formula, table, total};

fn dates(csv: &str, names: &[&str]) -> Folder {
    let folder = table(csv, names, "");
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    folder.write(
        "datapackage.json",
        manifest.replace(r#""type": "string""#, r#""type": "date""#),
    );
    folder
}

#[test]
fn years_in_formulas_are_those_of_anniversaries() {
    let csv = "a,b\n2019-03-01,2020-03-01\n2020-03-01,2021-03-01\n2020-02-29,2021-02-28\n2020-02-29,2024-02-29\n2021-01-01,2023-01-01\n2024-02-28,2025-02-28\n";
    let folder = dates(csv, &["a", "b"]);
    folder.define(
        "whole",
        "rows",
        &formula("t", "COUNT(*) FILTER (WHERE YEARS(a, b) IN (1, 2, 4))"),
    );
    folder.define("least", "years", &formula("t", "MIN(YEARS(a, b))"));
    folder.define("back", "years", &formula("t", "SUM(YEARS(b, a))"));
    folder.define(
        "half",
        "years",
        &formula(
            "t",
            "MAX(YEARS(a, DATE '2021-09-01')) - MIN(YEARS(DATE '2021-01-01', DATE '2021-07-02'))",
        ),
    );
    let outcome = folder.evaluate();
    assert_eq!(total(&outcome, "whole").value, Some(6.0));
    assert_eq!(total(&outcome, "least").value, Some(1.0));
    assert_eq!(total(&outcome, "back").value, Some(-10.0));
    // From 2019-03-01 two years and 184 of 365 days; 182 of 365.
    let half = total(&outcome, "half").value.unwrap();
    assert!(close(half, 2.0 + 2.0 / 365.0, 1e-12), "{half}");
}

/// Watched until the very anniversary: there, with leap years and without.
#[test]
fn what_is_watched_to_its_anniversary_is_retained() {
    for (start, until) in [
        ("2019-03-01", "2022-03-01"),
        ("2021-01-01", "2024-01-01"),
        ("2020-02-29", "2023-02-28"),
        ("2020-01-01", "2023-01-01"),
    ] {
        let csv = format!("start,ended,until\n{start},,{until}\n{start},2021-06-01,{until}\n");
        let folder = dates(&csv, &["start", "ended", "until"]);
        let measure = "type = \"retention\"\ntable = \"t\"\nstart = \"start\"\nend = \"ended\"\nuntil = \"until\"\nafter = 3";
        folder.define("kept", "share", measure);
        let outcome = folder.evaluate();
        let kept = total(&outcome, "kept");
        assert_eq!(kept.value, Some(0.5), "{start}: {kept:?}");
        // All were watched for the whole time: known, not estimated.
        assert!(kept.interval.is_none());
    }
}

/// A tie that was last looked at on the very anniversary of the end is there or not; it is not unknown.
#[test]
fn a_tie_seen_on_the_anniversary_of_the_end_is_known() {
    for (end, years, seen) in [
        ("2021-01-01", 2, "2023-01-01"),
        ("2019-03-01", 1, "2020-03-01"),
        ("2020-02-29", 1, "2021-02-28"),
        ("2019-12-31", 3, "2022-12-31"),
    ] {
        let csv = format!(
            "from,to,formed,ended,start,end\n1,2,2018-01-01,,2018-06-01,{end}\n2,3,2018-01-01,{seen},2018-06-01,{end}\n1,3,2018-01-01,,2018-06-01,{end}\n"
        );
        let folder = dates(&csv, &["formed", "ended", "start", "end"]);
        let phases = format!(
            "{{ formed = \"formed\", ended = \"ended\", start = \"start\", end = \"end\", years_after = {years}, observed = \"DATE '{seen}'\" }}"
        );
        let measure = format!(
            "type = \"network\"\ntable = \"t\"\nfrom = \"from\"\nto = \"to\"\nstatistic = \"ties\"\nphase = \"after\"\nphases = {phases}"
        );
        folder.define("ties", "ties", &measure);
        let outcome = folder.evaluate();
        let ties = total(&outcome, "ties");
        // One ended on that day and is gone.
        assert_eq!(
            (ties.value, ties.missing),
            (Some(2.0), 0),
            "{end}: {ties:?}"
        );
    }
}

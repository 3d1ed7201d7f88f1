//! Published tables with cells that have to be withheld, on the way that an evaluation takes. Cells are withheld since they rest on few
//! persons; where a published table marks larger ones, few persons have many rows there.

use crate::kit::{Folder, cell, formula, table, total};
use codev::outcome::{Outcome, Status};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A table of counts: labels of the columns in the order of `columns`, rows, and whether few persons are behind them.
fn counted(columns: &[&str], cells: &[(&[&str], usize, bool)], by: &str, least: u64) -> Folder {
    let mut csv = format!("person,{}\n", columns.join(","));
    for (at, (labels, rows, few)) in cells.iter().enumerate() {
        for row in 0..*rows {
            let person = if *few { row % 4 } else { row };
            let _ = writeln!(csv, "q{at}-{person},{}", labels.join(","));
        }
    }
    let mut texts = vec!["person"];
    texts.extend(columns);
    let programme = if columns.contains(&"programme") {
        r#", "programme": "programme""#
    } else {
        ""
    };
    let folder = table(
        &csv,
        &texts,
        &format!(r#""unit": "person", "person": "person"{programme}"#),
    );
    folder.define("count", "rows", &formula("t", "COUNT(*)"));
    folder.write(
        "evaluation.toml",
        format!(
            "title = \"Published\"\nindicators = [\"own/*\"]\nby = {by}\nsmall_cells = {least}\n"
        ),
    );
    folder
}

/// Cells of a two-way table that are withheld, with their labels.
fn gaps(outcome: &Outcome, column: &str) -> Vec<String> {
    let estimates = &outcome.indicators[0].estimates;
    let withheld = estimates.iter().filter(|e| e.status == Status::Suppressed);
    withheld
        .map(|e| {
            let group = e.group.as_ref().filter(|(c, _)| c == column);
            let label = group.and_then(|(_, l)| l.clone()).unwrap_or_default();
            format!("{},{label}", e.programme.as_deref().unwrap_or("all"))
        })
        .collect()
}

/// Rows and columns with totals, as sdcTable's tests of its heuristic have it: each line has two gaps, and yet one cell follows.
#[test]
fn a_cell_that_follows_from_lines_and_columns_together_is_protected() {
    let cells = [
        ("w", [(30, true), (47, true), (64, true), (89, false)]),
        ("x", [(90, true), (124, false), (5, true), (31, false)]),
        ("y", [(92, false), (100, true), (59, false), (85, true)]),
        ("z", [(800, false), (991, true), (651, false), (685, true)]),
    ];
    let labels = ["a", "b", "c", "d"];
    let lines: Vec<(Vec<&str>, usize, bool)> = cells
        .iter()
        .flat_map(|(row, cells)| {
            let each = labels.iter().zip(cells);
            each.map(move |(label, (n, few))| (vec![*row, *label], *n, *few))
        })
        .collect();
    let lines: Vec<(&[&str], usize, bool)> = lines
        .iter()
        .map(|(l, n, f)| (l.as_slice(), *n, *f))
        .collect();
    let outcome = counted(&["programme", "col"], &lines, r#"["col"]"#, 5).evaluate();
    // One further cell is enough; the least by count is x,d with 31.
    let expected = [
        "w,a", "w,b", "w,c", "x,a", "x,c", "x,d", "y,b", "y,d", "z,b", "z,d",
    ];
    assert_eq!(gaps(&outcome, "col"), expected);
}

/// microdata1 of sdcTable: one primary cell; the least further gaps by count are the row with 10 and 12, and A,male (40 together).
#[test]
fn the_further_gaps_are_those_of_least_count() {
    let cells: [(&[&str], usize, bool); 8] = [
        (&["A", "female"], 2, false),
        (&["A", "male"], 18, false),
        (&["B", "female"], 19, false),
        (&["B", "male"], 14, false),
        (&["C", "female"], 10, false),
        (&["C", "male"], 12, false),
        (&["D", "female"], 14, false),
        (&["D", "male"], 11, false),
    ];
    let outcome = counted(&["programme", "sex"], &cells, r#"["sex"]"#, 5).evaluate();
    assert_eq!(
        gaps(&outcome, "sex"),
        ["A,female", "A,male", "C,female", "C,male"]
    );
}

/// Two classifications of the same regions, each of them safe alone; together K = 30 - 20 - 7 follows (sdcTools/UserSupport#136).
#[test]
fn two_classifications_of_the_same_rows_are_one_system() {
    let cells: [(&[&str], usize, bool); 8] = [
        (&["A", "1", "small"], 2, false),
        (&["B", "1", "small"], 2, false),
        (&["I", "1", "small"], 8, false),
        (&["J", "1", "small"], 8, false),
        (&["K", "2", "small"], 3, false),
        (&["L", "2", "big"], 3, false),
        (&["M", "2", "big"], 3, false),
        (&["N", "2", "small"], 7, false),
    ];
    let by = r#"["county", "size", "region"]"#;
    let outcome = counted(&["region", "county", "size"], &cells, by, 4).evaluate();
    let withheld: Vec<String> = gaps(&outcome, "region");
    assert_eq!(
        withheld,
        ["all,A", "all,B", "all,K", "all,L", "all,M", "all,N"]
    );
}

/// Linked tables of ages, parts of Europe and countries by year (GaussSuppression's vignette): four primary cells, all of which follow at
/// first; the least further gaps have 42 rows in four cells.
#[test]
fn linked_tables_are_one_system_and_keep_their_total() {
    let cells: [(&[&str], usize, bool); 10] = [
        (&["2014", "young", "Spain", "EU", "young EU"], 6, false),
        (
            &["2014", "young", "Iceland", "nonEU", "young nonEU"],
            8,
            false,
        ),
        (&["2014", "old", "Spain", "EU", "old EU"], 9, false),
        (&["2014", "old", "Portugal", "EU", "old EU"], 1, false),
        (
            &["2015", "young", "Iceland", "nonEU", "young nonEU"],
            2,
            false,
        ),
        (&["2015", "old", "Spain", "EU", "old EU"], 4, false),
        (&["2015", "old", "Portugal", "EU", "old EU"], 3, false),
        (&["2016", "young", "Spain", "EU", "young EU"], 7, false),
        (
            &["2016", "young", "Iceland", "nonEU", "young nonEU"],
            2,
            false,
        ),
        (&["2016", "young", "Portugal", "EU", "young EU"], 2, false),
    ];
    let columns = ["programme", "age", "geo", "eu", "ageeu"];
    let outcome = counted(&columns, &cells, r#"["age", "eu", "ageeu", "geo"]"#, 3).evaluate();
    // Cells over the same rows are one.
    let mut further: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
    for e in &outcome.indicators[0].estimates {
        if e.status != Status::Suppressed {
            continue;
        }
        let is_in = |(labels, ..): &(&[&str], usize, bool)| {
            let of = |name: &str| columns.iter().position(|c| *c == name).map(|at| labels[at]);
            e.programme.as_deref().is_none_or(|p| p == labels[0])
                && e.group
                    .as_ref()
                    .is_none_or(|(column, label)| of(column) == label.as_deref())
        };
        let of: Vec<usize> = (0..cells.len()).filter(|at| is_in(&cells[*at])).collect();
        let rows: usize = of.iter().map(|at| cells[*at].1).sum();
        if rows > 2 {
            further.insert(of, rows);
        }
    }
    let lost: usize = further.values().sum();
    assert!(lost <= 65, "{lost} rows in {further:?}");
    assert_eq!(total(&outcome, "count").status, Status::Value);
}

/// Three gaps of at least one that add up to three are one each (sdcTools/UserSupport#135).
#[test]
fn gaps_that_add_up_to_few_do_not_follow() {
    let cells: [(&[&str], usize, bool); 4] = [
        (&["a"], 1, false),
        (&["b"], 1, false),
        (&["c"], 7, false),
        (&["d"], 1, false),
    ];
    let outcome = counted(&["g"], &cells, r#"["g"]"#, 5).evaluate();
    assert_eq!(gaps(&outcome, "g"), ["all,a", "all,b", "all,c", "all,d"]);
    assert_eq!(total(&outcome, "count").value, Some(10.0));
}

/// Men below 20 and men below 25 that differ by one (Handbook on Statistical Disclosure Control, 5.2).
#[test]
fn filters_that_differ_by_one_person_are_not_both_shown() {
    let mut csv = "person,age,income\n".to_owned();
    for (at, age) in [15, 16, 17, 18, 19, 19, 22, 40, 41, 42, 43, 44, 45]
        .iter()
        .enumerate()
    {
        let _ = writeln!(csv, "q{at},{age},{}", 1000 + at);
    }
    let folder = table(&csv, &["person"], r#""unit": "person", "person": "person""#);
    for (id, value, filter) in [
        ("below-20", "SUM(income)", "age < 20"),
        ("below-25", "SUM(income)", "age < 25"),
        ("all", "SUM(income)", "age >= 0"),
    ] {
        let measure = formula("t", value) + &format!("\nwhere = \"{filter}\"");
        folder.define(id, "EUR", &measure);
    }
    folder.write(
        "evaluation.toml",
        "title = \"Ages\"\nindicators = [\"own/*\"]\nsmall_cells = 5\n",
    );
    let outcome = folder.evaluate();
    let shown = |id| total(&outcome, id).status == Status::Value;
    assert!(shown("all"));
    assert!(shown("below-20") != shown("below-25"));
    assert!(cell(&outcome, "all", None, None).is_some());
}

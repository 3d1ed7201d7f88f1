//! What `check` tells before any figure, and words that say what is meant.

use super::money::FUNDS;
use super::{codes, folder};
use crate::kit::formula;
use codev::run::{Quiet, check};

#[test]
fn values_that_do_not_occur_are_told_with_those_that_do() {
    let rows = "id,programme,type,date,quantity
1,P1,School,2020-01-01,10
2,P1,Well,2020-02-01,20
3,P2,School,,30
";
    let evaluation =
        "period = \"year\"\nindicators = [\"schools\", \"wells\", \"schools-built\"]\n";
    let folder = folder("outputs", rows, r#", "date": "date""#, evaluation);
    let of =
        |kind: &str| formula("outputs", "COUNT(*)") + &format!("\nwhere = \"type = '{kind}'\"");
    folder.define("schools", "schools", &of("schol"));
    folder.define("wells", "wells", &of("Well"));
    let checked = check(folder.path(), &Quiet).unwrap();
    let told: Vec<_> = checked
        .findings
        .listed
        .iter()
        .filter(|f| f.code == "evaluation-value-not-there")
        .collect();
    // One of one's own, one of the library by its spelling.
    assert_eq!(told.len(), 2, "{told:?}");
    let own = told
        .iter()
        .find(|f| f.value.as_deref() == Some("schol"))
        .unwrap();
    assert!(own.message.contains("`School`, `Well`"), "{}", own.message);
    assert_eq!(own.help, "Did you mean `School`?");
    let undated = checked
        .findings
        .listed
        .iter()
        .find(|f| f.code == "data-undated-rows")
        .unwrap();
    assert!(
        undated.message.starts_with("1 of 3 rows"),
        "{}",
        undated.message
    );
    assert!(undated.message.contains("row 3"), "{}", undated.message);
}

#[test]
fn treatments_that_do_not_occur_and_covariates_that_a_group_lacks_are_told() {
    let rows = "id,programme,group,age_class,wave,actual
1,P1,members,young,endline,3
2,P1,members,old,endline,4
3,P1,others,,endline,2
4,P2,others,,endline,5
";
    let effect = |treated: &str, waves: &str| {
        let evaluation = format!(
            "indicators = [\"mean\"]\n[[effect]]\nindicators = [\"mean\"]\ndesign = \"comparison\"\ntreated = \"{treated}\"\ncovariates = [\"age_class\"]\n{waves}"
        );
        let folder = folder("responses", rows, r#", "wave": "wave""#, &evaluation);
        folder.define("mean", "points", &formula("responses", "AVG(actual)"));
        folder
    };
    let found = codes(&effect("group = 'members'", ""));
    assert!(
        found.contains(&"evaluation-covariate-missing".to_owned()),
        "{found:?}"
    );
    assert!(
        !found.contains(&"evaluation-value-not-there".to_owned()),
        "{found:?}"
    );
    let found = codes(&effect(
        "group = 'member'",
        "waves = [\"base\", \"endline\"]\n",
    ));
    assert!(
        found.contains(&"evaluation-value-not-there".to_owned()),
        "{found:?}"
    );
}

#[test]
fn check_ends_with_a_line_per_table() {
    let folder = folder("funds", FUNDS, "", "indicators = [\"*\", \"women\"]\n");
    folder.define("women", "persons", &formula("funds", "COUNT(*)"));
    let output = folder.codev(&["check", "."]);
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|l| l.starts_with("funds: ")).unwrap();
    assert!(line.contains(" indicators can be computed"), "{line}");
    assert!(text.contains("decisions (not there): 0 of "), "{text}");
    assert!(text.lines().count() < 30, "{text}");
    let all = String::from_utf8(output.stderr).unwrap();
    assert!(!all.contains("can't be computed: "), "{all}");
}

#[test]
fn an_indicator_that_is_defined_and_not_asked_for_is_said_to_be() {
    let folder = folder("funds", FUNDS, "", "indicators = [\"rows\"]\n");
    folder.define("rows", "transfers", &formula("funds", "COUNT(*)"));
    folder.define("women", "persons", &formula("funds", "COUNT(*)"));
    let error = |id: &str| {
        let output = folder.codev(&["compute", ".", "--indicator", id]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(error("women").contains("is defined, and the evaluation does not ask for it"));
    assert!(error("rowz").contains("Did you mean `rows`?"));
    let new = |dimension: &str| {
        let args = [
            "indicators",
            "new",
            "x",
            "--dimension",
            dimension,
            "--table",
            "funds",
        ];
        folder.codev(&args)
    };
    let output = new("integraton");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("Did you mean `integration`?"), "{text}");
    assert!(!folder.file("indicators/process/integraton").exists());
    assert!(new("gardening").status.success());
    let definition =
        std::fs::read_to_string(folder.file("indicators/process/gardening/x.toml")).unwrap();
    assert!(!definition.contains("Which question"), "{definition}");
}

#[test]
fn terminal_and_report_count_alike() {
    let folder = folder(
        "funds",
        FUNDS,
        "",
        "indicators = [\"amount-invested\", \"rows\", \"claims-made\"]\n",
    );
    folder.define("rows", "transfers", &formula("funds", "COUNT(*)"));
    let output = folder.codev(&["report", "."]);
    let text = String::from_utf8(output.stderr).unwrap();
    // The amounts are in several currencies: computed, and without a value to show.
    assert!(text.contains("1 of 3 indicators computed"), "{text}");
    let report = std::fs::read_to_string(folder.file("report/report.html")).unwrap();
    assert!(report.contains("3 asked for, 1 computed"));
}

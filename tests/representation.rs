//! Participation as a sample: intervals, and protection of persons. Reference numbers from numpy: leaving out one of five
//! clusters at a time, the others times 5/4, t with 4 degrees of freedom; ratios on the logarithm.

use crate::kit::{Folder, close, result, total};
use codev::outcome::{Content, Representation};

/// Persons of groups a and b by cluster.
const CLUSTERS: [(&str, usize, usize); 5] = [
    ("c1", 6, 4),
    ("c2", 3, 7),
    ("c3", 8, 5),
    ("c4", 2, 6),
    ("c5", 5, 5),
];

/// A survey of participants beside a population of 300 a, 700 b and so many c.
fn survey(clusters: &[(&str, usize, usize)], c: usize) -> Folder {
    let folder = Folder::new();
    let mut csv = String::from("person,cluster,origin\n");
    let mut person = 0;
    for (cluster, a, b) in clusters {
        for group in [["a"].repeat(*a), ["b"].repeat(*b)].concat() {
            person += 1;
            csv.push_str(&format!("{person},{cluster},{group}\n"));
        }
    }
    folder.write("survey.csv", csv);
    folder.write(
        "population.csv",
        format!("origin,persons\na,300\nb,700\nc,{c}\n"),
    );
    folder.write(
        "datapackage.json",
        r#"{ "name": "p", "resources": [
            { "name": "survey", "path": "survey.csv",
              "schema": { "fields": [ { "name": "person", "type": "string" }, { "name": "cluster", "type": "string" },
                                      { "name": "origin", "type": "string" } ] },
              "codev": { "unit": "person", "person": "person", "sampling": "sample", "cluster": "cluster" } },
            { "name": "population", "path": "population.csv",
              "schema": { "fields": [ { "name": "origin", "type": "string" }, { "name": "persons", "type": "integer" } ] },
              "codev": { "role": "population" } } ] }"#,
    );
    folder.define(
        "apart",
        "index",
        "type = \"representation\"\nparticipants = { table = \"survey\", group = \"origin\" }\n\
         population = { table = \"population\", group = \"origin\", count = \"persons\", where = \"persons > 0\" }",
    );
    folder.write(
        "evaluation.toml",
        "title = \"t\"\nindicators = [\"own/*\"]\nby = [\"origin\"]\n",
    );
    folder
}

fn details(folder: &Folder) -> Option<Representation> {
    let outcome = folder.evaluate();
    let detail = result(&outcome, "apart").details.first().cloned()?;
    match detail.content {
        Content::Representation(found) => Some(found),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sample_of_participants_has_intervals() {
    let folder = survey(&CLUSTERS, 0);
    let outcome = folder.evaluate();
    let estimate = total(&outcome, "apart");
    let interval = estimate.interval.unwrap();
    assert!(close(
        estimate.value.unwrap(),
        0.170_588_235_294_117_62,
        1e-12
    ));
    // The index lies within 0 and 1, and the t interval (-.0359 to .3771) would leave it: on the logit it is logit(v) -+ t se / (v (1 - v)).
    assert!(close(interval.low, 0.045_599_462_481_356_9, 1e-9));
    assert!(close(interval.high, 0.469_602_379_869_827_7, 1e-9));
    let found = details(&folder).unwrap();
    let expected = [
        (
            "a",
            1.568_627_450_980_392_1,
            1.008_817_359_483_664_2,
            2.439_085_783_801_965_5,
        ),
        (
            "b",
            0.756_302_521_008_403_4,
            0.511_729_548_268_792_9,
            1.117_765_243_806_517_8,
        ),
    ];
    for (group, (name, ratio, low, high)) in found.groups.iter().zip(expected) {
        assert_eq!(group.group, name);
        let interval = group.interval.unwrap();
        assert!(close(group.ratio.unwrap(), ratio, 1e-12), "{group:?}");
        assert!(
            close(interval.low, low, 1e-9) && close(interval.high, high, 1e-9),
            "{group:?}"
        );
    }
    // Split by the group itself, each part would be one group against all.
    assert!(
        result(&outcome, "apart")
            .estimates
            .iter()
            .all(|e| e.group.is_none())
    );
}

#[test]
fn a_group_of_which_nobody_takes_part_is_there_with_ratio_zero() {
    let found = details(&survey(&CLUSTERS, 100)).unwrap();
    let last = found.groups.last().unwrap();
    assert_eq!((last.group.as_str(), last.participants), ("c", 0.0));
    assert_eq!(
        (last.population, last.ratio, last.interval),
        (Some(100.0), Some(0.0), None)
    );
}

#[test]
fn groups_of_few_persons_take_the_table_of_groups_back() {
    let few = [("c1", 2, 9), ("c2", 1, 8), ("c3", 1, 9)];
    assert_eq!(details(&survey(&few, 0)), None);
}

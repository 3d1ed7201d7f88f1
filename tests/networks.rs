//! Networks: against published figures, networkx (`tests/network_expected.py`) and cases worked out by hand.

use crate::kit::{Folder, cell, close, result, root};
use codev::outcome::{Content, Estimate, NetworkDetail, Outcome, Status};
use codev::run::{Quiet, evaluate};

/// The detail of all programmes together.
fn detail<'a>(outcome: &'a Outcome, id: &str) -> &'a NetworkDetail {
    let mut details = result(outcome, id).details.iter();
    match details.find(|d| d.programme.is_none()).map(|d| &d.content) {
        Some(Content::Network(network)) => network,
        other => panic!("{id}: {other:?}"),
    }
}

/// A package with ties, actors and programmes, text columns but for dates.
fn package(ties: &str, actors: &str) -> Folder {
    package_with(ties, actors, "census")
}

fn package_with(ties: &str, actors: &str, sampling: &str) -> Folder {
    let fields = |csv: &str| {
        let names = csv.lines().next().unwrap().split(',');
        let field = |name: &str| {
            let kind = match name {
                "formed" | "ended" | "start" | "end" => "date",
                "strength" => "number",
                _ => "string",
            };
            format!("{{\"name\": \"{name}\", \"type\": \"{kind}\"}}")
        };
        names.map(field).collect::<Vec<_>>().join(", ")
    };
    let table = |name: &str, csv: &str, more: &str| {
        let role = if name == "programmes" {
            "programmes"
        } else {
            name
        };
        format!(
            "{{\"name\": \"{name}\", \"path\": \"{name}.csv\", \"schema\": {{\"fields\": [{}]{more}}}, \
             \"codev\": {{\"role\": \"{role}\", \"sampling\": \"{}\"{}}}}}",
            fields(csv),
            if name == "ties" { sampling } else { "census" },
            if name != "programmes" && csv.lines().next().unwrap().contains("programme") {
                ", \"programme\": \"programme\""
            } else {
                ""
            }
        )
    };
    let programmes = "id,type,start,end\nP1,a,2010-01-01,2012-12-31\nP2,b,2010-01-01,2012-12-31\n";
    let key = ", \"primaryKey\": \"id\"";
    let has_programme = ties.lines().next().unwrap().contains("programme");
    let link = if has_programme {
        ", \"foreignKeys\": [{\"fields\": \"programme\", \"reference\": {\"resource\": \"programmes\", \"fields\": \"id\"}}]"
    } else {
        ""
    };
    let folder = Folder::new();
    folder
        .write("programmes.csv", programmes)
        .write("ties.csv", ties)
        .write("actors.csv", actors)
        .write(
            "datapackage.json",
            format!(
                "{{\"name\": \"t\", \"resources\": [{}, {}, {}]}}",
                table("programmes", programmes, key),
                table("ties", ties, link),
                table("actors", actors, key)
            ),
        )
        .write(
            "evaluation.toml",
            "title = \"T\"\nindicators = [\"own/*\"]\nsmall_cells = 0\n",
        );
    folder
}

/// The measure of a definition.
fn network(statistic: &str, more: &str) -> String {
    format!(
        "type = \"network\"\ntable = \"ties\"\nfrom = \"a\"\nto = \"b\"\nstatistic = \"{statistic}\"\n{more}"
    )
}

fn value(outcome: &Outcome, id: &str, programme: Option<&str>) -> Option<f64> {
    cell(outcome, id, programme, None).and_then(|e| e.value)
}

#[test]
fn tandem_gives_the_figures_that_networkx_gives() {
    let outcome = evaluate(&root().join("datasets/tandem"), &Quiet).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(root().join("tests/network_expected.csv"))
        .unwrap();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for line in reader.records().map(Result::unwrap) {
        let programme = (&line[1] != "total").then_some(&line[1]);
        let group = (!line[2].is_empty()).then(|| ("phase".to_owned(), Some(line[2].to_owned())));
        let expected: f64 = line[3].parse().unwrap();
        let is = |e: &&Estimate| {
            e.programme.as_deref() == programme && e.group == group && e.period.is_none()
        };
        let mut estimates = result(&outcome, &line[0]).estimates.iter();
        let got = estimates.find(is).and_then(|e| e.value);
        if !got.is_some_and(|g| close(g, expected, 1e-9)) {
            wrong.push(format!("{line:?}: {got:?} came out"));
        }
        seen += 1;
    }
    assert!(seen > 1000, "only {seen} figures");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// 800 deals of sectors per programme in Python (seed 1) gave mean 230.3 and standard deviation 27.9 for 219 liaisons by
/// migrant organisations, each with a Monte Carlo error of about one.
#[test]
fn brokerage_of_tandem_agrees_with_sectors_dealt_out_in_python() {
    let outcome = evaluate(&root().join("datasets/tandem"), &Quiet).unwrap();
    let roles = &detail(&outcome, "liaison-excess-of-migrant-organisations").brokerage;
    let role = roles
        .iter()
        .find(|r| r.role == "liaison" && r.group.as_deref() == Some("migrant-organisation"))
        .unwrap();
    assert_eq!(role.count, 219.0);
    let (mean, deviation) = (role.expected.unwrap(), role.deviation.unwrap());
    assert!((mean - 230.3).abs() < 3.0, "{mean}");
    assert!((deviation - 27.9).abs() < 1.5, "{deviation}");
    let z = value(&outcome, "liaison-excess-of-migrant-organisations", None).unwrap();
    assert!(close(z, (219.0 - mean) / deviation, 1e-12));
}

/// Padgett's marriages of 15 families; betweenness as in Wasserman & Faust (1994) and Jackson (2008, section 1.2.1).
#[test]
fn the_medici_stand_between_the_families_of_florence() {
    let marriages = "Acciaiuoli Medici,Castellani Peruzzi,Castellani Strozzi,Castellani Barbadori,Medici Barbadori,Medici \
        Ridolfi,Medici Tornabuoni,Medici Albizzi,Medici Salviati,Salviati Pazzi,Peruzzi Strozzi,Peruzzi Bischeri,Strozzi \
        Ridolfi,Strozzi Bischeri,Ridolfi Tornabuoni,Tornabuoni Guadagni,Albizzi Ginori,Albizzi Guadagni,Bischeri \
        Guadagni,Guadagni Lamberteschi";
    let pairs: Vec<Vec<&str>> = marriages
        .split(',')
        .map(|pair| pair.split_whitespace().collect())
        .collect();
    let mut families: Vec<&str> = pairs.iter().flatten().copied().collect();
    families.sort_unstable();
    families.dedup();
    assert_eq!((pairs.len(), families.len()), (20, 15));
    let ties: String = pairs
        .iter()
        .map(|p| format!("{},{}\n", p[0], p[1]))
        .collect();
    let folder = package(
        &format!("a,b\n{ties}"),
        &format!("id\n{}\n", families.join("\n")),
    );
    for family in ["Medici", "Guadagni", "Albizzi"] {
        let more = format!("actors = \"actors\"\ngroup = \"id\"\nof = \"{family}\"");
        let id = family.to_lowercase();
        folder.define(&id, "share", &network("betweenness", &more));
    }
    let outcome = folder.evaluate();
    for (id, published) in [("medici", 0.522), ("guadagni", 0.255), ("albizzi", 0.212)] {
        let got = value(&outcome, id, None).unwrap();
        assert!((got - published).abs() < 0.0005, "{id}: {got}");
    }
    let first = &detail(&outcome, "medici").actors[0];
    assert_eq!((first.actor.as_str(), first.degree), ("Medici", 6.0));
}

const ACTORS: &str = "id,programme,sector\n\
    g,P1,gov\nh,P1,gov\nc,P1,civ\nd,P1,civ\nm,P1,\n\
    x,P2,gov\ny,P2,civ\nz,P2,civ\n";
/// P1: g-c (twice), g-h, c-d, g-m (no sector), a loop of h, and a tie with an actor of P2. P2: x-y.
const TIES: &str = "a,b,programme,strength,kind\n\
    g,c,P1,2,visit\nc,g,P1,3,letter\ng,h,P1,1,visit\nc,d,P1,1,visit\ng,m,P1,5,visit\nh,h,P1,9,visit\nh,x,P1,1,visit\n\
    x,y,P2,4,letter\n";

#[test]
fn densities_of_groups_by_hand() {
    let folder = package(TIES, ACTORS);
    let actors = "actors = \"actors\"\ngroup = \"sector\"\n";
    folder
        .define("ties", "ties", &network("ties", actors))
        .define("density", "%", &network("density", actors))
        .define("between", "%", &network("density-between", actors))
        .define("within", "%", &network("density-within", actors))
        .define("e-i", "index", &network("e-i-index", actors))
        .define(
            "directed",
            "%",
            &network("density-between", &format!("directed = true\n{actors}")),
        )
        .define(
            "returned",
            "%",
            &network("reciprocity", &format!("directed = true\n{actors}")),
        )
        .define(
            "heavy",
            "strength",
            &network("ties", &format!("weight = \"strength\"\n{actors}")),
        )
        .define(
            "degree",
            "ties",
            &network("degree", &format!("{actors}of = \"gov\"")),
        )
        .define(
            "strength",
            "ties",
            &network(
                "degree",
                &format!("weight = \"strength\"\n{actors}of = \"gov\""),
            ),
        )
        .define("components", "parts", &network("components", actors))
        .define(
            "gov-civ",
            "ties",
            &network("ties", &format!("{actors}between = [\"gov\", \"civ\"]")),
        );
    let outcome = folder.evaluate();
    // Of P1 the pairs g-c, g-h, c-d, g-m; of P2 x-y. Pairs: 10 and 3. Between known sectors: 4 and 2 pairs; within: 2 and 1.
    for (id, programme, expected, parts) in [
        ("ties", Some("P1"), 4.0, None),
        ("ties", None, 5.0, None),
        ("density", Some("P1"), 0.4, Some((4.0, 10.0))),
        ("density", None, 5.0 / 13.0, Some((5.0, 13.0))),
        ("between", Some("P1"), 0.25, Some((1.0, 4.0))),
        ("between", None, 2.0 / 6.0, Some((2.0, 6.0))),
        ("within", Some("P1"), 1.0, Some((2.0, 2.0))),
        ("within", Some("P2"), 0.0, Some((0.0, 1.0))),
        ("e-i", Some("P1"), -1.0 / 3.0, Some((-1.0, 3.0))),
        ("e-i", None, 0.0, Some((0.0, 4.0))),
        // g to c and c to g are two of the eight ordered pairs.
        ("directed", Some("P1"), 0.25, Some((2.0, 8.0))),
        ("returned", Some("P1"), 0.4, Some((2.0, 5.0))),
        ("heavy", Some("P1"), 12.0, None),
        // g has c, h and m; h has g.
        ("degree", Some("P1"), 2.0, Some((4.0, 2.0))),
        ("strength", Some("P1"), 6.0, Some((12.0, 2.0))),
        ("components", Some("P1"), 1.0, None),
        ("components", None, 3.0, None),
        ("gov-civ", None, 2.0, None),
    ] {
        let estimate = cell(&outcome, id, programme, None).unwrap();
        assert!(
            estimate.value.is_some_and(|v| close(v, expected, 1e-12)),
            "{id} {programme:?}: {estimate:?}"
        );
        assert_eq!(estimate.parts, parts, "{id} {programme:?}");
    }
    let said = result(&outcome, "between").remarks.join(" ");
    for part in [
        "1 tie of an actor with itself is left out.",
        "1 tie joins a pair that is tied already: a pair counts once.",
        "1 tie names an actor that the table of actors does not have in its programme.",
        "1 actor has no group",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // The tie with x of another programme, and for groups that with m, are lost and counted.
    let missing = |id| cell(&outcome, id, Some("P1"), None).unwrap().missing;
    assert_eq!((missing("density"), missing("between")), (1, 2));
    let mixing = &detail(&outcome, "between").mixing;
    let counts: Vec<(usize, usize, u64, Option<u64>)> = mixing
        .iter()
        .map(|m| (m.from, m.to, m.ties, m.pairs))
        .collect();
    // civ, gov, none.
    let expected = [
        (0, 0, 1, Some(2)),
        (0, 1, 2, Some(6)),
        (0, 2, 0, Some(2)),
        (1, 1, 1, Some(1)),
        (1, 2, 1, Some(2)),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn no_matching_tie_is_a_network_without_ties_and_no_row_is_none() {
    let folder = package(
        "a,b,programme,kind\ng,c,P1,visit\n",
        "id,programme,sector\ng,P1,gov\nc,P1,civ\nx,P2,gov\ny,P2,civ\n",
    );
    let more = "where = \"kind = 'letter'\"\nactors = \"actors\"";
    folder
        .define("density", "%", &network("density", more))
        .define("alone", "%", &network("isolates", more))
        .define("parts", "parts", &network("components", more))
        .define(
            "e-i",
            "index",
            &network("e-i-index", &format!("{more}\ngroup = \"sector\"")),
        );
    let outcome = folder.evaluate();
    assert_eq!(value(&outcome, "density", Some("P1")), Some(0.0));
    assert_eq!(value(&outcome, "alone", Some("P1")), Some(1.0));
    assert_eq!(value(&outcome, "parts", Some("P1")), Some(2.0));
    let status = |id, p| cell(&outcome, id, Some(p), None).unwrap().status;
    assert_eq!(status("e-i", "P1"), Status::Undefined);
    assert_eq!(status("density", "P2"), Status::NoRows);
}

#[test]
fn a_split_of_the_programmes_takes_their_actors_and_a_split_of_ties_takes_all() {
    let folder = package(TIES, ACTORS);
    folder
        .define("density", "%", &network("density", "actors = \"actors\""))
        .write(
            "evaluation.toml",
            "title = \"T\"\nindicators = [\"own/*\"]\nsmall_cells = 0\nby = [\"programme.type\", \"kind\"]\n",
        );
    let outcome = folder.evaluate();
    let parts = |column: &str, label: &str| {
        let group = Some((column.to_owned(), Some(label.to_owned())));
        let mut estimates = result(&outcome, "density").estimates.iter();
        let found = estimates.find(|e| e.programme.is_none() && e.group == group);
        found.unwrap().parts
    };
    assert_eq!(parts("programme.type", "a"), Some((4.0, 10.0)));
    assert_eq!(parts("programme.type", "b"), Some((1.0, 3.0)));
    assert_eq!(parts("kind", "letter"), Some((2.0, 13.0)));
}

#[test]
fn what_lies_after_the_last_day_observed_is_not_known() {
    let folder = package(
        "a,b,programme,formed,ended\ng,c,P1,2011-01-01,\ng,h,P1,2009-01-01,2013-12-31\n",
        "id,programme\ng,P1\nh,P1\nc,P1\n",
    );
    let phases = |observed: &str| {
        format!(
            "actors = \"actors\"\nphase = \"after\"\nphases = {{ formed = \"formed\", ended = \"ended\", start = \"programme.start\", \
             end = \"programme.end\"{observed} }}"
        )
    };
    folder
        .define("seen", "ties", &network("ties", &phases("")))
        .define(
            "unseen",
            "ties",
            &network("ties", &phases(", observed = \"DATE '2013-06-30'\"")),
        );
    let outcome = folder.evaluate();
    // A year after 2012-12-31 the tie that ended on 2013-12-31 is gone.
    assert_eq!(value(&outcome, "seen", None), Some(1.0));
    let unseen = cell(&outcome, "unseen", None, None).unwrap();
    assert_eq!((unseen.status, unseen.missing), (Status::AllMissing, 2));
    let summaries: Vec<(String, u64)> = detail(&outcome, "seen")
        .phases
        .iter()
        .map(|(phase, s)| (phase.clone(), s.ties))
        .collect();
    let expected = [("before", 1), ("new", 1), ("during", 2), ("after", 1)];
    assert_eq!(summaries, expected.map(|(p, n)| (p.to_owned(), n)));
}

#[test]
fn groups_of_both_ends_of_a_tie_without_a_table_of_actors() {
    let folder = package(
        "a,b,programme,from_sector,to_sector\ng,c,P1,gov,civ\nc,s,P1,civ,school\ng,h,P1,gov,gov\nh,s,P1,gov,\n",
        "id,programme\ng,P1\n",
    );
    let ends = "group_from = \"from_sector\"\ngroup_to = \"to_sector\"\n";
    folder
        .define("e-i", "index", &network("e-i-index", ends))
        .define(
            "linked",
            "pairs",
            &network("brokerage", &format!("{ends}role = \"liaison\"")),
        );
    let outcome = folder.evaluate();
    let e_i = cell(&outcome, "e-i", Some("P1"), None).unwrap();
    assert_eq!((e_i.parts, e_i.missing), (Some((1.0, 3.0)), 1));
    // g - c - s: three sectors, and g is not tied with s. h - g - c is no liaison.
    assert_eq!(value(&outcome, "linked", None), Some(1.0));
    let summary = detail(&outcome, "linked").whole;
    assert_eq!(
        (summary.actors, summary.pairs, summary.isolates),
        (4, None, None)
    );
}

#[test]
fn a_sample_of_ties_is_no_network() {
    let folder = package_with(
        "a,b,programme\ng,c,P1\n",
        "id,programme\ng,P1\nc,P1\n",
        "sample",
    );
    folder.define("ties", "ties", &network("ties", ""));
    let outcome = folder.evaluate();
    let why = result(&outcome, "ties").not_computable.clone().unwrap();
    assert!(
        why.starts_with("the table `ties` is declared a sample, and the network of ties that were drawn is not the network"),
        "{why}"
    );
}

#[test]
fn threads_do_not_change_networks() {
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let outcome = pool
            .unwrap()
            .install(|| evaluate(&root().join("datasets/tandem"), &Quiet).unwrap());
        [
            "paths-over-migrant-organisations",
            "liaison-excess-of-migrant-organisations",
        ]
        .map(|id| serde_json::to_string(result(&outcome, id)).unwrap())
    };
    assert_eq!(run(1), run(3));
}

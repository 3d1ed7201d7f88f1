//! Networks of programmes of which no tie is known: they have no figure of their own, and their actors are in no total.

use crate::kit::{Folder, cell, result};
use codev::outcome::{Content, Estimate, Outcome, Status};

/// P1 has five actors (one alone), P2 and P3 three each; P4 and P5 have actors and no row in the table of ties.
const ACTORS: &str = "id,programme,sector\na,P1,x\nb,P1,y\nc,P1,x\nd,P1,y\ne,P1,x\nf,P2,x\ng,P2,y\nh,P2,x\n\
    i,P3,x\nj,P3,y\nk,P3,x\nl,P4,x\nm,P4,\nn,P5,y\n";

const TIES: &str = "from,to,programme,kind\na,b,P1,work\nb,c,P1,work\nc,d,P1,funds\na,c,P1,funds\nf,g,P2,work\ng,h,P2,funds\n\
    i,j,P3,work\nj,k,P3,work\n";

fn folder(ties: &str, statistics: &[&str]) -> Folder {
    let folder = Folder::new();
    let table = |name: &str, fields: &[&str], key: &str, more: &str| {
        let fields: Vec<String> = fields
            .iter()
            .map(|f| format!("{{ \"name\": \"{f}\", \"type\": \"string\" }}"))
            .collect();
        let link = match name {
            "programmes" => "",
            _ => {
                ", \"foreignKeys\": [ { \"fields\": \"programme\", \"reference\": { \"resource\": \"programmes\", \"fields\": \"id\" } } ]"
            }
        };
        format!(
            "{{ \"name\": \"{name}\", \"path\": \"{name}.csv\", \"schema\": {{ \"fields\": [ {} ]{key}{link} }}, \"codev\": {{ \"role\": \"{name}\", \"sampling\": \"census\"{more} }} }}",
            fields.join(", ")
        )
    };
    let key = ", \"primaryKey\": \"id\"";
    let own = ", \"programme\": \"programme\"";
    folder
        .write("programmes.csv", "id,type\nP1,a\nP2,a\nP3,b\nP4,a\nP5,b\n")
        .write("actors.csv", ACTORS)
        .write("ties.csv", ties)
        .write(
            "datapackage.json",
            format!(
                "{{ \"name\": \"t\", \"resources\": [ {}, {}, {} ] }}",
                table("programmes", &["id", "type"], key, ""),
                table("actors", &["id", "programme", "sector"], key, own),
                table("ties", &["from", "to", "programme", "kind"], "", own)
            ),
        )
        .write(
            "evaluation.toml",
            "title = \"T\"\nindicators = [\"own/*\"]\nsmall_cells = 0\nby = [\"programme.type\", \"kind\"]\n",
        );
    for statistic in statistics {
        let group = match *statistic {
            "e-i-index" | "density-between" => "group = \"sector\"\n",
            _ => "",
        };
        let measure = format!(
            "type = \"network\"\ntable = \"ties\"\nfrom = \"from\"\nto = \"to\"\nactors = \"actors\"\nstatistic = \"{statistic}\"\n{group}"
        );
        folder.define(statistic, "", &measure);
    }
    folder
}

fn at<'a>(outcome: &'a Outcome, id: &str, programme: Option<&str>) -> &'a Estimate {
    cell(outcome, id, programme, None).unwrap()
}

/// Worked out by hand: isolates 1 of 11 (not 4 of 14), density 8 of 16 pairs (not 17), 4 components (not 7).
#[test]
fn programmes_without_a_known_tie_are_in_no_total() {
    let all = [
        "isolates",
        "density",
        "components",
        "degree",
        "density-between",
    ];
    let outcome = folder(TIES, &all).evaluate();
    assert_eq!(at(&outcome, "isolates", None).parts, Some((1.0, 11.0)));
    assert_eq!(at(&outcome, "density", None).parts, Some((8.0, 16.0)));
    assert_eq!(at(&outcome, "components", None).value, Some(4.0));
    assert_eq!(at(&outcome, "degree", None).parts, Some((16.0, 11.0)));
    for id in all {
        let mut sums = (0.0, 0.0);
        for programme in ["P1", "P2", "P3"] {
            let of = at(&outcome, id, Some(programme));
            let (a, b) = of.parts.unwrap_or((of.value.unwrap(), 0.0));
            sums = (sums.0 + a, sums.1 + b);
        }
        let total = at(&outcome, id, None);
        // What is said of all is made of what is said of each.
        assert_eq!(
            total.parts.unwrap_or((total.value.unwrap(), 0.0)),
            sums,
            "{id}"
        );
        for silent in ["P4", "P5"] {
            assert_eq!(
                at(&outcome, id, Some(silent)).status,
                Status::NoRows,
                "{id}"
            );
        }
        let said = &result(&outcome, id).remarks;
        let told = said
            .iter()
            .any(|r| r.contains("2 programmes have actors (3 in all) and no tie that can be read"));
        assert!(told, "{id}: {said:?}");
    }
    let detail = &result(&outcome, "isolates").details[0].content;
    let Content::Network(detail) = detail else {
        panic!("{detail:?}");
    };
    assert_eq!(detail.networks, 3);
    assert_eq!(detail.whole.actors, 11);
}

/// By type of programme and by kind of tie: the same programmes are silent.
#[test]
fn disaggregations_keep_to_the_same_rule() {
    let outcome = folder(TIES, &["isolates"]).evaluate();
    let group = |name: &str, value: &str| {
        let found = cell(&outcome, "isolates", None, Some((name, Some(value))));
        found.unwrap().parts
    };
    assert_eq!(group("programme.type", "a"), Some((1.0, 8.0)));
    assert_eq!(group("programme.type", "b"), Some((0.0, 3.0)));
    // All actors of the programmes that have ties, whatever their kind: e alone, d, h by work; b, e, f, i, j, k by funds.
    assert_eq!(group("kind", "work"), Some((3.0, 11.0)));
    assert_eq!(group("kind", "funds"), Some((6.0, 11.0)));
}

/// A programme whose ties name nobody who is known says nothing either; ties that a filter leaves out are a network without them.
#[test]
fn ties_that_cannot_be_read_are_no_ties_that_are_not_there() {
    let ties = format!("{TIES}l,nobody,P4,work\n");
    let unread = folder(&ties, &["isolates"]).evaluate();
    assert_eq!(
        at(&unread, "isolates", Some("P4")).status,
        Status::AllMissing
    );
    assert_eq!(at(&unread, "isolates", None).parts, Some((1.0, 11.0)));
    let ties = format!("{TIES}l,m,P4,past\n");
    let left_out = folder(&ties, &[]);
    left_out.define(
        "isolates",
        "",
        "type = \"network\"\ntable = \"ties\"\nfrom = \"from\"\nto = \"to\"\nactors = \"actors\"\nstatistic = \"isolates\"\nwhere = \"kind <> 'past'\"\n",
    );
    let outcome = left_out.evaluate();
    assert_eq!(at(&outcome, "isolates", Some("P4")).parts, Some((2.0, 2.0)));
    assert_eq!(at(&outcome, "isolates", None).parts, Some((3.0, 13.0)));
}

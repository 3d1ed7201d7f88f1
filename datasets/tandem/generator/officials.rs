//! The table `officials`: a small survey of officials in the destination who deal with residents, at baseline and endline.

use super::places::{Programme, Type};
use super::random::Draw;
use super::survey::answered;
use super::text::{Csv, cells};
use super::truth;

const DEPARTMENTS: [&str; 5] = ["welfare", "education", "housing", "registry", "safety"];
/// Shift of each statement; the fourth is worded the other way round.
const SHIFTS: [f64; 5] = [-0.2, 0.1, 0.0, 0.2, -0.1];

/// The table: the same officials are asked twice, about one in seven only once.
pub fn officials(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("officials");
    let mut csv = Csv::new(
        "programme,official,wave,department,migrant_descent,competence_1,competence_2,competence_3,competence_4,competence_5,trained",
    );
    for p in programmes {
        let departments = if p.kind == Type::City { 5 } else { 4 };
        let shift = draw.normal(0.15);
        let mut number = 0;
        for department in &DEPARTMENTS[..departments] {
            let cluster = draw.normal(0.2);
            for _ in 0..draw.between(5, 9) {
                number += 1;
                let descent = draw.chance(truth::MIGRANT_OFFICIALS);
                let own = 3.2 + shift + cluster + draw.normal(0.45);
                for (nth, wave) in ["baseline", "endline"].into_iter().enumerate() {
                    let level = own + nth as f64 * truth::competence(p.kind);
                    let trained = draw.chance(truth::trained(p.kind)[nth]);
                    let statements: Vec<String> = SHIFTS
                        .iter()
                        .enumerate()
                        .map(|(item, shift)| {
                            let noise = draw.normal(0.5);
                            let value = draw.whole(level + shift + noise, 1, 5);
                            let value = if item == 3 { 6 - value } else { value };
                            answered(value, 0.02, &mut draw)
                        })
                        .collect();
                    let trained = answered(trained, 0.01, &mut draw);
                    if draw.chance(0.07) {
                        continue;
                    }
                    let mut cells = cells![
                        p.id,
                        format!("{}-O{number:02}", p.id),
                        wave,
                        format!("{}-{department}", p.id),
                        descent
                    ]
                    .to_vec();
                    cells.extend(statements);
                    cells.push(trained);
                    csv.row(&cells);
                }
            }
        }
    }
    csv.done()
}

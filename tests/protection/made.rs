//! Tables made by a seed, and what follows from the figures shown of them: worked out once more by plain elimination.

use crate::kit::{Folder, definition, formula, table};
use codev::outcome::{Outcome, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A row of a made table.
#[derive(Debug, Clone)]
pub struct Row {
    pub programme: String,
    pub a: String,
    pub b: String,
    pub sex: String,
    pub year: u32,
    pub income: u64,
}

/// Numbers that look random (Knuth's MMIX linear congruential generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// What is asked of a made table, by its seed.
pub struct Made {
    pub rows: Vec<Row>,
    pub folder: Folder,
}

/// Indicators of made tables: id, formula, filter.
const ASKED: [(&str, &str, &str); 5] = [
    ("count", "COUNT(*)", ""),
    ("income", "SUM(income)", ""),
    ("women", "COUNT(*)", "sex = 'f'"),
    ("share", "COUNT(*) FILTER (WHERE sex = 'f') / COUNT(*)", ""),
    ("mean", "AVG(income)", ""),
];

/// A table with one to three columns that results are split by, nested or not, with periods or not, with rows that name no programme.
pub fn made(seed: u64) -> Made {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    for _ in 0..5 {
        dice.below(9);
    }
    let (programmes, wide, nested) = (1 + dice.below(3), 2 + dice.below(3), seed.is_multiple_of(3));
    let mut rows = Vec::new();
    for _ in 0..(30 + dice.below(90)) {
        // Lopsided, so that there are small groups.
        let a = dice.below(wide).min(dice.below(wide));
        let b = dice.below(3).min(dice.below(3));
        rows.push(Row {
            programme: match dice.below(40) {
                0 => String::new(),
                _ => format!("P{}", dice.below(programmes)),
            },
            a: format!("a{a}"),
            b: if nested {
                format!("a{a}b{b}")
            } else {
                format!("b{b}")
            },
            sex: if dice.below(4) == 0 { "f" } else { "m" }.to_owned(),
            year: 2018 + dice.below(2) as u32,
            income: 1_000 + dice.below(3_000),
        });
    }
    let mut csv = "programme,person,a,b,sex,date,income\n".to_owned();
    for (at, r) in rows.iter().enumerate() {
        let _ = writeln!(
            csv,
            "{},q{at},{},{},{},{}-05-01,{}",
            r.programme, r.a, r.b, r.sex, r.year, r.income
        );
    }
    let texts = ["programme", "person", "a", "b", "sex", "date"];
    let meaning =
        r#""unit": "person", "person": "person", "programme": "programme", "date": "date""#;
    let folder = table(&csv, &texts, meaning);
    let manifest = std::fs::read_to_string(folder.file("datapackage.json")).unwrap();
    folder.write(
        "datapackage.json",
        manifest.replace(
            r#""name": "date", "type": "string""#,
            r#""name": "date", "type": "date""#,
        ),
    );
    let taken = 1 + (seed as usize / 3) % ASKED.len();
    for (id, value, filter) in &ASKED[..taken] {
        let mut measure = formula("t", value);
        if !filter.is_empty() {
            let _ = write!(measure, "\nwhere = \"{filter}\"");
        }
        folder.write(
            &format!("indicators/{id}.toml"),
            definition(id, "persons", &measure),
        );
    }
    let by = [
        r#"["a"]"#,
        r#"["a", "b"]"#,
        r#"["b", "sex"]"#,
        r#"["a", "b", "sex"]"#,
    ][seed as usize % 4];
    let period = if seed.is_multiple_of(5) {
        "period = \"year\"\n"
    } else {
        ""
    };
    folder.write(
        "evaluation.toml",
        format!("title = \"Made {seed}\"\nindicators = [\"own/*\"]\nby = {by}\n{period}small_cells = 5\n"),
    );
    Made { rows, folder }
}

/// A prime of 64 bits, not the program's.
const PRIME: u128 = 18_446_744_073_709_551_557;

fn power(mut base: u128, mut left: u128) -> u128 {
    let mut result = 1;
    while left > 0 {
        if left & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        left >>= 1;
    }
    result
}

/// What follows of fewer than `least` persons from the figures that an outcome of made rows shows.
pub fn leaks(rows: &[Row], outcome: &Outcome, least: usize) -> Vec<String> {
    // Rows that agree in all columns are a class.
    let key = |r: &Row| {
        (
            r.programme.clone(),
            r.a.clone(),
            r.b.clone(),
            r.sex.clone(),
            r.year,
        )
    };
    let mut classes: BTreeMap<_, Vec<&Row>> = BTreeMap::new();
    rows.iter()
        .for_each(|r| classes.entry(key(r)).or_default().push(r));
    let classes: Vec<Vec<&Row>> = classes.into_values().collect();
    let wide = classes.len();
    let mut matrix: Vec<Vec<u128>> = Vec::new();
    for result in &outcome.indicators {
        for e in result
            .estimates
            .iter()
            .filter(|e| e.status == Status::Value)
        {
            let here = |class: &[&Row], women: bool| {
                let r = class[0];
                e.programme.as_ref().is_none_or(|p| *p == r.programme)
                    && e.period.as_ref().is_none_or(|p| *p == r.year.to_string())
                    && (!women || r.sex == "f")
                    && e.group.as_ref().is_none_or(|(column, label)| {
                        let value = match column.as_str() {
                            "a" => &r.a,
                            "b" => &r.b,
                            _ => &r.sex,
                        };
                        label.as_ref() == Some(value)
                    })
            };
            let over = |women: bool, count: u128, sum: u128| -> Vec<u128> {
                let of = |factor: u128| {
                    classes
                        .iter()
                        .map(move |c| if here(c, women) { factor } else { 0 })
                };
                of(count).chain(of(sum)).collect()
            };
            match result.definition.id.as_str() {
                "count" => matrix.push(over(false, 1, 0)),
                "income" => matrix.push(over(false, 0, 1)),
                "women" => matrix.push(over(true, 1, 0)),
                "share" => matrix.extend([over(true, 1, 0), over(false, 1, 0)]),
                _ => {
                    let all = classes.iter().filter(|c| here(c, false)).flatten();
                    let (n, sum) = all.fold((0, 0), |(n, s), r| (n + 1, s + u128::from(r.income)));
                    matrix.push(over(false, PRIME - sum, n));
                }
            }
        }
    }
    let mut reduced: Vec<(usize, Vec<u128>)> = Vec::new();
    for mut row in matrix {
        for (at, other) in &reduced {
            subtract(&mut row, *at, other);
        }
        let Some(at) = row.iter().position(|x| *x != 0) else {
            continue;
        };
        let by = power(row[at], PRIME - 2);
        row.iter_mut().for_each(|x| *x = *x * by % PRIME);
        for (_, other) in &mut reduced {
            let new = row.clone();
            subtract(other, at, &new);
        }
        reduced.push((at, row));
    }
    let few: Vec<usize> = (0..wide).filter(|k| classes[*k].len() < least).collect();
    let mut unions: BTreeSet<Vec<usize>> = few.iter().map(|k| vec![*k]).collect();
    for _ in 0..2 {
        let more: Vec<Vec<usize>> = unions
            .iter()
            .flat_map(|u| {
                few.iter().filter(|k| !u.contains(k)).map(move |k| {
                    let mut union = u.clone();
                    union.push(*k);
                    union.sort_unstable();
                    union
                })
            })
            .collect();
        unions.extend(more);
    }
    unions.retain(|u| u.iter().map(|k| classes[*k].len()).sum::<usize>() < least);
    let mut found = Vec::new();
    for union in &unions {
        for (kind, first) in [("rows", 0), ("income", wide)] {
            let mut target = vec![0; 2 * wide];
            union.iter().for_each(|k| target[first + k] = 1);
            for (at, row) in &reduced {
                subtract(&mut target, *at, row);
            }
            if target.iter().all(|x| *x == 0) {
                let who: Vec<&Row> = union.iter().map(|k| classes[*k][0]).collect();
                found.push(format!("{kind} of {who:?}"));
            }
        }
    }
    found
}

fn subtract(row: &mut [u128], at: usize, other: &[u128]) {
    let factor = row[at];
    if factor != 0 {
        for (x, y) in row.iter_mut().zip(other) {
            *x = (*x + PRIME - factor * y % PRIME) % PRIME;
        }
    }
}

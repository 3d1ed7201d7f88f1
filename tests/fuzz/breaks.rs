//! Ways to break an input.

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64;

/// Numbers of a try.
pub fn numbers(seed: u64) -> Pcg64 {
    Pcg64::seed_from_u64(seed)
}

/// Pieces that readers stumble over.
const PIECES: &[&str] = &[
    "\"",
    "'",
    ",",
    ";",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "((((((((((((",
    "))))",
    "-",
    "--",
    "/*",
    "*/",
    "#",
    "=",
    "==",
    "\\",
    "\\u0000",
    "\\ud800",
    "\"\"\"",
    "'''",
    "null",
    "true",
    "NaN",
    "inf",
    "-inf",
    "1e309",
    "-1e309",
    "1e-320",
    "0",
    "-0",
    "00",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "9007199254740993",
    "4294967296",
    "0.1",
    ".",
    "..",
    "../",
    "%",
    "1900-02-29",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "-4713-01-01",
    "2021-02-31",
    "24:61:61",
    "\u{202e}",
    "\u{feff}",
    "\u{1b}[2J",
    "é",
    "ß",
    "İ",
    "吉",
    "\u{301}",
    " ",
    "   ",
    "NULL",
    "COUNT(*)",
    "SUM(",
    "AVG(x)",
    "CASE WHEN",
    "DATE '2020-02-30'",
    "x / 0",
    "FILTER (WHERE",
    "DISTINCT",
    "MEDIAN(x)",
    "NOT",
    "AND",
    "IN ()",
    "LIKE '%",
    "QUANTILE(x, 2)",
    "programme",
    "total",
    "[[effect]]",
    "[measure]",
    "extends = \"",
    "\n\n\n",
];

/// Numbers that are put in the place of others.
const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "2",
    "0.5",
    "100",
    "1e308",
    "1e-308",
    "-1e308",
    "99999999999999999999",
    "2147483648",
    "3.0",
    "007",
];

fn at(rng: &mut impl Rng, length: usize) -> usize {
    rng.random_range(0..=length)
}

fn piece<'p>(rng: &mut impl Rng, pieces: &[&'p str]) -> &'p str {
    pieces[rng.random_range(0..pieces.len())]
}

/// Where digits stand.
fn digits(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, byte) in bytes.iter().chain([&b' ']).enumerate() {
        match (byte.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Breaks bytes in one to six places.
pub fn bytes(rng: &mut impl Rng, mut bytes: Vec<u8>) -> Vec<u8> {
    for _ in 0..rng.random_range(1..=6) {
        let length = bytes.len();
        let from = at(rng, length);
        let to = (from + rng.random_range(0..40)).min(length);
        match rng.random_range(0..12) {
            0 if length > 0 => bytes[from.min(length - 1)] ^= 1 << rng.random_range(0..8),
            1 if length > 0 => bytes[from.min(length - 1)] = rng.random(),
            2 => drop(bytes.drain(from..to)),
            3 => bytes.truncate(from),
            4 => {
                let copy = bytes[from..to].to_vec();
                let to = at(rng, length);
                drop(bytes.splice(to..to, copy));
            }
            5 | 6 => drop(bytes.splice(from..from, piece(rng, PIECES).bytes())),
            7 => drop(bytes.splice(from..to, piece(rng, PIECES).bytes())),
            8 | 9 => {
                let found = digits(&bytes);
                if !found.is_empty() {
                    let (from, to) = found[rng.random_range(0..found.len())];
                    drop(bytes.splice(from..to, piece(rng, NUMBERS).bytes()));
                }
            }
            10 => {
                // The same piece often: depth and length.
                let many = piece(rng, PIECES).repeat(rng.random_range(1..3_000));
                drop(bytes.splice(from..from, many.bytes()));
            }
            _ => {
                // Two places change places.
                let other = at(rng, length);
                let end = (other + to - from).min(length);
                let copy = bytes[other..end].to_vec();
                drop(bytes.splice(from..to, copy));
            }
        }
    }
    bytes
}

/// Breaks text between its words: what comes out is text, and more often nearly right.
pub fn text(rng: &mut impl Rng, text: &str) -> String {
    if rng.random_range(0..4) == 0 {
        return String::from_utf8_lossy(&bytes(rng, text.as_bytes().to_vec())).into_owned();
    }
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for c in text.chars() {
        if last == Some(true) && word(c) {
            words.last_mut().unwrap().push(c);
        } else {
            words.push(c.to_string());
        }
        last = Some(word(c));
    }
    for _ in 0..rng.random_range(1..=4) {
        if words.is_empty() {
            break;
        }
        let length = words.len();
        let from = rng.random_range(0..length);
        let to = (from + rng.random_range(1..12)).min(length);
        match rng.random_range(0..7) {
            0 => drop(words.drain(from..to)),
            1 => words[from] = piece(rng, PIECES).to_owned(),
            2 => words.insert(from, piece(rng, PIECES).to_owned()),
            3 => {
                let other = rng.random_range(0..length);
                words.swap(from, other);
            }
            4 => {
                let copy: Vec<String> = words[from..to].to_vec();
                let to = rng.random_range(0..length);
                drop(words.splice(to..to, copy));
            }
            5 => words[from] = piece(rng, NUMBERS).to_owned(),
            _ => {
                // A word of the same text in the place of another.
                let other = rng.random_range(0..length);
                words[from] = words[other].clone();
            }
        }
    }
    words.concat()
}

//! Numbers that are kept as text or can't be read, since they are written in another form than the column says.

use super::declare::TableSpec;
use super::number_signs::{NONE, PERCENT, SIGNS, kind_of};
use super::rows::Rows;
use super::total_sheet::names_something;
use super::typed::Cells;
use super::typos::WordCounts;
use super::values::{self, NumberFormat};
use super::{Table, Type, units};
use crate::finding::{Finding, Findings, Stop};
use std::collections::{BTreeMap, BTreeSet};

/// How the numbers of a column seem to be written.
struct Form {
    format: NumberFormat,
    signs: BTreeSet<String>,
    /// Whether some have no sign beside them.
    unsigned: bool,
}

impl Form {
    /// The keys of a field that say so.
    fn keys(&self) -> String {
        let mut keys = Vec::new();
        if self.format.decimal != "." {
            keys.push(format!("\"decimalChar\": \"{}\"", self.format.decimal));
        }
        if let Some(group) = &self.format.group {
            keys.push(format!("\"groupChar\": \"{group}\""));
        }
        if !self.format.bare {
            keys.push("\"bareNumber\": false".to_owned());
        }
        keys.join(", ")
    }

    fn words(&self) -> String {
        let mut said = Vec::new();
        match self.format.decimal.as_str() {
            "." => {}
            mark => said.push(format!("`{mark}` before decimals")),
        }
        match self.format.group.as_deref() {
            None => {}
            Some(mark) if mark.trim().is_empty() => {
                said.push("spaces between thousands".to_owned())
            }
            Some(mark) => said.push(format!("`{mark}` between thousands")),
        }
        if !self.signs.is_empty() {
            let signs: Vec<String> = self.signs.iter().map(|s| format!("`{s}`")).collect();
            said.push(format!("{} beside them", signs.join(", ")));
        }
        said.join(" and ")
    }

    /// Why no form gives right numbers, and what would; `None` where one does.
    fn mixed(&self) -> Option<String> {
        let mut kinds: Vec<&str> = self.signs.iter().filter_map(|s| kind_of(s)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let percent = kinds.contains(&PERCENT);
        let currencies = kinds.iter().filter(|kind| **kind != PERCENT).count();
        if currencies > 1 {
            let signs: Vec<String> = self.signs.iter().map(|s| format!("`{s}`")).collect();
            return Some(format!(
                "No way of reading them gives one kind of numbers, since they are amounts of several currencies ({}): write the numbers alone, and the currency of each row as its code in a column `currency`.",
                signs.join(", ")
            ));
        }
        if percent && (currencies > 0 || self.unsigned) {
            return Some(
                "No way of reading them gives one kind of numbers, since some are percentages and some are not: `12 %` and `0.5` would be added as 12 and 0.5. Write all of them as percentages, or all as shares."
                    .to_owned(),
            );
        }
        None
    }
}

/// The form in which all of these texts are numbers; `None` where there is none.
fn form(texts: &[&str]) -> Option<Form> {
    let mut signs = BTreeSet::new();
    let mut bare = Vec::new();
    let mut unsigned = false;
    for text in texts {
        let (sign, number) = parted(text)?;
        unsigned |= sign.is_none();
        signs.extend(sign);
        bare.push(number);
    }
    // Codes have zeros in front, and numbers have not.
    let coded =
        |t: &&str| t.starts_with('0') && t.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if bare.iter().any(coded) {
        return None;
    }
    let marks = |c: char| bare.iter().any(|t| t.contains(c));
    let group = |c: char| Some(c.to_string()).filter(|_| marks(c));
    let space = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’']
        .into_iter()
        .find(|c| marks(*c));
    let thousands = |mark: char| {
        bare.iter()
            .filter(|t| t.contains(mark))
            .all(|t| t.rsplit(mark).next().is_some_and(|end| end.len() == 3))
    };
    let mut tried: Vec<(&str, Option<String>)> = vec![(".", None)];
    // Money has no three decimals.
    let money = signs
        .iter()
        .any(|s| kind_of(s).is_some_and(|k| k != PERCENT && k != "‰"));
    if money && marks('.') && !marks(',') && thousands('.') {
        tried.insert(0, (",", group('.')));
    }
    if marks(',') && !marks('.') && thousands(',') {
        tried.push((".", group(',')));
    }
    if marks('.')
        && !marks(',')
        && thousands('.')
        && bare.iter().any(|t| t.matches('.').count() > 1)
    {
        tried.push((",", group('.')));
    }
    tried.push((",", None));
    tried.push((".", group(',')));
    tried.push((",", group('.')));
    if let Some(space) = space {
        tried.push((".", group(space)));
        tried.push((",", group(space)));
    }
    tried.into_iter().find_map(|(decimal, group)| {
        let format = NumberFormat {
            decimal: decimal.to_owned(),
            group,
            bare: true,
        };
        let all = bare.iter().all(|t| values::number(t, &format).is_some());
        all.then(|| Form {
            format: NumberFormat {
                bare: signs.is_empty(),
                ..format
            },
            signs: signs.clone(),
            unsigned,
        })
    })
}

/// The sign beside a number, and the number; `None` where something else is beside it.
fn parted(text: &str) -> Option<(Option<String>, &str)> {
    let text = text.trim();
    let digit = |c: char| c.is_ascii_digit();
    let (from, to) = (text.find(digit)?, text.rfind(digit)? + 1);
    let (before, after) = (text.get(..from)?, text.get(to..)?);
    let minus = before.ends_with(['-', '+']) || before.starts_with(['-', '+']);
    let before = before.trim_matches(|c: char| c.is_whitespace() || c == '-' || c == '+');
    let after = after.trim();
    let sign = [before, after]
        .into_iter()
        .filter(|s| !s.is_empty())
        .collect::<Vec<_>>();
    let known = sign
        .iter()
        .all(|s| SIGNS.contains(&s.to_lowercase().as_str()));
    if !known || sign.len() > 1 {
        return None;
    }
    let number = match minus && before.is_empty() {
        true => text.get(..to)?,
        false => text.get(from..to)?,
    };
    Some((sign.first().map(|s| (*s).to_owned()), number.trim()))
}

/// Finds columns of text whose values are numbers in some form, by their first rows.
pub(super) fn texts(
    table: &Table,
    spec: &TableSpec,
    rows: &Rows,
    findings: &mut Findings,
) -> Result<(), Stop> {
    /// Values that are tried.
    const MOST: usize = 5000;
    let names: Vec<String> = table
        .columns
        .iter()
        .filter(|c| {
            c.r#type == Type::Text && c.categories.is_empty() && !names_something(c, table, spec)
        })
        .map(|c| c.name.clone())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let mut counts: Vec<WordCounts> = names.iter().map(|_| WordCounts::default()).collect();
    let mut seen = 0;
    for unit in units(table, &names)?.into_iter().take(1) {
        for frame in unit.read()?.take(1) {
            let frame = frame?;
            seen = frame.height() as u64;
            let mut columns = frame.columns().iter().zip(&mut counts);
            columns.try_for_each(|(column, counts)| counts.add(column))?;
        }
    }
    for (name, counts) in names.iter().zip(counts) {
        let words = counts.finish(MOST);
        let Some((form, missing, count, all)) = as_numbers(&words) else {
            continue;
        };
        let places = places(table, name, &words)?;
        let mut keys = vec!["\"type\": \"number\"".to_owned()];
        keys.extend(Some(form.keys()).filter(|k| !k.is_empty()));
        if !missing.is_empty() && !table.of_persons() {
            let listed: Vec<String> = missing.iter().map(|m| format!(", \"{m}\"")).collect();
            keys.push(format!("\"missingValues\": [\"\"{}]", listed.concat()));
        }
        let of = if table.rows > seen {
            format!(" of the first {all}")
        } else {
            format!(" of {all}")
        };
        let how = match form.words() {
            how if how.is_empty() => String::new(),
            how => format!(", with {how}"),
        };
        let message = format!(
            "{count}{of} values of the text column `{name}` are numbers{how} ({}); nothing can be added up of texts.",
            rows.named(&places)
        );
        let help = match form.mixed() {
            Some(why) => why,
            None => {
                let other = thousands_instead(&words, &form);
                format!(
                    "Write `{}` in the field, unless they are codes.{other}",
                    keys.join(", ")
                )
            }
        };
        let finding = Finding::warning("data-numbers-as-text", message, help).in_column(name);
        findings.push(match places.first() {
            Some(first) => rows.place(*first).on(finding),
            None => finding,
        });
    }
    Ok(())
}

/// What to write where points with three digits behind them may stand between thousands.
fn thousands_instead(words: &BTreeMap<String, u64>, form: &Form) -> String {
    if form.format.decimal != "." || form.format.group.is_some() {
        return String::new();
    }
    let pointed: Vec<&str> = words
        .keys()
        .filter_map(|word| Some(parted(word)?.1))
        .filter(|number| number.contains('.'))
        .collect();
    let three = |number: &&str| number.rsplit('.').next().is_some_and(|end| end.len() == 3);
    match pointed.first() {
        Some(first) if pointed.iter().all(three) => format!(
            " `{first}` has decimals then; where the point stands between thousands, add `\"decimalChar\": \",\", \"groupChar\": \".\"`."
        ),
        _ => String::new(),
    }
}

/// The form of words that are numbers, those that stand for none, and the rows of numbers and of all.
fn as_numbers(words: &BTreeMap<String, u64>) -> Option<(Form, Vec<&str>, u64, u64)> {
    let is_none = |word: &&String| NONE.contains(&word.trim().to_lowercase().as_str());
    let missing: Vec<&String> = words.keys().filter(is_none).collect();
    let numbers: Vec<&str> = words
        .keys()
        .filter(|w| !is_none(w))
        .map(String::as_str)
        .collect();
    let rows = |word: &str| words.get(word).copied().unwrap_or(0);
    let count: u64 = numbers.iter().map(|w| rows(w)).sum();
    let all: u64 = words.values().sum();
    if numbers.len() < 3 || count * 2 < all {
        return None;
    }
    let form = form(&numbers)?;
    // Plain numbers that somebody declared to be text are codes; so may be "1,2" and "1,3", where several were chosen.
    let plain = form.keys().is_empty();
    let whole = |w: &&str| w.bytes().all(|b| b.is_ascii_digit());
    if plain && (missing.is_empty() || numbers.len() < 5) {
        return None;
    }
    let chosen = form.format.decimal == ","
        && form.signs.is_empty()
        && numbers.iter().all(|w| w.len() <= 3 && !w.starts_with('0'))
        && numbers.iter().any(whole);
    let missing = missing.iter().map(|m| m.as_str()).collect();
    (!chosen).then_some((form, missing, count, all))
}

/// The first three rows that have a value.
fn places(table: &Table, name: &str, words: &BTreeMap<String, u64>) -> Result<Vec<u64>, Stop> {
    let mut places = Vec::new();
    let digits = |word: &str| words.contains_key(word) && word.bytes().any(|b| b.is_ascii_digit());
    for unit in units(table, &[name.to_owned()])?.into_iter().take(1) {
        for frame in unit.read()?.take(1) {
            let frame = frame?;
            if let Some(Cells::Texts(cells)) = frame.columns().first().map(Cells::of).transpose()? {
                let rows = (0..frame.height()).filter(|row| cells.get(*row).is_some_and(digits));
                places.extend(rows.take(3).map(|row| row as u64));
            }
        }
    }
    Ok(places)
}

/// One finding on each column of numbers of which cells can't be read, where there is a form in which they are numbers.
pub(super) fn unread(spec: &TableSpec, findings: &mut Findings) {
    let codes = ["data-not-a-number", "data-not-an-integer"];
    let mut found: BTreeMap<(Option<String>, String), Vec<&Finding>> = BTreeMap::new();
    for finding in &findings.listed {
        if let (true, Some(column)) = (
            codes.contains(&finding.code.as_str()),
            &finding.place.column,
        ) {
            let key = (finding.place.file.clone(), column.clone());
            found.entry(key).or_default().push(finding);
        }
    }
    let mut more = Vec::new();
    for ((file, column), listed) in &found {
        let values: Vec<&str> = listed
            .iter()
            .filter_map(|f| f.value.as_deref())
            .filter(|v| v.bytes().any(|b| b.is_ascii_digit()))
            .collect();
        let field = spec.fields.iter().find(|f| f.column.name == *column);
        let Some(form) =
            form(&values).filter(|_| values.len() > 1 && values.len() * 2 > listed.len())
        else {
            continue;
        };
        let keys = form.keys();
        let number =
            field.is_some_and(|f| f.column.declared == "integer") && form.format.decimal != ".";
        if keys.is_empty() {
            continue;
        }
        let is_kind = |c: &&crate::finding::FindingCount| {
            codes.contains(&c.code.as_str()) && c.column.as_ref() == Some(column) && c.file == *file
        };
        let count: u64 = findings
            .counts
            .iter()
            .filter(is_kind)
            .map(|c| c.count)
            .sum();
        let message = format!(
            "{count} cells of `{column}` can't be read; they are numbers with {}.",
            form.words()
        );
        let typed = if number { "\"type\": \"number\", " } else { "" };
        // Those that could be read have no sign.
        let signed = Form {
            unsigned: true,
            ..form
        };
        let help = match signed.mixed() {
            Some(why) => why,
            None => format!(
                "Write `{typed}{keys}` in the field if all its numbers are written so; otherwise write all of them in one form."
            ),
        };
        let mut finding = Finding::warning("data-number-format", message, help).in_column(column);
        if let Some(first) = listed.first() {
            finding.place = first.place.clone();
        }
        more.push(finding);
    }
    more.into_iter().for_each(|finding| findings.push(finding));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_numbers() {
        for (texts, keys) in [
            (&["12,5", "3,25", "7"][..], "\"decimalChar\": \",\""),
            (&["1,250", "12,000"], "\"groupChar\": \",\""),
            (
                &["1.250,50", "12.000,00"],
                "\"decimalChar\": \",\", \"groupChar\": \".\"",
            ),
            (&["1,250.50", "12,000.00"], "\"groupChar\": \",\""),
            (
                &["1 250,5", "12 000"],
                "\"decimalChar\": \",\", \"groupChar\": \" \"",
            ),
            (&["€ 12.50", "€ 3"], "\"bareNumber\": false"),
            (
                &["€ 1.250", "€ 950"],
                "\"decimalChar\": \",\", \"groupChar\": \".\", \"bareNumber\": false",
            ),
            (
                &["45 %", "3,5 %"],
                "\"decimalChar\": \",\", \"bareNumber\": false",
            ),
            (&["-12.5", "3"], ""),
        ] {
            assert_eq!(
                form(texts).map(|f| f.keys()).as_deref(),
                Some(keys),
                "{texts:?}"
            );
        }
        for (texts, mixed) in [
            (&["€ 1.250", "$ 2.400", "950"][..], true),
            (&["€ 12", "12 EUR"], false),
            (&["45%", "0.5", "12%"], true),
            (&["45%", "12 pct"], false),
        ] {
            let form = form(texts);
            assert_eq!(form.and_then(|f| f.mixed()).is_some(), mixed, "{texts:?}");
        }
        for texts in [
            &["P1", "P2"][..],
            &["18-25", "26-40"],
            &["007", "012"],
            &["2019-05-01"],
            &["1,2,3"],
            &["3 km"],
        ] {
            assert!(form(texts).is_none(), "{texts:?}");
        }
    }
}

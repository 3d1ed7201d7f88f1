//! Days with the name of a month, in the languages that programmes keep their tables in.

/// The names of each month, in full and short: English, Dutch, French, Spanish, Catalan, German, Italian, Portuguese, Turkish.
const NAMES: [&str; 12] = [
    "january jan januari janvier janv enero ene gener gen januar jänner gennaio janeiro ocak oca",
    "february feb februari février fevrier févr fevr fév febrero febrer februar febbraio fevereiro fev şubat şub",
    "march mar maart mrt mars marzo març março märz mär mrz mart",
    "april apr avril avr abril abr aprile nisan nis",
    "may mei mai mayo maig maggio mag maio mayıs",
    "june jun juni juin junio juny giugno giu junho haziran haz",
    "july jul juli juillet juil julio juliol luglio lug julho temmuz tem",
    "august aug augustus août aout agosto ago agost ag ağustos ağu",
    "september sep sept septembre septiembre setembre set settembre setembro eylül eyl",
    "october oct oktober okt octobre octubre ottobre ott outubro out ekim eki",
    "november nov novembre noviembre novembro kasım kas",
    "december dec décembre decembre déc diciembre dic desembre des dezember dez dicembre dezembro aralık ara",
];

/// The names of the days of the week, in full and short, in the same languages.
const WEEKDAYS: &str = "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun maandag ma dinsdag di \
woensdag wo donderdag do vrijdag vr zaterdag za zondag zo lundi lun mardi mar mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim lunes martes \
miércoles mié jueves jue viernes vie sábado sáb domingo dom dilluns dl dimarts dt dimecres dc dijous dj divendres dv dissabte ds diumenge dg montag mo \
dienstag mittwoch mi donnerstag freitag fr samstag sa sonnabend sonntag so lunedì martedì mercoledì gio giovedì venerdì sabato sab domenica segunda \
terça ter quarta qua quinta qui sexta sex pazartesi pzt salı sal çarşamba çar perşembe per cuma cum cumartesi cmt pazar paz";

/// A day without the name of a weekday in front: what parts the two, and the day. `None` where there is none.
pub(super) fn without_weekday(cell: &str) -> Option<(&'static str, &str)> {
    let end = cell.find(|c: char| !c.is_alphabetic())?;
    let (word, rest) = cell
        .split_at_checked(end)
        .filter(|(word, _)| !word.is_empty())?;
    let rest = rest.strip_prefix("-feira").unwrap_or(rest);
    let day = rest.trim_start_matches(['.', ',', ' ']);
    let between = match rest.contains(',') && rest.find(',') < rest.find(day) {
        true => ", ",
        false => " ",
    };
    let word = word.to_lowercase();
    let known = WEEKDAYS.split_whitespace().any(|name| name == word);
    (known && day.len() < rest.len()).then_some((between, day))
}

/// Names in English, as patterns of strptime read them.
pub(super) const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Words between the parts of a day that say nothing: `15 de marzo de 2021`.
const BETWEEN: [&str; 5] = ["de", "del", "d", "di", "of"];

/// The month that a name means, from 1.
pub(super) fn month(name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    let is_it = |names: &&str| names.split_whitespace().any(|known| known == name);
    let at = NAMES.iter().position(is_it);
    at.map(|at| at + 1)
}

/// A day with its month in English, short or in full, without words and points between its parts; `None` where no part of it
/// is the name of a month.
pub(super) fn in_english(cell: &str, short: bool) -> Option<String> {
    let mut out = String::with_capacity(cell.len());
    let mut found = false;
    let mut rest = cell;
    while let Some(first) = rest.chars().next() {
        let letter = |c: char| c.is_alphabetic();
        if letter(first) {
            let end = rest.find(|c| !letter(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at_checked(end)?;
            rest = after.strip_prefix('.').unwrap_or(after);
            if BETWEEN.contains(&word.to_lowercase().as_str()) && !found | out.ends_with(' ') {
                rest = rest.trim_start_matches(['\'', '’', ' ']);
                continue;
            }
            match month(word).and_then(|at| ENGLISH.get(at - 1)) {
                Some(name) if !found => {
                    found = true;
                    out.push_str(if short { name.get(..3)? } else { name });
                }
                // What stands behind the day is none of it: `10:00 PM`.
                _ => out.push_str(word),
            }
        } else {
            // German days have a point: `15. März`.
            if first != '.' || !rest.starts_with(". ") {
                out.push(first);
            }
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_many_languages() {
        for cell in [
            "15 mars 2021",
            "15 de marzo de 2021",
            "15. März 2021",
            "15 maart 2021",
            "15 mar. 2021",
            "15 març 2021",
            "15 de març del 2021",
            "15 Mart 2021",
            "15 marzo 2021",
            "15 Mrz 2021",
        ] {
            assert_eq!(
                in_english(cell, true).as_deref(),
                Some("15 Mar 2021"),
                "{cell}"
            );
        }
        assert_eq!(
            in_english("1 août 2022", false).as_deref(),
            Some("1 August 2022")
        );
        assert_eq!(
            in_english("3 d'abril de 2020", true).as_deref(),
            Some("3 Apr 2020")
        );
        for cell in ["15 foo 2021", "2021-03-15", ""] {
            assert_eq!(in_english(cell, true), None, "{cell}");
        }
    }
}

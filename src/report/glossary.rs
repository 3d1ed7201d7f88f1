//! The words of the report, explained.

use super::format::Locale;
use super::title::level;
use serde::Serialize;

/// A word and what it means here.
#[derive(Serialize)]
pub(super) struct Term {
    pub word: &'static str,
    pub meaning: String,
}

const TERMS: [(&str, &str); 27] = [
    (
        "Baseline, endline",
        "The first and the last measurement of a programme.",
    ),
    (
        "Census",
        "Data in which every unit was recorded, such as all activities of a programme. Its figures have no sampling error, so no interval is given.",
    ),
    (
        "Cluster",
        "Units that were drawn together, such as the members of one organisation. They resemble one another, which the interval takes into account.",
    ),
    (
        "Confidence interval",
        "The range of values that agree with a sample. Over many samples, intervals made this way contain the true value in {level} of cases.",
    ),
    (
        "Degrees of freedom",
        "How much independent information an interval rests on; few degrees make it wide.",
    ),
    (
        "Denominator",
        "The whole of which a ratio states a part: the 100 in 15/100.",
    ),
    (
        "Destination",
        "The locality where migrants and their descendants live now.",
    ),
    (
        "Dimension",
        "A field of results, such as governance or reciprocity, to which indicators belong.",
    ),
    (
        "Disaggregation",
        "The same indicator for groups separately. Ratios of groups can't be averaged into the total; every total is computed again from the rows.",
    ),
    (
        "Estimate",
        "A value computed from the data for an indicator, for one programme, group or period or for all together.",
    ),
    (
        "Indicator",
        "A measure with a definition that anybody can compute again.",
    ),
    (
        "n",
        "The number of rows of data that a value was computed from.",
    ),
    (
        "None matched",
        "There are rows of data, but none of the kind that the indicator looks at, and it needs at least one. Not the same as zero.",
    ),
    (
        "No rows",
        "The data have no row for this programme, group or period. Not the same as zero.",
    ),
    (
        "All missing",
        "There are rows, but each of them lacks something that the indicator needs. Not the same as zero.",
    ),
    (
        "Numerator",
        "The part that a ratio states of a whole: the 15 in 15/100.",
    ),
    (
        "Origin",
        "The locality that migrants or their parents came from.",
    ),
    (
        "Output",
        "What was delivered: money, schools, equipment, courses.",
    ),
    (
        "Process",
        "How it came about, and what it did to relations between people and institutions.",
    ),
    (
        "Sample",
        "Data on some of the units, such as survey answers. Its figures would have been somewhat different with other units, which the interval shows.",
    ),
    (
        "Side",
        "The locality that an indicator speaks of: origin, destination or both.",
    ),
    (
        "Standard error",
        "How far estimates from samples such as this one typically lie from the true value.",
    ),
    (
        "Structure",
        "What a programme is: its type, who started it, who takes part.",
    ),
    (
        "Suppressed",
        "There is a value, but it rests on so few persons that they might be recognised, so it is withheld.",
    ),
    (
        "Target",
        "The value that the programme set out to reach, as the evaluation file states it.",
    ),
    (
        "Undefined",
        "The value does not exist, as with a division by zero. Not the same as zero.",
    ),
    (
        "Weight",
        "How many units of the population one unit of a sample stands for.",
    ),
];

/// Words that only a report with effects has.
const EFFECTS: [(&str, &str); 12] = [
    (
        "Before-after",
        "The same group measured twice. All that happened in between is part of the change, not the programme alone.",
    ),
    (
        "Comparison",
        "Groups that chance did not make, measured at one time. They may have differed from the start.",
    ),
    (
        "Difference in differences",
        "The change of those treated less the change of the others. It is an effect if both would have changed alike without the treatment.",
    ),
    (
        "Effect",
        "What would have been different without the programme. Few designs can show it; the badge of each effect says which kind of evidence there is.",
    ),
    (
        "Estimand",
        "What a number is about: whose change, against whom, between when.",
    ),
    (
        "Event study",
        "Effects by time since adoption. Those before adoption should lie about zero.",
    ),
    (
        "p-value",
        "How often data at least as far from zero would be seen if there were no effect. It is not the chance that there is none.",
    ),
    (
        "p-value, corrected",
        "With many effects looked at together some p-values are small by chance. Holm and Romano–Wolf hold the chance of any false finding, Benjamini–Hochberg the share of false findings.",
    ),
    (
        "Quasi-experimental",
        "Evidence that is consistent with an effect under assumptions which the report states, such as parallel trends.",
    ),
    (
        "Randomised",
        "Chance decided who was treated, so that groups differ by chance and by the treatment only.",
    ),
    (
        "Smallest effect of interest",
        "The smallest effect that would matter, as stated in the evaluation file. “No effect of interest” is said only where the whole interval is smaller.",
    ),
    (
        "Standardised difference",
        "A difference of means in standard deviations, so that variables of different units can stand side by side.",
    ),
];

/// All terms, in alphabetical order; those on effects where there are some.
pub(super) fn terms(locale: &Locale, confidence: f64, effects: bool) -> Vec<Term> {
    let level = level(confidence, locale);
    let more = EFFECTS.iter().filter(|_| effects);
    let mut terms: Vec<Term> = TERMS
        .iter()
        .chain(more)
        .map(|(word, meaning)| Term {
            word,
            meaning: meaning.replace("{level}", &level),
        })
        .collect();
    terms.sort_by_key(|t| t.word.to_lowercase());
    terms
}

//! What the dictionary says before its entries: what an indicator is, how to read one, how to use and adapt it.
//!
//! Names of keys, commands and files stand between backticks.

use crate::outcome::Kind;
use serde::Serialize;

/// The guide, as plain text.
#[derive(Debug, Serialize)]
pub(super) struct Guide {
    pub lead: &'static [&'static str],
    pub classes: &'static [(&'static str, &'static str)],
    pub reading: &'static [(&'static str, &'static str)],
    pub using: &'static [&'static str],
}

pub(super) const GUIDE: Guide = Guide {
    lead: &[
        "An indicator is one figure with everything that makes it mean something: a question, a definition in words, a formula, the data \
         it needs, and what it does not show. `codev` computes it for a programme, for groups and periods, and for all programmes \
         together. You choose the indicators that answer your questions; nobody needs all of them.",
        "Evaluations of co-development tend to count what was delivered. What these programmes are for often goes unmeasured: ties \
         between government and civil society in the place of origin, and integration in the place of destination. So look at \
         the process indicators first.",
    ],
    classes: &[
        (
            "Kind",
            "*Output*: what was delivered. *Process*: how it came about, and what it did between people and institutions. *Structure*: what \
             the programme is, who takes part and who began it.",
        ),
        (
            "Side",
            "The place it speaks of: *origin*, where migrants come from; *destination*, where they live; or both.",
        ),
        (
            "Row",
            "S01 to S25: what van Ewijk & Nijenhuis (ch. 8) observe or ask. The [last section](#coverage) lists them with the indicators that \
             cover each.",
        ),
        (
            "DAC criteria",
            "The OECD's criteria of evaluation that a figure speaks to. *Relevance*: is it the right thing to do? *Coherence*: does it fit with \
             others? *Effectiveness*: does it reach its objectives? *Efficiency*: are resources used well? *Impact*: what \
             difference does it make? *Sustainability*: will the benefits last?",
        ),
    ],
    reading: &[
        (
            "First line",
            "The id by which files and commands refer to it; the side; the unit, and whether more is better; rows and criteria.",
        ),
        (
            "Numerator, denominator",
            "What is counted above and below the line. Both speak of the same rows: one with something missing is in neither, and is counted \
             as missing. Missing is never zero.",
        ),
        (
            "Needs",
            "The table and the columns that your data must have. `programme.start` is the column `start` of the programme that a row belongs to.",
        ),
        (
            "Verification",
            "Where the data come from, and how somebody else could check them.",
        ),
        ("Limits", "What the figure does not show."),
        (
            "Formula",
            "How it is computed, in SQL. The examples give a few rows of data and what comes out of them; they are tested.",
        ),
    ],
    using: &[
        "**To use one**, write its id under `indicators` in `evaluation.toml`, then run `codev report`. `codev indicators show ID` explains it in \
         the terminal, with its examples. `codev indicators list` finds some by kind, dimension, side or row.",
        "**To adapt one**, write a definition of your own into the folder `indicators/` beside your evaluation: `extends` takes the one that you \
         name, and you say only what differs, a filter, a unit, a setting. Or save the whole with `codev indicators show ID --toml`, give it an id of \
         its own and change it. `codev indicators test` runs the examples. The file's keys and the functions of formulas are in \
         `docs/formats.md`.",
        "**To pass it on**, `codev indicators export` writes this dictionary, or a part of it, as Markdown, HTML, CSV or an Excel workbook.",
    ],
};

/// What a kind is, in a sentence.
pub(super) fn kind_meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::Output => "What was delivered.",
        Kind::Process => "How it came about, and what it did between people and institutions.",
        Kind::Structure => "What the programme is, who takes part and who began it.",
    }
}

/// What the last section says before its table.
pub(super) const COVERAGE: &str = "What van Ewijk & Nijenhuis (ch. 8) observe or ask, and what answers it. Some questions no single indicator can answer; an \
     analysis does, or will: the command that does it is named.";

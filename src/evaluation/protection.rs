//! How figures of persons are protected: the keys of the evaluation file.

use super::Evaluation;
use super::secret::Secret;
use crate::finding::Finding;
use crate::outcome::Way;
use serde::Deserialize;

/// How figures of persons are protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtectionMethod {
    /// Figures by which something of few persons would follow are withheld.
    #[default]
    Suppress,
    /// Counts are rounded so that they still add up.
    Round,
    /// Counts and sums get noise by the keys of their records.
    CellKey,
}

/// Bases that figures can be rounded to.
const BASES: [u64; 2] = [5, 10];

/// Largest threshold for which a table of chances is made.
const LARGEST: u64 = 30;

impl Evaluation {
    /// How figures of persons are protected, with the parameters.
    pub fn way(&self) -> Way {
        match self.protection {
            ProtectionMethod::Suppress => Way::Suppress,
            ProtectionMethod::Round => Way::Round {
                base: self.protection_base.unwrap_or(5),
            },
            ProtectionMethod::CellKey => Way::CellKey {
                deviation: 2 * self.small_cells,
                variance: self.small_cells.saturating_sub(1) as f64,
                secret: self.secret.as_ref().map(Secret::mark).unwrap_or_default(),
            },
        }
    }
}

/// Whether the keys go together.
pub(super) fn check(evaluation: &Evaluation) -> Result<(), Box<Finding>> {
    let fault = |column: &str, message: String, help: &str| {
        let finding = Finding::error("evaluation-protection", message, help);
        Err(Box::new(finding.in_column(column)))
    };
    let (method, least) = (evaluation.protection, evaluation.small_cells);
    if let Some(base) = evaluation.protection_base {
        if method != ProtectionMethod::Round {
            let message = format!(
                "`protection_base = {base}` stands without `protection = \"round\"`; nothing else has a base."
            );
            let help = "Add `protection = \"round\"`, or take the base away.";
            return fault("protection_base", message, help);
        }
        if !BASES.contains(&base) {
            let message = format!("The base of rounding is {base}; it must be 5 or 10.");
            return fault("protection_base", message, "Write `protection_base = 5`.");
        }
    }
    let word = match method {
        ProtectionMethod::Suppress => return Ok(()),
        ProtectionMethod::Round => "round",
        ProtectionMethod::CellKey => "cell-key",
    };
    if least < 2 {
        let message = format!(
            "`protection = \"{word}\"` protects groups of fewer persons than `small_cells`, which is {least}: there are none."
        );
        let help = "Set `small_cells` to 5, or take `protection` away: nothing is protected then.";
        return fault("small_cells", message, help);
    }
    let base = evaluation.protection_base.unwrap_or(5);
    if method == ProtectionMethod::Round && base < least {
        let message = format!(
            "Figures are rounded to {base}, and groups of fewer than {least} persons are to be protected: the base must not be less than `small_cells`."
        );
        let help = "Set `protection_base = 10`, or `small_cells` to no more than the base.";
        return fault("protection_base", message, help);
    }
    if method == ProtectionMethod::CellKey && least > LARGEST {
        let message = format!(
            "`protection = \"cell-key\"` takes a `small_cells` of up to {LARGEST}; it is {least}."
        );
        return fault("small_cells", message, "Take a smaller one.");
    }
    Ok(())
}

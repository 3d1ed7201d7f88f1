//! How the number of comparisons is allowed for, in words and with the papers that it comes from.

use crate::outcome::comparison::Multiplicity;

const WELCH: &str = "Welch, B. L. (1938). The significance of the difference between two means when the population variances are unequal. Biometrika 29.";

/// Papers behind a method.
pub(super) fn reference(method: Multiplicity, benchmark: bool) -> Vec<&'static str> {
    match method {
        Multiplicity::GamesHowell if benchmark => vec![
            WELCH,
            "Dunnett, C. W. (1955). A multiple comparison procedure for comparing several treatments with a control. JASA 50.",
            "Hasler, M. & Hothorn, L. A. (2008). Multiple contrast tests in the presence of heteroscedasticity. Biometrical Journal 50.",
        ],
        Multiplicity::Auto | Multiplicity::GamesHowell => vec![
            WELCH,
            "Games, P. A. & Howell, J. F. (1976). Pairwise multiple comparison procedures with unequal n's and/or variances. Journal of Educational Statistics 1.",
        ],
        Multiplicity::TukeyKramer => vec![
            "Kramer, C. Y. (1956). Extension of multiple range tests to group means with unequal numbers of replications. Biometrics 12.",
        ],
        Multiplicity::RomanoWolf => vec![
            WELCH,
            "Romano, J. P. & Wolf, M. (2005). Exact and approximate stepdown methods for multiple hypothesis testing. JASA 100.",
        ],
        Multiplicity::Holm => vec![
            WELCH,
            "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6.",
        ],
        Multiplicity::BenjaminiHochberg => vec![
            WELCH,
            "Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. JRSS B 57.",
        ],
        Multiplicity::None => vec![WELCH],
    }
}

/// The method in two sentences.
pub(super) fn words(method: Multiplicity, benchmark: bool) -> String {
    let base = "Each difference has the standard error that follows from those of its two figures, which are independent, with the \
                degrees of freedom of Welch and Satterthwaite.";
    let number = match method {
        Multiplicity::GamesHowell if benchmark => {
            "The number of comparisons with the one benchmark is allowed for by the largest of the correlated statistics (Dunnett), each \
             with its own variance."
        }
        Multiplicity::Auto | Multiplicity::GamesHowell => {
            "The number of pairs is allowed for by the studentised range, each pair with its own variance (Games-Howell)."
        }
        Multiplicity::RomanoWolf => {
            "The number of comparisons is allowed for step by step, by the largest of the statistics not yet decided on, drawn together \
             (Romano-Wolf)."
        }
        Multiplicity::TukeyKramer => {
            "One variance is taken to hold for all groups, and the number of pairs is allowed for by the studentised range (Tukey-Kramer)."
        }
        Multiplicity::Holm => {
            "p-values are corrected for the number of comparisons by Holm's method."
        }
        Multiplicity::BenjaminiHochberg => {
            "p-values are corrected so that the expected share of false findings among the findings stays below the level \
             (Benjamini-Hochberg)."
        }
        Multiplicity::None => {
            "p-values are not corrected for the number of comparisons, as the settings ask."
        }
    };
    format!("{base} {number}")
}

//! Twenty indicators over the generated table, of the kinds that evaluations use; `peers.py` holds the same ones by hand.

/// Identifier, filter (empty: none) and value of one indicator.
pub struct Formula {
    /// Identifier, the key under which results are compared.
    pub id: &'static str,
    filter: &'static str,
    value: &'static str,
}

const fn formula(id: &'static str, filter: &'static str, value: &'static str) -> Formula {
    Formula { id, filter, value }
}

/// The twenty.
pub const FORMULAS: [Formula; 20] = [
    formula("activities", "", "COUNT(*)"),
    formula("adopted", "", "COUNT(*) FILTER (WHERE adopted = TRUE)"),
    formula(
        "adopted-share",
        "",
        "COUNT(*) FILTER (WHERE adopted = TRUE) / COUNT(adopted)",
    ),
    formula("spend-total", "", "SUM(spend)"),
    formula("spend-mean", "", "AVG(spend)"),
    formula("spend-variance", "", "VAR(spend)"),
    formula("spend-deviation", "", "STDDEV(spend)"),
    formula("beneficiaries-total", "", "SUM(beneficiaries)"),
    formula(
        "cost-per-beneficiary",
        "",
        "SUM(spend) / SUM(beneficiaries)",
    ),
    formula("score-mean", "", "AVG(score)"),
    formula(
        "high-score-share",
        "",
        "COUNT(*) FILTER (WHERE score >= 4) / COUNT(score)",
    ),
    formula("spend-score-correlation", "", "CORR(spend, score)"),
    formula("education-spend", "sector = 'education'", "SUM(spend)"),
    formula(
        "health-share-of-spend",
        "",
        "SUM(spend) FILTER (WHERE sector = 'health') / SUM(spend)",
    ),
    formula(
        "spend-since-2015",
        "date >= DATE '2015-01-01'",
        "SUM(spend)",
    ),
    formula(
        "two-way-share",
        "",
        "COUNT(*) FILTER (WHERE direction = 'two-way') / COUNT(*)",
    ),
    formula("largest-spend", "", "MAX(spend)"),
    formula("fewest-beneficiaries", "", "MIN(beneficiaries)"),
    formula(
        "large-share",
        "",
        "COUNT(*) FILTER (WHERE spend > 5000 AND beneficiaries > 100) / COUNT(*)",
    ),
    formula(
        "adopted-score",
        "sector IN ('education', 'culture') AND adopted = TRUE",
        "AVG(score)",
    ),
];

impl Formula {
    /// The definition file. `missing = "value"`: each aggregate skips its own missing values, as SQL does.
    pub fn toml(&self) -> String {
        let filter = if self.filter.is_empty() {
            String::new()
        } else {
            format!("where = \"{}\"\n", self.filter)
        };
        format!(
            "id = \"{id}\"\nname = \"{id}\"\nkind = \"output\"\ndimension = \"delivery\"\nside = \"both\"\n\
             question = \"What is {id}?\"\nunit = \"units\"\ndirection = \"neither\"\nsource = \"benchmark\"\n\n\
             [measure]\ntype = \"formula\"\ntable = \"events\"\n{filter}value = \"{value}\"\nmissing = \"value\"\n",
            id = self.id,
            value = self.value,
        )
    }
}

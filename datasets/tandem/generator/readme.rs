//! The README, with the table of true parameters made from the constants themselves.

use super::places::Type;
use super::truth::*;

const INTRODUCTION: &str = include_str!("readme.md");

/// The text.
pub fn readme() -> String {
    let table: String = rows()
        .iter()
        .map(|(name, value, how)| format!("| {name} | {value} | {how} |\n"))
        .collect();
    INTRODUCTION.replace("{{truth}}\n", &table)
}

fn n(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn both(of: impl Fn(Type) -> f64) -> String {
    format!("{} / {}", n(of(Type::City)), n(of(Type::Supported)))
}

fn three(values: [f64; 3]) -> String {
    values.map(n).join(" / ")
}

fn rows() -> Vec<(&'static str, String, &'static str)> {
    let cohorts: Vec<String> = COHORTS
        .iter()
        .map(|(y, a, b)| format!("{y}: {} + {} e", n(*a), n(*b)))
        .collect();
    let groups: Vec<String> = GROUPS[..5]
        .iter()
        .map(|(g, r)| format!("{g} {}", n(*r)))
        .collect();
    vec![
        (
            "Effect on `trust_municipality`, mean over programmes",
            n(TRUST_MUNICIPALITY),
            "endline, members; by programme in `truth.csv`",
        ),
        (
            "... per sector more than the mean of 4.5",
            n(TRUST_PER_SECTOR),
            "moderator `programmes.sectors`",
        ),
        (
            "... standard deviation between programmes beyond that (tau)",
            n(TRUST_TAU),
            "tau2 = 0.0064; exact in the 24, divisor 23",
        ),
        (
            "... difference between the two types",
            n(0.0),
            "exact: \"no better nor worse\"",
        ),
        ("Effect on `trust_police`", n(TRUST_POLICE), "a true null"),
        (
            "Effect on `trust_school`",
            n(TRUST_SCHOOL),
            "the same in each programme",
        ),
        (
            "Effect on `contact_institutions`",
            n(CONTACT_INSTITUTIONS),
            "the same in each programme; no selection, no trend",
        ),
        (
            "Effect on `contact_residents`",
            n(CONTACT_RESIDENTS),
            "the same in each programme; no selection, no trend",
        ),
        (
            "Effect on the integration scale, mean over programmes",
            n(INTEGRATION),
            "mean of integration_1 to _5, the 4th reversed (6 - x)",
        ),
        (
            "... per sector more than the mean of 4.5",
            n(INTEGRATION_PER_SECTOR),
            "moderator",
        ),
        (
            "... standard deviation between programmes beyond that (tau)",
            n(INTEGRATION_TAU),
            "tau2 = 0.0025",
        ),
        (
            "Effect on the proportion with `discrimination`",
            n(DISCRIMINATION),
            "from 0.30",
        ),
        (
            "Effect on the proportion that `voted`",
            n(VOTED),
            "from 0.45, of those entitled",
        ),
        (
            "Effect on the proportion in a voluntary `organisation`",
            n(ORGANISATION_EFFECT),
            "from 0.20",
        ),
        (
            "Effect on the number of close friends of another background",
            n(FRIENDS_OTHER_EFFECT),
            "from 1.4; `friends_other`",
        ),
        (
            "Close friends of the own background, comparison / members",
            format!(
                "{} / {}",
                n(FRIENDS_OWN),
                n(FRIENDS_OWN + FRIENDS_OWN_MEMBERS)
            ),
            "selection, no effect; `friends_own`",
        ),
        (
            "Effects on the proportions helped with information / to an institution",
            HELP_EFFECT.map(n).join(" / "),
            "column `help`; members from 0.32 / 0.18, comparison group 0.10 / 0.05",
        ),
        (
            "Chance of paid work under 65, first / later generations",
            EMPLOYED.map(n).join(" / "),
            "the same in both groups: no effect",
        ),
        (
            "Shares with high education, first / later generations",
            EDUCATION.map(|shares| n(shares[2])).join(" / "),
            "no effect",
        ),
        (
            "Effect on officials' competence, baseline to endline",
            both(competence),
            "city-to-city / supported; table `officials`, no comparison group",
        ),
        (
            "Chance that an official was trained, baseline",
            n(trained(Type::City)[0]),
            "",
        ),
        (
            "... endline",
            both(|kind| trained(kind)[1]),
            "city-to-city / supported",
        ),
        (
            "Chance that an official is of migrant descent",
            n(MIGRANT_OFFICIALS),
            "",
        ),
        (
            "Share of an endline effect present at midline",
            n(MIDLINE),
            "8 programmes have a midline",
        ),
        (
            "Change without the programme, baseline to endline",
            n(TREND),
            "trust and integration, both groups",
        ),
        (
            "Selection: members above comparison at baseline",
            n(SELECTION),
            "trust and integration; integration gets 0.09 more through engagement",
        ),
        (
            "Intra-cluster correlation of a trust item within a wave",
            n(ICC),
            "cluster 0.04 + cluster x wave 0.02 of 0.6 (person 0.24, error 0.133, rounding 0.167), within stratum and group",
        ),
        (
            "Change of integration per point of engagement",
            n(INTEGRATION_PER_ENGAGEMENT),
            "mean of engage_1 to _4 as answered; reinforcing (S17)",
        ),
        (
            "Engagement by generation (first / second / third)",
            three(ENGAGEMENT),
            "comparison group; members 0.3 more",
        ),
        (
            "Mean `distance_km` by generation",
            three(DISTANCE),
            "dispersal (S18)",
        ),
        (
            "Attrition per follow-up wave, members / comparison",
            format!("{} / {}", n(ATTRITION[0]), n(ATTRITION[1])),
            "independent of every answer",
        ),
        (
            "Chance that an untied public-civil pair in the origin is tied",
            both(new_tie),
            "city-to-city / supported; 12 pairs per programme",
        ),
        ("... that it was tied before the start", n(OLD_TIE), ""),
        (
            "Chance per year that a tie ends after the funding",
            both(tie_hazard),
            "survival after k years = (1 - h)^k; censored at 2019-12-31",
        ),
        (
            "... before the end of the funding",
            n(TIE_HAZARD_FUNDED),
            "",
        ),
        (
            "Share of exchanges from origin to destination",
            both(reciprocity),
            "city-to-city / supported",
        ),
        (
            "Share of those that are three-way",
            n(THREE_WAY),
            "so 0.21 / 0.075 of all exchanges",
        ),
        (
            "... shares of what they act on: school / women / youth / elections / health / neighbourhood",
            OUTCOMES.map(n).join(" / "),
            "`activities.outcome`: 5.06 as an effective number",
        ),
        (
            "Chance that a decided claim is adopted",
            both(adopted),
            "city-to-city / supported",
        ),
        (
            "Mean days until a claim is answered",
            both(response_days),
            "city-to-city / supported",
        ),
        (
            "Mean days until an authority answers a request",
            both(consent_days),
            "table `agreements`; city-to-city / supported",
        ),
        (
            "Share of dealings with authorities that are joint work",
            both(joint_work),
            "city-to-city / supported",
        ),
        (
            "Share of voting seats held by civil and migrant organisations",
            both(civil_seats),
            "0.2 more of the seats without a vote",
        ),
        (
            "Share of the planned municipal budget that is freed",
            n(FREED),
            "table `budgets`",
        ),
        (
            "... share of that reinvested in what organisations claimed",
            both(reinvested),
            "a little less, since no more than what was freed",
        ),
        (
            "Share of households served at the start",
            n(SERVED),
            "table `services`",
        ),
        (
            "... what is added by the end of the funding",
            both(service_gain),
            "city-to-city / supported",
        ),
        (
            "Chance that users have a say in a service",
            n(USER_COMMITTEE),
            "",
        ),
        (
            "Chance that one of four roles changed since the start",
            n(ROLE_CHANGE),
            "each role by itself: 0.34 have a change in one or more",
        ),
        (
            "Chances of statutes, elected board, yearly plan, audited accounts",
            PROFESSIONAL.map(n).join(" / "),
            "civil and migrant organisations",
        ),
        (
            "Chance per year that an organisation ceases after the funding",
            both(organisation_hazard),
            "censored at 2019-12-31",
        ),
        (
            "Share of claims and proposals on women's position",
            n(WOMEN),
            "",
        ),
        (
            "Representation ratio by group",
            groups.join(", "),
            "share of participants / share of the migrant population; `other` takes the rest",
        ),
        (
            "Spending series: level change at 2013-01-01",
            n(SERIES_LEVEL_CHANGE),
            "thousand euros a quarter, each destination",
        ),
        (
            "... slope before, and its change",
            format!("{}, {}", n(SERIES_SLOPE), n(SERIES_SLOPE_CHANGE)),
            "thousand euros a quarter per quarter",
        ),
        (
            "... first-order autocorrelation of the errors",
            n(SERIES_RHO),
            "innovations with standard deviation 4",
        ),
        (
            "Grants of national governments from 2013 on",
            n(CRISIS),
            "factor, table `funds`",
        ),
        (
            "Staggered adoption, effect e years after adoption",
            cohorts.join("; "),
            "table `monitor`, points of `contact_rate`; never-adopters are a quarter",
        ),
        (
            "Agreement between raters R1 to R3 (kappa, alpha)",
            n(RATER * RATER),
            "nominal and interval",
        ),
        (
            "Perception gap on the origin partner's influence",
            n(PERCEPTION_GAP),
            "destination above origin partner; none on benefit",
        ),
    ]
}

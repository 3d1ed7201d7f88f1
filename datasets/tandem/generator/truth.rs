//! The true parameters. The README's table is made from these constants.

use super::places::Type;

/// Effect at endline on trust in the municipality (points of 1-5), with the mean number of sectors; half of it at midline.
pub const TRUST_MUNICIPALITY: f64 = 0.25;
/// Effect on trust in the police: none.
pub const TRUST_POLICE: f64 = 0.0;
/// Effect on trust in the school.
pub const TRUST_SCHOOL: f64 = 0.15;
/// Effect on the number of institutions that a person was in contact with.
pub const CONTACT_INSTITUTIONS: f64 = 0.40;
/// Effect on contact with residents of another background (points of 1-5).
pub const CONTACT_RESIDENTS: f64 = 0.20;
/// Effect on the integration scale, with the mean number of sectors.
pub const INTEGRATION: f64 = 0.20;
/// Effect on the proportion that experienced discrimination.
pub const DISCRIMINATION: f64 = -0.05;
/// Effect on the proportion of the entitled that voted.
pub const VOTED: f64 = 0.06;
/// Share of an endline effect that is there at midline.
pub const MIDLINE: f64 = 0.5;
/// Change from baseline to endline that happens in the comparison group too (trust items, integration).
pub const TREND: f64 = 0.08;
/// How much higher members score at baseline on trust and integration: selection, no effect.
pub const SELECTION: f64 = 0.20;

/// Change of the effect on trust in the municipality per sector involved.
pub const TRUST_PER_SECTOR: f64 = 0.08;
/// Change of the effect on the integration scale per sector involved.
pub const INTEGRATION_PER_SECTOR: f64 = 0.06;
/// Mean number of sectors over the 24 programmes.
pub const MEAN_SECTORS: f64 = 4.5;
/// Standard deviation between programmes of the effect on trust in the municipality, beyond the sectors (tau).
pub const TRUST_TAU: f64 = 0.08;
/// The same for the integration scale.
pub const INTEGRATION_TAU: f64 = 0.05;

/// Change of the integration scale per point of the engagement score (mean of engage_1 to engage_4, before items go missing).
pub const INTEGRATION_PER_ENGAGEMENT: f64 = 0.30;
/// Engagement (latent, 1-5) by generation, comparison group.
pub const ENGAGEMENT: [f64; 3] = [3.0, 2.7, 2.4];
/// How much more engaged members are at every wave.
pub const ENGAGEMENT_MEMBERS: f64 = 0.3;
/// Mean distance in km from the meeting place by generation.
pub const DISTANCE: [f64; 3] = [3.0, 6.0, 9.0];

/// Variance components of a trust item within programme, stratum, group and wave: cluster.
pub const VAR_CLUSTER: f64 = 0.04;
/// Cluster by wave.
pub const VAR_CLUSTER_WAVE: f64 = 0.02;
/// Person, the same at each wave.
pub const VAR_PERSON: f64 = 0.24;
/// Person by wave. Rounding to whole points adds about 1/6, so that the sum is about 0.6 and the
/// intra-cluster correlation within a wave (0.04 + 0.02) / 0.6.
pub const VAR_ERROR: f64 = 0.6 - VAR_CLUSTER - VAR_CLUSTER_WAVE - VAR_PERSON - 1.0 / 6.0;
/// Intra-cluster correlation within a wave.
pub const ICC: f64 = 0.10;

/// Share of members and of the comparison group that is lost from one wave to the next asked wave.
pub const ATTRITION: [f64; 2] = [0.12, 0.20];

/// Chance that an untied pair of a public and a civil actor in the origin is tied during the programme.
pub fn new_tie(kind: Type) -> f64 {
    by(kind, 0.50, 0.25)
}
/// Chance that such a pair was tied before the start.
pub const OLD_TIE: f64 = 0.10;
/// Chance per year after the end of funding that a tie ends.
pub fn tie_hazard(kind: Type) -> f64 {
    by(kind, 0.15, 0.30)
}
/// Chance per year before the end of funding that a tie ends.
pub const TIE_HAZARD_FUNDED: f64 = 0.03;
/// Share of exchanges that go from origin to destination.
pub fn reciprocity(kind: Type) -> f64 {
    by(kind, 0.42, 0.15)
}
/// Share of the exchanges from origin to destination that are three-way: origin actors act on destination outcomes.
pub const THREE_WAY: f64 = 0.5;
/// Shares of what they act on: school, women, youth, elections, health, neighbourhood.
pub const OUTCOMES: [f64; 6] = [0.35, 0.20, 0.20, 0.10, 0.05, 0.10];
/// Chance that a claim is adopted once decided on.
pub fn adopted(kind: Type) -> f64 {
    by(kind, 0.55, 0.35)
}
/// Mean days until a claim is answered.
pub fn response_days(kind: Type) -> f64 {
    by(kind, 45.0, 75.0)
}

/// Migrant groups and their true representation ratio (share of participants / share of the migrant population).
/// The last group takes what is left, so that shares add up to 1.
pub const GROUPS: [(&str, f64); 6] = [
    ("senegalese", 3.0),
    ("gambian", 2.5),
    ("turkish", 1.1),
    ("moroccan", 0.7),
    ("ecuadorian", 0.4),
    ("other", f64::NAN),
];

/// Quarterly spending series of each destination: level in thousand euros at the first quarter of 2006.
pub const SERIES_LEVEL: f64 = 60.0;
/// Slope per quarter before 2013.
pub const SERIES_SLOPE: f64 = 0.5;
/// Level change at the first quarter of 2013.
pub const SERIES_LEVEL_CHANGE: f64 = -20.0;
/// Slope change from then on.
pub const SERIES_SLOPE_CHANGE: f64 = -0.9;
/// First-order autocorrelation of the series' errors.
pub const SERIES_RHO: f64 = 0.4;
/// Standard deviation of the innovations.
pub const SERIES_SD: f64 = 4.0;
/// Factor on grants of national governments from 2013 on.
pub const CRISIS: f64 = 0.6;

/// Staggered adoption (table `monitor`): year of adoption, effect in the first year, growth per year after it.
pub const COHORTS: [(i64, f64, f64); 3] = [(2011, 2.0, 0.8), (2014, 1.5, 0.4), (2016, 1.0, 0.0)];
/// Chance that a rater scores the true category; else any of the five with equal chance. Agreement (kappa, alpha) is its square.
pub const RATER: f64 = 0.8;
/// How much higher destination partners score the origin partner's influence than origin partners do.
pub const PERCEPTION_GAP: f64 = 0.8;

/// Mean days until an authority in the origin answers a request for a permit, consent or agreement.
pub fn consent_days(kind: Type) -> f64 {
    by(kind, 40.0, 90.0)
}
/// Share of dealings with authorities in the origin that are joint work.
pub fn joint_work(kind: Type) -> f64 {
    by(kind, 0.45, 0.20)
}
/// Share of voting seats held by civil and migrant organisations.
pub fn civil_seats(kind: Type) -> f64 {
    by(kind, 0.35, 0.55)
}
/// Share of the municipality's planned budget in the field that the programme frees.
pub const FREED: f64 = 0.20;
/// Share of the freed budget that goes to what organisations claimed.
pub fn reinvested(kind: Type) -> f64 {
    by(kind, 0.50, 0.25)
}
/// Share of households with a service at the start, and what is added to it by the end of the funding.
pub const SERVED: f64 = 0.45;
/// Gain in the share of households with a service.
pub fn service_gain(kind: Type) -> f64 {
    by(kind, 0.15, 0.10)
}
/// Chance that users have a say in how a service is run.
pub const USER_COMMITTEE: f64 = 0.5;
/// Chance that a role was taken up or given up since the programme started, for each of the four roles.
pub const ROLE_CHANGE: f64 = 0.10;
/// Chances that a civil organisation has statutes, an elected board, a yearly plan, audited accounts.
pub const PROFESSIONAL: [f64; 4] = [0.75, 0.60, 0.50, 0.35];
/// Chance per year after the funding that a civil organisation ceases to be active.
pub fn organisation_hazard(kind: Type) -> f64 {
    by(kind, 0.05, 0.12)
}
/// Chance that a claim or proposal is on women's position.
pub const WOMEN: f64 = 0.18;

/// Chance that a person under 65 is in paid work, first and later generations. The programme changes nothing.
pub const EMPLOYED: [f64; 2] = [0.56, 0.66];
/// Shares with low, medium and high education, first and later generations.
pub const EDUCATION: [[f64; 3]; 2] = [[0.36, 0.40, 0.24], [0.18, 0.48, 0.34]];
/// Chance of being a member of a voluntary organisation that is not one of the own group.
pub const ORGANISATION: f64 = 0.20;
/// Effect on it.
pub const ORGANISATION_EFFECT: f64 = 0.06;
/// Mean number of close friends of the own group, comparison group.
pub const FRIENDS_OWN: f64 = 2.6;
/// What members have more of them at every wave: selection, no effect.
pub const FRIENDS_OWN_MEMBERS: f64 = 0.5;
/// Mean number of close friends of another background.
pub const FRIENDS_OTHER: f64 = 1.4;
/// Effect on it.
pub const FRIENDS_OTHER_EFFECT: f64 = 0.30;
/// Chances that an association helped with information, and to an institution: of members at baseline, of the comparison group.
pub const HELP: [[f64; 2]; 2] = [[0.32, 0.18], [0.10, 0.05]];
/// Effects on these two.
pub const HELP_EFFECT: [f64; 2] = [0.12, 0.10];

/// Effect on officials' intercultural competence (points of 1-5), baseline to endline, where the local government takes part
/// itself or not.
pub fn competence(kind: Type) -> f64 {
    by(kind, 0.40, 0.10)
}
/// Chance that an official was trained in the last two years: at baseline, and at endline.
pub fn trained(kind: Type) -> [f64; 2] {
    [0.15, by(kind, 0.45, 0.20)]
}
/// Chance that an official is of migrant descent.
pub const MIGRANT_OFFICIALS: f64 = 0.12;

fn by(kind: Type, city: f64, supported: f64) -> f64 {
    match kind {
        Type::City => city,
        Type::Supported => supported,
    }
}

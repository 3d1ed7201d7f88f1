//! Qualitative comparative analysis of Lipset's data on democracy between the wars, crisp and fuzzy, against published numbers and a second
//! opinion.

use codev::stats::qca::{
    Analysis, Contradictions, Cuts, Evaluated, Expectation, Fit, Limits, Minimised, Options, Sets,
    Solution, Variant, analyse, contradictory_assumptions, expression, necessary_singles,
    robustness, supersets,
};

/// The 18 countries with five conditions and the survival of democracy.
fn lipset(kind: &str) -> Option<Sets> {
    let path = format!("../shared/data/reference/lipset-{kind}.csv");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        eprintln!("skipped: no ../shared/data");
        return None;
    };
    let conditions = ["DEV", "URB", "LIT", "IND", "STB"].map(str::to_owned);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |j: usize| -> Vec<f64> { records.iter().map(|r| r[j].parse().unwrap()).collect() };
    let columns: Vec<Vec<f64>> = (1..6).map(column).collect();
    Some(Sets::new(&conditions, &columns, &column(6)).unwrap())
}

fn cuts(inclusion: f64) -> Cuts {
    Cuts {
        inclusion,
        contradiction: None,
        pri: None,
        cases: 1,
    }
}

fn expecting(what: Expectation) -> Options {
    Options {
        expectations: vec![what; 5],
        ..Options::default()
    }
}

fn near(found: Option<f64>, wanted: f64, within: f64) {
    let found = found.unwrap();
    assert!((found - wanted).abs() <= within, "{found} not {wanted}");
}

/// The only model of a solution, in the notation of the field.
fn only(minimised: &Minimised, sets: &Sets) -> String {
    assert_eq!((minimised.models.len(), minimised.complete), (1, true));
    expression(&minimised.models[0].terms, sets.conditions())
}

/// The only intermediate solution.
fn between(analysis: &Analysis) -> &Evaluated<codev::stats::qca::Intermediate> {
    let all = analysis.intermediate.as_ref().unwrap();
    assert_eq!(all.len(), 1);
    &all[0]
}

/// Inclusion, PRI, coverage of a solution and then of each of its terms.
fn fits(fit: &Fit, wanted: &[[f64; 3]]) {
    let terms = fit.terms.iter().map(|t| t.fit);
    let all: Vec<_> = std::iter::once(fit.solution).chain(terms).collect();
    assert_eq!(all.len(), wanted.len());
    for (found, wanted) in all.iter().zip(wanted) {
        near(found.inclusion, wanted[0], 1e-12);
        near(found.pri, wanted[1], 1e-12);
        near(found.coverage, wanted[2], 1e-12);
    }
}

/// Published with the R package QCA: both solutions, raw and unique coverage. Intermediate: setqca 0.2.0.
#[test]
fn crisp() {
    let Some(sets) = lipset("crisp") else {
        return;
    };
    let found = analyse(&sets, &cuts(1.0), &expecting(Expectation::Present)).unwrap();
    let conservative = &found.conservative;
    assert_eq!(
        only(&conservative.solution, &sets),
        "DEV*~URB*LIT*STB + DEV*LIT*IND*STB"
    );
    fits(
        &conservative.fits[0],
        &[[1.0, 1.0, 1.0], [1.0, 1.0, 0.5], [1.0, 1.0, 0.75]],
    );
    near(conservative.fits[0].terms[0].unique, 0.25, 1e-12);
    near(conservative.fits[0].terms[1].unique, 0.5, 1e-12);
    let parsimonious = found.parsimonious.as_ref().unwrap();
    assert_eq!(only(&parsimonious.solution, &sets), "DEV*STB");
    assert_eq!(parsimonious.solution.models[0].assumptions.len(), 5);
    let intermediate = between(&found);
    assert_eq!(only(&intermediate.solution.minimised, &sets), "DEV*LIT*STB");
    assert!(found.table.rows.iter().all(|r| !r.mixed()));
    assert_eq!(found.table.remainders().len(), 32 - found.table.rows.len());
}

/// Published with the R package QCA: solutions, inclusion, PRI and coverage of the conservative terms to six digits. All digits of all
/// solutions: setqca 0.2.0.
#[test]
fn fuzzy() {
    let Some(sets) = lipset("fuzzy") else {
        return;
    };
    let found = analyse(&sets, &cuts(0.8), &expecting(Expectation::Present)).unwrap();
    let conservative = &found.conservative;
    assert_eq!(
        only(&conservative.solution, &sets),
        "DEV*URB*LIT*IND*STB + DEV*~URB*LIT*~IND*STB"
    );
    let fit = &conservative.fits[0];
    for (term, wanted) in fit.terms.iter().zip([
        [0.904_206, 0.885_794, 0.454_225],
        [0.804_270, 0.719_388, 0.265_258],
    ]) {
        near(term.fit.inclusion, wanted[0], 5e-7);
        near(term.fit.pri, wanted[1], 5e-7);
        near(term.fit.coverage, wanted[2], 5e-7);
    }
    fits(
        fit,
        &[
            [
                0.869_767_441_860_465_3,
                0.842_990_654_205_607_5,
                0.658_450_704_225_352_2,
            ],
            [
                0.904_205_607_476_635_7,
                0.885_793_871_866_295_4,
                0.454_225_352_112_676_1,
            ],
            [
                0.804_270_462_633_451_9,
                0.719_387_755_102_040_7,
                0.265_258_215_962_441_3,
            ],
        ],
    );
    let parsimonious = found.parsimonious.as_ref().unwrap();
    assert_eq!(only(&parsimonious.solution, &sets), "DEV*~IND + URB*STB");
    fits(
        &parsimonious.fits[0],
        &[
            [
                0.850_349_650_349_650_3,
                0.818_644_067_796_610_1,
                0.713_615_023_474_178_5,
            ],
            [
                0.814_814_814_814_814_8,
                0.720_812_182_741_116_7,
                0.284_037_558_685_446,
            ],
            [
                0.873_767_258_382_642_9,
                0.845_410_628_019_323_4,
                0.519_953_051_643_192_5,
            ],
        ],
    );
    assert_eq!(parsimonious.solution.models[0].assumptions.len(), 12);
    let intermediate = between(&found);
    assert_eq!(
        only(&intermediate.solution.minimised, &sets),
        "DEV*URB*LIT*STB + DEV*LIT*~IND*STB"
    );
    // DEV*URB*LIT*~IND*STB alone is easy.
    assert_eq!(intermediate.solution.easy, [0b10111]);
    fits(
        &intermediate.fits[0],
        &[
            [
                0.865_947_611_710_323_5,
                0.838_589_981_447_124_2,
                0.659_624_413_145_54,
            ],
            [
                0.900_677_200_902_934_7,
                0.878_787_878_787_878_9,
                0.468_309_859_154_929_6,
            ],
            [
                0.813_559_322_033_898_2,
                0.720_812_182_741_116_6,
                0.281_690_140_845_070_44,
            ],
        ],
    );
}

/// The absence of the outcome; setqca 0.2.0.
#[test]
fn fuzzy_negated() {
    let Some(sets) = lipset("fuzzy") else {
        return;
    };
    let negated = sets.negated();
    let found = analyse(&negated, &cuts(0.8), &expecting(Expectation::Absent)).unwrap();
    let conservative = &found.conservative;
    assert_eq!(
        only(&conservative.solution, &sets),
        "DEV*LIT*IND*~STB + ~DEV*~URB*~IND"
    );
    fits(
        &conservative.fits[0],
        &[
            [
                0.897_405_660_377_358_6,
                0.870_919_881_305_638,
                0.802_742_616_033_755_1,
            ],
            [
                0.981_220_657_276_995_5,
                0.973_154_362_416_107_6,
                0.220_464_135_021_097_02,
            ],
            [
                0.885_674_931_129_476_7,
                0.853_873_239_436_619_9,
                0.678_270_042_194_092_7,
            ],
        ],
    );
    let parsimonious = found.parsimonious.as_ref().unwrap();
    assert_eq!(only(&parsimonious.solution, &sets), "~DEV + ~STB");
    let intermediate = between(&found);
    assert_eq!(
        only(&intermediate.solution.minimised, &sets),
        "~DEV*~URB*~IND + ~STB"
    );
    assert_eq!(intermediate.solution.easy.len(), 12);
    // Remainders that the parsimonious solutions take to have the outcome and to be without it: DEV*~IND with ~STB, URB*STB with ~DEV.
    let with = analyse(&sets, &cuts(0.8), &Options::default()).unwrap();
    let with = with.parsimonious.unwrap().solution;
    let both = contradictory_assumptions(&with.models[0], &parsimonious.solution.models[0]);
    assert!(!both.is_empty());
    let (dev, urb, ind, stb) = (1, 2, 8, 16);
    for c in 0..32u32 {
        let has = |condition: u32| c & condition != 0;
        let covered = (has(dev) && !has(ind)) || (has(urb) && has(stb));
        let contradicts =
            covered && (!has(dev) || !has(stb)) && found.table.remainders().contains(&c);
        assert_eq!(both.contains(&c), contradicts);
    }
}

/// LIT is published with the R package QCA; the rest by setqca 0.2.0.
#[test]
fn necessity() {
    let Some(sets) = lipset("fuzzy") else {
        return;
    };
    let lit = necessary_singles(&sets)[4];
    assert_eq!(lit.literal.show(sets.conditions()), "LIT");
    near(lit.fit.inclusion, 0.990_610, 5e-7);
    near(lit.fit.relevance, 0.509_414, 5e-7);
    let limits = Limits {
        inclusion: 0.9,
        relevance: 0.5,
        coverage: 0.0,
        literals: 3,
        most: 100,
    };
    let found = supersets(&sets, &limits).unwrap();
    let shown: Vec<String> = found
        .disjunctions
        .iter()
        .map(|s| s.disjunction.show(sets.conditions()))
        .collect();
    // setqca also lists what holds LIT or STB and one more.
    assert_eq!(shown, ["STB", "LIT", "DEV+URB+IND"]);
    near(found.disjunctions[2].fit.inclusion, 0.903, 5e-4);
    near(found.disjunctions[2].fit.coverage, 0.716, 5e-4);
    near(found.disjunctions[2].fit.relevance, 0.704, 5e-4);
}

/// Between inclusion cuts of .75 and .9 the path of the developed, urban, literate, industrial and stable countries stays; the other
/// goes at .81, above its inclusion of .804.
#[test]
fn robust_over_cuts() {
    let Some(sets) = lipset("fuzzy") else {
        return;
    };
    let at = |inclusion: f64| Variant {
        name: format!("inclusion cut {inclusion}"),
        sets: sets.clone(),
        cuts: cuts(inclusion),
        options: Options {
            contradictions: Contradictions::Negative,
            ..Options::default()
        },
    };
    let variants: Vec<Variant> = [0.8, 0.81, 0.85, 0.9, 0.95].map(at).into();
    let found = robustness(&at(0.8), &variants, Solution::Conservative).unwrap();
    assert_eq!(found.refused, 1);
    assert_eq!(found.terms[0].share_same(), Some(1.0));
    assert_eq!(found.terms[1].share_same(), Some(0.25));
    assert_eq!(found.terms[1].none, 3);
}

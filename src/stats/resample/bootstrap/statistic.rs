//! What is computed from the totals of a resample.

/// A smooth function of component totals.
pub struct Statistic<'a> {
    /// Components that it reads.
    pub(super) uses: Vec<usize>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Total,
    Ratio,
    Function(Box<OfTotals<'a>>),
}

type OfTotals<'a> = dyn Fn(&[f64]) -> f64 + Sync + 'a;

impl<'a> Statistic<'a> {
    /// The total of a component.
    pub fn total(component: usize) -> Statistic<'a> {
        Statistic {
            uses: vec![component],
            kind: Kind::Total,
        }
    }

    /// The ratio of two components.
    pub fn ratio(numerator: usize, denominator: usize) -> Statistic<'a> {
        Statistic {
            uses: vec![numerator, denominator],
            kind: Kind::Ratio,
        }
    }

    /// Any smooth function of the totals of the components `uses`, which it gets in that order; NaN or infinite where it has no
    /// value. A difference of two ratios: `Statistic::function(vec![0, 1, 2, 3], |t| t[0] / t[1] - t[2] / t[3])`.
    pub fn function(uses: Vec<usize>, of: impl Fn(&[f64]) -> f64 + Sync + 'a) -> Statistic<'a> {
        Statistic {
            uses,
            kind: Kind::Function(Box::new(of)),
        }
    }

    /// Its value for totals of all components.
    pub(super) fn value(&self, totals: &[f64]) -> f64 {
        match (&self.kind, self.uses.as_slice()) {
            (Kind::Total, &[component]) => totals[component],
            (Kind::Ratio, &[top, bottom]) => totals[top] / totals[bottom],
            (Kind::Function(of), uses) => {
                let read: Vec<f64> = uses.iter().map(|u| totals[*u]).collect();
                of(&read)
            }
            _ => f64::NAN,
        }
    }

    /// Its gradient at `totals` by the components it uses, into `gradient`. `steps`: for differences, by component.
    pub(super) fn gradient(&self, totals: &[f64], steps: &[f64], gradient: &mut Vec<f64>) {
        gradient.clear();
        match (&self.kind, self.uses.as_slice()) {
            (Kind::Ratio, &[top, bottom]) => {
                let below = totals[bottom];
                gradient.extend([1.0 / below, -totals[top] / (below * below)]);
            }
            (Kind::Function(of), uses) => {
                let mut read: Vec<f64> = uses.iter().map(|u| totals[*u]).collect();
                for (k, &component) in uses.iter().enumerate() {
                    let (centre, step) = (read[k], steps[component]);
                    read[k] = centre + step;
                    let above = of(&read);
                    read[k] = centre - step;
                    let below = of(&read);
                    read[k] = centre;
                    // A component without variance adds nothing, whatever its slope.
                    gradient.push(if step > 0.0 {
                        (above - below) / (2.0 * step)
                    } else {
                        0.0
                    });
                }
            }
            (_, uses) => gradient.extend(uses.iter().map(|_| 1.0)),
        }
    }
}

//! The table of programmes.

use super::places::{DESTINATIONS, ORIGINS, Programme, Type};
use super::random::Draw;
use super::text::{Csv, cells, date, day};

impl Programme {
    /// First day.
    pub fn first_day(&self) -> i64 {
        day(self.start, 3, 1)
    }

    /// Last day of the main funding.
    pub fn funding_end(&self) -> i64 {
        day(self.funded_until, 12, 31)
    }

    /// Last day: partnerships of cities go on for up to two years after the funding.
    pub fn last_day(&self) -> i64 {
        let more = if self.kind == Type::City { 2 } else { 0 };
        day((self.funded_until + more).min(2019), 12, 31)
    }
}

/// The table.
pub fn programmes(programmes: &[Programme]) -> String {
    let mut draw = Draw::new("programmes");
    let mut csv = Csv::new(
        "id,name,type,country_destination,locality_destination,country_origin,locality_origin,start,funded_until,end,budget,\
         initiator_side,initiator,funder,motives,local_government_takes_part,decentralisation,sectors",
    );
    for p in programmes {
        let (to, from) = (&DESTINATIONS[p.destination], &ORIGINS[p.origin]);
        let years = (p.funded_until - p.start + 1) as f64;
        let a_year = if p.kind == Type::City {
            90_000.0
        } else {
            40_000.0
        };
        let budget =
            (a_year * years * (0.6 + 0.4 * (draw.uniform() + draw.uniform())) / 500.0) as i64 * 500;
        let takes_part = match (p.kind, p.id) {
            (_, "P08") => "", // nobody recorded it
            (Type::City, _) | (_, "P05" | "P22") => "true",
            (Type::Supported, _) => "false",
        };
        let decentralisation = *draw.pick(&["weak", "partial", "strong"]);
        csv.row(cells![
            p.id,
            p.name,
            p.kind.code(),
            to.1,
            to.0,
            from.1,
            from.0,
            date(p.first_day()),
            date(p.funding_end()),
            date(p.last_day()),
            if p.id == "P24" {
                String::new()
            } else {
                budget.to_string()
            },
            p.initiator.0,
            p.initiator.1,
            p.funder,
            p.motives,
            takes_part,
            decentralisation,
            p.sectors,
        ]);
    }
    csv.done()
}

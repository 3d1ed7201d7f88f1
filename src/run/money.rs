//! What tables record in money.

use crate::estimate::Estimated;
use crate::outcome::Money;
use crate::plan::money::Purse;

/// What a table records in money; nothing where it is in several currencies or may not be added up.
pub(super) fn of(purse: &Purse, estimated: &[Estimated]) -> Option<Money> {
    let total = |at: usize| estimated.get(at)?.estimates.first();
    let several = |at: usize| total(at).and_then(|e| e.value).is_some_and(|n| n > 1.0);
    if purse.currencies.is_some_and(several) {
        return None;
    }
    let sum = total(purse.sum)?;
    Some(Money {
        table: purse.table.to_owned(),
        column: purse.column.to_owned(),
        amount: sum.value.filter(|_| sum.n > 0)?,
        rows: sum.n,
        missing: sum.missing,
        kind: purse.kind,
    })
}

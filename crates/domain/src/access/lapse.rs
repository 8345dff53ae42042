//! Lapses: spans in which a person loses the right to use a machine that they have now.
//!
//! Invariant: between two turning points nothing changes that the ledger, holds, training and documents say of a person.
//! Not here: which reasons count: the caller decides.
//!
//! A booking ends before a lapse of what lets its holder use the machine.

use super::{Facts, Trace, trace};
use crate::{occupations::Span, time::Millis};

/// The parts of `within` after its start in which `is_barred` holds for the decision; in order.
#[must_use]
pub fn lapses(facts: &Facts, within: Span, is_barred: impl Fn(&Trace) -> bool) -> Vec<Span> {
    let mut points = turning_points(facts);
    points.retain(|at| within.starts < *at && *at < within.ends);
    points.sort_unstable();
    points.dedup();
    let ends = points.iter().skip(1).copied().chain([within.ends]);
    let mut lapses: Vec<Span> = Vec::new();
    for (&starts, ends) in points.iter().zip(ends) {
        if !is_barred(&trace(facts, starts)) {
            continue;
        }
        match lapses.last_mut() {
            Some(last) if last.ends == starts => last.ends = ends,
            _ => lapses.push(Span { starts, ends }),
        }
    }
    lapses
}

/// Instants at which the person’s rights can change: ledger entries, holds, training to repeat, and
/// documents to sign.
fn turning_points(facts: &Facts) -> Vec<Millis> {
    let person = facts.person.as_ref();
    let entries = person.into_iter().flat_map(|person| &person.ledger.0);
    let entries = entries.flat_map(|entry| [Some(entry.from), entry.until]);
    let holds = person.into_iter().flat_map(|person| &person.holds);
    let holds = holds.flat_map(|hold| [Some(hold.placed), hold.until]);
    let needed = facts.machine.iter().flat_map(|machine| &machine.training);
    let training = needed.flat_map(|needed| needed.redo.iter().map(|redo| Some(redo.by)).chain([needed.grace]));
    let asked = person.and(facts.machine.as_ref()).into_iter().flat_map(|machine| &machine.documents);
    let documents = asked.flat_map(|asked| asked.turning_points().map(Some));
    entries.chain(holds).chain(training).chain(documents).flatten().collect()
}

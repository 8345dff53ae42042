//! Alternatives to a booking on other machines of the same type.
//!
//! Invariant: nothing is reserved. Not here: alternative times on the same machine, which come with a refusal.

use super::{BookingContext, BookingsError, Want};
use contract::outages::InsteadView;
use domain::{
    bookings::{Request, Resource, State, alternatives, refusals},
    id::{MachineId, TypeId},
    occupations::Span,
    outages::{EQUALS, OTHERS},
    time::Millis,
    zone::Zone,
};
use store::{SqliteConnection, StoreError, bookings::BookingRow, outages};

/// A time on another machine.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    machine: MachineId,
    name: String,
    pub span: Span,
}

/// Free times for the holder of `row` on other machines of the same type: the same time first, then the nearest.
/// None for a running booking.
pub(crate) async fn alternatives_elsewhere(
    conn: &mut SqliteConnection,
    row: &BookingRow,
    kind: TypeId,
    zone: Zone,
    now: Millis,
) -> Result<Vec<Found>, StoreError> {
    let (mut same, mut other) = (Vec::new(), Vec::new());
    if row.state == State::CheckedIn {
        return Ok(same);
    }
    for machine in outages::equals(conn, kind, row.resource().machine(), EQUALS).await? {
        let span = row.span();
        let (resource, person) = (Resource::Machine(machine), row.person);
        let want = Want { resource, person, group: row.group, without: Some(row.id), span, zone, now };
        let known = match BookingContext::load(conn, want).await {
            Ok(known) => known,
            Err(BookingsError::Store(why)) => return Err(why),
            Err(_) => continue,
        };
        let request = Request { span, kept: None };
        let refused = refusals(request, &known.facts());
        if refused.is_empty() {
            same.push(Found { machine, name: known.name.clone(), span });
        } else if !refused.iter().any(|refusal| refusal.is_of_any_time()) {
            let times = alternatives(request, &known.facts()).into_iter();
            other.extend(times.map(|span| Found { machine, name: known.name.clone(), span }));
        }
    }
    other.sort_by_key(|found| (found.span.starts.0.abs_diff(row.starts.0), found.machine));
    same.extend(other);
    same.truncate(OTHERS);
    Ok(same)
}

/// Alternatives for the holder of `row`; none for a room, or if it no longer occupies time.
pub(crate) async fn instead_of(
    conn: &mut SqliteConnection,
    row: &BookingRow,
    zone: Zone,
    now: Millis,
) -> Result<Vec<InsteadView>, StoreError> {
    let Some(kind) = row.kind.filter(|_| row.state.takes_time()) else { return Ok(Vec::new()) };
    let found = alternatives_elsewhere(conn, row, kind, zone, now).await?;
    Ok(found
        .into_iter()
        .map(|found| InsteadView {
            resource: Resource::Machine(found.machine),
            name: found.name,
            starts: zone.moment(found.span.starts),
            ends: zone.moment(found.span.ends),
            same_time: found.span == row.span(),
        })
        .collect())
}

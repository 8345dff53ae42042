//! The access decision: facts are loaded, completed and judged by `domain::access`. For swipes, for actions that
//! boards report, and for uses that must end because a person's standing changed.
//!
//! Not here: the consequences of a decision, and its record.

use crate::{bookings, hours};
use domain::{
    access::{self as rules, Decision, Facts, SUPERVISION, Trace},
    boards::MachineNumber,
    bookings::{Cause, Need, Refusal, Resource},
    cards::CardUid,
    hours::Opening,
    machines::AuthorisationMode,
    qualifications::{Relation, Subject},
    settings::Settings,
    time::Millis,
    zone::Zone,
};
use store::{
    SqliteConnection, StoreError,
    access::{self, DoorOf, Swipe},
    bookings::Holder,
    permitted,
};

/// Loads the facts and decides; `None` for an unknown machine.
pub(crate) async fn decide(
    conn: &mut SqliteConnection,
    board: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<(Swipe, Decision)>, StoreError> {
    let traced = load_and_evaluate(conn, board, uid, at).await?;
    Ok(traced.map(|(swipe, trace)| (swipe, trace.decision)))
}

/// Like `decide`, with the trace.
pub(crate) async fn load_and_evaluate(
    conn: &mut SqliteConnection,
    board: MachineNumber,
    uid: &CardUid,
    at: Millis,
) -> Result<Option<(Swipe, Trace)>, StoreError> {
    let Some(swipe) = access::swipe(conn, board, uid, at).await? else { return Ok(None) };
    evaluate(conn, swipe, at).await.map(Some)
}

/// Decides about a replayed start: uses at machines whose boards have not spoken since the outage may be over.
pub(crate) async fn decide_replayed(
    conn: &mut SqliteConnection,
    board: MachineNumber,
    uid: &CardUid,
    has_spoken: impl Fn(MachineNumber) -> bool,
    at: Millis,
) -> Result<Option<(Swipe, Decision)>, StoreError> {
    let Some(mut swipe) = access::swipe(conn, board, uid, at).await? else { return Ok(None) };
    if let (Some((_, person)), Some(floor)) = (swipe.bearing.card, &mut swipe.facts.floor)
        && floor.by_them > 0
    {
        let elsewhere = access::running_elsewhere(conn, person, swipe.bearing.machine).await?;
        let counted = elsewhere.into_iter().filter(|number| has_spoken(*number)).count();
        floor.by_them = counted.try_into().unwrap_or(u8::MAX);
    }
    let (swipe, trace) = evaluate(conn, swipe, at).await?;
    Ok(Some((swipe, trace.decision)))
}

/// Completes the facts and decides.
async fn evaluate(
    conn: &mut SqliteConnection,
    mut swipe: Swipe,
    at: Millis,
) -> Result<(Swipe, Trace), StoreError> {
    if let Some(machine) = &mut swipe.facts.machine {
        machine.opening = hours::opening(&swipe.hours, &swipe.bearing.settings, at);
    }
    load_supervision(conn, [&mut swipe.facts], at).await?;
    load_door(conn, swipe.door, &mut swipe.facts, &swipe.bearing.settings, at).await?;
    let trace = rules::trace(&swipe.facts, at);
    Ok((swipe, trace))
}

/// Loads whether a trainer is present, where that matters: for all machines in one statement.
pub(crate) async fn load_supervision(
    conn: &mut SqliteConnection,
    facts: impl IntoIterator<Item = &mut Facts>,
    at: Millis,
) -> Result<(), StoreError> {
    let supervised = |machine: &&mut rules::Machine| machine.mode == AuthorisationMode::Supervised;
    let supervised = facts.into_iter().filter_map(|facts| {
        let caller = facts.person.as_ref().map(|person| person.id);
        Some((caller, facts.machine.as_mut().filter(supervised)?))
    });
    let supervised: Vec<_> = supervised.collect();
    if supervised.is_empty() {
        return Ok(());
    }
    let machines: Vec<_> = supervised.iter().map(|(_, machine)| machine.id).collect();
    let let_in = access::swiped_since(conn, &machines, at.before(SUPERVISION)).await?;
    for (caller, machine) in supervised {
        let itself = [Subject::Type(machine.kind), Subject::Machine(machine.id)];
        let beside = let_in.iter().filter(|one| one.machine == machine.id && Some(one.person) != caller);
        let trainers = beside.filter(|one| one.ledger.holds(Relation::Trainer, &itself, one.at));
        machine.trainer_beside = trainers.map(|one| one.at).chain(machine.trainer_beside).max();
    }
    Ok(())
}

/// Loads what a door adds to the decision: the groups to which it is open, and who may be in the room behind it, by the rules of its
/// bookings. Nothing is read for other machines.
pub(crate) async fn load_door(
    conn: &mut SqliteConnection,
    door: Option<DoorOf>,
    facts: &mut Facts,
    settings: &Settings,
    at: Millis,
) -> Result<(), StoreError> {
    let (Some(door), Some(machine), Some(person)) = (door, &mut facts.machine, &facts.person) else {
        return Ok(());
    };
    let itself = Resource::Machine(machine.id);
    let closed = permitted::closed_to(conn, &[itself], Holder::person(person.id)).await?;
    machine.barred = closed.contains_key(&itself);
    let Some(room) = door.room else { return Ok(()) };
    // As in `hours::opening`.
    let zone: Zone = settings.zone.parse().unwrap_or(Zone::UTC);
    for refusal in bookings::at_door(conn, (zone, at), room, person.id).await? {
        match refusal {
            Refusal::GroupsOnly => machine.barred = true,
            Refusal::Taken(taken) if taken.by == Cause::Booking => {
                machine.booked.times.push((taken.span, false));
                if machine.booked.need == Need::Free {
                    machine.booked.need = Need::Respect;
                }
            }
            Refusal::Taken(taken) => machine.closures.push(taken.span),
            Refusal::NotBookable | Refusal::Closed if !matches!(machine.opening, Some(Opening::Closed { .. })) => {
                machine.opening = Some(Opening::Closed { opens: None });
            }
            // The person's own standing decides at every machine, and the rest is about bookings.
            _ => {}
        }
    }
    Ok(())
}

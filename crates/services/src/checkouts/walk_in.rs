//! A walk-in checkout: member and trainer are at the machine without an appointment.
//!
//! Invariant: from then on it is an appointment like any other, with the same list and the same results.

use super::{
    CheckoutRow, CheckoutsError, Decide, NewAppointment, ValidationError, candidates::candidates, check, due,
    offers::free_machine, open, ready::Types, rows, settle, tell_of,
};
use crate::{
    Ctx,
    change::Job,
    directory::{begins_with, suggested},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Rank, Target, rank},
    checkouts::{CheckoutAction, Side, State},
    id::{AppointmentId, PersonId, TypeId},
    live::ChangeEvent,
    notices::CheckoutNews,
    occupations::{Occupied, Purpose, Span},
    zone::Zone,
};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use store::{StoreError, equipment, occupations, people};

/// Assumed length of a walk-in checkout.
const ON_THE_SPOT: Duration = Duration::from_mins(30);

/// Records a walk-in checkout, or begins it with [`CheckoutAction::Accept`]; settles an open request of the member
/// for the type. `input` is the whole name of the member, or their address.
pub async fn record(
    ctx: &Ctx,
    actor: &Actor,
    kind: TypeId,
    input: &str,
    decide: Result<Decide, Vec<ValidationError>>,
) -> Result<AppointmentId, CheckoutsError> {
    let form = async {
        let person = called(ctx, actor, kind, input).await;
        match (person, decide) {
            (Ok(person), Ok(decide))
                if matches!(
                    decide.action,
                    CheckoutAction::Accept | CheckoutAction::Pass | CheckoutAction::Fail
                ) =>
            {
                Ok((person, decide))
            }
            (Err(CheckoutsError::Store(why)), _) => Err(why.into()),
            (person, decide) => {
                let mut faults = decide.err().unwrap_or_default();
                if person.is_err() {
                    faults.push(ValidationError::Person);
                }
                let faults = if faults.is_empty() { vec![ValidationError::Action] } else { faults };
                Err(CheckoutsError::Invalid(faults))
            }
        }
    };
    let zone = ctx.space().zone;
    let about = Target::equipment(kind, None);
    ctx.change_with(actor, Permission::CheckOut, about, form, async move |job, (person, decide)| {
        let trainer = job.actor.person().ok_or(Forbidden::SignIn)?;
        if trainer == person {
            return Err(CheckoutsError::Oneself);
        }
        let row = on_the_spot(job, person, trainer, kind, decide.action, zone).await?;
        if decide.action == CheckoutAction::Accept {
            job.tx.after_commit(ChangeEvent::Checkouts);
        } else {
            settle(job, &row, &decide).await?;
        }
        if decide.action == CheckoutAction::Fail {
            tell_of(job, &row, CheckoutNews::Failed, Side::Member).await?;
        }
        let detail = json!({ "appointment": row.id, "type": kind, "deed": decide.action, "on_the_spot": true });
        job.audited(row.id, "checkout.decided", person, &detail).await
    })
    .await
}

/// The appointment for a walk-in checkout that `trainer` records now: the member's open one for the type, or a new
/// one. It becomes theirs, from now on, and occupies what is free of its time, with a machine if one is free.
/// Another trainer who had accepted is notified that it is cancelled for them.
async fn on_the_spot(
    job: &mut Job<'_>,
    person: PersonId,
    trainer: PersonId,
    kind: TypeId,
    action: CheckoutAction,
    zone: Zone,
) -> Result<CheckoutRow, CheckoutsError> {
    if !Types::load(job.tx.conn()).await?.has(kind) {
        return Err(CheckoutsError::UnknownType);
    }
    let them = people::one(job.tx.conn(), person, job.now).await?.ok_or(CheckoutsError::Unknown)?;
    if rank(them.status, &them.ledger, job.now) < Rank::Member {
        return Err(CheckoutsError::NoMember);
    }
    let (at, state) = (job.now, State::Accepted);
    let starts = if action == CheckoutAction::Accept { at } else { at.before(ON_THE_SPOT) };
    let span = Span { starts, ends: starts.after(ON_THE_SPOT) };
    let new = |machine| NewAppointment { person, trainer, kind, machine, span, state, at };
    let before = open(job.tx.conn(), person, kind, at).await?;
    let machine = match action {
        CheckoutAction::Accept => {
            let instead_of = before.as_ref().map(|row| row.id);
            free_machine(job.tx.conn(), kind, span, instead_of, zone).await?
        }
        // The machine is unknown.
        _ => before.as_ref().and_then(|row| row.machine),
    };
    let (id, before) = match before {
        // It is already under way with this trainer: marked steps count.
        Some(row)
            if row.trainer == trainer
                && check(&row, Side::Trainer, action, at).is_ok()
                && action != CheckoutAction::Accept =>
        {
            return Ok(row);
        }
        Some(row) => {
            occupations::release(job.tx, Purpose::Appointment(row.id)).await?;
            rows::hold_now(job.tx, row.id, &new(machine)).await?;
            if row.trainer != trainer {
                tell_of(job, &row, CheckoutNews::Cancelled, Side::Trainer).await?;
            }
            (row.id, Some(row))
        }
        None => (rows::add(job.tx, &new(machine)).await?, None),
    };
    if action == CheckoutAction::Accept {
        let people = [trainer, person].map(Occupied::Person);
        for whose in people.into_iter().chain(machine.map(Occupied::Machine)) {
            match occupations::take(job.tx, whose, span, Purpose::Appointment(id)).await {
                Ok(()) | Err(StoreError::Overlap(_)) => {}
                Err(why) => return Err(why.into()),
            }
        }
    }
    if let Some(before) = &before {
        due::freed(job.tx, &job.proof, before, at).await?;
    }
    rows::one(job.tx.conn(), id, at).await?.ok_or(CheckoutsError::Unknown)
}

/// Names to choose from: members for those who may see people, otherwise those on the way to a checkout with this
/// trainer.
pub async fn members(ctx: &Ctx, actor: &Actor) -> Result<Vec<String>, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let may = |kind| actor.may(Permission::CheckOut, Target::equipment(kind, None));
    let mut theirs = equipment::types(&mut snapshot).await?;
    theirs.retain(|(kind, _)| may(*kind));
    if theirs.is_empty() {
        return Err(Forbidden::NotAllowed.into());
    }
    if actor.may(Permission::SeePeople, Target::NONE) {
        return Ok(suggested(&mut snapshot).await?);
    }
    let me = actor.person().ok_or(Forbidden::SignIn)?;
    let near = candidates(&mut snapshot, me, &theirs, ctx.now()).await?;
    let names: BTreeSet<String> = near.into_iter().filter_map(|one| one.person_name).collect();
    Ok(names.into_iter().collect())
}

/// People with this name; for those on the way to a checkout with this trainer the beginning of a name suffices.
async fn called(ctx: &Ctx, actor: &Actor, kind: TypeId, input: &str) -> Result<PersonId, CheckoutsError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let found = crate::directory::called(&mut snapshot, input).await?;
    let found: BTreeSet<PersonId> = found.into_iter().map(|(person, _)| person).collect();
    let found = match actor.person() {
        Some(me) if found.is_empty() => {
            let kinds = [(kind, String::new())];
            let near = candidates(&mut snapshot, me, &kinds, ctx.now()).await?.into_iter();
            let meant = near.filter(|one| one.person_name.as_ref().is_some_and(|name| begins_with(name, input)));
            meant.map(|one| one.person).collect()
        }
        _ => found,
    };
    match found.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => Ok(*one),
        _ => Err(CheckoutsError::Invalid(vec![ValidationError::Person])),
    }
}

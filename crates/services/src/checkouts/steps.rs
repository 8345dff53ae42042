//! The steps of a checkout: the list of a type, the trainer's marks at one appointment, photos, and signatures.
//!
//! **Invariants.** Steps are marked only while a result can be written, and by those who may write it. Marks stay
//! with the version of the list that they were made on: saving a new list changes no appointment that has begun. A
//! member signs on their own device or on the trainer's phone, and the record shows which.

use super::{CheckoutRow, CheckoutsError, ValidationError, rows, side};
use crate::{Ctx, change::Job, pictures};
use contract::checkout_steps::{Checklist, ListEdited, Signature, StepView};
use domain::{
    actor::{Actor, Permission, Target},
    checkout_steps::{InvalidOutline, Mark, Missing, OUTLINE, Signer, outline, ready, text_of},
    checkouts::{CheckoutAction, NOTE, Side, actions},
    id::{AppointmentId, CheckoutListId, CheckoutStepId, TypeId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    time::Millis,
    zone::Zone,
};
use serde_json::json;
use std::io::{Read, Seek};
use store::{
    SqliteConnection,
    checkout_steps::{self, Marked, Photo},
    equipment,
    pictures::Picture,
};

/// Whether `side` may mark steps at `now`.
fn is_marked(row: &CheckoutRow, side: Option<Side>, now: Millis) -> bool {
    side == Some(Side::Trainer)
        && actions(row.state, Side::Trainer, row.span(), now).contains(&CheckoutAction::Pass)
}

/// The steps of an appointment, for its member and the trainers of its type.
pub async fn checklist(ctx: &Ctx, actor: &Actor, appointment: AppointmentId) -> Result<Checklist, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let mut snapshot = ctx.store().snapshot().await?;
    let stored = rows::one(&mut snapshot, appointment, now).await?;
    let stored = stored.filter(|stored| side(actor, stored).is_some()).ok_or(CheckoutsError::Unknown)?;
    of(&mut snapshot, actor, &stored, zone, now).await
}

pub(super) async fn of(
    conn: &mut SqliteConnection,
    actor: &Actor,
    row: &CheckoutRow,
    zone: Zone,
    now: Millis,
) -> Result<Checklist, CheckoutsError> {
    let side = side(actor, row);
    let steps = checkout_steps::of_appointment(conn, row.id).await?;
    let signatures = checkout_steps::signatures(conn, row.id).await?;
    let visible = |step: Marked| StepView {
        id: step.id,
        section: step.section,
        body: step.body,
        required: step.required,
        mark: step.mark,
        note: step.note,
        photo: step.photo.map(|at| zone.moment(at)),
    };
    let signed = |signature: checkout_steps::Signature| Signature {
        signer: signature.signer,
        signed: zone.moment(signature.at),
        by_other: signature.by != Some(if signature.signer == Signer::Member { row.person } else { row.trainer }),
        name: signature.name,
    };
    let begun = actions(row.state, Side::Trainer, row.span(), now).contains(&CheckoutAction::Pass);
    Ok(Checklist {
        may_mark: !steps.is_empty() && is_marked(row, side, now),
        may_sign: !steps.is_empty() && side == Some(Side::Member) && begun,
        steps: steps.into_iter().map(visible).collect(),
        signatures: signatures.into_iter().map(signed).collect(),
    })
}

/// Loads the appointment to change, and checks that the caller may mark its steps.
async fn found(
    begun: crate::change::Begun<'_>,
    appointment: AppointmentId,
    step: Option<CheckoutStepId>,
) -> Result<(Job<'_>, CheckoutRow), CheckoutsError> {
    let row = rows::one(begun.tx.conn(), appointment, begun.now).await?.ok_or(CheckoutsError::Unknown)?;
    let side = side(&begun.actor, &row).ok_or(CheckoutsError::Unknown)?;
    let permission = if side == Side::Trainer { Permission::CheckOut } else { Permission::AskForCheckout };
    let job = begun.require(permission, Target::equipment(row.kind, None))?;
    super::check(&row, Side::Trainer, CheckoutAction::Pass, job.now)?;
    checkout_steps::begin(job.tx, row.id).await?;
    if let Some(step) = step {
        if side == Side::Member {
            return Err(CheckoutsError::Unknown);
        }
        let steps = checkout_steps::of_appointment(job.tx.conn(), row.id).await?;
        if !steps.iter().any(|known| known.id == step) {
            return Err(CheckoutsError::UnknownStep);
        }
    }
    Ok((job, row))
}

/// A change of a step by the trainer. `None` leaves a field unchanged.
#[derive(Debug, Clone, Default)]
pub struct StepChange {
    /// The mark; the inner `None` removes it.
    pub mark: Option<Option<Mark>>,
    /// The note as typed, replacing the previous one; an empty one removes it.
    pub note: Option<String>,
}

/// Changes a step. The trainer's signature covers the steps as they were, so a change removes it.
pub async fn say(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
    step: CheckoutStepId,
    message: StepChange,
) -> Result<(), CheckoutsError> {
    let form = async {
        let note = message.note.map(|input| Remark::<NOTE>::new(&input)).transpose();
        note.map_err(|TooLong| CheckoutsError::Invalid(vec![ValidationError::StepNote]))
    };
    ctx.begin_with(actor, Permission::OwnAccount, Target::NONE, form, async move |begun, note| {
        let (mut job, row) = found(begun, appointment, Some(step)).await?;
        let by = job.by().await?;
        if let Some(note) = &note {
            let remark = job.remark(Some(row.person), by, note.as_ref()).await?;
            checkout_steps::note(job.tx, row.id, step, remark).await?;
        }
        if let Some(mark) = message.mark {
            checkout_steps::mark(job.tx, row.id, step, mark).await?;
            checkout_steps::unsign(job.tx, row.id, Signer::Trainer).await?;
        }
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail =
            json!({ "appointment": row.id, "step": step, "mark": message.mark.flatten(), "note": note.is_some() });
        job.audited((), "checkout.marked", row.person, &detail).await
    })
    .await
}

/// Signs an appointment as trainer or member, or removes the signature if not `stands`. A trainer hands their
/// phone to the member; a member signs for themselves only.
pub async fn sign(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
    signer: Signer,
    stands: bool,
) -> Result<(), CheckoutsError> {
    ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let (mut job, row) = found(begun, appointment, None).await?;
        if job.actor.person() == Some(row.person) && signer == Signer::Trainer {
            return Err(CheckoutsError::Oneself);
        }
        if checkout_steps::of_appointment(job.tx.conn(), row.id).await?.is_empty() {
            return Err(CheckoutsError::UnknownStep);
        }
        let given = checkout_steps::signatures(job.tx.conn(), row.id).await?;
        let is_theirs = given.iter().any(|one| one.signer == Signer::Member && one.by == Some(row.person));
        if !stands && signer == Signer::Member && is_theirs && job.actor.person() != Some(row.person) {
            return Err(CheckoutsError::NotYours);
        }
        let (by, at) = (job.by().await?, job.now);
        if stands {
            checkout_steps::sign(job.tx, row.id, signer, by, at).await?;
        } else {
            checkout_steps::unsign(job.tx, row.id, signer).await?;
        }
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "appointment": row.id, "signer": signer, "signed": stands });
        job.audited((), "checkout.signed", row.person, &detail).await
    })
    .await
}

/// The photo of a step; `small` for a list.
pub async fn photo(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
    step: CheckoutStepId,
    small: bool,
) -> Result<Picture, CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, appointment, ctx.now()).await?;
    let row = row.filter(|row| side(actor, row).is_some()).ok_or(CheckoutsError::Unknown)?;
    checkout_steps::photo(&mut snapshot, row.id, step, small).await?.ok_or(CheckoutsError::UnknownStep)
}

/// Whether the actor adds a photo to a step of this appointment: asked before one is read.
pub async fn may_set_photo(ctx: &Ctx, actor: &Actor, appointment: AppointmentId) -> Result<(), CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let now = ctx.now();
    let stored = rows::one(&mut *ctx.store().read().await?, appointment, now).await?;
    let stored =
        stored.filter(|stored| side(actor, stored) == Some(Side::Trainer)).ok_or(CheckoutsError::Unknown)?;
    super::check(&stored, Side::Trainer, CheckoutAction::Pass, now)
}

/// Stores the photo of a step, replacing the previous one.
pub async fn set_photo(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
    step: CheckoutStepId,
    given: impl Read + Seek + Send + 'static,
) -> Result<(), CheckoutsError> {
    may_set_photo(ctx, actor, appointment).await?;
    let taken = pictures::taken(given).await;
    let (body, small) = taken.map_err(|invalid| CheckoutsError::Invalid(vec![ValidationError::Photo(invalid)]))?;
    change_photo(ctx, actor, appointment, step, Some((body, small))).await
}

/// Takes the photo of a step away.
pub async fn remove_photo(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
    step: CheckoutStepId,
) -> Result<(), CheckoutsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    change_photo(ctx, actor, appointment, step, None).await
}

async fn change_photo(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
    step: CheckoutStepId,
    photo: Option<(Vec<u8>, Vec<u8>)>,
) -> Result<(), CheckoutsError> {
    ctx.begin(actor, async move |begun| {
        let (mut job, row) = found(begun, appointment, Some(step)).await?;
        let photo = photo.map(|(body, small)| Photo { body, small, at: job.now });
        checkout_steps::set_photo(job.tx, row.id, step, photo.as_ref()).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "appointment": row.id, "step": step, "photo": photo.is_some() });
        job.audited((), "checkout.photo-set", row.person, &detail).await
    })
    .await
}

/// Checks that all required steps were seen and signed.
pub(super) async fn passable(job: &mut Job<'_>, appointment: AppointmentId) -> Result<(), CheckoutsError> {
    checkout_steps::begin(job.tx, appointment).await?;
    let steps = checkout_steps::of_appointment(job.tx.conn(), appointment).await?;
    let signatures = checkout_steps::signatures(job.tx.conn(), appointment).await?;
    let message: Vec<_> = steps.iter().map(|step| (step.required, step.mark)).collect();
    let signed = signatures.iter().any(|signature| signature.signer == Signer::Trainer);
    ready(&message, signed).map_err(|missing| match missing {
        Missing::Steps(open) => {
            let named = open.into_iter().filter_map(|at| steps.get(at)).map(|step| step.body.clone());
            CheckoutsError::Steps(named.collect())
        }
        Missing::Signature => CheckoutsError::Unsigned,
    })
}

/// Stores exactly these steps as the ones to practise.
pub(super) async fn practise(
    job: &mut Job<'_>,
    appointment: AppointmentId,
    steps: &[CheckoutStepId],
) -> Result<(), CheckoutsError> {
    checkout_steps::begin(job.tx, appointment).await?;
    let known = checkout_steps::of_appointment(job.tx.conn(), appointment).await?;
    if steps.iter().any(|step| !known.iter().any(|known| known.id == *step)) {
        return Err(CheckoutsError::UnknownStep);
    }
    for step in known {
        let mark = if steps.contains(&step.id) {
            Some(Mark::Practise)
        } else {
            step.mark.filter(|mark| *mark != Mark::Practise)
        };
        if mark != step.mark {
            checkout_steps::mark(job.tx, appointment, step.id, mark).await?;
        }
    }
    Ok(())
}

/// The list of a type, for its editors.
pub async fn list(ctx: &Ctx, actor: &Actor, kind: TypeId) -> Result<ListEdited, CheckoutsError> {
    actor.require(Permission::ChangeEquipment, Target::equipment(kind, None))?;
    let mut snapshot = ctx.store().snapshot().await?;
    let kinds = equipment::types(&mut snapshot).await?;
    let (_, kind_name) = kinds.into_iter().find(|(id, _)| *id == kind).ok_or(CheckoutsError::UnknownType)?;
    let newest = checkout_steps::list(&mut snapshot, kind).await?;
    let open = checkout_steps::begun(&mut snapshot, kind).await?;
    let (version, steps) = newest.map_or((0, Vec::new()), |(id, steps)| (id.0, steps));
    Ok(ListEdited { kind, kind_name, text: text_of(&steps), version, open })
}

/// Saves the list of a type, for appointments that begin from now on. `version` is the list that was edited, 0 for
/// none.
pub async fn save_list(
    ctx: &Ctx,
    actor: &Actor,
    kind: TypeId,
    input: &str,
    version: i64,
) -> Result<(), CheckoutsError> {
    let about = Target::equipment(kind, None);
    let form = async {
        let steps = if input.chars().count() > OUTLINE { Err(InvalidOutline::Many) } else { outline(input) };
        steps.map_err(|fault| CheckoutsError::Invalid(vec![ValidationError::List(fault)]))
    };
    ctx.change_with(actor, Permission::ChangeEquipment, about, form, async move |job, steps| {
        if !equipment::types(job.tx.conn()).await?.iter().any(|(id, _)| *id == kind) {
            return Err(CheckoutsError::UnknownType);
        }
        let newest = checkout_steps::list(job.tx.conn(), kind).await?;
        let (newest, before) = newest.unwrap_or((CheckoutListId(0), Vec::new()));
        if !domain::versions::is_current(newest.0, version) {
            return Err(CheckoutsError::ListChanged);
        }
        if before != steps {
            let (by, at) = (job.by().await?, job.now);
            checkout_steps::add_list(job.tx, kind, &steps, by, at).await?;
            job.tx.after_commit(ChangeEvent::Checkouts);
        }
        let detail = json!({ "type": kind, "steps": steps.len() });
        job.audited((), "checkout.list-saved", kind, &detail).await
    })
    .await
}

//! Maintenance: plans made by owners of a machine or its type, and work registered by those who train on it.
//!
//! **Invariants.** Registered work stays, and each plan counts from it. A board that reports the same twice is
//! recorded once. A plan that was edited meanwhile is not changed. Names are for those who maintain the machine.

mod photos;
mod plans;
mod register;

pub use photos::{add_photo, may_add_photo, photo, remove_photo};
pub use plans::{DescribePlan, Of, add, archive, save, sheet};
pub(crate) use register::is_due;
pub use register::{AtBoard, RegisterDone, at_board, register};

use crate::{Ctx, shared::Shared};
use contract::maintenance::{Agenda, AtMachine, Coming, Counted, Intervention, Plan, order};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    equipment::NoAddress,
    id::{MachineId, PlanId, TypeId},
    live::ChangeEvent,
    maintenance::{DAYS, HOURS, NOTE, RECENT, WORDS, due_by_days, forecast, progress},
    pictures::InvalidPicture,
    qualifications::Subject,
    settings::DISPLAY,
    time::Millis,
    versions::Saved,
};
use macros::{FieldError, ServiceError};
use store::{
    SqliteConnection, StoreError, machines,
    maintenance::{self as rows, At, PlanRow},
};

/// Limit of interventions on a page; programs read all.
pub const SHOWN: u32 = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    /// The task is missing.
    #[field("words", plan_words_empty)]
    NoWords,
    /// Longer than [`WORDS`] characters.
    #[field("words", plan_words_long(&WORDS.to_string()))]
    LongWords,
    /// It is no number of hours.
    #[field("hours", plan_number(&HOURS.start().to_string(), &HOURS.end().to_string()))]
    Hours,
    /// It is no number of days.
    #[field("days", plan_number(&DAYS.start().to_string(), &DAYS.end().to_string()))]
    Days,
    /// Neither hours nor days count.
    #[field(["hours", "days"], plan_every)]
    Every,
    /// The instruction is not on the web.
    #[field("manual", equipment_manual_address)]
    Manual,
    /// The instruction's address has a space in it.
    #[field("manual", equipment_manual_space)]
    ManualSpace,
    /// The doer is missing.
    #[field("doer", choose_what)]
    Doer,
    /// More than a display shows.
    #[field("display", setting_text(&DISPLAY.to_string()))]
    Display,
    /// It is neither for a machine nor for its type.
    #[field("of", choose_what)]
    Of,
    /// The note has more than [`NOTE`] characters.
    #[field("note", maintenance_note_long(&NOTE.to_string()))]
    Note,
    /// It is no plan of the machine.
    #[field("plans", plan_not_of_machine)]
    Plan,
    /// Neither a plan nor a note of other work is given.
    #[field(["plans", "note"], maintenance_nothing)]
    Nothing,
    /// It is no picture that is taken.
    #[field("photo", picture_invalid(*_0))]
    Photo(InvalidPicture),
}

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum MaintenanceError {
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    #[problem("plan.unknown", NotFound, plan_unknown)]
    Unknown,
    #[problem("intervention.unknown", NotFound, intervention_unknown)]
    UnknownIntervention,
    /// It has no photo.
    #[problem("picture.unknown", NotFound, picture_unknown)]
    NoPhoto,
    /// It has one already.
    #[problem("intervention.photo-there", Conflict, intervention_photo_there)]
    PhotoThere,
    #[problem("maintenance.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("plan.away", Conflict, plan_is_away)]
    Away,
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl From<NoAddress> for ValidationError {
    fn from(why: NoAddress) -> Self {
        match why {
            NoAddress::Unread => Self::Manual,
            NoAddress::Space => Self::ManualSpace,
        }
    }
}

/// The permission target of a plan.
fn about_plan(of: Subject, kind: TypeId) -> Target {
    let (own, machine) = of.sides();
    Target::equipment(own.unwrap_or(kind), machine)
}

/// Name and type of the machine, for permission checks.
async fn machine_of(
    conn: &mut SqliteConnection,
    actor: &Actor,
    machine: MachineId,
) -> Result<(String, TypeId), MaintenanceError> {
    actor.require(Permission::SeeMaintenance, Target::NONE)?;
    let remaining = machines::one(conn, machine).await?.filter(|remaining| remaining.archived.is_none());
    let remaining = remaining.ok_or(MaintenanceError::UnknownMachine)?;
    Ok((remaining.name, remaining.kind))
}

fn to_view(ctx: &Ctx, actor: &Actor, kind: TypeId, row: &PlanRow) -> Plan {
    let PlanRow { id, of, plan, archived, version, .. } = row.clone();
    Plan {
        id,
        of,
        words: plan.words,
        every: plan.every,
        manual: plan.manual,
        doer: plan.doer,
        blocking: plan.blocking,
        display: plan.display,
        archived: archived.map(|at| ctx.moment(at)),
        version,
        may_change: actor.may(Permission::ChangeEquipment, about_plan(of, kind)),
    }
}

/// A plan's progress now, given `recent` milliseconds of recent use.
fn counted(ctx: &Ctx, plan: Plan, at: &At, recent: i64) -> Counted {
    let now = ctx.now();
    let reported = progress(at.every, at.since, at.used, ctx.space().settings.maintenance_warn, now);
    Counted {
        plan,
        since: ctx.moment(at.since.at),
        progress: reported,
        due: due_by_days(at.every, at.since).map(|at| ctx.moment(at)),
        expected: forecast(at.every, at.since, &reported, recent, now).map(|at| ctx.moment(at)),
    }
}

/// The plans of `machine` with progress, and its interventions.
pub async fn at(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<AtMachine, MaintenanceError> {
    read(ctx, actor, machine, SHOWN).await
}

async fn read(ctx: &Ctx, actor: &Actor, machine: MachineId, most: u32) -> Result<AtMachine, MaintenanceError> {
    let mut snapshot = ctx.store().snapshot().await?;
    let (name, kind) = machine_of(&mut snapshot, actor, machine).await?;
    let about = Target::equipment(kind, Some(machine));
    let stored = rows::plans(&mut snapshot, machine).await?;
    let far = rows::counted(&mut snapshot, Some(machine)).await?;
    let recent = rows::used_since(&mut snapshot, Some(machine), ctx.now().before(RECENT)).await?;
    let recent = recent.first().map_or(0, |(_, used)| *used);
    let done = rows::done(&mut snapshot, machine, most).await?;
    let names = reads_names(actor, about);
    let mut plans = Vec::new();
    for at in &far {
        let plan = stored.iter().find(|plan| plan.id == at.plan);
        plans.extend(plan.map(|plan| counted(ctx, to_view(ctx, actor, kind, plan), at, recent)));
    }
    plans.sort_by_key(order);
    let away = stored.iter().filter(|plan| plan.archived.is_some()).map(|plan| to_view(ctx, actor, kind, plan));
    Ok(AtMachine {
        now: ctx.moment(ctx.now()),
        machine,
        name,
        plans,
        away: away.filter(|plan| plan.may_change).collect(),
        done: done.into_iter().map(|row| done_shown(ctx, names, row)).collect(),
        may_register: actor.may(Permission::Maintain, about),
        may_plan: actor.may(Permission::ChangeEquipment, about),
    })
}

/// Whether the actor sees names and notes of interventions on this machine.
pub(crate) fn reads_names(actor: &Actor, about: Target) -> bool {
    actor.may(Permission::Maintain, about) || actor.may(Permission::ReadAudit, Target::NONE)
}

fn done_shown(ctx: &Ctx, names: bool, row: rows::Intervention) -> Intervention {
    Intervention {
        id: row.id,
        plan: row.plan,
        words: row.words,
        at: ctx.moment(row.at),
        by: row.by.filter(|_| names),
        note: row.note.filter(|_| names),
        photo: row.photo.filter(|_| names).map(|added| added.0),
        used: row.used,
        door: row.door,
        replay: row.replay,
    }
}

/// Until when maintenance due by days was announced; `None` before the first run.
#[derive(Default)]
struct LookedUntil(Shared<Option<Millis>>);

/// Announces machines whose maintenance became due by days since the last run, because no change announces that.
/// Returns how many; the first run only notes the time.
pub async fn notice_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let looked = &ctx.memory::<LookedUntil>().0;
    let now = ctx.now();
    let since = *looked.lock();
    let due = match since {
        Some(since) => rows::due_between(&mut *ctx.store().read().await?, since, now).await?,
        None => Vec::new(),
    };
    for &machine in &due {
        ctx.live().send(ChangeEvent::Machine(machine));
    }
    // Not after a failure: the next run covers that time too.
    *looked.lock() = Some(now);
    Ok(due.len())
}

/// All that was ever done to `machine`, the newest first.
pub async fn done(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Vec<Intervention>, MaintenanceError> {
    Ok(read(ctx, actor, machine, u32::MAX).await?.done)
}

/// A plan, as the actor may see it.
pub async fn one(ctx: &Ctx, actor: &Actor, plan: PlanId) -> Result<Plan, MaintenanceError> {
    actor.require(Permission::SeeMaintenance, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let row = rows::one(&mut snapshot, plan).await?.ok_or(MaintenanceError::Unknown)?;
    let kind = plans::kind_of(&mut snapshot, row.of).await?;
    Ok(to_view(ctx, actor, kind, &row))
}

/// Upcoming maintenance of all machines, by due date.
pub async fn coming(ctx: &Ctx, actor: &Actor) -> Result<Agenda, MaintenanceError> {
    actor.require(Permission::SeeMaintenance, Target::NONE)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let stored = rows::in_force(&mut snapshot).await?;
    let far = rows::counted(&mut snapshot, None).await?;
    let recent = rows::used_since(&mut snapshot, None, ctx.now().before(RECENT)).await?;
    let mut coming = Vec::new();
    for at in far {
        let Some(plan) = stored.iter().find(|plan| plan.id == at.plan) else { continue };
        let lately = recent.iter().find(|(machine, _)| *machine == at.machine).map_or(0, |(_, used)| *used);
        let what = counted(ctx, to_view(ctx, actor, at.kind, plan), &at, lately);
        coming.push(Coming { machine: at.machine, name: at.machine_name, what });
    }
    coming.sort_by_key(|one| order(&one.what));
    Ok(Agenda { now: ctx.moment(ctx.now()), coming })
}

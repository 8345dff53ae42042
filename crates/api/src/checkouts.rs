//! Checkouts: slots of trainers, appointments, and results.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when, words,
};
use axum::response::Response;
use contract::checkouts::{Appointment as AppointmentView, SlotView};
use domain::{
    actor::Permission,
    checkouts::{CheckoutAction, State},
    id::{AppointmentId, CheckoutStepId, PersonId, TypeId},
    tokens::Scope,
    zone::from_rfc3339,
};
use serde::{Deserialize, Serialize};
use services::{
    checkouts::{self, Ask, CheckoutsError, Decide},
    requirements::PathTarget,
};
use utoipa::ToSchema;

const SLOTS: &str = "listCheckoutSlots";
const MINE: &str = "listAppointments";
const WAITING: &str = "listCheckouts";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    let mut all = vec![
        Operation::get("/api/v1/checkout-slots", SLOTS, slots)
            .may(&[(Permission::AskForCheckout, PathTarget::Space)])
            .about(
                Tag::Qualifications,
                "List available checkout times",
                "Lists the times at which trainers of a type are available to the caller in the next three weeks.",
            )
            .needs(Scope::CheckoutsRead)
            .errors::<CheckoutsError>(&["equipment.unknown"]),
        Operation::get("/api/v1/appointments", MINE, mine)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Qualifications,
                "List the caller's appointments",
                "Lists upcoming appointments and those that ended less than a day ago, including decided ones, by start.",
            )
            .needs(Scope::CheckoutsRead),
        Operation::post("/api/v1/appointments", "askForCheckout", ask)
            .may(&[(Permission::AskForCheckout, PathTarget::Space)])
            .about(
                Tag::Qualifications,
                "Request a checkout",
                "Requests one of the available times. It reserves the time of the trainer, the member and a machine at \
                 once, and the trainer is asked to accept it.",
            )
            .needs(Scope::CheckoutsWrite)
            .makes(Place::Below)
            .errors::<CheckoutsError>(&[
                "equipment.unknown",
                "checkout.taken",
                "checkout.open",
                "checkout.qualified",
                "checkout.requires",
                "checkout.training",
                "checkout.retry",
                "checkout.oneself",
                "checkout.invalid",
            ]),
        Operation::get("/api/v1/appointments/{id}", "readAppointment", read)
            .about(
                Tag::Qualifications,
                "Get an appointment",
                "Returns an appointment. For its member, and for everyone who checks people out on its type.",
            )
            .needs(Scope::CheckoutsRead)
            .errors::<CheckoutsError>(&["checkout.unknown"]),
    ];
    all.extend(actions());
    all
}

/// The operations that decide about appointments and record walk-in checkouts.
fn actions() -> Vec<Operation> {
    vec![
        Operation::post("/api/v1/appointments/{id}/move", "moveAppointment", move_to)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Qualifications,
                "Move an appointment",
                "Moves one of the caller's appointments to another available time. The trainer is asked to accept it again.",
            )
            .needs(Scope::CheckoutsWrite)
            .errors::<CheckoutsError>(&[
                "checkout.unknown",
                "checkout.taken",
                "checkout.decided",
                "checkout.not-now",
                "checkout.oneself",
                "checkout.invalid",
            ]),
        Operation::post("/api/v1/appointments/{id}/decide", "decideAppointment", decide)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Qualifications,
                "Decide about an appointment",
                "Cancels an appointment, for its member; accepts or declines it or records its result, for a trainer. \
                 Passing grants the qualification at once.",
            )
            .needs(Scope::CheckoutsWrite)
            .errors::<CheckoutsError>(&[
                "checkout.unknown",
                "checkout.decided",
                "checkout.not-now",
                "checkout.steps",
                "checkout.unsigned",
                "checkout.unknown-step",
                "checkout.invalid",
            ]),
        Operation::post("/api/v1/appointments/{id}/undo", "undoPass", undo)
            .about(
                Tag::Qualifications,
                "Undo a passed result",
                "Revokes the granted qualification, and the appointment waits for a result again. For the person who \
                 recorded the result, until `undo_until` and only if the member has not used it yet.",
            )
            .needs(Scope::CheckoutsWrite)
            .errors::<CheckoutsError>(&[
                "checkout.unknown",
                "checkout.not-passed",
                "checkout.passed-by-other",
                "checkout.undo-late",
                "checkout.undo-used",
            ]),
        Operation::get("/api/v1/checkouts", WAITING, waiting)
            .may(&[(Permission::CheckOut, PathTarget::Anything)])
            .about(
                Tag::Qualifications,
                "List pending checkout requests",
                "Lists the requests with the caller as trainer; for managers, the requests with any trainer.",
            )
            .needs(Scope::CheckoutsRead),
        Operation::post("/api/v1/checkouts", "recordCheckout", record)
            .may(&[(Permission::CheckOut, PathTarget::Anything)])
            .about(
                Tag::Qualifications,
                "Record a walk-in checkout",
                "Records a checkout that was not requested. It settles an open request of the member for the same type.",
            )
            .needs(Scope::CheckoutsWrite)
            .makes(Place::At("/api/v1/appointments"))
            .errors::<CheckoutsError>(&[
                "equipment.unknown",
                "checkout.oneself",
                "checkout.steps",
                "checkout.unsigned",
                "checkout.invalid",
            ]),
    ]
}

/// An available time.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutSlot {
    #[schema(format = DateTime)]
    starts: String,
    #[schema(format = DateTime)]
    ends: String,
    /// The trainer's id.
    #[schema(example = 5)]
    trainer: i64,
    #[schema(example = "Sofia Mair")]
    trainer_name: String,
}

/// Filters for available times.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotsParams {
    /// The type's id.
    #[schema(example = 3)]
    r#type: i64,
    /// The `next` of the page before.
    #[serde(default)]
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

async fn slots(caller: Caller, Query(requested): Query<SlotsParams>) -> Result<Page<CheckoutSlot>, Refusal> {
    let (after, limit) = caller.place(SLOTS, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let days = checkouts::slots(&ctx, &actor, TypeId(requested.r#type)).await?.days;
    let all: Vec<SlotView> = days.into_iter().flat_map(|day| day.slots).collect();
    let page = Page::of_all(SLOTS, all, after.as_deref(), limit, lang, |slot| (slot.starts.at, slot.trainer))?;
    Ok(page.map(|slot| CheckoutSlot {
        starts: when(slot.starts),
        ends: when(slot.ends),
        trainer: slot.trainer.0,
        trainer_name: slot.trainer_name,
    }))
}

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appointment {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// The member's id.
    #[schema(example = 12)]
    person: i64,
    /// The member's name, while on record.
    person_name: Option<String>,
    /// The trainer's id.
    #[schema(example = 5)]
    trainer: i64,
    /// The trainer's name, while on record.
    trainer_name: Option<String>,
    /// The type of equipment.
    #[schema(example = 3)]
    r#type: i64,
    /// The machine that is reserved for it, if the type has one.
    machine: Option<i64>,
    #[schema(format = DateTime)]
    starts: String,
    #[schema(format = DateTime)]
    ends: String,
    #[schema(schema_with = words::checkout_state)]
    state: State,
    /// When it was decided.
    #[schema(format = DateTime)]
    decided: Option<String>,
    /// The name of the person who decided, while on record.
    decided_by: Option<String>,
    /// The reason for declining it, or what to practise.
    note: Option<String>,
    /// When the member may request another checkout after failing.
    #[schema(format = DateTime)]
    retry: Option<String>,
    /// The actions that the caller can take now.
    #[schema(schema_with = words::checkout_actions)]
    actions: Vec<CheckoutAction>,
    /// Until when the caller can undo a passed result.
    #[schema(format = DateTime)]
    undo_until: Option<String>,
}

fn to_view(view: AppointmentView) -> Appointment {
    Appointment {
        id: view.id.0,
        person: view.person.0,
        person_name: view.person_name,
        trainer: view.trainer.0,
        trainer_name: view.trainer_name,
        r#type: view.kind.0,
        machine: view.machine.map(|machine| machine.0),
        starts: when(view.starts),
        ends: when(view.ends),
        state: view.state,
        decided: view.decided.map(when),
        decided_by: view.decided_by,
        note: view.note,
        retry: view.retry.map(when),
        actions: view.actions,
        undo_until: view.undo_until.map(when),
    }
}

/// Filters for the caller's appointments.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AppointmentsParams {
    /// Whether to list appointments in which the caller is the trainer instead of the member.
    as_trainer: bool,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

async fn mine(caller: Caller, Query(requested): Query<AppointmentsParams>) -> Result<Page<Appointment>, Refusal> {
    let (after, limit) = caller.place(MINE, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = checkouts::appointments(&ctx, &actor, requested.as_trainer).await?;
    Ok(Page::of_all(MINE, all, after.as_deref(), limit, lang, |one| (one.starts.at, one.id.0))?.map(to_view))
}

async fn waiting(caller: Caller, Query(which): Query<Which>) -> Result<Page<Appointment>, Refusal> {
    let (after, limit) = caller.place(WAITING, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let day = checkouts::day(&ctx, &actor).await?;
    let all = day.today.into_iter().chain(day.waiting).filter(|one| one.state == State::Pending).collect();
    Ok(Page::of_all(WAITING, all, after.as_deref(), limit, lang, |one| (one.starts.at, one.id.0))?.map(to_view))
}

/// A checkout request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppointment {
    /// The type's id.
    #[schema(minimum = 1, example = 3)]
    r#type: i64,
    /// The trainer's id.
    #[schema(minimum = 1, example = 5)]
    trainer: i64,
    /// The start, exactly as in the list of available times.
    #[schema(format = DateTime)]
    starts: String,
}

async fn ask(caller: Caller, Body(new): Body<NewAppointment>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let ask = Ask { kind: TypeId(new.r#type), trainer: PersonId(new.trainer), starts: from_rfc3339(&new.starts) };
    Ok(Made::plain(checkouts::ask(&ctx, &actor, ask).await?.0))
}

async fn read(caller: Caller, Id(id): Id) -> Result<One<Appointment>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(One(to_view(checkouts::one(&ctx, &actor, AppointmentId(id)).await?)))
}

/// The new time of an appointment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTime {
    /// The trainer's id.
    #[schema(minimum = 1, example = 5)]
    trainer: i64,
    /// The start.
    #[schema(format = DateTime)]
    starts: String,
}

async fn move_to(caller: Caller, Id(id): Id, Body(to): Body<NewTime>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    checkouts::move_to(&ctx, &actor, AppointmentId(id), PersonId(to.trainer), from_rfc3339(&to.starts)).await?;
    Ok(done())
}

/// A decision about an appointment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutDecision {
    #[schema(schema_with = words::checkout_action)]
    action: CheckoutAction,
    /// The reason for declining, or what to practise after failing.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// The number of days after which the member may request another checkout.
    #[schema(minimum = 0, maximum = 90)]
    retry_days: Option<i64>,
    /// After failing: the ids of exactly those checklist steps that are to be practised.
    practise: Option<Vec<i64>>,
}

impl CheckoutDecision {
    fn read(&self) -> Result<Decide, Vec<checkouts::ValidationError>> {
        let days = self.retry_days.map(|days| days.to_string()).unwrap_or_default();
        let practise = self.practise.as_ref().map(|steps| steps.iter().copied().map(CheckoutStepId).collect());
        Decide::read(Some(self.action), self.note.as_deref().unwrap_or_default(), &days, practise)
    }
}

async fn decide(caller: Caller, Id(id): Id, Body(decision): Body<CheckoutDecision>) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    checkouts::decide(&ctx, &actor, AppointmentId(id), decision.read()).await?;
    Ok(done())
}

async fn undo(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    checkouts::undo_pass(&ctx, &actor, AppointmentId(id)).await?;
    Ok(done())
}

/// A walk-in checkout.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckout {
    /// The type's id.
    #[schema(example = 3)]
    r#type: i64,
    /// The member's full name or e-mail address.
    #[schema(example = "Ada Rossi")]
    person: String,
    /// Whether the member passed; if omitted, the checkout begins now and its result is recorded later.
    passed: Option<bool>,
    /// What to practise.
    #[schema(max_length = 500)]
    note: Option<String>,
    /// The number of days after which the member may request another checkout.
    #[schema(minimum = 0, maximum = 90)]
    retry_days: Option<i64>,
}

async fn record(caller: Caller, Body(new): Body<NewCheckout>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let action = match new.passed {
        None => CheckoutAction::Accept,
        Some(true) => CheckoutAction::Pass,
        Some(false) => CheckoutAction::Fail,
    };
    let decision = CheckoutDecision { action, note: new.note, retry_days: new.retry_days, practise: None };
    let made = checkouts::record(&ctx, &actor, TypeId(new.r#type), &new.person, decision.read()).await?;
    Ok(Made::plain(made.0))
}

//! Checkouts: a member asks a trainer for a time, either can cancel, and the trainer records the result.
//!
//! **Invariants.** Only `domain::checkouts::deeds` decides which state can follow which and who may change it. An
//! appointment and its time change in one job; a pass is written to the ledger in the same job. Nobody checks
//! themselves out. When two people decide at once, the first wins, and the second sees the decision and who made
//! it.
//!
//! Not here: when trainers offer times ([`crate::availability`]).

mod candidates;
mod due;
pub(crate) mod invitation;
mod offers;
mod queries;
mod ready;
pub mod steps;
mod time_request;
mod undo;
mod walk_in;

pub(crate) use due::{closed, machine_back, machine_lost, run_due, standing_changed, type_archived};
pub(crate) use invitation::invitation;
pub use queries::{appointments, day, one, opened, slots};
pub(crate) use queries::{next, pending};
pub(crate) use time_request::forget as forget_wishes;
pub use time_request::request_time;
pub use undo::undo_pass;
pub use walk_in::{members, record};

use crate::{
    Ctx,
    change::Job,
    qualifications::{self, QualificationsError},
};
use contract::checkouts::DecisionDone;
use domain::{
    actor::{Actor, Forbidden, Permission, Rank, Target, rank},
    checkout_steps::InvalidOutline,
    checkouts::{CheckoutAction, NOTE, Obstacle, RETRY_DAYS, RETRY_DAYS_MOST, Side, State, Stays, actions},
    id::{AppointmentId, CheckoutStepId, PersonId, TypeId},
    live::ChangeEvent,
    names::{Remark, TooLong},
    notices::{CheckoutNews, Notice},
    occupations::{Occupied, Purpose, Span},
    pictures::InvalidPicture,
    problem::{Kind, Problem},
    qualifications::Subject,
    time::{DAY, Millis, Moment},
    zone::Zone,
};
use macros::{FieldError, ServiceError};
use offers::{Offer, Request, offers};
use ready::ready;
use serde_json::json;
use store::{
    SqliteConnection, StoreError,
    checkouts::{self as rows, CheckoutRow, Decision, NewAppointment},
    occupations, people,
};
use text::Lang;

/// An invalid field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    #[field("action", checkout_choose)]
    Action,
    /// A reason is missing.
    #[field("note", checkout_note_missing)]
    NoNote,
    /// More than [`NOTE`] characters.
    #[field("note", checkout_note_long(&NOTE.to_string()))]
    Note,
    /// Not a number of days, or too many.
    #[field("retry_days", checkout_retry_days(&RETRY_DAYS_MOST.to_string()))]
    Retry,
    /// No person has that name, or several have.
    #[field("person", checkout_person)]
    Person,
    #[field("starts", booking_form_time)]
    Starts,
    /// More than [`NOTE`] characters about a step.
    #[field("step_note", checkout_note_long(&NOTE.to_string()))]
    StepNote,
    /// The photo is not a valid picture.
    #[field("picture", picture_invalid(*_0))]
    Photo(InvalidPicture),
    /// The text is not a valid list of steps.
    #[field("text", checkout_list_fault(*_0))]
    List(InvalidOutline),
}

/// A time that is taken, or no longer offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotConflict {
    /// The obstacle; `None`: nobody offers it.
    pub obstacle: Option<Obstacle>,
    /// The time that is taken already.
    pub by: Option<(Moment, Moment)>,
    /// When it was requested.
    pub now: Moment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub state: State,
    /// The author's name, unless erased.
    pub by: Option<String>,
}

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum CheckoutsError {
    /// Unknown appointment, or one hidden from the caller.
    #[problem("checkout.unknown", NotFound, checkout_unknown)]
    Unknown,
    #[problem("equipment.unknown", NotFound, equipment_unknown)]
    UnknownType,
    /// The time is not available (any more).
    #[problem(with = taken(_0, lang), codes = [(Kind::Conflict, "checkout.taken")])]
    Conflict(Box<SlotConflict>),
    #[problem(with = decided(_0, lang), codes = [(Kind::Conflict, "checkout.decided")])]
    Decided(Decided),
    /// It is too early, or too late, for that.
    #[problem("checkout.not-now", Conflict, checkout_not_now)]
    NotNow,
    /// They have an open request for the type.
    #[problem("checkout.open", Conflict, checkout_open)]
    Open,
    /// They already asked for another time today.
    #[problem("checkout.wished-today", Conflict, checkout_wished_today)]
    TimeRequestedToday,
    /// They may use the type already.
    #[problem("checkout.qualified", Conflict, checkout_qualified)]
    Qualified,
    #[problem("checkout.banned", Conflict, checkout_banned)]
    Banned,
    /// They are no member: suspended, or left.
    #[problem("checkout.no-member", Conflict, checkout_no_member)]
    NoMember,
    /// The member gave this signature, and takes it back.
    #[problem("checkout.not-yours", Forbidden, checkout_not_yours)]
    NotYours,
    /// Other types are required first.
    #[problem("checkout.requires", Conflict, checkout_requires(&_0.join(", ")))]
    Requires(Vec<String>),
    /// This many training modules are required first.
    #[problem("checkout.training", Conflict, checkout_training(*_0))]
    Training(u32),
    /// They failed, and may try again from then on.
    #[problem("checkout.retry", Conflict, checkout_retry(&lang.exact(*_0, *_1)))]
    Retry(Moment, Moment),
    /// These required steps were not seen.
    #[problem("checkout.steps", Conflict, checkout_steps_open(&_0.join(", ")))]
    Steps(Vec<String>),
    /// The trainer has not signed.
    #[problem("checkout.unsigned", Conflict, checkout_unsigned)]
    Unsigned,
    /// The step is not in the appointment's list.
    #[problem("checkout.unknown-step", NotFound, checkout_unknown_step)]
    UnknownStep,
    /// A newer list was saved meanwhile.
    #[problem("checkout.list-changed", Conflict, checkout_list_changed)]
    ListChanged,
    /// Nobody checks themselves out.
    #[problem("checkout.oneself", Forbidden, checkout_oneself)]
    Oneself,
    /// The pass cannot be undone.
    #[problem(with = stays(*_0, lang), codes = Stays::ALL.iter().map(|why| (Kind::Conflict, why.as_str())))]
    Stays(Stays),
    /// Fields of the form do not fit.
    #[problem("checkout.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// The ledger refuses the grant.
    #[problem(transparent)]
    Ledger(#[from] QualificationsError),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn taken(taken: &SlotConflict, lang: Lang) -> Problem {
    let SlotConflict { obstacle, by, now } = taken;
    let why = match (obstacle, by) {
        (None, _) => lang.checkout_not_offered().to_owned(),
        (Some(obstacle), Some((from, to))) => {
            let time = format!("{}–{}", lang.exact(*from, *now), text::time::clock(*to));
            lang.checkout_taken_by(lang.checkout_obstacle(*obstacle), &time)
        }
        (Some(obstacle), None) => lang.checkout_taken(lang.checkout_obstacle(*obstacle)),
    };
    Problem::new("checkout.taken", Kind::Conflict, why.clone()).field("starts", why)
}

fn stays(why: Stays, lang: Lang) -> Problem {
    Problem::new(why.as_str(), Kind::Conflict, lang.checkout_stays(why))
}

fn decided(decided: &Decided, lang: Lang) -> Problem {
    let state = lang.checkout_state(decided.state);
    let detail = match &decided.by {
        Some(name) => lang.checkout_decided_by(state, name),
        None => lang.checkout_decided(state),
    };
    Problem::new("checkout.decided", Kind::Conflict, detail)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub kind: TypeId,
    pub trainer: PersonId,
    /// When it begins; `None` if the input is no instant.
    pub starts: Option<Millis>,
}

/// An action on an appointment.
#[derive(Debug, Clone)]
pub struct Decide {
    pub action: CheckoutAction,
    /// The reason, or what to practise.
    pub note: Option<Remark<NOTE>>,
    /// Days after which a member who failed may ask again.
    pub retry_days: i64,
    /// With a failed checkout: exactly these steps are to be practised. `None` leaves the marks unchanged.
    pub practise: Option<Vec<CheckoutStepId>>,
}

impl Decide {
    /// The command in the fields of a form or a request, or all that is wrong with them.
    pub fn read(
        action: Option<CheckoutAction>,
        note: &str,
        retry_days: &str,
        practise: Option<Vec<CheckoutStepId>>,
    ) -> Result<Self, Vec<ValidationError>> {
        let action = action.filter(|action| *action != CheckoutAction::Move).ok_or(ValidationError::Action);
        let note = Remark::new(note).map_err(|TooLong| ValidationError::Note);
        let days = match retry_days.trim() {
            "" => Ok(RETRY_DAYS),
            input => {
                let days = input.parse().ok().filter(|days| (0..=RETRY_DAYS_MOST).contains(days));
                days.ok_or(ValidationError::Retry)
            }
        };
        // Steps to practise explain a failure, but not other refusals.
        let says_why =
            action == Ok(CheckoutAction::Fail) && practise.as_ref().is_some_and(|steps| !steps.is_empty());
        match (action, note, days) {
            (Ok(action), Ok(None), Ok(_)) if action.takes_note() && !says_why => {
                Err(vec![ValidationError::NoNote])
            }
            (Ok(action), Ok(note), Ok(retry_days)) => Ok(Self { action, note, retry_days, practise }),
            (action, note, days) => Err([action.err(), note.err(), days.err()].into_iter().flatten().collect()),
        }
    }
}

/// Requests a checkout at a time that a trainer offers; the trainer answers.
pub async fn ask(ctx: &Ctx, actor: &Actor, ask: Ask) -> Result<AppointmentId, CheckoutsError> {
    let (zone, about) = (ctx.space().zone, Target::equipment(ask.kind, None));
    let form = async {
        if ask.starts.is_none() {
            return Err(CheckoutsError::Invalid(vec![ValidationError::Starts]));
        }
        Ok(ask)
    };
    ctx.change_with(actor, Permission::AskForCheckout, about, form, async move |job, ask| {
        let person = job.actor.person().ok_or(Forbidden::SignIn)?;
        ready(job.tx.conn(), person, ask.kind, zone, job.now).await?;
        if open(job.tx.conn(), person, ask.kind, job.now).await?.is_some() {
            return Err(CheckoutsError::Open);
        }
        let request = Request { person, kind: ask.kind, instead_of: None, zone, now: job.now };
        let offer = choose(job.tx.conn(), request, ask).await?;
        let new = appointment(request, offer);
        let id = rows::add(job.tx, &new).await?;
        occupy(job, id, &new).await.map_err(|why| overtaken(why, zone, job.now))?;
        notify(job, &new, (id, 0), CheckoutNews::Asked).await?;
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "appointment": id, "type": ask.kind, "trainer": ask.trainer, "starts": ask.starts });
        job.audited(id, "checkout.asked", person, &detail).await
    })
    .await
}

/// Moves an open appointment of the caller to another time. The trainer must accept again.
pub async fn move_to(
    ctx: &Ctx,
    actor: &Actor,
    appointment_id: AppointmentId,
    trainer: PersonId,
    starts: Option<Millis>,
) -> Result<(), CheckoutsError> {
    let zone = ctx.space().zone;
    ctx.begin_permitted(actor, Permission::OwnAccount, Target::NONE, async move |begun| {
        let row = rows::one(begun.tx.conn(), appointment_id, begun.now).await?.ok_or(CheckoutsError::Unknown)?;
        if begun.actor.person() != Some(row.person) {
            return Err(CheckoutsError::Unknown);
        }
        let mut job = begun.require(Permission::AskForCheckout, Target::equipment(row.kind, None))?;
        check(&row, Side::Member, CheckoutAction::Move, job.now)?;
        ready(job.tx.conn(), row.person, row.kind, zone, job.now).await?;
        let ask = Ask { kind: row.kind, trainer, starts };
        let request = Request { person: row.person, kind: row.kind, instead_of: Some(row.id), zone, now: job.now };
        let offer = choose(job.tx.conn(), request, ask).await?;
        let new = appointment(request, offer);
        occupations::release(job.tx, Purpose::Appointment(row.id)).await?;
        rows::move_to(job.tx, row.id, &new).await?;
        occupy(&mut job, row.id, &new).await.map_err(|why| overtaken(why, zone, job.now))?;
        due::freed(job.tx, &job.proof, &row, job.now).await?;
        let moved = (row.id, row.sequence + 1);
        if new.trainer == row.trainer {
            notify(&mut job, &new, moved, CheckoutNews::Moved).await?;
        } else {
            tell_of(&mut job, &row, CheckoutNews::Cancelled, Side::Trainer).await?;
            notify(&mut job, &new, moved, CheckoutNews::Asked).await?;
        }
        job.tx.after_commit(ChangeEvent::Checkouts);
        let detail = json!({ "appointment": row.id, "trainer": trainer, "starts": starts, "before": row.starts });
        job.audited((), "checkout.moved", row.person, &detail).await
    })
    .await
}

/// Performs an action on an appointment: its member cancels it, its trainer answers or records the result.
pub async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    appointment: AppointmentId,
    decide: Result<Decide, Vec<ValidationError>>,
) -> Result<DecisionDone, CheckoutsError> {
    let form = async { decide.map_err(CheckoutsError::Invalid) };
    ctx.begin_with(actor, Permission::OwnAccount, Target::NONE, form, async move |begun, decide| {
        let row = rows::one(begun.tx.conn(), appointment, begun.now).await?.ok_or(CheckoutsError::Unknown)?;
        let side = side(&begun.actor, &row).ok_or(CheckoutsError::Unknown)?;
        let permission = match side {
            Side::Member => Permission::AskForCheckout,
            Side::Trainer => Permission::CheckOut,
        };
        let mut job = begun.require(permission, Target::equipment(row.kind, None))?;
        check(&row, side, decide.action, job.now)?;
        settle(&mut job, &row, &decide).await?;
        match decide.action {
            CheckoutAction::Accept => tell_of(&mut job, &row, CheckoutNews::Accepted, Side::Member).await?,
            CheckoutAction::Reject => tell_of(&mut job, &row, CheckoutNews::Rejected, Side::Member).await?,
            CheckoutAction::Fail => tell_of(&mut job, &row, CheckoutNews::Failed, Side::Member).await?,
            CheckoutAction::NoShow => tell_of(&mut job, &row, CheckoutNews::Missed, Side::Member).await?,
            CheckoutAction::Cancel => {
                let other = if side == Side::Member { Side::Trainer } else { Side::Member };
                tell_of(&mut job, &row, CheckoutNews::Cancelled, other).await?;
            }
            // The notice of the qualification says it.
            CheckoutAction::Pass | CheckoutAction::Move => {}
        }
        // Another trainer or a manager decided in their place.
        if side == Side::Trainer && job.actor.person() != Some(row.trainer) {
            match decide.action {
                CheckoutAction::Accept => tell_of(&mut job, &row, CheckoutNews::Accepted, Side::Trainer).await?,
                CheckoutAction::Reject | CheckoutAction::Cancel => {
                    tell_of(&mut job, &row, CheckoutNews::Cancelled, Side::Trainer).await?;
                }
                CheckoutAction::Pass | CheckoutAction::Fail | CheckoutAction::NoShow | CheckoutAction::Move => {}
            }
        }
        let detail = json!({ "appointment": row.id, "type": row.kind, "deed": decide.action });
        let done = DecisionDone {
            appointment: row.id,
            person_name: row.person_name,
            kind_name: row.kind_name,
            action: Some(decide.action),
        };
        job.audited(done, "checkout.decided", row.person, &detail).await
    })
    .await
}

/// The actor's side of `row`; `None` for uninvolved people.
fn side(actor: &Actor, row: &CheckoutRow) -> Option<Side> {
    if actor.person() == Some(row.person) {
        Some(Side::Member)
    } else {
        actor.may(Permission::CheckOut, Target::equipment(row.kind, None)).then_some(Side::Trainer)
    }
}

/// Whether the action is possible now.
fn check(row: &CheckoutRow, side: Side, action: CheckoutAction, now: Millis) -> Result<(), CheckoutsError> {
    // The second to answer a request is shown the first answer.
    let is_answer = side == Side::Trainer && matches!(action, CheckoutAction::Accept | CheckoutAction::Reject);
    if actions(row.state, side, row.span(), now).contains(&action) {
        Ok(())
    } else if row.state == State::Pending || (row.state == State::Accepted && !is_answer) {
        Err(CheckoutsError::NotNow)
    } else {
        let by = row.decided_by_name.clone();
        Err(CheckoutsError::Decided(Decided { state: row.state, by }))
    }
}

/// Stores a decision, releases time that is no longer needed, and grants a passed checkout.
async fn settle(job: &mut Job<'_>, row: &CheckoutRow, decide: &Decide) -> Result<(), CheckoutsError> {
    match (decide.action, &decide.practise) {
        (CheckoutAction::Pass, _) => {
            let them = people::one(job.tx.conn(), row.person, job.now).await?.ok_or(CheckoutsError::Unknown)?;
            if rank(them.status, &them.ledger, job.now) < Rank::Member {
                return Err(CheckoutsError::NoMember);
            }
            if them.ledger.ban(Subject::Type(row.kind), job.now).is_some() {
                return Err(CheckoutsError::Banned);
            }
            steps::passable(job, row.id).await?;
        }
        (CheckoutAction::Fail, Some(steps)) => steps::practise(job, row.id, steps).await?,
        _ => {}
    }
    let (by, at, state) = (job.by().await?, job.now, decide.action.leads_to());
    let remark = job.remark(Some(row.person), by, decide.note.as_ref()).await?;
    let days = u32::try_from(decide.retry_days).unwrap_or_default();
    let retry = (decide.action == CheckoutAction::Fail).then(|| at.after(DAY * days));
    rows::decide(job.tx, row.id, &Decision { state, at, by, remark, retry }).await?;
    if !state.is_open() {
        occupations::release(job.tx, Purpose::Appointment(row.id)).await?;
        due::freed(job.tx, &job.proof, row, at).await?;
    }
    if decide.action == CheckoutAction::Pass {
        qualifications::grant_for_checkout(job, row.person, row.kind).await?;
    }
    job.tx.after_commit(ChangeEvent::Checkouts);
    Ok(())
}

/// The open appointment of `person` on `kind`.
async fn open(
    conn: &mut SqliteConnection,
    person: PersonId,
    kind: TypeId,
    now: Millis,
) -> Result<Option<CheckoutRow>, StoreError> {
    let filter = rows::Filter { person: Some(person), kind: Some(kind), open: true, ..rows::Filter::default() };
    Ok(rows::list(conn, filter, 1, now).await?.pop())
}

/// The requested offer, if available.
async fn choose(conn: &mut SqliteConnection, request: Request, ask: Ask) -> Result<Offer, CheckoutsError> {
    let now = request.zone.moment(request.now);
    let starts = ask.starts.ok_or_else(|| CheckoutsError::Invalid(vec![ValidationError::Starts]))?;
    if ask.trainer == request.person {
        return Err(CheckoutsError::Oneself);
    }
    let all = offers(conn, request).await?;
    let requested = |offer: &&Offer| offer.trainer == ask.trainer && offer.span.starts == starts;
    let refused = |obstacle, by: Option<Span>| {
        let by = by.map(|by| (request.zone.moment(by.starts), request.zone.moment(by.ends)));
        CheckoutsError::Conflict(Box::new(SlotConflict { obstacle, by, now }))
    };
    let offer = all.offers.iter().find(requested).ok_or_else(|| refused(None, None))?;
    match offer.obstacle {
        None => Ok(*offer),
        Some((obstacle, by)) => Err(refused(Some(obstacle), by)),
    }
}

fn appointment(request: Request, offer: Offer) -> NewAppointment {
    NewAppointment {
        person: request.person,
        trainer: offer.trainer,
        kind: request.kind,
        machine: offer.machine,
        span: offer.span,
        state: State::Pending,
        at: request.now,
    }
}

/// Takes the time of the trainer, the member and the machine.
async fn occupy(job: &mut Job<'_>, id: AppointmentId, of: &NewAppointment) -> Result<(), StoreError> {
    let machine = of.machine.map(Occupied::Machine);
    for whose in [Occupied::Person(of.trainer), Occupied::Person(of.person)].into_iter().chain(machine) {
        occupations::take(job.tx, whose, of.span, Purpose::Appointment(id)).await?;
    }
    Ok(())
}

/// The storage refused a time that looked free.
fn overtaken(why: StoreError, zone: Zone, now: Millis) -> CheckoutsError {
    match why {
        StoreError::Overlap(whose) => {
            let obstacle = if whose == "machine" { Obstacle::Machine } else { Obstacle::Trainer };
            let taken = SlotConflict { obstacle: Some(obstacle), by: None, now: zone.moment(now) };
            CheckoutsError::Conflict(Box::new(taken))
        }
        why => why.into(),
    }
}

/// Notifies the trainer of a request or of its new time.
async fn notify(
    job: &mut Job<'_>,
    of: &NewAppointment,
    (appointment, sequence): (AppointmentId, i64),
    news: CheckoutNews,
) -> Result<(), StoreError> {
    let notice = Notice::Checkout { news, appointment, on: of.kind, starts: of.span.starts, sequence };
    job.notify(of.trainer, notice).await
}

/// The notice about an appointment that was moved `sequence` times.
fn notice(row: &CheckoutRow, news: CheckoutNews, sequence: i64) -> Notice {
    Notice::Checkout { news, appointment: row.id, on: row.kind, starts: row.starts, sequence }
}

async fn tell_of(job: &mut Job<'_>, row: &CheckoutRow, news: CheckoutNews, side: Side) -> Result<(), StoreError> {
    let notice = notice(row, news, row.sequence);
    job.notify(if side == Side::Member { row.person } else { row.trainer }, notice).await
}

//! Help at a machine: a member asks, trainers and owners who are in the space are notified, one of them answers. What nobody answers
//! is passed on.
//!
//! **Invariants.** One person has one open request at a machine. Requests, their text and their names are for the
//! person who asked and for those who may answer; for others they do not exist. A second answer is refused, so that two
//! helpers do not come.
//!
//! Not here: whom to notify, which `domain::help` decides.

use crate::{
    Ctx,
    change::{Begun, Job},
    due::settle_each,
    notices::as_actor,
    rate::RateLimiter,
    serve::bind,
};
use contract::{
    form::Faults,
    help::{
        AnswerHelp, AskForHelp, HelpAnswer, HelpAtMachine, HelpRequestView, HelpRequests, ListHelpAtMachine,
        ListHelpRequests, NewHelpRequest, ResolveHelp,
    },
};
use domain::{
    actor::{Actor, Forbidden, Permission, Rank, Target},
    help::{HelpState, Helper, HelperRole, OPEN_FOR, PASS_ON, REQUESTS, passed_on, recipients},
    id::{HelpId, MachineId, PersonId, TypeId},
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
    qualifications::Relation,
    time::Millis,
    zone::Zone,
};
use macros::ServiceError;
use serde_json::json;
use std::collections::BTreeSet;
use store::{
    SqliteConnection, StoreError, WriteTx,
    audit::{self, AuditEntry},
    doors::visits,
    help::{self as rows, HelpRow},
    machines, notices,
};

/// Limits how often a person asks.
#[derive(Default)]
struct Limits(RateLimiter);

/// Why nothing is asked, answered or shown.
#[derive(Debug, Clone, ServiceError)]
pub enum HelpError {
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    /// Unknown, or of a machine that the caller does not help at.
    #[problem("help.unknown", NotFound, help_unknown)]
    Unknown,
    /// They have an open request at this machine.
    #[problem("help.open", Conflict, help_open)]
    Open,
    /// It is resolved, or has expired.
    #[problem("help.over", Conflict, help_over)]
    Over,
    /// Another helper was first.
    #[problem("help.answered", Conflict, help_answered_by(_0.as_deref().unwrap_or(lang.audit_former())))]
    Answered(Option<String>),
    /// They asked themselves.
    #[problem("help.own", Forbidden, help_own)]
    Own,
    #[problem("help.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem("rate.exceeded", TooMany, help_too_often(_0.div_ceil(60)), after = *_0)]
    TooOften(u32),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error HelpError;
    ListHelpRequests {}, may AskForHelp => list;
    ListHelpAtMachine { machine }, may AskForHelp => at_machine;
    AskForHelp { machine } with form, may AskForHelp => ask;
    AnswerHelp { id } with form, may AskForHelp => answer;
    ResolveHelp { id }, may AskForHelp => resolve;
}

/// The machine that a request is about.
pub(crate) fn about(row: &HelpRow) -> Target {
    Target::equipment(row.kind, Some(row.machine))
}

/// Whether the request exists for `actor`.
fn sees(actor: &Actor, row: &HelpRow) -> bool {
    (row.person.is_some() && row.person == actor.person()) || actor.may(Permission::AnswerHelp, about(row))
}

fn to_view(zone: Zone, actor: &Actor, row: HelpRow, now: Millis) -> HelpRequestView {
    let state = row.times().state(now);
    let mine = row.person.is_some() && row.person == actor.person();
    HelpRequestView {
        may_answer: state == HelpState::Open && !mine && actor.may(Permission::AnswerHelp, about(&row)),
        id: row.id,
        machine: row.machine,
        machine_name: row.machine_name,
        state,
        text: row.text,
        asked: zone.moment(row.asked),
        asked_by: row.person_name,
        mine,
        notified: row.notified,
        inside: row.inside,
        passed_on: row.passed_on.map(|at| zone.moment(at)),
        expires: zone.moment(row.expires),
        answered: row.answered.map(|at| zone.moment(at)),
        helper: row.helper_name,
        answer: row.answer,
    }
}

async fn list(ctx: &Ctx, actor: &Actor) -> Result<HelpRequests, HelpError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let open = rows::open(&mut *ctx.store().read().await?, None, now).await?;
    let seen = open.into_iter().filter(|row| sees(actor, row));
    Ok(HelpRequests { requests: seen.map(|row| to_view(zone, actor, row, now)).collect() })
}

async fn at_machine(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<HelpAtMachine, HelpError> {
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let mut snapshot = ctx.store().snapshot().await?;
    let (_, machine_name) = kind_and_name(&mut snapshot, machine).await?;
    let open = rows::open(&mut snapshot, Some(machine), now).await?;
    let seen = open.into_iter().filter(|row| sees(actor, row));
    let requests: Vec<_> = seen.map(|row| to_view(zone, actor, row, now)).collect();
    let may_ask = !requests.iter().any(|request| request.mine);
    Ok(HelpAtMachine { now: ctx.moment(now), machine, machine_name, requests, may_ask })
}

/// The type and the name of a machine that is not archived.
async fn kind_and_name(conn: &mut SqliteConnection, machine: MachineId) -> Result<(TypeId, String), HelpError> {
    let found = machines::one(conn, machine).await?.filter(|row| row.archived.is_none());
    let row = found.ok_or(HelpError::UnknownMachine)?;
    Ok((row.kind, row.name))
}

/// Asks for help at `machine`.
async fn ask(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    new: NewHelpRequest,
) -> Result<HelpRequestView, HelpError> {
    if let Some(person) = actor.person() {
        let taken = ctx.memory::<Limits>().0.take(person, REQUESTS, ctx.steady());
        taken.map_err(|empty| HelpError::TooOften(empty.seconds()))?;
    }
    ctx.change(actor, Permission::AskForHelp, Target::NONE, async move |job| {
        let (kind, _) = kind_and_name(job.tx.conn(), machine).await?;
        let person = job.proof.by().ok_or(Forbidden::NotAllowed)?;
        let open = rows::open(job.tx.conn(), Some(machine), job.now).await?;
        if open.iter().any(|row| row.person == Some(person)) {
            return Err(HelpError::Open);
        }
        let notified = recipients(&helpers(job.tx.conn(), kind, machine, job.now).await?, person);
        let by = job.by().await?;
        let remark = job.remark(Some(person), by, new.text.as_ref()).await?;
        let (until, inside) = (job.now.after(OPEN_FOR), notified.inside);
        let new = rows::NewHelpRequest {
            machine,
            person,
            remark,
            asked: job.now,
            expires: until,
            notified: u32::try_from(notified.people.len()).unwrap_or(u32::MAX),
            inside,
        };
        let help = rows::add(job.tx, &new).await?;
        // Channels hear of it even if nobody is notified.
        let asked = Notice::HelpAsked { help, machine, until, inside, passed_on: false };
        job.broadcast(asked).await?;
        for helper in notified.people {
            job.notify(helper, asked).await?;
        }
        job.tx.after_commit(ChangeEvent::Machine(machine));
        let view = view_of(job, help).await?;
        let detail = json!({ "help": help, "notified": new.notified, "inside": inside });
        job.audited(view, "help.asked", machine, &detail).await
    })
    .await
}

/// Everybody who may help at `machine`, and whether they are in the space: inside by the doors, or at a machine.
async fn helpers(
    conn: &mut SqliteConnection,
    kind: TypeId,
    machine: MachineId,
    now: Millis,
) -> Result<Vec<Helper>, StoreError> {
    let inside: BTreeSet<PersonId> = visits::inside(conn).await?.into_iter().map(|row| row.person).collect();
    let candidates = notices::candidates(conn, Some(kind), Some(machine)).await?;
    let helpers = candidates.into_iter().filter_map(|(person, ledger)| {
        let actor = as_actor(person, PersonStatus::Active, ledger, now);
        let known = actor.known()?;
        let role = match known.rank() {
            _ if known.is(Relation::Owner, kind, Some(machine)) => HelperRole::Owner,
            _ if known.is(Relation::Trainer, kind, Some(machine)) => HelperRole::Trainer,
            Rank::Manager => HelperRole::Manager,
            Rank::Administrator => HelperRole::Administrator,
            _ => return None,
        };
        Some(Helper { person, role, inside: inside.contains(&person) })
    });
    Ok(helpers.collect())
}

/// Passes requests on that nobody answers. Run by a timer; returns how many.
pub(crate) async fn run_due(ctx: &Ctx) -> Result<usize, StoreError> {
    let now = ctx.now();
    let mut unanswered = Vec::new();
    {
        let mut snapshot = ctx.store().snapshot().await?;
        for row in rows::open(&mut snapshot, None, now).await? {
            if !left_out(&mut snapshot, &row, now).await?.is_empty() {
                unanswered.push(row.id);
            }
        }
    }
    settle_each(ctx, unanswered, async move |tx, help| pass_on(tx, help, now).await).await
}

/// The people to whom a request is to be passed on at `now`, and who were not notified of it before.
async fn left_out(conn: &mut SqliteConnection, row: &HelpRow, now: Millis) -> Result<Vec<PersonId>, StoreError> {
    let waited = now.since(row.asked);
    let waits = row.times().state(now) == HelpState::Open && PASS_ON <= waited;
    let Some(asker) = row.person.filter(|_| waits) else { return Ok(Vec::new()) };
    let mut left = Vec::new();
    for helper in helpers(conn, row.kind, row.machine, now).await? {
        if !notices::is_recorded(conn, helper.person, &unanswered(row)).await? {
            left.push(helper);
        }
    }
    Ok(passed_on(&left, asker, waited, row.passed_on.is_some()))
}

/// The notice about a request that nobody has answered, for people who may be elsewhere.
const fn unanswered(row: &HelpRow) -> Notice {
    Notice::HelpAsked { help: row.id, machine: row.machine, until: row.expires, inside: false, passed_on: true }
}

async fn pass_on(tx: &mut WriteTx, help: HelpId, now: Millis) -> Result<Option<AuditEntry>, StoreError> {
    let Some(row) = rows::one(tx.conn(), help).await? else { return Ok(None) };
    let people = left_out(tx.conn(), &row, now).await?;
    let Ok(proof) = Actor::TOOLGATE.require(Permission::KeepHouse, Target::NONE) else { return Ok(None) };
    if people.is_empty() {
        return Ok(None);
    }
    for &helper in &people {
        // In the name of the person who asks.
        notices::record(tx, row.person, helper, &unanswered(&row), now).await?;
    }
    let notified = u32::try_from(people.len()).unwrap_or(u32::MAX);
    rows::pass_on(tx, help, notified, now).await?;
    tx.after_commit(ChangeEvent::Machine(row.machine));
    let detail = json!({ "help": help, "notified": notified });
    audit::entry(tx, &proof, now, "help.passed-on", row.machine, &detail).await.map(Some)
}

/// An open request that exists for the actor of the job.
async fn open_one(begun: &mut Begun<'_>, id: HelpId) -> Result<HelpRow, HelpError> {
    let row = rows::one(begun.tx.conn(), id).await?.filter(|row| sees(&begun.actor, row));
    let row = row.ok_or(HelpError::Unknown)?;
    if row.times().state(begun.now).is_open() { Ok(row) } else { Err(HelpError::Over) }
}

/// Answers a request: the helper comes, or says what to do.
async fn answer(ctx: &Ctx, actor: &Actor, id: HelpId, form: HelpAnswer) -> Result<HelpRequestView, HelpError> {
    ctx.begin_permitted(actor, Permission::AskForHelp, Target::NONE, async move |mut begun| {
        let row = open_one(&mut begun, id).await?;
        if row.person.is_some() && row.person == begun.actor.person() {
            return Err(HelpError::Own);
        }
        if row.answered.is_some() {
            return Err(HelpError::Answered(row.helper_name));
        }
        let mut job = begun.require(Permission::AnswerHelp, about(&row))?;
        let by = job.by().await?;
        let helper = job.proof.by();
        let remark = job.remark(helper, by, form.text.as_ref()).await?;
        rows::answer(job.tx, id, helper, remark, job.now).await?;
        if let Some(person) = row.person {
            let (help, machine, until) = (id, row.machine, row.expires);
            job.notify(person, Notice::HelpAnswered { help, machine, until }).await?;
        }
        job.tx.after_commit(ChangeEvent::Machine(row.machine));
        let view = view_of(&mut job, id).await?;
        job.audited(view, "help.answered", row.machine, &json!({ "help": id })).await
    })
    .await
}

/// Marks a request as done.
async fn resolve(ctx: &Ctx, actor: &Actor, id: HelpId) -> Result<HelpRequestView, HelpError> {
    ctx.begin_permitted(actor, Permission::AskForHelp, Target::NONE, async move |mut begun| {
        let row = open_one(&mut begun, id).await?;
        let mut job = begun.require(Permission::AskForHelp, Target::NONE)?;
        rows::resolve(job.tx, id, job.now).await?;
        job.tx.after_commit(ChangeEvent::Machine(row.machine));
        let view = view_of(&mut job, id).await?;
        job.audited(view, "help.resolved", row.machine, &json!({ "help": id })).await
    })
    .await
}

async fn view_of(job: &mut Job<'_>, id: HelpId) -> Result<HelpRequestView, HelpError> {
    let row = rows::one(job.tx.conn(), id).await?.ok_or(HelpError::Unknown)?;
    Ok(to_view(job.zone, &job.actor, row, job.now))
}

//! Whether a person may use a machine, asked without a card: on a page or over the API.

use crate::{
    Ctx,
    decisions::{load_door, load_supervision},
    hours, training as training_paths,
};
use contract::access::{Answers, Contact, TraceView};
use domain::{
    access::{Fact, Helper, Lack, Reason, Remedy, RemedyAction, Trace, lacks, trace},
    actor::{Actor, Forbidden, Permission, Rank, Target},
    holds::HoldReason,
    hours::AHEAD,
    id::{DocumentId, MachineId, ModuleId, PersonId, TypeId},
    qualifications::{Relation, Subject},
    time::{DAY, MINUTE, Millis},
};
use macros::ServiceError;
use std::collections::{BTreeMap, BTreeSet};
use store::{SqliteConnection, StoreError, access, documents, equipment::BUILT_IN, training};

/// Limit of people offered in the list.
const OFFERED: i64 = 500;
/// People who swiped at the machine within this many days are offered.
const LATELY: u32 = 30;

/// A question about access: person, machine and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    pub person: PersonId,
    pub machine: MachineId,
    /// When; `None` is now.
    pub at: Option<Millis>,
}

/// Why there is no answer.
#[derive(Debug, Clone, ServiceError)]
pub enum AccessError {
    #[problem("machine.unknown", NotFound, machine_unknown)]
    UnknownMachine,
    /// Unknown person, or one that the caller may not ask about.
    #[problem("person.unknown", NotFound, access_person_unknown)]
    UnknownPerson,
    /// The time is past, or too far ahead to tell.
    #[problem("access.when", Invalid, at("at", access_when(&AHEAD.to_string())))]
    When,
    /// The caller may not ask.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// Whether a person may use a machine, and why or why not: the same decision that a board would get.
pub async fn ask(ctx: &Ctx, actor: &Actor, question: Question) -> Result<TraceView, AccessError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let now = ctx.now();
    let at = question.at.unwrap_or(now);
    if at < now.before(MINUTE) || at > now.after(DAY * AHEAD.unsigned_abs().try_into().unwrap_or(u32::MAX)) {
        return Err(AccessError::When);
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let kind = access::kind_of(&mut snapshot, question.machine).await?.ok_or(AccessError::UnknownMachine)?;
    let about = Target::equipment(kind, Some(question.machine)).and_person(question.person);
    match actor.require(Permission::AskForOthers, about) {
        Ok(_) => {}
        Err(Forbidden::SecondFactor) => return Err(Forbidden::SecondFactor.into()),
        Err(Forbidden::SignIn | Forbidden::NotAllowed) => return Err(AccessError::UnknownPerson),
    }
    if !concerns(&mut snapshot, actor, question, kind, now).await? {
        return Err(AccessError::UnknownPerson);
    }
    Ok(answer(ctx, &mut snapshot, question, at, now).await?.ok_or(AccessError::UnknownPerson)?.0)
}

/// The access answers on a machine's page: for the caller, for `other` if the caller may ask about them, and the
/// people the caller may ask about.
pub async fn answers(
    ctx: &Ctx,
    actor: &Actor,
    machine: MachineId,
    other: Option<PersonId>,
) -> Result<Answers, AccessError> {
    let Some(me) = actor.person() else { return Ok(NOTHING) };
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let (kind, own) = own(ctx, &mut snapshot, actor, (me, machine), now).await?;
    // Names of staff are shown to members only.
    let helpers = match own.mine.as_ref().and_then(helper) {
        Some(helper) if belongs(actor) => who_helps(&mut snapshot, actor, helper, (kind, machine), now).await?,
        Some(_) | None => Vec::new(),
    };
    let own = Answers { helpers, ..own };
    if !actor.may(Permission::AskForOthers, Target::equipment(kind, Some(machine))) {
        return Ok(own);
    }
    let since = now.before(DAY * LATELY);
    let mut people = access::whom_to_ask_for(&mut snapshot, kind, machine, since, OFFERED).await?;
    people.retain(|(person, _)| *person != me);
    let asks = |person| Question { person, machine, at: None };
    let other = match other.filter(|other| *other != me) {
        Some(other) if concerns(&mut snapshot, actor, asks(other), kind, now).await? => {
            answer(ctx, &mut snapshot, asks(other), now, now).await?.map(|(reported, _)| reported)
        }
        _ => None,
    };
    Ok(Answers { other, people: Some(people), ..own })
}

/// Like `answers`, for the caller alone: without the people who could help.
pub async fn own_answers(ctx: &Ctx, actor: &Actor, machine: MachineId) -> Result<Answers, AccessError> {
    let Some(me) = actor.person() else { return Ok(NOTHING) };
    let mut snapshot = ctx.store().snapshot().await?;
    Ok(own(ctx, &mut snapshot, actor, (me, machine), ctx.now()).await?.1)
}

/// The answers for anonymous visitors.
const NOTHING: Answers = Answers {
    mine: None,
    on_it: false,
    starting: false,
    cardless: false,
    cares: false,
    path: None,
    helpers: Vec::new(),
    other: None,
    people: None,
};

/// Who can resolve the refusal, if it is a person.
fn helper(view: &TraceView) -> Option<Helper> {
    match view.next()? {
        Remedy::Ask(helper) => Some(helper),
        Remedy::Do(RemedyAction::FetchTrainer(kind)) => Some(Helper::Trainer(kind)),
        Remedy::Do(_) | Remedy::Wait(_) => None,
    }
}

/// The type of `machine`, and the caller's own access.
async fn own(
    ctx: &Ctx,
    snapshot: &mut SqliteConnection,
    actor: &Actor,
    (me, machine): (PersonId, MachineId),
    now: Millis,
) -> Result<(TypeId, Answers), AccessError> {
    let kind = access::kind_of(snapshot, machine).await?.ok_or(AccessError::UnknownMachine)?;
    let (mine, stands) =
        answer(ctx, snapshot, Question { person: me, machine, at: None }, now, now).await?.unzip();
    let path = match &mine {
        Some(reported) if actor.may(Permission::Learn, Target::NONE) && needs_path(&reported.trace) => {
            Some(training_paths::here(ctx, snapshot, me, (machine, kind), now).await?)
        }
        _ => None,
    };
    let Stands { on_it, starting, cardless } = stands.unwrap_or_default();
    let cares = actor.may(Permission::CareFor, Target::equipment(kind, Some(machine)));
    Ok((kind, Answers { mine, on_it, starting, cardless, cares, path, ..NOTHING }))
}

/// Whether steps are left on the path: training and a checkout, or training to repeat.
fn needs_path(trace: &Trace) -> bool {
    let is_learned = |reason: &Reason| {
        matches!(
            reason,
            Reason::NotQualified(_)
                | Reason::NeedsTrainer(_)
                | Reason::TrainingMissing(_)
                | Reason::TrainingLapsed(_)
        )
    };
    let ends = |fact: &Fact| matches!(fact, Fact::Completed { until: Some(_), .. });
    trace.decision.reasons().iter().any(is_learned) || trace.steps.iter().flat_map(|step| &step.facts).any(ends)
}

/// A person's access to many machines.
pub(crate) struct Usable {
    pub machines: BTreeSet<MachineId>,
    /// What they lack for the others, as codes.
    pub lacks: BTreeMap<MachineId, Vec<Lack>>,
    /// A hold that bars them from every machine.
    pub hold: Option<(HoldReason, Option<Millis>)>,
    /// They have an active card.
    pub has_card: bool,
    /// When that is known to change.
    pub until: Option<Millis>,
}

/// Which of `machines` the person could start now, and what they lack for the others, in as many statements as for
/// one machine. Machines they are already on are excluded.
pub(crate) async fn usable(
    conn: &mut SqliteConnection,
    person: PersonId,
    machines: &[MachineId],
    now: Millis,
) -> Result<Usable, StoreError> {
    let mut request = access::load_facts_of(conn, machines, person, now).await?;
    for one in request.values_mut() {
        if let Some(machine) = &mut one.facts.machine {
            machine.opening = hours::opening(&one.hours, &one.settings, now);
        }
    }
    load_supervision(conn, request.values_mut().map(|one| &mut one.facts), now).await?;
    let mut usable =
        Usable { machines: BTreeSet::new(), lacks: BTreeMap::new(), hold: None, has_card: false, until: None };
    let mut denied = Vec::new();
    for (id, one) in request {
        let trace = trace(&one.facts, now);
        let ends = trace.instants().into_iter().find(|&at| at > now);
        usable.until = usable.until.into_iter().chain(ends).min();
        usable.has_card |= one.has_card;
        if one.on_it {
            continue;
        }
        if trace.decision.is_yes() {
            usable.machines.insert(id);
            continue;
        }
        usable.hold = usable.hold.or_else(|| {
            trace.decision.reasons().iter().find_map(|reason| match *reason {
                Reason::OnHold { reason, until, .. } => Some((reason, until)),
                _ => None,
            })
        });
        let kind = one.facts.machine.as_ref().map_or(TypeId(0), |machine| machine.kind);
        denied.push((id, kind, trace));
    }
    let learns = denied.iter().any(|(_, _, trace)| !trace.modules().is_empty());
    let facts = if learns { training::path_facts(conn, person, None).await? } else { Vec::new() };
    for (id, kind, trace) in denied {
        let left = |module| training_paths::left_of(&facts, kind, id, module);
        usable.lacks.insert(id, lacks(trace.decision.reasons(), left));
    }
    Ok(usable)
}

/// Whether the caller may ask about this person: those who see people may ask about everyone, trainers and owners
/// about members and people with a link to the machine. To others the person is unknown.
async fn concerns(
    conn: &mut SqliteConnection,
    actor: &Actor,
    question: Question,
    kind: TypeId,
    now: Millis,
) -> Result<bool, StoreError> {
    if actor.may(Permission::SeePerson, Target::person(question.person)) {
        return Ok(true);
    }
    access::is_to_ask_for(conn, question.person, kind, question.machine, now.before(DAY * LATELY)).await
}

/// Whether the actor is a member, or reads everything.
fn belongs(actor: &Actor) -> bool {
    actor.known().is_some_and(|known| known.rank() >= Rank::Member || known.is_auditor())
}

/// Those who can help at `at`, by name, and how `actor` reaches them.
async fn who_helps(
    conn: &mut SqliteConnection,
    actor: &Actor,
    helper: Helper,
    (kind, machine): (TypeId, MachineId),
    at: Millis,
) -> Result<Vec<Contact>, StoreError> {
    let (of, relation) = match helper {
        Helper::Manager => (BUILT_IN.space, Relation::Owner),
        Helper::Trainer(of) => (of, Relation::Trainer),
        Helper::Owner(of) => (of, Relation::Owner),
    };
    // A trainer or owner of one machine helps at that one.
    let here = (of == kind).then_some(machine);
    let subjects: Vec<_> = [Some(Subject::Type(of)), here.map(Subject::Machine)].into_iter().flatten().collect();
    let staff = access::staff(conn, of, here).await?;
    let helps = staff.into_iter().filter(|one| one.ledger.holds(relation, &subjects, at));
    let contacts = helps.map(|one| {
        // A trainer at a single machine gives no checkouts on its type.
        let trains = relation == Relation::Trainer && one.ledger.holds(relation, &subjects[..1], at);
        let may_see = actor.may(Permission::SeePerson, Target::person(one.id));
        Contact {
            person: one.id,
            name: one.name,
            checkout: trains.then_some(of),
            mail: one.email.filter(|_| may_see),
        }
    });
    Ok(contacts.collect())
}

/// The state of the person of a question at the machine, apart from their permissions.
#[derive(Default)]
struct Stands {
    on_it: bool,
    starting: bool,
    cardless: bool,
}

/// Decides, and loads the data to explain the decision; with the person's state at the machine.
async fn answer(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    question: Question,
    at: Millis,
    now: Millis,
) -> Result<Option<(TraceView, Stands)>, StoreError> {
    let Some(mut request) = access::load_facts(conn, question.machine, question.person, at).await? else {
        return Ok(None);
    };
    if let Some(machine) = &mut request.facts.machine {
        machine.opening = hours::opening(&request.hours, &request.settings, at);
    }
    load_supervision(conn, [&mut request.facts], at).await?;
    load_door(conn, request.door, &mut request.facts, &request.settings, at).await?;
    if at > now.after(MINUTE) {
        request.facts.floor = None;
    }
    let kind = request.facts.machine.as_ref().map_or(TypeId(0), |machine| machine.kind);
    let trace = trace(&request.facts, at);
    let names = Names {
        types: access::names_of_types(conn, &spoken_of(&trace, kind)).await?,
        modules: access::titles_of_modules(conn, &trace.modules()).await?,
        quizzes: training::only_quiz_left(conn, question.person, (kind, question.machine), &trace.modules())
            .await?,
        documents: documents::titles(conn, &trace.documents()).await?,
    };
    let stands = Stands { on_it: request.on_it, starting: request.starting, cardless: !request.has_card };
    Ok(Some((to_trace(ctx, trace, request.name, kind, &names, now), stands)))
}

/// The types that a trace speaks of, with that of its machine.
pub(super) fn spoken_of(trace: &Trace, kind: TypeId) -> Vec<TypeId> {
    let mut types = trace.types();
    if !types.contains(&kind) {
        types.push(kind);
    }
    types
}

/// Names for the ids in traces.
pub(super) struct Names {
    pub types: Vec<(TypeId, String)>,
    pub modules: Vec<(ModuleId, String)>,
    /// Modules of which only the quiz is missing.
    pub quizzes: Vec<ModuleId>,
    pub documents: Vec<(DocumentId, String)>,
}

/// A trace with the moments that its sentences need and, out of `names`, the names.
pub(super) fn to_trace(
    ctx: &Ctx,
    trace: Trace,
    name: Option<String>,
    kind: TypeId,
    names: &Names,
    now: Millis,
) -> TraceView {
    let spoken_of = spoken_of(&trace, kind);
    let types = names.types.iter().filter(|(id, _)| spoken_of.contains(id)).cloned().collect();
    let missing = trace.modules();
    let modules = names.modules.iter().filter(|(id, _)| missing.contains(id)).cloned().collect();
    let moments = trace.instants().into_iter().map(|at| ctx.moment(at)).collect();
    let quizzes = names.quizzes.clone();
    let unsigned = trace.documents();
    let documents = names.documents.iter().filter(|(id, _)| unsigned.contains(id)).cloned().collect();
    TraceView { trace, name, kind, types, modules, quizzes, documents, moments, now: ctx.moment(now) }
}

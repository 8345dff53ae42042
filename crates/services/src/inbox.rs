//! The inbox: pending decisions for those who run the space, from every noun, decided in place.
//!
//! **Invariants.** [`SOURCES`] is the one list: a noun with pending decisions adds its line. People see only the
//! items that they may decide. When two people decide, the second sees who was first and the decision (A3).

mod booking_requests;
mod endings;
mod help_requests;
mod leaderless;

use crate::{
    Ctx,
    availability::taught,
    cards::{self, CardsError, ClaimsError},
    checkouts, maintenance, notices,
    people::{self, PeopleError},
    pictures,
};
use contract::{
    cards::Sorted,
    checkouts::Appointment,
    inbox::{Decided, Detail, Inbox, Item, TrainerDay},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Principal, Target},
    bookings::ANSWERED_WITHIN,
    events::DomainEvent,
    hours::DAY_MINUTES,
    id::{ClaimId, PersonId, UnknownCardId, UseId},
    inbox::{Matter, SHOWN, UNDO, Verdict},
    live::ChangeEvent,
    notices::Notice,
    occupations::Span,
    people::{PersonStatus, Step, StepRefusal, may_step},
    problem::{Kind, Problem},
    problems::State,
    qualifications::{Cause, EntryKind, Relation, SPACE, change::TargetPerson},
    requests,
    time::{DAY, Date, Millis, Moment},
};
use macros::ServiceError;
use serde_json::json;
use std::{cmp::Ordering, future::Future, pin::Pin};
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    inbox::{self, Counted, Unauthorised},
    occupations::{self, Busy},
    people::{applicants, one, set_status},
    qualifications::{self, NewEntry},
};
use text::Lang;

/// Days for which unauthorised uses are shown, like unknown cards, unless acknowledged.
const UNAUTHORISED: u32 = 30;
/// Days for which unknown cards are shown.
const CARDS: u32 = 30;

type Found<'a> = Pin<Box<dyn Future<Output = Result<Vec<Item>, StoreError>> + Send + 'a>>;

/// A source of items: who may see them, and how they are loaded.
struct Source {
    permission: Permission,
    find: for<'a> fn(&'a Ctx, &'a Actor, &'a mut SqliteConnection, Millis) -> Found<'a>,
}

/// Every source, in the order of the inbox.
const SOURCES: &[Source] = &[
    Source { permission: Permission::Admit, find: |ctx, _, conn, now| Box::pin(who_applied(ctx, conn, now)) },
    Source {
        permission: Permission::Moderate,
        find: |ctx, actor, conn, now| Box::pin(booking_requests::find(ctx, actor, conn, now)),
    },
    Source {
        permission: Permission::CheckOut,
        find: |ctx, actor, conn, now| Box::pin(load_requests(ctx, actor, conn, now)),
    },
    Source { permission: Permission::GiveCard, find: |ctx, _, conn, now| Box::pin(claimed(ctx, conn, now)) },
    Source { permission: Permission::GiveCard, find: |ctx, _, conn, now| Box::pin(unclaimed(ctx, conn, now)) },
    Source { permission: Permission::CareFor, find: |ctx, _, conn, now| Box::pin(reported(ctx, conn, now)) },
    Source {
        permission: Permission::AnswerHelp,
        find: |ctx, actor, conn, now| Box::pin(help_requests::find(ctx, actor, conn, now)),
    },
    Source { permission: Permission::Maintain, find: |ctx, _, conn, now| Box::pin(due(ctx, conn, now)) },
    Source { permission: Permission::CareFor, find: |ctx, _, conn, now| Box::pin(forbidden(ctx, conn, now)) },
    Source {
        permission: Permission::ChangeGroups,
        find: |ctx, actor, conn, now| Box::pin(leaderless::find(ctx, actor, conn, now)),
    },
    Source { permission: Permission::Hold, find: |ctx, _, conn, now| Box::pin(endings::holds(ctx, conn, now)) },
    Source {
        permission: Permission::SeePeople,
        find: |ctx, _, conn, now| Box::pin(endings::grants(ctx, conn, now)),
    },
];

/// Why nothing is shown or decided.
#[derive(Debug, Clone, ServiceError)]
pub enum InboxError {
    /// The caller has no inbox.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// This decision does not apply to such an item.
    #[problem("inbox.no-such-verdict", Invalid, choose_what)]
    NoSuchVerdict,
    #[problem(with = decided(action, *at, by.as_deref(), lang), codes = [(Kind::Conflict, "inbox.decided")])]
    Decided {
        /// The decision, as its audit code.
        action: String,
        at: Moment,
        /// The author, unless erased.
        by: Option<String>,
    },
    /// Unknown use, or an authorised one.
    #[problem("use.unknown", NotFound, correct_unknown)]
    UnknownUse,
    /// It is too late to take it back.
    #[problem("inbox.too-late", Conflict, inbox_too_late)]
    TooLate,
    /// As on its own page.
    #[problem(transparent)]
    People(#[from] PeopleError),
    /// As on its own page.
    #[problem(transparent)]
    Cards(#[from] CardsError),
    /// As on its own page.
    #[problem(transparent)]
    Claims(#[from] ClaimsError),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

fn decided(action: &str, at: Moment, by: Option<&str>, lang: Lang) -> Problem {
    let who = by.unwrap_or(lang.audit_former());
    let what = lang.audit_action(action).unwrap_or(action);
    Problem::new("inbox.decided", Kind::Conflict, lang.inbox_decided(who, what, &text::time::clock(at)))
}

pub async fn waiting(ctx: &Ctx, actor: &Actor) -> Result<Inbox, InboxError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let teaches = checks_out(actor, &mut snapshot).await?;
    let is_open = |source: &&Source| match source.permission {
        // Owners do both for what they own.
        Permission::CheckOut | Permission::Moderate => teaches,
        Permission::AnswerHelp => help_requests::may_answer_any(actor),
        permission => actor.may(permission, Target::NONE),
    };
    let open: Vec<_> = SOURCES.iter().filter(is_open).collect();
    if open.is_empty() {
        // The last is for those who may see people: its refusal names the missing permission.
        actor.require(Permission::SeePeople, Target::NONE)?;
    }
    let mut items = Vec::new();
    for source in open {
        items.extend((source.find)(ctx, actor, &mut snapshot, now).await?);
    }
    let pictures = pictures::of_people(&mut snapshot, actor, items.iter().filter_map(|item| item.person)).await?;
    Ok(Inbox { now: ctx.moment(now), items, pictures })
}

/// The number of unread notices and of decisions that wait for `actor`, for the navigation of every page, and therefore in one
/// statement. Not counted are items that end or fall due, and checkout requests except for those who may answer all of them.
/// Type owners who do not manage the space have only booking requests counted, and notices of requests for help.
pub async fn count(ctx: &Ctx, actor: &Actor) -> Result<[u32; 2], InboxError> {
    let me = notices::oneself(actor)?;
    let may = |permission| actor.may(permission, Target::NONE);
    let now = ctx.now();
    let (admits, bookings) = (may(Permission::Admit), may(Permission::Moderate));
    let owned = actor.known().filter(|_| !bookings).map(Principal::owned).unwrap_or_default();
    let what = Counted {
        admits,
        cards_since: (admits && may(Permission::GiveCard)).then(|| now.before(DAY * CARDS)),
        uses_since: (admits && may(Permission::CareFor)).then(|| now.before(DAY * UNAUTHORISED)),
        bookings,
        owned,
        asked_since: now.before(ANSWERED_WITHIN),
        checkouts: admits && may(Permission::CheckOut),
        groups: may(Permission::ChangeGroups),
        me,
        limit: SHOWN,
    };
    Ok(inbox::count(&mut *ctx.store().read().await?, what, now).await?)
}

/// Whether `actor` checks people out on any type.
async fn checks_out(actor: &Actor, conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    if actor.may(Permission::CheckOut, Target::NONE) {
        return Ok(true);
    }
    let Some(known) = actor.known() else { return Ok(false) };
    Ok(!taught(known, &store::equipment::types(conn).await?).is_empty())
}

/// Checkout requests, which trainers also find on their agenda.
async fn load_requests(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Item>, StoreError> {
    let mut waiting = checkouts::pending(ctx, actor, conn, now).await?;
    waiting.truncate(SHOWN.into());
    let taken = trainers_days(ctx, conn, &waiting).await?;
    let item = |one: Appointment| {
        let day = trainer_day(ctx, &one, &taken);
        let on = one.machine_name.unwrap_or(one.kind_name);
        Item {
            matter: Matter::Checkout,
            id: one.id.0,
            person: Some(one.person),
            name: one.person_name,
            detail: Detail::AsksForCheckout { on, trainer: one.trainer_name, evidence: one.evidence, day },
            at: one.starts,
            // Answered at the appointment, with its version.
            verdicts: Vec::new(),
        }
    };
    Ok(waiting.into_iter().map(item).collect())
}

/// The trainers' occupied times on the days of these requests.
async fn trainers_days(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    waiting: &[Appointment],
) -> Result<Vec<Busy<PersonId>>, StoreError> {
    let days = || waiting.iter().map(|one| one.starts.wall().date.days());
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return Ok(Vec::new()) };
    let at = |day| ctx.space().zone.start_of(Date::from_days(day));
    let trainers: Vec<_> = waiting.iter().map(|one| one.trainer).collect();
    occupations::of_people(conn, &trainers, Span { starts: at(first), ends: at(last + 1) }).await
}

/// The trainer's other appointments on the day of this request.
fn trainer_day(ctx: &Ctx, one: &Appointment, taken: &[Busy<PersonId>]) -> TrainerDay {
    let date = one.starts.wall().date;
    let minute = |at: Millis| {
        let wall = ctx.moment(at).wall();
        match wall.date.cmp(&date) {
            Ordering::Less => 0,
            Ordering::Greater => DAY_MINUTES,
            Ordering::Equal => u16::from(wall.hour) * 60 + u16::from(wall.minute),
        }
    };
    let theirs = taken.iter().filter(|taken| taken.whose == one.trainer && taken.appointment != Some(one.id));
    let spans = theirs.map(|taken| (minute(taken.span.starts), minute(taken.span.ends)));
    TrainerDay {
        taken: spans.filter(|(from, to)| from < to).collect(),
        asked: (minute(one.starts.at), minute(one.ends.at)),
    }
}

async fn who_applied(ctx: &Ctx, conn: &mut SqliteConnection, _: Millis) -> Result<Vec<Item>, StoreError> {
    let waiting = applicants(conn, SHOWN).await?.into_iter();
    Ok(waiting
        .map(|one| Item {
            matter: Matter::Applicant,
            id: one.id.0,
            person: Some(one.id),
            name: one.name,
            detail: Detail::Applied,
            at: ctx.moment(one.since),
            verdicts: vec![Verdict::Approve, Verdict::Reject],
        })
        .collect())
}

/// A no needs a reason, which is written on the page of unknown cards.
async fn claimed(ctx: &Ctx, conn: &mut SqliteConnection, _: Millis) -> Result<Vec<Item>, StoreError> {
    let waiting = cards::waiting_claims(ctx, conn).await?.into_iter().take(SHOWN.into());
    Ok(waiting
        .map(|claim| Item {
            matter: Matter::Claim,
            id: claim.id.0,
            person: Some(claim.person),
            name: claim.name,
            detail: Detail::Claimed { machine: claim.machine },
            at: claim.claimed,
            verdicts: vec![Verdict::Approve],
        })
        .collect())
}

async fn unclaimed(ctx: &Ctx, conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Item>, StoreError> {
    let cards = store::cards::unclaimed(conn, now.before(DAY * CARDS), SHOWN.into()).await?.into_iter();
    Ok(cards
        .filter(|card| !card.ignored)
        .map(|card| Item {
            matter: Matter::Card,
            id: card.id.0,
            person: None,
            name: Some(card.ending),
            detail: Detail::Seen { machine: card.machine_name },
            at: ctx.moment(card.seen),
            verdicts: vec![Verdict::Reject],
        })
        .collect())
}

/// Owners who do not run the space have their own list of these.
async fn reported(ctx: &Ctx, conn: &mut SqliteConnection, _: Millis) -> Result<Vec<Item>, StoreError> {
    let mut reports = store::problems::pending(conn).await?;
    reports.sort_by_key(|report| std::cmp::Reverse(report.severity));
    let items = reports.into_iter().take(SHOWN.into()).map(|report| Item {
        matter: Matter::Problem,
        id: report.id.0,
        person: None,
        name: Some(report.machine_name),
        detail: Detail::Reported {
            severity: report.severity,
            words: report.words,
            by: report.by,
            is_new: report.state == State::Open,
            blocks: report.blocks,
            version: report.version,
        },
        at: ctx.moment(report.reported),
        verdicts: Vec::new(),
    });
    Ok(items.collect())
}

/// One item for each machine: all that is due there is registered on one page.
async fn due(ctx: &Ctx, conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Item>, StoreError> {
    let mut items: Vec<(Item, Vec<String>)> = Vec::new();
    let plans = store::maintenance::counted(conn, None).await?;
    for at in plans.into_iter().filter(|at| maintenance::is_due(at, now)) {
        match items.last_mut() {
            Some((item, words)) if item.id == at.machine.0 => {
                item.at = item.at.min(ctx.moment(at.since.at));
                words.push(at.words);
            }
            _ => {
                let item = Item {
                    matter: Matter::Maintenance,
                    id: at.machine.0,
                    person: None,
                    name: Some(at.machine_name),
                    detail: Detail::Due { what: String::new() },
                    at: ctx.moment(at.since.at),
                    verdicts: Vec::new(),
                };
                items.push((item, vec![at.words]));
            }
        }
    }
    let message =
        items.into_iter().map(|(item, words)| Item { detail: Detail::Due { what: words.join(", ") }, ..item });
    Ok(message.take(SHOWN.into()).collect())
}

async fn forbidden(ctx: &Ctx, conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Item>, StoreError> {
    let uses = inbox::unauthorised(conn, now.before(DAY * UNAUTHORISED), Some(SHOWN)).await?.into_iter();
    Ok(uses.map(|one| began(ctx, one, true, true)).collect())
}

/// Uses that the rules forbade, on the machines about which the actor reads names; for those who care for machines
/// without running the space.
pub(crate) async fn forbidden_at(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    reads: fn(&Actor, Target) -> bool,
) -> Result<Vec<Item>, StoreError> {
    let finds = actor.may(Permission::SeePeople, Target::NONE);
    let uses = inbox::unauthorised(conn, ctx.now().before(DAY * UNAUTHORISED), None).await?.into_iter();
    let theirs = uses.filter_map(|one| {
        let about = Target::equipment(one.kind, Some(one.machine));
        reads(actor, about).then(|| began(ctx, one, finds, actor.may(Permission::CareFor, about)))
    });
    Ok(theirs.take(SHOWN.into()).collect())
}

/// An unauthorised use: boards admit from memory while the server is unreachable, so it is known only afterwards.
fn began(ctx: &Ctx, one: Unauthorised, finds: bool, may_say: bool) -> Item {
    Item {
        matter: Matter::Unauthorised,
        id: one.id.0,
        person: one.person.filter(|_| finds),
        name: Some(one.machine_name),
        detail: Detail::Began { machine: one.machine, who: one.name },
        at: ctx.moment(one.start),
        verdicts: may_say.then_some(Verdict::Seen).into_iter().collect(),
    }
}

/// Approves or rejects an item. Checkout requests are answered by [`crate::bulk::answer`], one or many.
pub async fn decide(
    ctx: &Ctx,
    actor: &Actor,
    matter: Matter,
    id: i64,
    verdict: Verdict,
) -> Result<Decided, InboxError> {
    let name = match (matter, verdict) {
        (Matter::Applicant, _) => {
            let person = PersonId(id);
            let decided = match verdict {
                Verdict::Approve => people::admit(ctx, actor, person).await,
                Verdict::Reject => turn_down(ctx, actor, person).await,
                Verdict::Seen => return Err(InboxError::NoSuchVerdict),
            };
            match decided {
                Err(PeopleError::Refused(refusals)) if refusals.contains(&StepRefusal::WrongStatus) => {
                    return Err(first(ctx, person, PeopleError::Refused(refusals)).await?);
                }
                Err(already @ (PeopleError::SoAlready(_) | PeopleError::Elsewhere(_) | PeopleError::Erased)) => {
                    return Err(first(ctx, person, already).await?);
                }
                decided => decided?,
            }
            let mut conn = ctx.store().read().await?;
            one(&mut conn, person, ctx.now()).await?.and_then(|one| one.name).unwrap_or_default()
        }
        (Matter::Claim, Verdict::Approve) => cards::approve(ctx, actor, ClaimId(id)).await?,
        (Matter::Card, Verdict::Reject) => sorted(cards::put_aside(ctx, actor, UnknownCardId(id), true).await?),
        (Matter::Unauthorised, Verdict::Seen) => put_aside(ctx, actor, UseId(id), true).await?,
        _ => return Err(InboxError::NoSuchVerdict),
    };
    Ok(Decided { matter, id, name, verdict: Some(verdict) })
}

/// The label of an unknown card after the decision.
fn sorted(card: Sorted) -> String {
    match card {
        Sorted::Ignored { ending, .. } => ending,
        Sorted::Given { name, .. } => name,
    }
}

/// Acknowledges an unauthorised use for everybody, by a caretaker of its machine; or undoes that, for the same
/// person shortly after. The use stays in the machine's history. Acknowledging it again changes nothing.
async fn put_aside(ctx: &Ctx, actor: &Actor, id: UseId, aside: bool) -> Result<String, InboxError> {
    may_see(ctx, actor, id).await?;
    ctx.begin(actor, async move |begun| {
        let one = inbox::waiting(begun.tx.conn(), id).await?.ok_or(InboxError::UnknownUse)?;
        let mut job = begun.require(Permission::CareFor, Target::equipment(one.kind, Some(one.machine)))?;
        if aside && one.seen {
            return Ok(Done::unaudited(one.machine_name, Unaudited::NothingChanged));
        }
        if !aside {
            let by = inbox::who_has_seen(job.tx.conn(), one.machine, id, job.now.before(UNDO)).await?;
            if !one.seen || by.is_none() || by != job.proof.by() {
                return Err(InboxError::TooLate);
            }
        }
        inbox::seen(job.tx, id, aside.then_some(job.now)).await?;
        job.tx.after_commit(ChangeEvent::Machine(one.machine));
        let action = if aside { "use.seen" } else { "use.seen-undone" };
        let subject = one.machine;
        job.audited(one.machine_name, action, subject, &json!({ "use": id })).await
    })
    .await
}

/// Whether the actor cares for the machine of the use `id`, and the rules forbade that: only then, for others are
/// not to know which uses those are.
async fn may_see(ctx: &Ctx, actor: &Actor, id: UseId) -> Result<(), InboxError> {
    actor.require(Permission::SeeHistory, Target::NONE)?;
    let one = inbox::waiting(&mut *ctx.store().read().await?, id).await?.ok_or(InboxError::UnknownUse)?;
    actor.require(Permission::CareFor, Target::equipment(one.kind, Some(one.machine)))?;
    if one.authorised { Err(InboxError::UnknownUse) } else { Ok(()) }
}

/// An applicant does not become a member.
async fn turn_down(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), PeopleError> {
    ctx.change(actor, Permission::Admit, Target::NONE, async move |job| {
        let them = one(job.tx.conn(), person, job.now).await?.ok_or(PeopleError::Unknown)?;
        if them.status != PersonStatus::Applicant {
            return Err(PeopleError::Elsewhere(them.status));
        }
        let others = qualifications::administrators(job.tx.conn(), person).await?;
        let target = TargetPerson { id: person, status: them.status, ledger: &them.ledger };
        may_step(job.actor.known(), &target, Step::Leave, &others, job.now).map_err(PeopleError::Refused)?;
        set_status(job.tx, person, PersonStatus::Left, Some(job.now)).await?;
        job.emit(DomainEvent::StandingChanged { person, cause: requests::Cause::Left }).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        job.notify(person, Notice::StatusChanged { to: PersonStatus::Left, at: job.now }).await?;
        let detail = json!({ "from": them.status, "to": PersonStatus::Left });
        let subject = person;
        job.audited((), "person.turned-down", subject, &detail).await
    })
    .await
}

/// The earlier decision and its author, if recorded.
async fn first(ctx: &Ctx, person: PersonId, why: PeopleError) -> Result<InboxError, StoreError> {
    let content = inbox::last_word(&mut *ctx.store().read().await?, person).await?;
    Ok(match content {
        Some(content) => {
            InboxError::Decided { action: content.action, at: ctx.moment(content.at), by: content.name }
        }
        None => why.into(),
    })
}

/// Undoes a recent decision, for its author.
pub async fn take_back(ctx: &Ctx, actor: &Actor, matter: Matter, id: i64) -> Result<Decided, InboxError> {
    let name = match matter {
        Matter::Applicant => applies_again(ctx, actor, PersonId(id)).await?,
        Matter::Claim => cards::take_back_claim(ctx, actor, ClaimId(id)).await?,
        Matter::Card => sorted(cards::put_aside(ctx, actor, UnknownCardId(id), false).await?),
        Matter::Unauthorised => put_aside(ctx, actor, UseId(id), false).await?,
        Matter::Booking
        | Matter::Checkout
        | Matter::Problem
        | Matter::Help
        | Matter::Maintenance
        | Matter::Group
        | Matter::Hold
        | Matter::Qualification => {
            return Err(InboxError::NoSuchVerdict);
        }
    };
    Ok(Decided { matter, id, name, verdict: None })
}

/// Makes a recently admitted or rejected person an applicant again, and revokes the membership.
async fn applies_again(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<String, InboxError> {
    ctx.change(actor, Permission::Admit, Target::NONE, async move |job| {
        let message = inbox::last_word(job.tx.conn(), person).await?.ok_or(InboxError::TooLate)?;
        let own = message.by == job.proof.by() && job.now <= message.at.after(UNDO);
        let them = one(job.tx.conn(), person, job.now).await?.ok_or(PeopleError::Unknown)?;
        if them.erased_at.is_some() {
            return Err(InboxError::TooLate);
        }
        match (message.action.as_str(), them.status) {
            ("person.admitted", PersonStatus::Active) if own => {
                let by = job.by().await?;
                let entry = NewEntry {
                    person,
                    subject: SPACE,
                    relation: Relation::User,
                    kind: EntryKind::Revoked,
                    from: job.now,
                    until: None,
                    cause: Cause::Administrator,
                    by,
                    remark: None,
                    recorded_at: job.now,
                };
                qualifications::add(job.tx, &entry).await?;
            }
            ("person.turned-down", PersonStatus::Left) if own => {}
            _ => return Err(InboxError::TooLate),
        }
        inbox::applies_again(job.tx, person).await?;
        job.emit(DomainEvent::StandingChanged { person, cause: requests::Cause::Left }).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        job.notify(person, Notice::StatusChanged { to: PersonStatus::Applicant, at: job.now }).await?;
        let detail = json!({ "from": them.status, "to": PersonStatus::Applicant });
        let subject = person;
        job.audited(them.name.unwrap_or_default(), "person.decision-undone", subject, &detail).await
    })
    .await
}

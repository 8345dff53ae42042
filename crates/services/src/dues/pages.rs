//! What pages and programs see of dues.

use super::{DuesError, Memory, Today, Try, next_question, processors_of, set_up};
use crate::{Ctx, people::person_head};
use contract::dues::{
    CommandView, DifferenceView, DuesChange, DuesCounts, DuesFilter, DuesLine, DuesSubscription, DuesView,
    IgnoredView, MOST_DIFFERENCES, MOST_LINES, Membership, Payments, PersonDues, ProcessorView, TryView,
};
use domain::{
    actor::{Actor, Permission, Target},
    connections::{self, Connection},
    dues::{DuesStatus, Processor, Standing, Terms, Trouble, last_day},
    id::{DuesCommandId, PersonId},
    time::{DAY, Date},
};
use serde_json::Value;
use std::sync::atomic::Ordering::Relaxed;
use store::{
    SqliteConnection, StoreError,
    dues::{
        self as rows, Change, Counts, DuesRow, Line,
        commands::CommandRow,
        processors::{DifferenceRow, State},
        subscriptions::IgnoredRow,
    },
    holds,
    people::{self, Person},
};

/// Ignored subscriptions on the page of payments.
const IGNORED: u32 = 100;
/// Commands on the page of payments.
const COMMANDS: u32 = 30;
/// Days for which ended memberships are listed with late ones.
const ENDED: u32 = 31;
/// Days for which settled commands are shown.
const SETTLED: u32 = 7;
/// Changes in the history of a person.
const CHANGES: u32 = 20;

/// The page of payments.
pub(super) async fn list(ctx: &Ctx, actor: &Actor, filter: DuesFilter) -> Result<Payments, DuesError> {
    payments(ctx, actor, filter, MOST_DIFFERENCES).await
}

async fn payments(ctx: &Ctx, actor: &Actor, filter: DuesFilter, most: u32) -> Result<Payments, DuesError> {
    let today = Today::of(ctx);
    let now = today.now;
    let mut snapshot = ctx.store().snapshot().await?;
    let month = today.zone.start_of(Date { day: 1, ..today.date });
    let Counts { current, grace, overdue, ended, without } = rows::counts(&mut snapshot, month).await?;
    let mut lines = rows::lines(&mut snapshot, filter.status, now.before(DAY * ENDED), MOST_LINES + 1).await?;
    let more = lines.len() > MOST_LINES as usize;
    lines.truncate(MOST_LINES as usize);
    let states = rows::processors::states(&mut snapshot).await?;
    let differences = rows::processors::differences(&mut snapshot, most).await?;
    let counted = rows::processors::count(&mut snapshot, actor.person()).await?;
    let ignored = rows::subscriptions::ignored(&mut snapshot, IGNORED).await?;
    let commands = rows::commands::list(&mut snapshot, now.before(DAY * SETTLED), COMMANDS).await?;
    drop(snapshot);
    let dues: Vec<_> = lines.into_iter().map(|line| to_line(line, today)).collect();
    let in_grace = dues.iter().filter(|one| one.status == DuesStatus::Grace);
    let next_hold = in_grace.map(|one| Date::from_days(one.last_day.days() + 1)).min();
    let processors = processors_of(ctx).into_iter().map(|one| processor_view(ctx, one, &states));
    let tries = ctx.memory::<Memory>().tries.lock().iter().map(|one| try_view(ctx, *one)).collect();
    Ok(Payments {
        now: ctx.moment(now),
        processors: processors.collect(),
        counts: DuesCounts { current, grace, overdue, ended, without },
        dues,
        more,
        differences_left: counted.all.saturating_sub(u32::try_from(differences.len()).unwrap_or(u32::MAX)),
        differences: differences.into_iter().map(|row| difference_view(ctx, row)).collect(),
        matches: counted.matches,
        is_comparing: ctx.memory::<Memory>().comparing.load(Relaxed) > 0,
        ignored: ignored.into_iter().map(ignored_view).collect(),
        commands: commands.into_iter().map(|row| command_view(ctx, row)).collect(),
        tries,
        next_hold,
        may_change: actor.may(Permission::ManageDues, Target::NONE),
    })
}

/// The same without a filter.
pub(super) async fn all(ctx: &Ctx, actor: &Actor) -> Result<Payments, DuesError> {
    list(ctx, actor, DuesFilter { status: None }).await
}

/// The same with all differences.
pub(super) async fn differences(ctx: &Ctx, actor: &Actor) -> Result<Payments, DuesError> {
    payments(ctx, actor, DuesFilter { status: None }, u32::MAX).await
}

/// How the processors that are set up do.
pub(crate) async fn connections(ctx: &Ctx, conn: &mut SqliteConnection) -> Result<Vec<Connection>, StoreError> {
    let states = rows::processors::states(conn).await?;
    let waiting = rows::commands::waiting(conn).await?;
    let of = |processor: Processor| {
        let state = states.iter().find(|state| state.processor == processor);
        let last_success = state.and_then(|state| state.heard.max(state.answered));
        let last_failure = state.and_then(|state| state.failing_since.zip(state.trouble));
        Connection {
            name: Some(processor.name().to_owned()),
            // Events come in while questions fail.
            state: if last_failure.is_some() {
                connections::State::Failing
            } else {
                connections::State::of(last_success, None)
            },
            last_success,
            last_failure: last_failure.map(|(since, why)| (since, connection_trouble(why))),
            queued: waiting.iter().find(|(of, _)| *of == processor).map_or(0, |(_, count)| *count),
            link: connections::Kind::Payments.page().to_owned(),
        }
    };
    Ok(processors_of(ctx).into_iter().map(of).collect())
}

const fn connection_trouble(trouble: Trouble) -> connections::Trouble {
    match trouble {
        Trouble::NoAnswer => connections::Trouble::Unreachable,
        Trouble::Unavailable => connections::Trouble::Unavailable,
        Trouble::Denied => connections::Trouble::Denied,
        Trouble::Refused => connections::Trouble::Refused,
        Trouble::Unclear | Trouble::TooMany => connections::Trouble::Unclear,
        Trouble::Unknown => connections::Trouble::Missing,
        Trouble::OtherAccount => connections::Trouble::OtherAccount,
        Trouble::NotSetUp => connections::Trouble::NotSetUp,
    }
}

/// One command.
pub(super) async fn command(ctx: &Ctx, actor: &Actor, id: DuesCommandId) -> Result<CommandView, DuesError> {
    actor.require(Permission::SeePeople, Target::NONE)?;
    let row = rows::commands::one(&mut *ctx.store().read().await?, id).await?;
    Ok(command_view(ctx, row.ok_or(DuesError::UnknownCommand)?))
}

fn to_line(line: Line, today: Today) -> DuesLine {
    let standing = Standing { paid_until: line.paid_until, ended: line.status == DuesStatus::Ended };
    let terms = Terms { grace: today.grace, known: line.known.unwrap_or(today.date), more_time: line.more_time };
    DuesLine {
        person: line.person,
        name: line.name,
        picture: line.picture.map(|at| at.0),
        status: line.status,
        paid_until: line.paid_until,
        last_day: last_day(standing, terms),
        notices: line.notices,
        version: line.version,
    }
}

fn processor_view(ctx: &Ctx, processor: Processor, states: &[State]) -> ProcessorView {
    let state = states.iter().find(|state| state.processor == processor);
    let moment = |at| ctx.moment(at);
    ProcessorView {
        processor,
        heard: state.and_then(|state| state.heard.max(state.answered)).map(moment),
        compared: state.and_then(|state| state.compared).map(moment),
        failing: state.and_then(|state| state.failing_since.map(moment).zip(state.trouble)),
        next: state.and_then(next_question).map(moment),
        unread: state.and_then(|state| state.unread),
    }
}

fn try_view(ctx: &Ctx, one: Try) -> TryView {
    let took = u32::try_from(one.took.as_millis()).unwrap_or(u32::MAX);
    TryView { at: ctx.moment(one.at), processor: one.processor, request: one.request, status: one.status, took }
}

fn difference_view(ctx: &Ctx, row: DifferenceRow) -> DifferenceView {
    DifferenceView {
        id: row.id,
        processor: row.reference.processor(),
        reference: row.reference,
        person: row.person,
        name: row.name,
        here: row.here,
        there: row.there,
        found: ctx.moment(row.found),
        matched: row.matched,
        matched_name: row.matched_name,
    }
}

fn ignored_view(row: IgnoredRow) -> IgnoredView {
    IgnoredView { person: row.person, name: row.name, processor: row.processor, plan: row.plan }
}

fn command_view(ctx: &Ctx, row: CommandRow) -> CommandView {
    CommandView {
        id: row.id,
        person: row.person,
        name: row.name,
        processor: row.processor,
        kind: row.kind,
        state: row.state,
        queued: ctx.moment(row.queued),
        by: row.by,
        tries: row.tries,
        tried: row.tried.map(|at| ctx.moment(at)),
        next: row.next.map(|at| ctx.moment(at)),
        trouble: row.trouble,
        settled: row.settled.map(|at| ctx.moment(at)),
    }
}

/// A person's dues, for themselves and for those who may see people.
pub(super) async fn of(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<PersonDues, DuesError> {
    let today = Today::of(ctx);
    let mut snapshot = ctx.store().snapshot().await?;
    let them = people::one(&mut snapshot, person, today.now).await?.ok_or(DuesError::UnknownPerson)?;
    Ok(dues_of(ctx, actor, &mut snapshot, &them, today).await?)
}

/// The same with the head of the person's pages.
pub(super) async fn membership(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Membership, DuesError> {
    let today = Today::of(ctx);
    let mut snapshot = ctx.store().snapshot().await?;
    let them = people::one(&mut snapshot, person, today.now).await?.ok_or(DuesError::UnknownPerson)?;
    let dues = dues_of(ctx, actor, &mut snapshot, &them, today).await?;
    Ok(Membership { head: person_head(ctx, actor, &them, today.now), dues })
}

async fn dues_of(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    them: &Person,
    today: Today,
) -> Result<PersonDues, StoreError> {
    let (now, person) = (today.now, them.id);
    let sees_people = actor.may(Permission::SeePeople, Target::NONE);
    let row = rows::one(conn, person).await?;
    let version = row.as_ref().map_or(0, |row| row.version);
    let chosen = row.as_ref().and_then(|row| row.chosen.clone());
    let subscriptions = rows::subscriptions::of(conn, person).await?.into_iter().map(|one| DuesSubscription {
        chosen: chosen.as_ref() == Some(&one.id),
        id: one.id,
        name: one.name,
        paid_until: one.paid_until,
        ended: one.has_ended,
        counts: one.counts,
    });
    let dues = match row {
        Some(row) => Some(dues_view(ctx, conn, row, sees_people, today).await?),
        None => None,
    };
    let command = rows::commands::last_of(conn, person).await?.filter(|_| sees_people);
    let changes = rows::changes(conn, person, CHANGES).await?;
    let history = changes.into_iter().filter_map(|one| change(ctx, one, sees_people)).collect();
    let is_other = actor.person() != Some(person);
    let may_change = actor.may(Permission::ManageDues, Target::person(person));
    Ok(PersonDues {
        person,
        now: ctx.moment(now),
        version,
        dues,
        command: command.map(|row| command_view(ctx, row)),
        history,
        subscriptions: subscriptions.collect(),
        grace: today.grace,
        bookings: rows::bookings_ahead(conn, person, now).await?,
        processors: processors_of(ctx),
        email: them.email.clone().filter(|_| sees_people),
        name: them.name.clone(),
        may_change: is_other && them.erased_at.is_none() && may_change,
    })
}

async fn dues_view(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    row: DuesRow,
    sees_people: bool,
    today: Today,
) -> Result<DuesView, StoreError> {
    let processor = row.reference.processor();
    let states = rows::processors::states(conn).await?;
    let state = states.iter().find(|state| state.processor == processor);
    let on_hold = match row.hold {
        Some(hold) => holds::is_in_force(conn, hold, today.now).await?,
        None => false,
    };
    let (notices, notified) = rows::notices(conn, row.person).await?;
    let set_up = set_up(ctx);
    let portal = set_up.and_then(|set_up| set_up.account(processor)?.portal.clone());
    let moment = |at| ctx.moment(at);
    let reference = if sees_people { row.reference.as_str().to_owned() } else { row.reference.shortened() };
    Ok(DuesView {
        processor,
        reference,
        customer_page: sees_people.then(|| processor.customer_page(&row.reference)),
        portal,
        status: row.status,
        since: moment(row.since),
        paid_until: row.standing.paid_until,
        ending: row.standing.ended,
        last_day: last_day(row.standing, today.terms(&row)),
        more_time: row.more_time,
        on_hold,
        linked: moment(row.linked),
        answered: row.answered.map(moment),
        compared: state.and_then(|state| state.compared).map(moment),
        failing_since: state.and_then(|state| state.failing_since).map(moment),
        notices,
        notified: notified.map(moment),
    })
}

/// An entry of the history. A renewal is none, nor what happens to a command on its way.
fn change(ctx: &Ctx, one: Change, sees_people: bool) -> Option<DuesChange> {
    let detail: Value = serde_json::from_str(&one.detail).unwrap_or_default();
    let status = |name: &str| detail[name].as_str().and_then(DuesStatus::parse);
    let (before, after) = (status("dues_before"), status("dues"));
    let is_renewal = one.action == "dues.changed" && before == after;
    let is_retry = one.action == "dues.command-retried";
    let by = one.by.map(|(_, name)| name).filter(|_| sees_people);
    let is_shown = !is_renewal && !is_retry && (sees_people || !one.action.starts_with("dues.command"));
    is_shown.then(|| DuesChange { at: ctx.moment(one.at), action: one.action, status: after, by })
}

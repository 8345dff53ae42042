//! Imports bookings of another system from a table, after a preview.
//!
//! **Invariants.** Lines that overlap anything are left out one by one, as the storage would refuse them; the
//! rules on length, notice and quota do not apply, because these bookings were agreed to before. A line that was
//! already imported creates nothing, so the same table can be imported again. The order of the lines decides nothing. The table is
//! judged beside the writer; the job writes the judged lines if nothing changed since.
//!
//! Not here: parsing cells, which is `domain::imports::table`, and how lines are judged together (`lines`).

mod lines;

use super::{BookingsError, add, changed, occupy, rows};
use crate::{Ctx, change::Job, computing};
use contract::bookings::{BookingsImport, ImportLine};
use domain::{
    actor::{Actor, Permission, Target},
    audit::Subject,
    bookings::{Policy, Resource, State},
    id::PersonId,
    imports::{
        dates::{DateError, Dates},
        table::{Unread, table},
    },
    notices::{HandOverNews, Notice},
    occupations::{Purpose, Span},
    people::{PersonStatus, folded::folded},
    time::Millis,
    zone::Zone,
};
use lines::{ImportContext, LineOutcome};
use serde_json::json;
use std::collections::{BTreeMap, btree_map::Entry};
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    audit::{self, Head},
    bookings::{BookingRow, Change, NewBooking},
    machines, occupations, people, rooms,
};
use text::Lang;

/// Lines of one table, at most.
const LINES: usize = 1_000;
/// Times that a table is judged; beside the writer but for the last, which is in the job.
const ATTEMPTS: u8 = 3;
/// The columns that are read, by their headings.
const COLUMNS: [&str; 4] = ["resource", "person", "start", "end"];
/// Headings of columns that would change the meaning of times.
const ZONES: [&str; 7] = ["zone", "timezone", "time zone", "time_zone", "tz", "offset", "utc offset"];

/// Imports a table of bookings, or previews that as a `dry_run`. Its columns are `resource` (`machine:7` or a
/// name), `person` (an address, or the whole name), `start` and `end` (`2026-11-24 14:00` by the clock of the
/// space, or with an offset, and as spreadsheets write them).
pub async fn import(
    ctx: &Ctx,
    actor: &Actor,
    input: &str,
    dry_run: bool,
    lang: Lang,
) -> Result<BookingsImport, BookingsError> {
    actor.require(Permission::Moderate, Target::NONE)?;
    if dry_run {
        return Ok(planned(ctx, actor, input, lang).await?.0.told);
    }
    let written = computing::until_written(ATTEMPTS, move |is_last| async move {
        let prepared = if is_last { None } else { Some(planned(ctx, actor, input, lang).await?) };
        match write(ctx, actor, input, lang, prepared).await {
            // Something that leaves no audit entry took one of the times.
            Err(BookingsError::Store(StoreError::Overlap(_))) if !is_last => Ok(None),
            written => written,
        }
    });
    written.await
}

/// Plans beside the writer, in a turn of `actor`; with the newest link of the audit chain at that time.
async fn planned(ctx: &Ctx, actor: &Actor, input: &str, lang: Lang) -> Result<(Plan, Head), BookingsError> {
    let turn = computing::turn(ctx, actor).await?;
    let mut snapshot = ctx.store().snapshot().await?;
    let newest = audit::head(&mut snapshot).await.map_err(StoreError::from)?;
    let (zone, now) = (ctx.space().zone, ctx.now());
    let plan = plan(&mut snapshot, input, zone, now, lang).await?;
    drop(turn);
    Ok((plan, newest))
}

/// Creates the bookings that are `prepared`, or judges the table in the job; `None` if something changed since it was prepared.
async fn write(
    ctx: &Ctx,
    actor: &Actor,
    input: &str,
    lang: Lang,
    prepared: Option<(Plan, Head)>,
) -> Result<Option<BookingsImport>, BookingsError> {
    let input = input.to_owned();
    ctx.change(actor, Permission::Moderate, Target::NONE, async move |job| {
        let Plan { new, exchanged, told: outcome } = match prepared {
            Some((plan, newest)) => {
                if audit::head(job.tx.conn()).await.map_err(StoreError::from)? != newest {
                    return Ok(Done::unaudited(None, Unaudited::NothingChanged));
                }
                plan
            }
            None => plan(job.tx.conn(), &input, job.zone, job.now, lang).await?,
        };
        let outcome = BookingsImport { done: true, ..outcome };
        if new.is_empty() && exchanged.is_empty() {
            return Ok(Done::unaudited(Some(outcome), Unaudited::NothingChanged));
        }
        exchange(job, &exchanged).await?;
        for (booking, policy) in &new {
            add(job.tx, booking, policy).await?;
            changed(job.tx, booking.resource).await?;
        }
        let detail = json!({ "bookings": new.len(), "exchanged": exchanged.len() });
        job.audited(Some(outcome), "booking.imported", Subject::Space, &detail).await
    })
    .await
}

/// Gives bookings to other people, all at once: each may have been in the way of another.
async fn exchange(job: &mut Job<'_>, all: &[Exchange]) -> Result<(), BookingsError> {
    for Exchange { row, .. } in all {
        occupations::release(job.tx, Purpose::Booking(row.id)).await?;
    }
    for Exchange { row, person, policy } in all {
        let (resource, span, at) = (row.resource(), row.span(), job.now);
        let change = Change { booking: row.id, from: row.state, to: row.state };
        rows::hand_over(job.tx, change, *person, at).await?;
        let new = NewBooking { resource, holder: (*person).into(), span, state: row.state, at };
        occupy(job.tx, Purpose::Booking(row.id), &new, policy).await?;
        changed(job.tx, resource).await?;
        let news = |news| Notice::HandOver { news, booking: row.id, resource, starts: row.starts, offered: at };
        if let Some(before) = row.person {
            job.notify(before, news(HandOverNews::Accepted)).await?;
        }
        job.notify(*person, news(HandOverNews::Taken)).await?;
    }
    Ok(())
}

/// The bookings to create and those that are exchanged, each with the rules of its resource.
#[derive(Default)]
struct Plan {
    new: Vec<(NewBooking, Policy)>,
    exchanged: Vec<Exchange>,
    told: BookingsImport,
}

/// A booking that passes to another person.
struct Exchange {
    row: BookingRow,
    person: PersonId,
    policy: Policy,
}

/// Why a line is left out.
enum Left {
    NoResource,
    NoPerson,
    NoMember,
    NoTime,
    /// Ambiguous day and month, and nothing in the table decides.
    EitherOrder,
    /// Its table writes the month before the day.
    MonthFirst,
    /// The clocks jump over it.
    Skipped,
    /// The clocks show it twice.
    Twice,
    /// More cells than headings.
    TooManyCells,
    Order,
    Long,
    Over,
    Conflict,
    Elsewhere,
    /// Another line takes the resource or the person then.
    Crossing,
    /// It is for groups, and the person is in none of them.
    GroupsOnly,
}

impl Left {
    const fn message(&self, lang: Lang) -> &'static str {
        match self {
            Self::NoResource => lang.bookings_import_no_resource(),
            Self::NoPerson => lang.checkout_person(),
            Self::NoMember => lang.checkout_no_member(),
            Self::NoTime => lang.bookings_import_no_time(),
            Self::EitherOrder => lang.bookings_import_either_order(),
            Self::MonthFirst => lang.bookings_import_month_first(),
            Self::Skipped => lang.bookings_import_skipped(),
            Self::Twice => lang.bookings_import_twice(),
            Self::TooManyCells => lang.fault_cells(),
            Self::Order => lang.booking_order(),
            Self::Long => lang.bookings_import_long(),
            Self::Over => lang.bookings_import_over(),
            Self::Conflict => lang.bookings_import_taken(),
            Self::Elsewhere => lang.bookings_import_elsewhere(),
            Self::Crossing => lang.bookings_import_crossing(),
            Self::GroupsOnly => lang.bookings_import_groups(),
        }
    }
}

/// A line that could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    resource: Resource,
    person: PersonId,
    span: Span,
}

async fn plan(
    conn: &mut SqliteConnection,
    input: &str,
    zone: Zone,
    now: Millis,
    lang: Lang,
) -> Result<Plan, BookingsError> {
    let mut outcome = BookingsImport::default();
    let failed = |message: String| BookingsImport { problem: Some(message), ..BookingsImport::default() };
    let read = match table(input.as_bytes()) {
        Ok(read) => read,
        Err(unread) => {
            let problem = match unread {
                Unread::Unclosed(line) => lang.import_unclosed_in(&line.to_string()),
                Unread::Letters(line) => lang.import_letters(&line.to_string()),
                _ => lang.bookings_import_no_table().to_owned(),
            };
            return Ok(Plan { told: failed(problem), ..Plan::default() });
        }
    };
    if read.rows.len() > LINES {
        let outcome = failed(lang.bookings_import_many(&LINES.to_string()));
        return Ok(Plan { told: outcome, ..Plan::default() });
    }
    let headings: Vec<String> = read.headings.iter().map(|heading| heading.trim().to_lowercase()).collect();
    let mut columns = [0; COLUMNS.len()];
    for (at, name) in columns.iter_mut().zip(COLUMNS) {
        match headings.iter().position(|heading| heading == name) {
            Some(found) => *at = found,
            None => return Ok(Plan { told: failed(lang.bookings_import_column(name)), ..Plan::default() }),
        }
    }
    if let Some(zone) = headings.iter().find(|heading| ZONES.contains(&heading.as_str())) {
        return Ok(Plan { told: failed(lang.bookings_import_zone_column(zone)), ..Plan::default() });
    }
    let times = columns.iter().skip(2).flat_map(|at| read.rows.iter().filter_map(|(_, cells)| cells.get(*at)));
    let dates = Dates::of(times.map(String::as_str));
    let resources = Resources::load(conn).await?;
    let mut called: BTreeMap<String, Option<(PersonId, bool)>> = BTreeMap::new();
    let mut lines = Vec::new();
    for (number, cells) in &read.rows {
        let cell = |at: usize| columns.get(at).and_then(|at| cells.get(*at)).map_or("", |cell| cell.trim());
        let person = match called.entry(cell(1).to_owned()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let found = people::called(conn, place.key()).await?;
                let one =
                    if let [(one, _)] = found.as_slice() { people::one(conn, *one, now).await? } else { None };
                *place.insert(one.map(|one| (one.id, one.status == PersonStatus::Active)))
            }
        };
        let time = (instant(cell(2), dates, zone), instant(cell(3), dates, zone));
        let is_too_long = cells.iter().skip(headings.len()).any(|cell| !cell.is_empty());
        let line = match (resources.find(cell(0)), person, time) {
            _ if is_too_long => Err(Left::TooManyCells),
            (None, ..) => Err(Left::NoResource),
            (_, None, _) => Err(Left::NoPerson),
            (_, Some((_, false)), _) => Err(Left::NoMember),
            (Some(resource), Some((person, true)), (Ok(starts), Ok(ends))) => {
                Ok(Line { resource, person, span: Span { starts, ends } })
            }
            (_, _, (Err(why), _) | (_, Err(why))) => Err(why),
        };
        lines.push((*number, line));
    }
    let readable = lines.iter().filter_map(|(_, line)| line.as_ref().ok().copied()).collect();
    let mut known = ImportContext::load(conn, readable).await?;
    let mut plan = Plan::default();
    let mut left = Vec::new();
    let mut asked = Vec::new();
    for (number, line) in lines {
        let line = match line {
            Ok(line) => known.ask(conn, line, now).await?,
            Err(why) => Err(why),
        };
        match line {
            Ok(Some(line)) => asked.push((number, line)),
            Ok(None) => outcome.kept += 1,
            Err(why) => left.push((number, why)),
        }
    }
    for (number, given) in known.judge(asked) {
        match given {
            Ok(LineOutcome::New(line, policy)) => plan.new.push((new_booking(&line, now), policy)),
            Ok(LineOutcome::Exchange(exchanged)) => plan.exchanged.push(*exchanged),
            Ok(LineOutcome::Twice) => outcome.kept += 1,
            Err(why) => left.push((number, why)),
        }
    }
    left.sort_by_key(|(number, _)| *number);
    let messages = left.into_iter().map(|(line, why)| ImportLine { line, message: why.message(lang).to_owned() });
    outcome.left = messages.collect();
    outcome.bookings = u32::try_from(plan.new.len() + plan.exchanged.len()).unwrap_or(u32::MAX);
    Ok(Plan { told: outcome, ..plan })
}

fn new_booking(line: &Line, at: Millis) -> NewBooking {
    NewBooking { resource: line.resource, holder: line.person.into(), span: line.span, state: State::Approved, at }
}

/// The instant, at its offset or by the clock of the space.
fn instant(input: &str, dates: Dates, zone: Zone) -> Result<Millis, Left> {
    let read = dates.read(input).map_err(|error| match error {
        DateError::Unreadable => Left::NoTime,
        DateError::EitherOrder => Left::EitherOrder,
        DateError::MonthFirst => Left::MonthFirst,
    })?;
    if let Some(at) = read.instant() {
        return Ok(at);
    }
    let time = read.time.ok_or(Left::NoTime)?;
    // A skipped time does not exist, and a repeated one is ambiguous.
    if zone.shows_twice(read.date, time.minute) {
        return Err(Left::Twice);
    }
    zone.local_instant(read.date, time.minute).map(|at| at.after(time.rest)).ok_or(Left::Skipped)
}

/// Bookable resources by name.
struct Resources(Vec<(Resource, String)>);

impl Resources {
    async fn load(conn: &mut SqliteConnection) -> Result<Self, BookingsError> {
        let machines = machines::inventory(conn).await?.into_iter().filter(|one| !one.archived);
        let mut all: Vec<_> = machines.map(|one| (Resource::Machine(one.id), folded(&one.name))).collect();
        let rooms = rooms::list(conn).await?.into_iter().filter(|room| room.archived.is_none());
        all.extend(rooms.map(|room| (Resource::Room(room.id), folded(&room.name))));
        Ok(Self(all))
    }

    /// Finds a resource by a code like `machine:7`, or by a unique name.
    fn find(&self, input: &str) -> Option<Resource> {
        if let Some(code) = Resource::parse(input) {
            return self.0.iter().any(|(one, _)| *one == code).then_some(code);
        }
        let name = folded(input);
        let mut named = self.0.iter().filter(|(_, called)| *called == name);
        match (named.next(), named.next()) {
            (Some((one, _)), None) => Some(*one),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_local_time_is_rejected() {
        let rome: Zone = "Europe/Rome".parse().unwrap();
        let at = |input| instant(input, Dates::default(), rome).map_err(|why| why.message(Lang::En).to_owned());
        assert_eq!(at("2027-03-28 01:30"), Ok(Millis(1_806_193_800_000)));
        assert!(at("2027-03-28 02:30").is_err_and(|why| why.contains("the clocks go forward")), "A9");
        assert_eq!(at("2027-03-28 03:00"), Ok(Millis(1_806_195_600_000)));
        assert!(at("tomorrow").is_err_and(|why| why.contains("2026")));
    }

    #[test]
    fn repeated_local_time_requires_offset() {
        let rome: Zone = "Europe/Rome".parse().unwrap();
        let at = |input| instant(input, Dates::default(), rome).map_err(|why| why.message(Lang::En).to_owned());
        assert!(at("2027-10-31 02:30").is_err_and(|why| why.contains("twice")), "A9");
        assert_eq!(at("2027-10-31 02:30 +02:00"), Ok(Millis(1_824_942_600_000)));
        assert_eq!(at("2027-10-31 02:30 +01:00"), Ok(Millis(1_824_946_200_000)));
        assert_eq!(at("2027-10-31 03:00"), Ok(Millis(1_824_948_000_000)));
    }
}

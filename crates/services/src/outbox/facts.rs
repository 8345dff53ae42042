//! Loads the facts behind a notice when its delivery is due.
//!
//! Invariant: all of them come from one snapshot, the one that its mail and calendar entry are made from.
//! Not here: what follows from them, which is [`domain::notices::Fact`]'s.

use super::visibility::may_see;
use domain::{
    bookings::Resource,
    deliveries::Reason,
    dues::{CommandState, DuesStatus},
    id::{BookingId, DocumentId, MachineId, PersonId},
    notices::{DuesNews, Fact, GroupNews, Notice},
    occupations::Span,
    people::PersonStatus,
    time::{Date, Millis},
    training_events::EventState,
};
use store::{
    SqliteConnection, StoreError, bookings, cards::claims, checkouts, deliveries::Due, documents, dues,
    external_calendars, groups, help, holds, machines, maintenance, problems, qualifications, training_events,
    user_directory, waiting, webhooks,
};

/// No person has this id.
const NOBODY: PersonId = PersonId(0);

/// Why `notice`, which is `due`, is not sent any more: its reader may not see it, or it no longer applies.
pub(crate) async fn obstacle(
    conn: &mut SqliteConnection,
    due: &Due,
    notice: &Notice,
    now: Millis,
) -> Result<Option<Reason>, StoreError> {
    if notice.until().or(due.ends).is_some_and(|until| until <= now) {
        return Ok(Some(Reason::Over));
    }
    if !may_see(conn, due, *notice, now).await? {
        return Ok(Some(Reason::Hidden));
    }
    let fact = of(conn, (due.person, due.status), notice, now).await?;
    Ok((!notice.stands(due.person, &fact, now)).then_some(Reason::Over))
}

/// Whether `notice`, which is for no particular person, still applies.
pub(crate) async fn stands_for_all(
    conn: &mut SqliteConnection,
    notice: &Notice,
    now: Millis,
) -> Result<bool, StoreError> {
    let fact = of(conn, (NOBODY, PersonStatus::Active), notice, now).await?;
    Ok(notice.stands(NOBODY, &fact, now))
}

/// The facts about the subject of `notice` to `person`, whose status this is.
#[expect(clippy::too_many_lines, reason = "an arm for each kind")]
pub(crate) async fn of(
    conn: &mut SqliteConnection,
    (person, status): (PersonId, PersonStatus),
    notice: &Notice,
    now: Millis,
) -> Result<Fact, StoreError> {
    Ok(match *notice {
        Notice::Granted { .. }
        | Notice::Revoked { .. }
        | Notice::Banned { .. }
        | Notice::Unbanned { .. }
        | Notice::Expiring { .. } => Fact::Ledger(qualifications::of_person(conn, person).await?),
        Notice::StatusChanged { .. } => Fact::Status(status),
        Notice::HoldPlaced { hold, .. } => Fact::Going(holds::is_in_force(conn, hold, now).await?),
        Notice::Dues { news, paid_until, .. } => of_dues(conn, person, news, paid_until).await?,
        Notice::DuesCommandFailed { command } => Fact::Going(
            dues::commands::one(conn, command)
                .await?
                .is_some_and(|command| matches!(command.state, CommandState::Refused | CommandState::GaveUp)),
        ),
        Notice::DocumentToSign { document, .. } => Fact::Going(is_to_sign(conn, document, person, now).await?),
        Notice::DocumentLapsing { document, until } => {
            let asked = documents::signed(conn, Some(document), Some(person)).await?.pop();
            Fact::Going(asked.is_some_and(|asked| asked.of(person).lapses_soon(now) == Some(until)))
        }
        Notice::DirectorySync { waits, .. } => Fact::Going(user_directory::is_stuck(conn, waits).await?),
        Notice::CardClaimed { claim } => {
            claims::one(conn, claim).await?.map_or(Fact::Gone, |claim| Fact::Claim(claim.state))
        }
        Notice::Reported { report, .. }
        | Notice::Acknowledged { report, .. }
        | Notice::Resolved { report, .. } => {
            problems::one(conn, report).await?.map_or(Fact::Gone, |report| Fact::Problem(report.state))
        }
        Notice::HelpAsked { help, .. } | Notice::HelpAnswered { help, .. } => {
            help::one(conn, help).await?.map_or(Fact::Gone, |row| Fact::Help(row.times().state(now)))
        }
        Notice::Blocked { block, .. } => {
            Fact::Going(machines::block_of(conn, block).await?.is_some_and(|(_, _, in_force)| in_force))
        }
        Notice::Free { machine, .. } => Fact::Going(machines::blocked(conn, machine).await?.is_some()),
        Notice::MaintenanceDue { plan, machine, .. } => {
            let counted = maintenance::counted(conn, Some(machine)).await?;
            counted.iter().find(|at| at.plan == plan).map_or(Fact::Gone, |at| Fact::Plan(at.since.at))
        }
        Notice::Booking { booking, .. }
        | Notice::HandOver { booking, .. }
        | Notice::OutageOver { booking, .. } => of_booking(conn, booking).await?,
        Notice::Outage { block, booking, .. } => match machines::block_of(conn, block).await? {
            Some((_, _, true)) => of_booking(conn, booking).await?,
            _ => Fact::Gone,
        },
        Notice::Checkout { appointment, .. } => match checkouts::one(conn, appointment, now).await? {
            Some(row) => Fact::Checkout {
                state: row.state,
                sequence: row.sequence,
                starts: row.starts,
                people: [row.person, row.trainer],
            },
            None => Fact::Gone,
        },
        Notice::Waiting { waiting, .. } => match waiting::one(conn, waiting).await? {
            Some(row) => Fact::Waiting { state: row.state, until: row.until },
            None => Fact::Gone,
        },
        Notice::TimeFreed { machine, starts, ends, .. } => {
            Fact::Going(is_free(conn, machine, Span { starts: starts.max(now), ends }).await?)
        }
        Notice::CalendarClash { calendar, .. } => {
            Fact::Going(external_calendars::one(conn, calendar, now).await?.is_some_and(|one| one.collisions > 0))
        }
        Notice::CalendarLeftOut { calendar, .. } => Fact::Going(
            external_calendars::one(conn, calendar, now).await?.is_some_and(|one| !one.skipped.is_empty()),
        ),
        Notice::Group { news: GroupNews::Invited, group, .. } => {
            let group = groups::one(conn, group, Some(person), now).await?;
            Fact::Going(group.is_some_and(|group| group.invited_until.is_some()))
        }
        Notice::Group { news: GroupNews::Asked, group, .. } => {
            let group = groups::one(conn, group, Some(person), now).await?;
            Fact::Going(group.is_some_and(|group| group.requests > 0))
        }
        Notice::Group { news: GroupNews::WithoutAdmin, group, .. } => {
            let group = groups::one(conn, group, Some(person), now).await?;
            Fact::Going(group.is_some_and(|group| group.archived.is_none() && !group.has_admin))
        }
        Notice::Event { event, .. } => {
            training_events::find(conn, event, Some(person)).await?.map_or(Fact::Gone, |event| Fact::Event {
                place: event.mine,
                is_host: event.host == Some(person),
                is_announced: event.state == EventState::Announced,
                starts: event.span().starts,
            })
        }
        Notice::WebhookPaused { webhook, .. } => {
            Fact::Going(webhooks::one(conn, webhook).await?.is_some_and(|webhook| webhook.paused.is_some()))
        }
        Notice::HoldLifted { .. }
        | Notice::PasswordChanged { .. }
        | Notice::SecondFactorChanged { .. }
        | Notice::SignInMethodChanged { .. }
        | Notice::AddressBounced { .. }
        | Notice::CardGiven { .. }
        | Notice::ClaimRefused { .. }
        | Notice::UseCorrected { .. }
        | Notice::CheckoutWanted { .. }
        | Notice::JobFailed { .. }
        | Notice::ActuatorSilent { .. }
        | Notice::ActuatorFailed { .. }
        | Notice::MeterBeyond { .. }
        | Notice::Unswiped { .. }
        | Notice::Announced { .. }
        | Notice::Group { news: GroupNews::Admitted | GroupNews::Declined | GroupNews::Removed, .. }
        | Notice::GroupRestored { .. }
        | Notice::Series { .. }
        | Notice::Draw { .. }
        | Notice::TrainingAgain { .. }
        | Notice::SlackPaused { .. }
        | Notice::BookingsStayFree => Fact::Lasting,
    })
}

/// Whether `person` still has to sign it. Whether it is asked of them was decided when they were notified.
async fn is_to_sign(
    conn: &mut SqliteConnection,
    document: DocumentId,
    person: PersonId,
    now: Millis,
) -> Result<bool, StoreError> {
    let asked = documents::signed(conn, Some(document), Some(person)).await?.pop();
    Ok(asked.is_some_and(|asked| asked.of(person).to_sign(now).is_some()))
}

async fn of_dues(
    conn: &mut SqliteConnection,
    person: PersonId,
    news: DuesNews,
    paid_until: Date,
) -> Result<Fact, StoreError> {
    let holds = |status: DuesStatus| match news {
        DuesNews::Late => status == DuesStatus::Grace,
        DuesNews::Soon => matches!(status, DuesStatus::Grace | DuesStatus::Ended),
        DuesNews::Ended => status == DuesStatus::Ended,
    };
    let row = dues::one(conn, person).await?;
    Ok(Fact::Going(row.is_some_and(|row| holds(row.status) && row.standing.paid_until == paid_until)))
}

async fn of_booking(conn: &mut SqliteConnection, booking: BookingId) -> Result<Fact, StoreError> {
    let Some(row) = bookings::one(conn, booking).await? else { return Ok(Fact::Gone) };
    Ok(Fact::Booking {
        state: row.state,
        starts: row.starts,
        ends: row.ends,
        sequence: row.sequence,
        holders: bookings::recipients(conn, row.holder()).await?,
        offered: row.offered().map(|offered| -> (PersonId, Millis) { (offered.person, offered.at) }),
    })
}

/// Whether `machine` is still free.
async fn is_free(conn: &mut SqliteConnection, machine: MachineId, span: Span) -> Result<bool, StoreError> {
    if span.ends <= span.starts {
        return Ok(false);
    }
    Ok(bookings::taken(conn, Resource::Machine(machine), span, None).await?.is_empty())
}

//! Training events: people are qualified together, at a time that a host announces.
//!
//! **Invariants.** What an event takes are occupations like those of bookings, so nobody books it away. Places go to the
//! queue in the order of asking, at once ([`queue`]); results write the ledger in the same job ([`results`]). Those who hold
//! events on a type see who comes; members see how many, and visitors only public events. Not here: requests
//! ([`crate::training_requests`]).

mod announce;
pub mod calendar;
mod due;
mod effects;
pub(crate) mod eligible;
mod errors;
mod form;
mod page;
mod places;
pub(crate) mod queue;
mod results;
mod views;

pub(crate) use due::run_due;
pub(crate) use effects::{close, closed, erased, resource_archived, standing_changed, type_archived};
use eligible::{Kinds, admitted};

use errors::TakenTime;
pub use errors::TrainingEventsError;
pub(crate) use page::of_modules;
pub(crate) use results::COMPLETE;
pub(crate) use views::{holds_any, hosted as hosted_by, line, lines};

use crate::{change::Job, corrections, serve::bind};
use contract::training_events::{
    AcceptInvitation, AddWalkIn, AnnounceEvents, CancelEvent, ChangeEvent, DeclineInvitation, LeaveEvent,
    ListEventInvitations, ListEventPlaces, ListTrainingEvents, ReadEventForm, ReadEventPage, ReadInvitationPage,
    ReadResultsPage, ReadTrainingEvent, SignUp, UndoResults, WriteResults,
};
use domain::{
    actor::{Actor, Forbidden},
    id::{PersonId, TrainingEventId},
    time::{Millis, WallTime},
    training_events::EventState,
    versions::Saved,
    zone::Zone,
};
use eligible::may_hold;
use store::{
    SqliteConnection, StoreError,
    training_events::{self as rows, StoredEvent},
};

bind! {
    error TrainingEventsError;
    ListTrainingEvents {}, may SeeEvents => views::list;
    AnnounceEvents {} with form, may OwnAccount, when is_host, in job => announce::announce;
    ReadTrainingEvent { id }, may SeeEvents => views::find;
    ListEventPlaces { id }, may OwnAccount, when is_host => page::places;
    ReadEventPage { id }, may SeeEvents => page::page;
    ReadEventForm {} with form, may OwnAccount, when is_host => form::page;
    ChangeEvent { id, version } with form, may OwnAccount, when is_host, in job => announce::change;
    CancelEvent { id } with form, may OwnAccount, when is_host, in job => announce::cancel;
    SignUp { id }, may AttendEvents, in job => places::sign_up;
    LeaveEvent { id }, may OwnAccount, in job => places::leave;
    WriteResults { id } with form, may OwnAccount, when is_host, in job => results::write;
    UndoResults { id }, may OwnAccount, when is_host, in job => results::undo;
    AddWalkIn { id } with form, may OwnAccount, when is_host, in job => places::walk_in;
    ReadResultsPage { id }, may OwnAccount => page::results;
    ListEventInvitations {}, may OwnAccount => views::invitations;
    ReadInvitationPage { id }, may OwnAccount => page::invitation;
    AcceptInvitation { id }, may AttendEvents, in job => places::accept;
    DeclineInvitation { id }, may OwnAccount, in job => places::decline;
}

/// Others are refused before their fields are read. Whether they hold events on the type is asked afterwards.
fn is_host(actor: &Actor) -> Result<(), Forbidden> {
    if holds_any(actor, Millis(i64::MAX)) { Ok(()) } else { Err(Forbidden::NotAllowed) }
}

async fn stored(
    conn: &mut SqliteConnection,
    event: TrainingEventId,
    reader: Option<PersonId>,
) -> Result<StoredEvent, TrainingEventsError> {
    rows::find(conn, event, reader).await?.ok_or(TrainingEventsError::Unknown)
}

/// An event that the actor may change: they hold events of its aim on its type.
async fn hosted(job: &mut Job<'_>, event: TrainingEventId) -> Result<StoredEvent, TrainingEventsError> {
    let row = stored(job.tx.conn(), event, job.actor.person()).await?;
    if may_hold(&job.actor, row.kind, row.aim) { Ok(row) } else { Err(Forbidden::NotAllowed.into()) }
}

/// Fails unless results of the event are still to be written.
const fn open(row: &StoredEvent) -> Result<(), TrainingEventsError> {
    match row.state {
        EventState::Announced => Ok(()),
        EventState::Cancelled => Err(TrainingEventsError::Cancelled),
        EventState::Completed => Err(TrainingEventsError::Completed),
    }
}

/// Fails unless the event is going to take place and has not begun.
fn announced(row: &StoredEvent, now: Millis) -> Result<(), TrainingEventsError> {
    open(row)?;
    if row.span().starts <= now { Err(TrainingEventsError::Begun) } else { Ok(()) }
}

/// The stored version of an event, by the fields of its form.
async fn saved(conn: &mut SqliteConnection, zone: Zone, row: &StoredEvent) -> Result<Saved, StoreError> {
    let (starts, ends) = (zone.moment(row.span().starts).wall(), zone.moment(row.span().ends).wall());
    let clock = |wall: WallTime| format!("{:02}:{:02}", wall.hour, wall.minute);
    let fields = [
        ("kind", row.kind.to_string()),
        ("aim", row.aim.as_str().to_owned()),
        ("title", row.title.clone()),
        ("host", row.host.map(|host| host.to_string()).unwrap_or_default()),
        ("day", starts.date.to_string()),
        ("from", clock(starts)),
        ("to", clock(ends)),
        ("capacity", row.terms.capacity.to_string()),
        ("minimum", row.terms.minimum.to_string()),
        ("deadline", corrections::local(zone.moment(row.terms.deadline))),
        ("fee", row.fee.clone().unwrap_or_default()),
        ("bring", row.bring.clone().unwrap_or_default()),
        ("about", row.about.clone().unwrap_or_default()),
        ("public", if row.public { "yes" } else { "" }.to_owned()),
    ];
    let resources = row.resources.iter().map(|taken| ("resources[]", taken.resource.to_string()));
    let modules = rows::modules(conn, row.id).await?;
    let modules = modules.into_iter().map(|module| ("modules[]", module.to_string()));
    Ok(Saved::new(row.version, fields.into_iter().chain(resources).chain(modules).collect()))
}

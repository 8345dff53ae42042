//! Calendar feeds: addresses at which other programs read a person's bookings and checkouts, a trainer's
//! checkouts, or when a machine or a room is taken.
//!
//! **Invariants.** The secret in the address is shown once and stored as its hash. It grants reading without
//! signing in, but not alone: its owner must be active and still be allowed to see its content, checked at each
//! reading. Whatever is wrong, the answer is that there is no such feed. Not here: the format of a
//! calendar ([`crate::calendar`]).
//!
//! A new password revokes tokens but not feeds: a feed can only show, and a calendar that silently stops is
//! noticed weeks later.

mod entries;

use crate::{
    Ctx, calendar,
    change::Job,
    notices::as_actor,
    serve::bind,
    sessions::{self, note_use},
    token::Token,
};
use contract::{
    feeds::{Calendar, CalendarMade, CreateCalendar, Feeds, ListCalendars, NewCalendar, RevokeCalendar},
    form::{Faults, Link},
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    feeds::{Feed, MOST, SEEN_EVERY},
    id::{FeedId, PersonId},
    live::ChangeEvent,
    people::PersonStatus,
    time::Millis,
};
use macros::ServiceError;
use serde_json::json;
use store::{Done, SqliteConnection, StoreError, feeds as rows, people};
use text::Lang;

/// Why no feed was made, shown or revoked.
#[derive(Debug, Clone, ServiceError)]
pub enum FeedsError {
    /// Not for this actor.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// These fields do not fit.
    #[problem("calendar.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    /// They have as many as one may have.
    #[problem("calendar.too-many", Conflict, feed_too_many(&MOST.to_string()))]
    TooMany,
    /// Unknown feed, or one without visible content.
    #[problem("calendar.unknown", NotFound, feed_unknown)]
    Unknown,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error FeedsError;
    ListCalendars {}, may OwnAccount => list;
    CreateCalendar {} with form, may OwnAccount, when is_member => make;
    RevokeCalendar { id }, may OwnAccount, in job => revoke;
}

fn is_member(actor: &Actor) -> Result<(), Forbidden> {
    let known = actor.known().ok_or(Forbidden::SignIn)?;
    if known.status == PersonStatus::Active { Ok(()) } else { Err(Forbidden::NotAllowed) }
}

/// Creates a feed for the caller. Its address is shown only now.
async fn make(ctx: &Ctx, actor: &Actor, new: NewCalendar) -> Result<CalendarMade, FeedsError> {
    let NewCalendar { show: feed } = new;
    let (token, hash) = ctx.rng().new_token();
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        let person = job.actor.person().ok_or(Forbidden::SignIn)?;
        is_member(&job.actor)?;
        let name = seen_as(job.tx.conn(), &job.actor, feed, job.now).await?.ok_or(FeedsError::Unknown)?;
        if rows::of_person(job.tx.conn(), person).await?.len() >= MOST {
            return Err(FeedsError::TooMany);
        }
        let id = rows::add(job.tx, hash, person, feed, job.now).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        let name = (!name.is_empty()).then_some(name);
        let made = CalendarMade { id, show: feed, name, link: path(&token) };
        let detail = json!({ "feed": id, "show": feed.to_string() });
        job.audited(made, "calendar.made", person, &detail).await
    })
    .await
}

/// The path of a feed on this site.
fn path(secret: &Token) -> Link {
    Link(format!("/calendar/{}.ics", secret.expose()))
}

/// The name of a new feed's subject, if `actor` may see it; empty for their own.
async fn seen_as(
    conn: &mut SqliteConnection,
    actor: &Actor,
    feed: Feed,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    if !feed.is_allowed(actor) {
        return Ok(None);
    }
    Ok(match feed {
        Feed::Mine => Some(String::new()),
        Feed::Trainer(trainer) => trainer_called(conn, trainer, now).await?,
        Feed::Resource(resource) => store::bookings::resource(conn, resource).await?.map(|named| named.name),
    })
}

/// The name of a trainer.
async fn trainer_called(
    conn: &mut SqliteConnection,
    trainer: PersonId,
    now: Millis,
) -> Result<Option<String>, StoreError> {
    let Some(person) = people::one(conn, trainer, now).await? else { return Ok(None) };
    let is_active = person.status == PersonStatus::Active;
    let them = as_actor(trainer, person.status, person.ledger, now);
    let trains = is_active && them.known().is_some_and(sessions::trains);
    Ok(trains.then(|| person.name.unwrap_or_default()))
}

/// The caller's feeds, and the feeds they can create.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<Feeds, FeedsError> {
    let known = actor.known().ok_or(Forbidden::SignIn)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let listed = rows::of_person(&mut snapshot, known.id).await?;
    let sees = actor.may(Permission::SeeBookings, Target::NONE);
    let resources = if sees { rows::resources(&mut snapshot).await? } else { Vec::new() };
    let feeds = listed.into_iter().map(|listed| Calendar {
        id: listed.id,
        show: listed.feed,
        name: listed.name,
        made: ctx.moment(listed.made),
        read: listed.seen.map(|at| ctx.moment(at)),
    });
    Ok(Feeds {
        now: ctx.moment(ctx.now()),
        feeds: feeds.collect(),
        books: Feed::Mine.is_allowed(actor),
        trainer: sessions::trains(known).then_some(Feed::Trainer(known.id)),
        resources,
    })
}

/// Revokes a feed of the caller: its address stops working at once.
async fn revoke(job: &mut Job<'_>, id: FeedId) -> Result<Done<()>, FeedsError> {
    let person = job.actor.person().ok_or(Forbidden::SignIn)?;
    if !rows::end(job.tx, person, id).await? {
        return Err(FeedsError::Unknown);
    }
    job.tx.after_commit(ChangeEvent::Person(person));
    job.audited((), "calendar.revoked", person, &json!({ "feed": id })).await
}

/// The calendar at the address ending in `secret`; `None` if there is none. The time of reading is recorded at
/// intervals.
pub async fn read(ctx: &Ctx, secret: &str) -> Result<Option<String>, StoreError> {
    let Some(hash) = Token::presented(secret).hash() else { return Ok(None) };
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let Some(found) = rows::find(&mut snapshot, &hash).await? else { return Ok(None) };
    let owner = as_actor(found.person, found.status, found.ledger, now);
    let is_there = found.feed == Feed::Mine || found.name.is_some();
    if found.status != PersonStatus::Active || !is_there || !found.feed.is_allowed(&owner) {
        return Ok(None);
    }
    let space = ctx.space();
    let lang = found.language.as_deref().and_then(Lang::from_tag).unwrap_or(space.language);
    let (entries, series) = match found.feed {
        Feed::Mine => entries::own(ctx, &mut snapshot, found.person, lang, now).await?,
        Feed::Trainer(trainer) => (entries::held(ctx, &mut snapshot, trainer, lang, now).await?, Vec::new()),
        Feed::Resource(resource) => entries::taken(ctx, &mut snapshot, resource, lang, now).await?,
    };
    drop(snapshot);
    let name = lang.feed_name(found.feed, found.name.as_deref());
    note_use(ctx, (found.seen, SEEN_EVERY, now), async move |tx| rows::seen(tx, found.id, now).await).await?;
    Ok(Some(calendar::whole(&space.name, &name, &entries, &series)))
}

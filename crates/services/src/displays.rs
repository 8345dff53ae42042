//! Wall displays: their links, created, used and revoked; and which display a token belongs to.
//!
//! Invariant: a link works once, for a day. The token that it is exchanged for stays with one screen, so a link
//! that was seen by others is of no use to them.

use crate::{
    Ctx,
    accounts::{AccountsError, links},
    serve::bind,
    sessions::note_use,
    token::Token,
};
use contract::{
    displays::{
        DisplayView, Displays, ListDisplays, MakeDisplay, NewDisplay, Opening, RenewDisplay, RevokeDisplay, Today,
    },
    form::{Fault, Faults, Link},
};
use domain::{
    accounts::Purpose,
    actor::{Actor, Channel, Forbidden, Permission, Target, Who},
    bookings, checkouts,
    id::DisplayId,
    live::ChangeEvent,
    names::{Name, Unnamed},
    time::{Date, Millis},
    training_events::EventState,
};
use macros::ServiceError;
use serde_json::json;
use std::{net::IpAddr, time::Duration};
use store::{Done, StoreError, WriteTx, audit::AuditEntry, displays, links::NewLink, training_events};

/// The last request of a display is recorded again when the record is this old.
const STALE: Duration = Duration::from_mins(5);

/// Limit of later events on the wall.
const TODAY: usize = 4;
/// Bookings and checkouts that are looked through for that.
const LOOKED_THROUGH: u32 = 100;

/// Why a display was not created, listed or revoked.
#[derive(Debug, Clone, ServiceError)]
pub enum DisplaysError {
    /// Not for this actor.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// It needs a name.
    #[problem("display.nameless", Invalid, at("name", display_name_missing))]
    Nameless,
    /// The name is too long.
    #[problem("display.name-too-long", Invalid, at("name", display_name_long))]
    LongName,
    /// It contains control characters.
    #[problem("display.name-control", Invalid, at("name", name_invalid))]
    NoName,
    /// Unknown or revoked.
    #[problem("display.unknown", NotFound, display_unknown)]
    Unknown,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl From<Faults> for DisplaysError {
    fn from(faults: Faults) -> Self {
        match faults.iter().next() {
            Some((_, Fault::Name(Unnamed::Long))) => Self::LongName,
            Some((_, Fault::Name(Unnamed::Control))) => Self::NoName,
            _ => Self::Nameless,
        }
    }
}

bind! {
    error DisplaysError;
    ListDisplays {}, may Displays => list;
    MakeDisplay {} with form, may Displays => make;
    RenewDisplay { id }, may Displays => renew;
    RevokeDisplay { id }, may Displays => revoke;
}

/// Creates a display. Its link is shown only now.
async fn make(ctx: &Ctx, actor: &Actor, new: NewDisplay) -> Result<Opening, DisplaysError> {
    let (link, hash) = ctx.rng().new_token();
    ctx.change(actor, Permission::Displays, Target::NONE, async move |job| {
        let (name, by) = (String::from(new.name), job.by().await?);
        let id = displays::add(job.tx, &name, by, job.now).await?;
        keep(job.tx, id, hash, job.now).await?;
        job.tx.after_commit(ChangeEvent::Space);
        job.audited(Opening { id, name, link: path(&link) }, "display.made", id, &json!({})).await
    })
    .await
}

/// Creates another link to a display, replacing unused ones. Its screen keeps working until the link is used.
async fn renew(ctx: &Ctx, actor: &Actor, id: DisplayId) -> Result<Opening, DisplaysError> {
    let (link, hash) = ctx.rng().new_token();
    ctx.change(actor, Permission::Displays, Target::NONE, async move |job| {
        let name = displays::name(job.tx.conn(), id).await?.ok_or(DisplaysError::Unknown)?;
        store::links::forget_screen(job.tx, id).await?;
        keep(job.tx, id, hash, job.now).await?;
        job.audited(Opening { id, name, link: path(&link) }, "display.link-made", id, &json!({})).await
    })
    .await
}

async fn keep(tx: &mut WriteTx, display: DisplayId, hash: [u8; 32], now: Millis) -> Result<(), StoreError> {
    let purpose = Purpose::Screen;
    let (display, expires) = (Some(display), now.after(purpose.lasts()));
    store::links::make(tx, &NewLink { hash, purpose, person: None, display, created: now, expires }).await
}

/// Uses up the link to a display: returns the token for the screen, and signs out the previous screen.
pub async fn open(ctx: &Ctx, from: IpAddr, link: &Token) -> Result<Token, AccountsError> {
    let now = ctx.now();
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let found = links::look_up(ctx, from, link, now).await?;
    let display = found.display.ok_or(AccountsError::Gone)?;
    let used = link.hash().ok_or(AccountsError::Gone)?;
    let (secret, hash) = ctx.rng().new_token();
    let opened = ctx.store().write(async move |tx| {
        // Of two concurrent callers, one succeeds.
        if !store::links::take(tx, &used, now).await? || !displays::let_in(tx, display, &hash, now).await? {
            return Err(AccountsError::Gone);
        }
        // The page that lists them shows it, and the screen before asks whether it may still watch.
        tx.after_commit(ChangeEvent::Space);
        let subject = display;
        let entry = AuditEntry::new(&proof, None, now, "display.opened", subject, &json!({}));
        Ok(Done::audited((), entry))
    });
    opened.await?;
    Ok(secret)
}

/// The displays in force.
async fn list(ctx: &Ctx, _: &Actor) -> Result<Displays, DisplaysError> {
    let now = ctx.now();
    let found = displays::in_force(&mut *ctx.store().read().await?).await?;
    let displays = found.into_iter().map(|display| DisplayView {
        id: display.id,
        name: display.name,
        made: ctx.moment(display.made),
        by: display.by,
        seen: display.seen.map(|at| ctx.moment(at)),
    });
    Ok(Displays { now: ctx.moment(now), displays: displays.collect() })
}

/// The path on this site where a screen opens `link`.
fn path(link: &Token) -> Link {
    Link(format!("{}{}", Purpose::Screen.page(), link.expose()))
}

/// Revokes a display: its screen shows nothing any more at once, and its link is invalid.
async fn revoke(ctx: &Ctx, actor: &Actor, id: DisplayId) -> Result<(), DisplaysError> {
    ctx.change(actor, Permission::Displays, Target::NONE, async move |job| {
        if !displays::revoke(job.tx, id, job.now).await? {
            return Err(DisplaysError::Unknown);
        }
        store::links::forget_screen(job.tx, id).await?;
        // Viewers reload, and so does the stream of that display.
        job.tx.after_commit(ChangeEvent::Space);
        job.audited((), "display.revoked", id, &json!({})).await
    })
    .await
}

/// The screen with `token`, if still valid. Its last request is recorded at intervals.
pub async fn recognise(ctx: &Ctx, token: &Token, channel: Channel) -> Result<Option<Actor>, StoreError> {
    let Some(hash) = token.hash() else { return Ok(None) };
    let found = displays::by_hash(&mut *ctx.store().read().await?, &hash).await?;
    let Some((screen, seen)) = found else { return Ok(None) };
    let now = ctx.now();
    note_use(ctx, (seen, STALE, now), async move |tx| displays::seen(tx, screen.display, now).await).await?;
    Ok(Some(Actor { who: Who::Display(screen), channel }))
}

/// What begins later today, in order: approved bookings, accepted checkouts and training events. The holder of a booking is named where
/// the space shows names; a checkout names nobody.
pub async fn today(ctx: &Ctx, actor: &Actor) -> Result<Vec<Today>, DisplaysError> {
    actor.require(Permission::SeeWall, Target::NONE)?;
    let tomorrow = Date::from_days(ctx.today().days() + 1);
    Ok(begins_before(ctx, tomorrow, false).await?)
}

/// The same until `day` begins; of training events only public ones, if `public`.
pub(crate) async fn begins_before(ctx: &Ctx, day: Date, public: bool) -> Result<Vec<Today>, StoreError> {
    let now = ctx.now();
    let before = Some(ctx.space().zone.start_of(day));
    let mut snapshot = ctx.store().snapshot().await?;
    let filter = store::bookings::Filter { holding: true, after: Some(now), before, ..Default::default() };
    let booked = store::bookings::list(&mut snapshot, filter, LOOKED_THROUGH).await?;
    let state = Some(checkouts::State::Accepted);
    let filter = store::checkouts::Filter { state, begins: Some(now), before, ..Default::default() };
    let agreed = store::checkouts::list(&mut snapshot, filter, LOOKED_THROUGH, now).await?;
    let booked = booked.into_iter().filter(|one| one.state == bookings::State::Approved && one.starts >= now);
    let booked = booked.map(|one| Today {
        starts: ctx.moment(one.starts),
        ends: ctx.moment(one.ends),
        who: one.visible_holder(),
        name: one.name,
        place: one.place,
        is_checkout: false,
    });
    let agreed = agreed.into_iter().map(|one| Today {
        starts: ctx.moment(one.starts),
        ends: ctx.moment(one.ends),
        name: one.kind_name,
        place: one.place_name,
        who: None,
        is_checkout: true,
    });
    let mut all: Vec<Today> = booked.chain(agreed).collect();
    let filter = training_events::Filter {
        state: Some(EventState::Announced),
        after: Some(now),
        before,
        public,
        ..training_events::Filter::default()
    };
    let events = training_events::list(&mut snapshot, filter, None, LOOKED_THROUGH).await?;
    all.extend(events.into_iter().filter(|one| one.span().starts >= now).map(|one| Today {
        starts: ctx.moment(one.span().starts),
        ends: ctx.moment(one.span().ends),
        place: one.resources.first().map(|taken| taken.name.clone()),
        name: one.title,
        who: None,
        is_checkout: false,
    }));
    all.sort_by_key(|one| one.starts.at);
    all.truncate(TODAY);
    Ok(all)
}

/// The name of the demo's display.
const DEMO: &str = "Demo";

/// A link to the demo's display. Unused displays of earlier starts are revoked.
pub async fn for_demo(ctx: &Ctx) -> Result<Opening, DisplaysError> {
    let actor = Actor::TOOLGATE;
    for unopened in list(ctx, &actor).await?.displays {
        if unopened.name == DEMO && unopened.seen.is_none() {
            revoke(ctx, &actor, unopened.id).await?;
        }
    }
    let name = Name::new(DEMO).map_err(|_| DisplaysError::Nameless)?;
    make(ctx, &actor, NewDisplay { name }).await
}

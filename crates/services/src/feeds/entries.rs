//! The entries of a feed, in a bounded number of statements.
//!
//! Invariant: a cancelled entry stays in the feed as cancelled while its time is near, because calendars with an
//! earlier copy treat a missing entry as a reading error. The feed of a machine or a room names only people whom
//! the space shows to members.
//!
//! Cancelled entries stay for thirty days. The same entries produce the same bytes, so most requests are answered
//! with 304.

use crate::{
    Ctx,
    bookings::invitation as bookings,
    calendar::{Entry, SeriesEntry, Site, Status},
    checkouts::invitation as checkouts,
    series::calendar,
    training_events::calendar as events,
};
use domain::{
    bookings::{Cause, Resource},
    checkouts::Side,
    feeds::BACK,
    id::PersonId,
    time::Millis,
};
use std::collections::BTreeSet;
use store::{
    SqliteConnection, StoreError,
    bookings::{self as booked, BookingRow, Filter},
    checkouts as appointments, feeds as rows, rooms,
};
use text::Lang;

/// Entries of one sort, at most.
const MOST: u32 = 1_000;

/// Bookings of `person` and of their groups, and their checkouts as a member.
pub(super) async fn own(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
    lang: Lang,
    now: Millis,
) -> Result<(Vec<Entry>, Vec<SeriesEntry>), StoreError> {
    let after = Some(now.before(BACK));
    let theirs = Filter { person: Some(person), reader: Some(person), after, ..Filter::default() };
    let groups = Filter { person: None, groups_of: Some(person), ..theirs };
    let mut found = booked::list(conn, theirs, MOST).await?;
    // What they booked for a group that they left is not theirs.
    found.retain(|row| row.group.is_none());
    found.extend(booked::list(conn, groups, MOST).await?);
    let series = found.iter().filter_map(|row| row.series).collect();
    let series = calendar::own_entries(ctx, conn, &series).await?;
    let alone = found.iter().filter(|row| row.series.is_none());
    let mut entries: Vec<_> = alone.map(|row| bookings::entry(ctx, row, bookings::summary(row))).collect();
    let filter = appointments::Filter { person: Some(person), after, ..appointments::Filter::default() };
    let theirs = appointments::list(conn, filter, MOST, now).await?;
    entries.extend(theirs.iter().map(|row| checkouts::entry(ctx, row, Some(Side::Member), lang)));
    entries.extend(events::own(ctx, conn, person, now).await?);
    Ok((in_order(entries), series))
}

/// Checkouts that `trainer` holds.
pub(super) async fn held(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    trainer: PersonId,
    lang: Lang,
    now: Millis,
) -> Result<Vec<Entry>, StoreError> {
    let after = Some(now.before(BACK));
    let filter = appointments::Filter { trainer: Some(trainer), after, ..appointments::Filter::default() };
    let theirs = appointments::list(conn, filter, MOST, now).await?;
    let mut entries: Vec<_> =
        theirs.iter().map(|stored| checkouts::entry(ctx, stored, Some(Side::Trainer), lang)).collect();
    entries.extend(events::held(ctx, conn, trainer, now).await?);
    Ok(in_order(entries))
}

/// The occupied times of a machine or a room: bookings, checkouts, closures and maintenance; for a machine also
/// those of its room.
pub(super) async fn taken(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    resource: Resource,
    lang: Lang,
    now: Millis,
) -> Result<(Vec<Entry>, Vec<SeriesEntry>), StoreError> {
    let after = now.before(BACK);
    let around = match resource {
        Resource::Machine(machine) => rooms::room_of(conn, machine).await?,
        Resource::Room(_) => None,
    };
    let of = |resource| Filter { resource: Some(resource), after: Some(after), ..Filter::default() };
    let mut stored = booked::list(conn, of(resource), MOST).await?;
    if let Some(room) = around {
        stored.extend(booked::list(conn, of(Resource::Room(room)), MOST).await?);
    }
    let mut series = Vec::new();
    for resource in [Some(resource), around.map(Resource::Room)].into_iter().flatten() {
        let theirs = stored.iter().filter(|row| row.resource() == resource);
        let titled = theirs.filter_map(|row| Some((row.series?, lang.feed_booked(who(row).as_deref()))));
        series.extend(calendar::entries_of(ctx, conn, &titled.collect(), resource).await?);
    }
    let written: BTreeSet<_> = series.iter().map(|one| one.id).collect();
    // A date of a series that is usually elsewhere stands alone here.
    let alone = stored.iter().filter(|row| row.series.is_none_or(|series| !written.contains(&series)));
    let mut entries: Vec<_> =
        alone.map(|stored| bookings::entry(ctx, stored, lang.feed_booked(who(stored).as_deref()))).collect();
    entries.extend(events::taking(ctx, conn, resource, now).await?);
    let place = rows::place_of(conn, resource).await?;
    let (site, page) = (Site::of(ctx), format!("/book/{resource}"));
    let plain =
        |uid: String, sequence: i64, stamp: Millis, (starts, ends): (Millis, Millis), status, summary: &str| {
            Entry {
                uid,
                sequence,
                stamp,
                starts,
                ends,
                status,
                summary: summary.to_owned(),
                description: None,
                location: place.clone(),
                url: site.page(&page),
            }
        };
    let closed = rows::closed(conn, (resource.machine(), around.or(resource.room())), after, MOST).await?;
    entries.extend(closed.into_iter().map(|closed| {
        let status = if closed.lifted.is_some() { Status::Cancelled } else { Status::Confirmed };
        let stamp = closed.lifted.unwrap_or(closed.made);
        let summary = match closed.why {
            Cause::Maintenance => lang.feed_maintenance(),
            Cause::External => lang.book_external(),
            Cause::Closure | Cause::Booking | Cause::Checkout | Cause::Event => lang.feed_closed(),
        };
        let sequence = i64::from(closed.lifted.is_some());
        plain(site.uid("closure", closed.id), sequence, stamp, (closed.starts, closed.ends), status, summary)
    }));
    if let Resource::Machine(machine) = resource {
        let held = rows::checkouts(conn, machine, after, MOST).await?;
        entries.extend(held.into_iter().map(|held| {
            let (uid, span) = (site.uid("appointment", held.id), (held.starts, held.ends));
            plain(uid, held.sequence, held.changed, span, checkouts::status(held.state), lang.feed_checkout())
        }));
    }
    Ok((in_order(entries), series))
}

/// The holder, as far as members may see; none for cancelled bookings.
fn who(row: &BookingRow) -> Option<String> {
    row.visible_holder().filter(|_| bookings::status(row.state) != Status::Cancelled)
}

/// Sorts entries, so that equal entries give equal calendars.
fn in_order(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| (a.starts, &a.uid).cmp(&(b.starts, &b.uid)));
    entries
}

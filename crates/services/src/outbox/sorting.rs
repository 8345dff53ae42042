//! Sorts the due deliveries: which leave, in which mails and in which order.
//!
//! **Invariants.** A notice that no longer holds is not sent. Mails to one person leave in the order of their
//! notices, those about safety first. When one person causes more than a few notices of a kind to another in an hour, the rest leave
//! together ([`domain::deliveries::RecentMails`]). All decisions here come from one snapshot.

use super::{
    facts, key,
    letter::{self, Bundle, CalendarEntry, Event, Group, Parcel},
    visibility::may_see,
};
use crate::Ctx;
use domain::{
    deliveries::{Address, Reason, RecentMails, Recipient, Step, Times, WITHIN, step},
    id::{DeliveryId, PersonId},
    notices::{Dated, Kind, Notice},
    time::Millis,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{
    SqliteConnection, StoreError, bookings, checkouts,
    deliveries::{
        Decided, Due,
        before::{self, SentNotice},
    },
    training_events,
};

/// Deliveries settled without sending, and the mails to send: those of one person together and in order.
pub(super) async fn sort(
    ctx: &Ctx,
    due: Vec<Due>,
    most: u32,
    now: Millis,
) -> Result<(Vec<(DeliveryId, Decided)>, Vec<Vec<Parcel>>), StoreError> {
    let full = due.len() == usize::try_from(most).unwrap_or(usize::MAX);
    let mut sorting = Sorting::default();
    let last = due.last().map(|one| one.person);
    let only_one = due.iter().all(|one| Some(one.person) == last);
    for one in due {
        let Ok(notice) = serde_json::from_str::<Notice>(&one.body) else {
            sorting.drop(one.id, Reason::Hidden);
            continue;
        };
        // The end of something that ends by itself is no news.
        if notice.until().or(one.ends).is_some_and(|until| until <= now) {
            sorting.drop(one.id, Reason::Over);
            continue;
        }
        match outcome_of(ctx, &one, notice, now) {
            MailOutcome::Decided(what) => sorting.decided.push((one.id, what)),
            MailOutcome::Single => sorting.due.push((one, notice)),
            // The rest of their daily mail may be beyond the batch.
            MailOutcome::Daily if full && !only_one && Some(one.person) == last => {}
            MailOutcome::Daily => sorting.daily.push((one, notice)),
        }
    }
    if sorting.due.is_empty() && sorting.daily.is_empty() {
        return Ok((sorting.decided, Vec::new()));
    }
    let key = key(ctx).await?;
    let mut snapshot = ctx.store().snapshot().await?;
    sorting.choose(&mut snapshot, now).await?;
    let mut people: BTreeMap<PersonId, Vec<(DeliveryId, Parcel)>> = BTreeMap::new();
    for mut group in sorting.groups {
        let Some((first, _)) = group.list.first() else { continue };
        let (place, person) = (first.id, first.person);
        group.thread = thread(&mut snapshot, &group.list).await?;
        group.calendar_entries = calendar_entries(&mut snapshot, &group.list, now).await?;
        let parcel = letter::parcel(ctx, &key, &group, now);
        people.entry(person).or_default().extend(parcel.map(|parcel| (place, parcel)));
    }
    let in_order = people.into_values().map(|mut parcels| {
        parcels.sort_by_key(|(place, parcel)| (!parcel.is_first, *place));
        parcels.into_iter().map(|(_, parcel)| parcel).collect()
    });
    Ok((sorting.decided, in_order.collect()))
}

/// Sender, recipient and kind.
type Cause = (PersonId, PersonId, Kind);

/// Deliveries while they are sorted.
#[derive(Default)]
struct Sorting {
    decided: Vec<(DeliveryId, Decided)>,
    due: Vec<(Due, Notice)>,
    daily: Vec<(Due, Notice)>,
    groups: Vec<Group>,
    /// Recent and current mails of each cause.
    lately: HashMap<Cause, Option<RecentMails>>,
    /// The index in `groups` of the collective mail of a cause.
    many: HashMap<Cause, usize>,
    /// People of whom a notice about a beginning was dropped: their others are examined once that is stored.
    later: BTreeSet<PersonId>,
}

impl Sorting {
    fn drop(&mut self, id: DeliveryId, reason: Reason) {
        self.decided.push((id, Decided::Dropped(reason)));
    }

    /// Chooses what is sent, and in which mails.
    async fn choose(&mut self, conn: &mut SqliteConnection, now: Millis) -> Result<(), StoreError> {
        let mut due = std::mem::take(&mut self.due);
        due.sort_by_key(|(one, _)| (one.person, one.id));
        for (one, notice) in due {
            if self.later.contains(&one.person) || !self.holds(conn, &one, &notice, now).await? {
                continue;
            }
            let cause = one.by.map(|by| (by, one.person, notice.kind()));
            let until = match cause {
                Some(cause) => self.lately(conn, cause, now).await?.and_then(RecentMails::held_until),
                None => None,
            };
            match (cause, until) {
                (Some(cause), _) if self.many.contains_key(&cause) => self.add(cause, one, notice),
                (_, Some(until)) if until > now => self.decided.push((one.id, Decided::Gathered(until))),
                (Some(cause), Some(_)) => self.add(cause, one, notice),
                // Collected notices leave together, even if single ones would be allowed by now.
                (Some(cause), None) if one.gathered => self.add(cause, one, notice),
                (cause, _) => {
                    if let Some(lately) = cause.and_then(|cause| self.lately.get_mut(&cause)) {
                        let count = lately.map_or(0, |lately| lately.count) + 1;
                        *lately = Some(RecentMails { count, last: now });
                    }
                    self.groups.push(Group::of(Bundle::Single, vec![(one, notice)]));
                }
            }
        }
        let mut daily = std::mem::take(&mut self.daily);
        // One mail per person, even if their deliveries are not adjacent.
        daily.sort_by_key(|(one, _)| (one.person, one.id));
        let mut seen: Vec<(Due, Notice)> = Vec::new();
        for (one, notice) in daily {
            if self.holds(conn, &one, &notice, now).await? {
                seen.push((one, notice));
            }
        }
        let groups = seen.chunk_by(|a, b| a.0.person == b.0.person);
        self.groups.extend(groups.map(|list| Group::of(Bundle::Daily, list.to_vec())));
        Ok(())
    }

    fn add(&mut self, cause: Cause, one: Due, notice: Notice) {
        let next = self.groups.len();
        let at = *self.many.entry(cause).or_insert(next);
        match self.groups.get_mut(at) {
            Some(group) => group.list.push((one, notice)),
            None => self.groups.push(Group::of(Bundle::Many, vec![(one, notice)])),
        }
    }

    async fn lately(
        &mut self,
        conn: &mut SqliteConnection,
        cause: Cause,
        now: Millis,
    ) -> Result<Option<RecentMails>, StoreError> {
        if let Some(known) = self.lately.get(&cause) {
            return Ok(*known);
        }
        let lately = before::lately(conn, cause, now.before(WITHIN)).await?;
        self.lately.insert(cause, lately);
        Ok(lately)
    }

    /// Whether a notice is still for its reader, and still so; if not, it is dropped.
    async fn holds(
        &mut self,
        conn: &mut SqliteConnection,
        one: &Due,
        notice: &Notice,
        now: Millis,
    ) -> Result<bool, StoreError> {
        if !may_see(conn, one, *notice, now).await? {
            self.drop(one.id, Reason::Hidden);
            return Ok(false);
        }
        let fact = facts::of(conn, (one.person, one.status), notice, now).await?;
        let mut stands = notice.stands(one.person, &fact, now);
        if stands
            && notice.is_ending(one.person, &fact)
            && let Some(thread) = notice.thread()
        {
            stands = !before::knows_nothing(conn, one.person, &thread, one.notice).await?;
        }
        if !stands {
            self.drop(one.id, Reason::Over);
            if notice.is_beginning() {
                self.later.insert(one.person);
            }
        }
        Ok(stands)
    }
}

enum MailOutcome {
    Decided(Decided),
    Single,
    Daily,
}

fn outcome_of(ctx: &Ctx, one: &Due, notice: Notice, now: Millis) -> MailOutcome {
    let zone = ctx.space().zone;
    let kind = notice.kind();
    let times = if one.has_times {
        Times { digest: one.digest, quiet: one.quiet_from.zip(one.quiet_to) }
    } else {
        Times::default()
    };
    let times = if notice.is_awaited() { Times { quiet: None, ..times } } else { times };
    let to = Recipient {
        status: one.status,
        address: match (&one.email, one.bounced) {
            (None, _) => Address::Unknown,
            (Some(_), None) => Address::Good,
            (Some(_), Some(_)) => Address::Bounced,
        },
        wants: one.wants.unwrap_or(kind.is_mailed()),
        read: one.read,
        times,
    };
    let wall = zone.moment(now).wall();
    let minute = u16::from(wall.hour) * 60 + u16::from(wall.minute);
    match step(kind, to, minute) {
        Step::Send => MailOutcome::Single,
        Step::Gather(_) if one.gathered => times
            .quiet_until(minute)
            .map_or(MailOutcome::Daily, |until| MailOutcome::Decided(Decided::Gathered(zone.next(now, until)))),
        Step::Gather(hour) => MailOutcome::Decided(Decided::Gathered(zone.next(now, u16::from(hour) * 60))),
        Step::Wait(until) => MailOutcome::Decided(Decided::Waits(zone.next(now, until))),
        Step::Drop(reason) => MailOutcome::Decided(Decided::Dropped(reason)),
    }
}

/// The common subject of `list`, if there is one, and the earlier mails about it.
async fn thread(
    conn: &mut SqliteConnection,
    list: &[(Due, Notice)],
) -> Result<Option<(String, Vec<SentNotice>)>, StoreError> {
    let Some((first, notice)) = list.first() else { return Ok(None) };
    let Some(thread) = notice.thread() else { return Ok(None) };
    if list.iter().any(|(_, other)| other.thread().as_ref() != Some(&thread)) {
        return Ok(None);
    }
    let sent = before::in_thread(conn, first.person, &thread, first.notice).await?;
    Ok(Some((thread, sent)))
}

/// The calendar entries for the reader of `list`, each once, by its last notice.
async fn calendar_entries(
    conn: &mut SqliteConnection,
    list: &[(Due, Notice)],
    now: Millis,
) -> Result<Vec<CalendarEntry>, StoreError> {
    let dated: BTreeMap<_, _> =
        list.iter().filter_map(|(_, notice)| Some((notice.in_calendar()?, notice.is_taken_out()))).collect();
    let mut all = Vec::new();
    for (one, is_taken_out) in dated {
        let what = match one {
            Dated::Appointment(id) => {
                checkouts::one(conn, id, now).await?.map(|stored| Event::Checkout(Box::new(stored)))
            }
            Dated::Event(id) => {
                let reader = list.first().map(|(due, _)| due.person);
                training_events::find(conn, id, reader).await?.map(|stored| Event::Training(Box::new(stored)))
            }
            Dated::Booking(id) => match bookings::one(conn, id).await? {
                Some(row) => {
                    let holders = bookings::recipients(conn, row.holder()).await?;
                    Some(Event::Booking(Box::new(row), holders))
                }
                None => None,
            },
        };
        all.extend(what.map(|what| CalendarEntry { what, is_taken_out }));
    }
    Ok(all)
}

//! Previews of changes: of settings and retention here and in `decided`, of opening hours in `opening`.
//!
//! **Invariants.** A bounded number of statements, and no more people, machines and uses than can be processed in
//! a moment; the result says if there are more. A preview changes nothing.
//!
//! Not here: permissions, which belong to the code that changes settings and hours.
//!
//! The server writes the sentences, and `app/src/ui/preview.rs` shows them beside the form, from values in the
//! address, so previews work without script.

mod decided;
mod opening;

pub(crate) use opening::{of_day, of_week};

use contract::retention::Cleared;
use domain::{
    id::{MachineId, PersonId, TypeId},
    occupations::Span,
    previews::{PreviewLine, WEEKS},
    qualifications::{
        Relation, SPACE, SYSTEM, Subject,
        lapse::{Habit, due},
    },
    settings::{At, Key, Scope, Setting, Settings},
    time::{DAY, MINUTE, Millis},
    zone::Zone,
};
use std::{
    cmp::Ordering,
    collections::{HashMap, HashSet},
    time::Duration,
};
use store::{
    SqliteConnection, StoreError, access,
    previews::{self as rows, Affected},
    settings,
};

/// A changed or removed setting.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) scope: Scope,
    pub(crate) key: Key,
    /// The value; `None` inherits.
    pub(crate) value: Option<String>,
}

/// Limit of people examined.
const PEOPLE: usize = 2_000;
/// Machines that are looked at, at most.
const MACHINES: usize = 500;
/// Limit of upcoming bookings and checkouts examined.
const TO_COME: usize = 10_000;
/// Uses that are looked at, at most.
const USES: usize = 20_000;

/// The preview of `change` at `at`.
pub(crate) async fn of_setting(
    conn: &mut SqliteConnection,
    at: At,
    change: &Change,
    now: Millis,
) -> Result<Vec<PreviewLine>, StoreError> {
    match change.key {
        Key::Authorisation | Key::PeoplePresent => decided::of(conn, at, change, now).await,
        Key::LapseUnused | Key::LapseNeverUsed => lapses(conn, at, change, now).await,
        Key::SecondFactor => roles(conn, change, now).await,
        Key::Passwords => passwords(conn, change).await,
        Key::AuditKept => record(conn, change, now).await,
        Key::Zone => zone(conn, change, now).await,
        Key::AutoStop => auto_stop(conn, at, change, now).await,
        Key::Grace | Key::ShownNames | Key::Simultaneous | Key::PublicStatus => {
            let (machines, more) = machines(conn, at).await?;
            Ok(capped(on_machines(&machines, change), more))
        }
        _ => Ok(Vec::new()),
    }
}

/// The preview of a cleanup; cleared names are counted by uses.
pub(crate) fn of_clearing(due: &Cleared) -> Vec<PreviewLine> {
    let all = [
        PreviewLine::CutNames(due.names),
        PreviewLine::ForgetDecisions(due.decisions),
        PreviewLine::ForgetCards(due.unknown_cards),
        PreviewLine::ForgetSignIns(due.sign_ins),
        PreviewLine::ForgetEntries(due.entries),
    ];
    capped(all, false)
}

/// The machines there, and whether there are more.
async fn machines(conn: &mut SqliteConnection, at: At) -> Result<(Vec<Affected>, bool), StoreError> {
    Ok(cut(rows::machines(conn, at, i64::MAX, limit(MACHINES)).await?, MACHINES))
}

/// The effect on current users of machines.
fn on_machines(machines: &[Affected], change: &Change) -> Vec<PreviewLine> {
    let both: Vec<_> = machines
        .iter()
        .map(|one| (one, Settings::resolve(one.explicit.clone()), changed(&one.explicit, change)))
        .collect();
    match change.key {
        Key::Grace => {
            let other = || both.iter().filter(|(_, before, after)| before.grace != after.grace);
            let running = other().filter(|(one, ..)| one.running.is_some()).count();
            vec![PreviewLine::Machines(count(other().count())), PreviewLine::AtLogOut(count(running))]
        }
        Key::ShownNames => {
            let whom = |than_now: Ordering| {
                let people: HashSet<PersonId> = both
                    .iter()
                    .filter(|(_, before, after)| {
                        (after.shown_names as u8).cmp(&(before.shown_names as u8)) == than_now
                    })
                    .filter_map(|(one, ..)| one.running?.1)
                    .collect();
                count(people.len())
            };
            vec![PreviewLine::Hide(whom(Ordering::Less)), PreviewLine::Show(whom(Ordering::Greater))]
        }
        Key::Simultaneous => {
            let mut on: HashMap<PersonId, usize> = HashMap::new();
            for person in machines.iter().filter_map(|one| one.running?.1) {
                *on.entry(person).or_default() += 1;
            }
            let most = changed(&[], change).simultaneous;
            vec![PreviewLine::Over(count(on.values().filter(|&&there| there > usize::from(most)).count()))]
        }
        Key::PublicStatus => {
            let seen = |settings: &Settings| settings.public_status;
            let gone = both.iter().filter(|(_, before, after)| seen(before) && !seen(after)).count();
            let new = both.iter().filter(|(_, before, after)| !seen(before) && seen(after)).count();
            vec![PreviewLine::Unseen(count(gone)), PreviewLine::Seen(count(new))]
        }
        _ => Vec::new(),
    }
}

/// The effect of an auto-stop limit on recent and running uses.
async fn auto_stop(
    conn: &mut SqliteConnection,
    at: At,
    change: &Change,
    now: Millis,
) -> Result<Vec<PreviewLine>, StoreError> {
    let (machines, more_machines) = machines(conn, at).await?;
    let (uses, more_uses) = cut(rows::uses(conn, at, lately(now), now, limit(USES)).await?, USES);
    let minutes: HashMap<MachineId, (u16, u16)> = machines
        .iter()
        .map(|one| {
            let before = Settings::resolve(one.explicit.clone()).auto_stop;
            (one.machine, (before, changed(&one.explicit, change).auto_stop))
        })
        .collect();
    // 0 is never.
    let longer = |length: Duration, minutes: u16| minutes > 0 && length > MINUTE * u32::from(minutes);
    let newly = |machine: MachineId, start: Millis, end: Millis| {
        let length = end.since(start);
        minutes.get(&machine).is_some_and(|&(before, after)| longer(length, after) && !longer(length, before))
    };
    let running = machines.iter().filter_map(|one| Some((one.machine, one.running?.0)));
    let ended = running.clone().filter(|&(machine, since)| newly(machine, since, now)).count();
    let open: HashSet<(MachineId, Millis)> = running.collect();
    let whole = uses.iter().filter(|one| !open.contains(&(one.machine, one.start)));
    let cut_short = whole.filter(|one| newly(one.machine, one.start, one.end)).count();
    let other = minutes.values().filter(|(before, after)| before != after).count();
    let all = [
        PreviewLine::Machines(count(other)),
        PreviewLine::CutShort(count(cut_short)),
        PreviewLine::EndNow(count(ended)),
    ];
    Ok(capped(all, more_machines || more_uses))
}

/// Qualifications that would lapse with the next run.
async fn lapses(
    conn: &mut SqliteConnection,
    at: At,
    change: &Change,
    now: Millis,
) -> Result<Vec<PreviewLine>, StoreError> {
    let (people, more) = cut(access::active(conn, limit(PEOPLE)).await?, PEOPLE);
    let kinds: HashMap<MachineId, TypeId> = rows::kinds(conn).await?.into_iter().collect();
    let types: HashMap<TypeId, (Settings, Settings)> = rows::types(conn)
        .await?
        .into_iter()
        .filter(|(kind, _)| matches!(at, At::Space) || at == At::Type(*kind))
        .map(|(kind, message)| (kind, (changed(&message, change), Settings::resolve(message))))
        .collect();
    let mut uses: HashMap<PersonId, Vec<(MachineId, Millis)>> = HashMap::new();
    for (person, machine, last) in rows::last_uses(conn, now).await? {
        uses.entry(person).or_default().push((machine, last));
    }
    let mut lapsing = 0;
    for person in &people {
        let theirs = uses.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        let habit = |subject: Subject, with_change: bool| {
            let kind = match subject {
                Subject::Type(kind) => Some(kind),
                Subject::Machine(machine) => kinds.get(&machine).copied(),
            };
            let Some((after, before)) = kind.and_then(|kind| types.get(&kind)) else { return Habit::default() };
            let settings = if with_change { after } else { before };
            let of_it = theirs.iter().filter(|(machine, _)| match subject {
                Subject::Type(kind) => kinds.get(machine) == Some(&kind),
                Subject::Machine(one) => *machine == one,
            });
            Habit {
                unused: settings.lapse_unused,
                never_used: settings.lapse_never_used,
                last_use: of_it.map(|(_, at)| *at).max(),
            }
        };
        let before = due(&person.ledger, |subject| habit(subject, false), now);
        let after = due(&person.ledger, |subject| habit(subject, true), now);
        lapsing += after.iter().filter(|lapse| !before.contains(lapse)).count();
    }
    Ok(capped([PreviewLine::Lapse(count(lapsing))], more))
}

/// The audit entries that would be deleted.
async fn record(
    conn: &mut SqliteConnection,
    change: &Change,
    now: Millis,
) -> Result<Vec<PreviewLine>, StoreError> {
    let stored = settings::of_space(conn).await?.audit_kept;
    let before = |days: u16| now.before(DAY * u32::from(days));
    let (then, so_far) = rows::entries(conn, before(changed(&[], change).audit_kept), before(stored)).await?;
    Ok(capped([PreviewLine::ForgetEntries(then.saturating_sub(so_far))], false))
}

/// Times that would be shown differently in another zone.
async fn zone(conn: &mut SqliteConnection, change: &Change, now: Millis) -> Result<Vec<PreviewLine>, StoreError> {
    let read = |name: &str| name.parse().unwrap_or(Zone::UTC);
    let before: Zone = read(&settings::of_space(conn).await?.zone);
    let after: Zone = read(&changed(&[], change).zone);
    let (bookings, checkouts) = rows::to_come(conn, now, limit(TO_COME)).await?;
    let is_other = |at: Millis| before.moment(at).offset != after.moment(at).offset;
    let others =
        |spans: &[Span]| count(spans.iter().filter(|span| is_other(span.starts) || is_other(span.ends)).count());
    let ((bookings, more), (checkouts, more_checkouts)) = (cut(bookings, TO_COME), cut(checkouts, TO_COME));
    let all = [PreviewLine::OtherBookings(others(&bookings)), PreviewLine::OtherCheckouts(others(&checkouts))];
    let hours = (before.name() != after.name()).then_some(PreviewLine::OtherHours);
    Ok(capped(all.into_iter().chain(hours), more || more_checkouts))
}

/// Roles that would become inactive without a second factor.
async fn roles(conn: &mut SqliteConnection, change: &Change, now: Millis) -> Result<Vec<PreviewLine>, StoreError> {
    if !changed(&[], change).second_factor {
        return Ok(Vec::new());
    }
    let ledgers = rows::without_second_factor(conn).await?;
    let run = ledgers
        .iter()
        .filter(|ledger| [SPACE, SYSTEM].iter().any(|&on| ledger.holds(Relation::Owner, &[on], now)));
    Ok(capped([PreviewLine::Sleep(count(run.count()))], false))
}

/// People whose password would stop working, and those who would keep it.
async fn passwords(conn: &mut SqliteConnection, change: &Change) -> Result<Vec<PreviewLine>, StoreError> {
    if changed(&[], change).passwords {
        return Ok(Vec::new());
    }
    let (kept, all) = (
        store::sign_in_methods::with_password_only(conn).await?,
        store::sign_in_methods::with_password(conn).await?,
    );
    let lost = all.saturating_sub(kept);
    Ok(capped([PreviewLine::LosePassword(lost), PreviewLine::KeepPassword(kept)], false))
}

/// The effective settings with `change` applied to `message`.
fn changed(message: &[Setting], change: &Change) -> Settings {
    let &Change { scope, key, ref value } = change;
    let others = message.iter().filter(|setting| (setting.scope, setting.key) != (scope, key));
    let new = value.clone().map(|value| Setting { scope, key, value });
    Settings::resolve(others.cloned().chain(new).collect())
}

/// The first instant that is looked back on.
fn lately(now: Millis) -> Millis {
    now.before(DAY * 7 * WEEKS)
}

/// One more than is looked at: whether there are more.
fn limit(most: usize) -> i64 {
    i64::try_from(most + 1).unwrap_or(i64::MAX)
}

/// The first `most`, and whether there were more.
fn cut<T>(mut found: Vec<T>, most: usize) -> (Vec<T>, bool) {
    let more = found.len() > most;
    found.truncate(most);
    (found, more)
}

fn count(there: usize) -> u32 {
    u32::try_from(there).unwrap_or(u32::MAX)
}

/// The non-zero effects, and a note if not everything was examined.
fn capped(all: impl IntoIterator<Item = PreviewLine>, more: bool) -> Vec<PreviewLine> {
    let there = all.into_iter().filter(|line| line.many() > 0);
    there.chain(more.then_some(PreviewLine::Partly)).collect()
}

//! Previews other opening hours: who came recently at times that would be closed, and what changes right now.
//!
//! Invariant: a use is compared with the hours by local time, each of its days by itself; by the regular week,
//! without the days that differed from it, so that a past holiday does not count.

use super::{MACHINES, USES, capped, count, cut, lately, limit};
use domain::{
    hours::{Exception, Hours, Opening, Stretch, Weekly},
    id::{MachineId, PersonId},
    previews::{Piece, PreviewLine, lies_in, pieces},
    settings::At,
    time::{Date, Millis},
    zone::Zone,
};
use std::collections::{HashMap, HashSet};
use store::{
    SqliteConnection, StoreError,
    previews::{self as rows, Affected},
};

/// The preview of setting this week at `at`; none inherits.
pub(crate) async fn of_week(
    conn: &mut SqliteConnection,
    at: At,
    week: &[(u8, Stretch)],
    zone: Zone,
    now: Millis,
) -> Result<Vec<PreviewLine>, StoreError> {
    let scope = at.columns().0;
    let change = |hours: &Hours| {
        let mut hours = hours.clone();
        hours.weekly.retain(|weekly| weekly.scope != scope);
        hours.weekly.extend(week.iter().map(|&(weekday, hours)| Weekly { scope, weekday, hours }));
        hours
    };
    let usual = |hours: &Hours, piece: Piece| {
        let hours = Hours { weekly: hours.weekly.clone(), exceptions: Vec::new() };
        hours.on(Date::from_days(piece.day))
    };
    of(conn, at, zone, now, change, |_| true, usual).await
}

/// The preview of setting these hours for one day at `at`: none are closed, `None` is the weekly hours. Compared
/// with the same weekday of the last weeks.
pub(crate) async fn of_day(
    conn: &mut SqliteConnection,
    at: At,
    date: Date,
    message: Option<&[Stretch]>,
    zone: Zone,
    now: Millis,
) -> Result<Vec<PreviewLine>, StoreError> {
    let (scope, day) = (at.columns().0, date.days());
    let change = |hours: &Hours| {
        let mut hours = hours.clone();
        hours.exceptions.retain(|one| (one.scope, one.day) != (scope, day));
        let exception = |hours| Exception { scope, day, hours };
        match message {
            None => {}
            Some([]) => hours.exceptions.push(exception(None)),
            Some(open) => hours.exceptions.extend(open.iter().map(|&one| exception(Some(one)))),
        }
        hours
    };
    let that_day = |piece: Piece| Date::from_days(piece.day).weekday() == date.weekday();
    of(conn, at, zone, now, change, that_day, |hours, _| hours.on(date)).await
}

/// Current and new hours of each machine.
type Both = HashMap<MachineId, (Hours, Hours)>;

async fn of(
    conn: &mut SqliteConnection,
    at: At,
    zone: Zone,
    now: Millis,
    change: impl Fn(&Hours) -> Hours,
    counts: impl Fn(Piece) -> bool,
    on: impl Fn(&Hours, Piece) -> Vec<Stretch>,
) -> Result<Vec<PreviewLine>, StoreError> {
    let today = zone.moment(now).wall().date;
    let found = rows::machines(conn, at, today.days(), limit(MACHINES)).await?;
    let (machines, more_machines) = cut(found, MACHINES);
    let (uses, more_uses) = cut(rows::uses(conn, at, lately(now), now, limit(USES)).await?, USES);
    let both: Both = machines.iter().map(|one| (one.machine, (one.hours.clone(), change(&one.hours)))).collect();
    let closed: HashSet<PersonId> =
        uses.iter()
            .filter(|used| {
                let Some((before, after)) = both.get(&used.machine) else { return false };
                let lasted = pieces(zone.moment(used.start).wall(), zone.moment(used.end).wall());
                lasted.into_iter().filter(|&piece| counts(piece)).any(|piece| {
                    lies_in(piece.hours, &on(before, piece)) && !lies_in(piece.hours, &on(after, piece))
                })
            })
            .filter_map(|used| used.person)
            .collect();
    let [shut, opened, go_on] = at_once(&machines, &both, zone, now);
    let all = [
        PreviewLine::Closed(count(closed.len())),
        PreviewLine::ShutNow(shut),
        PreviewLine::OpenNow(opened),
        PreviewLine::GoOn(go_on),
    ];
    Ok(capped(all, more_machines || more_uses))
}

/// Machines that would be closed and opened now, and how many of the former are in use.
fn at_once(machines: &[Affected], both: &Both, zone: Zone, now: Millis) -> [u32; 3] {
    let today = zone.moment(now).wall().date;
    let open = |hours: &Hours| {
        let opening = hours.opening(now, today, |date, minute| zone.instant(date, minute));
        matches!(opening, Opening::Open { .. })
    };
    let mut all = [0; 3];
    let [shut, opened, go_on] = &mut all;
    for one in machines {
        let Some((before, after)) = both.get(&one.machine) else { continue };
        match (open(before), open(after)) {
            (true, false) => {
                *shut += 1;
                *go_on += u32::from(one.running.is_some());
            }
            (false, true) => *opened += 1,
            _ => {}
        }
    }
    all
}

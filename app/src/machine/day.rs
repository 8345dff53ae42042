//! Positions of uses and bookings on the day strip.
//!
//! Invariant: hours are counted back from the end of the day, after every clock change; in the night of a change
//! only what happened before it is drawn an hour off. Not here: opening hours.

use crate::ui::strip::{Block, Stretch, WIDTH};
use contract::machines::{BookedToday, MachinePage, UseToday};
use domain::time::{HOUR, Millis};

/// Displayed hours of a day without events at night: most workshops' hours.
const DAYTIME: (u8, u8) = (8, 22);
/// Leaves room for seven or eight numbers on a phone.
const DAYTIME_STEP: usize = 2;
const DAY_STEP: usize = 4;

/// The displayed part of the day, in local hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    pub from: u8,
    /// The last hour, at most 24.
    pub to: u8,
    start: Millis,
    end: Millis,
}

impl Axis {
    /// Daytime, or the whole day if something lies outside of it.
    pub fn of(page: &MachinePage) -> Self {
        let midnight = page.day.1.at;
        let hours = |(from, to): (u8, u8)| Self {
            from,
            to,
            start: midnight.before(HOUR * u32::from(24 - from)),
            end: midnight.before(HOUR * u32::from(24 - to)),
        };
        let daytime = hours(DAYTIME);
        let inside = |at: Millis| daytime.start <= at && at <= daytime.end;
        let within = |one: &UseToday| inside(one.start.at) && inside(one.end.unwrap_or(page.now).at);
        // A booking that ends tomorrow ends at the edge.
        let ends = page.day.1.at;
        let booked =
            page.booked.iter().all(|one| inside(one.start.at) && (inside(one.end.at) || ends < one.end.at));
        let is_daytime = inside(page.now.at) && page.uses.iter().all(within) && booked;
        if is_daytime { daytime } else { hours((0, 24)) }
    }

    /// The hours below the strip.
    pub fn ticks(self) -> Vec<u8> {
        let step = if (self.from, self.to) == DAYTIME { DAYTIME_STEP } else { DAY_STEP };
        (self.from..=self.to).step_by(step).collect()
    }

    /// Position of `at`, in units of [`WIDTH`]; `None` outside.
    pub fn place(self, at: Millis) -> Option<u32> {
        (self.start <= at && at <= self.end).then(|| self.nearest(at))
    }

    /// Past time, with bookings and uses on top. The future is free only if the machine is `free` now; otherwise
    /// it is unknown.
    pub fn blocks(self, uses: &[UseToday], booked: &[BookedToday], now: Millis, free: bool) -> Vec<Block> {
        let to = if free { self.nearest(now) } else { WIDTH };
        let past = Block { stretch: Stretch::Past, from: 0, to };
        let uses = uses.iter().map(|one| Block {
            stretch: if one.end.is_some() { Stretch::Used } else { Stretch::Running },
            from: self.nearest(one.start.at),
            to: self.nearest(one.end.map_or(now, |end| end.at)),
        });
        let booked = booked.iter().map(|one| Block {
            stretch: if one.mine { Stretch::Mine } else { Stretch::Booked },
            from: self.nearest(one.start.at),
            to: self.nearest(one.end.at),
        });
        std::iter::once(past).chain(booked).chain(uses).collect()
    }

    /// The position on the strip nearest to `at`.
    fn nearest(self, at: Millis) -> u32 {
        let length = self.end.since(self.start).as_millis().max(1);
        let passed = at.since(self.start).as_millis().min(length);
        u32::try_from(passed * u128::from(WIDTH) / length).unwrap_or(WIDTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::machines::MachineNow;
    use domain::{
        id::{BookingId, MachineId, UseId},
        machines::MachineState,
        time::Moment,
    };

    /// Midnight before Thursday 19 November 2026 in Rome.
    const MIDNIGHT: Millis = Millis(1_795_042_800_000);

    fn at(hour: u32, minute: u32) -> Moment {
        Moment { at: MIDNIGHT.after(HOUR * hour + HOUR / 60 * minute), offset: 60 }
    }

    fn one(start: Moment, end: Option<Moment>) -> UseToday {
        UseToday { id: UseId(1), start, end, approximate: false }
    }

    fn page(now: Moment, uses: Vec<UseToday>) -> MachinePage {
        let machine = MachineNow {
            id: MachineId(1),
            name: "Lathe".into(),
            kind: "Lathe".into(),
            state: MachineState::Unmanaged,
            blocked_because: None,
            user: None,
            next: None,
            awaited_board: None,
            reserved: None,
            usable: false,
            lacks: Vec::new(),
            lock: String::new(),
        };
        let day = (at(0, 0), at(24, 0));
        MachinePage {
            now,
            machine,
            place: None,
            manual: None,
            day,
            uses,
            booked: Vec::new(),
            mine: None,
            block: None,
            used: 0,
            broker_lost: None,
            picture: None,
            may_change: false,
            sees_maintenance: false,
            maintenance: None,
            claimable: false,
        }
    }

    #[test]
    fn day_axis_is_daytime_unless_events_lie_outside() {
        let axis = Axis::of(&page(at(14, 16), vec![one(at(9, 0), Some(at(11, 0)))]));
        assert_eq!((axis.from, axis.to, axis.ticks()), (8, 22, vec![8, 10, 12, 14, 16, 18, 20, 22]));
        for (now, uses) in [
            (at(7, 59), vec![]),
            (at(14, 16), vec![one(at(6, 0), Some(at(9, 0)))]),
            (at(23, 0), vec![one(at(21, 0), None)]),
        ] {
            let axis = Axis::of(&page(now, uses));
            assert_eq!((axis.from, axis.to, axis.ticks()), (0, 24, vec![0, 4, 8, 12, 16, 20, 24]));
        }
    }

    #[test]
    fn uses_align_with_hour_ticks() {
        let uses = vec![one(at(8, 0), Some(at(15, 0))), one(at(15, 0), None)];
        let axis = Axis::of(&page(at(18, 30), uses.clone()));
        let block = |stretch, from, to| Block { stretch, from, to };
        let booking = |start, end, mine| BookedToday { id: BookingId(1), start, end, mine, who: None };
        let booked = [booking(at(18, 0), at(19, 24), false), booking(at(21, 18), at(23, 0), true)];
        assert_eq!(
            axis.blocks(&uses, &booked, at(18, 30).at, true),
            [
                block(Stretch::Past, 0, 750),
                block(Stretch::Booked, 714, 814),
                block(Stretch::Mine, 950, 1_000),
                block(Stretch::Used, 0, 500),
                block(Stretch::Running, 500, 750)
            ]
        );
        assert_eq!(axis.blocks(&[], &[], at(15, 0).at, false), [block(Stretch::Past, 0, 1_000)], "nobody knows");
        assert_eq!((axis.place(at(15, 0).at), axis.place(at(7, 0).at)), (Some(500), None));
    }

    #[test]
    fn use_since_yesterday_starts_at_the_edge() {
        let yesterday = Moment { at: MIDNIGHT.before(HOUR), offset: 60 };
        let uses = vec![one(yesterday, Some(at(12, 0)))];
        let axis = Axis::of(&page(at(14, 0), uses.clone()));
        assert_eq!(
            axis.blocks(&uses, &[], at(14, 0).at, false)[1],
            Block { stretch: Stretch::Used, from: 0, to: 500 }
        );
    }
}

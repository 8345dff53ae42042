//! Previews of a change: counted now and from the last weeks, before it is made.
//!
//! **Invariant.** Counts, never names; small numbers of people are not given exactly. Not here: counting, and
//! sentences.

use crate::{
    hours::{DAY_MINUTES, Stretch},
    time::WallTime,
};

/// Weeks that are looked back on.
pub const WEEKS: u32 = 4;
/// From this many people on, the exact number is given.
pub const FEW: u32 = 5;

/// One effect of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewLine {
    /// People who would lose access to something.
    Bar(u32),
    /// People without access who would gain some.
    LetIn(u32),
    Machines(u32),
    /// So many of these are in use, and change when their users log out.
    AtLogOut(u32),
    /// Uses of the last weeks that were longer than boards would then let them be.
    CutShort(u32),
    /// Uses that run now and are longer already: their boards end them.
    EndNow(u32),
    /// Names of people on machines now that would be hidden, or shown less of.
    Hide(u32),
    /// Names of people on machines now that would be shown, or more of them.
    Show(u32),
    /// People on more machines now than they could then begin.
    Over(u32),
    /// Qualifications that would lapse.
    Lapse(u32),
    /// People with a role and no second factor: the role sleeps until they have one.
    Sleep(u32),
    /// People who have another way in, and whose password would stop working.
    LosePassword(u32),
    /// People without another way in, who would keep their password until they add one.
    KeepPassword(u32),
    /// Machines that anonymous visitors would no longer see.
    Unseen(u32),
    /// Machines that passers-by would then see.
    Seen(u32),
    /// People who in the last weeks used something there at hours that would then be closed.
    Closed(u32),
    /// Machines that would be closed from now on.
    ShutNow(u32),
    /// Machines that would be open from now on.
    OpenNow(u32),
    /// Running uses on machines that would be closed: they continue.
    GoOn(u32),
    /// Uses whose names would be cleared.
    CutNames(u32),
    /// Decisions at machines that would be forgotten.
    ForgetDecisions(u32),
    /// Unclaimed cards that would be deleted.
    ForgetCards(u32),
    /// Sessions, links and tokens that have run out.
    ForgetSignIns(u32),
    /// Entries of the record that would be cut away.
    ForgetEntries(u32),
    /// Upcoming bookings that would be shown at other local times.
    OtherBookings(u32),
    /// Upcoming checkouts that would be shown at other local times.
    OtherCheckouts(u32),
    /// Wall-clock times – opening hours, times of trainers – would fall on other instants.
    OtherHours,
    /// Not everything could be looked at.
    Partly,
}

impl PreviewLine {
    /// The count; uncounted effects are one.
    #[must_use]
    pub const fn many(self) -> u32 {
        match self {
            Self::Bar(n)
            | Self::LetIn(n)
            | Self::Machines(n)
            | Self::AtLogOut(n)
            | Self::CutShort(n)
            | Self::EndNow(n)
            | Self::Hide(n)
            | Self::Show(n)
            | Self::Over(n)
            | Self::Lapse(n)
            | Self::Sleep(n)
            | Self::LosePassword(n)
            | Self::KeepPassword(n)
            | Self::Unseen(n)
            | Self::Seen(n)
            | Self::Closed(n)
            | Self::ShutNow(n)
            | Self::OpenNow(n)
            | Self::GoOn(n)
            | Self::CutNames(n)
            | Self::ForgetDecisions(n)
            | Self::ForgetCards(n)
            | Self::ForgetSignIns(n)
            | Self::ForgetEntries(n)
            | Self::OtherBookings(n)
            | Self::OtherCheckouts(n) => n,
            Self::OtherHours | Self::Partly => 1,
        }
    }

    /// Whether it makes anybody worse off.
    #[must_use]
    pub const fn bites(self) -> bool {
        let harms = matches!(
            self,
            Self::Bar(_)
                | Self::CutShort(_)
                | Self::EndNow(_)
                | Self::Hide(_)
                | Self::Over(_)
                | Self::Lapse(_)
                | Self::Sleep(_)
                | Self::LosePassword(_)
                | Self::Unseen(_)
                | Self::Closed(_)
                | Self::ShutNow(_)
                | Self::CutNames(_)
                | Self::ForgetEntries(_)
                | Self::OtherBookings(_)
                | Self::OtherCheckouts(_)
        );
        harms && self.many() > 0
    }
}

/// The part of a use on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Days since 1 January 1970.
    pub day: i64,
    /// Its wall-clock hours; never empty.
    pub hours: Stretch,
}

/// Days that one use is looked at for, at most.
const DAYS: i64 = 7;

/// Splits a use from `from` to `to` by day, in wall-clock time.
#[must_use]
pub fn pieces(from: WallTime, to: WallTime) -> Vec<Piece> {
    let minute = |at: WallTime| u16::from(at.hour) * 60 + u16::from(at.minute);
    let (first, last) = (from.date.days(), to.date.days());
    let mut pieces = Vec::new();
    for day in first..=last.min(first + DAYS) {
        let start = if day == first { minute(from) } else { 0 };
        let end = if day == last { minute(to) } else { DAY_MINUTES };
        // A use ending at midnight does not reach the next day; a short one counts one minute.
        if day == first || end > 0 {
            pieces.push(Piece { day, hours: Stretch { from: start, to: end.max(start + 1) } });
        }
    }
    pieces
}

/// Whether all of `hours` lies in `open`, which is in order.
#[must_use]
pub fn lies_in(hours: Stretch, open: &[Stretch]) -> bool {
    let mut reached = hours.from;
    for stretch in open {
        if stretch.from <= reached && reached < stretch.to {
            reached = stretch.to;
        }
    }
    reached >= hours.to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Date;

    fn at(day: i64, hour: u8, minute: u8) -> WallTime {
        WallTime { date: Date::from_days(day), hour, minute }
    }

    const fn stretch(from: u16, to: u16) -> Stretch {
        Stretch { from, to }
    }

    #[test]
    fn use_over_midnight_is_split_by_day() {
        let piece = |day, from, to| Piece { day, hours: stretch(from, to) };
        assert_eq!(pieces(at(5, 9, 0), at(5, 10, 30)), [piece(5, 540, 630)]);
        assert_eq!(pieces(at(5, 22, 0), at(6, 1, 0)), [piece(5, 1_320, 1_440), piece(6, 0, 60)]);
        assert_eq!(pieces(at(5, 22, 0), at(6, 0, 0)), [piece(5, 1_320, 1_440)], "it ended at midnight");
        assert_eq!(pieces(at(5, 9, 0), at(5, 9, 0)), [piece(5, 540, 541)], "shorter than a minute");
        assert_eq!(pieces(at(5, 2, 30), at(5, 2, 10)), [piece(5, 150, 151)], "the clock was put back");
        assert!(pieces(at(0, 0, 0), at(1_000, 0, 0)).len() < 10, "what never ended is not looked at for ever");
    }

    #[test]
    fn stretch_across_adjacent_ranges_lies_within() {
        let open = [stretch(480, 720), stretch(720, 800), stretch(840, 1_080)];
        assert!(lies_in(stretch(500, 790), &open) && lies_in(stretch(840, 1_080), &open));
        for outside in [stretch(470, 500), stretch(790, 850), stretch(1_000, 1_081), stretch(1_200, 1_201)] {
            assert!(!lies_in(outside, &open), "{outside:?}");
        }
        assert!(!lies_in(stretch(0, 1), &[]));
    }
}

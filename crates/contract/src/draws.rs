//! Draws: rooms that are given out by lot, the wishes of groups and people, and the result.
//!
//! Not here: the proof and the table of wishes as files, which are in `api`.

use crate::form::IdList;
#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    bounded::BoundedInteger,
    draws::{Entrants, LeftOut, State, WISH_NOTE, WISHES, Weekdays},
    hours::TimeOfDay,
    id::{DrawId, GroupId, RoomId, SeriesId, WishId},
    names::{Name, Remark},
    time::{Date, Millis, Moment},
    versions::Saved,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use std::cmp::Reverse;

operations! {
    tag Draws;

    /// List draws
    ///
    /// Lists draws, the latest window first.
    GET "draws" => ListDraws() -> Draws, page "draws/list", scope BookingsRead,
        lists draws by |draw: &DrawView| -> Reverse<(Millis, i64)> { Reverse((draw.opens.at, draw.id.0)) };

    /// Plan a draw
    ///
    /// Plans a draw and makes its secret, whose SHA-256 is published at once as `commitment`. The window in which wishes are
    /// taken lasts from four to seven days.
    POST "draws" => AddDraw(form: DrawForm) -> DrawAdded,
        page "draws/add", then "/draws", scope BookingsWrite, makes Below as draw, errors ["draw.invalid"];

    /// Get a draw
    ///
    /// Returns a draw. The number of its wishes is public from the first on, what they are after the run.
    GET "draws/{id}" => ReadDraw(id: DrawId) -> DrawView, scope BookingsRead, versioned, errors ["draw.unknown"];

    /// A draw with everything its reader may see.
    READ => ReadDrawPage(id: DrawId) -> DrawPage, page "draws/read";

    /// Update a draw
    ///
    /// Replaces the fields of a draw. Once it is open, only its name and the time of the run can be changed, and its window
    /// extended; once it has run, nothing. The secret stays the same.
    PUT "draws/{id}" => SaveDraw(id: DrawId, version: i64, form: Result<DrawForm, Faults>) -> (),
        page "draws/save", scope BookingsWrite, errors ["draw.unknown", "draw.completed", "draw.invalid"];

    /// Delete a draw
    ///
    /// Deletes a draw that has not opened.
    DELETE "draws/{id}" => DeleteDraw(id: DrawId) -> (),
        page "draws/delete", then "/draws", scope BookingsWrite, errors ["draw.unknown", "draw.opened"];

    /// List the wishes of a draw
    ///
    /// Lists the wishes that the caller may see: before the run their own and those of groups that they administer, and all
    /// of them afterwards, with what became of each.
    GET "draws/{id}/wishes" => ListWishes(id: DrawId) -> WishList,
        scope BookingsRead, errors ["draw.unknown"], lists wishes by |wish: &WishView| -> i64 { wish.id.0 };

    /// The form of a wish, with what it can be about.
    READ => ReadWishPage(draw: DrawId, form: WishParams) -> WishPage, page "draws/wish";

    /// Enter a wish
    ///
    /// Enters a wish for a group that the caller administers, or for themselves. The time at which it is entered plays no part.
    POST "draws/{id}/wishes" => AddWish(draw: DrawId, form: WishForm) -> WishAdded,
        page "draws/add-wish", then "/draws/{draw}", scope BookingsWrite, makes Here as wish,
        errors ["draw.unknown", "draw.not-open", "draw.wish-invalid"];

    /// Change a wish
    ///
    /// Replaces a wish while the draw is open. It stays with the group or the person that it is for.
    PUT "draws/{id}/wishes/{wish}" =>
        SaveWish(draw: DrawId, wish: WishId, version: i64, form: Result<WishForm, Faults>) -> (),
        page "draws/save-wish", then "/draws/{draw}", scope BookingsWrite,
        errors ["draw.unknown", "draw.wish-unknown", "draw.not-open", "draw.wish-invalid"];

    /// Withdraw a wish
    ///
    /// Deletes a wish while the draw is open.
    DELETE "draws/{id}/wishes/{wish}" => WithdrawWish(draw: DrawId, wish: WishId) -> (),
        page "draws/withdraw", scope BookingsWrite, errors ["draw.unknown", "draw.wish-unknown", "draw.not-open"];

    /// Try a draw
    ///
    /// Runs a closed draw with another secret, to see what cannot be won by anybody. Who would win in it says nothing about
    /// the draw itself, and it changes nothing.
    GET "draws/{id}/trial" => TryDraw(id: DrawId) -> DrawTrial,
        page "draws/try", scope BookingsRead, errors ["draw.unknown", "draw.not-closed", "draw.completed"];

    /// Run a draw
    ///
    /// Runs a closed draw and books the dates of all winners. Idempotent: a draw that has run stays as it is.
    POST "draws/{id}/run" => RunDraw(id: DrawId) -> DrawRun,
        page "draws/run", scope BookingsWrite, errors ["draw.unknown", "draw.not-closed"];

    /// The proof of a draw, with the record published before its run.
    READ => ReadProof(id: DrawId) -> ProofPage, page "draws/proof";
}

/// The fields of a draw.
#[derive(Debug, Clone, Form)]
pub struct DrawForm {
    /// The name.
    #[field(example = "Studios, spring 2027")]
    pub name: Name,
    /// When it takes the first wishes.
    #[field(example = "2099-11-16T08:00:00+01:00")]
    pub opens: Millis,
    /// When it takes no more.
    #[field(example = "2099-11-22T22:00:00+01:00")]
    pub closes: Millis,
    /// When it is to be run, as announced.
    #[field(example = "2099-11-24T09:00:00+01:00")]
    pub draws: Millis,
    /// The first day of the weeks that are drawn.
    #[field(example = "2100-01-11")]
    pub first: Date,
    /// The last day.
    #[field(example = "2100-04-11")]
    pub last: Date,
    /// Who may enter wishes.
    pub entrants: Entrants,
    /// Wishes of a group or person at most.
    #[field(example = 5)]
    pub limit: BoundedInteger<1, WISHES>,
    /// The rooms that are drawn.
    pub rooms: IdList<RoomId>,
    /// The days of the week that are drawn, Monday is 0. All of them if left out.
    #[field(example = [0, 1, 2, 3, 4])]
    pub days: Weekdays,
    /// From when on each of these days; from midnight if left out.
    #[field(example = "08:00")]
    pub from: Option<TimeOfDay>,
    /// Until when; until midnight if left out or `00:00`.
    #[field(example = "22:00")]
    pub to: Option<TimeOfDay>,
}

/// A time of the week: seconds from Sunday 00:00 by the wall clock for programs, a time of the day beside a weekday for pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekTime {
    Second(u32),
    Clock(u16),
}

/// A wish.
#[derive(Debug, Clone, Form)]
pub struct WishForm {
    /// The group that it is for; for the caller if left out.
    #[field(example = 2)]
    pub group: Option<GroupId>,
    /// The room.
    #[field(example = 4)]
    pub room: RoomId,
    /// The weekday on which it begins, for times of the day: Sunday is 0.
    pub day: Option<BoundedInteger<0, 6>>,
    /// When it begins, in seconds of the week from Sunday 00:00.
    #[field(example = 237_600)]
    pub from: WeekTime,
    /// When it ends, exclusive; at the latest 604800, Saturday midnight.
    #[field(example = 248_400)]
    pub until: WeekTime,
    /// How much it matters, from 1 (nice to have) to 5 (matters most).
    #[field(example = 5)]
    pub importance: BoundedInteger<1, 5>,
    /// A note for the group.
    #[field(example = "Presses are there")]
    pub note: Option<Remark<WISH_NOTE>>,
}

/// What the page of a wish is about.
#[derive(Debug, Clone, Copy, Form)]
pub struct WishParams {
    /// The wish to be changed.
    pub wish: Option<WishId>,
    /// The group of a new wish.
    pub group: Option<GroupId>,
}

/// A room that is drawn.
#[view]
pub struct DrawRoom {
    /// Its id.
    #[field(example = 4)]
    pub id: RoomId,
    /// Its name.
    #[field(example = "Studio A")]
    pub name: String,
    /// People.
    #[field(example = 16)]
    pub capacity: u16,
}

/// A draw.
#[view]
pub struct DrawView {
    /// Its id.
    #[field(example = 7)]
    pub id: DrawId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The name.
    #[field(example = "Studios, spring 2027")]
    pub name: String,
    /// The state.
    pub state: State,
    /// When it takes the first wishes.
    pub opens: Moment,
    /// When it takes no more.
    pub closes: Moment,
    /// When it is to be run.
    pub draws: Moment,
    /// The first day of the weeks that are drawn.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// The number of weeks.
    #[field(example = 13)]
    pub weeks: u16,
    /// Who may enter wishes.
    pub entrants: Entrants,
    /// Wishes of a group or person at most.
    #[field(example = 5)]
    pub limit: u16,
    /// The rooms, by name.
    pub rooms: Vec<DrawRoom>,
    /// The days of the week that are drawn, Monday is 0.
    pub days: Vec<u16>,
    /// From when on each of these days, in minutes of the day.
    #[field(example = 480)]
    pub from: u16,
    /// Until when, exclusive.
    #[field(example = 1320)]
    pub to: u16,
    /// When the commitment was published.
    pub published: Moment,
    /// The SHA-256 of the secret.
    #[field(example = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")]
    pub commitment: String,
    /// When a new secret replaced the one published first, because a backup was restored.
    pub renewed: Option<Moment>,
    /// The SHA-256 of the wishes, from the closing on.
    pub wishes_hash: Option<String>,
    /// The number of groups and people who entered wishes.
    #[field(example = 9)]
    pub entered: u32,
    /// The number of their wishes.
    #[field(example = 31)]
    pub wishes: u32,
    /// When it was run.
    pub ran: Option<Moment>,
}

#[cfg(feature = "server")]
impl HasVersion for DrawView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// All draws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draws {
    pub now: Moment,
    pub draws: Vec<DrawView>,
    /// For those who plan draws: the rooms to choose from.
    pub choices: Option<Vec<(RoomId, String)>>,
}

/// The result of planning a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawAdded {
    pub draw: DrawId,
}

/// A date of a won wish that is not booked.
#[view]
pub struct LeftOutView {
    /// The date on which it would begin.
    pub day: Date,
    /// Why.
    pub reason: LeftOut,
}

/// A wish.
#[view]
pub struct WishView {
    /// Its id.
    #[field(example = 17)]
    pub id: WishId,
    /// Its version.
    #[field(example = 1)]
    pub version: i64,
    /// The group that it is for, unless it is for a person.
    #[field(example = 2)]
    pub group: Option<GroupId>,
    /// The name of the group; that of a person for themselves and callers who see people.
    pub name: Option<String>,
    /// Whether it is the caller's, or of a group that they administer.
    pub mine: bool,
    /// The room.
    #[field(example = 4)]
    pub room: RoomId,
    /// Its name.
    #[field(example = "Studio A")]
    pub room_name: String,
    /// When it begins, in seconds of the week from Sunday 00:00.
    #[field(example = 237_600)]
    pub from: u32,
    /// When it ends, exclusive.
    #[field(example = 248_400)]
    pub until: u32,
    /// How much it matters, from 1 to 5.
    #[field(example = 5)]
    pub importance: u16,
    /// The note; only for those whose wish it is.
    pub note: Option<String>,
    /// `won`, `taken` by another wish, or the reason why nobody could win it: `archived`, `not-bookable`, `closed`,
    /// `occupied`, `not-permitted`. Null before the run.
    #[field(example = "won")]
    pub outcome: Option<String>,
    /// The round in which it was won.
    pub round: Option<u32>,
    /// The turn in that round.
    pub turn: Option<u32>,
    /// The wish that took its time.
    pub taken_by: Option<WishId>,
    /// The series with its bookings.
    #[field(example = 5)]
    pub series: Option<SeriesId>,
    /// The number of dates booked for it.
    #[field(example = 11)]
    pub booked: u32,
    /// The dates that could not be had; before the run those known so far.
    pub left_out: Vec<LeftOutView>,
}

/// The wishes that a caller may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishList {
    pub wishes: Vec<WishView>,
}

/// A turn of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnView {
    pub round: u32,
    pub turn: u32,
    /// The group or person in [`DrawPage::entrants`].
    pub entrant: u32,
    pub won: Option<WishId>,
}

/// A group or a person for whom a reader can enter wishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActsFor {
    /// `None` is the reader.
    pub group: Option<GroupId>,
    /// The name of the group.
    pub name: Option<String>,
}

/// A group or a person who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntrantView {
    pub group: Option<GroupId>,
    /// The name of a group, and of a person for readers who may see it.
    pub name: Option<String>,
    pub mine: bool,
}

/// A draw, with everything its reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawPage {
    pub now: Moment,
    pub draw: DrawView,
    /// For whom the reader can enter wishes.
    pub acts_for: Vec<ActsFor>,
    /// Those that the reader may see.
    pub wishes: Vec<WishView>,
    /// After the run, those who took part.
    pub entrants: Vec<EntrantView>,
    /// After the run, in order.
    pub turns: Vec<TurnView>,
    /// For those who plan draws: its fields as in the form, and the rooms to choose from.
    pub edit: Option<DrawEdit>,
}

/// What the form of a draw needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawEdit {
    pub saved: Saved,
    pub rooms: Vec<(RoomId, String)>,
}

/// The page of a wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishPage {
    pub now: Moment,
    pub draw: DrawView,
    pub acts_for: Vec<ActsFor>,
    /// The one that is changed.
    pub wish: Option<WishId>,
    pub saved: Saved,
    /// The group or person that it is for.
    pub entrant: ActsFor,
    /// All their wishes, that one included.
    pub wishes: Vec<WishView>,
    /// Stretches of the week in which the workshop is closed: seconds from Sunday 00:00.
    pub closed: Vec<(u32, u32)>,
}

/// The result of entering a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WishAdded {
    pub wish: WishId,
}

/// A trial of a draw.
#[view]
pub struct DrawTrial {
    /// The number of wishes.
    #[field(example = 31)]
    pub wishes: u32,
    /// How many were won in it.
    #[field(example = 24)]
    pub won: u32,
    /// How many rounds it had.
    #[field(example = 3)]
    pub rounds: u32,
    /// The wishes that nobody can win.
    pub obstacles: Vec<TrialObstacle>,
    /// The number of dates of winners that could not be had in it.
    #[field(example = 4)]
    pub left_out: u32,
}

/// A wish that cannot be won.
#[view]
pub struct TrialObstacle {
    /// The wish.
    #[field(example = 17)]
    pub wish: WishId,
    /// Why: `archived`, `not-bookable`, `closed`, `occupied` or `not-permitted`.
    #[field(example = "archived")]
    pub reason: String,
    /// The room.
    #[field(example = "Darkroom")]
    pub room: String,
}

/// The result of running a draw.
#[view]
pub struct DrawRun {
    /// When it was run.
    pub ran: Moment,
    /// The number of wishes that were won.
    #[field(example = 24)]
    pub won: u32,
    /// The number that were not.
    #[field(example = 7)]
    pub lost: u32,
}

/// The proof of a draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofPage {
    pub draw: DrawId,
    pub name: String,
    /// When the commitment was published.
    pub published: Moment,
    pub commitment: String,
    pub closed: Moment,
    pub wishes_hash: String,
    /// The file.
    pub file: String,
}

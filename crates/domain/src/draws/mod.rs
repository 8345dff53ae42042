//! Draws: scarce rooms and machines are given out by a lottery that anyone can recompute.
//!
//! A draw commits to a secret, takes wishes while its window is open, closes, and runs ([`State`]). A wish is a time of
//! every week at one resource ([`DrawWish`]). [`run`] decides which are won, [`proof`] writes the file with everything
//! needed to recompute it, and [`verify`] does so. `docs/draw-verify.py` is a second verifier, written from this
//! description.
//!
//! **Invariants.** Every group gets a first wish before any group gets a second: a wish is lost only to a fact
//! ([`Obstacle`]) or to a wish that was won in the same round or an earlier one, and nobody wins twice in a round. The
//! description below is complete: it changes only together with [`VERSION`].
//!
//! Not here: the secret's random bytes; who may enter wishes; dates and bookings, which the winners get from the caller.
//!
//! # The algorithm, version 1
//!
//! SHA-256 is taken over bytes, and hashes are written as 64 digits from `0` to `9` and `a` to `f`. Numbers are decimal,
//! without sign, leading zeros or fractions.
//!
//! **Input.** A secret of 32 bytes. The draw's id, from 1 to 2⁶³ − 1, as are all ids. At most 5,000 wishes, each with
//!
//! - `id`, different from that of all other wishes
//! - `entrant`: a group, `group:7`, or a person, `alias:12`
//! - `resource`: a room, `room:2`, or a machine, `machine:5`
//! - `from`, from 0 to 604799, and `until`, from 1 to 604800: multiples of 60, not equal. Seconds of the week from Sunday
//!   00:00 by the wall clock. The wish includes `from` and excludes `until`. If `until` is less than `from`, it passes
//!   Saturday midnight: it is everything from `from` to the end of the week, and everything before `until`.
//! - `importance`, from 1 to 5
//! - `order`, from 0 to 2³² − 1
//!
//! And obstacles: some wishes have one, `archived`, `not-bookable`, `closed`, `occupied` or `not-permitted`. They are facts
//! at the time of the run. They are not part of any hash, because otherwise each of them would give a new order to choose
//! from.
//!
//! **Hashes.** The *canonical wishes* are the line `toolgate draw ID version 1`, then a line for every wish, sorted by
//! `id` as a number: `id entrant resource from until importance order`. Single spaces stand between, and every line
//! ends with the byte 10. For example, three lines:
//!
//! - `toolgate draw 7 version 1`
//! - `1 group:3 room:2 237600 248400 5 0`
//! - `2 alias:12 room:2 237600 248400 3 0`
//!
//! The hashes are:
//!
//! - `commitment` = SHA-256(secret); published before the window opens
//! - `wishes_hash` = SHA-256(canonical wishes); published when it closes
//! - `seed` = SHA-256(secret, then canonical wishes)
//!
//! **Numbers.** Block *i*, from 0, is the first 8 bytes, big-endian, of SHA-256(seed, then *i* as 8 bytes, big-endian).
//! To draw a number below *n* (from 0 to *n* − 1), let *k* be the number of bits of *n* − 1 (0 if *n* is 1). Take the
//! next block and of it the lowest *k* bits. If the result is *n* or more, take the next block instead, until it is less.
//! A block is never used twice. Every number is thus equally likely.
//!
//! **Rounds.** Wishes with an obstacle are lost to it; all others are pending. While a wish is pending, there is another
//! round, counted from 1:
//!
//! 1. Everybody with a pending wish takes part. An entrant's *first choice* is the pending wish with the highest
//!    importance; of these the one with the lowest order; of these the one with the lowest id. The importance of the
//!    first choice is the entrant's weight in this round.
//! 2. The order is drawn. The participants stand in a list: groups by id, then aliases by id. While the list is not empty,
//!    draw a number below the sum of the weights in it. Go through the list and subtract weights from the number; the
//!    first entrant whose weight is greater than what is left of it comes next in the order, and leaves the list.
//! 3. The turns, counted from 1, are taken in that order. Each entrant wins its first choice as of now; so an entrant whose
//!    first choice was taken earlier in the round gets its next one at once. At that moment every other pending wish of
//!    the same resource that has a second of the week in common with it, the entrant's own included, is lost to it. A turn
//!    of an entrant without pending wishes wins nothing.
//!
//! **File.** A JSON object in one line without spaces, then the byte 10. Its fields, in this order:
//!
//! 1. `"format":"toolgate-draw"`
//! 2. `"version":1`
//! 3. `"draw":7`
//! 4. `"commitment":"…"`
//! 5. `"secret":"…"`, in digits as a hash
//! 6. `"wishes":[…]`, sorted by id as a number, each
//!    `{"id":1,"entrant":"group:3","resource":"room:2","from":237600,"until":248400,"importance":5,"order":0}`
//! 7. `"wishes_hash":"…"`
//! 8. `"obstacles":[…]`, sorted by wish, each `{"wish":4,"reason":"archived"}`
//! 9. `"seed":"…"`
//! 10. `"turns":[…]`, as they were taken, each `{"round":1,"turn":1,"entrant":"group:3","won":1}`, with `null` if nothing was
//!     won
//! 11. `"outcomes":[…]`, one for every wish, sorted by wish: `{"wish":1,"result":"won","round":1,"turn":1}`,
//!     `{"wish":2,"result":"taken","by":1}` with the wish it was lost to, or `{"wish":4,"result":"archived"}` with its
//!     obstacle
//!
//! A file that is written in any other way is refused, and so is one of more than 4 MiB.
//!
//! A verifier recomputes all of it from `draw`, `secret`, `wishes` and `obstacles`, and names the first [`Step`] that
//! differs. A reader compares `commitment` and `wishes_hash` with those published before.
//!
//! # What it proves
//!
//! The secret was fixed before the first wish, and the wishes before the secret was published, so neither could be chosen
//! to fit the other. It does not prove that nobody knew the secret while the window was open: one who did, and could enter
//! wishes, could try which of them gives a good order. So the server makes the secret, shows it to nobody before the run, and
//! stores it outside the database, so that no copy of that has it; who reads the data folder itself can know it. After a
//! restore, which may bring back a draw whose secret was published meanwhile, the draw gets a new secret and commitment, and
//! its page says when. Nor does it prove the obstacles: each is published with its reason, for those whose wish it is to check.

mod generator;
mod hash;
mod proof;
mod run;
mod schedule;
mod terms;
mod wishes;

#[cfg(test)]
mod tests;

pub use hash::{DrawHash, Secret};
pub use proof::{
    ChangedWish, InvalidProof, MAX_BYTES, Step, VerifiedDraw, WishFault, changed_wish, proof, verify,
};
pub use run::{DrawInput, DrawResult, InvalidInput, Loss, MAX_WISHES, Obstacle, Outcome, Turn, VERSION, run};
pub use schedule::{State, Window};
pub use terms::{
    Entrants, Fault, LeftOut, Offered, ROOMS, Terms, WEEKS, WINDOW_LEAST, WINDOW_MOST, WISH_HOURS, WISH_NOTE,
    WISHES, Weekdays, span_fault,
};
pub use wishes::{
    DrawWish, Entrant, Importance, SpanError, WEEK, WeekSpan, WishError, WishInput, WishRules, offered_twice,
    validate,
};

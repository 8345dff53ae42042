//! Turns of those who come back from a provider, to ask it about them.
//!
//! **Invariants.** Only failures count, and they refuse nobody else behind the same address: from there fewer ask at once then, and the
//! others wait, by browser, so that many returns of one browser wait for each other. One is refused only if too many wait, or if its
//! turn does not come as long as a browser waits for a page. Not here: the return itself ([`super::sign_in`]), and how often
//! one beginning may come back ([`crate::sealed`]).

use crate::{
    Ctx,
    rate::RateLimiter,
    turns::{Full, Name, Place, Queue, Room, Turn},
};
use domain::rate::Pace;
use std::time::Duration;
use tokio::time::timeout;

/// Returns that a provider does not confirm, from one place. Beyond them it is slowed.
const FAILING: Pace = Pace { burst: 300, every: Duration::from_secs(1) };
/// Returns that ask a provider: one that hangs must not hold more, and one network not all of them.
const ASKING: Room = Room { at_once: 16, each: 8, per_place: 300, in_all: 600 };
/// The same from slowed places, besides.
const SLOWED: Room = Room { at_once: 8, each: 2, per_place: 300, in_all: 600 };
/// How long a return waits for its turn.
const WAITS: Duration = Duration::from_secs(20);

/// Returns under way.
struct Returns {
    failing: RateLimiter<Place>,
    asking: Queue,
    slowed: Queue,
}

impl Default for Returns {
    fn default() -> Self {
        Self { failing: RateLimiter::default(), asking: Queue::new(ASKING), slowed: Queue::new(SLOWED) }
    }
}

/// The right to ask a provider about one return. Unless it succeeds, it counts as failed.
#[must_use]
pub(super) struct Asking<'a> {
    ctx: &'a Ctx,
    place: Place,
    /// The place is not slowed.
    is_prompt: bool,
    _turn: Turn,
}

impl Asking<'_> {
    /// The provider confirmed it.
    pub(super) fn succeed(self) {
        if self.is_prompt {
            self.ctx.memory::<Returns>().failing.give_back(&self.place, FAILING);
        }
    }
}

/// Waits for a turn to ask a provider about a return of `browser`.
pub(super) async fn turn(ctx: &Ctx, place: Place, browser: Name) -> Result<Asking<'_>, Full> {
    let Returns { failing, asking, slowed } = ctx.memory::<Returns>();
    let is_prompt = failing.take(place, FAILING, ctx.steady()).is_ok();
    let queue = if is_prompt { asking } else { slowed };
    if let Ok(Ok(turn)) = timeout(WAITS, queue.turn_as(place, browser)).await {
        return Ok(Asking { ctx, place, is_prompt, _turn: turn });
    }
    // It was not tried.
    if is_prompt {
        failing.give_back(&place, FAILING);
    }
    Err(Full)
}

//! The time on the page.
//!
//! Invariant: the first render in both halves shows the instant at which the server rendered, so hydration cannot
//! mismatch; from then on the browser counts on and is corrected by every answer of the server. The device's own
//! clock only measures elapsed time, because it may be wrong by hours. Not here: the server's clock.

use crate::visitor::use_visitor;
use domain::time::{Millis, Moment};
use leptos::prelude::*;
use std::time::Duration;

/// How often the page reads the clock, in milliseconds. Ticks fall on whole quarters of a minute, so that every
/// minute begins on time.
const TICK: i64 = 15_000;

/// The space's clock as this page knows it; `Copy`, provided at the root.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    now: RwSignal<Moment>,
    /// The server's time, and the device's at that moment, in milliseconds.
    set: StoredValue<(Moment, f64)>,
}

impl Clock {
    fn at(now: Moment) -> Self {
        Self { now: RwSignal::new(now), set: StoredValue::new((now, 0.0)) }
    }

    /// The current time; readers run again at every tick.
    #[must_use]
    pub fn now(self) -> Moment {
        self.now.get()
    }

    /// The current time, untracked.
    #[must_use]
    pub fn now_once(self) -> Moment {
        self.now.get_untracked()
    }

    /// Sets the clock by a server answer. In the browser only.
    pub fn hear(self, now: Moment) {
        self.set.set_value((now, js_sys::Date::now()));
        self.now.set(now);
    }

    fn tick(self) {
        let (heard, device) = self.set.get_value();
        #[expect(clippy::cast_possible_truncation, reason = "the length of time a page is open")]
        let passed = (js_sys::Date::now() - device) as i64;
        self.now.set(heard.shifted_to(Millis(heard.at.0.saturating_add(passed))));
    }
}

/// Call once at the root; ticks after hydration until the root is dropped.
pub fn provide_clock() {
    let clock = Clock::at(use_visitor().now);
    provide_context(clock);
    crate::hydration::once_hydrated(Box::new(move || {
        clock.hear(clock.now_once());
        let to_next = TICK - clock.now_once().at.0.rem_euclid(TICK);
        let ticking = StoredValue::new(None);
        let first = set_timeout_with_handle(
            move || {
                clock.tick();
                ticking.set_value(set_interval_with_handle(move || clock.tick(), length(TICK)).ok());
            },
            length(to_next),
        );
        on_cleanup(move || {
            if let Ok(first) = first {
                first.clear();
            }
            if let Some(Some(handle)) = ticking.try_get_value() {
                handle.clear();
            }
        });
    }));
}

/// The clock of this page; outside a root (a component in a unit test) it stands still.
#[must_use]
pub fn use_clock() -> Clock {
    use_context::<Clock>().unwrap_or_else(|| Clock::at(use_visitor().now))
}

fn length(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

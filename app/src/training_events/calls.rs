//! The forms of the page of an event.
//!
//! Not here: where they are shown, which is in [`super::one`] and [`super::host`].

use crate::call::{Call, Function};
use contract::training_events;
use leptos::prelude::*;

type SignUp = Function<training_events::SignUp>;
type Leave = Function<training_events::LeaveEvent>;
type Cancel = Function<training_events::CancelEvent>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Calls {
    pub sign_up: Call<SignUp>,
    pub leave: Call<Leave>,
    pub cancel: Call<Cancel>,
}

impl Calls {
    pub fn new() -> Self {
        Self { sign_up: Call::new(), leave: Call::new(), cancel: Call::new() }
    }

    /// Number of submissions.
    pub fn sent(self) -> usize {
        let Self { sign_up, leave, cancel } = self;
        sign_up.version().get() + leave.version().get() + cancel.version().get()
    }
}

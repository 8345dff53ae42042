//! The papers just ticked or withdrawn, with undo where it can be: a signature cannot be given back by others.

use crate::{
    call::{Call, Function},
    lang,
    ui::{
        answered::later,
        toast::{Toast, Undo, refusals, undo_form},
    },
};
use contract::documents::{SignaturesChange, TickPapers, WithdrawSignatures};
use domain::id::DocumentId;
use leptos::prelude::*;
use std::fmt::Display;

pub(super) type Tick = Function<TickPapers>;
pub(super) type Withdraw = Function<WithdrawSignatures>;

/// The toast. `document`: the only one on the page, for the undo of a tick.
#[component]
pub(super) fn Done(document: DocumentId, tick: Call<Tick>, withdraw: Call<Withdraw>) -> impl IntoView {
    let t = lang::current();
    let last = later(tick, withdraw);
    let message = Signal::derive(move || {
        let SignaturesChange { people, withdrawn } = last.get()?;
        let count = u32::try_from(people.len()).unwrap_or(u32::MAX);
        (count > 0).then(|| if withdrawn { t.document_withdrawn(count) } else { t.document_ticked(count) })
    });
    let undo: Undo = Box::new(move || {
        let SignaturesChange { people, withdrawn } =
            last.get_untracked().filter(|done| !done.people.is_empty())?;
        let people = people.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let fields: [(&str, &dyn Display); 2] = [("id", &document), ("people", &people)];
        (!withdrawn).then(|| undo_form(withdraw, &fields))
    });
    view! { <Toast message undo refused=vec![refusals(tick), refusals(withdraw)]/> }
}

//! A machine's state as text, in rows, on the display and on its page.

use crate::{
    lang,
    ui::{
        changing::text,
        clock::{Elapsed, Since},
        status::{Status, Word, status_label},
    },
};
use contract::machines::{Floor, MachineNow};
use domain::{id::MachineId, machines::MachineState};
use leptos::prelude::*;
use text::{Lang, time};

/// The machine with this id; `None` once it is gone. Readers run again only when this machine changed.
pub fn machine_of(floor: RwSignal<Floor>, id: MachineId) -> Memo<Option<MachineNow>> {
    Memo::new(move |_| {
        floor.with(|floor| floor.places.iter().flat_map(|place| &place.machines).find(|one| one.id == id).cloned())
    })
}

/// Its appearance: a machine reserved now or in a moment is not free, though nobody is on it.
pub fn status(machine: &MachineNow) -> Option<Status> {
    if machine.reserved.is_some() { Some(Status::Reserved) } else { Status::of(&machine.state) }
}

/// The word for its state; for a board that has never connected, which board.
#[must_use]
pub fn state_word(t: Lang, machine: &MachineNow) -> String {
    match machine.awaited_board.filter(|_| machine.state == MachineState::Unmanaged) {
        Some(number) => t.machine_awaits_board_short(&number.to_string()),
        None => status_label(Status::of(&machine.state), t).to_owned(),
    }
}

/// The state with its details: `In use · Ada · 42 min`, `Blocked · vat leaks`, `Offline since 13:02`.
#[component]
pub fn StateLine(machine: MachineNow) -> impl IntoView {
    let t = lang::current();
    let status = status(&machine);
    if let Some((at, who)) = machine.reserved {
        let who = who.map(|who| format!(" · {who}"));
        return view! { <Word status/>" "{time::clock(at)}{who} }.into_any();
    }
    if machine.state == MachineState::Unmanaged {
        return view! { <b class="word">{state_word(t, &machine)}</b> }.into_any();
    }
    let detail = match machine.state {
        MachineState::InUse { since, silent } => {
            let silent = silent.map(|at| {
                let clock = crate::clock::use_clock();
                view! { " · "{text(move || t.machine_silent(&t.since(at, clock.now())))} }
            });
            let user = machine.user.map(|user| view! { " · "{user} });
            let next = machine.next.map(|(at, who)| {
                let booked = t.machine_booked_from(&time::clock(at));
                format!(" · {}", who.map_or(booked.clone(), |who| format!("{booked}, {who}")))
            });
            view! { {user}" · "<Elapsed since/>{silent}{next} }.into_any()
        }
        MachineState::Blocked { since } => match machine.blocked_because {
            Some(reason) => view! { " · "{reason} }.into_any(),
            None => view! { " "<Since at=since/> }.into_any(),
        },
        MachineState::Free { .. } if machine.next.is_some() => machine
            .next
            .map(|(at, who)| {
                let then = who.map(|who| format!(" · {}", t.machine_then(&who))).unwrap_or_default();
                format!(" {}{then}", t.machine_until(&time::clock(at)))
            })
            .into_any(),
        MachineState::Offline { since: at } | MachineState::Free { since: Some(at) } => {
            view! { " "<Since at/> }.into_any()
        }
        MachineState::Closed { until } => {
            format!(" {}", t.until(until, crate::clock::use_clock().now_once())).into_any()
        }
        MachineState::MaintenanceDue | MachineState::Free { since: None } | MachineState::Unmanaged => {
            ().into_any()
        }
    };
    view! { <Word status/>{detail} }.into_any()
}

//! Renders a component to HTML in a unit test: no browser, no server, no async runtime.
//!
//! For components that get their data as arguments. Pages with resources are tested through the server's router,
//! where requests, cookies and status are real too.

use crate::{codec, visitor::Visitor};
use contract::{
    actuators::ActuatorView,
    doors::VisitView,
    machines::{Floor, MachineNow, PlaceNow},
};
use domain::{
    actuators::{ActuatorState, Allowed},
    id::{ActuatorId, BuildingDeviceId, MachineId, PersonId, PlaceId, VisitId},
    leases::Load,
    machines::MachineState,
    time::{MINUTE, Millis, Moment},
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{components::Router, location::RequestUrl};
use text::Lang;

/// The HTML of a component as this visitor sees it at `address`.
pub fn html<V: IntoView + 'static>(
    visitor: Visitor,
    address: &str,
    view: impl FnOnce() -> V + Send + 'static,
) -> String {
    Owner::new().with(|| {
        // The router needs the request's address and panics without it.
        provide_context(RequestUrl::new(address));
        provide_meta_context();
        provide_context(visitor);
        view! { <Router>{view()}</Router> }.to_html()
    })
}

/// A server function's answer, as serialized in the page after a form without script.
pub fn sent<T: serde::Serialize>(answered: &T) -> String {
    codec::encode(answered).map(|bytes| codec::to_text(&bytes)).unwrap_or_default()
}

/// Thursday 19 November 2026, 14:16 in Rome.
pub const NOW: Moment = Moment { at: Millis(1_795_094_160_000), offset: 60 };

/// This many minutes before [`NOW`].
pub fn ago(minutes: u32) -> Moment {
    NOW.shifted_to(NOW.at.before(MINUTE * minutes))
}

/// This many minutes after [`NOW`].
pub fn later(minutes: u32) -> Moment {
    NOW.shifted_to(NOW.at.after(MINUTE * minutes))
}

/// An anonymous visitor at [`NOW`] with this language.
pub fn visitor(lang: Lang) -> Visitor {
    Visitor { lang, now: NOW, space: "Talvera Workshop".into(), ..Visitor::default() }
}

pub fn machine(id: i64, name: &str, state: MachineState) -> MachineNow {
    let kind = "Laser cutter".into();
    let name = name.into();
    MachineNow {
        id: MachineId(id),
        name,
        kind,
        state,
        blocked_because: None,
        user: None,
        next: None,
        awaited_board: None,
        reserved: None,
        usable: false,
        lacks: Vec::new(),
        lock: String::new(),
    }
}

/// One machine in every state, in two places and outside of both.
pub fn floor() -> Floor {
    let blocked = machine(4, "Mill", MachineState::Blocked { since: ago(30) });
    let places = [
        (
            Some(PlaceId(1)),
            "Laser room",
            vec![
                machine(1, "Laser 1", MachineState::InUse { since: ago(42), silent: None }),
                machine(2, "Laser 2", MachineState::Free { since: Some(ago(96)) }),
            ],
        ),
        (
            Some(PlaceId(2)),
            "Metal shop",
            vec![
                machine(3, "Welder", MachineState::Offline { since: ago(74) }),
                MachineNow { blocked_because: Some("spindle noise".into()), ..blocked },
            ],
        ),
        (None, "", vec![machine(5, "Anvil", MachineState::Unmanaged)]),
    ];
    let place = |(id, name, machines): (_, &str, _)| PlaceNow { id, name: name.into(), machines };
    Floor {
        session: None,
        hold: None,
        next: None,
        checkout: None,
        until: None,
        now: NOW,
        broker_lost: None,
        places: places.map(place).to_vec(),
        set_up: None,
        unowned: false,
        news: String::new(),
        coming: String::new(),
        requirements: Vec::new(),
    }
}

/// The text of `html` without tags and comments, with single spaces.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        rest = after.split_once(end).map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An actuator without anything special about it, which the reader may switch.
pub fn actuator(id: i64, name: &str, state: ActuatorState) -> ActuatorView {
    ActuatorView {
        id: ActuatorId(id),
        version: 1,
        name: name.into(),
        load: Load::Power,
        device: BuildingDeviceId(1),
        device_name: "Plug".into(),
        allowed: Allowed::Members,
        state,
        why: None,
        wanted_by: None,
        own: false,
        until: None,
        lease_ends: None,
        next: None,
        next_why: None,
        off_until: None,
        target: None,
        temperature: None,
        cut_off: None,
        tripped: false,
        heard: Some(NOW),
        interlock: None,
        may_switch: true,
    }
}

/// A person who swiped in at the main door 200 minutes ago.
pub fn visit(id: i64, name: &str, guests: u32) -> VisitView {
    VisitView {
        id: Some(VisitId(id)),
        person: PersonId(id),
        name: Some(name.into()),
        guests,
        entered: ago(200),
        seen_at: Some("Main door".into()),
        seen: ago(200),
        using: false,
        left: None,
        ended_by: None,
    }
}

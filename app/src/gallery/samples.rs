//! The gallery's frame, and the components that need a context.

use crate::{
    call::Call,
    lang,
    machine::state::StateLine,
    me::api::Prefer,
    ui::{
        button::{Kind, Submit},
        form::{Field, Form},
        icon::Icon,
        password::Password,
        segmented::{Segment, Segmented},
        select::Select,
        status::{Status, Tile},
        strip::{Block, Stretch},
    },
    visitor::use_visitor,
};
use contract::machines::MachineNow;
use domain::{
    id::MachineId,
    machines::MachineState,
    time::{MINUTE, Moment},
};
use leptos::prelude::*;

/// A heading and its cells.
#[component]
pub fn Section(title: &'static str, children: Children) -> impl IntoView {
    view! { <section><h2>{title}</h2><div class="cells">{children()}</div></section> }
}

/// One component with its caption.
#[component]
pub fn Cell(caption: &'static str, children: Children) -> impl IntoView {
    view! { <div class="cell"><p class="cap">{caption}</p>{children()}</div> }
}

/// A day with two uses, one of them running.
pub fn blocks() -> Vec<Block> {
    let block = |stretch, from, to| Block { stretch, from, to };
    vec![block(Stretch::Past, 0, 447), block(Stretch::Used, 71, 214), block(Stretch::Running, 380, 447)]
}

/// A machine in every state, and one that has just changed.
#[component]
pub fn Rows() -> impl IntoView {
    let now = use_visitor().now;
    let ago = |minutes| now.shifted_to(now.at.before(MINUTE * minutes));
    let states: [(&str, MachineState<Moment>); 8] = [
        ("Free for a while", MachineState::Free { since: Some(ago(96)) }),
        ("Never used", MachineState::Free { since: None }),
        ("In use", MachineState::InUse { since: ago(42), silent: None }),
        ("In use, silent", MachineState::InUse { since: ago(80), silent: Some(ago(5)) }),
        ("Blocked", MachineState::Blocked { since: ago(30) }),
        ("Closed", MachineState::Closed { until: now.shifted_to(now.at.after(MINUTE * 90)) }),
        ("Offline", MachineState::Offline { since: ago(74) }),
        ("A machine with a name that is longer than any line has room for, on any phone", MachineState::Unmanaged),
    ];
    let row = |(name, state): (&str, MachineState)| {
        let machine = MachineNow {
            id: MachineId(1),
            name: name.into(),
            kind: String::new(),
            state,
            blocked_because: Some("spindle noise".into()),
            user: None,
            next: None,
            awaited_board: None,
            reserved: None,
            usable: false,
            lacks: Vec::new(),
            lock: String::new(),
        };
        view! {
            <li>
                <a class="item" href="/ui">
                    <Tile status=Status::of(&state)/>
                    <span class="lines"><span class="t">{name.to_owned()}</span><span class="s"><StateLine machine/></span></span>
                    <span class="tail"><Icon name="chevron-right"/></span>
                </a>
            </li>
        }
    };
    view! {
        <Section title="Machine rows">
            <Cell caption="every state">
                <section class="group">
                    <h3 class="group-head">"Laser room"<span class="n">"8 machines"</span></h3>
                    <ul class="list">{states.map(row).collect_view()}</ul>
                </section>
            </Cell>
            <Cell caption="changed by itself, washes once: 1.6 s">
                <ul class="list"><li data-changed="">
                    <div class="item">
                        <Tile status=Some(Status::Free)/>
                        <span class="lines"><span class="t">"Laser cutter 2"</span><span class="s">"Free"</span></span>
                    </div>
                </li></ul>
            </Cell>
        </Section>
    }
}

/// Fields: plain, invalid, and a choice.
#[component]
pub fn Forms() -> impl IntoView {
    let t = lang::current();
    let prefer = Call::<Prefer>::new();
    let zones = ["Europe/Rome", "UTC"].map(|zone| (zone.to_owned(), zone.to_owned())).to_vec();
    let segments = ["Day", "Week", "List"].map(|name| Segment { value: name, name, icon: None }).to_vec();
    view! {
        <Section title="Form">
            <Cell caption="field with hint; the server refuses it and everything stays">
                <Form action=prefer>
                    <Field name="title" label="Title" hint="Others see it in the calendar."/>
                    <Field name="theme" label="Theme" value="plaid"/>
                    <div class="btn-row"><Submit label=t.me_save() kind=Kind::Primary/></div>
                </Form>
            </Cell>
            <Cell caption="password: the eye moves nothing">
                <Password name="secret" label="Password" autocomplete="new-password" hint=t.password_hint()/>
            </Cell>
            <Cell caption="one of many">
                <Select name="zone" label="Time zone" options=zones chosen="UTC".to_owned()/>
            </Cell>
            <Cell caption="segmented">
                <Segmented name="view" legend="View" segments chosen="Week"/>
            </Cell>
        </Section>
    }
}

//! One machine in the list of *Now*.

use super::Show;
use crate::lang;
use crate::machine::state::{StateLine, machine_of, status};
use crate::ui::{changing::dynamic, icon::Icon, list::whole, status::Tile};
use contract::machines::{Floor, MachineNow};
use domain::{id::MachineId, machines::MachineState};
use leptos::prelude::*;
use std::time::Duration;

/// A little longer than the highlight takes.
const WASHED: Duration = Duration::from_secs(2);

/// The row; highlighted for a moment when its state changes.
#[component]
pub fn Row(floor: RwSignal<Floor>, id: MachineId, show: Memo<Show>) -> impl IntoView {
    let (t, machine) = (lang::current(), machine_of(floor, id));
    let hidden = Signal::derive(move || {
        machine.with(|machine| machine.as_ref().is_none_or(|machine| !show.get().shows(machine)))
    });
    let changed: Signal<bool> = changed(machine).into();
    view! {
        <li hidden=hidden data-changed=changed>
            <a class="item" href=format!("/machines/{id}")>
                {dynamic(move || machine.get().map(|machine| view! {
                    <Tile status=status(&machine)/>
                    <span class="lines">
                        <span class="t" title=whole(&machine.name)>{machine.name.clone()}</span>
                        <span class="s"><StateLine machine=machine.clone()/></span>
                        {(!machine.lock.is_empty()).then(|| view! { <span class="lock"><Icon name="lock"/>{machine.lock.clone()}</span> })}
                    </span>
                    <span class="tail">
                        {machine.usable.then(|| view! { <span class="may"><Icon name="check"/>{t.now_you_can()}</span> })}
                        <Icon name="chevron-right"/>
                    </span>
                }))}
            </a>
        </li>
    }
}

/// `true` for a moment after the machine's state changed while the page was open.
fn changed(machine: Memo<Option<MachineNow>>) -> RwSignal<bool> {
    let changed = RwSignal::new(false);
    Effect::new(move |before: Option<Option<MachineState>>| {
        let state = machine.with(|machine| machine.as_ref().map(|machine| machine.state));
        if before.is_some_and(|before| before != state) {
            changed.set(true);
            if let Ok(timer) = set_timeout_with_handle(move || changed.set(false), WASHED) {
                on_cleanup(move || timer.clear());
            }
        }
        state
    });
    changed
}

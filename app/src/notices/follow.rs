//! Following a machine: a notice when it goes out of service, and when it is back.

use super::api::{self, FollowMachine};
use crate::{
    call::{Call, page_resource},
    lang,
    live::beside,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Form, hidden},
    },
};
use domain::id::MachineId;
use leptos::prelude::*;

/// The button, for signed-in visitors.
pub(crate) fn follow_button(machine: MachineId) -> AnyView {
    let follow = Call::<FollowMachine>::new();
    let answers = page_resource(move || follow.version().get(), move |_| api::follows(machine));
    view! { <Transition>{beside(answers, Box::new(move |on| dynamic(move || Some(button(machine, on.get()?, follow))).into_any()))}</Transition> }
        .into_any()
}

fn button(machine: MachineId, follows: bool, follow: Call<FollowMachine>) -> AnyView {
    let t = lang::current();
    let (label, on, next) =
        if follows { (t.unfollow(), "no", t.unfollow_next()) } else { (t.follow(), "yes", t.follow_next()) };
    view! {
        <section class="card follow">
            <Form action=follow>
                {hidden("machine", &machine)}
                {hidden("on", &on)}
                <div class="btn-row"><Submit label kind=Kind::Quiet busy=follow.pending()/></div>
                <p class="small muted">{next}</p>
            </Form>
        </section>
    }
    .into_any()
}

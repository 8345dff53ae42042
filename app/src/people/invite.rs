//! Inviting somebody: name, address, language.

use super::{api::Invite, delivery::Delivered};
use crate::{
    call::Call,
    lang,
    ui::{
        answered::answered,
        button::{Kind, Submit},
        changing::part,
        form::{Field, Form},
        icon::Icon,
        refused::Refused,
        segmented::{Segment, Segmented},
    },
    visitor::use_visitor,
};
use domain::{
    actor::Rank,
    problem::{Kind as Remedy, Problem},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};
use text::Lang;

/// The page at `/people/invite`.
#[derive(Debug)]
pub struct Inviting;

#[lazy_route]
impl LazyRoute for Inviting {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Inviting = this;
        let t = lang::current();
        // The form alone would let nobody in; this only spares whoever may not from filling it in.
        let problem = match use_visitor().who {
            None => Problem::new("actor.unknown", Remedy::SignIn, t.forbidden_sign_in()),
            Some(me) if me.asleep => {
                Problem::new("actor.second-factor", Remedy::Forbidden, t.forbidden_second_factor())
            }
            Some(me) if me.rank < Rank::Inductor => {
                Problem::new("actor.not-allowed", Remedy::Forbidden, t.forbidden())
            }
            Some(_) => return view! { <Sheet/> }.into_any(),
        };
        view! { <Refused problem/> }.into_any()
    }
}

#[component]
fn Sheet() -> impl IntoView {
    let t = lang::current();
    let invite = Call::<Invite>::new();
    let sent = answered(invite);
    let languages = Lang::ALL.map(|lang| Segment { value: lang.tag(), word: lang.name(), icon: None });
    view! {
        <Title text=t.people_invite()/>
        <a class="crumb" href="/people"><Icon name="chevron-left"/>{t.people_heading()}</a>
        <header class="page-head"><h1>{t.people_invite()}</h1><p class="sub">{t.people_invite_lead()}</p></header>
        <div role="status">{part(move || sent.get().map(|delivery| view! { <Delivered delivery/> }))}</div>
        <section class="card" aria-label=t.people_invite()>
            <Form action=invite afresh=true>
                <Field name="name" label=t.people_their_name() autocomplete="off"/>
                <Field name="email" kind="email" label=t.people_their_email() autocomplete="off"/>
                <Segmented name="lang" legend=t.people_their_language() segments=languages.to_vec() chosen=t.tag()/>
                <div class="btn-row"><Submit label=t.people_invite() kind=Kind::Primary busy=invite.pending()/></div>
            </Form>
        </section>
    }
}

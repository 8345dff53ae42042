//! A forgotten password: ask for a link.
//!
//! Invariant: the page says the same whether the address is known or not.

pub mod api;

use crate::{
    call::Call,
    lang,
    sign_in::{
        Back,
        doorway::{Doorway, Hello},
    },
    ui::{
        button::{Kind, Submit},
        form::{Field, Form},
    },
};
use api::Ask;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

/// The page at `/forgotten`.
#[derive(Debug)]
pub struct Forgotten {
    sent: bool,
}

#[lazy_route]
impl LazyRoute for Forgotten {
    fn data() -> Self {
        Self { sent: use_query_map().with_untracked(|query| query.get_str("sent").is_some()) }
    }

    fn view(this: Self) -> AnyView {
        view! {
            <Title text=lang::current().forgotten_title()/>
            <Doorway><Back/><Asking sent=this.sent/></Doorway>
        }
        .into_any()
    }
}

#[component]
fn Asking(
    /// A link was just asked for.
    sent: bool,
) -> impl IntoView {
    let t = lang::current();
    if sent {
        return view! {
            <Hello heading=t.forgotten_sent() intro=t.forgotten_sent_next().to_owned()/>
            <p class="muted">{t.forgotten_nothing()}</p>
            <p><a class="link" href="/forgotten">{t.forgotten_again()}</a></p>
        }
        .into_any();
    }
    let ask = Call::<Ask>::new();
    view! {
        <Hello heading=t.forgotten_title() intro=t.forgotten_intro().to_owned()/>
        <Form action=ask reload=true>
            <Field name="email" label=t.sign_in_email() kind="email" autocomplete="username"/>
            <Submit label=t.forgotten_send() kind=Kind::Primary/>
        </Form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    #[test]
    fn what_was_asked_for_is_said_without_saying_who_is_known() {
        let asked = html(visitor(Lang::En), "/forgotten?sent=1", || view! { <Asking sent=true/> });
        assert!(words(&asked).contains("If this address has an account here"), "{asked}");
        let form = html(visitor(Lang::It), "/forgotten", || view! { <Asking sent=false/> });
        assert!(form.contains(r#"action="?/forgotten/ask""#), "{form}");
    }
}

//! The second factor, after the password or when a role requires it.

pub mod api;

use crate::{
    call::Call,
    lang,
    sign_in::{
        destination,
        doorway::{Carried, Doorway, Hello},
    },
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::{Field, Form},
    },
    visitor::use_visitor,
};
use api::Show;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/second-factor`.
pub fn second_factor_page() -> AnyView {
    view! {
        <Title text=lang::current().factor_title()/>
        <Doorway><Showing to=destination()/></Doorway>
    }
    .into_any()
}

#[component]
fn Showing(to: String) -> impl IntoView {
    let t = lang::current();
    if let Some(me) = use_visitor().who {
        // With a second factor, nobody is signed in before it is checked.
        return if me.asleep {
            view! {
                <Hello heading=t.factor_none() intro=t.factor_none_next().to_owned()/>
                <ButtonLink href="/me/second-factor" label=t.me_asleep_set_up().to_owned() kind=Kind::Primary/>
            }
            .into_any()
        } else {
            let on = if to.is_empty() { "/".to_owned() } else { to };
            view! {
                <Hello heading=t.sign_in_already(&me.name)/>
                <ButtonLink href=on label=t.sign_in_go_on().to_owned() kind=Kind::Primary/>
            }
            .into_any()
        };
    }
    let show = Call::<Show>::new();
    view! {
        <Hello heading=t.factor_title() intro=t.factor_intro().to_owned()/>
        <Form action=show reload=true>
            <Carried name="to" value=to/>
            <Field name="code" label=t.factor_code() autocomplete="one-time-code" hint=t.factor_hint()/>
            <Submit label=t.factor_go_on() kind=Kind::Primary/>
        </Form>
        <footer class="sign-foot"><p class="muted">{t.factor_lost()}</p></footer>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor},
        visitor::{Me, Visitor},
    };
    use domain::{actor::Rank, id::PersonId};
    use text::Lang;

    #[test]
    fn inactive_role_without_factor_links_set_up() {
        let ada = Me {
            id: PersonId(1),
            name: "Ada".into(),
            rank: Rank::Member,
            asleep: true,
            auditor: false,
            trains: false,
        };
        let who = Some(ada);
        let html = html(Visitor { who, ..visitor(Lang::En) }, "/second-factor?to=/people", || {
            view! { <Showing to="/people".to_owned()/> }
        });
        assert!(html.contains(r#"href="/me/second-factor""#) && !html.contains("<form"), "{html}");
    }

    #[test]
    fn code_form_has_autocomplete_and_return_to() {
        let html =
            html(visitor(Lang::En), "/second-factor?to=/audit", || view! { <Showing to="/audit".to_owned()/> });
        assert!(html.contains(r#"autocomplete="one-time-code""#), "{html}");
        assert!(html.contains(r#"name="to" value="/audit""#), "{html}");
        assert!(html.contains(r#"action="?to=/audit&amp;/second-factor/show""#), "{html}");
    }
}

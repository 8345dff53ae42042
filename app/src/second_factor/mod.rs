//! The second factor, after the password or when a role requires it.

pub mod api;

use crate::{
    call::{Call, page_resource},
    lang,
    me::security::ConfirmByPasskey,
    sign_in::{
        destination,
        doorway::{Carried, Hello, doorway},
    },
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::{Field, Form},
        passkey::PasskeyForm,
    },
    visitor::use_visitor,
};
use api::Show;
use contract::passkeys::Factors;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/second-factor`.
pub fn second_factor_page() -> AnyView {
    let (factors, to) = (page_resource(|| (), |()| api::factors()), destination());
    let content = doorway(false, factors, move |factors| view! { <Showing factors to=to.clone()/> }.into_any());
    view! { <Title text=lang::current().factor_title()/>{content} }.into_any()
}

#[component]
fn Showing(factors: Factors, to: String) -> impl IntoView {
    let t = lang::current();
    let by_passkey = |to: String| {
        let confirm = Call::<ConfirmByPasskey>::new();
        factors.passkey.then(|| {
            view! {
                <PasskeyForm action=confirm ceremony="confirm" label=t.passkey_use()>
                    <Carried name="to" value=to/>
                </PasskeyForm>
            }
        })
    };
    if let Some(me) = use_visitor().who {
        // With a second factor, nobody is signed in before it is checked.
        return if me.asleep && factors.passkey {
            view! {
                <Hello heading=t.factor_title() intro=t.factor_passkey().to_owned()/>
                {by_passkey(to)}
                <ButtonLink href="/me/second-factor" label=t.me_asleep_set_up().to_owned()/>
            }
            .into_any()
        } else if me.asleep {
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
    let (show, back) = (Call::<Show>::new(), to.clone());
    let passkey = factors.passkey.then(|| view! { <p class="muted">{t.factor_or_passkey()}</p> });
    view! {
        <Hello heading=t.factor_title() intro=t.factor_intro().to_owned()/>
        <Form action=show reload=true>
            <Carried name="to" value=back/>
            <Field name="code" label=t.factor_code() autocomplete="one-time-code" hint=t.factor_hint()/>
            <Submit label=t.factor_go_on() kind=Kind::Primary/>
        </Form>
        {passkey}
        {by_passkey(to)}
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

    const CODE: Factors = Factors { code: true, passkey: false };

    #[test]
    fn passkey_is_offered_to_who_has_one() {
        let render = |factors| {
            html(visitor(Lang::En), "/second-factor?to=/audit", move || {
                view! { <Showing factors to="/audit".to_owned()/> }
            })
        };
        let html = render(Factors { passkey: true, ..CODE });
        assert!(html.contains(r#"data-passkey="confirm""#) && html.contains("one-time-code"), "{html}");
        assert_eq!(html.matches(r#"name="to" value="/audit""#).count(), 2, "{html}");
        assert!(!render(CODE).contains("data-passkey"));
    }

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
            view! { <Showing factors=CODE to="/people".to_owned()/> }
        });
        assert!(html.contains(r#"href="/me/second-factor""#) && !html.contains("<form"), "{html}");
    }

    #[test]
    fn code_form_has_autocomplete_and_return_to() {
        let html = html(visitor(Lang::En), "/second-factor?to=/audit", || {
            view! { <Showing factors=CODE to="/audit".to_owned()/> }
        });
        assert!(html.contains(r#"autocomplete="one-time-code""#), "{html}");
        assert!(html.contains(r#"name="to" value="/audit""#), "{html}");
        assert!(html.contains(r#"action="?to=/audit&amp;/second-factor/show""#), "{html}");
    }
}

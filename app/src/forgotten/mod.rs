//! A forgotten password: request a link.
//!
//! Invariant: the page is the same whether or not the address is known, and promises no mail if none can be sent.

pub mod api;

use crate::{
    call::Call,
    lang,
    sign_in::doorway::{Hello, entrance, is_sent},
    ui::{
        button::{Kind, Submit},
        form::{Field, Form},
    },
};
use api::Ask;
use leptos::prelude::*;

/// The page at `/forgotten`.
pub fn forgotten_page() -> AnyView {
    let sent = is_sent();
    entrance(lang::current().forgotten_title(), true, move |entrance| {
        view! { <Asking mail=entrance.mail sent/> }.into_any()
    })
}

#[component]
fn Asking(
    mail: bool,
    /// A link was just requested.
    sent: bool,
) -> impl IntoView {
    let t = lang::current();
    if !mail {
        return view! { <Hello heading=t.forgotten_title() intro=t.forgotten_no_mail().to_owned()/> }.into_any();
    }
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
    fn reset_confirmation_does_not_reveal_accounts() {
        let request = html(visitor(Lang::En), "/forgotten?sent=1", || view! { <Asking mail=true sent=true/> });
        assert!(words(&request).contains("If this address has an account here"), "{request}");
        let form = html(visitor(Lang::It), "/forgotten", || view! { <Asking mail=true sent=false/> });
        assert!(form.contains(r#"action="?/forgotten/ask""#), "{form}");
    }

    #[test]
    fn reset_without_mail_refers_to_manager() {
        for sent in [false, true] {
            let page = html(visitor(Lang::En), "/forgotten", move || view! { <Asking mail=false sent/> });
            assert!(words(&page).contains("Ask a manager for a link"), "{page}");
            assert!(!page.contains("<form") && !words(&page).contains("on its way"), "{page}");
        }
    }
}

//! Applying for membership, if the workshop allows it.

use super::{
    api::Apply,
    doorway::{Hello, entrance, is_sent},
};
use crate::{
    call::Call,
    lang,
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::{Field, Form},
    },
};
use leptos::prelude::*;

/// The page at `/apply`.
pub fn applying_page() -> AnyView {
    let sent = is_sent();
    entrance(lang::current().apply_title(), true, move |entrance| {
        view! { <Application open=entrance.sign_up sent/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Application(open: bool, sent: bool) -> impl IntoView {
    let t = lang::current();
    if sent {
        return view! {
            <Hello heading=t.apply_sent() intro=t.apply_sent_next().to_owned()/>
            <ButtonLink href="/sign-in" label=t.sign_in_title().to_owned() kind=Kind::Primary/>
        }
        .into_any();
    }
    if !open {
        return view! {
            <Hello heading=t.apply_closed() intro=t.apply_closed_next().to_owned()/>
            <ButtonLink href="/" label=t.go_to_now().to_owned() kind=Kind::Primary/>
        }
        .into_any();
    }
    let apply = Call::<Apply>::new();
    view! {
        <Hello heading=t.apply_title() intro=t.apply_intro().to_owned()/>
        <Form action=apply reload=true>
            <Field name="name" label=t.apply_name() autocomplete="name"/>
            <Field name="email" label=t.sign_in_email() kind="email" autocomplete="email"/>
            <Submit label=t.apply_send() kind=Kind::Primary/>
        </Form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    fn page(open: bool, sent: bool) -> String {
        html(visitor(Lang::En), "/apply", move || view! { <Application open sent/> })
    }

    #[test]
    fn application_form_needs_open_sign_up() {
        let open = page(true, false);
        assert!(open.contains(r#"action="?/sign-in/apply""#), "{open}");
        assert!(!open.contains("password\""), "a link that proves the address comes first: {open}");
        let closed = page(false, false);
        assert!(!closed.contains("<form") && words(&closed).contains("in person"), "{closed}");
        assert!(words(&page(true, true)).contains("Application sent"));
    }
}

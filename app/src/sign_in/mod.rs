//! Signing in: one form, and back to the requested page.
//!
//! Invariant: sign-in loads a new document, because everything on a page depends on the reader. So these forms are
//! sent the browser's way, with and without script.

pub mod api;
pub mod apply;
pub mod doorway;
pub mod passkey;
pub mod providers;

use crate::{
    call::Call,
    lang, sign_in_redirect,
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::{Field, Form, was_submitted},
        icon::Icon,
        password::Password,
    },
    visitor::use_visitor,
};
use api::{Enter, Entrance, SignOut};
use doorway::{Carried, Hello, entrance};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;
use passkey::PasskeyEntrance;
use providers::ProviderButtons;

/// The page requested before sign-in; empty unless it is a page of this site.
#[must_use]
pub fn destination() -> String {
    use_location().search.with_untracked(|search| sign_in_redirect::return_to(search))
}

/// The page at `/sign-in`.
pub fn sign_in_page() -> AnyView {
    let to = destination();
    entrance(lang::current().sign_in_title(), false, move |entrance| {
        view! { <EntranceForm entrance to=to.clone()/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn EntranceForm(entrance: Entrance, to: String) -> impl IntoView {
    let t = lang::current();
    if !entrance.open {
        return view! { <Hello heading=t.sign_in_empty() intro=t.sign_in_empty_next().to_owned()/> }.into_any();
    }
    if let Some(me) = use_visitor().who {
        return view! { <Already name=me.name to/> }.into_any();
    }
    let intro = match entrance.free {
        _ if !to.is_empty() => t.sign_in_back().to_owned(),
        Some(free @ 1..) => t.sign_in_free(free),
        Some(0) | None => t.sign_in_intro().to_owned(),
    };
    let passkey = |to: String, kind| entrance.passkeys.then(|| view! { <PasskeyEntrance to kind/> });
    let by_password = |kind| by_password(to.clone(), kind, entrance.directory);
    let (first, by_password, second) = if entrance.passwords && entrance.providers.is_empty() {
        (None, by_password(Kind::Primary), passkey(to.clone(), Kind::Quiet))
    } else {
        // Most people here have no password.
        let is_open = was_submitted(<Enter as ServerFn>::PATH);
        let off = (!entrance.passwords).then(|| view! { <p class="small muted">{t.sign_in_passwords_off()}</p> });
        let by_password = view! {
            <details class="fold" open=is_open>
                <summary><Icon name="chevron-right"/>{t.sign_in_with_password()}</summary>
                {off}
                {by_password(Kind::Quiet)}
            </details>
        };
        (passkey(to.clone(), Kind::Primary), by_password.into_any(), None)
    };
    view! {
        <Hello heading=t.sign_in_hello() intro/>
        {first}
        <ProviderButtons providers=entrance.providers to=to.clone()/>
        {by_password}
        {second}
        <footer class="sign-foot">
            {entrance.sign_up.then(|| view! { <ButtonLink href="/apply" label=t.sign_in_join().to_owned() icon="user-plus"/> })}
            {entrance.free.map(|_| view! { <p><a href="/">{t.sign_in_look_around()}</a></p> })}
        </footer>
    }
    .into_any()
}

/// The form for address and password, which also takes login names of a directory. Browsers offer passkeys in its first field.
fn by_password(to: String, kind: Kind, directory: bool) -> AnyView {
    let t = lang::current();
    let (label, input) = if directory { (t.sign_in_login(), "text") } else { (t.sign_in_email(), "email") };
    let enter = Call::<Enter>::new();
    view! {
        <Form action=enter reload=true>
            <Carried name="to" value=to/>
            <Field name="email" label kind=input autocomplete="username webauthn"/>
            <Password name="password" label=t.sign_in_password() autocomplete="current-password">
                <a class="link small" href="/forgotten">{t.sign_in_forgotten()}</a>
            </Password>
            <Submit label=t.sign_in_title() kind/>
        </Form>
    }
    .into_any()
}

/// For visitors who are signed in already.
#[component]
fn Already(name: String, to: String) -> impl IntoView {
    let t = lang::current();
    let out = Call::<SignOut>::new();
    let on = if to.is_empty() { "/".to_owned() } else { to };
    view! {
        <Hello heading=t.sign_in_already(&name)/>
        <ButtonLink href=on label=t.sign_in_go_on().to_owned() kind=Kind::Primary/>
        <Form action=out reload=true>
            <Carried name="to" value=sign_in_redirect::to("/sign-in", "")/>
            <Submit label=t.sign_in_other()/>
        </Form>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::{
        id::IdentityProviderId,
        problem::{Kind as Class, Problem},
    };
    use text::Lang;

    fn render(visitor: Visitor, entrance: Entrance, to: &'static str) -> String {
        html(visitor, "/sign-in", move || view! { <EntranceForm entrance to=to.to_owned()/> })
    }

    const OPEN: Entrance = Entrance {
        open: true,
        sign_up: false,
        mail: true,
        free: Some(8),
        directory: false,
        providers: Vec::new(),
        passkeys: false,
        passwords: true,
    };

    #[test]
    fn sign_in_form_has_autocomplete_and_return_to() {
        let html = render(visitor(Lang::En), OPEN, "/people/7");
        for part in [
            r#"action="?/sign-in/enter""#,
            r#"autocomplete="username webauthn""#,
            r#"autocomplete="current-password""#,
            r#"name="to" value="/people/7""#,
            r#"href="/forgotten""#,
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains("/apply"), "nobody may apply: {html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn passkeys_are_second_to_passwords_and_first_without() {
        let at = |html: &str, part: &str| html.find(part).unwrap_or_else(|| panic!("{part} in {html}"));
        let html = render(visitor(Lang::En), Entrance { passkeys: true, ..OPEN }, "/people/7");
        assert!(at(&html, "?/sign-in/enter") < at(&html, "?/sign-in/passkey"), "{html}");
        assert!(!html.contains("<details"), "{html}");
        assert_eq!(html.matches(r#"name="to" value="/people/7""#).count(), 2, "{html}");
        let off = render(visitor(Lang::En), Entrance { passkeys: true, passwords: false, ..OPEN }, "");
        assert!(at(&off, "?/sign-in/passkey") < at(&off, "<details"), "{off}");
        assert!(at(&off, "<details") < at(&off, "?/sign-in/enter"), "{off}");
        let none = render(visitor(Lang::En), OPEN, "");
        assert!(!none.contains("data-passkey"), "browsers would refuse: {none}");
    }

    #[test]
    fn open_sign_up_links_application() {
        let html = render(visitor(Lang::It), Entrance { sign_up: true, ..OPEN }, "");
        assert!(html.contains(r#"href="/apply""#), "{html}");
        assert!(words(&html).contains("8 macchine sono libere adesso."), "{}", words(&html));
    }

    #[test]
    fn provider_button_is_a_form_of_its_own() {
        let providers = vec![(IdentityProviderId(2), "University account".to_owned())];
        let html = render(visitor(Lang::En), Entrance { providers, ..OPEN }, "/people/7");
        assert!(html.contains(r#"method="post" action="/sign-in/provider/2/start""#), "{html}");
        assert_eq!(html.matches(r#"name="to" value="/people/7""#).count(), 2, "both come back there: {html}");
        assert!(words(&html).contains("University account"), "{html}");
        let at = |part: &str| html.find(part).unwrap_or_else(|| panic!("{part} in {html}"));
        assert!(at("University account") < at("<details") && at("<details") < at("?/sign-in/enter"), "{html}");
    }

    #[test]
    fn login_name_of_a_directory_is_no_address() {
        let html = render(visitor(Lang::En), Entrance { directory: true, ..OPEN }, "");
        assert!(
            html.contains(r#"type="text" name="email""#) || html.contains(r#"name="email" type="text""#),
            "{html}"
        );
        assert!(words(&html).contains("E-mail or login name"), "{}", words(&html));
    }

    #[test]
    fn refused_sign_in_preserves_email_only() {
        let problem = Problem::new("sign-in.wrong", Class::Invalid, "E-mail and password do not match.");
        let values = vec![("email".into(), "ada@example.org".into()), ("password".into(), "leaked".into())];
        let echo = Some(Echo { function: "/api/sign-in/enter".into(), values, problem });
        let html = render(Visitor { echo, ..visitor(Lang::En) }, OPEN, "");
        assert!(html.contains(r#"value="ada@example.org""#), "{html}");
        assert!(!html.contains("leaked"), "{html}");
        assert!(html.contains("E-mail and password do not match."), "{html}");
    }

    #[test]
    fn unconfigured_space_points_to_the_terminal() {
        let html = render(visitor(Lang::En), Entrance { open: false, mail: false, free: None, ..OPEN }, "");
        assert!(words(&html).contains("in the terminal"), "{}", words(&html));
        assert!(!html.contains("<form"), "{html}");
    }
}

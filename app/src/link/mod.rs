//! Purpose of a link, and the one button that uses it.
//!
//! Invariant: viewing a link never uses it, because mail programs open every link.

pub mod api;

use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    sign_in::doorway::{Carried, Hello, Whose, doorway},
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::Form,
        password::Password,
    },
};
use api::{Accept, AcceptWithoutPassword, Follow, OpenScreen};
use contract::accounts::LinkView;
use domain::accounts::Purpose;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The token in the address.
#[must_use]
pub fn token() -> String {
    use_params_map().with_untracked(|params| params.get("token")).unwrap_or_default()
}

/// The page at `/link/:token` and `/enter/:token`.
pub fn linked_page() -> AnyView {
    let token = token();
    let of = token.clone();
    let link: PageResource<LinkView> = page_resource(move || of.clone(), api::link);
    doorway(false, link, move |link| view! { <Followed link token=token.clone()/> }.into_any())
}

/// The link's purpose, without requests, so that tests can render it.
#[component]
fn Followed(link: LinkView, token: String) -> impl IntoView {
    let t = lang::current();
    let LinkView { purpose, name, email, passwords } = link;
    match purpose {
        Purpose::Invite | Purpose::Reset if !passwords => view! { <WithoutPassword name token/> }.into_any(),
        Purpose::Invite => {
            let heading = name.map_or_else(|| t.link_invited_nobody().to_owned(), |name| t.link_invited(&name));
            let (intro, save) = (t.link_invited_intro(), t.link_invited_save());
            view! { <Choose heading intro save email token/> }.into_any()
        }
        Purpose::Reset => {
            let (intro, save) = (t.link_reset_intro(), t.link_reset_save());
            view! { <Choose heading=t.link_reset().to_owned() intro save email token/> }.into_any()
        }
        Purpose::SignIn => view! { <Enter name token/> }.into_any(),
        Purpose::Screen => view! { <Screen name token/> }.into_any(),
        Purpose::SetUp => view! {
            <Title text=t.set_up_title()/>
            <Hello heading=t.set_up_hello() intro=t.set_up_intro().to_owned()/>
            <ButtonLink href=format!("{}{token}", Purpose::SetUp.page()) label=t.set_up_title().to_owned() kind=Kind::Primary/>
        }
        .into_any(),
    }
}

/// Choose a password and sign in.
#[component]
fn Choose(
    heading: String,
    intro: &'static str,
    save: &'static str,
    email: Option<String>,
    token: String,
) -> impl IntoView {
    let t = lang::current();
    let accept = Call::<Accept>::new();
    view! {
        <Title text=heading.clone()/>
        <Hello heading intro=intro.to_owned()/>
        {email.clone().map(|email| view! { <p class="muted">{t.link_for(&email)}</p> })}
        <Form action=accept reload=true>
            <Carried name="token" value=token/>
            <Whose email/>
            <Password name="password" label=t.password_choose() autocomplete="new-password" hint=t.password_hint()/>
            <Submit label=save kind=Kind::Primary/>
        </Form>
    }
}

/// Sign in where passwords are off, to add a passkey.
#[component]
fn WithoutPassword(name: Option<String>, token: String) -> impl IntoView {
    let t = lang::current();
    let accept = Call::<AcceptWithoutPassword>::new();
    let heading = name.map_or_else(|| t.link_invited_nobody().to_owned(), |name| t.link_invited(&name));
    view! {
        <Title text=heading.clone()/>
        <Hello heading intro=t.link_without_password().to_owned()/>
        <Form action=accept reload=true>
            <Carried name="token" value=token/>
            <Submit label=t.security_prove_go_on() kind=Kind::Primary/>
        </Form>
    }
}

/// Sign in without a password, once.
#[component]
fn Enter(name: Option<String>, token: String) -> impl IntoView {
    let t = lang::current();
    let follow = Call::<Follow>::new();
    let heading = name.as_deref().map_or_else(|| t.enter_title_nobody().to_owned(), |name| t.enter_title(name));
    let button = name.as_deref().map_or_else(|| t.sign_in_title().to_owned(), |name| t.enter_button(name));
    view! {
        <Title text=heading.clone()/>
        <Hello heading intro=t.enter_intro().to_owned()/>
        <Form action=follow reload=true>
            <Carried name="token" value=token/>
            <Submit label=button kind=Kind::Primary/>
        </Form>
    }
}

/// Make this browser a wall display.
#[component]
fn Screen(name: Option<String>, token: String) -> impl IntoView {
    let t = lang::current();
    let open = Call::<OpenScreen>::new();
    let heading = name.map_or_else(|| t.screen_title_nobody().to_owned(), |name| t.screen_title(&name));
    let signs_token = token.clone();
    view! {
        <Title text=heading.clone()/>
        <Hello heading intro=t.screen_intro().to_owned()/>
        <Form action=open reload=true>
            <Carried name="token" value=token/>
            <Submit label=t.screen_open() kind=Kind::Primary/>
        </Form>
        <Form action=open reload=true beside=true>
            <Carried name="token" value=signs_token/>
            <Carried name="sign" value="yes".to_owned()/>
            <Submit label=t.screen_open_sign()/>
        </Form>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    fn page(purpose: Purpose) -> String {
        render(purpose, true)
    }

    fn render(purpose: Purpose, passwords: bool) -> String {
        let (name, email) = (Some("Ada".into()), Some("ada@example.org".into()));
        let link = LinkView { purpose, name, email, passwords };
        html(visitor(Lang::En), "/link/t0k3n", move || view! { <Followed link token="t0k3n".to_owned()/> })
    }

    #[test]
    fn invitation_greets_and_asks_for_password() {
        let html = page(Purpose::Invite);
        assert!(words(&html).contains("Welcome, Ada"), "{html}");
        assert!(
            html.contains(r#"action="?/link/accept""#) && html.contains(r#"name="token" value="t0k3n""#),
            "{html}"
        );
        assert!(html.contains(r#"autocomplete="username" value="ada@example.org""#), "{html}");
        assert!(html.contains(r#"autocomplete="new-password""#), "{html}");
    }

    #[test]
    fn link_leads_to_a_passkey_where_passwords_are_off() {
        for purpose in [Purpose::Invite, Purpose::Reset] {
            let html = render(purpose, false);
            assert!(html.contains(r#"action="?/link/accept-without-password""#), "{html}");
            assert!(!html.contains("new-password"), "{html}");
        }
    }

    #[test]
    fn password_reset_warns_about_other_devices() {
        assert!(words(&page(Purpose::Reset)).contains("signs out all your devices"));
    }

    #[test]
    fn display_link_needs_a_button_press() {
        let html = page(Purpose::Screen);
        assert!(html.contains(r#"action="?/link/open-screen""#), "{html}");
        assert!(words(&html).contains("Show wall display"), "{html}");
        assert!(
            words(&html).contains("Show entrance sign") && html.contains(r#"name="sign" value="yes""#),
            "{html}"
        );
    }

    #[test]
    fn sign_in_link_needs_only_a_button_press() {
        let html = page(Purpose::SignIn);
        assert!(html.contains(r#"action="?/link/follow""#) && words(&html).contains("Sign in as Ada"), "{html}");
        assert!(!html.contains("type=\"password\""), "{html}");
    }
}

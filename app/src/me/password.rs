//! Changing the password.

use super::{Back, OwnAccount, api::ChangePassword, done, mine, own_account};
use crate::{
    call::Call,
    lang,
    sign_in::doorway::Whose,
    ui::{
        banner::{Banner, Tone},
        button::{Kind, Submit},
        form::Form,
        password::Password,
        skeleton::SkeletonList,
    },
};
use contract::accounts::Account;
use leptos::prelude::*;
use leptos_meta::Title;
#[derive(Debug)]
struct PageContext {
    account: OwnAccount,
    changed: bool,
}

impl PageContext {
    fn load() -> Self {
        Self { account: own_account(), changed: done("changed") }
    }
}

/// The page at `/me/password`.
pub fn own_password_page() -> AnyView {
    let PageContext { account, changed } = PageContext::load();
    let t = lang::current();
    view! {
        <Title text=t.me_password_change()/>
        <Back/>
        <header class="page-head"><h1>{t.me_password_change()}</h1></header>
        {changed.then(|| view! {
            <div role="status">
                <Banner tone=Tone::Go icon="circle-check" title=t.me_password_saved().to_owned()>""</Banner>
            </div>
        })}
        <Transition fallback=|| view! { <SkeletonList rows=2/> }>
            {mine(account, |account| view! { <Change account/> }.into_any())}
        </Transition>
    }
    .into_any()
}

/// Instead of the form where nobody chooses a password.
fn passwords_off() -> AnyView {
    let t = lang::current();
    view! {
        <Banner tone=Tone::Info icon="info" title=t.security_passwords_off().to_owned()>
            <a class="link" href="/me/security">{t.security_title()}</a>
        </Banner>
    }
    .into_any()
}

#[component]
fn Change(account: Account) -> impl IntoView {
    let t = lang::current();
    let change = Call::<ChangePassword>::new();
    if account.passwords_off {
        return passwords_off();
    }
    view! {
        <div class="card">
            <Form action=change reload=true>
                <Whose email=account.email/>
                {account.password_set.is_some().then(|| view! {
                    <Password name="current_password" label=t.me_password_old() autocomplete="current-password">
                        <a class="link small" href="/forgotten">{t.sign_in_forgotten()}</a>
                    </Password>
                })}
                <Password name="password" label=t.password_new() autocomplete="new-password" hint=t.password_hint()/>
                <div class="btn-row"><Submit label=t.me_password_change() kind=Kind::Primary/></div>
                <p class="small muted">{t.me_password_intro()}</p>
            </Form>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::problem::{Kind as Class, Problem};
    use text::Lang;

    #[test]
    fn passwords_switched_off_lead_to_the_other_ways_in() {
        let account = Account { passwords_off: true, ..super::super::tests::account() };
        let html = html(visitor(Lang::En), "/me/password", move || view! { <Change account/> });
        assert!(html.contains(r#"href="/me/security""#) && !html.contains("<form"), "{html}");
    }

    #[test]
    fn password_form_without_heading_is_no_section() {
        let account = super::super::tests::account();
        let html = html(visitor(Lang::En), "/me/password", move || view! { <Change account/> });
        assert!(html.contains(r#"<div class="card">"#) && !html.contains("<section"), "{html}");
    }

    #[test]
    fn refused_password_is_explained_and_not_echoed() {
        let problem = Problem::new("password.weak", Class::Invalid, "Please fix the fields below.")
            .field("password", "Too easy to guess.");
        let values = vec![("current_password".into(), "leaked".into()), ("password".into(), "leaked too".into())];
        let echo = Some(Echo { function: "/api/me/password".into(), values, problem });
        let account = super::super::tests::account();
        let html =
            html(Visitor { echo, ..visitor(Lang::En) }, "/me/password", move || view! { <Change account/> });
        assert!(words(&html).contains("Too easy to guess.") && !html.contains("leaked"), "{html}");
        assert!(html.contains(r#"aria-describedby="password-problem password-hint""#), "{html}");
    }
}

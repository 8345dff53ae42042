//! Linking one's account to one's account in the user directory.
//!
//! Invariant: as on the page of the other ways in, the form comes after a recent proof; the directory's password proves the rest.

use super::{
    Back, done,
    security::{locked, own_passkeys},
};
use crate::{
    call::Call,
    lang,
    live_page::loaded,
    ui::{
        banner::{Banner, Tone},
        button::{Kind, Submit},
        changing::dynamic,
        form::{Field, Form},
        password::Password,
    },
    user_directory::api::LinkDirectory,
};
use contract::passkeys::Passkeys;
use leptos::prelude::*;
use leptos_meta::Title;

/// The address of this page.
const PAGE: &str = "/me/directory";

/// The page at `/me/directory`.
pub fn own_directory_page() -> AnyView {
    let (list, is_linked, t) = (own_passkeys(), done("linked"), lang::current());
    view! {
        <Title text=t.directory_mine_title()/>
        <Back/>
        <header class="page-head"><h1>{t.directory_mine_title()}</h1><p class="sub">{t.directory_mine_sub()}</p></header>
        {is_linked.then(|| view! {
            <div role="status">
                <Banner tone=Tone::Go icon="circle-check" title=t.directory_mine_linked().to_owned()>""</Banner>
            </div>
        })}
        {loaded(2, list, |list| view! { <Link list/> }.into_any())}
    }
    .into_any()
}

/// The form, or the way to the proof that it needs. Without requests, so that tests can render it.
#[component]
fn Link(list: RwSignal<Passkeys>) -> impl IntoView {
    let (t, link) = (lang::current(), Call::<LinkDirectory>::new());
    let missing = Memo::new(move |_| list.with(|list| list.missing));
    dynamic(move || {
        Some(match missing.get() {
            Some(missing) => locked(t, missing, PAGE),
            None => view! {
                <div class="card">
                    <Form action=link reload=true>
                        <Field name="login" label=t.directory_mine_login() autocomplete="off"/>
                        <Password name="password" label=t.directory_mine_password() autocomplete="off"/>
                        <Submit label=t.directory_mine_link() kind=Kind::Primary/>
                    </Form>
                </div>
            }
            .into_any(),
        })
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor};
    use domain::accounts::sign_in_methods::{MissingProof, SignInMethods};
    use text::Lang;

    fn render(methods: SignInMethods, missing: Option<MissingProof>) -> String {
        let passkeys = Vec::new();
        let list = Passkeys { now: NOW, passkeys, methods, possible: true, missing, password_set: None };
        html(visitor(Lang::En), PAGE, move || {
            let list = RwSignal::new(list);
            view! { <Link list/> }
        })
    }

    #[test]
    fn link_is_offered_after_a_proof_with_and_without_a_password() {
        for password in [true, false] {
            let methods = SignInMethods { password, identities: 1, ..SignInMethods::default() };
            let locked = render(methods, Some(MissingProof::Recent));
            assert!(locked.contains(r#"href="/me/security/prove?to=/me/directory""#), "{locked}");
            assert!(!locked.contains("<form"), "{locked}");
            let html = render(methods, None);
            assert!(html.contains(r#"action="?/me/link-directory""#), "{html}");
            assert!(!html.contains("current_password"), "{html}");
        }
        let asleep = render(SignInMethods::default(), Some(MissingProof::SecondFactor));
        assert!(asleep.contains(r#"href="/second-factor?to=/me/directory""#), "{asleep}");
    }
}

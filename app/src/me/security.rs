//! The reader's ways to sign in: passkeys and password, and confirming who they are before a change.
//!
//! Invariant: what needs a proof first is not offered before it. Not here: the second factor and the list of devices, which
//! have pages of their own.

use super::Back;
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    identity_providers::own::{OwnAccounts, ProofButtons},
    lang,
    live::use_live,
    live_page::loaded,
    problem::AppError,
    sign_in::{
        api::SignOut,
        destination,
        doorway::{Carried, Whose},
    },
    sign_in_redirect,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        form::{Field, Form, hidden},
        icon::Icon,
        list::{LinkItem, whole},
        passkey::PasskeyForm,
        password::Password,
        register::NoEntries,
        saved::Saved,
    },
    visitor::use_visitor,
};
use contract::passkeys::{self, ListPasskeys, PasskeyView, Passkeys};
use domain::{
    accounts::sign_in_methods::{MissingProof, SignInMethod, SignInMethods},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;

type RenamePasskey = Function<passkeys::RenamePasskey>;
type RemovePasskey = Function<passkeys::RemovePasskey>;
type RemovePassword = Function<passkeys::RemovePassword>;

/// The address of this page.
const PAGE: &str = "/me/security";

/// Adds the passkey that the browser made.
#[server(name = AddPasskey, endpoint = "me/add-passkey", protocol = crate::call::Wire)]
pub async fn add_passkey(
    #[server(default)] ceremony: String,
    #[server(default)] answer: String,
    /// Its name; the browser's if empty.
    #[server(default)]
    name: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let fallback = if client.device.is_empty() { lang::current().passkey_first_name() } else { &client.device };
    let name = if name.trim().is_empty() { fallback } else { &name };
    let ceremony = services::token::Token::presented(&ceremony);
    services::passkeys::add(&ctx, &crate::request::actor(), &ceremony, &answer, name).await?;
    leptos_axum::redirect("/me/security?done=added");
    Ok(())
}

/// Confirms by their password who the reader is.
#[server(endpoint = "me/prove", protocol = crate::call::Wire)]
pub async fn prove(
    #[server(default)] current_password: String,
    /// Where to go then.
    #[server(default)]
    to: String,
) -> Result<(), AppError> {
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let actor = crate::request::actor();
    services::accounts::prove_by_password(&ctx, &actor, client.origin(), &current_password).await?;
    leptos_axum::redirect(domain::accounts::local_path(&to).unwrap_or("/me/security"));
    Ok(())
}

/// Confirms by a passkey who the person of this session is: as the second factor, or before a change.
#[server(name = ConfirmByPasskey, endpoint = "me/confirm-by-passkey", protocol = crate::call::Wire)]
pub async fn confirm_by_passkey(
    #[server(default)] ceremony: String,
    #[server(default)] answer: String,
    /// Where to go then.
    #[server(default)]
    to: String,
) -> Result<(), AppError> {
    use services::passkeys::PasskeysError;
    let (ctx, client) = (expect_context::<services::Ctx>(), crate::request::client());
    let origin = client.origin();
    let token = client.session.unwrap_or_else(|| services::token::Token::presented(""));
    let ceremony = services::token::Token::presented(&ceremony);
    match services::passkeys::confirm(&ctx, &token, origin, &ceremony, &answer).await {
        Ok(opened) => crate::sign_in::api::let_in(&opened, &to),
        // The session has ended: signing in comes first.
        Err(PasskeysError::Forbidden(_)) => leptos_axum::redirect(&sign_in_redirect::to("/sign-in", &to)),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The reader’s ways in, and the proof that a change of them needs.
pub(super) fn own_passkeys() -> PageResource<Passkeys> {
    let live = use_live();
    page_resource(move || live.version(Noun::Person), |_| load(&ListPasskeys {}))
}

/// The page at `/me/security`.
pub fn security_page() -> AnyView {
    let list = own_passkeys();
    view! {
        <Title text=lang::current().security_title()/>
        <Back/>
        {loaded(4, list, |list| {
            view! { <Security list accounts=|| view! { <OwnAccounts/> }.into_any()/> }.into_any()
        })}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Security(
    list: RwSignal<Passkeys>,
    /// Their accounts at identity providers, loaded separately.
    accounts: fn() -> AnyView,
) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let done =
        move |code: &'static str| Memo::new(move |_| query.with(|query| query.get_str("done") == Some(code)));
    // Without the instant of the answer, so that nothing is rebuilt for it.
    let state = Memo::new(move |_| list.with(|list| (list.methods, list.missing, list.possible)));
    let rows = Memo::new(move |_| list.with(|list| list.passkeys.clone()));
    let password_set = Memo::new(move |_| list.with(|list| list.password_set));
    let (rename, remove) = (Call::<RenamePasskey>::new(), Call::<RemovePasskey>::new());
    let add = Call::<AddPasskey>::new();
    view! {
        {dynamic(move || Some(answer(t, state.get().0)))}
        <Saved visible=done("added") message=t.passkey_saved()/>
        <Saved visible=done("renamed") message=t.passkey_renamed()/>
        <Saved visible=done("removed") message=t.passkey_removed()/>
        <Saved visible=done("password") message=t.security_password_removed()/>
        {dynamic(move || state.get().1.map(|missing| locked(t, missing, PAGE)))}
        <section class="group" aria-labelledby="passkeys">
            <h2 class="group-head" id="passkeys">{t.passkeys_title()}</h2>
            {dynamic(move || {
                let ((methods, missing, possible), passkeys) = (state.get(), rows.get());
                let none = NoEntries { icon: "lock", heading: t.passkeys_none(), next: t.passkeys_none_next() };
                let now = use_visitor().now;
                Some(view! {
                    {if passkeys.is_empty() {
                        none.card()
                    } else {
                        let removable = missing.is_none().then(|| methods.may_remove(SignInMethod::Passkey).is_ok());
                        let rows = passkeys.into_iter().map(|passkey| row(t, passkey, now, removable, rename, remove));
                        view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
                    }}
                    {adding(t, missing.is_none(), possible, add)}
                })
            })}
        </section>
        {accounts()}
        {dynamic(move || {
            let (methods, missing, _) = state.get();
            Some(password(t, methods, missing.is_none(), password_set.get()))
        })}
        <ul class="list">
            <LinkItem href="/me/sessions".to_owned() icon="laptop" title=t.me_sessions() second=t.me_sessions_intro()/>
            <LinkItem href="/me/second-factor".to_owned() icon="shield-check" title=t.me_factor() second=t.me_factor_why()/>
        </ul>
    }
}

/// How many ways in there are, and what that means.
fn answer(t: Lang, methods: SignInMethods) -> AnyView {
    let (heading, next) = match methods.count() {
        0 => (t.security_ways_none().to_owned(), t.security_none_next()),
        1 if methods.password_works() => (t.security_ways(1), t.security_one_password_next()),
        1 => (t.security_ways(1), t.security_one_next()),
        ways => (t.security_ways(ways), t.security_more_next()),
    };
    view! { <header class="page-head"><h1>{heading}</h1><p class="sub">{next}</p></header> }.into_any()
}

/// What comes before a change on the page `back`.
pub(super) fn locked(t: Lang, missing: MissingProof, back: &str) -> AnyView {
    let page = match missing {
        MissingProof::Recent => "/me/security/prove",
        MissingProof::SecondFactor => "/second-factor",
    };
    let proof = sign_in_redirect::to(page, back);
    view! {
        <Banner tone=Tone::Info icon="lock" title=t.security_prove_first().to_owned()>
            <a class="link" href=proof>{t.security_prove_title()}</a>
        </Banner>
    }
    .into_any()
}

/// A passkey, with its name and its removal; `removable` is `None` before a proof.
fn row(
    t: Lang,
    passkey: PasskeyView,
    now: Moment,
    removable: Option<bool>,
    rename: Call<RenamePasskey>,
    remove: Call<RemovePasskey>,
) -> AnyView {
    let PasskeyView { id, name, added, used } = passkey;
    let used = used.map_or_else(|| t.passkey_never_used().to_owned(), |at| t.passkey_used_on(&t.day(at, now)));
    let line = format!("{}, {used}", t.passkey_added_on(&t.day(added, now)));
    let (title, label, value, renaming) = (whole(&name), name.clone(), name.clone(), t.passkey_rename_of(&name));
    let removal = removable.map(|removable| {
        if removable {
            let asks = t.passkey_remove_title(&name);
            view! {
                <p><b>{asks}</b>" "{t.passkey_remove_next()}</p>
                <Form action=remove reload=true suffix=id.to_string()>
                    {hidden("id", &id)}
                    <Submit label=t.passkey_remove() about=name kind=Kind::Danger/>
                </Form>
            }
            .into_any()
        } else {
            view! { <p><b>{t.passkey_last_title()}</b>" "{t.passkey_last_next()}</p> }.into_any()
        }
    });
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="lock"/></span>
                <span class="lines">
                    <span class="t" title=title>{label}</span>
                    <span class="s">{line}</span>
                </span>
            </div>
            <details class="deed">
                <summary aria-label=renaming>{t.security_password_change()}</summary>
                <Form action=rename reload=true suffix=id.to_string()>
                    {hidden("id", &id)}
                    <Field name="name" label=t.passkey_name() value autocomplete="off"/>
                    <Submit label=t.passkey_rename()/>
                </Form>
                {removal}
            </details>
        </li>
    }
    .into_any()
}

/// The form that adds one.
fn adding(t: Lang, is_proved: bool, possible: bool, add: Call<AddPasskey>) -> Option<AnyView> {
    if !possible {
        return Some(view! { <p class="muted">{t.passkey_impossible()}</p> }.into_any());
    }
    is_proved.then(|| {
        view! {
            <div class="card">
                <PasskeyForm action=add ceremony="add" label=t.passkey_add() kind=Kind::Primary>
                    <Field name="name" label=t.passkey_name() hint=t.passkey_name_hint() autocomplete="off"/>
                </PasskeyForm>
            </div>
        }
        .into_any()
    })
}

/// The password, if there is one or may be.
fn password(t: Lang, methods: SignInMethods, is_proved: bool, set: Option<Moment>) -> AnyView {
    let now = use_visitor().now;
    let state = match set {
        Some(at) => t.me_password_since(&t.day(at, now)),
        None => t.security_password_off().to_owned(),
    };
    let next = match (methods.passwords_off, methods.password, methods.password_works()) {
        (true, true, true) => Some(t.security_passwords_kept()),
        (true, ..) => Some(t.security_passwords_off()),
        (false, false, _) if methods.count() > 0 => Some(t.security_password_off_next()),
        (false, ..) => None,
    };
    let change = (methods.may_choose_password() && (methods.password || is_proved)).then(|| {
        let label = if methods.password { t.security_password_change() } else { t.security_password_set_one() };
        view! { <ButtonLink href="/me/password" label=label.to_owned()/> }
    });
    let remove = (is_proved && methods.may_remove(SignInMethod::Password).is_ok()).then(|| {
        let remove = Call::<RemovePassword>::new();
        view! {
            <details class="deed">
                <summary>{t.security_password_remove()}</summary>
                <p>{t.security_password_remove_next()}</p>
                <Form action=remove reload=true><Submit label=t.security_password_remove() kind=Kind::Danger/></Form>
            </details>
        }
    });
    view! {
        <section class="group" aria-labelledby="password-state">
            <h2 class="group-head" id="password-state">{t.me_password()}</h2>
            <ul class="list">
                <li>
                    <div class="item">
                        <span class="tile"><Icon name="lock"/></span>
                        <span class="lines">
                            <span class="t">{state}</span>
                            {next.map(|next| view! { <span class="s">{next}</span> })}
                        </span>
                        <div class="acts">{change}</div>
                    </div>
                    {remove}
                </li>
            </ul>
        </section>
    }
    .into_any()
}

/// The page at `/me/security/prove`.
pub fn prove_page() -> AnyView {
    let (list, to) = (own_passkeys(), destination());
    let to = if to.is_empty() { PAGE.to_owned() } else { to };
    view! {
        <Title text=lang::current().security_prove_title()/>
        <Back/>
        {loaded(2, list, move |list| {
            let list = list.get_untracked();
            view! { <Proof list to=to.clone() accounts=|to| view! { <ProofButtons to/> }.into_any()/> }.into_any()
        })}
    }
    .into_any()
}

/// The forms of a proof, without requests, so that tests can render them.
#[component]
fn Proof(
    list: Passkeys,
    to: String,
    /// Their accounts at identity providers, with the address to return to; loaded separately.
    accounts: fn(String) -> AnyView,
) -> impl IntoView {
    let t = lang::current();
    let (by_password, by_passkey) = (Call::<Prove>::new(), Call::<ConfirmByPasskey>::new());
    let passkey = (list.possible && list.methods.passkeys > 0).then(|| {
        let to = to.clone();
        view! {
            <div class="card">
                <PasskeyForm action=by_passkey ceremony="confirm" label=t.passkey_use() kind=Kind::Primary>
                    <Carried name="to" value=to/>
                </PasskeyForm>
            </div>
        }
    });
    let password = list.methods.password_works().then(|| {
        let to = to.clone();
        view! {
            <div class="card">
                <Form action=by_password reload=true>
                    <Carried name="to" value=to/>
                    <Whose email=None/>
                    <Password name="current_password" label=t.sign_in_password() autocomplete="current-password"/>
                    <Submit label=t.security_prove_go_on()/>
                </Form>
            </div>
        }
    });
    let methods = list.methods;
    let accounts = (methods.identities > 0).then(|| accounts(to.clone()));
    // The password of the directory is asked for at sign-in.
    let is_elsewhere = passkey.is_none() && password.is_none() && (methods.directory || methods.identities == 0);
    let elsewhere = is_elsewhere.then(|| {
        let out = Call::<SignOut>::new();
        view! {
            <div class="card">
                <p>{t.security_prove_elsewhere()}</p>
                <Form action=out reload=true>
                    <Carried name="to" value=sign_in_redirect::to("/sign-in", &to)/>
                    <Submit label=t.security_prove_again() kind=Kind::Primary/>
                </Form>
            </div>
        }
    });
    view! {
        <header class="page-head"><h1>{t.security_prove_title()}</h1><p class="sub">{t.security_prove_next()}</p></header>
        {passkey}
        {password}
        {accounts}
        {elsewhere}
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::PasskeyId;

    fn list(methods: SignInMethods, missing: Option<MissingProof>) -> Passkeys {
        let passkeys = (0..methods.passkeys).map(|at| PasskeyView {
            id: PasskeyId(i64::from(at) + 4),
            name: format!("Phone {at}"),
            added: ago(60 * 24),
            used: Some(ago(4)),
        });
        let password_set = methods.password.then(|| ago(60));
        Passkeys { now: NOW, passkeys: passkeys.collect(), methods, possible: true, missing, password_set }
    }

    fn render(lang: Lang, list: Passkeys) -> String {
        html(visitor(lang), PAGE, move || {
            let list = RwSignal::new(list);
            view! { <Security list accounts=|| ().into_any()/> }
        })
    }

    #[test]
    fn passkeys_show_their_use_and_can_be_renamed_and_removed() {
        let html = render(Lang::En, list(SignInMethods { passkeys: 2, ..SignInMethods::default() }, None));
        let words = words(&html);
        assert!(words.contains("2 ways in") && words.contains("Since yesterday, used today"), "{words}");
        assert_eq!(html.matches(r#"action="?/passkeys/remove""#).count(), 2, "{html}");
        assert_eq!(html.matches(r#"action="?/passkeys/rename""#).count(), 2, "{html}");
        assert!(html.contains(r#"data-passkey="add""#) && html.contains(r#"name="answer""#), "{html}");
    }

    #[test]
    fn last_passkey_is_explained_instead_of_removed() {
        let html = render(Lang::En, list(SignInMethods { passkeys: 1, ..SignInMethods::default() }, None));
        assert!(!html.contains("?/passkeys/remove"), "{html}");
        assert!(words(&html).contains("only a manager can let you back in"), "{html}");
        assert!(words(&html).contains("Add another passkey first"), "{html}");
    }

    #[test]
    fn changes_are_offered_only_after_a_proof() {
        let methods = SignInMethods { password: true, passkeys: 1, ..SignInMethods::default() };
        let html = render(Lang::It, list(methods, Some(MissingProof::Recent)));
        assert!(html.contains(r#"href="/me/security/prove?to=/me/security""#), "{html}");
        assert!(!html.contains("data-passkey") && !html.contains("?/passkeys/remove"), "{html}");
        let asleep = render(Lang::En, list(methods, Some(MissingProof::SecondFactor)));
        assert!(asleep.contains(r#"href="/second-factor?to=/me/security""#), "{asleep}");
    }

    #[test]
    fn password_that_is_off_is_not_changed() {
        let off = SignInMethods { password: true, passwords_off: true, passkeys: 1, ..SignInMethods::default() };
        let html = render(Lang::En, list(off, None));
        assert!(words(&html).contains("Passwords are off at this workshop."), "{html}");
        assert!(!html.contains(r#"href="/me/password""#), "{html}");
    }

    #[test]
    fn site_without_a_name_shows_that_passkeys_need_one() {
        let list = Passkeys { possible: false, ..list(SignInMethods::default(), None) };
        let html = render(Lang::En, list);
        assert!(words(&html).contains("Passkeys need a site with a name and HTTPS"), "{html}");
        assert!(!html.contains("data-passkey"), "{html}");
    }

    #[test]
    fn proof_offers_which_the_reader_has() {
        let proof = |methods| {
            let list = list(methods, Some(MissingProof::Recent));
            let accounts = |to: String| view! { <p>"accounts "{to}</p> }.into_any();
            html(
                visitor(Lang::En),
                "/me/security/prove",
                move || view! { <Proof list to=PAGE.to_owned() accounts/> },
            )
        };
        let both = proof(SignInMethods { password: true, passkeys: 1, ..SignInMethods::default() });
        assert!(both.contains(r#"data-passkey="confirm""#) && both.contains("current-password"), "{both}");
        assert!(both.contains(r#"name="to" value="/me/security""#), "{both}");
        let only = proof(SignInMethods { passkeys: 1, ..SignInMethods::default() });
        assert!(!only.contains("current-password"), "{only}");
        assert!(!words(&only).contains("accounts"), "{only}");
        let account = words(&proof(SignInMethods { identities: 1, ..SignInMethods::default() }));
        assert!(account.contains("accounts /me/security") && !account.contains("Sign in again"), "{account}");
        let elsewhere = proof(SignInMethods { directory: true, ..SignInMethods::default() });
        assert!(words(&elsewhere).contains("Sign in again"), "{elsewhere}");
        assert!(elsewhere.contains(r#"value="/sign-in?to=/me/security""#), "{elsewhere}");
    }
}

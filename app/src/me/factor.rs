//! The reader's second factor: set-up, recovery codes, turning it off.
//!
//! Invariant: the key and the codes are only in the answer to the form that requested them, and on no page that
//! can be loaded again.

use super::{
    Back, OwnAccount,
    api::{BeginFactor, ConfirmFactor, RemoveFactor},
    done, mine, own_account,
};
use crate::{
    call::Call,
    lang,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        form::{Field, Form},
        icon::Icon,
        password::Password,
        skeleton::SkeletonList,
    },
    visitor::use_visitor,
};
use contract::accounts::{Account, SecondFactor, TotpOffer};
use domain::time::Moment;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

/// Recovery codes below which a warning is shown.
const FEW: u8 = 3;
#[derive(Debug)]
struct PageContext {
    account: OwnAccount,
    removed: bool,
}

impl PageContext {
    fn load() -> Self {
        Self { account: own_account(), removed: done("removed") }
    }
}

/// The page at `/me/second-factor`.
pub fn own_factor_page() -> AnyView {
    let PageContext { account, removed } = PageContext::load();
    let t = lang::current();
    let codes = answered(Call::<ConfirmFactor>::new()).get_untracked();
    view! {
        <Title text=t.me_factor()/>
        <Back/>
        <header class="page-head"><h1>{t.me_factor()}</h1></header>
        {removed.then(|| view! {
            <div role="status">
                <Banner tone=Tone::Info icon="info" title=t.me_factor_removed().to_owned()>""</Banner>
            </div>
        })}
        {match codes {
            Some(codes) => view! { <Codes codes/> }.into_any(),
            None => view! {
                <Transition fallback=|| view! { <SkeletonList rows=2/> }>
                    {mine(account, |account| view! { <Factor account/> }.into_any())}
                </Transition>
            }
            .into_any(),
        }}
    }
    .into_any()
}

/// State of the factor, without requests, so that tests can render it.
#[component]
fn Factor(account: Account) -> impl IntoView {
    match account.second_factor {
        SecondFactor::On { since, codes_left } => {
            view! { <Active since codes_left password=account.password_set.is_some()/> }.into_any()
        }
        SecondFactor::Off | SecondFactor::Required => {
            let begin = Call::<BeginFactor>::new();
            let offer = answered(begin).get_untracked();
            // Without script a refused code comes back to a page without the key, which is in the app by then.
            let is_sent =
                use_visitor().echo.is_some_and(|echo| echo.function == <ConfirmFactor as ServerFn>::PATH);
            match offer {
                Some(offer) => view! { <Offer offer/> }.into_any(),
                None if is_sent => view! { <Again begin/> }.into_any(),
                None => view! { <Begin begin/> }.into_any(),
            }
        }
    }
}

#[component]
fn Begin(begin: Call<BeginFactor>) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="card">
            <Form action=begin reload=true>
                <p>{t.me_factor_why()}</p>
                <div class="btn-row"><Submit label=t.me_factor_begin() kind=Kind::Primary/></div>
            </Form>
        </section>
    }
}

/// The key as QR code, link and text, and the form to confirm it.
#[component]
fn Offer(offer: TotpOffer) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="card factor">
            <p class="label">{t.me_factor_scan()}</p>
            <div class="qr" role="img" aria-label=t.me_factor_qr() inner_html=offer.qr></div>
            <p>{t.me_factor_or_type()}" "<code class="key">{offer.secret}</code></p>
            <p><a class="link" href=offer.uri rel="external">{t.me_factor_open()}</a></p>
            <Confirm/>
        </section>
    }
}

#[component]
fn Again(begin: Call<BeginFactor>) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="card factor">
            <p>{t.me_factor_scanned()}</p>
            <Confirm/>
            <Form action=begin reload=true><Submit label=t.me_factor_begin_again()/></Form>
        </section>
    }
}

#[component]
fn Confirm() -> impl IntoView {
    let t = lang::current();
    let confirm = Call::<ConfirmFactor>::new();
    view! {
        <Form action=confirm reload=true>
            <Field name="code" label=t.me_factor_confirm_code() autocomplete="one-time-code"/>
            <div class="btn-row"><Submit label=t.me_factor_confirm() kind=Kind::Primary/></div>
        </Form>
    }
}

#[component]
fn Codes(codes: Vec<String>) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="card factor" aria-labelledby="codes">
            <h2 id="codes">{t.me_codes()}</h2>
            <p>{t.me_codes_next()}</p>
            <ul class="codes">{codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}</ul>
            <ButtonLink href="/me/second-factor" label=t.me_codes_kept().to_owned() kind=Kind::Primary icon="check" reload=true/>
        </section>
    }
}

#[component]
fn Active(
    since: Moment,
    codes_left: u8,
    /// Whether there is a password to confirm with.
    password: bool,
) -> impl IntoView {
    let (t, now) = (lang::current(), use_visitor().now);
    let remove = Call::<RemoveFactor>::new();
    view! {
        <section class="card factor">
            <p class="saved"><Icon name="shield-check"/>{t.me_factor_is_on(&t.since(since, now))}</p>
            <p>
                {t.me_codes_left(codes_left.into())}
                {(codes_left <= FEW).then(|| view! { " "{t.me_codes_few()} })}
            </p>
        </section>
        <section class="card">
            <Form action=remove reload=true>
                {password.then(|| view! {
                    <Password name="current_password" label=t.sign_in_password() autocomplete="current-password"/>
                })}
                <div class="btn-row"><Submit label=t.me_factor_remove() kind=Kind::Danger/></div>
            </Form>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{ago, html, sent, visitor, words},
        visitor::{Answer, Echo, Visitor},
    };
    use domain::problem::{Kind as Class, Problem};
    use text::Lang;

    fn render(visitor: Visitor, second_factor: SecondFactor) -> String {
        let account = Account { second_factor, ..super::super::tests::account() };
        html(visitor, "/me/second-factor", move || view! { <Factor account/> })
    }

    #[test]
    fn factor_key_is_shown_only_in_answer_to_its_request() {
        let html = render(visitor(Lang::En), SecondFactor::Off);
        assert!(html.contains(r#"action="?/me/factor-begin""#) && !html.contains("one-time-code"), "{html}");

        let offer =
            TotpOffer { secret: "ABCD EFGH".into(), uri: "otpauth://totp/x".into(), qr: "<svg></svg>".into() };
        let answer = Some(Answer { function: "/api/me/factor-begin".into(), text: sent(&offer) });
        let html = render(Visitor { answer, ..visitor(Lang::En) }, SecondFactor::Required);
        assert!(words(&html).contains("ABCD EFGH"), "{html}");
        assert!(html.contains(r#"autocomplete="one-time-code""#), "{html}");
    }

    #[test]
    fn wrong_code_can_be_retried_without_script() {
        let problem = Problem::new("code.wrong", Class::Invalid, "x").field("code", "This code is not right.");
        let echo = Some(Echo { function: "/api/me/factor-confirm".into(), values: vec![], problem });
        let html = render(Visitor { echo, ..visitor(Lang::En) }, SecondFactor::Off);
        assert!(words(&html).contains("This code is not right."), "{html}");
    }

    #[test]
    fn active_factor_shows_codes_left_and_removal_needs_password() {
        let html = render(visitor(Lang::It), SecondFactor::On { since: ago(60), codes_left: 1 });
        assert!(words(&html).contains("Resta 1 codice di recupero."), "{html}");
        assert!(html.contains(r#"action="?/me/factor-remove""#) && html.contains("current-password"), "{html}");
    }
}

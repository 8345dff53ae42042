//! Those who come from an identity provider and are not in: why, and what they can do.
//!
//! Invariant: nobody is linked by an equal address; the page asks for the password of the account here. An address that the provider
//! does not vouch for is proven by a code first. Not here: navigation.

use super::api::{self, AskToJoin, ConfirmAddress, LinkAccount, MailCode};
use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    sign_in::doorway::{Hello, Whose, doorway},
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::{Field, Form},
        icon::Icon,
        password::Password,
    },
    visitor::use_visitor,
};
use contract::identity_providers::{Arrival, NextStep};
use domain::identity_providers::Refusal;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The page at `/sign-in/provider`.
pub fn arrival_page() -> AnyView {
    let (why, provider) = use_query_map().with_untracked(|query| {
        let provider = query.get_str("provider").and_then(|id| id.parse::<i64>().ok());
        (query.get("why").unwrap_or_default(), provider)
    });
    let arrival: PageResource<Arrival> = page_resource(move || why.clone(), api::arrival);
    doorway(false, arrival, move |arrival| view! { <Arrived arrival provider/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Arrived(
    arrival: Arrival,
    /// The provider to start over with.
    provider: Option<i64>,
) -> impl IntoView {
    let t = lang::current();
    let Arrival { provider: called, name, next, signs_out } = arrival;
    let out = called.clone().filter(|_| signs_out).map(|called| sign_out(t, &called));
    match next {
        NextStep::Prove { email, password, second_factor } => view! {
            <Title text=t.arrival_prove()/>
            {prove(t, email, password, second_factor)}
            {out}
        }
        .into_any(),
        NextStep::Confirm { email, sent, mails } => view! {
            <Title text=t.arrival_confirm()/>
            {confirm(t, called, email, sent, mails)}
            {other_ways(t)}
            {out}
        }
        .into_any(),
        NextStep::Ask { joins, .. } => {
            let ask = Call::<AskToJoin>::new();
            let label = match (name.as_deref(), joins) {
                (Some(name), true) => t.arrival_join(name),
                (None, true) => t.arrival_join_nobody().to_owned(),
                (Some(name), false) => t.arrival_ask(name),
                (None, false) => t.arrival_ask_nobody().to_owned(),
            };
            let field =
                name.is_none().then(|| view! { <Field name="name" label=t.arrival_name() autocomplete="name"/> });
            let head = if joins {
                let intro = if name.is_some() { t.arrival_join_ready() } else { t.arrival_join_next() };
                view! { <Title text=t.arrival_unknown()/><Hello heading=t.arrival_unknown() intro=intro.to_owned()/> }
                    .into_any()
            } else {
                stranger(t, called.as_deref(), name.as_deref(), t.arrival_new_next())
            };
            view! {
                {head}
                <Form action=ask reload=true>
                    {field}
                    <Submit label kind=Kind::Primary/>
                </Form>
                {other_ways(t)}
                {out}
            }
            .into_any()
        }
        NextStep::Refused(Refusal::NotAdmitted) => view! {
            {stranger(t, called.as_deref(), name.as_deref(), t.arrival_new_closed())}
            {other_ways(t)}
            {out}
        }
        .into_any(),
        NextStep::Refused(why) => view! {
            <Title text=t.refusal_title(why)/>
            <Hello heading=t.refusal_title(why) intro=t.refusal_next(why).to_owned()/>
            {provider.filter(|_| may_start_over(why)).map(|provider| start_over(t, provider))}
            {other_ways(t)}
            {out}
        }
        .into_any(),
    }
}

/// Whether another try can end otherwise.
const fn may_start_over(why: Refusal) -> bool {
    matches!(
        why,
        Refusal::Denied
            | Refusal::OtherBrowser
            | Refusal::Expired
            | Refusal::Unverified
            | Refusal::Unreachable
            | Refusal::Unreadable
            | Refusal::SecondFactor
            | Refusal::TooMany
    )
}

/// The headline and the two cases of a person who is not known here.
fn stranger(t: Lang, provider: Option<&str>, name: Option<&str>, new: &'static str) -> AnyView {
    let workshop = use_visitor().space;
    let intro = match (provider, name) {
        (Some(provider), Some(name)) => t.arrival_known_as(provider, name, &workshop),
        (Some(provider), None) => t.arrival_known(provider, &workshop),
        (None, _) => t.refusal_next(Refusal::NotAdmitted).to_owned(),
    };
    let reason = |icon: &'static str, title: &'static str, next: &'static str| {
        view! { <li><Icon name=icon/><div><p class="t">{title}</p><p class="s">{next}</p></div></li> }
    };
    view! {
        <Title text=t.arrival_unknown()/>
        <Hello heading=t.arrival_unknown() intro/>
        <ul class="reasons" role="list">
            {reason("user-plus", t.arrival_new(), new)}
            {reason("link", t.arrival_member(), t.arrival_member_next())}
        </ul>
    }
    .into_any()
}

/// The proof of an address: where a code is mailed to, and the code.
fn confirm(
    t: Lang,
    provider: Option<String>,
    email: Option<String>,
    sent: Option<String>,
    mails: bool,
) -> AnyView {
    if !mails {
        return view! { <Hello heading=t.arrival_confirm() intro=t.arrival_confirm_no_mail().to_owned()/> }
            .into_any();
    }
    let intro = match &sent {
        Some(sent) => t.arrival_confirm_sent(sent),
        None => t.arrival_confirm_next(&provider.unwrap_or_default()),
    };
    let code = sent.is_some().then(|| {
        let action = Call::<ConfirmAddress>::new();
        view! {
            <Form action reload=true>
                <Field name="code" label=t.arrival_confirm_code() autocomplete="one-time-code"/>
                <Submit label=t.arrival_confirm_do() kind=Kind::Primary/>
            </Form>
        }
    });
    let (label, kind) = if sent.is_some() {
        (t.arrival_confirm_again(), Kind::Quiet)
    } else {
        (t.arrival_confirm_send(), Kind::Primary)
    };
    let (action, value) = (Call::<MailCode>::new(), sent.or(email).unwrap_or_default());
    view! {
        <Hello heading=t.arrival_confirm() intro/>
        {code}
        <Form action reload=true>
            <Field name="email" label=t.sign_in_email() kind="email" autocomplete="email" value/>
            <Submit label kind/>
        </Form>
    }
    .into_any()
}

/// The proof that they are the person here with this address.
fn prove(t: Lang, email: String, password: bool, second_factor: bool) -> AnyView {
    if !password {
        let intro = t.arrival_prove_elsewhere(&email);
        return view! {
            <Hello heading=t.arrival_prove() intro/>
            <ButtonLink href="/sign-in?to=/me/security" label=t.arrival_other_ways().to_owned() kind=Kind::Primary/>
        }
        .into_any();
    }
    let link = Call::<LinkAccount>::new();
    let code = second_factor.then(|| {
        view! { <Field name="code" label=t.arrival_code() autocomplete="one-time-code" hint=t.arrival_code_hint()/> }
    });
    view! {
        <Hello heading=t.arrival_prove() intro=t.arrival_prove_next(&email)/>
        <Form action=link reload=true>
            <Whose email=Some(email)/>
            <Password name="password" label=t.sign_in_password() autocomplete="current-password">
                <a class="link small" href="/forgotten">{t.sign_in_forgotten()}</a>
            </Password>
            {code}
            <Submit label=t.arrival_link() kind=Kind::Primary/>
        </Form>
        {other_ways(t)}
    }
    .into_any()
}

fn other_ways(t: Lang) -> AnyView {
    view! { <ButtonLink href="/sign-in" label=t.arrival_other_ways().to_owned() icon="chevron-left"/> }.into_any()
}

fn start_over(t: Lang, provider: i64) -> AnyView {
    view! {
        <form class="form" method="post" action=format!("/sign-in/provider/{provider}/start")>
            <button class="btn" data-kind="primary">{t.arrival_again()}</button>
        </form>
    }
    .into_any()
}

fn sign_out(t: Lang, provider: &str) -> AnyView {
    view! {
        <footer class="sign-foot">
            <form method="post" action="/sign-in/provider/sign-out">
                <button class="btn" data-kind="ghost">{t.arrival_sign_out(provider)}</button>
            </form>
        </footer>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};

    fn render(lang: Lang, name: Option<&str>, next: NextStep) -> String {
        let (provider, name) = (Some("University account".to_owned()), name.map(str::to_owned));
        let arrival = Arrival { provider, name, next, signs_out: true };
        html(visitor(lang), "/sign-in/provider", move || view! { <Arrived arrival provider=Some(2)/> })
    }

    #[test]
    fn stranger_asks_to_join_by_the_name_there() {
        let html = render(Lang::En, Some("Emre Demir"), NextStep::Ask { email: None, joins: false });
        let content = words(&html);
        assert!(
            content.contains("University account knows you as Emre Demir. Talvera Workshop does not."),
            "{content}"
        );
        assert!(content.contains("Ask to join as Emre Demir") && content.contains("Me, Sign-in"), "{content}");
        assert!(html.contains(r#"action="?/sign-in/ask-to-join""#) && !html.contains(r#"name="name""#), "{html}");
        assert!(html.contains(r#"action="/sign-in/provider/sign-out""#), "{html}");
        let nameless = render(Lang::En, None, NextStep::Ask { email: None, joins: false });
        assert!(nameless.contains(r#"name="name""#), "{nameless}");
    }

    #[test]
    fn person_with_a_proven_address_joins_by_a_name() {
        let next = || NextStep::Ask { email: Some("emre@uni.example".into()), joins: true };
        let named = render(Lang::En, Some("Emre Demir"), next());
        assert!(words(&named).contains("Join as Emre Demir") && !named.contains(r#"name="name""#), "{named}");
        let nameless = render(Lang::En, None, next());
        assert!(words(&nameless).contains("Enter the name") && nameless.contains(r#"name="name""#), "{nameless}");
    }

    #[test]
    fn address_that_is_not_proven_is_asked_for_a_code() {
        let email = || Some("emre@uni.example".to_owned());
        let next = |sent, mails| NextStep::Confirm { email: email(), sent, mails };
        let html = render(Lang::En, None, next(None, true));
        assert!(words(&html).contains("University account does not confirm your e-mail address."), "{html}");
        assert!(html.contains(r#"action="?/sign-in/mail-code""#) && html.contains("emre@uni.example"), "{html}");
        assert!(!html.contains("confirm-address") && !html.contains("ask-to-join"), "{html}");
        let html = render(Lang::En, None, next(email(), true));
        assert!(
            html.contains(r#"action="?/sign-in/confirm-address""#) && html.contains("one-time-code"),
            "{html}"
        );
        let html = render(Lang::It, None, next(None, false));
        assert!(!html.contains("mail-code") && html.contains(r#"href="/sign-in""#), "{html}");
    }

    #[test]
    fn provider_that_brings_in_nobody_offers_no_application() {
        let html = render(Lang::En, Some("Emre Demir"), NextStep::Refused(Refusal::NotAdmitted));
        assert!(
            !html.contains("ask-to-join") && words(&html).contains("Ask a manager for an invitation."),
            "{html}"
        );
    }

    #[test]
    fn known_address_is_asked_for_password_and_code() {
        let next =
            |password, second_factor| NextStep::Prove { email: "ada@example.org".into(), password, second_factor };
        let html = render(Lang::En, None, next(true, true));
        assert!(html.contains(r#"action="?/sign-in/link-account""#), "{html}");
        assert!(html.contains(r#"autocomplete="current-password""#) && html.contains("one-time-code"), "{html}");
        assert!(!render(Lang::En, None, next(true, false)).contains("one-time-code"));
        let without = render(Lang::It, None, next(false, false));
        assert!(
            !without.contains("type=\"password\"") && without.contains("/sign-in?to=/me/security"),
            "{without}"
        );
    }

    #[test]
    fn every_refusal_has_a_next_step() {
        for &why in Refusal::ALL {
            let html = render(Lang::En, None, NextStep::Refused(why));
            assert!(html.contains(r#"href="/sign-in""#), "{why:?}: {html}");
            assert!(html.contains("/sign-in/provider/2/start") == may_start_over(why), "{why:?}: {html}");
        }
    }
}

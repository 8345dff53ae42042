//! The reader's sessions, and signing out of them.

use super::{
    Back, OwnAccount,
    api::{EndSession, SignOutEverywhere},
    done, mine, own_account,
};
use crate::{
    call::Call,
    lang,
    ui::{
        banner::{Banner, Tone},
        button::{Kind, Submit},
        form::Form,
        icon::Icon,
        skeleton::SkeletonList,
    },
    visitor::use_visitor,
};
use contract::accounts::{Account, SessionView};
use leptos::prelude::*;
use leptos_meta::Title;
#[derive(Debug)]
struct PageContext {
    account: OwnAccount,
    ended: bool,
}

impl PageContext {
    fn load() -> Self {
        Self { account: own_account(), ended: done("ended") }
    }
}

/// The page at `/me/sessions`.
pub fn sessions_page() -> AnyView {
    let PageContext { account, ended } = PageContext::load();
    let t = lang::current();
    view! {
        <Title text=t.me_sessions()/>
        <Back/>
        <header class="page-head"><h1>{t.me_sessions()}</h1></header>
        {ended.then(|| view! {
            <div role="status">
                <Banner tone=Tone::Go icon="circle-check" title=t.me_session_ended().to_owned()>""</Banner>
            </div>
        })}
        <Transition fallback=|| view! { <SkeletonList rows=2/> }>
            {mine(account, |account| view! { <List account/> }.into_any())}
        </Transition>
    }
    .into_any()
}

#[component]
fn List(account: Account) -> impl IntoView {
    let t = lang::current();
    let (end, everywhere) = (Call::<EndSession>::new(), Call::<SignOutEverywhere>::new());
    let others = account.sessions.iter().any(|session| !session.here);
    let rows = account.sessions.into_iter().map(|session| view! { <Row session/> }).collect_view();
    let list = view! { <ul class="list">{rows}</ul> }.into_any();
    view! {
        {if others {
            // One form for all rows: the pressed button names the session.
            view! { <Form action=end reload=true>{list}</Form> }.into_any()
        } else {
            list
        }}
        <p class="muted">{t.me_sessions_intro()}</p>
        <Form action=everywhere reload=true>
            <div class="btn-row">
                <Submit label=t.me_everywhere() kind=Kind::Danger/>
                <p class="small muted">{t.me_everywhere_next()}</p>
            </div>
        </Form>
    }
}

#[component]
fn Row(session: SessionView) -> impl IntoView {
    let (t, now) = (lang::current(), use_visitor().now);
    let SessionView { id, device, created, seen, here } = session;
    let device = if device.is_empty() { t.me_session_unknown().to_owned() } else { device };
    let second = t.me_session_seen(&t.since(created, now), &t.day(seen, now));
    let tail = if here {
        view! { <b>{t.me_session_here()}</b> }.into_any()
    } else {
        view! {
            <button class="btn" name="id" value=id.to_string() aria-label=t.me_session_end(&device)>{t.me_sign_out()}</button>
        }
        .into_any()
    };
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="laptop"/></span>
                <span class="lines"><span class="t">{device.clone()}</span><span class="s">{second}</span></span>
                <span class="tail">{tail}</span>
            </div>
        </li>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    #[test]
    fn single_session_renders_no_empty_form() {
        let mut account = super::super::tests::account();
        account.sessions.retain(|session| session.here);
        assert_eq!(account.sessions.len(), 1);
        let html = html(visitor(Lang::En), "/me/sessions", move || view! { <List account/> });
        let forms = (html.matches("<form").count(), html.matches("<button").count());
        assert_eq!(forms, (1, 1), "only the one that signs out everywhere: {html}");
        assert!(html.contains(r#"<ul class="list">"#), "{html}");
    }

    #[test]
    fn other_sessions_have_sign_out_buttons() {
        let account = super::super::tests::account();
        let html = html(visitor(Lang::En), "/me/sessions", move || view! { <List account/> });
        assert_eq!(html.matches(r#"name="id""#).count(), 1, "{html}");
        assert!(html.contains(r#"value="2" aria-label="Sign out Chrome on Android""#), "{html}");
        assert!(words(&html).contains("Signed in since 13:56, last seen today"), "{}", words(&html));
    }
}

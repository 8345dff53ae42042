//! A person's own account at Slack: linked by a link that Slack showed, and unlinked.
//!
//! Invariant: nothing is linked by opening the page; its form names the account that asked.

use crate::{
    call::{Call, Function, PageResource, load_query, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        saved::Saved,
    },
};
use contract::slack::{LinkSlack, ReadSlackAccount, SlackAccount, UnlinkSlack};
use domain::live::Noun;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The calls of this page.
#[derive(Debug, Clone, Copy)]
struct Calls {
    link: Call<Function<LinkSlack>>,
    unlink: Call<Function<UnlinkSlack>>,
}

/// The page at `/me/slack`.
pub fn slack_account_page() -> AnyView {
    let (live, query) = (use_live(), use_query_map());
    let calls = Calls { link: Call::new(), unlink: Call::new() };
    let offer = Memo::new(move |_| query.with(|query| query.get_str("link").map(safe)));
    let page: PageResource<SlackAccount> = page_resource(
        move || {
            (offer.get(), live.version(Noun::Person), calls.link.version().get() + calls.unlink.version().get())
        },
        |(offer, ..)| {
            let query = offer.map(|offer| format!("link={offer}")).unwrap_or_default();
            load_query(&ReadSlackAccount {}, &query)
        },
    );
    live_page(lang::current().slack_me_title(), 3, page, move |page| view! { <Page page offer calls/> }.into_any())
}

/// The token of an offer as it can be in a query; anything else is none that works.
fn safe(offer: &str) -> String {
    let is_token = offer.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_token { offer.to_owned() } else { "-".to_owned() }
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<SlackAccount>, offer: Memo<Option<String>>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let unlinked = Memo::new(move |_| query.with(|query| query.get_str("done").is_some()));
    view! {
        <a class="crumb" href="/me"><Icon name="chevron-left"/>{t.nav_me()}</a>
        <header class="page-head"><h1>{t.slack_me_title()}</h1></header>
        <Saved visible=saved message=t.slack_me_saved()/>
        <Saved visible=unlinked message=t.slack_me_unlinked()/>
        {dynamic(move || Some(whole(page.get(), offer.get(), calls)))}
    }
}

fn whole(page: SlackAccount, offer: Option<String>, calls: Calls) -> AnyView {
    let t = lang::current();
    let SlackAccount { now, workspace, linked, offered, is_over } = page;
    let Some(workspace) = workspace else {
        return view! { <div class="card"><Empty icon="megaphone"><h2>{t.slack_me_off()}</h2></Empty></div> }
            .into_any();
    };
    let offered = offered.zip(offer).map(|(name, token)| {
        view! {
            <section class="card stack" aria-labelledby="offer">
                <h2 id="offer">{t.slack_me_offer(&name, &workspace)}</h2>
                <p>{t.slack_me_offer_next()}</p>
                <Form action=calls.link>
                    {hidden("link", &token)}
                    <Submit label=t.slack_me_link() kind=Press::Primary busy=calls.link.pending()/>
                </Form>
            </section>
        }
    });
    // Once it is linked, the link in the address is used up.
    let is_over = is_over && linked.is_none();
    let state = match linked {
        Some((name, since)) => view! {
            <section class="card stack" aria-labelledby="linked">
                <h2 id="linked">{t.slack_me_linked(&name, &t.since(since, now))}</h2>
                <p class="muted">{t.slack_me_linked_next()}</p>
                <div class="btn-row">
                    <ButtonLink href="/notices/settings" label=t.slack_me_settings().to_owned()/>
                    <Form action=calls.unlink>
                        <Submit label=t.slack_me_unlink() kind=Press::Danger busy=calls.unlink.pending()/>
                    </Form>
                </div>
            </section>
        }
        .into_any(),
        None if offered.is_some() => ().into_any(),
        None => view! {
            <div class="card"><Empty icon="link">
                <h2>{t.slack_me_none()}</h2><p>{t.slack_me_none_next()}</p>
            </Empty></div>
        }
        .into_any(),
    };
    view! {
        {is_over.then(|| view! {
            <Banner tone=Tone::Warn icon="hourglass" title=t.slack_offer_over().to_owned()>""</Banner>
        })}
        {offered}
        {state}
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use text::Lang;

    fn render(account: SlackAccount, offer: Option<&str>) -> String {
        let offer = offer.map(ToOwned::to_owned);
        html(visitor(Lang::En), "/me/slack", move || {
            let calls = Calls { link: Call::new(), unlink: Call::new() };
            view! { <Page page=RwSignal::new(account) offer=Memo::new(move |_| offer.clone()) calls/> }
        })
    }

    fn account() -> SlackAccount {
        SlackAccount { now: NOW, workspace: Some("Talvera".into()), linked: None, offered: None, is_over: false }
    }

    #[test]
    fn offer_names_the_account_and_warns() {
        let html = render(SlackAccount { offered: Some("nora.k".into()), ..account() }, Some("t0ken"));
        let text = words(&html);
        assert!(text.contains("Link nora.k in Talvera to you?") && text.contains("only if you typed"), "{text}");
        assert!(html.contains(r#"name="link" value="t0ken""#), "{html}");
    }

    #[test]
    fn used_link_is_explained() {
        let text = words(&render(SlackAccount { is_over: true, ..account() }, Some("old")));
        assert!(text.contains("This link has expired. Type /tool link"), "{text}");
    }

    #[test]
    fn linked_account_can_be_unlinked() {
        let html = render(SlackAccount { linked: Some(("nora.k".into(), ago(60))), ..account() }, None);
        assert!(words(&html).contains("Linked to nora.k") && html.contains("Unlink"), "{html}");
    }
}

//! A person's own accounts at identity providers, for the page about how they sign in.
//!
//! Invariant: the last way in has no button to remove it. Not here: the page itself (`me`).

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::{followed_or, use_live},
    sign_in::providers::ProviderButtons,
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
        saved::Saved,
    },
};
use contract::identity_providers::{IdentityLinks, OwnProvider, ReadIdentityLinks, UnlinkIdentity};
use domain::{live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

type Unlink = Call<Function<UnlinkIdentity>>;

/// The section with the accounts. Left out if it cannot be loaded, because the page reports errors elsewhere.
#[component]
pub fn OwnAccounts() -> impl IntoView {
    let (unlink, live) = (Unlink::new(), use_live());
    let source = move || (live.version(Noun::Person) + live.version(Noun::Space), unlink.version().get());
    let links: PageResource<IdentityLinks> = page_resource(source, |_| load(&ReadIdentityLinks {}));
    view! {
        <Transition>
            {followed_or(
                links,
                Box::new(move |links| view! { <Section links unlink/> }.into_any()),
                Box::new(|_| ().into_any()),
            )}
        </Transition>
    }
}

/// A button for each linked account of the reader: signing in there once more proves who they are. Where to go then is `to`.
#[component]
pub fn ProofButtons(to: String) -> impl IntoView {
    let links: PageResource<IdentityLinks> = page_resource(|| (), |()| load(&ReadIdentityLinks {}));
    view! {
        <Transition>
            {followed_or(
                links,
                Box::new(move |links| proof_buttons(links.get_untracked(), to.clone())),
                Box::new(|_| ().into_any()),
            )}
        </Transition>
    }
}

fn proof_buttons(links: IdentityLinks, to: String) -> AnyView {
    let linked = links.providers.into_iter().filter(|one| one.active && one.link.is_some());
    let providers: Vec<_> = linked.map(|one| (one.provider, one.name)).collect();
    view! { <ProviderButtons providers to way="prove"/> }.into_any()
}

/// The section without requests, so that tests can render it. Nothing without a provider.
#[component]
fn Section(links: RwSignal<IdentityLinks>, unlink: Unlink) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let done =
        move |code: &'static str| Memo::new(move |_| query.with(|query| query.get_str("done") == Some(code)));
    dynamic(move || {
        let IdentityLinks { now, providers, signs_out } = links.get();
        if providers.is_empty() {
            return None;
        }
        let rows = providers.into_iter().map(|one| row(t, one, now, unlink)).collect_view();
        let out = signs_out.map(|name| {
            view! {
                <form class="form" method="post" action="/sign-in/provider/sign-out">
                    <div class="btn-row"><button class="btn">{t.identity_sign_out(&name)}</button></div>
                </form>
            }
        });
        Some(view! {
            <section class="group" aria-labelledby="accounts">
                <h2 class="group-head" id="accounts">{t.identities_title()}</h2>
                <Saved visible=done("linked") message=t.identity_linked()/>
                <Saved visible=done("unlinked") message=t.identity_unlinked()/>
                <ul class="list">{rows}</ul>
                {out}
            </section>
        })
    })
}

fn row(t: Lang, one: OwnProvider, now: Moment, unlink: Unlink) -> AnyView {
    let OwnProvider { provider, name, active, link, may_unlink } = one;
    let about = name.clone();
    let (second, tail) = if let Some(link) = link {
        let since = t.since(link.linked, now);
        let used = link.used.map(|at| t.identity_used(&t.brief(at, now)));
        let off = (!active).then(|| t.provider_off().to_owned());
        let parts = [off, link.called.clone(), Some(since), used];
        let second = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let tail = if may_unlink {
            view! {
                <Form action=unlink>
                    {hidden("id", &link.id)}
                    <Submit label=t.identity_unlink() about kind=Press::Quiet busy=unlink.pending()/>
                </Form>
            }
            .into_any()
        } else {
            view! { <span class="small muted">{t.identity_last()}</span> }.into_any()
        };
        (second, tail)
    } else {
        let label = format!("{}: {about}", t.identity_link());
        let tail = view! {
            <form class="form" method="post" action=format!("/sign-in/provider/{provider}/connect")>
                <button class="btn" aria-label=label>{t.identity_link()}</button>
            </form>
        };
        (t.identity_not_linked().to_owned(), tail.into_any())
    };
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="landmark"/></span>
                <span class="lines"><span class="t">{name}</span><span class="s">{second}</span></span>
                <div class="tail">{tail}</div>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::identity_providers::IdentityLinkView;
    use domain::id::{IdentityLinkId, IdentityProviderId};

    fn provider(id: i64, name: &str, link: Option<IdentityLinkView>, may_unlink: bool) -> OwnProvider {
        OwnProvider { provider: IdentityProviderId(id), name: name.into(), active: true, link, may_unlink }
    }

    fn render(providers: Vec<OwnProvider>) -> String {
        html(visitor(Lang::En), "/me/security?done=linked", move || {
            let links = RwSignal::new(IdentityLinks { now: NOW, providers, signs_out: Some("University".into()) });
            view! { <Section links unlink=Unlink::new()/> }
        })
    }

    fn link() -> IdentityLinkView {
        let called = Some("n.kofler".into());
        IdentityLinkView { id: IdentityLinkId(7), called, linked: ago(60 * 24 * 3), used: Some(ago(4)) }
    }

    #[test]
    fn accounts_can_be_linked_and_unlinked() {
        let html =
            render(vec![provider(1, "University", Some(link()), true), provider(2, "Maker-ID", None, false)]);
        let content = words(&html);
        assert!(content.contains("Account linked.") && content.contains("n.kofler, since"), "{content}");
        assert!(
            html.contains(r#"name="id" value="7""#) && html.contains(r#"aria-label="Unlink: University""#),
            "{html}"
        );
        assert!(
            html.contains(r#"action="/sign-in/provider/2/connect""#) && content.contains("Not linked"),
            "{html}"
        );
        assert!(content.contains("Sign out here and at University"), "{content}");
    }

    #[test]
    fn proof_is_by_a_linked_account_that_is_on() {
        let off = OwnProvider { active: false, ..provider(3, "Old", Some(link()), true) };
        let providers =
            vec![provider(1, "University", Some(link()), false), provider(2, "Maker-ID", None, false), off];
        let html = html(visitor(Lang::En), "/me/security/prove", move || {
            proof_buttons(IdentityLinks { now: NOW, providers, signs_out: None }, "/me/directory".into())
        });
        assert!(html.contains(r#"action="/sign-in/provider/1/prove""#) && html.contains("University"), "{html}");
        assert!(html.contains(r#"name="to" value="/me/directory""#), "{html}");
        assert!(!html.contains("/provider/2/") && !html.contains("/provider/3/"), "{html}");
    }

    #[test]
    fn last_way_in_has_no_button() {
        let html = render(vec![provider(1, "University", Some(link()), false)]);
        assert!(!html.contains("identity-providers/unlink"), "{html}");
        assert!(words(&html).contains("Your only way in"), "{}", words(&html));
        assert!(!render(vec![]).contains("<section"), "nothing to link");
    }
}

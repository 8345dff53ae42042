//! Identity providers: the manager's page, those who come in by one, and a person's own accounts ([`own`]).
//!
//! **Invariants.** A client secret is never shown; its field begins empty, and empty keeps the stored one. One form is open at a time,
//! the one that the address names. Not here: the way to a provider and back, which is the server's.

pub mod api;
pub mod arrival;
mod form;
pub mod own;
mod rules;

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    connections::crumb,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden, was_submitted},
        icon::Icon,
        register::{NoEntries, row_action},
        saved::Saved,
        versions::{VERSION, Versions, began},
    },
};
use contract::identity_providers::{
    AddIdentityProvider, IdentityProviderView, IdentityProviders, ListIdentityProviders, ProviderTest,
    RemoveIdentityProvider, SaveIdentityProvider, TestIdentityProvider,
};
use domain::{id::IdentityProviderId, live::Noun, time::Moment};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The address of the page.
const PAGE: &str = "/sign-in-providers";

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Function<AddIdentityProvider>>,
    save: Call<Function<SaveIdentityProvider>>,
    test: Call<Function<TestIdentityProvider>>,
    remove: Call<Function<RemoveIdentityProvider>>,
}

impl Calls {
    fn new() -> Self {
        Self { add: Call::new(), save: Call::new(), test: Call::new(), remove: Call::new() }
    }

    fn versions(self) -> usize {
        let Self { add, save, test, remove } = self;
        add.version().get() + save.version().get() + test.version().get() + remove.version().get()
    }
}

/// The page at `/sign-in-providers`.
pub fn sign_in_providers_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let list: PageResource<IdentityProviders> =
        page_resource(move || (live.version(Noun::Space), calls.versions()), |_| load(&ListIdentityProviders {}));
    live_page(lang::current().providers_title(), 4, list, move |list| {
        view! { <Page list calls rules=rules::rules/> }.into_any()
    })
}

/// The section of the rules of a provider, which loads them.
type Rules = fn(Lang, IdentityProviderId) -> AnyView;

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<IdentityProviders>, calls: Calls, rules: Rules) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let edited =
        Memo::new(move |_| query.with(|query| query.get_str("edit").and_then(|id| id.parse::<i64>().ok())));
    let done =
        move |code: &'static str| Memo::new(move |_| query.with(|query| query.get_str("done") == Some(code)));
    let tested = answered(calls.test);
    // An open form that is built again loses what was chosen in it, so only other providers do that.
    let providers = Memo::new(move |_| list.with(|list| list.providers.clone()));
    let none = NoEntries { icon: "landmark", heading: t.providers_none(), next: t.providers_none_next() };
    view! {
        {crumb()}
        <header class="page-head"><h1>{t.providers_title()}</h1><p class="sub">{t.providers_sub()}</p></header>
        <Saved visible=done("added") message=t.providers_added()/>
        <Saved visible=done("saved") message=t.providers_saved()/>
        <Saved visible=done("removed") message=t.providers_removed()/>
        <Versions action=calls.save fields=form::choice(t)/>
        <div role="status">{dynamic(move || tested.get().map(|test| result(t, &test)))}</div>
        <section class="group" aria-labelledby="providers">
            <h2 class="group-head" id="providers">{t.providers_list()}</h2>
            {dynamic(move || Some(providers.with(|providers| {
                if providers.is_empty() {
                    none.card()
                } else {
                    let (edited, now) = (edited.get(), list.with_untracked(|list| list.now));
                    providers.iter().map(|one| card(t, one, now, calls, edited, rules)).collect_view().into_any()
                }
            })))}
        </section>
        {dynamic(move || edited.get().is_none().then(|| view! {
            <section class="group" aria-labelledby="new">
                <h2 class="group-head" id="new">{t.providers_new()}</h2>
                <Form action=calls.add afresh=true>
                    {form::parts(t, None)}
                    <div class="btn-row"><Submit label=t.providers_add() kind=Press::Primary busy=calls.add.pending()/></div>
                </Form>
            </section>
        }))}
    }
}

/// What a test found.
fn result(t: Lang, test: &ProviderTest) -> AnyView {
    let Some(failure) = test.failure else {
        let scopes = (!test.unknown_scopes.is_empty())
            .then(|| view! { <p>{t.provider_test_scopes(&test.unknown_scopes.join(", "))}</p> });
        let out = (!test.signs_out).then(|| view! { <p>{t.provider_test_no_sign_out()}</p> });
        let details = (!test.has_details).then(|| view! { <p>{t.provider_test_no_details()}</p> });
        let title = t.provider_test_ok(&test.name);
        return view! { <Banner tone=Tone::Go icon="circle-check" title>{scopes}{out}{details}</Banner> }
            .into_any();
    };
    let issuer = test.issuer.as_ref().map(|issuer| view! { <p>{t.provider_test_issuer(issuer)}</p> });
    let title = t.provider_test_failed(&test.name);
    view! { <Banner tone=Tone::Warn icon="triangle-alert" title><p>{t.provider_failure(failure)}</p>{issuer}</Banner> }
        .into_any()
}

/// How a provider does, in one line.
fn state(t: Lang, one: &IdentityProviderView, now: Moment) -> String {
    let off = (!one.active).then(|| t.provider_off().to_owned());
    let worked = match one.worked {
        Some(at) => t.provider_worked(&t.brief(at, now)),
        None => t.provider_untried().to_owned(),
    };
    let parts = [off, Some(worked), Some(t.provider_links(one.links))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn card(
    t: Lang,
    one: &IdentityProviderView,
    now: Moment,
    calls: Calls,
    edited: Option<i64>,
    rules: Rules,
) -> AnyView {
    let id = one.id;
    let label = format!("provider-{id}");
    let (labelled, name) = (label.clone(), one.name.clone());
    let (about, removed) = (name.clone(), name.clone());
    let failing = one.failure.zip(one.failed).map(|(why, at)| {
        let message = t.provider_failing(t.provider_failure(why), &t.brief(at, now));
        let title = name.clone();
        view! { <Banner tone=Tone::Warn icon="triangle-alert" title>{message}</Banner> }
    });
    let is_open = edited == Some(id.0);
    let toggle = if is_open {
        view! { <a class="btn" href=PAGE>{t.providers_close()}</a> }.into_any()
    } else {
        let about = name.clone();
        view! {
            <a class="btn" href=format!("{PAGE}?edit={id}")>{t.providers_edit()}<span class="visually-hidden">": "{about}</span></a>
        }
        .into_any()
    };
    let edit = is_open.then(|| {
        let (values, about, stored) = (form::values(one), name.clone(), one.clone());
        view! {
            <Form action=calls.save>
                {hidden("id", &id)}{hidden(VERSION, &values.version)}{began(&values.fields)}
                {form::parts(t, Some(&stored))}
                <div class="btn-row"><Submit label=t.providers_save() about kind=Press::Primary busy=calls.save.pending()/></div>
            </Form>
        }
    });
    let only_way = (one.only_way > 0).then(|| view! { <p>{t.provider_only_way(one.only_way)}</p> });
    let remove = is_open.then(|| {
        view! {
            <details class="deed" open=was_submitted(<Function<RemoveIdentityProvider> as ServerFn>::PATH)>
                <summary>{t.provider_remove()}<span class="visually-hidden">": "{removed.clone()}</span></summary>
                <p>{t.provider_remove_next()}</p>
                {only_way}
                {row_action(calls.remove, &id, t.provider_remove_confirm(), removed, Press::Danger)}
            </details>
        }
    });
    let issuer = one.issuer.clone();
    view! {
        <section class="card stack provider" aria-labelledby=labelled>
            <div class="card-head"><h3 id=label><Icon name="landmark"/>" "{name}</h3></div>
            <p>{state(t, one, now)}</p>
            <p class="small muted">{issuer}</p>
            {failing}
            <div class="btn-row">
                {row_action(calls.test, &id, t.provider_test(), about, Press::Quiet)}
                {toggle}
            </div>
            {edit}
            {is_open.then(|| rules(t, id))}
            {remove}
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::identity_providers::{Admission, Failure, SecondFactorUse};

    fn provider() -> IdentityProviderView {
        IdentityProviderView {
            id: IdentityProviderId(2),
            version: 3,
            name: "University account".into(),
            issuer: "https://id.example.org".into(),
            client_id: "toolgate".into(),
            has_secret: true,
            scopes: "email profile".into(),
            groups_claim: "groups".into(),
            second_factor: SecondFactorUse::Counts,
            second_factor_values: "mfa".into(),
            admission: Admission::Applicants,
            signs_out: true,
            active: true,
            links: 12,
            only_way: 1,
            worked: Some(ago(12)),
            failed: None,
            failure: None,
        }
    }

    fn render(visitor: Visitor, providers: Vec<IdentityProviderView>, query: &str) -> String {
        html(visitor, &format!("{PAGE}{query}"), move || {
            let list = RwSignal::new(IdentityProviders { now: NOW, providers });
            let rules: Rules = |_, _| ().into_any();
            view! { <Page list calls=Calls::new() rules/> }
        })
    }

    #[test]
    fn provider_shows_how_it_does_and_opens_its_form_by_address() {
        let html = render(visitor(Lang::En), vec![provider()], "");
        assert!(words(&html).contains("12 linked accounts"), "{}", words(&html));
        assert!(html.contains(r#"href="/sign-in-providers?edit=2""#), "{html}");
        assert!(html.contains(r#"action="?/identity-providers/add""#), "{html}");
        let open = render(visitor(Lang::En), vec![provider()], "?edit=2");
        for part in [
            r#"name="version" value="3""#,
            r#"value="https://id.example.org""#,
            r#"value="applicants" selected"#,
            r#"action="?edit=2&amp;/identity-providers/save""#,
        ] {
            assert!(open.contains(part), "{part} in {open}");
        }
        assert!(!open.contains("identity-providers/add"), "one form at a time: {open}");
        assert!(words(&open).contains("1 person has no other way to sign in"), "{}", words(&open));
    }

    #[test]
    fn secret_field_is_empty_and_shows_that_one_is_stored() {
        let html = render(visitor(Lang::En), vec![provider()], "?edit=2");
        let field = html.split("<input").find(|input| input.contains(r#"name="client_secret""#)).unwrap();
        assert!(!field.split('>').next().unwrap().contains("value=\"s"), "{field}");
        assert!(words(&html).contains("One is stored. Leave this empty to keep it."), "{}", words(&html));
    }

    #[test]
    fn failed_test_shows_fault_and_remedy() {
        let test = ProviderTest {
            id: IdentityProviderId(2),
            name: "University account".into(),
            failure: Some(Failure::OtherIssuer),
            issuer: Some("https://id.example.org/".into()),
            unknown_scopes: vec![],
            signs_out: false,
            has_details: false,
        };
        let answer = Some(Answer { function: "/api/identity-providers/test".into(), text: sent(&test) });
        let html = render(Visitor { answer, ..visitor(Lang::En) }, vec![provider()], "");
        let content = words(&html);
        assert!(content.contains("University account can’t sign people in"), "{content}");
        assert!(content.contains("It calls itself https://id.example.org/."), "{content}");
    }

    #[test]
    fn failing_provider_shows_why() {
        let failing = IdentityProviderView {
            failure: Some(Failure::Client),
            failed: Some(ago(3)),
            active: false,
            ..provider()
        };
        let content = words(&render(visitor(Lang::It), vec![failing], ""));
        assert!(
            content.contains("Il provider non accetta il client ID") && content.contains("Disattivato"),
            "{content}"
        );
        assert!(words(&render(visitor(Lang::En), vec![], "")).contains("No sign-in providers yet"));
    }
}

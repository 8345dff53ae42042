//! The reader's API tokens: created, shown once, revoked.
//!
//! Invariant: a token is shown once, in the answer to its creation, and is in no address.

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        answered::answered,
        button::{Kind as Press, Submit},
        changing::dynamic,
        choices::Choices,
        form::{Field, Form},
        icon::Icon,
        list::LinkItem,
        register::{Entries, Issued, NewEntry, NoEntries, entry, is_done, row_action},
        saved::Saved,
        select::Select,
    },
};
use contract::tokens::{self, ListTokens, TokenMade, TokenView, Tokens};
use domain::{
    live::Noun,
    time::Moment,
    tokens::{Lifetime, Scope},
};
use leptos::prelude::*;
use leptos_meta::Title;

type MakeToken = Function<tokens::MakeToken>;
type RevokeToken = Function<tokens::RevokeToken>;

/// The page at `/me/tokens`.
pub fn tokens_page() -> AnyView {
    let live = use_live();
    let (make, revoke) = (Call::<MakeToken>::new(), Call::<RevokeToken>::new());
    let source = move || (live.version(Noun::Person), make.version().get(), revoke.version().get());
    let list: PageResource<Tokens> = page_resource(source, |_| load(&ListTokens {}));
    view! {
        <Title text=lang::current().tokens_title()/>
        <a class="crumb" href="/me"><Icon name="chevron-left"/>{lang::current().nav_me()}</a>
        {loaded(3, list, move |list| view! { <Page list make revoke/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<Tokens>, make: Call<MakeToken>, revoke: Call<RevokeToken>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let made = answered(make);
    let none = NoEntries { icon: "lock", heading: t.tokens_none(), next: t.tokens_none_next() };
    let rows = Box::new(move || {
        let Tokens { tokens, now } = list.get();
        tokens.into_iter().map(|token| row(token, now, revoke)).collect()
    });
    view! {
        <header class="page-head"><h1>{t.tokens_title()}</h1><p class="sub">{t.tokens_sub()}</p></header>
        <Saved visible=is_done() message=t.tokens_revoked()/>
        <div role="status">{dynamic(move || made.get().map(|made| view! { <Fresh made/> }))}</div>
        <Entries id="tokens" title=t.tokens_list() none rows/>
        <NewEntry title=t.tokens_new()>
            <Form action=make afresh=true>
                <Field name="name" label=t.tokens_name() hint=t.tokens_name_hint()/>
                <Scopes/>
                <Lasting/>
                <div class="btn-row"><Submit label=t.tokens_make() kind=Press::Primary busy=make.pending()/></div>
            </Form>
            <p class="small muted">{t.tokens_end_with()}</p>
        </NewEntry>
        <ul class="list">
            <LinkItem href="/api".to_owned() icon="book-open" title=t.reference_title() second=t.tokens_reference()/>
        </ul>
    }
}

/// Scopes, with a checkbox for each.
#[component]
fn Scopes() -> impl IntoView {
    let t = lang::current();
    let options = Scope::ALL.iter().map(|&scope| (scope.as_str().to_owned(), t.scope(scope).to_owned())).collect();
    view! {
        <Choices name="scopes[]" error="scopes" legend=t.tokens_scopes() options chosen=Vec::new()/>
        <p class="small muted">{t.tokens_scopes_hint()}</p>
    }
}

/// Its lifetime.
#[component]
fn Lasting() -> impl IntoView {
    let t = lang::current();
    let options =
        Lifetime::ALL.iter().map(|&lifetime| (lifetime.as_str().to_owned(), t.lifetime(lifetime).to_owned()));
    let chosen = Signal::stored(Lifetime::Quarter.as_str().to_owned());
    view! { <Select name="lifetime" label=t.tokens_lifetime() options=options.collect() chosen/> }
}

fn row(token: TokenView, now: Moment, revoke: Call<RevokeToken>) -> AnyView {
    let t = lang::current();
    let TokenView { id, name, scopes, made, until, seen } = token;
    let until =
        until.map_or_else(|| t.tokens_until_revoked().to_owned(), |until| t.tokens_until(&t.day(until, now)));
    let seen = seen.map_or_else(
        || t.tokens_never_seen().to_owned(),
        |seen| t.tokens_seen(&format!("{}, {}", t.day(seen, now), text::time::clock(seen))),
    );
    let may = scopes.into_iter().map(|scope| t.scope(scope)).collect::<Vec<_>>().join(" · ");
    let lines = vec![format!("{}, {until}, {seen}", t.tokens_made(&t.day(made, now))), may];
    let button = row_action(revoke, &id, t.tokens_revoke(), name.clone(), Press::Danger);
    entry("lock", name, lines, button)
}

/// A new token.
#[component]
fn Fresh(made: TokenMade) -> impl IntoView {
    let t = lang::current();
    let TokenMade { name, token } = made;
    let fields = vec![("token", t.tokens_token(), token)];
    view! { <Issued icon="lock" title=t.tokens_made_title(&name) next=t.tokens_made_next() fields/> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::id::TokenId;
    use text::Lang;

    fn render(visitor: Visitor, tokens: Vec<TokenView>) -> String {
        html(visitor, "/me/tokens", move || {
            let list = RwSignal::new(Tokens { now: NOW, tokens });
            let (make, revoke) = (Call::<MakeToken>::new(), Call::<RevokeToken>::new());
            view! { <Page list make revoke/> }
        })
    }

    #[test]
    fn tokens_show_scopes_and_can_be_revoked() {
        let token = TokenView {
            id: TokenId(4),
            name: "Sheet of hours".into(),
            scopes: vec![Scope::PeopleRead, Scope::MachinesRead],
            made: ago(60 * 24),
            until: None,
            seen: Some(ago(4)),
        };
        let html = render(visitor(Lang::En), vec![token]);
        let words = words(&html);
        assert!(words.contains("Created yesterday, until you revoke it, last used today, 14:12"), "{words}");
        assert!(words.contains("See people and qualifications · See machines"), "{words}");
        assert!(html.contains(r#"aria-label="Revoke: Sheet of hours""#), "{html}");
        assert!(html.contains(r#"action="?/tokens/revoke""#) && html.contains(r#"name="id" value="4""#), "{html}");
        assert_eq!(html.matches(r#"name="scopes[]""#).count(), Scope::ALL.len());
    }

    #[test]
    fn new_token_is_shown_once_without_script() {
        let made: contract::tokens::TokenMade =
            serde_json::from_str(r#"{"name":"Foglio","token":"tg_x"}"#).unwrap();
        let answer = Some(Answer { function: "/api/tokens/make".into(), text: sent(&made) });
        let html = render(Visitor { answer, ..visitor(Lang::It) }, vec![]);
        assert!(html.contains(r#"value="tg_x""#), "{html}");
        assert!(words(&html).contains("Token per Foglio") && words(&html).contains("Ancora nessun token"));
    }
}

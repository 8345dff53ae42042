//! Wall displays: their links, created, shown once, revoked.
//!
//! Invariant: a link is shown once, in the answer to its creation, and is in no address.

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form},
        register::{Entries, Issued, NewEntry, NoEntries, entry, is_done, row_action},
        saved::Saved,
    },
};
use contract::{
    displays::{self, DisplayView, Displays, ListDisplays, Opening},
    form::Link as Secret,
};
use domain::{live::Noun, time::Moment};
use leptos::prelude::*;

type Make = Function<displays::MakeDisplay>;
type Renew = Function<displays::RenewDisplay>;
type Revoke = Function<displays::RevokeDisplay>;

/// The page at `/displays`.
pub fn displays_page() -> AnyView {
    let live = use_live();
    let (make, renew, revoke) = (Call::<Make>::new(), Call::<Renew>::new(), Call::<Revoke>::new());
    let source = move || (live.version(Noun::Space), make.version().get(), revoke.version().get());
    let list: PageResource<Displays> = page_resource(source, |_| load(&ListDisplays {}));
    live_page(lang::current().displays_title(), 3, list, move |list| {
        view! { <Page list make renew revoke/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<Displays>, make: Call<Make>, renew: Call<Renew>, revoke: Call<Revoke>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let (made, renewed) = (answered(make), answered(renew));
    let none = NoEntries { icon: "monitor", heading: t.displays_none(), next: t.displays_none_next() };
    let rows = Box::new(move || {
        let Displays { displays, now } = list.get();
        displays.into_iter().map(|display| row(display, now, renew, revoke)).collect()
    });
    view! {
        <header class="page-head">
            <h1>{t.displays_title()}</h1>
            <div class="push btn-row">
                <ButtonLink href="/kiosk" label=t.nav_kiosk_open().to_owned() kind=Press::Ghost icon="monitor"/>
                <ButtonLink href="/kiosk/sign" label=t.nav_sign_open().to_owned() kind=Press::Ghost icon="door-open"/>
            </div>
            <p class="sub">{t.displays_sub()}</p>
        </header>
        <Saved visible=is_done() message=t.displays_revoked()/>
        <div role="status">
            {dynamic(move || renewed.get().map(|opening| view! { <Link opening/> }))}
            {dynamic(move || made.get().map(|opening| view! { <Link opening/> }))}
        </div>
        <Entries id="displays" title=t.displays_list() none rows/>
        <NewEntry title=t.displays_new()>
            <Form action=make afresh=true>
                <Field name="name" label=t.displays_name() hint=t.displays_name_hint()/>
                <div class="btn-row"><Submit label=t.displays_make() kind=Press::Primary busy=make.pending()/></div>
            </Form>
        </NewEntry>
    }
}

fn row(display: DisplayView, now: Moment, renew: Call<Renew>, revoke: Call<Revoke>) -> AnyView {
    let t = lang::current();
    let DisplayView { id, name, made, by, seen } = display;
    let made = t.day(made, now);
    let made = by.map_or_else(|| t.displays_made(&made), |by| t.displays_made_by(&made, &by));
    let seen = seen.map_or_else(
        || t.displays_never_seen().to_owned(),
        |seen| t.displays_seen(&format!("{}, {}", t.day(seen, now), text::time::clock(seen))),
    );
    let buttons = view! {
        {row_action(renew, &id, t.displays_renew(), name.clone(), Press::Quiet)}
        {row_action(revoke, &id, t.displays_revoke(), name.clone(), Press::Danger)}
    };
    entry("monitor", name, vec![format!("{seen} · {made}")], buttons.into_any())
}

/// The link of a new display.
#[component]
fn Link(opening: Opening) -> impl IntoView {
    let t = lang::current();
    let Opening { name, link: Secret(path), .. } = opening;
    let fields = vec![("link", t.displays_link(), path.clone())];
    view! {
        <Issued icon="monitor" title=t.displays_made_title(&name) next=t.displays_made_next() fields>
            <div class="btn-row"><ButtonLink href=path label=t.displays_open() icon="monitor" reload=true/></div>
        </Issued>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::id::DisplayId;
    use text::Lang;

    fn display(id: i64, name: &str, seen: Option<Moment>) -> DisplayView {
        DisplayView { id: DisplayId(id), name: name.into(), made: ago(60 * 24), by: Some("Marta".into()), seen }
    }

    fn render(visitor: Visitor, displays: Vec<DisplayView>) -> String {
        html(visitor, "/displays", move || {
            let list = RwSignal::new(Displays { now: NOW, displays });
            let (make, revoke) = (Call::<Make>::new(), Call::<Revoke>::new());
            let renew = Call::<Renew>::new();
            view! { <Page list make renew revoke/> }
        })
    }

    #[test]
    fn displays_show_last_seen_and_can_be_revoked() {
        let html =
            render(visitor(Lang::En), vec![display(3, "Entrance", Some(ago(4))), display(4, "Wood shop", None)]);
        let words = words(&html);
        assert!(words.contains("EntranceSeen today, 14:12 · created yesterday by Marta"), "{words}");
        assert!(html.contains(r#"href="/kiosk/sign""#), "{html}");
        assert!(words.contains("Not opened yet") && html.contains(r#"aria-label="Revoke: Wood shop""#), "{words}");
        assert!(
            html.contains(r#"action="?/displays/revoke""#) && html.contains(r#"name="id" value="4""#),
            "{html}"
        );
    }

    #[test]
    fn new_display_link_is_shown_once_without_script() {
        let link = Secret("https://toolgate.example/enter/x".into());
        let made = Opening { id: DisplayId(3), name: "Entrance".into(), link };
        let answer = Some(Answer { function: "/api/displays/make".into(), text: sent(&made) });
        let html = render(Visitor { answer, ..visitor(Lang::It) }, vec![]);
        assert!(html.contains(r#"value="https://toolgate.example/enter/x""#), "{html}");
        assert!(words(&html).contains("Link per Entrance") && words(&html).contains("Ancora nessuno schermo"));
    }
}

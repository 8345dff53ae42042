//! Closures and maintenance windows by machine or room: listed, added and lifted.
//!
//! Invariant: the server's answer alone decides who may close what. Not here: blocks, which start at once
//! ([`crate::problems`]), and external calendars ([`crate::external_calendars`]).

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, Summary, hidden},
        icon::Icon,
        register::{NewEntry, NoEntries},
        saved::Saved,
        select::Select,
        toast::{Toast, Undo, refusals, undo_field},
    },
};
use contract::closures::{self, Closure, Closures, ListClosures};
use domain::{bookings::Cause, live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

type CloseTime = Function<closures::Close>;
type LiftClosure = Function<closures::LiftClosure>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    close: Call<CloseTime>,
    lift: Call<LiftClosure>,
    /// Restores a lifted closure.
    undo: Call<CloseTime>,
}

impl Calls {
    fn new() -> Self {
        Self { close: Call::new(), lift: Call::new(), undo: Call::new() }
    }
}

/// The page at `/closures`.
pub fn closures_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let changes = move || calls.close.version().get() + calls.lift.version().get() + calls.undo.version().get();
    let list: PageResource<Closures> = page_resource(
        move || (live.version(Noun::Bookings) + live.version(Noun::Machine), changes()),
        |_| load(&ListClosures {}),
    );
    live_page(lang::current().closures_title(), 4, list, move |list| {
        view! { <Page list calls/><Done calls/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<Closures>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let closed = Memo::new(move |_| query.with(|query| query.get_str("done") == Some("closed")));
    let options = list.with_untracked(|list| {
        let options = list.resources.iter().map(|(resource, name)| (resource.to_string(), name.clone()));
        options.collect::<Vec<_>>()
    });
    view! {
        <header class="page-head"><h1>{t.closures_title()}</h1><p class="sub">
            {t.closures_sub()}" "{t.closures_whole()}" "<a class="link" href="/hours#days">{t.closures_exceptions()}</a>"."
        </p></header>
        <Saved visible=closed message=t.closure_closed()/>
        <section class="group" aria-labelledby="coming">
            <h2 class="group-head" id="coming">{t.closures_coming()}</h2>
            {dynamic(move || Some(list.with(|list| coming(t, list, calls))))}
        </section>
        {(!options.is_empty()).then(|| view! { <Sheet options calls/> })}
        {dynamic(move || list.with(|list| past(t, list)))}
    }
}

/// Current and upcoming closures, by machine or room.
fn coming(t: Lang, list: &Closures, calls: Calls) -> AnyView {
    let coming: Vec<_> = list.closures.iter().filter(|one| one.end.at > list.now.at).collect();
    if coming.is_empty() {
        let none = NoEntries { icon: "calendar-days", heading: t.closures_none(), next: t.closures_none_next() };
        return none.card();
    }
    let groups = coming.chunk_by(|one, next| one.resource == next.resource).map(|of_one| {
        let name = of_one.first().map(|one| one.name.clone());
        let rows = of_one.iter().map(|one| {
            let (id, about) = (one.id.to_string(), closure_text(t, one, list.now));
            let button = view! {
                <div class="acts">
                    <Form action=calls.lift beside=true>
                        {hidden("id", &id)}
                        <Submit label=t.closure_lift() about kind=Press::Danger busy=calls.lift.pending()/>
                    </Form>
                </div>
            };
            row(t, one, list.now, button.into_any())
        });
        view! { <h3>{name}</h3><ul class="list">{rows.collect_view()}</ul> }
    });
    let groups = groups.collect_view();
    view! { <Summary action=calls.lift/>{groups} }.into_any()
}

/// Closures of the last days.
fn past(t: Lang, list: &Closures) -> Option<AnyView> {
    let mut past: Vec<_> = list.closures.iter().filter(|one| one.end.at <= list.now.at).collect();
    past.sort_by_key(|one| std::cmp::Reverse(one.start.at));
    (!past.is_empty()).then(|| {
        let rows = past.into_iter().map(|one| {
            let name = one.name.clone();
            row(t, one, list.now, view! { <span class="tail small muted">{name}</span> }.into_any())
        });
        let rows = rows.collect_view();
        view! {
            <section class="group" aria-labelledby="past">
                <h2 class="group-head" id="past">{t.closures_past()}</h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn closure_text(t: Lang, one: &Closure, now: Moment) -> String {
    t.closure_time(one.start, one.end, now)
}

fn row(t: Lang, one: &Closure, now: Moment, tail: AnyView) -> AnyView {
    let runs = one.start.at <= now.at && now.at < one.end.at;
    let icon = if one.maintenance { "wrench" } else { "lock" };
    let note = (!one.note.is_empty()).then(|| one.note.clone());
    let second =
        [runs.then(|| t.closure_running().to_owned()), Some(t.closure_kind_of(one.kind()).to_owned()), note];
    let second = second.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><span class="t">{closure_text(t, one, now)}</span><span class="s">{second}</span></span>
                {tail}
            </div>
        </li>
    }
    .into_any()
}

/// The form to add a closure.
#[component]
fn Sheet(options: Vec<(String, String)>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let chosen = options.first().map(|(name, _)| name.clone()).unwrap_or_default();
    let kinds = [("no", Cause::Closure), ("yes", Cause::Maintenance)];
    let kinds = kinds.map(|(value, kind)| (value.to_owned(), t.closure_kind_of(kind).to_owned())).to_vec();
    view! {
        <NewEntry title=t.closure_new()>
            <Form action=calls.close afresh=true>
                <Select name="resource" label=t.closure_resource() options chosen=Signal::stored(chosen)/>
                <Field name="start" kind="datetime-local" label=t.closure_from()/>
                <Field name="end" kind="datetime-local" label=t.closure_until()/>
                <Select name="maintenance" label=t.closure_kind() options=kinds chosen=Signal::stored("no".to_owned())/>
                <Field name="note" label=t.closure_note() hint=t.closure_note_hint() autocomplete="off"/>
                <label class="tick"><input type="checkbox" name="call_off" value="yes"/><span>{t.closure_call_off()}</span></label>
                <div class="btn-row"><Submit label=t.closure_close() kind=Press::Primary busy=calls.close.pending()/></div>
            </Form>
        </NewEntry>
    }
}

/// The last lifted closure, with undo, which closes the same period again.
#[component]
fn Done(calls: Calls) -> impl IntoView {
    let t = lang::current();
    let last = answered(calls.lift);
    let message = Signal::derive(move || last.with(|last| last.as_ref().map(|one| t.closure_lifted(&one.name))));
    let undo: Undo = Box::new(move || {
        let closure = last.get_untracked()?;
        let name = closure.name.clone();
        let form = view! {
            <Form action=calls.undo beside=true>
                {sent(closure)}
                {undo_field()}
                <Submit label=t.undo() about=name kind=Press::Ghost busy=calls.undo.pending()/>
            </Form>
        };
        Some(form.into_any())
    });
    view! { <Toast message undo refused=vec![refusals(calls.undo)]/> }
}

/// Form fields of a closure.
fn sent(closure: Closure) -> impl IntoView {
    let fields = [
        ("resource", closure.resource.to_string()),
        ("maintenance", if closure.maintenance { "yes" } else { "no" }.to_owned()),
        ("start", closure.start.at.0.to_string()),
        ("end", closure.end.at.0.to_string()),
        ("note", closure.note),
    ];
    fields.map(|(name, value)| hidden(name, &value)).collect_view()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, html, sent, visitor, words},
        visitor::{Answer, Echo, Visitor},
    };
    use domain::{
        bookings::Resource,
        id::{ClosureId, MachineId, RoomId},
        problem::{Kind, Problem},
        time::HOUR,
    };
    use leptos::server_fn::ServerFn;

    const HALL: Resource = Resource::Room(RoomId(2));

    fn closure(id: i64, name: &str, hours: (i64, i64)) -> Closure {
        let at = |hours: i64| {
            let instant = domain::time::Millis(NOW.at.0 + hours * 3_600_000);
            NOW.shifted_to(instant)
        };
        Closure {
            id: ClosureId(id),
            resource: if name == "Hall" { HALL } else { Resource::Machine(MachineId(7)) },
            name: name.into(),
            maintenance: id == 2,
            start: at(hours.0),
            end: at(hours.1),
            note: if id == 2 { "New <lens>".into() } else { String::new() },
        }
    }

    fn page(who: Visitor, address: &str, closures: Vec<Closure>) -> String {
        html(who, address, move || {
            let resources =
                vec![(HALL, "Hall".to_owned()), (Resource::Machine(MachineId(7)), "Laser 1".to_owned())];
            let list = RwSignal::new(Closures { now: NOW, closures, resources });
            let calls = Calls::new();
            view! { <Page list calls/><Done calls/> }
        })
    }

    #[test]
    fn closures_are_grouped_by_resource_with_past_ones_below() {
        let closures = vec![
            closure(1, "Hall", (-48, -46)),
            closure(3, "Hall", (-1, 2)),
            closure(2, "Laser 1", (20, 22)),
            closure(4, "Laser 1", (48, 100)),
        ];
        let html = page(visitor(Lang::En), "/closures", closures.clone());
        let content = words(&html);
        let at = |part: &str| content.find(part).unwrap_or_else(|| panic!("{part} in {content}"));
        assert!(at("Closed now · Closure") < at("Maintenance · New &lt;lens&gt;"), "{content}");
        assert!(at("21 November, 14:16 – ") < at("Last 30 days"), "{content}");
        assert_eq!(html.matches(r#"name="id""#).count(), 3, "what is over has nothing to lift: {html}");
        let content = words(&page(visitor(Lang::It), "/closures?done=closed", closures));
        assert!(
            content.contains("Chiusura aggiunta.") && content.contains("Chiusa adesso · Chiusura"),
            "{content}"
        );
        assert!(words(&page(visitor(Lang::En), "/closures", vec![])).contains("Nothing is closed"));
    }

    #[test]
    fn refused_closure_preserves_input_and_marks_fields() {
        let problem = Problem::new("booking.invalid", Kind::Invalid, "Fix the fields.")
            .field("start", Lang::En.date_and_time_form())
            .field("end", Lang::En.booking_order());
        let values =
            [("resource", "machine:7"), ("maintenance", "yes"), ("end", "2026-11-20T08:00"), ("note", "Lens")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let echo = Some(Echo { function: CloseTime::PATH.into(), values, problem });
        let html = page(Visitor { echo, ..visitor(Lang::En) }, "/closures", vec![]);
        assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 2, "{html}");
        for stored in [
            r#"value="machine:7" selected"#,
            r#"value="yes" selected"#,
            r#"value="2026-11-20T08:00""#,
            r#"value="Lens""#,
        ] {
            assert!(html.contains(stored), "{stored} in {html}");
        }
    }

    #[test]
    fn lifted_closure_undo_restores_exact_instants() {
        let lifted = closure(2, "Laser 1", (20, 22));
        let answer = Some(Answer { function: LiftClosure::PATH.into(), text: sent(&lifted) });
        let html = page(Visitor { answer, ..visitor(Lang::En) }, "/closures", vec![]);
        assert!(words(&html).contains("Closure lifted: Laser 1"), "{html}");
        let start = NOW.at.after(HOUR * 20).0;
        for field in [
            r#"value="machine:7"/"#.to_owned(),
            format!(r#"name="start" value="{start}""#),
            r#"name="undo""#.to_owned(),
        ] {
            assert!(html.contains(field.trim_end_matches('/')), "{field} in {html}");
        }
    }
}

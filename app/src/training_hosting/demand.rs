//! Training demand: the queues by what people want to learn, and the selected one beside them.
//!
//! Invariant: filter and queue are in the address, and keys only press visible links and buttons. Not here: one queue
//! ([`super::detail`]).

use super::{Announce, Queue, days_since, detail, queue_address, waited};
use crate::{
    call::{Call, PageResource, load_query, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::ButtonLink,
        changing::{RemountFor, dynamic, text},
        chip::Chip,
        empty::Empty,
        keys,
    },
};
use contract::training_requests::{QueueLine, ReadTrainingDemand, TrainingDemand};
use domain::{
    live::Noun,
    time::Moment,
    training_events::{Aim, DemandFilter},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use text::{Lang, time};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// From this number of days on, people have waited long.
const LONG: u32 = 21;
/// The unfiltered address.
const PAGE: &str = "/training/demand";

/// The page at `/training/demand`.
pub fn demand_page() -> AnyView {
    let (live, search, hold) = (use_live(), use_location().search, Call::<Announce>::new());
    let demand: PageResource<TrainingDemand> = page_resource(
        move || (search.get(), live.version(Noun::TrainingEvents), hold.version().get()),
        |(search, ..)| load_query(&ReadTrainingDemand {}, &search),
    );
    live_page(lang::current().hosting_demand(), 6, demand, move |demand| view! { <Page demand hold/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(demand: RwSignal<TrainingDemand>, hold: Call<Announce>) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(demand.with(|demand| demand.now)));
    let selected =
        Memo::new(move |_| demand.with(|demand| demand.selected.as_ref().map(|one| (one.kind, one.aim))));
    // Without script the date is in the address.
    let requested = query.with_untracked(|query| query.get_str("date").and_then(|date| date.parse().ok()));
    let chosen = RwSignal::new((selected.get_untracked(), requested.unwrap_or(0)));
    let date = Memo::new(move |_| chosen.with(|(queue, date)| if *queue == selected.get() { *date } else { 0 }));
    let choose = move |date: usize| chosen.set((selected.get_untracked(), date));
    listen();
    // On a phone the queue has a view of its own, once it is asked for.
    let is_open = Signal::derive(move || query.with(|query| query.get_str("kind").is_some()).then_some(""));
    let fresh = RemountFor::new();
    view! {
        <header class="page-head">
            <h1 tabindex="-1">{t.hosting_demand()}</h1>
            <p class="sub push" role="status">{text(move || demand.with(|demand| t.hosting_people_wait(demand.people)))}</p>
        </header>
        <div class="inbox" data-open=is_open>
            <div class="inbox-list">
                {chips(t, demand)}
                {dynamic(move || Some(demand.with(|demand| queues(t, demand, selected))))}
                <p class="keys only-wide" role="group" aria-label=t.inbox_keys()>
                    <span><kbd>"J"</kbd><kbd>"K"</kbd>{t.keys_move()}</span>
                    <span><kbd>"1"</kbd><kbd>"2"</kbd><kbd>"3"</kbd>{t.hosting_key_date()}</span>
                    <span><kbd>"H"</kbd>{t.hosting_key_hold()}</span>
                </p>
            </div>
            {dynamic(move || {
                let (kind, aim) = selected.get()?;
                Some(fresh.draw((kind.0, aim as i64), detail::pane(t, demand, date, choose, hold)))
            })}
        </div>
    }
}

fn chips(t: Lang, demand: RwSignal<TrainingDemand>) -> AnyView {
    let of = move |show: Option<DemandFilter>| Signal::derive(move || demand.with(|demand| demand.show == show));
    let count = move |pick: fn((u32, u32, u32)) -> u32| {
        Signal::derive(move || usize::try_from(demand.with(|demand| pick(demand.counts))).unwrap_or(usize::MAX))
    };
    view! {
        <nav class="chips" aria-label=t.hosting_show()>
            <Chip href=PAGE label=t.hosting_mine() current=of(None) count=count(|(mine, ..)| mine)/>
            <Chip href="/training/demand?show=all" label=t.hosting_all() current=of(Some(DemandFilter::All)) count=count(|(_, all, _)| all)/>
            <Chip href="/training/demand?show=undated" label=t.hosting_undated() current=of(Some(DemandFilter::Undated)) count=count(|(.., undated)| undated)/>
        </nav>
    }
    .into_any()
}

/// The queues, grouped by aim.
fn queues(t: Lang, demand: &TrainingDemand, selected: Memo<Option<Queue>>) -> AnyView {
    if demand.queues.is_empty() {
        return nobody(t, demand);
    }
    let groups = Aim::ALL.iter().map(|&aim| {
        let lines: Vec<_> = demand.queues.iter().filter(|line| line.aim == aim).collect();
        let waiting: u32 = lines.iter().map(|line| line.waiting).sum();
        let id = format!("to-{}", aim.as_str());
        let rows: Vec<_> = lines.iter().map(|line| row(t, line, demand.now, demand.show, selected)).collect();
        (!rows.is_empty()).then(|| {
            view! {
                <section class="group" aria-labelledby=id.clone()>
                    <h2 class="group-head" id=id.clone()>{t.hosting_to(aim)}<span class="n">{waiting}</span></h2>
                    <ul class="list">{rows}</ul>
                </section>
            }
        })
    });
    groups.collect_view().into_any()
}

fn nobody(t: Lang, demand: &TrainingDemand) -> AnyView {
    let is_elsewhere = demand.counts.1 > 0 && demand.show != Some(DemandFilter::All);
    let next = if is_elsewhere { t.hosting_none_mine() } else { t.hosting_none_next() };
    view! {
        <div class="card"><Empty icon="circle-check">
            <h2>{t.hosting_none()}</h2><p>{next}</p>
            <div class="btn-row">
                {is_elsewhere.then(|| view! { <ButtonLink href="/training/demand?show=all" label=t.hosting_all().to_owned()/> })}
                <ButtonLink href="/events/new" label=t.hosting_new().to_owned() icon="plus"/>
            </div>
        </Empty></div>
    }
    .into_any()
}

fn row(
    t: Lang,
    line: &QueueLine,
    now: Moment,
    show: Option<DemandFilter>,
    selected: Memo<Option<Queue>>,
) -> AnyView {
    let queue = (line.kind, line.aim);
    let second = match &line.event {
        Some(event) => {
            let when = format!("{}, {}", t.short_date(event.starts.wall().date), time::clock(event.starts));
            format!("{when} · {}", t.hosting_places_taken(&event.held.to_string(), &event.capacity.to_string()))
        }
        None => {
            format!("{} · {}", t.hosting_longest(&t.short_day(line.since.wall().date)), t.hosting_no_date())
        }
    };
    let is_long = days_since(line.since, now) > LONG;
    let current = Signal::derive(move || (selected.get() == Some(queue)).then_some("true"));
    view! {
        <li class="inbox-row" aria-current=current><a class="item" href=queue_address(line.kind, line.aim, show) data-noscroll>
            <span class="tile" data-status=is_long.then_some("maint")>
                <b aria-hidden="true">{line.waiting}</b><span class="visually-hidden">{t.hosting_people_wait(line.waiting)}</span>
            </span>
            <span class="lines"><span class="t">{line.kind_name.clone()}</span><span class="s">{second}</span></span>
            <span class="tail small">{waited(t, line.since, now)}</span>
        </a></li>
    }
    .into_any()
}

/// Keyboard shortcuts: j and k open another queue, 1 to 3 choose a date, h holds the session. In the browser only.
fn listen() {
    let step = |back: bool| {
        let rows = document().query_selector_all(".inbox-row").ok();
        let Some(rows) = rows else { return };
        let is_current = |at: &u32| {
            let row = rows.get(*at).and_then(|row| row.dyn_into::<Element>().ok());
            row.is_some_and(|row| row.has_attribute("aria-current"))
        };
        let at = (0..rows.length()).find(is_current);
        let next = match (at, back) {
            (None, _) => Some(0),
            (Some(at), true) => at.checked_sub(1),
            (Some(at), false) => Some(at + 1),
        };
        let link = next.and_then(|at| rows.get(at)).and_then(|row| row.first_child());
        if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlElement>().ok()) {
            // Fails only on a detached element.
            drop(link.focus());
            link.click();
        }
    };
    Effect::new(move |_| {
        let pressed = window_event_listener(leptos::ev::keydown, move |event| {
            if !keys::is_meant(&event) {
                return;
            }
            match event.key().as_str() {
                "j" | "J" => step(false),
                "k" | "K" => step(true),
                "1" => keys::click(".suggests [value=\"0\"]"),
                "2" => keys::click(".suggests [value=\"1\"]"),
                "3" => keys::click(".suggests [value=\"2\"]"),
                "h" | "H" => keys::click("#hold button"),
                _ => {}
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, html, visitor, words},
        training_hosting::count,
    };
    use contract::training_requests::{QueueDetail, QueuedPerson, SuggestedTime};
    use domain::id::TypeId;
    use domain::{
        id::{MachineId, PersonId, RoomId, TrainingRequestId},
        time::{DAY, HOUR},
        training_events::Windows,
    };

    fn after(days: u32) -> Moment {
        NOW.shifted_to(NOW.at.after(DAY * days))
    }

    fn before(days: u32) -> Moment {
        NOW.shifted_to(NOW.at.before(DAY * days))
    }

    fn line(kind: i64, name: &str, aim: Aim, waiting: u32) -> QueueLine {
        let since = before(28);
        QueueLine { kind: TypeId(kind), kind_name: name.into(), aim, waiting, since, event: None }
    }

    fn person(id: i64, name: &str, can: bool) -> QueuedPerson {
        QueuedPerson {
            request: TrainingRequestId(id),
            person: PersonId(id),
            name: name.into(),
            asked: before(28),
            windows: vec![!can, false, can],
            suggested: vec![can],
            note: can.then(|| "after 18:00".into()),
            modules: 1,
        }
    }

    fn detail(may_hold: bool) -> QueueDetail {
        let starts = after(7);
        QueueDetail {
            kind: TypeId(3),
            kind_name: "Panel saw".into(),
            aim: Aim::Use,
            places: 6,
            minutes: 120,
            windows: Windows::default().as_slice().to_vec(),
            modules: Vec::new(),
            people: vec![person(7, "Deniz Aydın", true), person(8, "Yuki Tanaka", false)],
            suggestions: vec![SuggestedTime {
                starts,
                ends: starts.shifted_to(starts.at.after(HOUR * 2)),
                can: 1,
                invited_can: 1,
                machine: Some((MachineId(7), "Saw 1".into())),
                room: Some((RoomId(3), "Wood shop".into())),
                busy: vec!["Anna Thaler".into()],
            }],
            may_hold,
        }
    }

    fn page(address: &str, queues: Vec<QueueLine>, selected: Option<QueueDetail>) -> String {
        html(visitor(Lang::En), address, move || {
            let counts = (count(queues.len()), 9, 1);
            let (now, today) = (NOW, NOW.wall().date);
            let demand = TrainingDemand { now, today, people: 9, show: None, counts, queues, selected };
            view! { <Page demand=RwSignal::new(demand) hold=Call::new()/> }
        })
    }

    #[test]
    fn suggested_session_is_held_by_one_button() {
        let queues = vec![line(3, "Panel saw", Aim::Use, 2), line(4, "Bandsaw", Aim::Train, 1)];
        let html = page("/training/demand?kind=3&aim=user", queues, Some(detail(true)));
        let content = words(&html);
        assert!(content.contains("Thursday 26 November suits 1 of 2"), "{content}");
        assert!(content.contains("longest since 22 Oct · no date yet4 weeks"), "{content}");
        assert!(content.contains("Invites the first 2, 1 can"), "{content}");
        assert!(html.contains("/events/add") && html.contains("data-open"), "{html}");
        for field in [r#"name="day" value="2026-11-26""#, r#"name="from" value="14:16""#, r#"value="room:3""#] {
            assert!(html.contains(field), "{field} {html}");
        }
        assert!(html.contains("resources[]=machine:7&amp;resources[]=room:3"), "{html}");
        assert!(html.contains(r#"href="/training/demand?kind=4&amp;aim=trainer""#), "{html}");
    }

    #[test]
    fn reader_without_the_type_sees_queue_without_button() {
        let html = page("/training/demand", vec![line(3, "Panel saw", Aim::Use, 2)], Some(detail(false)));
        assert!(!html.contains("/events/add") && words(&html).contains("Ask one of them"), "{html}");
        assert!(!html.contains("data-open"), "on a phone the list is first: {html}");
    }

    #[test]
    fn empty_demand_leads_to_all_queues() {
        let html = page("/training/demand", vec![], None);
        assert!(words(&html).contains("Nobody waits") && html.contains(r#"href="/events/new""#), "{html}");
    }
}

//! Training events: the list of all that are coming, the reader's first.
//!
//! Not here: one event ([`one`]), an invitation ([`invited`]), and the form of an event and its results
//! ([`crate::training_hosting`]).

pub(crate) mod before;
mod calls;
mod host;
pub mod invited;
pub mod line;
#[cfg(feature = "ssr")]
pub mod mailed;
pub mod one;

use crate::{
    call::{PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
    },
};
use contract::training_events::{EventLine, ListTrainingEvents, TrainingEventView, TrainingEvents};
use domain::{
    live::Noun,
    time::Moment,
    training_events::{EventState, PlaceState},
};
use leptos::prelude::*;
use line::EventRow;
use text::{Lang, time};

/// The page at `/events`.
pub fn events_page() -> AnyView {
    let live = use_live();
    let all: PageResource<TrainingEvents> =
        page_resource(move || live.version(Noun::TrainingEvents), |_| load(&ListTrainingEvents {}));
    live_page(lang::current().attend_title(), 5, all, |all| view! { <Page all/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<TrainingEvents>) -> impl IntoView {
    let t = lang::current();
    let section = move |mine: bool, id: &'static str, heading: &'static str| {
        dynamic(move || {
            let rows: Vec<_> = all.with(|all| {
                let is_mine = |event: &&TrainingEventView| event.mine.is_some_and(PlaceState::is_open) == mine;
                all.events.iter().filter(is_mine).map(row).collect()
            });
            let count = rows.len();
            (count > 0).then(|| {
                view! {
                    <section class="group" aria-labelledby=id>
                        <h2 class="group-head" id=id>{heading}" "<span class="n" aria-hidden="true">{count}</span></h2>
                        <ol class="list occ events">{rows}</ol>
                    </section>
                }
            })
        })
    };
    view! {
        <a class="crumb" href="/learn"><Icon name="chevron-left"/>{t.nav_learn()}</a>
        <header class="page-head"><h1>{t.attend_title()}</h1></header>
        {dynamic(move || all.with(|all| all.may_hold.then(|| view! {
            <div class="btn-row">
                <ButtonLink href="/events/new" label=t.attend_announce().to_owned() kind=Press::Primary icon="plus"/>
                <ButtonLink href="/training/demand" label=t.attend_demand().to_owned() icon="hand"/>
            </div>
        })))}
        {dynamic(move || all.with(|all| all.events.is_empty().then(|| view! {
            <div class="card"><Empty icon="megaphone">
                <h2>{t.attend_none()}</h2><p>{t.attend_none_next()}</p>
                <div class="btn-row"><ButtonLink href="/learn" label=t.attend_learn().to_owned() icon="graduation-cap"/></div>
            </Empty></div>
        })))}
        {section(true, "mine", t.attend_mine())}
        {section(false, "coming", t.attend_others())}
    }
}

fn row(event: &TrainingEventView) -> AnyView {
    let is_off = event.state != EventState::Announced;
    view! { <EventRow line=line_of(event) waiting=event.waiting state=is_off.then_some(event.state)/> }.into_any()
}

/// An event as a row of a list shows it.
pub(crate) fn line_of(event: &TrainingEventView) -> EventLine {
    EventLine {
        kind: event.r#type,
        id: event.id,
        title: event.title.clone(),
        aim: event.relation,
        kind_name: event.type_name.clone(),
        starts: event.starts,
        ends: event.ends,
        place: place_of(event),
        capacity: event.capacity,
        held: event.held,
        mine: event.mine,
        bring: event.bring.clone(),
    }
}

/// The first room of an event, or its first machine.
pub(crate) fn place_of(event: &TrainingEventView) -> Option<String> {
    let room = event.resources.iter().find(|resource| resource.room.is_some());
    room.or_else(|| event.resources.first()).map(|resource| resource.name.clone())
}

/// The button that submits the one form that matters on a page.
pub(crate) fn main_button(label: &'static str, icon: &'static str, busy: Signal<bool>) -> AnyView {
    let busy = Signal::derive(move || busy.get().then_some("true"));
    view! { <button class="btn" data-kind="primary" aria-busy=busy><Icon name=icon/>{label}</button> }.into_any()
}

/// `Tue 1 Dec, 18:30`.
pub(crate) fn at(t: Lang, moment: Moment) -> String {
    format!("{}, {}", t.short_date(moment.wall().date), time::clock(moment))
}

/// `Tue 1 Dec, 18:30–20:30`.
pub(crate) fn span(t: Lang, starts: Moment, ends: Moment) -> String {
    format!("{}, {}", t.short_date(starts.wall().date), time::clocks(starts, ends))
}

#[cfg(all(test, feature = "ssr"))]
pub(crate) mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::training_events::EventResource;
    use domain::{
        id::{MachineId, PersonId, RoomId, TrainingEventId, TypeId},
        time::{DAY, HOUR},
        training_events::Aim,
    };

    /// On 1 December, 14:16–16:16, with four of six places held.
    pub(crate) fn event() -> TrainingEventView {
        let starts = NOW.shifted_to(NOW.at.after(DAY * 12));
        TrainingEventView {
            id: TrainingEventId(9),
            version: 1,
            r#type: TypeId(3),
            type_name: "Board cutter".into(),
            relation: Aim::Use,
            title: "Board cutter, first steps".into(),
            host: Some(PersonId(4)),
            host_name: Some("Amara Okafor".into()),
            starts,
            ends: starts.shifted_to(starts.at.after(HOUR * 2)),
            resources: vec![
                EventResource { machine: Some(MachineId(7)), room: None, name: "Board cutter 1".into() },
                EventResource { machine: None, room: Some(RoomId(2)), name: "A-102".into() },
            ],
            capacity: 6,
            minimum: 3,
            deadline: starts.shifted_to(starts.at.before(DAY * 3)),
            held: 4,
            accepted: 3,
            waiting: 0,
            fee: Some("€ 6 for material, paid at the desk".into()),
            bring: Some("Closed shoes, hair tied back\nTwo sheets of grey board, 2 mm".into()),
            about: Some("Square, cut and trim boards up to 4 mm on your own.".into()),
            public: true,
            state: EventState::Announced,
            cancelled: None,
            note: None,
            first: None,
            mine: None,
        }
    }

    fn page(events: Vec<TrainingEventView>, may_hold: bool) -> String {
        html(visitor(Lang::En), "/events", move || {
            view! { <Page all=RwSignal::new(TrainingEvents { now: NOW, events, may_hold })/> }
        })
    }

    #[test]
    fn own_events_come_before_others_and_each_has_its_state() {
        let mine = TrainingEventView {
            id: TrainingEventId(12),
            title: "Letterpress".into(),
            mine: Some(PlaceState::Accepted),
            ..event()
        };
        let full = TrainingEventView { title: "Panel saw".into(), held: 6, waiting: 3, ..event() };
        let html = page(vec![event(), full, mine], false);
        let places =
            ["Letterpress", "Board cutter, first steps", "Panel saw"].map(|title| html.find(title).expect(title));
        assert!(places.is_sorted(), "{html}");
        let content = words(&html);
        for part in ["You’re signed up", "2 places left", "Full, 3 waiting", "Tue 14:16–16:16 · A-102"] {
            assert!(content.contains(part), "{part} in {content}");
        }
        assert!(html.contains(r#"href="/events/12""#) && !html.contains("/events/new"), "{html}");
    }

    #[test]
    fn empty_list_leads_to_asking_and_hosts_announce() {
        let html = page(vec![], true);
        assert!(html.contains(r#"href="/learn""#) && words(&html).contains("No training events"), "{html}");
        assert!(html.contains(r#"href="/events/new""#) && html.contains(r#"href="/training/demand""#), "{html}");
    }
}

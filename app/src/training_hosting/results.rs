//! The results of a training event: the result of everybody who had a place, saved at once.
//!
//! Invariants: nothing counts until it is saved, so a live update discards no mark; with script the dock counts along, without
//! it a link marks everybody. Not here: one person's row ([`super::person`]), and what passing grants.

use super::{
    count,
    person::{self, Marks},
    written::{self, Undo, Write},
};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::{Clock, use_clock},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{Kind, Submit},
        changing::{dynamic, rows, text},
        empty::Empty,
        form::{Field, Form, FormState, Summary, hidden},
        icon::Icon,
        toast::undo_field,
    },
};
use contract::training_events::{self, EventPerson, ReadResultsPage, ResultsPage, TrainingEventView};
use domain::{
    id::TrainingEventId,
    live::Noun,
    training_events::{EARLY, EventState, Outcome},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

type WalkIn = Function<training_events::AddWalkIn>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    write: Call<Write>,
    undo: Call<Undo>,
    walk_in: Call<WalkIn>,
}

/// The page at `/events/{id}/results`.
pub fn results_page(event: TrainingEventId) -> AnyView {
    let (live, calls) = (use_live(), Calls { write: Call::new(), undo: Call::new(), walk_in: Call::new() });
    let sent = move || calls.write.version().get() + calls.undo.version().get() + calls.walk_in.version().get();
    let page: PageResource<ResultsPage> = page_resource(
        move || (live.version(Noun::TrainingEvents), sent()),
        move |_| load(&ReadResultsPage { id: event }),
    );
    written::hand_over(event, calls.write);
    live_page(lang::current().hosting_results(), 6, page, move |page| view! { <Page page calls/> }.into_any())
}

/// What the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Early,
    Cancelled,
    Open,
    Written,
}

fn stage(event: &TrainingEventView, clock: Clock) -> Stage {
    match event.state {
        EventState::Cancelled => Stage::Cancelled,
        EventState::Completed => Stage::Written,
        EventState::Announced if clock.now().at < event.starts.at.before(EARLY) => Stage::Early,
        EventState::Announced => Stage::Open,
    }
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<ResultsPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let stage = Memo::new(move |_| page.with(|page| stage(&page.event, clock)));
    let event = page.with_untracked(|page| page.event.id);
    view! {
        <a class="crumb" href=format!("/events/{event}")><Icon name="chevron-left"/>{t.hosting_to_event()}</a>
        {dynamic(move || Some(page.with(|page| head(t, page))))}
        {dynamic(move || Some(match stage.get() {
            Stage::Early => page.with_untracked(|page| early(t, page)),
            Stage::Cancelled => nothing(t.hosting_cancelled(), t.hosting_cancelled_next()),
            Stage::Open => open(t, page, calls),
            Stage::Written => dynamic(move || Some(page.with(|page| saved(t, page, calls.undo)))).into_any(),
        }))}
    }
}

fn head(t: Lang, page: &ResultsPage) -> AnyView {
    let event = &page.event;
    let day = time::capitalised(&t.day(event.starts, page.now));
    let place = event.resources.iter().find(|one| one.room.is_some()).or(event.resources.first());
    let mut second = vec![format!("{day}, {}", time::clocks(event.starts, event.ends))];
    second.extend(place.map(|place| place.name.clone()));
    let signed_up = page.people.iter().filter(|person| !person.walk_in).count();
    let second = format!("{} · {}", second.join(", "), t.hosting_signed_up(count(signed_up)));
    view! { <header class="page-head"><h1>{event.title.clone()}</h1><p class="sub">{second}</p></header> }
        .into_any()
}

fn nothing(title: &'static str, next: &'static str) -> AnyView {
    view! { <div class="card"><Empty icon="clock"><h2>{title}</h2><p>{next}</p></Empty></div> }.into_any()
}

fn early(t: Lang, page: &ResultsPage) -> AnyView {
    let starts = page.event.starts;
    let next = t.hosting_too_early_next(&t.exact(starts.shifted_to(starts.at.before(EARLY)), page.now));
    view! { <div class="card"><Empty icon="clock"><h2>{t.hosting_too_early()}</h2><p>{next}</p></Empty></div> }
        .into_any()
}

/// The marks that the page begins with: those that were sent and refused, those that the address asks for, none.
fn begun(people: &[EventPerson]) -> Marks {
    let sent = FormState::echoed(Write::PATH);
    let passes = use_query_map().with_untracked(|query| query.get_str("all") == Some(Outcome::Passed.as_str()));
    let mark = |person: &EventPerson| {
        let sent = sent.input(&person::result_field(person.place)).and_then(|mark| Outcome::parse(&mark));
        Some((person.place, sent.or(person.outcome).or_else(|| passes.then_some(Outcome::Passed))?))
    };
    people.iter().filter_map(mark).collect()
}

/// The form, and below it the one for people without a place.
fn open(t: Lang, page: RwSignal<ResultsPage>, calls: Calls) -> AnyView {
    let (event, no_shows, steps) = page.with_untracked(|page| (page.event.id, page.no_shows, page.steps.clone()));
    let marks = RwSignal::new(page.with_untracked(|page| begun(&page.people)));
    let people = move || page.with(|page| page.people.clone());
    // A memo, because a form that is built again would lose its rows.
    let is_empty = Memo::new(move |_| page.with(|page| page.people.is_empty()));
    let form = dynamic(move || {
        if is_empty.get() {
            return Some(nothing(t.hosting_nobody(), t.hosting_nobody_next()));
        }
        let steps = steps.clone();
        let row = move |one: EventPerson| person::row(t, &one, &steps, (marks, no_shows));
        Some(
            view! {
                <Form action=calls.write>
                    {hidden("id", &event)}
                    {tally(t, page, marks)}
                    {all(t, page, marks)}
                    <ul class="list marks" aria-label=t.hosting_attendees()>{rows(people, |one| (one.place.0, 0), row)}</ul>
                    {dock(t, page, marks, calls.write)}
                </Form>
            }
            .into_any(),
        )
    });
    view! { {form}{walk_in(t, event, calls.walk_in)} }.into_any()
}

/// How many are marked.
fn tally(t: Lang, page: RwSignal<ResultsPage>, marks: RwSignal<Marks>) -> AnyView {
    let numbers = move || (marks.with(Marks::len), page.with(|page| page.people.len()));
    let share = Signal::derive(move || {
        let (marked, all) = numbers();
        (marked * 100 / all.max(1)).to_string()
    });
    let brief = move || {
        let (marked, all) = numbers();
        t.hosting_of(&marked.to_string(), &all.to_string())
    };
    let label = Signal::derive(move || {
        let (marked, all) = numbers();
        t.hosting_marked(&marked.to_string(), &all.to_string())
    });
    view! {
        <p class="tally">
            <b>{text(brief)}</b>
            <span class="meter" role="img" aria-label=label>
                <svg width="100%" height="100%" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=share height="8"/></svg>
            </span>
            <span>{t.hosting_unsaved()}</span>
        </p>
    }
    .into_any()
}

/// Marks everybody except those marked as absent.
fn all(t: Lang, page: RwSignal<ResultsPage>, marks: RwSignal<Marks>) -> AnyView {
    let address = page.with_untracked(|page| format!("/events/{}/results?all=passed", page.event.id));
    let pass = move |_| {
        let places = page.with_untracked(|page| page.people.iter().map(|one| one.place).collect::<Vec<_>>());
        marks.update(|marks| {
            for place in places {
                let mark = marks.entry(place).or_insert(Outcome::Passed);
                if *mark != Outcome::NoShow {
                    *mark = Outcome::Passed;
                }
            }
        });
    };
    view! {
        <a class="btn" href=address data-noscroll on:click=pass><Icon name="list-checks"/>{t.hosting_all_passed()}</a>
        <p class="why"><Icon name="info"/><span>{t.hosting_all_next()}</span></p>
    }
    .into_any()
}

/// The sum, and the button.
fn dock(t: Lang, page: RwSignal<ResultsPage>, marks: RwSignal<Marks>, write: Call<Write>) -> AnyView {
    let of =
        move |outcome: Outcome| count(marks.with(|marks| marks.values().filter(|mark| **mark == outcome).count()));
    let all = move || count(page.with(|page| page.people.len()));
    let rest = move || {
        let (failed, absent) = (of(Outcome::Failed), of(Outcome::NoShow));
        let left = all().saturating_sub(of(Outcome::Passed) + failed + absent);
        let parts = [
            (failed > 0).then(|| t.hosting_failed(failed)),
            (absent > 0).then(|| t.hosting_absent(absent)),
            (left > 0).then(|| t.hosting_to_mark(left)),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    };
    let grants = page.with_untracked(|page| page.event.relation.relation().is_some());
    let why = move || match of(Outcome::Passed) {
        passed @ 1.. if grants => t.hosting_qualifies(passed),
        _ => t.hosting_not_qualifying().to_owned(),
    };
    view! {
        <div class="dock">
            <p class="sum" role="status"><b>{text(move || t.hosting_passed(of(Outcome::Passed)))}</b><span>{text(rest)}</span></p>
            <button class="btn" data-kind="primary" aria-busy=Signal::derive(move || write.pending().get().then_some("true"))>
                <Icon name="check"/>{text(move || t.hosting_save_results(all()))}
            </button>
            <p class="why"><Icon name="shield-check"/><span>{text(why)}</span></p>
        </div>
    }
    .into_any()
}

fn walk_in(t: Lang, event: TrainingEventId, walk_in: Call<WalkIn>) -> AnyView {
    view! {
        <section class="card" aria-labelledby="walk-in">
            <div class="card-head"><h2 id="walk-in">{t.hosting_walk_in()}</h2></div>
            <Form action=walk_in afresh=true>
                {hidden("id", &event)}
                <Field name="person" label=t.hosting_name() hint=t.hosting_walk_in_hint() autocomplete="off"/>
                <div class="btn-row"><Submit label=t.hosting_add() busy=walk_in.pending()/></div>
            </Form>
        </section>
    }
    .into_any()
}

/// The saved results, with their undo as long as it is possible.
fn saved(t: Lang, page: &ResultsPage, undo: Call<Undo>) -> AnyView {
    let of = |outcome| count(page.people.iter().filter(|person| person.outcome == Some(outcome)).count());
    let title = t.hosting_outcomes(of(Outcome::Passed), of(Outcome::Failed), of(Outcome::NoShow));
    let event = page.event.id;
    let undoing = page.undo_until.map(|until| {
        view! {
            <Summary action=undo/>
            <p class="small muted">{t.hosting_undo_until(&time::clock(until))}</p>
            <Form action=undo beside=true>
                {hidden("id", &event)}{undo_field()}
                <div class="btn-row"><Submit label=t.hosting_undo() kind=Kind::Quiet busy=undo.pending()/></div>
            </Form>
        }
    });
    let rows = page.people.iter().filter_map(|one| person::saved(t, one));
    let rows = rows.collect_view();
    view! {
        <Banner tone=Tone::Go icon="circle-check" title=t.hosting_saved().to_owned()><p>{title}</p></Banner>
        {undoing}
        <ul class="list members" aria-label=t.hosting_attendees()>{rows}</ul>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use contract::training_events::EventResource;
    use domain::{
        id::{EventPlaceId, PersonId, RoomId, TypeId},
        problem::{Kind as Reason, Problem},
        time::{HOUR, Moment},
        training_events::{Aim, PlaceState},
    };

    fn person(place: i64, name: &str, tries: u32, missed: u32) -> EventPerson {
        EventPerson {
            place: EventPlaceId(place),
            person: PersonId(place),
            name: name.into(),
            state: PlaceState::Accepted,
            at: ago(60),
            outcome: None,
            note: None,
            modules: 0,
            tries,
            missed,
            walk_in: false,
        }
    }

    fn page(state: EventState, starts: Moment) -> ResultsPage {
        let room = EventResource { machine: None, room: Some(RoomId(3)), name: "Textiles".into() };
        let event = TrainingEventView {
            id: TrainingEventId(9),
            version: 1,
            r#type: TypeId(3),
            type_name: "Embroidery machine".into(),
            relation: Aim::Use,
            title: "Embroidery machine, first steps".into(),
            host: Some(PersonId(1)),
            host_name: Some("Giulia".into()),
            starts,
            ends: starts.shifted_to(starts.at.after(HOUR * 2)),
            resources: vec![room],
            capacity: 6,
            minimum: 0,
            deadline: ago(3_000),
            held: 2,
            accepted: 2,
            waiting: 0,
            fee: None,
            bring: None,
            about: None,
            public: false,
            state,
            cancelled: None,
            note: None,
            first: None,
            mine: None,
        };
        let people = vec![person(31, "Priya Nair", 0, 0), person(32, "Kwame Mensah", 1, 1)];
        ResultsPage { now: NOW, event, people, steps: vec!["Threading".into()], undo_until: None, no_shows: 2 }
    }

    fn render(reader: Visitor, address: &str, page: ResultsPage) -> String {
        let calls = || Calls { write: Call::new(), undo: Call::new(), walk_in: Call::new() };
        html(reader, address, move || view! { <Page page=RwSignal::new(page) calls=calls()/> })
    }

    #[test]
    fn everybody_is_marked_by_link_without_script() {
        let open = page(EventState::Announced, ago(120));
        let html = render(visitor(Lang::En), "/events/9/results", open.clone());
        assert_eq!(html.matches(" checked").count(), 0, "{html}");
        assert!(words(&html).contains("0 of 2") && words(&html).contains("Second try"), "{html}");
        let html = render(visitor(Lang::En), "/events/9/results?all=passed", open);
        assert_eq!(html.matches(" checked").count(), 2, "{html}");
        let content = words(&html);
        assert!(content.contains("2 passed") && content.contains("Save 2 results"), "{content}");
        assert!(html.contains(r#"name="results[=31]""#) && html.contains(r#"name="notes[=32]""#), "{html}");
    }

    #[test]
    fn refused_results_name_person_without_mark() {
        let problem = Problem::new("event.results-incomplete", Reason::Invalid, "One result is missing.")
            .field("results[=32]", "Choose a result.");
        let values = vec![("results[=31]".to_owned(), "no-show".to_owned())];
        let echo = Some(Echo { function: Write::PATH.into(), values, problem });
        let page = page(EventState::Announced, ago(120));
        let html = render(Visitor { echo, ..visitor(Lang::En) }, "/events/9/results", page);
        let content = words(&html);
        assert!(content.contains("Choose a result.") && content.contains("1 no-show, 1 to mark"), "{content}");
        assert!(content.contains("No-show 1 of 2"), "{content}");
    }

    #[test]
    fn results_wait_until_shortly_before_beginning() {
        let starts = NOW.shifted_to(NOW.at.after(HOUR));
        let html = render(visitor(Lang::En), "/events/9/results", page(EventState::Announced, starts));
        assert!(
            words(&html).contains("Thursday 19 November, 15:01") && !html.contains("/events/results"),
            "{html}"
        );
        let html = render(visitor(Lang::It), "/events/9/results", page(EventState::Cancelled, ago(60)));
        assert!(words(&html).contains("annullato"), "{html}");
    }

    #[test]
    fn saved_results_can_be_undone_for_a_while() {
        let mut page = page(EventState::Completed, ago(180));
        page.people[0].outcome = Some(Outcome::Passed);
        page.people[1].outcome = Some(Outcome::Failed);
        page.people[1].note = Some("Threading".into());
        page.undo_until = Some(NOW);
        let html = render(visitor(Lang::En), "/events/9/results", page);
        let content = words(&html);
        assert!(content.contains("1 passed, 1 not yet") && content.contains("until 14:16"), "{content}");
        assert!(content.contains("Threading") && html.contains("/events/undo-results"), "{html}");
    }
}

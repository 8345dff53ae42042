//! What the page of an event shows, by what the event is to its reader.

use super::*;
use crate::{
    testing::{NOW, ago, html, visitor, words},
    training_events::tests::event,
};
use contract::training_events::{EventModule, EventPerson};
use domain::{
    id::{EventPlaceId, MachineId, ModuleId, PersonId},
    training_events::CancelCause,
};

pub(in crate::training_events) fn modules() -> Vec<EventModule> {
    let module = |id, title: &str, done: bool| EventModule {
        module: ModuleId(id),
        title: title.into(),
        minutes: 12,
        completed: done.then(|| ago(60 * 24 * 30)),
        done,
    };
    vec![module(1, "Wood shop induction", true), module(2, "Guillotines and fingers", false)]
}

fn page(event: TrainingEventView) -> EventPage {
    EventPage {
        now: NOW,
        event,
        place: None,
        answer_by: None,
        position: None,
        no_sign_up: None,
        modules: modules(),
        machine: Some((MachineId(7), "Board cutter 1".into())),
        queue: 2,
        may_hold: false,
        people: Vec::new(),
        results_open: false,
        undo_until: None,
        outcome: None,
        practise: None,
    }
}

fn render(page: EventPage) -> String {
    let visitor =
        crate::visitor::Visitor { public_url: Some("https://attic.example".into()), ..visitor(Lang::En) };
    html(visitor, "/events/9", move || view! { <Page page=RwSignal::new(page) calls=Calls::new()/> })
}

#[test]
fn free_event_shows_places_and_all_that_comes_before() {
    let html = render(page(event()));
    let content = words(&html);
    for part in [
        "Training, 2 h, with Amara Okafor",
        "2 places left",
        "Tue 1 Dec, 14:16–16:16 in A-102. You have nothing else then.",
        "Sign-up closes Sat 28 Nov, 14:16. It runs with 3 or more.",
        "Complete first 1 of 2 done",
        "Two sheets of grey board, 2 mm",
        "€ 6 for material",
        "2 others ask for Board cutter",
    ] {
        assert!(content.contains(part), "{part} in {content}");
    }
    for part in [
        "?/events/sign-up",
        r#"aria-label="4 of 6 places taken""#,
        r#"href="/learn/2""#,
        r#"href="/rooms/2""#,
        r#"href="/calendar/event-9.ics""#,
        r#"value="https://attic.example/events/9""#,
        r#"href="/training/ask/3?aim=user""#,
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(
        !html.contains("?/events/cancel") && !html.contains("?/events/leave") && !html.contains("style="),
        "{html}"
    );
    assert_eq!(html.matches(r#"data-k="taken""#).count(), 3, "{html}");
    assert_eq!(html.matches(r#"data-k="held""#).count(), 1, "{html}");
}

#[test]
fn own_place_can_be_left_after_a_question() {
    let mine = TrainingEventView { mine: Some(PlaceState::Accepted), ..event() };
    let html = render(page(mine));
    assert!(words(&html).contains("You’re signed up") && html.contains(r#"popovertarget="leave""#), "{html}");
    assert!(html.contains("?/events/leave") && !html.contains("?/events/sign-up"), "{html}");
    let full = TrainingEventView { held: 6, ..event() };
    assert!(words(&render(page(full))).contains("Join the waiting list"));
}

#[test]
fn each_reason_against_signing_up_has_its_way_on() {
    let no = |why| render(EventPage { no_sign_up: Some(why), ..page(event()) });
    let html = no(NoSignUp::SignIn);
    assert!(html.contains(r#"href="/sign-in?to=/events/9""#) && !html.contains("/training/ask"), "{html}");
    let html = no(NoSignUp::Requires(vec!["Wood shop".into()]));
    assert!(words(&html).contains("Required first: Wood shop.") && html.contains(r#"href="/learn""#), "{html}");
    let html = no(NoSignUp::Busy(NOW, NOW));
    assert!(html.contains(r#"href="/book/mine""#) && !html.contains("?/events/sign-up"), "{html}");
}

#[test]
fn cancelled_and_completed_events_show_their_end() {
    let cancelled = TrainingEventView {
        state: EventState::Cancelled,
        cancelled: Some(CancelCause::Equipment),
        note: Some("Blade broken".into()),
        ..event()
    };
    let html = render(page(cancelled));
    assert!(words(&html).contains("The equipment is out of use. “Blade broken”"), "{html}");
    assert!(!html.contains("?/events/") && !html.contains("seats"), "{html}");
    let completed = TrainingEventView { state: EventState::Completed, ..event() };
    let failed =
        EventPage { outcome: Some(Outcome::Failed), practise: Some("Squaring".into()), ..page(completed) };
    let content = words(&render(failed));
    assert!(content.contains("Not yet") && content.contains("PractiseSquaring"), "{content}");
}

#[test]
fn host_sees_people_and_cancels() {
    let person = EventPerson {
        place: EventPlaceId(31),
        person: PersonId(8),
        name: "Li Wen".into(),
        state: PlaceState::Accepted,
        at: NOW,
        outcome: None,
        note: None,
        modules: 1,
        tries: 0,
        missed: 0,
        walk_in: false,
    };
    let html = render(EventPage { may_hold: true, people: vec![person], ..page(event()) });
    assert!(words(&html).contains("Li Wen1 module missingcomes"), "{html}");
    assert!(html.contains("?/events/cancel") && html.contains(r#"href="/events/9/edit""#), "{html}");
    assert!(!html.contains("/events/9/results"), "{html}");
}

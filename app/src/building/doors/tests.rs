//! What each reader sees of doors and of the people inside.

use super::*;
use crate::testing::{self, NOW, ago, html, visitor, words};
use contract::doors::PresenceView;
use domain::{id::PersonId, time::HOUR};

fn visit(id: i64, name: &str, guests: u32) -> VisitView {
    VisitView { seen_at: Some("Lathe".into()), seen: ago(80), using: true, ..testing::visit(id, name, guests) }
}

fn opening(name: Option<&str>, card: Option<&str>, answer: Answer, reasons: &[&str]) -> OpeningView {
    OpeningView {
        at: ago(5),
        door: MachineId(7),
        door_name: "Main door".into(),
        person: name.map(|_| PersonId(3)),
        name: name.map(Into::into),
        card: card.map(Into::into),
        guests: 0,
        answer,
        reasons: reasons.iter().map(|&reason| reason.into()).collect(),
        by: (answer == Answer::Remote).then(|| "Elisa".into()),
    }
}

fn a_door(id: i64, name: &str, state: DoorState) -> DoorView {
    DoorView {
        machine: MachineId(id),
        name: name.into(),
        room: (id == 8).then_some(RoomId(2)),
        room_name: (id == 8).then(|| "Studio B".into()),
        leaves: Leaves::Both,
        state,
        until: None,
        opened: Some(ago(5)),
        opening: false,
        may_open: true,
    }
}

/// The page of a manager, with seven people inside.
fn page() -> DoorsPage {
    let names = ["Jonas Pichler", "Nora Kofler", "Amara Okafor", "Li Wen", "Hannes Gruber", "Elisa Moser"];
    let mut visits: Vec<_> = (1..).zip(names).map(|(id, name)| visit(id, name, 0)).collect();
    visits.push(visit(9, "Sofia Mair", 1));
    let alone = BookedAlone {
        machine: MachineId(4),
        machine_name: "Lathe".into(),
        person: Some(PersonId(1)),
        name: Some("Jonas".into()),
        starts: NOW.shifted_to(NOW.at.after(HOUR * 6)),
        ends: NOW.shifted_to(NOW.at.after(HOUR * 8)),
    };
    DoorsPage {
        now: NOW,
        presence: PresenceView { people: Some(7), guests: Some(1), changed: Some(ago(5)), visits: Some(visits) },
        own: Some(visit(6, "Elisa Moser", 2)),
        buddies: vec![BuddyRule { machines: vec!["Lathe".into(), "Mill".into()], people: 2, met: true }],
        alone: vec![alone],
        openings: vec![
            opening(Some("Jonas Pichler"), None, Answer::Opened, &[]),
            opening(None, Some("7A:3F"), Answer::Refused, &["person.unknown"]),
            opening(Some("Hannes Gruber"), None, Answer::Remote, &[]),
        ],
        opened_today: 38,
        refused_today: 2,
        doors: vec![a_door(7, "Main door", DoorState::ByCard), a_door(8, "Wood shop", DoorState::Locked)],
        may_see_doors: true,
        machines: vec![(MachineId(12), "Reader at the yard".into())],
        rooms: vec![(RoomId(2), "Studio B".into())],
        may_manage: true,
        may_evacuate: true,
    }
}

/// The same for a member who is not inside.
fn of_a_member() -> DoorsPage {
    let presence = PresenceView { visits: None, ..page().presence };
    let doors = page().doors.into_iter().map(|door| DoorView { may_open: false, ..door }).collect();
    DoorsPage {
        presence,
        own: None,
        openings: vec![],
        opened_today: 0,
        refused_today: 0,
        doors,
        machines: vec![],
        rooms: vec![],
        may_manage: false,
        may_evacuate: false,
        ..page()
    }
}

fn render(lang: Lang, address: &str, page: DoorsPage) -> String {
    html(visitor(lang), address, move || {
        let page = RwSignal::new(page);
        view! { <Page page calls=Calls::new()/> }
    })
}

#[test]
fn manager_sees_people_openings_and_doors() {
    let html = render(Lang::En, "/building/doors", page());
    let text = words(&html);
    for part in [
        "7people inside1 guest, last change 14:11",
        "Sofia Mair, 1 guest",
        "Lathe, 12:56",
        "38 today, 2 refused",
        "Card ends 7A:3F",
        "unknown card",
        "by Elisa, remotely",
        "Locked, by card",
        "Blocked for everyone · into Studio B",
        "Lathe, Mill: at least 2 people in the building. Met now.",
        "20:16–22:16: only Jonas is booked.",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    for form in ["?/doors/open", "?/doors/mark", "?/presence/end", "?/presence/guests"] {
        assert!(html.contains(form), "{form} in {html}");
    }
    let italian = words(&render(Lang::It, "/building/doors", page()));
    for part in ["7persone dentro1 ospite", "tessera sconosciuta", "38 oggi, 2 negate"] {
        assert!(italian.contains(part), "{part} in {italian}");
    }
}

#[test]
fn member_outside_sees_the_number_without_names() {
    let html = render(Lang::En, "/building/doors", of_a_member());
    let text = words(&html);
    assert!(text.contains("7people inside") && text.contains("Names are visible to managers"), "{text}");
    for hidden in ["Sofia", "Card ends", "Mark as gone", "Evacuate"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    assert!(!html.contains("?/doors/") && !html.contains("?/presence/"), "{html}");
}

#[test]
fn list_for_an_evacuation_is_loaded_as_a_document() {
    let html = render(Lang::En, "/building/doors", page());
    let links = html.split("<a ").filter(|link| link.contains("/building/evacuate")).collect::<Vec<_>>();
    assert_eq!(links.len(), 3, "{html}");
    assert!(links.iter().all(|link| link.contains(r#"rel="external""#)), "{links:?}");
}

#[test]
fn addressed_door_has_the_only_form_of_a_door() {
    let html = render(Lang::En, "/building/doors?door=8", page());
    assert_eq!(html.matches("/doors/mark").count(), 1, "{html}");
    assert!(html.contains("/doors/unmark") && html.contains(r#"name="machine" value="8""#), "{html}");
    assert_eq!(html.matches(r#"id="room""#).count(), 1, "every label has one field: {html}");
}

#[test]
fn empty_pages_show_the_next_step() {
    let presence = PresenceView { people: Some(0), guests: Some(0), changed: None, visits: Some(vec![]) };
    let empty = DoorsPage { presence, doors: vec![], openings: vec![], machines: vec![], own: None, ..page() };
    let text = words(&render(Lang::En, "/building/doors", empty));
    for part in ["Nobody is inside", "No doors yet", "Connect a board", "Add a machine for the reader first"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let member = DoorsPage { doors: vec![], ..of_a_member() };
    assert!(words(&render(Lang::En, "/building/doors", member)).contains("have not added any doors"));
}

#[test]
fn visitor_sees_the_number_and_where_to_sign_in() {
    let visitor =
        || DoorsPage { doors: vec![], may_see_doors: false, buddies: vec![], alone: vec![], ..of_a_member() };
    let html = render(Lang::En, "/building/doors", visitor());
    let text = words(&html);
    assert!(text.contains("7people inside") && text.contains("Only members see the doors"), "{text}");
    assert!(!text.contains("No doors") && html.contains(r#"href="/sign-in?to=/building/doors""#), "{html}");
    assert!(words(&render(Lang::It, "/building/doors", visitor())).contains("Le porte le vedono solo i membri"));
    let presence = PresenceView { people: None, guests: None, changed: None, visits: None };
    let text = words(&render(Lang::En, "/building/doors", DoorsPage { presence, ..visitor() }));
    assert!(text.contains("Only members see how many people are inside"), "{text}");
    assert!(!text.contains("people inside1 guest") && !text.contains("Visitors see how many"), "{text}");
}

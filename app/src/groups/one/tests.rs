//! The page of a group, rendered.

use super::*;
use crate::{
    groups::tests::group,
    testing::{NOW, ago, html, visitor, words},
    visitor::{Me, Visitor},
};
use contract::groups::{GroupBooking, GroupView};
use domain::{actor::Rank, id::BookingId, time::HOUR, versions::Saved};

pub(in crate::groups) fn page(decides: bool, members: Option<Vec<GroupMember>>) -> GroupPage {
    GroupPage {
        now: NOW,
        group: GroupView { may_book: vec!["Studio B".into()], ..group(1, "Bookbinders", &["Nora Kofler"]) },
        saved: Saved::new(3, vec![("name", "Bookbinders".into()), ("department", "Design".into())]),
        invited_by: None,
        members,
        requests: Vec::new(),
        invitations: Vec::new(),
        bookings: Vec::new(),
        series: Vec::new(),
        draws: Vec::new(),
        notices: Vec::new(),
        books: decides,
        link_until: None,
        decides,
    }
}

fn member(id: i64, name: &str, role: Role) -> GroupMember {
    GroupMember { person: PersonId(id), name: name.into(), role, since: ago(60 * 24 * 40), on_hold: false }
}

fn render(page: GroupPage) -> String {
    html(visitor(Lang::En), "/groups/1", move || {
        let page = RwSignal::new(page);
        view! { <Page page calls=Calls::new()/> }
    })
}

#[test]
fn admin_answers_requests_first_and_can_change_and_invite_members() {
    let members = vec![member(7, "Nora Kofler", Role::Admin), member(8, "Ada", Role::Member)];
    let requests = vec![GroupRequest { person: PersonId(9), name: "Deniz".into(), asked: ago(120) }];
    let html = render(GroupPage { requests, ..page(true, Some(members)) });
    let (asks, first) = (html.find("Deniz").unwrap(), html.find("Nora Kofler").unwrap());
    assert!(asks < first, "{html}");
    for part in [
        r#"aria-label="Accept: Deniz""#,
        r#"aria-label="Make admin: Ada""#,
        r#"aria-label="Remove from group: Ada""#,
        r#"action="?/groups/invite""#,
        r#"name="version" value="3""#,
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(words(&html).contains("2, 1 admin") && words(&html).contains("Studio B"), "{html}");
}

#[test]
fn bookings_hours_and_the_way_to_book_are_shown_to_admins() {
    let booking = GroupBooking {
        id: BookingId(7),
        name: "Studio B".into(),
        starts: NOW,
        ends: NOW.shifted_to(NOW.at.after(HOUR)),
        state: State::Pending,
        by: Some("Ilaria Conti".into()),
    };
    let mut busy = GroupPage { bookings: vec![booking], ..page(true, Some(Vec::new())) };
    busy.group.hours = GroupHours { used: 180, ahead: 90, most: 12 };
    let html = render(busy.clone());
    let content = words(&html);
    assert!(content.contains("7 h 30") && content.contains("by Ilaria Conti"), "{content}");
    assert!(html.contains(r#"href="/book?group=1""#) && html.contains(r#"href="/bookings/7""#), "{html}");
    let member = render(GroupPage { decides: false, books: false, ..busy });
    assert!(!member.contains("/book?group=1") && member.contains(r#"href="/bookings/7""#), "{member}");
    let empty = words(&render(page(true, Some(Vec::new()))));
    assert!(empty.contains("Nothing booked for the group."), "{empty}");
}

#[test]
fn member_can_leave_and_nothing_else() {
    let me = member(7, "Sam", Role::Member);
    let page = page(false, Some(vec![member(8, "Nora Kofler", Role::Admin), me]));
    let who = Me {
        id: PersonId(7),
        name: "Sam".into(),
        rank: Rank::Member,
        asleep: false,
        auditor: false,
        trains: false,
    };
    let sam = Visitor { who: Some(who), ..visitor(Lang::En) };
    let html = html(sam, "/groups/1", move || {
        let page = RwSignal::new(page);
        view! { <Page page calls=Calls::new()/> }
    });
    assert!(!html.contains("?/groups/invite") && !html.contains("?/groups/role"), "{html}");
    assert_eq!(html.matches("?/groups/remove").count(), 1, "{html}");
    assert!(html.contains(r#"aria-label="Leave group: Sam""#), "{html}");
}

#[test]
fn stranger_sees_no_members_and_where_to_join() {
    let html = render(page(false, None));
    assert!(words(&html).contains("Members see each other here."), "{html}");
    assert!(html.contains(r#"href="/groups/1/join""#), "{html}");
}

//! Groups as tables: import with a preview, and export in the form that can be imported again.

use crate::lab::{
    LASER_ID, Lab,
    bookings::{notices_of, span},
    operations::{fields, run},
};
use contract::groups::{AddGroup, AddGroupMember, GroupsImport, ImportGroups, ListGroups};
use domain::{actor::Actor, bookings::Resource, groups::LineFault, notices::Kind};
use services::{
    bookings::{self, Ask},
    groups::GroupsError,
    imports::{self, What, Whose},
};

async fn import(lab: &Lab, actor: &Actor, table: &str, apply: bool) -> Result<GroupsImport, GroupsError> {
    let apply = if apply { "yes" } else { "" };
    run(&lab.ctx, actor, ImportGroups {}, fields(&[("table", table), ("apply", apply)])).await
}

#[tokio::test]
async fn table_is_previewed_then_imported_and_imported_again_changes_nothing() {
    let lab = crate::lab::bookings::open().await;
    let ken = lab.signed_in(11).await;
    run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap();
    let table = "group,department,person,role\nBookbinders,Design,carl@private.example,admin\n\
                 Bookbinders,Design,Dana,\nchoir,,Olga,member\nEmpty group,,,\nChoir,,,";
    let dry = import(&lab, &ken, table, false).await.unwrap();
    assert_eq!((dry.done, dry.groups, dry.members, dry.kept), (false, 2, 3, 1));
    assert_eq!(lab.number("SELECT count(*) FROM person_group").await, 1, "a preview writes nothing");
    let done = import(&lab, &ken, table, true).await.unwrap();
    assert_eq!((done.done, done.groups, done.members), (true, 2, 3));
    assert_eq!(lab.number("SELECT count(*) FROM group_member WHERE role = 'admin' AND person_id = 4").await, 1);
    assert_eq!(lab.text("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").await, "group.imported");
    let again = import(&lab, &ken, table, true).await.unwrap();
    assert_eq!((again.groups, again.members, again.kept), (0, 0, 5));
    let groups = run(&lab.ctx, &ken, ListGroups {}, fields(&[])).await.unwrap().groups;
    assert_eq!(groups.iter().map(|group| group.members).collect::<Vec<_>>(), [2, 1, 0]);
}

#[tokio::test]
async fn admin_who_is_imported_as_a_member_passes_bookings_on_and_only_new_people_are_notified() {
    let lab = crate::lab::bookings::open().await;
    let [ada, ken] = [lab.signed_in(1).await, lab.signed_in(11).await];
    let group = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap().group;
    for (person, role) in [("1", "admin"), ("4", "member"), ("5", "admin")] {
        let new = fields(&[("person", person), ("role", role)]);
        run(&lab.ctx, &ken, AddGroupMember { group }, new).await.unwrap();
    }
    let resource = Resource::Machine(LASER_ID);
    let ask = Ask { resource, span: span(60, 60), group: Some(group), importance: None };
    bookings::ask(&lab.ctx, &ada, Ok(ask)).await.unwrap();
    let table = "group,person,role\nChoir,carl@private.example,admin\nChoir,Ada,member\nChoir,Olga,";
    let done = import(&lab, &ken, table, true).await.unwrap();
    assert_eq!((done.members, done.left.len()), (3, 0));
    assert_eq!(lab.number("SELECT person_id FROM booking").await, 4, "another admin answers for it");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'booking.passed-on'").await, 1);
    for person in [1, 4, 6] {
        let kinds = notices_of(&lab, person).await;
        let admitted = kinds.iter().filter(|kind| **kind == Kind::GroupChanged).count();
        assert_eq!(admitted, 1, "{person} was admitted once");
    }
}

#[tokio::test]
async fn faulty_lines_are_left_out_with_their_reasons() {
    let lab = crate::lab::bookings::open().await;
    let ken = lab.signed_in(11).await;
    let group = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap().group;
    run(&lab.ctx, &ken, AddGroupMember { group }, fields(&[("person", "4"), ("role", "admin")])).await.unwrap();
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 5").await;
    let table = "group,person,role\n,Olga,\nChoir,Nobody Here,\nChoir,Dana,\nChoir,Olga,boss\nChoir,Olga,\n\
                 Choir,Olga,admin\nChoir,Carl Blu,member\nChoir,Ken,member,x";
    let dry = import(&lab, &ken, table, false).await.unwrap();
    let left: Vec<_> = dry.left.iter().map(|line| (line.line, line.why)).collect();
    assert_eq!(
        left,
        [
            (2, LineFault::Group),
            (3, LineFault::Person),
            (4, LineFault::Inactive),
            (5, LineFault::Role),
            (6, LineFault::Twice),
            (7, LineFault::Twice),
            (8, LineFault::LastAdmin),
            (9, LineFault::Cells),
        ]
    );
    assert_eq!(dry.members, 0, "neither of two lines that contradict each other");
    for table in ["name\nChoir", "group\n\"open"] {
        let refused = import(&lab, &ken, table, false).await;
        assert!(matches!(refused, Err(GroupsError::NoColumn(_) | GroupsError::Unread(_))), "{refused:?}");
    }
    let member = import(&lab, &lab.signed_in(4).await, table, false).await;
    assert!(matches!(member, Err(GroupsError::Forbidden(_))), "{member:?}");
}

#[tokio::test]
async fn admin_handed_over_in_a_table_is_one_change_in_any_order() {
    let lab = crate::lab::bookings::open().await;
    let ken = lab.signed_in(11).await;
    let group = run(&lab.ctx, &ken, AddGroup {}, fields(&[("name", "Choir")])).await.unwrap().group;
    for (person, role) in [("4", "admin"), ("6", "member")] {
        let new = fields(&[("person", person), ("role", role)]);
        run(&lab.ctx, &ken, AddGroupMember { group }, new).await.unwrap();
    }
    let admin = "SELECT group_concat(person_id) FROM group_member WHERE role = 'admin'";
    // The old admin first, and the new admin first.
    for (table, expected) in [
        ("group,person,role\nChoir,Carl Blu,member\nChoir,Olga,admin", "6"),
        ("group,person,role\nChoir,Carl Blu,admin\nChoir,Olga,member", "4"),
        ("group,person,role\nChoir,Olga,admin\nChoir,Carl Blu,member\nChoir,Olga,admin", "6"),
    ] {
        let done = import(&lab, &ken, table, true).await.unwrap();
        assert_eq!((done.members, lab.text(admin).await.as_str()), (2, expected), "{table}: {:?}", done.left);
    }
    // Both step down: neither may, whose line comes first or not.
    import(&lab, &ken, "group,person,role\nChoir,Carl Blu,admin", true).await.unwrap();
    let none =
        import(&lab, &ken, "group,person,role\nChoir,Olga,\nChoir,Carl Blu,\nChoir,Dana,", true).await.unwrap();
    let left: Vec<_> = none.left.iter().map(|line| (line.line, line.why)).collect();
    assert_eq!(left, [(2, LineFault::LastAdmin), (3, LineFault::LastAdmin)]);
    assert_eq!((none.members, lab.number("SELECT count(*) FROM group_member").await), (1, 3));
}

#[tokio::test]
async fn exported_groups_can_be_imported_again() {
    let lab = crate::lab::bookings::open().await;
    let ken = lab.signed_in(11).await;
    let table = "group,department,person,role\n\"Choir, the old\",,carl@private.example,admin\nEmpty,Design,,";
    import(&lab, &ken, table, true).await.unwrap();
    let list = imports::export(&lab.ctx, &ken, What::Groups, &Whose::default()).await.unwrap();
    let csv: String = list.collect();
    assert!(csv.contains("\"Choir, the old\",,carl@private.example,admin"), "{csv}");
    let again = import(&lab, &ken, &csv, false).await.unwrap();
    assert_eq!((again.groups, again.members, again.kept, again.left), (0, 0, 2, vec![]));
}

//! Groups of the invented workshop: of the visitor and of others, one without an admin, and people who ask to join.

use super::{Built, cast};
use domain::{
    groups::{INVITATION, Role},
    time::{DAY, HOUR, Millis},
};
use store::{
    StoreError, WriteTx,
    groups::{self, NewGroup},
    people,
};

struct DemoGroup {
    name: &'static str,
    department: &'static str,
    admins: &'static [usize],
    members: &'static [usize],
    /// Who asks to join.
    asking: &'static [usize],
}

const GROUPS: [DemoGroup; 7] = [
    DemoGroup {
        name: "Bookbinders",
        department: "Design department",
        admins: &[cast::MEMBER, 12],
        members: &[8, 14, 16, 17, 20, 21, 23, 25, 27],
        asking: &[19],
    },
    DemoGroup { name: "Choir", department: "", admins: &[9], members: &[10, 11, 13, 15, 18], asking: &[] },
    DemoGroup { name: "Film club", department: "", admins: &[24], members: &[26, 28, 29], asking: &[] },
    DemoGroup {
        name: "Product Design 2",
        department: "Design department",
        admins: &[3],
        members: &[22, 23, 25, 27, 29, 30, 31],
        asking: &[],
    },
    DemoGroup {
        name: "Robotics lab",
        department: "Engineering department",
        admins: &[1, 18],
        members: &[15, 32, 33],
        asking: &[],
    },
    DemoGroup {
        name: "Studio assistants",
        department: "Design department",
        admins: &[],
        members: &[30, 31, 34],
        asking: &[],
    },
    DemoGroup { name: "Textile circle", department: "", admins: &[20], members: &[21, 35, 36], asking: &[33, 37] },
];

/// Groups with their members, and an invitation to one for the visitor.
pub(super) async fn gather(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let person = |index: usize| built.people[index].0;
    for (at, invented) in (0_u32..).zip(&GROUPS) {
        let founded = now.before(DAY * (150 - 12 * at));
        let new = NewGroup { name: invented.name.into(), department: invented.department.into() };
        let group = groups::add(tx, &new, founded).await?;
        let admins = invented.admins.iter().map(|&index| (index, Role::Admin));
        let members = invented.members.iter().map(|&index| (index, Role::Member));
        for (later, (index, role)) in (0_u32..).zip(admins.chain(members)) {
            groups::put_in(tx, group, person(index), role, founded.after(DAY * later)).await?;
        }
        for &index in invented.asking {
            groups::ask(tx, group, person(index), now.before(HOUR * 2)).await?;
        }
        if invented.name == "Product Design 2" {
            let invited = now.before(DAY);
            let by = people::alias(tx, person(3), invited).await?;
            let expires = invited.after(INVITATION);
            let email = cast::email(cast::NAMES[cast::MEMBER]);
            groups::invite(tx, group, &email, Role::Member, invited, Some(by), expires).await?;
        }
    }
    Ok(())
}

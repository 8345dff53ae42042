//! The table of permissions, row by row.

use super::*;
use crate::{
    id::EntryId,
    qualifications::{Entry, EntryKind},
};

const LASER: TypeId = TypeId(3);

fn somebody(status: PersonStatus, roles_asleep: bool, grants: &[(Relation, Subject)]) -> Actor {
    let entries = grants.iter().zip(1..).map(|(&(relation, subject), id)| Entry {
        id: EntryId(id),
        subject,
        relation,
        kind: EntryKind::Granted,
        from: Millis(0),
        until: None,
    });
    let known = Principal {
        id: PersonId(7),
        session: SessionId(1),
        status,
        ledger: Ledger(entries.collect()),
        at: Millis(10),
        roles_asleep,
        public: false,
    };
    Actor { who: Who::Person(Box::new(known)), channel: Channel::Web }
}

#[test]
fn permission_table_lists_every_permission_once() {
    for permission in Permission::ALL {
        assert_eq!(TABLE.iter().filter(|(listed, _)| listed == permission).count(), 1, "{permission:?}");
    }
    assert_eq!(TABLE.len(), Permission::ALL.len());
}

#[test]
fn role_is_qualification_on_built_in_type() {
    let manager = somebody(PersonStatus::Active, false, &[(Relation::Owner, SPACE)]);
    assert!(manager.may(Permission::Hold, Target::NONE));
    assert!(!manager.may(Permission::ReadAudit, Target::NONE));
    assert!(!manager.may(Permission::ChangeSettings, Target::NONE));
    let auditor = somebody(PersonStatus::Active, false, &[(Relation::User, SPACE), (Relation::User, SYSTEM)]);
    assert!(auditor.may(Permission::ReadAudit, Target::NONE));
    assert!(!auditor.may(Permission::Hold, Target::NONE));
    let trainer = somebody(
        PersonStatus::Active,
        false,
        &[(Relation::User, SPACE), (Relation::Trainer, Subject::Type(LASER))],
    );
    assert!(trainer.may(Permission::SeeQualified, Target::equipment(LASER, None)));
    assert!(!trainer.may(Permission::SeeQualified, Target::equipment(TypeId(4), None)));
    assert!(!trainer.may(Permission::SeeQualified, Target::NONE));
}

#[test]
fn inactive_person_has_no_role() {
    for status in [PersonStatus::Applicant, PersonStatus::Suspended, PersonStatus::Left] {
        let gone = somebody(status, false, &[(Relation::Owner, SPACE), (Relation::Owner, SYSTEM)]);
        for permission in [Permission::Hold, Permission::ReadAudit, Permission::SeeWall, Permission::SeePeople] {
            assert_eq!(gone.require(permission, Target::NONE), Err(Forbidden::NotAllowed), "{status:?}");
        }
    }
}

#[test]
fn role_requiring_second_factor_is_inactive_without_it() {
    let asleep = somebody(PersonStatus::Active, true, &[(Relation::Owner, SYSTEM), (Relation::User, SPACE)]);
    assert_eq!(asleep.require(Permission::ReadAudit, Target::NONE), Err(Forbidden::SecondFactor));
    assert_eq!(asleep.require(Permission::KeepHouse, Target::NONE), Err(Forbidden::NotAllowed));
    assert!(asleep.may(Permission::OwnAccount, Target::NONE));
    assert!(asleep.may(Permission::SeeWall, Target::NONE), "still a member");
    let system = Target::equipment(TypeId(2), None);
    assert_eq!(asleep.require(Permission::ChangeLedger, system), Err(Forbidden::SecondFactor));
}

#[test]
fn anonymous_visitor_sees_floor_only_where_public() {
    let passer_by = |public| Actor::anybody(public, Channel::Web);
    assert!(passer_by(true).may(Permission::SeeFloor, Target::NONE));
    assert_eq!(passer_by(false).require(Permission::SeeFloor, Target::NONE), Err(Forbidden::SignIn));
    assert!(!passer_by(true).may(Permission::SeeWall, Target::NONE));
    for status in [PersonStatus::Applicant, PersonStatus::Suspended] {
        let no_member = somebody(status, false, &[(Relation::User, SPACE)]);
        assert!(!no_member.may(Permission::SeeFloor, Target::NONE), "{status:?} is a stranger here");
    }
    let member = somebody(PersonStatus::Active, false, &[(Relation::User, SPACE)]);
    assert!(member.may(Permission::SeeFloor, Target::NONE));
}

#[test]
fn own_permissions_apply_to_oneself_only() {
    let ada = somebody(PersonStatus::Active, false, &[(Relation::User, SPACE)]);
    assert!(ada.may(Permission::SeePerson, Target::person(PersonId(7))));
    assert!(!ada.may(Permission::SeePerson, Target::person(PersonId(8))));
    assert!(!ada.may(Permission::SeePerson, Target::NONE));
}

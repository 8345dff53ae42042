//! The import, case by case.

use super::*;
use domain::{
    boards::MachineNumber,
    cards::CardUid,
    id::{MachineId, PersonId, TypeId},
    imports::fabomatic::{Part, TakeoverCount, Thing},
    people::PersonStatus,
    qualifications::{Relation, Subject},
    time::{DAY, HOUR, MINUTE, Millis},
    uses::Ending,
};

const NOON: Millis = Millis(1_800_000_000_000);

fn role(id: i64, name: &str, [all, maintenance, admin]: [bool; 3]) -> ForeignRole {
    ForeignRole { id, name: name.into(), authorize_all: all, maintenance, backend_admin: admin }
}

fn user(id: i64, name: &str, role: i64) -> ForeignUser {
    ForeignUser {
        id,
        name: name.into(),
        surname: String::new(),
        role: Some(role),
        card: ForeignCard::None,
        disabled: false,
        deleted: false,
        email: String::new(),
        has_password: false,
    }
}

fn card(written: &str) -> ForeignCard {
    ForeignCard::read(Some(written))
}

/// A use of machine 7 by user 3, in minutes before noon.
fn used(id: i64, from: u32, to: Option<u32>) -> ForeignUse {
    let at = |minutes| NOON.before(MINUTE * minutes);
    let end = to.map(at);
    ForeignUse { id, user: 3, machine: 7, start: at(from), last_sign: end.unwrap_or(at(from)), end, replay: false }
}

/// A laser (7) of type 4, roles of every kind, and Carla (3), who may use everything.
fn lab() -> Foreign {
    Foreign {
        types: vec![ForeignType { id: 4, name: "Laser".into(), timeout: Some(60), grace: Some(2), open: false }],
        roles: vec![
            role(1, "admins", [true; 3]),
            role(2, "staff", [true, true, false]),
            role(3, "users", [true, false, false]),
            role(4, "Anonymous", [false; 3]),
            role(5, "novices", [false; 3]),
        ],
        machines: vec![ForeignMachine {
            id: 7,
            name: "Big laser".into(),
            kind: Some(4),
            hours: 0,
            blocked: false,
        }],
        users: vec![user(3, "Carla", 3)],
        ..Foreign::default()
    }
}

fn planned(foreign: &Foreign) -> Plan {
    plan(foreign, &ExistingRecords::default(), NOON)
}

fn grants_of(plan: &Plan, person: i64) -> Vec<(On, Relation)> {
    plan.grants.iter().filter(|grant| grant.person == person).map(|grant| (grant.on, grant.relation)).collect()
}

#[test]
fn roles_become_qualifications() {
    use Relation::{Owner, User};
    let mut foreign = lab();
    foreign.users = vec![
        user(1, "Adm", 1),
        user(2, "Staff", 2),
        user(3, "Carla", 3),
        user(4, "Anonymous", 4),
        user(5, "Nov", 5),
        ForeignUser { disabled: true, ..user(6, "Out", 1) },
        ForeignUser { deleted: true, ..user(8, "Gone", 3) },
        user(9, "Lost", 77),
    ];
    foreign.authorizations = vec![(5, 7), (5, 7), (6, 7), (4, 7), (8, 7), (5, 99)];
    let plan = planned(&foreign);
    let kind = On::Type(4);
    assert_eq!(
        grants_of(&plan, 1),
        [(On::Space, User), (kind, User), (kind, Owner), (On::Space, Owner), (On::System, Owner)]
    );
    assert_eq!(grants_of(&plan, 2), [(On::Space, User), (kind, User), (kind, Owner)]);
    assert_eq!(grants_of(&plan, 3), [(On::Space, User), (kind, User)]);
    assert_eq!(grants_of(&plan, 5), [(On::Space, User), (On::Machine(7), User)]);
    assert_eq!(grants_of(&plan, 6), [(On::Machine(7), User)], "whoever was disabled is no member");
    assert_eq!(grants_of(&plan, 9), [(On::Space, User)]);
    let people: Vec<_> = plan.people.iter().map(|one| (one.theirs, one.suspended)).collect();
    assert_eq!(people, [(1, false), (2, false), (3, false), (5, false), (6, true), (9, false)]);
    let text = |reported| plan.report.count(reported);
    assert_eq!(
        [
            text(TakeoverCount::Nobody),
            text(TakeoverCount::Deleted),
            text(TakeoverCount::Suspended),
            text(TakeoverCount::RoleMissing)
        ],
        [1; 4]
    );
    assert_eq!((text(TakeoverCount::Administrators), text(TakeoverCount::Authorizations)), (1, 4));
}

#[test]
fn machine_numbers_are_preserved_and_misfits_reported() {
    let mut foreign = lab();
    foreign.types.push(ForeignType { id: 5, name: "Space".into(), timeout: Some(-1), grace: None, open: true });
    let machine = |id, kind| ForeignMachine { id, name: format!("M{id}"), kind, hours: 0, blocked: id == 8 };
    foreign.machines.extend([machine(8, None), machine(70_000, Some(5)), machine(9, Some(99))]);
    let known =
        ExistingRecords { types: [("Space".into(), (TypeId(1), true))].into(), ..ExistingRecords::default() };
    let plan = plan(&foreign, &known, NOON);
    let numbers: Vec<_> =
        plan.machines.iter().map(|one| (one.theirs, one.number, one.kind, one.blocked)).collect();
    let number = |n| Some(MachineNumber(n));
    assert_eq!(
        numbers,
        [(7, number(7), 4, false), (8, number(8), 0, true), (70_000, None, 5, false), (9, number(9), 0, false)]
    );
    let types: Vec<_> =
        plan.types.iter().map(|kind| (&*kind.name, kind.open, kind.grace, kind.auto_stop)).collect();
    assert_eq!(
        types,
        [("Laser", false, Some(2), Some(60)), ("Space #5", true, None, None), ("Fab-O-Matic", false, None, None)]
    );
    assert_eq!(
        (plan.report.count(TakeoverCount::TypeMissing), plan.report.count(TakeoverCount::NumberUnfit)),
        (2, 1)
    );
    assert_eq!((plan.report.count(TakeoverCount::Times), plan.report.count(TakeoverCount::TypeRenamed)), (1, 1));
}

#[test]
fn names_emails_and_cards_are_normalised() {
    let mut foreign = lab();
    foreign.users = vec![
        ForeignUser {
            surname: "Rossi".into(),
            card: card("AABB00CC"),
            email: " Ada@Example.ORG".into(),
            ..user(1, "Ada", 3)
        },
        ForeignUser { email: "ada@example.org".into(), card: card("aabb00cc"), ..user(2, "  ", 3) },
        ForeignUser { email: "none".into(), card: card("1234567"), ..user(3, &"x".repeat(300), 3) },
        ForeignUser { card: card("FFFFFFFF"), has_password: true, ..user(4, "Bo", 3) },
    ];
    let plan = planned(&foreign);
    let people: Vec<_> = plan.people.iter().map(|one| (&*one.name, one.email.as_deref())).collect();
    let long = "x".repeat(200);
    assert_eq!(people, [("Ada Rossi", Some("ada@example.org")), ("#2", None), (&*long, None), ("Bo", None)]);
    let cards: Vec<_> = plan.cards.iter().map(|(user, uid)| (*user, uid.as_str())).collect();
    assert_eq!(cards, [(1, "aabb00cc")]);
    let text = |reported| plan.report.count(reported);
    assert_eq!(
        [
            text(TakeoverCount::Capitals),
            text(TakeoverCount::CardTaken),
            text(TakeoverCount::EmailShared),
            text(TakeoverCount::EmailUnfit)
        ],
        [1; 4]
    );
    assert_eq!(
        (text(TakeoverCount::CardUnfit), text(TakeoverCount::Names), text(TakeoverCount::Passwords)),
        (2, 2, 1)
    );
}

#[test]
fn overlapping_uses_are_shortened_and_hours_count_once() {
    let mut foreign = lab();
    foreign.uses = vec![
        used(1, 500, Some(400)),
        used(2, 450, Some(420)),
        used(3, 410, Some(390)),
        used(4, 300, None),
        used(5, 200, Some(210)),
        used(6, 100, Some(0)),
        ForeignUse { last_sign: NOON, ..used(7, 1, None) },
        ForeignUse { machine: 99, ..used(8, 700, Some(600)) },
        ForeignUse { user: 99, ..used(9, 700, Some(600)) },
        ForeignUse { end: Some(NOON.after(HOUR)), ..used(10, 800, None) },
    ];
    let plan = planned(&foreign);
    let minutes = |at: Millis| NOON.since(at).as_secs() / 60;
    let uses: Vec<_> =
        plan.uses.iter().map(|one| (one.theirs, minutes(one.start), minutes(one.end), one.ending)).collect();
    assert_eq!(
        uses,
        [
            (9, 700, 600, Ending::AutoLogoff),
            (1, 500, 410, Ending::Superseded),
            (3, 410, 390, Ending::LoggedOut),
            (4, 300, 300, Ending::Superseded),
            (6, 100, 0, Ending::AutoLogoff),
        ]
    );
    assert_eq!(plan.uses[0].person, None, "whoever is missing has no name, but their hours count");
    let text = |reported| plan.report.count(reported);
    let once = [
        TakeoverCount::UsesInside,
        TakeoverCount::UsesShortened,
        TakeoverCount::UsesClosed,
        TakeoverCount::UsesRunning,
        TakeoverCount::UsesOrphan,
    ];
    assert!(once.into_iter().all(|reported| text(reported) == 1), "{:?}", plan.report);
    assert_eq!(
        (text(TakeoverCount::UsesBackwards), text(TakeoverCount::UsesNameless), text(TakeoverCount::Uses)),
        (2, 1, 5)
    );
    assert_eq!(text(TakeoverCount::Hours), 1, "the machine says that it has none");
}

#[test]
fn implausible_use_is_skipped_but_uses_inside_it_import() {
    let mut foreign = lab();
    let day = 24 * 60;
    foreign.uses = vec![
        used(1, 900 * day, Some(50)),
        used(2, 500, Some(450)),
        used(3, 3 * day, Some(2 * day)),
        used(4, 10 * day, Some(9 * day - 1)),
        ForeignUse { last_sign: NOON.before(MINUTE * 40), ..used(5, 5 * day, None) },
    ];
    let plan = planned(&foreign);
    assert_eq!(
        plan.uses.iter().map(|one| one.theirs).collect::<Vec<_>>(),
        [4, 3, 2],
        "a print of more than a day is a use, and what lies in one that was never ended too"
    );
    let left = plan.report.lines().iter().find(|line| line.kind == TakeoverCount::UsesLong).unwrap();
    assert_eq!((left.count, &*left.named), (2, &["#1", "#5"].map(String::from)[..]));
    assert_eq!((left.kind.part(), plan.report.count(TakeoverCount::UsesInside)), (Part::Left, 0));
}

#[test]
fn existing_people_are_matched_and_local_decisions_win() {
    let mut foreign = lab();
    foreign.users = vec![
        ForeignUser { email: "carla@example.org".into(), card: card("0000ca01"), ..user(3, "Carla", 3) },
        ForeignUser { card: card("00000b0b"), ..user(4, "Bob", 3) },
        user(5, "Gone", 3),
    ];
    foreign.authorizations = vec![(3, 7)];
    let known = ExistingRecords {
        taken: [((Thing::Machine, 7), 70), ((Thing::Type, 4), 40), ((Thing::Person, 5), 500)].into(),
        people: [(PersonId(300), PersonStatus::Active), (PersonId(400), PersonStatus::Suspended)].into(),
        people_names: [(PersonId(300), "Carla Rossi".into())].into(),
        emails: [("carla@example.org".into(), PersonId(300))].into(),
        cards: [(CardUid::from_bytes([0, 0, 0x0b, 0x0b]), vec![(PersonId(400), domain::cards::CardState::Lost)])]
            .into(),
        written: [(PersonId(300), Subject::Machine(MachineId(70)), Relation::User)].into(),
        ..ExistingRecords::default()
    };
    let plan = plan(&foreign, &known, NOON);
    assert!(plan.people.is_empty() && plan.machines.is_empty() && plan.types.is_empty(), "{plan:?}");
    assert_eq!(plan.same, [(Thing::Person, 3, 300), (Thing::Person, 4, 400)]);
    let same = plan.report.lines().iter().find(|line| line.kind == TakeoverCount::SamePeople).unwrap();
    assert!(same.named[0].ends_with(" → Carla Rossi") && !same.named[1].contains('→'), "{:?}", same.named);
    assert_eq!(grants_of(&plan, 3), [(On::Space, Relation::User), (On::Type(4), Relation::User)]);
    assert_eq!(grants_of(&plan, 4), [], "whoever is kept out here gets nothing");
    assert_eq!(plan.cards.len(), 1, "a card that is lost here stays lost: {:?}", plan.cards);
    assert_eq!((plan.report.count(TakeoverCount::KnownGrants), plan.report.count(TakeoverCount::Gone)), (1, 1));
}

#[test]
fn user_disabled_since_first_import_is_reported_and_granted_nothing() {
    let mut foreign = lab();
    foreign.users = vec![ForeignUser { disabled: true, ..user(6, "Out", 3) }];
    foreign.authorizations = vec![(6, 7)];
    let known = |status| ExistingRecords {
        taken: [((Thing::Person, 6), 600)].into(),
        people: [(PersonId(600), status)].into(),
        ..ExistingRecords::default()
    };
    let before = plan(&foreign, &known(PersonStatus::Active), NOON);
    assert_eq!(grants_of(&before, 6), []);
    assert_eq!(
        (before.report.count(TakeoverCount::DisabledThere), before.report.count(TakeoverCount::KeptOut)),
        (1, 1)
    );
    let suspended = plan(&foreign, &known(PersonStatus::Suspended), NOON);
    assert_eq!(suspended.report.count(TakeoverCount::DisabledThere), 0, "here as there");
}

#[test]
fn uses_overlapping_stored_uses_are_skipped() {
    let mut foreign = lab();
    foreign.uses =
        vec![used(1, 500, Some(450)), used(2, 400, Some(300)), used(3, 200, Some(150)), used(4, 90, Some(50))];
    let stored = |from: u32, to: u32| Stored { start: NOON.before(MINUTE * from), end: NOON.before(MINUTE * to) };
    let known = ExistingRecords {
        taken: [((Thing::Machine, 7), 70), ((Thing::Use, 1), 1)].into(),
        uses: [(MachineId(70), vec![stored(500, 450), stored(320, 310), stored(60, 0)])].into(),
        ..ExistingRecords::default()
    };
    let plan = plan(&foreign, &known, NOON);
    assert_eq!(plan.uses.iter().map(|one| one.theirs).collect::<Vec<_>>(), [3]);
    assert_eq!(
        (plan.report.count(TakeoverCount::KnownUses), plan.report.count(TakeoverCount::UsesInside)),
        (1, 2)
    );
}

#[test]
fn unknown_cards_import_within_retention() {
    let mut foreign = lab();
    foreign.users[0].card = card("0000ca01");
    let seen = |written, machine, ago| ForeignUnknown { card: card(written), machine, at: NOON.before(ago) };
    foreign.unknown_cards = vec![
        seen("DEADBEEF", 7, DAY),
        seen("deadbeef", 7, HOUR),
        seen("deadbeef", 99, HOUR),
        seen("0000ca01", 7, HOUR),
        seen("cafe0000", 7, DAY * 31),
        seen("x", 7, HOUR),
    ];
    let plan = planned(&foreign);
    let cards: Vec<_> = plan
        .unknown_cards
        .iter()
        .map(|(uid, at, first, last, times)| (uid.as_str(), *at, *first, *last, *times))
        .collect();
    assert_eq!(cards, [("deadbeef", 7, NOON.before(DAY), NOON.before(HOUR), 2)]);
    assert_eq!(plan.report.count(TakeoverCount::UnknownLeft), 4);
}

#[test]
fn maintenance_plans_import_with_interventions_and_invalid_ones_are_skipped() {
    let mut foreign = lab();
    foreign.uses = vec![used(1, 500, Some(400))];
    let plan_of = |id, machine, every| ForeignPlan {
        id,
        machine,
        every,
        description: "Oil".into(),
        ..ForeignPlan::default()
    };
    let done = |id, plan, machine, ago: u32| ForeignIntervention {
        id,
        plan,
        machine,
        user: 3,
        at: NOON.before(MINUTE * ago),
        replay: false,
    };
    let hour = 3_600_000;
    foreign.plans = vec![
        plan_of(1, 7, 5 * hour + 1),
        plan_of(2, 7, 0),
        plan_of(3, 99, hour),
        plan_of(4, 7, 1),
        plan_of(5, 7, 100_001 * hour),
        plan_of(6, 7, 100_000 * hour),
    ];
    foreign.interventions = vec![
        done(2, 1, 7, 30),
        done(1, 1, 7, 60),
        done(3, 2, 7, 30),
        ForeignIntervention { at: NOON.after(HOUR), ..done(4, 1, 7, 0) },
        ForeignIntervention { user: 99, ..done(5, 6, 7, 10) },
    ];
    let plan = planned(&foreign);
    let plans: Vec<_> = plan.plans.iter().map(|one| (one.theirs, one.hours, one.since)).collect();
    let first = NOON.before(MINUTE * 500);
    assert_eq!(plans, [(1, 5, first), (4, 1, first), (6, 100_000, first)]);
    let done: Vec<_> = plan.interventions.iter().map(|one| (one.theirs, one.plan, one.person)).collect();
    assert_eq!(done, [(1, 1, Some(3)), (2, 1, Some(3)), (5, 6, None)], "in order");
    let text = |reported| plan.report.count(reported);
    assert_eq!(
        [
            text(TakeoverCount::Plans),
            text(TakeoverCount::PlansHours),
            text(TakeoverCount::PlanHours),
            text(TakeoverCount::PlansOrphan)
        ],
        [3, 2, 2, 1]
    );
    let all = [
        TakeoverCount::Interventions,
        TakeoverCount::InterventionsOrphan,
        TakeoverCount::InterventionsTimes,
        TakeoverCount::InterventionsNameless,
    ];
    assert_eq!(all.map(text), [3, 1, 1, 1]);
}

#[test]
fn hours_at_an_instant_exclude_later_uses() {
    let minute = |minute: i64| Millis(minute * 60_000);
    let uses =
        [(10, 20), (30, 50), (50, 60)].map(|(start, end)| Stored { start: minute(start), end: minute(end) });
    let total = Total::new(minute(100).0, &uses);
    for (at, used) in [(0, 60), (10, 60), (15, 65), (20, 70), (25, 70), (40, 80), (50, 90), (60, 100), (70, 100)] {
        assert_eq!(total.at(minute(at)), minute(used).0, "{at}");
    }
    assert_eq!(Total::new(5, &uses).at(minute(0)), 0, "it was corrected since");
    assert_eq!(Total::new(5, &[]).at(minute(0)), 5);
}

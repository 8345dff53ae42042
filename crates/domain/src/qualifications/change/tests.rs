//! The rule as a table, and invariants over any ledgers.

use super::*;
use crate::id::SessionId;
use proptest::prelude::*;

const NOW: Millis = Millis(100);
const LASER: TypeId = TypeId(3);
const ON_LASER: Matter<'_> = Matter { kind: LASER, machine: None, machines: &[], archived: false };
const ON_LASER_2: Matter<'_> = Matter { kind: LASER, machine: Some(MachineId(2)), machines: &[], archived: false };
const ON_SPACE: Matter<'_> = Matter { kind: TypeId(1), machine: None, machines: &[], archived: false };
const ON_SYSTEM: Matter<'_> = Matter { kind: TypeId(2), machine: None, machines: &[], archived: false };

fn ledger(message: &[(Relation, Subject)]) -> Ledger {
    let entry = |(id, &(relation, subject)): (i64, &(Relation, Subject))| Entry {
        id: EntryId(id),
        subject,
        relation,
        kind: EntryKind::Granted,
        from: Millis(0),
        until: None,
    };
    Ledger((1..).zip(message).map(entry).collect())
}

fn somebody(id: i64, message: &[(Relation, Subject)]) -> Principal {
    let member = [&[(Relation::User, SPACE)], message].concat();
    Principal {
        id: PersonId(id),
        session: SessionId(1),
        status: PersonStatus::Active,
        ledger: ledger(&member),
        at: NOW,
        roles_asleep: false,
        public: true,
    }
}

fn change(kind: EntryKind, relation: Relation) -> Change {
    Change { relation, kind, from: NOW, until: None, cause: Cause::Trainer }
}

/// The refusals when `writer` writes about a person with the entries `theirs`.
fn refusals(
    writer: &Principal,
    theirs: &[(Relation, Subject)],
    matter: Matter<'_>,
    change: Change,
) -> Vec<Refusal> {
    let other = somebody(99, theirs);
    let target = TargetPerson { id: other.id, status: PersonStatus::Active, ledger: &other.ledger };
    let others = [ledger(&[(Relation::Owner, SYSTEM)])];
    admit(&Writer::Person(writer), &target, matter, &change, &others, NOW).err().unwrap_or_default()
}

#[test]
fn ledger_writes_follow_permission_table() {
    use EntryKind::{Banned, Granted, Revoked, Unbanned};
    use Refusal::{
        TakesAdministrator as A, TakesInductor as I, TakesManager as M, TakesOwner as O, TakesTrainer as T,
    };
    use Relation::{Owner, Trainer, User};
    let laser = Subject::Type(LASER);
    let writers = [
        somebody(1, &[]),
        somebody(2, &[(Trainer, laser)]),
        somebody(3, &[(Owner, laser)]),
        somebody(4, &[(Trainer, SPACE)]),
        somebody(5, &[(Owner, SPACE)]),
        somebody(6, &[(Owner, SYSTEM)]),
    ];
    let held = [(User, laser), (Trainer, laser), (Owner, laser), (User, SPACE), (Trainer, SPACE), (User, SYSTEM)];
    let ok = None;
    // Member, trainer of lasers, owner of lasers, inductor, manager, administrator.
    let table = [
        (ON_LASER, Granted, User, [Some(T), ok, ok, Some(T), ok, ok]),
        (ON_LASER, Revoked, User, [Some(T), ok, ok, Some(T), ok, ok]),
        (ON_LASER_2, Granted, User, [Some(T), ok, ok, Some(T), ok, ok]),
        (ON_LASER, Granted, Trainer, [Some(O), Some(O), ok, Some(O), ok, ok]),
        (ON_LASER, Banned, User, [Some(O), Some(O), ok, Some(O), ok, ok]),
        (ON_LASER, Granted, Owner, [Some(A), Some(A), Some(A), Some(A), Some(A), ok]),
        (ON_SPACE, Granted, User, [Some(I), Some(I), Some(I), ok, ok, ok]),
        (ON_SPACE, Granted, Trainer, [Some(M), Some(M), Some(M), Some(M), ok, ok]),
        (ON_SPACE, Granted, Owner, [Some(A), Some(A), Some(A), Some(A), Some(A), ok]),
        (ON_SPACE, Banned, User, [Some(M), Some(M), Some(M), Some(M), ok, ok]),
        (ON_SYSTEM, Granted, User, [Some(A), Some(A), Some(A), Some(A), Some(A), ok]),
        (ON_SYSTEM, Banned, User, [Some(A), Some(A), Some(A), Some(A), Some(A), ok]),
        (ON_SYSTEM, Granted, Owner, [Some(A), Some(A), Some(A), Some(A), Some(A), ok]),
    ];
    for (matter, kind, relation, answers) in table {
        for (writer, answer) in writers.iter().zip(answers) {
            let theirs = if kind == Revoked { &held[..1] } else { &[] };
            let refusals = refusals(writer, theirs, matter, change(kind, relation));
            assert_eq!(
                refusals,
                answer.into_iter().collect::<Vec<_>>(),
                "{matter:?} {kind:?} {relation:?} {writer:?}"
            );
        }
    }
    let owner = &writers[2];
    assert_eq!(refusals(owner, &[], ON_LASER, change(Unbanned, User)), [Refusal::NotSo]);
    assert_eq!(refusals(owner, &[], ON_LASER, change(Revoked, Trainer)), [Refusal::NotSo]);
    assert_eq!(refusals(owner, &held[1..2], ON_LASER, change(Revoked, Trainer)), []);
}

#[test]
fn writes_on_oneself_or_higher_rank_are_refused() {
    use EntryKind::{Banned, Granted, Revoked};
    use Relation::{Owner, Trainer, User};
    let laser = Subject::Type(LASER);
    let trainer = somebody(2, &[(Trainer, laser)]);
    let own = TargetPerson { id: trainer.id, status: PersonStatus::Active, ledger: &trainer.ledger };
    let oneself = admit(&Writer::Person(&trainer), &own, ON_LASER, &change(Granted, User), &[], NOW);
    assert_eq!(oneself, Err(vec![Refusal::Oneself]));
    let of_owner = refusals(&trainer, &[(User, laser), (Owner, laser)], ON_LASER, change(Revoked, User));
    assert_eq!(of_owner, [Refusal::Outranked]);
    let owner = somebody(3, &[(Owner, laser)]);
    assert_eq!(refusals(&owner, &[(Owner, laser)], ON_LASER, change(Banned, User)), [Refusal::TakesAdministrator]);
    let machine_owner = somebody(7, &[(Owner, Subject::Machine(MachineId(2)))]);
    assert_eq!(refusals(&machine_owner, &[], ON_LASER_2, change(Granted, Trainer)), []);
    assert_eq!(refusals(&machine_owner, &[], ON_LASER, change(Granted, User)), [Refusal::TakesTrainer]);
    let manager = somebody(5, &[(Owner, SPACE)]);
    let of_administrator = refusals(&manager, &[(Owner, SYSTEM)], ON_SPACE, change(Banned, User));
    assert_eq!(of_administrator, [Refusal::Outranked], "not by the side door of membership");
}

#[test]
fn system_has_only_auditor_and_administrator() {
    let administrator = somebody(6, &[(Relation::Owner, SYSTEM)]);
    let trainer = |kind| change(kind, Relation::Trainer);
    assert_eq!(refusals(&administrator, &[], ON_SYSTEM, trainer(EntryKind::Granted)), [Refusal::NoSuchRole]);
    // One that was written down nevertheless can be taken away.
    let so = [(Relation::Trainer, SYSTEM)];
    assert_eq!(refusals(&administrator, &so, ON_SYSTEM, trainer(EntryKind::Revoked)), []);
    let target = TargetPerson { id: PersonId(9), status: PersonStatus::Active, ledger: &Ledger::default() };
    let by_toolgate = admit(&Writer::Toolgate, &target, ON_SYSTEM, &trainer(EntryKind::Granted), &[], NOW);
    assert_eq!(by_toolgate, Err(vec![Refusal::NoSuchRole]));
}

#[test]
fn inactive_role_cannot_write() {
    use Relation::{Owner, Trainer, User};
    for role in [(Owner, SPACE), (Trainer, SPACE), (Owner, SYSTEM)] {
        let asleep = Principal { roles_asleep: true, ..somebody(1, &[role]) };
        for matter in [ON_SPACE, ON_SYSTEM, ON_LASER] {
            assert!(
                !refusals(&asleep, &[], matter, change(EntryKind::Granted, User)).is_empty(),
                "{role:?} {matter:?}"
            );
        }
    }
}

#[test]
fn all_input_errors_are_reported() {
    let owner = somebody(3, &[(Relation::Owner, Subject::Type(LASER))]);
    let target = TargetPerson { id: PersonId(9), status: PersonStatus::Applicant, ledger: &Ledger::default() };
    let matter = Matter { archived: true, ..ON_LASER };
    let grant =
        Change { from: Millis(50), until: Some(Millis(40)), ..change(EntryKind::Granted, Relation::Owner) };
    let all = [
        Refusal::TakesAdministrator,
        Refusal::Applicant,
        Refusal::Archived,
        Refusal::Backdated,
        Refusal::EndsTooEarly,
    ];
    assert_eq!(admit(&Writer::Person(&owner), &target, matter, &grant, &[], NOW), Err(all.to_vec()));
    let left = TargetPerson { status: PersonStatus::Left, ..target };
    let imported = Change { from: Millis(50), cause: Cause::Import, ..change(EntryKind::Granted, Relation::User) };
    assert_eq!(admit(&Writer::Toolgate, &left, ON_LASER, &imported, &[], NOW), Err(vec![Refusal::Left]));
    let active = TargetPerson { status: PersonStatus::Active, ..target };
    assert_eq!(
        admit(&Writer::Toolgate, &active, ON_LASER, &imported, &[], NOW),
        Ok(()),
        "imports may be backdated"
    );
}

// A18
#[test]
fn last_administrator_remains_at_every_instant() {
    let (first, second) = (somebody(1, &[(Relation::Owner, SYSTEM)]), somebody(2, &[(Relation::Owner, SYSTEM)]));
    let target = TargetPerson { id: second.id, status: PersonStatus::Active, ledger: &second.ledger };
    let by = |kind, until, others: &[Ledger]| {
        let change = Change { until, ..change(kind, Relation::Owner) };
        admit(&Writer::Person(&first), &target, ON_SYSTEM, &change, others, NOW)
    };
    let last = Err(vec![Refusal::LastAdministrator]);
    let others = [first.ledger.clone()];
    assert_eq!(by(EntryKind::Revoked, None, &others), Ok(()));
    for kind in [EntryKind::Revoked, EntryKind::Banned] {
        assert_eq!(by(kind, None, &[]), last, "{kind:?}");
    }
    let end = Some(Millis(500));
    assert_eq!(by(EntryKind::Granted, end, &[]), last, "an end is a removal for later");
    let mut leaving = first.ledger.clone();
    leaving.0.push(Entry {
        id: EntryId(9),
        subject: SYSTEM,
        relation: Relation::Owner,
        kind: EntryKind::Revoked,
        from: Millis(400),
        until: None,
    });
    assert_eq!(by(EntryKind::Revoked, None, &[leaving]), last, "whoever stays today goes tomorrow");
}

#[test]
fn revocation_covers_future_entries() {
    let mut ledger = ledger(&[(Relation::User, Subject::Type(LASER))]);
    let later = Change { from: Millis(200), ..change(EntryKind::Granted, Relation::User) };
    ledger.0.push(Entry { id: EntryId(5), ..entry(Subject::Type(LASER), &later) });
    let subject = Subject::Type(LASER);
    let ends = ends(&ledger, subject, Relation::User, EntryKind::Revoked, NOW);
    assert_eq!(ends, [NOW, Millis(200)]);
    for (id, from) in (6..).zip(ends) {
        let revoked = Change { from, ..change(EntryKind::Revoked, Relation::User) };
        ledger.0.push(Entry { id: EntryId(id), ..entry(subject, &revoked) });
    }
    assert!((100..400).all(|at| !ledger.holds(Relation::User, &[subject], Millis(at))));
}

/// Writer's and target's qualifications, drawn from the same few subjects.
fn any_ledger() -> impl Strategy<Value = Ledger> {
    let entry = (0..4_usize, 0..3_usize, 0..4_usize, 0..150_i64, proptest::option::of(1..150_i64));
    proptest::collection::vec(entry, 0..8).prop_map(|drawn| {
        let subjects = [SPACE, SYSTEM, Subject::Type(LASER), Subject::Machine(MachineId(2))];
        let entries = (1..).zip(drawn).map(|(id, (subject, relation, kind, from, length))| Entry {
            id: EntryId(id),
            subject: subjects[subject],
            relation: Relation::ALL[relation],
            kind: EntryKind::ALL[kind],
            from: Millis(from),
            until: length.map(|length| Millis(from + length)),
        });
        Ledger(entries.collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8 * ProptestConfig::default().cases))]

    #[test]
    fn admitted_change_preserves_invariants(
        writer in any_ledger(), theirs in any_ledger(), other in any_ledger(),
        matter in 0..4_usize, kind in 0..4_usize, relation in 0..3_usize,
        from in 90..150_i64, length in proptest::option::of(-5..100_i64), asleep in any::<bool>(), itself in any::<bool>(),
    ) {
        let known = Principal { ledger: writer, roles_asleep: asleep, ..somebody(1, &[]) };
        let id = if itself { known.id } else { PersonId(2) };
        let target = TargetPerson { id, status: PersonStatus::Active, ledger: &theirs };
        let matter = [ON_LASER, ON_LASER_2, ON_SPACE, ON_SYSTEM][matter];
        let until = length.map(|length| Millis(from + length));
        let (kind, relation) = (EntryKind::ALL[kind], Relation::ALL[relation]);
        let change = Change { relation, kind, from: Millis(from), until, cause: Cause::Trainer };
        let others = [other];
        let answer = admit(&Writer::Person(&known), &target, matter, &change, &others, NOW);
        if answer.is_ok() {
            let mut after = theirs.clone();
            after.0.push(entry(matter.subject(), &change));
            let administrator = known.rank() == Rank::Administrator;
            let subjects = matter.subjects();
            prop_assert!(known.rank() >= Rank::Member, "strangers write nothing");
            prop_assert!(!itself, "nobody acts on themselves");
            for at in (0..400).map(Millis) {
                let holds = |ledger: &Ledger, relation, on: &[Subject]| ledger.holds(relation, on, at);
                prop_assert!(at >= NOW || Relation::ALL.iter().all(|&relation| {
                    holds(&theirs, relation, &subjects) == holds(&after, relation, &subjects)
                }), "the past stays as it was, at {:?}", at);
                let owner = |ledger: &Ledger| holds(ledger, Relation::Owner, &subjects);
                prop_assert!(administrator || owner(&theirs) == owner(&after), "owners are an administrator's, at {:?}", at);
                let administers = |ledger: &Ledger| holds(ledger, Relation::Owner, &[SYSTEM]);
                let anybody = |ledger: &Ledger| administers(ledger) || administers(&others[0]);
                prop_assert!(at < NOW || !anybody(&theirs) || anybody(&after), "somebody administers, at {:?}", at);
            }
        }
        let refusals = answer.err().unwrap_or_default();
        prop_assert!(refusals.windows(2).all(|pair| pair[0] < pair[1]), "each once, in order: {:?}", refusals);
    }
}

#[test]
fn type_ban_on_machine_owner_requires_administrator() {
    let machines = [MachineId(1), MachineId(2)];
    let laser = Matter { machines: &machines, ..ON_LASER };
    let theirs = [(Relation::Owner, Subject::Machine(MachineId(2)))];
    let (owner, manager) =
        (somebody(3, &[(Relation::Owner, Subject::Type(LASER))]), somebody(5, &[(Relation::Owner, SPACE)]));
    let (ban, grant) = (change(EntryKind::Banned, Relation::User), change(EntryKind::Granted, Relation::User));
    for writer in [&owner, &manager] {
        assert_eq!(refusals(writer, &theirs, laser, ban), [Refusal::TakesAdministrator]);
        assert_eq!(refusals(writer, &[], laser, ban), [], "who owns no machine");
        assert_eq!(refusals(writer, &theirs, laser, grant), [], "a grant takes nothing");
    }
    assert_eq!(refusals(&somebody(6, &[(Relation::Owner, SYSTEM)]), &theirs, laser, ban), []);
}

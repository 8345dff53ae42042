use super::*;
use crate::{
    documents::{AskedEdition, DocumentKind, Gap, Signature},
    holds::HoldReason,
    id::{DocumentId, EntryId, HoldId, ModuleId},
    qualifications::Entry,
    training::path::Redo,
};
use proptest::prelude::*;

mod properties;

const BUILT_IN: BuiltInTypes = BuiltInTypes { space: TypeId(1), system: TypeId(2) };
const LASER: TypeId = TypeId(3);
const INDUCTION: TypeId = TypeId(4);
const NOW: Millis = Millis(1_000_000);
const LATER: Millis = Millis(5_000_000);
const SAFETY: ModuleId = ModuleId(9);
const FREE: Running = Running { by_them: 0, others: 0, taken: None };

fn entry(id: i64, kind: TypeId, relation: Relation, message: EntryKind, until: Option<Millis>) -> Entry {
    Entry { id: EntryId(id), subject: Subject::Type(kind), relation, kind: message, from: Millis(0), until }
}

fn granted(id: i64, kind: TypeId, relation: Relation, until: Option<Millis>) -> Entry {
    entry(id, kind, relation, EntryKind::Granted, until)
}

fn hold(placed: Millis, until: Option<Millis>) -> Hold {
    Hold { id: HoldId(5), reason: HoldReason::Unpaid, placed, until }
}

fn needed(completed: Option<u32>, redo: &[(u32, Millis)]) -> Needed {
    let redo = redo.iter().map(|&(edition, by)| Redo { edition, by }).collect();
    Needed { module: SAFETY, completed, redo, grace: None }
}

/// A document in force, with a signature of this edition at this time, if any.
fn document_asked(kind: DocumentKind, signature: Option<(u32, i64)>) -> AskedDocument {
    AskedDocument {
        document: DocumentId(4),
        kind,
        editions: vec![
            AskedEdition { edition: 1, from: Millis(0) },
            AskedEdition { edition: 2, from: Millis(50) },
        ],
        lapse: Some(1),
        signatures: signature.into_iter().map(|(edition, at)| Signature { edition, signed: Millis(at) }).collect(),
    }
}

fn unsigned(kind: DocumentKind, gap: Gap) -> Reason {
    Reason::DocumentUnsigned { document: DocumentId(4), kind, gap }
}

/// A member, qualified on the laser, in front of a free laser.
fn facts() -> Facts {
    let ledger =
        Ledger(vec![granted(1, BUILT_IN.space, Relation::User, None), granted(2, LASER, Relation::User, None)]);
    Facts {
        person: Some(Person {
            id: PersonId(1),
            status: PersonStatus::Active,
            ledger,
            holds: Vec::new(),
            excused: Vec::new(),
        }),
        card: Some(CardState::Active),
        machine: Some(Machine {
            id: MachineId(7),
            kind: LASER,
            mode: AuthorisationMode::Qualified,
            requires: Vec::new(),
            training: Vec::new(),
            documents: Vec::new(),
            booked: Booked::NOTHING,
            blocked: false,
            maintenance_due: false,
            trainer_beside: None,
            opening: None,
            closures: Vec::new(),
            company: 0,
            barred: false,
        }),
        built_in: BUILT_IN,
        simultaneous: 3,
        floor: Some(FREE),
    }
}

fn with(change: impl FnOnce(&mut Person, &mut Machine)) -> Facts {
    let mut facts = facts();
    change(facts.person.as_mut().unwrap(), facts.machine.as_mut().unwrap());
    facts
}

fn on_floor(floor: Running) -> Facts {
    Facts { floor: Some(floor), ..facts() }
}

#[test]
fn qualified_member_is_allowed() {
    assert_eq!(may_use(&facts(), NOW), Decision::Allow { level: Level::User, until: None });
}

#[test]
fn board_refuses_only_for_machine_state() {
    let owns = || granted(3, LASER, Relation::Owner, None);
    let blocked = || with(|_, machine| machine.blocked = true);
    let left = |facts: &Facts| refused_by_machine(facts, &trace(facts, NOW));
    assert_eq!(left(&facts()), None, "who gets in is not refused");
    assert_eq!(left(&blocked()), Some(Level::User));
    let due = |blocked| with(move |_, machine| (machine.maintenance_due, machine.blocked) = (true, blocked));
    assert_eq!((left(&due(false)), left(&due(true))), (Some(Level::User), Some(Level::User)));
    let owner = with(|person, machine| {
        person.ledger.0.push(owns());
        machine.blocked = true;
    });
    assert_eq!(left(&owner), Some(Level::Staff));
    let personal: [fn(&mut Person, &mut Machine); 4] = [
        |person, _| person.status = PersonStatus::Suspended,
        |person, _| person.holds.push(hold(NOW, None)),
        |person, _| person.ledger.0.truncate(1),
        |_, machine| machine.opening = Some(Opening::Closed { opens: None }),
    ];
    for change in personal {
        let mut facts = blocked();
        change(facts.person.as_mut().unwrap(), facts.machine.as_mut().unwrap());
        assert_eq!(left(&facts), None, "{:?}", may_use(&facts, NOW));
    }
    let lost = Facts { card: Some(CardState::Lost), ..blocked() };
    let nobody = Facts { person: None, card: None, ..blocked() };
    let too_many = Facts { floor: Some(Running { by_them: 3, ..FREE }), ..blocked() };
    assert_eq!([left(&lost), left(&nobody), left(&too_many)], [None; 3]);
}

#[test]
fn each_failing_fact_yields_its_reason() {
    let no_card = Facts { card: Some(CardState::Lost), ..facts() };
    let nobody = Facts { person: None, card: None, ..facts() };
    let nowhere = Facts { machine: None, ..facts() };
    let on_hold = |until| Reason::OnHold { hold: HoldId(5), reason: HoldReason::Unpaid, until };
    let ban = |until| entry(3, LASER, Relation::User, EntryKind::Banned, until);
    let cases: Vec<(Facts, &str, Reason)> = vec![
        (nobody, "person.unknown", Reason::UnknownPerson),
        (
            with(|person, _| person.status = PersonStatus::Suspended),
            "person.not-active",
            Reason::NotActive(PersonStatus::Suspended),
        ),
        (with(|person, _| person.holds.push(hold(NOW, None))), "person.hold", on_hold(None)),
        (with(|person, _| person.holds.push(hold(Millis(0), Some(LATER)))), "person.hold", on_hold(Some(LATER))),
        (
            with(|person, _| person.ledger.0.retain(|entry| entry.subject != Subject::Type(BUILT_IN.space))),
            "person.not-a-member",
            Reason::NotAMember,
        ),
        (no_card, "card.out-of-use", Reason::CardOutOfUse(CardState::Lost)),
        (nowhere, "machine.unknown", Reason::UnknownMachine),
        (with(|_, machine| machine.blocked = true), "machine.blocked", Reason::Blocked),
        (with(|_, machine| machine.maintenance_due = true), "machine.maintenance-due", Reason::MaintenanceDue),
        (with(|person, _| person.ledger.0.truncate(1)), "qualification.missing", Reason::NotQualified(LASER)),
        (
            with(|_, machine| machine.requires = vec![INDUCTION]),
            "qualification.missing",
            Reason::NotQualified(INDUCTION),
        ),
        (
            with(|person, _| person.ledger.0.push(ban(Some(LATER)))),
            "qualification.banned",
            Reason::Banned { kind: LASER, until: Some(LATER) },
        ),
        (
            with(|_, machine| machine.training = vec![needed(None, &[])]),
            "training.missing",
            Reason::TrainingMissing(SAFETY),
        ),
        (
            with(|_, machine| machine.training = vec![needed(Some(1), &[(2, NOW)]), needed(Some(1), &[(2, NOW)])]),
            "training.lapsed",
            Reason::TrainingLapsed(SAFETY),
        ),
        (
            with(|_, machine| machine.documents = vec![document_asked(DocumentKind::Text, None)]),
            "document.missing",
            unsigned(DocumentKind::Text, Gap::Missing),
        ),
        (
            with(|_, machine| machine.documents = vec![document_asked(DocumentKind::Paper, Some((1, 0)))]),
            "document.outdated",
            unsigned(DocumentKind::Paper, Gap::Outdated),
        ),
        (
            with(|_, machine| {
                machine.documents = vec![document_asked(DocumentKind::Text, Some((2, -90_000_000)))];
            }),
            "document.lapsed",
            unsigned(DocumentKind::Text, Gap::Lapsed),
        ),
        (
            with(|_, machine| machine.opening = Some(Opening::Closed { opens: Some(LATER) })),
            "hours.closed",
            Reason::Closed { opens: Some(LATER) },
        ),
        (with(|_, machine| machine.barred = true), "group.not-permitted", Reason::NotPermitted),
        (
            with(|_, machine| machine.company = 2),
            "people.too-few",
            Reason::TooFewPresent { present: 1, needed: 2 },
        ),
        (on_floor(Running { taken: Some(true), ..FREE }), "machine.in-use", Reason::InUse),
        (on_floor(Running { by_them: 3, ..FREE }), "person.too-many-machines", Reason::TooManyMachines(3)),
    ];
    for (facts, code, reason) in cases {
        assert_eq!(may_use(&facts, NOW), Decision::Deny(vec![reason]), "{facts:?}");
        assert_eq!(reason.code(), code);
        assert!(Reason::CODES.contains(&code), "{code} is in the list of codes");
    }
}

fn span(starts: i64, ends: i64) -> Span {
    Span { starts: Millis(starts), ends: Millis(ends) }
}

#[test]
fn closure_denies_all_but_machine_staff_until_it_ends() {
    let closed = |opening| {
        with(|_, machine| {
            machine.opening = opening;
            machine.closures = vec![span(100, 200), span(300, 400)];
        })
    };
    let until = |until| Decision::Allow { level: Level::User, until };
    let denied = |opens| Decision::Deny(vec![Reason::Closed { opens }]);
    let hours = |opens| Some(Opening::Closed { opens });
    let open = Some(Opening::Open { closes: Some(Millis(290)) });
    for (opening, at, expected) in [
        (None, 99, until(Some(Millis(100)))),
        (None, 100, denied(Some(Millis(200)))),
        (None, 199, denied(Some(Millis(200)))),
        (None, 200, until(Some(Millis(300)))),
        (None, 400, until(None)),
        (open, 150, denied(Some(Millis(200)))),
        (open, 250, until(Some(Millis(290)))),
        (hours(Some(Millis(180))), 150, denied(Some(Millis(200)))),
        (hours(Some(Millis(280))), 150, denied(Some(Millis(280)))),
        (hours(None), 150, denied(None)),
    ] {
        assert_eq!(may_use(&closed(opening), Millis(at)), expected, "at {at}, hours {opening:?}");
    }
    for (relation, kind, level) in [
        (Relation::Owner, LASER, Level::Staff),
        (Relation::Trainer, LASER, Level::Staff),
        (Relation::Owner, BUILT_IN.system, Level::Administrator),
    ] {
        let mut facts = closed(None);
        facts.person.as_mut().unwrap().ledger.0.push(granted(3, kind, relation, None));
        assert_eq!(may_use(&facts, Millis(150)), Decision::Allow { level, until: None });
    }
}

#[test]
fn multiple_failures_list_all_reasons_in_order() {
    let mut facts = with(|person, machine| {
        person.status = PersonStatus::Left;
        person.ledger = Ledger::default();
        person.holds = vec![hold(NOW, None)];
        machine.blocked = true;
        machine.maintenance_due = true;
        machine.requires = vec![INDUCTION];
        machine.training = vec![needed(None, &[])];
        machine.documents =
            vec![document_asked(DocumentKind::Text, None), document_asked(DocumentKind::Paper, None)];
        machine.opening = Some(Opening::Closed { opens: None });
        machine.booked.need = Need::Required;
        machine.company = 2;
    });
    facts.card = Some(CardState::Retired);
    facts.floor = Some(Running { by_them: 4, others: 0, taken: Some(true) });
    let decision = may_use(&facts, NOW);
    let codes: Vec<_> = decision.reasons().iter().map(|reason| reason.code()).collect();
    let expected = [
        "person.not-active",
        "person.hold",
        "person.not-a-member",
        "card.out-of-use",
        "machine.blocked",
        "machine.maintenance-due",
        "qualification.missing",
        "qualification.missing",
        "training.missing",
        "document.missing",
        "document.missing",
        "booking.needed",
        "hours.closed",
        "people.too-few",
        "machine.in-use",
        "person.too-many-machines",
    ];
    assert_eq!(codes, expected);
    assert_eq!(decision.reasons()[6], Reason::NotQualified(INDUCTION), "what is required first comes first");
}

#[test]
fn open_machine_requires_membership_only() {
    let open = with(|person, machine| {
        machine.mode = AuthorisationMode::Open;
        machine.requires = vec![INDUCTION];
        person.ledger.0.truncate(1);
    });
    assert!(may_use(&open, NOW).is_yes());
}

#[test]
fn trainer_swipe_covers_supervised_machine_for_two_minutes() {
    let supervised = |swiped: Millis| {
        with(|person, machine| {
            machine.mode = AuthorisationMode::Supervised;
            machine.trainer_beside = Some(swiped);
            person.ledger.0.truncate(1);
        })
    };
    assert!(may_use(&supervised(NOW.before(SUPERVISION)), NOW).is_yes());
    let late = supervised(NOW.before(SUPERVISION + Duration::from_millis(1)));
    assert_eq!(may_use(&late, NOW), Decision::Deny(vec![Reason::NeedsTrainer(LASER)]));
}

#[test]
fn foreign_booking_denies_from_ten_minutes_before_until_its_end() {
    let minute = |n: i64| Millis(n * 60_000);
    let span = |from, to| Span { starts: minute(from), ends: minute(to) };
    let at = |need, times: &[(Span, bool)], now: i64| {
        let booked = Booked { need, times: times.to_vec() };
        may_use(&with(|_, machine| machine.booked = booked), minute(now))
    };
    let other = Reason::BookedByOther { from: minute(100), until: minute(160) };
    let others = [(span(100, 160), false)];
    let until = |until: Option<i64>| Decision::Allow { level: Level::User, until: until.map(minute) };
    assert_eq!(at(Need::Free, &others, 120), until(None));
    assert_eq!(at(Need::Respect, &others, 89), until(Some(100)), "until the next one begins");
    for now in [90, 100, 159] {
        assert_eq!(at(Need::Respect, &others, now), Decision::Deny(vec![other]), "{now}");
        assert_eq!(at(Need::Required, &others, now), Decision::Deny(vec![other, Reason::NeedsBooking]), "{now}");
    }
    assert_eq!(at(Need::Respect, &others, 160), until(None));
    assert_eq!(at(Need::Required, &others, 160), Decision::Deny(vec![Reason::NeedsBooking]));
    assert_eq!(other.remedy(Some(LASER)), Remedy::Do(RemedyAction::Book));
    // One's own runs to its end, even if another begins then.
    let both = [(span(40, 100), true), (span(100, 160), false)];
    for need in [Need::Respect, Need::Required] {
        assert_eq!(at(need, &both, 95), until(Some(100)), "{need:?}");
        assert_eq!(at(need, &both, 25), until(Some(100)), "early, but in time to check in: {need:?}");
    }
    assert_eq!(at(Need::Required, &both, 24), Decision::Deny(vec![Reason::NeedsBooking]));
    // It does not push out who is there before.
    let after = [(span(100, 160), false), (span(160, 200), true)];
    assert_eq!(at(Need::Required, &after, 150), Decision::Deny(vec![other]));
}

#[test]
fn caller_counts_as_company() {
    let two = |others| Facts { floor: Some(Running { others, ..FREE }), ..with(|_, machine| machine.company = 2) };
    assert!(!may_use(&two(0), NOW).is_yes());
    assert!(may_use(&two(1), NOW).is_yes());
}

#[test]
fn later_time_skips_floor_rules() {
    let facts = Facts { floor: None, ..with(|_, machine| machine.company = 2) };
    let trace = trace(&facts, LATER);
    assert!(trace.decision.is_yes());
    let skipped = trace.steps.iter().filter(|step| step.outcome == Outcome::NotAsked).map(|step| step.rule);
    assert_eq!(
        skipped.collect::<Vec<_>>(),
        [Rule::Trained, Rule::Signed, Rule::Booked, Rule::Open, Rule::Company, Rule::Unused, Rule::Limit]
    );
}

#[test]
fn administrator_override_makes_training_advisory() {
    let missing = |excused: &[i64]| {
        with(|person, machine| {
            person.excused = excused.iter().copied().map(EntryId).collect();
            machine.training = vec![needed(None, &[])];
        })
    };
    assert_eq!(may_use(&missing(&[]), NOW), Decision::Deny(vec![Reason::TrainingMissing(SAFETY)]));
    assert!(may_use(&missing(&[2]), NOW).is_yes());
    assert!(!may_use(&missing(&[1]), NOW).is_yes(), "a membership excuses from nothing");
    let mut banned = missing(&[2]);
    banned.person.as_mut().unwrap().ledger.0.push(entry(3, LASER, Relation::User, EntryKind::Banned, None));
    let reasons = [Reason::Banned { kind: LASER, until: None }, Reason::TrainingMissing(SAFETY)];
    assert_eq!(may_use(&banned, NOW), Decision::Deny(reasons.to_vec()), "nothing is left to stand by");
}

#[test]
fn missing_training_denies_in_every_mode_without_trainer() {
    for mode in AuthorisationMode::ALL {
        let facts = with(|_, machine| {
            machine.mode = *mode;
            machine.training = vec![needed(None, &[])];
        });
        assert_eq!(may_use(&facts, NOW), Decision::Deny(vec![Reason::TrainingMissing(SAFETY)]), "{mode:?}");
    }
    let beside = with(|person, machine| {
        machine.mode = AuthorisationMode::Supervised;
        machine.trainer_beside = Some(NOW);
        machine.training = vec![needed(None, &[])];
        person.ledger.0.truncate(1);
    });
    assert!(may_use(&beside, NOW).is_yes());
}

#[test]
fn unsigned_document_denies_everybody_in_every_mode() {
    for mode in AuthorisationMode::ALL {
        for (relation, subject) in [(Relation::Owner, LASER), (Relation::Owner, BUILT_IN.system)] {
            let facts = with(|person, machine| {
                machine.mode = *mode;
                machine.trainer_beside = Some(NOW);
                machine.documents = vec![document_asked(DocumentKind::Text, None)];
                person.ledger.0.push(granted(9, subject, relation, None));
            });
            let reasons = vec![unsigned(DocumentKind::Text, Gap::Missing)];
            assert_eq!(may_use(&facts, NOW), Decision::Deny(reasons), "{mode:?} {relation:?}");
        }
    }
}

#[test]
fn remedy_of_text_is_to_sign_and_of_paper_to_ask() {
    let remedy = |kind| unsigned(kind, Gap::Missing).remedy(Some(LASER));
    assert_eq!(remedy(DocumentKind::Text), Remedy::Do(RemedyAction::Sign(DocumentId(4))));
    assert_eq!(remedy(DocumentKind::Paper), Remedy::Ask(Helper::Manager));
}

#[test]
fn allowance_ends_when_signature_lapses() {
    let facts = with(|_, machine| machine.documents = vec![document_asked(DocumentKind::Text, Some((2, 60)))]);
    let end = Millis(60 + 86_400_000);
    assert_eq!(may_use(&facts, NOW), Decision::Allow { level: Level::User, until: Some(end) });
    let within = Span { starts: NOW, ends: Millis(end.0 + 100) };
    let barred = |trace: &Trace| !trace.decision.is_yes();
    assert_eq!(lapses(&facts, within, barred), [Span { starts: end, ends: within.ends }]);
}

#[test]
fn allowance_ends_when_newer_edition_is_due() {
    let facts = with(|_, machine| machine.training = vec![needed(Some(1), &[(2, LATER)])]);
    assert_eq!(may_use(&facts, NOW), Decision::Allow { level: Level::User, until: Some(LATER) });
    assert_eq!(may_use(&facts, LATER), Decision::Deny(vec![Reason::TrainingLapsed(SAFETY)]));
}

#[test]
fn level_is_highest_held() {
    for (kind, relation, expected) in [
        (LASER, Relation::Trainer, Level::Staff),
        (LASER, Relation::Owner, Level::Staff),
        (BUILT_IN.system, Relation::Owner, Level::Administrator),
        (BUILT_IN.system, Relation::User, Level::User),
        (BUILT_IN.space, Relation::Owner, Level::User),
    ] {
        let facts = with(|person, _| person.ledger.0.push(granted(9, kind, relation, None)));
        let Decision::Allow { level, .. } = may_use(&facts, NOW) else { panic!("denied") };
        assert_eq!(level, expected, "{kind:?} {relation:?}");
    }
    let administrator = with(|person, _| {
        person.ledger.0.push(granted(9, BUILT_IN.system, Relation::Owner, None));
        person.ledger.0.remove(1);
    });
    assert_eq!(may_use(&administrator, NOW), Decision::Deny(vec![Reason::NotQualified(LASER)]));
}

#[test]
fn maintenance_due_admits_those_who_can_clear_it() {
    let due = |relation| {
        with(|person, machine| {
            machine.maintenance_due = true;
            person.ledger.0.push(granted(9, LASER, relation, None));
        })
    };
    let says = |facts: &Facts| (may_use(facts, NOW).is_yes(), may_register(facts, &trace(facts, NOW)));
    assert_eq!(says(&due(Relation::Trainer)), (true, true));
    assert_eq!(says(&due(Relation::Owner)), (true, true));
    assert_eq!(says(&due(Relation::User)), (false, false));
    let mut shut = due(Relation::Trainer);
    shut.machine.as_mut().unwrap().opening = Some(Opening::Closed { opens: None });
    assert_eq!(says(&shut), (false, true), "told afterwards, when it is shut");
    let mut held = due(Relation::Owner);
    held.person.as_mut().unwrap().holds.push(hold(NOW, None));
    assert_eq!(says(&held), (false, false));
    let lost = Facts { card: Some(CardState::Lost), ..due(Relation::Owner) };
    assert_eq!(says(&lost), (false, false));
    let stranger = Facts { person: None, ..due(Relation::Owner) };
    assert!(may_use(&stranger, NOW).reasons().contains(&Reason::MaintenanceDue));
}

#[test]
fn allowance_ends_at_first_end() {
    let end = |offset: i64| Millis(NOW.0 + offset);
    let until = |facts: &Facts| match may_use(facts, NOW) {
        Decision::Allow { until, .. } => until,
        Decision::Deny(reasons) => panic!("{reasons:?}"),
    };
    let mut facts = with(|person, machine| {
        person.ledger = Ledger(vec![
            granted(1, BUILT_IN.space, Relation::User, Some(end(500))),
            granted(2, LASER, Relation::User, Some(end(400))),
        ]);
        let ban = entry(3, LASER, Relation::User, EntryKind::Banned, None);
        person.ledger.0.push(Entry { from: end(300), ..ban });
        person.holds.push(hold(end(200), None));
        machine.opening = Some(Opening::Open { closes: Some(end(100)) });
    });
    assert_eq!(until(&facts), Some(end(100)), "closing time");
    facts.machine.as_mut().unwrap().opening = Some(Opening::Open { closes: None });
    assert_eq!(until(&facts), Some(end(200)), "the hold");
    facts.person.as_mut().unwrap().holds.clear();
    assert_eq!(until(&facts), Some(end(300)), "the ban");
    facts.person.as_mut().unwrap().ledger.0.pop();
    assert_eq!(until(&facts), Some(end(400)), "the grant of the machine");
    facts.person.as_mut().unwrap().ledger.0[1].until = None;
    assert_eq!(until(&facts), Some(end(500)), "the membership");
}

#[test]
fn ban_denies_in_every_mode_even_beside_trainer() {
    for mode in AuthorisationMode::ALL {
        let facts = with(|person, machine| {
            machine.mode = *mode;
            machine.trainer_beside = Some(NOW);
            person.ledger.0.push(entry(3, LASER, Relation::User, EntryKind::Banned, None));
        });
        assert_eq!(
            may_use(&facts, NOW),
            Decision::Deny(vec![Reason::Banned { kind: LASER, until: None }]),
            "{mode:?}"
        );
    }
}

#[test]
fn expired_ban_leaves_grant_missing() {
    let facts = with(|person, _| {
        person.ledger.0.push(entry(3, LASER, Relation::User, EntryKind::Banned, Some(NOW)));
    });
    assert_eq!(may_use(&facts, NOW), Decision::Deny(vec![Reason::NotQualified(LASER)]));
}

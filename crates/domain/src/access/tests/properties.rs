//! Properties of every decision.

use super::*;

/// Applies a remedy to the facts.
fn done(facts: &mut Facts, action: RemedyAction, somebody: &Person, at: Millis) {
    match action {
        RemedyAction::ClaimCard => facts.person = Some(somebody.clone()),
        RemedyAction::UseAnotherCard => facts.card = Some(CardState::Active),
        RemedyAction::LogOutElsewhere => {
            let floor = facts.floor.as_mut().unwrap();
            floor.by_them = facts.simultaneous - 1;
        }
        RemedyAction::FetchTrainer(_) => facts.machine.as_mut().unwrap().trainer_beside = Some(at),
        RemedyAction::Learn(module) => {
            let machine = facts.machine.as_mut().unwrap();
            machine.training.retain(|needed| needed.module != module);
        }
        RemedyAction::Sign(document) => {
            let machine = facts.machine.as_mut().unwrap();
            let asked = machine.documents.iter_mut().filter(|asked| asked.document == document);
            asked.for_each(|asked| asked.signatures.push(Signature { edition: 2, signed: at }));
        }
        RemedyAction::Book => {
            let span = Span { starts: at, ends: Millis(at.0 + 1) };
            facts.machine.as_mut().unwrap().booked.times = vec![(span, true)];
        }
        RemedyAction::BringPeople(more) => facts.floor.as_mut().unwrap().others += more,
    }
}

prop_compose! {
    fn any_person()(
        status in 0..4_usize,
        entries in proptest::collection::vec((1..5_i64, 0..3_usize, 0..4_usize, 0..40_i64, proptest::option::of(1..40_i64)), 0..8),
        holds in proptest::collection::vec((0..40_i64, proptest::option::of(1..40_i64)), 0..2),
    ) -> Person {
        let entries = (1..).zip(entries).map(|(id, (kind, relation, message, from, length))| Entry {
            id: EntryId(id),
            subject: if kind == 3 && id % 3 == 0 { Subject::Machine(MachineId(7)) } else { Subject::Type(TypeId(kind)) },
            relation: Relation::ALL[relation],
            kind: EntryKind::ALL[message],
            from: Millis(from),
            until: length.map(|length| Millis(from + length)),
        });
        let holds = holds.into_iter().map(|(from, length)| hold(Millis(from), length.map(|length| Millis(from + length))));
        Person {
            id: PersonId(1),
            // Three in four are active, or little else would ever be seen.
            status: PersonStatus::ALL.get(status).copied().filter(|_| status == 0).unwrap_or(PersonStatus::Active),
            ledger: Ledger(entries.collect()),
            holds: holds.collect(),
            excused: (2..8).step_by(2).map(EntryId).collect(),
        }
    }
}

prop_compose! {
    fn any_facts()(
        person in proptest::option::weighted(0.8, any_person()),
        card in proptest::option::of(0..3_usize),
        machine in proptest::option::weighted(0.9, (0..3_usize, any::<[bool; 2]>(), any::<bool>(), proptest::option::of(0..40_i64), 0..4_u8)),
        opening in proptest::option::of((any::<bool>(), proptest::option::of(50..90_i64))),
        floor in (0..5_u8, 0..4_u8, proptest::option::of(any::<bool>())),
        training in proptest::option::of((proptest::option::of(1..3_u32), 0..90_i64)),
        closure in proptest::option::of((0..60_i64, 1..30_i64)),
        document in proptest::option::of((any::<bool>(), proptest::option::of((1..3_u32, 0..90_i64)))),
    ) -> Facts {
        let opening = opening.map(|(open, next)| {
            let next = next.map(Millis);
            if open { Opening::Open { closes: next } } else { Opening::Closed { opens: next } }
        });
        Facts {
            person,
            card: card.map(|card| CardState::ALL[card]),
            machine: machine.map(|(mode, [blocked, maintenance_due], requires, swiped, company)| Machine {
                id: MachineId(7),
                kind: LASER,
                mode: AuthorisationMode::ALL[mode],
                requires: if requires { vec![INDUCTION] } else { Vec::new() },
                training: training.iter().map(|&(completed, by)| needed(completed, &[(2, Millis(by))])).collect(),
                documents: document
                    .iter()
                    .map(|&(paper, signature)| document_asked(if paper { DocumentKind::Paper } else { DocumentKind::Text }, signature))
                    .collect(),
                booked: Booked { need: if requires { Need::Required } else { Need::Respect }, times: Vec::new() },
                blocked,
                maintenance_due,
                trainer_beside: swiped.map(Millis),
                opening,
                closures: closure.map(|(from, long)| span(from, from + long)).into_iter().collect(),
                company,
                barred: false,
            }),
            built_in: BUILT_IN,
            simultaneous: 3,
            floor: Some(Running { by_them: floor.0, others: floor.1, taken: floor.2 }),
        }
    }
}

proptest! {
    #[test]
    fn remedy_removes_its_reason_and_reveals_only_hidden_ones(
        facts in any_facts(), somebody in any_person(), at in 0..45_i64,
    ) {
        let at = Millis(at);
        let before = may_use(&facts, at);
        let kind = facts.machine.as_ref().map(|machine| machine.kind);
        for &reason in before.reasons() {
            let Remedy::Do(action) = reason.remedy(kind) else { continue };
            let mut facts = facts.clone();
            done(&mut facts, action, &somebody, at);
            let after = may_use(&facts, at);
            prop_assert!(!after.reasons().contains(&reason), "{:?} is still there", reason);
            let hidden = |new: &Reason| {
                reason == Reason::UnknownPerson
                    && matches!(new.rule(), Rule::Active | Rule::NoHold | Rule::Member | Rule::Authorised | Rule::Trained | Rule::Signed | Rule::Limit)
            };
            // A closure bars those who do not train on the machine: once known, they may only have to wait for the
            // hours.
            let is_closed = |reason: &Reason| matches!(reason, Reason::Closed { .. });
            let stays = |new: &Reason| is_closed(new) && before.reasons().iter().any(is_closed);
            let is_new = |new: &&Reason| !before.reasons().contains(new) && !hidden(new) && !stays(new);
            let added: Vec<_> = after.reasons().iter().filter(is_new).collect();
            prop_assert!(added.is_empty(), "{:?} brings {:?}", action, added);
        }
    }

    #[test]
    fn trace_lists_every_rule_once_and_its_failures_are_the_reasons(facts in any_facts(), at in 0..45_i64) {
        let trace = trace(&facts, Millis(at));
        let rules: Vec<_> = trace.steps.iter().map(|step| step.rule).collect();
        prop_assert_eq!(rules, Rule::ALL);
        let mut reasons = Vec::new();
        for step in &trace.steps {
            if let Outcome::Failed(failed) = &step.outcome {
                prop_assert!(!failed.is_empty() && failed.iter().all(|reason| reason.rule() == step.rule));
                reasons.extend(failed.iter().copied());
            }
        }
        prop_assert_eq!(trace.decision.reasons(), &reasons);
        prop_assert_eq!(trace.decision.is_yes(), reasons.is_empty());
    }

    #[test]
    fn allowance_lasts_until_stated_end(facts in any_facts(), at in 0..45_i64) {
        let Decision::Allow { until, .. } = may_use(&facts, Millis(at)) else { return Ok(()) };
        // Facts of the minute do not apply later; a trainer's swipe and the hours are fixed to now.
        let mut later = Facts { floor: None, ..facts };
        let machine = later.machine.as_mut().unwrap();
        let closes = match machine.opening {
            Some(Opening::Open { closes }) => closes,
            _ => None,
        };
        for instant in at..until.map_or(90, |until| until.0) {
            prop_assert!(may_use(&later, Millis(instant)).is_yes(), "at {} until {:?}", instant, until);
        }
        if let Some(until) = until {
            prop_assert!(closes == Some(until) || !may_use(&later, until).is_yes());
        }
    }
}

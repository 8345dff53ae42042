use super::{
    super::{read, sum, table::table},
    *,
};
use crate::{
    id::{EntryId, MachineId, TypeId},
    qualifications::Entry,
};

const NOW: Millis = Millis(1_800_000_000_000);
const LASER: Subject = Subject::Type(TypeId(3));

fn entry(kind: EntryKind) -> Entry {
    Entry { id: EntryId(1), subject: LASER, relation: Relation::User, kind, from: Millis(0), until: None }
}

fn person(id: i64, name: &str, email: &str, key: Option<&str>, ledger: Vec<Entry>) -> ExistingPerson {
    ExistingPerson {
        id: PersonId(id),
        status: PersonStatus::Active,
        name: Some(name.into()),
        email: Some(email.into()),
        phone: None,
        language: None,
        key: key.map(ToOwned::to_owned),
        ledger: Ledger(ledger),
    }
}

fn known() -> ExistingRecords {
    let revoked = vec![entry(EntryKind::Granted), Entry { id: EntryId(2), ..entry(EntryKind::Revoked) }];
    let uid = |uid| CardUid::from_board(uid).unwrap();
    ExistingRecords {
        people: vec![
            person(1, "Ada", "ada@example.org", Some("A1"), vec![entry(EntryKind::Granted)]),
            person(2, "Bob", "bob@example.org", None, revoked),
            person(4, "Ken", "ken@example.org", None, Vec::new()),
            ExistingPerson { status: PersonStatus::Left, ..person(3, "Zoe", "zoe@example.org", None, Vec::new()) },
        ],
        cards: vec![
            (uid("0000ada1"), PersonId(1), CardState::Active),
            (uid("00000b0b"), PersonId(2), CardState::Retired),
            (uid("00000b0c"), PersonId(2), CardState::Lost),
        ],
        things: vec![(LASER, "Laser".into()), (Subject::Machine(MachineId(7)), "Laser".into())],
    }
}

fn outcomes_of(file: &str, known: &ExistingRecords) -> Vec<RowOutcome> {
    let table = table(file.as_bytes()).unwrap();
    let today = Date::from_iso("2027-01-15").unwrap();
    let grant = |_: Option<&ExistingPerson>, _, relation| relation != Relation::Owner;
    let change = |person: &ExistingPerson, _: &[Column]| person.name.as_deref() != Some("Ken");
    let day = |at: Millis| Date::from_days(at.0.div_euclid(86_400_000));
    let lines = read::lines(&table, &read::columns(&table.headings), None, &day);
    plan(&lines, known, When { now: NOW, today, day: &day }, Rights { grant: &grant, change: &change })
}

fn outcomes(file: &str) -> Vec<RowOutcome> {
    outcomes_of(file, &known())
}

#[test]
fn new_person_is_added_and_existing_person_changed_once() {
    let outcomes = outcomes(
        "key,name,email,phone\nN1,Nina,nina@example.org,\nA1,Ada L.,ada@example.org,123\n,Bob,bob@example.org,",
    );
    assert_eq!(outcomes[0].actions, [LineAction::Add]);
    assert_eq!(outcomes[1].actions, [LineAction::Change(vec![Column::Name, Column::Phone])]);
    assert_eq!(
        (outcomes[2].whom, outcomes[2].actions.len()),
        (Whom::Existing(PersonId(2)), 0),
        "what is empty stays"
    );
    let sum = sum(&outcomes);
    assert_eq!((sum.added, sum.changed, sum.unchanged, sum.faulty), (1, 1, 1, 0));
}

#[test]
fn manual_decisions_are_reported_and_not_regranted() {
    let outcomes = outcomes(
        "email,tessera,tipo\nbob@example.org,00000b0b,laser\nbob@example.org,00000b0c,\nada@example.org,0000ada1,LASER\nzoe@example.org,,Laser",
    );
    assert_eq!(outcomes[0].notes, [Note::CardRetired, Note::Revoked("Laser".into())]);
    assert_eq!(outcomes[1].notes, [Note::CardLost]);
    assert!(outcomes[2].notes.is_empty() && outcomes[2].actions.is_empty(), "they have both: {:?}", outcomes[2]);
    assert_eq!(outcomes[3].notes, [Note::Left]);
    assert!(
        outcomes.iter().all(|outcome| outcome.actions.is_empty() && outcome.faults.is_empty()),
        "{outcomes:?}"
    );
}

#[test]
fn duplicate_email_key_or_card_is_rejected() {
    let outcomes = outcomes(
        "key,name,email,card\n\
         A1,Ada,bob@example.org,\n\
         B2,Eve,ada@example.org,\n\
         N1,Nina,nina@example.org,0F:BE:AD:DE\n\
         N1,Nina,nina@example.org,\n\
         N2,Nora,nina@example.org,\n\
         N3,Nils,nils@example.org,deadbe0f\n\
         N4,Noa,noa@example.org,0000ada1\n\
         ,Nobody,,\n\
         N5,,no@example.org,",
    );
    let faults: Vec<_> = outcomes.iter().map(|outcome| outcome.faults.clone()).collect();
    assert_eq!(faults[0], [LineError::EmailOf("Bob".into())]);
    assert_eq!(faults[1], [LineError::OtherKey("Ada".into())]);
    assert_eq!(faults[2], []);
    assert_eq!(faults[3], [LineError::KeyTwice(4)]);
    assert_eq!(faults[4], [LineError::EmailTwice(4)]);
    assert_eq!(faults[5], [LineError::CardTwice(4)]);
    assert_eq!(faults[6], [LineError::CardOf("Ada".into())]);
    assert_eq!(faults[7], [LineError::NoKey]);
    assert_eq!(faults[8], [LineError::NoName]);
    assert!(
        outcomes.iter().all(|outcome| outcome.faults.is_empty() || outcome.actions.is_empty()),
        "a faulty line does nothing"
    );
}

#[test]
fn exchanged_cards_are_one_change_in_any_order_of_lines() {
    let mut known = known();
    known.cards.push((CardUid::from_board("00000b0b").unwrap(), PersonId(2), CardState::Active));
    let give = |ending: &str| vec![LineAction::Give(ending.into())];
    let swapped = outcomes_of("email,card\nada@example.org,00000b0b\nbob@example.org,0000ada1\n", &known);
    let actions: Vec<_> = swapped.iter().map(|outcome| outcome.actions.clone()).collect();
    assert_eq!(actions, [give("0b0b"), give("ada1")], "{swapped:?}");
    let swapped = outcomes_of("email,card\nbob@example.org,0000ada1\nada@example.org,00000b0b\n", &known);
    let actions: Vec<_> = swapped.iter().map(|outcome| outcome.actions.clone()).collect();
    assert_eq!(actions, [give("ada1"), give("0b0b")], "{swapped:?}");
    // Half of it is not taken: the other line is faulty, or there is none.
    for file in [
        "email,card,type\nada@example.org,00000b0b,\nbob@example.org,0000ada1,No such type\n",
        "email,card\nada@example.org,00000b0b\n",
        "email,card\nada@example.org,00000b0b\nbob@example.org,0000ada1\nada@example.org,0000ada1\n",
    ] {
        let outcomes = outcomes_of(file, &known);
        assert!(outcomes.iter().all(|outcome| outcome.actions.is_empty()), "{file}: {outcomes:?}");
        assert_eq!(outcomes[0].faults, [LineError::CardOf("Bob".into())], "{file}");
    }
    // Ken is none whom the uploader may change.
    known.cards.push((CardUid::from_board("000000ce").unwrap(), PersonId(4), CardState::Active));
    let outcomes = outcomes_of("email,card\nada@example.org,000000ce\nken@example.org,0000ada1\n", &known);
    assert_eq!(outcomes[0].faults, [LineError::CardOf("Ken".into())]);
}

#[test]
fn repeated_grant_is_planned_once() {
    let outcomes = outcomes(
        "email,name,type,relation,from,until\n\
         n@example.org,Nina,Laser,,2026-01-01,\n\
         n@example.org,Nina,laser,,,\n\
         n@example.org,Nina,Laser,owner,,\n\
         n@example.org,Nina,Kiln,,,\n\
         n@example.org,Nina,Laser,trainer,2030-01-01,\n\
         o@example.org,Olga,Laser,,2020-01-01,2021-01-01",
    );
    assert_eq!(outcomes[0].actions.len(), 2, "{:?}", outcomes[0]);
    assert_eq!((outcomes[1].actions.len(), outcomes[1].faults.len()), (0, 0), "said already: {:?}", outcomes[1]);
    assert_eq!(outcomes[2].faults, [LineError::NotYours("Laser".into())]);
    assert_eq!(outcomes[3].faults, [LineError::Type("Kiln".into())]);
    assert_eq!(outcomes[4].faults, [LineError::Future(Column::From)]);
    assert_eq!(outcomes[5].notes, [Note::Over("Laser".into())]);
}

#[test]
fn conflicting_dates_for_same_grant_are_rejected() {
    let second = |first: &str, second: &str| {
        let file =
            format!("email,name,since,type,from,until\nn@example.org,Nina,{first}\nn@example.org,Nina,{second}");
        let mut outcomes = outcomes(&file);
        assert_eq!((outcomes[0].faults.as_slice(), outcomes[0].actions.len()), (&[][..], 2), "{file}");
        outcomes.remove(1).faults
    };
    let otherwise = |column| vec![LineError::Otherwise(column, 2)];
    assert_eq!(second(",Laser,,2027-12-31", ",Laser,,2028-12-31"), otherwise(Column::Until));
    assert_eq!(second(",Laser,,", ",Laser,,2028-12-31"), otherwise(Column::Until), "one without an end");
    assert_eq!(second(",Laser,2026-01-01,", ",Laser,2026-02-01,"), otherwise(Column::From));
    assert_eq!(second("2025-01-01,Laser,,", "2025-02-01,Laser,,"), otherwise(Column::Since));
    assert_eq!(second("2025-01-01,Laser,2026-01-01,2027-12-31", ",Laser,,"), [], "says nothing else");
    assert_eq!(second("2025-01-01,Laser,2026-01-01,2027-12-31", "2025-01-01,Laser,2026-01-01,2027-12-31"), []);
}

#[test]
fn existing_grant_with_other_dates_is_reported_and_unchanged() {
    let until = Date::from_iso("2027-12-31").map(|last| Millis((last.days() + 1) * 86_400_000));
    let mut known = known();
    known.people[0].ledger = Ledger(vec![Entry { until, ..entry(EntryKind::Granted) }]);
    let notices = |days: &str| {
        let outcome =
            outcomes_of(&format!("email,type,from,until\nada@example.org,Laser,{days}"), &known).remove(0);
        assert!(outcome.actions.is_empty() && outcome.faults.is_empty(), "{outcome:?}");
        outcome.notes
    };
    let otherwise = [Note::Otherwise("Laser".into())];
    assert_eq!(notices(",2028-12-31"), otherwise);
    assert_eq!(notices("1970-01-02,2027-12-31"), otherwise);
    assert_eq!(notices("1970-01-01,2027-12-31"), [], "as it is taken out");
    assert_eq!(notices(","), []);
}

#[test]
fn email_of_higher_ranked_person_is_not_changed() {
    let outcomes = outcomes("email,name\nken@example.org,Kenneth\nken@example.org,Ken");
    assert_eq!(outcomes[0].faults, [LineError::NotYours("Ken".into())]);
    assert_eq!((outcomes[1].actions.len(), outcomes[1].faults.len()), (0, 0), "the same again changes nothing");
}

#[test]
fn conflicting_line_for_same_person_is_rejected() {
    let otherwise = |file: &str, fault: LineError| {
        let outcomes = outcomes(file);
        assert_eq!(
            (outcomes[0].faults.as_slice(), outcomes[1].faults.as_slice()),
            (&[][..], &[fault][..]),
            "{file}"
        );
        assert_eq!((outcomes[1].whom, outcomes[1].actions.len()), (Whom::Nobody, 0), "{file}");
    };
    let name = LineError::Otherwise(Column::Name, 2);
    otherwise("key,name,type,card\nA1,Zoe,Laser,\nA1,Ada,,deadbe0f", name.clone());
    otherwise("key,name,type,card\nN1,Zoe,Laser,\nN1,Ada,,deadbe0f", name);
    let email = LineError::Otherwise(Column::Email, 2);
    otherwise("key,email,card,type\nA1,a@example.org,,Laser\nA1,b@example.org,deadbe0f,", email);
    let key = LineError::Otherwise(Column::Key, 2);
    otherwise("key,email,card,type\nB1,bob@example.org,00000b0c,\nB2,bob@example.org,deadbe0f,", key);
    let phone = LineError::Otherwise(Column::Phone, 2);
    otherwise("key,phone,card,type\nA1,0471 1,,Laser\nA1,0471 2,deadbe0f,", phone);

    let more = outcomes(
        "key,name,phone,language,card,type\nN1,Nina,,,,Laser\nN1,Nina,0471 1,it,deadbe0f,\nN1,Nina,0471 1,,,Laser",
    );
    assert_eq!(
        more[1].actions[0],
        LineAction::Change(vec![Column::Phone, Column::Language]),
        "it may say more: {more:?}"
    );
    assert_eq!((more[2].actions.len(), more[2].faults.len()), (0, 0), "said already: {more:?}");
}

#[test]
fn line_that_would_match_differently_on_next_import_is_rejected() {
    let gone = outcomes("key,email,type\nA1,new@example.org,\n,ada@example.org,Laser");
    assert_eq!(gone[0].faults, [LineError::EmailGone(3)], "the next time, line 3 would bring somebody new");
    assert_eq!(gone[1].whom, Whom::Existing(PersonId(1)));
    let named = outcomes("email,name,card,type\nn@example.org,,deadbe0f,\nn@example.org,Nina,,Laser");
    assert_eq!(
        (named[0].faults.as_slice(), named[1].faults.as_slice()),
        (&[LineError::NoName][..], &[LineError::NoNameIn(2)][..])
    );
}

#[test]
fn machine_is_granted_by_number_and_type_by_name() {
    let granted = outcomes("email,name,type\nn@example.org,Nina,machine:7 Laser\no@example.org,Olga,Laser");
    let on = |outcome: &RowOutcome| match outcome.actions.as_slice() {
        [LineAction::Add, LineAction::Grant { subject, .. }] => Some(*subject),
        _ => None,
    };
    assert_eq!(on(&granted[0]), Some(Subject::Machine(MachineId(7))), "{granted:?}");
    assert_eq!(on(&granted[1]), Some(LASER), "{granted:?}");
}

#[test]
fn person_without_key_or_email_is_matched_by_number_and_name() {
    let zed = |id, name| ExistingPerson { email: None, ..person(id, name, "", None, Vec::new()) };
    let mut known = known();
    known.people.extend([zed(17, "Zoë Zed"), zed(18, "Ann")]);
    let outcomes = outcomes_of(
        "key,name,email,phone,card\n\
         toolgate:17,Ann,,,\n\
         toolgate:17,Zoë Zed,,,\n\
         toolgate:18,ANN,ann@example.org,,\n\
         toolgate:99,Zoë Zed,,,\n\
         toolgate:17,Zoë Zed,,,00000a17\n\
         toolgate:17,Zoë Zed,,,\n\
         toolgate:17,Zoë Zed,bob@example.org,,",
        &known,
    );
    assert_eq!(outcomes[0].faults, [LineError::Number], "another space counts alike");
    assert_eq!((outcomes[1].whom, &outcomes[1].faults[..]), (Whom::Existing(PersonId(17)), &[][..]));
    assert_eq!(
        outcomes[2].actions,
        [LineAction::Change(vec![Column::Name, Column::Email])],
        "and the number is no key"
    );
    assert_eq!(outcomes[3].faults, [LineError::Number]);
    assert!(matches!(outcomes[4].actions[..], [LineAction::Give(_)]), "{:?}", outcomes[4]);
    assert_eq!(outcomes[5].faults, [LineError::KeyTwice(3)]);
    assert_eq!(outcomes[6].faults, [LineError::EmailOf("Bob".into())]);
}

//! Plans the changes of a file, line by line, against the existing people.

use super::{
    Column, ExistingPerson, Line, LineAction, LineError, Note, RowOutcome, Whom,
    exchanges::{Claim, exchanged},
    named::Things,
    number_in,
};
use crate::{
    accounts,
    cards::{CardState, CardUid},
    id::PersonId,
    people::{PersonStatus, folded::folded},
    qualifications::{EntryKind, Ledger, Relation, Subject},
    time::{Date, Millis},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

/// The existing people, cards, types and machines.
#[derive(Debug, Clone, Default)]
pub struct ExistingRecords {
    pub people: Vec<ExistingPerson>,
    /// Cards with a number, the newest last.
    pub cards: Vec<(CardUid, PersonId, CardState)>,
    /// Types and machines that people can be qualified on, by name, without archived ones.
    pub things: Vec<(Subject, String)>,
}

/// The instants used by a plan.
#[derive(Clone, Copy)]
pub struct When<'a> {
    pub now: Millis,
    /// The day it is, by the clock of the space.
    pub today: Date,
    /// The local day of an instant.
    pub day: &'a dyn Fn(Millis) -> Date,
}

/// What the uploader may do.
#[derive(Clone, Copy)]
pub struct Rights<'a> {
    /// Whether they may grant this to an existing or a new person.
    pub grant: &'a dyn Fn(Option<&ExistingPerson>, Subject, Relation) -> bool,
    /// Whether they may change these fields of a person: a changed address gives access to the account, and a
    /// changed key selects the person in the next file.
    pub change: &'a dyn Fn(&ExistingPerson, &[Column]) -> bool,
}

/// The outcome of each line. Cards are exchanged only if every line of the exchange is without a fault.
#[must_use]
pub fn plan(
    lines: &[(Line, Vec<LineError>)],
    known: &ExistingRecords,
    when: When<'_>,
    may: Rights<'_>,
) -> Vec<RowOutcome> {
    let mut desk = Desk::new(known, when, may);
    let outcomes = desk.outcomes(lines);
    let passing = exchanged(&desk.claims, &desk.own);
    if passing.is_empty() {
        return outcomes;
    }
    let mut desk = Desk { passing, ..Desk::new(known, when, may) };
    let exchanged = desk.outcomes(lines);
    let is_whole = lines.iter().zip(&exchanged).all(|((line, _), outcome)| {
        outcome.faults.is_empty() || line.card.as_ref().is_none_or(|uid| !desk.passing.contains_key(uid))
    });
    if is_whole { exchanged } else { outcomes }
}

/// Start, end and trainer of a grant, with its line number.
type ImportedGrant = (Option<Date>, Option<Date>, Option<PersonId>, u32);

/// The existing people, and the lines so far.
struct Desk<'a> {
    known: &'a ExistingRecords,
    when: When<'a>,
    may: Rights<'a>,
    by_key: HashMap<&'a str, usize>,
    by_email: HashMap<&'a str, usize>,
    by_name: HashMap<String, Vec<&'a ExistingPerson>>,
    cards: HashMap<&'a CardUid, (PersonId, CardState)>,
    retired: HashSet<(&'a CardUid, PersonId)>,
    names: HashMap<PersonId, usize>,
    things: Things<'a>,
    /// The first line of each address in the file.
    named: HashMap<String, u32>,
    /// Keys and addresses of earlier lines, with their people and line numbers.
    said_key: HashMap<String, (Whom, u32)>,
    said_email: HashMap<String, (Whom, u32)>,
    card_rows: HashMap<CardUid, (Whom, u32)>,
    /// Grants of earlier lines.
    said_grant: HashMap<(Whom, Subject, Relation), ImportedGrant>,
    /// The membership dates of people added by earlier lines.
    since_dates: HashMap<u32, Option<Date>>,
    /// Values from earlier lines about a person, with their line numbers.
    values: HashMap<(Whom, Column), (String, u32)>,
    added: HashMap<u32, String>,
    nameless: HashSet<u32>,
    /// Lines that name the card of another person.
    claims: Vec<Claim<CardUid>>,
    /// Cards that a line of their holder names.
    own: BTreeSet<CardUid>,
    /// Cards that pass to another person.
    passing: BTreeMap<CardUid, PersonId>,
}

impl<'a> Desk<'a> {
    fn new(known: &'a ExistingRecords, when: When<'a>, may: Rights<'a>) -> Self {
        let people = || known.people.iter().enumerate();
        let in_use = |state| matches!(state, CardState::Active | CardState::Lost);
        let mut by_name: HashMap<String, Vec<&ExistingPerson>> = HashMap::new();
        for (person, name) in known.people.iter().filter_map(|one| Some((one, one.name.as_deref()?))) {
            by_name.entry(folded(name)).or_default().push(person);
        }
        Self {
            known,
            when,
            may,
            by_key: people().filter_map(|(at, one)| Some((one.key.as_deref()?, at))).collect(),
            by_email: people().filter_map(|(at, one)| Some((one.email.as_deref()?, at))).collect(),
            by_name,
            cards: known
                .cards
                .iter()
                .filter(|card| in_use(card.2))
                .map(|card| (&card.0, (card.1, card.2)))
                .collect(),
            retired: known.cards.iter().filter(|card| !in_use(card.2)).map(|card| (&card.0, card.1)).collect(),
            names: people().map(|(at, one)| (one.id, at)).collect(),
            things: Things::new(&known.things),
            named: HashMap::new(),
            said_key: HashMap::new(),
            said_email: HashMap::new(),
            card_rows: HashMap::new(),
            said_grant: HashMap::new(),
            since_dates: HashMap::new(),
            values: HashMap::new(),
            added: HashMap::new(),
            nameless: HashSet::new(),
            claims: Vec::new(),
            own: BTreeSet::new(),
            passing: BTreeMap::new(),
        }
    }

    fn outcomes(&mut self, lines: &[(Line, Vec<LineError>)]) -> Vec<RowOutcome> {
        for (line, _) in lines {
            if let Some(email) = &line.email {
                self.named.entry(email.clone()).or_insert(line.number);
            }
        }
        lines.iter().map(|(line, faults)| self.outcome(line, faults.clone())).collect()
    }

    fn called(&self, person: PersonId) -> String {
        let known = self.names.get(&person).and_then(|&at| self.known.people.get(at));
        known.and_then(|one| one.name.clone()).unwrap_or_else(|| person.to_string())
    }

    fn outcome(&mut self, line: &Line, mut faults: Vec<LineError>) -> RowOutcome {
        let (mut actions, mut notes) = (Vec::new(), Vec::new());
        let whom = self.whom(line, &mut faults);
        let person = match whom {
            Whom::Existing(id) => self.names.get(&id).and_then(|&at| self.known.people.get(at)),
            Whom::New(_) | Whom::Nobody => None,
        };
        let is_first = whom == Whom::New(line.number);
        match whom {
            Whom::New(number) if is_first && faults.is_empty() && line.name.is_none() => {
                // A later line that names them would contradict this one in the next run, when they exist.
                faults.push(LineError::NoName);
                self.nameless.insert(number);
                self.remember_who(line, whom);
            }
            Whom::New(number) if !is_first && self.nameless.contains(&number) => {
                faults.push(LineError::NoNameIn(number));
            }
            _ => {}
        }
        if line.since.is_some_and(|since| self.when.today < since) {
            faults.push(LineError::Future(Column::Since));
        }
        if let Whom::New(number) = whom
            && let Some(&since) = self.since_dates.get(&number)
            && is_otherwise(line.since, since)
        {
            faults.push(LineError::Otherwise(Column::Since, number));
        }
        let thing = line.kind.as_deref().map(|kind| self.things.find(kind));
        let trainer = self.trainer(line, whom).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        if line.who.is_some() && line.kind.is_none() && line.card.is_none() && words(line).next().is_none() {
            faults.push(LineError::NoType);
        }
        if person.is_some_and(|person| person.status == PersonStatus::Left) {
            notes.push(Note::Left);
        } else if whom != Whom::Nobody {
            let changed = self.changed(line, whom, person, &mut faults);
            if is_first {
                actions.push(LineAction::Add);
            } else if !changed.is_empty() {
                if let Some(person) = person.filter(|person| !(self.may.change)(person, &changed)) {
                    faults.push(LineError::NotYours(self.called(person.id)));
                }
                actions.push(LineAction::Change(changed));
            }
            self.card(line, whom, &mut actions, &mut notes, &mut faults);
            match &thing {
                Some(Ok(thing)) => {
                    self.grant(line, *thing, (whom, trainer), person, &mut actions, &mut notes, &mut faults);
                }
                Some(Err(fault)) => faults.push(fault.clone()),
                None => {}
            }
        }
        let name = line.name.clone().or_else(|| match whom {
            Whom::Existing(id) => Some(self.called(id)),
            Whom::New(number) => self.added.get(&number).cloned(),
            Whom::Nobody => line.email.clone().or_else(|| line.who.clone()),
        });
        let name = name.unwrap_or_default();
        if let (Some(uid), Whom::Existing(person)) = (&line.card, whom) {
            self.note_holder(uid, person, &faults);
        }
        if !faults.is_empty() {
            actions.clear();
            notes.clear();
            return RowOutcome { number: line.number, whom: Whom::Nobody, name, actions, notes, faults };
        }
        self.remember(line, thing.and_then(Result::ok).map(|(subject, _)| subject), (whom, trainer), &name);
        RowOutcome { number: line.number, whom, name, actions, notes, faults }
    }

    /// The existing person with this address or full name; of several with one name, the only one who has not left.
    fn find(&self, column: Column, input: &str) -> Result<PersonId, LineError> {
        let unknown = || LineError::Person(column, input.to_owned());
        if let Some(email) = accounts::email(input) {
            let found = self.by_email.get(email.as_str()).and_then(|&at| self.known.people.get(at));
            return found.map(|person| person.id).ok_or_else(unknown);
        }
        let called = self.by_name.get(&folded(input)).map_or(&[][..], Vec::as_slice);
        let mut here = called.iter().filter(|person| person.status != PersonStatus::Left);
        match (called, here.next(), here.next()) {
            ([], ..) => Err(unknown()),
            ([person], ..) | (_, Some(person), None) => Ok(person.id),
            _ => Err(LineError::People(column, input.to_owned())),
        }
    }

    /// The trainer of the line, if it names one.
    fn trainer(&self, line: &Line, whom: Whom) -> Result<Option<PersonId>, LineError> {
        let Some(input) = &line.trainer else { return Ok(None) };
        match self.find(Column::Trainer, input)? {
            trainer if whom == Whom::Existing(trainer) => Err(LineError::OwnTrainer),
            trainer => Ok(Some(trainer)),
        }
    }

    /// The person of the line. A name alone, or an address in its place, adds nobody, and a key or an address beside it must
    /// be those of the same person.
    fn whom(&self, line: &Line, faults: &mut Vec<LineError>) -> Whom {
        let Some(input) = &line.who else { return self.identified(line, faults) };
        match self.find(Column::Who, input) {
            Err(fault) => faults.push(fault),
            Ok(person) if line.key.is_none() && line.email.is_none() => return Whom::Existing(person),
            Ok(person) => match self.identified(line, faults) {
                Whom::Nobody => {}
                whom if whom == Whom::Existing(person) => return whom,
                _ => faults.push(LineError::Person(Column::Who, input.clone())),
            },
        }
        Whom::Nobody
    }

    /// The person of the line: by key, otherwise by address.
    fn identified(&self, line: &Line, faults: &mut Vec<LineError>) -> Whom {
        if line.key.is_none() && line.email.is_none() {
            if !faults.iter().any(|fault| matches!(fault, LineError::Key | LineError::Email)) {
                faults.push(LineError::NoKey);
            }
            return Whom::Nobody;
        }
        let known =
            |at: Option<&usize>| at.and_then(|&at| self.known.people.get(at)).map(|one| Whom::Existing(one.id));
        let by_key = line.key.as_deref().and_then(|key| {
            let here = || number_in(key).and_then(|id| self.numbered(line, id));
            known(self.by_key.get(key)).or_else(|| self.said_key.get(key).map(|&(whom, _)| whom)).or_else(here)
        });
        if by_key.is_none() && line.key.as_deref().and_then(number_in).is_some() {
            faults.push(LineError::Number);
            return Whom::Nobody;
        }
        let by_email = line.email.as_deref().and_then(|email| {
            known(self.by_email.get(email)).or_else(|| self.said_email.get(email).map(|&(whom, _)| whom))
        });
        let whom = match (by_key, by_email) {
            (Some(one), Some(other)) if one != other => {
                faults.push(self.taken(line, other));
                return Whom::Nobody;
            }
            (Some(whom), _) => whom,
            (None, Some(whom)) => {
                if let Some(fault) = self.other_key(line, whom) {
                    faults.push(fault);
                    return Whom::Nobody;
                }
                whom
            }
            (None, None) => Whom::New(line.number),
        };
        // A second line about a person must add something.
        let before = line.key.as_ref().and_then(|key| self.said_key.get(key));
        let before_email = line.email.as_ref().and_then(|email| self.said_email.get(email));
        if line.card.is_none() && line.kind.is_none() {
            match (before, before_email) {
                (Some(&(_, number)), _) => faults.push(LineError::KeyTwice(number)),
                (None, Some(&(_, number))) => faults.push(LineError::EmailTwice(number)),
                (None, None) => {}
            }
        }
        whom
    }

    /// The person with this number here, if the name matches.
    fn numbered(&self, line: &Line, id: PersonId) -> Option<Whom> {
        let person = self.names.get(&id).and_then(|&at| self.known.people.get(at))?;
        let name = |name: &Option<String>| name.as_deref().map(folded);
        (name(&line.name)? == name(&person.name)?).then_some(Whom::Existing(id))
    }

    /// The address of the line belongs to another person.
    fn taken(&self, line: &Line, whose: Whom) -> LineError {
        match whose {
            Whom::Existing(id) => LineError::EmailOf(self.called(id)),
            Whom::New(number) => LineError::EmailTwice(number),
            Whom::Nobody => LineError::EmailTwice(line.number),
        }
    }

    /// The owner of the line's address has another key.
    fn other_key(&self, line: &Line, whom: Whom) -> Option<LineError> {
        let key = line.key.as_ref()?;
        match whom {
            Whom::Existing(id) => {
                let person = self.names.get(&id).and_then(|&at| self.known.people.get(at))?;
                let other = person.key.as_ref().is_some_and(|known| known != key);
                other.then(|| LineError::OtherKey(self.called(id)))
            }
            Whom::New(number) => {
                let has = self.values.get(&(whom, Column::Key)).is_some_and(|(known, _)| known != key);
                has.then_some(LineError::EmailTwice(number))
            }
            Whom::Nobody => None,
        }
    }

    fn card(
        &self,
        line: &Line,
        whom: Whom,
        actions: &mut Vec<LineAction>,
        notes: &mut Vec<Note>,
        faults: &mut Vec<LineError>,
    ) {
        let Some(uid) = &line.card else { return };
        let theirs = |person| whom == Whom::Existing(person);
        let give = || LineAction::Give(uid.as_str().get(4..).unwrap_or_default().to_owned());
        if let Some(&(holder, number)) = self.card_rows.get(uid) {
            if holder != whom {
                faults.push(LineError::CardTwice(number));
            }
            return;
        }
        match self.cards.get(uid) {
            Some(&(holder, state)) if theirs(holder) => {
                notes.extend((state == CardState::Lost).then_some(Note::CardLost));
            }
            Some(_) if self.passing.get(uid).is_some_and(|&person| theirs(person)) => actions.push(give()),
            Some(&(holder, _)) => faults.push(LineError::CardOf(self.called(holder))),
            None if self.was_theirs(uid, whom) => notes.push(Note::CardRetired),
            None => actions.push(give()),
        }
    }

    /// Notes whether the holder of a card or another person is named with it. That of a person whom the uploader may not change is not
    /// given to another.
    fn note_holder(&mut self, uid: &CardUid, person: PersonId, faults: &[LineError]) {
        let Some(&(from, state)) = self.cards.get(uid) else { return };
        if from == person {
            self.own.insert(uid.clone());
        } else if state == CardState::Active && matches!(faults, [LineError::CardOf(_)]) {
            let holder = self.names.get(&from).and_then(|&at| self.known.people.get(at));
            if holder.is_some_and(|holder| (self.may.change)(holder, &[Column::Card])) {
                self.claims.push(Claim { thing: uid.clone(), from, to: person });
            }
        }
    }

    /// Whether the card was retired as theirs.
    fn was_theirs(&self, uid: &CardUid, whom: Whom) -> bool {
        matches!(whom, Whom::Existing(person) if self.retired.contains(&(uid, person)))
    }

    /// The values of the line that are new, compared with the database and earlier lines. Empty cells change
    /// nothing.
    fn changed(
        &self,
        line: &Line,
        whom: Whom,
        person: Option<&ExistingPerson>,
        faults: &mut Vec<LineError>,
    ) -> Vec<Column> {
        let mut changed = Vec::new();
        for (column, name) in words(line) {
            match self.values.get(&(whom, column)) {
                Some((value, number)) if value != name => faults.push(LineError::Otherwise(column, *number)),
                Some(_) => {}
                None if person.is_some_and(|person| known(person, column) == Some(name)) => {}
                None => changed.push(column),
            }
        }
        let old = person.filter(|_| changed.contains(&Column::Email)).and_then(|person| person.email.as_ref());
        // In the next run that line would match another person.
        faults.extend(old.and_then(|old| self.named.get(old)).map(|&number| LineError::EmailGone(number)));
        changed
    }

    #[expect(clippy::too_many_arguments, reason = "what is said of one line, by all who have a say in it")]
    fn grant(
        &self,
        line: &Line,
        (subject, name): (Subject, &str),
        (whom, trainer): (Whom, Option<PersonId>),
        person: Option<&ExistingPerson>,
        actions: &mut Vec<LineAction>,
        notes: &mut Vec<Note>,
        faults: &mut Vec<LineError>,
    ) {
        if line.from.is_some_and(|from| self.when.today < from) {
            faults.push(LineError::Future(Column::From));
            return;
        }
        if let Some(&(from, until, by, number)) = self.said_grant.get(&(whom, subject, line.relation)) {
            let days = [(Column::From, line.from, from), (Column::Until, line.until, until)];
            let otherwise = days.into_iter().filter(|&(_, day, since)| is_otherwise(day, since));
            faults.extend(otherwise.map(|(column, ..)| LineError::Otherwise(column, number)));
            if trainer.is_some() && trainer != by {
                faults.push(LineError::Otherwise(Column::Trainer, number));
            }
            return;
        }
        let none = Ledger::default();
        let ledger = person.map_or(&none, |person| &person.ledger);
        let has_row = |banned: bool| {
            ledger.0.iter().any(|entry| {
                let is_ban = matches!(entry.kind, EntryKind::Banned | EntryKind::Unbanned);
                entry.subject == subject && is_ban == banned && (is_ban || entry.relation == line.relation)
            })
        };
        let name = name.to_owned();
        if ledger.holds(line.relation, &[subject], self.when.now) {
            // They have it, or more.
            let held = ledger.grant(line.relation, subject, self.when.now);
            let differs = held.is_some_and(|held| {
                // The last day, as typed: the grant ends at its end.
                let last = held.until.map(|until| (self.when.day)(until.before(Duration::from_millis(1))));
                is_otherwise(line.from, Some((self.when.day)(held.from))) || is_otherwise(line.until, last)
            });
            notes.extend(differs.then_some(Note::Otherwise(name)));
        } else if has_row(true) {
            notes.push(Note::Banned(name));
        } else if has_row(false) {
            notes.push(Note::Revoked(name));
        } else if line.until.is_some_and(|until| until < self.when.today) {
            notes.push(Note::Over(name));
        } else if (self.may.grant)(person, subject, line.relation) {
            let by = trainer.map(|trainer| (trainer, self.called(trainer)));
            actions.push(LineAction::Grant { subject, name, relation: line.relation, from: line.from, by });
        } else {
            faults.push(LineError::NotYours(name));
        }
    }

    fn remember(
        &mut self,
        line: &Line,
        subject: Option<Subject>,
        (whom, trainer): (Whom, Option<PersonId>),
        name: &str,
    ) {
        self.remember_who(line, whom);
        for (column, text) in words(line) {
            self.values.entry((whom, column)).or_insert_with(|| (text.to_owned(), line.number));
        }
        if let Some(uid) = &line.card {
            self.card_rows.entry(uid.clone()).or_insert((whom, line.number));
        }
        if whom == Whom::New(line.number) {
            self.added.insert(line.number, name.to_owned());
            self.since_dates.insert(line.number, line.since);
        }
        if let Some(subject) = subject {
            let granted = (line.from, line.until, trainer, line.number);
            self.said_grant.entry((whom, subject, line.relation)).or_insert(granted);
        }
    }

    fn remember_who(&mut self, line: &Line, whom: Whom) {
        let place = (whom, line.number);
        if let Some(key) = &line.key {
            self.said_key.entry(key.clone()).or_insert(place);
        }
        if let Some(email) = &line.email {
            self.said_email.entry(email.clone()).or_insert(place);
        }
    }
}

/// Whether a line contradicts an earlier date. An empty one contradicts nothing.
fn is_otherwise(day: Option<Date>, date: Option<Date>) -> bool {
    day.is_some() && day != date
}

/// The values of a line about the person. Their number here is not one of them.
pub fn words(line: &Line) -> impl Iterator<Item = (Column, &str)> {
    [
        (Column::Name, &line.name),
        (Column::Email, &line.email),
        (Column::Phone, &line.phone),
        (Column::Language, &line.language),
        (Column::Key, &line.key),
    ]
    .into_iter()
    .filter_map(|(column, name)| Some((column, name.as_deref()?)))
    .filter(|&(column, name)| column != Column::Key || number_in(name).is_none())
}

/// The existing value of this column.
#[must_use]
pub fn known(person: &ExistingPerson, column: Column) -> Option<&str> {
    let name = match column {
        Column::Name => &person.name,
        Column::Email => &person.email,
        Column::Phone => &person.phone,
        Column::Language => &person.language,
        Column::Key => &person.key,
        _ => &None,
    };
    name.as_deref()
}

#[cfg(test)]
mod tests;

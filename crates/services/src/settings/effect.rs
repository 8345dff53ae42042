//! What a change would do, tried out before it is made: the decision that boards get, made twice for everybody in front of
//! every machine it is about.
//!
//! Invariant: two statements, and as many people and machines as are decided in a moment; whether there are more is told.
//! Opening hours are left out, so that at night nobody is told that it bars no one.

use domain::{
    access::{Decision, Facts, Machine, Person, Running, may_use},
    machines::Risk,
    settings::{At, Effect, Setting, Settings},
    time::Millis,
};
use store::{
    SqliteConnection, StoreError,
    access::{self, Candidate},
    equipment::BUILT_IN,
};

/// People who are asked about, at most.
const PEOPLE: usize = 2_000;
/// Machines they are asked about in front of, at most.
const MACHINES: usize = 20;

/// What `change` at `at` would do.
pub(super) async fn of(
    conn: &mut SqliteConnection,
    at: At,
    change: &Setting,
    now: Millis,
) -> Result<Effect, StoreError> {
    let (people_limit, machines_limit) = (limit(PEOPLE), limit(MACHINES));
    let mut machines = access::candidates(conn, at, machines_limit).await?;
    let mut people = access::active(conn, people_limit).await?;
    let more = machines.len() > MACHINES || people.len() > PEOPLE;
    machines.truncate(MACHINES);
    people.truncate(PEOPLE);
    let pairs: Vec<_> = machines.iter().map(|one| (as_said(one, None), as_said(one, Some(change)))).collect();
    let mut effect = Effect { more, ..Effect::default() };
    for person in people {
        let mut gains = false;
        let mut loses = false;
        for (before, after) in &pairs {
            match (lets(&person, before, now), lets(&person, after, now)) {
                (true, false) => loses = true,
                (false, true) => gains = true,
                _ => {}
            }
        }
        effect.barred += u32::from(loses);
        effect.let_in += u32::from(gains && !loses);
    }
    Ok(effect)
}

/// One more than is looked at: whether there are more.
fn limit(most: usize) -> i64 {
    i64::try_from(most + 1).unwrap_or(i64::MAX)
}

/// The machine as it is with what is said, and with one thing said instead.
fn as_said(one: &Candidate, change: Option<&Setting>) -> Machine {
    let mut said = one.said.clone();
    if let Some(change) = change {
        said.retain(|setting| (setting.scope, setting.key) != (change.scope, change.key));
        said.push(change.clone());
    }
    let settings = Settings::resolve(said);
    let company = if one.risk == Risk::High { settings.people_present } else { 0 };
    Machine { mode: settings.authorisation, company, ..one.machine.clone() }
}

fn lets(person: &Person, machine: &Machine, now: Millis) -> bool {
    let facts = Facts {
        person: Some(person.clone()),
        card: None,
        machine: Some(machine.clone()),
        built_in: BUILT_IN,
        simultaneous: u8::MAX,
        floor: Some(Running { by_them: 0, others: 0, taken: None }),
    };
    matches!(may_use(&facts, now), Decision::Allow { .. })
}

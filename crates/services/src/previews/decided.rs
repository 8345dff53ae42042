//! Whom a change would bar or let in: the decision that boards get, made twice for every person at every machine
//! concerned.
//!
//! Invariant: two statements, and as many people and machines as can be decided in a moment; the result says if
//! there are more. Opening hours are left out, so that at night no preview claims that a change bars no one.

use super::{Change, PEOPLE, capped, changed, cut, limit};
use domain::{
    access::{Decision, Facts, Machine, Person, Running, may_use},
    machines::Risk,
    previews::PreviewLine,
    settings::{At, Settings},
    time::Millis,
};
use store::{
    SqliteConnection, StoreError,
    access::{self, Candidate},
    equipment::BUILT_IN,
};

/// Limit of machines decided about; more of them in a space with few people.
const MACHINES: usize = 20;
/// Decisions that are made in a moment.
const DECISIONS: usize = PEOPLE * MACHINES;

/// The preview of `change` at `at`.
pub(super) async fn of(
    conn: &mut SqliteConnection,
    at: At,
    change: &Change,
    now: Millis,
) -> Result<Vec<PreviewLine>, StoreError> {
    let (people, more_people) = cut(access::active(conn, limit(PEOPLE)).await?, PEOPLE);
    let most = DECISIONS / people.len().max(1);
    let (machines, more_machines) = cut(access::candidates(conn, at, limit(most)).await?, most);
    let pairs: Vec<_> = machines.iter().map(|one| (as_given(one, None), as_given(one, Some(change)))).collect();
    let (mut barred, mut let_in) = (0, 0);
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
        barred += u32::from(loses);
        let_in += u32::from(gains && !loses);
    }
    Ok(capped([PreviewLine::Bar(barred), PreviewLine::LetIn(let_in)], more_machines || more_people))
}

/// The machine with its settings, and optionally with one changed.
fn as_given(one: &Candidate, change: Option<&Change>) -> Machine {
    let settings = match change {
        Some(change) => changed(&one.explicit, change),
        None => Settings::resolve(one.explicit.clone()),
    };
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

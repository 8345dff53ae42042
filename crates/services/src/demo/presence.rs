//! The doors of the demo: people inside, and openings of today.
//!
//! Not here: sign-in links ([`super::doors`]).

use super::{Built, cast};
use domain::{
    doors::{Answer, Leaves},
    machines::{AuthorisationMode, Risk},
    settings::{At, Key},
    time::{MINUTE, Millis},
};
use store::{
    StoreError, WriteTx,
    access::{self, NewAttempt},
    doors::{self as rows, NewOpening, visits},
    equipment,
    machines::{self, NewMachine},
    people, settings,
};

/// People inside by index: minutes since they came, and the machine at which they were seen since then.
const INSIDE: [(usize, u32, Option<usize>); 7] = [
    (1, 2, None),
    (4, 39, Some(0)),
    (2, 77, Some(7)),
    (3, 187, Some(2)),
    (7, 71, Some(9)),
    (6, 250, None),
    (20, 23, None),
];
/// The person who brought a guest.
const HOST: usize = 20;
/// The person for whom the door was opened remotely.
const LET_IN: usize = 7;
/// A refusal: the person, minutes since then, and the reason.
const REFUSED: (usize, u32, &str) = (5, 233, "person.hold");
/// Openings by people who have left.
const EARLIER: u32 = 30;

/// Adds the doors, the people inside, and today's openings.
pub(super) async fn settle_in(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let kind = equipment::add_type(tx, "Door", Risk::Low).await?;
    settings::set(tx, At::Type(kind), Key::Authorisation, AuthorisationMode::Open.as_str()).await?;
    let mut doors = Vec::new();
    for (name, place, number) in cast::DOORS {
        let new = NewMachine {
            number: Some(number),
            kind,
            place: Some(built.places[place]),
            name: name.into(),
            manual: None,
        };
        let door = machines::add(tx, &new).await?;
        rows::mark(tx, door, None, Leaves::Both).await?;
        doors.push(door);
    }
    let [main, shop, ..] = doors.as_slice() else { return Ok(()) };
    let ago = |minutes: u32| now.before(MINUTE * minutes);
    let opening = |person: usize, at| NewOpening {
        machine: *main,
        at,
        card: Some(built.people[person].1),
        unknown_card: None,
        answer: Answer::Opened,
        by: None,
    };
    for earlier in (0..EARLIER).rev() {
        let person = usize::try_from(earlier).unwrap_or(0) % 8 + 8;
        rows::opened(tx, &opening(person, ago(260 + earlier * 7))).await?;
    }
    for (index, came, machine) in INSIDE {
        let (person, _) = built.people[index];
        visits::arrived(tx, person, Some(*main), ago(came)).await?;
        let opened = opening(index, ago(came));
        let remotely = NewOpening { answer: Answer::Remote, ..opened };
        if index == LET_IN {
            let by = people::alias(tx, built.people[cast::ADMINISTRATOR].0, now).await?;
            rows::opened(tx, &NewOpening { by: Some(by), ..remotely }).await?;
        } else {
            rows::opened(tx, &opened).await?;
        }
        if let Some(machine) = machine {
            visits::arrived(tx, person, Some(built.machines[machine]), ago(came / 2)).await?;
        }
        if index == HOST
            && let Some(visit) = visits::open_of(tx.conn(), person).await?
        {
            visits::set_guests(tx, visit, 1).await?;
        }
    }
    let (person, at, reason) = REFUSED;
    let refused = NewAttempt {
        machine: *shop,
        card: Some(built.people[person].1),
        unknown_card: None,
        at: ago(at),
        level: None,
        reasons: reason.to_owned(),
        trace: String::new(),
    };
    access::attempted(tx, &[refused]).await?;
    // From now on: the history before knew no visits.
    for dangerous in [cast::MILL, cast::LATHE] {
        settings::set(tx, At::Type(built.kinds[dangerous]), Key::PeoplePresent, "2").await?;
    }
    Ok(())
}

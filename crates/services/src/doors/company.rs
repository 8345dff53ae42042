//! The buddy rule: dangerous machines that need people in the building, and who booked one of them without company.
//!
//! Not here: the decision, which counts the people present (`domain::access`).

use crate::Ctx;
use contract::doors::{BookedAlone, BuddyRule};
use domain::{
    actor::{Actor, Permission, Target},
    bookings::State,
    doors::alone as without_company,
    id::MachineId,
    machines::Risk,
    occupations::Span,
    settings::{At, Settings, ShownNames},
    time::DAY,
};
use store::{
    SqliteConnection, StoreError, access,
    bookings::{self, BookingRow, Filter},
};

/// Machines and bookings that are looked at, at most.
const MOST: u32 = 500;

/// A machine that needs company.
pub(super) struct Rule {
    machine: MachineId,
    name: String,
    /// How many people, with the one who uses it.
    people: u8,
    /// How much of its users' names members see.
    shown: ShownNames,
}

/// The rules of those of `machines` that need company, in their order.
pub(super) async fn rules(
    conn: &mut SqliteConnection,
    machines: &[(MachineId, String)],
) -> Result<Vec<Rule>, StoreError> {
    let all = access::candidates(conn, At::Space, i64::from(MOST)).await?;
    let rules = machines.iter().filter_map(|(id, name)| {
        let one = all.iter().find(|one| one.machine.id == *id && one.risk == Risk::High)?;
        let settings = Settings::resolve(one.explicit.clone());
        let (people, shown) = (settings.people_present, settings.shown_names);
        // One is always there.
        (people > 1).then(|| Rule { machine: *id, name: name.clone(), people, shown })
    });
    Ok(rules.collect())
}

/// One line for all machines that need as many.
pub(super) fn to_views(rules: &[Rule], inside: i64) -> Vec<BuddyRule> {
    let mut views: Vec<BuddyRule> = Vec::new();
    for rule in rules {
        let people = u32::from(rule.people);
        if let Some(view) = views.iter_mut().find(|view| view.people == people) {
            view.machines.push(rule.name.clone());
        } else {
            let met = inside >= i64::from(people);
            views.push(BuddyRule { machines: vec![rule.name.clone()], people, met });
        }
    }
    views
}

/// Bookings of the rest of the day of machines that need company, at times for which no other person has booked anything.
/// `is_inside`: names are for the caller, as far as each machine shows them; who manages the building sees them all.
pub(super) async fn alone(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    rules: &[Rule],
    is_inside: bool,
) -> Result<Vec<BookedAlone>, StoreError> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let (now, zone) = (ctx.now(), ctx.space().zone);
    let sees_all = actor.may(Permission::ManageBuilding, Target::NONE);
    let midnight = zone.start_of(zone.moment(now.after(DAY)).wall().date);
    let filter = Filter { holding: true, after: Some(now), before: Some(midnight), ..Filter::default() };
    let mut booked = bookings::list(conn, filter, MOST).await?;
    booked.retain(|row| row.state != State::Pending);
    let found = booked.iter().filter_map(|row| {
        let rule = rules.iter().find(|rule| Some(rule.machine) == row.machine)?;
        // A group comes together.
        let person = row.person.filter(|_| row.group.is_none())?;
        let others: Vec<_> =
            booked.iter().filter(|other| other.person != Some(person)).map(BookingRow::span).collect();
        let rest = Span { starts: row.starts.max(now), ends: row.ends };
        let span = without_company(rest, &others)?;
        let name = row.person_name.clone().and_then(|name| match rule.shown {
            _ if sees_all || actor.person() == Some(person) => Some(name),
            shown if is_inside => shown.of(&name),
            _ => None,
        });
        Some(BookedAlone {
            machine: rule.machine,
            machine_name: rule.name.clone(),
            person: name.is_some().then_some(person),
            name,
            starts: zone.moment(span.starts),
            ends: zone.moment(span.ends),
        })
    });
    Ok(found.collect())
}

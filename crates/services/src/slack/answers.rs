//! What a command answers: the same as the pages that it stands for, as text.
//!
//! Invariant: everything comes from the functions of those pages, with the person who asks as the actor, so it shows no more than
//! they do. What people typed is text, never markup. Not here: who asks ([`super::caller`]).

use super::caller::{Caller, page};
use crate::{
    Ctx, doors,
    machines::{self, MachinesError},
    token::Token,
};
use contract::machines::{Floor, MachineNow};
use domain::{
    actor::{Permission, Target},
    machines::MachineState,
    slack::{Command, Question, escaped},
};
use text::{Lang, time::clock};

/// Lines of an answer.
const LINES: usize = 30;

/// The answer to a question that changes nothing.
pub(super) async fn answer(ctx: &Ctx, caller: &Caller, question: &Question) -> String {
    match question {
        Question::Free => free(ctx, caller).await,
        Question::Machines(name) => named(ctx, caller, name).await,
        Question::Who => who(ctx, caller).await,
        Question::Help | Question::Link => help(caller.lang),
    }
}

fn help(t: Lang) -> String {
    let line = |command: &Command| format!("`{}` {}", t.slack_typed(*command), t.slack_command(*command));
    Command::ALL.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The answer to `/tool link`; `token` is of the offer that was made.
pub(super) fn link(ctx: &Ctx, caller: &Caller, token: Option<Token>) -> String {
    let t = caller.lang;
    match (token, &caller.name) {
        (None, name) => t.slack_answer_linked(&escaped(name.as_deref().unwrap_or_default())),
        (Some(token), _) => match page(ctx, &format!("/me/slack?link={}", token.expose())) {
            Some(address) => format!("<{address}|{}>", t.slack_answer_link()),
            None => t.slack_answer_no_site().to_owned(),
        },
    }
}

/// The answer to a person who may not see it.
fn hidden(caller: &Caller) -> String {
    let t = caller.lang;
    if caller.name.is_some() {
        t.slack_answer_hidden_linked().to_owned()
    } else {
        t.slack_answer_hidden().to_owned()
    }
}

/// The machines as their page has them; or the answer in place of them.
async fn floor(ctx: &Ctx, caller: &Caller) -> Result<Floor, String> {
    machines::floor(ctx, &caller.actor).await.map_err(|error| match error {
        MachinesError::Forbidden(_) => hidden(caller),
        MachinesError::Unknown | MachinesError::Store(_) => caller.lang.slack_answer_wrong().to_owned(),
    })
}

async fn free(ctx: &Ctx, caller: &Caller) -> String {
    let t = caller.lang;
    let floor = match floor(ctx, caller).await {
        Ok(floor) => floor,
        Err(answer) => return answer,
    };
    let all: Vec<&MachineNow> = floor.places.iter().flat_map(|place| &place.machines).collect();
    if all.is_empty() {
        return t.slack_answer_no_machines().to_owned();
    }
    let free: Vec<_> = all.into_iter().filter(|machine| machine.is_free()).collect();
    if free.is_empty() {
        return t.slack_answer_none_free().to_owned();
    }
    format!("*{}*\n{}", t.slack_answer_free(), lines(ctx, caller, &floor, &free))
}

async fn named(ctx: &Ctx, caller: &Caller, name: &str) -> String {
    let t = caller.lang;
    let floor = match floor(ctx, caller).await {
        Ok(floor) => floor,
        Err(answer) => return answer,
    };
    let has = |text: &str| text.to_lowercase().contains(name);
    let machines = floor.places.iter().flat_map(|place| &place.machines);
    let found: Vec<_> = machines.filter(|machine| has(&machine.name) || has(&machine.kind)).collect();
    if found.is_empty() {
        return t.slack_answer_no_match(&escaped(name));
    }
    lines(ctx, caller, &floor, &found)
}

/// A line for each machine.
fn lines(ctx: &Ctx, caller: &Caller, floor: &Floor, machines: &[&MachineNow]) -> String {
    let mut lines: Vec<_> = machines.iter().take(LINES).map(|machine| line(ctx, caller, floor, machine)).collect();
    let more = machines.len().saturating_sub(LINES);
    if more > 0 {
        lines.push(caller.lang.slack_answer_more(u32::try_from(more).unwrap_or(u32::MAX)));
    }
    lines.join("\n")
}

fn line(ctx: &Ctx, caller: &Caller, floor: &Floor, machine: &MachineNow) -> String {
    let t = caller.lang;
    let name = escaped(&machine.name);
    let name = match page(ctx, &format!("/machines/{}", machine.id)) {
        Some(address) => format!("<{address}|{name}>"),
        None => name,
    };
    let mut parts = vec![text::time::lowered(&state(t, floor, machine))];
    parts.extend(machine.user.as_deref().map(escaped));
    parts.extend(machine.next.as_ref().map(|(at, _)| t.machine_booked_from(&clock(*at))));
    if caller.name.is_some() {
        if machine.usable && machine.is_free() {
            parts.push(text::time::lowered(t.access_yes_now()));
        } else if !machine.lacks.is_empty() {
            parts.push(text::time::lowered(&escaped(&t.lacks(&machine.lacks))));
        }
    }
    format!("*{name}:* {}", parts.join(", "))
}

fn state(t: Lang, floor: &Floor, machine: &MachineNow) -> String {
    if floor.session.as_ref().is_some_and(|session| session.machine == machine.id) {
        return t.slack_answer_yours().to_owned();
    }
    if machine.reserved.is_some() {
        return t.machine_reserved().to_owned();
    }
    let name = match machine.state {
        MachineState::Blocked { .. } => t.machine_blocked(),
        MachineState::InUse { .. } => t.machine_in_use(),
        MachineState::Offline { .. } => t.machine_offline(),
        MachineState::MaintenanceDue => t.machine_maintenance(),
        MachineState::Closed { .. } => t.machine_closed(),
        MachineState::Free { .. } => t.machine_free(),
        MachineState::Unmanaged => t.machine_unmanaged(),
    };
    name.to_owned()
}

/// How many are in, and who, as far as the page of the doors shows that to the same person.
async fn who(ctx: &Ctx, caller: &Caller) -> String {
    let t = caller.lang;
    if !caller.actor.may(Permission::SeeFloor, Target::NONE) {
        return hidden(caller);
    }
    let Ok(presence) = doors::presence(ctx, &caller.actor).await else { return t.slack_answer_wrong().to_owned() };
    let Some(people) = presence.people else { return hidden(caller) };
    if people == 0 {
        return t.slack_answer_nobody().to_owned();
    }
    let mut text = t.slack_answer_inside(people);
    if let Some(guests) = presence.guests.filter(|&guests| guests > 0) {
        text.push(' ');
        text.push_str(&t.slack_answer_guests(guests));
    }
    let visits = presence.visits.unwrap_or_default();
    let names: Vec<_> = visits.iter().filter_map(|visit| visit.name.as_deref()).take(LINES).map(escaped).collect();
    if !names.is_empty() {
        text.push('\n');
        text.push_str(&names.join(", "));
    }
    text
}

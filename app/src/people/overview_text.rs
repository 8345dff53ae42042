//! A person's overview as text: the server builds it, the page shows it.
//!
//! Invariant: the browser gets only text and addresses, so it contains neither causes nor actions nor their
//! wording.

use contract::{people::PersonPage, qualifications::HeldState};
use domain::time::Moment;
use serde::{Deserialize, Serialize};

/// A qualification or a ban.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLine {
    /// A type, or one machine.
    pub on: String,
    /// Their relation; empty for a ban.
    pub may: String,
    /// Its cause, and who granted it.
    pub how: String,
    /// Its end; empty for none.
    pub until: String,
    pub state: HeldState,
    /// The reader's action on it, with the address of its form.
    pub action: Option<(String, String)>,
}

/// Topic of a history entry, which decides its icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Topic {
    Use,
    Booking,
    Card,
    Hold,
    Qualification,
    Checkout,
    Training,
    Problem,
    Maintenance,
    Account,
    Person,
    Note,
    Other,
}

impl Topic {
    /// Of an audited action, such as `card.given`.
    #[must_use]
    pub fn of_action(action: &str) -> Self {
        match action.split('.').next().unwrap_or_default() {
            "use" => Self::Use,
            "booking" | "waiting" => Self::Booking,
            "card" => Self::Card,
            "hold" => Self::Hold,
            "qualification" => Self::Qualification,
            "checkout" => Self::Checkout,
            "module" | "quiz" | "training" => Self::Training,
            "problem" => Self::Problem,
            "maintenance" | "machine" => Self::Maintenance,
            "account" => Self::Account,
            "person" => Self::Person,
            "note" => Self::Note,
            _ => Self::Other,
        }
    }

    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Use => "play",
            Self::Booking => "calendar-days",
            Self::Card => "id-card",
            Self::Hold => "hand",
            Self::Qualification => "shield-check",
            Self::Checkout => "handshake",
            Self::Training => "graduation-cap",
            Self::Problem => "triangle-alert",
            Self::Maintenance => "wrench",
            Self::Account => "lock",
            Self::Person => "user-round",
            Self::Note => "pen-line",
            Self::Other => "scroll-text",
        }
    }

    /// Granting actions are green, restricting ones red.
    #[must_use]
    pub const fn tone(self) -> Option<&'static str> {
        match self {
            Self::Qualification => Some("go"),
            Self::Hold => Some("bad"),
            _ => None,
        }
    }
}

/// Training a person has started: for what, the next step, and how much is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub name: String,
    pub next: String,
    pub left: String,
}

/// A use, or a change of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lately {
    pub at: Moment,
    pub when: String,
    pub topic: Topic,
    pub title: String,
    pub second: String,
}

/// The page, with qualifications and latest history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewPage {
    pub page: PersonPage,
    pub held: Vec<HeldLine>,
    /// Recent bookings they came to, and those they missed.
    pub attendance: (u32, u32),
    pub begun: Vec<Begun>,
    pub lately: Vec<Lately>,
}

#[cfg(feature = "ssr")]
mod made {
    use super::{Begun, HeldLine, Lately, OverviewPage, Topic};
    use crate::{
        audit::row::AuditRow,
        qualifications::{
            label,
            standing::{how, last_day},
        },
    };
    use contract::{
        people::UseRow,
        qualifications::{HeldRow, HeldState},
        training::PathView,
    };
    use domain::{id::PersonId, time::Moment, training::path::Task};
    use services::people::Overview;
    use std::cmp::Reverse;
    use text::{Lang, time};

    /// History lines on this page.
    const LINES: usize = 6;

    impl OverviewPage {
        pub fn of(overview: Overview, t: Lang) -> Self {
            let Overview { page, held, attendance, paths, uses, entries } = overview;
            let (id, now) = (page.head.id, page.head.now);
            let uses = uses.into_iter().map(|one| used(one, t, now));
            let entries = entries.into_iter().map(|entry| {
                let topic = Topic::of_action(&entry.action);
                done(AuditRow::of(entry, t, now), topic, t, now)
            });
            let mut lately: Vec<_> = uses.chain(entries).collect();
            lately.sort_by_key(|one| Reverse(one.at.at));
            lately.truncate(LINES);
            Self {
                page,
                held: held.into_iter().map(|row| line(id, row, t, now)).collect(),
                attendance,
                begun: paths.into_iter().map(|path| begun(path, t, now)).collect(),
                lately,
            }
        }
    }

    fn line(id: PersonId, row: HeldRow, t: Lang, now: Moment) -> HeldLine {
        let HeldRow { held, state, may_grant, may_take } = row;
        let on = label(t, &held.on);
        let may = match state {
            HeldState::Banned => String::new(),
            HeldState::InForce | HeldState::Ending | HeldState::Expired => {
                t.relation(held.on.built_in, held.relation).to_owned()
            }
        };
        let chosen = format!("{}/{}", held.on.subject, held.relation.as_str());
        let form = |name: &str, on: &str| format!("/people/{id}/qualifications?open={name}&on={on}#deed-{name}");
        let action = match state {
            HeldState::Banned if may_take => {
                Some((t.held_unban().to_owned(), form("unban", &held.on.subject.to_string())))
            }
            HeldState::Ending | HeldState::Expired if may_grant => {
                Some((t.held_renew().to_owned(), form("grant", &chosen)))
            }
            HeldState::InForce | HeldState::Ending if may_take => {
                Some((t.held_revoke().to_owned(), form("revoke", &chosen)))
            }
            _ => None,
        };
        HeldLine {
            on,
            may,
            how: how(t, held.cause, &held.by),
            until: held.until.map(|until| last_day(t, until, now)).unwrap_or_default(),
            state,
            action,
        }
    }

    fn used(one: UseRow, t: Lang, now: Moment) -> Lately {
        let second = match one.end {
            _ if !one.theirs => t.person_use_not_theirs().to_owned(),
            _ if one.void => t.history_void().to_owned(),
            Some(end) => t.length(end.at.since(one.start.at)),
            None => t.person_use_runs().to_owned(),
        };
        let title = t.person_used_machine(&one.machine_name);
        Lately { at: one.start, when: when(one.start, t, now), topic: Topic::Use, title, second }
    }

    fn begun(path: PathView, t: Lang, now: Moment) -> Begun {
        let title = |module| {
            let stage = path.stages.iter().find(|stage| stage.module == module);
            stage.map(|stage| stage.title.clone()).unwrap_or_default()
        };
        let next = match (path.path.now(), &path.appointment) {
            (Some(Task::Watch(module)), _) => t.learn_step_video(&title(module)),
            (Some(Task::Quiz(module)), _) => t.learn_step_quiz(&title(module)),
            (_, Some(agreed)) => t.learn_checkout_at(&t.exact(agreed.starts, now)),
            _ => t.learn_step_checkout().to_owned(),
        };
        let left = t.learn_steps_left(u32::try_from(path.path.left()).unwrap_or(u32::MAX));
        Begun { name: path.name, next, left }
    }

    fn done(reported: AuditRow, topic: Topic, t: Lang, now: Moment) -> Lately {
        let mut second = vec![reported.who.0];
        second.extend(reported.words);
        Lately {
            at: reported.at,
            when: when(reported.at, t, now),
            topic,
            title: time::capitalised(&reported.what),
            second: second.join(" · "),
        }
    }

    fn when(at: Moment, t: Lang, now: Moment) -> String {
        format!("{}, {}", t.brief(at, now), time::clock(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_topics_have_distinct_icons() {
        let actions = [
            "booking.made",
            "card.given",
            "hold.placed",
            "qualification.granted",
            "person.suspended",
            "new.thing",
        ];
        let icons = actions.map(|action| Topic::of_action(action).icon());
        assert_eq!(icons, ["calendar-days", "id-card", "hand", "shield-check", "user-round", "scroll-text"]);
    }
}

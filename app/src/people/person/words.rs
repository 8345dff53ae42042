//! Somebody's first page in words: the server makes them, and the page shows them.
//!
//! Invariant: what the browser gets is words and addresses, so it knows neither causes nor actions nor how they are said.

use domain::time::Moment;
use serde::{Deserialize, Serialize};
use views::{people::PersonPage, qualifications::HeldState};

/// A qualification, or what somebody is banned from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLine {
    /// A type, or one machine.
    pub on: String,
    /// What they are there; empty where they are banned.
    pub may: String,
    /// How it came about, and by whom.
    pub how: String,
    /// Until when; empty where it does not end by itself.
    pub until: String,
    pub state: HeldState,
    /// What the reader may do about it, and the address of the form.
    pub deed: Option<(String, String)>,
}

/// Something that somebody used, or that was done about them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lately {
    pub at: Moment,
    pub when: String,
    pub is_use: bool,
    pub title: String,
    pub second: String,
}

/// The page, with qualifications and the newest of what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewPage {
    pub page: PersonPage,
    pub held: Vec<HeldLine>,
    pub lately: Vec<Lately>,
}

#[cfg(feature = "ssr")]
mod made {
    use super::{HeldLine, Lately, OverviewPage};
    use crate::{
        audit::row::Told,
        qualifications::{
            label,
            standing::{how, last_day},
        },
    };
    use domain::{id::PersonId, time::Moment};
    use services::people::Overview;
    use std::cmp::Reverse;
    use text::{Lang, time};
    use views::{
        people::UseRow,
        qualifications::{HeldRow, HeldState},
    };

    /// Lines of the history on this page.
    const LINES: usize = 6;

    impl OverviewPage {
        pub fn of(overview: Overview, t: Lang) -> Self {
            let Overview { page, held, uses, entries } = overview;
            let (id, now) = (page.head.id, page.head.now);
            let uses = uses.into_iter().map(|one| used(one, t, now));
            let entries = entries.into_iter().map(|entry| done(Told::of(entry, t, now), t, now));
            let mut lately: Vec<_> = uses.chain(entries).collect();
            lately.sort_by_key(|one| Reverse(one.at.at));
            lately.truncate(LINES);
            Self { page, held: held.into_iter().map(|row| line(id, row, t, now)).collect(), lately }
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
        let chosen = format!("{}/{}", held.on.subject, held.relation.word());
        let form = |name: &str, on: &str| format!("/people/{id}/qualifications?open={name}&on={on}#deed-{name}");
        let deed = match state {
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
            deed,
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
        Lately { at: one.start, when: when(one.start, t, now), is_use: true, title, second }
    }

    fn done(told: Told, t: Lang, now: Moment) -> Lately {
        let mut second = vec![told.who.0];
        second.extend(told.words);
        Lately {
            at: told.at,
            when: when(told.at, t, now),
            is_use: false,
            title: time::capitalised(&told.what),
            second: second.join(" · "),
        }
    }

    fn when(at: Moment, t: Lang, now: Moment) -> String {
        format!("{}, {}", t.brief(at, now), time::clock(at))
    }
}

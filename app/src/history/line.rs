//! History lines as text: the server builds them, the table shows them.
//!
//! Invariant: the browser gets only text and addresses.

use crate::{
    audit::row::{Linked, linked},
    lang,
    ui::{
        clock::Elapsed,
        table::{Cell, cell, named, sorted},
    },
};
use contract::history::Correction;
use domain::{id::UseId, time::Moment};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use text::{Lang, time};

/// A history line as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// Fragment that links use.
    pub anchor: String,
    /// Its time; of a use, its start.
    pub at: Moment,
    pub when: String,
    pub what: String,
    /// The person, if shown.
    pub who: Option<Linked>,
    /// Duration of a use, as sort value and as text.
    pub length: Option<(i64, String)>,
    /// Whether it is still open.
    pub runs: bool,
    /// A warning badge.
    pub flag: Option<String>,
    /// How it ended, and other details.
    pub more: Vec<String>,
    /// The use that the reader may correct, and its start.
    pub correct: Option<(UseId, String)>,
}

impl HistoryLine {
    /// The cells of its row; `here` is this page's address, for the form.
    pub(super) fn row(self, here: &str) -> Vec<Cell> {
        let t = lang::current();
        let Self { anchor, at, when, what, who, length, runs, flag, more, correct } = self;
        let (sort, length) = length.map_or_else(Default::default, |(sort, message)| (sort.to_string(), message));
        let brief: Vec<_> =
            flag.iter().chain([&length]).chain(&more).filter(|code| !code.is_empty()).cloned().collect();
        let by = who.clone().map(|who| view! { {linked(who)}" · " });
        let csv: Vec<_> = flag.iter().chain(&more).cloned().collect();
        let flag = flag.map(|flag| view! { <span class="badge" data-tone="bad">{flag}</span> });
        let with = if here.contains('?') { '&' } else { '?' };
        let action = correct.map(|(id, about)| {
            let (more, about) = (format!("{}: {when}", t.table_more()), format!("{}: {about}", t.correct_do()));
            view! {
                <details class="more">
                    <summary aria-label=more>"⋯"</summary>
                    <a class="btn" href=format!("{here}{with}use={id}#correcting") aria-label=about>{t.correct_do()}</a>
                </details>
            }
        });
        let iso = time::iso(at);
        let name = what.clone();
        vec![
            sorted(view! { <time id=anchor datetime=iso.clone()>{when}</time> }, at.at.0).csv(iso),
            named(view! { {what}<span class="brief">{by}{brief.join(" · ")}</span> }.into_any(), name),
            cell(who.map(linked)),
            if runs { sorted(view! { <Elapsed since=at/> }.into_any(), i64::MAX) } else { sorted(length.into_any(), sort) },
            cell(view! { <span class="lines">{flag}{more.into_iter().map(|message| view! { <span>{message}</span> }).collect_view()}</span> })
                .csv(csv.join(" · ")),
            cell(action),
        ]
    }
}

/// A later correction: by whom, why, and the previous values.
pub(crate) fn corrected(one: &Correction, t: Lang, now: Moment) -> String {
    let at = |at: Moment| format!("{} {}", t.brief(at, now), time::clock(at));
    let by = one.by.as_deref().unwrap_or(t.audit_former());
    let mut message = t.history_corrected(by, &at(one.at));
    message.push_str(": ");
    message.push_str(one.reason.as_deref().unwrap_or(t.history_words_gone()));
    let end = one
        .end_before
        .map_or_else(|| t.history_corrected_ran().to_owned(), |end| t.history_corrected_end(&at(end)));
    let mut was = vec![if one.void_before { t.history_corrected_void().to_owned() } else { end }];
    if one.other_person {
        let who = one.who_before.as_deref();
        was.push(who.map_or_else(|| t.history_corrected_nobody().to_owned(), |who| t.history_corrected_who(who)));
    }
    format!("{message} – {}", was.join(" · "))
}

#[cfg(feature = "ssr")]
mod made {
    use super::{HistoryLine, Linked, corrected};
    use crate::audit::row::AuditRow as Entry;
    use contract::history::{Line, Page, Use, What, Who};
    use domain::{
        problems::Severity,
        time::{Moment, millis},
    };
    use text::{Lang, time};

    /// The page with its lines as text.
    pub fn to_lines(page: Page, t: Lang) -> Page<HistoryLine> {
        let Page { now, machine, name, groups, may_correct, lines, older } = page;
        let lines = lines.into_iter().map(|line| HistoryLine::of(line, t, now, may_correct)).collect();
        Page { now, machine, name, groups, may_correct, lines, older }
    }

    impl HistoryLine {
        fn of(line: Line, t: Lang, now: Moment, may_correct: bool) -> Self {
            let Line { at, id, what } = line;
            let anchor = format!("{}-{id}", what.kind().as_str());
            let severity = |severity: Severity| vec![t.problem_severity(severity).to_owned()];
            let with = |title: &str, words: Option<String>| {
                words.map_or_else(|| title.to_owned(), |words| format!("{title}: {words}"))
            };
            let (what, who, more) = match what {
                What::Used(one) => return used(anchor, one, t, now, may_correct),
                What::Changed(entry) => return changed(anchor, Entry::of(entry, t, now)),
                What::Reported { severity: how, words, by } => {
                    (with(t.history_reported(), Some(written(words, t))), named(by, t), severity(how))
                }
                What::Resolved { severity: how, done, by } => {
                    (with(t.history_resolved(), Some(written(done, t))), named(by, t), severity(how))
                }
                What::Maintained { task, note, later, imported, by } => {
                    let task = task.unwrap_or_else(|| t.maintenance_something().to_owned());
                    let words = note.map_or_else(|| task.clone(), |note| format!("{task} – {note}"));
                    let mut more = Vec::new();
                    more.extend(imported.then(|| t.audit_door_import().to_owned()));
                    more.extend(later.then(|| t.maintenance_later().to_owned()));
                    (with(t.history_maintained(), Some(words)), named(by, t), more)
                }
                What::Blocked { because, at_once, by } => {
                    let title = if at_once { t.history_blocked_at_once() } else { t.history_blocked() };
                    (with(title, because), named(by, t), Vec::new())
                }
                What::Freed { by } => (t.history_freed().to_owned(), named(by, t), Vec::new()),
            };
            let when = when(at, t, now);
            Self { anchor, at, when, what, who, length: None, runs: false, flag: None, more, correct: None }
        }
    }

    fn when(at: Moment, t: Lang, now: Moment) -> String {
        format!("{}, {}", t.brief(at, now), time::clock(at))
    }

    /// A free text, or a note that it was erased.
    fn written(words: Option<String>, t: Lang) -> String {
        words.unwrap_or_else(|| t.history_words_gone().to_owned())
    }

    /// The person; `None` if not shown.
    fn named(who: Who, t: Lang) -> Option<Linked> {
        Some(match who {
            Who::Person { id, name } => (name, id.map(|id| format!("/people/{id}"))),
            Who::Former => (t.audit_former().to_owned(), None),
            Who::UnknownCard => (t.history_unknown_card().to_owned(), None),
            Who::Hidden => return None,
        })
    }

    fn changed(anchor: String, entry: Entry) -> HistoryLine {
        let Entry { at, when, who, what, about, words, channel, .. } = entry;
        let mut message = vec![time::capitalised(&what)];
        message.extend(about.map(|(name, _)| name));
        message.extend(words);
        let what = message.join(" · ");
        let more = vec![channel];
        HistoryLine {
            anchor,
            at,
            when,
            what,
            who: Some(who),
            length: None,
            runs: false,
            flag: None,
            more,
            correct: None,
        }
    }

    fn used(anchor: String, one: Use, t: Lang, now: Moment, may_correct: bool) -> HistoryLine {
        let Use { id, who, start, end, ending, approximate, unauthorised, other_card, void, corrections } = one;
        let length = end.map(|end| {
            let length = end.at.since(start.at);
            (millis(length), if void { t.history_void().to_owned() } else { t.length(length) })
        });
        let mut more = match end {
            // Both dates, so that a single line is not read as hours of one day.
            Some(end) if end.wall().date != start.wall().date => {
                vec![format!("{} – {}", t.exact(start, now), t.exact(end, now))]
            }
            Some(end) => vec![format!("{}–{}", time::clock(start), time::clock(end))],
            None => vec![t.history_runs().to_owned()],
        };
        let runs = end.is_none();
        more.extend(ending.filter(|_| !void).map(|ending| t.history_ending(ending).to_owned()));
        more.extend(approximate.then(|| t.history_approximate().to_owned()));
        more.extend(other_card.then(|| t.history_other_card().to_owned()));
        more.extend(corrections.iter().map(|one| corrected(one, t, now)));
        HistoryLine {
            anchor,
            at: start,
            when: when(start, t, now),
            what: t.history_use().to_owned(),
            who: Some(named(who, t).unwrap_or_else(|| (t.history_somebody().to_owned(), None))),
            length,
            runs,
            flag: unauthorised.then(|| t.history_unauthorised().to_owned()),
            more,
            correct: may_correct.then(|| (id, t.exact(start, now))),
        }
    }
}
#[cfg(feature = "ssr")]
pub use made::to_lines;

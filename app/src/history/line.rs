//! One line of the history: when, what, by whom, and how long where that is known.

use crate::{audit::row::Row as Entry, lang, ui::clock::Elapsed};
use domain::time::Moment;
use leptos::prelude::*;
use text::{Lang, time};
use views::history::{Correction, Line, Use, What, Who};

#[component]
pub(super) fn Row(
    line: Line,
    now: Moment,
    /// This page, for whoever may say how a use was.
    here: Option<String>,
) -> impl IntoView {
    let t = lang::current();
    let Line { at, id, what } = line;
    let anchor = format!("{}-{id}", what.kind().word());
    let said = match what {
        // The record tells its entries itself.
        What::Changed(entry) => return view! { <Entry entry now plain=true/> }.into_any(),
        What::Used(one) => return used(anchor, one, t, now, here),
        What::Reported { severity, words, by } => {
            let about = vec![t.problem_severity(severity).to_owned()];
            Said { title: t.history_reported(), words: Some(written(words, t)), by, about }
        }
        What::Resolved { severity, done, by } => {
            let about = vec![t.problem_severity(severity).to_owned()];
            Said { title: t.history_resolved(), words: Some(written(done, t)), by, about }
        }
        What::Maintained { task, note, later, imported, by } => {
            let task = task.unwrap_or_else(|| t.maintenance_something().to_owned());
            let words = note.map_or_else(|| task.clone(), |note| format!("{task} – {note}"));
            let mut about = Vec::new();
            about.extend(imported.then(|| t.audit_door_import().to_owned()));
            about.extend(later.then(|| t.maintenance_later().to_owned()));
            Said { title: t.history_maintained(), words: Some(words), by, about }
        }
        What::Blocked { because, at_once, by } => {
            let title = if at_once { t.history_blocked_at_once() } else { t.history_blocked() };
            Said { title, words: because, by, about: Vec::new() }
        }
        What::Freed { by } => Said { title: t.history_freed(), words: None, by, about: Vec::new() },
    };
    let Said { title, words, by, about } = said;
    let by = called(by, t);
    view! {
        <li id=anchor>
            <div class="item">
                <time datetime=time::iso(at)>{time::clock(at)}</time>
                <div class="lines">
                    <p class="t">{title}{words.map(|words| format!(": {words}"))}</p>
                    <p class="s">{by}{(!about.is_empty()).then(|| about.join(" · "))}</p>
                </div>
            </div>
        </li>
    }
    .into_any()
}

/// What a line says that is no use.
struct Said {
    title: &'static str,
    words: Option<String>,
    by: Who,
    about: Vec<String>,
}

/// What somebody wrote, or that it is gone with whoever did.
fn written(words: Option<String>, t: Lang) -> String {
    words.unwrap_or_else(|| t.history_words_gone().to_owned())
}

/// Who did it, with a dot behind; nothing where that is not told.
fn called(who: Who, t: Lang) -> Option<AnyView> {
    let name = named(who, t)?;
    Some(view! { {name}" · " }.into_any())
}

fn named(who: Who, t: Lang) -> Option<AnyView> {
    Some(match who {
        Who::Person { id: Some(id), name } => view! { <a href=format!("/people/{id}")>{name}</a> }.into_any(),
        Who::Person { id: None, name } => name.into_any(),
        Who::Former => t.audit_former().into_any(),
        Who::UnknownCard => t.history_unknown_card().into_any(),
        Who::Hidden => return None,
    })
}

fn used(anchor: String, one: Use, t: Lang, now: Moment, here: Option<String>) -> AnyView {
    let Use { id, who, start, end, ending, approximate, unauthorised, other_card, void, corrections } = one;
    let who = named(who, t).unwrap_or_else(|| t.history_somebody().into_any());
    let long = match end {
        Some(_) if void => t.history_void().into_any(),
        Some(end) => t.length(end.at.since(start.at)).into_any(),
        None => view! { <Elapsed since=start/> }.into_any(),
    };
    let mut about = match end {
        // Both days: whoever reads the line alone is not to take it for hours of one.
        Some(end) if end.wall().date != start.wall().date => {
            vec![format!("{} – {}", t.exact(start, now), t.exact(end, now))]
        }
        Some(end) => vec![format!("{}–{}", time::clock(start), time::clock(end))],
        None => vec![t.history_runs().to_owned()],
    };
    about.extend(ending.filter(|_| !void).map(|ending| t.history_ending(ending).to_owned()));
    about.extend(approximate.then(|| t.history_approximate().to_owned()));
    about.extend(other_card.then(|| t.history_other_card().to_owned()));
    let flag = unauthorised.then(|| view! { <b>{t.history_unauthorised()}</b>" · " });
    let act = here.map(|here| {
        let with = if here.contains('?') { '&' } else { '?' };
        let about = t.correct_this(&t.exact(start, now));
        view! { <a class="link" href=format!("{here}{with}use={id}#correcting") aria-label=about>{t.correct_do()}</a> }
    });
    view! {
        <li id=anchor>
            <div class="item">
                <time datetime=time::iso(start)>{time::clock(start)}</time>
                <div class="lines"><p class="t">{who}</p><p class="s">{flag}{about.join(" · ")}</p>
                    {corrections.into_iter().map(|one| view! { <p class="s">{corrected(&one, t, now)}</p> }).collect_view()}
                    {act}
                </div>
                <span class="tail">{long}</span>
            </div>
        </li>
    }
    .into_any()
}

/// What somebody said of it afterwards, why, and how it was before.
pub(crate) fn corrected(one: &Correction, t: Lang, now: Moment) -> String {
    let at = |at: Moment| format!("{} {}", t.brief(at, now), time::clock(at));
    let by = one.by.as_deref().unwrap_or(t.audit_former());
    let mut said = t.history_corrected(by, &at(one.at));
    said.push_str(": ");
    said.push_str(one.reason.as_deref().unwrap_or(t.history_words_gone()));
    let end = one
        .end_before
        .map_or_else(|| t.history_corrected_ran().to_owned(), |end| t.history_corrected_end(&at(end)));
    let mut was = vec![if one.void_before { t.history_corrected_void().to_owned() } else { end }];
    if one.other_person {
        let who = one.who_before.as_deref();
        was.push(who.map_or_else(|| t.history_corrected_nobody().to_owned(), |who| t.history_corrected_who(who)));
    }
    format!("{said} – {}", was.join(" · "))
}

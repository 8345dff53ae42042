//! A person's qualifications and bans, with their origin.

use super::{actions::by_whom, label};
use crate::{
    clock::use_clock,
    lang,
    ui::{
        banner::{Banner, Tone},
        icon::Icon,
    },
};
use contract::qualifications::{Ban, ChangedBy, Held, LedgerEntry};
use domain::{
    qualifications::{Cause, EntryKind},
    time::Moment,
};
use leptos::prelude::*;
use text::{Lang, time};

/// Qualifications: a table on wide screens, two lines each on a phone.
#[component]
pub fn HeldTable(
    /// Qualifications in the order of the equipment.
    held: Vec<Held>,
) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">{t.standing_heading()}</caption>
                <thead><tr>
                    <th scope="col">{t.standing_on()}</th>
                    <th scope="col">{t.standing_may()}</th>
                    <th scope="col" data-p="3">{t.standing_how()}</th>
                    <th scope="col">{t.standing_since()}</th>
                </tr></thead>
                <tbody>
                    {held.into_iter().map(|one| {
                        let until = one.until.map(|until| t.standing_until(&last_day(t, until, now)));
                        let may = t.relation(one.on.built_in, one.relation);
                        view! {
                            <tr>
                                <td><b>{label(t, &one.on)}</b></td>
                                <td>{may}</td>
                                <td class="muted" data-p="3">{how(t, one.cause, &one.by)}</td>
                                <td class="muted">
                                    <time datetime=time::iso(one.since) title=t.exact(one.since, now)>{t.brief(one.since, now)}</time>
                                    {until.map(|until| view! { <br/>{until} })}
                                </td>
                            </tr>
                        }
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// The reader's own qualifications, and who granted them.
#[component]
pub fn HeldList(held: Vec<Held>) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    view! {
        <ul class="list">
            {held.into_iter().map(|one| {
                let mut second = vec![format!("{}, {}", by_whom(t, &one.by), t.brief(one.since, now))];
                second.extend(one.until.map(|until| t.standing_until(&last_day(t, until, now))));
                let may = t.relation(one.on.built_in, one.relation);
                view! {
                    <li><div class="item">
                        <span class="tile"><Icon name="shield-check"/></span>
                        <span class="lines">
                            <span class="t">{label(t, &one.on)}</span>
                            <span class="s">{may}", "{second.join(", ")}</span>
                        </span>
                    </div></li>
                }
            }).collect_view()}
        </ul>
    }
}

/// Active bans, each with its reason.
#[component]
pub fn Bans(bans: Vec<Ban>) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    bans.into_iter()
        .map(|ban| {
            let mut title = t.standing_banned_from(&label(t, &ban.on), &t.since(ban.since, now));
            if let Some(until) = ban.until {
                title = format!("{title}, {}", t.standing_until(&last_day(t, until, now)));
            }
            let reason = ban.remark.map(|remark| format!("“{remark}” ")).unwrap_or_default();
            let by = by_whom(t, &ban.by);
            view! { <Banner tone=Tone::Bad icon="hand" title>{reason}{by}</Banner> }
        })
        .collect_view()
}

/// Every entry, newest first.
#[component]
pub fn History(history: Vec<LedgerEntry>) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    view! {
        <ol class="log">
            {history.into_iter().map(|message| {
                let about_ban = matches!(message.kind, EntryKind::Banned | EntryKind::Unbanned);
                let may = (!about_ban).then(|| format!(" · {}", t.relation(message.on.built_in, message.relation)));
                let mut second = vec![how(t, message.cause, &message.by)];
                second.extend(message.until.map(|until| t.standing_until(&last_day(t, until, now))));
                let (icon, tone) = match message.kind {
                    EntryKind::Granted => ("shield-check", "go"),
                    EntryKind::Revoked => ("log-out", ""),
                    EntryKind::Banned => ("hand", "bad"),
                    EntryKind::Unbanned => ("check", ""),
                };
                view! {
                    <li>
                        <span class="dot" data-tone=tone><Icon name=icon/></span>
                        <div>
                            <p class="t">{t.entry_kind(message.kind)}": "{label(t, &message.on)}{may}</p>
                            <p class="s">{second.join(", ")}</p>
                            {message.remark.map(|remark| view! { <p class="s">"“"{remark}"”"</p> })}
                        </div>
                        <time datetime=time::iso(message.from) title=t.exact(message.from, now)>{t.brief(message.from, now)}</time>
                    </li>
                }
            }).collect_view()}
        </ol>
    }
}

/// The origin: `Training, by Sofia Mair`; a plain decision is only `By Sofia Mair`.
pub(crate) fn how(t: Lang, cause: Cause, by: &ChangedBy) -> String {
    let by = by_whom(t, by);
    match cause {
        Cause::Trainer | Cause::Administrator => text::time::capitalised(&by),
        _ => format!("{}, {by}", t.cause(cause)),
    }
}

/// The last day before `until`: midnight belongs to the day before.
pub(crate) fn last_day(t: Lang, until: Moment, now: Moment) -> String {
    let last = until.shifted_to(domain::time::Millis(until.at.0 - 1));
    t.date(last, now)
}

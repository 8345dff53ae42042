//! What the pages of dues share: status, the days of grace, commands, and the history.

use crate::{
    lang,
    ui::{
        icon::Icon,
        status::{Glyph, Status},
    },
};
use contract::dues::{CommandView, DuesChange};
use domain::{
    dues::{CommandKind, CommandState, DuesStatus},
    time::{Date, Moment},
};
use leptos::prelude::*;
use text::{Lang, time};

/// Marks of days, at most.
const MOST_MARKS: i64 = 62;
/// Distance of two marks.
const STEP: i64 = 24;

/// The day of `now`.
pub fn today(now: Moment) -> Date {
    now.wall().date
}

/// `today at 14:02`.
pub fn when(t: Lang, at: Moment, now: Moment) -> String {
    t.dues_at(&t.day(at, now), &time::clock(at))
}

/// Icon of a status; current has none.
pub const fn icon(status: DuesStatus) -> Option<&'static str> {
    match status {
        DuesStatus::Current => None,
        DuesStatus::Grace => Some("clock"),
        DuesStatus::Overdue => Some("hand"),
        DuesStatus::Ended => Some("log-out"),
    }
}

/// A status in a row: only what needs attention has a ground.
pub fn pay_state(status: DuesStatus, label: String) -> AnyView {
    let data = (status != DuesStatus::Current).then(|| status.as_str());
    view! {
        <span class="pay-state" data-pay=data>{icon(status).map(|name| view! { <Icon name/> })}{label}</span>
    }
    .into_any()
}

/// Status and days of a late person: `Grace, 4 d left`.
pub fn badge(t: Lang, status: DuesStatus, (paid_until, last_day): (Date, Date), today: Date) -> String {
    let days = match status {
        DuesStatus::Grace => last_day.days() - today.days() + 1,
        _ => today.days() - last_day.days(),
    };
    let days =
        if status == DuesStatus::Overdue { days.max(1).min(today.days() - paid_until.days()) } else { days };
    t.dues_badge(status, days)
}

/// The line above an answer: shape and words.
pub fn state_line(status: Status, words: String) -> AnyView {
    view! { <p class="status" data-status=status.key()><Glyph status/>{words}</p> }.into_any()
}

/// One mark for each day between due and hold: gone solid, left hollow.
pub fn grace(paid_until: Date, last_day: Date, today: Date) -> AnyView {
    let t = lang::current();
    let days = (last_day.days() - paid_until.days()).clamp(1, MOST_MARKS);
    let gone = (today.days() - paid_until.days() - 1).clamp(0, days);
    let marks = (0..days).map(|day| {
        let class = if day < gone { "gone" } else { "left" };
        view! { <rect class=class x=(day * STEP + 1).to_string() y="1" width=(STEP - 4).to_string() height="8" rx="2.5"/> }
    });
    let due = Date::from_days(paid_until.days() + 1);
    let hold = Date::from_days(last_day.days() + 1);
    view! {
        <div class="grace">
            <svg viewBox=format!("0 0 {} 10", days * STEP) aria-hidden="true">{marks.collect_view()}</svg>
            <div class="ends">
                <span><b>{t.short_day(due)}</b>{t.dues_was_due()}</span>
                <span><b>{t.short_day(hold)}</b>{t.dues_hold_from()}</span>
            </div>
        </div>
    }
    .into_any()
}

/// How a command does, in one line.
pub fn command_state(t: Lang, command: &CommandView) -> AnyView {
    let clock = command.next.map(time::clock).unwrap_or_default();
    let (data, words) = match (command.state, command.trouble) {
        (CommandState::Waiting, _) if command.tries > 0 => (Some("retry"), t.dues_waits(command.tries, &clock)),
        (CommandState::Waiting, _) => (None, t.dues_waits(0, &clock)),
        (CommandState::Refused | CommandState::GaveUp, Some(trouble)) => {
            (Some("failed"), format!("{}: {}", t.dues_command_state(command.state), t.dues_trouble(trouble)))
        }
        (state, _) => (None, t.dues_command_state(state).to_owned()),
    };
    let icon = (data == Some("failed")).then(|| view! { <Icon name="octagon-alert"/> });
    view! { <span class="cmd" data-cmd=data>{icon}{words}</span> }.into_any()
}

/// Icon of a command.
pub const fn command_icon(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Add => "user-plus",
        CommandKind::Remove => "log-out",
    }
}

/// What became of dues, newest first.
pub fn history(changes: Vec<DuesChange>, now: Moment) -> AnyView {
    let t = lang::current();
    if changes.is_empty() {
        return view! { <p class="muted">{t.dues_history_none()}</p> }.into_any();
    }
    let row = |one: DuesChange| {
        let (tone, name) = match (one.action.as_str(), one.status) {
            ("dues.more-time", _) | (_, Some(DuesStatus::Grace)) => (None, "clock"),
            (_, Some(DuesStatus::Current)) => (Some("go"), "check"),
            (_, Some(DuesStatus::Overdue)) => (Some("bad"), "hand"),
            (_, Some(DuesStatus::Ended)) => (None, "log-out"),
            _ => (None, "user-round"),
        };
        let by = one.by.map(|who| view! { <p class="s">{t.person_dues_by(&who)}</p> });
        view! {
            <li>
                <span class="dot" data-tone=tone aria-hidden="true"><Icon name/></span>
                <div><p class="t">{t.dues_happened(&one.action, one.status)}</p>{by}</div>
                <time datetime=time::iso(one.at)>{t.brief(one.at, now)}</time>
            </li>
        }
    };
    view! { <div class="card"><ol class="log">{changes.into_iter().map(row).collect_view()}</ol></div> }.into_any()
}

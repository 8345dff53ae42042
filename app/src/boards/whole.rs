//! Board problems without a machine: unknown machine numbers, shared client ids, unreadable messages.

use crate::{
    lang,
    ui::{button::ButtonLink, icon::Icon},
};
use contract::boards::{Rejected, Stray, Takeover, Whole};
use domain::time::Moment;
use leptos::prelude::*;
use text::time;

/// The three lists; empty ones are left out, except the last.
#[component]
pub fn Rest(whole: Whole, now: Moment) -> impl IntoView {
    let t = lang::current();
    let Whole { since, strays, takeovers, rejected, may_add } = whole;
    let strays = (!strays.is_empty()).then(|| {
        let rows = strays.into_iter().map(|stray| self::stray(stray, may_add, now)).collect_view();
        view! {
            <section class="group" aria-labelledby="strays">
                <h2 class="group-head" id="strays">{t.strays_title()}</h2>
                <p class="muted">{t.strays_lead(&t.exact(since, now))}</p>
                <ul class="list">{rows}</ul>
            </section>
        }
    });
    let takeovers = (!takeovers.is_empty()).then(|| {
        let rows = takeovers.into_iter().map(|one| takeover(one, now)).collect_view();
        view! {
            <section class="group" aria-labelledby="takeovers">
                <h2 class="group-head" id="takeovers">{t.takeovers_title()}</h2>
                <p class="muted">{t.takeovers_lead()}</p>
                <ul class="list">{rows}</ul>
            </section>
        }
    });
    let rejected = if rejected.is_empty() {
        view! { <p class="muted">{t.rejected_none()}</p> }.into_any()
    } else {
        let rows = rejected.into_iter().map(|one| row(one, now)).collect_view();
        view! {
            <p class="muted">{t.rejected_lead()}</p>
            <div class="table-wrap"><table class="table">
                <caption class="visually-hidden">{t.rejected_title()}</caption>
                <thead><tr>
                    <th scope="col">{t.rejected_what()}</th>
                    <th scope="col">{t.rejected_seen()}</th>
                    <th scope="col" data-p="2">{t.rejected_last()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        {strays}
        {takeovers}
        <section class="group" aria-labelledby="rejected">
            <h2 class="group-head" id="rejected">{t.rejected_title()}</h2>
            {rejected}
        </section>
    }
}

fn stray(stray: Stray, may_add: bool, now: Moment) -> AnyView {
    let t = lang::current();
    let Stray { number, serial, firmware, address, last } = stray;
    let mut about = vec![t.stray_last(&t.brief(last, now))];
    about.extend([serial, address, firmware].into_iter().filter(|name| !name.is_empty()));
    about.extend((number == 0).then(|| t.stray_zero().to_owned()));
    let add = (may_add && number != 0).then(|| {
        let href = format!("/machines/new?number={number}");
        view! { <div class="acts"><ButtonLink href label=t.stray_add().to_owned() icon="plus"/></div> }
    });
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="triangle-alert"/></span>
                <span class="lines">
                    <span class="t">{t.stray_named(&number.to_string())}</span>
                    <span class="s">{about.join(" · ")}</span>
                </span>
                {add}
            </div>
        </li>
    }
    .into_any()
}

fn takeover(takeover: Takeover, now: Moment) -> AnyView {
    let t = lang::current();
    let Takeover { client, before, after, times, last } = takeover;
    let between = if before == after { before } else { t.takeover_between(&before, &after) };
    let message = format!("{between} · {}", t.takeover_times(times, &t.brief(last, now)));
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="triangle-alert"/></span>
                <span class="lines"><span class="t">{client}</span><span class="s">{message}</span></span>
            </div>
        </li>
    }
    .into_any()
}

fn row(rejected: Rejected, now: Moment) -> AnyView {
    let t = lang::current();
    let Rejected { kind, seen, last, topic, example } = rejected;
    let what = t.board_rejected(&kind).map_or(kind, ToOwned::to_owned);
    view! {
        <tr>
            <td>
                <strong>{what}</strong>
                <br/><span class="small muted">{topic}</span>
                {(!example.is_empty()).then(|| view! { <br/><code class="small">{example}</code> })}
            </td>
            <td>{t.thousands(seen)}</td>
            <td class="muted" data-p="2"><time datetime=time::iso(last)>{t.exact(last, now)}</time></td>
        </tr>
    }
    .into_any()
}

//! One queue: the suggested dates, who can come when, and the button that holds the session.
//!
//! Not here: the list of queues ([`super::demand`]), and which dates are suggested.

use super::{Announce, Queue, count, usual};
use crate::{
    call::Call,
    ui::{
        avatar::Avatar,
        button::{Kind, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
    },
};
use contract::training_requests::{QueueDetail, QueuedPerson, SuggestedTime, TrainingDemand};
use domain::{
    bookings::Resource,
    time::{Date, Moment},
    training_events::DayWindow,
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use text::{Lang, time};

/// The selected queue. Its parts follow the chosen date.
pub(super) fn pane(
    t: Lang,
    demand: RwSignal<TrainingDemand>,
    date: Memo<usize>,
    choose: impl Fn(usize) + Copy + Send + Sync + 'static,
    hold: Call<Announce>,
) -> AnyView {
    let part = move |draw: fn(Lang, &QueueDetail, &TrainingDemand, usize) -> AnyView| {
        dynamic(move || {
            let date = date.get();
            demand.with(|demand| demand.selected.as_ref().map(|queue| draw(t, queue, demand, date)))
        })
    };
    let (name, back) = demand.with_untracked(|demand| {
        let name = demand.selected.as_ref().map(|queue| queue.kind_name.clone()).unwrap_or_default();
        let show = demand.show.map_or_else(String::new, |show| format!("?show={}", show.as_str()));
        (name, format!("/training/demand{show}"))
    });
    view! {
        <section class="card pane" aria-label=name>
            <a class="crumb only-narrow" href=back><Icon name="chevron-left"/>{t.hosting_demand()}</a>
            {part(head)}
            {dynamic(move || demand.with(|demand| demand.selected.as_ref().map(|queue| {
                suggestions(t, queue, demand, date, choose)
            })))}
            {part(|t, queue, demand, date| people(t, queue, demand.now, date))}
            {dynamic(move || {
                let date = date.get();
                demand.with(|demand| demand.selected.as_ref().map(|queue| decide(t, queue, date, hold)))
            })}
        </section>
    }
    .into_any()
}

fn head(t: Lang, queue: &QueueDetail, demand: &TrainingDemand, date: usize) -> AnyView {
    let aim = time::lowered(t.hosting_to(queue.aim));
    let what = format!("{}, {aim} · {}", queue.kind_name, usual(t, queue.places, queue.minutes));
    let title = queue.suggestions.get(date).map_or_else(
        || t.hosting_no_time().to_owned(),
        |suggested| {
            let day = time::capitalised(&t.weekday_date(suggested.starts.wall().date, demand.today));
            t.hosting_suits(&day, &suggested.can.to_string(), &queue.people.len().to_string())
        },
    );
    view! {
        <header class="detail-head">
            <p class="why"><Icon name="users-round"/><span>{what}</span></p>
            <h2>{title}</h2>
        </header>
    }
    .into_any()
}

/// The dates as radio buttons. Without script a button puts the choice into the address.
fn suggestions(
    t: Lang,
    queue: &QueueDetail,
    demand: &TrainingDemand,
    date: Memo<usize>,
    choose: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> AnyView {
    if queue.suggestions.is_empty() {
        return view! { <p class="muted">{t.hosting_no_time_next()}</p> }.into_any();
    }
    let options = queue.suggestions.iter().enumerate().map(|(at, suggested)| {
        let is_chosen = Signal::derive(move || date.get() == at);
        let can = format!("{}, {}", time::clocks(suggested.starts, suggested.ends), t.hosting_can(suggested.can));
        view! {
            <li><label>
                <input type="radio" name="date" value=at checked=is_chosen.get_untracked() prop:checked=is_chosen
                    on:change=move |_| choose(at)/>
                <b>{t.short_date(suggested.starts.wall().date)}</b>
                <span>{can}</span>
                <span class="s">{t.hosting_free(&free(t, suggested))}</span>
                {(!suggested.busy.is_empty()).then(|| view! { <span class="s">{t.hosting_busy(&suggested.busy.join(", "))}</span> })}
            </label></li>
        }
    });
    let options = options.collect_view();
    let show = demand.show.map(|show| hidden("show", &show.as_str()));
    view! {
        <form class="form" method="get" action="/training/demand">
            {hidden("kind", &queue.kind)}{hidden("aim", &queue.aim.as_str())}{show}
            <fieldset>
                <legend class="visually-hidden">{t.hosting_dates()}</legend>
                <ul class="times suggests" role="list">{options}</ul>
                <div class="find-lists"><button class="btn">{t.hosting_show()}</button></div>
            </fieldset>
        </form>
    }
    .into_any()
}

/// The host, the machine and the room of a suggestion.
fn free(t: Lang, suggested: &SuggestedTime) -> String {
    let machine = suggested.machine.as_ref().map(|(_, name)| name.as_str());
    let room = suggested.room.as_ref().map(|(_, name)| name.as_str());
    [Some(t.hosting_you()), room, machine].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The names of the parts of the day; their times if a name is not unique.
fn window_names(t: Lang, windows: &[DayWindow]) -> Vec<String> {
    let name = |window: &DayWindow| match window.minutes().0 / 60 {
        ..12 => t.hosting_morning(),
        12..18 => t.hosting_afternoon(),
        _ => t.hosting_evening(),
    };
    let names: BTreeSet<_> = windows.iter().map(name).collect();
    let is_unique = names.len() == windows.len();
    windows.iter().map(|window| if is_unique { name(window).to_owned() } else { window.to_string() }).collect()
}

/// Who waits, in the order of asking, and when they can come. The chosen date is the last column.
fn people(t: Lang, queue: &QueueDetail, now: Moment, date: usize) -> AnyView {
    let heads = window_names(t, &queue.windows).into_iter().zip(&queue.windows).map(|(name, window)| {
        view! { <th scope="col" class="c" data-p="3" title=window.to_string()>{name}</th> }
    });
    let heads = heads.collect_view();
    let chosen = queue.suggestions.get(date).map(|suggested| t.short_date(suggested.starts.wall().date));
    let sums = (0..queue.windows.len()).map(|at| {
        let can = queue.people.iter().filter(|person| person.windows.get(at) == Some(&true)).count();
        view! { <td class="c" data-p="3">{can}</td> }
    });
    let sums = sums.collect_view();
    let rows = queue.people.iter().zip(1..).map(|(person, place)| row(t, person, place, now, date));
    let rows = rows.collect_view();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label=t.hosting_who_can()><table class="table when-table">
            <caption class="visually-hidden">{t.hosting_queue(&queue.kind_name)}</caption>
            <thead><tr>
                <th scope="col" aria-label=t.hosting_place()>"#"</th><th scope="col">{t.hosting_person()}</th>
                <th scope="col" data-p="2">{t.hosting_asked()}</th>{heads}
                {chosen.map(|chosen| view! { <th scope="col" class="c" data-here>{chosen}</th> })}
            </tr></thead>
            <tbody>{rows}</tbody>
            <tfoot><tr>
                <th scope="row" colspan="2">{t.hosting_can_come()}</th><td data-p="2"></td>{sums}
                {queue.suggestions.get(date).map(|suggested| view! { <td class="c" data-here>{suggested.can}</td> })}
            </tr></tfoot>
        </table></div>
    }
    .into_any()
}

fn row(t: Lang, person: &QueuedPerson, place: u32, now: Moment, date: usize) -> AnyView {
    let mark = |can: bool| {
        let (shape, word) = if can {
            (view! { <Icon name="check"/> }.into_any(), t.hosting_yes())
        } else {
            (view! { <span aria-hidden="true">"–"</span> }.into_any(), t.hosting_no())
        };
        view! { {shape}<span class="visually-hidden">{word}</span> }
    };
    let windows = person.windows.iter().map(|can| view! { <td class="c" data-p="3">{mark(*can)}</td> });
    let windows = windows.collect_view();
    let suggested = person.suggested.get(date).copied();
    let modules = (person.modules > 0).then(|| t.hosting_modules_left(person.modules));
    let notes = person.note.clone().into_iter().chain(modules);
    let notes: Vec<_> = notes.map(|note| view! { <p class="s">{note}</p> }).collect();
    view! {
        <tr data-out=(suggested == Some(false)).then_some("")>
            <td>{place}</td>
            <td><div class="person-line"><Avatar name=person.name.clone() size="sm"/><div><a class="name" href=format!("/people/{}", person.person)>{person.name.clone()}</a>{notes}</div></div></td>
            <td data-p="2">{t.brief(person.asked, now)}</td>
            {windows}
            {suggested.map(|can| view! { <td class="c" data-here>{mark(can)}</td> })}
        </tr>
    }
    .into_any()
}

/// The chosen session, and the way to its details.
fn decide(t: Lang, queue: &QueueDetail, date: usize, hold: Call<Announce>) -> AnyView {
    if !queue.may_hold {
        return view! { <p class="why"><Icon name="lock"/><span>{t.hosting_not_yours()}</span></p> }.into_any();
    }
    let suggested = queue.suggestions.get(date);
    let details = details_address((queue.kind, queue.aim), suggested);
    let kind = if suggested.is_some() { None } else { Some("primary") };
    let session = suggested.map(|suggested| {
        let title = t.hosting_title(queue.aim, &queue.kind_name);
        let (day, from, to) = terms(suggested);
        let fields = [
            hidden("kind", &queue.kind),
            hidden("aim", &queue.aim.as_str()),
            hidden("title", &title),
            hidden("day", &day),
            hidden("from", &from),
            hidden("to", &to),
        ];
        let taken: Vec<_> = resources(suggested).iter().map(|one| hidden("resources[]", one)).collect();
        // One blank, so that a type that requires nothing sends a list as well.
        let modules: Vec<_> = queue.modules.iter().map(|one| hidden("modules[]", one)).collect();
        view! {
            <div id="hold"><Form action=hold>
                {fields.into_iter().collect_view()}{taken}{hidden("modules[]", &"")}{modules}
                <Submit label=t.hosting_hold() kind=Kind::Primary busy=hold.pending()/>
            </Form></div>
        }
    });
    let invites = suggested.map(|suggested| {
        let invited = count(queue.people.len()).min(queue.places.into());
        view! { <span class="small muted push">{t.hosting_invites_first(invited, &suggested.invited_can.to_string())}</span> }
    });
    view! {
        <div class="decide btn-row">
            {session}
            <a class="btn" data-kind=kind href=details>{t.hosting_details()}</a>
            {invites}
        </div>
    }
    .into_any()
}

/// The day, the start and the end of a suggestion, as a form sends them.
fn terms(suggested: &SuggestedTime) -> (Date, String, String) {
    (suggested.starts.wall().date, time::clock(suggested.starts), time::clock(suggested.ends))
}

fn resources(suggested: &SuggestedTime) -> Vec<Resource> {
    let machine = suggested.machine.as_ref().map(|(id, _)| Resource::Machine(*id));
    machine.into_iter().chain(suggested.room.as_ref().map(|(id, _)| Resource::Room(*id))).collect()
}

fn details_address((kind, aim): Queue, suggested: Option<&SuggestedTime>) -> String {
    let chosen = suggested.map_or_else(String::new, |suggested| {
        let (day, from, to) = terms(suggested);
        let taken: Vec<_> = resources(suggested).iter().map(|one| format!("&resources[]={one}")).collect();
        format!("&day={day}&from={from}&to={to}{}", taken.concat())
    });
    format!("/events/new?kind={kind}&aim={}{chosen}", aim.as_str())
}

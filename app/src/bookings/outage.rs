//! A booking whose machine is out of service: alternatives, each booked for its holder with one tap.

use super::{api::Rebook, length_of, when};
use crate::{
    call::Call,
    ui::{
        button::{Kind, Submit},
        form::{Form, Summary, hidden},
        icon::Icon,
        status::{Glyph, Status},
    },
};
use contract::bookings::{Opened, Outage, Time};
use leptos::prelude::*;
use text::Lang;

pub(super) fn section(t: Lang, one: &Opened, outage: &Outage, rebook: Call<Rebook>) -> AnyView {
    let booking = &one.booking;
    let own = Time { starts: booking.starts, ends: booking.ends };
    let minutes = length_of(own).as_secs() / 60;
    let is_bare = outage.instead.is_empty();
    let options = outage.instead.iter().enumerate().map(|(at, other)| {
        let time = Time { starts: other.starts, ends: other.ends };
        let title = if other.same_time { t.outage_same(&other.name) } else { other.name.clone() };
        view! {
            <label class="option">
                <input type="radio" name="choice" value=format!("{}@{}", other.resource, other.starts.at.0) checked=at == 0/>
                <b>{title}</b><span class="d">{when(t, time, one.now)}</span>
            </label>
        }
    });
    let options = options.collect_view();
    let (id, version) = (booking.id.to_string(), booking.version.to_string());
    let label = if booking.mine { t.outage_move() } else { t.outage_move_theirs() };
    view! {
        <section class="answer" data-answer="no" aria-labelledby="outage">
            <p class="status" data-status=Status::Blocked.key()><Glyph status=Status::Blocked/>{t.outage_since(&t.exact(outage.since, one.now))}</p>
            <div class="say"><h2 class="big" id="outage">{t.outage_title(&booking.name)}</h2></div>
            <p class="swap"><del>{when(t, own, one.now)}", "{booking.name.clone()}</del></p>
        </section>
        {if is_bare {
            view! { <p class="why"><Icon name="info"/><span>{t.outage_none()}</span></p> }.into_any()
        } else {
            view! {
                <Form action=rebook>
                    <Summary action=rebook/>
                    {hidden("id", &id)}
                    {hidden("version", &version)}
                    {hidden("minutes", &minutes)}
                    <fieldset class="instead"><legend class="title-lite">{t.outage_choice()}</legend>{options}</fieldset>
                    <div class="btn-row"><Submit label kind=Kind::Primary busy=rebook.pending()/></div>
                </Form>
            }.into_any()
        }}
        {booking.mine.then(|| view! { <p class="why"><Icon name="info"/><span>{t.outage_stays(&booking.name)}</span></p> })}
    }
    .into_any()
}

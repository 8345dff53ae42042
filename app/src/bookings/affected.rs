//! Bookings affected by a block, for the people who look after the machine, with the outcome of each.
//!
//! Not here: choosing another time, which is on the booking's page, and lifting the block, on the machine's.

use super::{api, short_day, when};
use crate::{
    call::page_resource,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
        status::{Glyph, Status},
    },
};
use contract::{
    bookings::Time,
    outages::{Affected, Answer, OutageView},
};
use domain::{id::MachineId, live::Noun, notices::Instead, time::Moment};
use leptos::prelude::*;
use text::{Lang, time};

/// The page at `/machines/:id/outage`.
pub fn outage_page(machine: MachineId) -> AnyView {
    let live = use_live();
    let heard = move || live.version(Noun::Bookings) + live.about(Noun::Machine, machine.0);
    let answers = page_resource(heard, move |_| api::outage(machine));
    live_page(lang::current().affected_title(), 4, answers, move |visible| {
        view! { <Page outage=visible/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(outage: RwSignal<OutageView>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || {
        Some(outage.with(|outage| {
            let href = format!("/machines/{}", outage.machine);
            let head = head(t, outage);
            let rows = outage.affected.iter().map(|one| row(t, one, outage.now)).collect_view();
            let open = outage.affected.iter().filter(|one| one.answer == Answer::Open).count();
            view! {
                <a class="crumb" href=href><Icon name="chevron-left"/>{outage.name.clone()}</a>
                {head}
                {if outage.affected.is_empty() {
                    view! {
                        <div class="card"><Empty icon="circle-check"><h2>{t.affected_none()}</h2><p>{t.affected_none_next()}</p></Empty></div>
                    }.into_any()
                } else {
                    view! {
                        {figures(t, &outage.affected)}
                        <section class="group" aria-labelledby="affected">
                            <h2 class="group-head" id="affected">{t.affected_who()}<span class="n" aria-hidden="true">{outage.affected.len()}</span></h2>
                            <ul class="list" role="list">{rows}</ul>
                        </section>
                    }.into_any()
                }}
                {(outage.later > 0).then(|| view! { <p class="why"><Icon name="info"/><span>{t.affected_later(outage.later)}</span></p> })}
                {(open > 0).then(|| view! { <p class="why"><Icon name="info"/><span>{t.affected_lifting(u32::try_from(open).unwrap_or(u32::MAX))}</span></p> })}
            }
            .into_any()
        }))
    })
}

fn head(t: Lang, visible: &OutageView) -> AnyView {
    let Some(block) = &visible.block else {
        return view! {
            <header class="page-head"><h1>{visible.name.clone()}</h1><p class="sub">{t.affected_not_blocked()}</p></header>
        }
        .into_any();
    };
    let since = t.outage_since(&t.exact(block.since, visible.now));
    let (name, because, href) =
        (visible.name.clone(), block.because.clone(), format!("/machines/{}", visible.machine));
    view! {
        <header class="page-head">
            <h1>{name}</h1>
            <span class="status" data-status=Status::Blocked.key()><Glyph status=Status::Blocked/>{since}</span>
            {because.map(|because| view! { <p class="sub">{because}</p> })}
            <span class="push"><ButtonLink href label=t.affected_to_block().to_owned() kind=Kind::Primary/></span>
        </header>
    }
    .into_any()
}

fn figures(t: Lang, affected: &[Affected]) -> AnyView {
    let count = |fits: fn(&Affected) -> bool| affected.iter().filter(|one| fits(one)).count().to_string();
    let figures = [
        (t.affected_all(), affected.len().to_string()),
        (t.affected_rebooked(), count(|one| matches!(one.answer, Answer::Rebooked { .. }))),
        (t.affected_open(), count(|one| one.answer == Answer::Open)),
        (t.affected_nothing(), count(|one| one.answer == Answer::Open && one.instead == Instead::Nothing)),
        (t.affected_called_off(), count(|one| matches!(one.answer, Answer::CalledOff { .. }))),
    ];
    let figures = figures.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! { <dl class="history">{figures.collect_view()}</dl> }.into_any()
}

fn row(t: Lang, one: &Affected, now: Moment) -> AnyView {
    let name = one.name.clone().unwrap_or_else(|| t.checkouts_former().to_owned());
    let span = when(t, Time { starts: one.starts, ends: one.ends }, now);
    let offered = match one.instead {
        Instead::SameTime => t.affected_same_time(),
        Instead::OtherTime => t.affected_other_time(),
        Instead::Nothing => t.affected_nothing_free(),
    };
    let at = |at: Moment| format!("{} {}", short_day(t, at, now), time::clock(at));
    let href = format!("/bookings/{}", one.booking);
    let about = name.clone();
    let (icon, message, second) = match &one.answer {
        Answer::Open if one.instead == Instead::Nothing => {
            ("triangle-alert", t.affected_needs_you().to_owned(), offered.to_owned())
        }
        Answer::Open => ("clock", t.affected_no_answer().to_owned(), offered.to_owned()),
        Answer::Over => ("clock", t.affected_over().to_owned(), offered.to_owned()),
        Answer::Rebooked { to, at: when } => {
            ("check", format!("{} {}", t.affected_rebooked(), at(*when)), to.clone())
        }
        Answer::CalledOff { at: when } => {
            ("x", format!("{} {}", t.affected_called_off(), at(*when)), String::new())
        }
    };
    let second = if second.is_empty() { span } else { format!("{span} · {second}") };
    view! {
        <li><div class="item">
            <Avatar name=name.clone() size="md"/>
            <span class="lines"><a class="t" href=href.clone()>{name}</a><span class="s">{second}</span></span>
            <span class="tail"><Icon name=icon/>{message}</span>
            {(one.answer == Answer::Open).then(|| view! {
                <div class="acts"><ButtonLink href=href label=format!("{}: {about}", t.affected_rebook())/></div>
            })}
        </div></li>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use contract::outages::OutageBlock;
    use domain::{
        id::{BlockId, BookingId},
        time::Millis,
    };

    const fn at(hour: i64) -> Moment {
        Moment { at: Millis(hour * 3_600_000), offset: 0 }
    }

    fn one(booking: i64, name: &str, instead: Instead, answer: Answer) -> Affected {
        let (starts, ends) = (at(20 + booking), at(21 + booking));
        Affected { booking: BookingId(booking), name: Some(name.into()), starts, ends, instead, answer }
    }

    #[test]
    fn unanswered_bookings_can_be_rebooked_and_others_show_outcome() {
        let rebooked = Answer::Rebooked { to: "Laser 2".into(), at: at(9) };
        let visible = OutageView {
            now: at(10),
            machine: MachineId(1),
            name: "Laser 1".into(),
            block: Some(OutageBlock { id: BlockId(4), since: at(8), because: Some("Mirror loose".into()) }),
            affected: vec![
                one(1, "Ada", Instead::Nothing, Answer::Open),
                one(2, "Bob", Instead::SameTime, rebooked),
                one(3, "Carl", Instead::OtherTime, Answer::CalledOff { at: at(9) }),
            ],
            later: 2,
        };
        let page = html(visitor(Lang::En), "/machines/1/outage", move || {
            view! { <Page outage=RwSignal::new(visible)/> }
        });
        let content = words(&page);
        assert!(
            content.contains("Mirror loose")
                && content.contains("Laser 2")
                && content.contains("2 later bookings"),
            "{content}"
        );
        assert_eq!(page.matches("Rebook: ").count(), 1, "only whose booking still stands here: {page}");
        assert!(page.contains(r#"href="/machines/1""#), "the block is lifted where it is: {page}");
    }
}

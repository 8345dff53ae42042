//! One room: whether the reader can have it now, its day, its equipment and machines, and who may book it.
//!
//! Invariant: the times come from the same rules as a booking. Not here: editing a room, which is on the page of all rooms.

use super::{api, strip};
use crate::{
    bookings::when,
    call::{PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press},
        changing::dynamic,
        icon::Icon,
        status::{Glyph, Status, status_label},
    },
};
use contract::{
    bookings::{BlockKind, DayView},
    rooms::{RoomMachine, RoomPage},
};
use domain::{
    bookings::Resource,
    id::RoomId,
    live::Noun,
    pictures::Subject,
    time::{MINUTE, Moment},
};
use leptos::prelude::*;
use leptos_meta::Title;
use text::{Lang, time};

/// The page at `/rooms/{id}`.
pub fn room_page(room: RoomId) -> AnyView {
    let live = use_live();
    let versions = move || live.version(Noun::Bookings) + live.version(Noun::Machine) + live.version(Noun::Groups);
    let page: PageResource<RoomPage> = page_resource(versions, move |_| api::read(room));
    live_page(lang::current().room_title(), 5, page, |page| view! { <Page page/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<RoomPage>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| {
        if let Some(now) = page.with(|page| page.today.as_ref().map(|today| today.now)) {
            clock.hear(now);
        }
    });
    let name = page.with_untracked(|page| page.name.clone());
    view! {
        <Title text=name/>
        <a class="crumb" href="/bookings/rooms"><Icon name="chevron-left"/>{t.room_all()}</a>
        {dynamic(move || Some(page.with(|page| head(t, page))))}
        <div class="room-cols">
            <div class="cluster">
                {dynamic(move || page.with(|page| page.today.as_ref().map(|today| answer(t, page, today))))}
                {dynamic(move || page.with(|page| page.today.as_ref().map(|today| of_today(t, page, today))))}
                {dynamic(move || Some(page.with(|page| who(t, page))))}
            </div>
            <div class="cluster">
                {dynamic(move || page.with(picture))}
                {dynamic(move || Some(page.with(|page| equipment(t, page))))}
                {dynamic(move || page.with(|page| machines(t, page)))}
                {dynamic(move || page.with(|page| closures(t, page)))}
            </div>
        </div>
    }
}

fn head(t: Lang, page: &RoomPage) -> AnyView {
    let for_whom = match page.groups.as_slice() {
        [] if page.is_permitted.is_none() => t.room_for_all().to_owned(),
        [] => t.room_for_people().to_owned(),
        groups => t.rooms_for(&groups.iter().map(|(_, name, _)| name.as_str()).collect::<Vec<_>>().join(", ")),
    };
    let location = Some(page.location.clone()).filter(|location| !location.is_empty());
    let second = location.into_iter().chain([t.rooms_people(page.capacity.into()), for_whom]);
    let second = second.collect::<Vec<_>>().join(" · ");
    let edit = page.may_change.then(|| {
        let href = format!("/rooms?edit={}", page.id);
        view! { <span class="btn-row"><ButtonLink href label=t.room_edit().to_owned() icon="pen-line"/></span> }
    });
    let archived = page.archived.then(|| {
        view! { <Banner tone=Tone::Warn icon="archive" title=t.room_archived().to_owned()>{t.room_archived_next()}</Banner> }
    });
    view! {
        <header class="room-head"><h1>{page.name.clone()}</h1><p>{second}</p>{edit}</header>
        {archived}
    }
    .into_any()
}

/// Until when the room is free from now on, if it is.
fn free_until(today: &DayView) -> Option<Moment> {
    let now = today.now.at;
    let free =
        today.blocks.iter().find(|block| block.kind == BlockKind::Free && block.starts.at <= now.after(MINUTE))?;
    (now < free.ends.at).then_some(free.ends)
}

/// The answer to "can I have it?": now, later today, or why not.
fn answer(t: Lang, page: &RoomPage, today: &DayView) -> AnyView {
    let mine = page.groups.iter().find(|(.., is_mine)| *is_mine).map(|(_, name, _)| t.room_may_book(name));
    let own = (page.is_permitted == Some(true)).then(|| t.room_you_may_book().to_owned());
    let who = mine.or(own).unwrap_or_else(|| t.room_all_may_book().to_owned());
    let how = if today.bookable.moderated { t.room_approved(&who) } else { t.room_at_once(&who) };
    let quota = crate::bookings::used(t, today.quota);
    let resource = Resource::Room(page.id);
    let other = format!("/book/{resource}");
    let chosen = today.chosen.as_ref().filter(|chosen| chosen.refusals.is_empty());
    let (is_yes, big, because, action) = match (&today.why, chosen) {
        (Some((_, why)), _) => (false, t.room_not_free().to_owned(), why.clone(), None),
        (None, Some(chosen)) => {
            let until = free_until(today);
            let big = match until {
                Some(until) => t.room_yours_until(&time::clock(until)),
                None => t.room_free_next(&time::lowered(&when(t, chosen.time, today.now))),
            };
            let href =
                format!("{other}?day={}&at={}&minutes={}", today.date, chosen.time.starts.at.0, today.minutes);
            let label = t.room_book(&time::clocks(chosen.time.starts, chosen.time.ends));
            let book = view! { <ButtonLink href label kind=Press::Primary icon="plus"/> }.into_any();
            (until.is_some(), big, how, Some(book))
        }
        (None, None) => (false, t.room_not_free().to_owned(), how, None),
    };
    let action = action.unwrap_or_else(|| {
        view! { <ButtonLink href=other label=t.room_other_times().to_owned() icon="calendar-days"/> }.into_any()
    });
    view! {
        <section class="answer" data-answer=if is_yes { "yes" } else { "no" } aria-labelledby="answer">
            <div class="say">
                {is_yes.then(|| view! { <Glyph status=Status::Free/> })}
                <h2 class="big" id="answer">{big}</h2>
                <p class="because">{because}{quota.map(|quota| format!(" {quota}"))}</p>
            </div>
            {action}
        </section>
    }
    .into_any()
}

fn of_today(t: Lang, page: &RoomPage, today: &DayView) -> AnyView {
    let words = strip::in_words(t, today);
    let words = if words.is_empty() { t.room_nothing_today().to_owned() } else { words };
    let state = free_until(today).map(|until| {
        let last = today.blocks.last().is_some_and(|block| block.ends.at == until.at);
        let label = if last { t.room_free_all_day().to_owned() } else { t.room_free_until(&time::clock(until)) };
        view! { <span class="status" data-status="free" data-pill=""><Glyph status=Status::Free/>{label}</span> }
    });
    let href = format!("/bookings/rooms?room={}", page.id);
    view! {
        <section class="card" aria-labelledby="today">
            <div class="card-head"><h2 id="today">{t.room_today()}</h2>{state}</div>
            {strip::strip(t, today)}
            <p class="small muted">{words}</p>
            <div class="btn-row"><ButtonLink href label=t.room_week(&page.name) icon="calendar-days"/></div>
        </section>
    }
    .into_any()
}

fn who(t: Lang, page: &RoomPage) -> AnyView {
    let row = |icon: &'static str, name: String, is_allowed: bool| {
        let tail = if is_allowed {
            view! { <span class="may"><Icon name="check"/>{t.room_you_can()}</span> }.into_any()
        } else {
            view! { <span class="may" data-no="">{t.room_not_member()}</span> }.into_any()
        };
        view! {
            <li><div class="item">
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><span class="t">{name}</span></span>
                <span class="tail">{tail}</span>
            </div></li>
        }
    };
    let groups = page.groups.iter().map(|(_, name, is_mine)| row("network", name.clone(), *is_mine));
    let people = page.is_permitted.map(|is_one| row("user", t.room_certain_people().to_owned(), is_one));
    let mut rows: Vec<_> = groups.chain(people).collect();
    if rows.is_empty() {
        rows.push(row("users-round", t.room_everybody().to_owned(), true));
    }
    view! {
        <section class="group" aria-labelledby="who">
            <h2 class="group-head" id="who">{t.room_who()}</h2>
            <ul class="list">{rows}</ul>
        </section>
    }
    .into_any()
}

/// The picture, with the note below it.
fn picture(page: &RoomPage) -> Option<AnyView> {
    let src = page.picture.map(|added| Subject::Room(page.id).src(added, false));
    let note = (!page.note.is_empty()).then(|| view! { <div class="prose" inner_html=page.note.clone()></div> });
    let Some(src) = src else { return note.map(|note| view! { <div class="card">{note}</div> }.into_any()) };
    let alt = lang::current().machine_photo(&page.name);
    Some(
        view! {
            <figure class="room-pic">
                <img src=src alt=alt width="512" height="288" loading="lazy" decoding="async"/>
                {note.map(|note| view! { <figcaption>{note}</figcaption> })}
            </figure>
        }
        .into_any(),
    )
}

fn equipment(t: Lang, page: &RoomPage) -> AnyView {
    let all = match page.equipment.as_slice() {
        [] => view! { <p class="muted">{t.room_no_equipment()}</p> }.into_any(),
        all => {
            let all = all.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
            view! { <ul class="has">{all}</ul> }.into_any()
        }
    };
    view! {
        <section class="card" aria-labelledby="equipment">
            <div class="card-head"><h2 id="equipment">{t.room_in_it()}</h2></div>
            {all}
        </section>
    }
    .into_any()
}

fn machines(t: Lang, page: &RoomPage) -> Option<AnyView> {
    let row = |one: &RoomMachine| {
        let status = Status::of(&one.state);
        let tile = match status {
            Some(status) => {
                view! { <span class="tile" data-status=status.key()><Glyph status/></span> }.into_any()
            }
            None => view! { <span class="tile"><Icon name="hand"/></span> }.into_any(),
        };
        let left = one.is_left.then(|| view! { <span class="may" data-no="">{t.room_left()}</span> });
        view! {
            <li><a class="item" href=format!("/machines/{}", one.id)>
                {tile}
                <span class="lines"><span class="t">{one.name.clone()}</span><span class="s">{status_label(status, t)}</span></span>
                <span class="tail">{left}<Icon name="chevron-right"/></span>
            </a></li>
        }
    };
    let rows = page.machines.iter().map(row).collect_view();
    (!page.machines.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="machines">
                <h2 class="group-head" id="machines">{t.room_machines_in()}" "<span class="n">{t.room_takes_them()}</span></h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn closures(t: Lang, page: &RoomPage) -> Option<AnyView> {
    let now = page.today.as_ref()?.now;
    let all = page.closures.iter().map(|(time, why)| {
        let title = t.room_closure(&time::lowered(&when(t, *time, now)));
        let why = why.clone();
        view! { <Banner tone=Tone::Warn icon="lock" title>{why}</Banner> }
    });
    let all: Vec<_> = all.collect();
    (!all.is_empty()).then(|| all.into_any())
}

#[cfg(all(test, feature = "ssr"))]
#[expect(clippy::unwrap_used, reason = "a test fails by it")]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, later, visitor, words};
    use contract::bookings::{Block, Bookable, Chosen, Quota, Time};
    use domain::{
        bookings::Obstacle,
        id::{GroupId, MachineId},
        machines::MachineState,
    };

    fn today(free_now: bool) -> DayView {
        let resource = Resource::Room(RoomId(2));
        let wall = NOW.wall();
        let quarter = wall.hour * 4 + wall.minute / 15;
        let block = |kind, (from, to): (u32, u32), who: Option<&str>| Block {
            from: quarter + u8::try_from(from / 15).unwrap(),
            to: quarter + u8::try_from(to / 15).unwrap(),
            kind,
            starts: later(from),
            ends: later(to),
            who: who.map(str::to_owned),
            booking: None,
        };
        let taken = BlockKind::Not(Obstacle::Booking);
        let blocks = if free_now {
            vec![block(BlockKind::Free, (0, 60), None), block(taken, (60, 120), Some("Ada"))]
        } else {
            vec![block(taken, (0, 60), Some("Ada")), block(BlockKind::Free, (60, 120), None)]
        };
        let starts = if free_now { later(0) } else { later(60) };
        let time = Time { starts, ends: starts.shifted_to(starts.at.after(MINUTE * 60)) };
        DayView {
            now: NOW,
            bookable: Bookable {
                resource,
                name: "Hall".into(),
                place: None,
                state: None,
                moderated: false,
                importance: false,
            },
            date: wall.date,
            week: Vec::new(),
            minutes: 60,
            lengths: vec![60],
            policy: (15, 240, 15),
            free_until: 120,
            quota: Quota { minutes: 0, most: 8 },
            hours: (8, 22),
            blocks,
            starts: vec![starts],
            chosen: Some(Chosen { time, refusals: Vec::new(), instead: Vec::new(), can_wait: false }),
            why: None,
            barred: None,
            moving: None,
            left: Vec::new(),
            left_out: Vec::new(),
            for_whom: None,
            group: None,
            groups: Vec::new(),
        }
    }

    fn room(today: Option<DayView>) -> RoomPage {
        RoomPage {
            is_permitted: None,
            id: RoomId(2),
            name: "Hall".into(),
            capacity: 24,
            location: "First floor".into(),
            equipment: vec!["Beamer".into()],
            note: "<p>Twelve tables</p>".into(),
            closed: None,
            picture: None,
            archived: today.is_none(),
            groups: vec![(GroupId(1), "Bookbinders".into(), true), (GroupId(2), "Choir".into(), false)],
            machines: vec![RoomMachine {
                id: MachineId(5),
                name: "Plotter".into(),
                state: MachineState::Unmanaged,
                is_left: true,
            }],
            closures: vec![(Time { starts: later(60 * 24), ends: later(60 * 26) }, "New floor".into())],
            today,
            may_change: false,
        }
    }

    fn page(room: RoomPage) -> String {
        html(visitor(Lang::En), "/rooms/2", move || view! { <Page page=RwSignal::new(room)/> })
    }

    #[test]
    fn free_room_is_the_readers_until_the_next_booking() {
        let html = page(room(Some(today(true))));
        let content = words(&html);
        let until = time::clock(later(60));
        assert!(
            content.contains(&format!("Yours until {until}")) && html.contains(r#"data-answer="yes""#),
            "{content}"
        );
        assert!(content.contains("Bookbinders may book it, confirmed at once."), "{content}");
        assert!(content.contains("First floor · 24 people · for Bookbinders, Choir"), "{content}");
        assert!(
            content.contains("Beamer") && content.contains("Twelve tables") && content.contains("Ada"),
            "{content}"
        );
        assert!(content.contains("BookbindersYou can") && content.contains("ChoirNot a member"), "{content}");
        assert!(content.contains("not for you yet") && content.contains("New floor"), "{content}");
    }

    #[test]
    fn taken_room_offers_the_next_free_time() {
        let html = page(room(Some(today(false))));
        assert!(html.contains(r#"data-answer="no""#) && words(&html).contains("Free today"), "{html}");
    }

    #[test]
    fn closed_room_shows_reason_and_offers_no_time() {
        let why =
            Some(("booking.not-bookable".to_owned(), "This room is closed to new bookings: floor".to_owned()));
        let html = page(room(Some(DayView { why, ..today(true) })));
        assert!(
            words(&html).contains("closed to new bookings: floor") && html.contains(r#"data-answer="no""#),
            "{html}"
        );
        assert!(!html.contains("?day="), "no time to book: {html}");
    }

    #[test]
    fn archived_room_has_no_answer() {
        let html = page(room(None));
        assert!(words(&html).contains("This room is archived") && !html.contains("data-answer"), "{html}");
    }
}

//! Doors: how many people are inside and who, the openings of today, the doors themselves, and machines that need company.
//!
//! Invariants. Names appear only if the answer has them. One form for a door is open at a time, the one that the address names.
//! Not here: the list for an evacuation ([`super::evacuation`]).

use super::{
    evacuation::when,
    marks::{DoorMarks, door_mark},
    tabs,
};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    sign_in_redirect,
    ui::{
        avatar::Avatar,
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Field, Form, Summary, hidden},
        icon::Icon,
        register::NewEntry,
        saved::Saved,
        segmented::{Segment, Segmented},
        select::Select,
        status::{Glyph, Status},
    },
    visitor::use_visitor,
};
use contract::doors::{
    BookedAlone, BuddyRule, DoorView, DoorsPage, EndVisit, MarkDoor, OpenDoor, OpeningView, ReadDoors, SetGuests,
    UnmarkDoor, VisitView,
};
use domain::{
    doors::{Answer, DoorState, Leaves},
    id::{MachineId, RoomId},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

/// How many faces fit beside the number.
const FACES: usize = 14;

#[derive(Debug, Clone, Copy)]
struct Calls {
    mark: Call<Function<MarkDoor>>,
    unmark: Call<Function<UnmarkDoor>>,
    open: Call<Function<OpenDoor>>,
    guests: Call<Function<SetGuests>>,
    end: Call<Function<EndVisit>>,
}

impl Calls {
    fn new() -> Self {
        Self { mark: Call::new(), unmark: Call::new(), open: Call::new(), guests: Call::new(), end: Call::new() }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { mark, unmark, open, guests, end } = self;
        let doors = mark.version().get() + unmark.version().get() + open.version().get();
        doors + guests.version().get() + end.version().get()
    }
}

/// The page at `/building/doors`.
pub fn doors_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let versions = move || {
        let changes = live.version(Noun::Building) + live.version(Noun::Machine) + live.version(Noun::Bookings);
        (changes, calls.sent())
    };
    let page: PageResource<DoorsPage> = page_resource(versions, |_| load(&ReadDoors {}));
    live_page(lang::current().doors_title(), 6, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<DoorsPage>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let edited = Memo::new(move |_| {
        query.with(|query| query.get_str("door").and_then(|id| id.parse().ok()).map(MachineId))
    });
    let is_saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let may_manage = page.with_untracked(|page| page.may_manage);
    let may_evacuate = Memo::new(move |_| page.with(|page| page.may_evacuate));
    view! {
        <DoorMarks/>
        <header class="page-head">
            <h1>{t.building_title()}</h1>
            {use_visitor().who.map(|_| tabs(t, "/building/doors", may_manage))}
            {dynamic(move || may_evacuate.get().then(|| evacuate(t)))}
        </header>
        <Saved visible=is_saved message=t.doors_saved()/>
        <div class="doors-cols">
            <div>
                {dynamic(move || Some(page.with(|page| number_inside(t, page))))}
                {dynamic(move || page.with(|page| page.own.as_ref().map(|own| own_guests(t, own, calls))))}
                {dynamic(move || page.with(|page| inside(t, page, calls)))}
                {dynamic(move || page.with(|page| page.may_manage.then(|| openings(t, page))))}
            </div>
            <div>
                {dynamic(move || Some(page.with(|page| doors(t, page, edited.get(), calls))))}
                {dynamic(move || page.with(|page| (!page.buddies.is_empty()).then(|| buddies(t, page))))}
                {dynamic(move || (may_manage && edited.get().is_none()).then(|| page.with_untracked(|page| new_door(t, page, calls))))}
            </div>
        </div>
        {dynamic(move || may_evacuate.get().then(|| view! {
            <div class="dock only-narrow">
                <a class="btn" data-kind="danger-solid" href="/building/evacuate" rel="external">{door_mark("siren")}{t.doors_evacuate_long()}</a>
            </div>
        }))}
    }
}

/// Links to the list. They load a document, which is what a phone stores.
fn evacuate(t: Lang) -> AnyView {
    view! {
        <div class="push btn-row only-wide">
            <a class="btn" href="/building/evacuate#print" rel="external">{door_mark("printer")}{t.doors_print()}</a>
            <a class="btn" data-kind="danger" href="/building/evacuate" rel="external">{door_mark("siren")}{t.doors_evacuate()}</a>
        </div>
    }
    .into_any()
}

/// How many are inside, and on wide screens their faces.
fn number_inside(t: Lang, page: &DoorsPage) -> AnyView {
    let presence = &page.presence;
    let Some(people) = presence.people else {
        return view! {
            <section class="card"><Empty icon="lock"><h3>{t.doors_number_hidden()}</h3></Empty></section>
        }
        .into_any();
    };
    let guests = presence.guests.filter(|&guests| guests > 0).map(|guests| t.doors_guests(guests));
    let changed = presence.changed.map(|at| t.doors_last_change(&when(t, at, page.now)));
    let second = [guests, changed].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let visits = presence.visits.as_deref().unwrap_or_default();
    let faces = visits.iter().take(FACES).map(|visit| {
        let name = name_of(t, visit);
        let first = name.split(' ').next().unwrap_or_default().to_owned();
        let more = (visit.guests > 0).then(|| format!(" +{}", visit.guests));
        view! { <li><Avatar name size="md"/><span>{first}{more}</span></li> }
    });
    let faces = (!visits.is_empty()).then(|| {
        view! { <ul class="faces-row only-wide" role="list" aria-hidden="true">{faces.collect_view()}</ul> }
    });
    let hidden = presence.visits.is_none().then(|| {
        view! { <p class="why"><Icon name="info"/><span>{t.doors_names_hidden()}</span></p> }
    });
    view! {
        <section class="card doors-answer" aria-label=t.doors_inside(people)>
            <div class="inside">
                <p class="n">{people}</p>
                <p class="of"><b>{t.doors_inside(people)}</b><span>{second}</span></p>
            </div>
            {faces}{hidden}
        </section>
    }
    .into_any()
}

fn name_of(t: Lang, visit: &VisitView) -> String {
    visit.name.clone().unwrap_or_else(|| t.doors_former().to_owned())
}

/// How many came with the reader.
fn own_guests(t: Lang, own: &VisitView, calls: Calls) -> AnyView {
    let guests = own.guests.to_string();
    view! {
        <section class="card own-guests" aria-label=t.doors_own_guests()>
            <Form action=calls.guests>
                <Field name="guests" label=t.doors_own_guests() kind="number" hint=t.doors_own_guests_hint() value=guests autocomplete="off"/>
                <Submit label=t.doors_own_guests_save() busy=calls.guests.pending()/>
            </Form>
        </section>
    }
    .into_any()
}

/// Who is inside, for those who may see it.
fn inside(t: Lang, page: &DoorsPage, calls: Calls) -> Option<AnyView> {
    let visits = page.presence.visits.as_ref()?;
    if visits.is_empty() {
        return Some(
            view! {
                <div class="card"><Empty icon="users-round"><h2>{t.doors_nobody()}</h2><p>{t.doors_nobody_next()}</p></Empty></div>
            }
            .into_any(),
        );
    }
    let rows = visits.iter().map(|visit| one_inside(t, visit, page, calls)).collect_view();
    Some(
        view! {
            <section class="group who-inside" aria-labelledby="inside">
                <h2 class="group-head" id="inside">{t.doors_inside_title()}" "<span class="n">{t.doors_by_last_swipe()}</span></h2>
                <Summary action=calls.end/>
                <ul class="list" role="list">{rows}</ul>
            </section>
        }
        .into_any(),
    )
}

fn one_inside(t: Lang, visit: &VisitView, page: &DoorsPage, calls: Calls) -> AnyView {
    let name = name_of(t, visit);
    let guests = (visit.guests > 0).then(|| format!(", {}", t.doors_guests(visit.guests)));
    let second = [visit.seen_at.clone(), Some(when(t, visit.seen, page.now))];
    let second = second.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let title = if page.may_manage {
        view! { <a href=format!("/people/{}", visit.person)>{name.clone()}</a> }.into_any()
    } else {
        name.clone().into_any()
    };
    // Those without a visit use a machine, and are gone once they stop.
    let gone = visit.id.filter(|_| page.may_manage).map(|id| {
        let about = name.clone();
        view! {
            <Form action=calls.end beside=true>
                {hidden("id", &id)}
                <Submit label=t.doors_gone() about busy=calls.end.pending()/>
            </Form>
        }
    });
    view! {
        <li><div class="item">
            <Avatar name size="md"/>
            <span class="lines"><span class="t">{title}{guests}</span><span class="s">{second}</span></span>
            {gone}
        </div></li>
    }
    .into_any()
}

/// Swipes at doors today.
fn openings(t: Lang, page: &DoorsPage) -> AnyView {
    let refused = (page.refused_today > 0).then(|| t.doors_refused_today(page.refused_today));
    let count = [Some(t.doors_opened_today(&page.opened_today.to_string())), refused];
    let count = count.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let content = if page.openings.is_empty() {
        view! { <p class="small muted">{t.doors_none_today()}</p> }.into_any()
    } else {
        view! {
            <div class="table-wrap"><table class="table sent-table openings">
                <caption class="visually-hidden">{t.doors_openings_today()}</caption>
                <thead><tr>
                    <th scope="col">{t.doors_at()}</th>
                    <th scope="col">{t.doors_who()}</th>
                    <th scope="col" data-p="2">{t.doors_door()}</th>
                    <th scope="col">{t.doors_answer()}</th>
                </tr></thead>
                <tbody>{page.openings.iter().map(|opening| opening_row(t, opening)).collect_view()}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <section class="group" aria-labelledby="openings">
            <h2 class="group-head" id="openings">{t.doors_openings()}" "<span class="n">{count}</span></h2>
            {content}
        </section>
    }
    .into_any()
}

fn opening_row(t: Lang, opening: &OpeningView) -> AnyView {
    let name = match (&opening.name, &opening.card) {
        (Some(name), _) => name.clone(),
        (None, Some(card)) => t.doors_card_ends(card),
        (None, None) if opening.answer == Answer::Remote => "–".to_owned(),
        (None, None) => t.doors_former().to_owned(),
    };
    let who = match opening.person {
        Some(person) if opening.name.is_some() => {
            view! { <a class="name" href=format!("/people/{person}")>{name}</a> }.into_any()
        }
        _ => view! { <b>{name}</b> }.into_any(),
    };
    let guests =
        (opening.guests > 0).then(|| view! { <span class="s">{t.doors_with_guests(opening.guests)}</span> });
    let answer = if opening.answer == Answer::Refused {
        let reason = opening.reasons.first().map_or(t.door_answer(Answer::Refused), |code| t.door_refusal(code));
        view! { <span class="code" data-code="bad"><Icon name="ban"/>{reason}</span> }.into_any()
    } else {
        let by = (opening.answer == Answer::Remote).then(|| {
            let by =
                opening.by.as_ref().map_or_else(|| t.doors_remotely().to_owned(), |by| t.doors_remotely_by(by));
            view! { <span class="s">{by}</span> }
        });
        view! { <span class="code">{t.door_answer(opening.answer)}</span>{by} }.into_any()
    };
    view! {
        <tr>
            <td>{time::clock(opening.at)}</td>
            <td>{who}{guests}<span class="brief">{opening.door_name.clone()}</span></td>
            <td data-p="2">{opening.door_name.clone()}</td>
            <td>{answer}</td>
        </tr>
    }
    .into_any()
}

/// In place of the doors, for those who see the number of people alone.
fn hidden_doors(t: Lang, page: &DoorsPage) -> AnyView {
    let next = page.presence.people.map(|_| view! { <p>{t.doors_hidden_next()}</p> });
    let sign_in = use_visitor().who.is_none().then(|| {
        let href = sign_in_redirect::to("/sign-in", "/building/doors");
        view! { <ButtonLink href label=t.nav_sign_in().to_owned() kind=Press::Primary icon="user-round"/> }
    });
    view! {
        <div class="card"><Empty icon="lock"><h3>{t.doors_hidden()}</h3>{next}{sign_in}</Empty></div>
    }
    .into_any()
}

/// The doors, and the sentence about the way out.
fn doors(t: Lang, page: &DoorsPage, edited: Option<MachineId>, calls: Calls) -> AnyView {
    let list = if !page.may_see_doors {
        hidden_doors(t, page)
    } else if page.doors.is_empty() {
        let next = if page.may_manage { t.doors_none_next() } else { t.doors_none_member() };
        view! { <div class="card"><Empty icon="door-open"><h3>{t.doors_none()}</h3><p>{next}</p></Empty></div> }
            .into_any()
    } else {
        let rows = page.doors.iter().map(|door| one_door(t, door, page, edited, calls)).collect_view();
        view! { <ul class="list doors-list" role="list">{rows}</ul> }.into_any()
    };
    view! {
        <section class="group" aria-labelledby="doors">
            <h2 class="group-head" id="doors">{t.doors_title()}</h2>
            <Summary action=calls.open/>
            {list}
        </section>
        <div class="failsafe" role="note"><Icon name="shield-check"/>
            <p><span class="t">{t.doors_failsafe()}</span>" "<span class="s">{t.doors_failsafe_next()}</span></p>
        </div>
    }
    .into_any()
}

fn tile(state: DoorState) -> AnyView {
    let status = match state {
        DoorState::ByCard => return view! { <span class="tile">{door_mark("door-closed")}</span> }.into_any(),
        DoorState::Locked => Status::Blocked,
        DoorState::Closed => Status::Closed,
        DoorState::Offline => Status::Offline,
    };
    view! { <span class="tile" data-status=status.key()><Glyph status/></span> }.into_any()
}

/// The state of a door, the room behind it, and its last opening.
fn second_line(t: Lang, door: &DoorView, now: Moment) -> String {
    let state = t.door_state(door.state);
    let state = door.until.map_or_else(|| state.to_owned(), |until| format!("{state}, {}", t.until(until, now)));
    let room = door.room_name.as_ref().map(|room| t.doors_into(room));
    let leaves = (door.leaves != Leaves::Both).then(|| time::lowered(t.door_leaves(door.leaves)));
    let opened = door.opened.map(|at| t.doors_opened_at(&when(t, at, now)));
    [Some(state), room, leaves, opened].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn one_door(t: Lang, door: &DoorView, page: &DoorsPage, edited: Option<MachineId>, calls: Calls) -> AnyView {
    let (machine, name) = (door.machine, door.name.clone());
    let is_edited = page.may_manage && edited == Some(machine);
    let change = (page.may_manage && !is_edited).then(|| {
        let about = name.clone();
        view! { " "<a class="link" href=format!("/building/doors?door={machine}")>{t.doors_edit()}<span class="visually-hidden">": "{about}</span></a> }
    });
    let open = if door.opening {
        Some(view! { <span class="tail">{t.doors_opening()}</span> }.into_any())
    } else {
        let about = name.clone();
        door.may_open.then(|| {
            view! {
                <Form action=calls.open beside=true>
                    {hidden("machine", &machine)}
                    <Submit label=t.doors_open() about busy=calls.open.pending()/>
                </Form>
            }
            .into_any()
        })
    };
    let form = is_edited.then(|| edit(t, door, page, calls));
    view! {
        <li>
            <div class="item">
                {tile(door.state)}
                <span class="lines">
                    <a class="t" href=format!("/machines/{machine}")>{name}</a>
                    <span class="s">{second_line(t, door, page.now)}{change}</span>
                </span>
                {open}
            </div>
            {form}
        </li>
    }
    .into_any()
}

/// The fields of a door besides its machine.
fn fields(t: Lang, page: &DoorsPage, room: Option<RoomId>, leaves: Leaves) -> AnyView {
    let building = (String::new(), t.doors_building().to_owned());
    let rooms = page.rooms.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let chosen = room.map(|id| id.to_string()).unwrap_or_default();
    let segments =
        Leaves::ALL.iter().map(|one| Segment { value: one.as_str(), name: t.door_leaves(*one), icon: None });
    view! {
        <Select name="room" label=t.doors_room() options=std::iter::once(building).chain(rooms).collect() chosen=Signal::stored(chosen)/>
        <Segmented name="leaves" legend=t.doors_leaves() segments=segments.collect() chosen=leaves.as_str()/>
    }
    .into_any()
}

/// The form of a door that is changed, and the button that makes it an ordinary machine.
fn edit(t: Lang, door: &DoorView, page: &DoorsPage, calls: Calls) -> AnyView {
    let (machine, saved, removed) = (door.machine, door.name.clone(), door.name.clone());
    let fields = fields(t, page, door.room, door.leaves);
    view! {
        <div class="door-form">
            <Form action=calls.mark>
                {hidden("machine", &machine)}
                {fields}
                <div class="btn-row">
                    <Submit label=t.doors_save() about=saved kind=Press::Primary busy=calls.mark.pending()/>
                    <ButtonLink href="/building/doors" label=t.doors_cancel().to_owned() kind=Press::Ghost/>
                </div>
            </Form>
            <Form action=calls.unmark>
                {hidden("machine", &machine)}
                <p class="small muted">{t.doors_remove_next()}</p>
                <div class="btn-row"><Submit label=t.doors_remove() about=removed kind=Press::Danger busy=calls.unmark.pending()/></div>
            </Form>
        </div>
    }
    .into_any()
}

/// The form that marks a machine as a door.
fn new_door(t: Lang, page: &DoorsPage, calls: Calls) -> AnyView {
    if page.machines.is_empty() {
        return view! {
            <NewEntry title=t.doors_add()>
                <p class="small muted">{t.doors_no_machines()}</p>
                <div class="btn-row"><ButtonLink href="/machines/new" label=t.equipment_title()/></div>
            </NewEntry>
        }
        .into_any();
    }
    let machines = page.machines.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    let fields = fields(t, page, None, Leaves::Both);
    view! {
        <NewEntry title=t.doors_add()>
            <Form action=calls.mark afresh=true>
                <Select name="machine" label=t.doors_machine() options=machines chosen=Signal::stored(String::new())/>
                {fields}
                <div class="btn-row"><Submit label=t.doors_add_now() kind=Press::Primary busy=calls.mark.pending()/></div>
            </Form>
        </NewEntry>
    }
    .into_any()
}

/// Machines that need company, and who has booked them alone today.
fn buddies(t: Lang, page: &DoorsPage) -> AnyView {
    let rule = |rule: &BuddyRule| {
        let met = if rule.met { t.doors_buddy_met() } else { t.doors_buddy_unmet() };
        let unmet = (!rule.met).then_some("");
        view! {
            <p class="small">{t.doors_buddy_needs(&rule.machines.join(", "), rule.people)}" "<b data-unmet=unmet>{met}</b></p>
        }
    };
    let alone = |booked: &BookedAlone| {
        let span = time::clocks(booked.starts, booked.ends);
        let line = booked.name.as_ref().map_or_else(
            || t.doors_alone_unnamed(&span, &booked.machine_name),
            |name| t.doors_alone(&span, name, &booked.machine_name),
        );
        view! { <li><Icon name="triangle-alert"/><a href=format!("/machines/{}", booked.machine)>{line}</a></li> }
    };
    let alone = page.alone.iter().map(alone).collect_view();
    view! {
        <section class="card buddies" aria-labelledby="buddies">
            <h2 id="buddies"><Icon name="users-round"/>{t.doors_buddy()}</h2>
            {page.buddies.iter().map(rule).collect_view()}
            <ul class="alone" role="list">{alone}</ul>
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests;

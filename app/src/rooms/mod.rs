//! Rooms: added, changed, archived and restored, with their equipment and machines.
//!
//! Not here: bookings of rooms ([`crate::bookings`]).

pub mod api;
pub mod one;
mod strip;

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    equipment::fields::{PutAway, UndoArchive, named},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        choices::Choices,
        empty::Empty,
        form::{Field, Form, hidden, was_submitted},
        list::LinkItem,
        picture::PictureForm,
        register::NewEntry,
        saved::Saved,
        select::Select,
        text_area::TextArea,
        versions::{VERSION, Versioned, Versions, began},
    },
};
use contract::rooms::{self, ReadRooms, RoomRow, Rooms};
use domain::{live::Noun, pictures::Subject, versions};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::Lang;

type AddRoom = Function<rooms::AddRoom>;
type SaveRoom = Function<rooms::SaveRoom>;
type ArchiveRoom = Function<rooms::ArchiveRoom>;
type RestoreRoom = Function<rooms::RestoreRoom>;

/// Name of the machines field.
const MACHINES: &str = "machines[]";
/// Name of the groups field.
const GROUPS: &str = "groups[]";
/// Name of the people field.
const PEOPLE: &str = "people[]";
/// Name of the equipment field.
const EQUIPMENT: &str = "equipment[]";

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<AddRoom>,
    save: Call<SaveRoom>,
    archive: Call<ArchiveRoom>,
    restore: Call<RestoreRoom>,
}

impl Calls {
    fn new() -> Self {
        Self { add: Call::new(), save: Call::new(), archive: Call::new(), restore: Call::new() }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { add, save, archive, restore } = self;
        add.version().get() + save.version().get() + archive.version().get() + restore.version().get()
    }
}

/// The page at `/rooms`.
pub fn rooms_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let versions = move || live.version(Noun::Bookings) + live.version(Noun::Machine) + live.version(Noun::Space);
    let all: PageResource<Rooms> = page_resource(move || (versions(), calls.sent()), |_| load(&ReadRooms {}));
    live_page(lang::current().rooms_title(), 4, all, move |all| {
        view! { <Page all calls/><UndoArchive archive=calls.archive restore=calls.restore/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<Rooms>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let edited = Memo::new(move |_| {
        let id: Option<i64> = query.with(|query| query.get_str("edit").and_then(|id| id.parse().ok()));
        all.with(|all| all.rooms.iter().find(|one| Some(one.id.0) == id).cloned())
    });
    let choice = all.with_untracked(|all| {
        vec![
            Versioned::plain("name", t.equipment_name()),
            Versioned::plain("capacity", t.rooms_capacity()),
            Versioned::plain("floor", t.rooms_floor()),
            Versioned { name: "place", label: t.rooms_place(), words: named(all.places.clone()) },
            Versioned { name: MACHINES, label: t.rooms_machines(), words: named(all.machines.clone()) },
            Versioned { name: GROUPS, label: t.rooms_groups(), words: named(all.groups.clone()) },
            Versioned { name: PEOPLE, label: t.rooms_permitted_people(), words: named(all.people.clone()) },
            Versioned::plain(EQUIPMENT, t.rooms_equipment()),
            Versioned::plain("note", t.rooms_note()),
            Versioned::plain("closed", t.rooms_closed()),
            Versioned {
                name: "importance",
                label: t.rooms_importance(),
                words: vec![("yes".to_owned(), t.rooms_importance_ask().to_owned())],
            },
            Versioned::plain("series", t.rooms_series()),
        ]
    });
    view! {
        <header class="page-head"><h1>{t.rooms_title()}</h1><p class="sub">{t.rooms_sub()}</p></header>
        <Saved visible=saved message=t.rooms_saved()/>
        <Versions action=calls.save fields=choice/>
        {dynamic(move || edited.get().map(|room| edit(t, room, all, calls)))}
        {dynamic(move || Some(all.with(|all| list(t, &all.rooms))))}
        {dynamic(move || edited.with(Option::is_none).then(|| view! {
            <NewEntry title=t.rooms_new()>
                <Form action=calls.add afresh=true>
                    {fields(t, &versions::Saved::default(), all)}
                    <div class="btn-row"><Submit label=t.rooms_add() kind=Press::Primary busy=calls.add.pending()/></div>
                </Form>
            </NewEntry>
        }))}
    }
}

fn list(t: Lang, rooms: &[RoomRow]) -> AnyView {
    if rooms.is_empty() {
        return view! {
            <div class="card"><Empty icon="users-round"><h2>{t.rooms_none()}</h2><p>{t.rooms_none_next()}</p></Empty></div>
        }
        .into_any();
    }
    let rows = rooms.iter().map(|room| {
        let people = room.saved.value("capacity").parse().unwrap_or(0);
        let mut second = vec![t.rooms_people(people)];
        second.extend(Some(room.location.clone()).filter(|location| !location.is_empty()));
        second.extend(Some(values(&room.saved, EQUIPMENT).join(", ")).filter(|equipment| !equipment.is_empty()));
        second.extend(Some(room.machines.join(", ")).filter(|machines| !machines.is_empty()));
        second.extend((!room.groups.is_empty()).then(|| t.rooms_for(&room.groups.join(", "))));
        second.extend((!room.saved.value("closed").is_empty()).then(|| t.rooms_closed_tag().to_owned()));
        second.extend(room.archived.then(|| t.equipment_away().to_owned()));
        let href = format!("/rooms?edit={}", room.id);
        view! { <LinkItem href icon="users-round" title=room.saved.value("name").to_owned() second=second.join(" · ")/> }
    });
    view! { <ul class="list" aria-label=t.rooms_title()>{rows.collect_view()}</ul> }.into_any()
}

/// All values of a repeated field.
fn values(saved: &versions::Saved, field: &str) -> Vec<String> {
    saved.fields.iter().filter(|(name, _)| name == field).map(|(_, one)| one.clone()).collect()
}

/// The fields of a room. Call it inside a form: only there do they get the submitted input and its errors.
fn fields(t: Lang, saved: &versions::Saved, all: RwSignal<Rooms>) -> AnyView {
    let value = |field: &str| saved.value(field).to_owned();
    let (inside, permitted, equipment) =
        (values(saved, MACHINES), values(saved, GROUPS), values(saved, EQUIPMENT));
    let in_use = all
        .with_untracked(|all| all.equipment.iter().map(|name| (name.clone(), name.clone())).collect::<Vec<_>>());
    // With other equipment to tick, only what is new is typed.
    let other = if in_use.is_empty() { t.rooms_equipment() } else { t.rooms_equipment_more() };
    let (places, machines) = all.with_untracked(|all| (named(all.places.clone()), named(all.machines.clone())));
    let (groups, people) = all.with_untracked(|all| (named(all.groups.clone()), named(all.people.clone())));
    let named_people = values(saved, PEOPLE);
    let importance = vec![("yes".to_owned(), t.rooms_importance_ask().to_owned())];
    let asked = vec![value("importance")];
    let nowhere = (String::new(), t.places_nowhere().to_owned());
    let places = std::iter::once(nowhere).chain(places).collect();
    view! {
        <Field name="name" label=t.equipment_name() value=value("name") autocomplete="off"/>
        <Field name="capacity" label=t.rooms_capacity() hint=t.rooms_capacity_hint() value=value("capacity") autocomplete="off"/>
        <Field name="floor" label=t.rooms_floor() hint=t.rooms_floor_hint() value=value("floor") autocomplete="off"/>
        <Select name="place" label=t.rooms_place() options=places chosen=Signal::stored(value("place"))/>
        {(!in_use.is_empty()).then(|| view! {
            <Choices name=EQUIPMENT error="equipment" legend=t.rooms_equipment() options=in_use chosen=equipment/>
        })}
        <Field name="equipment" label=other hint=t.rooms_equipment_hint() autocomplete="off"/>
        <TextArea name="note" label=t.rooms_note() hint=t.rooms_note_hint() value=value("note")/>
        <Field name="closed" label=t.rooms_closed() hint=t.rooms_closed_hint() value=value("closed") autocomplete="off"/>
        <Choices name="importance" error="importance" legend=t.rooms_importance() options=importance chosen=asked/>
        <Field name="series" label=t.rooms_series() hint=t.rooms_series_hint() value=value("series") autocomplete="off"/>
        {(!machines.is_empty()).then(|| view! {
            <Choices name=MACHINES error="machines" legend=t.rooms_machines() options=machines chosen=inside/>
        })}
        {(!groups.is_empty()).then(|| view! {
            <Choices name=GROUPS error="groups" legend=t.rooms_groups() options=groups chosen=permitted/>
        })}
        {(!people.is_empty()).then(|| view! {
            <Choices name=PEOPLE error="people" legend=t.rooms_permitted_people() options=people chosen=named_people/>
        })}
        <Field name="person" kind="email" label=t.rooms_person() hint=t.rooms_person_hint() autocomplete="off"/>
    }
    .into_any()
}

/// Edits, archives or restores one room.
fn edit(t: Lang, room: RoomRow, all: RwSignal<Rooms>, calls: Calls) -> AnyView {
    let RoomRow { id, saved, archived, picture, .. } = room;
    let name = saved.value("name").to_owned();
    let label = if archived { t.equipment_restore() } else { t.equipment_archive() };
    let (subject, back, page) = (Subject::Room(id), format!("/rooms?edit={id}"), format!("/rooms/{id}"));
    let of_picture = name.clone();
    view! {
        <section class="card" aria-labelledby="edit">
            <div class="card-head"><h2 id="edit">{t.rooms_edit(&name)}</h2></div>
            <Form action=calls.save>
                {hidden("id", &id)}
                {hidden(VERSION, &saved.version)}
                {began(&saved.fields)}
                {fields(t, &saved, all)}
                <div class="btn-row">
                    <Submit label=t.equipment_save() kind=Press::Primary busy=calls.save.pending()/>
                    <ButtonLink href="/rooms" label=t.version_drop().to_owned()/>
                    <ButtonLink href=page label=t.rooms_open().to_owned() kind=Press::Ghost/>
                </div>
            </Form>
            <details class="deed" open=was_submitted(ArchiveRoom::PATH) || was_submitted(RestoreRoom::PATH)>
                <summary>{label}</summary>
                {if archived {
                    view! { <PutAway action=calls.restore id=id.to_string() name back=true next=""/> }.into_any()
                } else {
                    view! { <PutAway action=calls.archive id=id.to_string() name back=false next=t.rooms_archive_next()/> }.into_any()
                }}
            </details>
        </section>
        <PictureForm subject name=of_picture picture back/>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, sent, visitor, words},
        visitor::{Answer, Echo, Visitor},
    };
    use contract::equipment::Shelved;
    use domain::{
        id::{MachineId, PlaceId, RoomId},
        problem::{Kind, Problem},
    };

    fn room(id: i64, name: &str, machines: &[i64]) -> RoomRow {
        let fields = vec![
            ("name", name.to_owned()),
            ("capacity", "12".into()),
            ("floor", "First floor".into()),
            ("place", "1".into()),
            ("note", "Mind the step".into()),
            ("closed", if id == 3 { "New floor".into() } else { String::new() }),
            (EQUIPMENT, "Beamer".into()),
        ];
        let inside = machines.iter().map(|machine| (MACHINES, machine.to_string()));
        RoomRow {
            id: RoomId(id),
            saved: versions::Saved::new(3, fields.into_iter().chain(inside).collect()),
            location: "Wood shop · First floor".into(),
            machines: machines.iter().map(|machine| format!("Saw {machine}")).collect(),
            groups: Vec::new(),
            picture: None,
            archived: id == 2,
        }
    }

    fn page(who: Visitor, address: &str, rooms: Vec<RoomRow>) -> String {
        html(who, address, move || {
            let places = vec![(PlaceId(1), "Wood shop".to_owned())];
            let machines = vec![(MachineId(5), "Saw 5".to_owned()), (MachineId(6), "Saw 6".to_owned())];
            let equipment = vec!["Beamer".to_owned()];
            let all = RwSignal::new(Rooms {
                rooms,
                places,
                machines,
                groups: Vec::new(),
                people: Vec::new(),
                equipment,
            });
            view! { <Page all calls=Calls::new()/> }
        })
    }

    #[test]
    fn room_shows_capacity_place_and_machines() {
        let html = page(visitor(Lang::En), "/rooms", vec![room(1, "Hall", &[5, 6]), room(2, "Attic", &[])]);
        let content = words(&html);
        assert!(content.contains("Hall12 people · Wood shop · First floor · Beamer · Saw 5, Saw 6"), "{content}");
        assert!(content.contains("Attic12 people · Wood shop · First floor · Beamer · Archived"), "{content}");
        assert!(html.contains(r#"href="/rooms?edit=1""#) && !html.contains(r#"name="version""#), "{html}");
        let closed = words(&page(visitor(Lang::En), "/rooms", vec![room(3, "Loft", &[])]));
        assert!(closed.contains("Beamer · Closed to new bookings"), "{closed}");
        let none = page(visitor(Lang::It), "/rooms", vec![]);
        assert!(words(&none).contains("Ancora nessuna sala") && none.contains(r#"name="capacity""#), "{none}");
    }

    #[test]
    fn room_form_starts_with_saved_values() {
        let html = page(visitor(Lang::En), "/rooms?edit=1", vec![room(1, "Hall", &[6])]);
        for part in [
            r#"name="version" value="3""#,
            r#"value="1" selected"#,
            r#"name="machines[]" value="6" checked"#,
            r#"name="began:machines[]" value="6""#,
            r#"name="equipment[]" value="Beamer" checked"#,
            "Mind the step</textarea>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains(r#"value="5" checked"#), "{html}");
    }

    #[test]
    fn refused_room_preserves_input_and_marks_fields() {
        for (function, address) in [(AddRoom::PATH, "/rooms"), (SaveRoom::PATH, "/rooms?edit=1")] {
            let problem =
                Problem::new("room.invalid", Kind::Invalid, "Fix the fields.").field("capacity", "How many?");
            let values = [("name", "Loft"), ("capacity", "many"), ("floor", "Top"), (MACHINES, "5")];
            let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            let echo = Some(Echo { function: function.into(), values, problem });
            let html = page(Visitor { echo, ..visitor(Lang::En) }, address, vec![room(1, "Hall", &[6])]);
            for kept in
                [r#"value="Loft""#, r#"value="many""#, r#"value="Top""#, r#"value="5" checked"#, "How many?"]
            {
                assert!(html.contains(kept), "{address}: {kept} in {html}");
            }
            assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 1, "{html}");
        }
    }

    #[test]
    fn undo_of_an_archived_room_is_named_for_screen_readers() {
        let text = sent(&Shelved::new(1, "Hall".into(), true));
        let answer = Some(Answer { function: ArchiveRoom::PATH.into(), text });
        let html = html(Visitor { answer, ..visitor(Lang::En) }, "/rooms", || {
            let Calls { archive, restore, .. } = Calls::new();
            view! { <UndoArchive archive restore/> }
        });
        assert!(html.contains(r#"aria-label="Undo: Hall""#) && html.contains("?/rooms/restore"), "{html}");
    }

    // A14
    #[test]
    fn stale_room_form_offers_both_versions() {
        let saved = versions::Saved::new(
            4,
            vec![("name", "Big hall".into()), ("capacity", "12".into()), (MACHINES, "5".into())],
        );
        let problem =
            Problem::new("version.stale", Kind::Conflict, "Someone else has saved this since.").over(saved);
        let values = [
            ("id", "1"),
            ("version", "3"),
            ("name", "Hall"),
            ("capacity", "12"),
            (MACHINES, "5"),
            (MACHINES, "6"),
        ];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let echo = Some(Echo { function: SaveRoom::PATH.into(), values, problem });
        let html = page(Visitor { echo, ..visitor(Lang::En) }, "/rooms?edit=1", vec![room(1, "Big hall", &[5])]);
        let content = words(&html);
        assert!(
            content.contains("Big hallSaved by someone else") && content.contains("Saw 5, Saw 6Yours"),
            "{content}"
        );
        assert!(html.contains(r#"name="machines[]" value="5,6" checked"#), "{html}");
    }
}

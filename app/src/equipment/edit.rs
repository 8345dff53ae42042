//! Editing a machine: its data, its place, its own settings; duplicating, archiving and restoring it.
//!
//! Invariant: the form carries the version it was filled in from.

use super::{
    api::{self, Archive, Duplicate, SaveMachine},
    fields::{DisplayForm, PutAway, SettingFields, Undo, group_choices, named, types, versioned_settings},
};
use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    live::use_live,
    live_page::{following, loaded},
    ui::glossary::Glossary,
    ui::{
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::{dynamic, text},
        form::{Field, Form, hidden},
        icon::Icon,
        picture::PictureForm,
        saved::Saved,
        select::Select,
        versions::{News, VERSION, Versioned, Versions, began, begun_from},
    },
};
use contract::equipment::MachineSheet;
use domain::{equipment::GROUPS, id::MachineId, live::Noun, pictures::Subject};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;
#[derive(Debug)]
struct PageContext {
    edit_form: PageResource<MachineSheet>,
    save: Call<SaveMachine>,
    archive: Call<Archive>,
}

impl PageContext {
    fn load(machine: MachineId) -> Self {
        let live = use_live();
        let (save, archive) = (Call::<SaveMachine>::new(), Call::<Archive>::new());
        let edit_form = page_resource(
            move || (live.about(Noun::Machine, machine.0), save.version().get() + archive.version().get()),
            move |_| api::machine(machine),
        );
        Self { edit_form, save, archive }
    }
}

/// The page at `/machines/:id/edit`.
pub fn edit_machine_page(machine: MachineId) -> AnyView {
    let PageContext { edit_form, save, archive } = PageContext::load(machine);
    view! {
        {loaded(6, edit_form, move |edit_form| view! { <Page edit_form save archive/> }.into_any())}
        <Undo action=archive/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(edit_form: RwSignal<MachineSheet>, save: Call<SaveMachine>, archive: Call<Archive>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let duplicate = Call::<Duplicate>::new();
    let name = Memo::new(move |_| edit_form.with(|edit_form| edit_form.saved.value("name").to_owned()));
    let title = Memo::new(move |_| t.equipment_edit_title(&name.get()));
    let id = Memo::new(move |_| edit_form.with(|edit_form| edit_form.id));
    let archived =
        Memo::new(move |_| edit_form.with(|edit_form| edit_form.archived.map(|at| t.day(at, edit_form.now))));
    let newest = Memo::new(move |_| edit_form.with(|edit_form| (edit_form.id.0, edit_form.saved.version)));
    let (begun, typing) = begun_from(newest);
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let picture = Memo::new(move |_| edit_form.with(|edit_form| (edit_form.id, edit_form.picture)));
    view! {
        <Title text=following(title)/>
        <a class="crumb" href=move || format!("/machines/{}", id.get())><Icon name="chevron-left"/>{text(move || name.get())}</a>
        <header class="page-head"><h1>{text(move || t.equipment_edit_title(&name.get()))}</h1><p class="sub">{t.equipment_edit_lead()}</p></header>
        <Glossary words=|t| vec![t.glossary_mode(), t.glossary_auto_stop(), t.glossary_grace(), t.glossary_unmanaged()]/>
        <Saved visible=saved message=t.equipment_saved()/>
        {dynamic(move || archived.get().map(|when| view! {
            <Banner tone=Tone::Warn icon="info" title=t.equipment_archived(&when)>{t.equipment_archived_next()}</Banner>
        }))}
        <Versions action=save fields=edit_form.with_untracked(|edit_form| fields(t, edit_form))/>
        <News newest begun typing page=Signal::derive(move || format!("/machines/{}/edit", id.get()))/>
        {dynamic(move || {
            begun.track();
            Some(view! { <EditForm edit_form=edit_form.get_untracked() save typing/> })
        })}
        {dynamic(move || {
            let (id, picture) = picture.get();
            let back = format!("/machines/{id}/edit");
            Some(view! { <PictureForm subject=Subject::Machine(id) name=name.get_untracked() picture back/> })
        })}
        <section class="card" aria-labelledby="more">
            <div class="card-head"><h2 id="more">{t.equipment_more()}</h2></div>
            <p><a class="link" href=move || format!("/boards#machine-{}", id.get())>{t.boards_of_machine()}</a></p>
            <Form action=duplicate>
                <input type="hidden" name="id" value=move || id.get().to_string()/>
                <p class="muted">{t.equipment_duplicate_next()}</p>
                <div class="btn-row"><Submit label=t.equipment_duplicate() busy=duplicate.pending()/></div>
            </Form>
            {dynamic(move || {
                let (id, name, back) = (id.get().to_string(), name.get(), archived.with(Option::is_some));
                Some(view! { <PutAway action=archive id name back next=t.equipment_archive_next()/> })
            })}
        </section>
    }
}

#[component]
fn EditForm(edit_form: MachineSheet, save: Call<SaveMachine>, typing: RwSignal<bool>) -> impl IntoView {
    let t = lang::current();
    let MachineSheet { id, saved, kinds, away, places, inherited, groups, type_groups, .. } = edit_form.clone();
    let value = |field: &str| saved.value(field).to_owned();
    let kinds = types(t, kinds, &away);
    let mut stands = vec![(String::new(), t.equipment_no_place().to_owned())];
    stands.extend(named(places));
    // Fields find their form when they are created inside it.
    let (name, number, kind, place, manual) =
        (value("name"), value("number"), value("kind"), value("place"), value("manual"));
    let (version, began) = (saved.version.to_string(), began(&saved.fields));
    let input = DisplayForm::new(&name, &saved);
    let hear = move |event: leptos::ev::Event| {
        typing.set(true);
        input.hear(&event, Some("name"));
    };
    view! {
        <section class="card" aria-label=t.equipment_edit() on:input=hear>
            <Form action=save reload=true>
                {hidden("id", &id)}
                {hidden(VERSION, &version)}
                {began}
                <Field name="name" label=t.equipment_name() value=name/>
                <Field name="number" label=t.equipment_number() hint=t.equipment_number_hint() value=number/>
                <Select name="kind" label=t.equipment_type() options=kinds chosen=kind/>
                <Select name="place" label=t.equipment_place() options=stands chosen=place/>
                <Field name="manual" label=t.equipment_manual() hint=t.equipment_manual_hint() value=manual/>
                <h2>{t.equipment_use()}</h2>
                {group_choices(t, &saved, groups, t.equipment_groups_otherwise(&type_groups))}
                <SettingFields saved inherited input/>
                <div class="btn-row"><Submit label=t.equipment_save() kind=Press::Primary busy=save.pending()/></div>
            </Form>
        </section>
    }
}

/// Fields to choose from after a conflict.
fn fields(t: Lang, edit_form: &MachineSheet) -> Vec<Versioned> {
    let words = |name, label, words| Versioned { name, label, words };
    let mut fields = vec![
        Versioned::plain("name", t.equipment_name()),
        Versioned::plain("number", t.equipment_number()),
        words("kind", t.equipment_type(), types(t, edit_form.kinds.clone(), &edit_form.away)),
        words("place", t.equipment_place(), named(edit_form.places.clone())),
        Versioned::plain("manual", t.equipment_manual()),
        words(GROUPS, t.machines_groups(), named(edit_form.groups.clone())),
    ];
    fields.extend(versioned_settings(t, &edit_form.inherited));
    fields
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        id::{GroupId, TypeId},
        time::Moment,
        versions::Saved,
    };

    fn edit_form(archived: Option<Moment>) -> MachineSheet {
        let fields = vec![
            ("name", "Laser <1>".into()),
            ("number", "11".into()),
            ("kind", "3".into()),
            ("grace", "5".into()),
            (GROUPS, "5".into()),
        ];
        MachineSheet {
            now: NOW,
            id: MachineId(7),
            saved: Saved::new(4, fields),
            archived,
            picture: Some(44),
            inherited: vec![
                ("grace".into(), "2".into()),
                ("mode".into(), "open".into()),
                ("display".into(), String::new()),
            ],
            kinds: vec![(TypeId(4), "Lathe".into()), (TypeId(3), "Laser cutter".into())],
            away: archived.map(|_| TypeId(3)).into_iter().collect(),
            places: vec![],
            groups: vec![(GroupId(5), "Bookbinders".into())],
            type_groups: vec!["Choir".into()],
        }
    }

    fn page(archived: Option<Moment>) -> String {
        html(visitor(Lang::En), "/machines/7/edit", move || {
            let edit_form = RwSignal::new(edit_form(archived));
            view! { <Page edit_form save=Call::new() archive=Call::new()/> }
        })
    }

    #[test]
    fn machine_form_has_version_and_inherited_values() {
        let html = page(None);
        assert!(
            html.contains(r#"name="version" value="4""#) && html.contains(r#"value="Laser &lt;1&gt;""#),
            "{html}"
        );
        let content = words(&html);
        assert!(content.contains("Inherited: Every member") && content.contains("Inherited: 2"), "{content}");
        assert!(html.contains(r#"aria-label="Archive: Laser &lt;1&gt;""#), "{html}");
        assert!(html.contains(r#"name="groups[]" value="5" checked"#), "{html}");
        assert!(content.contains("the groups of its type may: Choir"), "{content}");
    }

    #[test]
    fn picture_form_returns_to_edit_page() {
        let html = page(None);
        assert!(html.contains(r#"src="/pictures/machine/7?v=44""#), "{html}");
        assert!(html.contains(r#"alt="Photo of Laser &lt;1&gt;""#), "{html}");
        assert!(html.contains(r#"action="/pictures/machine/7""#), "{html}");
        assert!(html.contains(r#"name="back" value="/machines/7/edit""#), "{html}");
    }

    #[test]
    fn archived_machine_shows_date_and_restore() {
        let html = page(Some(ago(60 * 24)));
        let content = words(&html);
        assert!(content.contains("Archived yesterday") && content.contains("Restore"), "{content}");
        assert!(content.contains("Laser cutter (archived)") && !content.contains("Lathe (archived)"), "{content}");
        assert!(html.contains(r#"<option value="3" selected"#), "its own type stays: {html}");
    }
}

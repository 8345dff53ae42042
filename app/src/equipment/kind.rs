//! Creating or editing a type: its risk, required qualifications, and settings of its machines.
//!
//! Invariant: the form carries the version it was filled in from.

use super::{
    api::{self, AddType, ArchiveType, SaveType},
    fields::{DisplayForm, PutAway, SettingFields, Undo, group_choices, named, types, versioned_settings},
};
use crate::{
    address::number,
    call::{Call, PageResource, Posted, page_resource},
    lang,
    live::use_live,
    live_page::{following, loaded},
    ui::glossary::Glossary,
    ui::{
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::{dynamic, text},
        choices::Choices,
        form::{Field, Form, hidden},
        icon::Icon,
        saved::Saved,
        select::Select,
        versions::{News, VERSION, Versioned, Versions, began, begun_from},
    },
};
use contract::equipment::TypeSheet;
use domain::{
    equipment::{GROUPS, REQUIRES},
    id::TypeId,
    live::Noun,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;
#[derive(Debug)]
struct PageContext {
    edit_form: PageResource<TypeSheet>,
    save: Call<SaveType>,
    archive: Call<ArchiveType>,
}

impl PageContext {
    fn load(kind: Option<TypeId>) -> Self {
        let live = use_live();
        let (save, archive) = (Call::<SaveType>::new(), Call::<ArchiveType>::new());
        let changes = move || save.version().get() + archive.version().get();
        let edit_form = page_resource(
            move || (live.version(Noun::Space), live.version(Noun::Machine), changes()),
            move |_| api::kind(kind),
        );
        Self { edit_form, save, archive }
    }
}

/// The page at `/types/:id/edit`, and at `/types/new` without an id.
pub fn edit_type_page() -> AnyView {
    let PageContext { edit_form, save, archive } = PageContext::load(number("id").map(TypeId));
    view! {
        {loaded(6, edit_form, move |edit_form| {
                if edit_form.with_untracked(|edit_form| edit_form.id.is_none()) {
                    view! { <New edit_form=edit_form.get_untracked()/> }.into_any()
                } else {
                    view! { <Page edit_form save archive/> }.into_any()
                }
            })}
        <Undo action=archive/>
    }
    .into_any()
}

/// The page of a new type.
#[component]
fn New(edit_form: TypeSheet) -> impl IntoView {
    let (t, add) = (lang::current(), Call::<AddType>::new());
    view! {
        <Title text=t.equipment_type_add()/>
        <a class="crumb" href="/types"><Icon name="chevron-left"/>{t.types_heading()}</a>
        <header class="page-head"><h1>{t.equipment_type_add()}</h1><p class="sub">{t.equipment_type_lead()}</p></header>
        <Glossary words=words/>
        <EditForm edit_form action=add typing=RwSignal::new(false)/>
    }
}

/// Words explained on this page.
fn words(t: Lang) -> Vec<&'static str> {
    vec![t.glossary_risk(), t.glossary_grant(), t.glossary_mode(), t.glossary_auto_stop(), t.glossary_grace()]
}

/// The page of an existing type, without requests, so that tests can render it.
#[component]
fn Page(edit_form: RwSignal<TypeSheet>, save: Call<SaveType>, archive: Call<ArchiveType>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let name = Memo::new(move |_| edit_form.with(|edit_form| edit_form.saved.value("name").to_owned()));
    let title = Memo::new(move |_| t.equipment_edit_title(&name.get()));
    let id = Memo::new(move |_| edit_form.with(|edit_form| edit_form.id.unwrap_or(TypeId(0))));
    let archived =
        Memo::new(move |_| edit_form.with(|edit_form| edit_form.archived.map(|at| t.day(at, edit_form.now))));
    let newest = Memo::new(move |_| edit_form.with(|edit_form| (id.get().0, edit_form.saved.version)));
    let (begun, typing) = begun_from(newest);
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    view! {
        <Title text=following(title)/>
        <a class="crumb" href="/types"><Icon name="chevron-left"/>{t.types_heading()}</a>
        <header class="page-head">
            <h1>{text(move || t.equipment_edit_title(&name.get()))}</h1>
            <p class="sub"><a class="link" href=move || format!("/types/{}", id.get())>{t.equipment_type_people()}</a></p>
        </header>
        <Glossary words=words/>
        <Saved visible=saved message=t.equipment_saved()/>
        {dynamic(move || archived.get().map(|when| view! {
            <Banner tone=Tone::Warn icon="info" title=t.equipment_archived(&when)>{t.equipment_type_archived_next()}</Banner>
        }))}
        <Versions action=save fields=edit_form.with_untracked(|edit_form| fields(t, edit_form))/>
        <News newest begun typing page=Signal::derive(move || format!("/types/{}/edit", id.get()))/>
        {dynamic(move || {
            begun.track();
            Some(view! { <EditForm edit_form=edit_form.get_untracked() action=save typing/> })
        })}
        <section class="card" aria-labelledby="more">
            <div class="card-head"><h2 id="more">{t.equipment_more()}</h2></div>
            {dynamic(move || {
                let (id, name, back) = (id.get().to_string(), name.get(), archived.with(Option::is_some));
                Some(view! { <PutAway action=archive id name back next=t.equipment_type_archive_next()/> })
            })}
        </section>
    }
}

/// The form of an existing or a new type.
#[component]
fn EditForm<F: Posted>(edit_form: TypeSheet, action: Call<F>, typing: RwSignal<bool>) -> impl IntoView {
    let t = lang::current();
    let TypeSheet { id, saved, others, away, inherited, groups, .. } = edit_form;
    let (name, risk) = (saved.value("name").to_owned(), saved.value("risk").to_owned());
    let required: Vec<String> = saved.value(REQUIRES).split(',').map(ToOwned::to_owned).collect();
    let (version, began) = (saved.version.to_string(), began(&saved.fields));
    // Each machine shows its own name on the first line.
    let input = DisplayForm::new(t.lcd_name(), &saved);
    let hear = move |event: leptos::ev::Event| {
        typing.set(true);
        input.hear(&event, None);
    };
    let label = if id.is_some() { t.equipment_save() } else { t.equipment_type_add() };
    view! {
        <section class="card" aria-label=t.equipment_edit() on:input=hear>
            <Form action reload=true>
                {id.map(|id| view! {
                    {hidden("id", &id)}
                    {hidden(VERSION, &version)}
                    {began}
                })}
                <Field name="name" label=t.equipment_name() value=name/>
                <Select name="risk" label=t.equipment_risk() options=risks(t) chosen=risk/>
                {(!others.is_empty()).then(|| view! {
                    <Choices name=REQUIRES error="requires" legend=t.equipment_requires() options=types(t, others, &away) chosen=required/>
                })}
                <h2>{t.equipment_use()}</h2>
                {group_choices(t, &saved, groups, t.equipment_groups_otherwise(&[]))}
                <SettingFields saved inherited input/>
                <div class="btn-row"><Submit label kind=Press::Primary busy=action.pending()/></div>
            </Form>
        </section>
    }
}

fn risks(t: Lang) -> Vec<(String, String)> {
    [("low", t.equipment_risk_low()), ("medium", t.equipment_risk_medium()), ("high", t.equipment_risk_high())]
        .map(|(risk, name)| (risk.to_owned(), name.to_owned()))
        .to_vec()
}

/// Fields to choose from after a conflict.
fn fields(t: Lang, edit_form: &TypeSheet) -> Vec<Versioned> {
    let words = |name, label, words| Versioned { name, label, words };
    let mut fields = vec![
        Versioned::plain("name", t.equipment_name()),
        words("risk", t.equipment_risk(), risks(t)),
        words(REQUIRES, t.equipment_requires(), types(t, edit_form.others.clone(), &edit_form.away)),
        words(GROUPS, t.machines_groups(), named(edit_form.groups.clone())),
    ];
    fields.extend(versioned_settings(t, &edit_form.inherited));
    fields
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use domain::versions::Saved;

    fn edit_form(id: Option<i64>) -> TypeSheet {
        TypeSheet {
            now: NOW,
            id: id.map(TypeId),
            saved: Saved::new(2, vec![("name", "Planer".into()), ("risk", "high".into()), (REQUIRES, "4".into())]),
            archived: None,
            inherited: vec![("mode".into(), "qualified".into())],
            others: vec![(TypeId(4), "Saw".into()), (TypeId(5), "Lathe".into())],
            away: vec![TypeId(4)],
            groups: Vec::new(),
        }
    }

    #[test]
    fn required_types_are_checked() {
        let html = html(visitor(Lang::En), "/types/3/edit", || {
            view! { <Page edit_form=RwSignal::new(edit_form(Some(3))) save=Call::new() archive=Call::new()/> }
        });
        assert!(html.contains(r#"name="requires[]" value="4" checked"#), "{html}");
        assert!(
            html.contains(r#"name="requires[]" value="5""#) && !html.contains(r#"value="5" checked"#),
            "{html}"
        );
        assert!(html.contains(r#"name="version" value="2""#), "{html}");
        let content = words(&html);
        assert!(content.contains("Saw (archived)") && !content.contains("Lathe (archived)"), "{content}");
    }

    #[test]
    fn new_type_form_has_no_version() {
        let html = html(visitor(Lang::It), "/types/new", || view! { <New edit_form=edit_form(None)/> });
        assert!(!html.contains(r#"name="version""#) && words(&html).contains("Aggiungi un tipo"), "{html}");
    }
}

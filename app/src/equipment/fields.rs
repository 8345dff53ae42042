//! Settings of a type or of one machine, as form fields.
//!
//! Invariant: an empty field means the inherited value, and shows it.

use crate::{
    call::{Call, Posted},
    lang,
    ui::{
        answered::{answered, later},
        button::{Kind as Press, Submit},
        choices::Choices,
        form::{Field, Form, hidden},
        lcd::Lcd,
        select::Select,
        toast::{Refusals, Toast, Undo, refusals, undo_form_about},
        versions::Versioned,
    },
};
use contract::equipment::{Inherited, Shelved};
use domain::{
    equipment::GROUPS,
    id::{GroupId, TypeId},
    versions::Saved,
};
use leptos::{prelude::*, server_fn::ServerFn};
use serde::de::DeserializeOwned;
use std::fmt::Display;
use text::Lang;
use wasm_bindgen::JsCast;

/// Options with their labels.
type Words = Vec<(String, String)>;

/// The fields, inside a form.
#[component]
pub fn SettingFields(
    saved: Saved,
    /// The inherited values.
    inherited: Inherited,
    /// The current input of the display fields.
    input: DisplayForm,
) -> impl IntoView {
    let t = lang::current();
    let below = holds(&inherited, "display").to_owned();
    let lower =
        Signal::derive(move || input.display.with(|own| if own.is_empty() { below.clone() } else { own.clone() }));
    let value = |field: &str| saved.value(field).to_owned();
    let (mode, visible) = (value("mode"), value("shown"));
    let (modes, names) = (modes(t, holds(&inherited, "mode")), names(t, holds(&inherited, "shown")));
    let field = |name: &'static str, label: &'static str| {
        let hint = t.setting_inherited(&read(t, holds(&inherited, name)));
        view! { <Field name label value=value(name) hint/> }
    };
    view! {
        <Select name="mode" label=t.setting_mode() options=modes chosen=mode/>
        {field("present", t.setting_present())}
        <Select name="shown" label=t.setting_shown() options=names chosen=visible/>
        {field("auto_stop", t.setting_auto_stop())}
        {field("grace", t.setting_grace())}
        {field("display", t.setting_display())}
        <Lcd upper=input.name.into() lower/>
    }
}

/// The current input that a board's display would show.
#[derive(Debug, Clone, Copy)]
pub struct DisplayForm {
    /// The first line.
    pub name: RwSignal<String>,
    pub display: RwSignal<String>,
}

impl DisplayForm {
    /// The initial values.
    #[must_use]
    pub fn new(name: &str, saved: &Saved) -> Self {
        Self { name: RwSignal::new(name.to_owned()), display: RwSignal::new(saved.value("display").to_owned()) }
    }

    /// Updates the preview from an input event; `name` is the field of the first line, if there is one.
    pub fn hear(self, event: &leptos::ev::Event, name: Option<&str>) {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(input) = input else { return };
        match input.name() {
            field if field == "display" => self.display.set(input.value()),
            field if Some(field.as_str()) == name => self.name.set(input.value()),
            _ => {}
        }
    }
}

/// The form that archives or restores a machine or a type.
#[component]
pub fn PutAway<F: Posted>(
    action: Call<F>,
    /// Its id as a form value.
    id: String,
    name: String,
    /// Whether it is archived, and can be restored.
    back: bool,
    next: &'static str,
) -> impl IntoView {
    let t = lang::current();
    let (label, press) =
        if back { (t.equipment_restore(), Press::Quiet) } else { (t.equipment_archive(), Press::Danger) };
    view! {
        <Form action>
            {hidden("id", &id)}
            {hidden("back", &if back { "yes" } else { "" })}
            {(!back).then(|| view! { <p class="muted">{next}</p> })}
            <div class="btn-row"><Submit label about=name kind=press busy=action.pending()/></div>
        </Form>
    }
}

/// The last archived or restored thing, with undo.
#[component]
pub fn Undo<F>(
    action: Call<F>,
    /// Message of the toast.
    #[prop(default = Lang::equipment_shelved)]
    message: fn(Lang, &Shelved) -> String,
) -> impl IntoView
where
    F: Posted + ServerFn<Output = Shelved>,
{
    let last = answered(action);
    let undo: Undo = Box::new(move || {
        let Shelved { id, name, away, .. } = last.get_untracked()?;
        let back = if away { "yes" } else { "" };
        Some(undo_form_about(action, Some(name), &[("id", &id), ("back", &back)]))
    });
    shelved(last, message, undo, vec![refusals(action)])
}

/// The same where archiving and restoring are two operations. Moved machines return with their place.
#[component]
pub fn UndoArchive<A, R>(archive: Call<A>, restore: Call<R>) -> impl IntoView
where
    A: Posted + ServerFn<Output = Shelved>,
    R: Posted,
    R::Output: Into<Shelved> + Clone + DeserializeOwned + Send + Sync + 'static,
{
    let last = later(archive, restore);
    let undo: Undo = Box::new(move || {
        let Shelved { id, name, away, moved, .. } = last.get_untracked()?;
        if !away {
            return Some(undo_form_about(archive, Some(name), &[("id", &id)]));
        }
        let from = moved.to.map(|to| to.to_string()).unwrap_or_default();
        let fields: [(&str, &dyn Display); 3] = [("id", &id), ("moved", &moved.to_code()), ("from", &from)];
        Some(undo_form_about(restore, Some(name), if moved.machines.is_empty() { &fields[..1] } else { &fields }))
    });
    shelved(last, Lang::equipment_shelved, undo, vec![refusals(archive), refusals(restore)])
}

/// The common part, compiled once.
fn shelved(
    last: Signal<Option<Shelved>>,
    message: fn(Lang, &Shelved) -> String,
    undo: Undo,
    refused: Vec<Refusals>,
) -> AnyView {
    let t = lang::current();
    let message = Signal::derive(move || last.with(|last| last.as_ref().map(|last| message(t, last))));
    view! { <Toast message undo refused/> }.into_any()
}

/// The same fields, to choose from after a conflict.
pub fn versioned_settings(t: Lang, inherited: &Inherited) -> Vec<Versioned> {
    let words = |name, label, words| Versioned { name, label, words };
    vec![
        words("mode", t.setting_mode(), modes(t, holds(inherited, "mode"))),
        Versioned::plain("present", t.setting_present()),
        words("shown", t.setting_shown(), names(t, holds(inherited, "shown"))),
        Versioned::plain("auto_stop", t.setting_auto_stop()),
        Versioned::plain("grace", t.setting_grace()),
        Versioned::plain("display", t.setting_display()),
    ]
}

/// The groups that may book and use it, and who may if none is chosen.
pub fn group_choices(
    t: Lang,
    saved: &Saved,
    groups: Vec<(GroupId, String)>,
    otherwise: String,
) -> Option<AnyView> {
    let chosen: Vec<String> = saved.value(GROUPS).split(',').map(ToOwned::to_owned).collect();
    (!groups.is_empty()).then(|| {
        view! {
            <Choices name=GROUPS error="groups" legend=t.machines_groups() options=named(groups) chosen/>
            <p class="hint">{otherwise}" "{t.machines_groups_use()}</p>
        }
        .into_any()
    })
}

/// Ids and names as options.
pub fn named<Id: ToString>(things: Vec<(Id, String)>) -> Words {
    things.into_iter().map(|(id, name)| (id.to_string(), name)).collect()
}

/// Types as options, with archived ones marked.
pub fn types(t: Lang, types: Vec<(TypeId, String)>, away: &[TypeId]) -> Words {
    let code =
        |kind: TypeId, name: String| if away.contains(&kind) { t.equipment_away_named(&name) } else { name };
    types.into_iter().map(|(kind, name)| (kind.to_string(), code(kind, name))).collect()
}

fn holds<'a>(inherited: &'a Inherited, field: &str) -> &'a str {
    inherited.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
}

/// Access modes, the inherited one first.
fn modes(t: Lang, holds: &str) -> Words {
    let modes = [
        ("open", t.setting_mode_open()),
        ("qualified", t.setting_mode_qualified()),
        ("supervised", t.setting_mode_supervised()),
    ];
    below(t, holds, &modes)
}

/// What members see, the inherited value first.
fn names(t: Lang, holds: &str) -> Words {
    let names = [
        ("nobody", t.setting_shown_nobody()),
        ("first-name", t.setting_shown_first()),
        ("name", t.setting_shown_name()),
    ];
    below(t, holds, &names)
}

fn below(t: Lang, holds: &str, words: &[(&str, &str)]) -> Words {
    let name = words.iter().find(|(value, _)| *value == holds).map_or(holds, |(_, name)| name);
    let mut options = vec![(String::new(), t.setting_inherited(name))];
    options.extend(words.iter().map(|&(value, name)| (value.to_owned(), name.to_owned())));
    options
}

/// A value as shown; an empty one as text.
fn read(t: Lang, value: &str) -> String {
    if value.is_empty() { t.version_nothing().to_owned() } else { value.to_owned() }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        call::Function,
        equipment::api::ArchiveType,
        testing::{html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use contract::{
        equipment::Moved,
        places::{ArchivePlace, UndoArchivePlace},
    };
    use domain::id::{MachineId, PlaceId};

    fn render(function: &str, shelved: &Shelved) -> String {
        let answer = Some(Answer { function: function.into(), text: sent(shelved) });
        html(Visitor { answer, ..visitor(Lang::En) }, "/places?edit=4", || {
            let (archive, restore) =
                (Call::<Function<ArchivePlace>>::new(), Call::<Function<UndoArchivePlace>>::new());
            let action = Call::<ArchiveType>::new();
            view! { <Undo action/><UndoArchive archive restore/> }
        })
    }

    #[test]
    fn archive_toast_offers_restore_and_restore_offers_archive() {
        let away = Shelved::new(4, "<Attic>".into(), true);
        let html = render("/api/equipment/archive-type", &away);
        assert!(words(&html).contains("is archived.") && !html.contains("<Attic>"), "{html}");
        assert!(html.contains(r#"name="id" value="4""#) && html.contains(r#"name="back" value="yes""#), "{html}");
        assert!(html.contains(r#"action="?edit=4&amp;/equipment/archive-type""#), "{html}");
        let back = render("/api/equipment/archive-type", &Shelved { away: false, ..away });
        assert!(words(&back).contains("is back.") && back.contains(r#"name="back" value="""#), "{back}");
    }

    #[test]
    fn undo_of_archived_place_sends_moved_machines_back() {
        let away = Shelved::new(4, "<Attic>".into(), true);
        let html = render("/api/equipment/archive-place", &away);
        assert!(words(&html).contains("is archived.") && !html.contains("<Attic>"), "{html}");
        assert!(html.contains(r#"name="id" value="4""#) && !html.contains(r#"name="moved""#), "{html}");
        assert!(html.contains(r#"action="?edit=4&amp;/equipment/restore-place""#), "{html}");
        let back = render("/api/equipment/restore-place", &Shelved { away: false, ..away.clone() });
        assert!(words(&back).contains("is back.") && back.contains("/equipment/archive-place"), "{back}");
        let less = Shelved { away: false, lost: 2, ..away.clone() };
        let less = render("/api/equipment/restore-place", &less);
        assert!(words(&less).contains("is back without 2 bookings"), "{less}");
        let moved = Moved { machines: vec![MachineId(3), MachineId(5)], to: Some(PlaceId(7)) };
        let moved = render("/api/equipment/archive-place", &Shelved { moved, ..away });
        assert!(words(&moved).contains("2 machines"), "{moved}");
        assert!(
            moved.contains(r#"name="moved" value="3,5""#) && moved.contains(r#"name="from" value="7""#),
            "{moved}"
        );
    }
}

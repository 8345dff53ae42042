//! The forms that change qualifications, if permitted.
//!
//! Invariant: only permitted changes are offered, and a refused form opens itself.

use super::{
    api::{Ban, Grant, Revoke, Unban},
    label,
};
use crate::{
    call::Call,
    lang,
    ui::{
        button::{Kind, Submit},
        form::{Field, Form, hidden, is_open, was_submitted},
        select::Select,
    },
};
use contract::qualifications::{Named, QualificationActions};
use domain::{
    id::{PersonId, TypeId},
    qualifications::{Relation, Subject},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The calls of one page; created with the page, so that it notices changes.
#[derive(Clone, Copy)]
pub struct Acts {
    grant: Call<Grant>,
    revoke: Call<Revoke>,
    ban: Call<Ban>,
    unban: Call<Unban>,
}

impl Acts {
    #[must_use]
    pub fn new() -> Self {
        Self { grant: Call::new(), revoke: Call::new(), ban: Call::new(), unban: Call::new() }
    }

    /// Grows when something was changed here.
    #[must_use]
    pub fn version(self) -> usize {
        self.grant.version().get()
            + self.revoke.version().get()
            + self.ban.version().get()
            + self.unban.version().get()
    }
}

impl std::fmt::Debug for Acts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acts").finish_non_exhaustive()
    }
}

impl Default for Acts {
    fn default() -> Self {
        Self::new()
    }
}

/// The forms; `back` is the type whose page they are on.
#[component]
pub fn DeedForms(
    person: PersonId,
    actions: QualificationActions,
    acts: Acts,
    /// The type whose page this is, unless it is the person's.
    #[prop(optional_no_strip)]
    back: Option<TypeId>,
) -> impl IntoView {
    let t = lang::current();
    let QualificationActions { grant, revoke, ban, unban } = actions;
    let hidden = move || {
        view! {
            {hidden("person", &person)}
            {hidden("back", &back.map(|kind| kind.to_string()).unwrap_or_default())}
        }
    };
    // Grouped by subject, types first: a role in the workshop is different from a machine.
    let heads = move |from: &mut Vec<(Named, Relation)>| {
        let head = |on: &Named| match (on.built_in, on.subject) {
            (Some(_), _) => (2, t.action_roles()),
            (None, Subject::Machine(_)) => (1, t.nav_machines()),
            (None, Subject::Type(_)) => (0, t.equipment_types()),
        };
        from.sort_by_key(|(on, _)| head(on).0);
        let groups = from.chunk_by(|(one, _), (next, _)| head(one) == head(next));
        let first = |group: &[(Named, Relation)]| {
            let (on, relation) = group.first()?;
            Some((format!("{}/{}", on.subject, relation.as_str()), head(on).1))
        };
        groups.filter_map(first).collect::<Vec<_>>()
    };
    let related = move |form: &str, from: Vec<(Named, Relation)>| {
        choices(
            form,
            from.iter().map(|(on, relation)| {
                let may = t.relation(on.built_in, *relation);
                (format!("{}/{}", on.subject, relation.as_str()), format!("{} · {may}", label(t, on)))
            }),
        )
    };
    let plain = move |form: &str, from: Vec<Named>| {
        choices(form, from.iter().map(|on| (on.subject.to_string(), label(t, on))))
    };
    view! {
        <div class="deeds">
            {(!grant.is_empty()).then(|| { let mut grant = grant; let heads = heads(&mut grant); let (options, chosen) = related("grant", grant); view! {
                <details class="deed" open=is_open("grant", Grant::PATH)>
                    <summary>{t.action_grant()}</summary>
                    <div id="deed-grant"></div>
                    <Form action=acts.grant>
                        {hidden()}
                        <Select name="grant" label=t.action_what() options chosen=Signal::stored(chosen) heads/>
                        <Field name="grant_until" kind="date" label=t.action_until()/>
                        <Field name="grant_note" label=t.action_note() hint=t.action_note_hint()/>
                        <div class="btn-row"><Submit label=t.action_grant() kind=Kind::Primary busy=acts.grant.pending()/></div>
                    </Form>
                </details>
            }})}
            {(!revoke.is_empty()).then(|| { let (options, chosen) = related("revoke", revoke); view! {
                <details class="deed" open=is_open("revoke", Revoke::PATH)>
                    <summary>{t.action_revoke()}</summary>
                    <div id="deed-revoke"></div>
                    <Form action=acts.revoke>
                        {hidden()}
                        <Select name="revoke" label=t.action_what() options chosen=Signal::stored(chosen)/>
                        <Field name="revoke_note" label=t.action_note() hint=t.action_note_hint()/>
                        <div class="btn-row"><Submit label=t.action_revoke() kind=Kind::Danger busy=acts.revoke.pending()/></div>
                    </Form>
                </details>
            }})}
            {(!ban.is_empty()).then(|| { let (options, chosen) = plain("ban", ban); view! {
                <details class="deed" open=was_submitted(Ban::PATH)>
                    <summary>{t.action_ban()}</summary>
                    <p class="small muted">{t.action_ban_lead()}</p>
                    <Form action=acts.ban>
                        {hidden()}
                        <Select name="ban" label=t.action_ban_from() options chosen=Signal::stored(chosen)/>
                        <Field name="ban_reason" label=t.action_reason() hint=t.action_reason_hint()/>
                        <Field name="ban_until" kind="date" label=t.action_until()/>
                        <div class="btn-row"><Submit label=t.action_ban() kind=Kind::Danger busy=acts.ban.pending()/></div>
                    </Form>
                </details>
            }})}
            {(!unban.is_empty()).then(|| { let (options, chosen) = plain("unban", unban); view! {
                <details class="deed" open=is_open("unban", Unban::PATH)>
                    <summary>{t.action_unban()}</summary>
                    <div id="deed-unban"></div>
                    <Form action=acts.unban>
                        {hidden()}
                        <Select name="unban" label=t.action_ban_from() options chosen=Signal::stored(chosen)/>
                        <Field name="unban_note" label=t.action_note() hint=t.action_note_hint()/>
                        <div class="btn-row"><Submit label=t.action_unban() busy=acts.unban.pending()/></div>
                    </Form>
                </details>
            }})}
        </div>
    }
}

/// Whether there is anything to show.
#[must_use]
pub const fn any(actions: &QualificationActions) -> bool {
    !(actions.grant.is_empty() && actions.revoke.is_empty() && actions.ban.is_empty() && actions.unban.is_empty())
}

/// The options of `form`. A single one is preselected, and of several the one in the address; otherwise none, so
/// that the first is not granted by accident.
fn choices(form: &str, offered: impl Iterator<Item = (String, String)>) -> (Vec<(String, String)>, String) {
    let mut options: Vec<_> = offered.collect();
    if let [(only, _)] = options.as_slice() {
        let only = only.clone();
        return (options, only);
    }
    let on = use_query_map().with_untracked(|query| {
        let is_meant = query.get_str("open") == Some(form);
        query.get_str("on").filter(|_| is_meant).map(ToOwned::to_owned)
    });
    let chosen = on.filter(|on| options.iter().any(|(value, _)| value == on)).unwrap_or_default();
    options.insert(0, (String::new(), "–".to_owned()));
    (options, chosen)
}

/// Who decided, after a comma: `by Amara Okafor`.
#[must_use]
pub fn by_whom(t: Lang, by: &contract::qualifications::ChangedBy) -> String {
    use contract::qualifications::ChangedBy;
    match by {
        ChangedBy::Toolgate => t.standing_by_toolgate().to_owned(),
        ChangedBy::Name(name) => t.standing_by(name),
        ChangedBy::Former => t.standing_by_former().to_owned(),
    }
}

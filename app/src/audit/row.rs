//! One entry of the audit chain.

use crate::{lang, qualifications::label};
use domain::{
    actor::Door,
    audit::By,
    qualifications::{BuiltIn, Relation},
    time::Moment,
};
use leptos::prelude::*;
use text::{Lang, time};
use views::audit::{Entry, Value};

/// Who did what, about what, and how in words; below it the code, the door, and what has no words.
#[component]
pub(crate) fn Row(
    entry: Entry,
    now: Moment,
    /// In words alone, for who does not read the chain.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let t = lang::current();
    let page = entry.page();
    // Whoever did something to themselves is named once.
    let is_own = matches!(&entry.by, By::Person { id, .. } if entry.subject == format!("person:{id}"));
    let Entry { seq, at, by, door, action, subject, subject_name, detail } = entry;
    let who = match by {
        By::Person { id, name } => view! { <a href=format!("/people/{id}")>{name}</a> }.into_any(),
        By::Former => t.audit_former().into_any(),
        By::Board => t.audit_board().into_any(),
        By::Stranger => t.audit_stranger().into_any(),
        By::Toolgate => t.audit_toolgate().into_any(),
    };
    // A code without a sentence speaks for itself.
    let what = t.audit_action(&action).map_or_else(|| action.clone(), ToOwned::to_owned);
    let name = subject_name.unwrap_or_else(|| subject.clone());
    let about = (!is_own).then(|| match page {
        Some(page) => view! { " · "<a href=page>{name}</a> }.into_any(),
        None => view! { " · "{name} }.into_any(),
    });
    // A relation on the space or the system is a role.
    let built_in = detail.iter().find_map(|(_, value)| match value {
        Value::Equipment(on) => on.built_in,
        Value::Word(_) | Value::Moment(_) => None,
    });
    let said: Vec<_> =
        detail.into_iter().map(|(name, value)| particular(&name, value, built_in, t, now)).collect();
    let (words, raw): (Vec<_>, Vec<_>) = said.into_iter().partition(Result::is_ok);
    let words = words.into_iter().flatten().filter(|word| !word.is_empty());
    let raw = raw.into_iter().filter_map(Result::err);
    view! {
        <li id=format!("entry-{seq}")>
            <div class="item">
                <time datetime=time::iso(at)>{time::clock(at)}</time>
                <div class="lines">
                    <p class="t">{who}" "{what}{about}{words.map(|said| view! { " · "{said} }).collect_view()}</p>
                    <p class="s">
                        {(!plain).then(|| view! { <code>{action}</code>" · "<code>{subject}</code>" · " })}{door_word(door, t)}
                        {raw.map(|said| view! { " · "{said} }).collect_view()}
                    </p>
                </div>
                {(!plain).then(|| view! { <span class="tail">{seq}</span> })}
            </div>
        </li>
    }
}

/// A particular in words; `Err` as it stands in the chain.
fn particular(
    name: &str,
    value: Value,
    built_in: Option<BuiltIn>,
    t: Lang,
    now: Moment,
) -> Result<String, String> {
    match value {
        Value::Equipment(on) => Ok(label(t, &on)),
        Value::Moment(at) if name == "until" => Ok(t.audit_until(&t.exact(at, now))),
        Value::Moment(at) => Err(format!("{name} {}", t.exact(at, now))),
        Value::Word(word) => match (built_in, name, Relation::from_word(&word)) {
            (Some(_), "relation", Some(role)) => Ok(t.relation(built_in, role).to_owned()),
            _ => t.audit_particular(name, &word).ok_or_else(|| format!("{name} {word}")),
        },
    }
}

const fn door_word(door: Door, t: Lang) -> &'static str {
    match door {
        Door::Web => t.audit_door_web(),
        Door::Api => t.audit_door_api(),
        Door::Board => t.audit_door_board(),
        Door::Command => t.audit_door_command(),
        Door::Import => t.audit_door_import(),
    }
}

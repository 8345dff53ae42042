//! One entry of the audit chain.

use crate::lang;
use domain::{
    actor::Door,
    audit::{By, Entry, Value},
    time::Moment,
};
use leptos::prelude::*;
use text::{Lang, time};

/// Who did what, about what; below it the code, the door and the particulars.
#[component]
pub(super) fn Row(entry: Entry, now: Moment) -> impl IntoView {
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
    let particulars = detail.into_iter().map(|(name, value)| particular(&name, value, t, now));
    view! {
        <li id=format!("entry-{seq}")>
            <div class="item">
                <time datetime=time::iso(at)>{time::clock(at)}</time>
                <div class="lines">
                    <p class="t">{who}" "{what}{about}</p>
                    <p class="s">
                        <code>{action}</code>" · "<code>{subject}</code>" · "{door_word(door, t)}
                        {particulars.map(|said| view! { " · "{said} }).collect_view()}
                    </p>
                </div>
                <span class="tail">{seq}</span>
            </div>
        </li>
    }
}

fn particular(name: &str, value: Value, t: Lang, now: Moment) -> String {
    match value {
        Value::Word(word) => format!("{name} {word}"),
        Value::Moment(at) => format!("{name} {}", t.exact(at, now)),
    }
}

const fn door_word(door: Door, t: Lang) -> &'static str {
    match door {
        Door::Web => t.audit_door_web(),
        Door::Api => t.audit_door_api(),
        Door::Board => t.audit_door_board(),
        Door::Command => t.audit_door_command(),
    }
}

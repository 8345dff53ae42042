//! Audit entries as text: the server builds the sentences, pages show them.
//!
//! Invariant: the browser gets only text and addresses. Not here: which entries there are.

use domain::time::Moment;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use text::time;

/// A name, with the address of its page if it has one.
pub(crate) type Linked = (String, Option<String>);

/// An audit entry as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub seq: i64,
    pub at: Moment,
    /// Time with the day, for lists that are not grouped by day.
    pub when: String,
    pub who: Linked,
    pub what: String,
    /// The object, unless the actor did it to themselves.
    pub about: Option<Linked>,
    /// Details that have a text.
    pub words: Vec<String>,
    /// Action code and subject.
    pub code: String,
    /// Channel of the action.
    pub channel: String,
}

/// A name as a link, if it has a page.
pub(crate) fn linked((name, page): Linked) -> AnyView {
    match page {
        Some(page) => view! { <a href=page>{name}</a> }.into_any(),
        None => name.into_any(),
    }
}

/// Action, object and details in one sentence.
pub(crate) fn action(what: String, about: Option<Linked>, words: &[String]) -> AnyView {
    let about = about.map(|about| view! { " · "{linked(about)} });
    let words = (!words.is_empty()).then(|| format!(" · {}", words.join(" · ")));
    view! { {what}{about}{words} }.into_any()
}

/// Actor, action, object and details; below it the channel.
#[component]
pub(crate) fn Row(entry: AuditRow) -> impl IntoView {
    let AuditRow { at, who, what, about, words, channel, .. } = entry;
    view! {
        <li>
            <div class="item">
                <time datetime=time::iso(at)>{time::clock(at)}</time>
                <div class="lines">
                    <p class="t">{linked(who)}" "{action(what, about, &words)}</p>
                    <p class="s">{channel}</p>
                </div>
            </div>
        </li>
    }
}

#[cfg(feature = "ssr")]
mod made {
    use super::AuditRow;
    use contract::audit::Entry;
    use domain::{
        actor::Channel,
        audit::{AuditActor, Subject},
        time::Moment,
    };
    use text::{AuditLine, Lang, time};

    impl AuditRow {
        pub fn of(entry: Entry, t: Lang, now: Moment) -> Self {
            let page = entry.page();
            // An actor who is their own subject is named once. An action on the whole space needs no object.
            let is_whole = matches!(entry.subject.parse(), Ok(Subject::Space | Subject::Database));
            let is_own =
                matches!(&entry.by, AuditActor::Person { id, .. } if entry.subject == format!("person:{id}"));
            let AuditLine { what, words } = t.audit_line(&entry, now);
            let Entry { seq, at, by, door: channel, action, subject, subject_name, .. } = entry;
            let who = match by {
                AuditActor::Person { id, name } => (name, Some(format!("/people/{id}"))),
                AuditActor::Former => (t.audit_former().to_owned(), None),
                AuditActor::Board => (t.audit_board().to_owned(), None),
                AuditActor::Stranger => (t.audit_stranger().to_owned(), None),
                AuditActor::Toolgate => (t.audit_toolgate().to_owned(), None),
            };
            Self {
                seq,
                at,
                when: format!("{}, {}", t.brief(at, now), time::clock(at)),
                who,
                // An action without a sentence shows its code.
                what: what.unwrap_or_else(|| action.clone()),
                about: (!is_own && !is_whole).then(|| (subject_name.unwrap_or_else(|| subject.clone()), page)),
                words,
                code: format!("{action} · {subject}"),
                channel: channel_name(channel, t).to_owned(),
            }
        }
    }

    const fn channel_name(channel: Channel, t: Lang) -> &'static str {
        match channel {
            Channel::Web => t.audit_door_web(),
            Channel::Api => t.audit_door_api(),
            Channel::Board => t.audit_door_board(),
            Channel::Command => t.audit_door_command(),
            Channel::Import => t.audit_door_import(),
        }
    }
}

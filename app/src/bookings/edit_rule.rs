//! The form of one booking rule, below its row.
//!
//! Invariant: an unsaved value is in the address, so that it can be tried first. Not here: what a rule does, which
//! its setting defines.

use crate::{
    call::Call,
    lang,
    settings::api::Say,
    ui::{
        button::{ButtonLink, Kind, Submit},
        form::{Field, Form, hidden},
        preview::TryOut,
        select::Select,
        versions::VERSION,
    },
};
use contract::settings::SettingRow;
use domain::{
    bookings::RulesAt,
    settings::{Fits, Key},
};
use leptos::prelude::*;

/// The rule being edited, read from the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Edited {
    pub key: Option<Key>,
    /// A value that is tried before it is saved.
    pub value: Option<String>,
    /// The version it would be saved over.
    pub version: Option<i64>,
}

impl Edited {
    /// The rule with its valid unsaved value, for a trial.
    pub fn unsaved(&self) -> Option<(Key, String)> {
        let (key, value) = self.key.zip(self.value.as_deref())?;
        Some((key, key.value(value)?))
    }
}

/// Id of the element in which a rule is edited.
pub(super) fn place(key: Key) -> String {
    format!("rule-{}", key.as_str())
}

/// Fragment of the link that opens it.
pub(super) fn change(key: Key) -> String {
    format!("change-{}", key.as_str())
}

/// Hidden fields of both forms.
fn carried(at: RulesAt, key: Key, version: i64) -> AnyView {
    view! {
        {hidden("at", &at)}
        {hidden("key", &key.as_str())}
        {hidden(VERSION, &version)}
        {hidden("page", &"rules")}
    }
    .into_any()
}

/// The form of the rule at `at`, with the current trial as fields of the address.
#[component]
pub(super) fn EditRule(
    at: RulesAt,
    row: SettingRow,
    edited: Edited,
    dry_run: Vec<(&'static str, String)>,
    say: Call<Say>,
) -> impl IntoView {
    let t = lang::current();
    let SettingRow { key, own, value, version, .. } = row;
    let is_own = own.is_some();
    let invalid =
        edited.value.as_deref().filter(|input| key.value(input).is_none()).map(|_| t.setting_invalid(key));
    let begin = edited.value.unwrap_or_else(|| own.unwrap_or(value));
    let over = edited.version.unwrap_or(version);
    let label = t.setting_name(key);
    let field = move || match key.fits() {
        Fits::Word(words) => {
            let options: Vec<_> = words.iter().map(|&text| (text.to_owned(), t.rule_value(key, text))).collect();
            view! { <Select name="value" label options chosen=begin/> }.into_any()
        }
        Fits::Number(..)
        | Fits::Text(_)
        | Fits::Zone
        | Fits::Windows
        | Fits::Email
        | Fits::Web
        | Fits::Position => {
            view! { <Field name="value" label value=begin hint=t.setting_sentence(key)/> }.into_any()
        }
    };
    let dry_run = dry_run.into_iter().map(|(name, value)| hidden(name, &value));
    let dry_run = dry_run.collect_view();
    view! {
        <Form action=say>
            {carried(at, key, over)}
            {dry_run}
            {field()}
            {invalid.map(|invalid| view! { <p class="error">{invalid}</p> })}
            <div class="btn-row">
                <Submit label=t.equipment_save() kind=Kind::Primary busy=say.pending()/>
                <TryOut page="/bookings/rules" which="say"/>
                <ButtonLink href=format!("/bookings/rules?at={at}#{}", change(key)) label=t.rules_discard().to_owned() kind=Kind::Ghost/>
            </div>
        </Form>
        {is_own.then(|| view! {
            <Form action=say beside=true>
                {carried(at, key, version)}
                {hidden("nothing", &"yes")}
                <div class="btn-row"><Submit label=t.rules_inherit() busy=say.pending()/></div>
            </Form>
        })}
    }
}

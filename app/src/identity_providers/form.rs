//! The form of a provider, in parts: the provider, Toolgate there, what it tells about people, and who comes in.

use crate::{
    ui::{
        facts::Facts,
        form::{Field, use_form},
        select::Select,
        versions::Versioned,
    },
    visitor::use_visitor,
};
use contract::identity_providers::IdentityProviderView;
use domain::{
    identity_providers::{Admission, SecondFactorUse},
    versions::Saved,
};
use leptos::prelude::*;
use text::Lang;

/// The values of a provider, as its form sends them.
pub fn values(one: &IdentityProviderView) -> Saved {
    let tick = |ticked: bool| if ticked { "yes".to_owned() } else { String::new() };
    Saved::new(
        one.version,
        vec![
            ("name", one.name.clone()),
            ("issuer", one.issuer.clone()),
            ("client_id", one.client_id.clone()),
            ("scopes", one.scopes.clone()),
            ("groups_claim", one.groups_claim.clone()),
            ("second_factor", one.second_factor.as_str().to_owned()),
            ("second_factor_values", one.second_factor_values.clone()),
            ("admission", one.admission.as_str().to_owned()),
            ("signs_out", tick(one.signs_out)),
            ("active", tick(one.active)),
        ],
    )
}

fn admissions(t: Lang) -> Vec<(String, String)> {
    let each = Admission::ALL.iter();
    each.map(|&one| (one.as_str().to_owned(), t.provider_admission_name(one).to_owned())).collect()
}

fn factors(t: Lang) -> Vec<(String, String)> {
    let each = SecondFactorUse::ALL.iter();
    each.map(|&one| (one.as_str().to_owned(), t.provider_factor_name(one).to_owned())).collect()
}

/// The fields to choose from, when someone else has saved meanwhile.
pub fn choice(t: Lang) -> Vec<Versioned> {
    vec![
        Versioned::plain("name", t.provider_name()),
        Versioned::plain("issuer", t.provider_issuer()),
        Versioned::plain("client_id", t.provider_client_id()),
        Versioned::plain("scopes", t.provider_scopes()),
        Versioned::plain("groups_claim", t.provider_groups_claim()),
        Versioned { name: "second_factor", label: t.provider_second_factor(), words: factors(t) },
        Versioned::plain("second_factor_values", t.provider_factor_values()),
        Versioned { name: "admission", label: t.provider_admission(), words: admissions(t) },
        Versioned::plain("signs_out", t.provider_signs_out()),
        Versioned::plain("active", t.provider_active()),
    ]
}

/// A tick box. Call it inside a form.
fn tick(name: &'static str, label: &'static str, ticked: bool) -> AnyView {
    let form = use_form();
    let was_sent = form.as_ref().is_some_and(|form| form.input("name").is_some());
    let sent = form.as_ref().and_then(|form| form.input(name)).is_some();
    let checked = if was_sent { sent } else { ticked };
    view! { <label class="tick"><input type="checkbox" name=name value="yes" checked=checked/><span>{label}</span></label> }
        .into_any()
}

fn part(id: &'static str, title: &'static str, fields: AnyView) -> AnyView {
    view! {
        <section class="card" aria-labelledby=id>
            <h3 class="label-lg" id=id>{title}</h3>
            {fields}
        </section>
    }
    .into_any()
}

/// The parts of the form of `one`, or of a new provider. Call it inside a form: only there do they get the submitted input and its
/// errors.
pub fn parts(t: Lang, one: Option<&IdentityProviderView>) -> AnyView {
    let text = |of: fn(&IdentityProviderView) -> &String| one.map(|one| of(one).clone()).unwrap_or_default();
    let secret_hint =
        if one.is_some_and(|one| one.has_secret) { t.provider_secret_stored() } else { t.provider_secret_hint() };
    let forget =
        one.is_some_and(|one| one.has_secret).then(|| tick("forget_secret", t.provider_secret_forget(), false));
    let scopes = one.map_or_else(|| "email profile".to_owned(), |one| one.scopes.clone());
    let factor = one.map_or(SecondFactorUse::Ignored, |one| one.second_factor).as_str().to_owned();
    let admission = one.map_or(Admission::Existing, |one| one.admission).as_str().to_owned();
    let site = use_visitor().public_url.unwrap_or_default();
    let addresses = vec![
        (t.provider_redirect(), format!("{site}/sign-in/provider/callback")),
        (t.provider_after_sign_out(), format!("{site}/sign-in")),
    ];
    let provider = view! {
        <Field name="name" label=t.provider_name() hint=t.provider_name_hint() value=text(|one| &one.name) autocomplete="off"/>
        <Field name="issuer" label=t.provider_issuer() hint=t.provider_issuer_hint() value=text(|one| &one.issuer) autocomplete="off"/>
        {tick("active", t.provider_active(), one.is_none_or(|one| one.active))}
    };
    let client = view! {
        <p class="small muted">{t.provider_redirect_hint()}</p>
        <Facts facts=addresses/>
        <Field name="client_id" label=t.provider_client_id() value=text(|one| &one.client_id) autocomplete="off"/>
        <Field name="client_secret" label=t.provider_client_secret() kind="password" hint=secret_hint autocomplete="new-password"/>
        {forget}
    };
    let claims = view! {
        <Field name="scopes" label=t.provider_scopes() hint=t.provider_scopes_hint() value=scopes autocomplete="off"/>
        <Field name="groups_claim" label=t.provider_groups_claim() hint=t.provider_groups_claim_hint() value=text(|one| &one.groups_claim) autocomplete="off"/>
        <Select name="second_factor" label=t.provider_second_factor() options=factors(t) chosen=Signal::stored(factor)/>
        <Field name="second_factor_values" label=t.provider_factor_values() hint=t.provider_factor_values_hint() value=text(|one| &one.second_factor_values) autocomplete="off"/>
    };
    let people = view! {
        <Select name="admission" label=t.provider_admission() options=admissions(t) chosen=Signal::stored(admission)/>
        {tick("signs_out", t.provider_signs_out(), one.is_none_or(|one| one.signs_out))}
    };
    view! {
        <div class="form-parts">
            {part("part-provider", t.provider_part_server(), provider.into_any())}
            {part("part-client", t.provider_part_client(), client.into_any())}
            {part("part-claims", t.provider_part_claims(), claims.into_any())}
            {part("part-people", t.provider_part_people(), people.into_any())}
        </div>
    }
    .into_any()
}

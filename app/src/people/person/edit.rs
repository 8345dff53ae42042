//! The form for name and contact, and the choice after a conflict.

use crate::{
    call::Call,
    lang,
    people::api::EditPerson,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Field, Form, hidden},
        select::Select,
        versions::{VERSION, Versioned, Versions, began, begun_from},
    },
};
use contract::people::PersonPage;
use leptos::prelude::*;
use text::Lang;

/// The form and the choice.
#[component]
pub(super) fn Edit(
    page: RwSignal<PersonPage>,
    /// Whether the address may be changed.
    readdress: bool,
    call: Call<EditPerson>,
) -> impl IntoView {
    let t = lang::current();
    let newest = Memo::new(move |_| page.with(|page| (page.head.id.0, page.version)));
    let (begun, typing) = begun_from(newest);
    let fields = vec![
        Versioned::plain("name", t.people_name()),
        Versioned::plain("email", t.person_email()),
        Versioned::plain("phone", t.person_phone()),
        Versioned { name: "language", label: t.person_language(), words: languages(t) },
    ];
    view! {
        <Versions action=call fields/>
        {dynamic(move || {
            begun.track();
            Some(view! { <Sheet page=page.get_untracked() readdress call typing/> })
        })}
    }
}

fn languages(t: Lang) -> Vec<(String, String)> {
    let none = (String::new(), t.person_no_language().to_owned());
    std::iter::once(none).chain(Lang::ALL.map(|lang| (lang.tag().to_owned(), lang.name().to_owned()))).collect()
}

#[component]
fn Sheet(page: PersonPage, readdress: bool, call: Call<EditPerson>, typing: RwSignal<bool>) -> impl IntoView {
    let t = lang::current();
    let (name, email) = (page.head.name.unwrap_or_default(), page.head.email.unwrap_or_default());
    let (phone, language) = (page.phone.unwrap_or_default(), page.language.unwrap_or_default());
    let held = [("name", &name), ("email", &email), ("phone", &phone), ("language", &language)];
    let began = began(&held.map(|(field, value)| (field.to_owned(), value.clone())));
    view! {
        <section class="card" aria-labelledby="profile" on:input=move |_| typing.set(true)>
            <div class="card-head"><h2 id="profile">{t.person_profile()}</h2></div>
            <Form action=call reload=true>
                {hidden("person", &page.head.id)}
                {hidden(VERSION, &page.version)}
                {began}
                <Field name="name" label=t.people_name() value=name autocomplete="off"/>
                {if readdress {
                    view! { <Field name="email" kind="email" label=t.person_email() value=email autocomplete="off"/> }.into_any()
                } else {
                    view! {
                        {hidden("email", &email)}
                        <p class="small muted">{t.person_email_fixed()}</p>
                    }.into_any()
                }}
                <Field name="phone" kind="tel" label=t.person_phone() value=phone autocomplete="off"/>
                <Select name="language" label=t.person_language() options=languages(t) chosen=Signal::stored(language)/>
                <div class="btn-row"><Submit label=t.person_save() kind=Kind::Primary busy=call.pending()/></div>
            </Form>
        </section>
    }
}

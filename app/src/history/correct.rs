//! The form that corrects a use, for people who look after the machine.

use super::{
    api::{self, CorrectUse},
    line::corrected,
};
use crate::{
    call::{Call, page_resource},
    lang,
    live_page::loaded,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        form::{Field, Form, hidden},
        select::Select,
        text_area::TextArea,
        versions::{VERSION, Versioned, Versions},
    },
};
use contract::history::Correctable;
use domain::id::UseId;
use leptos::prelude::*;

/// The form for one use, with the version at its opening: input is not lost, and a concurrent change is reported.
#[component]
pub(super) fn Correcting(id: UseId, correct: Call<CorrectUse>, back: String) -> impl IntoView {
    let answers = page_resource(|| (), move |()| api::correctable(id));
    view! {
        {loaded(2, answers, move |one| {
                let back = back.clone();
                dynamic(move || Some(view! { <Sheet one=one.get() correct back=back.clone()/> })).into_any()
            })}
    }
}

/// The form without requests, so that tests can render it.
#[component]
pub(super) fn Sheet(one: Correctable, correct: Call<CorrectUse>, back: String) -> impl IntoView {
    let t = lang::current();
    let Correctable { now, id, start, end, end_field, person, void, people, corrections, version, .. } = one;
    let mut who = vec![(String::new(), t.correct_nobody().to_owned())];
    who.extend(people.into_iter().map(|(id, name)| (id.to_string(), name)));
    let was = [("", t.correct_void_no()), ("yes", t.correct_void())];
    let was: Vec<_> = was.into_iter().map(|(value, code)| (value.to_owned(), code.to_owned())).collect();
    let fields = vec![
        Versioned::plain("end", t.correct_end()),
        Versioned { words: who.clone(), ..Versioned::plain("who", t.correct_who()) },
        Versioned { words: was.clone(), ..Versioned::plain("void", t.correct_kind()) },
    ];
    let (chosen, none) =
        (person.map_or_else(String::new, |person| person.to_string()), if void { "yes" } else { "" });
    let (why, runs) = if end.is_some() { (t.correct_why(), false) } else { (t.correct_runs(), true) };
    view! {
        <section class="card" id="correcting" aria-labelledby="correcting-head">
            <div class="card-head"><h2 id="correcting-head">{t.correct_this(&t.exact(start, now))}</h2></div>
            <p class="small muted">{why}</p>
            {corrections.iter().map(|one| view! { <p class="small">{corrected(one, t, now)}</p> }).collect_view()}
            <Versions action=correct fields/>
            <Form action=correct>
                {hidden("id", &id)}
                {hidden(VERSION, &version)}
                <Field name="end" kind="datetime-local" label=t.correct_end() value=end_field/>
                {if runs {
                    // For an open use only its end can be corrected.
                    hidden("who", &chosen)
                } else {
                    view! {
                        <Select name="who" label=t.correct_who() options=who chosen=Signal::stored(chosen)/>
                        <Select name="void" label=t.correct_kind() options=was chosen=Signal::stored(none.to_owned())/>
                    }.into_any()
                }}
                <TextArea name="reason" label=t.correct_reason() value=String::new() hint=t.correct_reason_hint()/>
                <div class="btn-row">
                    <Submit label=t.correct_save() kind=Kind::Primary busy=correct.pending()/>
                    <ButtonLink href=back label=t.form_cancel().to_owned() kind=Kind::Ghost/>
                </div>
            </Form>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::{MachineId, PersonId};
    use text::Lang;

    fn render(end: Option<u32>) -> String {
        html(visitor(Lang::En), "/machines/1/history?use=8", move || {
            let one = Correctable {
                now: NOW,
                id: UseId(8),
                machine: MachineId(1),
                start: ago(90),
                end: end.map(ago),
                end_field: "2026-11-19T13:46:05".into(),
                person: Some(PersonId(7)),
                void: false,
                people: vec![(PersonId(7), "Ada <b>".into()), (PersonId(8), "Bob".into())],
                corrections: Vec::new(),
                version: 1,
            };
            view! { <Sheet one correct=Call::new() back="/machines/1/history".to_owned()/> }
        })
    }

    #[test]
    fn correction_form_starts_with_current_values() {
        let html = render(Some(30));
        assert!(html.contains(r#"name="end" value="2026-11-19T13:46:05""#), "{html}");
        assert!(html.contains(r#"name="version" value="1""#) && html.contains("Ada &lt;b&gt;"), "{html}");
        assert!(html.contains(r#"name="void""#) && words(&html).contains("Unknown"), "{html}");
    }

    #[test]
    fn open_use_correction_asks_only_for_end() {
        let html = render(None);
        assert!(
            html.contains(r#"type="hidden" name="who" value="7""#) && !html.contains(r#"name="void""#),
            "{html}"
        );
    }
}

//! Equipment: adding a machine by name, type and board, and changing existing ones.

pub mod api;
pub mod edit;
pub mod fields;
pub mod inventory;
pub mod kind;
mod many;
pub mod places;

use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    live_page::loaded,
    ui::{
        button::{Kind, Submit},
        form::{Field, Form},
        icon::Icon,
        select::Select,
    },
};
use api::AddMachine;
use contract::equipment::Choices;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
#[derive(Debug)]
struct PageContext(PageResource<Choices>);

impl PageContext {
    fn load() -> Self {
        Self(page_resource(|| (), |()| api::choices()))
    }
}

/// The page at `/machines/new`.
pub fn new_machine_page() -> AnyView {
    let answers = PageContext::load().0;
    view! {
        <a class="crumb" href="/"><Icon name="chevron-left"/>{lang::current().nav_now()}</a>
        {loaded(3, answers, |choices| view! { <Sheet choices=choices.get_untracked()/> }.into_any())}
    }
    .into_any()
}

#[component]
fn Sheet(choices: Choices) -> impl IntoView {
    let t = lang::current();
    let add = Call::<AddMachine>::new();
    // A board's number is prefilled from the address.
    let message =
        use_query_map().with_untracked(|query| query.get_str("number").and_then(|number| number.parse().ok()));
    let number = message.unwrap_or(choices.number);
    let number = if number == 0 { String::new() } else { number.to_string() };
    let place = choices.place().map(|place| place.to_string()).unwrap_or_default();
    let mut places = vec![(String::new(), t.equipment_no_place().to_owned())];
    places.extend(fields::named(choices.places));
    view! {
        <Title text=t.equipment_add()/>
        <header class="page-head"><h1>{t.equipment_add()}</h1><p>{t.equipment_add_lead()}</p></header>
        <section class="card" aria-label=t.equipment_add()>
            <Form action=add>
                <Field name="name" label=t.equipment_name() hint=t.equipment_name_hint()/>
                <Field name="kind" label=t.equipment_type() hint=t.equipment_type_hint() suggestions=choices.kinds/>
                {(places.len() > 1).then(|| view! { <Select name="place" label=t.equipment_place() options=places chosen=place/> })}
                <Field name="number" label=t.equipment_number() hint=t.equipment_number_hint() value=number/>
                <div class="btn-row"><Submit label=t.equipment_add() kind=Kind::Primary busy=add.pending()/></div>
            </Form>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor};
    use text::Lang;

    #[test]
    fn new_machine_form_suggests_next_number_and_types() {
        let choices = Choices { kinds: vec!["Laser cutter".into()], number: 4, places: vec![] };
        let html = html(visitor(Lang::En), "/machines/new", move || view! { <Sheet choices=choices.clone()/> });
        assert!(html.contains(r#"name="number" value="4""#), "{html}");
        assert!(html.contains(r#"<option value="Laser cutter""#), "{html}");
    }

    #[test]
    fn single_location_is_preselected() {
        let at = |places: &[(i64, &str)]| {
            let places = places.iter().map(|&(id, name)| (domain::id::PlaceId(id), name.to_owned())).collect();
            html(visitor(Lang::En), "/machines/new", move || {
                view! { <Sheet choices=Choices { places, ..Choices::default() }/> }
            })
        };
        assert!(at(&[(3, "Hall")]).contains(r#"value="3" selected"#));
        assert!(!at(&[(3, "Hall"), (4, "Attic")]).contains(r#"value="3" selected"#));
        assert!(!at(&[]).contains(r#"name="place""#), "nothing to choose from");
    }

    #[test]
    fn board_number_in_address_prefills_the_form() {
        let at = |address| {
            html(
                visitor(Lang::En),
                address,
                || view! { <Sheet choices=Choices { number: 4, ..Choices::default() }/> },
            )
        };
        assert!(at("/machines/new?number=42").contains(r#"name="number" value="42""#));
        for forged in ["/machines/new?number=-1", "/machines/new?number=%3Cb%3E", "/machines/new?number=65536"] {
            assert!(at(forged).contains(r#"name="number" value="4""#), "{forged}");
        }
    }
}

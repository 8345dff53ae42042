//! What programs can ask: the page of the API, made from its description.
//!
//! Invariant: like every page it is whole without script, and the little script that it has is ours. In an area that few load,
//! and no part of the first load. Deliberately absent: sending requests from the page; whoever is signed in would change
//! something by trying it.

pub mod api;
#[cfg(feature = "ssr")]
mod outline;

use crate::{
    call::{Asked, asked},
    lang,
    ui::{button::ButtonLink, page::live_page},
};
use leptos::prelude::*;

use serde::{Deserialize, Serialize};

/// The document of `OpenAPI`, as the server has made it; put into the request's context by it.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy)]
pub struct Document(pub &'static serde_json::Value);

/// The description, as the page shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What holds for all of it, in paragraphs.
    pub intro: Vec<String>,
    pub groups: Vec<Group>,
    pub shapes: Vec<Shape>,
}

/// Operations that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    pub about: String,
    /// In the order of their paths.
    pub operations: Vec<Operation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    pub id: String,
    pub method: String,
    /// Where, below `/api/v1`.
    pub path: String,
    pub summary: String,
    pub about: Vec<String>,
    pub sends: Vec<Field>,
    pub answers: Vec<Field>,
}

/// One field, parameter or status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub about: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    pub name: String,
    pub fields: Vec<Field>,
}

/// What the page asks for.
#[derive(Debug)]
struct Loaded(Asked<Reference>);

impl Loaded {
    fn load() -> Self {
        Self(asked(|| (), |()| api::read()))
    }
}

/// The page at `/api`.
pub fn reference_page() -> AnyView {
    let answers = Loaded::load().0;
    live_page(lang::current().reference_title(), 6, answers, |reference| page(reference.get_untracked()))
}

/// The page itself: no request, so that a test can render it.
fn page(reference: Reference) -> AnyView {
    let t = lang::current();
    let Reference { intro, groups, shapes } = reference;
    let jumps = groups.iter().map(|group| group.name.clone()).chain([t.reference_types().to_owned()]);
    let jumps = jumps.map(|name| {
        let place = format!("#{}", anchor(&name));
        view! { <li><a class="link" href=place rel="external">{name}</a></li> }
    });
    view! {
        <header class="page-head"><h1>{t.reference_title()}</h1><p class="sub">{t.reference_sub()}</p></header>
        <div class="btn-row">
            <ButtonLink href="/me/tokens" label=t.reference_token().to_owned() icon="lock"/>
            <ButtonLink href="/api/v1/openapi.json" label=t.reference_document().to_owned() icon="book-open" reload=true/>
        </div>
        <p class="small muted">{t.reference_language()}</p>
        <nav class="card reference-jumps" aria-label=t.reference_groups()><ul>{jumps.collect_view()}</ul></nav>
        <section class="card reference" aria-labelledby="begin">
            <h2 id="begin">{t.reference_begin()}</h2>
            <div lang="en">{said(intro)}</div>
            <pre tabindex="0"><code>"curl -H 'Authorization: Bearer tg_…' https://…/api/v1/me"</code></pre>
        </section>
        {groups.into_iter().map(group).collect_view()}
        <section class="group reference" aria-labelledby=anchor(t.reference_types())>
            <h2 class="group-head" id=anchor(t.reference_types())>{t.reference_types()}</h2>
            {shapes.into_iter().map(shape).collect_view()}
        </section>
    }
    .into_any()
}

fn group(group: Group) -> AnyView {
    let Group { name, about, operations } = group;
    let (id, labelled) = (anchor(&name), anchor(&name));
    view! {
        <section class="group reference" aria-labelledby=labelled>
            <h2 class="group-head" id=id>{name}</h2>
            <p lang="en" class="muted">{about}</p>
            {operations.into_iter().map(operation).collect_view()}
        </section>
    }
    .into_any()
}

fn operation(operation: Operation) -> AnyView {
    let t = lang::current();
    let Operation { id, method, path, summary, about, sends, answers } = operation;
    view! {
        <details class="card" id=id lang="en">
            <summary>
                <b class="badge">{method}</b>
                <code>{path}</code>
                <span class="s">{summary}</span>
            </summary>
            {said(about)}
            <h3 lang=t.tag()>{t.reference_sends()}</h3>
            {table(sends)}
            <h3 lang=t.tag()>{t.reference_answers()}</h3>
            {table(answers)}
        </details>
    }
    .into_any()
}

fn shape(shape: Shape) -> AnyView {
    view! {
        <details class="card" lang="en">
            <summary><code>{shape.name}</code></summary>
            {table(shape.fields)}
        </details>
    }
    .into_any()
}

/// Fields, each with its kind and meaning.
fn table(fields: Vec<Field>) -> AnyView {
    let t = lang::current();
    if fields.is_empty() {
        return view! { <p class="muted" lang=t.tag()>{t.reference_none()}</p> }.into_any();
    }
    let rows = fields.into_iter().map(|Field { name, kind, required, about }| {
        view! {
            <dt><code>{name}</code>{required.then(|| view! { <span class="small muted" lang=t.tag()>{t.reference_required()}</span> })}</dt>
            <dd>{(!kind.is_empty()).then(|| view! { <code class="small">{kind}</code> })}<span>{inline(&about)}</span></dd>
        }
    });
    view! { <dl class="facts">{rows.collect_view()}</dl> }.into_any()
}

fn said(paragraphs: Vec<String>) -> AnyView {
    paragraphs.into_iter().map(|part| view! { <p>{inline(&part)}</p> }).collect_view().into_any()
}

/// What stands between backticks is code; emphasis is left out.
fn inline(text: &str) -> AnyView {
    let plain = text.replace("**", "");
    let parts = plain.split('`').enumerate().map(|(at, part)| {
        let part = part.to_owned();
        if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect_view().into_any()
}

fn anchor(name: &str) -> String {
    format!("group-{}", name.to_lowercase())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use serde_json::json;
    use text::Lang;

    #[test]
    fn the_page_says_what_the_document_says() {
        let document = json!({
            "info": { "description": "Send **it** as `JSON`.\n\nThen read." },
            "tags": [{ "name": "People", "description": "Who is here." }],
            "paths": { "/people": { "get": {
                "operationId": "listPeople", "tags": ["People"], "summary": "Find people", "description": "By name.",
                "parameters": [{ "name": "limit", "required": false, "description": "How many.", "schema": { "type": "integer" } }],
                "responses": {
                    "200": { "description": "A page of them." },
                    "422": { "$ref": "#/components/responses/Flawed" },
                },
            } } },
            "components": { "responses": { "Flawed": { "description": "`request.flawed`." } }, "schemas": { "Person": { "required": ["id"], "properties": { "id": { "type": "integer" } } } } },
        });
        let reference = outline::outline(&document);
        let html = html(visitor(Lang::It), "/api", move || page(reference.clone()));
        let words = words(&html);
        assert!(words.contains("Send it as JSON.") && words.contains("GET/peopleFind people"), "{words}");
        assert!(words.contains("limitintegerHow many.") && words.contains("422 request.flawed."), "{words}");
        assert!(words.contains("idobbligatoriointeger"), "{words}");
        assert!(html.contains(r##"href="#group-people""##) && html.contains(r#"id="group-people""#), "{html}");
    }
}

//! The API reference, generated from the `OpenAPI` description. The index lists every operation by group; each group
//! has a page of its own, with the types of its operations.
//!
//! Invariant: complete without script. In an area that few load, and no part of the first load. Not here: sending
//! requests from the page, because a signed-in reader would change data by trying it.

pub mod api;
#[cfg(feature = "ssr")]
mod outline;

use crate::{
    call::{PageResource, page_resource},
    lang,
    live_page::loaded,
    ui::{button::ButtonLink, changing::remount},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// The `OpenAPI` document, put into the request's context by the server.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy)]
pub struct Document(pub &'static serde_json::Value);

/// The description for one of its pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Every group, with one line per operation.
    pub groups: Vec<Summary>,
    pub content: Content,
}

/// Content of one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// The index: general rules, in paragraphs.
    Index(Vec<String>),
    /// One group in full, and its types.
    Group(Group, Vec<Shape>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Index(Vec::new())
    }
}

/// A group in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub name: String,
    pub about: String,
    pub lines: Vec<Line>,
}

/// An operation in the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub method: String,
    pub path: String,
    pub summary: String,
}

/// Operations of one tag.
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
    /// Path below `/api/v1`.
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
#[derive(Debug)]
struct PageContext(PageResource<Reference>);

impl PageContext {
    fn load() -> Self {
        let query = use_query_map();
        let group = move || query.with(|query| query.get_str("group").unwrap_or_default().to_owned());
        Self(page_resource(group, api::read))
    }
}

/// The pages at `/api`: the index, and with `?group=…` each group.
pub fn reference_page() -> AnyView {
    let answers = PageContext::load().0;
    loaded(6, answers, |reference| view! { {remount(move || Some(page(reference.get())))} }.into_any())
}

/// The page without requests, so that tests can render it.
fn page(reference: Reference) -> AnyView {
    let Reference { groups, content } = reference;
    match content {
        Content::Index(intro) => index(groups, intro),
        Content::Group(one, shapes) => whole(&groups, one, shapes),
    }
}

/// Links to all pages, with the current one marked.
fn pages(groups: &[Summary], open: &str) -> AnyView {
    let t = lang::current();
    let first = (t.reference_begin().to_owned(), "/api".to_owned(), String::new());
    let others = groups.iter().map(|group| (group.name.clone(), address(&group.name), group.name.clone()));
    let links = std::iter::once(first).chain(others).map(|(name, href, key)| {
        let current = (key == open).then_some("page");
        view! { <li><a class="link" href=href aria-current=current>{name}</a></li> }
    });
    let links = links.collect_view();
    view! { <nav class="card reference-jumps" aria-label=t.reference_groups()><ul>{links}</ul></nav> }.into_any()
}

fn index(groups: Vec<Summary>, intro: Vec<String>) -> AnyView {
    let t = lang::current();
    let jumps = pages(&groups, "");
    view! {
        <Title text=t.reference_title()/>
        <header class="page-head"><h1>{t.reference_title()}</h1><p class="sub">{t.reference_sub()}</p></header>
        <div class="btn-row">
            <ButtonLink href="/me/tokens" label=t.reference_token().to_owned() icon="lock"/>
            <ButtonLink href="/api/v1/openapi.json" label=t.reference_document().to_owned() icon="book-open" reload=true/>
        </div>
        <p class="small muted">{t.reference_language()}</p>
        {jumps}
        <section class="card reference" aria-labelledby="begin">
            <h2 id="begin">{t.reference_begin()}</h2>
            <div lang="en">{paragraphs(intro)}</div>
            <pre tabindex="0"><code>"curl -H 'Authorization: Bearer tg_…' https://…/api/v1/me"</code></pre>
        </section>
        {groups.into_iter().map(summary).collect_view()}
    }
    .into_any()
}

/// A group in the index: its operations as links to their full description.
fn summary(group: Summary) -> AnyView {
    let Summary { name, about, lines } = group;
    let (id, page) = (anchor(&name), address(&name));
    let labelled = id.clone();
    let lines = lines.into_iter().map(|Line { id, method, path, summary }| {
        // By the browser, which scrolls to the operation.
        let href = format!("{page}#{id}");
        view! {
            <li>
                <a class="link" href=href rel="external"><b class="badge">{method}</b><code>{path}</code></a>
                <span class="s">{summary}</span>
            </li>
        }
    });
    view! {
        <section class="group reference" aria-labelledby=labelled>
            <h2 class="group-head" id=id><a class="link" href=page.clone()>{name}</a></h2>
            <p lang="en" class="muted">{about}</p>
            <ul lang="en" class="reference-lines">{lines.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// The page of one group.
fn whole(groups: &[Summary], group: Group, shapes: Vec<Shape>) -> AnyView {
    let t = lang::current();
    let Group { name, about, operations } = group;
    let title = format!("{} · {name}", t.reference_title());
    let types = anchor(t.reference_types());
    let labelled = types.clone();
    let jumps = pages(groups, &name);
    view! {
        <Title text=title/>
        <header class="page-head"><h1>{name}</h1><p class="sub" lang="en">{about}</p></header>
        {jumps}
        <section class="group reference" aria-labelledby="operations">
            <h2 class="group-head" id="operations">{t.reference_operations()}</h2>
            {operations.into_iter().map(operation).collect_view()}
        </section>
        <section class="group reference" aria-labelledby=labelled>
            <h2 class="group-head" id=types>{t.reference_types()}</h2>
            {shapes.into_iter().map(shape).collect_view()}
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
            {paragraphs(about)}
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

/// Fields, each with type and meaning.
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

fn paragraphs(paragraphs: Vec<String>) -> AnyView {
    paragraphs.into_iter().map(|part| view! { <p>{inline(&part)}</p> }).collect_view().into_any()
}

/// Text in backticks becomes code; emphasis is dropped.
fn inline(text: &str) -> AnyView {
    let plain = text.replace("**", "");
    let parts = plain.split('`').enumerate().map(|(at, part)| {
        let part = part.to_owned();
        if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    });
    parts.collect_view().into_any()
}

fn anchor(name: &str) -> String {
    format!("group-{}", name.to_lowercase().replace(' ', "-"))
}

/// Address of a group's page.
fn address(name: &str) -> String {
    format!("/api?group={}", name.to_lowercase().replace(' ', "%20"))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use serde_json::json;
    use text::Lang;

    fn document() -> serde_json::Value {
        json!({
            "info": { "description": "Send **it** as `JSON`.\n\nThen read." },
            "tags": [{ "name": "People", "description": "Who is here." }, { "name": "Space", "description": "All of it." }],
            "paths": {
                "/people": { "get": {
                    "operationId": "listPeople", "tags": ["People"], "summary": "Find people", "description": "By name.",
                    "parameters": [{ "name": "limit", "required": false, "description": "How many.", "schema": { "type": "integer" } }],
                    "responses": {
                        "200": { "description": "A page of them.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Person" } } } },
                        "422": { "$ref": "#/components/responses/Flawed" },
                    },
                } },
                "/hours": { "get": { "operationId": "readHours", "tags": ["Space"], "summary": "When it is open", "responses": {} } },
            },
            "components": {
                "responses": { "Flawed": { "description": "`request.invalid`." } },
                "schemas": {
                    "Person": { "required": ["id"], "properties": { "id": { "type": "integer" }, "boss": { "$ref": "#/components/schemas/Person" } } },
                    "Hours": { "properties": { "from": { "type": "string" } } },
                },
            },
        })
    }

    #[test]
    fn reference_index_links_operations_to_group_pages() {
        let reference = outline::outline(&document(), "").unwrap();
        let html = html(visitor(Lang::It), "/api", move || page(reference.clone()));
        let words = words(&html);
        assert!(words.contains("Send it as JSON.") && words.contains("GET/peopleFind people"), "{words}");
        assert!(
            html.contains(r#"href="/api?group=people#listPeople""#) && html.contains(r#"id="group-space""#),
            "{html}"
        );
        assert!(!html.contains("How many."), "{html}");
    }

    #[test]
    fn group_of_two_words_has_id_and_address_without_spaces() {
        assert_eq!(anchor("Training events"), "group-training-events");
        assert_eq!(address("Training events"), "/api?group=training%20events");
    }

    #[test]
    fn group_page_lists_operations_and_their_types() {
        let reference = outline::outline(&document(), "people").unwrap();
        let html = html(visitor(Lang::It), "/api?group=people", move || page(reference.clone()));
        let words = words(&html);
        assert!(words.contains("limitintegerHow many.") && words.contains("422 request.invalid."), "{words}");
        assert!(words.contains("idobbligatoriointeger") && !words.contains("Hours"), "{words}");
        assert!(html.contains(r#"href="/api?group=people" aria-current="page""#), "{html}");
        assert_eq!(outline::outline(&document(), "nobody"), None);
    }
}

//! Conflict resolution, field by field, for a form that was filled in from an older version.
//!
//! Invariant: each choice is a radio button with one of the two values, so an ordinary form over the current
//! version is sent – the same with and without script, and nothing unseen is overwritten. Equal fields, and those
//! that only identify the thing, are sent as hidden fields. Meanwhile the form itself is hidden beside it, for the
//! same function.
//!
//! A live update never replaces a form with unsaved input: `begun_from` holds its version, and `News` links to the
//! newer one.

use super::{
    banner::{Banner, Tone},
    button::{ButtonLink, Kind as Press, Submit},
    changing::dynamic,
    form::{hidden, problem_of, target},
    icon::Icon,
};
use crate::{
    call::{Call, Posted, Reply, Sent},
    clock::use_clock,
    lang,
    visitor::use_visitor,
};
use domain::{problem::Problem, versions::Saved};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// A field of the choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    pub name: &'static str,
    pub label: &'static str,
    /// Labels of its values, unless they are shown as they are.
    pub words: Vec<(String, String)>,
}

impl Versioned {
    /// A field whose values are shown as they are.
    #[must_use]
    pub const fn plain(name: &'static str, label: &'static str) -> Self {
        Self { name, label, words: Vec::new() }
    }
}

/// The choice, once `action` was refused because of an older version; empty before.
#[component]
pub fn Versions<F: Posted>(
    /// The calls of the form's function.
    action: Call<F>,
    /// The fields, in the order of the form.
    fields: Vec<Versioned>,
) -> impl IntoView {
    choice(F::PATH, *action, fields)
}

/// Name of the version field.
pub const VERSION: &str = "version";

/// Prefix of a field's original value when the form was filled in.
const BEGAN: &str = "began:";

/// The original values of a form, sent along so that a conflict knows which side changed a field.
pub fn began(saved: &[(String, String)]) -> AnyView {
    let hidden = saved.iter().map(|(name, value)| hidden(&format!("{BEGAN}{name}"), &value.clone()));
    hidden.collect_view().into_any()
}

/// Id and version of a thing.
pub type Of = (i64, i64);

/// The version a form is filled in from – the `newest`, but during input the one it started with – and whether
/// there is input, which the form sets. Such a form is sent the browser's way (`reload`), so that saving is
/// followed by a new page with the new version.
pub fn begun_from(newest: Memo<Of>) -> (Memo<Of>, RwSignal<bool>) {
    let typing = RwSignal::new(false);
    let begun = Memo::new(move |before: Option<&Of>| {
        let newest = newest.get();
        match before {
            Some(&before) if typing.get() && before.0 == newest.0 => before,
            _ => newest,
        }
    });
    (begun, typing)
}

/// A message above a form with input that there is a newer version: it discards nothing, and links to the newer
/// one.
#[component]
pub fn News(
    newest: Memo<Of>,
    /// The form's version, and whether there is input: see [`begun_from`].
    begun: Memo<Of>,
    /// Reset to show the newer version.
    typing: RwSignal<bool>,
    /// The page, without its preview.
    #[prop(into)]
    page: Signal<String>,
    /// Who changed it, if known.
    #[prop(optional)]
    by: Option<Memo<Option<String>>>,
) -> impl IntoView {
    let t = lang::current();
    let behind = Memo::new(move |_| newest.get() != begun.get());
    view! {
        <div role="status">{dynamic(move || behind.get().then(|| {
            let by = by.and_then(|by| by.get());
            let message = by.map_or_else(|| t.version_news().to_owned(), |who| t.version_news_by(&who));
            view! {
                <p class="news">
                    <Icon name="refresh-cw"/><span>{message}</span>
                    <a class="btn" data-kind="ghost" href=page on:click=move |_| typing.set(false)>{t.version_show()}</a>
                </p>
            }
        }))}</div>
    }
}

/// The common part, compiled once.
fn choice(path: &'static str, action: Action<Sent, Reply>, fields: Vec<Versioned>) -> AnyView {
    let problem = problem_of(path, action);
    let echo = use_visitor().echo.filter(|echo| echo.function == path).map(|echo| echo.values).unwrap_or_default();
    let sent = RwSignal::new(echo);
    // In the browser only: the submission is gone from the action when its answer comes.
    Effect::new(move |_| {
        if let Some(Sent { fields, .. }) = action.input().get() {
            sent.set(pairs(&fields));
        }
    });
    let search = use_location().search.get_untracked();
    let id = format!("{}-versions", path.trim_start_matches("/api/").replace('/', "-"));
    let heading = id.clone();
    Effect::new(move |_| {
        if problem.with(|problem| problem.as_ref().is_some_and(|problem| problem.saved.is_some())) {
            // One frame later it is in the document, and the button that was pressed is hidden.
            let heading = heading.clone();
            request_animation_frame(move || focus(&heading));
        }
    });
    dynamic(move || {
        let Problem { saved, detail, .. } = problem.get()?;
        let choice = Choice::of(&fields, &sent.get_untracked(), &*saved?);
        let post = target(&search, path);
        Some(view! { <Sheet id=id.clone() choice detail action post/> })
    })
    .into_any()
}

fn focus(id: &str) {
    if let Some(Ok(heading)) = document().get_element_by_id(id).map(JsCast::dyn_into::<HtmlElement>) {
        // Fails only on a detached element.
        drop(heading.focus());
    }
}

/// Parses `a=1&b=2` as sent by the browser.
fn pairs(fields: &str) -> Vec<(String, String)> {
    let code = |text: &str| {
        let text = text.replace('+', " ");
        js_sys::decode_uri_component(&text).map_or(text, String::from)
    };
    let pairs = fields.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (code(name), code(value))).collect()
}

/// Both values of a field with their labels, mine first.
type Both = [(String, String); 2];

/// The choice to make.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    /// Each conflicting field, its values, and whether mine is preselected.
    differing: Vec<(Versioned, Both, bool)>,
    along: Vec<(String, String)>,
    saved: Saved,
}

impl Choice {
    fn of(fields: &[Versioned], sent: &[(String, String)], saved: &Saved) -> Self {
        let mut differing = Vec::new();
        let mut along = vec![(VERSION.to_owned(), saved.version.to_string())];
        for field in fields {
            let (mine, theirs) = (joined(sent, field.name), joined(&saved.fields, field.name));
            if mine == theirs {
                along.push((field.name.to_owned(), mine));
            } else {
                // An untouched field is no change of mine.
                let untouched = mine_began(sent, field.name).is_some_and(|began| began == mine);
                let both = [mine, theirs].map(|value| (value.clone(), words(field, &value)));
                differing.push((field.clone(), both, !untouched));
            }
        }
        let chosen = |name: &str| {
            name == VERSION || name.starts_with(BEGAN) || fields.iter().any(|field| field.name == name)
        };
        along.extend(sent.iter().filter(|(name, _)| !chosen(name)).cloned());
        along.extend(saved.fields.iter().map(|(name, value)| (format!("{BEGAN}{name}"), value.clone())));
        Self { differing, along, saved: saved.clone() }
    }
}

/// A field of several values as one: `3,5`. The server accepts such a field in this form too.
fn joined(values: &[(String, String)], name: &str) -> String {
    let mut of_field: Vec<_> = values
        .iter()
        .filter(|(field, value)| field == name && !value.is_empty())
        .map(|(_, value)| &**value)
        .collect();
    of_field.sort_unstable();
    of_field.join(",")
}

/// The original value of a field, if the form sends it.
fn mine_began(sent: &[(String, String)], name: &str) -> Option<String> {
    let name = format!("{BEGAN}{name}");
    sent.iter().any(|(field, _)| *field == name).then(|| joined(sent, &name))
}

/// The label of a value.
fn words(field: &Versioned, value: &str) -> String {
    let name = |value: &str| field.words.iter().find(|(known, _)| known == value).map(|(_, name)| name.clone());
    match name(value) {
        Some(name) => name,
        None if value.is_empty() => lang::current().version_nothing().to_owned(),
        None if field.words.is_empty() => value.to_owned(),
        None => {
            let each = value.split(',').map(|one| name(one).unwrap_or_else(|| one.to_owned()));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

#[component]
fn Sheet(id: String, choice: Choice, detail: String, action: Action<Sent, Reply>, post: String) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let Choice { differing, along, saved } = choice;
    let by = saved
        .by
        .zip(saved.at)
        .map(|(who, at)| t.version_by(&who, &format!("{}, {}", t.day(at, now), text::time::clock(at))));
    let none = differing.is_empty();
    let (section, form) = (id.clone(), id.clone());
    view! {
        <section class="card versions" aria-labelledby=section>
            <div role="alert">
                <Banner tone=Tone::Warn icon="triangle-alert" title=detail>{by}</Banner>
            </div>
            <h2 id=id tabindex="-1">{t.version_title()}</h2>
            <form class="form" method="post" action=post aria-labelledby=form>
                {along.into_iter().map(|(name, value)| hidden(&name, &value)).collect_view()}
                {none.then(|| view! { <p>{t.version_same()}</p> })}
                {differing.into_iter().map(|(field, both, is_mine)| {
                    let [mine, theirs] = both;
                    view! {
                        <fieldset class="field">
                            <legend class="label">{field.label}</legend>
                            <Side name=field.name value=mine whose=t.version_mine() chosen=is_mine/>
                            <Side name=field.name value=theirs whose=t.version_theirs() chosen=!is_mine/>
                        </fieldset>
                    }
                }).collect_view()}
                <div class="btn-row">
                    <Submit label=t.version_save() kind=Press::Primary busy=action.pending()/>
                    <ButtonLink href="" label=t.version_drop().to_owned() reload=true/>
                </div>
            </form>
        </section>
    }
}

/// One of the two.
#[component]
fn Side(name: &'static str, value: (String, String), whose: &'static str, chosen: bool) -> impl IntoView {
    let (value, code) = value;
    view! {
        <label class="version">
            <input type="radio" name=name value=value checked=chosen/>
            <span class="lines"><span class="t">{code}</span><span class="s">{whose}</span></span>
        </label>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{ago, html, visitor, words as read},
        visitor::{Echo, Visitor},
    };
    use domain::problem::Kind;
    use text::Lang;

    fn fields() -> Vec<Versioned> {
        let kinds = vec![("3".into(), "Laser cutter".into()), ("4".into(), "Lathe".into())];
        vec![Versioned::plain("name", "Name"), Versioned { name: "kind", label: "Type", words: kinds }]
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    // A14
    #[test]
    fn conflicting_fields_are_offered_and_rest_sent_with_saved_version() {
        let mine = [pair("id", "7"), pair("version", "1"), pair("name", "Laser A"), pair("kind", "3")];
        let saved = Saved::new(4, vec![("name", "Laser B".into()), ("kind", "3".into())]);
        let choice = Choice::of(&fields(), &mine, &saved);
        let began = [pair("began:name", "Laser B"), pair("began:kind", "3")];
        let along = [pair("version", "4"), pair("kind", "3"), pair("id", "7")];
        assert_eq!(choice.along, [&along[..], &began].concat());
        let (field, both, is_mine) = &choice.differing[0];
        assert_eq!((field.name, both), ("name", &[pair("Laser A", "Laser A"), pair("Laser B", "Laser B")]));
        assert!(is_mine, "nobody said what it held before");
    }

    // A14
    #[test]
    fn untouched_field_defaults_to_saved_value() {
        let began = [pair("began:name", "Laser"), pair("began:kind", "3")];
        let mine = [&[pair("name", "Laser A"), pair("kind", "3")][..], &began].concat();
        let saved = Saved::new(4, vec![("name", "Laser".into()), ("kind", "4".into())]);
        let choice = Choice::of(&fields(), &mine, &saved);
        let begins: Vec<_> = choice.differing.iter().map(|(field, _, is_mine)| (field.name, *is_mine)).collect();
        assert_eq!(begins, [("name", true), ("kind", false)]);
        assert!(
            choice.along.contains(&pair("began:kind", "4")) && !choice.along.contains(&began[1]),
            "{choice:?}"
        );
    }

    #[test]
    fn multi_value_field_is_one_choice() {
        let mine = [pair("kind", "4"), pair("kind", "3")];
        let saved = Saved::new(2, vec![("name", String::new())]);
        let choice = Choice::of(&fields(), &mine, &saved);
        let (_, both, _) = &choice.differing[0];
        assert_eq!(both, &[pair("3,4", "Laser cutter, Lathe"), pair("", "nothing")]);
    }

    // A14
    #[test]
    fn conflict_without_script_shows_both_versions() {
        use crate::equipment::api::SaveMachine;
        let saved = Saved {
            by: Some("Marta".into()),
            at: Some(ago(3)),
            ..Saved::new(4, vec![("name", "<b>B</b>".into()), ("kind", "4".into())])
        };
        let problem =
            Problem::new("version.stale", Kind::Conflict, "Someone else has saved this since.").over(saved);
        let values = vec![pair("id", "7"), pair("version", "1"), pair("name", "Laser A"), pair("kind", "3")];
        let echo = Some(Echo { function: "/api/equipment/save-machine".into(), values, problem });
        let html = html(Visitor { echo, ..visitor(Lang::En) }, "/machines/7/edit", || {
            let call = Call::<SaveMachine>::new();
            view! { <Versions action=call fields=fields()/> }
        });
        assert!(html.contains(r#"name="version" value="4""#) && html.contains(r#"name="id" value="7""#), "{html}");
        let content = read(&html);
        assert!(content.contains("Laser AYours") && content.contains("LatheSaved by someone else"), "{content}");
        assert!(content.contains("Saved by Marta, today, 14:13."), "{content}");
        assert!(!html.contains("<b>B</b>") && html.contains("&lt;b&gt;"), "what was typed is text: {html}");
        assert!(html.contains(r#"value="Laser A" checked"#), "mine is chosen: {html}");
    }
}

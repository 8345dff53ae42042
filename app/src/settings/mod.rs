//! Settings: values with their origin, edited one at a time, previewed first where they decide who may use
//! machines.
//!
//! Invariant: a preview is in the address and saves nothing; live updates never rebuild a form in use.

pub mod api;

use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, first},
        form::{Ask, Field, Form, hidden},
        preview::{PreviewStatus, TryOut, trying_out},
        saved::Saved,
        select::Select,
        versions::{News, VERSION, Versioned, Versions, begun_from},
    },
    visitor::use_visitor,
};
use api::Say;
use contract::{
    previews::Preview,
    settings::{Publication, SettingRow, SettingsPage, Somewhere},
};
use domain::{
    live::Noun,
    settings::{At, Fits, Group, Key},
    time::Moment,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, markup::escaped};

/// The field that clears a setting.
const CLEAR: &str = "nothing";

/// The selection, from the address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SettingsParams {
    at: String,
    key: String,
    value: Option<String>,
    /// `yes` to preview the inherited value.
    nothing: String,
    /// The version it would be saved over.
    version: Option<i64>,
}
#[derive(Debug)]
struct PageContext {
    page: PageResource<SettingsPage>,
    params: Memo<SettingsParams>,
    say: Call<Say>,
}

impl PageContext {
    fn load() -> Self {
        let (query, live, say) = (use_query_map(), use_live(), Call::<Say>::new());
        let code = move |name| query.with(|query| query.get_str(name).map(ToOwned::to_owned));
        let params = Memo::new(move |_| SettingsParams {
            at: code("at").unwrap_or_default(),
            key: code("key").unwrap_or_default(),
            value: code("value"),
            nothing: code(CLEAR).unwrap_or_default(),
            version: code(VERSION).and_then(|version| version.parse().ok()),
        });
        let page = page_resource(
            move || (params.get(), live.version(Noun::Space), say.version().get()),
            |(SettingsParams { at, key, value, nothing, .. }, ..)| api::page(at, key, value, nothing),
        );
        Self { page, params, say }
    }
}

/// The page at `/settings`.
pub fn settings_page() -> AnyView {
    let PageContext { page, params, say } = PageContext::load();
    live_page(lang::current().settings_title(), 8, page, move |page| view! { <Page page params say/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<SettingsPage>, params: Memo<SettingsParams>, say: Call<Say>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let key = Memo::new(move |_| params.with(|params| Key::parse(&params.key)));
    let places = Memo::new(move |_| page.with(|page| (page.at, page.places.clone())));
    let now = Memo::new(move |_| {
        let key = key.get();
        page.with(|page| page.rows.iter().find(|row| Some(row.key) == key).cloned())
    });
    let may_change = Memo::new(move |_| now.with(|row| row.as_ref().is_some_and(|row| row.may_change)));
    let by = Memo::new(move |_| now.with(|row| row.as_ref()?.changed.clone()?.0));
    let newest = Memo::new(move |_| {
        let (scope, id) = places.with(|(at, _)| at.columns());
        let (key, version) = now.with(|row| row.as_ref().map_or((-1, 0), |row| (row.key as i64, row.version)));
        ((id * 4 + scope as i64) * 128 + key, version)
    });
    let (begun, typing) = begun_from(newest);
    let preview = Memo::new(move |_| page.with(|page| page.preview.clone()));
    let published = Memo::new(move |_| page.with(|page| page.publication.clone()));
    // A preview from before the page was loaded, used once: a form that is built again shows the saved value.
    let begins = StoredValue::new(params.with_untracked(|params| params.value.clone().zip(params.version)));
    let edited = Signal::derive(move || {
        let key = key.get().map(|key| format!("&key={}", key.as_str())).unwrap_or_default();
        places.with(|(at, _)| format!("/settings?at={at}{key}"))
    });
    // The form is below its setting: inside the list it would be rebuilt with every change of another one.
    let lists = move |at: usize| {
        dynamic(move || {
            let chosen = may_change.get().then(|| key.get()).flatten();
            Some(page.with(|page| {
                let [before, after] = portions(&page.rows, chosen);
                let portions = if at == 0 { before } else { after };
                portions.into_iter().map(|portion| list(t, portion, page.at, page.now)).collect_view()
            }))
        })
    };
    let words = move || {
        let key = key.get()?;
        Some(Versioned { name: "value", label: t.setting_name(key), words: options(t, key) })
    };
    view! {
        <header class="page-head"><h1>{t.settings_title()}</h1><p class="sub">{t.settings_sub()}</p></header>
        <Saved visible=saved message=t.settings_saved()/>
        {dynamic(move || { let (at, places) = places.get(); Some(view! { <Where page="/settings" at places/> }) })}
        {dynamic(move || words().map(|field| view! { <Versions action=say fields=vec![field]/> }))}
        <News newest begun typing page=edited by/>
        {lists(0)}
        {dynamic(move || {
            begun.track();
            may_change.get().then(|| {
                // Different from the current input.
                if typing.get_untracked() {
                    typing.set(false);
                }
                let (row, page) = (now.get_untracked()?, page.get_untracked());
                let begins = first(begins);
                Some(view! { <Edit row page begins preview say typing/> })
            })?
        })}
        {lists(1)}
        {dynamic(move || published.get().map(|published| publication(t, published)))}
    }
}

/// The addresses for other sites, to be copied.
fn publication(t: Lang, Publication { frame, spaceapi }: Publication) -> AnyView {
    let title = escaped(&t.embed_title(&use_visitor().space));
    let html = format!(
        "<iframe src=\"{frame}?lang={}\" title=\"{title}\" width=\"320\" height=\"180\" loading=\"lazy\" style=\"border:0\"></iframe>",
        t.tag()
    );
    let copied = move |id: &'static str, label: &'static str, value: String| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input class="input" id=id readonly value=value autocomplete="off" spellcheck="false"/>
                <div class="btn-row">
                    <button class="btn scripted" type="button" data-copy=id data-copied=t.feeds_copied()>{t.published_copy()}</button>
                </div>
            </div>
        }
    };
    let spaceapi = match spaceapi {
        Some(address) => view! {
            {copied("published-spaceapi", t.published_spaceapi(), address)}
            <p class="muted small">{t.published_spaceapi_next()}</p>
        }
        .into_any(),
        None => view! { <p class="muted small">{t.published_spaceapi_off()}</p> }.into_any(),
    };
    view! {
        <section class="card" aria-labelledby="published">
            <div class="card-head"><h2 id="published">{t.published_title()}</h2></div>
            <p>{t.published_intro()}</p>
            <div class="form">
                {copied("published-frame", t.published_frame(), html)}
                <p><a class="link" href=frame target="_blank" rel="noopener external">{t.published_open()}</a></p>
                {spaceapi}
            </div>
        </section>
    }
    .into_any()
}

/// Consecutive settings of one group, and whether the group begins with them.
type Portion = (Group, bool, Vec<SettingRow>);

/// The settings up to the selected one, and those after it, by group.
fn portions(rows: &[SettingRow], chosen: Option<Key>) -> [Vec<Portion>; 2] {
    let mut portions = [Vec::new(), Vec::new()];
    let mut at = 0;
    for &group in Group::ALL {
        let mut begins = true;
        let mut together = Vec::new();
        for row in rows.iter().filter(|row| row.key.group() == group) {
            together.push(row.clone());
            if Some(row.key) == chosen {
                portions[at].push((group, begins, std::mem::take(&mut together)));
                (at, begins) = (1, false);
            }
        }
        if !together.is_empty() {
            portions[at].push((group, begins, together));
        }
    }
    portions
}

fn list(t: Lang, (group, begins, rows): Portion, at: At, now: Moment) -> AnyView {
    let head = begins.then(|| view! { <h2 class="group-head">{t.setting_group(group)}</h2> });
    view! {
        <div class="group">
            {head}
            <ul class="list settings">{rows.into_iter().map(|row| view! { <Row row at now/> }).collect_view()}</ul>
        </div>
    }
    .into_any()
}

/// Selects the place of the settings.
#[component]
pub fn Where(page: &'static str, at: At, places: Vec<Somewhere>) -> impl IntoView {
    let t = lang::current();
    let name = |at: At, name: String| if at == At::Space { t.settings_everything().to_owned() } else { name };
    let options: Vec<_> = places.into_iter().map(|(at, called)| (at.to_string(), name(at, called))).collect();
    view! {
        <search class="card finder">
            <Ask page problem=None>
                <Select name="at" label=t.settings_where() options chosen=at.to_string()/>
                <div class="btn-row"><Submit label=t.settings_show()/></div>
            </Ask>
        </search>
    }
}

/// One setting: value, origin, description, and last change.
#[component]
fn Row(row: SettingRow, at: At, now: Moment) -> impl IntoView {
    let t = lang::current();
    let SettingRow { key, value, from, default, changed, may_change, .. } = row;
    let mut about = vec![t.setting_from(from).to_owned()];
    // The default is not repeated if it is the value.
    about.extend(from.map(|_| t.settings_default(&t.setting_in_words(key, &default))));
    about.extend(changed.map(|(by, at)| {
        let when = t.day(at, now);
        by.map_or_else(|| t.settings_changed(&when), |who| t.settings_changed_by(&who, &when))
    }));
    let about = format!("{} · {}", about.join(" · "), t.setting_sentence(key));
    let whole = about.clone();
    let lines = view! {
        <span class="t">{t.setting_name(key)}<span class="visually-hidden">": "</span></span>
        <span class="v">{t.setting_in_words(key, &value)}</span>
        <span class="s" title=whole>{about}</span>
    };
    view! {
        <li>
            {if may_change {
                let name = key.as_str();
                view! {
                    <a class="item" id=format!("change-{name}") href=format!("/settings?at={at}&key={name}#{}", place(key))>
                        {lines}<span class="tail link">{t.rules_change()}</span>
                    </a>
                }.into_any()
            } else {
                view! { <div class="item">{lines}</div> }.into_any()
            }}
        </li>
    }
}

/// Id of the element in which a setting is edited.
fn place(key: Key) -> String {
    format!("set-{}", key.as_str())
}

/// The possible values, if they are words.
fn options(t: Lang, key: Key) -> Vec<(String, String)> {
    match key.fits() {
        Fits::Word(words) => words.iter().map(|&name| (name.to_owned(), t.setting_value(key, name))).collect(),
        Fits::Number(..)
        | Fits::Text(_)
        | Fits::Zone
        | Fits::Windows
        | Fits::Email
        | Fits::Web
        | Fits::Position => Vec::new(),
    }
}

/// The form of a setting: with a preview, if possible, which is required for settings that decide who may use
/// machines.
#[component]
fn Edit(
    row: SettingRow,
    page: SettingsPage,
    /// A previewed value, and its version.
    #[prop(optional_no_strip)]
    begins: Option<(String, i64)>,
    preview: Memo<Option<(Option<String>, Preview)>>,
    say: Call<Say>,
    typing: RwSignal<bool>,
) -> impl IntoView {
    let (t, try_out) = (lang::current(), trying_out("/settings", "say"));
    let SettingRow { key, own, value, version, .. } = row;
    let SettingsPage { at, zones, .. } = page;
    let is_own = own.is_some();
    let foreseen = key.is_foreseen();
    let (begin, over) = begins.unwrap_or_else(|| (own.unwrap_or(value), version));
    let preview_of = move |nothing: bool| {
        Memo::new(move |_| {
            preview.get().filter(|(value, _)| value.is_none() == nothing).map(|(_, reported)| reported)
        })
    };
    let (reported, cleared) = (preview_of(false), preview_of(true));
    let may = move |reported: Memo<Option<Preview>>| {
        Memo::new(move |_| {
            !key.decides() || reported.with(|reported| reported.as_ref().is_some_and(|reported| reported.fits))
        })
    };
    let (may_save, may_clear) = (may(reported), may(cleared));
    let carried = move |version: i64| {
        view! {
            {hidden("at", &at)}
            {hidden("key", &key.as_str())}
            {hidden(VERSION, &version)}
        }
    };
    let field = move || {
        let options = options(t, key);
        if options.is_empty() {
            let hint = t.setting_sentence(key);
            view! { <Field name="value" label=t.settings_value() value=begin hint suggestions=zones/> }.into_any()
        } else {
            view! { <Select name="value" label=t.settings_value() options chosen=begin/> }.into_any()
        }
    };
    let choose = move |event: leptos::ev::Event| {
        if foreseen {
            try_out(&event);
        }
    };
    view! {
        <section class="card" id=place(key) aria-labelledby="edit" on:input=move |_| typing.set(true) on:change=choose>
            <div class="card-head"><h2 id="edit">{t.setting_name(key)}</h2></div>
            <Form action=say>
                {carried(over)}
                {field()}
                <div class="btn-row">
                    {dynamic(move || may_save.get().then(|| view! {
                        <Submit label=t.equipment_save() kind=Press::Primary busy=say.pending()/>
                    }))}
                    {foreseen.then(|| view! { <TryOut page="/settings" which="say"/> })}
                </div>
                {foreseen.then(|| view! { <PreviewStatus preview=reported/> })}
            </Form>
            {is_own.then(|| view! {
                <Form action=say beside=true>
                    {carried(version)}
                    {hidden(CLEAR, &"yes")}
                    {foreseen.then(|| view! { <p class="muted">{t.settings_clear_next()}</p> })}
                    <div class="btn-row">
                        {dynamic(move || may_clear.get().then(|| view! { <Submit label=t.settings_clear() busy=say.pending()/> }))}
                        {foreseen.then(|| view! { <TryOut page="/settings" which="clear"/> })}
                        <ButtonLink href=format!("/settings?at={at}#change-{}", key.as_str()) label=t.version_drop().to_owned()/>
                    </div>
                    {foreseen.then(|| view! { <PreviewStatus preview=cleared/> })}
                </Form>
            })}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{id::TypeId, settings::Scope};

    fn render(address: &'static str, preview: Option<(Option<String>, Preview)>) -> String {
        html(visitor(Lang::En), address, move || {
            let row = SettingRow {
                key: Key::Authorisation,
                own: address.contains("nothing").then(|| "open".into()),
                value: "open".into(),
                from: Some(Scope::Space),
                default: "qualified".into(),
                version: 2,
                changed: Some((Some("Marta".into()), ago(10))),
                may_change: true,
            };
            let at = At::Type(TypeId(3));
            let places = vec![(At::Space, String::new()), (at, "Laser cutter".into())];
            let frame = "https://lab.example/space/embed".to_owned();
            let publication = address.contains("public").then_some(Publication { frame, spaceapi: None });
            let page = SettingsPage { now: NOW, at, places, rows: vec![row], preview, zones: vec![], publication };
            let key = if address.contains("key") { "access.mode".into() } else { String::new() };
            let value = address.contains("value").then(|| "open".to_owned());
            let params = Memo::new(move |_| SettingsParams {
                at: "type:3".into(),
                key: key.clone(),
                value: value.clone(),
                nothing: if address.contains("nothing") { "yes".into() } else { String::new() },
                version: value.as_ref().map(|_| 1),
            });
            view! { <Page page=RwSignal::new(page) params say=Call::new()/> }
        })
    }

    #[test]
    fn public_space_shows_the_html_for_other_sites() {
        let html = render("/settings?public", None);
        let frame = "&lt;iframe src=&quot;https://lab.example/space/embed?lang=en&quot; title=&quot;Talvera Workshop: open now?&quot;";
        assert!(html.contains(frame), "{html}");
        assert!(words(&html).contains("SpaceAPI is off. Enter a contact e-mail"), "{html}");
        assert!(!render("/settings", None).contains("iframe"));
    }

    #[test]
    fn setting_shows_value_origin_and_last_change() {
        let content = words(&render("/settings?at=type:3", None));
        assert!(content.contains("Who may use machines: Every member"), "{content}");
        assert!(
            content.contains("set for the workshop · Default: Qualified people · changed by Marta, today"),
            "{content}"
        );
    }

    #[test]
    fn access_setting_needs_preview_before_save() {
        let before = render("/settings?at=type:3&key=access.mode", None);
        assert!(words(&before).contains("Preview effect") && !words(&before).contains("Save changes"), "{before}");
        let reported = |fits, line: &str| {
            Some((Some("open".to_owned()), Preview { fits, bites: true, lines: vec![line.to_owned()] }))
        };
        let address = "/settings?at=type:3&key=access.mode&version=1&value=open&try=say";
        let previewed = render(address, reported(true, "7 people would lose access today."));
        let content = words(&previewed);
        assert!(
            content.contains("7 people would lose access today.") && content.contains("Save changes"),
            "{content}"
        );
        assert!(previewed.contains(r#"<option value="open" selected"#), "{previewed}");
        assert!(previewed.contains(r#"name="version" value="1""#), "over what it was filled in from: {previewed}");
        let invalid = words(&render(address, reported(false, "Choose one.")));
        assert!(invalid.contains("Choose one.") && !invalid.contains("Save changes"), "{invalid}");
    }

    #[test]
    fn clearing_access_setting_needs_preview() {
        let address = "/settings?at=type:3&key=access.mode&version=2&nothing=yes&try=clear";
        let before = words(&render(address, None));
        assert!(
            before.contains("Effect of using the inherited value") && !before.contains("Use inherited value"),
            "{before}"
        );
        let reported =
            Preview { fits: true, bites: true, lines: vec!["7 people would lose access today.".to_owned()] };
        let after = words(&render(address, Some((None, reported))));
        assert!(
            after.contains("7 people would lose access today.") && after.contains("Use inherited value"),
            "{after}"
        );
        assert!(!after.contains("Save changes"), "what was tried out is not what stands in the form: {after}");
    }
}

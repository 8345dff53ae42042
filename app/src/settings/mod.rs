//! Settings: what holds where and who said so, one of them changed at a time, tried out before where it decides about people.
//!
//! Invariant: a value that is tried out is in the address, and nothing is saved by looking at it. A chunk of its own.

pub mod api;

use crate::{
    call::{Asked, Call, asked},
    lang,
    live::{followed, use_live},
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::part,
        form::{Ask, Field, Form},
        icon::Icon,
        saved::Saved,
        select::Select,
        skeleton::SkeletonList,
        versions::{VERSION, Versioned, Versions},
    },
};
use api::Say;
use domain::{
    live::Noun,
    settings::{At, Fits, Group, Key, SettingRow, SettingsPage, Somewhere},
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};
use text::Lang;

/// The page at `/settings`.
#[derive(Debug)]
pub struct Settings;

/// What is looked at, from the address.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    at: String,
    key: String,
    tried: Option<String>,
}

/// What the page asks for. Made in the page's own chunk: whatever `data` does would lie in the first load of every page.
#[derive(Debug)]
struct Loaded {
    page: Asked<SettingsPage>,
    shown: Memo<Shown>,
    say: Call<Say>,
}

impl Loaded {
    fn load() -> Self {
        let (query, live, say) = (use_query_map(), use_live(), Call::<Say>::new());
        let word = move |name| query.with(|query| query.get_str(name).map(ToOwned::to_owned));
        let shown = Memo::new(move |_| Shown {
            at: word("at").unwrap_or_default(),
            key: word("key").unwrap_or_default(),
            tried: word("value"),
        });
        let page = asked(
            move || (shown.get(), live.version(Noun::Space), say.version().get()),
            |(Shown { at, key, tried }, ..)| api::page(at, key, tried),
        );
        Self { page, shown, say }
    }
}

#[lazy_route]
impl LazyRoute for Settings {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Settings = this;
        let Loaded { page, shown, say } = Loaded::load();
        view! {
            <Title text=lang::current().settings_title()/>
            <Transition fallback=|| view! { <SkeletonList rows=8/> }>
                {followed(page, Box::new(move |page| view! { <Page page shown say/> }.into_any()))}
            </Transition>
        }
        .into_any()
    }
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(page: RwSignal<SettingsPage>, shown: Memo<Shown>, say: Call<Say>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let key = Memo::new(move |_| shown.with(|shown| Key::from_word(&shown.key)));
    let places = Memo::new(move |_| page.with(|page| (page.at, page.places.clone())));
    let words = move || {
        let key = key.get()?;
        Some(Versioned { name: "value", label: t.setting_name(key), words: options(t, key) })
    };
    view! {
        <header class="page-head"><h1>{t.settings_title()}</h1><p class="sub">{t.settings_sub()}</p></header>
        <Saved shown=saved said=t.settings_saved()/>
        {part(move || { let (at, places) = places.get(); Some(view! { <Where page="/settings" at places/> }) })}
        {part(move || words().map(|field| view! { <Versions action=say fields=vec![field]/> }))}
        {part(move || {
            let key = key.get()?;
            let row = page.with(|page| page.rows.iter().find(|row| row.key == key).cloned())?;
            row.may_change.then(|| view! { <Edit row page=page.get() say/> })
        })}
        {part(move || Some(Group::ALL.iter().map(|&group| {
            let (at, now) = page.with(|page| (page.at, page.now));
            let rows = page.with(|page| page.rows.iter().filter(|row| row.key.group() == group).cloned().collect::<Vec<_>>());
            (!rows.is_empty()).then(|| view! {
                <section class="group" aria-label=t.setting_group(group)>
                    <h2 class="group-head">{t.setting_group(group)}</h2>
                    <ul class="list settings">{rows.into_iter().map(|row| view! { <Row row at now/> }).collect_view()}</ul>
                </section>
            })
        }).collect_view()))}
    }
}

/// The choice of the place that something is said for.
#[component]
pub fn Where(
    /// The page that answers.
    page: &'static str,
    /// The place that is shown.
    at: At,
    /// All there are.
    places: Vec<Somewhere>,
) -> impl IntoView {
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

/// One setting: what holds, where that comes from, what it does, and who changed it last.
#[component]
fn Row(row: SettingRow, at: At, now: Moment) -> impl IntoView {
    let t = lang::current();
    let SettingRow { key, value, from, default, changed, may_change, .. } = row;
    let mut about = vec![t.setting_from(from).to_owned(), t.settings_default(&t.setting_value(key, &default))];
    about.extend(changed.map(|(by, at)| {
        let when = t.day(at, now);
        by.map_or_else(|| t.settings_changed(&when), |who| t.settings_changed_by(&who, &when))
    }));
    let lines = view! {
        <span class="tile"><Icon name="sliders-horizontal"/></span>
        <span class="lines">
            <span class="t">{t.setting_name(key)}": "{t.setting_value(key, &value)}</span>
            <span class="s">{t.setting_sentence(key)}</span>
            <span class="s small">{about.join(" · ")}</span>
        </span>
    };
    view! {
        <li>
            {if may_change {
                view! {
                    <a class="item" href=format!("/settings?at={at}&key={}", key.word())>
                        {lines}<span class="tail"><Icon name="chevron-right"/></span>
                    </a>
                }.into_any()
            } else {
                view! { <div class="item">{lines}</div> }.into_any()
            }}
        </li>
    }
}

/// The values there are, where they are words.
fn options(t: Lang, key: Key) -> Vec<(String, String)> {
    match key.fits() {
        Fits::Word(words) => words.iter().map(|&word| (word.to_owned(), t.setting_value(key, word))).collect(),
        Fits::Number(..) | Fits::Text(_) | Fits::Zone => Vec::new(),
    }
}

/// The one that is changed: saved at once, or tried out first.
#[component]
fn Edit(row: SettingRow, page: SettingsPage, say: Call<Say>) -> impl IntoView {
    let t = lang::current();
    let SettingRow { key, own, value, version, .. } = row;
    let SettingsPage { at, tried, zones, .. } = page;
    let is_own = own.is_some();
    let begin = tried.as_ref().map_or_else(|| own.unwrap_or(value), |(value, _)| value.clone());
    let carried = move || {
        view! {
            <input type="hidden" name="at" value=at.to_string()/>
            <input type="hidden" name="key" value=key.word()/>
            <input type="hidden" name=VERSION value=version.to_string()/>
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
    view! {
        <section class="card" aria-labelledby="edit">
            <div class="card-head"><h2 id="edit">{t.setting_name(key)}</h2></div>
            {if key.decides() {
                view! {
                    <Ask page="/settings" problem=None>
                        <input type="hidden" name="at" value=at.to_string()/>
                        <input type="hidden" name="key" value=key.word()/>
                        {field()}
                        <div class="btn-row"><Submit label=t.settings_try()/></div>
                    </Ask>
                    {tried.map(|(value, effect)| {
                        let tone = if effect.barred > 0 { Tone::Warn } else { Tone::Info };
                        let title = t.settings_would_bar(effect.barred);
                        view! {
                            <div role="status">
                                <Banner tone icon="users-round" title>
                                    {t.settings_would_let_in(effect.let_in)}" "{effect.more.then(|| t.settings_more())}
                                </Banner>
                            </div>
                            <Form action=say>
                                {carried()}
                                <input type="hidden" name="value" value=value.clone()/>
                                <p>{t.settings_word(&t.setting_value(key, &value))}</p>
                                <div class="btn-row"><Submit label=t.equipment_save() kind=Press::Primary busy=say.pending()/></div>
                            </Form>
                        }
                    })}
                }.into_any()
            } else {
                view! {
                    <Form action=say>
                        {carried()}
                        {field()}
                        <div class="btn-row"><Submit label=t.equipment_save() kind=Press::Primary busy=say.pending()/></div>
                    </Form>
                }.into_any()
            }}
            {is_own.then(|| view! {
                <Form action=say>
                    {carried()}
                    <input type="hidden" name="nothing" value="yes"/>
                    <div class="btn-row">
                        <Submit label=t.settings_clear() busy=say.pending()/>
                        <ButtonLink href=format!("/settings?at={at}") label=t.version_drop().to_owned()/>
                    </div>
                </Form>
            })}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        id::TypeId,
        settings::{Effect, Scope},
    };

    fn shown(address: &'static str, tried: Option<(String, Effect)>) -> String {
        html(visitor(Lang::En), address, move || {
            let row = SettingRow {
                key: Key::Authorisation,
                own: None,
                value: "open".into(),
                from: Some(Scope::Space),
                default: "qualified".into(),
                version: 2,
                changed: Some((Some("Marta".into()), ago(10))),
                may_change: true,
            };
            let at = At::Type(TypeId(3));
            let places = vec![(At::Space, String::new()), (at, "Laser cutter".into())];
            let page = SettingsPage { now: NOW, at, places, rows: vec![row], tried, zones: vec![] };
            let key = if address.contains("key") { "access.mode".into() } else { String::new() };
            let shown = Memo::new(move |_| Shown { at: "type:3".into(), key: key.clone(), tried: None });
            view! { <Page page=RwSignal::new(page) shown say=Call::new()/> }
        })
    }

    #[test]
    fn a_setting_says_what_holds_from_where_and_who_changed_it_last() {
        let said = words(&shown("/settings?at=type:3", None));
        assert!(said.contains("Who may use machines: Every member"), "{said}");
        assert!(
            said.contains("set for the space · Otherwise: Who is qualified · changed by Marta, today"),
            "{said}"
        );
    }

    #[test]
    fn what_decides_about_people_is_tried_out_before_it_is_saved() {
        let before = shown("/settings?at=type:3&key=access.mode", None);
        assert!(
            words(&before).contains("See what it would change") && !before.contains("/settings/say"),
            "{before}"
        );
        let effect = Effect { barred: 7, let_in: 0, more: true };
        let tried = shown("/settings?at=type:3&key=access.mode", Some(("qualified".into(), effect)));
        let said = words(&tried);
        assert!(said.contains("This would bar 7 people today.") && said.contains("there are more"), "{said}");
        assert!(
            tried.contains(r#"name="value" value="qualified""#) && tried.contains(r#"name="version" value="2""#),
            "{tried}"
        );
    }
}

//! One type that the reader may grant: its people, and the possible changes.

use super::{
    actions::{Acts, DeedForms, any},
    api::{self, Admit},
    label,
    standing::{Bans, History},
};
use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    link::api::HelpIn,
    live::use_live,
    live_page::{following, loaded},
    training::candidates_of,
    ui::delivery::Delivered,
    ui::{
        answered::answered,
        avatar::Avatar,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, text},
        empty::Empty,
        form::{Ask, Field, Form, hidden},
        icon::Icon,
        list::whole,
    },
    visitor::use_visitor,
};
use contract::qualifications::{Applicant, Chosen, Qualified, TypePage};
use domain::{
    actor::Rank,
    id::{PersonId, TypeId},
    live::Noun,
    people::PersonStatus,
    qualifications::BuiltIn,
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
struct PageContext {
    page: PageResource<TypePage>,
    acts: Acts,
    admit: Call<Admit>,
}

impl PageContext {
    fn load(kind: TypeId) -> Self {
        let (query, live, acts) = (use_query_map(), use_live(), Acts::new());
        let admit = Call::<Admit>::new();
        let search = move || query.with(|query| query.get_str("q").unwrap_or_default().to_owned());
        let person =
            move || query.with(|query| query.get_str("person").and_then(|id| id.parse().ok()).map(PersonId));
        let page = page_resource(
            move || (search(), person(), live.version(Noun::Person), acts.version() + admit.version().get()),
            move |(search, person, ..)| api::type_page(kind, search, person),
        );
        Self { page, acts, admit }
    }
}

/// The page at `/types/:id`.
pub fn kind_page(kind: TypeId) -> AnyView {
    let PageContext { page, acts, admit } = PageContext::load(kind);
    view! {
        <a class="crumb" href="/types"><Icon name="chevron-left"/>{lang::current().types_heading()}</a>
        {loaded(6, page, move |page| {
            let is_learned = page.with_untracked(|page: &TypePage| page.on.built_in.is_none());
            view! { <Page page acts admit/>{is_learned.then(|| candidates_of(kind))} }.into_any()
        })}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<TypePage>, acts: Acts, admit: Call<Admit>) -> impl IntoView {
    let t = lang::current();
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get_str("q").unwrap_or_default().to_owned()));
    let name = Memo::new(move |_| page.with(|page| label(t, &page.on)));
    let chosen = Memo::new(move |_| page.with(|page| page.chosen.clone().map(timeless)));
    let people = Memo::new(move |_| page.with(|page| page.people.clone()));
    let results = Memo::new(move |_| page.with(|page| (page.matching.clone(), page.found.clone())));
    let applicants = Memo::new(move |_| page.with(|page| page.applicants.clone()));
    let admitted =
        Memo::new(move |_| query.with(|query| query.get_str("admitted").and_then(|_| query.get("person"))));
    // Here and not below the admitted person: without script the answer comes to a page that does not know of the
    // admission.
    let help = Call::<HelpIn>::new();
    let helped = answered(help);
    let (kind, built_in, may_change) =
        page.with_untracked(|page| (page.on.kind, page.on.built_in, page.may_change));
    view! {
        <Title text=following(name)/>
        <header class="page-head">
            <h1>{text(move || name.get())}</h1>
            {may_change.then(|| view! {
                <p class="sub btn-row">
                    <a class="link" href=format!("/types/{kind}/edit")>{t.equipment_edit()}</a>
                    {built_in.is_none().then(|| view! { <a class="link" href=format!("/types/{kind}/checklist")>{t.checkout_list_title()}</a> })}
                </p>
            })}
        </header>
        <div role="status">
            {dynamic(move || admitted.get().map(|person| view! { <Admitted person help/> }))}
            {dynamic(move || helped.get().map(|delivery| view! { <Delivered delivery/> }))}
        </div>
        {dynamic(move || chosen.get().map(|chosen| view! { <About chosen acts kind/> }))}
        {dynamic(move || applicants.get().map(|applicants| {
            let now = page.with_untracked(|page| page.now);
            view! { <Waiting applicants admit now/> }
        }))}
        <search class="card finder">
            <Ask page=format!("/types/{kind}") problem=None>
                <Field name="q" kind="search" label=t.type_search() value=search.get_untracked()/>
                <div class="btn-row"><Submit label=t.type_search_button()/></div>
            </Ask>
        </search>
        {dynamic(move || {
            let (matching, found) = results.get();
            let now = page.with_untracked(|page| page.now);
            (search.with(|search| search.trim().chars().count() >= 2)).then(|| view! {
                <section class="group" aria-labelledby="found">
                    <h2 class="group-head" id="found">{t.type_found()}</h2>
                    {if matching.is_empty() && found.is_empty() {
                        view! { <p class="muted">{t.type_found_none(search.get().trim())}</p> }.into_any()
                    } else {
                        let matching = matching.into_iter().map(|one| {
                            let second = what(&one, built_in, now);
                            (one.person, one.name, second)
                        });
                        let found = found.into_iter().map(|(id, name)| (id, Some(name), t.type_found_new().to_owned()));
                        view! {
                            <ul class="list">
                                {matching.chain(found).map(|(person, name, second)| view! {
                                    <Choice kind person name second/>
                                }).collect_view()}
                            </ul>
                        }.into_any()
                    }}
                </section>
            })
        })}
        <section class="group" aria-labelledby="people">
            <h2 class="group-head" id="people">{t.type_people()}</h2>
            {dynamic(move || {
                let (people, now) = (people.get(), page.with_untracked(|page| page.now));
                Some(if people.is_empty() {
                    view! {
                        <div class="card"><Empty icon="users-round">
                            <h3>{t.type_people_none()}</h3><p>{t.type_people_none_next()}</p>
                        </Empty></div>
                    }.into_any()
                } else {
                    view! {
                        <ul class="list">
                            {people.into_iter().map(|one| {
                                let second = what(&one, built_in, now);
                                view! { <Choice kind person=one.person name=one.name second/> }
                            }).collect_view()}
                        </ul>
                    }.into_any()
                })
            })}
            {dynamic(move || page.with(|page| {
                let visible = u32::try_from(page.people.len()).unwrap_or(u32::MAX);
                (visible < page.total)
                    .then(|| view! { <p class="small muted">{t.type_more(visible, page.total)}</p> })
            }))}
        </section>
    }
}

/// Without the answer's time, so that an unchanged answer does not reset input.
fn timeless(mut chosen: Chosen) -> Chosen {
    chosen.standing.now = Moment { at: domain::time::Millis(0), offset: 0 };
    chosen
}

/// `trains others, only Laser 2, 3 Mar`.
fn what(one: &Qualified, built_in: Option<BuiltIn>, now: Moment) -> String {
    let t = lang::current();
    let mut second = Vec::new();
    second.extend(one.banned.then(|| t.type_banned().to_owned()));
    second.extend(one.relation.map(|relation| t.relation(built_in, relation).to_owned()));
    second.extend(one.machine.as_deref().map(|machine| t.action_only_machine(machine)));
    second.extend(one.since.map(|since| t.brief(since, now)));
    second.extend((one.status != PersonStatus::Active).then(|| t.person_status(one.status).to_owned()));
    second.join(", ")
}

/// A person on the list, as a link.
#[component]
fn Choice(kind: TypeId, person: PersonId, name: Option<String>, second: String) -> impl IntoView {
    let t = lang::current();
    let name = name.unwrap_or_else(|| t.person_former(&person.to_string()));
    view! {
        <li>
            <a class="item" href=format!("/types/{kind}?person={person}")>
                <Avatar name=name.clone() size="md"/>
                <span class="lines"><span class="t" title=whole(&name)>{name.clone()}</span><span class="s">{second}</span></span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a>
        </li>
    }
}

/// Applications with their buttons, and the link to invite others.
#[component]
fn Waiting(applicants: Vec<Applicant>, admit: Call<Admit>, now: Moment) -> impl IntoView {
    let t = lang::current();
    let none = applicants.is_empty();
    let rows = applicants.into_iter().map(|Applicant { person, name, since }| {
        let name = name.unwrap_or_else(|| t.person_former(&person.to_string()));
        view! {
            <li>
                <div class="item">
                    <span class="tile"><Icon name="user-plus"/></span>
                    <span class="lines">
                        <span class="t" title=whole(&name)>{name.clone()}</span>
                        <span class="s">{t.type_applicant_since(&t.brief(since, now))}</span>
                    </span>
                    <Form action=admit>
                        {hidden("person", &person)}
                        <Submit label=t.type_admit() about=name kind=Press::Primary busy=admit.pending()/>
                    </Form>
                </div>
            </li>
        }
    });
    view! {
        <section class="group" aria-labelledby="waiting">
            <h2 class="group-head" id="waiting">{t.type_applicants()}</h2>
            {if none {
                view! { <p class="card muted">{t.type_applicants_none()}</p> }.into_any()
            } else {
                view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
            }}
            <div class="btn-row"><ButtonLink href="/people/invite" label=t.people_invite() icon="user-plus"/></div>
        </section>
    }
}

/// The next step after an admission: a sign-in link, from people who may create one.
#[component]
fn Admitted(person: String, help: Call<HelpIn>) -> impl IntoView {
    let t = lang::current();
    let title = t.type_admitted().to_owned();
    let helps = use_visitor().who.is_some_and(|me| me.rank >= Rank::Manager);
    view! {
        <Banner tone=Tone::Go icon="circle-check" title>
            {if helps {
                view! { <a class="link" href=format!("/people/{person}/account#help")>{t.admit_next()}</a> }.into_any()
            } else {
                view! {
                    {t.admit_next_inductor()}
                    <Form action=help>
                        {hidden("person", &person)}
                        <div class="btn-row"><Submit label=t.people_first_link() busy=help.pending()/></div>
                    </Form>
                }.into_any()
            }}
        </Banner>
    }
}

/// The selected person: qualifications here, and possible changes.
#[component]
fn About(chosen: Chosen, acts: Acts, kind: TypeId) -> impl IntoView {
    let t = lang::current();
    let Chosen { person, name, standing } = chosen;
    let name = name.unwrap_or_else(|| t.person_former(&person.to_string()));
    let entries = u32::try_from(standing.history.len()).unwrap_or(u32::MAX);
    view! {
        <section class="card chosen" aria-labelledby="chosen">
            <div class="card-head">
                <h2 id="chosen">{name}</h2>
                {standing.held.first().map(|held| view! { <p class="muted">{t.relation(held.on.built_in, held.relation)}</p> })}
            </div>
            <Bans bans=standing.bans/>
            {if any(&standing.actions) {
                view! { <DeedForms person actions=standing.actions acts back=Some(kind)/> }.into_any()
            } else {
                view! { <p class="muted">{t.type_no_actions()}</p> }.into_any()
            }}
            {(entries > 0).then(|| view! {
                <details class="deed">
                    <summary>{t.standing_history()}" · "{t.standing_entries(entries)}</summary>
                    <History history=standing.history/>
                </details>
            })}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::qualifications::Named;
    use domain::qualifications::SPACE;
    use text::Lang;

    fn render(address: &'static str, applicants: Option<Vec<Applicant>>) -> String {
        let on = Named { subject: SPACE, kind: TypeId(1), name: "Space".into(), built_in: Some(BuiltIn::Space) };
        let page = TypePage {
            now: NOW,
            on,
            machines: vec![],
            people: vec![],
            total: 0,
            matching: vec![],
            found: vec![],
            applicants,
            chosen: None,
            may_change: false,
        };
        shown_page(address, page)
    }

    fn shown_page(address: &'static str, page: TypePage) -> String {
        html(visitor(Lang::En), address, move || {
            view! { <Page page=RwSignal::new(page.clone()) acts=Acts::new() admit=Call::new()/> }
        })
    }

    #[test]
    fn group_search_preserves_people_list() {
        let on = Named {
            subject: domain::qualifications::Subject::Type(TypeId(3)),
            kind: TypeId(3),
            name: "Laser".into(),
            built_in: None,
        };
        let one = |id, name: &str| Qualified {
            person: PersonId(id),
            name: Some(name.into()),
            status: PersonStatus::Active,
            relation: None,
            machine: None,
            since: None,
            until: None,
            banned: id == 2,
        };
        let page = TypePage {
            now: NOW,
            on,
            machines: vec![],
            people: vec![one(1, "Ada"), one(2, "Bob")],
            total: 2,
            matching: vec![one(2, "Bob")],
            found: vec![(PersonId(7), "Bobby".into())],
            applicants: None,
            chosen: None,
            may_change: false,
        };
        let content = words(&shown_page("/types/3?q=bo", page.clone()));
        let (results, list) =
            content.split_once("Search results").and_then(|(_, rest)| rest.split_once("People")).unwrap();
        assert!(results.contains("BobBanned") && results.contains("BobbyNot on the list yet"), "{content}");
        assert!(list.contains("Ada") && list.contains("Bob") && !list.contains("Nobody"), "{content}");
        let none = TypePage { matching: vec![], found: vec![], ..page };
        let content = words(&shown_page("/types/3?q=zz", none));
        assert!(content.contains("No results for “zz”") && content.contains("Ada"), "{content}");
    }

    #[test]
    fn applications_are_listed_for_people_who_may_admit() {
        let ann = Applicant { person: PersonId(15), name: Some("Ann".into()), since: ago(60 * 24) };
        let html = render("/types/1", Some(vec![ann]));
        assert!(
            words(&html).contains("Annapplied") && html.contains(r#"aria-label="Approve application: Ann""#),
            "{html}"
        );
        assert!(html.contains(r#"action="?/qualifications/admit""#), "{html}");
        assert!(html.contains(r#"href="/people/invite""#), "{html}");
        assert!(words(&render("/types/1", Some(vec![]))).contains("No applications."));
        assert!(!render("/types/1", None).contains("/people/invite"), "others admit nobody");
    }

    #[test]
    fn search_form_targets_its_own_page() {
        let html = render("/types/1", None);
        assert!(html.contains(r#"action="/types/1""#) && !html.contains(r#"action="""#), "{html}");
    }

    #[test]
    fn admission_shows_next_step() {
        let html = render("/types/1?person=15&admitted", Some(vec![]));
        let content = words(&html);
        assert!(
            content.contains("They are a member now") && content.contains("Create their first link"),
            "{content}"
        );
        assert!(html.contains(r#"/people/help-in""#) && html.contains(r#"value="15""#), "{html}");
    }
}

//! How the directory is reached: the form, a test, and disconnecting.

use super::{head, page_of};
use crate::{
    call::{Call, Function},
    clock::use_clock,
    lang,
    live_page::live_page,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden, use_form, was_submitted},
        saved::Saved,
        select::Select,
        text_area::TextArea,
        versions::{VERSION, Versioned, Versions, began},
    },
};
use contract::user_directory::{
    DirectoryPage, DirectorySettingsView, DirectoryTest, DisconnectDirectory, SaveDirectory, TestDirectory,
};
use domain::{user_directory::GroupSource, versions::Saved as Values};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::Lang;

type Save = Function<SaveDirectory>;
type Test = Function<TestDirectory>;
type Disconnect = Function<DisconnectDirectory>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    save: Call<Save>,
    test: Call<Test>,
    disconnect: Call<Disconnect>,
}

impl Calls {
    fn new() -> Self {
        Self { save: Call::new(), test: Call::new(), disconnect: Call::new() }
    }

    fn versions(self) -> usize {
        self.save.version().get() + self.disconnect.version().get()
    }
}

/// The page at `/directory/connection`.
pub fn directory_connection_page() -> AnyView {
    let calls = Calls::new();
    let page = page_of(move || calls.versions());
    live_page(lang::current().directory_title(), 4, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<DirectoryPage>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let tested = answered(calls.test);
    // A form that is built again loses what was chosen in it, so nothing but other settings does that.
    let stored = Memo::new(move |_| {
        page.with(|page| (page.may_connect, page.directory.version, page.directory.settings.clone()))
    });
    view! {
        {dynamic(move || Some(page.with(|page| head(&page.directory, page.now, true))))}
        <Saved visible=saved message=t.directory_saved()/>
        <Versions action=calls.save fields=choice(t)/>
        <div role="status">{dynamic(move || tested.get().map(|test| result(t, &test)))}</div>
        {dynamic(move || {
            let (may_connect, version, settings) = stored.get();
            Some(if may_connect {
                form(t, version, settings.as_ref(), calls)
            } else {
                view! { <p class="card">{t.directory_administrators_only()}</p> }.into_any()
            })
        })}
    }
}

/// What a test found.
fn result(t: Lang, test: &DirectoryTest) -> AnyView {
    match test.trouble {
        None => {
            let title = t.directory_test_good(test.people);
            let groups = t.directory_test_groups(test.with_groups);
            view! { <Banner tone=Tone::Go icon="circle-check" title>{groups}</Banner> }.into_any()
        }
        Some(trouble) => {
            let title = t.directory_headline_of(trouble).to_owned();
            let next = t.directory_trouble(trouble);
            view! { <Banner tone=Tone::Warn icon="triangle-alert" title>{next}</Banner> }.into_any()
        }
    }
}

fn sources(t: Lang) -> Vec<(String, String)> {
    let each = GroupSource::ALL.iter();
    each.map(|source| (source.as_str().to_owned(), t.directory_group_source(*source).to_owned())).collect()
}

/// The fields to choose from, when someone else has saved meanwhile.
fn choice(t: Lang) -> Vec<Versioned> {
    vec![
        Versioned::plain("address", t.directory_address()),
        Versioned::plain("certificates", t.directory_certificates()),
        Versioned::plain("bind_dn", t.directory_bind_dn()),
        Versioned::plain("base", t.directory_base()),
        Versioned::plain("people_filter", t.directory_filter()),
        Versioned::plain("login", t.directory_login()),
        Versioned::plain("name", t.directory_name()),
        Versioned::plain("email", t.directory_email()),
        Versioned::plain("unique_id", t.directory_unique()),
        Versioned { name: "groups", label: t.directory_groups(), words: sources(t) },
        Versioned::plain("member_of", t.directory_member_of()),
        Versioned::plain("group_base", t.directory_group_base()),
        Versioned::plain("signs_in", t.directory_signs_in()),
        Versioned::plain("admits", t.directory_admits()),
        Versioned::plain("adds", t.directory_adds()),
        Versioned::plain("every", t.directory_every()),
        Versioned::plain("most", t.directory_most()),
    ]
}

/// The values as the form sends them; those of OpenLDAP where nothing is stored yet.
fn values(version: i64, settings: Option<&DirectorySettingsView>) -> Values {
    let tick = |ticked: bool| if ticked { "yes".to_owned() } else { String::new() };
    let stored = |of: fn(&DirectorySettingsView) -> &String, usual: &str| {
        settings.map_or_else(|| usual.to_owned(), |settings| of(settings).clone())
    };
    let filter = "(&(objectClass=inetOrgPerson)(|(uid={login})(mail={login})))";
    let groups = settings.map_or(GroupSource::MemberOf, |settings| settings.groups);
    Values::new(
        version,
        vec![
            ("address", stored(|one| &one.address, "")),
            ("certificates", settings.and_then(|one| one.certificates.clone()).unwrap_or_default()),
            ("bind_dn", stored(|one| &one.bind_dn, "")),
            ("base", stored(|one| &one.base, "")),
            ("people_filter", stored(|one| &one.people_filter, filter)),
            ("login", stored(|one| &one.login, "uid")),
            ("name", stored(|one| &one.name, "cn")),
            ("email", stored(|one| &one.email, "mail")),
            ("unique_id", stored(|one| &one.unique_id, "entryUUID")),
            ("groups", groups.as_str().to_owned()),
            ("member_of", stored(|one| &one.member_of, "memberOf")),
            ("group_base", settings.and_then(|one| one.group_base.clone()).unwrap_or_default()),
            ("signs_in", tick(settings.is_none_or(|one| one.signs_in))),
            ("admits", tick(settings.is_some_and(|one| one.admits))),
            ("adds", tick(settings.is_some_and(|one| one.adds))),
            ("every", settings.map_or(60, |one| one.every).to_string()),
            ("most", settings.map_or(20, |one| one.most).to_string()),
        ],
    )
}

/// A tick box. Call it inside a form.
fn tick(name: &'static str, label: &'static str, ticked: bool) -> AnyView {
    let form = use_form();
    let was_sent = form.as_ref().is_some_and(|form| form.input("address").is_some());
    let sent = form.as_ref().and_then(|form| form.input(name)).is_some();
    let checked = if was_sent { sent } else { ticked };
    view! { <label class="tick"><input type="checkbox" name=name value="yes" checked=checked/><span>{label}</span></label> }
        .into_any()
}

fn form(t: Lang, version: i64, settings: Option<&DirectorySettingsView>, calls: Calls) -> AnyView {
    let values = values(version, settings);
    let is_connected = settings.is_some();
    let fields = values.fields.clone();
    let label = if is_connected { t.directory_save() } else { t.directory_connect() };
    let none = (!is_connected).then(|| {
        view! { <Banner tone=Tone::Info icon="plug" title=t.directory_none().to_owned()>{t.directory_none_next()}</Banner> }
    });
    let more = is_connected.then(|| {
        view! {
            <section class="card stack" aria-labelledby="more">
                <h2 class="label-lg" id="more">{t.directory_test()}</h2>
                <Form action=calls.test>
                    <div class="btn-row"><Submit label=t.directory_test() busy=calls.test.pending()/></div>
                </Form>
                <details class="deed" open=was_submitted(<Disconnect as ServerFn>::PATH)>
                    <summary>{t.directory_disconnect()}</summary>
                    <p>{t.directory_disconnect_next()}</p>
                    <Form action=calls.disconnect>
                        <div class="btn-row">
                            <Submit label=t.directory_disconnect_confirm() kind=Press::Danger busy=calls.disconnect.pending()/>
                        </div>
                    </Form>
                </details>
            </section>
        }
    });
    view! {
        {none}
        <Form action=calls.save>
            {hidden(VERSION, &version)}{began(&values.fields)}
            {parts(t, &fields, is_connected)}
            <div class="btn-row"><Submit label kind=Press::Primary busy=calls.save.pending()/></div>
        </Form>
        {more}
    }
    .into_any()
}

fn part(id: &'static str, title: &'static str, fields: AnyView) -> AnyView {
    view! { <section class="card" aria-labelledby=id><h2 id=id>{title}</h2>{fields}</section> }.into_any()
}

/// The parts of the form. Call it inside a form: only there do they get the submitted input and its errors.
fn parts(t: Lang, fields: &[(String, String)], is_connected: bool) -> AnyView {
    let of = |name: &str| {
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let ticked = |name: &str| !of(name).is_empty();
    let password_hint = if is_connected { t.directory_bind_password_hint() } else { "" };
    let server = view! {
        <Field name="address" label=t.directory_address() hint=t.directory_address_hint() value=of("address") autocomplete="off"/>
        <TextArea name="certificates" label=t.directory_certificates() hint=t.directory_certificates_hint() value=of("certificates")/>
        <Field name="bind_dn" label=t.directory_bind_dn() hint=t.directory_bind_dn_hint() value=of("bind_dn") autocomplete="off"/>
        <Field name="bind_password" label=t.directory_bind_password() kind="password" hint=password_hint autocomplete="new-password"/>
    };
    let people = view! {
        <Field name="base" label=t.directory_base() hint=t.directory_base_hint() value=of("base") autocomplete="off"/>
        <Field name="people_filter" label=t.directory_filter() hint=t.directory_filter_hint() value=of("people_filter") autocomplete="off"/>
        <Field name="login" label=t.directory_login() value=of("login") autocomplete="off"/>
        <Field name="name" label=t.directory_name() value=of("name") autocomplete="off"/>
        <Field name="email" label=t.directory_email() value=of("email") autocomplete="off"/>
        <Field name="unique_id" label=t.directory_unique() hint=t.directory_unique_hint() value=of("unique_id") autocomplete="off"/>
    };
    let groups = view! {
        <Select name="groups" label=t.directory_groups() options=sources(t) chosen=Signal::stored(of("groups"))/>
        <Field name="member_of" label=t.directory_member_of() value=of("member_of") autocomplete="off"/>
        <Field name="group_base" label=t.directory_group_base() hint=t.directory_group_base_hint() value=of("group_base") autocomplete="off"/>
    };
    let sync = view! {
        {tick("signs_in", t.directory_signs_in(), ticked("signs_in"))}
        {tick("admits", t.directory_admits(), ticked("admits"))}
        {tick("adds", t.directory_adds(), ticked("adds"))}
        <Field name="every" label=t.directory_every() kind="number" hint=t.directory_every_hint() value=of("every") autocomplete="off"/>
        <Field name="most" label=t.directory_most() kind="number" value=of("most") autocomplete="off"/>
    };
    view! {
        <div class="form-parts">
        {part("part-server", t.directory_connection(), server.into_any())}
        {part("part-people", t.directory_attributes(), people.into_any())}
        {part("part-groups", t.directory_groups(), groups.into_any())}
        {part("part-sync", t.directory_people(), sync.into_any())}
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, sent, visitor, words},
        user_directory::samples,
        visitor::{Answer, Visitor},
    };
    use domain::user_directory::Trouble;

    fn render(visitor: Visitor, page: DirectoryPage) -> String {
        html(visitor, "/directory/connection", move || {
            let page = RwSignal::new(page);
            view! { <Page page calls=Calls::new()/> }
        })
    }

    #[test]
    fn form_has_the_stored_values_and_no_password() {
        let html = render(visitor(Lang::En), samples::page());
        for part in [
            r#"action="?/directory/save""#,
            r#"value="ldaps://ldap.uni.example""#,
            r#"name="bind_password""#,
            r#"action="?/directory/test""#,
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        let password = html.split(r#"name="bind_password""#).nth(1).and_then(|rest| rest.split('>').next());
        assert!(password.is_some_and(|rest| !rest.contains("value=\"c")), "{password:?}");
    }

    #[test]
    fn failed_test_shows_fault_and_remedy() {
        let test = DirectoryTest { trouble: Some(Trouble::BindRefused), people: 0, with_groups: 0 };
        let answer = Some(Answer { function: "/api/directory/test".into(), text: sent(&test) });
        let content = words(&render(Visitor { answer, ..visitor(Lang::En) }, samples::page()));
        assert!(content.contains("It refuses our password") && content.contains("Enter them again."), "{content}");
    }

    #[test]
    fn manager_sees_that_administrators_connect_it() {
        let page = DirectoryPage { may_connect: false, ..samples::page() };
        let html = render(visitor(Lang::It), page);
        assert!(!html.contains("directory/save"), "{html}");
        assert!(words(&html).contains("Solo gli amministratori"), "{}", words(&html));
    }
}

//! Notice settings: kinds by group, times, the address, and followed machines.
//!
//! Invariant: locked kinds are shown ticked and are not sent. Not here: what a choice means for a mail
//! (`domain::deliveries`).

use super::api::FollowMachine;
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Form, completed_count, hidden, use_form},
        icon::Icon,
        saved::Saved,
        select::Select,
    },
    visitor::use_visitor,
};
use contract::notice_settings::{
    FollowedMachineView, KindChoiceView, NoticeSettingsView, QuietHours, ReadNoticeSettings, SaveNoticeSettings,
    TrustAddress,
};
use domain::{
    deliveries::Hour,
    hours::clock,
    live::Noun,
    notices::{Kind, KindGroup},
};
use leptos::{html, prelude::*};
use leptos_router::hooks::use_query_map;
use text::Lang;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

#[derive(Clone, Copy)]
struct Calls {
    choose: Call<Function<SaveNoticeSettings>>,
    trust: Call<Function<TrustAddress>>,
    follow: Call<FollowMachine>,
}

/// The page at `/notices/settings`.
pub fn notice_settings_page() -> AnyView {
    let calls = Calls { choose: Call::new(), trust: Call::new(), follow: Call::new() };
    let (live, me) = (use_live(), use_visitor().who.map_or(0, |me| me.id.0));
    let changes =
        move || [calls.choose.version(), calls.trust.version(), calls.follow.version()].map(|it| it.get());
    let answers: PageResource<NoticeSettingsView> =
        page_resource(move || (live.about(Noun::Notices, me), changes()), |_| load(&ReadNoticeSettings {}));
    live_page(lang::current().notice_settings_title(), 8, answers, move |page| {
        view! { <Page page calls/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<NoticeSettingsView>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let unsaved = RwSignal::new(false);
    let saves = completed_count(calls.choose);
    Effect::new(move |_| {
        saves.track();
        unsaved.set(false);
    });
    let was_saved = move || query.with(|query| query.get_str("saved").is_some());
    let saved = Memo::new(move |_| was_saved() && !unsaved.get());
    let address = Memo::new(move |_| page.with(|page| (page.sends_mail, page.address.clone(), page.bounced)));
    let followed = Memo::new(move |_| page.with(|page| page.followed.clone()));
    let chosen = Memo::new(move |_| {
        page.with(|page| (page.kinds.clone(), page.pushes, page.digest_hour, page.quiet.clone()))
    });
    view! {
        <header class="page-head">
            <h1 tabindex="-1">{t.notice_settings_title()}</h1>
            <p class="sub">{t.notice_settings_lead()}</p>
        </header>
        {dynamic(move || Some(whereto(address.get(), calls)))}
        <p><a class="link" href="/me/notifications">{t.push_this()}</a></p>
        <div on:input=move |_| unsaved.set(true)>
            <Form action=calls.choose>
                {dynamic(move || {
                    let (choices, pushes, digest, quiet) = chosen.get();
                    Some(view! { <Kinds choices pushes/><Moments digest quiet/> })
                })}
                <div class="dock">
                    <div class="btn-row">
                        <Submit label=t.me_save() kind=Press::Primary busy=calls.choose.pending()/>
                        <p role="status">{dynamic(move || unsaved.get().then(|| t.notice_settings_unsaved()))}</p>
                        <Saved visible=saved message=t.notice_settings_saved()/>
                    </div>
                </div>
            </Form>
        </div>
        <section class="group" aria-labelledby="followed">
            <h2 class="group-head" id="followed">{t.notice_settings_followed()}</h2>
            {dynamic(move || Some(machines(followed.get(), calls)))}
        </section>
    }
}

/// Where mails go, and what to do if they do not arrive.
fn whereto((sends_mail, address, bounced): (bool, Option<String>, bool), calls: Calls) -> AnyView {
    let t = lang::current();
    match address {
        None if !sends_mail => view! { <p class="muted">{t.notice_settings_no_mail()}</p> }.into_any(),
        None => view! { <p class="muted">{t.notice_settings_no_address()}</p> }.into_any(),
        Some(email) if !bounced => view! { <p class="muted">{t.notice_settings_address(&email)}</p> }.into_any(),
        Some(email) => view! {
            <Banner tone=Tone::Warn icon="mail" title=t.notice_settings_bounced(&email)>
                <p>{t.notice_settings_bounced_next()}</p>
                <Form action=calls.trust>
                    <div class="btn-row"><Submit label=t.notice_settings_try_again() busy=calls.trust.pending()/></div>
                </Form>
            </Banner>
        }
        .into_any(),
    }
}

/// A table for each group, and a row for each kind: in the app, by mail, and on devices if the reader has any.
#[component]
fn Kinds(choices: Vec<KindChoiceView>, pushes: bool) -> impl IntoView {
    let groups = KindGroup::ALL.into_iter().filter_map(|group| {
        let of_group: Vec<_> = choices.iter().copied().filter(|one| one.kind.group() == group).collect();
        (!of_group.is_empty()).then(|| kinds(group, of_group, pushes))
    });
    view! { {pushes.then(|| hidden("pushes", &"yes"))}{groups.collect_view()} }
}

fn kinds(group: KindGroup, choices: Vec<KindChoiceView>, pushes: bool) -> AnyView {
    let t = lang::current();
    let name = t.notice_group(group);
    let table = NodeRef::<html::Table>::new();
    Effect::new(move |_| {
        if let Some(table) = table.get() {
            reflect(&table.unchecked_into());
        }
    });
    let changed = move |_| {
        if let Some(table) = table.get_untracked() {
            reflect(&table.unchecked_into());
        }
    };
    // Locked ones are always on.
    let is_all = |on: fn(&KindChoiceView) -> bool| choices.iter().filter(|one| !one.kind.is_locked()).all(on);
    let mut channels = vec![
        ("app", t.notice_settings_app(), t.notice_settings_all_app(name), is_all(|one| one.app)),
        ("mail", t.notice_settings_mail(), t.notice_settings_all_mail(name), is_all(|one| one.mail)),
    ];
    if choices.iter().any(|one| one.slack.is_some()) {
        let all = is_all(|one| one.slack == Some(true));
        channels.push(("slack", t.slack_title(), t.notice_settings_all_slack(name), all));
    }
    if pushes {
        let all = is_all(|one| one.push);
        channels.push(("push", t.notice_settings_push(), t.notice_settings_all_push(name), all));
    }
    let heads = channels.into_iter().map(|(channel, code, label, all)| {
        view! {
            <th scope="col">
                {code}
                <label class="tick scripted">
                    <input type="checkbox" data-all=channel checked=all aria-label=label on:change=move |event| choose_all(&event, channel)/>
                </label>
            </th>
        }
    });
    let heads = heads.collect_view();
    view! {
        <div class="table-wrap">
            <table class="table switches" node_ref=table on:change=changed>
                <caption class="visually-hidden"><h2>{name}</h2></caption>
                <thead><tr><th scope="col">{name}</th>{heads}</tr></thead>
                <tbody>{choices.into_iter().map(|one| row(one, pushes, t)).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The switchable checkboxes of a channel in a table.
fn boxes(table: &Element, channel: &str) -> Vec<HtmlInputElement> {
    let Ok(found) = table.query_selector_all(&format!("input[value^=\"{channel}:\"]:not(:disabled)")) else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// Switches all kinds of a group to the state of the box in its head.
fn choose_all(event: &Event, channel: &str) {
    let head = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let table = head.as_ref().and_then(|head| head.closest("table").ok().flatten());
    if let (Some(head), Some(table)) = (head, table) {
        for one in &boxes(&table, channel) {
            one.set_checked(head.checked());
        }
    }
}

/// Shows in the head of a group whether all, none or some of its kinds are on.
fn reflect(table: &Element) {
    for channel in ["app", "mail", "slack", "push"] {
        let head = table.query_selector(&format!("[data-all={channel}]")).ok().flatten();
        let Some(head) = head.and_then(|head| head.dyn_into::<HtmlInputElement>().ok()) else { continue };
        let boxes = boxes(table, channel);
        let on = boxes.iter().filter(|one| one.checked()).count();
        head.set_checked(on == boxes.len());
        head.set_indeterminate(on > 0 && on < boxes.len());
        head.set_disabled(boxes.is_empty());
    }
}

fn row(KindChoiceView { kind, app, mail, slack, push, .. }: KindChoiceView, pushes: bool, t: Lang) -> AnyView {
    let name = t.notice_kind(kind);
    let daily = kind.is_daily();
    view! {
        <tr>
            <th scope="row">
                {hidden("shown[]", &kind.as_str())}
                {name}
                {kind.is_locked().then(|| view! { <span class="badge">{t.notice_settings_locked()}</span> })}
                {daily.then(|| view! { <span class="badge">{t.notice_settings_daily()}</span> })}
            </th>
            <td>{tick(kind, "app", app, t.notice_settings_app_for(name))}</td>
            <td>{tick(kind, "mail", mail, t.notice_settings_mail_for(name))}</td>
            {slack.map(|slack| view! { <td>{tick(kind, "slack", slack, t.notice_settings_slack_for(name))}</td> })}
            {pushes.then(|| view! { <td>{tick(kind, "push", push, t.notice_settings_push_for(name))}</td> })}
        </tr>
    }
    .into_any()
}

fn tick(kind: Kind, channel: &str, on: bool, label: String) -> AnyView {
    let value = format!("{channel}:{}", kind.as_str());
    // A refused form shows its own ticks.
    let sent = use_form().and_then(|form| form.ticked("on[]")).filter(|_| !kind.is_locked());
    let on = sent.map_or(on, |sent| sent.contains(&value));
    view! {
        <label class="tick">
            <input type="checkbox" name="on[]" value=value checked=on disabled=kind.is_locked() aria-label=label/>
        </label>
    }
    .into_any()
}

/// When mails may be sent.
#[component]
fn Moments(digest: Option<Hour>, quiet: Option<QuietHours>) -> impl IntoView {
    let t = lang::current();
    let hour = |hour: u16| clock(hour * 60);
    let digests = std::iter::once((String::new(), t.notice_settings_no_digest().to_owned()))
        .chain((0..24).map(|at| (at.to_string(), hour(at))))
        .collect::<Vec<_>>();
    let (from, to) = quiet.map_or_else(Default::default, |quiet| (quiet.from.to_string(), quiet.to.to_string()));
    let hours = |chosen: &str| {
        let mut hours: Vec<_> = (0..24).map(|at| (hour(at), hour(at))).collect();
        // A value set through the API need not be a full hour.
        if !chosen.is_empty() && !hours.iter().any(|(value, _)| value == chosen) {
            hours.push((chosen.to_owned(), chosen.to_owned()));
            hours.sort();
        }
        hours.insert(0, (String::new(), t.notice_settings_never_quiet().to_owned()));
        hours
    };
    let (from_options, to_options) = (hours(&from), hours(&to));
    view! {
        <section class="card mail-times" aria-labelledby="times">
            <div class="card-head"><h2 id="times">{t.notice_settings_times()}</h2></div>
            <Select name="digest" label=t.notice_settings_digest() options=digests
                chosen=Signal::stored(digest.map(|hour| hour.get().to_string()).unwrap_or_default())/>
            <p class="small muted">{t.notice_settings_digest_hint()}</p>
            <div class="fields">
                <Select name="quiet_from" label=t.notice_settings_quiet_from() options=from_options chosen=Signal::stored(from)/>
                <Select name="quiet_to" label=t.notice_settings_quiet_to() options=to_options chosen=Signal::stored(to)/>
            </div>
            <p class="small muted">{t.notice_settings_quiet_hint()}</p>
        </section>
    }
}

/// Followed machines, each with an unfollow button.
fn machines(followed: Vec<FollowedMachineView>, calls: Calls) -> AnyView {
    let t = lang::current();
    if followed.is_empty() {
        return view! { <p class="muted">{t.notice_settings_no_followed()}</p> }.into_any();
    }
    let rows = followed.into_iter().map(|FollowedMachineView { id: machine, name }| {
        let about = name.clone();
        view! {
            <li class="item">
                <span class="tile"><Icon name="wrench"/></span>
                <div class="lines"><a class="t" href=format!("/machines/{machine}")>{name}</a></div>
                <Form action=calls.follow>
                    {hidden("machine", &machine)}
                    {hidden("on", &"no")}
                    <Submit label=t.unfollow() about kind=Press::Ghost/>
                </Form>
            </li>
        }
    });
    view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor};
    use domain::hours::TimeOfDay;

    fn choice(kind: Kind, mail: bool) -> KindChoiceView {
        KindChoiceView {
            kind,
            urgency: kind.urgency(),
            app: true,
            mail,
            push: kind.is_pushed(),
            slack: None,
            locked: kind.is_locked(),
        }
    }

    #[test]
    fn safety_notices_are_locked_on() {
        let choices = vec![choice(Kind::MachineUnsafe, true), choice(Kind::MachineBlocked, false)];
        let html = html(visitor(Lang::En), "/notices/settings", || view! { <Kinds choices pushes=false/> });
        assert_eq!(html.matches(" disabled").count(), 2, "{html}");
        // With the box of the group: all but the locked ones are on in the app.
        assert_eq!(html.matches(" checked").count(), 4, "{html}");
        assert!(html.contains(r#"value="mail:machine.blocked""#), "{html}");
    }

    #[test]
    fn notice_kinds_are_grouped_with_group_switches() {
        let on = |kind| choice(kind, false);
        let choices = vec![on(Kind::BookingMoved), on(Kind::HoldLifted), on(Kind::BookingReminder)];
        let html = html(visitor(Lang::En), "/notices/settings", || view! { <Kinds choices pushes=false/> });
        assert_eq!(html.matches("<table").count(), 2, "no group is empty: {html}");
        assert!(
            html.contains("My bookings: all by e-mail") && html.contains("My account and reports: all in the app"),
            "{html}"
        );
        let (app, mail) = (r#"data-all="app" checked"#, r#"data-all="mail" checked"#);
        assert!(html.contains(app) && !html.contains(mail), "{html}");
    }

    #[test]
    fn push_column_appears_with_a_device() {
        let choices = vec![choice(Kind::MachineBlocked, false), choice(Kind::MachineUnsafe, true)];
        let html = html(visitor(Lang::En), "/notices/settings", || view! { <Kinds choices pushes=true/> });
        assert!(html.contains(r#"value="push:machine.blocked" checked"#), "{html}");
        assert!(html.contains(r#"name="pushes" value="yes""#) && html.contains("data-all=\"push\""), "{html}");
    }

    #[test]
    fn quiet_time_off_the_hour_stays_selected() {
        let quiet = TimeOfDay::parse("22:15").zip(TimeOfDay::parse("7:00"));
        let quiet = quiet.map(|(from, to)| QuietHours { from, to });
        let html = html(visitor(Lang::En), "/notices/settings", move || view! { <Moments digest=None quiet/> });
        assert!(html.contains("22:15"), "{html}");
    }
}

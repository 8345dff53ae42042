//! The reader's own page: their account, what they may use, their sessions, and the device's preferences.
//!
//! Invariant: anonymous visitors may choose language and theme, and get a sign-in link. Not here: how others see a
//! person (`people`).

pub mod api;
mod device;
pub mod directory;
pub mod factor;
pub mod notifications;
pub mod password;
mod places;
pub mod security;
pub mod sessions;
mod standing;

use crate::{
    call::{Call, PageResource, page_resource},
    cards::mine::Claims,
    lang,
    live::{followed, use_live},
    live_page::loaded,
    sign_in::{api::SignOut, doorway::Carried},
    ui::{
        avatar::Avatar,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        chart::columns,
        form::Form,
        icon::Icon,
        list::{LinkItem, whole},
        refused::Refused,
    },
    visitor::use_visitor,
};
use contract::accounts::{Account, SecondFactor};
use device::Preferences;
use domain::{
    actor::Rank, live::Noun, meters::Measure, people::PersonStatus, pictures::Subject, problem::Problem,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use standing::Standing;
use std::time::Duration;
use text::Lang;

/// Data of the account pages.
type OwnAccount = PageResource<Option<Account>>;

/// The reader's account, loaded again whenever it may have changed.
fn own_account() -> OwnAccount {
    let live = use_live();
    page_resource(move || (live.version(Noun::Person), live.version(Noun::Documents)), |_| api::account())
}

/// Whether the address reports this action as just done.
fn done(what: &str) -> bool {
    use_query_map().with_untracked(|query| query.get_str("done") == Some(what))
}
#[derive(Debug)]
struct PageContext {
    account: OwnAccount,
    saved: bool,
}

impl PageContext {
    fn load() -> Self {
        Self {
            account: own_account(),
            saved: use_query_map().with_untracked(|query| query.get_str("saved").is_some()),
        }
    }
}

/// The page at `/me`.
pub fn me_page() -> AnyView {
    let PageContext { account, saved } = PageContext::load();
    view! {
        <Title text=lang::current().nav_me()/>
        {loaded(4, account, |account| {
                view! { <Own account standing=|| view! { <Standing/> }.into_any()/> }.into_any()
            })}
        {use_visitor().who.map(|_| view! { <Claims/> })}
        <Preferences saved/>
        {use_visitor().who.map(|_| view! { <Leave/> })}
    }
    .into_any()
}

/// Everything but the preferences, without requests, so that tests can render it.
#[component]
fn Own(
    account: RwSignal<Option<Account>>,
    /// What they may use, loaded separately.
    standing: fn() -> AnyView,
) -> impl IntoView {
    dynamic(move || {
        Some(match account.get() {
            Some(account) => view! { <Somebody account>{standing()}</Somebody> }.into_any(),
            None => view! { <Stranger/> }.into_any(),
        })
    })
}

#[component]
fn Stranger() -> impl IntoView {
    let t = lang::current();
    view! {
        <header class="page-head"><h1>{t.nav_me()}</h1></header>
        <section class="card stranger" aria-labelledby="stranger">
            <h2 id="stranger">{t.me_signed_out()}</h2>
            <p>{t.me_signed_out_next()}</p>
            <ButtonLink href="/sign-in?to=/me" label=t.nav_sign_in().to_owned() kind=Kind::Primary/>
        </section>
    }
}

#[component]
fn Somebody(account: Account, children: Children) -> impl IntoView {
    let t = lang::current();
    let long = whole(&account.name).map(|_| "");
    let name = match account.status {
        PersonStatus::Active => Some(rank(account.rank, t)),
        // The banner below says it, and what follows.
        PersonStatus::Applicant | PersonStatus::Suspended | PersonStatus::Left => None,
    };
    view! {
        <header class="me-head">
            <Avatar name=account.name.clone() picture=own_picture(&account)/>
            <div><h1 data-long=long>{account.name.clone()}</h1>{name.map(|name| view! { <p class="muted">{name}</p> })}</div>
        </header>
        <AccountNotices account=account.clone()/>
        {hours(&account)}
        {children()}
        {places::lists()}
        {use_visitor().who.map(|me| view! {
            <ul class="list">
                <LinkItem href=format!("/people/{}", me.id) icon="user-round" title=t.me_record() second=t.me_record_next()/>
                // Managers and auditors have it in the navigation.
                {(me.rank >= Rank::Member && me.rank < Rank::Manager && !me.auditor).then(|| view! {
                    <LinkItem href="/building".to_owned() icon="building-2" title=t.nav_building() second=t.nav_building_next()/>
                })}
            </ul>
        })}
        <Links account/>
    }
}

/// Their hours on machines by week: a chart, and a table for screen readers.
fn hours(account: &Account) -> AnyView {
    let t = lang::current();
    let length = |milliseconds: i64| Duration::from_millis(milliseconds.try_into().unwrap_or(0));
    let sum: i64 = account.hours.iter().map(|(_, used)| used).sum();
    let content = if sum == 0 {
        view! { <p class="muted">{t.me_hours_none()}</p> }.into_any()
    } else {
        let figures = account.hours.iter().map(|(monday, used)| {
            let message = if *used == 0 { "0".to_owned() } else { t.hours(length(*used)) };
            (used.unsigned_abs(), message.trim_end_matches(" h").to_owned(), t.short_day(*monday))
        });
        let figures: Vec<_> = figures.collect();
        let rows = account.hours.iter().map(|(monday, used)| {
            view! { <tr><th scope="row">{t.short_day(*monday)}</th><td>{t.hours(length(*used))}</td></tr> }
        });
        view! {
            {columns(format!("{}. {}", t.me_hours(), t.reports_in_table()), &figures)}
            <table class="visually-hidden">
                <caption>{t.me_hours()}</caption>
                <thead><tr><th scope="col">{t.me_hours_week()}</th><th scope="col">{t.reports_hours()}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    let month = (account.month > 0).then(|| {
        let hours = t.hours(length(account.month));
        let message = match account.energy {
            Some(energy) => t.me_hours_month_energy(&hours, &t.amount(Measure::Power, energy)),
            None => t.me_hours_month(&hours),
        };
        view! { <p class="small">{message}</p> }
    });
    let sum = (sum > 0).then(|| view! { <p class="small muted">{t.me_hours_sum(&t.hours(length(sum)))}</p> });
    view! {
        <section class="card hours" aria-labelledby="hours">
            <div class="card-head"><h2 id="hours">{t.me_hours()}</h2>{sum}</div>
            {content}
            {month}
        </section>
    }
    .into_any()
}

/// Address of the reader's picture.
fn own_picture(account: &Account) -> Option<String> {
    let me = use_visitor().who?;
    account.picture.map(|added| Subject::Person(me.id).src(added, false))
}

/// Important notices about the account.
#[component]
fn AccountNotices(account: Account) -> impl IntoView {
    let t = lang::current();
    let status = match account.status {
        PersonStatus::Applicant => Some((Tone::Info, "info", t.me_waiting(), t.me_waiting_next())),
        PersonStatus::Suspended => Some((Tone::Bad, "octagon-alert", t.me_suspended(), t.me_suspended_next())),
        PersonStatus::Active | PersonStatus::Left => None,
    };
    let (way, name) = match account.second_factor {
        SecondFactor::On { .. } => ("/second-factor?to=/me", t.me_asleep_show()),
        SecondFactor::Off | SecondFactor::Required if account.passkeys > 0 => {
            ("/second-factor?to=/me", t.passkey_use())
        }
        SecondFactor::Off | SecondFactor::Required => ("/me/second-factor", t.me_asleep_set_up()),
    };
    view! {
        {status.map(|(tone, icon, title, next)| view! { <Banner tone icon title=title.to_owned()>{next}</Banner> })}
        {(account.to_sign > 0).then(|| view! {
            <Banner tone=Tone::Warn icon="scroll-text" title=t.document_to_sign(account.to_sign)>
                <a class="link" href="/me/documents">{t.document_read_and_sign()}</a>
            </Banner>
        })}
        {account.asleep.then(|| view! {
            <Banner tone=Tone::Warn icon="lock" title=t.me_asleep().to_owned()>
                {t.me_asleep_next()}" "<a class="link" href=way>{name}</a>
            </Banner>
        })}
    }
}

/// Links to the account pages.
#[component]
fn Links(account: Account) -> impl IntoView {
    let (t, now) = (lang::current(), use_visitor().now);
    let password = account
        .password_set
        .map_or_else(|| t.me_password_never().to_owned(), |at| t.me_password_since(&t.day(at, now)));
    let factor = match account.second_factor {
        SecondFactor::Off => t.me_factor_off().to_owned(),
        SecondFactor::Required => t.me_factor_wanted().to_owned(),
        SecondFactor::On { codes_left, .. } => t.me_factor_on(codes_left.into()),
    };
    let to_sign =
        if account.to_sign == 0 { t.documents_own_none().to_owned() } else { t.document_to_sign(account.to_sign) };
    let passkeys = match account.passkeys {
        0 => t.passkeys_none().to_owned(),
        passkeys => t.security_link(passkeys),
    };
    let sessions = t.me_sessions_count(u32::try_from(account.sessions.len()).unwrap_or(u32::MAX));
    view! {
        <section class="group" aria-labelledby="account">
            <h2 class="group-head" id="account">{t.me_account()}{account.email.map(|email| view! { <span class="n">{email}</span> })}</h2>
            <ul class="list">
                <LinkItem href="/me/security".to_owned() icon="lock" title=t.security_title() second=passkeys/>
                <LinkItem href="/me/sessions".to_owned() icon="laptop" title=t.me_sessions() second=sessions/>
                {(!account.passwords_off).then(|| view! {
                    <LinkItem href="/me/password".to_owned() icon="lock" title=t.me_password() second=password/>
                })}
                <LinkItem href="/me/second-factor".to_owned() icon="shield-check" title=t.me_factor() second=factor/>
                {(account.status == PersonStatus::Active).then(|| view! {
                    <LinkItem href="/groups".to_owned() icon="users-round" title=t.groups_mine() second=t.groups_mine_next()/>
                    <LinkItem href="/draws".to_owned() icon="ticket" title=t.draws_title() second=t.nav_draws_next()/>
                })}
                {account.has_dues.then(|| view! {
                    <LinkItem href="/membership".to_owned() icon="id-card" title=t.dues_title() second=t.me_dues_next()/>
                })}
                {account.has_directory.then(|| view! {
                    <LinkItem href="/me/directory".to_owned() icon="network" title=t.directory_mine_title() second=t.directory_mine_sub()/>
                })}
                {account.has_slack.then(|| view! {
                    <LinkItem href="/me/slack".to_owned() icon="link" title=t.slack_me_title() second=t.slack_me_second()/>
                })}
                <LinkItem href="/me/notifications".to_owned() icon="bell" title=t.push_title() second=t.push_next()/>
                <LinkItem href="/me/documents".to_owned() icon="scroll-text" title=t.documents_title() second=to_sign/>
                <LinkItem href="/me/calendar".to_owned() icon="calendar-days" title=t.feeds_title() second=t.feeds_link()/>
                <LinkItem href="/me/tokens".to_owned() icon="laptop" title=t.tokens_title() second=t.tokens_programs()/>
                <LinkItem href="/me/data".to_owned() icon="scroll-text" title=t.me_data() second=t.me_data_next()/>
            </ul>
        </section>
    }
}

#[component]
fn Leave() -> impl IntoView {
    let out = Call::<SignOut>::new();
    view! {
        <div class="leave">
            <Form action=out reload=true>
                <Carried name="to" value=String::new()/>
                <Submit label=lang::current().me_sign_out()/>
            </Form>
        </div>
    }
}

/// Link back to the account.
#[component]
fn Back() -> impl IntoView {
    view! { <a class="crumb" href="/me"><Icon name="chevron-left"/>{lang::current().nav_me()}</a> }
}

/// An account page below `/me`; anonymous visitors get a sign-in link.
fn mine(account: OwnAccount, view: impl Fn(Account) -> AnyView + Send + Copy + 'static) -> impl IntoView {
    followed(
        account,
        Box::new(move |account| {
            dynamic(move || Some(account.get().map_or_else(|| view! { <SignInFirst/> }.into_any(), view)))
                .into_any()
        }),
    )
}

/// Shown to anonymous visitors instead.
#[component]
fn SignInFirst() -> impl IntoView {
    let problem =
        Problem::new("actor.unknown", domain::problem::Kind::SignIn, lang::current().forbidden_sign_in());
    view! { <Refused problem/> }
}

/// The label of a rank.
const fn rank(rank: Rank, t: Lang) -> &'static str {
    match rank {
        Rank::Guest => t.me_rank_guest(),
        Rank::Member => t.me_rank_member(),
        Rank::Inductor => t.me_rank_inductor(),
        Rank::Manager => t.me_rank_manager(),
        Rank::Administrator => t.me_rank_administrator(),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use crate::visitor::{Me as Signed, Visitor};
    use contract::accounts::SessionView;
    use domain::{
        id::{PersonId, SessionId},
        meters::Amount,
        time::Date,
    };

    pub(super) fn account() -> Account {
        let session = |id, device: &str, minutes, here| SessionView {
            id: SessionId(id),
            device: device.into(),
            created: ago(minutes),
            seen: NOW,
            here,
        };
        Account {
            picture: None,
            name: "Nora Kofler".into(),
            email: Some("nora@example.org".into()),
            sessions: vec![
                session(1, "Firefox on Linux", 20, true),
                session(2, "Chrome on Android", 4_000, false),
            ],
            second_factor: SecondFactor::Off,
            passkeys: 0,
            password_set: Some(ago(4_000)),
            passwords_off: false,
            status: PersonStatus::Active,
            rank: Rank::Member,
            asleep: false,
            to_sign: 0,
            has_dues: true,
            has_slack: true,
            has_directory: true,
            hours: (0..12)
                .map(|week| (Date::from_days(20_696 + week * 7), if week % 2 == 0 { 0 } else { 9_000_000 }))
                .collect(),
            month: 21_600_000,
            energy: Some(Amount(2_380)),
        }
    }

    fn render(lang: Lang, account: Option<Account>) -> String {
        html(
            visitor(lang),
            "/me",
            move || view! { <Own account=RwSignal::new(account) standing=|| ().into_any()/> },
        )
    }

    #[test]
    fn anonymous_account_page_links_sign_in_with_return() {
        let html = render(Lang::En, None);
        assert!(html.contains(r#"href="/sign-in?to=/me""#), "{html}");
    }

    #[test]
    fn account_page_shows_person_and_edit_links() {
        let html = render(Lang::En, Some(account()));
        let words = words(&html);
        assert!(words.contains("NKNora KoflerMember"), "{words}");
        assert!(words.contains("On 2 devices"), "{words}");
        assert!(words.contains("Set Monday 16 November"), "{words}");
        for page in ["/me/security", "/me/sessions", "/me/password", "/me/second-factor"] {
            assert!(html.contains(&format!(r#"href="{page}""#)), "{page} in {html}");
        }
    }

    #[test]
    fn passwords_switched_off_are_no_line_of_the_account() {
        let html = render(Lang::En, Some(Account { passwords_off: true, ..account() }));
        assert!(html.contains(r#"href="/me/security""#) && !html.contains(r#"href="/me/password""#), "{html}");
    }

    #[test]
    fn hours_chart_has_figures_and_table() {
        // Without the marks between text nodes.
        let html = render(Lang::It, Some(account())).replace("<!>", "");
        assert_eq!(html.matches(r#"class="bar-fill""#).count(), 12, "{html}");
        assert!(html.contains(">2,5</text>") && html.contains("<td>2,5 h</td>"), "{html}");
        assert!(words(&html).contains("15 h in 12 settimane"), "{html}");
        assert!(words(&html).contains("Questo mese: 6,0 h, 2,38 kWh misurati"), "{html}");
        let unmeasured = render(Lang::En, Some(Account { energy: None, ..account() }));
        assert!(words(&unmeasured).contains("This month: 6.0 h") && !unmeasured.contains("kWh"), "{unmeasured}");
        let idle = Account { hours: vec![], ..account() };
        let html = render(Lang::En, Some(idle));
        assert!(words(&html).contains("No hours on machines in the last 12 weeks."), "{html}");
        assert!(!html.contains("bar-fill"), "{html}");
    }

    #[test]
    fn member_account_links_own_record() {
        let who = Signed {
            id: PersonId(7),
            name: "Nora Kofler".into(),
            rank: Rank::Member,
            asleep: false,
            auditor: false,
            trains: false,
        };
        let nora = Visitor { who: Some(who), ..visitor(Lang::En) };
        let html = html(nora, "/me", || {
            view! { <Own account=RwSignal::new(Some(account())) standing=|| ().into_any()/> }
        });
        assert!(html.contains(r#"href="/people/7""#), "{html}");
    }

    #[test]
    fn applicant_account_shows_pending_state() {
        let html =
            render(Lang::It, Some(Account { status: PersonStatus::Applicant, rank: Rank::Guest, ..account() }));
        assert!(words(&html).contains("La tua richiesta è in esame"), "{html}");
    }

    #[test]
    fn inactive_role_links_second_factor() {
        let asleep = Account { asleep: true, second_factor: SecondFactor::Required, ..account() };
        assert!(render(Lang::En, Some(asleep)).contains(r#"href="/me/second-factor" class="link""#));
        let on = SecondFactor::On { since: ago(9_000), codes_left: 9 };
        let asleep = Account { asleep: true, second_factor: on, ..account() };
        assert!(render(Lang::En, Some(asleep)).contains(r#"href="/second-factor?to=/me""#));
    }
}

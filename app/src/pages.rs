//! Which address is which page, and in which area of the app its code is.
//!
//! Invariant: routes are data. A page is one line here and costs the main module its address; its code, and its
//! data types, are in its area's module, which the browser loads with the first page of that area. Not here: what
//! pages show.
//!
//! An address with an id matches numbers only; the page gets the id, and another id makes a new page.

use crate::{
    address::number, announcements, assets::Sheet, audit, availability, boards, bookings, building, cards,
    checkouts, closures, connections, displays, documents, draws, dues, equipment, external_calendars, feeds,
    find, firmware, forgotten, frame::FramedPage, groups, help, history, hours, identity_providers, imports,
    kiosk, labels, link, machine, maintenance, manage, me, notices, now::Now, people, plan, privacy, problems,
    qualifications, reference, reports, rooms, second_factor, series, set_up, settings, sign_in, slack, system,
    tokens, training, training_events, training_hosting, training_requests, ui::changing::dynamic, user_directory,
    webhooks,
};
use domain::id::{
    ActuatorId, AppointmentId, BookingId, CardId, DocumentId, DrawId, GroupId, MachineId, ModuleId, PersonId,
    RoomId, SeriesId, TrainingEventId, TypeId, WebhookId,
};
use leptos::prelude::*;
use leptos_router::{
    ChooseView, GeneratedRouteData, MatchInterface, MatchNestedRoutes, MatchParams, PathSegment, RouteMatchId,
    SsrMode, hooks::use_params_map,
};
use std::{borrow::Cow, fmt, future::Future, iter, pin::Pin, sync::LazyLock};

/// How every page is rendered: as one piece of finished HTML, with the right status and title and complete without
/// script.
const SSR: SsrMode = SsrMode::Async;

/// Loads an area's module and renders the page with this number in it; without a number it only loads.
pub type Module = fn(Option<usize>) -> Pin<Box<dyn Future<Output = Option<AnyView>>>>;

/// Pages whose code is loaded together.
pub struct Area {
    /// Whether its pages have the frame with the navigation.
    framed: bool,
    /// Where the style is that other areas do without. Empty if all of it is in `style/main.css`.
    sheets: &'static [Sheet],
    /// The addresses of its pages, without the leading slash.
    paths: &'static [&'static str],
    module: Module,
}

/// Everybody begins here, so this page is in the main module.
static HOME: Area = Area {
    framed: true,
    sheets: &[],
    paths: &[""],
    module: |page| Box::pin(async move { page.map(|_| view! { <Now/> }.into_any()) }),
};

/// Parameters of addresses.
const PARAMS: [&str; 4] = ["id", "plan", "what", "token"];

/// Rebuilds the page when the address names another thing, because its state and its forms are about one thing.
fn remount(page: fn() -> AnyView) -> AnyView {
    let params = use_params_map();
    // The router emits parameters again, and in another order, when nothing changed.
    let thing = Memo::new(move |_| {
        params.with(|params| PARAMS.iter().filter_map(|name| params.get_str(name)).collect::<String>())
    });
    dynamic(move || {
        // Read here, because a memo without readers follows nothing.
        thing.get();
        Some(untrack(page))
    })
    .into_any()
}

/// A page about the thing with the id in its address.
fn about(page: fn(i64) -> AnyView) -> AnyView {
    number("id").map_or_else(|| ().into_any(), page)
}

/// A page, with the parameter that identifies its thing, if any.
macro_rules! page {
    ($page:path) => {
        $page
    };
    ($page:path, $id:path) => {
        || about(|id| $page($id(id)))
    };
}

/// Declares [`AREAS`] and the split point of each: its name, whether it is framed and the style sheets it
/// needs beside that of the first load.
macro_rules! areas {
    ($($(#[$only:meta])* $area:ident $framed:literal [$($sheet:ident)*] { $($path:literal => $page:path $(: $id:path)?,)+ })+) => {
        $(
            $(#[$only])*
            #[lazy]
            #[cfg_attr(feature = "ssr", allow(clippy::unused_async, reason = "it waits for its module in the browser"))]
            fn $area(page: Option<usize>) -> Option<AnyView> {
                page.and_then(|page| [$(page!($page $(, $id)?) as fn() -> AnyView),+].get(page).copied()).map(remount)
            }
        )+

        static AREAS: &[&Area] = &[&HOME, $(
            $(#[$only])*
            &Area { framed: $framed, sheets: &[$(Sheet::$sheet),*], paths: &[$($path),+], module: |page| Box::pin($area(page)) },
        )+];
    };
}

// Pages used for one task form one area, so that moving between them loads no code.
areas! {
    entrance false [Areas] {
        "sign-in" => sign_in::sign_in_page,
        "apply" => sign_in::apply::applying_page,
        "forgotten" => forgotten::forgotten_page,
        "link/:token" => link::linked_page,
        "enter/:token" => link::linked_page,
        "second-factor" => second_factor::second_factor_page,
    }
    // Apart from the entrance, so that those who sign in otherwise load none of it.
    arriving false [Areas] {
        "sign-in/provider" => identity_providers::arrival::arrival_page,
    }
    first_start false [House] {
        "set-up/:token" => set_up::set_up_page,
        "start" => set_up::steps::first_start_page,
    }
    account true [] {
        "me" => me::me_page,
        "me/sessions" => me::sessions::sessions_page,
        "me/password" => me::password::own_password_page,
        "me/second-factor" => me::factor::own_factor_page,
        "machines/:id/claim" => cards::claim::claim_page: MachineId,
    }
    access_from_outside true [Areas] {
        "me/directory" => me::directory::own_directory_page,
        "me/notifications" => me::notifications::notifications_page,
        "me/tokens" => tokens::tokens_page,
        "me/calendar" => feeds::feeds_page,
    }
    signing true [] {
        "me/documents" => documents::own::own_documents_page,
        "documents/:id" => documents::sign::document_page: DocumentId,
    }
    documents true [] {
        "documents" => documents::manage::documents_page,
        "documents/:id/edit" => documents::edit::edit_document_page: DocumentId,
        "documents/:id/people" => documents::signers::signers_page: DocumentId,
        "people/:id/documents" => documents::person::person_documents_page: PersonId,
    }
    security true [Areas] {
        "me/security" => me::security::security_page,
        "me/security/prove" => me::security::prove_page,
    }
    helping true [] {
        "machines/:id/help" => help::help_page: MachineId,
    }
    at_machine true [] {
        "machines/:id" => machine::machine_page: MachineId,
        "machines/:id/report" => problems::report::report_page: MachineId,
        "machines/:id/report/upload" => problems::report::report_page: MachineId,
    }
    checking_out true [Areas] {
        "checkouts" => checkouts::checkouts_page,
        "checkouts/new" => checkouts::record_page,
        "checkouts/:id" => checkouts::checkout_page: AppointmentId,
    }
    checkout_times true [Areas] {
        "checkouts/types/:id" => checkouts::slots_page: TypeId,
    }
    offering true [Areas] {
        "availability" => availability::availability_page,
    }
    own_bookings true [Areas] {
        "book/mine" => bookings::mine_page,
        "bookings/:id" => bookings::booking_page: BookingId,
    }
    booking true [Areas] {
        "book" => bookings::find_page,
        "book/:what" => bookings::day_page,
    }
    department true [Areas] {
        "rooms/:id" => rooms::one::room_page: RoomId,
        "plan" => plan::plan_page,
        "plan/edit" => plan::edit_page,
    }
    rooms_by_hour true [Areas] {
        "bookings/rooms" => bookings::by_hour_page,
    }
    calendar true [Areas] {
        "bookings" => bookings::week_page,
        "bookings/requests" => bookings::requests_page,
        "closures" => closures::closures_page,
        "machines/:id/outage" => bookings::outage_page: MachineId,
    }
    policies true [Areas] {
        "bookings/rules" => bookings::rules_page,
    }
    settings true [Areas] {
        "settings" => settings::settings_page,
    }
    building true [House] {
        "building/meters" => building::meters::meters_page,
        "building/doors" => building::doors::doors_page,
        "building/evacuate" => building::evacuation::evacuation_page,
    }
    building_devices true [House] {
        "building/devices" => building::devices::devices_page,
    }
    reporting true [House] {
        "reports" => reports::reports_page,
    }
    records true [House] {
        "machines/:id/history" => history::history_page: MachineId,
        "people/:id/bookings" => people::person::bookings::bookings_page: PersonId,
        "people/:id/decisions" => machine::attempts::decisions_page: PersonId,
        "people/:id/uses" => people::person::uses::uses_page: PersonId,
    }
    inventory true [House] {
        "machines" => equipment::inventory::machines_page,
        "machines/new" => equipment::new_machine_page,
        "places" => equipment::places::places_page,
        "rooms" => rooms::rooms_page,
    }
    sheets true [] {
        "machines/:id/edit" => equipment::edit::edit_machine_page: MachineId,
        "types/:id/edit" => equipment::kind::edit_type_page,
        "types/new" => equipment::kind::edit_type_page,
    }
    upkeep true [House] {
        "machines/:id/maintenance" => maintenance::at_machine::maintenance_page: MachineId,
        "machines/:id/plans/:plan" => maintenance::plan::plan_page: MachineId,
        "machines/:id/plans/new" => maintenance::plan::plan_page: MachineId,
        "maintenance" => maintenance::coming::coming_page,
        "problems" => problems::queue::problems_page,
    }
    actuating true [House] {
        "building" => building::building_page,
        "building/rules" => building::actuators::rules::rules_page,
        "building/actuators/:id" => building::actuators::one::actuator_page: ActuatorId,
    }
    hardware true [House] {
        "boards" => boards::boards_page,
        "firmware" => firmware::firmware_page,
        "displays" => displays::displays_page,
    }
    every_group true [Areas] {
        "groups" => groups::groups_page,
    }
    memberships true [Areas] {
        "groups/:id" => groups::one::group_page: GroupId,
        "groups/:id/join" => groups::join::join_page: GroupId,
    }
    series true [Areas] {
        "series" => series::series_list_page,
        "series/new" => series::new::new_series_page,
        "series/:id" => series::one::series_page: SeriesId,
        "series/:id/change" => series::change::change_series_page: SeriesId,
    }
    drawing true [Areas] {
        "draws" => draws::draws_page,
        "draws/:id" => draws::one::draw_page: DrawId,
        "draws/:id/wish" => draws::wish_form::wish_page: DrawId,
    }
    // Its code runs the draw again, which the other pages need not load.
    draw_proof true [Areas] {
        "draws/:id/verify" => draws::verify::verify_page: DrawId,
    }
    directory true [House] {
        "people" => people::people_page,
        "people/invite" => people::invite::inviting_page,
        "cards/:id" => cards::page::card_page: CardId,
        "unknown-cards" => cards::unknown::unknown_page,
    }
    person true [House] {
        "people/:id" => people::person::overview::overview_page: PersonId,
    }
    standing true [House] {
        "people/:id/qualifications" => people::person::standing::qualified_page: PersonId,
    }
    // Apart from the account, so that pages which members open on the way to a machine load none of it.
    dues true [House] {
        "membership" => dues::own::membership_page,
        "people/payments" => people::payments::payments_page,
        "people/:id/membership" => people::person::membership::membership_page: PersonId,
    }
    person_records true [House] {
        "people/:id/timeline" => people::person::timeline::timeline_page: PersonId,
        "people/:id/account" => people::person::account::person_account_page: PersonId,
        "people/:id/data" => privacy::data::data_page,
        "me/data" => privacy::data::data_page,
    }
    training true [Areas] {
        "types" => qualifications::types_page,
        "types/:id" => qualifications::kind::kind_page: TypeId,
        "types/:id/checklist" => checkouts::list_page: TypeId,
    }
    learning true [Areas] {
        "learn" => training::learn_page,
        "learn/:id" => training::watch::module_page: ModuleId,
        "learn/:id/quiz" => training::quiz::quiz_page: ModuleId,
    }
    attending true [Areas] {
        "events" => training_events::events_page,
        "events/:id" => training_events::one::event_page: TrainingEventId,
        "events/:id/invitation" => training_events::invited::invitation_page: TrainingEventId,
        "training/ask/:id" => training_requests::ask::ask_page: TypeId,
    }
    hosting true [Areas] {
        "training/demand" => training_hosting::demand::demand_page,
        "events/new" => training_hosting::form::new_event_page,
        "events/:id/edit" => training_hosting::form::edit_event_page: TrainingEventId,
    }
    results true [Areas] {
        "events/:id/results" => training_hosting::results::results_page: TrainingEventId,
    }
    courses true [Areas] {
        "modules" => training::edit::modules_page,
        "modules/:id" => training::edit::module_editor_page: ModuleId,
    }
    inbox true [House] {
        "manage" => manage::manage_page,
    }
    notices true [Areas] {
        "notices" => notices::notices_page,
        "notices/settings" => notices::settings::notice_settings_page,
        "unsubscribe" => notices::unsubscribe::unsubscribe_page,
        "deliveries" => notices::deliveries::deliveries_page,
    }
    rules true [] {
        "hours" => hours::hours_page,
        "announcements" => announcements::announcements_page,
        "retention" => privacy::retention::retention_page,
    }
    lists true [House] {
        "import" => imports::import_page,
        "import/bookings" => imports::bookings::import_bookings_page,
        "import/fabomatic" => imports::take_over::take_over_page,
        "external-calendars" => external_calendars::external_calendars_page,
        "export" => imports::export::export_page,
        "machines/labels" => labels::labels_page,
    }
    slack true [House] {
        "slack" => slack::slack_page,
        "me/slack" => slack::own::slack_account_page,
    }
    connecting true [House] {
        "connections" => connections::connections_page,
    }
    operation true [House] {
        "system" => system::system_page,
        "audit" => audit::audit_page,
        "api" => reference::reference_page,
    }
    telling true [House] {
        "webhooks" => webhooks::webhooks_page,
        "webhooks/new" => webhooks::new_webhook_page,
        "webhooks/:id" => webhooks::one::webhook_page: WebhookId,
    }
    search true [] {
        "find" => find::find_page,
    }
    wall false [Areas] {
        "kiosk" => kiosk::kiosk_page,
        "kiosk/plan" => plan::wall_page,
        "kiosk/sign" => kiosk::sign::sign_page,
    }
    sign_in_providers true [House] {
        "sign-in-providers" => identity_providers::sign_in_providers_page,
    }
    user_directory_pages true [House] {
        "directory" => user_directory::people::directory_page,
        "directory/connection" => user_directory::connection::directory_connection_page,
    }
    // In development builds only: both halves are built with the same debug assertions, so they agree on it.
    #[cfg(debug_assertions)]
    samples false [Areas House] {
        "ui" => crate::gallery::gallery_page,
    }
}

/// Ids by which the router knows whether it is still the same page: of the frame, and of each page of each area.
static IDS: LazyLock<(RouteMatchId, Vec<Vec<RouteMatchId>>)> = LazyLock::new(|| {
    let pages = |area: &&Area| area.paths.iter().map(|_| RouteMatchId::new_from_route_id()).collect();
    (RouteMatchId::new_from_route_id(), AREAS.iter().map(pages).collect())
});

/// The routes of the app.
#[derive(Debug, Clone, Copy)]
pub struct Pages;

/// The match of an address.
#[derive(Clone)]
pub struct Found {
    id: RouteMatchId,
    address: String,
    params: Vec<(Cow<'static, str>, String)>,
    view: Rendered,
}

/// Where it is rendered.
#[derive(Clone)]
pub enum Rendered {
    /// The frame, with the page as its outlet.
    Frame(Box<Found>),
    Page {
        area: &'static Area,
        page: usize,
    },
}

/// The style sheets of the page at `path`.
#[cfg(feature = "ssr")]
fn sheets_at(path: &str) -> &'static [Sheet] {
    let view = Pages::find(path).map(|found| found.view);
    let view = if let Some(Rendered::Frame(page)) = view { Some(page.view) } else { view };
    if let Some(Rendered::Page { area, .. }) = view { area.sheets } else { &[] }
}

/// The style sheets of the requested page.
#[cfg(feature = "ssr")]
pub fn sheets_of_request() -> &'static [Sheet] {
    use_context::<http::request::Parts>().map(|parts| sheets_at(parts.uri.path())).unwrap_or_default()
}

impl Pages {
    /// The page at `path`. Of two matches, the one with fewer parameters: `/machines/new` is no machine.
    fn find(path: &str) -> Option<Found> {
        let all = AREAS.iter().enumerate().flat_map(|(at, area)| {
            area.paths
                .iter()
                .enumerate()
                .filter_map(move |(page, pattern)| params(pattern, path).map(|params| (at, page, params)))
        });
        let (at, page, params) = all.min_by_key(|(_, _, params)| params.len())?;
        let area = AREAS[at];
        let (frame, ids) = &*IDS;
        let view = Rendered::Page { area, page };
        let found = Found { id: ids[at][page], address: path.to_owned(), params, view };
        Some(if area.framed {
            let params = found.params.clone();
            Found { id: *frame, address: String::new(), params, view: Rendered::Frame(Box::new(found)) }
        } else {
            found
        })
    }
}

/// Values in `path` for the parameters of `pattern`; `None` if it does not match.
fn params(pattern: &'static str, path: &str) -> Option<Vec<(Cow<'static, str>, String)>> {
    let path = path.strip_prefix('/')?;
    let mut parts = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path).split('/');
    let mut params = Vec::new();
    for segment in pattern.split('/') {
        let part = parts.next()?;
        match segment.strip_prefix(':') {
            Some(name) if fits(name, part) => params.push((name.into(), part.to_owned())),
            None if part == segment => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(params)
}

/// Whether `part` of an address is valid for a parameter: numbers for ids.
fn fits(parameter: &str, part: &str) -> bool {
    match parameter {
        "id" | "plan" => part.parse::<i64>().is_ok_and(|id| id.to_string() == part),
        _ => !part.is_empty(),
    }
}

impl MatchNestedRoutes for Pages {
    type Data = ();
    type Match = Found;

    fn match_nested<'a>(&'a self, path: &'a str) -> (Option<(RouteMatchId, Found)>, &'a str) {
        match Self::find(path) {
            Some(found) => (Some((found.id, found)), ""),
            None => (None, path),
        }
    }

    fn generate_routes(&self) -> impl IntoIterator<Item = GeneratedRouteData> + '_ {
        AREAS.iter().flat_map(|area| area.paths).map(|path| GeneratedRouteData {
            segments: path.split('/').map(segment).collect(),
            ssr_mode: SSR,
            methods: iter::once(leptos_router::Method::Get).collect(),
            regenerate: Vec::new(),
        })
    }

    fn optional(&self) -> bool {
        false
    }
}

fn segment(written: &'static str) -> PathSegment {
    written.strip_prefix(':').map_or(PathSegment::Static(written.into()), |name| PathSegment::Param(name.into()))
}

impl MatchParams for Found {
    fn to_params(&self) -> Vec<(Cow<'static, str>, String)> {
        self.params.clone()
    }
}

impl MatchInterface for Found {
    type Child = Self;

    fn as_id(&self) -> RouteMatchId {
        self.id
    }

    fn as_matched(&self) -> &str {
        &self.address
    }

    fn into_view_and_child(self) -> (impl ChooseView, Option<Self>) {
        let child = if let Rendered::Frame(page) = &self.view { Some((**page).clone()) } else { None };
        (self.view, child)
    }
}

impl ChooseView for Rendered {
    async fn choose(self) -> AnyView {
        match self {
            Self::Frame(_) => view! { <FramedPage/> }.into_any(),
            Self::Page { area, page } => {
                #[cfg(feature = "hydrate")]
                // Begun here, so that they load while the module does.
                let styles = Sheet::ALL
                    .map(|sheet| area.sheets.contains(&sheet).then(|| crate::assets::area_style(sheet)).flatten());
                let view = (area.module)(Some(page)).await.unwrap_or_else(|| ().into_any());
                #[cfg(feature = "hydrate")]
                for style in styles.into_iter().flatten() {
                    style.await;
                }
                view
            }
        }
    }

    async fn preload(&self) {
        if let Self::Page { area, .. } = self {
            (area.module)(None).await;
        }
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if matches!(self, Self::Frame(_)) { "Frame" } else { "Page" })
    }
}

#[cfg(test)]
mod tests;

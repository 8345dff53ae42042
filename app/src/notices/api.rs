//! The calls for what somebody is told and wants to be told, and for what leaves by mail.

use crate::problem::AppError;
#[cfg(feature = "ssr")]
use domain::id::PersonId;
use domain::id::{DeliveryId, MachineId, NoticeId};
use leptos::prelude::*;
use views::{
    deliveries,
    notices::{Filed, NoticeSettings, Notices, Unwanted, Which},
};

/// A page of the reader's notices, from behind `after` on.
#[server(name = ReadNotices, endpoint = "notices/list", protocol = crate::call::Wire)]
pub async fn list(which: Which, after: Option<NoticeId>) -> Result<Notices, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::list(&ctx, &crate::request::actor(), which, after).await?)
}

/// How many of the reader's notices are unread, and how much waits in their inbox.
#[server(name = CountNotices, endpoint = "notices/count", protocol = crate::call::Wire)]
pub async fn count() -> Result<[u32; 2], AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    Ok(services::inbox::count(&ctx, &actor).await?)
}

/// Leads to what a notice is about; it is read by that.
#[server(name = OpenNotice, endpoint = "notices/open", protocol = crate::call::Wire)]
pub async fn open(id: NoticeId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    let page = services::notices::open(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect(&page);
    Ok(())
}

#[server(name = ReadAllNotices, endpoint = "notices/read-all", protocol = crate::call::Wire)]
pub async fn read_all() -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::read(&ctx, &crate::request::actor(), None).await?)
}

/// Archives one notice, or all that are read.
#[server(name = ArchiveNotices, endpoint = "notices/archive", protocol = crate::call::Wire)]
pub async fn archive(
    /// Left out: all that are read.
    #[server(default)]
    id: Option<NoticeId>,
) -> Result<Filed, AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let archived = services::notices::archive(&ctx, &actor, id).await?;
    Ok(Filed { archived, restored: 0 })
}

/// Takes notices back from the archive.
#[server(name = RestoreNotices, endpoint = "notices/restore", protocol = crate::call::Wire)]
pub async fn restore(#[server(default)] ids: Vec<NoticeId>) -> Result<Filed, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let restored = services::notices::restore(&ctx, &crate::request::actor(), ids).await?;
    Ok(Filed { archived: Vec::new(), restored })
}

/// Whether the reader follows a machine.
#[server(name = ReadFollowed, endpoint = "notices/follows", protocol = crate::call::Wire)]
pub async fn follows(machine: MachineId) -> Result<bool, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::follows(&ctx, &crate::request::actor(), machine).await?)
}

#[server(name = FollowMachine, endpoint = "notices/follow", protocol = crate::call::Wire)]
pub async fn follow(
    machine: MachineId,
    /// `no` ends it.
    #[server(default)]
    on: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::follow(&ctx, &crate::request::actor(), machine, on != "no").await?)
}

/// What the reader wants to be told, and where.
#[server(name = ReadNoticeSettings, endpoint = "notices/settings", protocol = crate::call::Wire)]
pub async fn settings() -> Result<NoticeSettings, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notice_settings::page(&ctx, &crate::request::actor()).await?)
}

#[server(name = ChooseNotices, endpoint = "notices/choose", protocol = crate::call::Wire)]
pub async fn choose(
    /// The kinds that could be ticked.
    #[server(default)]
    visible: Vec<String>,
    /// What is ticked, as `mail:machine.blocked`.
    #[server(default)]
    on: Vec<String>,
    /// The hour of the daily mail; empty: none.
    #[server(default)]
    digest: String,
    #[server(default)] quiet_from: String,
    #[server(default)] quiet_to: String,
) -> Result<(), AppError> {
    use services::notice_settings::{self, ChooseNotices};
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let mut kinds = notice_settings::reaching(&actor);
    kinds.retain(|kind| visible.iter().any(|name| name == kind.as_str()));
    let chosen = ChooseNotices::read(&kinds, &on, &digest, &quiet_from, &quiet_to);
    notice_settings::choose(&ctx, &actor, chosen).await?;
    leptos_axum::redirect("/notices/settings?saved");
    Ok(())
}

/// Has mails go to the reader's address again, though they came back.
#[server(name = TrustAddress, endpoint = "notices/trust-address", protocol = crate::call::Wire)]
pub async fn trust_address() -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::notice_settings::trust_address(&ctx, &crate::request::actor()).await?;
    leptos_axum::redirect("/notices/settings");
    Ok(())
}

/// What a link in a mail would switch off.
#[server(name = ReadUnsubscribe, endpoint = "notices/unsubscribe-link", protocol = crate::call::Wire)]
pub async fn not_requested(
    #[server(default)] who: i64,
    #[server(default)] what: String,
    #[server(default)] sign: String,
) -> Result<Unwanted, AppError> {
    use services::outbox::unsubscribe::{Link, look};
    let ctx = expect_context::<services::Ctx>();
    Ok(look(&ctx, &Link { person: PersonId(who), what, sign }).await?)
}

/// Switches it off.
#[server(name = Unsubscribe, endpoint = "notices/unsubscribe", protocol = crate::call::Wire)]
pub async fn unsubscribe(
    #[server(default)] who: i64,
    #[server(default)] what: String,
    #[server(default)] sign: String,
) -> Result<(), AppError> {
    use services::outbox::unsubscribe::{Link, follow};
    let ctx = expect_context::<services::Ctx>();
    let again = format!("/unsubscribe?who={who}&what={what}&sign={sign}&done");
    follow(&ctx, &Link { person: PersonId(who), what, sign }).await?;
    leptos_axum::redirect(&again);
    Ok(())
}

/// What leaves by mail, what left, and what did not.
#[server(name = ReadDeliveries, endpoint = "deliveries/list", protocol = crate::call::Wire)]
pub async fn deliveries(
    which: deliveries::Which,
    after: Option<DeliveryId>,
) -> Result<deliveries::Deliveries, AppError> {
    use services::deliveries::{PAGE, list};
    let ctx = expect_context::<services::Ctx>();
    Ok(list(&ctx, &crate::request::actor(), which, after, PAGE).await?)
}

/// Has a delivery that failed be tried again, or all that have.
#[server(name = RetryDeliveries, endpoint = "deliveries/retry", protocol = crate::call::Wire)]
pub async fn retry(
    /// Left out: all.
    #[server(default)]
    id: Option<DeliveryId>,
) -> Result<u32, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::deliveries::retry(&ctx, &crate::request::actor(), id).await?)
}

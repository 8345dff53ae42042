//! Server functions for notices and mail deliveries.

use crate::problem::AppError;
use contract::{
    deliveries,
    notices::{Filed, Notices, Unwanted, Which},
};
#[cfg(feature = "ssr")]
use domain::id::PersonId;
use domain::id::{DeliveryId, MachineId, NoticeId};
use leptos::prelude::*;

/// A page of the reader's notices, after the cursor.
#[server(name = ReadNotices, endpoint = "notices/list", protocol = crate::call::Wire)]
pub async fn list(which: Which, after: Option<NoticeId>) -> Result<Notices, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::list(&ctx, &crate::request::actor(), which, after).await?)
}

/// How many notices are unread, and how many items wait in the inbox.
#[server(name = CountNotices, endpoint = "notices/count", protocol = crate::call::Wire)]
pub async fn count() -> Result<[u32; 2], AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    Ok(services::inbox::count(&ctx, &actor).await?)
}

/// Opens a notice's subject, which marks it as read.
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
    /// `None` for all that are read.
    #[server(default)]
    id: Option<NoticeId>,
) -> Result<Filed, AppError> {
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let archived = services::notices::archive(&ctx, &actor, id).await?;
    Ok(Filed { archived, restored: 0 })
}

/// Restores archived notices.
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
    /// `no` stops following.
    #[server(default)]
    on: String,
) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::follow(&ctx, &crate::request::actor(), machine, on != "no").await?)
}

/// What an unsubscribe link would switch off.
#[server(name = ReadUnsubscribe, endpoint = "notices/unsubscribe-link", protocol = crate::call::Wire)]
pub async fn not_requested(
    #[server(default)] who: i64,
    #[server(default)] what: String,
    #[server(default)] sign: String,
) -> Result<Unwanted, AppError> {
    use services::outbox::unsubscribe::{Link, find};
    let ctx = expect_context::<services::Ctx>();
    Ok(find(&ctx, &Link { person: PersonId(who), what, sign }).await?)
}

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

/// Mails waiting, sent and failed.
#[server(name = ReadDeliveries, endpoint = "deliveries/list", protocol = crate::call::Wire)]
pub async fn deliveries(
    which: deliveries::Which,
    after: Option<DeliveryId>,
) -> Result<deliveries::Deliveries, AppError> {
    use services::deliveries::{PAGE, list};
    let ctx = expect_context::<services::Ctx>();
    Ok(list(&ctx, &crate::request::actor(), which, after, PAGE).await?)
}

/// Retries one failed delivery, or all.
#[server(name = RetryDeliveries, endpoint = "deliveries/retry", protocol = crate::call::Wire)]
pub async fn retry(
    /// `None` for all.
    #[server(default)]
    id: Option<DeliveryId>,
) -> Result<u32, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::deliveries::retry(&ctx, &crate::request::actor(), id).await?)
}

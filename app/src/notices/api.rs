//! The calls for what somebody is told.

use crate::problem::AppError;
use domain::id::{MachineId, NoticeId};
use leptos::prelude::*;
use views::notices::{Filed, Notices, Which};

/// A page of the reader's notices, from behind `after` on.
#[server(name = ReadNotices, endpoint = "notices/list", protocol = crate::call::Wire)]
pub async fn list(which: Which, after: Option<NoticeId>) -> Result<Notices, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::list(&ctx, &crate::request::actor(), which, after).await?)
}

/// How many of the reader's notices are unread.
#[server(name = CountNotices, endpoint = "notices/count", protocol = crate::call::Wire)]
pub async fn count() -> Result<u32, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::notices::unread(&ctx, &crate::request::actor()).await?)
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

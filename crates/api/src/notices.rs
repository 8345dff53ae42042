//! The caller's notices.

use super::{
    Caller, Id, Query, Refusal,
    answer::done,
    input::invalid,
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use contract::notices::{NoticeView, Which};
use domain::{
    actor::Permission,
    id::NoticeId,
    notices::{Kind, Urgency},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    notices::{self, NoticesError},
    requirements::PathTarget,
};
use text::Lang;
use utoipa::ToSchema;

const LIST: &str = "listNotices";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/notices", LIST, list)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Me,
                "List notices",
                "Lists the caller's notices: unread ones first, then the others, each newest first. A notice about \
                 something that the caller may no longer see has no details.",
            )
            .needs(Scope::NoticesRead),
        Operation::post("/api/v1/notices/{id}/read", "readNotice", read)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Me,
                "Mark a notice as read",
                "Marks a notice as read. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::NoticesWrite)
            .errors::<NoticesError>(&["notice.unknown"]),
        Operation::post("/api/v1/notices/{id}/archive", "archiveNotice", archive)
            .may(&[(Permission::OwnAccount, PathTarget::Space)])
            .about(
                Tag::Me,
                "Archive a notice",
                "Archives a notice, so that it is no longer counted. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::NoticesWrite)
            .errors::<NoticesError>(&["notice.unknown"]),
    ]
}

/// Filters for notices.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NoticesParams {
    #[schema(schema_with = words::which_notices)]
    show: NoticeFolder,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

/// A folder of notices.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoticeFolder {
    Unread,
    #[default]
    All,
    Archived,
}

/// A notice to the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    #[schema(schema_with = words::notice_kind)]
    kind: Option<Kind>,
    #[schema(schema_with = words::notice_urgency)]
    urgency: Option<Urgency>,
    /// What happened, in the caller's language.
    #[schema(example = "Laser cutter is out of service")]
    title: String,
    /// Details and what to do.
    text: String,
    /// The page of Toolgate that it links to.
    #[schema(example = "/machines/7")]
    page: Option<String>,
    /// When it was created.
    #[schema(format = DateTime)]
    at: String,
    /// Whether it has been read.
    read: bool,
    /// Whether it is archived.
    archived: bool,
}

fn to_view(lang: Lang, now: domain::time::Moment, notice: NoticeView) -> Notice {
    let NoticeView { id, told: reported, at, read, archived } = notice;
    let message = reported.as_ref().map_or_else(|| lang.hidden_notice(), |reported| lang.notice(reported, now));
    let notice = reported.map(|reported| reported.notice);
    Notice {
        id: id.0,
        kind: notice.map(|notice| notice.kind()),
        urgency: notice.map(|notice| notice.kind().urgency()),
        title: message.title,
        text: message.next,
        page: notice.map(|notice| notice.link()),
        at: when(at),
        read,
        archived,
    }
}

async fn list(caller: Caller, Query(requested): Query<NoticesParams>) -> Result<Page<Notice>, Refusal> {
    let (after, limit) = caller.place(LIST, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let which = match requested.show {
        NoticeFolder::Unread => Which::Unread,
        NoticeFolder::All => Which::All,
        NoticeFolder::Archived => Which::Archived,
    };
    let after = match after.as_deref().map(place) {
        Some(None) => return Err(Refusal(invalid("after", lang.api_cursor_form(), lang))),
        after => after.flatten(),
    };
    let most = u32::try_from(limit).unwrap_or(u32::MAX);
    let found = notices::unread_first(&ctx, &actor, which, after, most).await?;
    let now = found.now;
    let page = Page::cut(LIST, found.notices, limit, found.next.is_some(), |one| {
        format!("{} {}", u8::from(one.read), one.id)
    });
    Ok(page.map(|one| to_view(lang, now, one)))
}

/// Parses the position of a cursor: whether the last notice was read, and its id.
fn place(cursor: &str) -> Option<(bool, NoticeId)> {
    let (read, id) = cursor.split_once(' ')?;
    Some((read == "1", NoticeId(id.parse().ok()?)))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    notices::read(&ctx, &actor, Some(NoticeId(id))).await?;
    Ok(done())
}

async fn archive(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    notices::archive(&ctx, &actor, Some(NoticeId(id))).await?;
    Ok(done())
}

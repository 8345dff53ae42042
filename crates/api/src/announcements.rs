//! Announcements by managers, for everyone or for the people qualified on a type.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
use contract::announcements::Announcement as AnnouncementView;
use domain::{
    announcements::State,
    id::{AnnouncementId, TypeId},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::{
    Ctx,
    announcements::{self, AnnouncementsError, ValidationError, WriteAnnouncement, moment},
};
use std::cmp::Reverse;
use utoipa::ToSchema;

const LIST: &str = "listAnnouncements";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/announcements", LIST, list)
            .about(
                Tag::Space,
                "List announcements",
                "Lists the current announcements addressed to the caller, newest first. Managers see all of them and can \
                 filter for planned, ended or withdrawn ones.",
            )
            .needs(Scope::AnnouncementsRead),
        Operation::post("/api/v1/announcements", "writeAnnouncement", write)
            .about(
                Tag::Space,
                "Create an announcement",
                "Notifies everyone it is addressed to once, when it begins. Its author is not notified.",
            )
            .needs(Scope::AnnouncementsWrite)
            .makes(Place::Below)
            .errors::<AnnouncementsError>(&["announcement.invalid"]),
        Operation::get("/api/v1/announcements/{id}", "readAnnouncement", read)
            .about(
                Tag::Space,
                "Get an announcement",
                "Returns an announcement. Only managers can read one that is not currently shown.",
            )
            .needs(Scope::AnnouncementsRead)
            .versioned()
            .errors::<AnnouncementsError>(&["announcement.unknown"]),
        Operation::put("/api/v1/announcements/{id}", "saveAnnouncement", save)
            .about(
                Tag::Space,
                "Update an announcement",
                "Replaces the whole announcement. Only people who are newly addressed are notified.",
            )
            .needs(Scope::AnnouncementsWrite)
            .versioned()
            .errors::<AnnouncementsError>(&[
                "announcement.unknown",
                "announcement.withdrawn",
                "announcement.invalid",
            ]),
        Operation::post("/api/v1/announcements/{id}/withdraw", "withdrawAnnouncement", withdraw)
            .about(
                Tag::Space,
                "Withdraw an announcement",
                "Hides the announcement from everyone at once and empties its notices. Idempotent: repeating it changes nothing.",
            )
            .needs(Scope::AnnouncementsWrite)
            .errors::<AnnouncementsError>(&["announcement.unknown"]),
        Operation::post("/api/v1/announcements/{id}/restore", "restoreAnnouncement", restore)
            .about(
                Tag::Space,
                "Restore an announcement",
                "Undoes the withdrawal. The announcement continues according to its dates.",
            )
            .needs(Scope::AnnouncementsWrite)
            .errors::<AnnouncementsError>(&["announcement.unknown"]),
    ]
}

/// Filters for announcements.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnnouncementsParams {
    #[schema(schema_with = words::announcement_state)]
    state: State,
    /// The `next` of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// The maximum number of items.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

impl Default for AnnouncementsParams {
    fn default() -> Self {
        Self { state: State::Showing, after: None, limit: None }
    }
}

/// An announcement.
#[derive(Debug, Serialize, ToSchema)]
pub struct Announcement {
    /// Its id.
    #[schema(example = 7)]
    id: i64,
    /// Its version.
    #[schema(example = 3)]
    version: i64,
    /// The title.
    #[schema(example = "Open day on Saturday")]
    title: String,
    /// The text in Markdown, as written.
    #[schema(example = "Bring **friends**.")]
    text: String,
    /// The text as sanitized HTML.
    #[schema(example = "<p>Bring <strong>friends</strong>.</p>")]
    html: String,
    /// The type whose qualified people it is addressed to; null for everyone.
    #[schema(example = 3)]
    r#type: Option<i64>,
    /// When it begins.
    #[schema(format = DateTime)]
    from: String,
    /// When it ends; null if it has no end.
    #[schema(format = DateTime)]
    until: Option<String>,
    #[schema(schema_with = words::announcement_state)]
    state: State,
    /// The author's name; only for managers, and only while the author's name is on record.
    by: Option<String>,
}

fn to_view(one: AnnouncementView) -> Announcement {
    Announcement {
        id: one.id.0,
        version: one.version,
        title: one.title,
        text: one.text,
        html: one.html,
        r#type: one.to.map(|kind| kind.0),
        from: when(one.from),
        until: one.until.map(when),
        state: one.state,
        by: one.by,
    }
}

async fn list(
    caller: Caller,
    Query(requested): Query<AnnouncementsParams>,
) -> Result<Page<Announcement>, Refusal> {
    let (after, limit) = caller.place(LIST, requested.after.as_deref(), requested.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = announcements::read_all(&ctx, &actor, requested.state).await?;
    let place = |one: &AnnouncementView| Reverse((one.from.at, one.id.0));
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_view))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<Announcement>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let one = announcements::read(&ctx, &actor, AnnouncementId(id)).await?;
    let version = one.version;
    Ok(Versioned(to_view(one), version))
}

/// The content of an announcement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncementForm {
    /// The title.
    #[schema(min_length = 1, max_length = 200, example = "Open day on Saturday")]
    title: String,
    /// The text in Markdown. Images are not supported and HTML is shown as text.
    #[schema(min_length = 1, max_length = 4000, example = "Bring **friends**.")]
    text: String,
    /// The type whose qualified people it is addressed to; null for everyone.
    #[schema(example = 3)]
    r#type: Option<i64>,
    /// When it begins; defaults to now.
    #[schema(format = DateTime, example = "2099-06-30T18:00:00+02:00")]
    from: Option<String>,
    /// When it ends; if omitted, it runs until it is withdrawn.
    #[schema(format = DateTime, example = "2099-07-01T18:00:00+02:00")]
    until: Option<String>,
}

impl AnnouncementForm {
    fn read(&self, ctx: &Ctx) -> Result<WriteAnnouncement, Vec<ValidationError>> {
        let audience = self.r#type.map(TypeId).into();
        let from = moment(ctx, self.from.as_deref().unwrap_or_default(), ValidationError::From);
        let until = moment(ctx, self.until.as_deref().unwrap_or_default(), ValidationError::Until);
        WriteAnnouncement::read(ctx, &self.title, &self.text, Some(audience), from, until)
    }
}

async fn write(caller: Caller, Body(form): Body<AnnouncementForm>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let made = announcements::write(&ctx, &actor, form.read(&ctx)).await?;
    Ok(Made::plain(made.0))
}

async fn save(
    caller: Caller,
    Id(id): Id,
    Seen(seen): Seen,
    Body(form): Body<AnnouncementForm>,
) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    announcements::save(&ctx, &actor, AnnouncementId(id), seen, form.read(&ctx)).await?;
    Ok(done())
}

async fn withdraw(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    announcements::withdraw(&ctx, &actor, AnnouncementId(id), true).await?;
    Ok(done())
}

async fn restore(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    announcements::withdraw(&ctx, &actor, AnnouncementId(id), false).await?;
    Ok(done())
}

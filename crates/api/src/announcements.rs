//! Announcements: what managers tell everybody, or the qualified of a type.

use super::{
    Body, Caller, Id, Query, Refusal, Seen,
    answer::{Made, Place, Versioned, done},
    operation::{Operation, Tag},
    paging::Page,
    when, words,
};
use axum::response::Response;
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
use views::announcements::Announcement as AnnouncementView;

const LIST: &str = "listAnnouncements";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/announcements", LIST, list)
            .about(
                Tag::Space,
                "Announcements",
                "Those that show now and reach whoever asks, the newest first. Managers are shown all of them, and may ask for \
                 those that are planned, over or withdrawn.",
            )
            .needs(Scope::AnnouncementsRead),
        Operation::post("/api/v1/announcements", "writeAnnouncement", write)
            .about(
                Tag::Space,
                "Write an announcement",
                "Everybody it is for is told once, when it begins; whoever writes it is not.",
            )
            .needs(Scope::AnnouncementsWrite)
            .makes(Place::Below)
            .errors::<AnnouncementsError>(&["announcement.invalid"]),
        Operation::get("/api/v1/announcements/{id}", "readAnnouncement", read)
            .about(Tag::Space, "One announcement", "One that does not show is there for managers only.")
            .needs(Scope::AnnouncementsRead)
            .versioned()
            .errors::<AnnouncementsError>(&["announcement.unknown"]),
        Operation::put("/api/v1/announcements/{id}", "saveAnnouncement", save)
            .about(
                Tag::Space,
                "Change an announcement",
                "Says all of it anew. Whoever it is for only from now on is told; the others are not told again.",
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
                "From now on nobody sees it, and the notices of it say nothing. Doing it twice changes nothing.",
            )
            .needs(Scope::AnnouncementsWrite)
            .errors::<AnnouncementsError>(&["announcement.unknown"]),
        Operation::post("/api/v1/announcements/{id}/restore", "restoreAnnouncement", restore)
            .about(Tag::Space, "Take an announcement back", "It goes on where it would be.")
            .needs(Scope::AnnouncementsWrite)
            .errors::<AnnouncementsError>(&["announcement.unknown"]),
    ]
}

/// Which announcements are asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WantedAnnouncements {
    #[schema(schema_with = words::announcement_state)]
    state: State,
    /// The cursor of the page before.
    #[schema(min_length = 1, pattern = "^[A-Za-z0-9_-]+$")]
    after: Option<String>,
    /// How many at most.
    #[schema(minimum = 1, maximum = 50, example = 50)]
    limit: Option<u32>,
}

impl Default for WantedAnnouncements {
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
    /// What it is called.
    #[schema(example = "Open day on Saturday")]
    title: String,
    /// As it was written, in Markdown.
    #[schema(example = "Bring **friends**.")]
    text: String,
    /// The same as HTML without anything that could do harm.
    #[schema(example = "<p>Bring <strong>friends</strong>.</p>")]
    html: String,
    /// The type whose qualified it is for; null is everybody.
    #[schema(example = 3)]
    r#type: Option<i64>,
    /// When it begins.
    #[schema(format = DateTime)]
    from: String,
    /// When it ends, if it does by itself.
    #[schema(format = DateTime)]
    until: Option<String>,
    #[schema(schema_with = words::announcement_state)]
    state: State,
    /// Who wrote it, for managers, while they are known by name.
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

async fn list(caller: Caller, Query(wanted): Query<WantedAnnouncements>) -> Result<Page<Announcement>, Refusal> {
    let (after, limit) = caller.place(LIST, wanted.after.as_deref(), wanted.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = announcements::read_all(&ctx, &actor, wanted.state).await?;
    let place = |one: &AnnouncementView| Reverse((one.from.at, one.id.0));
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, place)?.map(to_view))
}

async fn read(caller: Caller, Id(id): Id) -> Result<Versioned<Announcement>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let one = announcements::read(&ctx, &actor, AnnouncementId(id)).await?;
    let version = one.version;
    Ok(Versioned(to_view(one), version))
}

/// An announcement as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncementForm {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "Open day on Saturday")]
    title: String,
    /// What it says, in Markdown: without images, and typed HTML stays text.
    #[schema(min_length = 1, max_length = 4000, example = "Bring **friends**.")]
    text: String,
    /// The type whose qualified it is for; null is everybody.
    #[schema(example = 3)]
    r#type: Option<i64>,
    /// When it begins; now where it is left out.
    #[schema(format = DateTime, example = "2099-06-30T18:00:00+02:00")]
    from: Option<String>,
    /// When it ends; until it is withdrawn where it is left out.
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

//! Wall displays: their links.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use domain::{id::DisplayId, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::displays;
use utoipa::ToSchema;
use views::displays::Display;

const LIST: &str = "listDisplays";

/// What can be done here.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/displays", LIST, list)
            .about(Tag::Machines, "Wall displays", "The displays in force, by name.")
            .needs(Scope::MachinesRead),
        Operation::post("/api/v1/displays", "makeDisplay", make)
            .about(
                Tag::Machines,
                "Make a wall display",
                "Answers a link to be opened once on its screen within a day; it is not to be had again.",
            )
            .needs(Scope::MachinesWrite)
            .makes(Place::Here)
            .errors::<services::displays::DisplaysError>(&[
                "display.nameless",
                "display.name-too-long",
                "display.name-control",
            ]),
        Operation::post("/api/v1/displays/{id}/renew", "renewDisplay", renew)
            .about(
                Tag::Machines,
                "Make another link",
                "For another screen in place of the one that shows it; that one stays until the link is used.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::displays::DisplaysError>(&["display.unknown"]),
        Operation::post("/api/v1/displays/{id}/revoke", "revokeDisplay", revoke)
            .about(Tag::Machines, "Take a display back", "Its screen shows nothing any more, at once.")
            .needs(Scope::MachinesWrite)
            .errors::<services::displays::DisplaysError>(&["display.unknown"]),
    ]
}

/// A wall display.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisplayShown {
    /// Its id.
    id: i64,
    /// Where it hangs.
    #[schema(example = "Entrance")]
    name: String,
    /// Since when.
    #[schema(format = DateTime)]
    made: String,
    /// Who made it, while they are known by name.
    by: Option<String>,
    /// When it last asked.
    #[schema(format = DateTime)]
    seen: Option<String>,
}

fn to_view(display: Display) -> DisplayShown {
    DisplayShown {
        id: display.id.0,
        name: display.name,
        made: when(display.made),
        by: display.by,
        seen: display.seen.map(when),
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<DisplayShown>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = displays::list(&ctx, &actor).await?.displays;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| (one.name.clone(), one.id.0))?.map(to_view))
}

/// A display to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisplay {
    /// Where it hangs.
    #[schema(min_length = 1, max_length = 200, example = "Entrance")]
    name: String,
}

async fn make(caller: Caller, Body(new): Body<NewDisplay>) -> Result<Made, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let made = displays::make(&ctx, &actor, &new.name).await?;
    Ok(Made { link: Some(displays::path(&made.link)), ..Made::plain(made.id.0) })
}

/// The link of a display.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opening {
    /// Path on this site; it works once and is not to be had again.
    #[schema(format = "uri-reference", example = "/enter/kXw3vD0nTqS8pYbL2mRzEg")]
    link: String,
}

async fn renew(caller: Caller, Id(id): Id) -> Result<One<Opening>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let made = displays::renew(&ctx, &actor, DisplayId(id)).await?;
    Ok(One(Opening { link: displays::path(&made.link) }))
}

async fn revoke(caller: Caller, Id(id): Id) -> Result<Response, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    displays::revoke(&ctx, &actor, DisplayId(id)).await?;
    Ok(done())
}

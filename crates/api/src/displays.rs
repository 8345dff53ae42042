//! Wall displays and their links.

use super::{
    Body, Caller, Id, Query, Refusal,
    answer::{Made, One, Place, done},
    operation::{Operation, Tag},
    paging::{Page, Which},
    when,
};
use axum::response::Response;
use contract::displays::Display;
use domain::{id::DisplayId, tokens::Scope};
use serde::{Deserialize, Serialize};
use services::displays;
use utoipa::ToSchema;

const LIST: &str = "listDisplays";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/displays", LIST, list)
            .about(Tag::Machines, "List wall displays", "Lists the active displays, by name.")
            .needs(Scope::MachinesRead),
        Operation::post("/api/v1/displays", "makeDisplay", make)
            .about(
                Tag::Machines,
                "Create a wall display",
                "Returns a link to be opened once, within a day, on the display's screen. It cannot be retrieved later.",
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
                "Replace a display's link",
                "Creates a link for another screen. The current screen keeps working until the link is used.",
            )
            .needs(Scope::MachinesWrite)
            .errors::<services::displays::DisplaysError>(&["display.unknown"]),
        Operation::post("/api/v1/displays/{id}/revoke", "revokeDisplay", revoke)
            .about(Tag::Machines, "Revoke a display", "Revokes a display. Its screen goes blank at once.")
            .needs(Scope::MachinesWrite)
            .errors::<services::displays::DisplaysError>(&["display.unknown"]),
    ]
}

/// A wall display.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisplayView {
    /// Its id.
    id: i64,
    /// Its location.
    #[schema(example = "Entrance")]
    name: String,
    /// When it was created.
    #[schema(format = DateTime)]
    made: String,
    /// The name of the person who created it, while on record.
    by: Option<String>,
    /// When its screen last connected.
    #[schema(format = DateTime)]
    seen: Option<String>,
}

fn to_view(display: Display) -> DisplayView {
    DisplayView {
        id: display.id.0,
        name: display.name,
        made: when(display.made),
        by: display.by,
        seen: display.seen.map(when),
    }
}

async fn list(caller: Caller, Query(which): Query<Which>) -> Result<Page<DisplayView>, Refusal> {
    let (after, limit) = caller.place(LIST, which.after.as_deref(), which.limit)?;
    let Caller { ctx, actor, lang } = caller;
    let all = displays::list(&ctx, &actor).await?.displays;
    Ok(Page::of_all(LIST, all, after.as_deref(), limit, lang, |one| (one.name.clone(), one.id.0))?.map(to_view))
}

/// A new display.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisplay {
    /// Its location.
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
    /// A path on this site. It works once and cannot be retrieved later.
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

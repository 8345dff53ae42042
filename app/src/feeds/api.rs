//! Server functions for the caller's calendar feeds.

use crate::problem::AppError;
use contract::feeds::{FeedMade, Feeds};
use domain::id::FeedId;
use leptos::prelude::*;

#[server(name = ReadFeeds, endpoint = "feeds/list", protocol = crate::call::Wire)]
pub async fn list() -> Result<Feeds, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::feeds::list(&ctx, &crate::request::actor()).await?)
}

/// Creates a feed; returns its address, once.
#[server(name = MakeFeed, endpoint = "feeds/make", protocol = crate::call::Wire)]
pub async fn make(
    /// Code of the feed's content.
    #[server(default)]
    show: String,
) -> Result<FeedMade, AppError> {
    use domain::feeds::Feed;
    let (ctx, actor) = (expect_context::<services::Ctx>(), crate::request::actor());
    let feed = Feed::parse(&show, actor.person());
    let feed = feed.ok_or_else(|| vec![services::feeds::ValidationError::Show]);
    let made = services::feeds::make(&ctx, &actor, feed).await?;
    Ok(FeedMade { address: crate::cookies::origin() + &made.address, ..made })
}

#[server(name = RevokeFeed, endpoint = "feeds/revoke", protocol = crate::call::Wire)]
pub async fn revoke(id: FeedId) -> Result<(), AppError> {
    let ctx = expect_context::<services::Ctx>();
    services::feeds::revoke(&ctx, &crate::request::actor(), id).await?;
    leptos_axum::redirect("/me/calendar?done=1");
    Ok(())
}

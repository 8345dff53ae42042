//! Wall displays, as a page makes and revokes them.

pub use services::displays::*;

use super::operations::{fields, run};
use contract::{
    displays::{Displays, ListDisplays, MakeDisplay, Opening, RenewDisplay, RevokeDisplay},
    form::Fields,
};
use domain::{accounts::Purpose, actor::Actor, id::DisplayId};
use services::{Ctx, token::Token};

/// A display, and the token in its link.
#[derive(Debug)]
pub struct Made {
    pub id: DisplayId,
    pub link: Token,
}

impl Made {
    /// The path of its link.
    pub fn path(&self) -> String {
        format!("{}{}", Purpose::Screen.page(), self.link.expose())
    }
}

fn made(opening: &Opening) -> Made {
    let secret = opening.link.0.rsplit('/').next().unwrap();
    Made { id: opening.id, link: Token::presented(secret) }
}

pub async fn make(ctx: &Ctx, actor: &Actor, name: &str) -> Result<Made, DisplaysError> {
    run(ctx, actor, MakeDisplay {}, fields(&[("name", name)])).await.map(|opening| made(&opening))
}

pub async fn renew(ctx: &Ctx, actor: &Actor, id: DisplayId) -> Result<Made, DisplaysError> {
    run(ctx, actor, RenewDisplay { id }, Fields::default()).await.map(|opening| made(&opening))
}

pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Displays, DisplaysError> {
    run(ctx, actor, ListDisplays {}, Fields::default()).await
}

pub async fn revoke(ctx: &Ctx, actor: &Actor, id: DisplayId) -> Result<(), DisplaysError> {
    run(ctx, actor, RevokeDisplay { id }, Fields::default()).await
}

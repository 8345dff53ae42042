//! Server functions for the wall display, the entrance sign, and their QR code.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is awaited, whatever it does")
)]

use crate::{problem::AppError, qr::Qr};
use contract::{displays::Sign, machines::Floor};
use leptos::prelude::*;

/// Every machine by place, for the wall display, with later appointments and announcements.
#[server(name = ReadWall, endpoint = "kiosk/wall", protocol = crate::call::Wire)]
pub async fn wall() -> Result<Floor, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let actor = crate::request::actor();
    let floor = services::machines::wall(&ctx, &actor).await?;
    let t = crate::lang::current();
    let today = super::today::listed(t, services::displays::today(&ctx, &actor).await?);
    let reported = services::announcements::on_wall(&ctx, &actor).await?;
    Ok(Floor { news: format!("{today}{}", crate::announcements::news::articles(t, reported)), ..floor })
}

/// The content of the entrance sign.
#[server(name = ReadSign, endpoint = "kiosk/sign", protocol = crate::call::Wire)]
pub async fn sign() -> Result<Sign, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::entrance_sign::read(&ctx, &crate::request::actor()).await?)
}

/// The QR code of this site's start page; `None` without a public address.
#[server(name = ReadQr, endpoint = "kiosk/qr", protocol = crate::call::Wire)]
pub async fn qr() -> Result<Option<Qr>, AppError> {
    Ok(crate::request::site().and_then(|site| crate::qr::code(format!("{site}/"))))
}

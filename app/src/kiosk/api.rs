//! The calls for what is on the wall, and for the code that leads from it to the phone.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is awaited, whatever it does")
)]

use crate::problem::AppError;
use domain::machines::Floor;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Every machine by place, for the wall.
#[server(name = ReadWall, endpoint = "kiosk/wall")]
pub async fn wall() -> Result<Floor, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::machines::wall(&ctx, &crate::asker::actor()).await.map_err(|error| error.problem(t).into())
}

/// A QR code as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    /// The address in it.
    pub url: String,
    /// Modules on each side, with the quiet zone around them.
    pub side: usize,
    /// SVG path of the dark modules, one unit each.
    pub path: String,
}

/// The code for this site's first page; `None` when nobody has said where this site is.
#[server(name = ReadQr, endpoint = "kiosk/qr")]
pub async fn qr() -> Result<Option<Qr>, AppError> {
    Ok(crate::visitor::Visitor::of_request().public_url.and_then(|url| code(format!("{url}/"))))
}

/// Light modules that the standard demands around the dark ones.
#[cfg(feature = "ssr")]
const QUIET: usize = 4;

/// `None` for an address too long for a code.
#[cfg(feature = "ssr")]
fn code(url: String) -> Option<Qr> {
    use qrcode::{Color, QrCode};
    use std::fmt::Write;

    let code = QrCode::new(url.as_bytes()).ok()?;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        // One rectangle for each run of dark modules: a third of the length of one for each module.
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                write!(path, "M{} {}h{}v1H{}z", x + QUIET, y + QUIET, run.len(), x + QUIET).ok()?;
            }
            x += run.len();
        }
    }
    Some(Qr { url, side: code.width() + 2 * QUIET, path })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_eyes_and_a_quiet_zone() {
        let qr = code("https://talvera.example/".into()).unwrap();
        assert_eq!(qr.side, 25 + 2 * QUIET);
        for eye in ["M4 4h7v1H4z", "M22 4h7v1H22z", "M4 22h7v1H4z"] {
            assert!(qr.path.contains(eye), "{eye} in {}", qr.path);
        }
    }

    #[test]
    fn an_address_that_does_not_fit_gives_no_code() {
        assert_eq!(code("x".repeat(4_000)), None);
    }
}

//! QR codes of addresses, on a screen or on paper.
//!
//! Invariant: with the quiet zone that the standard requires. Computed on the server only; the browser draws a
//! path.

use serde::{Deserialize, Serialize};

/// A QR code as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qr {
    pub url: String,
    /// Modules per side, including the quiet zone.
    pub side: usize,
    /// SVG path of the dark modules, one unit each.
    pub path: String,
}

/// Width of the quiet zone in modules.
#[cfg(feature = "ssr")]
const QUIET: usize = 4;

/// Modules per side including the quiet zone, and the runs of dark ones: column, row, length. `None` for an
/// address that is too long.
#[cfg(feature = "ssr")]
#[must_use]
pub fn runs(url: &str) -> Option<(usize, Vec<[usize; 3]>)> {
    use qrcode::{Color, QrCode};

    let code = QrCode::new(url.as_bytes()).ok()?;
    let mut runs = Vec::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        // One rectangle for each run of dark modules: a third of the length of one for each module.
        for run in row.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                runs.push([x + QUIET, y + QUIET, run.len()]);
            }
            x += run.len();
        }
    }
    Some((code.width() + 2 * QUIET, runs))
}

/// The same as a path.
#[cfg(feature = "ssr")]
pub(crate) fn code(url: String) -> Option<Qr> {
    use std::fmt::Write;

    let (side, runs) = runs(&url)?;
    let mut path = String::new();
    for [x, y, length] in runs {
        write!(path, "M{x} {y}h{length}v1H{x}z").ok()?;
    }
    Some(Qr { url, side, path })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn qr_code_has_finder_patterns_and_quiet_zone() {
        let qr = code("https://talvera.example/".into()).unwrap();
        assert_eq!(qr.side, 25 + 2 * QUIET);
        for eye in ["M4 4h7v1H4z", "M22 4h7v1H22z", "M4 22h7v1H4z"] {
            assert!(qr.path.contains(eye), "{eye} in {}", qr.path);
        }
    }

    #[test]
    fn oversized_address_gives_no_qr_code() {
        assert_eq!(code("x".repeat(4_000)), None);
    }
}

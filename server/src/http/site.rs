//! The built page – script, modules, style, fonts – and the few files beside it.
//!
//! A release binary holds them, already compressed; a development build reads them from the folder where they are
//! built. Invariant: what lies in the folder of a build is named by its content and may be kept for ever.

use super::{Shared, etag, pages};
use app::assets::Assets;
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::{
    borrow::Cow,
    io::{self, Read},
};

/// The folder that the build tool fills.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// Which files the browser's half consists of. None were built: pages work without style and script.
pub(super) fn assets() -> Assets {
    let built = Site::get("assets.json").and_then(|file| serde_json::from_slice(&file.data).ok());
    if built.is_none() {
        tracing::warn!("the page's script and style are not built: `cargo xtask page` builds them");
    }
    built.unwrap_or_default()
}

/// A file of the site, or the page that says there is none.
pub(super) async fn file_or_page(State(shared): State<Shared>, request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    match find(path, request.headers()) {
        Some(found) => found,
        None => pages::unknown(&shared, request).await,
    }
}

fn find(path: &str, headers: &HeaderMap) -> Option<Response> {
    // Not for the browser: a list of files, and compressed twins under their own names.
    let kind = content_type(path)?;
    let held = Held::find(path)?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", hex(&held.sha256[..16]))).ok()?;
    let kept =
        if path.starts_with("pkg/") { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let common = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if etag::is_known(headers, &tag) {
        return Some((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let (content, encoding) = held.negotiate(headers).ok()?;
    let mut response = (common, [(header::CONTENT_TYPE, kind)], Body::from(content)).into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// A file in the forms that the build made of it: as it is in a development build, and compressed in a release where
/// that is smaller.
struct Held {
    brotli: Option<Cow<'static, [u8]>>,
    other: Cow<'static, [u8]>,
    /// `other` is compressed.
    gzip: bool,
    /// Of `other`.
    sha256: [u8; 32],
}

impl Held {
    fn find(path: &str) -> Option<Self> {
        let brotli = Site::get(&format!("{path}.br")).map(|file| file.data);
        let packed = Site::get(&format!("{path}.gz"));
        let gzip = packed.is_some();
        let EmbeddedFile { data: other, metadata } = packed.or_else(|| Site::get(path))?;
        Some(Self { brotli, other, gzip, sha256: metadata.sha256_hash() })
    }

    /// The smallest form that the browser takes; unpacked where it takes none that is here.
    fn negotiate(self, headers: &HeaderMap) -> io::Result<(Cow<'static, [u8]>, Option<&'static str>)> {
        let accepted =
            headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let takes = |encoding: &str| {
            accepted.split(',').any(|part| {
                let (name, weight) = part.split_once(';').unwrap_or((part, ""));
                name.trim() == encoding && !matches!(weight.trim(), "q=0" | "q=0.0")
            })
        };
        Ok(match self.brotli {
            Some(file) if takes("br") => (file, Some("br")),
            _ if !self.gzip => (self.other, None),
            _ if takes("gzip") => (self.other, Some("gzip")),
            _ => {
                let mut plain = Vec::new();
                GzDecoder::new(&*self.other).read_to_end(&mut plain)?;
                (plain.into(), None)
            }
        })
    }
}

/// `None` for what is not meant to be fetched.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript",
        "wasm" => "application/wasm",
        "css" => "text/css",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    #[test]
    fn whoever_takes_no_compression_gets_what_was_compressed() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(b"as it is").unwrap();
        let packed = packed.finish().unwrap();
        let asked = |accepted: &'static str| {
            let held = Held {
                brotli: Some(Cow::Borrowed(b"br")),
                other: packed.clone().into(),
                gzip: true,
                sha256: [0; 32],
            };
            held.negotiate(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]))
                .unwrap()
        };
        assert_eq!(asked("gzip, br"), (Cow::Borrowed(&b"br"[..]), Some("br")));
        assert_eq!(asked("br;q=0, gzip"), (packed.clone().into(), Some("gzip")));
        assert_eq!(asked("identity"), (Cow::Borrowed(&b"as it is"[..]), None));
    }
}

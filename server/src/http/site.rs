//! The built site – script, modules, style, fonts – and a few files beside it.
//!
//! A release binary contains them, compressed with brotli; a development build reads them from the build folder.
//! Browsers accept brotli over HTTPS only; for others the server compresses a file with gzip, once. Invariant:
//! files in a build's folder are named by their content and may be cached for ever.

use super::{Shared, pages};
use api::etag;
use app::assets::Assets;
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use brotli_decompressor::BrotliDecompress;
use flate2::{Compression, write::GzEncoder};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

/// The folder that the build tool fills.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// The files of the browser's half. Without a build, pages work without style and script.
pub(super) fn assets() -> Assets {
    let built = Site::get("assets.json").and_then(|file| serde_json::from_slice(&file.data).ok());
    if built.is_none() {
        tracing::warn!("the page's script and style are not built: `cargo xtask page` builds them");
    }
    built.unwrap_or_default()
}

/// A file of the site, or the not-found page.
pub(super) async fn file_or_page(State(shared): State<Shared>, request: Request) -> Response {
    if let Some(address) = plain_address(request.uri()) {
        let moved = (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, address)]);
        return moved.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    match find(path, request.headers()) {
        Some(found) => found,
        None => pages::unknown(&shared, request).await,
    }
}

/// `/machines//1/?at=3` → `/machines/1?at=3`: each page has one address. `None` if it is canonical already.
/// Browsers treat a backslash as a slash, so one would lead to another site.
fn plain_address(uri: &Uri) -> Option<String> {
    let path = uri.path();
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let plain = format!("/{}", parts.join("/"));
    if plain == path || path.contains('\\') {
        return None;
    }
    Some(uri.query().map_or(plain.clone(), |query| format!("{plain}?{query}")))
}

fn find(path: &str, headers: &HeaderMap) -> Option<Response> {
    // Not for browsers: a list of files, and compressed files under their own names.
    let kind = content_type(path)?;
    Held::find(path)?.answer(path, kind, headers)
}

/// Files compressed with gzip, by the hash of the stored file.
static GZIPPED: Mutex<BTreeMap<[u8; 32], Bytes>> = Mutex::new(BTreeMap::new());

/// A stored file: compressed where that is smaller in a release, unchanged in a development build.
struct Held {
    content: Cow<'static, [u8]>,
    /// `content` is compressed with brotli.
    brotli: bool,
    /// Of `content`.
    sha256: [u8; 32],
}

impl Held {
    fn find(path: &str) -> Option<Self> {
        let compressed = Site::get(&format!("{path}.br"));
        let brotli = compressed.is_some();
        let EmbeddedFile { data: content, metadata } = compressed.or_else(|| Site::get(path))?;
        Some(Self { content, brotli, sha256: metadata.sha256_hash() })
    }

    fn answer(self, path: &str, kind: &'static str, headers: &HeaderMap) -> Option<Response> {
        // Weak, because one file has several encodings.
        let tag = HeaderValue::from_str(&format!("W/\"{}\"", hex(&self.sha256[..16]))).ok()?;
        let stored =
            if path.starts_with("pkg/") { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
        let common = [
            (header::ETAG, tag.clone()),
            (header::CACHE_CONTROL, HeaderValue::from_static(stored)),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ];
        if etag::is_known(headers, &tag) {
            return Some((StatusCode::NOT_MODIFIED, common).into_response());
        }
        let (body, encoding) = self.negotiate(headers).ok()?;
        let mut response = (common, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(encoding) = encoding {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Some(response)
    }

    /// The smallest encoding that the browser accepts.
    fn negotiate(self, headers: &HeaderMap) -> io::Result<(Body, Option<&'static str>)> {
        Ok(if !self.brotli {
            (self.content.into(), None)
        } else if takes(headers, "br") {
            (self.content.into(), Some("br"))
        } else if takes(headers, "gzip") {
            (self.gzipped()?.into(), Some("gzip"))
        } else {
            (self.plain()?.into(), None)
        })
    }

    fn plain(&self) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        BrotliDecompress(&mut &*self.content, &mut plain)?;
        Ok(plain)
    }

    fn gzipped(&self) -> io::Result<Bytes> {
        let made = || GZIPPED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gzip) = made().get(&self.sha256) {
            return Ok(gzip.clone());
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&self.plain()?)?;
        let gzip = Bytes::from(gzip.finish()?);
        made().insert(self.sha256, gzip.clone());
        Ok(gzip)
    }
}

fn takes(headers: &HeaderMap, encoding: &str) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        name.trim() == encoding && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}

/// `None` for files that are not served.
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
    use axum::{
        Router,
        body::to_bytes,
        http::{HeaderName, Method, response::Parts},
        routing::get,
    };
    use flate2::read::GzDecoder;
    use std::io::Read;
    use tower::ServiceExt;
    use tower_http::compression::CompressionLayer;

    const COMPRESSED: &[u8] =
        b"\x1b\xaf\x04\xf8\x8d\x54\xb5\xbf\x4e\x63\x73\x83\x53\x20\x61\x61\x5b\x1c\x80\x8c\x4d\x00";

    fn plain() -> Vec<u8> {
        b"plain ".repeat(200)
    }

    /// Requests a file of a release through the compression layer.
    async fn requested(method: Method, headers: &[(HeaderName, &str)]) -> (Parts, Bytes) {
        let file = async |headers: HeaderMap| {
            let held = Held { content: COMPRESSED.into(), brotli: true, sha256: [7; 32] };
            held.answer("pkg/0/file.js", "text/javascript", &headers).unwrap()
        };
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        for (name, value) in headers {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let files = Router::new().fallback(get(file)).layer(CompressionLayer::new());
        let (parts, body) = files.oneshot(request).await.unwrap().into_parts();
        (parts, to_bytes(body, usize::MAX).await.unwrap())
    }

    fn header_of(parts: &Parts, name: HeaderName) -> Option<&str> {
        parts.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[test]
    fn extra_slashes_redirect_within_the_site() {
        let plain = |address: &'static str| plain_address(&Uri::from_static(address));
        assert_eq!(plain("/machines/1/").as_deref(), Some("/machines/1"));
        assert_eq!(plain("/machines//1/?at=3").as_deref(), Some("/machines/1?at=3"));
        assert_eq!(plain("//attic.example/").as_deref(), Some("/attic.example"));
        assert_eq!(plain("//").as_deref(), Some("/"));
        for address in ["/", "/machines/1", "/no/such?a=/b/", "/\\attic.example/", "/\\/attic.example/"] {
            assert_eq!(plain(address), None, "{address}");
        }
    }

    #[tokio::test]
    async fn brotli_client_gets_stored_file() {
        for accepted in ["gzip, deflate, br, zstd", "br;q=0.5"] {
            let (parts, body) = requested(Method::GET, &[(header::ACCEPT_ENCODING, accepted)]).await;
            assert_eq!(body, COMPRESSED, "{accepted}");
            assert_eq!(header_of(&parts, header::CONTENT_ENCODING), Some("br"));
            assert_eq!(header_of(&parts, header::CONTENT_LENGTH), Some(&*COMPRESSED.len().to_string()));
            assert_eq!(header_of(&parts, header::CONTENT_TYPE), Some("text/javascript"));
            assert_eq!(header_of(&parts, header::VARY), Some("accept-encoding"));
        }
    }

    #[tokio::test]
    async fn gzip_client_gets_gzip() {
        // Cached the second time.
        for accepted in ["gzip, deflate", "br;q=0, gzip"] {
            let (parts, body) = requested(Method::GET, &[(header::ACCEPT_ENCODING, accepted)]).await;
            assert_eq!(header_of(&parts, header::CONTENT_ENCODING), Some("gzip"), "{accepted}");
            assert_eq!(header_of(&parts, header::CONTENT_LENGTH), Some(&*body.len().to_string()));
            assert_eq!(header_of(&parts, header::VARY), Some("accept-encoding"));
            let mut unpacked = Vec::new();
            GzDecoder::new(&*body).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, plain());
        }
    }

    #[tokio::test]
    async fn client_without_compression_gets_plain_file() {
        let (parts, body) = requested(Method::GET, &[]).await;
        assert_eq!(body, plain());
        assert_eq!(header_of(&parts, header::CONTENT_ENCODING), None);
        assert_eq!(header_of(&parts, header::CONTENT_LENGTH), Some("1200"));
        let (parts, body) = requested(Method::HEAD, &[]).await;
        assert!(body.is_empty(), "HEAD has no body");
        assert_eq!(header_of(&parts, header::CONTENT_LENGTH), Some("1200"));
    }

    #[tokio::test]
    async fn matching_etag_gets_304() {
        let (first, _) = requested(Method::GET, &[(header::ACCEPT_ENCODING, "br")]).await;
        let tag = header_of(&first, header::ETAG).unwrap();
        for accepted in ["br", "gzip", "identity"] {
            let headers = [(header::ACCEPT_ENCODING, accepted), (header::IF_NONE_MATCH, tag)];
            let (parts, body) = requested(Method::GET, &headers).await;
            assert_eq!((parts.status, body.len()), (StatusCode::NOT_MODIFIED, 0), "{accepted}");
            assert!(header_of(&parts, header::ETAG).unwrap().starts_with("W/"), "one tag for three codings");
        }
    }
}

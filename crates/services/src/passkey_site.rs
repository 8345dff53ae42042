//! Whether passkeys work at the address of this site.
//!
//! Invariant: the address is the configured one, never from a request. Browsers make passkeys only for names, and only over HTTPS,
//! except on this machine. Not here: passkeys themselves ([`crate::passkeys`]).

use crate::{Ctx, mail};
use url::Url;

/// The host and origin, if passkeys work at `address`.
pub(crate) fn origin(address: &str) -> Option<(String, Url)> {
    let url = Url::parse(address).ok()?;
    let host = url.domain()?.to_owned();
    let is_local = host == "localhost" || host.ends_with(".localhost");
    (url.scheme() == "https" || (url.scheme() == "http" && is_local)).then_some((host, url))
}

/// Whether the site has an address at which passkeys work.
pub fn possible(ctx: &Ctx) -> bool {
    mail::site(ctx).is_some_and(|address| origin(&address).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_https_or_this_machine() {
        for good in [
            "https://tools.example.org",
            "https://tools.example.org:8443",
            "http://localhost:8080",
            "https://localhost",
        ] {
            assert!(origin(good).is_some(), "{good}");
        }
        for wrong in [
            "http://tools.example.org",
            "https://192.0.2.7",
            "http://127.0.0.1:8080",
            "https://[2001:db8::1]",
            "",
            "x",
        ] {
            assert!(origin(wrong).is_none(), "{wrong}");
        }
        assert_eq!(origin("https://tools.example.org:8443").unwrap().0, "tools.example.org");
    }
}

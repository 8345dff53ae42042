//! Return paths after signing in: a page of this site, or none.

/// `path` if it leads to a page of this site: a path with its query. `None` for everything else – another site,
/// another scheme, or something that a browser might treat as one.
#[must_use]
pub fn local_path(path: &str) -> Option<&str> {
    let mut bytes = path.bytes();
    // Browsers treat `//host` and `/\host` as another site, after dropping tabs and line breaks.
    let here = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let plain = path.bytes().all(|byte| matches!(byte, b'!'..=b'~') && byte != b'\\');
    (here && plain && path.len() <= 2_000).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn external_paths_are_rejected() {
        for fine in ["/", "/me", "/machines/7?for=3", "/?show=free", "/me#a//b", "/a//b"] {
            assert_eq!(local_path(fine), Some(fine));
        }
        for outside in [
            "",
            "me",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            " /me",
            "javascript:alert(1)",
            "/me\r\nSet-Cookie: a=b",
            "///evil.example",
            "/a\\b",
            "/ü",
        ] {
            assert_eq!(local_path(outside), None, "{outside:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(2_000))), None);
    }

    proptest! {
        /// How browsers parse it (WHATWG): they strip surrounding controls and spaces, drop tabs and line breaks,
        /// and treat `\` as `/`; two slashes at the start mean another site.
        #[test]
        fn accepted_paths_stay_on_site(path in "[/\\\\a.:@?# \t\n\r]{0,12}") {
            if let Some(path) = local_path(&path) {
                let seen: String = path.trim().chars().filter(|c| !"\t\n\r".contains(*c)).collect();
                let seen = seen.replace('\\', "/");
                prop_assert!(seen.starts_with('/') && !seen.starts_with("//"), "{}", path);
            }
        }
    }
}

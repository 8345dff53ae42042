//! Equipment: machines, their types and their places.
//!
//! **Invariants.** A manual is a web address or nothing. Type requirements never form a cycle.
//!
//! Not here: the state of a machine ([`crate::machines`]) and who may use it ([`crate::access`]).

use crate::{id::TypeId, settings::Key, string_enum::string_enum};

/// Characters of an address at most.
pub const ADDRESS: usize = 2_000;

/// Settings of a type or a machine, and their form fields.
pub const KEYS: [(&str, Key); 6] = [
    ("mode", Key::Authorisation),
    ("present", Key::PeoplePresent),
    ("shown", Key::ShownNames),
    ("auto_stop", Key::AutoStop),
    ("grace", Key::Grace),
    ("display", Key::Display),
];

/// The field of required types; repeated, or once with all of them: `3,5`.
pub const REQUIRES: &str = "requires[]";

/// The field of the groups that may book a machine; repeated, or once with all of them: `3,5`.
pub const GROUPS: &str = "groups[]";

/// The chosen types; `None` if one is invalid.
#[must_use]
pub fn chosen(input: &[String]) -> Option<Vec<TypeId>> {
    let words = input.iter().flat_map(|one| one.split(',')).map(str::trim).filter(|name| !name.is_empty());
    let mut chosen = words.map(|name| name.parse().ok().map(TypeId)).collect::<Option<Vec<_>>>()?;
    chosen.sort_unstable();
    chosen.dedup();
    Some(chosen)
}

/// The cycle by which `kind` would require itself if it required all of `requires`: from the first of them back to
/// it. `known` are the existing requirements.
#[must_use]
pub fn ring(known: &[(TypeId, TypeId)], kind: TypeId, requires: &[TypeId]) -> Option<Vec<TypeId>> {
    let mut paths: Vec<Vec<TypeId>> = requires.iter().map(|&first| vec![first]).collect();
    let mut seen = Vec::new();
    while let Some(path) = paths.pop() {
        let &last = path.last()?;
        if last == kind {
            return Some(path);
        }
        if seen.contains(&last) {
            continue;
        }
        seen.push(last);
        let on = known.iter().filter(|(from, _)| *from == last && *from != kind);
        paths.extend(on.map(|&(_, to)| path.iter().copied().chain([to]).collect::<Vec<_>>()));
    }
    None
}

string_enum! {
    /// Sizes of printed labels.
    LabelSize {
        /// For a small tool.
        Small = "small",
        Medium = "medium",
        Large = "large",
    }
}

/// Parses the address of a manual; `None` if empty. Fails unless it is a web address.
pub fn manual(input: &str) -> Result<Option<String>, NoAddress> {
    let input = input.trim();
    if input.is_empty() {
        return Ok(None);
    }
    let (scheme, rest) = input.split_once("://").ok_or(NoAddress::Unread)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let on_the_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let is_plain = |c: char| c.is_whitespace() || !crate::names::is_hidden(c);
    let is_whole = !host.is_empty() && input.chars().all(is_plain);
    if !on_the_web || !is_whole || host.contains('@') || input.chars().count() > ADDRESS {
        return Err(NoAddress::Unread);
    }
    if input.contains(char::is_whitespace) {
        return Err(NoAddress::Space);
    }
    Ok(Some(format!("{}://{rest}", scheme.to_ascii_lowercase())))
}

/// Why it is no address on the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAddress {
    /// It does not read like one, or is too long.
    Unread,
    /// It would be one, but for a space in it.
    Space,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_requirements_cannot_form_cycle() {
        let [a, b, c, d] = [3, 4, 5, 6].map(TypeId);
        let known = [(b, c), (c, d), (d, c), (a, d)];
        assert_eq!(ring(&known, a, &[b]), None, "other rings are not its own");
        assert_eq!(ring(&known, c, &[b, d]).map(|path| path.len()), Some(1 + 1), "by way of b");
        assert_eq!(ring(&known, a, &[a]), Some(vec![a]));
        assert_eq!(ring(&[(b, c), (c, a)], a, &[b]), Some(vec![b, c, a]));
        assert_eq!(ring(&[(a, b)], b, &[]), None);
    }

    #[test]
    fn types_are_parsed_singly_or_as_list() {
        let input = |words: &[&str]| chosen(&words.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(input(&["5", "3", "5"]), Some(vec![TypeId(3), TypeId(5)]));
        assert_eq!(input(&["5,3", ""]), input(&["3", "5"]));
        assert_eq!((input(&[]), input(&["3,x"])), (Some(vec![]), None));
    }

    #[test]
    fn manual_must_be_web_address() {
        assert_eq!(manual("  "), Ok(None));
        assert_eq!(manual(" HTTPS://example.org/a?b#c "), Ok(Some("https://example.org/a?b#c".into())));
        for wrong in [
            "javascript:alert(1)",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "https://user@evil.example/",
            "example.org",
            "https://example.org/\u{202E}x",
            "ht\ttps://example.org",
        ] {
            assert_eq!(manual(wrong), Err(NoAddress::Unread), "{wrong}");
        }
        for spaced in
            ["https://exa mple.org", "https://example.org/Laser cutter.pdf", "https://example.org/a\u{a0}b"]
        {
            assert_eq!(manual(spaced), Err(NoAddress::Space), "{spaced}");
        }
        assert_eq!(manual(&format!("https://example.org/{}", "x".repeat(ADDRESS))), Err(NoAddress::Unread));
    }
}

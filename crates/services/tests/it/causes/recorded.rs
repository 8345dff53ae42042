//! Every audit action has a sentence.

use super::*;

/// All string literals of a source that look like an audit action and are passed to the audit log.
fn actions(source: &str) -> BTreeSet<String> {
    let is_action = |name: &str| {
        let fits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        name.split_once('.').is_some_and(|(noun, action)| fits(noun) && fits(action))
    };
    let mut found = BTreeSet::new();
    for (at, _) in source.match_indices("audited(").chain(source.match_indices("audit::entry(")) {
        // One call, to the end of its statement.
        let call = source.get(at..).unwrap_or_default();
        let call = call.split_once(';').map_or(call, |(call, _)| call);
        found.extend(call.split('"').skip(1).step_by(2).filter(|name| is_action(name)).map(ToOwned::to_owned));
    }
    found
}

#[test]
fn every_audit_action_has_sentence() {
    let mut missing: Vec<String> = sources().values().flat_map(|source| actions(source)).collect();
    assert!(missing.len() > 100, "few are found: {missing:?}");
    missing.retain(|action| text::Lang::En.audit_action(action).is_none());
    assert!(missing.is_empty(), "say in crates/text/src/audit.rs what these are called: {missing:?}");
}

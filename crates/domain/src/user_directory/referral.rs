//! References of a directory to other servers (RFC 4511, 4.5.3).
//!
//! Not here: following them. A password of this directory is for no other server.

/// Parts of an Active Directory that it refers to from the root of each domain, and in which nobody is.
const EMPTY: [&str; 3] = ["dc=domaindnszones,", "dc=forestdnszones,", "cn=configuration,"];

/// Whether people or groups may be behind a reference like `ldap://other/ou=staff,dc=uni??sub`.
#[must_use]
pub fn may_hide_people(reference: &str) -> bool {
    let place = reference.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let name = place.map_or("", |(_, name)| name).to_ascii_lowercase().replace("%3d", "=").replace("%2c", ",");
    !EMPTY.iter().any(|empty| name.starts_with(empty))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zones_and_configuration_of_active_directory_hide_nobody() {
        for reference in [
            "ldap://DomainDnsZones.uni.example/DC=DomainDnsZones,DC=uni,DC=example",
            "ldap://ForestDnsZones.uni.example/DC%3DForestDnsZones%2CDC%3Duni",
            "ldap://uni.example/CN=Configuration,DC=uni,DC=example??sub",
        ] {
            assert!(!may_hide_people(reference), "{reference}");
        }
        for reference in
            ["ldap://other/ou=staff,dc=uni??sub", "ldaps://child.uni.example/DC=child,DC=uni", "ldap://other", ""]
        {
            assert!(may_hide_people(reference), "{reference}");
        }
    }
}

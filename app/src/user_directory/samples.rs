//! A directory for the tests of its pages.

use crate::testing::{NOW, ago};
use contract::user_directory::{DirectoryPage, DirectorySettingsView, DirectoryView};
use domain::user_directory::GroupSource;

pub fn settings() -> DirectorySettingsView {
    DirectorySettingsView {
        address: "ldaps://ldap.uni.example".into(),
        certificates: None,
        bind_dn: "cn=reader,dc=uni,dc=example".into(),
        base: "ou=people,dc=uni,dc=example".into(),
        people_filter: "(uid={login})".into(),
        login: "uid".into(),
        name: "cn".into(),
        email: "mail".into(),
        unique_id: "entryUUID".into(),
        groups: GroupSource::MemberOf,
        member_of: "memberOf".into(),
        group_base: None,
        signs_in: true,
        admits: true,
        adds: false,
        every: 60,
        most: 20,
    }
}

pub fn page() -> DirectoryPage {
    let directory = DirectoryView {
        version: 3,
        settings: Some(settings()),
        linked: 214,
        suspended: 2,
        synced: Some(ago(42)),
        failing_since: None,
        trouble: None,
        waits: false,
    };
    DirectoryPage {
        now: NOW,
        directory,
        is_confirmed: true,
        rules: vec![],
        unmatched: vec![],
        targets: vec![("group:3".into(), "Product Design 2".into()), ("user:7".into(), "Laser cutters".into())],
        preview: None,
        runs: vec![],
        suspended: vec![],
        may_connect: true,
        may_sync: true,
    }
}

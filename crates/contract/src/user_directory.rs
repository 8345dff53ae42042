//! The user directory (LDAP): how it is reached, what a sync would change, and how readings went.

use crate::group_mapping::GroupRuleView;
#[cfg(feature = "server")]
use crate::{form::Faults, operation::HasVersion};
use domain::{
    id::{GroupRuleId, PersonId},
    names::Line,
    time::Moment,
    user_directory::{
        Attribute, BindPassword, Certificates, DistinguishedName, GroupSource, Minutes, Percent, RunKind, Trouble,
        filter::Template, server_address::ServerAddress, sync::Skip,
    },
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag People;

    /// Get the user directory
    ///
    /// Returns how the directory is reached and how reading it went. The password that Toolgate reads with is never returned.
    GET "directory" => ReadDirectory() -> DirectoryView, scope PeopleRead, versioned;

    /// The directory with its rules and the last dry run.
    READ => ReadDirectoryPage() -> DirectoryPage, page "directory/read";

    /// Connect the user directory
    ///
    /// Sets how the directory is reached. Connections are encrypted, by `ldaps://` or by StartTLS with `ldap://`. A password left
    /// out stays as it is, unless the address or the name changes. For administrators.
    PUT "directory" => SaveDirectory(version: i64, form: Result<DirectoryForm, Faults>) -> (),
        page "directory/save", then "/directory/connection?saved", scope SpaceWrite, errors ["directory.invalid"];

    /// Test the user directory
    ///
    /// Connects, signs in as the reader, and looks for people and groups. Changes nothing.
    POST "directory/test" => TestDirectory() -> DirectoryTest,
        page "directory/test", scope SpaceWrite, gives, errors ["directory.not-connected"];

    /// Disconnect the user directory
    ///
    /// Deletes the settings, the rules of its groups and the links to its entries. People stay as they are; those who have no
    /// password here can no longer sign in.
    DELETE "directory" => DisconnectDirectory() -> (),
        page "directory/disconnect", then "/directory/connection", scope SpaceWrite, errors ["directory.not-connected"];

    /// Preview a directory sync
    ///
    /// Reads the directory and returns what a sync would change. Changes nothing; it can be applied for 30 minutes.
    POST "directory/dry-run" => PreviewDirectorySync() -> DirectoryPreview,
        page "directory/dry-run", scope PeopleWrite, gives,
        errors ["directory.not-connected", "directory.failed", "directory.busy"];

    /// Apply a directory sync
    ///
    /// Makes the changes of a dry run, if it would still have the same result. A manager has seen them, so nothing is too many.
    POST "directory/sync" => ApplyDirectorySync(form: ApplyForm) -> DirectorySynced,
        page "directory/sync", then "/directory?synced", scope PeopleWrite, gives, once,
        errors ["directory.not-connected", "directory.no-dry-run", "directory.changed", "directory.nothing", "directory.busy",
                "directory.interrupted"];

    /// Unlink a person from the user directory
    ///
    /// Removes a person's link to their entry, so that no sync changes or suspends them. They sign in with a password here.
    POST "people/{id}/directory/unlink" => UnlinkFromDirectory(person: PersonId) -> (),
        page "directory/unlink", scope PeopleWrite, errors ["person.unknown", "directory.unlinked"];
}

/// How the directory is reached, and where people and groups are.
#[derive(Debug, Clone, Form)]
pub struct DirectoryForm {
    /// `ldaps://host`, or `ldap://host` with StartTLS. `plain://localhost` is for a directory on this machine.
    #[field(example = "ldaps://ldap.uni.example")]
    pub address: ServerAddress,
    /// Certificates of authorities in PEM, which are trusted instead of those of this machine.
    pub certificates: Option<Certificates>,
    /// The distinguished name that Toolgate reads with.
    #[field(example = "cn=reader,dc=uni,dc=example")]
    pub bind_dn: DistinguishedName,
    /// Its password; left out, the stored one stays.
    #[field(example = "correct horse")]
    pub bind_password: Option<BindPassword>,
    /// Under which people are.
    #[field(example = "ou=people,dc=uni,dc=example")]
    pub base: DistinguishedName,
    /// Finds a person by their input at sign-in, which replaces `{login}`.
    #[field(example = "(&(objectClass=inetOrgPerson)(|(uid={login})(mail={login})))")]
    pub people_filter: Template,
    /// The attribute with the login name.
    #[field(example = "uid")]
    pub login: Attribute,
    /// The attribute with the name.
    #[field(example = "cn")]
    pub name: Attribute,
    /// The attribute with the e-mail address.
    #[field(example = "mail")]
    pub email: Attribute,
    /// The attribute that identifies an entry for good.
    #[field(example = "entryUUID")]
    pub unique_id: Attribute,
    /// Where the groups of people are.
    pub groups: GroupSource,
    /// The attribute of a person that names their groups.
    #[field(example = "memberOf")]
    pub member_of: Attribute,
    /// Under which groups count; the base of people if left out.
    #[field(example = "ou=groups,dc=uni,dc=example")]
    pub group_base: Option<DistinguishedName>,
    /// Whether people sign in with their password of the directory.
    pub signs_in: bool,
    /// Whether new people are members at once; otherwise they apply.
    pub admits: bool,
    /// Whether a sync adds everybody it finds; otherwise people are added when they first sign in.
    pub adds: bool,
    /// Minutes between two syncs; 0: only by hand.
    #[field(example = 60)]
    pub every: Minutes,
    /// The share of people, in percent, that a sync suspends without asking.
    #[field(example = 20)]
    pub most: Percent,
}

/// A dry run to apply.
#[derive(Debug, Clone, Form)]
pub struct ApplyForm {
    /// The digest of the dry run.
    #[field(example = "3f6c0d2a9b1e4c58")]
    pub digest: Line<64>,
}

/// The directory.
#[view]
pub struct DirectoryView {
    /// The version of the settings; 0 without a directory.
    #[field(example = 1)]
    pub version: i64,
    /// The settings, if a directory is connected.
    pub settings: Option<DirectorySettingsView>,
    /// How many people have an entry there.
    #[field(example = 214)]
    pub linked: u32,
    /// How many of them are suspended by a sync.
    #[field(example = 2)]
    pub suspended: u32,
    /// When a sync last succeeded.
    pub synced: Option<Moment>,
    /// Since when reading has failed.
    pub failing_since: Option<Moment>,
    /// Why the last reading failed, if it did.
    pub trouble: Option<Trouble>,
    /// Whether a sync waits for a manager, because it would take access from too many, or from anybody since the settings changed.
    pub waits: bool,
}

/// The settings of the directory.
#[view]
pub struct DirectorySettingsView {
    /// Its address.
    #[field(example = "ldaps://ldap.uni.example")]
    pub address: String,
    /// Certificates of authorities in PEM.
    pub certificates: Option<String>,
    /// The distinguished name that Toolgate reads with.
    #[field(example = "cn=reader,dc=uni,dc=example")]
    pub bind_dn: String,
    /// Under which people are.
    #[field(example = "ou=people,dc=uni,dc=example")]
    pub base: String,
    /// Finds a person by their input at sign-in.
    #[field(example = "(uid={login})")]
    pub people_filter: String,
    /// The attribute with the login name.
    #[field(example = "uid")]
    pub login: String,
    /// The attribute with the name.
    #[field(example = "cn")]
    pub name: String,
    /// The attribute with the e-mail address.
    #[field(example = "mail")]
    pub email: String,
    /// The attribute that identifies an entry for good.
    #[field(example = "entryUUID")]
    pub unique_id: String,
    /// Where the groups of people are.
    pub groups: GroupSource,
    /// The attribute of a person that names their groups.
    #[field(example = "memberOf")]
    pub member_of: String,
    /// Under which groups count.
    pub group_base: Option<String>,
    /// Whether people sign in with their password of the directory.
    pub signs_in: bool,
    /// Whether new people are members at once.
    pub admits: bool,
    /// Whether a sync adds everybody it finds.
    pub adds: bool,
    /// Minutes between two syncs.
    #[field(example = 60)]
    pub every: u16,
    /// The share of people, in percent, that a sync suspends without asking.
    #[field(example = 20)]
    pub most: u16,
}

#[cfg(feature = "server")]
impl HasVersion for DirectoryView {
    fn version(&self) -> i64 {
        self.version
    }
}

/// The result of a test.
#[view]
pub struct DirectoryTest {
    /// Why it failed; null if it succeeded.
    pub trouble: Option<Trouble>,
    /// How many people it found.
    #[field(example = 214)]
    pub people: u32,
    /// How many of them have a group.
    #[field(example = 209)]
    pub with_groups: u32,
}

/// What a sync would change.
#[view]
pub struct DirectoryPreview {
    /// Identifies the result, for applying it.
    #[field(example = "3f6c0d2a9b1e4c58")]
    pub digest: String,
    /// When the directory was read.
    pub read: Moment,
    /// How many people are in the directory.
    #[field(example = 214)]
    pub people: u32,
    /// How many changes there are in all.
    #[field(example = 12)]
    pub changes: u32,
    /// Whether only a manager may apply it, because too many would lose access, or anybody since the settings changed.
    pub needs_confirmation: bool,
    /// What would happen, with how many people and the first names.
    pub parts: Vec<PreviewPart>,
    /// Who stays as they are, and why.
    pub skipped: Vec<SkippedPart>,
    /// The groups of rules that nobody in the directory has: misspelled, or empty.
    pub unmatched: Vec<String>,
}

/// People to whom the same would happen.
#[view]
pub struct PreviewPart {
    /// What.
    pub effect: Effect,
    /// The group or type, if it is about one.
    pub of: Option<String>,
    /// How many people.
    #[field(example = 3)]
    pub count: u32,
    /// The names of the first hundred.
    pub names: Vec<String>,
    /// Their ids, in the same order; empty for people who are not here yet.
    pub people: Vec<PersonId>,
}

/// People who stay as they are for the same reason.
#[view]
pub struct SkippedPart {
    /// Why.
    pub reason: Skip,
    /// How many people.
    #[field(example = 2)]
    pub count: u32,
    /// The names of the first hundred.
    pub names: Vec<String>,
}

pub use domain::user_directory::sync::Effect;

/// The result of a sync.
#[view]
pub struct DirectorySynced {
    /// How many changes were made.
    #[field(example = 12)]
    pub changes: u32,
}

/// A reading, as the page lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    pub kind: RunKind,
    pub began: Moment,
    pub trouble: Option<Trouble>,
    pub people: u32,
    pub changes: u32,
    pub waits: bool,
}

/// The pages of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryPage {
    pub now: Moment,
    pub directory: DirectoryView,
    /// Since the settings that decide who is found changed, a manager applied a sync, or one took nothing away.
    pub is_confirmed: bool,
    pub rules: Vec<GroupRuleView>,
    /// Rules whose group nobody in the directory has, as far as it was read since the settings changed.
    pub unmatched: Vec<GroupRuleId>,
    /// What a rule may give: its code and its name, groups first.
    pub targets: Vec<(String, String)>,
    /// The last dry run, while it can be applied.
    pub preview: Option<DirectoryPreview>,
    pub runs: Vec<RunView>,
    /// The first hundred people whom a sync suspended.
    pub suspended: Vec<(PersonId, String)>,
    /// Whether the reader may set how the directory is reached.
    pub may_connect: bool,
    /// Whether the reader may change rules and sync.
    pub may_sync: bool,
}

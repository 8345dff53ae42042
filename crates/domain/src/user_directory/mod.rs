//! The user directory (LDAP) of another institution: how it is reached, and which attributes of its entries matter.
//!
//! Invariant: a password never travels unencrypted, except to this machine. Not here: what follows from a list of entries
//! ([`sync`]), sockets, and storage.

pub mod entry_name;
pub mod filter;
pub mod nesting;
pub mod referral;
pub mod server_address;
pub mod sync;

use crate::{bounded::BoundedInteger, string_enum::string_enum, time::Millis};
use filter::{InvalidTemplate, Template};
use server_address::{InvalidServer, ServerAddress};
use std::{fmt, time::Duration};

/// Characters of a distinguished name, at most.
pub const DN: usize = 500;
/// Characters of a filter, at most.
pub const FILTER: usize = 1_000;
/// Characters of the name of an attribute, at most.
pub const ATTRIBUTE: usize = 100;
/// Bytes of certificates, at most.
pub const CERTIFICATES: usize = 64 * 1024;
/// Entries of one sync, at most.
pub const ENTRIES: usize = 50_000;
/// The time limit of each operation of the directory, and of connecting to it.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How long a dry run can be applied.
pub const DRY_RUN: Duration = Duration::from_mins(30);

/// Minutes between two syncs; 0: only by hand.
pub type Minutes = BoundedInteger<0, 1440>;
/// The share of people, in percent, that a sync suspends without asking.
pub type Percent = BoundedInteger<1, 100>;

string_enum! {
    /// Where the groups of people are.
    GroupSource {
        Nowhere = "none",
        /// In an attribute of each person, usually `memberOf`.
        MemberOf = "member-of",
        /// In entries of their own, which list their members.
        Entries = "entries",
    }
}

string_enum! {
    /// Why a request to the directory failed.
    Trouble {
        NotSetUp = "not-set-up",
        /// Nothing answers at its address.
        Unreachable = "unreachable",
        /// It accepted the connection, and did not answer in time.
        NoAnswer = "no-answer",
        /// Its certificate is not trusted, has expired, or is for another name.
        Certificate = "certificate",
        /// It refuses to encrypt the connection.
        NoEncryption = "no-encryption",
        /// It refuses the name or the password that Toolgate reads with.
        BindRefused = "bind-refused",
        /// There is nothing at the base.
        BaseNotFound = "base-not-found",
        /// It cuts lists at a limit.
        SizeLimit = "size-limit",
        /// It does not understand a filter.
        InvalidFilter = "invalid-filter",
        /// Toolgate may not read there.
        NotAllowed = "not-allowed",
        /// An entry lacks the attribute that identifies it for good.
        NoUniqueId = "no-unique-id",
        /// The base is on another server.
        Elsewhere = "elsewhere",
        /// It answered something else than expected.
        Unclear = "unclear",
    }
}

impl Trouble {
    /// Whether the directory did not answer at all, so that a sign-in is better tried later. Any other trouble is an answer.
    #[must_use]
    pub const fn is_silence(self) -> bool {
        matches!(self, Self::NotSetUp | Self::Unreachable | Self::NoAnswer)
    }
}

string_enum! {
    /// How a reading of the directory ended.
    RunKind {
        /// By the timer.
        Timed = "timed",
        /// A manager applied a dry run.
        Applied = "applied",
    }
}

/// The name of an attribute: `uid`, `entryUUID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute(String);

impl Attribute {
    /// `None` if it is no name of an attribute (RFC 4512, 1.4).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        (begins && text.len() <= ATTRIBUTE && text.chars().all(letter)).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A distinguished name, as typed. Only the directory can say whether it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(String);

impl DistinguishedName {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_visible = !text.chars().any(char::is_control);
        let has_parts =
            text.split(',').all(|part| part.contains('=') || part.trim().is_empty() || text.contains('\\'));
        (!text.is_empty() && text.contains('=') && text.chars().count() <= DN && is_visible && has_parts)
            .then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Certificates of authorities in PEM. Whether they are readable is found out where they are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificates(String);

impl Certificates {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (begin, end) = ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----");
        let is_pem = text.starts_with(begin) && text.ends_with(end) && !text.contains("PRIVATE KEY");
        (text.len() <= CERTIFICATES && is_pem).then(|| format!("{text}\n")).map(Self)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The password that Toolgate reads with. Its debug output hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct BindPassword(String);

impl BindPassword {
    /// `None` if it is empty: a directory takes that as no sign-in at all.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty() && text.len() <= 1_000).then(|| Self(text.to_owned()))
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BindPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BindPassword")
    }
}

/// Why a setting of the directory is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidSetting {
    Server(InvalidServer),
    Template(InvalidTemplate),
    /// No distinguished name.
    Name,
    Attribute,
    Certificates,
    /// It is missing, or a new server would get it.
    Password,
}

/// How the directory is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub address: ServerAddress,
    /// Authorities that are trusted instead of those of this machine.
    pub certificates: Option<Certificates>,
    /// Whom Toolgate reads as.
    pub bind_dn: DistinguishedName,
    pub bind_password: BindPassword,
}

/// Where people and groups are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Under which people are.
    pub base: DistinguishedName,
    /// Finds a person by their input at sign-in.
    pub people: Template,
    pub login: Attribute,
    pub name: Attribute,
    pub email: Attribute,
    /// Identifies an entry for good: it stays when a person is renamed, and is never given again.
    pub unique: Attribute,
    pub groups: GroupSource,
    /// The attribute of a person that names their groups.
    pub member_of: Attribute,
    /// Under which groups count; people's base without.
    pub group_base: Option<DistinguishedName>,
}

/// What a sync does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// People sign in with their password of the directory.
    pub signs_in: bool,
    /// New people are members at once; otherwise they apply.
    pub admits: bool,
    /// A sync adds everybody it finds; otherwise people are added when they first sign in.
    pub adds: bool,
    /// Minutes between two syncs; 0: only by hand.
    pub every: u16,
    /// The share of people, in percent, that a sync suspends without asking.
    pub most: u16,
}

/// How much earlier than its minutes a sync may begin: half the time between two ticks of its job, which come a little early or late.
const EARLY: Duration = Duration::from_secs(30);

impl Policy {
    /// Whether a sync is due, of which the last began at `last`: at the tick nearest to its time.
    #[must_use]
    pub fn is_due(&self, last: Option<Millis>, now: Millis) -> bool {
        let every = Duration::from_mins(u64::from(self.every));
        // A clock that was set back does not stop it.
        self.every > 0 && last.is_none_or(|last| last > now || now.since(last) + EARLY >= every)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;

    #[test]
    fn attribute_has_letters_digits_and_hyphens_only() {
        for good in ["uid", "entryUUID", "sAMAccountName", "1.3.6.1.1.16.4", " mail "] {
            assert!(Attribute::parse(good).is_some(), "{good}");
        }
        for bad in ["", "*", "uid)(", "mail;lang-de", "-x", "ü", &"a".repeat(101)] {
            assert_eq!(Attribute::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn base_is_a_distinguished_name() {
        for good in ["dc=lab,dc=example", "ou=People, dc=lab", "cn=Rossi\\, Ada,dc=lab", "o=Müller"] {
            assert!(DistinguishedName::parse(good).is_some(), "{good}");
        }
        for bad in ["", "lab.example", "dc=lab,example", "dc=lab\ndc=x", &format!("dc={}", "a".repeat(500))] {
            assert_eq!(DistinguishedName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn private_key_is_no_certificate() {
        let pem = |kind: &str| format!("-----BEGIN {kind}-----\nAA==\n-----END {kind}-----");
        assert!(Certificates::parse(&pem("CERTIFICATE")).is_some());
        let both = format!("{}\n{}\n{}", pem("CERTIFICATE"), pem("PRIVATE KEY"), pem("CERTIFICATE"));
        for bad in [String::new(), "x".into(), pem("PRIVATE KEY"), both] {
            assert_eq!(Certificates::parse(&bad), None, "{bad}");
        }
    }

    #[test]
    fn debug_output_hides_the_bind_password() {
        let password = BindPassword::new("geheim").map(|password| format!("{password:?}"));
        assert_eq!(password.as_deref(), Some("BindPassword"));
        assert_eq!(BindPassword::new(""), None, "that would be an anonymous bind");
    }

    #[test]
    fn sync_is_due_after_its_minutes_and_never_by_hand_only() {
        let (now, minute) = (Millis(1_800_000_000_000), Duration::from_mins(1));
        let policy = |every| Policy { signs_in: true, admits: true, adds: true, every, most: 20 };
        assert!(policy(60).is_due(None, now));
        assert!(!policy(60).is_due(Some(now.before(minute * 59)), now));
        assert!(policy(60).is_due(Some(now.before(minute * 60)), now));
        assert!(policy(60).is_due(Some(now.after(minute * 90)), now), "the clock was set back");
        assert!(!policy(0).is_due(None, now));
    }

    #[test]
    fn sync_of_few_minutes_begins_at_the_tick_of_its_job_that_is_nearest() {
        let start = Millis(1_800_000_000_000);
        let tick = crate::jobs::Job::UserDirectory.every();
        for every in 1..=6 {
            let policy = Policy { signs_in: true, admits: true, adds: true, every, most: 20 };
            let (mut last, mut began) = (None, Vec::new());
            for number in 0..=12_u16 {
                // Each tick is a little early or late.
                let at =
                    start.after(tick * u32::from(number) + Duration::from_millis(u64::from(number % 2) * 300));
                if policy.is_due(last, at) {
                    last = Some(at);
                    began.push(number);
                }
            }
            let expected: Vec<_> = (0..=12).filter(|number| number % every == 0).collect();
            assert_eq!(began, expected, "{every}");
        }
    }
}

//! The people, places and machines of the invented workshop. Nobody and nothing here exists.

use domain::{
    boards::MachineNumber,
    cards::CardUid,
    machines::{AuthorisationMode, Risk},
    people::PersonStatus,
    qualifications::{BuiltIn, Relation},
};

pub(super) const SPACE: &str = "Talvera Workshop";
pub(super) const ZONE: &str = "Europe/Rome";

pub(super) const PLACES: [&str; 3] = ["Laser and print room", "Wood shop", "Metal and textiles"];

pub(super) struct Type {
    pub name: &'static str,
    pub risk: Risk,
    pub mode: AuthorisationMode,
}

pub(super) const TYPES: [Type; 6] = [
    Type { name: "Laser cutter", risk: Risk::Medium, mode: AuthorisationMode::Qualified },
    Type { name: "3D printer", risk: Risk::Low, mode: AuthorisationMode::Open },
    Type { name: "Saw", risk: Risk::High, mode: AuthorisationMode::Qualified },
    Type { name: "CNC mill", risk: Risk::High, mode: AuthorisationMode::Supervised },
    Type { name: "Lathe", risk: Risk::High, mode: AuthorisationMode::Qualified },
    Type { name: "Sewing machine", risk: Risk::Low, mode: AuthorisationMode::Open },
];

pub(super) struct Machine {
    pub name: &'static str,
    pub kind: usize,
    pub place: usize,
    /// 0: it has no board.
    pub number: u16,
    /// Its board is simulated while the demo runs; the others' are silent.
    pub simulated: bool,
    pub blocked: Option<&'static str>,
    pub manual: Option<&'static str>,
}

const fn machine(name: &'static str, kind: usize, place: usize, number: u16) -> Machine {
    Machine { name, kind, place, number, simulated: true, blocked: None, manual: None }
}

pub(super) const MACHINES: [Machine; 12] = [
    Machine { manual: Some("https://talvera.example/manuals/laser"), ..machine("Laser cutter 1", 0, 0, 1) },
    Machine { manual: Some("https://talvera.example/manuals/laser"), ..machine("Laser cutter 2", 0, 0, 2) },
    machine("3D printer Anna", 1, 0, 3),
    machine("3D printer Berta", 1, 0, 4),
    machine("Bandsaw", 2, 1, 5),
    machine("Panel saw", 2, 1, 6),
    machine("CNC router", 3, 1, 7),
    machine("Lathe", 4, 2, 8),
    Machine { blocked: Some("Spindle noise"), ..machine("Milling machine", 3, 2, 9) },
    machine("Sewing machine 1", 5, 2, 10),
    Machine { simulated: false, ..machine("Embroidery machine", 5, 2, 11) },
    Machine { number: 0, simulated: false, ..machine("Wood lathe", 4, 1, 0) },
];

/// Doors: their place, and the number of their board.
pub(super) const DOORS: [(&str, usize, MachineNumber); 3] = [
    ("Main door", 0, MachineNumber(13)),
    ("Wood shop door", 1, MachineNumber(14)),
    ("Yard door", 2, MachineNumber(15)),
];

pub(super) struct Plan {
    pub words: &'static str,
    /// The machine, or the type.
    pub machine: Option<usize>,
    pub kind: usize,
    pub hours: Option<u32>,
    pub days: Option<u32>,
    pub blocking: bool,
    pub display: &'static str,
    /// Days since it was last done.
    pub since: u32,
}

/// One is due, one soon, the others are not.
pub(super) const PLANS: [Plan; 4] = [
    Plan {
        words: "Clean lens and mirrors",
        machine: None,
        kind: 0,
        hours: Some(40),
        days: None,
        blocking: true,
        display: "Clean the lens",
        since: 3,
    },
    Plan {
        words: "Change the coolant",
        machine: Some(6),
        kind: 3,
        hours: None,
        days: Some(14),
        blocking: true,
        display: "Change coolant",
        since: 16,
    },
    Plan {
        words: "Check the tension of the blade",
        machine: Some(4),
        kind: 2,
        hours: None,
        days: Some(30),
        blocking: false,
        display: "",
        since: 28,
    },
    Plan {
        words: "Oil and clean",
        machine: None,
        kind: 5,
        hours: Some(100),
        days: Some(180),
        blocking: false,
        display: "",
        since: 40,
    },
];

pub(super) const ADMINISTRATOR: usize = 0;
/// The visitor's person as a member.
pub(super) const MEMBER: usize = 7;

/// The e-mail address of the person with this name.
pub(super) fn email(name: &str) -> String {
    format!("{}@talvera.example", name.to_lowercase().replace(' ', "."))
}

/// People in training for the mills: person, percent of each video, whether they passed the quiz, and hours since
/// they watched.
pub(super) const LEARNERS: [(usize, [u8; 3], bool, u32); 7] = [
    (MEMBER, [0, 100, 100], false, 60),
    (8, [25, 0, 0], false, 30),
    (10, [58, 100, 40], false, 20),
    (11, [100, 100, 100], false, 5),
    (13, [100, 100, 100], true, 2),
    // These have requested a checkout.
    (14, [100, 100, 100], true, 120),
    (16, [100, 96, 100], true, 80),
];
pub(super) const LASER: usize = 0;
pub(super) const MILL: usize = 3;
pub(super) const LATHE: usize = 4;

pub(super) const NAMES: [&str; 40] = [
    "Marta Ferri",
    "Jonas Weber",
    "Amara Okafor",
    "Li Wen",
    "Priya Nair",
    "Tomas Novak",
    "Elena Rossi",
    "Sam Carter",
    "Ines Duarte",
    "Yusuf Demir",
    "Clara Moreau",
    "Nils Berg",
    "Fatima Haddad",
    "Oskar Lindt",
    "Giulia Conti",
    "Ravi Menon",
    "Hana Sato",
    "Diego Salas",
    "Noor Aziz",
    "Paul Meier",
    "Sofia Greco",
    "Ivan Petrov",
    "Lucia Bruno",
    "Aiko Mori",
    "Marek Zielinski",
    "Zoe Martin",
    "Kofi Mensah",
    "Anna Keller",
    "Luca Ferrari",
    "Mina Park",
    "Erik Dahl",
    "Carla Vidal",
    "Omar Farouk",
    "Nina Horvat",
    "Pietro Galli",
    "Ewa Nowak",
    "Ben Osei",
    "Laura Fabbri",
    "Hugo Blanc",
    "Rosa Silva",
];

/// The last two are not (or no longer) active.
pub(super) fn status(person: usize) -> PersonStatus {
    match person {
        38 => PersonStatus::Suspended,
        39 => PersonStatus::Applicant,
        _ => PersonStatus::Active,
    }
}

/// A made-up uid, different for everybody.
pub(super) fn uid(person: usize) -> CardUid {
    let step = u32::try_from(person).unwrap_or(0).wrapping_mul(0x0101_0b35);
    CardUid::from_bytes(0x1a2b_0000_u32.wrapping_add(step).to_be_bytes())
}

/// The person's relation to a type: every third person learned it, a few teach it, one owns it.
pub(super) fn relation(person: usize, kind: usize) -> Option<Relation> {
    match (person, (person + kind) % 3) {
        (ADMINISTRATOR, _) => Some(Relation::Owner),
        (1..=3, 0) => Some(Relation::Trainer),
        (_, 0) => Some(Relation::User),
        _ => None,
    }
}

/// The person's role in the space and the system besides membership: one manages, one audits, one inducts.
pub(super) fn roles(person: usize) -> &'static [(BuiltIn, Relation)] {
    match person {
        ADMINISTRATOR => &[(BuiltIn::Space, Relation::Owner), (BuiltIn::System, Relation::Owner)],
        4 => &[(BuiltIn::Space, Relation::Owner)],
        5 => &[(BuiltIn::System, Relation::User)],
        6 => &[(BuiltIn::Space, Relation::Trainer)],
        _ => &[],
    }
}

pub(super) fn may_use(person: usize, kind: usize) -> bool {
    TYPES[kind].mode == AuthorisationMode::Open || relation(person, kind).is_some()
}

/// Whether the person is active and, if a type is given, may use its machines.
pub(super) fn is_user(person: usize, kind: Option<usize>) -> bool {
    status(person) == PersonStatus::Active && kind.is_none_or(|kind| may_use(person, kind))
}

pub(super) fn number(machine: &Machine) -> Option<MachineNumber> {
    (machine.number > 0).then_some(MachineNumber(machine.number))
}

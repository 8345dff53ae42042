//! The proof file of a draw: writes it, and verifies it by running the draw again.
//!
//! **Invariants.** A draw has exactly one proof, byte by byte: [`verify`] accepts the bytes that [`proof`] writes for the
//! secret, wishes and obstacles in the file, and no others. It never panics, and takes bounded time and memory. A file
//! contains ids and aliases, no names and no free text.
//!
//! Not here: whether the hashes in the file are those published before the run. The caller compares
//! [`VerifiedDraw::commitment`] and [`DrawResult::wishes_hash`] with the published ones.

use super::{
    hash::{DrawHash, Secret},
    run::{DrawInput, DrawResult, InvalidInput, Obstacle, Outcome, Turn, VERSION, run},
    wishes::{DrawWish, Entrant, Importance, SpanError, WeekSpan},
};
use crate::{
    bookings::Resource,
    id::{DrawId, WishId},
    string_enum::string_enum,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Bytes of a proof at most; the longest of [`super::MAX_WISHES`] wishes is shorter.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The field `format` of every proof.
const FORMAT: &str = "toolgate-draw";

string_enum! {
    /// The steps of verification, in order. After the first that fails nothing is checked.
    Step {
        /// The file can be read, and is written as a proof is.
        File = "file",
        /// The secret has the published hash.
        Secret = "secret",
        /// The wishes have the published hash.
        Wishes = "wishes",
        /// The seed comes from both.
        Seed = "seed",
        /// The turns follow from the seed.
        Turns = "turns",
        /// The outcomes follow from the turns.
        Outcomes = "outcomes",
    }
}

/// The file. Its fields are written in this order.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofFile {
    format: String,
    version: u32,
    draw: i64,
    commitment: String,
    secret: String,
    wishes: Vec<WishRow>,
    wishes_hash: String,
    obstacles: Vec<ObstacleRow>,
    seed: String,
    turns: Vec<TurnRow>,
    outcomes: Vec<OutcomeRow>,
}

/// What every version of the file has.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WishRow {
    id: i64,
    entrant: String,
    resource: String,
    from: u32,
    until: u32,
    importance: u8,
    order: u32,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ObstacleRow {
    wish: i64,
    reason: Obstacle,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TurnRow {
    round: u32,
    turn: u32,
    entrant: String,
    won: Option<i64>,
}

/// `result` is `won`, with `round` and `turn`; `taken`, with `by`; or an obstacle.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeRow {
    wish: i64,
    result: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    round: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    turn: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<i64>,
}

impl ProofFile {
    fn new(secret: &Secret, input: &DrawInput, result: &DrawResult) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            draw: input.draw().0,
            commitment: secret.commitment().to_string(),
            secret: secret.to_hex(),
            wishes: input.wishes().iter().map(WishRow::new).collect(),
            wishes_hash: result.wishes_hash.to_string(),
            obstacles: input
                .obstacles()
                .iter()
                .map(|(wish, &reason)| ObstacleRow { wish: wish.0, reason })
                .collect(),
            seed: result.seed.to_string(),
            turns: result.turns.iter().map(TurnRow::new).collect(),
            outcomes: result.outcomes.iter().map(|(&wish, &outcome)| OutcomeRow::new(wish, outcome)).collect(),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        // Numbers and strings can always be written.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    fn input(&self) -> Result<DrawInput, InvalidProof> {
        let wishes: Result<_, _> = self
            .wishes
            .iter()
            .map(|row| row.to_wish().map_err(|fault| InvalidProof::Wish { wish: row.id, fault }))
            .collect();
        let obstacles = self.obstacles.iter().map(|row| (WishId(row.wish), row.reason));
        Ok(DrawInput::new(DrawId(self.draw), wishes?, obstacles)?)
    }
}

impl WishRow {
    fn new(wish: &DrawWish) -> Self {
        Self {
            id: wish.id.0,
            entrant: wish.entrant.to_string(),
            resource: wish.resource.to_string(),
            from: wish.span.from(),
            until: wish.span.until(),
            importance: wish.importance.get(),
            order: wish.order,
        }
    }

    fn to_wish(&self) -> Result<DrawWish, WishFault> {
        Ok(DrawWish {
            id: WishId(self.id),
            entrant: Entrant::parse(&self.entrant).ok_or(WishFault::Entrant)?,
            resource: Resource::parse(&self.resource).ok_or(WishFault::Resource)?,
            span: WeekSpan::new(self.from, self.until)?,
            importance: Importance::new(self.importance).ok_or(WishFault::Importance)?,
            order: self.order,
        })
    }
}

impl TurnRow {
    fn new(turn: &Turn) -> Self {
        Self {
            round: turn.round,
            turn: turn.turn,
            entrant: turn.entrant.to_string(),
            won: turn.won.map(|wish| wish.0),
        }
    }
}

impl OutcomeRow {
    fn new(wish: WishId, outcome: Outcome) -> Self {
        let row =
            |result: &str| Self { wish: wish.0, result: result.to_owned(), round: None, turn: None, by: None };
        match outcome {
            Outcome::Won { round, turn } => Self { round: Some(round), turn: Some(turn), ..row("won") },
            Outcome::Taken { by } => Self { by: Some(by.0), ..row("taken") },
            Outcome::Obstacle(obstacle) => row(obstacle.as_str()),
        }
    }
}

/// The proof of a draw, of which `result` must be the result.
#[must_use]
pub fn proof(secret: &Secret, input: &DrawInput, result: &DrawResult) -> Vec<u8> {
    ProofFile::new(secret, input, result).to_bytes()
}

/// A verified proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedDraw {
    pub commitment: DrawHash,
    pub input: DrawInput,
    pub result: DrawResult,
}

/// Why a proof is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProof {
    #[error("the file has more than {MAX_BYTES} bytes, the limit of a draw file")]
    TooLarge,
    #[error("the file is not JSON from line {line}, column {column} on")]
    NotJson { line: usize, column: usize },
    #[error("the file ends too early")]
    Truncated,
    #[error("the file has other fields than a draw file, at line {line}, column {column}")]
    NotAProof { line: usize, column: usize },
    #[error("the file has version {0}, and this program knows version {VERSION}")]
    UnknownVersion(u32),
    /// The field is named.
    #[error("`{0}` is not 64 digits from 0 to f")]
    NotAHash(&'static str),
    #[error("wish {wish} is invalid: {fault}")]
    Wish { wish: i64, fault: WishFault },
    #[error("the wishes are invalid: {0}")]
    Input(#[from] InvalidInput),
    #[error("the secret is not the one of the commitment: its SHA-256 is {computed}, the file says {stated}")]
    Secret { stated: DrawHash, computed: DrawHash },
    #[error("the wishes are not those of the closing: their SHA-256 is {computed}, the file says {stated}")]
    Wishes { stated: DrawHash, computed: DrawHash },
    #[error("the seed does not come from the secret and the wishes: it is {computed}, the file says {stated}")]
    Seed { stated: DrawHash, computed: DrawHash },
    /// The first turn that differs, counted over all rounds from 1.
    #[error("the turns do not follow from the seed: turn {0} of all differs")]
    Turns(usize),
    /// The first outcome that differs, counted from 1.
    #[error("the outcomes do not follow from the turns: outcome {0} differs")]
    Outcomes(usize),
    /// The first byte that differs, counted from 0.
    #[error("all values are right, but the file is not written as a draw file is, from byte {0} on")]
    NotCanonical(usize),
}

/// Why a wish in a proof is no wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WishFault {
    #[error("its entrant is neither a group nor an alias")]
    Entrant,
    #[error("its resource is neither a machine nor a room")]
    Resource,
    #[error("its importance is not from 1 to 5")]
    Importance,
    #[error("its time is wrong: {0}")]
    Span(#[from] SpanError),
}

impl InvalidProof {
    /// The step that failed.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self {
            Self::TooLarge
            | Self::NotJson { .. }
            | Self::Truncated
            | Self::NotAProof { .. }
            | Self::UnknownVersion(_)
            | Self::NotAHash(_)
            | Self::Wish { .. }
            | Self::Input(_)
            | Self::NotCanonical(_) => Step::File,
            Self::Secret { .. } => Step::Secret,
            Self::Wishes { .. } => Step::Wishes,
            Self::Seed { .. } => Step::Seed,
            Self::Turns(_) => Step::Turns,
            Self::Outcomes(_) => Step::Outcomes,
        }
    }
}

/// Verifies a proof: reads its secret, wishes and obstacles, runs the draw, and compares everything else.
pub fn verify(file: &[u8]) -> Result<VerifiedDraw, InvalidProof> {
    if file.len() > MAX_BYTES {
        return Err(InvalidProof::TooLarge);
    }
    let header: Header = read(file)?;
    if header.format != FORMAT {
        return Err(InvalidProof::NotAProof { line: 1, column: 1 });
    }
    if header.version != VERSION {
        return Err(InvalidProof::UnknownVersion(header.version));
    }
    let stated: ProofFile = read(file)?;
    let hash = |field, hex: &str| DrawHash::parse(hex).ok_or(InvalidProof::NotAHash(field));
    let secret = Secret::parse(&stated.secret).ok_or(InvalidProof::NotAHash("secret"))?;
    let commitment = hash("commitment", &stated.commitment)?;
    let wishes_hash = hash("wishes_hash", &stated.wishes_hash)?;
    let seed = hash("seed", &stated.seed)?;
    let input = stated.input()?;
    let computed = secret.commitment();
    if computed != commitment {
        return Err(InvalidProof::Secret { stated: commitment, computed });
    }
    let computed = input.wishes_hash();
    if computed != wishes_hash {
        return Err(InvalidProof::Wishes { stated: wishes_hash, computed });
    }
    let result = run(&secret, &input);
    if result.seed != seed {
        return Err(InvalidProof::Seed { stated: seed, computed: result.seed });
    }
    let expected = ProofFile::new(&secret, &input, &result);
    if let Some(index) = difference(&stated.turns, &expected.turns) {
        return Err(InvalidProof::Turns(index + 1));
    }
    if let Some(index) = difference(&stated.outcomes, &expected.outcomes) {
        return Err(InvalidProof::Outcomes(index + 1));
    }
    if let Some(index) = difference(file, &expected.to_bytes()) {
        return Err(InvalidProof::NotCanonical(index));
    }
    Ok(VerifiedDraw { commitment, input, result })
}

/// A wish in which a file differs from the published one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangedWish {
    Value {
        wish: i64,
        /// The field as it is called in the file.
        field: &'static str,
        is: String,
        was: String,
    },
    Added(i64),
    Missing(i64),
}

/// The first wish in which `file` differs from `published`; `None` if the wishes are the same, or one of both cannot be
/// read.
#[must_use]
pub fn changed_wish(file: &[u8], published: &[u8]) -> Option<ChangedWish> {
    if file.len() > MAX_BYTES {
        return None;
    }
    let (file, published) = (read::<ProofFile>(file).ok()?, read::<ProofFile>(published).ok()?);
    for was in &published.wishes {
        let Some(is) = file.wishes.iter().find(|row| row.id == was.id) else {
            return Some(ChangedWish::Missing(was.id));
        };
        let fields = [
            ("entrant", is.entrant.clone(), was.entrant.clone()),
            ("resource", is.resource.clone(), was.resource.clone()),
            ("from", is.from.to_string(), was.from.to_string()),
            ("until", is.until.to_string(), was.until.to_string()),
            ("importance", is.importance.to_string(), was.importance.to_string()),
            ("order", is.order.to_string(), was.order.to_string()),
        ];
        if let Some((field, is, before)) = fields.into_iter().find(|(_, is, was)| is != was) {
            return Some(ChangedWish::Value { wish: was.id, field, is, was: before });
        }
    }
    let added = file.wishes.iter().find(|row| !published.wishes.iter().any(|was| was.id == row.id));
    added.map(|row| ChangedWish::Added(row.id))
}

/// The place of the first difference; the end of the shorter one if it is the beginning of the other.
fn difference<T: PartialEq>(one: &[T], other: &[T]) -> Option<usize> {
    let differs = one.iter().zip(other).position(|(one, other)| one != other);
    differs.or_else(|| (one.len() != other.len()).then(|| one.len().min(other.len())))
}

/// Reads JSON. An error has its place and nothing of the file, which may contain anything.
fn read<T: DeserializeOwned>(file: &[u8]) -> Result<T, InvalidProof> {
    serde_json::from_slice(file).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Eof => InvalidProof::Truncated,
            serde_json::error::Category::Data => InvalidProof::NotAProof { line, column },
            serde_json::error::Category::Io | serde_json::error::Category::Syntax => {
                InvalidProof::NotJson { line, column }
            }
        }
    })
}

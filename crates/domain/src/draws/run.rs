//! Runs a draw: from a secret and the wishes to the turns and the outcome of every wish.
//!
//! **Invariants.** The result depends on the secret, the draw's id, the wishes and the obstacles, and on nothing else,
//! not on the order in which they are passed. No two won wishes collide. Every wish is won or lost, and each lost one has
//! its reason. The description, from which this can be written a second time, is in [`crate::draws`].

use super::{
    generator::Generator,
    hash::{DrawHash, Secret},
    wishes::{DrawWish, Entrant},
};
use crate::{
    bookings::Resource,
    id::{DrawId, MachineId, RoomId, WishId},
    string_enum::string_enum,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    num::NonZeroU64,
};

/// Version of the algorithm and of the proof file. Any change of either is a new one.
pub const VERSION: u32 = 1;
/// Wishes of one draw at most.
pub const MAX_WISHES: usize = 5_000;

string_enum! {
    /// Why a wish cannot be won, whatever the order: a fact at the time of the run.
    Obstacle {
        /// The machine or the room is archived.
        Archived = "archived",
        /// It exists, but cannot be booked any more.
        NotBookable = "not-bookable",
        /// It is closed at that time in every week of the draw.
        Closed = "closed",
        /// Other bookings have that time in every week of the draw.
        Occupied = "occupied",
        /// The group or the person may not book it.
        NotPermitted = "not-permitted",
    }
}

/// Checked input of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawInput {
    draw: DrawId,
    /// Sorted by id.
    wishes: Vec<DrawWish>,
    obstacles: BTreeMap<WishId, Obstacle>,
}

/// Why wishes and obstacles are no input of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidInput {
    #[error("there are {0} wishes; a draw has at most {MAX_WISHES}")]
    TooManyWishes(usize),
    #[error("an id is a number from 1, not {0}")]
    NotAnId(i64),
    #[error("there are two wishes {0}")]
    DuplicateWish(WishId),
    #[error("wish {0} has two obstacles")]
    DuplicateObstacle(WishId),
    #[error("wish {0} has an obstacle, but is not in the draw")]
    UnknownWish(WishId),
}

impl DrawInput {
    pub fn new(
        draw: DrawId,
        mut wishes: Vec<DrawWish>,
        obstacles: impl IntoIterator<Item = (WishId, Obstacle)>,
    ) -> Result<Self, InvalidInput> {
        if wishes.len() > MAX_WISHES {
            return Err(InvalidInput::TooManyWishes(wishes.len()));
        }
        wishes.sort_unstable_by_key(|wish| wish.id);
        let numbers = wishes.iter().flat_map(|it| [it.id.0, it.entrant.number(), number_of(it.resource)]);
        if let Some(number) = [draw.0].into_iter().chain(numbers).find(|&number| number < 1) {
            return Err(InvalidInput::NotAnId(number));
        }
        if let Some(twice) = wishes.iter().zip(wishes.iter().skip(1)).find(|(wish, next)| wish.id == next.id) {
            return Err(InvalidInput::DuplicateWish(twice.0.id));
        }
        let mut checked = Self { draw, wishes, obstacles: BTreeMap::new() };
        for (wish, obstacle) in obstacles {
            if checked.find_wish(wish).is_none() {
                return Err(InvalidInput::UnknownWish(wish));
            }
            if checked.obstacles.insert(wish, obstacle).is_some() {
                return Err(InvalidInput::DuplicateObstacle(wish));
            }
        }
        Ok(checked)
    }

    #[must_use]
    pub const fn draw(&self) -> DrawId {
        self.draw
    }

    /// All wishes by id.
    #[must_use]
    pub fn wishes(&self) -> &[DrawWish] {
        &self.wishes
    }

    #[must_use]
    pub const fn obstacles(&self) -> &BTreeMap<WishId, Obstacle> {
        &self.obstacles
    }

    #[must_use]
    pub fn find_wish(&self, id: WishId) -> Option<&DrawWish> {
        self.wishes.binary_search_by_key(&id, |wish| wish.id).ok().and_then(|index| self.wishes.get(index))
    }

    /// Everybody with a wish.
    #[must_use]
    pub fn entrants(&self) -> BTreeSet<Entrant> {
        self.wishes.iter().map(|wish| wish.entrant).collect()
    }

    /// Hash of the draw's id and its wishes, published when the window closes.
    #[must_use]
    pub fn wishes_hash(&self) -> DrawHash {
        DrawHash::of(&[self.canonical().as_bytes()])
    }

    /// The canonical bytes that are hashed.
    fn canonical(&self) -> String {
        let mut text = format!("toolgate draw {} version {}\n", self.draw, VERSION);
        for DrawWish { id, entrant, resource, span, importance, order } in &self.wishes {
            let (from, until, importance) = (span.from(), span.until(), importance.get());
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{id} {entrant} {resource} {from} {until} {importance} {order}");
        }
        text
    }
}

const fn number_of(resource: Resource) -> i64 {
    match resource {
        Resource::Machine(MachineId(number)) | Resource::Room(RoomId(number)) => number,
    }
}

/// A turn of an entrant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// From 1.
    pub round: u32,
    /// Its place in the order of the round, from 1.
    pub turn: u32,
    pub entrant: Entrant,
    /// The wish won; `None` if earlier turns of the round took the rest.
    pub won: Option<WishId>,
}

/// What became of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// In this turn.
    Won { round: u32, turn: u32 },
    /// Lost to a wish that collides and was won first; it may be the entrant's own.
    Taken { by: WishId },
    /// Lost before the first round.
    Obstacle(Obstacle),
}

/// Why a wish was lost, in the facts that a page puts into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    Taken {
        by: WishId,
        /// The entrant of that wish.
        winner: Entrant,
        round: u32,
        /// The winner's turn in that round.
        winner_turn: u32,
        /// The loser's turn in that round.
        own_turn: u32,
        /// Turns in that round.
        turns: u32,
        /// Entrants with a wish that collides with the lost one, the loser included.
        rivals: usize,
        /// The wish that the loser won in that round instead.
        instead: Option<WishId>,
    },
    Obstacle(Obstacle),
}

/// The result of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawResult {
    pub wishes_hash: DrawHash,
    pub seed: DrawHash,
    /// In the order in which they were taken.
    pub turns: Vec<Turn>,
    /// Of every wish.
    pub outcomes: BTreeMap<WishId, Outcome>,
}

impl DrawResult {
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.turns.last().map_or(0, |turn| turn.round)
    }

    /// The won wishes, in the order in which they were won.
    pub fn won(&self) -> impl Iterator<Item = WishId> {
        self.turns.iter().filter_map(|turn| turn.won)
    }

    /// Why `wish` was lost; `None` if it was won or is not one of `input`, which must be that of the run.
    #[must_use]
    pub fn loss(&self, input: &DrawInput, wish: WishId) -> Option<Loss> {
        let by = match self.outcomes.get(&wish)? {
            Outcome::Won { .. } => return None,
            Outcome::Obstacle(obstacle) => return Some(Loss::Obstacle(*obstacle)),
            Outcome::Taken { by } => *by,
        };
        let (lost, winning) = (input.find_wish(wish)?, input.find_wish(by)?);
        let &Outcome::Won { round, turn: winner_turn } = self.outcomes.get(&by)? else { return None };
        let in_round = || self.turns.iter().filter(|turn| turn.round == round);
        let own = in_round().find(|turn| turn.entrant == lost.entrant)?;
        let rivals = input.wishes.iter().filter(|other| other.collides(lost)).map(|other| other.entrant);
        Some(Loss::Taken {
            by,
            winner: winning.entrant,
            round,
            winner_turn,
            own_turn: own.turn,
            turns: in_round().next_back()?.turn,
            rivals: rivals.collect::<BTreeSet<_>>().len(),
            instead: own.won.filter(|&won| won != by),
        })
    }
}

/// Runs the draw. Another secret makes a dry run, which says nothing about the real one.
#[must_use]
pub fn run(secret: &Secret, input: &DrawInput) -> DrawResult {
    let seed = DrawHash::of(&[secret.as_bytes(), input.canonical().as_bytes()]);
    let mut generator = Generator::new(seed);
    let mut outcomes: BTreeMap<_, _> =
        input.obstacles.iter().map(|(&wish, &obstacle)| (wish, Outcome::Obstacle(obstacle))).collect();
    let mut turns = Vec::new();
    let mut pending = BTreeMap::<Entrant, Vec<&DrawWish>>::new();
    let mut by_resource = BTreeMap::<Resource, Vec<&DrawWish>>::new();
    for wish in &input.wishes {
        pending.entry(wish.entrant).or_default().push(wish);
        by_resource.entry(wish.resource).or_default().push(wish);
    }
    for wishes in pending.values_mut() {
        wishes.sort_unstable_by_key(|wish| wish.rank());
    }
    for round in 1.. {
        pending.retain(|_, wishes| {
            wishes.retain(|wish| !outcomes.contains_key(&wish.id));
            !wishes.is_empty()
        });
        if pending.is_empty() {
            break;
        }
        let order = draw_order(&mut generator, &pending);
        for (turn, (entrant, wishes)) in (1..).zip(order) {
            let best = wishes.iter().find(|wish| !outcomes.contains_key(&wish.id));
            if let Some(won) = best {
                for rival in by_resource.get(&won.resource).into_iter().flatten() {
                    if rival.collides(won) {
                        outcomes.entry(rival.id).or_insert(Outcome::Taken { by: won.id });
                    }
                }
                outcomes.insert(won.id, Outcome::Won { round, turn });
            }
            turns.push(Turn { round, turn, entrant, won: best.map(|wish| wish.id) });
        }
    }
    DrawResult { wishes_hash: input.wishes_hash(), seed, turns, outcomes }
}

/// Draws entrants one by one, each with the importance of its first choice as its weight.
fn draw_order<'a, 'w>(
    generator: &mut Generator,
    pending: &'a BTreeMap<Entrant, Vec<&'w DrawWish>>,
) -> Vec<(Entrant, &'a [&'w DrawWish])> {
    let weight = |wishes: &[&DrawWish]| wishes.first().map_or(0, |wish| u64::from(wish.importance.get()));
    let mut left: Vec<_> =
        pending.iter().map(|(&entrant, wishes)| (entrant, wishes.as_slice(), weight(wishes))).collect();
    let mut total = left.iter().map(|it| it.2).sum();
    let mut order = Vec::with_capacity(left.len());
    while let Some(limit) = NonZeroU64::new(total) {
        let mut point = generator.below(limit);
        let drawn = left.iter().position(|&(.., weight)| {
            let is_drawn = point < weight;
            point = point.saturating_sub(weight);
            is_drawn
        });
        // Always found: the point lies below the sum of the weights.
        let Some(index) = drawn else { break };
        let (entrant, wishes, weight) = left.remove(index);
        total -= weight;
        order.push((entrant, wishes));
    }
    order
}

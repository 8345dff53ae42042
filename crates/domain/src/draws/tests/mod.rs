//! Tests that concern several parts of a draw, and the wishes they share.

mod chances;
mod forgery;
mod rounds;
mod stories;
mod wishes;

use super::*;
use crate::{
    bookings::Resource,
    id::{AliasId, DrawId, GroupId, RoomId, WishId},
};
use proptest::prelude::*;

const HOUR: u32 = 3_600;
/// Tuesday 00:00.
const TUESDAY: u32 = 2 * 24 * HOUR;

fn group(id: i64) -> Entrant {
    Entrant::Group(GroupId(id))
}

/// A wish for Tuesday from 18:00 to 21:00.
fn tuesday(id: i64, entrant: Entrant, room: i64, importance: u8) -> DrawWish {
    DrawWish {
        id: WishId(id),
        entrant,
        resource: Resource::Room(RoomId(room)),
        span: WeekSpan::new(TUESDAY + 18 * HOUR, TUESDAY + 21 * HOUR).unwrap(),
        importance: Importance::new(importance).unwrap(),
        order: 0,
    }
}

fn input(wishes: Vec<DrawWish>) -> DrawInput {
    DrawInput::new(DrawId(7), wishes, []).unwrap()
}

/// The `n`-th of many secrets.
fn secret(n: u64) -> Secret {
    Secret::new(*DrawHash::of(&[b"secret of a test", &n.to_be_bytes()]).as_bytes())
}

prop_compose! {
    /// Any wish but for its id, on full hours: few rooms and long spans, so that many collide.
    fn any_wish()(
        entrant in 1..9_i64,
        is_person in any::<bool>(),
        room in 1..4_i64,
        from in 0..168_u32,
        hours in 1..30_u32,
        importance in 1..=5_u8,
        order in 0..3_u32,
    ) -> DrawWish {
        let until = (from + hours) % 168;
        DrawWish {
            id: WishId(0),
            entrant: if is_person { Entrant::Person(AliasId(entrant)) } else { group(entrant) },
            resource: Resource::Room(RoomId(room)),
            span: WeekSpan::new(from * HOUR, if until == 0 { WEEK } else { until * HOUR }).unwrap(),
            importance: Importance::new(importance).unwrap(),
            order,
        }
    }
}

prop_compose! {
    /// Up to 60 wishes; some have an obstacle.
    fn any_input()(
        wishes in prop::collection::vec(any_wish(), 0..60),
        obstacles in prop::collection::btree_map(0..60_usize, prop::sample::select(Obstacle::ALL), 0..6),
    ) -> DrawInput {
        let wishes: Vec<_> =
            (1..).zip(wishes).map(|(id, wish)| DrawWish { id: WishId(id * 2), ..wish }).collect();
        let obstacles: Vec<_> =
            obstacles.into_iter().filter_map(|(at, obstacle)| Some((wishes.get(at)?.id, obstacle))).collect();
        DrawInput::new(DrawId(7), wishes, obstacles).unwrap()
    }
}

//! A page of three areas with no content, from which `xtask/src/sample.rs` makes every kind of module.
//!
//! Between them the areas have code of one, of two and of all three areas, data that is written to, and functions that
//! are only called through the table. Each answers with a number that depends on all of it.

use std::{
    hint::black_box,
    sync::atomic::{AtomicU32, Ordering},
};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_split_helpers::wasm_split;

/// Written by the first and the second area, which are in two files: the later file must not reset it.
static VISITS: AtomicU32 = AtomicU32::new(100);

/// Called through the table, by the second and the third area.
static STEPS: [fn(u32) -> u32; 2] = [double, square];

#[inline(never)]
fn double(number: u32) -> u32 {
    black_box(number) * 2
}

#[inline(never)]
fn square(number: u32) -> u32 {
    black_box(number) * black_box(number)
}

/// Called by the first and the second area.
#[inline(never)]
fn visit() -> u32 {
    VISITS.fetch_add(1, Ordering::Relaxed) + 1
}

/// Called by the second and the third area.
#[inline(never)]
fn step(which: u32, number: u32) -> u32 {
    STEPS.iter().cycle().nth(black_box(which) as usize).map_or(0, |step| step(number))
}

/// Called by all areas.
#[inline(never)]
fn tens(number: u32) -> u32 {
    static FACTORS: [u32; 4] = [10, 100, 1_000, 10_000];
    black_box(&FACTORS).iter().map(|factor| factor * number).sum()
}

#[wasm_split(first_1)]
fn area_one() -> u32 {
    tens(1) + visit()
}

#[wasm_split(second_2)]
fn area_two(number: u32) -> u32 {
    tens(2) + visit() + step(0, number)
}

#[wasm_split(third_3)]
fn area_three(number: u32) -> u32 {
    tens(3) + step(1, number)
}

/// 11,110 and the number of visits.
#[wasm_bindgen]
pub async fn first() -> u32 {
    area_one().await
}

/// 22,220, the number of visits, and twice the number.
#[wasm_bindgen]
pub async fn second(number: u32) -> u32 {
    area_two(number).await
}

/// 33,330 and the number's square.
#[wasm_bindgen]
pub async fn third(number: u32) -> u32 {
    area_three(number).await
}

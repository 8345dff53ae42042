//! A release binary holds the built page: when that changes, the binary does.

use std::env;

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A development build reads the page from the folder and needs no rebuild.
    if env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../target/site/assets.json");
    }
}

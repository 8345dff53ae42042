//! A release binary holds the built page: when that changes, the binary does. A development binary reads the page from
//! its folder, also when it was compiled before there was a page.

use std::{env, fs, io};

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../target/site/assets.json");
    } else {
        // What embeds the page resolves the folder's path as it compiles, and finds nothing in one that came later.
        fs::create_dir_all("../target/site")?;
    }
    Ok(())
}

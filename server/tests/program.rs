//! The program as a process, without this package's library: the smallest test for which cargo builds `toolgate` with the
//! dependencies of all tests. `xtask/src/build.rs` builds the program for development through it.

use std::process::Command;

#[test]
fn version_of_the_program_is_that_of_its_package() {
    let printed = Command::new(env!("CARGO_BIN_EXE_toolgate")).arg("--version").output().unwrap();
    let expected = format!("toolgate {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8_lossy(&printed.stdout), expected, "{printed:?}");
}

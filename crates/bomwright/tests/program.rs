//! That the program starts. The tests of what it does are in the folder `tests` of the workspace; that this one is here
//! makes Cargo build the program together with them.

use std::process::Command;

#[test]
fn the_program_says_its_name_and_version() {
    let output = Command::new(env!("CARGO_BIN_EXE_bomwright")).arg("--version").output().map(|it| it.stdout);
    let expected = format!("bomwright {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(output.ok(), Some(expected.into_bytes()));
}

//! `hopspec man` and `hopspec completions`: what a package of this program installs beside it.

use std::path::Path;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use super::{
    args::Args,
    failure::{Failure, out},
};
use crate::exit;

pub(super) fn man(folder: &Path) -> Result<u8, Failure> {
    clap_mangen::generate_to(Args::command(), folder)
        .map_err(|error| Failure::unwritable(exit::OUR_FAULT, folder, &error))?;
    Ok(exit::CONFORMANT)
}

pub(super) fn completions(shell: Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Args::command(), "hopspec", &mut script);
    out(&String::from_utf8_lossy(&script))?;
    Ok(exit::CONFORMANT)
}

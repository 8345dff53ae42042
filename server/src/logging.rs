//! The log: to the error stream, so that what a command prints can be read by itself.

use std::io::{self, IsTerminal};
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging; `directives` as `info` or `info,server=debug`. What cannot be read counts as `info`.
pub fn start(directives: &str, json: bool) {
    // The broker inside tells every connection and every refusal; whoever wants that says `mqtt5=info`.
    let quiet = format!("{directives},mqtt5=error,rumqttc=warn");
    let wanted = if directives.contains("mqtt5") { directives } else { &quiet };
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = io::stderr().is_terminal();
    let log = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours).with_target(false);
    // Fails only when a log was started already, as in a test that starts two servers.
    let _ = if json { log.json().try_init() } else { log.compact().try_init() };
}

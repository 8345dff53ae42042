//! System packages on Debian and Ubuntu.
//!
//! Invariant: no service runs afterwards that did not run before. A packaged broker starts when it is installed, and
//! again at every boot.

use crate::{process, steps};
use anyhow::{Result, bail};
use std::{path::Path, process::Command};

/// Debian's packages ask `policy-rc.d` before they start anything; 101 means no. A shell script and not Rust, because
/// its `trap` restores the machine's own policy even after Ctrl-C. The first argument lists the services to disable at
/// boot, the others are packages.
const INSTALL: &str = r#"set -eu
policy=/usr/sbin/policy-rc.d
kept=
restore() {
    rm -f "$policy"
    if [ -n "$kept" ]; then mv "$kept" "$policy"; fi
}
trap restore EXIT
trap 'exit 130' INT TERM
if [ -e "$policy" ] || [ -L "$policy" ]; then
    mv "$policy" "$policy.toolgate"
    kept="$policy.toolgate"
fi
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"
services=$1
shift
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || true
apt-get install -qq --yes --no-install-recommends --no-remove "$@"
for service in $services; do update-rc.d "$service" disable; done
"#;

/// Packages that bring a service of the same name.
const SERVICES: [&str; 2] = ["mosquitto", "slapd"];

/// Whether this system installs its packages with apt.
pub fn present() -> bool {
    Path::new("/usr/bin/apt-get").exists()
}

fn is_root() -> Result<bool> {
    Ok(process::output("id", &["-u"])? == "0")
}

/// Whether a call by this user can install the package.
pub fn installs(package: &str) -> Result<bool> {
    if !present() || !is_root()? {
        return Ok(false);
    }
    // On a machine whose lists of packages were removed, it is known only after an update.
    let known = || process::output("apt-cache", &["policy", package]).is_ok_and(|it| has_candidate(&it));
    Ok(known() || (process::output("apt-get", &["update", "-qq"]).is_ok() && known()))
}

fn has_candidate(policy: &str) -> bool {
    policy.lines().filter_map(|it| it.trim().strip_prefix("Candidate:")).any(|it| it.trim() != "(none)")
}

/// Installs `packages`, or prints the command if that needs another user.
pub fn install(packages: &[&str], about: u32) -> Result<()> {
    if !present() {
        bail!("missing: {}. Install them with this system's own package manager", packages.join(", "));
    }
    if !is_root()? {
        bail!("missing: {}. Install with:\n\n    {}\n", packages.join(", "), advice(packages));
    }
    steps::timed(&format!("apt-get install {}", packages.join(" ")), about, || {
        process::run(Command::new("sh").args(["-c", INSTALL, "sh", &services(packages)]).args(packages))
    })
}

fn services(packages: &[&str]) -> String {
    SERVICES.into_iter().filter(|it| packages.contains(it)).collect::<Vec<_>>().join(" ")
}

/// The command for a user who is not root.
fn advice(packages: &[&str]) -> String {
    let mut line = format!("sudo apt-get install --no-install-recommends {}", packages.join(" "));
    let services = services(packages);
    if !services.is_empty() {
        line.extend([" && sudo systemctl disable --now ", &services]);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_package_with_a_candidate_is_installable() {
        assert!(has_candidate("chromium:\n  Installed: (none)\n  Candidate: 156.0.8078.108-1~deb12u1\n"));
        assert!(!has_candidate("chromium:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n"));
        assert!(!has_candidate(""));
    }

    #[test]
    fn install_advice_disables_the_installed_broker() {
        assert_eq!(
            advice(&["chromium", "mosquitto"]),
            "sudo apt-get install --no-install-recommends chromium mosquitto && sudo systemctl disable --now mosquitto"
        );
        assert_eq!(advice(&["chromium"]), "sudo apt-get install --no-install-recommends chromium");
    }
}

//! Mosquitto as the broker of a test.

use crate::daemon::{Daemon, accepting, free_port, program};
use std::{fs, process::Command};

pub struct Mosquitto {
    pub daemon: Daemon,
    pub port: u16,
}

impl Mosquitto {
    /// On a free port; neither configured nor started.
    pub fn new() -> Self {
        Self { daemon: Daemon::new(), port: free_port() }
    }

    /// Started, and open to anonymous clients.
    pub async fn anonymous() -> Self {
        let mut broker = Self::new();
        broker.configure("allow_anonymous true\nset_tcp_nodelay true\n");
        broker.start();
        accepting(broker.port).await;
        broker
    }

    /// `access` is the part of the configuration for users and their permissions.
    pub fn configure(&self, access: &str) {
        let port = self.port;
        let config =
            format!("listener {port} 127.0.0.1\nretain_available false\npersistence false\nuser root\n{access}");
        fs::write(self.daemon.file("conf"), config).unwrap();
    }

    pub fn start(&mut self) {
        let conf = self.daemon.file("conf");
        self.daemon.start(Command::new(program("mosquitto")).arg("-c").arg(conf));
    }
}

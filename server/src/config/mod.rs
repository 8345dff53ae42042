//! What is chosen at start: defaults, a TOML file, the environment, flags – the later wins.
//!
//! Invariant: everything is read once and checked together, so whoever starts Toolgate sees all faults at once.
//! Deliberately absent: what a manager changes while it runs; those are rows of the settings.

mod address;
mod check;
mod secret;

pub use address::{BrokerAddress, Cidr};
pub use check::{Fault, Faults};
pub use secret::Secret;

use crate::{external_calendars::Limits, http::server::Timeouts, mail::Smtp};

use clap::Args;
use serde::Deserialize;
use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

/// The options of `serve` and `demo`, as they are written: flags, `TOOLGATE_…` variables, or keys of the file.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// Folder for everything that Toolgate writes [default: toolgate-data]
    #[arg(long, env = "TOOLGATE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Further options as TOML, same names as the flags [default: DIR/toolgate.toml if it is there]
    #[arg(long, env = "TOOLGATE_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where pages are served; port 0 picks a free one [default: 127.0.0.1:3000]
    #[arg(long, env = "TOOLGATE_LISTEN", value_name = "ADDRESS", help_heading = "Pages")]
    pub listen: Option<String>,
    /// Address under which people reach this server; the only source of absolute links
    #[arg(long, env = "TOOLGATE_PUBLIC_URL", value_name = "URL", help_heading = "Pages")]
    pub public_url: Option<String>,
    /// Certificate chain (PEM), to serve HTTPS
    #[arg(long, env = "TOOLGATE_TLS_CERT", value_name = "FILE", help_heading = "Pages")]
    pub tls_cert: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, env = "TOOLGATE_TLS_KEY", value_name = "FILE", help_heading = "Pages")]
    pub tls_key: Option<PathBuf>,
    /// Reverse proxies whose forwarding headers are believed, like 10.0.0.0/8; others' are ignored
    #[arg(
        long,
        env = "TOOLGATE_TRUSTED_PROXY",
        value_name = "CIDR,…",
        value_delimiter = ',',
        help_heading = "Pages"
    )]
    pub trusted_proxy: Option<Vec<String>>,
    /// Connections of browsers that are open at once, as far as the limit of open files allows [default: 4096]
    #[arg(long, env = "TOOLGATE_MAX_CONNECTIONS", value_name = "NUMBER", help_heading = "Pages")]
    pub max_connections: Option<u32>,
    /// Cookies also over plain HTTP, for a network without certificates
    #[arg(long, env = "TOOLGATE_INSECURE_COOKIES", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Pages")]
    pub insecure_cookies: Option<bool>,
    /// Where the broker inside listens for boards; port 0 picks a free one [default: 127.0.0.1:1883]
    #[arg(long, env = "TOOLGATE_MQTT_LISTEN", value_name = "ADDRESS", help_heading = "Boards")]
    pub mqtt_listen: Option<String>,
    /// Where it listens with TLS as well, with the certificate of the pages, like 0.0.0.0:8883
    #[arg(long, env = "TOOLGATE_MQTTS_LISTEN", value_name = "ADDRESS", help_heading = "Boards")]
    pub mqtts_listen: Option<String>,
    /// Messages a second that it reads from one board, after a burst of 200; 0 is no limit [default: 50]
    #[arg(long, env = "TOOLGATE_BOARD_RATE", value_name = "NUMBER", help_heading = "Boards")]
    pub board_rate: Option<u32>,
    /// Seconds after a start in which it refuses boards, so that they keep what they say [default: 5]
    #[arg(long, env = "TOOLGATE_BOARD_DELAY", value_name = "SECONDS", help_heading = "Boards")]
    pub board_delay: Option<u32>,
    /// Another broker instead: mqtt[s]://user:password@host:port
    #[arg(long, env = "TOOLGATE_MQTT_URL", hide_env_values = true, value_name = "URL", help_heading = "Boards")]
    pub mqtt_url: Option<Secret<String>>,
    /// Certificate authority (PEM) of that broker, if it is your own
    #[arg(long, env = "TOOLGATE_MQTT_CA", value_name = "FILE", help_heading = "Boards")]
    pub mqtt_ca: Option<PathBuf>,
    /// User that boards log in with at the broker inside; unset: boards on this machine only, without one
    #[arg(long, env = "TOOLGATE_BOARD_USER", value_name = "NAME", help_heading = "Boards")]
    pub board_user: Option<String>,
    /// Its password; better in the environment than on the command line
    #[arg(
        long,
        env = "TOOLGATE_BOARD_PASSWORD",
        hide_env_values = true,
        value_name = "TEXT",
        help_heading = "Boards"
    )]
    pub board_password: Option<Secret<String>>,
    /// First part of the board topics [default: machine]
    #[arg(long, env = "TOOLGATE_TOPIC", value_name = "NAME", help_heading = "Boards")]
    pub topic: Option<String>,
    /// Last part of the topics on which boards are answered [default: /reply]
    #[arg(long, env = "TOOLGATE_REPLY_SUFFIX", value_name = "TEXT", help_heading = "Boards")]
    pub reply_suffix: Option<String>,
    /// Last part of the topics on which boards are asked [default: /request]
    #[arg(long, env = "TOOLGATE_REQUEST_SUFFIX", value_name = "TEXT", help_heading = "Boards")]
    pub request_suffix: Option<String>,
    /// Topics of power switches, to which boards publish a bare `on` or `off`
    #[arg(
        long,
        env = "TOOLGATE_SWITCH_TOPICS",
        value_name = "TOPIC,…",
        value_delimiter = ',',
        help_heading = "Boards"
    )]
    pub switch_topics: Option<Vec<String>>,
    /// User that power switches log in with, to hear those topics
    #[arg(long, env = "TOOLGATE_SWITCH_USER", value_name = "NAME", help_heading = "Boards")]
    pub switch_user: Option<String>,
    /// Its password
    #[arg(
        long,
        env = "TOOLGATE_SWITCH_PASSWORD",
        hide_env_values = true,
        value_name = "TEXT",
        help_heading = "Boards"
    )]
    pub switch_password: Option<Secret<String>>,
    /// Password that boards ask for before they take firmware, if theirs has one
    #[arg(
        long,
        env = "TOOLGATE_OTA_PASSWORD",
        hide_env_values = true,
        value_name = "TEXT",
        help_heading = "Boards"
    )]
    pub ota_password: Option<Secret<String>>,
    /// TCP port that boards come back to for firmware; 0 picks a free one each time [default: 0]
    #[arg(long, env = "TOOLGATE_OTA_PORT", value_name = "PORT", help_heading = "Boards")]
    pub ota_port: Option<u16>,
    /// Networks where boards get firmware beside those that this machine is in, like 10.7.0.0/16
    #[arg(
        long,
        env = "TOOLGATE_OTA_NETWORK",
        value_name = "CIDR,…",
        value_delimiter = ',',
        help_heading = "Boards"
    )]
    pub ota_network: Option<Vec<String>>,
    /// Server to send e-mails by: `smtps://user:password@host`, or `smtp:` with STARTTLS; unset: links are handed over
    #[arg(long, env = "TOOLGATE_SMTP_URL", hide_env_values = true, value_name = "URL", help_heading = "E-mail")]
    pub smtp_url: Option<Secret<String>>,
    /// Sender of e-mails, like `Workshop <hello@toolgate.example>`
    #[arg(long, env = "TOOLGATE_MAIL_FROM", value_name = "ADDRESS", help_heading = "E-mail")]
    pub mail_from: Option<String>,
    /// Hosts that external calendars may be read from though they are in no public network, like timetable.internal
    #[arg(
        long,
        env = "TOOLGATE_EXTERNAL_CALENDAR_HOST",
        value_name = "HOST,…",
        value_delimiter = ',',
        help_heading = "Calendars"
    )]
    pub external_calendar_host: Option<Vec<String>>,
    /// Take a free port where the wanted one is taken
    #[arg(long, env = "TOOLGATE_FREE_PORTS", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub free_ports: Option<bool>,
    /// Print the link that makes the first administrator also where the output is no terminal, as in a container's log
    #[arg(long, env = "TOOLGATE_PRINT_SET_UP_LINK", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub print_set_up_link: Option<bool>,
    /// What is logged: error, warn, info, debug, trace, or per module [default: info]
    #[arg(long, env = "TOOLGATE_LOG", value_name = "LEVEL")]
    pub log: Option<String>,
    /// Log one JSON object a line
    #[arg(long, env = "TOOLGATE_LOG_JSON", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub log_json: Option<bool>,
}

/// What the process goes by, checked.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Config {
    /// Folder of everything that is written.
    pub data: PathBuf,
    /// Where pages are served.
    pub listen: SocketAddr,
    /// Address from outside, without a slash at the end.
    pub public_url: Option<String>,
    /// Certificate chain and key.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whose forwarding headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Connections of browsers at most.
    pub max_connections: usize,
    /// How long connections wait for their clients; not an option.
    pub timeouts: Timeouts,
    /// Whether cookies may travel over plain HTTP.
    pub insecure_cookies: bool,
    /// The broker inside, or another.
    pub broker: Broker,
    /// First part of the board topics, and the two suffixes.
    pub topics: fabomatic::Topics,
    /// How boards get firmware.
    pub ota: Ota,
    /// The server that mails leave by.
    pub smtp: Option<Smtp>,
    /// Hosts of external calendars that may be anywhere.
    pub external_calendar_hosts: Vec<String>,
    /// How much reading one may cost; not an option.
    pub fetching: Limits,
    /// Take a free port where the wanted one is taken.
    pub free_ports: bool,
    /// Print the link of the set-up whoever reads it.
    pub print_set_up_link: bool,
    /// Directives of the log.
    pub log: String,
    /// Log as JSON.
    pub log_json: bool,
}

/// Which broker carries the messages.
#[derive(Debug, Clone)]
pub enum Broker {
    /// The one inside.
    Inside(InsideBroker),
    /// Somebody else's.
    Outside(BrokerAddress),
}

/// How the broker inside is reached, and by whom.
#[derive(Debug, Clone)]
pub struct InsideBroker {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it listens with TLS as well.
    pub secure_listen: Option<SocketAddr>,
    /// Messages a second that are read from one board; `None`: no limit.
    pub rate: Option<NonZeroU32>,
    /// How long a client may take to say who it is.
    pub connect_within: Duration,
    /// How long it refuses boards after a start.
    pub delay: Duration,
    /// What boards log in with; `None`: boards on this machine only, without a login.
    pub boards: Option<Login>,
    /// What power switches log in with.
    pub switches: Option<Login>,
    /// Topics that boards may publish to for power switches.
    pub switch_topics: Vec<String>,
}

/// How boards get firmware over the air.
#[derive(Debug, Clone, Default)]
pub struct Ota {
    /// What they ask for before, if they do.
    pub password: Option<Secret<String>>,
    /// The port that they come back to; 0 is any that is free.
    pub port: u16,
    /// Where they may be beside the private networks that this machine is in.
    pub networks: Vec<Cidr>,
}

/// A user and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: Secret<String>,
}

impl Options {
    /// These options, and where they say nothing, those of `farther`.
    #[must_use]
    pub fn or(self, farther: Self) -> Self {
        // Naming one broker nearer is choosing it instead of the other, not both.
        let chosen = self.mqtt_url.is_some() || self.mqtt_listen.is_some();
        let farther = if chosen { Self { mqtt_url: None, mqtt_listen: None, ..farther } } else { farther };
        let farther = if self.mqtt_url.is_some() { Self { mqtts_listen: None, ..farther } } else { farther };
        Self {
            data: self.data.or(farther.data),
            config: self.config,
            listen: self.listen.or(farther.listen),
            public_url: self.public_url.or(farther.public_url),
            tls_cert: self.tls_cert.or(farther.tls_cert),
            tls_key: self.tls_key.or(farther.tls_key),
            trusted_proxy: self.trusted_proxy.or(farther.trusted_proxy),
            max_connections: self.max_connections.or(farther.max_connections),
            insecure_cookies: self.insecure_cookies.or(farther.insecure_cookies),
            mqtt_listen: self.mqtt_listen.or(farther.mqtt_listen),
            mqtts_listen: self.mqtts_listen.or(farther.mqtts_listen),
            board_rate: self.board_rate.or(farther.board_rate),
            board_delay: self.board_delay.or(farther.board_delay),
            mqtt_url: self.mqtt_url.or(farther.mqtt_url),
            mqtt_ca: self.mqtt_ca.or(farther.mqtt_ca),
            board_user: self.board_user.or(farther.board_user),
            board_password: self.board_password.or(farther.board_password),
            topic: self.topic.or(farther.topic),
            reply_suffix: self.reply_suffix.or(farther.reply_suffix),
            request_suffix: self.request_suffix.or(farther.request_suffix),
            switch_topics: self.switch_topics.or(farther.switch_topics),
            switch_user: self.switch_user.or(farther.switch_user),
            switch_password: self.switch_password.or(farther.switch_password),
            ota_password: self.ota_password.or(farther.ota_password),
            ota_port: self.ota_port.or(farther.ota_port),
            ota_network: self.ota_network.or(farther.ota_network),
            smtp_url: self.smtp_url.or(farther.smtp_url),
            mail_from: self.mail_from.or(farther.mail_from),
            external_calendar_host: self.external_calendar_host.or(farther.external_calendar_host),
            free_ports: self.free_ports.or(farther.free_ports),
            print_set_up_link: self.print_set_up_link.or(farther.print_set_up_link),
            log: self.log.or(farther.log),
            log_json: self.log_json.or(farther.log_json),
        }
    }
}

impl Config {
    /// Reads the file, puts flags and environment (`said`) over it, and checks everything.
    ///
    /// Fails with all faults together, each naming the option and the remedy.
    pub fn load(options: Options) -> Result<Self, Faults> {
        check::load(options)
    }
}

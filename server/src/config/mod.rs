//! Start-up options: defaults, a TOML file, the environment, flags – later ones win.
//!
//! Invariant: everything is read once and checked together, so all errors are reported at once. Not here: what
//! managers change at run time; those are settings in the database.

mod address;
mod check;
mod payments;
mod timeouts;

pub use crate::secret::Secret;
pub use address::{BrokerAddress, Cidr};
pub use check::{Fault, Faults};
pub use timeouts::Timeouts;

use crate::{external_calendars::Limits, mail::Smtp};

use clap::Args;
use serde::Deserialize;
use services::dues::Account;
use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

/// Default cap on browser connections, whatever the limit of open files: idle ones cost memory too.
pub const MOST_HTTP: usize = 4096;

/// The options of `serve` and `demo` as written: flags, `TOOLGATE_…` variables, or keys of the file.
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
    /// Connections of browsers open at once, as far as the limit of open files allows [default: 4096]
    #[arg(long, env = "TOOLGATE_MAX_CONNECTIONS", value_name = "NUMBER", help_heading = "Pages")]
    pub max_connections: Option<u32>,
    /// Send cookies over plain HTTP too, for a network without certificates
    #[arg(long, env = "TOOLGATE_INSECURE_COOKIES", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Pages")]
    pub insecure_cookies: Option<bool>,
    /// Where the built-in broker listens for boards; port 0 picks a free one [default: 127.0.0.1:1883]
    #[arg(long, env = "TOOLGATE_MQTT_LISTEN", value_name = "ADDRESS", help_heading = "Boards")]
    pub mqtt_listen: Option<String>,
    /// Where it listens with TLS as well, with the certificate of the pages, like 0.0.0.0:8883
    #[arg(long, env = "TOOLGATE_MQTTS_LISTEN", value_name = "ADDRESS", help_heading = "Boards")]
    pub mqtts_listen: Option<String>,
    /// Messages per second read from one board, after a burst of 200; 0 is no limit [default: 50]
    #[arg(long, env = "TOOLGATE_BOARD_RATE", value_name = "NUMBER", help_heading = "Boards")]
    pub board_rate: Option<u32>,
    /// Seconds after a start during which boards are refused, so that they store their messages [default: 5]
    #[arg(long, env = "TOOLGATE_BOARD_DELAY", value_name = "SECONDS", help_heading = "Boards")]
    pub board_delay: Option<u32>,
    /// Use an external broker instead: mqtt[s]://user:password@host:port
    #[arg(long, env = "TOOLGATE_MQTT_URL", hide_env_values = true, value_name = "URL", help_heading = "Boards")]
    pub mqtt_url: Option<Secret<String>>,
    /// Certificate authority (PEM) of that broker, if it is your own
    #[arg(long, env = "TOOLGATE_MQTT_CA", value_name = "FILE", help_heading = "Boards")]
    pub mqtt_ca: Option<PathBuf>,
    /// User that boards log in with at the built-in broker; unset: boards on this machine only, without a login
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
    /// Last part of the topics on which boards receive requests
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
    /// User that power switches log in with, to receive those topics
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
    /// Password that boards ask for before they accept firmware, if set
    #[arg(
        long,
        env = "TOOLGATE_OTA_PASSWORD",
        hide_env_values = true,
        value_name = "TEXT",
        help_heading = "Boards"
    )]
    pub ota_password: Option<Secret<String>>,
    /// TCP port to which boards connect for firmware; 0 picks a free one each time [default: 0]
    #[arg(long, env = "TOOLGATE_OTA_PORT", value_name = "PORT", help_heading = "Boards")]
    pub ota_port: Option<u16>,
    /// Networks where boards get firmware besides those of this machine, like 10.7.0.0/16
    #[arg(
        long,
        env = "TOOLGATE_OTA_NETWORK",
        value_name = "CIDR,…",
        value_delimiter = ',',
        help_heading = "Boards"
    )]
    pub ota_network: Option<Vec<String>>,
    /// Mail server: `smtps://user:password@host`, or `smtp:` with STARTTLS; unset: links are handed over in person
    #[arg(long, env = "TOOLGATE_SMTP_URL", hide_env_values = true, value_name = "URL", help_heading = "E-mail")]
    pub smtp_url: Option<Secret<String>>,
    /// Sender of e-mails, like `Workshop <hello@toolgate.example>`
    #[arg(long, env = "TOOLGATE_MAIL_FROM", value_name = "ADDRESS", help_heading = "E-mail")]
    pub mail_from: Option<String>,
    /// Hosts that may be contacted although they are in a private network, like timetable.internal: for external calendars,
    /// webhooks and sign-in providers
    #[arg(
        long,
        env = "TOOLGATE_ALLOW_HOST",
        value_name = "HOST,…",
        value_delimiter = ',',
        help_heading = "Connections"
    )]
    pub allow_host: Option<Vec<String>>,
    /// Hosts of push services besides those of the browsers' makers, like push.example; they may be in a private network. Any
    /// member can have encrypted messages sent to them, at any port
    #[arg(
        long,
        env = "TOOLGATE_PUSH_HOST",
        value_name = "HOST,…",
        value_delimiter = ',',
        help_heading = "Connections"
    )]
    pub push_host: Option<Vec<String>>,
    /// Key of Stripe, to ask whether members have paid; better in the environment than on the command line
    #[arg(
        long,
        env = "TOOLGATE_STRIPE_KEY",
        hide_env_values = true,
        value_name = "TEXT",
        help_heading = "Payments"
    )]
    pub stripe_key: Option<Secret<String>>,
    /// Signing secret of the events that Stripe sends to /hooks/payments/stripe; two while one is replaced
    #[arg(
        long,
        env = "TOOLGATE_STRIPE_WEBHOOK_SECRET",
        hide_env_values = true,
        value_name = "TEXT,…",
        value_delimiter = ',',
        help_heading = "Payments"
    )]
    pub stripe_webhook_secret: Option<Vec<Secret<String>>>,
    /// Price at Stripe that added members subscribe to, like `price_1Ab`
    #[arg(long, env = "TOOLGATE_STRIPE_PRICE", value_name = "ID", help_heading = "Payments")]
    pub stripe_price: Option<String>,
    /// Page where members manage card and invoices at Stripe
    #[arg(long, env = "TOOLGATE_STRIPE_PORTAL", value_name = "URL", help_heading = "Payments")]
    pub stripe_portal: Option<String>,
    /// Access token of GoCardless, to ask whether members have paid
    #[arg(
        long,
        env = "TOOLGATE_GOCARDLESS_TOKEN",
        hide_env_values = true,
        value_name = "TEXT",
        help_heading = "Payments"
    )]
    pub gocardless_token: Option<Secret<String>>,
    /// Secret of the events that GoCardless sends to /hooks/payments/gocardless; two while one is replaced
    #[arg(
        long,
        env = "TOOLGATE_GOCARDLESS_WEBHOOK_SECRET",
        hide_env_values = true,
        value_name = "TEXT,…",
        value_delimiter = ',',
        help_heading = "Payments"
    )]
    pub gocardless_webhook_secret: Option<Vec<Secret<String>>>,
    /// Page where members set up and manage their direct debit
    #[arg(long, env = "TOOLGATE_GOCARDLESS_PORTAL", value_name = "URL", help_heading = "Payments")]
    pub gocardless_portal: Option<String>,
    /// Where Slack is asked, for tests: https, or a server on this machine that --allow-host names
    #[arg(long, env = "TOOLGATE_SLACK_API", value_name = "URL", hide = true)]
    pub slack_api: Option<String>,
    /// Use a free port if the configured one is taken
    #[arg(long, env = "TOOLGATE_FREE_PORTS", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub free_ports: Option<bool>,
    /// Print the link that creates the first administrator even if the output is no terminal, as in a container's
    /// log
    #[arg(long, env = "TOOLGATE_PRINT_SET_UP_LINK", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub print_set_up_link: Option<bool>,
    /// Log level: error, warn, info, debug, trace, or per module [default: info]
    #[arg(long, env = "TOOLGATE_LOG", value_name = "LEVEL")]
    pub log: Option<String>,
    /// Log one JSON object per line
    #[arg(long, env = "TOOLGATE_LOG_JSON", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    pub log_json: Option<bool>,
}

/// The checked configuration of the process.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// Where pages are served.
    pub listen: SocketAddr,
    /// Public address, without a trailing slash.
    pub public_url: Option<String>,
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Proxies whose forwarding headers are believed.
    pub trusted_proxies: Vec<Cidr>,
    /// Maximum number of browser connections.
    pub max_connections: usize,
    /// Time-outs of connections; not an option.
    pub timeouts: Timeouts,
    /// Whether cookies may travel over plain HTTP.
    pub insecure_cookies: bool,
    pub broker: Broker,
    /// First part of the board topics, and the two suffixes.
    pub topics: fabomatic::Topics,
    pub ota: Ota,
    /// The mail server.
    pub smtp: Option<Smtp>,
    /// Hosts that may be in a private network.
    pub allowed_hosts: Vec<String>,
    /// Push services besides those of the browsers' makers. Any member may name an address there, so they are not
    /// `allowed_hosts`.
    pub push_hosts: Vec<String>,
    /// Limits for reading an external calendar; not an option.
    pub fetching: Limits,
    /// Accounts at payment processors.
    pub payments: Vec<Account>,
    /// Where Slack is asked, without a trailing slash.
    pub slack_api: String,
    /// Use a free port if the configured one is taken.
    pub free_ports: bool,
    /// Print the set-up link even if the output is no terminal.
    pub print_set_up_link: bool,
    pub log: String,
    pub log_json: bool,
}

/// Which broker is used.
#[derive(Debug, Clone)]
pub enum Broker {
    Inside(InsideBroker),
    Outside(BrokerAddress),
}

/// Configuration of the built-in broker.
#[derive(Debug, Clone)]
pub struct InsideBroker {
    pub listen: SocketAddr,
    /// TLS address, if any.
    pub secure_listen: Option<SocketAddr>,
    /// Messages per second read from one board; `None` for no limit.
    pub rate: Option<NonZeroU32>,
    /// Time limit for CONNECT.
    pub connect_within: Duration,
    /// How long boards are refused after a start.
    pub delay: Duration,
    /// Login of boards; `None`: boards on this machine only, without a login.
    pub boards: Option<Login>,
    /// Login of power switches.
    pub switches: Option<Login>,
    /// Topics on which boards may publish switch commands.
    pub switch_topics: Vec<String>,
}

/// How boards get firmware over the air.
#[derive(Debug, Clone, Default)]
pub struct Ota {
    /// The password that boards ask for, if any.
    pub password: Option<Secret<String>>,
    /// The port boards connect to; 0 for any free one.
    pub port: u16,
    /// Where boards may be, besides the private networks of this machine.
    pub networks: Vec<Cidr>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: Secret<String>,
}

impl Options {
    /// These options, completed by `farther`.
    #[must_use]
    pub fn or(self, farther: Self) -> Self {
        // A broker chosen here replaces the other; it does not add to it.
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
            allow_host: self.allow_host.or(farther.allow_host),
            push_host: self.push_host.or(farther.push_host),
            stripe_key: self.stripe_key.or(farther.stripe_key),
            stripe_webhook_secret: self.stripe_webhook_secret.or(farther.stripe_webhook_secret),
            stripe_price: self.stripe_price.or(farther.stripe_price),
            stripe_portal: self.stripe_portal.or(farther.stripe_portal),
            gocardless_token: self.gocardless_token.or(farther.gocardless_token),
            gocardless_webhook_secret: self.gocardless_webhook_secret.or(farther.gocardless_webhook_secret),
            gocardless_portal: self.gocardless_portal.or(farther.gocardless_portal),
            slack_api: self.slack_api.or(farther.slack_api),
            free_ports: self.free_ports.or(farther.free_ports),
            print_set_up_link: self.print_set_up_link.or(farther.print_set_up_link),
            log: self.log.or(farther.log),
            log_json: self.log_json.or(farther.log_json),
        }
    }
}

impl Config {
    /// Reads the file, puts flags and environment (`options`) over it, and checks everything.
    ///
    /// Fails with all errors together, each with the option and the remedy.
    pub fn load(options: Options) -> Result<Self, Faults> {
        check::load(options)
    }
}

//! Checks options: all errors are reported together, each with the option and the remedy.

use super::{
    Broker, BrokerAddress, Config, InsideBroker, Login, MOST_HTTP, Options, Ota, Secret, Timeouts, payments,
};
use crate::{external_calendars::Limits, mail::Smtp};
use fabomatic::Topics;
use std::{
    fmt::{self, Display},
    fs,
    io::ErrorKind,
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use url::{Host, Url};

/// An error in one option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The option, spelled as its flag.
    pub option: &'static str,
    /// The fault and its remedy.
    pub message: String,
}

/// All errors in the options; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the options do not fit:")?;
        for Fault { option, message } in &self.0 {
            write!(f, "\n  {option}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// Collects errors during the checks.
#[derive(Default)]
pub(super) struct Checker(Vec<Fault>);

impl Checker {
    pub(super) fn fault(&mut self, option: &'static str, message: impl Display) {
        self.0.push(Fault { option, message: message.to_string() });
    }

    fn parse<T: FromStr>(&mut self, option: &'static str, text: &str, remedy: impl Display) -> Option<T> {
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            self.fault(option, format!("{text:?} does not fit; {remedy}"));
        }
        parsed
    }

    fn readable(&mut self, option: &'static str, file: Option<PathBuf>) -> Option<PathBuf> {
        let file = file?;
        if let Err(error) = fs::File::open(&file) {
            self.fault(option, format!("{} cannot be read: {error}", file.display()));
        }
        Some(file)
    }

    fn login(
        &mut self,
        options: [&'static str; 2],
        user: Option<String>,
        password: Option<Secret<String>>,
    ) -> Option<Login> {
        let user = user.filter(|user| !user.is_empty());
        match (user, password.filter(|password| !password.expose().is_empty())) {
            (Some(user), Some(password)) => Some(Login { user, password }),
            (None, None) => None,
            (Some(_), None) => {
                self.fault(options[1], format!("is missing, but {} is there; give both or none", options[0]));
                None
            }
            (None, Some(_)) => {
                self.fault(options[0], format!("is missing, but {} is there; give both or none", options[1]));
                None
            }
        }
    }
}

/// Messages per second from one board. It sends one query at a time, and one every 30 s when idle.
const BOARD_RATE: u32 = 50;
/// Seconds. A board that reconnects within four seconds forgets its pending messages.
const BOARD_DELAY: u32 = 5;
/// Time limit for CONNECT at the built-in broker.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

pub(super) fn load(message: Options) -> Result<Config, Faults> {
    let mut check = Checker::default();
    let data = message.data.clone().unwrap_or_else(|| "toolgate-data".into());
    let written = file(&mut check, message.config.clone(), &data);
    let options = message.or(written);

    let data = options.data.clone().unwrap_or(data);
    let listen = options.listen.as_deref().unwrap_or("127.0.0.1:3000");
    let listen = check.parse("--listen", listen, "write address and port, like 127.0.0.1:3000");
    let public_url = options.public_url.as_deref().and_then(|text| public_url(&mut check, text));
    let (cert, key) = (options.tls_cert.clone(), options.tls_key.clone());
    if cert.is_some() != key.is_some() {
        check.fault("--tls-cert", "goes with --tls-key; give both or none");
    }
    let tls = check.readable("--tls-cert", cert).zip(check.readable("--tls-key", key));
    let proxies = options.trusted_proxy.clone().unwrap_or_default();
    let trusted_proxies =
        proxies.iter().filter_map(|text| check.parse("--trusted-proxy", text, super::address::BadCidr)).collect();
    let topics = Topics::new(
        options.topic.as_deref().unwrap_or("machine"),
        options.reply_suffix.as_deref().unwrap_or("/reply"),
        options.request_suffix.as_deref().unwrap_or("/request"),
    );
    let topics = topics.map_err(|error| check.fault("--topic", error)).ok();
    let broker = broker(&mut check, &options, topics.as_ref());
    let ota = ota(&mut check, &options);
    let smtp = smtp(&mut check, &options);
    let allowed_hosts = hosts(&mut check, "--allow-host", options.allow_host.as_deref());
    let push_hosts = hosts(&mut check, "--push-host", options.push_host.as_deref());
    let payments = payments::accounts(&mut |option, message| check.fault(option, message), &options);
    let slack_api = slack_api(&mut check, options.slack_api.as_deref());
    let log = options.log.clone().unwrap_or_else(|| "info".into());
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    if let Some(name) = log.split(',').map(str::trim).find(|name| !name.contains('=') && !levels.contains(name)) {
        check.fault("--log", format!("{name:?} is no level; write error, warn, info, debug or trace"));
    } else if let Err(error) = tracing_subscriber::EnvFilter::builder().parse(&log) {
        check.fault("--log", format!("{log:?} does not fit ({error}); write error, warn, info, debug or trace"));
    }
    match (listen, broker, topics, check.0.is_empty()) {
        (Some(listen), Some(broker), Some(topics), true) => Ok(Config {
            data,
            listen,
            public_url,
            tls,
            trusted_proxies,
            max_connections: options.max_connections.map_or(MOST_HTTP, |most| most as usize),
            timeouts: Timeouts::default(),
            insecure_cookies: options.insecure_cookies.unwrap_or(false),
            broker,
            topics,
            ota,
            smtp,
            allowed_hosts,
            push_hosts,
            fetching: Limits::default(),
            payments,
            slack_api,
            free_ports: options.free_ports.unwrap_or(false),
            print_set_up_link: options.print_set_up_link.unwrap_or(false),
            log,
            log_json: options.log_json.unwrap_or(false),
        }),
        _ => Err(Faults(check.0)),
    }
}

/// Reads the options file: the one named, or the one in the data folder if it exists.
fn file(check: &mut Checker, named: Option<PathBuf>, data: &Path) -> Options {
    let path = named.clone().unwrap_or_else(|| data.join("toolgate.toml"));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        // No file, or no folder yet; whether it can be created is checked later.
        Err(error)
            if named.is_none() && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            return Options::default();
        }
        Err(error) => {
            check.fault("--config", format!("{} cannot be read: {error}", path.display()));
            return Options::default();
        }
    };
    toml::from_str(&text).unwrap_or_else(|error| {
        // Only the message, because the excerpt may contain a password.
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        check.fault("--config", format!("{}, line {line}: {}", path.display(), error.message()));
        Options::default()
    })
}

fn public_url(check: &mut Checker, text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if url.is_none() {
        check.fault("--public-url", format!("{text:?} does not fit; write it like https://toolgate.example"));
    }
    url.map(|url| url.as_str().trim_end_matches('/').to_owned())
}

/// The address of Slack. The token travels to it, so plain HTTP is for this machine alone.
fn slack_api(check: &mut Checker, text: Option<&str>) -> String {
    let Some(text) = text else { return services::slack::API.to_owned() };
    let url = Url::parse(text.trim()).ok().filter(|url| {
        let is_here = match url.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(_)) | None => false,
        };
        url.scheme() == "https" && url.has_host() || url.scheme() == "http" && is_here
    });
    let Some(url) = url else {
        check.fault("--slack-api", format!("{text:?} does not fit; write it like https://slack.com"));
        return services::slack::API.to_owned();
    };
    url.as_str().trim_end_matches('/').to_owned()
}

fn ota(check: &mut Checker, options: &Options) -> Ota {
    let networks = options.ota_network.clone().unwrap_or_default();
    let network = |text: &String| check.parse("--ota-network", text, super::address::BadCidr);
    Ota {
        networks: networks.iter().filter_map(network).collect(),
        password: options.ota_password.clone().filter(|password| !password.expose().is_empty()),
        port: options.ota_port.unwrap_or(0),
    }
}

fn hosts(check: &mut Checker, option: &'static str, given: Option<&[String]>) -> Vec<String> {
    let mut host = |text: &String| {
        let host = text.trim().trim_matches(['[', ']']);
        // As an address would spell it.
        let written = if host.contains(':') { format!("http://[{host}]/") } else { format!("http://{host}/") };
        let url = Url::parse(&written).ok().filter(|url| {
            let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
            is_bare && url.username().is_empty() && url.port().is_none()
        });
        if url.is_none() || host.is_empty() {
            check.fault(option, format!("{text:?} does not fit; write a host alone, like timetable.internal"));
        }
        url?.host_str().map(|host| host.trim_matches(['[', ']']).to_owned())
    };
    given.unwrap_or_default().iter().filter_map(&mut host).collect()
}

fn smtp(check: &mut Checker, options: &Options) -> Option<Smtp> {
    let url = options.smtp_url.as_ref()?;
    if options.public_url.is_none() {
        check.fault("--public-url", "is needed with --smtp-url: links in e-mails begin with it");
    }
    // The text is not repeated: it may contain a password.
    let server = Smtp::server(url.expose()).map_err(|error| check.fault("--smtp-url", error)).ok();
    let from = options.mail_from.as_deref().and_then(Smtp::sender);
    if from.is_none() {
        check.fault("--mail-from", "is the sender of e-mails; write it like Workshop <hello@toolgate.example>");
    }
    Some(Smtp::new(server?, from?))
}

fn broker(check: &mut Checker, options: &Options, topics: Option<&Topics>) -> Option<Broker> {
    if let Some(url) = &options.mqtt_url {
        if options.mqtt_listen.is_some() {
            check.fault(
                "--mqtt-listen",
                "is for the broker inside and cannot go with --mqtt-url; give one of them",
            );
        }
        if options.mqtts_listen.is_some() {
            check.fault(
                "--mqtts-listen",
                "is for the broker inside and cannot go with --mqtt-url; give one of them",
            );
        }
        let ca = check.readable("--mqtt-ca", options.mqtt_ca.clone());
        // The text is not repeated: it may contain a password.
        let address = url.expose().parse::<BrokerAddress>();
        let address = address.map_err(|error| check.fault("--mqtt-url", error)).ok();
        return address.map(|address| Broker::Outside(BrokerAddress { ca, ..address }));
    }
    let listen = options.mqtt_listen.as_deref().unwrap_or("127.0.0.1:1883");
    let listen: Option<SocketAddr> =
        check.parse("--mqtt-listen", listen, "write address and port, like 127.0.0.1:1883");
    let boards = check.login(
        ["--board-user", "--board-password"],
        options.board_user.clone(),
        options.board_password.clone(),
    );
    let switches = check.login(
        ["--switch-user", "--switch-password"],
        options.switch_user.clone(),
        options.switch_password.clone(),
    );
    let secure_listen: Option<SocketAddr> = options
        .mqtts_listen
        .as_deref()
        .and_then(|listen| check.parse("--mqtts-listen", listen, "write address and port, like 0.0.0.0:8883"));
    if options.mqtts_listen.is_some() && options.tls_cert.is_none() {
        check.fault("--mqtts-listen", "needs a certificate; give --tls-cert and --tls-key");
    }
    for (option, listen) in [("--mqtt-listen", listen), ("--mqtts-listen", secure_listen)] {
        if boards.is_none() && listen.is_some_and(|listen| !listen.ip().is_loopback()) {
            check.fault(
                option,
                "other machines could reach the broker, so boards must log in; set TOOLGATE_BOARD_USER and \
                 TOOLGATE_BOARD_PASSWORD to what the boards' firmware has",
            );
        }
    }
    let switch_topics = options.switch_topics.clone().unwrap_or_default();
    for topic in &switch_topics {
        let of_boards = topics.is_some_and(|topics| topics.read(topic).is_some());
        if topic.is_empty() || topic.contains(['#', '+', '\0']) {
            check.fault("--switch-topics", format!("{topic:?} does not fit; name each topic, without wildcards"));
        } else if of_boards || topic.starts_with('$') || topic.starts_with("stats/") {
            check
                .fault("--switch-topics", format!("{topic:?} is a topic of boards or of the server; use another"));
        }
    }
    if switches.is_some() && switches.as_ref().map(|login| &login.user) == boards.as_ref().map(|login| &login.user)
    {
        check.fault("--switch-user", "is the boards' user too; give power switches one of their own");
    }
    let rate = NonZeroU32::new(options.board_rate.unwrap_or(BOARD_RATE));
    let delay = Duration::from_secs(options.board_delay.unwrap_or(BOARD_DELAY).into());
    let listen = listen?;
    Some(Broker::Inside(InsideBroker {
        listen,
        secure_listen,
        rate,
        connect_within: CONNECT_WITHIN,
        delay,
        boards,
        switches,
        switch_topics,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(file: &str) -> Options {
        toml::from_str(file).unwrap()
    }

    fn faults(file: &str) -> Vec<&'static str> {
        match Config::load(Options { data: Some("/nowhere".into()), ..options(file) }) {
            Ok(config) => panic!("{config:?}"),
            Err(Faults(faults)) => faults.into_iter().map(|fault| fault.option).collect(),
        }
    }

    #[test]
    fn default_options_are_valid() {
        let config = Config::load(Options { data: Some("/nowhere".into()), ..Options::default() }).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        let Broker::Inside(inside) = config.broker else { panic!("outside") };
        assert_eq!(inside.listen.to_string(), "127.0.0.1:1883");
        assert!(inside.boards.is_none());
    }

    #[test]
    fn invalid_options_are_all_reported_at_once() {
        let file = r#"
            listen = "here"
            public-url = "ftp://x"
            tls-cert = "/no/cert.pem"
            trusted-proxy = ["10.0.0.0/8", "all"]
            mqtt-listen = "0.0.0.0:1883"
            board-user = "boards"
        "#;
        let found = faults(file);
        for option in
            ["--listen", "--public-url", "--tls-cert", "--trusted-proxy", "--board-password", "--mqtt-listen"]
        {
            assert!(found.contains(&option), "{option} is not among {found:?}");
        }
    }

    #[test]
    fn public_mqtt_listener_requires_board_login() {
        assert_eq!(faults(r#"mqtt-listen = "0.0.0.0:1883""#), ["--mqtt-listen"]);
        let open = r#"
            mqtt-listen = "0.0.0.0:1883"
            board-user = "boards"
            board-password = "secret"
        "#;
        assert!(Config::load(Options { data: Some("/nowhere".into()), ..options(open) }).is_ok());
    }

    #[test]
    fn mqtts_requires_certificate_login_and_built_in_broker() {
        assert_eq!(faults(r#"mqtts-listen = "127.0.0.1:8883""#), ["--mqtts-listen"]);
        let open = "mqtts-listen = \"0.0.0.0:8883\"\ntls-cert = \"/dev/null\"\ntls-key = \"/dev/null\"";
        assert_eq!(faults(open), ["--mqtts-listen"]);
        let outside = format!("{}\nmqtt-url = \"mqtt://broker\"", open.replace("0.0.0.0", "127.0.0.1"));
        assert_eq!(faults(&outside), ["--mqtts-listen"]);
    }

    #[test]
    fn switch_options_overlapping_boards_are_refused() {
        for topic in ["machine/1/reply", "machine/7/request", "machine/7", "$SYS/x", "stats/toolgate", "a/#", ""] {
            assert_eq!(faults(&format!("switch-topics = [{topic:?}]")), ["--switch-topics"], "{topic}");
        }
        let same = "board-user = \"a\"\nboard-password = \"b\"\nswitch-user = \"a\"\nswitch-password = \"c\"";
        assert_eq!(faults(same), ["--switch-user"]);
        for log in ["nonsense=foo=bar", "loud", "info,inof"] {
            assert_eq!(faults(&format!("log = {log:?}")), ["--log"], "{log}");
        }
    }

    #[test]
    fn smtp_requires_sender_and_public_url() {
        assert_eq!(faults(r#"smtp-url = "smtps://mail.example""#), ["--public-url", "--mail-from"]);
        let whole = |url: &str, from: &str| {
            format!("smtp-url = {url:?}\nmail-from = {from:?}\npublic-url = \"https://toolgate.example\"")
        };
        for url in ["https://mail.example", "mail.example", "smtps://", "smtp://user@mail.example"] {
            assert_eq!(faults(&whole(url, "hello@toolgate.example")), ["--smtp-url"], "{url}");
        }
        assert_eq!(faults(&whole("smtps://mail.example", "hello")), ["--mail-from"]);
        let fine = whole("smtp://me:p%40ss@mail.example:2525", "Workshop <hello@toolgate.example>");
        let config = Config::load(Options { data: Some("/nowhere".into()), ..options(&fine) }).unwrap();
        assert!(!format!("{config:?}").contains("p%40ss") && !format!("{config:?}").contains("p@ss"));
    }

    #[test]
    fn ota_networks_are_validated_and_password_is_masked() {
        assert_eq!(faults(r#"ota-network = ["203.0.113.0/24", "the attic"]"#), ["--ota-network"]);
        let file = "ota-password = \"hunter2\"\nota-port = 8266\nota-network = [\"203.0.113.0/24\"]";
        let config = Config::load(Options { data: Some("/nowhere".into()), ..options(file) }).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!((config.ota.port, config.ota.networks.len()), (8266, 1));
        assert_eq!(config.ota.password.map(|password| password.expose().clone()).as_deref(), Some("hunter2"));
    }

    #[test]
    fn allowed_hosts_must_be_bare_host_names() {
        for wrong in ["http://uni.internal", "uni.internal:80", "me@uni.internal", "uni.internal/x", "", "a b"] {
            assert_eq!(faults(&format!("allow-host = [{wrong:?}]")), ["--allow-host"], "{wrong}");
            assert_eq!(faults(&format!("push-host = [{wrong:?}]")), ["--push-host"], "{wrong}");
        }
        let file = r#"allow-host = ["Uni.Internal", "10.1.2.3", "[fd00::1]"]"#;
        let config = Config::load(Options { data: Some("/nowhere".into()), ..options(file) }).unwrap();
        assert_eq!(config.allowed_hosts, ["uni.internal", "10.1.2.3", "fd00::1"]);
    }

    #[test]
    fn flags_override_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("toolgate.toml"), "listen = \"127.0.0.1:1\"\nlog = \"warn\"\n").unwrap();
        let flags =
            Options { data: Some(dir.path().into()), listen: Some("127.0.0.1:2".into()), ..Options::default() };
        let config = Config::load(flags).unwrap();
        assert_eq!((config.listen.port(), config.log.as_str()), (2, "warn"));

        fs::write(dir.path().join("toolgate.toml"), "mqtt-listen = \"127.0.0.1:1\"\n").unwrap();
        let url = Some(Secret::new("mqtt://broker".into()));
        let flags = Options { data: Some(dir.path().into()), mqtt_url: url, ..Options::default() };
        assert!(
            matches!(Config::load(flags).unwrap().broker, Broker::Outside(_)),
            "one broker instead of another"
        );
    }

    #[test]
    fn broken_config_file_error_names_line_not_content() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("toolgate.toml"), "log = \"warn\"\nboard-pasword = \"hunter2\"\n").unwrap();
        let message =
            Config::load(Options { data: Some(dir.path().into()), ..Options::default() }).unwrap_err().to_string();
        assert!(message.contains("line 2") && message.contains("board-pasword"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn broker_password_is_masked_in_errors() {
        let file = r#"mqtt-url = "mqtt://me:hunter2@host:99999""#;
        let message = Config::load(Options { data: Some("/nowhere".into()), ..options(file) }).unwrap_err();
        assert!(!format!("{message} {message:?} {:?}", options(file)).contains("hunter2"));
    }
}

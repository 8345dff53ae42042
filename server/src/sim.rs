//! `toolgate sim`: simulated boards by command line, script or keyboard, and simulated actuators.
//!
//! Invariant: boards dial the broker as the server does, with a board's client id; only the final comparison opens
//! the data folder. Not here: what a board does; that is the crate `sim`.
//!
//! This module adds a broker connection, the version in a firmware image, and the history to compare with.

use crate::{
    config::{BrokerAddress, Login, Secret},
    mqtt::dial::{Limits, dial},
};
use clap::Args;
use domain::{building_devices::Topic, leases::Load, time::Millis};
use fabomatic::{Topics, topic::BadTopics};
use futures::future::join_all;
use services::{
    OpenError,
    clock::{Clock, SystemClock},
    firmware::image,
    uses,
};
use sim::{
    Dialer,
    actuator::{ActuatorConfig, SimActuator},
    cards::{BadCards, BoardNumbers, Cards},
    fault::Faults,
    fleet::{Day, Fleet, FleetConfig},
    keyboard, language,
    line::QUEUE,
    script::{Script, ScriptError},
    stage::Stage,
    verdict::{UseRecord, Verdict, Witness},
    voice::Voice,
};
use std::{
    io,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Incoming: enough to name what a board could not accept. Outgoing: a test may send what no board sends.
const LIMITS: Limits = Limits { incoming: 1 << 16, outgoing: 1 << 22, waiting: QUEUE };

/// How long the boards get at the end to send stored messages: some attempts, 47 s apart.
const LAST_WORDS: Duration = Duration::from_mins(10);

/// Arguments of `toolgate sim`.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = long_help())]
pub struct SimArgs {
    /// The broker the boards connect to: mqtt[s]://user:password@host:port
    #[arg(long, value_name = "ADDRESS", default_value = "mqtt://127.0.0.1:1883")]
    pub mqtt_url: BrokerAddress,
    /// User that boards log in with, unless the address has one
    #[arg(long, value_name = "USER", env = "TOOLGATE_BOARD_USER")]
    pub board_user: Option<String>,
    /// Password that goes with it
    #[arg(long, value_name = "PASSWORD", env = "TOOLGATE_BOARD_PASSWORD", hide_env_values = true)]
    pub board_password: Option<Secret<String>>,
    /// Certificate authority (PEM) of the broker, if it is your own
    #[arg(long, value_name = "FILE", env = "TOOLGATE_MQTT_CA")]
    pub mqtt_ca: Option<PathBuf>,
    /// First part of the board topics
    #[arg(long, value_name = "NAME", env = "TOOLGATE_TOPIC", default_value = "machine")]
    pub topic: String,
    /// Last part of the topics on which boards are answered
    #[arg(long, value_name = "TEXT", env = "TOOLGATE_REPLY_SUFFIX", default_value = "/reply")]
    pub reply_suffix: String,
    /// Last part of the topics on which boards receive requests
    #[arg(long, value_name = "TEXT", env = "TOOLGATE_REQUEST_SUFFIX", default_value = "/request")]
    pub request_suffix: String,
    /// Machine numbers of the boards, such as 1,2,5-9
    #[arg(long, value_name = "NUMBERS", default_value = "1")]
    pub boards: BoardNumbers,
    /// Cards people hold: a file with one on each line, or a list such as "deadbeef Ada,cafebabe Bo"
    #[arg(long, value_name = "FILE|LIST")]
    pub cards: Option<String>,
    /// Failsafe devices of the building instead of boards, such as heat=heating/hall,light=light/hall. They use the
    /// login of the address
    #[arg(long, value_name = "LOAD=TOPIC", value_delimiter = ',', conflicts_with_all = ["script", "pace", "cards"])]
    pub actuators: Vec<NewActuator>,
    /// Plays a script and ends; without one, commands are read from the keyboard
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// People come and go by themselves, this many times faster than real time; a script's times pass as much
    /// faster
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub pace: Option<u32>,
    /// With --pace: for this long (500ms, 30s, 10m, 1h); then everybody logs out and the boards send stored
    /// messages
    #[arg(long = "for", value_name = "TIME", value_parser = read_time, requires = "pace", conflicts_with = "script")]
    pub lasts: Option<Duration>,
    /// With --for: compares the simulated uses with the history in this data folder at the end, and fails if any
    /// is lost, duplicated or of wrong length. No one else may use these machines meanwhile
    #[arg(long, value_name = "DIR", requires = "lasts")]
    pub data: Option<PathBuf>,
    /// Share of messages that arrive twice (answers do not), late or not at all: 5%, or duplicate=5%,delay=10%,drop=1%
    #[arg(long, value_name = "SHARE", default_value = "0%")]
    pub faults: Faults,
    /// Random seed; the same number gives the same day
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Prints every message as well, with cards masked
    #[arg(long)]
    pub wire: bool,
}

/// What a simulated actuator switches, and its topic.
#[derive(Debug, Clone)]
pub struct NewActuator(Load, Topic);

impl FromStr for NewActuator {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (load, topic) = text.split_once('=').ok_or("write it like heat=heating/hall")?;
        let load = Load::parse(load).ok_or("the load is heat, light or power")?;
        Ok(Self(load, Topic::parse(topic).map_err(|_| "a topic has letters, digits and - _ . : / only")?))
    }
}

/// Why a simulation failed.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// A file cannot be read.
    #[error("{path} cannot be read: {why}")]
    File { path: String, why: io::Error },
    /// The cards cannot be read.
    #[error("--cards: {0}")]
    Cards(BadCards),
    /// The topics cannot be used.
    #[error("--topic, --reply-suffix, --request-suffix: {0}")]
    Topics(BadTopics),
    /// `--pace` needs cards.
    #[error("--pace lets people come by themselves: say with --cards which cards they hold")]
    NobodyThere,
    /// The script is invalid, or its expectations were not met.
    #[error("{path}, {why}")]
    Script {
        path: String,
        /// The fault, with its line.
        why: ScriptError,
    },
    /// The history to compare with cannot be read.
    #[error("{path}: {why}")]
    History { path: String, why: OpenError },
    /// Boards with unsent messages, or people still logged in.
    #[error("{0} boards could not tell what they kept; is the server there?")]
    Undelivered(usize),
    /// The history differs from the simulated uses.
    #[error("the history is not what people did: {0}")]
    Different(Verdict),
}

/// Runs boards until the script ends, `quit` is typed, or `stop` is cancelled. Needs an installed TLS provider if
/// the broker's address begins with `mqtts`.
pub async fn run(args: SimArgs, stop: CancellationToken) -> Result<(), SimError> {
    if !args.actuators.is_empty() {
        run_actuators(&args, stop).await;
        return Ok(());
    }
    let cards = args.read_cards()?;
    let script = args.read_script(&cards)?;
    if script.is_none() && args.pace.is_some() && cards.0.is_empty() {
        return Err(SimError::NobodyThere);
    }
    let voice = Voice::new(cards.clone(), args.wire, Box::new(io::stdout()));
    let began = SystemClock.now();
    let (fleet, news) = Fleet::connect_followed(&args.fleet()?);
    let witness = Witness::of(&fleet);
    let mut stage = Stage::new(&fleet, &cards, &voice, args.pace.unwrap_or(1));
    let play = async {
        if let Some((path, script)) = script {
            return script.play(&mut stage).await.map_err(|why| SimError::Script { path, why });
        }
        let count = args.boards.0.len();
        let boards = if count == 1 { "board" } else { "boards" };
        voice.say(&format!("{count} {boards} at {}; type help for what can be done", args.mqtt_url));
        tokio::select! {
            () = keyboard::obey(&mut stage, keyboard::lines()) => {}
            () = live(&fleet, args.day(&cards)) => {}
            () = for_at_most(args.lasts) => tokio::select! {
                judged = args.judge(&fleet, &witness, began, &voice) => return judged,
                () = stop.cancelled() => {}
            },
            () = stop.cancelled() => {}
        }
        if args.pace.is_some() {
            fleet.close().await;
        }
        Ok(())
    };
    tokio::select! {
        // The output first, so that events are printed before the end.
        biased;
        _ = join_all(news.into_iter().map(|(number, news)| voice.follow(number, news))) => Ok(()),
        played = play => played,
        () = stop.cancelled(), if args.script.is_some() => Ok(()),
    }
}

/// Runs actuators until `stop`, and prints what they do.
async fn run_actuators(args: &SimArgs, stop: CancellationToken) {
    let voice = Voice::new(Cards::default(), false, Box::new(io::stdout()));
    let broker = Dialer::from(args.broker());
    let all = args.actuators.iter().map(|NewActuator(load, topic)| {
        let device = SimActuator::connect(ActuatorConfig::new(broker.clone(), topic.as_str(), *load));
        let (voice, mut states) = (&voice, device.watch());
        async move {
            let mut last = None;
            loop {
                let state = *states.borrow_and_update();
                let current = (state.online, state.on, state.tripped);
                if last.replace(current) != Some(current) {
                    let degrees = f64::from(state.room.0) / 10.0;
                    let (line, output) =
                        (if state.online { "online" } else { "offline" }, if state.on { "on" } else { "off" });
                    let limit = if state.tripped { ", cut off by its hard limit" } else { "" };
                    voice.say(&format!("{}: {line}, {output}, {degrees:.1} °C{limit}", topic.as_str()));
                }
                if states.changed().await.is_err() {
                    // Never, while its handle is here.
                    drop(device);
                    return;
                }
            }
        }
    });
    tokio::select! {
        _ = join_all(all) => {}
        () = stop.cancelled() => {}
    }
}

impl From<BrokerAddress> for Dialer {
    fn from(address: BrokerAddress) -> Self {
        Self::new(move |client| dial(&address, client, LIMITS).map_err(|error| error.to_string()))
    }
}

/// Reads the version in a firmware image, as a simulated board does before it starts it.
#[must_use]
pub fn version_of(firmware: &[u8]) -> Option<String> {
    image::read(firmware).ok().map(|about| about.version)
}

/// Simulates people for ever, if there is a `day`.
async fn live(fleet: &Fleet, day: Option<Day>) {
    match day {
        Some(day) => fleet.live(&day).await,
        None => std::future::pending().await,
    }
}

async fn for_at_most(length: Option<Duration>) {
    match length {
        Some(length) => sleep(length).await,
        None => std::future::pending().await,
    }
}

fn read_time(text: &str) -> Result<Duration, String> {
    language::time(text).map_err(|why| why.to_string())
}

impl SimArgs {
    /// The end of a simulation with a time limit.
    async fn judge(&self, fleet: &Fleet, witness: &Witness, began: Millis, voice: &Voice) -> Result<(), SimError> {
        let undelivered = fleet.flush(LAST_WORDS).await;
        if undelivered > 0 {
            return Err(SimError::Undelivered(undelivered));
        }
        let Some(data) = &self.data else { return Ok(()) };
        let file = data.join("toolgate.sqlite");
        let stored = uses::since_in_file(&file, began).await;
        let stored = stored.map_err(|why| SimError::History { path: file.display().to_string(), why })?;
        let stored: Vec<_> = stored
            .into_iter()
            .map(|uses::StoredUse { board, uid, start, end }| UseRecord { board, uid, start, end })
            .collect();
        let verdict = witness.compare(&stored);
        if !verdict.is_good() {
            return Err(SimError::Different(verdict));
        }
        voice.say(&verdict.to_string());
        Ok(())
    }

    /// The broker with login and certificate authority.
    fn broker(&self) -> BrokerAddress {
        let mut broker = self.mqtt_url.clone();
        if let (None, Some(user)) = (&broker.login, &self.board_user) {
            let password = self.board_password.clone().unwrap_or_else(|| Secret::new(String::new()));
            broker.login = Some(Login { user: user.clone(), password });
        }
        broker.ca.clone_from(&self.mqtt_ca);
        broker
    }

    fn fleet(&self) -> Result<FleetConfig, SimError> {
        Ok(FleetConfig {
            topics: Topics::new(&self.topic, &self.reply_suffix, &self.request_suffix)
                .map_err(SimError::Topics)?,
            faults: self.faults,
            seed: self.seed,
            takes_firmware: Some(version_of),
            ..FleetConfig::new(self.broker(), self.boards.0.clone())
        })
    }

    fn day(&self, cards: &Cards) -> Option<Day> {
        let mishaps = self.faults.mishaps();
        self.pace.map(|pace| Day { people: cards.0.clone(), pace, mishaps, seed: self.seed })
    }

    fn read_cards(&self) -> Result<Cards, SimError> {
        match &self.cards {
            None => Ok(Cards::default()),
            // A list begins with a uid; a file of that name would have to be written ./deadbeef.
            Some(words) => match Cards::from_list(words) {
                Ok(cards) => Ok(cards),
                Err(_) => Cards::from_lines(&read(words.as_ref())?).map_err(SimError::Cards),
            },
        }
    }

    fn read_script(&self, cards: &Cards) -> Result<Option<(String, Script)>, SimError> {
        let Some(path) = &self.script else { return Ok(None) };
        let named = path.display().to_string();
        match Script::parse(&read(path)?, cards) {
            Ok(script) => Ok(Some((named, script))),
            Err(why) => Err(SimError::Script { path: named, why }),
        }
    }
}

fn read(path: &Path) -> Result<String, SimError> {
    std::fs::read_to_string(path).map_err(|why| SimError::File { path: path.display().to_string(), why })
}

fn long_help() -> String {
    format!(
        "Commands, one on a line, in a script or at the keyboard:\n{}\n\nBOARD is a machine number; left out, the board \
         that was named last. TIME is 500ms, 2s, 1.5m or 1h.\nWHAT is one of: {}.\nIn a script `at TIME` may stand before a command and counts \
         from the beginning; lines that begin with # are comments:\n\n  at 1s swipe 1 deadbeef\n  expect led green within \
         2s\n  at 30s offline 1 1m\n  logout\n  expect kept 1\n\nA workshop on a bad network, and whether the server's history has what people did there:\n\n  \
         toolgate sim --boards 1-200 --cards cards.txt --pace 200 --faults 5% --for 10m --data /srv/toolgate",
        language::help(),
        language::EXPECTED
    )
}

//! A whole server in a temporary folder on free ports, and a raw MQTT client of its broker.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "each test program uses its part, and one that cannot go on should stop"
)]

#[path = "../../../../crates/services/tests/it/lab/displays.rs"]
pub mod displays;
#[path = "../../../../crates/services/tests/it/lab/operations.rs"]
pub mod operations;
#[path = "../../../../crates/services/tests/it/lab/template.rs"]
mod template;

use rumqttc::{AsyncClient, Event, EventLoop, LastWill, MqttOptions, Packet, QoS, SubscribeReasonCode};
use server::{
    config::{Broker, Config, Options},
    process::{self, Running},
};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{fs, path::PathBuf, time::Duration};
use tempfile::TempDir;

/// How long a test waits; a machine under load is slow.
pub const SOON: Duration = Duration::from_secs(20);

/// Ada (card 0000ada1) is qualified on lasers, Bob (00000b0b) is a member. Machine 11 is a laser, 12 a lathe.
const FIXTURE: &str = "
    INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0), (2, 'active', 0);
    INSERT INTO profile (person_id, name) VALUES (1, 'Ada Lovelace'), (2, 'Bob');
    INSERT INTO card (id, person_id, uid, state, given_at) VALUES
        (1, 1, '0000ada1', 'active', 0), (2, 2, '00000b0b', 'active', 0);
    INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium'), (4, 'Lathe', 'high');
    INSERT INTO place (id, name) VALUES (1, 'Laser room');
    INSERT INTO machine (id, number, type_id, place_id, name) VALUES (1, 11, 3, 1, 'Laser'), (2, 12, 4, 1, 'Lathe');
    INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
        (1, 1, 'user', 'granted', 0, 'setup', 0), (2, 1, 'user', 'granted', 0, 'setup', 0),
        (1, 3, 'user', 'granted', 0, 'trainer', 0);";

pub struct Lab {
    pub running: Option<Running>,
    pub config: Config,
    dir: TempDir,
}

impl Lab {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// With other options than the built-in broker on a free port.
    pub async fn with(options: Options) -> Self {
        Self::adjusted(options, |_| {}).await
    }

    /// With values that are not options as well.
    pub async fn adjusted(options: Options, adjust: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let defaults = Options {
            data: Some(dir.path().join("data")),
            listen: Some("127.0.0.1:0".into()),
            mqtt_listen: options.mqtt_url.is_none().then(|| "127.0.0.1:0".into()),
            // Simulated boards are on this machine.
            ota_network: Some(vec!["127.0.0.0/8".into()]),
            // Tests send faster than boards.
            board_rate: Some(0),
            board_delay: Some(0),
            ..Options::default()
        };
        let mut config = Config::load(options.or(defaults)).unwrap();
        adjust(&mut config);
        fs::create_dir_all(&config.data).unwrap();
        template::put(&config.data.join("toolgate.sqlite")).await;
        let mut lab = Self { running: None, config, dir };
        let opened = process::open(&lab.config).await.unwrap();
        lab.sql(FIXTURE).await;
        lab.running = Some(process::start(&lab.config, opened).unwrap());
        lab
    }

    /// With `connect_within` as the built-in broker's time limit for CONNECT.
    pub async fn impatient(options: Options, connect_within: Duration) -> Self {
        Self::adjusted(options, |config| match &mut config.broker {
            Broker::Inside(inside) => inside.connect_within = connect_within,
            Broker::Outside(_) => panic!("the broker is outside"),
        })
        .await
    }

    pub fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    pub async fn start_again(&mut self) {
        let opened = process::open(&self.config).await.unwrap();
        self.running = Some(process::start(&self.config, opened).unwrap());
    }

    pub fn port(&self) -> u16 {
        self.running().mqtt.unwrap().port()
    }

    /// A client of the built-in broker.
    pub async fn wire(&self, id: &str) -> Wire {
        Wire::connect(self.port(), id, None, None).await.unwrap()
    }

    /// A board of machine `number` that is subscribed to its answers, once the server is too.
    pub async fn board(&self, number: u16) -> Wire {
        let mut wire = self.wire(&format!("BOARD{number}")).await;
        assert!(wire.subscribe(&format!("machine/{number}/reply")).await);
        wire.until_answered(number).await;
        wire
    }

    pub fn database(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(self.config.data.join("toolgate.sqlite"))
    }

    pub fn folder(&self) -> PathBuf {
        self.dir.path().into()
    }

    pub async fn sql(&self, sql: &'static str) {
        let mut conn = self.database().connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        let mut conn = self.database().connect().await.unwrap();
        let number = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        number
    }
}

/// A raw client of a broker.
pub struct Wire {
    client: AsyncClient,
    events: EventLoop,
}

impl Wire {
    pub async fn connect(
        port: u16,
        id: &str,
        login: Option<(&str, &str)>,
        will: Option<LastWill>,
    ) -> Result<Self, rumqttc::ConnectionError> {
        let mut options = MqttOptions::new(id, "127.0.0.1", port);
        options.set_keep_alive(Duration::from_mins(1)).set_max_packet_size(8 << 20, 8 << 20);
        if let Some((user, password)) = login {
            options.set_credentials(user, password);
        }
        if let Some(will) = will {
            options.set_last_will(will);
        }
        let (client, mut events) = AsyncClient::new(options, 100_000);
        loop {
            if let Event::Incoming(Packet::ConnAck(_)) = events.poll().await? {
                return Ok(Self { client, events });
            }
        }
    }

    /// Whether the broker allows a subscription to `filter`.
    pub async fn subscribe(&mut self, filter: &str) -> bool {
        self.client.try_subscribe(filter, QoS::AtMostOnce).unwrap();
        loop {
            if let Event::Incoming(Packet::SubAck(answer)) = self.poll().await {
                return !answer.return_codes.contains(&SubscribeReasonCode::Failure);
            }
        }
    }

    pub fn say(&self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.client.try_publish(topic, QoS::AtMostOnce, false, payload).unwrap();
    }

    pub fn say_and_keep(&self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.client.try_publish(topic, QoS::AtMostOnce, true, payload).unwrap();
    }

    /// The next message it receives.
    pub async fn hear(&mut self) -> (String, String) {
        loop {
            if let Event::Incoming(Packet::Publish(message)) = self.poll().await {
                return (message.topic, String::from_utf8(message.payload.to_vec()).unwrap());
            }
        }
    }

    /// Publishes on a machine's topic and returns the answer.
    pub async fn ask(&mut self, number: u16, payload: &str) -> String {
        self.say(&format!("machine/{number}"), payload);
        let (topic, payload) = self.hear().await;
        assert_eq!(topic, format!("machine/{number}/reply"));
        payload
    }

    /// Everything received before the answer to a `checkmachine`: earlier messages have arrived by then.
    pub async fn heard_before_answer(&mut self, number: u16) -> Vec<String> {
        self.say(&format!("machine/{number}"), r#"{"action":"checkmachine"}"#);
        let mut heard = Vec::new();
        loop {
            let (_, payload) = self.hear().await;
            if payload.contains("\"allowed\"") || payload.contains("Invalid machine") {
                return heard;
            }
            heard.push(payload);
        }
    }

    /// The server may connect to the broker later than we did: asks until it answers.
    pub async fn until_answered(&mut self, number: u16) {
        let begin = tokio::time::Instant::now();
        loop {
            self.say(&format!("machine/{number}"), r#"{"action":"checkmachine"}"#);
            if tokio::time::timeout(Duration::from_millis(200), self.hear()).await.is_ok() {
                return;
            }
            assert!(begin.elapsed() < SOON, "no answer to checkmachine");
        }
    }

    /// Waits until the broker cuts the connection.
    pub async fn until_thrown_out(mut self) {
        let cut = async { while self.events.poll().await.is_ok() {} };
        tokio::time::timeout(SOON, cut).await.expect("in time");
    }

    pub async fn poll(&mut self) -> Event {
        tokio::time::timeout(SOON, self.events.poll()).await.expect("in time").expect("connected")
    }

    /// Sends queued messages.
    pub async fn flush(&mut self) {
        // The broker answers refused subscriptions as well; nothing overtakes on one connection.
        self.subscribe("nothing/to/hear").await;
    }
}

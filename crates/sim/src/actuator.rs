//! A simulated actuator on a real connection: a reference device with a room around it, and its handle.
//!
//! **Invariant.** Whether it is on is decided by [`domain::leases::Device`] alone. The task adds a connection, a sensor and a room that
//! warms up while it heats. Its own clock may run faster, which makes leases shorter, never longer.
//!
//! Not here: TLS and logins, which are the dialer's.

use crate::line::Dialer;
use domain::{
    leases::{self, Device, HardLimits, Load, Tenths},
    time::Millis,
};
use rumqttc::{AsyncClient, Event, EventLoop, Packet, QoS};
use std::time::Duration;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, interval},
};

/// How often it looks at its clock and sensor.
const TICK: Duration = Duration::from_millis(100);
/// How often it publishes its state, besides at every change.
const REPORT: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_millis(500);
/// Thousandths of a degree a second: what a heater adds, and what a room loses.
const WARMS: i64 = 8;
const COOLS: i64 = 2;

/// Configuration of a simulated actuator.
#[derive(Debug, Clone)]
pub struct ActuatorConfig {
    pub broker: Dialer,
    pub client_id: String,
    /// It listens on `<topic>/lease` and publishes on `<topic>/state` and `<topic>/online`.
    pub topic: String,
    pub load: Load,
    pub limits: HardLimits,
    /// The temperature of the room at the beginning, and outside.
    pub room: Tenths,
    pub outside: Tenths,
    /// How many times faster its clock runs.
    pub pace: u32,
}

impl ActuatorConfig {
    /// A device with usual limits in a room of 18 °C.
    #[must_use]
    pub fn new(broker: impl Into<Dialer>, topic: &str, load: Load) -> Self {
        let limits = HardLimits {
            above: Tenths(270),
            back_at: Tenths(250),
            frost: Tenths(50),
            daily: Duration::from_hours(16),
        };
        Self {
            broker: broker.into(),
            client_id: format!("ACTUATOR-{}", topic.replace('/', "-")),
            topic: topic.to_owned(),
            load,
            limits,
            room: Tenths(180),
            outside: Tenths(80),
            pace: 1,
        }
    }
}

/// What can be seen of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActuatorState {
    pub online: bool,
    /// Whether its output is on.
    pub on: bool,
    pub room: Tenths,
    pub tripped: bool,
    /// The commands it took, and the messages it ignored.
    pub commands: u32,
    pub ignored: u32,
}

/// A running actuator; it runs until its last handle is dropped.
#[derive(Debug)]
pub struct SimActuator {
    orders: mpsc::UnboundedSender<Order>,
    state: watch::Receiver<ActuatorState>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Network(bool),
    Room(Tenths),
}

impl SimActuator {
    /// Switches it on. Must be called within a tokio runtime.
    #[must_use]
    pub fn connect(config: ActuatorConfig) -> Self {
        let (orders, mailbox) = mpsc::unbounded_channel();
        let device = Device::new(config.load, config.limits);
        let begin =
            ActuatorState { online: false, on: false, room: config.room, tripped: false, commands: 0, ignored: 0 };
        let (seen, state) = watch::channel(begin);
        let task = Task {
            device,
            id: 0,
            room: i64::from(config.room.0) * 100_000,
            network: true,
            line: None,
            began: Instant::now(),
            redial: Instant::now(),
            last: Millis(0),
            reported: None,
            state: begin,
            seen,
            config,
        };
        tokio::spawn(task.run(mailbox));
        Self { orders, state }
    }

    #[must_use]
    pub fn state(&self) -> ActuatorState {
        *self.state.borrow()
    }

    /// What can be seen of it, with every change.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<ActuatorState> {
        self.state.clone()
    }

    /// Waits until `holds` is true of its state. `Err` is the state after `within`.
    pub async fn until(
        &self,
        within: Duration,
        holds: impl FnMut(&ActuatorState) -> bool,
    ) -> Result<ActuatorState, ActuatorState> {
        let mut state = self.state.clone();
        match tokio::time::timeout(within, state.wait_for(holds)).await {
            Ok(Ok(state)) => Ok(*state),
            Ok(Err(_)) | Err(_) => Err(self.state()),
        }
    }

    /// Pulls its network cable, or plugs it in.
    pub fn network(&self, is_there: bool) {
        self.order(Order::Network(is_there));
    }

    /// Makes the room this warm.
    pub fn set_room(&self, room: Tenths) {
        self.order(Order::Room(room));
    }

    fn order(&self, order: Order) {
        // The task ends only after the handle, or with the runtime.
        let _ = self.orders.send(order);
    }
}

enum Heard {
    Up,
    Message(Vec<u8>),
    Lost,
}

struct Line {
    client: AsyncClient,
    events: mpsc::Receiver<Heard>,
    task: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Task {
    config: ActuatorConfig,
    device: Device,
    /// Of the last command.
    id: u32,
    /// Millionths of a degree.
    room: i64,
    network: bool,
    line: Option<Line>,
    began: Instant,
    /// When it may dial again.
    redial: Instant,
    last: Millis,
    reported: Option<Instant>,
    state: ActuatorState,
    seen: watch::Sender<ActuatorState>,
}

impl Task {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut ticks = interval(TICK);
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Network(is_there)) => {
                        self.network = is_there;
                        if !is_there {
                            self.lose();
                        }
                    }
                    Some(Order::Room(Tenths(room))) => self.room = i64::from(room) * 100_000,
                    None => return,
                },
                heard = next(&mut self.line) => self.hear(heard),
                _ = ticks.tick() => self.dial(),
            }
            self.update();
        }
    }

    fn now(&self) -> Millis {
        Millis(0).after(self.began.elapsed() * self.config.pace)
    }

    /// Connects if there is a network and no connection.
    fn dial(&mut self) {
        if self.network && self.line.is_none() && self.redial <= Instant::now() {
            self.line = Line::open(&self.config);
        }
    }

    fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Up => {
                self.device.connection(true);
                self.state.online = true;
                self.publish("online", "true");
                self.reported = None;
            }
            Heard::Lost => self.lose(),
            Heard::Message(payload) => match leases::read(&payload) {
                Ok((id, command)) => {
                    self.id = id;
                    self.device.command(command, self.now());
                    self.state.commands += 1;
                    self.reported = None;
                }
                Err(_) => self.state.ignored += 1,
            },
        }
    }

    fn lose(&mut self) {
        self.line = None;
        self.redial = Instant::now() + RETRY;
        self.device.connection(false);
        self.state.online = false;
    }

    /// Lets the room warm or cool, reads the sensor, and sets the output.
    fn update(&mut self) {
        let now = self.now();
        let passed = now.minus(self.last);
        self.last = now;
        let gain = if self.state.on && self.config.load == Load::Heat { WARMS } else { 0 };
        self.room += (gain - COOLS) * passed;
        self.room = self.room.max(i64::from(self.config.outside.0) * 100_000);
        let room = Tenths(i32::try_from(self.room / 100_000).unwrap_or(i32::MAX));
        self.device.temperature(room, now);
        let on = self.device.tick(now);
        let is_due = self.reported.is_none_or(|at| at.elapsed() >= REPORT) || on != self.state.on;
        self.state = ActuatorState { on, room, tripped: self.device.is_tripped(), ..self.state };
        if is_due && self.state.online {
            self.reported = Some(Instant::now());
            self.publish("state", &self.device.state(self.id, now));
        }
        self.seen.send_if_modified(|seen| std::mem::replace(seen, self.state) != self.state);
    }

    fn publish(&self, part: &str, payload: &str) {
        if let Some(line) = &self.line {
            let topic = format!("{}/{part}", self.config.topic);
            // A full queue loses it, as QoS 0 allows; the state is published again.
            let _ = line.client.try_publish(topic, QoS::AtMostOnce, false, payload);
        }
    }
}

impl Line {
    /// Begins to connect; `None` if that can never succeed.
    fn open(config: &ActuatorConfig) -> Option<Self> {
        let (client, connection) = config.broker.dial(&config.client_id).ok()?;
        let (sender, events) = mpsc::channel(crate::line::QUEUE);
        let topic = format!("{}/lease", config.topic);
        let task = tokio::spawn(listen(client.clone(), connection, topic, sender));
        Some(Self { client, events, task })
    }
}

/// Runs in its own task, because a cancelled `poll` may lose a packet.
async fn listen(client: AsyncClient, mut connection: EventLoop, topic: String, sender: mpsc::Sender<Heard>) {
    loop {
        let heard = match connection.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                // Fails only when this very loop has ended.
                let _ = client.try_subscribe(&topic, QoS::AtMostOnce);
                continue;
            }
            Ok(Event::Incoming(Packet::SubAck(_))) => Heard::Up,
            // A retained command was not sent now.
            Ok(Event::Incoming(Packet::Publish(message))) if message.topic == topic && !message.retain => {
                Heard::Message(message.payload.to_vec())
            }
            Ok(_) => continue,
            Err(error) => {
                tracing::debug!(%error, "the actuator has no connection");
                Heard::Lost
            }
        };
        let is_over = matches!(heard, Heard::Lost);
        if sender.send(heard).await.is_err() || is_over {
            return;
        }
    }
}

async fn next(line: &mut Option<Line>) -> Heard {
    match line {
        Some(line) => line.events.recv().await.unwrap_or(Heard::Lost),
        None => std::future::pending().await,
    }
}

//! `toolgate demo`: opens the invented workshop, with simulated boards and visitors.

use crate::{
    config::{Broker, BrokerAddress, Config, Faults, Login, Options, Secret},
    logging,
    process::{self, StartError},
    sim::version_of,
};
use clap::Args;
use contract::{
    building_devices::{ListBuildingDevices, RenewDeviceLogin},
    form::Fields,
};
use domain::{accounts::Purpose, actor::Actor, leases::Tenths};
use services::{
    Ctx,
    demo::{self, Extent, Open, doors::Guest},
    displays,
    serve::serve,
};
use sim::{
    actuator::{ActuatorConfig, SimActuator},
    cards::Card,
    fleet::{Day, Fleet, FleetConfig},
};
use std::time::Duration;
use text::Lang;
use tokio_util::sync::CancellationToken;

/// How often the meters of the demo speak.
const READINGS: Duration = Duration::from_secs(30);

/// Why the demo does not open.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(transparent)]
    Options(#[from] Faults),
    #[error(transparent)]
    Start(#[from] StartError),
    /// The demo cannot be created in this folder.
    #[error(transparent)]
    Furnish(#[from] demo::DemoError),
}

/// Arguments of `toolgate demo`.
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    /// How many times faster than real time people come, work and leave; 0: nobody comes, the boards only wait
    #[arg(long, env = "TOOLGATE_DEMO_PACE", value_name = "TIMES", default_value_t = 30)]
    pub pace: u32,
    /// No simulated boards at all
    #[arg(long)]
    pub no_boards: bool,
    /// No opening hours when the demo is created: people come at night too
    #[arg(long)]
    pub round_the_clock: bool,
    /// With a department's term when the demo is created: forty rooms, sixty groups, series and draws, 214 members with dues
    #[arg(long)]
    pub department: bool,
}

/// Serves the demo until `stop`. The default folder is `toolgate-demo`.
pub async fn run(mut options: Options, args: DemoArgs, stop: CancellationToken) -> Result<(), DemoError> {
    options.data.get_or_insert_with(|| "toolgate-demo".into());
    // The simulated boards are on this machine.
    options.ota_network.get_or_insert_with(|| vec!["127.0.0.0/8".into()]);
    // Its boards start with it and have no messages to lose.
    options.board_delay.get_or_insert(0);
    let config = Config::load(options)?;
    logging::start(&config.log, config.log_json);
    let opened = process::open_demo(&config).await?;
    let open = if args.round_the_clock { Open::RoundTheClock } else { Open::Daily };
    let extent = if args.department { Extent::Department } else { Extent::Workshop };
    demo::furnish(&opened.ctx, open, extent).await?;
    let running = process::start(&config, opened)?;
    let living = (!args.no_boards).then(|| tokio::spawn(live(fleet(&config, &running), args.pace, stop.clone())));
    // They run as long as they are held.
    let _actuators = if args.no_boards { Vec::new() } else { actuators(&config, &running).await };
    let measuring = tokio::spawn(measure(running.ctx.clone(), stop.clone()));
    running.announce().await;
    match displays::for_demo(&running.ctx).await {
        Ok(opening) => println!("Wall, for a screen    {}{}", running.site(), opening.link.0),
        Err(error) => tracing::warn!(%error, "there is no link for a wall display"),
    }
    open_doors(&running).await;
    stop.cancelled().await;
    if let Some(living) = living {
        // Ends with `stop`; a board that panicked has nothing left to end.
        let _ = living.await;
    }
    // As above.
    let _ = measuring.await;
    running.stop().await;
    Ok(())
}

/// Lets the meters of the building speak until `stop`.
async fn measure(ctx: Ctx, stop: CancellationToken) {
    let mut tick = tokio::time::interval(READINGS);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => demo::building::send_readings(&ctx),
        }
    }
}

/// Prints sign-in links for the invented people, only if no other machine could follow them.
async fn open_doors(running: &process::Running) {
    if !running.http.ip().is_loopback() {
        return;
    }
    match demo::doors::doors(&running.ctx).await {
        Ok(doors) => {
            println!("\nSign in, once each, as");
            for (guest, token) in doors {
                let who = match guest {
                    Guest::Administrator => "an administrator",
                    Guest::Trainer => "a trainer",
                    Guest::Member => "a member",
                };
                println!("  {who:<18}  {}{}{}", running.site(), Purpose::SignIn.page(), token.expose());
            }
        }
        Err(error) => tracing::error!(%error, "links to sign in could not be made"),
    }
}

async fn live(fleet: Fleet, pace: u32, stop: CancellationToken) {
    if pace > 0 {
        let people = demo::cast().cards.into_iter().filter(|(_, _, machines)| !machines.is_empty());
        let people = people.map(|(uid, name, machines)| Card { uid, name: Some(name.to_owned()), machines });
        let day = Day { people: people.collect(), pace, mishaps: 0.0, seed: 19 };
        tokio::select! {
            () = stop.cancelled() => {}
            () = fleet.live(&day) => {}
        }
    }
    stop.cancelled().await;
    // Log everybody out before the demo closes.
    fleet.close().await;
}

/// How warm it is where the heaters of the demo are.
const ROOM: Tenths = Tenths(205);

/// The failsafe devices, each with a login that was made for this start.
async fn actuators(config: &Config, running: &process::Running) -> Vec<SimActuator> {
    let (ctx, actor) = (&running.ctx, &Actor::TOOLGATE);
    let listed = match serve(ctx, actor, ListBuildingDevices {}, &Fields::default(), Lang::En).await {
        Ok(listed) => listed.devices,
        Err(error) => {
            tracing::warn!(?error, "the devices of the building stay silent");
            return Vec::new();
        }
    };
    let mut actuators = Vec::new();
    for (topic, load) in demo::actuators::simulated() {
        // One that was removed from the demo stays so.
        let Some(device) = listed.iter().find(|device| device.topic == topic) else { continue };
        let renew = RenewDeviceLogin { id: device.id };
        match serve(ctx, actor, renew, &Fields::default(), Lang::En).await {
            Ok(made) => {
                let login = Login { user: made.user, password: Secret::new(made.password) };
                let broker = broker(config, running, Some(login));
                actuators.push(SimActuator::connect(ActuatorConfig {
                    room: ROOM,
                    ..ActuatorConfig::new(broker, topic, load)
                }));
            }
            Err(error) => tracing::warn!(?error, topic, "a device of the building stays silent"),
        }
    }
    actuators
}

/// The broker, as devices reach it: the built-in one with this login, another one with its own.
fn broker(config: &Config, running: &process::Running, login: Option<Login>) -> BrokerAddress {
    match &config.broker {
        Broker::Outside(address) => address.clone(),
        Broker::Inside(_) => BrokerAddress {
            login,
            ..BrokerAddress::plain(running.broker_host(), running.mqtt.map_or(0, |address| address.port()))
        },
    }
}

/// The boards, connected like boards in a workshop.
fn fleet(config: &Config, running: &process::Running) -> Fleet {
    let login = match &config.broker {
        Broker::Outside(_) => None,
        Broker::Inside(inside) => inside.boards.clone(),
    };
    let topics = config.topics.clone();
    Fleet::connect(&FleetConfig {
        topics,
        takes_firmware: Some(version_of),
        ..FleetConfig::new(broker(config, running, login), demo::cast().boards)
    })
}

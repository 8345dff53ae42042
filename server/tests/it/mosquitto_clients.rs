//! Mosquitto's command-line clients as a device of the building, at the built-in broker.

use crate::lab::{Lab, SOON};
use contract::{form::Fields, meters::ListMeters};
use domain::{actor::Actor, meters::Amount};
use services::serve::serve;
use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};
use text::Lang;
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout},
};

/// A plug that measures a light and switches it. Its password is `pw`.
const PLUG: &str = "
    INSERT INTO building_device (id, name, dialect, topic, user, hash, login_at, added_at) VALUES
        (1, 'Plug', 'tasmota', 'plug-1', 'd-plug', x'30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4', 0, 0);
    INSERT INTO meter (id, device_id, name, measure, unit) VALUES (1, 1, 'Light, hall', 'power', 'kWh');
    INSERT INTO actuator (id, device_id, name, load, allowed, target, warmest, daily) VALUES
        (1, 1, 'Light, hall', 'light', 'members', NULL, 0, 1440);";
/// The light was turned on until 2100.
const WISH: &str = "INSERT INTO actuator_wish (actuator_id, starts_at, ends_at) VALUES (1, 0, 4102444800000);";

async fn plugged() -> Lab {
    let mut lab = Lab::start().await;
    lab.stop().await;
    lab.sql(PLUG).await;
    lab.start_again().await;
    lab
}

/// Ends with the test.
struct Client(Child);

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn client(lab: &Lab, program: &str, password: &str, more: &[&str]) -> Client {
    // Line by line, also into a pipe.
    let mut client = Command::new("stdbuf");
    client
        .args(["-oL", program, "-h", "127.0.0.1", "-p", &lab.port().to_string(), "-u", "d-plug", "-P", password])
        .args(more);
    client.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    Client(client.spawn().expect("mosquitto-clients are installed"))
}

/// Whether the broker accepted the message.
async fn publish(lab: &Lab, password: &str, topic: &str, payload: &str) -> bool {
    let mut client = client(lab, "mosquitto_pub", password, &["-t", topic, "-m", payload]);
    spawn_blocking(move || client.0.wait().unwrap().success()).await.unwrap()
}

#[tokio::test]
async fn lease_reaches_mosquitto_and_its_answer_is_stored() {
    let lab = plugged().await;
    let mut plug = client(&lab, "mosquitto_sub", "pw", &["-d", "-v", "-t", "cmnd/plug-1/#"]);
    let received = BufReader::new(plug.0.stdout.take().unwrap());
    let line = |mut from: BufReader<ChildStdout>, part: &'static str| {
        spawn_blocking(move || {
            let mut line = String::new();
            while !line.contains(part) {
                line.clear();
                assert!(from.read_line(&mut line).unwrap() > 0, "it ended");
            }
            (from, line)
        })
    };
    // A lease that is sent before the device hears is not sent again until it says that it has none.
    let (received, _) = timeout(SOON, line(received, "SUBACK")).await.expect("it subscribes").unwrap();
    lab.sql(WISH).await;
    let lease = timeout(SOON, line(received, "cmnd/plug-1/Backlog0 ")).await;
    drop(plug);
    let (_, lease) = lease.expect("a lease arrives").unwrap();
    assert_eq!(lease.trim_end(), "cmnd/plug-1/Backlog0 PulseTime1 1000;Power1 ON", "900 seconds");
    for (answer, stored) in [("ON", 1), ("OFF", 0)] {
        let begin = Instant::now();
        loop {
            assert!(publish(&lab, "pw", "stat/plug-1/RESULT", &format!(r#"{{"POWER":"{answer}"}}"#)).await);
            if lab.number("SELECT coalesce(is_on, 2) FROM actuator").await == stored {
                break;
            }
            assert!(begin.elapsed() < SOON, "{answer} is not stored");
        }
    }
}

#[tokio::test]
async fn figures_that_mosquitto_publishes_are_read_and_a_wrong_password_is_refused() {
    let lab = plugged().await;
    let begin = Instant::now();
    let read = loop {
        assert!(publish(&lab, "pw", "tele/plug-1/SENSOR", r#"{"ENERGY":{"Total":381.701,"Power":7}}"#).await);
        let ctx = &lab.running().ctx;
        let list = serve(ctx, &Actor::TOOLGATE, ListMeters {}, &Fields::default(), Lang::En).await.unwrap();
        if let Some(value) = list.meters[0].value {
            break value;
        }
        assert!(begin.elapsed() < SOON, "{list:?}");
    };
    assert_eq!(read, Amount(381_701));
    assert!(!publish(&lab, "wrong", "tele/plug-1/SENSOR", r#"{"ENERGY":{"Total":999}}"#).await);
}

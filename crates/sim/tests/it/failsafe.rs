//! The device of `docs/failsafe` in C++ and the one in Rust, with the same scenarios: both must answer the same.

use domain::{
    leases::{self, Device, HardLimits, Load, Tenths},
    time::Millis,
};
use std::{
    fmt::Write as _,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

/// What happens to a device.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Message(Vec<u8>),
    Connection(bool),
    Reading(i32),
    Tick,
}

/// Numbers that look random, the same in every run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap() % limit
    }

    /// A message of an adversary: a command with any values, or one that was cut, changed or made up.
    pub(crate) fn message(&mut self) -> Vec<u8> {
        let seconds = [0, 1, 60, 900, 901, 86_400, 999_999_999][self.below(7) as usize];
        let target = [-400, 0, 49, 180, 210, 251, 269, 400, 999_999_999][self.below(9) as usize];
        let on = self.below(4) > 0;
        let id = self.below(1_000);
        let message = match self.below(12) {
            0 => format!(r#"{{"on":{on},"seconds":{seconds}}}"#),
            1 => format!(r#"{{"on":{on},"seconds":{seconds},"target":{target},"above":9990}}"#),
            2 => format!(r#"{{"limits":{{"above":9990}},"on":{on},"seconds":{seconds}}}"#),
            3 => format!(r#"{{"temperature":{target},"on":{on},"seconds":{seconds},"target":{target}}}"#),
            4 => format!(r#" {{ "target" : {target} , "on":{on} ,"seconds":{seconds}}} "#),
            5 => format!(r#"{{"on":{on},"seconds":-{seconds},"target":{target}}}"#),
            6 => format!(r#"{{"on":{on},"seconds":{seconds}.0,"target":{target}}}"#),
            _ => format!(r#"{{"id":{id},"on":{on},"seconds":{seconds},"target":{target}}}"#),
        };
        let mut bytes = message.into_bytes();
        match self.below(6) {
            0 => bytes.truncate(self.below(60) as usize),
            1 => {
                let at = self.below(u32::try_from(bytes.len()).unwrap()) as usize;
                // No line feed, which ends a line of the scenario.
                bytes[at] = u8::try_from(32 + self.below(95)).unwrap();
            }
            _ => {}
        }
        bytes
    }
}

pub(crate) const LIMITS: HardLimits =
    HardLimits { above: Tenths(270), back_at: Tenths(250), frost: Tenths(50), daily: Duration::from_hours(16) };

/// The program in C++, compiled once.
fn compiled() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/failsafe");
        let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("failsafe-{}", std::process::id()));
        let output = Command::new("g++")
            .args(["-std=c++11", "-Wall", "-Wextra", "-Werror", "-fsanitize=undefined", "-o"])
            .arg(&program)
            .arg(format!("{folder}/replay.cpp"))
            .output()
            .expect("g++; cargo xtask setup installs it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        program
    })
}

/// The output and the state after every step, as the program in C++ answers.
fn replayed(load: Load, steps: &[(i64, Step)]) -> Vec<String> {
    let mut script = Vec::new();
    for (at, step) in steps {
        write!(script, "{at} ").unwrap();
        match step {
            Step::Message(bytes) => {
                script.extend(b"c ");
                script.extend(bytes);
            }
            Step::Connection(is_up) => write!(script, "u {}", u8::from(*is_up)).unwrap(),
            Step::Reading(read) => write!(script, "r {read}").unwrap(),
            Step::Tick => script.push(b't'),
        }
        script.push(b'\n');
    }
    let mut child = Command::new(compiled())
        .args([load.as_str(), "270", "250", "50", "57600"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(&script).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{}", output.status);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The same by the device in Rust.
fn expected(load: Load, steps: &[(i64, Step)]) -> Vec<String> {
    let (mut device, mut id) = (Device::new(load, LIMITS), 0);
    let mut lines = Vec::new();
    for (at, step) in steps {
        let now = Millis(*at);
        match step {
            Step::Message(bytes) => {
                if let Ok((number, command)) = leases::read(bytes) {
                    id = number;
                    device.command(command, now);
                }
            }
            Step::Connection(is_up) => device.connection(*is_up),
            Step::Reading(read) => device.temperature(Tenths(*read), now),
            Step::Tick => {}
        }
        let mut line = String::new();
        let relay = u8::from(device.tick(now));
        write!(line, "{relay} {}", device.state(id, now)).unwrap();
        lines.push(line);
    }
    lines
}

fn compare(load: Load, steps: &[(i64, Step)]) {
    let (cpp, rust) = (replayed(load, steps), expected(load, steps));
    assert_eq!(cpp.len(), rust.len());
    for ((cpp, rust), step) in cpp.iter().zip(&rust).zip(steps) {
        assert_eq!(cpp, rust, "after {step:?}");
    }
}

fn on(seconds: u32) -> Step {
    Step::Message(format!(r#"{{"id":1,"on":true,"seconds":{seconds},"target":210}}"#).into_bytes())
}

#[test]
fn scenarios_of_the_failsafe_are_the_same_in_cpp() {
    let minute = 60_000;
    let scenarios: [&[(i64, Step)]; 4] = [
        // The lease ends.
        &[
            (0, Step::Connection(true)),
            (1, Step::Reading(180)),
            (2, on(86_400)),
            (14 * minute, Step::Reading(185)),
            (15 * minute + 1, Step::Tick),
            (15 * minute + 2, Step::Tick),
        ],
        // The broker is gone, and back.
        &[
            (0, Step::Connection(true)),
            (1, Step::Reading(180)),
            (2, on(900)),
            (3, Step::Connection(false)),
            (4, Step::Connection(true)),
            (5, on(900)),
        ],
        // The hard limit, and the way back.
        &[
            (0, Step::Connection(true)),
            (1, Step::Reading(200)),
            (2, on(900)),
            (3, Step::Reading(271)),
            (4, Step::Reading(251)),
            (5, Step::Reading(209)),
        ],
        // Frost without a broker, then a sensor that lost its wire.
        &[
            (0, Step::Reading(49)),
            (1, Step::Reading(-1_270)),
            (5 * minute + 1, Step::Tick),
            (6 * minute, Step::Reading(70)),
        ],
    ];
    for load in Load::ALL {
        for steps in scenarios {
            compare(*load, steps);
        }
    }
    let relay = |steps: &[(i64, Step)]| -> String {
        replayed(Load::Heat, steps).iter().map(|line| line.chars().next().unwrap()).collect()
    };
    let [lease, broker, limit, frost] = scenarios;
    assert_eq!(relay(lease), "001110", "off at the end of the lease");
    assert_eq!(relay(broker), "001001");
    assert_eq!(relay(limit), "001001");
    assert_eq!(relay(frost), "1100");
}

#[test]
fn random_messages_of_a_month_lead_to_the_same_answers_in_cpp() {
    for seed in 1..=6 {
        let mut numbers = Numbers(seed);
        let (mut at, mut steps) = (0, Vec::new());
        while at < 30 * 86_400_000 {
            at += i64::from(numbers.below(4) * numbers.below(800_000));
            let step = match numbers.below(10) {
                0 => Step::Connection(numbers.below(4) > 0),
                1..=3 => Step::Reading(i32::try_from(numbers.below(400)).unwrap() - 60),
                4 => Step::Tick,
                _ => Step::Message(numbers.message()),
            };
            steps.push((at, step));
        }
        for load in Load::ALL {
            compare(*load, &steps);
        }
    }
}

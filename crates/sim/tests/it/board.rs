//! The simulated board does what the firmware does. Virtual time only: nothing waits.

use domain::{access::Level, boards::MachineNumber, cards::CardUid};
use fabomatic::{
    Query, Reply, Request,
    reply::{CheckMachineReply, CheckUserReply, SyncCacheReply},
};
use sim::{
    board::{Board, Input, Output},
    face::{Happened, Led, Refusal},
    firmware::{Firmware, Timings},
};
use std::{collections::HashMap, time::Duration};

const ADA: &str = "adaadaad";
const BO: &str = "b0b0b0b0";

fn uid(digits: &str) -> CardUid {
    CardUid::from_board(digits).unwrap()
}

/// A board, a server with configurable answers, and a clock that jumps.
struct Lab {
    board: Board,
    now: Duration,
    /// Whether the broker can be reached.
    network: bool,
    /// Actions nobody answers.
    mute: Vec<&'static str>,
    machine: CheckMachineReply,
    people: HashMap<CardUid, Level>,
    sent: Vec<(u64, String)>,
    happened: Vec<Happened>,
}

impl Lab {
    fn new() -> Self {
        Self::with(Firmware { heap: None, serial: None, ..Firmware::simulated(MachineNumber(7)) })
    }

    fn with(firmware: Firmware) -> Self {
        Self {
            board: Board::new(firmware, Timings::default()),
            now: Duration::ZERO,
            network: true,
            mute: Vec::new(),
            machine: CheckMachineReply {
                request_ok: true,
                is_valid: true,
                maintenance: false,
                allowed: true,
                name: "Laser".into(),
                logoff: 0,
                kind: 1,
                grace: 2,
                description: String::new(),
            },
            people: HashMap::from([(uid(ADA), Level::User), (uid(BO), Level::Staff)]),
            sent: Vec::new(),
            happened: Vec::new(),
        }
    }

    /// Started and connected, with empty records.
    fn ready() -> Self {
        let mut lab = Self::new();
        lab.does(Input::PowerOn);
        assert!(lab.board.state().online);
        lab.sent.clear();
        lab.happened.clear();
        lab
    }

    fn answer(&self, query: &Query) -> Option<Vec<u8>> {
        let reply = match query {
            _ if self.mute.contains(&query.action()) => return None,
            Query::Alive { .. } => return None,
            Query::CheckMachine => Reply::CheckMachine(self.machine.clone()),
            Query::CheckUser { uid } => Reply::CheckUser(match self.people.get(uid) {
                Some(level) => CheckUserReply::allowed("Somebody", *level),
                None => CheckUserReply::refused("Unknown", false),
            }),
            Query::SyncCache => {
                Reply::SyncCache(SyncCacheReply { request_ok: true, cards: vec![(uid("cac4e000"), Level::User)] })
            }
            _ => Reply::ok(),
        };
        Some(reply.encode().into_bytes())
    }

    /// Gives the board an input and everything that follows from it at once.
    fn does(&mut self, input: Input) {
        let mut inputs = vec![input];
        while !inputs.is_empty() {
            for output in self.board.handle(self.now, inputs.remove(0)) {
                match output {
                    Output::Connect if self.network => inputs.push(Input::Connected),
                    Output::Connect => inputs.push(Input::ConnectionLost),
                    Output::Disconnect => {}
                    Output::Send(query) => {
                        self.sent.push((self.now.as_millis().try_into().unwrap(), query.encode()));
                        inputs.extend(self.answer(&query).map(Input::Reply));
                    }
                    Output::Happened(what) => self.happened.push(what),
                }
            }
        }
    }

    /// Lets time pass as the board asks to be woken.
    fn passes(&mut self, length: Duration) {
        let end = self.now + length;
        while let Some(wake) = self.board.next_wake().filter(|wake| *wake <= end) {
            assert!(wake > self.now, "it wants to be woken in the past: {:?}", self.board);
            self.now = wake;
            self.does(Input::Tick);
        }
        self.now = end;
    }

    fn seconds(&mut self, seconds: u64) {
        self.passes(Duration::from_secs(seconds));
    }

    fn tap(&mut self, card: &str) {
        self.does(Input::Card { uid: uid(card), held: false });
    }

    /// Waits after the tap until the board listens again.
    fn log_out(&mut self) {
        self.seconds(2);
        self.does(Input::LogOut);
    }

    fn hold(&mut self, card: &str) {
        self.does(Input::Card { uid: uid(card), held: true });
    }

    fn cable(&mut self, network: bool) {
        self.network = network;
        if !network {
            self.does(Input::ConnectionLost);
        }
    }

    /// Messages sent since the last call, with their second.
    fn sent(&mut self) -> Vec<(f64, String)> {
        let sent = std::mem::take(&mut self.sent);
        sent.into_iter().map(|(at, bytes)| (Duration::from_millis(at).as_secs_f64(), bytes)).collect()
    }

    /// Actions sent since the last call.
    fn actions(&mut self) -> Vec<String> {
        let action = |(_, bytes): (f64, String)| {
            let query = Query::parse(bytes.as_bytes()).unwrap();
            format!("{}{}", query.action(), if query.is_replay() { " again" } else { "" })
        };
        self.sent().into_iter().map(action).collect()
    }
}

fn at(seconds: f64, bytes: &str) -> (f64, String) {
    (seconds, bytes.into())
}

const ALIVE: &str =
    concat!(r#"{"action":"alive","version":"simulated,"#, env!("CARGO_PKG_VERSION"), r#"","ip":"127.0.0.1"}"#);
const CHECK: &str = r#"{"action":"checkmachine"}"#;

#[test]
fn board_announces_itself_then_polls_every_thirty_seconds() {
    let mut lab = Lab::new();
    lab.does(Input::PowerOn);
    lab.seconds(121);
    assert_eq!(
        lab.sent(),
        [
            at(0.0, ALIVE),
            at(0.0, CHECK),
            at(30.0, CHECK),
            at(60.0, CHECK),
            at(90.0, CHECK),
            at(120.0, CHECK),
            at(120.0, ALIVE),
        ]
    );
    assert_eq!(lab.board.state().screen.to_string(), "Laser | Ready");
    assert_eq!(lab.board.state().led, Led::Blue);
}

#[test]
fn full_use_sends_check_start_alive_and_stop() {
    let mut lab = Lab::ready();
    lab.seconds(10);
    lab.tap(ADA);
    assert_eq!((lab.board.state().led, lab.board.state().power), (Led::Green, true));
    assert!(lab.board.is_at_rest());
    lab.seconds(35);
    lab.tap(BO);
    assert_eq!(lab.happened.last(), Some(&Happened::Busy { uid: uid(BO) }));
    lab.tap(ADA);
    assert_eq!(
        lab.sent(),
        [
            at(10.0, r#"{"action":"checkuser","uid":"adaadaad"}"#),
            at(10.0, r#"{"action":"startuse", "uid":"adaadaad"}"#),
            at(11.0, CHECK),
            at(41.0, CHECK),
            at(41.0, r#"{"action":"inuse", "uid":"adaadaad","duration":31}"#),
            at(45.0, r#"{"action":"stopuse", "uid":"adaadaad","duration":35}"#),
        ]
    );
    assert_eq!(lab.board.state().user, None);
}

#[test]
fn power_goes_off_after_the_grace_time() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.log_out();
    lab.seconds(119);
    assert!(lab.board.state().power);
    lab.seconds(1);
    assert!(!lab.board.state().power);
    lab.tap(ADA);
    lab.log_out();
    lab.seconds(60);
    lab.tap(BO);
    lab.seconds(300);
    assert!(lab.board.state().power, "the next use ends the grace time of the one before");
}

#[test]
fn unknown_card_shows_red_for_three_seconds_and_reports_no_use() {
    let mut lab = Lab::ready();
    lab.tap("0badcafe");
    assert_eq!(lab.board.state().led, Led::Red);
    assert!(!lab.board.state().power);
    lab.seconds(3);
    assert_eq!(lab.board.state().led, Led::Blue);
    assert_eq!(lab.actions(), ["checkuser", "checkmachine"], "it only asks why");
}

#[test]
fn auto_stop_logs_out() {
    let mut lab = Lab::ready();
    lab.machine.logoff = 3;
    lab.tap(ADA);
    lab.seconds(179);
    assert_eq!(lab.board.state().user, Some(uid(ADA)));
    lab.sent.clear();
    lab.seconds(1);
    assert_eq!(lab.sent(), [at(180.0, r#"{"action":"stopuse", "uid":"adaadaad","duration":180}"#)]);
    assert!(matches!(lab.happened.last(), Some(Happened::LoggedOut { by_itself: true, .. })));
}

#[test]
fn block_refuses_all_and_maintenance_refuses_users() {
    let mut lab = Lab::ready();
    lab.machine.allowed = false;
    lab.machine.description = "Lens broken".into();
    lab.seconds(30);
    assert_eq!(lab.board.state().screen.to_string(), "Laser | Lens broken");
    lab.people.insert(uid(BO), Level::Administrator);
    lab.tap(BO);
    assert_eq!((lab.board.state().led, lab.board.state().user), (Led::Red, None));

    (lab.machine.allowed, lab.machine.maintenance) = (true, true);
    lab.seconds(30);
    lab.tap(ADA);
    let refused = Happened::Refused { uid: uid(ADA), name: "Somebody".into(), why: Refusal::Maintenance };
    assert_eq!(lab.happened.last(), Some(&refused));
    lab.seconds(2);
    lab.sent.clear();
    lab.tap(BO);
    assert_eq!(lab.actions(), ["checkuser", "startuse"], "a tap is no confirmation");
}

#[test]
fn refusal_triggers_machine_check() {
    let mut lab = Lab::ready();
    lab.people.clear();
    lab.tap(ADA);
    assert_eq!(lab.board.state().led, Led::Red);
    lab.machine.allowed = false;
    lab.seconds(2);
    assert_eq!(lab.sent(), [at(0.0, r#"{"action":"checkuser","uid":"adaadaad"}"#), at(1.0, CHECK)]);
    lab.people.insert(uid(ADA), Level::User);
    lab.tap(ADA);
    lab.seconds(2);
    assert_eq!(lab.actions(), ["checkuser", "checkmachine"], "in its own words, and it asks again");
}

#[test]
fn lost_connection_is_retried_at_the_next_poll() {
    let mut lab = Lab::ready();
    lab.seconds(10);
    lab.cable(false);
    lab.seconds(10);
    lab.cable(true);
    lab.sent.clear();
    lab.seconds(9);
    assert_eq!(lab.sent(), []);
    lab.seconds(1);
    assert_eq!(lab.sent(), [at(30.0, ALIVE), at(30.0, CHECK)]);
}

#[test]
fn card_held_for_ten_seconds_confirms_maintenance_before_use() {
    let mut lab = Lab::ready();
    lab.machine.maintenance = true;
    lab.seconds(30);
    lab.sent.clear();
    lab.hold(BO);
    lab.seconds(12);
    assert_eq!(
        lab.sent(),
        [
            at(30.0, r#"{"action":"checkuser","uid":"b0b0b0b0"}"#),
            at(40.0, r#"{"action":"maintenance", "uid":"b0b0b0b0"}"#),
            at(40.0, r#"{"action":"startuse", "uid":"b0b0b0b0"}"#),
            at(41.0, CHECK),
        ]
    );
    let mut lab = Lab::ready();
    lab.hold(BO);
    assert_eq!(lab.actions(), ["checkuser", "startuse"], "nothing to confirm, nothing to wait for");
}

// A20
#[test]
fn offline_use_continues_and_replays_in_order() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.seconds(2);
    lab.cable(false);
    lab.seconds(96);
    lab.log_out();
    lab.tap(ADA);
    lab.seconds(20);
    assert_eq!((lab.board.state().kept, lab.board.state().user), (2, Some(uid(ADA))));
    lab.sent.clear();
    lab.cable(true);
    // It has tried whenever it would have polled, and tries again at 121 s.
    lab.seconds(20);
    assert_eq!(
        lab.sent(),
        [
            at(121.0, ALIVE),
            at(121.0, r#"{"action":"stopuse", "uid":"adaadaad","duration":100, "replay":true}"#),
            at(121.0, r#"{"action":"startuse", "uid":"adaadaad", "replay":true}"#),
            at(121.0, CHECK),
            at(121.0, r#"{"action":"inuse", "uid":"adaadaad","duration":21}"#),
        ]
    );
    assert_eq!(lab.board.state().kept, 0);
    lab.seconds(30);
    assert_eq!(lab.sent().last(), Some(&at(151.0, r#"{"action":"inuse", "uid":"adaadaad","duration":51}"#)));
}

// A21
#[test]
fn unanswered_report_is_stored_and_replayed() {
    let mut lab = Lab::ready();
    lab.mute = vec!["startuse"];
    lab.tap(ADA);
    assert!(lab.board.state().power, "power comes before the report");
    lab.seconds(2);
    assert_eq!(lab.board.state().kept, 1);
    assert!(!lab.board.state().online);
    lab.mute.clear();
    lab.seconds(60);
    assert_eq!(
        lab.sent(),
        [
            at(0.0, r#"{"action":"checkuser","uid":"adaadaad"}"#),
            at(0.0, r#"{"action":"startuse", "uid":"adaadaad"}"#),
            // 2 s without an answer, 2 s of pause, 45 s offline.
            at(49.0, ALIVE),
            at(49.0, r#"{"action":"startuse", "uid":"adaadaad", "replay":true}"#),
            at(49.0, CHECK),
            at(49.0, r#"{"action":"inuse", "uid":"adaadaad","duration":49}"#),
        ]
    );
    assert_eq!(lab.board.state().user, Some(uid(ADA)));
}

#[test]
fn unanswered_replay_stays_first_and_is_stored_once() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.cable(false);
    lab.log_out();
    lab.tap(ADA);
    lab.cable(true);
    lab.mute = vec!["stopuse"];
    lab.sent.clear();
    lab.seconds(45);
    assert_eq!(lab.actions(), ["alive", "stopuse again"]);
    lab.seconds(10);
    assert_eq!(lab.board.state().kept, 2);
    lab.mute.clear();
    lab.seconds(50);
    assert_eq!(lab.actions(), ["alive", "stopuse again", "startuse again", "checkmachine", "inuse"]);
}

#[test]
fn offline_queue_of_forty_drops_the_oldest() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.log_out();
    lab.cable(false);
    for _ in 0..21 {
        lab.tap(ADA);
        lab.log_out();
    }
    assert_eq!(lab.board.state().kept, 40);
    lab.cable(true);
    lab.sent.clear();
    lab.seconds(20);
    let actions = lab.actions();
    assert_eq!(actions.len(), 1 + 40 + 1);
    assert_eq!(actions[1], "startuse again", "the first pair was dropped");
}

#[test]
fn offline_board_admits_its_list_and_remembered_cards() {
    let mut lab = Lab::with(Firmware {
        always: vec![(uid("a11a11a1"), Level::Administrator)],
        ..Firmware::simulated(MachineNumber(7))
    });
    lab.does(Input::PowerOn);
    lab.tap(ADA);
    lab.log_out();
    lab.cable(false);
    for (card, admitted) in [(BO, false), (ADA, true), ("a11a11a1", true)] {
        lab.tap(card);
        assert_eq!(lab.board.state().user.is_some(), admitted, "{card}");
        lab.log_out();
    }
}

#[test]
fn card_refused_by_the_server_is_forgotten() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.log_out();
    lab.people.remove(&uid(ADA));
    lab.tap(ADA);
    lab.cable(false);
    lab.seconds(60);
    lab.tap(ADA);
    assert_eq!(lab.board.state().user, None, "level 0 is no good card");
}

#[test]
fn unanswered_check_falls_back_to_memory_after_the_pause() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.log_out();
    lab.mute = vec!["checkuser"];
    lab.tap(ADA);
    lab.seconds(3);
    assert!(!lab.board.is_at_rest());
    assert_eq!(lab.board.state().user, None);
    lab.seconds(1);
    assert_eq!((lab.board.state().user, lab.board.state().kept), (Some(uid(ADA)), 1));
}

#[test]
fn refused_check_falls_back_to_memory_and_preserves_settings() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.log_out();
    lab.mute = vec!["checkuser", "checkmachine"];
    for admitted in [ADA, BO] {
        lab.tap(admitted);
        lab.does(Input::Reply(Reply::InvalidMachine.encode().into_bytes()));
        assert_eq!(lab.board.state().user.is_some(), admitted == ADA);
        lab.log_out();
    }
    lab.seconds(30);
    lab.does(Input::Reply(Reply::InvalidMachine.encode().into_bytes()));
    lab.seconds(125);
    assert_eq!(lab.board.state().screen.to_string(), "Laser | Offline");
}

#[test]
fn reply_answers_the_last_query_or_is_ignored() {
    let mut lab = Lab::ready();
    let yes = Reply::CheckUser(CheckUserReply::allowed("Ada", Level::User)).encode().into_bytes();
    lab.does(Input::Reply(yes.clone()));
    assert_eq!(lab.happened, [Happened::NotAsked]);
    lab.mute = vec!["checkuser"];
    lab.tap("0badcafe");
    lab.does(Input::Reply(yes));
    assert_eq!(lab.board.state().user, Some(uid("0badcafe")), "the wire has no correlation");
}

#[test]
fn requests_start_and_stop_a_use_remotely() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.seconds(5);
    lab.sent.clear();
    lab.does(Input::Request(Request::Start { uid: uid(BO) }.encode().into_bytes()));
    assert_eq!(lab.actions(), ["stopuse", "checkuser", "startuse"]);
    assert_eq!(lab.board.state().user, Some(uid(BO)));
    lab.seconds(5);
    lab.sent.clear();
    lab.does(Input::Request(Request::Stop { uid: uid(ADA) }.encode().into_bytes()));
    assert_eq!(lab.sent(), [at(10.0, r#"{"action":"stopuse", "uid":"b0b0b0b0","duration":5}"#)]);
    lab.does(Input::Request(Request::Stop { uid: uid(ADA) }.encode().into_bytes()));
    assert_eq!(
        lab.sent(),
        [at(10.0, r#"{"action":"stopuse", "uid":"00000000","duration":0}"#)],
        "idle: no card, 0 seconds"
    );
    lab.does(Input::Request(b"{}".to_vec()));
    assert_eq!(lab.actions(), Vec::<String>::new());
}

#[test]
fn power_cut_ends_the_use_silently_and_preserves_the_flash() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.cable(false);
    lab.log_out();
    lab.tap(ADA);
    lab.sent.clear();
    lab.does(Input::PowerOff);
    let state = lab.board.state();
    assert_eq!((state.led, state.power, state.user, state.kept), (Led::Off, false, None, 2));
    assert_eq!(lab.board.next_wake(), None);
    lab.tap(BO);
    lab.seconds(60);
    assert_eq!(lab.actions(), Vec::<String>::new(), "no electricity, no word");
    lab.cable(true);
    lab.does(Input::PowerOn);
    assert_eq!(lab.actions(), ["alive", "stopuse again", "startuse again", "checkmachine"]);
    assert_eq!(lab.board.state().user, None);
}

#[test]
fn newer_firmware_syncs_its_card_cache() {
    let mut lab = Lab::with(Firmware { syncs_cache: true, ..Firmware::simulated(MachineNumber(7)) });
    lab.does(Input::PowerOn);
    assert_eq!(lab.actions(), ["alive", "checkmachine", "synccache"]);
    lab.cable(false);
    lab.tap("cac4e000");
    assert_eq!(lab.board.state().user, Some(uid("cac4e000")));
}

#[test]
fn unanswered_board_retries_forever() {
    let mut lab = Lab::new();
    lab.mute = vec!["checkmachine"];
    lab.does(Input::PowerOn);
    lab.seconds(500);
    let greetings = lab.actions().iter().filter(|action| *action == "alive").count();
    assert_eq!(greetings, 11, "one every 49 s");
    assert!(!lab.board.state().online);
}

#[test]
fn flashed_board_logs_out_and_announces_its_new_version() {
    let mut lab = Lab::ready();
    lab.tap(ADA);
    lab.seconds(2);
    lab.sent.clear();
    lab.does(Input::Flashed { version: "simulated,9.9.9".into() });
    assert_eq!(lab.board.state().user, None);
    assert!(lab.board.state().online);
    let (_, first) = lab.sent().remove(0);
    assert!(first.contains(r#""action":"alive","version":"simulated,9.9.9""#), "{first}");
    assert!(lab.happened.contains(&Happened::Flashed { version: "simulated,9.9.9".into() }));
}

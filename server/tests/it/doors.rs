//! The board of a door over MQTT: its cards open it and say who is inside, and nothing is ever in use.

use crate::lab::Lab;

const OK: &str = r#"{"request_ok":true,"message":"OK"}"#;
const DOOR: &str = "
    INSERT INTO equipment_type (id, name, risk) VALUES (7, 'Door', 'low');
    INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 7, 'access.mode', 'open');
    INSERT INTO machine (id, number, type_id, name) VALUES (30, 40, 7, 'Main door');
    INSERT INTO door (machine_id, leaves) VALUES (30, 'both')";
const INSIDE: &str = "SELECT count(*) FROM visit WHERE left_at IS NULL";

#[tokio::test]
async fn board_of_a_door_lets_members_in_and_out_without_a_use() {
    let lab = Lab::start().await;
    lab.sql(DOOR).await;
    let mut board = lab.board(40).await;
    let settings = board.ask(40, r#"{"action":"checkmachine"}"#).await;
    assert!(
        settings.contains(r#""logoff":1,"#) && settings.contains(r#""grace":0,"#),
        "it locks again: {settings}"
    );
    let check = r#"{"action":"checkuser","uid":"0000ada1"}"#;
    let start = r#"{"action":"startuse", "uid":"0000ada1"}"#;
    let welcome = r#"{"request_ok":true,"is_valid":true,"name":"Ada Lovelace","missing_auth":false,"level":1}"#;
    assert_eq!(board.ask(40, check).await, welcome);
    assert_eq!(board.ask(40, start).await, OK);
    assert_eq!(lab.number(INSIDE).await, 1, "committed before the answer");
    for message in [
        r#"{"action":"inuse", "uid":"0000ada1","duration":30}"#,
        r#"{"action":"startuse", "uid":"0000ada1","replay":true}"#,
        r#"{"action":"stopuse", "uid":"0000ada1","duration":60}"#,
    ] {
        assert_eq!(board.ask(40, message).await, OK, "{message}");
        assert_eq!(lab.number(INSIDE).await, 1, "{message}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM door_opening").await, 1, "the copy is no other opening");
    let stranger = board.ask(40, r#"{"action":"checkuser","uid":"aaaa7a3f"}"#).await;
    assert!(stranger.contains(r#""is_valid":false"#), "{stranger}");
    assert_eq!(board.ask(40, check).await, welcome, "the machine is free for the next card");
    assert_eq!(board.ask(40, start).await, OK);
    assert_eq!(lab.number(INSIDE).await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM board_fact").await, 0);
}

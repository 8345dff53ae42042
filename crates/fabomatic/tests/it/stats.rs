//! The server's status, in the format of the old backend.

use fabomatic::Stats;

#[test]
fn stats_match_the_dashboard_format() {
    let stats = Stats {
        connected: true,
        host: "fab \"lab\"".into(),
        address: "192.168.1.7".into(),
        received: 12,
        sent: 9,
    };
    let expected = r#"{"Connected": true, "Backend host": "fab \"lab\"", "Backend IP": "192.168.1.7", "Received": 12, "Sent": 9}"#;
    assert_eq!(stats.encode(), expected);
    let read: serde_json::Value = serde_json::from_str(&stats.encode()).expect("JSON");
    assert_eq!((&read["Backend host"], &read["Sent"]), (&"fab \"lab\"".into(), &9.into()));
    assert_eq!(Stats::topic("backend-3"), "stats/backend-3");
}

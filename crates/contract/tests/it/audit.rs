//! Pages that audit entries link to.

use contract::audit::Entry;
use domain::{
    actor::Channel,
    audit::AuditActor,
    time::{Millis, Moment},
};

#[test]
fn only_subjects_with_a_page_are_linked() {
    let about = |subject: &str| Entry {
        seq: 1,
        at: Moment { at: Millis(0), offset: 0 },
        by: AuditActor::Toolgate,
        door: Channel::Command,
        action: "test".into(),
        subject: subject.into(),
        subject_name: None,
        detail: Vec::new(),
    };
    assert_eq!(about("machine:7").page().as_deref(), Some("/machines/7"));
    assert_eq!(about("person:3").page().as_deref(), Some("/people/3"));
    assert_eq!(about("training-event:3").page().as_deref(), Some("/events/3"));
    assert_eq!(about("module:3").page().as_deref(), Some("/modules/3"));
    assert_eq!(about("unknown-cards").page().as_deref(), Some("/unknown-cards"));
    for none in ["space", "machine:", "machine:7/../x", "person:x", "hold:3", "training-request:3"] {
        assert_eq!(about(none).page(), None, "{none}");
    }
}

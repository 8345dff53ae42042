//! Codes of the audit log and their texts.

use super::*;

#[test]
fn every_sentence_has_a_family_and_is_unique() {
    for (at, (code, ..)) in sentences().enumerate() {
        assert!(FAMILIES.iter().any(|(begin, ..)| code.starts_with(begin)), "{code}");
        assert!(sentences().take(at).all(|(other, ..)| other != code), "{code}");
    }
}

#[test]
fn unknown_action_code_has_no_sentence() {
    assert_eq!(Lang::It.audit_action("display.made"), Some("ha creato uno schermo a parete"));
    assert_eq!(Lang::En.audit_action("weather.changed"), None);
}

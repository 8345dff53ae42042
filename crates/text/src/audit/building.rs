//! Codes of the audit log about the building: devices, actuators, meters, doors and visits.

use super::Sentence;

pub(super) const AUDITED: &[Sentence] = &[
    ("building-device.added", "added a device of the building", "ha aggiunto un dispositivo dell’edificio"),
    ("building-device.changed", "changed a device of the building", "ha modificato un dispositivo dell’edificio"),
    (
        "building-device.login-renewed",
        "made a new password for a device of the building",
        "ha creato una nuova password per un dispositivo dell’edificio",
    ),
    ("building-device.removed", "removed a device of the building", "ha rimosso un dispositivo dell’edificio"),
    ("actuator.added", "added an actuator", "ha aggiunto un attuatore"),
    ("actuator.changed", "changed an actuator", "ha modificato un attuatore"),
    ("actuator.removed", "removed an actuator", "ha tolto un attuatore"),
    ("actuator.rule-added", "added a rule of an actuator", "ha aggiunto una regola di un attuatore"),
    ("actuator.rule-removed", "removed a rule of an actuator", "ha tolto una regola di un attuatore"),
    ("actuator.turned-on", "turned an actuator on", "ha acceso un attuatore"),
    ("actuator.turned-off", "turned an actuator off", "ha spento un attuatore"),
    ("actuator.all-off", "turned all actuators off", "ha spento tutti gli attuatori"),
    ("actuator.test-started", "started a test of a fallback", "ha avviato la prova di un ripiego"),
    ("actuator.test-stopped", "stopped a test of a fallback", "ha fermato la prova di un ripiego"),
    ("actuator.tested", "finished a test of a fallback", "ha finito la prova di un ripiego"),
    ("meter.added", "added a meter", "ha aggiunto un contatore"),
    ("meter.changed", "changed a meter", "ha modificato un contatore"),
    ("meter.removed", "removed a meter", "ha rimosso un contatore"),
    (
        "meter.run-settled",
        "marked a run without a swipe as a test",
        "ha segnato come prova un funzionamento senza tessera",
    ),
    ("door.marked", "marked a machine as a door", "ha indicato una macchina come porta"),
    ("door.unmarked", "unmarked a door", "ha tolto una porta"),
    ("door.opened", "opened a door remotely", "ha aperto una porta a distanza"),
    ("visit.ended", "ended a visit", "ha concluso una presenza"),
];

//! The table of the API: operation, what is asked of it, and what each role gets. `+` it, `S` sign in first, `F` not
//! allowed, `N` no such thing, `I` the input does not fit, `C` it changed meanwhile, `M` a version is needed.
//!
//! What writes is asked about somebody of its own in each row, so that no row depends on another.

/// The operation, the address below `/api/v1`, the body, and what each role gets.
pub type Row = (&'static str, &'static str, &'static str, &'static str);

/// One row for each operation; several where it matters what is asked.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    //                                                                                          xndpsmtoiguaz
    ("readMe", "/me", "",                                                                       "SSF++++++++++"),
    ("checkAccess", "/access?person=me&machine=1", "",                                          "SSF++++++++++"),
    ("checkAccess", "/access?person=20&machine=1", "",                                          "SSFNNN++N+++F"),
    ("checkAccess", "/access?person=20&machine=2", "",                                          "SSFNNNNNN+++F"),

    // People.
    ("invitePerson", "/people", r#"{"name":"New","email":"new@example.com"}"#,                  "SSFFFFFF++F+F"),
    ("takeStep", "/people/21/steps", r#"{"step":"suspend"}"#,                                   "SSFFFFFFF+F+F"),
    ("takeStep", "/people/22/steps", r#"{"step":"admit"}"#,                                     "SSFFFFFF++F+F"),
    ("helpIn", "/people/20/link", "",                                                           "SSFFFFFFF+F+F"),
    ("listDecisions", "/people/20/decisions", "",                                               "SSFNNNNNN+++F"),
    ("listHolds", "/people/20/holds", "",                                                       "SSNNNNNNN+++F"),
    ("placeHold", "/people/20/holds", r#"{"reason":"safety"}"#,                                 "SSFFFFFFF+F+F"),
    ("liftHold", "/holds/999/lift", "",                                                         "SSFFFFFFFNFNF"),

    // The ledger.
    ("readStanding", "/people/20/qualifications", "",                                           "SSNNNNNNN+++F"),
    ("grantQualification", "/people/24/qualifications/grant", r#"{"on":"type:3","relation":"user"}"#,  "SSFFFF++F+F+F"),
    ("grantQualification", "/people/24/qualifications/grant", r#"{"on":"type:4","relation":"user"}"#,  "SSFFFFFFF+F+F"),
    ("grantQualification", "/people/24/qualifications/grant", r#"{"on":"type:1","relation":"owner"}"#, "SSFFFFFFFFF+F"),
    ("revokeQualification", "/people/20/qualifications/revoke", r#"{"on":"type:3","relation":"user"}"#, "SSFFFF++F+F+F"),
    ("banFrom", "/people/21/qualifications/ban", r#"{"on":"type:3","remark":"safety"}"#,         "SSFFFFF+F+F+F"),
    ("liftBan", "/people/21/qualifications/unban", r#"{"on":"type:3"}"#,                         "SSFFFFF+F+F+F"),
    ("listTypes", "/types", "",                                                                 "SSFFFF++++++F"),
    ("listQualified", "/types/1/people", "",                                                    "SSFFFFFF++++F"),
    ("listQualified", "/types/2/people", "",                                                    "SSFFFFFFFN++F"),
    ("listQualified", "/types/3/people", "",                                                    "SSFFFF++F+++F"),

    // Machines.
    ("listMachines", "/machines", "",                                                           "+S+++++++++++"),
    ("readMachine", "/machines/1", "",                                                          "+S+++++++++++"),
    ("readMachine", "/machines/999", "",                                                        "NSNNNNNNNNNNN"),
    ("addMachine", "/machines", r#"{"name":"New","type":"Laser cutter","number":30}"#,          "SSFFFFFFF+F+F"),
    ("stopMachine", "/machines/1/stop", "",                                                     "SSFFFF++F+F+F"),
    ("stopMachine", "/machines/2/stop", "",                                                     "SSFFFFFFFCFCF"),
    ("listDisplays", "/displays", "",                                                           "SSFFFFFFF+F+F"),
    ("makeDisplay", "/displays", r#"{"name":"Hall"}"#,                                          "SSFFFFFFF+F+F"),
    ("renewDisplay", "/displays/999/renew", "",                                                 "SSFFFFFFFNFNF"),
    ("revokeDisplay", "/displays/999/revoke", "",                                               "SSFFFFFFFNFNF"),

    // What is kept of machines, types and places.
    ("listKeptMachines", "/inventory/machines", "",                                              "SSFFFFF+F+F+F"),
    ("listKeptTypes", "/inventory/types", "",                                                    "SSFFFFF+F+F+F"),
    ("readMachineSheet", "/machines/1/sheet", "",                                                "SSFFFFF+F+F+F"),
    ("readMachineSheet", "/machines/2/sheet", "",                                                "SSFFFFFFF+F+F"),
    ("readMachineSheet", "/machines/999/sheet", "",                                              "SSFFFFFFFNFNF"),
    ("saveMachine", "/machines/1/sheet", r#"{"name":"Laser","number":11,"type":3,"place":1,"manual":null,"settings":{"mode":null,"present":null,"shown":null,"auto_stop":null,"grace":null,"display":null}}"#, "SSFFFFF+F+F+F"),
    ("changeMachines", "/inventory/changes", r#"{"machines":[{"id":2,"version":1}],"change":{"grace":5}}"#, "SSFFFFFFF+F+F"),
    ("duplicateMachine", "/machines/1/duplicate", "",                                            "SSFFFFF+F+F+F"),
    ("archiveMachine", "/machines/1/archive", "",                                                "SSFFFFFCFCFCF"),
    ("archiveMachine", "/machines/2/archive", "",                                                "SSFFFFFFF+F+F"),
    ("restoreMachine", "/machines/2/restore", "",                                                "SSFFFFFFF+F+F"),
    ("addType", "/types", r#"{"name":"Planer","risk":"high","requires":[],"settings":{"mode":null,"present":null,"shown":null,"auto_stop":null,"grace":null,"display":null}}"#, "SSFFFFFFF+F+F"),
    ("readType", "/types/1", "",                                                                 "SSFFFFFFFNFNF"),
    ("readType", "/types/3", "",                                                                 "SSFFFFF+F+F+F"),
    ("saveType", "/types/4", r#"{"name":"Lathe","risk":"low","requires":[3],"settings":{"mode":null,"present":null,"shown":null,"auto_stop":null,"grace":null,"display":null}}"#, "SSFFFFFFF+F+F"),
    ("archiveType", "/types/3/archive", "",                                                      "SSFFFFFCFCFCF"),
    ("restoreType", "/types/3/restore", "",                                                      "SSFFFFF+F+F+F"),
    ("listPlaces", "/places", "",                                                                "SSFFFFFFF+F+F"),
    ("addPlace", "/places", r#"{"name":"Attic"}"#,                                               "SSFFFFFFF+F+F"),
    ("readPlace", "/places/1", "",                                                               "SSFFFFFFF+F+F"),
    ("readPlace", "/places/999", "",                                                             "SSFFFFFFFNFNF"),
    ("savePlace", "/places/1", r#"{"name":"Laser room","position":2}"#,                          "SSFFFFFFF+F+F"),
    ("archivePlace", "/places/1/archive", r#"{"to":null}"#,                                      "SSFFFFFFF+F+F"),
    ("restorePlace", "/places/1/restore", "",                                                    "SSFFFFFFF+F+F"),

    // The space.
    ("readOpeningHours", "/opening-hours", "",                                                   "SSFFFFFFF+++F"),
    ("readOpeningHours", "/opening-hours?at=type:3", "",                                         "SSFFFFF+F+++F"),
    ("saveOpeningHours", "/opening-hours", r#"{"mon":[],"tue":[],"wed":[],"thu":[],"fri":[],"sat":[{"from":"09:00","to":"13:00"}],"sun":[]}"#, "SSFFFFFFF+F+F"),
    ("saveOpeningHours", "/opening-hours?at=machine:1", r#"{"mon":[],"tue":[],"wed":[],"thu":[],"fri":[],"sat":[{"from":"09:00","to":"13:00"}],"sun":[]}"#, "SSFFFFF+F+F+F"),
    ("listOpeningDays", "/opening-hours/days", "",                                               "SSFFFFFFF+++F"),
    ("readOpeningDay", "/opening-hours/days/2026-12-24", "",                                     "SSFFFFFFF+++F"),
    ("saveOpeningDay", "/opening-hours/days/2020-12-24", r#"{"hours":[]}"#,                      "SSFFFFFFFIFIF"),
    ("clearOpeningDay", "/opening-hours/days/2020-12-24?at=type:3", "",                          "SSFFFFFIFIFIF"),
    ("listSettings", "/settings", "",                                                            "SSFFFFFFF+++F"),
    ("listSettings", "/settings?at=type:3", "",                                                  "SSFFFFF+F+++F"),
    ("listSettings", "/settings?at=type:999", "",                                                "SSFFFFFFFNNNF"),
    ("readSetting", "/settings/access.mode", "",                                                 "SSFFFFFFF+++F"),
    ("trySetting", "/settings/access.mode/trial?value=open", "",                                 "SSFFFFFFF+++F"),
    ("saySetting", "/settings/access.simultaneous", r#"{"value":2}"#,                            "SSFFFFFFF+F+F"),
    ("saySetting", "/settings/board.grace?at=type:3", r#"{"value":2}"#,                          "SSFFFFF+F+F+F"),
    ("saySetting", "/settings/space.name", r#"{"value":"Hall"}"#,                                "SSFFFFFFFFF+F"),
    ("clearSetting", "/settings/space.zone", "",                                                 "SSFFFFFFFFF+F"),
    ("listEntries", "/audit", "",                                                               "SSFFFFFFFF++F"),
    ("listEntries", "/audit?from=soon", "",                                                     "SSFFFFFFFFIIF"),
];

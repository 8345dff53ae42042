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

    // The space.
    ("listEntries", "/audit", "",                                                               "SSFFFFFFFF++F"),
    ("listEntries", "/audit?from=soon", "",                                                     "SSFFFFFFFFIIF"),
];

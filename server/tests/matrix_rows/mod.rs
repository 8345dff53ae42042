//! The table: route, what is asked of it, and what each role gets. `+` it, `>` sent elsewhere, `S` sign in first,
//! `F` not allowed, `N` no such thing, `I` the input does not fit, `C` it changed meanwhile, `W` wait,
//! `X` not now.
//!
//! What writes is asked about somebody of its own in each row, so that no row depends on another.

/// What is asked of a route.
#[derive(Debug)]
pub enum Ask {
    /// This address.
    Get(&'static str),
    /// This form.
    Post(&'static str),
}

use Ask::{Get, Post};

/// One row for each route; several where it matters what is asked.
#[rustfmt::skip]
pub const ROWS: &[(&str, Ask, &str)] = &[
    // Pages.                                                                      xndpsmtoiguaz
    ("/", Get("/"),                                                               "+S+++++++++++"),
    ("/machines/{id}", Get("/machines/1"),                                        "+S+++++++++++"),
    ("/machines/{id}", Get("/machines/999"),                                      "NSNNNNNNNNNNN"),
    ("/machines/new", Get("/machines/new"),                                       "SSFFFFFFF+F+F"),
    ("/kiosk", Get("/kiosk"),                                                     "SS+FF++++++++"),
    ("/audit", Get("/audit"),                                                     "SSFFFFFFFF++F"),
    ("/audit", Get("/audit?from=soon"),                                           "SSFFFFFFFFIIF"),
    ("/displays", Get("/displays"),                                               "SSFFFFFFF+F+F"),
    ("/people", Get("/people"),                                                   "SSFFFFFFF+++F"),
    ("/people/invite", Get("/people/invite"),                                     "SSSFFFFF++F+F"),
    ("/people/{id}", Get("/people/20"),                                           "SSNNNNNNN+++F"),
    ("/people/{id}", Get("/people/999"),                                          "SSNNNNNNNNNNF"),
    ("/people/{id}/decisions", Get("/people/20/decisions"),                       "SSFNNNNNN+++F"),
    ("/types", Get("/types"),                                                     "SSFFFF++++++F"),
    ("/types/{id}", Get("/types/3"),                                              "SSFFFF++F+++F"),
    ("/types/{id}", Get("/types/4"),                                              "SSFFFFFFF+++F"),
    ("/me", Get("/me"),                                                           "++F++++++++++"),
    ("/me/sessions", Get("/me/sessions"),                                         "SSF++++++++++"),
    ("/me/password", Get("/me/password"),                                         "SSF++++++++++"),
    ("/me/second-factor", Get("/me/second-factor"),                               "SSF++++++++++"),
    ("/sign-in", Get("/sign-in"),                                                 "+++++++++++++"),
    ("/apply", Get("/apply"),                                                     "+++++++++++++"),
    ("/forgotten", Get("/forgotten"),                                             "+++++++++++++"),
    ("/second-factor", Get("/second-factor"),                                     "+++++++++++++"),
    ("/link/{token}", Get("/link/forged"),                                        "NNNNNNNNNNNNN"),
    ("/enter/{token}", Get("/enter/forged"),                                      "NNNNNNNNNNNNN"),
    ("/set-up/{token}", Get("/set-up/forged"),                                    "NNNNNNNNNNNNN"),
    ("/ui", Get("/ui"),                                                           "+++++++++++++"),

    // Neither pages nor server functions.
    ("/live", Get("/live"),                                                       "+S+++++++++++"),
    ("/mail", Get("/mail"),                                                       "NNNNNNNNNNNNN"),
    ("/healthz", Get("/healthz"),                                                 "+++++++++++++"),
    ("/readyz", Get("/readyz"),                                                   "+++++++++++++"),
    ("/api/v1/access", Get("/api/v1/access?person=me&machine=1"),                 "SSF++++++++++"),
    ("/api/v1/access", Get("/api/v1/access?person=20&machine=1"),                 "SSFNNN++N+++F"),
    ("/api/v1/access", Get("/api/v1/access?person=20&machine=2"),                 "SSFNNNNNN+++F"),
    ("/api/v1/{*path}", Get("/api/v1/nothing"),                                   "NNNNNNNNNNNNN"),

    // What reads.
    ("/api/now/floor", Post(""),                                                  "+S+++++++++++"),
    ("/api/machines/one", Post("id=1"),                                           "+S+++++++++++"),
    ("/api/machines/one", Post("id=1&other=20"),                                  "+S+++++++++++"),
    ("/api/machines/stoppable", Post("id=1"),                                     "+S+++++++++++"),
    ("/api/kiosk/wall", Post(""),                                                 "SS+FF++++++++"),
    ("/api/kiosk/qr", Post(""),                                                   "+++++++++++++"),
    ("/api/audit/page", Post(""),                                                 "SSFFFFFFFF++F"),
    ("/api/displays/list", Post(""),                                              "SSFFFFFFF+F+F"),
    ("/api/equipment/choices", Post(""),                                          "SSFFFFFFF+F+F"),
    ("/api/holds/of", Post("person=20"),                                          "SSNNNNNNN+++F"),
    ("/api/people/attempts", Post("person=20"),                                   "SSFNNNNNN+++F"),
    ("/api/people/list", Post(""),                                                "SSFFFFFFF+++F"),
    ("/api/people/one", Post("id=20"),                                            "SSNNNNNNN+++F"),
    ("/api/qualifications/mine", Post(""),                                        "SSS++++++++++"),
    ("/api/qualifications/types", Post(""),                                       "SSFFFF++++++F"),
    ("/api/qualifications/type", Post("kind=1"),                                  "SSFFFFFF++++F"),
    ("/api/qualifications/type", Post("kind=2"),                                  "SSFFFFFFFN++F"),
    ("/api/qualifications/type", Post("kind=3"),                                  "SSFFFF++F+++F"),
    ("/api/me/account", Post(""),                                                 "++F++++++++++"),
    ("/api/sign-in/entrance", Post(""),                                           "+++++++++++++"),
    ("/api/link/read", Post("token=forged"),                                      "NNNNNNNNNNNNN"),
    ("/api/set-up/read", Post("token=forged"),                                    "NNNNNNNNNNNNN"),

    // What writes.
    ("/api/machines/stop", Post("machine=1"),                                     "SSFFFF++F+F+F"),
    ("/api/machines/stop", Post("machine=2"),                                     "SSFFFFFFFCFCF"),
    ("/api/displays/make", Post("name=Hall"),                                     "SSFFFFFFF+F+F"),
    ("/api/displays/renew", Post("id=999"),                                       "SSFFFFFFFNFNF"),
    ("/api/displays/revoke", Post("id=999"),                                      "SSFFFFFFFNFNF"),
    ("/api/cards/give", Post("person=24&uid=12345678"),                           "SSFFFFFFF+F+F"),
    ("/api/equipment/add-machine", Post("name=New&kind=Laser+cutter&number=30"),  "SSFFFFFFF+F+F"),
    ("/api/holds/place", Post("person=20&reason=safety"),                         "SSFFFFFFF+F+F"),
    ("/api/holds/lift", Post("hold=999"),                                         "SSFFFFFFFNFNF"),
    ("/api/people/step", Post("person=21&step=suspend"),                          "SSFFFFFFF+F+F"),
    ("/api/people/step", Post("person=22&step=admit"),                            "SSFFFFFF++F+F"),
    ("/api/people/card", Post("card=20&person=20"),                               "SSNNNNNNN+N+F"),
    ("/api/people/invite", Post("name=New&email=new@example.com&lang=en"),        "SSFFFFFF++F+F"),
    ("/api/people/help-in", Post("person=20"),                                    "SSFFFFFFF+F+F"),
    ("/api/people/take-off-second-factor", Post("person=20"),                     "SSFFFFFFFCFCF"),
    ("/api/qualifications/admit", Post("person=25"),                              "SSFFFFFF++F+F"),
    ("/api/qualifications/grant", Post("person=24&grant=type:3/user"),            "SSFFFF++F+F+F"),
    ("/api/qualifications/grant", Post("person=24&grant=type:4/user"),            "SSFFFFFFF+F+F"),
    ("/api/qualifications/grant", Post("person=24&grant=type:1/owner"),           "SSFFFFFFFFF+F"),
    ("/api/qualifications/revoke", Post("person=20&revoke=type:3/user"),          "SSFFFF++F+F+F"),
    ("/api/qualifications/ban", Post("person=21&ban=type:3&ban_reason=safety"),   "SSFFFFF+F+F+F"),
    ("/api/qualifications/unban", Post("person=21&unban=type:3"),                 "SSFFFFF+F+F+F"),
    ("/api/me/prefer", Post("lang=en&theme=dark"),                                "+++++++++++++"),
    ("/api/me/end-session", Post("id=999"),                                       "SSFNNNNNNNNNN"),
    ("/api/me/password", Post("current_password=x&password=y"),                   "SSFIIIIIIIIII"),
    ("/api/me/factor-begin", Post(""),                                            "SSF++++++++++"),
    ("/api/me/factor-confirm", Post("code=000000"),                               "SSFIIIIIIIIII"),
    ("/api/me/factor-remove", Post("current_password=x"),                         "SSFIIIIIIIIII"),
    ("/api/me/sign-out", Post(""),                                                "+++++++++++++"),
    ("/api/me/sign-out-everywhere", Post(""),                                     "SSF++++++++++"),

    // The way in, for everybody.
    ("/api/sign-in/enter", Post("email=x@example.com&password=wrong"),            "IIIIIIIIIIIII"),
    ("/api/sign-in/apply", Post("name=X&email=x@example.com"),                    "NNNNNNNNNNNNN"),
    ("/api/second-factor/show", Post("code=000000"),                              "+++CCCCCCCCCC"),
    ("/api/forgotten/ask", Post("email=x@example.com"),                           "+++++++++++++"),
    ("/api/link/accept", Post("token=forged&password=y"),                         "NNNNNNNNNNNNN"),
    ("/api/link/follow", Post("token=forged"),                                    "NNNNNNNNNNNNN"),
    ("/api/link/open-screen", Post("token=forged"),                               "NNNNNNNNNNNNN"),
    ("/api/set-up/begin", Post("token=forged"),                                   "NNNNNNNNNNNNN"),
];

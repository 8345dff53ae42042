//! People at a board: admission, refusal and log-out.

use super::{Board, Connection, Doing, Tap, Use, User, Waiting};
use crate::face::{Happened, Refusal};
use domain::{access::Level, cards::CardUid};
use fabomatic::{Query, reply::CheckUserReply};
use std::time::Duration;

impl Board {
    pub(super) fn hear_about(&mut self, now: Duration, uid: CardUid, held: bool, reply: Option<CheckUserReply>) {
        match reply {
            Some(CheckUserReply { request_ok: true, is_valid: true, level: Some(level), name, .. }) => {
                self.flash.remember(uid.clone(), level);
                self.admit(now, User { uid, name, level, from_memory: false }, held);
            }
            Some(reply) if reply.request_ok => {
                self.flash.forget(&uid);
                // An unknown person has no name, only a placeholder.
                let name = if reply.missing_auth { reply.name } else { String::new() };
                self.refuse(now, uid, name, Refusal::NotAllowed);
            }
            // The server did not decide: the memory does.
            _ => self.ask_memory(now, uid, held),
        }
    }

    fn ask_memory(&mut self, now: Duration, uid: CardUid, held: bool) {
        let compiled = self.firmware.always.iter().find(|(always, _)| *always == uid).map(|(_, level)| *level);
        match compiled.or_else(|| self.flash.level_of(&uid)) {
            Some(level) => self.admit(now, User { uid, name: String::new(), level, from_memory: true }, held),
            None => self.refuse(now, uid, String::new(), Refusal::NotRemembered),
        }
    }

    pub(super) fn tapped(&mut self, now: Duration, tap: Tap) {
        match (tap, &self.in_use) {
            (Tap::Card { uid, .. }, Some(running)) if running.user.uid != uid => {
                self.happened(Happened::Busy { uid });
            }
            (_, Some(_)) => self.stop(now, false),
            (Tap::Card { uid, held }, None) if self.connection == Connection::Up => {
                self.ask(now, Query::CheckUser { uid }, Waiting::Card { held });
            }
            (Tap::Card { uid, held }, None) => self.ask_memory(now, uid, held),
            (Tap::RemoteStop, None) if self.connection == Connection::Up => {
                // Not in use: it names no card.
                let query =
                    Query::StopUse { uid: CardUid::from_bytes([0; 4]), duration: Duration::ZERO, replay: false };
                self.ask(now, query, Waiting::Nothing);
            }
            (Tap::LogOut | Tap::RemoteStop, None) => {}
        }
    }

    /// The card is valid; the machine may still be unavailable.
    fn admit(&mut self, now: Duration, user: User, held: bool) {
        if !self.machine.allowed {
            self.refuse(now, user.uid, user.name, Refusal::Blocked);
        } else if self.machine.maintenance && user.level < Level::Staff {
            self.refuse(now, user.uid, user.name, Refusal::Maintenance);
        } else if self.machine.maintenance && held {
            self.doing = Doing::Confirming { user, until: now + self.timings.long_tap };
        } else {
            self.begin(now, user);
        }
    }

    /// The card was held long enough: maintenance is confirmed.
    pub(super) fn confirm(&mut self, now: Duration) {
        let Doing::Confirming { user, .. } = std::mem::replace(&mut self.doing, Doing::Nothing) else { return };
        let query = Query::Maintenance { uid: user.uid.clone(), replay: false };
        if self.connection == Connection::Up {
            self.ask(now, query, Waiting::User(user));
        } else {
            self.keep(query);
            self.begin(now, user);
        }
    }

    fn refuse(&mut self, now: Duration, uid: CardUid, name: String, why: Refusal) {
        self.refusal = Some((why, now + self.timings.refusal));
        self.happened(Happened::Refused { uid, name, why });
        // Admitted or not, a card makes it ask for its machine's settings.
        if self.connection == Connection::Up {
            self.doing = Doing::Settling { until: now + self.timings.settle };
        }
    }

    /// Power first, report second: the use has begun when the server learns of it.
    pub(super) fn begin(&mut self, now: Duration, user: User) {
        (self.power_until, self.refusal) = (None, None);
        let User { uid, name, level, from_memory } = user.clone();
        self.in_use = Some(Use { user, since: now });
        self.happened(Happened::Admitted { uid: uid.clone(), name, level, from_memory });
        self.report(now, Query::StartUse { uid, replay: false });
    }

    pub(super) fn stop(&mut self, now: Duration, by_itself: bool) {
        let Some(Use { user: User { uid, name, .. }, since }) = self.in_use.take() else { return };
        let grace = self.timings.minute * u32::from(self.machine.grace);
        self.power_until = Some(now + grace).filter(|until| *until > now);
        let duration = now.saturating_sub(since);
        self.happened(Happened::LoggedOut { uid: uid.clone(), name, after: duration, by_itself });
        self.report(now, Query::StopUse { uid, duration, replay: false });
    }

    pub(super) fn logs_out_at(&self) -> Option<Duration> {
        let minutes = u32::from(self.machine.logoff);
        let running = self.in_use.as_ref().filter(|_| minutes > 0)?;
        Some(running.since + self.timings.minute * minutes)
    }
}

//! Lines of the audit log: action, subject's time, and useful details.
//!
//! Invariant: recorded values are never shown raw. A detail without a text – an id, a code, a number that counts
//! nothing – is left out; the API and exports have it.

use super::{SILENT, WORDS};
use crate::{
    Lang,
    time::{clock, clocks},
};
use contract::{
    audit::{Appointment, Entry, Value},
    qualifications::Named,
};
use domain::{
    dues::DuesStatus,
    holds::HoldReason,
    people::PersonStatus,
    problems::Severity,
    qualifications::{BuiltIn, Relation, Subject},
    settings::Key,
    time::{Date, Moment},
    uses::Ending,
};

text! {
    audit_until(when: &str) { en: "until {when}", it: (A when => "fino {when}") }
    audit_status_from(status: &str) { en: "before: {status}", it: "prima: {status}" }
    audit_status_to(status: &str) { en: "now: {status}", it: "ora: {status}" }
    audit_because(reason: &str) { en: "because: {reason}", it: "motivo: {reason}" }
    audit_changed(fields: &str) { en: "changed: {fields}", it: "modificati: {fields}" }
    audit_added(n: &str) { en: "added: {n}", it: "aggiunti: {n}" }
    audit_through(number: &str) { en: "up to number {number}", it: "fino al numero {number}" }
    audit_number(number: &str) { en: "number {number}", it: "numero {number}" }
    audit_seconds(seconds: &str) { en: "after {seconds} s", it: "dopo {seconds} s" }
    audit_replay() { en: "reported later", it: "riferito in seguito" }
    audit_late() { en: "late", it: "in ritardo" }
    audit_at_once() { en: "immediately", it: "subito" }
    audit_by_link() { en: "by a link", it: "con un link" }
    audit_on_the_spot() { en: "not booked", it: "non prenotata" }
    audit_mails(n: u32) { en: [one: "{n} e-mail", other: "{n} e-mails"], it: [one: "{n} e-mail", other: "{n} e-mail"] }
    audit_modules(n: u32) { en: [one: "{n} module", other: "{n} modules"], it: [one: "{n} modulo", other: "{n} moduli"] }
    audit_uses(n: u32) { en: [one: "{n} use", other: "{n} uses"], it: [one: "{n} utilizzo", other: "{n} utilizzi"] }
    audit_sessions_ended(n: &str) { en: "devices signed out: {n}", it: "dispositivi scollegati: {n}" }
    audit_tokens_ended(n: &str) { en: "API tokens revoked: {n}", it: "token API revocati: {n}" }
    audit_calendars_ended(n: &str) { en: "calendar addresses revoked: {n}", it: "indirizzi del calendario revocati: {n}" }
    audit_links_ended(n: &str) { en: "links revoked: {n}", it: "link revocati: {n}" }
    audit_screens_ended(n: &str) { en: "screens signed out: {n}", it: "schermi scollegati: {n}" }
}

/// An action on a time: its code, the action or state, and the sentence in both languages, with the time in place of
/// `{}`, and a variant for an unknown time.
type BookingActionText = (&'static str, &'static str, [&'static str; 2], [&'static str; 2]);

/// Codes with several actions, or with the time inside the sentence. All others append it after a colon.
const ACTIONS: &[BookingActionText] = &[
    (
        "booking.asked",
        "pending",
        ["requested {}", "ha richiesto {}"],
        ["requested time", "ha richiesto un orario"],
    ),
    ("booking.asked", "", ["booked {}", "ha prenotato {}"], ["booked time", "ha prenotato un orario"]),
    (
        "booking.decided",
        "approve",
        ["approved {}", "ha approvato {}"],
        ["approved a booking", "ha approvato una prenotazione"],
    ),
    (
        "booking.decided",
        "reject",
        ["declined {}", "ha rifiutato {}"],
        ["declined a booking", "ha rifiutato una prenotazione"],
    ),
    (
        "booking.decided",
        "check-in",
        ["checked in: {}", "ha fatto il check-in: {}"],
        ["checked in", "ha fatto il check-in"],
    ),
    (
        "booking.decided",
        "complete",
        ["ended {}", "ha terminato {}"],
        ["ended a booking", "ha terminato una prenotazione"],
    ),
    (
        "booking.decided",
        "cancel",
        ["cancelled {}", "ha annullato {}"],
        ["cancelled a booking", "ha annullato una prenotazione"],
    ),
    (
        "booking.decided",
        "excuse",
        ["excused a missed booking: {}", "ha giustificato una prenotazione non rispettata: {}"],
        ["excused a missed booking", "ha giustificato una prenotazione non rispettata"],
    ),
    ("booking.moved", "", ["moved {}", "ha spostato {}"], ["moved a booking", "ha spostato una prenotazione"]),
    ("booking.rebooked", "", ["moved {}", "ha spostato {}"], ["moved a booking", "ha spostato una prenotazione"]),
    (
        "booking.displaced",
        "",
        ["cancelled {}, which couldn’t be kept", "ha annullato {}, che non si poteva mantenere"],
        ["cancelled a booking that couldn’t be kept", "ha annullato una prenotazione che non si poteva mantenere"],
    ),
    (
        "booking.handed-over",
        "",
        ["took over {}", "ha preso {}"],
        ["took over a booking", "ha preso una prenotazione di un’altra persona"],
    ),
    (
        "booking.passed",
        "checked-in",
        ["checked in: {}", "ha fatto il check-in: {}"],
        ["checked in", "ha fatto il check-in"],
    ),
    (
        "booking.passed",
        "completed",
        ["ended {}", "ha concluso {}"],
        ["ended a booking", "ha concluso una prenotazione"],
    ),
    (
        "booking.passed",
        "expired",
        ["let a request expire: {}", "ha lasciato scadere una richiesta: {}"],
        ["let a booking request expire", "ha lasciato scadere una richiesta di prenotazione"],
    ),
    (
        "booking.passed",
        "no-show",
        ["recorded a missed booking: {}", "ha segnato una prenotazione non rispettata: {}"],
        ["recorded a missed booking", "ha segnato una prenotazione non rispettata"],
    ),
    (
        "booking.passed",
        "released",
        ["released {}", "ha liberato {}"],
        ["released a booking", "ha liberato una prenotazione"],
    ),
    (
        "checkout.decided",
        "accept",
        ["accepted a checkout: {}", "ha accettato una prova: {}"],
        ["accepted a checkout", "ha accettato una prova"],
    ),
    (
        "checkout.decided",
        "reject",
        ["declined a checkout: {}", "ha rifiutato una prova: {}"],
        ["declined a checkout", "ha rifiutato una prova"],
    ),
    (
        "checkout.decided",
        "cancel",
        ["cancelled a checkout: {}", "ha annullato una prova: {}"],
        ["cancelled a checkout", "ha annullato una prova"],
    ),
    (
        "checkout.decided",
        "pass",
        ["marked a checkout as passed: {}", "ha segnato una prova come superata: {}"],
        ["marked a checkout as passed", "ha segnato una prova come superata"],
    ),
    (
        "checkout.decided",
        "fail",
        ["marked a checkout as not yet passed: {}", "ha segnato una prova come non ancora superata: {}"],
        ["marked a checkout as not yet passed", "ha segnato una prova come non ancora superata"],
    ),
    (
        "checkout.decided",
        "no-show",
        ["marked a checkout as missed: {}", "ha segnato che nessuno si è presentato alla prova: {}"],
        ["marked a checkout as missed", "ha segnato che nessuno si è presentato a una prova"],
    ),
];

/// An entry as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// The rest of a sentence that begins with the person; `None` for an unknown code.
    pub what: Option<String>,
    /// Particulars.
    pub words: Vec<String>,
}

/// The time of an entry's subject.
struct Time {
    name: Option<String>,
    span: Option<(Moment, Option<Moment>)>,
}

fn value<'a>(entry: &'a Entry, name: &str) -> Option<&'a Value> {
    entry.detail.iter().find_map(|(known, value)| (known == name).then_some(value))
}

fn string_detail<'a>(entry: &'a Entry, name: &str) -> Option<&'a str> {
    match value(entry, name) {
        Some(Value::Word(text)) => Some(text),
        _ => None,
    }
}

fn moment(entry: &Entry, name: &str) -> Option<Moment> {
    match value(entry, name) {
        Some(Value::Moment(moment)) => Some(*moment),
        _ => None,
    }
}

fn appointment(entry: &Entry) -> Option<&Appointment> {
    ["booking", "appointment", "waiting"].into_iter().find_map(|name| match value(entry, name) {
        Some(Value::Appointment(one)) => Some(one),
        _ => None,
    })
}

fn count(name: &str) -> Option<u32> {
    name.parse().ok()
}

impl Lang {
    /// An entry as text, read at `now`.
    #[must_use]
    pub fn audit_line(self, entry: &Entry, now: Moment) -> AuditLine {
        let time = self.audit_time(entry);
        let (span, names_it) = (time.span, time.name.is_some());
        let what = self.entry_action(entry, &time, now);
        // A span without a name is shown as a time.
        let mut words: Vec<_> =
            span.filter(|_| !names_it).map(|span| self.audit_span(span, now)).into_iter().collect();
        let built_in = entry.detail.iter().find_map(|(_, value)| match value {
            Value::Equipment(on) => on.built_in,
            Value::Word(_) | Value::Moment(_) | Value::Room(..) | Value::Appointment(_) => None,
        });
        for (name, value) in &entry.detail {
            let is_named = names_it && matches!(name.as_str(), "resource" | "type" | "to");
            if !is_named {
                words.extend(self.audit_value(&entry.action, name, value, built_in, now));
            }
        }
        AuditLine { what, words }
    }

    /// The subject's time at the moment of the entry: the chain records the time, the present booking its name.
    fn audit_time(self, entry: &Entry) -> Time {
        let found = appointment(entry);
        let is_about_time =
            ["booking.", "checkout.", "waiting."].iter().any(|noun| entry.action.starts_with(noun));
        let named = || {
            ["resource", "to", "type"].into_iter().find_map(|name| match value(entry, name)? {
                Value::Equipment(on) => Some(self.type_name(on.built_in, &on.name)),
                Value::Room(_, name) => Some(name.clone()),
                Value::Word(_) | Value::Moment(_) | Value::Appointment(_) => None,
            })
        };
        let name = is_about_time.then(|| found.map(|one| one.name.clone()).or_else(named)).flatten();
        let starts = moment(entry, "starts").or_else(|| found.map(|one| one.starts));
        let span = starts.map(|starts| {
            let same = found.filter(|one| one.starts == starts).map(|one| one.ends);
            (starts, moment(entry, "ends").or(same))
        });
        Time { name, span }
    }

    /// `Thu 26 Nov 12:00–14:00`, with the year if it is not this one.
    fn audit_span(self, (starts, ends): (Moment, Option<Moment>), now: Moment) -> String {
        let day = |moment: Moment| {
            let date = moment.wall().date;
            let year = if date.year == now.wall().date.year { String::new() } else { format!(" {}", date.year) };
            format!("{}{year}", self.short_date(date))
        };
        match ends {
            None => format!("{} {}", day(starts), clock(starts)),
            Some(ends) if ends.wall().date == starts.wall().date => {
                format!("{} {}", day(starts), clocks(starts, ends))
            }
            Some(ends) => format!("{} {} – {} {}", day(starts), clock(starts), day(ends), clock(ends)),
        }
    }

    fn entry_action(self, entry: &Entry, time: &Time, now: Moment) -> Option<String> {
        let which = string_detail(entry, "deed").or_else(|| string_detail(entry, "state")).unwrap_or_default();
        let actions = || ACTIONS.iter().filter(|(code, ..)| *code == entry.action);
        let act =
            actions().find(|(_, act, ..)| *act == which).or_else(|| actions().find(|(_, act, ..)| act.is_empty()));
        let object = time.name.as_ref().map(|name| match time.span {
            Some(span) => format!("{name}, {}", self.audit_span(span, now)),
            None => name.clone(),
        });
        let own = |[en, it]: &[&'static str; 2]| if self == Self::En { *en } else { *it };
        match (act, object) {
            (Some((.., of, _)), Some(object)) => Some(own(of).replace("{}", &object)),
            (Some((.., alone)), None) => Some(own(alone).to_owned()),
            (None, object) => {
                let action = self.audit_action(&entry.action)?;
                Some(object.map_or_else(|| action.to_owned(), |object| format!("{action}: {object}")))
            }
        }
    }

    /// A detail as text, if it has one.
    fn audit_value(
        self,
        action: &str,
        name: &str,
        value: &Value,
        built_in: Option<BuiltIn>,
        now: Moment,
    ) -> Option<String> {
        match value {
            Value::Equipment(on) if name == "from" => Some(self.audit_status_from(&on.name)),
            Value::Equipment(on) => Some(self.audit_equipment(action, on)),
            Value::Room(_, room) if name == "from" => Some(self.audit_status_from(room)),
            Value::Room(_, room) => Some(room.clone()),
            Value::Moment(at) if name == "until" => Some(self.audit_until(&self.exact(*at, now))),
            Value::Moment(at) if name == "before" => {
                Some(self.audit_status_from(&self.audit_span((*at, None), now)))
            }
            // The subject's times are shown with it.
            Value::Moment(_) | Value::Appointment(_) => None,
            Value::Word(text) => match (built_in, name, Relation::parse(text)) {
                (Some(_), "relation", Some(role)) => Some(self.relation(built_in, role).to_owned()),
                _ => self.audit_particular(name, text, now.wall().date),
            },
        }
    }

    fn audit_equipment(self, action: &str, on: &Named) -> String {
        match on.subject {
            // Of people qualified on the machine alone, not on its type.
            Subject::Machine(_) if action.starts_with("qualification.") => self.action_only_machine(&on.name),
            _ => self.type_name(on.built_in, &on.name),
        }
    }

    fn audit_particular(self, name: &str, text: &str, today: Date) -> Option<String> {
        let own_word = || {
            let (_, en, it) = WORDS.iter().find(|(known, ..)| *known == text)?;
            Some(if self == Self::En { *en } else { *it })
        };
        let status = || Some(self.person_status(PersonStatus::parse(text)?));
        let date = || Some(self.weekday_date(Date::from_iso(text)?, today));
        let number = || count(text).map(|n| n.to_string());
        let labelled = |label: &str| Some(format!("{label}: {}", number()?));
        match (name, text) {
            (name, _) if SILENT.contains(&name) => None,
            ("replay", "true") => Some(self.audit_replay().to_owned()),
            ("link", "true") => Some(self.audit_by_link().to_owned()),
            ("at_once", "true") => Some(self.audit_at_once().to_owned()),
            ("late", "true") => Some(self.audit_late().to_owned()),
            ("on_the_spot", "true") => Some(self.audit_on_the_spot().to_owned()),
            ("relation", _) => Some(self.relation(None, Relation::parse(text)?).to_owned()),
            ("from", _) => Some(self.audit_status_from(status()?)),
            ("to", _) => Some(self.audit_status_to(status()?)),
            ("dues_before", _) => Some(self.audit_status_from(self.dues_status(DuesStatus::parse(text)?))),
            ("dues", _) => Some(self.audit_status_to(self.dues_status(DuesStatus::parse(text)?))),
            ("paid_until", _) => Some(self.dues_paid_until(&date()?)),
            ("reason", _) => Some(self.audit_because(self.hold_because(HoldReason::parse(text)?))),
            ("severity", _) => Some(self.problem_severity(Severity::parse(text)?).to_owned()),
            ("cause", _) => Some(self.audit_because(own_word()?)),
            ("purpose", _) => own_word().map(ToOwned::to_owned),
            ("language", _) => Self::from_tag(text).map(|lang| lang.name().to_owned()),
            ("setting", _) => Some(self.setting_name(Key::parse(text)?).to_owned()),
            ("ending", _) => Some(self.history_ending(Ending::parse(text)?).to_owned()),
            ("day" | "date" | "first", _) => date(),
            ("last", _) => Some(self.audit_until(&date()?)),
            ("redo_by", _) => Some(self.module_redo_said(&date()?)),
            ("changed", _) => {
                let fields = number().unwrap_or_else(|| self.field_names(text));
                (!fields.is_empty()).then(|| self.audit_changed(&fields))
            }
            ("added", _) => Some(self.audit_added(&number()?)),
            ("edition", _) => Some(self.module_version(&number()?)),
            ("bookings", _) => Some(self.rules_bookings(count(text)?)),
            ("count", _) => Some(self.audit_mails(count(text)?)),
            ("modules", _) => Some(self.audit_modules(count(text)?)),
            ("uses", _) => Some(self.audit_uses(count(text)?)),
            ("decisions", _) => labelled(self.retention_decisions()),
            ("unknown_cards", _) => labelled(self.retention_cards()),
            ("sign_ins", _) => labelled(self.retention_sign_ins()),
            ("names", _) => labelled(self.retention_names()),
            ("cut", _) => labelled(self.retention_entries()),
            ("through", _) => Some(self.audit_through(&number()?)),
            ("number", _) => Some(self.audit_number(&number()?)),
            ("seconds", _) => Some(self.audit_seconds(&number()?)),
            ("ended", _) => Some(self.audit_sessions_ended(&number()?)),
            ("tokens", _) => Some(self.audit_tokens_ended(&number()?)),
            ("links", _) => Some(self.audit_links_ended(&number()?)),
            ("calendars", _) => Some(self.audit_calendars_ended(&number()?)),
            ("screens", _) => Some(self.audit_screens_ended(&number()?)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;

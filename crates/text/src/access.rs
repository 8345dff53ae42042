//! Access to machines: each reason against it, and its remedy.
//!
//! Invariant: a reason does not address the reader, because a trainer reads it about another person as well.

use crate::{Lang, time::clock};
use contract::access::TraceView;
use domain::{
    access::{Helper, Lack, Reason, Remedy, RemedyAction, Rule},
    cards::CardState,
    holds::HoldReason,
    people::PersonStatus,
    time::{MINUTE, Millis, Moment},
};

text! {
    lack_missing(all: &str) { en: "Missing: {all}", it: "Manca: {all}" }
    lack_video() { en: "video", it: "video" }
    lack_quiz() { en: "quiz", it: "quiz" }
    lack_signature() { en: "signature", it: "firma" }
    lack_paper() { en: "paper", it: "modulo" }
    lack_checkout() { en: "checkout", it: "prova" }
    lack_booking() { en: "booking", it: "prenotazione" }
    lack_card() { en: "card", it: "tessera" }
    lack_trainer() { en: "Needs a trainer", it: "Serve un istruttore" }
    lack_membership() { en: "No membership", it: "Senza iscrizione" }
    lack_hold() { en: "On hold", it: "Accesso bloccato" }
    lack_ban() { en: "Banned", it: "Escluso" }
    lack_maintenance() { en: "Maintenance due", it: "Manutenzione da fare" }
    lack_other_machine() { en: "Log out elsewhere first", it: "Prima esci dall’altra macchina" }
    lack_group() { en: "For certain groups", it: "Per alcuni gruppi" }
    lack_closed() { en: "Closed", it: "Chiuso" }
    lack_company() { en: "Needs more people here", it: "Servono più persone" }
    access_yes_now() { en: "You can use it now", it: "Puoi usarla adesso" }
    access_yes() { en: "You may use it", it: "Puoi usarla" }
    access_on_it() { en: "You’re using it", it: "La stai usando" }
    access_no() { en: "You can’t yet", it: "Non ancora" }
    access_in_use() { en: "In use right now", it: "In uso adesso" }
    access_other_yes(name: &str) { en: "{name} can use it now", it: "{name} può usarla adesso" }
    access_other_no(name: &str) { en: "{name} can’t yet", it: "{name} non può ancora" }
    access_somebody() { en: "Former member", it: "Ex membro" }
    access_hold_card() { en: "Tap your card on the reader.", it: "Passa la tessera sul lettore." }
    access_no_card() { en: "You’re allowed, but have no working card", it: "Puoi usarla, ma non hai una tessera che funziona" }
    access_no_card_missing() { en: "You need a card", it: "Ti serve una tessera" }
    access_no_card_way() {
        en: "Tap an unassigned card, then claim it here, or ask a manager for one. Found yours again? Report it under Your cards.",
        it: "Passa una tessera non assegnata e associala qui, o chiedine una a un responsabile. Hai ritrovato la tua? Segnalalo in Le tue tessere.",
    }
    access_no_card_away() {
        en: "Ask a manager for one. Found yours again? Report it under Your cards.",
        it: "Chiedine una a un responsabile. Hai ritrovato la tua? Segnalalo in Le tue tessere.",
    }
    access_claim_card() { en: "Claim a card", it: "Associa una tessera" }
    access_yours(until: &str) { en: "You can use it {until}.", it: "Puoi usarla {until}." }
    access_log_out_how() { en: "Tap your card again when you’re done.",
                           it: "Quando hai finito, ripassa la tessera." }
    access_reasons() { en: "Why not", it: "Perché no" }
    access_sign_in_why() { en: "Sign in to see whether you may use it.", it: "Accedi per vedere se puoi usarla." }
    access_sign_in() { en: "Sign in", it: "Accedi" }
    access_who_helps() { en: "Who can help", it: "Chi può aiutare" }
    access_ask_there() { en: "Ask them in the workshop.", it: "Chiedi di persona in laboratorio." }
    access_nobody_helps() { en: "No trainer assigned yet. Ask a manager.",
                            it: "Ancora nessun istruttore. Chiedi a un responsabile." }
    access_see_running() { en: "See what is in use", it: "Guarda che cosa è in uso" }
    access_my_cards() { en: "Your cards", it: "Le tue tessere" }
    access_for_other() { en: "Check for someone else", it: "Verifica per un’altra persona" }
    access_for_whom() { en: "Person", it: "Persona" }
    access_choose() { en: "Choose …", it: "Scegli …" }
    access_ask() { en: "Check", it: "Verifica" }
    access_nobody_to_ask_for() { en: "Nobody is qualified yet, and nobody tapped a card in the last 30 days.",
                                 it: "Nessuno è abilitato, e nessuno ha passato una tessera negli ultimi 30 giorni." }
    access_trace() { en: "Show checks", it: "Mostra le verifiche" }
    access_passed() { en: "passed", it: "superata" }
    access_failed() { en: "failed", it: "non superata" }
    access_not_asked() { en: "not checked", it: "non controllata" }
    access_steps_left(n: u32) { en: [one: "One step is left.", other: "{n} steps are left."], it: [one: "Manca un passo.", other: "Mancano {n} passi."] }
    access_training_left(length: &str) { en: "About {length} of training left.", it: "Ancora circa {length} di formazione." }
    access_go_on_video(left: &str) { en: "Continue the video, {left}", it: "Continua il video, {left}" }
    access_watch_video(length: &str) { en: "Watch the video, {length}", it: "Guarda il video, {length}" }
    access_watched(length: &str) { en: "Watched, {length}", it: "Visto, {length}" }
    access_video_left(percent: &str, left: &str) { en: "{percent}% watched · {left} left", it: "{percent} % visto · ancora {left}" }
    access_quiz_later() { en: "Opens after the video.", it: "Si apre dopo il video." }
    access_quiz_done() { en: "Passed.", it: "Superato." }
    access_checkout_done() { en: "Passed.", it: "Superata." }
    access_checkout_requested(when: &str) { en: "Checkout requested, {when}", it: "Prova richiesta, {when}" }
    access_checkout_booked(when: &str) { en: "Checkout booked, {when}", it: "Prova fissata, {when}" }
    access_attempts_second() { en: "When a card was allowed or refused, and why", it: "Quando una tessera è passata o no, e perché" }
    access_attempts_back() { en: "Person", it: "Persona" }
    access_attempts() { en: "Card taps", it: "Passaggi di tessera" }
    access_attempts_none() { en: "No card taps in the last 90 days",
                             it: "Nessun passaggio di tessera negli ultimi 90 giorni" }
    access_attempts_none_next() { en: "Each tap shows up here: at which machine and, if refused, why.",
                                  it: "Ogni passaggio compare qui: su quale macchina e, se negato, perché." }
    access_let_in() { en: "allowed", it: "accesso consentito" }
    access_refused() { en: "refused", it: "accesso negato" }
    access_kept_90() { en: "Kept for 90 days.", it: "Conservato per 90 giorni." }

    access_person_unknown() { en: "Person not found", it: "Persona non trovata" }
    access_when(days: &str) {
        en: "Choose a time from now on, at most {days} days ahead. Earlier decisions are on the person’s page.",
        it: "Scegli un momento da adesso in poi, al massimo fra {days} giorni. Le decisioni passate sono nella pagina della persona.",
    }
    access_at_form() { en: "Enter the time like 2026-11-20T14:05:00Z.", it: "Scrivi il momento come 2026-11-20T14:05:00Z." }
    access_person_form() { en: "Name a person by id, or enter me.", it: "Indica una persona con l’id, oppure scrivi me." }
    access_machine_form() { en: "Name a machine by id.", it: "Indica una macchina con l’id." }

    why_unknown_person() { en: "This card isn’t assigned to anyone", it: "Questa tessera non è assegnata a nessuno" }
    why_applicant() { en: "The application isn’t approved yet", it: "La richiesta di iscrizione non è ancora approvata" }
    why_suspended() { en: "The membership is suspended", it: "L’iscrizione è sospesa" }
    why_left() { en: "The membership has ended", it: "L’iscrizione è terminata" }
    why_not_a_member() { en: "No current membership",
                         it: "Nessuna iscrizione valida" }
    why_hold_unpaid() { en: "On hold: payment missing", it: "Accesso bloccato: pagamento mancante" }
    why_hold_safety() { en: "On hold: safety", it: "Accesso bloccato: sicurezza" }
    why_hold_paperwork() { en: "On hold: paperwork missing", it: "Accesso bloccato: documento mancante" }
    why_hold_no_shows() { en: "On hold: missed bookings", it: "Accesso bloccato: prenotazioni non rispettate" }
    why_hold_other() { en: "On hold", it: "Accesso bloccato" }
    why_card_lost() { en: "The card is reported lost", it: "La tessera è segnalata come persa" }
    why_card_retired() { en: "The card is deactivated", it: "La tessera è disattivata" }
    why_blocked() { en: "The machine is blocked", it: "La macchina è bloccata" }
    why_maintenance() { en: "Maintenance must be done first", it: "Prima va fatta la manutenzione" }
    why_banned(kind: &str) { en: "Banned from “{kind}”", it: "Esclusione da «{kind}»" }
    why_not_qualified(kind: &str) { en: "Not trained on “{kind}” yet", it: "Manca l’abilitazione per «{kind}»" }
    why_needs_trainer(kind: &str) { en: "Only with a “{kind}” trainer present", it: "Solo con un istruttore di «{kind}» presente" }
    why_not_permitted() { en: "Open to certain groups only", it: "Aperta solo ad alcuni gruppi" }
    why_may_not() { en: "You may not use it", it: "Non puoi usarla" }
    why_not_bookable() { en: "Closed to new bookings", it: "Chiusa a nuove prenotazioni" }
    why_too_many_bookings() { en: "You have as many bookings as possible", it: "Hai già tutte le prenotazioni possibili" }
    why_training_missing(title: &str) { en: "Training missing: “{title}”", it: "Formazione mancante: «{title}»" }
    why_training_lapsed(title: &str) { en: "New version to complete: “{title}”", it: "Nuova versione da completare: «{title}»" }
    why_booked(until: &str) { en: "Booked by someone else {until}", it: "Prenotata da un’altra persona {until}" }
    why_needs_booking() { en: "A booking is needed", it: "Serve una prenotazione" }
    why_closed() { en: "Closed", it: "Chiuso" }
    why_closed_clock(at: &str) { en: "Closed, opens at {at}", it: "Chiuso, apre alle {at}" }
    why_closed_tomorrow(at: &str) { en: "Closed, opens tomorrow at {at}", it: "Chiuso, apre domani alle {at}" }
    why_closed_date(date: &str) { en: "Closed, opens {date}", it: "Chiuso, apre {date}" }
    why_too_few(present: &str, needed: &str) { en: "Too few people here: {present} of {needed}",
                                               it: "Troppo poche persone: {present} su {needed}" }
    why_in_use() { en: "Someone else is using it", it: "La sta usando un’altra persona" }
    why_too_many(n: u32) { en: [one: "Already using {n} machine, the maximum", other: "Already using {n} machines, the maximum"],
                           it: [one: "Già su {n} macchina, il massimo consentito", other: "Già su {n} macchine, il massimo consentito"] }

    through_today() { en: "until the end of today", it: "per tutto oggi" }
    through_tomorrow() { en: "until the end of tomorrow", it: "fino a tutto domani" }
    through_date(date: &str) { en: "until the end of {date}", it: "fino a tutto {date}" }
    until_clock(at: &str) { en: "until {at}", it: "fino alle {at}" }
    until_tomorrow(at: &str) { en: "until tomorrow, {at}", it: "fino a domani alle {at}" }
    until_date(date: &str) { en: "until {date}", it: (A date => "fino {date}") }

    way_claim_card() { en: "Claim the card at the machine.", it: "Associa la tessera alla macchina." }
    way_other_card() { en: "Use another card, or ask a manager for one.", it: "Usa un’altra tessera, o chiedine una a un responsabile." }
    way_log_out() { en: "Log out of another machine first.", it: "Prima esci da un’altra macchina." }
    way_fetch_trainer() { en: "Ask a trainer to tap first, then tap yours within two minutes.",
                          it: "Chiedi a un istruttore di passare la tessera, poi passa la tua entro due minuti." }
    way_bring(n: u32) { en: [one: "Come when {n} more person is working here.", other: "Come when {n} more people are working here."],
                        it: [one: "Vieni quando c’è almeno {n} persona in più al lavoro.", other: "Vieni quando ci sono almeno {n} persone in più al lavoro."] }
    way_book() { en: "Book a time of your own.", it: "Prenota un tuo orario." }
    way_learn() { en: "Watch it and pass its quiz.", it: "Guardalo e supera il suo quiz." }
    way_ask_manager() { en: "Ask a manager.", it: "Chiedi a un responsabile." }
    way_ask_trainer(kind: &str) { en: "Ask a “{kind}” trainer.", it: "Chiedi a un istruttore di «{kind}»." }
    way_ask_owner(kind: &str) { en: "Ask the people who look after “{kind}”.", it: "Chiedi a chi si occupa di «{kind}»." }
    way_wait_until() { en: "Wait until then.", it: "Aspetta fino ad allora." }
    way_wait_free() { en: "Wait until it is free.", it: "Aspetta che si liberi." }

    rule_known() { en: "The person is known", it: "La persona è nota" }
    rule_active() { en: "The person is active", it: "La persona è attiva" }
    rule_no_hold() { en: "No hold", it: "Nessun blocco accesso" }
    rule_member() { en: "The person is a member", it: "La persona è iscritta" }
    rule_card() { en: "The card is active", it: "La tessera è valida" }
    rule_machine() { en: "The machine is known", it: "La macchina è nota" }
    rule_not_blocked() { en: "The machine is not blocked", it: "La macchina non è bloccata" }
    rule_maintained() { en: "No maintenance is due first", it: "Non c’è manutenzione da fare prima" }
    rule_authorised() { en: "The person is qualified", it: "La persona è abilitata" }
    rule_trained() { en: "Training is complete", it: "La formazione è completa" }
    rule_booked() { en: "Nobody else has booked it", it: "Non l’ha prenotata nessun altro" }
    rule_open() { en: "It is open", it: "È aperto" }
    rule_company() { en: "Enough people are here", it: "Ci sono abbastanza persone" }
    rule_unused() { en: "Nobody else is using it", it: "Non la usa nessun altro" }
    rule_limit() { en: "Not on too many machines", it: "Non su troppe macchine" }
}

impl Lang {
    /// An end as people say it: `until 16:00`, `until tomorrow, 16:00`, `until Monday 23 November, 08:00`.
    #[must_use]
    pub fn until(self, moment: Moment, now: Moment) -> String {
        let wall = moment.wall();
        if (wall.hour, wall.minute) == (0, 0) {
            // The end of a day is shown as that day, not as the first instant of the next.
            let last = moment.shifted_to(moment.at.before(MINUTE));
            return match last.wall().date.days() - now.wall().date.days() {
                0 => self.through_today().to_owned(),
                1 => self.through_tomorrow().to_owned(),
                _ => self.through_date(&self.date(last, now)),
            };
        }
        match wall.date.days() - now.wall().date.days() {
            0 => self.until_clock(&clock(moment)),
            1 => self.until_tomorrow(&clock(moment)),
            _ => self.until_date(&self.exact(moment, now)),
        }
    }

    /// What a person lacks to use a machine, in a few words: `Missing: video, quiz`, `On hold`. Empty if nothing.
    #[must_use]
    pub fn lacks(self, lacks: &[Lack]) -> String {
        let part = |lack: &Lack| match lack {
            Lack::Video => Some(self.lack_video()),
            Lack::Quiz => Some(self.lack_quiz()),
            Lack::Signature => Some(self.lack_signature()),
            Lack::Paper => Some(self.lack_paper()),
            Lack::Checkout => Some(self.lack_checkout()),
            Lack::Booking => Some(self.lack_booking()),
            Lack::Card => Some(self.lack_card()),
            Lack::Trainer
            | Lack::OtherMachine
            | Lack::Membership
            | Lack::Hold
            | Lack::Ban
            | Lack::Group
            | Lack::Maintenance
            | Lack::Company
            | Lack::Closed => None,
        };
        let missing: Vec<_> = lacks.iter().filter_map(part).collect();
        let missing = (!missing.is_empty()).then(|| self.lack_missing(&missing.join(", ")));
        let whole = lacks.iter().filter_map(|lack| match lack {
            Lack::Trainer => Some(self.lack_trainer()),
            Lack::Membership => Some(self.lack_membership()),
            Lack::Hold => Some(self.lack_hold()),
            Lack::Ban => Some(self.lack_ban()),
            Lack::Group => Some(self.lack_group()),
            Lack::Maintenance => Some(self.lack_maintenance()),
            Lack::Company => Some(self.lack_company()),
            Lack::OtherMachine => Some(self.lack_other_machine()),
            Lack::Closed => Some(self.lack_closed()),
            Lack::Video
            | Lack::Quiz
            | Lack::Signature
            | Lack::Paper
            | Lack::Checkout
            | Lack::Booking
            | Lack::Card => None,
        });
        missing.into_iter().chain(whole.map(str::to_owned)).collect::<Vec<_>>().join(" · ")
    }

    /// A reason against, without a full stop.
    #[must_use]
    pub fn why(self, reason: Reason, view: &TraceView) -> String {
        let ending = |what: &str, until: Option<Millis>| match until {
            Some(until) => format!("{what}, {}", self.until(view.moment(until), view.now)),
            None => what.to_owned(),
        };
        match reason {
            Reason::UnknownPerson => self.why_unknown_person().into(),
            Reason::NotActive(PersonStatus::Applicant) => self.why_applicant().into(),
            Reason::NotActive(PersonStatus::Suspended) => self.why_suspended().into(),
            Reason::NotActive(PersonStatus::Left) => self.why_left().into(),
            Reason::NotActive(PersonStatus::Active) | Reason::NotAMember => self.why_not_a_member().into(),
            Reason::OnHold { reason, until, .. } => ending(self.hold_reason(reason), until),
            Reason::CardOutOfUse(CardState::Lost) => self.why_card_lost().into(),
            Reason::CardOutOfUse(CardState::Active | CardState::Retired) => self.why_card_retired().into(),
            Reason::UnknownMachine => self.machine_unknown().into(),
            Reason::Blocked => self.why_blocked().into(),
            Reason::MaintenanceDue => self.why_maintenance().into(),
            Reason::Banned { kind, until } => ending(&self.why_banned(view.type_name(kind)), until),
            Reason::NotQualified(kind) => self.why_not_qualified(view.type_name(kind)),
            Reason::NeedsTrainer(kind) => self.why_needs_trainer(view.type_name(kind)),
            Reason::NotPermitted => self.why_not_permitted().into(),
            Reason::TrainingMissing(module) => self.why_training_missing(view.module_title(module)),
            Reason::TrainingLapsed(module) => self.why_training_lapsed(view.module_title(module)),
            Reason::DocumentUnsigned { document, kind, gap } => {
                self.why_unsigned(view.document_title(document), kind, gap)
            }
            Reason::BookedByOther { until, .. } => self.why_booked(&self.until(view.moment(until), view.now)),
            Reason::NeedsBooking => self.why_needs_booking().into(),
            Reason::Closed { opens: None } => self.why_closed().into(),
            Reason::Closed { opens: Some(opens) } => self.why_closed_until(view.moment(opens), view.now),
            Reason::TooFewPresent { present, needed } => {
                self.why_too_few(&present.to_string(), &needed.to_string())
            }
            Reason::InUse => self.why_in_use().into(),
            Reason::TooManyMachines(most) => self.why_too_many(most.into()),
        }
    }

    fn why_closed_until(self, opens: Moment, now: Moment) -> String {
        match opens.wall().date.days() - now.wall().date.days() {
            0 => self.why_closed_clock(&clock(opens)),
            1 => self.why_closed_tomorrow(&clock(opens)),
            _ => self.why_closed_date(&self.exact(opens, now)),
        }
    }

    const fn hold_reason(self, reason: HoldReason) -> &'static str {
        match reason {
            // The membership page says more.
            HoldReason::Unpaid | HoldReason::Dues => self.why_hold_unpaid(),
            HoldReason::Safety => self.why_hold_safety(),
            HoldReason::Paperwork => self.why_hold_paperwork(),
            HoldReason::NoShows => self.why_hold_no_shows(),
            HoldReason::Other => self.why_hold_other(),
        }
    }

    /// The remedy, as a sentence.
    #[must_use]
    pub fn way(self, remedy: Remedy, view: &TraceView) -> String {
        match remedy {
            Remedy::Do(RemedyAction::ClaimCard) => self.way_claim_card().into(),
            Remedy::Do(RemedyAction::UseAnotherCard) => self.way_other_card().into(),
            Remedy::Do(RemedyAction::LogOutElsewhere) => self.way_log_out().into(),
            Remedy::Do(RemedyAction::FetchTrainer(_)) => self.way_fetch_trainer().into(),
            Remedy::Do(RemedyAction::BringPeople(more)) => self.way_bring(more.into()),
            Remedy::Do(RemedyAction::Book) => self.way_book().into(),
            Remedy::Do(RemedyAction::Sign(_)) => self.way_sign().into(),
            Remedy::Do(RemedyAction::Learn(_)) => self.way_learn().into(),
            Remedy::Ask(Helper::Manager) => self.way_ask_manager().into(),
            Remedy::Ask(Helper::Trainer(kind)) => self.way_ask_trainer(view.type_name(kind)),
            Remedy::Ask(Helper::Owner(kind)) => self.way_ask_owner(view.type_name(kind)),
            Remedy::Wait(Some(_)) => self.way_wait_until().into(),
            Remedy::Wait(None) => self.way_wait_free().into(),
        }
    }

    /// A rule of access.
    #[must_use]
    pub const fn rule(self, rule: Rule) -> &'static str {
        match rule {
            Rule::Known => self.rule_known(),
            Rule::Active => self.rule_active(),
            Rule::NoHold => self.rule_no_hold(),
            Rule::Member => self.rule_member(),
            Rule::Card => self.rule_card(),
            Rule::Machine => self.rule_machine(),
            Rule::NotBlocked => self.rule_not_blocked(),
            Rule::Maintained => self.rule_maintained(),
            Rule::Authorised => self.rule_authorised(),
            Rule::Trained => self.rule_trained(),
            Rule::Signed => self.rule_signed(),
            Rule::Booked => self.rule_booked(),
            Rule::Open => self.rule_open(),
            Rule::Company => self.rule_company(),
            Rule::Unused => self.rule_unused(),
            Rule::Limit => self.rule_limit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        access::{Decision, Trace},
        id::TypeId,
        time::{DAY, HOUR},
    };

    /// Thursday 19 November 2026, 14:16 in Rome.
    const NOW: Moment = Moment { at: Millis(1_795_094_160_000), offset: 60 };

    fn trace_of() -> TraceView {
        let trace = Trace {
            at: NOW.at,
            person: None,
            machine: None,
            decision: Decision::Deny(Vec::new()),
            steps: Vec::new(),
        };
        let types = vec![(TypeId(3), "Laser cutter".into())];
        let (modules, quizzes, documents, moments) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        TraceView { trace, name: None, kind: TypeId(3), types, modules, quizzes, documents, moments, now: NOW }
    }

    #[test]
    fn reasons_name_subject_and_end() {
        let message = trace_of();
        let (soon, tomorrow) = (NOW.at.after(HOUR), NOW.at.after(DAY));
        for (reason, en, it) in [
            (
                Reason::NotQualified(TypeId(3)),
                "Not trained on “Laser cutter” yet",
                "Manca l’abilitazione per «Laser cutter»",
            ),
            (Reason::Closed { opens: Some(soon) }, "Closed, opens at 15:16", "Chiuso, apre alle 15:16"),
            (
                Reason::Closed { opens: Some(tomorrow) },
                "Closed, opens tomorrow at 14:16",
                "Chiuso, apre domani alle 14:16",
            ),
            (
                Reason::Banned { kind: TypeId(3), until: Some(NOW.at.after(DAY * 4)) },
                "Banned from “Laser cutter”, until Monday 23 November, 14:16",
                "Esclusione da «Laser cutter», fino a lunedì 23 novembre, 14:16",
            ),
            (
                Reason::TooManyMachines(1),
                "Already using 1 machine, the maximum",
                "Già su 1 macchina, il massimo consentito",
            ),
        ] {
            assert_eq!(Lang::En.why(reason, &message), en);
            assert_eq!(Lang::It.why(reason, &message), it);
        }
    }

    #[test]
    fn lacks_fit_one_line() {
        let all = [Lack::Video, Lack::Quiz, Lack::Checkout];
        assert_eq!(Lang::En.lacks(&all), "Missing: video, quiz, checkout");
        assert_eq!(Lang::It.lacks(&all), "Manca: video, quiz, prova");
        assert_eq!(Lang::En.lacks(&[Lack::Booking, Lack::Trainer]), "Missing: booking · Needs a trainer");
        assert_eq!(
            Lang::En.lacks(&[Lack::Trainer, Lack::OtherMachine]),
            "Needs a trainer · Log out elsewhere first"
        );
        assert_eq!(Lang::En.lacks(&[Lack::Hold]), "On hold");
        assert_eq!(Lang::En.lacks(&[]), "");
    }

    #[test]
    fn remedy_names_the_people_to_ask() {
        assert_eq!(
            Lang::En.way(Remedy::Ask(Helper::Owner(TypeId(3))), &trace_of()),
            "Ask the people who look after “Laser cutter”."
        );
        assert_eq!(
            Lang::En.way(Remedy::Do(RemedyAction::BringPeople(1)), &trace_of()),
            "Come when 1 more person is working here."
        );
    }
}

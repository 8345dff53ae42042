//! What is read where a space is set up, step by step.

use crate::Lang;
use domain::checklist::Step;

impl Lang {
    /// What a step is called.
    #[must_use]
    pub const fn checklist_step(self, step: Step) -> &'static str {
        match step {
            Step::Places => self.checklist_places(),
            Step::Types => self.checklist_types(),
            Step::Machines => self.checklist_machines(),
            Step::People => self.checklist_people(),
            Step::Swipe => self.checklist_swipe(),
        }
    }

    #[must_use]
    pub const fn checklist_why(self, step: Step) -> &'static str {
        match step {
            Step::Places => self.checklist_places_why(),
            Step::Types => self.checklist_types_why(),
            Step::Machines => self.checklist_machines_why(),
            Step::People => self.checklist_people_why(),
            Step::Swipe => self.checklist_swipe_why(),
        }
    }
}

text! {
    checklist_title() { en: "Set up your workshop", it: "Prepara il tuo laboratorio" }
    checklist_done(n: u32) { en: [one: "{n} of 5 steps done", other: "{n} of 5 steps done"],
                             it: [one: "{n} passo su 5 fatto", other: "{n} passi su 5 fatti"] }
    checklist_next(step: &str) { en: "Next: {step}", it: "Ora: {step}" }
    checklist_step_done() { en: "done", it: "fatto" }
    checklist_step_open() { en: "to do", it: "da fare" }
    checklist_dismiss() { en: "Hide checklist", it: "Nascondi i passi" }
    checklist_dismissed() { en: "The checklist is hidden.", it: "I passi sono nascosti." }
    checklist_places() { en: "Add locations", it: "Aggiungi i luoghi" }
    checklist_places_why() { en: "A location is a room or a corner. Now groups machines by location.",
                             it: "Un luogo è una stanza o un angolo. Adesso raggruppa le macchine per luogo." }
    checklist_types() { en: "Add types", it: "Aggiungi i tipi" }
    checklist_types_why() { en: "A type is what people are qualified on: all laser cutters are one.",
                            it: "Un tipo è ciò per cui ci si abilita: tutte le macchine laser sono uno." }
    checklist_machines() { en: "Add machines", it: "Aggiungi le macchine" }
    checklist_machines_why() { en: "One device each. Its number connects it with the board on it.",
                               it: "Un apparecchio ciascuna. Il numero la collega alla sua scheda." }
    checklist_people() { en: "Add people", it: "Aggiungi le persone" }
    checklist_people_why() { en: "Invite them one by one, or import your list.", it: "Invitale una per una, o importa il tuo elenco." }
    checklist_swipe() { en: "Tap a first card", it: "Passa una prima tessera" }
    checklist_swipe_why() { en: "A card that isn’t assigned yet shows up under unknown cards.",
                            it: "Una tessera non ancora assegnata compare tra quelle sconosciute." }
    glossary_title() { en: "Glossary", it: "Glossario" }
    glossary_card() { en: "Card: what people tap on a reader. A lost one doesn’t work.",
                      it: "Tessera: ciò che si passa sul lettore. Una persa non funziona." }
    glossary_board() { en: "Board: the card reader on a machine. It is not the machine.",
                       it: "Scheda: il lettore di tessere sulla macchina. Non è la macchina." }
    glossary_grant() { en: "Grant: lets somebody use a type of machine. Imports never restore what was revoked.",
                       it: "Abilitazione: permette di usare un tipo di macchina. Un’importazione non ridà ciò che è stato revocato." }
    glossary_hold() { en: "Hold: keeps somebody from every machine until it ends or is lifted.",
                      it: "Fermo: tiene qualcuno lontano da ogni macchina finché scade o viene tolto." }
    glossary_unknown() { en: "Unknown card: tapped, but not assigned. Assign it, or ignore it.",
                         it: "Tessera sconosciuta: passata ma non assegnata. Assegnala o ignorala." }
    glossary_expected() { en: "Expected card: for a minute, the next card tapped on one reader is assigned to one person and starts nothing.",
                          it: "Tessera attesa: per un minuto la prossima tessera passata su un lettore è assegnata a una persona, e non avvia nulla." }
    glossary_trainer() { en: "Trainer: qualifies others on a type, and may use it. Owner: looks after it, and names its trainers.",
                         it: "Istruttore: abilita altri su un tipo, e può usarlo. Proprietario: se ne occupa, e nomina gli istruttori." }
    glossary_ban() { en: "Ban: keeps somebody from one type or machine. They need a new grant afterwards.",
                     it: "Esclusione: tiene qualcuno lontano da un tipo o da una macchina. Dopo serve una nuova abilitazione." }
    glossary_mode() { en: "Who may use it: every member; qualified people only; or also anyone right after a trainer’s tap.",
                      it: "Chi può usarla: ogni membro; solo chi è abilitato; oppure chiunque subito dopo la tessera di un istruttore." }
    glossary_risk() { en: "Risk: how bad an accident can be. The higher, the more training and company matter.",
                      it: "Rischio: quanto grave può essere un incidente. Più è alto, più contano formazione e presenza di altri." }
    glossary_auto_stop() { en: "Auto log-out: the board logs out anyone who forgot to, after so many minutes.",
                           it: "Disconnessione automatica: dopo tanti minuti la scheda disconnette chi ha dimenticato di farlo." }
    glossary_grace() { en: "Power-off time: how long a machine stays on after the log-out, until a fan or a blade has stopped.",
                       it: "Tempo di spegnimento: quanto resta accesa la macchina dopo l’uscita, finché ventola o lama si fermano." }
    glossary_unmanaged() { en: "No board: a machine without a reader. Anybody can switch it on, and nobody sees who did.",
                           it: "Senza scheda: una macchina senza lettore. Chiunque può accenderla, e nessuno vede chi." }
    glossary_applicant() { en: "Applicant: asked to join. Becomes a member once approved.",
                           it: "Richiedente: ha chiesto di iscriversi. Diventa membro con l’approvazione." }
}

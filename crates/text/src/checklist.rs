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
    checklist_title() { en: "Set up your space", it: "Prepara il tuo spazio" }
    checklist_done(n: u32) { en: [one: "{n} of 5 steps done", other: "{n} of 5 steps done"],
                             it: [one: "{n} passo su 5 fatto", other: "{n} passi su 5 fatti"] }
    checklist_next(step: &str) { en: "Next: {step}", it: "Ora: {step}" }
    checklist_step_done() { en: "done", it: "fatto" }
    checklist_step_open() { en: "to do", it: "da fare" }
    checklist_dismiss() { en: "Hide checklist", it: "Nascondi questi passi" }
    checklist_dismissed() { en: "The checklist is hidden.", it: "I passi sono nascosti." }
    checklist_places() { en: "Add locations", it: "Aggiungi i posti" }
    checklist_places_why() { en: "A place is a room or a corner: Now shows machines by place.",
                             it: "Un luogo è una stanza o un angolo: Adesso mostra le macchine per luogo." }
    checklist_types() { en: "Name the types of machines", it: "Dai un nome ai tipi di macchine" }
    checklist_types_why() { en: "A type is what people are qualified on: all laser cutters are one.",
                            it: "Un tipo è ciò per cui ci si abilita: tutte le macchine laser sono uno." }
    checklist_machines() { en: "Add the machines", it: "Aggiungi le macchine" }
    checklist_machines_why() { en: "One device each. Its number connects it with the board on it.",
                               it: "Un apparecchio ciascuna. Il numero la collega alla sua scheda." }
    checklist_people() { en: "Add people", it: "Aggiungi le persone" }
    checklist_people_why() { en: "Invite them one by one, or import your list.", it: "Invitale una per una, o importa il tuo elenco." }
    checklist_swipe() { en: "Hold a first card to a reader", it: "Passa una prima tessera su un lettore" }
    checklist_swipe_why() { en: "A card that nobody has yet shows up under unknown cards.",
                            it: "Una tessera che nessuno ha ancora compare tra quelle sconosciute." }
    glossary_title() { en: "Glossary", it: "Glossario" }
    glossary_card() { en: "Card: what people tap on a reader. A lost one opens nothing.",
                      it: "Tessera: ciò che si passa sul lettore. Una persa non apre nulla." }
    glossary_board() { en: "Board: the little computer on a machine that reads cards. It is not the machine.",
                       it: "Scheda: il piccolo computer sulla macchina che legge le tessere. Non è la macchina." }
    glossary_grant() { en: "Grant: lets someone use a group of machines. Imports never restore what was revoked.",
                       it: "Abilitazione: permette di usare un gruppo di macchine. Un elenco importato non ridà ciò che è stato revocato." }
    glossary_hold() { en: "Hold: keeps someone from every machine until it ends or is lifted.",
                      it: "Blocco personale: tiene qualcuno lontano da ogni macchina finché finisce o viene tolto." }
    glossary_unknown() { en: "Unknown card: tapped, but not assigned. Assign it to someone, or ignore it.",
                         it: "Tessera sconosciuta: passata ma non assegnata. Assegnala a qualcuno o ignorala." }
    glossary_expected() { en: "Expected card: for a minute, the next card tapped on one reader is assigned to one person and starts nothing.",
                          it: "Tessera attesa: per un minuto la prossima tessera passata su un lettore va a una persona, e non apre nulla." }
    glossary_trainer() { en: "Trainer: qualifies others on a group of machines, and may use it. Owner: is responsible for it, and names its trainers.",
                         it: "Chi forma: abilita altri su un tipo, e può usarlo. Chi se ne occupa: ne risponde, e nomina chi forma." }
    glossary_ban() { en: "Ban: keeps somebody from one type or machine alone. After it a new grant is needed.",
                     it: "Esclusione: tiene qualcuno lontano da un solo tipo o da una sola macchina. Dopo serve una nuova abilitazione." }
    glossary_mode() { en: "Who may use it: every member; qualified people only; or also anyone right after a trainer’s tap.",
                      it: "Chi può usarla: ogni membro; solo chi è abilitato; oppure anche chi ha accanto chi forma, che passa prima la sua tessera." }
    glossary_risk() { en: "Risk: how bad an accident can be. The riskier, the more it matters who was trained and who is near.",
                      it: "Rischio: quanto grave può essere un incidente. Più è alto, più conta chi è formato e chi è vicino." }
    glossary_auto_stop() { en: "Log-out time: the board logs out anyone who forgot to, after so many minutes.",
                           it: "Tempo di disconnessione: chi ha dimenticato di uscire viene disconnesso dalla scheda dopo tanti minuti." }
    glossary_grace() { en: "Power-off time: after the log-out a machine runs on for so long, for a fan or a blade to come to rest.",
                       it: "Tempo di spegnimento: dopo l’uscita la macchina resta accesa ancora un po’, finché ventola o lama si fermano." }
    glossary_unmanaged() { en: "No board: a machine without a number has no reader. Anybody can switch it on, and nobody sees who did.",
                           it: "Senza scheda: una macchina senza numero non ha lettore. Chiunque può accenderla, e nessuno vede chi." }
    glossary_applicant() { en: "Applicant: asked to join. Becomes a member when somebody admits them.",
                           it: "Richiedente: ha chiesto di iscriversi. Diventa membro quando qualcuno lo ammette." }
}

//! The set-up of a space, step by step.

use crate::Lang;
use domain::checklist::Step;

impl Lang {
    /// The title of a step.
    #[must_use]
    pub const fn checklist_step(self, step: Step) -> &'static str {
        match step {
            Step::Places => self.checklist_places(),
            Step::Machines => self.checklist_machines(),
            Step::People => self.checklist_people(),
            Step::Card => self.checklist_card(),
            Step::Grant => self.checklist_grant(),
            Step::Swipe => self.checklist_swipe(),
        }
    }

    #[must_use]
    pub const fn checklist_why(self, step: Step) -> &'static str {
        match step {
            Step::Places => self.checklist_places_why(),
            Step::Machines => self.checklist_machines_why(),
            Step::People => self.checklist_people_why(),
            Step::Card => self.checklist_card_why(),
            Step::Grant => self.checklist_grant_why(),
            Step::Swipe => self.checklist_swipe_why(),
        }
    }
}

text! {
    checklist_title() { en: "Set up your workshop", it: "Prepara il tuo laboratorio" }
    checklist_done(n: u32) { en: [one: "{n} of 6 steps done", other: "{n} of 6 steps done"],
                             it: [one: "{n} passo su 6 fatto", other: "{n} passi su 6 fatti"] }
    checklist_next(step: &str) { en: "Next: {step}", it: "Ora: {step}" }
    checklist_step_done() { en: "done", it: "fatto" }
    checklist_step_open() { en: "to do", it: "da fare" }
    checklist_dismiss() { en: "Hide checklist", it: "Nascondi i passi" }
    checklist_dismissed() { en: "The checklist is hidden.", it: "I passi sono nascosti." }
    checklist_places() { en: "Add locations", it: "Aggiungi i luoghi" }
    checklist_places_why() { en: "A location is a room or a corner. Now groups machines by location.",
                             it: "Un luogo è una stanza o un angolo. Adesso raggruppa le macchine per luogo." }
    checklist_machines() { en: "Add machines", it: "Aggiungi le macchine" }
    checklist_machines_why() { en: "One entry per machine. The board number links it to its card reader.",
                               it: "Una voce per ogni macchina. Il numero la collega alla sua scheda." }
    checklist_people() { en: "Add people", it: "Aggiungi le persone" }
    checklist_people_why() { en: "Invite them one by one, or import your list.", it: "Invitale una per una, o importa il tuo elenco." }
    checklist_card() { en: "Assign a first card", it: "Assegna una prima tessera" }
    checklist_card_why() { en: "Tap it on the reader, then say whose it is.", it: "Passala sul lettore, poi indica di chi è." }
    checklist_grant() { en: "Let someone use it", it: "Abilita qualcuno" }
    checklist_grant_why() { en: "A qualification for the machine’s type.", it: "Un’abilitazione per il tipo della macchina." }
    checklist_swipe() { en: "Tap the card", it: "Passa la tessera" }
    checklist_swipe_why() { en: "The machine starts for them.", it: "La macchina si avvia." }
    first_start_promise() { en: "Open your workshop in ten minutes", it: "Apri il tuo laboratorio in dieci minuti" }
    first_start_intro() { en: "You can stop at any step. Everything can be changed later.",
                          it: "Puoi fermarti a ogni passo. Tutto si può cambiare più tardi." }
    first_start_step(n: &str, of: &str) { en: "Step {n} of {of}", it: "Passo {n} di {of}" }
    first_start_later() { en: "Do this later", it: "Più tardi" }
    first_start_place_lead() { en: "A location is a room or a corner. One is enough for now.",
                               it: "Un luogo è una stanza o un angolo. Per ora ne basta uno." }
    first_start_place_hint() { en: "Like Wood shop, or First floor.", it: "Per esempio Falegnameria, o Primo piano." }
    first_start_machine_lead() { en: "People are qualified on a machine’s type. The first type gets the machine’s name.",
                                 it: "Ci si abilita sul tipo di una macchina. Il primo tipo prende il nome della macchina." }
    first_start_machine_lead_more() { en: "People are qualified on a machine’s type.", it: "Ci si abilita sul tipo di una macchina." }
    first_start_person_lead() { en: "Who will use it first?", it: "Chi la userà per primo?" }
    first_start_email() { en: "E-mail, if they want to sign in", it: "E-mail, per chi vuole accedere" }
    first_start_email_hint() { en: "They get an invitation. Leave it empty to add them without one.",
                               it: "Riceve un invito. Lascia vuoto per aggiungere la persona senza invito." }
    first_start_person_add() { en: "Add person", it: "Aggiungi persona" }
    first_start_many() { en: "Invite several, or import a list", it: "Invita più persone, o importa un elenco" }
    first_start_added(name: &str) { en: "{name} is added.", it: "{name}: persona aggiunta." }
    first_start_waiting(machine: &str) { en: "Waiting for a tap on {machine} …", it: "In attesa di una tessera su {machine} …" }
    first_start_waiting_card() { en: "Tap a new card on the reader. It shows up here.",
                                 it: "Passa una tessera nuova sul lettore. Compare qui." }
    first_start_waiting_tap(name: &str) { en: "Tap {name}’s card on the reader. This page says when it worked.",
                                          it: "Passa la tessera di {name} sul lettore. Questa pagina dice quando ha funzionato." }
    first_start_look() { en: "Check again", it: "Controlla di nuovo" }
    first_start_no_machine() { en: "Add a machine first.", it: "Prima aggiungi una macchina." }
    first_start_no_number() { en: "This machine has no board number, so no card can be tapped on it. Edit the machine",
                              it: "Questa macchina non ha un numero di scheda, quindi non legge tessere. Modifica la macchina" }
    first_start_tapped(card: &str, machine: &str) { en: "{card} was tapped on {machine}", it: "{card} passata su {machine}" }
    first_start_card() { en: "Card", it: "Tessera" }
    first_start_whose() { en: "Whose card is it?", it: "Di chi è la tessera?" }
    first_start_who() { en: "Who may use it?", it: "Chi la può usare?" }
    first_start_assign(kind: &str) { en: "Assign card and let them use {kind}", it: "Assegna la tessera e abilita a {kind}" }
    first_start_let_use(kind: &str) { en: "Let them use {kind}", it: "Abilita a {kind}" }
    first_start_done() { en: "Your workshop is open", it: "Il tuo laboratorio è aperto" }
    first_start_accepted(name: &str, machine: &str) { en: "{name}’s card was accepted at {machine}.", it: "{machine}: tessera di {name} accettata." }
    first_start_go() { en: "Go to Now", it: "Vai ad Adesso" }
    first_start_next() { en: "Next step", it: "Passo successivo" }
    glossary_title() { en: "Glossary", it: "Glossario" }
    glossary_card() { en: "Card: what people tap on a reader. A lost one doesn’t work.",
                      it: "Tessera: ciò che si passa sul lettore. Una persa non funziona." }
    glossary_board() { en: "Board: the card reader on a machine. It is not the machine.",
                       it: "Scheda: il lettore di tessere sulla macchina. Non è la macchina." }
    glossary_grant() { en: "Qualification: lets someone use a type of machine. Imports never restore what was revoked.",
                       it: "Abilitazione: permette di usare un tipo di macchina. Un’importazione non ridà ciò che è stato revocato." }
    glossary_hold() { en: "Hold: stops someone from using any machine until it ends or is lifted.",
                      it: "Blocco accesso: impedisce di usare qualsiasi macchina finché scade o viene tolto." }
    glossary_unknown() { en: "Unknown card: tapped, but not assigned. Assign it, or ignore it.",
                         it: "Tessera sconosciuta: passata ma non assegnata. Assegnala o ignorala." }
    glossary_expected() { en: "Expected card: for a minute, the next card tapped on one reader is assigned to one person and starts nothing.",
                          it: "Tessera attesa: per un minuto la prossima tessera passata su un lettore è assegnata a una persona, e non avvia nulla." }
    glossary_trainer() { en: "Trainer: qualifies others on a type, and may use it. Owner: looks after it, and names its trainers.",
                         it: "Istruttore: abilita altri su un tipo, e può usarlo. Proprietario: se ne occupa, e nomina gli istruttori." }
    glossary_ban() { en: "Ban: stops someone from using one type or machine. They need a new qualification afterwards.",
                     it: "Esclusione: impedisce di usare un tipo o una macchina. Dopo serve una nuova abilitazione." }
    glossary_mode() { en: "Who may use it: every member; qualified people only; or also anyone right after a trainer’s tap.",
                      it: "Chi può usarla: ogni membro; solo chi è abilitato; oppure chiunque subito dopo la tessera di un istruttore." }
    glossary_risk() { en: "Risk: how bad an accident can be. The higher the risk, the more training and supervision it needs.",
                      it: "Rischio: quanto grave può essere un incidente. Più è alto, più servono formazione e supervisione." }
    glossary_auto_stop() { en: "Auto log-out: the board logs out anyone who forgot to, after a set number of minutes.",
                           it: "Disconnessione automatica: dopo un certo numero di minuti la scheda disconnette chi ha dimenticato di farlo." }
    glossary_grace() { en: "Power-off time: how long a machine stays on after the log-out, until a fan or a blade has stopped.",
                       it: "Tempo di spegnimento: quanto resta accesa la macchina dopo l’uscita, finché ventola o lama si fermano." }
    glossary_unmanaged() { en: "No board: a machine without a reader. Anyone can switch it on, and nobody sees who did.",
                           it: "Senza scheda: una macchina senza lettore. Chiunque può accenderla, e nessuno vede chi." }
    glossary_applicant() { en: "Applicant: asked to join. Becomes a member once approved.",
                           it: "Richiedente: ha chiesto di iscriversi. Diventa membro con l’approvazione." }
}

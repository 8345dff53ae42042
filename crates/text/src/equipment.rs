//! Adding and changing machines, and names of their settings.

use crate::Lang;
use contract::equipment::Shelved;

impl Lang {
    /// An archived or restored thing.
    #[must_use]
    pub fn equipment_shelved(self, shelved: &Shelved) -> String {
        let Shelved { name, away, moved, lost, .. } = shelved;
        match (away, moved.machines.len()) {
            (false, _) if *lost > 0 => self.equipment_back_without(*lost, name),
            (false, _) => self.equipment_back(name),
            (true, 0) => self.equipment_put_away(name),
            (true, moved) => self.equipment_put_away_moved(u32::try_from(moved).unwrap_or(u32::MAX), name),
        }
    }
}

text! {
    equipment_add() { en: "Add a machine", it: "Aggiungi una macchina" }
    equipment_add_lead() { en: "Name, type and board number are enough to start.",
                           it: "Per iniziare bastano nome, tipo e numero della scheda." }
    equipment_name() { en: "Name", it: "Nome" }
    equipment_name_hint() { en: "As people call it: “Laser by the window”.", it: "Come la chiamano tutti: «Laser alla finestra»." }
    equipment_name_length() { en: "Enter a name of 1 to 200 characters, without control characters.", it: "Scrivi un nome da 1 a 200 caratteri, senza caratteri di controllo." }
    equipment_type() { en: "Type", it: "Tipo" }
    equipment_type_hint() { en: "For example “Laser cutter”: one type covers every machine that needs the same training. A new name creates a new type.",
                            it: "Per esempio «Taglio laser»: un tipo vale per tutte le macchine che richiedono la stessa formazione. Un nome nuovo crea un tipo nuovo." }
    equipment_type_length() { en: "Enter the name of a type, 1 to 200 characters and no control characters; “The workshop” and “The system” are taken.",
                              it: "Scrivi il nome di un tipo, da 1 a 200 caratteri, nessuno di controllo; «Il laboratorio» e «Il sistema» sono riservati." }
    equipment_number() { en: "Board number", it: "Numero della scheda" }
    equipment_number_hint() { en: "The machine number in the board’s settings. Leave blank if there is no board.",
                              it: "Il numero di macchina nelle impostazioni della scheda. Lascia vuoto se non c’è una scheda." }
    equipment_number_range() { en: "Enter a whole number from 1 to 65535, or leave it blank.", it: "Scrivi un numero intero da 1 a 65535, oppure lascia vuoto." }
    equipment_number_taken(by: &str) { en: "“{by}” has this number. Choose one that is free.",
                                       it: "«{by}» ha questo numero. Scegline uno libero." }
    equipment_number_gone(by: &str) { en: "“{by}” has this number now. Give one of the two another number, then try again.",
                                      it: "«{by}» ora ha questo numero. Dai a una delle due un altro numero, poi riprova." }
    equipment_type_away() { en: "Its type is archived. Restore it first.", it: "Il suo tipo è archiviato. Ripristinalo prima." }
    equipment_manual() { en: "Manual", it: "Manuale" }
    equipment_manual_hint() { en: "The address of a page or a file on the web, if there is one.",
                              it: "L’indirizzo di una pagina o di un file sul web, se c’è." }
    equipment_manual_address() { en: "Enter a whole address that begins with https:// or http://, or leave it blank.",
                                 it: "Scrivi un indirizzo completo che inizi con https:// o http://, oppure lascia vuoto." }
    equipment_manual_space() { en: "An address has no spaces. Enter %20 for each, or copy it from the browser’s address bar.",
                               it: "Un indirizzo non ha spazi. Scrivi %20 per ognuno, o copialo dalla barra degli indirizzi del browser." }
    equipment_in_use() { en: "It is in use. Stop it or wait, then try again.", it: "È in uso. Fermala o aspetta, poi riprova." }
    equipment_in_use_as_is(name: &str) { en: "“{name}” is in use, so its number and type can’t change. Stop it or wait, then try again.",
                                         it: "«{name}» è in uso: numero e tipo non si possono cambiare. Fermala o aspetta, poi riprova." }
    equipment_place() { en: "Location", it: "Luogo" }
    equipment_no_place() { en: "No location", it: "Nessun luogo" }
    equipment_edit() { en: "Edit", it: "Modifica" }
    equipment_edit_title(name: &str) { en: "Edit {name}", it: "Modifica {name}" }
    equipment_edit_lead() { en: "Blank fields inherit from its type or the workshop.",
                            it: "I campi vuoti ereditano dal tipo o dal laboratorio." }
    equipment_save() { en: "Save changes", it: "Salva le modifiche" }
    equipment_saved() { en: "Saved.", it: "Salvato." }
    equipment_use() { en: "Who may use it, and for how long", it: "Chi può usarla, e per quanto" }
    equipment_more() { en: "More", it: "Altro" }
    equipment_duplicate() { en: "Duplicate", it: "Duplica" }
    equipment_duplicate_next() { en: "Another machine with the same type, location and settings, without a number.",
                                 it: "Un’altra macchina con lo stesso tipo, luogo e impostazioni, senza numero." }
    equipment_copy(name: &str) { en: "{name} (copy)", it: "{name} (copia)" }
    equipment_archive() { en: "Archive", it: "Archivia" }
    equipment_archive_next() { en: "Hidden everywhere; its reader refuses everyone. Its history stays, and it can be restored.",
                               it: "Nascosta ovunque; il suo lettore rifiuta tutti. Lo storico resta, e si può ripristinare." }
    equipment_restore() { en: "Restore", it: "Ripristina" }
    equipment_put_away(name: &str) { en: "{name} is archived.", it: "Archiviato: {name}." }
    equipment_back(name: &str) { en: "{name} is back.", it: "Ripristinato: {name}." }
    equipment_back_without(lost: u32, name: &str) {
        en: [one: "{name} is back without {lost} booking: it can’t be booked any more, or is taken.",
             other: "{name} is back without {lost} bookings: they can’t be booked any more, or are taken."],
        it: [one: "Ripristinato: {name}, senza {lost} prenotazione: non è più possibile, o l’orario è occupato.",
             other: "Ripristinato: {name}, senza {lost} prenotazioni: non sono più possibili, o l’orario è occupato."],
    }
    equipment_put_away_moved(moved: u32, name: &str) {
        en: [one: "{name} is archived; {moved} machine was moved.", other: "{name} is archived; {moved} machines were moved."],
        it: [one: "Archiviato: {name}. {moved} macchina spostata.", other: "Archiviato: {name}. {moved} macchine spostate."],
    }
    equipment_archived(when: &str) { en: "Archived {when}", it: "Archiviata {when}" }
    equipment_archived_next() { en: "Nobody can use it; its reader refuses everyone.",
                                it: "Nessuno può usarla; il suo lettore rifiuta tutti." }

    equipment_type_taken() { en: "Another type has this name, perhaps an archived one.", it: "Un altro tipo ha questo nome, forse uno archiviato." }
    equipment_type_shelved() { en: "An archived type has this name. Restore it first, or choose another name.",
                               it: "Un tipo archiviato ha questo nome. Prima ripristinalo, o scegli un altro nome." }
    equipment_type_required(by: &str) { en: "It is a prerequisite of: {by}. Change their prerequisites first, then archive it.",
                                        it: "È un prerequisito di: {by}. Cambia prima i loro prerequisiti, poi archivialo." }
    equipment_type_requires_away(types: &str) { en: "Its prerequisites are archived: {types}. Restore them first, or change the prerequisites.",
                                                it: "I suoi prerequisiti sono archiviati: {types}. Prima ripristinali, o cambia i prerequisiti." }
    equipment_away_named(name: &str) { en: "{name} (archived)", it: "{name} (archiviato)" }
    equipment_place_taken() { en: "Another location has this name, perhaps an archived one.", it: "Un altro luogo ha questo nome, forse uno archiviato." }
    equipment_type_unknown() { en: "Type not found", it: "Tipo non trovato" }
    equipment_place_unknown() { en: "Location not found", it: "Luogo non trovato" }
    equipment_ring(way: &str) { en: "It would be its own prerequisite: {way}. Remove one of them.", it: "Sarebbe un prerequisito di se stesso: {way}. Togline uno." }
    equipment_where_to() { en: "Choose where its machines go.", it: "Scegli dove vanno le sue macchine." }
    equipment_choose_machines(most: &str) { en: "Choose 1 to {most} machines.", it: "Scegli da 1 a {most} macchine." }
    equipment_many_stale(names: &str) { en: "Changed by someone else: {names}. Nothing was saved; check them and try again.",
                                        it: "Nel frattempo sono cambiate: {names}. Nulla è stato salvato: guarda di nuovo e ripeti." }
    equipment_type_has_machines(there: u32) {
        en: [one: "One machine is of this type. Archive it or change its type first.",
             other: "{there} machines are of this type. Archive them or change their type first."],
        it: [one: "Una macchina è di questo tipo. Prima archiviala o cambiale tipo.",
             other: "{there} macchine sono di questo tipo. Prima archiviale o cambia loro tipo."],
    }
    equipment_type_runs(running: u32) {
        en: [one: "One of them is in use right now.", other: "{running} of them are in use right now."],
        it: [one: "Una è in uso in questo momento.", other: "{running} sono in uso in questo momento."],
    }
    equipment_title() { en: "Machines", it: "Macchine" }
    equipment_sub() { en: "Machines and types. Select several to edit them at once.",
                      it: "Macchine e tipi. Selezionane più d’una per modificarle insieme." }
    equipment_next() { en: "Machines, locations, labels", it: "Macchine, luoghi, etichette" }
    equipment_none() { en: "No machines yet", it: "Ancora nessuna macchina" }
    equipment_none_next() { en: "Add the first one: a name and a type are enough.", it: "Aggiungi la prima: bastano un nome e un tipo." }
    equipment_none_ask() { en: "The machines you look after show up here. A manager adds them.",
                           it: "Qui compaiono le macchine di cui ti occupi. Le aggiunge un responsabile." }
    equipment_machines() { en: "Machines", it: "Macchine" }
    equipment_choose(name: &str) { en: "Select {name}", it: "Seleziona {name}" }
    equipment_away() { en: "Archived", it: "Archiviata" }
    equipment_bulk() { en: "Edit selected", it: "Modifica selezionate" }
    equipment_bulk_lead() { en: "Tick what to change; everything else stays. Blank fields inherit. You see the effect before anything changes.",
                            it: "Spunta che cosa cambiare; il resto rimane. I campi vuoti ereditano. Vedi l’effetto prima che cambi qualcosa." }
    equipment_bulk_change() { en: "Change", it: "Cambia" }
    equipment_bulk_no_field() { en: "Tick what to change.", it: "Spunta che cosa cambiare." }
    equipment_bulk_elsewhere() { en: "inherited", it: "ereditato" }
    equipment_bulk_line(what: &str, from: &str, to: &str) { en: "{what}: {from} → {to}", it: "{what}: {from} → {to}" }
    equipment_bulk_outcomes() { en: "What would change", it: "Che cosa cambierebbe" }
    equipment_bulk_same() { en: "No change.", it: "Nessuna modifica." }
    equipment_bulk_meanwhile() { en: "It was changed since you selected it. Look again, then tick it.",
                                 it: "È cambiata dopo che l’hai selezionata. Guarda di nuovo, poi spuntala." }
    equipment_bulk_stays() { en: "It is in use, so its type can’t change.",
                             it: "È in uso: il tipo non si può cambiare." }
    equipment_bulk_do() { en: "Change selected", it: "Modifica selezionate" }
    equipment_bulk_done() { en: "Changed.", it: "Cambiate." }
    equipment_types() { en: "Types", it: "Tipi" }
    equipment_types_none() { en: "No types yet", it: "Ancora nessun tipo" }
    equipment_types_none_next() { en: "A type is what people are qualified on: all laser cutters are one. It comes with the first machine, or add one here.",
                                  it: "Un tipo è ciò per cui ci si abilita: tutte le macchine laser sono uno. Arriva con la prima macchina, o aggiungilo qui." }
    equipment_type_machines(there: u32) { en: [one: "1 machine", other: "{there} machines"], it: [one: "1 macchina", other: "{there} macchine"] }
    equipment_type_add() { en: "Add a type", it: "Aggiungi un tipo" }
    equipment_type_lead() { en: "One type covers every machine that needs the same training.",
                            it: "Un tipo vale per tutte le macchine che richiedono la stessa formazione." }
    equipment_risk() { en: "Risk", it: "Rischio" }
    equipment_risk_low() { en: "Low: minor cuts", it: "Basso: piccole ferite" }
    equipment_risk_medium() { en: "Medium: may need a doctor", it: "Medio: può servire un medico" }
    equipment_risk_high() { en: "High: life-changing injury", it: "Alto: lesioni permanenti" }
    equipment_requires() { en: "Prerequisites", it: "Prerequisiti" }
    equipment_type_people() { en: "Qualified people", it: "Persone abilitate" }
    equipment_type_archive_next() { en: "Hidden everywhere. Qualifications stay in people’s history.",
                                    it: "Nascosto ovunque. Le abilitazioni restano nello storico delle persone." }
    equipment_type_archived_next() { en: "No machine can have this type until it is restored.", it: "Nessuna macchina può avere questo tipo finché non viene ripristinato." }
    labels_title() { en: "Labels", it: "Etichette" }
    labels_sub() { en: "A QR code for each machine’s page. Print this page, or download the PDF. Names in Arabic, Chinese and the like are on the printed page only.",
                   it: "Un codice QR per la pagina di ogni macchina. Stampa questa pagina o scarica il PDF. I nomi in arabo, cinese e simili sono solo sulla pagina stampata." }
    labels_machine(number: &str) { en: "Machine {number}", it: "Macchina {number}" }
    labels_none_next() { en: "Each machine gets a label once it is added.", it: "Ogni macchina riceve un’etichetta appena viene aggiunta." }
    labels_size() { en: "Size", it: "Dimensione" }
    labels_small() { en: "Small", it: "Piccole" }
    labels_medium() { en: "Medium", it: "Medie" }
    labels_large() { en: "Large", it: "Grandi" }
    labels_pdf() { en: "PDF", it: "PDF" }
    labels_no_site() { en: "Public address not set", it: "Indirizzo pubblico non impostato" }
    labels_no_site_next() { en: "QR codes need it. Open this page by the server’s own address, or start it with --public-url.",
                            it: "Serve per i codici QR. Apri questa pagina dall’indirizzo del server, o avvialo con --public-url." }
    lcd_title() { en: "On the board", it: "Sulla scheda" }
    lcd_says(upper: &str, lower: &str) { en: "The display says: {upper}, {lower}", it: "Il display dice: {upper}, {lower}" }
    lcd_name() { en: "Machine", it: "Macchina" }
    places_title() { en: "Locations", it: "Luoghi" }
    places_sub() { en: "Where your machines are, in display order.", it: "Dove sono le macchine, in ordine di visualizzazione." }
    places_none() { en: "No locations yet", it: "Ancora nessun luogo" }
    places_none_next() { en: "Name the first one: “Wood shop”, “Entrance”.", it: "Dai un nome al primo: «Falegnameria», «Ingresso»." }
    places_add() { en: "Add a location", it: "Aggiungi un luogo" }
    places_position() { en: "Order", it: "Ordine" }
    places_position_hint() { en: "Lower numbers come first.", it: "I numeri bassi vengono prima." }
    places_where_to() { en: "Where its machines go", it: "Dove vanno le sue macchine" }
    places_nowhere() { en: "No location", it: "Nessun luogo" }
    places_choose() { en: "Choose …", it: "Scegli …" }
    places_edit(name: &str) { en: "Edit {name}", it: "Modifica {name}" }
    setting_shown() { en: "What members see of who uses it", it: "Che cosa vedono i membri di chi la usa" }
    setting_shown_nobody() { en: "Nothing", it: "Niente" }
    setting_shown_first() { en: "The first name", it: "Il nome" }
    setting_shown_name() { en: "The whole name", it: "Nome e cognome" }
    setting_mode() { en: "Who may use it", it: "Chi può usarla" }
    setting_mode_open() { en: "Every member", it: "Ogni membro" }
    setting_mode_qualified() { en: "Qualified people", it: "Chi è abilitato" }
    setting_mode_supervised() { en: "Qualified people, or anyone with a trainer present", it: "Chi è abilitato, o chi ha un istruttore presente" }
    setting_inherited(name: &str) { en: "Inherited: {name}", it: "Ereditato: {name}" }
    setting_present() { en: "People who must be present", it: "Persone che devono essere presenti" }
    setting_auto_stop() { en: "Auto log-out (min)", it: "Disconnessione automatica (min)" }
    setting_grace() { en: "Minutes between log-out and power-off", it: "Minuti fra disconnessione e spegnimento" }
    setting_display() { en: "Second line of the board’s display", it: "Seconda riga del display della scheda" }
    setting_number(least: u16, most: u16) { en: "Enter a whole number from {least} to {most}.", it: "Scrivi un numero intero da {least} a {most}." }
    setting_text(most: &str) { en: "Use {most} characters at most.", it: "Usa al massimo {most} caratteri." }
    setting_email() { en: "Enter an e-mail address like lab@example.org, or leave it blank.", it: "Scrivi un indirizzo e-mail come lab@example.org, o lascia vuoto." }
    setting_web() { en: "Enter a web address that begins with https://, without a password, or leave it blank.", it: "Scrivi un indirizzo web che inizia con https://, senza password, o lascia vuoto." }
    setting_position() { en: "Enter latitude and longitude like 45.43842, 10.99171, or leave it blank.", it: "Scrivi latitudine e longitudine come 45.43842, 10.99171, o lascia vuoto." }
    setting_zone() { en: "Choose a time zone, for example Europe/Rome.",
                     it: "Scegli un fuso orario, per esempio Europe/Rome." }
}

/// Names of form fields as in audit details.
const FIELDS: &[(&str, &str, &str)] = &[
    ("end", "end", "fine"),
    ("who", "person", "persona"),
    ("void", "whether it counts", "se vale come utilizzo"),
    ("name", "name", "nome"),
    ("number", "number", "numero"),
    ("kind", "type", "tipo"),
    ("place", "location", "luogo"),
    ("manual", "manual", "manuale"),
    ("mode", "who may use it", "chi può usarla"),
    ("risk", "risk", "rischio"),
    ("requires", "prerequisites", "prerequisiti"),
    ("groups", "who may book and use it", "chi può prenotarla e usarla"),
    ("shown", "names shown", "nomi mostrati"),
    ("present", "people present", "persone presenti"),
    ("auto_stop", "log-out time", "tempo di disconnessione"),
    ("grace", "power-off time", "tempo di spegnimento"),
    ("display", "display", "display"),
    ("email", "e-mail", "e-mail"),
    ("phone", "telephone", "telefono"),
    ("language", "language", "lingua"),
    ("title", "title", "titolo"),
    ("about", "description", "descrizione"),
    ("asked", "questions per quiz", "domande per quiz"),
    ("text", "text", "testo"),
    ("to", "audience", "destinatari"),
    ("from", "start", "inizio"),
    ("until", "end", "fine"),
    ("words", "what is done", "che cosa si fa"),
    ("doer", "who does it", "chi lo fa"),
    ("hours", "hours", "ore"),
    ("days", "days", "giorni"),
    ("blocks", "blocking", "blocco"),
    ("position", "order", "ordine"),
];

impl Lang {
    /// The fields in `name, number` for the codes `name number`; unknown ones are left out.
    #[must_use]
    pub fn field_names(self, fields: &str) -> String {
        let named = fields.split_whitespace().filter_map(|field| {
            let (_, en, it) = FIELDS.iter().find(|(known, ..)| *known == field)?;
            Some(if self == Self::En { *en } else { *it })
        });
        named.collect::<Vec<_>>().join(", ")
    }
}

//! Actuators of the building: which are on and for what, leases, limits, rules and tests.

use domain::{
    actuators::{Allowed, RuleKind, TestOutcome, Why},
    leases::{Load, RefusedCommand, Tenths},
};

use crate::Lang;

text! {
    actuators_devices() { en: "Devices", it: "Dispositivi" }
    actuators_on() { en: "On", it: "Acceso" }
    actuators_off() { en: "Off", it: "Spento" }
    actuators_silent() { en: "No word", it: "Nessun segnale" }
    actuators_testing() { en: "Test", it: "Prova" }
    actuators_device() { en: "Device", it: "Dispositivo" }
    actuators_is() { en: "Is", it: "Stato" }
    actuators_for() { en: "For", it: "Per" }
    actuators_lease() { en: "Lease", it: "Concessione" }
    actuators_lease_left(minutes: &str) { en: "Lease: {minutes} min left", it: "Concessione: restano {minutes} min" }
    actuators_lease_over(time: &str) { en: "Lease: ran out at {time}", it: "Concessione: scaduta alle {time}" }
    actuators_until(time: &str) { en: "until {time}", it: "fino alle {time}" }
    actuators_while_it_runs() { en: "while it runs", it: "finché è in funzione" }
    actuators_no_end() { en: "without an end", it: "senza scadenza" }
    actuators_since(time: &str) { en: "since {time}", it: "dalle {time}" }
    actuators_off_by(time: &str) { en: "off by {time}", it: "spento entro le {time}" }
    actuators_off_until(time: &str) { en: "Turned off until {time}", it: "Spento a mano fino alle {time}" }
    actuators_turn_on() { en: "Turn on", it: "Accendi" }
    actuators_turn_off() { en: "Turn off", it: "Spegni" }
    actuators_turn_off_now() { en: "Turn off now", it: "Spegni subito" }
    actuators_all_off() { en: "All off…", it: "Spegni tutto…" }
    actuators_all_off_sure() { en: "Turn everything off?", it: "Spegnere tutto?" }
    actuators_all_off_next() { en: "What a running machine needs stays on. Opening hours and bookings turn the rest on again when they begin next.",
                               it: "Resta acceso ciò che serve a una macchina in funzione. Orari e prenotazioni riaccendono il resto quando ricominciano." }
    actuators_all_off_do() { en: "Turn all off", it: "Spegni tutto" }
    actuators_log() { en: "Log", it: "Registro" }
    actuators_you() { en: "You", it: "Tu" }
    actuators_none() { en: "No heating, light or power yet", it: "Ancora nessun riscaldamento, luce o presa" }
    actuators_none_next() { en: "Add an actuator under Rules. Its device has to be added first.", it: "Aggiungi un attuatore in Regole. Prima va aggiunto il suo dispositivo." }
    actuators_none_member() { en: "Managers add what you can turn on here.", it: "Qui i responsabili aggiungono ciò che puoi accendere." }
    actuators_interlock(machine: &str) { en: "Needed by {machine}. Stop that machine first.", it: "Serve a {machine}. Ferma prima quella macchina." }
    actuators_next() { en: "Next", it: "Poi" }
    actuators_next_on(name: &str) { en: "{name} on", it: "{name}: acceso" }
    actuators_next_off(name: &str) { en: "{name} off", it: "{name}: spento" }
    actuators_on_now() { en: "On now", it: "Accesi" }
    actuators_on_now_hint() { en: "minutes left if nothing renews", it: "minuti rimasti senza rinnovo" }
    actuators_count(count: u32) { en: [one: "{count} device", other: "{count} devices"], it: [one: "{count} dispositivo", other: "{count} dispositivi"] }
    actuators_look() { en: "Needs a look", it: "Da controllare" }
    actuators_no_word(time: &str, off: &str) { en: "No word since {time}. It turned itself off by {off}, when its lease ran out.", it: "Nessun segnale dalle {time}. Si è spento da solo entro le {off}, alla fine della concessione." }
    actuators_never_heard() { en: "Nothing heard yet. Check its login and topic.", it: "Mai sentito. Controlla credenziali e topic." }
    actuators_failsafe(limit: &str) { en: "The heater cuts itself off above {limit}, whatever we send.", it: "Il riscaldamento si stacca da solo oltre {limit}, qualunque comando inviamo." }
    actuators_failsafe_power() { en: "The device turns itself off at the end of its lease.", it: "Il dispositivo si spegne da solo alla fine della concessione." }
    actuators_failsafe_next() { en: "And when it hears nothing for 15 min.", it: "E anche se non sente nulla per 15 min." }
    actuators_failsafe_where() { en: "The limit is in the device.", it: "Il limite è nel dispositivo." }
    actuator_title() { en: "Actuator", it: "Attuatore" }
    actuator_building() { en: "Building", it: "Edificio" }
    actuator_heard(device: &str, when: &str) { en: "{device}, last word {when}", it: "{device}, ultimo segnale {when}" }
    actuator_not_heard(device: &str) { en: "{device}, nothing heard yet", it: "{device}, mai sentito" }
    actuator_on_until(time: &str) { en: "On until {time}", it: "Acceso fino alle {time}" }
    actuator_on() { en: "On", it: "Acceso" }
    actuator_off() { en: "Off", it: "Spento" }
    actuator_off_next(time: &str) { en: "Off. On from {time}", it: "Spento. Acceso dalle {time}" }
    actuator_no_word() { en: "No word", it: "Nessun segnale" }
    actuator_tripped() { en: "It cut itself off at its hard limit. Open a window.", it: "Si è staccato da solo al suo limite. Apri una finestra." }
    actuator_fall_silent(time: &str) { en: "If we fall silent now, it is off by {time}.", it: "Se ora smettiamo di inviare, è spento entro le {time}." }
    actuator_reads(degrees: &str) { en: "{degrees} now.", it: "Ora {degrees}." }
    actuator_reads_wanted(degrees: &str, wanted: &str) { en: "{degrees}, {wanted} wanted.", it: "{degrees}, richiesti {wanted}." }
    actuator_nothing_wants() { en: "Nothing wants it on now.", it: "Ora non serve a nessuno." }
    actuator_today() { en: "Today", it: "Oggi" }
    actuator_wanted() { en: "Wanted", it: "Richiesto" }
    actuator_held() { en: "Held", it: "Tenuto" }
    actuator_key_wanted() { en: "wanted", it: "richiesto" }
    actuator_key_on() { en: "on", it: "acceso" }
    actuator_key_out() { en: "wanted, but off", it: "richiesto, ma spento" }
    actuator_wanted_words(times: &str) { en: "Wanted {times}", it: "Richiesto {times}" }
    actuator_held_words(times: &str) { en: "On {times}", it: "Acceso {times}" }
    actuator_never_today() { en: "not today", it: "oggi mai" }
    actuator_edit_rules() { en: "Edit the rules", it: "Modifica le regole" }
    actuator_just_today() { en: "Just for today", it: "Solo per oggi" }
    actuator_leases() { en: "Leases", it: "Concessioni" }
    actuator_leases_today(sent: &str, refused: &str) { en: "{sent} today, {refused} refused", it: "{sent} oggi, {refused} rifiutate" }
    actuator_no_leases() { en: "No leases in the last 24 hours.", it: "Nessuna concessione nelle ultime 24 ore." }
    actuator_from_to() { en: "From–to", it: "Dalle–alle" }
    actuator_order() { en: "Order", it: "Comando" }
    actuator_by() { en: "By", it: "Per" }
    actuator_answer() { en: "Device", it: "Dispositivo" }
    actuator_order_on() { en: "on", it: "acceso" }
    actuator_order_on_at(degrees: &str) { en: "on, {degrees}", it: "acceso, {degrees}" }
    actuator_order_off() { en: "off", it: "spento" }
    actuator_not_sent(why: &str) { en: "not sent: {why}", it: "non inviato: {why}" }
    actuator_last_of_test() { en: "last one, test", it: "ultima, prova" }
    actuator_ran_out(time: &str) { en: "ran out, off at {time}", it: "scaduta, spento alle {time}" }
    actuator_no_answer() { en: "no answer", it: "nessuna risposta" }
    actuator_waiting() { en: "sent", it: "inviato" }
    actuator_limits() { en: "Limits", it: "Limiti" }
    actuator_limit() { en: "Limit", it: "Limite" }
    actuator_refuses() { en: "Toolgate refuses", it: "Toolgate rifiuta" }
    actuator_cuts_off() { en: "Device cuts off", it: "Il dispositivo stacca" }
    actuator_warm() { en: "Warm", it: "Caldo" }
    actuator_cold() { en: "Cold", it: "Freddo" }
    actuator_at_a_time() { en: "On at a time", it: "Acceso di seguito" }
    actuator_on_a_day() { en: "On a day", it: "Acceso al giorno" }
    actuator_back_at(degrees: &str) { en: "back at {degrees}", it: "riparte a {degrees}" }
    actuator_on_below(degrees: &str) { en: "on below {degrees}", it: "acceso sotto {degrees}" }
    actuator_frost() { en: "frost", it: "gelo" }
    actuator_minutes(minutes: &str) { en: "{minutes} min", it: "{minutes} min" }
    actuator_hours(hours: &str) { en: "{hours} h", it: "{hours} h" }
    actuator_limits_read() { en: "The right column is read from the device. Nothing here can write it.", it: "La colonna destra è letta dal dispositivo. Qui niente può cambiarla." }
    actuator_limits_own_timer() { en: "This device has a timer and no limit of temperature of its own.", it: "Questo dispositivo ha un timer ma nessun limite di temperatura proprio." }
    actuator_limits_unread() { en: "The device has not reported its limits yet.", it: "Il dispositivo non ha ancora comunicato i suoi limiti." }
    actuator_fallback() { en: "Fallback: off", it: "Ripiego: spento" }
    actuator_fallback_untested() { en: "Never tested.", it: "Mai provato." }
    actuator_fallback_by(day: &str, name: &str) { en: "Last tested {day} by {name}", it: "Ultima prova {day} di {name}" }
    actuator_fallback_on(day: &str) { en: "Last tested {day}", it: "Ultima prova {day}" }
    actuator_fallback_off(after: &str) { en: "off after {after} without a lease", it: "spento dopo {after} senza concessioni" }
    actuator_test_now() { en: "Test it now", it: "Prova ora" }
    actuator_test_takes() { en: "Takes up to 15 min: we stop renewing and watch.", it: "Dura fino a 15 min: non rinnoviamo e osserviamo." }
    actuator_test_when_on() { en: "Turn it on first: the test watches how it turns off.", it: "Prima accendilo: la prova osserva come si spegne." }
    actuator_test_stop() { en: "Stop the test", it: "Ferma la prova" }
    actuator_test_since(time: &str) { en: "Test, silent since {time}", it: "Prova, silenzio dalle {time}" }
    actuator_test_within(minutes: &str) { en: "Off within {minutes} min?", it: "Spento entro {minutes} min?" }
    actuator_test_now_off() { en: "It turned itself off", it: "Si è spento da solo" }
    actuator_test_watch(time: &str) { en: "The lease ends at {time}. We send nothing and watch. If it stays on, this device is not safe to use.",
                                      it: "La concessione finisce alle {time}. Non inviamo nulla e osserviamo. Se resta acceso, il dispositivo non è sicuro." }
    actuator_test_last_sent() { en: "Last lease sent", it: "Ultima concessione inviata" }
    actuator_test_silent() { en: "Silent", it: "Silenzio" }
    actuator_test_silent_for(minutes: &str) { en: "{minutes} min so far", it: "{minutes} min finora" }
    actuator_test_off() { en: "Turned itself off", it: "Spento da solo" }
    actuator_test_by(time: &str) { en: "by {time}", it: "entro le {time}" }
    actuator_test_after() { en: "Leases again", it: "Di nuovo concessioni" }
    actuator_sheet_takes() { en: "On for 15 min at a time, renewed until then. If we fall silent, it turns itself off.",
                             it: "Acceso per 15 min alla volta, rinnovati fino ad allora. Se smettiamo, si spegne da solo." }
    actuator_sheet_how_long() { en: "How long", it: "Per quanto" }
    actuator_sheet_target() { en: "Temperature", it: "Temperatura" }
    actuator_sheet_for(hours: u32) { en: [one: "For {hours} hour", other: "For {hours} hours"], it: [one: "Per {hours} ora", other: "Per {hours} ore"] }
    actuator_sheet_closing() { en: "Until closing", it: "Fino alla chiusura" }
    actuator_sheet_until(time: &str) { en: "Until {time}", it: "Fino alle {time}" }
    actuator_sheet_not(name: &str) { en: "Not now: {name}", it: "Ora no: {name}" }
    actuator_sheet_back() { en: "Back", it: "Indietro" }
    actuator_manager_only() { en: "Managers only", it: "Solo responsabili" }
    system_job_actuators() { en: "Actuators", it: "Attuatori" }
    kind_actuator_silent() { en: "A device of the building that is on falls silent", it: "Un dispositivo acceso dell’edificio non risponde più" }
    kind_actuator_failed() { en: "A device of the building doesn’t obey", it: "Un dispositivo dell’edificio non obbedisce" }
    notice_actuator_silent() { en: "A device that was on is silent", it: "Un dispositivo acceso non risponde più" }
    notice_actuator_silent_next() { en: "It turns itself off at the end of its lease. Check its power and network.", it: "Si spegne da solo alla fine della concessione. Controlla alimentazione e rete." }
    notice_actuator_on() { en: "A device stayed on after its lease", it: "Un dispositivo è rimasto acceso dopo la concessione" }
    notice_actuator_on_next() { en: "It is not safe to use. Unplug it, then replace it.", it: "Non è sicuro. Staccalo, poi sostituiscilo." }
    notice_actuator_refused() { en: "A device refused a command", it: "Un dispositivo ha rifiutato un comando" }
    notice_actuator_refused_next() { en: "Check the number of its output.", it: "Controlla il numero della sua uscita." }
    actuator_rules_of_building() { en: "Rules of the building", it: "Regole dell’edificio" }
    actuator_rules_of_building_sub() { en: "What turns heating, light and power on: opening hours, bookings, running machines.",
                              it: "Cosa accende riscaldamento, luce e prese: orari, prenotazioni, macchine in funzione." }
    actuator_rules_saved() { en: "Saved.", it: "Salvato." }
    actuator_rules_none() { en: "No rule: on only by hand.", it: "Nessuna regola: solo a mano." }
    actuator_rules_hours() { en: "Opening hours", it: "Orari di apertura" }
    actuator_rules_no_hours() { en: "No opening hours yet, so this rule turns nothing on.", it: "Ancora nessun orario di apertura, quindi questa regola non accende nulla." }
    actuator_rules_set_hours() { en: "Set opening hours", it: "Imposta gli orari" }
    actuator_rules_bookings(of: &str) { en: "Bookings of {of}", it: "Prenotazioni di {of}" }
    actuator_rules_machine(machine: &str) { en: "While {machine} runs", it: "Mentre {machine} è in funzione" }
    actuator_rules_before(minutes: &str) { en: "from {minutes} min before", it: "da {minutes} min prima" }
    actuator_rules_early(minutes: &str) { en: "until {minutes} min before the end", it: "fino a {minutes} min prima della fine" }
    actuator_rules_after(minutes: &str) { en: "until {minutes} min after the end", it: "fino a {minutes} min dopo la fine" }
    actuator_rules_remove() { en: "Remove", it: "Togli" }
    actuator_rules_add() { en: "Add a rule", it: "Aggiungi una regola" }
    actuator_rules_kind() { en: "Follows", it: "Segue" }
    actuator_rules_room() { en: "Room", it: "Sala" }
    actuator_rules_of_machine() { en: "Machine", it: "Macchina" }
    actuator_rules_no_room() { en: "–", it: "–" }
    actuator_rules_before_label() { en: "Minutes before the beginning", it: "Minuti prima dell’inizio" }
    actuator_rules_early_label() { en: "Minutes before the end", it: "Minuti prima della fine" }
    actuator_rules_after_label() { en: "Minutes after the end", it: "Minuti dopo la fine" }
    actuator_rules_target_label() { en: "Temperature in °C (heating only)", it: "Temperatura in °C (solo riscaldamento)" }
    actuator_rules_target_hint() { en: "Blank for the usual one.", it: "Vuoto per quella abituale." }
    actuator_rules_new_actuator() { en: "Add an actuator", it: "Aggiungi un attuatore" }
    actuator_rules_edit(name: &str) { en: "Edit {name}", it: "Modifica {name}" }
    actuator_rules_name() { en: "Name", it: "Nome" }
    actuator_rules_name_hint() { en: "What it is and where: Heating, hall", it: "Cos’è e dove: Riscaldamento, sala" }
    actuator_rules_device() { en: "Device", it: "Dispositivo" }
    actuator_rules_output() { en: "Output", it: "Uscita" }
    actuator_rules_output_hint() {
        en: "As the device counts: from 0 on a Shelly (switch:0), from 1 on a Tasmota (POWER1). Blank for the first.",
        it: "Come conta il dispositivo: da 0 su uno Shelly (switch:0), da 1 su un Tasmota (POWER1). Vuoto per la prima.",
    }
    actuator_rules_load() { en: "Switches", it: "Accende" }
    actuator_rules_allowed() { en: "By hand", it: "A mano" }
    actuator_rules_usual() { en: "Usual temperature in °C (heating only)", it: "Temperatura abituale in °C (solo riscaldamento)" }
    actuator_rules_warmest() { en: "Highest temperature in °C (heating only)", it: "Temperatura massima in °C (solo riscaldamento)" }
    actuator_rules_warmest_hint() { en: "Below the limit of the device itself.", it: "Sotto il limite del dispositivo stesso." }
    actuator_rules_daily() { en: "Hours on a day, at most", it: "Ore accese al giorno, al massimo" }
    actuator_rules_save() { en: "Save changes", it: "Salva le modifiche" }
    actuator_rules_remove_actuator() { en: "Remove this actuator", it: "Togli questo attuatore" }
    actuator_rules_remove_next() { en: "It turns itself off at the end of its lease. Its leases stay listed for 31 days.", it: "Si spegne alla fine della concessione. Le sue concessioni restano registrate per 31 giorni." }
    actuator_rules_no_device() {
        en: "Add a device that switches something first: a Tasmota, a Shelly or the reference device.",
        it: "Aggiungi prima un dispositivo che accende qualcosa: un Tasmota, uno Shelly o il dispositivo di riferimento.",
    }
    actuator_rules_none_next() { en: "Add the first actuator below.", it: "Aggiungi qui sotto il primo attuatore." }
    actuator_unknown() { en: "Actuator not found", it: "Attuatore non trovato" }
    actuator_rule_unknown() { en: "Rule not found", it: "Regola non trovata" }
    actuator_too_many(most: &str) { en: "There are {most} actuators already. Remove one first.", it: "Ci sono già {most} attuatori. Togline prima uno." }
    actuator_too_many_rules(most: &str) { en: "It has {most} rules already. Remove one first.", it: "Ha già {most} regole. Togline prima una." }
    actuator_managers_only() { en: "Only managers turn this one on and off. Ask a manager.", it: "Solo i responsabili lo accendono e spengono. Chiedi a un responsabile." }
    actuator_interlocked(machine: &str) { en: "{machine} is running and needs it. Stop that machine first.", it: "{machine} è in funzione e ne ha bisogno. Fermala prima." }
    actuator_busy_testing() { en: "A test of its fallback is running. Wait for its end, or stop it.", it: "È in corso una prova. Aspetta che finisca o fermala." }
    actuator_not_testing() { en: "No test is running.", it: "Nessuna prova in corso." }
    actuator_not_on() { en: "It is off. Turn it on first: the test watches how it turns off.", it: "È spento. Prima accendilo: la prova osserva come si spegne." }
    actuator_degrees_form() { en: "Enter degrees from 5 to 35, like 21 or 21.5.", it: "Scrivi i gradi da 5 a 35, come 21 o 21,5." }
    actuator_above_limit() { en: "Enter at most the highest temperature.", it: "Scrivi al massimo la temperatura massima." }
    actuator_above_cut_off(limit: &str) { en: "The device cuts itself off above {limit}. Enter at most that.", it: "Il dispositivo si stacca da solo oltre {limit}. Scrivi al massimo quel valore." }
    actuator_rule_taken() { en: "It has this rule already. Change the minutes, or remove the other rule first.", it: "Ha già questa regola. Cambia i minuti, o togli prima l’altra regola." }
    actuator_output_taken() { en: "Another actuator has this output of the device. Choose another output, or change that actuator.", it: "Un altro attuatore usa questa uscita del dispositivo. Scegli un’altra uscita, o modifica quell’attuatore." }
    actuator_one_output() { en: "A reference device has one output. Enter 1.", it: "Un dispositivo di riferimento ha una sola uscita. Scrivi 1." }
    actuator_no_hard_limit() { en: "Heating needs a reference device, which cuts itself off. Choose another device, or power.", it: "Il riscaldamento richiede un dispositivo di riferimento, che si stacca da solo. Scegli un altro dispositivo, o presa." }
}

names! {
    /// What an actuator switches.
    load_name(load: Load) {
        Heat { en: "Heating", it: "Riscaldamento" }
        Light { en: "Light", it: "Luce" }
        Power { en: "Power", it: "Presa" }
    }
}

names! {
    /// Who turns an actuator on by hand.
    allowed_name(allowed: Allowed) {
        Members { en: "Members", it: "Membri" }
        Managers { en: "Managers", it: "Responsabili" }
    }
}

names! {
    /// What a rule follows.
    rule_kind_name(kind: RuleKind) {
        Hours { en: "Opening hours", it: "Orari di apertura" }
        Bookings { en: "Bookings of a room or machine", it: "Prenotazioni di una sala o macchina" }
        Machine { en: "A running machine", it: "Una macchina in funzione" }
    }
}

names! {
    /// What wants an actuator on.
    actuator_why(why: Why) {
        Hours { en: "opening hours", it: "orari di apertura" }
        Booking { en: "a booking", it: "una prenotazione" }
        Person { en: "a person", it: "una persona" }
        Machine { en: "a machine", it: "una macchina" }
        Test { en: "test", it: "prova" }
    }
}

names! {
    /// How a test ended.
    test_outcome(outcome: TestOutcome) {
        Off { en: "off in time", it: "spento in tempo" }
        StillOn { en: "it stayed on: do not use it", it: "è rimasto acceso: non usarlo" }
        Silent { en: "the device was silent", it: "il dispositivo non ha risposto" }
        Inconclusive { en: "it was off before its lease ended: repeat the test while it is on", it: "era spento prima della fine: ripeti la prova quando è acceso" }
        Stopped { en: "stopped", it: "fermata" }
    }
}

impl Lang {
    /// A temperature, as `21.4 °C`.
    #[must_use]
    pub fn degrees(self, Tenths(tenths): Tenths) -> String {
        let sign = if tenths < 0 { "−" } else { "" };
        let (whole, part) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
        let point = match self {
            Self::En => '.',
            Self::It => ',',
        };
        if part == 0 { format!("{sign}{whole} °C") } else { format!("{sign}{whole}{point}{part} °C") }
    }

    /// How long an answer took, as `0.3 s`.
    #[must_use]
    pub fn answered_after(self, millis: u32) -> String {
        let point = match self {
            Self::En => '.',
            Self::It => ',',
        };
        format!("{}{point}{} s", millis / 1_000, millis % 1_000 / 100)
    }

    /// Why a command is not sent, and what to do, as a sentence.
    #[must_use]
    pub fn actuator_refused(self, reason: RefusedCommand) -> String {
        match (self, reason) {
            (Self::En, RefusedCommand::Length) => "A lease lasts from a second to 15 minutes.".to_owned(),
            (Self::It, RefusedCommand::Length) => "Una concessione dura da un secondo a 15 minuti.".to_owned(),
            (Self::En, RefusedCommand::TooWarm(limit)) => {
                format!("Enter at most {}, which is its limit.", self.degrees(limit))
            }
            (Self::It, RefusedCommand::TooWarm(limit)) => {
                format!("Scrivi al massimo {}, che è il suo limite.", self.degrees(limit))
            }
            (Self::En, RefusedCommand::Target) => {
                "A temperature is for heating only, and heating needs one.".to_owned()
            }
            (Self::It, RefusedCommand::Target) => {
                "La temperatura vale solo per il riscaldamento, che ne richiede una.".to_owned()
            }
            (Self::En, RefusedCommand::Daily(minutes)) => {
                format!("It was on for {} h today, which is its limit. It can be on again tomorrow.", minutes / 60)
            }
            (Self::It, RefusedCommand::Daily(minutes)) => {
                format!(
                    "Oggi è stato acceso per {} h, che è il suo limite. Domani si può riaccendere.",
                    minutes / 60
                )
            }
            (Self::En, RefusedCommand::Hot(read)) => {
                format!("It is {} already. Open a window.", self.degrees(read))
            }
            (Self::It, RefusedCommand::Hot(read)) => {
                format!("Ci sono già {}. Apri una finestra.", self.degrees(read))
            }
            (_, RefusedCommand::CutOff(limit)) => self.actuator_above_cut_off(&self.degrees(limit)),
        }
    }

    /// The same in a few words, for the log.
    #[must_use]
    pub fn refused_briefly(self, code: &str) -> &'static str {
        match (self, code) {
            (Self::En, "too-warm") => "above its limit",
            (Self::It, "too-warm") => "oltre il limite",
            (Self::En, "daily") => "on long enough today",
            (Self::It, "daily") => "oggi già abbastanza",
            (Self::En, "hot") => "warm enough",
            (Self::It, "hot") => "già caldo",
            (Self::En, "cut-off") => "above the limit of its device",
            (Self::It, "cut-off") => "oltre il limite del dispositivo",
            (Self::En, "target") => "no temperature",
            (Self::It, "target") => "senza temperatura",
            (Self::En, _) => "too long",
            (Self::It, _) => "troppo a lungo",
        }
    }
}

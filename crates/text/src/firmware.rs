//! Firmware of boards: the page, what becomes of what is sent, and why something is not taken.

use crate::Lang;
use domain::firmware::{Failure, State, Unfit};
use views::firmware::Job;

impl Lang {
    /// Why a file is not kept as an image, and what to do.
    #[must_use]
    pub const fn firmware_unfit(self, unfit: Unfit) -> &'static str {
        match unfit {
            Unfit::Nothing => self.firmware_nothing(),
            Unfit::Large => self.firmware_large(),
            Unfit::NoImage => self.firmware_no_image(),
            Unfit::Damaged => self.firmware_damaged(),
            Unfit::NoProgram => self.firmware_no_program(),
            Unfit::Kept => self.firmware_kept(),
            Unfit::Full => self.firmware_full(),
            Unfit::Name => self.firmware_name_long(),
        }
    }

    /// How far a transfer is.
    #[must_use]
    pub fn firmware_state(self, job: &Job) -> String {
        match job.state {
            State::Waiting if job.in_use => self.firmware_waits_for_use().to_owned(),
            State::Waiting => self.firmware_waiting().to_owned(),
            State::Inviting => self.firmware_inviting().to_owned(),
            State::Sending => self.firmware_sending(&job.percent.to_string()),
            State::Done => self.firmware_done().to_owned(),
            State::Failed => self.firmware_failed().to_owned(),
            State::Cancelled => self.firmware_cancelled().to_owned(),
        }
    }

    /// Why a transfer failed, and what to do.
    #[must_use]
    pub const fn firmware_failure(self, failure: Failure) -> &'static str {
        match failure {
            Failure::NoAddress => self.firmware_no_address(),
            Failure::FarAddress => self.firmware_far_address(),
            Failure::NoAnswer => self.firmware_no_answer(),
            Failure::Nonsense => self.firmware_nonsense(),
            Failure::NeedsPassword => self.firmware_needs_password(),
            Failure::WrongPassword => self.firmware_wrong_password(),
            Failure::NoConnection => self.firmware_no_connection(),
            Failure::Broken => self.firmware_broken(),
            Failure::Damaged => self.firmware_arrived_damaged(),
            Failure::NoRoom => self.firmware_no_room(),
            Failure::Unfit => self.firmware_cannot_run(),
            Failure::Board => self.firmware_on_board(),
            Failure::NoImage => self.firmware_image_gone(),
            Failure::NoPort => self.firmware_no_port(),
            Failure::Restarted => self.firmware_restarted(),
        }
    }
}

text! {
    firmware_title() { en: "Firmware", it: "Firmware" }
    nav_firmware_next() { en: "Send boards a new version", it: "Invia alle schede una nuova versione" }
    firmware_sub() { en: "Images for boards, and sending them over the air.", it: "Immagini per le schede e il loro invio via rete." }

    firmware_bring() { en: "Upload firmware", it: "Carica firmware" }
    firmware_file() { en: "File", it: "File" }
    firmware_file_hint() { en: "The application as it was built, firmware.bin, up to 4 MB.", it: "L’applicazione così come è stata compilata, firmware.bin, fino a 4 MB." }
    firmware_name() { en: "What it is called", it: "Come si chiama" }
    firmware_name_hint() { en: "Best as boards will say it, like esp32-s3,1.0.8. Empty: what the image says.", it: "Meglio come lo diranno le schede, per esempio esp32-s3,1.0.8. Vuoto: ciò che dice l’immagine." }
    firmware_keep() { en: "Keep it", it: "Conserva" }

    firmware_images() { en: "Images", it: "Immagini" }
    firmware_no_images() { en: "No firmware yet", it: "Ancora nessun firmware" }
    firmware_no_images_next() { en: "Bring one to send it to boards.", it: "Caricane una per inviarla alle schede." }
    firmware_added(when: &str, by: &str) { en: "{when}, by {by}", it: "{when}, da {by}" }
    firmware_remove() { en: "Remove", it: "Rimuovi" }

    firmware_send_title() { en: "Send to boards", it: "Invia alle schede" }
    firmware_image() { en: "Image", it: "Immagine" }
    firmware_boards() { en: "Boards", it: "Schede" }
    firmware_no_boards() { en: "No board has been heard yet.", it: "Nessuna scheda si è ancora fatta sentire." }
    firmware_board(machine: &str, firmware: &str) { en: "{machine}: {firmware}", it: "{machine}: {firmware}" }
    firmware_board_serial(board: &str, serial: &str) { en: "{board}, serial {serial}", it: "{board}, seriale {serial}" }
    firmware_board_in_use(board: &str) { en: "{board} (in use: waits)", it: "{board} (in uso: aspetta)" }
    firmware_send_hint() {
        en: "One board after the other. A board whose machine is in use waits until it’s free; it restarts when it has the image. Boards do not say which processor they have: choose an image that was built for them.",
        it: "Una scheda dopo l’altra. Se la macchina è in uso, la scheda aspetta che sia libera; si riavvia quando ha l’immagine. Le schede non dicono che processore hanno: scegli un’immagine compilata per loro.",
    }
    firmware_send() { en: "Send", it: "Invia" }

    firmware_jobs() { en: "What was sent", it: "Invii" }
    firmware_no_jobs() { en: "Nothing was sent yet.", it: "Ancora nessun invio." }
    firmware_job(image: &str, machine: &str) { en: "{image} to {machine}", it: "{image} a {machine}" }
    firmware_cancel() { en: "Cancel", it: "Annulla" }
    firmware_again() { en: "Try again", it: "Riprova" }
    firmware_percent_of(what: &str) { en: "{what}: how much is there", it: "{what}: quanto è arrivato" }

    firmware_waiting() { en: "Waits for its turn", it: "In attesa del suo turno" }
    firmware_waits_for_use() { en: "Waits until nobody is on the machine", it: "Aspetta che la macchina sia libera" }
    firmware_inviting() { en: "Asks the board", it: "Chiede alla scheda" }
    firmware_sending(percent: &str) { en: "On its way, {percent} %", it: "In corso, {percent} %" }
    firmware_done() { en: "Done: the board is restarting", it: "Fatto: la scheda si riavvia" }
    firmware_failed() { en: "Failed", it: "Non riuscito" }
    firmware_cancelled() { en: "Cancelled", it: "Annullato" }

    firmware_no_address() { en: "The board hasn’t reported its address. Restart it, and wait until it connects.", it: "La scheda non ha detto dove si trova. Riavviala e aspetta che si faccia sentire." }
    firmware_far_address() { en: "The board’s address is in no network of the workshop. If it should be, allow it on the server with --ota-network.", it: "L’indirizzo detto dalla scheda non è in una rete del laboratorio. Se è giusto, chi gestisce il server lo permette con --ota-network." }
    firmware_no_answer() { en: "Nobody answers at the board’s address. Is it on, and in the same network? Boards in use do not answer either.", it: "Nessuno risponde all’indirizzo della scheda. È accesa, e nella stessa rete? Anche le schede in uso non rispondono." }
    firmware_nonsense() { en: "What answers at the board’s address does not take firmware. Has the address gone to another device?", it: "Ciò che risponde all’indirizzo della scheda non accetta firmware. L’indirizzo è passato a un altro dispositivo?" }
    firmware_needs_password() { en: "The board asks for a password. Set it on the server as TOOLGATE_OTA_PASSWORD.", it: "La scheda chiede una password. Chi gestisce il server la imposta come TOOLGATE_OTA_PASSWORD." }
    firmware_wrong_password() { en: "The board has another password than TOOLGATE_OTA_PASSWORD.", it: "La scheda ha una password diversa da TOOLGATE_OTA_PASSWORD." }
    firmware_no_connection() { en: "The board agreed but did not connect back. A firewall may be in between: give the server a fixed port with --ota-port and let boards through to it.", it: "La scheda ha accettato ma non si è collegata. Forse c’è un firewall: dai al server una porta fissa con --ota-port e lascia passare le schede." }
    firmware_broken() { en: "The connection broke, or the board fell silent. It keeps the firmware it had; try again.", it: "La connessione si è interrotta, o la scheda tace. Conserva il firmware che aveva; riprova." }
    firmware_arrived_damaged() { en: "What arrived is not what was sent. The board keeps the firmware it had; try again.", it: "È arrivato qualcosa di diverso da ciò che è stato inviato. La scheda conserva il firmware che aveva; riprova." }
    firmware_no_room() { en: "The board has no room for an image of this size.", it: "La scheda non ha spazio per un’immagine così grande." }
    firmware_cannot_run() { en: "The board cannot run this image. Was it built for its processor?", it: "La scheda non può eseguire questa immagine. È stata compilata per il suo processore?" }
    firmware_on_board() { en: "Something went wrong on the board. It keeps the firmware it had; try again, and look at it if that does not help.", it: "Qualcosa è andato storto sulla scheda. Conserva il firmware che aveva; riprova e, se non basta, controllala." }
    firmware_image_gone() { en: "The image was gone.", it: "L’immagine non c’era più." }
    firmware_no_port() { en: "The server could not open the port that the board comes back to.", it: "Il server non ha potuto aprire la porta a cui si collega la scheda." }
    firmware_restarted() { en: "The server was stopped meanwhile. Try again.", it: "Nel frattempo il server è stato fermato. Riprova." }

    firmware_unknown() { en: "There is no such image", it: "Questa immagine non esiste" }
    firmware_board_unknown() { en: "There is no such board any more", it: "Questa scheda non c’è più" }
    firmware_job_unknown() { en: "There is no such transfer", it: "Questo invio non esiste" }
    firmware_no_board() { en: "Choose at least one board.", it: "Scegli almeno una scheda." }
    firmware_board_busy() { en: "An image waits for one of these boards, or is on its way to it. Nothing was sent.", it: "Un’immagine aspetta una di queste schede, o sta arrivando. Nulla è stato inviato." }
    firmware_wanted() { en: "This image waits for a board, or is on its way to one. Cancel that first.", it: "Questa immagine aspetta una scheda, o sta arrivando. Prima annulla l’invio." }
    firmware_over() { en: "It has come to an end already.", it: "È già finito." }

    firmware_nothing() { en: "Choose a file that is not empty.", it: "Scegli un file che non sia vuoto." }
    firmware_large() { en: "The file is larger than 4 MB. Choose the application alone, not the whole flash.", it: "Il file supera i 4 MB. Scegli solo l’applicazione, non tutta la flash." }
    firmware_no_image() { en: "This is no firmware for boards with an ESP32. Choose firmware.bin from the build.", it: "Questo non è un firmware per schede con ESP32. Scegli firmware.bin dalla compilazione." }
    firmware_damaged() { en: "This file is cut off or damaged: its sums do not fit. Bring it again.", it: "Il file è incompleto o danneggiato: le somme non tornano. Caricalo di nuovo." }
    firmware_no_program() { en: "This is no application but a boot loader, or a whole flash. Choose firmware.bin from the build.", it: "Questa non è un’applicazione ma un bootloader, o tutta la flash. Scegli firmware.bin dalla compilazione." }
    firmware_kept() { en: "This image is kept already.", it: "Questa immagine è già conservata." }
    firmware_full() { en: "Five images are kept already. Remove one first.", it: "Sono già conservate cinque immagini. Prima rimuovine una." }
    firmware_name_long() { en: "Use 60 characters at most, without control characters.", it: "Usa al massimo 60 caratteri, senza caratteri di controllo." }
}

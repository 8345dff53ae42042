//! Board firmware: its page, transfers, and refused images.

use crate::Lang;
use contract::firmware::Job;
use domain::firmware::{Failure, InvalidImage, State};

impl Lang {
    /// Why a file is refused as an image, with the remedy.
    #[must_use]
    pub const fn firmware_invalid(self, invalid: InvalidImage) -> &'static str {
        match invalid {
            InvalidImage::Nothing => self.firmware_nothing(),
            InvalidImage::Large => self.firmware_large(),
            InvalidImage::NoImage => self.firmware_no_image(),
            InvalidImage::Damaged => self.firmware_damaged(),
            InvalidImage::NoProgram => self.firmware_no_program(),
            InvalidImage::Kept => self.firmware_kept(),
            InvalidImage::Full => self.firmware_full(),
            InvalidImage::Name => self.firmware_name_long(),
        }
    }

    /// State of a transfer.
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

    /// Why a transfer failed, with the remedy.
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
    firmware_sub() { en: "Upload firmware, and send it to boards over the air.", it: "Carica firmware e invialo alle schede via rete." }

    firmware_bring() { en: "Upload firmware", it: "Carica firmware" }
    firmware_file() { en: "File", it: "File" }
    firmware_file_hint() { en: "The built application, firmware.bin, up to 4 MB.", it: "L’applicazione compilata, firmware.bin, fino a 4 MB." }
    firmware_name() { en: "Name", it: "Nome" }
    firmware_name_hint() { en: "Best as boards report it, like esp32-s3,1.0.8. Blank: as in the file.", it: "Meglio come lo indicano le schede, per esempio esp32-s3,1.0.8. Vuoto: come nel file." }
    firmware_keep() { en: "Upload firmware", it: "Carica firmware" }

    firmware_images() { en: "Board firmware", it: "Firmware delle schede" }
    firmware_no_images() { en: "No firmware yet", it: "Ancora nessun firmware" }
    firmware_no_images_next() { en: "Upload one to send it to boards.", it: "Caricane uno per inviarlo alle schede." }
    firmware_added(when: &str, by: &str) { en: "{when}, by {by}", it: "{when}, da {by}" }
    firmware_remove() { en: "Remove", it: "Rimuovi" }

    firmware_send_title() { en: "Send to boards", it: "Invia alle schede" }
    firmware_image() { en: "Firmware", it: "Firmware" }
    firmware_boards() { en: "Boards", it: "Schede" }
    firmware_no_boards() { en: "No boards connected yet.", it: "Nessuna scheda ancora collegata." }
    firmware_board(machine: &str, firmware: &str) { en: "{machine}: {firmware}", it: "{machine}: {firmware}" }
    firmware_board_serial(board: &str, serial: &str) { en: "{board}, serial {serial}", it: "{board}, seriale {serial}" }
    firmware_board_in_use(board: &str) { en: "{board} (in use: waits)", it: "{board} (in uso: aspetta)" }
    firmware_send_hint() {
        en: "One board after the other. A board in use waits until its machine is free, and restarts when it has the firmware. Choose firmware built for the board’s processor: boards don’t report it.",
        it: "Una scheda dopo l’altra. Una scheda in uso aspetta che la macchina sia libera, e si riavvia quando ha il firmware. Scegli un firmware compilato per il suo processore: le schede non lo indicano.",
    }
    firmware_send() { en: "Send firmware", it: "Invia firmware" }

    firmware_jobs() { en: "Transfers", it: "Invii" }
    firmware_no_jobs() { en: "No transfers yet.", it: "Ancora nessun invio." }
    firmware_job(image: &str, machine: &str) { en: "{image} to {machine}", it: "{image} a {machine}" }
    firmware_cancel() { en: "Cancel", it: "Annulla" }
    firmware_again() { en: "Try again", it: "Riprova" }
    firmware_percent_of(what: &str) { en: "{what}: progress", it: "{what}: avanzamento" }

    firmware_waiting() { en: "Queued", it: "In coda" }
    firmware_waits_for_use() { en: "Waiting until the machine is free", it: "In attesa che la macchina sia libera" }
    firmware_inviting() { en: "Connecting to the board", it: "Connessione alla scheda" }
    firmware_sending(percent: &str) { en: "Sending, {percent}%", it: "Invio, {percent} %" }
    firmware_done() { en: "Done: the board is restarting", it: "Fatto: la scheda si riavvia" }
    firmware_failed() { en: "Failed", it: "Non riuscito" }
    firmware_cancelled() { en: "Cancelled", it: "Annullato" }

    firmware_no_address() { en: "The board hasn’t reported its address. Restart it, and wait until it connects.", it: "La scheda non ha indicato il suo indirizzo. Riavviala e aspetta che si colleghi." }
    firmware_far_address() { en: "The board’s address is outside the workshop’s networks. If it is right, allow it on the server with --ota-network.", it: "L’indirizzo della scheda è fuori dalle reti del laboratorio. Se è giusto, permettilo sul server con --ota-network." }
    firmware_no_answer() { en: "The board doesn’t answer. Is it on, and in the same network? Boards in use don’t answer either.", it: "La scheda non risponde. È accesa, e nella stessa rete? Anche le schede in uso non rispondono." }
    firmware_nonsense() { en: "The device at this address doesn’t take firmware. Did another device get the board’s address?", it: "Il dispositivo a questo indirizzo non accetta firmware. L’indirizzo è passato a un altro dispositivo?" }
    firmware_needs_password() { en: "The board asks for a password. Set it on the server as TOOLGATE_OTA_PASSWORD.", it: "La scheda chiede una password. Impostala sul server come TOOLGATE_OTA_PASSWORD." }
    firmware_wrong_password() { en: "The board has a different password from TOOLGATE_OTA_PASSWORD.", it: "La scheda ha una password diversa da TOOLGATE_OTA_PASSWORD." }
    firmware_no_connection() { en: "The board agreed but did not connect back. A firewall may be in between: give the server a fixed port with --ota-port and let boards through to it.", it: "La scheda ha accettato ma non si è collegata. Forse c’è un firewall: dai al server una porta fissa con --ota-port e lascia passare le schede." }
    firmware_broken() { en: "The connection broke. The board keeps its firmware; try again.", it: "La connessione si è interrotta. La scheda conserva il suo firmware; riprova." }
    firmware_arrived_damaged() { en: "The firmware arrived damaged. The board keeps its old one; try again.", it: "Il firmware è arrivato danneggiato. La scheda conserva il suo; riprova." }
    firmware_no_room() { en: "The board has no room for firmware of this size.", it: "La scheda non ha spazio per un firmware così grande." }
    firmware_cannot_run() { en: "The board can’t run this firmware. Was it built for its processor?", it: "La scheda non può eseguire questo firmware. È stato compilato per il suo processore?" }
    firmware_on_board() { en: "Something went wrong on the board. It keeps its firmware; try again, or check the board.", it: "Qualcosa è andato storto sulla scheda. Conserva il suo firmware; riprova, o controlla la scheda." }
    firmware_image_gone() { en: "The firmware was removed.", it: "Il firmware è stato rimosso." }
    firmware_no_port() { en: "The server couldn’t open the port for the board.", it: "Il server non ha potuto aprire la porta per la scheda." }
    firmware_restarted() { en: "The server was stopped in the meantime. Try again.", it: "Nel frattempo il server è stato fermato. Riprova." }

    firmware_unknown() { en: "Firmware not found", it: "Firmware non trovato" }
    firmware_board_unknown() { en: "This board no longer exists", it: "Questa scheda non esiste più" }
    firmware_job_unknown() { en: "Transfer not found", it: "Invio non trovato" }
    firmware_no_board() { en: "Choose at least one board.", it: "Scegli almeno una scheda." }
    firmware_board_busy() { en: "Firmware is already queued for one of these boards. Nothing was sent.", it: "Un firmware è già in coda per una di queste schede. Nulla è stato inviato." }
    firmware_wanted() { en: "This firmware is being sent. Cancel that first.", it: "Questo firmware è in invio. Prima annullalo." }
    firmware_over() { en: "It is over already.", it: "È già finito." }

    firmware_nothing() { en: "Choose a file that is not empty.", it: "Scegli un file che non sia vuoto." }
    firmware_large() { en: "The file is larger than 4 MB. Choose the application alone, not the whole flash.", it: "Il file supera i 4 MB. Scegli solo l’applicazione, non tutta la flash." }
    firmware_no_image() { en: "This is not firmware for an ESP32 board. Choose firmware.bin from the build.", it: "Non è un firmware per schede ESP32. Scegli firmware.bin dalla compilazione." }
    firmware_damaged() { en: "This file is cut off or damaged. Upload it again.", it: "Il file è incompleto o danneggiato. Caricalo di nuovo." }
    firmware_no_program() { en: "This is a boot loader or a whole flash, not an application. Choose firmware.bin from the build.", it: "È un bootloader o tutta la flash, non un’applicazione. Scegli firmware.bin dalla compilazione." }
    firmware_kept() { en: "This firmware is already uploaded.", it: "Questo firmware è già caricato." }
    firmware_full() { en: "Five are already uploaded. Remove one first.", it: "Ce ne sono già cinque. Prima rimuovine uno." }
    firmware_name_long() { en: "Use 60 characters at most, without control characters.", it: "Usa al massimo 60 caratteri, senza caratteri di controllo." }
}

//! Training: modules, watching, quizzes, and what machines require.

use crate::Lang;
use domain::training::{captions::CaptionsFault, formats::Unplayable};

impl Lang {
    /// An error in captions, with its line.
    #[must_use]
    pub fn captions_invalid(self, fault: CaptionsFault) -> String {
        match fault {
            CaptionsFault::Nothing => self.captions_nothing().to_owned(),
            CaptionsFault::NoText => self.captions_no_text().to_owned(),
            CaptionsFault::Large => self.captions_large().to_owned(),
            CaptionsFault::Beginning => self.captions_beginning().to_owned(),
            CaptionsFault::Times(line) => self.captions_times(&line.to_string()),
            CaptionsFault::Backwards(line) => self.captions_backwards(&line.to_string()),
            CaptionsFault::NoCue => self.captions_no_cue().to_owned(),
        }
    }

    /// Why a video is refused, and how to convert it.
    #[must_use]
    pub fn module_unplayable(self, unplayable: Unplayable) -> String {
        let format = match unplayable {
            Unplayable::Encrypted => return self.module_encrypted().to_owned(),
            Unplayable::Hevc => "HEVC (H.265)",
            Unplayable::Mpeg4 => "MPEG-4 Part 2 (DivX, Xvid)",
            Unplayable::Mpeg2 => "MPEG-2",
            Unplayable::H263 => "H.263",
            Unplayable::H264Studio => "H.264 10 bit / 4:2:2",
            Unplayable::MotionJpeg => "Motion JPEG",
            Unplayable::ProRes => "ProRes",
            Unplayable::Dolby => "Dolby Digital",
            Unplayable::Pcm => "PCM",
            Unplayable::Alac => "Apple Lossless",
            Unplayable::Amr => "AMR",
            Unplayable::Avi => "AVI",
            Unplayable::Matroska => "Matroska (MKV)",
            Unplayable::WindowsMedia => "Windows Media",
            Unplayable::MpegStream => "MPEG-TS / MPEG-PS",
            Unplayable::Flash => "Flash Video",
            Unplayable::Ogg => "Ogg",
            Unplayable::Pictures | Unplayable::Sound => self.module_other_format(),
        };
        let what = match unplayable {
            sound if sound.is_sound() => self.module_unplayable_sound(format),
            _ => self.module_unplayable_video(format),
        };
        let hint = if unplayable == Unplayable::Hevc { self.module_hevc_hint() } else { "" };
        format!("{what} {}{hint}", self.module_convert())
    }
}

text! {
    module_unknown() { en: "Module not found", it: "Modulo non trovato" }
    question_unknown() { en: "Question not found", it: "Domanda non trovata" }
    quiz_unknown() { en: "Quiz not found", it: "Quiz non trovato" }
    requirement_unknown() { en: "Requirement not found", it: "Requisito non trovato" }
    watching_too_soon() { en: "Reports are at least a second apart. Send it again.", it: "Le segnalazioni distano almeno un secondo. Inviala di nuovo." }
    watching_other_edition() { en: "There is a newer version of this module. Load it and continue there.", it: "C’è una versione più nuova di questo modulo. Caricala e continua lì." }
    watching_too_much() { en: "A report covers at most 5 minutes in 64 parts.", it: "Una segnalazione copre al massimo 5 minuti in 64 parti." }
    watching_outside() { en: "A part begins before it ends, and ends within the video.", it: "Una parte comincia prima di finire, e finisce entro il video." }
    watching_in_pieces() { en: "Too many separate parts. Watch them in one go.", it: "Troppe parti separate. Guardale di seguito." }
    quiz_closed() { en: "Watch the video first, then take the quiz.", it: "Prima guarda il video, poi fai il quiz." }
    quiz_none() { en: "This module has no quiz.", it: "Questo modulo non ha un quiz." }
    quiz_is_passed() { en: "You passed this quiz already.", it: "Hai già superato questo quiz." }
    quiz_no_tries(most: &str) { en: "You’ve used all {most} tries for today. Try again tomorrow.", it: "Hai usato tutti i {most} tentativi di oggi. Riprova domani." }
    quiz_over() { en: "This quiz was handed in already.", it: "Questo quiz è già stato consegnato." }
    quiz_incomplete() { en: "Answer every question, then hand it in.", it: "Rispondi a ogni domanda, poi consegna." }
    quiz_no_answer() { en: "Choose an answer.", it: "Scegli una risposta." }
    quiz_no_order() { en: "Put the steps in order first.", it: "Prima metti i passi in ordine." }
    module_no_video() { en: "Add a video first.", it: "Prima aggiungi un video." }
    module_length_missing() { en: "The length of this video is missing. An administrator has to enter it first.", it: "Manca la durata di questo video. Prima deve inserirla un amministratore." }
    module_nothing_new() { en: "Nothing changed since the last version.", it: "Niente è cambiato dall’ultima versione." }
    module_is_archived() { en: "This module is archived. Restore it first.", it: "Questo modulo è archiviato. Prima ripristinalo." }
    module_too_many_questions(most: &str) { en: "A quiz has at most {most} questions.", it: "Un quiz ha al massimo {most} domande." }
    module_long_about(most: &str) { en: "Enter at most {most} characters.", it: "Scrivi al massimo {most} caratteri." }
    module_asked() { en: "Enter a number from 1 to 100, or leave it empty.", it: "Scrivi un numero da 1 a 100, o lascia vuoto." }
    module_youtube() { en: "Paste the address of a YouTube video.", it: "Incolla l’indirizzo di un video di YouTube." }
    module_length() { en: "Enter the length like 21:24, at most 6 hours.", it: "Scrivi la durata come 21:24, al massimo 6 ore." }
    captions_nothing() { en: "Paste the captions or choose their file. To remove them, tick it.", it: "Incolla i sottotitoli o scegli il loro file. Per toglierli, spunta la casella." }
    captions_no_text() { en: "This file is not text in UTF-8.", it: "Questo file non è testo in UTF-8." }
    captions_large() { en: "Captions have at most 256 KB.", it: "I sottotitoli hanno al massimo 256 KB." }
    captions_beginning() { en: "The first line of captions is WEBVTT.", it: "La prima riga dei sottotitoli è WEBVTT." }
    captions_times(line: &str) { en: "Line {line}: enter the times like 00:01.000 --> 00:04.000.", it: "Riga {line}: scrivi i tempi come 00:01.000 --> 00:04.000." }
    captions_backwards(line: &str) { en: "Line {line}: this ends before it begins.", it: "Riga {line}: finisce prima di cominciare." }
    captions_no_cue() { en: "No line has times like 00:01.000 --> 00:04.000.", it: "Nessuna riga ha tempi come 00:01.000 --> 00:04.000." }
    module_no_film() { en: "This file is not an MP4, MOV or WebM video, or part of it is missing.", it: "Questo file non è un video MP4, MOV o WebM, oppure ne manca una parte." }
    module_title_taken() { en: "Another module has this title. Choose a different one.", it: "Un altro modulo ha questo titolo. Scegline un altro." }
    module_broken_file() { en: "The upload was interrupted; the old file is still there. Choose the file again.", it: "Il caricamento si è interrotto; il file di prima c’è ancora. Scegli di nuovo il file." }
    module_unplayable_video(format: &str) { en: "This video is in a format that browsers don’t play: {format}.", it: "Questo video è in un formato che i browser non riproducono: {format}." }
    module_unplayable_sound(format: &str) { en: "The sound of this video is in a format that not all browsers play: {format}.", it: "L’audio di questo video è in un formato che non tutti i browser riproducono: {format}." }
    module_other_format() { en: "an unusual one", it: "uno insolito" }
    module_encrypted() { en: "This video is copy-protected, so browsers can’t play it here. Upload one without protection.", it: "Questo video è protetto dalla copia, quindi qui i browser non possono riprodurlo. Caricane uno senza protezione." }
    module_convert() {
        en: "Convert it to MP4 with H.264: in HandBrake with the preset “Fast 1080p30”, or with ffmpeg -i video -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +faststart video-h264.mp4",
        it: "Convertilo in MP4 con H.264: in HandBrake con il preset «Fast 1080p30», o con ffmpeg -i video -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +faststart video-h264.mp4",
    }
    module_hevc_hint() { en: " – To record in H.264 on an iPhone: Settings → Camera → Formats → Most Compatible.", it: " – Per registrare in H.264 su iPhone: Impostazioni → Fotocamera → Formati → Più compatibile." }
    module_large_file() { en: "A video is at most 1 GB.", it: "Un video è al massimo 1 GB." }
    module_redo_by() { en: "Choose a date in the future.", it: "Scegli una data futura." }
    question_ask(most: &str) { en: "Write the question, in at most {most} characters.", it: "Scrivi la domanda, in al massimo {most} caratteri." }
    question_why(most: &str) { en: "Write at most {most} characters.", it: "Scrivi al massimo {most} caratteri." }
    question_answers(most: &str) { en: "Write 2 to {most} answers.", it: "Scrivi da 2 a {most} risposte." }
    question_twice() { en: "Two answers say the same.", it: "Due risposte dicono la stessa cosa." }
    question_not_one() { en: "Mark exactly one answer as right.", it: "Segna esattamente una risposta come giusta." }
    question_none_right() { en: "Mark at least one answer as right.", it: "Segna almeno una risposta come giusta." }
    learn_watch() { en: "Watch the video", it: "Guarda il video" }
    requirement_threshold() { en: "Enter a percentage from 1 to 100.", it: "Scrivi una percentuale da 1 a 100." }
}

// Pages.
text! {
    nav_learn() { en: "Learn", it: "Impara" }
    learn_title() { en: "Learn", it: "Impara" }
    learn_none() { en: "No training yet", it: "Nessuna formazione" }
    learn_none_next() { en: "Videos and quizzes for machines show up here.", it: "Qui compaiono video e quiz per le macchine." }
    learn_paths() { en: "My paths", it: "I miei percorsi" }
    learn_others() { en: "More to watch", it: "Altro da guardare" }
    learn_go_on(at: &str) { en: "Resume at {at}", it: "Riprendi da {at}" }
    learn_catalogue() { en: "What you could learn", it: "Che cosa puoi imparare" }
    learn_videos(n: u32) { en: [one: "{n} video", other: "{n} videos"], it: [one: "{n} video", other: "{n} video"] }
    learn_quizzes(n: u32) { en: [one: "{n} quiz", other: "{n} quizzes"], it: [one: "{n} quiz", other: "{n} quiz"] }
    learn_watch_left(left: &str) { en: "Watch the last {left}", it: "Guarda gli ultimi {left}" }
    learn_percent(percent: &str) { en: "{percent}% watched", it: "{percent} % visto" }
    learn_percent_of(percent: &str, needed: &str) { en: "{percent}% watched, {needed}% needed", it: (Il needed => "{percent} % visto, serve {needed} %") }
    learn_qualified() { en: "Qualified", it: "Abilitato" }
    learn_steps_left(n: u32) { en: [one: "{n} step left", other: "{n} steps left"], it: [one: "manca {n} passo", other: "mancano {n} passi"] }
    learn_path_to(name: &str) { en: "Your path to {name}", it: "Il tuo percorso per {name}" }
    learn_step_done() { en: "done", it: "fatto" }
    learn_step_now() { en: "next", it: "ora" }
    learn_step_later() { en: "later", it: "dopo" }
    learn_step_video(title: &str) { en: "Video: {title}", it: "Video: {title}" }
    learn_step_quiz(title: &str) { en: "Quiz: {title}", it: "Quiz: {title}" }
    learn_step_checkout() { en: "Checkout", it: "Prova pratica" }
    learn_checkout_at(when: &str) { en: "Checkout {when}", it: "Prova {when}" }
    learn_checkout_next() { en: "in person with a trainer", it: "di persona con un istruttore" }
    learn_training_missing() { en: "Passed, training missing", it: "Prova superata, manca la formazione" }
    learn_next() { en: "Next:", it: "Ora:" }
    learn_redo_by(title: &str, day: &str) { en: "“{title}” has a new version. Watch it by {day}.", it: (Il day => "«{title}» ha una nuova versione. Guardala entro {day}.") }
    learn_with_quiz() { en: "with quiz", it: "con quiz" }
    learn_quiz_passed() { en: "quiz passed", it: "quiz superato" }
    candidates() { en: "In training", it: "In formazione" }
    candidate_quizzes(n: u32) { en: [one: "{n} quiz left", other: "{n} quizzes left"], it: [one: "manca {n} quiz", other: "mancano {n} quiz"] }
    candidate_ready() { en: "Ready for checkout", it: "Pronto per la prova" }
    watch_draft() { en: "Preview", it: "Anteprima" }
    watch_draft_next() { en: "This version is not published. Nothing you watch here counts.", it: "Questa versione non è pubblicata. Quello che guardi qui non conta." }
    watch_no_script() { en: "You can watch without JavaScript, but it doesn’t count: turn JavaScript on to make progress.", it: "Puoi guardare senza JavaScript, ma non conta: attivalo per avanzare." }
    watch_video() { en: "Video", it: "Video" }
    watch_about() { en: "About this module", it: "Informazioni sul modulo" }
    watch_captions() { en: "Captions", it: "Sottotitoli" }
    watch_all() { en: "Watched in full", it: "Visto per intero" }
    watch_enough() { en: "Enough watched", it: "Visto abbastanza" }
    watch_left(n: u32, time: &str) { en: [one: "{time} left in {n} part", other: "{time} left in {n} parts"], it: [one: "mancano {time} in {n} parte", other: "mancano {time} in {n} parti"] }
    watch_unsaved() { en: "Not saved yet. Keep this page open; it goes on when the server answers.", it: "Non ancora salvato. Tieni aperta la pagina: riprende quando il server risponde." }
    watch_parts() { en: "Unwatched parts", it: "Parti non viste" }
    watch_jump() { en: "jump there", it: "vai lì" }
    watch_next_part(time: &str) { en: "Next unwatched part, {time}", it: "Prossima parte non vista, {time}" }
    watch_take_quiz() { en: "Take the quiz", it: "Fai il quiz" }
    watch_done() { en: "Back to my paths", it: "Torna ai percorsi" }
    watch_nothing() { en: "Nothing watched yet", it: "Ancora niente di visto" }
    watch_said(parts: &str) { en: "Watched: {parts}", it: "Visto: {parts}" }
    watch_counts() { en: "What counts as watched", it: "Che cosa conta come visto" }
    watch_counts_part() { en: "Every part you play, once, at up to 1.5×.", it: "Ogni parte che guardi, una volta, fino a 1,5×." }
    watch_counts_saved() { en: "Progress is saved every 5 seconds. Close the page and carry on later, on any device.", it: "I progressi si salvano ogni 5 secondi. Chiudi la pagina e continua dopo, su qualsiasi dispositivo." }
    watch_counts_not() { en: "Skipping ahead, or the same video in two tabs, doesn’t count.", it: "Saltare avanti, o lo stesso video in due schede del browser, non conta." }
    quiz_back() { en: "Video", it: "Video" }
    quiz_leave() { en: "Leave the quiz", it: "Esci dal quiz" }
    quiz_of(title: &str) { en: "{title}, quiz", it: "{title}, quiz" }
    quiz_needed(needed: &str, asked: &str) { en: "{needed} of {asked} answers must be right.", it: "Devono essere giuste {needed} risposte su {asked}." }
    quiz_tries(n: u32) { en: [one: "{n} try left today.", other: "{n} tries left today."], it: [one: "Resta {n} tentativo oggi.", other: "Restano {n} tentativi oggi."] }
    quiz_start() { en: "Start the quiz", it: "Inizia il quiz" }
    quiz_again() { en: "Try again", it: "Riprova" }
    quiz_step(number: &str) { en: "Question {number}", it: "Domanda {number}" }
    quiz_step_done(number: &str) { en: "Question {number}, answered", it: "Domanda {number}, con risposta" }
    quiz_questions() { en: "Questions", it: "Domande" }
    quiz_number(at: &str, count: &str) { en: "{at} of {count}", it: "{at} di {count}" }
    quiz_single() { en: "Choose one.", it: "Scegline una." }
    quiz_multiple() { en: "Select all that apply.", it: "Seleziona tutte le risposte giuste." }
    quiz_order() { en: "Number the steps in order.", it: "Numera i passi in ordine." }
    quiz_order_drag() { en: "Drag a step, or move it with the arrows.", it: "Trascina un passo, o spostalo con le frecce." }
    quiz_move_up(words: &str) { en: "Move up: {words}", it: "Sposta su: {words}" }
    quiz_move_down(words: &str) { en: "Move down: {words}", it: "Sposta giù: {words}" }
    quiz_moved(words: &str, at: &str, count: &str) { en: "{words}: {at} of {count}", it: "{words}: {at} di {count}" }
    quiz_place(words: &str) { en: "Place of: {words}", it: "Posto di: {words}" }
    quiz_next() { en: "Next question", it: "Prossima domanda" }
    quiz_previous() { en: "Back", it: "Indietro" }
    quiz_hand_in() { en: "Hand in", it: "Consegna" }
    quiz_kept() { en: "You can go back and change answers until you hand in. Answers are kept if you leave.", it: "Puoi tornare indietro e cambiare risposta finché non consegni. Le risposte restano se esci." }
    quiz_result() { en: "Result", it: "Risultato" }
    quiz_passed() { en: "Quiz passed", it: "Quiz superato" }
    quiz_failed() { en: "Not passed yet", it: "Non ancora superato" }
    quiz_right(right: &str, asked: &str, needed: &str) { en: "{right} of {asked} right, {needed} needed.", it: "{right} giuste su {asked}, ne servono {needed}." }
    quiz_failed_next() { en: "You’ll see the answers once you pass. Questions come in a new order.", it: "Vedrai le risposte quando superi il quiz. Le domande cambiano ordine." }
    quiz_look_again(title: &str) { en: "Watch “{title}” again", it: "Riguarda «{title}»" }
    quiz_answers() { en: "Your answers", it: "Le tue risposte" }
    quiz_wrong(n: u32) { en: [one: "{n} wrong", other: "{n} wrong"], it: [one: "{n} sbagliata", other: "{n} sbagliate"] }
    quiz_you(given: &str) { en: "You: {given}.", it: "Tu: {given}." }
    quiz_would_be(right: &str) { en: "Right: {right}.", it: "Giusto: {right}." }
    quiz_onwards() { en: "Back to my paths", it: "Torna ai percorsi" }
}

// The editor.
text! {
    modules_title() { en: "Training", it: "Formazione" }
    modules_next() { en: "Modules, quizzes and what machines require", it: "Moduli, quiz e requisiti delle macchine" }
    modules_sub() { en: "Videos and quizzes that machines may require.", it: "Video e quiz che le macchine possono richiedere." }
    modules_none() { en: "No modules yet", it: "Nessun modulo" }
    modules_none_next() { en: "Add one below, give it a video and publish it.", it: "Aggiungine uno qui sotto, dagli un video e pubblicalo." }
    modules_new() { en: "New module", it: "Nuovo modulo" }
    modules_add() { en: "Add module", it: "Aggiungi modulo" }
    module_title() { en: "Title", it: "Titolo" }
    module_about() { en: "Description", it: "Descrizione" }
    module_about_head() { en: "Title and description", it: "Titolo e descrizione" }
    module_asked_label() { en: "Questions per quiz", it: "Domande per quiz" }
    module_asked_hint() { en: "Drawn from all below; blank asks all.", it: "Scelte fra tutte quelle qui sotto; vuoto le chiede tutte." }
    module_save() { en: "Save changes", it: "Salva le modifiche" }
    module_archived() { en: "Archived", it: "Archiviato" }
    module_changed() { en: "Published, new version in progress", it: "Pubblicato, nuova versione in preparazione" }
    module_published() { en: "Published", it: "Pubblicato" }
    module_draft() { en: "Draft", it: "Bozza" }
    module_questions(n: u32) { en: [one: "{n} question", other: "{n} questions"], it: [one: "{n} domanda", other: "{n} domande"] }
    module_required_for(names: &str) { en: "required for {names}", it: "richiesto per {names}" }
    module_up() { en: "Up", it: "Su" }
    module_down() { en: "Down", it: "Giù" }
    module_archive() { en: "Archive", it: "Archivia" }
    module_restore() { en: "Restore", it: "Ripristina" }
    module_was_archived(title: &str) { en: "“{title}” is archived.", it: "«{title}» è archiviato." }
    module_was_restored(title: &str) { en: "“{title}” is back.", it: "«{title}» è di nuovo attivo." }
    module_preview() { en: "Preview", it: "Anteprima" }
    module_no_video_yet() { en: "No video yet", it: "Nessun video" }
    module_no_length() { en: "length unknown", it: "durata sconosciuta" }
    module_file() { en: "Video file", it: "File video" }
    module_file_hint() { en: "MP4 or MOV with H.264, or WebM; up to 1 GB. The length is read from the file.", it: "MP4 o MOV con H.264, oppure WebM; fino a 1 GB. La durata si legge dal file." }
    module_parts() { en: "Parts of the module", it: "Parti del modulo" }
    module_versions() { en: "Versions", it: "Versioni" }
    module_uploading() { en: "Uploading. Keep this page open; a large video takes a few minutes.", it: "Caricamento in corso. Tieni aperta la pagina; un video grande richiede qualche minuto." }
    module_upload() { en: "Upload video", it: "Carica video" }
    module_youtube_label() { en: "Or a YouTube video", it: "Oppure un video di YouTube" }
    module_youtube_hint() { en: "Paste its address. YouTube then sees who watches.", it: "Incolla l’indirizzo. YouTube allora vede chi guarda." }
    module_length_label() { en: "Length", it: "Durata" }
    module_length_hint() { en: "Like 21:24. Needed for YouTube; for a file only where it doesn’t say.", it: "Come 21:24. Serve per YouTube; per un file solo se non la indica." }
    module_length_admins() { en: "Read from the file. Only administrators can change it.", it: "Si legge dal file. Solo gli amministratori la cambiano." }
    module_set_video() { en: "Set video", it: "Imposta il video" }
    module_captions_label() { en: "WebVTT", it: "WebVTT" }
    module_captions_remove() { en: "Remove captions", it: "Togli i sottotitoli" }
    module_captions_add() { en: "Add caption file", it: "Aggiungi file dei sottotitoli" }
    module_captions_file() { en: "Caption file (.vtt)", it: "File dei sottotitoli (.vtt)" }
    module_set_captions() { en: "Save captions", it: "Salva i sottotitoli" }
    module_publish_head() { en: "Publish", it: "Pubblica" }
    module_publish() { en: "Publish this version", it: "Pubblica questa versione" }
    module_completed(n: u32) { en: [one: "{n} person completed an earlier version.", other: "{n} people completed an earlier version."], it: [one: "{n} persona ha completato una versione precedente.", other: "{n} persone hanno completato una versione precedente."] }
    module_again() { en: "They must complete it again", it: "Devono completarlo di nuovo" }
    module_redo_by_label() { en: "By", it: "Entro" }
    module_redo_by_hint() { en: "From this day on, earlier versions don’t count.", it: "Da questo giorno le versioni precedenti non contano." }
    module_redo_said(day: &str) { en: "again by {day}", it: (Il day => "di nuovo entro {day}") }
    module_version(number: &str) { en: "Version {number}", it: "Versione {number}" }
    module_required_head() { en: "Required for", it: "Richiesto per" }
    module_required_on() { en: "Machine or type", it: "Macchina o tipo" }
    module_threshold() { en: "Minimum watched (%)", it: "Minimo da guardare (%)" }
    module_grace() { en: "People who are already qualified are notified and have 14 days.", it: "Chi è già abilitato viene avvisato e ha 14 giorni." }
    module_require() { en: "Require module", it: "Richiedi modulo" }
    module_release() { en: "Remove", it: "Rimuovi" }
    module_quiz() { en: "Quiz", it: "Quiz" }
    module_rate(percent: &str, given: &str) { en: "{percent}% right of {given}", it: "{percent} % giuste su {given}" }
    question_single() { en: "Single choice", it: "Scelta singola" }
    question_multiple() { en: "Multiple choice", it: "Scelta multipla" }
    question_order() { en: "Put in order", it: "Mettere in ordine" }
    question_kind() { en: "Kind", it: "Tipo" }
    question_label() { en: "Question", it: "Domanda" }
    question_why_label() { en: "Explanation", it: "Spiegazione" }
    question_preview() { en: "Preview as members see it", it: "Anteprima per i membri" }
    question_picture() { en: "Picture for the question", it: "Immagine della domanda" }
    question_why_hint() { en: "Shown after passing.", it: "Mostrata dopo aver superato il quiz." }
    question_answers_label() { en: "Answers", it: "Risposte" }
    question_answers_hint() { en: "Tick the right ones. To be put in order: write them in the right order.", it: "Spunta quelle giuste. Da ordinare: scrivile nell’ordine giusto." }
    question_answer(number: &str) { en: "Answer {number}", it: "Risposta {number}" }
    question_is_right(number: &str) { en: "Answer {number} is right", it: "La risposta {number} è giusta" }
    question_add() { en: "Add question", it: "Aggiungi domanda" }
    question_change() { en: "Save question", it: "Salva la domanda" }
}

//! Modules and requirements as one document: export, check and import.

text! {
    exchange_other() { en: "This is not a training document of Toolgate.", it: "Non è un documento di formazione di Toolgate." }
    exchange_version() { en: "This version of the format is not known here. Use 1.", it: "Questa versione del formato qui non è nota. Usa 1." }
    exchange_many_modules(most: &str) { en: "Import at most {most} modules at once.", it: "Importa al massimo {most} moduli alla volta." }
    exchange_many_requirements(most: &str) { en: "Import at most {most} requirements at once.", it: "Importa al massimo {most} requisiti alla volta." }
    exchange_title_twice() { en: "Another module of this document has the same title. Rename one.", it: "Un altro modulo di questo documento ha lo stesso titolo. Rinominane uno." }
    exchange_one_video() { en: "Name either a YouTube video or a file.", it: "Indica un video di YouTube o un file." }
    exchange_type_or_machine() { en: "Name either a type or a machine.", it: "Indica un tipo o una macchina." }
    exchange_no_type() { en: "No type has this name here. Add it first, or remove the requirement.", it: "Qui nessun tipo ha questo nome. Prima aggiungilo, o togli il requisito." }
    exchange_no_machine() { en: "No machine has this name here, or several have. Add or rename one, or remove the requirement.", it: "Qui nessuna macchina ha questo nome, oppure ce l’ha più d’una. Aggiungine o rinominane una, o togli il requisito." }
    exchange_no_module() { en: "No module has this title, here or in the document.", it: "Nessun modulo ha questo titolo, né qui né nel documento." }
    exchange_required_twice() { en: "This is in the document twice. Remove one.", it: "È due volte nel documento. Toglilo una volta." }
    exchange_faulty() { en: "Nothing was imported: the document has faults. Correct them and check it again.", it: "Non è stato importato nulla: il documento ha errori. Correggili e controlla di nuovo." }
    exchange_too_large() { en: "A document has at most 1 MB. Split it into several.", it: "Un documento ha al massimo 1 MB. Dividilo in più parti." }
    exchange_form(message: &str) { en: "This does not fit: {message}", it: "Questo non va bene: {message}" }
    exchange_no_json(line: &str) { en: "From line {line} on this cannot be read as JSON.", it: "Dalla riga {line} non si può leggere come JSON." }
}

// The page.
text! {
    exchange_head() { en: "Export and import", it: "Esporta e importa" }
    exchange_sub() { en: "Modules with questions, and what requires them, as one JSON document. Video files and pictures are not in it.", it: "Moduli con domande, e che cosa li richiede, in un documento JSON. I file video e le immagini non ci sono." }
    exchange_export() { en: "Export", it: "Esporta" }
    exchange_document() { en: "Document", it: "Documento" }
    exchange_document_hint() { en: "Paste an exported document. Checking changes nothing.", it: "Incolla un documento esportato. Il controllo non cambia nulla." }
    exchange_check() { en: "Check document", it: "Controlla documento" }
    exchange_import() { en: "Import modules", it: "Importa moduli" }
    exchange_done() { en: "Imported. New modules are drafts: look through them and publish them.", it: "Importato. I nuovi moduli sono bozze: guardali e pubblicali." }
    exchange_nothing() { en: "There is nothing new in this document.", it: "In questo documento non c’è niente di nuovo." }
    exchange_faults(n: u32) { en: [one: "{n} fault. Nothing can be imported.", other: "{n} faults. Nothing can be imported."], it: [one: "{n} errore. Non si può importare nulla.", other: "{n} errori. Non si può importare nulla."] }
    exchange_whole() { en: "Whole document", it: "Tutto il documento" }
    exchange_modules(n: u32, titles: &str) { en: [one: "{n} new module: {titles}", other: "{n} new modules: {titles}"], it: [one: "{n} nuovo modulo: {titles}", other: "{n} nuovi moduli: {titles}"] }
    exchange_kept(n: u32, titles: &str) { en: [one: "{n} module is here already and stays: {titles}", other: "{n} modules are here already and stay: {titles}"], it: [one: "{n} modulo c’è già e resta: {titles}", other: "{n} moduli ci sono già e restano: {titles}"] }
    exchange_uploads(n: u32, titles: &str) { en: [one: "{n} video to upload again: {titles}", other: "{n} videos to upload again: {titles}"], it: [one: "{n} video da caricare di nuovo: {titles}", other: "{n} video da caricare di nuovo: {titles}"] }
    exchange_lengths(n: u32, titles: &str) { en: [one: "{n} length for an administrator to enter: {titles}", other: "{n} lengths for an administrator to enter: {titles}"], it: [one: "{n} durata che deve inserire un amministratore: {titles}", other: "{n} durate che deve inserire un amministratore: {titles}"] }
    exchange_required(n: u32) { en: [one: "{n} new requirement", other: "{n} new requirements"], it: [one: "{n} nuovo requisito", other: "{n} nuovi requisiti"] }
    exchange_kept_required(n: u32) { en: [one: "{n} requirement is here already and stays", other: "{n} requirements are here already and stay"], it: [one: "{n} requisito c’è già e resta", other: "{n} requisiti ci sono già e restano"] }
}

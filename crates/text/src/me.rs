//! What somebody chooses for the device in their hand.

text! {
    me_this_device() { en: "This device", it: "Questo dispositivo" }
    me_language() { en: "Language", it: "Lingua" }
    me_theme() { en: "Appearance", it: "Aspetto" }
    me_theme_system() { en: "System", it: "Sistema" }
    me_theme_light() { en: "Light", it: "Chiaro" }
    me_theme_dark() { en: "Dark", it: "Scuro" }
    me_save() { en: "Save", it: "Salva" }
    me_saved() { en: "Saved on this device.", it: "Salvato su questo dispositivo." }
    me_next() { en: "Kept on this device for a year, in a cookie that says nothing about you.",
                it: "Resta su questo dispositivo per un anno, in un cookie che non dice nulla di te." }
}

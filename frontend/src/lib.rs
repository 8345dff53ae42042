//! The browser's entry point; everything else is `app`.

/// Called by the hydration script once the module is loaded.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(app::hydration::hydrate(app::App));
}

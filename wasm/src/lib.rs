//! The core for the page: converts and forwards, decides nothing.
//!
//! Each binding takes plain data, calls the core once and returns plain data. The types that
//! the page sees are declared by the core (`ts-rs`) and written by `src/bin/types.rs`; the
//! bindings only name them.

use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"import type * as core from "../types";"#;

/// Plain objects, arrays, strings and numbers; no `Map`, no `bigint`.
fn plain(value: &impl Serialize) -> Result<JsValue, JsError> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// What this core is.
#[wasm_bindgen(unchecked_return_type = "core.About")]
pub fn about() -> Result<JsValue, JsError> {
    plain(&isolab_core::about::About::this())
}

//! The core for the page: converts and forwards, decides nothing.
//!
//! Each binding takes plain data, calls the core once and returns plain data. The types that
//! the page sees are declared by the core (`ts-rs`) and written by `src/bin/types.rs`; the
//! bindings only name them.

use serde::Serialize;
use wasm_bindgen::prelude::*;

pub mod grading;

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

/// Every request type, for completion and forms.
#[wasm_bindgen(unchecked_return_type = "core.RequestKind[]")]
pub fn catalogue() -> Result<JsValue, JsError> {
    plain(&isolab_core::protocol::catalogue::all().collect::<Vec<_>>())
}

/// What optimism costs as keys grow hot.
#[wasm_bindgen(unchecked_return_type = "core.Contention")]
pub fn contention(
    #[wasm_bindgen(unchecked_param_type = "core.Workload")] workload: JsValue,
) -> Result<JsValue, JsError> {
    let study = isolab_core::contention::study(&serde_wasm_bindgen::from_value(workload)?);
    plain(&study.map_err(|reason| JsError::new(&reason))?)
}

/// The messages of one point of that study.
#[wasm_bindgen(js_name = contentionScript)]
pub fn contention_script(
    #[wasm_bindgen(unchecked_param_type = "core.Workload")] workload: JsValue,
    hot_percent: u32,
) -> Result<String, JsError> {
    let workload: isolab_core::contention::Workload = serde_wasm_bindgen::from_value(workload)?;
    workload.check().map_err(|reason| JsError::new(&reason))?;
    Ok(
        isolab_core::contention::generate(&workload, hot_percent.min(100))
            .lines
            .join("\n"),
    )
}

/// A script, executed: every step of it at hand.
#[wasm_bindgen]
pub struct Run(isolab_core::run::Run);

#[wasm_bindgen]
impl Run {
    /// Executes a script, one message a line.
    #[wasm_bindgen(constructor)]
    pub fn new(script: &str) -> Run {
        Run(isolab_core::run::Run::from_script(script))
    }

    /// How many steps there are.
    #[wasm_bindgen(getter)]
    pub fn steps(&self) -> u32 {
        self.0.len()
    }

    /// Everything that a step shows, as much of it as lies in the window.
    #[wasm_bindgen(unchecked_return_type = "core.Scene")]
    pub fn scene(
        &self,
        step: u32,
        #[wasm_bindgen(unchecked_param_type = "core.Window")] window: JsValue,
    ) -> Result<JsValue, JsError> {
        plain(&self.0.scene(step, &serde_wasm_bindgen::from_value(window)?))
    }

    /// Rows of the transcript, from one number to another, both included.
    #[wasm_bindgen(unchecked_return_type = "core.Row[]")]
    pub fn rows(&self, from: u32, to: u32) -> Result<JsValue, JsError> {
        plain(&self.0.rows(from..to.saturating_add(1)))
    }

    /// The shape of every message, in order.
    #[wasm_bindgen(unchecked_return_type = "core.Mark[]")]
    pub fn marks(&self) -> Result<JsValue, JsError> {
        plain(&self.0.marks())
    }

    /// The line of the script on which each message stands, from 1.
    pub fn lines(&self) -> Vec<u32> {
        self.0.lines()
    }

    /// What to ask before a step is taken.
    #[wasm_bindgen(unchecked_return_type = "core.Question | null")]
    pub fn question(&self, step: u32) -> Result<JsValue, JsError> {
        plain(&isolab_core::question::before(&self.0, step))
    }

    /// The first step whose recorded answer differs from the reference's.
    #[wasm_bindgen(js_name = firstDivergence)]
    pub fn first_divergence(&self) -> Option<u32> {
        self.0.first_divergence()
    }
}

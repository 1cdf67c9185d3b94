//! Multi-key transactions.

use super::{COUNT, FieldKind, FieldSpec, RequestKind, Variant, optional, required};

const KEY: FieldSpec = required("key", FieldKind::String, "the key");
const VALUE: FieldSpec = required("value", FieldKind::Value, "the value: anything except null");

const OPERATION: FieldKind = FieldKind::Tagged {
    by: "op",
    variants: &[
        Variant {
            tag: "put",
            summary: "Set the key's value.",
            fields: &[KEY, VALUE],
        },
        Variant {
            tag: "get",
            summary: "Read the key's value.",
            fields: &[KEY],
        },
        Variant {
            tag: "delete",
            summary: "Remove the key.",
            fields: &[KEY],
        },
    ],
};

const RESULT: FieldKind = FieldKind::Object {
    fields: &[
        required("op", FieldKind::Choice { of: &["get"] }, "always get"),
        KEY,
        required(
            "value",
            FieldKind::Anything,
            "what it read; null: nothing there",
        ),
    ],
};

pub(super) const REQUESTS: &[RequestKind] = &[RequestKind {
    name: "txn_execute",
    exercise: "multi-key-txn",
    summary: "Carry out a batch of operations as one entry of the log: all of it or nothing.",
    fields: &[required(
        "operations",
        FieldKind::List { of: &OPERATION },
        "the batch, in order; at least one operation",
    )],
    reply: &[
        required("committed", FieldKind::Boolean, "true"),
        optional(
            "log_index",
            COUNT,
            "the entry, from 1; a batch of gets alone has none",
        ),
        optional(
            "ops_applied",
            COUNT,
            "how many puts and deletes; not for gets alone",
        ),
        optional(
            "results",
            FieldKind::List { of: &RESULT },
            "one for each get, in order",
        ),
    ],
    example: r#"{"type":"txn_execute","msg_id":2,"operations":[{"op":"put","key":"a","value":"1"},{"op":"get","key":"a"}]}"#,
}];

//! Optimistic concurrency control.

use super::{COUNT, FieldKind, FieldSpec, RequestKind, optional, required};

const TXN_ID: FieldSpec = required("txn_id", FieldKind::String, "the transaction: t1, t2, …");
const KEY: FieldSpec = required("key", FieldKind::String, "the key");

const WRITE: FieldKind = FieldKind::Object {
    fields: &[
        KEY,
        required("value", FieldKind::Value, "the value: anything except null"),
    ],
};

const KEY_VERSION: FieldKind = FieldKind::Object {
    fields: &[
        KEY,
        required("version", COUNT, "the key's version; 0: never written"),
    ],
};

const CONFLICT: FieldKind = FieldKind::Object {
    fields: &[
        KEY,
        required("expected", COUNT, "the version that was read"),
        required("actual", COUNT, "the version that is current"),
    ],
};

pub(super) const REQUESTS: &[RequestKind] = &[
    RequestKind {
        name: "occ_begin",
        exercise: "occ",
        summary: "Begin a transaction.",
        fields: &[],
        reply: &[TXN_ID],
        example: r#"{"type":"occ_begin","msg_id":2}"#,
    },
    RequestKind {
        name: "occ_read",
        exercise: "occ",
        summary: "Read a key and remember its version for the commit.",
        fields: &[TXN_ID, KEY],
        reply: &[
            required(
                "value",
                FieldKind::Anything,
                "the value; null: never written",
            ),
            required("version", COUNT, "its version; 0: never written"),
        ],
        example: r#"{"type":"occ_read","msg_id":3,"txn_id":"t1","key":"x"}"#,
    },
    RequestKind {
        name: "occ_commit",
        exercise: "occ",
        summary: "Apply the writes if every version that was read is still current.",
        fields: &[
            TXN_ID,
            required(
                "writes",
                FieldKind::List { of: &WRITE },
                "what to write; each key once",
            ),
            required(
                "read_versions",
                FieldKind::List { of: &KEY_VERSION },
                "the versions to compare, beside those that the node handed out itself",
            ),
        ],
        reply: &[
            required(
                "committed",
                FieldKind::Boolean,
                "whether the writes applied",
            ),
            optional(
                "new_version",
                COUNT,
                "the highest new version; absent without writes",
            ),
            optional(
                "versions",
                FieldKind::List { of: &KEY_VERSION },
                "each new version, when several keys were written",
            ),
            optional(
                "conflicts",
                FieldKind::List { of: &CONFLICT },
                "why it did not commit",
            ),
        ],
        example: r#"{"type":"occ_commit","msg_id":4,"txn_id":"t1","writes":[{"key":"x","value":"1"}],"read_versions":[{"key":"x","version":0}]}"#,
    },
];

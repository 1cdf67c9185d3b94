//! List-append transactions.

use super::{FieldKind, FieldSpec, RequestKind, Variant, required};

const KEY: FieldSpec = required(
    "key",
    FieldKind::Value,
    "anything except null; 1 and \"1\" are two keys",
);

const MICRO_OPERATION: FieldKind = FieldKind::Tuple {
    variants: &[
        Variant {
            tag: "r",
            summary: "Read the key's list.",
            fields: &[
                KEY,
                required("value", FieldKind::Anything, "null; filled in by the reply"),
            ],
        },
        Variant {
            tag: "append",
            summary: "Append an element to the key's list.",
            fields: &[
                KEY,
                required(
                    "value",
                    FieldKind::Value,
                    "the element: anything except null",
                ),
            ],
        },
    ],
};

const TXN: FieldSpec = required(
    "txn",
    FieldKind::List {
        of: &MICRO_OPERATION,
    },
    "micro-operations [function, key, value], in order",
);

pub(super) const REQUESTS: &[RequestKind] = &[RequestKind {
    name: "txn",
    exercise: "txn-list-append",
    summary: "Execute reads and appends as one transaction; the reply fills the reads in.",
    fields: &[TXN],
    reply: &[TXN],
    example: r#"{"type":"txn","msg_id":2,"txn":[["r",1,null],["append",1,6],["r",1,null]]}"#,
}];

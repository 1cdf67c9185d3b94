//! What every node answers.

use super::{FieldKind, FieldSpec, RequestKind, required};

const NODE_IDS: FieldSpec = required(
    "node_ids",
    FieldKind::List {
        of: &FieldKind::String,
    },
    "every node of the cluster, this one included",
);

pub(super) const REQUESTS: &[RequestKind] = &[RequestKind {
    name: "init",
    exercise: "",
    summary: "Give the node its name; comes first and once.",
    fields: &[
        required("node_id", FieldKind::String, "this node's name"),
        NODE_IDS,
    ],
    reply: &[],
    example: r#"{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}"#,
}];

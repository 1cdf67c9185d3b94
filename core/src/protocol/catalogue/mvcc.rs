//! Multi-version concurrency control.

use super::{COUNT, FieldKind, FieldSpec, RequestKind, TIMESTAMP, optional, required};

const KEY: FieldSpec = required("key", FieldKind::String, "the key");
const VERSION: FieldSpec = required("version", COUNT, "arrival number within its key, from 1");
const WRITTEN_AT: FieldSpec = required(
    "timestamp",
    TIMESTAMP,
    "when it becomes visible; each key has one version at each",
);
const SNAPSHOT_ID: FieldSpec = required("snapshot_id", FieldKind::String, "s1, s2, …");

pub(super) const REQUESTS: &[RequestKind] = &[
    RequestKind {
        name: "mvcc_put",
        exercise: "mvcc",
        summary: "Write a new version of a key at a timestamp.",
        fields: &[
            KEY,
            required("value", FieldKind::Value, "the value: anything except null"),
            WRITTEN_AT,
        ],
        reply: &[VERSION, WRITTEN_AT],
        example: r#"{"type":"mvcc_put","msg_id":2,"key":"x","value":"old","timestamp":100}"#,
    },
    RequestKind {
        name: "mvcc_get",
        exercise: "mvcc",
        summary: "Read the newest version at or below a timestamp, or through a snapshot.",
        fields: &[
            KEY,
            optional(
                "read_timestamp",
                TIMESTAMP,
                "read as of then; left out: the newest",
            ),
            optional(
                "snapshot_id",
                FieldKind::String,
                "read through this snapshot instead",
            ),
        ],
        reply: &[
            required(
                "value",
                FieldKind::Anything,
                "the value; null: nothing, or a tombstone",
            ),
            required("version", COUNT, "the version read; 0: nothing visible"),
            required(
                "as_of_timestamp",
                TIMESTAMP,
                "its timestamp; null: nothing visible",
            ),
        ],
        example: r#"{"type":"mvcc_get","msg_id":3,"key":"x","read_timestamp":150}"#,
    },
    RequestKind {
        name: "mvcc_delete",
        exercise: "mvcc",
        summary: "Write a tombstone: from its timestamp on, the key reads null.",
        fields: &[KEY, WRITTEN_AT],
        reply: &[VERSION, WRITTEN_AT],
        example: r#"{"type":"mvcc_delete","msg_id":4,"key":"x","timestamp":200}"#,
    },
    RequestKind {
        name: "mvcc_begin",
        exercise: "mvcc",
        summary: "Open a snapshot: what it can see stays until it ends.",
        fields: &[required(
            "read_timestamp",
            TIMESTAMP,
            "what the snapshot sees",
        )],
        reply: &[SNAPSHOT_ID],
        example: r#"{"type":"mvcc_begin","msg_id":5,"read_timestamp":150}"#,
    },
    RequestKind {
        name: "mvcc_end",
        exercise: "mvcc",
        summary: "Close a snapshot.",
        fields: &[SNAPSHOT_ID],
        reply: &[],
        example: r#"{"type":"mvcc_end","msg_id":6,"snapshot_id":"s1"}"#,
    },
    RequestKind {
        name: "mvcc_gc",
        exercise: "mvcc",
        summary: "Remove every version that no read at or above the watermark can see.",
        fields: &[required(
            "watermark",
            TIMESTAMP,
            "no read below it from now on",
        )],
        reply: &[
            required("watermark", TIMESTAMP, "the watermark in force"),
            required("removed", COUNT, "how many versions went"),
        ],
        example: r#"{"type":"mvcc_gc","msg_id":7,"watermark":150}"#,
    },
];

//! Multi-record transactions.

use super::{COUNT, FieldKind, FieldSpec, RequestKind, TIMESTAMP, Variant, optional, required};

const U32: FieldKind = FieldKind::Integer {
    min: "0",
    max: "4294967295",
};
const STRINGS: FieldKind = FieldKind::List {
    of: &FieldKind::String,
};
const BINS: FieldKind = FieldKind::Map {
    of: &FieldKind::Anything,
};

const KEY: FieldSpec = required(
    "key",
    FieldKind::Anything,
    "[namespace, set, user key]; the user key is a string or an integer",
);
const KEYS: FieldSpec = required(
    "keys",
    FieldKind::List {
        of: &FieldKind::Anything,
    },
    "[namespace, set, user key], one a record",
);
const TXN: FieldSpec = required("txn_id", FieldKind::String, "t1, t2, …");
const IN_TXN: FieldSpec = optional(
    "txn_id",
    FieldKind::String,
    "the transaction that the command takes part in",
);
const IGNORED_TXN: FieldSpec = optional("txn_id", FieldKind::String, "ignored");
const NS: FieldSpec = required("ns", FieldKind::String, "the namespace");
const SET: FieldSpec = required("set", FieldKind::String, "the set");
const EXISTS: FieldSpec = optional(
    "exists",
    FieldKind::Choice {
        of: &[
            "update",
            "create_only",
            "update_only",
            "replace",
            "replace_only",
        ],
    },
    "whether the record must, or must not, be there; update if left out",
);
const IF_GENERATION: FieldSpec = optional(
    "generation",
    U32,
    "the generation that the record must have",
);
const ON_LOCKING_ONLY: FieldSpec = optional(
    "on_locking_only",
    FieldKind::Boolean,
    "refuse when the transaction holds the record already",
);
const DURABLE: FieldSpec = optional(
    "durable",
    FieldKind::Boolean,
    "leave a tombstone; a delete in a transaction must",
);
const GENERATION: FieldSpec = required("generation", U32, "the record's generation");
const BINS_OUT: FieldSpec = required("bins", BINS, "the bins and their values");
const BIN: FieldSpec = required("bin", FieldKind::String, "the bin");
const OPS: FieldSpec = required(
    "ops",
    FieldKind::List {
        of: &FieldKind::Tagged {
            by: "op",
            variants: &[
                Variant {
                    tag: "read",
                    summary: "read a bin",
                    fields: &[BIN],
                },
                Variant {
                    tag: "write",
                    summary: "set a bin; null removes it",
                    fields: &[BIN, required("value", FieldKind::Anything, "the new value")],
                },
                Variant {
                    tag: "incr",
                    summary: "add to an integer",
                    fields: &[
                        BIN,
                        required(
                            "value",
                            FieldKind::Integer {
                                min: "-9223372036854775808",
                                max: "9223372036854775807",
                            },
                            "what to add",
                        ),
                    ],
                },
                Variant {
                    tag: "append",
                    summary: "append to a string",
                    fields: &[BIN, required("value", FieldKind::String, "what to append")],
                },
                Variant {
                    tag: "touch",
                    summary: "write the record as it is",
                    fields: &[],
                },
                Variant {
                    tag: "delete",
                    summary: "delete the record",
                    fields: &[],
                },
            ],
        },
    },
    "operations, in order",
);
const OK: FieldSpec = required(
    "ok",
    FieldKind::Boolean,
    "no row failed; a read of nothing is no failure",
);
const RESULTS: FieldSpec = required(
    "results",
    FieldKind::List {
        of: &FieldKind::Anything,
    },
    "one a row, in order: code (0 is success), then bins, generation, subcode where they apply",
);
const RECORDS: FieldSpec = required(
    "records",
    FieldKind::List {
        of: &FieldKind::Anything,
    },
    "key, bins and generation of each, in order of digest",
);
const WHERE: FieldSpec = optional(
    "where",
    FieldKind::Object {
        fields: &[
            BIN,
            required("value", FieldKind::Anything, "the value it must have"),
        ],
    },
    "only records with this value in this bin",
);
const COMMIT_STATUS: FieldSpec = required(
    "status",
    FieldKind::Choice {
        of: &[
            "OK",
            "ALREADY_COMMITTED",
            "ROLL_FORWARD_ABANDONED",
            "CLOSE_ABANDONED",
        ],
    },
    "how it ended; all of them are success",
);
const ABORT_STATUS: FieldSpec = required(
    "status",
    FieldKind::Choice {
        of: &[
            "OK",
            "ALREADY_ABORTED",
            "ROLL_BACK_ABANDONED",
            "CLOSE_ABANDONED",
        ],
    },
    "how it ended; all of them are success",
);
const DIGEST: FieldSpec = required("digest", FieldKind::String, "20 bytes in hexadecimal");
const VERSION_OR_NULL: FieldKind = FieldKind::Anything;

const fn request(
    name: &'static str,
    summary: &'static str,
    fields: &'static [FieldSpec],
    reply: &'static [FieldSpec],
    example: &'static str,
) -> RequestKind {
    RequestKind {
        name,
        exercise: "mrt",
        summary,
        fields,
        reply,
        example,
    }
}

pub(super) const REQUESTS: &[RequestKind] = &[
    request(
        "mrt_begin",
        "Make a transaction object; nothing is sent to the server.",
        &[
            optional(
                "timeout",
                U32,
                "seconds from the first write to the deadline; 0: the server's default",
            ),
            optional(
                "reads_capacity",
                U32,
                "capacity of the map of reads: twice as many rows, at least 32",
            ),
            optional("writes_capacity", U32, "capacity of the map of writes"),
            optional(
                "mrt_id",
                FieldKind::String,
                "an id to use, as a decimal number",
            ),
        ],
        &[
            TXN,
            required("mrt_id", FieldKind::String, "its id, as a decimal number"),
        ],
        r#"{"type":"mrt_begin","msg_id":2}"#,
    ),
    request(
        "mrt_put",
        "Write bins of a record; null removes a bin.",
        &[
            KEY,
            required("bins", BINS, "the bins and their new values"),
            IN_TXN,
            EXISTS,
            IF_GENERATION,
            ON_LOCKING_ONLY,
        ],
        &[GENERATION],
        r#"{"type":"mrt_put","msg_id":3,"key":["test","demo","x"],"bins":{"bin":1},"txn_id":"t1"}"#,
    ),
    request(
        "mrt_get",
        "Read a record.",
        &[KEY, optional("bins", STRINGS, "only these bins"), IN_TXN],
        &[BINS_OUT, GENERATION],
        r#"{"type":"mrt_get","msg_id":4,"key":["test","demo","x"],"txn_id":"t1"}"#,
    ),
    request(
        "mrt_exists",
        "Ask whether a record is there.",
        &[KEY, IN_TXN],
        &[
            required("exists", FieldKind::Boolean, "whether it is"),
            optional("generation", U32, "its generation, if it is"),
        ],
        r#"{"type":"mrt_exists","msg_id":4,"key":["test","demo","x"],"txn_id":"t1"}"#,
    ),
    request(
        "mrt_delete",
        "Delete a record.",
        &[KEY, DURABLE, IN_TXN],
        &[required(
            "existed",
            FieldKind::Boolean,
            "whether it was there",
        )],
        r#"{"type":"mrt_delete","msg_id":4,"key":["test","demo","x"],"durable":true,"txn_id":"t1"}"#,
    ),
    request(
        "mrt_touch",
        "Write a record as it is.",
        &[KEY, IN_TXN],
        &[GENERATION],
        r#"{"type":"mrt_touch","msg_id":4,"key":["test","demo","x"],"txn_id":"t1"}"#,
    ),
    request(
        "mrt_operate",
        "Read and write bins of one record in one command.",
        &[
            KEY,
            OPS,
            IN_TXN,
            EXISTS,
            IF_GENERATION,
            ON_LOCKING_ONLY,
            DURABLE,
        ],
        &[
            required("bins", BINS, "each bin read; null where it is missing"),
            GENERATION,
        ],
        r#"{"type":"mrt_operate","msg_id":4,"key":["test","demo","x"],"ops":[{"op":"incr","bin":"n","value":1}],"txn_id":"t1"}"#,
    ),
    request(
        "mrt_batch_get",
        "Read many records.",
        &[KEYS, IN_TXN],
        &[OK, RESULTS],
        r#"{"type":"mrt_batch_get","msg_id":4,"keys":[["test","demo",1],["test","demo",2]]}"#,
    ),
    request(
        "mrt_batch_exists",
        "Ask of many records whether they are there.",
        &[KEYS, IN_TXN],
        &[OK, RESULTS],
        r#"{"type":"mrt_batch_exists","msg_id":4,"keys":[["test","demo",1],["test","demo",2]]}"#,
    ),
    request(
        "mrt_batch_operate",
        "Read, write and delete many records; each row succeeds or fails by itself.",
        &[
            required(
                "rows",
                FieldKind::List {
                    of: &FieldKind::Tagged {
                        by: "kind",
                        variants: &[
                            Variant {
                                tag: "read",
                                summary: "read a record",
                                fields: &[KEY],
                            },
                            Variant {
                                tag: "write",
                                summary: "write a record",
                                fields: &[KEY, OPS, ON_LOCKING_ONLY],
                            },
                            Variant {
                                tag: "delete",
                                summary: "delete a record",
                                fields: &[KEY, DURABLE],
                            },
                        ],
                    },
                },
                "one a record",
            ),
            IN_TXN,
        ],
        &[OK, RESULTS],
        r#"{"type":"mrt_batch_operate","msg_id":4,"rows":[{"kind":"write","key":["test","demo",1],"ops":[{"op":"write","bin":"bin","value":1}]}]}"#,
    ),
    request(
        "mrt_scan",
        "Read all committed records of a set; takes no part in a transaction.",
        &[NS, SET, WHERE, IGNORED_TXN],
        &[RECORDS],
        r#"{"type":"mrt_scan","msg_id":4,"ns":"test","set":"demo"}"#,
    ),
    request(
        "mrt_query",
        "Read committed records of a set by a bin's value; takes no part in a transaction.",
        &[NS, SET, WHERE, IGNORED_TXN],
        &[RECORDS],
        r#"{"type":"mrt_query","msg_id":4,"ns":"test","set":"demo","where":{"bin":"bin","value":1}}"#,
    ),
    request(
        "mrt_truncate",
        "Remove the records of a set that nobody holds.",
        &[NS, SET],
        &[],
        r#"{"type":"mrt_truncate","msg_id":4,"ns":"test","set":"demo"}"#,
    ),
    request(
        "mrt_info",
        "Count monitor records and provisional versions.",
        &[],
        &[
            required("mrt_monitors", COUNT, "monitor records"),
            required(
                "mrt_provisionals",
                COUNT,
                "records with a provisional version",
            ),
            required(
                "mrt_duration",
                U32,
                "the server's default timeout, in seconds",
            ),
        ],
        r#"{"type":"mrt_info","msg_id":4}"#,
    ),
    request(
        "mrt_commit",
        "Verify, mark, roll forward, close.",
        &[TXN],
        &[COMMIT_STATUS],
        r#"{"type":"mrt_commit","msg_id":5,"txn_id":"t1"}"#,
    ),
    request(
        "mrt_abort",
        "Roll back, close.",
        &[TXN],
        &[ABORT_STATUS],
        r#"{"type":"mrt_abort","msg_id":5,"txn_id":"t1"}"#,
    ),
    request(
        "mrt_txn_info",
        "Look at a transaction object.",
        &[TXN],
        &[
            required(
                "state",
                FieldKind::Choice {
                    of: &["OPEN", "VERIFIED", "COMMITTED", "ABORTED", "COMMIT_FAILED"],
                },
                "where it stands",
            ),
            required(
                "ns",
                FieldKind::String,
                "its namespace; null before its first command",
            ),
            required("timeout", U32, "seconds asked for; 0: the server's default"),
            required(
                "deadline",
                COUNT,
                "when the server takes over; 0: no monitor record is known",
            ),
            required(
                "in_doubt",
                FieldKind::Boolean,
                "the commit got no clear answer",
            ),
            required(
                "write_in_doubt",
                FieldKind::Boolean,
                "a write got no clear answer",
            ),
            required(
                "reads",
                FieldKind::List {
                    of: &FieldKind::Anything,
                },
                "key and version of each, in the order of the map",
            ),
            required(
                "writes",
                FieldKind::List {
                    of: &FieldKind::Anything,
                },
                "keys, in the order of the map",
            ),
        ],
        r#"{"type":"mrt_txn_info","msg_id":4,"txn_id":"t1"}"#,
    ),
    request(
        "mrt_txn_hash",
        "Look at the rows and chains of a map.",
        &[
            TXN,
            required(
                "map",
                FieldKind::Choice {
                    of: &["reads", "writes"],
                },
                "which map",
            ),
        ],
        &[
            required("n_rows", COUNT, "rows"),
            required("n_eles", COUNT, "entries"),
            required(
                "rows",
                FieldKind::List {
                    of: &FieldKind::Anything,
                },
                "each row in use, and its chain of digests, head first",
            ),
        ],
        r#"{"type":"mrt_txn_hash","msg_id":4,"txn_id":"t1","map":"reads"}"#,
    ),
    request(
        "mrt_monitor_info",
        "Look at a transaction's monitor record.",
        &[TXN],
        &[
            required("set", FieldKind::String, "the set that it is in"),
            DIGEST,
            required("exists", FieldKind::Boolean, "whether it is there"),
            optional("id", FieldKind::String, "the transaction's id"),
            optional(
                "keyds",
                STRINGS,
                "digests of all records written, ascending",
            ),
            optional(
                "fwd",
                FieldKind::Boolean,
                "marked: the commit point is passed",
            ),
            optional("aborted", FieldKind::Boolean, "rolled back by the server"),
            optional("deadline", COUNT, "when the server takes over"),
        ],
        r#"{"type":"mrt_monitor_info","msg_id":4,"txn_id":"t1"}"#,
    ),
    request(
        "mrt_record_info",
        "Look at both versions of a record.",
        &[KEY],
        &[
            required(
                "committed",
                VERSION_OR_NULL,
                "bins, generation and version, or null",
            ),
            required(
                "provisional",
                VERSION_OR_NULL,
                "bins, generation and version, or null",
            ),
            required(
                "locked_by",
                FieldKind::String,
                "the id of the transaction that holds it, or null",
            ),
        ],
        r#"{"type":"mrt_record_info","msg_id":4,"key":["test","demo","x"]}"#,
    ),
    request(
        "mrt_digest",
        "Compute a key's digest and partition.",
        &[KEY],
        &[
            DIGEST,
            required(
                "partition_id",
                FieldKind::Integer {
                    min: "0",
                    max: "4095",
                },
                "the partition",
            ),
        ],
        r#"{"type":"mrt_digest","msg_id":4,"key":["test","demo","x"]}"#,
    ),
    request(
        "mrt_tick",
        "Set the clock; it never goes backwards.",
        &[required("now", TIMESTAMP, "seconds")],
        &[required("now", TIMESTAMP, "the time")],
        r#"{"type":"mrt_tick","msg_id":4,"now":10}"#,
    ),
    request(
        "mrt_sweep",
        "Let the server look after its monitor records.",
        &[],
        &[
            required("rolled_forward", COUNT, "transactions rolled forward"),
            required("rolled_back", COUNT, "transactions rolled back"),
            required("closed", COUNT, "monitor records removed"),
        ],
        r#"{"type":"mrt_sweep","msg_id":4}"#,
    ),
    request(
        "mrt_fault",
        "Plant a fault for the next message of a step.",
        &[
            required(
                "step",
                FieldKind::Choice {
                    of: &[
                        "add_key", "write", "read", "verify", "mark", "roll", "close",
                    ],
                },
                "the step",
            ),
            required(
                "mode",
                FieldKind::Choice {
                    of: &["error", "lost_request", "lost_reply"],
                },
                "what happens to the message",
            ),
            optional(
                "code",
                FieldKind::Integer {
                    min: "-19",
                    max: "127",
                },
                "the result code, with error",
            ),
            optional(
                "key",
                FieldKind::Anything,
                "only a message about this record",
            ),
            optional(
                "times",
                FieldKind::Integer {
                    min: "1",
                    max: "9223372036854775807",
                },
                "how often; once if left out",
            ),
        ],
        &[],
        r#"{"type":"mrt_fault","msg_id":4,"step":"mark","mode":"lost_reply"}"#,
    ),
];

//! The floor under the node's speed: the shortest loop that still answers.
//!
//! Borrowed serde_json, one map, one buffered writer that is flushed when no
//! input waits; nothing is validated, and nothing is kept but current values.
//! `bench_node` starts itself as this loop, beside the node.

use std::io::{self, BufRead, BufReader, BufWriter, Write};

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Message<'a> {
    src: &'a str,
    dest: &'a str,
    #[serde(borrow)]
    body: Body<'a>,
}

#[derive(Deserialize)]
struct Body<'a> {
    r#type: &'a str,
    msg_id: u64,
    #[serde(borrow, default)]
    operations: Vec<Operation<'a>>,
    #[serde(borrow, default)]
    txn: Vec<(&'a str, u64, Option<u64>)>,
}

#[derive(Deserialize)]
struct Operation<'a> {
    op: &'a str,
    key: &'a str,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

/// Answer stdin on stdout until it ends.
pub fn run() -> io::Result<()> {
    let mut input = BufReader::with_capacity(64 << 10, io::stdin().lock());
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    let mut values: HashMap<String, String, FxBuildHasher> = HashMap::default();
    let mut lists: HashMap<u64, Vec<u64>, FxBuildHasher> = HashMap::default();
    let (mut line, mut sent, mut log_index) = (Vec::new(), 0u64, 0u64);
    while input.read_until(b'\n', &mut line)? > 0 {
        let Message { src, dest, body } = serde_json::from_slice(&line)?;
        let (kind, to) = (body.r#type, body.msg_id);
        write!(
            out,
            r#"{{"src": "{dest}", "dest": "{src}", "body": {{"type": "{kind}_ok", "in_reply_to": {to}, "msg_id": {sent}"#
        )?;
        sent += 1;
        match kind {
            "txn_execute" => {
                let writes = body
                    .operations
                    .iter()
                    .filter(|operation| operation.op != "get")
                    .count();
                out.write_all(b", \"committed\": true")?;
                if writes > 0 {
                    log_index += 1;
                    write!(
                        out,
                        r#", "log_index": {log_index}, "ops_applied": {writes}"#
                    )?;
                } else {
                    out.write_all(b", \"results\": [")?;
                }
                for (index, Operation { op, key, value }) in body.operations.iter().enumerate() {
                    if let Some(value) = value {
                        values.insert(key.to_string(), value.get().to_string());
                    } else if *op == "get" {
                        let comma = if index > 0 { ", " } else { "" };
                        let value = values.get(*key).map_or("null", String::as_str);
                        write!(
                            out,
                            r#"{comma}{{"op": "get", "key": "{key}", "value": {value}}}"#
                        )?;
                    } else {
                        values.remove(*key);
                    }
                }
                out.write_all(if writes > 0 { b"" } else { b"]" })?;
            }
            "txn" => {
                out.write_all(b", \"txn\": [")?;
                for (index, (f, key, value)) in body.txn.iter().enumerate() {
                    out.write_all(if index > 0 { b", " } else { b"" })?;
                    if let Some(value) = value {
                        lists.entry(*key).or_default().push(*value);
                        write!(out, r#"["{f}", {key}, {value}]"#)?;
                    } else if let Some(list) = lists.get(key) {
                        write!(out, r#"["{f}", {key}, {list:?}]"#)?;
                    } else {
                        write!(out, r#"["{f}", {key}, null]"#)?;
                    }
                }
                out.write_all(b"]")?;
            }
            _ => {}
        }
        out.write_all(b"}}\n")?;
        line.clear();
        if input.buffer().is_empty() {
            out.flush()?;
        }
    }
    out.flush()
}

//! Rows of the transcript: `t1 put 16 {bal 60}` → `generation 2`.

use crate::run::sent::{Fields, Sent, decode, elements};
use crate::view::row::{cut, key_text};
use crate::view::scene::Mark;

/// A request in short, and for a batch one further line a row. `None`: it is
/// shown as its fields stand.
pub fn request(sent: &Sent) -> Option<(String, Vec<String>)> {
    let body = &sent.body;
    let verb = sent.kind.strip_prefix("mrt_")?;
    let txn = body
        .text("txn_id")
        .map(|id| format!("{} ", key_text(&id)))
        .unwrap_or_default();
    let key = body.raw("key").map(key).unwrap_or_default();
    let mut rows = Vec::new();
    let rest = match verb {
        "put" => format!("{key} {}", bins(body, "bins")),
        "get" | "exists" | "touch" | "delete" | "record_info" | "digest" => key,
        "operate" => format!("{key}: {}", operations(body)),
        "batch_get" | "batch_exists" => {
            let keys: Vec<String> = body.list("keys").into_iter().map(self::key).collect();
            cut(&keys.join(", "), 80)
        }
        "batch_operate" => {
            rows = body.objects("rows").iter().map(row).collect();
            String::new()
        }
        "scan" | "query" | "truncate" => body.text("set").map(|set| key_text(&set))?,
        "begin" => begin(body),
        "txn_hash" => body.text("map")?.into_owned(),
        "tick" => body.raw("now").map(|now| cut(now, 20))?,
        "fault" => {
            let part = |name| body.raw(name).map(plain).unwrap_or_default();
            let key = body
                .raw("key")
                .map(|key| format!(", key {}", self::key(key)));
            let words = [part("step"), part("mode"), part("code")].join(" ");
            format!("{}{}", words.trim_end(), key.unwrap_or_default())
        }
        "commit" | "abort" | "info" | "sweep" | "txn_info" | "monitor_info" => String::new(),
        _ => return None,
    };
    let line = format!("{txn}{verb} {rest}");
    Some((line.trim_end().to_owned(), rows))
}

/// A reply in short, and whether it is a refusal. `None`: as its fields stand.
pub fn reply(reply: &Sent) -> Option<(String, bool)> {
    let body = &reply.body;
    let text = |name: &str| body.raw(name).map(plain);
    let short = match reply.kind.as_ref() {
        "error" => return error(body).map(|line| (line, true)),
        "mrt_begin_ok" => text("txn_id")?,
        "mrt_put_ok" | "mrt_touch_ok" => format!("generation {}", text("generation")?),
        "mrt_get_ok" | "mrt_operate_ok" => {
            format!("{}, generation {}", bins(body, "bins"), text("generation")?)
        }
        "mrt_exists_ok" if body.raw("exists") == Some("true") => "it is there".to_owned(),
        "mrt_exists_ok" => "it is not there, tracked".to_owned(),
        "mrt_delete_ok" if body.raw("existed") == Some("true") => "deleted".to_owned(),
        "mrt_delete_ok" => "nothing to delete".to_owned(),
        "mrt_commit_ok" | "mrt_abort_ok" => text("status")?,
        "mrt_batch_get_ok" | "mrt_batch_exists_ok" | "mrt_batch_operate_ok" => {
            let codes: Vec<String> = body
                .objects("results")
                .iter()
                .map(|row| row.raw("code").map(plain).unwrap_or_default())
                .collect();
            let ok = if body.raw("ok") == Some("true") {
                "ok"
            } else {
                "not ok"
            };
            cut(&format!("{ok}: {}", codes.join(" ")), 80)
        }
        "mrt_scan_ok" | "mrt_query_ok" => {
            crate::explain::phrase::count(body.list("records").len() as u64, "record")
        }
        "mrt_sweep_ok" => {
            let part = |name: &str, words: &str| {
                let number = body.integer(name).filter(|number| *number > 0)?;
                Some(format!("{words} {number}"))
            };
            let parts: Vec<String> = [
                part("rolled_forward", "rolled forward"),
                part("rolled_back", "rolled back"),
                part("closed", "closed"),
            ]
            .into_iter()
            .flatten()
            .collect();
            if parts.is_empty() {
                "nothing to do".to_owned()
            } else {
                parts.join(", ")
            }
        }
        "mrt_tick_ok" => format!("now {}", text("now")?),
        "mrt_digest_ok" => {
            format!("{}, partition {}", text("digest")?, text("partition_id")?)
        }
        "mrt_fault_ok" | "mrt_truncate_ok" => "ok".to_owned(),
        _ => return None,
    };
    Some((short, false))
}

/// The shape of a message.
pub fn mark(sent: &Sent) -> Option<Mark> {
    let verb = sent.kind.strip_prefix("mrt_")?;
    let has = |name: &str, field: &str, values: &[&str]| {
        sent.body.objects(name).iter().any(|fields| {
            fields
                .text(field)
                .is_some_and(|text| values.contains(&text.as_ref()))
        })
    };
    Some(match verb {
        "put" | "touch" => Mark::Put,
        "delete" | "truncate" => Mark::Delete,
        "operate" if has("ops", "op", &["write", "incr", "append", "touch"]) => Mark::Put,
        "operate" if has("ops", "op", &["delete"]) => Mark::Delete,
        "batch_operate" if has("rows", "kind", &["write"]) => Mark::Put,
        "batch_operate" if has("rows", "kind", &["delete"]) => Mark::Delete,
        "get" | "exists" | "operate" | "batch_get" | "batch_exists" | "batch_operate" | "scan"
        | "query" => Mark::Read,
        "begin" => Mark::Begin,
        "commit" => Mark::Commit,
        "abort" => Mark::Abort,
        "sweep" => Mark::Collect,
        "fault" => Mark::Fault,
        _ => Mark::Other,
    })
}

/// `MRT_BLOCKED`, `VERIFY_FAIL: MRT_VERSION_MISMATCH`.
fn error(body: &Fields) -> Option<String> {
    let name = body.text("result_name")?;
    let failed = body
        .text("commit_error")
        .or_else(|| body.text("abort_error"));
    let doubt = if body.raw("in_doubt") == Some("true") {
        ", in doubt"
    } else {
        ""
    };
    Some(match failed {
        Some(failed) => format!("{failed}{doubt}"),
        None => format!("{name}{doubt}"),
    })
}

/// The user's part of a key.
fn key(raw: &str) -> String {
    match elements(raw)[..] {
        [_, _, user] => plain(user),
        _ => cut(raw, 40),
    }
}

/// A value; a string without its quotes.
fn plain(raw: &str) -> String {
    match decode(raw) {
        Some(text) => key_text(&text),
        None => cut(raw, 40),
    }
}

/// `{bal 60, s "open"}`.
fn bins(body: &Fields, name: &str) -> String {
    let fields = body.raw(name).and_then(Fields::read).unwrap_or_default();
    let bins: Vec<String> = fields
        .0
        .iter()
        .map(|(name, value)| format!("{} {}", key_text(name), cut(value.get(), 24)))
        .collect();
    cut(&format!("{{{}}}", bins.join(", ")), 80)
}

fn operations(body: &Fields) -> String {
    let ops: Vec<String> = body
        .objects("ops")
        .iter()
        .map(|op| {
            let part = |name| op.raw(name).map(plain).unwrap_or_default();
            [part("op"), part("bin"), part("value")]
                .join(" ")
                .trim_end()
                .to_owned()
        })
        .collect();
    cut(&ops.join(", "), 80)
}

fn row(row: &Fields) -> String {
    let kind = row.text("kind").unwrap_or_default();
    let key = row.raw("key").map(key).unwrap_or_default();
    let ops = operations(row);
    let separator = if ops.is_empty() { "" } else { ": " };
    format!("{kind} {key}{separator}{ops}")
}

/// `begin, reads 16, writes 16, timeout 5`.
fn begin(body: &Fields) -> String {
    let parts: Vec<String> = [
        ("reads_capacity", "reads"),
        ("writes_capacity", "writes"),
        ("timeout", "timeout"),
        ("mrt_id", "id"),
    ]
    .iter()
    .filter_map(|(name, word)| Some(format!("{word} {}", plain(body.raw(name)?))))
    .collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, answer: &str, expected: &str) {
        let line = format!(r#"{{"src":"c1","dest":"n1","body":{body}}}"#);
        let back = format!(r#"{{"src":"n1","dest":"c1","body":{answer}}}"#);
        let (short, rows) = request(&Sent::read(&line).expect("a message")).expect("known");
        let (answer, _) = reply(&Sent::read(&back).expect("a message")).expect("known");
        let rows: String = rows.iter().map(|row| format!(" | {row}")).collect();
        assert_eq!(format!("{short}{rows} → {answer}"), expected);
    }

    #[test]
    fn rows_say_request_and_reply_in_short() {
        check(
            r#"{"type":"mrt_put","key":["test","demo",16],"bins":{"bal":60},"txn_id":"t1"}"#,
            r#"{"type":"mrt_put_ok","generation":2}"#,
            "t1 put 16 {bal 60} → generation 2",
        );
        check(
            r#"{"type":"mrt_begin","reads_capacity":16}"#,
            r#"{"type":"mrt_begin_ok","txn_id":"t1","mrt_id":"5"}"#,
            "begin reads 16 → t1",
        );
        check(
            r#"{"type":"mrt_batch_operate","rows":[{"kind":"write","key":["test","demo","x"],"ops":[{"op":"incr","bin":"n","value":1}]},{"kind":"delete","key":["test","demo",2]}]}"#,
            r#"{"type":"mrt_batch_operate_ok","ok":false,"results":[{"code":0},{"code":2}]}"#,
            "batch_operate | write x: incr n 1 | delete 2 → not ok: 0 2",
        );
        check(
            r#"{"type":"mrt_fault","step":"roll","mode":"lost_request","key":["test","demo",1]}"#,
            r#"{"type":"mrt_fault_ok"}"#,
            "fault roll lost_request, key 1 → ok",
        );
        check(
            r#"{"type":"mrt_commit","txn_id":"t1"}"#,
            r#"{"type":"error","code":13,"result_name":"TXN_FAILED","commit_error":"MARK_ROLL_FORWARD_ABANDONED","in_doubt":true}"#,
            "t1 commit → MARK_ROLL_FORWARD_ABANDONED, in doubt",
        );
        check(
            r#"{"type":"mrt_sweep"}"#,
            r#"{"type":"mrt_sweep_ok","rolled_forward":1,"rolled_back":0,"closed":1}"#,
            "sweep → rolled forward 1, closed 1",
        );
    }
}

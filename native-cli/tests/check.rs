//! `isolab check` as its users run it: notations, formats, exit statuses, errors with a place.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const VALID: &str = r#"{"type":"invoke","process":0,"f":"txn","value":[["append","x",1],["r","x",null]]}
{"type":"ok","process":0,"f":"txn","value":[["append","x",1],["r","x",[1]]]}
{"type":"invoke","process":1,"f":"txn","value":[["r","x",null]]}
{"type":"ok","process":1,"f":"txn","value":[["r","x",[1]]]}
"#;

/// Two transactions that each miss what the other wrote: write skew.
const SKEW: &str = "{:type :invoke, :process 0, :f :txn, :value [[:r :x nil] [:append :y 1]]}
{:type :invoke, :process 1, :f :txn, :value [[:r :y nil] [:append :x 1]]}
{:type :ok, :process 0, :f :txn, :value [[:r :x []] [:append :y 1]]}
{:type :ok, :process 1, :f :txn, :value [[:r :y []] [:append :x 1]]}
{:type :invoke, :process :nemesis, :f :start, :value nil}
";

fn isolab(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_isolab"))
        .arg("check")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // The binary may refuse its arguments without reading.
    let _ = child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(input.as_bytes());
    child.wait_with_output().expect("the binary ends")
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("isolab-check-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

#[test]
fn a_valid_history_from_a_pipe() {
    let output = isolab(&["-"], VALID);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("No violation of strict serializable found"));
    assert_eq!(
        text(&isolab(&["-", "--format", "edn"], VALID).stdout),
        "{:valid? true}\n"
    );
}

#[test]
fn a_store_folder_with_edn() {
    let folder = folder("store");
    std::fs::write(folder.join("history.edn"), SKEW).expect("a file");
    let path = folder.to_str().expect("a plain path");
    let output = isolab(&[path, "--format", "json"], "");
    assert_eq!(status(&output), 1, "{}", text(&output.stderr));
    let report = json(&output);
    assert_eq!(report["valid"], false);
    assert_eq!(report["anomaly_types"], serde_json::json!(["G2-item"]));
    assert_eq!(report["not"], serde_json::json!(["repeatable-read"]));
    assert_eq!(report["history"]["ignored"], 1);
    let cycle = &report["anomalies"]["G2-item"][0];
    assert_eq!(cycle["steps"].as_array().expect("steps").len(), 2);
    assert_eq!(cycle["steps"][0]["type"], "rw");
    assert_eq!(cycle["transactions"][0]["invoke_line"], 1);
    let allowed = isolab(
        &[path, "--model", "snapshot-isolation", "--format", "json"],
        "",
    );
    assert_eq!(status(&allowed), 0);
    let report = json(&allowed);
    assert_eq!(report["anomaly_types"], serde_json::json!([]));
    assert_eq!(report["not"], serde_json::json!([]));
    assert!(
        report["also_found"]
            .as_array()
            .expect("names")
            .contains(&"G2-item".into())
    );
    std::fs::remove_dir_all(folder).expect("our own folder");
}

#[test]
fn several_models_give_one_verdict_and_one_each() {
    let models = [
        "--model",
        "si",
        "--model",
        "serializable",
        "--format",
        "json",
    ];
    let output = isolab(&[&["-"], &models[..]].concat(), SKEW);
    assert_eq!(status(&output), 1);
    let report = json(&output);
    assert_eq!(report["models"], serde_json::json!(["si", "serializable"]));
    assert_eq!(report["by_model"]["si"]["valid"], true);
    assert_eq!(report["by_model"]["serializable"]["valid"], false);
}

#[test]
fn the_page_needs_nothing_else() {
    let page = text(&isolab(&["-", "--format", "html"], SKEW).stdout);
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("<svg") && page.contains("G2-item"));
    let hostile = VALID
        .replace("\"x\"", "\"<script>alert(1)</script>\"")
        .replace("[1]", "[2,1]");
    let page = text(&isolab(&["-", "--format", "html"], &hostile).stdout);
    assert!(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert"));
}

#[test]
fn nothing_to_compare_is_unknown() {
    let one = "{\"type\":\"invoke\",\"process\":0,\"f\":\"txn\",\"value\":[[\"r\",1,null]]}\n";
    assert_eq!(status(&isolab(&["-"], one)), 2);
    assert_eq!(status(&isolab(&["-"], "")), 2);
    let twice = VALID
        .replace("\"process\":1", "\"process\":2")
        .replace("[[\"r\",\"x\",null]]", "[[\"append\",\"x\",1]]");
    let output = isolab(
        &["-", "--format", "json"],
        &twice.replace("[[\"r\",\"x\",[1]]]", "[[\"append\",\"x\",1]]"),
    );
    assert_eq!(status(&output), 2);
    assert_eq!(
        json(&output)["anomaly_types"],
        serde_json::json!(["duplicate-appends"])
    );
}

#[test]
fn bad_input_names_the_place() {
    let cases = [
        ("hello\n", "line 1, column 1"),
        (
            "{\"type\":\"ok\"}\n{\"type\":\"maybe\",\"process\":0}\n",
            "line 2, column 9",
        ),
        (
            "{\"type\":\"ok\",\"process\":0,\"f\":\"txn\",\"value\":[[\"cas\",1,2]]}\n",
            "line 1, column 46",
        ),
        (
            "{:type :ok, :process 0, :f :txn, :value [[:append 1 2]\n",
            "line 1, column 55",
        ),
    ];
    for (input, place) in cases {
        let output = isolab(&["-"], input);
        assert_eq!(status(&output), 3, "{input}");
        assert!(
            text(&output.stderr).contains(place),
            "{input}: {}",
            text(&output.stderr)
        );
        assert!(output.stdout.is_empty(), "{input}");
    }
    assert_eq!(status(&isolab(&["/nowhere/at-all.jsonl"], "")), 3);
    assert_eq!(status(&isolab(&["-", "--model", "nonsense"], VALID)), 3);
    assert_eq!(status(&isolab(&["-", "--format", "nonsense"], VALID)), 3);
    assert_eq!(status(&isolab(&[], "")), 3);
}

#[test]
fn the_lenient_skip_and_count() {
    let cut = "{\"type\":\"ok\",\"process\":\n";
    let whole =
        "{\"type\":\"invoke\",\"process\":7,\"f\":\"txn\",\"value\":[[\"r\",\"x\",null]]}\n";
    let broken = format!("{VALID}{cut}{whole}not json at all\n");
    assert_eq!(status(&isolab(&["-"], &broken)), 3);
    let output = isolab(&["-", "--lenient", "--format", "json"], &broken);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    let report = json(&output);
    assert_eq!(report["history"]["skipped"], 2);
    assert_eq!(report["history"]["first_skipped"]["line"], 5);
    assert_eq!(report["history"]["transactions"], 3);
}

#[test]
fn a_given_version_order_is_used() {
    // Without the order nothing can be said of the two unread appends; with it the reader of
    // the first sees a state that had been left behind.
    let lines = VALID.replace("[1]", "[]");
    let order = "{\"type\":\"version-order\",\"key\":\"x\",\"value\":[1]}\n";
    let with = isolab(&["-", "--format", "json"], &format!("{lines}{order}"));
    assert_eq!(json(&with)["history"]["version_orders"], 1);
    assert_eq!(status(&with), 1);
}

//! `isolab list`, `show`, `replay`, `completions` and `man` as a person types them.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

fn isolab(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_isolab"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary starts")
}

/// Stdout of a call that must succeed.
fn said(arguments: &[&str]) -> String {
    let output = isolab(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).expect("text is UTF-8")
}

/// Stderr of a call that must fail with this exit code.
fn refused(arguments: &[&str], code: i32) -> String {
    let output = isolab(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?} printed to stdout");
    String::from_utf8(output.stderr).expect("text is UTF-8")
}

/// A folder of its own for a test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("isolab-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for the test");
        Folder(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("folders");
        fs::write(path, text).expect("a file for the test");
    }

    fn path(&self, path: &str) -> String {
        self.0.join(path).to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn list_names_the_course_in_order() {
    let text = said(&["list"]);
    let at = |id: &str| {
        text.find(id)
            .unwrap_or_else(|| panic!("{id} is not in {text}"))
    };
    assert!(at("multi-key-txn") < at("occ") && at("occ") < at("mvcc"));
    let json: serde_json::Value =
        serde_json::from_str(&said(&["list", "--format", "json"])).unwrap();
    assert_eq!(json[0]["id"], "multi-key-txn");
    assert_eq!(json[0]["cases"][0]["kind"], "published");
    assert!(said(&["list", "--cases"]).contains("published-1"));
}

#[test]
fn show_keeps_hints_back() {
    let text = said(&["show", "mvcc"]);
    assert!(text.contains("Key concepts") && text.contains("isolab show mvcc --hints 1"));
    assert!(!text.contains("Hint 1 of"));
    let text = said(&["show", "3", "--hints", "2"]);
    assert!(text.contains("Hint 2 of") && !text.contains("Hint 3 of"));
    assert!(said(&["show", "mvcc", "--starter", "main.py"]).contains("stdin"));
    assert!(refused(&["show", "mvcc", "--hints", "99"], 1).contains("hints"));
    assert!(refused(&["show", "mvc"], 1).contains("there are multi-key-txn, occ, mvcc"));
    assert!(refused(&["show", "mvcc", "--starter", "x.rs"], 1).contains("main.py"));
}

#[test]
fn replay_shows_every_published_case() {
    let text = said(&["replay", "mvcc", "--case", "published-1"]);
    assert!(text.contains("mvcc_get x @150 → v1 \"old\""), "{text}");
    assert!(text.contains("Why v1, and not v2?"), "{text}");
    assert!(!text.contains('\x1b'), "NO_COLOR was set");
    let coloured = said(&["replay", "mvcc", "--color", "always"]);
    assert!(coloured.contains("\x1b[1;34m"));
    let step = said(&["replay", "mvcc", "--step", "2", "--format", "json"]);
    let scene: serde_json::Value = serde_json::from_str(&step).unwrap();
    assert_eq!(scene["picture"]["picture"], "chains");
    assert_eq!(scene["picture"]["lanes"][0]["blocks"][0]["id"], "x/v1");
    let whole = said(&["replay", "mvcc", "--format", "json"]);
    let whole: serde_json::Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["rows"].as_array().unwrap().len(), 4);
}

#[test]
fn replay_says_what_is_missing() {
    assert!(refused(&["replay", "no-such"], 1).contains("the exercises are"));
    assert!(refused(&["replay", "mvcc", "--case", "zz"], 1).contains("no case \"zz\""));
    assert!(refused(&["replay", "mvcc", "--step", "99"], 1).contains("no step 99"));
    assert!(refused(&["replay"], 2).contains("--help"));
    assert!(refused(&["replay", "mvcc", "--step", "x"], 2).contains("invalid value"));
    let folder = Folder::new("empty");
    folder.write("empty.jsonl", "\n\n");
    assert!(refused(&["replay", &folder.path("empty.jsonl")], 1).contains("found none"));
    assert!(refused(&["replay", &folder.path("none.jsonl")], 1).contains("no file"));
}

#[test]
fn replay_opens_recordings_and_stdin() {
    let folder = Folder::new("record");
    let script = concat!(
        r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#,
        "\nnot JSON\n",
        r#"{"src":"c1","dest":"n1","body":{"type":"mvcc_get","msg_id":1,"key":"x"}}"#,
        "\n",
    );
    let feed = |arguments: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_isolab"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        child
            .stdin
            .take()
            .expect("piped")
            .write_all(script.as_bytes())
            .expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text is UTF-8")
    };
    feed(&["node", "--record", &folder.path("run.jsonl")]);
    let recorded = said(&["replay", &folder.path("run.jsonl"), "--step", "3"]);
    assert!(recorded.contains("nothing visible"), "{recorded}");
    assert!(recorded.contains("yours {\"src\": \"n1\""), "{recorded}");
    let piped = feed(&["replay", "-"]);
    assert!(
        piped.contains("not JSON") && piped.contains("nothing visible"),
        "{piped}"
    );
}

#[test]
fn contention_grows_with_the_share_of_hot_keys() {
    let text = said(&["replay", "--contention"]);
    assert!(
        text.contains("100 %") && text.contains("given up"),
        "{text}"
    );
    let json = said(&[
        "replay",
        "--contention",
        "--clients",
        "4",
        "--format",
        "json",
    ]);
    let study: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rate = |at: usize| study["points"][at]["aborted_per_mille"].as_u64().unwrap();
    assert!(rate(0) < rate(10), "{json}");
    let script = said(&["replay", "--contention", "--script", "80"]);
    assert_eq!(
        script,
        said(&["replay", "--contention", "--script", "80", "--seed", "1"])
    );
    assert_ne!(
        script,
        said(&["replay", "--contention", "--script", "80", "--seed", "2"])
    );
    assert!(
        refused(&["replay", "--contention", "--clients", "0"], 1)
            .contains("clients: expected 1 to 100")
    );
    assert!(refused(&["replay", "mvcc", "--clients", "3"], 2).contains("--contention"));
}

#[test]
fn a_folder_is_all_it_takes_to_add_an_exercise() {
    let folder = Folder::new("exercises");
    folder.write(
        "counter/exercise.toml",
        concat!(
            "id = \"counter\"\nnumber = 9\ntitle = \"A counter\"\nteaches = \"Count.\"\n",
            "picture = \"log\"\nsource = \"made up\"\n",
            "concepts = [{ name = \"count\", text = \"One more.\" }]\n",
        ),
    );
    folder.write("counter/statement.md", "Count to one.\n");
    folder.write("counter/hints.md", "## Hint 1\n\nBegin at 0.\n");
    folder.write(
        "counter/cases/1-first.jsonl",
        concat!(
            r#"{"case":"The first","why":"It is one.","kind":"named"}"#,
            "\n",
            r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}"#,
            "\n",
        ),
    );
    folder.write("counter/starter/main.py", "print()\n");
    let from = folder.path("");
    assert!(said(&["list", "--exercises", &from]).contains("9  counter  A counter"));
    assert!(said(&["show", "counter", "--exercises", &from]).contains("Count to one."));
    assert!(said(&["replay", "counter", "--exercises", &from]).contains("init n1 → init_ok"));
    folder.write("counter/hints.md", "Begin at 0.\n");
    let error = refused(&["list", "--exercises", &from], 1);
    assert!(
        error.contains("counter/hints.md: line 1: expected \"## Hint 1\""),
        "{error}"
    );
}

#[test]
fn shells_and_manuals_know_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(said(&["completions", shell]).contains("replay"), "{shell}");
    }
    assert!(said(&["man"]).contains(".TH isolab 1"));
    assert!(said(&["man", "replay"]).contains("Exit codes"));
    assert!(refused(&["man", "nothing"], 1).contains("no subcommand"));
    for command in ["list", "show", "replay", "node"] {
        let help = said(&[command, "--help"]);
        assert!(
            help.contains("Examples:") && help.contains("Exit codes:"),
            "{command}: {help}"
        );
    }
}

//! Golden scripts, each named by its scenario: what the binary replays, step by
//! step, with the picture and the sentences.
//!
//! `ISOLAB_UPDATE_GOLDEN=1 cargo test -p isolab --test golden` writes what the
//! binary says now; the difference is then read in review.

use std::{env, fs, path::Path, process::Command};

/// What `isolab replay` says about a script.
fn replay(script: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_isolab"))
        .arg("replay")
        .arg(script)
        .args(arguments)
        .output()
        .expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", script.display());
    String::from_utf8(output.stdout).expect("a replay is UTF-8")
}

/// Every step of a script: the drawing, then the end in words.
fn transcript(script: &Path) -> String {
    let title = script.display().to_string();
    let whole = replay(script, &["--format", "json"]);
    let whole: serde_json::Value = serde_json::from_str(&whole).expect("a replay is JSON");
    let steps = whole["steps"].as_u64().expect("it counts its steps");
    let mut text = String::new();
    for step in 0..=steps {
        text += &replay(script, &["--step", &step.to_string()]);
        text += &format!("{}\n", "=".repeat(88));
    }
    text += &replay(script, &["--words"]);
    let name = script
        .file_name()
        .expect("it is a file")
        .to_string_lossy()
        .into_owned();
    text.replace(&title, &name)
}

#[test]
fn golden_scripts_replay_as_they_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden");
    let update = env::var_os("ISOLAB_UPDATE_GOLDEN").is_some();
    let mut scripts = 0;
    for entry in fs::read_dir(&folder).expect("tests/golden is a folder") {
        let script = entry.expect("it can be listed").path();
        if script
            .extension()
            .is_none_or(|extension| extension != "jsonl")
        {
            continue;
        }
        scripts += 1;
        let said = transcript(&script);
        let golden = script.with_extension("txt");
        if update {
            fs::write(&golden, said).expect("the golden file is writable");
            continue;
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        let differs = expected.lines().zip(said.lines()).position(|(a, b)| a != b);
        if expected != said {
            let line = differs.unwrap_or(expected.lines().count().min(said.lines().count()));
            panic!(
                "{} differs from line {}:\n  was {:?}\n  is  {:?}",
                golden.display(),
                line + 1,
                expected.lines().nth(line),
                said.lines().nth(line),
            );
        }
    }
    assert!(scripts >= 6, "only {scripts} golden scripts were found");
}

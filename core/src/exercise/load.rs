//! From files to exercises, with errors that name the file.

use std::fmt;

#[cfg(feature = "toml")]
use std::collections::BTreeMap;

#[cfg(feature = "toml")]
use serde::Deserialize;

#[cfg(feature = "toml")]
use super::{Case, Concept, Exercise, Program, Stage, case};
#[cfg(feature = "toml")]
use crate::view::PictureKind;

/// A file that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The file, relative to the folder of exercises.
    pub file: String,
    /// What is wrong and what was expected.
    pub reason: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.reason)
    }
}

impl std::error::Error for LoadError {}

/// Reads every exercise from the files below a folder of exercises: their
/// paths relative to it, with `/`, and their texts. Files outside an
/// exercise's folder are no concern of this.
#[cfg(feature = "toml")]
pub fn load_all<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Vec<Exercise>, LoadError> {
    let mut folders: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for (path, text) in files {
        if let Some((folder, inside)) = path.split_once('/') {
            folders.entry(folder).or_default().insert(inside, text);
        }
    }
    let mut exercises = Vec::new();
    for (id, files) in &folders {
        exercises.push(load(id, files).map_err(|(file, reason)| LoadError {
            file: format!("{id}/{file}"),
            reason,
        })?);
    }
    exercises.sort_by(|a, b| (a.number, &a.id).cmp(&(b.number, &b.id)));
    Ok(exercises)
}

/// `exercise.toml`.
#[cfg(feature = "toml")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    number: u32,
    title: String,
    teaches: String,
    concepts: Vec<Concept>,
    #[serde(default)]
    stages: Vec<Stage>,
    source: String,
    picture: PictureKind,
}

/// A file within the exercise's folder, and what is wrong with it.
#[cfg(feature = "toml")]
type Wrong = (String, String);

#[cfg(feature = "toml")]
fn load(id: &str, files: &BTreeMap<&str, &str>) -> Result<Exercise, Wrong> {
    let text = |file: &str| {
        let missing = || {
            (
                file.to_owned(),
                "expected this file, it is missing".to_owned(),
            )
        };
        files.get(file).copied().ok_or_else(missing)
    };
    let head: Head = toml::from_str(text("exercise.toml")?)
        .map_err(|error| ("exercise.toml".to_owned(), toml_error(&error)))?;
    if head.id != id {
        let reason = format!(
            "id: expected {id:?}, the name of its folder, got {:?}",
            head.id
        );
        return Err(("exercise.toml".to_owned(), reason));
    }
    let hints = hints(text("hints.md")?).map_err(|reason| ("hints.md".to_owned(), reason))?;
    let programs = |folder: &str| {
        let inside = files.iter().filter_map(|(path, text)| {
            let file = path.strip_prefix(folder)?.strip_prefix('/')?;
            Some(Program {
                file: file.to_owned(),
                text: text.to_string(),
            })
        });
        inside.collect::<Vec<Program>>()
    };
    Ok(Exercise {
        id: head.id,
        number: head.number,
        title: head.title,
        teaches: head.teaches,
        concepts: head.concepts,
        stages: head.stages,
        source: head.source,
        picture: head.picture,
        statement: text("statement.md")?.to_owned(),
        hints,
        cases: cases(files)?,
        rules: files.get("rules.toml").map(|text| text.to_string()),
        starter: programs("starter"),
        accepted: programs("accepted"),
        wrong: programs("wrong"),
    })
}

/// Where in the file, and what was expected there, on one line.
#[cfg(feature = "toml")]
fn toml_error(error: &toml::de::Error) -> String {
    error.to_string().trim().replace('\n', " ")
}

#[cfg(feature = "toml")]
fn cases(files: &BTreeMap<&str, &str>) -> Result<Vec<Case>, Wrong> {
    let mut cases = Vec::new();
    for (path, text) in files {
        let Some(file) = path.strip_prefix("cases/") else {
            continue;
        };
        let wrong = |reason| (path.to_string(), reason);
        if file == "published.json" {
            cases.extend(case::read_published(text).map_err(wrong)?);
        } else if let Some(id) = file.strip_suffix(".jsonl") {
            cases.push(case::read(id, text).map_err(wrong)?);
        } else {
            return Err(wrong(
                "expected published.json or a file ending in .jsonl".to_owned(),
            ));
        }
    }
    if cases.is_empty() {
        return Err(("cases".to_owned(), "expected at least one case".to_owned()));
    }
    // The sort is stable: published cases keep their order, files their names'.
    cases.sort_by_key(|case| case.kind);
    Ok(cases)
}

/// The sections of `hints.md`, in order.
#[cfg(feature = "toml")]
fn hints(text: &str) -> Result<Vec<String>, String> {
    let mut hints: Vec<String> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let next = hints.len() + 1;
        match (line.strip_prefix("## Hint "), hints.last_mut()) {
            (Some(number), _) if number.trim().parse() == Ok(next) => {
                hints.push(String::new());
            }
            (None, Some(hint)) => {
                hint.push_str(line);
                hint.push('\n');
            }
            (None, None) if line.trim().is_empty() => {}
            _ => return Err(format!("line {}: expected \"## Hint {next}\"", at + 1)),
        }
    }
    Ok(hints.iter().map(|hint| hint.trim().to_owned()).collect())
}

#[cfg(all(test, feature = "toml"))]
mod tests {
    use super::*;
    use crate::exercise::CaseKind;

    const HEAD: &str = r#"
id = "counter"
number = 9
title = "A counter"
teaches = "Count."
picture = "log"
source = "made up"
concepts = [{ name = "count", text = "One more." }]
stages = [{ number = 1, title = "Up", text = "Count up." }]
"#;
    const CASE: &str = "{\"case\":\"One\",\"why\":\"It counts.\",\"kind\":\"extended\",\"stage\":1}\n{\"src\":\"c0\"}\n";

    fn folder() -> Vec<(&'static str, &'static str)> {
        vec![
            ("counter/exercise.toml", HEAD),
            ("counter/statement.md", "# Count\n"),
            (
                "counter/hints.md",
                "## Hint 1\n\nStart at 0.\n\n## Hint 2\n\nAdd 1.\n",
            ),
            ("counter/cases/b.jsonl", CASE),
            (
                "counter/cases/published.json",
                r#"[{"name":"p","timeout_ms":5000,"input":["x"],"expected_output":["y"]}]"#,
            ),
            ("counter/starter/main.py", "print()\n"),
            ("counter/wrong/never.py", "\n"),
        ]
    }

    fn check(change: (&'static str, &'static str), expected: &str) {
        let files = folder()
            .into_iter()
            .map(|(path, text)| match path == change.0 {
                true => change,
                false => (path, text),
            });
        let error = load_all(files).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn a_folder_is_all_it_takes() {
        let loaded = load_all(folder()).unwrap();
        let [exercise] = &loaded[..] else {
            panic!("one exercise")
        };
        assert_eq!(exercise.hints, ["Start at 0.", "Add 1."]);
        let kinds: Vec<CaseKind> = exercise.cases.iter().map(|case| case.kind).collect();
        assert_eq!(kinds, [CaseKind::Published, CaseKind::Extended]);
        assert_eq!(exercise.case("b"), exercise.case("2"));
        let stage = exercise.case("b").unwrap().stage;
        assert_eq!(stage, Some(exercise.stages[0].number));
        assert_eq!(exercise.case("1").unwrap().stage, None);
        assert_eq!(exercise.case("One").unwrap().lines, ["{\"src\":\"c0\"}"]);
        assert_eq!(exercise.clone().for_learners().wrong, []);
        let json = serde_json::to_string(exercise).unwrap();
        assert_eq!(serde_json::from_str::<Exercise>(&json).unwrap(), *exercise);
    }

    #[test]
    fn errors_name_the_file_and_what_was_expected() {
        check(
            ("counter/exercise.toml", "id = \"other\""),
            "counter/exercise.toml: ",
        );
        check(
            ("counter/hints.md", "## Hint 2\n"),
            "counter/hints.md: line 1: expected \"## Hint 1\"",
        );
        check(
            ("counter/cases/b.jsonl", "{}"),
            "counter/cases/b.jsonl: line 1: expected {\"case\"",
        );
        check(
            ("counter/cases/published.json", "{}"),
            "counter/cases/published.json: expected a list",
        );
        let renamed = folder()
            .into_iter()
            .filter(|(path, _)| !path.ends_with("statement.md"));
        let error = load_all(renamed).unwrap_err().to_string();
        assert_eq!(
            error,
            "counter/statement.md: expected this file, it is missing"
        );
    }
}

//! The course: embedded in the binary, or a folder of exercises at run time.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use isolab_core::exercise::{self, Exercise};

/// Where the exercises come from.
#[derive(Args, Debug)]
pub struct CourseArgs {
    /// Take the exercises from the folders in DIR instead of the embedded ones.
    #[arg(long, value_name = "DIR")]
    exercises: Option<PathBuf>,
}

impl CourseArgs {
    /// Every exercise, in order.
    pub fn course(&self) -> Result<Vec<Exercise>> {
        match &self.exercises {
            None => Ok(exercise::embedded::course()?),
            Some(folder) => {
                let mut files = Vec::new();
                collect(folder, folder, &mut files)
                    .with_context(|| format!("exercises in {}", folder.display()))?;
                let files = files
                    .iter()
                    .map(|(path, text)| (path.as_str(), text.as_str()));
                let course = exercise::load_all(files)
                    .map_err(|error| anyhow!("{}/{error}", folder.display()))?;
                if course.is_empty() {
                    return Err(anyhow!(
                        "{}: expected folders of exercises, found none",
                        folder.display()
                    ));
                }
                Ok(course)
            }
        }
    }

    /// One exercise by its id or its number.
    pub fn exercise(&self, name: &str) -> Result<Exercise> {
        let course = self.course()?;
        let known: Vec<&str> = course.iter().map(|exercise| exercise.id.as_str()).collect();
        let known = known.join(", ");
        let named =
            |exercise: &Exercise| exercise.id == name || exercise.number.to_string() == name;
        let found = course.into_iter().find(named);
        found.ok_or_else(|| anyhow!("no exercise {name:?}; there are {known}"))
    }
}

/// The text files below a folder, with their paths relative to `root`. Files
/// that are no text (a compiled program of a learner) are passed over.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    entries.sort();
    for path in entries {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with('.') || name == "__pycache__" || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            let inside = path.strip_prefix(root).unwrap_or(&path);
            let inside: Vec<String> = inside
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            files.push((inside.join("/"), text));
        }
    }
    Ok(())
}

//! Writes the TypeScript types of everything that crosses the boundary, one file each and an
//! index, into the folder given as the argument.
//!
//! List here the types that bindings take or return; the types that they contain follow by
//! themselves. A 64-bit integer is declared as a number: the timestamps of the protocol end at
//! 2^53 - 1, and the serializer refuses a larger one instead of rounding it.

use std::error::Error;
use std::{env, fs, path::Path};

use isolab_core::about::About;
use isolab_core::contention::{Contention, Workload};
use isolab_core::exercise::{Exercise, glimpse::CourseEntry};
use isolab_core::judge::progress::{CaseState, Progress};
use isolab_core::judge::report::Verdict;
use isolab_core::protocol::catalogue::RequestKind;
use isolab_core::question::Question;
use isolab_core::view::{Scene, Window};
use ts_rs::{Config, TS};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("usage: isolab-types FOLDER")?;
    let config = Config::new().with_large_int("number").with_out_dir(&folder);

    About::export_all(&config)?;
    Contention::export_all(&config)?;
    Workload::export_all(&config)?;
    Exercise::export_all(&config)?;
    CourseEntry::export_all(&config)?;
    RequestKind::export_all(&config)?;
    CaseState::export_all(&config)?;
    Progress::export_all(&config)?;
    Verdict::export_all(&config)?;
    Question::export_all(&config)?;
    Scene::export_all(&config)?;
    Window::export_all(&config)?;

    write_index(Path::new(&folder))
}

fn write_index(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        if name != "index" {
            names.push(name);
        }
    }
    names.sort();
    let lines = names
        .iter()
        .map(|name| format!("export type {{ {name} }} from \"./{name}\";\n"));
    fs::write(folder.join("index.ts"), lines.collect::<String>())?;
    Ok(())
}

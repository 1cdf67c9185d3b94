//! Writes the course for the page, into the folder given as the argument: `index.json` with what
//! the list of exercises shows, and `exercise-ID.json` with each exercise as a learner sees it.

use std::error::Error;
use std::{env, fs, path::Path};

use isolab_core::exercise::{embedded, glimpse::CourseEntry};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("usage: isolab-course FOLDER")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let course = embedded::course()?;
    let index: Vec<CourseEntry> = course.iter().map(CourseEntry::of).collect();
    fs::write(folder.join("index.json"), serde_json::to_string(&index)?)?;
    for exercise in course {
        let file = format!("exercise-{}.json", exercise.id);
        let text = serde_json::to_string(&exercise.for_learners())?;
        fs::write(folder.join(file), text)?;
    }
    Ok(())
}

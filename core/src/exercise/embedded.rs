//! The exercises of this source tree, embedded when the crate was built.

/// Every file below `exercises/`: path and text, in order of path.
pub static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// The course: every exercise, in order.
///
/// # Errors
/// A file of the source tree that is not as expected.
#[cfg(feature = "toml")]
pub fn course() -> Result<Vec<super::Exercise>, super::LoadError> {
    super::load_all(FILES.iter().copied())
}

#[cfg(all(test, feature = "toml"))]
mod tests {
    use crate::run::Run;

    #[test]
    fn every_exercise_loads_and_every_case_runs() {
        let course = super::course().unwrap();
        assert!(!course.is_empty());
        for exercise in &course {
            assert!(!exercise.starter.is_empty(), "{}: starter/", exercise.id);
            for case in &exercise.cases {
                let run = Run::from_script(&case.script());
                assert!(!run.is_empty(), "{}/{}", exercise.id, case.id);
            }
        }
    }
}

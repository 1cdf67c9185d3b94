//! Programs in memory: the shortest shell, for nodes, tests and shrinking.

use super::exercise::Exercise;
use super::grade::{Grade, Job, Next, Options};
use super::model::Model;
use super::script::Case;
use super::session::{Command, End, Outcome, Session};
use crate::node::{Node, Step};
use crate::time::Time;
use std::sync::Arc;

/// Something that answers lines with lines.
pub trait Program {
    /// A line of input; gives the lines of output it causes.
    fn line(&mut self, input: &str) -> Vec<String>;

    /// The input ended; gives the last lines.
    fn end(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// Plays a case against a program in memory, which has all the time it needs and nothing else to wait for.
pub fn play(case: Arc<Case>, model: Box<dyn Model>, program: &mut dyn Program) -> Outcome {
    converse(Session::new(case, model), program)
}

fn converse(mut session: Session, program: &mut dyn Program) -> Outcome {
    loop {
        let lines = match session.poll() {
            Command::Send(text) => text.lines().flat_map(|line| program.line(line)).collect(),
            Command::Close => program.end(),
            // What has not come by now will not come.
            Command::AwaitReply => {
                session.timed_out();
                continue;
            }
            Command::AwaitEnd => {
                session.ended(End::Exited);
                continue;
            }
            Command::Done => return session.outcome(),
        };
        for line in lines {
            session.line(line.as_bytes());
        }
    }
}

impl<F: FnMut(&str) -> Vec<String>> Program for F {
    fn line(&mut self, input: &str) -> Vec<String> {
        self(input)
    }
}

/// The reference node as a program in memory.
#[derive(Default)]
pub struct InMemory {
    node: Node,
    step: Step,
    lines: u64,
}

impl Program for InMemory {
    fn line(&mut self, input: &str) -> Vec<String> {
        self.lines += 1;
        self.step.clear();
        self.node
            .handle_line(Time::ZERO, self.lines, input.as_bytes(), &mut self.step);
        String::from_utf8_lossy(&self.step.replies)
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

/// Grades programs in memory: `fresh` gives a new one for every case.
pub fn grade(
    exercise: Arc<Exercise>,
    options: Options,
    fresh: &dyn Fn() -> Box<dyn Program>,
) -> Grade {
    let mut grade = Grade::new(exercise, options);
    while let Next::Run(Job { ticket, session }) = grade.next() {
        let outcome = converse(session, &mut *fresh());
        grade.done(ticket, outcome);
    }
    grade
}

#[cfg(all(test, feature = "embedded", feature = "toml"))]
mod tests {
    use super::*;
    use crate::judge::report::verdict;
    use crate::judge::script::{Case, List};
    use crate::judge::session::Status;
    use crate::judge::symbols::canonical;

    fn exercises() -> Vec<Arc<Exercise>> {
        let course = crate::exercise::embedded::course().unwrap();
        course
            .iter()
            .map(|folder| Arc::new(Exercise::of(folder).unwrap()))
            .collect()
    }

    fn node() -> Box<dyn Program> {
        Box::new(InMemory::default())
    }

    /// Two exercises come without published cases: nothing can pass as published.
    fn publishes(exercise: &Exercise) -> bool {
        let published = |case: &Case| case.list == List::Published;
        exercise.cases.iter().any(published)
    }

    #[test]
    fn the_reference_node_passes_everything() {
        for exercise in exercises() {
            let id = exercise.id.clone();
            for seed in [1, 2] {
                let options = Options {
                    seed,
                    cases: 60,
                    ..Options::default()
                };
                let verdict = verdict(&grade(Arc::clone(&exercise), options, &node));
                for case in &verdict.cases {
                    assert_eq!(case.status, Status::Passed, "{id} {}: {case:#?}", case.id);
                }
                assert_eq!(
                    (verdict.passed, verdict.as_published),
                    (true, publishes(&exercise).then_some(true)),
                    "{id}"
                );
            }
        }
    }

    #[test]
    fn a_program_that_answers_init_only_passes_as_published_and_not_strictly() {
        let init_only = || -> Box<dyn Program> {
            Box::new(|line: &str| {
                match line.contains("\"init\"") {
                true => vec![r#"{"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1,"msg_id":0}}"#.to_owned()],
                false => Vec::new(),
            }
            })
        };
        for exercise in exercises() {
            let published = publishes(&exercise);
            let graded = grade(exercise, Options::default(), &init_only);
            let verdict = verdict(&graded);
            let as_published = published.then_some(true);
            assert_eq!(
                (verdict.passed, verdict.as_published),
                (false, as_published)
            );
            assert!(
                !published || verdict.summary.contains("nothing beyond init"),
                "{}",
                verdict.summary
            );
        }
    }

    /// A node whose chance to answer wrongly is decided by what it has seen.
    struct Broken {
        inner: InMemory,
        puts: usize,
    }

    impl Program for Broken {
        fn line(&mut self, input: &str) -> Vec<String> {
            self.puts += usize::from(
                input.contains("_put") || input.contains("append") || input.contains("\"put\""),
            );
            let mut lines = self.inner.line(input);
            if self.puts >= 3 && (input.contains("_get") || input.contains("\"r\"")) {
                lines.iter_mut().for_each(|l| {
                    *l = l
                        .replace("\"value\": \"", "\"value\": \"x")
                        .replace(", [", ", [77, ")
                });
            }
            lines
        }
    }

    #[test]
    fn a_failing_script_is_shrunk_until_nothing_can_go() {
        let broken = || -> Box<dyn Program> {
            Box::new(Broken {
                inner: InMemory::default(),
                puts: 0,
            })
        };
        let mut seen = 0;
        for exercise in exercises()
            .into_iter()
            .filter(|e| e.id == "mvcc" || e.id == "txn-list-append")
        {
            let options = Options {
                only: vec!["generated".into()],
                ..Options::default()
            };
            let graded = grade(Arc::clone(&exercise), options, &broken);
            let (_, shrunk) = graded.shrunk().expect("it fails");
            assert!(shrunk.minimal);
            assert!(!shrunk.outcome.passed());
            for n in 1..shrunk.case.steps.len() {
                let mut less = (*shrunk.case).clone();
                less.steps.remove(n);
                let model = exercise.model(less.list);
                let outcome = play(Arc::new(less), model, &mut *broken());
                assert!(
                    outcome.passed(),
                    "step {n} can go: {:#?}",
                    canonical(&shrunk.case.steps)
                );
            }
            seen += 1;
        }
        assert!(seen > 0);
    }

    #[test]
    fn equal_seeds_give_equal_verdicts() {
        let broken = || -> Box<dyn Program> {
            Box::new(Broken {
                inner: InMemory::default(),
                puts: 0,
            })
        };
        for exercise in exercises() {
            let once = || {
                let only = vec!["generated".into(), "named".into()];
                let options = Options {
                    only,
                    cases: 40,
                    ..Options::default()
                };
                let graded = grade(Arc::clone(&exercise), options, &broken);
                serde_json::to_string(&verdict(&graded)).unwrap()
            };
            assert_eq!(once(), once());
        }
    }
}

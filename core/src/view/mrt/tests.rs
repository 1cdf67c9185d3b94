//! The picture of a roll forward that is lost after the mark.

use super::*;
use crate::explain::phrase::plain;
use crate::run::Run;
use crate::view::{Picture, Scene, Window, scene::Mark};

const SCRIPT: &str = r#"
{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}
{"type":"mrt_put","key":["test","demo",16],"bins":{"bal":70}}
{"type":"mrt_put","key":["test","demo",1],"bins":{"bal":30}}
{"type":"mrt_put","key":["test","demo","y"],"bins":{"s":"open"}}
{"type":"mrt_begin","reads_capacity":16,"writes_capacity":16}
{"type":"mrt_get","key":["test","demo","y"],"txn_id":"t1"}
{"type":"mrt_get","key":["test","demo",31],"txn_id":"t1"}
{"type":"mrt_get","key":["test","demo",36],"txn_id":"t1"}
{"type":"mrt_put","key":["test","demo",16],"bins":{"bal":60},"txn_id":"t1"}
{"type":"mrt_put","key":["test","demo",1],"bins":{"bal":40},"txn_id":"t1"}
{"type":"mrt_fault","step":"roll","mode":"lost_request","key":["test","demo",1]}
{"type":"mrt_commit","txn_id":"t1"}
{"type":"mrt_get","key":["test","demo",16]}
{"type":"mrt_get","key":["test","demo",1]}
{"type":"mrt_put","key":["test","demo",1],"bins":{"bal":9}}
{"type":"mrt_sweep"}
{"type":"mrt_get","key":["test","demo",1]}
"#;

fn run() -> Run {
    let lines: Vec<String> = SCRIPT
        .lines()
        .filter(|line| !line.is_empty())
        .map(|body| format!(r#"{{"src":"c1","dest":"n1","body":{body}}}"#))
        .collect();
    Run::from_script(&lines.join("\n"))
}

fn scene(step: u32) -> (Scene, MrtView) {
    let scene = run().scene(step, &Window::default());
    let Picture::Mrt(view) = scene.picture.clone() else {
        panic!("{:?}", scene.picture)
    };
    (scene, view)
}

fn record<'v>(view: &'v MrtView, key: &str) -> &'v RecordRow {
    view.records
        .iter()
        .find(|record| record.key == key)
        .expect("a record of this key")
}

fn why(scene: &Scene) -> String {
    scene
        .why
        .paragraphs
        .iter()
        .map(|spans| plain(spans))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_commit_is_a_line_of_steps_with_its_point_marked() {
    let (scene, view) = scene(12);
    let commit = view.commit.expect("a commit");
    let steps: Vec<(&str, StepStatus)> = commit
        .steps
        .iter()
        .map(|step| (&*step.name, step.status))
        .collect();
    assert_eq!(
        steps,
        [
            ("verify", StepStatus::Done),
            ("mark", StepStatus::Done),
            ("roll forward", StepStatus::Failed),
            ("close", StepStatus::NotReached),
        ]
    );
    assert_eq!(commit.steps[0].done, ["three reads sent, all current"]);
    assert_eq!(commit.steps[2].done, ["16 rolled"]);
    assert_eq!(commit.steps[2].failed, ["1: no answer came"]);
    assert_eq!((commit.commit_point, commit.passed), (Some(1), true));
    assert_eq!(commit.outcome, "ROLL_FORWARD_ABANDONED");
    assert_eq!(
        scene.why.title,
        "Why does a commit that lost a message succeed?"
    );
    assert!(why(&scene).contains("That is the commit point"));
}

#[test]
fn records_show_both_versions_and_who_would_read_what() {
    let (_, view) = scene(12);
    let rolled = record(&view, "16").committed.as_ref().expect("committed");
    assert_eq!(
        (&rolled.bins[..], rolled.generation),
        (&["bal 60".to_owned()][..], 3)
    );
    assert_eq!(rolled.note, "rolled forward, was bal 70");
    assert!(record(&view, "16").lock.is_none());

    let held = record(&view, "1");
    assert_eq!(
        held.committed.as_ref().map(|version| version.generation),
        Some(1)
    );
    assert_eq!(
        held.provisional.as_ref().map(|version| version.generation),
        Some(2)
    );
    assert_eq!(held.lock.as_ref().map(|lock| &*lock.txn), Some("t1"));
    let answers: Vec<&str> = held.reads_now.iter().map(|read| &*read.answer).collect();
    assert_eq!(
        answers,
        [
            "bal 40, generation 2",
            "MRT_BLOCKED",
            "bal 30, generation 1"
        ]
    );

    assert_eq!(record(&view, "31").note, "no record: version 0:0, tracked");
    let read = record(&view, "y").committed.as_ref().expect("committed");
    assert_eq!(read.note, "read by t1, unchanged");
}

#[test]
fn maps_show_rows_and_chains() {
    let (_, view) = scene(12);
    let chains: Vec<(u64, Vec<&str>)> = view.maps[0]
        .rows
        .iter()
        .map(|row| (row.row, row.chain.iter().map(|cell| &*cell.key).collect()))
        .collect();
    assert_eq!((view.maps[0].n_rows, view.maps[0].n_eles), (32, 3));
    assert_eq!(chains, [(20, vec!["y"]), (23, vec!["31", "36"])]);
    let notes: Vec<&str> = view.maps[1].rows[0]
        .chain
        .iter()
        .map(|cell| &*cell.note)
        .collect();
    assert_eq!(notes, ["rolled", "locked"]);
}

#[test]
fn the_monitor_record_is_there_until_the_sweep() {
    let monitor = scene(12).1.monitor.expect("a monitor record");
    assert_eq!(monitor.keyds, ["57376ce4…", "b7f4b838…"]);
    assert_eq!(monitor.keys, "16 and 1");
    assert!(monitor.exists && monitor.fwd && monitor.deadline == 10);
    let monitor = scene(16).1.monitor.expect("its last state");
    assert!(!monitor.exists);
    assert!(scene(8).1.monitor.is_none(), "reads make none");
}

#[test]
fn a_refusal_names_the_holder() {
    let (scene, _) = scene(15);
    assert_eq!(scene.why.title, "Why is it refused?");
    assert!(why(&scene).starts_with("1 is held by t1. A writer outside is refused at once"));
    assert_eq!(scene.row.expect("a row").mark, Mark::Error);
}

#[test]
fn every_step_can_be_shown_at_once() {
    let run = run();
    for step in 0..=run.len() {
        let scene = run.scene(step, &Window::default());
        assert!(!scene.why.title.is_empty());
        if step > 0 {
            assert!(!scene.sentences.is_empty() || step == 1, "step {step}");
        }
    }
}

//! Laws of a run: what the index says is what a replay says.

use proptest::prelude::*;
use serde_json::json;

use super::Run;
use crate::view::{Picture, Window, scene::Scene};

/// A script of random requests of every scheme, many of them refused.
fn script() -> impl Strategy<Value = Vec<String>> {
    let key = prop::sample::select(vec!["x", "y", "z"]);
    let time = 0u64..12;
    let place = 1u32..6;
    let mvcc =
        (key.clone(), time, 0u8..9, place.clone()).prop_map(|(key, at, choice, id)| match choice {
            0..=2 => json!({"type": "mvcc_put", "key": key, "value": at, "timestamp": at}),
            3 => json!({"type": "mvcc_delete", "key": key, "timestamp": at}),
            4 => json!({"type": "mvcc_get", "key": key, "read_timestamp": at}),
            5 => json!({"type": "mvcc_get", "key": key, "snapshot_id": format!("s{id}")}),
            6 => json!({"type": "mvcc_begin", "read_timestamp": at}),
            7 => json!({"type": "mvcc_end", "snapshot_id": format!("s{id}")}),
            _ => json!({"type": "mvcc_gc", "watermark": at}),
        });
    let occ = (key.clone(), place, 0u8..4).prop_map(|(key, id, choice)| match choice {
        0 => json!({"type": "occ_begin"}),
        1 | 2 => json!({"type": "occ_read", "txn_id": format!("t{id}"), "key": key}),
        _ => json!({"type": "occ_commit", "txn_id": format!("t{id}"), "read_versions": [],
            "writes": [{"key": key, "value": id}]}),
    });
    let operation = (key.clone(), 0u8..5).prop_map(|(key, choice)| match choice {
        0 | 1 => json!({"op": "put", "key": key, "value": choice}),
        2 => json!({"op": "get", "key": key}),
        3 => json!({"op": "delete", "key": key}),
        _ => json!({"op": "swap", "key": key}),
    });
    let batch = prop::collection::vec(operation, 0..4)
        .prop_map(|operations| json!({"type": "txn_execute", "operations": operations}));
    let micro = (key, 0u8..10, any::<bool>()).prop_map(|(key, element, reads)| match reads {
        true => json!(["r", key, null]),
        false => json!(["append", key, element]),
    });
    let list =
        prop::collection::vec(micro, 1..4).prop_map(|txn| json!({"type": "txn", "txn": txn}));
    let body = prop_oneof![4 => mvcc, 3 => occ, 1 => batch, 1 => list];
    let line = (body, 0u8..3, 0u8..40).prop_map(|(mut body, client, odd)| {
        body["msg_id"] = json!(1);
        match odd {
            0 => "not JSON".to_owned(),
            _ => json!({"src": format!("c{client}"), "dest": "n1", "body": body}).to_string(),
        }
    });
    prop::collection::vec(line, 1..40).prop_map(|mut lines| {
        let init = json!({"type": "init", "msg_id": 1, "node_id": "n1", "node_ids": ["n1"]});
        lines.insert(
            0,
            json!({"src": "c0", "dest": "n1", "body": init}).to_string(),
        );
        lines
    })
}

/// Every id of a thing in a picture, as links may name it.
fn things(picture: &Picture) -> Vec<String> {
    match picture {
        Picture::Chains(chains) => {
            let blocks = chains.lanes.iter().flat_map(|lane| &lane.blocks);
            let pins = chains.pins.iter().map(|pin| pin.id.clone());
            let mark = chains.watermark.iter().map(|_| "watermark".to_owned());
            blocks
                .map(|block| block.id.clone())
                .chain(pins)
                .chain(mark)
                .collect()
        }
        Picture::Occ(occ) => {
            let versions = occ.keys.iter().flat_map(|lane| &lane.versions);
            let transactions = occ.transactions.iter().map(|t| t.id.clone());
            versions
                .map(|version| version.id.clone())
                .chain(transactions)
                .collect()
        }
        Picture::Log(log) => {
            let entries = log.entries.iter().map(|entry| entry.id.clone());
            let cells = log.state.iter().map(|cell| cell.id.clone());
            let gate = log.gate.iter().map(|_| "gate".to_owned());
            entries.chain(cells).chain(gate).collect()
        }
        Picture::Lists(lists) => {
            let cells = lists.lists.iter().flat_map(|list| &list.cells);
            cells.map(|cell| cell.id.clone()).collect()
        }
        _ => Vec::new(),
    }
}

/// The links of a scene's explanation.
fn links(scene: &Scene) -> Vec<String> {
    let spans = scene.why.paragraphs.iter().chain(&scene.why.also).flatten();
    let thing = |span: &crate::view::scene::Span| match span {
        crate::view::scene::Span::Link { thing, .. } => Some(thing.clone()),
        _ => None,
    };
    spans.filter_map(thing).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn prop_a_scene_equals_a_replay_of_its_steps(lines in script()) {
        let whole = Run::from_script(&lines.join("\n"));
        for step in 1..=whole.len() {
            let window = Window { picture: whole.picture_kind(step), ..Window::default() };
            let told = whole.scene(step, &window);
            let replayed = Run::from_script(&lines[..step as usize].join("\n"));
            let replayed = replayed.scene(step, &window);
            prop_assert_eq!(&told.picture, &replayed.picture, "step {}", step);
            prop_assert_eq!(&told.why, &replayed.why, "step {}", step);
            prop_assert_eq!(&told.row, &replayed.row);
            prop_assert_eq!(&told.tables, &replayed.tables);
            prop_assert_eq!(&told.sentences, &replayed.sentences);
        }
    }

    #[test]
    fn prop_every_link_names_a_thing_in_the_picture(lines in script()) {
        let run = Run::from_script(&lines.join("\n"));
        for step in 0..=run.len() {
            let scene = run.scene(step, &Window::default());
            let things = things(&scene.picture);
            for link in links(&scene) {
                prop_assert!(
                    link.starts_with("message/") || things.contains(&link),
                    "step {}: {} is not in the picture: {:?}", step, link, scene.why
                );
            }
        }
    }

    #[test]
    fn prop_a_window_leaves_out_and_changes_nothing(lines in script(), first in 0u32..3, lanes in 0u32..3) {
        let run = Run::from_script(&lines.join("\n"));
        let step = run.len();
        let picture = Some(crate::view::PictureKind::Chains);
        let all = run.scene(step, &Window { picture, ..Window::default() });
        let some = run.scene(step, &Window {
            picture,
            first_lane: Some(first),
            lanes: Some(lanes),
            from_time: Some(3),
            to_time: Some(7),
            ..Window::default()
        });
        let (Picture::Chains(all), Picture::Chains(some)) = (all.picture, some.picture) else {
            panic!("chains were asked for");
        };
        prop_assert_eq!(all.lanes_total, some.lanes_total);
        for lane in &some.lanes {
            let whole = all.lanes.iter().find(|whole| whole.key == lane.key).unwrap();
            let meets = |block: &&crate::view::chains::Block| {
                block.from <= 7 && block.to.is_none_or(|to| to > 3)
            };
            let expected: Vec<_> = whole.blocks.iter().filter(meets).collect();
            prop_assert_eq!(lane.blocks.iter().collect::<Vec<_>>(), expected);
            prop_assert_eq!(lane.outside as usize, whole.blocks.len() - lane.blocks.len());
        }
    }
}

#[test]
fn an_empty_script_has_a_scene() {
    let run = Run::from_script("\n \n");
    assert!(run.is_empty());
    assert_eq!(run.scene(7, &Window::default()).step, 0);
}

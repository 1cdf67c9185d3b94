//! The chart of a step: what of the history is in view, and what it means now.
//!
//! 1. The step's own events say what is lit: a read chooses a block and makes
//!    all later ones newer; an opened snapshot does the same without a line; a
//!    refused write points at the read, or at the version, that forbids it.
//! 2. Blocks come from the history, those of the window only; a lane with more
//!    than the limit sends counts and the blocks that the step is about.

use super::{
    Answered, Bar, Block, Chains, Landing, Lane, Pin, ReadLine, RefusedWrite, Role, Watermark,
    history::{ChainHistory, LaneHistory, SnapshotFact},
};
use crate::{
    event::{Event, ReadThrough, VersionRef},
    run::Now,
    view::Window,
};

/// Blocks that a lane sends one by one; with more of them none could be read.
const BLOCKS: usize = 100;
/// Into how many bars a fuller lane is counted.
const BARS: usize = 64;

/// The thing id of a version: `x/v2`.
pub fn version_id(key: &str, version: u64) -> String {
    format!("{key}/v{version}")
}

impl ChainHistory {
    /// The chart after `step`.
    pub fn at(&self, step: u32, window: &Window, now: &Now) -> Chains {
        let focus = Focus::of(now);
        let (first, count) = window.lane_range();
        let total = self.lane_count(step);
        let in_window = first.min(total)..first.saturating_add(count).min(total);
        let mut places: Vec<usize> = in_window.collect();
        for key in &focus.keys {
            if let Some((place, _)) = self.lane(key, step) {
                places.push(place);
            }
        }
        places.sort_unstable();
        places.dedup();
        let open: Vec<&SnapshotFact> = self.open_snapshots(step).collect();
        let watermark = self.last_collection(step).map(|c| Watermark {
            at: c.watermark,
            asked: c.asked,
            held_by: c.held_by.clone(),
        });
        let view = View {
            history: self,
            step,
            window,
            focus: &focus,
            open: &open,
            watermark: watermark.as_ref(),
        };
        let mut lanes: Vec<Lane> = places.iter().map(|place| view.lane(*place)).collect();
        // A refused write may name a key that has no lane: draw it where it wanted to be.
        for key in &focus.keys {
            if self.lane(key, step).is_none() {
                lanes.push(empty_lane(key, total));
            }
        }
        Chains {
            extent: view.extent(),
            read: view.read_line(&places),
            pins: view.pins(&places),
            answered: focus.answered(self, step, now),
            lanes_total: total as u32,
            lanes,
            watermark,
            refused: focus.refused,
        }
    }
}

/// What the step is about.
#[derive(Default)]
struct Focus {
    /// Keys that it touched.
    keys: Vec<String>,
    /// The read line: timestamp and label.
    line: Option<(u64, String)>,
    /// Where readers of this step stand: blocks after it are newer.
    horizon: Option<u64>,
    /// The version chosen, by key.
    chosen: Option<(String, VersionRef)>,
    /// All that a snapshot opened by this step sees is chosen.
    opened: bool,
    /// The version that a refused write collides with.
    collides: Option<(String, u64)>,
    refused: Option<RefusedWrite>,
}

impl Focus {
    fn of(now: &Now) -> Self {
        let mut focus = Focus::default();
        for event in now.events {
            focus.take(event, now);
        }
        focus
    }

    fn take(&mut self, event: &Event, now: &Now) {
        match event {
            Event::VersionWritten { key, .. } => self.keys.push(key.clone()),
            Event::SnapshotRead {
                key,
                read_at,
                through,
                chosen,
                ..
            } => {
                self.keys.push(key.clone());
                let newest = matches!(through, ReadThrough::Latest);
                let at = match newest {
                    true => chosen.as_ref().map(|v| v.timestamp),
                    false => *read_at,
                };
                let label = match through {
                    ReadThrough::Timestamp => format!("read {}", at.unwrap_or(0)),
                    ReadThrough::Latest => "read newest".to_owned(),
                    ReadThrough::Snapshot { snapshot_id } => {
                        format!("{snapshot_id} at {}", at.unwrap_or(0))
                    }
                };
                self.line = at.map(|at| (at, label));
                // The newest of one key says nothing about what others may see.
                self.horizon = if newest { None } else { at };
                self.chosen = chosen.clone().map(|version| (key.clone(), version));
            }
            Event::WriteRefusedByReader {
                key,
                timestamp,
                read_at,
                returned,
            } => {
                self.keys.push(key.clone());
                self.chosen = returned.clone().map(|version| (key.clone(), version));
                self.refused = Some(RefusedWrite {
                    key: key.clone(),
                    at: *timestamp,
                    reason: format!("a read at {read_at} was answered"),
                    read_at: Some(*read_at),
                });
            }
            Event::SnapshotOpened { read_at, .. } => {
                self.horizon = Some(*read_at);
                self.opened = true;
            }
            Event::VersionsCollected { removed, .. } => {
                // A collection may touch every key: those in view show it.
                self.keys
                    .extend(removed.iter().take(8).map(|r| r.key.clone()));
            }
            Event::RequestRefused { kind, code, .. } => self.refuse(kind, *code, now),
            _ => {}
        }
    }

    /// A request refused before it reached a chain: drawn where it wanted to be.
    fn refuse(&mut self, kind: &str, code: u32, now: &Now) {
        if !matches!(kind, "mvcc_put" | "mvcc_delete") || !matches!(code, 21 | 22) {
            return;
        }
        let Some(body) = now.request.as_ref().map(|sent| &sent.body) else {
            return;
        };
        let (Some(key), Some(at)) = (body.text("key"), body.integer("timestamp")) else {
            return;
        };
        let reason = match code {
            21 => "this timestamp is taken",
            _ => "below the watermark",
        };
        self.keys.push(key.clone().into_owned());
        if code == 21 {
            self.collides = Some((key.clone().into_owned(), at));
        }
        self.refused = Some(RefusedWrite {
            key: key.into_owned(),
            at,
            reason: reason.to_owned(),
            read_at: None,
        });
    }

    /// What a program answered to the read of this step, if it differs.
    fn answered(&self, history: &ChainHistory, step: u32, now: &Now) -> Option<Answered> {
        let reply = now.actual.as_ref()?;
        let read = now.events.iter().find_map(|event| match event {
            Event::SnapshotRead { key, chosen, .. } => Some((key, chosen)),
            _ => None,
        });
        let (key, chosen) = read?;
        let version = reply.body.integer("version")?;
        if version == chosen.as_ref().map_or(0, |v| v.version) {
            return None;
        }
        let (_, lane) = history.lane(key, step)?;
        let block = lane.version(version).filter(|v| v.written <= step);
        Some(Answered {
            key: key.clone(),
            block: block.map(|v| version_id(key, v.at.version)),
            value: crate::view::row::cut(reply.body.raw("value").unwrap_or("null"), 40),
        })
    }
}

fn empty_lane(key: &str, index: usize) -> Lane {
    Lane {
        index: index as u32,
        key: key.to_owned(),
        blocks: Vec::new(),
        bars: Vec::new(),
        outside: 0,
        current: true,
    }
}

/// A step looked at through a window.
struct View<'a> {
    history: &'a ChainHistory,
    step: u32,
    window: &'a Window,
    focus: &'a Focus,
    open: &'a [&'a SnapshotFact],
    watermark: Option<&'a Watermark>,
}

impl View<'_> {
    fn lane(&self, place: usize) -> Lane {
        let lane = &self.history.lanes[place];
        let from = self.window.from_time.unwrap_or(0);
        let to = self.window.to_time.unwrap_or(u64::MAX);
        let found: Vec<usize> = lane.meeting(from, to, self.step).collect();
        let outside = lane.written(self.step) - found.len();
        let limit = self.window.item_limit(BLOCKS);
        let (blocks, bars) = if found.len() <= limit {
            (
                found.iter().map(|p| self.block(lane, *p)).collect(),
                Vec::new(),
            )
        } else {
            let about = found.iter().map(|p| self.block(lane, *p));
            let about = about.filter(|b| b.fresh || matches!(b.role, Role::Chosen | Role::Refused));
            (about.take(limit).collect(), self.bars(lane, &found))
        };
        Lane {
            index: place as u32,
            current: self.focus.keys.contains(&lane.key),
            key: lane.key.clone(),
            blocks,
            bars,
            outside: outside as u32,
        }
    }

    fn block(&self, lane: &LaneHistory, place: usize) -> Block {
        let fact = &lane.versions[place];
        let next = lane.next(place, self.step);
        let pinned_by = self.pinned_by(lane, place);
        let read = fact.reads.partition_point(|step| *step <= self.step);
        Block {
            id: version_id(&lane.key, fact.at.version),
            version: fact.at.version as u32,
            from: fact.at.timestamp,
            to: next.map(|next| next.at.timestamp),
            value: fact.value.clone(),
            role: self.role(lane, place),
            written_at_step: fact.written,
            collected_at_step: fact.collected.filter(|_| fact.gone(self.step)),
            out_of_order: fact.slid_before.is_some(),
            fresh: fact.written == self.step,
            because: self.because(lane, place, &pinned_by),
            pinned_by,
            reads: read as u32,
            last_read_step: fact.reads[..read].last().copied(),
        }
    }

    fn role(&self, lane: &LaneHistory, place: usize) -> Role {
        let fact = &lane.versions[place];
        let focus = self.focus;
        let named = |what: &Option<(String, VersionRef)>| {
            what.as_ref().is_some_and(|(key, version)| {
                *key == lane.key && version.version == fact.at.version
            })
        };
        let collides = focus
            .collides
            .as_ref()
            .is_some_and(|(key, at)| *key == lane.key && *at == fact.at.timestamp);
        let seen = || {
            let visible = focus.horizon.and_then(|at| lane.visible(at, self.step));
            visible.is_some_and(|visible| visible.at == fact.at)
        };
        if fact.gone(self.step) {
            Role::Gone
        } else if collides {
            Role::Refused
        } else if named(&focus.chosen) || (focus.opened && seen()) {
            Role::Chosen
        } else if focus.horizon.is_some_and(|at| fact.at.timestamp > at) {
            Role::Newer
        } else {
            Role::Plain
        }
    }

    /// The open snapshots whose read lands on the version.
    fn pinned_by(&self, lane: &LaneHistory, place: usize) -> Vec<String> {
        let fact = &lane.versions[place];
        if fact.gone(self.step) {
            return Vec::new();
        }
        let until = lane
            .next(place, self.step)
            .map_or(u64::MAX, |v| v.at.timestamp);
        let sees = |s: &&&SnapshotFact| s.at >= fact.at.timestamp && s.at < until;
        self.open
            .iter()
            .filter(sees)
            .map(|s| s.id.clone())
            .collect()
    }

    /// Why the version is kept, or gone.
    fn because(&self, lane: &LaneHistory, place: usize, pinned_by: &[String]) -> String {
        let fact = &lane.versions[place];
        let next = lane.next(place, self.step).map(|v| v.at.timestamp);
        if let (Some(collected), true) = (fact.collected, fact.gone(self.step)) {
            return match &fact.covered_by {
                Some(cover) => format!(
                    "collected at message {collected}: v{} @{} answers every read that is still allowed",
                    cover.version, cover.timestamp
                ),
                None => format!(
                    "collected at message {collected}: a deletion with nothing left below it answers the same as nothing"
                ),
            };
        }
        let mark = self.watermark.map(|watermark| watermark.at);
        match (mark, next) {
            _ if !pinned_by.is_empty() => format!("kept: {} sees it", pinned_by.join(" and ")),
            (_, None) => "kept: it is the newest".to_owned(),
            (None, _) => "kept: nothing has been collected yet".to_owned(),
            (Some(mark), _) if fact.at.timestamp > mark => {
                format!("kept: it is newer than the watermark {mark}")
            }
            (Some(mark), Some(next)) if next > mark => {
                format!("kept: it answers reads from {mark} to {}", next - 1)
            }
            (Some(mark), _) => {
                format!("no read at or above {mark} can see it: the next collection takes it")
            }
        }
    }

    /// The versions counted into bars of equal width in time.
    fn bars(&self, lane: &LaneHistory, found: &[usize]) -> Vec<Bar> {
        let at = |place: usize| lane.versions[place].at.timestamp;
        let low = at(found[0]);
        let width = (at(found[found.len() - 1]) - low) / BARS as u64 + 1;
        let mut bars: Vec<Bar> = Vec::new();
        let mut slot_of_last = 0;
        for place in found {
            let from = at(*place);
            let slot = (from - low) / width;
            let gone = u32::from(lane.versions[*place].gone(self.step));
            match bars.last_mut() {
                Some(bar) if slot == slot_of_last => {
                    bar.to = from;
                    bar.count += 1;
                    bar.gone += gone;
                }
                _ => bars.push(Bar {
                    from,
                    to: from,
                    count: 1,
                    gone,
                }),
            }
            slot_of_last = slot;
        }
        bars
    }

    fn read_line(&self, places: &[usize]) -> Option<ReadLine> {
        let (at, label) = self.focus.line.clone()?;
        let mut landings = Vec::new();
        for place in places {
            let lane = &self.history.lanes[*place];
            let now = self.focus.keys.contains(&lane.key);
            if now || lane.was_read(at, self.step) {
                let block = lane.visible(at, self.step);
                landings.push(Landing {
                    key: lane.key.clone(),
                    block: block.map(|v| version_id(&lane.key, v.at.version)),
                    now,
                });
            }
        }
        Some(ReadLine {
            at,
            label,
            landings,
        })
    }

    fn pins(&self, places: &[usize]) -> Vec<Pin> {
        let pin = |snapshot: &&SnapshotFact| {
            let lanes = places.iter().map(|place| &self.history.lanes[*place]);
            let sees = lanes.filter_map(|lane| {
                let version = lane.visible(snapshot.at, self.step)?;
                Some(version_id(&lane.key, version.at.version))
            });
            Pin {
                id: snapshot.id.clone(),
                at: snapshot.at,
                sees: sees.collect(),
            }
        };
        self.open.iter().map(pin).collect()
    }

    /// The reach of the axis: the store's, and what this step adds to it.
    fn extent(&self) -> Option<(u64, u64)> {
        let line = self.focus.line.as_ref().map(|(at, _)| *at);
        let refused = self.focus.refused.as_ref();
        let added = [line, refused.map(|r| r.at), refused.and_then(|r| r.read_at)];
        let mut extent = self.history.extent(self.step);
        for at in added.into_iter().flatten() {
            let (low, high) = extent.unwrap_or((at, at));
            extent = Some((low.min(at), high.max(at)));
        }
        extent
    }
}

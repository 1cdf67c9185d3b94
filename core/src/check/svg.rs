//! The pictures of the report in SVG.
//!
//! ```text
//!   ┌ T4 ┐  1 rw on x   ┌ T2 ┐        a cycle is a ring of two rows;
//!   │    │ ───────────▶ │    │        a long one is a column with
//!   └────┘              └────┘        the way back at its side
//!     ▲     3 wr on z     │ 2 wr on y
//!     └──── ┌ T3 ┐ ◀──────┘
//! ```
//!
//! Text in SVG does not wrap: widths are reckoned from the number of characters
//! of a monospaced face, and what is longer ends in "…".

use std::fmt::Write as _;

use super::graph::Label;
use super::picture::{CycleEdge, CycleNode, CyclePicture, ModelMap, Standing, Timeline};

/// Width of a character of the data face, as a part of its size.
const MONO: f64 = 0.62;

/// Text that is safe inside HTML and SVG.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn cut(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars.saturating_sub(1)).collect();
    kept + "…"
}

fn begin(width: f64, height: f64, label: &str) -> String {
    format!(
        "<svg width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{}\">",
        escape(label)
    )
}

/// Lines of a box: its name, and the operations that fit.
const LINES: usize = 6;
const CHARS: usize = 30;

struct Boxed {
    x: f64,
    y: f64,
    height: f64,
}

const BOX: f64 = 250.0;
const GAP: f64 = 128.0;

fn lines_of(node: &CycleNode) -> Vec<(String, bool)> {
    let mut lines: Vec<(String, bool)> = Vec::new();
    let count = node.operations.len();
    // What the cycle rests on is never left out.
    let room = LINES.max(node.operations.iter().filter(|(_, marked)| *marked).count());
    let mut spare = room - node.operations.iter().filter(|(_, marked)| *marked).count();
    for (text, marked) in &node.operations {
        if *marked || count <= room || spare > 1 {
            spare = spare.saturating_sub(usize::from(!*marked));
            lines.push((cut(text, CHARS), *marked));
        }
    }
    if lines.len() < count {
        lines.push((format!("… {} more", count - lines.len()), false));
    }
    lines
}

fn height_of(node: &CycleNode) -> f64 {
    34.0 + 19.0 * lines_of(node).len() as f64
}

/// A cycle.
pub fn cycle(picture: &CyclePicture) -> String {
    let names: Vec<&str> = picture
        .nodes
        .iter()
        .map(|node| node.name.as_str())
        .collect();
    let label = format!("Cycle {}, {}", names.join(", "), names[0]);
    if picture.nodes.len() <= 6 {
        ring(picture, &label)
    } else {
        column(picture, &label)
    }
}

fn ring(picture: &CyclePicture, label: &str) -> String {
    let n = picture.nodes.len();
    let top = n.div_ceil(2);
    let row = |nodes: &[CycleNode]| nodes.iter().map(height_of).fold(0.0, f64::max);
    let (upper, lower) = (row(&picture.nodes[..top]), row(&picture.nodes[top..]));
    let width = top as f64 * BOX + (top as f64 - 1.0) * GAP + 4.0;
    let width = if top == 1 { BOX + 60.0 } else { width };
    let between = 76.0;
    let height = upper + between + lower + 8.0;
    let boxes: Vec<Boxed> = (0..n)
        .map(|i| {
            let column = if i < top { i } else { top - 1 - (i - top) };
            Boxed {
                x: 2.0 + column as f64 * (BOX + GAP),
                y: if i < top { 4.0 } else { 4.0 + upper + between },
                height: height_of(&picture.nodes[i]),
            }
        })
        .collect();
    let mut svg = begin(width, height, label);
    for (i, edge) in picture.edges.iter().enumerate() {
        let (from, to) = (&boxes[i], &boxes[(i + 1) % n]);
        let says = format!("{} {}", i + 1, words(edge));
        if i + 1 < top {
            let y = from.y + 24.0;
            draw(
                &mut svg,
                edge,
                &format!("M{} {y}H{}", from.x + BOX, to.x - 4.0),
                (to.x, y),
                'r',
            );
            on_line(&mut svg, from.x + BOX + GAP / 2.0, y - 9.0, &says);
        } else if i + 1 == top {
            let x = from.x + if n == 2 { BOX / 4.0 } else { BOX / 2.0 };
            let start = from.y + from.height;
            draw(
                &mut svg,
                edge,
                &format!("M{x} {start}V{}", to.y - 4.0),
                (x, to.y),
                'd',
            );
            beside(&mut svg, x, (start + to.y) / 2.0, &says);
        } else if i + 1 < n {
            let y = from.y + 24.0;
            let start = from.x;
            draw(
                &mut svg,
                edge,
                &format!("M{start} {y}H{}", to.x + BOX + 4.0),
                (to.x + BOX, y),
                'l',
            );
            on_line(&mut svg, start - GAP / 2.0, y - 9.0, &says);
        } else if from.x > to.x {
            let (x, y) = (to.x + BOX / 2.0, from.y + 24.0);
            let end = to.y + to.height;
            draw(
                &mut svg,
                edge,
                &format!("M{} {y}H{x}V{}", from.x, end + 4.0),
                (x, end),
                'u',
            );
            on_line(&mut svg, (from.x + x) / 2.0, y - 9.0, &says);
        } else {
            let x = from.x + if n == 2 { BOX * 0.75 } else { BOX / 2.0 };
            let end = to.y + to.height;
            draw(
                &mut svg,
                edge,
                &format!("M{x} {}V{}", from.y, end + 4.0),
                (x, end),
                'u',
            );
            beside(&mut svg, x, (from.y + end) / 2.0, &says);
        }
    }
    for (node, at) in picture.nodes.iter().zip(&boxes) {
        draw_box(&mut svg, node, at);
    }
    svg + "</svg>"
}

fn column(picture: &CyclePicture, label: &str) -> String {
    let (left, between) = (96.0, 44.0);
    let heights: Vec<f64> = picture.nodes.iter().map(height_of).collect();
    let height = heights.iter().sum::<f64>() + between * (heights.len() as f64 - 1.0) + 8.0;
    let mut svg = begin(left + BOX + 110.0, height, label);
    let mut y = 4.0;
    let n = picture.nodes.len();
    for (i, (node, edge)) in picture.nodes.iter().zip(&picture.edges).enumerate() {
        let at = Boxed {
            x: left,
            y,
            height: heights[i],
        };
        let says = format!("{} {}", i + 1, words(edge));
        if i + 1 < n {
            let (x, start) = (left + BOX / 2.0, y + heights[i]);
            let end = start + between;
            draw(
                &mut svg,
                edge,
                &format!("M{x} {start}V{}", end - 4.0),
                (x, end),
                'd',
            );
            beside(&mut svg, x, (start + end) / 2.0, &says);
        } else {
            let (from, to) = (y + 24.0, 28.0);
            let path = format!("M{left} {from}H14V{to}H{}", left - 4.0);
            draw(&mut svg, edge, &path, (left, to), 'r');
            on_line(&mut svg, left / 2.0 + 4.0, to - 8.0, &says);
        }
        draw_box(&mut svg, node, &at);
        y += heights[i] + between;
    }
    svg + "</svg>"
}

fn words(edge: &CycleEdge) -> String {
    match &edge.key {
        Some(key) => format!("{} on {}", edge.label.name(), cut(key, 9)),
        None => edge.label.name().to_owned(),
    }
}

fn draw(svg: &mut String, edge: &CycleEdge, path: &str, tip: (f64, f64), to: char) {
    if edge.label == Label::Ww {
        let _ = write!(
            svg,
            "<path d=\"{path}\" class=\"arrow wide\"/><path d=\"{path}\" class=\"inner\"/>"
        );
    } else {
        let _ = write!(
            svg,
            "<path d=\"{path}\" class=\"arrow {}\"/>",
            edge.label.name()
        );
    }
    let (x, y) = tip;
    let head = match to {
        'r' => format!("M{x} {y}l-11 -5.5v11z"),
        'l' => format!("M{x} {y}l11 -5.5v11z"),
        'd' => format!("M{x} {y}l-5.5 -11h11z"),
        _ => format!("M{x} {y}l-5.5 11h11z"),
    };
    let _ = write!(svg, "<path d=\"{head}\" class=\"head\"/>");
}

fn on_line(svg: &mut String, x: f64, y: f64, text: &str) {
    let _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" class=\"on mid\">{}</text>",
        escape(text)
    );
}

fn beside(svg: &mut String, x: f64, y: f64, text: &str) {
    let _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" class=\"on\">{}</text>",
        x + 10.0,
        y + 4.0,
        escape(text)
    );
}

fn draw_box(svg: &mut String, node: &CycleNode, at: &Boxed) {
    let Boxed { x, y, height } = *at;
    let _ = write!(
        svg,
        "<g><title>{}: {}</title><rect x=\"{x}\" y=\"{y}\" width=\"{BOX}\" height=\"{height}\" class=\"block\"/><rect x=\"{x}\" y=\"{y}\" width=\"3\" height=\"{height}\" class=\"left\"/><text x=\"{}\" y=\"{}\" class=\"b\">{}</text><text x=\"{}\" y=\"{}\" class=\"small dim\" text-anchor=\"end\">{}</text>",
        escape(&node.name),
        escape(
            &node
                .operations
                .iter()
                .map(|(text, _)| text.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ),
        x + 14.0,
        y + 20.0,
        escape(&node.name),
        x + BOX - 8.0,
        y + 20.0,
        escape(&cut(&node.lines, 24)),
    );
    for (i, (text, marked)) in lines_of(node).iter().enumerate() {
        let class = if *marked { "b" } else { "dim" };
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" class=\"{class}\">{}</text>",
            x + 14.0,
            y + 40.0 + 19.0 * i as f64,
            escape(text)
        );
    }
    svg.push_str("</g>");
}

/// Where the history stands among the usual models.
pub fn models(map: &ModelMap) -> String {
    let (width, pitch) = (560.0, 56.0);
    let shown = |place: &&super::picture::ModelPlace| place.usual;
    let rows = map
        .models
        .iter()
        .filter(shown)
        .map(|place| place.row)
        .max()
        .unwrap_or(0);
    let mut svg = begin(width, f64::from(rows) * pitch + 40.0, "Consistency models");
    let half = |title: &str| title.chars().count() as f64 * 11.5 * MONO / 2.0 + 8.0;
    let centre = |place: &super::picture::ModelPlace| {
        let half = half(&place.title);
        let x = (place.across * width).clamp(half + 1.0, width - half - 9.0);
        (x, f64::from(place.row) * pitch + 22.0)
    };
    for &(a, b) in &map.implies {
        let (a, b) = (&map.models[a as usize], &map.models[b as usize]);
        if a.usual && b.usual {
            let ((ax, ay), (bx, by)) = (centre(a), centre(b));
            let out = matches!(a.standing, Standing::RuledOut | Standing::Violated);
            let class = if out { "hair" } else { "axis" };
            let _ = write!(
                svg,
                "<path d=\"M{ax:.1} {}L{bx:.1} {}\" class=\"{class}\"/>",
                ay + 13.0,
                by - 13.0
            );
        }
    }
    for place in map.models.iter().filter(shown) {
        let (x, y) = centre(place);
        let half = half(&place.title);
        let (class, says) = standing(place.standing);
        let _ = write!(
            svg,
            "<g tabindex=\"0\" role=\"img\" aria-label=\"{0}: {says}\"><title>{0}: {says}</title><rect x=\"{1:.1}\" y=\"{2}\" width=\"{3:.1}\" height=\"26\" class=\"{class}\"/><text x=\"{x:.1}\" y=\"{4}\" class=\"mid small t-{class}\">{0}</text>",
            escape(&place.title),
            x - half,
            y - 13.0,
            2.0 * half,
            y + 4.0,
        );
        let (cx, cy) = (x + half, y - 13.0);
        match place.standing {
            Standing::Violated | Standing::RuledOut => {
                let cross = if place.standing == Standing::Violated {
                    "cross"
                } else {
                    "cross-out"
                };
                let _ = write!(
                    svg,
                    "<circle cx=\"{cx:.1}\" cy=\"{cy}\" r=\"7\" class=\"ground\"/><path d=\"M{:.1} {}l7.6 7.6m0 -7.6l-7.6 7.6\" class=\"{cross}\"/>",
                    cx - 3.8,
                    cy - 3.8
                );
            }
            Standing::NotTested => {
                let _ = write!(
                    svg,
                    "<circle cx=\"{cx:.1}\" cy=\"{cy}\" r=\"8\" class=\"ground\"/><text x=\"{cx:.1}\" y=\"{}\" class=\"mid b\">?</text>",
                    cy + 4.5
                );
            }
            Standing::Strongest | Standing::Possible => {}
        }
        svg.push_str("</g>");
    }
    svg + "</svg>"
}

/// The class of a standing, and what it says.
pub fn standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Strongest => ("strongest", "still possible, among the strongest left"),
        Standing::Possible => ("possible", "still possible"),
        Standing::Violated => ("violated", "ruled out, among the weakest"),
        Standing::RuledOut => ("ruled-out", "ruled out with a weaker one"),
        Standing::NotTested => ("not-tested", "not tested on its own"),
    }
}

/// Transactions over time.
pub fn timeline(timeline: &Timeline) -> String {
    let (left, width, lane) = (88.0, 700.0, 38.0);
    let (from, to) = timeline.span;
    let x = |at: f64| left + (at - from) / (to - from) * (width - left - 8.0);
    let bottom = timeline.lanes.len() as f64 * lane + 6.0;
    let mut svg = begin(
        width,
        bottom + 30.0,
        "Transactions over time, one lane for each client",
    );
    for (i, row) in timeline.lanes.iter().enumerate() {
        let y = i as f64 * lane + 4.0;
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{}\" class=\"b\">{}</text><path d=\"M{left} {}H{width}\" class=\"hair\"/>",
            y + 20.0,
            escape(&cut(&format!("client {}", row.client), 11)),
            y + 33.0
        );
        for bar in &row.bars {
            let (start, end) = (x(bar.from), x(bar.to).max(x(bar.from) + 3.0));
            let class = match (bar.chosen, bar.outcome) {
                (true, _) => "chosen",
                (false, "ok") => "block",
                _ => "lost",
            };
            let text = format!("{} {}", bar.name, bar.operations);
            let fits = ((end - start - 12.0) / (11.5 * MONO)).max(0.0) as usize;
            let shown = if fits > 2 {
                cut(&text, fits)
            } else {
                String::new()
            };
            let _ = write!(
                svg,
                "<g><title>{} ({}): {}</title><rect x=\"{start:.1}\" y=\"{}\" width=\"{:.1}\" height=\"26\" class=\"{class}\"/><text x=\"{:.1}\" y=\"{}\" class=\"small\">{}</text></g>",
                escape(&bar.name),
                bar.outcome,
                escape(&bar.operations),
                y + 3.0,
                end - start,
                start + 6.0,
                y + 20.0,
                escape(&shown)
            );
        }
    }
    let _ = write!(svg, "<path d=\"M{left} {bottom}H{width}\" class=\"axis\"/>");
    for tick in 0..=5 {
        let at = from + (to - from) * f64::from(tick) / 5.0;
        let text = if timeline.timed {
            super::words::duration((at - from) as i64)
        } else {
            format!("line {at:.0}")
        };
        let anchor = match tick {
            0 => "start",
            5 => "end",
            _ => "middle",
        };
        let _ = write!(
            svg,
            "<path d=\"M{0:.1} {bottom}v5\" class=\"axis\"/><text x=\"{0:.1}\" y=\"{1}\" class=\"small dim\" text-anchor=\"{anchor}\">{text}</text>",
            x(at),
            bottom + 20.0
        );
    }
    svg + "</svg>"
}

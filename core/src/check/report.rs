//! The report: plain data that every format and the page draw from.
//!
//! The first fields have Elle's names and mean what they mean there: `valid`,
//! `anomaly_types`, `not`, `also_not`, `anomalies`. The others say more: what
//! else was found, what still holds, what could not be decided, and for each
//! anomaly the sentences and pictures.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::analysis::{Analysis, Valid, Verdict};
use super::case::{Case, Findings};
use super::datum::Datum;
use super::definitions::{Definition, definition, variant};
use super::history::{NONE, Outcome, Workload};
use super::ingest::BadInput;
use super::models::{self, Model, ModelSet};
use super::picture::{CyclePicture, ListPicture, ModelMap, Timeline};
use super::words::Words;

/// Cases of one kind that a report shows.
const SHOWN: usize = 16;
/// Keys that a report names at most.
const KEYS: usize = 100;

impl Serialize for Valid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Valid::Yes => serializer.serialize_bool(true),
            Valid::No => serializer.serialize_bool(false),
            Valid::Unknown => serializer.serialize_str("unknown"),
        }
    }
}

/// The verdict on one model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelVerdict {
    /// Whether it holds.
    pub valid: Valid,
    /// The anomalies that count against it.
    pub anomaly_types: Vec<&'static str>,
    /// The weakest models that what was found rules out.
    pub not: Vec<&'static str>,
    /// The stronger ones that fall with them.
    pub also_not: Vec<&'static str>,
}

impl ModelVerdict {
    fn of(verdict: &Verdict) -> ModelVerdict {
        ModelVerdict {
            valid: verdict.valid,
            anomaly_types: verdict.anomalies.types().collect(),
            not: verdict.not.names(),
            also_not: verdict.also_not.names(),
        }
    }
}

/// A transaction that a case speaks of.
#[derive(Clone, Debug, Serialize)]
pub struct TxnView {
    /// Its name in sentences.
    pub name: String,
    /// Line of its invocation, from 1; absent if the history does not have it.
    pub invoke_line: Option<u32>,
    /// Line of its completion; absent if it never completed.
    pub complete_line: Option<u32>,
    /// The client.
    pub process: String,
    /// `ok`, `fail` or `info`.
    pub outcome: &'static str,
    /// Its operations in short.
    pub operations: Vec<String>,
}

/// One anomaly.
#[derive(Clone, Debug, Serialize)]
pub struct CaseView {
    /// What Elle says of it.
    #[serde(flatten)]
    pub elle: Datum,
    /// What happened, in sentences; of a cycle one for each edge.
    pub sentences: Vec<String>,
    /// The transactions it speaks of.
    pub transactions: Vec<TxnView>,
    /// The cycle as a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<CyclePicture>,
    /// The lists side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<ListPicture>,
    /// When its transactions ran, and what ran beside them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Timeline>,
}

/// What an anomaly is.
#[derive(Clone, Debug, Serialize)]
pub struct DefinitionView {
    /// The entry of its class.
    #[serde(flatten)]
    pub definition: Definition,
    /// What the variant adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<&'static str>,
    /// The weakest models that it rules out.
    pub rules_out: Vec<&'static str>,
    /// How many were found.
    pub count: u64,
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryView {
    /// What its transactions do.
    pub workload: Workload,
    /// Operations read.
    pub operations: u64,
    /// Transactions.
    pub transactions: u64,
    /// Those that committed.
    pub committed: u64,
    /// Those that aborted.
    pub aborted: u64,
    /// Those of which nobody knows.
    pub indeterminate: u64,
    /// Keys.
    pub keys: u64,
    /// Clients; a client that lost its answer goes on under a new number.
    pub clients: u64,
    /// Operations that are no transactions of clients.
    pub ignored: u64,
    /// Completions without an invocation.
    pub uninvoked: u64,
    /// Keys whose version order the history itself gives.
    pub version_orders: u64,
    /// Lines skipped because they could not be read.
    pub skipped: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_skipped: Option<BadInput>,
    /// Transactions on cycles, with the realtime order.
    pub cyclic_transactions: u64,
    /// Separate cyclic parts.
    pub cyclic_parts: u64,
}

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether everything asked for holds.
    pub valid: Valid,
    /// What was asked for.
    pub models: Vec<String>,
    /// The anomalies that count, by name.
    pub anomaly_types: Vec<&'static str>,
    /// The weakest models that what was found rules out; empty when valid.
    pub not: Vec<&'static str>,
    /// The stronger ones that fall with them; empty when valid.
    pub also_not: Vec<&'static str>,
    /// The anomalies.
    pub anomalies: BTreeMap<&'static str, Vec<CaseView>>,
    /// Anomalies found that do not count for the models asked for.
    pub also_found: Vec<&'static str>,
    /// What they are.
    pub also_anomalies: BTreeMap<&'static str, Vec<CaseView>>,
    /// The verdict on each model alone.
    pub by_model: BTreeMap<String, ModelVerdict>,
    /// The strongest models that nothing found rules out.
    pub strongest: Vec<&'static str>,
    /// Models asked for that no anomaly can rule out: nothing was tested.
    pub untested: Vec<String>,
    /// Whether the version orders are known entirely.
    pub complete: bool,
    /// How many keys are not.
    pub undetermined_count: u64,
    /// Keys whose order is not known, the first hundred.
    pub undetermined_keys: Vec<Datum>,
    /// The verdict in a line.
    pub title: String,
    /// The verdict in sentences.
    pub summary: Vec<String>,
    /// What was read.
    pub history: HistoryView,
    /// What each anomaly found is.
    pub definitions: BTreeMap<&'static str, DefinitionView>,
    /// Where the history stands among the models.
    pub model_map: ModelMap,
}

/// Put a report together.
pub fn report(
    analysis: &Analysis<'_>,
    asked: &[(String, Model)],
    first_skipped: Option<BadInput>,
) -> Report {
    let models: Vec<Model> = asked.iter().map(|(_, model)| *model).collect();
    let verdict = Verdict::of(analysis, &models);
    let everything = analysis.everything();
    let ruled_out = models::ruled_out(everything.types());
    let all = Model::all().fold(ModelSet::EMPTY, ModelSet::with);
    let testable = Model::all().filter(|model| model.is_tested_on_its_own());
    let testable = testable.fold(ModelSet::EMPTY, ModelSet::with);
    let strongest = testable.minus(ruled_out).strongest();
    let mut others = everything.clone();
    others
        .by_type
        .retain(|name, _| !verdict.anomalies.by_type.contains_key(name));
    let words = Words::new(analysis.history, &*analysis.inference);
    let undetermined = analysis.inference.undetermined();
    let history = analysis.history;
    let mut report = Report {
        valid: verdict.valid,
        models: asked.iter().map(|(name, _)| name.clone()).collect(),
        anomaly_types: verdict.anomalies.types().collect(),
        not: verdict.not.names(),
        also_not: verdict.also_not.names(),
        anomalies: views(analysis, &words, &verdict.anomalies),
        also_found: others.types().collect(),
        also_anomalies: views(analysis, &words, &others),
        by_model: asked
            .iter()
            .map(|(name, model)| {
                let verdict = Verdict::of(analysis, &[*model]);
                (name.clone(), ModelVerdict::of(&verdict))
            })
            .collect(),
        strongest: strongest.names(),
        untested: asked
            .iter()
            .filter(|(_, model)| !model.is_tested())
            .map(|(name, _)| name.clone())
            .collect(),
        complete: undetermined.is_empty(),
        undetermined_count: undetermined.len() as u64,
        undetermined_keys: undetermined
            .iter()
            .take(KEYS)
            .map(|&key| Datum::atom(&history.atoms, history.keys.atom(key)))
            .collect(),
        title: String::new(),
        summary: Vec::new(),
        history: history_view(analysis, first_skipped),
        definitions: BTreeMap::new(),
        model_map: ModelMap::new(ruled_out, strongest, all),
    };
    for findings in [&verdict.anomalies, &others] {
        for (name, cases) in &findings.by_type {
            let view = DefinitionView {
                definition: definition(name),
                variant: variant(name),
                rules_out: models::ruled_out_by(name).weakest().names(),
                count: cases.total,
            };
            report.definitions.insert(name, view);
        }
    }
    report.title = title(&report, &models);
    report.summary = summary(&report, ruled_out, strongest);
    report
}

fn title(report: &Report, models: &[Model]) -> String {
    // Of several models, those that the verdict is about.
    let decides =
        |name: &String| report.valid == Valid::Yes || report.by_model[name].valid == report.valid;
    let named = report.models.iter().zip(models);
    let deciding = named.filter(|(name, _)| decides(name));
    let names: Vec<String> = deciding.map(|(_, model)| model.title()).collect();
    let names = join(&names, "or");
    let found: u64 = report
        .anomaly_types
        .iter()
        .map(|name| report.definitions[name].count)
        .sum();
    match report.valid {
        Valid::Yes => format!("No violation of {names} found"),
        Valid::Unknown => format!("Not decided whether this is {names}"),
        Valid::No if found == 1 => {
            format!("Not {names}: one anomaly, {}", report.anomaly_types[0])
        }
        Valid::No => {
            let shown: Vec<String> = report
                .anomaly_types
                .iter()
                .map(|&name| name.to_owned())
                .collect();
            format!("Not {names}: {}", join(&shown, "and"))
        }
    }
}

fn summary(report: &Report, ruled_out: ModelSet, strongest: ModelSet) -> Vec<String> {
    let titles = |set: ModelSet| {
        let titles: Vec<String> = set.iter().map(Model::title).collect();
        join(&titles, "and")
    };
    let mut lines = Vec::new();
    if !ruled_out.is_empty() {
        lines.push(format!(
            "The weakest models that this history breaks: {}.",
            titles(ruled_out.weakest())
        ));
    }
    if strongest.is_empty() {
        lines.push("No model that can be tested is left.".to_owned());
    } else {
        let may = if ruled_out.is_empty() {
            "Nothing found rules out"
        } else {
            "The strongest that it may still satisfy:"
        };
        lines.push(format!("{may} {}.", titles(strongest)));
    }
    if report.valid == Valid::Yes && !report.also_found.is_empty() {
        lines.push(format!(
            "Found, but allowed by what was asked for: {}.",
            report.also_found.join(", ")
        ));
    }
    if !report.complete {
        let none = if report.valid == Valid::Yes {
            "No violation found, but the"
        } else {
            "The"
        };
        let keys = match report.undetermined_count {
            1 => "1 key is".to_owned(),
            n => format!("{n} keys are"),
        };
        lines.push(format!(
            "{none} version orders of {keys} not known entirely: a violation may hide there."
        ));
    }
    for name in models::UNKNOWN {
        if let Some(view) = report.definitions.get(name) {
            lines.push(view.definition.meaning.to_owned());
        }
    }
    if !report.untested.is_empty() {
        lines.push(format!(
            "No anomaly that can be detected counts against {}: it was not tested.",
            join(&report.untested, "and")
        ));
    }
    if report.history.skipped > 0 {
        lines.push(format!(
            "{} lines could not be read and were skipped; what they said is missing here.",
            report.history.skipped
        ));
    }
    lines
}

/// "a, b and c".
fn join(parts: &[String], and: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} {and} {last}", first.join(", ")),
    }
}

fn history_view(analysis: &Analysis<'_>, first_skipped: Option<BadInput>) -> HistoryView {
    let history = analysis.history;
    let count = |outcome| {
        let with = history.txns.iter().filter(|txn| txn.outcome == outcome);
        with.count() as u64
    };
    HistoryView {
        workload: history.workload,
        operations: history.operations,
        transactions: history.txns.len() as u64,
        committed: count(Outcome::Ok),
        aborted: count(Outcome::Fail),
        indeterminate: count(Outcome::Info),
        keys: history.keys.len() as u64,
        clients: history.processes.len() as u64,
        ignored: history.ignored,
        uninvoked: history.uninvoked,
        version_orders: history.orders.len() as u64,
        skipped: history.skipped,
        first_skipped,
        cyclic_transactions: analysis.cyclic.0 as u64,
        cyclic_parts: analysis.cyclic.1 as u64,
    }
}

fn views(
    analysis: &Analysis<'_>,
    words: &Words<'_>,
    findings: &Findings,
) -> BTreeMap<&'static str, Vec<CaseView>> {
    let mut by_type = BTreeMap::new();
    for (&name, cases) in &findings.by_type {
        let mut kept: Vec<&Case> = cases.kept.iter().collect();
        // Short cycles say most.
        kept.sort_by_key(|case| match case {
            Case::Cycle(cycle) => cycle.txns.len(),
            _ => 0,
        });
        let shown = kept.into_iter().take(SHOWN);
        let shown = shown.map(|case| view(analysis, words, name, case));
        by_type.insert(name, shown.collect());
    }
    by_type
}

fn view(analysis: &Analysis<'_>, words: &Words<'_>, name: &'static str, case: &Case) -> CaseView {
    let txns = transactions(case);
    let sentences = match case {
        Case::Cycle(cycle) => words.sentences(cycle),
        other => vec![words.sentence(name, other)],
    };
    let shown = &txns[..txns.len().min(SHOWN)];
    CaseView {
        elle: elle(analysis, words, name, case),
        sentences,
        transactions: shown
            .iter()
            .map(|&txn| txn_view(analysis, words, txn))
            .collect(),
        picture: match case {
            Case::Cycle(cycle) => Some(CyclePicture::new(analysis, words, cycle)),
            _ => None,
        },
        lists: ListPicture::of(analysis, words, case),
        timeline: (!shown.is_empty()).then(|| Timeline::around(analysis.history, words, shown)),
    }
}

/// The transactions that a case speaks of.
fn transactions(case: &Case) -> Vec<u32> {
    match case {
        Case::Cycle(cycle) => cycle.txns.clone(),
        Case::BadRead { reader, writer, .. } => vec![*writer, *reader],
        Case::Internal { txn, .. }
        | Case::FutureRead { txn, .. }
        | Case::OwnOrder { txn, .. }
        | Case::DuplicateElements { txn, .. }
        | Case::Unwritten { txn, .. } => vec![*txn],
        Case::DirtyUpdate { txns, .. } | Case::DuplicateWrites { txns, .. } => txns.to_vec(),
        Case::LostUpdate { txns, .. } => txns.clone(),
        Case::IncompatibleOrder { reads, .. } => {
            let mut txns: Vec<u32> = reads.iter().flatten().map(|&(txn, _)| txn).collect();
            txns.dedup();
            txns
        }
        Case::CyclicVersions { .. } | Case::EmptyGraph | Case::SearchLimit { .. } => Vec::new(),
    }
}

fn txn_view(analysis: &Analysis<'_>, words: &Words<'_>, txn: u32) -> TxnView {
    let t = &analysis.history.txns[txn as usize];
    let line = |line: u32| (line != NONE).then_some(line);
    TxnView {
        name: words.name(txn),
        invoke_line: line(t.invoke_line),
        complete_line: line(t.complete_line),
        process: analysis
            .history
            .atoms
            .show(analysis.history.processes.atom(t.process)),
        outcome: match t.outcome {
            Outcome::Ok => "ok",
            Outcome::Fail => "fail",
            Outcome::Info => "info",
        },
        operations: words.operations(txn),
    }
}

/// A case in Elle's own fields.
fn elle(analysis: &Analysis<'_>, words: &Words<'_>, name: &str, case: &Case) -> Datum {
    let history = analysis.history;
    let atoms = &history.atoms;
    let key = |key: u32| Datum::atom(atoms, history.keys.atom(key));
    let op = |txn: u32| words.op(txn);
    let mop = |txn: u32, mop: u32| words.mop(history.mops(txn)[mop as usize]);
    let ops = |txns: &[u32]| Datum::List(txns.iter().take(SHOWN).map(|&txn| op(txn)).collect());
    match case {
        Case::Cycle(cycle) => {
            let n = cycle.txns.len();
            let around = cycle.txns.iter().chain(&cycle.txns[..1]);
            let steps =
                (0..n).map(|i| words.step(cycle.txns[i], cycle.txns[(i + 1) % n], cycle.labels[i]));
            Datum::map([
                ("cycle", Datum::List(around.map(|&txn| op(txn)).collect())),
                ("steps", Datum::List(steps.collect())),
                ("type", Datum::name(name)),
                ("scc-size", Datum::Int(i64::from(cycle.component))),
            ])
        }
        Case::BadRead {
            reader,
            mop: m,
            writer,
            element,
        } => Datum::map([
            ("op", op(*reader)),
            ("mop", mop(*reader, *m)),
            ("writer", op(*writer)),
            ("element", Datum::atom(atoms, *element)),
        ]),
        Case::Internal {
            txn,
            mop: m,
            expected,
            open,
        } => {
            let mut list = match Datum::atoms(atoms, expected) {
                Datum::List(list) => list,
                _ => Vec::new(),
            };
            let expected = match history.workload {
                Workload::RwRegister => list.pop().unwrap_or(Datum::Nil),
                Workload::ListAppend => {
                    if *open {
                        list.insert(0, Datum::Raw("...".into()));
                    }
                    Datum::List(list)
                }
            };
            Datum::map([
                ("op", op(*txn)),
                ("mop", mop(*txn, *m)),
                ("expected", expected),
            ])
        }
        Case::FutureRead {
            txn,
            mop: m,
            element,
        }
        | Case::Unwritten {
            txn,
            mop: m,
            element,
        } => Datum::map([
            ("op", op(*txn)),
            ("mop", mop(*txn, *m)),
            ("element", Datum::atom(atoms, *element)),
        ]),
        Case::DirtyUpdate {
            key: k,
            values,
            txns,
        } => Datum::map([
            ("key", key(*k)),
            ("values", Datum::atoms(atoms, values)),
            ("txns", ops(txns)),
        ]),
        Case::LostUpdate { key: k, read, txns } => {
            let value = match mop(read.0, read.1) {
                Datum::List(mut parts) => parts.pop().unwrap_or(Datum::Nil),
                other => other,
            };
            Datum::map([("key", key(*k)), ("value", value), ("txns", ops(txns))])
        }
        Case::IncompatibleOrder { key: k, values, .. } | Case::OwnOrder { key: k, values, .. } => {
            Datum::map([
                ("key", key(*k)),
                (
                    "values",
                    Datum::List(values.iter().map(|v| Datum::atoms(atoms, v)).collect()),
                ),
            ])
        }
        Case::DuplicateElements {
            txn,
            mop: m,
            duplicates,
        } => {
            let counted = duplicates.iter().map(|&(element, n)| {
                Datum::List(vec![Datum::atom(atoms, element), Datum::Int(i64::from(n))])
            });
            Datum::map([
                ("op", op(*txn)),
                ("mop", mop(*txn, *m)),
                ("duplicates", Datum::List(counted.collect())),
            ])
        }
        Case::CyclicVersions {
            key: k,
            values,
            sources,
        } => Datum::map([
            ("key", key(*k)),
            (
                "scc",
                Datum::Set(values.iter().map(|&v| Datum::atom(atoms, v)).collect()),
            ),
            (
                "sources",
                Datum::List(sources.iter().map(|&s| Datum::name(s)).collect()),
            ),
        ]),
        Case::DuplicateWrites {
            key: k,
            value,
            txns,
        } => Datum::map([
            ("key", key(*k)),
            ("value", Datum::atom(atoms, *value)),
            ("txns", ops(txns)),
        ]),
        Case::EmptyGraph => Datum::Map(Vec::new()),
        Case::SearchLimit {
            wanted,
            component,
            steps,
        } => {
            let shown = component.iter().take(SHOWN);
            Datum::map([
                ("anomaly-spec-type", Datum::name(*wanted)),
                ("scc-size", Datum::Int(component.len() as i64)),
                (
                    "scc",
                    Datum::List(shown.map(|&txn| Datum::Text(words.name(txn))).collect()),
                ),
                ("steps", Datum::Int(*steps as i64)),
            ])
        }
    }
}

impl Report {
    /// As EDN, with Elle's own keys; `{:valid? true}` alone when nothing was found.
    pub fn edn(&self) -> String {
        let names = |names: &[&'static str]| names.iter().map(|&n| Datum::name(n)).collect();
        let valid = match self.valid {
            Valid::Yes => return "{:valid? true}\n".to_owned(),
            Valid::No => Datum::Bool(false),
            Valid::Unknown => Datum::name("unknown"),
        };
        let anomalies = self.anomalies.iter().map(|(name, cases)| {
            let cases = cases.iter().map(|case| case.elle.clone()).collect();
            ((*name).to_owned(), Datum::List(cases))
        });
        let report = Datum::map([
            ("valid?", valid),
            ("anomaly-types", Datum::List(names(&self.anomaly_types))),
            ("anomalies", Datum::Map(anomalies.collect())),
            ("not", Datum::Set(names(&self.not))),
            ("also-not", Datum::Set(names(&self.also_not))),
        ]);
        report.edn() + "\n"
    }
}

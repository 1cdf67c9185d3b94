//! The consistency models, how they imply each other, and which anomaly rules
//! out which.
//!
//! ```text
//!   strict serializable
//!     │            │
//!   serializable   strong snapshot isolation …
//!     │       │
//!   repeatable read   snapshot isolation …        a line leads down to what
//!     │                  │                        a model implies
//!   cursor stability …   parallel snapshot isolation …
//!              │      │
//!            read committed ── read uncommitted
//! ```
//!
//! A model is ruled out by an anomaly if it is one of the weakest that the
//! anomaly violates, or implies one of them. The names and relations are those
//! of Adya (1999), Bailis et al. (2013), Cerone et al. (2015) and Daudjee and
//! Salem (2006), in the form in which Elle uses them.
//!
//! Left out: models with no anomaly behind them are in the lattice (a stronger
//! one that falls takes nothing with it), but nothing here can rule them out.

use std::sync::OnceLock;

/// A model: its place in [`MODELS`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Model(u8);

/// The models by name, in alphabetical order, each with what it directly implies.
pub const MODELS: [(&str, &[&str]); 36] = [
    ("1SR", &[]),
    (
        "PRAM",
        &["monotonic-reads", "monotonic-writes", "read-your-writes"],
    ),
    ("causal", &["PRAM", "writes-follow-reads"]),
    ("causal-cerone", &["read-atomic"]),
    ("consistent-view", &["cursor-stability", "monotonic-view"]),
    ("cursor-stability", &["read-committed"]),
    ("forward-consistent-view", &["consistent-view"]),
    ("linearizable", &["sequential"]),
    ("monotonic-atomic-view", &["read-committed"]),
    ("monotonic-reads", &[]),
    ("monotonic-snapshot-read", &["read-committed"]),
    ("monotonic-view", &["read-committed"]),
    ("monotonic-writes", &[]),
    (
        "parallel-snapshot-isolation",
        &["causal-cerone", "update-atomic"],
    ),
    ("prefix", &["causal-cerone"]),
    ("read-atomic", &["monotonic-atomic-view"]),
    ("read-committed", &["read-uncommitted"]),
    ("read-uncommitted", &[]),
    ("read-your-writes", &[]),
    (
        "repeatable-read",
        &["cursor-stability", "monotonic-atomic-view"],
    ),
    ("sequential", &["causal"]),
    (
        "serializable",
        &[
            "repeatable-read",
            "snapshot-isolation",
            "update-serializable",
            "view-serializable",
        ],
    ),
    ("session-serializable", &["1SR"]),
    (
        "snapshot-isolation",
        &[
            "forward-consistent-view",
            "monotonic-atomic-view",
            "monotonic-snapshot-read",
            "parallel-snapshot-isolation",
            "prefix",
        ],
    ),
    (
        "strong-read-committed",
        &["strong-read-uncommitted", "strong-session-read-committed"],
    ),
    (
        "strong-read-uncommitted",
        &["strong-session-read-uncommitted"],
    ),
    (
        "strong-serializable",
        &[
            "linearizable",
            "serializable",
            "session-serializable",
            "snapshot-isolation",
            "strong-session-serializable",
            "strong-snapshot-isolation",
        ],
    ),
    (
        "strong-session-read-committed",
        &["read-committed", "strong-session-read-uncommitted"],
    ),
    ("strong-session-read-uncommitted", &["read-uncommitted"]),
    (
        "strong-session-serializable",
        &["serializable", "strong-session-snapshot-isolation"],
    ),
    (
        "strong-session-snapshot-isolation",
        &["snapshot-isolation", "strong-session-read-committed"],
    ),
    (
        "strong-snapshot-isolation",
        &["strong-read-committed", "strong-session-snapshot-isolation"],
    ),
    ("update-atomic", &["read-atomic"]),
    ("update-serializable", &["forward-consistent-view"]),
    ("view-serializable", &[]),
    ("writes-follow-reads", &[]),
];

/// Other names for the same models.
const SYNONYMS: [(&str, &str); 37] = [
    ("strict-serializable", "strong-serializable"),
    ("strict-serializability", "strong-serializable"),
    ("strong-strict-serializable", "strong-serializable"),
    ("external-consistency", "strong-serializable"),
    ("strict-1sr", "strong-serializable"),
    ("pl-ss", "strong-serializable"),
    ("serializability", "serializable"),
    ("conflict-serializable", "serializable"),
    ("pl-3", "serializable"),
    ("sr", "serializable"),
    ("si", "snapshot-isolation"),
    ("pl-si", "snapshot-isolation"),
    ("generalized-snapshot-isolation", "snapshot-isolation"),
    ("psi", "parallel-snapshot-isolation"),
    ("strong-session-si", "strong-session-snapshot-isolation"),
    ("prefix-consistent-si", "strong-session-snapshot-isolation"),
    ("strong-si", "strong-snapshot-isolation"),
    ("rr", "repeatable-read"),
    ("pl-2.99", "repeatable-read"),
    ("rc", "read-committed"),
    ("pl-2", "read-committed"),
    ("ru", "read-uncommitted"),
    ("pl-1", "read-uncommitted"),
    ("pl-2+", "consistent-view"),
    ("pl-2l", "monotonic-view"),
    ("pl-cs", "cursor-stability"),
    ("pl-fcv", "forward-consistent-view"),
    ("pl-msr", "monotonic-snapshot-read"),
    ("pl-3u", "update-serializable"),
    ("rola", "update-atomic"),
    ("mav", "monotonic-atomic-view"),
    ("ra", "read-atomic"),
    ("linearizability", "linearizable"),
    ("strong-session-pl-1", "strong-session-read-uncommitted"),
    ("strong-session-pl-2", "strong-session-read-committed"),
    ("strong-pl-1", "strong-read-uncommitted"),
    ("strong-pl-2", "strong-read-committed"),
];

/// The weakest models that each anomaly rules out.
const RULES_OUT: &[(&str, &[&str])] = &[
    ("G0", &["read-uncommitted"]),
    ("duplicate-elements", &["read-uncommitted"]),
    ("cyclic-versions", &["read-uncommitted"]),
    ("G1a", &["read-committed"]),
    ("G1b", &["read-committed"]),
    ("G1c", &["read-committed"]),
    ("dirty-update", &["read-committed"]),
    ("incompatible-order", &["read-committed"]),
    ("future-read", &["read-committed"]),
    ("internal", &["read-atomic"]),
    ("lost-update", &["cursor-stability", "update-atomic"]),
    ("G-single", &["consistent-view"]),
    ("G-single-item", &["consistent-view", "repeatable-read"]),
    ("G-nonadjacent", &["snapshot-isolation"]),
    (
        "G-nonadjacent-item",
        &["snapshot-isolation", "repeatable-read"],
    ),
    ("G2-item", &["repeatable-read"]),
    ("G2", &["serializable"]),
    ("write-skew", &["serializable"]),
    ("predicate-read-miss", &["serializable"]),
    ("G0-process", &["strong-session-read-uncommitted"]),
    ("G1c-process", &["strong-session-read-committed"]),
    ("G-single-process", &["strong-session-snapshot-isolation"]),
    (
        "G-single-item-process",
        &["strong-session-snapshot-isolation"],
    ),
    (
        "G-nonadjacent-process",
        &["strong-session-snapshot-isolation"],
    ),
    (
        "G-nonadjacent-item-process",
        &["strong-session-snapshot-isolation"],
    ),
    ("G2-process", &["strong-session-serializable"]),
    ("G2-item-process", &["strong-session-serializable"]),
    ("G0-realtime", &["strong-read-uncommitted"]),
    ("G1c-realtime", &["strong-read-committed"]),
    ("G-single-realtime", &["strong-snapshot-isolation"]),
    ("G-single-item-realtime", &["strong-snapshot-isolation"]),
    ("G-nonadjacent-realtime", &["strong-snapshot-isolation"]),
    (
        "G-nonadjacent-item-realtime",
        &["strong-snapshot-isolation"],
    ),
    ("G2-realtime", &["strong-serializable"]),
    ("G2-item-realtime", &["strong-serializable"]),
];

/// Findings that say nothing against a model, only that one cannot tell.
pub const UNKNOWN: [&str; 4] = [
    "cycle-search-limit",
    "duplicate-appends",
    "empty-transaction-graph",
    "unwritten-element",
];

/// A set of models.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ModelSet(u64);

impl ModelSet {
    /// No model.
    pub const EMPTY: ModelSet = ModelSet(0);

    /// Whether a model is in the set.
    pub fn contains(self, model: Model) -> bool {
        self.0 >> model.0 & 1 == 1
    }

    /// The set with a model.
    pub fn with(self, model: Model) -> ModelSet {
        ModelSet(self.0 | 1 << model.0)
    }

    /// All of both.
    pub fn union(self, other: ModelSet) -> ModelSet {
        ModelSet(self.0 | other.0)
    }

    /// What is in this set and not in the other.
    pub fn minus(self, other: ModelSet) -> ModelSet {
        ModelSet(self.0 & !other.0)
    }

    /// Whether no model is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The models, in alphabetical order.
    pub fn iter(self) -> impl Iterator<Item = Model> {
        Model::all().filter(move |&model| self.contains(model))
    }

    /// Their names, in alphabetical order.
    pub fn names(self) -> Vec<&'static str> {
        self.iter().map(Model::name).collect()
    }

    /// Those that imply no other of the set.
    pub fn weakest(self) -> ModelSet {
        let implies_another = |m: &Model| self.iter().any(|o| o != *m && m.implies(o));
        self.iter()
            .filter(|m| !implies_another(m))
            .fold(ModelSet::EMPTY, ModelSet::with)
    }

    /// Those that no other of the set implies.
    pub fn strongest(self) -> ModelSet {
        let implied = |m: &Model| self.iter().any(|o| o != *m && o.implies(*m));
        self.iter()
            .filter(|m| !implied(m))
            .fold(ModelSet::EMPTY, ModelSet::with)
    }
}

impl Model {
    /// All models, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Model> {
        (0..MODELS.len() as u8).map(Model)
    }

    /// The model of this name, or of a usual synonym.
    pub fn named(name: &str) -> Option<Model> {
        let plain = name.trim().trim_start_matches(':').to_ascii_lowercase();
        let plain = plain.replace([' ', '_'], "-");
        let synonym = SYNONYMS.iter().find(|(synonym, _)| *synonym == plain);
        let wanted = synonym.map_or(plain.as_str(), |(_, name)| name);
        let at = MODELS
            .iter()
            .position(|(model, _)| model.eq_ignore_ascii_case(wanted))?;
        Some(Model(at as u8))
    }

    /// The model of exactly this name.
    fn exactly(name: &str) -> Option<Model> {
        let at = MODELS.iter().position(|(model, _)| *model == name)?;
        Some(Model(at as u8))
    }

    /// Strict serializability, what is asked for when nothing is.
    pub fn strict_serializable() -> Model {
        Model::named("strong-serializable").unwrap_or(Model(0))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        MODELS[self.0 as usize].0
    }

    /// Its name as people write it: "strict serializable".
    pub fn title(self) -> String {
        match self.name() {
            "strong-serializable" => "strict serializable".to_owned(),
            "causal-cerone" => "causal".to_owned(),
            "causal" => "causal (single objects)".to_owned(),
            name => name.replace('-', " "),
        }
    }

    /// The models it directly implies.
    pub fn below(self) -> impl Iterator<Item = Model> {
        MODELS[self.0 as usize]
            .1
            .iter()
            .filter_map(|name| Model::exactly(name))
    }

    /// Everything it implies, itself too.
    pub fn implied(self) -> ModelSet {
        // The lattice never changes, and judging asks for it thousands of times.
        static CLOSURES: OnceLock<Vec<ModelSet>> = OnceLock::new();
        let closures = CLOSURES.get_or_init(|| Model::all().map(Model::closure).collect());
        closures[self.0 as usize]
    }

    fn closure(self) -> ModelSet {
        let mut all = ModelSet::EMPTY.with(self);
        let mut open = vec![self];
        while let Some(model) = open.pop() {
            for below in model.below() {
                if !all.contains(below) {
                    all = all.with(below);
                    open.push(below);
                }
            }
        }
        all
    }

    /// Whether every history that satisfies this model satisfies the other.
    pub fn implies(self, other: Model) -> bool {
        self.implied().contains(other)
    }

    /// Whether any anomaly that we detect can rule this model out.
    pub fn is_tested(self) -> bool {
        RULES_OUT
            .iter()
            .any(|(anomaly, _)| ruled_out_by(anomaly).contains(self))
    }

    /// Whether anomalies rule this model out that do not already rule out one it implies.
    pub fn is_tested_on_its_own(self) -> bool {
        let weakest =
            |(anomaly, _): &(&str, &[&str])| ruled_out_by(anomaly).weakest().contains(self);
        RULES_OUT.iter().any(weakest)
    }

    /// Whether anomalies of the realtime order count against this model.
    pub fn needs_realtime(self) -> bool {
        self.prohibits_any("-realtime")
    }

    /// Whether anomalies of the process order count against this model.
    pub fn needs_process(self) -> bool {
        self.prohibits_any("-process")
    }

    fn prohibits_any(self, variant: &str) -> bool {
        let mut anomalies = RULES_OUT.iter().map(|(anomaly, _)| *anomaly);
        anomalies.any(|a| a.ends_with(variant) && ruled_out_by(a).contains(self))
    }

    /// Whether an anomaly means that the model does not hold.
    pub fn prohibits(self, anomaly: &str) -> bool {
        ruled_out_by(anomaly).contains(self)
    }
}

/// All models that an anomaly rules out.
pub fn ruled_out_by(anomaly: &str) -> ModelSet {
    static RULED_OUT: OnceLock<Vec<ModelSet>> = OnceLock::new();
    let sets = RULED_OUT.get_or_init(|| RULES_OUT.iter().map(|(_, weak)| above(weak)).collect());
    let at = RULES_OUT.iter().position(|(name, _)| *name == anomaly);
    at.map_or(ModelSet::EMPTY, |at| sets[at])
}

/// All models that imply one of these.
fn above(weakest: &[&str]) -> ModelSet {
    let weakest: Vec<Model> = weakest
        .iter()
        .filter_map(|name| Model::exactly(name))
        .collect();
    let falls = |model: &Model| weakest.iter().any(|&weak| model.implies(weak));
    Model::all()
        .filter(falls)
        .fold(ModelSet::EMPTY, ModelSet::with)
}

/// All models that a set of anomalies rules out.
pub fn ruled_out<'a>(anomalies: impl IntoIterator<Item = &'a str>) -> ModelSet {
    let each = anomalies.into_iter().map(ruled_out_by);
    each.fold(ModelSet::EMPTY, ModelSet::union)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_tables_is_a_model() {
        for (_, below) in MODELS {
            assert!(
                below.iter().all(|name| Model::named(name).is_some()),
                "{below:?}"
            );
        }
        for (synonym, name) in SYNONYMS {
            assert_eq!(Model::named(synonym).map(Model::name), Some(name));
            assert!(
                MODELS
                    .iter()
                    .all(|(model, _)| model.to_lowercase() != synonym)
            );
        }
        for (anomaly, weakest) in RULES_OUT {
            assert!(
                weakest.iter().all(|name| Model::named(name).is_some()),
                "{anomaly}"
            );
        }
        assert!(MODELS.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn what_an_anomaly_rules_out_is_closed_upwards() {
        for (anomaly, weakest) in RULES_OUT {
            let out = ruled_out_by(anomaly);
            let mut names = out.weakest().names();
            let mut expected = weakest.to_vec();
            names.sort();
            expected.sort();
            assert_eq!(names, expected, "{anomaly}");
            for model in Model::all() {
                let stronger = out.iter().any(|weak| model.implies(weak));
                assert_eq!(out.contains(model), stronger, "{anomaly} {}", model.name());
            }
        }
    }

    #[test]
    fn which_models_look_at_which_order() {
        let needs = |name: &str| {
            let model = Model::named(name).unwrap();
            (model.needs_realtime(), model.needs_process())
        };
        assert_eq!(needs("strict-serializable"), (true, true));
        assert_eq!(needs("strong-session-serializable"), (false, true));
        assert_eq!(needs("strong read committed"), (true, true));
        assert_eq!(needs("serializable"), (false, false));
        assert_eq!(needs("PL-2.99"), (false, false));
        assert_eq!(Model::named("nonsense"), None);
    }

    #[test]
    fn labels_without_an_anomaly_say_so() {
        assert!(!Model::named("linearizable").unwrap().is_tested());
        assert!(Model::named("prefix").unwrap().is_tested());
        assert!(!Model::named("prefix").unwrap().is_tested_on_its_own());
    }
}

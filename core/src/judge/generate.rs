//! Random scripts from each exercise's grammar, the same for the same seed.
//!
//! A good random script is not uniformly random. It keeps few keys, so that
//! transactions meet; it gives every write its own value, so that an old answer is
//! seen to be old; and it aims at what programs get wrong: the boundary of a read,
//! the key that only is read, the bad operation in the middle of a batch.
//!
//! It asks only what the task decides: no put below a timestamp already read, no
//! use of a transaction that ended. Whatever a right program may answer to these,
//! the models could not tell it from a wrong one.

mod batch;
mod list_append;
mod mrt;
mod mvcc;
mod occ;

use super::random::Random;
use super::script::{Case, List};

/// A writer of scripts.
pub type Grammar = fn(&mut Random, &mut Case);

/// The grammar of an exercise whose rules are written in Rust.
pub fn grammar(exercise: &str) -> Option<Grammar> {
    match exercise {
        "multi-key-txn" => Some(batch::write),
        "occ" => Some(occ::write),
        "mvcc" => Some(mvcc::write),
        "txn-list-append" => Some(list_append::write),
        "mrt" => Some(mrt::write),
        _ => None,
    }
}

/// The `index`-th generated case of a seed.
pub fn case(grammar: &dyn Fn(&mut Random, &mut Case), seed: u64, index: usize) -> Case {
    let mut random = Random::nth(seed, index as u64);
    let mut case = Case::new(
        &format!("generated-{}", index + 1),
        &format!("Generated script {}", index + 1),
        &format!("A random script from seed {seed}."),
        List::Generated,
    )
    .with_init();
    grammar(&mut random, &mut case);
    case
}

/// A long session: 10,000 requests and a little more, sent in groups.
pub fn long_session(write: &dyn Fn(&mut Random, &mut Case)) -> Case {
    let mut random = Random::new(10_000);
    let mut case = Case::new(
        "long-session",
        "A long session",
        "10,000 requests to one program: it neither slows down nor forgets.",
        List::Interactive,
    )
    .with_init();
    while case.steps.len() <= 10_000 {
        write(&mut random, &mut case);
    }
    case.window = 64;
    case
}

/// The writer of long sessions: many keys, short histories.
pub fn long_grammar(exercise: &str) -> Option<Grammar> {
    match exercise {
        "multi-key-txn" => Some(batch::write_long),
        "occ" => Some(occ::write_long),
        "mvcc" => Some(mvcc::write_long),
        "txn-list-append" => Some(list_append::write_long),
        "mrt" => Some(mrt::write_long),
        _ => None,
    }
}

/// One of a few clients.
fn client(random: &mut Random) -> &'static str {
    ["c1", "c1", "c2", "c3"][random.below(4)]
}

//! What `init` says about multi-record transactions.

use std::num::NonZeroU64;

use super::fields::unsigned_in;
use crate::mrt::Config;
use crate::mrt::monitor::LONGEST_DURATION;
use crate::protocol::{Field, Refused};

/// Read `config` of an `init`; what is left out has its default.
pub(in crate::node) fn read_config(body: &Field<'_, '_>) -> Refused<Config> {
    let mut config = Config::default();
    let Some(field) = body.optional("config") else {
        return Ok(config);
    };
    check_object(&field)?;
    if let Some(namespaces) = field.optional("namespaces") {
        config.namespaces.clear();
        for (name, json) in namespaces.fields()? {
            let namespace = namespaces.child(&name, json);
            check_object(&namespace)?;
            let strong = match namespace.optional("strong_consistency") {
                Some(strong) => strong.boolean()?,
                None => true,
            };
            config.namespaces.push((name.as_ref().into(), strong));
        }
    }
    let limits = &mut config.limits;
    if let Some(duration) = field.optional("mrt_duration") {
        limits.mrt_duration = unsigned_in(&duration, 1, LONGEST_DURATION)?;
    }
    if let Some(most) = field.optional("max_writes") {
        limits.max_writes = unsigned_in::<u32>(&most, 0, u32::MAX)?.into();
    }
    if let Some(disabled) = field.optional("disable_mrt_writes") {
        limits.disable_mrt_writes = disabled.boolean()?;
    }
    if let Some(seed) = field.optional("txn_seed") {
        config.txn_seed = seed
            .json()
            .raw()
            .parse::<NonZeroU64>()
            .map_err(|_| seed.expected("an integer from 1 to 18446744073709551615"))?;
    }
    Ok(config)
}

/// A list, or a number, has no fields; that is not the same as having none set.
fn check_object(field: &Field<'_, '_>) -> Refused<()> {
    field.fields().map(|_| ())
}

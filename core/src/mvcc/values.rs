//! Values that a chain can drop without looking at them.
//!
//! Short values lie in place, in 16 bytes that own nothing; a long one lies in
//! a slab. A chain without long values forgets any number of versions at once.

const INLINE: usize = 14;

/// A version's value, or the mark of a tombstone.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Tombstone,
    Short { length: u8, bytes: [u8; INLINE] },
    Long { place: u32 },
}

/// The slab of long values.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    long: Vec<Box<[u8]>>,
    free: Vec<u32>,
}

impl Values {
    #[inline]
    pub(super) fn keep(&mut self, value: Option<&str>) -> Value {
        let Some(value) = value.map(str::as_bytes) else {
            return Value::Tombstone;
        };
        if value.len() <= INLINE {
            let mut bytes = [0; INLINE];
            bytes[..value.len()].copy_from_slice(value);
            return Value::Short {
                length: value.len() as u8,
                bytes,
            };
        }
        let place = self.free.pop().unwrap_or_else(|| {
            self.long.push(Box::default());
            self.long.len() as u32 - 1
        });
        self.long[place as usize] = value.into();
        Value::Long { place }
    }

    /// The JSON text; `None` of a tombstone.
    #[inline]
    pub(super) fn text<'v>(&'v self, value: &'v Value) -> Option<&'v [u8]> {
        match value {
            Value::Tombstone => None,
            Value::Short { length, bytes } => bytes.get(..*length as usize),
            Value::Long { place } => Some(&self.long[*place as usize]),
        }
    }

    /// How many places the slab has.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.long.len()
    }

    pub(super) fn forget(&mut self, value: Value) {
        if let Value::Long { place } = value {
            self.long[place as usize] = Box::default();
            self.free.push(place);
        }
    }
}

impl Value {
    pub(super) fn is_tombstone(&self) -> bool {
        matches!(self, Value::Tombstone)
    }

    pub(super) fn is_long(&self) -> bool {
        matches!(self, Value::Long { .. })
    }
}

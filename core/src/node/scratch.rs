//! Memory that outlives the line it was used for.

/// The same memory for items that borrow from another line: an empty vector
/// collected in place keeps its allocation.
pub(super) fn lend<A, B>(mut items: Vec<A>) -> Vec<B> {
    items.clear();
    items
        .into_iter()
        .map(|_| unreachable!("the vector has been emptied"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::lend;

    #[test]
    fn the_allocation_is_kept() {
        let items: Vec<(u64, &str)> = Vec::with_capacity(100);
        let place = items.as_ptr() as usize;
        let lent: Vec<(u64, &str)> = lend(items);
        assert_eq!((lent.capacity(), lent.as_ptr() as usize), (100, place));
    }
}

//! Strongly connected components: where the cycles are.
//!
//! Tarjan's algorithm (1972) with its own stack, since a history's longest
//! path is as long as the history. Components of one node are dropped; what is
//! left is sorted, so that equal graphs give equal answers.

/// A graph that can be walked successor by successor.
pub trait Walk {
    /// How many nodes there are.
    fn nodes(&self) -> usize;
    /// The first successor of `node` at or after position `i`, and the position
    /// to go on from; `None` when there is no more.
    fn next(&self, node: u32, i: u32) -> Option<(u32, u32)>;
}

const UNSEEN: u32 = u32::MAX;

/// The components of at least two nodes, each sorted, ordered by their first node.
pub fn components(graph: &impl Walk) -> Vec<Vec<u32>> {
    let mut found = Vec::new();
    numbered(graph, |component| {
        if component.len() > 1 {
            let mut component = component.to_vec();
            component.sort_unstable();
            found.push(component);
        }
    });
    found.sort_unstable();
    found
}

/// Visit every component, each after all components that it leads to.
pub fn numbered(graph: &impl Walk, mut each: impl FnMut(&[u32])) {
    let nodes = graph.nodes();
    // The order of discovery while a node is open; a closed one is lifted
    // above all open ones, so that it never lowers anybody.
    let mut low = vec![UNSEEN; nodes];
    let mut open: Vec<u32> = Vec::new();
    let mut path: Vec<(u32, u32, u32)> = Vec::new();
    let mut clock = 0u32;
    const CLOSED: u32 = UNSEEN - 1;
    for root in 0..nodes as u32 {
        if low[root as usize] != UNSEEN {
            continue;
        }
        low[root as usize] = clock;
        path.push((root, 0, clock));
        open.push(root);
        clock += 1;
        while let Some(&mut (node, ref mut at, discovered)) = path.last_mut() {
            match graph.next(node, *at) {
                Some((successor, after)) => {
                    *at = after;
                    let seen = low[successor as usize];
                    if seen == UNSEEN {
                        low[successor as usize] = clock;
                        path.push((successor, 0, clock));
                        open.push(successor);
                        clock += 1;
                    } else if seen != CLOSED && seen < low[node as usize] {
                        low[node as usize] = seen;
                    }
                }
                None => {
                    path.pop();
                    let lowest = low[node as usize];
                    if lowest == discovered {
                        let start = open.iter().rposition(|&n| n == node).unwrap_or(0);
                        each(&open[start..]);
                        for closed in open.drain(start..) {
                            low[closed as usize] = CLOSED;
                        }
                    }
                    if let Some(&mut (parent, ..)) = path.last_mut()
                        && lowest != discovered
                        && lowest < low[parent as usize]
                    {
                        low[parent as usize] = lowest;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Lists(Vec<Vec<u32>>);

    impl Walk for Lists {
        fn nodes(&self) -> usize {
            self.0.len()
        }
        fn next(&self, node: u32, i: u32) -> Option<(u32, u32)> {
            let to = self.0[node as usize].get(i as usize)?;
            Some((*to, i + 1))
        }
    }

    #[test]
    fn two_cycles_and_a_bridge() {
        let graph = Lists(vec![
            vec![1],
            vec![0, 2],
            vec![3],
            vec![4],
            vec![2],
            vec![0],
        ]);
        assert_eq!(components(&graph), vec![vec![0, 1], vec![2, 3, 4]]);
    }

    #[test]
    fn a_long_cycle_needs_no_deep_stack() {
        let n = 200_000u32;
        let graph = Lists((0..n).map(|i| vec![(i + 1) % n]).collect());
        assert_eq!(components(&graph), vec![(0..n).collect::<Vec<_>>()]);
    }

    #[test]
    fn agrees_with_reachability_on_small_graphs() {
        // Every graph of four nodes without self-loops.
        for bits in 0u32..1 << 12 {
            let mut lists = vec![Vec::new(); 4];
            let mut edge = 0;
            for a in 0..4u32 {
                for b in (0..4u32).filter(|&b| b != a) {
                    if bits >> edge & 1 == 1 {
                        lists[a as usize].push(b);
                    }
                    edge += 1;
                }
            }
            let mut reach = [[false; 4]; 4];
            for (a, to) in lists.iter().enumerate() {
                to.iter().for_each(|&b| reach[a][b as usize] = true);
            }
            for k in 0..4 {
                for a in 0..4 {
                    for b in 0..4 {
                        reach[a][b] |= reach[a][k] && reach[k][b];
                    }
                }
            }
            let mut expected: Vec<Vec<u32>> = (0..4)
                .map(|a| {
                    (0..4u32)
                        .filter(|&b| {
                            b as usize == a || reach[a][b as usize] && reach[b as usize][a]
                        })
                        .collect()
                })
                .filter(|c: &Vec<u32>| c.len() > 1)
                .collect();
            expected.sort();
            expected.dedup();
            assert_eq!(components(&Lists(lists)), expected, "graph {bits:012b}");
        }
    }
}

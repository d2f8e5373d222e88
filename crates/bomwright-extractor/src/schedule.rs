//! Which layers are read first, and which of them on several threads.
//!
//! Reading one layer on two threads costs more work than on one, because its bytes travel from core to core: a
//! fifth more for a plain layer, as measured. It pays where a thread would be idle otherwise, as with the one
//! large layer of a base image, and not where there are other layers to read.

/// A layer to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Its position in the image.
    pub(crate) layer: usize,
    /// Whether it is worth a second thread.
    pub(crate) pipelined: bool,
}

/// The layers in the order in which `threads` threads take them, the largest first.
///
/// Times are taken to be proportional to the sizes, and a thread that is free takes the next layer. A layer is
/// pipelined unless the others keep the other threads busy for three quarters of the time that it takes.
pub(crate) fn schedule(sizes: &[u64], threads: usize) -> Vec<Turn> {
    let mut order: Vec<(usize, u64)> = sizes.iter().copied().enumerate().collect();
    order.sort_by_key(|&(layer, size)| (std::cmp::Reverse(size), layer));
    let mut left: u128 = sizes.iter().copied().map(u128::from).sum();
    // When each thread is free again.
    let mut loads = vec![0_u128; threads.clamp(1, sizes.len().max(1))];
    let mut turns = Vec::with_capacity(order.len());
    for (layer, size) in order {
        let size = u128::from(size);
        left = left.saturating_sub(size);
        let start = loads.iter().copied().min().unwrap_or_default();
        let running: u128 = loads.iter().map(|load| load.saturating_sub(start).min(size)).sum();
        let others = u128::try_from(threads.saturating_sub(1)).unwrap_or_default();
        let pipelined = others > 0 && 4 * (running + left) < 3 * others * size;
        turns.push(Turn { layer, pipelined });
        if let Some(load) = loads.iter_mut().min() {
            *load += size;
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Layers in order, those that are pipelined with a mark.
    fn plan(sizes: &[u64], threads: usize) -> String {
        let turn = |turn: &Turn| format!("{}{}", turn.layer, if turn.pipelined { "|" } else { "" });
        schedule(sizes, threads).iter().map(turn).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn one_thread_is_never_two() {
        assert_eq!(plan(&[5, 9, 7], 1), "1 2 0");
        assert_eq!(plan(&[], 1), "");
    }

    #[test]
    fn a_layer_is_pipelined_where_a_thread_would_be_idle() {
        assert_eq!(plan(&[100], 2), "0|");
        assert_eq!(plan(&[100, 100], 2), "0 1");
        assert_eq!(plan(&[100, 1, 1], 2), "0| 1 2");
        assert_eq!(plan(&[100, 100, 100], 2), "0 1 2|", "the third would be alone");
        assert_eq!(plan(&[180, 397, 157], 2), "1 0 2", "the two smaller ones are as long as the large one");
        assert_eq!(plan(&[100, 100], 4), "0| 1|", "two threads would be idle");
        assert_eq!(plan(&[10; 8], 4), "0 1 2 3 4 5 6 7");
        assert_eq!(plan(&[u64::MAX; 3], 8), "0| 1| 2|");
        assert_eq!(plan(&[0, 0], 2), "0 1");
    }
}

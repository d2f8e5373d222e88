//! What is shown inside the entry of something else: packages inside those that ship them, files inside the packages that
//! own them.

/// Pairs of an outer and an inner thing, by their indexes in the inventory.
pub(crate) struct Inside(Vec<(usize, usize)>);

impl Inside {
    /// Sorts `pairs`.
    pub(crate) fn of(pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable();
        Self(pairs)
    }

    /// What is inside the thing with the index `outer`, in ascending order.
    pub(crate) fn of_outer(&self, outer: usize) -> impl Iterator<Item = usize> {
        let start = self.0.partition_point(|(it, _)| *it < outer);
        let rest = self.0.get(start..).unwrap_or_default();
        rest.iter().take_while(move |(it, _)| *it == outer).map(|(_, inner)| *inner)
    }
}

//! A sorted list that knows ranks: how many entries lie below a bound, and which entry is the n-th.
//! A page of a list and its total count need both, for a million customers, in microseconds.

use std::ops::Range;

/// Entries in a chunk before it is split. Small enough to move, large enough that chunks are few.
const CHUNK: usize = 1_024;

/// When, and which record.
pub(super) type Entry = (i64, u32);

/// Entries in ascending order, in chunks none of which is empty.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    chunks: Vec<Vec<Entry>>,
}

impl Sorted {
    /// Adds an entry. Adding one twice leaves one.
    pub(super) fn insert(&mut self, entry: Entry) {
        let at = self.chunk_for(entry);
        let Some(chunk) = self.chunks.get_mut(at) else {
            return self.chunks.push(vec![entry]);
        };
        let Err(place) = chunk.binary_search(&entry) else {
            return;
        };
        if chunk.len() < CHUNK {
            chunk.insert(place, entry);
        } else if place == CHUNK {
            // Mostly entries come in order: leave full chunks full.
            self.chunks.insert(at + 1, vec![entry]);
        } else {
            let upper = chunk.split_off(CHUNK / 2);
            self.chunks.insert(at + 1, upper);
            self.insert(entry);
        }
    }

    /// Takes an entry out, if it is there.
    pub(super) fn remove(&mut self, entry: Entry) {
        let at = self.chunk_for(entry);
        let Some(chunk) = self.chunks.get_mut(at) else {
            return;
        };
        if let Ok(place) = chunk.binary_search(&entry) {
            chunk.remove(place);
            if chunk.is_empty() {
                self.chunks.remove(at);
            }
        }
    }

    /// How many entries lie below the bound.
    pub(super) fn rank(&self, bound: Entry) -> usize {
        let at = self.chunk_for(bound);
        let before: usize = self.chunks.iter().take(at).map(Vec::len).sum();
        let inside = self
            .chunks
            .get(at)
            .map_or(0, |chunk| chunk.partition_point(|&entry| entry < bound));
        before + inside
    }

    pub(super) fn len(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum()
    }

    /// The entries of a range of ranks, from either end.
    pub(super) fn range(&self, ranks: Range<usize>) -> impl DoubleEndedIterator<Item = Entry> + '_ {
        let mut slices = Vec::new();
        let mut first = 0;
        for chunk in &self.chunks {
            let from = ranks.start.clamp(first, first + chunk.len()) - first;
            let to = ranks.end.clamp(first, first + chunk.len()) - first;
            if from < to {
                slices.push(&chunk[from..to]);
            }
            first += chunk.len();
        }
        slices.into_iter().flatten().copied()
    }

    /// The chunk in which the entry is or would be: the last that begins at or below it.
    fn chunk_for(&self, entry: Entry) -> usize {
        self.chunks
            .partition_point(|chunk| chunk[0] <= entry)
            .saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_hundred_thousand_in_order_have_their_ranks() {
        let mut sorted = Sorted::default();
        (0..100_000).for_each(|n| sorted.insert((i64::from(n), n)));
        assert_eq!(sorted.len(), 100_000);
        assert_eq!(sorted.rank((50_000, 0)), 50_000);
        let page: Vec<_> = sorted.range(99_998..100_010).collect();
        assert_eq!(page, [(99_998, 99_998), (99_999, 99_999)]);
    }

    proptest! {
        #[test]
        fn it_agrees_with_a_plain_set(steps in prop::collection::vec((any::<bool>(), 0_i64..3_000, 0_u32..3), 0..6_000),
            from in 0_usize..2_000, length in 0_usize..200, bound in 0_i64..3_000) {
            let mut sorted = Sorted::default();
            let mut plain = BTreeSet::new();
            for (add, time, slot) in steps {
                if add { sorted.insert((time, slot)); plain.insert((time, slot)); }
                else { sorted.remove((time, slot)); plain.remove(&(time, slot)); }
            }
            prop_assert_eq!(sorted.len(), plain.len());
            prop_assert_eq!(sorted.rank((bound, 0)), plain.range(..(bound, 0)).count());
            let expected: Vec<_> = plain.iter().copied().skip(from).take(length).collect();
            let found: Vec<_> = sorted.range(from..from + length).collect();
            let backwards: Vec<_> = sorted.range(from..from + length).rev().collect();
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(backwards, expected.into_iter().rev().collect::<Vec<_>>());
        }
    }
}

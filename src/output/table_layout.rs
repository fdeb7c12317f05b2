//! How the columns of a table share the width of the terminal.

/// What one column asks for, in columns of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Demand {
    /// So much that nothing is cut.
    pub(super) natural: usize,
    /// It is rather left out than made narrower than this; never more than `natural`.
    pub(super) minimum: usize,
}

/// The widths of the columns that are shown, which are the first ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// One width for each column that is shown.
    pub(super) widths: Vec<usize>,
    /// True if there are more columns than are shown.
    pub(super) hides_columns: bool,
}

/// The bar, and a blank on either side of the cell.
const PER_COLUMN: usize = 3;

/// The column that stands for those that are left out, `│ … `.
const HIDDEN_MARK: usize = 4;

/// Shares `room` among the columns; without a limit each one gets what it asks for.
///
/// The widest columns give way first: all that are cut end up with the same width, and no column that is narrower
/// than it is cut at all. So a command line shrinks long before an account does. If even the least widths do not fit,
/// the last columns are left out.
pub(super) fn lay_out(demands: &[Demand], room: Option<usize>) -> Layout {
    let natural = || demands.iter().map(|demand| demand.natural).collect();
    let Some(room) = room else { return Layout { widths: natural(), hides_columns: false } };
    let edge = 1;
    let needed = |shown: &[Demand]| edge + shown.iter().map(|demand| demand.minimum + PER_COLUMN).sum::<usize>();

    let mut shown = demands;
    while shown.len() > 1 && needed(shown) + hidden_mark(shown, demands) > room {
        shown = &shown[..shown.len() - 1];
    }
    let borders = edge + shown.len() * PER_COLUMN + hidden_mark(shown, demands);
    Layout { widths: share(shown, room.saturating_sub(borders)), hides_columns: shown.len() < demands.len() }
}

fn hidden_mark(shown: &[Demand], all: &[Demand]) -> usize {
    if shown.len() < all.len() { HIDDEN_MARK } else { 0 }
}

fn share(demands: &[Demand], room: usize) -> Vec<usize> {
    let widths_under =
        |cap: usize| demands.iter().map(move |demand| cap.clamp(demand.minimum, demand.natural)).collect::<Vec<_>>();
    let fits = |cap: usize| widths_under(cap).iter().sum::<usize>() <= room;

    // The greatest cap that fits, by halving: `low` fits or is zero, `high` does not fit.
    let widest = demands.iter().map(|demand| demand.natural).max().unwrap_or(0);
    let (mut low, mut high) = (0, widest + 1);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if fits(middle) { low = middle } else { high = middle }
    }
    let mut widths = widths_under(low);
    let mut left = room.saturating_sub(widths.iter().sum());
    for (width, demand) in widths.iter_mut().zip(demands) {
        if left > 0 && *width < demand.natural && *width == low {
            *width += 1;
            left -= 1;
        }
    }
    // A single column whose least width is too much takes what there is.
    if let [width] = widths.as_mut_slice() {
        *width = (*width).min(room).max(1);
    }
    widths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(natural: usize) -> Demand {
        Demand { natural, minimum: natural.min(8) }
    }

    fn number(natural: usize) -> Demand {
        Demand { natural, minimum: natural }
    }

    #[track_caller]
    fn check(demands: &[Demand], room: usize, widths: &[usize], hides_columns: bool) {
        assert_eq!(lay_out(demands, Some(room)), Layout { widths: widths.to_vec(), hides_columns });
    }

    #[test]
    fn without_a_limit_nothing_is_cut() {
        let layout = lay_out(&[text(500), number(5)], None);
        assert_eq!(layout, Layout { widths: vec![500, 5], hides_columns: false });
        check(&[text(20), number(5)], 80, &[20, 5], false);
    }

    #[test]
    fn the_widest_column_gives_way_first() {
        // host, pid, account, command line on a terminal of 80.
        check(&[text(12), number(5), text(14), text(400)], 80, &[12, 5, 14, 36], false);
        check(&[text(12), number(27), text(60), text(400)], 80, &[12, 27, 14, 14], false);
        check(&[text(300), text(400)], 40, &[17, 16], false);
    }

    #[test]
    fn numbers_keep_their_digits() {
        check(&[number(27), text(100)], 44, &[27, 10], false);
        check(&[number(27), number(19), text(100)], 60, &[27, 19], true);
    }

    #[test]
    fn the_last_columns_are_left_out_before_all_become_useless() {
        check(&[text(50); 30], 80, &[10, 10, 10, 9, 9, 9], true);
        check(&[number(100), text(5)], 40, &[32], true);
        check(&[text(100)], 3, &[1], false);
        check(&[], 80, &[], false);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_layout_fits_and_wastes_nothing(naturals in prop::collection::vec((1..200_usize, any::<bool>()), 1..40), room in 20..300_usize) {
            let demands: Vec<Demand> =
                naturals.iter().map(|(natural, rigid)| if *rigid { number(*natural) } else { text(*natural) }).collect();
            let layout = lay_out(&demands, Some(room));
            let total = layout.widths.iter().map(|width| width + 3).sum::<usize>() + 1
                + if layout.hides_columns { 4 } else { 0 };
            prop_assert!(total <= room);
            prop_assert!(!layout.widths.is_empty());
            let cut = layout.widths.iter().zip(&demands).filter(|(width, demand)| **width < demand.natural);
            let narrowest_cut = cut.map(|(width, _)| *width).min();
            if let Some(narrowest_cut) = narrowest_cut && layout.widths.len() > 1 {
                // Where something is cut the room is used up, and nothing uncut beyond its least width is wider.
                prop_assert_eq!(total, room);
                for (width, demand) in layout.widths.iter().zip(&demands) {
                    prop_assert!(*width <= narrowest_cut + 1 || *width == demand.minimum);
                }
            }
        }
    }
}

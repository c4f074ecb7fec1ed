//! Chooses the columns that are shown, and their widths.

/// The blanks between two columns.
pub(super) const GAP: usize = 2;

/// Columns of less importance are shown only where the others are read with ease.
const ESSENTIAL: u8 = 50;

/// What a column takes, in columns of the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Need {
    /// If there is space for only one of two columns, the more important one is shown.
    pub(super) importance: u8,
    /// The minimum width.
    pub(super) least: usize,
    /// With so much it is read with ease; not less than `least`.
    pub(super) ease: usize,
    /// So wide none of its contents is shortened.
    pub(super) contents: usize,
    /// So wide nothing is shortened, its heading included; not less than the others.
    pub(super) whole: usize,
    /// Whether there is nothing between the two: ids are whole or a prefix.
    pub(super) is_all_or_least: bool,
}

/// The width of each column; none for those that are left out. The widths, and the gaps between them,
/// are never more than the room, and one column is always there.
pub(super) fn fit(needs: &[Need], room: Option<usize>) -> Vec<Option<usize>> {
    let Some(room) = room else {
        return needs.iter().map(|need| Some(need.whole)).collect();
    };
    let mut order: Vec<usize> = (0..needs.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(needs[index].importance));
    let (mut widths, mut left) = admitted(needs, &order, room);
    let is_flexible = |&&index: &&usize| !needs[index].is_all_or_least;
    let flexible: Vec<usize> = order.iter().filter(is_flexible).copied().collect();
    left = share(needs, &flexible, &mut widths, left);
    for index in order {
        let Some(width) = &mut widths[index] else {
            continue;
        };
        let more = needs[index].whole.saturating_sub(*width);
        if let Some(rest) = left.checked_sub(more) {
            *width += more;
            left = rest;
        }
    }
    widths
}

/// The minimum width of each column that is shown, and the remaining width.
fn admitted(needs: &[Need], order: &[usize], room: usize) -> (Vec<Option<usize>>, usize) {
    let mut widths = vec![None; needs.len()];
    let mut left = room;
    // The same if every column that is shown were read with ease.
    let mut left_at_ease = room;
    for (place, &index) in order.iter().enumerate() {
        let need = needs[index];
        let (least, gap) = if place == 0 {
            (need.least.min(room), 0)
        } else {
            (need.least, GAP)
        };
        let is_essential = need.importance >= ESSENTIAL;
        if !is_essential && left_at_ease < least + gap {
            continue;
        }
        if let Some(rest) = left.checked_sub(least + gap) {
            widths[index] = Some(least);
            left = rest;
            left_at_ease = left_at_ease.saturating_sub(need.ease + gap);
        }
    }
    (widths, left)
}

/// Gives what is left to the narrowed columns, evenly, the more important ones first; what nobody
/// needs is left.
fn share(needs: &[Need], order: &[usize], widths: &mut [Option<usize>], mut left: usize) -> usize {
    loop {
        let mut has_grown = false;
        for &index in order {
            if let Some(width) = &mut widths[index]
                && *width < needs[index].contents
                && left > 0
            {
                *width += 1;
                left -= 1;
                has_grown = true;
            }
        }
        if !has_grown {
            return left;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{GAP, Need, fit};

    fn text(importance: u8, least: usize, whole: usize) -> Need {
        Need {
            importance,
            least,
            ease: least,
            contents: whole,
            whole,
            is_all_or_least: false,
        }
    }

    fn id(importance: u8) -> Need {
        Need {
            importance,
            least: 8,
            ease: 8,
            contents: 36,
            whole: 36,
            is_all_or_least: true,
        }
    }

    #[test]
    fn without_a_bound_everything_is_whole() {
        let needs = [text(1, 5, 300), id(9)];
        assert_eq!(fit(&needs, None), [Some(300), Some(36)]);
    }

    #[test]
    fn what_matters_least_is_left_out_first_and_text_shares_the_rest() {
        let needs = [text(9, 10, 40), text(1, 10, 12), text(5, 6, 6), id(7)];
        assert_eq!(fit(&needs, Some(39)), [Some(21), None, Some(6), Some(8)]);
        assert_eq!(
            fit(&needs, Some(72)),
            [Some(40), Some(12), Some(6), Some(8)]
        );
        let all = 40 + 12 + 6 + 36 + 3 * GAP;
        assert_eq!(fit(&needs, Some(all)), needs.map(|need| Some(need.whole)));
    }

    #[test]
    fn what_is_not_essential_waits_until_the_rest_is_read_with_ease() {
        let name = Need {
            ease: 24,
            ..text(90, 10, 40)
        };
        let needs = [name, text(49, 6, 6)];
        assert_eq!(fit(&needs, Some(31)), [Some(31), None]);
        assert_eq!(fit(&needs, Some(32)), [Some(24), Some(6)]);
        let essential = [name, text(50, 6, 6)];
        assert_eq!(fit(&essential, Some(18)), [Some(10), Some(6)]);
    }

    #[test]
    fn contents_come_before_headings() {
        let number = Need {
            contents: 3,
            whole: 16,
            ..text(9, 5, 16)
        };
        let needs = [number, text(5, 10, 30)];
        assert_eq!(fit(&needs, Some(40)), [Some(5), Some(30)]);
        assert_eq!(fit(&needs, Some(48)), [Some(16), Some(30)]);
    }

    #[test]
    fn a_small_column_is_shown_where_a_larger_one_has_no_room() {
        let needs = [text(9, 10, 10), text(5, 30, 30), text(1, 4, 4)];
        assert_eq!(fit(&needs, Some(20)), [Some(10), None, Some(4)]);
    }

    #[test]
    fn nothing_is_ever_wider_than_the_room() {
        let needs = [text(9, 10, 40), text(4, 9, 12), text(5, 6, 6), id(7)];
        for room in 1..120 {
            let widths: Vec<_> = fit(&needs, Some(room)).into_iter().flatten().collect();
            let gaps = GAP * (widths.len() - 1);
            assert!(widths.iter().sum::<usize>() + gaps <= room, "{widths:?}");
        }
    }
}

//! How machines are distributed on the wall display: three columns a page, in the order of their places.
//!
//! Invariant: computed from the numbers of machines alone, so server and browser agree, and nothing depends on
//! measuring the screen. Units are those of the style: a screen of 1920 × 1080. Not here: states.

use contract::machines::PlaceNow;
use domain::id::{MachineId, PlaceId};

/// Columns per page.
const COLUMNS: usize = 3;
/// Height between header and bottom.
const HEIGHT: u32 = 906;
/// Height of a place's name with its gap.
const HEADING: u32 = 48;
/// Height of a machine with its gap.
const MACHINE: u32 = 131;
/// The same in the roomy layout.
const ROOMY: u32 = 200;
const GAP: u32 = 14;

/// A place, or as much of it as fits into a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    pub place: Option<PlaceId>,
    pub name: String,
    /// Whether it began in an earlier column.
    pub continued: bool,
    pub machines: Vec<MachineId>,
}

impl Slice {
    fn height(&self) -> u32 {
        height(self.machines.len())
    }
}

/// One column, from top to bottom.
pub type Column = Vec<Slice>;

/// Columns by page; at least one page.
pub fn pages(places: &[PlaceNow]) -> Vec<Vec<Column>> {
    let slices: Vec<Slice> = places.iter().flat_map(slices).collect();
    let tallest = slices.iter().map(Slice::height).max().unwrap_or(0);
    // The lowest height at which everything fits on one page balances the columns; otherwise the order of places
    // is given up; otherwise there are more pages, all filled.
    let in_order = (tallest..=HEIGHT).map(|height| columns(&slices, height)).find(|found| found.len() <= COLUMNS);
    let one_page = in_order.or_else(|| balanced(&slices));
    let columns = one_page.unwrap_or_else(|| columns(&slices, HEIGHT));
    if columns.is_empty() { vec![vec![]] } else { columns.chunks(COLUMNS).map(<[Column]>::to_vec).collect() }
}

/// Whether a page has room to draw machines larger, with names on two lines.
pub fn roomy(columns: &[Column]) -> bool {
    columns.iter().all(|column| {
        let places = u32::try_from(column.len()).unwrap_or(u32::MAX);
        let machines = column.iter().map(|slice| slice.machines.len()).sum::<usize>();
        let needed = places * (HEADING + GAP) + u32::try_from(machines).unwrap_or(HEIGHT) * ROOMY;
        needed <= HEIGHT
    })
}

fn height(machines: usize) -> u32 {
    HEADING + MACHINE * u32::try_from(machines).unwrap_or(u32::MAX / MACHINE / 2)
}

/// A place in pieces that fit into a column.
fn slices(place: &PlaceNow) -> impl Iterator<Item = Slice> {
    let most = ((HEIGHT - HEADING) / MACHINE) as usize;
    place.machines.chunks(most).enumerate().map(move |(piece, machines)| Slice {
        place: place.id,
        name: place.name.clone(),
        continued: piece > 0,
        machines: machines.iter().map(|machine| machine.id).collect(),
    })
}

/// Fills columns of `height` one after the other.
fn columns(slices: &[Slice], height: u32) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut left = 0;
    for slice in slices {
        match columns.last_mut() {
            Some(column) if slice.height() + GAP <= left => {
                left -= slice.height() + GAP;
                column.push(slice.clone());
            }
            _ => {
                left = height.saturating_sub(slice.height());
                columns.push(vec![slice.clone()]);
            }
        }
    }
    columns
}

/// Distributes the slices over one page, the largest first, each into the lowest column; `None` if they do not
/// fit.
fn balanced(slices: &[Slice]) -> Option<Vec<Column>> {
    let mut order: Vec<usize> = (0..slices.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(slices[at].height()));
    let mut columns = [const { (0, Vec::new()) }; COLUMNS];
    for at in order {
        let (height, column) = columns.iter_mut().min_by_key(|(height, _)| *height)?;
        *height += slices[at].height() + GAP;
        column.push(at);
    }
    if columns.iter().any(|(height, _)| *height > HEIGHT + GAP) {
        return None;
    }
    let mut columns = columns.map(|(_, column)| column);
    for column in &mut columns {
        column.sort_unstable();
    }
    columns.sort_unstable();
    Some(columns.into_iter().map(|column| column.into_iter().map(|at| slices[at].clone()).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::machines::MachineNow;
    use domain::machines::MachineState;
    use proptest::prelude::*;

    fn places(sizes: &[usize]) -> Vec<PlaceNow> {
        let mut ids = 1..;
        let machine = |id| MachineNow {
            id: MachineId(id),
            name: format!("Machine {id}"),
            kind: String::new(),
            state: MachineState::Unmanaged,
            blocked_because: None,
            user: None,
            next: None,
            awaited_board: None,
            reserved: None,
            usable: false,
            lacks: Vec::new(),
            lock: String::new(),
        };
        let place = |(at, size): (usize, &usize)| PlaceNow {
            id: i64::try_from(at).ok().map(PlaceId),
            name: format!("Place {at}"),
            machines: ids.by_ref().take(*size).map(machine).collect(),
        };
        sizes.iter().enumerate().map(place).collect()
    }

    /// Machines by column and page.
    fn counted(sizes: &[usize]) -> Vec<Vec<usize>> {
        let column = |column: &Column| column.iter().map(|slice| slice.machines.len()).sum();
        pages(&places(sizes)).iter().map(|page| page.iter().map(column).collect()).collect()
    }

    #[test]
    fn places_are_balanced_over_three_columns() {
        assert_eq!(counted(&[4, 4, 4]), [[4, 4, 4]]);
        assert_eq!(counted(&[2, 4, 3, 3, 2, 4]), [[6, 6, 6]]);
        assert_eq!(counted(&[2, 4, 3, 4, 2, 3]), [[6, 6, 6]]);
        assert_eq!(pages(&places(&[2, 4, 3, 4, 2, 3]))[0][0][0].name, "Place 0");
        assert_eq!(counted(&[2, 2, 2]), [[2, 2, 2]]);
        assert_eq!(counted(&[3]), [[3]]);
    }

    #[test]
    fn overflow_goes_to_next_page() {
        assert_eq!(counted(&[5, 5, 5, 5]), vec![vec![5, 5, 5], vec![5]]);
        assert_eq!(counted(&[15]), [[6, 6, 3]]);
        let pages = pages(&places(&[15]));
        assert_eq!(pages[0].iter().map(|column| column[0].continued).collect::<Vec<_>>(), [false, true, true]);
    }

    #[test]
    fn few_machines_get_roomy_layout() {
        let roomy = |sizes: &[usize]| roomy(&pages(&places(sizes))[0]);
        assert!(roomy(&[4, 4, 4]) && roomy(&[]));
        assert!(!roomy(&[4, 5, 4]) && !roomy(&[2, 2, 2, 2, 2, 2]));
    }

    #[test]
    fn empty_space_has_one_empty_page() {
        assert_eq!(pages(&[]), vec![Vec::<Column>::new()]);
    }

    proptest! {
        #[test]
        fn each_machine_appears_once_within_column_height(
            sizes in proptest::collection::vec(1_usize..30, 0..12)
        ) {
            let places = places(&sizes);
            let pages = pages(&places);
            let columns: Vec<&Column> = pages.iter().flatten().collect();
            let mut visible: Vec<MachineId> =
                columns.iter().flat_map(|column| column.iter().flat_map(|slice| slice.machines.clone())).collect();
            visible.sort();
            let all: Vec<MachineId> =
                places.iter().flat_map(|place| place.machines.iter().map(|machine| machine.id)).collect();
            prop_assert_eq!(visible, all);
            for column in columns {
                let gaps = GAP * u32::try_from(column.len() - 1).unwrap();
                prop_assert!(column.iter().map(Slice::height).sum::<u32>() + gaps <= HEIGHT);
            }
            prop_assert!(pages.iter().all(|page| page.len() <= COLUMNS));
        }
    }
}

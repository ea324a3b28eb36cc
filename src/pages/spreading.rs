//! Moves points apart until each has room around it, and no farther than that needs.

use std::f64::consts::PI;

/// Rounds that pull the points back to where they belong, and rounds that only push them apart.
const SETTLING_ROUNDS: usize = 240;
const PARTING_ROUNDS: usize = 600;
/// The part of the way back home that a point goes in each settling round.
const PULL: f64 = 0.04;

/// Positions at least `room` apart and within `across` and `down`, near their `homes`. The same homes always give
/// the same positions. When there is too little space for all, some stay closer.
pub(super) fn spread(
    homes: &[(f64, f64)],
    room: f64,
    across: (f64, f64),
    down: (f64, f64),
) -> Vec<(f64, f64)> {
    let within = |(x, y): (f64, f64)| (x.clamp(across.0, across.1), y.clamp(down.0, down.1));
    let mut points: Vec<(f64, f64)> = homes.iter().copied().map(within).collect();
    for round in 0..SETTLING_ROUNDS + PARTING_ROUNDS {
        let is_settling = round < SETTLING_ROUNDS;
        if is_settling {
            for (point, home) in points.iter_mut().zip(homes) {
                point.0 += (home.0 - point.0) * PULL;
                point.1 += (home.1 - point.1) * PULL;
            }
        }
        let has_moved = part(&mut points, room);
        for point in &mut points {
            *point = within(*point);
        }
        if !has_moved && !is_settling {
            break;
        }
    }
    points
}

/// Moves every two points that are too close half of what is missing each.
fn part(points: &mut [(f64, f64)], room: f64) -> bool {
    let mut has_moved = false;
    for second in 1..points.len() {
        for first in 0..second {
            let (right, below) = (points[second].0 - points[first].0, points[second].1 - points[first].1);
            let distance = right.hypot(below);
            if distance >= room - 0.01 {
                continue;
            }
            has_moved = true;
            // Points in one spot part in directions that differ from pair to pair, or they would stay in line.
            let (right, below) = if distance < 0.1 {
                let angle = (second * 7 + first) as f64 * PI * (3.0 - 5.0_f64.sqrt());
                (angle.cos(), angle.sin())
            } else {
                (right / distance, below / distance)
            };
            let push = (room - distance) / 2.0 + 0.05;
            points[first].0 -= right * push;
            points[first].1 -= below * push;
            points[second].0 += right * push;
            points[second].1 += below * push;
        }
    }
    has_moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_with_room_enough_stay_where_they_are() {
        let homes = [(50.0, 50.0), (150.0, 50.0), (50.0, 150.0)];
        assert_eq!(spread(&homes, 56.0, (0.0, 200.0), (0.0, 200.0)), homes);
    }

    #[test]
    fn two_points_in_a_corner_part_along_the_edges() {
        let points = spread(&[(0.0, 0.0), (0.0, 0.0)], 50.0, (0.0, 200.0), (0.0, 200.0));
        let distance = (points[0].0 - points[1].0).hypot(points[0].1 - points[1].1);
        assert!(distance >= 49.9, "{points:?}");
    }
}

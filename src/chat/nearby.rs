//! The places nearest to where somebody is.

use crate::content::Place;

const EARTH_RADIUS_METERS: f64 = 6_371_000.0;

/// Up to `count` places with their distance in meters, the nearest first. Coordinates are degrees, GCJ-02
/// on both sides, so that the shift of that system cancels out.
pub(super) fn nearest(places: &[Place], latitude: f64, longitude: f64, count: usize) -> Vec<(&Place, f64)> {
    let mut found: Vec<(&Place, f64)> = places
        .iter()
        .map(|place| (place, meters((latitude, longitude), (place.latitude, place.longitude))))
        .collect();
    found.sort_by(|(_, left), (_, right)| left.total_cmp(right));
    found.truncate(count);
    found
}

/// The great-circle distance between two points of latitude and longitude in degrees (haversine).
fn meters(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (from_latitude, to_latitude) = (from.0.to_radians(), to.0.to_radians());
    let latitude = (to_latitude - from_latitude) / 2.0;
    let longitude = (to.1 - from.1).to_radians() / 2.0;
    let chord = latitude.sin().powi(2) + from_latitude.cos() * to_latitude.cos() * longitude.sin().powi(2);
    2.0 * EARTH_RADIUS_METERS * chord.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredth_of_a_degree_is_a_kilometer_north_and_less_east() {
        assert!((meters((31.33, 121.28), (31.34, 121.28)) - 1112.0).abs() < 1.0);
        assert!((meters((31.33, 121.28), (31.33, 121.29)) - 950.0).abs() < 1.0);
        assert!(meters((31.33, 121.28), (31.33, 121.28)) < 0.001);
    }
}

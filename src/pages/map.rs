//! The community map: places projected to a small drawing in which every one can be tapped.
//!
//! There is no picture of streets behind it, so that it needs no map service. A marker stands at its place or, where
//! that is crowded, beside it with a line to it; far-off places stand at the edge.

use std::collections::BTreeMap;

use serde::Serialize;

use super::views::PlaceRow;
use super::{spreading, texts};

/// More cannot be told apart on a phone; the list under the map has the rest.
pub(super) const MOST_MARKERS: usize = 60;

/// The width of the drawing. On the narrowest phone, 320 pixels, it is shown 288 pixels wide.
const WIDTH: f64 = 360.0;
/// 44 pixels of the narrowest phone, and a little between neighbors.
pub(super) const TAP_SIZE: f64 = 56.0;
/// From the edge to the middle of the outermost marker.
const MARGIN: f64 = 32.0;
/// The strip under the map with the scale and the north mark.
const STRIP: f64 = 40.0;
const LEAST_HEIGHT: f64 = 320.0;
const MOST_HEIGHT: f64 = 560.0;
/// How much of the drawing each marker takes when it is spread well.
const AREA_PER_MARKER: f64 = TAP_SIZE * TAP_SIZE * 1.9;
/// A map of one place, or of places in one house, shows at least this much of its surroundings.
const LEAST_EXTENT_METERS: f64 = 300.0;
/// A place this many times farther from the middle than most is shown at the edge.
const FAR: f64 = 2.0;
const METERS_PER_DEGREE: f64 = 111_195.0;

const COLORS: [&str; 7] = ["#0b5a34", "#0d47a1", "#9c1f2e", "#5e2a8c", "#7a3e00", "#00545c", "#37424a"];
/// Disc, square, diamond, hexagon and house around the middle of the marker, up to 24 units from it.
const SHAPES: [&str; 5] = [
    "M-19 0a19 19 0 1 0 38 0a19 19 0 1 0-38 0z",
    "M-17-12q0-5 5-5h24q5 0 5 5v24q0 5-5 5h-24q-5 0-5-5z",
    "M0-24 24 0 0 24-24 0z",
    "M-22 0-11-19h22L22 0 11 19h-22z",
    "M-17 18v-22L0-22 17-4v22z",
];

/// How the markers of a category look.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Style {
    shape: &'static str,
    color: &'static str,
}

impl Default for Style {
    fn default() -> Self {
        Self { shape: SHAPES[0], color: COLORS[0] }
    }
}

/// One place on the drawing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Marker {
    /// The index of the place in what was drawn.
    pub(super) place: usize,
    pub(super) x: f64,
    pub(super) y: f64,
    /// Where the place really is, when the marker had to stand aside or at the edge.
    spot_x: f64,
    spot_y: f64,
    is_aside: bool,
    /// Said of a place outside of the map.
    pub(super) beyond: Option<String>,
}

/// What the template draws.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    map_height: f64,
    pub(super) markers: Vec<Marker>,
    columns: Vec<f64>,
    rows: Vec<f64>,
    scale_length: f64,
    scale_text: String,
}

/// The looks of all categories, by name, in the order in which the places name them: different in color and, for
/// who cannot tell colors, in shape. White figures on each have a contrast of 7 or more.
pub(super) fn styles(places: &[PlaceRow]) -> BTreeMap<&str, Style> {
    let mut styles = BTreeMap::new();
    for place in places {
        let index = styles.len();
        styles
            .entry(place.category.as_str())
            .or_insert(Style { shape: SHAPES[index % SHAPES.len()], color: COLORS[index % COLORS.len()] });
    }
    styles
}

/// The distance in meters, exact enough within a town.
pub(super) fn meters_between(from: &PlaceRow, to: &PlaceRow) -> f64 {
    let east = (to.longitude - from.longitude) * from.latitude.to_radians().cos() * METERS_PER_DEGREE;
    let north = (to.latitude - from.latitude) * METERS_PER_DEGREE;
    east.hypot(north)
}

/// Draws the first [`MOST_MARKERS`] of the places whose coordinates can be drawn, around the middle one of them;
/// none if there are none.
pub(super) fn draw(places: &[&PlaceRow]) -> Option<Drawing> {
    let drawable = drawable(places);
    let latitude = median(drawable.iter().map(|&index| places[index].latitude).collect())?;
    let longitude = median(drawable.iter().map(|&index| places[index].longitude).collect())?;
    Some(draw_around((latitude, longitude), places, &drawable))
}

/// The same around the first of them; none if that cannot be drawn.
pub(super) fn draw_around_first(places: &[&PlaceRow]) -> Option<Drawing> {
    let drawable = drawable(places);
    let first = places[*drawable.first().filter(|&&index| index == 0)?];
    Some(draw_around((first.latitude, first.longitude), places, &drawable))
}

fn draw_around(origin: (f64, f64), places: &[&PlaceRow], drawable: &[usize]) -> Drawing {
    let points: Vec<Point> = drawable.iter().map(|&index| in_meters(places[index], origin)).collect();
    let reach = reach(&points);
    let near: Vec<Point> = points.iter().copied().filter(|point| point.distance() <= reach).collect();
    let frame = Frame::around(&near, points.len());

    let spots: Vec<Point> = points.iter().map(|point| frame.spot(*point)).collect();
    let standing = spreading::spread(
        &spots.iter().map(|spot| (spot.x, spot.y)).collect::<Vec<_>>(),
        TAP_SIZE,
        (MARGIN, WIDTH - MARGIN),
        (MARGIN, frame.height - MARGIN),
    );
    let markers = drawable.iter().zip(&points).zip(spots.iter().zip(&standing));
    let markers = markers.map(|((&place, point), (spot, &(x, y)))| Marker {
        place,
        x: tenths(x),
        y: tenths(y),
        spot_x: tenths(spot.x),
        spot_y: tenths(spot.y),
        is_aside: (x - spot.x).hypot(y - spot.y) > 8.0,
        beyond: (point.distance() > reach).then(|| texts::beyond_the_map(point.distance(), point.x, point.y)),
    });
    let scale_meters = frame.scale_meters();
    let step = scale_meters * frame.units_per_meter;
    Drawing {
        width: WIDTH,
        height: tenths(frame.height + STRIP),
        map_height: tenths(frame.height),
        markers: markers.collect(),
        columns: lines(step, WIDTH),
        rows: lines(step, frame.height),
        scale_length: tenths(step),
        scale_text: texts::distance(scale_meters),
    }
}

/// Meters east (`x`) and north (`y`) of the origin; or units right and down in the drawing.
#[derive(Clone, Copy, Debug)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    fn distance(self) -> f64 {
        self.x.hypot(self.y)
    }
}

/// How meters become units of the drawing.
struct Frame {
    middle: Point,
    units_per_meter: f64,
    height: f64,
}

impl Frame {
    fn around(near: &[Point], markers: usize) -> Self {
        let (left, right) = range(near.iter().map(|point| point.x));
        let (bottom, top) = range(near.iter().map(|point| point.y));
        let across = (right - left).max(LEAST_EXTENT_METERS);
        let upward = (top - bottom).max(LEAST_EXTENT_METERS);
        let inner_width = WIDTH - 2.0 * MARGIN;
        let wanted = upward * inner_width / across + 2.0 * MARGIN;
        let roomy = markers as f64 * AREA_PER_MARKER / WIDTH;
        let height = wanted.clamp(LEAST_HEIGHT, MOST_HEIGHT).max(roomy);
        let units_per_meter = (inner_width / across).min((height - 2.0 * MARGIN) / upward);
        let middle = Point { x: f64::midpoint(left, right), y: f64::midpoint(bottom, top) };
        Self { middle, units_per_meter, height }
    }

    /// Where a place is drawn; one outside, at the edge in its direction.
    fn spot(&self, place: Point) -> Point {
        let right = (place.x - self.middle.x) * self.units_per_meter;
        let down = (self.middle.y - place.y) * self.units_per_meter;
        let (half_width, half_height) = (WIDTH / 2.0 - 6.0, self.height / 2.0 - 6.0);
        let shrink = (right.abs() / half_width).max(down.abs() / half_height).max(1.0);
        Point { x: WIDTH / 2.0 + right / shrink, y: self.height / 2.0 + down / shrink }
    }

    /// The longest round distance that takes up to a third of the width.
    fn scale_meters(&self) -> f64 {
        let longest = WIDTH / 3.0 / self.units_per_meter;
        let mut meters = 10.0;
        for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(24) {
            if meters * factor > longest {
                break;
            }
            meters *= factor;
        }
        meters
    }
}

fn is_on_earth(place: &PlaceRow) -> bool {
    // Near the poles the projection has no meaning; not-a-number is in no range.
    (-85.0..=85.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude)
}

fn drawable(places: &[&PlaceRow]) -> Vec<usize> {
    (0..places.len()).filter(|&index| is_on_earth(places[index])).take(MOST_MARKERS).collect()
}

fn in_meters(place: &PlaceRow, origin: (f64, f64)) -> Point {
    let (latitude, longitude) = origin;
    Point {
        x: (place.longitude - longitude) * latitude.to_radians().cos() * METERS_PER_DEGREE,
        y: (place.latitude - latitude) * METERS_PER_DEGREE,
    }
}

/// Places up to this far from the middle are shown where they are.
fn reach(points: &[Point]) -> f64 {
    let mut distances: Vec<f64> = points.iter().map(|point| point.distance()).collect();
    distances.sort_by(f64::total_cmp);
    let most = distances.get(points.len() * 4 / 5).or(distances.last()).copied().unwrap_or(0.0);
    (most * FAR).max(LEAST_EXTENT_METERS)
}

/// One far-off place does not move it.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
}

fn lines(step: f64, until: f64) -> Vec<f64> {
    (1..64).map(|count| tenths(f64::from(count) * step)).take_while(|&line| line < until).collect()
}

/// Keeps the markup short.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(latitude: f64, longitude: f64, category: &str) -> PlaceRow {
        let (slug, name, address) = ("p".into(), "地点".into(), "示例路1号".into());
        PlaceRow { slug, name, category: category.into(), address, latitude, longitude }
    }

    fn drawn(places: &[PlaceRow]) -> Option<Drawing> {
        draw(&places.iter().collect::<Vec<_>>())
    }

    #[test]
    fn north_is_up_and_east_is_right() {
        let drawing = drawn(&[place(31.34, 121.28, "甲"), place(31.33, 121.29, "乙")]).unwrap();
        let [north, east] = &drawing.markers[..] else { panic!("two markers") };
        assert!(north.y < east.y && north.x < east.x, "{drawing:?}");
        assert!(!north.is_aside && !east.is_aside, "{drawing:?}");
    }

    #[test]
    fn every_marker_can_be_tapped_however_crowded_the_places_are() {
        for count in [1, 2, 7, 20, MOST_MARKERS] {
            let drawing = drawn(&vec![place(31.33, 121.28, "同一处"); count]).unwrap();
            assert_eq!(drawing.markers.len(), count);
            for (index, marker) in drawing.markers.iter().enumerate() {
                assert!(marker.x >= TAP_SIZE / 2.0 && marker.x <= WIDTH - TAP_SIZE / 2.0, "{marker:?}");
                assert!(marker.y >= TAP_SIZE / 2.0 && marker.y <= drawing.map_height - TAP_SIZE / 2.0);
                for other in &drawing.markers[..index] {
                    let distance = (marker.x - other.x).hypot(marker.y - other.y);
                    assert!(
                        distance >= TAP_SIZE - 0.5,
                        "{count} places: {distance} between {marker:?} and {other:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_far_place_stands_at_the_edge_and_does_not_shrink_the_rest() {
        let mut places: Vec<_> =
            (0..8).map(|step| place(31.33 + f64::from(step) * 0.001, 121.28, "近")).collect();
        let before = drawn(&places).unwrap();
        places.push(place(31.20, 121.10, "远"));
        let after = drawn(&places).unwrap();
        assert!((before.scale_length / after.scale_length - 1.0).abs() < 0.2, "{before:?}\n{after:?}");
        let beyond: Vec<_> = after.markers.iter().filter_map(|marker| marker.beyond.as_deref()).collect();
        assert_eq!(beyond, ["在图外西南面，约23公里"]);
    }

    #[test]
    fn a_map_around_an_outlying_place_shows_how_far_the_others_are() {
        let places = [(0.0, 0.0), (0.010, 0.0), (0.0101, 0.0), (0.0102, 0.0)]
            .map(|(north, east)| place(31.32 + north, 121.28 + east, "点"));
        let drawing = draw_around_first(&places.iter().collect::<Vec<_>>()).unwrap();
        assert!(drawing.markers.iter().all(|marker| marker.beyond.is_none()), "{drawing:?}");
        assert!(drawing.markers[0].y - drawing.markers[1].y > drawing.map_height / 2.0, "{drawing:?}");
    }

    #[test]
    fn what_is_not_on_earth_is_not_drawn() {
        assert_eq!(drawn(&[]), None);
        assert_eq!(drawn(&[place(f64::NAN, 121.0, "甲"), place(31.0, 500.0, "甲")]), None);
        let drawing = drawn(&[place(f64::NAN, 121.0, "甲"), place(31.0, 121.0, "甲")]).unwrap();
        assert_eq!(drawing.markers[0].place, 1);
    }

    #[test]
    fn thirty_categories_look_different() {
        let places: Vec<_> = (0..30).map(|number| place(31.0, 121.0, &number.to_string())).collect();
        let styles = styles(&places);
        let looks: std::collections::BTreeSet<_> =
            styles.values().map(|style| (style.shape, style.color)).collect();
        assert_eq!(looks.len(), 30);
    }
}

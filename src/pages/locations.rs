//! The map of a page together with the list that explains its numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::map::{self, Drawing, Style};
use super::render::grouped;
use super::texts;
use super::views::PlaceRow;

/// Others that a place's page shows around it.
const NEIGHBORS: usize = 5;
/// Rows that a group must have on average.
const WORTH_A_HEADING: usize = 3;

/// A drawing and its list.
#[derive(Debug, Serialize)]
pub(super) struct Located<'a> {
    pub(super) drawing: Drawing,
    /// The same order as the numbers.
    pub(super) groups: Vec<LegendGroup<'a>>,
    /// By marker, what it stands for.
    pub(super) marked: Vec<LegendRow<'a>>,
    is_partial: bool,
    /// Whether the groups are large enough for headings; else each row names its category.
    has_headings: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct LegendGroup<'a> {
    title: &'a str,
    pub(super) rows: Vec<LegendRow<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct LegendRow<'a> {
    /// None for a place that is not on the drawing.
    pub(super) number: Option<usize>,
    style: Style,
    pub(super) slug: &'a str,
    name: &'a str,
    category: &'a str,
    address: &'a str,
    /// How far it is from the place of the page, or where it is outside of the map.
    pub(super) remark: Option<String>,
    is_focus: bool,
}

/// The whole community, by category.
pub(super) fn overview(places: &[PlaceRow]) -> Option<Located<'_>> {
    let groups = grouped(places, |place| &place.category);
    let in_order: Vec<&PlaceRow> = groups.iter().flat_map(|group| group.rows.iter().copied()).collect();
    let drawing = map::draw(&in_order)?;
    let mut rows = legend(&in_order, &drawing, &map::styles(places), None).into_iter();
    let marked = marked(&drawing, rows.as_slice());
    let has_headings = groups.len() * WORTH_A_HEADING <= places.len();
    let groups = groups
        .iter()
        .map(|group| LegendGroup { title: group.title, rows: rows.by_ref().take(group.rows.len()).collect() })
        .collect();
    let is_partial = drawing.markers.len() < places.len();
    Some(Located { drawing, groups, marked, is_partial, has_headings })
}

/// A place and what is nearest to it, by distance.
pub(super) fn surroundings<'a>(place: &'a PlaceRow, all_places: &'a [PlaceRow]) -> Option<Located<'a>> {
    let mut others: Vec<&PlaceRow> = all_places.iter().filter(|other| other.slug != place.slug).collect();
    others.sort_by(|left, right| {
        map::meters_between(place, left).total_cmp(&map::meters_between(place, right))
    });
    others.truncate(NEIGHBORS);
    let in_order: Vec<&PlaceRow> = std::iter::once(place).chain(others).collect();
    let drawing = map::draw_around_first(&in_order)?;
    let rows = legend(&in_order, &drawing, &map::styles(all_places), Some(place));
    let marked = marked(&drawing, &rows);
    let nearby = rows.into_iter().skip(1).collect();
    let groups = vec![LegendGroup { title: texts::TEXTS.nearby, rows: nearby }];
    Some(Located { drawing, groups, marked, is_partial: false, has_headings: false })
}

fn legend<'a>(
    in_order: &[&'a PlaceRow],
    drawing: &Drawing,
    styles: &BTreeMap<&str, Style>,
    focus: Option<&PlaceRow>,
) -> Vec<LegendRow<'a>> {
    let mut rows: Vec<LegendRow<'a>> = in_order
        .iter()
        .map(|&place| LegendRow {
            number: None,
            style: styles.get(place.category.as_str()).copied().unwrap_or_default(),
            slug: &place.slug,
            name: &place.name,
            category: &place.category,
            address: &place.address,
            remark: focus.map(|focus| texts::about(&texts::distance(map::meters_between(focus, place)))),
            is_focus: focus.is_some_and(|focus| focus.slug == place.slug),
        })
        .collect();
    for (index, marker) in drawing.markers.iter().enumerate() {
        rows[marker.place].number = Some(index + 1);
        if focus.is_none() {
            rows[marker.place].remark.clone_from(&marker.beyond);
        }
    }
    rows
}

fn marked<'a>(drawing: &Drawing, rows: &[LegendRow<'a>]) -> Vec<LegendRow<'a>> {
    drawing.markers.iter().map(|marker| rows[marker.place].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(slug: &str, category: &str, latitude: f64) -> PlaceRow {
        let (name, address) = (slug.to_uppercase(), "示例路1号".into());
        PlaceRow { slug: slug.into(), name, category: category.into(), address, latitude, longitude: 121.28 }
    }

    #[test]
    fn numbers_run_down_the_list_and_agree_with_the_markers() {
        let places = [
            place("a", "厕所", 31.33),
            place("b", "车站", 31.331),
            place("c", "厕所", f64::NAN),
            place("d", "厕所", 31.332),
        ];
        let located = overview(&places).unwrap();
        let list: Vec<_> =
            located.groups.iter().flat_map(|group| &group.rows).map(|row| (row.slug, row.number)).collect();
        assert_eq!(list, [("a", Some(1)), ("c", None), ("d", Some(2)), ("b", Some(3))]);
        let marked: Vec<_> = located.marked.iter().map(|row| (row.slug, row.number)).collect();
        assert_eq!(marked, [("a", Some(1)), ("d", Some(2)), ("b", Some(3))]);
    }

    #[test]
    fn the_nearest_stand_around_a_place_with_their_distance() {
        let places: Vec<_> =
            (0..9).map(|step| place(&format!("p{step}"), "点", 31.33 + f64::from(step) * 0.001)).collect();
        let located = surroundings(&places[0], &places).unwrap();
        let list: Vec<_> =
            located.groups[0].rows.iter().map(|row| (row.slug, row.remark.as_deref())).collect();
        assert_eq!(list[..2], [("p1", Some("约110米")), ("p2", Some("约220米"))]);
        assert_eq!(list.len(), NEIGHBORS);
        assert!(located.marked[0].is_focus);
    }
}

//! Coordinates out of what people copy from a map: a link of Tencent's, Gaode's or Baidu's map, or two numbers. What
//! comes out is GCJ-02, as WeChat has it.

use std::f64::consts::PI;

/// Where the numbers come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Tencent,
    Gaode,
    /// Converted from BD-09.
    Baidu,
    /// Converted from WGS-84, as satellites have it.
    Satellite,
    Typed,
}

/// A place on the map, in degrees, GCJ-02.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    pub latitude: f64,
    pub longitude: f64,
    pub origin: Origin,
}

/// Why there are no coordinates in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotLocated {
    /// A short link, which only its map can resolve.
    Short,
    /// Nothing that looks like coordinates.
    Nothing,
    /// Outside of China, where these systems mean nothing.
    Abroad,
}

/// Degrees north and east that hold the country, seas included.
const LATITUDES: std::ops::RangeInclusive<f64> = 3.0..=54.0;
const LONGITUDES: std::ops::RangeInclusive<f64> = 73.0..=136.0;
const SHORT: [&str; 4] = ["surl.amap.com", "j.map.baidu.com", "dwz.cn", "url.cn"];

/// Finds the coordinates in a text.
///
/// # Errors
/// [`NotLocated`].
pub fn locate(text: &str) -> Result<Located, NotLocated> {
    let text = decoded(text.trim());
    let has = |host: &str| text.contains(host);
    let found = if has("baidu.com") {
        baidu(&text)
    } else if has("qq.com") {
        let pair = latitude_first(&text, &["coord:", "coord=", "center=", "latlng=", "c="]);
        pair.or_else(|| apart(&text, "pointy=", "pointx=")).map(|at| (at, Origin::Tencent))
    } else if has("amap.com") || has("gaode.com") {
        gaode(&text)
    } else {
        let mut numbers = numbers(&text);
        numbers.next().zip(numbers.next()).map(|(first, second)| {
            // In this country a longitude is larger than any latitude.
            let (north, east) = if first > second { (second, first) } else { (first, second) };
            ((north, east), Origin::Typed)
        })
    };
    let Some(((latitude, longitude), origin)) = found else {
        let is_short = SHORT.iter().any(|host| text.contains(host));
        return Err(if is_short { NotLocated::Short } else { NotLocated::Nothing });
    };
    if !LATITUDES.contains(&latitude) || !LONGITUDES.contains(&longitude) {
        return Err(NotLocated::Abroad);
    }
    // A seventh digit is a centimeter.
    let rounded = |degrees: f64| (degrees * 1e6).round() / 1e6;
    Ok(Located { latitude: rounded(latitude), longitude: rounded(longitude), origin })
}

type Pair = (f64, f64);

fn gaode(text: &str) -> Option<(Pair, Origin)> {
    let swapped = |(east, north): Pair| (north, east);
    let pair =
        latitude_first(text, &["position=", "lnglat=", "dest=", "to=", "from=", "center="]).map(swapped);
    let pair = pair.or_else(|| apart(text, "lat=", "lon=")).or_else(|| apart(text, "lat=", "lng="));
    // Its share links: `p=ID,latitude,longitude,name` and `q=latitude,longitude,name`.
    let shared = || {
        let mut numbers = numbers(text.split_once("p=")?.1.split_once(',')?.1);
        numbers.next().zip(numbers.next())
    };
    let at = pair.or_else(shared).or_else(|| latitude_first(text, &["q="]))?;
    let at = if at.0 > at.1 { swapped(at) } else { at };
    let is_satellite = text.contains("coordinate=wgs84");
    Some(if is_satellite { (from_satellite(at), Origin::Satellite) } else { (at, Origin::Gaode) })
}

fn baidu(text: &str) -> Option<(Pair, Origin)> {
    let kind = |name: &str| {
        ["coord_type=", "coordtype=", "coord="].iter().any(|key| text.contains(&format!("{key}{name}")))
    };
    if let Some(at) = latitude_first(text, &["location=", "latlng:", "latlng=", "center=", "destination="]) {
        let at = if at.0 > at.1 { (at.1, at.0) } else { at };
        return Some(if kind("gcj02") {
            (at, Origin::Baidu)
        } else if kind("wgs84") {
            (from_satellite(at), Origin::Satellite)
        } else {
            (from_baidu(at), Origin::Baidu)
        });
    }
    // What stands in the address bar: meters of its own projection.
    let mut meters = numbers(text.split_once('@')?.1);
    let (east, north) = meters.next().zip(meters.next())?;
    Some((from_baidu(from_baidu_meters(east, north)), Origin::Baidu))
}

/// The two numbers after the first of some keys that has two.
fn latitude_first(text: &str, keys: &[&str]) -> Option<Pair> {
    keys.iter().find_map(|key| {
        let at = text
            .match_indices(key)
            .find(|(at, _)| *at == 0 || text[..*at].ends_with(['?', '&', ';', '=', ' ', '/', '#']))?;
        let rest = &text[at.0 + key.len()..];
        let end = rest.find(['&', ';', ' ']).unwrap_or(rest.len());
        let mut numbers = numbers(&rest[..end]);
        numbers.next().zip(numbers.next())
    })
}

fn apart(text: &str, north: &str, east: &str) -> Option<Pair> {
    let number = |key: &str| numbers(text.split_once(key)?.1).next();
    number(north).zip(number(east))
}

/// The decimal numbers in a text, in its order.
fn numbers(text: &str) -> impl Iterator<Item = f64> + '_ {
    text.split(|character: char| !character.is_ascii_digit() && character != '.')
        .filter(|part| part.len() <= 24)
        .filter_map(|part| part.trim_matches('.').parse().ok())
}

/// With the percent signs of a link resolved.
fn decoded(text: &str) -> String {
    text.replace("%2C", ",").replace("%2c", ",").replace("%3A", ":").replace("%3a", ":").replace("%3B", ";")
}

/// BD-09, Baidu's own, as GCJ-02.
fn from_baidu((north, east): Pair) -> Pair {
    let (x, y) = (east - 0.0065, north - 0.006);
    let turn = PI * 3000.0 / 180.0;
    let radius = x.hypot(y) - 0.00002 * (y * turn).sin();
    let angle = y.atan2(x) - 0.000003 * (x * turn).cos();
    (radius * angle.sin(), radius * angle.cos())
}

/// WGS-84 as GCJ-02.
fn from_satellite((north, east): Pair) -> Pair {
    const AXIS: f64 = 6_378_245.0;
    const FLATNESS: f64 = 0.006_693_421_622_965_943;
    let (x, y) = (east - 105.0, north - 35.0);
    let wave = |of: f64, amplitude: f64, second: f64| amplitude * (of * PI).sin() + second;
    let common = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north_shift = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + common
        + wave(y, 20.0, wave(y / 3.0, 40.0, 0.0)) * 2.0 / 3.0
        + wave(y / 12.0, 160.0, wave(y / 30.0, 320.0, 0.0)) * 2.0 / 3.0;
    let east_shift = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + common
        + wave(x, 20.0, wave(x / 3.0, 40.0, 0.0)) * 2.0 / 3.0
        + wave(x / 12.0, 150.0, wave(x / 30.0, 300.0, 0.0)) * 2.0 / 3.0;
    let radians = north.to_radians();
    let magic = 1.0 - FLATNESS * radians.sin().powi(2);
    let north_degrees = north_shift * 180.0 / (AXIS * (1.0 - FLATNESS) / (magic * magic.sqrt()) * PI);
    let east_degrees = east_shift * 180.0 / (AXIS / magic.sqrt() * radians.cos() * PI);
    (north + north_degrees, east + east_degrees)
}

/// Baidu's meters as BD-09 degrees: for each band, from its lower edge up, what its script has for it.
const BANDS: [(f64, [f64; 10]); 6] = [
    (
        12_890_594.86,
        [
            1.410526172116255e-8,
            8.98305509648872e-6,
            -1.9939833816331,
            200.9824383106796,
            -187.2403703815547,
            91.6087516669843,
            -23.38765649603339,
            2.57121317296198,
            -0.03801003308653,
            17_337_981.2,
        ],
    ),
    (
        8_362_377.87,
        [
            -7.435856389565537e-9,
            8.983055097726239e-6,
            -0.78625201886289,
            96.32687599759846,
            -1.85204757529826,
            -59.36935905485877,
            47.40033549296737,
            -16.50741931063887,
            2.28786674699375,
            10_260_144.86,
        ],
    ),
    (
        5_591_021.0,
        [
            -3.030883460898826e-8,
            8.98305509983578e-6,
            0.30071316287616,
            59.74293618442277,
            7.357984074871,
            -25.38371002664745,
            13.45380521110908,
            -3.29883767235584,
            0.32710905363475,
            6_856_817.37,
        ],
    ),
    (
        3_481_989.83,
        [
            -1.981981304930552e-8,
            8.983055099779535e-6,
            0.03278182852591,
            40.31678527705744,
            0.65659298677277,
            -4.44255534477492,
            0.85341911805263,
            0.12923347998204,
            -0.04625736007561,
            4_482_777.06,
        ],
    ),
    (
        1_678_043.12,
        [
            3.09191371068437e-9,
            8.983055096812155e-6,
            6.995724062e-5,
            23.10934304144901,
            -0.00023663490511,
            -0.6321817810242,
            -0.00663494467273,
            0.03430082397953,
            -0.00466043876332,
            2_555_164.4,
        ],
    ),
    (
        0.0,
        [
            2.890871144776878e-9,
            8.983055095805407e-6,
            -3.068298e-8,
            7.47137025468032,
            -3.53937994e-6,
            -0.02145144861037,
            -1.234426596e-5,
            0.00010322952773,
            -3.23890364e-6,
            826_088.5,
        ],
    ),
];

fn from_baidu_meters(east: f64, north: f64) -> Pair {
    let band = BANDS.iter().find(|(edge, _)| north >= *edge).map_or(&BANDS[5].1, |(_, band)| band);
    let part = north / band[9];
    let latitude = (2..=8).rev().fold(0.0, |sum, at| sum * part + band[at]);
    (latitude, band[0] + band[1] * east)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Meters between what was found and a place, about.
    fn off(text: &str, latitude: f64, longitude: f64) -> (f64, Origin) {
        let found = locate(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let north = (found.latitude - latitude) * 111_195.0;
        let east = (found.longitude - longitude) * 111_195.0 * latitude.to_radians().cos();
        (north.hypot(east), found.origin)
    }

    #[test]
    fn links_of_the_three_maps_name_the_same_place() {
        // Tiananmen, GCJ-02.
        let (latitude, longitude) = (39.908_722, 116.397_499);
        for (text, origin) in [
            (
                "https://apis.map.qq.com/uri/v1/marker?marker=coord:39.908722,116.397499;title:天安门&referer=x",
                Origin::Tencent,
            ),
            (
                "https://map.qq.com/?type=marker&pointx=116.397499&pointy=39.908722&name=天安门",
                Origin::Tencent,
            ),
            ("https://uri.amap.com/marker?position=116.397499,39.908722&name=天安门", Origin::Gaode),
            ("https://uri.amap.com/marker?position=116.397499%2C39.908722", Origin::Gaode),
            ("https://www.amap.com/?p=B000A60DA1,39.908722,116.397499,天安门", Origin::Gaode),
            ("https://ditu.amap.com/?q=39.908722,116.397499,天安门", Origin::Gaode),
            ("39.908722, 116.397499", Origin::Typed),
            ("116.397499，39.908722", Origin::Typed),
            (
                "http://api.map.baidu.com/marker?location=39.908722,116.397499&coord_type=gcj02&title=x",
                Origin::Baidu,
            ),
        ] {
            let (meters, found) = off(text, latitude, longitude);
            assert!(meters < 1.0 && found == origin, "{text}: {meters} m, {found:?}");
        }
        // The same in BD-09, and in the meters of Baidu's address bar.
        let (meters, origin) =
            off("http://api.map.baidu.com/marker?location=39.915085,116.403880&title=x", latitude, longitude);
        assert!(meters < 5.0 && origin == Origin::Baidu, "{meters} m");
        let (meters, _) =
            off("https://map.baidu.com/poi/x/@12958155,4825923,17z?querytype=detail", latitude, longitude);
        assert!(meters < 60.0, "{meters} m");
        // The same as satellites have it.
        let (meters, origin) = off(
            "http://api.map.baidu.com/marker?location=39.907318,116.391257&coord_type=wgs84",
            latitude,
            longitude,
        );
        assert!(meters < 5.0 && origin == Origin::Satellite, "{meters} m");
    }

    #[test]
    fn what_holds_no_place_is_said_why() {
        assert_eq!(locate("https://surl.amap.com/abc"), Err(NotLocated::Short));
        assert_eq!(locate("https://j.map.baidu.com/4f/7Gsk"), Err(NotLocated::Short));
        assert_eq!(locate("希望社区"), Err(NotLocated::Nothing));
        assert_eq!(locate(""), Err(NotLocated::Nothing));
        assert_eq!(locate("48.8584, 2.2945"), Err(NotLocated::Abroad));
        assert_eq!(locate(&"9".repeat(400)), Err(NotLocated::Nothing));
    }
}

//! The residents who hold the phone, the places they may be at, and the codes they may scan. All are made up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha1::{Digest, Sha1};

use crate::wechat::{AppId, OpenId};

/// Somebody with a phone. The same person has another OpenID at every account.
#[derive(Debug, Serialize)]
pub(super) struct Resident {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// One emoji.
    pub(super) avatar: &'static str,
    pub(super) about: &'static str,
    /// Whether this person followed every account before anybody listened to pushes.
    #[serde(skip)]
    pub(super) follows_already: bool,
}

/// Somewhere to send as a location.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

pub(super) const RESIDENTS: [Resident; 8] = [
    resident("zhang", "张阿姨", "👵", "退休在家，爱看活动通知，打字慢", false),
    resident("li", "李伯伯", "👴", "眼睛花了，常发语音", false),
    resident("wang", "王女士", "👩", "上班族，只有晚上有空问事情", false),
    resident("chen", "陈先生", "👨", "刚搬来，什么都想打听", false),
    resident("zhao", "小赵", "🧑", "志愿者，喜欢拍照片", false),
    resident("liu", "刘奶奶", "👒", "独居老人，孙子帮着关注的", true),
    resident("zhou", "周师傅", "👷", "小区水电工，早就关注了", true),
    resident("sun", "孙老师", "📚", "楼组长，早就关注了", true),
];

pub(super) const PLACES: [Place; 4] = [
    Place { name: "社区服务中心（示例）", latitude: 31.335_800, longitude: 121.289_600 },
    Place { name: "社区文化活动室（示例）", latitude: 31.337_200, longitude: 121.292_100 },
    Place { name: "12号楼门口（示例）", latitude: 31.333_950, longitude: 121.287_300 },
    Place { name: "地铁站旁小花园（示例）", latitude: 31.331_400, longitude: 121.294_800 },
];

/// What QR codes with a scene say: the sandbox's posters.
pub(super) const SCENES: [&str; 4] = ["building_12", "building_3", "poster_clinic", "office_desk"];

/// The resident with this id.
pub(super) fn find(id: &str) -> Option<&'static Resident> {
    RESIDENTS.iter().find(|resident| resident.id == id)
}

/// As this account knows this person: 28 characters that begin with `o`, always the same ones.
pub(super) fn open_id(app_id: &AppId, person: &str) -> OpenId {
    let mut hasher = Sha1::new();
    hasher.update(app_id.as_str().as_bytes());
    hasher.update(b"/");
    hasher.update(person.as_bytes());
    let text = format!("o{}", URL_SAFE_NO_PAD.encode(hasher.finalize()));
    OpenId::parse(&text).expect("an o and Base64 letters are an OpenID")
}

const fn resident(
    id: &'static str,
    name: &'static str,
    avatar: &'static str,
    about: &'static str,
    follows_already: bool,
) -> Resident {
    Resident { id, name, avatar, about, follows_already }
}

#[cfg(test)]
mod tests {
    use super::{RESIDENTS, open_id};
    use crate::wechat::AppId;

    #[test]
    fn the_same_person_has_another_openid_at_every_account() {
        let (hope, malu) =
            (AppId::parse("wx2014011700000001").unwrap(), AppId::parse("wx2014011700000004").unwrap());
        let id = open_id(&hope, "zhang");
        assert_eq!((id.as_str().len(), &id.as_str()[..1]), (28, "o"));
        assert_eq!(id, open_id(&hope, "zhang"));
        assert_ne!(id, open_id(&malu, "zhang"));
        assert_ne!(id, open_id(&hope, RESIDENTS[1].id));
    }
}

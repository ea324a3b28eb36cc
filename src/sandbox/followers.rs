//! Who follows one account, in the order in which they began to.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use super::windows::Windows;
use crate::clock::Timestamp;
use crate::wechat::OpenId;

/// One follower, as the account knows them.
#[derive(Clone, Debug)]
pub(super) struct Follower {
    pub(super) open_id: OpenId,
    pub(super) since: Timestamp,
    /// The scene of the QR code by which they came.
    pub(super) scene: Option<String>,
    pub(super) remark: String,
    pub(super) windows: Windows,
}

/// The followers of one account, and the places of those who have left.
#[derive(Debug, Default)]
pub(super) struct Followers {
    in_order: BTreeMap<u64, Follower>,
    /// Kept when somebody leaves: the OpenID stays known to the account, and a list that is being read goes on.
    places: HashMap<OpenId, u64>,
    next: u64,
}

impl Followers {
    /// Begins to follow. Nothing happens to somebody who does already.
    pub(super) fn add(&mut self, open_id: OpenId, scene: Option<String>, now: Timestamp) {
        if self.get(&open_id).is_some() {
            return;
        }
        self.places.insert(open_id.clone(), self.next);
        let follower =
            Follower { open_id, since: now, scene, remark: String::new(), windows: Windows::default() };
        self.in_order.insert(self.next, follower);
        self.next += 1;
    }

    pub(super) fn remove(&mut self, open_id: &OpenId) {
        if let Some(place) = self.places.get(open_id) {
            self.in_order.remove(place);
        }
    }

    pub(super) fn get(&self, open_id: &OpenId) -> Option<&Follower> {
        self.in_order.get(self.places.get(open_id)?)
    }

    pub(super) fn get_mut(&mut self, open_id: &OpenId) -> Option<&mut Follower> {
        self.in_order.get_mut(self.places.get(open_id)?)
    }

    /// Whether they follow or have followed.
    pub(super) fn knows(&self, open_id: &OpenId) -> bool {
        self.places.contains_key(open_id)
    }

    pub(super) fn len(&self) -> usize {
        self.in_order.len()
    }

    /// Those after the given one, or from the first. `None` when that one is not known.
    pub(super) fn after(&self, open_id: Option<&OpenId>) -> Option<impl Iterator<Item = &Follower>> {
        let start = match open_id {
            None => Bound::Unbounded,
            Some(open_id) => Bound::Excluded(*self.places.get(open_id)?),
        };
        Some(self.in_order.range((start, Bound::Unbounded)).map(|(_, follower)| follower))
    }
}

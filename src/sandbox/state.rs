//! Everything that the sandbox knows, in memory and under one lock.

use super::accounts::Account;
use super::faults::Faults;
use super::settings::{AccountSettings, Error};
use super::tokens::Standing;
use crate::clock::Timestamp;

pub(super) struct World {
    pub(super) accounts: Vec<Account>,
    pub(super) faults: Faults,
    /// The accounts as they were given, for a reset.
    given: Vec<AccountSettings>,
    last_id: u64,
    last_message_id: u64,
}

impl World {
    pub(super) fn new(given: Vec<AccountSettings>, now: Timestamp) -> Result<Self, Error> {
        for (index, account) in given.iter().enumerate() {
            let same = |other: &AccountSettings| other.app_id == account.app_id || other.slug == account.slug;
            if given[..index].iter().any(same) {
                return Err(Error::Twice(account.slug.clone()));
            }
        }
        let accounts = given.iter().map(|settings| Account::new(settings.clone(), now));
        Ok(Self {
            accounts: accounts.collect::<Result<_, Error>>()?,
            faults: Faults::default(),
            given,
            last_id: 0,
            last_message_id: 0,
        })
    }

    /// Everything as at the start. Numbers go on, so that nothing new looks like something old.
    pub(super) fn reset(&mut self, now: Timestamp) {
        let accounts = self.given.iter().map(|settings| Account::new(settings.clone(), now));
        let fresh: Vec<Account> =
            accounts.collect::<Result<_, Error>>().expect("the same settings were accepted before");
        let former = std::mem::replace(&mut self.accounts, fresh);
        // The menus are the product's, which would not know that they are gone.
        for (account, former) in self.accounts.iter_mut().zip(former) {
            account.menu = former.menu;
        }
        self.faults = Faults::default();
    }

    pub(super) fn account(&self, app_id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.app_id.as_str() == app_id)
    }

    pub(super) fn account_mut(&mut self, app_id: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.app_id.as_str() == app_id)
    }

    /// Which account an access token opens, by its place in the list; or why it opens none.
    pub(super) fn account_of_token(&self, token: &str, now: Timestamp) -> Result<usize, Standing> {
        let mut standing = Standing::Unknown;
        for (index, account) in self.accounts.iter().enumerate() {
            match account.tokens.standing(token, now) {
                Standing::Valid => return Ok(index),
                Standing::Expired => standing = Standing::Expired,
                Standing::Unknown => {}
            }
        }
        Err(standing)
    }

    /// A number for an entry of a chat or for a push: higher than all before.
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A MsgId. It comes from the time, so that a sandbox that was started anew does not repeat itself.
    pub(super) fn next_message_id(&mut self, now: Timestamp) -> u64 {
        let from_time = u64::try_from(now.millis()).unwrap_or_default().saturating_mul(1_000_000);
        self.last_message_id = from_time.max(self.last_message_id + 1);
        self.last_message_id
    }
}

//! The custom menu (§7.1).

use reqwest::Method;
use serde_json::Value;

use super::{Caller, Error, Platform};
use crate::wechat::Menu;

impl Platform {
    /// Puts a menu in place of the account's present one. Phones show it within five minutes, or at once
    /// after following anew. Safe to repeat.
    ///
    /// # Errors
    /// [`Error`]; 48001 when the account's kind has no custom menu.
    pub async fn replace_menu(&self, caller: &Caller, menu: &Menu) -> Result<(), Error> {
        let body = menu.to_json();
        let _: Value = self.call(caller, Method::POST, "/cgi-bin/menu/create", &[], Some(&body)).await?;
        Ok(())
    }
}

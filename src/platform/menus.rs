//! The custom menu (§7.1).

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Caller, Error, Platform};
use crate::wechat::Menu;
use crate::wechat::errcode;

/// A menu for some followers.
pub struct ConditionalMenu {
    pub menu: Menu,
    /// The `matchrule`: `tag_id`, `client_platform_type`, or both.
    pub rule: Value,
}

#[derive(Deserialize)]
struct Present {
    #[serde(default)]
    conditionalmenu: Vec<PresentConditional>,
}

#[derive(Deserialize)]
struct PresentConditional {
    /// A number in some answers and a text in others.
    menuid: Value,
}

impl Platform {
    /// Puts a menu, and those for some followers, in place of the account's present ones. Of those that fit somebody, the
    /// first is shown. Phones show it within five minutes, or at once after following anew. Safe to repeat.
    ///
    /// # Errors
    /// [`Error`]; 48001 when the account's kind has no custom menu.
    pub async fn replace_menus(
        &self,
        caller: &Caller,
        menu: &Menu,
        conditionals: &[ConditionalMenu],
    ) -> Result<(), Error> {
        let present = self.conditional_menus(caller).await?;
        // A menu for everybody must be there first.
        let body = menu.to_json();
        let _: Value = self.call(caller, Method::POST, "/cgi-bin/menu/create", &[], Some(&body)).await?;
        for id in present {
            let body = json!({ "menuid": id });
            let _: Value =
                self.call(caller, Method::POST, "/cgi-bin/menu/delconditional", &[], Some(&body)).await?;
        }
        // The one that was added last wins.
        for conditional in conditionals.iter().rev() {
            let mut body = conditional.menu.to_json();
            body["matchrule"] = conditional.rule.clone();
            let _: Value =
                self.call(caller, Method::POST, "/cgi-bin/menu/addconditional", &[], Some(&body)).await?;
        }
        Ok(())
    }

    /// The ids of the menus for some followers.
    async fn conditional_menus(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        match self.call::<Present>(caller, Method::GET, "/cgi-bin/menu/get", &[], None).await {
            Ok(present) => Ok(present.conditionalmenu.iter().map(|menu| id(&menu.menuid)).collect()),
            Err(Error::Refused { code, .. }) if code == errcode::NO_MENU => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

//! What buttons can lead to: sections, rules, and the pages of the account.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbErr};

use super::Definition;
use super::definition::Entry;
use crate::accounts::Account;
use crate::content;

/// What there is in an account, as far as a menu asks for it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Where the account's pages are, such as `https://wx.example.cn/h/hope`.
    pub pages: String,
    /// The title of each section, by its name.
    pub sections: BTreeMap<String, String>,
    /// Each rule, and whether it may answer.
    pub rules: BTreeMap<String, bool>,
    /// The pages of ours that are there, of those that the menu names.
    pub found: BTreeSet<Page>,
}

impl Known {
    /// Looks up what there is in an account of what a menu may lead to.
    pub async fn of(
        db: &impl ConnectionTrait,
        public_url: &str,
        account: &Account,
        definition: &Definition,
    ) -> Result<Self, DbErr> {
        let sections = content::store::sections(db, account.id).await?;
        let rules = content::store::rules(db, account.id).await?;
        let mut known = Self {
            pages: format!("{public_url}/h/{}", account.slug),
            sections: sections.into_iter().map(|section| (section.slug, section.title)).collect(),
            rules: rules.into_iter().map(|rule| (rule.slug, !rule.disabled)).collect(),
            found: BTreeSet::new(),
        };
        for page in pages_named(definition, &known.pages) {
            let is_there = match &page {
                Page::Section(slug) => known.sections.contains_key(slug),
                Page::Article(slug) => content::store::has_article(db, account.id, slug).await?,
                Page::Place(slug) => content::store::place(db, account.id, slug).await?.is_some(),
                Page::Event(slug) => content::store::event(db, account.id, slug).await?.is_some(),
                Page::Answer(slug) => known.rules.contains_key(slug),
            };
            if is_there {
                known.found.insert(page);
            }
        }
        Ok(known)
    }
}

/// One page of the account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    Section(String),
    Article(String),
    Place(String),
    Event(String),
    Answer(String),
}

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Not to us.
    Elsewhere,
    /// To the list of sections.
    Home,
    Page(Page),
    /// To an address of ours that is none.
    Nowhere,
}

/// Where an address leads, of an account whose pages are at `pages`.
pub fn target(url: &str, pages: &str) -> Target {
    let Some(rest) = url.strip_prefix(pages) else { return Target::Elsewhere };
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    // `/h/hope2` is another account's.
    let Some(path) = path.strip_prefix('/') else {
        return if path.is_empty() { Target::Home } else { Target::Elsewhere };
    };
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        [""] => Target::Home,
        ["s", slug] => Target::Page(Page::Section((*slug).into())),
        ["a", slug] => Target::Page(Page::Article((*slug).into())),
        ["p", slug] => Target::Page(Page::Place((*slug).into())),
        ["e", slug] => Target::Page(Page::Event((*slug).into())),
        ["answers", slug] => Target::Page(Page::Answer((*slug).into())),
        ["pictures", _] | ["care"] => Target::Elsewhere,
        _ => Target::Nowhere,
    }
}

/// Every page of ours that a menu leads to.
pub fn pages_named(definition: &Definition, pages: &str) -> BTreeSet<Page> {
    let urls = entries(definition).filter_map(|entry| entry.url.as_deref());
    let named = urls.filter_map(|url| match target(url, pages) {
        Target::Page(page) => Some(page),
        Target::Elsewhere | Target::Home | Target::Nowhere => None,
    });
    named.collect()
}

/// Whether a button sends this key.
pub fn leads_to_key(definition: &Definition, key: &str) -> bool {
    entries(definition)
        .any(|entry| entry.kind.as_deref() == Some("click") && entry.key.as_deref() == Some(key))
}

/// Every button of every menu.
fn entries(definition: &Definition) -> impl Iterator<Item = &Entry> {
    let menus = definition.variants.iter().map(|variant| &variant.button).chain([&definition.button]);
    menus.flatten().flat_map(|button| [button].into_iter().chain(&button.sub_button))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ours_is_told_from_others() {
        let pages = "https://wx.example.cn/h/hope";
        let page = |page: Page| Target::Page(page);
        for (url, expected) in [
            ("https://wx.example.cn/h/hope/s/map?x=1#y", page(Page::Section("map".into()))),
            ("https://wx.example.cn/h/hope/a/fire", page(Page::Article("fire".into()))),
            ("https://wx.example.cn/h/hope/e/x", page(Page::Event("x".into()))),
            ("https://wx.example.cn/h/hope/", Target::Home),
            ("https://wx.example.cn/h/hope", Target::Home),
            ("https://wx.example.cn/h/hope2/s/map", Target::Elsewhere),
            ("https://wx.example.cn/h/hope/x/map", Target::Nowhere),
            ("https://other.example.cn/h/hope/s/map", Target::Elsewhere),
        ] {
            assert_eq!(target(url, pages), expected, "{url}");
        }
    }
}

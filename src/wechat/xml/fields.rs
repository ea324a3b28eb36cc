//! Reading values from elements, with errors that name the field.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::{Element, ParseError};

impl Element<'_> {
    /// The text of the first element of that name in it, as it is. `None` when there is no such element.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text)
    }

    /// The value of a field that may be absent: without spaces around it, and `None` when it is empty.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.text_of(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The value of a field that cannot be absent or empty, without spaces around it.
    ///
    /// # Errors
    /// [`ParseError::Missing`].
    pub fn required(&self, name: &'static str) -> Result<&str, ParseError> {
        self.optional(name).ok_or(ParseError::Missing(name))
    }

    /// The element of that name in it.
    ///
    /// # Errors
    /// [`ParseError::Missing`].
    pub fn required_child(&self, name: &'static str) -> Result<&Self, ParseError> {
        self.child(name).ok_or(ParseError::Missing(name))
    }

    /// A whole number of decimal digits, perhaps negative, or `None` when the field is absent or empty.
    ///
    /// # Errors
    /// [`ParseError::Invalid`] when it is something else, or too big.
    pub fn optional_number<Number: FromStr>(
        &self,
        field: &'static str,
    ) -> Result<Option<Number>, ParseError> {
        self.optional(field).map(|value| whole(value, field)).transpose()
    }

    /// A whole number of decimal digits, perhaps negative.
    ///
    /// # Errors
    /// [`ParseError::Missing`], or [`ParseError::Invalid`] when it is something else, or too big.
    pub fn number<Number: FromStr>(&self, field: &'static str) -> Result<Number, ParseError> {
        whole(self.required(field)?, field)
    }

    /// A decimal number from `-limit` to `limit`, as degrees are.
    ///
    /// # Errors
    /// [`ParseError::Missing`], or [`ParseError::Invalid`] when it is something else, out of range, or not finite.
    pub fn degrees(&self, field: &'static str, limit: f64) -> Result<f64, ParseError> {
        match self.required(field)?.parse::<f64>() {
            Ok(degrees) if degrees.abs() <= limit => Ok(degrees),
            _ => Err(ParseError::Invalid { field, expected: "an angle in degrees" }),
        }
    }

    /// Everything in it by path (`Title`, `ScanCodeInfo/ScanType`), save the direct children named in `known`. Of
    /// repeated elements the first stays.
    pub fn flatten(&self, known: &[&str]) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for child in self.children().iter().filter(|child| !known.contains(&child.name())) {
            child.flatten_into("", &mut fields);
        }
        fields
    }

    /// Recurses at most [`super::MAX_DEPTH`] deep, as no deeper tree was read.
    fn flatten_into(&self, prefix: &str, fields: &mut BTreeMap<String, String>) {
        let path = format!("{prefix}{}", self.name());
        if self.children().is_empty() {
            fields.entry(path).or_insert_with(|| self.text().to_owned());
            return;
        }
        let prefix = format!("{path}/");
        for child in self.children() {
            child.flatten_into(&prefix, fields);
        }
    }
}

fn whole<Number: FromStr>(value: &str, field: &'static str) -> Result<Number, ParseError> {
    // Rust's own parser would also take a leading `+`.
    match value.parse() {
        Ok(number) if !value.starts_with('+') => Ok(number),
        _ => Err(ParseError::Invalid { field, expected: "a whole number in its range" }),
    }
}

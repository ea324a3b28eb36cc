//! What every web surface shares: the listener's loop, security headers, the embedded front end, and how the API takes
//! requests and tells errors.

pub mod assets;
mod error;
mod extract;
pub mod headers;
mod page;
mod serving;
mod texts;

pub use self::error::{Error, OrConflict, Problem, Result};
pub use self::extract::{Json, Path, Query};
pub use self::page::{Page, PageQuery};
pub use self::serving::serve;
pub use self::texts::{NO_SUCH_ADDRESS, WRONG_METHOD};

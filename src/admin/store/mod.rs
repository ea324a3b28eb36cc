//! The tables of the console's people. Every query on them is in this folder.

mod audit;
mod people;
mod sessions;

pub(super) use self::audit::append;
pub use self::audit::{Line, Trail, lines};
pub use self::people::{
    Account, add, all, display_names, find, find_by_name, grant, grants, note_failure, note_success, revoke,
    set_password,
};
pub use self::sessions::{Row as SessionRow, close, close_all, find as find_session, open, see};

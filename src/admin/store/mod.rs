//! The tables of the console's people. Every query on them is in this folder.

mod audit;
mod grants;
mod people;
mod sessions;

pub use self::audit::{Line, Link, Search, actions, first_link, last_link, lines, lines_after, remove_until};
pub(super) use self::audit::{append, take_turn};
pub use self::grants::{grant, grants, grants_of, remove_account, revoke};
pub use self::people::{
    Account, Listing, add, confirm_factor, count_change, display_names, find, find_by_name, list,
    note_failure, note_success, other_owners, rename, reseal_factor, sealed_factors, set_disabled,
    set_factor, set_password, set_recovery_codes, use_recovery_code, use_step,
};
pub use self::sessions::{
    Row as SessionRow, close, close_all, end, find as find_session, of_person, open, see,
};

//! When an account may write to a resident, and how often (§7.3).

use crate::clock::Timestamp;

const MESSAGE: Allowance = Allowance { messages: 5, valid_ms: 48 * 3_600_000 };
const GESTURE: Allowance = Allowance { messages: 3, valid_ms: 60_000 };

/// What a resident did that lets the account write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    /// Wrote something: 5 messages in 48 hours.
    Message,
    /// Tapped the menu or a line of a menu message, followed, or scanned a code: 3 messages in a minute.
    Gesture,
}

/// What is left of the allowances of one follower. A new trigger replaces the allowance of its kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Windows {
    message: Option<Open>,
    gesture: Option<Open>,
}

/// Why the account may not write now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// 45015: nothing happened recently.
    TooLate,
    /// 45047: all that was allowed has been sent.
    UsedUp,
}

struct Allowance {
    messages: u32,
    valid_ms: i64,
}

#[derive(Clone, Debug)]
struct Open {
    left: u32,
    until: Timestamp,
}

impl Windows {
    pub(super) fn open(&mut self, trigger: Trigger, now: Timestamp) {
        let (window, allowance) = match trigger {
            Trigger::Message => (&mut self.message, MESSAGE),
            Trigger::Gesture => (&mut self.gesture, GESTURE),
        };
        *window = Some(Open { left: allowance.messages, until: now.plus_millis(allowance.valid_ms) });
    }

    /// Uses one message up, of the window that closes first.
    pub(super) fn take(&mut self, now: Timestamp) -> Result<(), Closed> {
        let open = [&mut self.gesture, &mut self.message].into_iter().flatten();
        let mut open: Vec<&mut Open> = open.filter(|window| now < window.until).collect();
        if open.is_empty() {
            return Err(Closed::TooLate);
        }
        match open.iter_mut().find(|window| window.left > 0) {
            Some(window) => {
                window.left -= 1;
                Ok(())
            }
            None => Err(Closed::UsedUp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Closed, Trigger, Windows};
    use crate::clock::Timestamp;

    const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

    #[test]
    fn a_message_allows_five_in_two_days() {
        let mut windows = Windows::default();
        assert_eq!(windows.take(START), Err(Closed::TooLate));
        windows.open(Trigger::Message, START);
        for _ in 0..5 {
            assert_eq!(windows.take(START.plus_millis(1)), Ok(()));
        }
        assert_eq!(windows.take(START.plus_millis(1)), Err(Closed::UsedUp));
        windows.open(Trigger::Message, START);
        assert_eq!(windows.take(START.plus_millis(48 * 3_600_000 - 1)), Ok(()));
        assert_eq!(windows.take(START.plus_millis(48 * 3_600_000)), Err(Closed::TooLate));
    }

    #[test]
    fn a_tap_adds_three_for_a_minute_which_are_used_first() {
        let mut windows = Windows::default();
        windows.open(Trigger::Message, START);
        windows.open(Trigger::Gesture, START);
        for _ in 0..8 {
            assert_eq!(windows.take(START.plus_millis(59_999)), Ok(()));
        }
        assert_eq!(windows.take(START.plus_millis(59_999)), Err(Closed::UsedUp));
        windows.open(Trigger::Gesture, START);
        assert_eq!(windows.take(START.plus_millis(60_000)), Err(Closed::UsedUp));
    }
}

//! Locks whose contents are right at any time.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a mutex holds. A panic of whoever held it has to have left it right: nothing is to be recovered from.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

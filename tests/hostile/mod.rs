//! Hostile input: documents that are broken or mean harm, and requests that nobody would write.

mod bytes;
mod documents;
mod requests;

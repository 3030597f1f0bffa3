//! The files that TLS is spoken with: both are given, or none.

use std::path::PathBuf;

use super::Stop;
use super::settings::{Given, Settings};
use crate::server::Tls;

/// A certificate and its key, as they were given.
#[derive(Default)]
pub struct TlsFiles {
    certificate: Option<Given>,
    key: Option<Given>,
}

impl TlsFiles {
    /// Takes what was given.
    pub fn read(settings: &mut Settings<'_>) -> Self {
        Self { certificate: settings.all("tls-cert").pop(), key: settings.all("tls-key").pop() }
    }

    /// Reads the files; `None` if none are given. Stops if one is missing or can't be used.
    pub fn load(self) -> Result<Option<Tls>, Stop> {
        let path = |given: &Given| -> PathBuf { given.path(&given.text) };
        match (&self.certificate, &self.key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(Tls::load(&path(certificate), &path(key))?)),
            (Some(given), None) => Err(alone(given, "--tls-key")),
            (None, Some(given)) => Err(alone(given, "--tls-cert")),
        }
    }
}

fn alone(given: &Given, other: &str) -> Stop {
    let message = format!("{} is given without `{other}`", given.giver());
    let help = "TLS needs a certificate and its private key; leave both out to speak plain HTTP";
    Stop::Diagnostics(vec![given.diagnostic("wrong-setting", message).help(help)])
}

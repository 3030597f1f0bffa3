//! Where an operation's credentials go, by its security schemes.

use data_encoding::BASE64;

use super::asked::Credential;
use super::case::Shown;
use crate::contract::{Contract, Operation, SchemeKind};

/// A place that takes a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// `Authorization`, behind the name of a scheme such as `Bearer`.
    Authorization(String),
    /// `Authorization: Basic`, in base64.
    Basic,
    /// A header field.
    Header(String),
    /// A key of the query.
    Query(String),
    /// A cookie.
    Cookie(String),
}

/// Where the credentials of an operation go: the places of its first alternative that takes the credential, else of the
/// first that has some. Empty if it asks for none, or only for a client certificate.
pub(super) fn places(
    contract: &Contract,
    operation: &Operation,
    credential: Option<&Credential>,
) -> Vec<Place> {
    let alternatives = operation.security.iter().map(|requirement| {
        let kinds = requirement.schemes.iter().map(|(at, _)| &contract.schemes[*at].kind);
        kinds.filter_map(place).collect::<Vec<Place>>()
    });
    let mut alternatives: Vec<Vec<Place>> = alternatives.filter(|places| !places.is_empty()).collect();
    let is_pair = match credential {
        Some(Credential::Value(value)) => value.contains(':'),
        Some(Credential::MadeUp) | None => true,
    };
    alternatives.sort_by_key(|places| places.contains(&Place::Basic) && !is_pair);
    alternatives.into_iter().next().unwrap_or_default()
}

fn place(kind: &SchemeKind) -> Option<Place> {
    Some(match kind {
        SchemeKind::Basic => Place::Basic,
        SchemeKind::Bearer => Place::Authorization("Bearer".to_owned()),
        SchemeKind::Http(name) => Place::Authorization(name.clone()),
        SchemeKind::HeaderKey(name) => Place::Header(name.clone()),
        SchemeKind::QueryKey(name) => Place::Query(name.clone()),
        SchemeKind::CookieKey(name) => Place::Cookie(name.clone()),
        SchemeKind::MutualTls => return None,
    })
}

impl Place {
    /// What is shown here; `None` for nothing.
    pub(super) fn text(&self, credential: Option<&Credential>, shown: Shown) -> Option<String> {
        let is_pair = *self == Self::Basic;
        let value = match (shown, credential) {
            (Shown::None, _) | (Shown::Good, None) => return None,
            (Shown::Wrong, _) if is_pair => "invalid:invalid",
            (Shown::Wrong, _) => "invalid",
            (Shown::Good, Some(Credential::MadeUp)) if is_pair => "standin:verify",
            (Shown::Good, Some(Credential::MadeUp)) => "standin-verify",
            (Shown::Good, Some(Credential::Value(value))) => value,
        };
        Some(match self {
            Self::Basic => format!("Basic {}", BASE64.encode(value.as_bytes())),
            Self::Authorization(scheme) => format!("{scheme} {value}"),
            Self::Header(_) | Self::Query(_) | Self::Cookie(_) => value.to_owned(),
        })
    }
}

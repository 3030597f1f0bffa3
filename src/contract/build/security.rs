//! Security schemes and requirements, read from the raw tree: `openapiv3` does not know all of them.

use serde_json::{Map, Value};

use super::Build;
use crate::contract::{Requirement, Scheme, SchemeKind};
use crate::diagnostic::Diagnostic;
use crate::document::RawScheme;
use crate::pointer::Pointer;
use crate::text;

impl Build<'_> {
    pub(in crate::contract) fn scheme(&mut self, raw: &RawScheme) -> Option<Scheme> {
        let field = |name: &str| raw.value.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = match field("type") {
            "http" => match field("scheme").to_ascii_lowercase().as_str() {
                "basic" => SchemeKind::Basic,
                "bearer" => SchemeKind::Bearer,
                other => SchemeKind::Http(other.to_owned()),
            },
            "oauth2" | "openIdConnect" => SchemeKind::Bearer,
            "apiKey" => match field("in") {
                "query" => SchemeKind::QueryKey(field("name").to_owned()),
                "cookie" => SchemeKind::CookieKey(field("name").to_owned()),
                _ => SchemeKind::HeaderKey(field("name").to_owned()),
            },
            "mutualTLS" => SchemeKind::MutualTls,
            found => {
                let message = format!(
                    "the security scheme `{}` has the type `{found}`, expected `http`, `apiKey`, `oauth2`, `openIdConnect` or `mutualTLS`",
                    raw.name
                );
                self.report("wrong-security-type", message, &raw.pointer.join("type"));
                return None;
            }
        };
        Some(Scheme { name: raw.name.clone(), kind, pointer: raw.pointer.clone() })
    }

    /// The operation's own security, else the document's (3.1 4.8.10.1): an empty list takes the document's away.
    pub(super) fn security(&mut self, own: Option<&Value>, operation: &Pointer) -> Vec<Requirement> {
        let (value, owner) = match own {
            Some(value) => (value, operation.join("security")),
            None => match &self.document.security {
                Some(value) => (value, Pointer::root().join("security")),
                None => return Vec::new(),
            },
        };
        let mut requirements = Vec::new();
        for (index, requirement) in value.as_array().into_iter().flatten().enumerate() {
            let pointer = owner.index(index);
            let no_schemes = Map::new();
            let mut schemes = Vec::new();
            for (name, scopes) in requirement.as_object().unwrap_or(&no_schemes) {
                let Some(at) = self.schemes.iter().position(|scheme| scheme.name == *name) else {
                    let names = self.schemes.iter().map(|scheme| scheme.name.as_str());
                    let help = text::nearest(name, names)
                        .map_or("declare it under `securitySchemes`".into(), |near| {
                            format!("did you mean `{near}`?")
                        });
                    let diagnostic = Diagnostic::error(
                        "unknown-security-scheme",
                        format!("no security scheme is called `{name}`"),
                    )
                    .help(help);
                    self.diagnostics.push(diagnostic.at(Some(self.document.span(&pointer.join(name)))));
                    // What is asked for can't be told, so it counts as shown: the schemes beside it still hold.
                    continue;
                };
                let scopes = scopes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|scope| scope.as_str().map(str::to_owned));
                schemes.push((at, scopes.collect()));
            }
            requirements.push(Requirement { schemes, pointer });
        }
        requirements
    }
}

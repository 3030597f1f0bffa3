//! Which real server each document has.

use std::sync::Arc;

use super::Stop;
use crate::client::Address;
use crate::contract::Contract;
use crate::error::Error;
use crate::text;

/// The upstream of each document, in order. Stops if one has none, or is none.
pub fn addresses(
    contracts: &[Arc<Contract>],
    given: &[(Option<String>, Address)],
) -> Result<Vec<Address>, Stop> {
    let usage = |message: String| Stop::Error(Error::Usage(message));
    let names = || contracts.iter().map(|contract| contract.name.as_str());
    for (name, _) in given {
        let Some(name) = name else { continue };
        if !names().any(|known| known == name) {
            let help = match text::nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", text::list(names())),
            };
            let shown = text::harmless(&text::shortened(name, 80));
            return Err(usage(format!(
                "`--upstream` names the document `{shown}`, which is not there; {help}"
            )));
        }
        if given.iter().filter(|(other, _)| other.as_ref() == Some(name)).count() > 1 {
            return Err(usage(format!("`--upstream {name}=…` is given twice; a document has one upstream")));
        }
    }
    if given.iter().filter(|(name, _)| name.is_none()).count() > 1 {
        return Err(usage(
            "`--upstream` is given twice without a document; say whose each is, such as `--upstream shop=URL`".to_owned(),
        ));
    }
    let of = |contract: &Contract| {
        let own = given.iter().find(|(name, _)| name.as_deref() == Some(&contract.name));
        own.or_else(|| given.iter().find(|(name, _)| name.is_none())).map(|(_, address)| address.clone())
    };
    let mut addresses = Vec::new();
    for contract in contracts {
        let Some(address) = of(contract) else {
            let name = &contract.name;
            let help = if given.is_empty() {
                "say where the real server is, with `--upstream URL`".to_owned()
            } else {
                format!("give one with `--upstream {name}=URL`, or leave the document out")
            };
            return Err(usage(format!("the document `{name}` has no upstream; {help}")));
        };
        addresses.push(address);
    }
    Ok(addresses)
}

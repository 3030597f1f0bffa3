//! What a request that fits no operation probably meant.

use http::Method;

use super::Engine;
use super::mount::{Lookup, Mount};
use crate::message::Request;

impl Engine {
    /// What a request that fits no operation probably meant: documents, path templates and their methods, the nearest
    /// first.
    pub fn nearest(&self, request: &Request) -> Vec<(String, String, Vec<Method>)> {
        let near = |mount: usize, template: &str| {
            let Mount { name, contract, .. } = &*self.mounts.all[mount];
            let operations = contract.operations.iter().filter(|operation| operation.template == template);
            let methods = operations.map(|operation| operation.method.clone()).collect();
            (name.to_string(), template.to_owned(), methods)
        };
        match self.mounts.find(request, &request.method) {
            Lookup::Unknown { nearest } => {
                nearest.into_iter().map(|(mount, template)| near(mount, template)).collect()
            }
            Lookup::WrongMethod { mount, template, .. } => vec![near(mount, template)],
            Lookup::Found(_) | Lookup::NoDocument { .. } => Vec::new(),
        }
    }
}

//! What loading has seen and not minded, as findings of the rules that tell it.

use super::Finding;
use crate::contract::Contract;
use crate::document::RemarkKind;

/// The remarks of one kind.
pub(super) fn of(contract: &Contract, kind: RemarkKind) -> Vec<Finding> {
    let remarks = contract.document.remarks.iter().filter(|remark| remark.kind == kind);
    remarks
        .map(|remark| Finding {
            pointer: remark.pointer.clone(),
            message: remark.message.clone(),
            help: remark.help.clone(),
        })
        .collect()
}

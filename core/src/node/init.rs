//! `init`: the node learns its name.

use super::call::Header;
use crate::protocol::{ErrorCode, Field, Refused};

/// Who a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub node_id: String,
    pub node_ids: Vec<String>,
    pub header: Header,
}

impl Identity {
    /// Read an `init`: the name must be among the names, and no name twice.
    pub(super) fn read(body: &Field<'_, '_>) -> Refused<Identity> {
        let node_id = body.required("node_id")?;
        let name = node_id.string()?;
        let list = body.required("node_ids")?;
        let mut node_ids: Vec<String> = Vec::new();
        for item in list.items()? {
            node_ids.push(item.string()?.into_owned());
        }
        let mut sorted: Vec<&String> = node_ids.iter().collect();
        sorted.sort_unstable();
        if let Some(twins) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let text = format!("expected distinct names, {:?} is given twice", twins[0]);
            return Err(list.refuse(ErrorCode::MalformedRequest, &text));
        }
        if !node_ids.iter().any(|id| *id == name) {
            let text = format!("expected one of node_ids, got {name:?}");
            return Err(node_id.refuse(ErrorCode::MalformedRequest, &text));
        }
        Ok(Identity {
            header: Header::new(&name),
            node_id: name.into_owned(),
            node_ids,
        })
    }

    /// Whether other nodes hold the same state.
    pub(super) fn is_clustered(&self) -> bool {
        self.node_ids.len() > 1
    }
}

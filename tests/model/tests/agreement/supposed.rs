//! A recorded synchronisation is decided again: without a change, nothing differs; without a permission, nothing is
//! applied that needs it, and nothing else differs than what was applied or withheld.

use plansync_model::comparison::Disagreement;
use serde_json::{Value as Json, json};

use crate::product::Product;

/// Every difference of a synchronisation, in parts.
fn what_if(product: &Product, body: &Json, limit: u32) -> Result<Vec<Json>, Disagreement> {
    let (mut body, mut items) = (body.clone(), Vec::new());
    body["limit"] = json!(limit);
    loop {
        let reply = product.ask("system", "audit.what-if", &body);
        let mut reply =
            reply.map_err(|refusal| format!("audit.what-if {body} was refused: {refusal:?}"))?;
        items.append(reply["items"].as_array_mut().unwrap());
        if reply["next"].is_null() {
            return Ok(items);
        }
        body["after"] = reply["next"].take();
    }
}

/// Asks about one synchronisation.
pub(crate) fn supposed(product: &Product, sync: &Json) -> Result<(), Disagreement> {
    let unchanged = what_if(product, &json!({ "sync": sync }), 500)?;
    if !unchanged.is_empty() {
        return Err(format!("without a change, {sync} differs: {unchanged:?}"));
    }
    let changed = json!({
        "sync": sync,
        "without": ["supervisor", "compliance_qa", "advanced_delivery_edit", "internal_verifier"],
    });
    let items = what_if(product, &changed, 500)?;
    let parts = what_if(product, &changed, 2)?;
    if parts != items {
        return Err(format!(
            "{changed} in parts is {parts:?}, and not {items:?}"
        ));
    }
    for item in &items {
        let (recorded, hypothetical) = (&item["recorded"], &item["hypothetical"]);
        let reason = hypothetical["reason"].as_str().unwrap_or_default();
        // What is missing may also withhold a part, and it may come before what was found then.
        let is_for_permission =
            reason.ends_with("not_permitted") || hypothetical["missing_permissions"] != json!([]);
        if recorded == hypothetical || !is_for_permission {
            return Err(format!("less permissions lead to {item}"));
        }
    }
    Ok(())
}

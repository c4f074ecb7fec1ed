//! Derives the id of a learner from the key that another system uses.

use uuid::Uuid;

use crate::exit::NotUnderstood;

/// What every derived id is derived from.
const NAMESPACE: Uuid = Uuid::from_u128(0x0d58_6f1e_33a7_4c0b_8e52_9d1c_7e4b_a6f0);

/// The same id whenever the same tenant's learner is spoken of (version 5: SHA-1 of the tenant and the
/// reference).
///
/// # Errors
///
/// The reference consists only of blanks, which are not part of it.
pub(crate) fn of_reference(tenant: &str, reference: &str) -> Result<Uuid, NotUnderstood> {
    let reference = reference.trim();
    if reference.is_empty() {
        let told = "the reference is empty; give the number or name that the learner is known by";
        return Err(NotUnderstood(told.to_owned()));
    }
    let tenant = Uuid::new_v5(&NAMESPACE, tenant.as_bytes());
    Ok(Uuid::new_v5(&tenant, reference.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::of_reference;

    #[test]
    fn an_id_is_the_same_for_ever_and_another_for_every_tenant_and_reference() {
        let id = |tenant, reference| of_reference(tenant, reference).unwrap().to_string();
        assert_eq!(id("acme", " L-001 "), id("acme", "L-001"));
        assert_eq!(id("acme", "L-001"), "57ad3e38-a40f-553e-b04c-6d6e54ba75af");
        assert_ne!(id("acme", "L-001"), id("acme", "l-001"));
        assert_ne!(id("acme", "L-001"), id("emca", "L-001"));
        assert!(of_reference("acme", " ").is_err());
    }
}

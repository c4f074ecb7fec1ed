//! The bounds that a server's settings may move. No rule depends on the figures.

/// How much one request, one administrator and one tenant may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most components of one sync, inclusive (S3).
    pub components: usize,
    /// The most learners of one sync, inclusive (S4).
    pub learners: usize,
    /// The most records that one administrator has open.
    pub open_records: usize,
    /// The most syncs of one administrator that run at once.
    pub running_syncs: usize,
    /// The most syncs of one tenant that run at once.
    pub tenant_running_syncs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            components: 2_089,
            learners: 2_089,
            open_records: 100,
            running_syncs: 20,
            tenant_running_syncs: 200,
        }
    }
}

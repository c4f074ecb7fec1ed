//! Attacks with a bare socket against every configuration that is shipped: what a user may not do is
//! refused by the server, and what it may do reaches nobody whom it should not reach.

mod configuration;
mod forged;
mod refused;
mod world;

use refused::{assert_refused, strangers_are_refused};
use world::{Layout, World};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_passes_the_bounds_of_the_small_layout() {
    let world = World::start(Layout::Small).await;
    assert_refused(&world);
    strangers_are_refused(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_passes_the_bounds_of_the_layout_with_tenants() {
    let world = World::start(Layout::Tenants).await;
    assert_refused(&world);
    strangers_are_refused(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_passes_the_bounds_of_the_layout_in_a_cluster() {
    let world = World::start(Layout::Cluster).await;
    assert_refused(&world);
    strangers_are_refused(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_replies_reach_nobody_in_the_layout_in_a_cluster() {
    forged::reach_nobody(&World::start(Layout::Cluster).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_passes_the_bounds_of_the_layout_with_an_operator() {
    let world = World::start(Layout::Operator).await;
    assert_refused(&world);
    strangers_are_refused(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_replies_reach_nobody_in_the_layout_with_an_operator() {
    forged::reach_nobody(&World::start(Layout::Operator).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_replies_reach_nobody_in_the_small_layout() {
    forged::reach_nobody(&World::start(Layout::Small).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_replies_reach_nobody_in_the_layout_with_tenants() {
    forged::reach_nobody(&World::start(Layout::Tenants).await).await;
}

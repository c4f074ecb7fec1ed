//! Lists: every item exactly once, whatever changes while they are read.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, pin_mut};
use plansync_client::Error;
use plansync_client::protocol::reference::ListProgrammes;
use plansync_client::protocol::{Name, PageSize, ProgrammeList, ProgrammePut};

use super::world::{World, programme};

fn all(page_size: u16) -> ListProgrammes {
    ListProgrammes {
        search: None,
        page: None,
        page_size: PageSize::new(page_size),
        hold: None,
        at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_comes_once_although_the_list_changes() {
    let world = World::new().await;
    for number in 0..23 {
        world
            .client
            .call::<ProgrammePut>(programme(number))
            .await
            .unwrap();
    }
    let listed = world.client.list::<ProgrammeList>(all(5));
    pin_mut!(listed);
    let mut seen = Vec::new();
    while let Some(item) = listed.try_next().await.unwrap() {
        // It moves to the end of the list, behind the page that is read.
        let mut renamed = programme(u128::try_from(seen.len()).unwrap());
        renamed.name = Name::new(format!("Zzz {}", seen.len())).unwrap();
        world.client.call::<ProgrammePut>(renamed).await.unwrap();
        seen.push(item.programme);
    }
    let distinct: BTreeSet<_> = seen.iter().copied().collect();
    assert_eq!((seen.len(), distinct.len()), (23, 23));
    let whole: Vec<_> = world.client.list::<ProgrammeList>(all(500)).collect().await;
    assert_eq!(whole.len(), 23);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_no_longer_held_says_how_far_it_was_read() {
    let mut world = World::new().await;
    for number in 0..7 {
        world
            .client
            .call::<ProgrammePut>(programme(number))
            .await
            .unwrap();
    }
    let listed = world.client.list::<ProgrammeList>(all(2));
    pin_mut!(listed);
    for _ in 0..2 {
        listed.try_next().await.unwrap().unwrap();
    }
    // A new engine holds nothing.
    world.kill_engine();
    world.start_engine().await;
    let ended = listed.try_next().await;
    assert!(
        matches!(ended, Err(Error::ReadingExpired { read: 2 })),
        "{ended:?}"
    );
    assert!(listed.next().await.is_none());
}

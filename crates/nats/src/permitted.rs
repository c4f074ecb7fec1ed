//! Ends a request when the server refuses to this user what it needs. A nats-server answers no request that it refuses,
//! so that it would otherwise end when its time is over, without a reason.

use tokio::sync::watch;

use crate::connection_status::ConnectionStatus;

/// What the server refuses to this user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// It may not publish on a subject.
    #[error("the NATS server does not permit this user to publish on {subject}")]
    Publish {
        /// The subject.
        subject: String,
    },
    /// It may not subscribe to its inbox.
    #[error(
        "the NATS server does not permit this user to subscribe to its inbox, so that it receives no answers \
         ({said}); give the prefix that its permissions name (`--inbox-prefix`)"
    )]
    Inbox {
        /// The server's message.
        said: String,
    },
}

/// The result of a request, unless the server refuses something to this user meanwhile.
pub(crate) fn permitted<'a, T: 'a>(
    status: &'a watch::Receiver<ConnectionStatus>,
    asked: impl Future<Output = T> + 'a,
) -> impl Future<Output = Result<T, NotPermitted>> + 'a {
    let before = status.borrow().publish_refusals().0;
    // Such futures are large.
    let asked = Box::pin(asked);
    unless_refused(status.clone(), asked, move |status| {
        refused_since(status, before)
    })
}

/// The result of a piece of work, unless a refusal is found in the status of the connection before.
pub(crate) async fn unless_refused<T, R>(
    mut status: watch::Receiver<ConnectionStatus>,
    work: impl Future<Output = T>,
    refusal: impl Fn(&ConnectionStatus) -> Option<R>,
) -> Result<T, R> {
    let refused = async {
        loop {
            if let Some(refused) = refusal(&status.borrow_and_update()) {
                return refused;
            }
            if status.changed().await.is_err() {
                // Nobody watches this connection.
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        biased;
        done = work => Ok(done),
        refused = refused => Err(refused),
    }
}

fn refused_since(status: &ConnectionStatus, before: u64) -> Option<NotPermitted> {
    if let Some(said) = status.inbox_refusal() {
        let said = said.to_owned();
        return Some(NotPermitted::Inbox { said });
    }
    match status.publish_refusals() {
        (count, Some(subject)) if count > before => Some(NotPermitted::Publish {
            subject: subject.to_owned(),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::sync::watch;

    use super::{NotPermitted, permitted};
    use crate::connection_status::ConnectionStatus;

    fn say(sender: &watch::Sender<ConnectionStatus>, text: &str) {
        let error = async_nats::ServerError::Other(text.to_owned());
        ConnectionStatus::record(sender, &async_nats::Event::ServerError(error));
    }

    #[tokio::test]
    async fn a_request_ends_with_what_the_server_refuses_meanwhile() {
        let (sender, status) = watch::channel(ConnectionStatus::default());
        say(&sender, "Permissions Violation for Publish to \"earlier\"");
        assert_eq!(permitted(&status, async { 7 }).await, Ok(7));
        let asked = async {
            say(
                &sender,
                "Permissions Violation for Publish to \"$JS.API.X\"",
            );
            pending::<()>().await;
        };
        let subject = "$JS.API.X".to_owned();
        let refused = Err(NotPermitted::Publish { subject });
        assert_eq!(permitted(&status, asked).await, refused);
        let said = "permissions violation for subscription to \"_INBOX.x.*\"";
        say(&sender, said);
        let refused = permitted(&status, pending::<()>()).await.unwrap_err();
        assert!(refused.to_string().contains("_INBOX.x.*"), "{refused}");
    }
}

//! Errors of the API -> what the pass over a cluster makes of them.

use crate::platform::{Outcome, PlatformError};
use std::future::Future;
use std::time::Duration;

/// The longest that a request to the API may take. A pass that hangs would keep its cluster from being looked after.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes a request and says what became of it. `what` names it in the error.
pub async fn ask<T>(what: &str, request: impl Future<Output = kube::Result<T>>) -> Outcome<T> {
    match tokio::time::timeout(PATIENCE, request).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(translate(what, &error)),
        Err(_) => Err(PlatformError::Failed(format!("{what}: no answer from the API within {PATIENCE:?}"))),
    }
}

/// A refusal that passes by itself isn't a failure.
fn translate(what: &str, error: &kube::Error) -> PlatformError {
    match error {
        kube::Error::Api(status) => {
            let text = format!("{what}: {}", status.message);
            match status.code {
                // A conflict, a budget that is used up, an API server that is busy or coming up.
                409 | 429 | 503 | 504 => PlatformError::NotNow(text),
                _ => PlatformError::Failed(text),
            }
        }
        other => PlatformError::Failed(format!("{what}: {other}")),
    }
}

/// Whether the API said that there is no such object.
pub fn is_gone(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 404)
}

/// Takes "there is no such object" for an answer.
pub fn gone_is_fine<T>(answer: kube::Result<T>) -> kube::Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;

    fn refused(code: u16) -> kube::Error {
        kube::Error::Api(Box::new(Status { code, message: "because".to_owned(), ..Status::default() }))
    }

    #[test]
    fn what_passes_by_itself_is_not_a_failure() {
        for code in [409, 429, 503, 504] {
            let error = translate("evict x", &refused(code));
            assert!(
                matches!(&error, PlatformError::NotNow(text) if text == "evict x: because"),
                "{code}: {error}"
            );
        }
        for code in [400, 403, 404, 422, 500] {
            assert!(matches!(translate("apply x", &refused(code)), PlatformError::Failed(_)), "{code}");
        }
    }

    #[test]
    fn only_an_object_that_is_gone_is_fine() {
        assert!(matches!(gone_is_fine::<()>(Err(refused(404))), Ok(None)));
        assert!(gone_is_fine::<()>(Err(refused(403))).is_err());
        assert!(matches!(gone_is_fine(Ok(1)), Ok(Some(1))));
    }

    #[tokio::test(start_paused = true)]
    async fn an_api_that_never_answers_is_given_up() {
        let error = ask::<()>("apply x", std::future::pending()).await.unwrap_err();
        assert!(error.to_string().contains("no answer"), "{error}");
    }
}

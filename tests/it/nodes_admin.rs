//! People at work on several nodes with a Redis between them: what ends at one node has ended at the others.

use reqwest::StatusCode;
use serde_json::json;

use super::databases::{fresh, server};
use crate::support::{Console, Hopetree, Mode, PASSWORD, Redis};

const PEOPLE: &str = "/api/v1/people";
const OTHER_PASSWORD: &str = "walnut-harbour-57";

/// Two nodes of one installation.
async fn two_nodes(redis: &Redis) -> Option<(Hopetree, Hopetree)> {
    let database = fresh(&server("HOPETREE_TEST_POSTGRES")?, "postgres").await;
    let redis = redis.url();
    let variables = [("HOPETREE_DATABASE_URL", database.as_str()), ("HOPETREE_REDIS_URL", redis.as_str())];
    let first = Hopetree::start_with_settings(Mode::Secure, "http://127.0.0.1:9", &variables);
    let second = first.another_node();
    Some((first, second))
}

/// The same browser, whose requests the balancer sends to another node.
fn at<'a>(console: &Console<'_>, node: &'a Hopetree) -> Console<'a> {
    Console { app: node, cookie: console.cookie.clone(), csrf: console.csrf.clone() }
}

#[track_caller]
fn is_out(status: StatusCode, after: &str) {
    assert_eq!(status, 401, "after {after}");
}

async fn version_of(owner: &Console<'_>, name: &str) -> (i64, i64) {
    let people = owner.get(PEOPLE).await.done();
    let person = people["items"].as_array().unwrap().iter().find(|person| person["name"] == name).unwrap();
    (person["id"].as_i64().unwrap(), person["version"].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_at_one_node_has_ended_at_the_other_at_once() {
    let Some(mut redis) = Redis::start() else { return };
    let Some((first, second)) = two_nodes(&redis).await else { return };
    let owner = first.signs_in_as("owner").await;
    first.add_person("editor", "editor");
    // Also when Redis fails at that very moment.
    for redis_runs in [true, false] {
        let status = async |console: &Console<'_>| console.get("/api/v1/session").await.status;
        let here = first.signs_in("editor").await;
        let there = at(&here, &second);
        assert_eq!((status(&here).await, status(&there).await), (StatusCode::OK, StatusCode::OK));
        if !redis_runs {
            redis.stop();
        }
        assert_eq!(here.delete("/api/v1/session").await.status, 204);
        is_out(status(&there).await, "signing out");

        // A new password ends the other sessions.
        let (here, elsewhere) = (first.signs_in("editor").await, second.signs_in("editor").await);
        assert_eq!(status(&at(&elsewhere, &first)).await, 200);
        let change = json!({ "current": PASSWORD, "next": OTHER_PASSWORD });
        assert_eq!(here.post("/api/v1/me/password", change).await.status, 204);
        is_out(status(&elsewhere).await, "a new password");
        is_out(status(&at(&elsewhere, &first)).await, "a new password");
        assert_eq!(status(&at(&here, &second)).await, 200);
        first.command_with(&["user", "passwd", "editor"], PASSWORD);
        is_out(status(&at(&here, &second)).await, "the operator's new password");

        // A role that is taken away, and whoever is disabled.
        let there = second.signs_in("editor").await;
        assert_eq!(there.get("/media").await.status, 200);
        let (id, version) = version_of(&owner, "editor").await;
        let roles = json!({ "roles": [], "version": version });
        assert_eq!(owner.put(&format!("{PEOPLE}/{id}/roles"), roles).await.status, 204);
        assert_eq!(there.get("/media").await.status, 404, "a role that was taken away");
        let (id, version) = version_of(&owner, "editor").await;
        let disable = json!({ "disabled": true, "version": version });
        assert_eq!(owner.patch(&format!("{PEOPLE}/{id}"), disable).await.status, 204);
        is_out(status(&there).await, "being disabled");

        let (id, version) = version_of(&owner, "editor").await;
        let enable = json!({ "disabled": false, "version": version });
        assert_eq!(owner.patch(&format!("{PEOPLE}/{id}"), enable).await.status, 204);
        let (id, version) = version_of(&owner, "editor").await;
        let roles = json!({ "roles": [{ "role": "editor", "account": "hope" }], "version": version });
        assert_eq!(owner.put(&format!("{PEOPLE}/{id}/roles"), roles).await.status, 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_tries_passwords_at_all_nodes_has_no_more_tries() {
    let Some(redis) = Redis::start() else { return };
    let Some((first, second)) = two_nodes(&redis).await else { return };
    first.add_person("editor", "editor");
    for name in ["editor", "nobody"] {
        let mut told = Vec::new();
        for number in 0..6 {
            let node = [&first, &second][number % 2];
            told.push(node.tries_to_sign_in(name, "wrong-lantern-43").await.0.status.as_u16());
        }
        assert_eq!(told, [401, 401, 401, 401, 401, 429], "{name}");
        assert_eq!(first.tries_to_sign_in(name, PASSWORD).await.0.status, 429, "{name}");
    }
    // An address may try a hundred times in all, whichever nodes it asks: fourteen were before.
    let mut last = Vec::new();
    for number in 0..90 {
        let node = [&first, &second][number % 2];
        let (reply, _) = node.tries_to_sign_in(&format!("stranger{number}"), "wrong-lantern-43").await;
        last.push(reply.status.as_u16());
    }
    assert_eq!(last.iter().filter(|status| **status == 401).count(), 86, "{last:?}");
    assert!(last.ends_with(&[429; 4]), "{last:?}");
}

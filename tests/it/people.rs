//! Owners look after everybody, admins after the people of their account.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Console, Hopetree, PASSWORD, run};

const PEOPLE: &str = "/api/v1/people";

/// A second account, with an admin and an editor of its own.
fn another_account(app: &Hopetree) {
    let add = ["account", "add", "other", "--name", "别处", "--app-id", "wx00000000000000aa", "--app-secret"];
    let rest = ["0123456789abcdef0123456789abcdef", "--token", "shequ2026Token", "--aes-key"];
    let last = ["EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8", "--mode", "secure", "--kind", "service"];
    let output = run(app.folder.path(), &[&add[..], &rest, &last].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for (name, role) in [("other.admin", "admin"), ("other.editor", "editor")] {
        app.command_with(&["user", "add", name, "--role", role, "--account", "other"], PASSWORD);
    }
}

async fn find(console: &Console<'_>, base: &str, name: &str) -> Value {
    let listed = console.get(&format!("{base}?limit=100")).await.done();
    let items = listed["items"].as_array().unwrap();
    items.iter().find(|person| person["name"] == name).unwrap_or_else(|| panic!("{name}: {listed}")).clone()
}

fn path(base: &str, person: &Value, rest: &str) -> String {
    format!("{base}/{}{rest}", person["id"])
}

#[tokio::test]
async fn an_owner_adds_somebody_who_sets_a_password_of_their_own() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    let new = json!({ "name": "wang.min", "display_name": "王敏👨‍👩‍👧‍👦𠀀", "roles": [{ "role": "editor", "account": "hope" }] });
    let added = owner.post(PEOPLE, new.clone()).await;
    assert_eq!(added.status, 201);
    let (person, password) = (&added.body["person"], added.body["password"].as_str().unwrap());
    assert_eq!((&person["must_change_password"], &person["is_whole"]), (&json!(true), &json!(true)));
    assert_eq!(owner.post(PEOPLE, new).await.refused(), (422, "invalid"), "the name is taken");
    let (reply, _) = app.tries_to_sign_in("wang.min", password).await;
    assert_eq!(reply.done()["must_change_password"], true);
    let shown = owner.get(&path(PEOPLE, person, "")).await.done();
    assert_eq!(shown["roles"], json!([{ "role": "editor", "account": "hope" }]));
    let found = owner.get(&format!("{PEOPLE}?q=王敏")).await.done();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    for (wrong, field) in [
        (json!({ "name": "Wang", "display_name": "王", "roles": [{ "role": "town" }] }), "name"),
        (json!({ "name": "wang", "display_name": " ", "roles": [{ "role": "town" }] }), "display_name"),
        (json!({ "name": "wang", "display_name": "王", "roles": [] }), "roles"),
        (json!({ "name": "wang", "display_name": "王", "roles": [{ "role": "editor" }] }), "roles"),
        (
            json!({ "name": "wang", "display_name": "王", "roles": [{ "role": "town", "account": "hope" }] }),
            "roles",
        ),
        (
            json!({ "name": "wang", "display_name": "王", "roles": [{ "role": "editor", "account": "none" }] }),
            "roles",
        ),
        (
            json!({ "name": "wang", "display_name": "王", "roles": [{ "role": "town" }], "password": "wang-2026-x" }),
            "password",
        ),
    ] {
        let refused = owner.post(PEOPLE, wrong.clone()).await;
        assert_eq!(refused.refused(), (422, "invalid"));
        assert!(refused.body["fields"][field].is_string(), "{wrong} {refused:?}");
    }
}

#[tokio::test]
async fn roles_take_effect_at_once_and_two_who_change_one_person_do_not_undo_each_other() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    let editor = app.signs_in_as("editor").await;
    assert_eq!(editor.get("/people").await.refused(), (403, "forbidden"));
    let person = find(&owner, PEOPLE, "editor").await;
    let roles =
        |role: &str| json!({ "roles": [{ "role": role, "account": "hope" }], "version": person["version"] });
    assert_eq!(owner.put(&path(PEOPLE, &person, "/roles"), roles("admin")).await.status, 204);
    editor.get("/people").await.done();
    assert_eq!(owner.put(&path(PEOPLE, &person, "/roles"), roles("editor")).await.refused(), (409, "stale"));
    let person = find(&owner, PEOPLE, "editor").await;
    let none = json!({ "roles": [], "version": person["version"] });
    assert_eq!(owner.put(&path(PEOPLE, &person, "/roles"), none).await.status, 204);
    assert_eq!(
        editor.get("/people").await.refused(),
        (404, "not_found"),
        "who has no role does not see the account"
    );
    assert_eq!(editor.get("/api/v1/session").await.done()["accounts"], json!([]));
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once_and_whoever_resets_a_password_ends_the_sessions() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    let editor = app.signs_in_as("editor").await;
    let person = find(&owner, PEOPLE, "editor").await;
    let change = json!({ "disabled": true, "version": person["version"] });
    assert_eq!(owner.patch(&path(PEOPLE, &person, ""), change).await.status, 204);
    assert_eq!(editor.get("/api/v1/session").await.refused(), (401, "session_ended"));
    let (refused, _) = app.tries_to_sign_in("editor", PASSWORD).await;
    assert_eq!(refused.refused(), (401, "wrong_credentials"));
    let person = find(&owner, PEOPLE, "editor").await;
    let change = json!({ "disabled": false, "display_name": "新名字", "version": person["version"] });
    assert_eq!(owner.patch(&path(PEOPLE, &person, ""), change).await.status, 204);
    let editor = app.signs_in("editor").await;
    let person = find(&owner, PEOPLE, "editor").await;
    assert_eq!(person["display_name"], "新名字");
    let body = json!({ "version": person["version"] });
    let reset = owner.post(&path(PEOPLE, &person, "/password"), body.clone()).await.done();
    assert_eq!(editor.get("/api/v1/session").await.refused(), (401, "session_ended"));
    assert_eq!(owner.post(&path(PEOPLE, &person, "/factor-reset"), body).await.refused(), (409, "stale"));
    let (reply, _) = app.tries_to_sign_in("editor", reset["password"].as_str().unwrap()).await;
    assert_eq!(reply.done()["must_change_password"], true);
}

#[tokio::test]
async fn nobody_changes_their_own_roles_and_the_last_owner_stays() {
    let app = Hopetree::start();
    let owner = app.signs_in_as("owner").await;
    app.command_with(&["user", "add", "second", "--role", "owner"], PASSWORD);
    let own = find(&owner, PEOPLE, "owner").await;
    assert_eq!((&own["is_self"], &own["is_whole"]), (&json!(true), &json!(false)));
    let version = own["version"].clone();
    let town = json!({ "roles": [{ "role": "town" }], "version": version });
    assert_eq!(owner.put(&path(PEOPLE, &own, "/roles"), town).await.refused(), (403, "oneself"));
    let off = json!({ "disabled": true, "version": version });
    assert_eq!(owner.patch(&path(PEOPLE, &own, ""), off).await.refused(), (403, "oneself"));
    for rest in ["/password", "/factor-reset"] {
        let refused = owner.post(&path(PEOPLE, &own, rest), json!({ "version": version })).await;
        assert_eq!(refused.refused(), (403, "oneself"));
    }
    // Both at once take the other's rights away: one of them is too late.
    let second = app.signs_in("second").await;
    let other = find(&owner, PEOPLE, "second").await;
    let strip = |console: &Console<'_>, person: &Value| {
        let body = json!({ "roles": [{ "role": "town" }], "version": person["version"] });
        console.request(Method::PUT, &path(PEOPLE, person, "/roles")).json(&body).send()
    };
    let (first, last) = tokio::join!(strip(&owner, &other), strip(&second, &own));
    let mut statuses = [first.unwrap().status().as_u16(), last.unwrap().status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 204);
    assert!([403, 409].contains(&statuses[1]), "{statuses:?}");
}

#[tokio::test]
async fn an_admin_sees_and_changes_the_people_of_the_account_and_nobody_else() {
    let app = Hopetree::start();
    another_account(&app);
    app.add_person("owner", "owner");
    app.add_person("town", "town");
    app.add_person("editor", "editor");
    let admin = app.signs_in_as("admin").await;
    let listed = admin.get("/people").await.done();
    let names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|person| &person["name"]).collect();
    assert_eq!(names, ["editor", "admin"], "neither owners, nor the town, nor people of other accounts");
    let owner = app.signs_in("owner").await;
    assert_eq!(admin.get(PEOPLE).await.refused(), (403, "forbidden"));
    for name in ["owner", "town", "other.editor"] {
        let person = find(&owner, PEOPLE, name).await;
        let version = json!({ "version": person["version"] });
        assert_eq!(admin.get(&path("/people", &person, "")).await.refused(), (404, "not_found"));
        for rest in ["/password", "/factor-reset"] {
            let refused = admin.post(&path("/people", &person, rest), version.clone()).await;
            assert_eq!(refused.refused(), (404, "not_found"));
        }
        let roles = json!({ "roles": [{ "role": "editor" }], "version": person["version"] });
        assert_eq!(admin.put(&path("/people", &person, "/roles"), roles).await.refused(), (404, "not_found"));
    }
    // Roles: those of this account only.
    let editor = find(&admin, "/people", "editor").await;
    for role in [
        json!({ "role": "owner" }),
        json!({ "role": "town" }),
        json!({ "role": "editor", "account": "other" }),
    ] {
        let body = json!({ "roles": [role], "version": editor["version"] });
        assert_eq!(admin.put(&path("/people", &editor, "/roles"), body).await.refused(), (422, "invalid"));
    }
    let body = json!({ "roles": [{ "role": "editor" }, { "role": "agent", "account": "hope" }], "version": editor["version"] });
    assert_eq!(admin.put(&path("/people", &editor, "/roles"), body).await.status, 204);
    // Somebody who works elsewhere joins by the exact name; how they sign in is not this admin's.
    let colleague = |name: &str| json!({ "name": name, "roles": [{ "role": "reviewer" }] });
    assert_eq!(admin.post("/people/colleagues", colleague("other.edito")).await.refused(), (422, "invalid"));
    let joined = admin.post("/people/colleagues", colleague("other.editor")).await.done();
    assert_eq!(joined["roles"], json!([{ "role": "reviewer", "account": "hope" }]));
    assert_eq!(joined["is_whole"], false);
    let version = json!({ "version": joined["version"] });
    for rest in ["/password", "/factor-reset"] {
        assert_eq!(
            admin.post(&path("/people", &joined, rest), version.clone()).await.refused(),
            (403, "forbidden")
        );
    }
    let off = json!({ "disabled": true, "version": joined["version"] });
    assert_eq!(admin.patch(&path("/people", &joined, ""), off).await.refused(), (403, "forbidden"));
    // An owner who also edits here is no prey either.
    app.command_with(&["user", "grant", "owner", "--role", "editor", "--account", "hope"], "");
    let person = find(&admin, "/people", "owner").await;
    assert_eq!(person["roles"], json!([{ "role": "editor", "account": "hope" }]));
    let version = json!({ "version": person["version"] });
    assert_eq!(
        admin.post(&path("/people", &person, "/password"), version).await.refused(),
        (403, "forbidden")
    );
    // A new one is theirs entirely.
    let new = json!({ "name": "new", "display_name": "新人", "roles": [{ "role": "agent" }], "password": "lantern-marmot-77" });
    let added = admin.post("/people", new).await.done();
    assert_eq!(added["password"], Value::Null);
    let (person, version) = (&added["person"], json!({ "version": added["person"]["version"] }));
    let reset = admin.post(&path("/people", person, "/password"), version).await;
    assert!(reset.done()["password"].is_string());
}

#[tokio::test]
async fn the_command_line_looks_after_people_too() {
    let app = Hopetree::start();
    app.add_person("editor", "editor");
    let console = app.signs_in("editor").await;
    app.command_with(&["user", "grant", "editor", "--role", "town"], "");
    assert!(app.command_with(&["user", "list"], "").contains("editor@hope town"));
    app.command_with(&["user", "revoke", "editor", "--role", "town"], "");
    app.command_with(&["user", "passwd", "editor"], "lantern-marmot-43");
    assert_eq!(console.get("/api/v1/session").await.refused(), (401, "session_ended"));
    app.command_with(&["user", "disable", "editor"], "");
    let (refused, _) = app.tries_to_sign_in("editor", "lantern-marmot-43").await;
    assert_eq!(refused.refused(), (401, "wrong_credentials"));
    assert!(app.command_with(&["user", "list"], "").contains("disabled"));
    app.command_with(&["user", "enable", "editor"], "");
    let (reply, _) = app.tries_to_sign_in("editor", "lantern-marmot-43").await;
    reply.done();
    for arguments in [
        ["user", "disable", "nobody"].as_slice(),
        &["user", "grant", "editor", "--role", "owner", "--account", "hope"],
        &["user", "grant", "editor", "--role", "editor", "--account", "hope"],
        &["user", "revoke", "editor", "--role", "agent", "--account", "hope"],
    ] {
        assert!(!run(app.folder.path(), arguments).status.success(), "{arguments:?}");
    }
    app.command_with(&["account", "remove", "hope", "--yes"], "");
    let listed = app.command_with(&["user", "list"], "");
    assert!(!listed.contains("editor@"), "an account's roles go with it: {listed}");
}

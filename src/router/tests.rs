//! Where paths lead, and which templates are near.

use super::*;
use proptest::prelude::*;

fn router(templates: &[&str]) -> Router {
    let operation = |(index, text): (usize, &&'static str)| {
        let (method, template) = text.split_once(' ').unwrap();
        (template, method.parse().unwrap(), index)
    };
    // The tests' templates are literals.
    let leaked: Vec<&'static str> = templates.iter().map(|text| &*text.to_string().leak()).collect();
    Router::new(leaked.iter().enumerate().map(operation).collect::<Vec<_>>())
}

fn told(router: &Router, request: &str) -> String {
    let (method, path) = request.split_once(' ').unwrap();
    match router.route(&method.parse().unwrap(), path) {
        Route::Found { index, parameters, rivals } => {
            let rivals = rivals.into_iter().map(|rival| (rival.index, rival.parameters));
            let told = std::iter::once((index, parameters)).chain(rivals).map(|(index, parameters)| {
                let parameters: Vec<String> =
                    parameters.iter().map(|(name, value)| format!(" {name}={value}")).collect();
                format!("{index}{}", parameters.concat())
            });
            told.collect::<Vec<_>>().join(" or ")
        }
        Route::WrongMethod { allowed, template } => {
            let allowed: Vec<&str> = allowed.iter().map(Method::as_str).collect();
            format!("{template} allows {}", allowed.join(","))
        }
        Route::Unknown => "unknown".to_owned(),
    }
}

#[test]
fn a_concrete_path_wins_over_a_template_segment_by_segment() {
    let router = router(&[
        "GET /users/{id}",
        "GET /users/me",
        "DELETE /users/{id}",
        "GET /{kind}/list",
        "GET /users/{id}/posts",
        "GET /users/me/{thing}",
        "GET /{a}/{b}/{c}/d",
        "PUT /users/{name}",
        "GET /files/{name}.{extension}",
        "GET /files/{name}",
        "GET /files/{id}.json",
    ]);
    let table = [
        ("GET /users/me", "1"),
        ("HEAD /users/me", "1"),
        ("GET /users/7", "0 id=7"),
        ("GET /users/list", "0 id=list"),
        ("GET /pets/list", "3 kind=pets"),
        ("DELETE /users/me", "2 id=me"),
        ("PUT /users/7", "7 name=7"),
        ("PATCH /users/7", "/users/{id} allows GET,HEAD,DELETE,PUT"),
        ("PATCH /users/me", "/users/me allows GET,HEAD,DELETE,PUT"),
        ("GET /users/me/posts", "5 thing=posts"),
        ("GET /users/me/x/d", "6 a=users b=me c=x"),
        ("GET /users/", "unknown"),
        ("GET /users//posts", "unknown"),
        ("GET /files/a.json", "10 id=a"),
        ("GET /files/a.txt", "8 name=a extension=txt"),
        ("GET /files/a", "9 name=a"),
        ("GET /nowhere/at/all", "unknown"),
    ];
    for (request, expected) in table {
        assert_eq!(told(&router, request), expected, "{request}");
    }
}

#[test]
fn encoded_paths_fit_decoded_literals_and_values_stay_as_sent() {
    let router = router(&["GET /organizations/{id}", "GET /a%20b/x", "GET /c d"]);
    let table = [
        ("GET /%6Frganizations/a%2Fb", "0 id=a%2Fb"),
        ("GET /organizations/%zz", "0 id=%zz"),
        ("GET /organizations/a/b", "unknown"),
        ("GET /a%20b/x", "1"),
        ("GET /c%20d", "2"),
        ("GET /organizations%2F5", "unknown"),
    ];
    for (request, expected) in table {
        assert_eq!(told(&router, request), expected, "{request}");
    }
}

#[test]
fn a_base_path_is_compared_decoded_and_by_whole_segments() {
    let table = [
        ("/core/v1/x", "/core/v1", Some("/x")),
        ("/core/v1", "/core/v1", Some("/")),
        ("/core/v1/", "/core/v1", Some("/")),
        ("/core/v11", "/core/v1", None),
        ("/%63ore/v%31/x%2Fy", "/core/v1", Some("/x%2Fy")),
        ("/core%2Fv1/x", "/core/v1", None),
        ("/%63ore", "/core/v1", None),
        ("/Core/v1/x", "/core/v1", None),
        ("/a%2fb/x", "/a%2Fb", Some("/x")),
        ("/a%2fc/x", "/a%2Fb", None),
        ("/core", "/core/v1", None),
        ("/my%20api/x", "/my api", Some("/x")),
        ("/my api/x", "/my%20api", Some("/x")),
        ("/%zz/x", "/core", None),
        ("//core/x%20", "/core", None),
    ];
    for (path, base, expected) in table {
        assert_eq!(behind(path, base), expected, "{path} {base}");
    }
}

#[test]
fn templates_mix_literals_and_parameters_as_documents_do() {
    let router = router(&[
        "GET /{a}.{b}",
        "GET /{id}.json",
        "GET /{id}",
        "POST /{id}:cancel",
        "GET /{id}:cancel",
        "GET /from/{a}-{b}",
        "GET /pre{name}post",
        "GET /range/({from},{to})",
        "GET /labels{color}",
        "GET /v1/{kind}/{id}/",
        "GET /Case",
    ]);
    let table = [
        ("GET /x.y", "0 a=x b=y"),
        ("GET /x.y.z", "0 a=x b=y.z"),
        ("GET /5.json", "1 id=5"),
        ("GET /5%2Ejson", "1 id=5"),
        ("GET /.json", "2 id=.json"),
        ("GET /5", "2 id=5"),
        ("GET /5:cancel", "4 id=5"),
        ("POST /5:cancel", "3 id=5"),
        ("POST /5:stop", "/{id} allows GET,HEAD"),
        ("GET /from/a-b-c", "5 a=a b=b-c"),
        ("GET /from/a-", "unknown"),
        ("GET /prexpost", "6 name=x"),
        ("GET /prepost", "2 id=prepost"),
        ("GET /range/(1,2)", "7 from=1 to=2"),
        ("GET /range/%281,2%29", "7 from=1 to=2"),
        ("GET /labels.blue.black", "8 color=.blue.black"),
        ("GET /labels;color=blue", "8 color=;color=blue"),
        ("GET /v1/a%2Fb/c", "9 kind=a%2Fb id=c"),
        ("GET /v1//c/", "unknown"),
        ("GET //v1/a/c", "unknown"),
        // Dot segments are the client's to remove (RFC 3986 5.2.4): what arrives is a value like any other.
        ("GET /v1/a/..", "9 kind=a id=.."),
        ("GET /.", "2 id=."),
        ("GET /case", "2 id=case"),
        ("GET /Case", "10"),
    ];
    for (request, expected) in table {
        assert_eq!(told(&router, request), expected, "{request}");
    }
}

#[test]
fn a_slash_at_the_end_counts_only_where_both_are_declared() {
    let router =
        router(&["GET /a", "GET /a/", "GET /b", "GET /c/", "GET /d/{id}", "GET /", "POST /e", "GET /e/"]);
    let table = [
        ("GET /a", "0"),
        ("GET /a/", "1"),
        ("GET /b/", "2"),
        ("GET /b//", "unknown"),
        ("GET /c", "3"),
        ("GET /d/5/", "4 id=5"),
        ("GET /", "5"),
        ("GET ", "5"),
        ("POST /b/", "/b allows GET,HEAD"),
        ("GET /e", "/e allows POST"),
    ];
    for (request, expected) in table {
        assert_eq!(told(&router, request), expected, "{request}");
    }
}

#[test]
fn of_templates_that_differ_in_nothing_that_is_sent_the_first_is_found_and_the_others_are_its_rivals() {
    let router = router(&[
        "GET /a?x=1",
        "GET /a#b",
        "POST /a#b",
        "PUT /{id}",
        "GET /{name}",
        "GET /{id}",
        "GET /a",
        "HEAD /b#c",
        "GET /b",
    ]);
    let table = [
        ("GET /a", "0 or 1 or 6"),
        ("HEAD /a", "0 or 1 or 6"),
        ("POST /a", "2"),
        ("GET /z", "4 name=z or 5 id=z"),
        ("PUT /z", "3 id=z"),
        ("HEAD /b", "7"),
    ];
    for (request, expected) in table {
        assert_eq!(told(&router, request), expected, "{request}");
    }
    assert_eq!(router.shared(), [vec![0, 1, 6], vec![4, 5]]);
}

#[test]
fn an_unknown_path_has_its_nearest_templates() {
    let router = router(&[
        "GET /organizations",
        "GET /organizations/{id}",
        "POST /organizations",
        "GET /pets/{id}/toys",
    ]);
    let near = |path| router.nearest(path, 2).into_iter().map(|near| near.template).collect::<Vec<_>>();
    assert_eq!(near("/organisations"), ["/organizations", "/organizations/{id}"]);
    assert_eq!(near("/organisations/5"), ["/organizations/{id}", "/organizations"]);
    assert_eq!(near("/pet/5/toy")[0], "/pets/{id}/toys");
}

#[test]
fn thousands_of_routes_each_find_themselves() {
    let templates: Vec<String> =
        (0..5000).map(|at| format!("GET /group{}/{{a}}/item{at}/{{b}}", at % 70)).collect();
    let router = router(&templates.iter().map(String::as_str).collect::<Vec<_>>());
    for at in 0..5000 {
        assert_eq!(told(&router, &format!("GET /group{}/x/item{at}/y", at % 70)), format!("{at} a=x b=y"));
    }
}

proptest! {
    #[test]
    fn no_path_and_no_template_panics(path in ".{0,40}", template in "[/{}a-c.%0-9é?#:]{0,30}") {
        let fixed = "/{a}.{b}/{c}{d}%A9";
        let router = Router::new([(template.as_str(), Method::GET, 0), (fixed, Method::GET, 1)]);
        router.route(&Method::GET, &path);
        router.nearest(&path, 3);
        let rest = behind(&path, &template);
        prop_assert!(rest.is_none_or(|rest| rest == "/" || path.ends_with(rest)));
    }
}

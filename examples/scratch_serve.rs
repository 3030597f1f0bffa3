//! scratch
use standin::{
    admin::{Access, Admin},
    contract::Contract,
    diagnostic::{Style, render},
    document::{Document, LoadOptions, Source},
    engine::{Checks, Engine, Mode, Options},
    server,
};
use std::sync::Arc;
fn main() {
    let mut a: Vec<String> = std::env::args().skip(1).filter(|x| x != "serve").collect();
    let mut port = 4010;
    let mut off = false;
    if let Some(i) = a.iter().position(|x| x == "--port") {
        port = a[i + 1].parse().unwrap();
        a.drain(i..i + 2);
    }
    if let Some(i) = a.iter().position(|x| x == "--check") {
        off = a[i + 1] == "off";
        a.drain(i..i + 2);
    }
    let mut cs = vec![];
    for f in &a {
        let l = Document::load(&Source::File(f.clone().into()), LoadOptions::default());
        for d in l.diagnostics.iter().take(4) {
            eprintln!("{}", render(d, Style::Plain));
        }
        let name = std::path::Path::new(f).file_stem().unwrap().to_str().unwrap().to_owned();
        if let Some(d) = l.value {
            let (c, dg) = Contract::build(name, Arc::new(d));
            for d in dg.iter().take(4) {
                eprintln!("{}", render(d, Style::Plain));
            }
            cs.push(Arc::new(c));
        }
    }
    let mut o = Options::default();
    if off {
        o.check = Checks::all(Mode::Off);
    }
    let e = Arc::new(Engine::new(cs, vec![], o));
    for c in e.conflicts() {
        eprintln!("{c:?}");
    }
    let ad = Admin::new(e.clone(), Access::default());
    let opts = server::Options { port, ..Default::default() };
    server::runtime().unwrap().block_on(async {
        let l = server::bind(&opts).await.unwrap();
        println!("{}", l.url());
        server::serve(
            l,
            Arc::new(move |r, _| ad.answer(&r).unwrap_or_else(|| e.answer(r))),
            server::stop_signal(),
        )
        .await;
    });
}

//! Binding addresses and accepting connections.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream, lookup_host};

use super::crew::Crew;
use super::{Bound, Connection, Cors, DEFAULT_HOST, Limits, Options, Shared, Tls, connection};
use crate::error::{Error, Result};

/// How often a free port is tried before there is none that both loopback addresses have free.
const ATTEMPTS: usize = 32;
/// How long to wait after the operating system refused a connection, mostly for want of file descriptors.
const BACK_OFF: Duration = Duration::from_millis(50);

/// Sockets that are bound but not served yet: connections wait in the operating system's queue.
#[derive(Debug)]
pub struct Listeners {
    pub(super) sockets: Vec<TcpListener>,
    addresses: Vec<SocketAddr>,
    pub(super) cors: Cors,
    pub(super) limits: Limits,
    pub(super) tls: Option<Tls>,
}

impl Listeners {
    /// The bound addresses, all with the same port; IPv4 first.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The URL at which a client on this machine reaches the server, without a trailing slash.
    pub fn url(&self) -> String {
        let address = self.addresses.first().map_or((Ipv4Addr::LOCALHOST, 0).into(), |address| *address);
        let reachable = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", SocketAddr::new(reachable, address.port()))
    }
}

/// Binds the host and port of the options: both loopback addresses for `localhost`, else the one address.
///
/// Fails with [`Error::Network`] if the port is taken, the host unknown or the address not this machine's.
pub async fn bind(options: &Options) -> Result<Listeners> {
    let bound = if options.host.eq_ignore_ascii_case(DEFAULT_HOST) {
        bind_loopback(options.port).await?
    } else {
        vec![bind_host(&options.host, options.port).await?]
    };
    let (sockets, addresses) = bound.into_iter().unzip();
    Ok(Listeners {
        sockets,
        addresses,
        cors: options.cors,
        limits: options.limits.clone(),
        tls: options.tls.clone(),
    })
}

/// Accepts and serves connections for ever.
pub(super) async fn accept(socket: TcpListener, shared: Arc<Shared>, crew: Arc<Crew>) {
    loop {
        let Ok(place) = Arc::clone(&shared.places).acquire_owned().await else { return };
        match socket.accept().await.and_then(|(stream, peer)| prepare(stream, peer)) {
            Ok((stream, connection)) => {
                let entry = connection::Place::new(Arc::clone(&shared));
                crew.give(async move {
                    // As a socket of the runtime that it is served in.
                    if let Ok(stream) = TcpStream::from_std(stream) {
                        connection::serve(stream, connection, entry).await;
                    }
                    drop(place);
                });
            }
            Err(error) if is_the_peers(&error) => {}
            Err(_) => tokio::time::sleep(BACK_OFF).await,
        }
    }
}

fn prepare(stream: TcpStream, peer: SocketAddr) -> io::Result<(std::net::TcpStream, Connection)> {
    stream.set_nodelay(true)?;
    let local = stream.local_addr()?;
    Ok((stream.into_std()?, Connection { peer, local }))
}

/// Whether a connection failed by itself, so that the next one can be accepted at once.
fn is_the_peers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput, NotConnected};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput | NotConnected
    )
}

async fn bind_loopback(port: u16) -> Result<Vec<Bound>> {
    for _ in 0..ATTEMPTS {
        let first = bind_address((Ipv4Addr::LOCALHOST, port).into()).await;
        let first = first.map_err(|error| refused(DEFAULT_HOST, port, &error))?;
        match bind_address((Ipv6Addr::LOCALHOST, first.1.port()).into()).await {
            Ok(second) => return Ok(vec![first, second]),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port == 0 => {}
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                return Err(refused("[::1]", port, &error));
            }
            Err(_) => return Ok(vec![first]), // no IPv6 here
        }
    }
    Err(Error::Network(
        "found no port that is free at both 127.0.0.1 and [::1]; name one with `--port`".into(),
    ))
}

async fn bind_host(host: &str, port: u16) -> Result<Bound> {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let found = lookup_host((name, port)).await.ok().and_then(|mut addresses| addresses.next());
    let Some(address) = found else {
        return Err(Error::Network(format!(
            "cannot listen at `{host}`: no such host is known; give an address of this machine with `--host`, such as `127.0.0.1` or `0.0.0.0`"
        )));
    };
    bind_address(address).await.map_err(|error| refused(host, port, &error))
}

async fn bind_address(address: SocketAddr) -> io::Result<Bound> {
    let socket = TcpListener::bind(address).await?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

fn refused(host: &str, port: u16, error: &io::Error) -> Error {
    use io::ErrorKind::{AddrInUse, AddrNotAvailable, PermissionDenied};
    Error::Network(match error.kind() {
        AddrInUse => format!(
            "port {port} of `{host}` is taken by another program; stop it, name another port with `--port`, or take any free one with `--port 0`"
        ),
        AddrNotAvailable => format!(
            "cannot listen at `{host}`: it is not an address of this machine; give one with `--host`, such as `127.0.0.1` or `0.0.0.0`"
        ),
        PermissionDenied => format!(
            "port {port} of `{host}` may not be used by this user; name one from 1024 on with `--port`, or take any free one with `--port 0`"
        ),
        _ => format!("cannot listen at port {port} of `{host}`: {error}"),
    })
}

//! `hopetree healthcheck`: asks the server on this machine whether it answers. For containers, which have no curl.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use crate::config::Config;

const LIMIT: Duration = Duration::from_secs(3);

pub(super) fn run(config_file: Option<&Path>) -> anyhow::Result<ExitCode> {
    let address = reachable(Config::read(config_file)?.listen);
    let status = ask(address).with_context(|| format!("no answer from {address}: does the server run?"))?;
    anyhow::ensure!(status.contains(" 200 "), "{address} answered {status}");
    Ok(ExitCode::SUCCESS)
}

/// The first line of the answer.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    // The status is in the first bytes; whoever listens there may send without an end.
    stream.take(1 << 10).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned())
}

/// A server that listens everywhere is asked on the loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

//! Sockets of the built-in broker: a client must identify itself soon and briefly.
//!
//! **Invariants.** A connection without a CONNECT within a few seconds, TLS included, is closed, and no more than
//! [`LARGEST_CONNECT`] bytes are read of it before. Connections that have not logged in count against the caps of
//! their address.

use super::{
    gate::{Gate, Role},
    guests::GuestLogin,
    hub::Hub,
    rate::Bucket,
    session::{self, Client},
};
use crate::{
    broker::frames::Frames,
    connections::{Listener, Permit},
};
use mqtt5_protocol::{
    is_path_safe_client_id,
    packet::{Packet, connect::ConnectPacket},
    protocol::v5::reason_codes::ReasonCode,
};
use rand::RngExt;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The largest CONNECT: client id, will, user and password.
const LARGEST_CONNECT: usize = 4 * 1024;
/// Versions of MQTT by their number in CONNECT: 3.1.1 and 5.
const VERSIONS: [u8; 2] = [4, 5];

pub(super) struct Acceptor {
    pub gate: Arc<Gate>,
    pub hub: Arc<Hub>,
    /// Time limit for CONNECT.
    pub connect_within: Duration,
    /// From when clients other than our own are admitted.
    pub opens: Instant,
    /// Messages a second from one client; `None`: no limit.
    pub rate: Option<NonZeroU32>,
    /// Shared by the connections of one login of a board or device.
    pub buckets: Mutex<HashMap<GuestLogin, Weak<Bucket>>>,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
}

impl Acceptor {
    /// Accepts connections until the broker stops, with TLS if there is a certificate.
    pub(super) async fn accept(self: Arc<Self>, mut listener: Listener, tls: Option<TlsAcceptor>) {
        loop {
            let (stream, from, permit) = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            let (acceptor, tls) = (Arc::clone(&self), tls.clone());
            self.tasks.spawn(async move { acceptor.receive(stream, from, permit, tls).await });
        }
    }

    async fn receive(&self, stream: TcpStream, from: SocketAddr, permit: Permit, tls: Option<TlsAcceptor>) {
        let deadline = Instant::now() + self.connect_within;
        // Answers are small writes, which otherwise may wait for a delayed acknowledgement.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let Some(tls) = tls else { return self.talk(stream, from.ip(), &permit, deadline).await };
        let stream = tokio::select! {
            () = permit.revoked() => return,
            accepted = timeout_at(deadline, tls.accept(stream)) => accepted,
        };
        if let Ok(Ok(stream)) = stream {
            self.talk(stream, from.ip(), &permit, deadline).await;
        }
    }

    /// Reads CONNECT, answers it, and serves an admitted client.
    async fn talk(
        &self,
        mut stream: impl AsyncRead + AsyncWrite + Unpin + Send,
        from: IpAddr,
        permit: &Permit,
        deadline: Instant,
    ) {
        let mut frames = Frames::new(LARGEST_CONNECT);
        let greeting = async {
            let Ok(Some((Packet::Connect(connect), _))) = frames.next(&mut stream, VERSIONS[1]).await else {
                return None;
            };
            let version = connect.protocol_version;
            match self.admit(*connect, from).await {
                Ok(client) => Some(client),
                Err(reason) => {
                    tracing::debug!(%from, ?reason, "a client may not connect");
                    let answer = session::refusal(version, reason).ok()?;
                    stream.write_all(&answer).await.ok()?;
                    // It may be closed already.
                    let _ = stream.shutdown().await;
                    None
                }
            }
        };
        let client = tokio::select! {
            () = permit.revoked() => return,
            greeted = timeout_at(deadline, greeting) => greeted,
        };
        let Ok(Some(client)) = client else { return };
        permit.identify(&match client.role.login() {
            Some(login) => login.to_string(),
            None => client.role.key(&client.connect.client_id),
        });
        session::serve((&self.gate, &self.hub), client, stream, frames, permit.revoked()).await;
    }

    async fn admit(&self, mut connect: ConnectPacket, from: IpAddr) -> Result<Client, ReasonCode> {
        if !VERSIONS.contains(&connect.protocol_version) {
            return Err(ReasonCode::UnsupportedProtocolVersion);
        }
        if connect.properties.get_authentication_method().is_some() {
            return Err(ReasonCode::BadAuthenticationMethod);
        }
        if connect.properties.get_maximum_packet_size() == Some(0)
            || connect.properties.get_receive_maximum() == Some(0)
        {
            return Err(ReasonCode::ProtocolError);
        }
        let is_nameless = connect.client_id.is_empty();
        if !is_path_safe_client_id(&connect.client_id)
            || (is_nameless && connect.protocol_version == VERSIONS[0] && !connect.clean_start)
        {
            return Err(ReasonCode::ClientIdentifierNotValid);
        }
        let role = self.gate.admit(&connect, from).await?;
        // A board that reconnects at once forgets the query it was sending when the connection broke. Refused for
        // a moment, it stores the query and sends it later.
        if role != Role::Own && Instant::now() < self.opens {
            return Err(ReasonCode::ServerUnavailable);
        }
        if is_nameless {
            let bits: u128 = rand::make_rng::<rand::rngs::StdRng>().random();
            connect.client_id = format!("auto-{bits:032x}");
        }
        Ok(Client { role, from, connect, is_named_by_us: is_nameless, bucket: self.bucket(role) })
    }

    /// One bucket for all connections with the same login of a board or device.
    fn bucket(&self, role: Role) -> Arc<Bucket> {
        let rate = self.rate.filter(|_| role != Role::Own);
        let fresh = || Arc::new(Bucket::new(rate));
        let Some(login) = role.login() else { return fresh() };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.retain(|_, bucket| bucket.strong_count() > 0);
        let bucket = buckets.get(&login).and_then(Weak::upgrade).unwrap_or_else(fresh);
        buckets.insert(login, Arc::downgrade(&bucket));
        bucket
    }
}

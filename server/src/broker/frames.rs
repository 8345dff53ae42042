//! Cuts a byte stream into MQTT packets.
//!
//! Invariant: no packet is read that is larger than its sender may send, and cancelling a read loses no bytes.

use mqtt5_protocol::{
    MqttError,
    packet::{FixedHeader, MqttPacket, Packet, PacketType},
};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Bytes read at once.
const CHUNK: usize = 4 * 1024;

/// Why no further packet can be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameError {
    #[error("the connection broke")]
    Broken(#[from] io::Error),
    #[error("a packet of {0} bytes is too large")]
    TooLarge(usize),
    #[error("a packet is malformed")]
    Malformed(#[from] MqttError),
}

/// Bytes received and not yet consumed.
pub(super) struct Frames {
    buffer: Vec<u8>,
    largest: usize,
}

impl Frames {
    /// Accepts packets of up to `largest` bytes.
    pub(super) fn new(largest: usize) -> Self {
        Self { buffer: Vec::new(), largest }
    }

    pub(super) fn set_largest(&mut self, largest: usize) {
        self.largest = largest;
    }

    /// The next packet and its length in bytes; `None` at the end of the stream.
    pub(super) async fn next(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        version: u8,
    ) -> Result<Option<(Packet, usize)>, FrameError> {
        loop {
            if let Some((header, length)) = self.whole()? {
                let packet = decode(&self.buffer, header, length, version);
                self.buffer.drain(..length);
                if self.buffer.is_empty() && self.buffer.capacity() > 2 * CHUNK {
                    self.buffer = Vec::new();
                }
                return Ok(Some((packet?, length)));
            }
            self.buffer.reserve(CHUNK);
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// The length of the first packet's header and of the whole packet, once it is here.
    fn whole(&self) -> Result<Option<(usize, usize)>, FrameError> {
        let mut body = 0;
        for (index, &byte) in self.buffer.iter().skip(1).take(4).enumerate() {
            body |= usize::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                let header = index + 2;
                let length = header + body;
                if length > self.largest {
                    return Err(FrameError::TooLarge(length));
                }
                return Ok((self.buffer.len() >= length).then_some((header, length)));
            }
        }
        if self.buffer.len() > 4 {
            return Err(MqttError::MalformedPacket("its length takes more than four bytes".into()).into());
        }
        Ok(None)
    }
}

fn decode(buffer: &[u8], header: usize, length: usize, version: u8) -> Result<Packet, MqttError> {
    let malformed = || MqttError::MalformedPacket("no such packet".into());
    let first = *buffer.first().ok_or_else(malformed)?;
    // From a slice, so that no message holds on to the whole buffer.
    let mut body = buffer.get(header..length).ok_or_else(malformed)?;
    let kind = PacketType::from_u8(first >> 4).ok_or_else(malformed)?;
    let fixed = FixedHeader::new(kind, first & 0x0f, u32::try_from(body.len()).unwrap_or(u32::MAX));
    if kind == PacketType::Subscribe && version < 5 && !asks_for_known_qos(body) {
        return Err(MqttError::MalformedPacket("a QoS beyond 2 is asked for".into()));
    }
    let packet = Packet::decode_from_body_with_version(kind, &fixed, &mut body, version)?;
    let id = match &packet {
        Packet::Publish(publish) => publish.packet_id,
        Packet::Subscribe(subscribe) => Some(subscribe.packet_id),
        Packet::Unsubscribe(unsubscribe) => Some(unsubscribe.packet_id),
        _ => None,
    };
    if id == Some(0) {
        return Err(MqttError::MalformedPacket("0 is no packet identifier".into()));
    }
    Ok(packet)
}

/// Whether a SUBSCRIBE of version 3.1.1 asks only for QoS 0, 1 and 2; the decoder reads any other value as 0.
fn asks_for_known_qos(body: &[u8]) -> bool {
    let mut rest = body.get(2..).unwrap_or_default();
    while let Some((&[high, low], filters)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low]));
        if filters.get(length).is_some_and(|&qos| qos > 2) {
            return false;
        }
        rest = filters.get(length + 1..).unwrap_or_default();
    }
    true
}

pub(super) fn encode(packet: &impl MqttPacket) -> Result<Vec<u8>, MqttError> {
    let mut bytes = Vec::new();
    packet.encode(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads every packet of `bytes`, which arrive `at_once` at a time.
    async fn read(bytes: &[u8], at_once: usize) -> Result<Vec<usize>, FrameError> {
        let mut stream = stream_of(bytes, at_once);
        let (mut frames, mut lengths) = (Frames::new(200), Vec::new());
        while let Some((_, length)) = frames.next(&mut stream, 4).await? {
            lengths.push(length);
        }
        Ok(lengths)
    }

    /// A stream that yields `at_once` bytes per read.
    fn stream_of(bytes: &[u8], at_once: usize) -> impl AsyncRead + Unpin {
        let (near, mut far) = tokio::io::duplex(at_once);
        let bytes = bytes.to_vec();
        tokio::spawn(async move { tokio::io::AsyncWriteExt::write_all(&mut far, &bytes).await });
        near
    }

    #[tokio::test]
    async fn packets_in_any_fragmentation_are_framed() {
        let mut bytes = b"\xc0\x00\x30\x04\x00\x01ax\xc0\x00\x30\x83\x01\x00\x01a".to_vec();
        bytes.extend([b'x'; 128]);
        for at_once in [1, 2, 3, 5, 7, 1_000] {
            assert_eq!(read(&bytes, at_once).await.unwrap(), [2, 6, 2, 134], "{at_once}");
        }
    }

    #[tokio::test]
    async fn oversized_or_malformed_packets_are_refused_at_header() {
        assert!(matches!(read(b"\x30\xff\xff\xff\x7f", 9).await, Err(FrameError::TooLarge(_))));
        assert!(matches!(read(b"\x30\xff\xff\xff\xff\x7f", 9).await, Err(FrameError::Malformed(_))));
        assert!(matches!(read(b"\x00\x00", 9).await, Err(FrameError::Malformed(_))), "no such type");
        assert!(matches!(read(b"\x32\x05\x00\x01a\x00\x00", 9).await, Err(FrameError::Malformed(_))), "id 0");
        assert!(read(b"\x82\x06\x00\x01\x00\x01a\x02", 9).await.is_ok());
        assert!(matches!(read(b"\x82\x06\x00\x01\x00\x01a\x03", 9).await, Err(FrameError::Malformed(_))), "QoS 3");
        assert!(matches!(read(b"\x36\x05\x00\x01a\x00\x01", 9).await, Err(FrameError::Malformed(_))), "QoS 3");
    }
}

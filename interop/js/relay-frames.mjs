// Frames of the relay protocol, version 1 (docs/relay-protocol.md): bytes in, objects out, and back.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import {messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate} from 'y-protocols/sync';

export const PROTOCOL_VERSION = 1;
export const SAFE_MESSAGE_BYTES = 64 * 1024;

export const FrameType = Object.freeze({
  join: 1,
  joined: 2,
  leave: 3,
  sync: 4,
  update: 5,
  ack: 6,
  nack: 7,
  chunk: 8,
  resync: 9,
  error: 10,
  awareness: 11,
});

export const Access = Object.freeze({read: 1, write: 2});

export const isPermanent = (code) => code >= 400 && code < 500;

const SYNC = 0;
const ROW_ID_BYTES = 8;
// Room for everything in a chunk frame but its part: seven integers, the longest of 8 bytes.
const CHUNK_HEAD_BYTES = 40;

const built = (build) => {
  const encoder = encoding.createEncoder();
  build(encoder);
  return encoding.toUint8Array(encoder);
};

const syncMessage = (type, bytes) =>
  built((encoder) => {
    encoding.writeVarUint(encoder, SYNC);
    encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, bytes);
  });

export const syncStep1 = (stateVector) => syncMessage(messageYjsSyncStep1, stateVector);
export const syncStep2 = (update) => syncMessage(messageYjsSyncStep2, update);
export const syncUpdate = (update) => syncMessage(messageYjsUpdate, update);

export const joinBody = ({session, room, cursor, wantStateVector}) =>
  built((encoder) => {
    encoding.writeVarUint(encoder, PROTOCOL_VERSION);
    encoding.writeUint8Array(encoder, session);
    encoding.writeVarString(encoder, room);
    encoding.writeVarUint8Array(
      encoder,
      cursor === null
        ? new Uint8Array()
        : built((inner) => {
            encoding.writeVarUint(inner, cursor.seq);
            encoding.writeUint8Array(inner, cursor.rowId);
          }),
    );
    encoding.writeVarUint(encoder, wantStateVector ? 1 : 0);
  });

export const updateBody = (batch, message) =>
  built((encoder) => {
    encoding.writeVarUint(encoder, batch);
    encoding.writeUint8Array(encoder, message);
  });

export const awarenessBody = (update) =>
  built((encoder) => encoding.writeVarUint8Array(encoder, update));

const frame = (channel, type, body) =>
  built((encoder) => {
    const content = built((inner) => {
      encoding.writeVarUint(inner, channel);
      encoding.writeVarUint(inner, type);
      encoding.writeUint8Array(inner, body);
    });
    encoding.writeVarUint8Array(encoder, content);
  });

const chunkBody = (transfer, index, count, part) =>
  built((encoder) => {
    encoding.writeVarUint(encoder, transfer);
    encoding.writeVarUint(encoder, index);
    encoding.writeVarUint(encoder, count);
    encoding.writeVarUint8Array(encoder, part);
  });

/** The frame, or where it would be longer than a message may be, the chunks that carry it: each a message of its own. */
export const frames = (channel, type, body, maxMessageBytes, transfer) => {
  const whole = frame(channel, type, body);
  if (whole.length <= maxMessageBytes) {
    return [whole];
  }
  const content = built((encoder) => {
    encoding.writeVarUint(encoder, type);
    encoding.writeUint8Array(encoder, body);
  });
  const size = maxMessageBytes - CHUNK_HEAD_BYTES;
  const count = Math.ceil(content.length / size);
  return Array.from({length: count}, (_, index) =>
    frame(channel, FrameType.chunk, chunkBody(transfer, index, count, content.subarray(index * size, (index + 1) * size))),
  );
};

const readRow = (decoder) => ({
  seq: decoding.readVarUint(decoder),
  rowId: decoding.readUint8Array(decoder, ROW_ID_BYTES).slice(),
});

const readSync = (decoder) => {
  if (decoding.readVarUint(decoder) !== SYNC) {
    throw new Error('Not a sync message.');
  }
  return {type: decoding.readVarUint(decoder), bytes: decoding.readVarUint8Array(decoder)};
};

const readFailure = (decoder) => ({
  code: decoding.readVarUint(decoder),
  reason: decoding.readVarString(decoder),
  retryAfterMs: decoding.readVarUint(decoder),
});

const bodies = new Map([
  [
    FrameType.joined,
    (decoder) => ({
      version: decoding.readVarUint(decoder),
      access: decoding.readVarUint(decoder),
      maxFrameBytes: decoding.readVarUint(decoder),
      maxDocumentBytes: decoding.readVarUint(decoder),
      resumed: decoding.readVarUint(decoder) === 1,
      headSeq: decoding.readVarUint(decoder),
    }),
  ],
  [
    FrameType.sync,
    (decoder) => {
      const {type, bytes} = readSync(decoder);
      if (type !== messageYjsSyncStep1) {
        throw new Error('A sync frame carries a state vector.');
      }
      return {stateVector: bytes};
    },
  ],
  [
    FrameType.update,
    (decoder) => {
      const row = readRow(decoder);
      const {type, bytes} = readSync(decoder);
      return {row, update: bytes, isUpToDate: type === messageYjsSyncStep2};
    },
  ],
  [FrameType.ack, (decoder) => ({batch: decoding.readVarUint(decoder), row: readRow(decoder)})],
  [FrameType.nack, (decoder) => ({batch: decoding.readVarUint(decoder), ...readFailure(decoder)})],
  [FrameType.error, readFailure],
  [
    FrameType.chunk,
    (decoder) => ({
      transfer: decoding.readVarUint(decoder),
      index: decoding.readVarUint(decoder),
      count: decoding.readVarUint(decoder),
      part: decoding.readVarUint8Array(decoder),
    }),
  ],
  [FrameType.awareness, (decoder) => ({update: decoding.readVarUint8Array(decoder)})],
]);

/** Type and body of one frame; a type that is not known has no more than its number. */
const readContent = (decoder) => {
  const type = decoding.readVarUint(decoder);
  return {type, ...bodies.get(type)?.(decoder)};
};

/** The frames of a message, in order. */
export const readMessage = function* (message) {
  const decoder = decoding.createDecoder(message);
  while (decoding.hasContent(decoder)) {
    const content = decoding.createDecoder(decoding.readVarUint8Array(decoder));
    const channel = decoding.readVarUint(content);
    yield {channel, ...readContent(content)};
  }
};

/** Puts the chunks of one channel together again. */
export class ChunkAssembler {
  #transfer = null;

  /** The frame that is complete with this chunk, or null. */
  add({transfer, index, count, part}, maxBytes) {
    if (index === 0) {
      this.#transfer = {transfer, count, size: 0, parts: []};
    }
    const current = this.#transfer;
    if (
      current === null || current.transfer !== transfer || current.count !== count ||
      current.parts.length !== index || index >= count || part.length === 0
    ) {
      throw new Error('A chunk came out of order.');
    }
    current.size += part.length;
    if (current.size > maxBytes) {
      throw new Error('A frame in chunks is larger than a document may be.');
    }
    current.parts.push(part.slice());
    if (current.parts.length < count) {
      return null;
    }
    this.#transfer = null;
    const content = built((encoder) => current.parts.forEach((bytes) => encoding.writeUint8Array(encoder, bytes)));
    const frame = readContent(decoding.createDecoder(content));
    if (frame.type === FrameType.chunk) {
      throw new Error('A chunk holds a chunk.');
    }
    return frame;
  }
}

// A provider for web apps: keeps a Y.Doc in step with one room of a TinyStore relay, over SignalR.
// The protocol, with the reason for each rule that is followed here, is docs/relay-protocol.md.

import {HubConnectionBuilder, LogLevel} from '@microsoft/signalr';
import {MessagePackHubProtocol} from '@microsoft/signalr-protocol-msgpack';
import {ObservableV2} from 'lib0/observable';
import {applyAwarenessUpdate, encodeAwarenessUpdate} from 'y-protocols/awareness';
import * as Y from 'yjs';

import {
  Access, ChunkAssembler, FrameType, SAFE_MESSAGE_BYTES,
  awarenessBody, frames, isPermanent, joinBody, readMessage, syncStep1, syncStep2, syncUpdate, updateBody,
} from './relay-frames.mjs';

const HUB_METHOD = 'Frame';
const ASSEMBLED_FRAME_EXTRA = 1024;
const EMPTY_UPDATE_BYTES = 2;
// More unacknowledged batches than this are not worth keeping one by one: the document holds them all.
const MAX_BATCHES_OFFLINE = 256;

/** What the relay refused for good, or what went wrong on the way: `code` is the protocol's, where there is one. */
export class ProviderError extends Error {
  constructor(message, code, options) {
    super(message, options);
    this.name = 'ProviderError';
    this.code = code;
  }
}

/**
 * States: `disconnected`, `connecting`, `syncing`, `synced`, `refused` (the relay will not take this client or this
 * edit: `error` says why, and nothing is retried until `connect` is called again) and `closed`.
 *
 * Events: `state` (state, provider), `unacknowledged` (count), `error` (ProviderError; also for what is retried).
 *
 * Options: `connect` (default true: connect at once), `awareness` (a y-protocols Awareness), `httpOptions` (SignalR's,
 * such as accessTokenFactory), `minDelayMs` and `maxDelayMs` (500 and 30,000: bounds of the back-off), `random` and
 * `logLevel` (SignalR's log; default none, since everything arrives as an event).
 */
export class SignalRProvider extends ObservableV2 {
  #url;
  #options;
  #connection = null;
  #timer = null;
  #attempt = 0;
  #state = 'disconnected';
  #waiters = new Set();

  // The channel: joined when `limits` is set.
  #channel = 0;
  #limits = null;
  #hasSentStateVector = false;
  #chunks = new ChunkAssembler();
  #transfer = 0;

  // Down: the last row held.
  #cursor = null;

  // Up: while the relay's state vector is awaited edits are only counted, for the answer to it holds them.
  #session = crypto.getRandomValues(new Uint8Array(16));
  #isUpSynced = false;
  #unbatchedEdits = 0;
  #batches = new Map();
  #lastBatch = 0;
  #unacknowledged = 0;

  constructor(url, room, doc, options = {}) {
    super();
    this.room = room;
    this.doc = doc;
    this.error = null;
    this.#url = url;
    this.#options = {
      connect: true, awareness: null, httpOptions: {}, minDelayMs: 500, maxDelayMs: 30_000,
      random: Math.random, logLevel: LogLevel.None, ...options,
    };
    doc.on('update', this.#onDocUpdate);
    doc.on('destroy', this.close);
    this.#options.awareness?.on('update', this.#onAwarenessUpdate);
    if (this.#options.connect) {
      this.connect();
    }
  }

  get state() {
    return this.#state;
  }

  /** Edits that the relay has not yet said to be durable. */
  get unacknowledgedCount() {
    return this.#unacknowledged;
  }

  /** Resolves when this document has everything the room held, at once if that is so now; rejects when refused or closed. */
  get synced() {
    return this.#until(() => this.#state === 'synced');
  }

  /** Resolves when the relay has everything that this document holds; rejects when refused or closed. */
  get acknowledged() {
    return this.#until(() =>
      this.#state === 'synced' && this.#unacknowledged === 0 && (this.#isUpSynced || this.#limits.access === Access.read));
  }

  /** Goes online, and stays so: a lost connection is made again after a growing, random delay. */
  connect() {
    if (this.#state === 'closed') {
      throw new ProviderError('This provider is closed.');
    }
    if (this.#state === 'disconnected' || this.#state === 'refused') {
      this.error = null;
      this.#attempt = 0;
      this.#open();
    }
  }

  /** Goes offline; edits are kept for the next connect. */
  async disconnect() {
    if (this.#state !== 'closed') {
      await this.#drop('disconnected');
    }
  }

  /** Goes offline for good and lets the document go. */
  close = async () => {
    if (this.#state !== 'closed') {
      this.doc.off('update', this.#onDocUpdate);
      this.doc.off('destroy', this.close);
      this.#options.awareness?.off('update', this.#onAwarenessUpdate);
      this.error ??= new ProviderError('This provider is closed.');
      await this.#drop('closed');
    }
  };

  // Connection

  async #open() {
    this.#setState('connecting');
    const connection = new HubConnectionBuilder()
      .withUrl(this.#url, this.#options.httpOptions)
      .withHubProtocol(new MessagePackHubProtocol())
      .configureLogging(this.#options.logLevel)
      .build();
    this.#connection = connection;
    this.#channel = 1;
    connection.on(HUB_METHOD, (message) => this.#onMessage(connection, message));
    connection.onclose((error) => this.#onLost(connection, error));
    try {
      await connection.start();
    } catch (error) {
      this.#onLost(connection, error);
      return;
    }
    if (connection === this.#connection) {
      this.#join();
    } else {
      await connection.stop();
    }
  }

  #onLost(connection, cause) {
    if (connection !== this.#connection) {
      return;
    }
    this.#connection = null;
    this.#limits = null;
    if (cause) {
      this.#report(new ProviderError(`The connection was lost: ${cause.message}`, undefined, {cause}));
    }
    this.#setState('connecting');
    this.#later(0, () => this.#open());
  }

  async #drop(state) {
    const connection = this.#connection;
    this.#connection = null;
    this.#limits = null;
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#setState(state);
    await connection?.stop();
  }

  #later(atLeastMs, work) {
    const {minDelayMs, maxDelayMs, random} = this.#options;
    const ceiling = Math.min(maxDelayMs, minDelayMs * 2 ** this.#attempt++);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      work();
    }, Math.max(atLeastMs, ceiling * (0.5 + random() / 2)));
  }

  // Joining

  #join() {
    this.#setState('syncing');
    this.#chunks = new ChunkAssembler();
    const stateVector = this.#cursor === null ? syncStep1(Y.encodeStateVector(this.doc)) : null;
    this.#send(FrameType.join, joinBody({
      session: this.#session, room: this.room, cursor: this.#cursor, wantStateVector: !this.#isUpSynced,
    }));
    // Before `joined` has told the limit, what is longer than this waits.
    this.#hasSentStateVector = stateVector !== null && stateVector.length < SAFE_MESSAGE_BYTES / 2;
    if (this.#hasSentStateVector) {
      this.#send(FrameType.sync, stateVector);
    }
  }

  /** Something is wrong with this channel: the last row that was applied is where the next one goes on. */
  #leave(error) {
    this.#report(error);
    if (this.#connection !== null) {
      this.#send(FrameType.leave, new Uint8Array());
      this.#rejoin(0);
    }
  }

  #rejoin(atLeastMs) {
    // A new number at once: what still arrives for the old channel is ignored.
    this.#channel++;
    this.#limits = null;
    this.#setState('syncing');
    this.#later(atLeastMs, () => this.#join());
  }

  #refuse(error) {
    this.error = error;
    this.#report(error);
    this.#drop('refused');
  }

  // Frames in

  #onMessage(connection, message) {
    try {
      for (const frame of readMessage(message)) {
        if (connection !== this.#connection) {
          return;
        }
        if (frame.channel === this.#channel || frame.channel === 0) {
          this.#onFrame(frame);
        }
      }
    } catch (cause) {
      this.#leave(new ProviderError(`A message of the relay could not be read: ${cause.message}`, undefined, {cause}));
    }
  }

  #onFrame(frame) {
    switch (frame.type) {
      case FrameType.joined:
        return this.#onJoined(frame);
      case FrameType.sync:
        return this.#answerStateVector(frame.stateVector);
      case FrameType.update:
        return this.#onRemoteUpdate(frame);
      case FrameType.ack:
        return this.#onAck(frame);
      case FrameType.nack:
      case FrameType.error:
        return this.#onFailure(frame);
      case FrameType.chunk: {
        const whole = this.#chunks.add(frame, (this.#limits?.maxDocumentBytes ?? 0) + ASSEMBLED_FRAME_EXTRA);
        return whole === null ? undefined : this.#onFrame(whole);
      }
      case FrameType.resync:
        return this.#rejoin(0);
      case FrameType.awareness:
        return this.#options.awareness && applyAwarenessUpdate(this.#options.awareness, frame.update, this);
    }
  }

  #onJoined(limits) {
    this.#limits = limits;
    if (!limits.resumed) {
      this.#cursor = null;
      this.#awaitStateVector();
      if (!this.#hasSentStateVector) {
        this.#send(FrameType.sync, syncStep1(Y.encodeStateVector(this.doc)));
      }
    }
    this.#sendBatches();
    this.#announceAwareness();
  }

  #onRemoteUpdate({row, update, isUpToDate}) {
    if (this.#state === 'synced' && row.seq !== this.#cursor.seq + 1) {
      if (row.seq > this.#cursor.seq) {
        this.#leave(new ProviderError(`Row ${row.seq} came after row ${this.#cursor.seq}.`));
      }
      return;
    }
    try {
      Y.applyUpdate(this.doc, update, this);
    } catch (cause) {
      if (!isReadable(update)) {
        this.#refuse(new ProviderError(`Row ${row.seq} of the room cannot be read: ${cause.message}`, undefined, {cause}));
        return;
      }
      // An observer of the app threw: the update itself is applied.
      this.#report(new ProviderError(`An observer of the document threw: ${cause.message}`, undefined, {cause}));
    }
    this.#cursor = row;
    if (isUpToDate) {
      this.#attempt = 0;
      this.#setState('synced');
    }
  }

  #onFailure({type, code, reason, retryAfterMs}) {
    const error = new ProviderError(`The relay says ${code}: ${reason}`, code);
    if (isPermanent(code)) {
      this.#refuse(error);
      return;
    }
    this.#report(error);
    if (type === FrameType.error) {
      this.#rejoin(retryAfterMs);
    } else if (this.#timer === null) {
      this.#later(retryAfterMs, () => this.#sendBatches());
    }
  }

  // Edits out

  #onDocUpdate = (update, origin) => {
    if (origin === this) {
      return;
    }
    this.#count(1);
    if (!this.#isUpSynced) {
      this.#unbatchedEdits++;
    } else {
      this.#addBatch(syncUpdate(update), 1);
      if (this.#limits === null && this.#batches.size > MAX_BATCHES_OFFLINE) {
        this.#awaitStateVector();
      }
    }
  };

  /** Gives up the single batches: the answer to the relay's state vector will hold what they held. */
  #awaitStateVector() {
    this.#isUpSynced = false;
    this.#unbatchedEdits = this.#unacknowledged;
    this.#batches.clear();
  }

  #answerStateVector(stateVector) {
    const update = Y.encodeStateAsUpdate(this.doc, stateVector);
    this.#isUpSynced = true;
    if (update.length > EMPTY_UPDATE_BYTES) {
      this.#addBatch(syncStep2(update), this.#unbatchedEdits);
    } else {
      this.#count(-this.#unbatchedEdits);
    }
    this.#unbatchedEdits = 0;
    this.#wake();
  }

  #addBatch(message, edits) {
    this.#batches.set(++this.#lastBatch, {message, edits});
    this.#sendBatch(this.#lastBatch, message);
  }

  #sendBatches() {
    for (const [batch, {message}] of this.#batches) {
      this.#sendBatch(batch, message);
    }
  }

  #sendBatch(batch, message) {
    if (this.#limits === null || this.#limits.access !== Access.write) {
      return;
    }
    if (message.length > this.#limits.maxDocumentBytes) {
      this.#refuse(new ProviderError(
        `An update of ${message.length} bytes is larger than this relay's documents may be (${this.#limits.maxDocumentBytes}).`,
        413,
      ));
      return;
    }
    this.#send(FrameType.update, updateBody(batch, message));
  }

  #onAck({batch, row}) {
    const acknowledged = this.#batches.get(batch);
    if (this.#cursor !== null && row.seq === this.#cursor.seq + 1) {
      this.#cursor = row;
    }
    if (acknowledged !== undefined) {
      this.#batches.delete(batch);
      this.#attempt = 0;
      this.#count(-acknowledged.edits);
      this.#wake();
    }
  }

  #send(type, body) {
    const connection = this.#connection;
    const limit = this.#limits?.maxFrameBytes ?? SAFE_MESSAGE_BYTES;
    for (const message of frames(this.#channel, type, body, limit, ++this.#transfer)) {
      // A failure closes the connection, and `onclose` says so.
      connection?.send(HUB_METHOD, message).catch(() => {});
    }
  }

  // Awareness

  #onAwarenessUpdate = ({added, updated, removed}, origin) => {
    if (origin !== this && this.#limits !== null) {
      const changed = [...added, ...updated, ...removed];
      this.#send(FrameType.awareness, awarenessBody(encodeAwarenessUpdate(this.#options.awareness, changed)));
    }
  };

  #announceAwareness() {
    const {awareness} = this.#options;
    if (awareness?.getLocalState()) {
      this.#send(FrameType.awareness, awarenessBody(encodeAwarenessUpdate(awareness, [awareness.clientID])));
    }
  }

  // State

  #setState(state) {
    if (state !== this.#state) {
      this.#state = state;
      this.emit('state', [state, this]);
    }
    this.#wake();
  }

  #count(edits) {
    if (edits !== 0) {
      this.#unacknowledged += edits;
      this.emit('unacknowledged', [this.#unacknowledged, this]);
    }
  }

  #report(error) {
    this.emit('error', [error, this]);
  }

  #until(isReached) {
    return new Promise((resolve, reject) => {
      this.#waiters.add({isReached, resolve, reject});
      this.#wake();
    });
  }

  #wake() {
    const isOver = this.#state === 'refused' || this.#state === 'closed';
    for (const waiter of this.#waiters) {
      if (isOver || waiter.isReached()) {
        this.#waiters.delete(waiter);
        isOver ? waiter.reject(this.error) : waiter.resolve();
      }
    }
  }
}

const isReadable = (update) => {
  try {
    Y.decodeUpdate(update);
    return true;
  } catch {
    return false;
  }
};

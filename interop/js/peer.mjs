// A peer as a process: a real TinyBase store, kept in step with a room of a relay by the real yjs.
// Requests and answers are JSON lines, as README.md describes.

import {createInterface} from 'node:readline';
import {setImmediate as nextMacrotask} from 'node:timers/promises';

import {createStore} from 'tinybase';
import {createYjsPersister} from 'tinybase/persisters/persister-yjs';
import * as Y from 'yjs';

import {settled} from './oracle/settled.mjs';
import {callStore} from './oracle/stores.mjs';
import {bytesIn, bytesOut, cellOut, valueOut} from './oracle/values.mjs';
import {SignalRProvider} from './signalr-provider.mjs';

const DEFAULT_TIMEOUT_MS = 30_000;

console.log = console.info = console.error;

const write = (line) => process.stdout.write(JSON.stringify(line) + '\n');

class Peer {
  #doc = new Y.Doc();
  #store = createStore();
  #provider = null;
  #persister = null;
  #activity = 0;

  constructor() {
    this.#doc.on('afterTransaction', () => this.#activity++);
    this.#store.addDidFinishTransactionListener(() => this.#activity++);
  }

  /** Goes online, waits for the room's content, and only then lets the store write: the baseline that TinyBase asks for. */
  async start({url, room, root = 'tinybase', clientId, containers = true, minDelayMs = 100, maxDelayMs = 1000, timeoutMs}) {
    if (this.#provider !== null) {
      throw new Error('This peer has started.');
    }
    if (clientId !== undefined) {
      this.#doc.clientID = clientId;
    }
    this.#provider = new SignalRProvider(url, room, this.#doc, {minDelayMs, maxDelayMs});
    this.#provider.on('state', (state) => write({event: 'state', state}));
    this.#provider.on('error', (error) => write({event: 'error', error: error.message}));
    await within(timeoutMs, this.#provider.synced);
    if (containers) {
      await within(timeoutMs, this.#containers(root));
    }
    this.#persister = createYjsPersister(this.#store, this.#doc, root, (error) =>
      write({event: 'error', error: String(error)}),
    );
    this.#persister.addStatusListener(() => this.#activity++);
    await this.#persister.startAutoPersisting();
  }

  /** Calls of TinyBase's store, in one transaction; the answer has one value a call. */
  store({ops}) {
    return this.#store.transaction(() =>
      ops.map(([name, ...args]) => {
        const result = callStore(this.#store, name, args);
        return result === this.#store ? null : cellOut(result);
      }),
    );
  }

  async wait({for: what, sv, timeoutMs}) {
    switch (what) {
      case 'synced':
        return within(timeoutMs, this.#provider.synced);
      case 'acknowledged':
        return within(timeoutMs, this.#provider.acknowledged);
      case 'settled':
        return settled(() => this.#persister?.getStatus() !== 1 && this.#persister?.getStatus() !== 2, () => this.#activity);
      case 'stateVector':
        return within(timeoutMs, this.#reached(Y.decodeStateVector(bytesIn(sv, 'sv'))));
      default:
        throw new Error(`There is no waiting for ${JSON.stringify(what)}.`);
    }
  }

  content() {
    return cellOut(this.#store.getContent());
  }

  update() {
    return bytesOut(Y.encodeStateAsUpdate(this.#doc));
  }

  sv() {
    return bytesOut(Y.encodeStateVector(this.#doc));
  }

  json({root = 'tinybase'}) {
    return valueOut(this.#doc.getMap(root).toJSON());
  }

  status() {
    return {
      state: this.#provider?.state ?? 'disconnected',
      unacknowledged: this.#provider?.unacknowledgedCount ?? 0,
      clientId: this.#doc.clientID,
    };
  }

  async connect({timeoutMs}) {
    this.#provider.connect();
    await within(timeoutMs, this.#provider.synced);
  }

  async disconnect() {
    await this.#provider.disconnect();
  }

  async stop() {
    await this.#persister?.destroy();
    await this.#provider?.close();
  }

  #containers(root) {
    const map = this.#doc.getMap(root);
    return this.#until(() => map.has('t') && map.has('v'));
  }

  #reached(stateVector) {
    return this.#until(() =>
      [...stateVector].every(([client, clock]) => Y.getState(this.#doc.store, client) >= clock),
    );
  }

  #until(isReached) {
    return new Promise((resolve) => {
      const check = () => {
        if (isReached()) {
          this.#doc.off('afterTransaction', check);
          resolve();
        }
      };
      this.#doc.on('afterTransaction', check);
      check();
    });
  }
}

const within = async (timeoutMs = DEFAULT_TIMEOUT_MS, work) => {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing after ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
};

const OPS = new Set(['start', 'store', 'wait', 'content', 'update', 'sv', 'json', 'status', 'connect', 'disconnect', 'stop']);

const peer = new Peer();
for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
  if (line.trim() === '') {
    continue;
  }
  let request = null;
  try {
    request = JSON.parse(line);
    if (!OPS.has(request.op)) {
      throw new Error(`Unknown op: ${JSON.stringify(request.op)}.`);
    }
    const result = (await peer[request.op](request)) ?? null;
    write({id: request.id, ok: true, result});
  } catch (error) {
    write({id: request?.id ?? null, ok: false, error: error.message});
  }
  // One store transaction a macrotask: TinyBase 10 drops more when auto load and auto save are both on.
  await nextMacrotask();
  if (request?.op === 'stop') {
    break;
  }
}
await peer.stop();
process.exit(0);

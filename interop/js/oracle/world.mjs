// What one oracle process holds: documents, stores and the persisters between them, by name.

import * as Y from 'yjs';

// A burst of more document transactions than this without a turn of the event loop in between never ends by itself.
const RUNAWAY_TRANSACTIONS = 20_000;

export class World {
  docs = new Map();
  stores = new Map();
  persisters = new Map();

  /** Grows with everything that happens in a document, a store or a persister: `settle` watches it. */
  activity = 0;

  /** Set when a document was changing itself without end, until `settle` reports it. */
  runaway = null;

  doc(request) {
    return get(this.docs, request.doc, 'document');
  }

  store(request) {
    return get(this.stores, request.store, 'store');
  }

  persistersOf(kind, thing) {
    return [...this.persisters.entries()].filter(([, entry]) => entry[kind] === thing);
  }

  dispose() {
    for (const {persister} of this.persisters.values()) {
      persister.destroy();
    }
  }
}

/**
 * A document with its rehearsal: a second document of the same state, on which every request that may fail is tried
 * first. yjs keeps what it had done before an error; here a request that fails changes nothing.
 */
export class OracleDoc {
  #shadow;
  #burst = 0;
  #outbox = null;

  constructor(world, {clientId, gc = true}) {
    this.doc = new Y.Doc({gc});
    if (clientId !== undefined) {
      this.doc.clientID = clientId;
    }
    this.#shadow = this.#newShadow();
    this.doc.on('update', (update, _, __, {local}) => {
      Y.applyUpdate(this.#shadow, update);
      if (local) {
        this.#outbox?.push(update);
      }
    });
    this.doc.on('afterTransaction', () => {
      world.activity++;
      this.#guardAgainstRunaway(world);
    });
  }

  /** Runs `work(document)` on the rehearsal and, if that succeeds, on the document itself. */
  rehearsed(work) {
    const shadow = this.#shadow;
    const ownId = shadow.clientID;
    shadow.clientID = this.doc.clientID;
    try {
      work(shadow);
    } catch (error) {
      shadow.destroy();
      this.#shadow = this.#newShadow();
      throw error;
    }
    shadow.clientID = ownId;
    return work(this.doc);
  }

  /** The updates of local transactions since the last call; the first call begins to keep them. */
  takeOutbox() {
    const updates = this.#outbox ?? [];
    this.#outbox = [];
    return updates;
  }

  get isPending() {
    return this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null;
  }

  destroy() {
    this.doc.destroy();
    this.#shadow.destroy();
  }

  #newShadow() {
    const shadow = new Y.Doc({gc: this.doc.gc});
    Y.applyUpdate(shadow, Y.encodeStateAsUpdate(this.doc));
    for (const [name, type] of this.doc.share) {
      if (type.constructor !== Y.AbstractType) {
        shadow.get(name, type.constructor);
      }
    }
    return shadow;
  }

  #guardAgainstRunaway(world) {
    if (this.#burst++ === 0) {
      setImmediate(() => (this.#burst = 0));
    } else if (this.#burst === RUNAWAY_TRANSACTIONS) {
      world.runaway = `${RUNAWAY_TRANSACTIONS} document transactions in one turn`;
      for (const [key, {persister}] of world.persistersOf('doc', this)) {
        world.persisters.delete(key);
        persister.destroy();
      }
    }
  }
}

export const get = (map, name, kind) => {
  const found = map.get(name);
  if (found === undefined) {
    throw new Error(`There is no ${kind} ${JSON.stringify(name)}.`);
  }
  return found;
};

/** Adds under a new name; a name in use is an error. */
export const add = (map, name, kind, make) => {
  if (typeof name !== 'string') {
    throw new Error(`A ${kind} needs a name: a string.`);
  }
  if (map.has(name)) {
    throw new Error(`There is already a ${kind} ${JSON.stringify(name)}.`);
  }
  map.set(name, make());
};

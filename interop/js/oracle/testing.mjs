// What tests ask of this oracle beyond the protocol: random edits with every kind of content that yjs can write or read,
// counts of structs, and the updates that a document emitted.

import * as prng from 'lib0/prng';
import * as Y from 'yjs';

import {callStore} from './stores.mjs';
import {bytesOut, valueOut} from './values.mjs';

const KEYS = ['a', 'b', 'c', 'd'];
const WORDS = ['x', 'hello', 'grün', 'a😀b', '', 'line\nbreak', '\u{1F1E6}\u{1F1F9}'];
const FORMATS = [{bold: true}, {bold: null}, {italic: 'yes'}, {link: {href: 'https://example.org'}}];

const oneOf = (gen, list) => list[prng.int32(gen, 0, list.length - 1)];

const scalar = (gen) =>
  oneOf(gen, [
    () => prng.int32(gen, -70, 70),
    () => prng.int32(gen, -2147483648, 2147483647),
    () => prng.real53(gen),
    () => 2 ** 31 + prng.int32(gen, 0, 9),
    () => oneOf(gen, [true, false, null, undefined, -0, NaN, Infinity]),
    () => oneOf(gen, WORDS),
    () => BigInt(prng.int32(gen, -9, 9)),
    () => ({k: prng.int32(gen, 0, 9), 1: [oneOf(gen, WORDS), null]}),
    () => [prng.int32(gen, 0, 9), {}, oneOf(gen, WORDS)],
    () => new Uint8Array([1, 2, prng.int32(gen, 0, 255)]),
  ])();

const newType = (gen) =>
  oneOf(gen, [
    () => new Y.Map(),
    () => new Y.Map(),
    () => new Y.Array(),
    () => new Y.Text(),
    () => new Y.XmlElement(oneOf(gen, ['p', 'h1'])),
    () => new Y.XmlText(),
    () => new Y.XmlHook('hook'),
    () => new Y.XmlFragment(),
  ])();

const anyValue = (gen) => {
  const kind = prng.int32(gen, 0, 19);
  if (kind < 5) {
    return newType(gen);
  }
  return kind === 5 ? new Y.Doc({guid: `sub${prng.int32(gen, 0, 9)}`, autoLoad: prng.bool(gen)}) : scalar(gen);
};

/** Lists take neither undefined nor big integers of their own. */
const listValue = (gen) => {
  const value = anyValue(gen);
  return value === undefined || typeof value === 'bigint' ? null : value;
};

const range = (gen, length) => {
  const index = prng.int32(gen, 0, length);
  return [index, prng.int32(gen, 0, Math.min(3, length - index))];
};

/** What yjs 10 and older wrote for plain values, and yjs 13 still reads. */
const appendLegacyJson = (gen, type) => {
  const {doc} = type;
  let left = type._start;
  while (left?.right) {
    left = left.right;
  }
  const content = new Y.ContentJSON([scalarJson(gen), undefined, scalarJson(gen)]);
  const id = Y.createID(doc.clientID, Y.getState(doc.store, doc.clientID));
  new Y.Item(id, left, left && left.lastId, null, null, type, null, content).integrate(doc._transaction, 0);
};

const scalarJson = (gen) => oneOf(gen, [1, 'text', null, true, {k: [1]}, [2, 'x']]);

const editMap = (gen, map) => {
  const key = oneOf(gen, KEYS);
  const action = prng.int32(gen, 0, 9);
  if (action === 0) {
    map.clear();
  } else if (action < 3) {
    map.delete(key);
  } else {
    map.set(key, anyValue(gen));
  }
};

const editArray = (gen, array) => {
  const [index, length] = range(gen, array.length);
  const action = prng.int32(gen, 0, 9);
  if (action === 0) {
    appendLegacyJson(gen, array);
  } else if (action < 4) {
    array.delete(index, length);
  } else {
    array.insert(index, Array.from({length: prng.int32(gen, 1, 3)}, () => listValue(gen)));
  }
};

const editText = (gen, text) => {
  const [index, length] = range(gen, text.length);
  const action = prng.int32(gen, 0, 9);
  if (action < 2) {
    text.delete(index, length);
  } else if (action < 4) {
    text.format(index, length, oneOf(gen, FORMATS));
  } else if (action === 4) {
    text.insertEmbed(index, oneOf(gen, [{image: 'x.png'}, new Y.Map()]));
  } else {
    text.insert(index, oneOf(gen, WORDS), prng.bool(gen) ? oneOf(gen, FORMATS) : undefined);
  }
};

const editXml = (gen, xml) => {
  const [index, length] = range(gen, xml.length);
  const action = prng.int32(gen, 0, 9);
  if (action < 2) {
    xml.delete(index, length);
  } else if (action < 5 && xml instanceof Y.XmlElement) {
    xml.setAttribute(oneOf(gen, KEYS), oneOf(gen, ['1', 'two', 'drei']));
  } else {
    const node = oneOf(gen, [() => new Y.XmlElement('p'), () => new Y.XmlText(oneOf(gen, WORDS)), () => new Y.XmlHook('hook')])();
    xml.insert(index, [node]);
  }
};

const ROOTS = [
  (doc) => doc.getMap('m'),
  (doc) => doc.getArray('l'),
  (doc) => doc.getText('t'),
  (doc) => doc.getXmlFragment('x'),
];

const childrenOf = (type) => {
  const values = type instanceof Y.Map ? [...type.values()] : type instanceof Y.Text ? [] : type.toArray();
  return values.filter((value) => value instanceof Y.AbstractType);
};

const edit = (gen, doc) => {
  let type = oneOf(gen, ROOTS)(doc);
  for (let children = childrenOf(type); children.length > 0 && prng.bool(gen); children = childrenOf(type)) {
    type = oneOf(gen, children);
  }
  if (type instanceof Y.Map) {
    editMap(gen, type);
  } else if (type instanceof Y.Array) {
    editArray(gen, type);
  } else if (type instanceof Y.Text) {
    editText(gen, type);
  } else {
    editXml(gen, type);
  }
};

export const randomEdits = (doc, seed, transactions) => {
  const gen = prng.create(seed);
  const updates = [];
  const keep = (update) => updates.push(update);
  doc.on('update', keep);
  try {
    for (let count = 0; count < transactions; count++) {
      doc.transact(() => {
        for (let edits = prng.int32(gen, 1, 4); edits > 0; edits--) {
          edit(gen, doc);
        }
      });
    }
  } finally {
    doc.off('update', keep);
  }
  return updates;
};

const ROOT_NAMES = ['m', 'l', 't', 'x'];

/** One event as data: which root's observer was called, where, whether the list changed, and the keys in their order. */
const eventOut = (root, event) => ({
  root,
  path: event.path,
  list: event.childListChanged ?? event.transaction.changed.get(event.target)?.has(null) ?? false,
  touched: [...(event.keysChanged ?? event.attributesChanged ?? event.transaction.changed.get(event.target))].filter((key) => key !== null),
  // Not event.changes: for a text it computes the delta, which deletes formats from the document.
  keys: [...event.keys].map(([key, {action, oldValue}]) => [key, action, valueOut(oldValue)]),
});

const observations = new WeakMap();

/** What deep observers of the roots saw since the last call; the first call begins to observe. */
const takeEvents = (doc) => {
  const events = observations.get(doc) ?? [];
  if (!observations.has(doc)) {
    ROOTS.forEach((root, index) =>
      root(doc).observeDeep((calls) =>
        observations.get(doc).push(calls.map((event) => eventOut(ROOT_NAMES[index], event))),
      ),
    );
  }
  observations.set(doc, []);
  return events;
};

const countStructs = (doc) => {
  const counts = {items: 0, deleted: 0, gc: 0};
  for (const structs of doc.store.clients.values()) {
    for (const struct of structs) {
      counts[struct instanceof Y.GC ? 'gc' : struct.deleted ? 'deleted' : 'items']++;
    }
  }
  return counts;
};

export const testingOps = {
  /** {"updates": [bytes of each transaction]} */
  'doc.random': (world, request) => {
    const {seed, transactions = 1} = request;
    if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(transactions)) {
      throw new Error('seed and transactions must be integers.');
    }
    const {doc} = world.doc(request);
    return {result: {updates: randomEdits(doc, seed, transactions).map(bytesOut)}};
  },

  /** {"updates": [bytes of each local transaction since the last request]}; the first request begins to keep them. */
  'doc.outbox': (world, request) => ({
    result: {updates: world.doc(request).takeOutbox().map(bytesOut)},
  }),

  /**
   * Calls of a store, each a transaction of its own, all in one turn of the event loop. With `untilIdle` each waits, within
   * that turn, until the store's persisters are idle.
   */
  'store.burst': async (world, request) => {
    const store = world.store(request);
    for (const [method, ...args] of request.calls) {
      callStore(store, method, args);
      while (request.untilIdle && world.persistersOf('store', store).some(([, {persister}]) => persister.getStatus() !== 0)) {
        await null;
      }
    }
  },

  /** The events of deep observers of the random edits' roots, one array a call, since the last request; the first begins. */
  'doc.events': (world, request) => ({result: takeEvents(world.doc(request).doc)}),

  /** How many structs of which fate a document holds: {"items", "deleted", "gc"}. */
  'doc.structs': (world, request) => ({result: countStructs(world.doc(request).doc)}),
};

// doc.*: documents by name.

import {readFileSync} from 'node:fs';

import * as Y from 'yjs';

import {rootIn, runOperation} from './operations.mjs';
import {measured} from './timing.mjs';
import {bytesIn, bytesOut, optionIn, valueOut, versionIn} from './values.mjs';
import {OracleDoc, add} from './world.mjs';

const {version} = JSON.parse(readFileSync(new URL('../node_modules/yjs/package.json', import.meta.url)));

export const applyIn = (doc, update, v, origin) =>
  (v === 2 ? Y.applyUpdateV2 : Y.applyUpdate)(doc, update, origin);

const clientIdIn = (clientId) => {
  if (clientId !== undefined && !(Number.isSafeInteger(clientId) && clientId >= 0)) {
    throw new Error('clientId must be an integer from 0 to 2^53 - 1.');
  }
  return clientId;
};

const exec = (doc, ops, origin, v) => {
  let emitted = null;
  let transaction = null;
  // Observers may write too, in transactions of their own: only this one's update is the answer.
  const capture = (update, _, __, from) => {
    if (from === transaction) {
      emitted = update;
    }
  };
  const event = v === 2 ? 'updateV2' : 'update';
  doc.on(event, capture);
  try {
    doc.transact((current) => {
      transaction = current;
      ops.forEach((op) => runOperation(doc, op));
    }, origin);
  } finally {
    doc.off(event, capture);
  }
  return emitted;
};

export const documentOps = {
  hello: () => ({result: {name: 'yjs', version}}),

  'doc.new': (world, {doc, clientId, gc}) => {
    clientIdIn(clientId);
    optionIn([undefined, true, false], gc, 'gc');
    add(world.docs, doc, 'document', () => new OracleDoc(world, {clientId, gc}));
  },

  'doc.free': async (world, request) => {
    const doc = world.doc(request);
    for (const [key, {persister}] of world.persistersOf('doc', doc)) {
      world.persisters.delete(key);
      await persister.destroy();
    }
    world.docs.delete(request.doc);
    doc.destroy();
  },

  'doc.apply': (world, request) => {
    const target = world.doc(request);
    const update = bytesIn(request.update, 'update');
    const v = versionIn(request.v);
    target.rehearsed((doc) => applyIn(doc, update, v, 'remote'));
    return {result: {pending: target.isPending}};
  },

  'doc.encode': (world, request) => {
    const {doc} = world.doc(request);
    const v = versionIn(request.v);
    const stateVector = request.sv == null ? undefined : bytesIn(request.sv, 'sv');
    const encode = v === 2 ? Y.encodeStateAsUpdateV2 : Y.encodeStateAsUpdate;
    const {result, ms} = measured(request.repeat, () => encode(doc, stateVector));
    return {result: bytesOut(result), ms};
  },

  'doc.sv': (world, request) => ({result: bytesOut(Y.encodeStateVector(world.doc(request).doc))}),

  'doc.snapshot': (world, request) => {
    const encode = versionIn(request.v ?? 1) === 2 ? Y.encodeSnapshotV2 : Y.encodeSnapshot;
    return {result: bytesOut(encode(Y.snapshot(world.doc(request).doc)))};
  },

  'doc.json': (world, request) => ({
    result: valueOut(rootIn(world.doc(request).doc, request.root, request.type).toJSON()),
  }),

  'doc.delta': (world, request) => ({
    result: valueOut(rootIn(world.doc(request).doc, request.root, 'text').toDelta()),
  }),

  'doc.exec': (world, request) => {
    const target = world.doc(request);
    if (!Array.isArray(request.ops)) {
      throw new Error('The field ops must be an array.');
    }
    const v = versionIn(request.v ?? 1);
    const update = target.rehearsed((doc) => exec(doc, request.ops, request.origin ?? null, v));
    return {result: {update: update && bytesOut(update)}};
  },

  'doc.load': (world, request) => {
    const update = bytesIn(request.update, 'update');
    const v = versionIn(request.v);
    const {ms} = measured(request.repeat, () => {
      const doc = new Y.Doc();
      applyIn(doc, update, v);
      doc.destroy();
    });
    return {ms};
  },
};

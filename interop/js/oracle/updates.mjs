// update.*: work on update bytes without a document.

import * as Y from 'yjs';

import {bytesIn, bytesOut, versionIn} from './values.mjs';

/** Decodes the whole update first: some of yjs' functions hand bytes through that they never read. */
const updateIn = (text, v, field = 'update') => {
  const update = bytesIn(text, field);
  (v === 2 ? Y.decodeUpdateV2 : Y.decodeUpdate)(update);
  return update;
};

export const updateOps = {
  'update.merge': (_, request) => {
    const v = versionIn(request.v);
    if (!Array.isArray(request.updates)) {
      throw new Error('The field updates must be an array.');
    }
    const updates = request.updates.map((update) => updateIn(update, v, 'updates'));
    return {result: bytesOut((v === 2 ? Y.mergeUpdatesV2 : Y.mergeUpdates)(updates))};
  },

  'update.diff': (_, request) => {
    const v = versionIn(request.v);
    const update = updateIn(request.update, v);
    const stateVector = bytesIn(request.sv, 'sv');
    return {result: bytesOut((v === 2 ? Y.diffUpdateV2 : Y.diffUpdate)(update, stateVector))};
  },

  'update.sv': (_, request) => {
    const v = versionIn(request.v);
    const update = updateIn(request.update, v);
    const stateVector = v === 2 ? Y.encodeStateVectorFromUpdateV2 : Y.encodeStateVectorFromUpdate;
    return {result: bytesOut(stateVector(update))};
  },

  'update.convert': (_, request) => {
    const [from, to] = [versionIn(request.from, 'from'), versionIn(request.to, 'to')];
    const update = updateIn(request.update, from);
    if (from === to) {
      return {result: bytesOut(update)};
    }
    const convert = from === 1 ? Y.convertUpdateFormatV1ToV2 : Y.convertUpdateFormatV2ToV1;
    return {result: bytesOut(convert(update))};
  },
};

// The oracle: the real yjs and the real TinyBase, driven by JSON lines on standard input.
// One request a line, one answer a line, in order. Standard output carries answers only.

import {createInterface} from 'node:readline';
import {setImmediate as nextMacrotask} from 'node:timers/promises';

import {documentOps} from './oracle/documents.mjs';
import {persisterOps} from './oracle/persisters.mjs';
import {scriptOps} from './oracle/script.mjs';
import {storeOps} from './oracle/stores.mjs';
import {testingOps} from './oracle/testing.mjs';
import {updateOps} from './oracle/updates.mjs';
import {World} from './oracle/world.mjs';

// Logs belong on standard error: yjs and TinyBase report some problems through these two.
console.log = console.info = console.error;

const ops = new Map(
  Object.entries({...documentOps, ...updateOps, ...storeOps, ...scriptOps, ...persisterOps, ...testingOps}),
);

const answer = async (world, line) => {
  let id = null;
  try {
    const request = JSON.parse(line);
    if (request === null || typeof request !== 'object' || Array.isArray(request)) {
      throw new Error('A request is a JSON object.');
    }
    id = request.id ?? null;
    // A field that is null counts as one that is not there.
    Object.keys(request).forEach((field) => request[field] === null && delete request[field]);
    const op = ops.get(request.op);
    if (op === undefined) {
      throw new Error(`Unknown op: ${JSON.stringify(request.op)}.`);
    }
    const {result = null, ms} = (await op(world, request)) ?? {};
    return {id, ok: true, result, ...(ms && {ms})};
  } catch (error) {
    return {id, ok: false, error: error instanceof Error ? error.message : String(error)};
  }
};

const world = new World();
for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
  if (line.trim() !== '') {
    process.stdout.write(JSON.stringify(await answer(world, line)) + '\n');
    // TinyBase 10 with auto load and auto save keeps only one store transaction a macrotask.
    await nextMacrotask();
  }
}
world.dispose();

// store.*: real TinyBase stores by name.

import {createStore} from 'tinybase';

import {cellOut, valueIn} from './values.mjs';
import {add} from './world.mjs';

export const callStore = (store, name, args = []) => {
  if (typeof name !== 'string' || typeof store[name] !== 'function') {
    throw new Error(`A store has no method ${JSON.stringify(name)}.`);
  }
  if (!Array.isArray(args)) {
    throw new Error('The arguments of a store method must be an array.');
  }
  return store[name](...args.map((arg) => valueIn(arg)));
};

export const storeOps = {
  'store.new': (world, {store}) => {
    add(world.stores, store, 'store', () => {
      const created = createStore();
      created.addDidFinishTransactionListener(() => world.activity++);
      return created;
    });
  },

  // One transaction: a call that throws takes the ones before it back.
  'store.exec': (world, request) => {
    const store = world.store(request);
    if (!Array.isArray(request.ops)) {
      throw new Error('The field ops must be an array.');
    }
    const results = store.transaction(() =>
      request.ops.map((op) => {
        if (!Array.isArray(op)) {
          throw new Error('A call must be an array: the method and its arguments.');
        }
        const result = callStore(store, op[0], op.slice(1));
        return result === store ? null : cellOut(result);
      }),
    );
    return {result: results};
  },

  'store.content': (world, request) => ({result: cellOut(world.store(request).getContent())}),
};

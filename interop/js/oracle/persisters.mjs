// persist.*, store.load and settle: TinyBase's own Yjs persister between a store and a document.

import {createStore} from 'tinybase';
import {createYjsPersister} from 'tinybase/persisters/persister-yjs';
import * as Y from 'yjs';

import {applyIn} from './documents.mjs';
import {settled} from './settled.mjs';
import {measuredAsync} from './timing.mjs';
import {bytesIn, optionIn, versionIn} from './values.mjs';

const keyOf = ({store, doc}) => JSON.stringify([store, doc]);

const report = (error) => console.error('The persister ignored an error:', error);

const start = async (persister, {autoLoad = true, autoSave = true}) => {
  if (autoLoad && autoSave) {
    await persister.startAutoPersisting();
  } else if (autoLoad) {
    await persister.startAutoLoad();
  } else if (autoSave) {
    await persister.startAutoSave();
  }
};

export const persisterOps = {
  'persist.start': async (world, request) => {
    const store = world.store(request);
    const doc = world.doc(request);
    if (optionIn(['nested', 'flat'], request.layout ?? 'nested', 'layout') === 'flat') {
      throw new Error('TinyBase has no flat layout.');
    }
    const key = keyOf(request);
    if (world.persisters.has(key)) {
      throw new Error('That store already persists to that document.');
    }
    const persister = createYjsPersister(store, doc.doc, request.root ?? 'tinybase', report);
    persister.addStatusListener(() => world.activity++);
    world.persisters.set(key, {persister, store, doc});
    try {
      await start(persister, request);
    } catch (error) {
      world.persisters.delete(key);
      await persister.destroy();
      throw error;
    }
  },

  'persist.stop': async (world, request) => {
    const key = keyOf(request);
    const entry = world.persisters.get(key);
    if (entry === undefined) {
      throw new Error('That store does not persist to that document.');
    }
    world.persisters.delete(key);
    await entry.persister.destroy();
  },

  'store.load': async (_, request) => {
    const update = bytesIn(request.update, 'update');
    const v = versionIn(request.v);
    const {ms} = await measuredAsync(request.repeat, async () => {
      const doc = new Y.Doc();
      applyIn(doc, update, v);
      const persister = createYjsPersister(createStore(), doc, request.root ?? 'tinybase', report);
      await persister.load();
      await persister.destroy();
      doc.destroy();
    });
    return {ms};
  },

  settle: async (world) => {
    await settled(
      () => [...world.persisters.values()].every(({persister}) => persister.getStatus() === 0),
      () => world.activity,
    );
    if (world.runaway !== null) {
      const {runaway} = world;
      world.runaway = null;
      throw new Error(`Never settled: ${runaway}; its persisters were stopped.`);
    }
  },
};

// Makes the documents in interop/fixtures/yjs again: `npm run fixtures`. Same versions, same bytes.

import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';

import {createStore} from 'tinybase';
import {createYjsPersister} from 'tinybase/persisters/persister-yjs';
import * as Y from 'yjs';

import {rootIn} from './oracle/operations.mjs';
import {randomEdits} from './oracle/testing.mjs';
import {bytesOut, valueOut} from './oracle/values.mjs';

const folder = new URL('../fixtures/yjs/', import.meta.url);
const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`./node_modules/${name}/package.json`, import.meta.url))).version;

const newDoc = (clientID, options) => Object.assign(new Y.Doc(options), {clientID});

/** One document per entry: the updates in the order in which they are applied, and the roots to compare. */
const recorder = (...docs) => {
  const updates = [];
  docs.forEach((doc) => doc.on('update', (update, origin) => origin !== 'sync' && updates.push(update)));
  return updates;
};

const sync = (...docs) => {
  for (const from of docs) {
    for (const to of docs) {
      Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'sync');
    }
  }
};

const legacyJson = (type, values) => {
  type.doc.transact(() => {
    const id = Y.createID(type.doc.clientID, Y.getState(type.doc.store, type.doc.clientID));
    new Y.Item(id, null, null, type._start, type._start && type._start.id, type, null, new Y.ContentJSON(values))
      .integrate(type.doc._transaction, 0);
  });
};

const fixtures = {
  'map-values': () => {
    const doc = newDoc(1);
    const updates = recorder(doc);
    const values = [
      0, -0, 1, 63, 64, -64, 2147483647, -2147483648, 2147483648, 0.5, 0.1, NaN, Infinity, -Infinity, 2 ** 53 - 1, true, false,
      null, undefined, '', 'a😀b', 'x'.repeat(300), -1n, 2n ** 63n - 1n, new Uint8Array([1, 2, 255]), new Uint8Array(),
      {a: 1, b: {c: [null, undefined, 1n]}}, [1, 'x', [], {}], {},
    ];
    doc.transact(() => values.forEach((value, index) => doc.getMap('m').set(`k${index}`, value)));
    return {updates, roots: {m: 'map'}};
  },

  'map-overwritten': () => {
    const doc = newDoc(7);
    const updates = recorder(doc);
    const map = doc.getMap('m');
    for (let round = 0; round < 20; round++) {
      map.set('same', round);
      map.set(`other${round % 3}`, round);
    }
    map.delete('other1');
    return {updates, roots: {m: 'map'}};
  },

  'maps-nested-and-collected': () => {
    const doc = newDoc(3);
    const updates = recorder(doc);
    const map = doc.getMap('m');
    map.set('outer', new Y.Map([['inner', new Y.Map([['x', 1]])]]));
    map.get('outer').get('inner').set('y', 2);
    map.set('kept', new Y.Map([['z', 'still here']]));
    map.delete('outer');
    map.set('outer', new Y.Map([['second', true]]));
    return {updates, roots: {m: 'map'}};
  },

  'maps-not-collected': () => {
    const doc = newDoc(3, {gc: false});
    const updates = recorder(doc);
    const map = doc.getMap('m');
    map.set('outer', new Y.Map([['x', 1]]));
    map.delete('outer');
    map.set('a', 'first');
    map.set('a', 'second');
    return {updates, roots: {m: 'map'}, gc: false};
  },

  'maps-concurrent': () => {
    const docs = [newDoc(10), newDoc(20), newDoc(30)];
    const updates = recorder(...docs);
    docs.forEach((doc, index) => {
      const map = doc.getMap('m');
      map.set('winner', index);
      map.set('nested', new Y.Map([[`from${index}`, index]]));
    });
    sync(...docs);
    docs[0].getMap('m').delete('winner');
    docs[2].getMap('m').get('nested').set('later', 1);
    docs[1].getMap('m').set('nested', 'a value now');
    return {updates, roots: {m: 'map'}};
  },

  'text-plain': () => {
    const docs = [newDoc(1), newDoc(2)];
    const updates = recorder(...docs);
    docs[0].getText('t').insert(0, 'The quick fox');
    sync(...docs);
    docs[0].getText('t').insert(9, ' brown');
    docs[1].getText('t').insert(13, ' jumps 😀');
    sync(...docs);
    docs[1].getText('t').delete(3, 6);
    return {updates, roots: {t: 'text'}};
  },

  'text-split-surrogates': () => {
    const docs = [newDoc(1), newDoc(2)];
    const updates = recorder(...docs);
    docs[0].getText('t').insert(0, 'a😀b');
    sync(...docs);
    docs[1].getText('t').insert(2, 'X');
    return {updates, roots: {t: 'text'}};
  },

  'text-rich': () => {
    const doc = newDoc(5);
    const updates = recorder(doc);
    const text = doc.getText('t');
    text.insert(0, 'Title', {header: 1});
    text.insert(5, '\nSome bold and italic text');
    text.format(11, 4, {bold: true});
    text.format(20, 6, {italic: true, link: {href: 'https://example.org'}});
    text.insertEmbed(6, {image: 'a.png', size: [1, 2]}, {width: '10'});
    text.insertEmbed(0, new Y.Map([['in', 'an embed']]));
    text.delete(9, 3);
    return {updates, roots: {t: 'text'}};
  },

  'text-rich-concurrent': () => {
    const docs = [newDoc(1), newDoc(2)];
    const updates = recorder(...docs);
    docs[0].getText('t').insert(0, 'abcdefghij');
    sync(...docs);
    docs[0].getText('t').format(2, 5, {bold: true});
    docs[1].getText('t').format(4, 4, {bold: true});
    docs[1].getText('t').insert(6, 'XY', {italic: true});
    return {updates, roots: {t: 'text'}};
  },

  'array-mixed': () => {
    const docs = [newDoc(1), newDoc(2)];
    const updates = recorder(...docs);
    docs[0].getArray('l').insert(0, [1, 'two', null, {three: 3}, [4], new Uint8Array([5]), true]);
    sync(...docs);
    docs[0].getArray('l').insert(3, [new Y.Map([['k', 'v']]), new Y.Array(), new Y.Text('text')]);
    docs[1].getArray('l').delete(1, 3);
    docs[1].getArray('l').insert(1, ['x', 'y']);
    return {updates, roots: {l: 'array'}};
  },

  xml: () => {
    const doc = newDoc(9);
    const updates = recorder(doc);
    const xml = doc.getXmlFragment('x');
    const paragraph = new Y.XmlElement('p');
    xml.insert(0, [paragraph, new Y.XmlElement('hr'), new Y.XmlText('tail')]);
    paragraph.setAttribute('class', 'lead');
    paragraph.setAttribute('id', 'p1');
    paragraph.insert(0, [new Y.XmlText('Hello '), new Y.XmlElement('br')]);
    paragraph.get(0).insert(6, 'world', {b: {}});
    paragraph.removeAttribute('id');
    xml.delete(1, 1);
    return {updates, roots: {x: 'xml'}};
  },

  'xml-hook': () => {
    const doc = newDoc(9);
    const updates = recorder(doc);
    const hook = new Y.XmlHook('widget');
    doc.getMap('m').set('hook', hook);
    hook.set('state', 1);
    return {updates, roots: {m: 'map'}};
  },

  // The shape that editors built on y-prosemirror keep: a fragment of block elements with formatted text nodes.
  'editor-document': () => {
    const docs = [newDoc(101), newDoc(202)];
    const updates = recorder(...docs);
    const fragment = docs[0].getXmlFragment('prosemirror');
    const block = (name, attributes, ...runs) => {
      const element = new Y.XmlElement(name);
      Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
      const text = new Y.XmlText();
      text.applyDelta(runs.map(([insert, marks]) => ({insert, attributes: marks ?? {}})));
      element.insert(0, [text]);
      return element;
    };
    docs[0].transact(() =>
      fragment.insert(0, [
        block('heading', {level: 1}, ['Shared notes']),
        block('paragraph', {}, ['Plain, '], ['strong', {strong: {}}], [' and '], ['linked', {link: {href: 'https://example.org', title: null}}]),
        block('code_block', {params: 'js'}, ['const x = "😀";\n']),
      ]),
    );
    sync(...docs);
    docs[1].getXmlFragment('prosemirror').get(1).get(0).format(0, 5, {em: {}});
    docs[0].getXmlFragment('prosemirror').get(0).get(0).insert(6, ' meeting');
    docs[1].getXmlFragment('prosemirror').delete(2, 1);
    return {updates, roots: {prosemirror: 'xml'}};
  },

  subdocuments: () => {
    const doc = newDoc(4);
    const updates = recorder(doc);
    doc.getMap('m').set('plain', new Y.Doc({guid: 'guid-1'}));
    doc.getMap('m').set('options', new Y.Doc({guid: 'guid-2', gc: false, autoLoad: true, meta: {a: [1]}}));
    doc.getArray('l').insert(0, [new Y.Doc({guid: 'guid-3'})]);
    return {updates, roots: {m: 'map', l: 'array'}};
  },

  'legacy-json': () => {
    const doc = newDoc(6);
    const updates = recorder(doc);
    doc.getArray('l').insert(0, ['new']);
    legacyJson(doc.getArray('l'), [1, undefined, {k: ['v', null]}, 'text']);
    legacyJson(doc.getArray('l'), [[true]]);
    doc.getArray('l').delete(2, 2);
    return {updates, roots: {l: 'array'}};
  },

  'waiting-for-more': () => {
    const docs = [newDoc(1), newDoc(2)];
    const updates = recorder(...docs);
    docs[0].getMap('m').set('a', 1);
    docs[0].getMap('m').set('b', 2);
    sync(...docs);
    docs[1].getMap('m').set('a', 3);
    docs[1].getMap('m').delete('b');
    docs[0].getMap('m').set('c', 4);
    return {updates: [updates[0], updates[2], updates[3], updates[4]], roots: {m: 'map'}};
  },

  'merged-with-holes': () => {
    const doc = newDoc(2);
    const updates = recorder(doc);
    for (let index = 0; index < 5; index++) {
      doc.getMap('m').set(`k${index % 2}`, index);
    }
    return {updates: [Y.mergeUpdates([updates[0], updates[2], updates[4]])], roots: {m: 'map'}};
  },

  'tinybase-store': async () => {
    const doc = newDoc(11);
    const updates = recorder(doc);
    const store = createStore();
    const persister = createYjsPersister(store, doc);
    await persister.startAutoSave();
    store.transaction(() =>
      store.setTables({pets: {fido: {species: 'dog', age: 3, sold: false, owner: null, tags: ['a', {b: 1}]}, felix: {species: 'cat'}}})
        .setValues({open: true, since: 1.5, address: {street: 'x'}}),
    );
    await persister.save();
    store.transaction(() => store.setCell('pets', 'fido', 'age', 4).delRow('pets', 'felix').delValue('open'));
    await persister.save();
    await persister.destroy();
    return {updates, roots: {tinybase: 'map'}};
  },

  'everything-random': () => {
    const docs = [newDoc(1001), newDoc(2002), newDoc(3003)];
    const updates = recorder();
    for (let round = 0; round < 8; round++) {
      docs.forEach((doc, index) => updates.push(...randomEdits(doc, round * 31 + index, 3)));
      sync(...docs);
    }
    return {updates, roots: {m: 'map', l: 'array', t: 'text', x: 'xml'}};
  },
};

/** What a yjs document is after it has applied the updates without knowing the types of its roots. */
const applied = (updates, gc) => {
  const doc = new Y.Doc({gc});
  updates.forEach((update) => Y.applyUpdate(doc, update));
  return doc;
};

mkdirSync(folder, {recursive: true});
for (const [name, make] of Object.entries(fixtures)) {
  const {updates, roots, gc = true} = await make();
  const doc = applied(updates, gc);
  const shown = applied(updates, gc);
  const fixture = {
    name,
    yjs: versionOf('yjs'),
    tinybase: versionOf('tinybase'),
    gc,
    updates: updates.map(bytesOut),
    state: bytesOut(Y.encodeStateAsUpdate(doc)),
    stateVector: bytesOut(Y.encodeStateVector(doc)),
    snapshot: bytesOut(Y.encodeSnapshot(Y.snapshot(doc))),
    pending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null,
    roots: Object.entries(roots).map(([root, type]) => ({root, type, json: valueOut(rootIn(shown, root, type).toJSON())})),
  };
  writeFileSync(new URL(`${name}.json`, folder), JSON.stringify(fixture, null, 2) + '\n');
}
console.log(`${Object.keys(fixtures).length} documents by yjs ${versionOf('yjs')}`);

// The operations of doc.exec. A path is [root, type, key or index …].

import * as Y from 'yjs';

import {valueIn} from './values.mjs';

const ROOTS = new Map([
  ['map', Y.Map],
  ['array', Y.Array],
  ['text', Y.Text],
  ['xml', Y.XmlFragment],
]);

export const rootIn = (doc, name, kind) => {
  if (typeof name !== 'string') {
    throw new Error('The name of a root type must be a string.');
  }
  const type = ROOTS.get(kind);
  if (type === undefined) {
    throw new Error(`The type of a root must be one of ${[...ROOTS.keys()].join(', ')}.`);
  }
  return doc.get(name, type);
};

const stepInto = (type, step) => {
  if (type instanceof Y.Map && typeof step === 'string') {
    return type.get(step);
  }
  if ((type instanceof Y.Array || type instanceof Y.XmlFragment) && Number.isInteger(step)) {
    return type.get(step);
  }
  return undefined;
};

const resolve = (doc, path, ...kinds) => {
  if (!Array.isArray(path) || path.length < 2) {
    throw new Error('A path must be an array that begins with a root and its type.');
  }
  const type = path.slice(2).reduce((parent, step) => {
    const child = stepInto(parent, step);
    if (!(child instanceof Y.AbstractType)) {
      throw new Error(`There is no shared type at ${JSON.stringify(step)} of ${JSON.stringify(path)}.`);
    }
    return child;
  }, rootIn(doc, path[0], path[1]));
  if (!kinds.some((kind) => type instanceof kind)) {
    throw new Error(`The type at ${JSON.stringify(path)} cannot do that.`);
  }
  return type;
};

const keyIn = (key) => {
  if (typeof key !== 'string') {
    throw new Error('A key must be a string.');
  }
  return key;
};

const indexIn = (index, limit) => {
  if (!Number.isInteger(index) || index < 0 || index > limit) {
    throw new Error(`An index or length must be an integer from 0 to ${limit}: ${JSON.stringify(index)}.`);
  }
  return index;
};

const rangeIn = (type, index, length) => {
  indexIn(index, type.length);
  indexIn(length, type.length - index);
};

const attributesIn = (attributes) => {
  if (attributes === undefined) {
    return undefined;
  }
  if (attributes === null || typeof attributes !== 'object' || Array.isArray(attributes)) {
    throw new Error('Attributes must be an object.');
  }
  return valueIn(attributes);
};

const textIn = (text) => {
  if (typeof text !== 'string') {
    throw new Error('The text must be a string.');
  }
  return text;
};

const listIn = (values) => {
  if (!Array.isArray(values)) {
    throw new Error('The values must be an array.');
  }
  return values.map((value) => valueIn(value, true));
};

const operations = new Map(
  Object.entries({
    'map.set': (doc, path, key, value) =>
      resolve(doc, path, Y.Map).set(keyIn(key), valueIn(value, true)),

    'map.delete': (doc, path, key) => resolve(doc, path, Y.Map).delete(keyIn(key)),

    'map.clear': (doc, path) => resolve(doc, path, Y.Map).clear(),

    'array.insert': (doc, path, index, values) => {
      const array = resolve(doc, path, Y.Array);
      array.insert(indexIn(index, array.length), listIn(values));
    },

    'array.delete': (doc, path, index, length) => {
      const array = resolve(doc, path, Y.Array);
      rangeIn(array, index, length);
      array.delete(index, length);
    },

    'text.insert': (doc, path, index, text, attributes) => {
      const target = resolve(doc, path, Y.Text);
      target.insert(indexIn(index, target.length), textIn(text), attributesIn(attributes));
    },

    'text.delete': (doc, path, index, length) => {
      const target = resolve(doc, path, Y.Text);
      rangeIn(target, index, length);
      target.delete(index, length);
    },

    'text.format': (doc, path, index, length, attributes) => {
      const target = resolve(doc, path, Y.Text);
      rangeIn(target, index, length);
      target.format(index, length, attributesIn(attributes ?? {}));
    },

    'text.embed': (doc, path, index, value, attributes) => {
      const target = resolve(doc, path, Y.Text);
      target.insertEmbed(indexIn(index, target.length), valueIn(value, true), attributesIn(attributes));
    },

    'xml.insert': (doc, path, index, nodes) => {
      const parent = resolve(doc, path, Y.XmlFragment);
      parent.insert(indexIn(index, parent.length), listIn(nodes));
    },

    'xml.attr': (doc, path, name, value) =>
      resolve(doc, path, Y.XmlElement, Y.XmlText).setAttribute(keyIn(name), valueIn(value)),
  }),
);

export const runOperation = (doc, operation) => {
  if (!Array.isArray(operation)) {
    throw new Error('An operation must be an array.');
  }
  const [name, ...args] = operation;
  const run = operations.get(name);
  if (run === undefined) {
    throw new Error(`Unknown operation: ${JSON.stringify(name)}.`);
  }
  run(doc, ...args);
};
